//! Contract: what holds for every connector, asked of each of them: a complete form, no failure taken for success, no secret shown.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use connectors::{
    Came, Command, Connector, Document, DocumentLine, DocumentTax, DocumentTender, Done, Outcome, Progress,
    Request, Response, Secret, Setup, all, named,
};
use serde_json::json;
use shared::calendar::{Day, LocalTime};
use shared::connect::{Flow, LinkKind, ProductField, ProductMapping, SettingForm};
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};

const HUSH: &str = "hush-hush-7351";

fn setup(connector: &dyn Connector) -> Setup {
    let mut setup = Setup::default();
    for field in connector.descriptor().settings {
        match field.form {
            SettingForm::Secret => {
                setup.secrets.insert(field.name, Secret::new(HUSH));
            }
            SettingForm::Address => {
                setup.settings.insert(field.name, "https://remote.example.com".to_owned());
            }
            SettingForm::Text => {
                setup.settings.insert(field.name, "1".to_owned());
            }
        }
    }
    setup
}

fn document() -> Document {
    Document {
        external_id: "01996f2e-7b1a-7c3d-8e4f-0123456789ab".to_owned(),
        number: "R1-000007".to_owned(),
        is_return: false,
        time: LocalTime { at_ms: 1_782_039_600_000, offset_minutes: 60 },
        currency: Currency::parse("GBP").unwrap(),
        store: "3".to_owned(),
        lines: vec![DocumentLine {
            product: "7".to_owned(),
            sku: "22423".to_owned(),
            name: "Regency cakestand".to_owned(),
            quantity: Quantity(2_000),
            unit_price: UnitPrice(127_500),
            net: Minor(2_125),
            gross: Minor(2_550),
            taxes: vec![DocumentTax { name: "VAT".to_owned(), rate: Rate(200_000), amount: Minor(425) }],
        }],
        tenders: vec![DocumentTender { method: "5".to_owned(), amount: Minor(2_550) }],
        net: Minor(2_125),
        tax: Minor(425),
        total: Minor(2_550),
    }
}

fn commands(connector: &dyn Connector) -> Vec<Command> {
    let descriptor = connector.descriptor();
    let mut all = vec![Command::Look];
    all.extend(descriptor.matches.iter().map(|kind| Command::List { kind: *kind, after: None }));
    if descriptor.flows.contains(&Flow::Products) {
        all.push(Command::Changed { since_ms: Some(1_782_039_600_000), after: None });
        all.push(Command::Changed { since_ms: None, after: Some("7".to_owned()) });
    }
    if descriptor.flows.contains(&Flow::Sales) {
        all.push(Command::Documents {
            store: "3".to_owned(),
            day: Day::parse("2026-06-21").unwrap(),
            currency: Currency::parse("GBP").unwrap(),
            after: None,
        });
        all.push(Command::Deliver(Box::new(document())));
    }
    if let Some(field) = descriptor.fields.iter().find(|field| field.writable) {
        let fields = [(field.name.clone(), "3.45".to_owned())].into();
        all.push(Command::Write { id: "7".to_owned(), fields });
    }
    all
}

