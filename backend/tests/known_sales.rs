//! Known sales: what tablets of a store hear of each other's sales, and of what comes back of them, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, Journal, NOON, Tablet, basket, part, written};
use shared::api::StoreSettings;
use shared::calendar::LocalTime;
use shared::customer::{Customer, CustomerField};
use shared::ids::{CustomerId, StoreId};
use shared::money::Quantity;
use shared::sale::KnownSale;
use shared::sync::journal::{EntryBody, SealedEntry};
use shared::sync::wire::Change;
use tillbridge::app::{customers, places};
use tillbridge::clock::FreshIds;
use tillbridge::feed::{Puller, pull};

on_both_engines!(
    a_sale_and_what_comes_back_of_it_is_told_in_its_store_alone,
    goods_that_came_back_before_their_sale_are_told_with_it,
    the_first_load_brings_the_newest_first_in_pages,
    what_is_too_old_is_not_told_and_a_store_says_how_old_that_is,
    who_was_erased_is_named_no_more,
    an_app_of_before_is_told_all_of_them_once_it_reads_them,
);

const DAY_MS: i64 = 86_400_000;

fn asked(change: &Change) -> bool {
    matches!(change, Change::Sale(_))
}

/// Number, and how much has come back of the first line.
fn told(changes: &[Change]) -> Vec<(String, Quantity)> {
    let known = changes.iter().filter_map(|change| match change {
        Change::Sale(known) => Some(known.as_ref()),
        _ => None,
    });
    let back = |known: &KnownSale| known.returned.first().map(|line| line.quantity).unwrap_or_default();
    known.map(|known| (known.sale.receipt_number.clone(), back(known))).collect()
}

fn number(entry: &SealedEntry) -> String {
    entry.open().unwrap().body.sale().unwrap().receipt_number.clone()
}

fn pieces(count: i64) -> Quantity {
    Quantity::pieces(count).unwrap()
}

/// A sale of one thing at this time.
fn sold_at(tablet: &mut Tablet, number: &str, at_ms: i64, house: &House) -> SealedEntry {
    let time = LocalTime { at_ms, ..NOON };
    let basket = basket(number, &[("22423", 1)], &house.shelf, time);
    tablet.register.record(&basket, &house.shelf).unwrap().remove(0)
}

async fn a_sale_and_what_comes_back_of_it_is_told_in_its_store_alone(house: House) {
    let (mut here, there) = (house.tablet().await, house.tablet().await);
    let who = house.puller(&there);
    let other_store = Puller { store_id: StoreId::fresh(&mut FreshIds), ..who };
    let (neighbour, shelf) = house.neighbour().await;
    let stranger = Puller { organisation_id: neighbour, store_id: shelf.store.id, ..who };
    let mut cursors = Vec::new();
    for who in [who, other_store, stranger] {
        cursors.push(house.loaded(who, asked).await.1);
    }
    let sold = here.sell("101", &[("22423", 3)], &house.shelf);
    house.booked(&here, std::slice::from_ref(&sold)).await;
    let page = house.pulled(who, Some(&cursors[0])).await;
    assert_eq!(told(&page.changes), [("101".to_owned(), Quantity::ZERO)]);
    assert!(page.changes.iter().any(|change| {
        matches!(change, Change::Sale(known) if Some(&known.sale) == sold.open().unwrap().body.sale())
    }));
    let back = there.give_back(None, &sold, &[part(1, 2, 0)], &house.shelf);
    house.booked(&there, std::slice::from_ref(&back)).await;
    let page = house.pulled(who, Some(&page.cursor)).await;
    let mut after = told(&page.changes);
    after.sort();
    assert_eq!(after, [("101".to_owned(), pieces(2)), (number(&back), Quantity::ZERO)]);
    for (who, cursor) in [(other_store, &cursors[1]), (stranger, &cursors[2])] {
        assert_eq!(told(&house.pulled(who, Some(cursor)).await.changes), []);
        assert_eq!(house.loaded(who, asked).await.0, []);
    }
    // A tablet that begins now hears the same.
    let mut begun = told(&house.loaded(who, asked).await.0);
    begun.sort();
    begun.dedup();
    assert_eq!(begun, after);
}

async fn goods_that_came_back_before_their_sale_are_told_with_it(house: House) {
    let (mut seller, taker) = (house.tablet().await, house.tablet().await);
    let who = house.puller(&taker);
    let (_, cursor) = house.loaded(who, asked).await;
    let sold = seller.sell("101", &[("22423", 2)], &house.shelf);
    let back = taker.give_back(None, &sold, &[part(1, 1, 0)], &house.shelf);
    house.booked(&taker, std::slice::from_ref(&back)).await;
    let page = house.pulled(who, Some(&cursor)).await;
    assert_eq!(told(&page.changes), [(number(&back), Quantity::ZERO)]);
    assert!(!page.changes.iter().any(|change| matches!(change, Change::Removed(_))), "{page:?}");
    house.booked(&seller, &[sold]).await;
    let page = house.pulled(who, Some(&page.cursor)).await;
    assert_eq!(told(&page.changes), [("101".to_owned(), pieces(1))]);
}

