//! Ingest: what becomes of what tablets push, told on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, NOON, body};
use shared::api::KeptDecision;
use shared::sync::journal::{EntryBody, JournalEntry, NO_HASH, SealedEntry};
use shared::sync::wire::EntryOutcome;
use tillbridge::app::{AppError, books};
use tillbridge::store::{Db, ground};

on_both_engines!(
    a_sale_moves_stock_and_money_once,
    a_repeated_push_gets_the_first_answer,
    a_gap_says_where_to_go_on,
    a_copied_tablet_is_kept,
    what_a_copy_took_the_place_of_is_asked_for_again,
    an_unpaired_tablets_sales_are_kept,
    what_cannot_be_read_is_kept_to_the_byte,
    a_sale_that_does_not_add_up_is_kept,
    an_entry_the_books_refuse_holds_up_nobody,
    fifty_sales_in_a_push,
    only_the_tablet_itself_pushes,
    a_manager_decides_about_what_is_kept,
);

/// Makes an entry of the same place and id say something else.
fn tampered(entry: &SealedEntry, change: impl Fn(&mut JournalEntry)) -> SealedEntry {
    let mut open = entry.open().unwrap();
    change(&mut open);
    open.seal().unwrap()
}

fn reason(outcome: &EntryOutcome) -> &str {
    match outcome {
        EntryOutcome::Kept { reason } => reason,
        other => panic!("it became {other:?}"),
    }
}

async fn a_sale_moves_stock_and_money_once(house: House) {
    let mut tablet = house.tablet().await;
    let entry = tablet.sell("101", &[("22423", 2), ("85123A", 3)], &house.shelf);
    let answer = house.push(&tablet, std::slice::from_ref(&entry)).await.unwrap();
    assert_eq!(answer.answers[0].outcome, EntryOutcome::Booked);
    assert_eq!((answer.last_sequence, &answer.last_hash), (1, &entry.hash));
    assert_eq!(house.count("sales").await, 1);
    assert_eq!(house.count("sale_lines").await, 2);
    assert_eq!(house.count("stock_movements").await, 2);
    // 2 × 12.75 + 3 × 2.55 = 33.15
    assert_eq!(house.number("SELECT total_minor FROM sales WHERE organisation_id = $1").await, 3_315);
    assert_eq!(house.number("SELECT amount_minor FROM tenders WHERE organisation_id = $1").await, 3_315);
    let levels = "SELECT CAST(SUM(quantity) AS BIGINT) FROM stock_levels WHERE organisation_id = $1";
    assert_eq!(house.number(levels).await, -5_000);
    let feed = "SELECT COUNT(*) FROM feed WHERE organisation_id = $1 AND kind = 'stock_level'";
    assert_eq!(house.number(feed).await, 2);
}

async fn a_repeated_push_gets_the_first_answer(house: House) {
    let mut tablet = house.tablet().await;
    let first = tablet.sell("101", &[("22423", 1)], &house.shelf);
    let second = tablet.sell("102", &[("22423", 1)], &house.shelf);
    let before = house.push(&tablet, std::slice::from_ref(&first)).await.unwrap();
    // The answer was lost; the tablet sends again, with what it has recorded since.
    let again = house.push(&tablet, &[first.clone(), second.clone()]).await.unwrap();
    assert_eq!(again.answers[0], before.answers[0]);
    assert_eq!(again.answers[1].outcome, EntryOutcome::Booked);
    let third = house.push(&tablet, &[first.clone(), first, second]).await.unwrap();
    assert!(third.answers.iter().all(|answer| answer.outcome == EntryOutcome::Booked));
    assert_eq!(third.last_sequence, 2);
    assert_eq!(house.count("sales").await, 2);
    assert_eq!(house.count("journal_entries").await, 2);
}

