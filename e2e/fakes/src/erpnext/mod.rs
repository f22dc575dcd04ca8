//! ERPNext: a Frappe site with ERPNext 16 (or 15), as far as a shop needs it: items, prices, POS profiles, sales invoices.
//! Lives here: what is asked and answered (`mod`), errors as Frappe words them (`refusal`), its lists (`query`), what it has been given
//! (`catalogue`), what it does with an invoice (`invoice`), its numbers and its clock (`number`, `clock`).
//! May use: serde_json. Never: anything of ours.
//! Source: frappe (`api/v1.py`, `api/v2.py`, `client.py`, `app.py`, `auth.py`, `model/*`) and erpnext (`sales_invoice.py`,
//! `taxes_and_totals.py`, `accounts_controller.py`, `status_updater.py`) of versions 15 and 16; docs/connectors/erpnext.md.
//! Stricter than the real one: it ignores fields it does not know in a document, this refuses them.

mod catalogue;
mod clock;
mod invoice;
mod number;
mod query;
mod refusal;

use crate::desk::{Answer, Asked, Booked, Desk, Remote};
use query::Table;
use refusal::Refusal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A document, or a row inside of one.
type Row = Map<String, Value>;

/// The site.
#[derive(Clone, Debug)]
pub struct Site {
    /// Of ERPNext: 15 or 16.
    version: u8,
    now_ms: i64,
    tables: BTreeMap<&'static str, Table>,
    /// `Selling Settings`, “Allow Negative rates for Items”.
    negative_rates: bool,
    /// `Stock Settings`, “Auto Insert Item Price If Missing”; none: this user may not read them.
    rates_become_prices: Option<bool>,
    /// A field of `Sales Invoice` somebody added, which is unique.
    unique_field: Option<String>,
    /// Numbers of its own series that were given.
    series: u32,
}

impl Default for Site {
    fn default() -> Self {
        Self::of_version(16)
    }
}

impl Site {
    /// Freshly set up, of a version.
    pub fn of_version(version: u8) -> Self {
        let mut site = Self {
            version,
            now_ms: catalogue::SET_UP_MS,
            tables: query::tables(),
            negative_rates: true,
            rates_become_prices: Some(false),
            unique_field: None,
            series: 0,
        };
        site.fill();
        site
    }

    /// Somebody ticks or clears “Allow Negative rates for Items”.
    pub fn set_negative_rates(&mut self, allowed: bool) {
        self.negative_rates = allowed;
    }

    /// Somebody ticks or clears “Auto Insert Item Price If Missing”, or takes the right away to read it.
    pub fn set_rates_become_prices(&mut self, on: Option<bool>) {
        self.rates_become_prices = on;
    }

    /// Somebody adds a field to `Sales Invoice` that is unique.
    pub fn add_unique_field(&mut self, name: &str) {
        self.unique_field = Some(name.to_owned());
    }

    /// Somebody changes a field of a document by hand.
    pub fn set_by_hand(&mut self, doctype: &str, name: &str, field: &str, value: Value) {
        let now = self.now();
        if let Some(row) = self.row_mut(doctype, name) {
            row.insert(field.to_owned(), value);
            row.insert("modified".to_owned(), json!(now));
        }
    }

    /// Somebody makes a copy of a document by hand, under another name, as it stands.
    pub fn copy_by_hand(&mut self, doctype: &str, name: &str, new_name: &str) {
        let Some(mut row) = self.row(doctype, name).cloned() else { return };
        row.insert("name".to_owned(), json!(new_name));
        if let Some(table) = self.tables.get_mut(doctype) {
            table.rows.push(row);
        }
    }

    /// Somebody adds a document of a kind that a test needs.
    pub fn add_by_hand(&mut self, doctype: &str, row: Value) {
        let now = self.now();
        if let (Some(table), Value::Object(mut row)) = (self.tables.get_mut(doctype), row) {
            row.entry("modified").or_insert(json!(now));
            table.rows.push(row);
        }
    }

    /// Its wall clock.
    fn now(&self) -> String {
        clock::local(self.now_ms)
    }

    fn row(&self, doctype: &str, name: &str) -> Option<&Row> {
        self.tables
            .get(doctype)?
            .rows
            .iter()
            .find(|row| row.get("name").and_then(Value::as_str) == Some(name))
    }

    fn row_mut(&mut self, doctype: &str, name: &str) -> Option<&mut Row> {
        let rows = &mut self.tables.get_mut(doctype)?.rows;
        rows.iter_mut().find(|row| row.get("name").and_then(Value::as_str) == Some(name))
    }

    fn handle(&mut self, asked: &Asked) -> Result<Value, Refusal> {
        let is_known = match asked.header("authorization") {
            None => false,
            Some(header) => match header.split_once(' ') {
                Some((word, token)) if word.eq_ignore_ascii_case("token") && token == catalogue::TOKEN => {
                    true
                }
                _ => return Err(Refusal::of(401, "AuthenticationError", "")),
            },
        };
        if !is_known {
            return Err(Refusal::of(403, "PermissionError", "Login to access"));
        }
        let path = asked.path.split('?').next().unwrap_or_default();
        let parts: Vec<String> = path.trim_matches('/').split('/').map(clock::unescaped).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (asked.method.as_str(), parts.as_slice()) {
            ("GET" | "POST", ["api", "method", name]) => self.method(name, asked),
            ("GET", ["api", "v2", "document", doctype, name]) => {
                let row = self.row(doctype, name).ok_or_else(|| Refusal::missing(doctype, name))?;
                Ok(json!({"data": row}))
            }
            ("POST", ["api", "v2", "document", doctype]) => {
                let values = body_of(asked)?;
                Ok(json!({"data": self.insert(doctype, values)?}))
            }
            ("PUT" | "PATCH", ["api", "v2", "document", doctype, name]) => {
                let values = body_of(asked)?;
                Ok(json!({"data": self.update(doctype, name, values)?}))
            }
            _ => Err(Refusal::of(404, "DoesNotExistError", "")),
        }
    }

