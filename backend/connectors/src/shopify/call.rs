//! Call: Shopify's GraphQL: how a document is sent, what an answer means, how its ids, amounts and times are written.
//! Errors come with status 200: `errors` beside whatever was found, and `userErrors` inside what a mutation gave.

use crate::answer::{cut, json as json_of};
use crate::exchange::{Method, Request, Response};
use crate::limit::Allowance;
use crate::misunderstood;
use crate::outcome::Outcome;
use serde_json::{Value, json};
use shared::calendar::Day;
use shared::money::{Currency, Minor, UnitPrice};

/// The version that was read and checked against.
pub(super) const VERSION: &str = "2026-10";
/// What the app must be allowed to do.
pub(super) const SCOPES: [&str; 5] =
    ["read_products", "write_products", "read_orders", "write_orders", "read_locations"];
/// What to do where it is not.
pub(super) const GIVE_RIGHTS: &str = "Give the app its Admin API scopes (read_products, write_products, read_orders, write_orders, read_locations), \
     install that version of it in the store, then try again.";
/// How long a shop on trial wants to be left alone that has taken five orders in a minute, ms.
const A_MINUTE_MS: i64 = 60_000;

/// A document with its variables.
pub(super) fn call(document: &str, variables: &Value) -> Request {
    let body = json!({"query": document, "variables": variables});
    Request::json(Method::Post, format!("/admin/api/{VERSION}/graphql.json"), &body)
}

/// The data of an answer without any error.
///
/// # Errors
/// What any other answer means. Data beside errors is none: a part of what was asked for is not known.
pub(super) fn data(response: &Response) -> Result<Value, Outcome> {
    let mut body = json_of(response, said)?;
    if let Some(errors) = body.get("errors").filter(|errors| !errors.is_null() && !says_absent(errors)) {
        return Err(refused(errors, &body));
    }
    // A filter it does not know is left out, and everything is found.
    let searches = body.pointer("/extensions/search").and_then(Value::as_array);
    if searches.into_iter().flatten().any(|one| one["warnings"].as_array().is_some_and(|all| !all.is_empty()))
    {
        return Err(misunderstood("it did not search for what was asked"));
    }
    match body.get_mut("data") {
        Some(data) if data.is_object() => Ok(data.take()),
        _ => Err(misunderstood("neither data nor errors")),
    }
}

/// Nobody has this id: some of their questions answer so with nothing, some with an error beside the nothing. That ids cannot be
/// asked for at all has the same code.
fn says_absent(errors: &Value) -> bool {
    let absent = |error: &Value| {
        let no_field = error["message"].as_str().is_none_or(|words| words.contains("definition"));
        error["extensions"]["code"] == "NOT_FOUND" && error["path"][0] == "orderByIdentifier" && !no_field
    };
    errors.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(absent))
}

/// `{"errors": "text"}` with a status, `{"errors": [{"message"}]}`, `{"error_description"}` of the door.
fn said(body: &Value) -> Option<String> {
    let words = [&body["errors"], &body["errors"][0]["message"], &body["error_description"], &body["error"]];
    words.into_iter().find_map(Value::as_str).map(str::to_owned)
}

/// What errors with status 200 mean.
fn refused(errors: &Value, body: &Value) -> Outcome {
    let all: Vec<&Value> = errors.as_array().into_iter().flatten().collect();
    let with = |code: &str| all.iter().copied().find(|error| error["extensions"]["code"] == code);
    let words = cut(&said(body).unwrap_or_default());
    if with("THROTTLED").is_some() {
        let reason = "Shopify asks for a break: the app has asked for much in a short time.".to_owned();
        return Outcome::Later {
            wait_ms: allowance(body).map(|told| told.back_in_ms),
            reason,
            answered: false,
        };
    }
    if let Some(denied) = with("ACCESS_DENIED") {
        let needed = denied["extensions"]["requiredAccess"].as_str().unwrap_or(&words);
        return Outcome::wedged(
            format!("Shopify does not let the app do this: {}", cut(needed)),
            GIVE_RIGHTS,
        );
    }
    if let Some(trial) = again_later(&words) {
        return trial;
    }
    for code in ["INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"] {
        if with(code).is_some() {
            return Outcome::Later {
                wait_ms: None,
                reason: format!("Shopify failed: {words}"),
                answered: true,
            };
        }
    }
    if with("SHOP_INACTIVE").is_some() {
        return closed("This Shopify store is closed or paused. Open it there.");
    }
    let reason = match words.as_str() {
        "" => "Shopify refuses this and does not say why.".to_owned(),
        words => format!("Shopify says: {words}"),
    };
    Outcome::wedged(
        reason,
        "Mend it there or in the matching, then send it again. Shopify may speak a newer version.",
    )
}

