//! Layaways in whole sales: deposits, the goods handed over for them, and money given back when nobody fetches them.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "the cart tests use the rest")]
mod random_cart;

use random_cart::{Seeded, all_of, categories, finished_by, random_cart, return_of, rules_of_a_shop};
use shared::approval::{ApprovalKind, needs};
use shared::calendar::Day;
use shared::ids::{CustomerId, LineId, SaleId};
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};
use shared::points::{CartPoints, PointsRules};
use shared::sale::{
    Cart, CartError, Deposit, Discount, DiscountAmount, Layaway, LineKind, Named, PriceRules, PricedCart,
    Sale, hand_over, price,
};
use shared::sync::journal::EntryBody;
use uuid::Uuid;

/// What a seed has made of a shop: how it taxes and rounds.
fn with_rules<R>(seed: u64, work: impl FnOnce(&PriceRules<'_>) -> R) -> R {
    let (tax, _) = rules_of_a_shop(&mut Seeded::new(seed));
    let (currency, tax_categories) = (Currency::parse("GBP").unwrap(), categories());
    let day = Day::parse("2026-11-24").unwrap();
    work(&PriceRules { currency, tax, tax_categories: &tax_categories, day })
}

fn priced(seed: u64, cart: &Cart) -> PricedCart {
    with_rules(seed, |rules| price(cart, rules).unwrap())
}

fn sold(seed: u64, cart: &Cart) -> Sale {
    let mut random = Seeded::new(seed);
    let (tax, rounding) = rules_of_a_shop(&mut random);
    finished_by(&mut random, cart, tax, rounding, |cart, rules| price(cart, rules).unwrap())
}

/// Ids that count up.
fn ids(from: u128) -> impl FnMut() -> Uuid {
    let mut next = from;
    move || {
        next += 1;
        Uuid::from_u128(next)
    }
}

/// A cart of goods that go out; none where the seed has none that are worth anything.
fn goods(seed: u64) -> Option<Cart> {
    let mut cart = random_cart(&mut Seeded::new(seed));
    cart.lines.retain(|line| line.quantity.0 > 0);
    (!cart.lines.is_empty() && priced(seed, &cart).total.0 > 100).then_some(cart)
}

/// The sale that takes so much on it.
fn deposit(seed: u64, layaway: &Layaway, sale_id: SaleId, amount: Minor) -> Sale {
    let agreed = Cart { lines: layaway.goods.clone(), ..Cart::new(sale_id) };
    let now = priced(seed, &agreed);
    let named = Named { name: "Deposit", ids: &mut ids(1 << 80), now_ms: 0 };
    let lines = with_rules(seed, |rules| {
        layaway.deposit(amount, &now, rules.tax_categories, rules.currency, named).unwrap()
    });
    let cart = Cart { lines, layaway: Some(Box::new(layaway.clone())), ..Cart::new(sale_id) };
    sold(seed, &cart)
}

fn nothing(_: u32) -> Quantity {
    Quantity::ZERO
}

#[test]
fn what_is_paid_in_all_is_what_was_agreed() {
    let mut seen = 0;
    for seed in 0..1_500 {
        let Some(cart) = goods(seed) else { continue };
        let before = priced(seed, &cart);
        let layaway = Layaway::of(&cart, &before, Day::parse("2026-12-24").unwrap()).unwrap();
        assert_eq!(layaway.total, before.total, "seed {seed}");
        let first = deposit(seed, &layaway, cart.id, Minor(before.total.0 / 3));
        let later = Layaway { paid: first.total, ..layaway.clone() };
        let second = deposit(seed, &later, SaleId(Uuid::from_u128(2)), Minor(before.total.0 / 4));
        for sale in [&first, &second] {
            assert_eq!(sale.check(), Ok(()), "seed {seed}");
            assert!(sale.needs_eighth_version() && sale.lines.iter().all(|line| !line.stocked));
        }
        if first.tax_settings.prices_include_tax {
            assert_eq!(first.total, Minor(before.total.0 / 3), "seed {seed}: to the penny");
        }
        let mut fetched = Cart::new(SaleId(Uuid::from_u128(3)));
        // What the shelf says by then does not matter.
        let deposits = [&first, &second].map(|sale| Deposit { sale, returned: &nothing });
        let paid: i64 = deposits.iter().map(|deposit| deposit.left().0).sum();
        assert_eq!(paid, first.total.0 + second.total.0);
        hand_over(&mut fetched, &layaway, &deposits, &mut ids(1 << 90), 7).unwrap();
        let handed = sold(seed, &fetched);
        assert_eq!(handed.check(), Ok(()), "seed {seed}");
        assert_eq!(handed.total.0 + paid, before.total.0, "seed {seed}");
        let tax = [&first, &second, &handed].iter().map(|sale| sale.tax.0).sum::<i64>();
        assert_eq!(tax, before.tax.0, "seed {seed}: every tax once");
        seen += 1;
    }
    assert!(seen > 1_000, "{seen}");
}

#[test]
fn a_deposit_that_is_given_back_is_the_exact_negative() {
    for seed in 0..500 {
        let Some(cart) = goods(seed) else { continue };
        let layaway = Layaway::of(&cart, &priced(seed, &cart), Day::parse("2026-12-24").unwrap()).unwrap();
        let paid = deposit(seed, &layaway, cart.id, Minor(layaway.total.0 / 2));
        if all_of(&paid).is_empty() {
            continue;
        }
        let back = return_of(&mut Seeded::new(seed), &paid, &all_of(&paid));
        assert_eq!((back.total.0, back.tax.0), (-paid.total.0, -paid.tax.0), "seed {seed}");
        let all_back = |place: u32| paid.lines[usize::try_from(place).unwrap() - 1].quantity;
        assert_eq!(Deposit { sale: &paid, returned: &all_back }.left(), Minor::ZERO);
    }
}

#[test]
fn nothing_comes_off_what_is_agreed_and_there_is_as_much_of_it() {
    let cart = goods(3).unwrap();
    let layaway = Layaway::of(&cart, &priced(3, &cart), Day::parse("2026-12-24").unwrap()).unwrap();
    let mut fetched = Cart::new(SaleId(Uuid::from_u128(3)));
    hand_over(&mut fetched, &layaway, &[], &mut ids(1 << 90), 7).unwrap();
    let id = fetched.lines[0].id;
    let half = Discount { amount: DiscountAmount::Percent(Rate(500_000)), reason: None };
    assert_eq!(fetched.set_price(id, Some(UnitPrice(1))), Err(CartError::Agreed));
    assert_eq!(fetched.set_line_discount(id, Some(half.clone())), Err(CartError::Agreed));
    let more = fetched.lines[0].quantity.plus(Quantity::ONE).unwrap();
    assert_eq!(fetched.set_quantity(id, more), Err(CartError::Agreed));
    fetched.set_discount(Some(half)).unwrap();
    assert_eq!(priced(3, &fetched).total, layaway.total);
    // One of them is left behind: the rest is at its price.
    let amount = priced(3, &fetched).lines[0].tax.gross;
    fetched.remove(id).unwrap();
    let rest = priced(3, &fetched).total;
    assert!((layaway.total.0 - amount.0 - rest.0).abs() <= 2, "{amount:?} {rest:?}");
    assert_eq!(hand_over(&mut fetched, &layaway, &[], &mut ids(1), 7), Err(CartError::NotPutAside));
}

#[test]
fn only_goods_are_put_aside() {
    let day = Day::parse("2026-12-24").unwrap();
    let mut cart = goods(3).unwrap();
    cart.give(LineKind::Tip, LineId(Uuid::from_u128(1)), "Tip", UnitPrice(10_000), 0).unwrap();
    assert_eq!(Layaway::of(&cart, &priced(3, &cart), day), Err(CartError::NotPutAside));
    let empty = Cart::new(cart.id);
    assert_eq!(Layaway::of(&empty, &priced(3, &empty), day), Err(CartError::NotPutAside));
    let cart = goods(3).unwrap();
    let layaway = Layaway::of(&cart, &priced(3, &cart), day).unwrap();
    with_rules(3, |rules| {
        for amount in [0, -1, layaway.total.0 + 1] {
            let now = priced(3, &Cart { lines: layaway.goods.clone(), ..Cart::new(cart.id) });
            let named = Named { name: "Deposit", ids: &mut ids(1), now_ms: 0 };
            let refused = layaway.deposit(Minor(amount), &now, rules.tax_categories, rules.currency, named);
            assert_eq!(refused, Err(CartError::Price), "{amount}");
        }
    });
}

#[test]
fn points_are_spent_when_the_goods_are_fetched_and_not_before() {
    let mut cart = goods(3).unwrap();
    let before = priced(3, &cart);
    let rules = PointsRules { earn: Minor(100), spend: 100, worth: Minor(100), tiers: Vec::new() };
    cart.customer.id = Some(CustomerId(Uuid::from_u128(60)));
    cart.know_points(Some(CartPoints { rules, balance: 500, tier: None, spend: 0 }));
    cart.spend_points(100);
    let with_points = priced(3, &cart);
    assert!(with_points.total < before.total);
    let layaway = Layaway::of(&cart, &with_points, Day::parse("2026-12-24").unwrap());
    assert_eq!(layaway, Err(CartError::NotPutAside), "what is agreed is what is paid");
}

#[test]
fn what_is_given_up_is_approved_when_it_is_put_aside_and_not_again() {
    let mut cart = goods(3).unwrap();
    cart.set_discount(Some(Discount { amount: DiscountAmount::Percent(Rate(500_000)), reason: None }))
        .unwrap();
    let kinds = |sale: &Sale| {
        let needs = needs(&EntryBody::SaleCompleted { sale: Box::new(sale.clone()) }).unwrap();
        needs.iter().map(|need| need.subject.kind).collect::<Vec<_>>()
    };
    let layaway = Layaway::of(&cart, &priced(3, &cart), Day::parse("2026-12-24").unwrap()).unwrap();
    let first = deposit(3, &layaway, cart.id, Minor(100));
    assert!(kinds(&first).contains(&ApprovalKind::SaleDiscount), "{:?}", kinds(&first));
    assert_eq!(kinds(&first), kinds(&sold(3, &cart)), "as if it were sold");
    let later = Layaway { paid: first.total, ..layaway.clone() };
    assert_eq!(kinds(&deposit(3, &later, SaleId(Uuid::from_u128(2)), Minor(100))), []);
    let mut fetched = Cart::new(SaleId(Uuid::from_u128(3)));
    hand_over(&mut fetched, &layaway, &[Deposit { sale: &first, returned: &nothing }], &mut ids(1 << 90), 7)
        .unwrap();
    assert_eq!(kinds(&sold(3, &fetched)), []);
    // Money that goes back for a deposit is a return like any other.
    let back = return_of(&mut Seeded::new(3), &first, &all_of(&first));
    assert_eq!(kinds(&back)[0], ApprovalKind::Return);
}
