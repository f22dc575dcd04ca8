//! Sale: our sale as an order of Shopify's.
//! It is looked for twice before it is made: by its number, which a search may not know yet, and by our own id, a custom ID that
//! Shopify lets no two orders have. So a command begun again, whenever it broke off, ends with one order. An order is in their books
//! at once: all that can be known of it is held against ours before, and their own total and tax after.

use super::call::{self, UserErrors, data};
use super::words::{self, KEY, NAMESPACE};
use crate::command::Document;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome, Wedged};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::money::Minor;

const BY_NUMBER: &str = include_str!("graphql/sale_by_number.graphql");
const DEFINE_MARK: &str = include_str!("graphql/define_mark.graphql");
const BY_MARK: &str = include_str!("graphql/sale_by_mark.graphql");
const CREATE: &str = include_str!("graphql/create_sale.graphql");
/// Items of a list that is said to them.
const MOST_ITEMS: usize = 250;

/// Where a delivery stands; `included` where the store's prices are with tax.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked whether an order has its number, and whether orders can hold our id.
    ByNumber { defined: bool },
    /// Asked to let orders hold our id.
    Defining { included: bool },
    /// Asked whether an order has our id; `again` after it was said that one has.
    ByMark { included: bool, again: bool },
    /// Asked to make it.
    Creating { included: bool },
}

