//! GS1's own cases, and check digits worked out independently (tests/data/NOTICE.md). Where we mean to differ, it is listed here.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use serde::Deserialize;
use shared::barcode::{
    Elements, Gs1Error, InStorePattern, InStoreValue, check, goods, read_link, value_check_digit,
};
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Cases<T> {
    cases: Vec<T>,
}

fn cases<T: for<'de> Deserialize<'de>>(text: &str) -> Vec<T> {
    serde_json::from_str::<Cases<T>>(text).unwrap().cases
}

fn data(read: Result<Elements, Gs1Error>) -> Option<String> {
    read.ok().map(|elements| elements.to_data())
}

#[test]
fn what_is_printed_under_a_symbol() {
    #[derive(Deserialize)]
    struct Case {
        ok: bool,
        ai_data: String,
        expect_data_str: String,
    }
    let all: Vec<Case> = cases(include_str!("data/gs1_printed.json"));
    assert_eq!(all.len(), 27);
    for case in all {
        let expected = case.ok.then_some(case.expect_data_str);
        assert_eq!(data(Elements::read_printed(&case.ai_data)), expected, "{}", case.ai_data);
    }
}

/// Addresses we read otherwise: words in place of identifiers (`gtin`, `sscc`, `ser`) were taken out of the standard; a GTIN
/// without its leading zeros is read, for that is how it is printed on goods; an identifier GS1 does not know is not read.
const OTHER_LINKS: [(&str, Option<&str>); 8] = [
    ("https://a/gtin/12312312312333", None),
    ("https://a/gtin/12312312312333/ser/ABC123", None),
    ("https://a/sscc/006141411234567890", None),
    ("https://a/01/2112345678900", Some("^0102112345678900")),
    ("https://a/01/416000336108", Some("^0100416000336108")),
    ("https://a/01/02345673", Some("^0100000002345673")),
    ("https://a/8004/9520614141234567?01=2112345678900", Some("^80049520614141234567^0102112345678900")),
    ("https://a/8004/9520614141234567?01=02345673", Some("^80049520614141234567^0100000002345673")),
];
const UNKNOWN_IN_LINK: &str = "https://example.com/01/09520123456788?99=XYZ&89=ABC123";

#[test]
fn addresses_with_goods_in_them() {
    #[derive(Deserialize)]
    struct Case {
        ok: bool,
        uri: String,
        expect_data_str: String,
    }
    let all: Vec<Case> = cases(include_str!("data/gs1_links.json"));
    assert_eq!(all.len(), 118);
    for case in all {
        let other = OTHER_LINKS.iter().find(|(link, _)| *link == case.uri);
        let expected = match other {
            Some((_, expected)) => expected.map(str::to_owned),
            None if case.uri == UNKNOWN_IN_LINK => None,
            None => case.ok.then_some(case.expect_data_str),
        };
        assert_eq!(data(read_link(&case.uri)), expected, "{}", case.uri);
    }
}

#[test]
fn which_elements_go_together() {
    #[derive(Deserialize)]
    struct Case {
        ok: bool,
        validation_fn: String,
        data_str: String,
    }
    let all: Vec<Case> = cases(include_str!("data/gs1_rules.json"));
    assert_eq!(all.len(), 77);
    for case in all {
        // 89 and 3338 are no identifiers of GS1's: what has them is not read at all.
        let elements = match Elements::read_printed(&case.data_str) {
            Ok(elements) => elements,
            Err(error) => {
                assert!(matches!(error, Gs1Error::Unknown(_)), "{}: {error}", case.data_str);
                assert!(["(89)", "(3338)"].iter().any(|unknown| case.data_str.contains(unknown)));
                continue;
            }
        };
        let checked = match case.validation_fn.as_str() {
            "validateAIrepeats" => elements.check_repeats(),
            "validateAImutex" => elements.check_exclusions(),
            "validateAIrequisites" => elements.check_needs(),
            _ => elements.check_signature(),
        };
        assert_eq!(checked.is_ok(), case.ok, "{}: {checked:?}", case.data_str);
    }
}

