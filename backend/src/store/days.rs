//! Days: a store's day closed, and what came after.

use super::bulk::{Value, fetch};
use super::{StoreError, Tx};
use crate::on_engine;
use shared::ids::OrganisationId;

/// Which day of which store.
#[derive(Clone, Copy, Debug)]
pub struct DayKey<'a> {
    /// The store's id.
    pub store: &'a str,
    /// `2026-11-26` on its calendar.
    pub day: &'a str,
}

/// A close, or a supplement to one.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ClosingRow {
    /// The day.
    pub local_day: String,
    /// 1 is the close, what follows are supplements.
    pub number: i64,
    /// When, epoch ms.
    pub closed_at_ms: i64,
    /// By whom.
    pub staff_name: String,
    /// Its figures, JSON.
    pub body: String,
}

/// A day that has sales.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DayRow {
    /// The day.
    pub local_day: String,
    /// Sales and returns.
    pub count: i64,
    /// With tax.
    pub total_minor: i64,
    /// How many of them are in no close.
    pub open_count: i64,
}

/// Days of a store that have sales, newest first, before a day.
pub async fn list(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store: &str,
    before: &str,
    limit: i64,
) -> Result<Vec<DayRow>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT s.local_day, COUNT(*) AS count, CAST(SUM(s.total_minor) AS BIGINT) AS total_minor, \
             CAST(SUM(CASE WHEN c.sale_id IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS open_count \
             FROM sales s LEFT JOIN day_closing_sales c ON c.organisation_id = s.organisation_id AND c.sale_id = s.id \
             WHERE s.organisation_id = $1 AND s.store_id = $2 AND s.local_day < $3 \
             GROUP BY s.local_day ORDER BY s.local_day DESC LIMIT $4",
        )
        .bind(organisation_id.to_string())
        .bind(store)
        .bind(before)
        .bind(limit)
        .fetch_all(connection)
        .await?
    }))
}

/// Closes and supplements of the days from one to another, in order.
pub async fn closings(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store: &str,
    (from, to): (&str, &str),
) -> Result<Vec<ClosingRow>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT local_day, number, closed_at_ms, staff_name, body FROM day_closings \
             WHERE organisation_id = $1 AND store_id = $2 AND local_day >= $3 AND local_day <= $4 \
             ORDER BY local_day DESC, number",
        )
        .bind(organisation_id.to_string())
        .bind(store)
        .bind(from)
        .bind(to)
        .fetch_all(connection)
        .await?
    }))
}

/// Puts every sale of a day that is in no close into this one; says how many.
pub async fn take_sales(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    key: DayKey<'_>,
    number: i64,
) -> Result<u64, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query(
            "INSERT INTO day_closing_sales (organisation_id, sale_id, store_id, local_day, number) \
             SELECT s.organisation_id, s.id, s.store_id, s.local_day, CAST($4 AS BIGINT) FROM sales s \
             WHERE s.organisation_id = $1 AND s.store_id = $2 AND s.local_day = $3 \
             AND NOT EXISTS (SELECT 1 FROM day_closing_sales c \
              WHERE c.organisation_id = s.organisation_id AND c.sale_id = s.id)",
        )
        .bind(organisation_id.to_string())
        .bind(key.store)
        .bind(key.day)
        .bind(number)
        .execute(connection)
        .await?
        .rows_affected()
    }))
}

/// Keeps a close.
pub async fn keep(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    key: DayKey<'_>,
    row: &ClosingRow,
) -> Result<(), StoreError> {
    on_engine!(tx, connection => {
        sqlx::query(
            "INSERT INTO day_closings (organisation_id, store_id, local_day, number, closed_at_ms, staff_name, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(organisation_id.to_string())
        .bind(key.store)
        .bind(key.day)
        .bind(row.number)
        .bind(row.closed_at_ms)
        .bind(&row.staff_name)
        .bind(&row.body)
        .execute(connection)
        .await?;
    });
    Ok(())
}

/// The sales in a close, added up.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SumRow {
    /// Of the amounts.
    pub currency: String,
    /// What they are.
    pub kind: String,
    /// How many.
    pub count: i64,
    /// Without tax.
    pub net_minor: i64,
    /// Put on accounts.
    pub paid_in_minor: i64,
    /// Given to whoever served.
    pub tips_minor: i64,
    /// Given for a good cause.
    pub donations_minor: i64,
    /// All taxes.
    pub tax_minor: i64,
    /// With tax.
    pub total_minor: i64,
    /// For want of small coins.
    pub cash_rounding_minor: i64,
    /// Cash handed back.
    pub change_minor: i64,
}

/// A tax of the sales in a close, added up.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PartRow {
    /// Of the amounts.
    pub currency: String,
    /// Name of the tax.
    pub name: String,
    /// Rate in parts per million.
    pub number: i64,
    /// Without the tax.
    pub first_minor: i64,
    /// The tax.
    pub second_minor: i64,
}

