//! Catalog: WooCommerce's products and variations, page by page, in the order of their numbers.
//! A page of products is followed by the variations of each that has some, which only their parent lists; a change of a variation
//! changes the time of its parent. Where changes are asked for, what was put in the bin comes last: no other list has it.

use super::goods;
use super::rest::{self, PAGE, Part, Place};
use crate::command::{Page, RemoteRecord};
use crate::exchange::{Request, Response};
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Asked for so much earlier, ms. A time that the site's own zone leaves out in spring is read as one an hour later, also by the
/// columns in GMT.
const EARLIER_MS: i64 = 3_600_000;
/// The setting that says whether prices are with tax.
const INCLUDE_TAX: &str = "woocommerce_prices_include_tax";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All products.
    All,
    /// What was changed since then, epoch ms.
    Since(i64),
    /// What a line that is no product can be matched with.
    Services,
}

/// Where the pages stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    /// In the bin?
    binned: bool,
    /// In the list of products; none after its last page.
    place: Option<Place>,
    /// Products whose variations are still to be read, the next one last.
    parents: Vec<u64>,
    /// In the variations of the next one.
    inside: Place,
}

impl Cursor {
    fn read(after: Option<&str>) -> Self {
        after
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_else(|| Self { place: Some(Place::default()), ..Self::default() })
    }

    /// The page that follows; none after the last.
    fn next(mut self, wanted: Wanted) -> Option<String> {
        if self.parents.is_empty() && self.place.is_none() {
            if self.binned || !matches!(wanted, Wanted::Since(_)) {
                return None;
            }
            self = Self { binned: true, place: Some(Place::default()), ..Self::default() };
        }
        serde_json::to_string(&self).ok()
    }
}

/// Where a command stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked whether prices are with tax.
    Setting,
    /// Asked for products from there on.
    Products { with_tax: bool, begun: u64 },
    /// Asked for the product whose variations are next.
    Parent { with_tax: bool },
    /// Asked for its variations from there on.
    Variations { with_tax: bool, parent: Value, begun: u64 },
}

pub(super) fn page(wanted: Wanted, after: Option<&str>, came: Option<Came<'_>>) -> Outcome {
    let Some((stand, response)) = came.and_then(|came| Some((came.progress.read()?, came.response))) else {
        return Outcome::next(&Stand::Setting, rest::settings("tax"));
    };
    let cursor = Cursor::read(after);
    let outcome = match stand {
        Stand::Setting => with_tax(response).map(|with_tax| first(wanted, &cursor, with_tax)),
        Stand::Products { with_tax, begun } => products(wanted, cursor, (with_tax, begun), response),
        Stand::Parent { with_tax } => parent(wanted, cursor, with_tax, response),
        Stand::Variations { with_tax, parent, begun } => {
            variations(wanted, cursor, (with_tax, &parent, begun), response)
        }
    };
    outcome.unwrap_or_else(|outcome| outcome)
}

/// Are the site's prices with tax?
///
/// # Errors
/// What an answer means that does not say.
pub(super) fn with_tax(response: &Response) -> Result<bool, Outcome> {
    let settings = rest::settings_of(response, &[INCLUDE_TAX])?;
    match settings.get(INCLUDE_TAX).map(String::as_str) {
        Some("yes") => Ok(true),
        Some("no") => Ok(false),
        _ => Err(misunderstood("prices are with tax or without")),
    }
}

fn first(wanted: Wanted, cursor: &Cursor, with_tax: bool) -> Outcome {
    if let Some(parent) = cursor.parents.last() {
        return Outcome::next(&Stand::Parent { with_tax }, rest::get(&format!("products/{parent}"), &[]));
    }
    let begun = cursor.place.unwrap_or_default().begin();
    Outcome::next(&Stand::Products { with_tax, begun }, ask(wanted, cursor.binned, begun))
}

/// A page of products.
fn ask(wanted: Wanted, binned: bool, begun: u64) -> Request {
    let (offset, per_page) = (begun.to_string(), PAGE.to_string());
    let mut query =
        vec![("per_page", per_page.as_str()), ("offset", &offset), ("orderby", "id"), ("order", "asc")];
    let since = match wanted {
        Wanted::Since(since_ms) => rest::instant(since_ms.saturating_sub(EARLIER_MS)),
        Wanted::All | Wanted::Services => String::new(),
    };
    if !since.is_empty() {
        query.extend([("modified_after", since.as_str()), ("dates_are_gmt", "true")]);
    }
    if binned {
        query.push(("status", "trash"));
    }
    rest::get("products", &query)
}

