//! Content: is what an identifier identifies of its form? Lives here: letters, lengths, check digits, dates.

use super::Gs1Error;
use super::dictionary::{Entry, Part};
use crate::barcode::check_digit;
use crate::calendar::Day;

/// Checks all of a content. What only matters to others than a shop (bank accounts, coordinates, countries by number) is taken
/// as it is.
pub fn check(entry: &Entry, identifier: &str, value: &str) -> Result<(), Gs1Error> {
    let form = || Gs1Error::Form(identifier.to_owned());
    if !value.is_ascii() {
        return Err(form());
    }
    let mut rest = value;
    for part in entry.parts() {
        if part.optional && rest.is_empty() {
            continue;
        }
        let (own, after) = rest.split_at(rest.len().min(part.most));
        if own.len() < part.least || !own.bytes().all(|letter| is_of(part.kind, letter)) {
            return Err(form());
        }
        check_rules(part, identifier, own)?;
        rest = after;
    }
    if rest.is_empty() { Ok(()) } else { Err(form()) }
}

fn is_of(kind: char, letter: u8) -> bool {
    match kind {
        'N' => letter.is_ascii_digit(),
        // GS1 General Specifications figures 7.11-1 and 7.11-2; RFC 4648 §5.
        'X' => letter.is_ascii_alphanumeric() || b"!\"%&'()*+,-./:;<=>?_".contains(&letter),
        'Y' => letter.is_ascii_uppercase() || letter.is_ascii_digit() || b"#-/".contains(&letter),
        _ => letter.is_ascii_alphanumeric() || b"-_=".contains(&letter),
    }
}

fn check_rules(part: &Part, identifier: &str, value: &str) -> Result<(), Gs1Error> {
    for rule in &part.rules {
        let well = match *rule {
            "csum" => {
                let (body, digit) = value.as_bytes().split_at(value.len().saturating_sub(1));
                if digit != [b'0' + check_digit(body)] {
                    return Err(Gs1Error::CheckDigit(identifier.to_owned()));
                }
                true
            }
            "yymmdd" | "yymmd0" => {
                let is_day = date(value, *rule == "yymmd0").is_some();
                if !is_day {
                    return Err(Gs1Error::Date(identifier.to_owned()));
                }
                true
            }
            "zero" => value == "0",
            "nonzero" => value.bytes().any(|digit| digit != b'0'),
            "yesno" => matches!(value, "0" | "1"),
            "nozeroprefix" => value == "0" || !value.starts_with('0'),
            "hasnondigit" => value.bytes().any(|letter| !letter.is_ascii_digit()),
            "pieceoftotal" => value
                .split_at_checked(2)
                .is_some_and(|(piece, total)| piece != "00" && total != "00" && piece <= total),
            _ => true,
        };
        if !well {
            return Err(Gs1Error::Form(identifier.to_owned()));
        }
    }
    Ok(())
}

/// A date of six digits, in the century nearest to this one: years 51 to 99 are of the one before (GS1 General Specifications
/// §7.12, as it stands until 2051). A day 00 means the month's last.
pub fn date(value: &str, may_be_month: bool) -> Option<Day> {
    if value.len() != 6 || !value.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize| value.get(from..from + 2)?.parse::<u8>().ok();
    let (year, month, day) = (number(0)?, number(2)?, number(4)?);
    let year = i32::from(year) + if year > 50 { 1900 } else { 2000 };
    if day == 0 && may_be_month {
        return (28..=31).rev().find_map(|day| Day::new(year, month, day));
    }
    Day::new(year, month, day)
}
