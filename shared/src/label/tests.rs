//! Tests: which bars a product bears, what its label says, and that no name commands a printer.

use super::*;
use crate::ids::{ProductId, TaxCategoryId};
use proptest::prelude::*;
use uuid::Uuid;

fn store(language: &str) -> Store {
    serde_json::from_value(serde_json::json!({
        "id": Uuid::nil(), "name": "Corner shop", "address": [], "country": "DE", "currency": "EUR",
        "time_zone": "Europe/Berlin", "language": language,
        "tax": {"prices_include_tax": true, "rounded": "line", "rounding": "half_even"},
    }))
    .unwrap()
}

fn product(sku: &str, barcodes: &[&str], unit: Unit, price: Option<&str>) -> Product {
    Product {
        id: ProductId(Uuid::nil()),
        parent_id: None,
        sku: sku.to_owned(),
        name: "Tea".to_owned(),
        options: Vec::new(),
        barcodes: barcodes.iter().map(|code| (*code).to_owned()).collect(),
        category_id: None,
        unit,
        tax_category_id: TaxCategoryId(Uuid::nil()),
        price: price.map(|price| UnitPrice::parse(price).unwrap()),
        picture: None,
        stocked: true,
        active: true,
        favourite: false,
    }
}

#[test]
fn only_a_gtin_whose_check_digit_is_right_has_its_bars() {
    let code128 = |text: &str| Some(LabelCode::Code128(text.to_owned()));
    for (sku, barcodes, code) in [
        ("A", &["5012345678900"][..], Some(LabelCode::Ean13("5012345678900".to_owned()))),
        ("A", &["5012345678901"], code128("5012345678901")),
        ("A", &["96385074"], Some(LabelCode::Ean8("96385074".to_owned()))),
        ("A", &["036000291452"], Some(LabelCode::UpcA("036000291452".to_owned()))),
        ("A", &["own-1", "4006381333931"], Some(LabelCode::Ean13("4006381333931".to_owned()))),
        ("A", &["12345"], code128("12345")),
        ("A", &["03500680016775"], code128("03500680016775")),
        ("85123A", &[], code128("85123A")),
        ("TEE-ß", &[], None),
        ("", &[], None),
    ] {
        assert_eq!(code_of(&product(sku, barcodes, Unit::Piece, None)), code, "{sku} {barcodes:?}");
    }
}

#[test]
fn a_price_is_of_its_unit_and_of_a_kilogram_beside_that_of_a_gram() {
    let of = |unit, price, language| {
        let label = label(&product("A", &[], unit, price), "Tea", LabelKind::Shelf, &store(language));
        (label.price.unwrap_or_default(), label.unit_price.unwrap_or_default())
    };
    assert_eq!(of(Unit::Piece, Some("12.75"), "en"), ("12.75 EUR".into(), String::new()));
    assert_eq!(of(Unit::Kilogram, Some("38"), "de"), ("38,00 EUR/kg".into(), String::new()));
    assert_eq!(of(Unit::Gram, Some("0.038"), "de"), ("0,038 EUR/g".into(), "38,00 EUR/kg".into()));
    assert_eq!(of(Unit::Piece, None, "de"), (String::new(), String::new()));
}

fn text(label: &Label) -> String {
    let (body, end) = zpl(label, LabelSize::default(), Dots::Eight, 3);
    String::from_utf8([body, end].concat()).unwrap()
}

#[test]
fn a_label_is_one_format_of_zpl() {
    let tea = product("A", &["5012345678900"], Unit::Kilogram, Some("38"));
    let said = text(&label(&tea, "Tea ^XZ~JA_50", LabelKind::Shelf, &store("en")));
    assert_eq!(
        said,
        "^XA^CI28^LH0,0^PW456^LL256\
         ^FO16,16^A0N,24,24^FB424,2,0,C,0^FH_^FDTea _5EXZ_7EJA_5F50^FS\
         ^FO16,72^A0N,64,64^FB424,1,0,C,0^FH_^FD38.00 EUR/kg^FS\
         ^BY3^FO85,144^BEN,64,Y,N^FH_^FD501234567890^FS\
         ^PQ3^XZ"
    );
    let item =
        text(&label(&product("85123A", &[], Unit::Piece, None), "Heart", LabelKind::Item, &store("en")));
    assert!(item.contains("^BCN,160,Y,N,N,A^FH_^FD85123A^FS"), "{item}");
}

proptest! {
    #[test]
    fn no_name_commands_a_printer(name: String, sku: String) {
        let label = label(&product(&sku, &[], Unit::Piece, Some("1")), &name, LabelKind::Shelf, &store("en"));
        let said = text(&label);
        let commands = |said: &str| said.bytes().filter(|byte| matches!(byte, b'^' | b'~')).count();
        let plain = Label { name: "x".to_owned(), code: label.code.as_ref().map(|_| LabelCode::Code128("x".to_owned())), ..label };
        prop_assert_eq!(commands(&said), commands(&text(&plain)));
    }
}
