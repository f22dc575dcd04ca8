//! Vendure: what is special about it: how it refuses, prices with tax and without, what moves which time; and the recordings of a
//! running one, question by question.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod carry;

use carry::{Lost, carry, setup};
use connectors::{
    Came, Command, Connector, Done, Outcome, Progress, RemoteRecord, Request, Response, Secret, Setup, named,
};
use fakes::{Remote, vendure::Store};
use serde_json::{Value, json};
use shared::connect::{Flow, LinkKind, ProductField, ProductMapping};

const NOON_MS: i64 = 1_782_039_600_000;
const HEART: &str = "2";
const COCOA: &str = "3";

fn connector() -> &'static dyn Connector {
    named("vendure").unwrap()
}

struct Story {
    store: Store,
    setup: Setup,
}

impl Story {
    fn new() -> Self {
        let mut store = Store::default();
        store.at(NOON_MS);
        let setup = setup(connector(), &store.desk());
        Self { store, setup }
    }

    fn set(&mut self, name: &str, value: &str) {
        self.setup.settings.insert(name.to_owned(), value.to_owned());
    }

    fn carry(&mut self, command: &Command) -> Outcome {
        carry((connector(), &self.setup), &mut self.store, command, Lost::Nothing).outcome
    }

    fn changed(&mut self, since_ms: Option<i64>) -> Vec<RemoteRecord> {
        let (mut all, mut after) = (Vec::new(), None);
        for _ in 0..20 {
            let outcome = self.carry(&Command::Changed { since_ms, after });
            let Outcome::Done(Done::Records(page)) = outcome else { panic!("{outcome:?}") };
            all.extend(page.records);
            after = page.next;
            if after.is_none() {
                return all;
            }
        }
        panic!("a list without an end")
    }

    fn one(&mut self, id: &str) -> RemoteRecord {
        self.changed(None).into_iter().find(|record| record.id == id).unwrap()
    }
}

fn write(id: &str, fields: &[(&str, &str)]) -> Command {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Command::Write { id: id.to_owned(), fields }
}

