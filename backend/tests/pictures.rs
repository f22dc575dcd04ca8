//! Pictures: a manager sends one, staff and tablets of the shop see it, nobody else does; on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use house::visitors::{Answer, TestApp, Visitor};
use serde_json::{Value, json};
use shared::api::{CatalogResponse, PictureResponse};
use shared::catalog::Product;
use shared::ids::ProductId;
use shared::picture::{MOST_BYTES, name_of, path_of};
use shared::register::Register;
use shared::sync::wire::{Change, PullResponse};
use tillbridge::clock::FreshIds;
use tillbridge::store::{catalog, pictures};

on_both_engines!(in crate::house::visitors::TestApp:
    a_picture_is_sent_seen_and_kept_once,
    what_is_no_picture_is_refused,
    a_product_has_only_pictures_of_its_shop,
    a_renamed_register_reaches_its_tablet,
);

/// The smallest PNG there is: one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\xfc\xcf\xc0P\x0f\0\x04\x85\x01\x80\x84\xa9\x8c!\0\0\0\0IEND\xaeB`\x82";

async fn send<W>(visitor: &Visitor<W>, bytes: &[u8], said: &str) -> Answer {
    visitor.send(Method::POST, "/api/pictures", Body::from(bytes.to_vec()), Some(said)).await
}

