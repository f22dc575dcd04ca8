//! Published: WooCommerce's own tables of properties as schemas, where they lie beside the project (`shared/specs/woocommerce`). They may
//! not be kept in it; where they are missing, what was written from them (`e2e/fakes/specs`) stands alone.

use super::Book;
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};

const FILE: &str = "shared/specs/woocommerce/wc-v3.docs-derived.schema.json.gz";

/// What lies there of a vendor.
pub fn of(vendor: &str) -> Option<Book> {
    match vendor {
        "woocommerce" => woocommerce(),
        _ => None,
    }
}

fn woocommerce() -> Option<Book> {
    let beside = |folder: &Path| Some(folder.join(FILE)).filter(|file| file.is_file());
    let file: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find_map(beside)?;
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    let tables: Value = serde_json::from_str(&text).unwrap();
    Some(Book::of(&spec(&tables)))
}

/// Tables name their parts in words alone ("See Order - Line items properties"): they are put together here.
fn spec(tables: &Value) -> Value {
    let table = |name: &str| tables[name].clone();
    let with = |name: &str, parts: &[(&str, Value)]| {
        let mut made = table(name);
        for (part, items) in parts {
            made["properties"][part]["items"] = items.clone();
        }
        made
    };
    let meta = table("orders/Order - Meta data");
    let line = with("orders/Order - Line items", &[("meta_data", meta.clone())]);
    let fee = with("orders/Order - Fee lines", &[("meta_data", meta.clone())]);
    let order = with("orders/Order", &[("meta_data", meta), ("line_items", line), ("fee_lines", fee)]);
    let names = |name: &str, more: &[&str]| {
        let known = tables[name]["params"].as_object().unwrap().keys().cloned();
        known.chain(more.iter().map(|name| (*name).to_owned())).collect::<Vec<String>>()
    };
    let root = |path: &str| format!("/wp-json/wc/v3/{path}");
    json!({"definitions": {}, "requests": [
        {"method": "GET", "path": root("products"), "query": names("products/?params", &[])},
        {"method": "GET", "path": root("products/{id}"), "query": []},
        {"method": "PUT", "path": root("products/{id}"), "body": table("products/Product")},
        {"method": "GET", "path": root("products/{id}/variations"), "query": names("product-variations/?params", &[])},
        {"method": "GET", "path": root("products/{id}/variations/{id}"), "query": []},
        {"method": "PUT", "path": root("products/{id}/variations/{id}"), "body": table("product-variations/Product variation")},
        {"method": "GET", "path": root("orders"), "query": names("orders/?params", &[])},
        {"method": "POST", "path": root("orders"), "body": order},
        {"method": "PUT", "path": root("orders/{id}"), "body": order},
        {"method": "GET", "path": root("taxes"), "query": names("taxes/?params", &[])},
        {"method": "GET", "path": root("payment_gateways"), "query": []},
        // `_fields` is WordPress' own, of every list.
        {"method": "GET", "path": root("settings/{group}"), "query": ["_fields"]},
    ]})
}
