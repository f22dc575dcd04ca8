//! Day: the orders of ours that are of one day.
//! An order's own time is when it came, which can be days after the sale. So the name of its receipt's line holds the sale's day on the
//! shop's calendar, the orders are searched by that, and their meta data says for certain.

use super::facts::meta;
use super::rest::{self, PAGE, Part, Place};
use super::words::{DAY, NUMBER, day_token};
use crate::exchange::Request;
use crate::outcome::{Came, Done, Outcome};
use crate::reconciliation::Theirs;
use serde_json::Value;
use shared::calendar::Day;
use shared::money::{Currency, Minor};

/// A page of them, by id.
pub(super) fn documents(
    (day, currency): (Day, Currency),
    after: Option<&str>,
    came: Option<Came<'_>>,
) -> Outcome {
    let place: Place = after.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let Some((begun, response)) = came.and_then(|came| Some((came.progress.read::<u64>()?, came.response)))
    else {
        return Outcome::next(&place.begin(), ask(day, place.begin()));
    };
    match rest::part(response, place, begun) {
        Ok(Part::Back(begun)) => Outcome::next(&begun, ask(day, begun)),
        Ok(Part::Rows(rows, next)) => {
            let mut documents: Vec<(u64, Theirs)> =
                rows.iter().filter_map(|order| theirs(order, day, currency)).collect();
            documents.dedup_by_key(|(id, _)| *id);
            Outcome::Done(Done::Documents {
                documents: documents.into_iter().map(|(_, one)| one).collect(),
                next: next.and_then(|next| serde_json::to_string(&next).ok()),
            })
        }
        Err(outcome) => outcome,
    }
}

fn ask(day: Day, begun: u64) -> Request {
    let (search, offset, per_page) = (day_token(day), begun.to_string(), PAGE.to_string());
    let query = [
        ("search", search.as_str()),
        ("per_page", per_page.as_str()),
        ("offset", offset.as_str()),
        ("orderby", "id"),
        ("order", "asc"),
    ];
    rest::get("orders", &query)
}

/// One of that day; none where it is of another, or nobody's any more.
fn theirs(order: &Value, day: Day, currency: Currency) -> Option<(u64, Theirs)> {
    let status = order["status"].as_str()?;
    if meta(order, DAY) != Some(day.to_string().as_str())
        || matches!(status, "cancelled" | "failed" | "trash" | "auto-draft" | "checkout-draft")
    {
        return None;
    }
    let same = order["currency"].as_str() == Some(currency.code());
    let amount = |name: &str| rest::minor(&order[name], currency).filter(|_| same);
    Some((
        rest::id(order)?,
        Theirs {
            number: meta(order, NUMBER).unwrap_or_default().to_owned(),
            posted: matches!(status, "completed" | "refunded"),
            total: amount("total").and_then(|total| total.plus(given_back(order, currency)?).ok()),
            tax: amount("total_tax"),
        },
    ))
}

/// What somebody refunded of it there: below nothing.
fn given_back(order: &Value, currency: Currency) -> Option<Minor> {
    let refunds = order["refunds"].as_array();
    let amounts: Vec<Minor> = refunds
        .into_iter()
        .flatten()
        .map(|one| rest::minor(&one["total"], currency))
        .collect::<Option<_>>()?;
    Minor::sum(amounts).ok()
}
