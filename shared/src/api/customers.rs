//! Customers: what the API says of them beside their records.

use super::SaleRow;
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
