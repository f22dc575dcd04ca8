//! Story: a tablet from pairing to a closed browser, against a server that obeys the real rules and fails as told.
//! Lives here: the stand-in server behind `fetch`, and the stories. May use: the till as pages do. Never: a sleep without a condition.
//! Invariant: whatever the line does, each sale is booked once.

use super::cart::OpenCart;
use super::paying::{PayProblem, Paying};
use super::till::{PairError, Phase, RecordError, SignInError, Till};
use crate::clock;
use crate::device_store::{Browser, DeviceStore, StoreError};
use js_sys::{Array, Function};
use leptos::prelude::{GetUntracked, Owner, WithUntracked, untrack};
use shared::api::{ChallengeResponse, DeviceSessionResponse, ErrorResponse, PairRequest};
use shared::catalog::Product;
use shared::ids::{DeviceId, LineId, ProductId, SaleId, StaffId, TaxCategoryId, TenderId};
use shared::money::{Minor, Quantity, UnitPrice};
use shared::sale::{Cart, CartLine, Sale};
use shared::staff::{PinVerifier, Role, StaffMember};
use shared::sync::register::{Stop, SyncStatus};
use shared::sync::server::{DeviceLedger, Judgement, KnownEntry, advance, judge};
use shared::sync::wire::{
    Change, EntryAnswer, EntryOutcome, PullResponse, PushRequest, PushResponse, SCHEMA, StockLevel,
};
use shared::tender::{Tender, TenderError, TenderKind};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use uuid::Uuid;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

const SAM: StaffId = StaffId(Uuid::from_u128(31));
const MIA: StaffId = StaffId(Uuid::from_u128(32));
const PAGE: usize = 40;

/// How the line behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Line {
    #[default]
    Good,
    Down,
    /// The server does what it is asked, and its answer never comes.
    AnswerLost,
}

/// What the server keeps, and what it has been asked.
struct Server {
    line: Line,
    ledger: DeviceLedger,
    known: BTreeMap<shared::ids::EntryId, KnownEntry>,
    booked: Vec<u64>,
    changes: Vec<Change>,
    signed_in: bool,
    public_key: Option<String>,
    unsent_said: Option<String>,
    pulls: Vec<String>,
}

fn device_id() -> DeviceId {
    crate::device_store::identity_for_test().device_id
}

impl Server {
    fn new(products: u32) -> Self {
        // PBKDF2-HMAC-SHA-256 of "2580", salt 00..0f, 1,000 rounds.
        let verifier = || PinVerifier {
            salt: "000102030405060708090a0b0c0d0e0f".into(),
            iterations: 1_000,
            digest: "85da899b998b59b08ed14c3f8e9556d1025002064b6d360e8e44ecebb287436d".into(),
        };
        let person = |id, name: &str, role| {
            Change::Staff(StaffMember { id, name: name.into(), role, active: true, pin: Some(verifier()) })
        };
        let tax = serde_json::json!({"id": Uuid::nil(), "name": "Standard", "periods": [
            {"from": "2008-01-01", "rates": [{"name": "VAT", "rate": 200_000}]}]});
        let mut changes = vec![
            Change::Store(crate::device_store::identity_for_test().store),
            person(SAM, "Sam", Role::Cashier),
            person(MIA, "Mia", Role::Manager),
            Change::TaxCategory(serde_json::from_value(tax).unwrap()),
        ];
        changes.extend((0..products).map(|n| Change::Product(product(n))));
        changes.push(level(0, 10_000));
        Self {
            line: Line::Good,
            ledger: DeviceLedger::new(device_id()),
            known: BTreeMap::new(),
            booked: vec![],
            changes,
            signed_in: false,
            public_key: None,
            unsent_said: None,
            pulls: vec![],
        }
    }

