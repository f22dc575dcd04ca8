//! Mapping: our sale as a document in their words.
//! Lives here: which matches a sale needs, the document made with them, a line for a system that multiplies (`parts`).
//! May use: shared's sales, command. Never: a vendor.
//! Invariant: lines with tax, and what was rounded away, are the total; so are the payments; or there is no document.

mod parts;

pub use parts::{Part, parts};

use crate::command::{Document, DocumentLine, DocumentTax, DocumentTender};
use crate::outcome::Wedged;
use shared::connect::LinkKind;
use shared::money::{Minor, MoneyError, Quantity, UnitPrice};
use shared::sale::{LineKind, Sale, SaleKind, SaleLine};
use shared::tender::Tender;
use std::collections::BTreeMap;

/// Our word for the line that says what was rounded for want of small coins.
pub const CASH_ROUNDING: &str = "cash_rounding";
/// Letters of a sale's id in its number there.
const OF_THE_ID: usize = 8;
/// Names of missing matches that a reason lists.
const MOST_NAMED: usize = 5;

/// The part of a sale's id that stands in its number there, beside the receipt's: two tills may have printed the same number.
pub fn end_of_id(external_id: &str) -> &str {
    external_id.get(external_id.len().saturating_sub(OF_THE_ID)..).unwrap_or(external_id)
}

/// A match that a sale needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Of what kind.
    pub kind: LinkKind,
    /// Ours.
    pub ours: String,
    /// What people call it.
    pub name: String,
}

/// Matches: of each kind, ours to theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links(BTreeMap<(LinkKind, String), String>);

impl Links {
    /// Adds one.
    pub fn add(&mut self, kind: LinkKind, ours: impl Into<String>, theirs: impl Into<String>) {
        self.0.insert((kind, ours.into()), theirs.into());
    }

    /// Theirs.
    pub fn of(&self, kind: LinkKind, ours: &str) -> Option<&str> {
        self.0.get(&(kind, ours.to_owned())).map(String::as_str)
    }
}

/// What must be matched before this sale can go out, each once, in the sale's order.
pub fn needs(sale: &Sale) -> Vec<Need> {
    let mut all =
        vec![Need { kind: LinkKind::Store, ours: sale.store_id.to_string(), name: "the store".to_owned() }];
    let mut add = |need: Need| {
        if !all.iter().any(|known| (known.kind, &known.ours) == (need.kind, &need.ours)) {
            all.push(need);
        }
    };
    sale.lines.iter().for_each(|line| add(of_line(line)));
    if !sale.cash_rounding.is_zero() {
        add(Need {
            kind: LinkKind::Line,
            ours: CASH_ROUNDING.to_owned(),
            name: "rounding of cash".to_owned(),
        });
    }
    sale.tenders.iter().for_each(|tender| add(of_tender(tender)));
    all
}

fn of_line(line: &SaleLine) -> Need {
    match line.product_id {
        Some(id) if line.kind == LineKind::Product => {
            let name =
                if line.sku.is_empty() { line.name.clone() } else { format!("{} {}", line.sku, line.name) };
            Need { kind: LinkKind::Product, ours: id.to_string(), name }
        }
        // What was typed in at the till, or has lost its record.
        _ if line.kind == LineKind::Product => {
            Need { kind: LinkKind::Line, ours: LineKind::Manual.word().to_owned(), name: line.name.clone() }
        }
        _ => Need { kind: LinkKind::Line, ours: line.kind.word().to_owned(), name: line.name.clone() },
    }
}

fn of_tender(tender: &Tender) -> Need {
    let ours = tender.type_id().map_or_else(|| tender.kind.word().to_owned(), |id| id.to_string());
    let name = match &tender.of {
        Some(of) if !of.name.is_empty() => of.name.clone(),
        _ => tender.kind.word().replace('_', " "),
    };
    Need { kind: LinkKind::Tender, ours, name }
}

/// The sale as a document.
///
/// # Errors
/// What has no match, or why its figures cannot be said.
pub fn document(sale: &Sale, links: &Links) -> Result<Document, Wedged> {
    let missing: Vec<Need> =
        needs(sale).into_iter().filter(|need| links.of(need.kind, &need.ours).is_none()).collect();
    if !missing.is_empty() {
        return Err(unmatched(&missing));
    }
    made(sale, links).map_err(|_| does_not_add_up()).and_then(|made| made.ok_or_else(does_not_add_up))
}