fn reason(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Wedged(wedged) => format!("{} {}", wedged.reason, wedged.remedy),
        Outcome::SignedOut { reason } | Outcome::Later { reason, .. } => reason.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_offers_no_sales_and_is_asked_for_none() {
    let descriptor = connector().descriptor();
    assert!(!descriptor.flows.contains(&Flow::Sales));
    assert_eq!(descriptor.matches, [LinkKind::Product]);
    let mapping = ProductMapping::of(&descriptor);
    assert_eq!(mapping.field(ProductField::Price).unwrap().theirs, "price_with_tax");
    let mut story = Story::new();
    let outcome = story.carry(&Command::List { kind: LinkKind::Store, after: None });
    assert!(reason(&outcome).contains("takes no sales"), "{outcome:?}");
}

#[test]
fn one_signs_in_by_key_or_by_password_and_an_ended_session_is_known() {
    let mut story = Story::new();
    let about = "Vendure, its default channel: 233 variants, prices in GBP kept with tax".to_owned();
    assert_eq!(story.carry(&Command::Look), Outcome::Done(Done::Seen { about: about.clone() }));
    // A key goes before the password, and nobody signs in.
    story.setup.secrets.insert("api_key".to_owned(), Secret::new("5f0c1d2e3b4a5968:8d7c6b5a49382716"));
    story.setup.secrets.insert("password".to_owned(), Secret::new("mistyped"));
    assert!(connector().sign_in(&story.setup).is_none());
    assert_eq!(story.carry(&Command::Look), Outcome::Done(Done::Seen { about }));
    story.setup.secrets.insert("api_key".to_owned(), Secret::new("nobody:nothing"));
    let outcome = story.carry(&Command::Look);
    assert!(matches!(outcome, Outcome::SignedOut { .. }), "{outcome:?}");
    // Neither: what is missing is said.
    let mut story = Story::new();
    story.setup.secrets.clear();
    story.setup.settings.remove("user");
    assert_eq!(
        reason(&story.carry(&Command::Look)),
        "Give an API key, or the e-mail address and password of an administrator."
    );
    // A server that gives cookies alone.
    let mut story = Story::new();
    story.store.give_tokens(false);
    let outcome = story.carry(&Command::Look);
    assert!(matches!(outcome, Outcome::SignedOut { .. }), "{outcome:?}");
    assert!(reason(&outcome).contains("“bearer”"), "{outcome:?}");
}

#[test]
fn a_missing_permission_is_no_ended_session() {
    let mut story = Story::new();
    story.store.let_change(false);
    let outcome = story.carry(&write(HEART, &[("price_with_tax", "3.45")]));
    assert!(matches!(outcome, Outcome::Wedged(_)), "{outcome:?}");
    assert!(reason(&outcome).contains("“UpdateCatalog”"), "{outcome:?}");
    assert_eq!(story.store.product(HEART, "price").as_deref(), Some("2.95"));
}

#[test]
fn a_channel_says_how_it_keeps_prices_and_ours_go_there_so() {
    let mut story = Story::new();
    story.set("channel_token", "wh0l3s4l3");
    let outcome = story.carry(&Command::Look);
    let Outcome::Done(Done::Seen { about }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(about, "Vendure, channel “wholesale”: 233 variants, prices in GBP kept without tax");
    let heart = story.one(HEART);
    assert_eq!((heart.fields["price"].as_str(), heart.fields["price_with_tax"].as_str()), ("2.46", "2.95"));
    let outcome = story.carry(&write(HEART, &[("price_with_tax", "2.97")]));
    assert!(reason(&outcome).contains("without tax"), "{outcome:?}");
    // What the mapping worked out of 2.97: it ends behind the penny.
    assert_eq!(story.carry(&write(HEART, &[("price", "2.4750")])), Outcome::Done(Done::Written));
    assert_eq!(story.one(HEART).fields["price"], "2.48");
    // The other channel's price stays, and its pennies are not rounded.
    story.setup.settings.remove("channel_token");
    assert_eq!(story.one(HEART).fields["price"], "2.95");
    for wrong in ["2.9550", "-1", "cheap", ""] {
        let outcome = story.carry(&write(HEART, &[("price", wrong)]));
        assert!(matches!(outcome, Outcome::Wedged(_)), "{wrong}: {outcome:?}");
    }
    assert_eq!(story.one(HEART).fields["price"], "2.95");
    // No price in this channel is no price of 0.00.
    story.store.drop_price(HEART, "__default_channel__");
    let heart = story.one(HEART);
    assert!(!heart.fields.contains_key("price") && !heart.fields.contains_key("price_with_tax"));
    story.set("channel_token", "nobody");
    let outcome = story.carry(&Command::Look);
    assert!(reason(&outcome).starts_with("Vendure has no channel with this token."), "{outcome:?}");
}

#[test]
fn a_name_is_written_in_the_language_of_the_channel_and_others_stay() {
    let mut story = Story::new();
    assert_eq!(story.carry(&write(HEART, &[("name", "Heart of glass")])), Outcome::Done(Done::Written));
    assert_eq!(story.store.name_in(HEART, "en").as_deref(), Some("Heart of glass"));
    assert_eq!(story.store.name_in(HEART, "de").as_deref(), Some("Herz für ein Teelicht"));
}

#[test]
fn what_is_there_already_is_not_written_and_moves_no_time() {
    let mut story = Story::new();
    let before = story.one(HEART);
    story.store.at(NOON_MS + 60_000);
    let same = [("price_with_tax", "2.95"), ("name", before.name.as_str()), ("enabled", "true")];
    assert_eq!(story.carry(&write(HEART, &same)), Outcome::Done(Done::Written));
    assert_eq!(story.one(HEART).changed_at_ms, before.changed_at_ms);
}

#[test]
fn what_is_written_is_there_once_whatever_is_lost() {
    let order = write(HEART, &[("price_with_tax", "3.45"), ("name", "Heart"), ("enabled", "false")]);
    let mut story = Story::new();
    let setup = story.setup.clone();
    let needed = carry((connector(), &setup), &mut story.store, &order, Lost::Nothing).requests;
    for lost in (0..needed).flat_map(|at| [Lost::Request(at), Lost::Answer(at)]) {
        let mut story = Story::new();
        let setup = story.setup.clone();
        let first = carry((connector(), &setup), &mut story.store, &order, lost).outcome;
        assert!(matches!(first, Outcome::Later { .. }), "{lost:?}: {first:?}");
        assert_eq!(story.carry(&order), Outcome::Done(Done::Written), "{lost:?}");
        let heart = story.one(HEART);
        assert_eq!(
            (heart.fields["price"].as_str(), heart.name.as_str(), heart.active),
            ("3.45", "Heart", false)
        );
    }
}

#[test]
fn a_switch_says_what_both_are_and_the_product_is_nobodys_here() {
    let mut story = Story::new();
    assert_eq!(story.carry(&write(COCOA, &[("enabled", "false")])), Outcome::Done(Done::Written));
    assert!(!story.one(COCOA).active);
    assert_eq!(story.carry(&write(COCOA, &[("enabled", "true")])), Outcome::Done(Done::Written));
    assert!(story.one(COCOA).active);
    story.store.retire(COCOA);
    assert_eq!(story.one(COCOA).fields["enabled"], "false");
    assert_eq!(story.carry(&write(COCOA, &[("enabled", "false")])), Outcome::Done(Done::Written));
    let outcome = story.carry(&write(COCOA, &[("enabled", "true")]));
    assert!(reason(&outcome).starts_with("The whole product is disabled"), "{outcome:?}");
}

#[test]
fn what_moves_its_products_time_alone_comes_too() {
    let mut story = Story::new();
    story.store.at(NOON_MS + 3_600_000);
    story.store.rename_product(HEART, "Heart");
    let changed = story.changed(Some(NOON_MS));
    let [heart] = changed.as_slice() else { panic!("{changed:?}") };
    assert_eq!(heart.fields["product_name"], "Heart");
    assert_eq!(heart.name, "White hanging heart T-light holder", "a variant has a name of its own");
    assert_eq!(heart.changed_at_ms, Some(NOON_MS + 3_600_000));
    // An import changed all of them at one moment: all come, by the variants and by their products.
    story.store.at(NOON_MS + 7_200_000);
    for id in 1..=233 {
        story.store.set_by_hand(&id.to_string(), "trackInventory", &json!("FALSE"));
        story.store.rename_product(&id.to_string(), "Renamed");
    }
    let changed = story.changed(Some(NOON_MS + 7_200_000));
    let mut ids: Vec<&str> = changed.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids.len(), 466, "once by each");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 233);
}

