//! Cash counted: pieces by their worth, and which pieces a currency has.

use crate::money::{Currency, Minor};
use serde::{Deserialize, Serialize};

/// More pieces of one worth than any drawer holds.
const MOST_PIECES: u32 = 100_000;

/// Coins or notes of one worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pieces {
    /// Worth of one, in minor units.
    pub worth: Minor,
    /// How many.
    pub count: u32,
}

/// What was counted in a drawer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CashCount {
    /// Piece by piece, those of which there are any; none where only the sum was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<Pieces>,
    /// In all, in minor units.
    pub total: Minor,
}

/// Why a count is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CashFault {
    /// Below zero, or more than any drawer holds.
    #[error("no drawer holds that much")]
    Amount,
    /// The pieces give another sum.
    #[error("the coins and notes do not add up to the sum")]
    Sum,
}

impl CashCount {
    /// The count of these pieces; those of which there are none are left out.
    ///
    /// # Errors
    /// [`CashFault::Amount`].
    pub fn of(pieces: impl IntoIterator<Item = Pieces>) -> Result<Self, CashFault> {
        let pieces: Vec<Pieces> = pieces.into_iter().filter(|pieces| pieces.count > 0).collect();
        let count = Self { total: sum(&pieces)?, pieces };
        count.check()?;
        Ok(count)
    }

    /// A sum that nobody has counted by pieces.
    ///
    /// # Errors
    /// [`CashFault::Amount`].
    pub fn sum_only(total: Minor) -> Result<Self, CashFault> {
        let count = Self { pieces: Vec::new(), total };
        count.check()?;
        Ok(count)
    }

    /// Does it add up?
    ///
    /// # Errors
    /// See [`CashFault`].
    pub fn check(&self) -> Result<(), CashFault> {
        if self.total.is_negative() {
            return Err(CashFault::Amount);
        }
        if !self.pieces.is_empty() && sum(&self.pieces)? != self.total {
            return Err(CashFault::Sum);
        }
        Ok(())
    }
}

fn sum(pieces: &[Pieces]) -> Result<Minor, CashFault> {
    let mut total = 0_i64;
    for pieces in pieces {
        if pieces.count > MOST_PIECES || pieces.worth.0 <= 0 {
            return Err(CashFault::Amount);
        }
        let worth = pieces.worth.0.checked_mul(i64::from(pieces.count)).ok_or(CashFault::Amount)?;
        total = total.checked_add(worth).ok_or(CashFault::Amount)?;
    }
    Ok(Minor(total))
}

/// Coins of a currency in minor units, small to large; as its central bank lists them (2026), without those that are no
/// longer struck and collectors' pieces.
fn coins(currency: Currency) -> &'static [i64] {
    match currency.code() {
        "EUR" | "GBP" => &[1, 2, 5, 10, 20, 50, 100, 200],
        "USD" => &[1, 5, 10, 25],
        "CAD" => &[5, 10, 25, 100, 200],
        "AUD" => &[5, 10, 20, 50, 100, 200],
        "NZD" => &[10, 20, 50, 100, 200],
        "CHF" => &[5, 10, 20, 50, 100, 200, 500],
        "SEK" => &[100, 200, 500, 1_000],
        "NOK" => &[100, 500, 1_000, 2_000],
        "DKK" => &[50, 100, 200, 500, 1_000, 2_000],
        "PLN" => &[1, 2, 5, 10, 20, 50, 100, 200, 500],
        "CNY" => &[10, 50, 100],
        "INR" => &[100, 200, 500, 1_000, 2_000],
        "AED" => &[25, 50, 100],
        "SAR" => &[1, 5, 10, 25, 50, 100, 200],
        "KWD" => &[5, 10, 20, 50, 100],
        "BHD" => &[5, 10, 25, 50, 100],
        "OMR" => &[5, 10, 25, 50],
        "JOD" => &[50, 100, 250, 500],
        "JPY" => &[1, 5, 10, 50, 100, 500],
        "KRW" => &[10, 50, 100, 500],
        _ => &[],
    }
}

