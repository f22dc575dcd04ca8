//! Foreign: cash of another currency, what it is worth in the shop's, and rates as integers.
//! Invariant: what is worth something is worked out once, in integers, from the rate that is kept with the payment.

use crate::money::{Currency, Minor, MoneyError, Rounding, format_scaled, parse_scaled, trim_decimals};
use crate::store::CashRounding;
use serde::{Deserialize, Serialize};

/// Decimals of a rate.
const DECIMALS: u32 = 8;
const SCALE: i128 = 100_000_000;

/// What one major unit of another currency is worth in major units of the shop's, in 1/100,000,000: 0.8532 is 85,320,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ExchangeRate(pub i64);

/// Cash of a currency, in its minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ForeignCash {
    /// Which.
    pub currency: Currency,
    /// How much of it, in its own minor units.
    pub amount: Minor,
}

impl ExchangeRate {
    /// Reads a rate with at most eight decimals.
    ///
    /// # Errors
    /// When it is no such number.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        parse_scaled(text, DECIMALS).map(Self)
    }

    /// As it is typed, without zeros at its end.
    pub fn to_decimal(self) -> String {
        trim_decimals(format_scaled(self.0, DECIMALS))
    }
}

/// What an amount of another currency is worth in minor units of the shop's: by the rate, to the nearest minor unit, then to
/// the step the shop takes it at.
///
/// # Errors
/// When it does not fit.
pub fn worth(
    given: Minor,
    theirs: Currency,
    rate: ExchangeRate,
    ours: Currency,
    rounding: CashRounding,
) -> Result<Minor, MoneyError> {
    let power = |digits: u32| 10_i128.checked_pow(digits).ok_or(MoneyError::Overflow);
    let exact = i128::from(given.0).checked_mul(i128::from(rate.0)).ok_or(MoneyError::Overflow)?;
    let exact = exact.checked_mul(power(ours.digits())?).ok_or(MoneyError::Overflow)?;
    let scale = SCALE.checked_mul(power(theirs.digits())?).ok_or(MoneyError::Overflow)?;
    let nearest = Minor(Rounding::HalfAwayFromZero.divide(exact, scale)?);
    nearest.rounded_to(rounding.step_minor, rounding.rounding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn cash_of_another_currency_by_the_rate() {
        let table = [
            // Given, of, rate, in, step → worth.
            (2_000, "EUR", "0.8532", "GBP", 1, 1_706),
            (5_000, "EUR", "0.8532", "GBP", 1, 4_266),
            (5_000, "EUR", "0.8532", "GBP", 10, 4_270),
            (10_000, "USD", "0.925", "EUR", 1, 9_250),
            (1_000, "JPY", "0.00614", "EUR", 1, 614),
            (100, "EUR", "162.5", "JPY", 1, 163),
            (100_000, "IDR", "0.0000186", "KWD", 1, 19),
            (0, "EUR", "0.8532", "GBP", 1, 0),
        ];
        for (given, of, rate, ours, step_minor, wanted) in table {
            let rounding = CashRounding { step_minor, ..CashRounding::default() };
            let rate = ExchangeRate::parse(rate).unwrap();
            let is_worth = worth(Minor(given), currency(of), rate, currency(ours), rounding);
            assert_eq!(is_worth, Ok(Minor(wanted)), "{given} {of} at {}", rate.to_decimal());
        }
        let too_much = worth(
            Minor(i64::MAX),
            currency("KWD"),
            ExchangeRate(i64::MAX),
            currency("KWD"),
            CashRounding::default(),
        );
        assert_eq!(too_much, Err(MoneyError::Overflow));
    }

    #[test]
    fn rates_are_written_as_they_are_typed() {
        for text in ["0.8532", "162.5", "1", "0.00000001", "120"] {
            assert_eq!(ExchangeRate::parse(text).unwrap().to_decimal(), text);
        }
        assert!(ExchangeRate::parse("0.123456789").is_err());
        assert!(ExchangeRate::parse("1e5").is_err());
    }
}