fn products(
    wanted: Wanted,
    mut cursor: Cursor,
    (with_tax, begun): (bool, u64),
    response: &Response,
) -> Result<Outcome, Outcome> {
    let place = cursor.place.unwrap_or_default();
    let (rows, next) = match rest::part(response, place, begun)? {
        Part::Back(begun) => {
            let request = ask(wanted, cursor.binned, begun);
            return Ok(Outcome::next(&Stand::Products { with_tax, begun }, request));
        }
        Part::Rows(rows, next) => (rows, next),
    };
    let is_wanted = |row: &&Value| match wanted {
        Wanted::Services => goods::is_service(row),
        Wanted::All | Wanted::Since(_) => goods::is_article(row),
    };
    let records = rows.iter().filter(is_wanted).filter_map(|row| goods::product(row, with_tax)).collect();
    // Variations go to the bin with their parent and are not listed there.
    if wanted != Wanted::Services && !cursor.binned {
        cursor.parents =
            rows.iter().filter(|row| goods::has_variations(row)).filter_map(rest::id).rev().collect();
    }
    cursor.place = next;
    Ok(done(records, cursor.next(wanted)))
}

fn parent(
    wanted: Wanted,
    mut cursor: Cursor,
    with_tax: bool,
    response: &Response,
) -> Result<Outcome, Outcome> {
    if is_gone(response) {
        cursor.parents.pop();
        cursor.inside = Place::default();
        return Ok(done(Vec::new(), cursor.next(wanted)));
    }
    let parent = rest::answer(response)?;
    let Some(id) = rest::id(&parent) else { return Err(misunderstood("a product was asked for")) };
    let kept = serde_json::json!({
        "id": id,
        "name": parent["name"],
        "status": parent["status"],
        "categories": parent["categories"],
        "tax_class": parent["tax_class"],
        "tax_status": parent["tax_status"],
        "manage_stock": parent["manage_stock"],
        "date_modified_gmt": parent["date_modified_gmt"],
    });
    let begun = cursor.inside.begin();
    Ok(Outcome::next(&Stand::Variations { with_tax, parent: kept, begun }, ask_variations(id, begun)))
}

fn ask_variations(parent: u64, begun: u64) -> Request {
    let (offset, per_page) = (begun.to_string(), PAGE.to_string());
    let query = [("per_page", per_page.as_str()), ("offset", &offset), ("orderby", "id"), ("order", "asc")];
    rest::get(&format!("products/{parent}/variations"), &query)
}

fn variations(
    wanted: Wanted,
    mut cursor: Cursor,
    (with_tax, parent, begun): (bool, &Value, u64),
    response: &Response,
) -> Result<Outcome, Outcome> {
    let (rows, next) = match rest::part(response, cursor.inside, begun)? {
        Part::Back(begun) => {
            let request = ask_variations(rest::id(parent).unwrap_or_default(), begun);
            return Ok(Outcome::next(
                &Stand::Variations { with_tax, parent: parent.clone(), begun },
                request,
            ));
        }
        Part::Rows(rows, next) => (rows, next),
    };
    let records = rows.iter().filter_map(|row| goods::variation(row, parent, with_tax)).collect();
    match next {
        Some(next) => cursor.inside = next,
        None => {
            cursor.parents.pop();
            cursor.inside = Place::default();
        }
    }
    Ok(done(records, cursor.next(wanted)))
}

/// Somebody took it away between two pages.
fn is_gone(response: &Response) -> bool {
    let Response::Answer { status: 404, body, .. } = response else { return false };
    let code = serde_json::from_slice::<Value>(body).ok();
    code.is_some_and(|body| body["code"] == "woocommerce_rest_product_invalid_id")
}

fn done(records: Vec<RemoteRecord>, next: Option<String>) -> Outcome {
    Outcome::Done(Done::Records(Page { records, next }))
}
