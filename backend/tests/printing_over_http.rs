//! Printing over HTTP: tablets call printers themselves: what a manager sets, what a tablet is told, and whom the page of which
//! tablet may call; on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use house::visitors::{TestApp, store};
use serde_json::{Value, json};
use shared::api::{PrinterLookRequest, StorePrinter};
use shared::cable::{WebPlace, WebService};
use shared::ids::NetworkPrinterId;
use shared::printing::NetworkPrinter;
use shared::printing::web::callable;
use shared::store::Store;
use std::borrow::Cow;
use tillbridge::clock::FreshIds;
use tillbridge::http::assets::Files;
use tillbridge::http::site::{SiteSettings, site};
use tower::ServiceExt;

on_both_engines!(in crate::house::visitors::TestApp:
    a_tablet_is_told_where_it_prints_itself,
    the_page_of_a_tablet_calls_the_printers_of_its_store_alone,
);

fn epson(store_id: &impl serde::Serialize, name: &str, host: &str, port: u16) -> Value {
    json!({ "id": NetworkPrinterId::fresh(&mut FreshIds), "store_id": store_id, "name": name, "host": host, "port": port,
        "web": "epos_print", "secure": true })
}

async fn first_store(shop: &TestApp) -> Store {
    shop.as_owner().get("/api/stores").await.json::<Vec<Store>>().remove(0)
}

async fn a_tablet_is_told_where_it_prints_itself(shop: TestApp) {
    let here = first_store(&shop).await;
    let manager = shop.as_manager();
    for host in ["8.8.8.8", "printer.example.com", "169.254.169.254", "[fd00::12]", "x;script-src", "*.local"]
    {
        let refused = manager.post("/api/network-printers", &epson(&here.id, "Bar", host, 443)).await;
        assert_eq!(refused.expect(StatusCode::BAD_REQUEST).error().fields[0].field, "host", "{host}");
    }
    let set = manager.post("/api/network-printers", &epson(&here.id, "Bar", "192.168.1.50", 443)).await;
    let bar: NetworkPrinter = set.expect(StatusCode::OK).json();
    assert_eq!((bar.web, bar.secure), (Some(WebService::EposPrint), true));
    let known: Vec<StorePrinter> = shop.as_device().get("/api/printers").await.json();
    let place = WebPlace { service: WebService::EposPrint, origin: "https://192.168.1.50".into() };
    assert_eq!(known, [StorePrinter { id: bar.id, name: "Bar".into(), place: Some(place) }]);
    // The server connects to none of these, whoever asks.
    let path = format!("/api/network-printers/{}", bar.id);
    manager.post(&format!("{path}/test"), &json!({})).await.expect(StatusCode::CONFLICT);
    let look = PrinterLookRequest { printer_id: bar.id, dialect: None };
    shop.as_device().post("/api/printers/look", &look).await.expect(StatusCode::NOT_FOUND);
    let printout = json!({ "id": bar.id, "printer_id": bar.id, "body": "", "end": "" });
    shop.as_device().post("/api/printouts", &printout).await.expect(StatusCode::NOT_FOUND);
    // Another service, without TLS; then one that the server prints on.
    let star = NetworkPrinter { web: Some(WebService::WebPrnt), secure: false, port: 8_001, ..bar.clone() };
    manager.put(&path, &star).await.expect(StatusCode::OK);
    assert_eq!(manager.get(&path).await.json::<NetworkPrinter>(), star);
    let raw = NetworkPrinter { web: None, secure: true, port: 9_100, ..bar };
    let raw: NetworkPrinter = manager.put(&path, &raw).await.expect(StatusCode::OK).json();
    assert!(!raw.secure, "it is said of HTTP alone");
    let known: Vec<StorePrinter> = shop.as_device().get("/api/printers").await.json();
    assert_eq!(known[0].place, None);
}

#[derive(Clone)]
struct Pages;

impl Files for Pages {
    fn file(&self, name: &str) -> Option<(Cow<'static, [u8]>, String)> {
        let is_page = ["index.html", "manage.html", "display.html"].contains(&name);
        is_page.then(|| (Cow::Borrowed(b"<p>".as_slice()), "1".to_owned()))
    }
}

async fn page(site: &Router, path: &str, cookie: Option<&str>) -> HeaderMap {
    let mut request = Request::builder().uri(path).header("sec-fetch-mode", "navigate");
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    let response = site.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.headers().clone()
}

async fn the_page_of_a_tablet_calls_the_printers_of_its_store_alone(shop: TestApp) {
    let here = first_store(&shop).await;
    let other: Store = shop.as_owner().post("/api/stores", &store("Low Street")).await.json();
    let site = site(Router::new(), shop.app.clone(), Pages, SiteSettings::default());
    let tablet = shop.tablet.cookie.to_string();
    let may_call = async |path: &str, cookie: Option<&str>| {
        let headers = page(&site, path, cookie).await;
        let policy = headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            policy.contains("connect-src 'self'") && policy.contains("script-src 'self' 'wasm-unsafe-eval';")
        );
        callable(&policy).join(" ")
    };
    assert_eq!(may_call("/", Some(&tablet)).await, "", "nobody is set up");
    let manager = shop.as_manager();
    let raw =
        json!({ "id": here.id, "store_id": here.id, "name": "Raw", "host": "192.168.1.49", "port": 9_100 });
    for printer in [
        epson(&here.id, "Counter", "192.168.1.50", 443),
        epson(&here.id, "Bar", "tm-m30.local", 8_043),
        epson(&other.id, "There", "192.168.2.50", 443),
        raw,
    ] {
        manager.post("/api/network-printers", &printer).await.expect(StatusCode::OK);
    }
    let both = "https://192.168.1.50 https://tm-m30.local:8043";
    assert_eq!(may_call("/", Some(&tablet)).await, both);
    assert_eq!(may_call("/receipts", Some(&tablet)).await, both, "a place inside the register");
    let headers = page(&site, "/", Some(&tablet)).await;
    assert_eq!(headers["cache-control"], "private, no-cache");
    assert!(headers["vary"].to_str().unwrap().contains("cookie"));
    // Nobody's page, a page of another app, a cookie that was made up, another site's: closed.
    for (path, cookie) in [
        ("/", None),
        ("/manage/printers", Some(tablet.as_str())),
        ("/sign-in", Some(tablet.as_str())),
        ("/display.html", Some(tablet.as_str())),
        ("/", Some("tillbridge_device=made-up")),
        ("/", Some("__Host-tillbridge_device=made-up.too")),
    ] {
        assert_eq!(may_call(path, cookie).await, "", "{path} {cookie:?}");
    }
    assert_eq!(page(&site, "/", None).await["cache-control"], "no-cache");
}
