//! Accounts: gift cards and customers' accounts, moved by sales of several tablets, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, Journal, Tablet, written};
use shared::account::{AccountKey, CardCode};
use shared::api::FlagKind;
use shared::customer::{Customer, CustomerField, SaleCustomer};
use shared::ids::{CustomerId, TenderId};
use shared::money::{Currency, Minor};
use shared::sale::{LineKind, Sale};
use shared::sync::journal::EntryBody;
use shared::sync::wire::Change;
use shared::tender::{Tender, TenderKind, TenderType, TypeKind};
use tillbridge::app::{AppError, customers, returns, tender_types};
use tillbridge::clock::FreshIds;
use tillbridge::feed::Puller;

on_both_engines!(
    a_gift_card_is_sold_and_pays_at_another_tablet,
    two_tablets_that_do_not_hear_of_each_other_are_flagged,
    a_customer_owes_as_much_as_they_may,
    accounts_go_together_when_customers_are_merged,
    an_account_that_is_not_settled_keeps_its_customer,
    an_app_of_before_is_not_told_what_it_cannot_read,
);

/// What is looked at here of what a tablet is told.
fn asked(change: &Change) -> bool {
    matches!(change, Change::Account(_) | Change::TenderType(_))
}

fn card() -> (AccountKey, TenderKind) {
    let code = CardCode::parse("GIFT-0000-1234").unwrap();
    let key = AccountKey::of_card(&code);
    (key.clone(), TenderKind::GiftCard { card: key, last_letters: code.last_letters() })
}

/// A sale of one cakestand (12.75), changed before it is recorded.
fn sold(tablet: &mut Tablet, house: &House, change: impl FnOnce(&mut Sale)) -> EntryBody {
    let entry = tablet.sell("101", &[("22423", 1)], &house.shelf);
    let EntryBody::SaleCompleted { mut sale } = entry.open().unwrap().body else { panic!("no sale") };
    change(&mut sale);
    assert_eq!(sale.check(), Ok(()));
    EntryBody::SaleCompleted { sale }
}

/// The cakestand's line becomes a payment into an account.
fn paid_in(sale: &mut Sale, key: &AccountKey) {
    let line = &mut sale.lines[0];
    (line.account, line.stocked, line.product_id) = (Some(key.clone()), false, None);
    line.kind = if key.is_card() { LineKind::Voucher } else { LineKind::Account };
    line.tax = shared::tax::LineTax { net: line.amount, gross: line.amount, ..Default::default() };
    (sale.net, sale.tax, sale.taxes) = (sale.total, Minor::ZERO, Vec::new());
}

fn paid_by(sale: &mut Sale, kind: TenderKind) {
    sale.tenders = vec![Tender::plain(TenderId::fresh(&mut FreshIds), kind, sale.total)];
    sale.change = Minor::ZERO;
}

fn of_customer(sale: &mut Sale, id: CustomerId) {
    sale.customer = SaleCustomer { id: Some(id), name: Some("Ada".into()), ..SaleCustomer::default() };
}

async fn balance(house: &House, key: &AccountKey) -> i64 {
    let found = customers::account(&house.app, house.organisation_id, key.clone(), None).await.unwrap();
    let moved: i64 = found.movements.iter().map(|one| one.amount.0).sum();
    let balance = found.account.balance(Currency::parse("GBP").unwrap()).0;
    assert_eq!(balance, moved, "a balance is the sum of its movements");
    balance
}

async fn overdrawn(house: &House) -> Vec<String> {
    let flags = returns::flags(&house.app, house.organisation_id).await.unwrap();
    flags
        .into_iter()
        .filter(|flag| flag.key.kind == FlagKind::AccountOver)
        .map(|flag| flag.code.unwrap_or_default())
        .collect()
}

