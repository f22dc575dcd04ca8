//! Check: what of both sides' records would make trouble once they are connected, before they are.

use serde::{Deserialize, Serialize};

/// Examples of a finding that are shown; the export has all.
pub const MOST_EXAMPLES: usize = 20;

/// Whose record it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Ours.
    Here,
    /// Theirs.
    There,
    /// Of both together.
    Both,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Something will be refused or left out.
    Stops,
    /// Something may be mixed up or differ.
    Warns,
}

/// What is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// A product without a code.
    CodeMissing,
    /// Several products with one code.
    CodeDoubled,
    /// Codes that differ in capital letters or spaces alone.
    CodeAlmost,
    /// A barcode whose check digit does not fit.
    BarcodeWrong,
    /// A barcode of several products.
    BarcodeDoubled,
    /// A product without a price.
    PriceMissing,
    /// The price of one product on both sides.
    PriceDiffers,
    /// A tax category of theirs that has none here.
    TaxUnmapped,
    /// The tax category of one product on both sides.
    TaxDiffers,
    /// A unit of theirs that has none here.
    UnitUnmapped,
    /// The unit of one product on both sides.
    UnitDiffers,
    /// A product of ours that they do not have.
    Unmatched,
    /// Several products of ours that are one of theirs.
    MatchedTwice,
    /// A product that is sold here and taken out of use there.
    RetiredThere,
    /// A variant whose product is gone.
    VariantOrphan,
    /// Stock below nothing.
    StockNegative,
    /// Stock of a product that is counted in pieces is no whole number.
    StockOdd,
    /// Customers with one e-mail address.
    CustomerMailDoubled,
    /// Customers with one telephone number.
    CustomerPhoneDoubled,
    /// A store or a way to pay without a match.
    ValueUnmatched,
}

impl Found {
    /// All of them, in the order people read them.
    pub const ALL: [Self; 20] = [
        Self::ValueUnmatched,
        Self::Unmatched,
        Self::CodeMissing,
        Self::CodeDoubled,
        Self::CodeAlmost,
        Self::BarcodeWrong,
        Self::BarcodeDoubled,
        Self::PriceMissing,
        Self::PriceDiffers,
        Self::TaxUnmapped,
        Self::TaxDiffers,
        Self::UnitUnmapped,
        Self::UnitDiffers,
        Self::MatchedTwice,
        Self::RetiredThere,
        Self::VariantOrphan,
        Self::StockNegative,
        Self::StockOdd,
        Self::CustomerMailDoubled,
        Self::CustomerPhoneDoubled,
    ];

    /// One word for addresses and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::CodeMissing => "code_missing",
            Self::CodeDoubled => "code_doubled",
            Self::CodeAlmost => "code_almost",
            Self::BarcodeWrong => "barcode_wrong",
            Self::BarcodeDoubled => "barcode_doubled",
            Self::PriceMissing => "price_missing",
            Self::PriceDiffers => "price_differs",
            Self::TaxUnmapped => "tax_unmapped",
            Self::TaxDiffers => "tax_differs",
            Self::UnitUnmapped => "unit_unmapped",
            Self::UnitDiffers => "unit_differs",
            Self::Unmatched => "unmatched",
            Self::MatchedTwice => "matched_twice",
            Self::RetiredThere => "retired_there",
            Self::VariantOrphan => "variant_orphan",
            Self::StockNegative => "stock_negative",
            Self::StockOdd => "stock_odd",
            Self::CustomerMailDoubled => "customer_mail_doubled",
            Self::CustomerPhoneDoubled => "customer_phone_doubled",
            Self::ValueUnmatched => "value_unmatched",
        }
    }

    /// How bad it is.
    pub fn weight(self) -> Weight {
        match self {
            Self::CodeMissing
            | Self::CodeDoubled
            | Self::BarcodeWrong
            | Self::TaxUnmapped
            | Self::UnitUnmapped
            | Self::Unmatched
            | Self::RetiredThere
            | Self::ValueUnmatched => Weight::Stops,
            _ => Weight::Warns,
        }
    }
}

/// One record that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FoundRow {
    /// Its code or number.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is about: the barcode, both prices.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// Everything of one kind that was found on one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// What.
    pub found: Found,
    /// Whose.
    pub side: Side,
    /// How bad it is.
    pub weight: Weight,
    /// How many records.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<FoundRow>,
}

/// What a check of both sides gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DataCheck {
    /// Records of both sides about which nothing was found, of a hundred, rounded down: 100 is none with a finding.
    pub score: u8,
    /// Products of ours that were looked at.
    pub here: u64,
    /// Products of theirs.
    pub there: u64,
    /// Customers of ours.
    pub customers: u64,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}
