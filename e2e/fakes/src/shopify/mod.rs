//! Shopify: its Admin API of 2026-07 and 2026-10, as its schema, its documents and recordings of a real store show it.
//! Lives here: the door (`mod`), documents (`document`), what inputs there are (`inputs`), what is said of a record (`reply`),
//! searches, products (`goods`), orders.
//! May use: serde_json, base64. Never: anything of ours.
//! Invariant: what it says it took it has; what it refuses leaves nothing behind.

mod document;
mod goods;
mod inputs;
mod money;
mod orders;
mod reply;
mod search;

use crate::desk::{Answer, Asked, Booked, Desk, Remote};
use document::{Operation, Selection};
use goods::Goods;
use orders::{LOCATION, Orders};
use serde_json::{Map, Value, json};

const TOKEN: &str = "shpat_00000000000000000000000000000000";
const CLIENT: (&str, &str) = ("client-0001", "shpss_00000000000000000000000000000000");
const VERSIONS: [&str; 2] = ["2026-07", "2026-10"];
/// Points a store may have.
const MOST_POINTS: i64 = 2_000;
/// Points that come back in a second.
const A_SECOND: i64 = 100;

/// A store.
#[derive(Debug)]
pub struct Shopify {
    now_ms: i64,
    points: i64,
    scopes: Vec<String>,
    taxes_included: bool,
    goods: Goods,
    orders: Orders,
}

impl Default for Shopify {
    fn default() -> Self {
        Self::new()
    }
}

impl Shopify {
    /// Freshly set up.
    pub fn new() -> Self {
        let scopes = ["write_products", "write_orders", "read_orders", "read_products", "read_locations"];
        Self {
            now_ms: 0,
            points: MOST_POINTS,
            scopes: scopes.map(str::to_owned).to_vec(),
            taxes_included: true,
            goods: Goods::stocked(),
            orders: Orders::default(),
        }
    }

    /// Searches do not learn of new orders for a while; or they do again, of all of them.
    pub fn search_is_behind(&mut self, is_behind: bool) {
        self.orders.is_behind = is_behind;
        self.orders.all.iter_mut().for_each(|order| order.is_indexed |= !is_behind);
    }

    /// The store's prices are without tax.
    pub fn prices_without_tax(&mut self) {
        self.taxes_included = false;
    }

    /// A right is taken away from the app.
    pub fn revoke(&mut self, scope: &str) {
        self.scopes.retain(|known| known != scope);
    }

    /// Another app has used all points but so many.
    pub fn leave_points(&mut self, points: i64) {
        self.points = points;
    }

    /// Somebody deletes a variant.
    pub fn delete_variant(&mut self, variant: &str) {
        self.goods.delete(variant);
    }

    /// Somebody made a custom field of orders by this name, of another kind than an ID.
    pub fn define_text(&mut self, namespace: &str, key: &str) {
        self.orders.definition =
            Some((namespace.to_owned(), key.to_owned(), "single_line_text_field".to_owned()));
    }

    /// Somebody cancels every order there is.
    pub fn cancel_orders(&mut self) {
        let now_ms = self.now_ms;
        self.orders.all.iter_mut().for_each(|order| order.cancelled_at_ms = Some(now_ms));
    }

    /// Somebody makes the last order once more: all is copied but the custom ID, which no two may have.
    pub fn copy_last_order(&mut self) {
        let Some(mut copy) = self.orders.all.last().cloned() else { return };
        copy.id += 1;
        copy.mark = None;
        self.orders.all.push(copy);
    }

    /// Somebody changes the last order: its total, or that it is paid, or what of it was refunded with its tax.
    pub fn change_last_order(&mut self, more: i64, status: &str, refunded: (i64, i64)) {
        let Some(order) = self.orders.all.last_mut() else { return };
        order.total += more;
        order.financial_status = Some(status.to_owned());
        order.refunded = refunded;
    }

    fn spoken_to(&mut self, asked: &Asked) -> Result<Answer, Answer> {
        let refuse = |status: u16, errors: &str| Answer::json(status, &json!({"errors": errors}));
        if asked.method == "POST" && asked.path == "/admin/oauth/access_token" {
            return Ok(door(asked));
        }
        let version =
            asked.path.strip_prefix("/admin/api/").and_then(|rest| rest.strip_suffix("/graphql.json"));
        let version = version.filter(|version| VERSIONS.contains(version) && asked.method == "POST");
        let version = version.ok_or_else(|| refuse(404, "Not Found"))?;
        if asked.header("x-shopify-access-token") != Some(TOKEN) {
            return Err(refuse(
                401,
                "[API] Invalid API key or access token (unrecognized login or wrong password)",
            ));
        }
        if asked.header("content-type") != Some("application/json") {
            return Err(refuse(415, "Unsupported Media Type"));
        }
        let body: Value = serde_json::from_slice(&asked.body).map_err(|_| refuse(400, "Bad Request"))?;
        let mut answer = Answer::json(200, &self.executed(&body));
        answer.headers.push(("x-shopify-api-version".to_owned(), version.to_owned()));
        Ok(answer)
    }

