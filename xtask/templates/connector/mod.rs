//! __Title__: a connector that is begun. It has a form and its place; what it is asked or answers is not built yet.
//! Lives here: the connector. What one thing grows to gets a file beside this one: signing in, lists, products, a sale.
//! May use: what every connector may. Never: another vendor.
//! Source: none was read yet; docs/connectors/__name__.md is where each fact goes, with where it is from.

use crate::command::Command;
use crate::exchange::{Request, Response};
use crate::limit::Limits;
use crate::outcome::{Came, Outcome};
use crate::setup::{Session, Setup};
use crate::{Connector, field, json, misunderstood, setting};
use serde::{Deserialize, Serialize};
use shared::connect::{ConnectorView, Flow, ProductField, RemoteField, RemoteKind, SettingForm, ValueForm};

/// What its vendor calls it.
const TITLE: &str = "__Title__";
/// What is asked until it is known what there is to ask.
const FIRST: &str = "/";

/// The connector.
pub(crate) struct __Type__;

impl Connector for __Type__ {
    fn descriptor(&self) -> ConnectorView {
        ConnectorView {
            name: "__name__".to_owned(),
            title: TITLE.to_owned(),
            kind: RemoteKind::__Kind__,
            versions: "none yet: this connector is begun and does nothing".to_owned(),
            settings: vec![
                setting("address", "Address", SettingForm::Address, "https://shop.example.com"),
                setting("api_key", "API key", SettingForm::Secret, ""),
            ],
            // One is the least. With each flow, match and field that can be written a command more begins with a request.
            flows: vec![Flow::Products],
            matches: Vec::new(),
            fields: fields(),
            limits: "Not known yet; one request at a time.".to_owned(),
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
        let value = format!("Bearer {}", setup.secret("api_key"));
        request.headers.push(("authorization".to_owned(), value));
        request.headers.push(("accept".to_owned(), "application/json".to_owned()));
    }

    fn number(&self, receipt_number: &str, external_id: &str) -> String {
        // What a sale is looked up by: the receipt's number alone may be two shops'. Cut it to what theirs takes.
        format!("{receipt_number}-{external_id}")
    }

    fn step(&self, _setup: &Setup, command: &Command, came: Option<Came<'_>>) -> Outcome {
        match command {
            Command::Look => asked("Who answers there", came),
            Command::Changed { .. } => asked("What its products are", came),
            // What creates looks first whether it is there.
            Command::Deliver(_) => asked("Whether it has this sale", came),
            Command::List { .. } => not_built("What its lists hold"),
            Command::Documents { .. } => not_built("What it has of a day"),
            Command::Write { .. } => not_built("How a product of it is changed"),
        }
    }
}

/// What its products have: no less than what a product of ours must have.
fn fields() -> Vec<RemoteField> {
    vec![
        field("sku", "SKU", ValueForm::Text, Some(ProductField::Sku)),
        field("name", "Name", ValueForm::Text, Some(ProductField::Name)),
        field("price", "Price", ValueForm::Amount, Some(ProductField::Price)),
        field("tax", "Tax", ValueForm::Text, Some(ProductField::TaxCategory)),
    ]
}

/// Where a command stands.
#[derive(Serialize, Deserialize)]
enum Stand {
    Asked,
}

/// A request, and what its answer means: a failure is one, the rest is not read yet. Without a stand of ours it begins again.
fn asked(what: &str, came: Option<Came<'_>>) -> Outcome {
    let stand = came.and_then(|came| came.progress.read::<Stand>());
    let (Some(came), Some(Stand::Asked)) = (came, stand) else {
        return Outcome::next(&Stand::Asked, Request::get(FIRST));
    };
    match json(came.response, |said| said["message"].as_str().map(str::to_owned)) {
        Ok(_) => not_built(what),
        Err(outcome) => outcome,
    }
}

fn not_built(what: &str) -> Outcome {
    Outcome::wedged(
        format!("{what} is not read yet: the connector to {TITLE} is begun and does nothing so far."),
        "Nothing was changed there. Take this connection out until Tillbridge has a finished one.",
    )
}
