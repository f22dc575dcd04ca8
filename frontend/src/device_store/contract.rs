//! Contract: what every device store must do, run against memory and against IndexedDB in a real browser.
//! Lives here: the cases, and what they record. May use: both stores. Never: a case for one of them only, unless two tabs are needed.
//! Invariant: a case fails on a store that loses, doubles or half-writes anything.

use super::{
    Answered, Browser, Catalog, Counters, DeviceStore, Feed, HeldCart, Identity, KeptPrinter, KnownChanges,
    Levels, Lists, Memory, Numbers, Page, Recording, StoreError,
};
use crate::clock;
use shared::account::{Account, AccountBalance, AccountKey};
use shared::barcode::CabledScanner;
use shared::calendar::LocalTime;
use shared::customer::{Customer, CustomerEdit};
use shared::ids::{
    CustomerId, DeviceId, EntryId, OrganisationId, ProductId, RegisterId, SaleId, StaffId, StoreId,
};
use shared::money::{Currency, Minor, Quantity};
use shared::register::{Register, receipt_number};
use shared::sale::{Cart, KnownSale, LineReturned, MOST_KNOWN, Sale, SaleKind};
use shared::scale::Scale;
use shared::staff::PinTries;
use shared::sync::device::KEEP_ANSWERED;
use shared::sync::journal::{EntryBody, JournalEntry, NO_HASH};
use shared::sync::wire::StockLevel;
use std::rc::Rc;
use std::sync::Arc;
use uuid::Uuid;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

pub fn identity() -> Identity {
    let store = serde_json::json!({
        "id": Uuid::from_u128(1), "name": "Camden", "country": "GB", "currency": "GBP", "time_zone": "Europe/London",
        "language": "en", "tax": {"prices_include_tax": true, "rounded": "line", "rounding": "half_away_from_zero"},
    });
    Identity {
        device_id: DeviceId(Uuid::from_u128(7)),
        organisation_id: OrganisationId(Uuid::from_u128(8)),
        organisation_name: "Shop".into(),
        register: Register {
            id: RegisterId(Uuid::from_u128(2)),
            store_id: StoreId(Uuid::from_u128(1)),
            name: "1".into(),
        },
        store: serde_json::from_value(store).unwrap(),
        receipt_prefix: "R1".into(),
    }
}

async fn memory() -> DeviceStore {
    let store = DeviceStore::Memory(Rc::new(Memory::default()));
    store.pair(&identity(), &JsValue::from_str("keys")).await.unwrap();
    store
}

fn fresh_name() -> String {
    format!("test-{}", clock::mint())
}

async fn browser() -> DeviceStore {
    let store = DeviceStore::Browser(Rc::new(Browser::new(&fresh_name())));
    store.pair(&identity(), &JsValue::from_str("keys")).await.unwrap();
    store
}

fn sale(id: u128, receipt: u64) -> Sale {
    Sale {
        id: SaleId(Uuid::from_u128(id)),
        kind: SaleKind::Sale,
        receipt_number: receipt_number("R1", receipt),
        store_id: StoreId(Uuid::from_u128(1)),
        register_id: RegisterId(Uuid::from_u128(2)),
        device_id: DeviceId(Uuid::from_u128(7)),
        staff_id: StaffId(Uuid::from_u128(3)),
        staff_name: "Sam".into(),
        time: LocalTime { at_ms: 0, offset_minutes: 0 },
        currency: Currency::parse("GBP").unwrap(),
        tax_settings: shared::tax::TaxSettings::default(),
        lines: vec![],
        discount: None,
        taxes: vec![],
        net: Minor(0),
        tax: Minor(0),
        total: Minor(0),
        cash_rounding: Minor(0),
        tenders: vec![],
        change: Minor(0),
        customer: shared::customer::SaleCustomer::default(),
        note: None,
        paid_before: Vec::new(),
        approved: Vec::new(),
        points: None,
        layaway: None,
    }
}

