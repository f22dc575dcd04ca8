//! Docs: the OpenAPI document, and the same as a page for people: plain HTML without a script.

use super::openapi;
use super::route::{Route, Who};
use axum::http::{HeaderName, header};
use serde_json::{Map, Value};
use std::fmt::Write;
use std::sync::OnceLock;

/// Colours are the browser's own, light or dark.
const STYLE: &str = "body { font: 1rem/1.5 system-ui, sans-serif; max-inline-size: 60rem; margin-inline: auto; \
    padding: 1rem; }\ncode, pre { font-family: ui-monospace, monospace; }\npre { overflow-x: auto; }\n\
    h3 { margin-block: 2rem .25rem; overflow-wrap: anywhere; }\np { margin-block: .25rem; }\n\
    table { border-collapse: collapse; inline-size: 100%; margin-block: .5rem; }\n\
    th, td { border: 1px solid; padding: .25rem .5rem; text-align: start; vertical-align: top; }\n\
    nav ul { columns: 14rem; padding-inline-start: 1rem; }\n";

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/openapi.json", Who::Public, "This document (OpenAPI 3.1).", document)
            .gives_text("application/json"),
        Route::get("/api/docs", Who::Public, "This document as a page to read.", page)
            .gives_text("text/html"),
        Route::get("/api/docs.css", Who::Public, "How that page looks.", style).gives_text("text/css"),
    ]
}

