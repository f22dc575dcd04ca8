//! Tax: what Odoo makes of an invoice, held against ours, and the pennies between two ways of rounding.
//! Odoo works taxes out anew: up to 17 it rounds the amount without tax, from 18 on the tax, and a company may have them rounded by
//! document. Where that makes pennies of difference, the draft gets ours, as somebody would type them in there: a line without tax
//! for what is missing without tax, then the tax itself. More than pennies is no rounding, and is refused.

use super::values::{exact, minor, number, other};
use crate::command::Document;
use crate::outcome::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::money::{Currency, Minor, MoneyError, Rate};
use std::collections::{BTreeMap, BTreeSet};

/// Minor units that a line may differ by: a line is told in two parts at most, and each is rounded.
const OF_A_LINE: usize = 2;

/// What three amounts an invoice comes to, counted as the invoice does: a credit note counts what goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Totals {
    net: Minor,
    tax: Minor,
    total: Minor,
}

impl Totals {
    /// Theirs; none where an amount is no whole one.
    pub(super) fn theirs(row: &Value, currency: Currency) -> Option<Self> {
        let amount = |name: &str| minor(&row[name], currency);
        Some(Self {
            net: amount("amount_untaxed")?,
            tax: amount("amount_tax")?,
            total: amount("amount_total")?,
        })
    }

    /// Ours.
    pub(super) fn ours(document: &Document, is_refund: bool) -> Result<Self, MoneyError> {
        let tax = document.total.minus(document.net)?;
        let counted = |amount| counted(amount, is_refund);
        Ok(Self { net: counted(document.net)?, tax: counted(tax)?, total: counted(document.total)? })
    }
}

/// As a credit note or an invoice counts it.
fn counted(amount: Minor, is_refund: bool) -> Result<Minor, MoneyError> {
    if is_refund { amount.negated() } else { Ok(amount) }
}

/// A line of tax of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TaxLine {
    id: i64,
    /// Of which tax.
    pub(super) tax: i64,
    amount: Minor,
}

/// The lines of tax as they were read; none where one cannot be understood. In the books an invoice's tax is a credit.
pub(super) fn lines(rows: &[Value], currency: Currency, is_refund: bool) -> Option<Vec<TaxLine>> {
    let line = |row: &Value| {
        let amount = minor(&row["amount_currency"], currency)?;
        let amount = counted(amount, !is_refund).ok()?;
        Some(TaxLine { id: row["id"].as_i64()?, tax: other(&row["tax_line_id"])?.0, amount })
    };
    rows.iter().map(line).collect()
}

/// Rates of taxes as they were read; one that is no percentage has none.
pub(super) fn rates(rows: &[Value]) -> BTreeMap<i64, Rate> {
    let rate = |row: &Value| {
        let percent = exact(&row["amount"]).filter(|_| row["amount_type"] == "percent")?;
        Some((row["id"].as_i64()?, Rate(percent.0)))
    };
    rows.iter().filter_map(rate).collect()
}

/// What to write to a draft, one after the other, so that it is ours; none where more than rounding is between them. A line that is
/// added comes first: what is typed in as tax stays as long as no line is changed after it.
pub(super) fn mending(
    document: &Document,
    theirs: Totals,
    (lines, rates): (&[TaxLine], &BTreeMap<i64, Rate>),
    is_refund: bool,
) -> Option<Vec<Value>> {
    let ours = Totals::ours(document, is_refund).ok()?;
    let most = i64::try_from(document.lines.len().checked_mul(OF_A_LINE)?).ok()?;
    let rounded = |amount: Minor| amount.0.abs() <= most;
    let mut ours_of: BTreeMap<Rate, Minor> = BTreeMap::new();
    for tax in document.lines.iter().flat_map(|line| &line.taxes) {
        let sum = ours_of.entry(tax.rate).or_default();
        *sum = sum.plus(counted(tax.amount, is_refund).ok()?).ok()?;
    }
    let mut theirs_of: BTreeMap<Rate, Minor> = BTreeMap::new();
    for line in lines {
        let sum = theirs_of.entry(*rates.get(&line.tax)?).or_default();
        *sum = sum.plus(line.amount).ok()?;
    }
    let whole = |of: &BTreeMap<Rate, Minor>| Minor::sum(of.values().copied()).ok();
    if whole(&ours_of)? != ours.tax || whole(&theirs_of)? != theirs.tax {
        return None;
    }
    let missing = ours.net.minus(theirs.net).ok().filter(|missing| rounded(*missing))?;
    // What is missing without tax is in the tax; else it is a quantity or a price that was not kept.
    if !missing.is_zero() && ours.total != theirs.total {
        return None;
    }
    let mut changes = Vec::new();
    for rate in ours_of.keys().chain(theirs_of.keys()).copied().collect::<BTreeSet<Rate>>() {
        let of = |side: &BTreeMap<Rate, Minor>| side.get(&rate).copied().unwrap_or_default();
        let delta = of(&ours_of).minus(of(&theirs_of)).ok().filter(|delta| rounded(*delta))?;
        if delta.is_zero() {
            continue;
        }
        let line = lines.iter().find(|line| rates.get(&line.tax) == Some(&rate))?;
        let amount = counted(line.amount.plus(delta).ok()?, !is_refund).ok()?;
        changes.push(json!([1, line.id, {"amount_currency": written(amount, document.currency)}]));
    }
    let mut writes = Vec::new();
    if !missing.is_zero() {
        let line = json!({
            "name": "Rounding of tax", "quantity": 1, "price_unit": written(missing, document.currency),
            "tax_ids": [[6, 0, []]],
        });
        writes.push(json!({"invoice_line_ids": [[0, 0, line]]}));
    }
    if !changes.is_empty() {
        writes.push(json!({"line_ids": changes}));
    }
    (!writes.is_empty()).then_some(writes)
}

fn written(amount: Minor, currency: Currency) -> Value {
    number(&amount.to_decimal(currency))
}

/// Odoo counts otherwise than we do.
pub(super) fn differs(document: &Document, theirs: Totals, is_refund: bool, is_posted: bool) -> Outcome {
    let say = |totals: Totals| {
        let amount = |amount: Minor| {
            counted(amount, is_refund).map_or("?".to_owned(), |amount| amount.to_decimal(document.currency))
        };
        (amount(totals.total), amount(totals.tax))
    };
    let (total, tax) = say(theirs);
    let (our_total, our_tax) =
        Totals::ours(document, is_refund).map_or(("?".to_owned(), "?".to_owned()), say);
    let reason =
        format!("Odoo counts {total} with {tax} of tax, the receipt says {our_total} with {our_tax}.");
    match is_posted {
        true => Outcome::wedged(
            format!("{reason} Somebody changed it there."),
            "Set it right in Odoo, then send this again, or set it aside here.",
        ),
        false => Outcome::wedged(
            format!("{reason} It was left there as a draft."),
            "Look at the taxes of the products, and that “Decimal Accuracy” keeps 3 decimals of a product’s unit and \
             all of a price; delete the draft there, then send this again.",
        ),
    }
}
