//! Search: the `query` of a list: terms `field:value` with a comparator, and every one of them must hold. A field that a list cannot
//! be searched by is left out, with a warning beside the answer.

use serde_json::{Value, json};

/// A term.
#[derive(Debug)]
pub struct Term {
    /// Of what.
    pub field: String,
    /// `>=`, `<=`, `>`, `<` or nothing.
    pub comparator: String,
    /// The value.
    pub value: String,
}

impl Term {
    /// Does a time hold, epoch ms? None where the value is no time.
    pub fn holds_time(&self, at_ms: i64) -> Option<bool> {
        let value = instant_ms(&self.value)?;
        Some(match self.comparator.as_str() {
            ">=" => at_ms >= value,
            "<=" => at_ms <= value,
            ">" => at_ms > value,
            "<" => at_ms < value,
            _ => at_ms == value,
        })
    }

    /// Is it among values with commas between them?
    pub fn holds_one_of(&self, value: &str) -> bool {
        self.comparator.is_empty() && self.value.split(',').any(|one| one == value)
    }
}

/// Reads a query.
pub fn terms(query: &str) -> Vec<Term> {
    let mut all = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        let Some((field, after)) = rest.split_once(':') else {
            // A word without a field searches everywhere: nothing here is found that way.
            all.push(Term { field: "default".to_owned(), comparator: String::new(), value: rest.to_owned() });
            break;
        };
        let comparator = [">=", "<=", ">", "<"].into_iter().find(|one| after.starts_with(one)).unwrap_or("");
        let (value, behind) = value(after.get(comparator.len()..).unwrap_or_default());
        all.push(Term { field: field.trim().to_owned(), comparator: comparator.to_owned(), value });
        rest = behind.trim_start();
    }
    all
}

/// A value, quoted or up to the next space, and what is behind it.
fn value(text: &str) -> (String, &str) {
    let Some(quote) = text.chars().next().filter(|first| matches!(first, '\'' | '"')) else {
        let end = text.find(' ').unwrap_or(text.len());
        return (text.get(..end).unwrap_or_default().to_owned(), text.get(end..).unwrap_or_default());
    };
    let mut said = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => said.extend(letters.next().map(|(_, letter)| letter)),
            letter if letter == quote => return (said, text.get(at + 1..).unwrap_or_default()),
            letter => said.push(letter),
        }
    }
    (said, "")
}

/// What the vendor says beside an answer whose search it did not follow.
pub fn warning(path: &str, query: &str, field: &str) -> Value {
    json!({
        "path": [path],
        "query": query,
        "parsed": {"field": field},
        "warnings": [{"field": field, "message": "Invalid search field for this query.", "code": "invalid_field"}],
    })
}

/// `2026-06-21T11:00:00Z`, epoch ms.
pub fn instant_ms(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<i64>().ok());
    let shape = text.len() == 20 && text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let fits = shape
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    fits.then(|| ((days(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1_000)
}

/// Days from 1970 on, by the civil calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Epoch ms as the vendor writes it.
pub fn instant(at_ms: i64) -> String {
    let (day, of_day) = (at_ms.div_euclid(86_400_000) + 719_468, at_ms.rem_euclid(86_400_000) / 1_000);
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let (year, day) = (year + era * 400 + i64::from(month <= 2), of_year - (153 * shifted + 2) / 5 + 1);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_with_their_quotes() {
        let read: Vec<(String, String, String)> =
            terms("processed_at:>='2026-06-20T00:00:00Z' source_identifier:'it\\'s' sku:A-1")
                .into_iter()
                .map(|term| (term.field, term.comparator, term.value))
                .collect();
        let of = |field: &str, comparator: &str, value: &str| {
            (field.to_owned(), comparator.to_owned(), value.to_owned())
        };
        assert_eq!(
            read,
            [
                of("processed_at", ">=", "2026-06-20T00:00:00Z"),
                of("source_identifier", "", "it's"),
                of("sku", "", "A-1")
            ]
        );
    }

    #[test]
    fn instants_come_back_as_they_went() {
        for text in
            ["1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2026-06-21T11:00:00Z", "2026-12-31T00:00:00Z"]
        {
            assert_eq!(instant_ms(text).map(instant).as_deref(), Some(text));
        }
        assert_eq!(instant_ms("2026-06-21T11:00:00Z"), Some(1_782_039_600_000));
        assert_eq!((instant_ms("2026-06-21"), instant_ms("2026-13-21T11:00:00Z")), (None, None));
    }
}
