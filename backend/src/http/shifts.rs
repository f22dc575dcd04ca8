//! Shifts: drawers, and a store's days.

use super::failure::Failure;
use super::guard::{Device, Staff};
use super::input::{Asked, Body, Id, asked};
use super::route::{Route, Who};
use crate::app::{App, AppError, days, shifts};
use crate::clock;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::{CloseDayRequest, DayRow, Page, ShiftResponse, ShiftRow};
use shared::calendar::Day;
use shared::ids::{ShiftId, StoreId};
use shared::shift::{DayClosing, WaitingTablet};
use shared::staff::Permission;

pub fn routes() -> Vec<Route> {
    let looks = Who::Staff(Permission::ViewReports);
    vec![
        Route::get("/api/shifts", looks, "A page of shifts, newest first.", list)
            .asks(&[("store", "Only this store."), ("after", "`next` of the page before.")])
            .gives::<Page<ShiftRow>>(),
        Route::get("/api/shifts/{id}", looks, "One shift, with its opening and its Z report.", shift)
            .gives::<ShiftResponse>(),
        Route::get(
            "/api/waiting",
            Who::Device,
            "Other tablets of the store that hold what the server does not have, as they last said.",
            waiting,
        )
        .gives::<Vec<WaitingTablet>>(),
        Route::get(
            "/api/days",
            looks,
            "Days of a store with their closes and supplements, newest first.",
            days,
        )
        .asks(&[("store", "Of this store."), ("before", "Only days before this one, like 2026-11-25.")])
        .gives::<Vec<DayRow>>(),
        Route::post(
            "/api/days",
            Who::Staff(Permission::CloseDay),
            "Closes a day. What comes in later becomes numbered supplements.",
            close_day,
        )
        .takes::<CloseDayRequest>()
        .gives::<DayClosing>(),
    ]
}

#[derive(Deserialize)]
struct ShiftsAsked {
    store: Option<String>,
    after: Option<String>,
}

const NO_STORE: &str = "This is no store.";

async fn list(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<ShiftsAsked>,
) -> Result<Json<Page<ShiftRow>>, Failure> {
    let store = asked("store", query.store.as_deref(), str::parse::<StoreId>, NO_STORE)?;
    let after = query.after.filter(|after| !after.is_empty());
    Ok(Json(shifts::list(&app, caller.organisation_id, store, after).await?))
}

async fn shift(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<ShiftId>,
) -> Result<Json<ShiftResponse>, Failure> {
    Ok(Json(shifts::shift(&app, caller.organisation_id, id).await?))
}

async fn waiting(
    State(app): State<App>,
    Device(caller): Device,
) -> Result<Json<Vec<WaitingTablet>>, Failure> {
    Ok(Json(shifts::waiting_beside(&app, caller.organisation_id, caller.device_id).await?))
}

#[derive(Deserialize)]
struct DaysAsked {
    store: Option<String>,
    before: Option<String>,
}

async fn days(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<DaysAsked>,
) -> Result<Json<Vec<DayRow>>, Failure> {
    let store = asked("store", query.store.as_deref(), str::parse::<StoreId>, NO_STORE)?;
    let store = store.ok_or_else(|| AppError::wrong_field("store", "Say which store."))?;
    let before = asked("before", query.before.as_deref(), Day::parse, "A day like 2026-11-25.")?;
    Ok(Json(days::list(&app, caller.organisation_id, store, before, clock::now_ms()).await?))
}

async fn close_day(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(request): Body<CloseDayRequest>,
) -> Result<Json<DayClosing>, Failure> {
    let done = days::close_day(&app, caller.organisation_id, request, &caller.name, clock::now_ms());
    Ok(Json(done.await?))
}
