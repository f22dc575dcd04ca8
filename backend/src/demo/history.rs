//! History: who came when, and what they bought: planned day by day, the same for a day whenever it is asked for.

use super::DemoError;
use super::baskets::Basket;
use super::till::{DemoTill, Rules, Visit};
use crate::app::report::offset_minutes;
use crate::ingest::{Ingest, Push};
use crate::replay::chance::Chance;
use shared::calendar::{Day, LocalTime};
use shared::catalog::Product;
use shared::ids::OrganisationId;
use shared::money::Quantity;
use shared::sync::journal::SealedEntry;
use shared::sync::wire::EntryOutcome;
use std::collections::HashMap;

/// How many days before today have sales.
pub const DAYS: i64 = 8;
/// Entries of one push.
const MOST_IN_A_PUSH: usize = 100;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 1_440 * MINUTE_MS;

/// How busy a till is.
#[derive(Clone, Copy, Debug)]
pub struct Busy {
    /// Its number, for a history of its own.
    pub number: i64,
    /// Sales on a usual weekday.
    pub sales_a_day: i64,
    /// So many in a hundred come at any time of day or night.
    pub any_time_percent: u32,
}

/// What can be bought.
pub struct Shelves<'a> {
    by_code: HashMap<&'a str, &'a Product>,
    measured: Vec<&'a Product>,
}

impl<'a> Shelves<'a> {
    /// Goods that are sold at present and have a price.
    pub fn of(products: &'a [Product]) -> Self {
        let sold =
            || products.iter().filter(|p| p.active && p.stocked && p.price.is_some_and(|price| price.0 > 0));
        Self {
            by_code: sold().map(|product| (product.sku.as_str(), product)).collect(),
            measured: sold().filter(|product| product.unit.is_measured()).collect(),
        }
    }
}

/// Everybody who comes to a till on a day, in order.
pub fn visits<'a>(
    day: Day,
    busy: Busy,
    time_zone: &str,
    shelves: &Shelves<'a>,
    baskets: &[Basket],
) -> (Vec<Visit<'a>>, Chance) {
    let seed = day.number().wrapping_mul(1_009).wrapping_add(busy.number);
    let mut chance = Chance::new(seed.unsigned_abs());
    // Days since 1970-01-01, a Thursday.
    let in_a_hundred = match (day.number() + 3).rem_euclid(7) {
        5 => 140,
        6 => 60,
        _ => 95 + below(&mut chance, 20),
    };
    let count = busy.sales_a_day * in_a_hundred / 100;
    let mut visits = Vec::new();
    for _ in 0..count {
        let Some(basket) = baskets.get(chance.below(baskets.len())) else { break };
        let minute = if chance.percent(busy.any_time_percent) {
            below(&mut chance, 1_440)
        } else {
            (basket.minute + below(&mut chance, 60)).min(1_439)
        };
        let at_ms = minute * MINUTE_MS + below(&mut chance, MINUTE_MS);
        let lines = lines(basket, shelves, &mut chance);
        if lines.is_empty() {
            continue;
        }
        let discount = chance.percent(4).then_some(("10", "Packaging damaged"));
        let by_card = chance.percent(64);
        visits.push(Visit { time: at(day, at_ms, time_zone), lines, discount, by_card, coupon: None });
    }
    visits.sort_by_key(|visit| visit.time.at_ms);
    (visits, chance)
}

fn below(chance: &mut Chance, most: i64) -> i64 {
    i64::try_from(chance.below(usize::try_from(most).unwrap_or(0))).unwrap_or(0)
}

/// So many ms after a shop's midnight.
fn at(day: Day, ms: i64, time_zone: &str) -> LocalTime {
    let wall = day.number() * DAY_MS + ms;
    // The offset an hour or two off is the right one but for the minutes in which clocks change.
    let offset_minutes = offset_minutes(time_zone, wall);
    LocalTime { at_ms: wall - i64::from(offset_minutes) * MINUTE_MS, offset_minutes }
}