async fn the_first_load_brings_the_newest_first_in_pages(house: House) {
    let mut tablet = house.tablet().await;
    let who = house.puller(&tablet);
    for minute in 0..47 {
        let entry = sold_at(&mut tablet, &format!("{minute}"), NOON.at_ms - minute * 60_000, &house);
        house.booked(&tablet, &[entry]).await;
    }
    let (mut cursor, mut seen) = (None::<String>, Vec::new());
    loop {
        let page = pull(&house.app.db, who, cursor.as_deref(), Some(10), NOON.at_ms).await.unwrap();
        let sales = told(&page.changes);
        assert!(sales.len() <= 10, "{}", sales.len());
        // A page that was lost on the way is asked for again.
        let again = pull(&house.app.db, who, cursor.as_deref(), Some(10), NOON.at_ms).await.unwrap();
        assert_eq!(again.changes, page.changes);
        seen.extend(sales.into_iter().map(|(number, _)| number));
        cursor = Some(page.cursor);
        // What changed while it was loaded would follow.
        if seen.len() >= 47 || !page.more {
            break;
        }
    }
    let newest_first: Vec<String> = (0..47).map(|minute| minute.to_string()).collect();
    assert_eq!(seen, newest_first);
}

async fn what_is_too_old_is_not_told_and_a_store_says_how_old_that_is(house: House) {
    let mut tablet = house.tablet().await;
    let who = house.puller(&tablet);
    let (_, cursor) = house.loaded(who, asked).await;
    for days in [40, 20, 1] {
        let entry = sold_at(&mut tablet, &format!("{days}"), NOON.at_ms - days * DAY_MS, &house);
        house.booked(&tablet, &[entry]).await;
    }
    let numbers = |changes: &[Change]| {
        let mut numbers: Vec<String> = told(changes).into_iter().map(|(number, _)| number).collect();
        numbers.sort();
        numbers.dedup();
        numbers
    };
    let followed = house.pulled(who, Some(&cursor)).await;
    assert_eq!(numbers(&followed.changes), ["1", "20"], "30 days unless the store says otherwise");
    assert_eq!(numbers(&house.loaded(who, asked).await.0), ["1", "20"]);

    let say = |days: u16| {
        let (app, store) = (house.app.clone(), house.shelf.store.clone());
        let mut settings = serde_json::to_value(&store).unwrap();
        settings["known_days"] = days.into();
        let settings: StoreSettings = serde_json::from_value(settings).unwrap();
        async move { places::update_store(&app, house.organisation_id, store.id, settings).await.unwrap() }
    };
    for (days, known) in [(7, &["1"][..]), (0, &[])] {
        assert_eq!(say(days).await.known_days, days);
        assert_eq!(numbers(&house.loaded(who, asked).await.0), known, "{days}");
        let page = house.pulled(who, Some(&cursor)).await;
        assert_eq!(numbers(&page.changes), known, "{days}");
    }
    // More days: what was passed over is told.
    let (_, cursor) = house.loaded(who, asked).await;
    say(366).await;
    assert_eq!(numbers(&house.pulled(who, Some(&cursor)).await.changes), ["1", "20", "40"]);
}

async fn who_was_erased_is_named_no_more(house: House) {
    let mut tablet = house.tablet().await;
    let mut journal = Journal::of(&tablet);
    let who = house.puller(&tablet);
    let id = CustomerId::fresh(&mut FreshIds);
    let known = written(id, &[(CustomerField::Name, None, Some("Ada Byron"))]);
    let mut customer = Customer::new(id);
    customer.name = "Ada Byron".into();
    let mut sold = |number: &str| {
        let sold = tablet.sell(number, &[("22423", 1)], &house.shelf);
        let EntryBody::SaleCompleted { mut sale } = sold.open().unwrap().body else { panic!("no sale") };
        sale.customer = customer.for_sale();
        journal.record(EntryBody::SaleCompleted { sale })
    };
    let first = sold("101");
    let late = sold("102");
    let other = house.tablet().await;
    let mut names = Journal::of(&other);
    let entry = names.record(known);
    house.booked(&other, &[entry]).await;
    house.booked(&tablet, &[first]).await;
    let (before, cursor) = house.loaded(who, asked).await;
    let named = |changes: &[Change]| changes.iter().filter(|one| format!("{one:?}").contains("Ada")).count();
    assert!(named(&before) > 0);
    customers::erase(&house.app, house.organisation_id, id).await.unwrap();
    let page = house.pulled(who, Some(&cursor)).await;
    assert_eq!((told(&page.changes).len(), named(&page.changes)), (1, 0), "told again, of nobody");
    // One that comes after that, of a tablet that did not hear of it.
    house.booked(&tablet, &[late]).await;
    let page = house.pulled(who, Some(&page.cursor)).await;
    assert_eq!((told(&page.changes).len(), named(&page.changes)), (1, 0));
    assert_eq!(named(&house.loaded(who, asked).await.0), 0);
}

async fn an_app_of_before_is_told_all_of_them_once_it_reads_them(house: House) {
    let mut tablet = house.tablet().await;
    let updated = house.puller(&tablet);
    let older = Puller { reads: 4, ..updated };
    let (_, cursor) = house.loaded(older, asked).await;
    let sold = tablet.sell("101", &[("22423", 1)], &house.shelf);
    house.booked(&tablet, std::slice::from_ref(&sold)).await;
    let page = house.pulled(older, Some(&cursor)).await;
    assert_eq!(told(&page.changes), []);
    assert!(!page.changes.iter().any(|change| matches!(change, Change::Removed(_))), "{page:?}");
    assert_eq!(house.loaded(older, asked).await.0, []);
    let (mut cursor, mut numbers) = (page.cursor, Vec::new());
    loop {
        let page = house.pulled(updated, Some(&cursor)).await;
        numbers.extend(told(&page.changes));
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    assert_eq!(numbers, [("101".to_owned(), Quantity::ZERO)]);
    assert_eq!(told(&house.pulled(updated, Some(&cursor)).await.changes), []);
}
