//! Money: amounts, unit prices, quantities and rates as integers, and the few ways they may be rounded.
//! Lives here: Minor (minor units of a currency), UnitPrice (1/10,000 of a major unit), Quantity (1/1,000), Rate
//! (parts per million), rounding, fair splitting, and reading and writing decimals.
//! May use: serde. Never: floating point, a locale.
//! Invariant: arithmetic is checked; a split adds up to the whole.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A currency: its ISO 4217 code and how many digits its minor unit has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(into = "String", try_from = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// ISO 4217's code where there is no currency.
    pub const NONE: Self = Self(*b"XXX");

    /// Reads an upper-case three-letter code.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        match code.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(MoneyError::Currency(code.chars().take(12).collect())),
        }
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits after the point of the minor unit (ISO 4217:2015 table A.1; two unless listed).
    pub fn digits(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code)
    }
}

/// What can be wrong with an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The sum does not fit.
    #[error("the amount is too large")]
    Overflow,
    /// Not a currency code.
    #[error("\"{0}\" is not a three-letter currency code")]
    Currency(String),
    /// Not a decimal number of the allowed form.
    #[error("\"{text}\" is not a number with at most {digits} decimals")]
    Decimal {
        /// What was read (cut to a readable length).
        text: String,
        /// How many decimals are allowed.
        digits: u32,
    },
}

macro_rules! scaled {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// The sum, or an error where it does not fit.
            pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
                self.0.checked_add(other.0).map(Self).ok_or(MoneyError::Overflow)
            }

            /// The difference, or an error where it does not fit.
            pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
                self.0.checked_sub(other.0).map(Self).ok_or(MoneyError::Overflow)
            }

            /// The opposite, or an error where it does not fit.
            pub fn negated(self) -> Result<Self, MoneyError> {
                self.0.checked_neg().map(Self).ok_or(MoneyError::Overflow)
            }

            /// The sum of many.
            pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
                amounts.into_iter().try_fold(Self::ZERO, Self::plus)
            }

            /// Below zero?
            pub fn is_negative(self) -> bool {
                self.0 < 0
            }

            /// Exactly zero?
            pub fn is_zero(self) -> bool {
                self.0 == 0
            }
        }
    };
}

scaled! {
    /// An amount in minor units of the sale's currency (pence, cents; whole yen).
    Minor
}
scaled! {
    /// A price of one unit, in 1/10,000 of a major unit (£2.55 is 25,500), so up to four decimals.
    UnitPrice
}
scaled! {
    /// How much of it, in thousandths of the unit (2 pieces are 2,000; 0.420 kg is 420).
    Quantity
}
scaled! {
    /// A rate in parts per million (20 % is 200,000).
    Rate
}

impl Quantity {
    /// One piece.
    pub const ONE: Self = Self(1_000);

    /// Whole pieces.
    pub fn pieces(count: i64) -> Result<Self, MoneyError> {
        count.checked_mul(1_000).map(Self).ok_or(MoneyError::Overflow)
    }

    /// As people read it: `2`, `0.42`.
    pub fn to_decimal(self) -> String {
        trim_decimals(format_scaled(self.0, 3))
    }

    /// Reads `2`, `0.42`, `-1`.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        parse_scaled(text, 3).map(Self)
    }
}

