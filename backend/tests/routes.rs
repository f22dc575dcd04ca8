//! Routes: every route against everybody, and against the ids of another organisation, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use house::visitors::{Answer, TestApp, Visitor, sign_in, store};
use house::{NOON, Tablet};
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer;
use serde_json::{Value, json};
use shared::api::{CatalogResponse, ErrorResponse, PairingCodeResponse, ProductPage};
use shared::customer::{Customer, CustomerField, CustomerGroup};
use shared::ids::{CustomerGroupId, CustomerId, DisplayId, OrganisationId};
use shared::pricing::{PriceList, Promotion};
use shared::sync::wire::PullResponse;
use std::collections::BTreeSet;
use tillbridge::app::pricing;
use tillbridge::clock::FreshIds;
use tillbridge::http::route::{Who, table};
use tillbridge::store::{Db, displays, ground};

on_both_engines!(in crate::house::visitors::TestApp:
    every_route_lets_in_who_may_and_nobody_else,
    another_organisations_ids_give_nothing_and_change_nothing,
    what_is_wrong_is_told_in_words,
    row_level_security_is_forced_everywhere,
);

/// Who may take each route: written here by hand, so that the table cannot agree with itself alone.
/// Each letter lets somebody in: `n`obody, `d`evice, `c`ashier, `m`anager, `o`wner.
const EXPECTED: &[(&str, &str, &str)] = &[
    ("GET", "/api/status", "ndcmo"),
    ("POST", "/api/setup", "ndcmo"),
    ("POST", "/api/session", "ndcmo"),
    ("GET", "/api/session", "cmo"),
    ("DELETE", "/api/session", "cmo"),
    ("POST", "/api/pair", "ndcmo"),
    ("POST", "/api/pairing-codes", "mo"),
    ("POST", "/api/device/challenge", "ndcmo"),
    ("POST", "/api/device/session", "ndcmo"),
    ("GET", "/api/devices", "mo"),
    ("POST", "/api/devices/{id}/revoke", "mo"),
    ("POST", "/api/displays/code", "d"),
    ("GET", "/api/displays", "d"),
    ("PUT", "/api/displays/shown", "d"),
    ("DELETE", "/api/displays/{id}", "d"),
    ("POST", "/api/display/pair", "ndcmo"),
    // A display's own: its story is in `displays.rs`.
    ("GET", "/api/display", ""),
    ("GET", "/api/display/events", ""),
    ("POST", "/api/sync/push", "ndcmo"),
    ("GET", "/api/sync/pull", "d"),
    ("GET", "/api/sync/events", "d"),
    ("GET", "/api/events", "mo"),
    ("GET", "/api/stores", "mo"),
    ("POST", "/api/stores", "o"),
    ("PUT", "/api/stores/{id}", "o"),
    ("GET", "/api/registers", "mo"),
    ("POST", "/api/registers", "mo"),
    ("PUT", "/api/registers/{id}", "o"),
    ("GET", "/api/staff", "mo"),
    ("POST", "/api/staff", "mo"),
    ("PUT", "/api/staff/{id}", "mo"),
    ("GET", "/api/products", "cmo"),
    ("POST", "/api/products", "mo"),
    ("GET", "/api/products/{id}", "cmo"),
    ("PUT", "/api/products/{id}", "mo"),
    ("POST", "/api/products/import", "mo"),
    ("POST", "/api/customers/import", "mo"),
    ("POST", "/api/customers/import/left-out", "mo"),
    ("POST", "/api/pictures", "mo"),
    ("GET", "/api/pictures/{hash}", "dcmo"),
    ("GET", "/api/catalog", "cmo"),
    ("POST", "/api/categories", "mo"),
    ("PUT", "/api/categories/{id}", "mo"),
    ("POST", "/api/tax-categories", "mo"),
    ("PUT", "/api/tax-categories/{id}", "mo"),
    ("GET", "/api/promotions", "mo"),
    ("POST", "/api/promotions", "mo"),
    ("GET", "/api/promotions/{id}", "mo"),
    ("PUT", "/api/promotions/{id}", "mo"),
    ("DELETE", "/api/promotions/{id}", "mo"),
    ("GET", "/api/price-lists", "mo"),
    ("POST", "/api/price-lists", "mo"),
    ("GET", "/api/price-lists/{id}", "mo"),
    ("PUT", "/api/price-lists/{id}", "mo"),
    ("DELETE", "/api/price-lists/{id}", "mo"),
    ("GET", "/api/tender-types", "mo"),
    ("POST", "/api/tender-types", "mo"),
    ("POST", "/api/tender-types/order", "mo"),
    ("GET", "/api/tender-types/{id}", "mo"),
    ("PUT", "/api/tender-types/{id}", "mo"),
    ("GET", "/api/network-printers", "mo"),
    ("POST", "/api/network-printers", "mo"),
    ("GET", "/api/network-printers/{id}", "mo"),
    ("PUT", "/api/network-printers/{id}", "mo"),
    ("DELETE", "/api/network-printers/{id}", "mo"),
    ("POST", "/api/network-printers/{id}/test", "mo"),
    ("GET", "/api/printers", "d"),
    ("POST", "/api/printers/look", "d"),
    ("POST", "/api/printouts", "d"),
    ("POST", "/api/printouts/outcome", "d"),
    ("GET", "/api/customers", "mo"),
    ("POST", "/api/customers", "mo"),
    ("GET", "/api/customers/doubles", "mo"),
    ("GET", "/api/customers/{id}", "mo"),
    ("PUT", "/api/customers/{id}", "mo"),
    ("DELETE", "/api/customers/{id}", "mo"),
    ("GET", "/api/customers/{id}/story", "mo"),
    ("GET", "/api/customers/{id}/sales", "mo"),
    ("POST", "/api/customers/{id}/merge", "mo"),
    ("GET", "/api/accounts", "mo"),
    ("GET", "/api/accounts/{account}", "mo"),
    ("GET", "/api/layaways", "mo"),
    ("GET", "/api/customer-groups", "mo"),
    ("POST", "/api/customer-groups", "mo"),
    ("GET", "/api/customer-groups/{id}", "mo"),
    ("PUT", "/api/customer-groups/{id}", "mo"),
    ("DELETE", "/api/customer-groups/{id}", "mo"),
    ("GET", "/api/sales", "mo"),
    ("GET", "/api/sales/{id}", "mo"),
    ("GET", "/api/sales/{id}/receipt", "mo"),
    ("GET", "/api/kept", "mo"),
    ("POST", "/api/kept/{id}", "mo"),
    ("GET", "/api/receipts", "d"),
    ("GET", "/api/flags", "mo"),
    ("POST", "/api/flags", "mo"),
    ("GET", "/api/approvals", "mo"),
    ("GET", "/api/shifts", "mo"),
    ("GET", "/api/shifts/{id}", "mo"),
    ("GET", "/api/waiting", "d"),
    ("GET", "/api/days", "mo"),
    ("POST", "/api/days", "mo"),
    ("GET", "/api/reports/today", "mo"),
    ("GET", "/api/connectors", "o"),
    ("GET", "/api/connections", "o"),
    ("POST", "/api/connections", "o"),
    ("POST", "/api/connections/test", "o"),
    ("GET", "/api/connections/{id}", "o"),
    ("PUT", "/api/connections/{id}", "o"),
    ("DELETE", "/api/connections/{id}", "o"),
    ("POST", "/api/connections/{id}/test", "o"),
    ("POST", "/api/connections/{id}/start", "o"),
    ("POST", "/api/connections/{id}/pause", "o"),
    ("POST", "/api/connections/{id}/refresh", "o"),
    ("GET", "/api/connections/{id}/deliveries", "o"),
    ("GET", "/api/connections/{id}/deliveries/{delivery}/history", "o"),
    ("POST", "/api/connections/{id}/deliveries/send-again", "o"),
    ("POST", "/api/connections/{id}/deliveries/set-aside", "o"),
    ("GET", "/api/connections/{id}/matches/{kind}", "o"),
    ("POST", "/api/connections/{id}/matches/{kind}", "o"),
    ("GET", "/api/connections/{id}/choices/{kind}", "o"),
    ("GET", "/api/connections/{id}/reconciliation", "o"),
    ("GET", "/api/connections/{id}/mapping", "o"),
    ("PUT", "/api/connections/{id}/mapping", "o"),
    ("GET", "/api/connections/{id}/mapping/versions", "o"),
    ("POST", "/api/connections/{id}/mapping/accept", "o"),
    ("GET", "/api/connections/{id}/plan", "o"),
    ("GET", "/api/connections/{id}/check", "o"),
    ("GET", "/api/connections/{id}/check.csv", "o"),
    ("GET", "/api/connections/{id}/usage", "o"),
    ("GET", "/api/export/{file}", "o"),
    ("GET", "/api/openapi.json", "ndcmo"),
    ("GET", "/api/docs", "ndcmo"),
    ("GET", "/api/docs.css", "ndcmo"),
    // Last: it signs out the others' places too.
    ("DELETE", "/api/session/all", "cmo"),
];

