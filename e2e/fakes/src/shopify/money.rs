//! Money: amounts of two digits, exactly, as whole pennies.

use serde_json::{Value, json};

/// The store's currency.
pub const CURRENCY: &str = "GBP";

/// `12.75`; none where it is finer than a penny.
pub fn pennies(text: &str) -> Option<i64> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = part.trim_end_matches('0');
    let hundredths = match part.len() {
        0 => 0,
        1 => part.parse::<i64>().ok()?.checked_mul(10)?,
        2 => part.parse::<i64>().ok()?,
        _ => return None,
    };
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(hundredths)?.checked_mul(sign)
}

/// With two digits, as prices are written.
pub fn price(pennies: i64) -> String {
    let sign = if pennies < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", pennies.abs() / 100, pennies.abs() % 100)
}

/// Amounts of orders are written with as few digits as may be, but one: `24.0`, `31.9`.
pub fn bag(pennies: i64) -> Value {
    let text = price(pennies);
    let text = text.strip_suffix('0').unwrap_or(&text);
    let money = json!({"__typename": "MoneyV2", "amount": text, "currencyCode": CURRENCY});
    json!({"__typename": "MoneyBag", "shopMoney": money})
}

/// The amount of a `MoneyBagInput` in the store's currency.
pub fn of_bag(bag: &Value) -> Option<i64> {
    let money = &bag["shopMoney"];
    (money["currencyCode"] == CURRENCY).then(|| pennies(money["amount"].as_str()?)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_vendor_writes_them() {
        for (pennies, text) in [(2_400, "24.0"), (3_190, "31.9"), (1_275, "12.75"), (0, "0.0"), (-5, "-0.05")]
        {
            assert_eq!(bag(pennies)["shopMoney"]["amount"], text);
        }
        assert_eq!(
            (pennies("12.75"), pennies("12.7500"), pennies("0.005"), pennies("x")),
            (Some(1_275), Some(1_275), None, None)
        );
    }
}
