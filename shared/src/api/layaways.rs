//! Layaways: what the API says of goods that wait to be fetched.

use crate::calendar::Day;
use crate::ids::{CustomerId, SaleId, StoreId};
use crate::money::{Currency, Minor};
use serde::{Deserialize, Serialize};

/// Goods put aside that wait to be fetched: `GET /api/layaways`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LayawayRow {
    /// The sale of the first deposit.
    pub id: SaleId,
    /// Number of its receipt.
    pub receipt_number: String,
    /// Where the goods are.
    pub store_id: StoreId,
    /// For whom, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// Their name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    /// The last day the goods are kept.
    pub until: Day,
    /// Of the amounts.
    pub currency: Currency,
    /// What was agreed, with tax. Minor units.
    pub total: Minor,
    /// What is paid on it. Minor units.
    pub paid: Minor,
    /// When it was put aside, epoch ms.
    pub at_ms: i64,
}
