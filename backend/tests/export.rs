//! Export: everything an organisation has can be taken out, on both engines, and nobody else's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::House;
use house::NOON;
use shared::customer::{Address, Consent, Customer};
use shared::ids::CustomerId;
use shared::ids::OrganisationId;
use shared::money::Minor;
use tillbridge::app::export::{self, CUSTOMERS, PRODUCTS, SHEETS};
use tillbridge::clock::FreshIds;
use tillbridge::store::Db;
use tillbridge::store::customers;
use tokio::sync::mpsc;

on_both_engines!(every_table_is_taken_out_whole);

async fn table(db: &Db, organisation_id: OrganisationId, name: &str) -> String {
    let (pieces, mut taken) = mpsc::channel(64);
    let rows = export::table(db, organisation_id, name, &pieces).await.unwrap().unwrap();
    drop(pieces);
    let mut text = String::new();
    while let Some(piece) = taken.recv().await {
        text.push_str(&piece);
    }
    assert_eq!(text.lines().count() as u64, rows + 1, "{name}: {text}");
    text
}

async fn every_table_is_taken_out_whole(house: House) {
    let mut tablet = house.tablet().await;
    let (neighbour, _) = house.neighbour().await;
    // More than a page of lines.
    let basket: Vec<(&str, i64)> = (0..60).map(|_| ("22423", 1)).collect();
    let mut entries = Vec::new();
    for number in 1..=20 {
        entries.push(tablet.sell(&number.to_string(), &basket, &house.shelf));
    }
    house.push(&tablet, &entries).await.unwrap();
    let db = &house.app.db;
    let mut ada = Customer::new(CustomerId::fresh(&mut FreshIds));
    (ada.name, ada.credit_limit) = ("Ada, B.".into(), Some(Minor(1_500)));
    ada.marketing = Some(Consent { given: true, at_ms: NOON.at_ms });
    ada.addresses = vec![Address { city: Some("London".into()), ..Address::default() }];
    let mut tx = db.write_for(house.organisation_id).await.unwrap();
    assert!(customers::insert(&mut tx, house.organisation_id, &ada, NOON.at_ms).await.unwrap());
    tx.commit().await.unwrap();
    let lines = |text: &str| text.lines().count() - 1;
    for (name, rows) in [
        (PRODUCTS, 2),
        (CUSTOMERS, 1),
        ("accounts", 0),
        ("account_movements", 0),
        ("approvals", 0),
        ("sales", 20),
        ("sale_lines", 1_200),
        ("sale_taxes", 20),
        ("tenders", 20),
        ("stock_levels", 1),
        ("stock_movements", 1_200),
        ("registers", 1),
        ("tablets", 1),
        ("staff", 1),
    ] {
        assert_eq!(lines(&table(db, house.organisation_id, name).await), rows, "{name}");
    }
    assert_eq!(SHEETS.len(), 12, "each table is looked at above");
    let sales = table(db, house.organisation_id, "sales").await;
    assert!(sales.contains(",sale,2026-06-21,2026-06-21T12:00:00+01:00,"), "{sales}");
    assert!(sales.contains(",GBP,637.20,127.80,765.00,0.00,0.00,0.00,0.00,0.00,60,"), "{sales}");
    let customers = table(db, house.organisation_id, CUSTOMERS).await;
    assert!(
        customers.contains(",\"Ada, B.\",") && customers.contains(",15.00,,yes,2026-06-21T"),
        "{customers}"
    );
    let tablets = table(db, house.organisation_id, "tablets").await;
    assert!(tablets.contains(",false,"), "{tablets}");

    assert_eq!(lines(&table(db, neighbour, "sales").await), 0, "another shop's sales are not in it");
    assert_eq!(lines(&table(db, neighbour, PRODUCTS).await), 2);
    let (pieces, _taken) = mpsc::channel(1);
    assert!(export::table(db, neighbour, "secrets", &pieces).await.unwrap().is_none());
}
