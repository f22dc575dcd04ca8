//! Entry: an amount as it is keyed in, from the smallest coin up, or from the point on.

use crate::component::Key;
use shared::money::Minor;

/// More is not an amount of a shop.
const MOST: i64 = 999_999_999_999;

/// What has been keyed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The digits as one number; none before the first.
    digits: Option<i64>,
    /// Digits keyed in after a point, if there was one.
    after_point: Option<u32>,
    /// Was it offered and taken whole? The next digit begins anew then.
    is_whole: bool,
}

impl Entry {
    /// An amount that was offered, not keyed in.
    pub fn whole(amount: Minor) -> Self {
        Self { digits: Some(amount.0), after_point: None, is_whole: true }
    }

    /// The amount so far, in a currency with so many digits after the point.
    pub fn amount(self, decimals: u32) -> Option<Minor> {
        let digits = self.digits?;
        let missing = self.after_point.map_or(0, |after| decimals.saturating_sub(after));
        Some(Minor(digits.saturating_mul(10_i64.saturating_pow(missing))))
    }

    /// After a key.
    pub fn press(self, key: Key, decimals: u32) -> Self {
        match key {
            Key::Digit(digit) => self.digit(i64::from(digit), decimals),
            Key::DoubleZero => self.digit(0, decimals).digit(0, decimals),
            Key::Point => self.point(decimals),
            Key::Erase => self.erase(),
        }
    }

    fn digit(self, digit: i64, decimals: u32) -> Self {
        if self.is_whole {
            return Self::default().digit(digit, decimals);
        }
        if self.after_point.is_some_and(|after| after >= decimals) {
            return self;
        }
        let digits = self.digits.unwrap_or_default().saturating_mul(10).saturating_add(digit);
        let after_point = self.after_point.map(|after| after.saturating_add(1));
        let next = Self { digits: Some(digits), after_point, is_whole: false };
        if next.amount(decimals).is_some_and(|amount| amount.0 > MOST) { self } else { next }
    }

    fn point(self, decimals: u32) -> Self {
        if decimals == 0 || self.after_point.is_some() {
            return self;
        }
        let digits = if self.is_whole { Some(0) } else { Some(self.digits.unwrap_or_default()) };
        Self { digits, after_point: Some(0), is_whole: false }
    }

    fn erase(self) -> Self {
        match (self.is_whole, self.after_point) {
            (true, _) => Self::default(),
            (false, Some(0)) => Self { after_point: None, ..self },
            (false, after) => Self {
                digits: self.digits.map(|digits| digits / 10).filter(|digits| *digits > 0 || after.is_some()),
                after_point: after.map(|after| after.saturating_sub(1)),
                is_whole: false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    /// Keys as they are pressed: digits, `h` for 00, `.` and `<`.
    fn keyed(start: Entry, keys: &str, decimals: u32) -> Option<i64> {
        let key = |letter: char| match letter {
            'h' => Key::DoubleZero,
            '.' => Key::Point,
            '<' => Key::Erase,
            digit => Key::Digit(u8::try_from(digit.to_digit(10).unwrap()).unwrap()),
        };
        let entry = keys.chars().fold(start, |entry, letter| entry.press(key(letter), decimals));
        entry.amount(decimals).map(|amount| amount.0)
    }

    #[wasm_bindgen_test]
    fn amounts_are_keyed_from_the_smallest_coin_up() {
        for (keys, decimals, wanted) in [
            ("", 2, None),
            ("4", 2, Some(4)),
            ("4000", 2, Some(4_000)),
            ("40h", 2, Some(4_000)),
            ("4000<", 2, Some(400)),
            ("4<", 2, None),
            ("4<<", 2, None),
            ("0", 2, Some(0)),
            ("2000", 0, Some(2_000)),
            ("4250", 3, Some(4_250)),
            ("9999999999999", 2, Some(999_999_999_999)),
        ] {
            assert_eq!(keyed(Entry::default(), keys, decimals), wanted, "{keys}");
        }
    }

    #[wasm_bindgen_test]
    fn a_point_makes_whole_units_of_what_stands_before_it() {
        for (keys, decimals, wanted) in [
            ("40.", 2, Some(4_000)),
            ("40.5", 2, Some(4_050)),
            ("40.55", 2, Some(4_055)),
            ("40.557", 2, Some(4_055)),
            ("40.5<", 2, Some(4_000)),
            ("40.<", 2, Some(40)),
            (".5", 2, Some(50)),
            ("2000.", 0, Some(2_000)),
            ("4..5", 2, Some(450)),
        ] {
            assert_eq!(keyed(Entry::default(), keys, decimals), wanted, "{keys}");
        }
    }

    #[wasm_bindgen_test]
    fn a_digit_after_an_offered_amount_begins_anew() {
        let offered = Entry::whole(Minor(4_000));
        assert_eq!(keyed(offered, "", 2), Some(4_000));
        assert_eq!(keyed(offered, "5", 2), Some(5));
        assert_eq!(keyed(offered, "<", 2), None);
        assert_eq!(keyed(offered, ".5", 2), Some(50));
    }
}
