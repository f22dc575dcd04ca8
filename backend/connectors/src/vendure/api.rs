//! Api: Vendure's GraphQL: how a question is put, what an answer means, what a channel says of its prices.
//! An error has status 200 and stands in `errors`; a refusal can also be a member of a union, status 200 too.

use crate::answer::{cut, json as json_of};
use crate::exchange::{Method, Request, Response};
use crate::misunderstood;
use crate::outcome::Outcome;
use crate::setup::{Secret, Session, Setup};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Asked for with everything: an ended session is refused here first.
pub(super) const CHANNEL: &str = "activeChannel { code defaultCurrencyCode defaultLanguageCode pricesIncludeTax } globalSettings { trackInventory serverConfig { moneyStrategyPrecision } }";

const SIGN_IN: &str = "mutation SignIn($user: String!, $password: String!) { login(username: $user, password: $password) { __typename ... on CurrentUser { id identifier channels { id code } } ... on ErrorResult { errorCode message } } }";

/// The header that holds the token of a session, and nothing where what was sent is no session any more.
const TOKEN: &str = "vendure-auth-token";

/// A question or an order.
pub(super) fn ask(query: &str, variables: &Value) -> Request {
    Request::json(Method::Post, "/admin-api", &json!({"query": query, "variables": variables}))
}

pub(super) fn login(setup: &Setup) -> Request {
    ask(SIGN_IN, &json!({"user": setup.text("user"), "password": setup.secret("password")}))
}

/// The session that signing in gave.
pub(super) fn session(setup: &Setup, response: &Response) -> Result<Session, Outcome> {
    let login = data(setup, response)?;
    let login = &login["login"];
    let signed_out = |reason: &str| Outcome::SignedOut { reason: reason.to_owned() };
    match (login["__typename"].as_str(), login["errorCode"].as_str()) {
        (Some("CurrentUser"), _) => match response.header(TOKEN) {
            Some(token) if !token.is_empty() => Ok(Session { token: Secret::new(token) }),
            _ => Err(signed_out(
                "Vendure let us in, but gives its token as a cookie alone. Have “bearer” added to “tokenMethod” in its configuration, or use an API key.",
            )),
        },
        (_, Some("INVALID_CREDENTIALS_ERROR")) if setup.text("user").is_empty() => {
            Err(signed_out("Give an API key, or the e-mail address and password of an administrator."))
        }
        (_, Some("INVALID_CREDENTIALS_ERROR")) => {
            Err(signed_out("Vendure does not take this e-mail address and password."))
        }
        (_, Some(_)) => {
            let words = cut(login["message"].as_str().unwrap_or_default());
            Err(signed_out(&format!("Vendure does not let us in: {words}")))
        }
        _ => Err(misunderstood("a user was asked for")),
    }
}

/// What a question gave.
pub(super) fn data(setup: &Setup, response: &Response) -> Result<Value, Outcome> {
    let answer = json_of(response, said).map_err(|outcome| match (&outcome, response) {
        (Outcome::Wedged(wedged), Response::Answer { status: 400, .. }) => {
            without_own_field(setup, &wedged.reason).unwrap_or(outcome)
        }
        _ => outcome,
    })?;
    if answer["errors"].as_array().is_some_and(|errors| !errors.is_empty()) {
        return Err(refused(&answer["errors"][0], response));
    }
    match answer.get("data") {
        Some(data) if data.is_object() => Ok(data.clone()),
        _ => Err(misunderstood("data was asked for")),
    }
}

fn said(answer: &Value) -> Option<String> {
    answer["errors"][0]["message"].as_str().map(str::to_owned)
}

/// A question that does not fit the schema: a field that somebody typed in is not there.
fn without_own_field(setup: &Setup, words: &str) -> Option<Outcome> {
    let named = |name: &&str| words.contains(&format!("\"{name}\"")) || words.contains("\"customFields\"");
    let name = own_fields(setup).into_iter().find(named)?;
    Some(Outcome::wedged(
        format!("Vendure’s variants have no custom field “{name}”."),
        "Set the name of the custom field as it stands in Vendure’s configuration, or leave it empty.",
    ))
}

