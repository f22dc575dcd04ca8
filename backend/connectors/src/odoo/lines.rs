//! Lines: our lines as lines of an invoice, with the taxes of Odoo's own products.
//! Odoo multiplies quantity by price, keeps two decimals of a price as delivered (16 to 18), and a product's taxes are in its price or
//! not: so a line is told by gross or net, with prices of whole pennies, in two parts where no such price gives the amount.

use super::values::{exact, id, number, others};
use crate::command::{Document, DocumentLine};
use crate::outcome::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::money::{Currency, Minor, MoneyError, Quantity, Rate, Rounding, UnitPrice};
use std::collections::BTreeMap;

/// How Odoo rounds an amount.
const ROUNDING: Rounding = Rounding::HalfAwayFromZero;

/// A tax of Odoo's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tax {
    /// In the price?
    included: bool,
    /// Percent as parts per million; none where it is no percentage.
    rate: Option<Rate>,
}

/// A tax as it was read.
pub(super) fn tax(row: &Value) -> Option<(i64, Tax)> {
    let is_percent = row["amount_type"] == "percent";
    let rate = is_percent.then(|| exact(&row["amount"]).map(|percent| Rate(percent.0))).flatten();
    Some((row["id"].as_i64()?, Tax { included: row["price_include"].as_bool()?, rate }))
}

/// The products of a document and their taxes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Known {
    /// Taxes of each product.
    pub(super) products: BTreeMap<i64, Vec<i64>>,
    /// What they are.
    pub(super) taxes: BTreeMap<i64, Tax>,
}

impl Known {
    /// What was read of products; none where a row has no number.
    pub(super) fn of_products(rows: &[Value]) -> Option<Self> {
        let product = |row: &Value| Some((row["id"].as_i64()?, others(&row["taxes_id"])));
        Some(Self { products: rows.iter().map(product).collect::<Option<_>>()?, taxes: BTreeMap::new() })
    }

