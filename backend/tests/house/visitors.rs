//! Visitors: a whole server without a port, and those who come to it. Who calls is a type.
//! Everything is done through the routes; the server is set up as a person would set it up.

use super::{basket, postgres_url, sqlite_url};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::api::{CatalogResponse, ChallengeResponse, ErrorResponse, PairResponse, PairingCodeResponse};
use shared::calendar::LocalTime;
use shared::catalog::Product;
use shared::ids::{ProductId, SaleId, StaffId};
use shared::money::UnitPrice;
use shared::store::Store;
use shared::sync::journal::EntryBody;
use shared::sync::wire::{EntryOutcome, PushRequest, PushResponse, SCHEMA};
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tillbridge::app::App;
use tillbridge::bridge::Bridge;
use tillbridge::clock::{self, FreshIds};
use tillbridge::http::{HttpSettings, router};
use tillbridge::printing::Reach;
use tillbridge::replay::register::{NativeRegister, Shelf};
use tillbridge::replay::run::fresh_key;
use tillbridge::store::Db;
use tower::ServiceExt;

/// Somebody who has no cookie.
pub struct Nobody;
/// A cashier with a password.
pub struct Cashier;
/// A manager.
pub struct Manager;
/// The owner.
pub struct Owner;
/// A paired tablet that is signed in.
pub struct Device;

pub const PASSWORD: &str = "correct horse battery";

/// A server on a database of its own, with an owner, a manager, a cashier and a paired tablet.
/// Dropped after it has answered with an error of its own (5xx), it fails the story.
pub struct TestApp {
    pub app: App,
    pub url: String,
    door: Door,
    owner: Arc<str>,
    manager: Arc<str>,
    cashier: Arc<str>,
    pub tablet: Paired,
    _folder: Option<tempfile::TempDir>,
}

/// What a tablet knows of itself.
#[derive(Clone)]
pub struct Paired {
    pub key: SigningKey,
    pub is: PairResponse,
    pub cookie: Arc<str>,
}

/// The way in.
#[derive(Clone)]
pub struct Door {
    router: Router,
    broken: Arc<AtomicUsize>,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let broken = self.door.broken.load(Ordering::SeqCst);
        assert!(broken == 0 || std::thread::panicking(), "{broken} answers were errors of the server itself");
    }
}

