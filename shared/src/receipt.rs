//! Receipt: what the customer gets, as a document.
//! Lives here: the document's rows, how a sale or a shift becomes one by the store's template, the words of each language and of
//! each country's law; the document as printers' bytes, as plain text and as a page of its own; beside it what the buyer sees
//! on a display. May use: sale, store, money. Never: a cable to a printer, a page of ours, a clock.
//! Invariant: the same sale gives the same receipt; a reprint differs only by its copy mark.

pub mod display;
pub mod escpos;
mod html;
mod layout;
mod legal;
mod number_code;
mod report;
mod rows;
mod text;
mod words;

pub use html::to_html;
pub use number_code::{Modules, code128_modules, number_code, square};
pub use report::{x_report, z_report};
pub use text::{COLUMNS_58_MM, COLUMNS_80_MM, to_text};

use crate::money::{Currency, Minor, UnitPrice};
use crate::points::LinePoints;
use crate::sale::{Sale, SaleKind, SaleLine};
use crate::store::{NumberCode, Store};
use crate::tax::TaxAmount;
use crate::tender::{Tender, TenderKind};
use rows::Rows;
use serde::{Deserialize, Serialize};
use words::Words;

/// A receipt, row by row; screens and printers only lay it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// Language of its words, `en`; Arabic runs right to left.
    pub language: String,
    /// As printed.
    pub number: String,
    /// How a scanner reads it.
    #[serde(default)]
    pub code: NumberCode,
    /// Top to bottom.
    pub rows: Vec<ReceiptRow>,
}

