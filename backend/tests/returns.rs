//! Returns: what becomes of goods that come back, told on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, part};
use shared::api::{Flag, FlagKind, LookRequest};
use shared::money::{Minor, Quantity};
use shared::sync::journal::{EntryBody, SealedEntry};
use shared::sync::wire::EntryOutcome;
use tillbridge::app::{AppError, returns};

on_both_engines!(
    goods_come_back_at_what_was_paid,
    a_receipt_says_what_has_come_back_of_it,
    the_same_goods_back_at_two_tablets_are_booked_and_flagged,
    a_return_that_comes_before_its_sale_is_settled_by_it,
    a_flag_is_looked_at_once,
    another_organisations_receipts_are_not_found,
    amounts_beyond_any_shop_hold_up_nobody,
    more_than_its_share_is_flagged,
);

async fn flags(house: &House) -> Vec<Flag> {
    returns::flags(&house.app, house.organisation_id).await.unwrap()
}

async fn goods_come_back_at_what_was_paid(house: House) {
    let mut tablet = house.tablet().await;
    let sold = tablet.sell("101", &[("22423", 2), ("85123A", 3)], &house.shelf);
    let parts = [part(1, 2, 0), part(2, 1, 0)];
    let back = tablet.give_back(Some(&sold), &sold, &parts, &house.shelf);
    let answer = house.push(&tablet, &[sold, back]).await.unwrap();
    assert!(answer.answers.iter().all(|answer| answer.outcome == EntryOutcome::Booked), "{answer:?}");
    let returned = "SELECT total_minor FROM sales WHERE organisation_id = $1 AND kind = 'return'";
    // 2 × 12.75 + 1 × 2.55 = 28.05
    assert_eq!(house.number(returned).await, -2_805);
    let levels = "SELECT CAST(SUM(quantity) AS BIGINT) FROM stock_levels WHERE organisation_id = $1";
    assert_eq!(house.number(levels).await, -2_000);
    assert_eq!(house.count("return_lines").await, 2);
    assert_eq!(flags(&house).await, []);
}

async fn a_receipt_says_what_has_come_back_of_it(house: House) {
    let mut tablet = house.tablet().await;
    let sold = tablet.sell("101", &[("22423", 2), ("85123A", 3)], &house.shelf);
    house.push(&tablet, std::slice::from_ref(&sold)).await.unwrap();
    let found = returns::receipt(&house.app, house.organisation_id, " 101 ").await.unwrap();
    assert_eq!((found.sale.lines.len(), found.returned.len()), (2, 0));
    let first = tablet.give_back(Some(&sold), &sold, &[part(2, 1, 0)], &house.shelf);
    let second = tablet.give_back(Some(&first), &sold, &[part(2, 2, 1)], &house.shelf);
    house.push(&tablet, &[first, second]).await.unwrap();
    let found = returns::receipt(&house.app, house.organisation_id, "101").await.unwrap();
    let back: Vec<_> = found.returned.iter().map(|back| (back.line, back.quantity)).collect();
    assert_eq!(back, [(2, Quantity(3_000))]);
    assert_eq!(flags(&house).await, []);
    let nothing = returns::receipt(&house.app, house.organisation_id, "102").await;
    assert!(matches!(nothing, Err(AppError::NotFound)));
}

async fn the_same_goods_back_at_two_tablets_are_booked_and_flagged(house: House) {
    let (mut first, second) = (house.tablet().await, house.tablet().await);
    let sold = first.sell("101", &[("22423", 2)], &house.shelf);
    let parts = [part(1, 2, 0)];
    // Neither has a network, so neither knows of the other.
    let here = first.give_back(Some(&sold), &sold, &parts, &house.shelf);
    let there = second.give_back(None, &sold, &parts, &house.shelf);
    house.push(&first, &[sold, here]).await.unwrap();
    assert_eq!(flags(&house).await, []);
    let answer = house.push(&second, &[there]).await.unwrap();
    assert_eq!(answer.answers[0].outcome, EntryOutcome::Booked, "the goods are there and the money is gone");
    let levels = "SELECT CAST(SUM(quantity) AS BIGINT) FROM stock_levels WHERE organisation_id = $1";
    assert_eq!(house.number(levels).await, 2_000);
    let flags = flags(&house).await;
    assert_eq!(flags.len(), 1);
    let flag = &flags[0];
    assert_eq!((flag.key.kind, flag.key.line), (FlagKind::ReturnedTwice, 1));
    assert_eq!(flag.receipt_number.as_deref(), Some("101"));
    assert_eq!(flag.name.as_deref(), Some("Regency cakestand"));
    assert_eq!((flag.sold, flag.returned), (Some(Quantity(2_000)), Quantity(4_000)));
    assert_eq!(flag.returns.len(), 2);
}

