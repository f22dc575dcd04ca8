//! Orders: made, changed, searched and counted as WooCommerce does it.
//! What it refuses half-way leaves a draft behind; what has no product of the id that is named becomes a line without one.

use super::count::{self, Item, Site};
use super::shape::{self, check};
use super::shop::Shop;
use super::wire::{Target, error, time};
use crate::desk::{Answer, Booked};
use serde_json::{Value, json};

/// A line of a product or a fee, with what it was named and how it is counted.
#[derive(Clone, Debug, Default)]
struct Row {
    id: u64,
    name: String,
    product_id: u64,
    variation_id: u64,
    quantity: i64,
    tax_status: String,
    meta: Value,
    counted: Item,
}

/// An order.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    pub id: u64,
    pub status: String,
    currency: String,
    method: String,
    method_title: String,
    meta: Vec<(String, Value)>,
    rows: Vec<Row>,
    total: i128,
    tax: i128,
    made_ms: i64,
    modified_ms: i64,
    paid_ms: Option<i64>,
    pub refunded: Option<i128>,
}

const LIST: [&str; 11] = [
    "page",
    "per_page",
    "offset",
    "search",
    "status",
    "order",
    "orderby",
    "after",
    "modified_after",
    "dates_are_gmt",
    "_fields",
];

fn meta_of(body: &Value) -> Vec<(String, Value)> {
    let rows = body["meta_data"].as_array();
    rows.into_iter()
        .flatten()
        .map(|one| (one["key"].as_str().unwrap_or_default().to_owned(), one["value"].clone()))
        .collect()
}

impl Shop {
    fn site(&self) -> Site {
        Site {
            taxes_on: self.is("woocommerce_calc_taxes"),
            prices_include_tax: self.is("woocommerce_prices_include_tax"),
            round_at_subtotal: self.is("woocommerce_tax_round_at_subtotal"),
            rates: self.rates.clone(),
        }
    }

    /// A class that a line may be given: none is the standard one; `0` is none at all.
    fn class(&self, class: &str) -> Result<String, Answer> {
        let known = matches!(class, "" | "0" | "reduced-rate" | "zero-rate");
        match known || self.rates.iter().any(|rate| rate.class == class) {
            true => Ok(class.to_owned()),
            false => Err(error(400, "order_item_product_invalid_tax_class", "Invalid tax class")),
        }
    }

    fn line(&self, body: &Value) -> Result<Row, Answer> {
        let number = |name: &str| body[name].as_u64().unwrap_or(0);
        let (product_id, variation_id) = (number("product_id"), number("variation_id"));
        if product_id == 0 && variation_id == 0 {
            let message = "Product ID or SKU is required.";
            return Err(error(400, "woocommerce_rest_required_product_reference", message));
        }
        let wanted = if variation_id > 0 { variation_id } else { product_id };
        let found = self.products.iter().find(|product| product.id == wanted);
        let mut row = Row { quantity: body["quantity"].as_i64().unwrap_or(1), ..Row::default() };
        row.counted.is_taxable = true;
        if let Some(product) = found {
            (row.product_id, row.variation_id) = match product.parent {
                0 => (product.id, 0),
                parent => (parent, product.id),
            };
            row.name.clone_from(&product.name);
            row.counted.class = self.tax_class(product).to_owned();
            row.counted.is_taxable = product.tax_status == "taxable";
            let price = count::decimal(&product.price).unwrap_or(0);
            row.counted.total = price * i128::from(row.quantity.max(0));
        }
        if let Some(name) = body["name"].as_str() {
            name.clone_into(&mut row.name);
        }
        if let Some(total) = body["total"].as_str() {
            row.counted.total = count::decimal(total).unwrap_or(0);
        }
        if let Some(class) = body["tax_class"].as_str() {
            row.counted.class = self.class(class)?;
        }
        row.meta = body["meta_data"].clone();
        Ok(row)
    }

    fn fee(&self, body: &Value) -> Result<Row, Answer> {
        let name = body["name"].as_str().unwrap_or_default();
        if name.is_empty() {
            return Err(error(400, "woocommerce_rest_invalid_fee_item", "Fee name is required."));
        }
        let tax_status = body["tax_status"].as_str().unwrap_or("taxable").to_owned();
        let counted = Item {
            is_fee: true,
            total: body["total"].as_str().and_then(count::decimal).unwrap_or(0),
            class: self.class(body["tax_class"].as_str().unwrap_or_default())?,
            is_taxable: tax_status == "taxable",
            ..Item::default()
        };
        Ok(Row { name: name.to_owned(), quantity: 1, tax_status, counted, ..Row::default() })
    }
}

