//! Query: `frappe.client.get_list`: which fields there are, what filters mean, in which order and how many rows come.

use super::number;
use super::refusal::Refusal;
use super::{Row, Site};
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What a list gives where nothing is said.
const USUAL: usize = 20;

/// The documents of a type.
#[derive(Clone, Debug)]
pub struct Table {
    /// Fields a question may name.
    pub fields: &'static [&'static str],
    /// Whose rows these are, where they stand inside of other documents.
    pub parent: Option<&'static str>,
    /// In the order they were made.
    pub rows: Vec<Row>,
}

/// Fields every document has.
const STANDARD: [&str; 11] = [
    "name",
    "owner",
    "creation",
    "modified",
    "modified_by",
    "docstatus",
    "idx",
    "parent",
    "parenttype",
    "parentfield",
    "doctype",
];

/// The types there are.
pub fn tables() -> BTreeMap<&'static str, Table> {
    let table = |fields: &'static [&'static str], parent| Table { fields, parent, rows: Vec::new() };
    BTreeMap::from([
        ("Account", table(&["account_name", "company"], None)),
        ("Company", table(&["abbr", "default_currency"], None)),
        ("Customer", table(&["customer_name", "disabled"], None)),
        ("Item", table(&ITEM, None)),
        ("Item Barcode", table(&["barcode", "barcode_type", "uom"], Some("Item"))),
        ("Item Price", table(&ITEM_PRICE, None)),
        (
            "Item Tax",
            table(&["item_tax_template", "tax_category", "valid_from", "minimum_net_rate"], Some("Item")),
        ),
        ("Mode of Payment", table(&["mode_of_payment", "enabled", "type"], None)),
        ("POS Profile", table(&["company", "customer", "disabled", "warehouse", "currency"], None)),
        ("Price List", table(&["currency", "enabled", "selling", "buying"], None)),
        ("Sales Invoice", table(&SALES_INVOICE, None)),
        ("Warehouse", table(&["company"], None)),
    ])
}

const ITEM: [&str; 9] = [
    "item_code",
    "item_name",
    "item_group",
    "stock_uom",
    "disabled",
    "is_stock_item",
    "is_sales_item",
    "has_variants",
    "brand",
];

const ITEM_PRICE: [&str; 12] = [
    "item_code",
    "price_list",
    "price_list_rate",
    "uom",
    "customer",
    "supplier",
    "batch_no",
    "packing_unit",
    "selling",
    "currency",
    "valid_from",
    "valid_upto",
];

const SALES_INVOICE: [&str; 15] = [
    "po_no",
    "remarks",
    "customer",
    "company",
    "pos_profile",
    "is_pos",
    "is_return",
    "posting_date",
    "posting_time",
    "currency",
    "net_total",
    "grand_total",
    "total_taxes_and_charges",
    "paid_amount",
    "outstanding_amount",
];

/// What a list may be asked with.
const ARGUMENTS: [&str; 9] = [
    "doctype",
    "fields",
    "filters",
    "or_filters",
    "order_by",
    "limit_start",
    "limit_page_length",
    "parent",
    "as_dict",
];

impl Site {
    /// Rows of a type.
    pub fn list(&self, ask: Row) -> Result<Vec<Value>, Refusal> {
        if let Some(unknown) = ask.keys().find(|key| !ARGUMENTS.contains(&key.as_str())) {
            return Err(Refusal::invalid(&format!("get_list has no argument {unknown}")));
        }
        let doctype = ask.get("doctype").and_then(Value::as_str).unwrap_or_default();
        let table = self.tables.get(doctype).ok_or_else(|| Refusal::missing("DocType", doctype))?;
        if table.parent.is_some() && ask.get("parent").and_then(Value::as_str) != table.parent {
            return Err(Refusal::of(403, "PermissionError", &format!("No permission for {doctype}")));
        }
        let fields = match ask.get("fields") {
            None => vec!["name".to_owned()],
            Some(fields) => texts(fields).ok_or_else(|| Refusal::invalid("'fields' must be a list"))?,
        };
        fields.iter().try_for_each(|field| known(table, field))?;
        let filters = filters(table, ask.get("filters"))?;
        let any = filters_of(table, ask.get("or_filters"))?;
        let mut rows: Vec<&Row> = table
            .rows
            .iter()
            .filter(|row| filters.iter().all(|filter| filter.holds(row)))
            .filter(|row| any.is_empty() || any.iter().any(|filter| filter.holds(row)))
            .collect();
        sort(table, &mut rows, ask.get("order_by").and_then(Value::as_str).unwrap_or("creation desc"))?;
        let number = |name: &str| match ask.get(name) {
            None => Ok(None),
            Some(value) => {
                let count = value.as_u64().and_then(|count| usize::try_from(count).ok());
                count.map(Some).ok_or_else(|| Refusal::invalid(&format!("{name} must be a number")))
            }
        };
        let most = match number("limit_page_length")?.unwrap_or(USUAL) {
            0 => usize::MAX,
            most => most,
        };
        let rows = rows.into_iter().skip(number("limit_start")?.unwrap_or(0)).take(most);
        Ok(rows.map(|row| picked(row, &fields)).collect())
    }
}

