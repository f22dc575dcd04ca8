//! Import: a file of products against a shop, on both engines: what is found, what is written, what a second time does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::House;
use shared::api::ImportReport;
use shared::catalog::Product;
use std::collections::BTreeMap;
use std::io::Cursor;
use tillbridge::app::import::import_into;
use tillbridge::app::pictures;
use tillbridge::catalog_import::ImportOptions;
use tillbridge::store::catalog;

on_both_engines!(
    the_defects_of_a_real_file_are_counted_to_the_row,
    a_second_import_changes_what_the_file_says,
    a_shopify_export_becomes_products_and_variants,
    a_woocommerce_export_becomes_products_and_variants,
    pictures_here_are_named_and_those_elsewhere_are_told_and_left_out,
);

async fn import(house: &House, file: &str, options: ImportOptions) -> ImportReport {
    let file = Cursor::new(file.to_owned().into_bytes());
    import_into(&house.app.db, house.organisation_id, file, &options, |_, _| ()).await.unwrap().report
}

async fn products(house: &House) -> BTreeMap<String, Product> {
    let mut tx = house.app.db.read_for(house.organisation_id).await.unwrap();
    let rows = catalog::all_products(&mut tx, house.organisation_id).await.unwrap();
    rows.into_iter().map(|row| (row.product.sku.clone(), row.product)).collect()
}