    fn answer(&mut self, path: &str, body: &str, signature: &str) -> (u16, String) {
        let (route, query) = path.split_once('?').unwrap_or((path, ""));
        match route {
            "/api/pair" => self.pair(&serde_json::from_str(body).unwrap()),
            "/api/device/challenge" => good(&ChallengeResponse { challenge: "c".into() }),
            "/api/device/session" => {
                self.signed_in = true;
                good(&DeviceSessionResponse {
                    last_sequence: self.ledger.last_sequence,
                    last_hash: self.ledger.last_hash.clone(),
                    server_time_ms: clock::now_ms(),
                })
            }
            "/api/sync/push" if signature.is_empty() => refused(401, "signature"),
            "/api/sync/push" => self.push(&serde_json::from_str(body).unwrap()),
            "/api/sync/pull" if !self.signed_in => refused(401, "sign_in"),
            "/api/sync/pull" if self.ledger.revoked => refused(403, "unpaired"),
            "/api/sync/pull" => self.pull(query),
            _ => refused(404, "not_found"),
        }
    }

    fn pair(&mut self, request: &PairRequest) -> (u16, String) {
        if request.code != "ABCD-2345" {
            return refused(400, "wrong_input");
        }
        self.public_key = Some(request.public_key.clone());
        good(&crate::device_store::identity_for_test())
    }

    fn push(&mut self, request: &PushRequest) -> (u16, String) {
        let mut answers = Vec::new();
        for entry in &request.entries {
            let judgement = judge(&self.ledger, entry, self.known.get(&entry.id));
            self.ledger = advance(&self.ledger, entry, &judgement);
            let outcome = match judgement {
                Judgement::Book(open) => {
                    self.booked.push(entry.sequence);
                    if let shared::sync::journal::EntryBody::SaleCompleted { sale } = open.body {
                        self.changes.push(level(0, 10_000 - sale.units().unwrap().0));
                    }
                    EntryOutcome::Booked
                }
                Judgement::Keep { reason, .. } => EntryOutcome::Kept { reason },
                Judgement::Replay(outcome) => outcome,
                Judgement::Wait { expected } => EntryOutcome::OutOfOrder { expected },
            };
            let known = KnownEntry { hash: entry.hash.clone(), outcome: outcome.clone() };
            self.known.entry(entry.id).or_insert(known);
            answers.push(EntryAnswer { id: entry.id, sequence: entry.sequence, outcome });
        }
        good(&PushResponse {
            schema: SCHEMA,
            answers,
            last_sequence: self.ledger.last_sequence,
            last_hash: self.ledger.last_hash.clone(),
            server_time_ms: clock::now_ms(),
        })
    }

    fn pull(&mut self, query: &str) -> (u16, String) {
        let part = |name: &str| {
            query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
        };
        self.unsent_said = part("unsent");
        let cursor = part("cursor");
        self.pulls.push(cursor.clone().unwrap_or_default());
        let from: usize = cursor.map_or(0, |cursor| cursor.parse().unwrap());
        let to = (from + PAGE).min(self.changes.len());
        let products = self.changes.iter().filter(|change| matches!(change, Change::Product(_))).count();
        good(&PullResponse {
            schema: SCHEMA,
            changes: self.changes[from..to].to_vec(),
            cursor: to.to_string(),
            more: to < self.changes.len(),
            start_over: false,
            held_back: false,
            last_sequence: None,
            product_count: u64::try_from(products).unwrap(),
            server_time_ms: clock::now_ms(),
        })
    }
}

fn good(answer: &impl serde::Serialize) -> (u16, String) {
    (200, serde_json::to_string(answer).unwrap())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    let refusal =
        ErrorResponse { code: code.into(), message: code.into(), fields: vec![], retry_after_ms: None };
    (status, serde_json::to_string(&refusal).unwrap())
}

fn product(n: u32) -> Product {
    Product {
        id: ProductId(Uuid::from_u128(u128::from(n) + 1)),
        tax_category_id: TaxCategoryId(Uuid::nil()),
        price: Some(UnitPrice(25_000)),
        ..super::sample_product(n)
    }
}

fn level(n: u32, quantity: i64) -> Change {
    Change::StockLevel(StockLevel { product_id: product(n).id, quantity: Quantity(quantity) })
}

/// The server behind this page's `fetch`, for as long as it is held.
struct Net {
    server: Rc<RefCell<Server>>,
    restore: Function,
    _answer: Closure<dyn FnMut(String, String, String) -> JsValue>,
}

