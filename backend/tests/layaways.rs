//! Layaways: what waits to be fetched, whatever tablets its deposits came through and in whatever order, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, Journal, Tablet};
use shared::calendar::Day;
use shared::customer::SaleCustomer;
use shared::money::Minor;
use shared::sale::{Layaway, LineKind, Sale};
use shared::sync::journal::{EntryBody, SealedEntry};
use tillbridge::app::layaways;

on_both_engines!(
    it_waits_until_it_is_fetched,
    what_was_fetched_at_another_tablet_first_is_not_waiting,
    those_kept_the_shortest_come_first,
);

/// A sale of one cakestand (12.75) that becomes a deposit of as much.
fn deposit(tablet: &mut Tablet, house: &House, of: Option<&Sale>, until: &str) -> Sale {
    let entry = tablet.sell("101", &[("22423", 1)], &house.shelf);
    let EntryBody::SaleCompleted { mut sale } = entry.open().unwrap().body else { panic!("no sale") };
    let id = of.map_or(sale.id, |first| first.id);
    let line = &mut sale.lines[0];
    (line.kind, line.stocked, line.product_id, line.layaway) = (LineKind::Deposit, false, None, Some(id));
    sale.customer = SaleCustomer { name: Some("Ada".into()), ..SaleCustomer::default() };
    sale.layaway = Some(Box::new(Layaway {
        id,
        until: Day::parse(until).unwrap(),
        goods: Vec::new(),
        discount: None,
        total: Minor(5_000),
        paid: of.map_or(Minor::ZERO, |first| first.total),
    }));
    assert_eq!(sale.check(), Ok(()));
    *sale
}

/// What takes a deposit back, as handing over does.
fn taken_back(tablet: &Tablet, house: &House, deposit: &SealedEntry) -> EntryBody {
    let entry = tablet.give_back(None, deposit, &[house::part(1, 1, 0)], &house.shelf);
    entry.open().unwrap().body
}

async fn waiting(house: &House) -> Vec<(String, i64, i64)> {
    let page = layaways::waiting(&house.app, house.organisation_id, None, None).await.unwrap();
    page.rows.into_iter().map(|row| (row.until.to_string(), row.total.0, row.paid.0)).collect()
}

fn body(sale: &Sale) -> EntryBody {
    EntryBody::SaleCompleted { sale: Box::new(sale.clone()) }
}

async fn it_waits_until_it_is_fetched(house: House) {
    let (mut here, mut there) = (house.tablet().await, house.tablet().await);
    let (mut first, mut second) = (Journal::of(&here), Journal::of(&there));
    let begun = deposit(&mut here, &house, None, "2026-12-24");
    let began = first.record(body(&begun));
    house.booked(&here, std::slice::from_ref(&began)).await;
    house.booked(&here, std::slice::from_ref(&began)).await;
    assert_eq!(waiting(&house).await, [("2026-12-24".to_owned(), 5_000, 1_275)]);
    let more = deposit(&mut there, &house, Some(&begun), "2026-12-24");
    let added = second.record(body(&more));
    house.booked(&there, std::slice::from_ref(&added)).await;
    assert_eq!(waiting(&house).await, [("2026-12-24".to_owned(), 5_000, 2_550)]);
    for paid in [&began, &added] {
        let back = taken_back(&there, &house, paid);
        let entry = second.record(back);
        house.booked(&there, &[entry]).await;
    }
    assert_eq!(waiting(&house).await, []);
}

async fn what_was_fetched_at_another_tablet_first_is_not_waiting(house: House) {
    let (mut here, there) = (house.tablet().await, house.tablet().await);
    let (mut first, mut second) = (Journal::of(&here), Journal::of(&there));
    let begun = deposit(&mut here, &house, None, "2026-12-24");
    let taken = first.record(body(&begun));
    let back = taken_back(&there, &house, &taken);
    let back = second.record(back);
    house.booked(&there, &[back]).await;
    assert_eq!(waiting(&house).await, []);
    house.booked(&here, &[taken]).await;
    assert_eq!(waiting(&house).await, []);
}

async fn those_kept_the_shortest_come_first(house: House) {
    let mut here = house.tablet().await;
    let mut journal = Journal::of(&here);
    let days = ["2027-01-05", "2026-12-01", "2026-12-24"];
    let entries = days.map(|day| journal.record(body(&deposit(&mut here, &house, None, day))));
    house.booked(&here, &entries).await;
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = layaways::waiting(&house.app, house.organisation_id, after, Some(2)).await.unwrap();
        assert_eq!(page.total, 3);
        found.extend(page.rows.iter().map(|row| row.until.to_string()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, ["2026-12-01", "2026-12-24", "2027-01-05"]);
}
