//! OpenAPI: the document and its page, made of the same table as the router.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use axum::http::StatusCode;
use house::visitors::TestApp;
use serde_json::Value;
use std::collections::BTreeSet;
use tillbridge::http::openapi::document;
use tillbridge::http::route::table;

/// A visible change of the API is a visible change of this file.
#[test]
fn the_document() {
    let mut document = document();
    document["info"]["version"] = "(version)".into();
    insta::assert_json_snapshot!("openapi", document);
}

#[test]
fn every_reference_leads_somewhere_and_every_route_is_there() {
    let document = document();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(references.len() > 30, "{references:?}");
    for reference in &references {
        let at = document.pointer(reference.trim_start_matches('#'));
        assert!(at.is_some(), "{reference} leads nowhere");
    }
    let mut ids = BTreeSet::new();
    for route in table() {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        assert_eq!(operation["summary"], route.summary);
        assert!(ids.insert(operation["operationId"].to_string()), "{operation}");
        let needs = operation["security"].as_array().unwrap().is_empty();
        assert_eq!(needs, route.who == tillbridge::http::route::Who::Public, "{}", route.path);
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str().filter(|_| name == "$ref") {
                    Some(reference) => drop(references.insert(reference.to_owned())),
                    None => collect(value, references),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

#[tokio::test]
async fn anybody_reads_the_document_and_the_page_without_a_script() {
    let shop = TestApp::sqlite().await.unwrap();
    let nobody = shop.as_nobody();
    let read: Value = nobody.get("/api/openapi.json").await.json();
    assert_eq!(read, document());
    let page = nobody.get("/api/docs").await.expect(StatusCode::OK).text();
    for part in [
        "<h2 id=\"products\">",
        "POST /api/pair</code>",
        "href=\"#schema-PairRequest\"",
        "id=\"schema-Store\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<script") && !page.contains("<style") && !page.contains(" style="));
    // Every link of the page leads to a place on it.
    for link in page.split("href=\"#").skip(1) {
        let id = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "#{id}");
    }
    let style = nobody.get("/api/docs.css").await.expect(StatusCode::OK);
    assert!(style.headers["content-type"].to_str().unwrap().starts_with("text/css"));
}
