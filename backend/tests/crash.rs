//! Crash: the server's process killed in loops, its disk refusing to flush, and its power cut at every step of a commit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use house::{House, Tablet, body};
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer;
use shared::sync::journal::SealedEntry;
use shared::sync::wire::{EntryOutcome, PushResponse};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tillbridge::app::App;
use tillbridge::replay::chance::Chance;
use tillbridge::store::Db;
use tokio::sync::{Mutex, Notify};

on_both_engines!(a_server_killed_at_any_moment_has_what_it_answered_for);

const PROGRAM: &str = env!("CARGO_BIN_EXE_tillbridge");
const KILLS: usize = 10;
const TABLETS: usize = 3;

/// A server of its own process on the house's database.
fn server_of(house: &House, folder: &Path) -> (Child, String) {
    serving(Command::new(PROGRAM), house, folder)
}

/// The same, started by a command that ends with the program.
fn serving(mut command: Command, house: &House, folder: &Path) -> (Child, String) {
    let mut server = command
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
        .args(["--database", &house.url, "--data", folder.to_str().unwrap()])
        .env("TILLBRIDGE_LOG_LEVEL", "tillbridge=info")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap());
    let mut line = String::new();
    let address = loop {
        line.clear();
        assert!(log.read_line(&mut line).unwrap() > 0, "the server ended before it served");
        let said: serde_json::Value = serde_json::from_str(&line).unwrap();
        if said["message"] == "serving" {
            break said["address"].as_str().unwrap().to_owned();
        }
    };
    // Whatever it writes from now on is read, so that it never waits for a reader.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    (server, address)
}

async fn push(address: &str, tablet: &Tablet, entry: &SealedEntry) -> Option<PushResponse> {
    let body = body(tablet, std::slice::from_ref(entry));
    let signature: Signature = tablet.key.sign(&body);
    let request = tillbridge::runner::client()
        .build()
        .unwrap()
        .post(format!("{address}/api/sync/push"))
        .header("content-type", "application/json")
        .header("tillbridge-signature", STANDARD.encode(signature.to_bytes()))
        .body(body);
    let response = request.send().await.ok()?;
    if !response.status().is_success() {
        return None;
    }
    serde_json::from_str(&response.text().await.ok()?).ok()
}

async fn a_server_killed_at_any_moment_has_what_it_answered_for(house: House) {
    let folder = tempfile::tempdir().unwrap();
    let mut tablets = Vec::new();
    for _ in 0..TABLETS {
        tablets.push(house.tablet().await);
    }
    let house = Arc::new(house);
    let address = Arc::new(Mutex::new(String::new()));
    let answered = Arc::new(AtomicUsize::new(0));
    let news = Arc::new(Notify::new());
    let done = Arc::new(AtomicUsize::new(0));
    let mut sellers = tokio::task::JoinSet::new();
    for (number, mut tablet) in tablets.into_iter().enumerate() {
        let (house, address, answered, news, done) =
            (house.clone(), address.clone(), answered.clone(), news.clone(), done.clone());
        sellers.spawn(async move {
            let mut acknowledged: Vec<String> = Vec::new();
            let mut next = 1;
            while done.load(Ordering::SeqCst) == 0 {
                let entry =
                    tablet.sell(&format!("{number}-{next}"), &[("22423", 1), ("85123A", 2)], &house.shelf);
                next += 1;
                loop {
                    let to = address.lock().await.clone();
                    if let Some(response) = push(&to, &tablet, &entry).await {
                        assert_eq!(response.answers[0].outcome, EntryOutcome::Booked);
                        break;
                    }
                    tokio::task::yield_now().await;
                }
                acknowledged.push(entry.hash.clone());
                answered.fetch_add(1, Ordering::SeqCst);
                news.notify_one();
            }
            acknowledged
        });
    }
    let mut chance = Chance::new(0x0c4a_5400);
    for _ in 0..KILLS {
        let mut at = address.lock().await;
        let (mut server, serving) = server_of(&house, folder.path());
        *at = serving;
        drop(at);
        let enough = answered.load(Ordering::SeqCst) + 3 + chance.below(25);
        while answered.load(Ordering::SeqCst) < enough {
            news.notified().await;
        }
        // SIGKILL, with pushes under way.
        server.kill().unwrap();
        server.wait().unwrap();
    }
    let mut at = address.lock().await;
    let (mut server, serving) = server_of(&house, folder.path());
    *at = serving;
    drop(at);
    done.store(1, Ordering::SeqCst);
    let mut acknowledged = Vec::new();
    while let Some(seller) = sellers.join_next().await {
        acknowledged.extend(seller.unwrap());
    }
    server.kill().unwrap();
    server.wait().unwrap();
    the_books_hold(&house, &acknowledged).await;
}

async fn the_books_hold(house: &House, acknowledged: &[String]) {
    let count = i64::try_from(acknowledged.len()).unwrap();
    assert!(count > 30, "{count} sales");
    assert_eq!(house.count("journal_entries").await, count, "each once, none else");
    assert_eq!(house.count("sales").await, count);
    for hash in acknowledged {
        let there = format!(
            "SELECT COUNT(*) FROM journal_entries WHERE organisation_id = $1 AND hash = '{hash}' AND state = 'booked'"
        );
        assert_eq!(house.number(&there).await, 1);
    }
    let gaps = "SELECT COUNT(*) FROM devices d WHERE organisation_id = $1 AND last_sequence <> \
        (SELECT COUNT(*) FROM journal_entries e WHERE e.organisation_id = d.organisation_id AND e.device_id = d.id)";
    assert_eq!(house.number(gaps).await, 0, "every ledger stands at the end of its journal");
    let wrong = "SELECT COUNT(*) FROM stock_levels l WHERE organisation_id = $1 AND quantity <> \
        (SELECT SUM(quantity) FROM stock_movements m WHERE m.organisation_id = l.organisation_id \
         AND m.store_id = l.store_id AND m.product_id = l.product_id)";
    assert_eq!(house.number(wrong).await, 0, "every level is the sum of its movements");
    if let Db::Sqlite { write, .. } = &house.app.db {
        let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(write).await.unwrap();
        assert_eq!(whole, "ok");
    }
}

