//! ERPNext: what is special about its sales: two invoices where goods go both ways, drafts that people touch, names that are taken,
//! errors in its own words, what a site grants.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod carry;

use carry::{Lost, carry};
use connectors::{
    Came, Command, Connector, Document, DocumentLine, DocumentTax, DocumentTender, Done, Outcome, Response,
    Setup, named,
};
use fakes::erpnext::Site;
use fakes::{Asked, Booked, Remote};
use serde_json::{Value, json};
use shared::calendar::{Day, LocalTime};
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};

const NOON_MS: i64 = 1_782_039_600_000;
const INVOICE: &str = "Sales Invoice";

fn connector() -> &'static dyn Connector {
    named("erpnext").unwrap()
}

fn site(version: u8) -> Site {
    let mut site = Site::of_version(version);
    site.at(NOON_MS);
    site
}

fn setup(site: &Site) -> Setup {
    carry::setup(connector(), &site.desk())
}

fn send(site: &mut Site, document: &Document, lost: Lost) -> Outcome {
    let setup = setup(site);
    carry((connector(), &setup), site, &Command::Deliver(Box::new(document.clone())), lost).outcome
}

fn wedged(outcome: Outcome) -> String {
    match outcome {
        Outcome::Wedged(wedged) => {
            assert!(wedged.remedy.ends_with('.'), "{wedged:?}");
            wedged.reason
        }
        other => panic!("{other:?}"),
    }
}

fn delivered(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Done(Done::Delivered { .. }))
}

/// Product, quantity in thousandths, with tax, tax. Without a product: coins rounded away.
type Sold<'a> = (&'a str, i64, i64, i64);

fn document(of: u32, lines: &[Sold<'_>], tenders: &[(&str, i64)]) -> Document {
    let line = |&(product, quantity, gross, tax): &Sold<'_>| DocumentLine {
        product: if product.is_empty() { "MISC" } else { product }.to_owned(),
        sku: product.to_owned(),
        name: "A thing".to_owned(),
        quantity: Quantity(quantity),
        unit_price: UnitPrice::ZERO,
        net: Minor(gross - tax),
        gross: Minor(gross),
        taxes: match product {
            "" => Vec::new(),
            _ => vec![DocumentTax { name: "VAT 20%".to_owned(), rate: Rate(200_000), amount: Minor(tax) }],
        },
    };
    let lines: Vec<DocumentLine> = lines.iter().map(line).collect();
    let total = Minor::sum(lines.iter().map(|line| line.gross)).unwrap();
    let net = Minor::sum(lines.iter().map(|line| line.net)).unwrap();
    Document {
        external_id: format!("01996f2e-7b1a-7c3d-8e4f-{of:012x}"),
        number: format!("R1-{of:06}"),
        is_return: total.is_negative(),
        time: LocalTime { at_ms: NOON_MS, offset_minutes: 60 },
        currency: Currency::parse("GBP").unwrap(),
        store: "Camden".to_owned(),
        tenders: tenders
            .iter()
            .map(|(method, amount)| DocumentTender { method: (*method).to_owned(), amount: Minor(*amount) })
            .collect(),
        net,
        tax: total.minus(net).unwrap(),
        total,
        lines,
    }
}

fn sale() -> Document {
    document(1, &[("22423", 1_000, 1_275, 213)], &[("Cash", 1_275)])
}

/// A heart comes back, a cakestand is taken, two pence are rounded away.
fn exchange() -> Document {
    let lines = [("85123A", -1_000, -295, -49), ("22423", 1_000, 1_275, 213), ("", 1_000, -2, 0)];
    document(2, &lines, &[("Credit Card", 978)])
}

fn number(document: &Document) -> String {
    connector().number(&document.number, &document.external_id)
}

fn expected(document: &Document) -> Booked {
    Booked {
        number: number(document),
        posted: true,
        total: document.total.0,
        tax: document.tax.0,
        paid: document.tenders.iter().map(|tender| (tender.method.clone(), tender.amount.0)).collect(),
    }
}