#[test]
fn custom_fields_facets_options_and_stock_are_for_the_mapping() {
    let mut story = Story::new();
    let heart = story.one(HEART);
    assert_eq!(heart.fields["options"], "White Large");
    assert_eq!(heart.fields["facet"], "Gifts");
    assert_eq!((heart.fields["barcode"].as_str(), heart.barcodes.len()), ("", 0), "asked for, and empty");
    assert_eq!(heart.fields["track_inventory"], "true", "as the store has it");
    story.store.set_by_hand(HEART, "trackInventory", &json!("FALSE"));
    // A list of codes, a number.
    story.store.set_by_hand(
        HEART,
        "customFields",
        &json!({"barcode": ["5012345678900", " 96385074 "], "unit": 3}),
    );
    let heart = story.one(HEART);
    assert_eq!(heart.barcodes, ["5012345678900", "96385074"]);
    assert_eq!(heart.fields["barcode"], "5012345678900\n96385074");
    assert_eq!((heart.fields["other"].as_str(), heart.fields["track_inventory"].as_str()), ("3", "false"));
    // What nobody asked for is not empty: it is not there.
    for name in ["barcode_field", "other_field", "category_facet"] {
        story.setup.settings.remove(name);
    }
    let heart = story.one(HEART);
    for field in ["barcode", "other", "facet"] {
        assert!(!heart.fields.contains_key(field), "{field}");
    }
}