/// Nothing of the record: it waits until the store is open again.
fn closed(reason: &str) -> Outcome {
    Outcome::Later { wait_ms: None, reason: reason.to_owned(), answered: false }
}

/// A store on trial takes five orders a minute, and says so in words alone.
fn again_later(words: &str) -> Option<Outcome> {
    let low = words.to_lowercase();
    // Any other is said of this record, which holds nobody up.
    let is_trial = low.contains("too many attempts");
    low.contains("try again later").then(|| Outcome::Later {
        wait_ms: is_trial.then_some(A_MINUTE_MS),
        reason: format!("Shopify says: {words}"),
        answered: !is_trial,
    })
}

/// What a mutation did not take.
pub(super) struct UserErrors {
    /// Where in the input, each with points between its parts.
    pub fields: Vec<String>,
    /// Their codes, where they have some.
    pub codes: Vec<String>,
    words: String,
}

impl UserErrors {
    /// Of what a mutation gave; none where it took everything.
    ///
    /// # Errors
    /// The answer says nothing about it.
    pub(super) fn of(payload: &Value) -> Result<Option<Self>, Outcome> {
        let Some(errors) = payload["userErrors"].as_array() else {
            return Err(misunderstood("what was asked for says nothing of errors"));
        };
        if errors.is_empty() {
            return Ok(None);
        }
        let part = |part: &Value| part.as_str().map_or_else(|| part.to_string(), str::to_owned);
        let field = |error: &Value| {
            let parts: Vec<String> = error["field"].as_array().into_iter().flatten().map(part).collect();
            parts.join(".")
        };
        let words: Vec<&str> = errors.iter().filter_map(|error| error["message"].as_str()).collect();
        Ok(Some(Self {
            fields: errors.iter().map(field).collect(),
            codes: errors.iter().filter_map(|error| error["code"].as_str()).map(str::to_owned).collect(),
            words: cut(&words.join(" ")),
        }))
    }

    /// What they mean for whoever asked.
    pub(super) fn outcome(&self) -> Outcome {
        if let Some(later) = again_later(&self.words) {
            return later;
        }
        let said = if self.words.is_empty() { self.codes.join(", ") } else { self.words.clone() };
        let place = self.fields.first().filter(|field| !field.is_empty());
        Outcome::wedged(
            match place {
                Some(field) => format!("Shopify does not take this: {said} ({field})"),
                None => format!("Shopify does not take this: {said}"),
            },
            "Mend it in Shopify or in the matching, then send it again.",
        )
    }
}

/// What an answer says of the points that are left.
pub(super) fn allowance(body: &Value) -> Option<Allowance> {
    let cost = body.pointer("/extensions/cost")?;
    let next_takes = whole(&cost["requestedQueryCost"])?;
    let left = whole(&cost["throttleStatus"]["currentlyAvailable"])?;
    let a_second = whole(&cost["throttleStatus"]["restoreRate"])?.max(1);
    let missing = next_takes.saturating_sub(left).max(0);
    let back_in_ms = missing.saturating_mul(1_000).saturating_add(a_second - 1) / a_second;
    Some(Allowance { left, next_takes, back_in_ms })
}

/// A number that is written `1000` or `1000.0`.
fn whole(value: &Value) -> Option<i64> {
    let text = value.as_number()?.to_string();
    text.split('.').next()?.parse().ok()
}

/// Where the next page of a connection begins; none after the last.
///
/// # Errors
/// It does not say.
pub(super) fn next(connection: &Value) -> Result<Option<String>, Outcome> {
    let page = &connection["pageInfo"];
    match (page["hasNextPage"].as_bool(), page["endCursor"].as_str()) {
        (Some(false), _) => Ok(None),
        (Some(true), Some(cursor)) => Ok(Some(cursor.to_owned())),
        _ => Err(misunderstood("a page says whether there is another")),
    }
}

/// Their name of a record, as their API has it: `gid://shopify/Location/3`.
pub(super) fn gid(kind: &str, id: &str) -> String {
    format!("gid://shopify/{kind}/{id}")
}

/// The number in it, as their addresses show it.
pub(super) fn number_of(gid: &Value) -> Option<String> {
    let number = gid.as_str()?.rsplit('/').next()?;
    is_number(number).then(|| number.to_owned())
}

