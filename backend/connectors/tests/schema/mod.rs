//! Schema: every request a connector makes, held against what its vendor documents: its path, its parameters, its body; closed, so that
//! a name the vendor does not know is a failure, and what is read-only is not sent.
//! A vendor of a REST API is added with `e2e/fakes/specs/<vendor>/requests.json` (see WooCommerce's); a vendor without one is let
//! through. What may not be kept in the project is read from beside it (`published`).
#![allow(dead_code, reason = "each test program takes what it needs")]

pub mod published;

use connectors::Request;
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

/// What a vendor documents of the requests that are made to it.
pub struct Book {
    entries: Vec<Entry>,
}

struct Entry {
    method: String,
    /// `{…}` stands for any one part.
    path: Vec<String>,
    /// None where they are not looked at.
    query: Option<Vec<String>>,
    body: Option<Validator>,
}

thread_local! {
    static BOOKS: RefCell<BTreeMap<String, Rc<Vec<Book>>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The books of a vendor: what the project holds of it, and what lies beside the project.
pub fn books(vendor: &str) -> Rc<Vec<Book>> {
    let known = BOOKS.with(|books| books.borrow().get(vendor).cloned());
    known.unwrap_or_else(|| {
        let made = Rc::new(read(vendor).into_iter().chain(published::of(vendor)).collect());
        BOOKS.with(|books| books.borrow_mut().insert(vendor.to_owned(), Rc::clone(&made)));
        made
    })
}

fn read(vendor: &str) -> Option<Book> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/fakes/specs").join(vendor);
    let text = std::fs::read_to_string(folder.join("requests.json")).ok()?;
    Some(Book::of(&serde_json::from_str(&text).unwrap()))
}

/// Fails where a connector makes a request that its vendor does not document.
pub fn hold(vendor: &str, request: &Request) {
    for book in books(vendor).iter() {
        book.check(request).unwrap_or_else(|fault| panic!("{vendor}: {fault}"));
    }
}

impl Book {
    /// Of `{"requests": [{"method", "path", "query", "body"}], "definitions": {…}}`; bodies are schemas.
    pub fn of(spec: &Value) -> Self {
        let definitions = closed(&spec["definitions"]);
        let entry = |row: &Value| {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            let body = row.get("body").map(|schema| {
                let mut schema = closed(schema);
                schema["definitions"] = definitions.clone();
                jsonschema::validator_for(&schema).unwrap()
            });
            let names = row.get("query").and_then(Value::as_array);
            Entry {
                method: text("method"),
                path: text("path").split('/').map(str::to_owned).collect(),
                query: names
                    .map(|names| names.iter().map(|name| name.as_str().unwrap().to_owned()).collect()),
                body,
            }
        };
        Self { entries: spec["requests"].as_array().unwrap().iter().map(entry).collect() }
    }

    /// Is this request documented?
    ///
    /// # Errors
    /// What of it is not.
    pub fn check(&self, request: &Request) -> Result<(), String> {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let method = request.method.word();
        let parts: Vec<&str> = path.split('/').collect();
        let entry = self.entries.iter().find(|entry| entry.method == method && entry.fits(&parts));
        let Some(entry) = entry else { return Err(format!("{method} {path} is not documented")) };
        if let Some(names) = &entry.query {
            let sent = query.split('&').filter(|pair| !pair.is_empty());
            let mut sent = sent.map(|pair| pair.split('=').next().unwrap_or_default());
            if let Some(unknown) = sent.find(|name| !names.iter().any(|known| known == name)) {
                return Err(format!("{method} {path} has no parameter {unknown}"));
            }
        }
        match &entry.body {
            None if request.body.is_empty() => Ok(()),
            None => Err(format!("{method} {path} has no body")),
            Some(schema) => {
                let body: Value = serde_json::from_slice(&request.body)
                    .map_err(|error| format!("{method} {path}: the body is no JSON: {error}"))?;
                let faults: Vec<String> = schema
                    .iter_errors(&body)
                    .map(|fault| format!("{}: {fault}", fault.instance_path()))
                    .collect();
                if faults.is_empty() {
                    Ok(())
                } else {
                    Err(format!("{method} {path}: {}", faults.join("; ")))
                }
            }
        }
    }
}

impl Entry {
    fn fits(&self, parts: &[&str]) -> bool {
        self.path.len() == parts.len()
            && self
                .path
                .iter()
                .zip(parts)
                .all(|(known, part)| if known.starts_with('{') { !part.is_empty() } else { known == part })
    }
}

/// A schema for what is sent: objects hold what they name and nothing else, and nothing that is read-only.
pub fn closed(schema: &Value) -> Value {
    match schema {
        Value::Array(all) => Value::Array(all.iter().map(closed).collect()),
        Value::Object(all) => {
            let mut made: Map<String, Value> =
                all.iter().map(|(name, value)| (name.clone(), closed(value))).collect();
            if let Some(Value::Object(properties)) = made.get_mut("properties") {
                properties.retain(|_, property| property["readOnly"] != json!(true));
                made.entry("additionalProperties").or_insert(json!(false));
            }
            Value::Object(made)
        }
        other => other.clone(),
    }
}
