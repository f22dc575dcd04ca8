//! Rpc: Odoo's two ways to be called from outside, behind one call: JSON-2 (19 and later) and JSON-RPC (16 to 18).
//! Which of them is said by the version that was typed in; nothing above this file asks.

use crate::answer::{cut, json as json_of};
use crate::exchange::{Method, Request, Response};
use crate::misunderstood;
use crate::outcome::Outcome;
use crate::setup::{Secret, Session, Setup};
use serde_json::{Value, json};

/// Where the credentials stand among the arguments of `execute_kw`.
const USER_AT: usize = 1;
const KEY_AT: usize = 2;

/// How this Odoo is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `POST /json/2/<model>/<method>`, errors by status.
    JsonTwo,
    /// `POST /jsonrpc`, errors with status 200.
    JsonRpc,
}

/// What a method is called on.
#[derive(Clone, Copy, Debug)]
pub(super) enum On<'a> {
    /// The model.
    Model,
    /// Some of its records.
    These(&'a [i64]),
}

/// The version that was typed in: `19`, `18.0`, `saas~18.2`.
pub(super) fn version(setup: &Setup) -> u32 {
    major(setup.text("version")).unwrap_or(0)
}

/// The first number of a version.
pub(super) fn major(text: &str) -> Option<u32> {
    let digits: String =
        text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

pub(super) fn dialect(setup: &Setup) -> Dialect {
    match version(setup) {
        8..=18 => Dialect::JsonRpc,
        _ => Dialect::JsonTwo,
    }
}

/// The company everything is asked and done for, where one was typed in.
pub(super) fn company(setup: &Setup) -> Option<i64> {
    setup.text("company").trim().parse().ok()
}

/// A call of a model's method, its parameters by name.
pub(super) fn call(setup: &Setup, (model, method): (&str, &str), on: On<'_>, mut params: Value) -> Request {
    if let Some(company) = company(setup) {
        params["context"]["allowed_company_ids"] = json!([company]);
    }
    match dialect(setup) {
        Dialect::JsonTwo => {
            if let On::These(ids) = on {
                params["ids"] = json!(ids);
            }
            Request::json(Method::Post, format!("/json/2/{model}/{method}"), &params)
        }
        Dialect::JsonRpc => {
            let place = by_place(on, &mut params);
            let execute = json!([setup.text("database"), null, null, model, method, place, params]);
            rpc("object", "execute_kw", &execute)
        }
    }
}

/// What `create` and `write` are given comes by its place: modules call it by different names, and `create` looks there.
fn by_place(on: On<'_>, params: &mut Value) -> Vec<Value> {
    let mut place = match on {
        On::Model => Vec::new(),
        On::These(ids) => vec![json!(ids)],
    };
    let named = params.as_object_mut();
    place.extend(named.and_then(|named| named.remove("vals_list").or_else(|| named.remove("vals"))));
    place
}

fn rpc(of: &str, method: &str, args: &Value) -> Request {
    let body = json!({
        "jsonrpc": "2.0", "method": "call", "id": 0,
        "params": {"service": of, "method": method, "args": args},
    });
    Request::json(Method::Post, "/jsonrpc", &body)
}

/// `search_read` of a model, by id, at most so many.
pub(super) fn read(setup: &Setup, model: &str, domain: &Value, limit: usize, fields: &[&str]) -> Request {
    let params = json!({"domain": domain, "fields": fields, "limit": limit, "order": "id"});
    call(setup, (model, "search_read"), On::Model, params)
}

/// Which version is there: told to anybody.
pub(super) fn ask_version(setup: &Setup) -> Request {
    match dialect(setup) {
        Dialect::JsonTwo => Request::get("/web/version"),
        Dialect::JsonRpc => rpc("common", "version", &json!([])),
    }
}

/// JSON-RPC has users; a key of JSON-2 goes with each request.
pub(super) fn sign_in(setup: &Setup) -> Option<Request> {
    let args = json!([setup.text("database"), setup.text("user"), setup.secret("key"), {}]);
    (dialect(setup) == Dialect::JsonRpc).then(|| rpc("common", "authenticate", &args))
}

/// The number of the user, or `false`.
pub(super) fn signed_in(setup: &Setup, response: &Response) -> Result<Session, Outcome> {
    let refused =
        || Outcome::SignedOut { reason: "Odoo does not take this user name and API key.".to_owned() };
    if dialect(setup) == Dialect::JsonTwo {
        return Err(refused());
    }
    match result(setup, response)?.as_i64().filter(|user| *user > 0) {
        Some(user) => Ok(Session { token: Secret::new(user.to_string()) }),
        None => Err(refused()),
    }
}

pub(super) fn authorize(setup: &Setup, session: Option<&Session>, request: &mut Request) {
    let database = setup.text("database");
    match dialect(setup) {
        Dialect::JsonTwo => {
            request.headers.push(("authorization".to_owned(), format!("bearer {}", setup.secret("key"))));
            if !database.is_empty() {
                request.headers.push(("x-odoo-database".to_owned(), database.to_owned()));
            }
        }
        Dialect::JsonRpc => {
            let Ok(mut body) = serde_json::from_slice::<Value>(&request.body) else { return };
            if body["params"]["method"] != "execute_kw" {
                return;
            }
            let user = session.and_then(|session| session.token.reveal().parse::<i64>().ok());
            if let Some(args) = body.pointer_mut("/params/args").and_then(Value::as_array_mut) {
                for (at, value) in [(USER_AT, json!(user)), (KEY_AT, json!(setup.secret("key")))] {
                    if let Some(place) = args.get_mut(at) {
                        *place = value;
                    }
                }
            }
            request.body = body.to_string().into_bytes();
        }
    }
}

/// What a call gave; nothing is null.
///
/// # Errors
/// What its error means.
pub(super) fn result(setup: &Setup, response: &Response) -> Result<Value, Outcome> {
    match dialect(setup) {
        Dialect::JsonTwo => {
            if let Some(outcome) = two_refused(response) {
                return Err(outcome);
            }
            json_of(response, |body| body["message"].as_str().map(str::to_owned))
        }
        Dialect::JsonRpc => {
            let mut body = json_of(response, |body| body["error"]["message"].as_str().map(str::to_owned))?;
            let error = &body["error"];
            if !error.is_null() {
                let name = error["data"]["name"].as_str().unwrap_or_default();
                let words = error["data"]["message"].as_str().or(error["message"].as_str());
                let words = words.unwrap_or_default();
                return Err(refused(name, words).unwrap_or_else(|| failed(words)));
            }
            let is_whole = body["jsonrpc"] == "2.0";
            match body.get_mut("result") {
                Some(result) => Ok(result.take()),
                // A method that gives nothing: no result is written at all.
                None if is_whole => Ok(Value::Null),
                None => Err(misunderstood("neither a result nor an error")),
            }
        }
    }
}

/// `{name, message, arguments, context, debug}` with a status of its own.
fn two_refused(response: &Response) -> Option<Outcome> {
    let Response::Answer { status: 400..=599, body, .. } = response else { return None };
    let body: Value = serde_json::from_slice(body).ok()?;
    refused(body["name"].as_str()?, body["message"].as_str().unwrap_or_default())
}

/// What an exception of Odoo's means; none where only its status can say.
fn refused(name: &str, words: &str) -> Option<Outcome> {
    let kind = name.rsplit('.').next().unwrap_or_default();
    let words = cut(words);
    Some(match kind {
        "AccessDenied" | "SessionExpiredException" => {
            Outcome::SignedOut { reason: "Odoo does not take this API key (any more).".to_owned() }
        }
        "Unauthorized" => Outcome::SignedOut {
            reason:
                "Odoo does not take this API key. A key lasts three months at most there; make a new one."
                    .to_owned(),
        },
        "AccessError" if words.contains("invalid companies") => Outcome::wedged(
            "Odoo has no such company that this user may see.",
            "Set the number of the company in the connection, or give the user access to it there.",
        ),
        "AccessError" => Outcome::wedged(
            format!("Odoo does not let this user do it: {words}"),
            "Give the user the right there (Accounting: “Invoicing”; to write products, Product: “Create”), then send it again.",
        ),
        "MissingError" => Outcome::wedged(
            format!("Odoo does not have it any more: {words}"),
            "Look whether it was deleted there, match it anew, then send it again.",
        ),
        "UserError" | "ValidationError" | "RedirectWarning" => Outcome::wedged(
            format!("Odoo says: {words}"),
            "Mend it in Odoo or in the mapping, then send it again.",
        ),
        // Somebody else changed the same record meanwhile: the same again will do.
        "LockError"
        | "ConcurrencyError"
        | "SerializationFailure"
        | "LockNotAvailable"
        | "DeadlockDetected" => {
            Outcome::Later { wait_ms: None, reason: format!("Odoo was busy: {words}"), answered: true }
        }
        "OperationalError" if words.contains("does not exist") => {
            Outcome::SignedOut { reason: "Odoo has no database of this name at this address.".to_owned() }
        }
        _ => return None,
    })
}

/// With status 200 an exception of the machine room, which JSON-2 answers with 500.
fn failed(words: &str) -> Outcome {
    Outcome::Later { wait_ms: None, reason: format!("Odoo failed: {}", cut(words)), answered: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(version: &str) -> Setup {
        let settings = [("version", version), ("database", "shop"), ("user", "till"), ("company", "3")];
        Setup {
            settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            secrets: [("key".to_owned(), Secret::new("hush"))].into(),
        }
    }

    #[test]
    fn the_version_says_how_it_is_spoken_to() {
        for (text, dialect_of_it) in [
            ("19", Dialect::JsonTwo),
            ("19.0", Dialect::JsonTwo),
            ("saas~19.1", Dialect::JsonTwo),
            ("20", Dialect::JsonTwo),
            ("18", Dialect::JsonRpc),
            ("saas~18.2", Dialect::JsonRpc),
            ("16.0", Dialect::JsonRpc),
            ("", Dialect::JsonTwo),
        ] {
            assert_eq!(dialect(&setup(text)), dialect_of_it, "{text}");
        }
    }

    #[test]
    fn the_same_call_is_said_in_both_ways() {
        let params = || json!({"vals_list": [{"ref": "7"}]});
        let said = |version: &str| {
            let setup = setup(version);
            let mut request = call(&setup, ("account.move", "create"), On::Model, params());
            let session = Session { token: Secret::new("2") };
            authorize(&setup, Some(&session), &mut request);
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            (request.path, request.headers, body)
        };
        let (path, headers, body) = said("19");
        assert_eq!(path, "/json/2/account.move/create");
        assert!(headers.contains(&("authorization".to_owned(), "bearer hush".to_owned())));
        assert!(headers.contains(&("x-odoo-database".to_owned(), "shop".to_owned())));
        assert_eq!(body, json!({"vals_list": [{"ref": "7"}], "context": {"allowed_company_ids": [3]}}));
        let (path, _, body) = said("17");
        assert_eq!(path, "/jsonrpc");
        let context = json!({"context": {"allowed_company_ids": [3]}});
        let args = json!(["shop", 2, "hush", "account.move", "create", [[{"ref": "7"}]], context]);
        assert_eq!(body["params"], json!({"service": "object", "method": "execute_kw", "args": args}));
    }
}
