//! Rest: how WooCommerce's REST API is asked, what its answers mean, how its lists are read to the end.
//! A list has no "after this id": it is read by offset in the order of ids, and each page begins with the last record of the page
//! before. Where that one is not there any more, something before it is gone and the page begins further back: nothing slips between.

use crate::answer::{cut, json as json_of};
use crate::exchange::{Method, Request, Response};
use crate::misunderstood;
use crate::outcome::Outcome;
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::calendar::Day;
use shared::money::{Currency, Minor, UnitPrice};
use std::collections::BTreeMap;

/// Records a page holds at most.
pub(super) const PAGE: u64 = 100;
/// Where its third version lives.
const ROOT: &str = "/wp-json/wc/v3/";

/// A question.
pub(super) fn get(path: &str, query: &[(&str, &str)]) -> Request {
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    Request::get(format!("{ROOT}{path}{mark}{}", query.join("&")))
}

/// Something to be done.
pub(super) fn send(method: Method, path: &str, body: &Value) -> Request {
    Request::json(method, format!("{ROOT}{path}"), body)
}

/// For a query: whatever is no letter or digit is written as its bytes.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.,".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The JSON of an answer that went well.
///
/// # Errors
/// What any other answer means.
pub(super) fn answer(response: &Response) -> Result<Value, Outcome> {
    if let Response::Answer { status: 404, body, .. } = response
        && let Ok(body) = serde_json::from_slice::<Value>(body)
        && body["code"] == "rest_no_route"
    {
        return Err(Outcome::wedged(
            "WordPress answers, but WooCommerce’s REST API is not there.",
            "Look whether WooCommerce is active, and whether permalinks are set to anything but “Plain” there.",
        ));
    }
    json_of(response, said)
}

/// Their words: the message, and which field it is about.
fn said(body: &Value) -> Option<String> {
    let message = body["message"].as_str().filter(|text| !text.is_empty())?;
    let about = body["data"]["params"].as_object().and_then(|params| params.values().find_map(Value::as_str));
    Some(match about {
        Some(about) => cut(&format!("{} {}", plain(message), plain(about))),
        None => cut(&plain(message)),
    })
}

/// Where a list was left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Records that were read.
    pub offset: u64,
    /// The last of them; 0 before the first.
    pub last: u64,
}

impl Place {
    /// Where to begin to ask: with the last one that was read.
    pub(super) fn begin(self) -> u64 {
        self.offset.saturating_sub(u64::from(self.last > 0))
    }
}

/// What a page of a list means.
pub(super) enum Part {
    /// Ask again from further back.
    Back(u64),
    /// These, none of which was read before, and where to go on; none after the last.
    Rows(Vec<Value>, Option<Place>),
}

/// Reads a page that was asked for from `begun` on.
///
/// # Errors
/// What an answer means that is no such page.
pub(super) fn part(response: &Response, place: Place, begun: u64) -> Result<Part, Outcome> {
    let answer = answer(response)?;
    let Value::Array(rows) = answer else { return Err(misunderstood("a list was asked for")) };
    let Some(ids) = rows.iter().map(id).collect::<Option<Vec<u64>>>() else {
        return Err(misunderstood("a record without a number"));
    };
    if place.last > 0 && begun > 0 && ids.first().is_none_or(|first| *first > place.last) {
        return Ok(Part::Back(begun.saturating_sub(PAGE)));
    }
    let count = u64::try_from(rows.len()).unwrap_or(PAGE);
    let total = response.header("x-wp-total").and_then(|total| total.trim().parse::<u64>().ok());
    let goes_on = match total {
        Some(total) => count > 0 && begun.saturating_add(count) < total,
        None => count >= PAGE,
    };
    let last = ids.last().copied().unwrap_or(place.last).max(place.last);
    let next = goes_on.then_some(Place { offset: begun.saturating_add(count), last });
    let new = rows.into_iter().zip(ids).filter(|(_, id)| *id > place.last).map(|(row, _)| row);
    Ok(Part::Rows(new.collect(), next))
}

/// The number of a record.
pub(super) fn id(row: &Value) -> Option<u64> {
    row["id"].as_u64().filter(|id| *id > 0)
}

/// Asks for the settings of a group: their names and values alone, since those of the base hold every country of the world.
pub(super) fn settings(group: &str) -> Request {
    get(&format!("settings/{group}"), &[("_fields", "id,value")])
}

/// The settings of a group that are texts or numbers.
///
/// # Errors
/// What an answer means that is no such list, or lacks one of `needed`.
pub(super) fn settings_of(response: &Response, needed: &[&str]) -> Result<BTreeMap<String, String>, Outcome> {
    let answer = answer(response)?;
    let Some(rows) = answer.as_array() else { return Err(misunderstood("settings were asked for")) };
    let row = |row: &Value| {
        let value = match &row["value"] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some((row["id"].as_str()?.to_owned(), value))
    };
    let settings: BTreeMap<String, String> = rows.iter().filter_map(row).collect();
    match needed.iter().find(|name| !settings.contains_key(**name)) {
        Some(name) => Err(misunderstood(&format!("the setting {name} is missing"))),
        None => Ok(settings),
    }
}

