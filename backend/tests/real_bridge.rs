//! Real bridge: a shop connected to a running Tryton: what is sold stands in its books, once, to the penny.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;
mod real;

use house::{House, part};
use real::Tryton;
use serde_json::{Value, json};
use shared::connect::{ConnectionRequest, DeliveryState, Flow, FlowSetting, LinkKind, TestOutcome};
use shared::sync::journal::{EntryBody, SealedEntry};
use shared::tender::{CARD, CASH};
use tillbridge::bridge::{
    Bridge, BridgeSettings, Key, connections, deliveries, inbox, matching, reconciliation,
};
use tillbridge::printing::Reach;

fn request(tryton: &Tryton, password: &str) -> ConnectionRequest {
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    ConnectionRequest {
        connector: "tryton".into(),
        name: "Books".into(),
        settings: [
            text("address", &tryton.address),
            text("database", &tryton.database),
            text("user", &tryton.user),
            text("password", password),
        ]
        .into(),
        flows: vec![FlowSetting { flow: Flow::Sales, on: true, every_minutes: 0 }],
        private_network: true,
    }
}

/// Debit less credit of all posted lines of the accounts whose code begins so, in pence.
async fn balance(tryton: &Tryton, code: &str) -> i64 {
    let domain = json!([
        ["account.code", "=", code],
        ["move.state", "=", "posted"],
        ["move.journal.type", "=", "revenue"]
    ]);
    let read = vec![domain, json!(0), json!(1_000), json!(null), json!(["debit", "credit"])];
    let lines = tryton.call("model.account.move.line.search_read", read).await.unwrap();
    let pence = |value: &Value| {
        let text = value["decimal"].as_str().unwrap();
        let (whole, rest) = text.split_once('.').unwrap_or((text, "00"));
        format!("{whole}{}", &format!("{rest}00")[..2]).parse::<i64>().unwrap()
    };
    lines.as_array().unwrap().iter().map(|line| pence(&line["debit"]) - pence(&line["credit"])).sum()
}

async fn sold_in_tryton(tryton: &Tryton) -> Vec<(String, String)> {
    let read = vec![json!([]), json!(0), json!(1_000), json!([["id", "ASC"]]), json!(["number", "state"])];
    let sales = tryton.call("model.sale.point.sale.search_read", read).await.unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    sales.as_array().unwrap().iter().map(|sale| (text(&sale["number"]), text(&sale["state"]))).collect()
}

fn total(entry: &SealedEntry) -> i64 {
    match entry.open().unwrap().body {
        EntryBody::SaleCompleted { sale } => sale.total.0,
        _ => panic!("no sale"),
    }
}

#[tokio::test]
async fn what_a_shop_sells_and_takes_back_stands_in_trytons_books_once() {
    let Some(tryton) = Tryton::own().await else { return };
    let house = House::sqlite().await.unwrap();
    let organisation = house.organisation_id;
    let settings = BridgeSettings { networks: Reach::parse("127.0.0.0/8").unwrap(), key: Key::fresh() };
    let bridge = Bridge::new(house.app.clone(), settings).unwrap();

    let wrong = connections::test(&bridge, organisation, (request(&tryton, "mistyped"), None)).await.unwrap();
    let TestOutcome::Fails { reason } = wrong else { panic!("{wrong:?}") };
    assert_eq!(reason, "Tryton does not take this user name and password.");
    let works =
        connections::test(&bridge, organisation, (request(&tryton, &tryton.password), None)).await.unwrap();
    let TestOutcome::Works { about } = works else { panic!("{works:?}") };
    assert!(about.starts_with("Tryton 8.0"), "{about}");

    let view = connections::create(&bridge, organisation, request(&tryton, &tryton.password)).await.unwrap();
    inbox::refresh(&bridge, organisation, view.id).await.unwrap();
    bridge.work_for(organisation, view.id).await.unwrap();
    let view = connections::one(&bridge, organisation, view.id).await.unwrap().0;
    assert_eq!((view.trouble, view.unmatched), (None, 0), "codes and names are the same on both sides");
    for (ours, name) in [(CASH, "Cash"), (CARD, "Card")] {
        let found =
            matching::list(&bridge, organisation, (view.id, LinkKind::Tender), (false, None)).await.unwrap();
        let row = found.rows.into_iter().find(|row| row.id == ours.to_string()).unwrap();
        assert_eq!(row.theirs.unwrap().name, name);
    }
    connections::start(&bridge, organisation, view.id).await.unwrap();

    let mut tablet = house.tablet().await;
    let mut entries = vec![
        tablet.sell("1", &[("22423", 1), ("85123A", 3)], &house.shelf),
        tablet.sell("2", &[("85123A", 7)], &house.shelf),
        tablet.sell("3", &[("22423", 144)], &house.shelf),
    ];
    entries.push(tablet.give_back(entries.last(), &entries[1].clone(), &[part(1, 2, 0)], &house.shelf));
    house.booked(&tablet, &entries).await;
    let began = tokio::time::Instant::now();
    bridge.work_for(organisation, view.id).await.unwrap();
    eprintln!("{} records in {} ms", entries.len(), began.elapsed().as_millis());

    let all = deliveries::list(&bridge, organisation, view.id, (None, None)).await.unwrap();
    for one in &all.rows {
        assert_eq!(one.state, DeliveryState::Delivered, "{one:?}");
    }
    let in_tryton = sold_in_tryton(&tryton).await;
    assert_eq!(in_tryton.len(), 4);
    assert!(in_tryton.iter().all(|(_, state)| state == "posted"), "{in_tryton:?}");
    let sum: i64 = entries.iter().map(total).sum();
    // What came in over all ways to pay is what was sold, tax and revenue together.
    let paid = balance(&tryton, "1.1.1").await + balance(&tryton, "1.1.2").await;
    let earned = balance(&tryton, "4.1.1").await + balance(&tryton, "2.2.5").await;
    assert_eq!((paid, earned), (sum, -sum));

    // Both sides say so, asked by the product itself.
    let equal = reconciliation::day(&bridge, organisation, view.id, house::NOON.day()).await.unwrap();
    assert!(equal.is_equal(), "{equal:?}");
    assert_eq!((equal.stores[0].ours.count, equal.stores[0].ours.total.0), (4, sum));

    // As if no answer had been heard: once more, and nothing is doubled.
    let mut tx = house.app.db.write_for(organisation).await.unwrap();
    let name = organisation.to_string();
    tillbridge::on_engine!(&mut tx, connection => {
        sqlx::query("UPDATE outbox SET state = 'waiting', due_at_ms = 0 WHERE organisation_id = $1")
            .bind(name).execute(connection).await.unwrap();
    });
    tx.commit().await.unwrap();
    bridge.work_for(organisation, view.id).await.unwrap();
    assert_eq!(sold_in_tryton(&tryton).await.len(), 4);
    let all = deliveries::list(&bridge, organisation, view.id, (None, None)).await.unwrap();
    assert!(all.rows.iter().all(|one| one.state == DeliveryState::Delivered));
}