#[test]
fn a_custom_field_that_is_not_there_is_named() {
    let mut story = Story::new();
    story.set("barcode_field", "ean");
    for command in [Command::Look, Command::Changed { since_ms: None, after: None }] {
        let outcome = story.carry(&command);
        assert!(
            reason(&outcome).starts_with("Vendure’s variants have no custom field “ean”."),
            "{outcome:?}"
        );
    }
    story.set("barcode_field", "barcode");
    story.store.drop_custom_fields();
    let outcome = story.carry(&Command::Look);
    assert!(reason(&outcome).contains("no custom field “barcode”"), "{outcome:?}");
    // No name at all, and nothing that could stand in a question.
    let mut story = Story::new();
    story.set("barcode_field", "barcode } } products { items { id");
    let outcome = story.carry(&Command::Look);
    assert!(reason(&outcome).contains("is no name of a custom field"), "{outcome:?}");
    assert!(matches!(story.carry(&Command::Changed { since_ms: None, after: None }), Outcome::Done(_)));
}

/// What a step makes of an answer.
fn step(command: &Command, response: &Response) -> Outcome {
    let setup = Setup::default();
    let Outcome::Continue { progress, .. } = connector().step(&setup, command, None) else {
        panic!("a request")
    };
    connector().step(&setup, command, Some(Came { progress: &progress, response }))
}

#[test]
fn an_error_with_status_200_is_an_error() {
    let list = Command::Changed { since_ms: None, after: None };
    let of = |error: Value| step(&list, &Response::of_json(200, &json!({"errors": [error], "data": null})));
    let coded = |code: &str| of(json!({"message": "words", "extensions": {"code": code}}));
    // A database that complains has no code, and some of that passes.
    for passing in [of(json!({"message": "deadlock detected"})), coded("INTERNAL_SERVER_ERROR")] {
        assert!(matches!(passing, Outcome::Later { answered: true, .. }), "{passing:?}");
    }
    assert!(matches!(coded("UNAUTHORIZED"), Outcome::SignedOut { .. }));
    for code in ["USER_INPUT_ERROR", "ENTITY_NOT_FOUND", "CHANNEL_NOT_FOUND", "FORBIDDEN", "NEVER_HEARD_OF"] {
        assert!(matches!(coded(code), Outcome::Wedged(_)), "{code}");
    }
    let ended = Response::Answer {
        status: 200,
        headers: vec![("vendure-auth-token".to_owned(), String::new())],
        body:
            br#"{"errors":[{"message":"no","path":["productVariants"],"extensions":{"code":"FORBIDDEN"}}]}"#
                .to_vec(),
    };
    assert!(matches!(step(&list, &ended), Outcome::SignedOut { .. }));
    // Data beside an error, nothing at all, a channel without a currency, a row that is none.
    let channel = json!({"code": "c", "defaultCurrencyCode": "GBP", "defaultLanguageCode": "en", "pricesIncludeTax": true});
    let settings = json!({"trackInventory": true, "serverConfig": {"moneyStrategyPrecision": 2}});
    let with = |items: Value| json!({"data": {"activeChannel": channel, "globalSettings": settings, "productVariants": {"items": items}}});
    for body in [
        json!({"data": null}),
        json!({"data": {}}),
        json!({"data": {"activeChannel": {}, "globalSettings": {}, "productVariants": {"items": []}}}),
        with(json!(null)),
        with(json!([{"id": "1"}])),
        with(json!([{"id": 1, "createdAt": "2026-01-02T09:00:00.000Z"}])),
    ] {
        let outcome = step(&list, &Response::of_json(200, &body));
        assert!(matches!(outcome, Outcome::Wedged(_)), "{body}: {outcome:?}");
    }
    assert!(matches!(step(&list, &Response::of_json(200, &with(json!([])))), Outcome::Done(_)));
}