/// The site, as people call it.
pub(super) fn host(setup: &Setup) -> String {
    let address = setup.text("address");
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    host.trim_end_matches('/').to_owned()
}

/// An instant as it is compared with their GMT columns: without a zone, since one that is named is brought to the site's own.
pub(super) fn instant(at_ms: i64) -> String {
    let of_day = at_ms.rem_euclid(86_400_000) / 1_000;
    format!("{}T{:02}:{:02}:{:02}", Day::of(at_ms, 0), of_day / 3_600, of_day / 60 % 60, of_day % 60)
}

/// An instant of theirs in GMT, epoch ms.
pub(super) fn instant_ms(text: &str) -> Option<i64> {
    let (day, time) = text.split_once('T')?;
    let parts: Vec<i64> = time.splitn(3, ':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = parts.as_slice() else { return None };
    let seconds = hours.checked_mul(3_600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(*seconds)?;
    Day::parse(day).ok()?.number().checked_mul(86_400_000)?.checked_add(seconds.checked_mul(1_000)?)
}

/// An amount of theirs; none where it is no whole amount of the currency.
pub(super) fn minor(value: &Value, currency: Currency) -> Option<Minor> {
    let exact = UnitPrice::parse(value.as_str()?).ok()?.0;
    let step = 10_i64.checked_pow(4_u32.checked_sub(currency.digits())?)?;
    (exact.checked_rem(step)? == 0).then(|| Minor(exact / step))
}

/// A text without the signs of HTML that WordPress keeps in names.
pub(super) fn plain(text: &str) -> String {
    let signs = [
        ("&#038;", "&"),
        ("&#38;", "&"),
        ("&quot;", "\""),
        ("&#034;", "\""),
        ("&#039;", "'"),
        ("&#39;", "'"),
        ("&#8216;", "‘"),
        ("&#8217;", "’"),
        ("&#8220;", "“"),
        ("&#8221;", "”"),
        ("&#8211;", "–"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        // Last: what it makes is not read again.
        ("&amp;", "&"),
    ];
    signs.iter().fold(text.to_owned(), |text, (sign, letter)| text.replace(sign, letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(ids: &[u64], total: u64) -> Response {
        let rows: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
        let headers = vec![("x-wp-total".to_owned(), total.to_string())];
        Response::Answer { status: 200, headers, body: json!(rows).to_string().into_bytes() }
    }

    #[test]
    fn nothing_slips_between_two_pages() {
        let first = Place::default();
        let Ok(Part::Rows(rows, Some(place))) = part(&page(&[3, 5], 4), first, 0) else {
            unreachable!("a page")
        };
        assert_eq!((rows.len(), place, place.begin()), (2, Place { offset: 2, last: 5 }, 1));
        let Ok(Part::Rows(rows, None)) = part(&page(&[5, 8, 9], 4), place, 1) else {
            unreachable!("the last page")
        };
        assert_eq!(rows, [json!({"id": 8}), json!({"id": 9})]);
        // Number 3 is gone meanwhile: what is second now was third.
        assert!(matches!(part(&page(&[8, 9], 3), place, 1), Ok(Part::Back(0))));
        let Ok(Part::Rows(rows, None)) = part(&page(&[5, 8, 9], 3), place, 0) else { unreachable!("again") };
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn instants_come_back_as_they_went() {
        for at_ms in [0, 951_782_400_000, 1_795_000_123_000, 1_709_164_799_000] {
            assert_eq!(instant_ms(&instant(at_ms)), Some(at_ms), "{at_ms}");
        }
        assert_eq!(instant(1_782_039_600_000), "2026-06-21T11:00:00");
        assert_eq!(instant_ms("2026-06-21"), None);
        assert_eq!(instant_ms(""), None);
    }

    #[test]
    fn names_are_read_as_people_read_them() {
        assert_eq!(plain("Ben &amp; Ann&#8217;s &lt;&quot;5&quot;&gt;"), "Ben & Ann’s <\"5\">");
        assert_eq!(plain("&amp;lt;"), "&lt;");
        assert_eq!(encoded("R1/ä&"), "R1%2F%C3%A4%26");
    }

    #[test]
    fn what_is_not_there_is_told_from_what_cannot_be_found() {
        let gone =
            json!({"code": "rest_no_route", "message": "No route was found.", "data": {"status": 404}});
        let Err(Outcome::Wedged(wedged)) = answer(&Response::of_json(404, &gone)) else {
            unreachable!("a person is asked")
        };
        assert!(wedged.remedy.contains("permalinks"), "{wedged:?}");
        let wrong = json!({"code": "rest_invalid_param", "message": "Invalid parameter(s): line_items",
            "data": {"status": 400, "params": {"line_items": "line_items[0][quantity] is not of type integer."}}});
        let Err(Outcome::Wedged(wedged)) = answer(&Response::of_json(400, &wrong)) else {
            unreachable!("a person is asked")
        };
        assert!(wedged.reason.contains("not of type integer"), "{wedged:?}");
    }
}
