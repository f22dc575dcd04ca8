//! Words: our document as the body of an order.
//! Everything that is sold or given back is a line of a product, also below nothing, since a fee below nothing is a discount to
//! WooCommerce: it is capped at what is sold and shares its tax. Fees are for what has no product: the receipt's name, and the pennies that
//! tax left over (`tax`).

use super::facts::{Facts, Good};
use super::goods::GoodId;
use super::tax::{self, Line};
use crate::command::{Document, DocumentLine};
use crate::mapping::end_of_id;
use crate::outcome::Outcome;
use serde_json::{Map, Value, json};
use shared::money::{Minor, MoneyError, Rate};
use std::collections::BTreeMap;

/// Meta data: the sale's id.
pub(super) const ID: &str = "tillbridge_id";
/// Meta data: its number.
pub(super) const NUMBER: &str = "tillbridge_number";
/// Meta data: its day on the shop's calendar.
pub(super) const DAY: &str = "tillbridge_day";
/// Meta data: how it was paid, by each way.
const PAID: &str = "tillbridge_paid";
/// The class of a line that is not taxed, whatever its product.
const UNTAXED: &str = "0";

/// The receipt's number and a part of the sale's id.
pub(super) fn number_of(receipt_number: &str, external_id: &str) -> String {
    format!("{receipt_number}/{}", end_of_id(external_id))
}

pub(super) fn number(document: &Document) -> String {
    number_of(&document.number, &document.external_id)
}

/// The word of the number that it is looked up by: letters and digits alone, since a site may search by words.
pub(super) fn token(document: &Document) -> &str {
    end_of_id(&document.external_id)
}

/// The word a day is looked up by.
pub(super) fn day_token(day: shared::calendar::Day) -> String {
    day.to_string().replace('-', "")
}

/// What the line is called that an order is found by.
pub(super) fn receipt_name(document: &Document) -> String {
    format!("Till receipt {} ({})", number(document), day_token(document.time.day()))
}

/// The order.
///
/// # Errors
/// Why it cannot be said so that it comes out to the penny.
pub(super) fn order(document: &Document, facts: &Facts) -> Result<Value, Outcome> {
    let classes = tax::classes(&facts.rates);
    let mut lines = Vec::new();
    let mut classed = Vec::new();
    for line in &document.lines {
        let good = facts.goods.get(&line.product).cloned().unwrap_or_default();
        let (other, class, rates) = class_of(line, &good, facts, &classes)?;
        let tax = line.gross.minus(line.net).map_err(|_| too_large())?;
        lines.push(Line { net: line.net.0, tax: tax.0, class, rates });
        classed.push(other);
    }
    let rest = amounts(document, facts, &mut lines)?;
    let money = |amount: i64| Minor(amount).to_decimal(document.currency);
    let items: Vec<Value> = document
        .lines
        .iter()
        .zip(&lines)
        .zip(classed)
        .map(|((line, said), class)| item(line, &money(said.net), class))
        .collect();
    let mut fees = vec![json!({"name": receipt_name(document), "total": "0", "tax_status": "none"})];
    fees.extend(
        rest.into_iter()
            .map(|amount| json!({"name": "Rounding of tax", "total": money(amount), "tax_status": "none"})),
    );
    let mut order = json!({
        "status": "pending",
        "currency": document.currency.code(),
        "line_items": items,
        "fee_lines": fees,
        "meta_data": [
            {"key": ID, "value": document.external_id},
            {"key": NUMBER, "value": number(document)},
            {"key": DAY, "value": document.time.day().to_string()},
            {"key": PAID, "value": paid(document)},
        ],
    });
    // One way to pay is all it has room for: the one that took most.
    if let Some(most) = document.tenders.iter().max_by_key(|one| one.amount.0.unsigned_abs()) {
        order["payment_method"] = json!(most.method);
        if document.tenders.len() > 1 {
            order["payment_method_title"] = json!(format!("Split: {}", paid(document)));
        }
    }
    Ok(order)
}