/// Can this be the number of one of their records?
pub(super) fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// An amount in the store's own currency, as it is said to them.
pub(super) fn money(amount: Minor, currency: Currency) -> Value {
    json!({"shopMoney": {"amount": amount.to_decimal(currency), "currencyCode": currency.code()}})
}

/// An amount of theirs, `24.0`; none where it is no whole amount of the currency.
pub(super) fn minor(set: &Value, currency: Currency) -> Option<Minor> {
    let exact = UnitPrice::parse(set["shopMoney"]["amount"].as_str()?).ok()?.0;
    let step = 10_i64.checked_pow(4_u32.checked_sub(currency.digits())?)?;
    (exact.checked_rem(step)? == 0).then(|| Minor(exact / step))
}

/// A value of a search, so that nothing in it is taken for more than a letter.
pub(super) fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// An instant as they write it, to the second before.
pub(super) fn instant(at_ms: i64) -> String {
    let of_day = at_ms.rem_euclid(86_400_000) / 1_000;
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", Day::of(at_ms, 0))
}

/// An instant of theirs, epoch ms: `2026-06-21T11:00:00Z`, with a part of a second or an offset too.
pub(super) fn instant_ms(value: &Value) -> Option<i64> {
    let (day, rest) = value.as_str()?.split_once('T')?;
    let day = Day::parse(day).ok()?.number();
    let (clock, offset_minutes) = match rest.strip_suffix('Z') {
        Some(clock) => (clock, 0),
        None => {
            let at = rest.rfind(['+', '-'])?;
            let (hours, minutes) = rest.get(at + 1..)?.split_once(':')?;
            let minutes: i64 = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            (rest.get(..at)?, if rest.get(at..)?.starts_with('-') { -minutes } else { minutes })
        }
    };
    let mut parts = clock.split('.').next()?.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let of_day = (hour * 60 + minute - offset_minutes) * 60 + second;
    day.checked_mul(86_400_000)?.checked_add(of_day * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_come_back_as_they_went() {
        for at_ms in [0, 951_782_400_000, 1_795_000_123_000, 1_709_164_799_000] {
            assert_eq!(instant_ms(&json!(instant(at_ms))), Some(at_ms), "{at_ms}");
        }
        assert_eq!(instant(1_782_039_600_999), "2026-06-21T11:00:00Z");
        for text in ["2026-06-21T12:00:00+01:00", "2026-06-21T11:00:00.5Z", "2026-06-21T06:30:00-04:30"] {
            assert_eq!(instant_ms(&json!(text)), Some(1_782_039_600_000), "{text}");
        }
        for text in ["", "2026-06-21", "2026-13-21T11:00:00Z", "2026-06-21T11:00", "2026-06-21T11:00:00"] {
            assert_eq!(instant_ms(&json!(text)), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_read_to_the_penny_or_not_at_all() {
        let gbp = Currency::parse("GBP").unwrap();
        let of = |text: &str| minor(&json!({"shopMoney": {"amount": text}}), gbp);
        assert_eq!(of("24.0"), Some(Minor(2_400)));
        assert_eq!(of("31.9"), Some(Minor(3_190)));
        assert_eq!(of("-0.01"), Some(Minor(-1)));
        assert_eq!((of("0.005"), of("x"), of("1e3")), (None, None, None));
        assert_eq!(minor(&json!({"shopMoney": {"amount": 24.0}}), gbp), None, "a number is no decimal");
    }

    #[test]
    fn what_is_left_tells_when_to_go_on() {
        let cost = |requested: Value, left: Value| {
            let status =
                json!({"maximumAvailable": 2000.0, "currentlyAvailable": left, "restoreRate": 100.0});
            json!({"extensions": {"cost": {"requestedQueryCost": requested, "throttleStatus": status}}})
        };
        let told = allowance(&cost(json!(52), json!(1990.0))).unwrap();
        assert_eq!((told.left, told.next_takes, told.back_in_ms), (1_990, 52, 0));
        let told = allowance(&cost(json!(752), json!(666))).unwrap();
        assert_eq!((told.left, told.next_takes, told.back_in_ms), (666, 752, 860));
        assert_eq!(allowance(&json!({"data": {}})), None);
    }

    #[test]
    fn what_is_searched_for_is_one_value() {
        assert_eq!(quoted("R1-7"), "'R1-7'");
        assert_eq!(quoted("it's \\ OR x:y"), "'it\\'s \\\\ OR x:y'");
    }
}
