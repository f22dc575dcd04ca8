//! Invoice: our document as sales invoices. One is either a sale, all of its quantities above nothing, or a return, all below; where
//! both are in a document it is two, with one number in their field `po_no`, and between them goes what the goods brought back pay for.
//! ERPNext multiplies quantity by a rate without tax, and is told each tax as an amount (`Actual`): so both are ours to the penny.

use super::{api, clock, rows};
use crate::command::{Document, DocumentLine, DocumentTender};
use crate::mapping::end_of_id;
use crate::outcome::Outcome;
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::money::{Minor, MoneyError, Quantity, Rate};

/// The documents are of this type.
pub(super) const DOCTYPE: &str = "Sales Invoice";
const DAY_MS: i64 = 86_400_000;

/// The receipt's number and a part of the sale's id. It is a name there, and a part of addresses: no slash.
pub(super) fn number_of(receipt_number: &str, external_id: &str) -> String {
    format!("{receipt_number}-{}", end_of_id(external_id))
}

pub(super) fn number(document: &Document) -> String {
    number_of(&document.number, &document.external_id)
}

/// A part of a document that is one invoice.
pub(super) struct Part<'a> {
    /// What it is to be called.
    pub name: String,
    /// Do goods come back?
    pub is_return: bool,
    /// With tax.
    pub total: Minor,
    /// All taxes.
    pub tax: Minor,
    lines: Vec<&'a DocumentLine>,
}

/// What of its POS profile an invoice needs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Profile {
    company: String,
    warehouse: String,
    default_method: Option<String>,
}

impl Profile {
    /// As it was read; none where it is none.
    pub(super) fn of(row: &Value) -> Option<Self> {
        let company = row["company"].as_str().filter(|name| !name.is_empty())?;
        let methods: Vec<&Value> = row["payments"].as_array().into_iter().flatten().collect();
        let default = methods.iter().find(|method| api::ticked(method, "default")).or(methods.first());
        Some(Self {
            company: company.to_owned(),
            warehouse: api::text(row, "warehouse").to_owned(),
            default_method: default.and_then(|method| method["mode_of_payment"].as_str()).map(str::to_owned),
        })
    }
}

/// The invoices of a document: the sale, the return, or first the one and then the other.
///
/// # Errors
/// A sum that does not fit.
pub(super) fn parts(document: &Document) -> Result<Vec<Part<'_>>, MoneyError> {
    let goods = || document.lines.iter().filter(|line| !is_loose(line));
    let (out, back) = (goods().any(|line| !is_back(line)), goods().any(is_back));
    let is_there = |is_return: bool| match (out, back) {
        (false, false) => is_return == document.total.is_negative(),
        (true, true) => true,
        (_, back) => is_return == back,
    };
    let of = |line: &DocumentLine| match (out && back, is_loose(line)) {
        // What moves no goods goes where its amount belongs; where there is one invoice alone, into that.
        (true, true) => line.gross.is_negative(),
        (true, false) => is_back(line),
        (false, _) => is_there(true),
    };
    let both = out && back;
    [false, true]
        .into_iter()
        .filter(|is_return| is_there(*is_return))
        .map(|is_return| {
            let lines: Vec<&DocumentLine> =
                document.lines.iter().filter(|line| of(line) == is_return).collect();
            let total = Minor::sum(lines.iter().map(|line| line.gross))?;
            let net = Minor::sum(lines.iter().map(|line| line.net))?;
            let suffix = if both && is_return { "-R" } else { "" };
            let name = format!("{}{suffix}", number(document));
            Ok(Part { name, is_return, total, tax: total.minus(net)?, lines })
        })
        .collect()
}

/// Coins rounded away and the like: no goods and no tax.
fn is_loose(line: &DocumentLine) -> bool {
    line.sku.is_empty() && line.taxes.is_empty()
}

fn is_back(line: &DocumentLine) -> bool {
    line.quantity.is_negative()
}

