//! Report: a shift on paper: what was sold, how it was paid, and what is in the drawer. X while it goes on, Z at its end.

use super::words::{self, Words};
use super::{Receipt, ReceiptRow};
use crate::money::{Currency, Minor};
use crate::shift::{CashMovementKind, ShiftClosing, ShiftFigures};
use crate::store::{NumberCode, Store};

/// The words of a report.
pub(super) struct ReportWords {
    pub(super) x_report: &'static str,
    pub(super) z_report: &'static str,
    pub(super) shift: &'static str,
    pub(super) opened: &'static str,
    pub(super) closed: &'static str,
    pub(super) sales: &'static str,
    pub(super) returns: &'static str,
    pub(super) paid_in: &'static str,
    pub(super) tips: &'static str,
    pub(super) donations: &'static str,
    pub(super) discounts: &'static str,
    pub(super) float: &'static str,
    pub(super) cash_sales: &'static str,
    pub(super) pay_in: &'static str,
    pub(super) pay_out: &'static str,
    pub(super) drop: &'static str,
    pub(super) expected: &'static str,
    pub(super) counted: &'static str,
    pub(super) difference: &'static str,
    pub(super) left: &'static str,
    pub(super) taken_out: &'static str,
    pub(super) receipts: &'static str,
    pub(super) drawer_openings: &'static str,
    pub(super) reprints: &'static str,
    pub(super) waiting: &'static str,
}

/// A shift that goes on.
pub fn x_report(figures: &ShiftFigures, store: &Store, register: &str) -> Receipt {
    report(figures, None, store, register)
}

/// A shift that is over; `closed` is its time on the shop's clock. What is printed again is marked as a copy.
pub fn z_report(closing: &ShiftClosing, closed: &str, store: &Store, register: &str, copy: bool) -> Receipt {
    let mut report = report(&closing.figures, Some((closing, closed)), store, register);
    if copy {
        let text = words::of(&store.language).copy.to_owned();
        // Below the name of the shop and what this is.
        report.rows.insert(2, ReceiptRow::Mark { text });
    }
    report
}

fn report(
    figures: &ShiftFigures,
    closing: Option<(&ShiftClosing, &str)>,
    store: &Store,
    register: &str,
) -> Receipt {
    let words = words::of(&store.language);
    let mut rows = Rows { rows: Vec::new(), figures, words };
    rows.head(closing, store, register);
    rows.sold();
    rows.paid();
    rows.drawer(closing.map(|(closing, _)| closing));
    rows.end(closing.map(|(closing, _)| closing));
    Receipt {
        language: store.language.clone(),
        number: String::new(),
        code: NumberCode::None,
        rows: rows.rows,
    }
}

struct Rows<'a> {
    rows: Vec<ReceiptRow>,
    figures: &'a ShiftFigures,
    words: &'static Words,
}

