//! WooCommerce: the online store of that name, by its REST API of the third version.
//! Lives here: how it is asked (`rest`), its products as our records (`goods`, `catalog`), what of them we decide (`product`), our sale as
//! an order (`order`, `words`), what must be known before (`facts`), its way to count tax (`tax`), a day read back (`day`).
//! May use: what every connector may. Never: another vendor.
//! Source: WooCommerce's own source and documents; docs/connectors/woocommerce.md says which, and what was not tried.

mod catalog;
mod day;
mod facts;
mod goods;
mod order;
mod product;
mod rest;
mod tax;
mod words;

use crate::command::{Command, Page, RemoteRecord};
use crate::exchange::{Request, Response};
use crate::limit::Limits;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::{Session, Setup};
use crate::{Connector, misunderstood, setting};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::Wanted;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::connect::{ConnectorView, Flow, LinkKind, RemoteKind, SettingForm};

/// The one store a site is.
const SITE: &str = "site";

/// The connector.
pub(crate) struct WooCommerce;

impl Connector for WooCommerce {
    fn descriptor(&self) -> ConnectorView {
        ConnectorView {
            name: "woocommerce".to_owned(),
            title: "WooCommerce".to_owned(),
            kind: RemoteKind::OnlineStore,
            versions: "5.8 or later; tried against a stand-in, not yet against a running one".to_owned(),
            settings: vec![
                setting("address", "Site address", SettingForm::Address, "https://shop.example.com"),
                setting("consumer_key", "Consumer key", SettingForm::Secret, "ck_…"),
                setting("consumer_secret", "Consumer secret", SettingForm::Secret, "cs_…"),
            ],
            flows: vec![Flow::Products, Flow::ProductChanges, Flow::Sales],
            matches: vec![LinkKind::Store, LinkKind::Tender, LinkKind::Line, LinkKind::Product],
            fields: goods::fields(),
            limits: "WooCommerce itself has no limit; many hosts do, and say so when it is reached. One request at a time.".to_owned(),
        }
    }

    fn limits(&self) -> Limits {
        Limits { at_once: 1, per: None }
    }

    /// Key and secret go with each request.
    fn sign_in(&self, _setup: &Setup) -> Option<Request> {
        None
    }

    fn signed_in(&self, _setup: &Setup, _response: &Response) -> Result<Session, Outcome> {
        Err(misunderstood("WooCommerce has no sessions"))
    }

    fn authorize(&self, setup: &Setup, _session: Option<&Session>, request: &mut Request) {
        let pair = format!("{}:{}", setup.secret("consumer_key"), setup.secret("consumer_secret"));
        request.headers.push(("authorization".to_owned(), format!("Basic {}", STANDARD.encode(pair))));
    }

    fn number(&self, receipt_number: &str, external_id: &str) -> String {
        words::number_of(receipt_number, external_id)
    }

    fn step(&self, setup: &Setup, command: &Command, came: Option<Came<'_>>) -> Outcome {
        match command {
            Command::Look => look(setup, came).unwrap_or_else(|outcome| outcome),
            Command::List { kind: LinkKind::Store, .. } => {
                store(setup, came).unwrap_or_else(|outcome| outcome)
            }
            Command::List { kind: LinkKind::Tender, .. } => gateways(came).unwrap_or_else(|outcome| outcome),
            Command::List { kind: LinkKind::Line, after } => {
                catalog::page(Wanted::Services, after.as_deref(), came)
            }
            Command::List { kind: LinkKind::Product, after } | Command::Changed { since_ms: None, after } => {
                catalog::page(Wanted::All, after.as_deref(), came)
            }
            Command::Changed { since_ms: Some(since_ms), after } => {
                catalog::page(Wanted::Since(*since_ms), after.as_deref(), came)
            }
            Command::Documents { day, currency, after, .. } => {
                day::documents((*day, *currency), after.as_deref(), came)
            }
            Command::Deliver(document) => order::deliver(document, came),
            Command::Write { id, fields } => product::write(id, fields, came),
        }
    }
}

/// Where a look stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Looked {
    /// Asked whether prices are with tax.
    Tax,
    /// Asked for the money; prices are with tax or not.
    General(bool),
}

/// Money, and whether prices are with tax: two questions, which only a key of somebody who runs the shop may ask.
fn look(setup: &Setup, came: Option<Came<'_>>) -> Result<Outcome, Outcome> {
    let Some((stand, response)) = came.and_then(|came| Some((came.progress.read()?, came.response))) else {
        return Ok(Outcome::next(&Looked::Tax, rest::settings("tax")));
    };
    let with_tax = match stand {
        Looked::Tax => {
            let with_tax = catalog::with_tax(response)?;
            return Ok(Outcome::next(&Looked::General(with_tax), rest::settings("general")));
        }
        Looked::General(with_tax) => with_tax,
    };
    let settings = rest::settings_of(response, &["woocommerce_currency", "woocommerce_calc_taxes"])?;
    let currency = settings.get("woocommerce_currency").map_or("", String::as_str);
    let prices = match with_tax {
        true => "with tax",
        false => "without tax: match the price with the one without tax",
    };
    let taxes = match settings.get("woocommerce_calc_taxes").map(String::as_str) {
        Some("yes") => "",
        _ => "; taxes are switched off there",
    };
    let about = format!("WooCommerce at {}, prices in {currency} {prices}{taxes}", rest::host(setup));
    Ok(Outcome::Done(Done::Seen { about }))
}

/// The site is one store: WooCommerce itself knows no others. It is asked, so that nobody matches what is not there.
fn store(setup: &Setup, came: Option<Came<'_>>) -> Result<Outcome, Outcome> {
    let Some(came) = came else { return Ok(Outcome::next(&SITE, rest::settings("general"))) };
    rest::settings_of(came.response, &["woocommerce_default_country"])?;
    Ok(records(vec![RemoteRecord {
        id: SITE.to_owned(),
        name: rest::host(setup),
        active: true,
        ..RemoteRecord::default()
    }]))
}

/// Ways to pay: all of them at once, also those that are switched off on the site, as for cards at a counter.
fn gateways(came: Option<Came<'_>>) -> Result<Outcome, Outcome> {
    let Some(came) = came else { return Ok(Outcome::next(&"", rest::get("payment_gateways", &[]))) };
    let answer = rest::answer(came.response)?;
    let Some(rows) = answer.as_array() else { return Err(misunderstood("ways to pay were asked for")) };
    let gateway = |row: &Value| {
        let id = row["id"].as_str().filter(|id| !id.is_empty())?;
        let names = [&row["title"], &row["method_title"]];
        let name = names.into_iter().filter_map(Value::as_str).find(|name| !name.is_empty()).unwrap_or(id);
        Some(RemoteRecord {
            id: id.to_owned(),
            name: rest::plain(name),
            active: row["enabled"].as_bool().unwrap_or(true),
            ..RemoteRecord::default()
        })
    };
    match rows.iter().map(gateway).collect::<Option<Vec<_>>>() {
        Some(rows) => Ok(records(rows)),
        None => Err(misunderstood("a way to pay without a name")),
    }
}

fn records(records: Vec<RemoteRecord>) -> Outcome {
    Outcome::Done(Done::Records(Page { records, next: None }))
}
