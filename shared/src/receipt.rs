//! Receipt: what the customer gets, as a document.
//! Lives here: the document's rows, how a sale or a shift becomes one, the words of each language; the document as printers' bytes
//! and as plain text; beside it what the buyer sees on a display.
//! May use: sale, store, money. Never: a cable to a printer, the HTML of a page, a clock.
//! Invariant: the same sale gives the same receipt; a reprint differs only by its copy mark.

pub mod display;
pub mod escpos;
mod layout;
mod report;
mod text;
mod words;

pub use report::{x_report, z_report};
pub use text::{COLUMNS_58_MM, COLUMNS_80_MM, to_text};

use crate::money::{Currency, Minor, UnitPrice};
use crate::sale::{Sale, SaleKind, SaleLine};
use crate::store::Store;
use crate::tax::TaxAmount;
use crate::tender::{Tender, TenderKind};
use serde::{Deserialize, Serialize};
use words::Words;

/// A receipt, row by row; screens and printers only lay it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// Language of its words, `en`; Arabic runs right to left.
    pub language: String,
    /// As printed, also as a barcode.
    pub number: String,
    /// Top to bottom.
    pub rows: Vec<ReceiptRow>,
}

/// A row of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "row", rename_all = "snake_case")]
pub enum ReceiptRow {
    /// The store's name, large and centred.
    Title {
        /// What it says.
        text: String,
    },
    /// Centred small text.
    Centred {
        /// What it says.
        text: String,
    },
    /// A mark nobody can miss: COPY, RETURN.
    Mark {
        /// What it says.
        text: String,
    },
    /// A sold line: its name at the start, its amount at the end.
    Line {
        /// Name.
        text: String,
        /// Amount.
        amount: String,
    },
    /// More about the line above, smaller.
    Detail {
        /// What it says.
        text: String,
    },
    /// A label and an amount.
    Sum {
        /// Label.
        text: String,
        /// Amount.
        amount: String,
        /// In bold.
        strong: bool,
    },
    /// A line across.
    Rule,
}

impl Receipt {
    /// Whether its language is read from right to left.
    pub fn is_right_to_left(&self) -> bool {
        self.language == "ar"
    }
}

/// The receipt of a sale, in the store's language.
pub fn receipt(sale: &Sale, store: &Store, copy: bool) -> Receipt {
    let words = words::of(&store.language);
    let mut rows = Vec::new();
    head(&mut rows, sale, store, words, copy);
    for line in &sale.lines {
        line_rows(&mut rows, line, sale.currency, words);
    }
    rows.push(ReceiptRow::Rule);
    totals(&mut rows, sale, words);
    rows.push(ReceiptRow::Rule);
    taxes(&mut rows, sale, words);
    if let Some(note) = &sale.note {
        rows.push(ReceiptRow::Centred { text: note.clone() });
    }
    if let Some(footer) = &store.receipt_footer {
        rows.push(ReceiptRow::Centred { text: footer.clone() });
    }
    rows.push(ReceiptRow::Centred { text: sale.receipt_number.clone() });
    Receipt { language: store.language.clone(), number: sale.receipt_number.clone(), rows }
}

/// What goes with a present: what was bought and where, by which number it can come back, and nothing of money.
pub fn gift_receipt(sale: &Sale, store: &Store) -> Receipt {
    let words = words::of(&store.language);
    let mut rows = Vec::new();
    place(&mut rows, store);
    rows.push(ReceiptRow::Mark { text: words.gift_mark.to_owned() });
    rows.push(ReceiptRow::Detail { text: sale.time.text() });
    rows.push(ReceiptRow::Rule);
    // What came back in the same sale is no present.
    for line in sale.lines.iter().filter(|line| line.quantity.0 > 0) {
        let quantity = words.decimal(&line.quantity.to_decimal());
        let amount = match line.unit.symbol() {
            "" => format!("× {quantity}"),
            unit => format!("{quantity} {unit}"),
        };
        rows.push(ReceiptRow::Line { text: line_name(line), amount });
    }
    rows.push(ReceiptRow::Rule);
    if let Some(footer) = &store.receipt_footer {
        rows.push(ReceiptRow::Centred { text: footer.clone() });
    }
    rows.push(ReceiptRow::Centred { text: sale.receipt_number.clone() });
    Receipt { language: store.language.clone(), number: sale.receipt_number.clone(), rows }
}

/// A price as receipts of the store write it.
pub(crate) fn written_price(price: UnitPrice, store: &Store) -> String {
    words::of(&store.language).decimal(&price.to_decimal(store.currency))
}

fn place(rows: &mut Vec<ReceiptRow>, store: &Store) {
    rows.push(ReceiptRow::Title { text: store.name.clone() });
    rows.extend(store.address.iter().map(|row| ReceiptRow::Centred { text: row.clone() }));
}

fn line_name(line: &SaleLine) -> String {
    if line.name.is_empty() { line.sku.clone() } else { line.name.clone() }
}

fn head(rows: &mut Vec<ReceiptRow>, sale: &Sale, store: &Store, words: &Words, copy: bool) {
    place(rows, store);
    if let Some(number) = &store.tax_number {
        rows.push(ReceiptRow::Centred { text: format!("{} {number}", words.tax_number) });
    }
    if copy {
        rows.push(ReceiptRow::Mark { text: words.copy.to_owned() });
    }
    if sale.kind == SaleKind::Return {
        rows.push(ReceiptRow::Mark { text: words.return_mark.to_owned() });
    }
    rows.push(ReceiptRow::Detail { text: format!("{} · {}", sale.time.text(), sale.staff_name) });
    if let Some(name) = &sale.customer.name {
        rows.push(ReceiptRow::Detail { text: format!("{}: {name}", words.customer) });
    }
    if let Some(number) = &sale.customer.tax_number {
        rows.push(ReceiptRow::Detail { text: format!("{} {number}", words.tax_number) });
    }
    if let Some(why) = &sale.customer.tax_exemption {
        rows.push(ReceiptRow::Detail { text: format!("{} {why}", words.tax_exempt) });
    }
    rows.push(ReceiptRow::Rule);
}