pub(super) fn deliver(document: &Document, came: Option<Came<'_>>) -> Outcome {
    if let Some(wedged) = words::unsayable(document) {
        return Outcome::Wedged(wedged);
    }
    // Forgotten where it stood: from the beginning.
    let Some((stand, came)) = came.and_then(|came| Some((came.progress.read::<Stand>()?, came))) else {
        return by_number(document, false);
    };
    let answer = match data(came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    let next = match stand {
        Stand::ByNumber { defined } => numbered(document, defined, &answer),
        Stand::Defining { included } => defined(document, included, &answer),
        Stand::ByMark { included, again } => marked(document, (included, again), &answer),
        Stand::Creating { included } => created(document, included, &answer),
    };
    next.unwrap_or_else(|outcome| outcome)
}

fn by_number(document: &Document, defined: bool) -> Outcome {
    let variables = json!({
        "query": format!("source_identifier:{}", call::quoted(&words::number(document))),
        "mark": {"ownerType": "ORDER", "namespace": NAMESPACE, "key": KEY},
    });
    Outcome::next(&Stand::ByNumber { defined }, call::call(BY_NUMBER, &variables))
}

/// Asks by our own id, and whether all that was sold is there.
fn by_mark(document: &Document, included: bool, again: bool) -> Outcome {
    let sold = words::variants(document);
    let variants: Vec<String> =
        sold.iter().take(MOST_ITEMS).map(|line| call::gid("ProductVariant", &line.product)).collect();
    let mark = json!({"namespace": NAMESPACE, "key": KEY, "value": document.external_id});
    let variables = json!({"mark": mark, "variants": variants});
    Outcome::next(&Stand::ByMark { included, again }, call::call(BY_MARK, &variables))
}

fn numbered(document: &Document, was_defined: bool, answer: &Value) -> Result<Outcome, Outcome> {
    let Some(found) = answer["orders"]["nodes"].as_array() else {
        return Err(misunderstood("a list of orders was asked for"));
    };
    // A search finds what is alike, too.
    let number = words::number(document);
    let ours: Vec<&Value> =
        found.iter().filter(|order| order["sourceIdentifier"] == number.as_str()).collect();
    if !ours.is_empty() {
        return Ok(judge(document, &ours, true));
    }
    let shop = &answer["shop"];
    let (Some(currency), Some(included)) = (shop["currencyCode"].as_str(), shop["taxesIncluded"].as_bool())
    else {
        return Err(misunderstood("a store has a currency"));
    };
    if currency != document.currency.code() {
        return Err(Outcome::wedged(
            format!(
                "The Shopify store keeps its books in {currency}, this sale is in {}.",
                document.currency.code()
            ),
            "Enter it there by hand, then set it aside here.",
        ));
    }
    match answer.get("metafieldDefinition") {
        Some(Value::Null) if was_defined => Err(not_shown_yet()),
        Some(Value::Null) => Ok(define(included)),
        Some(definition) => {
            holds_ids(definition)?;
            Ok(by_mark(document, included, false))
        }
        None => Err(misunderstood("it was asked whether orders have a custom ID")),
    }
}

fn define(included: bool) -> Outcome {
    let definition = json!({
        "ownerType": "ORDER",
        "namespace": NAMESPACE,
        "key": KEY,
        "type": "id",
        "name": "Tillbridge sale",
        "description": "The sale at the till this order is. No two orders have the same.",
    });
    let request = call::call(DEFINE_MARK, &json!({"definition": definition}));
    Outcome::next(&Stand::Defining { included }, request)
}

fn defined(document: &Document, included: bool, answer: &Value) -> Result<Outcome, Outcome> {
    let payload = &answer["metafieldDefinitionCreate"];
    match UserErrors::of(payload)? {
        // Made meanwhile, or before and the answer was lost.
        Some(errors) if errors.codes.iter().any(|code| code == "TAKEN") => Ok(by_number(document, true)),
        Some(errors) => Err(errors.outcome()),
        None => {
            holds_ids(&payload["createdDefinition"])?;
            Ok(by_mark(document, included, false))
        }
    }
}

/// Can orders hold an id of ours that no two of them have?
fn holds_ids(definition: &Value) -> Result<(), Outcome> {
    match (
        definition["type"]["name"].as_str(),
        definition["capabilities"]["uniqueValues"]["enabled"].as_bool(),
    ) {
        (Some("id"), Some(true)) => Ok(()),
        (Some(_), Some(_)) => Err(Outcome::wedged(
            format!(
                "Orders in Shopify have a field {NAMESPACE}.{KEY} that is not an ID with values used once."
            ),
            "Delete it there (Settings, Custom data, Orders), then send this again: it is made anew.",
        )),
        _ => Err(misunderstood("a field of orders has a type")),
    }
}

fn marked(document: &Document, (included, again): (bool, bool), answer: &Value) -> Result<Outcome, Outcome> {
    match answer.get("orderByIdentifier") {
        Some(Value::Null) if again => return Err(not_shown_yet()),
        Some(Value::Null) => {}
        Some(order) if order.is_object() => return Ok(judge(document, &[order], true)),
        _ => return Err(misunderstood("an order was asked for")),
    }
    let sold = words::variants(document);
    let Some(nodes) = answer["nodes"].as_array().filter(|nodes| nodes.len() == sold.len().min(MOST_ITEMS))
    else {
        return Err(misunderstood("each variant was asked for"));
    };
    // Another kind of record with that number has no id here.
    if let Some((line, _)) = sold.iter().zip(nodes).find(|(_, node)| !node["id"].is_string()) {
        return Err(Outcome::Wedged(words::gone(line)));
    }
    create(document, included)
}

fn create(document: &Document, included: bool) -> Result<Outcome, Outcome> {
    let Ok(Some(order)) = words::order(document, included) else {
        return Err(Outcome::wedged(
            "Shopify would count another total or tax than the receipt says.",
            "Enter it there by hand, then set it aside here.",
        ));
    };
    if order["lineItems"].as_array().is_some_and(|lines| lines.len() > MOST_ITEMS) {
        return Err(Outcome::wedged(
            format!("Shopify takes {MOST_ITEMS} lines in one order, and this sale has more."),
            "Enter it there by hand, in two orders, then set it aside here.",
        ));
    }
    // From where Shopify would take stock, nobody can tell it: so it takes none.
    let options =
        json!({"inventoryBehaviour": "BYPASS", "sendReceipt": false, "sendFulfillmentReceipt": false});
    let request = call::call(CREATE, &json!({"order": order, "options": options}));
    Ok(Outcome::next(&Stand::Creating { included }, request))
}

fn created(document: &Document, included: bool, answer: &Value) -> Result<Outcome, Outcome> {
    let payload = &answer["orderCreate"];
    match UserErrors::of(payload)? {
        // It has one with our id that neither search has found: it is asked once more.
        Some(errors) if errors.fields.iter().any(|field| field.contains("metafields")) => {
            Ok(by_mark(document, included, true))
        }
        Some(errors) => Err(errors.outcome()),
        None if payload["order"].is_object() => Ok(judge(document, &[&payload["order"]], false)),
        None => Err(misunderstood("a new order was asked for")),
    }
}

fn not_shown_yet() -> Outcome {
    Outcome::Later {
        wait_ms: None,
        reason: "Shopify seems to have this already and does not show it yet.".to_owned(),
        answered: true,
    }
}

/// Is what they have what we sold?
fn judge(document: &Document, orders: &[&Value], was_there: bool) -> Outcome {
    let kept: Vec<&&Value> = orders.iter().filter(|order| order["cancelledAt"].is_null()).collect();
    let order = match kept.as_slice() {
        [order] => **order,
        [] => {
            return Outcome::wedged(
                "Somebody cancelled this sale in Shopify.",
                "Delete the cancelled order there and send this again, or set it aside here.",
            );
        }
        _ => {
            return Outcome::wedged(
                format!("Shopify has the sale {} more than once.", words::number(document)),
                "Cancel all but one of these orders there, then send this again.",
            );
        }
    };
    let (Some(id), Some(name)) = (call::number_of(&order["id"]), order["name"].as_str()) else {
        return misunderstood("an order has an id and a name");
    };
    if let Some(wedged) = differs(document, order, name) {
        return Outcome::Wedged(wedged);
    }
    match order["displayFinancialStatus"].as_str() {
        Some("PAID" | "PARTIALLY_REFUNDED" | "REFUNDED") => {
            Outcome::Done(Done::Delivered { remote_id: id, was_there })
        }
        Some("PENDING" | "AUTHORIZED" | "PARTIALLY_PAID" | "VOIDED" | "EXPIRED") | None => Outcome::wedged(
            format!("Shopify has this as order {name}, but not as paid."),
            "Mark the order as paid there, then send this again.",
        ),
        Some(_) => misunderstood("an order is paid or it is not"),
    }
}

/// Does Shopify count otherwise than we do?
fn differs(document: &Document, order: &Value, name: &str) -> Option<Wedged> {
    let currency = document.currency;
    let theirs = |field: &str| call::minor(&order[field], currency);
    let is_ours = order["totalPriceSet"]["shopMoney"]["currencyCode"] == currency.code();
    let (total, tax) = (theirs("totalPriceSet").filter(|_| is_ours), theirs("totalTaxSet"));
    if (total, tax) == (Some(document.total), Some(document.tax)) {
        return None;
    }
    let say = |amount: Option<Minor>| amount.map_or("?".to_owned(), |amount| amount.to_decimal(currency));
    Some(Wedged {
        reason: format!(
            "Shopify has this as order {name} with {} and {} of tax in it, the receipt says {} with {}.",
            say(total),
            say(tax),
            document.total.to_decimal(currency),
            document.tax.to_decimal(currency),
        ),
        remedy: "Look who changed the order there. If nobody did: cancel and delete it there, enter it by hand, then set this aside here."
            .to_owned(),
    })
}
