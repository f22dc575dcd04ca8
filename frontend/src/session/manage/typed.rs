//! Typed: numbers as people type them, read by the shared rules: a comma may stand for the point.

use shared::money::{Currency, MoneyError, Rate, UnitPrice};

/// A decimal as the shared rules read it: spaces gone, one comma as a point, Arabic digits as Latin ones.
pub fn decimal(text: &str) -> String {
    let mut plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| match letter {
            '٠'..='٩' => from_digit(letter, '٠'),
            '۰'..='۹' => from_digit(letter, '۰'),
            '٫' => '.',
            _ => letter,
        })
        .collect();
    if plain.matches(',').count() == 1 && !plain.contains('.') {
        plain = plain.replace(',', ".");
    }
    plain
}

fn from_digit(letter: char, zero: char) -> char {
    char::from_digit(u32::from(letter).saturating_sub(u32::from(zero)), 10).unwrap_or(letter)
}

/// A price; nothing typed is no price.
pub fn price(text: &str) -> Result<Option<UnitPrice>, MoneyError> {
    let text = decimal(text);
    if text.is_empty() { Ok(None) } else { UnitPrice::parse(&text).map(Some) }
}

/// A percentage.
pub fn percent(text: &str) -> Result<Rate, MoneyError> {
    Rate::parse_percent(decimal(text).trim_end_matches('%'))
}

/// Steps cash is rounded to, in minor units: none, then the small coins.
pub fn cash_steps(currency: Currency) -> &'static [i64] {
    if currency.digits() == 0 { &[1, 5, 10, 50, 100] } else { &[1, 5, 10, 25, 50, 100] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn numbers_are_read_as_people_type_them() {
        for (typed, price_is) in
            [("2.55", 25_500), ("2,55", 25_500), (" 1 200,5 ", 12_005_000), ("٢٫٥", 25_000), ("0.0015", 15)]
        {
            assert_eq!(price(typed), Ok(Some(UnitPrice(price_is))), "{typed}");
        }
        assert_eq!(price("  "), Ok(None));
        for wrong in ["1,200.50", "abc", "1.23456", "£2"] {
            assert!(price(wrong).is_err(), "{wrong}");
        }
        assert_eq!(percent("8,875%"), Ok(Rate(88_750)));
    }
}
