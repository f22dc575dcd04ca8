//! Look: who is there: the channel, its currency and its prices; and whether the custom fields that were typed in are there.

use super::api::{self, CHANNEL};
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde_json::json;

/// Vendure's name of the channel that is there from the beginning.
const DEFAULT_CHANNEL: &str = "__default_channel__";

pub(super) fn look(setup: &Setup, came: Option<Came<'_>>) -> Outcome {
    let Some(came) = came else {
        let own = api::own_selection(setup);
        let query = format!(
            "query Look {{ {CHANNEL} productVariants(options: {{ take: 1 }}) {{ totalItems items {{ id{own} }} }} }}"
        );
        return Outcome::next(&"", api::ask(&query, &json!({})));
    };
    seen(setup, came).unwrap_or_else(|outcome| outcome)
}

fn seen(setup: &Setup, came: Came<'_>) -> Result<Outcome, Outcome> {
    let data = api::data(setup, came.response)?;
    let channel = api::channel(&data)?;
    let count = data["productVariants"]["totalItems"].as_i64();
    let count = count.ok_or_else(|| misunderstood("a number of variants was asked for"))?;
    for setting in ["barcode_field", "other_field"] {
        let name = setup.text(setting).trim();
        if !name.is_empty() && !api::is_name(name) {
            return Err(Outcome::wedged(
                format!("“{name}” is no name of a custom field."),
                "Set the name of the custom field as it stands in Vendure’s configuration, or leave it empty.",
            ));
        }
    }
    let place = match channel.code.as_str() {
        DEFAULT_CHANNEL => "its default channel".to_owned(),
        code => format!("channel “{code}”"),
    };
    let tax = if channel.with_tax { "with" } else { "without" };
    let currency = channel.currency;
    let about = format!("Vendure, {place}: {count} variants, prices in {currency} kept {tax} tax");
    Ok(Outcome::Done(Done::Seen { about }))
}
