//! Sale: our sale as a sale of one of Tryton's points.
//! It is looked up by its number before anything else, and what is there says what is next: create, process, post, nothing. So a
//! command that was begun again, whenever it broke off, ends with one document. Nothing in Tryton makes the number unique; ours
//! holds the receipt's number and a part of the sale's id.
//! Invariant: it is posted only where Tryton's own total and tax are ours to the penny.

use super::rpc;
use crate::command::{Document, DocumentLine};
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::reconciliation::Theirs;
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::calendar::Day;
use shared::money::{Currency, Minor, MoneyError, Quantity, Rounding, UnitPrice};

const MODEL: &str = "model.sale.point.sale";
/// Letters of the sale's id in the number.
const OF_THE_ID: usize = 8;
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
    let at = external_id.len().saturating_sub(OF_THE_ID);
    format!("{receipt_number}/{}", external_id.get(at..).unwrap_or(external_id))
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
    let Ok(parts) =
        document.lines.iter().map(|line| parts(line, document.currency)).collect::<Result<Vec<_>, _>>()
    else {
        return Outcome::wedged("An amount of it is too large for Tryton.", "Enter it there by hand.");
    };
    let lines: Vec<Value> = parts.into_iter().flatten().map(|part| part.say()).collect();
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

/// A line as Tryton is told: it multiplies, so the price of one must give the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    product: i64,
    quantity: Quantity,
    list: UnitPrice,
    gross: UnitPrice,
}

impl Part {
    fn say(self) -> Value {
        // A JSON number, written as a decimal: nothing is computed with it here.
        let quantity: Value = serde_json::from_str(&self.quantity.to_decimal()).unwrap_or(Value::Null);
        let price = |price: UnitPrice| rpc::decimal(&price.to_decimal(Currency::NONE));
        json!({
            "product": self.product,
            "quantity": quantity,
            "unit_list_price": price(self.list),
            "unit_gross_price": price(self.gross),
        })
    }
}

/// One part, or two where four decimals of a price for one do not give the amount of so many: all but one, and one for the rest.
fn parts(line: &DocumentLine, currency: Currency) -> Result<Vec<Part>, MoneyError> {
    let product = id(&line.product);
    let (list, gross) =
        (each(line.net, line.quantity, currency)?, each(line.gross, line.quantity, currency)?);
    let gives =
        |price: UnitPrice, quantity: Quantity| price.times(quantity, currency.digits(), Rounding::HalfEven);
    if gives(list, line.quantity)? == line.net && gives(gross, line.quantity)? == line.gross {
        return Ok(vec![Part { product, quantity: line.quantity, list, gross }]);
    }
    let one = Quantity(if line.quantity.is_negative() { -1_000 } else { 1_000 });
    let most = line.quantity.minus(one)?;
    let rest = |whole: Minor, price: UnitPrice| -> Result<UnitPrice, MoneyError> {
        let rest = whole.minus(gives(price, most)?)?;
        let rest = UnitPrice::from_minor(rest, currency)?;
        if one.is_negative() { rest.negated() } else { Ok(rest) }
    };
    let last = Part { product, quantity: one, list: rest(line.net, list)?, gross: rest(line.gross, gross)? };
    Ok(vec![Part { product, quantity: most, list, gross }, last])
}

/// The price of one, to four decimals.
fn each(amount: Minor, quantity: Quantity, currency: Currency) -> Result<UnitPrice, MoneyError> {
    if quantity.is_zero() {
        return Ok(UnitPrice::ZERO);
    }
    let whole = i128::from(UnitPrice::from_minor(amount, currency)?.0) * 1_000;
    let (whole, by) = match quantity.is_negative() {
        true => (-whole, -i128::from(quantity.0)),
        false => (whole, i128::from(quantity.0)),
    };
    Rounding::HalfUp.divide(whole, by).map(UnitPrice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gbp() -> Currency {
        Currency::parse("GBP").unwrap()
    }

    fn line(quantity: i64, net: i64, gross: i64) -> DocumentLine {
        DocumentLine {
            product: "7".to_owned(),
            sku: String::new(),
            name: String::new(),
            quantity: Quantity(quantity),
            unit_price: UnitPrice::ZERO,
            net: Minor(net),
            gross: Minor(gross),
            taxes: Vec::new(),
        }
    }

    #[test]
    fn whatever_a_line_comes_to_tryton_comes_to_it_too() {
        for quantity in [1, 333, 420, 1_000, 2_000, 3_000, 7_000, 99_000, 144_000, 999_000, 12_345_678] {
            for gross in [0, 1, 99, 100, 255, 1_000, 3_333, 99_999, 1_234_567] {
                for sign in [1, -1] {
                    let net = gross * 5 / 6;
                    let line = line(quantity * sign, net * sign, gross * sign);
                    let parts = parts(&line, gbp()).unwrap();
                    let sum = |price: fn(&Part) -> UnitPrice| {
                        let amounts = parts
                            .iter()
                            .map(|part| price(part).times(part.quantity, 2, Rounding::HalfEven).unwrap());
                        Minor::sum(amounts).unwrap()
                    };
                    assert_eq!(sum(|part| part.gross), line.gross, "{line:?} {parts:?}");
                    assert_eq!(sum(|part| part.list), line.net, "{line:?} {parts:?}");
                    assert_eq!(parts.iter().map(|part| part.quantity.0).sum::<i64>(), quantity * sign);
                    assert!(quantity >= 100_000 || parts.len() == 1, "no line without need: {parts:?}");
                }
            }
        }
    }
}
