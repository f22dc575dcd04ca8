//! Fake Tryton: as much of its JSON-RPC as the bridge asks for, with a memory, and everything that can go wrong on the way.
//! Written from what a running Tryton answered (docs/connectors/tryton.md); `real_tryton.rs` tells the main story on a real one.
#![allow(dead_code)] // each story file uses its part

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// What goes wrong with the next calls of a method (its last word: `create`, `post`; or with its model: `product.product.search_read`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The connection breaks off before anything is done.
    Silent,
    /// It is done, and the answer is lost.
    Lost,
    /// This status, and nothing is done.
    Status(u16),
    /// A page of a proxy.
    Html,
    /// It is done, and half of the answer comes.
    Half,
}

#[derive(Clone, Debug)]
pub struct Sale {
    pub number: String,
    pub state: String,
    pub total: i128,
    pub tax: i128,
    pub payments: Vec<(i64, i128)>,
    pub lines: usize,
}

#[derive(Default)]
pub struct Books {
    pub sales: BTreeMap<i64, Sale>,
    pub wrong: Vec<(&'static str, Wrong)>,
    pub down: bool,
    pub sessions: i64,
    pub signed_out: bool,
    pub calls: Vec<String>,
    /// Adds a penny to each total: another way to round.
    pub counts_otherwise: bool,
    pub products: Vec<(i64, &'static str, &'static str)>,
    /// Names are cut after so many letters.
    pub cut: Option<usize>,
    /// What more is known of a product, and its name where somebody has changed it.
    pub goods: BTreeMap<i64, Good>,
}

#[derive(Clone, Debug)]
pub struct Good {
    pub name: String,
    pub price: &'static str,
    pub vat: Option<&'static str>,
    pub unit: &'static str,
    pub barcodes: Vec<&'static str>,
    pub active: bool,
}

impl Good {
    pub fn new(name: &str, price: &'static str) -> Self {
        let (vat, barcodes) = (Some("Standard"), Vec::new());
        Self { name: name.to_owned(), price, vat, unit: "u", barcodes, active: true }
    }
}

#[derive(Clone)]
pub struct FakeTryton {
    pub address: String,
    pub books: Arc<Mutex<Books>>,
}

impl FakeTryton {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let products =
            vec![(7, "22423", "Regency cakestand"), (8, "85123a", "T-light holder"), (9, "", "Sundries")];
        let books = Arc::new(Mutex::new(Books { products, ..Books::default() }));
        let app = Router::new()
            .route("/rpc/", post(version))
            .route("/{database}/rpc/", post(rpc))
            .with_state(books.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, books }
    }

    pub fn goes_wrong(&self, method: &'static str, wrong: Wrong) {
        self.books.lock().unwrap().wrong.push((method, wrong));
    }

    pub fn posted(&self) -> Vec<(String, i128)> {
        let books = self.books.lock().unwrap();
        books
            .sales
            .values()
            .filter(|sale| sale.state == "posted")
            .map(|sale| (sale.number.clone(), sale.total))
            .collect()
    }
}

/// Ten thousandths.
fn amount(value: &Value) -> i128 {
    let text = value["decimal"].as_str().unwrap();
    let (whole, rest) =
        text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), ""));
    let units: i128 = format!("{whole}{rest:0<4}").parse().unwrap();
    if text.starts_with('-') { -units } else { units }
}

fn decimal(units: i128) -> Value {
    let sign = if units < 0 { "-" } else { "" };
    let units = units.abs();
    json!({"__class__": "Decimal", "decimal": format!("{sign}{}.{:04}", units / 10_000, units % 10_000)})
}

/// Quantity × price, to the penny, half to even.
fn line_amount(quantity: &Value, price: &Value) -> i128 {
    let text = quantity.to_string();
    let (whole, rest) =
        text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), ""));
    let thousandths: i128 = format!("{whole}{rest:0<3}").get(..whole.len() + 3).unwrap().parse().unwrap();
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let exact = sign * thousandths * amount(price);
    let step = 100_000;
    let (floor, rest) = (exact.div_euclid(step), exact.rem_euclid(step));
    let up = rest * 2 > step || (rest * 2 == step && floor % 2 != 0);
    (floor + i128::from(up)) * 100
}

