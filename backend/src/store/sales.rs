//! Sales: reading the books.

use super::bulk::{self, Value};
use super::{StoreError, Tx};
use crate::on_engine;
use shared::ids::{DeviceId, OrganisationId};

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

/// A sale in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SaleListRow {
    /// Its id.
    pub id: String,
    /// As printed.
    pub receipt_number: String,
    /// What it is.
    pub kind: String,
    /// When, epoch ms.
    pub at_ms: i64,
    /// The shop's wall clock, minutes east of UTC.
    pub offset_minutes: i64,
    /// Name of the register, if it is still there.
    pub register: Option<String>,
    /// By whom.
    pub staff_name: String,
    /// In what.
    pub currency: String,
    /// With tax.
    pub total_minor: i64,
    /// How many lines.
    pub line_count: i64,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct SaleFilter {
    /// Folded words of receipt number, staff and customer.
    pub words: Vec<String>,
    /// Only this store.
    pub store: Option<String>,
    /// Only this day of the shop, `2010-11-25`.
    pub day: Option<String>,
    /// Only of these customers; of all where none is named.
    pub customers: Vec<String>,
}

/// A page of sales, newest first. `after` is time and id of the last row before.
pub async fn list(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    filter: &SaleFilter,
    after: Option<(i64, &str)>,
    limit: i64,
) -> Result<(Vec<SaleListRow>, u64), StoreError> {
    let mut condition = String::from("s.organisation_id = $1");
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    for word in &filter.words {
        values.push(format!("%{word}%").into());
        condition.push_str(&format!(" AND s.search_key LIKE ${}", values.len()));
    }
    for (column, value) in [("store_id", &filter.store), ("local_day", &filter.day)] {
        if let Some(value) = value {
            values.push(value.as_str().into());
            condition.push_str(&format!(" AND s.{column} = ${}", values.len()));
        }
    }
    if !filter.customers.is_empty() {
        let ids = bulk::places(values.len() + 1, filter.customers.len());
        condition.push_str(&format!(" AND s.customer_id IN ({ids})"));
        values.extend(filter.customers.iter().map(|id| Value::from(id.as_str())));
    }
    let count = format!("SELECT COUNT(*) FROM sales s WHERE {condition}");
    let total: Vec<(i64,)> = bulk::fetch(tx, &count, values.clone()).await?;
    if let Some((at_ms, id)) = after {
        condition.push_str(&format!(" AND (s.at_ms, s.id) < (${}, ${})", values.len() + 1, values.len() + 2));
        values.push(at_ms.into());
        values.push(id.into());
    }
    values.push(limit.into());
    let sql = format!(
        "SELECT s.id, s.receipt_number, s.kind, s.at_ms, s.offset_minutes, r.name AS register, s.staff_name, \
         s.currency, s.total_minor, s.line_count FROM sales s \
         LEFT JOIN registers r ON r.organisation_id = s.organisation_id AND r.id = s.register_id \
         WHERE {condition} ORDER BY s.at_ms DESC, s.id DESC LIMIT ${}",
        values.len()
    );
    let rows = bulk::fetch(tx, &sql, values).await?;
    Ok((rows, total.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0))))
}

/// The journal entry a sale was booked from, and when it came.
pub async fn entry_of(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    sale: &str,
) -> Result<Option<(String, i64)>, StoreError> {
    let row: Option<(String, i64)> = on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT e.content, s.received_at_ms FROM sales s \
             JOIN journal_entries e ON e.organisation_id = s.organisation_id AND e.hash = s.entry_hash \
             WHERE s.organisation_id = $1 AND s.id = $2",
        )
        .bind(organisation_id.to_string())
        .bind(sale)
        .fetch_optional(connection)
        .await?
    });
    row.map(|(content, received)| Ok((super::books::content_of(content)?, received))).transpose()
}

/// Sales of one store, kind and minute, added up.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MinuteRow {
    /// The shop's day.
    pub local_day: String,
    /// Where.
    pub store_id: String,
    /// Minutes since midnight.
    pub local_minute: i64,
    /// What they are.
    pub kind: String,
    /// How many.
    pub count: i64,
    /// Without tax.
    pub net_minor: i64,
}

/// Sales of some days by minute.
pub async fn minutes(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    days: [&str; 2],
    store: Option<&str>,
) -> Result<Vec<MinuteRow>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT local_day, store_id, local_minute, kind, COUNT(*) AS count, \
             CAST(SUM(net_minor - paid_in_minor - tips_minor - donations_minor) AS BIGINT) AS net_minor FROM sales \
             WHERE organisation_id = $1 AND local_day IN ($2, $3) AND ($4 = '' OR store_id = $4) \
             GROUP BY local_day, store_id, local_minute, kind",
        )
        .bind(organisation_id.to_string())
        .bind(days[0])
        .bind(days[1])
        .bind(store.unwrap_or(""))
        .fetch_all(connection)
        .await?
    }))
}