/// An invoice as ERPNext is told, a draft.
///
/// # Errors
/// Why it cannot be said.
pub(super) fn body(
    setup: &Setup,
    document: &Document,
    parts: &[Part<'_>],
    part: &Part<'_>,
    profile: &Profile,
) -> Result<Value, Outcome> {
    let local_ms = document.time.at_ms.saturating_add(i64::from(document.time.offset_minutes) * 60_000);
    let mut body = json!({
        "name": part.name,
        "po_no": number(document),
        "remarks": document.number,
        "customer": setup.text("customer"),
        "company": profile.company,
        "pos_profile": document.store,
        "is_pos": 1,
        "update_stock": 1,
        "is_return": i32::from(part.is_return),
        "set_posting_time": 1,
        "posting_date": document.time.day().to_string(),
        "posting_time": clock::time_text(local_ms.rem_euclid(DAY_MS)),
        "currency": document.currency.code(),
        "ignore_pricing_rule": 1,
        "disable_rounded_total": 1,
        "items": items(document, part, profile)?,
        "taxes": taxes(setup, document, part)?,
        "payments": payments(document, parts, part, profile)?,
    });
    let unique = setup.text("unique_field").trim();
    if !unique.is_empty() {
        body[unique] = json!(part.name);
    }
    Ok(body)
}

fn too_large() -> Outcome {
    Outcome::wedged(
        "An amount of it is too large for ERPNext.",
        "Enter it there by hand, then set it aside here.",
    )
}

fn items(document: &Document, part: &Part<'_>, profile: &Profile) -> Result<Vec<Value>, Outcome> {
    let mut items = Vec::new();
    for line in &part.lines {
        let sign: i64 = if part.is_return { -1 } else { 1 };
        let (quantity, amount) =
            (line.quantity.0.checked_abs(), line.net.0.checked_mul(sign).ok_or_else(too_large)?);
        let nothing = quantity == Some(0) && amount == 0;
        let rows = quantity.and_then(|quantity| rows::rows(quantity, amount.checked_abs()?));
        let Some(rows) = rows.or_else(|| nothing.then(Vec::new)) else { return Err(too_large()) };
        for row in rows {
            // Below nothing where money goes the other way than goods: ERPNext takes it where its settings allow that.
            let rate = Minor(if amount < 0 { -row.rate } else { row.rate }).to_decimal(document.currency);
            let mut item = json!({
                "item_code": line.product,
                "qty": api::number(&Quantity(row.quantity * sign).to_decimal()),
                "rate": api::number(&rate),
                // Else the price list's own is taken where we give something away.
                "price_list_rate": api::number(&rate),
                // Not empty but none: else version 16 holds its own rates against our amounts.
                "item_tax_template": "",
            });
            if !profile.warehouse.is_empty() {
                item["warehouse"] = json!(profile.warehouse);
            }
            items.push(item);
        }
    }
    Ok(items)
}

/// A row for each tax; one of nothing where there is none, else the site adds its own.
fn taxes(setup: &Setup, document: &Document, part: &Part<'_>) -> Result<Vec<Value>, Outcome> {
    let mut sums: Vec<(&str, Rate, Minor)> = Vec::new();
    for tax in part.lines.iter().flat_map(|line| &line.taxes) {
        match sums.iter_mut().find(|(name, rate, _)| (*name, *rate) == (tax.name.as_str(), tax.rate)) {
            Some((_, _, sum)) => *sum = sum.plus(tax.amount).map_err(|_| too_large())?,
            None => sums.push((&tax.name, tax.rate, tax.amount)),
        }
    }
    let all = Minor::sum(sums.iter().map(|(_, _, sum)| *sum)).map_err(|_| too_large())?;
    if all != part.tax {
        return Err(Outcome::wedged(
            "Its taxes do not add up to what is between its amounts with and without tax.",
            "Enter it in ERPNext by hand, then set it aside here.",
        ));
    }
    sums.retain(|(_, _, sum)| !sum.is_zero());
    if sums.is_empty() {
        sums.push(("No tax", Rate(0), Minor::ZERO));
    }
    let row = |(name, rate, sum): &(&str, Rate, Minor)| {
        let Some(account) = account(setup.text("tax_account"), *rate) else {
            return Err(Outcome::wedged(
                format!("No account in ERPNext is set for a tax of {} %.", rate.to_percent()),
                "Set the tax account of this connection: one for all, or one for each rate.",
            ));
        };
        let amount = api::number(&sum.to_decimal(document.currency));
        Ok(
            json!({"charge_type": "Actual", "account_head": account, "description": name, "tax_amount": amount}),
        )
    };
    sums.iter().map(row).collect()
}

/// `20=VAT 20 - C; 5=VAT 5 - C; VAT - C`: the account of a rate, else the one for all others.
fn account(setting: &str, rate: Rate) -> Option<&str> {
    let mut other = None;
    for entry in setting.split(';').map(str::trim).filter(|entry| !entry.is_empty()) {
        let own = entry.split_once('=').and_then(|(percent, account)| {
            Some((Rate::parse_percent(percent.trim().trim_end_matches('%').trim_end()).ok()?, account.trim()))
        });
        match own {
            Some((own, account)) if own == rate => return Some(account),
            Some(_) => {}
            None => other = Some(entry),
        }
    }
    // Nothing is booked for a rate of nothing: any account will do.
    other.or_else(|| (rate == Rate(0)).then(|| setting.split(['=', ';']).nth(1).map(str::trim))?)
}

fn payments(
    document: &Document,
    parts: &[Part<'_>],
    part: &Part<'_>,
    profile: &Profile,
) -> Result<Vec<Value>, Outcome> {
    let (mut paid, between) = tendered(document, parts, part)?;
    if !between.is_zero() {
        let first = document.tenders.iter().max_by_key(|tender| tender.amount).map(|tender| &tender.method);
        let Some(method) = first.or(profile.default_method.as_ref()) else {
            return Err(Outcome::wedged(
                format!("The POS profile “{}” has no mode of payment.", document.store),
                "Add one to it in ERPNext and mark it as default, then send this again.",
            ));
        };
        match paid.iter_mut().find(|row| row.method == *method) {
            Some(row) => row.amount = row.amount.plus(between).map_err(|_| too_large())?,
            None => paid.push(DocumentTender { method: method.clone(), amount: between }),
        }
    }
    let row = |tender: &DocumentTender| {
        let amount = api::number(&tender.amount.to_decimal(document.currency));
        json!({"mode_of_payment": tender.method, "amount": amount})
    };
    Ok(paid.iter().filter(|tender| !tender.amount.is_zero()).map(row).collect())
}

/// The payments of a part, and what goes between the two parts besides: the goods that came back pay for those that were taken.
fn tendered(
    document: &Document,
    parts: &[Part<'_>],
    part: &Part<'_>,
) -> Result<(Vec<DocumentTender>, Minor), Outcome> {
    let goes = |tender: &&DocumentTender| tender.amount.is_negative() == part.is_return;
    let own: Vec<DocumentTender> = document.tenders.iter().filter(goes).cloned().collect();
    let sum = Minor::sum(own.iter().map(|tender| tender.amount)).map_err(|_| too_large())?;
    let between = part.total.minus(sum).map_err(|_| too_large())?;
    let is_too_much = if part.is_return { between.0 > 0 } else { between.is_negative() };
    if is_too_much || (parts.len() == 1 && !between.is_zero()) {
        return Err(Outcome::wedged(
            "Money went both ways at once in it, which ERPNext’s invoices cannot say.",
            "Enter it there by hand, then set it aside here.",
        ));
    }
    Ok((own, between))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_for_each_rate_or_for_all() {
        let of = |setting: &'static str, percent: i64| account(setting, Rate(percent * 10_000));
        assert_eq!(of("VAT - C", 20), Some("VAT - C"));
        assert_eq!(of("20=VAT 20% - C; 5%=VAT 5% - C", 20), Some("VAT 20% - C"));
        assert_eq!(of("20=VAT 20% - C; 5%=VAT 5% - C", 5), Some("VAT 5% - C"));
        assert_eq!(of("20=VAT 20% - C; 5%=VAT 5% - C", 7), None);
        assert_eq!(of("20=VAT 20% - C; 5%=VAT 5% - C", 0), Some("VAT 20% - C"));
        assert_eq!(of("20=VAT 20% - C; VAT - C", 7), Some("VAT - C"));
        assert_eq!(of("VAT = all - C", 7), Some("VAT = all - C"));
        assert_eq!((of("", 20), of("", 0)), (None, None));
    }

    #[test]
    fn a_number_holds_the_receipt_and_a_part_of_the_id() {
        assert_eq!(number_of("R1-000007", "01996f2e-7b1a-7c3d-8e4f-0123456789ab"), "R1-000007-456789ab");
        assert_eq!(number_of("R1", "ab"), "R1-ab");
    }
}