async fn the_defects_of_a_real_file_are_counted_to_the_row(house: House) {
    let file = include_str!("data/dirty-sample.csv");
    let mut named: BTreeMap<&str, u64> = BTreeMap::new();
    let mut rows = csv::Reader::from_reader(file.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    for defect in rows.iter().flat_map(|row| row.get(2).unwrap().split('|')) {
        let kind = match defect {
            "duplicate_code" => "duplicate_barcode",
            "html_entity_in_name" => "html_entity",
            "name_over_120" => "long_name",
            same => same,
        };
        *named.entry(kind).or_default() += 1;
    }
    let before = products(&house).await;
    let report = import(&house, file, ImportOptions::default()).await;
    assert_eq!(report.rows, rows.len() as u64);
    let found: BTreeMap<&str, u64> = report
        .findings
        .iter()
        .filter(|finding| finding.kind != "missing_column")
        .map(|finding| (finding.kind.as_str(), finding.count))
        .collect();
    assert_eq!(found, named);
    assert!(!report.written);
    assert_eq!(products(&house).await, before, "nothing is half imported");

    let options = ImportOptions { skip_bad_rows: true, ..ImportOptions::default() };
    let report = import(&house, file, options).await;
    assert!(report.written && report.created > 20, "{}", report.created);
    let after = products(&house).await;
    assert_eq!(after.len(), before.len() + usize::try_from(report.created).unwrap());
    assert!(
        after.values().all(|product| !product.name.contains("&quot;") && !product.name.contains('\u{1b}'))
    );
}

async fn a_second_import_changes_what_the_file_says(house: House) {
    let file = "sku,name,barcode,category,unit,price\n\
        P1,Poster,4006381333931,Paper,,4.50\n\
        T1,Tea,,Food,kg,48.0125\n";
    let first = import(&house, file, ImportOptions::default()).await;
    assert_eq!((first.created, first.changed, first.unchanged, first.written), (2, 0, 0, true));
    let again = import(&house, file, ImportOptions::default()).await;
    assert_eq!((again.created, again.changed, again.unchanged), (0, 0, 2));
    let dearer = import(&house, "sku;name;price\nP1;Poster;4.75\n", ImportOptions::default()).await;
    assert_eq!((dearer.created, dearer.changed, dearer.unchanged), (0, 1, 0));
    let shop = products(&house).await;
    assert_eq!(shop["P1"].price.unwrap().0, 47_500);
    assert_eq!(shop["P1"].barcodes, ["4006381333931"], "what the file does not say stays");
    assert_eq!(shop["T1"].price.unwrap().0, 480_125);
    assert!(shop["T1"].unit.is_measured());

    let taken =
        import(&house, "sku,name,barcode,price\nP2,Print,4006381333931,2\n", ImportOptions::default()).await;
    assert!(!taken.written);
    assert_eq!(taken.findings[0].kind, "duplicate_barcode");
    assert_eq!(taken.findings[0].lines[0].value, "4006381333931 (of product P1)");
}

async fn a_shopify_export_becomes_products_and_variants(house: House) {
    let file = "Handle,Title,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Barcode,Image Src,Status\n\
        mug,Stone mug,Kitchen,Colour,Blue,MUG-B,9.00,4006381333931,https://x.example/1.png,active\n\
        mug,,,,Grey,MUG-G,9.50,,,\n\
        mug,,,,,,,,https://x.example/2.png,\n\
        card,Card,,Title,Default Title,CARD,1.20,,,draft\n";
    let report = import(&house, file, ImportOptions::default()).await;
    assert_eq!((report.format.as_str(), report.created, report.written), ("shopify", 3, true));
    let shop = products(&house).await;
    assert!(shop.values().all(|product| product.picture.is_none()), "nothing is fetched");
    let pictures = report.findings.iter().find(|finding| finding.kind == "picture_not_loaded").unwrap();
    assert_eq!((pictures.count, pictures.error, pictures.lines[0].line), (1, false, 2));
    let grey = &shop["MUG-G"];
    assert_eq!((grey.name.as_str(), grey.parent_id), ("Stone mug, Grey", Some(shop["MUG-B"].id)));
    assert_eq!((grey.options[0].name.as_str(), grey.category_id), ("Colour", shop["MUG-B"].category_id));
    assert_eq!((shop["CARD"].name.as_str(), shop["CARD"].active), ("Card", false));
    assert!(shop["CARD"].options.is_empty());
}

async fn a_woocommerce_export_becomes_products_and_variants(house: House) {
    let file = "ID,Type,SKU,Name,Published,Tax status,Regular price,Categories,Parent,Attribute 1 name,Attribute 1 value(s)\n\
        7,variable,TEE,T-shirt,1,taxable,,Clothing > T-shirts,,Colour,\"Blue, Green\"\n\
        8,variation,TEE-B,T-shirt - Blue,1,taxable,25,,TEE,Colour,Blue\n\
        9,variation,TEE-G,T-shirt - Green,1,taxable,25,,id:7,Colour,Green\n\
        10,simple,CAP,Cap,1,taxable,18,Clothing,,,\n";
    let report = import(&house, file, ImportOptions::default()).await;
    assert_eq!((report.format.as_str(), report.created, report.written), ("woocommerce", 4, true));
    let shop = products(&house).await;
    assert!(!shop["TEE"].active, "what has variations is not sold itself");
    for (sku, colour) in [("TEE-B", "Blue"), ("TEE-G", "Green")] {
        assert_eq!(shop[sku].parent_id, Some(shop["TEE"].id), "{sku}");
        assert_eq!(shop[sku].options[0].value, colour);
        assert_eq!(shop[sku].price.unwrap().0, 250_000);
    }
}

async fn pictures_here_are_named_and_those_elsewhere_are_told_and_left_out(house: House) {
    let here =
        pictures::keep(&house.app, house.organisation_id, b"RIFF....WEBP a mug", 0).await.unwrap().path;
    let (neighbour, _) = house.neighbour().await;
    let theirs = pictures::keep(&house.app, neighbour, b"RIFF....WEBP their mug", 0).await.unwrap().path;
    let name = here.strip_prefix("/api/pictures/").unwrap();
    let file = format!(
        "sku,name,price,picture\n\
        A,By path,1,{here}\n\
        B,By name,1,{name}\n\
        C,Elsewhere,1,https://cdn.example/mug.jpg\n\
        D,Another shop's,1,{theirs}\n\
        E,None,1,\n\
        F,Elsewhere,1,https://cdn.example{here}\n"
    );
    let report = import(&house, &file, ImportOptions::default()).await;
    assert_eq!((report.created, report.written), (6, true), "{report:?}");
    let found: Vec<(&str, bool, Vec<u64>)> = report
        .findings
        .iter()
        .map(|found| (found.kind.as_str(), found.error, found.lines.iter().map(|line| line.line).collect()))
        .collect();
    assert_eq!(found, [("picture_not_loaded", false, vec![4, 7]), ("missing_picture", false, vec![5])]);
    let shop = products(&house).await;
    let of = |sku: &str| shop[sku].picture.as_deref();
    assert_eq!((of("A"), of("B")), (Some(here.as_str()), Some(here.as_str())));
    assert_eq!((of("C"), of("D"), of("E"), of("F")), (None, None, None, None));

    // A picture that was added here stays when the file names one that is not loaded.
    let again = import(
        &house,
        "sku,name,price,picture\nA,By path,1,https://cdn.example/new.jpg\n",
        ImportOptions::default(),
    );
    let again = again.await;
    assert_eq!((again.unchanged, again.findings[0].count), (1, 1));
    assert_eq!(products(&house).await["A"].picture.as_deref(), Some(here.as_str()));
}