async fn a_return_that_comes_before_its_sale_is_settled_by_it(house: House) {
    let (mut seller, taker) = (house.tablet().await, house.tablet().await);
    let sold = seller.sell("101", &[("22423", 2)], &house.shelf);
    let back = taker.give_back(None, &sold, &[part(1, 1, 0)], &house.shelf);
    house.push(&taker, &[back]).await.unwrap();
    let waiting = flags(&house).await;
    assert_eq!(waiting.iter().map(|flag| flag.key.kind).collect::<Vec<_>>(), [FlagKind::UnknownSale]);
    assert_eq!((waiting[0].sold, waiting[0].receipt_number.clone()), (None, None));
    house.push(&seller, &[sold]).await.unwrap();
    let settled = flags(&house).await;
    assert_eq!((settled.len(), settled[0].resolved), (1, true));
}

async fn a_flag_is_looked_at_once(house: House) {
    let mut tablet = house.tablet().await;
    let sold = tablet.sell("101", &[("22423", 1), ("85123A", 1)], &house.shelf);
    let back = |after, line| tablet.give_back(Some(after), &sold, &[part(line, 1, 0)], &house.shelf);
    let once = back(&sold, 1);
    let twice = back(&once, 1);
    let other = back(&twice, 2);
    let thrice = back(&other, 1);
    house.push(&tablet, &[sold.clone(), once, twice]).await.unwrap();
    let flag = flags(&house).await.remove(0);
    let look = |raised_at_ms| LookRequest { key: flag.key, raised_at_ms };
    // As it was before something else came back: that is still to be looked at.
    let stale = returns::look(&house.app, house.organisation_id, look(flag.raised_at_ms - 1)).await;
    assert!(matches!(stale, Err(AppError::NotFound)));
    for _ in 0..2 {
        returns::look(&house.app, house.organisation_id, look(flag.raised_at_ms)).await.unwrap();
    }
    // Another line of the sale does not raise it again, the same line does.
    house.push(&tablet, &[other]).await.unwrap();
    assert!(flags(&house).await.iter().all(|flag| flag.resolved));
    house.push(&tablet, &[thrice]).await.unwrap();
    assert_eq!(flags(&house).await.iter().filter(|flag| !flag.resolved).count(), 1);
}

async fn another_organisations_receipts_are_not_found(house: House) {
    let mut tablet = house.tablet().await;
    let sold = tablet.sell("101", &[("22423", 1)], &house.shelf);
    house.push(&tablet, &[sold]).await.unwrap();
    let (other, _) = house.neighbour().await;
    assert!(matches!(returns::receipt(&house.app, other, "101").await, Err(AppError::NotFound)));
}

/// Makes the entry's returned line worth something else, so that the sale still adds up.
fn worth(entry: &SealedEntry, amount: i64) -> SealedEntry {
    let mut open = entry.open().unwrap();
    let EntryBody::SaleCompleted { sale } = &mut open.body else { panic!("no sale") };
    let amount = Minor(amount);
    let line = &mut sale.lines[0];
    (line.before_discounts, line.amount, line.tax.net, line.tax.gross) = (amount, amount, amount, amount);
    line.tax.taxes.clear();
    sale.taxes.clear();
    (sale.net, sale.tax, sale.total, sale.cash_rounding) = (amount, Minor::ZERO, amount, Minor::ZERO);
    sale.tenders[0].amount = amount;
    open.seal().unwrap()
}

async fn amounts_beyond_any_shop_hold_up_nobody(house: House) {
    let (mut honest, mut broken) = (house.tablet().await, house.tablet().await);
    let sold = honest.sell("101", &[("22423", 5)], &house.shelf);
    house.push(&honest, std::slice::from_ref(&sold)).await.unwrap();
    // Each is kept; two of them would leave the range of the sum.
    let first = broken.sell("102", &[("22423", 1)], &house.shelf);
    let mut after = first.clone();
    let mut sent = vec![first];
    for _ in 0..2 {
        let back = broken.give_back(Some(&after), &sold, &[part(1, 1, 0)], &house.shelf);
        after = worth(&back, -9_000_000_000_000_000_000);
        sent.push(after.clone());
    }
    let answer = house.push(&broken, &sent).await.unwrap();
    assert!(matches!(answer.answers[2].outcome, EntryOutcome::Kept { .. }), "{answer:?}");
    let back = honest.give_back(Some(&sold), &sold, &[part(1, 1, 0)], &house.shelf);
    assert_eq!(house.push(&honest, &[back]).await.unwrap().answers[0].outcome, EntryOutcome::Booked);
}

async fn more_than_its_share_is_flagged(house: House) {
    let mut tablet = house.tablet().await;
    let sold = tablet.sell("101", &[("22423", 10)], &house.shelf);
    let back = tablet.give_back(Some(&sold), &sold, &[part(1, 1, 0)], &house.shelf);
    // One of ten, for the money of all ten.
    let dear = worth(&back, -12_750);
    let answer = house.push(&tablet, &[sold, dear]).await.unwrap();
    assert_eq!(answer.answers[1].outcome, EntryOutcome::Booked);
    let kinds: Vec<_> = flags(&house).await.iter().map(|flag| flag.key.kind).collect();
    assert_eq!(kinds, [FlagKind::PaidTwice]);
}
