//! Sync: push and pull of tablets.

use super::failure::Failure;
use super::guard::Device;
use super::input::{Asked, Whole, asked};
use super::route::{Route, Who};
use crate::app::sync::{self, PullAsked};
use crate::app::{App, AppError};
use crate::clock;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use shared::sync::wire::{PullResponse, PushRequest, PushResponse};

/// The most a push may hold, in bytes: fifty long sales.
const MOST_BYTES: usize = 32 << 20;

pub fn routes() -> Vec<Route> {
    vec![
        Route::post(
            "/api/sync/push",
            Who::Public,
            "Takes what a tablet recorded. The body is signed with its key (header Tillbridge-Signature: ECDSA P-256 over \
             SHA-256 of the body, raw 64 bytes, base64); the answer comes when everything is durable.",
            push,
        )
        .at_most(MOST_BYTES)
        .takes::<PushRequest>()
        .gives::<PushResponse>(),
        Route::get("/api/sync/pull", Who::Device, "What changed after a cursor; without one a first load begins.", pull)
            .asks(&[
                ("cursor", "Where the tablet stands, as the last answer said."),
                ("limit", "The most changes wanted."),
                ("reads", "How far the tablet reads the kinds of changes; 1 unless it says more."),
                ("recorded", "The last place in the tablet's journal: what of it is not here is unsent."),
                ("unsent", "In place of `recorded`: how many records the tablet still holds unsent, by its own count."),
            ])
            .gives::<PullResponse>(),
    ]
}

async fn push(
    State(app): State<App>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Json<PushResponse>, Failure> {
    let signature = headers.get("tillbridge-signature").and_then(|value| value.to_str().ok());
    let signature = signature.ok_or(AppError::Signature)?;
    Ok(Json(sync::push(&app, &body, signature, clock::now_ms()).await?))
}

#[derive(Deserialize)]
struct PullQuery {
    cursor: Option<String>,
    limit: Option<String>,
    reads: Option<String>,
    recorded: Option<String>,
    unsent: Option<String>,
}

async fn pull(
    State(app): State<App>,
    Device(caller): Device,
    Asked(query): Asked<PullQuery>,
) -> Result<Json<PullResponse>, Failure> {
    let wanted = PullAsked {
        cursor: query.cursor.as_deref().filter(|cursor| !cursor.is_empty()),
        limit: asked("limit", query.limit.as_deref(), str::parse::<usize>, "A whole number.")?,
        reads: asked("reads", query.reads.as_deref(), str::parse::<u16>, "A whole number.")?,
        recorded: asked("recorded", query.recorded.as_deref(), str::parse::<i64>, "A whole number.")?,
        unsent: asked("unsent", query.unsent.as_deref(), str::parse::<i64>, "A whole number.")?,
    };
    Ok(Json(sync::pull(&app, &caller, wanted, clock::now_ms()).await?))
}
