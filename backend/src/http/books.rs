//! Books: sales, what was put aside in them, records kept for a manager, the day's report.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Asked, Body, Id, asked};
use super::route::{Route, Who};
use crate::app::books::{self, SaleQuery};
use crate::app::layaways;
use crate::app::receipts::{self, ReceiptForm};
use crate::app::{App, report};
use crate::clock;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use serde::Deserialize;
use shared::api::{KeptDecision, KeptEntry, LayawayRow, Page, SaleResponse, SaleRow, TodayResponse};
use shared::calendar::Day;
use shared::ids::{EntryId, SaleId, StoreId};
use shared::staff::Permission;

pub fn routes() -> Vec<Route> {
    let looks = Who::Staff(Permission::ViewReports);
    let manages = Who::Staff(Permission::ManageDevices);
    vec![
        Route::get("/api/layaways", looks, "A page of goods put aside, those first that are kept the shortest.", layaways)
            .asks(&[("after", "`next` of the page before."), ("limit", "Most rows, up to 500.")])
            .gives::<Page<LayawayRow>>(),
        Route::get("/api/sales", looks, "A page of sales, newest first.", sales)
            .asks(&[
                ("search", "Words of receipt number, staff, customer."),
                ("store", "Only this store."),
                ("day", "Only this day of the shop, like 2026-11-25."),
                ("after", "`next` of the page before."),
                ("limit", "Most rows, up to 500."),
            ])
            .gives::<Page<SaleRow>>(),
        Route::get("/api/sales/{id}", looks, "One sale, as it was recorded.", sale).gives::<SaleResponse>(),
        Route::get(
            "/api/sales/{id}/receipt",
            looks,
            "The receipt of a sale, marked as a copy: a page that needs nothing else, a PDF as wide as the roll, or plain text.",
            receipt,
        )
        .asks(&[("form", "`html` (the default), `pdf` or `text`.")])
        .gives_bytes(RECEIPTS),
        Route::get("/api/kept", manages, "Records kept for a manager, those without a decision first.", kept)
            .gives::<Vec<KeptEntry>>(),
        Route::post("/api/kept/{id}", manages, "Decides about a kept record, once.", decide)
            .takes::<KeptDecision>()
            .gives::<KeptEntry>(),
        Route::get(
            "/api/reports/today",
            looks,
            "A day in figures, beside the same weekday a week before.",
            today,
        )
        .asks(&[("store", "Only this store."), ("day", "Another day of the shop, like 2026-11-25.")])
        .gives::<TodayResponse>(),
    ]
}

#[derive(Deserialize)]
struct SalesAsked {
    search: Option<String>,
    store: Option<String>,
    day: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

const NO_STORE: &str = "This is no store.";
const NO_DAY: &str = "A day like 2026-11-25.";

async fn sales(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<SalesAsked>,
) -> Result<Json<Page<SaleRow>>, Failure> {
    let query = SaleQuery {
        search: query.search.unwrap_or_default(),
        store: asked("store", query.store.as_deref(), str::parse::<StoreId>, NO_STORE)?,
        day: asked("day", query.day.as_deref(), Day::parse, NO_DAY)?,
        after: query.after.filter(|after| !after.is_empty()),
        limit: asked("limit", query.limit.as_deref(), str::parse::<i64>, "A whole number.")?,
    };
    Ok(Json(books::sales(&app, caller.organisation_id, query).await?))
}

#[derive(Deserialize)]
struct LayawaysAsked {
    after: Option<String>,
    limit: Option<String>,
}

async fn layaways(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<LayawaysAsked>,
) -> Result<Json<Page<LayawayRow>>, Failure> {
    let limit = asked("limit", query.limit.as_deref(), str::parse::<i64>, "A whole number.")?;
    let after = query.after.filter(|after| !after.is_empty());
    Ok(Json(layaways::waiting(&app, caller.organisation_id, after, limit).await?))
}

async fn sale(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<SaleId>,
) -> Result<Json<SaleResponse>, Failure> {
    Ok(Json(books::sale(&app, caller.organisation_id, id).await?))
}

/// What a receipt comes as.
const RECEIPTS: &[&str] = &["text/html", "application/pdf", "text/plain"];
/// The page of a receipt runs nothing, loads nothing and is framed by nobody.
const ALONE: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Deserialize)]
struct ReceiptAsked {
    form: Option<String>,
}

async fn receipt(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<SaleId>,
    Asked(query): Asked<ReceiptAsked>,
) -> Result<([(HeaderName, String); 4], Vec<u8>), Failure> {
    let form_of = |word: &str| ReceiptForm::parse(word).ok_or(());
    let form = asked("form", query.form.as_deref(), form_of, "One of html, pdf, text.")?;
    let form = form.unwrap_or_default();
    let made = receipts::of_sale(&app, caller.organisation_id, id, form).await?;
    let (media_type, ending) = match form {
        ReceiptForm::Html => ("text/html; charset=utf-8", "html"),
        ReceiptForm::Pdf => ("application/pdf", "pdf"),
        ReceiptForm::Text => ("text/plain; charset=utf-8", "txt"),
    };
    let name: String =
        made.number.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}.{ending}\"")),
        (header::CONTENT_SECURITY_POLICY, ALONE.to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, made.bytes))
}

async fn kept(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<KeptEntry>>, Failure> {
    Ok(Json(books::kept(&app, caller.organisation_id).await?))
}

async fn decide(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<EntryId>,
    Body(decision): Body<KeptDecision>,
) -> Result<Json<KeptEntry>, Failure> {
    Ok(Json(books::decide(&app, caller.organisation_id, id, decision, clock::now_ms()).await?))
}

#[derive(Deserialize)]
struct TodayAsked {
    store: Option<String>,
    day: Option<String>,
}

async fn today(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<TodayAsked>,
) -> Result<Json<TodayResponse>, Failure> {
    let store = asked("store", query.store.as_deref(), str::parse::<StoreId>, NO_STORE)?;
    let day = asked("day", query.day.as_deref(), Day::parse, NO_DAY)?;
    Ok(Json(report::today(&app, caller.organisation_id, store, day, clock::now_ms()).await?))
}
