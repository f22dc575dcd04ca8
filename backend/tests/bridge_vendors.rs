//! Bridge, every vendor: the same shop connected to each system there is a stand-in of, over HTTP, through the whole product: matched, sold to,
//! nothing doubled when all is sent again, both sides equal, products planned.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use fakes::{Asked, Desk, Remote};
use house::{House, part};
use shared::connect::{ConnectionRequest, DeliveryState, Flow, FlowSetting, LinkKind, PlanKind, TestOutcome};
use shared::ids::ConnectionId;
use shared::sync::journal::{EntryBody, SealedEntry};
use shared::tender::{CARD, CASH};
use std::sync::{Arc, Mutex};
use tillbridge::bridge::{
    Bridge, BridgeSettings, Key, connections, deliveries, inbox, mapping, matching, reconciliation, usage,
};
use tillbridge::printing::Reach;

type Shared = Arc<Mutex<Box<dyn Remote>>>;

/// Serves a stand-in; its address.
async fn serve(remote: Shared) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let app = axum::Router::new().fallback(answer).with_state(remote);
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn answer(
    State(remote): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let asked = Asked { method: method.to_string(), path, headers, body: body.to_vec() };
    let answer = remote.lock().unwrap().answer(&asked);
    let mut response = (StatusCode::from_u16(answer.status).unwrap(), answer.body).into_response();
    response.headers_mut().clear();
    for (name, value) in answer.headers {
        let name = axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

struct Story {
    name: &'static str,
    remote: Shared,
    desk: Desk,
    house: House,
    bridge: Bridge,
    id: ConnectionId,
}

impl Story {
    async fn open((name, mut remote): (&'static str, Box<dyn Remote>)) -> Option<Self> {
        let connector = connectors::named(name).unwrap();
        if !connector.descriptor().flows.contains(&Flow::Sales) {
            return None;
        }
        remote.at(tillbridge::clock::now_ms());
        let desk = remote.desk();
        let remote: Shared = Arc::new(Mutex::new(remote));
        let house = House::sqlite().await.unwrap();
        let settings = BridgeSettings { networks: Reach::parse("127.0.0.0/8").unwrap(), key: Key::fresh() };
        let bridge = Bridge::new(house.app.clone(), settings).unwrap();
        let request = request(name, &serve(remote.clone()).await, &desk);
        let mut mistyped = request.clone();
        mistyped.settings.insert(desk.key.clone(), "mistyped".to_owned());
        let wrong = connections::test(&bridge, house.organisation_id, (mistyped, None)).await.unwrap();
        assert!(matches!(wrong, TestOutcome::Fails { .. }), "{name}: {wrong:?}");
        let works = connections::test(&bridge, house.organisation_id, (request.clone(), None)).await.unwrap();
        assert!(matches!(works, TestOutcome::Works { .. }), "{name}: {works:?}");
        let id = connections::create(&bridge, house.organisation_id, request).await.unwrap().id;
        Some(Self { name, remote, desk, house, bridge, id })
    }

    async fn work(&self) {
        for _ in 0..50 {
            let due = self.bridge.work_for(self.house.organisation_id, self.id).await.unwrap();
            if due.is_none_or(|due| due > tillbridge::clock::now_ms() + 500) {
                return;
            }
        }
        panic!("{}: it never comes to an end", self.name);
    }

    async fn matched(&self, kind: LinkKind, ours: String, theirs: &str) {
        let said = (ours, Some(theirs.to_owned()));
        matching::set(&self.bridge, self.house.organisation_id, (self.id, kind), said).await.unwrap();
    }

    async fn is_delivered(&self, count: usize) {
        let all =
            deliveries::list(&self.bridge, self.house.organisation_id, self.id, (None, None)).await.unwrap();
        assert_eq!(all.rows.len(), count, "{}", self.name);
        for one in &all.rows {
            assert_eq!(one.state, DeliveryState::Delivered, "{}: {one:?}", self.name);
        }
    }

    /// What is in their books is what was sold, each once.
    fn is_booked(&self, entries: &[SealedEntry]) {
        let booked = self.remote.lock().unwrap().booked();
        let mut theirs: Vec<(i64, i64)> = booked.iter().map(|one| (one.total, one.tax)).collect();
        let mut ours: Vec<(i64, i64)> = entries.iter().map(figures).collect();
        theirs.sort_unstable();
        ours.sort_unstable();
        assert_eq!(theirs, ours, "{}", self.name);
        assert!(booked.iter().all(|one| one.posted), "{}", self.name);
    }
}

fn figures(entry: &SealedEntry) -> (i64, i64) {
    match entry.open().unwrap().body {
        EntryBody::SaleCompleted { sale } => (sale.total.0, sale.tax.0),
        _ => panic!("no sale"),
    }
}

fn request(name: &str, address: &str, desk: &Desk) -> ConnectionRequest {
    let mut settings = desk.settings.clone();
    settings.insert("address".to_owned(), address.to_owned());
    let on = |flow, every_minutes| FlowSetting { flow, on: true, every_minutes };
    ConnectionRequest {
        connector: name.to_owned(),
        name: name.to_owned(),
        settings,
        flows: vec![on(Flow::Sales, 0), on(Flow::Products, 5), on(Flow::ProductChanges, 0)],
        private_network: true,
    }
}

#[tokio::test]
async fn every_vendor_has_what_was_sold_once_and_both_sides_are_equal() {
    let mut told = 0;
    for fake in fakes::all() {
        let Some(story) = Story::open(fake).await else { continue };
        let organisation = story.house.organisation_id;
        inbox::refresh(&story.bridge, organisation, story.id).await.unwrap();
        story.work().await;
        story.matched(LinkKind::Store, story.house.shelf.store.id.to_string(), &story.desk.store).await;
        story.matched(LinkKind::Tender, CASH.to_string(), &story.desk.cash).await;
        story.matched(LinkKind::Tender, CARD.to_string(), &story.desk.card).await;
        let view = connections::one(&story.bridge, organisation, story.id).await.unwrap().0;
        assert_eq!(
            (view.trouble, view.unmatched),
            (None, 0),
            "{}: codes are the same on both sides",
            story.name
        );
        connections::start(&story.bridge, organisation, story.id).await.unwrap();

        let (mut tablet, shelf) = (story.house.tablet().await, &story.house.shelf);
        let mut entries = vec![
            tablet.sell("1", &[("22423", 1), ("85123A", 3)], shelf),
            tablet.sell("2", &[("85123A", 7)], shelf),
            tablet.sell("3", &[("22423", 144)], shelf),
        ];
        if connectors::named(story.name).unwrap().returns() {
            entries.push(tablet.give_back(entries.last(), &entries[1].clone(), &[part(1, 2, 0)], shelf));
        }
        story.house.booked(&tablet, &entries).await;
        story.work().await;
        story.is_delivered(entries.len()).await;
        story.is_booked(&entries);
        let equal =
            reconciliation::day(&story.bridge, organisation, story.id, house::NOON.day()).await.unwrap();
        assert!(equal.is_equal(), "{}: {equal:?}", story.name);

        // What it cost is counted.
        let used = usage::usage(&story.bridge, organisation, story.id).await.unwrap();
        let sold = used.days[0].of(Flow::Sales);
        assert_eq!(sold.done, i64::try_from(entries.len()).unwrap(), "{}", story.name);
        assert!(used.projected >= used.days[0].calls() && used.per_sale_hundredths >= Some(100), "{used:?}");
        assert_eq!(used.intervals.len(), 5, "{}", story.name);

        // As if no answer had been heard: once more, and nothing is doubled.
        let mut tx = story.house.app.db.write_for(organisation).await.unwrap();
        let name = organisation.to_string();
        tillbridge::on_engine!(&mut tx, connection => {
            sqlx::query("UPDATE outbox SET state = 'waiting', due_at_ms = 0 WHERE organisation_id = $1")
                .bind(name).execute(connection).await.unwrap();
        });
        tx.commit().await.unwrap();
        story.work().await;
        story.is_delivered(entries.len()).await;
        story.is_booked(&entries);

        // What they have is planned whole, and nothing of it was written yet.
        let plan =
            mapping::plan(&story.bridge, organisation, story.id, (PlanKind::Create, None)).await.unwrap();
        let seen: u64 = [PlanKind::Create, PlanKind::Change, PlanKind::Same, PlanKind::Give]
            .into_iter()
            .map(|kind| plan.count(kind))
            .sum();
        assert!(seen >= 2, "{}: {:?}", story.name, plan.counts);
        told += 1;
    }
    assert!(told >= 4, "each stand-in has its story");
}
