//! Pricing: price lists and promotions on their way to the tablets, and coupons counted, told on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, Tablet};
use serde_json::{Value, json};
use shared::api::FlagKind;
use shared::ids::{PromotionId, StoreId};
use shared::money::Minor;
use shared::pricing::{PriceList, Promotion, PromotionPart};
use shared::store::Store;
use shared::sync::journal::{EntryBody, SealedEntry};
use shared::sync::wire::{Change, EntryOutcome, PullResponse};
use tillbridge::app::{AppError, pricing, returns};
use tillbridge::clock::FreshIds;
use tillbridge::feed::Puller;
use tillbridge::store::ground;

on_both_engines!(
    a_rule_is_told_to_the_tablets_of_its_stores,
    what_is_switched_off_or_elsewhere_is_gone,
    an_older_app_is_told_once_it_reads_them,
    what_cannot_be_is_told_by_field,
    somebody_elses_change_is_not_written_over,
    a_code_is_counted_told_and_flagged,
);

const ID: &str = "0199b1a5-0000-7000-8000-000000000000";

fn promotion(otherwise: Value) -> Promotion {
    let mut body = json!({ "id": ID, "name": "Spring", "offer": { "percent": 100_000 } });
    body.as_object_mut().unwrap().extend(otherwise.as_object().unwrap().clone());
    serde_json::from_value(body).unwrap()
}

async fn create(house: &House, otherwise: Value) -> Promotion {
    pricing::create(&house.app, house.organisation_id, promotion(otherwise)).await.unwrap()
}

fn rules(changes: &[Change]) -> Vec<&Change> {
    let is_rule =
        |change: &&Change| matches!(change, Change::PriceList(_) | Change::Promotion(_) | Change::Removed(_));
    changes.iter().filter(is_rule).collect()
}

async fn a_rule_is_told_to_the_tablets_of_its_stores(house: House) {
    let who = house.puller(&house.tablet().await);
    let elsewhere = Puller { store_id: StoreId::fresh(&mut FreshIds), ..who };
    let (_, cursor) = house.loaded(who, |_| true).await;
    let everywhere = create(&house, json!({})).await;
    let here = create(&house, json!({ "applies": { "stores": [who.store_id] } })).await;
    let list = json!({
        "id": ID, "name": " Trade ", "currency": "GBP",
        "prices": [{ "product_id": house.sku("22423").id, "price": 100_000 }],
    });
    let list: PriceList = serde_json::from_value(list).unwrap();
    let list = pricing::create(&house.app, house.organisation_id, list).await.unwrap();
    assert_eq!(list.name, "Trade");
    let told = house.pulled(who, Some(&cursor)).await.changes;
    let all =
        [Change::Promotion(everywhere.clone()), Change::Promotion(here), Change::PriceList(list.clone())];
    assert_eq!(told, all);
    let (fresh, _) = house.loaded(who, |_| true).await;
    assert_eq!(rules(&fresh).len(), 3, "a first load brings them, and nothing twice");
    let (fresh, _) = house.loaded(elsewhere, |_| true).await;
    let all = [Change::PriceList(list), Change::Promotion(everywhere)];
    assert_eq!(rules(&fresh), all.iter().collect::<Vec<_>>());
}

async fn what_is_switched_off_or_elsewhere_is_gone(house: House) {
    let who = house.puller(&house.tablet().await);
    let id = house.organisation_id;
    let other =
        Store { id: StoreId::fresh(&mut FreshIds), name: "Other".into(), ..house.shelf.store.clone() };
    let mut tx = house.app.db.write_for(id).await.unwrap();
    ground::put_store(&mut tx, id, &other).await.unwrap();
    tx.commit().await.unwrap();
    let spring = create(&house, json!({})).await;
    let (_, mut cursor) = house.loaded(who, |_| true).await;
    let gone = |page: &PullResponse| matches!(&page.changes[..], [Change::Removed(gone)] if gone.kind == "promotion" && gone.id == spring.id.to_string());
    for (applies, is_gone) in [
        (json!({ "paused": true }), true),
        (json!({}), false),
        (json!({ "stores": [who.store_id] }), false),
        (json!({ "stores": [other.id] }), true),
        (json!({}), false),
    ] {
        let changed = promotion(json!({ "applies": applies }));
        pricing::update(&house.app, id, &spring.id.to_string(), changed, None).await.unwrap();
        let page = house.pulled(who, Some(&cursor)).await;
        assert_eq!(gone(&page), is_gone, "{page:?}");
        cursor = page.cursor;
    }
    pricing::remove::<Promotion>(&house.app, id, &spring.id.to_string()).await.unwrap();
    assert!(gone(&house.pulled(who, Some(&cursor)).await));
    let again = pricing::remove::<Promotion>(&house.app, id, &spring.id.to_string()).await;
    assert!(matches!(again, Err(AppError::NotFound)));
}

