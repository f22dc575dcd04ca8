//! Question: a request's body, read and held against the schema: what does not fit is refused in the words of graphql-js.

use super::syntax::{self, Field, Operation, Selection, Term};
use super::{Refusal, clock, schema};
use serde_json::{Map, Value, json};

/// The type that a store's own fields of variants have, where it has any.
const CUSTOM: &str = "ProductVariantCustomFields";

/// A question that fits.
pub struct Asking {
    /// What is asked for.
    pub fields: Vec<Field>,
    variables: Value,
}

impl Asking {
    /// Reads a body.
    pub fn read(body: &[u8], custom: &[String]) -> Result<Self, Refusal> {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let query = body["query"].as_str().unwrap_or_default();
        let operation = syntax::operation(query).map_err(|message| Refusal {
            status: 400,
            code: "GRAPHQL_PARSE_FAILED",
            message,
        })?;
        let root = if operation.is_mutation { "Mutation" } else { "Query" };
        let mut used = Vec::new();
        check(root, &operation.selection, &operation, custom, &mut used).map_err(Refusal::misfit)?;
        if let Some((name, _)) = operation.variables.iter().find(|(name, _)| !used.contains(name)) {
            return Err(Refusal::misfit(format!("Variable \"${name}\" is never used.")));
        }
        let given = &body["variables"];
        for (name, kind) in &operation.variables {
            let value = given.get(name).unwrap_or(&Value::Null);
            if value.is_null() && kind.ends_with('!') {
                let message = format!("Variable \"${name}\" of required type \"{kind}\" was not provided.");
                return Err(Refusal::wrong_variable(message));
            }
            fits(kind, value).map_err(|why| {
                Refusal::wrong_variable(format!("Variable \"${name}\" got invalid value; {why}"))
            })?;
        }
        let fields = operation.selection.into_iter().filter_map(|one| match one {
            Selection::Field(field) => Some(field),
            Selection::On(..) => None,
        });
        Ok(Self { fields: fields.collect(), variables: given.clone() })
    }

    /// What a field is asked with.
    pub fn arguments(&self, field: &Field) -> Result<Value, Refusal> {
        let mut all = Map::new();
        for (name, term) in &field.arguments {
            all.insert(name.clone(), term.value(&self.variables));
        }
        Ok(Value::Object(all))
    }

    /// Of a value what the field asks for.
    pub fn project(&self, field: &Field, value: &Value) -> Value {
        let Some(selection) = &field.selection else { return value.clone() };
        match value {
            Value::Array(items) => items.iter().map(|item| self.project(field, item)).collect(),
            Value::Object(_) => {
                let mut answer = Map::new();
                self.fill(selection, value, &mut answer);
                Value::Object(answer)
            }
            other => other.clone(),
        }
    }

    fn fill(&self, selection: &[Selection], value: &Value, answer: &mut Map<String, Value>) {
        for one in selection {
            match one {
                Selection::Field(field) => {
                    let found = value.get(&field.name).unwrap_or(&Value::Null);
                    answer.insert(field.key().to_owned(), self.project(field, found));
                }
                Selection::On(kind, inside) => {
                    let is_error = value.get("errorCode").is_some();
                    let is_it = value["__typename"].as_str() == Some(kind);
                    if is_it || (kind == "ErrorResult" && is_error) {
                        self.fill(inside, value, answer);
                    }
                }
            }
        }
    }
}

fn check(
    kind: &str,
    selection: &[Selection],
    operation: &Operation,
    custom: &[String],
    used: &mut Vec<String>,
) -> Result<(), String> {
    for one in selection {
        match one {
            Selection::On(of, inside) => check(of, inside, operation, custom, used)?,
            Selection::Field(field) if field.name == "__typename" => {}
            Selection::Field(field) => {
                let shape = shape(kind, &field.name, custom)
                    .ok_or_else(|| format!("Cannot query field \"{}\" on type \"{kind}\".", field.name))?;
                check_arguments(kind, field, shape.1, operation, used)?;
                let inside = schema::bare(&shape.0);
                let has_fields = schema::has_fields(inside) || inside == CUSTOM;
                let (name, whole) = (&field.name, &shape.0);
                match &field.selection {
                    Some(selection) if has_fields => check(inside, selection, operation, custom, used)?,
                    Some(_) => {
                        return Err(format!(
                            "Field \"{name}\" must not have a selection since type \"{whole}\" has no subfields."
                        ));
                    }
                    None if has_fields => {
                        return Err(format!(
                            "Field \"{name}\" of type \"{whole}\" must have a selection of subfields. Did you mean \"{name} {{ ... }}\"?"
                        ));
                    }
                    None => {}
                }
            }
        }
    }
    Ok(())
}

type Arguments = &'static [(&'static str, &'static str)];

