//! Site: what every answer carries, how a server is watched, and how it ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use http_body_util::BodyExt;
use std::borrow::Cow;
use std::convert::Infallible;
use tillbridge::app::App;
use tillbridge::bridge::Bridge;
use tillbridge::config::{self, ServingFlags, StorageFlags};
use tillbridge::http::assets::Files;
use tillbridge::http::site::{SiteSettings, site};
use tillbridge::serve;
use tillbridge::store::Db;
use tokio::sync::{mpsc, oneshot};
use tower::ServiceExt;

#[derive(Clone)]
struct OnePage;

impl Files for OnePage {
    fn file(&self, name: &str) -> Option<(Cow<'static, [u8]>, String)> {
        (name == "index.html").then(|| (Cow::Borrowed(b"<p>".as_slice()), "1".to_owned()))
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(site: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = site.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn a_site(settings: SiteSettings) -> (house::House, Router) {
    let house = house::House::sqlite().await.unwrap();
    let api = Router::new()
        .route("/api/long", get(|| async { "a long answer ".repeat(200) }))
        .route("/api/faulty", get(|| async { faulty() }));
    let router = site(api, house.app.clone(), OnePage, settings);
    (house, router)
}

fn faulty() -> &'static str {
    panic!("a fault of the program")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_keeps_a_page_from_being_misused() {
    let (_house, site) = a_site(SiteSettings::default()).await;
    for path in
        ["/", "/sell", "/api/long", "/api/nothing", "/missing.js", "/health", "/metrics", "/api/faulty"]
    {
        let answer = ask(&site, path, &[]).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=(self), usb=(self), serial=(self)"));
        assert_eq!(answer.header("strict-transport-security"), "", "not over TLS");
        assert_eq!(answer.header("x-request-id").len(), 16, "{path}");
    }
    let (_house, secure) = a_site(SiteSettings { https: true, ..SiteSettings::default() }).await;
    assert_eq!(ask(&secure, "/", &[]).await.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_route_and_a_fault_are_told_in_words() {
    let (_house, site) = a_site(SiteSettings::default()).await;
    let missing = ask(&site, "/api/nothing", &[]).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.body.contains("\"code\":\"not_found\""), "{}", missing.body);
    let fault = ask(&site, "/api/faulty", &[]).await;
    assert_eq!(fault.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(fault.body.contains("\"code\":\"server\"") && !fault.body.contains("fault of the program"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxys_request_id_is_kept_and_nonsense_is_not() {
    let (_house, site) = a_site(SiteSettings::default()).await;
    let kept = ask(&site, "/health", &[("x-request-id", "proxy-7.a_B")]).await;
    assert_eq!(kept.header("x-request-id"), "proxy-7.a_B");
    let long = "x".repeat(200);
    for nonsense in ["a b", "<script>", long.as_str()] {
        let own = ask(&site, "/health", &[("x-request-id", nonsense)]).await;
        assert_eq!(own.header("x-request-id").len(), 16, "{nonsense}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_the_api_are_compressed_when_asked() {
    let (_house, site) = a_site(SiteSettings::default()).await;
    let request = Request::builder().uri("/api/long").header("accept-encoding", "gzip").body(Body::empty());
    let response = site.oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert!(response.into_body().collect().await.unwrap().to_bytes().len() < 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_ready_until_its_database_is_gone() {
    let (house, site) = a_site(SiteSettings::default()).await;
    assert_eq!(ask(&site, "/health", &[]).await.body, "alive\n");
    let ready = ask(&site, "/ready", &[]).await;
    assert_eq!(ready.status, StatusCode::OK);
    assert_eq!(ready.body, "{\"ready\":true,\"database\":\"answers\",\"ingest\":\"runs\"}");
    house.app.db.close().await;
    let gone = ask(&site, "/ready", &[]).await;
    assert_eq!(gone.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(gone.body.contains("\"ready\":false,\"database\":\"does not answer\""), "{}", gone.body);
    assert_eq!(ask(&site, "/health", &[]).await.status, StatusCode::OK, "alive all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_and_records_are_counted_for_who_shows_the_token() {
    let settings = SiteSettings { metrics_token: Some("let me see".into()), ..SiteSettings::default() };
    // What is not there yet is not counted: the recorder comes first.
    assert!(tillbridge::telemetry::metrics().is_some());
    let (house, site) = a_site(settings).await;
    let mut tablet = house.tablet().await;
    let entry = tablet.sell("1", &[("22423", 1)], &house.shelf);
    house.push(&tablet, &[entry]).await.unwrap();
    ask(&site, "/api/long", &[]).await;
    for wrong in [vec![], vec![("authorization", "Bearer let me")], vec![("authorization", "let me see")]] {
        assert_eq!(ask(&site, "/metrics", &wrong).await.status, StatusCode::UNAUTHORIZED);
    }
    let metrics = ask(&site, "/metrics", &[("authorization", "Bearer let me see")]).await;
    assert_eq!(metrics.status, StatusCode::OK);
    for line in [
        "tillbridge_http_requests_total{method=\"GET\",route=\"/api/long\",status=\"200\"} 1",
        "tillbridge_http_request_seconds_bucket{route=\"/api/long\",le=\"0.001\"}",
        "tillbridge_ingest_entries_total{outcome=\"booked\"} 1",
        "tillbridge_build_info{version=",
    ] {
        assert!(metrics.body.contains(line), "{line} is missing in\n{}", metrics.body);
    }
}

/// The writer books what is queued, requests get their answers, streams of events end, and then the server does.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start(Db::open(&house::sqlite_url(&folder)).await.unwrap());
    let (arrived, mut has_arrived) = mpsc::channel::<()>(1);
    let (go_on, may_go_on) = oneshot::channel::<()>();
    let may_go_on = std::sync::Arc::new(tokio::sync::Mutex::new(Some(may_go_on)));
    let slow = move || {
        let (arrived, may_go_on) = (arrived.clone(), may_go_on.clone());
        async move {
            arrived.send(()).await.unwrap();
            may_go_on.lock().await.take().unwrap().await.unwrap();
            "finished"
        }
    };
    let events = || async {
        let first = tokio_stream::once(Ok::<_, Infallible>(Event::default().data("one")));
        Sse::new(tokio_stream::StreamExt::chain(first, tokio_stream::pending()))
    };
    let api = Router::new().route("/api/slow", get(slow)).route("/api/events", get(events));
    let settings = config::read(&StorageFlags::default(), &ServingFlags::default(), Vec::new()).unwrap();
    let listener = serve::listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let db = app.db.clone();
    let bridge = Bridge::idle(app.clone()).unwrap();
    let server = tokio::spawn(async move {
        let stopped = async { stopped.await.unwrap() };
        serve::serve((app, bridge), api, OnePage, &settings, listener, stopped).await
    });
    let mut stream = tillbridge::runner::client()
        .build()
        .unwrap()
        .get(format!("{address}/api/events"))
        .send()
        .await
        .unwrap();
    assert!(stream.chunk().await.unwrap().is_some());
    let request =
        tokio::spawn(tillbridge::runner::client().build().unwrap().get(format!("{address}/api/slow")).send());
    has_arrived.recv().await.unwrap();
    stop.send(()).unwrap();
    assert!(stream.chunk().await.unwrap().is_none(), "the stream has ended");
    go_on.send(()).unwrap();
    assert_eq!(request.await.unwrap().unwrap().text().await.unwrap(), "finished");
    server.await.unwrap().unwrap();
    assert!(db.begin_read().await.is_err(), "the database is closed");
    assert!(
        tillbridge::runner::client().build().unwrap().get(format!("{address}/health")).send().await.is_err()
    );
}
