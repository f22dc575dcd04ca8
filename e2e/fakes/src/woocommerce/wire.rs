//! Wire: a request taken apart as WordPress does it, its errors, its lists, its times.
//! Source: WordPress' REST API handbook and `rest_validate_value_from_schema`; WooCommerce's collection parameters.

use crate::desk::{Answer, Asked};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Most records of a page.
const MOST: usize = 100;

/// Path and query, percent signs read.
pub(super) struct Target {
    /// Below `/wp-json/wc/v3/`.
    pub path: Vec<String>,
    /// By name.
    pub query: BTreeMap<String, String>,
}

impl Target {
    /// None where it is not of this API.
    pub(super) fn of(asked: &Asked) -> Option<Self> {
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let path = path.strip_prefix("/wp-json/wc/v3/")?;
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (read(name), read(value))
        };
        let query = query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect();
        Some(Self { path: path.split('/').map(read).collect(), query })
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Numbers between commas.
    pub(super) fn ids(&self, name: &str) -> Vec<u64> {
        self.text(name).split(',').filter_map(|id| id.trim().parse().ok()).collect()
    }

    /// Refuses what is not a parameter of the list. WordPress would pass it over; a typing error would go unseen.
    pub(super) fn known(&self, names: &[&str]) -> Result<(), Answer> {
        let unknown = self.query.keys().find(|name| !names.contains(&name.as_str()));
        unknown.map_or(Ok(()), |name| Err(invalid(name, "is not a parameter of this list.")))
    }

    /// Page by page, in the order that was asked for; rows come as id, time and text.
    pub(super) fn page(&self, mut rows: Vec<(u64, i64, Value)>) -> Result<Answer, Answer> {
        let per_page = self.number("per_page", 10)?;
        if per_page == 0 || per_page > MOST {
            return Err(invalid("per_page", "must be between 1 (inclusive) and 100 (inclusive)"));
        }
        let page = self.number("page", 1)?.max(1);
        match self.text("orderby") {
            "id" => rows.sort_by_key(|row| row.0),
            "modified" | "date" | "" => rows.sort_by_key(|row| (row.1, row.0)),
            _ => return Err(invalid("orderby", "is not one of date, id, include, title, slug, modified.")),
        }
        match self.text("order") {
            "asc" => {}
            "desc" | "" => rows.reverse(),
            _ => return Err(invalid("order", "is not one of asc, desc.")),
        }
        let total = rows.len();
        let begin = match self.query.contains_key("offset") {
            true => self.number("offset", 0)?,
            false => page.saturating_sub(1).saturating_mul(per_page),
        };
        let shown: Vec<Value> =
            rows.into_iter().skip(begin).take(per_page).map(|row| self.only(row.2)).collect();
        let mut answer = Answer::json(200, &Value::Array(shown));
        answer.headers.push(("x-wp-total".to_owned(), total.to_string()));
        answer.headers.push(("x-wp-totalpages".to_owned(), total.div_ceil(per_page).to_string()));
        Ok(answer)
    }

    fn number(&self, name: &str, otherwise: usize) -> Result<usize, Answer> {
        match self.query.get(name) {
            Some(text) => text.parse().map_err(|_| invalid(name, "is not of type integer.")),
            None => Ok(otherwise),
        }
    }

    /// The fields that were asked for.
    pub(super) fn only(&self, row: Value) -> Value {
        let Some(names) = self.query.get("_fields") else { return row };
        let Value::Object(all) = row else { return row };
        let wanted: Map<String, Value> =
            all.into_iter().filter(|(name, _)| names.split(',').any(|one| one == name)).collect();
        Value::Object(wanted)
    }

    /// `modified_after` in GMT, epoch ms: what is later is shown.
    pub(super) fn modified_after(&self) -> Result<i64, Answer> {
        let Some(text) = self.query.get("modified_after") else { return Ok(i64::MIN) };
        if self.text("dates_are_gmt") != "true" {
            return Err(invalid("dates_are_gmt", "must be true here: this site does not say where it is."));
        }
        // A zone would be brought to the site's own: half the world would get other records.
        time_ms(text).ok_or_else(|| invalid("modified_after", "is no date-time without a zone."))
    }
}

fn read(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut at, mut plain) = (0, Vec::new());
    while let Some(byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(read)) => {
                plain.push(read);
                at += 2;
            }
            (b'+', _) => plain.push(b' '),
            _ => plain.push(*byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// An error as WordPress writes it.
pub(super) fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({"code": code, "message": message, "data": {"status": status}}))
}

/// A parameter that is not taken.
pub(super) fn invalid(name: &str, what: &str) -> Answer {
    let details = format!("{name} {what}");
    Answer::json(
        400,
        &json!({
            "code": "rest_invalid_param",
            "message": format!("Invalid parameter(s): {name}"),
            "data": {"status": 400, "params": {name: details}},
        }),
    )
}

/// `2026-06-21T11:00:00`, GMT.
pub(super) fn time(at_ms: i64) -> String {
    let (days, of_day) = (at_ms.div_euclid(86_400_000), at_ms.rem_euclid(86_400_000) / 1_000);
    // Civil from days, Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_of = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_of + 2) / 5 + 1;
    let month = if month_of < 10 { month_of + 3 } else { month_of - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// Read again; none where it names a zone or is no time.
fn time_ms(text: &str) -> Option<i64> {
    let shape = "0000-00-00T00:00:00";
    let fits = text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(one, like)| match like {
            b'0' => one.is_ascii_digit(),
            like => one == like,
        });
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    fits.then_some(())?;
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    Some(((days * 24 + part(11, 13)?) * 60 + part(14, 16)?) * 60_000 + part(17, 19)? * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back_as_they_went() {
        for at_ms in [0, 951_782_400_000, 1_782_039_600_000, 1_709_164_799_000] {
            assert_eq!(time_ms(&time(at_ms)), Some(at_ms), "{}", time(at_ms));
        }
        assert_eq!(time(1_782_039_600_000), "2026-06-21T11:00:00");
        assert_eq!(time_ms("2026-06-21T11:00:00Z"), None);
    }
}
