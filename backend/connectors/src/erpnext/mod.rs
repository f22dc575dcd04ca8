//! ERPNext: the ERP of that name on the Frappe framework, versions 15 and 16.
//! Lives here: how its site is asked and what it answers (`api`), its clock (`clock`), its lists as our records (`records`), which price
//! counts (`price`), what of a product we decide (`product`), our sale as its sales invoices (`sale`, `invoice`, `rows`), a day of
//! them (`day`), who is there (`look`).
//! May use: what every connector may. Never: another vendor.
//! Source: frappe and erpnext as published; docs/connectors/erpnext.md lists each fact with its file.

mod api;
mod clock;
mod day;
mod invoice;
mod look;
mod price;
mod product;
mod records;
mod rows;
mod sale;

use crate::command::Command;
use crate::exchange::{Request, Response};
use crate::limit::{Allowance, Limits};
use crate::outcome::{Came, Outcome};
use crate::setup::{Session, Setup};
use crate::{Connector, misunderstood, setting};
use shared::connect::{ConnectorView, Flow, LinkKind, RemoteKind, SettingField, SettingForm};

/// What a request is likely to take of the time that a site grants, µs.
const A_REQUEST_TAKES: i64 = 1_000_000;

/// The connector.
pub(crate) struct ErpNext;

impl Connector for ErpNext {
    fn descriptor(&self) -> ConnectorView {
        ConnectorView {
            name: "erpnext".to_owned(),
            title: "ERPNext".to_owned(),
            kind: RemoteKind::Erp,
            versions: "15 and 16; tried against a stand-in, not yet against a running one".to_owned(),
            settings: settings(),
            flows: vec![Flow::Products, Flow::ProductChanges, Flow::Sales],
            matches: vec![LinkKind::Store, LinkKind::Tender, LinkKind::Line, LinkKind::Product],
            fields: records::fields(),
            limits:
                "No limit by itself; a site may grant so many seconds of work an hour, and says what is left."
                    .to_owned(),
        }
    }

    fn limits(&self) -> Limits {
        Limits { at_once: 1, per: None }
    }

    fn sign_in(&self, _setup: &Setup) -> Option<Request> {
        None
    }

    fn signed_in(&self, _setup: &Setup, _response: &Response) -> Result<Session, Outcome> {
        Err(misunderstood("its key goes with each request, nobody signs in"))
    }

    fn authorize(&self, setup: &Setup, _session: Option<&Session>, request: &mut Request) {
        let value = format!("token {}:{}", setup.text("api_key"), setup.secret("api_secret"));
        request.headers.push(("authorization".to_owned(), value));
        request.headers.push(("accept".to_owned(), "application/json".to_owned()));
    }

    fn number(&self, receipt_number: &str, external_id: &str) -> String {
        invoice::number_of(receipt_number, external_id)
    }

    fn allowance(&self, response: &Response) -> Option<Allowance> {
        let number = |name: &str| response.header(name)?.trim().parse::<i64>().ok();
        Some(Allowance {
            left: number("x-ratelimit-remaining")?,
            next_takes: A_REQUEST_TAKES,
            back_in_ms: number("x-ratelimit-reset")?.checked_mul(1_000)?,
        })
    }

    fn step(&self, setup: &Setup, command: &Command, came: Option<Came<'_>>) -> Outcome {
        match command {
            Command::Look => look::look(setup, came),
            Command::List { kind, after } => records::list(setup, *kind, after.as_deref(), came),
            Command::Changed { since_ms, after } => {
                records::changed(setup, *since_ms, after.as_deref(), came)
            }
            Command::Documents { store, day, currency, after } => {
                day::documents((store, *day, *currency), after.as_deref(), came)
            }
            Command::Deliver(document) => sale::deliver(setup, document, came),
            Command::Write { id, fields } => product::write(setup, id, fields, came),
        }
    }
}

fn settings() -> Vec<SettingField> {
    let mut offset =
        setting("utc_offset", "Hours the site is ahead of UTC, in winter", SettingForm::Text, "+1");
    offset.optional = true;
    let mut unique = setting(
        "unique_field",
        "Own field of Sales Invoice that is unique, for our number",
        SettingForm::Text,
        "custom_till_number",
    );
    unique.optional = true;
    vec![
        setting("address", "Address", SettingForm::Address, "https://shop.example.com"),
        setting("api_key", "API Key", SettingForm::Text, "4f1c2a7d9e0b3c5"),
        setting("api_secret", "API Secret", SettingForm::Secret, ""),
        setting("customer", "Walk-in customer", SettingForm::Text, "Walk-in customer"),
        setting("price_list", "Price List", SettingForm::Text, "Standard Selling"),
        setting(
            "tax_account",
            "Tax account, or one for each rate",
            SettingForm::Text,
            "20=VAT 20 - C; 5=VAT 5 - C; VAT - C",
        ),
        offset,
        unique,
    ]
}
