//! WooCommerce's orders: taxes it counts itself, its own ways to refuse, what somebody does to an order there; and that the check of
//! requests can fail.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod carry;
mod site;

use carry::schema;
use connectors::{Came, Document, DocumentTax, Done, Method, Outcome, Request, Response, named};
use fakes::{Booked, Remote};
use serde_json::{Value, json};
use shared::money::{Minor, Rate, Rounding};
use site::{Story, cakestand, day, deliver, sale, sent};

#[test]
fn what_it_counts_otherwise_is_made_good_by_a_line_for_the_rest() {
    let mut story = Story::new();
    let order = sent(&mut story, &cakestand(7));
    assert_eq!(order["line_items"][0]["total"], "10.63", "of which 20 % are 2.126: 2.13");
    assert_eq!(order["line_items"][0]["subtotal"], "10.63");
    let fees = order["fee_lines"].as_array().unwrap();
    assert_eq!(fees[0]["name"], "Till receipt R1-000007/00000007 (20260621)");
    assert_eq!((&fees[1]["total"], &fees[1]["tax_status"]), (&json!("-0.01"), &json!("none")));
    assert_eq!(order["status"], "pending", "nothing is final before it is looked at");
    assert_eq!(order["payment_method"], "stripe");
    assert!(order.get("payment_method_title").is_none());
    // What is weighed is one, and how much stands beside it; a split is told.
    let weighed = sale(
        8,
        &[("13", 333, 117, 0, Some(0)), ("12", -1_000, -295, -49, Some(20))],
        &[("cod", -200), ("stripe", 22)],
    );
    let order = sent(&mut story, &weighed);
    assert_eq!(order["line_items"][0]["quantity"], 1);
    assert_eq!(order["line_items"][0]["meta_data"][0], json!({"key": "Quantity", "value": "0.333"}));
    assert_eq!(order["line_items"][1]["quantity"], -1);
    assert_eq!(order["payment_method_title"], "Split: cod -2.00, stripe 0.22");
    assert!(matches!(story.done(&deliver(&weighed)), Done::Delivered { .. }));
    let paid = vec![("cod".to_owned(), -200), ("stripe".to_owned(), 22)];
    let number = "R1-000008/00000008".to_owned();
    assert_eq!(story.remote.booked(), [Booked { number, posted: true, total: -178, tax: -49, paid }]);
}

#[test]
fn every_price_comes_out_to_the_penny_however_the_site_enters_prices() {
    for (with_tax, step) in [("yes", 7), ("no", 11)] {
        let mut story = Story::new();
        story.remote.set("woocommerce_prices_include_tax", with_tax);
        let mut sales = Vec::new();
        for (of, gross) in (1_u32..).zip((1..700_i64).step_by(step)) {
            // Half away from nothing, line by line, as the till rounds.
            let tax = |gross: i64| (gross * 2 + 6).div_euclid(12);
            let (one, other) = (gross, gross + 299);
            let lines = [
                ("11", 1_000, one, tax(one), Some(20)),
                ("12", 3_000, other, tax(other), Some(20)),
                ("13", 1_000, gross, 0, Some(0)),
            ];
            sales.push(sale(of, &lines, &[("cod", one + other + gross)]));
        }
        for one in &sales {
            let outcome = story.carry(&deliver(one));
            assert!(matches!(outcome, Outcome::Done(Done::Delivered { .. })), "{}: {outcome:?}", one.total.0);
        }
        let booked = story.remote.booked();
        for (theirs, ours) in booked.iter().zip(&sales) {
            assert_eq!((theirs.total, theirs.tax), (ours.total.0, ours.tax.0));
        }
        assert_eq!(booked.len(), sales.len());
    }
}