#[test]
fn an_answer_that_does_not_hold_what_was_written_is_no_success() {
    let order = write("7", &[("price", "3.45")]);
    let setup = Setup::default();
    let variant = |price: i64| {
        json!({
            "id": "7", "enabled": true, "product": {"enabled": true}, "translations": [],
            "prices": [{"currencyCode": "GBP", "price": price}],
        })
    };
    let channel = json!({"code": "c", "defaultCurrencyCode": "GBP", "defaultLanguageCode": "en", "pricesIncludeTax": true});
    let settings = json!({"trackInventory": true, "serverConfig": {"moneyStrategyPrecision": 2}});
    let found = json!({"data": {"activeChannel": channel, "globalSettings": settings, "productVariant": variant(295)}});
    let asked = step(&order, &Response::of_json(200, &found));
    let Outcome::Continue { progress, .. } = asked else { panic!("{asked:?}") };
    let after = |body: Value| {
        let response = Response::of_json(200, &body);
        connector().step(&setup, &order, Some(Came { progress: &progress, response: &response }))
    };
    for body in [
        json!({"data": {"updateProductVariants": []}}),
        json!({"data": {"updateProductVariants": [null]}}),
        json!({"data": {"updateProductVariants": [variant(295)]}}),
        json!({"data": {}}),
    ] {
        assert!(matches!(after(body.clone()), Outcome::Wedged(_)), "{body}");
    }
    assert_eq!(
        after(json!({"data": {"updateProductVariants": [variant(345)]}})),
        Outcome::Done(Done::Written)
    );
}

// What a running one answered.

