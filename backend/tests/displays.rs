//! Displays: a device faces the buyer: paired by a code of the till, told what that says, blank when it says nothing any more; on both
//! engines, and heard in another process on the same database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use axum::http::{Method, StatusCode};
use house::visitors::TestApp;
use serde_json::{Value, json};
use shared::api::{DisplayResponse, PairedDisplay, PairingCodeResponse};
use std::sync::Arc;
use std::time::Duration;
use tillbridge::app::displays::{self, FRESH_MS};
use tillbridge::app::{App, access};
use tillbridge::clock;
use tillbridge::store::Db;

on_both_engines!(in crate::house::visitors::TestApp:
    a_display_shows_what_its_till_says_and_sees_nothing_else,
    a_code_is_good_once_and_guessing_is_locked,
    what_is_not_said_again_goes,
    a_display_is_woken_by_its_till_alone,
);

const CART: &str = r#"{"heading":"","lines":[{"text":"Kettle"}]}"#;

async fn code(shop: &TestApp) -> String {
    let answer = shop.as_device().post("/api/displays/code", &json!({})).await.expect(StatusCode::OK);
    answer.json::<PairingCodeResponse>().code
}

async fn paired(shop: &TestApp) -> Arc<str> {
    let code = json!({ "code": code(shop).await });
    shop.as_nobody().post("/api/display/pair", &code).await.expect(StatusCode::OK).cookie()
}

async fn show(shop: &TestApp, shown: Value) {
    let said = json!({ "shown": shown });
    shop.as_device().put("/api/displays/shown", &said).await.expect(StatusCode::NO_CONTENT);
}

async fn shown(shop: &TestApp, cookie: &Arc<str>) -> Option<String> {
    let answer = shop.as_nobody().instead(cookie.clone()).get("/api/display").await.expect(StatusCode::OK);
    answer.json::<DisplayResponse>().shown
}

async fn a_display_shows_what_its_till_says_and_sees_nothing_else(shop: TestApp) {
    let cookie = paired(&shop).await;
    assert!(cookie.starts_with("tillbridge_display="), "{cookie}");
    assert_eq!(shown(&shop, &cookie).await, None, "nothing was said yet");
    show(&shop, json!(CART)).await;
    assert_eq!(shown(&shop, &cookie).await.as_deref(), Some(CART));
    show(&shop, json!(null)).await;
    assert_eq!(shown(&shop, &cookie).await, None);
    let display = shop.as_nobody().instead(cookie.clone());
    for (method, path) in [
        (Method::GET, "/api/sync/pull"),
        (Method::GET, "/api/sync/events"),
        (Method::GET, "/api/displays"),
        (Method::POST, "/api/displays/code"),
        (Method::PUT, "/api/displays/shown"),
        (Method::GET, "/api/printers"),
        (Method::GET, "/api/products"),
        (Method::GET, "/api/session"),
    ] {
        let answer = display.json(method, path, &json!({ "shown": "mine" })).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    // Nor is a tablet a display, or a person.
    shop.as_device().get("/api/display").await.expect(StatusCode::UNAUTHORIZED);
    shop.as_owner().get("/api/display").await.expect(StatusCode::UNAUTHORIZED);
    let long = json!({ "shown": "x".repeat(300_000) });
    shop.as_device().put("/api/displays/shown", &long).await.expect(StatusCode::BAD_REQUEST);
    // Removed at the till, it is one no more; nor is one whose tablet is unpaired.
    let other = paired(&shop).await;
    show(&shop, json!(CART)).await;
    let known: Vec<PairedDisplay> = shop.as_device().get("/api/displays").await.json();
    assert_eq!(known.len(), 2);
    let path = format!("/api/displays/{}", known[0].id);
    shop.as_device().json(Method::DELETE, &path, &json!(null)).await.expect(StatusCode::NO_CONTENT);
    display.get("/api/display").await.expect(StatusCode::UNAUTHORIZED);
    assert_eq!(shown(&shop, &other).await.as_deref(), Some(CART));
    let revoke = format!("/api/devices/{}/revoke", shop.tablet.is.device_id);
    shop.as_owner().post(&revoke, &json!({})).await.expect(StatusCode::OK);
    shop.as_nobody().instead(other).get("/api/display").await.expect(StatusCode::UNAUTHORIZED);
}

async fn a_code_is_good_once_and_guessing_is_locked(shop: TestApp) {
    let first = code(&shop).await;
    let second = code(&shop).await;
    let pair = |code: &str| json!({ "code": code });
    let nobody = shop.as_nobody();
    // A newer one takes the place of the one before.
    nobody.post("/api/display/pair", &pair(&first)).await.expect(StatusCode::BAD_REQUEST);
    let typed = second.to_lowercase().replace('-', " ");
    nobody.post("/api/display/pair", &pair(&typed)).await.expect(StatusCode::OK);
    nobody.post("/api/display/pair", &pair(&second)).await.expect(StatusCode::BAD_REQUEST);
    // It pairs no tablet, nor does a tablet's pair a display.
    let third = code(&shop).await;
    let tablet = json!({ "code": third, "device_name": "Till", "public_key": "" });
    nobody.post("/api/pair", &tablet).await.expect(StatusCode::BAD_REQUEST);
    for _ in 0..12 {
        nobody.post("/api/display/pair", &pair("WRONG-ONE")).await;
    }
    nobody.post("/api/display/pair", &pair(&third)).await.expect(StatusCode::TOO_MANY_REQUESTS);
}

async fn what_is_not_said_again_goes(shop: TestApp) {
    let cookie = paired(&shop).await;
    show(&shop, json!(CART)).await;
    let secret = cookie.split_once('=').unwrap().1;
    let caller = displays::caller(&shop.app, secret).await.unwrap().unwrap();
    let now_ms = clock::now_ms();
    let now = displays::shown(&shop.app, &caller, now_ms).await.unwrap();
    assert!(now.shown.is_some() && (1..=FRESH_MS).contains(&now.fresh_for_ms), "{now:?}");
    let later = displays::shown(&shop.app, &caller, now_ms + FRESH_MS + 1).await.unwrap();
    assert_eq!((later.shown, later.fresh_for_ms), (None, 0));
    // A clock that is behind makes nothing stand longer.
    let behind = displays::shown(&shop.app, &caller, now_ms - 3_600_000).await.unwrap();
    assert_eq!(behind.fresh_for_ms, FRESH_MS);
}

async fn a_display_is_woken_by_its_till_alone(shop: TestApp) {
    let other = App::start(Db::open(&shop.url).await.unwrap());
    let in_reach = if shop.url.starts_with("postgres") { &other } else { &shop.app };
    let mut heard = in_reach.changes.listen();
    let device = shop.tablet.cookie.split_once('=').unwrap().1;
    let caller = access::device_caller(&shop.app, device, clock::now_ms()).await.unwrap().unwrap();
    let topic = displays::topic(caller.device_id);
    // Another process has begun to listen a moment after it was started.
    let told = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            show(&shop, json!(CART)).await;
            let next = tokio::time::timeout(Duration::from_millis(500), heard.recv()).await;
            if let Ok(Ok(next)) = next {
                break next;
            }
        }
    });
    assert_eq!(&*told.await.unwrap(), topic, "the organisation itself has nothing new");
}
