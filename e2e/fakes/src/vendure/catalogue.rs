//! Catalogue: what the store has been given: two channels, products with one variant each; prices and taxes.

use super::{Store, clock};
use crate::desk::Desk;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const USER: &str = "till@example.com";
pub const PASSWORD: &str = "cake-and-cocoa";
pub const KEY: &str = "5f0c1d2e3b4a5968:8d7c6b5a49382716";
/// The channel that is there from the beginning.
pub const DEFAULT: &str = "__default_channel__";
/// One whose prices are kept without tax.
pub const WHOLESALE: &str = "wholesale";
/// When it was set up: 2 January 2026, 9:00.
const SET_UP_MS: i64 = 1_767_344_400_000;
/// Variants of no interest, so that a list has pages; made by one import, at one moment.
const TOWELS: i64 = 230;

/// A channel.
#[derive(Clone, Debug)]
pub struct Channel {
    pub id: &'static str,
    pub code: String,
    pub token: &'static str,
    pub prices_include_tax: bool,
}

impl Channel {
    /// As it is told.
    pub fn value(&self) -> Value {
        json!({
            "id": self.id, "code": self.code, "token": self.token, "defaultCurrencyCode": "GBP",
            "defaultLanguageCode": "en", "pricesIncludeTax": self.prices_include_tax,
        })
    }
}

/// A product.
#[derive(Clone, Debug)]
pub struct Product {
    pub id: String,
    pub name: String,
    pub enabled: bool,
    pub updated_ms: i64,
    created_ms: i64,
    facets: Vec<(&'static str, &'static str)>,
}

impl Product {
    /// As it is told.
    pub fn value(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "enabled": self.enabled,
            "createdAt": clock::text(self.created_ms), "updatedAt": clock::text(self.updated_ms),
            "facetValues": facets(&self.facets),
        })
    }
}

fn facets(values: &[(&'static str, &'static str)]) -> Vec<Value> {
    values.iter().map(|(code, name)| json!({"name": name, "facet": {"code": code}})).collect()
}

/// A variant.
#[derive(Clone, Debug)]
pub struct Variant {
    pub id: String,
    pub product: String,
    /// By language.
    pub names: BTreeMap<String, String>,
    pub enabled: bool,
    /// By channel, as somebody typed them in there; minor units.
    pub prices: BTreeMap<String, i64>,
    pub updated_ms: i64,
    sku: String,
    track: String,
    created_ms: i64,
    percent: i64,
    options: Vec<&'static str>,
    custom: Value,
}

impl Variant {
    /// A field of its input.
    pub fn set(&mut self, field: &str, value: &Value) {
        match field {
            "enabled" => self.enabled = value.as_bool().unwrap_or(self.enabled),
            "sku" => value.as_str().unwrap_or_default().clone_into(&mut self.sku),
            "trackInventory" => value.as_str().unwrap_or_default().clone_into(&mut self.track),
            "customFields" => self.custom = value.clone(),
            "translations" => {
                for one in value.as_array().into_iter().flatten() {
                    let (language, name) = (one["languageCode"].as_str(), one["name"].as_str());
                    let (Some(language), Some(name)) = (language, name) else { continue };
                    self.names.insert(language.to_owned(), name.to_owned());
                }
            }
            _ => {}
        }
    }
}

/// To the next whole number, a half upwards, as JavaScript's `Math.round`.
fn rounded(value: i64, by: i64) -> i64 {
    (2 * value + by).div_euclid(2 * by)
}

impl Store {
    /// A variant as a channel tells it.
    pub(super) fn variant(&self, variant: &Variant, channel: &Channel) -> Value {
        let product = self.products.iter().find(|one| one.id == variant.product).map(Product::value);
        let kept = variant.prices.get(&channel.code).copied();
        let listed = kept.unwrap_or_default();
        let (net, gross) = match channel.prices_include_tax {
            true => (rounded(listed * 100, 100 + variant.percent), listed),
            false => (listed, rounded(listed * (100 + variant.percent), 100)),
        };
        let tax = if variant.percent == 0 { ("2", "Zero rate") } else { ("1", "Standard rate") };
        let prices: Vec<Value> =
            kept.into_iter().map(|price| json!({"currencyCode": "GBP", "price": price})).collect();
        let names: Vec<Value> = variant
            .names
            .iter()
            .map(|(language, name)| json!({"languageCode": language, "name": name}))
            .collect();
        let options: Vec<Value> = variant.options.iter().map(|name| json!({"name": name})).collect();
        json!({
            "id": variant.id, "productId": variant.product, "sku": variant.sku,
            "name": variant.names.get("en"), "enabled": variant.enabled, "trackInventory": variant.track,
            "createdAt": clock::text(variant.created_ms), "updatedAt": clock::text(variant.updated_ms),
            "currencyCode": "GBP", "price": net, "priceWithTax": gross, "prices": prices,
            "taxCategory": {"id": tax.0, "name": tax.1}, "options": options, "facetValues": [],
            "product": product, "translations": names, "customFields": variant.custom,
        })
    }