fn does_not_add_up() -> Wedged {
    Wedged {
        reason: "Its figures do not add up to the total as the other side counts.".to_owned(),
        remedy: "Enter it there by hand, then set it aside here.".to_owned(),
    }
}

fn unmatched(missing: &[Need]) -> Wedged {
    let mut names: Vec<String> =
        missing.iter().take(MOST_NAMED).map(|need| format!("“{}”", need.name)).collect();
    if missing.len() > MOST_NAMED {
        names.push(format!("{} more", missing.len() - MOST_NAMED));
    }
    Wedged {
        reason: format!("Without a match there: {}.", names.join(", ")),
        remedy: "Match it, then send this again: nothing is lost or doubled.".to_owned(),
    }
}

/// None where it does not add up.
fn made(sale: &Sale, links: &Links) -> Result<Option<Document>, MoneyError> {
    let theirs = |need: &Need| links.of(need.kind, &need.ours).unwrap_or_default().to_owned();
    let line = |line: &SaleLine| DocumentLine {
        product: theirs(&of_line(line)),
        sku: line.sku.clone(),
        name: line.name.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        net: line.tax.net,
        gross: line.tax.gross,
        taxes: line
            .tax
            .taxes
            .iter()
            .map(|tax| DocumentTax { name: tax.name.clone(), rate: tax.rate, amount: tax.tax })
            .collect(),
    };
    let mut lines: Vec<DocumentLine> = sale.lines.iter().map(line).collect();
    if !sale.cash_rounding.is_zero() {
        lines.push(DocumentLine {
            product: links.of(LinkKind::Line, CASH_ROUNDING).unwrap_or_default().to_owned(),
            sku: String::new(),
            name: "Rounding".to_owned(),
            quantity: Quantity::ONE,
            unit_price: UnitPrice::from_minor(sale.cash_rounding, sale.currency)?,
            net: sale.cash_rounding,
            gross: sale.cash_rounding,
            taxes: Vec::new(),
        });
    }
    let total = sale.total.plus(sale.cash_rounding)?;
    let tenders = tenders(sale, &theirs)?;
    let of_lines = Minor::sum(lines.iter().map(|line| line.gross))?;
    let net = Minor::sum(lines.iter().map(|line| line.net))?;
    let paid = Minor::sum(tenders.iter().map(|tender| tender.amount))?;
    Ok((of_lines == total && paid == total).then(|| Document {
        external_id: sale.id.to_string(),
        number: sale.receipt_number.clone(),
        is_return: sale.kind == SaleKind::Return || total.is_negative(),
        time: sale.time,
        currency: sale.currency,
        store: links.of(LinkKind::Store, &sale.store_id.to_string()).unwrap_or_default().to_owned(),
        lines,
        tenders,
        net,
        tax: sale.tax,
        total,
    }))
}

/// How it was paid, one row a way to pay, without what was handed back as change.
fn tenders(sale: &Sale, theirs: &impl Fn(&Need) -> String) -> Result<Vec<DocumentTender>, MoneyError> {
    let mut rows: Vec<DocumentTender> = Vec::new();
    let mut change = sale.change;
    // What gives change first, then whatever was paid: a change that no payment explains still leaves the drawer.
    let mut in_order: Vec<&Tender> = sale.tenders.iter().collect();
    in_order.sort_by_key(|tender| !tender.gives_change());
    let mut left: BTreeMap<shared::ids::TenderId, Minor> = BTreeMap::new();
    for tender in in_order {
        let off = if tender.amount.0 > 0 { Minor(change.0.min(tender.amount.0).max(0)) } else { Minor::ZERO };
        change = change.minus(off)?;
        left.insert(tender.id, tender.amount.minus(off)?);
    }
    for tender in &sale.tenders {
        let amount = left.get(&tender.id).copied().unwrap_or(tender.amount);
        let method = theirs(&of_tender(tender));
        match rows.iter_mut().find(|row| row.method == method) {
            Some(row) => row.amount = row.amount.plus(amount)?,
            None => rows.push(DocumentTender { method, amount }),
        }
    }
    rows.retain(|row| !row.amount.is_zero());
    Ok(rows)
}
