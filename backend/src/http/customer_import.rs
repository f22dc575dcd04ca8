//! Customer import: a file of customers, checked or carried out, and what of it was not taken.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Asked, Whole, asked};
use super::route::{Query, Route, Who};
use crate::app::access::StaffCaller;
use crate::app::{App, AppError, customer_import};
use crate::customer_import::{NO_COLUMN, Options};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::api::{CustomerColumn, CustomerImportReport, ImportStep};
use shared::staff::Permission;
use std::io::Cursor;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

/// The most a file of customers may hold, in bytes: a hundred thousand rows.
const MOST_CSV_BYTES: usize = 48 << 20;
/// Lines that may wait for a slow reader; more of them are left out.
const WAITING: usize = 16;

const ASKS: &[Query] = &[
    ("dry_run", "`true` (check only; so unless asked otherwise) or `false`."),
    ("skip_bad_rows", "`true` leaves rows with an error out instead of stopping."),
    ("make_groups", "`true` makes groups that are named and are not here."),
    (
        "columns",
        "What is in each column, in their order, with a comma between; `-` is not taken. Else they are recognised by their names.",
    ),
    (
        "as_of_ms",
        "When the file was made, epoch ms (now unless said otherwise). What was changed in the shop later stays.",
    ),
    (
        "progress",
        "`true` answers with lines of JSON (`ImportStep`) while it is written; the last one has the report.",
    ),
];

pub fn routes() -> Vec<Route> {
    let manages = Who::Staff(Permission::ManageCustomers);
    vec![
        Route::post(
            "/api/customers/import",
            manages,
            "Checks a file of customers and, unless it is a dry run or has an error, imports it whole.",
            import,
        )
        .asks(ASKS)
        .takes_csv(MOST_CSV_BYTES)
        .gives::<CustomerImportReport>(),
        Route::post(
            "/api/customers/import/left-out",
            manages,
            "The rows of a file of customers of which not everything is taken, with why, to mend and bring again.",
            left_out,
        )
        .asks(ASKS)
        .takes_csv(MOST_CSV_BYTES)
        .gives_text("text/csv"),
    ]
}

#[derive(Deserialize)]
struct ImportQuery {
    dry_run: Option<String>,
    skip_bad_rows: Option<String>,
    make_groups: Option<String>,
    columns: Option<String>,
    as_of_ms: Option<String>,
    progress: Option<String>,
}

fn flag(field: &str, text: Option<&str>) -> Result<Option<bool>, AppError> {
    asked(field, text, str::parse::<bool>, "`true` or `false`.")
}

fn options(query: &ImportQuery) -> Result<Options, AppError> {
    Ok(Options {
        dry_run: flag("dry_run", query.dry_run.as_deref())?.unwrap_or(true),
        skip_bad_rows: flag("skip_bad_rows", query.skip_bad_rows.as_deref())?.unwrap_or(false),
        make_groups: flag("make_groups", query.make_groups.as_deref())?.unwrap_or(false),
        columns: asked("columns", query.columns.as_deref(), columns, "There is no such column.")?,
        as_of_ms: asked("as_of_ms", query.as_of_ms.as_deref(), str::parse::<i64>, "A whole number.")?,
    })
}

fn columns(text: &str) -> Result<Vec<Option<CustomerColumn>>, ()> {
    let column = |word: &str| match word.trim() {
        NO_COLUMN | "" => Ok(None),
        word => CustomerColumn::parse(word).map(Some).ok_or(()),
    };
    text.split(',').map(column).collect()
}

async fn import(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<ImportQuery>,
    Whole(file): Whole,
) -> Result<Response, Failure> {
    let options = options(&query)?;
    if flag("progress", query.progress.as_deref())?.unwrap_or(false) {
        return Ok(stepwise(app, caller, Cursor::new(file), options).into_response());
    }
    let by = Some(caller.staff_id);
    let file = Cursor::new(file);
    let report =
        customer_import::import_customers(&app, caller.organisation_id, by, file, options, |_, _| {}).await?;
    Ok(Json(report).into_response())
}

type Lines = ([(HeaderName, &'static str); 2], Body);

/// Imports whether or not somebody still reads the answer: it happens whole or not at all.
fn stepwise(app: App, caller: StaffCaller, file: Cursor<axum::body::Bytes>, options: Options) -> Lines {
    let (out, lines) = mpsc::channel::<ImportStep>(WAITING);
    tokio::spawn(async move {
        let told = out.clone();
        let progress = move |done: usize, all: usize| {
            let step = ImportStep { done: done as u64, all: all as u64, report: None, failed: None };
            // Who reads slowly hears of the next step.
            drop(told.try_send(step));
        };
        let (organisation_id, by) = (caller.organisation_id, Some(caller.staff_id));
        let done =
            customer_import::import_customers(&app, organisation_id, by, file, options, progress).await;
        let mut last = ImportStep { done: 0, all: 0, report: None, failed: None };
        match done {
            Ok(report) => last.report = Some(report),
            Err(error) => last.failed = Some(Failure::from(error).told()),
        }
        drop(out.send(last).await);
    });
    let line = |step: ImportStep| serde_json::to_string(&step).map(|line| line + "\n");
    // Packed, the lines would wait for each other.
    let headers =
        [(header::CONTENT_TYPE, "application/jsonl; charset=utf-8"), (header::CONTENT_ENCODING, "identity")];
    (headers, Body::from_stream(ReceiverStream::new(lines).map(line)))
}

async fn left_out(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<ImportQuery>,
    Whole(file): Whole,
) -> Result<([(HeaderName, &'static str); 2], String), Failure> {
    let options = options(&query)?;
    let table = customer_import::left_out(&app, caller.organisation_id, Cursor::new(file), options).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"customers-left-out.csv\""),
    ];
    Ok((headers, table))
}
