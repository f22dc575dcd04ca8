//! Orders: what was sold, as `orderCreate` takes it: prices of one by pieces, an amount off the whole, taxes as they are said; nothing
//! below zero. What it answers is what recordings of a real store show.

use super::goods::{Goods, found, payload, tail, typed};
use super::money::{CURRENCY, bag, of_bag};
use super::reply::{connection, error};
use super::search::{Term, instant, instant_ms};
use serde_json::{Map, Value, json};

/// The store's location.
pub const LOCATION: &str = "7001";
/// Every location: one is closed.
const LOCATIONS: [(u64, &str, bool); 2] = [(7_001, "High Street", true), (7_002, "Old warehouse", false)];

/// A custom ID: where, and what.
type Mark = (String, String, String);

#[derive(Clone, Debug)]
pub struct Order {
    pub id: u64,
    pub source_identifier: Option<String>,
    processed_at_ms: i64,
    attributes: Vec<(String, String)>,
    pub cancelled_at_ms: Option<i64>,
    pub financial_status: Option<String>,
    pub total: i64,
    pub tax: i64,
    /// What was refunded since, with its tax.
    pub refunded: (i64, i64),
    pub paid: Vec<(String, i64)>,
    pub mark: Option<Mark>,
    /// Does a search know it yet?
    pub is_indexed: bool,
}

impl Order {
    pub fn is_paid(&self) -> bool {
        matches!(self.financial_status.as_deref(), Some("PAID" | "PARTIALLY_REFUNDED" | "REFUNDED"))
    }

    fn show(&self) -> Value {
        let attribute =
            |(key, value): &(String, String)| json!({"__typename": "Attribute", "key": key, "value": value});
        json!({
            "__typename": "Order",
            "id": format!("gid://shopify/Order/{}", self.id),
            "name": format!("#{}", 1_000 + self.id),
            "sourceIdentifier": self.source_identifier,
            "processedAt": instant(self.processed_at_ms),
            "cancelledAt": self.cancelled_at_ms.map(instant),
            "displayFinancialStatus": self.financial_status,
            "customAttributes": self.attributes.iter().map(attribute).collect::<Vec<Value>>(),
            "totalPriceSet": bag(self.total),
            "totalTaxSet": bag(self.tax),
            "currentTotalPriceSet": bag(self.total - self.refunded.0),
            "currentTotalTaxSet": bag(self.tax - self.refunded.1),
        })
    }
}