    /// All taxes, each once.
    pub(super) fn tax_ids(&self) -> Vec<i64> {
        let mut ids: Vec<i64> = self.products.values().flatten().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// A product's taxes: those of another company were not told.
    fn of(&self, product: i64) -> Vec<(i64, Tax)> {
        let ids = self.products.get(&product).into_iter().flatten();
        ids.filter_map(|id| Some((*id, *self.taxes.get(id)?))).collect()
    }
}

/// The first product that Odoo does not have.
pub(super) fn missing(document: &Document, known: &Known) -> Option<Outcome> {
    let line = document.lines.iter().find(|line| !known.products.contains_key(&id(&line.product)))?;
    Some(Outcome::wedged(
        format!("Odoo does not have the product that {} is matched with.", called(line)),
        "Match it with another one there, then send this again.",
    ))
}

fn called(line: &DocumentLine) -> String {
    match line.sku.as_str() {
        "" => format!("“{}”", line.name),
        sku => format!("“{sku} {}”", line.name),
    }
}

/// The lines as Odoo is told.
///
/// # Errors
/// Why it cannot be told so.
pub(super) fn told(document: &Document, known: &Known, is_refund: bool) -> Result<Vec<Value>, Outcome> {
    let mut all = Vec::new();
    for line in &document.lines {
        let taxes = charged(line, known)?;
        let is_in_price = taxes.iter().all(|(_, tax)| tax.included);
        let amount = if is_in_price { line.gross } else { line.net };
        let ids: Vec<i64> = taxes.iter().map(|(id, _)| *id).collect();
        let parts = parts(amount, line.quantity, document.currency).map_err(|_| too_large())?;
        for part in parts {
            all.push(say(line, part, &ids, is_refund, document.currency).map_err(|_| too_large())?);
        }
    }
    Ok(all)
}

fn too_large() -> Outcome {
    Outcome::wedged("An amount of it is too large for Odoo.", "Enter it there by hand.")
}

/// The taxes of a line: those of its product, or none where none was charged.
fn charged(line: &DocumentLine, known: &Known) -> Result<Vec<(i64, Tax)>, Outcome> {
    if line.taxes.is_empty() {
        return Ok(Vec::new());
    }
    let taxes = known.of(id(&line.product));
    let mut ours: Vec<i64> = line.taxes.iter().map(|tax| tax.rate.0).filter(|rate| *rate != 0).collect();
    let are_percent = taxes.iter().all(|(_, tax)| tax.rate.is_some());
    let mut theirs: Vec<i64> = taxes.iter().filter_map(|(_, tax)| tax.rate).map(|rate| rate.0).collect();
    theirs.retain(|rate| *rate != 0);
    ours.sort_unstable();
    theirs.sort_unstable();
    if are_percent && ours != theirs {
        return Err(Outcome::wedged(
            format!(
                "Odoo charges {} on {}, the receipt says {}. Nothing was sent.",
                percents(&theirs),
                called(line),
                percents(&ours)
            ),
            "Make the sales taxes of the product in Odoo and the tax category here the same, then send this again.",
        ));
    }
    let included = taxes.iter().filter(|(_, tax)| tax.included).count();
    if included != 0 && included != taxes.len() {
        return Err(Outcome::wedged(
            format!("Of the taxes of {} in Odoo some are in the price and some are not.", called(line)),
            "Set all taxes of the product to “tax included” or all to “tax excluded” there, then send this again.",
        ));
    }
    Ok(taxes)
}

fn percents(rates: &[i64]) -> String {
    match rates {
        [] => "no tax".to_owned(),
        rates => rates
            .iter()
            .map(|rate| format!("{} %", Rate(*rate).to_percent()))
            .collect::<Vec<_>>()
            .join(" and "),
    }
}

/// Quantity and price of one, in minor units.
type Part = (Quantity, Minor);

/// One part, or two where no price of whole minor units gives the amount of so many: all but one, and one for the rest.
fn parts(amount: Minor, quantity: Quantity, currency: Currency) -> Result<Vec<Part>, MoneyError> {
    if quantity.is_zero() {
        return Ok(vec![(quantity, amount)]);
    }
    let sign = if quantity.is_negative() { -1 } else { 1 };
    let exact = i128::from(amount.0) * 1_000 * sign;
    let price = Minor(ROUNDING.divide(exact, i128::from(quantity.0) * sign)?);
    let comes_to = |quantity: Quantity| {
        UnitPrice::from_minor(price, currency)?.times(quantity, currency.digits(), ROUNDING)
    };
    if comes_to(quantity)? == amount {
        return Ok(vec![(quantity, price)]);
    }
    let one = if quantity.is_negative() { Quantity(-1_000) } else { Quantity::ONE };
    let most = quantity.minus(one)?;
    let rest = amount.minus(comes_to(most)?)?;
    let rest = if quantity.is_negative() { rest.negated()? } else { rest };
    Ok(vec![(most, price), (one, rest)])
}

/// A credit note counts what comes back as positive.
fn say(
    line: &DocumentLine,
    (quantity, price): Part,
    taxes: &[i64],
    is_refund: bool,
    currency: Currency,
) -> Result<Value, MoneyError> {
    let quantity = if is_refund { quantity.negated()? } else { quantity };
    Ok(json!([0, 0, {
        "product_id": id(&line.product),
        "name": line.name,
        "quantity": number(&quantity.to_decimal()),
        "price_unit": number(&price.to_decimal(currency)),
        "tax_ids": [[6, 0, taxes]],
    }]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_line_comes_to_its_parts_come_to_it_too() {
        let gbp = Currency::parse("GBP").unwrap();
        for quantity in [1, 333, 420, 999, 1_000, 1_001, 2_000, 3_000, 7_000, 12_345, 144_000, 999_000] {
            for amount in [0, 1, 99, 100, 255, 1_000, 3_333, 99_999, 1_273_725] {
                for sign in [1, -1] {
                    let (quantity, amount) = (Quantity(quantity * sign), Minor(amount * sign));
                    let parts = parts(amount, quantity, gbp).unwrap();
                    let come_to = parts.iter().map(|(quantity, price)| {
                        UnitPrice::from_minor(*price, gbp).unwrap().times(*quantity, 2, ROUNDING).unwrap()
                    });
                    assert_eq!(Minor::sum(come_to).unwrap(), amount, "{quantity:?} {parts:?}");
                    assert_eq!(parts.iter().map(|part| part.0.0).sum::<i64>(), quantity.0);
                    assert!(parts.len() == 1 || quantity.0.abs() > 1_000, "{quantity:?} {parts:?}");
                }
            }
        }
        // A coin rounded away.
        assert_eq!(parts(Minor(-2), Quantity::ONE, gbp).unwrap(), [(Quantity::ONE, Minor(-2))]);
    }
}
