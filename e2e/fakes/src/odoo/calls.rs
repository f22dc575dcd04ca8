//! Calls: the methods of models that can be called from outside, their parameters by name.

use super::fault::Fault;
use super::goods::COMPANY;
use super::store::{Cell, Store};
use super::{books, domain, payments, schema};
use serde_json::{Map, Value, json};

/// A call, whichever way it came.
pub(super) struct Call {
    pub(super) model: String,
    pub(super) method: String,
    /// The records it is called on.
    pub(super) ids: Vec<i64>,
    pub(super) context: Value,
    pub(super) named: Map<String, Value>,
}

/// Parameters of each method, and whether it is a model's. Before 19 models called what `write` is given as they liked.
pub(super) fn signature(
    (model, method): (&str, &str),
    version: u32,
) -> Option<(&'static [&'static str], bool)> {
    Some(match method {
        "write" if version < 19 && model == "product.product" => (&["values"], false),
        "search_read" => (&["domain", "fields", "offset", "limit", "order"], true),
        "fields_get" => (&["allfields", "attributes"], true),
        "create" => (&["vals_list"], true),
        "write" => (&["vals"], false),
        "action_post" | "action_create_payments" => (&[], false),
        _ => return None,
    })
}

/// Does it. Either all of it is kept, or nothing.
pub(super) fn carry(store: &mut Store, call: &Call) -> Result<Value, Fault> {
    let companies = call.context["allowed_company_ids"].as_array();
    if companies.into_iter().flatten().any(|company| *company != COMPANY) {
        return Err(Fault::access("Access to unauthorized or invalid companies."));
    }
    match call.method.as_str() {
        "search_read" => return search_read(store, call),
        "fields_get" => return Ok(fields_get(store, call)),
        _ => {}
    }
    let mut trial = store.clone();
    let result = done(&mut trial, call)?;
    *store = trial;
    Ok(result)
}

fn done(store: &mut Store, call: &Call) -> Result<Value, Fault> {
    match (call.method.as_str(), call.model.as_str()) {
        ("create", _) => create(store, call),
        ("write", _) => write(store, call),
        ("action_post", "account.move") => {
            each(store, call, books::post)?;
            Ok(json!(false))
        }
        ("action_create_payments", "account.payment.register") => {
            let [window] = call.ids.as_slice() else { return Err(Fault::value("Expected singleton")) };
            payments::press(store, *window)?;
            Ok(match call.context["dont_redirect_to_payments"] == true {
                true => json!(true),
                false => json!({"type": "ir.actions.act_window", "res_model": "account.payment"}),
            })
        }
        (method, model) => Err(Fault::not_found(format!("The method '{model}.{method}' does not exist"))),
    }
}

fn each(
    store: &mut Store,
    call: &Call,
    act: impl Fn(&mut Store, i64) -> Result<(), Fault>,
) -> Result<(), Fault> {
    for id in &call.ids {
        if !store.has(&call.model, *id) {
            return Err(Fault::missing(&call.model, *id));
        }
        act(store, *id)?;
    }
    Ok(())
}

fn search_read(store: &Store, call: &Call) -> Result<Value, Fault> {
    let empty = Vec::new();
    let domain = call.named.get("domain").map_or(Some(&empty), Value::as_array);
    let domain = domain.ok_or_else(|| Fault::value("Domain is invalid"))?;
    let mut ids = domain::search(store, &call.model, domain, &call.context)?;
    match call.named.get("order").and_then(Value::as_str).unwrap_or("id") {
        "id" | "id asc" => {}
        "id desc" => ids.reverse(),
        other => return Err(Fault::value(format!("Invalid \"order\" specified ({other})"))),
    }
    let number = |name: &str| match call.named.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
            number.map(Some).ok_or_else(|| Fault::value(format!("Wrong value for {name}: {value}")))
        }
    };
    let (offset, limit) = (number("offset")?.unwrap_or(0), number("limit")?.unwrap_or(usize::MAX));
    let fields = match call.named.get("fields").and_then(Value::as_array) {
        Some(names) => {
            let field = |name: &Value| store.field(&call.model, name.as_str().unwrap_or_default());
            names.iter().map(field).collect::<Result<Vec<_>, _>>()?
        }
        None => store.fields(&call.model),
    };
    let row = |id: i64| {
        let shown = fields
            .iter()
            .map(|field| (field.name.to_owned(), store.shown(&call.model, id, *field, &call.context)));
        let mut row: Map<String, Value> = shown.collect();
        row.insert("id".to_owned(), json!(id));
        Value::Object(row)
    };
    Ok(ids.into_iter().skip(offset).take(limit).map(row).collect())
}

fn fields_get(store: &Store, call: &Call) -> Value {
    let asked = call.named.get("allfields").and_then(Value::as_array);
    let is_asked = |name: &str| asked.is_none_or(|asked| asked.iter().any(|one| one == name));
    let fields = store.fields(&call.model);
    let told = fields.iter().filter(|field| is_asked(field.name));
    Value::Object(told.map(|field| (field.name.to_owned(), json!({"type": field.kind.word()}))).collect())
}

fn create(store: &mut Store, call: &Call) -> Result<Value, Fault> {
    let wrong = || Fault::value("create takes values, or a list of them");
    let list = call.named.get("vals_list").and_then(Value::as_array).ok_or_else(wrong)?;
    let mut ids = Vec::new();
    for values in list {
        let values = values.as_object().ok_or_else(wrong)?;
        ids.push(match call.model.as_str() {
            "account.move" => books::create(store, values)?,
            "account.payment.register" => payments::open(store, values, &call.context)?,
            model => return Err(Fault::user(format!("{model} is not created here."))),
        });
    }
    Ok(json!(ids))
}

fn write(store: &mut Store, call: &Call) -> Result<Value, Fault> {
    let values = call.named.get("vals").or(call.named.get("values")).and_then(Value::as_object);
    let values = values.ok_or_else(|| Fault::value("write takes values"))?.clone();
    each(store, call, |store, id| match call.model.as_str() {
        "account.move" => books::write(store, id, &values),
        "product.product" => {
            for (name, cell) in store.taken("product.product", &values, &[])? {
                change_product(store, id, name, cell);
            }
            Ok(())
        }
        model => Err(Fault::user(format!("{model} is not written to here."))),
    })?;
    Ok(json!(true))
}

/// Name and price are the template's, whose time of change moves on, and with it the variant's.
pub(super) fn change_product(store: &mut Store, id: i64, name: &'static str, cell: Cell) {
    let template = store.one("product.product", id, "product_tmpl_id");
    if name == "name" {
        store.change("product.template", template, name, cell.clone());
    } else {
        let kept = store.cell("product.template", template, "name");
        store.change("product.template", template, "name", kept);
    }
    store.change("product.product", id, name, cell);
}

/// Is there such a model?
pub(super) fn is_known(store: &Store, model: &str) -> bool {
    schema::fields(model, store.version).is_some()
}