async fn a_gap_says_where_to_go_on(house: House) {
    let mut tablet = house.tablet().await;
    let first = tablet.sell("101", &[("22423", 1)], &house.shelf);
    let second = tablet.sell("102", &[("22423", 1)], &house.shelf);
    let answer = house.push(&tablet, std::slice::from_ref(&second)).await.unwrap();
    assert_eq!(answer.answers[0].outcome, EntryOutcome::OutOfOrder { expected: 1 });
    assert_eq!((answer.last_sequence, answer.last_hash.as_str()), (0, NO_HASH));
    assert_eq!(house.count("journal_entries").await, 0);
    let answer = house.push(&tablet, &[first, second]).await.unwrap();
    assert_eq!(answer.last_sequence, 2);
}

async fn a_copied_tablet_is_kept(house: House) {
    let mut tablet = house.tablet().await;
    let entry = tablet.sell("101", &[("22423", 1)], &house.shelf);
    house.push(&tablet, std::slice::from_ref(&entry)).await.unwrap();
    let fork = tampered(&entry, |entry| entry.id.0 = uuid::Uuid::from_u128(99));
    let answer = house.push(&tablet, &[fork]).await.unwrap();
    assert!(reason(&answer.answers[0].outcome).contains("twice"));
    assert_eq!(answer.last_hash, entry.hash, "the journal goes on where it was");
    let same_id = tampered(&entry, |entry| entry.time.at_ms += 1);
    let answer = house.push(&tablet, &[same_id]).await.unwrap();
    assert!(reason(&answer.answers[0].outcome).contains("same id"));
    assert_eq!(house.count("sales").await, 1);
    assert_eq!(house.count("journal_entries").await, 3);
}

/// Found by the simulator (seed 84): the second sale was answered for in books that a backup took the place of; a copy of the tablet
/// handed in another one there before the tablet itself, which had nothing left to send, was back.
async fn what_a_copy_took_the_place_of_is_asked_for_again(house: House) {
    let mut tablet = house.tablet().await;
    let first = tablet.sell("101", &[("22423", 1)], &house.shelf);
    let second = tablet.sell("102", &[("22423", 1)], &house.shelf);
    let third = tablet.sell("103", &[("22423", 1)], &house.shelf);
    let copys = tampered(&second, |entry| {
        entry.id.0 = uuid::Uuid::from_u128(99);
        if let EntryBody::SaleCompleted { sale } = &mut entry.body {
            sale.id.0 = uuid::Uuid::from_u128(98);
            sale.receipt_number = "C-2".into();
        }
    });
    house.push(&tablet, &[first, copys]).await.unwrap();
    let answer = house.push(&tablet, std::slice::from_ref(&third)).await.unwrap();
    assert_eq!(answer.answers[0].outcome, EntryOutcome::OutOfOrder { expected: 2 });
    let answer = house.push(&tablet, &[second, third]).await.unwrap();
    assert!(reason(&answer.answers[0].outcome).contains("twice"));
    assert!(reason(&answer.answers[1].outcome).contains("does not continue"));
    assert_eq!(answer.last_sequence, 3);
    assert_eq!(house.count("journal_entries").await, 4);
}

async fn an_unpaired_tablets_sales_are_kept(house: House) {
    let mut tablet = house.tablet().await;
    let entry = tablet.sell("101", &[("22423", 1)], &house.shelf);
    let mut tx = house.app.db.write_for(house.organisation_id).await.unwrap();
    assert!(ground::revoke_device(&mut tx, house.organisation_id, tablet.device_id).await.unwrap());
    tx.commit().await.unwrap();
    let answer = house.push(&tablet, &[entry]).await.unwrap();
    assert!(reason(&answer.answers[0].outcome).contains("unpaired"));
    assert_eq!(answer.last_sequence, 1, "the tablet need not send it again");
    assert_eq!(house.count("sales").await, 0);
    assert_eq!(books::kept(&house.app, house.organisation_id).await.unwrap().len(), 1);
}