fn line_rows(rows: &mut Vec<ReceiptRow>, line: &SaleLine, currency: Currency, words: &Words) {
    let amount = words.amount(line.before_discounts, currency);
    rows.push(ReceiptRow::Line { text: line_name(line), amount });
    if line.quantity != crate::money::Quantity::ONE {
        let price = words.decimal(&line.unit_price.to_decimal(currency));
        let quantity = words.decimal(&line.quantity.to_decimal());
        let text = match line.unit.symbol() {
            "" => format!("{quantity} × {price}"),
            unit => format!("{quantity} {unit} × {price}/{unit}"),
        };
        rows.push(ReceiptRow::Detail { text });
    }
    if let Some(origin) = &line.origin {
        let reason = origin.reason.as_ref().map(|reason| format!(" · {reason}")).unwrap_or_default();
        let text = format!("{} {}{reason}", words.back_of, origin.receipt_number);
        rows.push(ReceiptRow::Detail { text });
    }
    for part in &line.promotions {
        let off = words.amount(Minor(part.off.0.saturating_neg()), currency);
        rows.push(ReceiptRow::Detail { text: format!("{} {off}", part.name) });
    }
    if !line.line_discount.is_zero() {
        let reason = line.discount.as_ref().and_then(|d| d.reason.as_deref()).unwrap_or(words.discount);
        let off = words.amount(Minor(line.line_discount.0.saturating_neg()), currency);
        rows.push(ReceiptRow::Detail { text: format!("{reason} {off}") });
    }
    if let Some(note) = &line.note {
        rows.push(ReceiptRow::Detail { text: note.clone() });
    }
}

fn totals(rows: &mut Vec<ReceiptRow>, sale: &Sale, words: &Words) {
    let mut sum = |text: String, amount: Minor, strong: bool| {
        rows.push(ReceiptRow::Sum { text, amount: words.amount(amount, sale.currency), strong });
    };
    let cart_discount = sale.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.cart_discount.0));
    if cart_discount != 0 {
        let reason = sale.discount.as_ref().and_then(|d| d.reason.as_deref()).unwrap_or(words.discount);
        sum(reason.to_owned(), Minor(cart_discount.saturating_neg()), false);
    }
    let exempted = sale.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.exempted.0));
    if exempted != 0 {
        sum(words.tax_not_charged.to_owned(), Minor(exempted.saturating_neg()), false);
    }
    if !sale.tax_settings.prices_include_tax {
        sum(words.net.to_owned(), sale.net, false);
        for tax in &sale.taxes {
            sum(tax_text(tax, words), tax.tax, false);
        }
    }
    sum(format!("{} {}", words.total, sale.currency), sale.total, true);
    if !sale.cash_rounding.is_zero() {
        sum(words.cash_rounding.to_owned(), sale.cash_rounding, false);
    }
    for tender in &sale.tenders {
        let text = tender_text(tender, words);
        let amount = words.amount(tender.amount, sale.currency);
        rows.push(ReceiptRow::Sum { text, amount, strong: false });
        rows.extend(tender_detail(tender, words).map(|text| ReceiptRow::Detail { text }));
    }
    if !sale.change.is_zero() {
        let amount = words.amount(sale.change, sale.currency);
        rows.push(ReceiptRow::Sum { text: words.change.to_owned(), amount, strong: true });
    }
}

fn tax_text(tax: &TaxAmount, words: &Words) -> String {
    match tax.percent() {
        Some(percent) => format!("{} {} %", tax.name, words.decimal(&percent)),
        None => tax.name.clone(),
    }
}

fn tender_text(tender: &Tender, words: &Words) -> String {
    let named = tender.of.as_ref().map(|of| of.name.as_str());
    let name = named.unwrap_or_else(|| words.tender(tender.kind.word()));
    match &tender.kind {
        TenderKind::Card { last_four: Some(digits), .. } => format!("{name} ••{digits}"),
        TenderKind::GiftCard { last_letters, .. } => format!("{name} ••{last_letters}"),
        _ => name.to_owned(),
    }
}

/// Cash of another currency and the rate it was taken at; the number of a voucher or a cheque.
fn tender_detail(tender: &Tender, words: &Words) -> Option<String> {
    match &tender.kind {
        TenderKind::ForeignCash { currency, given, rate, .. } => {
            let rate = words.decimal(&rate.to_decimal());
            Some(format!("{} {currency} × {rate}", words.amount(*given, *currency)))
        }
        TenderKind::Cash | TenderKind::Card { .. } | TenderKind::OnAccount | TenderKind::GiftCard { .. } => {
            None
        }
        other => other.reference().filter(|text| !text.is_empty()).map(str::to_owned),
    }
}

/// Prices that hold the tax: a small table says how much of the total it is.
fn taxes(rows: &mut Vec<ReceiptRow>, sale: &Sale, words: &Words) {
    if !sale.tax_settings.prices_include_tax || sale.taxes.is_empty() {
        return;
    }
    for tax in &sale.taxes {
        let net = words.amount(tax.net, sale.currency);
        let text = format!("{} {} {net}", tax_text(tax, words), words.of);
        rows.push(ReceiptRow::Sum { text, amount: words.amount(tax.tax, sale.currency), strong: false });
    }
    rows.push(ReceiptRow::Rule);
}
