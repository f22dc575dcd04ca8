//! Register: a place to sell, and the numbers on its receipts.
//! Lives here: a register and its receipt numbers.
//! May use: ids. Never: a counter of its own (the device's store keeps it).
//! Invariant: receipt numbers of a register count up by one, without a gap.

use crate::ids::{RegisterId, StoreId};
use serde::{Deserialize, Serialize};

/// A place to sell inside a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Register {
    /// Its id.
    pub id: RegisterId,
    /// Where it stands.
    pub store_id: StoreId,
    /// "Register 2".
    pub name: String,
}

/// The number printed on a receipt: the device's prefix (unique in the organisation) and a count.
pub fn receipt_number(prefix: &str, count: u64) -> String {
    format!("{prefix}-{count:06}")
}