fn refused(error: &Value, response: &Response) -> Outcome {
    let words = cut(error["message"].as_str().unwrap_or_default());
    match error["extensions"]["code"].as_str().unwrap_or_default() {
        "FORBIDDEN" => forbidden(error, response),
        "UNAUTHORIZED" => not_known(),
        "CHANNEL_NOT_FOUND" => Outcome::wedged(
            "Vendure has no channel with this token.",
            "Set the token as Vendure shows it under Settings, Channels; leave it empty for the default channel.",
        ),
        "ENTITY_NOT_FOUND" => Outcome::wedged(
            format!("Vendure does not have this any more: {words}"),
            "Match the product with another one there, or take the match away.",
        ),
        // Without a code its database complained; some of that passes.
        "" | "INTERNAL_SERVER_ERROR" => {
            Outcome::Later { wait_ms: None, reason: format!("Vendure failed: {words}"), answered: true }
        }
        _ => Outcome::wedged(
            format!("Vendure does not take this: {words}"),
            "Look at what it says, mend it here or there, then send it again.",
        ),
    }
}

/// Signed out and lacking a right have one word. Who is signed out loses the token, and may not even ask for the channel.
fn forbidden(error: &Value, response: &Response) -> Outcome {
    let has_ended = response.header(TOKEN).is_some_and(str::is_empty);
    let place = error["path"][0].as_str().unwrap_or_default();
    if has_ended || place == "activeChannel" {
        return not_known();
    }
    let right = if place.starts_with("update") { "UpdateCatalog" } else { "ReadCatalog" };
    Outcome::wedged(
        "Vendure does not let this user or key do this.",
        format!("Give its role the permission “{right}” in this channel, then send it again."),
    )
}

fn not_known() -> Outcome {
    Outcome::SignedOut { reason: "Vendure does not know this user or key, or not any more.".to_owned() }
}

/// Custom fields that somebody typed in, those alone that can be asked for.
pub(super) fn own_fields(setup: &Setup) -> Vec<&str> {
    let mut names: Vec<&str> = ["barcode_field", "other_field"]
        .into_iter()
        .map(|setting| setup.text(setting).trim())
        .filter(|name| is_name(name))
        .collect();
    names.dedup();
    names
}

/// Can it be the name of a field?
pub(super) fn is_name(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && text.len() <= 100 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What is asked of a variant's custom fields; nothing where nobody wants any.
pub(super) fn own_selection(setup: &Setup) -> String {
    match own_fields(setup).as_slice() {
        [] => String::new(),
        names => format!(" customFields {{ {} }}", names.join(" ")),
    }
}

/// What the channel says of its prices and of stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Channel {
    pub code: String,
    pub currency: String,
    pub language: String,
    /// Are its prices kept with tax?
    pub with_tax: bool,
    /// Is stock tracked where a variant says nothing of its own?
    pub tracks: bool,
    /// Decimals of its money.
    pub digits: u32,
}

/// The channel of an answer to [`CHANNEL`].
pub(super) fn channel(data: &Value) -> Result<Channel, Outcome> {
    let of = &data["activeChannel"];
    let settings = &data["globalSettings"];
    let digits = settings["serverConfig"]["moneyStrategyPrecision"].as_u64();
    let found = || {
        Some(Channel {
            code: of["code"].as_str()?.to_owned(),
            currency: of["defaultCurrencyCode"].as_str()?.to_owned(),
            language: of["defaultLanguageCode"].as_str()?.to_owned(),
            with_tax: of["pricesIncludeTax"].as_bool()?,
            tracks: settings["trackInventory"].as_bool()?,
            digits: u32::try_from(digits?).ok().filter(|digits| *digits <= 12)?,
        })
    };
    found()
        .ok_or_else(|| misunderstood("a channel has a currency, a language and prices with tax or without"))
}
