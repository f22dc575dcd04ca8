//! Tenders: the ways to pay as settings, on their way to the tablets, and what was paid with them in the books, told on both
//! engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, Journal, NOON, Tablet};
use serde_json::{Value, json};
use shared::api::{CloseDayRequest, TenderTypeOrder};
use shared::ids::{StoreId, TenderId, TenderTypeId};
use shared::money::{Currency, Minor};
use shared::sale::Sale;
use shared::store::{CashRounding, Store};
use shared::sync::journal::{EntryBody, SealedEntry};
use shared::sync::wire::{Change, EntryOutcome};
use shared::tender::{CARD, CASH, ExchangeRate, ForeignCash, Tender, TenderKind, TenderType, settle};
use tillbridge::app::{AppError, days, shifts, tender_types};
use tillbridge::clock::FreshIds;
use tillbridge::feed::Puller;
use tillbridge::store::ground;

on_both_engines!(
    a_shop_that_has_set_nothing_takes_cash_and_cards,
    a_type_is_told_to_the_tablets_that_read_it,
    types_are_put_in_order,
    what_cannot_be_is_told_by_field,
    somebody_elses_change_is_not_written_over,
    a_store_keeps_a_way_to_pay,
    what_was_paid_is_in_the_books_by_its_type_and_currency,
);

/// What is looked at here of what a tablet is told.
fn asked(change: &Change) -> bool {
    matches!(change, Change::TenderType(_))
}

fn of(body: Value) -> TenderType {
    let mut whole =
        json!({ "id": "0199b1a5-0000-7000-8000-000000000000", "name": "Voucher", "kind": "voucher" });
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    serde_json::from_value(whole).unwrap()
}

fn euros() -> TenderType {
    of(json!({
        "name": " Euro ", "kind": "foreign_cash", "gives_change": true, "opens_drawer": true,
        "foreign": { "currency": "EUR", "ours": "GBP", "rate": 85_320_000 },
    }))
}

async fn create(house: &House, one: TenderType) -> TenderType {
    tender_types::create(&house.app, house.organisation_id, one).await.unwrap()
}

async fn list(house: &House) -> Vec<TenderType> {
    tender_types::list(&house.app, house.organisation_id).await.unwrap()
}

async fn update(house: &House, one: &TenderType, version: Option<i64>) -> Result<i64, AppError> {
    let row = tender_types::update(&house.app, house.organisation_id, one.id, one.clone(), version).await?;
    assert_eq!(row.rule, *one);
    Ok(row.version)
}

async fn a_shop_that_has_set_nothing_takes_cash_and_cards(house: House) {
    assert_eq!(list(&house).await, [TenderType::cash(), TenderType::card()]);
    assert_eq!(house.count("tender_types").await, 0);
    let who = house.puller(&house.tablet().await);
    assert_eq!(house.loaded(who, asked).await.0, [], "tablets know these two by themselves");
    let one = tender_types::one(&house.app, house.organisation_id, CASH).await.unwrap();
    assert_eq!((one.version, one.rule), (0, TenderType::cash()));
}

async fn a_type_is_told_to_the_tablets_that_read_it(house: House) {
    let updated = house.puller(&house.tablet().await);
    let older = Puller { reads: 2, ..updated };
    let elsewhere = Puller { store_id: StoreId::fresh(&mut FreshIds), ..updated };
    let (_, cursor) = house.loaded(updated, asked).await;
    let (_, before) = house.loaded(older, asked).await;
    let euros = create(&house, euros()).await;
    assert_eq!(euros.name, "Euro");
    let here = create(&house, of(json!({ "stores": [updated.store_id] }))).await;
    let both = [Change::TenderType(euros.clone()), Change::TenderType(here.clone())];
    let page = house.pulled(updated, Some(&cursor)).await;
    assert_eq!(page.changes, both);
    assert_eq!(house.loaded(elsewhere, asked).await.0, both[..1]);
    // An app of before is told nothing it could not read, and all of it once it is updated.
    let old = house.pulled(older, Some(&before)).await;
    assert_eq!(old.changes, []);
    let mut told = house.pulled(updated, Some(&old.cursor)).await.changes;
    told.sort_by_key(|change| matches!(change, Change::TenderType(one) if one.id == here.id));
    assert_eq!(told, both);
    // Another rate travels; what is archived is gone.
    let mut dearer = euros.clone();
    dearer.foreign.as_mut().unwrap().rate = ExchangeRate(86_000_000);
    update(&house, &dearer, Some(1)).await.unwrap();
    let page = house.pulled(updated, Some(&page.cursor)).await;
    assert_eq!(page.changes, [Change::TenderType(dearer.clone())]);
    update(&house, &TenderType { archived: true, ..dearer }, Some(2)).await.unwrap();
    let page = house.pulled(updated, Some(&page.cursor)).await;
    assert!(matches!(&page.changes[..], [Change::Removed(gone)] if gone.kind == "tender_type"), "{page:?}");
    assert_eq!(list(&house).await.len(), 4, "it is still there for whoever sets them");
}

