//! Command: what a person at a terminal gets, told with the program itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::House;
use shared::api::SignInRequest;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tillbridge::app::{App, access};
use tillbridge::clock;
use tillbridge::store::{Db, ground};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tillbridge");

fn tillbridge(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{out}\n{error}")
}

#[track_caller]
fn done(output: &Output) -> String {
    let text = said(output);
    assert!(output.status.success(), "{text}");
    text
}

#[track_caller]
fn refused(output: &Output) -> String {
    let text = said(output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    text
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_wrong_setting_is_named_and_nothing_starts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.toml");
    std::fs::write(&file, "log_format = \"xml\"\n").unwrap();
    let text = refused(&tillbridge(&["serve", "--config", path(&file), "--listen", "everywhere"]));
    assert!(text.contains("--listen: \"everywhere\" is not right: an address and a port"), "{text}");
    assert!(text.contains("shop.toml: \"xml\" is not right: text or json"), "{text}");
    let text = done(&tillbridge(&["settings", "--database", "postgres://till:hunter2@db/till"]));
    assert!(text.contains("postgres://till@db/till") && text.contains("--database"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_command_without_a_database_says_where_it_looked() {
    let folder = tempfile::tempdir().unwrap();
    let text = refused(&tillbridge(&["admin", "list-devices", "--data", path(folder.path())]));
    assert!(text.contains("There is no database at") && text.contains("tillbridge.sqlite"), "{text}");
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "and made none");
}

#[tokio::test(flavor = "multi_thread")]
async fn products_are_checked_first_and_imported_whole_or_not_at_all() {
    let house = House::sqlite().await.unwrap();
    let before = house.count("products").await;
    let dirty = "tests/data/dirty-sample.csv";
    let import = |more: &[&str]| {
        let mut arguments = vec!["import", "products", dirty, "--database", &house.url];
        arguments.extend(more);
        tillbridge(&arguments)
    };
    for stopped in [&["--dry-run"][..], &[]] {
        let text = refused(&import(stopped));
        assert!(
            text.contains("Errors:") && text.contains("× bad_check_digit: The barcode's check digit"),
            "{text}"
        );
        assert!(text.contains("Nothing was imported: rows have errors."), "{text}");
        assert_eq!(house.count("products").await, before);
    }
    let text = done(&import(&["--skip-bad-rows", "--dry-run"]));
    assert!(text.contains("This was a dry run: nothing was written."), "{text}");
    assert_eq!(house.count("products").await, before);
    let text = done(&import(&["--skip-bad-rows"]));
    let imported = house.count("products").await - before;
    assert!(imported > 0 && text.contains(&format!("{imported} products new, 0 changed")), "{text}");
    let json = done(&import(&["--skip-bad-rows", "--json"]));
    let report: serde_json::Value = serde_json::from_str(json.trim()).unwrap();
    assert_eq!(report["unchanged"], imported);
    let text = refused(&tillbridge(&["import", "products", "nowhere.csv", "--database", &house.url]));
    assert!(text.contains("nowhere.csv cannot be read"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_brought_in_and_a_second_time_changes_nothing() {
    let house = House::sqlite().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("customers.csv");
    std::fs::write(&file, "Kundennummer;Name;Kundengruppe\n7;Ada Byron;Trade\n8;Ben;\n").unwrap();
    let import = |more: &[&str]| {
        let mut arguments = vec!["import", "customers", path(&file), "--database", &house.url];
        arguments.extend(more);
        tillbridge(&arguments)
    };
    let text = refused(&import(&[]));
    assert!(text.contains("1 × missing_group: There is no such group."), "{text}");
    assert_eq!(house.count("customers").await, 0);
    let text = done(&import(&["--make-groups"]));
    assert!(text.contains("2 customers new, 0 changed, 0 as they were; 0 rows left out."), "{text}");
    let text = done(&import(&[]));
    assert!(text.contains("0 customers new, 0 changed, 2 as they were"), "{text}");
    assert_eq!((house.count("customers").await, house.count("customer_changes").await), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_out_can_be_brought_in_again() {
    let house = House::sqlite().await.unwrap();
    let mut tablet = house.tablet().await;
    for number in ["7", "8"] {
        let entry = tablet.sell(number, &[("22423", 2), ("85123A", 1)], &house.shelf);
        house.push(&tablet, &[entry]).await.unwrap();
    }
    let picture = b"\xff\xd8\xff a mug";
    tillbridge::app::pictures::keep(&house.app, house.organisation_id, picture, 0).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let products = folder.path().join("products.csv");
    let export = |what: &str, to: &Path| tillbridge(&["export", what, path(to), "--database", &house.url]);
    assert!(done(&export("products", &products)).contains("products: 2"));
    let import = ["import", "products", path(&products), "--database", &house.url];
    let text = done(&tillbridge(&import));
    assert!(text.contains("0 products new, 0 changed, 2 as they were"), "{text}");

    let all = folder.path().join("everything");
    done(&export("everything", &all));
    let sales = std::fs::read_to_string(all.join("sales.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(sales.as_bytes());
    let header = rows.headers().unwrap().clone();
    let cell = |row: &csv::StringRecord, name: &str| {
        row.get(header.iter().position(|h| h == name).unwrap()).unwrap().to_owned()
    };
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((cell(&rows[0], "total"), cell(&rows[0], "currency")), ("28.05".into(), "GBP".into()));
    assert_eq!(cell(&rows[0], "time"), "2026-06-21T12:00:00+01:00");
    let lines = std::fs::read_to_string(all.join("sale_lines.csv")).unwrap();
    assert_eq!(lines.lines().count(), 5, "{lines}");
    assert!(lines.contains(",22423,Regency cakestand,2,12.75,12.75,GBP,25.50,"), "{lines}");
    let levels = std::fs::read_to_string(all.join("stock_levels.csv")).unwrap();
    assert!(levels.contains(",22423,-4"), "{levels}");
    let file = all.join("pictures").join(format!("{}.jpg", shared::picture::name_of(picture)));
    assert_eq!(std::fs::read(file).unwrap(), picture);
    let journal = std::fs::read_to_string(all.join("journal.jsonl")).unwrap();
    for line in journal.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let content = line["content"].as_str().unwrap();
        assert_eq!(shared::sync::journal::fingerprint(content), line["hash"].as_str().unwrap());
    }
    assert_eq!(journal.lines().count(), 2);

    let text = refused(&export("everything", &all));
    assert!(text.contains("is there already and was not touched"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_is_copied_while_it_sells() {
    let house = House::sqlite().await.unwrap();
    let mut tablet = house.tablet().await;
    let first = tablet.sell("1", &[("22423", 1)], &house.shelf);
    house.push(&tablet, &[first]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.sqlite");
    let (to, url) = (copy.clone(), house.url.clone());
    let backup = tokio::task::spawn_blocking(move || tillbridge(&["backup", path(&to), "--database", &url]));
    for number in 2..40 {
        let entry = tablet.sell(&number.to_string(), &[("85123A", 1)], &house.shelf);
        house.push(&tablet, &[entry]).await.unwrap();
    }
    let text = done(&backup.await.unwrap());
    assert!(text.contains("whole and looked over"), "{text}");

    let restored = Db::open(&format!("sqlite:{}", copy.display())).await.unwrap();
    let mut tx = restored.read_for(house.organisation_id).await.unwrap();
    let device = ground::devices(&mut tx, house.organisation_id).await.unwrap().remove(0);
    assert!((1..=39).contains(&device.last_sequence), "{}", device.last_sequence);
    drop(tx);
    restored.close().await;

    let text = refused(&tillbridge(&["backup", path(&copy), "--database", &house.url]));
    assert!(text.contains("is there already and was not touched"), "{text}");
    let other = folder.path().join("nothing.sqlite");
    let missing = format!("sqlite:{}", folder.path().join("missing.sqlite").display());
    let text = refused(&tillbridge(&["backup", path(&other), "--database", &missing]));
    assert!(text.contains("The backup was not made"), "{text}");
    let server = "postgres://till:hunter2@db/till";
    let text = refused(&tillbridge(&["backup", path(&other), "--database", server]));
    assert!(text.contains("pg_dump --format=custom") && !text.contains("hunter2"), "{text}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("unfinished")), "{left:?}");
    assert!(!other.exists());
}

fn with_input(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_cart_is_priced_without_a_shop() {
    let cart = r#"{"lines":[{"unit_price":"1.20","taxes":[{"rate":20,"included":true}]}]}"#;
    let text = done(&with_input(&["price", "--json"], cart));
    assert!(text.contains(r#""net": "1.00""#), "{text}");
    let text = refused(&with_input(&["price", "--json"], &cart.replace(":20", ":\"much\"")));
    assert!(text.contains("tillbridge: lines[0].taxes[0].rate: \"much\" is not a decimal number"), "{text}");
    assert!(text.contains(r#""place": "lines[0].taxes[0].rate""#), "{text}");
}

async fn signs_in(app: &App, email: &str, password: &str) -> bool {
    let request = SignInRequest { email: email.into(), password: password.into() };
    access::sign_in(app, request, "127.0.0.1", clock::now_ms()).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_helped_from_the_server_itself() {
    let house = House::sqlite().await.unwrap();
    let admin = |arguments: &[&str], input: &str| {
        let mut all = vec!["admin"];
        all.extend(arguments);
        all.extend(["--database", &house.url]);
        with_input(&all, input)
    };
    let create = ["create-owner", "--name", "Olivia", "--email", "Olivia@Shop.Example", "--password-stdin"];
    let text = refused(&admin(&create, "short\n"));
    assert!(text.contains("password: A password has at least ten letters"), "{text}");
    done(&admin(&create, "a good long one\n"));
    assert!(signs_in(&house.app, "olivia@shop.example", "a good long one").await);
    let text = refused(&admin(&create, "a good long one\n"));
    assert!(text.contains("Somebody signs in with this e-mail address already"), "{text}");

    let text = done(&admin(&["reset-password", "--email", "olivia@shop.example"], ""));
    let password = text.split("shown this once: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    assert_eq!(password.len(), 20, "{text}");
    assert!(signs_in(&house.app, "olivia@shop.example", &password).await);
    assert!(!signs_in(&house.app, "olivia@shop.example", "a good long one").await);
    let text = refused(&admin(&["reset-password", "--email", "nobody@shop.example"], ""));
    assert!(text.contains("Nobody signs in with nobody@shop.example here. Nothing was changed"), "{text}");
    let text = done(&admin(&["list-staff"], ""));
    assert!(
        text.contains("owner") && text.contains("olivia@shop.example") && text.contains("Priya"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_is_set_up_from_the_file_in_the_manual_once() {
    let manual = include_str!("../../docs/deploy.md");
    let example = manual.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let set_up = |input: &str| with_input(&["admin", "set-up", "-", "--data", path(folder.path())], input);
    let text = refused(&set_up(&example.replace("GBP", "pounds")));
    assert!(
        text.contains("is not what a shop is set up from") && text.contains("Nothing was set up"),
        "{text}"
    );
    let text = refused(&set_up(&example.replace("a few words are best", "short")));
    assert!(text.contains("owner.password: A password has at least ten letters"), "{text}");
    let text = done(&set_up(example));
    assert!(text.contains("Hearth & Gift is set up, with High Street and Register 1."), "{text}");
    let text = refused(&set_up(example));
    assert!(text.contains("set up already"), "{text}");
    let url = format!("sqlite:{}", folder.path().join("tillbridge.sqlite").display());
    let app = App::start(Db::open(&url).await.unwrap());
    assert!(signs_in(&app, "olivia@shop.example", "a few words are best").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_tablet_is_unpaired_from_the_server_itself() {
    let house = House::sqlite().await.unwrap();
    let admin = |arguments: &[&str]| {
        let mut all = vec!["admin"];
        all.extend(arguments);
        all.extend(["--database", &house.url]);
        tillbridge(&all)
    };
    assert!(done(&admin(&["list-devices"])).contains("No tablet is paired."));
    let tablet = house.tablet().await;
    let id = tablet.device_id.to_string();
    let text = done(&admin(&["list-devices"]));
    assert!(
        text.contains(&id) && text.contains("paired    never heard of  0 unsent  Tablet  (Register)"),
        "{text}"
    );
    assert!(done(&admin(&["revoke-device", &id])).contains("Tablet is unpaired."));
    assert!(done(&admin(&["list-devices"])).contains("unpaired"));
    let other = house.organisation_id.to_string();
    assert!(refused(&admin(&["revoke-device", &other])).contains("There is no tablet"));
    let text = done(&admin(&["pairing-code", "--register", "register"]));
    assert_eq!(text.trim().split(' ').next().unwrap().len(), 9, "{text}");
    assert!(refused(&admin(&["pairing-code", "--register", "till"])).contains("there are: Register ("));
    let (neighbour, _) = house.neighbour().await;
    let text = refused(&admin(&["list-devices"]));
    assert!(text.contains("several shops") && text.contains(&neighbour.to_string()), "{text}");
    done(&admin(&["list-devices", "--organisation", &neighbour.to_string()]));
}

/// A line of the log, as a machine reads it.
fn next_line(log: &mut impl BufRead) -> serde_json::Value {
    let mut line = String::new();
    assert!(log.read_line(&mut line).unwrap() > 0, "the log has ended");
    serde_json::from_str(&line).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_starts_answers_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Command::new(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--data", path(folder.path())])
        .env("TILLBRIDGE_LOG_LEVEL", "tillbridge=info")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap());
    let address = loop {
        let line = next_line(&mut log);
        if line["message"] == "serving" {
            break line["address"].as_str().unwrap().to_owned();
        }
    };
    let ready =
        tillbridge::runner::client().build().unwrap().get(format!("{address}/ready")).send().await.unwrap();
    assert_eq!(ready.status(), 200);
    let status = tillbridge::runner::client()
        .build()
        .unwrap()
        .get(format!("{address}/api/status"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(status.contains("\"setup_needed\":true"), "{status}");
    let answered = next_line(&mut log);
    assert_eq!((answered["message"].as_str(), answered["path"].as_str()), (Some("answered"), Some("/ready")));
    assert_eq!(answered["span"]["id"].as_str().unwrap().len(), 16);

    let process = server.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
    let last = loop {
        let line = next_line(&mut log);
        if line["message"] == "stopped" {
            break line;
        }
    };
    assert_eq!(last["level"], "INFO");
    assert!(server.wait().unwrap().success());
    let wal = folder.path().join("tillbridge.sqlite-wal");
    assert!(folder.path().join("tillbridge.sqlite").exists() && !wal.exists(), "the database is closed");
}