#[test]
fn a_line_has_the_tax_class_of_its_rate_on_the_receipt() {
    let mut story = Story::new();
    // Reduced at the till, standard there; not taxed at the till; taxed at the till, of no rate there.
    let reduced = sale(1, &[("11", 1_000, 1_050, 50, Some(5))], &[("cod", 1_050)]);
    assert_eq!(sent(&mut story, &reduced)["line_items"][0]["tax_class"], "reduced-rate");
    let standard = sale(2, &[("13", 1_000, 1_200, 200, Some(20))], &[("cod", 1_200)]);
    assert_eq!(sent(&mut story, &standard)["line_items"][0]["tax_class"], "", "the standard one has no name");
    let free = sale(3, &[("11", 1_000, 1_000, 0, None)], &[("cod", 1_000)]);
    assert_eq!(sent(&mut story, &free)["line_items"][0]["tax_class"], "zero-rate");
    story.remote.set_rate("zero-rate", 10_000);
    assert_eq!(sent(&mut story, &free)["line_items"][0]["tax_class"], "0");
    for document in [&reduced, &standard, &free] {
        assert!(matches!(story.done(&deliver(document)), Done::Delivered { .. }));
    }
    let wedged = story.wedged(&deliver(&sale(4, &[("11", 1_000, 1_170, 170, Some(17))], &[("cod", 1_170)])));
    assert!(wedged.reason.contains("17 %") && wedged.remedy.contains("Settings › Tax"), "{wedged:?}");
    story.remote.set_tax_status("11", "none");
    assert!(story.wedged(&deliver(&cakestand(5))).reason.contains("is not taxed"));
    story.remote.set("woocommerce_calc_taxes", "no");
    assert!(story.wedged(&deliver(&cakestand(5))).reason.contains("switched off"));
    assert_eq!(story.remote.booked().len(), 3);
}

#[test]
fn two_taxes_of_one_line_are_two_rates_of_a_class() {
    let mut story = Story::new();
    story.remote.set_rate("", 72_500);
    story.remote.add_rate("", 10_000);
    for (of, net) in (1_u32..).zip((1..900).step_by(13)) {
        let share = |rate: i64| Minor(net).share(Rate(rate), Rounding::HalfAwayFromZero).unwrap().0;
        let (state, city) = (share(72_500), share(10_000));
        let mut one = sale(
            of,
            &[("11", 1_000, net + state + city, state + city, None)],
            &[("cod", net + state + city)],
        );
        one.lines[0].taxes = [("State", 72_500, state), ("City", 10_000, city)]
            .map(|(name, rate, tax)| DocumentTax {
                name: name.to_owned(),
                rate: Rate(rate),
                amount: Minor(tax),
            })
            .into();
        let outcome = story.carry(&deliver(&one));
        assert!(matches!(outcome, Outcome::Done(Done::Delivered { .. })), "{net}: {outcome:?}");
        let booked = story.remote.booked();
        assert_eq!((booked[booked.len() - 1].total, booked[booked.len() - 1].tax), (one.total.0, one.tax.0));
    }
}

#[test]
fn a_site_that_counts_in_another_way_is_told_before_anything_is_made() {
    let mut story = Story::new();
    story.remote.set("woocommerce_tax_round_at_subtotal", "yes");
    let wedged = story.wedged(&deliver(&cakestand(1)));
    assert!(wedged.remedy.contains("Round tax at subtotal level"), "{wedged:?}");
    // What comes out the same either way goes.
    let even = sale(2, &[("11", 1_000, 1_200, 200, Some(20))], &[("cod", 1_200)]);
    assert!(matches!(story.done(&deliver(&even)), Done::Delivered { .. }));
    story.remote.set("woocommerce_price_num_decimals", "0");
    assert!(story.wedged(&deliver(&cakestand(1))).remedy.contains("number of decimals"));
    story.remote.set("woocommerce_currency", "EUR");
    assert!(story.wedged(&deliver(&cakestand(1))).reason.contains("EUR"));
    assert_eq!(story.remote.booked().len(), 1);
}

