//! Customers: what the API says of them beside their records.

use super::{ErrorResponse, ImportReport, SaleRow};
use crate::account::{Account, AccountKey};
use crate::customer::{Customer, FieldChange};
use crate::ids::{CustomerId, SaleId};
use crate::money::{Currency, Minor};
use serde::{Deserialize, Serialize};

/// `GET /api/customers/{id}/story`: what is known of a customer beside the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomerStory {
    /// The record, whole.
    pub customer: Customer,
    /// What they bought, by currency.
    pub bought: Vec<BoughtIn>,
    /// The last purchases, newest first. Of all of them there is `/api/customers/{id}/sales`.
    pub sales: Vec<SaleRow>,
    /// What was changed in the record, newest first.
    pub changes: Vec<CustomerChange>,
    /// What is on their account, and what was moved on it.
    pub account: AccountResponse,
    /// Their points; none where they never had any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<CustomerPoints>,
    /// How many other records were merged into it.
    pub merged: u32,
}

/// A customer's points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomerPoints {
    /// How many they have.
    pub balance: i64,
    /// How many they earned, by calendar year, the last one first.
    pub earned: Vec<EarnedIn>,
    /// What was earned and spent, newest first. Points, not money.
    pub movements: Vec<AccountMoved>,
}

/// Points earned in a calendar year of the stores' clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EarnedIn {
    /// Which.
    pub year: i32,
    /// How many.
    pub points: i64,
}

/// What a customer bought in a currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BoughtIn {
    /// Which.
    pub currency: Currency,
    /// Sales and returns.
    pub sales: u64,
    /// With tax, less what came back.
    pub total: Minor,
    /// The last time, epoch ms.
    pub last_ms: i64,
}

/// A change of a customer's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomerChange {
    /// When, epoch ms.
    pub at_ms: i64,
    /// By whom, if they are still here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff_name: Option<String>,
    /// At which register; none on a manager's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    /// Was another record merged into it?
    pub merged: bool,
    /// Did a file say so?
    #[serde(default)]
    pub imported: bool,
    /// What was made.
    pub made: Vec<FieldChange>,
    /// What was not, because somebody else was first or the field cannot be so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overtaken: Vec<FieldChange>,
}

/// Records that may be of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Doubles {
    /// What they have in common: an e-mail address, the end of a telephone number, a number.
    pub common: String,
    /// The records.
    pub customers: Vec<Customer>,
}

/// `POST /api/customers/{id}/merge`: another record of the same person goes into this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MergeRequest {
    /// Which is followed into it from then on.
    pub from: CustomerId,
}

/// An account among others: `GET /api/accounts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountRow {
    /// Whose.
    pub key: AccountKey,
    /// The customer's name; none of a gift card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// In what.
    pub currency: Currency,
    /// Above zero the shop owes it, below zero it is owed to the shop. Minor units.
    pub balance: Minor,
    /// When it last moved, epoch ms.
    pub changed_at_ms: i64,
}

/// `GET /api/accounts/{account}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountResponse {
    /// What is on it.
    pub account: Account,
    /// What was moved on it, newest first.
    pub movements: Vec<AccountMoved>,
}

/// A movement on an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountMoved {
    /// By which sale.
    pub sale_id: SaleId,
    /// Its number.
    pub receipt_number: String,
    /// When, epoch ms.
    pub at_ms: i64,
    /// In what.
    pub currency: Currency,
    /// Above zero was put on it. Minor units.
    pub amount: Minor,
}

/// What a column of a file of customers says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CustomerColumn {
    /// Our own id, as an export writes it.
    Id,
    /// The shop's own number.
    Number,
    /// The whole name.
    Name,
    /// First name, before the last.
    FirstName,
    /// Last name.
    LastName,
    /// Company.
    Company,
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Tax number.
    TaxNumber,
    /// Number of a certificate of exemption from tax.
    TaxExemption,
    /// The last day of that certificate.
    TaxExemptUntil,
    /// Group, by its name.
    Group,
    /// How much they may owe, as a decimal.
    CreditLimit,
    /// Note.
    Note,
    /// May they be written to with offers: yes or no.
    Offers,
    /// When they said so.
    OffersSaid,
    /// Street.
    Street,
    /// A second line of the address.
    Street2,
    /// Postcode.
    Postcode,
    /// Town.
    City,
    /// Country's two letters.
    Country,
}

impl CustomerColumn {
    /// All, as a person chooses among them.
    pub const ALL: [Self; 21] = [
        Self::Number,
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Company,
        Self::Email,
        Self::Phone,
        Self::TaxNumber,
        Self::TaxExemption,
        Self::TaxExemptUntil,
        Self::Group,
        Self::CreditLimit,
        Self::Note,
        Self::Offers,
        Self::OffersSaid,
        Self::Street,
        Self::Street2,
        Self::Postcode,
        Self::City,
        Self::Country,
        Self::Id,
    ];

    /// As in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Number => "number",
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Company => "company",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::TaxNumber => "tax_number",
            Self::TaxExemption => "tax_exemption",
            Self::TaxExemptUntil => "tax_exempt_until",
            Self::Group => "group",
            Self::CreditLimit => "credit_limit",
            Self::Note => "note",
            Self::Offers => "offers",
            Self::OffersSaid => "offers_said",
            Self::Street => "street",
            Self::Street2 => "street2",
            Self::Postcode => "postcode",
            Self::City => "city",
            Self::Country => "country",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.word() == word)
    }
}

/// A column of a file and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportColumn {
    /// As the file calls it.
    pub header: String,
    /// What it says; none: it is not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<CustomerColumn>,
    /// What stands in it first.
    pub example: String,
}

/// A customer of a file, as it would be or was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportedCustomer {
    /// Its line, the header being 1.
    pub line: u64,
    /// The name, or the company.
    pub title: String,
    /// Was there no such customer?
    pub is_new: bool,
    /// What is made.
    pub made: Vec<FieldChange>,
    /// What is not, because it was changed in the shop after the file was made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overtaken: Vec<FieldChange>,
}

/// `POST /api/customers/import`: the data check, and what was or would be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomerImportReport {
    /// Counts and findings.
    pub report: ImportReport,
    /// The columns, in the order of the file.
    pub columns: Vec<ImportColumn>,
    /// Groups that are named and are not here.
    pub missing_groups: Vec<String>,
    /// Rows that are left out because of an error.
    pub left_out: u64,
    /// Customers of whom a field stays as it is, because it was changed in the shop after the file was made.
    pub overtaken: u64,
    /// The first customers that change, those with something that stays before others, then the first new ones.
    pub examples: Vec<ImportedCustomer>,
}

/// A line of the answer to an import that tells how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportStep {
    /// Records written so far.
    pub done: u64,
    /// Of so many.
    pub all: u64,
    /// In the last line: what was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<CustomerImportReport>,
    /// In the last line: why nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<ErrorResponse>,
}
