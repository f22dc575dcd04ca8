//! Number: decimals as whole numbers of billionths, as exact as the database keeps them (`decimal(21,9)`).

use serde_json::Value;

const DIGITS: usize = 9;
const ONE: i128 = 1_000_000_000;

/// A number of JSON; none where it is none.
pub fn of(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => parse(&number.to_string()),
        _ => None,
    }
}

fn parse(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() > DIGITS || whole.is_empty() {
        return None;
    }
    let all = format!("{whole}{fraction:0<DIGITS$}");
    all.bytes().all(|b| b.is_ascii_digit()).then(|| all.parse::<i128>().ok())?.map(|number| sign * number)
}

/// Rounded to so many digits, half to even: the “Banker's Rounding” a new site begins with.
pub fn rounded(number: i128, digits: u32) -> i128 {
    divide(number, 10_i128.pow(9_u32.saturating_sub(digits))) * 10_i128.pow(9_u32.saturating_sub(digits))
}

/// Times another.
pub fn times(one: i128, other: i128) -> i128 {
    divide(one * other, ONE)
}

/// This share of a number, rounded to hundredths: `number × part ÷ whole`.
pub fn share(number: i128, part: i128, whole: i128) -> i128 {
    if whole == 0 { 0 } else { rounded(divide(number * part, whole), 2) }
}

fn divide(number: i128, by: i128) -> i128 {
    let (number, by) = if by < 0 { (-number, -by) } else { (number, by) };
    let (floor, rest) = (number.div_euclid(by), number.rem_euclid(by));
    match (rest * 2).cmp(&by) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

/// As a float of JSON.
pub fn written(number: i128) -> Value {
    let sign = if number < 0 { "-" } else { "" };
    let whole = number.abs() / ONE;
    let fraction = format!("{:09}", number.abs() % ONE);
    let fraction = fraction.trim_end_matches('0');
    json(&format!("{sign}{whole}.{}", if fraction.is_empty() { "0" } else { fraction }))
}

/// A decimal as a number of JSON.
pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// Hundredths.
pub fn hundredths(value: Option<&Value>) -> i64 {
    i64::try_from(value.and_then(of).unwrap_or(0) / 10_000_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_half_goes_to_even() {
        let number = |text: &str| of(&json(text)).unwrap();
        assert_eq!(written(number("-25.1")), json("-25.1"));
        for (exact, two) in
            [("10.625", "10.62"), ("10.635", "10.64"), ("-10.625", "-10.62"), ("1.16883", "1.17")]
        {
            assert_eq!(written(rounded(number(exact), 2)), json(two), "{exact}");
        }
        assert_eq!(written(times(number("0.333"), number("3.51"))), json("1.16883"));
        assert_eq!(hundredths(Some(&json("-2.95"))), -295);
        assert_eq!(of(&json("\"1\"")), None);
    }
}
