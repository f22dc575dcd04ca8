//! Books: looking at sales, and deciding about records that were kept.

use super::{App, AppError, approvals};
use crate::store::books::{Books, connections};
use crate::store::sales::{self, KeptRow, SaleFilter, SaleListRow};
use crate::store::{StoreError, books};
use shared::api::{KeptDecision, KeptEntry, Page, SaleResponse, SaleRow};
use shared::calendar::{Day, LocalTime};
use shared::catalog::fold;
use shared::ids::{DeviceId, EntryId, OrganisationId, SaleId, StoreId};
use shared::money::{Currency, Minor};
use shared::sale::SaleKind;
use shared::sync::journal::{EntryBody, JournalEntry, SealedEntry};

/// Rows of a page unless asked otherwise, and at most.
const ROWS: i64 = 50;
const MOST_ROWS: i64 = 500;

/// Which sales to list.
#[derive(Clone, Debug, Default)]
pub struct SaleQuery {
    /// Words of receipt number, staff, customer.
    pub search: String,
    /// Only this store.
    pub store: Option<StoreId>,
    /// Only this day of the shop.
    pub day: Option<Day>,
    /// Where the page before ended.
    pub after: Option<String>,
    /// Most rows.
    pub limit: Option<i64>,
}

/// A page of sales, newest first.
pub async fn sales(
    app: &App,
    organisation_id: OrganisationId,
    query: SaleQuery,
) -> Result<Page<SaleRow>, AppError> {
    let filter = SaleFilter {
        words: fold(&query.search).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).take(8).collect(),
        store: query.store.map(|id| id.to_string()),
        day: query.day.map(|day| day.to_string()),
        customers: Vec::new(),
    };
    list(app, organisation_id, filter, query.after.as_deref(), query.limit).await
}

/// A page of the sales a filter lets through, newest first.
pub(super) async fn list(
    app: &App,
    organisation_id: OrganisationId,
    filter: SaleFilter,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<SaleRow>, AppError> {
    let after = match after {
        None => None,
        Some(text) => {
            let place = text.split_once('~').and_then(|(at, id)| Some((at.parse::<i64>().ok()?, id)));
            Some(place.ok_or_else(|| AppError::wrong_field("after", "This is not a place in the list."))?)
        }
    };
    let limit = limit.unwrap_or(ROWS).clamp(1, MOST_ROWS);
    let mut tx = app.db.read_for(organisation_id).await?;
    let (rows, total) = sales::list(&mut tx, organisation_id, &filter, after, limit).await?;
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == limit;
    let next = rows.last().filter(|_| full).map(|row| format!("{}~{}", row.at_ms, row.id));
    let rows = rows.into_iter().map(sale_row).collect::<Result<_, StoreError>>()?;
    Ok(Page { rows, next, total })
}

fn sale_row(row: SaleListRow) -> Result<SaleRow, StoreError> {
    let wrong = |text: &str| StoreError::Value(text.to_owned());
    let offset_minutes = i32::try_from(row.offset_minutes).unwrap_or(0);
    Ok(SaleRow {
        id: row.id.parse().map_err(|_| wrong(&row.id))?,
        receipt_number: row.receipt_number,
        kind: kind_of(&row.kind),
        local_time: LocalTime { at_ms: row.at_ms, offset_minutes }.text(),
        register: row.register.unwrap_or_default(),
        staff_name: row.staff_name,
        currency: Currency::parse(&row.currency).map_err(|_| wrong(&row.currency))?,
        total: Minor(row.total_minor),
        lines: u64::try_from(row.line_count).unwrap_or(0),
    })
}

/// A kind as tables write it.
pub fn kind_of(word: &str) -> SaleKind {
    match word {
        "return" => SaleKind::Return,
        "adjustment" => SaleKind::Adjustment,
        _ => SaleKind::Sale,
    }
}

/// One sale, as it was recorded.
pub async fn sale(app: &App, organisation_id: OrganisationId, id: SaleId) -> Result<SaleResponse, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let found = sales::entry_of(&mut tx, organisation_id, &id.to_string()).await?;
    let (content, received_at_ms) = found.ok_or(AppError::NotFound)?;
    let entry: JournalEntry = serde_json::from_str(&content).map_err(StoreError::from)?;
    match entry.body {
        EntryBody::SaleCompleted { sale } => {
            let approvals = approvals::of_sale(&mut tx, organisation_id, id).await?;
            Ok(SaleResponse { sale: *sale, received_at_ms, approvals })
        }
        _ => Err(AppError::NotFound),
    }
}

