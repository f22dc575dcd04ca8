//! Peers: what users of other products met at the server, told of this one. Each story bears the name of its thread; the
//! stories of the same name in e2e/stories/peers are the tablet's part, and docs/reliability.md says what happened there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, NOON, Tablet, body};
use shared::api::KeptDecision;
use shared::sync::journal::{EntryBody, JournalEntry, SealedEntry};
use shared::sync::wire::EntryOutcome;
use tillbridge::app::{App, AppError, books, sync};
use tillbridge::store::{Db, ground};

on_both_engines!(
    odoo_125037_another_sale_under_a_known_id_is_kept_whole,
    woocommerce_14541_the_same_sales_to_two_servers_at_once,
    woocommerce_gateway_stripe_2339_both_ways_into_the_books_know_a_sale,
);

/// The entry with something else in it, sealed again as a tablet would.
fn otherwise(entry: &SealedEntry, change: impl FnOnce(&mut JournalEntry)) -> SealedEntry {
    let mut open = entry.open().unwrap();
    change(&mut open);
    open.seal().unwrap()
}

/// A tablet that forgot its last sale gives the id away once more: there the server took the next sale for the one it
/// knew, and dropped it.
async fn odoo_125037_another_sale_under_a_known_id_is_kept_whole(house: House) {
    let mut tablet = house.tablet().await;
    let first = tablet.sell("101", &[("22423", 1)], &house.shelf);
    house.push(&tablet, std::slice::from_ref(&first)).await.unwrap();
    let next = tablet.sell("102", &[("85123A", 3)], &house.shelf);
    let same_entry = otherwise(&next, |entry| entry.id = first.id);
    let same_sale = otherwise(&next, |entry| {
        if let (EntryBody::SaleCompleted { sale }, EntryBody::SaleCompleted { sale: known }) =
            (&mut entry.body, &first.open().unwrap().body)
        {
            sale.id = known.id;
        }
    });
    for (again, why) in [(same_sale, "does not fit into the books"), (same_entry, "same id")] {
        let answer = house.push(&tablet, std::slice::from_ref(&again)).await.unwrap();
        let outcome = &answer.answers[0].outcome;
        assert!(matches!(outcome, EntryOutcome::Kept { reason } if reason.contains(why)), "{outcome:?}");
        let kept = books::kept(&house.app, house.organisation_id).await.unwrap();
        assert!(kept.iter().any(|entry| entry.content == again.content), "the sale is there to the byte");
    }
    assert_eq!(house.count("sales").await, 1);
    assert_eq!(house.number("SELECT total_minor FROM sales WHERE organisation_id = $1").await, 1_275);
}

/// Each of these pushes is made to two processes at the same time: there that made two orders, and two payments.
async fn woocommerce_14541_the_same_sales_to_two_servers_at_once(house: House) {
    let second = another_server(&house).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let mut tablet = house.tablet().await;
        let entries: Vec<SealedEntry> = (0..30)
            .map(|n| tablet.sell(&format!("1{n}"), &[("22423", 1), ("85123A", 2)], &house.shelf))
            .collect();
        for app in [house.app.clone(), second.clone()] {
            let pushes: Vec<_> = entries.chunks(3).map(|chunk| signed(&tablet, chunk)).collect();
            tasks.spawn(async move {
                for (body, signature) in pushes {
                    push_until_booked(&app, &body, &signature).await;
                }
            });
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    for table in ["sales", "tenders", "journal_entries"] {
        assert_eq!(house.count(table).await, 120, "{table}");
    }
    let sum =
        |table: &str| format!("SELECT CAST(SUM(quantity) AS BIGINT) FROM {table} WHERE organisation_id = $1");
    assert_eq!(house.number(&sum("stock_levels")).await, house.number(&sum("stock_movements")).await);
}

/// There one of two requests that charge bore no key that tells a repeated one. Here two lead into the books, a tablet's
/// push and a manager's "book": both know a sale by its own id.
async fn woocommerce_gateway_stripe_2339_both_ways_into_the_books_know_a_sale(house: House) {
    let second = another_server(&house).await;
    let mut tablet = house.tablet().await;
    let first = tablet.sell("101", &[("22423", 1)], &house.shelf);
    house.push(&tablet, std::slice::from_ref(&first)).await.unwrap();
    // The same sale in a record of its own, which the first way refuses.
    let again = otherwise(&tablet.sell("102", &[("22423", 1)], &house.shelf), |entry| {
        entry.body = first.open().unwrap().body;
    });
    house.push(&tablet, std::slice::from_ref(&again)).await.unwrap();
    let refused =
        books::decide(&house.app, house.organisation_id, again.id, KeptDecision::Book, NOON.at_ms).await;
    assert!(matches!(refused.unwrap_err(), AppError::Conflict(_)), "the second way refuses it too");
    assert_eq!(house.count("sales").await, 1);

    // A sale that only a manager can book: pressed at two desks at once, while its tablet hands it in again.
    let mut unpaired = house.tablet().await;
    let late = unpaired.sell("201", &[("85123A", 1)], &house.shelf);
    let mut tx = house.app.db.write_for(house.organisation_id).await.unwrap();
    assert!(ground::revoke_device(&mut tx, house.organisation_id, unpaired.device_id).await.unwrap());
    tx.commit().await.unwrap();
    house.push(&unpaired, std::slice::from_ref(&late)).await.unwrap();
    let book = |app| books::decide(app, house.organisation_id, late.id, KeptDecision::Book, NOON.at_ms);
    let entries = std::slice::from_ref(&late);
    let (one, other, pushed) = tokio::join!(book(&house.app), book(&second), house.push(&unpaired, entries));
    assert!(
        matches!(pushed.unwrap().answers[0].outcome, EntryOutcome::Kept { .. }),
        "the answer stays what it was"
    );
    let booked = [&one, &other].into_iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(booked, 1, "{one:?} {other:?}");
    assert!([one, other].into_iter().any(|answer| matches!(answer, Err(AppError::Conflict(_)))));
    assert_eq!((house.count("sales").await, house.count("tenders").await), (2, 2));
    let paid = "SELECT CAST(SUM(amount_minor) AS BIGINT) FROM tenders WHERE organisation_id = $1";
    assert_eq!(house.number(paid).await, 1_275 + 255);
    assert_eq!(house.count("stock_movements").await, 2);
}

/// Another process on the same database.
async fn another_server(house: &House) -> App {
    App::start(Db::open(&house.url).await.unwrap())
}

/// A push as it goes over the line.
fn signed(tablet: &Tablet, entries: &[SealedEntry]) -> (Vec<u8>, String) {
    let body = body(tablet, entries);
    let signature = tablet.sign(&body);
    (body, signature)
}

/// As a tablet does: again until the server has answered for all of it. Nothing of it may be kept.
async fn push_until_booked(app: &App, body: &[u8], signature: &str) {
    loop {
        let answer = sync::push(app, body, signature, NOON.at_ms).await.unwrap();
        let outcomes = answer.answers.iter().map(|answer| &answer.outcome);
        assert!(!outcomes.clone().any(|outcome| matches!(outcome, EntryOutcome::Kept { .. })), "{answer:?}");
        if outcomes.clone().all(|outcome| *outcome == EntryOutcome::Booked) {
            return;
        }
    }
}
