//! Points in whole sales: what they take off, what is earned, and that what comes back undoes it to the point.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "the cart tests use the rest")]
mod random_cart;

use random_cart::{Seeded, all_of, finished_by, give_back, random_cart, return_of, rules_of_a_shop};
use shared::account::{AccountKey, account_movements};
use shared::ids::CustomerId;
use shared::money::{Currency, Minor, Rate};
use shared::points::{CartPoints, PointsRules, Tier};
use shared::sale::{Cart, Sale, price};
use std::collections::BTreeMap;
use uuid::Uuid;

fn ada() -> CustomerId {
    CustomerId(Uuid::from_u128(60))
}

fn known(balance: i64) -> CartPoints {
    let silver = Tier { name: "Silver".into(), from: 500, share: Rate(1_250_000) };
    let rules = PointsRules { earn: Minor(100), spend: 50, worth: Minor(100), tiers: vec![silver.clone()] };
    CartPoints { rules, balance, tier: Some(silver), spend: 0 }
}

fn cart_of_ada(seed: u64, spend: i64) -> Cart {
    let mut cart = random_cart(&mut Seeded::new(seed));
    cart.customer.id = Some(ada());
    cart.know_points(Some(known(2_000)));
    cart.spend_points(spend);
    cart
}

fn sold(seed: u64, cart: &Cart) -> Sale {
    let mut random = Seeded::new(seed);
    let (tax, rounding) = rules_of_a_shop(&mut random);
    finished_by(&mut random, cart, tax, rounding, |cart, rules| price(cart, rules).unwrap())
}

/// By account; those that come to nothing are left out.
fn moved<'a>(sales: impl IntoIterator<Item = &'a Sale>) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for movement in sales.into_iter().flat_map(account_movements) {
        assert_eq!(movement.currency, Currency::NONE);
        *sums.entry(movement.account.as_str().to_owned()).or_default() += movement.amount.0;
    }
    sums.retain(|_, sum: &mut i64| *sum != 0);
    sums
}

#[test]
fn points_take_off_what_they_are_worth_and_what_is_paid_earns_some() {
    let (mut spent, mut earned) = (0, 0);
    for seed in 0..2_000 {
        let without = sold(seed, &cart_of_ada(seed, 0));
        let sale = sold(seed, &cart_of_ada(seed, 500));
        assert_eq!(sale.check(), Ok(()), "seed {seed}");
        let sum = |of: fn(&shared::sale::SaleLine) -> i64| sale.lines.iter().map(of).sum::<i64>();
        let (off, used) = (sum(|line| line.points.off.0), sum(|line| line.points.spent));
        assert_eq!(off, used / 50 * 100, "seed {seed}");
        assert!((0..=500).contains(&used) && used % 50 == 0, "seed {seed}: {used}");
        let amounts = |sale: &Sale| sale.lines.iter().map(|line| line.amount.0).sum::<i64>();
        assert_eq!(amounts(&sale), amounts(&without) - off, "seed {seed}");
        let sold_for: i64 = sale.lines.iter().map(|line| line.tax.gross.0.max(0)).sum();
        assert_eq!(sum(|line| line.points.earned), sold_for * 125 / 10_000, "seed {seed}");
        let more: i64 = sale.lines.iter().map(|line| line.points.more()).sum();
        assert_eq!(sale.points.as_ref().unwrap().balance, 2_000 + more);
        assert_eq!(moved([&sale]).get(AccountKey::of_points(ada()).as_str()).copied().unwrap_or(0), more);
        assert!(sale.needs_eighth_version());
        spent += used;
        earned += sum(|line| line.points.earned);
    }
    assert!(spent > 100_000 && earned > 100_000, "{spent} {earned}");
}

#[test]
fn what_comes_back_undoes_its_points_whoever_brings_it() {
    let mut parted = 0;
    for seed in 0..1_000 {
        // Lines that take something back without a receipt earned nothing and stay.
        let sale = sold(seed, &cart_of_ada(seed, 500));
        if all_of(&sale).is_empty() {
            continue;
        }
        let mut random = Seeded::new(seed);
        let whole = return_of(&mut random, &sale, &all_of(&sale));
        assert_eq!(whole.check(), Ok(()), "seed {seed}");
        assert_eq!(moved([&sale, &whole]), BTreeMap::new(), "seed {seed}: all of it at once");
        let mut parts = give_back(&mut random, &sale).unwrap();
        // The last one is all of it again.
        parts.pop();
        assert_eq!(moved(std::iter::once(&sale).chain(&parts)), BTreeMap::new(), "seed {seed}: bit by bit");
        // The one who brings it is another customer, or nobody the shop knows.
        assert!(whole.customer.id.is_none() && whole.points.is_none());
        parted += usize::from(parts.len() > 1);
    }
    assert!(parted > 500, "{parted}");
}

#[test]
fn points_are_the_customers_who_was_chosen() {
    let mut cart = cart_of_ada(3, 500);
    let ours = cart.customer.clone();
    cart.set_customer(ours).unwrap();
    assert_eq!(cart.points.as_ref().map(|points| points.spend), Some(500));
    cart.know_points(Some(known(300)));
    assert_eq!(cart.points.as_ref().map(|points| (points.balance, points.spend)), Some((300, 500)));
    cart.spend_points(500);
    assert_eq!(cart.points.as_ref().map(|points| points.spend), Some(300), "no more than there are");
    cart.set_customer(shared::customer::SaleCustomer::default()).unwrap();
    assert_eq!(cart.points, None);
    let nobody = sold(3, &cart);
    assert!(!nobody.needs_eighth_version() && account_movements(&nobody).is_empty());
}

#[test]
fn what_was_earned_counts_in_the_year_of_the_shops_clock() {
    let mut sale = sold(3, &cart_of_ada(3, 0));
    // A quarter past midnight on the first of January in Berlin.
    (sale.time.at_ms, sale.time.offset_minutes) = (1_798_758_900_000, 60);
    let keys: Vec<String> =
        account_movements(&sale).iter().map(|movement| movement.account.as_str().to_owned()).collect();
    assert_eq!(keys, [AccountKey::of_points(ada()).as_str(), AccountKey::of_earned(ada(), 2027).as_str()]);
}
