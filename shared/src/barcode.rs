//! Barcode: reading what a scanner sends.
//! Lives here: GTIN check digits and one form to compare them by; telling a scanner from a person, and scanners that do not type; GS1 element strings and
//! links, a shop's own numbers with a price or a weight in them, and which goods, how much and until when a scan says.
//! May use: ids, cable, money, calendar, the catalogue's units. Never: storage, the catalogue itself, a clock.
//! Invariant: two printings of the same GTIN (UPC-A, EAN-13, zero-padded) have the same `match_key`.

mod cabled;
mod goods;
mod gs1;
mod in_store;
mod scan;

pub use cabled::{CabledScanner, CodeReader};
pub use goods::{Amount, AmountError, LineAmount, ScannedGoods, goods};
pub use gs1::{Element, Elements, Gs1Error, SEPARATOR, read_link};
pub use in_store::{InStoreCode, InStorePattern, InStoreValue, PatternError, value_check_digit};
pub use scan::{Ended, Heard, ScanReader, ScanTiming, as_printed};

/// What is wrong with a code that looks like a GTIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GtinError {
    /// Digits, but not 8, 12, 13 or 14 of them.
    #[error("a barcode number has 8, 12, 13 or 14 digits")]
    Length,
    /// The last digit does not fit the others.
    #[error("the check digit should be {expected}")]
    CheckDigit {
        /// What it should be.
        expected: u8,
    },
}

/// The check digit of the digits before it (GS1 General Specifications §7.9.1: weights 3 and 1 from the right).
pub fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| u32::from(digit.saturating_sub(b'0')) * if at % 2 == 0 { 3 } else { 1 })
        .sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// Checks a code made of digits only; codes with other characters are the shop's own and always pass.
pub fn check(code: &str) -> Result<(), GtinError> {
    let bytes = code.as_bytes();
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return Ok(());
    }
    if !matches!(bytes.len(), 8 | 12 | 13 | 14) {
        return Err(GtinError::Length);
    }
    let (body, last) = bytes.split_at(bytes.len() - 1);
    let expected = check_digit(body);
    if last == [b'0' + expected] { Ok(()) } else { Err(GtinError::CheckDigit { expected }) }
}

/// What two scans are compared by: a number without its leading zeros, anything else to the letter.
/// So a UPC-A scanned as EAN-13, or a code padded to 14 digits, is found.
pub fn match_key(code: &str) -> String {
    let code = code.trim();
    if !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()) {
        let short = code.trim_start_matches('0');
        if short.is_empty() { "0".to_owned() } else { short.to_owned() }
    } else {
        code.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_real_codes() {
        for good in
            ["3500680016775", "0049022758544", "96385074", "036000291452", "03500680016775", "ABC-1", ""]
        {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        assert_eq!(check("3500680016776"), Err(GtinError::CheckDigit { expected: 5 }));
        assert_eq!(check("12345"), Err(GtinError::Length));
    }

    #[test]
    fn one_code_in_its_printings() {
        assert_eq!(match_key("036000291452"), match_key("0036000291452"));
        assert_eq!(match_key("036000291452"), match_key("00036000291452"));
        assert_ne!(match_key("85123A"), match_key("85123a"));
        assert_eq!(match_key("000"), "0");
    }
}
