//! Rpc: Tryton's JSON-RPC: how a call is said, what an answer means, how its values are written.
//! Errors come with status 200: `{"error": ["UserError", [message, description, …]]}`.

use crate::answer::{cut, json as json_of};
use crate::exchange::{Method, Request, Response};
use crate::misunderstood;
use crate::outcome::Outcome;
use crate::setup::{Secret, Session, Setup};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use shared::calendar::Day;
use shared::money::{Currency, Minor, UnitPrice};

/// A call. Parameters end with a context where the method is a model's.
pub(super) fn call(setup: &Setup, method: &str, params: Value) -> Request {
    at(format!("/{}/rpc/", setup.text("database")), method, params)
}

/// A call to the server itself, whatever database: its version is told here alone, and to anybody.
pub(super) fn call_server(method: &str, params: Value) -> Request {
    at("/rpc/".to_owned(), method, params)
}

fn at(path: String, method: &str, params: Value) -> Request {
    Request::json(Method::Post, path, &json!({"id": 0, "method": method, "params": params}))
}

/// The company everything is asked and done for.
pub(super) fn company(setup: &Setup) -> i64 {
    setup.text("company").parse().unwrap_or(1)
}

/// What goes with every call to a model.
pub(super) fn context(setup: &Setup) -> Value {
    json!({"company": company(setup), "language": "en"})
}

/// `search_read` of a model, by id.
pub(super) fn read(
    setup: &Setup,
    model: &str,
    domain: Value,
    (offset, limit): (u32, u32),
    fields: &[&str],
) -> Request {
    let order = json!([["id", "ASC"]]);
    call(
        setup,
        &format!("model.{model}.search_read"),
        json!([domain, offset, limit, order, fields, context(setup)]),
    )
}

/// What a call gave.
///
/// # Errors
/// What its error means.
pub(super) fn result(response: &Response) -> Result<Value, Outcome> {
    let mut body = json_of(response, said)?;
    if let Some(error) = body.get("error") {
        return Err(refused(error));
    }
    match body.get_mut("result") {
        Some(result) => Ok(result.take()),
        None => Err(misunderstood("neither a result nor an error")),
    }
}

fn said(body: &Value) -> Option<String> {
    let error = body.get("error")?;
    let words = [error.pointer("/1/0"), error.get(1), error.get(0)];
    words.into_iter().flatten().find_map(Value::as_str).map(str::to_owned)
}

/// `["UserError", [message, description, domain]]`, `["UserWarning", [name, message, …]]`, `["<exception>", trace]`.
fn refused(error: &Value) -> Outcome {
    let kind = error.get(0).and_then(Value::as_str).unwrap_or("an error");
    let part =
        |at: usize| error.get(1).and_then(|told| told.get(at)).and_then(Value::as_str).unwrap_or_default();
    let (message, more) = match kind {
        "UserWarning" => (part(1), part(2)),
        _ => (part(0), part(1)),
    };
    let words = [message, more].map(str::trim).join(" ");
    let words = if words.trim().is_empty() { cut(kind) } else { cut(&words) };
    match kind {
        "UserError" | "UserWarning" => Outcome::wedged(
            format!("Tryton says: {words}"),
            "Mend it in Tryton or in the mapping, then send it again.",
        ),
        // Somebody else changed the same record meanwhile: the same again will do.
        "ConcurrencyException" | "LockError" | "TimeoutException" => {
            Outcome::Later { wait_ms: None, reason: format!("Tryton was busy: {words}"), answered: true }
        }
        "LoginException" | "401" => Outcome::SignedOut { reason: words },
        _ => Outcome::wedged(
            format!("Tryton failed: {words}"),
            "Look at Tryton’s log; a module may be missing (sale_point is needed), or the user may lack a right.",
        ),
    }
}

/// The session that a login gave: `[user, token, …]`.
pub(super) fn session(setup: &Setup, response: &Response) -> Result<Session, Outcome> {
    let refused =
        || Outcome::SignedOut { reason: "Tryton does not take this user name and password.".to_owned() };
    let answer = match response {
        Response::Answer { status: 401, .. } => return Err(refused()),
        Response::Answer { status: 404, .. } => {
            return Err(Outcome::SignedOut {
                reason: format!("Tryton has no database “{}” at this address.", setup.text("database")),
            });
        }
        response => result(response)?,
    };
    let (Some(user), Some(token)) =
        (answer.get(0).and_then(Value::as_i64), answer.get(1).and_then(Value::as_str))
    else {
        return Err(refused());
    };
    Ok(Session { token: Secret::new(STANDARD.encode(format!("{}:{user}:{token}", setup.text("user")))) })
}