type Text = ([(HeaderName, &'static str); 1], &'static str);

fn text(media_type: &'static str, text: &'static str) -> Text {
    ([(header::CONTENT_TYPE, media_type)], text)
}

async fn document() -> Text {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    text("application/json", DOCUMENT.get_or_init(|| openapi::document().to_string()))
}

async fn page() -> Text {
    static PAGE: OnceLock<String> = OnceLock::new();
    text("text/html; charset=utf-8", PAGE.get_or_init(|| html(&openapi::document())))
}

async fn style() -> Text {
    text("text/css; charset=utf-8", STYLE)
}

/// The document as HTML.
pub fn html(document: &Value) -> String {
    let info = &document["info"];
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>Tillbridge API</title>\n\
         <link rel=\"stylesheet\" href=\"/api/docs.css\">\n</head>\n<body>\n<main>\n<h1>Tillbridge API {}</h1>\n<p>{}</p>\n\
         <p>The same for programs: <a href=\"/api/openapi.json\">openapi.json</a>.</p>\n",
        words(&info["version"]),
        words(&info["description"]),
    );
    let operations = operations(document);
    let mut groups: Vec<&str> = Vec::new();
    for (_, _, operation) in &operations {
        let group = operation["tags"][0].as_str().unwrap_or_default();
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    page.push_str("<nav aria-label=\"Contents\"><ul>\n");
    for group in &groups {
        line(&mut page, &format!("<li><a href=\"#{0}\">{0}</a></li>", escaped(group)));
    }
    page.push_str("<li><a href=\"#schemas\">schemas</a></li>\n</ul></nav>\n");
    for group in groups {
        line(&mut page, &format!("<h2 id=\"{0}\">{0}</h2>", escaped(group)));
        for (method, path, operation) in operations.iter().filter(|(_, _, o)| o["tags"][0] == group) {
            push_operation(&mut page, method, path, operation);
        }
    }
    page.push_str("<h2 id=\"schemas\">schemas</h2>\n");
    for (name, schema) in document["components"]["schemas"].as_object().unwrap_or(&Map::new()) {
        push_schema(&mut page, name, schema);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap_or(&Map::new()) {
        for (method, operation) in methods.as_object().unwrap_or(&Map::new()) {
            all.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    all
}

fn push_operation(page: &mut String, method: &str, path: &str, operation: &Value) {
    let id = escaped(operation["operationId"].as_str().unwrap_or_default());
    line(page, &format!("<h3 id=\"{id}\"><code>{method} {}</code></h3>", escaped(path)));
    line(
        page,
        &format!(
            "<p>{}</p>\n<p>Who may: {}</p>",
            words(&operation["summary"]),
            words(&operation["description"])
        ),
    );
    let none = Vec::new();
    let parameters = operation["parameters"].as_array().unwrap_or(&none);
    let asked: Vec<&Value> = parameters.iter().filter(|parameter| parameter["in"] == "query").collect();
    if !asked.is_empty() {
        page.push_str("<table><thead><tr><th>may be asked</th><th>meaning</th></tr></thead><tbody>\n");
        for parameter in asked {
            let (name, means) = (words(&parameter["name"]), words(&parameter["description"]));
            line(page, &format!("<tr><td><code>{name}</code></td><td>{means}</td></tr>"));
        }
        page.push_str("</tbody></table>\n");
    }
    let goes_in = body(&operation["requestBody"]["content"]);
    let comes_out = body(&operation["responses"]["200"]["content"]);
    let goes_in = goes_in.unwrap_or_else(|| "nothing".to_owned());
    let comes_out = comes_out.unwrap_or_else(|| "nothing".to_owned());
    line(page, &format!("<p>Takes {goes_in}, gives {comes_out}.</p>"));
}

fn body(content: &Value) -> Option<String> {
    let content = content.as_object()?;
    if let Some(about) = content.get("application/json") {
        return Some(kind(&about["schema"]));
    }
    let media_types: Vec<String> = content.keys().map(|name| escaped(name)).collect();
    Some(media_types.join(", ")).filter(|text| !text.is_empty())
}

fn push_schema(page: &mut String, name: &str, schema: &Value) {
    let name = escaped(name);
    line(
        page,
        &format!(
            "<h3 id=\"schema-{name}\"><code>{name}</code></h3>\n<p>{}</p>",
            words(&schema["description"])
        ),
    );
    let Some(fields) = schema["properties"].as_object().filter(|_| schema["oneOf"].is_null()) else {
        let mut rest = schema.clone();
        if let Some(rest) = rest.as_object_mut() {
            rest.remove("description");
        }
        let text = serde_json::to_string_pretty(&rest).unwrap_or_default();
        line(page, &format!("<pre>{}</pre>", escaped(&text)));
        return;
    };
    let none = Vec::new();
    let required = schema["required"].as_array().unwrap_or(&none);
    page.push_str("<table><thead><tr><th>field</th><th>what</th><th>meaning</th></tr></thead><tbody>\n");
    for (field, about) in fields {
        let needed = if required.iter().any(|known| known == field) { "" } else { ", may be left out" };
        line(
            page,
            &format!(
                "<tr><td><code>{}</code></td><td>{}{needed}</td><td>{}</td></tr>",
                escaped(field),
                kind(about),
                words(&about["description"])
            ),
        );
    }
    page.push_str("</tbody></table>\n");
}

/// What a value is, with a link where it is a schema of its own.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|at| at.rsplit('/').next()) {
        return format!("<a href=\"#schema-{0}\"><code>{0}</code></a>", escaped(name));
    }
    if let Some(choices) = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array()) {
        let choices: Vec<String> = choices.iter().map(kind).collect();
        return choices.join(" or ");
    }
    match &schema["type"] {
        Value::String(word) if word == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(word) => escaped(schema["format"].as_str().unwrap_or(word)),
        Value::Array(words) => {
            let words: Vec<String> = words.iter().filter_map(Value::as_str).map(escaped).collect();
            words.join(" or ")
        }
        _ => "anything".to_owned(),
    }
}

/// Words of the document: what stands in backquotes is code, links of the source are only their words.
fn words(text: &Value) -> String {
    let text = text.as_str().unwrap_or_default().replace("[`", "`").replace("`]", "`");
    let mut html = String::new();
    for (at, part) in text.split('`').enumerate() {
        // Writing to a String does not fail.
        let _ = if at % 2 == 1 {
            write!(html, "<code>{}</code>", escaped(part))
        } else {
            write!(html, "{}", escaped(part))
        };
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
