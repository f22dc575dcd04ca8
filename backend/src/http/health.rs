//! Health: is the process alive, can it take sales, what has it counted.

use crate::app::App;
use crate::app::readiness;
use crate::telemetry;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use std::sync::Arc;

/// `GET /ready`.
#[derive(Serialize)]
struct ReadyResponse {
    ready: bool,
    database: &'static str,
    ingest: &'static str,
}

/// `GET /health`, `GET /ready`, `GET /metrics`. With a token the metrics are given only to who shows it.
pub fn routes(app: App, metrics_token: Option<String>) -> Router {
    let token: Arc<Option<String>> = Arc::new(metrics_token);
    Router::new()
        .route("/health", get(|| async { "alive\n" }))
        .route("/ready", get(ready))
        .route("/metrics", get(move |headers: HeaderMap| counted(headers, token.clone())))
        .with_state(app)
}

async fn ready(State(app): State<App>) -> Response {
    let found = readiness::check(&app).await;
    if let Err(error) = &found.database {
        tracing::warn!(error, "not ready: the database does not answer");
    }
    let body = ReadyResponse {
        ready: found.is_ready(),
        database: if found.database.is_ok() { "answers" } else { "does not answer" },
        ingest: if found.ingest { "runs" } else { "does not run" },
    };
    let status = if body.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}

async fn counted(headers: HeaderMap, token: Arc<Option<String>>) -> Response {
    if let Some(token) = token.as_ref() {
        let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let shown = shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or("");
        if !is_same(shown.as_bytes(), token.as_bytes()) {
            return (StatusCode::UNAUTHORIZED, "The metrics need their token (metrics_token).\n")
                .into_response();
        }
    }
    match telemetry::metrics() {
        Some(metrics) => {
            ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
        }
        None => (StatusCode::SERVICE_UNAVAILABLE, "Nothing is counted here.\n").into_response(),
    }
}

/// Compares without telling by its time how much is right.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}