impl Rows<'_> {
    fn sum(&mut self, text: impl Into<String>, amount: Minor, strong: bool) {
        let amount = self.words.amount(amount, self.figures.currency);
        self.rows.push(ReceiptRow::Sum { text: text.into(), amount, strong });
    }

    fn detail(&mut self, text: impl Into<String>) {
        self.rows.push(ReceiptRow::Detail { text: text.into() });
    }

    fn rule(&mut self) {
        self.rows.push(ReceiptRow::Rule);
    }

    fn head(&mut self, closing: Option<(&ShiftClosing, &str)>, store: &Store, register: &str) {
        let report = &self.words.report;
        let mark = if closing.is_some() { report.z_report } else { report.x_report };
        self.rows.push(ReceiptRow::Title { text: store.name.clone() });
        self.rows.push(ReceiptRow::Mark { text: mark.to_owned() });
        let what = format!("{register} · {} {}", report.shift, self.figures.number);
        self.rows.push(ReceiptRow::Centred { text: what });
        let opened = format!("{} {} · {}", report.opened, self.figures.opened.text(), self.figures.opened_by);
        self.detail(opened);
        if let Some((closing, closed)) = closing {
            self.detail(format!("{} {closed} · {}", report.closed, closing.staff_name));
        }
        self.rule();
    }

    fn sold(&mut self) {
        let (figures, words) = (self.figures, self.words);
        let report = &words.report;
        self.sum(format!("{} ({})", report.sales, figures.sales), figures.sold, false);
        let returned = Minor(figures.returned.0.saturating_neg());
        self.sum(format!("{} ({})", report.returns, figures.returns), returned, false);
        let aside = [
            (report.paid_in, figures.paid_in),
            (report.tips, figures.tips),
            (report.donations, figures.donations),
        ];
        for (words, amount) in aside.into_iter().filter(|(_, amount)| !amount.is_zero()) {
            self.sum(words, amount, false);
        }
        self.sum(format!("{} {}", words.total, figures.currency), figures.total, true);
        if !figures.discounts.is_zero() {
            self.sum(report.discounts, Minor(figures.discounts.0.saturating_neg()), false);
        }
        self.sum(words.net, figures.net, false);
        for tax in &figures.taxes {
            let name = match &tax.percent {
                Some(percent) => format!("{} {} %", tax.name, words.decimal(percent)),
                None => tax.name.clone(),
            };
            let net = words.amount(tax.net, figures.currency);
            self.sum(format!("{name} {} {net}", words.of), tax.tax, false);
        }
        self.rule();
    }

    fn paid(&mut self) {
        if self.figures.tenders.is_empty() {
            return;
        }
        for tender in &self.figures.tenders {
            let name = tender.name.as_deref().unwrap_or_else(|| self.words.tender(&tender.kind));
            self.sum(format!("{name} ({})", tender.count), tender.amount, false);
        }
        if !self.figures.cash_rounding.is_zero() {
            self.sum(self.words.cash_rounding, self.figures.cash_rounding, false);
        }
        self.rule();
    }

    fn drawer(&mut self, closing: Option<&ShiftClosing>) {
        let (figures, report) = (self.figures, &self.words.report);
        self.sum(report.float, figures.float, false);
        self.sum(report.cash_sales, figures.cash, false);
        for movement in &figures.movements {
            let kind = match movement.kind {
                CashMovementKind::PayIn => report.pay_in,
                CashMovementKind::PayOut => report.pay_out,
                CashMovementKind::Drop => report.drop,
            };
            self.sum(kind, movement.kind.signed(movement.amount), false);
            let why = [movement.reason.as_str(), movement.staff_name.as_str()];
            let why: Vec<&str> = why.into_iter().filter(|text| !text.is_empty()).collect();
            self.detail(why.join(" · "));
        }
        self.sum(report.expected, figures.expected_cash(), true);
        if let Some(closing) = closing {
            self.sum(report.counted, closing.count.total, false);
            self.sum(report.difference, closing.variance, true);
            self.sum(report.left, closing.left, false);
            self.sum(report.taken_out, closing.taken_out(), false);
        }
        self.foreign(closing);
        for count in &figures.counts {
            let amount = self.words.amount(count.count.total, figures.currency);
            let variance = self.words.amount(count.variance(), figures.currency);
            let who = [Some(&count.staff_name), count.handed_to_name.as_ref()];
            let who: Vec<&str> = who.into_iter().flatten().map(String::as_str).collect();
            self.detail(format!("{} {amount} ({variance}) · {}", report.counted, who.join(" → ")));
        }
        self.rule();
    }

    /// Cash of other currencies, each in its own.
    fn foreign(&mut self, closing: Option<&ShiftClosing>) {
        let (figures, words) = (self.figures, self.words);
        let mut sum = |text: &str, amount: Minor, currency: Currency, strong: bool| {
            let (text, amount) = (format!("{text} {currency}"), words.amount(amount, currency));
            self.rows.push(ReceiptRow::Sum { text, amount, strong });
        };
        for cash in &figures.foreign {
            sum(words.report.expected, cash.amount, cash.currency, true);
        }
        for count in closing.iter().flat_map(|closing| &closing.foreign) {
            sum(words.report.counted, count.counted, count.currency, false);
            sum(words.report.difference, count.variance(), count.currency, true);
        }
    }

    fn end(&mut self, closing: Option<&ShiftClosing>) {
        let (figures, report) = (self.figures, &self.words.report);
        if let (Some(first), Some(last)) = (&figures.first_receipt, &figures.last_receipt) {
            self.detail(format!("{} {first} – {last}", report.receipts));
        }
        for (words, count) in
            [(report.drawer_openings, figures.drawer_openings), (report.reprints, figures.reprints)]
        {
            if count > 0 {
                self.detail(format!("{words} {count}"));
            }
        }
        let Some(closing) = closing else { return };
        for tablet in &closing.waiting {
            self.detail(format!("{} {}: {}", report.waiting, tablet.name, tablet.unsent));
        }
        if let Some(note) = &closing.note {
            self.detail(note.clone());
        }
    }
}
