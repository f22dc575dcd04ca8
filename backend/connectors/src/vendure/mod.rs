//! Vendure: the online store of that name, its Admin API.
//! Lives here: how it is asked and what it answers (`api`), its times (`clock`), its money (`price`), what a variant has (`variant`), its
//! lists page by page (`pages`), what of a variant we decide (`product`), who is there (`look`).
//! May use: what every connector may. Never: another vendor.
//! Source: Vendure 3.7.3 as it runs and its schema; docs/connectors/vendure.md lists what was seen. A sale of a till cannot be told to
//! it: a line's price is the store's own, and pieces are whole.

mod api;
mod clock;
mod look;
mod pages;
mod price;
mod product;
mod variant;

use crate::command::Command;
use crate::exchange::{Request, Response};
use crate::limit::Limits;
use crate::outcome::{Came, Outcome};
use crate::setup::{Session, Setup};
use crate::{Connector, setting};
use shared::connect::{ConnectorView, Flow, LinkKind, RemoteKind, SettingField, SettingForm};

/// The connector.
pub(crate) struct Vendure;

impl Connector for Vendure {
    fn descriptor(&self) -> ConnectorView {
        ConnectorView {
            name: "vendure".to_owned(),
            title: "Vendure".to_owned(),
            kind: RemoteKind::OnlineStore,
            versions: "3.7".to_owned(),
            settings: settings(),
            flows: vec![Flow::Products, Flow::ProductChanges],
            matches: vec![LinkKind::Product],
            fields: variant::fields(),
            limits: "No limit is published; one request at a time.".to_owned(),
        }
    }

    fn limits(&self) -> Limits {
        Limits { at_once: 1, per: None }
    }

    /// A key goes with each request; without one, somebody signs in.
    fn sign_in(&self, setup: &Setup) -> Option<Request> {
        setup.secret("api_key").is_empty().then(|| api::login(setup))
    }

    fn signed_in(&self, setup: &Setup, response: &Response) -> Result<Session, Outcome> {
        api::session(setup, response)
    }

    fn authorize(&self, setup: &Setup, session: Option<&Session>, request: &mut Request) {
        let key = setup.secret("api_key");
        let mut put = |name: &str, value: String| request.headers.push((name.to_owned(), value));
        if !key.is_empty() {
            put("vendure-api-key", key.to_owned());
        } else if let Some(session) = session {
            put("authorization", format!("Bearer {}", session.token.reveal()));
        }
        if !setup.text("channel_token").is_empty() {
            put("vendure-token", setup.text("channel_token").to_owned());
        }
    }

    fn number(&self, receipt_number: &str, _external_id: &str) -> String {
        receipt_number.to_owned()
    }

    fn step(&self, setup: &Setup, command: &Command, came: Option<Came<'_>>) -> Outcome {
        match command {
            Command::Look => look::look(setup, came),
            Command::List { kind: LinkKind::Product, after } => {
                pages::changed(setup, None, after.as_deref(), came)
            }
            Command::Changed { since_ms, after } => pages::changed(setup, *since_ms, after.as_deref(), came),
            Command::Write { id, fields } => product::write(setup, id, fields, came),
            Command::List { .. } | Command::Documents { .. } | Command::Deliver(_) => Outcome::wedged(
                "Vendure takes no sales of a till: it sells at its own prices alone, and in whole pieces.",
                "Turn sales off for this connection.",
            ),
        }
    }
}

fn settings() -> Vec<SettingField> {
    let optional = |name: &str, label: &str, form: SettingForm, example: &str| SettingField {
        optional: true,
        ..setting(name, label, form, example)
    };
    let (text, secret) = (SettingForm::Text, SettingForm::Secret);
    vec![
        setting("address", "Address", SettingForm::Address, "https://shop.example.com"),
        optional("api_key", "API key, or sign in below", secret, ""),
        optional("user", "Administrator’s e-mail address", text, "till@example.com"),
        optional("password", "Administrator’s password", secret, ""),
        optional("channel_token", "Channel token, of another channel than the default", text, "k3v9x0q2"),
        optional("barcode_field", "Custom field of variants that holds the barcode", text, "barcode"),
        optional("category_facet", "Code of the facet that groups products", text, "category"),
        optional("other_field", "One more custom field of variants, for the mapping", text, "unit"),
    ]
}
