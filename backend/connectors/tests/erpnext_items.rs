//! ERPNext's items: prices that begin and end, pages of what was changed, what is written back, what is looked at before it is saved.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod carry;

use carry::{Lost, carry};
use connectors::{Command, Connector, Done, Outcome, RemoteRecord, Setup, named};
use fakes::Remote;
use fakes::erpnext::Site;
use serde_json::json;
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;
const NOON_MS: i64 = 1_782_039_600_000;

fn connector() -> &'static dyn Connector {
    named("erpnext").unwrap()
}

fn site() -> Site {
    let mut site = Site::default();
    site.at(NOON_MS);
    site
}

fn done(site: &mut Site, command: &Command) -> Outcome {
    let setup = carry::setup(connector(), &site.desk());
    carry((connector(), &setup), site, command, Lost::Nothing).outcome
}

fn changed(site: &mut Site, since_ms: Option<i64>) -> (Vec<RemoteRecord>, usize) {
    let (mut all, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let outcome = done(site, &Command::Changed { since_ms, after });
        let Outcome::Done(Done::Records(page)) = outcome else { panic!("{outcome:?}") };
        all.extend(page.records);
        pages += 1;
        after = page.next;
        if after.is_none() {
            return (all, pages);
        }
    }
}

fn rate(records: &[RemoteRecord], id: &str) -> Option<String> {
    records.iter().find(|record| record.id == id)?.fields.get("price_list_rate").cloned()
}

fn price(name: &str, rate: f64, from: &str) -> serde_json::Value {
    json!({
        "name": name, "item_code": "22423", "price_list": "Standard Selling", "selling": 1, "uom": "Nos",
        "price_list_rate": rate, "packing_unit": 0, "valid_from": from,
    })
}

#[test]
fn a_price_counts_from_its_day_on_though_nobody_touches_it_then() {
    let mut site = site();
    site.add_by_hand("Item Price", price("later", 13.5, "2026-06-23"));
    let mut for_somebody = price("somebody", 9.0, "2026-06-01");
    for_somebody["customer"] = json!("Walk-in customer");
    site.add_by_hand("Item Price", for_somebody);
    let (records, _) = changed(&mut site, None);
    assert_eq!(rate(&records, "22423").as_deref(), Some("12.75"));
    // Half a minute before midnight of the site's clock, which is an hour ahead of UTC; then after it.
    site.at(NOON_MS + 2 * 24 * HOUR_MS - 13 * HOUR_MS);
    let (records, _) = changed(&mut site, Some(NOON_MS + 24 * HOUR_MS));
    assert_eq!(rate(&records, "22423").as_deref(), Some("12.75"));
    site.at(NOON_MS + 2 * 24 * HOUR_MS);
    let (records, _) = changed(&mut site, Some(NOON_MS + 2 * 24 * HOUR_MS - HOUR_MS));
    assert_eq!(rate(&records, "22423").as_deref(), Some("13.5"));
    assert!(records.len() == 1, "and nothing else: {}", records.len());
    // One that ends on a day is told on the next; one that ends in a hundred years is not told each time.
    let mut for_ever = price("for ever", 14.0, "2026-06-23");
    for_ever["item_code"] = json!("85123A");
    for_ever["valid_upto"] = json!("2126-01-01");
    for_ever["modified"] = json!("2026-06-23 09:00:00.000000");
    site.add_by_hand("Item Price", for_ever);
    let mut short = price("short", 1.5, "2026-06-23");
    short["item_code"] = json!("COCOA-250");
    short["uom"] = json!("Kg");
    short["valid_upto"] = json!("2026-06-30");
    site.add_by_hand("Item Price", short);
    site.at(NOON_MS + 10 * 24 * HOUR_MS);
    let (records, _) = changed(&mut site, Some(NOON_MS + 10 * 24 * HOUR_MS - 15 * HOUR_MS));
    assert_eq!(rate(&records, "COCOA-250").as_deref(), Some("3.5"));
    assert_eq!(records.len(), 1);
    // What has no price has no field of it: it leaves ours as it is.
    let (records, _) = changed(&mut site, None);
    assert!(records.iter().any(|record| record.id == "MISC") && rate(&records, "MISC").is_none());
}

