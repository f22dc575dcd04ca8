//! Reply: what of a record was asked for; connections by pages; points for what was asked.

use super::document::Selection;
use serde_json::{Map, Value, json};

/// Rows of a page at most: what the vendor's documents say of `first`.
const MOST: i64 = 250;

/// An error as it stands in `errors`.
pub fn error(message: impl Into<String>, path: &str, code: &str) -> Value {
    json!({"message": message.into(), "path": [path], "extensions": {"code": code}})
}

/// What of a value was asked for. Its objects name their type in `__typename`.
pub fn select(value: &Value, fields: &[Selection], path: &str) -> Result<Value, Value> {
    match value {
        Value::Array(items) => {
            let items = items.iter().map(|item| select(item, fields, path));
            Ok(Value::Array(items.collect::<Result<_, _>>()?))
        }
        Value::Object(object) => {
            let kind = object.get("__typename").and_then(Value::as_str).unwrap_or_default();
            if fields.is_empty() {
                let message = format!(
                    "Field must have selections (field '{path}' returns {kind} but has no selections.)"
                );
                return Err(error(message, path, "selectionMismatch"));
            }
            let mut all = Map::new();
            of_object(object, kind, fields, &mut all)?;
            Ok(all.into())
        }
        plain if fields.is_empty() || plain.is_null() => Ok(plain.clone()),
        _ => {
            let message = format!("Selections can't be made on scalars (field '{path}')");
            Err(error(message, path, "selectionMismatch"))
        }
    }
}

fn of_object(
    object: &Map<String, Value>,
    kind: &str,
    fields: &[Selection],
    all: &mut Map<String, Value>,
) -> Result<(), Value> {
    for field in fields {
        match field {
            Selection::On { kind: only, fields } if only == kind => of_object(object, kind, fields, all)?,
            Selection::On { .. } => {}
            Selection::Field { key, name, arguments, directives, fields } => {
                if !arguments.is_empty() || !directives.is_empty() {
                    let message = format!("Field '{name}' is asked for in a way that is not known here");
                    return Err(error(message, name, "argumentNotAccepted"));
                }
                let Some(value) = object.get(name) else {
                    let message = format!("Field '{name}' doesn't exist on type '{kind}'");
                    return Err(error(message, name, "undefinedField"));
                };
                all.insert(key.clone(), select(value, fields, name)?);
            }
        }
    }
    Ok(())
}

/// A page of rows that are in order of their ids; each row's id beside it.
pub fn connection(
    kind: &str,
    rows: Vec<(u64, Value)>,
    arguments: &Map<String, Value>,
) -> Result<Value, Value> {
    let wrong = |message: &str| error(message, kind, "BAD_REQUEST");
    let first = arguments.get("first").and_then(Value::as_i64).unwrap_or(0);
    if !(1..=MOST).contains(&first) {
        return Err(wrong("you must provide one of first or last, 250 at most"));
    }
    if arguments.get("sortKey").and_then(Value::as_str) != Some("ID") {
        return Err(wrong("only the order of ids is known here"));
    }
    let after = match arguments.get("after") {
        None | Some(Value::Null) => 0,
        Some(cursor) => cursor
            .as_str()
            .and_then(id_of)
            .ok_or_else(|| wrong("Invalid cursor for current pagination sort."))?,
    };
    let mut rows: Vec<(u64, Value)> = rows.into_iter().filter(|(id, _)| *id > after).collect();
    rows.sort_by_key(|(id, _)| *id);
    let most = usize::try_from(first).unwrap_or(0);
    let more = rows.len() > most;
    rows.truncate(most);
    let end = rows.last().map(|(id, _)| cursor_of(*id));
    Ok(json!({
        "__typename": format!("{kind}Connection"),
        "nodes": rows.into_iter().map(|(_, row)| row).collect::<Vec<Value>>(),
        "pageInfo": {"__typename": "PageInfo", "hasNextPage": more, "endCursor": end},
    }))
}

fn cursor_of(id: u64) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD
        .encode(json!({"last_id": id, "last_value": id.to_string()}).to_string())
}

fn id_of(cursor: &str) -> Option<u64> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(cursor).ok()?;
    serde_json::from_slice::<Value>(&bytes).ok()?["last_id"].as_u64()
}

/// Points: one an object, ten a change.
pub fn cost(value: &Value) -> i64 {
    match value {
        Value::Array(items) => items.iter().map(cost).sum(),
        Value::Object(object) => 1 + object.values().map(cost).sum::<i64>(),
        _ => 0,
    }
}