async fn a_picture_is_sent_seen_and_kept_once(shop: TestApp) {
    // What the sender calls it does not count.
    let sent: PictureResponse = send(&shop.as_manager(), PIXEL, "text/html").await.json();
    assert_eq!(sent.path, path_of(&name_of(PIXEL)));
    assert_eq!((sent.media_type.as_str(), sent.bytes), ("image/png", PIXEL.len() as u64));
    for answer in [
        shop.as_device().get(&sent.path).await,
        shop.as_cashier().get(&sent.path).await,
        shop.as_owner().get(&sent.path).await,
    ] {
        let answer = answer.expect(StatusCode::OK);
        assert_eq!(answer.bytes, PIXEL);
        assert_eq!(answer.headers["content-type"], "image/png");
        assert_eq!(answer.headers["cache-control"], "private, max-age=31536000, immutable");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    assert_eq!(
        shop.as_nobody().get(&sent.path).await.expect(StatusCode::UNAUTHORIZED).error().code,
        "sign_in"
    );
    // A tablet on which somebody's password session has ended still sees it, by its own.
    let device = shop.tablet.cookie.to_string();
    let both = format!("{device}; tillbridge_session={}.ended", shop.tablet.is.organisation_id);
    shop.as_nobody().instead(both.into()).get(&sent.path).await.expect(StatusCode::OK);

    let again: PictureResponse = send(&shop.as_owner(), PIXEL, "image/png").await.json();
    assert_eq!(again, sent);
    let own = shop.tablet.is.organisation_id;
    let mut tx = shop.app.db.read_for(own).await.unwrap();
    assert_eq!(pictures::hashes(&mut tx, own).await.unwrap().len(), 1, "the same bytes, the same row");
    drop(tx);

    let other = format!("/api/pictures/{}", name_of(b"another"));
    for missing in [other.as_str(), "/api/pictures/mug.jpg", "/api/pictures/..%2f..%2fsales"] {
        shop.as_owner().get(missing).await.expect(StatusCode::NOT_FOUND);
    }
    shop.as_cashier()
        .send(Method::POST, "/api/pictures", Body::from(PIXEL), None)
        .await
        .expect(StatusCode::FORBIDDEN);
}

async fn what_is_no_picture_is_refused(shop: TestApp) {
    let manager = shop.as_manager();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    for bytes in [&svg[..], b"GIF89a", b"", b"RIFF\0\0\0\0WAVE", b"<html>"] {
        // Called a picture or not.
        let refused = send(&manager, bytes, "image/png").await.expect(StatusCode::BAD_REQUEST).error();
        assert_eq!(refused.fields[0].field, "picture");
        assert!(refused.message.contains("Nothing was changed"), "{}", refused.message);
    }
    let mut large = PIXEL.to_vec();
    large.resize(MOST_BYTES, 0);
    send(&manager, &large, "image/png").await.expect(StatusCode::OK);
    large.push(0);
    let refused = send(&manager, &large, "image/png").await.expect(StatusCode::BAD_REQUEST).error();
    assert!(refused.fields[0].message.contains("512 KiB"), "{:?}", refused.fields);
    large.resize(16 << 20, 0);
    send(&manager, &large, "image/png").await.expect(StatusCode::PAYLOAD_TOO_LARGE);
}

async fn a_product_has_only_pictures_of_its_shop(shop: TestApp) {
    let manager = shop.as_manager();
    let groups: CatalogResponse = manager.get("/api/catalog").await.json();
    let tax = groups.tax_categories[0].id;
    let product = |picture: &str| json!({ "id": tax, "sku": "MUG", "name": "Mug", "tax_category_id": tax, "picture": picture });
    let unknown = path_of(&name_of(b"not here"));
    for picture in ["https://cdn.example/mug.jpg", "/pictures/mug.jpg", "/api/sales", unknown.as_str()] {
        let refused = manager.post("/api/products", &product(picture)).await.expect(StatusCode::BAD_REQUEST);
        assert_eq!(refused.error().fields[0].field, "picture", "{picture}");
    }
    let sent: PictureResponse = send(&manager, PIXEL, "image/png").await.json();
    let added: Value = manager.post("/api/products", &product(&sent.path)).await.json();
    assert_eq!(added["picture"], sent.path);
    let path = format!("/api/products/{}", added["id"].as_str().unwrap());
    manager.put(&path, &product("https://cdn.example/mug.jpg")).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(manager.get(&path).await.json::<Value>()["picture"], sent.path);
    // It is in the file that an import reads, and comes in again.
    let file = shop.as_owner().get("/api/export/products.csv").await.expect(StatusCode::OK).text();
    assert!(file.contains(&sent.path), "{file}");
    let again = manager
        .send(Method::POST, "/api/products/import?dry_run=false", Body::from(file), Some("text/csv"))
        .await
        .json::<Value>();
    assert_eq!((&again["unchanged"], &again["findings"]), (&json!(1), &json!([])));
    // And it can be taken away.
    let bare: Value = manager.put(&path, &product("")).await.json();
    assert_eq!(bare.get("picture"), None);

    // An address that stands there from before stops no change, and goes with it.
    let own = shop.tablet.is.organisation_id;
    let before = json!({ "id": ProductId::fresh(&mut FreshIds), "sku": "JUG", "name": "Jug", "tax_category_id": tax,
        "picture": "https://cdn.example/jug.jpg" });
    let before: Product = serde_json::from_value(before).unwrap();
    let mut tx = shop.app.db.write_for(own).await.unwrap();
    catalog::insert_products(&mut tx, own, std::slice::from_ref(&before)).await.unwrap();
    tx.commit().await.unwrap();
    let starred = Product { favourite: true, ..before };
    let starred: Product = manager.put(&format!("/api/products/{}", starred.id), &starred).await.json();
    assert_eq!((starred.favourite, starred.picture), (true, None));
}

async fn a_renamed_register_reaches_its_tablet(shop: TestApp) {
    let owner = shop.as_owner();
    let mut tablet = whole_pull(&shop, String::new()).await;
    let registers: Vec<Register> = owner.get("/api/registers").await.json();
    let first = &registers[0];
    let second = json!({ "store_id": first.store_id, "name": "Till by the stairs" });
    owner.post("/api/registers", &second).await.expect(StatusCode::OK);
    let path = format!("/api/registers/{}", first.id);

    let taken =
        owner.put(&path, &json!({ "name": " Till by the stairs " })).await.expect(StatusCode::CONFLICT);
    let taken = taken.error();
    assert_eq!((taken.code.as_str(), taken.fields[0].field.as_str()), ("conflict", "name"));
    for name in ["", "  ", "a\u{7}b", &"x".repeat(41)] {
        let refused = owner.put(&path, &json!({ "name": name })).await.expect(StatusCode::BAD_REQUEST);
        assert_eq!(refused.error().fields[0].field, "name");
    }
    shop.as_manager().put(&path, &json!({ "name": "Mine" })).await.expect(StatusCode::FORBIDDEN);
    let renamed: Register = owner.put(&path, &json!({ "name": " Till by the door " })).await.json();
    assert_eq!(renamed, Register { name: "Till by the door".into(), ..first.clone() });
    // Its own name is not taken.
    owner.put(&path, &json!({ "name": "Till by the door" })).await.expect(StatusCode::OK);
    tablet = whole_pull(&shop, tablet.cursor).await;
    assert!(tablet.changes.contains(&Change::Register(renamed)), "{:?}", tablet.changes);
}

/// Pulls until there is no more, and nothing held back by another story's transaction; gives the last cursor and all changes.
async fn whole_pull(shop: &TestApp, mut cursor: String) -> PullResponse {
    let mut all = Vec::new();
    loop {
        let mut page: PullResponse =
            shop.as_device().get(&format!("/api/sync/pull?cursor={cursor}")).await.json();
        all.append(&mut page.changes);
        cursor.clone_from(&page.cursor);
        if !page.more && !page.held_back {
            page.changes = all;
            return page;
        }
    }
}
