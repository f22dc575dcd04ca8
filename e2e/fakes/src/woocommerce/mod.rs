//! WooCommerce: a site with its REST API of the third version.
//! Lives here: the site (this file), a request taken apart (`wire`), what a body may hold (`shape`), its goods and settings (`shop`), its
//! orders (`orders`), how it counts (`count`).
//! May use: desk, serde_json, base64. Never: anything of ours.
//! Source: WooCommerce's REST API documents of version 3, and its source where they are silent (docs/connectors/woocommerce.md).

mod count;
mod orders;
mod shape;
mod shop;
mod wire;

use crate::desk::{Answer, Asked, Booked, Desk, Remote};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use orders::Orders;
use serde_json::Value;
use shop::Shop;
use wire::{Target, error};

const KEY: &str = "ck_3f9a51c7e0b24d68";
const SECRET: &str = "cs_77b1e4a90c5d42f3";

/// The site.
#[derive(Clone, Debug)]
pub struct WooCommerce {
    shop: Shop,
    orders: Orders,
    now_ms: i64,
    read_only: bool,
}

impl Default for WooCommerce {
    fn default() -> Self {
        Self { shop: Shop::new(), orders: Orders::default(), now_ms: 0, read_only: false }
    }
}

impl WooCommerce {
    /// Somebody changes a setting of the site.
    pub fn set(&mut self, setting: &str, value: &str) {
        if let Some((_, known)) = self.shop.settings.iter_mut().find(|(name, _)| **name == setting) {
            value.clone_into(&mut known.1);
        }
    }

    /// Somebody changes a tax rate, in millionths of an amount, by the name of its class.
    pub fn set_rate(&mut self, class: &str, share: i64) {
        self.shop
            .rates
            .iter_mut()
            .filter(|rate| rate.class == class)
            .for_each(|rate| rate.share = share.into());
    }

    /// Somebody adds a tax rate to a class: of another priority, so that both are taken.
    pub fn add_rate(&mut self, class: &str, share: i64) {
        let count = u64::try_from(self.shop.rates.len()).unwrap_or(0);
        let class = class.to_owned();
        self.shop.rates.push(count::Rate { id: count + 1, class, share: share.into(), priority: count + 1 });
    }

    /// Somebody sets the status of an order, or of all.
    pub fn set_status(&mut self, status: &str) {
        self.orders.all.iter_mut().for_each(|order| status.clone_into(&mut order.status));
    }

    /// Somebody copies the last order, or doubles it by an extension.
    pub fn double_order(&mut self) {
        if let Some(mut last) = self.orders.all.last().cloned() {
            last.id += 500;
            self.orders.all.push(last);
        }
    }

    /// Somebody gives back a part of the last order, in hundredths.
    pub fn refund(&mut self, cents: i64) {
        if let Some(last) = self.orders.all.last_mut() {
            last.refunded = Some(i128::from(cents) * 10_000);
        }
    }

    /// Somebody moves a product to the bin.
    pub fn bin(&mut self, product: &str) {
        self.status_of(product, "trash");
    }

    /// Somebody takes a product away for good.
    pub fn delete(&mut self, product: &str) {
        let id = last_of(product);
        self.shop.products.retain(|product| product.id != id && product.parent != id);
    }

    /// A product is taxed or is not: `taxable`, `none`.
    pub fn set_tax_status(&mut self, product: &str, status: &str) {
        let id = last_of(product);
        if let Some(product) = self.shop.products.iter_mut().find(|product| product.id == id) {
            status.clone_into(&mut product.tax_status);
        }
    }

    /// The key may read alone.
    pub fn only_reading(&mut self) {
        self.read_only = true;
    }

    fn status_of(&mut self, product: &str, status: &str) {
        let (id, now_ms) = (last_of(product), self.now_ms);
        let mut parent = 0;
        if let Some(product) = self.shop.products.iter_mut().find(|product| product.id == id) {
            status.clone_into(&mut product.status);
            (product.modified_ms, parent) = (now_ms, product.parent);
        }
        self.shop.touch(parent, now_ms);
    }