impl Net {
    fn with(products: u32) -> Self {
        let server = Rc::new(RefCell::new(Server::new(products)));
        let of_answer = Rc::clone(&server);
        let answer = Closure::new(move |path: String, body: String, signature: String| -> JsValue {
            let mut server = of_answer.borrow_mut();
            let line = server.line;
            if line == Line::Down {
                return JsValue::NULL;
            }
            let (status, text) = server.answer(&path, &body, &signature);
            if line == Line::AnswerLost {
                return JsValue::NULL;
            }
            Array::of2(&JsValue::from(status), &text.into()).into()
        });
        let stand_in = Function::new_with_args(
            "answer",
            "const was = window.fetch; \
             window.fetch = async (path, init) => { \
               if (!String(path).startsWith('/api/')) { return was.call(window, path, init); } \
               const said = answer(path, init.body ?? '', init.headers.get('tillbridge-signature') ?? ''); \
               if (said === null) { throw new TypeError('no network'); } \
               return new Response(said[1], { status: said[0] }); \
             }; \
             return () => { window.fetch = was; };",
        );
        let restore = stand_in.call1(&JsValue::NULL, answer.as_ref()).unwrap().dyn_into().unwrap();
        Self { server, restore, _answer: answer }
    }

    fn set(&self, line: Line) {
        self.server.borrow_mut().line = line;
    }

    fn booked(&self) -> Vec<u64> {
        self.server.borrow().booked.clone()
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        self.restore.call0(&JsValue::NULL).unwrap();
    }
}

fn fresh_name() -> &'static str {
    Box::leak(format!("story-{}", clock::mint()).into_boxed_str())
}

/// What a page gives to the signals in it.
fn page() -> Owner {
    // Effects run once something is mounted.
    leptos::mount::mount_to_body(|| ());
    let owner = Owner::new();
    owner.set();
    owner
}

/// A tab of the tablet of this name.
async fn tab(name: &'static str) -> Till {
    let till = Till::closed(name, DeviceStore::Browser(Rc::new(Browser::new(name))));
    till.start().await;
    till
}

/// As if the tab was closed or its browser killed.
fn close(till: Till) {
    if let Some(sync) = till.sync() {
        sync.stop();
    }
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if condition() {
            return;
        }
        clock::pause(10).await;
    }
    panic!("never came: {what}");
}

async fn paired(net: &Net) -> (&'static str, Till) {
    let name = fresh_name();
    let till = tab(name).await;
    assert_eq!(till.phase.get_untracked(), Phase::Unpaired);
    till.pair("ABCD-2345", "Counter").await.unwrap();
    assert!(net.server.borrow().public_key.is_some());
    until("everything is loaded", || till.load_progress.get_untracked().complete).await;
    (name, till)
}

async fn sell(till: Till) -> Arc<Sale> {
    try_to_sell(till, SaleId(clock::mint())).await.unwrap()
}

async fn try_to_sell(till: Till, id: SaleId) -> Result<Arc<Sale>, RecordError> {
    let product = till.catalog.with_untracked(|catalog| catalog.get(product(0).id)).unwrap();
    let cart = cart_with(&product, id);
    let priced = till.price(&cart)?;
    let tender = Tender::plain(TenderId(clock::mint()), TenderKind::Cash, priced.total);
    till.finish_sale(cart, priced, vec![tender]).await
}

fn paid(kind: TenderKind, amount: Minor) -> Tender {
    Tender::plain(TenderId(clock::mint()), kind, amount)
}

fn cart_with(product: &Product, id: SaleId) -> Cart {
    let mut cart = Cart::new(id);
    let line = CartLine::of(product, LineId(clock::mint()), Quantity::ONE, None, clock::now_ms());
    cart.add(line.unwrap()).unwrap();
    cart
}

fn is_synced(till: Till) -> bool {
    till.sync_status.get_untracked() == SyncStatus::Synced
}

