//! Feed: what a tablet pulls, told on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, NOON};
use shared::catalog::Category;
use shared::ids::CategoryId;
use shared::sync::wire::{Change, PullResponse};
use std::collections::{BTreeMap, HashSet};
use tillbridge::app::catalog as products;
use tillbridge::clock::FreshIds;
use tillbridge::feed::{Puller, pull};
use tillbridge::store::{access, catalog, feed};

on_both_engines!(
    the_first_load_is_paged_and_complete,
    only_changes_travel_afterwards,
    a_change_during_the_first_load_is_not_lost,
    what_cannot_be_read_yet_is_not_forgotten,
    a_strange_cursor_starts_over,
    a_store_sees_its_own_stock_and_an_organisation_its_own_records,
    a_removed_record_is_told,
    nothing_is_missed_while_many_write,
);

/// A copy that is gone back to goes on by itself: whoever saw more of the first must not take its numbers for the copy's.
#[tokio::test]
async fn a_copy_that_is_gone_back_to_is_another_life() {
    let house = House::sqlite().await.unwrap();
    let who = house.puller(&house.tablet().await);
    let (_, cursor) = drain(&house, who, None, 50).await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.sqlite");
    tillbridge::store::backup::copy_sqlite(&house.url, &copy).await.unwrap();
    assert!(!folder.path().join("copy.sqlite-wal").exists(), "the copy is one file");
    let db = tillbridge::store::Db::open(&format!("sqlite:{}", copy.display())).await.unwrap();
    assert!(pull(&db, who, Some(&cursor), None, NOON.at_ms).await.unwrap().start_over);
    assert!(!pull(&house.app.db, who, Some(&cursor), None, NOON.at_ms).await.unwrap().start_over);
    let (_, cursor) = drain(&house, who, None, 50).await;
    feed::live_on_anew(&house.app.db).await.unwrap();
    assert!(pull(&house.app.db, who, Some(&cursor), None, NOON.at_ms).await.unwrap().start_over);
}

async fn page(house: &House, who: Puller, cursor: Option<&str>, limit: usize) -> PullResponse {
    settled(house, who).await;
    pull(&house.app.db, who, cursor, Some(limit), NOON.at_ms).await.unwrap()
}

/// Waits until no transaction is older than what was written here: another test's on the same PostgreSQL may be, and
/// the feed ends before it.
async fn settled(house: &House, who: Puller) {
    while house.url.starts_with("postgres") {
        let mut tx = house.app.db.read_for(who.organisation_id).await.unwrap();
        let end = feed::end(&mut tx, who.organisation_id).await.unwrap();
        if feed::after_by_number_alone(&mut tx, who.organisation_id, end, 1).await.unwrap().is_empty() {
            return;
        }
        drop(tx);
        tokio::task::yield_now().await;
    }
}

/// Pulls until there is no more; says what came and where it ended.
async fn drain(
    house: &House,
    who: Puller,
    mut cursor: Option<String>,
    limit: usize,
) -> (Vec<Change>, String) {
    let mut changes = Vec::new();
    loop {
        let page = page(house, who, cursor.as_deref(), limit).await;
        assert!(!page.start_over);
        assert!(page.changes.len() <= limit + 10, "the first page carries its ground on top");
        changes.extend(page.changes);
        cursor = Some(page.cursor);
        if !page.more {
            return (changes, cursor.unwrap());
        }
    }
}

fn kinds(changes: &[Change]) -> BTreeMap<&'static str, usize> {
    let mut kinds = BTreeMap::new();
    for change in changes {
        let kind = match change {
            Change::Store(_) => "store",
            Change::Register(_) => "register",
            Change::TaxCategory(_) => "tax",
            Change::Category(_) => "category",
            Change::Staff(_) => "staff",
            Change::Product(_) => "product",
            Change::StockLevel(_) => "level",
            Change::PriceList(_) => "price_list",
            Change::Promotion(_) => "promotion",
            Change::TenderType(_) => "tender_type",
            Change::Customer(_) => "customer",
            Change::CustomerGroup(_) => "customer_group",
            Change::Account(_) => "account",
            Change::Points(_) => "points",
            Change::Sale(_) => "sale",
            Change::Removed(_) => "removed",
            Change::Unknown => "unknown",
        };
        *kinds.entry(kind).or_default() += 1;
    }
    kinds
}