/// An amount as Tryton writes decimals.
pub(super) fn decimal(text: &str) -> Value {
    json!({"__class__": "Decimal", "decimal": text})
}

/// A date as Tryton writes it.
pub(super) fn date(day: Day) -> Value {
    let text = day.to_string();
    let part =
        |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    json!({"__class__": "date", "year": part(0, 4), "month": part(5, 7), "day": part(8, 10)})
}

/// An instant as Tryton writes it: UTC, to the microsecond.
pub(super) fn instant(at_ms: i64) -> Value {
    let day = Day::of(at_ms, 0).to_string();
    let part =
        |from: usize, to: usize| day.get(from..to).and_then(|part| part.parse::<i64>().ok()).unwrap_or(0);
    let of_day = at_ms.rem_euclid(86_400_000);
    json!({
        "__class__": "datetime",
        "year": part(0, 4), "month": part(5, 7), "day": part(8, 10),
        "hour": of_day / 3_600_000, "minute": of_day / 60_000 % 60, "second": of_day / 1_000 % 60,
        "microsecond": of_day % 1_000 * 1_000,
    })
}

/// An instant of Tryton's, epoch ms.
pub(super) fn instant_ms(value: &Value) -> Option<i64> {
    let part = |name: &str| value.get(name).and_then(Value::as_i64);
    let year = i32::try_from(part("year")?).ok()?;
    let day = Day::new(year, u8::try_from(part("month")?).ok()?, u8::try_from(part("day")?).ok()?)?;
    let of_day = part("hour")? * 3_600_000
        + part("minute")? * 60_000
        + part("second")? * 1_000
        + part("microsecond").unwrap_or(0) / 1_000;
    day.number().checked_mul(86_400_000)?.checked_add(of_day)
}

/// A decimal of Tryton's as an amount; none where it is no whole amount of the currency.
pub(super) fn minor(value: &Value, currency: Currency) -> Option<Minor> {
    let exact = UnitPrice::parse(decimal_text(value)?).ok()?.0;
    let step = 10_i64.checked_pow(4_u32.checked_sub(currency.digits())?)?;
    (exact.checked_rem(step)? == 0).then(|| Minor(exact / step))
}

/// A decimal of Tryton's as text.
pub(super) fn decimal_text(value: &Value) -> Option<&str> {
    value.get("decimal").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_goes_along_as_tryton_reads_it() {
        let setup = Setup { settings: [("user".to_owned(), "till".to_owned())].into(), ..Setup::default() };
        let response = Response::of_json(200, &json!({"id": 0, "result": [7, "abc", null]}));
        assert_eq!(
            session(&setup, &response).map(|session| session.token.reveal().to_owned()),
            Ok("dGlsbDo3OmFiYw==".to_owned())
        );
        for wrong in [json!({"id": 0, "result": null}), json!({"result": []}), json!({"result": ["x", 1]})] {
            assert!(matches!(
                session(&setup, &Response::of_json(200, &wrong)),
                Err(Outcome::SignedOut { .. })
            ));
        }
    }

    #[test]
    fn instants_come_back_as_they_went() {
        for at_ms in [0, 951_782_400_000, 1_795_000_123_456, 1_709_164_799_999] {
            assert_eq!(instant_ms(&instant(at_ms)), Some(at_ms), "{at_ms}");
        }
        assert_eq!(instant_ms(&Value::Null), None);
        assert_eq!(
            instant_ms(&json!({"year": 2026, "month": 13, "day": 1, "hour": 0, "minute": 0, "second": 0})),
            None
        );
    }

    #[test]
    fn an_error_with_status_200_is_an_error() {
        let of = |error: Value| result(&Response::of_json(200, &json!({"id": 0, "error": error})));
        let Err(Outcome::Wedged(wedged)) =
            of(json!(["UserError", ["You must balance.", "All lines.", null]]))
        else {
            unreachable!("a person is asked")
        };
        assert_eq!(wedged.reason, "Tryton says: You must balance. All lines.");
        let Err(Outcome::Wedged(wedged)) = of(json!(["UserWarning", ["name", "Late", "Go on?"]])) else {
            unreachable!("a person is asked")
        };
        assert_eq!(wedged.reason, "Tryton says: Late Go on?");
        assert!(matches!(of(json!(["'nope'", ""])), Err(Outcome::Wedged(_))));
        assert!(matches!(
            of(json!(["ConcurrencyException", "x"])),
            Err(Outcome::Later { answered: true, .. })
        ));
        assert!(result(&Response::of_json(200, &json!({"id": 0}))).is_err());
        assert_eq!(result(&Response::of_json(200, &json!({"id": 0, "result": [1]}))), Ok(json!([1])));
    }
}
