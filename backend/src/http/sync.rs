//! Sync: push, pull and wake-ups of tablets.

use super::failure::Failure;
use crate::app::{App, AppError};
use crate::{app, clock};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use shared::sync::wire::PushResponse;

/// The most a push may hold, in bytes: fifty long sales.
const MOST_BYTES: usize = 32 << 20;

/// `POST /api/sync/push`.
pub fn push_routes() -> Router<App> {
    Router::new().route("/api/sync/push", post(push)).layer(DefaultBodyLimit::max(MOST_BYTES))
}

async fn push(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<PushResponse>, Failure> {
    let signature = headers.get("tillbridge-signature").and_then(|value| value.to_str().ok());
    let signature = signature.ok_or(AppError::Signature)?;
    Ok(Json(app::sync::push(&app, &body, signature, clock::now_ms()).await?))
}