/// Takes a route with nothing in its body that could do anything, and says how it was received.
async fn knock<W>(visitor: Visitor<W>, method: &str, path: &str) -> Answer {
    let path = path.replace("{id}", "0199b1a5-0000-7000-8000-000000000000");
    let path = path.replace("{kind}", "store").replace("{delivery}", "x");
    let path = path.replace("{account}", "customer:0199b1a5-0000-7000-8000-000000000000");
    let method: Method = method.parse().unwrap();
    let (body, kind) = match method {
        Method::GET | Method::DELETE => (Body::empty(), None),
        _ => (Body::from("{}"), Some("application/json")),
    };
    if path.ends_with("/events") {
        // A stream has no end to wait for.
        let (parts, body) = visitor.open(method, &path, body, kind).await.into_parts();
        let mut answer = Answer { status: parts.status, headers: parts.headers, bytes: Vec::new() };
        if answer.status != StatusCode::OK {
            answer.bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        }
        return answer;
    }
    visitor.send(method, &path, body, kind).await
}

/// Let in means that the route itself answered, whatever it made of an empty body and an unknown id.
fn let_in(answer: &Answer) -> bool {
    if answer.status.is_success() {
        return true;
    }
    let error: ErrorResponse = answer.error();
    let turned_away = match answer.status {
        StatusCode::UNAUTHORIZED => error.code == "sign_in",
        StatusCode::FORBIDDEN => true,
        StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST | StatusCode::CONFLICT => false,
        other => panic!("{other}: {}", error.message),
    };
    assert!(!error.message.is_empty());
    !turned_away
}