impl UnitPrice {
    /// Reads `2.55`, `0.001`.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        parse_scaled(text, 4).map(Self)
    }

    /// At least the digits of the currency, more only where they matter: `2.55`, `0.001`.
    pub fn to_decimal(self, currency: Currency) -> String {
        let mut text = format_scaled(self.0, 4);
        let keep = text.len().saturating_sub(4).saturating_add(currency.digits() as usize);
        while text.len() > keep && text.ends_with('0') {
            text.pop();
        }
        if text.ends_with('.') {
            text.pop();
        }
        text
    }

    /// The price of one whole minor amount.
    pub fn from_minor(amount: Minor, currency: Currency) -> Result<Self, MoneyError> {
        let factor =
            10_i64.checked_pow(4_u32.saturating_sub(currency.digits())).ok_or(MoneyError::Overflow)?;
        amount.0.checked_mul(factor).map(Self).ok_or(MoneyError::Overflow)
    }

    /// Quantity × price, rounded once to an amount with so many decimals (seven at most, which is exact).
    pub fn times(self, quantity: Quantity, digits: u32, rounding: Rounding) -> Result<Minor, MoneyError> {
        let exact = i128::from(self.0).checked_mul(i128::from(quantity.0)).ok_or(MoneyError::Overflow)?;
        let per_minor = 10_i128.checked_pow(7_u32.saturating_sub(digits)).ok_or(MoneyError::Overflow)?;
        rounding.divide(exact, per_minor).map(Minor)
    }

    /// Rounded to so many decimals; four or more change nothing.
    pub fn rounded_to(self, digits: u32, rounding: Rounding) -> Result<Self, MoneyError> {
        let step = 10_i64.checked_pow(4_u32.saturating_sub(digits)).ok_or(MoneyError::Overflow)?;
        Minor(self.0).rounded_to(step, rounding).map(|rounded| Self(rounded.0))
    }
}

impl Minor {
    /// Is it left out where it is written down?
    pub(crate) fn is_nothing(&self) -> bool {
        self.is_zero()
    }

    /// With the digits of the currency: `12.34`, `-0.05`, `150` for yen.
    pub fn to_decimal(self, currency: Currency) -> String {
        format_scaled(self.0, currency.digits())
    }

    /// Reads an amount with at most the digits of the currency.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        parse_scaled(text, currency.digits()).map(Self)
    }

    /// This share of the amount, rounded once.
    pub fn share(self, rate: Rate, rounding: Rounding) -> Result<Minor, MoneyError> {
        let exact = i128::from(self.0).checked_mul(i128::from(rate.0)).ok_or(MoneyError::Overflow)?;
        rounding.divide(exact, 1_000_000).map(Minor)
    }

    /// The part of a price that is tax, for a price that holds tax of this rate: amount × r ÷ (1 + r), rounded once.
    pub fn included_share(self, rate: Rate, rounding: Rounding) -> Result<Minor, MoneyError> {
        let exact = i128::from(self.0).checked_mul(i128::from(rate.0)).ok_or(MoneyError::Overflow)?;
        let whole = i128::from(rate.0).checked_add(1_000_000).ok_or(MoneyError::Overflow)?;
        rounding.divide(exact, whole).map(Minor)
    }

    /// The nearest multiple of `step` minor units (cash rounding); a step of one or less changes nothing.
    pub fn rounded_to(self, step: i64, rounding: Rounding) -> Result<Minor, MoneyError> {
        if step <= 1 {
            return Ok(self);
        }
        let steps = rounding.divide(i128::from(self.0), i128::from(step))?;
        steps.checked_mul(step).map(Minor).ok_or(MoneyError::Overflow)
    }

    /// Splits the amount over weights so that the parts add up to it exactly: each gets its floor, and the
    /// missing minor units go to the largest remainders, earlier parts first on a tie.
    /// Weights below zero count as zero; where all are zero, everything goes to the first part.
    pub fn split(self, weights: &[i64]) -> Result<Vec<Minor>, MoneyError> {
        let weights: Vec<i128> = weights.iter().map(|w| i128::from((*w).max(0))).collect();
        let whole: i128 = weights.iter().sum();
        if weights.is_empty() {
            return Ok(Vec::new());
        }
        let mut parts = vec![0_i128; weights.len()];
        if whole == 0 {
            parts[0] = i128::from(self.0);
        } else {
            let sign = if self.0 < 0 { -1 } else { 1 };
            let size = i128::from(self.0).abs();
            let mut remainders = Vec::with_capacity(weights.len());
            let mut given = 0_i128;
            for (place, weight) in weights.iter().enumerate() {
                let exact = size.checked_mul(*weight).ok_or(MoneyError::Overflow)?;
                parts[place] = sign * (exact / whole);
                given += exact / whole;
                remainders.push((exact % whole, place));
            }
            for place in largest_first(remainders, size - given) {
                parts[place] += sign;
            }
        }
        parts.into_iter().map(|p| i64::try_from(p).map(Minor).map_err(|_| MoneyError::Overflow)).collect()
    }
}

