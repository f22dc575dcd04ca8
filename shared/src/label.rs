//! Label: what stands at the shelf and on the goods: name, price, unit price, code.
//! Lives here: the document, which code a product's label bears, the document as Zebra's ZPL II (`zpl`). (As ESC/POS it is beside
//! the receipts: `receipt::escpos`.) May use: catalog, barcode, store, the receipts' way to write amounts. Never: a cable.
//! Invariant: no bars of a GTIN without its right check digit; nothing of a name commands a printer.

mod zpl;

pub use zpl::{Dots, LabelSize, zpl};

use crate::barcode;
use crate::catalog::{Product, Unit};
use crate::money::UnitPrice;
use crate::receipt::written_price;
use crate::store::Store;
use serde::{Deserialize, Serialize};

/// Where a label goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelKind {
    /// At the shelf: the price is what one looks for.
    #[default]
    Shelf,
    /// On the goods: the code is what is scanned.
    Item,
}

/// The bars of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelCode {
    /// Thirteen digits, the last one right.
    Ean13(String),
    /// Eight.
    Ean8(String),
    /// Twelve.
    UpcA(String),
    /// Anything else that ASCII can say.
    Code128(String),
}

impl LabelCode {
    /// What the bars say.
    pub fn text(&self) -> &str {
        match self {
            Self::Ean13(text) | Self::Ean8(text) | Self::UpcA(text) | Self::Code128(text) => text,
        }
    }
}

/// A label, as a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where it goes.
    pub kind: LabelKind,
    /// Is its language read from right to left?
    pub right_to_left: bool,
    /// What is sold, with what sets a variant apart.
    pub name: String,
    /// "12.75 GBP", "12.90 GBP/kg"; none for what is priced at the till.
    pub price: Option<String>,
    /// What a kilogram costs where the price is of something smaller (Directive 98/6/EC asks for it).
    pub unit_price: Option<String>,
    /// Its bars.
    pub code: Option<LabelCode>,
    /// The shop's own code.
    pub sku: String,
}

/// The label of a product under the name the till gives it.
pub fn label(product: &Product, name: &str, kind: LabelKind, store: &Store) -> Label {
    let per = |price: UnitPrice, symbol: &str| {
        let amount = format!("{} {}", written_price(price, store), store.currency);
        if symbol.is_empty() { amount } else { format!("{amount}/{symbol}") }
    };
    let per_kilogram = |price: UnitPrice| price.0.checked_mul(1_000).map(UnitPrice);
    let unit_price = product.price.filter(|_| product.unit == Unit::Gram).and_then(per_kilogram);
    Label {
        kind,
        right_to_left: store.language == "ar",
        name: name.to_owned(),
        price: product.price.map(|price| per(price, product.unit.symbol())),
        unit_price: unit_price.map(|price| per(price, Unit::Kilogram.symbol())),
        code: code_of(product),
        sku: product.sku.clone(),
    }
}

/// A GTIN whose check digit is right before anything else that can be scanned; the shop's own code last.
fn code_of(product: &Product) -> Option<LabelCode> {
    let gtin = |code: &String| {
        let is_digits = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits || barcode::check(code).is_err() {
            return None;
        }
        match code.len() {
            13 => Some(LabelCode::Ean13(code.clone())),
            12 => Some(LabelCode::UpcA(code.clone())),
            8 => Some(LabelCode::Ean8(code.clone())),
            _ => None,
        }
    };
    let plain = |code: &&String| {
        (1..=MOST_OF_A_CODE).contains(&code.len()) && code.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    };
    product.barcodes.iter().find_map(gtin).or_else(|| {
        let codes = product.barcodes.iter().chain(std::iter::once(&product.sku));
        codes.filter(plain).map(|code| LabelCode::Code128(code.clone())).next()
    })
}

/// More does not fit on a label.
const MOST_OF_A_CODE: usize = 30;

#[cfg(test)]
mod tests;
