//! Shopify: the online store of that name, through its Admin API.
//! Lives here: its GraphQL (`call`), its lists as our records (`records`), our sale as its order (`sale`, said in its words by
//! `words`), a day of them (`day`), what of a product we decide (`product`). What is asked is in `graphql/`, one file a question.
//! May use: what every connector may. Never: another vendor.
//! Source: the schema of 2026-07 and 2026-10 with its descriptions; docs/connectors/shopify.md says where each fact is from.
//! Invariant: what comes back has no place there without the order it came from, so it is refused, not bent.

mod call;
mod day;
mod product;
mod records;
mod sale;
mod words;

use crate::command::Command;
use crate::exchange::{Method, Request, Response};
use crate::limit::{Allowance, Limits};
use crate::outcome::{Came, Done, Outcome};
use crate::setup::{Secret, Session, Setup};
use crate::{Connector, misunderstood, setting};
use serde_json::{Value, json};
use shared::connect::{ConnectorView, Flow, LinkKind, RemoteKind, SettingField, SettingForm};

const SHOP: &str = include_str!("graphql/shop.graphql");

/// The connector.
pub(crate) struct Shopify;

impl Connector for Shopify {
    fn descriptor(&self) -> ConnectorView {
        ConnectorView {
            name: "shopify".to_owned(),
            title: "Shopify".to_owned(),
            kind: RemoteKind::OnlineStore,
            versions: "Admin API 2026-10 (2026-07 has the same); sales, not returns; tried against a stand-in, not yet against a running one".to_owned(),
            settings: settings(),
            flows: vec![Flow::Products, Flow::ProductChanges, Flow::Sales],
            matches: vec![LinkKind::Store, LinkKind::Tender, LinkKind::Line, LinkKind::Product],
            fields: records::fields(),
            limits: "Points by what is asked for, given back with time (100 a second on most plans); five orders a minute while a store is on trial.".to_owned(),
        }
    }

    fn limits(&self) -> Limits {
        Limits { at_once: 1, per: None }
    }

    /// An app of the Dev Dashboard has an id and a secret, and is given a token for a day; one made in a store of before 2026 has a
    /// token that lasts.
    fn sign_in(&self, setup: &Setup) -> Option<Request> {
        if !setup.secret("token").is_empty() || setup.text("client_id").is_empty() {
            return None;
        }
        let who = json!({
            "grant_type": "client_credentials",
            "client_id": setup.text("client_id"),
            "client_secret": setup.secret("client_secret"),
        });
        Some(Request::json(Method::Post, "/admin/oauth/access_token", &who))
    }

    fn signed_in(&self, _setup: &Setup, response: &Response) -> Result<Session, Outcome> {
        let refused = || Outcome::SignedOut {
            reason: "Shopify does not take this client ID and secret for this store.".to_owned(),
        };
        if let Response::Answer { status: 400..=404, .. } = response {
            return Err(refused());
        }
        let answer = crate::json(response, |body| body["error_description"].as_str().map(str::to_owned))?;
        match answer["access_token"].as_str().filter(|token| !token.is_empty()) {
            Some(token) => Ok(Session { token: Secret::new(token) }),
            None => Err(refused()),
        }
    }

    fn authorize(&self, setup: &Setup, session: Option<&Session>, request: &mut Request) {
        let token = session.map_or_else(|| setup.secret("token"), |session| session.token.reveal());
        request.headers.push(("x-shopify-access-token".to_owned(), token.to_owned()));
    }

    fn number(&self, receipt_number: &str, external_id: &str) -> String {
        words::number_of(receipt_number, external_id)
    }

    fn returns(&self) -> bool {
        false
    }

    fn allowance(&self, response: &Response) -> Option<Allowance> {
        let Response::Answer { body, .. } = response else { return None };
        call::allowance(&serde_json::from_slice(body).ok()?)
    }

    fn step(&self, _setup: &Setup, command: &Command, came: Option<Came<'_>>) -> Outcome {
        match command {
            Command::Look => look(came),
            Command::List { kind, after } => records::list(*kind, after.as_deref(), came),
            Command::Changed { since_ms, after } => records::changed(*since_ms, after.as_deref(), came),
            Command::Documents { store, day, currency, after } => {
                day::documents((store, *day, *currency), after.as_deref(), came)
            }
            Command::Deliver(document) => sale::deliver(document, came),
            Command::Write { id, fields } => product::write(id, fields, came),
        }
    }
}

fn settings() -> Vec<SettingField> {
    let optional = |name: &str, label: &str, form: SettingForm| {
        let mut field = setting(name, label, form, "");
        field.optional = true;
        field
    };
    vec![
        setting("address", "Address", SettingForm::Address, "https://your-store.myshopify.com"),
        optional("client_id", "Client ID (Dev Dashboard)", SettingForm::Text),
        optional("client_secret", "Client secret (Dev Dashboard)", SettingForm::Secret),
        optional("token", "Admin API access token (instead of both)", SettingForm::Secret),
    ]
}

/// Who is there, and what the app may do.
fn look(came: Option<Came<'_>>) -> Outcome {
    let Some(came) = came else { return ask_shop() };
    let data = match call::data(came.response) {
        Ok(data) => data,
        Err(outcome) => return outcome,
    };
    let shop = &data["shop"];
    let (Some(name), Some(currency), Some(included)) =
        (shop["name"].as_str(), shop["currencyCode"].as_str(), shop["taxesIncluded"].as_bool())
    else {
        return misunderstood("a store has a name, a currency and prices with or without tax");
    };
    let Some(granted) = data["currentAppInstallation"]["accessScopes"].as_array() else {
        return misunderstood("an app has rights");
    };
    let missing = missing(granted);
    if !missing.is_empty() {
        let reason =
            format!("Shopify does not let the app do all that is needed: {} is missing.", missing.join(", "));
        return Outcome::wedged(reason, call::GIVE_RIGHTS);
    }
    let tax = if included { "include tax" } else { "are without tax" };
    let version = came.response.header("x-shopify-api-version").unwrap_or(call::VERSION);
    Outcome::Done(Done::Seen { about: format!("Shopify ({version}): {name}, {currency}, its prices {tax}") })
}

/// Whoever may write may read.
fn missing(granted: &[Value]) -> Vec<&'static str> {
    let has = |scope: &str| granted.iter().any(|one| one["handle"] == scope);
    let may = |scope: &&str| !has(scope) && !has(&scope.replace("read_", "write_"));
    call::SCOPES.into_iter().filter(may).collect()
}

/// Asks for the store.
fn ask_shop() -> Outcome {
    Outcome::next(&"shop", call::call(SHOP, &json!({})))
}
