//! Bridge: a shop connected to an ERP that answers, refuses, is silent and loses answers, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod fake_tryton;
mod house;

use fake_tryton::{FakeTryton, Wrong};
use house::{House, Tablet};
use shared::connect::{
    ConnectionRequest, ConnectionView, Delivery, DeliveryState, DifferenceKind, Flow, FlowSetting, LinkKind,
    MatchWay, TestOutcome,
};
use shared::sync::journal::SealedEntry;
use shared::sync::wire::EntryOutcome;
use shared::tender::{CARD, CASH};
use tillbridge::app::{AppError, sync};
use tillbridge::bridge::{
    Bridge, BridgeSettings, Key, connections, deliveries, inbox, matching, reconciliation,
};
use tillbridge::printing::Reach;

on_both_engines!(
    what_is_sold_is_posted_once_and_the_books_say_so,
    whichever_answer_is_lost_there_is_one_document,
    a_silent_erp_burns_no_record_and_has_all_of_them_afterwards,
    an_hour_of_failures_burns_no_record_either,
    what_it_will_not_list_keeps_no_sale_from_going_out,
    what_has_no_match_is_refused_and_goes_out_once_it_has,
    what_the_erp_counts_otherwise_is_not_posted,
    what_is_refused_each_time_waits_for_a_person_and_holds_nobody_up,
    a_session_that_ends_is_begun_anew_and_a_wrong_password_is_said,
    two_processes_do_not_send_the_same_twice,
    paused_it_notes_and_started_it_sends,
    a_day_is_equal_on_both_sides_or_the_difference_is_named,
    passwords_are_sealed_shown_to_nobody_and_stay_with_their_host,
);

struct Shop {
    house: House,
    bridge: Bridge,
    erp: FakeTryton,
    tablet: Tablet,
    sold: i64,
}

fn key() -> Key {
    Key::parse(&"7".repeat(64)).unwrap()
}

fn bridge(house: &House) -> Bridge {
    let networks = Reach::parse("127.0.0.0/8").unwrap();
    Bridge::new(house.app.clone(), BridgeSettings { networks, key: key() }).unwrap()
}

fn request(address: &str, password: &str) -> ConnectionRequest {
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    ConnectionRequest {
        connector: "tryton".into(),
        name: "Books".into(),
        settings: [
            text("address", address),
            text("database", "shop"),
            text("user", "till"),
            text("password", password),
        ]
        .into(),
        flows: vec![FlowSetting { flow: Flow::Sales, on: true, every_minutes: 0 }],
        private_network: true,
    }
}

impl Shop {
    /// Connected, matched, running.
    async fn open(house: House) -> Self {
        let mut shop = Self::with_draft(house).await;
        let id = shop.connection().await.id;
        inbox::refresh(&shop.bridge, shop.house.organisation_id, id).await.unwrap();
        shop.work().await;
        for (ours, theirs) in [(CASH, "5"), (CARD, "6")] {
            shop.matched(LinkKind::Tender, &ours.to_string(), Some(theirs)).await.unwrap();
        }
        shop.start().await;
        shop
    }

    async fn with_draft(house: House) -> Self {
        let (bridge, erp, tablet) = (bridge(&house), FakeTryton::start().await, house.tablet().await);
        connections::create(&bridge, house.organisation_id, request(&erp.address, "hush-hush"))
            .await
            .unwrap();
        Self { house, bridge, erp, tablet, sold: 0 }
    }

    async fn connection(&self) -> ConnectionView {
        connections::list(&self.bridge, self.house.organisation_id).await.unwrap().remove(0)
    }

    async fn start(&mut self) {
        let id = self.connection().await.id;
        connections::start(&self.bridge, self.house.organisation_id, id).await.unwrap();
    }

    async fn matched(&self, kind: LinkKind, ours: &str, theirs: Option<&str>) -> Result<(), AppError> {
        let id = self.connection().await.id;
        let said = (ours.to_owned(), theirs.map(str::to_owned));
        matching::set(&self.bridge, self.house.organisation_id, (id, kind), said).await
    }