#[test]
fn what_somebody_does_to_an_order_there_is_said() {
    let command = deliver(&cakestand(1));
    let begun = || {
        let mut story = Story::new();
        story.done(&command);
        story
    };
    let mut story = begun();
    story.remote.set_status("cancelled");
    assert!(story.wedged(&command).reason.contains("cancelled"));
    let Done::Documents { documents, .. } = story.done(&day("2026-06-21")) else { panic!("documents") };
    assert_eq!(documents, [], "what is cancelled is not in the books");
    let mut story = begun();
    story.remote.double_order();
    assert!(story.wedged(&command).reason.contains("more than once"));
    let Done::Documents { documents, .. } = story.done(&day("2026-06-21")) else { panic!("documents") };
    assert_eq!(documents.len(), 2);
    // Thrown away there: it is made anew when a person sends it again.
    let mut story = begun();
    story.remote.set_status("trash");
    assert!(matches!(story.done(&command), Done::Delivered { was_there: false, .. }));
    // Set back there: it is completed again, not made twice.
    for status in ["pending", "on-hold", "processing"] {
        let mut story = begun();
        story.remote.set_status(status);
        let Done::Documents { documents, .. } = story.done(&day("2026-06-21")) else { panic!("documents") };
        assert!(!documents[0].posted, "{status}");
        assert!(matches!(story.done(&command), Done::Delivered { was_there: false, .. }));
        assert_eq!(story.remote.booked().len(), 1);
    }
    let mut story = begun();
    story.remote.set_status("shipped-by-a-plugin");
    assert!(story.wedged(&command).reason.contains("not understood"));
    // Given back there in part: the day differs by that.
    let mut story = begun();
    story.remote.refund(275);
    let Done::Documents { documents, .. } = story.done(&day("2026-06-21")) else { panic!("documents") };
    assert_eq!((documents[0].total, documents[0].tax), (Some(Minor(1_000)), Some(Minor(213))));
    assert!(matches!(story.done(&command), Done::Delivered { was_there: true, .. }));
}

/// Carries a delivery and lets somebody meddle with one answer on its way.
fn meddled(story: &mut Story, document: &Document, meddle: impl Fn(&Request, &mut Value)) -> Outcome {
    let command = deliver(document);
    let mut outcome = story.connector.step(&story.setup, &command, None);
    for _ in 0..20 {
        let Outcome::Continue { progress, mut request } = outcome else { return outcome };
        story.connector.authorize(&story.setup, None, &mut request);
        let asked = fakes::Asked {
            method: request.method.word().to_owned(),
            path: request.path.clone(),
            headers: request.headers.clone(),
            body: request.body.clone(),
        };
        let answer = story.remote.answer(&asked);
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
        meddle(&request, &mut body);
        let response = Response::Answer {
            status: answer.status,
            headers: answer.headers,
            body: body.to_string().into_bytes(),
        };
        outcome = story.connector.step(
            &story.setup,
            &command,
            Some(Came { progress: &progress, response: &response }),
        );
    }
    outcome
}

#[test]
fn an_order_that_differs_is_not_completed() {
    for (field, value) in
        [("total", "12.74"), ("total_tax", "2.12"), ("currency", "EUR"), ("total", "12.755")]
    {
        let mut story = Story::new();
        let outcome = meddled(&mut story, &cakestand(1), |request, body| {
            if request.method == Method::Post {
                body[field] = json!(value);
            }
        });
        let Outcome::Wedged(wedged) = outcome else { panic!("{field}: {outcome:?}") };
        assert!(wedged.reason.contains("not completed"), "{wedged:?}");
        assert!(story.remote.booked().iter().all(|booked| !booked.posted), "{field}");
    }
    // An extension that sets another status than was asked for.
    let mut story = Story::new();
    let outcome = meddled(&mut story, &cakestand(1), |request, body| {
        if request.method == Method::Put {
            body["status"] = json!("processing");
        }
    });
    assert!(matches!(outcome, Outcome::Wedged(_)), "{outcome:?}");
    // A site that searches by nothing and answers with whatever it has.
    let mut story = Story::new();
    story.done(&deliver(&cakestand(2)));
    let outcome = meddled(&mut story, &cakestand(3), |request, body| {
        if request.path.contains("search=") {
            *body = json!([{"id": 1, "status": "completed", "total": "12.75", "total_tax": "2.13", "currency": "GBP",
                "meta_data": [{"id": 1, "key": "tillbridge_id", "value": "somebody else’s"}], "fee_lines": []}]);
        }
    });
    assert!(matches!(outcome, Outcome::Done(Done::Delivered { was_there: false, .. })), "{outcome:?}");
    assert_eq!(story.remote.booked().len(), 2);
}