/// The places of so many of the largest remainders, earlier parts first on a tie.
pub(crate) fn largest_first(mut remainders: Vec<(i128, usize)>, many: i128) -> impl Iterator<Item = usize> {
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    remainders.into_iter().take(usize::try_from(many).unwrap_or(0)).map(|(_, place)| place)
}

impl Rate {
    /// Reads a percentage: `20`, `8.875`, `17.5`.
    pub fn parse_percent(text: &str) -> Result<Self, MoneyError> {
        parse_scaled(text, 4).map(Self)
    }

    /// As a percentage without trailing zeros: `20`, `8.875`.
    pub fn to_percent(self) -> String {
        trim_decimals(format_scaled(self.0, 4))
    }
}

/// How a result between two minor units is brought to one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// 0.5 → 1, −0.5 → −1 (what most tax offices write, EN 16931).
    #[default]
    HalfAwayFromZero,
    /// 0.5 → 0, 1.5 → 2 (banker's).
    HalfEven,
    /// 0.5 → 1, −0.5 → 0.
    HalfUp,
    /// 0.5 → 0, −0.5 → 0, 0.6 → 1 (how most shops of New Zealand round five cents).
    HalfTowardsZero,
    /// Towards zero.
    Down,
}

impl Rounding {
    /// `numerator ÷ denominator`, rounded this way. The denominator must be positive.
    pub fn divide(self, numerator: i128, denominator: i128) -> Result<i64, MoneyError> {
        if denominator <= 0 {
            return Err(MoneyError::Overflow);
        }
        let floor = numerator.div_euclid(denominator);
        let rest = numerator.rem_euclid(denominator);
        let twice = rest.checked_mul(2).ok_or(MoneyError::Overflow)?;
        let up = match self {
            Self::Down => numerator < 0 && rest != 0,
            _ if twice > denominator => true,
            _ if twice < denominator => false,
            Self::HalfAwayFromZero => numerator > 0,
            Self::HalfEven => floor.rem_euclid(2) == 1,
            Self::HalfUp => true,
            Self::HalfTowardsZero => numerator < 0,
        };
        i64::try_from(floor + i128::from(up)).map_err(|_| MoneyError::Overflow)
    }
}

pub(crate) fn format_scaled(value: i64, digits: u32) -> String {
    if digits == 0 {
        return value.to_string();
    }
    let size = value.unsigned_abs();
    let scale = 10_u64.pow(digits);
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}.{:0width$}", size / scale, size % scale, width = digits as usize)
}

pub(crate) fn trim_decimals(mut text: String) -> String {
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    text
}