async fn what_cannot_be_read_is_kept_to_the_byte(house: House) {
    let mut tablet = house.tablet().await;
    let entry = tablet.sell("101", &[("22423", 1)], &house.shelf);
    for (at, content) in ["{\"version\":99}", "torn \0 in the middle", "\"quoted\""].into_iter().enumerate() {
        let sequence = at as u64 + 1;
        let hash = shared::sync::journal::fingerprint(content);
        let mut id = entry.id;
        id.0 = uuid::Uuid::from_u128(u128::from(sequence));
        let torn = SealedEntry { id, sequence, hash, content: content.into() };
        let answer = house.push(&tablet, &[torn]).await.unwrap();
        assert!(reason(&answer.answers[0].outcome).contains("cannot be read"), "{content}");
        assert_eq!(answer.last_sequence, sequence, "what follows is not held up");
    }
    let mut kept = books::kept(&house.app, house.organisation_id).await.unwrap();
    kept.sort_by_key(|entry| entry.sequence);
    let contents: Vec<&str> = kept.iter().map(|entry| entry.content.as_str()).collect();
    assert_eq!(contents, ["{\"version\":99}", "torn \0 in the middle", "\"quoted\""]);
}

async fn a_sale_that_does_not_add_up_is_kept(house: House) {
    let mut tablet = house.tablet().await;
    let good = tablet.sell("101", &[("22423", 1)], &house.shelf);
    let wrong = tampered(&good, |entry| {
        if let EntryBody::SaleCompleted { sale } = &mut entry.body {
            sale.total.0 += 1;
        }
    });
    let answer = house.push(&tablet, &[wrong]).await.unwrap();
    assert!(reason(&answer.answers[0].outcome).contains("numbers do not fit"));
    let elsewhere = house.neighbour().await.1.store.id;
    let second = tablet.sell("102", &[("22423", 1)], &house.shelf);
    let second = tampered(&second, |entry| {
        entry.previous.clone_from(&answer.last_hash);
        if let EntryBody::SaleCompleted { sale } = &mut entry.body {
            sale.store_id = elsewhere;
        }
    });
    let answer = house.push(&tablet, &[second]).await.unwrap();
    assert!(reason(&answer.answers[0].outcome).contains("another tablet or store"));
    assert_eq!(house.count("sales").await, 0);
}

async fn an_entry_the_books_refuse_holds_up_nobody(house: House) {
    let (mut one, mut other) = (house.tablet().await, house.tablet().await);
    let first = one.sell("101", &[("22423", 1)], &house.shelf);
    let twin = tampered(&one.sell("102", &[("22423", 1)], &house.shelf), |entry| {
        // Another record with the id of a sale that is in the books.
        if let (EntryBody::SaleCompleted { sale }, EntryBody::SaleCompleted { sale: known }) =
            (&mut entry.body, &first.open().unwrap().body)
        {
            sale.id = known.id;
        }
    });
    let neighbour = other.sell("201", &[("85123A", 1)], &house.shelf);
    let entries = [first, twin];
    let neighbours = [neighbour];
    let (mine, theirs) = tokio::join!(house.push(&one, &entries), house.push(&other, &neighbours));
    let (mine, theirs) = (mine.unwrap(), theirs.unwrap());
    assert_eq!(mine.answers[0].outcome, EntryOutcome::Booked);
    assert!(reason(&mine.answers[1].outcome).contains("does not fit into the books"));
    assert_eq!(mine.last_sequence, 2);
    assert_eq!(theirs.answers[0].outcome, EntryOutcome::Booked);
    assert_eq!(house.count("sales").await, 2);
    assert_eq!(house.count("journal_entries").await, 3);
}

async fn fifty_sales_in_a_push(house: House) {
    let mut tablet = house.tablet().await;
    let entries: Vec<SealedEntry> = (0..51)
        .map(|n| tablet.sell(&format!("1{n}"), &[("22423", 1), ("85123A", 2)], &house.shelf))
        .collect();
    let answer = house.push(&tablet, &entries[..50]).await.unwrap();
    assert_eq!((answer.answers.len(), answer.last_sequence), (50, 50));
    let error = house.push(&tablet, &entries).await.unwrap_err();
    assert!(matches!(error, AppError::WrongInput { .. }), "{error}");
    assert_eq!(house.count("sales").await, 50);
    let level = "SELECT CAST(SUM(quantity) AS BIGINT) FROM stock_levels WHERE organisation_id = $1";
    assert_eq!(house.number(level).await, -150_000);
}

