//! Customer: who buys, as far as a sale needs to know.
//! Lives here: the customer as a sale names them.
//! May use: ids. Never: storage, contact data beyond what the sale shows.
//! Invariant: a sale stands without a customer.

use crate::ids::CustomerId;
use serde::{Deserialize, Serialize};

/// The customer as a sale names them; every part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SaleCustomer {
    /// A known customer's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CustomerId>,
    /// The shop's own number for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// As on the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where they are, as the shop writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl SaleCustomer {
    /// Nothing known?
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