/// A few things out of a real basket, in amounts people carry home; now and then something comes back.
fn lines<'a>(basket: &Basket, shelves: &Shelves<'a>, chance: &mut Chance) -> Vec<(&'a Product, Quantity)> {
    let comes_back = chance.percent(2);
    let most = if comes_back { 1 } else { 1 + chance.below(5).min(chance.below(6)) };
    let mut lines: Vec<(&Product, Quantity)> = Vec::new();
    let from = chance.below(basket.lines.len());
    for (code, wanted) in basket.lines.iter().cycle().skip(from).take(basket.lines.len()) {
        if lines.len() >= most {
            break;
        }
        let Some(product) = shelves.by_code.get(code.as_str()) else { continue };
        let few = if chance.percent(72) { 1 } else { 1 + below(chance, 4) };
        let count = few.min((*wanted).max(1));
        let count = if comes_back { -1 } else { count };
        lines.push((product, Quantity(count * Quantity::ONE.0)));
    }
    if !comes_back
        && chance.percent(9)
        && let Some(product) = shelves.measured.get(chance.below(shelves.measured.len()))
    {
        let thousandths = 40 + below(chance, 900);
        let factor = if product.unit == shared::catalog::Unit::Gram { 100 } else { 1 };
        lines.push((product, Quantity(thousandths * factor)));
    }
    lines
}

/// Lets a till sell to everybody who came after `from_ms`, until `until_ms`, and books it. Says how many came.
#[expect(clippy::too_many_arguments, reason = "a history is made of all of these")]
pub async fn sell(
    till: &mut DemoTill,
    rules: &Rules,
    busy: Busy,
    shelves: &Shelves<'_>,
    baskets: &[Basket],
    (from_ms, until_ms): (i64, i64),
    books: (&Ingest, OrganisationId),
    mut sold: impl FnMut(usize),
) -> Result<(), DemoError> {
    let zone = &rules.store.time_zone;
    let today = Day::of(until_ms, offset_minutes(zone, until_ms));
    let mut entries: Vec<(SealedEntry, i64)> = Vec::new();
    for back in (0..=DAYS).rev() {
        let (visits, mut chance) = visits(today.plus_days(-back), busy, zone, shelves, baskets);
        for visit in visits.iter().filter(|v| v.time.at_ms > from_ms && v.time.at_ms <= until_ms) {
            entries.push((till.serve(visit, rules, &mut chance)?, visit.time.at_ms));
        }
    }
    for chunk in entries.chunks(MOST_IN_A_PUSH) {
        // A tablet that is online hands a sale in at once.
        let received_at_ms = chunk.last().map_or(0, |(_, at_ms)| *at_ms).min(until_ms);
        let entries = chunk.iter().map(|(entry, _)| entry.clone()).collect();
        book(books, till, entries, received_at_ms).await?;
        sold(chunk.len());
    }
    Ok(())
}

/// Hands entries in and makes sure that each is in the books.
pub async fn book(
    (ingest, organisation_id): (&Ingest, OrganisationId),
    till: &DemoTill,
    entries: Vec<SealedEntry>,
    received_at_ms: i64,
) -> Result<(), DemoError> {
    let push = Push { organisation_id, device_id: till.device_id, entries, received_at_ms };
    let answer = ingest.push(push).await.map_err(|e| DemoError::Sale(e.to_string()))?;
    match answer.answers.into_iter().find(|answer| answer.outcome != EntryOutcome::Booked) {
        None => Ok(()),
        Some(other) => {
            Err(DemoError::Sale(format!("record {} was not booked: {:?}", other.sequence, other.outcome)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{baskets, goods};
    use shared::ids::TaxCategoryId;
    use uuid::Uuid;

    const STATION: Busy = Busy { number: 3, sales_a_day: 100, any_time_percent: 35 };

    #[test]
    fn a_day_is_the_same_whenever_it_is_planned_and_busy_all_day() {
        let tax = TaxCategoryId(Uuid::from_u128(1));
        let goods = goods::goods(tax, tax, 0).unwrap();
        let shelves = Shelves::of(&goods.products);
        let baskets = baskets::baskets().unwrap();
        let plan =
            |day: &str| visits(Day::parse(day).unwrap(), STATION, "Europe/London", &shelves, &baskets).0;
        let (day, again) = (plan("2026-11-24"), plan("2026-11-24"));
        assert_eq!(day.len(), again.len());
        assert!(day.iter().zip(&again).all(|(a, b)| a.time == b.time && a.lines.len() == b.lines.len()));
        assert!((80..=115).contains(&day.len()), "{} on a Tuesday", day.len());
        assert!(plan("2026-11-28").len() > plan("2026-11-29").len(), "Saturday and Sunday");
        assert!(day.iter().all(|visit| visit.time.day().to_string() == "2026-11-24"));
        assert!(day.iter().any(|visit| visit.time.minute_of_day() < 180), "somebody comes at night");
        assert!(day.windows(2).all(|pair| pair[0].time.at_ms <= pair[1].time.at_ms));
    }
}
