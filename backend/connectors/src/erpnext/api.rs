//! Api: how a Frappe site is asked, what an answer means, how its values are read.
//! Lists are asked with POST: a question is longer than the line of an address may be. Documents are written by version 2 of its API,
//! which (from version 16 on) takes the name we give. Errors come as `exc_type` and `_server_messages` (version 1) or `errors` (2).

use crate::answer::{cut, json as json_of};
use crate::exchange::{Method, Request, Response};
use crate::misunderstood;
use crate::outcome::Outcome;
use serde_json::{Value, json};
use shared::money::{Currency, Minor, UnitPrice};

/// Rows of a list that is asked whole: more of them are not believed to be all.
pub(super) const MOST: u32 = 5_000;

/// A question for a list.
pub(super) struct Ask<'a> {
    /// Of what.
    pub doctype: &'a str,
    /// Whose rows they are, of a table inside of documents.
    pub parent: Option<&'a str>,
    /// Which fields.
    pub fields: &'a [&'a str],
    /// All of these hold.
    pub filters: Value,
    /// And one of these, where there are any.
    pub or_filters: Option<Value>,
    /// `name asc`.
    pub order: &'a str,
    /// At most so many.
    pub limit: u32,
}

/// A list.
pub(super) fn list(ask: Ask<'_>) -> Request {
    let mut body = json!({
        "doctype": ask.doctype,
        "fields": ask.fields,
        "filters": ask.filters,
        "order_by": ask.order,
        "limit_page_length": ask.limit,
    });
    if let Some(parent) = ask.parent {
        body["parent"] = json!(parent);
    }
    if let Some(or_filters) = ask.or_filters {
        body["or_filters"] = or_filters;
    }
    Request::json(Method::Post, "/api/method/frappe.client.get_list", &body)
}

/// A method of the server that takes nothing.
pub(super) fn method(name: &str) -> Request {
    Request::get(format!("/api/method/{name}"))
}

/// One document.
pub(super) fn document(doctype: &str, name: &str) -> Request {
    Request::get(path(doctype, Some(name)))
}

/// A new document.
pub(super) fn insert(doctype: &str, values: &Value) -> Request {
    Request::json(Method::Post, path(doctype, None), values)
}

/// Some fields of a document.
pub(super) fn update(doctype: &str, name: &str, values: &Value) -> Request {
    Request::json(Method::Put, path(doctype, Some(name)), values)
}

fn path(doctype: &str, name: Option<&str>) -> String {
    let name = name.map(|name| format!("/{}", escaped(name))).unwrap_or_default();
    format!("/api/v2/document/{}{name}", escaped(doctype))
}

/// As a part of a path.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The rows that a list gave.
///
/// # Errors
/// What the answer means otherwise.
pub(super) fn rows(response: &Response) -> Result<Vec<Value>, Outcome> {
    match answer(response)?.get_mut("message") {
        Some(Value::Array(rows)) => Ok(std::mem::take(rows)),
        _ => Err(misunderstood("a list was asked for")),
    }
}

/// What a method gave.
///
/// # Errors
/// What the answer means otherwise.
pub(super) fn message(response: &Response) -> Result<Value, Outcome> {
    match answer(response)?.get_mut("message") {
        Some(message) => Ok(message.take()),
        None => Err(misunderstood("a method gives a message")),
    }
}

/// A document that was read or written.
///
/// # Errors
/// What the answer means otherwise.
pub(super) fn data(response: &Response) -> Result<Value, Outcome> {
    match answer(response)?.get_mut("data") {
        Some(data) if data["name"].is_string() => Ok(data.take()),
        _ => Err(misunderstood("a document has a name")),
    }
}

/// The kind of an error: `ValidationError`.
pub(super) fn kind(response: &Response) -> Option<String> {
    let Response::Answer { body, .. } = response else { return None };
    let body: Value = serde_json::from_slice(body).ok()?;
    kind_of(&body).map(str::to_owned)
}

fn kind_of(body: &Value) -> Option<&str> {
    body["exc_type"].as_str().or_else(|| body.pointer("/errors/0/type")?.as_str())
}

fn answer(response: &Response) -> Result<Value, Outcome> {
    let kind = kind(response).unwrap_or_default();
    match response {
        // Somebody else writes the same record: the same again will do.
        Response::Answer { status: 409 | 417 | 500 | 508, .. } if passes(&kind) => Err(Outcome::Later {
            wait_ms: None,
            reason: format!("ERPNext was busy with the same record ({kind})."),
            answered: true,
        }),
        Response::Answer { status: 417, body, .. } => {
            let body: Option<Value> = serde_json::from_slice(body).ok();
            let words = body.as_ref().and_then(said).unwrap_or(kind);
            Err(Outcome::wedged(
                format!("ERPNext says: {}", cut(&words)),
                "Mend it in ERPNext or in the mapping, then send it again.",
            ))
        }
        response => json_of(response, said),
    }
}

fn passes(kind: &str) -> bool {
    matches!(
        kind,
        "TimestampMismatchError" | "DocumentLockedError" | "QueryDeadlockError" | "QueryTimeoutError"
    )
}

