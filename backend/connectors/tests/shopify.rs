//! Shopify: what is special about it, against its stand-in and in its own shapes: who is let in, points, a search it does not follow,
//! products with variants, pages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod carry;
mod shop;

use carry::{Lost, carry};
use connectors::{Came, Command, Done, Outcome, Response, Secret};
use fakes::{Remote, Shopify};
use serde_json::{Value, json};
use shared::calendar::Day;
use shared::connect::LinkKind;
use shop::{NOON_MS, basket, deliver, gbp, go, line, sale, shop, shopify, wedged};

#[test]
fn an_answer_that_searched_for_something_else_is_not_believed() {
    let (_, desk, setup) = shop();
    let command = Command::Documents {
        store: desk.store,
        day: Day::parse("2026-06-21").unwrap(),
        currency: gbp(),
        after: None,
    };
    let Outcome::Continue { progress, .. } = shopify().step(&setup, &command, None) else {
        panic!("it asks")
    };
    let page = json!({"nodes": [], "pageInfo": {"hasNextPage": false, "endCursor": null}});
    let mut body =
        json!({"data": {"orders": page}, "extensions": {"search": [{"path": ["orders"], "warnings": []}]}});
    let mut of = |warnings: Value| {
        body["extensions"]["search"][0]["warnings"] = warnings;
        let response = Response::of_json(200, &body);
        shopify().step(&setup, &command, Some(Came { progress: &progress, response: &response }))
    };
    assert!(matches!(of(json!([])), Outcome::Done(Done::Documents { .. })));
    wedged(of(json!([{"field": "processed_at", "code": "invalid_field"}])));
}

#[test]
fn rights_that_are_missing_are_named() {
    let (mut remote, desk, setup) = shop();
    for scope in ["write_orders", "read_orders", "write_products", "read_products", "read_locations"] {
        remote.revoke(scope);
        if scope == "write_orders" {
            let told = wedged(go(&mut remote, &setup, &deliver(&basket(&desk))));
            assert!(told.reason.contains("write_orders"), "{told:?}");
            assert_eq!(remote.booked(), []);
        }
    }
    let told = wedged(go(&mut remote, &setup, &Command::Look));
    let page =
        std::fs::read_to_string(format!("{}/../../docs/connectors/shopify.md", env!("CARGO_MANIFEST_DIR")))
            .unwrap();
    let listed = page.lines().find_map(|line| line.trim().strip_prefix("Scopes: ")).unwrap().replace('`', "");
    assert!(told.reason.contains(&listed), "{} | {listed}", told.reason);
}

#[test]
fn points_that_are_used_up_are_waited_for() {
    let (mut remote, _, setup) = shop();
    let products = Command::Changed { since_ms: None, after: None };
    remote.leave_points(10);
    let outcome = go(&mut remote, &setup, &products);
    let Outcome::Later { wait_ms: Some(wait_ms), answered: false, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(wait_ms, 910);
    remote.at(NOON_MS + 2_000);
    assert!(matches!(go(&mut remote, &setup, &products), Outcome::Done(Done::Records(_))));
    // Every answer says what is left.
    let cost = json!({"requestedQueryCost": 101, "actualQueryCost": 46, "throttleStatus":
        {"maximumAvailable": 2000.0, "currentlyAvailable": 50, "restoreRate": 100.0}});
    let told =
        shopify().allowance(&Response::of_json(200, &json!({"data": {}, "extensions": {"cost": cost}})));
    let told = told.unwrap();
    assert_eq!((told.left, told.next_takes, told.back_in_ms), (50, 101, 510));
    assert_eq!(shopify().allowance(&Response::None), None);
    assert_eq!(shopify().allowance(&Response::of_json(502, &json!("down"))), None);
}

#[test]
fn an_app_with_an_id_and_a_secret_is_given_a_token() {
    let (mut remote, _, mut setup) = shop();
    setup.secrets.remove("token");
    setup.settings.insert("client_id".to_owned(), "client-0001".to_owned());
    setup.secrets.insert("client_secret".to_owned(), Secret::new("shpss_00000000000000000000000000000000"));
    assert!(matches!(go(&mut remote, &setup, &Command::Look), Outcome::Done(Done::Seen { .. })));
    setup.secrets.insert("client_secret".to_owned(), Secret::new("mistyped"));
    assert!(matches!(go(&mut remote, &setup, &Command::Look), Outcome::SignedOut { .. }));
}

#[test]
fn a_product_that_changes_brings_its_variants() {
    let (mut remote, desk, setup) = shop();
    remote.at(NOON_MS + 3_600_000);
    let since_ms = Some(NOON_MS + 1_800_000);
    let read = |remote: &mut Shopify| {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let outcome = go(remote, &setup, &Command::Changed { since_ms, after });
            let Outcome::Done(Done::Records(page)) = outcome else { panic!("{outcome:?}") };
            all.extend(page.records);
            after = page.next;
            if after.is_none() {
                return all;
            }
        }
    };
    assert_eq!(read(&mut remote), []);
    // The status is the product's, and the variant's own time stays as it was.
    remote.retire("104");
    let found = read(&mut remote);
    let names: Vec<(&str, bool)> = found.iter().map(|record| (record.name.as_str(), record.active)).collect();
    assert_eq!(names, [("Apron - Small", false), ("Apron - Large", false)]);
    assert!(found.iter().all(|record| record.changed_at_ms == Some(NOON_MS + 3_600_000)));
    // What was changed itself comes once, though its product was touched with it.
    remote.reprice(&desk.heart, "3.25");
    let hearts = read(&mut remote).iter().filter(|record| record.id == desk.heart).count();
    assert_eq!(hearts, 1);
}