/// Records kept for a manager, those without a decision first.
pub async fn kept(app: &App, organisation_id: OrganisationId) -> Result<Vec<KeptEntry>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let rows = sales::kept(&mut tx, organisation_id, None, MOST_ROWS).await?;
    Ok(rows.into_iter().map(kept_entry).collect::<Result<_, StoreError>>()?)
}

fn kept_entry(row: KeptRow) -> Result<KeptEntry, StoreError> {
    let wrong = |text: &str| StoreError::Value(text.to_owned());
    Ok(KeptEntry {
        id: row.entry_id.parse().map_err(|_| wrong(&row.entry_id))?,
        device_id: row.device_id.parse().map_err(|_| wrong(&row.device_id))?,
        sequence: u64::try_from(row.sequence).unwrap_or(0),
        reason: row.reason.unwrap_or_default(),
        received_at_ms: row.received_at_ms,
        content: row.content,
        resolved: row.resolved,
    })
}

/// What a manager decides about a kept record, once.
pub async fn decide(
    app: &App,
    organisation_id: OrganisationId,
    id: EntryId,
    decision: KeptDecision,
    now_ms: i64,
) -> Result<KeptEntry, AppError> {
    let mut tx = app.db.write_for(organisation_id).await?;
    let rows = sales::kept(&mut tx, organisation_id, Some(&id.to_string()), 10).await?;
    if rows.is_empty() {
        return Err(AppError::NotFound);
    }
    let row = rows
        .into_iter()
        .find(|row| !row.resolved)
        .ok_or_else(|| AppError::Conflict("This record has been dealt with already.".to_owned()))?;
    let state = match decision {
        KeptDecision::SetAside => "set_aside",
        KeptDecision::Book => {
            book_kept(&mut tx, organisation_id, &row, now_ms).await?;
            "booked_later"
        }
    };
    if !sales::resolve(&mut tx, organisation_id, &row.hash, state).await? {
        return Err(AppError::Conflict("This record has been dealt with already.".to_owned()));
    }
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(kept_entry(KeptRow { resolved: true, ..row })?)
}

async fn book_kept(
    tx: &mut crate::store::Tx,
    organisation_id: OrganisationId,
    row: &KeptRow,
    now_ms: i64,
) -> Result<(), AppError> {
    let cannot =
        |why: String| AppError::Conflict(format!("It cannot be booked: {why}. It stays where it is."));
    let id = row.entry_id.parse().map_err(|_| AppError::NotFound)?;
    let sequence = u64::try_from(row.sequence).unwrap_or(0);
    let sealed = SealedEntry { id, sequence, hash: row.hash.clone(), content: row.content.clone() };
    let entry = sealed.open().map_err(|e| cannot(e.to_string()))?;
    if let EntryBody::SaleCompleted { sale } = &entry.body {
        sale.check().map_err(|e| cannot(e.to_string()))?;
    }
    let device: DeviceId = row.device_id.parse().map_err(|_| AppError::NotFound)?;
    let (_, store_id) = books::ledger(tx, organisation_id, device)
        .await?
        .ok_or_else(|| cannot("its tablet is not known here".to_owned()))?;
    let connections = connections(tx, organisation_id).await?;
    let mut written = Books::new(organisation_id, connections, now_ms);
    written.book(&entry, &row.hash, store_id, now_ms);
    written.write(tx).await.map_err(|error| {
        if error.is_refused_data() {
            cannot("a sale with the same id is in the books already".to_owned())
        } else {
            error.into()
        }
    })
}
