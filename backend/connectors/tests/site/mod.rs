//! Site: a WooCommerce with its connector, and sales to send there.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "a test may fail, and takes what it needs")]

use crate::carry::{self, Lost, carry};
use connectors::{
    Came, Command, Connector, Document, DocumentLine, DocumentTax, DocumentTender, Done, Method, Outcome,
    Page, Response, Setup, Wedged, named,
};
use fakes::Remote;
use fakes::woocommerce::WooCommerce;
use serde_json::Value;
use shared::calendar::{Day, LocalTime};
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};

/// 21 June 2026, 12:00 in London.
pub const NOON_MS: i64 = 1_782_039_600_000;

pub struct Story {
    pub connector: &'static dyn Connector,
    pub remote: WooCommerce,
    pub setup: Setup,
}

impl Story {
    pub fn new() -> Self {
        let connector = named("woocommerce").unwrap();
        let mut remote = WooCommerce::default();
        remote.at(NOON_MS);
        let setup = carry::setup(connector, &remote.desk());
        Self { connector, remote, setup }
    }

    pub fn carry(&mut self, command: &Command) -> Outcome {
        carry((self.connector, &self.setup), &mut self.remote, command, Lost::Nothing).outcome
    }

    pub fn wedged(&mut self, command: &Command) -> Wedged {
        match self.carry(command) {
            Outcome::Wedged(wedged) => wedged,
            other => panic!("{command:?} gave {other:?}"),
        }
    }

    pub fn done(&mut self, command: &Command) -> Done {
        match self.carry(command) {
            Outcome::Done(done) => done,
            other => panic!("{command:?} gave {other:?}"),
        }
    }

    /// Every page of a command that lists.
    pub fn pages(&mut self, command: impl Fn(Option<String>) -> Command) -> Vec<Page> {
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let Done::Records(page) = self.done(&command(after)) else { panic!("records") };
            after = page.next.clone();
            pages.push(page);
            if after.is_none() {
                return pages;
            }
        }
    }

    pub fn changed(&mut self, since_ms: Option<i64>) -> Vec<connectors::RemoteRecord> {
        let pages = self.pages(|after| Command::Changed { since_ms, after });
        pages.into_iter().flat_map(|page| page.records).collect()
    }
}

pub fn gbp() -> Currency {
    Currency::parse("GBP").unwrap()
}

/// A line: theirs, quantity in thousandths, with tax, tax, percent; none is not taxed at all.
pub type Sold<'a> = (&'a str, i64, i64, i64, Option<i64>);

pub fn line(&(product, quantity, gross, tax, percent): &Sold<'_>) -> DocumentLine {
    let rated = |percent: i64| DocumentTax {
        name: "VAT".to_owned(),
        rate: Rate(percent * 10_000),
        amount: Minor(tax),
    };
    DocumentLine {
        product: product.to_owned(),
        sku: String::new(),
        name: "Of the catalogue".to_owned(),
        quantity: Quantity(quantity),
        unit_price: UnitPrice(gross * 100),
        net: Minor(gross - tax),
        gross: Minor(gross),
        taxes: percent.map(rated).into_iter().collect(),
    }
}

pub fn sale(of: u32, lines: &[Sold<'_>], tenders: &[(&str, i64)]) -> Document {
    let lines: Vec<DocumentLine> = lines.iter().map(line).collect();
    let total = Minor::sum(lines.iter().map(|line| line.gross)).unwrap();
    let net = Minor::sum(lines.iter().map(|line| line.net)).unwrap();
    let tender = |(method, amount): &(&str, i64)| DocumentTender {
        method: (*method).to_owned(),
        amount: Minor(*amount),
    };
    Document {
        external_id: format!("01996f2e-7b1a-7c3d-8e4f-{of:012x}"),
        number: format!("R1-{of:06}"),
        is_return: total.is_negative(),
        time: LocalTime { at_ms: NOON_MS, offset_minutes: 60 },
        currency: gbp(),
        store: "site".to_owned(),
        tenders: tenders.iter().map(tender).collect(),
        net,
        tax: total.minus(net).unwrap(),
        total,
        lines,
    }
}

/// 12.75 holds 2.13 of tax for us and 2.12 for WooCommerce.
pub fn cakestand(of: u32) -> Document {
    sale(of, &[("11", 1_000, 1_275, 213, Some(20))], &[("stripe", 1_275)])
}

pub fn deliver(document: &Document) -> Command {
    Command::Deliver(Box::new(document.clone()))
}

pub fn day(day: &str) -> Command {
    let day = Day::parse(day).unwrap();
    Command::Documents { store: "site".to_owned(), day, currency: gbp(), after: None }
}

/// The order that was sent, as it went over the wire: the last step of a delivery before it is completed.
pub fn sent(story: &mut Story, document: &Document) -> Value {
    let command = deliver(document);
    let mut outcome = story.connector.step(&story.setup, &command, None);
    for _ in 0..20 {
        let Outcome::Continue { progress, mut request } = outcome else { panic!("{outcome:?}") };
        if request.method == Method::Post {
            return serde_json::from_slice(&request.body).unwrap();
        }
        story.connector.authorize(&story.setup, None, &mut request);
        let asked = fakes::Asked {
            method: request.method.word().to_owned(),
            path: request.path.clone(),
            headers: request.headers.clone(),
            body: request.body.clone(),
        };
        let answer = story.remote.answer(&asked);
        let response = Response::Answer { status: answer.status, headers: answer.headers, body: answer.body };
        outcome = story.connector.step(
            &story.setup,
            &command,
            Some(Came { progress: &progress, response: &response }),
        );
    }
    panic!("no order was sent")
}
