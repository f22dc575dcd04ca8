//! Approvals: what was approved at the tills, as managers see it.

use super::{App, AppError};
use crate::store::approvals::{self, ApprovalFilter};
use crate::store::{StoreError, Tx};
use shared::api::{ApprovalView, Page};
use shared::approval::{ApprovalKind, ApprovalState};
use shared::calendar::LocalTime;
use shared::ids::{OrganisationId, SaleId, StaffId, StoreId};
use shared::money::{Currency, Minor};

/// Rows of a page unless asked otherwise, and at most.
const ROWS: i64 = 50;
const MOST_ROWS: i64 = 500;

/// Which approvals to list.
#[derive(Clone, Debug, Default)]
pub struct ApprovalQuery {
    /// Only this store.
    pub store: Option<StoreId>,
    /// Only of this kind.
    pub kind: Option<ApprovalKind>,
    /// Only in this state.
    pub state: Option<ApprovalState>,
    /// Only what this person approved or asked for.
    pub staff: Option<StaffId>,
    /// All but those that are sound.
    pub is_unsound: bool,
    /// Where the page before ended.
    pub after: Option<String>,
    /// Most rows.
    pub limit: Option<i64>,
}

/// A page of approvals, newest first.
pub async fn list(
    app: &App,
    organisation_id: OrganisationId,
    query: ApprovalQuery,
) -> Result<Page<ApprovalView>, AppError> {
    let after = match &query.after {
        None => None,
        Some(text) => {
            let mut parts = text.split('~');
            let place = parts.next().zip(parts.next()).zip(parts.next()).and_then(|((at, hash), place)| {
                Some((at.parse::<i64>().ok()?, hash, place.parse::<i64>().ok()?))
            });
            Some(place.ok_or_else(|| AppError::wrong_field("after", "This is not a place in the list."))?)
        }
    };
    let filter = ApprovalFilter {
        store: query.store.map(|id| id.to_string()),
        kind: query.kind.map(ApprovalKind::word),
        state: query.state.map(ApprovalState::word),
        staff: query.staff.map(|id| id.to_string()),
        sale: None,
        is_unsound: query.is_unsound,
    };
    let limit = query.limit.unwrap_or(ROWS).clamp(1, MOST_ROWS);
    let mut tx = app.db.read_for(organisation_id).await?;
    let (rows, total) = approvals::list(&mut tx, organisation_id, &filter, after, limit).await?;
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == limit;
    let next = rows.last().filter(|_| full);
    let next = next.map(|row| format!("{}~{}~{}", row.at_ms, row.entry_hash, row.place));
    let rows = rows.into_iter().map(view).collect::<Result<_, StoreError>>()?;
    Ok(Page { rows, next, total })
}

/// What was approved in a sale, or should have been, in order.
pub(super) async fn of_sale(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: SaleId,
) -> Result<Vec<ApprovalView>, AppError> {
    let filter = ApprovalFilter { sale: Some(id.to_string()), ..ApprovalFilter::default() };
    let (mut rows, _) = approvals::list(tx, organisation_id, &filter, None, MOST_ROWS).await?;
    rows.sort_by_key(|row| row.place);
    Ok(rows.into_iter().map(view).collect::<Result<_, StoreError>>()?)
}

fn view(row: approvals::ApprovalRow) -> Result<ApprovalView, StoreError> {
    let wrong = |text: &str| StoreError::Value(text.to_owned());
    let state = ApprovalState::ALL.into_iter().find(|state| state.word() == row.state);
    let offset_minutes = i32::try_from(row.offset_minutes).unwrap_or(0);
    Ok(ApprovalView {
        key: format!("{}~{}", row.entry_hash, row.place),
        state: state.ok_or_else(|| wrong(&row.state))?,
        subject: serde_json::from_str(&row.subject)?,
        about: row.about,
        worth: Minor(row.worth_minor),
        currency: Currency::parse(&row.currency).map_err(|_| wrong(&row.currency))?,
        asked_by: row.asked_name,
        approved_by: row.approved_name,
        local_time: LocalTime { at_ms: row.at_ms, offset_minutes }.text(),
        register: row.register.unwrap_or_default(),
        sale_id: row.sale_id.as_deref().map(|id| id.parse().map_err(|_| wrong(id))).transpose()?,
        receipt_number: row.receipt_number,
    })
}
