//! Catalog: what can be sold.
//! Lives here: products and variants, units, categories, barcodes as a product carries them, and the folded search text.
//! May use: money, ids, barcode. Never: storage, a price rule (see pricing later), stock levels.
//! Invariant: a barcode or SKU of an active product names one product.

use crate::ids::{CategoryId, ProductId, TaxCategoryId};
use crate::money::UnitPrice;
use serde::{Deserialize, Serialize};

/// Something that can be sold. A variant is a product whose `parent_id` names the product it varies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// The product it is a variant of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<ProductId>,
    /// The shop's own code; kept to the letter (codes differing only in case are different codes).
    pub sku: String,
    /// As on the shelf and the receipt.
    pub name: String,
    /// What sets the variant apart: "Size: M", "Colour: Red".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<VariantOption>,
    /// Every code that scans to it, as printed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barcodes: Vec<String>,
    /// Its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// How it is counted or measured.
    #[serde(default)]
    pub unit: Unit,
    /// For tax.
    pub tax_category_id: TaxCategoryId,
    /// Shelf price of one unit; nothing means "ask at the till".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<UnitPrice>,
    /// Where its picture is: a path of this server, as `POST /api/pictures` gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Is stock kept? Fees and postage have none.
    #[serde(default = "yes")]
    pub stocked: bool,
    /// Sold at present?
    #[serde(default = "yes")]
    pub active: bool,
    /// Shown first at the till.
    #[serde(default)]
    pub favourite: bool,
}

fn yes() -> bool {
    true
}

/// One choice of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VariantOption {
    /// "Size".
    pub name: String,
    /// "M".
    pub value: String,
}

/// How a product is counted or measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole pieces.
    #[default]
    Piece,
    /// Weighed.
    Kilogram,
    /// Weighed.
    Gram,
    /// Measured.
    Litre,
    /// Measured.
    Metre,
    /// Weighed.
    Pound,
}

impl Unit {
    /// May a quantity have decimals?
    pub fn is_measured(self) -> bool {
        self != Self::Piece
    }

    /// As written behind a number; empty for pieces.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Piece => "",
            Self::Kilogram => "kg",
            Self::Gram => "g",
            Self::Litre => "l",
            Self::Metre => "m",
            Self::Pound => "lb",
        }
    }

    /// Reads a unit as people write it in a spreadsheet.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.trim().to_lowercase().as_str() {
            "" | "piece" | "pieces" | "pc" | "pcs" | "each" | "ea" | "unit" | "h87" | "c62" => Self::Piece,
            "kg" | "kilogram" | "kilo" | "kgm" => Self::Kilogram,
            "g" | "gram" | "grm" => Self::Gram,
            "l" | "litre" | "liter" | "ltr" => Self::Litre,
            "m" | "metre" | "meter" | "mtr" => Self::Metre,
            "lb" | "lbs" | "pound" | "lbr" => Self::Pound,
            _ => return None,
        })
    }
}

/// A group of products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// As on the chip.
    pub name: String,
    /// Place among the chips, small first.
    pub position: i64,
}

/// Text as search compares it: lower case, diacritics gone, runs of anything but letters and digits to one space.
/// Letters without a decomposition that people type otherwise (ß, ø, æ, œ, ł, đ) are spelled out.
pub fn fold(text: &str) -> String {
    fold_with(text, |letter, folded| {
        for part in unicode_normalization::UnicodeNormalization::nfkd(std::iter::once(letter)) {
            if !unicode_normalization::char::is_combining_mark(part) {
                fold_part(part, folded);
            }
        }
    })
}

/// The rest of it for a text that is decomposed (NFKD), without marks, in lower case and with spaces for what is no letter
/// or digit: the tables for all that are large, and a browser has its own.
pub fn fold_prepared(text: &str) -> String {
    fold_with(text, |letter, folded| match spelled_out(letter) {
        Some(letters) => folded.push_str(letters),
        None => folded.push(letter),
    })
}

fn fold_with(text: &str, fold_other: impl Fn(char, &mut String)) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            folded.push(letter.to_ascii_lowercase());
        } else if letter.is_ascii() {
            separate(&mut folded);
        } else {
            fold_other(letter, &mut folded);
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn separate(folded: &mut String) {
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

fn fold_part(part: char, folded: &mut String) {
    match spelled_out(part) {
        Some(letters) => folded.push_str(letters),
        None if part.is_alphanumeric() => folded.extend(part.to_lowercase()),
        None => separate(folded),
    }
}

fn spelled_out(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' | 'ẞ' => "ss",
        'ø' | 'Ø' => "o",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ı' => "i",
        'þ' | 'Þ' => "th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_text_ignores_case_diacritics_and_punctuation() {
        for (text, folded) in [
            ("Crème de Foie Pur Porc", "creme de foie pur porc"),
            ("Gewürze- Kardamon - gemahlen", "gewurze kardamon gemahlen"),
            ("Straße  Øl Łódź", "strasse ol lodz"),
            ("Şeker ŞEKER", "seker seker"),
            ("Жен", "жен"),
            ("ﬁlet №5", "filet no5"),
            ("  -- ", ""),
        ] {
            assert_eq!(fold(text), folded);
        }
    }
}
