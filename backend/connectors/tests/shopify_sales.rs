//! Shopify's sales: orders that are in the books at once, made once though a search is behind and answers are lost; errors with status
//! 200; what an order cannot say; what somebody did there by hand.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod carry;
mod shop;

use carry::{Lost, carry};
use connectors::{Came, Command, Document, Done, Outcome, Response};
use fakes::{Remote, Shopify};
use serde_json::{Value, json};
use shared::calendar::Day;
use shared::money::{Currency, Minor};
use shop::{basket, deliver, gbp, go, line, sale, shop, shopify, wedged, when_it_asks};

/// What becomes of a delivery whose order was asked for and answered so.
fn answered(body: &Value) -> Outcome {
    let (mut remote, desk, setup) = shop();
    let document = basket(&desk);
    let (progress, _) = when_it_asks("orderCreate", &setup, &mut remote, &document);
    let response = Response::of_json(200, body);
    shopify().step(&setup, &deliver(&document), Some(Came { progress: &progress, response: &response }))
}

fn order(status: &str, total: &str, tax: &str) -> Value {
    let money = |amount: &str| json!({"shopMoney": {"amount": amount, "currencyCode": "GBP"}});
    json!({
        "id": "gid://shopify/Order/9", "name": "#1009", "sourceIdentifier": "R1-000007-456789ab", "cancelledAt": null,
        "displayFinancialStatus": status, "totalPriceSet": money(total), "totalTaxSet": money(tax),
    })
}

fn created(order: Value) -> Value {
    json!({"data": {"orderCreate": {"order": order, "userErrors": []}}})
}

#[test]
fn only_the_order_that_was_asked_for_is_success() {
    let done = answered(&created(order("PAID", "21.6", "3.61")));
    assert_eq!(done, Outcome::Done(Done::Delivered { remote_id: "9".to_owned(), was_there: false }));
    let differs = wedged(answered(&created(order("PAID", "21.61", "3.61"))));
    assert_eq!(
        differs.reason,
        "Shopify has this as order #1009 with 21.61 and 3.61 of tax in it, the receipt says 21.60 with 3.61."
    );
    for (status, total, tax) in [
        ("PAID", "21.6", "3.6"),
        ("PAID", "21.605", "3.61"),
        ("PENDING", "21.6", "3.61"),
        ("SETTLED", "21.6", "3.61"),
    ] {
        wedged(answered(&created(order(status, total, tax))));
    }
    let mut other = order("PAID", "21.6", "3.61");
    other["totalPriceSet"]["shopMoney"]["currencyCode"] = "EUR".into();
    wedged(answered(&created(other)));
    wedged(answered(&created(Value::Null)));
    wedged(answered(&json!({"data": {"orderCreate": {"order": order("PAID", "21.6", "3.61")}}})));
}

#[test]
fn errors_with_status_200_are_errors() {
    let error = |code: &str, message: &str| json!([{"message": message, "extensions": {"code": code}}]);
    // A part of what was asked for, and an error beside it: it may have been made. It is looked for again.
    let mut partial = created(order("PAID", "21.6", "3.61"));
    partial["errors"] =
        error("INTERNAL_SERVER_ERROR", "Internal error. Looks like something went wrong on our end.");
    let outcome = answered(&partial);
    assert!(matches!(outcome, Outcome::Later { answered: true, .. }), "{outcome:?}");
    partial["errors"] = error("SOMETHING_NEW", "It is odd");
    assert_eq!(wedged(answered(&partial)).reason, "Shopify says: It is odd");
    // Points: a break as long as it takes, and no fault of the record.
    let cost = json!({"requestedQueryCost": 752, "actualQueryCost": null, "throttleStatus":
        {"maximumAvailable": 1000.0, "currentlyAvailable": 666, "restoreRate": 50.0}});
    let throttled = json!({"errors": error("THROTTLED", "Throttled"), "extensions": {"cost": cost}});
    let outcome = answered(&throttled);
    assert!(matches!(outcome, Outcome::Later { wait_ms: Some(1_720), answered: false, .. }), "{outcome:?}");
    // A store on trial.
    let trial = json!([{"field": null, "message": "Too many attempts. Please try again later."}]);
    let outcome = answered(&json!({"data": {"orderCreate": {"order": null, "userErrors": trial}}}));
    assert!(matches!(outcome, Outcome::Later { wait_ms: Some(60_000), answered: false, .. }), "{outcome:?}");
    // Not taken.
    let refused = json!([{"field": ["order", "lineItems", 0, "variantId"], "message": "Variant is invalid", "code": "INVALID"}]);
    let refused = wedged(answered(&json!({"data": {"orderCreate": {"order": null, "userErrors": refused}}})));
    assert_eq!(
        refused.reason,
        "Shopify does not take this: Variant is invalid (order.lineItems.0.variantId)"
    );
}

