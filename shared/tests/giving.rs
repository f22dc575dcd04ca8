//! What is given on top and what is not taxed: tips, donations, customers who are exempt.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "the cart tests use the rest")]
mod random_cart;

use random_cart::{Seeded, finished_by, random_cart, rules_of_a_shop};
use shared::calendar::LocalTime;
use shared::ids::{LineId, ShiftId};
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};
use shared::sale::{
    Back, Cart, CartError, Condition, Discount, DiscountAmount, LineKind, Origin, Sale, price, take_back,
};
use shared::shift::{CashCount, ShiftFigures, ShiftOpening};
use shared::store::GivingRules;
use uuid::Uuid;

fn id(number: u128) -> LineId {
    LineId(Uuid::from_u128(number))
}

fn sold(seed: u64, cart: &Cart) -> Sale {
    let mut random = Seeded::new(seed);
    let (tax, rounding) = rules_of_a_shop(&mut random);
    finished_by(&mut random, cart, tax, rounding, |cart, rules| price(cart, rules).unwrap())
}

fn in_figures(sale: &Sale) -> ShiftFigures {
    let opening = ShiftOpening {
        shift_id: ShiftId(Uuid::from_u128(1)),
        number: 1,
        currency: sale.currency,
        staff_name: "Amara".into(),
        float: CashCount::sum_only(Minor::ZERO).unwrap(),
    };
    let mut figures = ShiftFigures::begin(&opening, LocalTime { at_ms: 0, offset_minutes: 0 });
    figures.take_sale(sale);
    figures
}

#[test]
fn what_is_given_on_top_is_whole_untaxed_and_no_turnover() {
    for seed in 0..1_000 {
        let mut cart = random_cart(&mut Seeded::new(seed));
        cart.discount = Some(Discount { amount: DiscountAmount::Percent(Rate(250_000)), reason: None });
        let without = sold(seed, &cart);
        cart.give(LineKind::Tip, id(1 << 90), "Tip", UnitPrice(15_000), 0).unwrap();
        cart.give(LineKind::Donation, id(1 << 91), "For the food bank", UnitPrice(2_500), 0).unwrap();
        let sale = sold(seed, &cart);
        assert_eq!(sale.check(), Ok(()), "seed {seed}");
        assert_eq!((sale.given(LineKind::Tip), sale.given(LineKind::Donation)), (Minor(150), Minor(25)));
        assert_eq!(sale.total, without.total.plus(Minor(175)).unwrap());
        assert_eq!((sale.tax, &sale.taxes), (without.tax, &without.taxes), "nothing of it is taxed");
        assert!(sale.needs_seventh_version());
        for line in sale.lines.iter().filter(|line| line.kind.is_given()) {
            assert_eq!((line.cart_discount, line.returnable(Quantity::ZERO)), (Minor::ZERO, Quantity::ZERO));
        }
        let (figures, before) = (in_figures(&sale), in_figures(&without));
        assert_eq!((figures.tips, figures.donations), (Minor(150), Minor(25)));
        assert_eq!((figures.net, figures.sold), (before.net, before.sold), "no turnover");
        assert_eq!(figures.total, sale.total);
    }
}

#[test]
fn there_is_one_of_each_and_nothing_takes_it_out_again() {
    let mut cart = random_cart(&mut Seeded::new(7));
    let lines = cart.lines.len();
    cart.give(LineKind::Tip, id(1), "Tip", UnitPrice(15_000), 0).unwrap();
    cart.give(LineKind::Tip, id(2), "Tip", UnitPrice(20_000), 0).unwrap();
    assert_eq!((cart.lines.len(), cart.line(id(1)).unwrap().list_price), (lines + 1, UnitPrice(20_000)));
    assert_eq!(cart.set_quantity(id(1), Quantity::pieces(2).unwrap()), Err(CartError::Quantity));
    assert_eq!(cart.set_price(id(1), Some(UnitPrice(1))), Err(CartError::PaidPrice));
    assert_eq!(cart.give(LineKind::Tip, id(3), "Tip", UnitPrice(-1), 0), Err(CartError::Price));
    assert_eq!(cart.give(LineKind::Product, id(3), "Tip", UnitPrice(1), 0), Err(CartError::Price));
    cart.give(LineKind::Tip, id(4), "Tip", UnitPrice(0), 0).unwrap();
    assert_eq!(cart.lines.len(), lines);
}