/// Told to anybody, below no database.
async fn version(State(books): State<Arc<Mutex<Books>>>) -> Response {
    if books.lock().unwrap().down {
        return broken(Vec::new(), 1_000);
    }
    axum::Json(json!({"id": 0, "result": "8.0.12"})).into_response()
}

async fn rpc(
    State(books): State<Arc<Mutex<Books>>>,
    Path(_): Path<String>,
    headers: axum::http::HeaderMap,
    body: Bytes,
) -> Response {
    let call: Value = serde_json::from_slice(&body).unwrap();
    let method = call["method"].as_str().unwrap().to_owned();
    let word = method.rsplit('.').next().unwrap();
    let mut books = books.lock().unwrap();
    books.calls.push(method.clone());
    let is_meant = |name: &str| name == word || (name.contains('.') && method.ends_with(name));
    let at = books.wrong.iter().position(|(name, _)| is_meant(name));
    let wrong = if books.down { Some(Wrong::Silent) } else { at.map(|at| books.wrong.remove(at).1) };
    match wrong {
        Some(Wrong::Silent) => return broken(Vec::new(), 1_000),
        Some(Wrong::Status(status)) => {
            return (StatusCode::from_u16(status).unwrap(), [("retry-after", "0")], "<html>busy</html>")
                .into_response();
        }
        Some(Wrong::Html) => return (StatusCode::OK, "<html>Sign in</html>").into_response(),
        Some(Wrong::Lost | Wrong::Half) | None => {}
    }
    let signs_in = method.starts_with("common.");
    let session = headers.get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);
    if !signs_in && (session.is_none() || books.signed_out) {
        books.signed_out = false;
        return (StatusCode::UNAUTHORIZED, "{}").into_response();
    }
    if method == "common.db.login" && call["params"][1]["password"] != "hush-hush" {
        return (StatusCode::UNAUTHORIZED, "<!doctype html><h1>Unauthorized</h1>").into_response();
    }
    let answer = json!({"id": call["id"], "result": answer(&mut books, &method, &call["params"])});
    let text = answer.to_string().into_bytes();
    match wrong {
        Some(Wrong::Lost) => broken(Vec::new(), 1_000),
        Some(Wrong::Half) => broken(text[..text.len() / 2].to_vec(), text.len()),
        _ => {
            let answer: Value = serde_json::from_slice(&text).unwrap();
            match answer["result"].get("error") {
                Some(error) => axum::Json(json!({"id": 0, "error": error})).into_response(),
                None => axum::Json(answer).into_response(),
            }
        }
    }
}

/// An answer that breaks off.
fn broken(sent: Vec<u8>, promised: usize) -> Response {
    let chunks = [Ok(Bytes::from(sent)), Err(std::io::Error::other("cut"))];
    let body = axum::body::Body::from_stream(tokio_stream::iter(chunks));
    ([("content-length", promised.to_string())], body).into_response()
}

fn answer(books: &mut Books, method: &str, params: &Value) -> Value {
    match method {
        "common.db.login" => {
            books.sessions += 1;
            json!([1, format!("token{}", books.sessions), null])
        }
        "model.company.company.search_read" => json!([{"id": 1, "rec_name": "Hearth & Gift"}]),
        "model.sale.point.search_read" => rows(params, &[(3, "", "High Street"), (4, "", "Arcade")]),
        "model.sale.point.payment.method.search_read" => {
            rows(params, &[(5, "", "Cash"), (6, "", "Terminal")])
        }
        "model.product.product.search_read" => products(books, params),
        "model.product.template.write" => {
            let id = params[0][0].as_i64().unwrap() - 1_000;
            let good = books.goods.get_mut(&id).unwrap();
            let name = params[1]["name"].as_str().unwrap();
            good.name = name.chars().take(books.cut.unwrap_or(usize::MAX)).collect();
            Value::Null
        }
        "model.sale.point.sale.search_read" => {
            let clause = |name: &str| {
                params[0]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|clause| clause[0] == name)
                    .map(|clause| clause[2].clone())
            };
            let (number, beyond) = (clause("number"), clause("id").and_then(|id| id.as_i64()).unwrap_or(0));
            let penny = if books.counts_otherwise { 100 } else { 0 };
            let found = books.sales.iter().filter(|(id, sale)| match &number {
                Some(number) => sale.number == number.as_str().unwrap(),
                None => **id > beyond,
            });
            let found: Vec<Value> = found
                .map(|(id, sale)| {
                    json!({"id": id, "number": sale.number, "state": sale.state, "total": decimal(sale.total + penny),
                           "total_tax": decimal(sale.tax)})
                })
                .collect();
            json!(found)
        }
        "model.sale.point.sale.create" => create(books, &params[0][0]),
        "model.sale.point.sale.process" => turn(books, params, "open", "done"),
        "model.sale.point.sale.post" => turn(books, params, "done", "posted"),
        other => panic!("{other} is not asked for"),
    }
}