fn recording(numbers: Numbers, sale: Option<Sale>) -> Recording {
    let body = match &sale {
        Some(sale) => EntryBody::SaleCompleted { sale: Box::new(sale.clone()) },
        None => EntryBody::ReceiptReprinted { sale_id: SaleId(Uuid::nil()) },
    };
    let entry = JournalEntry {
        version: body.version(),
        id: EntryId(clock::mint()),
        device_id: DeviceId(Uuid::from_u128(7)),
        sequence: numbers.sequence,
        previous: numbers.previous,
        time: LocalTime { at_ms: 0, offset_minutes: 0 },
        staff_id: None,
        body,
        approvals: Vec::new(),
    };
    Recording { entry, sale: sale.map(Arc::new), customer: None }
}

async fn sell(store: &DeviceStore, id: u128) -> super::Recorded {
    let sale_id = SaleId(Uuid::from_u128(id));
    store
        .record(Some(sale_id), |numbers| Ok(recording(numbers.clone(), Some(sale(id, numbers.receipt)))))
        .await
        .unwrap()
}

/// The chain of what is in the journal, checked link by link; its length.
async fn check_chain(store: &DeviceStore) -> usize {
    let entries = store.entries(1, 10_000).await.unwrap();
    let mut previous = NO_HASH.to_owned();
    for (sequence, sealed) in (1..).zip(&entries) {
        let entry = sealed.open().unwrap();
        assert_eq!((entry.sequence, &entry.previous), (sequence, &previous));
        previous.clone_from(&sealed.hash);
    }
    entries.len()
}

async fn records_in_one_piece(store: DeviceStore) {
    let first = sell(&store, 11).await;
    assert_eq!((first.sequence, first.sale.unwrap().receipt_number.as_str()), (1, "R1-000001"));
    store.record(None, |numbers| Ok(recording(numbers, None))).await.unwrap();
    let third = sell(&store, 12).await;
    assert_eq!(
        (third.sequence, third.sale.unwrap().receipt_number.as_str()),
        (3, "R1-000002"),
        "a reprint takes no receipt"
    );
    assert_eq!(check_chain(&store).await, 3);
    let numbers: Vec<String> =
        store.sales(10).await.unwrap().iter().map(|sale| sale.receipt_number.clone()).collect();
    assert_eq!(numbers, ["R1-000002", "R1-000001"], "newest first");
    assert_eq!(store.sales(1).await.unwrap().len(), 1);
    assert_eq!(store.entries(2, 1).await.unwrap()[0].sequence, 2);
}

async fn a_sale_is_recorded_once(store: DeviceStore) {
    let first = sell(&store, 11).await;
    let again = sell(&store, 11).await;
    assert_eq!((first.sequence, first.sale), (again.sequence, again.sale));
    assert_eq!(check_chain(&store).await, 1);
    assert_eq!(store.position().await.unwrap().0.receipts, 1);
}

async fn what_the_rules_refuse_changes_nothing(store: DeviceStore) {
    sell(&store, 11).await;
    let before = store.position().await.unwrap();
    let refused = store.record(None, |_| Err(StoreError::Refused("no".into()))).await;
    assert_eq!(refused.unwrap_err(), StoreError::Refused("no".into()));
    let wrong_number = store
        .record(None, |numbers| Ok(recording(Numbers { sequence: numbers.sequence + 1, ..numbers }, None)))
        .await;
    assert!(matches!(wrong_number.unwrap_err(), StoreError::Refused(_)));
    assert_eq!(store.position().await.unwrap(), before);
    assert_eq!(check_chain(&store).await, 1);
}

async fn nothing_is_recorded_on_a_tablet_of_no_shop(store: DeviceStore) {
    store.erase().await.unwrap();
    let refused = store.record(None, |numbers| Ok(recording(numbers, None))).await;
    assert!(matches!(refused.unwrap_err(), StoreError::Refused(_)));
    assert_eq!(store.load().await.unwrap().identity, None);
    assert!(store.keys().await.unwrap().is_none());
}

async fn unsent_records_cannot_be_erased(store: DeviceStore) {
    sell(&store, 11).await;
    sell(&store, 12).await;
    store.answered(1, &[]).await.unwrap();
    assert_eq!(store.erase().await.unwrap_err(), StoreError::Unsent(1));
    assert_eq!(check_chain(&store).await, 2);
    store.answered(2, &[(2, "numbers".into())]).await.unwrap();
    store.erase().await.unwrap();
    assert_eq!(store.load().await.unwrap().counters, Counters::default());
}

