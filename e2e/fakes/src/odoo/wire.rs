//! Wire: JSON-2 (19 and later: `addons/rpc/controllers/json2.py`, `odoo/http.py`) and JSON-RPC (16 to 18: `odoo/service/model.py`,
//! `odoo/api.py`): how a request becomes a call, and what comes back.

use super::Odoo;
use super::calls::{self, Call};
use super::fault::Fault;
use crate::desk::{Answer, Asked};
use serde_json::{Map, Value, json};

pub(super) const DATABASE: &str = "shop";
pub(super) const USER: &str = "tillbridge@example.com";
pub(super) const KEY: &str = "6578616d706c65206a736f6e20617069206b6579";
const USER_NUMBER: i64 = 2;

pub(super) fn answer(odoo: &mut Odoo, asked: &Asked) -> Answer {
    let is_two = odoo.store.version >= 19;
    let path = asked.path.split('?').next().unwrap_or_default();
    match (asked.method.as_str(), path) {
        ("GET", "/web/version") if is_two => {
            let version = odoo.store.version;
            Answer::json(
                200,
                &json!({"version_info": [version, 0, 0, "final", 0, ""], "version": odoo.version()}),
            )
        }
        ("POST", path) if is_two && path.starts_with("/json/2/") => {
            two(odoo, asked, path).unwrap_or_else(|fault| fault.by_status())
        }
        ("POST", "/jsonrpc") if !is_two => rpc(odoo, asked).unwrap_or_else(|fault| fault.within()),
        _ => page_not_found(),
    }
}

fn page_not_found() -> Answer {
    let headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
    Answer { status: 404, headers, body: b"<!doctype html><title>404 Not Found</title>".to_vec() }
}

fn body(asked: &Asked) -> Result<Map<String, Value>, Fault> {
    if !asked.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
        return Err(Fault::unprocessable("Request inferred type is not compatible with json"));
    }
    match serde_json::from_slice(&asked.body) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(Fault::unprocessable("could not parse the body as json")),
    }
}

/// `POST /json/2/<model>/<method>`: bare JSON comes back.
fn two(odoo: &mut Odoo, asked: &Asked, path: &str) -> Result<Answer, Fault> {
    if asked.header("x-odoo-database").is_some_and(|database| database != DATABASE) {
        return Ok(page_not_found());
    }
    let key = asked.header("authorization").and_then(|value| value.split_once(' '));
    if key.filter(|(way, key)| way.eq_ignore_ascii_case("bearer") && *key == KEY).is_none() {
        return Err(Fault::unauthorized());
    }
    let mut named = body(asked)?;
    let mut parts = path.trim_start_matches("/json/2/").split('/');
    let (model, method) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if !calls::is_known(&odoo.store, model) {
        return Err(Fault::not_found(format!("the model '{model}' does not exist")));
    }
    let Some((parameters, is_model)) = calls::signature((model, method), odoo.store.version) else {
        return Err(Fault::not_found(format!("The method '{model}.{method}' does not exist")));
    };
    let ids = ids(&named.remove("ids").unwrap_or_else(|| json!([])))?;
    if is_model && !ids.is_empty() {
        return Err(Fault::unprocessable(format!("cannot call {model}.{method} with ids")));
    }
    let context = named.remove("context").unwrap_or_else(|| json!({}));
    if let Some(other) = named.keys().find(|name| !parameters.contains(&name.as_str())) {
        return Err(Fault::unprocessable(format!("got an unexpected keyword argument '{other}'")));
    }
    let call = Call { model: model.to_owned(), method: method.to_owned(), ids, context, named };
    Ok(Answer::json(200, &calls::carry(&mut odoo.store, &call)?))
}

fn ids(value: &Value) -> Result<Vec<i64>, Fault> {
    let ids = value.as_array().and_then(|ids| ids.iter().map(Value::as_i64).collect());
    ids.ok_or_else(|| Fault::unprocessable("ids is a list of numbers"))
}

/// `POST /jsonrpc`: everything comes back with status 200.
fn rpc(odoo: &mut Odoo, asked: &Asked) -> Result<Answer, Fault> {
    let body = Value::Object(body(asked)?);
    let params = &body["params"];
    let args = params["args"].as_array().map(Vec::as_slice).unwrap_or_default();
    let service =
        (params["service"].as_str().unwrap_or_default(), params["method"].as_str().unwrap_or_default());
    let result = match (service, args) {
        (("common", "version"), []) => json!({
            "server_version": odoo.version(), "server_serie": odoo.version(), "protocol_version": 1,
            "server_version_info": [odoo.store.version, 0, 0, "final", 0, ""],
        }),
        (("common", "authenticate"), [database, user, key, _]) => {
            is_there(database)?;
            if user == USER && key == KEY { json!(USER_NUMBER) } else { json!(false) }
        }
        (("object", "execute_kw"), [database, user, key, model, method, place, rest @ ..]) => {
            is_there(database)?;
            if *user != USER_NUMBER || key != KEY {
                return Err(Fault::denied());
            }
            let named = rest.first().cloned().unwrap_or_else(|| json!({}));
            let (model, method) = (model.as_str().unwrap_or_default(), method.as_str().unwrap_or_default());
            let call = by_place(odoo, (model, method), place, named)?;
            calls::carry(&mut odoo.store, &call)?
        }
        _ => return Err(Fault::value("takes other arguments")),
    };
    // What is nothing is left out.
    let mut answer = json!({"jsonrpc": "2.0", "id": body["id"]});
    if !result.is_null() {
        answer["result"] = result;
    }
    Ok(Answer::json(200, &answer))
}

fn is_there(database: &Value) -> Result<(), Fault> {
    if database == DATABASE { Ok(()) } else { Err(Fault::database(database.as_str().unwrap_or_default())) }
}

/// Arguments by place: the records first where the method is theirs; values of `create` come by place alone.
fn by_place(odoo: &Odoo, (model, method): (&str, &str), place: &Value, named: Value) -> Result<Call, Fault> {
    if !calls::is_known(&odoo.store, model) {
        return Err(Fault::user(format!("Object {model} doesn't exist")));
    }
    let Some((parameters, is_model)) = calls::signature((model, method), odoo.store.version) else {
        return Err(Fault::value(format!("The method '{method}' does not exist on the model '{model}'")));
    };
    let mut place = place.as_array().cloned().unwrap_or_default();
    let records = if is_model || place.is_empty() { json!([]) } else { place.remove(0) };
    let mut named = named.as_object().cloned().unwrap_or_default();
    let context = named.remove("context").unwrap_or_else(|| json!({}));
    if method == "create" && place.is_empty() {
        return Err(Fault::value("tuple index out of range"));
    }
    for (name, value) in parameters.iter().zip(place) {
        named.insert((*name).to_owned(), value);
    }
    if let Some(other) = named.keys().find(|name| !parameters.contains(&name.as_str())) {
        return Err(Fault::value(format!("{method}() got an unexpected keyword argument '{other}'")));
    }
    let (model, method) = (model.to_owned(), method.to_owned());
    Ok(Call { model, method, ids: ids(&records)?, context, named })
}