/// Adds so many products, every tenth a favourite.
async fn stock_up(house: &House, count: usize) {
    let model = house.sku("22423").clone();
    let more: Vec<_> = (0..count)
        .map(|n| {
            let mut product = model.clone();
            product.id = shared::ids::ProductId::fresh(&mut FreshIds);
            product.sku = format!("S{n}");
            product.favourite = n % 10 == 0;
            product
        })
        .collect();
    let mut tx = house.app.db.write_for(house.organisation_id).await.unwrap();
    catalog::insert_products(&mut tx, house.organisation_id, &more).await.unwrap();
    tx.commit().await.unwrap();
}

async fn the_first_load_is_paged_and_complete(house: House) {
    let mut tablet = house.tablet().await;
    stock_up(&house, 120).await;
    let entry = tablet.sell("101", &[("22423", 1)], &house.shelf);
    house.push(&tablet, &[entry]).await.unwrap();
    let who = house.puller(&tablet);
    let first = page(&house, who, None, 20).await;
    assert_eq!(first.product_count, 122);
    assert!(matches!(first.changes[0], Change::Store(_)), "what selling needs comes first");
    let favourites = first.changes.iter().filter(|c| matches!(c, Change::Product(p) if p.favourite)).count();
    assert_eq!(favourites, 12, "favourites before the others");
    // A page that was lost on the way is asked for again: the same comes.
    let once = page(&house, who, Some(&first.cursor), 20).await;
    assert_eq!(once, page(&house, who, Some(&first.cursor), 20).await);
    let (changes, cursor) = drain(&house, who, None, 20).await;
    let ids: HashSet<String> = changes
        .iter()
        .filter_map(|change| if let Change::Product(p) = change { Some(p.id.to_string()) } else { None })
        .collect();
    assert_eq!(ids.len(), 122);
    assert_eq!(kinds(&changes)["level"], 1);
    let (nothing, _) = drain(&house, who, Some(cursor), 20).await;
    assert_eq!(nothing, []);
}

async fn only_changes_travel_afterwards(house: House) {
    let tablet = house.tablet().await;
    let who = house.puller(&tablet);
    let (_, cursor) = drain(&house, who, None, 500).await;
    let mut product = house.sku("85123A").clone();
    product.name = "T-light holder, red".into();
    products::update_product(&house.app, house.organisation_id, product.id, product.clone(), Some(1))
        .await
        .unwrap();
    let (changes, cursor) = drain(&house, who, Some(cursor), 500).await;
    assert_eq!(changes, [Change::Product(product.clone())]);
    let stale =
        products::update_product(&house.app, house.organisation_id, product.id, product, Some(1)).await;
    assert!(matches!(stale, Err(tillbridge::app::AppError::Conflict(_))));
    assert_eq!(drain(&house, who, Some(cursor), 500).await.0, [], "a change that was refused is none");
}

async fn a_change_during_the_first_load_is_not_lost(house: House) {
    let tablet = house.tablet().await;
    stock_up(&house, 60).await;
    let who = house.puller(&tablet);
    let first = page(&house, who, None, 10).await;
    let Some(Change::Product(already)) = first.changes.iter().rfind(|c| matches!(c, Change::Product(_)))
    else {
        panic!("no product on the first page")
    };
    let mut changed = already.clone();
    changed.name = "Changed meanwhile".into();
    products::update_product(&house.app, house.organisation_id, changed.id, changed.clone(), None)
        .await
        .unwrap();
    let (rest, _) = drain(&house, who, Some(first.cursor), 10).await;
    assert!(rest.contains(&Change::Product(changed)));
}

async fn what_cannot_be_read_yet_is_not_forgotten(house: House) {
    let tablet = house.tablet().await;
    let who = house.puller(&tablet);
    let (_, cursor) = drain(&house, who, None, 500).await;
    if house.url.starts_with("sqlite") {
        // One writer at a time: whatever is written can be read.
        stock_up(&house, 1).await;
        let page = page(&house, who, Some(&cursor), 10).await;
        assert_eq!((page.changes.len(), page.held_back), (1, false));
        return;
    }
    let mut slow = house.app.db.begin_write().await.unwrap();
    access::count_try(&mut slow, "somebody", NOON.at_ms, 0).await.unwrap();
    stock_up(&house, 1).await;
    let early = pull(&house.app.db, who, Some(&cursor), Some(10), NOON.at_ms).await.unwrap();
    assert_eq!((early.changes.len(), early.more, early.held_back), (0, false, true));
    slow.commit().await.unwrap();
    let page = page(&house, who, Some(&early.cursor), 10).await;
    assert_eq!((page.changes.len(), page.held_back), (1, false));
}