async fn answers_are_kept_and_may_go_back(store: DeviceStore) {
    for id in 1..=4 {
        sell(&store, id).await;
    }
    store.answered(3, &[(2, "why".into())]).await.unwrap();
    store.answered(4, &[(4, "too".into())]).await.unwrap();
    let all = Answered { to: 4, kept: vec![(2, "why".into()), (4, "too".into())] };
    assert_eq!(store.load().await.unwrap().answered, all);
    assert_eq!(store.answered(3, &[]).await.unwrap(), Answered { to: 3, kept: vec![(2, "why".into())] });
}

async fn what_was_answered_long_ago_is_let_go(store: DeviceStore) {
    for id in 1..=3 {
        sell(&store, id).await;
    }
    store.answered(KEEP_ANSWERED + 2, &[]).await.unwrap();
    let left: Vec<u64> = store.entries(1, 10).await.unwrap().iter().map(|entry| entry.sequence).collect();
    assert_eq!(left, [3]);
    assert_eq!(store.sales(10).await.unwrap().len(), 1);
}

async fn held_carts_come_back_once(store: DeviceStore) {
    let held = |id, held_at_ms| HeldCart {
        cart: Cart::new(SaleId(Uuid::from_u128(id))),
        label: Some("blue coat".into()),
        held_at_ms,
        staff_name: "Sam".into(),
    };
    store.hold(&held(2, 20)).await.unwrap();
    store.hold(&held(1, 10)).await.unwrap();
    assert_eq!(store.held().await.unwrap(), [held(1, 10), held(2, 20)]);
    assert_eq!(store.load().await.unwrap().held.len(), 2);
    assert_eq!(store.take_held(held(1, 10).cart.id).await.unwrap(), Some(held(1, 10)));
    assert_eq!(store.take_held(held(1, 10).cart.id).await.unwrap(), None);
    sell(&store, 2).await;
    assert_eq!(store.held().await.unwrap(), [], "paying a cart lets go of its held copy");
}

async fn a_tablet_belongs_to_one_shop_at_a_time(store: DeviceStore) {
    sell(&store, 1).await;
    let again = store.pair(&identity(), &JsValue::from_str("others")).await.unwrap_err();
    assert!(matches!(again, StoreError::Refused(_)), "{again:?}");
    assert!(store.keep_keys(&JsValue::from_str("others")).await.is_err());
    assert_eq!(store.position().await.unwrap().0.sequence, 1, "the numbers go on");
    store.answered(1, &[]).await.unwrap();
    store.erase().await.unwrap();
    store.keep_keys(&JsValue::from_str("new")).await.unwrap();
    assert_eq!(store.keys().await.unwrap().unwrap().as_string().as_deref(), Some("new"));
    assert_eq!(store.load().await.unwrap().identity, None, "keys alone are no pairing");
}

async fn the_open_cart_comes_back_until_it_is_paid_or_held(store: DeviceStore) {
    let cart = |id| Cart::new(SaleId(Uuid::from_u128(id)));
    assert_eq!(store.open_cart().await.unwrap(), None);
    store.keep_open_cart(Some(&cart(1))).await.unwrap();
    assert_eq!(store.open_cart().await.unwrap(), Some(cart(1)));
    sell(&store, 1).await;
    assert_eq!(store.open_cart().await.unwrap(), None, "paid, though nobody said that it was closed");
    store.keep_open_cart(Some(&cart(2))).await.unwrap();
    let held = HeldCart { cart: cart(2), label: None, held_at_ms: 1, staff_name: "Sam".into() };
    store.hold(&held).await.unwrap();
    assert_eq!(store.open_cart().await.unwrap(), None, "put aside");
    store.keep_open_cart(Some(&cart(3))).await.unwrap();
    store.keep_open_cart(None).await.unwrap();
    assert_eq!(store.open_cart().await.unwrap(), None, "let go");
}

