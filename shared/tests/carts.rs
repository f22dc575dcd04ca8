//! Carts at random: whatever a cashier does, the numbers add up; and the sums are the same on every machine.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod random_cart;

use proptest::prelude::*;
use random_cart::{Seeded, random_sale, sales_digest};
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

/// The digest of 10,000 random sales. `tests/carts_wasm.rs` must find the same one in a browser.
#[test]
fn ten_thousand_sales_have_the_digest_that_wasm_has() {
    assert_eq!(sales_digest(10_000), random_cart::DIGEST_OF_10_000);
}