    async fn sell(&mut self, lines: &[(&str, i64)]) -> SealedEntry {
        self.sold += 1;
        let entry = self.tablet.sell(&format!("{}", 100 + self.sold), lines, &self.house.shelf);
        let body = house::body(&self.tablet, std::slice::from_ref(&entry));
        let sign = self.tablet.sign(&body);
        // One after the other, as a clock sees it.
        let pushed = sync::push(&self.house.app, &body, &sign, house::NOON.at_ms + self.sold).await.unwrap();
        assert_eq!(pushed.answers[0].outcome, EntryOutcome::Booked);
        entry
    }

    async fn work(&self) {
        let id = self.connection().await.id;
        self.bridge.work_for(self.house.organisation_id, id).await.unwrap();
    }

    async fn deliveries(&self) -> Vec<Delivery> {
        let id = self.connection().await.id;
        deliveries::list(&self.bridge, self.house.organisation_id, id, (None, None)).await.unwrap().rows
    }

    async fn states(&self) -> Vec<DeliveryState> {
        let mut all = self.deliveries().await;
        all.sort_by(|one, other| one.subject.cmp(&other.subject));
        all.into_iter().map(|one| one.state).collect()
    }

    async fn send_again(&self, which: &[&Delivery]) -> u64 {
        let id = self.connection().await.id;
        let ids: Vec<String> = which.iter().map(|one| one.id.clone()).collect();
        deliveries::send_again(&self.bridge, self.house.organisation_id, id, &ids).await.unwrap()
    }