#[test]
fn a_search_that_is_behind_makes_no_second_order() {
    let (mut remote, desk, setup) = shop();
    let needed = carry((shopify(), &setup), &mut remote, &deliver(&basket(&desk)), Lost::Nothing).requests;
    assert_eq!(needed, 4, "by number, a field for our id, by our id, the order");
    for lost in 0..=needed {
        let (mut remote, desk, setup) = shop();
        remote.search_is_behind(true);
        let document = basket(&desk);
        let line = (shopify(), &setup);
        let first = carry(line, &mut remote, &deliver(&document), Lost::Answer(lost)).outcome;
        assert!(matches!(first, Outcome::Later { answered: false, .. } | Outcome::Done(_)), "{first:?}");
        let done = go(&mut remote, &setup, &deliver(&document));
        assert!(matches!(done, Outcome::Done(Done::Delivered { .. })), "{lost}: {done:?}");
        assert_eq!(remote.booked().len(), 1, "{lost}");
        remote.search_is_behind(false);
        let again = go(&mut remote, &setup, &deliver(&document));
        assert!(matches!(again, Outcome::Done(Done::Delivered { was_there: true, .. })), "{again:?}");
        assert_eq!(remote.booked().len(), 1);
    }
}

#[test]
fn what_is_there_and_does_not_show_is_not_made_again() {
    let (mut remote, desk, setup) = shop();
    let document = basket(&desk);
    let (progress, _) = when_it_asks("orderCreate", &setup, &mut remote, &document);
    let taken =
        json!([{"field": ["order", "metafields", "0", "value"], "message": "is taken", "code": "INVALID"}]);
    let taken =
        Response::of_json(200, &json!({"data": {"orderCreate": {"order": null, "userErrors": taken}}}));
    let next =
        shopify().step(&setup, &deliver(&document), Some(Came { progress: &progress, response: &taken }));
    // It looks once more.
    let Outcome::Continue { progress, request } = next else { panic!("{next:?}") };
    assert!(String::from_utf8_lossy(&request.body).contains("orderByIdentifier"));
    let step = |order: Value| {
        let response = Response::of_json(200, &json!({"data": {"orderByIdentifier": order, "nodes": []}}));
        shopify().step(&setup, &deliver(&document), Some(Came { progress: &progress, response: &response }))
    };
    assert!(matches!(step(Value::Null), Outcome::Later { answered: true, .. }));
    let found = step(order("PAID", "21.6", "3.61"));
    assert_eq!(found, Outcome::Done(Done::Delivered { remote_id: "9".to_owned(), was_there: true }));
}

#[test]
fn an_id_that_nobody_has_is_no_error_and_one_that_cannot_be_asked_for_is() {
    let (mut remote, desk, setup) = shop();
    let document = basket(&desk);
    let command = deliver(&document);
    let (progress, _) = when_it_asks("orderByIdentifier", &setup, &mut remote, &document);
    let variant = |id: &str| json!({"id": format!("gid://shopify/ProductVariant/{id}")});
    let data = json!({"orderByIdentifier": null, "nodes": [variant(&desk.cakestand), variant(&desk.heart)]});
    let of = |message: &str, path: &str| {
        let error = json!({"message": message, "path": [path], "extensions": {"code": "NOT_FOUND"}});
        let response = Response::of_json(200, &json!({"data": data, "errors": [error]}));
        shopify().step(&setup, &command, Some(Came { progress: &progress, response: &response }))
    };
    assert!(matches!(of("Order does not exist", "orderByIdentifier"), Outcome::Continue { .. }));
    wedged(of("Metafield definition of type 'id' is required when using custom ids.", "orderByIdentifier"));
    wedged(of("Order does not exist", "nodes"));
}

