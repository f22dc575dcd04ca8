//! Decimal: a number of any place of decimals, read exactly from a JSON string or number.
//! Lives here: reading, writing, rounding and multiplying decimals. May use: money's rounding. Never: floating point.

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;
use shared::money::{Minor, MoneyError, Rounding};

/// `value ÷ 10^digits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    value: i128,
    digits: u32,
}

/// More places than any price or rate needs.
const MOST_DIGITS: u32 = 18;

impl Decimal {
    pub const ONE: Self = Self { value: 1, digits: 0 };

    fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        if !part.bytes().all(|b| b.is_ascii_digit()) || whole.trim_start_matches('-').is_empty() {
            return None;
        }
        let mut value: i128 = format!("{whole}{part}").parse().ok()?;
        if value == 0 {
            return Some(Self { value, digits: 0 });
        }
        let mut digits = i32::try_from(part.len()).ok()?.checked_sub(exponent)?;
        while digits > 0 && value % 10 == 0 {
            (value, digits) = (value / 10, digits - 1);
        }
        while digits < 0 {
            (value, digits) = (value.checked_mul(10)?, digits + 1);
        }
        let digits = u32::try_from(digits).ok()?;
        (digits <= MOST_DIGITS).then_some(Self { value, digits })
    }

    pub fn is_negative(self) -> bool {
        self.value < 0
    }

    /// In units of so many decimals, where that is exact.
    pub fn scaled(self, digits: u32) -> Option<i64> {
        let shift = digits.checked_sub(self.digits)?;
        i64::try_from(self.value.checked_mul(10_i128.checked_pow(shift)?)?).ok()
    }

    /// Rounded to so many decimals.
    pub fn rounded(self, digits: u32, rounding: Rounding) -> Result<Self, MoneyError> {
        if digits >= self.digits {
            return Ok(self);
        }
        let value = rounding.divide(self.value, 10_i128.pow(self.digits - digits))?;
        Ok(Self { value: i128::from(value), digits })
    }

    /// The product in units of so many decimals, rounded once.
    pub fn times(self, other: Self, digits: u32, rounding: Rounding) -> Result<Minor, MoneyError> {
        let (mut above, mut below) = (self.value.checked_mul(other.value).ok_or(MoneyError::Overflow)?, 1);
        let has = self.digits + other.digits;
        if has > digits {
            below = 10_i128.checked_pow(has - digits).ok_or(MoneyError::Overflow)?;
        } else {
            let shift = 10_i128.checked_pow(digits - has).ok_or(MoneyError::Overflow)?;
            above = above.checked_mul(shift).ok_or(MoneyError::Overflow)?;
        }
        rounding.divide(above, below).map(Minor)
    }

    /// So many units of so many decimals.
    pub fn of(amount: Minor, digits: u32) -> Self {
        Self { value: i128::from(amount.0), digits }
    }

    /// With at least so many decimals, more only where they matter.
    pub fn text(self, least: u32) -> String {
        let mut number = self;
        while number.digits > least && number.value % 10 == 0 {
            number = Self { value: number.value / 10, digits: number.digits - 1 };
        }
        let size = number.value.unsigned_abs();
        let sign = if number.value < 0 { "-" } else { "" };
        let scale = 10_u128.pow(number.digits);
        let part = match number.digits {
            0 => String::new(),
            width => format!(".{:0width$}", size % scale, width = width as usize),
        };
        let missing = least.saturating_sub(number.digits) as usize;
        let point = if number.digits == 0 && missing > 0 { "." } else { "" };
        format!("{sign}{}{part}{point}{}", size / scale, "0".repeat(missing))
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        let text = raw.get().trim_matches('"').trim();
        Self::parse(text)
            .ok_or_else(|| D::Error::custom(format_args!("{} is not a decimal number", shortened(raw.get()))))
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_written_exactly() {
        for (text, least, written) in [
            ("\"2.55\"", 2, "2.55"),
            ("2.5", 2, "2.50"),
            ("0.1", 0, "0.1"),
            ("-0.005", 2, "-0.005"),
            ("3", 0, "3"),
            ("3", 3, "3.000"),
            ("12345678901234567.123456789", 0, "12345678901234567.123456789"),
            ("1e3", 0, "1000"),
            ("0e-2000000000", 2, "0.00"),
            ("0e2000000000", 0, "0"),
            ("1.5E-3", 0, "0.0015"),
        ] {
            let read: Decimal = serde_json::from_str(text).unwrap();
            assert_eq!(read.text(least), written, "{text}");
        }
        for wrong in [
            "\"\"",
            "\".5\"",
            "\"1,5\"",
            "true",
            "null",
            "[]",
            "\"-\"",
            "\"1.2.3\"",
            "\"1e99\"",
            "1e-99",
            "\"+-1\"",
        ] {
            assert!(serde_json::from_str::<Decimal>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_product_is_rounded_once() {
        let of = |text: &str| Decimal::parse(text).unwrap();
        let round = Rounding::HalfAwayFromZero;
        assert_eq!(of("0.123456").times(of("1000"), 2, round), Ok(Minor(12_346)));
        assert_eq!(of("2.5").times(of("-3"), 3, round), Ok(Minor(-7_500)));
        assert_eq!(of("1.005").rounded(2, round).map(|d| d.text(2)), Ok("1.01".to_owned()));
        assert_eq!(of("1.005").scaled(2), None);
        assert_eq!(of("1.05").scaled(4), Some(10_500));
    }
}