async fn a_page_is_kept_whole(store: DeviceStore) {
    let products = (0..1_200_u32).map(crate::session::sample_product).collect::<Vec<_>>();
    let (catalog, written) = Catalog::default().changed(products.clone(), &[]);
    let mut levels = Levels::default();
    let level = |at: u128| StockLevel {
        product_id: ProductId(Uuid::from_u128(at)),
        quantity: Quantity(i64::try_from(at).unwrap()),
    };
    let page = Page {
        chunks: written.iter().filter_map(|at| Some((*at, Arc::clone(catalog.chunk(*at)?)))).collect(),
        lists: Some(Lists { store: Some(identity().store), ..Lists::default() }),
        stock: levels.set(&(0..500).map(level).collect::<Vec<_>>()),
        customers: (1..=3).map(|at| (customer(at).id, Some(customer(at)))).collect(),
        accounts: vec![(account().key, Some(account()))],
        known: told(&[(1, 1_000)], 0),
        feed: Feed { cursor: Some("c1".into()), loaded: true, product_count: 1_200 },
    };
    store.apply(&page).await.unwrap();
    let kept = store.load().await.unwrap();
    assert_eq!(Catalog::of(kept.chunks), catalog);
    assert_eq!((kept.feed, Some(kept.lists)), (page.feed.clone(), page.lists.clone()));
    assert_eq!(Levels::of(&store.load_stock().await.unwrap()), levels);
    let mut customers = store.customers().await.unwrap();
    customers.sort_by_key(|one| one.id);
    assert_eq!(customers, [customer(1), customer(2), customer(3)]);
    assert_eq!(store.customer(customer(2).id).await.unwrap(), Some(customer(2)));
    assert_eq!(store.customer(customer(4).id).await.unwrap(), None);
    assert_eq!(store.account(&account().key).await.unwrap(), Some(account()));
    store.apply(&Page { accounts: vec![(account().key, None)], ..page.clone() }).await.unwrap();
    assert_eq!(store.account(&account().key).await.unwrap(), None);
    store.start_over().await.unwrap();
    assert_eq!(store.customers().await.unwrap(), []);
    assert_eq!(numbers(&store, "").await, [""; 0]);
    let kept = store.load().await.unwrap();
    assert_eq!((kept.chunks.len(), kept.feed, Some(kept.lists)), (0, Feed::default(), page.lists));
    assert!(store.load_stock().await.unwrap().is_empty());
}

/// A sale of another tablet at this time, of whose first line two came back.
fn known(id: u128, at_ms: i64) -> KnownSale {
    let number = format!("R2-{id:06}");
    let time = LocalTime { at_ms, offset_minutes: 0 };
    let sale = Sale { receipt_number: number, device_id: DeviceId(Uuid::from_u128(9)), time, ..sale(id, 1) };
    KnownSale { sale, returned: vec![LineReturned { line: 1, quantity: Quantity(2_000) }] }
}

/// These sales and their times, and nothing of before a time.
fn told(sales: &[(u128, i64)], from_ms: i64) -> KnownChanges {
    let sales = sales.iter().map(|(id, at_ms)| known(*id, *at_ms)).collect();
    KnownChanges { sales, from_ms, ..KnownChanges::default() }
}

async fn hears(store: &DeviceStore, known: KnownChanges) {
    store.apply(&Page { known, ..Page::default() }).await.unwrap();
}

/// The numbers of known sales with this part in them, as they come.
async fn numbers(store: &DeviceStore, part: &str) -> Vec<String> {
    let found = store.known_sales(part, 3).await.unwrap();
    found.into_iter().map(|one| one.sale.receipt_number).collect()
}