fn promotion(id: u128, otherwise: serde_json::Value) -> Change {
    let mut body = serde_json::json!({ "id": Uuid::from_u128(id), "name": "3 for 2",
        "offer": { "buy_get": { "buy": 2, "get": 1, "off": 1_000_000 } } });
    body.as_object_mut().unwrap().extend(otherwise.as_object().unwrap().clone());
    Change::Promotion(serde_json::from_value(body).unwrap())
}

/// What so many of the first product cost, and what is told beside it.
fn price_of(till: Till, count: i64, codes: &[&str]) -> (i64, super::price::NotGiven) {
    let mut cart = cart_with(&product(0), SaleId(clock::mint()));
    let line = cart.lines[0].id;
    cart.set_quantity(line, Quantity::pieces(count).unwrap()).unwrap();
    for code in codes {
        cart.add_coupon(code).unwrap();
    }
    let (priced, not_given) = till.price_and_say(&cart).unwrap();
    (priced.total.0, not_given)
}

#[wasm_bindgen_test]
async fn promotions_come_stay_and_go() {
    use shared::pricing::{CouponFault, Missing};
    let net = Net::with(1);
    let coupon = serde_json::json!({ "name": "Code", "coupon": { "code": "TEA" }, "priority": 9,
        "offer": { "percent": 500_000 } });
    let rules = [promotion(1, serde_json::json!({})), promotion(2, coupon)];
    net.server.borrow_mut().changes.extend(rules);
    let (name, till) = paired(&net).await;
    until("the promotions are here", || till.promotions.with_untracked(|all| all.len() == 2)).await;
    let (total, not_given) = price_of(till, 2, &["NONE"]);
    assert_eq!(total, 500);
    assert_eq!(not_given.near.iter().map(|miss| miss.missing).collect::<Vec<_>>(), [Missing::Pieces(1)]);
    assert_eq!(not_given.codes, [("NONE".to_owned(), CouponFault::Unknown)]);
    assert_eq!(price_of(till, 3, &[]), (500, super::price::NotGiven::default()));
    assert_eq!(price_of(till, 3, &["tea"]).0, 375, "the code goes before, and takes all three");
    close(till);

    // Without a network they are as they were.
    net.set(Line::Down);
    let till = tab(name).await;
    assert_eq!(price_of(till, 3, &[]).0, 500);
    net.set(Line::Good);
    let removed = serde_json::json!({ "kind": "promotion", "id": Uuid::from_u128(1) });
    net.server.borrow_mut().changes.push(Change::Removed(serde_json::from_value(removed).unwrap()));
    till.try_now();
    until("it is gone", || till.promotions.with_untracked(|all| all.len() == 1)).await;
    assert_eq!(price_of(till, 3, &[]).0, 750);
    close(till);
}

#[wasm_bindgen_test]
async fn a_tablet_is_paired_sells_and_the_server_has_it() {
    let net = Net::with(100);
    let (_, till) = paired(&net).await;
    assert_eq!(till.phase.get_untracked(), Phase::Locked);
    assert_eq!(till.catalog.with_untracked(|catalog| catalog.len()), 100);
    let names: Vec<String> = till.staff.get_untracked().iter().map(|staff| staff.name.clone()).collect();
    assert_eq!(names, ["Mia", "Sam"]);
    assert_eq!(till.stock_level(product(0).id), Some(Quantity(10_000)));
    let locked = try_to_sell(till, SaleId(clock::mint())).await;
    assert_eq!(locked.unwrap_err(), RecordError::Locked);
    till.sign_in(SAM, "2580").await.unwrap();
    let sale = sell(till).await;
    assert_eq!((sale.receipt_number.as_str(), sale.total), ("R1-000001", Minor(250)));
    assert_eq!(till.stock_level(product(0).id), Some(Quantity(9_000)), "what is unsent counts");
    until("the sale is booked", || is_synced(till)).await;
    assert_eq!(net.booked(), [1]);
    till.try_now();
    until("the new level is pulled", || till.catalog.with_untracked(|_| net.server.borrow().pulls.len() > 4))
        .await;
    assert_eq!(till.stock_level(product(0).id), Some(Quantity(9_000)), "and is not counted twice");
    close(till);
}

