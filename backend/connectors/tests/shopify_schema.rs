//! Shopify's schema: every document of the connector is one of its API in each version, keeps the rules no schema shows, and needs
//! exactly the rights that its page names. Each check is shown to fail.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "carry/graphql.rs"]
mod graphql;

use graphql::{VERSIONS, document, fault, fields, left_out, lints, unpacked, without_key};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const REFUND: &str =
    "mutation($input: RefundInput!) { refundCreate(input: $input) { userErrors { message } } }";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/shopify")
}

/// Every document of the connector, by its file's name.
fn documents() -> BTreeMap<String, String> {
    let files = fs::read_dir(folder().join("graphql")).unwrap().map(|file| file.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    files.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn every_document_is_one_of_each_version() {
    let all = documents();
    assert!(all.len() >= 12, "{}", all.len());
    for version in VERSIONS {
        for (name, text) in &all {
            assert_eq!(document(version, text).err(), None, "{name} in {version}");
            assert_eq!(text.matches("query ").count() + text.matches("mutation ").count(), 1, "{name}");
        }
        let wrong = all["shop.graphql"].replace("currencyCode", "curencyCode");
        assert!(document(version, &wrong).is_err(), "a field that is not there");
        assert!(
            document(version, "query { shop { name(first: 1) } }").is_err(),
            "an argument that is not there"
        );
        assert!(document(version, "query { shop }").is_err(), "an object as it is");
    }
}

#[test]
fn no_document_is_written_anywhere_else_and_none_is_left_over() {
    let sources = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    let sources: Vec<String> =
        sources.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap()).collect();
    let all = sources.concat();
    for name in documents().keys() {
        assert!(all.contains(&format!("include_str!(\"graphql/{name}\")")), "{name} is asked");
    }
    assert!(!all.contains("query {") && !all.contains("mutation {"));
}

#[test]
fn variables_are_held_against_their_types() {
    let all = documents();
    let price = |amount: Value| json!({"shopMoney": {"amount": amount, "currencyCode": "GBP"}});
    let order = |line: Value| json!({"order": {"lineItems": [line]}});
    for version in VERSIONS {
        let create = |variables: Value| fault(version, &all["create_sale.graphql"], &variables);
        let line = json!({"title": "Tea", "quantity": 1, "priceSet": price(json!("1.00"))});
        assert_eq!(create(order(line.clone())), None);
        for wrong in [
            json!({}),
            json!({"order": null}),
            json!({"order": {}, "more": 1}),
            json!({"order": {"lineItem": []}}),
            order(json!({"title": "Tea"})),
            order(json!({"quantity": "1"})),
            order(json!({"quantity": 1.5})),
            order(json!({"quantity": 1, "taxLines": [{"title": "VAT"}]})),
            order(
                json!({"quantity": 1, "priceSet": {"shopMoney": {"amount": "1.00", "currencyCode": "QQQ"}}}),
            ),
            json!({"order": {"transactions": [{"kind": "SOLD", "amountSet": price(json!("1.00"))}]}}),
            json!({"order": {"financialStatus": "DONE"}}),
        ] {
            assert!(create(wrong.clone()).is_some(), "{wrong}");
        }
    }
}

#[test]
fn what_must_say_its_key_says_it() {
    for version in VERSIONS {
        for (name, text) in documents() {
            assert_eq!(without_key(version, &text), [""; 0], "{name}");
        }
        assert_eq!(without_key(version, REFUND), ["refundCreate"], "the check can fail");
        let with = REFUND.replace("(input: $input)", "(input: $input) @idempotent(key: \"1\")");
        assert_eq!(without_key(version, &with), [""; 0]);
        // Asked of Shopify as it is today: `orderCreate` has no key. If it ever has one, it is to be used.
        let all = lints(version)["idempotent_mutations"].to_string();
        assert!(!all.contains("orderCreate"), "{version}: orderCreate can say a key now");
    }
}

#[test]
fn what_the_server_wants_though_the_schema_does_not_is_said() {
    // What the connector sends is looked at as it passes, in every scenario (`graphql::check`); here it is shown that this can fail.
    let adjust = "mutation($input: InventoryAdjustQuantitiesInput!) {
        inventoryAdjustQuantities(input: $input) @idempotent(key: \"1\") { userErrors { message } }
    }";
    let change = json!({"delta": 1, "inventoryItemId": "gid://shopify/InventoryItem/1", "locationId": "gid://shopify/Location/1"});
    let mut variables = json!({"input": {"name": "available", "reason": "correction", "changes": [change]}});
    for version in VERSIONS {
        variables["input"]["changes"][0].as_object_mut().unwrap().remove("changeFromQuantity");
        assert_eq!(fault(version, adjust, &variables), None, "the schema lets it be left out");
        assert_eq!(left_out(version, adjust, &variables), ["input.changes.changeFromQuantity"]);
        variables["input"]["changes"][0]["changeFromQuantity"] = Value::Null;
        assert_eq!(left_out(version, adjust, &variables), [""; 0]);
    }
}

/// What must be allowed for some documents: of each row one right is enough.
fn needed(version: &str, texts: &[&str]) -> BTreeMap<String, Vec<String>> {
    let table: Value = serde_json::from_str(&unpacked(&format!("admin_{version}.scopes.json.gz"))).unwrap();
    let mut rows = BTreeMap::new();
    for text in texts {
        let document = document(version, text).unwrap();
        let operation = document.operations.get(None).unwrap();
        let mut all = Vec::new();
        fields(&operation.selection_set, &mut all);
        for (kind, field) in all {
            let returned = field.definition.ty.inner_named_type().to_string();
            for name in [kind.to_owned(), format!("{kind}.{}", field.name), returned] {
                let Some(row) = table.get(&name) else { continue };
                let access = row["access"].as_str().unwrap();
                assert!(
                    !access.contains("` access scope and") && !access.contains("scopes and"),
                    "{name}: {access}"
                );
                let scopes =
                    row["scopes"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned());
                rows.insert(name, scopes.collect());
            }
        }
    }
    rows
}

/// What of the needs is not met by rights.
fn unmet<'a>(needs: &'a BTreeMap<String, Vec<String>>, rights: &BTreeSet<String>) -> Vec<&'a String> {
    needs
        .iter()
        .filter(|(_, any)| !any.iter().any(|one| rights.contains(one)))
        .map(|(name, _)| name)
        .collect()
}

/// The rights that the connector's page tells a shop to give.
fn told() -> BTreeSet<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/connectors/shopify.md");
    let page = fs::read_to_string(page).unwrap();
    let line = page.lines().find_map(|line| line.trim().strip_prefix("Scopes: ")).unwrap();
    line.split('`').filter(|part| part.contains('_')).map(str::to_owned).collect()
}

#[test]
fn the_rights_that_are_told_are_those_that_are_needed() {
    let all = documents();
    let texts: Vec<&str> = all.values().map(String::as_str).collect();
    let told = told();
    assert_eq!(told.len(), 5, "{told:?}");
    for version in VERSIONS {
        let needs = needed(version, &texts);
        assert!(needs.len() >= 8, "{needs:?}");
        assert_eq!(unmet(&needs, &told), [""; 0], "{version}");
        for one in &told {
            let without: BTreeSet<String> = told.iter().filter(|known| *known != one).cloned().collect();
            assert_ne!(unmet(&needs, &without), [""; 0], "{one} is needed");
        }
        // The check can fail: customers need a right of their own.
        let customers = "query { customers(first: 1) { nodes { id } } }";
        assert_ne!(unmet(&needed(version, &[customers]), &told), [""; 0]);
    }
}