#[test]
fn an_exchange_is_a_sale_and_a_return_once_whatever_is_lost() {
    for version in [15, 16] {
        let mut whole = site(version);
        // It needs no rate below nothing: what was rounded away goes back with the goods.
        whole.set_negative_rates(false);
        let setup = setup(&whole);
        let command = Command::Deliver(Box::new(exchange()));
        let requests = carry((connector(), &setup), &mut whole, &command, Lost::Nothing).requests;
        assert_eq!(requests, 6, "looked, the profile, two made, two submitted");
        for at in 0..requests {
            for lost in [Lost::Request(at), Lost::Answer(at)] {
                let mut site = site(version);
                site.set_negative_rates(false);
                assert!(matches!(send(&mut site, &exchange(), lost), Outcome::Later { .. }), "{lost:?}");
                let outcome = send(&mut site, &exchange(), Lost::Nothing);
                assert!(delivered(&outcome), "{version} {lost:?}: {outcome:?}");
                assert_eq!(site.booked(), [expected(&exchange())], "{version} {lost:?}");
            }
        }
    }
}

#[test]
fn a_day_holds_an_exchange_as_one_and_what_was_made_there_by_its_own_name() {
    let mut site = site(16);
    assert!(delivered(&send(&mut site, &exchange(), Lost::Nothing)));
    assert!(delivered(&send(&mut site, &sale(), Lost::Nothing)));
    site.copy_by_hand(INVOICE, &number(&sale()), "ACC-SINV-1");
    site.set_by_hand(INVOICE, "ACC-SINV-1", "po_no", json!(""));
    site.copy_by_hand(INVOICE, &number(&sale()), "ACC-SINV-2");
    site.set_by_hand(INVOICE, "ACC-SINV-2", "docstatus", json!(2));
    let command = Command::Documents {
        store: "Camden".to_owned(),
        day: Day::parse("2026-06-21").unwrap(),
        currency: Currency::parse("GBP").unwrap(),
        after: None,
    };
    let setup = setup(&site);
    let outcome = carry((connector(), &setup), &mut site, &command, Lost::Nothing).outcome;
    let Outcome::Done(Done::Documents { documents, next: None }) = outcome else { panic!("{outcome:?}") };
    let mut found: Vec<_> =
        documents.into_iter().map(|one| (one.number, one.total.unwrap().0, one.tax.unwrap().0)).collect();
    found.sort();
    let by_hand = ("ACC-SINV-1".to_owned(), 1_275, 213);
    assert_eq!(found, [by_hand, (number(&sale()), 1_275, 213), (number(&exchange()), 978, 164)]);
}

#[test]
fn a_rate_below_nothing_is_refused_in_its_own_words_and_goes_when_it_may() {
    let mut site = site(16);
    site.set_negative_rates(false);
    let rounded = document(3, &[("85123A", 1_000, 297, 50), ("", 1_000, -2, 0)], &[("Cash", 295)]);
    let reason = wedged(send(&mut site, &rounded, Lost::Nothing));
    assert_eq!(
        reason,
        "ERPNext says: For item MISC, rate must be a positive number. To Allow negative rates, enable `Allow Negative rates for Items` in Selling Settings"
    );
    assert!(site.booked().iter().all(|one| !one.posted));
    site.set_negative_rates(true);
    assert!(delivered(&send(&mut site, &rounded, Lost::Nothing)));
    assert_eq!(site.booked(), [expected(&rounded)]);
}

