//! Layaways: what waits to be fetched, for managers.

use super::{App, AppError};
use crate::store::StoreError;
use crate::store::layaways::{self, LayawayRow as Stored};
use shared::api::{LayawayRow, Page};
use shared::ids::OrganisationId;
use shared::money::{Currency, Minor};

const ROWS: i64 = 100;
const MOST_ROWS: i64 = 500;

/// A page of those that wait, those first that are kept the shortest.
pub async fn waiting(
    app: &App,
    organisation_id: OrganisationId,
    after: Option<String>,
    limit: Option<i64>,
) -> Result<Page<LayawayRow>, AppError> {
    let limit = limit.unwrap_or(ROWS).clamp(1, MOST_ROWS);
    let after = match after.as_deref().map(|text| text.split_once('~')) {
        Some(None) => return Err(AppError::wrong_field("after", "This is not a place in the list.")),
        Some(Some(place)) => place,
        None => ("", ""),
    };
    let mut tx = app.db.read_for(organisation_id).await?;
    let (rows, total) = layaways::waiting(&mut tx, organisation_id, after, limit).await?;
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == limit;
    let next = rows.last().filter(|_| full).map(|row| format!("{}~{}", row.until_day, row.id));
    Ok(Page { rows: rows.into_iter().map(view).collect::<Result<_, StoreError>>()?, next, total })
}

fn view(row: Stored) -> Result<LayawayRow, StoreError> {
    let wrong = |text: &str| StoreError::Value(text.to_owned());
    Ok(LayawayRow {
        id: row.id.parse().map_err(|_| wrong(&row.id))?,
        store_id: row.store_id.parse().map_err(|_| wrong(&row.store_id))?,
        customer_id: match &row.customer_id {
            Some(id) => Some(id.parse().map_err(|_| wrong(id))?),
            None => None,
        },
        until: shared::calendar::Day::parse(&row.until_day).map_err(|_| wrong(&row.until_day))?,
        currency: Currency::parse(&row.currency).map_err(|_| wrong(&row.currency))?,
        total: Minor(row.total_minor),
        paid: Minor(row.paid_minor),
        at_ms: row.at_ms,
        receipt_number: row.receipt_number,
        customer_name: row.customer_name,
    })
}