#[wasm_bindgen_test]
async fn what_was_sold_offline_survives_a_reload_and_is_booked_once() {
    let net = Net::with(10);
    let (name, till) = paired(&net).await;
    till.sign_in(SAM, "2580").await.unwrap();
    net.set(Line::Down);
    sell(till).await;
    sell(till).await;
    until("it is seen to be offline", || {
        till.sync_status.get_untracked() == SyncStatus::Offline { waiting: 2 }
    })
    .await;
    assert_eq!(till.unpair().await, Err(StoreError::Unsent(2)));
    assert_eq!(till.export_unsent().await.unwrap().lines().count(), 2);
    close(till);
    let till = tab(name).await;
    assert_eq!(till.phase.get_untracked(), Phase::Locked);
    assert_eq!(till.catalog.with_untracked(|catalog| catalog.len()), 10);
    assert_eq!(till.recent_sales("").await.unwrap().len(), 2);
    assert!(!is_synced(till));
    until("its levels are read", || till.stock_level(product(0).id) == Some(Quantity(8_000))).await;
    net.set(Line::AnswerLost);
    till.try_now();
    until("the server has them", || net.booked() == [1, 2]).await;
    assert!(!is_synced(till), "but has not been heard");
    net.set(Line::Good);
    till.try_now();
    until("the answer comes", || is_synced(till)).await;
    assert_eq!(net.booked(), [1, 2]);
    till.unpair().await.unwrap();
    assert_eq!(till.phase.get_untracked(), Phase::Unpaired);
    close(till);
}

#[wasm_bindgen_test]
async fn a_first_load_that_was_cut_goes_on_where_it_was() {
    let net = Net::with(200);
    let name = fresh_name();
    let till = tab(name).await;
    till.pair("ABCD-2345", "Counter").await.unwrap();
    until("the first page", || till.load_progress.get_untracked().loaded > 0).await;
    net.set(Line::Down);
    let loaded = till.load_progress.get_untracked();
    assert!(!loaded.complete && loaded.total == 200, "{loaded:?}");
    till.sign_in(SAM, "2580").await.unwrap();
    sell(till).await;
    close(till);
    let till = tab(name).await;
    assert!(till.load_progress.get_untracked().loaded >= loaded.loaded);
    net.server.borrow_mut().pulls.clear();
    net.set(Line::Good);
    until("the rest", || till.load_progress.get_untracked().complete).await;
    assert_eq!(till.catalog.with_untracked(|catalog| catalog.len()), 200);
    assert!(net.server.borrow().pulls.iter().all(|cursor| !cursor.is_empty()), "nothing from the start");
    close(till);
}

#[wasm_bindgen_test]
async fn five_wrong_pins_lock_over_a_reload_until_a_manager_comes() {
    let net = Net::with(1);
    let (name, till) = paired(&net).await;
    for left in [4, 3] {
        assert_eq!(till.sign_in(SAM, "1234").await, Err(SignInError::Wrong { left }));
    }
    close(till);
    let till = tab(name).await;
    let other_tab = tab(name).await;
    assert_eq!(other_tab.sign_in(SAM, "1234").await, Err(SignInError::Wrong { left: 2 }));
    assert_eq!(till.sign_in(SAM, "1234").await, Err(SignInError::Wrong { left: 1 }));
    assert!(matches!(till.sign_in(SAM, "1234").await, Err(SignInError::Locked { .. })));
    assert!(
        matches!(other_tab.sign_in(SAM, "2580").await, Err(SignInError::Locked { .. })),
        "even the right one"
    );
    till.sign_in(MIA, "2580").await.unwrap();
    till.lock();
    other_tab.sign_in(SAM, "2580").await.unwrap();
    close(till);
    close(other_tab);
}

