//! Payment: how an invoice was paid, as Odoo's own “Register Payment” does it: one payment for each way to pay, on its journal,
//! confirmed and matched with the invoice in one go. Each carries the sale's number as its memo and is looked for first.

use super::invoice;
use super::rpc::{self, On};
use super::values::{id, minor, number, other, others};
use crate::command::{Document, DocumentTender};
use crate::exchange::Request;
use crate::misunderstood;
use crate::outcome::{Done, Outcome};
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::money::Minor;

/// The first version that calls a payment's memo so; it was `ref` before.
const MEMO_FROM: u32 = 18;
/// Payments that are read for one sale.
const MOST: usize = 100;

/// The invoice that is paid, and how far that is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Paid {
    /// The invoice.
    pub(super) id: i64,
    /// Its currency.
    pub(super) currency: i64,
    /// Was it there, and posted, before anything was done this time?
    pub(super) first: bool,
    /// Payments that were made this time.
    pub(super) made: usize,
    /// Does Odoo hold it for paid, or partly, as we found it?
    pub(super) touched: bool,
}

/// Odoo pays one way on an invoice: in on an invoice, out on a credit note.
pub(super) fn two_ways(document: &Document) -> Option<Outcome> {
    let goes_back = document.total.is_negative();
    let other_way = document.tenders.iter().any(|tender| tender.amount.is_negative() != goes_back);
    let nothing = document.total.is_zero() && !document.tenders.is_empty();
    (other_way || nothing).then(|| {
        Outcome::wedged(
            "On this receipt money came in and went back at once, which Odoo’s payments of one invoice cannot say.",
            "Enter it in Odoo by hand, then set it aside here.",
        )
    })
}

fn memo(setup: &Setup) -> &'static str {
    let is_old = rpc::dialect(setup) == rpc::Dialect::JsonRpc && rpc::version(setup) < MEMO_FROM;
    if is_old { "ref" } else { "memo" }
}

/// Which payments are there?
pub(super) fn look(setup: &Setup, document: &Document) -> Request {
    let domain = json!([[memo(setup), "=", invoice::number(document)]]);
    let fields = ["journal_id", "amount", "currency_id", "payment_type", "state", "reconciled_invoice_ids"];
    rpc::read(setup, "account.payment", &domain, MOST, &fields)
}

/// What came of looking.
pub(super) enum Seen {
    /// These of the document's are not there.
    Missing(Vec<usize>),
    /// What the delivery comes to.
    Ended(Outcome),
}

/// Held against how it was paid.
pub(super) fn seen(document: &Document, paid: Paid, answer: &Value) -> Seen {
    let Some(rows) = answer.as_array() else {
        return Seen::Ended(misunderstood("a list of payments was asked for"));
    };
    let journal = |row: &Value| other(&row["journal_id"]).map(|(id, _)| id);
    let of_sale = |row: &&Value| document.tenders.iter().any(|one| journal(row) == Some(id(&one.method)));
    if let Some(stranger) = rows.iter().filter(|row| is_alive(row)).find(|row| !of_sale(row)) {
        return Seen::Ended(stranger_found(stranger));
    }
    let mut missing = Vec::new();
    for (at, tender) in document.tenders.iter().enumerate() {
        let found: Vec<&Value> = rows.iter().filter(|row| journal(row) == Some(id(&tender.method))).collect();
        match is_there(document, tender, paid, &found) {
            Ok(true) => {}
            Ok(false) => missing.push(at),
            Err(outcome) => return Seen::Ended(outcome),
        }
    }
    if !missing.is_empty() && paid.made > 0 {
        return Seen::Ended(misunderstood("a payment was made and is not there"));
    }
    if !missing.is_empty() && paid.touched && !rows.iter().any(is_alive) {
        return Seen::Ended(Outcome::wedged(
            "The invoice of this sale is paid in Odoo already, by a payment that is not ours.",
            "Look at its payments there. If they are right, set this aside here; else cancel them and send this again.",
        ));
    }
    if !missing.is_empty() {
        return Seen::Missing(missing);
    }
    let was_there = paid.first && paid.made == 0;
    Seen::Ended(Outcome::Done(Done::Delivered { remote_id: paid.id.to_string(), was_there }))
}