    fn executed(&mut self, body: &Value) -> Value {
        let only = |errors: Value| json!({"errors": errors});
        let none = Map::new();
        let variables = body["variables"].as_object().unwrap_or(&none);
        let operation = match document::read(body["query"].as_str().unwrap_or_default(), variables) {
            Ok(operation) => operation,
            Err(message) => {
                return only(json!([{"message": message, "extensions": {"code": "PARSE_ERROR"}}]));
            }
        };
        for (name, kind) in &operation.variables {
            let value = variables.get(name).unwrap_or(&Value::Null);
            if let Err(problem) = inputs::check(kind, value) {
                return only(json!([inputs::error(name, kind, value, &problem)]));
            }
        }
        let requested = if operation.is_mutation { 10 } else { 1 } + sum_of_first(&operation);
        if requested > self.points {
            let extensions =
                json!({"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"});
            let mut answer = only(json!([{"message": "Throttled", "extensions": extensions}]));
            answer["extensions"] = self.cost(requested, None);
            return answer;
        }
        self.answered(&operation, requested)
    }

    fn answered(&mut self, operation: &Operation, requested: i64) -> Value {
        let (mut data, mut errors, mut searches) = (Map::new(), Vec::new(), Vec::new());
        for field in &operation.fields {
            let Selection::Field { key, name, arguments, directives, fields } = field else {
                errors.push(reply::error("Fragments are not known here", "", "undefinedField"));
                continue;
            };
            let found = match directives.is_empty() {
                true => self.root(operation.is_mutation, name, arguments),
                false => Err(reply::error("Directives are not known here", name, "undefinedDirective")),
            };
            let shown = found.and_then(|(value, warnings)| {
                searches.extend(warnings);
                reply::select(&value, fields, name)
            });
            match shown {
                Ok(value) => _ = data.insert(key.clone(), value),
                Err(error) => {
                    data.insert(key.clone(), Value::Null);
                    errors.push(error);
                }
            }
        }
        let actual = reply::cost(&Value::Object(data.clone())) + if operation.is_mutation { 10 } else { 0 };
        self.points = (self.points - actual).max(0);
        let mut answer = json!({"data": data});
        // What is not in the schema is found before anything is done.
        let unknown = |error: &Value| {
            let code = error["extensions"]["code"].as_str();
            matches!(
                code,
                Some(
                    "undefinedField"
                        | "undefinedDirective"
                        | "selectionMismatch"
                        | "argumentNotAccepted"
                        | "argumentLiteralsIncompatible"
                )
            )
        };
        if errors.iter().any(unknown) {
            answer = json!({});
        }
        if !errors.is_empty() {
            answer["errors"] = errors.into();
        }
        answer["extensions"] = self.cost(requested, Some(actual));
        if !searches.is_empty() {
            answer["extensions"]["search"] = searches.into();
        }
        answer
    }