/// `cod 10.00, cheque 15.10`.
fn paid(document: &Document) -> String {
    let one = |tender: &crate::command::DocumentTender| {
        format!("{} {}", tender.method, tender.amount.to_decimal(document.currency))
    };
    document.tenders.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The tax class that has a line's rates: another than the product's where need be, its name, its rates.
fn class_of(
    line: &DocumentLine,
    good: &Good,
    facts: &Facts,
    classes: &BTreeMap<String, Vec<Rate>>,
) -> Result<(Option<String>, String, Vec<Rate>), Outcome> {
    let ours = rates(line.taxes.iter().map(|tax| tax.rate));
    let taxed = line.net != line.gross;
    if !facts.counting.on || !good.taxed {
        let (reason, remedy) = match facts.counting.on {
            true => (
                format!("“{}” is not taxed in WooCommerce, and is on the receipt.", line.name),
                "Set the product’s tax status to “Taxable” there, then send this again.",
            ),
            false => (
                "Taxes are switched off in WooCommerce, and the receipt has some.".to_owned(),
                "Switch them on there (Settings › General › Enable taxes), then send this again.",
            ),
        };
        return if taxed {
            Err(Outcome::wedged(reason, remedy))
        } else {
            Ok((None, String::new(), Vec::new()))
        };
    }
    let theirs = |class: &str| classes.get(class).map(|all| rates(all.iter().copied()));
    let without_any = !facts.rates.iter().any(|row| row.is_of(&good.class));
    if theirs(&good.class).or(without_any.then(Vec::new)).as_ref() == Some(&ours) {
        return Ok((None, good.class.clone(), ours));
    }
    if let Some(class) = classes.keys().find(|class| theirs(class).as_ref() == Some(&ours)) {
        // Their word for the standard class in lists is not taken where one is set: there it is empty.
        let word = if class == "standard" { String::new() } else { class.clone() };
        return Ok((Some(word), class.clone(), ours));
    }
    if ours.is_empty() && !taxed {
        return Ok((Some(UNTAXED.to_owned()), UNTAXED.to_owned(), ours));
    }
    let percents =
        ours.iter().map(|rate| format!("{} %", rate.to_percent())).collect::<Vec<_>>().join(" and ");
    Err(Outcome::wedged(
        format!(
            "No tax class of WooCommerce has {percents} at the shop’s own address ({}), as “{}” on the receipt does.",
            facts.base.country, line.name
        ),
        "Add the rate to a tax class there (Settings › Tax), then send this again.",
    ))
}

/// Rates that come to something, in one order.
fn rates(all: impl Iterator<Item = Rate>) -> Vec<Rate> {
    let mut all: Vec<Rate> = all.filter(|rate| !rate.is_zero()).collect();
    all.sort();
    all
}

/// Sets the amounts of the lines, and says what is left over.
fn amounts(document: &Document, facts: &Facts, lines: &mut [Line]) -> Result<Vec<i64>, Outcome> {
    let tax = document.total.minus(document.net).map_err(|_| too_large())?;
    if !facts.counting.in_the_sum {
        let Some(left) = facts.counting.fit(lines) else {
            return Err(Outcome::wedged(
                "WooCommerce cannot come to the tax of this receipt with its rates.",
                "Look whether the rates there and here are the same; else enter it there by hand and set it aside here.",
            ));
        };
        return Ok(tax::rest(left, lines));
    }
    match facts.counting.tax_in_the_sum(lines) {
        Some(theirs) if theirs == tax.0 => Ok(Vec::new()),
        theirs => Err(Outcome::wedged(
            format!(
                "WooCommerce would count {} of tax, the receipt says {}: it rounds tax at subtotal level.",
                theirs.map_or("?".to_owned(), |theirs| Minor(theirs).to_decimal(document.currency)),
                tax.to_decimal(document.currency)
            ),
            "Take the tick from “Round tax at subtotal level” there (Settings › Tax), then send this again.",
        )),
    }
}

/// A line. Their quantities are whole: of what is weighed one is sold, and how much stands beside it.
fn item(line: &DocumentLine, amount: &str, class: Option<String>) -> Value {
    let mut item = Map::new();
    if let Some(id) = GoodId::parse(&line.product) {
        item.insert("product_id".to_owned(), json!(id.product));
        if let Some(variation) = id.variation {
            item.insert("variation_id".to_owned(), json!(variation));
        }
    }
    let whole = line.quantity.0 / 1_000;
    let is_whole = line.quantity.0 % 1_000 == 0 && whole != 0;
    let quantity = match (is_whole, line.quantity.is_negative()) {
        (true, _) => whole,
        (false, true) => -1,
        (false, false) => 1,
    };
    item.insert("quantity".to_owned(), json!(quantity));
    item.insert("subtotal".to_owned(), json!(amount));
    item.insert("total".to_owned(), json!(amount));
    if let Some(class) = class {
        item.insert("tax_class".to_owned(), json!(class));
    }
    if !is_whole {
        item.insert(
            "meta_data".to_owned(),
            json!([{"key": "Quantity", "value": line.quantity.to_decimal()}]),
        );
    }
    Value::Object(item)
}

fn too_large() -> Outcome {
    Outcome::wedged(MoneyError::Overflow.to_string(), "Enter it there by hand, then set it aside here.")
}