/// A tender type of the sales in a close, added up.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TenderRow {
    /// Of the amounts.
    pub currency: String,
    /// Kind of the tender.
    pub kind: String,
    /// The shop's type, where it has named one.
    pub type_id: Option<String>,
    /// A name it had then.
    pub type_name: Option<String>,
    /// How many payments.
    pub count: i64,
    /// What was handed over.
    pub amount_minor: i64,
}

/// Cash of another currency in a close, added up.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ForeignRow {
    /// Of the sales.
    pub currency: String,
    /// Of the cash.
    pub theirs: String,
    /// How much of it, in its own minor units.
    pub given_minor: i64,
}

const IN_CLOSE: &str = "JOIN day_closing_sales c ON c.organisation_id = s.organisation_id AND c.sale_id = s.id \
     WHERE s.organisation_id = $1 AND c.store_id = $2 AND c.local_day = $3 AND c.number = $4";

fn bound(organisation_id: OrganisationId, key: DayKey<'_>, number: i64) -> Vec<Value> {
    vec![organisation_id.to_string().into(), key.store.into(), key.day.into(), number.into()]
}

/// Sales of a close, by currency and kind.
pub async fn sums(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    key: DayKey<'_>,
    number: i64,
) -> Result<Vec<SumRow>, StoreError> {
    let sql = format!(
        "SELECT s.currency, s.kind, COUNT(*) AS count, \
         CAST(SUM(s.net_minor - s.paid_in_minor - s.tips_minor - s.donations_minor) AS BIGINT) AS net_minor, \
         CAST(SUM(s.paid_in_minor) AS BIGINT) AS paid_in_minor, CAST(SUM(s.tips_minor) AS BIGINT) AS tips_minor, \
         CAST(SUM(s.donations_minor) AS BIGINT) AS donations_minor, \
         CAST(SUM(s.tax_minor) AS BIGINT) AS tax_minor, CAST(SUM(s.total_minor) AS BIGINT) AS total_minor, \
         CAST(SUM(s.cash_rounding_minor) AS BIGINT) AS cash_rounding_minor, \
         CAST(SUM(s.change_minor) AS BIGINT) AS change_minor \
         FROM sales s {IN_CLOSE} GROUP BY s.currency, s.kind ORDER BY s.currency, s.kind"
    );
    fetch(tx, &sql, bound(organisation_id, key, number)).await
}

/// Taxes of a close, by currency, rate and name.
pub async fn taxes(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    key: DayKey<'_>,
    number: i64,
) -> Result<Vec<PartRow>, StoreError> {
    let sql = format!(
        "SELECT s.currency, t.name, t.rate_ppm AS number, CAST(SUM(t.net_minor) AS BIGINT) AS first_minor, \
         CAST(SUM(t.tax_minor) AS BIGINT) AS second_minor FROM sales s \
         JOIN sale_taxes t ON t.organisation_id = s.organisation_id AND t.sale_id = s.id \
         {IN_CLOSE} GROUP BY s.currency, t.name, t.rate_ppm ORDER BY s.currency, t.rate_ppm DESC, t.name"
    );
    fetch(tx, &sql, bound(organisation_id, key, number)).await
}

/// Tenders of a close, by currency, kind and type, as they were handed over.
pub async fn tenders(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    key: DayKey<'_>,
    number: i64,
) -> Result<Vec<TenderRow>, StoreError> {
    let sql = format!(
        "SELECT s.currency, t.kind, t.type_id, MAX(t.type_name) AS type_name, COUNT(*) AS count, \
         CAST(SUM(t.amount_minor) AS BIGINT) AS amount_minor FROM sales s \
         JOIN tenders t ON t.organisation_id = s.organisation_id AND t.sale_id = s.id \
         {IN_CLOSE} GROUP BY s.currency, t.kind, t.type_id ORDER BY s.currency, t.kind, type_name"
    );
    fetch(tx, &sql, bound(organisation_id, key, number)).await
}

/// Cash of other currencies in a close.
pub async fn foreign_cash(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    key: DayKey<'_>,
    number: i64,
) -> Result<Vec<ForeignRow>, StoreError> {
    let sql = format!(
        "SELECT s.currency, t.currency AS theirs, CAST(SUM(t.given_minor) AS BIGINT) AS given_minor FROM sales s \
         JOIN tenders t ON t.organisation_id = s.organisation_id AND t.sale_id = s.id AND t.currency IS NOT NULL \
         {IN_CLOSE} GROUP BY s.currency, t.currency ORDER BY s.currency, t.currency"
    );
    fetch(tx, &sql, bound(organisation_id, key, number)).await
}