#[wasm_bindgen_test]
async fn two_tabs_sell_and_one_of_them_sends() {
    let net = Net::with(10);
    let (name, first) = paired(&net).await;
    first.sign_in(SAM, "2580").await.unwrap();
    let second = tab(name).await;
    second.sign_in(SAM, "2580").await.unwrap();
    net.set(Line::Down);
    sell(first).await;
    let sale = sell(second).await;
    assert_eq!(sale.receipt_number, "R1-000002");
    until("each knows of both", || {
        [first, second]
            .iter()
            .all(|tab| tab.sync_status.get_untracked() == SyncStatus::Offline { waiting: 2 })
    })
    .await;
    assert!(first.owner.get_untracked() && !second.owner.get_untracked());
    net.set(Line::Good);
    second.try_now();
    until("both are told", || is_synced(first) && is_synced(second)).await;
    assert_eq!(net.booked(), [1, 2]);
    until("levels reach both", || {
        [first, second].iter().all(|tab| tab.stock_level(product(0).id) == Some(Quantity(9_000)))
    })
    .await;
    close(first);
    until("the other takes over", || second.owner.get_untracked()).await;
    sell(second).await;
    until("and sends", || net.booked() == [1, 2, 3]).await;
    close(second);
}

#[wasm_bindgen_test]
async fn a_manager_unpairs_the_tablet_and_what_it_holds_is_still_taken() {
    let net = Net::with(5);
    let (name, till) = paired(&net).await;
    till.sign_in(SAM, "2580").await.unwrap();
    net.set(Line::Down);
    sell(till).await;
    net.server.borrow_mut().ledger.revoked = true;
    net.set(Line::Good);
    till.try_now();
    until("it stops", || till.phase.get_untracked() == Phase::Unpaired).await;
    let refused = try_to_sell(till, SaleId(clock::mint())).await;
    assert_eq!(refused.unwrap_err(), RecordError::Locked);
    let handed_in = SyncStatus::Stopped { why: Stop::Unpaired, waiting: 0 };
    until("the sale is handed in", || till.sync_status.get_untracked() == handed_in).await;
    assert_eq!(net.booked(), [] as [u64; 0], "for a manager to look at");
    until("the server's reason is kept", || till.kept_by_server.get_untracked().len() == 1).await;
    close(till);
    net.set(Line::Down);
    let till = tab(name).await;
    assert_eq!(till.phase.get_untracked(), Phase::Unpaired, "also without a network");
    let wrong = till.pair("WRONG", "Counter").await;
    assert_eq!(wrong, Err(PairError::Offline));
    net.set(Line::Good);
    let wrong = till.pair("WRONG", "Counter").await;
    assert!(matches!(wrong, Err(PairError::Refused(_))), "{wrong:?}");
    close(till);
}

#[wasm_bindgen_test]
async fn the_open_cart_comes_back_in_the_tab_that_had_it() {
    let net = Net::with(5);
    let (name, till) = paired(&net).await;
    till.sign_in(SAM, "2580").await.unwrap();
    let cart = cart_with(&product(0), SaleId(clock::mint()));
    until("it is the owner", || till.owner.get_untracked()).await;
    till.keep_open_cart(None);
    assert_eq!(till.kept_open_cart().await, None);
    till.keep_open_cart(Some(cart.clone()));
    let device = till.device();
    while device.open_cart().await.unwrap().is_none() {}
    let second = tab(name).await;
    assert_eq!(second.kept_open_cart().await, None, "it is open in the other tab");
    close(second);
    close(till);
    let till = tab(name).await;
    till.keep_open_cart(None);
    assert_eq!(till.kept_open_cart().await, Some(cart.clone()), "a page that starts empty does not wipe it");
    let second = tab(name).await;
    assert_eq!(second.kept_open_cart().await, None);
    close(till);
    until("the other tab takes over", || second.owner.get_untracked()).await;
    let held: Vec<Cart> = second.held.get_untracked().iter().map(|held| held.cart.clone()).collect();
    assert_eq!(held, [cart], "what the closed tab had open is put aside");
    close(second);
}