async fn sales_of_other_tablets_are_found_by_a_part_of_their_number(store: DeviceStore) {
    assert_eq!(numbers(&store, "").await, [""; 0]);
    hears(&store, told(&[(12, 3_000), (11, 1_000), (21, 2_000), (32, 4_000)], 0)).await;
    assert_eq!(numbers(&store, "").await, ["R2-000032", "R2-000012", "R2-000021"], "newest first, so many");
    assert_eq!(numbers(&store, " r2-00001").await, ["R2-000012", "R2-000011"]);
    assert_eq!(numbers(&store, "9").await, [""; 0]);
    let id = |id| SaleId(Uuid::from_u128(id));
    assert_eq!(store.known_sale(id(11)).await.unwrap(), Some(known(11, 1_000)));
    assert_eq!(store.known_sale(id(13)).await.unwrap(), None);
    // Told again: more has come back of it.
    let mut again = told(&[(11, 1_000)], 0);
    again.sales[0].returned[0].quantity = Quantity(3_000);
    hears(&store, again.clone()).await;
    assert_eq!(store.known_sale(id(11)).await.unwrap(), again.sales.pop());
    assert_eq!(numbers(&store, "000011").await.len(), 1);
    hears(&store, KnownChanges { gone: vec![id(11), id(13)], ..KnownChanges::default() }).await;
    assert_eq!(numbers(&store, "00001").await, ["R2-000012"]);
    assert_eq!(store.sales(10).await.unwrap().len(), 0, "they are no sales of this tablet");
}

async fn old_sales_of_other_tablets_are_forgotten(store: DeviceStore) {
    hears(&store, told(&[(1, 1_000), (2, 2_000), (3, 3_000)], 0)).await;
    hears(&store, told(&[], 2_000)).await;
    assert_eq!(numbers(&store, "").await, ["R2-000003", "R2-000002"], "what is of the first moment stays");
    hears(&store, KnownChanges::default()).await;
    assert_eq!(numbers(&store, "").await.len(), 2);
    let many: Vec<(u128, i64)> = (10..).zip(10_000..).take(MOST_KNOWN).collect();
    hears(&store, told(&many, 0)).await;
    assert_eq!(
        store.known_sales("", usize::MAX).await.unwrap().len(),
        MOST_KNOWN,
        "the oldest two make room"
    );
    assert_eq!(numbers(&store, "R2-000003").await, [""; 0]);
    hears(&store, told(&[], i64::MAX)).await;
    assert_eq!(numbers(&store, "").await, [""; 0], "the store wants none of it any more");
}

fn account() -> Account {
    let key = AccountKey::of_customer(customer(1).id);
    let currency = Currency::parse("GBP").unwrap();
    Account { key, balances: vec![AccountBalance { currency, balance: Minor(1_275) }] }
}

fn customer(at: u128) -> Customer {
    let mut one = Customer::new(CustomerId(Uuid::from_u128(at)));
    (one.name, one.number) = (format!("Customer {at}"), Some(format!("k {at}")));
    one
}

async fn a_customer_is_kept_with_the_record_of_them(store: DeviceStore) {
    let written = |numbers: Numbers, at: u128| {
        let edit = CustomerEdit { customer_id: customer(at).id, changes: Vec::new() };
        let mut recording = recording(numbers, None);
        recording.entry.body = EntryBody::CustomerEdited { edit };
        recording.entry.version = recording.entry.body.version();
        Recording { customer: Some(customer(at)), ..recording }
    };
    store.record(None, |numbers| Ok(written(numbers, 1))).await.unwrap();
    let wrong = |numbers: Numbers| written(Numbers { sequence: numbers.sequence + 1, ..numbers }, 2);
    store.record(None, |numbers| Ok(wrong(numbers))).await.unwrap_err();
    assert_eq!(store.customers().await.unwrap(), [customer(1)], "with the record, or not at all");
    assert_eq!(store.customers_numbered("K1").await.unwrap(), [customer(1)]);
    assert_eq!(store.customers_numbered("K2").await.unwrap(), []);
    let gone = Page { customers: vec![(customer(1).id, None)], ..Page::default() };
    store.apply(&gone).await.unwrap();
    assert_eq!(store.customers_numbered("K1").await.unwrap(), []);
    assert_eq!(check_chain(&store).await, 1, "the record stays");
}