async fn every_route_lets_in_who_may_and_nobody_else(shop: TestApp) {
    let known: BTreeSet<(String, &str)> =
        table().iter().map(|route| (route.method.to_string(), route.path)).collect();
    let expected: BTreeSet<(String, &str)> =
        EXPECTED.iter().map(|(method, path, _)| ((*method).to_owned(), *path)).collect();
    assert_eq!(known, expected, "a route was added or taken away: say here who may take it");
    let nobody = shop.as_nobody();
    for (method, path, may) in EXPECTED {
        let (mut cashier, mut manager, mut owner) = (shop.as_cashier(), shop.as_manager(), shop.as_owner());
        if *method == "DELETE" {
            // These sign out: each is taken from a place of its own.
            cashier = cashier.instead(sign_in(&nobody, "cashier@shop.example").await);
            manager = manager.instead(sign_in(&nobody, "manager@shop.example").await);
            owner = owner.instead(sign_in(&nobody, "owner@shop.example").await);
        }
        let answers = [
            ('n', knock(shop.as_nobody(), method, path).await),
            ('d', knock(shop.as_device(), method, path).await),
            ('c', knock(cashier, method, path).await),
            ('m', knock(manager, method, path).await),
            ('o', knock(owner, method, path).await),
        ];
        for (who, answer) in answers {
            let text = answer.text();
            assert_eq!(
                let_in(&answer),
                may.contains(who),
                "{method} {path} as {who}: {} {text}",
                answer.status
            );
        }
    }
}

/// Another organisation in the same database, with one of everything.
struct Neighbour {
    id: OrganisationId,
    tablet: Tablet,
    store: String,
    tax_category: String,
    product: String,
    category: String,
    promotion: String,
    price_list: String,
    tender_type: String,
    customer: String,
    group: String,
    sale: String,
    kept: String,
    staff: String,
    picture: String,
    shift: String,
    printer: String,
    connection: String,
    display: String,
}