async fn a_gift_card_is_sold_and_pays_at_another_tablet(house: House) {
    let (mut here, mut there) = (house.tablet().await, house.tablet().await);
    let (mut first, mut second) = (Journal::of(&here), Journal::of(&there));
    let (key, kind) = card();
    let bought = first.record(sold(&mut here, &house, |sale| paid_in(sale, &key)));
    house.booked(&here, std::slice::from_ref(&bought)).await;
    // The same push again moves nothing.
    house.booked(&here, std::slice::from_ref(&bought)).await;
    assert_eq!(balance(&house, &key).await, 1_275);
    let (told, cursor) = house.loaded(house.puller(&there), asked).await;
    assert!(matches!(&told[..], [Change::Account(one)] if one.key == key), "{told:?}");
    let paid = second.record(sold(&mut there, &house, |sale| paid_by(sale, kind)));
    house.booked(&there, &[paid]).await;
    assert_eq!(balance(&house, &key).await, 0);
    assert_eq!(overdrawn(&house).await, [""; 0]);
    let told = house.pulled(house.puller(&there), Some(&cursor)).await.changes;
    let of_card: Vec<_> = told.iter().filter(|change| matches!(change, Change::Account(_))).collect();
    assert_eq!(of_card.len(), 1, "{told:?}");
    assert_eq!(
        house.loaded(house.puller(&there), asked).await.0,
        [],
        "an empty card is not told to a new tablet"
    );
    let page = customers::accounts(&house.app, house.organisation_id, true, None, None).await.unwrap();
    assert_eq!(page.total, 0);
    // What was put on the card is no turnover; what was bought with it is: 12.75 with a fifth of tax inside.
    let sums = "SELECT CAST(SUM(net_minor - paid_in_minor) AS BIGINT) FROM sales WHERE organisation_id = $1";
    assert_eq!(house.number(sums).await, 1_062);
}

async fn two_tablets_that_do_not_hear_of_each_other_are_flagged(house: House) {
    let (mut here, mut there) = (house.tablet().await, house.tablet().await);
    let (mut first, mut second) = (Journal::of(&here), Journal::of(&there));
    let (key, kind) = card();
    let filled = first.record(sold(&mut here, &house, |sale| paid_in(sale, &key)));
    house.booked(&here, &[filled]).await;
    let once = first.record(sold(&mut here, &house, |sale| paid_by(sale, kind.clone())));
    let twice = second.record(sold(&mut there, &house, |sale| paid_by(sale, kind)));
    house.booked(&here, &[once]).await;
    assert_eq!(overdrawn(&house).await, [""; 0]);
    house.booked(&there, &[twice]).await;
    assert_eq!((balance(&house, &key).await, overdrawn(&house).await), (-1_275, vec!["••1234".to_owned()]));
}

async fn a_customer_owes_as_much_as_they_may(house: House) {
    let mut tablet = house.tablet().await;
    let mut journal = Journal::of(&tablet);
    let mut ada = Customer::new(CustomerId::fresh(&mut FreshIds));
    (ada.name, ada.credit_limit) = ("Ada".into(), Some(Minor(2_000)));
    let ada = customers::create(&house.app, &house.manager(), ada).await.unwrap();
    let key = AccountKey::of_customer(ada.id);
    let mut on_account = |tablet: &mut Tablet| {
        journal.record(sold(tablet, &house, |sale| {
            of_customer(sale, ada.id);
            paid_by(sale, TenderKind::OnAccount);
        }))
    };
    let (one, two) = (on_account(&mut tablet), on_account(&mut tablet));
    house.booked(&tablet, &[one]).await;
    assert_eq!((balance(&house, &key).await, overdrawn(&house).await.len()), (-1_275, 0));
    house.booked(&tablet, &[two]).await;
    assert_eq!((balance(&house, &key).await, overdrawn(&house).await), (-2_550, vec!["Ada".to_owned()]));
    // She pays some of it.
    let paid = journal.record(sold(&mut tablet, &house, |sale| {
        of_customer(sale, ada.id);
        paid_in(sale, &key);
    }));
    house.booked(&tablet, &[paid]).await;
    assert_eq!(balance(&house, &key).await, -1_275);
    let page = customers::accounts(&house.app, house.organisation_id, false, None, None).await.unwrap();
    assert_eq!((page.total, page.rows[0].name.as_deref(), page.rows[0].balance.0), (1, Some("Ada"), -1_275));
    let story = customers::story(&house.app, house.organisation_id, ada.id, None).await.unwrap();
    assert_eq!((story.account.movements.len(), story.account.account.balances.len()), (3, 1));
    let bought = story.bought.iter().map(|one| (one.sales, one.total.0)).collect::<Vec<_>>();
    assert_eq!(bought, [(2, 2_550)], "paying what is owed buys nothing more");
}

