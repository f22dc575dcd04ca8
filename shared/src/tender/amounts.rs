//! Amounts: what a wallet is likely to hold, for the buttons of the pay screen.

use crate::money::{Currency, Minor, MoneyError};

/// What a wallet holds and a drawer takes, in major units, small to large. A step of 1 stands for coins.
fn notes(currency: Currency) -> &'static [i64] {
    match currency.code() {
        "GBP" => &[1, 5, 10, 20, 50],
        "EUR" => &[1, 5, 10, 20, 50, 100, 200],
        "USD" | "CAD" | "AUD" | "NZD" | "CNY" => &[1, 5, 10, 20, 50, 100],
        "KWD" | "OMR" | "BHD" | "JOD" => &[1, 5, 10, 20, 50],
        "JPY" => &[10, 50, 100, 500, 1_000, 5_000, 10_000],
        "KRW" => &[100, 500, 1_000, 5_000, 10_000, 50_000],
        "CHF" | "SEK" | "NOK" => &[1, 5, 10, 20, 50, 100, 200, 500, 1_000],
        "DKK" | "PLN" | "AED" | "SAR" | "INR" => &[1, 5, 10, 20, 50, 100, 200, 500],
        _ => &[1, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000],
    }
}

/// Is this as much cash as somebody might hand over? Nobody gets two of the largest notes back. What a scanner types
/// into the amount by accident fails here.
pub fn is_likely_cash(due: Minor, given: Minor, currency: Currency) -> bool {
    let largest = notes(currency).last().copied().unwrap_or(1);
    let most_change = largest.saturating_mul(2).saturating_mul(10_i64.saturating_pow(currency.digits()));
    given.0.saturating_sub(due.0) < most_change
}

/// Up to four likely amounts a customer hands over: the exact one, then what the notes and coins of the currency make of
/// it. Steps too small to matter against the amount are left out. Money that goes back is given exactly.
pub fn quick_amounts(due: Minor, currency: Currency) -> Vec<Minor> {
    let mut amounts = vec![due];
    if due.0 <= 0 {
        return amounts;
    }
    let unit = 10_i64.saturating_pow(currency.digits());
    let steps = notes(currency).iter().map(|note| note.saturating_mul(unit));
    for step in steps.filter(|step| step.saturating_mul(50) >= due.0) {
        let Ok(up) = up_to(due, step) else { continue };
        if amounts.len() < 4 && !amounts.contains(&up) {
            amounts.push(up);
        }
    }
    amounts
}

/// The next multiple of a step, or the amount itself if it is one.
fn up_to(due: Minor, step: i64) -> Result<Minor, MoneyError> {
    let over = due.0.rem_euclid(step.max(1));
    if over == 0 { Ok(due) } else { due.plus(Minor(step.saturating_sub(over))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_amounts_are_what_a_wallet_makes() {
        let quick = |currency: &str, due| {
            let currency = Currency::parse(currency).unwrap();
            quick_amounts(Minor(due), currency).iter().map(|m| m.0).collect::<Vec<_>>()
        };
        assert_eq!(quick("GBP", 3_629), [3_629, 3_700, 4_000, 5_000]);
        assert_eq!(quick("GBP", 2_000), [2_000, 5_000]);
        assert_eq!(quick("GBP", 85), [85, 100, 500, 1_000]);
        assert_eq!(quick("GBP", 16_320), [16_320, 16_500, 17_000, 18_000]);
        assert_eq!(quick("EUR", 8_810), [8_810, 9_000, 10_000, 20_000]);
        assert_eq!(quick("CHF", 3_630), [3_630, 3_700, 4_000, 5_000]);
        assert_eq!(quick("DKK", 23_650), [23_650, 24_000, 25_000, 30_000]);
        assert_eq!(quick("JPY", 3_629), [3_629, 3_700, 4_000, 5_000]);
        assert_eq!(quick("KWD", 4_250), [4_250, 5_000, 10_000, 20_000]);
        assert_eq!(quick("GBP", 0), [0]);
        assert_eq!(quick("GBP", -500), [-500]);
        assert_eq!(quick("GBP", i64::MAX), [i64::MAX]);
    }

    #[test]
    fn a_barcode_typed_into_the_amount_is_not_cash() {
        let gbp = Currency::parse("GBP").unwrap();
        assert!(is_likely_cash(Minor(350), Minor(5_000), gbp));
        assert!(is_likely_cash(Minor(350), Minor(10_000), gbp));
        assert!(!is_likely_cash(Minor(350), Minor(10_350), gbp));
        assert!(!is_likely_cash(Minor(350), Minor(5_012_345_600_001), gbp));
        assert!(is_likely_cash(Minor(350), Minor(10_000), Currency::parse("JPY").unwrap()));
    }
}