/// A row of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "row", rename_all = "snake_case")]
pub enum ReceiptRow {
    /// The shop's picture, centred.
    Logo {
        /// The hash it is known by ([`crate::picture`]).
        picture: String,
    },
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

/// Is a text read from right to left? Its first letter says so, as browsers have it (`dir="auto"`).
pub fn reads_right_to_left(text: &str) -> bool {
    let letter = text.chars().find(|letter| letter.is_alphabetic());
    letter.is_some_and(
        |letter| matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'),
    )
}

impl Receipt {
    /// Whether its language is read from right to left.
    pub fn is_right_to_left(&self) -> bool {
        self.language == "ar"
    }
}

/// The receipt of a sale, in the languages of the store's receipts.
pub fn receipt(sale: &Sale, store: &Store, copy: bool) -> Receipt {
    let mut rows = Rows::of(store, sale.currency);
    head(&mut rows, sale, copy);
    for line in &sale.lines {
        line_rows(&mut rows, line, sale.currency);
    }
    rows.rule();
    totals(&mut rows, sale);
    rows.rule();
    taxes(&mut rows, sale);
    put_aside(&mut rows, sale);
    points_rows(&mut rows, sale);
    approvals(&mut rows, sale);
    if let Some(note) = &sale.note {
        rows.centred(note);
    }
    rows.foot(&sale.receipt_number);
    rows.receipt(&sale.receipt_number)
}

/// What goes with a present: what was bought and where, by which number it can come back, and nothing of money.
pub fn gift_receipt(sale: &Sale, store: &Store) -> Receipt {
    let mut rows = Rows::of(store, sale.currency);
    rows.place();
    rows.mark(|words| words.gift_mark);
    rows.detail(sale.time.text());
    rows.rule();
    // What came back in the same sale is no present.
    for line in sale.lines.iter().filter(|line| line.quantity.0 > 0) {
        let quantity = rows.words.decimal(&line.quantity.to_decimal());
        let amount = match line.unit.symbol() {
            "" => format!("× {quantity}"),
            unit => format!("{quantity} {unit}"),
        };
        rows.rows.push(ReceiptRow::Line { text: line_name(line), amount });
    }
    rows.rule();
    rows.foot(&sale.receipt_number);
    rows.receipt(&sale.receipt_number)
}

/// A price as receipts of the store write it.
pub(crate) fn written_price(price: UnitPrice, store: &Store) -> String {
    words::of(&store.language).decimal(&price.to_decimal(store.currency))
}

fn line_name(line: &SaleLine) -> String {
    if line.name.is_empty() { line.sku.clone() } else { line.name.clone() }
}

/// What was taken off in all.
fn savings(sale: &Sale) -> Minor {
    Minor(sale.lines.iter().fold(0_i64, |sum, line| {
        let promotions = line.promotions.iter().fold(0_i64, |sum, part| sum.saturating_add(part.off.0));
        sum.saturating_add(promotions)
            .saturating_add(line.line_discount.0)
            .saturating_add(line.cart_discount.0)
            .saturating_add(line.points.off.0)
    }))
}

fn head(rows: &mut Rows, sale: &Sale, copy: bool) {
    let is_back = sale.kind == SaleKind::Return;
    rows.place();
    rows.legal(sale.kind);
    if copy {
        rows.mark(|words| words.copy);
    }
    if is_back {
        rows.mark(|words| words.return_mark);
    }
    if sale.layaway.is_some() {
        rows.mark(|words| words.deposit_mark);
    }
    let template = &rows.store.receipt;
    let (cashier, customer) = (template.cashier, template.customer);
    match cashier {
        true => rows.detail(format!("{} · {}", sale.time.text(), sale.staff_name)),
        false => rows.detail(sale.time.text()),
    }
    if let Some(name) = sale.customer.name.as_ref().filter(|_| customer) {
        rows.say_detail(|words| format!("{}: {name}", words.customer));
    }
    if let Some(number) = sale.customer.tax_number.as_ref().filter(|_| customer) {
        rows.say_detail(|words| format!("{} {number}", words.tax_number));
    }
    // Why no tax is charged is said whoever is named.
    if let Some(why) = &sale.customer.tax_exemption {
        rows.say_detail(|words| format!("{} {why}", words.tax_exempt));
    }
    rows.rule();
}

fn line_rows(rows: &mut Rows, line: &SaleLine, currency: Currency) {
    let words = rows.words;
    let amount = words.amount(line.before_discounts, currency);
    rows.rows.push(ReceiptRow::Line { text: line_name(line), amount });
    if line.quantity != crate::money::Quantity::ONE {
        let price = words.decimal(&line.unit_price.to_decimal(currency));
        let quantity = words.decimal(&line.quantity.to_decimal());
        rows.detail(match line.unit.symbol() {
            "" => format!("{quantity} × {price}"),
            unit => format!("{quantity} {unit} × {price}/{unit}"),
        });
    }
    if let Some(origin) = &line.origin {
        let reason = origin.reason.as_ref().map(|reason| format!(" · {reason}")).unwrap_or_default();
        rows.say_detail(|words| format!("{} {}{reason}", words.back_of, origin.receipt_number));
    }
    for part in &line.promotions {
        let off = words.amount(Minor(part.off.0.saturating_neg()), currency);
        rows.detail(format!("{} {off}", part.name));
    }
    if !line.line_discount.is_zero() {
        let reason = line.discount.as_ref().and_then(|d| d.reason.as_deref());
        let off = Minor(line.line_discount.0.saturating_neg());
        rows.say_detail(|words| {
            format!("{} {}", reason.unwrap_or(words.discount), words.amount(off, currency))
        });
    }
    if let Some(note) = &line.note {
        rows.detail(note.clone());
    }
}

fn totals(rows: &mut Rows, sale: &Sale) {
    let cart_discount = sale.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.cart_discount.0));
    if cart_discount != 0 {
        let reason = sale.discount.as_ref().and_then(|d| d.reason.as_deref());
        rows.sum(Minor(cart_discount.saturating_neg()), false, |words| {
            reason.unwrap_or(words.discount).to_owned()
        });
    }
    let (spent, off) = points(sale, |points| (points.spent, points.off.0));
    if off != 0 {
        let off = Minor(off.saturating_neg());
        rows.sum(off, false, |words| format!("{} ({spent})", words.points_used));
    }
    let exempted = sale.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.exempted.0));
    if exempted != 0 {
        rows.sum(Minor(exempted.saturating_neg()), false, |words| words.tax_not_charged.to_owned());
    }
    if !sale.tax_settings.prices_include_tax {
        rows.sum(sale.net, false, |words| words.net.to_owned());
        for tax in &sale.taxes {
            rows.sum(tax.tax, false, |words| tax_text(tax, words));
        }
    }
    rows.sum(sale.total, true, |words| format!("{} {}", words.total, sale.currency));
    let savings = savings(sale);
    if rows.store.receipt.savings && savings.0 > 0 {
        rows.sum(savings, false, |words| words.savings.to_owned());
    }
    if !sale.cash_rounding.is_zero() {
        rows.sum(sale.cash_rounding, false, |words| words.cash_rounding.to_owned());
    }
    for tender in &sale.tenders {
        rows.sum(tender.amount, false, |words| tender_text(tender, words));
        if let Some(text) = tender_detail(tender, rows.words) {
            rows.detail(text);
        }
    }
    if !sale.change.is_zero() {
        rows.sum(sale.change, true, |words| words.change.to_owned());
    }
}

