//! Values: how Odoo writes amounts, instants and records inside JSON; what is not set is `false`.
//! Numbers go out as text that is a number and come in by their shortest text: nothing is computed with them as floats.

use serde_json::Value;
use shared::calendar::Day;
use shared::money::{Currency, Minor, UnitPrice};

/// A decimal as a JSON number.
pub(super) fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// A JSON number as a decimal.
pub(super) fn decimal(value: &Value) -> Option<String> {
    value.is_number().then(|| value.to_string())
}

/// A JSON number, exactly; none where it has more than four decimals.
pub(super) fn exact(value: &Value) -> Option<UnitPrice> {
    UnitPrice::parse(&decimal(value)?).ok()
}

/// A JSON number as an amount; none where it is no whole amount of the currency.
pub(super) fn minor(value: &Value, currency: Currency) -> Option<Minor> {
    let exact = exact(value)?.0;
    let step = 10_i64.checked_pow(4_u32.checked_sub(currency.digits())?)?;
    (exact.checked_rem(step)? == 0).then(|| Minor(exact / step))
}

/// Text; none where it is not set.
pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// Another record: `[7, "Shop"]`.
pub(super) fn other(value: &Value) -> Option<(i64, &str)> {
    Some((value.get(0)?.as_i64()?, value.get(1)?.as_str()?))
}

/// Several other records, by their numbers.
pub(super) fn others(value: &Value) -> Vec<i64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}

/// Odoo's ids are numbers; one that is none finds nothing.
pub(super) fn id(text: &str) -> i64 {
    text.trim().parse().unwrap_or(-1)
}

/// An instant as Odoo writes it, in UTC: `2026-06-21 11:00:00`.
pub(super) fn instant(at_ms: i64) -> String {
    let second = at_ms.rem_euclid(86_400_000) / 1_000;
    format!("{} {:02}:{:02}:{:02}", Day::of(at_ms, 0), second / 3_600, second / 60 % 60, second % 60)
}

/// An instant of Odoo's, epoch ms.
pub(super) fn instant_ms(value: &Value) -> Option<i64> {
    let (day, time) = value.as_str()?.split_once(' ')?;
    let mut parts = time.split(['.', ':']).map(|part| part.parse::<i64>().ok());
    let mut part = || parts.next().flatten();
    let second = part()? * 3_600 + part()? * 60 + part()?;
    Day::parse(day).ok()?.number().checked_mul(86_400_000)?.checked_add(second * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn instants_come_back_as_they_went() {
        for at_ms in [0, 951_782_400_000, 1_795_000_123_000, 1_709_164_799_000] {
            assert_eq!(instant_ms(&json!(instant(at_ms))), Some(at_ms), "{at_ms}");
        }
        assert_eq!(instant(1_782_039_600_999), "2026-06-21 11:00:00");
        assert_eq!(instant_ms(&json!("2026-06-21 11:00:00.123456")), Some(1_782_039_600_000));
        for wrong in [json!(false), json!("2026-06-21"), json!("2026-13-01 00:00:00"), json!("a b")] {
            assert_eq!(instant_ms(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_amount_is_read_to_the_penny_or_not_at_all() {
        let gbp = Currency::parse("GBP").unwrap();
        for (text, amount) in [
            ("25.1", Some(2_510)),
            ("-9.8", Some(-980)),
            ("12737.25", Some(1_273_725)),
            ("0", Some(0)),
            ("0.0", Some(0)),
            ("2.125", None),
            ("false", None),
            ("\"2.10\"", None),
            ("1e30", None),
        ] {
            assert_eq!(minor(&number(text), gbp), amount.map(Minor), "{text}");
        }
        assert_eq!(number("0.333").to_string(), "0.333");
    }
}
