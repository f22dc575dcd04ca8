//! Domain: Odoo's search domains: leaves `[field, operator, value]` in Polish notation, “and” where nothing is said; what is archived is
//! left out unless `active` is asked for.

use super::decimal;
use super::fault::Fault;
use super::schema::Kind;
use super::store::{Cell, Store, time_ms};
use serde_json::Value;
use std::cmp::Ordering;

/// The numbers of the records that fit, in order.
pub(super) fn search(
    store: &Store,
    model: &str,
    domain: &[Value],
    context: &Value,
) -> Result<Vec<i64>, Fault> {
    let asks_active = domain.iter().any(|leaf| leaf[0] == "active");
    let hides = !asks_active && context["active_test"] != false && store.field(model, "active").is_ok();
    let mut found = Vec::new();
    for id in store.ids(model) {
        let is_hidden = hides && store.cell(model, id, "active") != Cell::Flag(true);
        if !is_hidden && fits(store, model, id, domain)? {
            found.push(id);
        }
    }
    // A wrong domain is refused even where there is nothing to look through.
    fits(store, model, 0, domain)?;
    Ok(found)
}

fn fits(store: &Store, model: &str, id: i64, domain: &[Value]) -> Result<bool, Fault> {
    let wrong = || Fault::value("Domain is invalid");
    let mut stack: Vec<bool> = Vec::new();
    for token in domain.iter().rev() {
        match token.as_str() {
            Some("&") => {
                let (one, other) = (stack.pop().ok_or_else(wrong)?, stack.pop().ok_or_else(wrong)?);
                stack.push(one && other);
            }
            Some("|") => {
                let (one, other) = (stack.pop().ok_or_else(wrong)?, stack.pop().ok_or_else(wrong)?);
                stack.push(one || other);
            }
            Some("!") => {
                let one = stack.pop().ok_or_else(wrong)?;
                stack.push(!one);
            }
            Some(_) => return Err(wrong()),
            None => {
                let Some([field, operator, value]) = token.as_array().map(Vec::as_slice) else {
                    return Err(wrong());
                };
                let (Some(field), Some(operator)) = (field.as_str(), operator.as_str()) else {
                    return Err(wrong());
                };
                stack.push(leaf(store, model, id, (field, operator, value))?);
            }
        }
    }
    Ok(stack.into_iter().all(|fits| fits))
}

fn leaf(
    store: &Store,
    model: &str,
    id: i64,
    (path, operator, value): (&str, &str, &Value),
) -> Result<bool, Fault> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = store.field(model, name)?;
    let cell = store.cell(model, id, name);
    if let Some(rest) = rest {
        let Kind::One(of) = field.kind else {
            return Err(Fault::value(format!("Invalid field {path:?} on {model:?}")));
        };
        let other = if let Cell::One(other) = cell { other } else { 0 };
        return leaf(store, of, other, (rest, operator, value));
    }
    let list =
        || value.as_array().ok_or_else(|| Fault::value(format!("Invalid value for {operator}: {value}")));
    let order = compared(&cell, value);
    Ok(match operator {
        "=" => same(&cell, value),
        "!=" => !same(&cell, value),
        "in" => list()?.iter().any(|one| same(&cell, one)),
        "not in" => !list()?.iter().any(|one| same(&cell, one)),
        ">" => order == Some(Ordering::Greater),
        ">=" => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        "<" => order == Some(Ordering::Less),
        "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        _ => return Err(Fault::value(format!("Invalid operator {operator:?}"))),
    })
}

fn same(cell: &Cell, value: &Value) -> bool {
    match cell {
        Cell::Unset => value == false || value.is_null(),
        Cell::Flag(flag) => value == *flag,
        Cell::Many(others) => value.as_i64().is_some_and(|id| others.contains(&id)),
        _ => compared(cell, value) == Some(Ordering::Equal),
    }
}

fn compared(cell: &Cell, value: &Value) -> Option<Ordering> {
    Some(match cell {
        Cell::Text(text) => text.as_str().cmp(value.as_str()?),
        Cell::Whole(whole) | Cell::One(whole) => whole.cmp(&value.as_i64()?),
        Cell::Decimal(amount) => amount.cmp(&decimal::read(value)?),
        Cell::Time(at_ms) => at_ms.cmp(&time_ms(value.as_str()?)?),
        _ => return None,
    })
}
