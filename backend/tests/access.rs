//! Access: who gets in, and who does not any more, told on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use house::visitors::{
    Answer, Nobody, Owner, PASSWORD, TestApp, Visitor, device_sign_in, pair_request, setup, sign_in, store,
};
use http_body_util::BodyExt;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer;
use serde_json::{Value, json};
use shared::api::{
    ChallengeResponse, DeviceView, KeptEntry, Page, PairResponse, PairingCodeResponse, SaleRow,
    SessionResponse, StaffView, StatusResponse,
};
use shared::calendar::LocalTime;
use shared::ids::{EntryId, StaffId};
use shared::register::Register;
use shared::staff::Role;
use shared::store::Store;
use shared::sync::journal::{EntryBody, JournalEntry, NO_HASH};
use shared::sync::wire::{Change, EntryOutcome, PullResponse, PushRequest, PushResponse, SCHEMA};
use std::time::Duration;
use tillbridge::app::{App, access, devices, setup as founding};
use tillbridge::clock::{self, FreshIds};
use tillbridge::http::HttpSettings;
use tillbridge::replay::run::fresh_key;

on_both_engines!(in crate::house::visitors::TestApp:
    a_server_is_set_up_once,
    set_up_names_every_wrong_field_and_changes_nothing,
    guessing_a_password_locks_the_account,
    one_address_cannot_guess_at_many_accounts,
    signing_out_here_and_everywhere,
    sessions_end_by_themselves,
    whoever_is_made_inactive_is_out_at_once,
    a_new_password_ends_the_other_sessions,
    nobody_rises_above_themselves,
    the_last_owner_stays,
    a_pin_reaches_tablets_as_a_verifier_alone,
    a_pairing_code_is_good_once_and_not_for_long,
    guessing_a_pairing_code_locks_the_address,
    every_tablet_has_its_own_receipt_numbers,
    a_challenge_is_signed_by_the_tablet_itself_and_once,
    an_unpaired_tablet_is_out_and_its_sales_are_kept,
    managers_see_how_fresh_a_tablet_is,
    streams_end_with_the_session,
    a_currency_stays_once_sold_in,
    other_sites_change_nothing,
    cookies_are_for_this_server_alone,
);

const PULL: &str = "/api/sync/pull";

fn credentials(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

async fn staff_named(owner: &Visitor<Owner>, name: &str) -> StaffView {
    let staff: Vec<StaffView> = owner.get("/api/staff").await.json();
    staff.into_iter().find(|member| member.name == name).unwrap()
}

fn fields(answer: &Answer) -> Vec<String> {
    answer.error().fields.into_iter().map(|field| field.field).collect()
}

async fn a_server_is_set_up_once(shop: TestApp) {
    let status: StatusResponse = shop.as_nobody().get("/api/status").await.json();
    assert!(!status.setup_needed && !status.demo);
    let again = shop.as_nobody().post("/api/setup", &setup()).await.expect(StatusCode::CONFLICT);
    assert_eq!(again.error().code, "conflict");
    let session: SessionResponse = shop.as_owner().get("/api/session").await.json();
    assert_eq!((session.name.as_str(), session.organisation_name.as_str()), ("Olga", "Shop"));
    assert_eq!(session.role, Role::Owner);

    // Six people at once, on an empty server: one of them owns it.
    let empty = shop.empty_twin().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let app = empty.clone();
        tasks.spawn(async move {
            let request = serde_json::from_value(setup()).unwrap();
            founding::set_up(&app, request, clock::now_ms()).await.is_ok()
        });
    }
    let won = tasks.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
}

