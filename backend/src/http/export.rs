//! Export: everything an organisation has, as files. They travel in pieces; a failure breaks the transfer off, so that half
//! a file is never taken for a whole one.

use super::failure::Failure;
use super::guard::Staff;
use super::route::{Route, Who};
use crate::app::{App, AppError, export};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use shared::staff::Permission;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// The record of what tablets handed in, to the byte: a line of JSON each.
const JOURNAL: &str = "journal.jsonl";
/// Pieces that may wait for a slow reader.
const WAITING: usize = 4;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/api/export/{file}",
            Who::Staff(Permission::Export),
            "A table as a file: `products.csv` (as an import reads it), `sales.csv`, `sale_lines.csv`, `sale_taxes.csv`, \
             `tenders.csv`, `stock_levels.csv`, `stock_movements.csv`, `accounts.csv`, `account_movements.csv`, `customers.csv`, `registers.csv`, `tablets.csv`, `staff.csv`; or \
             `journal.jsonl`, every record to the byte.",
            file,
        )
        .gives_text("text/csv"),
    ]
}

type File = ([(HeaderName, String); 2], Body);

async fn file(
    State(app): State<App>,
    Staff(caller): Staff,
    Path(file): Path<String>,
) -> Result<File, Failure> {
    let table = file.strip_suffix(".csv").filter(|name| export::is_table(name)).map(str::to_owned);
    let media_type = match (&table, file.as_str()) {
        (Some(_), _) => "text/csv; charset=utf-8",
        (None, JOURNAL) => "application/jsonl; charset=utf-8",
        _ => return Err(AppError::NotFound.into()),
    };
    let (pieces, mut written) = mpsc::channel::<String>(WAITING);
    let (out, body) = mpsc::channel::<Result<String, std::io::Error>>(WAITING);
    let write = async move {
        let (db, organisation_id) = (&app.db, caller.organisation_id);
        match &table {
            Some(name) => export::table(db, organisation_id, name, &pieces).await.map(drop),
            None => export::journal(db, organisation_id, &pieces).await.map(drop),
        }
    };
    let forward = {
        let out = out.clone();
        async move {
            while let Some(piece) = written.recv().await {
                if out.send(Ok(piece)).await.is_err() {
                    break;
                }
            }
        }
    };
    tokio::spawn(async move {
        let (done, ()) = tokio::join!(write, forward);
        if let Err(error) = done {
            tracing::error!(%error, "an export broke off");
            let _ = out.send(Err(std::io::Error::other("the export broke off"))).await;
        }
    });
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ];
    Ok((headers, Body::from_stream(ReceiverStream::new(body))))
}