async fn an_older_app_is_told_once_it_reads_them(house: House) {
    let updated = house.puller(&house.tablet().await);
    let older = Puller { reads: 1, ..updated };
    let before = create(&house, json!({ "name": "Before" })).await;
    let (changes, cursor) = house.loaded(older, |_| true).await;
    assert_eq!(rules(&changes), Vec::<&Change>::new());
    assert!(cursor.starts_with("f."), "as servers of before read it: {cursor}");
    let meanwhile = create(&house, json!({ "name": "Meanwhile" })).await;
    let page = house.pulled(older, Some(&cursor)).await;
    assert_eq!(page.changes, []);
    let page = house.pulled(updated, Some(&page.cursor)).await;
    assert!(!page.start_over);
    assert_eq!(page.changes, [Change::Promotion(before), Change::Promotion(meanwhile)]);
    assert_eq!(house.pulled(updated, Some(&page.cursor)).await.changes, []);
}

async fn what_cannot_be_is_told_by_field(house: House) {
    let id = house.organisation_id;
    for (otherwise, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "offer": { "percent": 0 } }), "offer.percent"),
        (json!({ "applies": { "stores": [ID] } }), "applies.stores"),
        (json!({ "goods": { "products": [ID] } }), "goods"),
        (json!({ "goods": { "categories": [ID] } }), "goods"),
    ] {
        let Err(AppError::WrongInput { fields, .. }) =
            pricing::create(&house.app, id, promotion(otherwise.clone())).await
        else {
            panic!("{otherwise}")
        };
        assert_eq!(fields.iter().map(|wrong| wrong.field.as_str()).collect::<Vec<_>>(), [field]);
    }
    assert_eq!(house.count("promotions").await, 0);
}

async fn somebody_elses_change_is_not_written_over(house: House) {
    let id = house.organisation_id;
    let spring = create(&house, json!({})).await;
    let key = spring.id.to_string();
    let change = |name: &str| promotion(json!({ "name": name }));
    let first = pricing::update(&house.app, id, &key, change("Summer"), Some(1)).await.unwrap();
    assert_eq!((first.version, first.rule.id, first.rule.name.as_str()), (2, spring.id, "Summer"));
    let second = pricing::update(&house.app, id, &key, change("Autumn"), Some(1)).await;
    assert!(matches!(second, Err(AppError::Conflict(_))));
    assert_eq!(pricing::promotions(&house.app, id).await.unwrap()[0].name, "Summer");
}

/// A sale with a code that took nothing off, on both its lines.
fn with_code(
    tablet: &mut Tablet,
    number: &str,
    after: Option<&SealedEntry>,
    id: PromotionId,
    house: &House,
) -> SealedEntry {
    let entry = tablet.sell(number, &[("22423", 1), ("85123A", 1)], &house.shelf);
    let mut open = entry.open().unwrap();
    let EntryBody::SaleCompleted { sale } = &mut open.body else { panic!("no sale") };
    let part = |off| PromotionPart {
        promotion_id: id,
        name: "Spring".into(),
        coupon: Some("SPRING".into()),
        off: Minor(off),
    };
    sale.lines[0].promotions.push(part(0));
    sale.lines[1].promotions.push(part(0));
    open.version = open.body.version();
    if let Some(after) = after {
        (open.sequence, open.previous) = (after.sequence + 1, after.hash.clone());
    }
    open.seal().unwrap()
}

async fn a_code_is_counted_told_and_flagged(house: House) {
    let (mut here, mut there) = (house.tablet().await, house.tablet().await);
    let who = house.puller(&here);
    let id = house.organisation_id;
    let spring = create(&house, json!({ "coupon": { "code": " SPRING ", "most_uses": 2, "uses": 9 } })).await;
    let (_, cursor) = house.loaded(who, |_| true).await;
    let first = with_code(&mut here, "101", None, spring.id, &house);
    house.push(&here, std::slice::from_ref(&first)).await.unwrap();
    let uses = |page: &PullResponse| {
        let promotion = |change: &Change| match change {
            Change::Promotion(promotion) => promotion.coupon.as_ref().map(|coupon| coupon.uses),
            _ => None,
        };
        page.changes.iter().find_map(promotion)
    };
    assert_eq!(uses(&house.pulled(who, Some(&cursor)).await), Some(1), "every tablet hears of it");
    // Sent twice, counted once.
    house.push(&here, std::slice::from_ref(&first)).await.unwrap();
    assert!(returns::flags(&house.app, id).await.unwrap().is_empty());
    // Two more at a tablet that was offline: the second of them goes over.
    let second = with_code(&mut there, "102", None, spring.id, &house);
    let third = with_code(&mut there, "103", Some(&second), spring.id, &house);
    let answer = house.push(&there, &[second, third.clone()]).await.unwrap();
    assert!(answer.answers.iter().all(|answer| answer.outcome == EntryOutcome::Booked), "{answer:?}");
    assert_eq!(house.number("SELECT uses FROM coupon_uses WHERE organisation_id = $1").await, 3);
    let flags = returns::flags(&house.app, id).await.unwrap();
    let EntryBody::SaleCompleted { sale } = third.open().unwrap().body else { panic!("no sale") };
    assert_eq!(flags.len(), 1);
    let flag = &flags[0];
    assert_eq!((flag.key.kind, flag.key.sale_id, flag.key.line), (FlagKind::CouponOver, sale.id, 1));
    assert_eq!((flag.code.as_deref(), flag.receipt_number.is_some()), (Some("SPRING"), true));
}
