//! Demo: the shop to look at: made once, whole or not at all, and always up to the present.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use shared::api::{PairRequest, SignInRequest, TodayResponse};
use shared::calendar::Day;
use shared::ids::OrganisationId;
use std::path::Path;
use tillbridge::app::{App, access, catalog, customers, devices, report};
use tillbridge::demo::DemoError;
use tillbridge::demo::shop::{self, PASSWORD};
use tillbridge::store::{books, ground};

/// Tuesday, 2026-11-24, half past two in the afternoon in London.
const NOW_MS: i64 = 1_795_530_600_000;
const HOUR_MS: i64 = 3_600_000;

async fn open(folder: &Path, now_ms: i64) -> (App, OrganisationId, Held) {
    let shop = shop::open(folder, now_ms, &|_: &str| ()).await.unwrap();
    let app = App::start(shop.db.clone());
    let mut tx = app.db.begin_read().await.unwrap();
    let organisation_id = ground::organisations(&mut tx).await.unwrap()[0].0;
    drop(tx);
    shop::catch_up(&app, organisation_id, now_ms, &|_: &str| ()).await.unwrap();
    (app, organisation_id, Held(shop))
}

struct Held(shop::DemoShop);

async fn close(app: App, held: Held) {
    let drained = app.ingest.drained();
    drop(app);
    drained.wait().await;
    held.0.db.close().await;
}

async fn today(app: &App, organisation_id: OrganisationId, now_ms: i64) -> TodayResponse {
    report::today(app, organisation_id, None, None, now_ms).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_with_goods_people_and_a_week_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let (app, organisation_id, held) = open(folder.path(), NOW_MS).await;

    let products = catalog::products(&app, organisation_id, "", None, Some(1)).await.unwrap();
    assert_eq!(products.total, 4_254);
    let day = today(&app, organisation_id, NOW_MS).await;
    assert_eq!(day.day, Day::parse("2026-11-24").unwrap());
    assert!(day.figures.sales > 60, "{:?}", day.figures);
    assert!(day.compared.sales > 60, "last week too: {:?}", day.compared);
    assert!((300..10_000).contains(&day.figures.average.0), "{:?}", day.figures);
    assert_eq!((day.stores.len(), day.devices.len(), day.best_sellers.len(), day.kept), (2, 3, 10, 0));
    assert!(day.hours.iter().all(|hour| hour.hour <= 14 || hour.net.is_zero()), "nothing of the future");
    for back in 1..=shop_days() {
        let earlier =
            report::today(&app, organisation_id, None, Some(day.day.plus_days(-back)), NOW_MS).await;
        assert!(earlier.unwrap().figures.sales > 50, "{back} days ago");
    }

    let query = customers::CustomerQuery::default();
    let known = customers::list(&app, organisation_id, query).await.unwrap();
    assert_eq!(known.total, 20);
    let ends = Some(day.day.plus_days(30));
    let query = customers::CustomerQuery { exempt_until: ends, ..Default::default() };
    let ending = customers::list(&app, organisation_id, query).await.unwrap();
    assert_eq!(ending.rows.iter().map(|one| one.title()).collect::<Vec<_>>(), ["Margaret Doyle"]);
    let accounts = customers::accounts(&app, organisation_id, false, None, None).await.unwrap().rows;
    let balance =
        |name: &str| accounts.iter().find(|row| row.name.as_deref() == Some(name)).unwrap().balance.0;
    assert!(accounts.len() == 2 && balance("Beatrix Holm") == 2_500 && balance("Rosa Fenwick") < 0);
    let groups = customers::groups(&app, organisation_id).await.unwrap();
    assert_eq!(
        groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(),
        ["Club", "Staff", "Trade"]
    );
    let story = customers::story(&app, organisation_id, ending.rows[0].id, None).await.unwrap();
    assert!(!story.sales.is_empty() && story.changes[0].imported);

    let sign_in = SignInRequest { email: "owner@demo.example".into(), password: PASSWORD.into() };
    let session = access::sign_in(&app, sign_in, "127.0.0.1", NOW_MS).await.unwrap();
    assert_eq!(session.answer.name, "Olivia");
    let day_later = NOW_MS + 24 * HOUR_MS;
    let (code, _) =
        shop::pairing_code(&app, organisation_id, 30 * 24 * HOUR_MS, NOW_MS).await.unwrap().unwrap();
    let request = PairRequest { code, public_key: a_key(), device_name: "A tablet".into() };
    let paired = devices::pair(&app, request, "127.0.0.1", day_later).await.unwrap();
    assert_eq!((paired.register.name.as_str(), paired.receipt_prefix.as_str()), ("Register 3", "04"));
    close(app, held).await;
}

fn shop_days() -> i64 {
    tillbridge::demo::history::DAYS - 1
}

fn a_key() -> String {
    use base64::Engine;
    let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    base64::engine::general_purpose::STANDARD.encode(key.verifying_key().to_sec1_point(false).as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_goes_on_where_the_first_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (app, organisation_id, held) = open(folder.path(), NOW_MS).await;
    let before = today(&app, organisation_id, NOW_MS).await;
    close(app, held).await;

    // At once: nothing is sold twice.
    let (app, organisation_id, held) = open(folder.path(), NOW_MS).await;
    assert_eq!(today(&app, organisation_id, NOW_MS).await.figures, before.figures);
    close(app, held).await;

    // Two days later: those two days were busy, and each journal has no gap.
    let later = NOW_MS + 48 * HOUR_MS;
    let (app, organisation_id, held) = open(folder.path(), later).await;
    let after = today(&app, organisation_id, later).await;
    assert_eq!(after.day, Day::parse("2026-11-26").unwrap());
    assert!(after.figures.sales > 60 && after.kept == 0, "{:?}", after.figures);
    let between =
        report::today(&app, organisation_id, None, Some(Day::parse("2026-11-25").unwrap()), later).await;
    assert!(between.unwrap().figures.sales > 150);
    let mut tx = app.db.read_for(organisation_id).await.unwrap();
    for device in ground::devices(&mut tx, organisation_id).await.unwrap() {
        let (ledger, _) =
            books::ledger(&mut tx, organisation_id, device.id.parse().unwrap()).await.unwrap().unwrap();
        assert!(ledger.last_sequence > 400, "{}", ledger.last_sequence);
    }
    drop(tx);
    close(app, held).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_was_interrupted_leaves_no_half_shop() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["", "-wal", "-shm"] {
        std::fs::write(folder.path().join(format!("shop.sqlite.unfinished{ending}")), "half of a shop")
            .unwrap();
    }
    let (app, organisation_id, held) = open(folder.path(), NOW_MS).await;
    assert!(today(&app, organisation_id, NOW_MS).await.figures.sales > 60);
    close(app, held).await;
    let left: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("unfinished"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_folder_is_one_demo() {
    let folder = tempfile::tempdir().unwrap();
    let first = std::fs::File::create(folder.path().join("lock")).unwrap();
    first.try_lock().unwrap();
    let second = shop::open(folder.path(), NOW_MS, &|_: &str| ()).await;
    assert!(matches!(second, Err(DemoError::Taken(_))));
}