/// All orders of a site.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    pub all: Vec<Order>,
    last_id: u64,
}

impl Orders {
    /// Makes one.
    pub(super) fn create(&mut self, shop: &Shop, body: &Value, now_ms: i64) -> Result<Answer, Answer> {
        check(body, &shape::ORDER, "order")?;
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let each = |name: &str| body[name].as_array().cloned().unwrap_or_default();
        let mut rows = Vec::new();
        for line in each("line_items") {
            rows.push(shop.line(&line)?);
        }
        for fee in each("fee_lines") {
            rows.push(shop.fee(&fee)?);
        }
        let mut order = Order {
            id: self.next_id(),
            status: "pending".to_owned(),
            currency: body["currency"].as_str().unwrap_or("GBP").to_owned(),
            method: text("payment_method"),
            method_title: text("payment_method_title"),
            meta: meta_of(body),
            rows,
            made_ms: now_ms,
            modified_ms: now_ms,
            ..Order::default()
        };
        for row in &mut order.rows {
            row.id = self.next_id();
        }
        order.count(shop);
        order.set(body, now_ms, true);
        let answer = order.json(shop);
        self.all.push(order);
        Ok(Answer::json(201, &answer))
    }

    fn next_id(&mut self) -> u64 {
        self.last_id = self.last_id.max(1_000) + 1;
        self.last_id
    }

    /// Changes one: its lines are not changed here.
    pub(super) fn change(
        &mut self,
        shop: &Shop,
        id: u64,
        body: &Value,
        now_ms: i64,
    ) -> Result<Answer, Answer> {
        check(body, &shape::ORDER, "order")?;
        if body.get("line_items").or(body.get("fee_lines")).is_some() {
            return Err(error(
                501,
                "not_here",
                "Lines of an order that is there are not changed in this shop.",
            ));
        }
        let Some(order) = self.all.iter_mut().find(|order| order.id == id) else {
            return Err(error(400, "woocommerce_rest_shop_order_invalid_id", "Invalid ID."));
        };
        for (key, value) in meta_of(body) {
            order.meta.retain(|(known, _)| *known != key);
            order.meta.push((key, value));
        }
        order.set(body, now_ms, false);
        Ok(Answer::json(200, &order.json(shop)))
    }

