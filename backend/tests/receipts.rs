//! Receipts: a sale's receipt as a page, a PDF and text, by the store's template; on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use house::visitors::{TestApp, store};
use serde_json::{Value, json};
use shared::api::PictureResponse;
use shared::picture::{name_in, name_of};
use shared::store::Store;

on_both_engines!(in crate::house::visitors::TestApp:
    a_receipt_as_a_page_a_pdf_and_text,
    a_template_is_kept_and_checked,
    an_arabic_receipt_is_a_pdf_too,
    letters_that_no_font_has_are_told,
);

/// The smallest PNG there is: one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\xfc\xcf\xc0P\x0f\0\x04\x85\x01\x80\x84\xa9\x8c!\0\0\0\0IEND\xaeB`\x82";

async fn store_id(shop: &TestApp) -> String {
    let stores: Vec<Store> = shop.as_owner().get("/api/stores").await.json();
    stores[0].id.to_string()
}

async fn picture(shop: &TestApp) -> String {
    let sent = shop.as_owner().send(Method::POST, "/api/pictures", Body::from(PIXEL), None).await;
    let sent: PictureResponse = sent.expect(StatusCode::OK).json();
    name_in(&sent.path).unwrap().to_owned()
}

async fn template(shop: &TestApp, name: &str, template: Value) -> Store {
    let mut settings = store(name);
    settings["receipt"] = template;
    settings["tax_number"] = json!("123 4567 89");
    settings["receipt_footer"] = json!("Thank you.\nCome <again>.");
    let path = format!("/api/stores/{}", store_id(shop).await);
    shop.as_owner().put(&path, &settings).await.expect(StatusCode::OK).json()
}

async fn a_receipt_as_a_page_a_pdf_and_text(shop: TestApp) {
    let logo = picture(&shop).await;
    let chosen = json!({ "logo": logo, "header": ["Open 9 to 5"], "code": "qr", "second_language": "de" });
    template(&shop, "Corner & Sons", chosen).await;
    let id = shop.sell("Kettle <b>", "19.90").await;
    let at = |form: &str| format!("/api/sales/{id}/receipt{form}");
    let manager = shop.as_manager();

    let page = manager.get(&at("")).await.expect(StatusCode::OK);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.headers["cache-control"], "private, no-store");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    let html = page.text();
    for part in [
        "Corner &amp; Sons",
        "Kettle &lt;b&gt;",
        "Open 9 to 5",
        "Come &lt;again&gt;.",
        "COPY",
        "KOPIE",
        "19.90",
        "data:image/png;base64,",
        "<svg",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("<script") && !html.contains("<b>"));
    assert_eq!(manager.get(&at("?form=html")).await.text(), html);

    let text = manager.get(&at("?form=text")).await.expect(StatusCode::OK);
    assert_eq!(text.headers["content-type"], "text/plain; charset=utf-8");
    assert!(text.text().contains("Kettle <b>") && text.text().lines().all(|line| line.chars().count() <= 48));

    let pdf = manager.get(&at("?form=pdf")).await.expect(StatusCode::OK);
    assert_eq!(pdf.headers["content-type"], "application/pdf");
    let name = pdf.headers["content-disposition"].to_str().unwrap();
    assert!(name.starts_with("inline; filename=\"") && name.ends_with(".pdf\""), "{name}");
    assert!(pdf.bytes.starts_with(b"%PDF-1.") && pdf.bytes.trim_ascii_end().ends_with(b"%%EOF"));
    assert!(pdf.bytes.len() < 60_000, "{} bytes: only the letters it uses", pdf.bytes.len());
    assert_eq!(manager.get(&at("?form=pdf")).await.bytes, pdf.bytes, "the same receipt is the same file");

    let wrong = manager.get(&at("?form=doc")).await.expect(StatusCode::BAD_REQUEST).error();
    assert_eq!(wrong.fields[0].field, "form");
    shop.as_cashier().get(&at("")).await.expect(StatusCode::FORBIDDEN);
    shop.as_device().get(&at("")).await.expect(StatusCode::UNAUTHORIZED);
    let none = format!("/api/sales/{}/receipt", uuid::Uuid::nil());
    manager.get(&none).await.expect(StatusCode::NOT_FOUND);
}

async fn a_template_is_kept_and_checked(shop: TestApp) {
    let logo = picture(&shop).await;
    let saved =
        template(&shop, "Corner", json!({ "logo": logo, "header": [" Open ", ""], "cashier": false })).await;
    assert_eq!((saved.receipt.logo, saved.receipt.cashier), (Some(logo.clone()), false));
    assert_eq!(saved.receipt.header, ["Open"]);
    let path = format!("/api/stores/{}", saved.id);
    for (receipt, field) in [
        (json!({ "logo": name_of(b"another") }), "receipt.logo"),
        (json!({ "logo": "x" }), "receipt.logo"),
        (json!({ "header": ["x".repeat(61)] }), "receipt.header"),
        (json!({ "second_language": "en" }), "receipt.second_language"),
    ] {
        let mut settings = store("Corner");
        settings["receipt"] = receipt;
        let wrong = shop.as_owner().put(&path, &settings).await.expect(StatusCode::BAD_REQUEST).error();
        assert_eq!(wrong.fields[0].field, field);
    }
    // Nothing was changed by what was refused.
    let stores: Vec<Store> = shop.as_owner().get("/api/stores").await.json();
    assert_eq!(stores[0].receipt.logo.as_deref(), Some(logo.as_str()));
}

async fn an_arabic_receipt_is_a_pdf_too(shop: TestApp) {
    template(&shop, "متجر الزيتون", json!({ "language": "ar", "second_language": "en" })).await;
    let tea = shop.sell("شاي أخضر 250 g", "4.50").await;
    let pdf =
        shop.as_manager().get(&format!("/api/sales/{tea}/receipt?form=pdf")).await.expect(StatusCode::OK);
    assert!(pdf.bytes.starts_with(b"%PDF-1."));
    if let Some(folder) = std::env::var_os("TILLBRIDGE_TEST_KEEP") {
        std::fs::write(std::path::Path::new(&folder).join("arabic.pdf"), &pdf.bytes).unwrap();
    }
}

/// What a PDF cannot show is said, and the page shows it.
async fn letters_that_no_font_has_are_told(shop: TestApp) {
    template(&shop, "Corner", json!({ "language": "ar" })).await;
    let tea = shop.sell("お茶", "4.50").await;
    let wrong = shop.as_manager().get(&format!("/api/sales/{tea}/receipt?form=pdf")).await;
    let wrong = wrong.expect(StatusCode::BAD_REQUEST).error();
    assert!(wrong.message.contains('お') || wrong.fields[0].message.contains('お'), "{wrong:?}");
    let page =
        shop.as_manager().get(&format!("/api/sales/{tea}/receipt")).await.expect(StatusCode::OK).text();
    assert!(page.contains("お茶") && page.contains("dir=\"rtl\""));
}
