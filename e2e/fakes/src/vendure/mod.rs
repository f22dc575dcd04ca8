//! Vendure: an online store with its Admin API, as far as a shop needs it: signing in, channels, products and their variants.
//! Lives here: who may ask what (`mod`), GraphQL as text (`syntax`), what there is to ask for (`schema`), whether a question fits it
//! (`question`), lists (`list`), what it has been given (`catalogue`), its times (`clock`).
//! May use: serde_json. Never: anything of ours.
//! Source: Vendure 3.7.3 as it answers (docs/connectors/vendure.md), its schema (`packages/core/src/api/schema`), its price
//! calculation (`product-variant.entity.ts`, `tax-rate.entity.ts`).

mod catalogue;
mod clock;
mod list;
mod question;
mod schema;
mod syntax;

use crate::desk::{Answer, Asked, Booked, Desk, Remote};
use catalogue::{Channel, Product, Variant};
use question::Asking;
use serde_json::{Map, Value, json};

/// The header that holds a session's token.
const TOKEN: &str = "vendure-auth-token";

/// Why something is not done: a status, a code, words.
#[derive(Clone, Debug)]
struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
}

impl Refusal {
    /// A question that does not fit the schema.
    fn misfit(message: String) -> Self {
        Self { status: 400, code: "GRAPHQL_VALIDATION_FAILED", message }
    }

    /// Variables that do not fit their types.
    fn wrong_variable(message: String) -> Self {
        Self { status: 200, code: "BAD_USER_INPUT", message }
    }

    fn of(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: 200, code, message: message.into() }
    }

    fn forbidden() -> Self {
        Self::of("FORBIDDEN", "You are not currently authorized to perform this action")
    }
}

/// The store.
#[derive(Clone, Debug)]
pub struct Store {
    now_ms: i64,
    channels: Vec<Channel>,
    products: Vec<Product>,
    variants: Vec<Variant>,
    /// Fields of variants that somebody added.
    custom_fields: Vec<String>,
    /// Tokens of sessions that have not ended.
    sessions: Vec<String>,
    /// Sessions that were begun.
    begun: u32,
    /// May the user and the key change the catalogue?
    may_change: bool,
    /// Are tokens given in a header?
    gives_tokens: bool,
}

impl Default for Store {
    fn default() -> Self {
        catalogue::store()
    }
}

/// What a request may do.
struct Caller {
    is_known: bool,
    /// It said who it is, and is not.
    has_ended: bool,
    channel: Result<usize, Refusal>,
}

impl Store {
    /// All sessions end.
    pub fn end_sessions(&mut self) {
        self.sessions.clear();
    }

    /// Somebody takes the permission to change the catalogue away, or gives it.
    pub fn let_change(&mut self, allowed: bool) {
        self.may_change = allowed;
    }

    /// Somebody sets `tokenMethod` to cookies alone, or to bearers too.
    pub fn give_tokens(&mut self, allowed: bool) {
        self.gives_tokens = allowed;
    }

    /// Somebody takes all custom fields away.
    pub fn drop_custom_fields(&mut self) {
        self.custom_fields.clear();
    }

    /// Somebody changes a variant by hand, by the names of the API: `enabled`, `trackInventory`, `customFields`, `sku`.
    pub fn set_by_hand(&mut self, variant: &str, field: &str, value: &Value) {
        let now_ms = self.now_ms;
        let Some(found) = self.variants.iter_mut().find(|one| one.id == variant) else { return };
        found.set(field, value);
        found.updated_ms = now_ms;
    }

    /// Somebody renames a product: its variants keep their names and their times.
    pub fn rename_product(&mut self, variant: &str, name: &str) {
        let now_ms = self.now_ms;
        let of = self.variants.iter().find(|one| one.id == variant).map(|one| one.product.clone());
        if let Some(product) = self.products.iter_mut().find(|one| Some(&one.id) == of.as_ref()) {
            name.clone_into(&mut product.name);
            product.updated_ms = now_ms;
        }
    }

    /// Somebody takes a variant's price in a channel away.
    pub fn drop_price(&mut self, variant: &str, channel: &str) {
        if let Some(variant) = self.variants.iter_mut().find(|one| one.id == variant) {
            variant.prices.remove(channel);
        }
    }

