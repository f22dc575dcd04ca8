//! Customer import: a file of customers into a shop's records, checked and field by field.

use super::import::currency_of;
use super::table::Table;
use super::{App, AppError};
use crate::clock::{self, FreshIds};
use crate::customer_import::{
    ImportError, KnownCustomer, KnownShop, Options, Plan, PlannedCustomer, left_as_cells, plan, read,
};
use crate::spreadsheet::unpack;
use crate::store::customers::{self, ChangeRow};
use crate::store::{Db, Tx, pricing};
use shared::api::CustomerImportReport;
use shared::ids::{EntryId, OrganisationId, StaffId};
use std::io::Read;

/// How many customers are written between two words on how far it is.
const STEP: usize = 2_000;

/// Checks a file and, unless it is a dry run or an error stands in the way, writes it in one transaction. `progress` hears
/// how many customers of how many are written; `by` is who brought it, for the records' histories.
pub async fn import_customers(
    app: &App,
    organisation_id: OrganisationId,
    by: Option<StaffId>,
    file: impl Read + Send + 'static,
    options: Options,
    progress: impl Fn(usize, usize),
) -> Result<CustomerImportReport, AppError> {
    let report = import_into(&app.db, organisation_id, by, file, options, progress).await?;
    if report.report.written {
        app.changes.tell(&organisation_id.to_string());
    }
    Ok(report)
}

/// As [`import_customers`], where nobody waits for changes.
pub async fn import_into(
    db: &Db,
    organisation_id: OrganisationId,
    by: Option<StaffId>,
    file: impl Read + Send + 'static,
    options: Options,
    progress: impl Fn(usize, usize),
) -> Result<CustomerImportReport, AppError> {
    let (mut tx, plan) = planned(db, organisation_id, file, options).await?;
    let mut report = plan.report;
    if plan.ready {
        for group in &plan.groups {
            pricing::insert(&mut tx, organisation_id, group).await?;
        }
        write(&mut tx, organisation_id, by, &plan.customers, progress).await?;
        tx.commit().await?;
        report.report.written = true;
    }
    Ok(report)
}

/// The rows of a file of which not everything is taken, as a table to mend and bring again.
pub async fn left_out(
    app: &App,
    organisation_id: OrganisationId,
    file: impl Read + Send + 'static,
    options: Options,
) -> Result<String, AppError> {
    let (_, plan) = planned(&app.db, organisation_id, file, Options { dry_run: true, ..options }).await?;
    let mut rows = left_as_cells(&plan.report.columns, &plan.left).into_iter();
    let header = rows.next().unwrap_or_default();
    let mut table = Table::new(&header.iter().map(String::as_str).collect::<Vec<_>>());
    rows.for_each(|row| table.row(row));
    // Spreadsheets take a file for UTF-8 where it says so.
    Ok(format!("\u{feff}{}", table.take()))
}

async fn planned(
    db: &Db,
    organisation_id: OrganisationId,
    file: impl Read + Send + 'static,
    options: Options,
) -> Result<(Tx, Plan), AppError> {
    let now_ms = clock::now_ms();
    let currency = currency_of(db, organisation_id).await?;
    let columns = options.columns.clone();
    // Unpacking and checking keep a processor busy for a while: not where requests are served.
    let file = tokio::task::spawn_blocking(move || {
        let bytes = unpack(file).map_err(ImportError::from)?;
        read(&bytes, columns.as_deref(), currency)
    })
    .await
    .map_err(|e| AppError::Busy(e.to_string()))?
    .map_err(|e| AppError::wrong_input(format!("{e}. Nothing was imported.")))?;
    let mut tx = if options.dry_run {
        db.read_for(organisation_id).await?
    } else {
        db.write_for(organisation_id).await?
    };
    let as_of_ms = options.as_of_ms.unwrap_or(now_ms);
    let known = KnownShop {
        customers: customers::all(&mut tx, organisation_id)
            .await?
            .into_iter()
            .map(|row| KnownCustomer { customer: row.customer, version: row.version })
            .collect(),
        groups: pricing::all(&mut tx, organisation_id).await?,
        later: customers::changed_since(&mut tx, organisation_id, as_of_ms).await?,
    };
    let plan = tokio::task::spawn_blocking(move || plan(file, &known, &options, now_ms, &mut FreshIds))
        .await
        .map_err(|e| AppError::Busy(e.to_string()))?;
    Ok((tx, plan))
}

async fn write(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    by: Option<StaffId>,
    planned: &[PlannedCustomer],
    progress: impl Fn(usize, usize),
) -> Result<(), AppError> {
    let now_ms = clock::now_ms();
    let mut done = 0;
    // Of whom nothing changes the report tells; a second import leaves no trace.
    let planned: Vec<&PlannedCustomer> = planned.iter().filter(|one| !one.made.is_empty()).collect();
    for step in planned.chunks(STEP) {
        let new: Vec<_> = step.iter().filter(|one| one.replaces.is_none()).map(|one| &one.customer).collect();
        customers::insert_all(tx, organisation_id, &new, now_ms).await?;
        let changed: Vec<_> = step.iter().filter_map(|one| Some((&one.customer, one.replaces?))).collect();
        if !customers::update_all(tx, organisation_id, &changed, now_ms).await? {
            let words = "A customer was changed meanwhile. Nothing was imported; check the file again.";
            return Err(AppError::Conflict(words.to_owned()));
        }
        let change = |one: &&PlannedCustomer| {
            let change = ChangeRow {
                id: EntryId::fresh(&mut FreshIds).to_string(),
                at_ms: now_ms,
                staff_id: by.map(|id| id.to_string()),
                device_id: None,
                entry_hash: None,
                kind: "imported",
                made: one.made.clone(),
                overtaken: one.overtaken.clone(),
            };
            (one.customer.id, change)
        };
        customers::note(tx, organisation_id, step.iter().map(change).collect()).await?;
        customers::touch(tx, organisation_id, step.iter().map(|one| one.customer.id)).await?;
        done += step.len();
        progress(done, planned.len());
    }
    Ok(())
}
