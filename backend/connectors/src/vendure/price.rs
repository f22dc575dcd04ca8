//! Price: Vendure's money: whole numbers of its minor unit, of as many decimals as the store says (two, where nobody changed it).

use serde_json::Value;
use shared::money::{Rounding, UnitPrice};

/// Decimals of a [`UnitPrice`].
const OURS: u32 = 4;

/// Their whole number as decimal text; none where it is no whole number.
pub(super) fn decimal(theirs: &Value, digits: u32) -> Option<String> {
    let minor = theirs.as_i64()?;
    let digits = usize::try_from(digits).ok()?;
    let sign = if minor < 0 { "-" } else { "" };
    let padded = format!("{:0>width$}", minor.unsigned_abs(), width = digits.checked_add(1)?);
    let (whole, part) = padded.split_at_checked(padded.len().checked_sub(digits)?)?;
    Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}

/// Decimal text as their whole number, rounded where `rounds` says that may be; none where it is none.
pub(super) fn minor(ours: &str, digits: u32, rounds: bool) -> Option<i64> {
    let exact = UnitPrice::parse(ours.trim()).ok()?.0;
    if digits > OURS {
        return exact.checked_mul(10_i64.checked_pow(digits.checked_sub(OURS)?)?);
    }
    let step = 10_i64.checked_pow(OURS.checked_sub(digits)?)?;
    match exact.checked_rem(step)? {
        0 => exact.checked_div(step),
        _ if rounds => Rounding::HalfUp.divide(i128::from(exact), i128::from(step)).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whole_numbers_are_decimals_and_back() {
        for (theirs, digits, ours) in [
            (295, 2, "2.95"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (0, 2, "0.00"),
            (1_200, 0, "1200"),
            (29_500, 4, "2.9500"),
            (2_950_000, 6, "2.950000"),
        ] {
            assert_eq!(decimal(&json!(theirs), digits).as_deref(), Some(ours));
            if digits <= OURS {
                assert_eq!(minor(ours, digits, false), Some(theirs), "{ours}");
            }
        }
        assert_eq!(decimal(&json!(2.5), 2), None);
        assert_eq!(decimal(&json!("295"), 2), None);
        assert_eq!(minor("2.95", 6, false), Some(2_950_000));
        assert_eq!(minor("2.4583", 2, false), None);
        assert_eq!(minor("2.4583", 2, true), Some(246));
        assert_eq!(minor("cheap", 2, true), None);
    }
}
