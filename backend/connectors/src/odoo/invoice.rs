//! Invoice: our sale as a customer invoice of Odoo's, or as a credit note where money goes back on the whole.
//! It is looked up by its reference before anything else, and what is there says what is next: create, mend, post, pay, nothing. So a
//! command that was begun again, whenever it broke off, ends with one invoice, paid once. Nothing in Odoo makes a customer's
//! reference unique; ours holds the receipt's number and a part of the sale's id.
//! Invariant: it is posted only where Odoo's own amounts are ours to the penny, and paid only when it is posted.

use super::lines::{self, Known};
use super::payment::{self, Paid, Seen};
use super::records;
use super::rpc::{self, On};
use super::tax::{self, TaxLine, Totals};
use super::values::{id, minor, other, text};
use crate::command::Document;
use crate::mapping::end_of_id;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::reconciliation::Theirs;
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::calendar::Day;
use shared::money::{Currency, Minor};

/// Invoices a page holds.
const PAGE: usize = 200;
/// Invoices of one number that are read: two are one too many.
const MOST: usize = 10;

/// What was done this time.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Way {
    /// Something was.
    begun: bool,
    /// The draft was mended.
    mended: bool,
    /// It was asked to be posted.
    posted: bool,
}

/// An invoice as it was found.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct There {
    id: i64,
    currency: i64,
    is_refund: bool,
    totals: Totals,
}

/// Where a delivery stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked whether it is there.
    Looking(Way),
    /// Asked for its products.
    Products,
    /// Asked for their taxes.
    Taxes(Known),
    /// Asked to create it.
    Creating,
    /// Asked for the draft's lines of tax.
    TaxLines(There, Way),
    /// Asked for the rates of these.
    Rates(There, Way, Vec<TaxLine>),
    /// Asked to set pennies right; what is to be written after that.
    Mending(There, Way, Vec<Value>),
    /// Asked to post it.
    Posting(Way),
    /// Asked how it is paid.
    Payments(Paid),
    /// Asked for the window that registers the first of these payments.
    Window(Paid, Vec<usize>),
    /// Pressed its button; these are left.
    Paying(Paid, Vec<usize>),
}