    /// What a variant is called in a language.
    pub fn name_in(&self, variant: &str, language: &str) -> Option<String> {
        self.variants.iter().find(|one| one.id == variant)?.names.get(language).cloned()
    }

    fn caller(&self, asked: &Asked) -> Caller {
        let bearer = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let key = asked.header("vendure-api-key");
        // Whoever is named first counts.
        let is_known = match (bearer, key) {
            (Some(token), _) => self.sessions.iter().any(|known| known == token),
            (None, Some(key)) => key == catalogue::KEY,
            (None, None) => false,
        };
        let token = asked.header("vendure-token").unwrap_or_default();
        let found = self.channels.iter().position(|channel| channel.token == token);
        let channel = match found {
            _ if token.is_empty() || self.channels.len() == 1 => Ok(0),
            Some(found) => Ok(found),
            None => Err(Refusal::of(
                "CHANNEL_NOT_FOUND",
                format!("No Channel with the token \"{token}\" could be found"),
            )),
        };
        Caller { is_known, has_ended: !is_known && (bearer.is_some() || key.is_some()), channel }
    }

    fn handle(&mut self, asked: &Asked) -> Answer {
        let caller = self.caller(asked);
        let mut headers = Vec::new();
        if caller.has_ended {
            headers.push((TOKEN.to_owned(), String::new()));
        }
        let before = self.clone();
        let mut answer = match self.answered(asked, &caller, &mut headers) {
            Ok(data) => Answer::json(200, &json!({"data": data})),
            Err((refusal, path)) => {
                // What is refused is rolled back whole.
                *self = before;
                refused(&refusal, path.as_deref())
            }
        };
        answer.headers.extend(headers);
        answer
    }

    fn answered(
        &mut self,
        asked: &Asked,
        caller: &Caller,
        headers: &mut Vec<(String, String)>,
    ) -> Result<Value, (Refusal, Option<String>)> {
        let asking = Asking::read(&asked.body, &self.custom_fields).map_err(|refusal| (refusal, None))?;
        let mut data = Map::new();
        for field in &asking.fields {
            let value = self.root(&asking, field, caller, headers);
            let value = value.map_err(|refusal| (refusal, Some(field.name.clone())))?;
            data.insert(field.key().to_owned(), asking.project(field, &value));
        }
        Ok(Value::Object(data))
    }

    fn root(
        &mut self,
        asking: &Asking,
        field: &syntax::Field,
        caller: &Caller,
        headers: &mut Vec<(String, String)>,
    ) -> Result<Value, Refusal> {
        let arguments = asking.arguments(field)?;
        if field.name == "login" {
            return Ok(self.login(&arguments, headers));
        }
        let at = caller.channel.clone()?;
        if !caller.is_known || (field.name == "updateProductVariants" && !self.may_change) {
            return Err(Refusal::forbidden());
        }
        let channel = self.channels.get(at).cloned().ok_or_else(Refusal::forbidden)?;
        match field.name.as_str() {
            "activeChannel" => Ok(channel.value()),
            "globalSettings" => {
                Ok(json!({"trackInventory": true, "serverConfig": {"moneyStrategyPrecision": 2}}))
            }
            "productVariant" => {
                let found =
                    self.variants.iter().find(|one| Some(one.id.as_str()) == arguments["id"].as_str());
                Ok(found.map_or(Value::Null, |variant| self.variant(variant, &channel)))
            }
            "productVariants" => {
                let rows = self.variants.iter().map(|variant| self.variant(variant, &channel)).collect();
                list::of(rows, &arguments["options"])
            }
            "products" => {
                let rows = self.products.iter().map(Product::value).collect();
                list::of(rows, &arguments["options"])
            }
            "updateProductVariants" => self.update(&arguments["input"], &channel),
            other => Err(Refusal::misfit(format!("Cannot query field \"{other}\" on type \"Query\"."))),
        }
    }