fn is_alive(row: &Value) -> bool {
    !["cancel", "canceled", "rejected"].iter().any(|gone| row["state"] == *gone)
}

fn stranger_found(row: &Value) -> Outcome {
    let name = other(&row["journal_id"]).map_or("", |(_, name)| name);
    Outcome::wedged(
        format!("Odoo has a payment of this sale in “{name}”, where the receipt has none."),
        "Cancel it there or set this aside here: it is paid already.",
    )
}

/// Is the payment there, as it should be?
fn is_there(
    document: &Document,
    tender: &DocumentTender,
    paid: Paid,
    found: &[&Value],
) -> Result<bool, Outcome> {
    let alive: Vec<&&Value> = found.iter().filter(|row| is_alive(row)).collect();
    let row = match alive.as_slice() {
        [] if found.is_empty() => return Ok(false),
        [] => {
            return Err(Outcome::wedged(
                "Somebody cancelled a payment of this sale in Odoo.",
                "Set it to draft, confirm it there again and match it with its invoice, or set this aside here.",
            ));
        }
        [row] => row,
        _ => {
            return Err(Outcome::wedged(
                "Odoo has a payment of this sale more than once.",
                "Cancel all but one of them there, then send this again.",
            ));
        }
    };
    if row["state"] == "draft" {
        return Err(Outcome::wedged(
            "A payment of this sale stands in Odoo as a draft.",
            "Confirm it there and match it with its invoice, then send this again.",
        ));
    }
    if !["posted", "in_process", "paid"].iter().any(|done| row["state"] == *done) {
        return Err(misunderstood("a payment is a draft, in process, paid or cancelled"));
    }
    let ways = if tender.amount.is_negative() { "outbound" } else { "inbound" };
    let same_currency = other(&row["currency_id"]).is_some_and(|(id, _)| id == paid.currency);
    let amount = minor(&row["amount"], document.currency);
    if !others(&row["reconciled_invoice_ids"]).contains(&paid.id) {
        return Err(Outcome::wedged(
            "A payment of this sale stands in Odoo, but is not matched with its invoice.",
            "Open the invoice there and add the payment under “Outstanding credits”, then send this again.",
        ));
    }
    if row["payment_type"] == ways && same_currency && amount == Some(Minor(tender.amount.0.abs())) {
        return Ok(true);
    }
    Err(Outcome::wedged(
        format!(
            "Odoo has a payment of {} for this sale, the receipt says {}.",
            super::values::decimal(&row["amount"]).unwrap_or_default(),
            tender.amount.to_decimal(document.currency)
        ),
        "Set it right there, then send this again.",
    ))
}

/// Its own window for it, filled in.
pub(super) fn window(setup: &Setup, document: &Document, tender: &DocumentTender, paid: Paid) -> Request {
    let amount = Minor(tender.amount.0.abs()).to_decimal(document.currency);
    let values = json!({
        "journal_id": id(&tender.method),
        "amount": number(&amount),
        "currency_id": paid.currency,
        "payment_date": document.time.day().to_string(),
        "communication": invoice::number(document),
        "payment_difference_handling": "open",
        "group_payment": true,
    });
    let context = json!({"active_model": "account.move", "active_ids": [paid.id]});
    let params = json!({"vals_list": [values], "context": context});
    rpc::call(setup, ("account.payment.register", "create"), On::Model, params)
}

/// Its button.
pub(super) fn press(setup: &Setup, window: i64) -> Request {
    let params = json!({"context": {"dont_redirect_to_payments": true}});
    rpc::call(setup, ("account.payment.register", "action_create_payments"), On::These(&[window]), params)
}
