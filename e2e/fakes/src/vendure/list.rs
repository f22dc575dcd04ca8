//! List: records filtered, sorted and cut into a page, as Vendure's lists are.

use super::Refusal;
use serde_json::{Value, json};
use std::cmp::Ordering;

/// Records a page holds at most.
const MOST: u64 = 1_000;

/// A page of records.
pub fn of(rows: Vec<Value>, options: &Value) -> Result<Value, Refusal> {
    let take = options["take"].as_u64().unwrap_or(MOST);
    if take > MOST {
        let message = format!("Cannot take more than {MOST} results from a list query");
        return Err(Refusal::of("USER_INPUT_ERROR", message));
    }
    let skip = options["skip"].as_u64().unwrap_or(0);
    let mut found: Vec<Value> = rows.into_iter().filter(|row| is_wanted(row, &options["filter"])).collect();
    let sort = options["sort"].as_object();
    let (take, skip) = (usize::try_from(take).unwrap_or(0), usize::try_from(skip).unwrap_or(usize::MAX));
    // However they are asked for, keys count in the order of the schema (graphql-js `coerceInputValue`): the id before the times.
    let mut keys: Vec<(&String, &Value)> = sort.into_iter().flatten().collect();
    keys.sort_by_key(|(name, _)| *name != "id");
    found.sort_by(|one, other| {
        let differing = keys.iter().map(|(name, order)| {
            let ordering = compare(&one[name.as_str()], &other[name.as_str()], name.as_str());
            if order.as_str() == Some("DESC") { ordering.reverse() } else { ordering }
        });
        differing.into_iter().find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
    });
    let total = found.len();
    let items: Vec<Value> = found.into_iter().skip(skip).take(take).collect();
    Ok(json!({"totalItems": total, "items": items}))
}

/// Ids are numbers of the database, told as text.
fn compare(one: &Value, other: &Value, name: &str) -> Ordering {
    let (one, other) = (one.as_str().unwrap_or_default(), other.as_str().unwrap_or_default());
    if name == "id" {
        return one.parse::<i64>().unwrap_or(0).cmp(&other.parse::<i64>().unwrap_or(0));
    }
    one.cmp(other)
}

fn is_wanted(row: &Value, filter: &Value) -> bool {
    let fields = filter.as_object().into_iter().flatten();
    fields.into_iter().all(|(name, operators)| {
        let value = row[name.as_str()].as_str().unwrap_or_default();
        operators.as_object().into_iter().flatten().all(|(operator, operand)| {
            let among =
                || operand.as_array().is_some_and(|all| all.iter().any(|one| one.as_str() == Some(value)));
            let text = operand.as_str().unwrap_or_default();
            match operator.as_str() {
                "eq" => value == text,
                "notEq" => value != text,
                "in" => among(),
                "notIn" => !among(),
                // Times are texts in the order of their instants, and neither is with the moment itself.
                "after" => value > text,
                "before" => value < text,
                _ => false,
            }
        })
    })
}