/// A path without what stands behind the question mark.
fn bare(path: &'static str) -> &'static str {
    path.split('?').next().unwrap_or(path)
}

/// One to an ERP that is never asked.
fn connection() -> Value {
    json!({
        "connector": "tryton",
        "name": "Books",
        "settings": { "address": "https://erp.example.com", "database": "shop", "user": "till", "password": "hush-hush" },
    })
}

async fn neighbour(shop: &TestApp) -> Neighbour {
    let db = &shop.app.db;
    let (id, shelf) = house::shop(db).await;
    let mut tablet = house::tablet(db, id, &shelf).await;
    let booked = tablet.sell("101", &[("22423", 1)], &shelf);
    let kept = tablet.sell("102", &[("22423", 1)], &shelf);
    push(shop, &tablet, std::slice::from_ref(&booked)).await;
    let mut tx = db.write_for(id).await.unwrap();
    ground::revoke_device(&mut tx, id, tablet.device_id).await.unwrap();
    let display = DisplayId::fresh(&mut FreshIds);
    displays::insert(&mut tx, id, (display, tablet.device_id), "theirs", NOON.at_ms).await.unwrap();
    tx.commit().await.unwrap();
    push(shop, &tablet, std::slice::from_ref(&kept)).await;
    let other = house::tablet(db, id, &shelf).await;
    let mut drawer = house::Journal::of(&other);
    push(shop, &other, &[drawer.open_shift(10_000)]).await;
    let customer = CustomerId::fresh(&mut FreshIds);
    let edit = house::written(customer, &[(CustomerField::Name, None, Some("Theirs"))]);
    push(shop, &other, &[drawer.record(edit)]).await;
    let group = CustomerGroup { id: CustomerGroupId::fresh(&mut FreshIds), name: "Theirs".to_owned() };
    let group = pricing::create(&shop.app, id, group).await.unwrap();
    let category = json!({ "name": "Theirs" });
    let category = serde_json::from_value(category).unwrap();
    let category = tillbridge::app::catalog::put_category(&shop.app, id, None, category).await.unwrap();
    let promotion = serde_json::from_value(promotion(json!({}))).unwrap();
    let promotion: Promotion = pricing::create(&shop.app, id, promotion).await.unwrap();
    let list = serde_json::from_value(price_list(json!(shelf.products["22423"].id))).unwrap();
    let list: PriceList = pricing::create(&shop.app, id, list).await.unwrap();
    let voucher = serde_json::from_value(voucher(json!([]))).unwrap();
    let voucher = tillbridge::app::tender_types::create(&shop.app, id, voucher).await.unwrap();
    let printer = serde_json::from_value(printer(&shelf.store.id.to_string())).unwrap();
    let printer = tillbridge::app::printers::create(&shop.app, id, printer).await.unwrap();
    let bridge = tillbridge::bridge::Bridge::idle(shop.app.clone()).unwrap();
    let connection = serde_json::from_value(connection()).unwrap();
    let connection = tillbridge::bridge::connections::create(&bridge, id, connection).await.unwrap();
    let staff = tillbridge::app::people::staff(&shop.app, id).await.unwrap();
    let picture = b"\xff\xd8\xff\xe0 theirs";
    let picture = tillbridge::app::pictures::keep(&shop.app, id, picture, NOON.at_ms).await.unwrap();
    let shared::sync::journal::EntryBody::SaleCompleted { sale } = booked.open().unwrap().body else {
        panic!()
    };
    Neighbour {
        id,
        store: shelf.store.id.to_string(),
        tax_category: shelf.standard.to_string(),
        product: shelf.products["22423"].id.to_string(),
        category: category.id.to_string(),
        promotion: promotion.id.to_string(),
        price_list: list.id.to_string(),
        tender_type: voucher.id.to_string(),
        printer: printer.id.to_string(),
        connection: connection.id.to_string(),
        display: display.to_string(),
        customer: customer.to_string(),
        group: group.id.to_string(),
        sale: sale.id.to_string(),
        kept: kept.id.to_string(),
        shift: drawer.counters.shift.unwrap().shift_id.to_string(),
        staff: staff[0].id.to_string(),
        picture: picture.path,
        tablet,
    }
}

fn promotion(goods: Value) -> Value {
    json!({ "id": "0199b1a5-0000-7000-8000-000000000000", "name": "Spring", "goods": goods, "offer": { "percent": 100_000 } })
}

fn voucher(stores: Value) -> Value {
    json!({ "id": "0199b1a5-0000-7000-8000-000000000000", "name": "Voucher", "kind": "voucher", "stores": stores })
}

fn printer(store: &str) -> Value {
    json!({ "id": "0199b1a5-0000-7000-8000-000000000000", "store_id": store, "name": "Kitchen", "host": "192.168.1.50" })
}

fn customer(extra: Value) -> Value {
    let mut customer = json!({ "id": "0199b1a5-0000-7000-8000-000000000000", "name": "Mine now" });
    customer.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    customer
}

fn price_list(product: Value) -> Value {
    json!({
        "id": "0199b1a5-0000-7000-8000-000000000000", "name": "Trade", "currency": "GBP",
        "prices": [{ "product_id": product, "price": 100_000 }],
    })
}

async fn push(shop: &TestApp, tablet: &Tablet, entries: &[shared::sync::journal::SealedEntry]) {
    let body = house::body(tablet, entries);
    let signature: Signature = tablet.key.sign(&body);
    let signature = STANDARD.encode(signature.to_bytes());
    tillbridge::app::sync::push(&shop.app, &body, &signature, NOON.at_ms).await.unwrap();
}

/// Everything an organisation has, counted, with what changes when a record does.
async fn holdings(db: &Db, id: OrganisationId) -> Vec<String> {
    let tables = [
        ("stores", "CAST(COALESCE(SUM(version), 0) AS BIGINT)"),
        ("registers", "CAST(COALESCE(SUM(version), 0) AS BIGINT)"),
        ("devices", "CAST(COALESCE(SUM(last_sequence * 10 + unsent), 0) AS BIGINT)"),
        ("staff", "CAST(COALESCE(SUM(version), 0) AS BIGINT)"),
        ("tax_categories", "CAST(COALESCE(SUM(version), 0) AS BIGINT)"),
        ("categories", "CAST(COALESCE(SUM(version), 0) AS BIGINT)"),
        ("products", "CAST(COALESCE(SUM(version), 0) AS BIGINT)"),
        ("pictures", "CAST(COALESCE(SUM(added_at_ms), 0) AS BIGINT)"),
        ("price_lists", "CAST(COALESCE(SUM(version), 0) AS BIGINT)"),
        ("promotions", "CAST(COALESCE(SUM(version), 0) AS BIGINT)"),
        ("tender_types", "CAST(COALESCE(SUM(version), 0) AS BIGINT)"),
        ("connections", "CAST(COALESCE(SUM(version + held_until_ms), 0) AS BIGINT)"),
        ("links", "CAST(0 AS BIGINT)"),
        ("displays", "CAST(COALESCE(SUM(paired_at_ms), 0) AS BIGINT)"),
        ("display_codes", "CAST(0 AS BIGINT)"),
        ("display_screens", "CAST(0 AS BIGINT)"),
        ("network_printers", "CAST(COALESCE(SUM(version + held_until_ms), 0) AS BIGINT)"),
        ("printouts", "CAST(COALESCE(SUM(heard_at_ms), 0) AS BIGINT)"),
        ("coupon_uses", "CAST(COALESCE(SUM(uses), 0) AS BIGINT)"),
        ("customers", "CAST(COALESCE(SUM(version), 0) AS BIGINT)"),
        ("customer_changes", "CAST(COALESCE(SUM(at_ms), 0) AS BIGINT)"),
        ("customer_groups", "CAST(COALESCE(SUM(version), 0) AS BIGINT)"),
        ("accounts", "CAST(COALESCE(SUM(balance_minor), 0) AS BIGINT)"),
        ("layaways", "CAST(COALESCE(SUM(paid_minor), 0) AS BIGINT)"),
        ("account_movements", "CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT)"),
        ("feed", "CAST(COALESCE(SUM(position), 0) AS BIGINT)"),
        ("sales", "CAST(COALESCE(SUM(total_minor), 0) AS BIGINT)"),
        ("journal_entries", "CAST(COALESCE(SUM(CASE WHEN resolved THEN 1 ELSE 0 END), 0) AS BIGINT)"),
        ("return_lines", "CAST(COALESCE(SUM(quantity), 0) AS BIGINT)"),
        ("returned_quantities", "CAST(COALESCE(SUM(quantity), 0) AS BIGINT)"),
        ("flags", "CAST(COALESCE(SUM(CASE WHEN resolved THEN 1 ELSE 0 END), 0) AS BIGINT)"),
        ("approvals", "CAST(COALESCE(SUM(worth_minor), 0) AS BIGINT)"),
        ("approval_keys", "CAST(0 AS BIGINT)"),
        ("shift_openings", "CAST(COALESCE(SUM(float_minor), 0) AS BIGINT)"),
        ("shift_closings", "CAST(COALESCE(SUM(counted_minor), 0) AS BIGINT)"),
        ("drawer_lines", "CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT)"),
        ("day_closings", "CAST(COALESCE(SUM(number), 0) AS BIGINT)"),
        ("day_closing_sales", "CAST(COALESCE(SUM(number), 0) AS BIGINT)"),
        ("stock_levels", "CAST(COALESCE(SUM(quantity), 0) AS BIGINT)"),
        ("sessions", "CAST(0 AS BIGINT)"),
        ("device_sessions", "CAST(0 AS BIGINT)"),
        ("device_challenges", "CAST(0 AS BIGINT)"),
        ("pairing_codes", "CAST(0 AS BIGINT)"),
        ("device_homes", "CAST(0 AS BIGINT)"),
        ("directory", "CAST(0 AS BIGINT)"),
    ];
    let mut held = Vec::new();
    for (table, sum) in tables {
        let mut tx = db.read_for(id).await.unwrap();
        let sql = format!("SELECT COUNT(*), {sum} FROM {table} WHERE organisation_id = $1");
        let (count, sum): (i64, i64) = tillbridge::on_engine!(&mut tx, connection => {
            sqlx::query_as(sqlx::AssertSqlSafe(sql))
                .bind(id.to_string())
                .fetch_one(connection)
                .await
                .unwrap()
        });
        held.push(format!("{table}: {count} rows, {sum}"));
    }
    held
}

async fn another_organisations_ids_give_nothing_and_change_nothing(shop: TestApp) {
    let theirs = neighbour(&shop).await;
    let own_id = shop.tablet.is.organisation_id;
    let code: PairingCodeResponse = shop.as_device().post("/api/displays/code", &json!({})).await.json();
    let code = json!({ "code": code.code });
    let display = shop.as_nobody().post("/api/display/pair", &code).await.expect(StatusCode::OK).cookie();
    let before = (holdings(&shop.app.db, theirs.id).await, holdings(&shop.app.db, own_id).await);
    assert!(before.0.contains(&"sales: 1 rows, 1275".to_owned()), "{:?}", before.0);
    let owner = shop.as_owner();
    let own: CatalogResponse = owner.get("/api/catalog").await.json();
    let own_tax = own.tax_categories[0].id.to_string();
    let device = theirs.tablet.device_id.to_string();
    let product = |tax: &str, extra: Value| {
        let mut product = json!({
            "id": theirs.product, "sku": "X-1", "name": "X", "unit": "piece", "tax_category_id": tax,
        });
        product.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        product
    };
    let tax = json!({ "id": theirs.tax_category, "name": "X", "periods": [] });

    // Every route with an id in its path: there is no such record.
    let by_path = [
        ("POST", "/api/devices/{id}/revoke", device.as_str(), json!(null)),
        ("PUT", "/api/stores/{id}", &theirs.store, store("Mine now")),
        ("PUT", "/api/registers/{id}", &theirs.tablet.register_id.to_string(), json!({ "name": "Mine now" })),
        ("PUT", "/api/staff/{id}", &theirs.staff, json!({ "name": "Mine now" })),
        ("GET", "/api/products/{id}", &theirs.product, json!(null)),
        ("PUT", "/api/products/{id}", &theirs.product, product(&own_tax, json!({}))),
        ("PUT", "/api/categories/{id}", &theirs.category, json!({ "name": "Mine now" })),
        ("PUT", "/api/tax-categories/{id}", &theirs.tax_category, tax.clone()),
        ("GET", "/api/promotions/{id}", &theirs.promotion, json!(null)),
        ("PUT", "/api/promotions/{id}", &theirs.promotion, promotion(json!({}))),
        ("DELETE", "/api/promotions/{id}", &theirs.promotion, json!(null)),
        ("GET", "/api/price-lists/{id}", &theirs.price_list, json!(null)),
        ("PUT", "/api/price-lists/{id}", &theirs.price_list, price_list(json!(theirs.product))),
        ("DELETE", "/api/price-lists/{id}", &theirs.price_list, json!(null)),
        ("GET", "/api/tender-types/{id}", &theirs.tender_type, json!(null)),
        ("PUT", "/api/tender-types/{id}", &theirs.tender_type, voucher(json!([]))),
        ("GET", "/api/network-printers/{id}", &theirs.printer, json!(null)),
        ("PUT", "/api/network-printers/{id}", &theirs.printer, printer(&theirs.store)),
        ("DELETE", "/api/network-printers/{id}", &theirs.printer, json!(null)),
        ("POST", "/api/network-printers/{id}/test", &theirs.printer, json!(null)),
        ("GET", "/api/customers/{id}", &theirs.customer, json!(null)),
        ("PUT", "/api/customers/{id}", &theirs.customer, customer(json!({}))),
        ("DELETE", "/api/customers/{id}", &theirs.customer, json!(null)),
        ("GET", "/api/customers/{id}/story", &theirs.customer, json!(null)),
        ("GET", "/api/customers/{id}/sales", &theirs.customer, json!(null)),
        ("POST", "/api/customers/{id}/merge", &theirs.customer, json!({ "from": theirs.customer })),
        ("GET", "/api/customer-groups/{id}", &theirs.group, json!(null)),
        ("PUT", "/api/customer-groups/{id}", &theirs.group, customer(json!({}))),
        ("DELETE", "/api/customer-groups/{id}", &theirs.group, json!(null)),
        ("GET", "/api/connections/{id}", &theirs.connection, json!(null)),
        ("PUT", "/api/connections/{id}", &theirs.connection, connection()),
        ("DELETE", "/api/connections/{id}", &theirs.connection, json!(null)),
        ("POST", "/api/connections/{id}/test", &theirs.connection, connection()),
        ("POST", "/api/connections/{id}/start", &theirs.connection, json!(null)),
        ("POST", "/api/connections/{id}/pause", &theirs.connection, json!(null)),
        ("POST", "/api/connections/{id}/refresh", &theirs.connection, json!(null)),
        ("GET", "/api/connections/{id}/deliveries", &theirs.connection, json!(null)),
        ("GET", "/api/connections/{id}/deliveries/{delivery}/history", &theirs.connection, json!(null)),
        ("POST", "/api/connections/{id}/deliveries/send-again", &theirs.connection, json!({})),
        ("POST", "/api/connections/{id}/deliveries/set-aside", &theirs.connection, json!({ "ids": ["x"] })),
        ("GET", "/api/connections/{id}/matches/{kind}", &theirs.connection, json!(null)),
        ("POST", "/api/connections/{id}/matches/{kind}", &theirs.connection, json!({ "id": "x" })),
        ("GET", "/api/connections/{id}/choices/{kind}", &theirs.connection, json!(null)),
        ("GET", "/api/connections/{id}/reconciliation?day=2026-06-21", &theirs.connection, json!(null)),
        ("GET", "/api/connections/{id}/mapping", &theirs.connection, json!(null)),
        ("PUT", "/api/connections/{id}/mapping", &theirs.connection, json!({ "fields": [] })),
        ("GET", "/api/connections/{id}/mapping/versions", &theirs.connection, json!(null)),
        ("POST", "/api/connections/{id}/mapping/accept", &theirs.connection, json!({ "version": 0 })),
        ("GET", "/api/connections/{id}/plan", &theirs.connection, json!(null)),
        ("GET", "/api/connections/{id}/check", &theirs.connection, json!(null)),
        ("GET", "/api/connections/{id}/check.csv", &theirs.connection, json!(null)),
        ("GET", "/api/connections/{id}/usage", &theirs.connection, json!(null)),
        ("GET", "/api/sales/{id}", &theirs.sale, json!(null)),
        ("GET", "/api/sales/{id}/receipt", &theirs.sale, json!(null)),
        ("POST", "/api/kept/{id}", &theirs.kept, json!("book")),
        ("GET", "/api/shifts/{id}", &theirs.shift, json!(null)),
        ("DELETE", "/api/displays/{id}", &theirs.display, json!(null)),
    ];
    let listed: BTreeSet<(String, &str)> =
        by_path.iter().map(|(method, path, ..)| ((*method).to_owned(), bare(path))).collect();
    let all: BTreeSet<(String, &str)> = table()
        .iter()
        .filter(|route| route.path.contains("{id}"))
        .map(|route| (route.method.to_string(), route.path))
        .collect();
    assert_eq!(listed, all, "a route takes an id: say here what it does with another organisation's");
    for (method, path, id, body) in by_path {
        for id in [id, "not-an-id", "..%2f..%2f"] {
            let at = path.replace("{id}", id).replace("{kind}", "store").replace("{delivery}", "x");
            let method: Method = method.parse().unwrap();
            let answer = match path {
                "/api/displays/{id}" => shop.as_device().json(method.clone(), &at, &body).await,
                _ => owner.json(method.clone(), &at, &body).await,
            };
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {at}: {}", answer.text());
        }
    }

    // Ids in a body: none of ours.
    let ours: Customer = owner.post("/api/customers", &customer(json!({}))).await.json();
    let ours = ours.id;
    let before = (before.0, holdings(&shop.app.db, own_id).await);
    let by_body = [
        ("/api/pairing-codes", json!({ "register_id": theirs.tablet.register_id })),
        ("/api/registers", json!({ "store_id": theirs.store, "name": "Mine now" })),
        ("/api/products", product(&theirs.tax_category, json!({}))),
        ("/api/products", product(&own_tax, json!({ "category_id": theirs.category }))),
        ("/api/products", product(&own_tax, json!({ "parent_id": theirs.product }))),
        ("/api/products", product(&own_tax, json!({ "picture": theirs.picture }))),
        ("/api/promotions", promotion(json!({ "products": [theirs.product] }))),
        ("/api/promotions", promotion(json!({ "categories": [theirs.category] }))),
        ("/api/promotions", {
            let mut of_their_store = promotion(json!({}));
            of_their_store["applies"] = json!({ "stores": [theirs.store] });
            of_their_store
        }),
        ("/api/price-lists", price_list(json!(theirs.product))),
        ("/api/promotions", {
            let mut for_their_group = promotion(json!({}));
            for_their_group["applies"] = json!({ "groups": [theirs.group] });
            for_their_group
        }),
        ("/api/customers", customer(json!({ "group_id": theirs.group }))),
        (&format!("/api/customers/{ours}/merge"), json!({ "from": theirs.customer })),
        ("/api/tender-types", voucher(json!([theirs.store]))),
        ("/api/network-printers", printer(&theirs.store)),
        ("/api/tender-types/order", json!({ "ids": [theirs.tender_type] })),
    ];
    for (path, body) in by_body {
        owner.post(path, &body).await.expect(StatusCode::BAD_REQUEST);
    }
    let flag = json!({ "kind": "returned_twice", "sale_id": theirs.sale, "line": 1, "raised_at_ms": 1 });
    owner.post("/api/flags", &flag).await.expect(StatusCode::NOT_FOUND);
    let day = json!({ "store_id": theirs.store, "day": NOON.day() });
    owner.post("/api/days", &day).await.expect(StatusCode::NOT_FOUND);
    // A tablet of ours does not print on a printer of theirs.
    let look = json!({ "printer_id": theirs.printer });
    shop.as_device().post("/api/printers/look", &look).await.expect(StatusCode::NOT_FOUND);
    let printout =
        json!({ "id": theirs.printer, "printer_id": theirs.printer, "body": "AA==", "end": "AA==" });
    shop.as_device().post("/api/printouts", &printout).await.expect(StatusCode::NOT_FOUND);
    let of_theirs: ProductPage = owner.get(&format!("/api/products?ids={}", theirs.product)).await.json();
    assert_eq!(of_theirs.rows, []);
    // A picture by its name.
    for answer in [
        owner.get(&theirs.picture).await,
        shop.as_cashier().get(&theirs.picture).await,
        shop.as_device().get(&theirs.picture).await,
    ] {
        answer.expect(StatusCode::NOT_FOUND);
    }
    // A tablet of one organisation is none of another's.
    for (organisation, device) in
        [(own_id, device.clone()), (theirs.id, shop.tablet.is.device_id.to_string())]
    {
        let who = json!({ "organisation_id": organisation, "device_id": device });
        let answer = shop.as_nobody().post("/api/device/challenge", &who).await;
        assert_eq!(answer.expect(StatusCode::UNAUTHORIZED).error().code, "unpaired");
    }
    // A cookie of one organisation opens nothing of another.
    for cookie in [sign_in(&shop.as_nobody(), "owner@shop.example").await, shop.tablet.cookie.clone()] {
        let (name, secret) = cookie.split_once('=').unwrap();
        let (_, token) = secret.split_once('.').unwrap();
        let forged = format!("{name}={}.{token}", theirs.id);
        let visitor = shop.as_owner().instead(forged.into());
        for path in ["/api/session", "/api/sync/pull", "/api/products", &theirs.picture] {
            assert_eq!(visitor.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
    owner.delete("/api/session").await.expect(StatusCode::NO_CONTENT);
    let owner = shop.as_owner().instead(sign_in(&shop.as_nobody(), "owner@shop.example").await);

    // Every list, asked for everything and for theirs: nothing of theirs is in it.
    let lists = table().into_iter().filter(|route| {
        route.method == Method::GET && !route.path.contains('{') && !route.path.ends_with("/events")
    });
    let ids = [
        &theirs.store,
        &theirs.tax_category,
        &theirs.product,
        &theirs.category,
        &theirs.sale,
        &theirs.kept,
        &theirs.staff,
        &theirs.printer,
        &device,
    ];
    for route in lists {
        let queries =
            [String::new(), format!("?store={}", theirs.store), "?search=22423".into(), "?number=101".into()];
        for query in queries {
            let at = format!("{}{query}", route.path);
            let answer = match route.who {
                Who::Device => shop.as_device().get(&at).await,
                Who::Display => shop.as_nobody().instead(display.clone()).get(&at).await,
                _ => owner.get(&at).await,
            };
            let expected = answer.status == StatusCode::OK
                || (["/api/reports/today", "/api/receipts"].contains(&route.path)
                    && answer.status == StatusCode::NOT_FOUND)
                || (route.path == "/api/days" && !query.starts_with("?store"));
            assert!(expected, "{at}: {}", answer.text());
            let text = answer.text();
            assert!(!ids.iter().any(|id| text.contains(id.as_str())), "{at}: {text}");
        }
    }
    let sheets = tillbridge::app::export::SHEETS.iter().map(|sheet| format!("{}.csv", sheet.name));
    for file in sheets.chain(["products.csv".to_owned(), "journal.jsonl".to_owned()]) {
        let text = owner.get(&format!("/api/export/{file}")).await.expect(StatusCode::OK).text();
        assert!(!ids.iter().any(|id| text.contains(id.as_str())), "{file}: {text}");
    }
    // A whole first load of ours.
    let mut cursor = String::new();
    loop {
        let answer = shop.as_device().get(&format!("/api/sync/pull?cursor={cursor}&limit=1")).await;
        assert!(!ids.iter().any(|id| answer.text().contains(id.as_str())), "{}", answer.text());
        let page: PullResponse = answer.json();
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }

    let after = holdings(&shop.app.db, theirs.id).await;
    assert_eq!(before.0, after);
    let after = holdings(&shop.app.db, own_id).await;
    let sessions = |held: &Vec<String>| -> Vec<String> {
        held.iter().filter(|line| !line.starts_with("sessions")).cloned().collect()
    };
    assert_eq!(sessions(&before.1), sessions(&after), "nor anything of ours");
}

async fn what_is_wrong_is_told_in_words(shop: TestApp) {
    let owner = shop.as_owner();
    for path in ["/api", "/api/", "/api/nothing", "/api/products/x/y", "/api/sync"] {
        let answer = owner.get(path).await;
        assert_eq!(answer.expect(StatusCode::NOT_FOUND).error().code, "not_found", "{path}");
    }
    let answer = owner.delete("/api/products").await.expect(StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.error().message.contains("/api/docs"));
    let wrong = owner.post("/api/categories", &json!({ "name": 7 })).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(wrong.error().fields[0].field, "name");
    let wrong = json!({ "name": "X", "tax": { "rounded": "sideways" } });
    let wrong = owner.post("/api/stores", &wrong).await.error();
    assert!(wrong.message.contains("Nothing was changed"), "{}", wrong.message);
    let huge = Body::from(format!("{{\"name\":\"{}\"}}", "x".repeat(2 << 20)));
    let huge = owner.send(Method::POST, "/api/categories", huge, Some("application/json")).await;
    assert_eq!(huge.expect(StatusCode::PAYLOAD_TOO_LARGE).error().code, "wrong_input");
    for (query, field) in
        [("?day=yesterday", "day"), ("?store=x", "store"), ("?limit=1.5", "limit"), ("?after=x", "after")]
    {
        let answer = owner.get(&format!("/api/sales{query}")).await.expect(StatusCode::BAD_REQUEST);
        assert_eq!(answer.error().fields[0].field, field, "{query}");
    }
    owner.get("/api/sales?search=a&search=b").await.expect(StatusCode::BAD_REQUEST);
    let found = owner.get("/api/products?search=&after=&limit=").await;
    assert_eq!(found.expect(StatusCode::OK).headers["cache-control"], "no-store");
    // Two people change one product.
    let id = product(&shop).await;
    let path = format!("/api/products/{id}");
    let read = owner.get(&path).await;
    assert_eq!(read.headers["etag"], "\"1\"");
    let body: Value = read.json();
    let change = shop.as_manager().with("if-match", "\"1\"").put(&path, &body).await.expect(StatusCode::OK);
    assert_eq!(change.headers["etag"], "\"2\"");
    let late = shop.as_owner().with("if-match", "\"1\"").put(&path, &body).await;
    assert_eq!(late.expect(StatusCode::CONFLICT).error().code, "conflict");
    let odd = shop.as_owner().with("if-match", "\"one\"").put(&path, &body).await;
    assert_eq!(odd.expect(StatusCode::BAD_REQUEST).error().fields[0].field, "If-Match");
    // Everything comes out again, as files.
    let products = owner.get("/api/export/products.csv").await.expect(StatusCode::OK);
    assert_eq!(products.headers["content-disposition"], "attachment; filename=\"products.csv\"");
    assert!(products.text().contains("\r\nT-1,Teapot,"), "{}", products.text());
    let sale = shop.sell("Kettle", "19.90").await.to_string();
    let sales = owner.get("/api/export/sales.csv").await.text();
    assert!(sales.contains(&sale) && sales.contains(",19.90,"), "{sales}");
    let journal = owner.get("/api/export/journal.jsonl").await.text();
    assert!(journal.lines().count() == 1 && journal.contains(&sale), "{journal}");
    for file in ["secrets.csv", "sales.json", "products", "..%2fsales.csv"] {
        owner.get(&format!("/api/export/{file}")).await.expect(StatusCode::NOT_FOUND);
    }
    // A file is checked, and imported when asked to.
    let csv = "sku,name,price\nK-1,Kettle,19.90\nK-2,,1.00\n";
    let send = async |query: &str| {
        owner
            .send(Method::POST, &format!("/api/products/import{query}"), Body::from(csv), Some("text/csv"))
            .await
    };
    let report: shared::api::ImportReport = send("").await.json();
    assert!(!report.written && report.findings.iter().any(|finding| finding.error));
    let report: shared::api::ImportReport = send("?dry_run=false&skip_bad_rows=true").await.json();
    assert_eq!((report.written, report.created), (true, 1));
    send("?dry_run=perhaps").await.expect(StatusCode::BAD_REQUEST);
}

async fn product(shop: &TestApp) -> String {
    let groups: CatalogResponse = shop.as_owner().get("/api/catalog").await.json();
    let product = json!({
        "id": groups.tax_categories[0].id, "sku": "T-1", "name": "Teapot", "tax_category_id": groups.tax_categories[0].id,
    });
    let product: Value = shop.as_owner().post("/api/products", &product).await.json();
    product["id"].as_str().unwrap().to_owned()
}

/// On PostgreSQL the database itself keeps organisations apart, whatever a query forgot.
async fn row_level_security_is_forced_everywhere(shop: TestApp) {
    let Db::Postgres(pool) = &shop.app.db else { return };
    let open: Vec<(String,)> = sqlx::query_as(
        "SELECT k.relname::text FROM pg_class k JOIN pg_attribute a ON a.attrelid = k.oid AND a.attname = 'organisation_id' \
         WHERE k.relkind IN ('r', 'p') AND k.relnamespace = current_schema()::regnamespace \
         AND NOT (k.relrowsecurity AND k.relforcerowsecurity \
                  AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = k.oid)) ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let open: Vec<&str> = open.iter().map(|(name,)| name.as_str()).collect();
    assert_eq!(
        open,
        ["device_homes", "directory", "organisations"],
        "asked before it is known whose request it is"
    );
    let unnamed: Vec<(String,)> = sqlx::query_as(
        "SELECT relname::text FROM pg_class k WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace \
         AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = k.oid AND a.attname = 'organisation_id') ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let unnamed: Vec<&str> = unnamed.iter().map(|(name,)| name.as_str()).collect();
    assert_eq!(
        unnamed,
        ["_sqlx_migrations", "database_life", "sign_in_attempts"],
        "tables of no organisation"
    );
    let (bypasses,): (bool,) =
        sqlx::query_as("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            .fetch_one(pool)
            .await
            .unwrap();
    assert!(!bypasses, "the account of the test is as weak as the one to run with");
    // A query that forgot to say whose rows it wants gets those of the organisation the transaction acts for.
    let theirs = neighbour(&shop).await;
    let count = async |id: Option<OrganisationId>, sql: &'static str| -> i64 {
        let mut tx = match id {
            Some(id) => shop.app.db.read_for(id).await.unwrap(),
            None => shop.app.db.begin_read().await.unwrap(),
        };
        let tillbridge::store::Tx::Postgres(tx) = &mut tx else { panic!() };
        sqlx::query_scalar(sql).fetch_one(&mut **tx).await.unwrap()
    };
    let own = shop.tablet.is.organisation_id;
    assert_eq!(count(None, "SELECT COUNT(*) FROM stores").await, 0);
    assert_eq!(count(Some(own), "SELECT COUNT(*) FROM stores").await, 1);
    assert_eq!(count(Some(own), "SELECT COUNT(*) FROM products").await, 0);
    assert_eq!(count(Some(theirs.id), "SELECT COUNT(*) FROM products").await, 2);
    let mut tx = shop.app.db.write_for(own).await.unwrap();
    let tillbridge::store::Tx::Postgres(inner) = &mut tx else { panic!() };
    let changed = sqlx::query("UPDATE devices SET revoked = FALSE").execute(&mut **inner).await.unwrap();
    assert_eq!(changed.rows_affected(), 1);
    let forged = "INSERT INTO sessions (organisation_id, hash, staff_id, created_at_ms, expires_at_ms) \
        VALUES ($1, 'x', 'x', 0, 0)";
    let forged = sqlx::query(forged).bind(theirs.id.to_string()).execute(&mut **inner).await;
    assert!(forged.is_err(), "nor can a row of theirs be written");
}
