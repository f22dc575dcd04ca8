//! Pages: Vendure's variants page by page: all of them in the order they were made, or those that were changed, and then those whose
//! product was, since a product's name and switch move no time of its variants.
//! Vendure cannot ask for what lies beyond an id, and many records share a moment. So a page begins just before the moment of the
//! last record, without those of that moment that were seen: whatever changes meanwhile, nothing slips from one page to another.

use super::api::{self, CHANNEL};
use super::{clock, variant};
use crate::command::Page;
use crate::exchange::Request;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Records a page holds.
const PAGE: usize = 100;
/// Most records of one moment that are left out by name; those beyond are skipped by their number.
const MOST_SEEN: usize = 1_000;

/// What a page is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum At {
    /// All variants.
    All,
    /// Variants that were changed.
    Variants,
    /// Products that were.
    Products,
    /// All variants of some products.
    Of,
}

/// Where a page begins.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Place {
    at: At,
    /// Beyond this moment, epoch ms.
    after_ms: Option<i64>,
    /// Seen beyond it already, each with its moment.
    seen: Vec<(String, i64)>,
    /// And so many more.
    skip: usize,
    /// Of these products.
    of: Vec<String>,
    /// Where the products go on.
    then: Option<Box<Place>>,
}

impl Place {
    fn start(at: At, after_ms: Option<i64>) -> Self {
        Self { at, after_ms, seen: Vec::new(), skip: 0, of: Vec::new(), then: None }
    }

    /// `after` of Vendure is without the moment itself.
    fn since(at: At, since_ms: i64) -> Self {
        Self::start(at, since_ms.checked_sub(1))
    }

    fn text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// The time a page of it is in the order of.
    fn time(&self) -> &'static str {
        match self.at {
            At::All | At::Of => "createdAt",
            At::Variants | At::Products => "updatedAt",
        }
    }

    /// The place behind these rows, each an id and its time.
    fn behind(self, rows: &[(String, i64)]) -> Self {
        let Some((_, last_ms)) = rows.last() else { return self };
        // A moment is cut to the millisecond when it is told: what is beyond the one before may have been told as that one.
        let after_ms = last_ms.saturating_sub(1).max(self.after_ms.unwrap_or(i64::MIN));
        let has_moved = Some(after_ms) > self.after_ms;
        if !has_moved && self.seen.len() >= MOST_SEEN {
            return Self { skip: self.skip.saturating_add(rows.len()), ..self };
        }
        let seen = self.seen.into_iter().chain(rows.iter().cloned());
        let seen = seen.filter(|(_, at_ms)| *at_ms >= after_ms).collect();
        let skip = if has_moved { 0 } else { self.skip };
        Self { after_ms: Some(after_ms), seen, skip, ..self }
    }
}

/// A page of the variants that were changed since a time, or of all.
pub(super) fn changed(
    setup: &Setup,
    since_ms: Option<i64>,
    after: Option<&str>,
    came: Option<Came<'_>>,
) -> Outcome {
    if let Some(came) = came
        && let Some(place) = came.progress.read::<Place>()
    {
        return page(setup, since_ms, place, came).unwrap_or_else(|outcome| outcome);
    }
    let first = || match since_ms {
        Some(since_ms) => Place::since(At::Variants, since_ms),
        None => Place::start(At::All, None),
    };
    let place = after.and_then(|after| serde_json::from_str(after).ok()).unwrap_or_else(first);
    let request = ask(setup, &place);
    Outcome::next(&place, request)
}

fn ask(setup: &Setup, place: &Place) -> Request {
    let mut filter = json!({});
    if let Some(after_ms) = place.after_ms {
        filter[place.time()] = json!({"after": clock::text(after_ms)});
    }
    if !place.seen.is_empty() {
        let seen: Vec<&String> = place.seen.iter().map(|(id, _)| id).collect();
        filter["id"] = json!({"notIn": seen});
    }
    if place.at == At::Of {
        filter["productId"] = json!({"in": place.of});
    }
    // By one key: of several Vendure sorts by the one first that stands first in its schema, and that is the id.
    let sort = json!({place.time(): "ASC"});
    let options = json!({"skip": place.skip, "take": PAGE, "sort": sort, "filter": filter});
    let query = match place.at {
        At::Products => format!(
            "query Products($options: ProductListOptions) {{ {CHANNEL} products(options: $options) {{ items {{ id updatedAt }} }} }}"
        ),
        _ => format!(
            "query Variants($options: ProductVariantListOptions) {{ {CHANNEL} productVariants(options: $options) {{ items {{ {} }} }} }}",
            variant::selection(setup)
        ),
    };
    api::ask(&query, &json!({"options": options}))
}

