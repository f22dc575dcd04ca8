//! Points: earned and spent by sales of several tablets, told to tablets, passed on with a customer, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, Journal, Tablet, written};
use shared::account::AccountKey;
use shared::api::{CustomerPoints, EarnedIn, FlagKind};
use shared::customer::{CustomerField, SaleCustomer};
use shared::ids::CustomerId;
use shared::money::{Currency, Minor};
use shared::points::LinePoints;
use shared::sale::Sale;
use shared::sync::journal::EntryBody;
use shared::sync::wire::Change;
use tillbridge::app::{customers, export, returns};
use tillbridge::clock::FreshIds;
use tillbridge::feed::Puller;

on_both_engines!(
    what_is_earned_here_is_spent_there,
    points_spent_twice_are_booked_and_flagged,
    points_go_with_a_customer_who_is_merged,
    an_app_of_before_is_not_told_of_points,
);

fn asked(change: &Change) -> bool {
    matches!(change, Change::Points(_))
}

/// A sale of one cakestand (12.75) to this customer that earns and spends points.
fn sold(tablet: &mut Tablet, house: &House, id: CustomerId, (earned, spent): (i64, i64)) -> EntryBody {
    let entry = tablet.sell("101", &[("22423", 1)], &house.shelf);
    let EntryBody::SaleCompleted { mut sale } = entry.open().unwrap().body else { panic!("no sale") };
    let of: &mut Sale = &mut sale;
    of.customer = SaleCustomer { id: Some(id), name: Some("Ada".into()), ..SaleCustomer::default() };
    of.lines[0].points = LinePoints { earned, spent, off: Minor::ZERO };
    EntryBody::SaleCompleted { sale }
}

async fn known(house: &House, tablet: &Tablet, journal: &mut Journal) -> CustomerId {
    let id = CustomerId::fresh(&mut FreshIds);
    let entry = journal.record(written(id, &[(CustomerField::Name, None, Some("Ada"))]));
    house.booked(tablet, &[entry]).await;
    id
}

async fn points(house: &House, id: CustomerId) -> Option<CustomerPoints> {
    customers::story(&house.app, house.organisation_id, id, None).await.unwrap().points
}

/// What a tablet was told: by account, the last word of each.
fn told(changes: &[Change]) -> Vec<(String, i64)> {
    let mut told = std::collections::BTreeMap::new();
    for change in changes {
        let Change::Points(account) = change else { continue };
        told.insert(account.key.as_str().to_owned(), account.balance(Currency::NONE).0);
    }
    told.into_iter().collect()
}

async fn flagged(house: &House) -> usize {
    let flags = returns::flags(&house.app, house.organisation_id).await.unwrap();
    flags.iter().filter(|flag| flag.key.kind == FlagKind::AccountOver).count()
}

async fn what_is_earned_here_is_spent_there(house: House) {
    let (mut here, mut there) = (house.tablet().await, house.tablet().await);
    let (mut first, mut second) = (Journal::of(&here), Journal::of(&there));
    let ada = known(&house, &here, &mut first).await;
    assert_eq!(points(&house, ada).await, None);
    let bought = first.record(sold(&mut here, &house, ada, (120, 0)));
    house.booked(&here, std::slice::from_ref(&bought)).await;
    house.booked(&here, std::slice::from_ref(&bought)).await;
    let (changes, cursor) = house.loaded(house.puller(&there), asked).await;
    let (own, year) = (AccountKey::of_points(ada), bought.open().unwrap().time.year());
    let earned = AccountKey::of_earned(ada, year);
    assert_eq!(told(&changes), [(earned.as_str().into(), 120), (own.as_str().into(), 120)]);
    let spent = second.record(sold(&mut there, &house, ada, (5, 100)));
    house.booked(&there, &[spent]).await;
    let changes = house.pulled(house.puller(&there), Some(&cursor)).await.changes;
    assert_eq!(told(&changes), [(earned.as_str().into(), 125), (own.as_str().into(), 25)]);
    let now = points(&house, ada).await.unwrap();
    assert_eq!((now.balance, now.earned), (25, vec![EarnedIn { year, points: 125 }]));
    let mut moved: Vec<i64> = now.movements.iter().map(|one| one.amount.0).collect();
    moved.sort_unstable();
    assert_eq!(moved, [-95, 120]);
    assert_eq!(flagged(&house).await, 0);
    // Money and points are not mixed up.
    let page = customers::accounts(&house.app, house.organisation_id, false, None, None).await.unwrap();
    assert_eq!(page.total, 0);
    // Points are no money: they are exported as they are counted.
    let (pieces, mut taken) = tokio::sync::mpsc::channel(64);
    export::table(&house.app.db, house.organisation_id, "accounts", &pieces).await.unwrap();
    drop(pieces);
    let mut file = String::new();
    while let Some(piece) = taken.recv().await {
        file.push_str(&piece);
    }
    assert!(file.contains(&format!("{},XXX,25,", own.as_str())), "{file}");
    customers::erase(&house.app, house.organisation_id, ada).await.unwrap();
}

async fn points_spent_twice_are_booked_and_flagged(house: House) {
    let (mut here, mut there) = (house.tablet().await, house.tablet().await);
    let (mut first, mut second) = (Journal::of(&here), Journal::of(&there));
    let ada = known(&house, &here, &mut first).await;
    let bought = first.record(sold(&mut here, &house, ada, (100, 0)));
    let once = first.record(sold(&mut here, &house, ada, (0, 100)));
    house.booked(&here, &[bought, once]).await;
    assert_eq!(flagged(&house).await, 0);
    let twice = second.record(sold(&mut there, &house, ada, (0, 100)));
    house.booked(&there, &[twice]).await;
    assert_eq!((points(&house, ada).await.unwrap().balance, flagged(&house).await), (-100, 1));
}

async fn points_go_with_a_customer_who_is_merged(house: House) {
    let mut tablet = house.tablet().await;
    let mut journal = Journal::of(&tablet);
    let kept = known(&house, &tablet, &mut journal).await;
    let gone = known(&house, &tablet, &mut journal).await;
    let entries = [kept, gone].map(|id| journal.record(sold(&mut tablet, &house, id, (40, 0))));
    house.booked(&tablet, &entries).await;
    customers::merge(&house.app, &house.manager(), kept, gone).await.unwrap();
    // What a tablet still says of the old record is the survivor's.
    let late = journal.record(sold(&mut tablet, &house, gone, (2, 30)));
    house.booked(&tablet, &[late]).await;
    let now = points(&house, kept).await.unwrap();
    assert_eq!((now.balance, now.earned[0].points, now.movements.len()), (52, 82, 3));
    let (changes, _) = house.loaded(house.puller(&tablet), asked).await;
    assert_eq!(told(&changes).len(), 2, "nothing is left of the old record: {changes:?}");
}

async fn an_app_of_before_is_not_told_of_points(house: House) {
    let mut tablet = house.tablet().await;
    let mut journal = Journal::of(&tablet);
    let ada = known(&house, &tablet, &mut journal).await;
    let bought = journal.record(sold(&mut tablet, &house, ada, (120, 0)));
    house.booked(&tablet, &[bought]).await;
    let updated = house.puller(&tablet);
    let older = Puller { reads: 4, ..updated };
    let (changes, cursor) = house.loaded(older, asked).await;
    assert_eq!(changes, []);
    let (mut changes, mut cursor) = (Vec::new(), cursor);
    loop {
        let page = house.pulled(updated, Some(&cursor)).await;
        changes.extend(page.changes);
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    assert_eq!(told(&changes).len(), 2, "all it could not read before");
}
