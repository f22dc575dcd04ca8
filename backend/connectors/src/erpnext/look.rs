//! Look: who is there, and whether what was typed in is there too: version and time zone, the customer, the price list; and whether
//! the rates of our sales, which are without tax, would become prices there.

use super::api::{self, Ask};
use super::clock;
use crate::exchange::{Request, Response};
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A new site has this on: what is sold without a price in the list gets its rate for a price.
const RATES_BECOME_PRICES: &str = "/api/method/frappe.client.get_single_value?doctype=Stock%20Settings&field=auto_insert_price_list_rate_if_missing";

/// Where it stands; `about` grows.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stand {
    Versions,
    Zone { about: String },
    Customer { about: String },
    PriceList { about: String },
    Rates { about: String },
}

pub(super) fn look(setup: &Setup, came: Option<Came<'_>>) -> Outcome {
    let stand = came.and_then(|came| came.progress.read::<Stand>());
    let (Some(came), Some(stand)) = (came, stand) else {
        return Outcome::next(&Stand::Versions, api::method("frappe.utils.change_log.get_versions"));
    };
    let next = match stand {
        Stand::Versions => api::message(came.response).and_then(|versions| versions_seen(&versions)),
        Stand::Zone { about } => api::message(came.response).and_then(|zone| zone_seen(setup, &about, &zone)),
        Stand::Customer { about } => api::rows(came.response).and_then(|rows| {
            is_there(&rows, "customer", setup.text("customer"))?;
            let request = find("Price List", setup.text("price_list"), &["name", "selling"]);
            Ok(Outcome::next(&Stand::PriceList { about }, request))
        }),
        Stand::PriceList { about } => api::rows(came.response).and_then(|rows| {
            is_there(&rows, "price list", setup.text("price_list"))?;
            Ok(Outcome::next(&Stand::Rates { about }, Request::get(RATES_BECOME_PRICES)))
        }),
        Stand::Rates { about } => rates_seen(about, came.response),
    };
    next.unwrap_or_else(|outcome| outcome)
}

fn versions_seen(versions: &Value) -> Result<Outcome, Outcome> {
    let version = |app: &str| versions[app]["version"].as_str();
    let Some(frappe) = version("frappe") else {
        return Err(misunderstood("a list of versions was asked for"));
    };
    let Some(erpnext) = version("erpnext") else {
        return Err(Outcome::wedged(
            format!("This site runs Frappe {frappe} without ERPNext."),
            "Set the address of the site that ERPNext is installed on.",
        ));
    };
    let about = format!("ERPNext {erpnext} on Frappe {frappe}");
    Ok(Outcome::next(&Stand::Zone { about }, api::method("frappe.client.get_time_zone")))
}

fn zone_seen(setup: &Setup, about: &str, zone: &Value) -> Result<Outcome, Outcome> {
    let Some(minutes) = clock::offset_minutes(setup) else {
        return Err(Outcome::wedged(
            format!("“{}” is no number of hours ahead of UTC.", setup.text("utc_offset")),
            "Set how many hours the site’s time zone is ahead of UTC in winter, like +1, 0 or -3:30.",
        ));
    };
    let hours =
        format!("UTC{}{}:{:02}", if minutes < 0 { '−' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60);
    let about = match zone["time_zone"].as_str() {
        Some(zone) => format!("{about}, its clock in {zone} read as {hours} in winter"),
        None => format!("{about}, its clock read as {hours} in winter"),
    };
    let request = find("Customer", setup.text("customer"), &["name"]);
    Ok(Outcome::next(&Stand::Customer { about }, request))
}

/// Whoever may not read the stock settings learns that, and is let on.
fn rates_seen(about: String, response: &Response) -> Result<Outcome, Outcome> {
    if matches!(response, Response::Answer { status: 403, .. }) {
        let about = format!(
            "{about}; whether “Auto Insert Item Price If Missing” is off could not be seen, and it must be"
        );
        return Ok(Outcome::Done(Done::Seen { about }));
    }
    match &api::message(response)? {
        Value::Bool(false) | Value::Null => {}
        Value::Number(number) if number.as_i64() == Some(0) => {}
        Value::String(text) if text == "0" || text.is_empty() => {}
        Value::Bool(true) | Value::Number(_) | Value::String(_) => {
            return Err(Outcome::wedged(
                "ERPNext would take the rates of our sales, which are without tax, for prices of what has none.",
                "Clear “Auto Insert Item Price If Missing” in ERPNext’s Stock Settings, then test this again.",
            ));
        }
        _ => return Err(misunderstood("a setting is on or off")),
    }
    Ok(Outcome::Done(Done::Seen { about }))
}

fn find(doctype: &str, name: &str, fields: &[&str]) -> Request {
    let filters = json!([["name", "=", name]]);
    api::list(Ask { doctype, parent: None, fields, filters, or_filters: None, order: "name asc", limit: 1 })
}

fn is_there(rows: &[Value], what: &str, name: &str) -> Result<(), Outcome> {
    match rows.first() {
        None => Err(Outcome::wedged(
            format!("ERPNext has no {what} “{name}” that this user may see."),
            format!("Set a {what} as ERPNext writes it, or give the user access to it."),
        )),
        Some(row) if row["selling"].as_i64() == Some(0) => Err(Outcome::wedged(
            format!("The price list “{name}” is not for selling."),
            "Set a price list that is ticked “Selling” in ERPNext.",
        )),
        Some(_) => Ok(()),
    }
}