async fn printers_keep_what_they_have_not_printed(store: DeviceStore) {
    let kept = r#"[{"printer":{"id":"00000000-0000-0000-0000-000000000001","name":"Counter","profile":"TM-T88V",
        "cable":{"usb":{"vendor_id":1208,"product_id":514}}},
        "jobs":[{"id":"00000000-0000-0000-0000-000000000002","work":"self_test","state":"waiting"}]}]"#;
    let kept: Vec<KeptPrinter> = shared::json::read(kept.as_bytes()).unwrap();
    assert_eq!(store.printers().await.unwrap(), []);
    store.keep_printers(&kept).await.unwrap();
    assert_eq!(store.printers().await.unwrap(), kept);
    store.keep_printers(&[]).await.unwrap();
    assert_eq!(store.printers().await.unwrap(), []);
}

async fn scales_are_found_again(store: DeviceStore) {
    let kept = r#"[{"id":"00000000-0000-0000-0000-000000000001","name":"Counter","protocol":"mt_sics","framing":"seven_even",
        "cable":{"serial":{"vendor_id":1659,"product_id":8963,"baud":9600}}}]"#;
    let kept: Vec<Scale> = shared::json::read(kept.as_bytes()).unwrap();
    assert_eq!(store.scales().await.unwrap(), []);
    store.keep_scales(&kept).await.unwrap();
    assert_eq!(store.scales().await.unwrap(), kept);
    store.keep_scales(&[]).await.unwrap();
    assert_eq!(store.scales().await.unwrap(), []);
}

async fn scanners_are_found_again(store: DeviceStore) {
    let kept = r#"[{"id":"00000000-0000-0000-0000-000000000001","name":"Hand","cable":{"usb":{"vendor_id":3118,"product_id":2945}}},
        {"id":"00000000-0000-0000-0000-000000000002","name":"Counter","cable":{"serial":{"baud":9600}}}]"#;
    let kept: Vec<CabledScanner> = shared::json::read(kept.as_bytes()).unwrap();
    assert_eq!(store.scanners().await.unwrap(), []);
    store.keep_scanners(&kept).await.unwrap();
    assert_eq!(store.scanners().await.unwrap(), kept);
}

async fn a_sale_is_found_by_its_id(store: DeviceStore) {
    sell(&store, 11).await;
    let number = |sale: Option<Arc<Sale>>| sale.map(|sale| sale.receipt_number.clone());
    let found = store.sale(SaleId(Uuid::from_u128(11))).await.unwrap();
    assert_eq!(number(found).as_deref(), Some("R1-000001"));
    assert_eq!(number(store.sale(SaleId(Uuid::from_u128(12))).await.unwrap()), None);
}

async fn wrong_pins_are_counted(store: DeviceStore) {
    let person = StaffId(Uuid::from_u128(3));
    for _ in 0..5 {
        store
            .change_tries(|tries| {
                let after = tries.get(&person).copied().unwrap_or_default().before_try(1_000);
                tries.insert(person, after);
            })
            .await
            .unwrap();
    }
    let tries = store.change_tries(|tries| tries[&person]).await.unwrap();
    assert_eq!(tries.wrong, 5);
    assert!(!PinTries::open(&tries, 1_000));
}

