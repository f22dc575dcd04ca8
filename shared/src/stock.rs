//! Stock: what moves when goods move.
//! Lives here: stock movements and their reasons, adjustments.
//! May use: money (quantities), ids, sale. Never: storage, a level that is written rather than summed.
//! Invariant: a level is the sum of its movements.

use crate::ids::ProductId;
use crate::money::Quantity;
use crate::sale::{LineKind, Sale};
use serde::{Deserialize, Serialize};

/// A change of one product's stock in one store; positive when goods come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StockMovement {
    /// Of what.
    pub product_id: ProductId,
    /// How much, in thousandths of the unit.
    pub quantity: Quantity,
    /// Why.
    pub reason: StockReason,
}

/// Why stock moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StockReason {
    /// Sold.
    Sale,
    /// Came back.
    Return,
    /// Lost, broken, written off.
    WriteOff,
    /// Found, or set right after a look.
    Correction,
    /// What was there at the start.
    Opening,
}

impl StockReason {
    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Return => "return",
            Self::WriteOff => "write_off",
            Self::Correction => "correction",
            Self::Opening => "opening",
        }
    }
}

/// Stock set right by a person, recorded on a register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StockAdjustment {
    /// Its number, as the shop counts them.
    pub number: String,
    /// What moved.
    pub lines: Vec<StockAdjustmentLine>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the goods would have gone, as the shop writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// One product of an adjustment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StockAdjustmentLine {
    /// Of what.
    pub product_id: ProductId,
    /// Its code then.
    pub sku: String,
    /// Its name then, empty when it had none.
    pub name: String,
    /// How much; negative when goods are gone.
    pub quantity: Quantity,
    /// Why.
    pub reason: StockReason,
    /// When it was entered, epoch ms by the device.
    #[serde(default)]
    pub added_at_ms: i64,
}

/// The movements of a finished sale: each stocked line takes out what it sold and brings in what it takes back.
pub fn movements_of(sale: &Sale) -> Vec<StockMovement> {
    sale.lines
        .iter()
        .filter(|line| line.stocked && line.kind == LineKind::Product)
        .filter_map(|line| {
            let quantity = line.quantity.negated().ok()?;
            let reason = if line.quantity.is_negative() { StockReason::Return } else { StockReason::Sale };
            Some(StockMovement { product_id: line.product_id?, quantity, reason })
        })
        .collect()
}