pub(crate) fn parse_scaled(text: &str, digits: u32) -> Result<i64, MoneyError> {
    let wrong = || MoneyError::Decimal { text: text.chars().take(32).collect(), digits };
    let trimmed = text.trim();
    let (negative, number) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let only_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || !only_digits(whole) || !only_digits(part) {
        return Err(wrong());
    }
    let part = part.trim_end_matches('0');
    if part.len() > digits as usize {
        return Err(wrong());
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| MoneyError::Overflow)? };
    let mut value = whole.checked_mul(10_i64.pow(digits)).ok_or(MoneyError::Overflow)?;
    if !part.is_empty() {
        let fraction: i64 = part.parse().map_err(|_| wrong())?;
        let shift = digits.saturating_sub(u32::try_from(part.len()).unwrap_or(digits));
        let fraction = fraction.checked_mul(10_i64.pow(shift)).ok_or(MoneyError::Overflow)?;
        value = value.checked_add(fraction).ok_or(MoneyError::Overflow)?;
    }
    Ok(if negative { -value } else { value })
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gbp() -> Currency {
        Currency::parse("GBP").unwrap()
    }

    #[test]
    fn decimals_are_read_and_written_exactly() {
        assert_eq!(UnitPrice::parse("2.55").unwrap().0, 25_500);
        assert_eq!(UnitPrice::parse("0.001").unwrap().to_decimal(gbp()), "0.001");
        assert_eq!(UnitPrice::parse("38").unwrap().to_decimal(gbp()), "38.00");
        assert_eq!(UnitPrice::parse("150").unwrap().to_decimal(Currency::parse("JPY").unwrap()), "150");
        assert_eq!(Quantity::parse(".42").unwrap(), Quantity(420));
        assert_eq!(Quantity(420).to_decimal(), "0.42");
        assert_eq!(Minor(-5).to_decimal(gbp()), "-0.05");
        assert_eq!(Rate::parse_percent("8.875").unwrap(), Rate(88_750));
        for bad in ["", ".", "1,5", "1.23456", "--1", "1e3", "12 3", "９"] {
            assert!(UnitPrice::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(UnitPrice::parse("99999999999999999999").unwrap_err(), MoneyError::Overflow);
    }

    #[test]
    fn every_way_of_rounding_at_its_edge() {
        let table = [
            (5, [1, 0, 1, 0, 0]),
            (15, [2, 2, 2, 1, 1]),
            (16, [2, 2, 2, 2, 1]),
            (-5, [-1, 0, 0, 0, 0]),
            (-15, [-2, -2, -1, -1, -1]),
            (-16, [-2, -2, -2, -2, -1]),
            (14, [1, 1, 1, 1, 1]),
        ];
        let ways = [
            Rounding::HalfAwayFromZero,
            Rounding::HalfEven,
            Rounding::HalfUp,
            Rounding::HalfTowardsZero,
            Rounding::Down,
        ];
        for (tenths, expected) in table {
            for (way, wanted) in ways.iter().zip(expected) {
                assert_eq!(way.divide(tenths, 10).unwrap(), wanted, "{tenths}/10 {way:?}");
            }
        }
        assert!(Rounding::Down.divide(1, 0).is_err());
    }

    #[test]
    fn a_price_times_a_quantity_is_rounded_once() {
        let price = UnitPrice::parse("38.00").unwrap();
        assert_eq!(price.times(Quantity(420), 2, Rounding::default()).unwrap(), Minor(1596));
        let tiny = UnitPrice::parse("0.001").unwrap();
        assert_eq!(tiny.times(Quantity::pieces(5).unwrap(), 2, Rounding::default()).unwrap(), Minor(1));
        assert!(UnitPrice(i64::MAX).times(Quantity(i64::MAX), 2, Rounding::default()).is_err());
    }

    proptest! {
        #[test]
        fn a_split_adds_up_and_is_fair(amount in -1_000_000_i64..1_000_000, weights in prop::collection::vec(0_i64..10_000, 1..20)) {
            let parts = Minor(amount).split(&weights).unwrap();
            prop_assert_eq!(Minor::sum(parts.iter().copied()).unwrap(), Minor(amount));
            let whole: i64 = weights.iter().sum();
            if whole > 0 {
                for (part, weight) in parts.iter().zip(&weights) {
                    let exact = i128::from(amount) * i128::from(*weight);
                    let off = (i128::from(part.0) * i128::from(whole) - exact).abs();
                    prop_assert!(off < i128::from(whole), "no part is a whole minor unit off its share");
                }
            }
        }

        #[test]
        fn what_is_written_is_read_back(value in any::<i32>()) {
            let price = UnitPrice(i64::from(value));
            prop_assert_eq!(UnitPrice::parse(&price.to_decimal(gbp())).unwrap(), price);
        }
    }
}
