//! Shop: Shopify's stand-in with its connector, and sales to tell it.
#![allow(dead_code, reason = "not every test program asks for all of it")]

use crate::carry::{self, Lost, carry};
use connectors::{
    Came, Command, Connector, Document, DocumentLine, DocumentTax, DocumentTender, Outcome, Progress,
    Response, Setup, Wedged, named,
};
use fakes::{Desk, Remote, Shopify};
use serde_json::Value;
use shared::calendar::LocalTime;
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};

/// 21 June 2026, 12:00 in London.
pub const NOON_MS: i64 = 1_782_039_600_000;

/// The connector.
pub fn shopify() -> &'static dyn Connector {
    named("shopify").unwrap()
}

/// A store at noon, what it has been given, and what is typed in for it.
pub fn shop() -> (Shopify, Desk, Setup) {
    let mut remote = Shopify::new();
    remote.at(NOON_MS);
    let desk = remote.desk();
    let setup = carry::setup(shopify(), &desk);
    (remote, desk, setup)
}

/// Carries a command to its outcome.
pub fn go(remote: &mut Shopify, setup: &Setup, command: &Command) -> Outcome {
    carry((shopify(), setup), remote, command, Lost::Nothing).outcome
}

/// Pounds.
pub fn gbp() -> Currency {
    Currency::parse("GBP").unwrap()
}

/// A line: theirs, quantity in thousandths, with tax, tax.
pub fn line(product: &str, quantity: i64, gross: i64, tax: i64) -> DocumentLine {
    let rate = if tax == 0 { Rate(0) } else { Rate(200_000) };
    DocumentLine {
        product: product.to_owned(),
        sku: "A-1".to_owned(),
        name: "Of the catalogue".to_owned(),
        quantity: Quantity(quantity),
        unit_price: UnitPrice::ZERO,
        net: Minor(gross - tax),
        gross: Minor(gross),
        taxes: vec![DocumentTax { name: "VAT".to_owned(), rate, amount: Minor(tax) }],
    }
}

/// A sale of these lines, paid in cash.
pub fn sale(desk: &Desk, lines: Vec<DocumentLine>) -> Document {
    let total = Minor::sum(lines.iter().map(|line| line.gross)).unwrap();
    let net = Minor::sum(lines.iter().map(|line| line.net)).unwrap();
    Document {
        external_id: "01996f2e-7b1a-7c3d-8e4f-0123456789ab".to_owned(),
        number: "R1-000007".to_owned(),
        is_return: total.is_negative(),
        time: LocalTime { at_ms: NOON_MS, offset_minutes: 60 },
        currency: gbp(),
        store: desk.store.clone(),
        tenders: vec![DocumentTender { method: desk.cash.clone(), amount: total }],
        net,
        tax: total.minus(net).unwrap(),
        total,
        lines,
    }
}

/// A cakestand and three hearts: 21.60 with 3.61 of tax.
pub fn basket(desk: &Desk) -> Document {
    sale(desk, vec![line(&desk.cakestand, 1_000, 1_275, 213), line(&desk.heart, 3_000, 885, 148)])
}

/// To be delivered.
pub fn deliver(document: &Document) -> Command {
    Command::Deliver(Box::new(document.clone()))
}

/// What a person is told.
pub fn wedged(outcome: Outcome) -> Wedged {
    match outcome {
        Outcome::Wedged(wedged) if !wedged.reason.is_empty() && !wedged.remedy.is_empty() => wedged,
        other => panic!("{other:?}"),
    }
}

/// Where a delivery stands when it asks this: its progress, and with what it asks.
pub fn when_it_asks(
    what: &str,
    setup: &Setup,
    remote: &mut Shopify,
    document: &Document,
) -> (Progress, Value) {
    let command = deliver(document);
    let mut outcome = shopify().step(setup, &command, None);
    for _ in 0..9 {
        let Outcome::Continue { progress, mut request } = outcome else { panic!("{outcome:?}") };
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        shopify().authorize(setup, None, &mut request);
        let asked = fakes::Asked {
            method: request.method.word().to_owned(),
            path: request.path,
            headers: request.headers,
            body: request.body,
        };
        carry::graphql::check(&asked);
        if body["query"].as_str().unwrap().contains(what) {
            return (progress, body["variables"].clone());
        }
        let answer = remote.answer(&asked);
        let response = Response::Answer { status: answer.status, headers: answer.headers, body: answer.body };
        outcome = shopify().step(setup, &command, Some(Came { progress: &progress, response: &response }));
    }
    panic!("it goes in circles")
}