    fn answered(&mut self, asked: &Asked) -> Result<Answer, Answer> {
        let Some(target) = Target::of(asked) else {
            let message = "No route was found matching the URL and request method.";
            return Err(error(404, "rest_no_route", message));
        };
        self.let_in(asked)?;
        let path: Vec<&str> = target.path.iter().map(String::as_str).collect();
        let number = |text: &str| text.parse::<u64>().unwrap_or(0);
        match (asked.method.as_str(), path.as_slice()) {
            ("GET", ["products"]) => self.shop.list(&target, 0),
            ("GET", ["products", id]) => self.shop.one(0, number(id)),
            ("PUT", ["products", id]) => self.shop.change((0, number(id)), &body(asked)?, self.now_ms),
            ("GET", ["products", parent, "variations"]) => self.shop.list(&target, number(parent)),
            ("GET", ["products", parent, "variations", id]) => self.shop.one(number(parent), number(id)),
            ("PUT", ["products", parent, "variations", id]) => {
                self.shop.change((number(parent), number(id)), &body(asked)?, self.now_ms)
            }
            ("GET", ["orders"]) => self.orders.list(&self.shop, &target),
            ("GET", ["orders", id]) => self.orders.one(&self.shop, number(id)),
            ("POST", ["orders"]) => self.orders.create(&self.shop, &body(asked)?, self.now_ms),
            ("PUT", ["orders", id]) => self.orders.change(&self.shop, number(id), &body(asked)?, self.now_ms),
            ("GET", ["taxes"]) => self.shop.taxes(&target),
            ("GET", ["payment_gateways"]) => shop::gateways(&target),
            ("GET", ["settings", group]) => self.shop.setting(&target, group, None),
            ("GET", ["settings", group, id]) => self.shop.setting(&target, group, Some(id)),
            _ => Err(error(404, "rest_no_route", "No route was found matching the URL and request method.")),
        }
    }

    /// Key and secret, by Basic.
    fn let_in(&self, asked: &Asked) -> Result<(), Answer> {
        let given = asked.header("authorization").and_then(|value| value.strip_prefix("Basic "));
        let plain = given
            .and_then(|given| STANDARD.decode(given).ok())
            .and_then(|plain| String::from_utf8(plain).ok());
        let refused = |message: &str| Err(error(401, "woocommerce_rest_authentication_error", message));
        match plain.as_deref().and_then(|plain| plain.split_once(':')) {
            Some((KEY, SECRET)) if self.read_only && asked.method != "GET" => {
                refused("The API key provided does not have write permissions.")
            }
            Some((KEY, SECRET)) => Ok(()),
            Some((KEY, _)) => refused("Consumer secret is invalid."),
            // A key that nobody knows is nobody.
            _ => Err(error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")),
        }
    }
}

fn body(asked: &Asked) -> Result<Value, Answer> {
    let json = asked.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    let parsed = serde_json::from_slice::<Value>(&asked.body).ok().filter(|body| json && body.is_object());
    parsed.ok_or_else(|| error(400, "rest_invalid_json", "Invalid JSON body passed."))
}

/// The number of a product, of a variation its own: `12`, `12:34`.
fn last_of(product: &str) -> u64 {
    product.rsplit(':').next().and_then(|id| id.parse().ok()).unwrap_or(0)
}

impl Remote for WooCommerce {
    fn answer(&mut self, asked: &Asked) -> Answer {
        self.answered(asked).unwrap_or_else(|refused| refused)
    }

    fn desk(&self) -> Desk {
        let settings = [("consumer_key", KEY), ("consumer_secret", SECRET)];
        Desk {
            settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            key: "consumer_secret".to_owned(),
            store: "site".to_owned(),
            cash: "cod".to_owned(),
            card: "stripe".to_owned(),
            line: "14".to_owned(),
            cakestand: "11".to_owned(),
            heart: "12".to_owned(),
            cocoa: "13".to_owned(),
        }
    }

    fn booked(&self) -> Vec<Booked> {
        self.orders.booked()
    }

    fn reprice(&mut self, product: &str, price: &str) {
        let (id, now_ms) = (last_of(product), self.now_ms);
        let mut parent = 0;
        if let Some(product) = self.shop.products.iter_mut().find(|product| product.id == id) {
            price.clone_into(&mut product.price);
            (product.modified_ms, parent) = (now_ms, product.parent);
        }
        self.shop.touch(parent, now_ms);
    }

    fn retire(&mut self, product: &str) {
        self.status_of(product, "private");
    }

    fn product(&self, product: &str, field: &str) -> Option<String> {
        let id = last_of(product);
        let product = self.shop.products.iter().find(|product| product.id == id)?;
        let with_tax = self.shop.is("woocommerce_prices_include_tax");
        match field {
            "name" => Some(product.name.replace("&amp;", "&")),
            "sku" => Some(product.sku.clone()),
            "global_unique_id" => Some(product.gtin.clone()),
            "regular_price_with_tax" => with_tax.then(|| product.price.clone()),
            "regular_price_without_tax" => (!with_tax).then(|| product.price.clone()),
            _ => None,
        }
    }

    fn at(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
    }
}