async fn a_strange_cursor_starts_over(house: House) {
    let tablet = house.tablet().await;
    let who = house.puller(&tablet);
    let (_, cursor) = drain(&house, who, None, 500).await;
    let epoch = cursor.split('.').nth(1).unwrap();
    let other_life = cursor.replace(epoch, "0000000000000000");
    let ahead = format!("f.{epoch}.{}.1", i64::MAX / 2);
    for strange in [other_life.as_str(), ahead.as_str(), "", "rubbish", "f.x.1.1"] {
        let page = page(&house, who, Some(strange), 10).await;
        assert!(page.start_over, "{strange}");
        assert_eq!(page.changes, []);
    }
}

async fn a_store_sees_its_own_stock_and_an_organisation_its_own_records(house: House) {
    let mut tablet = house.tablet().await;
    let (neighbour, shelf) = house.neighbour().await;
    let theirs = house::tablet(&house.app.db, neighbour, &shelf).await;
    let stranger = Puller {
        organisation_id: neighbour,
        store_id: shelf.store.id,
        register_id: theirs.register_id,
        ..house.puller(&tablet)
    };
    let elsewhere = Puller { store_id: shelf.store.id, ..house.puller(&tablet) };
    let (_, own) = drain(&house, house.puller(&tablet), None, 500).await;
    let (_, cursor) = drain(&house, stranger, None, 500).await;
    let (_, other_store) = drain(&house, elsewhere, None, 500).await;
    let entry = tablet.sell("101", &[("22423", 1)], &house.shelf);
    house.push(&tablet, &[entry]).await.unwrap();
    assert_eq!(kinds(&drain(&house, house.puller(&tablet), Some(own), 500).await.0)["level"], 1);
    assert_eq!(drain(&house, stranger, Some(cursor), 500).await.0, []);
    assert_eq!(drain(&house, elsewhere, Some(other_store), 500).await.0, []);
}

async fn a_removed_record_is_told(house: House) {
    let tablet = house.tablet().await;
    let who = house.puller(&tablet);
    let id = house.organisation_id;
    let category = Category { id: CategoryId::fresh(&mut FreshIds), name: "Kitchen".into(), position: 1 };
    let (_, cursor) = drain(&house, who, None, 500).await;
    let mut tx = house.app.db.write_for(id).await.unwrap();
    catalog::put_categories(&mut tx, id, std::slice::from_ref(&category)).await.unwrap();
    tx.commit().await.unwrap();
    let (changes, after) = drain(&house, who, Some(cursor.clone()), 500).await;
    assert_eq!(changes, [Change::Category(category.clone())]);
    let mut tx = house.app.db.write_for(id).await.unwrap();
    catalog::remove_category(&mut tx, id, category.id).await.unwrap();
    tx.commit().await.unwrap();
    let (changes, last) = drain(&house, who, Some(after.clone()), 500).await;
    assert!(
        matches!(&changes[..], [Change::Removed(gone)] if gone.kind == "category" && gone.id == category.id.to_string())
    );
    // Once the tombstone is forgotten, whoever has not seen it starts over; whoever has goes on.
    let place: Vec<i64> = last.split('.').skip(2).map(|n| n.parse().unwrap()).collect();
    let mut tx = house.app.db.write_for(id).await.unwrap();
    assert_eq!(feed::forget_removed(&mut tx, id, (place[0], place[1])).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert!(page(&house, who, Some(&after), 10).await.start_over);
    assert!(!page(&house, who, Some(&last), 10).await.start_over);
}

async fn nothing_is_missed_while_many_write(house: House) {
    let misses =
        tillbridge::feed::misses::measure(&house.app.db, house.organisation_id, 32, 20).await.unwrap();
    assert_eq!(misses.missed, 0);
    if house.url.starts_with("postgres") {
        assert!(
            misses.missed_by_number > 0,
            "a reader by number misses some, or this test shows nothing: {misses:?}"
        );
    }
}
