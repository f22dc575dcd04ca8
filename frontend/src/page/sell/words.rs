//! Words: what the sell page says about lines, discounts and what cannot be.

use crate::i18n::{self, t};
use crate::letters::{is_letter, upper};
use crate::session::Till;
use leptos::prelude::*;
use shared::barcode::Gs1Error;
use shared::catalog::Unit;
use shared::money::{Currency, Minor, Quantity, UnitPrice};
use shared::sale::{CartError, CartLine, Discount, DiscountAmount};

/// Amounts in the store's currency.
#[derive(Clone, Copy)]
pub struct Amounts {
    currency: Memo<Option<Currency>>,
}

impl Amounts {
    /// Of this till's store.
    pub fn of(till: Till) -> Self {
        Self {
            currency: Memo::new(move |_| till.store.with(|store| store.as_ref().map(|store| store.currency))),
        }
    }

    /// The currency, once a store is known.
    pub fn currency(self) -> Option<Currency> {
        self.currency.get()
    }

    /// "£12.50".
    pub fn money(self, amount: Minor) -> String {
        self.currency.get().map(|currency| i18n::money(amount, currency)).unwrap_or_default()
    }

    /// "£0.055".
    pub fn unit_price(self, price: UnitPrice) -> String {
        self.currency.get().map(|currency| i18n::unit_price(price, currency)).unwrap_or_default()
    }

    /// "£38.00/kg", or the price alone for pieces.
    pub fn price_per(self, price: UnitPrice, unit: Unit) -> String {
        let price = self.unit_price(price);
        if unit.is_measured() { format!("{price}/{}", unit.symbol()) } else { price }
    }

    /// At the price of one: "6 × £2.55", "0.42 kg × £38.00/kg", "£2.08" for one piece.
    pub fn how_much(self, line: &CartLine, price: UnitPrice) -> String {
        let price = self.price_per(price, line.unit);
        if line.unit.is_measured() {
            format!("{} {} × {price}", i18n::quantity(line.quantity), line.unit.symbol())
        } else if line.quantity == Quantity::ONE {
            price
        } else {
            format!("{} × {price}", i18n::quantity(line.quantity))
        }
    }

    /// "10 %" or "£2.00", with the reason where there is one.
    pub fn discount(self, discount: &Discount) -> String {
        let much = match discount.amount {
            DiscountAmount::Percent(rate) => t!("sell.percent_off", percent = rate.to_percent()),
            DiscountAmount::Amount(amount) => t!("sell.amount_off", amount = self.money(amount)),
        };
        match &discount.reason {
            Some(reason) => format!("{reason} · {much}"),
            None => much,
        }
    }
}

/// Why a label that says it is GS1's cannot be read.
pub fn label_words(error: &Gs1Error) -> String {
    match error {
        Gs1Error::Unknown(part) => t!("sell.label_unknown", part = part),
        Gs1Error::Form(part) | Gs1Error::CheckDigit(part) | Gs1Error::Date(part) => {
            t!("sell.label_wrong", part = format!("({part})"))
        }
        _ => t!("sell.label_other").to_owned(),
    }
}

/// Why a change is not possible, and what is.
pub fn refusal(error: &CartError) -> String {
    match error {
        CartError::NoLine => t!("sell.error_no_line").to_owned(),
        CartError::WholePieces => t!("sell.error_whole_pieces").to_owned(),
        CartError::Quantity => t!("sell.error_quantity").to_owned(),
        CartError::Discount => t!("sell.error_discount").to_owned(),
        CartError::Price => t!("sell.error_price").to_owned(),
        CartError::Long(most) => t!("sell.error_long", most = most),
        CartError::Returned(most) if most.is_zero() => t!("sell.error_all_returned").to_owned(),
        CartError::Returned(most) => t!("sell.error_returned", most = i18n::quantity(*most)),
        CartError::PaidPrice => t!("sell.error_paid_price").to_owned(),
        CartError::NotPutAside => t!("sell.error_not_put_aside").to_owned(),
        CartError::Agreed => t!("sell.error_agreed").to_owned(),
        CartError::OnAccount => t!("sell.error_on_account").to_owned(),
        CartError::NoPrice => t!("sell.error_no_price").to_owned(),
        CartError::Money(_) => t!("sell.error_too_large").to_owned(),
    }
}

/// Two letters that stand for a name without a picture.
pub fn initials(name: &str) -> String {
    let words = name.split_whitespace().filter_map(|word| word.chars().find(|letter| is_letter(*letter)));
    upper(&words.take(2).collect::<String>())
}

/// A number as people type it, in any script and with any decimal sign, as the rules read it.
pub fn typed_number(text: &str) -> String {
    text.trim()
        .chars()
        .map(|letter| match letter {
            ',' | '٫' | '·' => '.',
            '−' => '-',
            '٠'..='٩' => digit_after('٠', letter),
            '۰'..='۹' => digit_after('۰', letter),
            other => other,
        })
        .collect()
}

fn digit_after(zero: char, letter: char) -> char {
    let value = u32::from(letter).saturating_sub(u32::from(zero));
    char::from_digit(value, 10).unwrap_or(letter)
}

/// A search text that begins with a number and `×` (or `*`) asks for so many of what follows.
pub fn times(text: &str) -> (Option<Quantity>, &str) {
    let Some((number, rest)) = text.split_once(['*', '×']) else { return (None, text) };
    match Quantity::parse(&typed_number(number)) {
        Ok(quantity) if quantity.0 > 0 => (Some(quantity), rest),
        _ => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_number_before_a_times_sign_is_a_quantity() {
        for (text, quantity, rest) in [
            ("6*", Some(6_000), ""),
            ("6×heart", Some(6_000), "heart"),
            ("0,42*tea", Some(420), "tea"),
            ("heart", None, "heart"),
            ("*", None, "*"),
            ("a*b", None, "a*b"),
            ("-2*", None, "-2*"),
            ("0*x", None, "0*x"),
        ] {
            assert_eq!(times(text), (quantity.map(Quantity), rest), "{text}");
        }
    }

    #[wasm_bindgen_test]
    fn numbers_are_read_as_people_type_them() {
        for (typed, read) in [("1,5", "1.5"), ("٣٫٢", "3.2"), ("۱۲", "12"), (" 7 ", "7"), ("−1", "-1")]
        {
            assert_eq!(typed_number(typed), read);
        }
    }

    #[wasm_bindgen_test]
    fn initials_are_two_letters_at_most() {
        for (name, letters) in
            [("White hanging heart", "WH"), ("candle", "C"), ("(set) 3 tins", "S3"), ("été", "É"), ("", "")]
        {
            assert_eq!(initials(name), letters);
        }
    }
}