/// A field's type and arguments, the store's own fields among them.
fn shape(kind: &str, name: &str, custom: &[String]) -> Option<(String, Arguments)> {
    match (kind, name) {
        ("ProductVariant", "customFields") if custom.is_empty() => Some(("JSON".to_owned(), &[])),
        ("ProductVariant", "customFields") => Some((CUSTOM.to_owned(), &[])),
        (CUSTOM, _) => custom.iter().any(|own| own == name).then(|| ("String".to_owned(), &[][..])),
        _ => schema::field(kind, name).map(|shape| (shape.kind.to_owned(), shape.arguments)),
    }
}

fn check_arguments(
    kind: &str,
    field: &Field,
    known: Arguments,
    operation: &Operation,
    used: &mut Vec<String>,
) -> Result<(), String> {
    for (name, term) in &field.arguments {
        let (_, wanted) = known
            .iter()
            .find(|(known, _)| known == name)
            .ok_or_else(|| format!("Unknown argument \"{name}\" on field \"{kind}.{}\".", field.name))?;
        check_term(term, wanted, operation, used)?;
    }
    let missing = known
        .iter()
        .find(|(name, kind)| kind.ends_with('!') && !field.arguments.iter().any(|(given, _)| given == name));
    match missing {
        Some((name, kind)) => Err(format!(
            "Field \"{}\" argument \"{name}\" of type \"{kind}\" is required, but it was not provided.",
            field.name
        )),
        None => Ok(()),
    }
}

fn check_term(
    term: &Term,
    wanted: &str,
    operation: &Operation,
    used: &mut Vec<String>,
) -> Result<(), String> {
    match term {
        Term::Variable(name) => {
            let (_, kind) = operation
                .variables
                .iter()
                .find(|(known, _)| known == name)
                .ok_or_else(|| format!("Variable \"${name}\" is not defined."))?;
            if kind != wanted && kind.trim_end_matches('!') != wanted {
                return Err(format!(
                    "Variable \"${name}\" of type \"{kind}\" used in position expecting type \"{wanted}\"."
                ));
            }
            used.push(name.clone());
            Ok(())
        }
        Term::List(items) => {
            let inside = wanted.trim_end_matches('!').trim_start_matches('[').trim_end_matches(']');
            items.iter().try_for_each(|item| check_term(item, inside, operation, used))
        }
        Term::Object(members) => {
            let known = schema::members(schema::bare(wanted));
            members.iter().try_for_each(|(name, term)| {
                let (_, kind) = known.iter().find(|(known, _)| known == name).ok_or_else(|| {
                    format!("Field \"{name}\" is not defined by type \"{}\".", schema::bare(wanted))
                })?;
                check_term(term, kind, operation, used)
            })
        }
        Term::Word(_) | Term::Plain(_) => fits(wanted, &term.value(&Value::Null)),
    }
}

/// Does a value fit a type?
fn fits(kind: &str, value: &Value) -> Result<(), String> {
    if value.is_null() {
        return match kind.ends_with('!') {
            true => Err(format!("Expected non-nullable type \"{kind}\" not to be null.")),
            false => Ok(()),
        };
    }
    let kind = kind.trim_end_matches('!');
    if let Some(inside) = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']')) {
        return match value {
            Value::Array(items) => items.iter().try_for_each(|item| fits(inside, item)),
            one => fits(inside, one),
        };
    }
    if let Some(words) = schema::words(kind) {
        let is_known = value.as_str().is_some_and(|word| words.contains(&word));
        return if is_known {
            Ok(())
        } else {
            Err(format!("Value {value} does not exist in \"{kind}\" enum."))
        };
    }
    let is_right = match kind {
        "String" => value.is_string(),
        "ID" => value.is_string() || value.is_i64(),
        "Int" => value.is_i64(),
        "Boolean" => value.is_boolean(),
        "Money" => value.is_number(),
        "DateTime" => value.as_str().is_some_and(clock::is_instant),
        _ => return object(kind, value),
    };
    if is_right { Ok(()) } else { Err(format!("{kind} cannot represent {value}")) }
}

fn object(kind: &str, value: &Value) -> Result<(), String> {
    let known = schema::members(kind);
    let Some(given) = value.as_object().filter(|_| !known.is_empty()) else {
        return Err(format!("Expected type \"{kind}\" to be an object."));
    };
    for (name, value) in given {
        let (_, kind) = known
            .iter()
            .find(|(known, _)| known == name)
            .ok_or_else(|| format!("Field \"{name}\" is not defined by type \"{kind}\"."))?;
        fits(kind, value)?;
    }
    let missing = known.iter().find(|(name, kind)| kind.ends_with('!') && !given.contains_key(*name));
    match missing {
        Some((name, kind)) => {
            Err(format!("Field \"{name}\" of required type \"{kind}\" was not provided: {}", json!(given)))
        }
        None => Ok(()),
    }
}
