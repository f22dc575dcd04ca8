//! Real Vendure: what the bridge takes for granted of this store, seen on a running one (docs/connectors/vendure.md).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod real;

use connectors::{Command, Done, Outcome, RemoteRecord, Secret, Setup, named};
use real::Vendure;
use serde_json::{Value, json};
use tillbridge::printing::Reach;
use tillbridge::runner::{Line, Outbound};

const HEART: &str = "query { productVariants(options: { filter: { sku: { eq: \"85123A\" } } }) {
    totalItems items { id priceWithTax customFields { barcode } stockLevels { stockLocationId stockOnHand } } } }";

async fn heart(vendure: &Vendure) -> Value {
    let mut found = vendure.ask(HEART, json!({})).await;
    assert_eq!(found["productVariants"]["totalItems"], 1);
    found["productVariants"]["items"][0].take()
}

#[tokio::test]
async fn vendure_holds_the_goods_and_forgets_what_a_story_changed() {
    let Some(vendure) = Vendure::fresh().await else { return };
    let before = heart(&vendure).await;
    assert_eq!(before["priceWithTax"], 295);
    assert_eq!(before["customFields"]["barcode"], "0408512300012");
    assert_eq!(before["stockLevels"][0]["stockOnHand"], 120);
    let sold = "mutation ($id: ID!) { updateProductVariants(input: [
        { id: $id, stockLevels: [{ stockLocationId: 1, stockOnHand: 77 }] }]) { id } }";
    vendure.ask(sold, json!({ "id": before["id"] })).await;
    assert_eq!(heart(&vendure).await["stockLevels"][0]["stockOnHand"], 77);
    let vendure = Vendure::fresh().await.unwrap();
    assert_eq!(heart(&vendure).await, before);
}

/// Our connector's line to the store: signed in, or with a key.
struct Told {
    line: Line,
    outbound: Outbound,
}

impl Told {
    fn with(vendure: &Vendure, secrets: &[(&str, &str)]) -> Self {
        let settings = [
            ("address", vendure.address.as_str()),
            ("user", vendure.user.as_str()),
            ("barcode_field", "barcode"),
        ];
        let secrets = secrets.iter().map(|(name, secret)| ((*name).to_owned(), Secret::new(*secret)));
        let setup = Setup {
            settings: settings.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
            secrets: secrets.collect(),
        };
        let outbound = Outbound::new(Reach::parse("127.0.0.0/8").unwrap()).unwrap();
        Self { line: Line::new(named("vendure").unwrap(), setup, true), outbound }
    }

    async fn carry(&mut self, command: &Command) -> Outcome {
        self.line.carry(&self.outbound, command).await.outcome
    }

    /// All pages since a time, and how many there were.
    async fn changed(&mut self, since_ms: Option<i64>) -> (Vec<RemoteRecord>, usize) {
        let (mut all, mut after) = (Vec::new(), None);
        for pages in 1..20 {
            let outcome = self.carry(&Command::Changed { since_ms, after }).await;
            let Outcome::Done(Done::Records(page)) = outcome else { panic!("{outcome:?}") };
            all.extend(page.records);
            after = page.next;
            if after.is_none() {
                return (all, pages);
            }
        }
        panic!("a list without an end")
    }
}

fn codes(records: &[RemoteRecord]) -> Vec<&str> {
    let mut codes: Vec<&str> = records.iter().map(|record| record.code.as_str()).collect();
    codes.sort_unstable();
    codes
}