async fn accounts_go_together_when_customers_are_merged(house: House) {
    let mut tablet = house.tablet().await;
    let mut journal = Journal::of(&tablet);
    let (kept, gone) = (CustomerId::fresh(&mut FreshIds), CustomerId::fresh(&mut FreshIds));
    let mut entries = Vec::new();
    for id in [kept, gone] {
        entries.push(journal.record(written(id, &[(CustomerField::Name, None, Some("Ada"))])));
        entries.push(journal.record(sold(&mut tablet, &house, |sale| {
            of_customer(sale, id);
            paid_in(sale, &AccountKey::of_customer(id));
        })));
    }
    house.booked(&tablet, &entries).await;
    customers::merge(&house.app, &house.manager(), kept, gone).await.unwrap();
    let (of_kept, of_gone) = (AccountKey::of_customer(kept), AccountKey::of_customer(gone));
    assert_eq!((balance(&house, &of_kept).await, balance(&house, &of_gone).await), (2_550, 0));
    // What a tablet still says of the old record moves the account of the one it went into.
    let late = journal.record(sold(&mut tablet, &house, |sale| {
        of_customer(sale, gone);
        paid_by(sale, TenderKind::OnAccount);
    }));
    house.booked(&tablet, &[late]).await;
    assert_eq!((balance(&house, &of_kept).await, balance(&house, &of_gone).await), (1_275, 0));
    assert_eq!(overdrawn(&house).await, [""; 0]);
}

async fn an_account_that_is_not_settled_keeps_its_customer(house: House) {
    let mut tablet = house.tablet().await;
    let mut journal = Journal::of(&tablet);
    let id = CustomerId::fresh(&mut FreshIds);
    let known = journal.record(written(id, &[(CustomerField::Name, None, Some("Ada"))]));
    let owed = journal.record(sold(&mut tablet, &house, |sale| {
        of_customer(sale, id);
        paid_by(sale, TenderKind::OnAccount);
    }));
    house.booked(&tablet, &[known, owed]).await;
    let refused = customers::erase(&house.app, house.organisation_id, id).await;
    assert!(matches!(refused, Err(AppError::Conflict(_))));
    let paid = journal.record(sold(&mut tablet, &house, |sale| {
        of_customer(sale, id);
        paid_in(sale, &AccountKey::of_customer(id));
    }));
    house.booked(&tablet, &[paid]).await;
    customers::erase(&house.app, house.organisation_id, id).await.unwrap();
}

async fn an_app_of_before_is_not_told_what_it_cannot_read(house: House) {
    let mut tablet = house.tablet().await;
    let mut journal = Journal::of(&tablet);
    let updated = house.puller(&tablet);
    let older = Puller { reads: 3, ..updated };
    let (key, _) = card();
    let filled = journal.record(sold(&mut tablet, &house, |sale| paid_in(sale, &key)));
    house.booked(&tablet, &[filled]).await;
    for kind in [TypeKind::GiftCard, TypeKind::Voucher] {
        let mut way = TenderType::card();
        (way.kind, way.name) = (kind, kind.word().to_owned());
        tender_types::create(&house.app, house.organisation_id, way).await.unwrap();
    }
    let names = |changes: &[Change]| {
        let name = |change: &Change| match change {
            Change::TenderType(one) => one.name.clone(),
            Change::Account(_) => "account".to_owned(),
            _ => String::new(),
        };
        let mut names: Vec<String> = changes.iter().map(name).filter(|name| !name.is_empty()).collect();
        names.sort();
        // What changed while it was loaded is told twice.
        names.dedup();
        names
    };
    let (told, cursor) = house.loaded(older, asked).await;
    assert_eq!(names(&told), ["voucher"]);
    let (mut told, mut cursor) = (Vec::new(), cursor);
    loop {
        let page = house.pulled(updated, Some(&cursor)).await;
        told.extend(page.changes);
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    assert_eq!(names(&told), ["account", "gift_card"], "all it could not read before, once");
}
