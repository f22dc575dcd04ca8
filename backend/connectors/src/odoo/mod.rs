//! Odoo: the ERP of that name, 19 and later by JSON-2, 16 to 18 by JSON-RPC, with its app Invoicing or Accounting.
//! Lives here: its two ways to be called (`rpc`), how it writes values (`values`), who is there (`look`), its lists as our records
//! (`records`), what of a product we decide (`product`), our sale as a customer invoice or credit note (`invoice`, its `lines`, its
//! `tax`) and how it was paid (`payment`).
//! May use: what every connector may. Never: another vendor.
//! Source: Odoo's external API pages and its source, 16 to 19; docs/connectors/odoo.md lists which. Not run against a real one.

mod invoice;
mod lines;
mod look;
mod payment;
mod product;
mod records;
mod rpc;
mod tax;
mod values;

use crate::command::Command;
use crate::exchange::{Request, Response};
use crate::limit::Limits;
use crate::outcome::{Came, Outcome};
use crate::setup::{Session, Setup};
use crate::{Connector, setting};
use shared::connect::{ConnectorView, Flow, LinkKind, RemoteKind, SettingField, SettingForm};

/// The connector.
pub(crate) struct Odoo;

impl Connector for Odoo {
    fn descriptor(&self) -> ConnectorView {
        let optional = |name: &str, label: &str, example: &str| {
            let mut field: SettingField = setting(name, label, SettingForm::Text, example);
            field.optional = true;
            field
        };
        ConnectorView {
            name: "odoo".to_owned(),
            title: "Odoo".to_owned(),
            kind: RemoteKind::Erp,
            versions: "16 to 18 (JSON-RPC), 19 and later (JSON-2), with Invoicing or Accounting; tried against a stand-in, not yet against a running one".to_owned(),
            settings: vec![
                setting("address", "Address", SettingForm::Address, "https://shop.odoo.com"),
                setting("version", "Odoo version", SettingForm::Text, "19"),
                optional("database", "Database (needed for 16 to 18)", "shop"),
                optional("user", "User name (needed for 16 to 18)", "tillbridge@example.com"),
                setting("key", "API key", SettingForm::Secret, ""),
                setting("partner", "Customer number that sales are booked on", SettingForm::Text, "41"),
                optional("company", "Company number, where there are several", "1"),
            ],
            flows: vec![Flow::Products, Flow::ProductChanges, Flow::Sales],
            matches: vec![LinkKind::Store, LinkKind::Tender, LinkKind::Line, LinkKind::Product],
            fields: records::fields(),
            limits: "No limit is published; one request at a time.".to_owned(),
        }
    }

    fn limits(&self) -> Limits {
        Limits { at_once: 1, per: None }
    }

    fn sign_in(&self, setup: &Setup) -> Option<Request> {
        rpc::sign_in(setup)
    }

    fn signed_in(&self, setup: &Setup, response: &Response) -> Result<Session, Outcome> {
        rpc::signed_in(setup, response)
    }

    fn authorize(&self, setup: &Setup, session: Option<&Session>, request: &mut Request) {
        rpc::authorize(setup, session, request);
    }

    fn number(&self, receipt_number: &str, external_id: &str) -> String {
        invoice::number_of(receipt_number, external_id)
    }

    fn step(&self, setup: &Setup, command: &Command, came: Option<Came<'_>>) -> Outcome {
        match command {
            Command::Look => look::look(setup, came),
            Command::List { kind, after } => records::list(setup, *kind, after.as_deref(), came),
            Command::Changed { since_ms, after } => {
                records::changed(setup, *since_ms, after.as_deref(), came)
            }
            Command::Documents { store, day, currency, after } => {
                invoice::documents(setup, (store, *day, *currency), after.as_deref(), came)
            }
            Command::Deliver(document) => invoice::deliver(setup, document, came),
            Command::Write { id, fields } => product::write(setup, id, fields, came),
        }
    }
}