async fn types_are_put_in_order(house: House) {
    let euros = create(&house, euros()).await;
    let order = |ids: &[TenderTypeId]| {
        let order = TenderTypeOrder { ids: ids.to_vec() };
        tender_types::order(&house.app, house.organisation_id, order)
    };
    let ids = |all: Vec<TenderType>| all.iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(ids(list(&house).await), [CASH, CARD, euros.id]);
    assert_eq!(ids(order(&[euros.id, CARD, CASH]).await.unwrap()), [euros.id, CARD, CASH]);
    assert_eq!(ids(list(&house).await), [euros.id, CARD, CASH]);
    for wrong in
        [vec![], vec![CASH, CARD], vec![CASH, CASH, CARD, euros.id], vec![CASH, CARD, TenderTypeId(CASH.0)]]
    {
        assert!(matches!(order(&wrong).await, Err(AppError::WrongInput { .. })), "{wrong:?}");
    }
    assert_eq!(ids(list(&house).await), [euros.id, CARD, CASH]);
}

async fn what_cannot_be_is_told_by_field(house: House) {
    let elsewhere = json!({ "stores": ["0199b1a5-0000-7000-8000-000000000000"] });
    for (wrong, field) in [
        (of(json!({ "name": " " })), "name"),
        (of(json!({ "kind": "cash" })), "kind"),
        (of(json!({ "kind": "foreign_cash" })), "foreign.currency"),
        (of(elsewhere), "stores"),
    ] {
        let refused = tender_types::create(&house.app, house.organisation_id, wrong).await;
        let Err(AppError::WrongInput { fields, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(fields.iter().map(|wrong| wrong.field.as_str()).collect::<Vec<_>>(), [field]);
    }
    assert_eq!(house.count("tender_types").await, 0);
}

async fn somebody_elses_change_is_not_written_over(house: House) {
    let named = |name: &str| TenderType { name: name.into(), ..TenderType::cash() };
    assert_eq!(update(&house, &named("Notes and coins"), Some(0)).await.unwrap(), 1);
    assert!(matches!(update(&house, &named("Money"), Some(0)).await, Err(AppError::Conflict(_))));
    assert_eq!(update(&house, &named("Cash"), Some(1)).await.unwrap(), 2);
    assert!(matches!(update(&house, &named("Money"), Some(1)).await, Err(AppError::Conflict(_))));
    assert_eq!(update(&house, &named("Coins"), None).await.unwrap(), 3);
    assert_eq!(list(&house).await[0].name, "Coins");
    let nobodys = TenderType { id: TenderTypeId::fresh(&mut FreshIds), ..of(json!({})) };
    assert!(matches!(update(&house, &nobodys, None).await, Err(AppError::NotFound)));
}

async fn a_store_keeps_a_way_to_pay(house: House) {
    let id = house.organisation_id;
    let other =
        Store { id: StoreId::fresh(&mut FreshIds), name: "Other".into(), ..house.shelf.store.clone() };
    let mut tx = house.app.db.write_for(id).await.unwrap();
    ground::put_store(&mut tx, id, &other).await.unwrap();
    tx.commit().await.unwrap();
    update(&house, &TenderType { archived: true, ..TenderType::card() }, None).await.unwrap();
    let only_here = TenderType { stores: vec![house.shelf.store.id], ..TenderType::cash() };
    let refused = update(&house, &only_here, None).await;
    let Err(AppError::WrongInput { message, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(message, "Other would have no way to pay left. Nothing was saved.");
    assert_eq!(house.count("tender_types").await, 1);
}

/// A sale of 28.05 paid like this, in its place in the drawer's journal.
fn sold(
    tablet: &mut Tablet,
    drawer: &mut Journal,
    house: &House,
    number: &str,
    tenders: Vec<Tender>,
    touch: fn(&mut Sale),
) -> SealedEntry {
    let entry = tablet.sell(number, &[("22423", 2), ("85123A", 1)], &house.shelf);
    let EntryBody::SaleCompleted { mut sale } = entry.open().unwrap().body else { panic!("no sale") };
    let settlement = settle(sale.total, &tenders, CashRounding::default()).unwrap();
    (sale.tenders, sale.change) = (tenders, settlement.change);
    touch(&mut sale);
    drawer.record(EntryBody::SaleCompleted { sale })
}

async fn what_was_paid_is_in_the_books_by_its_type_and_currency(house: House) {
    let (voucher, euro) = (create(&house, of(json!({}))).await, create(&house, euros()).await);
    let foreign = euro.foreign.unwrap();
    let by = |one: &TenderType, kind: TenderKind, amount: i64| Tender {
        of: one.then(),
        ..Tender::plain(TenderId::fresh(&mut FreshIds), kind, Minor(amount))
    };
    let in_euros = |given: i64| {
        let kind = TenderKind::ForeignCash {
            currency: foreign.currency,
            given: Minor(given),
            rate: foreign.rate,
            rounding: foreign.rounding,
        };
        by(&euro, kind, foreign.worth(Minor(given)).unwrap().0)
    };
    let by_voucher = |amount| by(&voucher, TenderKind::Voucher { reference: Some("V-17".into()) }, amount);
    let mut tablet = house.tablet().await;
    let mut drawer = Journal::of(&tablet);
    let nothing: fn(&mut Sale) = |_| {};
    // € 50.00 are worth £ 42.66, so £ 14.61 go back in pounds; the second is paid by voucher, card and € 10.00 for £ 8.53.
    let mut entries = vec![drawer.open_shift(10_000)];
    entries.push(sold(&mut tablet, &mut drawer, &house, "101", vec![in_euros(5_000)], nothing));
    let card = TenderKind::Card { reference: "T-1".into(), last_four: None };
    let card = Tender::plain(TenderId::fresh(&mut FreshIds), card, Minor(952));
    let split = vec![by_voucher(1_000), card, in_euros(1_000)];
    entries.push(sold(&mut tablet, &mut drawer, &house, "102", split, nothing));
    assert!(entries[1..].iter().all(|entry| entry.open().unwrap().version == 5));
    let eur = Currency::parse("EUR").unwrap();
    let figures = drawer.counters.shift.clone().unwrap();
    assert_eq!(figures.expected_cash(), Minor(10_000 - 1_461));
    assert_eq!(figures.foreign, [ForeignCash { currency: eur, amount: Minor(6_000) }]);
    entries.push(drawer.close_shift_with(8_539, vec![ForeignCash { currency: eur, amount: Minor(5_500) }]));
    let answer = house.push(&tablet, &entries).await.unwrap();
    assert!(answer.answers.iter().all(|answer| answer.outcome == EntryOutcome::Booked), "{answer:?}");

    // The drawer: pounds by pounds, euros by euros.
    let row = shifts::list(&house.app, house.organisation_id, None, None).await.unwrap().rows.remove(0);
    assert_eq!((row.expected, row.counted, row.agrees), (Minor(8_539), Some(Minor(8_539)), true));
    let closing = shifts::shift(&house.app, house.organisation_id, row.id).await.unwrap().closing.unwrap();
    assert_eq!(closing.foreign[0].variance(), Minor(-500));
    // The day, by type.
    let request = CloseDayRequest { store_id: house.shelf.store.id, day: NOON.day() };
    let day = days::close_day(&house.app, house.organisation_id, request, "Priya", NOON.at_ms).await.unwrap();
    let amounts = &day.amounts[0];
    let rows: Vec<(&str, Option<&str>, u64, i64)> = amounts
        .tenders
        .iter()
        .map(|row| (row.kind.as_str(), row.name.as_deref(), row.count, row.amount.0))
        .collect();
    assert_eq!(
        rows,
        [
            ("card", None, 1, 952),
            ("foreign_cash", Some("Euro"), 2, 4_266 + 853),
            ("voucher", Some("Voucher"), 1, 1_000),
            ("cash", None, 0, -1_461),
        ]
    );
    assert_eq!(rows.iter().map(|row| row.3).sum::<i64>(), amounts.total.0);
    assert_eq!(amounts.foreign, [ForeignCash { currency: eur, amount: Minor(6_000) }]);
    let given =
        "SELECT CAST(SUM(given_minor) AS BIGINT) FROM tenders WHERE organisation_id = $1 AND rate = 85320000";
    assert_eq!(house.number(given).await, 6_000);

    // Cash of another currency that is not worth what it says is kept for a manager.
    let wrong = sold(&mut tablet, &mut drawer, &house, "103", vec![in_euros(5_000)], |sale| {
        sale.tenders[0].amount.0 += 100;
        sale.change.0 += 100;
    });
    let answer = house.push(&tablet, &[wrong]).await.unwrap();
    let EntryOutcome::Kept { reason } = &answer.answers[0].outcome else { panic!("{answer:?}") };
    assert_eq!(reason, "The sale's numbers do not fit: the payments do not add up to the total.");
}
