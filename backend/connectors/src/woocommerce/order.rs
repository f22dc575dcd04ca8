//! Order: our sale as an order that is paid and completed.
//! Nothing in REST finds an order by its meta data: `search` looks at addresses and at the names of an order's lines. So each of ours
//! has a line of nothing that is named after the receipt, and is found by it; what is there says what is next: create, complete,
//! nothing. A command that was begun again, whenever it broke off, ends with one order.
//! Invariant: it is completed only where WooCommerce's own total and tax are ours to the penny.

use super::facts::{self, Facts, Search, meta};
use super::goods::GoodId;
use super::rest;
use super::words::{self, ID, receipt_name};
use crate::command::Document;
use crate::exchange::{Method, Response};
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::money::Minor;

/// Where a delivery stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked whether it is there.
    Looking,
    /// Asked for the site's money and address.
    General,
    /// Asked how it counts tax.
    Tax { facts: Facts },
    /// Asked for a page of its tax rates.
    Rates { facts: Facts, page: u64 },
    /// Asked for some of the goods; the last one of these.
    Goods { facts: Facts, searches: Vec<Search> },
    /// Asked to create it.
    Creating,
    /// Asked to complete it.
    Completing,
}

pub(super) fn deliver(document: &Document, came: Option<Came<'_>>) -> Outcome {
    let Some((stand, response)) = came.and_then(|came| Some((came.progress.read()?, came.response))) else {
        return look(document);
    };
    step(document, stand, response).unwrap_or_else(|outcome| outcome)
}

fn step(document: &Document, stand: Stand, response: &Response) -> Result<Outcome, Outcome> {
    match stand {
        Stand::Looking => seen(document, response),
        Stand::General => {
            let facts = facts::general(document, response)?;
            Ok(Outcome::next(&Stand::Tax { facts }, rest::settings("tax")))
        }
        Stand::Tax { facts } => {
            let facts = facts.tax(response)?;
            Ok(Outcome::next(&Stand::Rates { facts, page: 1 }, facts::ask_rates(1)))
        }
        Stand::Rates { facts, page } => match facts.rates(response, page)? {
            (facts, true) => next_goods(document, facts, facts::searches(document)),
            (facts, false) => {
                let page = page.saturating_add(1);
                Ok(Outcome::next(&Stand::Rates { facts, page }, facts::ask_rates(page)))
            }
        },
        Stand::Goods { facts, mut searches } => {
            let Some(search) = searches.pop() else { return Err(look(document)) };
            next_goods(document, facts.found(&search, response)?, searches)
        }
        Stand::Creating => match rest::answer(response) {
            Ok(order) => created(document, &order),
            // It may still be at work: whoever looks too early makes a second one.
            Err(Outcome::Later { wait_ms, reason, answered }) => {
                let wait_ms = Some(wait_ms.unwrap_or(0).max(STILL_AT_WORK_MS));
                Err(Outcome::Later { wait_ms, reason, answered })
            }
            Err(other) => Err(other),
        },
        Stand::Completing => completed(document, &rest::answer(response)?),
    }
}

/// A site goes on with an order after whoever asked has gone away, ms.
const STILL_AT_WORK_MS: i64 = 180_000;

fn look(document: &Document) -> Outcome {
    let request = rest::get(
        "orders",
        &[("search", words::token(document)), ("per_page", "100"), ("orderby", "id"), ("order", "asc")],
    );
    Outcome::next(&Stand::Looking, request)
}

/// What is there says what is next.
fn seen(document: &Document, response: &Response) -> Result<Outcome, Outcome> {
    let answer = rest::answer(response)?;
    let Some(found) = answer.as_array() else { return Err(misunderstood("a list of orders was asked for")) };
    if found.iter().any(|order| rest::id(order).is_none()) {
        return Err(misunderstood("an order without a number"));
    }
    let mut ours: Vec<&Value> = found.iter().filter(|order| is_of(document, order)).collect();
    // Some versions list one more than once.
    ours.dedup_by_key(|order| rest::id(order));
    // A draft is left behind where WooCommerce refused an order half-way; it clears them away itself.
    ours.retain(|order| !matches!(order["status"].as_str(), Some("checkout-draft" | "auto-draft" | "trash")));
    match ours.as_slice() {
        [] => Ok(Outcome::next(&Stand::General, rest::settings("general"))),
        [order] => there(document, order, true),
        _ => Err(Outcome::wedged(
            format!("WooCommerce has the receipt {} more than once.", words::number(document)),
            "Move all but one of these orders to the bin there, then send it again.",
        )),
    }
}