fn recorded(name: &str) -> Vec<Value> {
    let path = format!("{}/tests/fixtures/vendure/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["exchanges"].as_array().unwrap().clone()
}

fn response(exchange: &Value) -> Response {
    let told = &exchange["response"];
    let headers = told["headers"].as_object().unwrap().iter();
    Response::Answer {
        status: u16::try_from(told["status"].as_u64().unwrap()).unwrap(),
        headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect(),
        body: told["body"].to_string().into_bytes(),
    }
}

/// The request is the one that was recorded, to the letter.
fn is_recorded(request: &Request, exchange: &Value) {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!((request.method.word(), request.path.as_str()), ("POST", "/admin-api"));
    assert_eq!(body, exchange["request"]["body"]);
}

/// A command along exchanges: each request is the recorded one, and its answer goes to the next step.
fn goes(setup: &Setup, command: &Command, exchanges: &[Value]) -> Outcome {
    let mut came: Option<(Progress, Response)> = None;
    let mut exchanges = exchanges.iter();
    loop {
        let seen = came.as_ref().map(|(progress, response)| Came { progress, response });
        match connector().step(setup, command, seen) {
            Outcome::Continue { progress, request } => {
                let exchange = exchanges.next().unwrap();
                is_recorded(&request, exchange);
                came = Some((progress, response(exchange)));
            }
            outcome => return outcome,
        }
    }
}

#[test]
fn vendure_goes_the_way_that_was_recorded() {
    let mut setup = Setup::default();
    let mut set = |name: &str, value: &str| setup.settings.insert(name.to_owned(), value.to_owned());
    set("barcode_field", "barcode");
    set("user", "superadmin");
    setup.secrets.insert("password".to_owned(), Secret::new("PASSWORD"));
    let login = recorded("login");
    is_recorded(&connector().sign_in(&setup).unwrap(), &login[0]);
    let session = connector().signed_in(&setup, &response(&login[0])).unwrap();
    assert_eq!(session.token.reveal(), "TOKEN");
    for refused in recorded("login_refused") {
        let outcome = connector().signed_in(&setup, &response(&refused)).unwrap_err();
        assert!(matches!(outcome, Outcome::SignedOut { .. }), "{outcome:?}");
    }
    // An ended session and a wrong key; and a question nobody signed in for is asked by none of us.
    let list = Command::Changed { since_ms: None, after: None };
    for ended in recorded("signed_out").iter().skip(1) {
        assert!(matches!(step(&list, &response(ended)), Outcome::SignedOut { .. }));
    }
    let about = "Vendure, its default channel: 12 variants, prices in GBP kept with tax".to_owned();
    assert_eq!(
        goes(&setup, &Command::Look, &recorded("connector_look")),
        Outcome::Done(Done::Seen { about })
    );
    let Outcome::Done(Done::Records(page)) = goes(&setup, &list, &recorded("connector_all")) else {
        panic!("a page")
    };
    assert_eq!((page.records.len(), page.next), (12, None));
    let heart = page.records.iter().find(|record| record.code == "85123A").unwrap();
    assert_eq!(heart.barcodes, ["0408512300012"]);
    assert_eq!(heart.fields["price_with_tax"], "2.95");
    assert!(heart.active && heart.changed_at_ms.is_some());
    // Others' mistakes are refused.
    for wrong in recorded("errors") {
        let outcome = step(&list, &response(&wrong));
        assert!(matches!(outcome, Outcome::Wedged(_)), "{outcome:?}");
    }
}

#[test]
fn what_was_changed_in_a_running_vendure_goes_the_way_that_was_recorded() {
    let settings = [("barcode_field".to_owned(), "barcode".to_owned())];
    let setup = Setup { settings: settings.into(), ..Setup::default() };
    let exchanges = recorded("connector_changed");
    let after =
        exchanges[0]["request"]["body"]["variables"]["options"]["filter"]["updatedAt"]["after"].as_str();
    let (_, time) = after.unwrap().split_once('T').unwrap();
    let parts: Vec<i64> = time.split([':', '.', 'Z']).filter_map(|part| part.parse().ok()).collect();
    let [hour, minute, second, ms] = parts[..] else { panic!("{time}") };
    let ms = ((hour * 60 + minute) * 60 + second) * 1_000 + ms;
    let day = shared::calendar::Day::parse(&after.unwrap()[..10]).unwrap();
    // `after` of theirs is without the moment itself.
    let since_ms = Some(day.number() * 86_400_000 + ms + 1);
    let (mut found, mut place) = (Vec::new(), None);
    for exchange in exchanges.chunks(1) {
        let command = Command::Changed { since_ms, after: place };
        let Outcome::Done(Done::Records(page)) = goes(&setup, &command, exchange) else { panic!("a page") };
        found.extend(page.records);
        place = page.next;
    }
    assert_eq!(place, None);
    let seen: Vec<(&str, bool)> = found.iter().map(|record| (record.code.as_str(), record.active)).collect();
    assert_eq!(seen, [("22423", false), ("85123A", false)], "one is switched off, of one its product");
    // Written, and once more: what is there is left alone.
    let exchanges = recorded("connector_write");
    let order = write("2", &[("name", "Cakestand"), ("price_with_tax", "14.50"), ("enabled", "false")]);
    assert_eq!(goes(&setup, &order, &exchanges[..2]), Outcome::Done(Done::Written));
    assert_eq!(goes(&setup, &order, &exchanges[2..]), Outcome::Done(Done::Written));
    let [missing, unknown, forbidden, field] = &recorded("connector_refused")[..] else { panic!("four") };
    let outcome = goes(&setup, &write("999", &[("price", "0.05")]), std::slice::from_ref(missing));
    assert!(reason(&outcome).starts_with("Vendure does not have this variant any more."), "{outcome:?}");
    let list = Command::Changed { since_ms: None, after: None };
    assert!(reason(&step(&list, &response(unknown))).starts_with("Vendure does not have this any more"));
    assert!(reason(&step(&list, &response(forbidden))).contains("“UpdateCatalog”"));
    let setup =
        Setup { settings: [("barcode_field".to_owned(), "ean".to_owned())].into(), ..Setup::default() };
    let outcome = goes(&setup, &Command::Look, std::slice::from_ref(field));
    assert!(reason(&outcome).contains("no custom field “ean”"), "{outcome:?}");
}
