//! Returns: a tablet finds a receipt, a manager looks at what came back twice.

use super::failure::Failure;
use super::guard::{Device, Staff};
use super::input::{Asked, Body};
use super::route::{Route, Who};
use crate::app::{App, returns};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::api::{Flag, LookRequest, ReceiptResponse};
use shared::staff::Permission;

pub fn routes() -> Vec<Route> {
    let manages = Who::Staff(Permission::ManageDevices);
    vec![
        Route::get(
            "/api/receipts",
            Who::Device,
            "A sale by its receipt number, and what has come back of it.",
            receipt,
        )
        .asks(&[("number", "As printed.")])
        .gives::<ReceiptResponse>(),
        Route::get(
            "/api/flags",
            manages,
            "What is in the books and has to be looked at, newest first.",
            flags,
        )
        .gives::<Vec<Flag>>(),
        Route::post("/api/flags", manages, "Notes that a flag was looked at.", look).takes::<LookRequest>(),
    ]
}

#[derive(Deserialize)]
struct ReceiptAsked {
    number: Option<String>,
}

async fn receipt(
    State(app): State<App>,
    Device(caller): Device,
    Asked(query): Asked<ReceiptAsked>,
) -> Result<Json<ReceiptResponse>, Failure> {
    let number = query.number.unwrap_or_default();
    Ok(Json(returns::receipt(&app, caller.organisation_id, &number).await?))
}

async fn flags(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<Flag>>, Failure> {
    Ok(Json(returns::flags(&app, caller.organisation_id).await?))
}

async fn look(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(request): Body<LookRequest>,
) -> Result<StatusCode, Failure> {
    returns::look(&app, caller.organisation_id, request).await?;
    Ok(StatusCode::NO_CONTENT)
}
