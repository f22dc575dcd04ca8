//! Decimal: decimals as whole millionths, rounded half away from zero as Odoo's `float_round` does.

use serde_json::Value;

/// Decimals that are kept.
const DIGITS: u32 = 6;
/// One.
pub(super) const ONE: i128 = 1_000_000;
/// One hundredth: a penny.
pub(super) const PENNY: i128 = 10_000;

/// Whole number closest to `numerator / denominator`; the denominator is positive.
pub(super) fn divide(numerator: i128, denominator: i128) -> i128 {
    let half = denominator / 2;
    match numerator < 0 {
        true => -((-numerator + half) / denominator),
        false => (numerator + half) / denominator,
    }
}

/// Rounded to so many decimals.
pub(super) fn rounded(amount: i128, digits: u32) -> i128 {
    let step = 10_i128.pow(DIGITS.saturating_sub(digits));
    divide(amount, step) * step
}

/// The product of two, rounded to so many decimals once.
pub(super) fn times(one: i128, other: i128, digits: u32) -> i128 {
    let step = 10_i128.pow(DIGITS.saturating_sub(digits));
    divide(one * other, ONE * step) * step
}

/// Reads a JSON number; none where it is written with an exponent or with more than six decimals.
pub(super) fn read(value: &Value) -> Option<i128> {
    value.is_number().then(|| parse(&value.to_string()))?
}

/// Reads `-12.75`.
pub(super) fn parse(text: &str) -> Option<i128> {
    let (digits, sign) = match text.strip_prefix('-') {
        Some(rest) => (rest, -1),
        None => (text, 1),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part_digits = u32::try_from(part.len()).ok().filter(|digits| *digits <= DIGITS)?;
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_plain(whole) || !is_plain(part) {
        return None;
    }
    let whole: i128 = whole.parse().ok()?;
    let part: i128 = if part.is_empty() { 0 } else { part.parse().ok()? };
    Some(sign * (whole.checked_mul(ONE)? + part * 10_i128.pow(DIGITS - part_digits)))
}

/// As Python prints a float: `12.75`, `12.0`.
pub(super) fn text(amount: i128) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let size = amount.abs();
    let part = format!("{:06}", size % ONE);
    let part = match part.trim_end_matches('0') {
        "" => "0",
        part => part,
    };
    format!("{sign}{}.{part}", size / ONE)
}

/// As a JSON number.
pub(super) fn written(amount: i128) -> Value {
    serde_json::from_str(&text(amount)).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_and_round_away_from_zero() {
        for text_of_it in ["0.0", "12.75", "-0.01", "12737.25", "0.333"] {
            assert_eq!(parse(text_of_it).map(text).as_deref(), Some(text_of_it));
        }
        assert_eq!(parse("7").map(text).as_deref(), Some("7.0"));
        for wrong in ["", "-", "1e3", "1.2345678", ".5", "1.x"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(rounded(10_625_000, 2), 10_630_000);
        assert_eq!(rounded(-10_625_000, 2), -10_630_000);
        assert_eq!(times(333_000, 3_510_000, 2), 1_170_000);
    }
}