#[test]
fn nothing_is_lost_or_doubled_between_pages() {
    let (mut remote, desk, setup) = shop();
    remote.at(NOON_MS + 3_600_000);
    let since_ms = Some(NOON_MS + 1_800_000);
    let ribbons: Vec<String> = (2_001..=2_120).map(|id: u32| id.to_string()).collect();
    let read = |remote: &mut Shopify| {
        let (mut all, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            remote.leave_points(2_000);
            let outcome = go(remote, &setup, &Command::Changed { since_ms, after });
            let Outcome::Done(Done::Records(page)) = outcome else { panic!("{outcome:?}") };
            pages += 1;
            all.extend(page.records.into_iter().map(|record| record.id));
            after = page.next;
            if after.is_none() {
                return (all, pages);
            }
        }
    };
    // The products alone were changed, then all of it.
    ribbons.iter().for_each(|id| remote.retire(id));
    let (found, pages) = read(&mut remote);
    assert_eq!((found == ribbons, pages), (true, 4), "{found:?}");
    ribbons.iter().for_each(|id| remote.reprice(id, "1.10"));
    let (found, pages) = read(&mut remote);
    assert_eq!((found == ribbons, pages), (true, 5), "{found:?}");
    // A busy day.
    for of in 1..=130_u32 {
        remote.leave_points(2_000);
        let mut one = sale(&desk, vec![line(&desk.heart, 1_000, 295, 49)]);
        one.external_id = format!("01996f2e-7b1a-7c3d-8e4f-{of:012}");
        one.number = format!("R1-{of:06}");
        let outcome = go(&mut remote, &setup, &deliver(&one));
        assert!(matches!(outcome, Outcome::Done(Done::Delivered { .. })), "{outcome:?}");
    }
    let (mut numbers, mut after) = (std::collections::BTreeSet::new(), None);
    loop {
        let day = Day::parse("2026-06-21").unwrap();
        let command = Command::Documents { store: desk.store.clone(), day, currency: gbp(), after };
        remote.leave_points(2_000);
        let outcome = go(&mut remote, &setup, &command);
        let Outcome::Done(Done::Documents { documents, next }) = outcome else { panic!("{outcome:?}") };
        documents.into_iter().for_each(|one| assert!(numbers.insert(one.number)));
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(numbers.len(), 130);
}

#[test]
fn a_price_and_a_title_are_written_and_kept() {
    let (mut remote, desk, setup) = shop();
    let write = |fields: &[(&str, &str)]| Command::Write {
        id: desk.heart.clone(),
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    };
    let both = write(&[("price", "3.45"), ("title", "Heart of glass")]);
    let line = (shopify(), &setup);
    let carried = carry(line, &mut remote, &both, Lost::Nothing);
    assert_eq!((carried.outcome, carried.requests), (Outcome::Done(Done::Written), 3));
    assert_eq!(remote.product(&desk.heart, "title").as_deref(), Some("Heart of glass"));
    assert_eq!(remote.product(&desk.heart, "price").as_deref(), Some("3.45"));
    let again = carry(line, &mut remote, &both, Lost::Nothing);
    assert_eq!(
        (again.outcome, again.requests),
        (Outcome::Done(Done::Written), 1),
        "nothing is to be changed"
    );
    assert!(wedged(go(&mut remote, &setup, &write(&[("price", "-1.00")]))).reason.contains("greater than"));
    assert!(wedged(go(&mut remote, &setup, &write(&[("price", "")]))).reason.contains("has a price"));
    assert_eq!(go(&mut remote, &setup, &write(&[("price", "3.4525")])), Outcome::Done(Done::Written));
    assert!(wedged(go(&mut remote, &setup, &write(&[("title", "")]))).reason.contains("blank"));
    // A size of an apron: both sizes share one title.
    let size = Command::Write {
        id: "104".to_owned(),
        fields: [("title".to_owned(), "Apron small".to_owned())].into(),
    };
    assert!(wedged(go(&mut remote, &setup, &size)).reason.contains("share one title"));
    assert_eq!(remote.product("104", "title").as_deref(), Some("Apron"));
    assert_eq!(remote.product(&desk.heart, "price").as_deref(), Some("3.45"));
}

#[test]
fn whatever_is_lost_on_the_way_both_are_written() {
    for lost in (0..3).flat_map(|at| [Lost::Request(at), Lost::Answer(at)]) {
        let (mut remote, desk, setup) = shop();
        let fields = [("price", "3.45"), ("title", "Heart of glass")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let command = Command::Write { id: desk.heart.clone(), fields };
        let first = carry((shopify(), &setup), &mut remote, &command, lost).outcome;
        assert!(matches!(first, Outcome::Later { answered: false, .. }), "{lost:?}: {first:?}");
        assert_eq!(go(&mut remote, &setup, &command), Outcome::Done(Done::Written), "{lost:?}");
        assert_eq!(remote.product(&desk.heart, "title").as_deref(), Some("Heart of glass"));
        assert_eq!(remote.product(&desk.heart, "price").as_deref(), Some("3.45"));
    }
}

#[test]
fn a_closed_location_is_listed_as_one() {
    let (mut remote, _, setup) = shop();
    let stores = Command::List { kind: LinkKind::Store, after: None };
    let Outcome::Done(Done::Records(page)) = go(&mut remote, &setup, &stores) else { panic!("stores") };
    let all: Vec<(&str, bool)> = page.records.iter().map(|one| (one.name.as_str(), one.active)).collect();
    assert_eq!(all, [("High Street", true), ("Old warehouse", false)]);
}