fn picked(row: &Row, fields: &[String]) -> Value {
    let fields = fields.iter().map(|field| (field.clone(), row.get(field).cloned().unwrap_or(Value::Null)));
    Value::Object(fields.collect())
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

fn known(table: &Table, field: &str) -> Result<(), Refusal> {
    if STANDARD.contains(&field) || table.fields.contains(&field) {
        return Ok(());
    }
    Err(Refusal::of(417, "DataError", &format!("Field not permitted in query: {field}")))
}

struct Filter {
    field: String,
    operator: String,
    value: Value,
}

fn filters(table: &Table, said: Option<&Value>) -> Result<Vec<Filter>, Refusal> {
    filters_of(table, said)
}

/// `[[field, operator, value], …]`.
fn filters_of(table: &Table, said: Option<&Value>) -> Result<Vec<Filter>, Refusal> {
    let Some(said) = said else { return Ok(Vec::new()) };
    let rows = said.as_array().ok_or_else(|| Refusal::invalid("'filters' must be a list"))?;
    let filter = |row: &Value| {
        let (field, operator, value) = match row.as_array().map(Vec::as_slice) {
            Some([field, operator, value]) => (field.as_str(), operator.as_str(), value),
            _ => return Err(Refusal::invalid("A filter has three parts")),
        };
        let (field, operator) = (field.unwrap_or_default(), operator.unwrap_or_default());
        known(table, field)?;
        let fits = match operator {
            "in" => value.is_array(),
            "=" | "!=" | ">" | ">=" | "<" | "<=" => value.is_string() || value.is_number(),
            _ => false,
        };
        if !fits {
            return Err(Refusal::invalid(&format!("Invalid filter: {field} {operator}")));
        }
        Ok(Filter { field: field.to_owned(), operator: operator.to_owned(), value: value.clone() })
    };
    rows.iter().map(filter).collect()
}

impl Filter {
    fn holds(&self, row: &Row) -> bool {
        let own = row.get(&self.field).unwrap_or(&Value::Null);
        let by = |value: &Value| compared(own, value);
        match self.operator.as_str() {
            "=" => by(&self.value) == Some(Ordering::Equal),
            "!=" => by(&self.value) != Some(Ordering::Equal),
            ">" => by(&self.value) == Some(Ordering::Greater),
            ">=" => matches!(by(&self.value), Some(Ordering::Greater | Ordering::Equal)),
            "<" => by(&self.value) == Some(Ordering::Less),
            "<=" => matches!(by(&self.value), Some(Ordering::Less | Ordering::Equal)),
            _ => self
                .value
                .as_array()
                .is_some_and(|all| all.iter().any(|one| by(one) == Some(Ordering::Equal))),
        }
    }
}

/// As the database compares: numbers by value, texts without regard to capitals; what is null compares with nothing.
fn compared(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Number(_), Value::Number(_)) => Some(number::of(one)?.cmp(&number::of(other)?)),
        (Value::String(one), Value::String(other)) => Some(one.to_lowercase().cmp(&other.to_lowercase())),
        _ => None,
    }
}

/// `field asc, other desc`.
fn sort(table: &Table, rows: &mut [&Row], order: &str) -> Result<(), Refusal> {
    let mut keys = Vec::new();
    for key in order.split(',') {
        let (field, direction) = key.trim().split_once(' ').unwrap_or((key.trim(), "asc"));
        known(table, field)?;
        if !matches!(direction, "asc" | "desc") {
            return Err(Refusal::invalid(&format!("Invalid order: {order}")));
        }
        keys.push((field, direction == "desc"));
    }
    rows.sort_by(|one, other| {
        let by = |(field, is_down): &(&str, bool)| {
            let (one, other) = (one.get(*field).unwrap_or(&json!(null)).clone(), other.get(*field).cloned());
            let order = compared(&one, &other.unwrap_or(Value::Null)).unwrap_or(Ordering::Equal);
            if *is_down { order.reverse() } else { order }
        };
        keys.iter().map(by).find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal)
    });
    Ok(())
}