#[test]
fn nothing_that_was_changed_is_lost_between_pages_or_hours() {
    let mut site = site();
    for of in 1..=150 {
        site.set_by_hand("Item", &format!("TOWEL-{of:03}"), "item_name", json!("Linen towel"));
    }
    for of in 100..=220 {
        site.set_by_hand("Item Price", &format!("TOWEL-{of:03}p"), "price_list_rate", json!(4.5));
    }
    // Since half an hour after it by UTC; the site's clock is an hour ahead in summer and nobody told: the caller's hour covers that.
    site.at(NOON_MS + HOUR_MS / 2);
    let (records, pages) = changed(&mut site, Some(NOON_MS - HOUR_MS / 2));
    let mut ids: Vec<&str> = records.iter().map(|record| record.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(
        (ids.len(), ids.first().copied(), ids.last().copied()),
        (220, Some("TOWEL-001"), Some("TOWEL-220"))
    );
    assert_eq!(pages, 4, "two by items, two by prices");
    let changed_at = records.iter().filter_map(|record| record.changed_at_ms).max().unwrap();
    assert!(changed_at <= NOON_MS + HOUR_MS / 2, "nothing was changed after it was read");
    assert_eq!(changed(&mut site, Some(NOON_MS + 2 * HOUR_MS)), (Vec::new(), 2));
}

#[test]
fn an_item_comes_whole() {
    let mut site = site();
    let (records, pages) = changed(&mut site, None);
    assert_eq!((records.len(), pages), (234, 3));
    let setup = carry::setup(connector(), &site.desk());
    let page = Command::Changed { since_ms: None, after: None };
    let carried = carry((connector(), &setup), &mut site, &page, Lost::Nothing);
    assert_eq!(carried.requests, 4, "a hundred items, their barcodes, taxes and prices");
    let cocoa = records.iter().find(|record| record.id == "COCOA-250").unwrap();
    assert_eq!(cocoa.barcodes, ["5012345678924", "24"]);
    let told = |name: &str| cocoa.fields.get(name).map(String::as_str);
    assert_eq!(told("stock_uom"), Some("Kg"));
    assert_eq!(told("item_tax_template"), Some("UK VAT 0% - CG"));
    assert_eq!((told("is_stock_item"), told("disabled")), (Some("true"), Some("false")));
    assert_eq!(told("item_group"), Some("Gifts"));
}

#[test]
fn a_price_is_written_where_there_is_one_and_made_where_there_is_none() {
    let mut site = site();
    site.add_by_hand("Item Price", price("later", 13.5, "2026-06-23"));
    let write = |id: &str, rate: &str| {
        let fields: BTreeMap<String, String> = [("price_list_rate".to_owned(), rate.to_owned())].into();
        Command::Write { id: id.to_owned(), fields }
    };
    for _ in 0..2 {
        assert_eq!(done(&mut site, &write("22423", "12.95")), Outcome::Done(Done::Written));
        assert_eq!(done(&mut site, &write("MISC", "0.5")), Outcome::Done(Done::Written));
    }
    let (records, _) = changed(&mut site, None);
    assert_eq!(rate(&records, "22423").as_deref(), Some("12.95"));
    assert_eq!(rate(&records, "MISC").as_deref(), Some("0.5"));
    site.at(NOON_MS + 3 * 24 * HOUR_MS);
    let (records, _) = changed(&mut site, None);
    assert_eq!(rate(&records, "22423").as_deref(), Some("13.5"), "tomorrow's was left alone");
    let Outcome::Wedged(wedged) = done(&mut site, &write("22423", "cheap")) else { panic!("no price") };
    assert_eq!(wedged.reason, "“cheap” is no price.");
}

#[test]
fn a_lost_answer_makes_no_second_price() {
    let fields: BTreeMap<String, String> = [("price_list_rate".to_owned(), "0.5".to_owned())].into();
    let command = Command::Write { id: "MISC".to_owned(), fields };
    for lost in (0..3).flat_map(|at| [Lost::Request(at), Lost::Answer(at)]) {
        let mut site = site();
        let setup = carry::setup(connector(), &site.desk());
        let outcome = carry((connector(), &setup), &mut site, &command, lost).outcome;
        assert!(matches!(outcome, Outcome::Later { .. }), "{lost:?}: {outcome:?}");
        assert_eq!(done(&mut site, &command), Outcome::Done(Done::Written));
        // A second one would be refused there, and seen here.
        assert_eq!(done(&mut site, &command), Outcome::Done(Done::Written));
        let (records, _) = changed(&mut site, None);
        assert_eq!(rate(&records, "MISC").as_deref(), Some("0.5"));
    }
}

#[test]
fn what_was_typed_in_is_looked_at() {
    let look = |name: &str, value: &str| {
        let mut site = site();
        match (name, value) {
            ("rates", "hidden") => site.set_rates_become_prices(None),
            ("rates", _) => site.set_rates_become_prices(Some(true)),
            _ => {}
        }
        let mut setup: Setup = carry::setup(connector(), &site.desk());
        setup.settings.insert(name.to_owned(), value.to_owned());
        match carry((connector(), &setup), &mut site, &Command::Look, Lost::Nothing).outcome {
            Outcome::Done(Done::Seen { about }) => about,
            Outcome::Wedged(wedged) => wedged.reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        look("utc_offset", "0"),
        "ERPNext 16.4.1 on Frappe 16.4.1, its clock in Europe/London read as UTC+0:00 in winter"
    );
    assert!(look("rates", "on").contains("rates of our sales, which are without tax, for prices"));
    assert!(look("rates", "hidden").ends_with("could not be seen, and it must be"));
    assert!(look("utc_offset", "London").starts_with("“London” is no number of hours"));
    assert_eq!(look("customer", "Nobody"), "ERPNext has no customer “Nobody” that this user may see.");
    assert_eq!(look("price_list", "Standard Buying"), "The price list “Standard Buying” is not for selling.");
}