#[test]
fn it_refuses_in_its_own_words() {
    let connector = named("woocommerce").unwrap();
    let setup = Story::new().setup;
    let command = deliver(&cakestand(1));
    let Outcome::Continue { progress, .. } = connector.step(&setup, &command, None) else {
        panic!("a request")
    };
    let of = |status: u16, headers: &[(&str, &str)], body: Value| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let response = Response::Answer { status, headers, body: body.to_string().into_bytes() };
        connector.step(&setup, &command, Some(Came { progress: &progress, response: &response }))
    };
    let said = |code: &str, message: &str, status: u16| json!({"code": code, "message": message, "data": {"status": status}});
    let secret = said("woocommerce_rest_authentication_error", "Consumer secret is invalid.", 401);
    assert!(
        matches!(of(401, &[], secret), Outcome::SignedOut { reason } if reason.contains("secret is invalid"))
    );
    let right = said("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.", 403);
    assert!(matches!(of(403, &[], right), Outcome::Wedged(wedged) if wedged.reason.contains("cannot list")));
    let route = said("rest_no_route", "No route was found matching the URL and request method.", 404);
    assert!(matches!(of(404, &[], route), Outcome::Wedged(wedged) if wedged.remedy.contains("permalinks")));
    // Hosts limit, WooCommerce does not.
    let many = of(429, &[("retry-after", "30")], json!({}));
    assert!(matches!(many, Outcome::Later { wait_ms: Some(30_000), answered: false, .. }));
    // A fatal error of an extension is told as 500, with a code of WordPress'.
    let fatal = said("internal_server_error", "<p>There has been a critical error on this website.</p>", 500);
    assert!(matches!(of(500, &[], fatal), Outcome::Later { answered: true, .. }));
    assert!(matches!(of(200, &[], json!({"code": "odd", "message": "with status 200"})), Outcome::Wedged(_)));
}

#[test]
fn a_key_that_may_only_read_is_found_out_before_anything_is_booked() {
    let mut story = Story::new();
    story.remote.only_reading();
    let outcome = story.carry(&deliver(&cakestand(1)));
    let Outcome::SignedOut { reason } = outcome else { panic!("{outcome:?}") };
    assert!(reason.contains("write permissions"), "{reason}");
    assert_eq!(story.remote.booked(), []);
}

#[test]
fn a_request_that_is_not_documented_is_found() {
    let books = schema::books("woocommerce");
    assert!(!books.is_empty(), "what WooCommerce documents lies in the project");
    let sent = sent(&mut Story::new(), &cakestand(1));
    let post = |body: &Value| Request::json(Method::Post, "/wp-json/wc/v3/orders", body);
    let changed = |pointer: &str, value: Value| {
        let mut body = sent.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        post(&body)
    };
    for book in books.iter() {
        assert_eq!(book.check(&post(&sent)), Ok(()));
        for wrong in [
            // A name it does not know, at each depth; what is read-only; a wrong type; a word it does not know.
            changed("/staus", json!("pending")),
            changed("/line_items/0/taxs", json!([])),
            changed("/fee_lines/0/amount_paid", json!("1")),
            changed("/meta_data/0/keys", json!("x")),
            changed("/date_created", json!("2026-06-21T12:00:00")),
            changed("/total", json!("12.75")),
            changed("/line_items/0/taxes", json!([])),
            changed("/line_items/0/quantity", json!(0.333)),
            changed("/line_items/0/total", json!(10.63)),
            changed("/fee_lines/0/tax_status", json!("untaxed")),
            changed("/status", json!("paid")),
            Request::get("/wp-json/wc/v3/orders?serach=7"),
            Request::get("/wp-json/wc/v3/invoices"),
            Request::json(Method::Delete, "/wp-json/wc/v3/orders/7", &json!({})),
        ] {
            let found = book.check(&wrong);
            assert!(found.is_err(), "{} {:?}", wrong.path, String::from_utf8_lossy(&wrong.body));
        }
    }
}