pub(super) fn deliver(setup: &Setup, document: &Document, came: Option<Came<'_>>) -> Outcome {
    if let Some(wedged) = payment::two_ways(document) {
        return wedged;
    }
    let Some(came) = came else { return look(setup, document, Way::default()) };
    let Some(stand) = came.progress.read::<Stand>() else { return look(setup, document, Way::default()) };
    let answer = match rpc::result(setup, came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    match stand {
        Stand::Looking(way) => found(setup, document, way, &answer),
        Stand::Products => products(setup, document, &answer),
        Stand::Taxes(known) => taxes(setup, document, known, &answer),
        Stand::Creating if first_id(&answer).is_some() => {
            look(setup, document, Way { begun: true, ..Way::default() })
        }
        Stand::Creating => misunderstood("a new invoice has a number"),
        Stand::TaxLines(there, way) => tax_lines(setup, document, there, way, &answer),
        Stand::Rates(there, way, lines) => mend(setup, document, there, way, (&lines, &answer)),
        Stand::Mending(there, way, left) if answer == true => write(setup, document, there, way, &left),
        Stand::Mending(..) => misunderstood("writing answers with true"),
        // It answers with nothing, or with a window to show: what is there says more.
        Stand::Posting(way) => look(setup, document, Way { posted: true, ..way }),
        Stand::Payments(paid) => payments(setup, document, paid, &answer),
        Stand::Window(paid, missing) => match first_id(&answer) {
            Some(window) => {
                let left = missing.into_iter().skip(1).collect();
                Outcome::next(&Stand::Paying(paid, left), payment::press(setup, window))
            }
            None => misunderstood("a window for a payment has a number"),
        },
        Stand::Paying(paid, left) => {
            pay(setup, document, Paid { made: paid.made.saturating_add(1), ..paid }, left)
        }
    }
}

/// `create` answers with the numbers of what it made.
fn first_id(answer: &Value) -> Option<i64> {
    answer.get(0).and_then(Value::as_i64)
}

fn look(setup: &Setup, document: &Document, way: Way) -> Outcome {
    let domain = json!([["ref", "=", number(document)], of_customers()]);
    let fields = [
        "state",
        "move_type",
        "currency_id",
        "amount_untaxed",
        "amount_tax",
        "amount_total",
        "payment_state",
    ];
    Outcome::next(&Stand::Looking(way), rpc::read(setup, "account.move", &domain, MOST, &fields))
}

fn of_customers() -> Value {
    json!(["move_type", "in", ["out_invoice", "out_refund"]])
}

/// What is there says what is next.
fn found(setup: &Setup, document: &Document, way: Way, answer: &Value) -> Outcome {
    let Some(rows) = answer.as_array() else { return misunderstood("a list of invoices was asked for") };
    let alive: Vec<&Value> = rows.iter().filter(|row| row["state"] != "cancel").collect();
    let row = match alive.as_slice() {
        [] if !rows.is_empty() => {
            return Outcome::wedged(
                "Somebody cancelled the invoice of this sale in Odoo.",
                "Set it to draft there again, or set this aside here.",
            );
        }
        [] if way.begun => return misunderstood("the invoice was created and is not there"),
        [] => return ask_products(setup, document),
        [row] => row,
        _ => {
            return Outcome::wedged(
                format!("Odoo has invoices with the reference {} more than once.", number(document)),
                "Cancel all but one of them there, then send it again.",
            );
        }
    };
    let (Some(id), Some((currency, code)), Some(totals)) =
        (row["id"].as_i64(), other(&row["currency_id"]), Totals::theirs(row, document.currency))
    else {
        return misunderstood("an invoice has a number, a currency and whole amounts");
    };
    if code != document.currency.code() {
        return Outcome::wedged(
            format!(
                "The sales journal in Odoo books in {code}, the receipt is in {}.",
                document.currency.code()
            ),
            "Match the store with a journal of its currency, delete the draft there, then send this again.",
        );
    }
    let there = There { id, currency, is_refund: row["move_type"] == "out_refund", totals };
    let is_ours = Totals::ours(document, there.is_refund) == Ok(totals);
    match row["state"].as_str() {
        Some("draft") => draft(setup, document, there, way, is_ours),
        Some("posted") if is_ours => {
            let untouched = ["not_paid", "blocked"].iter().any(|state| row["payment_state"] == *state);
            // A sale of nothing is paid by nobody.
            let touched = !untouched && !document.total.is_zero();
            let paid = Paid { id, currency, first: !way.begun && !way.posted, made: 0, touched };
            Outcome::next(&Stand::Payments(paid), payment::look(setup, document))
        }
        Some("posted") => tax::differs(document, totals, there.is_refund, true),
        _ => misunderstood("an invoice is a draft, posted or cancelled"),
    }
}

fn draft(setup: &Setup, document: &Document, there: There, way: Way, is_ours: bool) -> Outcome {
    if is_ours && way.posted {
        return Outcome::wedged(
            "Odoo left the invoice of this sale as a draft.",
            "Confirm it there and see what it asks, then send this again.",
        );
    }
    if is_ours {
        let post = rpc::call(setup, ("account.move", "action_post"), On::These(&[there.id]), json!({}));
        return Outcome::next(&Stand::Posting(way), post);
    }
    if way.mended || way.posted {
        return tax::differs(document, there.totals, there.is_refund, false);
    }
    let domain = json!([["move_id", "=", there.id], ["display_type", "=", "tax"]]);
    let fields = ["tax_line_id", "amount_currency"];
    let ask = rpc::read(setup, "account.move.line", &domain, records::PAGE, &fields);
    Outcome::next(&Stand::TaxLines(there, way), ask)
}

fn tax_lines(setup: &Setup, document: &Document, there: There, way: Way, answer: &Value) -> Outcome {
    let lines = answer.as_array().and_then(|rows| tax::lines(rows, document.currency, there.is_refund));
    let Some(lines) = lines else { return misunderstood("lines of tax were asked for") };
    let mut ids: Vec<i64> = lines.iter().map(|line| line.tax).collect();
    ids.sort_unstable();
    ids.dedup();
    Outcome::next(&Stand::Rates(there, way, lines), ask_taxes(setup, &ids))
}

fn ask_taxes(setup: &Setup, ids: &[i64]) -> crate::Request {
    let domain = json!([["id", "in", ids], records::in_use_or_not()]);
    let fields = ["amount", "amount_type", "price_include"];
    rpc::read(setup, "account.tax", &domain, ids.len().max(1), &fields)
}

fn mend(
    setup: &Setup,
    document: &Document,
    there: There,
    way: Way,
    (lines, answer): (&[TaxLine], &Value),
) -> Outcome {
    let Some(rows) = answer.as_array() else { return misunderstood("a list of taxes was asked for") };
    match tax::mending(document, there.totals, (lines, &tax::rates(rows)), there.is_refund) {
        Some(writes) => write(setup, document, there, way, &writes),
        None => tax::differs(document, there.totals, there.is_refund, false),
    }
}

/// The next of what is to be written; after the last it is looked at again.
fn write(setup: &Setup, document: &Document, there: There, way: Way, writes: &[Value]) -> Outcome {
    let Some((values, left)) = writes.split_first() else {
        return look(setup, document, Way { mended: true, ..way });
    };
    let way = Way { begun: true, ..way };
    let params = json!({"vals": values});
    let request = rpc::call(setup, ("account.move", "write"), On::These(&[there.id]), params);
    Outcome::next(&Stand::Mending(there, way, left.to_vec()), request)
}

fn ask_products(setup: &Setup, document: &Document) -> Outcome {
    let mut ids: Vec<i64> = document.lines.iter().map(|line| id(&line.product)).collect();
    ids.sort_unstable();
    ids.dedup();
    let domain = json!([["id", "in", ids], records::in_use_or_not()]);
    let ask = rpc::read(setup, "product.product", &domain, ids.len().max(1), &["taxes_id"]);
    Outcome::next(&Stand::Products, ask)
}

fn products(setup: &Setup, document: &Document, answer: &Value) -> Outcome {
    let Some(known) = answer.as_array().and_then(|rows| Known::of_products(rows)) else {
        return misunderstood("a list of products was asked for");
    };
    if let Some(wedged) = lines::missing(document, &known) {
        return wedged;
    }
    let ids = known.tax_ids();
    match ids.as_slice() {
        [] => create(setup, document, &known),
        ids => {
            let ask = ask_taxes(setup, ids);
            Outcome::next(&Stand::Taxes(known), ask)
        }
    }
}

fn taxes(setup: &Setup, document: &Document, mut known: Known, answer: &Value) -> Outcome {
    let Some(rows) = answer.as_array() else { return misunderstood("a list of taxes was asked for") };
    let Some(taxes) = rows.iter().map(lines::tax).collect::<Option<_>>() else {
        return misunderstood("a tax is in the price or not");
    };
    known.taxes = taxes;
    create(setup, document, &known)
}

fn create(setup: &Setup, document: &Document, known: &Known) -> Outcome {
    let is_refund = document.total.is_negative();
    let lines = match lines::told(document, known, is_refund) {
        Ok(lines) => lines,
        Err(outcome) => return outcome,
    };
    let day = document.time.day().to_string();
    let invoice = json!({
        "move_type": if is_refund { "out_refund" } else { "out_invoice" },
        "journal_id": id(&document.store),
        "partner_id": id(setup.text("partner")),
        "ref": number(document),
        "invoice_date": day,
        "invoice_date_due": day,
        "invoice_payment_term_id": false,
        "invoice_line_ids": lines,
    });
    let params = json!({"vals_list": [invoice]});
    Outcome::next(&Stand::Creating, rpc::call(setup, ("account.move", "create"), On::Model, params))
}

fn payments(setup: &Setup, document: &Document, paid: Paid, answer: &Value) -> Outcome {
    match payment::seen(document, paid, answer) {
        Seen::Ended(outcome) => outcome,
        Seen::Missing(missing) => pay(setup, document, paid, missing),
    }
}

/// The next of the payments that are missing; after the last it is looked whether all are there.
fn pay(setup: &Setup, document: &Document, paid: Paid, missing: Vec<usize>) -> Outcome {
    match missing.first().and_then(|at| document.tenders.get(*at)) {
        Some(tender) => {
            let window = payment::window(setup, document, tender, paid);
            Outcome::next(&Stand::Window(paid, missing), window)
        }
        None => Outcome::next(&Stand::Payments(paid), payment::look(setup, document)),
    }
}

/// The reference of an invoice and the memo of its payments.
pub(super) fn number(document: &Document) -> String {
    number_of(&document.number, &document.external_id)
}

/// The receipt's number and a part of the sale's id.
pub(super) fn number_of(receipt_number: &str, external_id: &str) -> String {
    format!("{receipt_number}/{}", end_of_id(external_id))
}

/// A page of the invoices of a journal's day, by id; those that were cancelled are none. The date of an invoice is a day without a time:
/// the shop's own.
pub(super) fn documents(
    setup: &Setup,
    (store, day, currency): (&str, Day, Currency),
    after: Option<&str>,
    came: Option<Came<'_>>,
) -> Outcome {
    let Some(came) = came else {
        let domain = json!([
            ["id", ">", after.map_or(0, id)],
            ["journal_id", "=", id(store)],
            ["invoice_date", "=", day.to_string()],
            of_customers(),
            ["state", "!=", "cancel"],
        ]);
        let fields = ["ref", "name", "state", "move_type", "currency_id", "amount_total", "amount_tax"];
        return Outcome::next(&"", rpc::read(setup, "account.move", &domain, PAGE, &fields));
    };
    let answer = match rpc::result(setup, came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    let Some(rows) = answer.as_array() else { return misunderstood("a list of invoices was asked for") };
    let Some(documents) = rows.iter().map(|row| theirs(row, currency)).collect::<Option<Vec<_>>>() else {
        return misunderstood("an invoice has a state and a kind");
    };
    let last = rows.last().and_then(|row| row["id"].as_i64()).filter(|_| rows.len() >= PAGE);
    Outcome::Done(Done::Documents { documents, next: last.map(|id| id.to_string()) })
}

fn theirs(row: &Value, currency: Currency) -> Option<Theirs> {
    let is_refund = row["move_type"].as_str()? == "out_refund";
    // In another currency it is no amount of this one.
    let is_same = other(&row["currency_id"]).is_some_and(|(_, code)| code == currency.code());
    let amount = |name: &str| {
        let amount = minor(&row[name], currency).filter(|_| is_same)?;
        Some(if is_refund { Minor(amount.0.checked_neg()?) } else { amount })
    };
    Some(Theirs {
        number: text(&row["ref"]).or(text(&row["name"])).unwrap_or_default().to_owned(),
        posted: row["state"].as_str()? == "posted",
        total: amount("amount_total"),
        tax: amount("amount_tax"),
    })
}