#[test]
fn what_somebody_did_there_by_hand_is_told() {
    let (mut remote, desk, setup) = shop();
    let document = basket(&desk);
    let send = |remote: &mut Shopify| go(remote, &setup, &deliver(&document));
    send(&mut remote);
    // What was refunded there since is there all the same, and the day shows the difference.
    remote.change_last_order(0, "PARTIALLY_REFUNDED", (295, 49));
    assert!(matches!(send(&mut remote), Outcome::Done(Done::Delivered { was_there: true, .. })));
    let day = Day::parse("2026-06-21").unwrap();
    let command = Command::Documents { store: desk.store.clone(), day, currency: gbp(), after: None };
    let Outcome::Done(Done::Documents { documents, next: None }) = go(&mut remote, &setup, &command) else {
        panic!("a day")
    };
    let [found] = documents.as_slice() else { panic!("{documents:?}") };
    assert_eq!((found.total, found.tax, found.posted), (Some(Minor(1_865)), Some(Minor(312)), true));
    remote.change_last_order(1, "PAID", (0, 0));
    assert!(wedged(send(&mut remote)).reason.contains("21.61"));
    remote.change_last_order(-1, "PENDING", (0, 0));
    assert!(wedged(send(&mut remote)).reason.contains("not as paid"));
    remote.change_last_order(0, "IN_DISPUTE", (0, 0));
    wedged(send(&mut remote));
    remote.change_last_order(0, "PAID", (0, 0));
    remote.copy_last_order();
    assert!(wedged(send(&mut remote)).reason.contains("more than once"));
    assert_eq!(remote.booked().len(), 2, "nothing is made or taken away");
    remote.cancel_orders();
    assert!(wedged(send(&mut remote)).reason.contains("cancelled"));
    assert_eq!(remote.booked().len(), 2);
    let Outcome::Done(Done::Documents { documents, .. }) = go(&mut remote, &setup, &command) else {
        panic!("a day")
    };
    assert_eq!(documents, [], "what was cancelled is none");
}

#[test]
fn a_store_whose_prices_are_without_tax_comes_to_the_same() {
    let (mut remote, desk, setup) = shop();
    remote.prices_without_tax();
    let Outcome::Done(Done::Seen { about }) = go(&mut remote, &setup, &Command::Look) else { panic!("seen") };
    assert_eq!(about, "Shopify (2026-10): Hearth & Gift, GBP, its prices are without tax");
    let lines = vec![
        line(&desk.cakestand, 3_000, 1_000, 167),
        line(&desk.cocoa, 333, 117, 0),
        line("custom", 1_000, 250, 0),
        line("custom", 1_000, -2, 0),
    ];
    let document = sale(&desk, lines);
    let outcome = go(&mut remote, &setup, &deliver(&document));
    assert!(matches!(outcome, Outcome::Done(Done::Delivered { .. })), "{outcome:?}");
    let booked = remote.booked();
    assert_eq!((booked[0].total, booked[0].tax), (1_365, 167));
}

#[test]
fn what_was_given_away_is_an_order_too() {
    let (mut remote, desk, setup) = shop();
    let mut free = sale(&desk, vec![line(&desk.heart, 1_000, 0, 0)]);
    free.tenders.clear();
    let outcome = go(&mut remote, &setup, &deliver(&free));
    assert!(matches!(outcome, Outcome::Done(Done::Delivered { .. })), "{outcome:?}");
    let booked = remote.booked();
    assert_eq!((booked[0].total, booked[0].posted, booked[0].paid.len()), (0, true, 0));
}

