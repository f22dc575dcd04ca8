//! Letters: text as search compares it, and what else one must know about letters.
//! Lives here: the rule of `shared::catalog` with the browser's tables of letters and marks, which weigh nothing here.
//! May use: the browser's own text functions. Never: a rule of its own.
//! Invariant: what is folded here is what the server folds.

use js_sys::{JsString, RegExp};
use shared::catalog::fold_prepared;

struct Patterns {
    marks: RegExp,
    sigma: RegExp,
    others: RegExp,
    letter: RegExp,
}

thread_local! {
    static PATTERNS: Patterns = Patterns {
        marks: RegExp::new(r"\p{M}", "gu"),
        // Alone among letters its small form would depend on where it stands.
        sigma: RegExp::new("Σ", "g"),
        others: RegExp::new(r"[^\p{Alphabetic}\p{N}]+", "gu"),
        letter: RegExp::new(r"^[\p{Alphabetic}\p{N}]", "u"),
    };
}

/// Lower case, diacritics gone, runs of anything but letters and digits to one space.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_prepared(text);
    }
    let prepared = PATTERNS.with(|patterns| {
        let apart = JsString::from(text).normalize("NFKD").replace_by_pattern(&patterns.marks, "");
        let small = apart.replace_by_pattern(&patterns.sigma, "σ").to_lower_case();
        small.replace_by_pattern(&patterns.others, " ")
    });
    fold_prepared(&String::from(prepared))
}

/// In capitals.
pub fn upper(text: &str) -> String {
    JsString::from(text).to_upper_case().into()
}

/// A letter or a digit, of any script.
pub fn is_letter(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_alphanumeric();
    }
    PATTERNS.with(|patterns| patterns.letter.test(letter.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn it_folds_as_the_server_does() {
        for text in [
            "Crème  brûlée",
            "ﬁlet №5",
            "Straße Øl Łódź",
            "ŞEKER ı",
            "ΤΕΛΟΣ τέλος",
            "Ａ－１",
            "각 한글",
            " – ",
        ] {
            assert_eq!(fold(text), shared::catalog::fold(text), "{text}");
        }
        let scripts =
            ['\u{a0}'..='\u{52f}', '\u{5d0}'..='\u{6ff}', '\u{1e00}'..='\u{1fff}', '\u{3041}'..='\u{30ff}'];
        for letter in scripts.into_iter().flatten() {
            let text = format!("a{letter}b");
            assert_eq!(fold(&text), shared::catalog::fold(&text), "{:x}", u32::from(letter));
        }
    }

    #[wasm_bindgen_test]
    fn letters_of_every_script_are_known_and_have_capitals() {
        assert!(['a', 'Z', '7', 'é', 'ж', '٣', '茶'].into_iter().all(is_letter));
        assert!(!['-', ' ', '«', '·', '\u{301}'].into_iter().any(is_letter));
        assert_eq!(upper("éß"), "ÉSS");
    }
}