/// Is this order our document?
fn is_of(document: &Document, order: &Value) -> bool {
    let name = receipt_name(document);
    let lines = order["fee_lines"].as_array();
    meta(order, ID) == Some(document.external_id.as_str())
        || lines
            .into_iter()
            .flatten()
            .any(|line| line["name"].as_str().map(rest::plain) == Some(name.clone()))
}

/// What an order that is there means; `first` where it was there before anything was done this time.
fn there(document: &Document, order: &Value, first: bool) -> Result<Outcome, Outcome> {
    let (Some(id), Some(status)) = (rest::id(order), order["status"].as_str()) else {
        return Err(misunderstood("an order has a number and a status"));
    };
    let called = order["number"].as_str().map_or_else(|| id.to_string(), str::to_owned);
    if matches!(status, "cancelled" | "failed") {
        return Err(Outcome::wedged(
            format!("Somebody cancelled order #{called} in WooCommerce, or it failed there."),
            "Move it to the bin there and send it again, or set it aside here.",
        ));
    }
    if let Some(wedged) = differs(document, order, &called) {
        return Err(wedged);
    }
    match status {
        "completed" | "refunded" => {
            Ok(Outcome::Done(Done::Delivered { remote_id: id.to_string(), was_there: first }))
        }
        "pending" | "processing" | "on-hold" => {
            let body = json!({"status": "completed", "set_paid": true});
            Ok(Outcome::next(&Stand::Completing, rest::send(Method::Put, &format!("orders/{id}"), &body)))
        }
        other => Err(misunderstood(&format!("an order has a status that is known, not “{other}”"))),
    }
}

/// Does WooCommerce count otherwise than we do?
fn differs(document: &Document, order: &Value, called: &str) -> Option<Outcome> {
    let amount = |name: &str| rest::minor(&order[name], document.currency);
    let Ok(tax) = document.total.minus(document.net) else { return Some(misunderstood("amounts fit")) };
    let (total, total_tax) = (amount("total"), amount("total_tax"));
    let same_currency = order["currency"].as_str() == Some(document.currency.code());
    if same_currency && total == Some(document.total) && total_tax == Some(tax) {
        return None;
    }
    let say =
        |amount: Option<Minor>| amount.map_or("?".to_owned(), |amount| amount.to_decimal(document.currency));
    let (state, remedy) = match order["status"].as_str() {
        Some("completed" | "refunded") => (
            "It is completed there.",
            "Somebody changed it there: set that right there, then send this again, or set it aside here.",
        ),
        _ => (
            "It was not completed.",
            "Look at the order there: somebody may have changed it, or an extension counts otherwise. Move it to the bin, then send this again.",
        ),
    };
    Some(Outcome::wedged(
        format!(
            "WooCommerce counts {} with {} of tax in order #{called}, the receipt says {} with {}. {state}",
            say(total),
            say(total_tax),
            document.total.to_decimal(document.currency),
            tax.to_decimal(document.currency),
        ),
        remedy,
    ))
}

fn next_goods(document: &Document, facts: Facts, searches: Vec<Search>) -> Result<Outcome, Outcome> {
    if let Some(request) = searches.last().map(Search::ask) {
        return Ok(Outcome::next(&Stand::Goods { facts, searches }, request));
    }
    let missing = document
        .lines
        .iter()
        .find(|line| GoodId::parse(&line.product).is_none_or(|id| !facts.goods.contains_key(&id.text())));
    if let Some(line) = missing {
        return Err(Outcome::wedged(
            format!("WooCommerce does not have “{}” any more.", line.name),
            "Match it with another product there, then send this again.",
        ));
    }
    let order = words::order(document, &facts)?;
    Ok(Outcome::next(&Stand::Creating, rest::send(Method::Post, "orders", &order)))
}

fn created(document: &Document, order: &Value) -> Result<Outcome, Outcome> {
    if meta(order, ID) != Some(document.external_id.as_str()) {
        return Err(misunderstood("a new order is the one that was sent"));
    }
    there(document, order, false)
}

fn completed(document: &Document, order: &Value) -> Result<Outcome, Outcome> {
    match order["status"].as_str() {
        Some("completed") => there(document, order, false),
        Some(other) => Err(Outcome::wedged(
            format!("WooCommerce was told to complete the order and has it as “{other}”."),
            "An extension may set it so: look at the order there, then send this again.",
        )),
        None => Err(misunderstood("an order has a status")),
    }
}
