//! Card: what may be kept of one. A processor's reference and the last four digits, never a number.

use super::TenderError;

/// The longest reference, in letters.
pub(super) const MOST_LETTERS: usize = 40;

/// What cannot be kept as the last digits of a card.
pub(super) fn check_last_four(digits: Option<&str>) -> Result<(), TenderError> {
    let fits = digits.is_none_or(|d| d.len() <= 4 && d.bytes().all(|b| b.is_ascii_digit()));
    if fits { Ok(()) } else { Err(TenderError::LastFour) }
}

/// What cannot be kept as a reference.
pub(super) fn check_reference(reference: &str) -> Result<(), TenderError> {
    if reference.chars().count() > MOST_LETTERS {
        return Err(TenderError::Reference);
    }
    if looks_like_card_number(reference) { Err(TenderError::CardNumber) } else { Ok(()) }
}

/// Does a text hold thirteen to nineteen digits that pass the Luhn check (ISO/IEC 7812-1)? Spaces and dashes may stand
/// between them, words around them, and the digits may be those of another script.
pub fn looks_like_card_number(text: &str) -> bool {
    let digits: Vec<Option<u32>> = text.chars().filter(|c| !matches!(c, ' ' | '-')).map(digit).collect();
    let whole_runs = digits.split(Option::is_none).map(|run| run.iter().copied().flatten().collect());
    whole_runs.chain(neighbours(text)).any(|run: Vec<u32>| is_card_number(&run))
}

/// Groups of digits with only a space or a dash between them, read together from every group on.
fn neighbours(text: &str) -> Vec<Vec<u32>> {
    let groups: Vec<Vec<u32>> = text
        .split([' ', '-'])
        .map(|group| group.chars().map(digit).collect::<Option<_>>().unwrap_or_default())
        .collect();
    let mut runs = Vec::new();
    for start in 0..groups.len() {
        let mut run = Vec::new();
        for group in groups.iter().skip(start).take_while(|group| !group.is_empty()) {
            run.extend_from_slice(group);
            runs.push(run.clone());
        }
    }
    runs
}

/// The value of a digit, European, Arabic, Persian or full-width.
fn digit(letter: char) -> Option<u32> {
    let zeros = ['0', '\u{660}', '\u{6f0}', '\u{ff10}'].map(u32::from);
    zeros.iter().find_map(|zero| u32::from(letter).checked_sub(*zero).filter(|value| *value < 10))
}

fn is_card_number(digits: &[u32]) -> bool {
    if !(13..=19).contains(&digits.len()) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, d)| if at % 2 == 0 { *d } else { d * 2 / 10 + d * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tender::TenderKind;

    #[test]
    fn no_card_number_is_kept() {
        let card = |reference: &str, last: Option<&str>| {
            TenderKind::Card { reference: reference.into(), last_four: last.map(Into::into) }.check()
        };
        for number in [
            "4242 4242 4242 4242",
            "4242-4242-4242-4242",
            "card 4242424242424242 ok",
            "12 4242 4242 4242 4242",
            "x4242 4242 4242 4242x",
            "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
            "378282246310005",
        ] {
            assert_eq!(card(number, None), Err(TenderError::CardNumber), "{number}");
        }
        for reference in ["", "0012345", "A-2041/17", "423456789012", "4242424242424241", "+44 20 7946 0958"]
        {
            assert_eq!(card(reference, Some("4242")), Ok(()), "{reference}");
        }
        for digits in ["42424", "4a", "42 4"] {
            assert_eq!(card("0012345", Some(digits)), Err(TenderError::LastFour), "{digits}");
        }
        assert_eq!(card(&"9".repeat(41), None), Err(TenderError::Reference));
    }
}
