//! Tryton: the ERP of that name, from 8.0 on, with its module `sale_point`.
//! Lives here: its JSON-RPC (`rpc`), its lists as our records (`records`), our sale as its sale of a point (`sale`), what of a
//! product we decide (`product`).
//! May use: what every connector may. Never: another vendor.
//! Source: trytond 8.0 and sale_point 8.0 as they run; docs/connectors/tryton.md lists what was seen.

mod product;
mod records;
mod rpc;
mod sale;

use crate::command::Command;
use crate::exchange::{Request, Response};
use crate::limit::Limits;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::{Session, Setup};
use crate::{Connector, setting};
use serde_json::json;
use shared::connect::{ConnectorView, Flow, LinkKind, RemoteKind, SettingForm};

/// The connector.
pub(crate) struct Tryton;

impl Connector for Tryton {
    fn descriptor(&self) -> ConnectorView {
        let mut company = setting("company", "Company number", SettingForm::Text, "1");
        company.optional = true;
        ConnectorView {
            name: "tryton".to_owned(),
            title: "Tryton".to_owned(),
            kind: RemoteKind::Erp,
            versions: "8.0 with the module sale_point".to_owned(),
            settings: vec![
                setting("address", "Address", SettingForm::Address, "https://tryton.example.com"),
                setting("database", "Database", SettingForm::Text, "shop"),
                setting("user", "User name", SettingForm::Text, "tillbridge"),
                setting("password", "Password", SettingForm::Secret, ""),
                company,
            ],
            flows: vec![Flow::Products, Flow::ProductChanges, Flow::Sales],
            matches: vec![LinkKind::Store, LinkKind::Tender, LinkKind::Line, LinkKind::Product],
            fields: records::fields(),
            limits: "No limit is published; one request at a time, because two that post at once refuse each other.".to_owned(),
        }
    }

    fn limits(&self) -> Limits {
        Limits { at_once: 1, per: None }
    }

    fn sign_in(&self, setup: &Setup) -> Option<Request> {
        let password = json!({"password": setup.secret("password")});
        Some(rpc::call(setup, "common.db.login", json!([setup.text("user"), password, "en"])))
    }

    fn signed_in(&self, setup: &Setup, response: &Response) -> Result<Session, Outcome> {
        rpc::session(setup, response)
    }

    fn authorize(&self, _setup: &Setup, session: Option<&Session>, request: &mut Request) {
        // Answers above some size come packed whether the caller takes that or not; so it does.
        request.headers.push(("accept-encoding".to_owned(), "gzip".to_owned()));
        if let Some(session) = session {
            let value = format!("Session {}", session.token.reveal());
            request.headers.push(("authorization".to_owned(), value));
        }
    }

    fn number(&self, receipt_number: &str, external_id: &str) -> String {
        sale::number_of(receipt_number, external_id)
    }

    fn step(&self, setup: &Setup, command: &Command, came: Option<Came<'_>>) -> Outcome {
        match command {
            Command::Look => look(setup, came),
            Command::List { kind, after } => records::list(setup, *kind, after.as_deref(), came),
            Command::Changed { since_ms, after } => {
                records::changed(setup, *since_ms, after.as_deref(), came)
            }
            Command::Documents { store, day, currency, after } => {
                sale::documents(setup, (store, *day, *currency), after.as_deref(), came)
            }
            Command::Deliver(document) => sale::deliver(setup, document, came),
            Command::Write { id, fields } => product::write(setup, id, fields, came),
        }
    }
}

/// Version and company: two questions.
fn look(setup: &Setup, came: Option<Came<'_>>) -> Outcome {
    let Some(came) = came else {
        return Outcome::next(&"", rpc::call_server("common.server.version", json!([])));
    };
    let answer = match rpc::result(came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    let version = came.progress.read::<String>().unwrap_or_default();
    if version.is_empty() {
        let Some(version) = answer.as_str().filter(|text| !text.is_empty()) else {
            return crate::misunderstood("a version was asked for");
        };
        let request = rpc::read(
            setup,
            "company.company",
            json!([["id", "=", rpc::company(setup)]]),
            (0, 1),
            &["rec_name", "currency.code"],
        );
        return Outcome::next(&version, request);
    }
    match answer.get(0).and_then(|company| company["rec_name"].as_str()) {
        Some(company) => Outcome::Done(Done::Seen { about: format!("Tryton {version}, {company}") }),
        None => Outcome::wedged(
            format!(
                "Tryton {version} answers, but has no company {} that this user may see.",
                rpc::company(setup)
            ),
            "Set the number of the company, or give the user access to it.",
        ),
    }
}