    /// A product of one variant; both times are whole seconds.
    fn add(&mut self, (sku, name): (&str, &str), price: i64, percent: i64) -> &mut Self {
        let id = i64::try_from(self.variants.len()).unwrap_or(0) + 1;
        let created_ms = SET_UP_MS + id.min(4) * 1_000;
        let product = format!("{}", 1_000 + id);
        self.products.push(Product {
            id: product.clone(),
            name: name.to_owned(),
            enabled: true,
            created_ms,
            updated_ms: created_ms,
            facets: vec![("brand", "Camden"), ("category", "Gifts")],
        });
        let net = rounded(price * 100, 100 + percent);
        self.variants.push(Variant {
            id: id.to_string(),
            product,
            sku: sku.to_owned(),
            names: [("en".to_owned(), name.to_owned())].into(),
            enabled: true,
            track: "INHERIT".to_owned(),
            created_ms,
            updated_ms: created_ms,
            prices: [(DEFAULT.to_owned(), price), (WHOLESALE.to_owned(), net)].into(),
            percent,
            options: Vec::new(),
            custom: json!({"barcode": null, "unit": null}),
        });
        self
    }
}

/// Freshly set up.
pub fn store() -> Store {
    let channel = |id, code: &str, token, prices_include_tax| Channel {
        id,
        code: code.to_owned(),
        token,
        prices_include_tax,
    };
    let mut store = Store {
        now_ms: SET_UP_MS,
        channels: vec![channel("1", DEFAULT, "d3f4u1t", true), channel("2", WHOLESALE, "wh0l3s4l3", false)],
        products: Vec::new(),
        variants: Vec::new(),
        custom_fields: vec!["barcode".to_owned(), "unit".to_owned()],
        sessions: Vec::new(),
        begun: 0,
        may_change: true,
        gives_tokens: true,
    };
    store
        .add(("22423", "Regency cakestand 3 tier"), 1_275, 20)
        .add(("85123A", "White hanging heart T-light holder"), 295, 20)
        .add(("COCOA-250", "Drinking cocoa 250 g"), 350, 0);
    for number in 1..=TOWELS {
        store.add((&format!("TOWEL-{number:03}"), &format!("Tea towel {number}")), 495, 20);
    }
    if let Some(cakestand) = store.variants.first_mut() {
        cakestand.custom = json!({"barcode": "5012345678900", "unit": null});
    }
    if let Some(heart) = store.variants.get_mut(1) {
        heart.options = vec!["White", "Large"];
        heart.names.insert("de".to_owned(), "Herz für ein Teelicht".to_owned());
    }
    store
}

/// What is typed in for it, and what it calls what a test sells.
pub fn desk() -> Desk {
    let settings = [
        ("user", USER),
        ("password", PASSWORD),
        ("barcode_field", "barcode"),
        ("category_facet", "category"),
        ("other_field", "unit"),
    ];
    Desk {
        settings: settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        key: "password".to_owned(),
        // It takes no sales.
        store: String::new(),
        cash: String::new(),
        card: String::new(),
        line: String::new(),
        cakestand: "1".to_owned(),
        heart: "2".to_owned(),
        cocoa: "3".to_owned(),
    }
}

/// Decimal text of pounds as pence.
pub fn minor(text: &str) -> Option<i64> {
    let (pounds, pence) = text.split_once('.').unwrap_or((text, ""));
    let pence = format!("{pence:0<2}");
    pounds.parse::<i64>().ok()?.checked_mul(100)?.checked_add(pence.parse().ok()?)
}