#[test]
fn what_somebody_did_to_it_there_is_said() {
    let draft = |document: &Document| {
        let mut site = site(16);
        // The answer to submitting is lost before it was asked: a draft is left.
        assert!(matches!(send(&mut site, document, Lost::Request(3)), Outcome::Later { .. }));
        site
    };
    let name = number(&sale());
    let mut site = draft(&sale());
    site.set_by_hand(INVOICE, &name, "grand_total", json!(12.76));
    let reason = wedged(send(&mut site, &sale(), Lost::Nothing));
    assert!(reason.contains("GBP 12.76 with 2.13 of tax and 12.75 paid"), "{reason}");
    assert!(reason.ends_with("the receipt says GBP 12.75 with 2.13. It was left as a draft."), "{reason}");
    assert!(!site.booked()[0].posted);

    let mut site = draft(&sale());
    site.set_by_hand(INVOICE, &name, "currency", json!("EUR"));
    assert!(wedged(send(&mut site, &sale(), Lost::Nothing)).contains("EUR 12.75"));

    let mut site = draft(&sale());
    site.set_by_hand(INVOICE, &name, "docstatus", json!(7));
    assert!(wedged(send(&mut site, &sale(), Lost::Nothing)).contains("not understood"));

    let mut site = draft(&sale());
    site.copy_by_hand(INVOICE, &name, "ACC-SINV-9");
    assert_eq!(
        wedged(send(&mut site, &sale(), Lost::Nothing)),
        format!("ERPNext has the sale {name} more than once.")
    );

    let mut site = draft(&sale());
    site.set_by_hand(INVOICE, &name, "is_return", json!(1));
    assert!(wedged(send(&mut site, &sale(), Lost::Nothing)).contains("is not this sale"));

    let mut site = draft(&sale());
    site.set_by_hand(INVOICE, &name, "docstatus", json!(2));
    assert_eq!(wedged(send(&mut site, &sale(), Lost::Nothing)), "Somebody cancelled this sale in ERPNext.");
    // Amended, as people do there: it has the number still, and counts.
    site.copy_by_hand(INVOICE, &name, &format!("{name}-1"));
    site.set_by_hand(INVOICE, &format!("{name}-1"), "docstatus", json!(1));
    let outcome = send(&mut site, &sale(), Lost::Nothing);
    assert_eq!(outcome, Outcome::Done(Done::Delivered { remote_id: format!("{name}-1"), was_there: true }));
}

#[test]
fn a_name_that_is_taken_makes_no_second_one() {
    // The look does not see it: it is being written, or somebody took the number out.
    let mut site16 = site(16);
    assert!(delivered(&send(&mut site16, &sale(), Lost::Nothing)));
    site16.set_by_hand(INVOICE, &number(&sale()), "po_no", json!(""));
    let Outcome::Later { answered: true, reason, .. } = send(&mut site16, &sale(), Lost::Nothing) else {
        panic!("it waits")
    };
    assert!(reason.contains("already has an invoice R1-000001-00000001"), "{reason}");
    assert_eq!(site16.booked().len(), 1);

    // Version 15 gives names of its own; a field that is unique does the same there.
    let mut site15 = site(15);
    site15.add_unique_field("custom_till_number");
    let mut setup = setup(&site15);
    setup.settings.insert("unique_field".to_owned(), "custom_till_number".to_owned());
    let command = Command::Deliver(Box::new(sale()));
    let outcome = carry((connector(), &setup), &mut site15, &command, Lost::Nothing).outcome;
    let name = "ACC-SINV-2026-00001";
    assert_eq!(outcome, Outcome::Done(Done::Delivered { remote_id: name.to_owned(), was_there: false }));
    site15.set_by_hand(INVOICE, name, "po_no", json!(""));
    let outcome = carry((connector(), &setup), &mut site15, &command, Lost::Nothing).outcome;
    assert!(matches!(outcome, Outcome::Later { answered: true, .. }), "{outcome:?}");
    assert_eq!(site15.booked().len(), 1);
}

#[test]
fn without_an_empty_template_version_16_would_refuse_it() {
    let mut site = site(16);
    let basket =
        document(4, &[("22423", 1_000, 1_275, 213), ("COCOA-250", 1_000, 350, 0)], &[("Cash", 1_625)]);
    let body = created(&mut site, &basket);
    let mut without = body.clone();
    for item in without["items"].as_array_mut().unwrap() {
        item.as_object_mut().unwrap().remove("item_tax_template");
    }
    let (status, said) = post(&mut site, &without);
    assert_eq!(status, 417);
    assert!(said.contains("Item Wise Tax Details do not match"), "{said}");
    assert_eq!(post(&mut site, &body).0, 200);
}

