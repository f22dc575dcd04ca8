//! Known: sales of the store's tablets as they are kept here, in the order of their times, found by a part of their number.
//! Lives here: the key of a kept sale, and what a page of changes does to them.
//! May use: shared's known sales. Never: this tablet's own journal and sales.
//! Invariant: a sale has one key for ever; keys of later sales come after those of earlier ones.

use shared::ids::SaleId;
use shared::sale::{KnownSale, Sale};

/// What a page of changes does to the sales that are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownChanges {
    /// To write.
    pub sales: Vec<KnownSale>,
    /// To take out.
    pub gone: Vec<SaleId>,
    /// Those of before this time are forgotten, epoch ms.
    pub from_ms: i64,
}

impl Default for KnownChanges {
    fn default() -> Self {
        Self { sales: Vec::new(), gone: Vec::new(), from_ms: i64::MIN }
    }
}

/// Digits of a time in a key: enough for every year with four of them.
const TIME_DIGITS: usize = 16;

/// By which a sale is kept: its time, its number in capitals, its id.
pub(super) fn key(sale: &Sale) -> String {
    format!("{}|{}|{}", time(sale.time.at_ms), sale.receipt_number.to_ascii_uppercase(), sale.id)
}

/// Every key of a sale of before this time comes before this.
pub(super) fn before(from_ms: i64) -> String {
    time(from_ms)
}

fn time(at_ms: i64) -> String {
    let at_ms = at_ms.clamp(0, 9_999_999_999_999_999);
    format!("{at_ms:0TIME_DIGITS$}")
}

/// Does the number in a key contain this text, letters small or capital?
pub(super) fn is_found(key: &str, part: &str) -> bool {
    let number = key.split_once('|').and_then(|(_, rest)| rest.rsplit_once('|')).map(|(number, _)| number);
    number.is_some_and(|number| number.contains(&part.trim().to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn keys_are_in_the_order_of_time_and_found_by_a_part_of_the_number() {
        assert!(before(9) < before(10) && before(i64::MIN) <= before(0));
        assert!(before(1_795_563_000_000) < before(i64::MAX));
        let key = format!("{}|A1-000042|0199b1a5-0000-7000-8000-00000000beef", before(17));
        for (part, is) in [
            ("", true),
            ("a1-0", true),
            (" 042 ", true),
            ("000042", true),
            ("beef", false),
            ("17", false),
            ("|", false),
        ] {
            assert_eq!(is_found(&key, part), is, "{part}");
        }
    }
}