impl TestApp {
    pub async fn sqlite() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let url = sqlite_url(&folder);
        Some(Self::open(url, Some(folder)).await)
    }

    pub async fn postgres() -> Option<Self> {
        Some(Self::open(postgres_url().await?, None).await)
    }

    async fn open(url: String, folder: Option<tempfile::TempDir>) -> Self {
        // Printers of the tests are on this machine.
        let reach = Reach::parse("127.0.0.0/8, 192.168.0.0/16").unwrap();
        let app = App::start(Db::open(&url).await.unwrap()).printing_in(reach);
        let door = Door::of(&app, HttpSettings::default());
        let nobody = door.visitor::<Nobody>(None, "192.0.2.1");
        let set_up = nobody.post("/api/setup", &setup()).await.expect(StatusCode::OK);
        let owner = set_up.cookie();
        let first = door.visitor::<Owner>(Some(owner.clone()), "192.0.2.2");
        for role in ["manager", "cashier"] {
            first.post("/api/staff", &person(role)).await.expect(StatusCode::OK);
        }
        let manager = sign_in(&nobody, "manager@shop.example").await;
        let cashier = sign_in(&nobody, "cashier@shop.example").await;
        let tablet = pair(&door, &first).await;
        Self { app, url, door, owner, manager, cashier, tablet, _folder: folder }
    }

    pub fn as_nobody(&self) -> Visitor<Nobody> {
        self.door.visitor(None, "192.0.2.10")
    }

    pub fn as_cashier(&self) -> Visitor<Cashier> {
        self.door.visitor(Some(self.cashier.clone()), "192.0.2.11")
    }

    pub fn as_manager(&self) -> Visitor<Manager> {
        self.door.visitor(Some(self.manager.clone()), "192.0.2.12")
    }

    pub fn as_owner(&self) -> Visitor<Owner> {
        self.door.visitor(Some(self.owner.clone()), "192.0.2.13")
    }

    pub fn as_device(&self) -> Visitor<Device> {
        self.door.visitor(Some(self.tablet.cookie.clone()), "192.0.2.14")
    }

    /// A visitor from another network address.
    pub fn from(&self, address: &'static str) -> Visitor<Nobody> {
        self.door.visitor(None, address)
    }

    /// Pairs another tablet.
    pub async fn another_tablet(&self) -> Paired {
        pair(&self.door, &self.as_owner()).await
    }

    /// Adds a product, sells one of it on the tablet and hands the sale in. Gives the sale's id.
    pub async fn sell(&self, name: &str, price: &str) -> SaleId {
        let owner = self.as_owner();
        let stores: Vec<Store> = owner.get("/api/stores").await.json();
        let groups: CatalogResponse = owner.get("/api/catalog").await.json();
        let standard = groups.tax_categories[0].clone();
        let product = json!({
            "id": ProductId::fresh(&mut FreshIds), "sku": name, "name": name, "unit": "piece",
            "tax_category_id": standard.id, "price": UnitPrice::parse(price).unwrap(),
        });
        let product: Product = owner.post("/api/products", &product).await.json();
        let shelf = Shelf {
            store: stores[0].clone(),
            tax_categories: vec![standard.clone()],
            products: [(product.sku.clone(), product)].into(),
            standard: standard.id,
            untaxed: standard.id,
            home: "GB".into(),
        };
        let is = &self.tablet.is;
        let seed = u64::from_be_bytes(clock::random());
        let staff = StaffId::fresh(&mut FreshIds);
        let mut register = NativeRegister::new(is.device_id, is.register.id, staff, "Priya", seed);
        let time = LocalTime { at_ms: clock::now_ms(), offset_minutes: 0 };
        let entry = register.record(&basket("1", &[(name, 1)], &shelf, time), &shelf).unwrap().remove(0);
        let EntryBody::SaleCompleted { sale } = entry.open().unwrap().body else { panic!("no sale") };
        let push = PushRequest { schema: SCHEMA, device_id: is.device_id, entries: vec![entry] };
        let body = serde_json::to_vec(&push).unwrap();
        let signature: Signature = self.tablet.key.sign(&body);
        let visitor = self.as_nobody().with("tillbridge-signature", &STANDARD.encode(signature.to_bytes()));
        let answer = visitor.send(Method::POST, "/api/sync/push", Body::from(body), None).await;
        let answer: PushResponse = answer.json();
        assert_eq!(answer.answers[0].outcome, EntryOutcome::Booked);
        sale.id
    }

    /// The same server, reached otherwise.
    pub fn reached(&self, settings: HttpSettings) -> Door {
        Door::of(&self.app, settings)
    }
}

/// What the owner gives at set-up.
pub fn setup() -> Value {
    json!({
        "organisation_name": "Shop",
        "owner": { "name": "Olga", "email": "Owner@Shop.example", "password": PASSWORD },
        "store": store("High Street"),
        "standard_tax": { "name": "VAT", "percent": "20" }
    })
}

pub fn store(name: &str) -> Value {
    json!({
        "name": name,
        "country": "GB",
        "currency": "GBP",
        "time_zone": "Europe/London",
        "language": "en",
        "tax": { "prices_include_tax": true, "rounded": "line", "rounding": "half_away_from_zero" }
    })
}

fn person(role: &str) -> Value {
    json!({ "name": role, "role": role, "email": format!("{role}@shop.example"), "password": PASSWORD })
}

pub async fn sign_in(nobody: &Visitor<Nobody>, email: &str) -> Arc<str> {
    let answer = nobody.post("/api/session", &json!({ "email": email, "password": PASSWORD })).await;
    answer.expect(StatusCode::OK).cookie()
}

