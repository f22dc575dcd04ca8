//! Product: what of a product we decide, written to its template: a variant shows the template's name and has none of its own.

use super::rpc;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Where it stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked for its template and what that has.
    Looking,
    /// Asked to change it.
    Writing,
}

pub(super) fn write(
    setup: &Setup,
    id: &str,
    fields: &BTreeMap<String, String>,
    came: Option<Came<'_>>,
) -> Outcome {
    let Some(came) = came else { return look(setup, id) };
    let answer = match rpc::result(came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    match came.progress.read() {
        Some(Stand::Looking) => seen(setup, fields, &answer),
        // `write` answers with nothing.
        Some(Stand::Writing) if answer.is_null() => Outcome::Done(Done::Written),
        Some(Stand::Writing) => misunderstood("writing answers with nothing"),
        None => look(setup, id),
    }
}

fn look(setup: &Setup, id: &str) -> Outcome {
    let product = id.parse::<i64>().unwrap_or(-1);
    let domain = json!([["id", "=", product], ["active", "in", [true, false]]]);
    let fields = ["template", "name"];
    Outcome::next(&Stand::Looking, rpc::read(setup, "product.product", domain, (0, 1), &fields))
}

fn seen(setup: &Setup, fields: &BTreeMap<String, String>, answer: &Value) -> Outcome {
    let Some(found) = answer.as_array() else { return misunderstood("a list of products was asked for") };
    let Some(product) = found.first() else {
        return Outcome::wedged(
            "Tryton does not have this product any more.",
            "Match it with another one there, or take the match away.",
        );
    };
    let Some(template) = product["template"].as_i64() else {
        return misunderstood("a product has a template");
    };
    let Some(name) = fields.get("name") else { return Outcome::Done(Done::Written) };
    if product["name"].as_str() == Some(name) {
        return Outcome::Done(Done::Written);
    }
    let values = json!({"name": name});
    let params = json!([[template], values, rpc::context(setup)]);
    Outcome::next(&Stand::Writing, rpc::call(setup, "model.product.template.write", params))
}