fn page(setup: &Setup, since_ms: Option<i64>, place: Place, came: Came<'_>) -> Result<Outcome, Outcome> {
    let data = api::data(setup, came.response)?;
    let channel = api::channel(&data)?;
    let list = if place.at == At::Products { &data["products"] } else { &data["productVariants"] };
    let rows = list["items"].as_array().ok_or_else(|| misunderstood("a list was asked for"))?;
    let stands: Option<Vec<(String, i64)>> = rows.iter().map(|row| stand(row, place.time())).collect();
    let stands = stands.ok_or_else(|| misunderstood("a record has an id and its times"))?;
    if !stands.is_sorted_by_key(|(_, at_ms)| *at_ms) {
        return Err(misunderstood("a list in the order of its times was asked for"));
    }
    let records = match place.at {
        At::Products => Some(Vec::new()),
        _ => rows.iter().map(|row| variant::record(setup, &channel, row)).collect(),
    };
    let records = records.ok_or_else(|| misunderstood("a variant has a code, a name and a product"))?;
    let next = next(since_ms, place, &stands);
    Ok(Outcome::Done(Done::Records(Page { records, next: next.and_then(|place| place.text()) })))
}

fn stand(row: &Value, time: &str) -> Option<(String, i64)> {
    Some((row["id"].as_str()?.to_owned(), clock::instant_ms(row[time].as_str()?)?))
}

fn next(since_ms: Option<i64>, place: Place, rows: &[(String, i64)]) -> Option<Place> {
    let is_full = rows.len() >= PAGE;
    match place.at {
        At::Products if rows.is_empty() => None,
        At::Products => {
            let of = rows.iter().map(|(id, _)| id.clone()).collect();
            let then = is_full.then(|| Box::new(place.behind(rows)));
            Some(Place { of, then, ..Place::start(At::Of, None) })
        }
        _ if is_full => Some(place.behind(rows)),
        At::All => None,
        At::Variants => since_ms.map(|since_ms| Place::since(At::Products, since_ms)),
        At::Of => place.then.map(|then| *then),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(ids: std::ops::Range<i64>, at_ms: impl Fn(i64) -> i64) -> Vec<(String, i64)> {
        ids.map(|id| (id.to_string(), at_ms(id))).collect()
    }

    /// What Vendure would answer to a place, out of records in the order of time and id.
    fn answer(place: &Place, all: &[(String, i64)]) -> Vec<(String, i64)> {
        let is_beyond = |at_ms: i64| place.after_ms.is_none_or(|after_ms| at_ms > after_ms);
        let wanted = all.iter().filter(|row| is_beyond(row.1) && !place.seen.contains(row));
        wanted.skip(place.skip).take(PAGE).cloned().collect()
    }

    #[test]
    fn nothing_is_lost_however_many_share_a_moment() {
        for at_ms in
            [|id: i64| id, |_| 5_000, |id: i64| id / 150 * 1_000, |id: i64| id / 99, |id: i64| id / 700]
        {
            let all = rows(0..1_730, at_ms);
            let (mut place, mut found) = (Place::start(At::Variants, None), Vec::new());
            for _ in 0..40 {
                let page = answer(&place, &all);
                found.extend(page.iter().map(|(id, _)| id.clone()));
                if page.len() < PAGE {
                    break;
                }
                assert!(place.seen.len() < MOST_SEEN + PAGE);
                place = place.behind(&page);
            }
            let wanted: Vec<String> = all.iter().map(|(id, _)| id.clone()).collect();
            assert_eq!(found, wanted, "each once");
        }
    }

    #[test]
    fn what_changes_between_two_pages_shifts_nothing_away() {
        let mut all = rows(0..300, |_| 5_000);
        let mut place = Place::start(At::Variants, None);
        let first = answer(&place, &all);
        place = place.behind(&first);
        // Three that were seen are changed: they move to the end, and all behind them forward.
        all.iter_mut().take(3).for_each(|row| row.1 = 9_000);
        all.sort_by_key(|row| row.1);
        let second = answer(&place, &all);
        assert_eq!(second.first().map(|(id, _)| id.as_str()), Some("100"));
    }
}