/// What a deposit was paid on: the goods, what they come to, what is left of it, and until when they are kept.
fn put_aside(rows: &mut Rows, sale: &Sale) {
    let Some(layaway) = &sale.layaway else { return };
    rows.say_detail(|words| words.put_aside.to_owned());
    for line in &layaway.goods {
        let quantity = rows.words.decimal(&line.quantity.to_decimal());
        let name = if line.name.is_empty() { &line.sku } else { &line.name };
        let amount = line.agreed.as_ref().map_or(Minor::ZERO, |agreed| agreed.priced.amount);
        let text = match line.unit.symbol() {
            "" => format!("{quantity} × {name}"),
            unit => format!("{quantity} {unit} {name}"),
        };
        let amount = rows.amount(amount);
        rows.rows.push(ReceiptRow::Line { text, amount });
    }
    let paid = layaway.paid.0.saturating_add(sale.deposits().0);
    rows.sum(layaway.total, false, |words| words.agreed_total.to_owned());
    rows.sum(Minor(paid), false, |words| words.paid_so_far.to_owned());
    let left = layaway.total.0.saturating_sub(paid);
    rows.sum(Minor(left), true, |words| words.left_to_pay.to_owned());
    rows.say_detail(|words| format!("{} {}", words.kept_until, layaway.until));
    rows.rule();
}

/// Two figures of the points of all lines.
fn points(sale: &Sale, figures: fn(LinePoints) -> (i64, i64)) -> (i64, i64) {
    sale.lines.iter().map(|line| figures(line.points)).fold((0, 0), |(one, other), (more, of_other)| {
        (one.saturating_add(more), other.saturating_add(of_other))
    })
}

/// What the sale earned, and how many points there are now.
fn points_rows(rows: &mut Rows, sale: &Sale) {
    let (earned, _) = points(sale, |points| (points.earned, 0));
    let Some(now) = &sale.points else { return };
    let tier = now.tier.as_ref().map(|tier| format!(" · {tier}")).unwrap_or_default();
    let figure =
        |text: String, amount: i64| ReceiptRow::Sum { text, amount: amount.to_string(), strong: false };
    let words = rows.words;
    if earned != 0 {
        rows.rows.push(figure(words.points_earned.to_owned(), earned));
    }
    rows.rows.push(figure(format!("{}{tier}", words.points_now), now.balance));
    rows.rule();
}

/// Who approved what, a row for each of them.
fn approvals(rows: &mut Rows, sale: &Sale) {
    if !rows.store.receipt.approvals {
        return;
    }
    let mut names: Vec<&str> = Vec::new();
    for one in &sale.approved {
        if !names.contains(&one.staff_name.as_str()) {
            names.push(&one.staff_name);
        }
    }
    for name in names {
        rows.say_detail(|words| {
            let theirs = sale.approved.iter().filter(|one| one.staff_name == name);
            let mut what: Vec<&str> = theirs.map(|one| words.approved(one.kind)).collect();
            what.dedup();
            format!("{} {name}: {}", words.approved_by, what.join(", "))
        });
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
fn taxes(rows: &mut Rows, sale: &Sale) {
    let is_wanted = rows.store.receipt.tax_table && sale.tax_settings.prices_include_tax;
    if !is_wanted || sale.taxes.is_empty() {
        return;
    }
    for tax in &sale.taxes {
        rows.sum(tax.tax, false, |words| {
            let net = words.amount(tax.net, sale.currency);
            format!("{} {} {net}", tax_text(tax, words), words.of)
        });
    }
    rows.rule();
}
