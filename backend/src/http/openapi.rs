//! OpenAPI: the table of routes as a document other programs read (3.1). The schemas come from the types themselves.

use super::route::{Form, Route, Who, table};
use axum::http::Method;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use shared::api::ErrorResponse;

const ABOUT: &str = "Everything a tablet and a manager's page of Tillbridge ask of the server. Amounts are whole minor \
    units (pence, cents), unit prices 1/10,000 of the currency, quantities 1/1,000 of the unit, rates parts per million, \
    times epoch milliseconds. A failed request answers with an ErrorResponse and has changed nothing.";

/// The document.
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = SchemaGenerator::new(settings);
    let error = schemas.subschema_for::<ErrorResponse>();
    let mut paths = Map::new();
    for route in table() {
        let at = paths.entry(route.path).or_insert_with(|| json!({}));
        at[route.method.as_str().to_ascii_lowercase()] = operation(&route, &mut schemas);
    }
    let failed = json!({
        "description": "It was not done; the words say why and what to do next.",
        "content": { "application/json": { "schema": error } },
    });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tillbridge",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "responses": { "Failed": failed },
            "securitySchemes": {
                "staff": { "type": "apiKey", "in": "cookie", "name": "tillbridge_session",
                    "description": "Set by POST /api/session. Over HTTPS its name begins with __Host-." },
                "device": { "type": "apiKey", "in": "cookie", "name": "tillbridge_device",
                    "description": "Set by POST /api/device/session. Over HTTPS its name begins with __Host-." },
                "display": { "type": "apiKey", "in": "cookie", "name": "tillbridge_display",
                    "description": "Set by POST /api/display/pair. Over HTTPS its name begins with __Host-." },
            },
        },
    })
}

/// Who may, in words.
fn who(route: &Route) -> String {
    match route.who {
        Who::Public => "Anybody.".to_owned(),
        Who::Device => "A tablet that is signed in.".to_owned(),
        Who::Display => "A customer display that is paired.".to_owned(),
        Who::AnyStaff => "Whoever is signed in.".to_owned(),
        Who::Member => "Whoever is signed in, and a tablet that is.".to_owned(),
        Who::Staff(permission) => {
            let word = serde_json::to_value(permission).unwrap_or_default();
            format!("Whoever is signed in and may `{}`.", word.as_str().unwrap_or_default())
        }
    }
}

fn operation(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let mut operation = json!({
        "operationId": operation_id(route),
        "tags": [group(route.path)],
        "summary": route.summary,
        "description": who(route),
        "parameters": parameters(route),
        "responses": responses(route, schemas),
    });
    let security = match route.who {
        Who::Public => json!([]),
        Who::Device => json!([{ "device": [] }]),
        Who::Display => json!([{ "display": [] }]),
        Who::Member => json!([{ "staff": [] }, { "device": [] }]),
        Who::AnyStaff | Who::Staff(_) => json!([{ "staff": [] }]),
    };
    operation["security"] = security;
    if let Some(content) = content(route.takes, schemas) {
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    operation
}

fn responses(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let failed = json!({ "$ref": "#/components/responses/Failed" });
    match content(route.gives, schemas) {
        Some(content) => json!({ "200": { "description": "Done.", "content": content }, "default": failed }),
        None => json!({ "204": { "description": "Done." }, "default": failed }),
    }
}

fn content(form: Form, schemas: &mut SchemaGenerator) -> Option<Value> {
    match form {
        Form::Empty => None,
        Form::Json(schema) => Some(json!({ "application/json": { "schema": schema(schemas) } })),
        Form::Text(media_type) => Some(json!({ media_type: { "schema": { "type": "string" } } })),
        // Bytes as they are have no schema in OpenAPI 3.1.
        Form::Bytes(media_types) => {
            Some(media_types.iter().map(|name| ((*name).to_owned(), json!({}))).collect())
        }
    }
}

fn parameters(route: &Route) -> Vec<Value> {
    let named = route.path.split(['{', '}']).skip(1).step_by(2).map(|name| {
        let format = if name == "id" {
            json!({ "type": "string", "format": "uuid" })
        } else {
            json!({ "type": "string" })
        };
        json!({ "name": name, "in": "path", "required": true, "schema": format })
    });
    let asked = route.query.iter().map(|(name, means)| {
        json!({ "name": name, "in": "query", "description": means, "schema": { "type": "string" } })
    });
    named.chain(asked).collect()
}

/// `/api/device/session` is in the group `device`.
fn group(path: &str) -> &str {
    path.trim_start_matches("/api/").split(['/', '.']).next().unwrap_or_default()
}

/// `GET /api/products/{id}` is `get_products_id`.
fn operation_id(route: &Route) -> String {
    let method =
        if route.method == Method::GET { "get".to_owned() } else { route.method.as_str().to_lowercase() };
    let path = route.path.trim_start_matches("/api/");
    let words: Vec<&str> =
        path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!("{method}_{}", words.join("_"))
}