async fn pair(door: &Door, owner: &Visitor<Owner>) -> Paired {
    let registers: Vec<shared::register::Register> = owner.get("/api/registers").await.json();
    let code: PairingCodeResponse =
        owner.post("/api/pairing-codes", &json!({ "register_id": registers[0].id })).await.json();
    let key = fresh_key().unwrap();
    let nobody = door.visitor::<Nobody>(None, "192.0.2.3");
    let is: PairResponse = nobody.post("/api/pair", &pair_request(&code.code, &key)).await.json();
    let cookie = device_sign_in(&nobody, &key, &is).await.expect(StatusCode::OK).cookie();
    Paired { key, is, cookie }
}

pub fn pair_request(code: &str, key: &SigningKey) -> Value {
    let public_key = STANDARD.encode(key.verifying_key().to_sec1_point(false).as_bytes());
    json!({ "code": code, "public_key": public_key, "device_name": "Tablet" })
}

pub async fn device_sign_in(nobody: &Visitor<Nobody>, key: &SigningKey, is: &PairResponse) -> Answer {
    let who = json!({ "organisation_id": is.organisation_id, "device_id": is.device_id });
    let asked = nobody.post("/api/device/challenge", &who).await;
    if asked.status != StatusCode::OK {
        return asked;
    }
    let challenge: ChallengeResponse = asked.json();
    let signature: Signature = key.sign(challenge.challenge.as_bytes());
    let proof = json!({
        "organisation_id": is.organisation_id,
        "device_id": is.device_id,
        "challenge": challenge.challenge,
        "signature": STANDARD.encode(signature.to_bytes()),
    });
    nobody.post("/api/device/session", &proof).await
}

impl Door {
    fn of(app: &App, settings: HttpSettings) -> Self {
        let bridge = Bridge::idle(app.clone()).unwrap();
        Self { router: router(app.clone(), bridge, settings), broken: Arc::default() }
    }

    pub fn visitor<W>(&self, cookie: Option<Arc<str>>, address: &'static str) -> Visitor<W> {
        Visitor { door: self.clone(), cookie, address, headers: HeaderMap::new(), who: PhantomData }
    }
}

/// Somebody who calls.
pub struct Visitor<W> {
    door: Door,
    cookie: Option<Arc<str>>,
    address: &'static str,
    headers: HeaderMap,
    who: PhantomData<W>,
}

impl<W> Visitor<W> {
    /// With a header more.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    /// The same visitor with another cookie.
    pub fn instead(mut self, cookie: Arc<str>) -> Self {
        self.cookie = Some(cookie);
        self
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty(), None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty(), None).await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        self.json(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: &impl Serialize) -> Answer {
        self.json(Method::PUT, path, body).await
    }

    pub async fn json(&self, method: Method, path: &str, body: &impl Serialize) -> Answer {
        let body = serde_json::to_vec(body).unwrap();
        self.send(method, path, Body::from(body), Some("application/json")).await
    }

    /// Sends anything.
    pub async fn send(&self, method: Method, path: &str, body: Body, kind: Option<&str>) -> Answer {
        let response = self.open(method, path, body, kind).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// Sends anything, and leaves the answer's body to be read.
    pub async fn open(
        &self,
        method: Method,
        path: &str,
        body: Body,
        kind: Option<&str>,
    ) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "shop.example");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, &**cookie);
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let mut request = request.body(body).unwrap();
        request.headers_mut().extend(self.headers.clone());
        let peer: SocketAddr = format!("{}:40000", self.address).parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.door.router.clone().oneshot(request).await.unwrap();
        if response.status().is_server_error() {
            self.door.broken.fetch_add(1, Ordering::SeqCst);
        }
        response
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text());
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub fn error(&self) -> ErrorResponse {
        assert!(!self.status.is_success(), "{}: {}", self.status, self.text());
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text()))
    }

    /// Name and value of the cookie it sets.
    pub fn cookie(&self) -> Arc<str> {
        let set = self.headers[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().into()
    }
}
