//! Day: the orders of a location's day.
//! A search knows only instants: three days of them hold the shop's day whatever its clock, and each order says which day and which
//! location it is of.

use super::call::{self, data};
use super::words::{DAY, LOCATION};
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::reconciliation::Theirs;
use serde_json::{Value, json};
use shared::calendar::Day;
use shared::money::Currency;

const SALES: &str = include_str!("graphql/sales_of_day.graphql");
/// Orders a page holds.
const PAGE: u32 = 100;

pub(super) fn documents(
    (store, day, currency): (&str, Day, Currency),
    after: Option<&str>,
    came: Option<Came<'_>>,
) -> Outcome {
    let Some(came) = came else {
        let (from, to) = (day.plus_days(-1), day.plus_days(2));
        let query = format!("processed_at:>='{from}T00:00:00Z' processed_at:<'{to}T00:00:00Z'");
        let variables = json!({"first": PAGE, "after": after, "query": query});
        return Outcome::next(&"day", call::call(SALES, &variables));
    };
    let answer = match data(came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    let Some(orders) = answer["orders"]["nodes"].as_array() else {
        return misunderstood("a list of orders was asked for");
    };
    let next = match call::next(&answer["orders"]) {
        Ok(next) => next,
        Err(outcome) => return outcome,
    };
    let day = day.to_string();
    let of_it = orders.iter().filter(|order| says(order, LOCATION, store) && says(order, DAY, &day));
    // What was cancelled is none.
    let kept = of_it.filter(|order| order["cancelledAt"].is_null());
    let documents = kept.map(|order| theirs(order, currency)).collect();
    Outcome::Done(Done::Documents { documents, next })
}

fn says(order: &Value, key: &str, value: &str) -> bool {
    let all = order["customAttributes"].as_array();
    all.into_iter().flatten().any(|one| one["key"] == key && one["value"] == value)
}

/// With what was refunded or changed since.
fn theirs(order: &Value, currency: Currency) -> Theirs {
    let is_ours = order["currentTotalPriceSet"]["shopMoney"]["currencyCode"] == currency.code();
    let amount = |field: &str| call::minor(&order[field], currency).filter(|_| is_ours);
    let status = order["displayFinancialStatus"].as_str();
    Theirs {
        number: order["sourceIdentifier"].as_str().unwrap_or_default().to_owned(),
        posted: matches!(status, Some("PAID" | "PARTIALLY_REFUNDED" | "REFUNDED")),
        total: amount("currentTotalPriceSet"),
        tax: amount("currentTotalTaxSet"),
    }
}
