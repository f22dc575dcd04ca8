//! Rows: a receipt as it grows, its words in one language or in two, the second under the first.

use super::words::{self, Words};
use super::{Receipt, ReceiptRow, legal};
use crate::money::{Currency, Minor};
use crate::sale::SaleKind;
use crate::store::{NumberCode, Store};

/// What is written so far.
pub(super) struct Rows<'a> {
    pub(super) rows: Vec<ReceiptRow>,
    pub(super) store: &'a Store,
    pub(super) words: &'static Words,
    second: Option<&'static Words>,
    currency: Currency,
}

impl<'a> Rows<'a> {
    /// In the languages of the store's receipts.
    pub(super) fn of(store: &'a Store, currency: Currency) -> Self {
        let first = words::of(store.receipt_language());
        let second = store.receipt.second_language.as_deref().map(words::of);
        Self { rows: Vec::new(), store, words: first, second, currency }
    }

    /// The receipt of this number.
    pub(super) fn receipt(self, number: &str) -> Receipt {
        let code = if number.is_empty() { NumberCode::None } else { self.store.receipt.code };
        let language = self.store.receipt_language().to_owned();
        Receipt { language, number: number.to_owned(), code, rows: self.rows }
    }

    pub(super) fn amount(&self, amount: Minor) -> String {
        self.words.amount(amount, self.currency)
    }

    pub(super) fn centred(&mut self, text: &str) {
        self.rows.push(ReceiptRow::Centred { text: text.to_owned() });
    }

    pub(super) fn detail(&mut self, text: impl Into<String>) {
        self.rows.push(ReceiptRow::Detail { text: text.into() });
    }

    pub(super) fn rule(&mut self) {
        self.rows.push(ReceiptRow::Rule);
    }

    /// A row of words, and the same in the second language where that says it otherwise.
    pub(super) fn say(&mut self, row: fn(String) -> ReceiptRow, said: impl Fn(&Words) -> String) {
        let first = said(self.words);
        let second = self.second.map(&said).filter(|second| *second != first);
        self.rows.extend([first].into_iter().chain(second).filter(|text| !text.is_empty()).map(row));
    }

    pub(super) fn mark(&mut self, said: fn(&Words) -> &'static str) {
        self.say(|text| ReceiptRow::Mark { text }, |words| said(words).to_owned());
    }

    pub(super) fn say_detail(&mut self, said: impl Fn(&Words) -> String) {
        self.say(|text| ReceiptRow::Detail { text }, said);
    }

    /// A label and an amount; the label in the second language stands below.
    pub(super) fn sum(&mut self, amount: Minor, strong: bool, said: impl Fn(&Words) -> String) {
        let text = said(self.words);
        let below = self.second.map(&said).filter(|below| *below != text);
        let amount = self.amount(amount);
        self.rows.push(ReceiptRow::Sum { text, amount, strong });
        self.rows.extend(below.map(|text| ReceiptRow::Detail { text }));
    }

    /// Whose shop it is.
    pub(super) fn place(&mut self) {
        let store = self.store;
        self.rows
            .extend(store.receipt.logo.iter().map(|picture| ReceiptRow::Logo { picture: picture.clone() }));
        self.rows.push(ReceiptRow::Title { text: store.name.clone() });
        store.address.iter().chain(&store.receipt.header).for_each(|row| self.centred(row));
    }

    /// What the law of the country wants said of it: the tax number, and what this is called.
    pub(super) fn legal(&mut self, kind: SaleKind) {
        let Some(number) = &self.store.tax_number else { return };
        let country = self.store.country.as_str();
        let centred = |text| ReceiptRow::Centred { text };
        self.say(centred, |words| {
            let word = legal::of(country, words.language, number)
                .map_or(Some(words.tax_number), |legal| legal.tax_number);
            word.map_or_else(|| number.clone(), |word| format!("{word} {number}"))
        });
        self.say(centred, |words| {
            let legal = legal::of(country, words.language, number).unwrap_or_default();
            let name = match kind {
                SaleKind::Sale => legal.sale,
                SaleKind::Return => legal.back,
                SaleKind::Adjustment => None,
            };
            name.unwrap_or_default().to_owned()
        });
    }

    /// Closing words, and the number.
    pub(super) fn foot(&mut self, number: &str) {
        let footer = self.store.receipt_footer.as_deref().unwrap_or_default();
        footer.lines().map(str::trim).filter(|row| !row.is_empty()).for_each(|row| self.centred(row));
        self.centred(number);
    }
}