/// A product that sold.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BestSellerRow {
    /// Its code.
    pub sku: String,
    /// Its name on the receipts.
    pub name: String,
    /// Thousandths of the unit.
    pub quantity: i64,
    /// Without tax.
    pub net_minor: i64,
}

/// Goods of a day by their net, most first.
pub async fn best_sellers(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    day: &str,
    store: Option<&str>,
    limit: i64,
) -> Result<Vec<BestSellerRow>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT l.sku, MAX(l.name) AS name, CAST(SUM(l.quantity) AS BIGINT) AS quantity, \
             CAST(SUM(l.net_minor) AS BIGINT) AS net_minor FROM sales s \
             JOIN sale_lines l ON l.organisation_id = s.organisation_id AND l.sale_id = s.id \
             WHERE s.organisation_id = $1 AND s.local_day = $2 AND ($3 = '' OR s.store_id = $3) \
             AND l.kind = 'product' AND s.kind <> 'adjustment' \
             GROUP BY l.sku HAVING SUM(l.net_minor) > 0 ORDER BY 4 DESC, l.sku LIMIT $4",
        )
        .bind(organisation_id.to_string())
        .bind(day)
        .bind(store.unwrap_or(""))
        .bind(limit)
        .fetch_all(connection)
        .await?
    }))
}

/// A record that was kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KeptRow {
    /// Fingerprint.
    pub hash: String,
    /// Its id.
    pub entry_id: String,
    /// Of which tablet.
    pub device_id: String,
    /// Its place.
    pub sequence: i64,
    /// Why it is here.
    pub reason: Option<String>,
    /// When it came, epoch ms.
    pub received_at_ms: i64,
    /// To the byte.
    pub content: String,
    /// Dealt with?
    pub resolved: bool,
}

/// Records that were kept, unresolved and newest first; or those with one id.
pub async fn kept(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: Option<&str>,
    limit: i64,
) -> Result<Vec<KeptRow>, StoreError> {
    let rows: Vec<KeptRow> = on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT hash, entry_id, device_id, sequence, reason, received_at_ms, content, resolved \
             FROM journal_entries WHERE organisation_id = $1 AND state <> 'booked' AND ($2 = '' OR entry_id = $2) \
             ORDER BY resolved, received_at_ms DESC, hash LIMIT $3",
        )
        .bind(organisation_id.to_string())
        .bind(id.unwrap_or(""))
        .bind(limit)
        .fetch_all(connection)
        .await?
    });
    rows.into_iter()
        .map(|mut row| {
            row.content = super::books::content_of(row.content)?;
            Ok(row)
        })
        .collect()
}

/// How many kept records wait for a decision.
pub async fn count_kept(tx: &mut Tx, organisation_id: OrganisationId) -> Result<u64, StoreError> {
    let count: i64 = on_engine!(tx, connection => {
        sqlx::query_scalar(
            "SELECT COUNT(*) FROM journal_entries WHERE organisation_id = $1 AND state <> 'booked' AND NOT resolved",
        )
        .bind(organisation_id.to_string())
        .fetch_one(connection)
        .await?
    });
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Notes what was decided about a kept record, once. `state` is `set_aside` or `booked_later`.
pub async fn resolve(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
    state: &str,
) -> Result<bool, StoreError> {
    let changed = on_engine!(tx, connection => {
        sqlx::query(
            "UPDATE journal_entries SET resolved = TRUE, state = $1 \
             WHERE organisation_id = $2 AND hash = $3 AND state = 'kept' AND NOT resolved",
        )
        .bind(state)
        .bind(organisation_id.to_string())
        .bind(hash)
        .execute(connection)
        .await?
        .rows_affected()
    });
    Ok(changed == 1)
}

/// How many sales a tablet recorded that are in the books.
pub async fn count_of_device(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
) -> Result<u64, StoreError> {
    let count: i64 = on_engine!(tx, connection => {
        sqlx::query_scalar("SELECT COUNT(*) FROM sales WHERE organisation_id = $1 AND device_id = $2")
            .bind(organisation_id.to_string())
            .bind(device_id.to_string())
            .fetch_one(connection)
            .await?
    });
    Ok(u64::try_from(count).unwrap_or(0))
}
