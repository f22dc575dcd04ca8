//! Sales: reading the books.

use super::{StoreError, Tx};
use crate::on_engine;
use shared::ids::OrganisationId;

/// A line of a sale with what its sale says, for adding up.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LineRow {
    /// As printed.
    pub receipt_number: String,
    /// What the sale is.
    pub kind: String,
    /// When the sale was finished, epoch ms.
    pub at_ms: i64,
    /// The shop's wall clock, minutes east of UTC.
    pub offset_minutes: i64,
    /// The shop's number of the customer.
    pub customer_number: Option<String>,
    /// Where the customer is.
    pub customer_country: Option<String>,
    /// Code.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Thousandths of the unit.
    pub quantity: i64,
    /// 1/10,000 of the currency.
    pub unit_price: i64,
    /// As priced.
    pub amount_minor: i64,
    /// Its tax.
    pub tax_minor: i64,
    /// Is it taxed at all?
    pub taxed: bool,
    /// When it was added, epoch ms.
    pub added_at_ms: i64,
}

/// Every line of every sale, sale by sale.
pub async fn all_lines(tx: &mut Tx, organisation_id: OrganisationId) -> Result<Vec<LineRow>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT s.receipt_number, s.kind, s.at_ms, s.offset_minutes, s.customer_number, s.customer_country, \
             l.sku, l.name, l.quantity, l.unit_price, l.amount_minor, l.tax_minor, l.taxed, l.added_at_ms \
             FROM sale_lines l JOIN sales s ON s.organisation_id = l.organisation_id AND s.id = l.sale_id \
             WHERE l.organisation_id = $1 ORDER BY s.at_ms, s.id, l.line",
        )
        .bind(organisation_id.to_string())
        .fetch_all(connection)
        .await?
    }))
}

/// A line of a stock adjustment with what the adjustment says.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AdjustmentLineRow {
    /// Its number.
    pub number: String,
    /// When, epoch ms.
    pub at_ms: i64,
    /// The shop's wall clock, minutes east of UTC.
    pub offset_minutes: i64,
    /// Where the goods would have gone.
    pub country: Option<String>,
    /// Code.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Thousandths of the unit.
    pub quantity: i64,
    /// When it was entered, epoch ms.
    pub added_at_ms: i64,
}

/// Every line of every stock adjustment.
pub async fn all_adjustment_lines(
    tx: &mut Tx,
    organisation_id: OrganisationId,
) -> Result<Vec<AdjustmentLineRow>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT a.number, a.at_ms, a.offset_minutes, a.country, l.sku, l.name, l.quantity, l.added_at_ms \
             FROM stock_adjustment_lines l \
             JOIN stock_adjustments a ON a.organisation_id = l.organisation_id AND a.entry_hash = l.entry_hash \
             WHERE l.organisation_id = $1 ORDER BY a.at_ms, a.entry_hash, l.line",
        )
        .bind(organisation_id.to_string())
        .fetch_all(connection)
        .await?
    }))
}