/// Products, those that are known better with all they have; by number where one is asked for.
fn products(books: &Books, params: &Value) -> Value {
    let id = &params[0].as_array().unwrap().iter().find(|clause| clause[0] == "id").unwrap();
    let is_asked = |product: i64| match id[1].as_str() {
        Some("=") => id[2] == product,
        _ => product > id[2].as_i64().unwrap(),
    };
    let all = books.products.iter().filter(|(id, ..)| is_asked(*id)).map(|(id, code, name)| {
        let Some(good) = books.goods.get(id) else {
            return json!({"id": id, "code": code, "rec_name": name, "active": true, "identifiers.": []});
        };
        let price = json!({"__class__": "Decimal", "decimal": good.price});
        json!({
            "id": id, "code": code, "name": good.name, "active": good.active, "type": "goods", "template": id + 1_000,
            "gross_price_used": price, "list_price_used": price, "default_uom.": {"symbol": good.unit},
            "template.": {"account_category.": good.vat.map(|name| json!({"name": name})), "write_date": null},
            "identifiers.": good.barcodes.iter().map(|code| json!({"code": code})).collect::<Vec<_>>(),
        })
    });
    json!(all.collect::<Vec<_>>())
}

fn rows(params: &Value, all: &[(i64, &str, &str)]) -> Value {
    let beyond =
        params[0].as_array().unwrap().iter().find(|clause| clause[0] == "id").unwrap()[2].as_i64().unwrap();
    let rows: Vec<Value> = all
        .iter()
        .filter(|(id, ..)| *id > beyond)
        .map(|(id, code, name)| json!({"id": id, "code": code, "rec_name": name, "active": true, "identifiers.": []}))
        .collect();
    json!(rows)
}

fn create(books: &mut Books, sale: &Value) -> Value {
    let lines = sale["lines"][0][1].as_array().unwrap();
    let sum =
        |price: &str| lines.iter().map(|line| line_amount(&line["quantity"], &line[price])).sum::<i128>();
    let (gross, net) = (sum("unit_gross_price"), sum("unit_list_price"));
    let payments = sale["payments"][0][1].as_array().unwrap();
    let payments =
        payments.iter().map(|one| (one["method"].as_i64().unwrap(), amount(&one["amount"]))).collect();
    let id = i64::try_from(books.sales.len()).unwrap() + 100;
    let number = sale["number"].as_str().unwrap().to_owned();
    let made =
        Sale { number, state: "open".into(), total: gross, tax: gross - net, payments, lines: lines.len() };
    books.sales.insert(id, made);
    json!([id])
}

fn turn(books: &mut Books, params: &Value, from: &str, to: &str) -> Value {
    let sale = books.sales.get_mut(&params[0][0].as_i64().unwrap()).unwrap();
    if sale.state != from {
        return json!({"error": ["UserError", [format!("You can not call this on {}.", sale.number), "", null]]});
    }
    let paid: i128 = sale.payments.iter().map(|one| one.1).sum();
    if paid == sale.total {
        sale.state = to.to_owned();
    }
    Value::Null
}