/// A flush that fails leaves nobody knowing what is on the disk: a push that meets one is not answered with a yes, the next
/// flush that succeeds is not taken for that one, and what was answered for is there. Every eighth flush of each thread fails,
/// those of a commit and those that move the log into the file.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_flush_that_fails_is_no_yes() {
    const SALES: usize = 150;
    let house = House::sqlite().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = house.tablet().await;
    let mut strace = Command::new("strace");
    // Beside the server, not above it: what is killed is the server itself.
    strace.args([
        "--daemonize",
        "--follow-forks",
        "--quiet=all",
        "--output",
        "/dev/null",
        "--trace=fsync,fdatasync",
    ]);
    strace.args(["--inject=fsync,fdatasync:error=EIO:when=20+8", PROGRAM]);
    let (mut server, address) = serving(strace, &house, folder.path());
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    for number in 0..SALES {
        let entry = tablet.sell(&number.to_string(), &[("22423", 1)], &house.shelf);
        loop {
            assert!(server.try_wait().unwrap().is_none(), "the server goes on");
            if let Some(response) = push(&address, &tablet, &entry).await {
                assert_eq!(response.answers[0].outcome, EntryOutcome::Booked);
                break;
            }
            refused += 1;
            // What was not answered for is not shown to anybody either.
            let there = format!(
                "SELECT COUNT(*) FROM journal_entries WHERE organisation_id = $1 AND hash = '{}'",
                entry.hash
            );
            assert_eq!(house.number(&there).await, 0);
        }
        acknowledged.push(entry.hash.clone());
    }
    assert!(refused > SALES / 20, "{refused} pushes met a flush that failed");
    server.kill().unwrap();
    server.wait().unwrap();
    the_books_hold(&house, &acknowledged).await;
}

/// SQLite writes a commit into its log, frame by frame, and flushes it. Whatever first part of that is on the disk when
/// the power goes, spoilt at its end or not: after the start everything before is there, and the commit whole or not at
/// all; what was not answered for is taken when it is sent again.
#[tokio::test]
async fn the_power_may_go_at_any_byte_of_a_commit() {
    const FRAME: usize = 4_096 + 24;
    let house = House::sqlite().await.unwrap();
    let path = house.url.strip_prefix("sqlite:").unwrap().to_owned();
    let log = || std::fs::read(format!("{path}-wal")).unwrap();
    let mut tablet = house.tablet().await;
    let mut sell = |number: u32| tablet.sell(&number.to_string(), &[("22423", 1)], &house.shelf);
    let (first, second): (Vec<_>, Vec<_>) =
        ((1..=3).map(&mut sell).collect(), (4..=6).map(&mut sell).collect());
    house.push(&tablet, &first).await.unwrap();
    let (file, before) = (std::fs::read(&path).unwrap(), log());
    house.push(&tablet, &second).await.unwrap();
    let after = log();
    assert!(after.len() > before.len() + FRAME && after.starts_with(&before), "the commit was appended");
    assert_eq!(std::fs::read(&path).unwrap(), file, "nothing was moved into the file meanwhile");

    let new = after.len() - before.len();
    let frames = (0..=new / FRAME).map(|frame| frame * FRAME);
    let cuts = frames.flat_map(|at| [at, at + 1, at + 24, at + FRAME / 2]).filter(|cut| *cut <= new);
    let (mut without, mut with) = (0, 0);
    for (number, cut) in cuts.enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("shop.sqlite");
        let mut wal = after[..before.len() + cut].to_vec();
        let spoilt = if number % 2 == 0 { 0 } else { cut.min(512) };
        let end = wal.len();
        wal[end - spoilt..].fill(0x5a);
        std::fs::write(&copy, &file).unwrap();
        std::fs::write(folder.path().join("shop.sqlite-wal"), wal).unwrap();
        let db = Db::open(&format!("sqlite:{}", copy.display())).await.unwrap();
        let Db::Sqlite { write, .. } = &db else { panic!("this is SQLite") };
        let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(write).await.unwrap();
        assert_eq!(whole, "ok", "cut at {cut} of {new}");
        let count = "SELECT COUNT(*) FROM journal_entries";
        let entries: i64 = sqlx::query_scalar(count).fetch_one(write).await.unwrap();
        let ledger: i64 =
            sqlx::query_scalar("SELECT SUM(last_sequence) FROM devices").fetch_one(write).await.unwrap();
        assert_eq!(entries, ledger, "cut at {cut} of {new}");
        match entries {
            3 => without += 1,
            6 => with += 1,
            other => panic!("{other} entries after a cut at {cut} of {new}"),
        }
        let again = App::start(db.clone());
        let body = body(&tablet, &second);
        let signature: Signature = tablet.key.sign(&body);
        let signature = STANDARD.encode(signature.to_bytes());
        let response =
            tillbridge::app::sync::push(&again, &body, &signature, house::NOON.at_ms).await.unwrap();
        assert!(response.answers.iter().all(|answer| answer.outcome == EntryOutcome::Booked));
        let sales: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sales").fetch_one(write).await.unwrap();
        assert_eq!(sales, 6);
    }
    assert!(without > 10 && with >= 1, "{without} cuts lost the commit, {with} did not");
}
