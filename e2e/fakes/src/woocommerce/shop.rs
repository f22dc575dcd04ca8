//! Shop: products, variations, ways to pay, tax rates and settings, as WooCommerce lists them and takes changes to them.

use super::count::{self, Rate};
use super::shape::{self, check};
use super::wire::{Target, error, invalid, time};
use crate::desk::Answer;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Long before any test's day: 1 June 2025.
const MADE_MS: i64 = 1_748_736_000_000;

/// A product, or a variation of one.
#[derive(Clone, Debug, Default)]
pub(super) struct Product {
    pub id: u64,
    /// Of a variation: the product it is one of.
    pub parent: u64,
    pub kind: &'static str,
    pub name: String,
    pub sku: String,
    pub gtin: String,
    pub price: String,
    pub tax_class: String,
    pub tax_status: String,
    pub category: &'static str,
    pub is_virtual: bool,
    pub status: String,
    pub attributes: Vec<(&'static str, &'static str)>,
    pub modified_ms: i64,
}

/// The site.
#[derive(Clone, Debug)]
pub(super) struct Shop {
    pub products: Vec<Product>,
    pub settings: BTreeMap<&'static str, (&'static str, String)>,
    pub rates: Vec<Rate>,
}

const LIST: [&str; 13] = [
    "page",
    "per_page",
    "offset",
    "search",
    "include",
    "exclude",
    "order",
    "orderby",
    "status",
    "type",
    "modified_after",
    "dates_are_gmt",
    "_fields",
];

fn product(id: u64, (sku, name, gtin): (&str, &str, &str), price: &str, tax_class: &str) -> Product {
    Product {
        id,
        kind: "simple",
        name: name.to_owned(),
        sku: sku.to_owned(),
        gtin: gtin.to_owned(),
        price: price.to_owned(),
        tax_class: tax_class.to_owned(),
        tax_status: "taxable".to_owned(),
        category: "Home &amp; kitchen",
        status: "publish".to_owned(),
        modified_ms: MADE_MS,
        ..Product::default()
    }
}

impl Shop {
    /// A small British shop whose prices are with tax.
    pub(super) fn new() -> Self {
        let mut products = vec![
            product(11, ("22423", "Regency cakestand 3 tier", "5012345678900"), "12.75", ""),
            product(12, ("85123A", "White hanging heart T-light holder", "5012345678917"), "2.95", ""),
            product(13, ("COCOA-250", "Drinking cocoa 250 g", "5012345678924"), "3.50", "zero-rate"),
            Product {
                tax_status: "none".to_owned(),
                is_virtual: true,
                ..product(14, ("TILL", "Till adjustment", ""), "0", "")
            },
            Product {
                kind: "variable",
                ..product(15, ("SHIRT", "T-shirt &#8220;Ben &amp; Ann&#8221;", ""), "", "")
            },
            Product { kind: "grouped", ..product(16, ("SET", "Tea set", ""), "", "") },
        ];
        for (id, colour, gtin) in [(17, "Red", "5012345678931"), (18, "Blue", "")] {
            products.push(Product {
                parent: 15,
                kind: "variation",
                attributes: vec![("Colour", colour)],
                ..product(id, (&format!("SHIRT-{colour}"), "", gtin), "14.00", "parent")
            });
        }
        products.extend((0..120).map(|more| {
            product(
                100 + more,
                (&format!("MORE-{more:03}"), &format!("Something else {more}"), ""),
                "1.00",
                "",
            )
        }));
        let settings = [
            ("woocommerce_default_country", "general", "GB"),
            ("woocommerce_store_postcode", "general", "SW1A 1AA"),
            ("woocommerce_store_city", "general", "London"),
            ("woocommerce_calc_taxes", "general", "yes"),
            ("woocommerce_currency", "general", "GBP"),
            ("woocommerce_price_num_decimals", "general", "2"),
            ("woocommerce_prices_include_tax", "tax", "yes"),
            ("woocommerce_tax_based_on", "tax", "base"),
            ("woocommerce_tax_round_at_subtotal", "tax", "no"),
        ];
        let rate =
            |id: u64, class: &str, share: i128| Rate { id, class: class.to_owned(), share, priority: 1 };
        Self {
            products,
            settings: settings
                .into_iter()
                .map(|(id, group, value)| (id, (group, value.to_owned())))
                .collect(),
            rates: vec![rate(1, "", 200_000), rate(2, "reduced-rate", 50_000), rate(3, "zero-rate", 0)],
        }
    }

