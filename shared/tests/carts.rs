//! Carts at random: whatever a cashier does, the numbers add up; and the sums are the same on every machine.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "the tests of promotions use the rest")]
mod random_cart;

use proptest::prelude::*;
use random_cart::{Seeded, all_of, fuzz, give_back, random_sale, return_of, sales_digest};
use shared::money::Minor;
use shared::sale::{SaleFault, SaleKind};
use shared::stock::movements_of;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_finished_sale_adds_up(seed: u64) {
        let sale = random_sale(&mut Seeded::new(seed));
        prop_assert_eq!(sale.check(), Ok(()));
        let lines = Minor::sum(sale.lines.iter().map(|l| l.tax.net)).unwrap();
        let tax = Minor::sum(sale.taxes.iter().map(|t| t.tax)).unwrap();
        prop_assert_eq!(lines.plus(tax).unwrap(), sale.total);
        let tenders = Minor::sum(sale.tenders.iter().map(|t| t.amount)).unwrap();
        prop_assert_eq!(tenders.minus(sale.change).unwrap(), sale.total.plus(sale.cash_rounding).unwrap());
        prop_assert_eq!(movements_of(&sale).len(), sale.lines.iter().filter(|l| l.stocked).count());
    }

    #[test]
    fn a_sale_read_back_is_the_same_sale(seed: u64) {
        let sale = random_sale(&mut Seeded::new(seed));
        let text = serde_json::to_string(&sale).unwrap();
        prop_assert_eq!(serde_json::from_str::<shared::sale::Sale>(&text).unwrap(), sale);
    }

    #[test]
    fn a_sale_given_back_in_any_parts_gives_back_exactly_what_was_paid(seed: u64) {
        let mut random = Seeded::new(seed);
        let sale = random_sale(&mut random);
        prop_assert!(give_back(&mut random, &sale).is_ok());
    }

    #[test]
    fn the_return_of_everything_is_the_exact_negative(seed: u64) {
        let mut random = Seeded::new(seed);
        let sale = random_sale(&mut random);
        // What was a return itself does not come back.
        let sale = if sale.lines.iter().all(|line| !line.quantity.is_negative()) { sale } else { return Ok(()) };
        let back = return_of(&mut random, &sale, &all_of(&sale));
        prop_assert_eq!(back.check(), Ok(()));
        prop_assert_eq!(back.kind, SaleKind::Return);
        prop_assert_eq!((back.net.0, back.tax.0, back.total.0), (-sale.net.0, -sale.tax.0, -sale.total.0));
        let row = |t: &shared::tax::TaxAmount| (t.name.clone(), t.rate, t.net.0, t.tax.0);
        let negative: Vec<_> = back.taxes.iter().map(row).map(|(n, r, net, tax)| (n, r, -net, -tax)).collect();
        prop_assert_eq!(negative, sale.taxes.iter().map(row).collect::<Vec<_>>());
    }

    #[test]
    fn a_sale_with_any_amount_moved_is_noticed(seed: u64, by in prop_oneof![-500_i64..=-1, 1_i64..500]) {
        let mut sale = random_sale(&mut Seeded::new(seed));
        sale.total = sale.total.plus(Minor(by)).unwrap();
        prop_assert_eq!(sale.check(), Err(SaleFault::Totals));
        let mut sale = random_sale(&mut Seeded::new(seed));
        sale.change = sale.change.plus(Minor(by)).unwrap();
        prop_assert_eq!(sale.check(), Err(SaleFault::Tenders));
        let mut sale = random_sale(&mut Seeded::new(seed));
        sale.lines[0].amount = sale.lines[0].amount.plus(Minor(by)).unwrap();
        prop_assert_eq!(sale.check(), Err(SaleFault::Line(1)));
        prop_assert_eq!(sale.kind, SaleKind::Sale);
    }
}

/// `cargo xtask fuzz money` tries millions of them.
#[test]
fn two_thousand_sales_come_back_whole_as_they_do_in_wasm() {
    assert_eq!(fuzz(0, 2_000).as_deref(), Ok(random_cart::DIGEST_OF_2_000_GIVEN_BACK));
}

/// The digest of 10,000 random sales. `tests/carts_wasm.rs` must find the same one in a browser.
#[test]
fn ten_thousand_sales_have_the_digest_that_wasm_has() {
    assert_eq!(sales_digest(10_000), random_cart::DIGEST_OF_10_000);
}