macro_rules! contract {
    ($($case:ident),+ $(,)?) => {
        mod in_memory { $( #[super::wasm_bindgen_test] async fn $case() { super::$case(super::memory().await).await } )+ }
        mod in_indexed_db { $( #[super::wasm_bindgen_test] async fn $case() { super::$case(super::browser().await).await } )+ }
    };
}

contract!(
    records_in_one_piece,
    a_sale_is_recorded_once,
    what_the_rules_refuse_changes_nothing,
    nothing_is_recorded_on_a_tablet_of_no_shop,
    unsent_records_cannot_be_erased,
    answers_are_kept_and_may_go_back,
    what_was_answered_long_ago_is_let_go,
    held_carts_come_back_once,
    a_tablet_belongs_to_one_shop_at_a_time,
    the_open_cart_comes_back_until_it_is_paid_or_held,
    a_customer_is_kept_with_the_record_of_them,
    a_page_is_kept_whole,
    sales_of_other_tablets_are_found_by_a_part_of_their_number,
    old_sales_of_other_tablets_are_forgotten,
    printers_keep_what_they_have_not_printed,
    scales_are_found_again,
    scanners_are_found_again,
    a_sale_is_found_by_its_id,
    wrong_pins_are_counted,
);

#[wasm_bindgen_test]
async fn two_tabs_selling_at_once_never_share_a_number() {
    let name = fresh_name();
    let tab = || DeviceStore::Browser(Rc::new(Browser::new(&name)));
    let (first, second) = (tab(), tab());
    first.pair(&identity(), &JsValue::from_str("keys")).await.unwrap();
    let selling = |store: DeviceStore, from: u128| async move {
        for id in from..from + 25 {
            sell(&store, id).await;
        }
    };
    let both = [selling(first.clone(), 100), selling(second.clone(), 200)].map(|one| {
        let (send, receive) = futures_channel::oneshot::channel();
        wasm_bindgen_futures::spawn_local(async move {
            one.await;
            let _ = send.send(());
        });
        receive
    });
    for one in both {
        one.await.unwrap();
    }
    assert_eq!(check_chain(&second).await, 50);
    let mut numbers: Vec<String> =
        first.sales(100).await.unwrap().iter().map(|sale| sale.receipt_number.clone()).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 50);
}

#[wasm_bindgen_test]
async fn what_is_recorded_is_there_after_the_page_was_closed() {
    let name = fresh_name();
    let tab = || DeviceStore::Browser(Rc::new(Browser::new(&name)));
    let before = tab();
    before.pair(&identity(), &JsValue::from_str("keys")).await.unwrap();
    sell(&before, 1).await;
    let after = tab();
    assert_eq!(after.load().await.unwrap().counters, before.load().await.unwrap().counters);
    assert_eq!(after.keys().await.unwrap().unwrap().as_string().as_deref(), Some("keys"));
}

/// A tablet whose app was updated: what it has kept is there, and what came since has a place.
#[wasm_bindgen_test]
async fn a_storage_of_the_first_layout_is_brought_up_to_date() {
    use super::indexed_db::{Mode, Transaction, open};
    let name = fresh_name();
    let first = open(&name, 1, |database, _| super::browser::first_layout(database)).await.unwrap();
    let transaction = Transaction::begin(&first, &["meta"], Mode::Strict).unwrap();
    for (key, value) in [
        ("identity", serde_json::to_string(&identity()).unwrap()),
        ("counters", serde_json::to_string(&Counters { receipts: 41, ..Counters::default() }).unwrap()),
    ] {
        transaction.store("meta").unwrap().put_with_key(&value.into(), &key.into()).unwrap();
    }
    transaction.complete().await.unwrap();
    first.close();
    let store = DeviceStore::Browser(Rc::new(Browser::new(&name)));
    assert_eq!(store.load().await.unwrap().identity, Some(identity()));
    assert_eq!(store.customers().await.unwrap(), []);
    assert_eq!(numbers(&store, "").await, [""; 0]);
    let known = told(&[(1, 1_000)], 0);
    let page = Page { customers: vec![(customer(1).id, Some(customer(1)))], known, ..Page::default() };
    store.apply(&page).await.unwrap();
    assert_eq!(numbers(&store, "").await, ["R2-000001"]);
    assert_eq!(store.customers_numbered("K1").await.unwrap(), [customer(1)]);
    assert_eq!(sell(&store, 1).await.sale.unwrap().receipt_number, "R1-000042");
}

/// Facts are flushed: asking for anything less than `strict` would pass every other case.
#[wasm_bindgen_test]
async fn facts_are_written_strictly() {
    let seen = js_sys::Array::new();
    let spy = js_sys::Function::new_with_args(
        "seen",
        "const p = IDBDatabase.prototype, was = p.transaction; \
         p.transaction = function (s, m, o) { const t = was.call(this, s, m, o); seen.push(m + ' ' + t.durability); return t; }; \
         return () => { p.transaction = was; };",
    );
    let restore: js_sys::Function =
        wasm_bindgen::JsCast::dyn_into(spy.call1(&JsValue::NULL, &seen).unwrap()).unwrap();
    let store = browser().await;
    sell(&store, 1).await;
    store.answered(1, &[]).await.unwrap();
    store.change_tries(|_| ()).await.unwrap();
    restore.call0(&JsValue::NULL).unwrap();
    let seen: Vec<String> = seen.iter().filter_map(|mode| mode.as_string()).collect();
    assert!(seen.len() >= 4 && seen.iter().all(|mode| mode == "readwrite strict"), "{seen:?}");
}

/// A full disk: what the browser says then is told as such, and nothing of the sale is written.
#[wasm_bindgen_test]
async fn a_full_tablet_is_told_and_keeps_nothing_of_the_sale() {
    let store = browser().await;
    sell(&store, 1).await;
    // The counters are the last of the four writes.
    let fill = js_sys::Function::new_no_args(
        "const p = IDBObjectStore.prototype, was = p.put; \
         p.put = function (v, k) { \
           if (k === 'counters') { throw new DOMException('no room', 'QuotaExceededError'); } return was.call(this, v, k); }; \
         return () => { p.put = was; };",
    );
    let restore: js_sys::Function =
        wasm_bindgen::JsCast::dyn_into(fill.call0(&JsValue::NULL).unwrap()).unwrap();
    let sale_id = SaleId(Uuid::from_u128(2));
    let full = store
        .record(Some(sale_id), |numbers| Ok(recording(numbers.clone(), Some(sale(2, numbers.receipt)))))
        .await;
    restore.call0(&JsValue::NULL).unwrap();
    assert_eq!(full.unwrap_err(), StoreError::Full);
    assert_eq!(check_chain(&store).await, 1);
    assert_eq!(store.sales(10).await.unwrap().len(), 1);
    sell(&store, 2).await;
    assert_eq!(check_chain(&store).await, 2, "with room again it goes on without a gap");
}

/// A version of the database that no release has.
const FAR_FUTURE: u32 = 1_000;

/// A newer app needs the database: this one lets go of it and says so.
#[wasm_bindgen_test]
async fn a_newer_app_may_take_the_database_over() {
    let name = fresh_name();
    let device = DeviceStore::Browser(Rc::new(Browser::new(&name)));
    device.pair(&identity(), &JsValue::from_str("keys")).await.unwrap();
    let newer = super::indexed_db::open(&name, FAR_FUTURE, |_, _| Ok(())).await.unwrap();
    let refused = device.record(None, |numbers| Ok(recording(numbers, None))).await;
    assert_eq!(refused.unwrap_err(), StoreError::Newer);
    newer.close();
}

/// What only reads does not wait for its transaction's end; that end must find nobody, rather than somebody who has gone.
#[wasm_bindgen_test]
async fn reading_leaves_nothing_behind() {
    let watch = js_sys::Function::new_no_args(
        "let errors = 0; const seen = () => { errors += 1; }; window.addEventListener('error', seen); \
         return () => { window.removeEventListener('error', seen); return errors; };",
    );
    let errors: js_sys::Function =
        wasm_bindgen::JsCast::dyn_into(watch.call0(&JsValue::NULL).unwrap()).unwrap();
    let store = browser().await;
    sell(&store, 1).await;
    for _ in 0..3 {
        store.load().await.unwrap();
        store.position().await.unwrap();
        store.entries(1, 10).await.unwrap();
        store.sales(10).await.unwrap();
        store.open_cart().await.unwrap();
    }
    // One more transaction: it ends after those before it.
    store.answered(1, &[]).await.unwrap();
    clock::pause(50).await;
    assert_eq!(errors.call0(&JsValue::NULL).unwrap().as_f64(), Some(0.0));
}

/// A database that was closed under us is opened again; a sale then is recorded, and once.
#[wasm_bindgen_test]
async fn a_lost_connection_is_opened_again() {
    let name = fresh_name();
    let store = Rc::new(Browser::new(&name));
    let device = DeviceStore::Browser(Rc::clone(&store));
    device.pair(&identity(), &JsValue::from_str("keys")).await.unwrap();
    sell(&device, 1).await;
    store.close_for_test();
    sell(&device, 2).await;
    assert_eq!(check_chain(&device).await, 2);
    super::indexed_db::delete(&name).await.unwrap();
}
