//! Look: is the right Odoo there, of the version that was typed in, with the company and the customer that sales are booked on?

use super::rpc;
use super::values::{id, text};
use crate::exchange::Response;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What came before is older than the books this connector knows.
const OLDEST: u32 = 16;

/// Where it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked for the version.
    Version,
    /// Asked for the company of this version.
    Company(String),
    /// Asked for the customer; what is known already.
    Customer(String),
}

pub(super) fn look(setup: &Setup, came: Option<Came<'_>>) -> Outcome {
    let begin = || Outcome::next(&Stand::Version, rpc::ask_version(setup));
    let Some(came) = came else { return begin() };
    let answer = match rpc::result(setup, came.response) {
        Ok(answer) => answer,
        Err(_) if matches!(came.response, Response::Answer { status: 404, .. }) => return no_such_way(setup),
        Err(outcome) => return outcome,
    };
    match came.progress.read() {
        Some(Stand::Version) => version(setup, &answer),
        Some(Stand::Company(version)) => company(setup, &version, &answer),
        Some(Stand::Customer(about)) => customer(setup, about, &answer),
        None => begin(),
    }
}

fn no_such_way(setup: &Setup) -> Outcome {
    Outcome::wedged(
        format!(
            "What answers there is not an Odoo {} that can be called from outside.",
            setup.text("version")
        ),
        "Look at address, version and database. On Odoo’s own servers this needs the plan “Custom”.",
    )
}

fn version(setup: &Setup, answer: &Value) -> Outcome {
    let told = text(&answer["server_version"]).or(text(&answer["version"]));
    let Some((told, major)) = told.and_then(|told| Some((told, rpc::major(told)?))) else {
        return misunderstood("a version was asked for");
    };
    if major < OLDEST {
        return Outcome::wedged(
            format!("There is Odoo {told} at this address."),
            format!("This needs Odoo {OLDEST} or later."),
        );
    }
    if major != rpc::version(setup) {
        return Outcome::wedged(
            format!(
                "There is Odoo {told} at this address, and the connection says {}.",
                setup.text("version")
            ),
            format!("Set the version to {major}."),
        );
    }
    let domain = rpc::company(setup).map_or(json!([]), |company| json!([["id", "=", company]]));
    let ask = rpc::read(setup, "res.company", &domain, 2, &["name"]);
    Outcome::next(&Stand::Company(told.to_owned()), ask)
}

fn company(setup: &Setup, version: &str, answer: &Value) -> Outcome {
    let Some(found) = answer.as_array() else { return misunderstood("a list of companies was asked for") };
    let name = match found.as_slice() {
        [] => {
            return Outcome::wedged(
                format!("Odoo {version} answers, but has no such company that this user may see."),
                "Set the number of the company, or give the user access to it.",
            );
        }
        [company] => text(&company["name"]),
        _ => {
            return Outcome::wedged(
                format!("Odoo {version} answers, and this user sees several companies there."),
                "Set the number of the company that the sales belong to.",
            );
        }
    };
    let Some(name) = name else { return misunderstood("a company has a name") };
    let domain = json!([["id", "=", id(setup.text("partner"))]]);
    let ask = rpc::read(setup, "res.partner", &domain, 1, &["display_name"]);
    Outcome::next(&Stand::Customer(format!("Odoo {version}, {name}")), ask)
}

fn customer(setup: &Setup, about: String, answer: &Value) -> Outcome {
    let Some(found) = answer.as_array() else { return misunderstood("a customer was asked for") };
    match found.first().map(|customer| text(&customer["display_name"])) {
        Some(Some(name)) => Outcome::Done(Done::Seen { about: format!("{about}, sales on “{name}”") }),
        Some(None) => misunderstood("a customer has a name"),
        None => Outcome::wedged(
            format!("{about} answers, but has no customer {}.", setup.text("partner")),
            "Open the customer that sales at the till are booked on; the number stands in the address of that page.",
        ),
    }
}