#[derive(Debug, Default)]
pub struct Orders {
    pub all: Vec<Order>,
    /// Namespace and key of the custom ID that orders have.
    pub definition: Option<(String, String, String)>,
    /// Does a search learn at once of what is new?
    pub is_behind: bool,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Orders {
    /// `locations`.
    pub fn locations(arguments: &Map<String, Value>) -> Result<Value, Value> {
        let inactive_too = arguments.get("includeInactive").and_then(Value::as_bool).unwrap_or(false);
        let show = |&(id, name, active): &(u64, &str, bool)| {
            let gid = format!("gid://shopify/Location/{id}");
            (id, json!({"__typename": "Location", "id": gid, "name": name, "isActive": active}))
        };
        let rows = LOCATIONS.iter().filter(|(_, _, active)| *active || inactive_too).map(show).collect();
        connection("Location", rows, arguments)
    }

    /// `orders`.
    pub fn list(&self, arguments: &Map<String, Value>) -> Result<(Value, Vec<Value>), Value> {
        let holds = |order: &Order, term: &Term| match term.field.as_str() {
            "source_identifier" => Some(order.source_identifier.as_deref() == Some(&term.value)),
            "processed_at" => term.holds_time(order.processed_at_ms),
            _ => None,
        };
        let (found, warnings) = found(&self.all, arguments, "orders", holds);
        let known = found.into_iter().filter(|order| order.is_indexed);
        Ok((connection("Order", known.map(|order| (order.id, order.show())).collect(), arguments)?, warnings))
    }

    /// `orderByIdentifier`.
    pub fn by_identifier(&self, arguments: &Map<String, Value>) -> Result<Value, Value> {
        typed("orderByIdentifier", arguments, &[("identifier", "OrderIdentifierInput!")])?;
        let asked = arguments.get("identifier").cloned().unwrap_or_default();
        let custom = &asked["customId"];
        let place = (text(&custom["namespace"]), text(&custom["key"]));
        let is_defined = self.definition.as_ref().is_some_and(|(namespace, key, kind)| {
            (namespace, key, kind.as_str()) == (&place.0, &place.1, "id")
        });
        if !is_defined {
            let message = "Metafield definition of type 'id' is required when using custom ids.";
            return Err(error(message, "orderByIdentifier", "NOT_FOUND"));
        }
        let mark = (place.0, place.1, text(&custom["value"]));
        let order = self.all.iter().find(|order| order.mark.as_ref() == Some(&mark));
        Ok(order.map_or(Value::Null, Order::show))
    }

    /// `metafieldDefinition`.
    pub fn definition(&self, arguments: &Map<String, Value>) -> Result<Value, Value> {
        typed("metafieldDefinition", arguments, &[("identifier", "MetafieldDefinitionIdentifierInput")])?;
        let asked = arguments.get("identifier").cloned().unwrap_or_default();
        let is_it = |(namespace, key, _): &&(String, String, String)| {
            asked["ownerType"] == "ORDER"
                && asked["namespace"] == namespace.as_str()
                && asked["key"] == key.as_str()
        };
        Ok(self.definition.as_ref().filter(is_it).map_or(Value::Null, |(_, _, kind)| show_definition(kind)))
    }

    /// `metafieldDefinitionCreate`.
    pub fn define(&mut self, arguments: &Map<String, Value>) -> Result<Value, Value> {
        let name = "metafieldDefinitionCreate";
        typed(name, arguments, &[("definition", "MetafieldDefinitionInput!")])?;
        let input = arguments.get("definition").cloned().unwrap_or_default();
        let refused = |field: &str, message: &str, code: &str| {
            let error = json!({
                "__typename": "MetafieldDefinitionCreateUserError",
                "field": ["definition", field], "message": message, "code": code,
            });
            Ok(payload(name, json!({"createdDefinition": null, "userErrors": [error]})))
        };
        if input["ownerType"] != "ORDER"
            || !matches!(input["type"].as_str(), Some("id" | "single_line_text_field"))
        {
            return refused("type", "is not known here", "INVALID");
        }
        let new = (text(&input["namespace"]), text(&input["key"]), text(&input["type"]));
        if new.0.len() < 3 || new.1.len() < 2 {
            return refused("key", "is too short (minimum is 2 characters)", "TOO_SHORT");
        }
        if self.definition.as_ref().is_some_and(|old| (&old.0, &old.1) == (&new.0, &new.1)) {
            let message = format!("Key is in use for Order metafields on the '{}' namespace.", new.0);
            return refused("key", &message, "TAKEN");
        }
        let shown = show_definition(&new.2);
        self.definition = Some(new);
        Ok(payload(name, json!({"createdDefinition": shown, "userErrors": []})))
    }

    /// `orderCreate`.
    pub fn create(
        &mut self,
        goods: &Goods,
        arguments: &Map<String, Value>,
        now_ms: i64,
    ) -> Result<Value, Value> {
        let known = [("order", "OrderCreateOrderInput!"), ("options", "OrderCreateOptionsInput")];
        typed("orderCreate", arguments, &known)?;
        let input = arguments.get("order").cloned().unwrap_or_default();
        match self.made(goods, &input, now_ms) {
            Ok(order) => {
                let shown = order.show();
                self.all.push(order);
                Ok(payload("orderCreate", json!({"order": shown, "userErrors": []})))
            }
            Err((field, message)) => {
                let field: Vec<&str> = field.split('.').collect();
                let error = json!({
                    "__typename": "OrderCreateUserError", "field": field, "message": message, "code": "INVALID",
                });
                Ok(payload("orderCreate", json!({"order": null, "userErrors": [error]})))
            }
        }
    }

    fn made(&self, goods: &Goods, input: &Value, now_ms: i64) -> Result<Order, (String, String)> {
        let wrong = |field: &str, message: &str| (format!("order.{field}"), message.to_owned());
        if !input["currency"].is_null() && input["currency"] != CURRENCY {
            return Err(wrong("currency", "Currency is not the store's"));
        }
        let (sold, tax) = sum_of_lines(goods, input)?;
        let off = match &input["discountCode"]["itemFixedDiscountCode"]["amountSet"] {
            Value::Null => 0,
            amount => of_bag(amount)
                .filter(|off| *off >= 0)
                .ok_or_else(|| wrong("discountCode", "Amount is invalid"))?,
        };
        let included = input["taxesIncluded"].as_bool().unwrap_or(false);
        let total = sold - off.min(sold) + if included { 0 } else { tax };
        let paid = payments(input)?;
        let sum: i64 = paid.iter().map(|(_, amount)| amount).sum();
        let derived = match () {
            () if paid.is_empty() => None,
            () if sum >= total => Some("PAID".to_owned()),
            () => Some("PARTIALLY_PAID".to_owned()),
        };
        let attribute = |one: &Value| (text(&one["key"]), text(&one["value"]));
        let processed_at_ms = input["processedAt"].as_str().and_then(instant_ms).unwrap_or(now_ms);
        Ok(Order {
            id: u64::try_from(self.all.len()).unwrap_or_default() + 1,
            source_identifier: input["sourceIdentifier"].as_str().map(str::to_owned),
            // A time to come becomes the present one, since 2026-07.
            processed_at_ms: processed_at_ms.min(now_ms),
            attributes: input["customAttributes"].as_array().into_iter().flatten().map(attribute).collect(),
            cancelled_at_ms: None,
            financial_status: input["financialStatus"].as_str().map(str::to_owned).or(derived),
            total,
            tax,
            refunded: (0, 0),
            paid,
            mark: self.mark(input)?,
            is_indexed: !self.is_behind,
        })
    }

    /// No two orders have one custom ID.
    fn mark(&self, input: &Value) -> Result<Option<Mark>, (String, String)> {
        let Some(fields) = input["metafields"].as_array() else { return Ok(None) };
        let [field] = fields.as_slice() else {
            return Err(("order.metafields".to_owned(), "More than one is not known here".to_owned()));
        };
        let mark = (text(&field["namespace"]), text(&field["key"]), text(&field["value"]));
        let wrong =
            |part: &str, message: &str| Err((format!("order.metafields.0.{part}"), message.to_owned()));
        match &self.definition {
            Some((namespace, key, kind)) if (namespace, key) == (&mark.0, &mark.1) => {
                if field["type"] != kind.as_str() {
                    return wrong("type", "Type must be consistent with the definition's type");
                }
                let is_taken =
                    kind == "id" && self.all.iter().any(|order| order.mark.as_ref() == Some(&mark));
                if is_taken {
                    wrong("value", "Value has already been assigned to another order")
                } else {
                    Ok(Some(mark))
                }
            }
            _ if field["type"] == "id" => wrong("type", "A definition is required for type id"),
            _ => Ok(None),
        }
    }
}

fn show_definition(kind: &str) -> Value {
    let unique =
        json!({"__typename": "MetafieldCapabilityUniqueValues", "enabled": kind == "id", "eligible": true});
    json!({
        "__typename": "MetafieldDefinition",
        "type": {"__typename": "MetafieldDefinitionType", "name": kind},
        "capabilities": {"__typename": "MetafieldCapabilities", "uniqueValues": unique},
    })
}

/// Prices by pieces, and their taxes.
fn sum_of_lines(goods: &Goods, input: &Value) -> Result<(i64, i64), (String, String)> {
    let lines = input["lineItems"].as_array().map(Vec::as_slice).unwrap_or_default();
    if lines.is_empty() {
        return Err(("order.lineItems".to_owned(), "Line items must have at least one line item".to_owned()));
    }
    let (mut sold, mut tax) = (0_i64, 0_i64);
    for (at, line) in lines.iter().enumerate() {
        let wrong =
            |field: &str, message: &str| (format!("order.lineItems.{at}.{field}"), message.to_owned());
        let quantity = line["quantity"].as_i64().filter(|quantity| *quantity > 0);
        let quantity = quantity.ok_or_else(|| wrong("quantity", "Quantity must be greater than 0"))?;
        let has_variant = match tail(&line["variantId"]) {
            Some(id) if goods.variant(&id).is_some() => true,
            Some(_) => return Err(wrong("variantId", "Product variant is invalid")),
            None => false,
        };
        if !has_variant && line["title"].as_str().is_none_or(str::is_empty) {
            return Err(wrong("title", "Title can't be blank"));
        }
        let price = of_bag(&line["priceSet"]).filter(|price| *price >= 0);
        let price = price.ok_or_else(|| wrong("priceSet", "Price must be greater than or equal to 0"))?;
        sold = price
            .checked_mul(quantity)
            .and_then(|amount| sold.checked_add(amount))
            .ok_or_else(|| wrong("priceSet", "Price is too large"))?;
        for one in line["taxLines"].as_array().into_iter().flatten() {
            let amount = of_bag(&one["priceSet"]).filter(|amount| *amount >= 0);
            tax += amount.ok_or_else(|| wrong("taxLines", "Price must be greater than or equal to 0"))?;
        }
    }
    Ok((sold, tax))
}

fn payments(input: &Value) -> Result<Vec<(String, i64)>, (String, String)> {
    let mut all = Vec::new();
    for (at, one) in input["transactions"].as_array().into_iter().flatten().enumerate() {
        let wrong = |field: &str, message: &str| {
            Err((format!("order.transactions.{at}.{field}"), message.to_owned()))
        };
        if one["kind"].as_str().unwrap_or("SALE") != "SALE"
            || one["status"].as_str().unwrap_or("SUCCESS") != "SUCCESS"
        {
            return wrong("kind", "Only a sale that went well is known here");
        }
        let known = |id: &String| LOCATIONS.iter().any(|(known, _, _)| known.to_string() == *id);
        if tail(&one["locationId"]).is_some_and(|id| !known(&id)) {
            return wrong("locationId", "Location not found");
        }
        match of_bag(&one["amountSet"]).filter(|amount| *amount >= 0) {
            Some(amount) => all.push((text(&one["gateway"]), amount)),
            None => return wrong("amountSet", "Amount must be greater than or equal to 0"),
        }
    }
    Ok(all)
}