/// What is sent to make the first invoice of a document.
fn created(site: &mut Site, document: &Document) -> Value {
    let (connector, setup, command) =
        (connector(), setup(site), Command::Deliver(Box::new(document.clone())));
    let mut outcome = connector.step(&setup, &command, None);
    loop {
        let Outcome::Continue { progress, mut request } = outcome else { panic!("{outcome:?}") };
        if request.path.ends_with("/Sales%20Invoice") {
            return serde_json::from_slice(&request.body).unwrap();
        }
        connector.authorize(&setup, None, &mut request);
        let asked = Asked {
            method: request.method.word().to_owned(),
            path: request.path,
            headers: request.headers,
            body: request.body,
        };
        let answer = site.answer(&asked);
        let response = Response::Answer { status: answer.status, headers: answer.headers, body: answer.body };
        outcome = connector.step(&setup, &command, Some(Came { progress: &progress, response: &response }));
    }
}

fn post(site: &mut Site, body: &Value) -> (u16, String) {
    let token = format!("token {}:{}", site.desk().settings["api_key"], site.desk().settings["api_secret"]);
    let headers = [("content-type", "application/json"), ("authorization", &token)];
    let answer = site.answer(&Asked {
        method: "POST".to_owned(),
        path: "/api/v2/document/Sales%20Invoice".to_owned(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: body.to_string().into_bytes(),
    });
    (answer.status, String::from_utf8(answer.body).unwrap())
}

#[test]
fn what_cannot_be_said_there_is_not_tried() {
    // Paid too much by card, given back in cash: an invoice is paid one way.
    let both_ways = document(5, &[("22423", 1_000, 1_275, 213)], &[("Credit Card", 1_500), ("Cash", -225)]);
    assert!(wedged(send(&mut site(16), &both_ways, Lost::Nothing)).contains("both ways"));
    let mut site = site(16);
    let mut setup = setup(&site);
    setup.settings.insert("tax_account".to_owned(), "5=VAT - CG".to_owned());
    let command = Command::Deliver(Box::new(sale()));
    let outcome = carry((connector(), &setup), &mut site, &command, Lost::Nothing).outcome;
    assert_eq!(wedged(outcome), "No account in ERPNext is set for a tax of 20 %.");
    assert_eq!(site.booked(), []);
}

#[test]
fn what_a_site_grants_and_refuses_is_understood() {
    let setup = setup(&site(16));
    let command = Command::Deliver(Box::new(sale()));
    let Outcome::Continue { progress, .. } = connector().step(&setup, &command, None) else {
        panic!("a request")
    };
    let of = |response: &Response| {
        connector().step(&setup, &command, Some(Came { progress: &progress, response }))
    };
    // Too much work of it in this hour.
    let headers = [("retry-after", "1800"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1800")];
    let busy = Response::Answer {
        status: 429,
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: b"{\"exc_type\":\"TooManyRequestsError\"}".to_vec(),
    };
    assert!(matches!(of(&busy), Outcome::Later { wait_ms: Some(1_800_000), answered: false, .. }));
    let allowance = connector().allowance(&busy).unwrap();
    assert!(allowance.left < allowance.next_takes && allowance.back_in_ms == 1_800_000, "{allowance:?}");
    assert_eq!(connector().allowance(&Response::of_json(200, &json!({}))), None);
    // Somebody writes the same record.
    for (status, kind) in
        [(417, "TimestampMismatchError"), (417, "DocumentLockedError"), (500, "QueryDeadlockError")]
    {
        let outcome = of(&Response::of_json(status, &json!({"exc_type": kind})));
        assert!(matches!(outcome, Outcome::Later { answered: true, .. }), "{kind}: {outcome:?}");
        let outcome = of(&Response::of_json(status, &json!({"errors": [{"type": kind}]})));
        assert!(matches!(outcome, Outcome::Later { answered: true, .. }), "{kind}: {outcome:?}");
    }
    let refused = Response::of_json(401, &json!({"exc_type": "AuthenticationError"}));
    assert!(matches!(of(&refused), Outcome::SignedOut { .. }));
    let message = json!({"message": "User <b>till@example.com</b> does not have doctype access"}).to_string();
    let body = json!({"exc_type": "PermissionError", "_server_messages": json!([message]).to_string()});
    assert_eq!(
        wedged(of(&Response::of_json(403, &body))),
        "It does not let us do this (403): User till@example.com does not have doctype access"
    );
    assert!(matches!(
        of(&Response::of_json(503, &json!({"exc_type": "SessionStopped"}))),
        Outcome::Later { .. }
    ));
}