/// Notes of a currency in minor units, small to large.
fn notes(currency: Currency) -> &'static [i64] {
    match currency.code() {
        "EUR" => &[500, 1_000, 2_000, 5_000, 10_000, 20_000],
        "GBP" => &[500, 1_000, 2_000, 5_000],
        "USD" | "CNY" => &[100, 500, 1_000, 2_000, 5_000, 10_000],
        "CAD" | "AUD" | "NZD" => &[500, 1_000, 2_000, 5_000, 10_000],
        "CHF" => &[1_000, 2_000, 5_000, 10_000, 20_000, 100_000],
        "SEK" => &[2_000, 5_000, 10_000, 20_000, 50_000, 100_000],
        "NOK" => &[5_000, 10_000, 20_000, 50_000, 100_000],
        "DKK" => &[5_000, 10_000, 20_000, 50_000],
        "PLN" => &[1_000, 2_000, 5_000, 10_000, 20_000, 50_000],
        "INR" => &[1_000, 2_000, 5_000, 10_000, 20_000, 50_000],
        "AED" => &[500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000],
        "SAR" => &[500, 1_000, 5_000, 10_000, 20_000, 50_000],
        "KWD" => &[250, 500, 1_000, 5_000, 10_000, 20_000],
        "BHD" => &[500, 1_000, 5_000, 10_000, 20_000],
        "OMR" => &[100, 500, 1_000, 5_000, 10_000, 20_000, 50_000],
        "JOD" => &[1_000, 5_000, 10_000, 20_000, 50_000],
        "JPY" => &[1_000, 5_000, 10_000],
        "KRW" => &[1_000, 5_000, 10_000, 50_000],
        _ => &[],
    }
}

/// Coins and notes to count by, in minor units, large to small. A currency without a list is counted by 1, 2 and 5 of each
/// power of ten.
pub fn denominations(currency: Currency) -> Vec<Minor> {
    let mut pieces: Vec<i64> = coins(currency).iter().chain(notes(currency)).copied().collect();
    if pieces.is_empty() {
        let largest = 1_000_i64.saturating_mul(10_i64.saturating_pow(currency.digits()));
        let powers = (0..12).map(|power| 10_i64.saturating_pow(power));
        pieces = powers.flat_map(|power| [power, power * 2, power * 5]).filter(|p| *p <= largest).collect();
    }
    pieces.sort_unstable_by(|a, b| b.cmp(a));
    pieces.dedup();
    pieces.into_iter().map(Minor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_add_up() {
        let pieces = [(2_000, 3), (50, 4), (1, 0)];
        let count =
            CashCount::of(pieces.map(|(worth, count)| Pieces { worth: Minor(worth), count })).unwrap();
        assert_eq!((count.total, count.pieces.len()), (Minor(6_200), 2));
        let wrong = CashCount { total: Minor(6_201), ..count };
        assert_eq!(wrong.check(), Err(CashFault::Sum));
    }

    #[test]
    fn no_drawer_holds_less_than_nothing_or_more_than_a_number_can() {
        assert_eq!(CashCount::sum_only(Minor(-1)), Err(CashFault::Amount));
        for (worth, count) in [(0, 1), (-5, 2), (i64::MAX, 2), (5, u32::MAX)] {
            let pieces = Pieces { worth: Minor(worth), count };
            assert_eq!(CashCount::of([pieces]), Err(CashFault::Amount));
        }
    }

    #[test]
    fn every_currency_can_be_counted_down_to_its_smallest_piece() {
        for code in ["EUR", "USD", "CHF", "JPY", "KWD", "CZK", "CLP"] {
            let pieces = denominations(Currency::parse(code).unwrap());
            assert!(pieces.len() > 6, "{code}");
            assert!(pieces.windows(2).all(|two| two[0] > two[1]), "{code}");
        }
        assert_eq!(denominations(Currency::parse("CHF").unwrap()).last(), Some(&Minor(5)));
    }
}