/// A site's own words, without its markup: those of the error, else the last it said, since that is why it stopped; else the exception's.
fn said(body: &Value) -> Option<String> {
    let of_error = body.pointer("/errors/0/message").and_then(Value::as_str).map(str::to_owned);
    let last_of_two = || message_of(body["messages"].as_array()?.last()?);
    let words = of_error.or_else(last_of_two).or_else(|| server_message(body)).or_else(|| exception(body));
    words.or_else(|| kind_of(body).map(str::to_owned)).map(|words| plain(&words))
}

/// JSON in JSON in JSON.
fn server_message(body: &Value) -> Option<String> {
    let all: Vec<Value> = serde_json::from_str(body["_server_messages"].as_str()?).ok()?;
    message_of(all.last()?)
}

/// An object, or an object as text.
fn message_of(said: &Value) -> Option<String> {
    let parsed = said.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    parsed.as_ref().unwrap_or(said)["message"].as_str().map(str::to_owned)
}

/// `frappe.exceptions.ValidationError: words`, where there is a trace its last line.
fn exception(body: &Value) -> Option<String> {
    let text = body["exception"].as_str().or_else(|| body.pointer("/errors/0/exception")?.as_str())?;
    let line = text.trim_end().lines().last()?;
    Some(line.split_once(": ").map_or(line, |(_, words)| words).to_owned())
}

fn plain(words: &str) -> String {
    let mut out = String::new();
    let mut is_in_a_tag = false;
    for letter in words.chars() {
        match letter {
            '<' => is_in_a_tag = true,
            '>' if is_in_a_tag => {
                is_in_a_tag = false;
                out.push(' ');
            }
            letter if !is_in_a_tag => out.push(letter),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",").replace(" .", ".")
}

/// A number for JSON, as it is written: nothing is computed with it here.
pub(super) fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// A number of theirs as a decimal; none where it is none, or is too large or small to be written as one.
pub(super) fn decimal(value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let is_decimal = |b: u8| b.is_ascii_digit() || b == b'.' || b == b'-';
    (!text.is_empty() && text.bytes().all(is_decimal)).then_some(text)
}

/// An amount of theirs; none where it is no whole amount of the currency.
pub(super) fn minor(value: &Value, currency: Currency) -> Option<Minor> {
    let exact = UnitPrice::parse(&decimal(value)?).ok()?.0;
    let step = 10_i64.checked_pow(4_u32.checked_sub(currency.digits())?)?;
    (exact.checked_rem(step)? == 0).then(|| Minor(exact / step))
}

/// A field that is a text.
pub(super) fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_default()
}

/// A field that is ticked.
pub(super) fn ticked(row: &Value, name: &str) -> bool {
    row[name].as_i64().unwrap_or(0) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_site_says_is_read_in_both_of_its_ways() {
        let message = json!({"message": "Item <strong>A</strong> is <br>disabled", "title": "Message"});
        let one = json!({
            "exception": "frappe.exceptions.ValidationError: other words", "exc_type": "ValidationError",
            "_server_messages": json!([message.to_string()]).to_string(),
        });
        assert_eq!(said(&one).as_deref(), Some("Item A is disabled"));
        let two = json!({"errors": [{"type": "LinkValidationError", "message": "Could not find Item: 9"}]});
        assert_eq!(said(&two).as_deref(), Some("Could not find Item: 9"));
        assert_eq!(kind_of(&two), Some("LinkValidationError"));
        let bare = json!({"exception": "frappe.exceptions.MandatoryError: [Sales Invoice]: customer"});
        assert_eq!(said(&bare).as_deref(), Some("[Sales Invoice]: customer"));
        let traced =
            json!({"errors": [{"type": "X", "exception": "Traceback\n  at a: b\nfrappe.X: It is late\n"}]});
        assert_eq!(said(&traced).as_deref(), Some("It is late"));
        let beside = json!({"errors": [{"type": "DuplicateEntryError"}], "messages": [{"message": "It already exists"}]});
        assert_eq!(said(&beside).as_deref(), Some("It already exists"));
        assert_eq!(said(&json!({"exc_type": "PermissionError"})).as_deref(), Some("PermissionError"));
        assert_eq!(said(&json!({"_server_messages": "[\"no json\"]"})), None);
    }

    #[test]
    fn numbers_are_read_by_their_text() {
        let gbp = Currency::parse("GBP").unwrap();
        for (value, minor_units) in [
            (json!(25.1), Some(2_510)),
            (json!(-0.05), Some(-5)),
            (json!(7), Some(700)),
            (json!("3.50"), Some(350)),
        ] {
            assert_eq!(minor(&value, gbp), minor_units.map(Minor), "{value}");
        }
        for value in [json!(0.005), json!(null), json!(1e-9), json!(1e30), json!("")] {
            assert_eq!(minor(&value, gbp), None, "{value}");
        }
    }

    #[test]
    fn a_name_is_one_part_of_a_path() {
        let request = update("Sales Invoice", "R1/7 ü", &json!({}));
        assert_eq!(request.path, "/api/v2/document/Sales%20Invoice/R1%2F7%20%C3%BC");
    }
}