    pub(super) fn is(&self, setting: &str) -> bool {
        self.settings.get(setting).is_some_and(|(_, value)| value == "yes")
    }

    pub(super) fn find(&self, parent: u64, id: u64) -> Option<&Product> {
        self.products.iter().find(|product| (product.parent, product.id) == (parent, id))
    }

    /// The class of a variation that has its parent's.
    pub(super) fn tax_class<'a>(&'a self, product: &'a Product) -> &'a str {
        match product.tax_class.as_str() {
            "parent" => self.find(0, product.parent).map_or("", |parent| parent.tax_class.as_str()),
            class => class,
        }
    }

    /// A list of products, or of the variations of one.
    pub(super) fn list(&self, target: &Target, parent: u64) -> Result<Answer, Answer> {
        target.known(&LIST)?;
        let after = target.modified_after()?;
        let include = target.ids("include");
        let status = match target.text("status") {
            "" => "any",
            status @ ("any" | "trash" | "draft" | "pending" | "private" | "publish" | "future") => status,
            _ => {
                return Err(invalid(
                    "status",
                    "is not one of any, future, trash, draft, pending, private, publish.",
                ));
            }
        };
        let shown = self.products.iter().filter(|product| {
            let of = product.parent == parent;
            let in_status = match status {
                "any" => product.status != "trash",
                status => product.status == status,
            };
            of && in_status
                && product.modified_ms > after
                && (include.is_empty() || include.contains(&product.id))
        });
        target.page(shown.map(|one| (one.id, one.modified_ms, self.json(one))).collect())
    }

    /// One of them.
    pub(super) fn one(&self, parent: u64, id: u64) -> Result<Answer, Answer> {
        let found = self.find(parent, id).filter(|product| product.status != "trash");
        found.map(|product| Answer::json(200, &self.json(product))).ok_or_else(|| gone(parent, 404))
    }

    /// A change to one of them.
    pub(super) fn change(
        &mut self,
        (parent, id): (u64, u64),
        body: &Value,
        now_ms: i64,
    ) -> Result<Answer, Answer> {
        if self.find(parent, id).is_none() {
            return Err(gone(parent, if parent == 0 { 400 } else { 404 }));
        }
        let shape = if parent == 0 { &shape::PRODUCT } else { &shape::VARIATION };
        check(body, shape, "product")?;
        self.acceptable(id, body)?;
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        if let Some(product) = self.products.iter_mut().find(|product| product.id == id) {
            let Product { name, sku, gtin, price, tax_class, tax_status, status, modified_ms, .. } = product;
            for (field, place) in [
                ("name", name),
                ("sku", sku),
                ("global_unique_id", gtin),
                ("regular_price", price),
                ("tax_class", tax_class),
                ("tax_status", tax_status),
                ("status", status),
            ] {
                // A name is kept as HTML has it.
                let value = text(field).map(|value| match field {
                    "name" => value.replace('&', "&amp;"),
                    _ => value,
                });
                if let Some(value) = value {
                    *place = value;
                }
            }
            *modified_ms = now_ms;
        }
        self.touch(parent, now_ms);
        self.one(parent, id)
    }

