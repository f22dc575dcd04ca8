//! Returns: finding a sale whose goods come back, and what a manager has to look at because of returns.

use super::{App, AppError};
use crate::store::StoreError;
use crate::store::returns::{self, FlagRow};
use shared::api::{Flag, FlagKey, FlagKind, LookRequest, ReceiptResponse};
use shared::ids::OrganisationId;
use shared::money::Quantity;
use shared::sale::LineReturned;
use shared::sync::journal::{EntryBody, JournalEntry};

/// Flags that are listed, at most.
const MOST_FLAGS: i64 = 500;

/// The sale with this receipt number, and what has come back of it so far.
pub async fn receipt(
    app: &App,
    organisation_id: OrganisationId,
    number: &str,
) -> Result<ReceiptResponse, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let content = returns::sale_by_number(&mut tx, organisation_id, number.trim()).await?;
    let entry: JournalEntry =
        serde_json::from_str(&content.ok_or(AppError::NotFound)?).map_err(StoreError::from)?;
    let EntryBody::SaleCompleted { sale } = entry.body else { return Err(AppError::NotFound) };
    let returned = returns::returned_of(&mut tx, organisation_id, &sale.id.to_string()).await?;
    let returned = returned
        .into_iter()
        .filter_map(|(line, quantity)| {
            Some(LineReturned { line: u32::try_from(line).ok()?, quantity: Quantity(quantity) })
        })
        .collect();
    Ok(ReceiptResponse { sale: *sale, returned })
}

/// What has to be looked at, newest first, then what was looked at.
pub async fn flags(app: &App, organisation_id: OrganisationId) -> Result<Vec<Flag>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let rows = returns::flags(&mut tx, organisation_id, MOST_FLAGS).await?;
    Ok(rows.into_iter().map(flag).collect::<Result<_, StoreError>>()?)
}

fn flag(row: FlagRow) -> Result<Flag, StoreError> {
    let wrong = |text: &str| StoreError::Value(text.to_owned());
    let kind = FlagKind::ALL.into_iter().find(|kind| kind.word() == row.kind);
    Ok(Flag {
        key: FlagKey {
            kind: kind.ok_or_else(|| wrong(&row.kind))?,
            sale_id: row.sale_id.parse().map_err(|_| wrong(&row.sale_id))?,
            line: u32::try_from(row.line).map_err(|_| wrong(&row.line.to_string()))?,
        },
        receipt_number: row.receipt_number,
        name: row.name,
        sold: row.sold.map(Quantity),
        returned: Quantity(row.returned),
        returns: row.returns.map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default(),
        code: row.about,
        raised_at_ms: row.raised_at_ms,
        resolved: row.resolved,
    })
}

/// A manager has looked at a flag as it was raised at `raised_at_ms`; what came back since is still to be looked at.
pub async fn look(
    app: &App,
    organisation_id: OrganisationId,
    LookRequest { key, raised_at_ms }: LookRequest,
) -> Result<(), AppError> {
    let mut tx = app.db.write_for(organisation_id).await?;
    let sale = key.sale_id.to_string();
    let flag = (key.kind.word(), sale.as_str(), i64::from(key.line));
    if !returns::resolve_flag(&mut tx, organisation_id, flag, raised_at_ms).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(())
}