    fn method(&self, name: &str, asked: &Asked) -> Result<Value, Refusal> {
        match name {
            "frappe.client.get_list" => Ok(json!({"message": self.list(body_of(asked)?)?})),
            "frappe.client.get_single_value" => {
                let known = "doctype=Stock%20Settings&field=auto_insert_price_list_rate_if_missing";
                match (
                    asked.path.split_once('?').map(|(_, query)| query) == Some(known),
                    self.rates_become_prices,
                ) {
                    (true, Some(on)) => Ok(json!({"message": i32::from(on)})),
                    (true, None) => {
                        Err(Refusal::of(403, "PermissionError", "No permission for Stock Settings"))
                    }
                    (false, _) => Err(Refusal::invalid("A setting that nobody needs")),
                }
            }
            "frappe.client.get_time_zone" => Ok(json!({"message": {"time_zone": "Europe/London"}})),
            "frappe.utils.change_log.get_versions" => {
                let version = format!("{}.4.1", self.version);
                let app = |title: &str| json!({"title": title, "description": title, "branch": "main", "version": version});
                Ok(json!({"message": {"frappe": app("Frappe Framework"), "erpnext": app("ERPNext")}}))
            }
            _ => {
                Err(Refusal::of(417, "ValidationError", &format!("Failed to get method for command {name}")))
            }
        }
    }

    fn insert(&mut self, doctype: &str, values: Row) -> Result<Row, Refusal> {
        match doctype {
            "Sales Invoice" => self.insert_invoice(values),
            "Item Price" => self.insert_price(values),
            _ => Err(Refusal::of(403, "PermissionError", &format!("No permission to create {doctype}"))),
        }
    }

    fn update(&mut self, doctype: &str, name: &str, values: Row) -> Result<Row, Refusal> {
        if self.row(doctype, name).is_none() {
            return Err(Refusal::missing(doctype, name));
        }
        match doctype {
            "Sales Invoice" => self.submit_invoice(name, &values),
            "Item" => self.set(doctype, name, values, &["item_name"]),
            "Item Price" => self.set(doctype, name, values, &["price_list_rate"]),
            _ => Err(Refusal::of(403, "PermissionError", &format!("No permission to write {doctype}"))),
        }
    }

    /// Some fields of a document, those alone that a test may change.
    fn set(&mut self, doctype: &str, name: &str, values: Row, known: &[&str]) -> Result<Row, Refusal> {
        if let Some(unknown) = values.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(Refusal::invalid(&format!("{doctype} has no field {unknown} that can be set")));
        }
        if values.get("price_list_rate").is_some_and(|rate| !rate.is_number()) {
            return Err(Refusal::invalid("Rate must be a number"));
        }
        let now = self.now();
        let row = self.row_mut(doctype, name).ok_or_else(|| Refusal::missing(doctype, name))?;
        row.extend(values);
        row.insert("modified".to_owned(), json!(now));
        Ok(row.clone())
    }
}

fn body_of(asked: &Asked) -> Result<Row, Refusal> {
    let is_json = asked.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    match serde_json::from_slice(&asked.body) {
        Ok(Value::Object(body)) if is_json => Ok(body),
        _ => Err(Refusal::of(417, "DataError", "Invalid request body")),
    }
}

fn text<'a>(row: &'a Row, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

impl Remote for Site {
    fn answer(&mut self, asked: &Asked) -> Answer {
        let is_version_two = asked.path.starts_with("/api/v2/");
        // Whatever is refused is rolled back whole.
        let before = self.clone();
        let mut answer = match self.handle(asked) {
            Ok(body) => Answer::json(200, &body),
            Err(refusal) => {
                *self = before;
                refusal.answer(is_version_two)
            }
        };
        answer.headers.push(("date".to_owned(), clock::http_date(self.now_ms)));
        answer
    }

    fn desk(&self) -> Desk {
        catalogue::desk()
    }

    /// Invoices that carry one number of a customer's order are one sale to whoever sold it.
    fn booked(&self) -> Vec<Booked> {
        let mut booked: Vec<Booked> = Vec::new();
        for row in self.tables.get("Sales Invoice").map(|table| table.rows.as_slice()).unwrap_or_default() {
            let one = invoice::booked(row);
            match booked.iter_mut().find(|other| other.number == one.number) {
                Some(other) => invoice::join(other, one),
                None => booked.push(one),
            }
        }
        for one in &mut booked {
            one.paid.retain(|(_, amount)| *amount != 0);
        }
        booked
    }

    fn reprice(&mut self, product: &str, price: &str) {
        let now = self.now();
        let rows = self.tables.get_mut("Item Price").map(|table| &mut table.rows);
        for row in rows.into_iter().flatten().filter(|row| text(row, "item_code") == product) {
            row.insert("price_list_rate".to_owned(), number::json(price));
            row.insert("modified".to_owned(), json!(now));
        }
    }

    fn retire(&mut self, product: &str) {
        self.set_by_hand("Item", product, "disabled", json!(1));
    }

    fn product(&self, product: &str, field: &str) -> Option<String> {
        let row = match field {
            "price_list_rate" => {
                let rows = &self.tables.get("Item Price")?.rows;
                rows.iter().find(|row| text(row, "item_code") == product)?
            }
            _ => self.row("Item", product)?,
        };
        match row.get(field)? {
            Value::String(text) => Some(text.clone()),
            value => Some(value.to_string()),
        }
    }

    fn at(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
    }
}