fn answer(status: u16, body: &str) -> Response {
    Response::Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

/// Answers that mean that nothing is known to be done.
fn failures() -> Vec<(&'static str, Response)> {
    let mut all = vec![
        ("none", Response::None),
        ("a page of a proxy", answer(200, "<html>Sign in</html>")),
        ("half of it", answer(200, "{\"result\": [")),
        ("nothing", answer(200, "")),
        ("another shape", Response::of_json(200, &json!({"unheard": "of"}))),
        ("a text", Response::of_json(200, &json!("fine"))),
        ("nil", Response::of_json(200, &json!(null))),
        ("elsewhere", answer(302, "")),
    ];
    for status in [400, 401, 403, 404, 409, 410, 412, 418, 422, 429, 500, 502, 503, 504, 599, 700] {
        all.push(("a status", Response::of_json(status, &json!({"result": [1], "id": 0}))));
    }
    all
}

#[test]
fn the_form_is_complete() {
    let mut names = Vec::new();
    for connector in all() {
        let descriptor = connector.descriptor();
        let name = descriptor.name.as_str();
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{name}");
        assert!(!descriptor.title.is_empty() && !descriptor.versions.is_empty(), "{name}");
        assert!(!descriptor.flows.is_empty(), "{name}");
        let addresses = descriptor.settings.iter().filter(|field| field.form == SettingForm::Address);
        assert_eq!(addresses.map(|field| field.name.as_str()).collect::<Vec<_>>(), ["address"], "{name}");
        assert!(descriptor.settings.iter().any(|field| field.form == SettingForm::Secret), "{name}");
        assert!(descriptor.settings.iter().all(|field| !field.label.is_empty()), "{name}");
        if descriptor.flows.contains(&Flow::Sales) {
            for kind in [LinkKind::Store, LinkKind::Tender, LinkKind::Line, LinkKind::Product] {
                assert!(descriptor.matches.contains(&kind), "{name} sells by {kind:?}");
            }
        }
        assert!(connector.limits().at_once >= 1, "{name}");
        let mapping = ProductMapping::of(&descriptor);
        assert_eq!(mapping.check(&descriptor), [], "{name}: what it begins with can be kept");
        assert!(mapping.field(ProductField::Price).is_some(), "{name} has prices");
        let mut fields: Vec<&str> = descriptor.fields.iter().map(|field| field.name.as_str()).collect();
        fields.sort_unstable();
        fields.dedup();
        assert_eq!(fields.len(), descriptor.fields.len(), "{name}: each field once");
        assert!(descriptor.fields.iter().all(|field| !field.label.is_empty()), "{name}");
        assert_eq!(named(name).map(|found| found.descriptor().name), Some(descriptor.name.clone()));
        names.push(descriptor.name);
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all().len(), "each has a name of its own");
    assert!(named("nobody").is_none());
}

#[test]
fn no_failure_is_taken_for_success() {
    for connector in all() {
        let setup = setup(*connector);
        for command in commands(*connector) {
            let Outcome::Continue { progress, .. } = connector.step(&setup, &command, None) else {
                panic!("{command:?} begins with a request")
            };
            for (what, response) in failures() {
                let came = Came { progress: &progress, response: &response };
                let outcome = connector.step(&setup, &command, Some(came));
                assert!(
                    !matches!(outcome, Outcome::Done(_) | Outcome::Continue { .. }),
                    "{} takes {what} for an answer to {command:?}: {outcome:?}",
                    connector.descriptor().name
                );
            }
        }
        for (what, response) in failures() {
            assert!(connector.signed_in(&setup, &response).is_err(), "{what} is no session");
        }
    }
}

#[test]
fn what_is_created_is_looked_for_first_and_progress_may_be_forgotten() {
    for connector in all().iter().filter(|one| one.descriptor().flows.contains(&Flow::Sales)) {
        let setup = setup(*connector);
        let command = Command::Deliver(Box::new(document()));
        let Outcome::Continue { request: first, .. } = connector.step(&setup, &command, None) else {
            panic!("it begins with a request")
        };
        let text = String::from_utf8_lossy(&first.body).into_owned();
        assert!(!text.contains("create"), "{text}");
        // Progress of another version, or of nobody: it begins again.
        let lost = Progress::of(&"from another time");
        let response = Response::of_json(200, &json!({"id": 0, "result": []}));
        let came = Came { progress: &lost, response: &response };
        let Outcome::Continue { request: again, .. } = connector.step(&setup, &command, Some(came)) else {
            panic!("it begins again")
        };
        assert!(first == again, "{again:?}");
    }
}

#[test]
fn no_secret_is_printed_and_none_is_in_an_address() {
    for connector in all() {
        let setup = setup(*connector);
        assert!(!format!("{setup:?}").contains(HUSH));
        let mut requests: Vec<Request> = connector.sign_in(&setup).into_iter().collect();
        for command in commands(*connector) {
            if let Outcome::Continue { request, .. } = connector.step(&setup, &command, None) {
                requests.push(request);
            }
        }
        let session = connectors::Session { token: Secret::new(HUSH) };
        for mut request in requests {
            connector.authorize(&setup, Some(&session), &mut request);
            assert!(!format!("{request:?}").contains(HUSH), "{request:?}");
            assert!(request.path.starts_with('/') && !request.path.contains(HUSH), "{}", request.path);
        }
    }
}

/// What a running Tryton answered to a sale: each answer of the recording leads to the request it was the answer to.
#[test]
fn tryton_goes_the_way_that_was_recorded() {
    let connector = named("tryton").unwrap();
    let setup = setup(connector);
    let read = |name: &str| {
        let path = format!("{}/tests/fixtures/tryton/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    let response = |exchange: &serde_json::Value| {
        let status = u16::try_from(exchange["response"]["status"].as_u64().unwrap()).unwrap();
        match &exchange["response"]["body"] {
            serde_json::Value::String(text) => answer(status, text),
            body => Response::of_json(status, body),
        }
    };
    // A wrong password, an unknown user, a database that is not there, no password.
    for exchange in read("login_refused")["exchanges"].as_array().unwrap() {
        let refused = connector.signed_in(&setup, &response(exchange)).unwrap_err();
        assert!(matches!(refused, Outcome::SignedOut { .. }), "{refused:?}");
    }
    let login = read("login");
    assert!(connector.signed_in(&setup, &response(&login["exchanges"][0])).is_ok());
    // Busy: five clients that post at once. It passes.
    let busy = read("busy");
    let locked = busy["exchanges"].as_array().unwrap().iter().find(|one| one["response"]["status"] == 503);
    let command = Command::Deliver(Box::new(document()));
    let Outcome::Continue { progress, .. } = connector.step(&setup, &command, None) else {
        panic!("a request")
    };
    let locked = response(locked.unwrap());
    let outcome = connector.step(&setup, &command, Some(Came { progress: &progress, response: &locked }));
    assert!(matches!(outcome, Outcome::Later { answered: false, .. }), "{outcome:?}");
    // A page of products as it came.
    let command = Command::Changed { since_ms: Some(0), after: None };
    let Outcome::Continue { progress, .. } = connector.step(&setup, &command, None) else {
        panic!("a request")
    };
    let page = response(&read("products")["exchanges"][0]);
    let outcome = connector.step(&setup, &command, Some(Came { progress: &progress, response: &page }));
    let Outcome::Done(Done::Records(page)) = outcome else { panic!("{outcome:?}") };
    let heart = page.records.iter().find(|record| record.code == "85123A").unwrap();
    assert_eq!(heart.name, "White hanging heart T-light holder");
    assert_eq!(heart.barcodes, ["0408512300012"]);
    assert!(heart.active && heart.changed_at_ms.is_some());
    assert_eq!(heart.fields["gross_price_used"], "2.9500");
}
