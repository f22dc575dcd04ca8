//! Access: who gets in, and who does not any more, told on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use axum::http::StatusCode;
use house::visitors::{TestApp, setup};
use serde_json::json;
use shared::api::{SessionResponse, StatusResponse};

on_both_engines!(in crate::house::visitors::TestApp:
    a_server_is_set_up_once,
);

async fn a_server_is_set_up_once(shop: TestApp) {
    let status: StatusResponse = shop.as_nobody().get("/api/status").await.json();
    assert!(!status.setup_needed && !status.demo);
    let again = shop.as_nobody().post("/api/setup", &setup()).await.expect(StatusCode::CONFLICT);
    assert_eq!(again.error().code, "conflict");
    let session: SessionResponse = shop.as_owner().get("/api/session").await.json();
    assert_eq!((session.name.as_str(), session.organisation_name.as_str()), ("Olga", "Shop"));
    let answer = shop
        .as_nobody()
        .post("/api/session", &json!({ "email": "owner@shop.example", "password": "wrong wrong" }))
        .await;
    assert_eq!(answer.expect(StatusCode::UNAUTHORIZED).error().code, "sign_in");
}