#[wasm_bindgen_test]
async fn a_sale_finished_twice_in_a_hurry_is_recorded_once() {
    let _owner = page();
    let net = Net::with(5);
    let (_, till) = paired(&net).await;
    till.sign_in(SAM, "2580").await.unwrap();
    let open = OpenCart::new(till);
    open.resume(cart_with(&product(0), SaleId(clock::mint())));
    let paying = Paying::new(till, open);
    let total = untrack(|| paying.total()).unwrap();
    let card = TenderKind::Card { reference: "T-1".into(), last_four: Some("4417".into()) };
    let number = TenderKind::Card { reference: "4242 4242 4242 4242".into(), last_four: None };
    assert_eq!(paying.take(paid(number, Minor(1))), Err(TenderError::CardNumber));
    paying.take(paid(card, Minor(1))).unwrap();
    assert!(untrack(|| paying.done()).is_none());
    assert_eq!(untrack(|| open.get()).tenders.len(), 1, "it is kept with the cart");
    paying.take(paid(TenderKind::Cash, total.minus(Minor(1)).unwrap())).unwrap();
    paying.finish();
    paying.take(paid(TenderKind::Cash, total)).unwrap();
    until("it is recorded", || untrack(|| paying.done()).is_some()).await;
    until("the button is free", || !paying.still_recording()).await;
    let sales = till.recent_sales("").await.unwrap();
    assert_eq!(sales.iter().map(|sale| sale.tenders.len()).collect::<Vec<_>>(), [2]);
    assert!(untrack(|| open.get()).tenders.is_empty(), "the next sale begins with nothing");
    close(till);
}

#[wasm_bindgen_test]
async fn a_sale_that_cannot_be_recorded_stays_open_with_what_was_taken() {
    let _owner = page();
    let net = Net::with(5);
    let (_, till) = paired(&net).await;
    till.sign_in(SAM, "2580").await.unwrap();
    let open = OpenCart::new(till);
    open.resume(cart_with(&product(0), SaleId(clock::mint())));
    let paying = Paying::new(till, open);
    let total = untrack(|| paying.total()).unwrap();
    till.lock();
    paying.take(paid(TenderKind::Cash, total)).unwrap();
    until("it says so", || untrack(|| paying.problem()).is_some()).await;
    assert_eq!(untrack(|| paying.problem()), Some(PayProblem::Record(RecordError::Locked)));
    assert!(till.recent_sales("").await.unwrap().is_empty());
    assert_eq!(untrack(|| open.get()).tenders.len(), 1);
    until("the button is free", || !paying.still_recording()).await;
    till.sign_in(SAM, "2580").await.unwrap();
    paying.finish();
    until("it is recorded", || untrack(|| paying.done()).is_some()).await;
    close(till);
}

#[wasm_bindgen_test]
async fn a_page_that_finds_no_room_is_asked_for_again_and_nothing_is_skipped() {
    let _net = Net::with(100);
    let name = fresh_name();
    let till = tab(name).await;
    let fill = Function::new_no_args(
        "const p = IDBObjectStore.prototype, was = p.put; \
         p.put = function (v, k) { \
           if (this.name === 'catalog' && k === 0) { throw new DOMException('no room', 'QuotaExceededError'); } \
           return was.call(this, v, k); }; \
         return () => { p.put = was; };",
    );
    let restore: Function = fill.call0(&JsValue::NULL).unwrap().dyn_into().unwrap();
    till.pair("ABCD-2345", "Counter").await.unwrap();
    until("it is told", || till.trouble.get_untracked() == Some(StoreError::Full)).await;
    assert_eq!(till.catalog.with_untracked(|catalog| catalog.len()), 0);
    restore.call0(&JsValue::NULL).unwrap();
    till.try_now();
    until("everything is loaded", || till.load_progress.get_untracked().complete).await;
    assert_eq!(till.catalog.with_untracked(|catalog| catalog.len()), 100);
    assert_eq!(till.trouble.get_untracked(), None);
    until("levels too", || till.stock_level(product(0).id) == Some(Quantity(10_000))).await;
    close(till);
}

#[wasm_bindgen_test]
async fn verifiers_are_never_kept_open() {
    let net = Net::with(1);
    let (name, till) = paired(&net).await;
    let kept = Browser::new(name).load().await.unwrap();
    let text = serde_json::to_string(&kept.lists).unwrap();
    assert_eq!(kept.lists.staff.len(), 2);
    assert!(!text.contains("85da899b"), "{text}");
    assert!(till.staff.get_untracked().iter().all(|staff| staff.pin.is_none()));
    close(till);
}
