//! The customer display against the receipt: the buyer sees what is printed, and nobody who sells.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[allow(dead_code, reason = "the tests of carts use the rest")]
mod random_cart;

use proptest::prelude::*;
use random_cart::{Seeded, random_sale};
use shared::receipt::display::{Display, of_sale, welcome};
use shared::receipt::{ReceiptRow, receipt};
use shared::store::{LANGUAGES, Store};

fn store(language: &str) -> Store {
    serde_json::from_value(serde_json::json!({
        "id": uuid::Uuid::nil(), "name": "Corner shop", "address": [], "country": "DE", "currency": "GBP",
        "time_zone": "Europe/Berlin", "language": language,
        "tax": {"prices_include_tax": true, "rounded": "line", "rounding": "half_even"},
    }))
    .unwrap()
}

fn strong(display: &Display) -> Vec<(String, String)> {
    let sums = display.sums.iter().filter(|sum| sum.strong);
    sums.map(|sum| (sum.text.clone(), sum.amount.clone())).collect()
}

#[test]
fn every_language_has_its_welcome() {
    let all: Vec<String> = LANGUAGES.iter().map(|language| welcome(&store(language)).heading).collect();
    for (at, heading) in all.iter().enumerate() {
        assert!(!heading.is_empty() && !all[..at].contains(heading), "{heading}");
    }
    assert!(welcome(&store("ar")).right_to_left);
}

proptest! {
    #[test]
    fn what_the_buyer_sees_is_what_is_printed(seed: u64) {
        let mut sale = random_sale(&mut Seeded::new(seed));
        sale.staff_name = "Priya Sharma".to_owned();
        sale.customer.name = Some("Jo Buyer".to_owned());
        let mut store = store("de");
        store.currency = sale.currency;
        let display = of_sale(&sale, &store);
        let printed: Vec<(String, String)> = receipt(&sale, &store, false)
            .rows
            .into_iter()
            .filter_map(|row| match row {
                ReceiptRow::Sum { text, amount, strong: true } => Some((text, amount)),
                _ => None,
            })
            .collect();
        prop_assert_eq!(strong(&display), printed);
        prop_assert_eq!(display.lines.len(), sale.lines.len());
        let said = serde_json::to_string(&display).unwrap();
        prop_assert!(!said.contains("Priya") && !said.contains("Buyer"));
    }
}
