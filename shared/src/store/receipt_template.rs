//! Receipt template: what of a receipt a store may choose. What the law wants on it is no choice.

use super::{LANGUAGES, Store};
use crate::picture::is_name;
use serde::{Deserialize, Serialize};

/// Rows above the goods, beside name and address.
const MOST_HEADER_ROWS: usize = 6;
/// Rows of closing words.
const MOST_FOOTER_ROWS: usize = 10;
const LONGEST_ROW: usize = 60;

/// How a store's receipts are made up. A store that says nothing about it has receipts as they always were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ReceiptTemplate {
    /// A picture of the shop above its name, by the hash that `POST /api/pictures` gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Rows below the address: opening hours, a telephone number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<String>,
    /// Who served?
    pub cashier: bool,
    /// Who bought, and their tax number?
    pub customer: bool,
    /// What was saved in all?
    pub savings: bool,
    /// How much tax of each rate is in the total? Where tax comes on top of prices it stands there in any case.
    pub tax_table: bool,
    /// Who approved what?
    #[serde(skip_serializing_if = "is_off")]
    pub approvals: bool,
    /// The receipt's number for a scanner.
    pub code: NumberCode,
    /// Language of its words; the store's unless it is said here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// A second language under the words of the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_language: Option<String>,
}

/// How the number of a receipt can be scanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NumberCode {
    /// Bars, which every scanner reads; QR where they do not fit.
    #[default]
    Barcode,
    /// QR.
    Qr,
    /// Not at all.
    None,
}

impl Default for ReceiptTemplate {
    fn default() -> Self {
        Self {
            logo: None,
            header: Vec::new(),
            cashier: true,
            customer: true,
            savings: false,
            tax_table: true,
            approvals: false,
            code: NumberCode::Barcode,
            language: None,
            second_language: None,
        }
    }
}

fn is_off(on: &bool) -> bool {
    !on
}

impl ReceiptTemplate {
    /// Is it as a store has it that says nothing?
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

impl Store {
    /// Language of its receipts.
    pub fn receipt_language(&self) -> &str {
        self.receipt.language.as_deref().unwrap_or(&self.language)
    }

    pub(super) fn check_receipt(&self, say: &mut impl FnMut(&str, &str)) {
        let template = &self.receipt;
        if template.logo.as_deref().is_some_and(|logo| !is_name(logo)) {
            say("receipt.logo", "This is no picture of the shop.");
        }
        let is_long = |row: &String| row.chars().count() > LONGEST_ROW;
        if template.header.len() > MOST_HEADER_ROWS || template.header.iter().any(is_long) {
            say("receipt.header", "At most six rows of 60 letters.");
        }
        if self.receipt_footer.as_ref().is_some_and(|footer| footer.lines().count() > MOST_FOOTER_ROWS) {
            say("receipt_footer", "At most ten rows.");
        }
        let is_known = |language: &Option<String>| {
            language.as_deref().is_none_or(|language| LANGUAGES.contains(&language))
        };
        if !is_known(&template.language) {
            say("receipt.language", "Choose one of the languages offered.");
        }
        if !is_known(&template.second_language) {
            say("receipt.second_language", "Choose one of the languages offered.");
        } else if template.second_language.as_deref() == Some(self.receipt_language()) {
            say("receipt.second_language", "Choose another language than the first.");
        }
    }
}