#[test]
fn an_order_says_what_was_sold_and_where() {
    let (mut remote, desk, setup) = shop();
    let lines = vec![
        line(&desk.cakestand, 3_000, 1_000, 167),
        line(&desk.cocoa, 333, 117, 0),
        line("custom", 1_000, -2, 0),
    ];
    let (_, said) = when_it_asks("orderCreate", &setup, &mut remote, &sale(&desk, lines));
    let order = &said["order"];
    assert_eq!(said["options"]["inventoryBehaviour"], "BYPASS");
    let sold: Vec<(i64, &str)> = order["lineItems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (line["quantity"].as_i64().unwrap(), line["priceSet"]["shopMoney"]["amount"].as_str().unwrap())
        })
        .collect();
    assert_eq!(sold, [(2, "3.33"), (1, "3.34"), (1, "1.17")]);
    let weighed = &order["lineItems"][2];
    assert_eq!(weighed["properties"], json!([{"name": "Quantity", "value": "0.333"}]));
    assert_eq!(
        (&weighed["taxable"], &weighed["variantId"]),
        (&json!(false), &json!("gid://shopify/ProductVariant/103"))
    );
    let tax = &order["lineItems"][0]["taxLines"][0];
    assert_eq!(
        (&tax["title"], &tax["rate"], &tax["priceSet"]["shopMoney"]["amount"]),
        (&json!("VAT"), &json!("0.2"), &json!("1.11"))
    );
    assert_eq!(order["discountCode"]["itemFixedDiscountCode"]["amountSet"]["shopMoney"]["amount"], "0.02");
    assert_eq!(order["sourceIdentifier"], "R1-000007-456789ab");
    assert_eq!(order["metafields"][0]["value"], "01996f2e-7b1a-7c3d-8e4f-0123456789ab");
    assert_eq!(order["processedAt"], "2026-06-21T11:00:00Z");
    let payment = &order["transactions"][0];
    assert_eq!(
        (&payment["gateway"], &payment["locationId"]),
        (&json!("Cash"), &json!("gid://shopify/Location/7001"))
    );
    assert_eq!(
        (&payment["kind"], &payment["amountSet"]["shopMoney"]["amount"]),
        (&json!("SALE"), &json!("11.15"))
    );
}

#[test]
fn what_an_order_cannot_say_is_refused_before_anything_is_asked() {
    let (_, desk, setup) = shop();
    let refused = |document: Document| wedged(shopify().step(&setup, &deliver(&document), None)).reason;
    assert!(!shopify().returns());
    assert!(refused(sale(&desk, vec![line(&desk.heart, -1_000, -295, -49)])).contains("came back"));
    let exchange = vec![line(&desk.heart, -1_000, -295, -49), line(&desk.cakestand, 1_000, 1_275, 213)];
    assert!(refused(sale(&desk, exchange)).contains("came back"));
    // A line below zero that is no coin rounded away.
    assert!(
        refused(sale(&desk, vec![line("custom", 1_000, -120, -20), line(&desk.heart, 1_000, 295, 49)]))
            .contains("came back")
    );
    assert!(refused(sale(&desk, vec![line("custom", 1_000, -2, 0)])).contains("came back"));
    assert!(refused(sale(&desk, Vec::new())).contains("nothing was sold"));
    assert!(refused(sale(&desk, vec![line("a tip", 1_000, 100, 0)])).contains("does not have"));
}

#[test]
fn what_would_be_counted_otherwise_is_not_made() {
    let (mut remote, desk, setup) = shop();
    // The lines' taxes are not the document's: Shopify adds them up itself.
    let mut odd = basket(&desk);
    odd.lines[0].taxes[0].amount = Minor(212);
    assert!(wedged(go(&mut remote, &setup, &deliver(&odd))).reason.contains("another total or tax"));
    let mut euros = basket(&desk);
    euros.currency = Currency::parse("EUR").unwrap();
    assert!(wedged(go(&mut remote, &setup, &deliver(&euros))).reason.contains("keeps its books in GBP"));
    remote.delete_variant(&desk.heart);
    assert!(wedged(go(&mut remote, &setup, &deliver(&basket(&desk)))).reason.contains("“Of the catalogue”"));
    let mut nowhere = sale(&desk, vec![line(&desk.cakestand, 1_000, 1_275, 213)]);
    nowhere.store = "987654321".to_owned();
    assert!(wedged(go(&mut remote, &setup, &deliver(&nowhere))).reason.contains("Location"));
    let mut long = sale(&desk, vec![line(&desk.cakestand, 1_000, 1_275, 213); 251]);
    long.number = "R1-000008".to_owned();
    assert!(wedged(go(&mut remote, &setup, &deliver(&long))).reason.contains("250 lines"));
    assert_eq!(remote.booked(), []);
}

#[test]
fn a_field_of_another_kind_in_the_way_is_told() {
    let (mut remote, desk, setup) = shop();
    remote.define_text("tillbridge", "sale_id");
    let told = wedged(go(&mut remote, &setup, &deliver(&basket(&desk))));
    assert!(told.reason.contains("tillbridge.sale_id"), "{told:?}");
    assert_eq!(remote.booked(), []);
}