    fn acceptable(&self, id: u64, body: &Value) -> Result<(), Answer> {
        let others = || self.products.iter().filter(|product| product.id != id);
        if let Some(sku) = body["sku"].as_str().filter(|sku| !sku.is_empty())
            && others().any(|product| product.sku == sku)
        {
            return Err(error(400, "product_invalid_sku", "Invalid or duplicated SKU."));
        }
        if let Some(gtin) = body["global_unique_id"].as_str().filter(|gtin| !gtin.is_empty()) {
            let plain = gtin.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'X'));
            if !plain || others().any(|product| product.gtin == gtin) {
                let message = "Invalid or duplicated GTIN, UPC, EAN or ISBN.";
                return Err(error(400, "product_invalid_global_unique_id", message));
            }
        }
        match body["regular_price"].as_str() {
            Some(price) if !price.is_empty() && count::decimal(price).is_none() => {
                Err(invalid("regular_price", "is no price."))
            }
            _ => Ok(()),
        }
    }

    /// The time of change of a product whose variation was changed.
    pub(super) fn touch(&mut self, id: u64, now_ms: i64) {
        if let Some(product) = self.products.iter_mut().find(|product| product.id == id) {
            product.modified_ms = now_ms;
        }
    }

    fn json(&self, product: &Product) -> Value {
        let mut all = json!({
            "id": product.id,
            "date_created_gmt": time(MADE_MS),
            "date_modified": time(product.modified_ms + 3_600_000),
            "date_modified_gmt": time(product.modified_ms),
            "type": product.kind,
            "status": product.status,
            "sku": product.sku,
            "global_unique_id": product.gtin,
            "price": product.price,
            "regular_price": product.price,
            "sale_price": "",
            "virtual": product.is_virtual,
            "tax_status": product.tax_status,
            "tax_class": self.tax_class(product),
            "manage_stock": true,
            "stock_quantity": 5,
            "meta_data": [],
        });
        let options =
            product.attributes.iter().map(|(name, option)| json!({"id": 0, "name": name, "option": option}));
        all["attributes"] = Value::Array(options.collect());
        if product.parent == 0 {
            all["name"] = json!(product.name);
            all["parent_id"] = json!(0);
            all["categories"] = json!([{"id": 3, "name": product.category, "slug": "home-kitchen"}]);
        }
        all
    }

    /// The settings of a group, or one of them.
    pub(super) fn setting(&self, target: &Target, group: &str, id: Option<&str>) -> Result<Answer, Answer> {
        target.known(&["_fields"])?;
        let row = |(id, (group, value)): (&&str, &(&str, String))| json!({"id": id, "label": id, "description": "", "type": "text", "default": "", "value": value, "group_id": group});
        let rows = self.settings.iter().filter(|(_, (of, _))| *of == group);
        match id {
            Some(id) => {
                let found = rows.clone().find(|(name, _)| **name == id).map(row);
                found
                    .map(|found| Answer::json(200, &target.only(found)))
                    .ok_or_else(|| error(404, "rest_setting_setting_invalid", "Invalid setting."))
            }
            None if rows.clone().next().is_none() => {
                Err(error(404, "rest_setting_setting_group_invalid", "Invalid setting group."))
            }
            None => Ok(Answer::json(200, &rows.map(|one| target.only(row(one))).collect())),
        }
    }

    /// The tax rates.
    pub(super) fn taxes(&self, target: &Target) -> Result<Answer, Answer> {
        target.known(&["page", "per_page", "offset", "order", "orderby", "class"])?;
        let country =
            self.settings.get("woocommerce_default_country").map_or("", |(_, value)| value.as_str());
        let row = |rate: &Rate| {
            let class = if rate.class.is_empty() { "standard" } else { rate.class.as_str() };
            let whole = rate.share / 10_000;
            json!({
                "id": rate.id, "country": country, "state": "", "postcode": "", "city": "", "postcodes": [], "cities": [],
                "rate": format!("{whole}.{:04}", rate.share % 10_000), "name": "VAT", "priority": rate.priority, "compound": false,
                "shipping": true, "order": rate.id, "class": class,
            })
        };
        // Its own order is that of the screen; asked for by id it is the same here.
        target.page(self.rates.iter().map(|rate| (rate.id, 0, row(rate))).collect())
    }
}

fn gone(parent: u64, status: u16) -> Answer {
    match parent {
        0 => error(status, "woocommerce_rest_product_invalid_id", "Invalid ID."),
        _ => error(status, "woocommerce_rest_product_variation_invalid_id", "Invalid ID."),
    }
}

/// Ways to pay, all at once.
pub(super) fn gateways(target: &Target) -> Result<Answer, Answer> {
    target.known(&[])?;
    let rows = [
        ("bacs", "Direct bank transfer", false),
        ("cheque", "Check payments", false),
        ("cod", "Cash on delivery", true),
        ("stripe", "Credit &amp; debit card", true),
    ];
    let row = |(id, title, enabled): &(&str, &str, bool)| {
        let mut all = Map::new();
        all.insert("id".to_owned(), json!(id));
        all.insert("title".to_owned(), json!(title));
        all.insert("enabled".to_owned(), json!(enabled));
        all.insert("method_title".to_owned(), json!(title));
        all.insert("settings".to_owned(), json!({}));
        Value::Object(all)
    };
    Ok(Answer::json(200, &rows.iter().map(row).collect()))
}
