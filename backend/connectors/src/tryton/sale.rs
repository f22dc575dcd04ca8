//! Sale: our sale as a sale of one of Tryton's points.
//! It is looked up by its number before anything else, and what is there says what is next: create, process, post, nothing. So a
//! command that was begun again, whenever it broke off, ends with one document. Nothing in Tryton makes the number unique; ours
//! holds the receipt's number and a part of the sale's id.
//! Invariant: it is posted only where Tryton's own total and tax are ours to the penny.

use super::rpc;
use crate::command::{Document, DocumentLine};
use crate::mapping::{Part, end_of_id, parts};
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::reconciliation::Theirs;
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::calendar::Day;
use shared::money::{Currency, Minor, MoneyError, Rounding, UnitPrice};

const MODEL: &str = "model.sale.point.sale";
/// Sales a page holds.
const PAGE: u32 = 500;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked whether it is there; `first` before anything was done this time.
    Looking { first: bool },
    /// Asked to create it.
    Creating,
    /// Asked to process it.
    Processing { id: i64 },
    /// Asked to post it.
    Posting { id: i64 },
}

pub(super) fn deliver(setup: &Setup, document: &Document, came: Option<Came<'_>>) -> Outcome {
    let Some(came) = came else { return look(setup, document, true) };
    let answer = match rpc::result(came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    match came.progress.read() {
        Some(Stand::Looking { first }) => seen(setup, document, first, &answer),
        Some(Stand::Creating) if answer.get(0).and_then(Value::as_i64).is_some() => {
            look(setup, document, false)
        }
        Some(Stand::Creating) => misunderstood("a new sale has a number"),
        Some(Stand::Processing { id }) => {
            let post = rpc::call(setup, &format!("{MODEL}.post"), json!([[id], rpc::context(setup)]));
            Outcome::next(&Stand::Posting { id }, post)
        }
        Some(Stand::Posting { .. }) => look(setup, document, false),
        // Forgotten where it stood: from the beginning.
        None => look(setup, document, true),
    }
}

fn look(setup: &Setup, document: &Document, first: bool) -> Outcome {
    let domain = json!([["number", "=", number(document)], ["point", "=", point(document)]]);
    let fields = ["number", "state", "total", "total_tax"];
    Outcome::next(&Stand::Looking { first }, rpc::read(setup, "sale.point.sale", domain, (0, 2), &fields))
}

/// What is there says what is next.
fn seen(setup: &Setup, document: &Document, first: bool, answer: &Value) -> Outcome {
    let Some(found) = answer.as_array() else { return misunderstood("a list of sales was asked for") };
    let sale = match found.as_slice() {
        [] if first => return create(setup, document),
        [] => return misunderstood("the sale was created and is not there"),
        [sale] => sale,
        _ => {
            return Outcome::wedged(
                format!("Tryton has the sale {} more than once.", number(document)),
                "Cancel all but one of them there, then send it again.",
            );
        }
    };
    let (Some(id), Some(state)) = (sale["id"].as_i64(), sale["state"].as_str()) else {
        return misunderstood("a sale has a number and a state");
    };
    if state == "cancelled" {
        return Outcome::wedged(
            "Somebody cancelled this sale in Tryton.",
            "Open it there again, or set it aside here.",
        );
    }
    if let Some(wedged) = differs(document, sale) {
        return wedged;
    }
    let act = |action: &str, stand: Stand| {
        let request = rpc::call(setup, &format!("{MODEL}.{action}"), json!([[id], rpc::context(setup)]));
        Outcome::next(&stand, request)
    };
    match state {
        "open" => act("process", Stand::Processing { id }),
        "done" => act("post", Stand::Posting { id }),
        "posted" => Outcome::Done(Done::Delivered { remote_id: id.to_string(), was_there: first }),
        _ => misunderstood("a sale is open, done, posted or cancelled"),
    }
}

/// Does Tryton count otherwise than we do?
fn differs(document: &Document, sale: &Value) -> Option<Outcome> {
    let amount = |name: &str| {
        let text = rpc::decimal_text(&sale[name])?;
        // `12.3400`: what is behind the currency's digits must be nothing.
        UnitPrice::parse(text).ok()
    };
    let ours = |amount: Minor| UnitPrice::from_minor(amount, document.currency).ok();
    let tax = document.total.minus(document.net).ok()?;
    let (total, total_tax) = (amount("total"), amount("total_tax"));
    if total.is_some() && total == ours(document.total) && total_tax == ours(tax) {
        return None;
    }
    let say = |amount: Option<UnitPrice>| {
        amount.map_or("?".to_owned(), |amount| amount.to_decimal(document.currency))
    };
    Some(Outcome::wedged(
        format!(
            "Tryton counts {} with {} of tax, the receipt says {} with {}. It was not posted.",
            say(total),
            say(total_tax),
            document.total.to_decimal(document.currency),
            tax.to_decimal(document.currency),
        ),
        "Look whether the company’s currency and the digits of unit prices (4) are right there, then send it again.",
    ))
}

fn number(document: &Document) -> String {
    number_of(&document.number, &document.external_id)
}

/// The receipt's number and a part of the sale's id.
pub(super) fn number_of(receipt_number: &str, external_id: &str) -> String {
    format!("{receipt_number}/{}", end_of_id(external_id))
}

/// A page of the sales of a point's day, by id; those that were cancelled are none.
pub(super) fn documents(
    setup: &Setup,
    (store, day, currency): (&str, Day, Currency),
    after: Option<&str>,
    came: Option<Came<'_>>,
) -> Outcome {
    let Some(came) = came else {
        let domain = json!([
            ["id", ">", after.map_or(0, id)],
            ["point", "=", id(store)],
            ["date", "=", rpc::date(day)],
            ["state", "!=", "cancelled"],
        ]);
        let fields = ["number", "state", "total", "total_tax"];
        return Outcome::next(&"", rpc::read(setup, "sale.point.sale", domain, (0, PAGE), &fields));
    };
    let answer = match rpc::result(came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    let Some(rows) = answer.as_array() else { return misunderstood("a list of sales was asked for") };
    let amount = |value: &Value| rpc::minor(value, currency);
    let document = |row: &Value| {
        let state = row["state"].as_str()?;
        Some(Theirs {
            number: row["number"].as_str().unwrap_or_default().to_owned(),
            posted: state == "posted",
            total: amount(&row["total"]),
            tax: amount(&row["total_tax"]),
        })
    };
    let Some(documents) = rows.iter().map(document).collect::<Option<Vec<_>>>() else {
        return misunderstood("a sale has a state");
    };
    let is_full = u32::try_from(rows.len()).unwrap_or(u32::MAX) >= PAGE;
    let last = rows.last().and_then(|row| row["id"].as_i64()).filter(|_| is_full);
    Outcome::Done(Done::Documents { documents, next: last.map(|id| id.to_string()) })
}

fn point(document: &Document) -> i64 {
    id(&document.store)
}

/// Tryton's ids are numbers; one that is none finds nothing.
fn id(text: &str) -> i64 {
    text.parse().unwrap_or(-1)
}

fn create(setup: &Setup, document: &Document) -> Outcome {
    let said = |line: &DocumentLine| {
        let parts = parts(line, document.currency, Rounding::HalfEven)?;
        Ok(parts.into_iter().map(|part| say(id(&line.product), part)).collect::<Vec<_>>())
    };
    let Ok(lines) = document.lines.iter().map(said).collect::<Result<Vec<_>, MoneyError>>() else {
        return Outcome::wedged("An amount of it is too large for Tryton.", "Enter it there by hand.");
    };
    let lines: Vec<Value> = lines.into_iter().flatten().collect();
    let payments: Vec<Value> = document
        .tenders
        .iter()
        .map(|tender| {
            let amount = rpc::decimal(&tender.amount.to_decimal(document.currency));
            json!({"method": id(&tender.method), "amount": amount})
        })
        .collect();
    let sale = json!({
        "company": rpc::company(setup),
        "point": point(document),
        "number": number(document),
        "date": rpc::date(document.time.day()),
        "lines": [["create", lines]],
        "payments": [["create", payments]],
    });
    Outcome::next(
        &Stand::Creating,
        rpc::call(setup, &format!("{MODEL}.create"), json!([[sale], rpc::context(setup)])),
    )
}

/// A part of a line as Tryton is told: it multiplies, so the price of one must give the amount.
fn say(product: i64, part: Part) -> Value {
    // A JSON number, written as a decimal: nothing is computed with it here.
    let quantity: Value = serde_json::from_str(&part.quantity.to_decimal()).unwrap_or(Value::Null);
    let price = |price: UnitPrice| rpc::decimal(&price.to_decimal(Currency::NONE));
    json!({
        "product": product,
        "quantity": quantity,
        "unit_list_price": price(part.net),
        "unit_gross_price": price(part.gross),
    })
}