async fn set_up_names_every_wrong_field_and_changes_nothing(shop: TestApp) {
    let empty = shop.empty_twin().await;
    let mut request = setup();
    request["organisation_name"] = json!(" ");
    request["owner"]["email"] = json!("nowhere");
    request["owner"]["password"] = json!("short");
    request["store"]["time_zone"] = json!("Europe/Atlantis");
    request["store"]["language"] = json!("tlh");
    request["standard_tax"]["percent"] = json!("a lot");
    let request = serde_json::from_value(request).unwrap();
    let Err(error) = founding::set_up(&empty, request, clock::now_ms()).await else {
        panic!("it was set up")
    };
    let tillbridge::app::AppError::WrongInput { fields, .. } = error else { panic!("{error}") };
    let fields: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
    let expected = [
        "organisation_name",
        "owner.email",
        "owner.password",
        "store.language",
        "store.time_zone",
        "standard_tax.percent",
    ];
    assert_eq!(fields, expected);
    assert!(access::status(&empty).await.unwrap().setup_needed);
}

async fn guessing_a_password_locks_the_account(shop: TestApp) {
    let nobody = shop.as_nobody();
    for email in ["owner@shop.example", "nobody@shop.example"] {
        let mut told = Vec::new();
        for _ in 0..5 {
            let answer = nobody.post("/api/session", &credentials(email, "wrong wrong wrong")).await;
            told.push(answer.expect(StatusCode::UNAUTHORIZED).error());
        }
        assert!(told.iter().all(|error| error.code == "sign_in"));
        // Also with the right password, and from anywhere: the sixth is not looked at.
        let elsewhere = shop.from("198.51.100.7");
        let locked = elsewhere.post("/api/session", &credentials(email, PASSWORD)).await;
        let locked = locked.expect(StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(locked.error().code, "locked");
        let wait = locked.error().retry_after_ms.unwrap();
        assert!((1..=60_000).contains(&wait), "{wait}");
        assert!(locked.headers.contains_key(header::RETRY_AFTER));
    }
    // Somebody else signs in as ever, and whoever waits gets in.
    sign_in(&nobody, "manager@shop.example").await;
    let later = clock::now_ms() + 61_000;
    let request = serde_json::from_value(credentials("OWNER@shop.example ", PASSWORD)).unwrap();
    let opened = access::sign_in(&shop.app, request, "192.0.2.10", later).await.unwrap();
    assert_eq!(opened.answer.role, Role::Owner);
}

async fn one_address_cannot_guess_at_many_accounts(shop: TestApp) {
    let guesser = shop.from("198.51.100.9");
    let mut answers = Vec::new();
    for n in 0..24 {
        // A right one in between gives no free tries.
        if n % 6 == 5 && n < 18 {
            sign_in(&guesser, "cashier@shop.example").await;
        }
        let email = format!("somebody{n}@shop.example");
        answers.push(guesser.post("/api/session", &credentials(&email, "wrong wrong wrong")).await.status);
    }
    let wrong = answers.iter().take_while(|status| **status == StatusCode::UNAUTHORIZED).count();
    assert_eq!(wrong, 20, "{answers:?}");
    assert!(answers[20..].iter().all(|status| *status == StatusCode::TOO_MANY_REQUESTS));
    sign_in(&shop.as_nobody(), "cashier@shop.example").await;
}

async fn signing_out_here_and_everywhere(shop: TestApp) {
    let nobody = shop.as_nobody();
    let mut places = Vec::new();
    for _ in 0..3 {
        let cookie = sign_in(&nobody, "manager@shop.example").await;
        places.push(shop.as_owner().instead(cookie));
    }
    let out = places[0].delete("/api/session").await.expect(StatusCode::NO_CONTENT);
    assert!(out.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(places[0].get("/api/session").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(places[1].get("/api/session").await.status, StatusCode::OK);
    places[1].delete("/api/session/all").await.expect(StatusCode::NO_CONTENT);
    for place in &places {
        assert_eq!(place.get("/api/session").await.error().code, "sign_in");
    }
    assert_eq!(shop.as_manager().get("/api/session").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(shop.as_owner().get("/api/session").await.status, StatusCode::OK);
}

async fn sessions_end_by_themselves(shop: TestApp) {
    let request = serde_json::from_value(credentials("owner@shop.example", PASSWORD)).unwrap();
    let now_ms = clock::now_ms();
    let opened = access::sign_in(&shop.app, request, "192.0.2.10", now_ms).await.unwrap();
    let lasts = |at_ms| access::staff_caller(&shop.app, &opened.secret, at_ms);
    assert!(lasts(now_ms + opened.lasts_ms - 1).await.unwrap().is_some());
    assert!(lasts(now_ms + opened.lasts_ms).await.unwrap().is_none());
    // The organisation in a cookie only says where to look.
    let (organisation, token) = opened.secret.split_once('.').unwrap();
    let elsewhere = format!("{}.{token}", shared::ids::OrganisationId::fresh(&mut FreshIds));
    for forged in [elsewhere, format!("{organisation}."), token.to_owned(), format!("{organisation}.x")] {
        assert!(access::staff_caller(&shop.app, &forged, now_ms).await.unwrap().is_none(), "{forged}");
    }
}

async fn whoever_is_made_inactive_is_out_at_once(shop: TestApp) {
    let owner = shop.as_owner();
    let cashier = staff_named(&owner, "cashier").await;
    assert_eq!(shop.as_cashier().get("/api/session").await.status, StatusCode::OK);
    let path = format!("/api/staff/{}", cashier.id);
    let gone: StaffView = owner.put(&path, &json!({ "active": false })).await.json();
    assert!(!gone.active);
    assert_eq!(shop.as_cashier().get("/api/session").await.status, StatusCode::UNAUTHORIZED);
    let again = shop.as_nobody().post("/api/session", &credentials("cashier@shop.example", PASSWORD)).await;
    assert_eq!(again.error().code, "sign_in");
    // Somebody who is back signs in anew; the old session stays ended.
    owner.put(&path, &json!({ "active": true })).await.expect(StatusCode::OK);
    assert_eq!(shop.as_cashier().get("/api/session").await.status, StatusCode::UNAUTHORIZED);
    sign_in(&shop.as_nobody(), "cashier@shop.example").await;
}

async fn a_new_password_ends_the_other_sessions(shop: TestApp) {
    let owner = shop.as_owner();
    let elsewhere = shop.as_owner().instead(sign_in(&shop.as_nobody(), "owner@shop.example").await);
    let olga = staff_named(&owner, "Olga").await;
    let new = "a few other words";
    owner.put(&format!("/api/staff/{}", olga.id), &json!({ "password": new })).await.expect(StatusCode::OK);
    assert_eq!(owner.get("/api/session").await.status, StatusCode::OK, "where it was changed");
    assert_eq!(elsewhere.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
    let old = shop.as_nobody().post("/api/session", &credentials("owner@shop.example", PASSWORD)).await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
    shop.as_nobody()
        .post("/api/session", &credentials("owner@shop.example", new))
        .await
        .expect(StatusCode::OK);
}

async fn nobody_rises_above_themselves(shop: TestApp) {
    let (owner, manager) = (shop.as_owner(), shop.as_manager());
    let olga = staff_named(&owner, "Olga").await;
    let refused =
        manager.put(&format!("/api/staff/{}", olga.id), &json!({ "password": "taken over it is" })).await;
    assert_eq!(refused.expect(StatusCode::FORBIDDEN).error().code, "forbidden");
    let refused = manager.post("/api/staff", &json!({ "name": "Eve", "role": "owner" })).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mine = staff_named(&owner, "manager").await;
    let refused = manager.put(&format!("/api/staff/{}", mine.id), &json!({ "role": "owner" })).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let peer: StaffView =
        manager.post("/api/staff", &json!({ "name": "Max", "role": "manager" })).await.json();
    assert_eq!((peer.role, peer.email.as_deref()), (Role::Manager, None));
    // An address leads to one person.
    let taken = json!({ "email": "OWNER@shop.example", "password": PASSWORD });
    let taken = manager.put(&format!("/api/staff/{}", peer.id), &taken).await;
    assert_eq!(fields(&taken.expect(StatusCode::BAD_REQUEST)), ["email"]);
    for (wrong, field) in [
        (json!({ "email": "max@shop.example" }), "password"),
        (json!({ "password": PASSWORD }), "email"),
        (json!({ "pin": "1111" }), "pin"),
        (json!({ "name": "" }), "name"),
    ] {
        let answer = manager.put(&format!("/api/staff/{}", peer.id), &wrong).await;
        assert_eq!(fields(&answer.expect(StatusCode::BAD_REQUEST)), [field], "{wrong}");
    }
    let unchanged = staff_named(&owner, "Max").await;
    assert_eq!(unchanged, peer);
}

async fn the_last_owner_stays(shop: TestApp) {
    let owner = shop.as_owner();
    let olga = staff_named(&owner, "Olga").await;
    let path = format!("/api/staff/{}", olga.id);
    for end in [json!({ "role": "manager" }), json!({ "active": false }), json!({ "email": "" })] {
        let answer = owner.put(&path, &end).await.expect(StatusCode::CONFLICT);
        assert!(answer.error().message.contains("last owner"));
    }
    // Of two owners one may go, also when both want to at once.
    let second =
        json!({ "name": "Otto", "role": "owner", "email": "otto@shop.example", "password": PASSWORD });
    let otto: StaffView = owner.post("/api/staff", &second).await.json();
    let other_path = format!("/api/staff/{}", otto.id);
    let gone = json!({ "role": "manager" });
    let (first, second) = tokio::join!(owner.put(&path, &gone), owner.put(&other_path, &gone));
    let done = [first.status, second.status].iter().filter(|status| status.is_success()).count();
    assert_eq!(done, 1, "{first:?} {second:?}");
}

async fn a_pin_reaches_tablets_as_a_verifier_alone(shop: TestApp) {
    let owner = shop.as_owner();
    let tablet = shop.as_device();
    let mut cursor = String::new();
    loop {
        let page: PullResponse = tablet.get(&format!("{PULL}?cursor={cursor}")).await.json();
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    let cashier = staff_named(&owner, "cashier").await;
    let answer = owner.put(&format!("/api/staff/{}", cashier.id), &json!({ "pin": "27182" })).await;
    assert!(!answer.text().contains("27182"));
    assert!(answer.json::<StaffView>().has_pin);
    // Another test's transaction on the same PostgreSQL may hold the change back for a moment.
    let member = loop {
        let pulled = tablet.get(&format!("{PULL}?cursor={cursor}")).await;
        assert!(!pulled.text().contains("27182") && !pulled.text().contains("shop.example"));
        let page: PullResponse = pulled.json();
        let member = page.changes.iter().find_map(|change| match change {
            Change::Staff(member) if member.id == cashier.id => Some(member.clone()),
            _ => None,
        });
        if let Some(member) = member {
            break member;
        }
        assert!(page.held_back);
        tokio::task::yield_now().await;
    };
    let verifier = member.pin.unwrap();
    assert_eq!((verifier.iterations, verifier.salt.len(), verifier.digest.len()), (600_000, 32, 64));
    let taken: StaffView =
        owner.put(&format!("/api/staff/{}", cashier.id), &json!({ "pin": "" })).await.json();
    assert!(!taken.has_pin);
}

async fn new_code(shop: &TestApp) -> PairingCodeResponse {
    let manager = shop.as_manager();
    let registers: Vec<Register> = manager.get("/api/registers").await.json();
    manager.post("/api/pairing-codes", &json!({ "register_id": registers[0].id })).await.json()
}

async fn a_pairing_code_is_good_once_and_not_for_long(shop: TestApp) {
    let key = fresh_key().unwrap();
    let code = new_code(&shop).await;
    assert_eq!(code.code.len(), 9);
    let lasts = code.expires_at_ms - clock::now_ms();
    assert!((10 * 60_000..=15 * 60_000).contains(&lasts), "{lasts}");
    let nobody = shop.as_nobody();
    let mut bad_key = pair_request(&code.code, &key);
    bad_key["public_key"] = json!("AAAA");
    assert_eq!(fields(&nobody.post("/api/pair", &bad_key).await), ["public_key"]);
    // However it is typed.
    let typed = format!(" {} ", code.code.to_lowercase().replace('-', " "));
    let is: PairResponse = nobody.post("/api/pair", &pair_request(&typed, &key)).await.json();
    assert_eq!(is.organisation_name, "Shop");
    let again = nobody.post("/api/pair", &pair_request(&code.code, &key)).await;
    assert_eq!(fields(&again.expect(StatusCode::BAD_REQUEST)), ["code"]);
    // Two tablets with one code: one of them is paired.
    let code = new_code(&shop).await;
    let (one, two) = (pair_request(&code.code, &key), pair_request(&code.code, &fresh_key().unwrap()));
    let (one, two) = tokio::join!(nobody.post("/api/pair", &one), nobody.post("/api/pair", &two));
    assert_eq!(one.status.is_success() as u8 + two.status.is_success() as u8, 1);
    let old = new_code(&shop).await;
    let request = serde_json::from_value(pair_request(&old.code, &key)).unwrap();
    let late = devices::pair(&shop.app, request, "192.0.2.10", old.expires_at_ms).await;
    assert!(late.is_err());
}

async fn guessing_a_pairing_code_locks_the_address(shop: TestApp) {
    let key = fresh_key().unwrap();
    let guesser = shop.from("198.51.100.20");
    for n in 0..10 {
        let guess = pair_request(&format!("AAAA-AA{n:02}"), &key);
        guesser.post("/api/pair", &guess).await.expect(StatusCode::BAD_REQUEST);
    }
    let code = new_code(&shop).await;
    let locked = guesser.post("/api/pair", &pair_request(&code.code, &key)).await;
    assert_eq!(locked.expect(StatusCode::TOO_MANY_REQUESTS).error().code, "locked");
    shop.as_nobody().post("/api/pair", &pair_request(&code.code, &key)).await.expect(StatusCode::OK);
}

async fn every_tablet_has_its_own_receipt_numbers(shop: TestApp) {
    let mut codes = Vec::new();
    for _ in 0..6 {
        codes.push(new_code(&shop).await.code);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for code in codes {
        let app = shop.app.clone();
        let request = serde_json::from_value(pair_request(&code, &fresh_key().unwrap())).unwrap();
        tasks
            .spawn(async move { devices::pair(&app, request, "192.0.2.10", clock::now_ms()).await.unwrap() });
    }
    let mut prefixes: Vec<String> =
        tasks.join_all().await.into_iter().map(|paired| paired.receipt_prefix).collect();
    prefixes.push(shop.tablet.is.receipt_prefix.clone());
    prefixes.sort();
    let all = prefixes.len();
    prefixes.dedup();
    assert_eq!(prefixes.len(), all, "{prefixes:?}");
    assert_eq!(prefixes[0], "01");
}

async fn a_challenge_is_signed_by_the_tablet_itself_and_once(shop: TestApp) {
    let nobody = shop.as_nobody();
    let is = &shop.tablet.is;
    let who = json!({ "organisation_id": is.organisation_id, "device_id": is.device_id });
    let proof = |challenge: &str, key: &p256::ecdsa::SigningKey| {
        let signature: Signature = key.sign(challenge.as_bytes());
        let mut proof = who.clone();
        proof["challenge"] = json!(challenge);
        proof["signature"] = json!(STANDARD.encode(signature.to_bytes()));
        proof
    };
    let challenge =
        async || nobody.post("/api/device/challenge", &who).await.json::<ChallengeResponse>().challenge;
    let first = challenge().await;
    let other_key = nobody.post("/api/device/session", &proof(&first, &fresh_key().unwrap())).await;
    assert_eq!(other_key.expect(StatusCode::UNAUTHORIZED).error().code, "signature");
    let used_up = nobody.post("/api/device/session", &proof(&first, &shop.tablet.key)).await;
    assert_eq!(used_up.error().code, "signature");
    let own = nobody.post("/api/device/session", &proof("made up by the tablet", &shop.tablet.key)).await;
    assert_eq!(own.error().code, "signature");
    let second = proof(&challenge().await, &shop.tablet.key);
    nobody.post("/api/device/session", &second).await.expect(StatusCode::OK);
    assert_eq!(nobody.post("/api/device/session", &second).await.error().code, "signature");
}

fn push_body(shop: &TestApp) -> (Vec<u8>, String, EntryId) {
    let entry = JournalEntry {
        version: 1,
        id: EntryId::fresh(&mut FreshIds),
        device_id: shop.tablet.is.device_id,
        sequence: 1,
        previous: NO_HASH.to_owned(),
        time: LocalTime { at_ms: clock::now_ms(), offset_minutes: 0 },
        staff_id: Some(StaffId::fresh(&mut FreshIds)),
        body: EntryBody::ReceiptReprinted { sale_id: shared::ids::SaleId::fresh(&mut FreshIds) },
        approvals: Vec::new(),
    };
    let id = entry.id;
    let push = PushRequest {
        schema: SCHEMA,
        device_id: shop.tablet.is.device_id,
        entries: vec![entry.seal().unwrap()],
    };
    let body = serde_json::to_vec(&push).unwrap();
    let signature: Signature = shop.tablet.key.sign(&body);
    (body, STANDARD.encode(signature.to_bytes()), id)
}

async fn push(visitor: Visitor<Nobody>, body: &[u8], signature: &str) -> Answer {
    let visitor = visitor.with("tillbridge-signature", signature);
    visitor.send(Method::POST, "/api/sync/push", Body::from(body.to_vec()), Some("application/json")).await
}

async fn an_unpaired_tablet_is_out_and_its_sales_are_kept(shop: TestApp) {
    let manager = shop.as_manager();
    assert_eq!(shop.as_device().get(PULL).await.status, StatusCode::OK);
    let revoked: DeviceView =
        manager.post(&format!("/api/devices/{}/revoke", shop.tablet.is.device_id), &()).await.json();
    assert!(revoked.revoked);
    assert_eq!(shop.as_device().get(PULL).await.error().code, "sign_in");
    let again = device_sign_in(&shop.as_nobody(), &shop.tablet.key, &shop.tablet.is).await;
    assert_eq!(again.expect(StatusCode::UNAUTHORIZED).error().code, "unpaired");
    // What it has recorded still comes, signed by its key and no other; a manager looks at it.
    let (body, signature, id) = push_body(&shop);
    let unsigned = push(shop.as_nobody(), &body, "AAAA").await;
    assert_eq!(unsigned.expect(StatusCode::UNAUTHORIZED).error().code, "signature");
    let answer: PushResponse = push(shop.as_nobody(), &body, &signature).await.json();
    assert!(matches!(answer.answers[0].outcome, EntryOutcome::Kept { .. }));
    let kept: Vec<KeptEntry> = manager.get("/api/kept").await.json();
    assert_eq!(kept.iter().map(|entry| entry.id).collect::<Vec<_>>(), [id]);
    let decided: KeptEntry = manager.post(&format!("/api/kept/{id}"), &json!("set_aside")).await.json();
    assert!(decided.resolved);
    let twice = manager.post(&format!("/api/kept/{id}"), &json!("book")).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
}

async fn managers_see_how_fresh_a_tablet_is(shop: TestApp) {
    let view = async || {
        let devices: Vec<DeviceView> = shop.as_manager().get("/api/devices").await.json();
        devices.into_iter().find(|device| device.id == shop.tablet.is.device_id).unwrap()
    };
    assert_eq!(view().await.unsent, 0);
    let before_ms = clock::now_ms();
    shop.as_device().get(&format!("{PULL}?unsent=7&limit=3")).await.expect(StatusCode::OK);
    let seen = view().await;
    assert_eq!(seen.unsent, 7);
    assert!(seen.last_seen_ms.unwrap() >= before_ms);
    for wrong in ["?unsent=many", "?limit=-1"] {
        shop.as_device().get(&format!("{PULL}{wrong}")).await.expect(StatusCode::BAD_REQUEST);
    }
    let (body, signature, _) = push_body(&shop);
    let answer: PushResponse = push(shop.as_nobody(), &body, &signature).await.json();
    assert_eq!(answer.last_sequence, 1);
    let after = view().await;
    assert_eq!((after.last_sequence, after.unsent), (1, 6), "one of the seven has come");
    // An answer got lost: the tablet counts seven, and the server has one of them.
    shop.as_device().get(&format!("{PULL}?recorded=7&unsent=7")).await.expect(StatusCode::OK);
    assert_eq!(view().await.unsent, 6);
    // It is lost, and a manager unpairs it: what never came stays to be seen.
    let revoke = format!("/api/devices/{}/revoke", shop.tablet.is.device_id);
    let revoked: DeviceView = shop.as_manager().post(&revoke, &()).await.json();
    assert_eq!(revoked.unsent, 6);
}

/// The next piece of a stream; nothing when it has ended.
async fn piece(stream: &mut axum::response::Response) -> Option<String> {
    let frame = tokio::time::timeout(Duration::from_secs(20), stream.body_mut().frame()).await;
    let frame = frame.expect("neither an event nor an end")?;
    Some(String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap())
}

async fn streams_end_with_the_session(shop: TestApp) {
    let (device, manager, owner) = (shop.as_device(), shop.as_manager(), shop.as_owner());
    let mut tablet = device.open(Method::GET, "/api/sync/events", Body::empty(), None).await;
    let mut page = manager.open(Method::GET, "/api/events", Body::empty(), None).await;
    assert_eq!(tablet.headers()[header::CONTENT_TYPE], "text/event-stream");
    for stream in [&mut tablet, &mut page] {
        assert!(piece(stream).await.unwrap().starts_with("retry: 3000"));
    }
    owner.post("/api/categories", &json!({ "name": "Tea" })).await.expect(StatusCode::OK);
    for stream in [&mut tablet, &mut page] {
        assert!(piece(stream).await.unwrap().starts_with("event: changed\ndata: {\"server_time_ms\":"));
    }
    let revoke = format!("/api/devices/{}/revoke", shop.tablet.is.device_id);
    owner.post(&revoke, &()).await.expect(StatusCode::OK);
    assert_eq!(piece(&mut tablet).await, None, "the tablet's stream ends at once");
    assert!(piece(&mut page).await.unwrap().starts_with("event: changed"));
    manager.delete("/api/session").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(piece(&mut page).await, None, "so does the manager's");
}

async fn a_currency_stays_once_sold_in(shop: TestApp) {
    let owner = shop.as_owner();
    let stores: Vec<Store> = owner.get("/api/stores").await.json();
    assert_eq!(stores.len(), 1);
    let mut settings = store("Market Square");
    settings["time_zone"] = json!("europe/paris");
    settings["country"] = json!("fr");
    settings["currency"] = json!("EUR");
    let path = format!("/api/stores/{}", stores[0].id);
    let changed: Store = owner.put(&path, &settings).await.json();
    let expected = ("Market Square", "Europe/Paris", "FR");
    assert_eq!((changed.name.as_str(), changed.time_zone.as_str(), changed.country.as_str()), expected);
    settings["time_zone"] = json!("Mars/Base");
    assert_eq!(fields(&owner.put(&path, &settings).await), ["time_zone"]);
    let twice = json!({ "store_id": stores[0].id, "name": "Register 1" });
    assert_eq!(fields(&owner.post("/api/registers", &twice).await), ["name"]);
    shop.sell("Kettle", "19.90").await;
    settings["time_zone"] = json!("Europe/Paris");
    settings["currency"] = json!("GBP");
    assert_eq!(fields(&owner.put(&path, &settings).await.expect(StatusCode::BAD_REQUEST)), ["currency"]);
    let stores: Vec<Store> = owner.get("/api/stores").await.json();
    assert_eq!(stores, [changed]);
    let sales: Page<SaleRow> = owner.get("/api/sales").await.json();
    assert_eq!((sales.total, sales.rows[0].currency.code(), sales.rows[0].total.0), (1, "EUR", 1_990));
}

async fn other_sites_change_nothing(shop: TestApp) {
    let category = json!({ "name": "Tea" });
    let refused = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ];
    for (name, value) in refused {
        let answer = shop.as_owner().with(name, value).post("/api/categories", &category).await;
        assert_eq!(answer.expect(StatusCode::FORBIDDEN).error().code, "forbidden", "{name}: {value}");
    }
    assert!(!shop.as_owner().get("/api/catalog").await.text().contains("Tea"));
    // A form of another site can only send forms.
    let body = Body::from(category.to_string());
    let form = shop.as_owner().send(Method::POST, "/api/categories", body, Some("text/plain")).await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", "https://shop.example")] {
        shop.as_owner().with(name, value).post("/api/categories", &category).await.expect(StatusCode::OK);
    }
    let look = shop.as_owner().with("sec-fetch-site", "cross-site").get("/api/catalog").await;
    assert_eq!(look.status, StatusCode::OK, "looking changes nothing");
}

async fn cookies_are_for_this_server_alone(shop: TestApp) {
    let credentials = credentials("owner@shop.example", PASSWORD);
    let plain = shop.as_nobody().post("/api/session", &credentials).await;
    let plain = plain.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["tillbridge_session=", "; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=604800"] {
        assert!(plain.contains(part), "{plain}");
    }
    assert!(!plain.contains("Secure"));
    let settings = HttpSettings { public_url: Some("https://till.example.com".to_owned()) };
    let door = shop.reached(settings);
    let visitor = door.visitor::<Nobody>(None, "127.0.0.1").with("x-forwarded-for", "203.0.113.5");
    let over_https = visitor.post("/api/session", &credentials).await.expect(StatusCode::OK);
    let cookie = over_https.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-tillbridge_session=") && cookie.ends_with("; Secure"), "{cookie}");
    // The proxy may have another name for this host; the site's own pages are known by their address.
    let own = door.visitor::<Owner>(Some(over_https.cookie()), "127.0.0.1");
    let own = own.with("origin", "https://till.example.com");
    own.post("/api/categories", &json!({ "name": "Tea" })).await.expect(StatusCode::OK);
    // Who asks is what the proxy says, not the proxy, and not what the asker says of themselves.
    for _ in 0..20 {
        let guesser =
            door.visitor::<Nobody>(None, "127.0.0.1").with("x-forwarded-for", "10.9.9.9, 203.0.113.66");
        let wrong = json!({ "email": format!("{}@x.example", clock::now_ms()), "password": "wrong wrong" });
        guesser.post("/api/session", &wrong).await;
    }
    let neighbour = door.visitor::<Nobody>(None, "127.0.0.1").with("x-forwarded-for", "10.9.9.9");
    neighbour.post("/api/session", &credentials).await.expect(StatusCode::OK);
    let guesser = door.visitor::<Nobody>(None, "127.0.0.1").with("x-forwarded-for", "203.0.113.66");
    assert_eq!(guesser.post("/api/session", &credentials).await.status, StatusCode::TOO_MANY_REQUESTS);
}

/// A server whose database holds nothing.
trait EmptyTwin {
    async fn empty_twin(&self) -> App;
}

impl EmptyTwin for TestApp {
    async fn empty_twin(&self) -> App {
        let url = if self.url.starts_with("sqlite") {
            format!("{}.empty", self.url)
        } else {
            house::postgres_url().await.unwrap()
        };
        App::start(tillbridge::store::Db::open(&url).await.unwrap())
    }
}