#[test]
fn what_a_tip_comes_to_and_what_is_missing_to_a_whole_amount() {
    let of = |code| Currency::parse(code).unwrap();
    for (bill, share, tip) in
        [(1_275, 100_000, 128), (1_275, 125_000, 159), (0, 100_000, 0), (333, 150_000, 50)]
    {
        assert_eq!(GivingRules::tip(Minor(bill), Rate(share)), Ok(Minor(tip)), "{bill} {share}");
    }
    for (code, bill, more) in [
        ("GBP", 1_275, 25),
        ("GBP", 1_200, 100),
        ("GBP", 0, 0),
        ("GBP", -50, 0),
        ("JPY", 1_980, 20),
        ("KWD", 1_275, 725),
    ] {
        assert_eq!(GivingRules::up_to_whole(Minor(bill), of(code)), Minor(more), "{code} {bill}");
    }
}

#[test]
fn whoever_is_exempt_pays_what_the_goods_cost_without_their_tax() {
    let (mut taxed, mut parted) = (0, 0);
    for seed in 0..2_000 {
        let mut cart = random_cart(&mut Seeded::new(seed));
        let with_tax = sold(seed, &cart);
        cart.customer.tax_exemption = Some("ST-5 4711".into());
        let sale = sold(seed, &cart);
        assert_eq!(sale.check(), Ok(()), "seed {seed}");
        assert_eq!((sale.tax, sale.taxes.len()), (Minor::ZERO, 0));
        assert_eq!((sale.net, sale.total), (with_tax.net, with_tax.net), "seed {seed}");
        for (line, before) in sale.lines.iter().zip(&with_tax.lines) {
            assert_eq!(
                (line.before_discounts, line.cart_discount),
                (before.before_discounts, before.cart_discount)
            );
        }
        taxed += usize::from(!with_tax.tax.is_zero());
        parted += given_back(seed, &sale);
    }
    assert!(taxed > 1_000 && parted > 500, "{taxed} {parted}");
}

/// Their certificate has a last day: by the shop's calendar, whatever the clock of the world says.
#[test]
fn a_certificate_that_has_ended_exempts_nothing_and_stands_on_no_sale() {
    for seed in 0..200 {
        let cart = random_cart(&mut Seeded::new(seed));
        let with_tax = sold(seed, &cart);
        let mut exempt = cart.clone();
        exempt.customer.tax_exemption = Some("ST-5 4711".into());
        let day = with_tax.time.day();
        for (until, exempts) in [(day.plus_days(-1), false), (day, true), (day.plus_days(1), true)] {
            exempt.customer.tax_exempt_until = Some(until);
            let sale = sold(seed, &exempt);
            assert_eq!(sale.check(), Ok(()), "seed {seed}");
            assert_eq!(
                sale.total,
                if exempts { with_tax.net } else { with_tax.total },
                "seed {seed} {until}"
            );
            let named = [sale.customer.tax_exemption.is_some(), sale.customer.tax_exempt_until.is_some()];
            assert_eq!(named, [exempts; 2], "seed {seed} {until}");
            assert_eq!(sale.needs_seventh_version(), exempts);
        }
    }
}

/// What an exempt customer brings back is worth what they paid, however it is parted.
fn given_back(seed: u64, sale: &Sale) -> usize {
    let Some((place, line)) =
        (1..).zip(&sale.lines).find(|(_, line)| line.quantity.0 >= 2_000 && !line.exempted.is_zero())
    else {
        return 0;
    };
    let mut sum = Minor::ZERO;
    let (mut returned, mut left) = (Quantity::ZERO, line.quantity);
    while !left.is_zero() {
        let quantity = if left.0 > 1_000 && line.unit.symbol().is_empty() { Quantity(1_000) } else { left };
        let origin = Origin::of(sale, place, None, Condition::Restock);
        let mut cart = Cart::new(sale.id);
        cart.add(take_back(line, id(5), Back { origin, returned, quantity }, 0).unwrap()).unwrap();
        let back = sold(seed, &cart);
        assert_eq!(back.check(), Ok(()), "seed {seed}");
        sum = sum.plus(back.total).unwrap();
        (returned, left) = (returned.plus(quantity).unwrap(), left.minus(quantity).unwrap());
    }
    assert_eq!(sum.negated().unwrap(), line.tax.gross, "seed {seed}");
    1
}
