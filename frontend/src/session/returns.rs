//! Returns: a sale whose goods come back, found on this tablet or at the server, and how much of it is back already.

use super::till::{RecordError, Till};
use crate::api_client::{self, ApiError};
use shared::api::ReceiptResponse;
use shared::ids::SaleId;
use shared::money::Quantity;
use shared::sale::Sale;
use std::collections::BTreeMap;

/// How much has come back of the lines of a sale, by their places from 1.
pub type BackSoFar = BTreeMap<u32, Quantity>;

impl Till {
    /// How much has come back of a sale as far as this tablet knows.
    ///
    /// # Errors
    /// When its sales could not be read.
    pub async fn returned_here(self, sale_id: SaleId) -> Result<BackSoFar, RecordError> {
        let mut back = BackSoFar::new();
        for sale in self.sales_kept().await? {
            let lines = sale.lines.iter().filter_map(|line| Some((line.origin.as_ref()?, line.quantity)));
            for (origin, quantity) in lines.filter(|(origin, _)| origin.sale_id == sale_id) {
                let so_far = back.entry(origin.line).or_default();
                *so_far = so_far.minus(quantity)?;
            }
        }
        Ok(back)
    }

    /// The sale with this receipt number at the server, whichever tablet sold it, and how much of it has come back there.
    /// None when the shop has no such sale, or there is no connection.
    pub async fn receipt_of_shop(self, number: &str) -> Option<(Sale, BackSoFar)> {
        let path = format!("/api/receipts?number={}", api_client::escaped(number.trim()));
        let found: Result<ReceiptResponse, ApiError> = api_client::get(&path).await;
        let found = found.ok()?;
        Some((found.sale, found.returned.into_iter().map(|back| (back.line, back.quantity)).collect()))
    }
}

/// What is known in two places: the larger of both, for each may know what the other has not heard yet.
pub fn larger(mut here: BackSoFar, there: BackSoFar) -> BackSoFar {
    for (line, quantity) in there {
        let known = here.entry(line).or_default();
        *known = (*known).max(quantity);
    }
    here
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn what_two_places_know_is_the_larger_of_both() {
        let of = |pairs: &[(u32, i64)]| -> BackSoFar {
            pairs.iter().map(|(line, pieces)| (*line, Quantity(pieces * 1_000))).collect()
        };
        assert_eq!(larger(of(&[(1, 2), (2, 1)]), of(&[(2, 3), (4, 1)])), of(&[(1, 2), (2, 3), (4, 1)]));
    }
}
