//! Real Vendure: what the bridge takes for granted of this store, seen on a running one (docs/connectors/vendure.md).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;
mod real;

use connectors::{Command, Done, Outcome, RemoteRecord, Secret, Setup, named};
use house::House;
use real::Vendure;
use serde_json::{Value, json};
use shared::catalog::Product;
use shared::connect::{
    ConnectionRequest, DeliveryState, Flow, FlowSetting, Owner, ProductField, ProductMapping, Rule,
};
use shared::ids::ConnectionId;
use shared::money::UnitPrice;
use tillbridge::app::catalog;
use tillbridge::bridge::{Bridge, BridgeSettings, Key, connections, deliveries, inbox, mapping};
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

/// A shop of ours, connected to the store.
struct Shop {
    house: House,
    bridge: Bridge,
    id: ConnectionId,
}

impl Shop {
    async fn open(vendure: &Vendure) -> Self {
        let house = House::sqlite().await.unwrap();
        let networks = Reach::parse("127.0.0.0/8").unwrap();
        let settings = BridgeSettings { networks, key: Key::fresh() };
        let bridge = Bridge::new(house.app.clone(), settings).unwrap();
        let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let request = ConnectionRequest {
            connector: "vendure".into(),
            name: "Online".into(),
            settings: [
                text("address", &vendure.address),
                text("api_key", &vendure.key),
                text("barcode_field", "barcode"),
            ]
            .into(),
            flows: vec![
                FlowSetting { flow: Flow::Products, on: true, every_minutes: 5 },
                FlowSetting { flow: Flow::ProductChanges, on: true, every_minutes: 0 },
            ],
            private_network: true,
        };
        let made = connections::create(&bridge, house.organisation_id, request).await.unwrap();
        let shop = Self { house, bridge, id: made.id };
        connections::start(&shop.bridge, shop.house.organisation_id, shop.id).await.unwrap();
        shop.work().await;
        shop
    }

    /// Until nothing is due within a moment.
    async fn work(&self) {
        loop {
            let due = self.bridge.work_for(self.house.organisation_id, self.id).await.unwrap();
            match due.map(|due| due - tillbridge::clock::now_ms()) {
                Some(wait_ms) if wait_ms < 1_000 => {
                    let wait = std::time::Duration::from_millis(wait_ms.max(1).unsigned_abs());
                    tokio::time::sleep(wait).await;
                }
                _ => return,
            }
        }
    }

    async fn read(&self) {
        inbox::refresh(&self.bridge, self.house.organisation_id, self.id).await.unwrap();
        self.work().await;
    }

    /// A person changes the mapping and accepts what was shown.
    async fn map(&self, change: impl FnOnce(&mut ProductMapping)) {
        let organisation = self.house.organisation_id;
        let mut wanted = mapping::view(&self.bridge, organisation, self.id).await.unwrap().mapping;
        change(&mut wanted);
        let by = (organisation, "Olive".to_owned());
        mapping::change(&self.bridge, by.clone(), self.id, (wanted, None)).await.unwrap();
        let version = mapping::view(&self.bridge, organisation, self.id).await.unwrap().version;
        mapping::accept(&self.bridge, by, self.id, version).await.unwrap();
        self.work().await;
    }

    async fn product(&self, sku: &str) -> Option<Product> {
        let found = catalog::products(&self.house.app, self.house.organisation_id, sku, None, None).await;
        found.unwrap().rows.into_iter().find(|product| product.sku == sku)
    }
}

#[tokio::test]
async fn a_shop_takes_in_what_vendure_has_and_its_own_prices_go_there() {
    let Some(vendure) = Vendure::fresh().await else { return };
    let shop = Shop::open(&vendure).await;
    let row = |mapping: &mut ProductMapping, ours: ProductField, change: &dyn Fn(&mut Rule, &mut Owner)| {
        let row = mapping.fields.iter_mut().find(|row| row.ours == ours).unwrap();
        change(&mut row.rule, &mut row.owner);
    };
    let taxes: Vec<String> = shop.house.shelf.tax_categories.iter().map(|one| one.name.clone()).collect();
    let table = [("Standard rate".to_owned(), taxes[0].clone()), ("Zero rate".to_owned(), taxes[1].clone())];
    shop.map(|mapping| {
        row(mapping, ProductField::TaxCategory, &|rule, _| {
            *rule = Rule::Table { rows: table.clone().into() }
        });
    })
    .await;
    let view = connections::one(&shop.bridge, shop.house.organisation_id, shop.id).await.unwrap().0;
    assert_eq!(view.trouble, None);
    // What we had, by its code, and what we did not have.
    let heart = shop.product("85123A").await.unwrap();
    assert_eq!(heart.name, "White hanging heart T-light holder");
    assert_eq!(heart.price, UnitPrice::parse("2.95").ok());
    assert_eq!(heart.barcodes, ["0408512300012"]);
    let bunting = shop.product("47566").await.unwrap();
    assert_eq!((bunting.name.as_str(), bunting.stocked, bunting.active), ("Party bunting", true, true));
    assert_eq!(bunting.tax_category_id, shop.house.shelf.standard);

    // Our price goes there, their name comes.
    shop.map(|mapping| row(mapping, ProductField::Price, &|_, owner| *owner = Owner::Ours)).await;
    let mut dearer = shop.product("85123A").await.unwrap();
    dearer.price = UnitPrice::parse("3.15").ok();
    let id = dearer.id;
    catalog::update_product(&shop.house.app, shop.house.organisation_id, id, dearer, None).await.unwrap();
    shop.work().await;
    let there = self::heart(&vendure).await;
    assert_eq!(there["priceWithTax"], 315);
    let all =
        deliveries::list(&shop.bridge, shop.house.organisation_id, shop.id, (None, None)).await.unwrap();
    assert!(all.rows.iter().all(|one| one.state == DeliveryState::Delivered), "{:?}", all.rows);
    let rename = "mutation ($id: ID!) { updateProductVariants(input: [
        { id: $id, translations: [{ languageCode: en, name: \"Heart of glass\" }] }]) { id } }";
    vendure.ask(rename, json!({ "id": there["id"] })).await;
    shop.read().await;
    let heart = shop.product("85123A").await.unwrap();
    assert_eq!((heart.name.as_str(), heart.price), ("Heart of glass", UnitPrice::parse("3.15").ok()));
    assert_eq!(self::heart(&vendure).await["priceWithTax"], 315);
}
