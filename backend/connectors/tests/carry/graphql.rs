//! Graphql: requests held against the schema their vendor publishes (e2e/fakes/specs): documents and variables, closed: what the
//! schema does not have is a fault.
#![allow(dead_code, reason = "not every test program asks for all of it")]

use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, serde_json_bytes};
use apollo_compiler::schema::{ExtendedType, Type};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema, request::coerce_variable_values};
use fakes::Asked;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

/// The versions a document must hold in.
pub const VERSIONS: [&str; 2] = ["2026-07", "2026-10"];

/// A file of the vendor's.
pub fn spec(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../e2e/fakes/specs/shopify").join(name)
}

/// A packed file of the vendor's, unpacked.
pub fn unpacked(name: &str) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(spec(name)).unwrap();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

/// The schema of a version.
pub fn schema(version: &str) -> &'static Valid<Schema> {
    static ALL: [OnceLock<Valid<Schema>>; 2] = [OnceLock::new(), OnceLock::new()];
    let at = VERSIONS.iter().position(|known| *known == version).unwrap();
    ALL[at].get_or_init(|| {
        let name = format!("admin_{version}.nodesc.graphql.gz");
        Schema::parse_and_validate(unpacked(&name), name).unwrap_or_else(|wrong| panic!("{}", wrong.errors))
    })
}

type Read = Arc<Valid<ExecutableDocument>>;

/// A document, if it is one of this schema. Each is read once.
pub fn document(version: &str, text: &str) -> Result<Read, String> {
    static ALL: Mutex<BTreeMap<(String, String), Read>> = Mutex::new(BTreeMap::new());
    let key = (version.to_owned(), text.to_owned());
    if let Some(known) = ALL.lock().unwrap().get(&key) {
        return Ok(Arc::clone(known));
    }
    let read = ExecutableDocument::parse_and_validate(schema(version), text, "document.graphql");
    let read = Arc::new(read.map_err(|wrong| wrong.errors.to_string())?);
    ALL.lock().unwrap().insert(key, Arc::clone(&read));
    Ok(read)
}

/// What is wrong with a document and its variables, in a version.
pub fn fault(version: &str, text: &str, variables: &Value) -> Option<String> {
    let document = match document(version, text) {
        Ok(document) => document,
        Err(wrong) => return Some(wrong),
    };
    let operation = document.operations.get(None).ok()?;
    let given: JsonMap = serde_json_bytes::serde_json::from_value(variables.clone()).ok()?;
    if let Some(unknown) =
        given.keys().find(|key| operation.variables.iter().all(|one| one.name != key.as_str()))
    {
        return Some(format!("the document has no variable ${}", unknown.as_str()));
    }
    coerce_variable_values(schema(version), operation, &given).err().map(|wrong| wrong.message().to_string())
}

/// Holds a request against the schema of the version it names, if it is one of GraphQL.
pub fn check(asked: &Asked) {
    let version = asked.path.strip_prefix("/admin/api/").and_then(|rest| rest.strip_suffix("/graphql.json"));
    let Some(version) = version else { return };
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["query", "variables"]);
    let (text, variables) = (body["query"].as_str().unwrap(), &body["variables"]);
    if let Some(fault) = fault(version, text, variables) {
        panic!("{fault}\n{body:#}");
    }
    assert_eq!(without_key(version, text), [""; 0]);
    assert_eq!(left_out(version, text, variables), [""; 0]);
}

/// The rules no schema shows, as the vendor's descriptions have them.
pub fn lints(version: &str) -> &'static Value {
    static ALL: [OnceLock<Value>; 2] = [OnceLock::new(), OnceLock::new()];
    let at = VERSIONS.iter().position(|known| *known == version).unwrap();
    let read = || std::fs::read_to_string(spec(&format!("admin_{version}.lints.json"))).unwrap();
    ALL[at].get_or_init(|| serde_json::from_str(&read()).unwrap())
}

/// Every field that is asked for, with the type it is of.
pub fn fields<'a>(set: &'a SelectionSet, all: &mut Vec<(&'a str, &'a Field)>) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                all.push((set.ty.as_str(), field));
                fields(&field.selection_set, all);
            }
            Selection::InlineFragment(fragment) => fields(&fragment.selection_set, all),
            Selection::FragmentSpread(_) => panic!("fragments are not looked into"),
        }
    }
}

/// Mutations of a document that must say a key and do not.
pub fn without_key(version: &str, text: &str) -> Vec<String> {
    let (lints, document) = (lints(version), document(version, text).unwrap());
    let operation = document.operations.get(None).unwrap();
    let mut all = Vec::new();
    fields(&operation.selection_set, &mut all);
    let required = lints["idempotent_mutations"]["required"].as_array().unwrap();
    let missing = all.iter().filter(|(kind, field)| {
        let must = *kind == "Mutation" && required.iter().any(|one| one == field.name.as_str());
        must && field.directives.get("idempotent").is_none()
    });
    missing.map(|(_, field)| field.name.to_string()).collect()
}

/// Fields of variables that the schema lets be left out and the server does not, by where they are missing.
pub fn left_out(version: &str, text: &str, variables: &Value) -> Vec<String> {
    let (lints, document) = (lints(version), document(version, text).unwrap());
    let operation = document.operations.get(None).unwrap();
    let given = |one: &str| variables.get(one).unwrap_or(&Value::Null);
    let all = operation.variables.iter();
    all.flat_map(|one| missing(schema(version), &one.ty, given(&one.name), lints, &one.name)).collect()
}

fn missing(schema: &Schema, kind: &Type, value: &Value, lints: &Value, path: &str) -> Vec<String> {
    if let (Type::List(inner) | Type::NonNullList(inner), Value::Array(items)) = (kind, value) {
        return items.iter().flat_map(|item| missing(schema, inner, item, lints, path)).collect();
    }
    let name = kind.inner_named_type();
    let (Some(ExtendedType::InputObject(input)), Value::Object(given)) = (schema.types.get(name), value)
    else {
        return Vec::new();
    };
    let must = lints["nullable_but_mandatory_inputs"][name.as_str()].as_array();
    let must = must.into_iter().flatten().filter_map(Value::as_str);
    let not_there = must.filter(|field| !given.contains_key(*field));
    let mut all: Vec<String> = not_there.map(|field| format!("{path}.{field}")).collect();
    for (field, value) in given {
        all.extend(missing(
            schema,
            &input.fields[field.as_str()].ty,
            value,
            lints,
            &format!("{path}.{field}"),
        ));
    }
    all
}