#[tokio::test]
async fn our_connector_reads_vendure_and_writes_to_it() {
    let Some(vendure) = Vendure::fresh().await else { return };
    // By password, by a wrong one, by a key, by a wrong one.
    let password = vendure.password.as_str();
    for (secrets, works) in [
        ([("password", password)], true),
        ([("password", "mistyped")], false),
        ([("api_key", vendure.key.as_str())], true),
        ([("api_key", "nobody:nothing")], false),
    ] {
        let outcome = Told::with(&vendure, &secrets).carry(&Command::Look).await;
        let about = "Vendure, its default channel: 12 variants, prices in GBP kept with tax".to_owned();
        match works {
            true => assert_eq!(outcome, Outcome::Done(Done::Seen { about })),
            false => assert!(matches!(outcome, Outcome::SignedOut { .. }), "{outcome:?}"),
        }
    }
    let mut told = Told::with(&vendure, &[("password", password)]);
    let (all, _) = told.changed(None).await;
    assert_eq!(all.len(), 12);
    let heart = all.iter().find(|record| record.code == "85123A").unwrap().clone();
    assert_eq!((heart.name.as_str(), heart.active), ("White hanging heart T-light holder", true));
    assert_eq!(heart.barcodes, ["0408512300012"]);
    for (field, value) in [
        ("price_with_tax", "2.95"),
        ("price", "2.95"),
        ("tax_category", "Standard rate"),
        ("track_inventory", "true"),
        ("enabled", "true"),
    ] {
        assert_eq!(heart.fields[field], value, "{field}");
    }
    // Since the moment of the last one: it is among them, though it was kept without milliseconds.
    let last_ms = all.iter().filter_map(|record| record.changed_at_ms).max().unwrap();
    assert!(!told.changed(Some(last_ms)).await.0.is_empty());
    let since_ms = Some(last_ms + 1);
    assert_eq!(told.changed(since_ms).await.0, []);

    let fields = [("price_with_tax", "3.15"), ("name", "Heart of glass"), ("enabled", "false")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let write = Command::Write { id: heart.id.clone(), fields };
    assert_eq!(told.carry(&write).await, Outcome::Done(Done::Written));
    assert_eq!(self::heart(&vendure).await["priceWithTax"], 315);
    let (changed, _) = told.changed(since_ms).await;
    assert_eq!(codes(&changed), ["85123A"]);
    assert_eq!((changed[0].name.as_str(), changed[0].active), ("Heart of glass", false));
    assert_eq!(changed[0].fields["price_with_tax"], "3.15");
    // Once more changes nothing, not even its time.
    assert_eq!(told.carry(&write).await, Outcome::Done(Done::Written));
    assert_eq!(told.changed(since_ms).await.0, changed);
    let nobody = Command::Write { id: "987654321".to_owned(), fields: [("name".into(), "X".into())].into() };
    assert!(matches!(told.carry(&nobody).await, Outcome::Wedged(_)));

    // A product that is disabled moves its own time alone.
    let found =
        "query { productVariants(options: { filter: { sku: { eq: \"22423\" } } }) { items { productId } } }";
    let found = vendure.ask(found, json!({})).await;
    let off = "mutation ($id: ID!) { updateProduct(input: { id: $id, enabled: false }) { id } }";
    vendure.ask(off, json!({ "id": found["productVariants"]["items"][0]["productId"] })).await;
    let (changed, _) = told.changed(since_ms).await;
    assert_eq!(codes(&changed), ["22423", "85123A"]);
    assert!(changed.iter().all(|record| !record.active));
}

/// A shirt in so many sizes as fit on no page, made within a few seconds: many share a moment.
async fn stock_up(vendure: &Vendure, sizes: usize) {
    let english =
        |name: String| json!([{ "languageCode": "en", "name": name, "slug": "shirt", "description": "" }]);
    let named = |name: String| json!([{ "languageCode": "en", "name": name }]);
    let options: Vec<Value> = (1..=sizes)
        .map(|at| json!({ "code": format!("size-{at}"), "translations": named(format!("Size {at}")) }))
        .collect();
    let make = "mutation ($product: CreateProductInput!, $group: CreateProductOptionGroupInput!) {
        createProduct(input: $product) { id } createProductOptionGroup(input: $group) { id options { id } } }";
    let product = json!({ "translations": english("Shirt".to_owned()) });
    let group = json!({ "code": "size", "translations": named("Size".to_owned()), "options": options });
    let made = vendure.ask(make, json!({ "product": product, "group": group })).await;
    let (product, group) = (&made["createProduct"]["id"], &made["createProductOptionGroup"]);
    let join = "mutation ($product: ID!, $group: ID!) {
        addOptionGroupToProduct(productId: $product, optionGroupId: $group) { id } }";
    vendure.ask(join, json!({ "product": product, "group": group["id"] })).await;
    let options = group["options"].as_array().unwrap().iter().zip(1..);
    let variants: Vec<Value> = options
        .map(|(option, at)| {
            json!({ "productId": product, "sku": format!("SHIRT-{at}"), "price": 1_995,
                "optionIds": [option["id"]], "translations": named(format!("Shirt {at}")) })
        })
        .collect();
    let make =
        "mutation ($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id } }";
    vendure.ask(make, json!({ "input": variants })).await;
}

#[tokio::test]
async fn no_page_of_vendure_loses_or_doubles_what_shares_a_moment() {
    let Some(vendure) = Vendure::fresh().await else { return };
    stock_up(&vendure, 110).await;
    let mut told = Told::with(&vendure, &[("api_key", &vendure.key)]);
    let (all, pages) = told.changed(None).await;
    assert_eq!((all.len(), pages), (122, 2));
    let shirt = all.iter().find(|record| record.code == "SHIRT-7").unwrap();
    assert_eq!(
        (shirt.fields["product_name"].as_str(), shirt.fields["options"].as_str()),
        ("Shirt", "Size 7")
    );
    let each = |records: &[RemoteRecord]| {
        let mut ids: Vec<String> = records.iter().map(|record| record.id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    };
    assert_eq!(each(&all), 122, "each once");
    // By changes: two pages of variants, one of products, two of what belongs to those. Each comes by both.
    let (changed, pages) = told.changed(Some(0)).await;
    assert_eq!((changed.len(), each(&changed), pages), (244, 122, 5));
}