    fn login(&mut self, arguments: &Value, headers: &mut Vec<(String, String)>) -> Value {
        let given = (arguments["username"].as_str(), arguments["password"].as_str());
        if given != (Some(catalogue::USER), Some(catalogue::PASSWORD)) {
            return json!({
                "__typename": "InvalidCredentialsError",
                "errorCode": "INVALID_CREDENTIALS_ERROR",
                "message": "The provided credentials are invalid",
            });
        }
        self.begun += 1;
        let token = format!("{:064x}", u64::from(self.begun) * 7_919);
        self.sessions.push(token.clone());
        if self.gives_tokens {
            headers.push((TOKEN.to_owned(), token));
        }
        let channels: Vec<Value> = self.channels.iter().map(Channel::value).collect();
        json!({"__typename": "CurrentUser", "id": "2", "identifier": catalogue::USER, "channels": channels})
    }

    /// Some fields of some variants.
    fn update(&mut self, inputs: &Value, channel: &Channel) -> Result<Value, Refusal> {
        let mut changed = Vec::new();
        for input in inputs.as_array().into_iter().flatten() {
            let id = input["id"].as_str().unwrap_or_default();
            let now_ms = self.now_ms;
            let Some(variant) = self.variants.iter_mut().find(|one| one.id == id) else {
                let message = format!("No ProductVariant with the id \"{id}\" could be found");
                return Err(Refusal::of("ENTITY_NOT_FOUND", message));
            };
            for (field, value) in input.as_object().into_iter().flatten() {
                match field.as_str() {
                    "price" => {
                        let price = value.as_i64().unwrap_or_default();
                        variant.prices.insert(channel.code.clone(), price);
                    }
                    other => variant.set(other, value),
                }
            }
            variant.updated_ms = now_ms;
            let variant = variant.clone();
            changed.push(self.variant(&variant, channel));
        }
        Ok(Value::Array(changed))
    }
}

fn refused(refusal: &Refusal, path: Option<&str>) -> Answer {
    let mut error = json!({"message": refusal.message, "extensions": {"code": refusal.code}});
    let mut body = Map::new();
    if let (Some(path), Some(error)) = (path, error.as_object_mut()) {
        error.insert("path".to_owned(), json!([path]));
        body.insert("data".to_owned(), Value::Null);
    }
    body.insert("errors".to_owned(), json!([error]));
    Answer::json(refusal.status, &Value::Object(body))
}

impl Remote for Store {
    fn answer(&mut self, asked: &Asked) -> Answer {
        let is_json = asked.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", "/admin-api") if is_json => self.handle(asked),
            (_, "/admin-api") => {
                let message =
                    "POST body missing, invalid Content-Type, or JSON object has no keys.".to_owned();
                refused(&Refusal { status: 400, code: "BAD_REQUEST", message }, None)
            }
            (method, path) => {
                let message = format!("Cannot {method} {path}");
                Answer::json(404, &json!({"statusCode": 404, "message": message, "path": path}))
            }
        }
    }

    fn desk(&self) -> Desk {
        catalogue::desk()
    }

    /// It takes no sales.
    fn booked(&self) -> Vec<Booked> {
        Vec::new()
    }

    fn reprice(&mut self, product: &str, price: &str) {
        let now_ms = self.now_ms;
        let Some(variant) = self.variants.iter_mut().find(|one| one.id == product) else { return };
        if let Some(price) = catalogue::minor(price) {
            variant.prices.insert(catalogue::DEFAULT.to_owned(), price);
            variant.updated_ms = now_ms;
        }
    }

    /// The whole product is disabled: that moves its own time alone.
    fn retire(&mut self, product: &str) {
        let now_ms = self.now_ms;
        let of = self.variants.iter().find(|one| one.id == product).map(|one| one.product.clone());
        if let Some(product) = self.products.iter_mut().find(|one| Some(&one.id) == of.as_ref()) {
            product.enabled = false;
            product.updated_ms = now_ms;
        }
    }

    fn product(&self, product: &str, field: &str) -> Option<String> {
        let variant = self.variants.iter().find(|one| one.id == product)?;
        match field {
            "name" => variant.names.get("en").cloned(),
            "price" | "price_with_tax" => variant.prices.get(catalogue::DEFAULT).map(|price| {
                let (whole, pence) = (price / 100, price % 100);
                format!("{whole}.{pence:02}")
            }),
            "enabled" => Some(variant.enabled.to_string()),
            _ => None,
        }
    }

    fn at(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
    }
}