    /// One of them.
    pub(super) fn one(&self, shop: &Shop, id: u64) -> Result<Answer, Answer> {
        let found = self.all.iter().find(|order| order.id == id);
        found
            .map(|order| Answer::json(200, &order.json(shop)))
            .ok_or_else(|| error(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID."))
    }

    /// Lists them. A search looks at the names of lines and fees and at addresses (which these have none of), and takes a number for an
    /// order's id.
    pub(super) fn list(&self, shop: &Shop, target: &Target) -> Result<Answer, Answer> {
        target.known(&LIST)?;
        let search = target.text("search").to_lowercase();
        let is_found = |order: &Order| {
            search.is_empty()
                || order.id.to_string() == search
                || order.rows.iter().any(|row| row.name.to_lowercase().contains(&search))
        };
        let is_shown = |order: &Order| match target.text("status") {
            "" | "any" => !matches!(order.status.as_str(), "trash" | "auto-draft"),
            status => order.status == status,
        };
        let rows = self.all.iter().filter(|order| is_found(order) && is_shown(order));
        target.page(rows.map(|order| (order.id, order.made_ms, order.json(shop))).collect())
    }

    /// In the books: neither cancelled nor thrown away.
    pub(super) fn booked(&self) -> Vec<Booked> {
        let dead = ["trash", "cancelled", "failed", "auto-draft", "checkout-draft"];
        self.all.iter().filter(|order| !dead.contains(&order.status.as_str())).map(Order::booked).collect()
    }
}

impl Order {
    fn count(&mut self, shop: &Shop) {
        let mut items: Vec<Item> = self.rows.iter().map(|row| row.counted.clone()).collect();
        (self.total, self.tax) = shop.site().totals(&mut items);
        for (row, counted) in self.rows.iter_mut().zip(items) {
            row.counted = counted;
        }
    }

    /// Status and payment.
    fn set(&mut self, body: &Value, now_ms: i64, creating: bool) {
        if let Some(status) = body["status"].as_str() {
            status.clone_into(&mut self.status);
        }
        let awaits = matches!(self.status.as_str(), "pending" | "on-hold" | "failed" | "cancelled");
        if body["set_paid"] == true && awaits && (creating || self.total > 0) {
            "processing".clone_into(&mut self.status);
        }
        if matches!(self.status.as_str(), "processing" | "completed") {
            self.paid_ms = self.paid_ms.or(Some(now_ms));
        }
        self.modified_ms = now_ms;
    }

    fn meta(&self, key: &str) -> Option<&str> {
        self.meta.iter().find(|(known, _)| known == key).and_then(|(_, value)| value.as_str())
    }

    /// What whoever sent it says of how it was paid stands in its meta data; else it was by its one way to pay.
    fn booked(&self) -> Booked {
        let split = self.meta("tillbridge_paid").unwrap_or_default();
        let part = |part: &str| {
            let (method, amount) = part.rsplit_once(' ')?;
            Some((method.to_owned(), count::cents(count::decimal(amount)?)))
        };
        let mut paid: Vec<(String, i64)> = split.split(", ").filter_map(part).collect();
        let is_named = paid.iter().any(|(method, _)| *method == self.method);
        if !is_named && !self.method.is_empty() {
            paid = vec![(self.method.clone(), count::cents(self.total))];
        }
        Booked {
            number: self.meta("tillbridge_number").map_or_else(|| self.id.to_string(), str::to_owned),
            posted: self.status == "completed",
            total: count::cents(self.total),
            tax: count::cents(self.tax),
            paid,
        }
    }

    fn json(&self, shop: &Shop) -> Value {
        let site = shop.site();
        let taxes = |row: &Row| -> i128 {
            row.counted
                .taxes
                .values()
                .map(|tax| if site.round_at_subtotal { *tax } else { site.tax_in_cents(*tax) })
                .sum()
        };
        let line = |row: &Row| {
            let rows: Vec<Value> = row
                .counted
                .taxes
                .iter()
                .map(|(id, tax)| json!({"id": id, "total": count::money(*tax), "subtotal": ""}))
                .collect();
            let mut all = json!({
                "id": row.id,
                "name": row.name,
                "tax_class": row.counted.class,
                "total": count::money(row.counted.total),
                "total_tax": count::money(taxes(row)),
                "taxes": rows,
                "meta_data": [],
            });
            if row.counted.is_fee {
                all["tax_status"] = json!(row.tax_status);
                all["amount"] = json!("");
            } else {
                all["product_id"] = json!(row.product_id);
                all["variation_id"] = json!(row.variation_id);
                all["quantity"] = json!(row.quantity);
                all["subtotal"] = all["total"].clone();
                all["meta_data"] = if row.meta.is_array() { row.meta.clone() } else { json!([]) };
            }
            all
        };
        let of = |fee: bool| -> Vec<Value> {
            self.rows.iter().filter(|row| row.counted.is_fee == fee).map(line).collect()
        };
        let meta: Vec<Value> = self
            .meta
            .iter()
            .zip(1_u64..)
            .map(|((key, value), at)| json!({"id": self.id * 100 + at, "key": key, "value": value}))
            .collect();
        let refunds: Vec<Value> = self
            .refunded
            .iter()
            .map(|amount| json!({"id": self.id * 10, "reason": "", "total": count::money(-amount)}))
            .collect();
        json!({
            "id": self.id,
            "parent_id": 0,
            "number": self.id.to_string(),
            "created_via": "rest-api",
            "status": self.status,
            "currency": self.currency,
            "date_created_gmt": time(self.made_ms),
            "date_modified_gmt": time(self.modified_ms),
            "date_paid_gmt": self.paid_ms.map(time),
            "discount_total": "0.00",
            "total": count::money(self.total),
            "total_tax": count::money(self.tax),
            "prices_include_tax": site.prices_include_tax,
            "customer_id": 0,
            "payment_method": self.method,
            "payment_method_title": self.method_title,
            "meta_data": meta,
            "line_items": of(false),
            "fee_lines": of(true),
            "shipping_lines": [],
            "coupon_lines": [],
            "refunds": refunds,
        })
    }
}
