//! Shifts: drawers as managers see them, and which tablets still hold what is not here.

use super::{App, AppError};
use crate::store::StoreError;
use crate::store::shifts::{self, ShiftFilter};
use shared::api::{Page, ShiftResponse, ShiftRow};
use shared::calendar::LocalTime;
use shared::ids::{DeviceId, OrganisationId, ShiftId, StoreId};
use shared::money::{Currency, Minor};
use shared::shift::WaitingTablet;
use shared::sync::journal::{EntryBody, JournalEntry};

/// Rows of a page.
const ROWS: i64 = 50;

/// A page of shifts, newest first.
pub async fn list(
    app: &App,
    organisation_id: OrganisationId,
    store: Option<StoreId>,
    after: Option<String>,
) -> Result<Page<ShiftRow>, AppError> {
    let after = match &after {
        None => None,
        Some(text) => {
            let place = text.split_once('~').and_then(|(at, id)| Some((at.parse::<i64>().ok()?, id)));
            Some(place.ok_or_else(|| AppError::wrong_field("after", "This is not a place in the list."))?)
        }
    };
    let filter = ShiftFilter { store: store.map(|id| id.to_string()), id: None };
    let mut tx = app.db.read_for(organisation_id).await?;
    let rows = shifts::list(&mut tx, organisation_id, &filter, after, ROWS).await?;
    let total = shifts::count(&mut tx, organisation_id, &filter).await?;
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == ROWS;
    let next = rows.last().filter(|_| full).map(|row| format!("{}~{}", row.opened_at_ms, row.shift_id));
    let rows = rows.into_iter().map(row).collect::<Result<_, StoreError>>()?;
    Ok(Page { rows, next, total })
}

fn row(row: shifts::ShiftRow) -> Result<ShiftRow, StoreError> {
    let wrong = |text: &str| StoreError::Value(text.to_owned());
    let text = |at_ms: i64, offset: i64| {
        LocalTime { at_ms, offset_minutes: i32::try_from(offset).unwrap_or(0) }.text()
    };
    Ok(ShiftRow {
        id: row.shift_id.parse().map_err(|_| wrong(&row.shift_id))?,
        store_id: row.store_id.parse().map_err(|_| wrong(&row.store_id))?,
        register: row.register.unwrap_or_default(),
        device: row.device.unwrap_or_default(),
        number: u64::try_from(row.number).unwrap_or(0),
        currency: Currency::parse(&row.currency).map_err(|_| wrong(&row.currency))?,
        opened: text(row.opened_at_ms, row.opened_offset),
        opened_by: row.opened_by,
        closed: row.closed_at_ms.map(|at_ms| text(at_ms, row.closed_offset.unwrap_or(0))),
        closed_by: row.closed_by,
        expected: Minor(row.books_minor),
        counted: row.counted_minor.map(Minor),
        agrees: row.expected_minor.is_none_or(|expected| expected == row.books_minor),
    })
}

/// One shift, with what was recorded at its opening and its close.
pub async fn shift(
    app: &App,
    organisation_id: OrganisationId,
    id: ShiftId,
) -> Result<ShiftResponse, AppError> {
    let filter = ShiftFilter { store: None, id: Some(id.to_string()) };
    let mut tx = app.db.read_for(organisation_id).await?;
    let found = shifts::list(&mut tx, organisation_id, &filter, None, 1).await?.pop();
    let found = found.ok_or(AppError::NotFound)?;
    let mut bodies = Vec::new();
    for hash in std::iter::once(&found.opening_hash).chain(&found.closing_hash) {
        let content =
            shifts::entry_content(&mut tx, organisation_id, hash).await?.ok_or(AppError::NotFound)?;
        let entry: JournalEntry = serde_json::from_str(&content).map_err(StoreError::from)?;
        bodies.push(entry.body);
    }
    let mut bodies = bodies.into_iter();
    let Some(EntryBody::ShiftOpened { opening }) = bodies.next() else { return Err(AppError::NotFound) };
    let closing = bodies.next().and_then(|body| match body {
        EntryBody::ShiftClosed { closing } => Some(*closing),
        _ => None,
    });
    Ok(ShiftResponse { row: row(found)?, opening, closing })
}

/// Other tablets of a tablet's store that hold records which are not here, as they last said.
pub async fn waiting_beside(
    app: &App,
    organisation_id: OrganisationId,
    device_id: DeviceId,
) -> Result<Vec<WaitingTablet>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let (_, store_id) =
        crate::store::books::ledger(&mut tx, organisation_id, device_id).await?.ok_or(AppError::NotFound)?;
    let rows =
        shifts::waiting(&mut tx, organisation_id, &store_id.to_string(), &device_id.to_string()).await?;
    Ok(rows.into_iter().map(waiting_tablet).collect())
}

/// As tables have it.
pub(super) fn waiting_tablet((name, unsent): (String, i64)) -> WaitingTablet {
    WaitingTablet { name, unsent: u64::try_from(unsent).unwrap_or(0) }
}