    fn cost(&self, requested: i64, actual: Option<i64>) -> Value {
        let status = json!({"maximumAvailable": MOST_POINTS, "currentlyAvailable": self.points, "restoreRate": A_SECOND});
        json!({"cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}})
    }

    /// A field of the query's or mutation's root, and warnings of its search.
    fn root(
        &mut self,
        is_mutation: bool,
        name: &str,
        arguments: &Map<String, Value>,
    ) -> Result<(Value, Vec<Value>), Value> {
        self.allowed(name)?;
        let plain = |value: Value| (value, Vec::new());
        match (is_mutation, name) {
            (false, "shop") => Ok(plain(json!({
                "__typename": "Shop", "name": "Hearth & Gift", "currencyCode": money::CURRENCY,
                "taxesIncluded": self.taxes_included, "myshopifyDomain": "hearth-and-gift.myshopify.com",
            }))),
            (false, "currentAppInstallation") => {
                let scope = |scope: &String| json!({"__typename": "AccessScope", "handle": scope});
                let scopes: Vec<Value> = self.scopes.iter().map(scope).collect();
                Ok(plain(json!({"__typename": "AppInstallation", "accessScopes": scopes})))
            }
            (false, "locations") => Orders::locations(arguments).map(plain),
            (false, "productVariants") => self.goods.variants(arguments),
            (false, "products") => self.goods.products(arguments),
            (false, "productVariant") => {
                goods::typed(name, arguments, &[("id", "ID!")])?;
                Ok(plain(arguments.get("id").map_or(Value::Null, |gid| self.node(gid))))
            }
            (false, "nodes") => {
                goods::typed(name, arguments, &[("ids", "[ID!]!")])?;
                let ids = arguments.get("ids").and_then(Value::as_array);
                Ok(plain(ids.into_iter().flatten().map(|gid| self.node(gid)).collect()))
            }
            (false, "orders") => self.orders.list(arguments),
            (false, "orderByIdentifier") => self.orders.by_identifier(arguments).map(plain),
            (false, "metafieldDefinition") => self.orders.definition(arguments).map(plain),
            (true, "metafieldDefinitionCreate") => self.orders.define(arguments).map(plain),
            (true, "orderCreate") => self.orders.create(&self.goods, arguments, self.now_ms).map(plain),
            (true, "productVariantsBulkUpdate") => {
                self.goods.update_variants(arguments, self.now_ms).map(plain)
            }
            (true, "productUpdate") => self.goods.update_product(arguments, self.now_ms).map(plain),
            _ => {
                let kind = if is_mutation { "Mutation" } else { "QueryRoot" };
                Err(reply::error(
                    format!("Field '{name}' doesn't exist on type '{kind}'"),
                    name,
                    "undefinedField",
                ))
            }
        }
    }

    /// A variant by its global id; nothing else is known.
    fn node(&self, gid: &Value) -> Value {
        let id = gid.as_str().and_then(|gid| gid.strip_prefix("gid://shopify/ProductVariant/"));
        id.and_then(|id| self.goods.variant(id)).map_or(Value::Null, |variant| self.goods.show(variant))
    }

    fn allowed(&self, name: &str) -> Result<(), Value> {
        let needed = match name {
            "orders" | "orderByIdentifier" => "read_orders",
            "orderCreate" | "metafieldDefinitionCreate" => "write_orders",
            "products" | "productVariants" | "productVariant" => "read_products",
            "productUpdate" | "productVariantsBulkUpdate" => "write_products",
            "locations" => "read_locations",
            _ => return Ok(()),
        };
        if self.scopes.iter().any(|scope| scope == needed) {
            return Ok(());
        }
        let required = format!("`{needed}` access scope.");
        let message = format!("Access denied for {name} field. Required access: {required}");
        let mut error = reply::error(message, name, "ACCESS_DENIED");
        error["extensions"]["requiredAccess"] = required.into();
        Err(error)
    }
}

/// The client credentials grant.
fn door(asked: &Asked) -> Answer {
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    let is_right = body["client_id"] == CLIENT.0 && body["client_secret"] == CLIENT.1;
    match body["grant_type"].as_str() {
        Some("client_credentials") if is_right => Answer::json(
            200,
            &json!({"access_token": TOKEN, "scope": "write_orders,write_products", "expires_in": 86_399}),
        ),
        Some("client_credentials") => {
            let words = "The client id or secret is not valid for this store.";
            Answer::json(400, &json!({"error": "invalid_client", "error_description": words}))
        }
        _ => Answer::json(400, &json!({"error": "unsupported_grant_type"})),
    }
}

/// A page costs by its rows; the vendor's own scale is not published.
fn sum_of_first(operation: &Operation) -> i64 {
    let first = |field: &Selection| match field {
        Selection::Field { arguments, .. } => arguments.get("first").and_then(Value::as_i64).unwrap_or(1),
        Selection::On { .. } => 0,
    };
    operation.fields.iter().map(first).sum()
}

impl Remote for Shopify {
    fn answer(&mut self, asked: &Asked) -> Answer {
        self.spoken_to(asked).unwrap_or_else(|answer| answer)
    }

    fn desk(&self) -> Desk {
        Desk {
            settings: [("token".to_owned(), TOKEN.to_owned())].into(),
            key: "token".to_owned(),
            store: LOCATION.to_owned(),
            cash: "Cash".to_owned(),
            card: "Card".to_owned(),
            line: "custom".to_owned(),
            cakestand: "101".to_owned(),
            heart: "102".to_owned(),
            cocoa: "103".to_owned(),
        }
    }

    fn booked(&self) -> Vec<Booked> {
        let booked = |order: &orders::Order| Booked {
            number: order.source_identifier.clone().unwrap_or_default(),
            posted: order.is_paid() && order.cancelled_at_ms.is_none(),
            total: order.total,
            tax: order.tax,
            paid: order.paid.clone(),
        };
        self.orders.all.iter().map(booked).collect()
    }

    fn reprice(&mut self, product: &str, price: &str) {
        self.goods.reprice(product, price, self.now_ms);
    }

    fn retire(&mut self, product: &str) {
        self.goods.archive(product, self.now_ms);
    }

    fn product(&self, product: &str, field: &str) -> Option<String> {
        self.goods.field(product, field)
    }

    fn at(&mut self, now_ms: i64) {
        let back = (now_ms - self.now_ms).max(0) / 1_000 * A_SECOND;
        self.points = (self.points + back).min(MOST_POINTS);
        self.now_ms = now_ms;
    }
}