/// What scanners send. Scanners of shops are mostly set to send no symbology, and shops have codes of their own in symbologies
/// GS1 does not use: what it does not know is a code as printed, whose check digit is looked at when no product has it.
#[test]
fn what_scanners_send() {
    #[derive(Deserialize)]
    struct Case {
        ok: bool,
        scan_data: String,
        expect_data_str: String,
    }
    let all: Vec<Case> = cases(include_str!("data/gs1_scans.json"));
    assert_eq!(all.len(), 54);
    for case in all {
        let sent = &case.scan_data;
        let read = goods(sent, &[]);
        let is_gs1 = ["]C1", "]e0", "]d2", "]Q3", "]J1"].iter().any(|symbology| sent.starts_with(symbology));
        if is_gs1 {
            assert_eq!(read.is_ok(), case.ok, "{sent}: {read:?}");
        } else if case.ok && !sent[3..].to_lowercase().starts_with("http") {
            // Without what a composite says besides, and without the letter that tells `^` from FNC1.
            let code = case.expect_data_str.split("|^").next().unwrap_or_default().replace("\\^", "^");
            assert_eq!(read.unwrap().codes, [code.replace("\\\\", "\\")], "{sent}");
        } else if case.ok {
            let known = read.unwrap();
            assert!(known.codes == ["12312312312333"] || known.codes == [sent[3..].to_owned()], "{sent}");
        } else if sent.starts_with("]E") && sent.len() > 3 {
            let code = sent[3..].to_owned();
            let whole = code.len() == if sent.starts_with("]E0") { 13 } else { 8 };
            let digits = code.bytes().all(|letter| letter.is_ascii_digit());
            assert!(!whole || !digits || check(&code).is_err(), "{sent}");
            assert_eq!(read.unwrap().codes, [code], "{sent}");
        } else {
            // Nothing that is GS1's, or nothing at all: as it is printed.
            let printed = sent.strip_prefix("]Q1").or(sent.strip_prefix("]E4")).unwrap_or(sent);
            let printed = printed.strip_prefix("]E0").or(printed.strip_prefix("]XX")).unwrap_or(printed);
            assert_eq!(read.unwrap().codes, [printed.to_owned()], "{sent}");
        }
    }
}

proptest::proptest! {
    /// Whatever a scanner sends, it is read or told, and what is read is written as a symbol holds it.
    #[test]
    fn nothing_a_scanner_sends_stops_the_till(sent in "(\\]C1|\\]e0|https://a/|\\(|01|2)?[\\PC\u{1d}]{0,40}", digits in "2[0-9]{11,12}") {
        let pattern = InStorePattern { format: "20IIIIIVPPPPC".into(), value: InStoreValue::Price, decimals: 2 };
        let _ = goods(&sent, std::slice::from_ref(&pattern));
        let _ = goods(&digits, &[pattern]);
        if let Ok(elements) = Elements::read(&sent) {
            let again = elements.to_data().replace('^', "\u{1d}");
            proptest::prop_assert_eq!(Elements::read(&again), Ok(elements));
        }
    }

    /// A pattern that passed its check reads a number made by it, whatever the digits.
    #[test]
    fn a_pattern_that_can_be_reads_its_numbers(format in "2[0-9]{0,2}I{1,8}V?P{1,6}C", digits in "[0-9]{13}") {
        let pattern = InStorePattern { format, value: InStoreValue::Weight, decimals: 0 };
        let _ = pattern.read(&digits);
        let Ok(()) = pattern.check() else { return Ok(()) };
        let places: Vec<char> = pattern.format.chars().collect();
        let of = |letter: char| places.iter().filter(|place| **place == letter).count();
        let value: String = digits.chars().take(of('P')).collect();
        let mut number = String::new();
        let (mut item, mut rest) = (digits.chars(), value.chars());
        for place in &places {
            number.push(match place {
                'I' => item.next().unwrap(),
                'V' => char::from(value_check_digit(&value).unwrap()),
                'P' => rest.next().unwrap(),
                'C' => char::from(b'0' + shared::barcode::check_digit(number.as_bytes())),
                digit => *digit,
            });
        }
        let read = pattern.read(&number);
        proptest::prop_assert_eq!(read.map(|read| read.value), value.parse().ok(), "{}", number);
    }
}

#[test]
fn check_digits_of_prices_and_numbers() {
    #[derive(Deserialize)]
    struct Digits {
        price4: String,
        price5: String,
        mod10: Vec<(String, String)>,
        rcn: Vec<BTreeMap<String, serde_json::Value>>,
    }
    let digits: Digits = serde_json::from_str(include_str!("data/gs1_check_digits.json")).unwrap();
    for (length, expected) in [(4, &digits.price4), (5, &digits.price5)] {
        for (value, digit) in expected.bytes().enumerate() {
            assert_eq!(value_check_digit(&format!("{value:0length$}")), Some(digit), "{value:0length$}");
        }
    }
    for (body, digit) in &digits.mod10 {
        assert_eq!(
            (b'0' + shared::barcode::check_digit(body.as_bytes())).to_string(),
            digit.as_bytes()[0].to_string()
        );
    }
    for number in &digits.rcn {
        let text = |name: &str| number[name].as_str().unwrap().to_owned();
        let pattern = InStorePattern { format: text("format"), value: InStoreValue::Price, decimals: 2 };
        assert_eq!(pattern.check(), Ok(()));
        let read = pattern.read(&text("rcn")).unwrap_or_else(|| panic!("{number:?}"));
        let item: i64 = read.item.parse().unwrap();
        assert_eq!(
            (Some(item), Some(read.value)),
            (number["item_reference"].as_i64(), number["price_or_weight"].as_i64())
        );
        // One digit changed is another number, or none.
        let mut other = text("rcn").into_bytes();
        let last = other.len() - 2;
        other[last] = if other[last] == b'9' { b'0' } else { other[last] + 1 };
        assert_eq!(pattern.read(&String::from_utf8(other).unwrap()), None);
    }
}