async fn only_the_tablet_itself_pushes(house: House) {
    let mut tablet = house.tablet().await;
    let other = house.tablet().await;
    let entry = tablet.sell("101", &[("22423", 1)], &house.shelf);
    let body = body(&tablet, &[entry]);
    let error = house.push_bytes(&other, &body).await.unwrap_err();
    assert!(matches!(error, AppError::Signature));
    for nonsense in ["", "{}", "[1,2", "{\"schema\":1,\"device_id\":\"x\",\"entries\":[]}"] {
        let error = house.push_bytes(&tablet, nonsense.as_bytes()).await.unwrap_err();
        assert!(matches!(error, AppError::WrongInput { .. }), "{nonsense}: {error}");
    }
    assert_eq!(house.count("journal_entries").await, 0);
}

async fn a_manager_decides_about_what_is_kept(house: House) {
    let mut tablet = house.tablet().await;
    let (first, second) = (
        tablet.sell("101", &[("22423", 1)], &house.shelf),
        tablet.sell("102", &[("22423", 1)], &house.shelf),
    );
    let mut tx = house.app.db.write_for(house.organisation_id).await.unwrap();
    ground::revoke_device(&mut tx, house.organisation_id, tablet.device_id).await.unwrap();
    tx.commit().await.unwrap();
    house.push(&tablet, &[first.clone(), second.clone()]).await.unwrap();
    let decide = |id, decision| books::decide(&house.app, house.organisation_id, id, decision, NOON.at_ms);
    let booked = decide(first.id, KeptDecision::Book).await.unwrap();
    assert!(booked.resolved);
    assert!(matches!(decide(first.id, KeptDecision::Book).await.unwrap_err(), AppError::Conflict(_)));
    decide(second.id, KeptDecision::SetAside).await.unwrap();
    assert_eq!(house.count("sales").await, 1);
    let neighbour = house.neighbour().await.0;
    let stranger = books::decide(&house.app, neighbour, second.id, KeptDecision::Book, 0).await.unwrap_err();
    assert!(matches!(stranger, AppError::NotFound));
    // What was answered once stays the answer.
    let again = house.push(&tablet, &[first]).await.unwrap();
    assert!(matches!(again.answers[0].outcome, EntryOutcome::Kept { .. }));
}

/// A commit that fails ends the transaction in SQLite's eyes, not in those of the connection that made it.
#[tokio::test]
async fn a_failed_commit_and_a_full_disk_are_over_when_they_are_over() {
    let house = House::sqlite().await.unwrap();
    let Db::Sqlite { write, .. } = &house.app.db else { panic!("this is SQLite") };
    let mut tablet = house.tablet().await;
    let entry = tablet.sell("101", &[("22423", 1)], &house.shelf);
    write.acquire().await.unwrap().lock_handle().await.unwrap().set_commit_hook(|| false);
    // The connection is given up, and with it the hook; the second try is on a whole one.
    house.push(&tablet, &[entry]).await.unwrap();

    let entries: Vec<_> =
        (102..140).map(|number| tablet.sell(&number.to_string(), &[("22423", 1)], &house.shelf)).collect();
    let limit = async |pages: i64| {
        let set = format!("PRAGMA max_page_count = {pages}");
        sqlx::query(sqlx::AssertSqlSafe(set)).execute(write).await.unwrap();
    };
    limit(sqlx::query_scalar("PRAGMA page_count").fetch_one(write).await.unwrap()).await;
    house.push(&tablet, &entries).await.unwrap_err();
    assert_eq!(house.count("journal_entries").await, 1, "all of a push or nothing");
    limit(1_000_000).await;
    house.push(&tablet, &entries).await.unwrap();
    assert_eq!(house.count("sales").await, 39);
}
