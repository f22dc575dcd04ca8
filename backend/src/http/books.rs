//! Books: sales, records kept for a manager, the day's report.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Asked, Body, Id, asked};
use super::route::{Route, Who};
use crate::app::books::{self, SaleQuery};
use crate::app::{App, report};
use crate::clock;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::{KeptDecision, KeptEntry, Page, SaleResponse, SaleRow, TodayResponse};
use shared::calendar::Day;
use shared::ids::{EntryId, SaleId, StoreId};
use shared::staff::Permission;

pub fn routes() -> Vec<Route> {
    let looks = Who::Staff(Permission::ViewReports);
    let manages = Who::Staff(Permission::ManageDevices);
    vec![
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

async fn sale(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<SaleId>,
) -> Result<Json<SaleResponse>, Failure> {
    Ok(Json(books::sale(&app, caller.organisation_id, id).await?))
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
