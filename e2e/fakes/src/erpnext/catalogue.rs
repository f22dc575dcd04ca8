//! Catalogue: what the site has been given: a company with a shop, its accounts, items with barcodes, prices and taxes.

use super::refusal::Refusal;
use super::{Row, Site, clock, number, text};
use crate::desk::Desk;
use serde_json::{Value, json};

/// When it was set up: 2 January 2026, 9:00.
pub const SET_UP_MS: i64 = 1_767_344_400_000;
/// Key and secret of its user.
pub const TOKEN: &str = "4f1c2a7d9e0b3c5:9d8e7f6a5b4c3d2";
/// Items of no interest, so that a list has pages.
const TOWELS: u32 = 230;

/// What is typed in for it, and what it calls what a test sells.
pub fn desk() -> Desk {
    let (key, secret) = TOKEN.split_once(':').unwrap_or_default();
    let settings = [
        ("api_key", key),
        ("api_secret", secret),
        ("customer", "Walk-in customer"),
        ("price_list", "Standard Selling"),
        ("tax_account", "VAT - CG"),
        ("utc_offset", "0"),
    ];
    Desk {
        settings: settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        key: "api_secret".to_owned(),
        store: "Camden".to_owned(),
        cash: "Cash".to_owned(),
        card: "Credit Card".to_owned(),
        line: "MISC".to_owned(),
        cakestand: "22423".to_owned(),
        heart: "85123A".to_owned(),
        cocoa: "COCOA-250".to_owned(),
    }
}

impl Site {
    /// Fills it.
    pub(super) fn fill(&mut self) {
        let company = "Camden Gifts Ltd";
        let records = [
            ("Company", json!({"name": company, "abbr": "CG", "default_currency": "GBP"})),
            ("Account", json!({"name": "VAT - CG", "account_name": "VAT", "company": company})),
            ("Account", json!({"name": "Sales - CG", "account_name": "Sales", "company": company})),
            (
                "Customer",
                json!({"name": "Walk-in customer", "customer_name": "Walk-in customer", "disabled": 0}),
            ),
            ("Warehouse", json!({"name": "Camden - CG", "company": company})),
            (
                "Price List",
                json!({"name": "Standard Selling", "currency": "GBP", "enabled": 1, "selling": 1, "buying": 0}),
            ),
            (
                "Price List",
                json!({"name": "Standard Buying", "currency": "GBP", "enabled": 1, "selling": 0, "buying": 1}),
            ),
            (
                "Mode of Payment",
                json!({"name": "Cash", "mode_of_payment": "Cash", "enabled": 1, "type": "Cash"}),
            ),
            (
                "Mode of Payment",
                json!({"name": "Credit Card", "mode_of_payment": "Credit Card", "enabled": 1, "type": "Bank"}),
            ),
            (
                "Mode of Payment",
                json!({"name": "Cheque", "mode_of_payment": "Cheque", "enabled": 0, "type": "Bank"}),
            ),
            (
                "POS Profile",
                json!({
                    "name": "Camden", "company": company, "customer": "Walk-in customer", "disabled": 0,
                    "warehouse": "Camden - CG", "currency": "GBP", "selling_price_list": "Standard Selling",
                    "payments": [{"mode_of_payment": "Cash", "default": 1}, {"mode_of_payment": "Credit Card", "default": 0}],
                }),
            ),
        ];
        for (doctype, row) in records {
            self.add_by_hand(doctype, row);
        }
        self.item(
            ("22423", "Regency cakestand 3 tier", "Nos"),
            "12.75",
            "UK VAT 20% - CG",
            &["5012345678900"],
        );
        self.item(("85123A", "White hanging heart T-light holder", "Nos"), "2.95", "UK VAT 20% - CG", &[]);
        self.item(
            ("COCOA-250", "Drinking cocoa 250 g", "Kg"),
            "3.5",
            "UK VAT 0% - CG",
            &["5012345678924", "24"],
        );
        self.item(("MISC", "Sundries", "Nos"), "", "", &[]);
        self.set_by_hand("Item", "MISC", "is_stock_item", json!(0));
        for of in 1..=TOWELS {
            let code = format!("TOWEL-{of:03}");
            self.item((&code, "Tea towel", "Nos"), "4.0", "UK VAT 20% - CG", &[]);
        }
    }

    fn item(
        &mut self,
        (code, name, unit): (&str, &str, &str),
        price: &str,
        template: &str,
        barcodes: &[&str],
    ) {
        self.add_by_hand(
            "Item",
            json!({
                "name": code, "item_code": code, "item_name": name, "item_group": "Gifts", "stock_uom": unit,
                "disabled": 0, "is_stock_item": 1, "is_sales_item": 1, "has_variants": 0,
            }),
        );
        for (at, barcode) in barcodes.iter().enumerate() {
            let row = json!({"name": format!("{code}b{at}"), "parent": code, "parenttype": "Item", "idx": at + 1, "barcode": barcode});
            self.add_by_hand("Item Barcode", row);
        }
        if !template.is_empty() {
            let row = json!({"name": format!("{code}t"), "parent": code, "parenttype": "Item", "idx": 1, "item_tax_template": template});
            self.add_by_hand("Item Tax", row);
        }
        if !price.is_empty() {
            let valid_from = clock::local(self.now_ms).get(..10).unwrap_or_default().to_owned();
            let row = json!({
                "name": format!("{code}p"), "item_code": code, "price_list": "Standard Selling", "selling": 1, "uom": unit,
                "price_list_rate": number::json(price), "currency": "GBP", "packing_unit": 0, "valid_from": valid_from,
            });
            self.add_by_hand("Item Price", row);
        }
    }

    /// A new price of an item in a price list.
    pub(super) fn insert_price(&mut self, values: Row) -> Result<Row, Refusal> {
        let known = ["item_code", "price_list", "uom", "price_list_rate", "valid_from", "valid_upto"];
        if let Some(unknown) = values.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(Refusal::invalid(&format!("Item Price has no field {unknown}")));
        }
        let item = text(&values, "item_code");
        if self.row("Item", item).is_none() {
            return Err(Refusal::invalid(&format!("Item {item} not found.")));
        }
        let list = text(&values, "price_list");
        let Some(list) = self.row("Price List", list).cloned() else {
            return Err(Refusal::invalid(&format!("The price list {list} does not exist or is disabled")));
        };
        if !values.get("price_list_rate").is_some_and(Value::is_number) {
            return Err(Refusal::of(417, "MandatoryError", "[Item Price]: price_list_rate"));
        }
        let now = self.now();
        let mut row = values;
        self.series += 1;
        row.insert("name".to_owned(), json!(format!("p{:09}", self.series)));
        row.entry("valid_from").or_insert(json!(now.get(..10)));
        row.insert("selling".to_owned(), list.get("selling").cloned().unwrap_or(json!(0)));
        row.insert("packing_unit".to_owned(), json!(0));
        row.insert("modified".to_owned(), json!(now));
        if let Some(table) = self.tables.get_mut("Item Price") {
            table.rows.push(row.clone());
        }
        Ok(row)
    }
}

/// The rate a tax template sets for an account.
pub fn template_rate(template: &str, account: &str) -> Option<i64> {
    match (template, account) {
        ("UK VAT 20% - CG", "VAT - CG") => Some(20),
        ("UK VAT 0% - CG", "VAT - CG") => Some(0),
        _ => None,
    }
}