    /// All documents there are, each once, and posted.
    fn assert_posted(&self, count: usize) {
        let books = self.erp.books.lock().unwrap();
        let mut numbers: Vec<&str> = books.sales.values().map(|sale| sale.number.as_str()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!((numbers.len(), books.sales.len()), (count, count));
        assert!(books.sales.values().all(|sale| sale.state == "posted"));
    }
}

async fn what_is_sold_is_posted_once_and_the_books_say_so(house: House) {
    let mut shop = Shop::with_draft(house).await;
    let organisation = shop.house.organisation_id;
    let works =
        connections::test(&shop.bridge, organisation, (request(&shop.erp.address, "hush-hush"), None)).await;
    assert_eq!(works.unwrap(), TestOutcome::Works { about: "Tryton 8.0.12, Hearth & Gift".into() });
    shop.sell(&[("22423", 1)]).await;
    assert_eq!(shop.deliveries().await, [], "nothing is noted for a draft");
    let mut shop = Shop::open_again(shop).await;
    let products = matching::list(
        &shop.bridge,
        organisation,
        (shop.connection().await.id, LinkKind::Product),
        (false, None),
    );
    let found: Vec<_> = products
        .await
        .unwrap()
        .rows
        .into_iter()
        .map(|row| (row.code, row.theirs.map(|it| it.id), row.way))
        .collect();
    assert_eq!(
        found,
        [
            ("22423".to_owned(), Some("7".to_owned()), Some(MatchWay::Code)),
            ("85123A".to_owned(), Some("8".to_owned()), Some(MatchWay::Code)),
        ]
    );
    shop.sell(&[("22423", 2), ("85123A", 3)]).await;
    shop.sell(&[("85123A", 1)]).await;
    shop.work().await;
    shop.assert_posted(2);
    let posted = shop.erp.posted();
    assert_eq!(posted.iter().map(|one| one.1).collect::<Vec<_>>(), [331_500, 25_500]);
    let all = shop.deliveries().await;
    assert_eq!(all.len(), 2);
    for one in &all {
        assert_eq!((one.state, one.attempts, one.reason.clone()), (DeliveryState::Delivered, 1, None));
        assert!(posted.iter().any(|(number, _)| number.starts_with(&format!("{}/", one.subject))));
        let id = shop.connection().await.id;
        let said = deliveries::history(&shop.bridge, organisation, id, &one.id).await.unwrap();
        assert_eq!(said.iter().filter(|exchange| exchange.asked.ends_with("rpc/")).count(), 6);
        assert!(said.iter().all(|exchange| !format!("{exchange:?}").contains("hush")));
    }
    let flow = shop.connection().await.flows.into_iter().find(|one| one.setting.flow == Flow::Sales).unwrap();
    assert_eq!(
        (flow.waiting, flow.refused, flow.done_today, flow.calls_today),
        (0, 0, 2, 13),
        "six a sale, and signing in once"
    );
    let calls = shop.erp.books.lock().unwrap().calls.len();
    shop.work().await;
    assert_eq!(shop.erp.books.lock().unwrap().calls.len(), calls, "nothing is left to say");
}

impl Shop {
    /// The draft of a shop, matched and started.
    async fn open_again(mut shop: Self) -> Self {
        let id = shop.connection().await.id;
        inbox::refresh(&shop.bridge, shop.house.organisation_id, id).await.unwrap();
        shop.work().await;
        for (ours, theirs) in [(CASH, "5"), (CARD, "6")] {
            shop.matched(LinkKind::Tender, &ours.to_string(), Some(theirs)).await.unwrap();
        }
        shop.start().await;
        shop
    }
}

async fn whichever_answer_is_lost_there_is_one_document(house: House) {
    let mut shop = Shop::open(house).await;
    let ways = [
        Wrong::Lost,
        Wrong::Silent,
        Wrong::Half,
        Wrong::Status(503),
        Wrong::Status(500),
        Wrong::Html,
        Wrong::Status(429),
    ];
    let mut sold = 0;
    for method in ["search_read", "create", "process", "post"] {
        for wrong in ways {
            shop.sell(&[("22423", 1), ("85123A", 7)]).await;
            sold += 1;
            shop.erp.goes_wrong(method, wrong);
            shop.work().await;
            let waiting: Vec<Delivery> = shop
                .deliveries()
                .await
                .into_iter()
                .filter(|one| one.state == DeliveryState::Waiting)
                .collect();
            assert!(!waiting.is_empty(), "{method} {wrong:?} was not seen");
            assert!(shop.connection().await.trouble.is_some(), "{method} {wrong:?}");
            // Later, or at once where a person says so.
            shop.send_again(&waiting.iter().collect::<Vec<_>>()).await;
            shop.start().await;
            shop.work().await;
            shop.assert_posted(sold);
            assert_eq!(shop.connection().await.trouble, None);
        }
    }
    assert!(shop.states().await.iter().all(|state| *state == DeliveryState::Delivered));
}

async fn a_silent_erp_burns_no_record_and_has_all_of_them_afterwards(house: House) {
    let mut shop = Shop::open(house).await;
    shop.erp.books.lock().unwrap().down = true;
    for _ in 0..12 {
        shop.sell(&[("85123A", 1)]).await;
        shop.work().await;
        // A person looks and tries at once, again and again.
        shop.start().await;
    }
    let all = shop.deliveries().await;
    assert_eq!(all.len(), 12);
    assert!(all.iter().all(|one| one.state == DeliveryState::Waiting && one.attempts == 0), "{all:?}");
    shop.work().await;
    let before = shop.connection().await;
    assert_eq!(before.trouble.as_deref(), Some("No answer came."));
    assert!(before.retry_at_ms.is_some());
    let calls = shop.erp.books.lock().unwrap().calls.len();
    shop.work().await;
    assert_eq!(shop.erp.books.lock().unwrap().calls.len(), calls, "it is left alone for a while");
    shop.erp.books.lock().unwrap().down = false;
    shop.start().await;
    shop.work().await;
    shop.assert_posted(12);
    let numbers: Vec<String> =
        shop.erp.books.lock().unwrap().sales.values().map(|sale| sale.number.clone()).collect();
    assert!(numbers.is_sorted(), "in the order they were sold: {numbers:?}");
}

/// What stands before an ERP that is down answers for it, or it fails itself, whatever it is asked.
async fn an_hour_of_failures_burns_no_record_either(house: House) {
    let mut shop = Shop::open(house).await;
    shop.sell(&[("85123A", 1)]).await;
    shop.sell(&[("22423", 1)]).await;
    for wrong in [Wrong::Status(502), Wrong::Status(500), Wrong::Html].into_iter().cycle().take(40) {
        shop.erp.goes_wrong("search_read", wrong);
        shop.erp.goes_wrong("login", wrong);
        shop.time_passes().await;
        shop.work().await;
        let mut books = shop.erp.books.lock().unwrap();
        books.wrong.clear();
    }
    let all = shop.deliveries().await;
    assert!(all.iter().all(|one| one.state == DeliveryState::Waiting && one.attempts <= 1), "{all:?}");
    shop.time_passes().await;
    shop.work().await;
    shop.assert_posted(2);
    assert_eq!(shop.states().await, [DeliveryState::Delivered, DeliveryState::Delivered]);
}

async fn what_it_will_not_list_keeps_no_sale_from_going_out(house: House) {
    let mut shop = Shop::open(house).await;
    shop.sell(&[("85123A", 1)]).await;
    inbox::refresh(&shop.bridge, shop.house.organisation_id, shop.connection().await.id).await.unwrap();
    shop.erp.goes_wrong("sale.point.search_read", Wrong::Status(403));
    shop.work().await;
    shop.assert_posted(1);
    let calls = shop
        .erp
        .books
        .lock()
        .unwrap()
        .calls
        .iter()
        .filter(|call| call.ends_with("sale.point.search_read"))
        .count();
    shop.work().await;
    let again = shop
        .erp
        .books
        .lock()
        .unwrap()
        .calls
        .iter()
        .filter(|call| call.ends_with("sale.point.search_read"))
        .count();
    assert_eq!(again, calls, "it is not asked again at once");
}

impl Shop {
    /// As if every wait were over, of the connection and of its records; nothing else is changed.
    async fn time_passes(&self) {
        let organisation = self.house.organisation_id.to_string();
        let mut tx = self.house.app.db.write_for(self.house.organisation_id).await.unwrap();
        for sql in [
            "UPDATE outbox SET due_at_ms = 0 WHERE organisation_id = $1",
            "UPDATE connections SET retry_at_ms = NULL WHERE organisation_id = $1",
        ] {
            let organisation = organisation.clone();
            tillbridge::on_engine!(&mut tx, connection => {
                sqlx::query(sql).bind(organisation).execute(connection).await.unwrap();
            });
        }
        tx.commit().await.unwrap();
    }
}

async fn what_has_no_match_is_refused_and_goes_out_once_it_has(house: House) {
    let mut shop = Shop::open(house).await;
    shop.matched(LinkKind::Tender, &CASH.to_string(), None).await.unwrap();
    shop.matched(LinkKind::Tender, &CARD.to_string(), None).await.unwrap();
    assert_eq!(shop.connection().await.unmatched, 2);
    shop.sell(&[("85123A", 1)]).await;
    shop.work().await;
    let refused = shop.deliveries().await.remove(0);
    assert_eq!(refused.state, DeliveryState::Refused);
    assert!(refused.reason.unwrap().starts_with("Without a match there: “"));
    assert!(refused.remedy.unwrap().contains("nothing is lost or doubled"));
    let wrong = shop.matched(LinkKind::Tender, &CASH.to_string(), Some("77")).await;
    assert!(matches!(wrong, Err(AppError::WrongInput { .. })), "{wrong:?}");
    assert!(matches!(shop.matched(LinkKind::Tender, "nobody’s", Some("5")).await, Err(AppError::NotFound)));
    for (ours, theirs) in [(CASH, "5"), (CARD, "6")] {
        shop.matched(LinkKind::Tender, &ours.to_string(), Some(theirs)).await.unwrap();
    }
    assert_eq!(shop.send_again(&[]).await, 1, "all that were refused");
    shop.work().await;
    shop.assert_posted(1);
    assert_eq!(shop.states().await, [DeliveryState::Delivered]);
}

async fn what_the_erp_counts_otherwise_is_not_posted(house: House) {
    let mut shop = Shop::open(house).await;
    shop.erp.books.lock().unwrap().counts_otherwise = true;
    shop.sell(&[("85123A", 1)]).await;
    shop.work().await;
    let refused = shop.deliveries().await.remove(0);
    assert_eq!(refused.state, DeliveryState::Refused);
    let reason = refused.reason.clone().unwrap();
    assert!(
        reason.starts_with("Tryton counts 2.56 with") && reason.ends_with("It was not posted."),
        "{reason}"
    );
    assert_eq!(shop.erp.posted(), []);
    let id = shop.connection().await.id;
    let organisation = shop.house.organisation_id;
    assert_eq!(deliveries::set_aside(&shop.bridge, organisation, id, &[refused.id]).await.unwrap(), 1);
    assert_eq!(shop.send_again(&[]).await, 0, "what was set aside is not refused any more");
    assert_eq!(shop.states().await, [DeliveryState::SetAside]);
}

async fn what_is_refused_each_time_waits_for_a_person_and_holds_nobody_up(house: House) {
    let mut shop = Shop::open(house).await;
    shop.sell(&[("85123A", 1)]).await;
    for attempt in 1..=8 {
        shop.erp.goes_wrong("create", Wrong::Status(500));
        shop.work().await;
        let one = shop.deliveries().await.remove(0);
        assert_eq!(one.attempts, attempt);
        if attempt < 8 {
            assert_eq!(one.state, DeliveryState::Waiting);
            shop.send_now(&one, attempt).await;
            shop.start().await;
        }
    }
    shop.start().await;
    shop.sell(&[("22423", 1)]).await;
    shop.work().await;
    shop.assert_posted(1);
    let mut states = shop.states().await;
    states.sort_by_key(|state| state.word());
    assert_eq!(states, [DeliveryState::Delivered, DeliveryState::Refused]);
}

impl Shop {
    /// As if its time had come; how often it was tried stays.
    async fn send_now(&self, one: &Delivery, attempts: i64) {
        let mut tx = self.house.app.db.write_for(self.house.organisation_id).await.unwrap();
        let (organisation, id) = (self.house.organisation_id.to_string(), one.id.clone());
        let sql = "UPDATE outbox SET due_at_ms = 0 WHERE organisation_id = $1 AND id = $2 AND attempts = $3";
        tillbridge::on_engine!(&mut tx, connection => {
            sqlx::query(sql).bind(organisation).bind(id).bind(attempts).execute(connection).await.unwrap();
        });
        tx.commit().await.unwrap();
    }
}

async fn a_session_that_ends_is_begun_anew_and_a_wrong_password_is_said(house: House) {
    let mut shop = Shop::open(house).await;
    shop.sell(&[("85123A", 1)]).await;
    shop.work().await;
    shop.erp.books.lock().unwrap().signed_out = true;
    shop.sell(&[("85123A", 1)]).await;
    shop.work().await;
    shop.assert_posted(2);
    assert_eq!(
        shop.erp.books.lock().unwrap().sessions,
        3,
        "one to match, one for the first, one after the end"
    );
    let (organisation, view) = (shop.house.organisation_id, shop.connection().await);
    let wrong = request(&shop.erp.address, "mistyped");
    let fails = connections::test(&shop.bridge, organisation, (wrong.clone(), Some(view.id))).await.unwrap();
    let reason = "Tryton does not take this user name and password.".to_owned();
    assert_eq!(fails, TestOutcome::Fails { reason: reason.clone() });
    connections::update(&shop.bridge, organisation, view.id, (wrong, None)).await.unwrap();
    shop.sell(&[("85123A", 1)]).await;
    shop.work().await;
    assert_eq!(shop.connection().await.trouble, Some(reason));
    let waiting =
        shop.deliveries().await.into_iter().find(|one| one.state == DeliveryState::Waiting).unwrap();
    assert_eq!(waiting.attempts, 0);
}

async fn two_processes_do_not_send_the_same_twice(house: House) {
    let mut shop = Shop::open(house).await;
    let other = bridge(&shop.house);
    for _ in 0..8 {
        shop.sell(&[("85123A", 1)]).await;
    }
    let (organisation, id) = (shop.house.organisation_id, shop.connection().await.id);
    let (one, two) = tokio::join!(shop.bridge.work_for(organisation, id), other.work_for(organisation, id));
    one.unwrap();
    two.unwrap();
    shop.work().await;
    shop.assert_posted(8);
}

async fn paused_it_notes_and_started_it_sends(house: House) {
    let mut shop = Shop::open(house).await;
    let (organisation, id) = (shop.house.organisation_id, shop.connection().await.id);
    assert!(matches!(connections::remove(&shop.bridge, organisation, id).await, Err(AppError::Conflict(_))));
    connections::pause(&shop.bridge, organisation, id).await.unwrap();
    shop.sell(&[("85123A", 1)]).await;
    shop.work().await;
    assert_eq!(shop.erp.posted(), []);
    shop.start().await;
    shop.work().await;
    shop.assert_posted(1);
    connections::pause(&shop.bridge, organisation, id).await.unwrap();
    connections::remove(&shop.bridge, organisation, id).await.unwrap();
    for table in ["connections", "outbox", "exchanges", "remote_records", "links", "inflows", "remote_calls"]
    {
        assert_eq!(shop.house.count(table).await, 0, "{table}");
    }
    shop.sell(&[("85123A", 1)]).await;
}

async fn a_day_is_equal_on_both_sides_or_the_difference_is_named(house: House) {
    let shop = Shop::with_draft(house).await;
    let mut shop = {
        let mut shop = shop;
        shop.sell(&[("22423", 1)]).await;
        Shop::open_again(shop).await
    };
    let organisation = shop.house.organisation_id;
    let id = shop.connection().await.id;
    for _ in 0..3 {
        shop.sell(&[("22423", 1), ("85123A", 2)]).await;
    }
    shop.work().await;
    let day = house::NOON.day();
    let equal = reconciliation::day(&shop.bridge, organisation, id, day).await.unwrap();
    assert!(equal.is_equal(), "{equal:?}");
    let store = &equal.stores[0];
    assert_eq!((store.ours.count, store.ours.total.0, store.before), (3, 3 * 1_785, 1));
    assert_eq!(store.theirs, Some(store.ours));
    // One that was refused, one that somebody changed there, one that only they have.
    shop.matched(LinkKind::Tender, &CASH.to_string(), None).await.unwrap();
    shop.matched(LinkKind::Tender, &CARD.to_string(), None).await.unwrap();
    shop.sell(&[("85123A", 1)]).await;
    shop.work().await;
    {
        let mut books = shop.erp.books.lock().unwrap();
        let strange = fake_tryton::Sale { number: "by hand".into(), ..books.sales[&100].clone() };
        books.sales.get_mut(&101).unwrap().total += 100;
        books.sales.insert(200, strange);
    }
    let mut odd = reconciliation::day(&shop.bridge, organisation, id, day).await.unwrap();
    assert!(!odd.is_equal());
    // All were sold at the same moment: any order will do.
    odd.differences.sort_by_key(|one| format!("{:?}", one.kind));
    let found: Vec<_> = odd.differences.iter().map(|one| (one.kind, one.state)).collect();
    assert_eq!(
        found,
        [
            (DifferenceKind::Amounts, Some(DeliveryState::Delivered)),
            (DifferenceKind::NotThere, Some(DeliveryState::Refused)),
            (DifferenceKind::OnlyThere, None),
        ]
    );
    assert!(odd.differences[1].reason.as_ref().unwrap().starts_with("Without a match there"));
    shop.erp.books.lock().unwrap().down = true;
    let silent = reconciliation::day(&shop.bridge, organisation, id, day).await;
    assert!(matches!(silent, Err(AppError::Busy(_))), "{silent:?}");
}

async fn passwords_are_sealed_shown_to_nobody_and_stay_with_their_host(house: House) {
    let shop = Shop::with_draft(house).await;
    let (organisation, view) = (shop.house.organisation_id, shop.connection().await);
    assert_eq!(view.secrets, ["password"]);
    assert!(!format!("{view:?}").contains("hush"));
    let sql = "SELECT COUNT(*) FROM connections WHERE organisation_id = $1 AND secrets NOT LIKE '%hush%' AND secrets <> ''";
    assert_eq!(shop.house.number(sql).await, 1);
    // Saved, it need not be typed again for the same host.
    let again = request(&shop.erp.address, "");
    connections::update(&shop.bridge, organisation, view.id, (again, None)).await.unwrap();
    // A host that is named later does not get it.
    let thief = FakeTryton::start().await;
    let elsewhere = request(&thief.address, "");
    for refused in [
        connections::test(&shop.bridge, organisation, (elsewhere.clone(), Some(view.id))).await.map(|_| ()),
        connections::update(&shop.bridge, organisation, view.id, (elsewhere, None)).await.map(|_| ()),
    ] {
        let Err(AppError::WrongInput { fields, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(fields[0].field, "address");
    }
    assert_eq!(thief.books.lock().unwrap().calls, Vec::<String>::new());
    // Inside a private network only where that is allowed for the connection.
    let mut outside = request(&shop.erp.address, "hush-hush");
    outside.private_network = false;
    let refused = connections::update(&shop.bridge, organisation, view.id, (outside, None)).await;
    assert!(matches!(refused, Err(AppError::WrongInput { .. })));
    // Another shop sees none of it.
    let (neighbour, _) = shop.house.neighbour().await;
    assert_eq!(connections::list(&shop.bridge, neighbour).await.unwrap(), []);
    let one = connections::one(&shop.bridge, neighbour, view.id).await;
    assert!(matches!(one, Err(AppError::NotFound)));
}
