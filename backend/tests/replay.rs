//! Replay: slices of invoices through registers, HTTP and ingest, and the books beside totals worked out elsewhere.
//! `smoke-day-2010-11-25.control.json` was computed from the file alone, with decimals, by another program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tillbridge::replay::control::compare;
use tillbridge::replay::report::VatMode;
use tillbridge::replay::run::{Options, Replayed, run};

const HEADER: &str =
    "line_no,invoice,stock_code,description,quantity,invoice_date,price,customer_id,country\n";

const ON_TOP: VatMode = VatMode { inside: false, per_sale: false };

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// The address of an empty database; the folder lives as long as the test.
async fn database(postgres: bool) -> Option<(String, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let url = if postgres { house::postgres_url().await? } else { house::sqlite_url(&folder) };
    Some((url, folder))
}

async fn replay(options: Options) -> Replayed {
    run(&options, |_| {}).await.unwrap()
}

async fn the_smoke_day_adds_up(postgres: bool) {
    let control: Value =
        serde_json::from_slice(&std::fs::read(data("smoke-day-2010-11-25.control.json")).unwrap()).unwrap();
    let Some((database, _folder)) = database(postgres).await else { return };
    for (at, (inside, per_sale)) in
        [(false, false), (false, true), (true, false), (true, true)].into_iter().enumerate()
    {
        let vat = VatMode { inside, per_sale };
        let replayed = replay(Options {
            transactions: data("smoke-day-2010-11-25.csv.gz"),
            database: database.clone(),
            vat,
            registers: 3,
            shuffle: Some(7 + at as u64),
            duplicate_percent: 25,
        })
        .await;
        let compared = compare(&replayed.report, &control, vat);
        assert_eq!(compared.differences, [""; 0]);
        assert!(compared.figures > 80, "{}", compared.figures);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_smoke_day_adds_up_on_sqlite() {
    the_smoke_day_adds_up(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_smoke_day_adds_up_on_postgres() {
    the_smoke_day_adds_up(true).await;
}

async fn replay_text(rows: &str, postgres: bool) -> Option<Result<Replayed, String>> {
    let (database, folder) = database(postgres).await?;
    let transactions = folder.path().join("slice.csv");
    std::fs::write(&transactions, format!("{HEADER}{rows}")).unwrap();
    let options = Options {
        transactions,
        database,
        vat: ON_TOP,
        registers: 2,
        shuffle: Some(1),
        duplicate_percent: 50,
    };
    Some(run(&options, |_| {}).await.map_err(|error| error.to_string()))
}

/// Everything a slice may hold that the year of 2010 does not.
const ODD: &str = "\
1,600001,85123a,white holder,6,2011-12-01T08:26,2.5505,17850,United Kingdom\n\
2,600001,85123A,WHITE HOLDER,1,2011-12-01T08:26,2.55,17850,United Kingdom\n\
3,600001,post,,1,2011-12-01T08:26,18.00,17850,United Kingdom\n\
4,600002,,,2,2012-02-29T12:00,1.25,,Atlantis\n\
5,600003,22423,STAND,-2,2012-02-29T12:01,12.75,18000,Atlantis\n\
6,600003,22423,STAND,1,2012-02-29T12:01,12.75,18000,European Community\n\
7,600004,22423,,-5,2012-03-01T00:00,0,,United Kingdom\n\
8,600004,22423,free,1,2012-03-01T00:00,0.00,,United Kingdom\n\
9,C600005,22423,never bought here,-1,2012-03-01T09:00,12.75,18001,United Kingdom\n\
10,C600005,D,Discount,1,2012-03-01T09:00,3.00,18001,United Kingdom\n\
11,A600006,B,Adjust bad debt,1,2012-03-25T01:30,-11062.06,,United Kingdom\n\
12,600007,99999ZZ,\"=HYPERLINK(\"\"x\"\"), \u{e9}\u{1F9F8}\",1.5,2012-03-25T01:30,-0.5,18002,\n\
13,600007,99999ZZ,\"=HYPERLINK(\"\"x\"\"), \u{e9}\u{1F9F8}\",1.5,2012-03-25T01:30,-0.5,18002,\n\
14,600008,M,Manual,1000000,2012-03-25T02:30,99999.9999,18002,Korea (\u{d55c}\u{ad6d})\n\
15,600009,22423,none,0,2012-03-25T02:30,12.75,18002,United Kingdom\n";

async fn odd_rows_are_kept_to_the_letter(postgres: bool) {
    let Some(replayed) = replay_text(ODD, postgres).await else { return };
    let report = replayed.unwrap().report;
    let all = &report["all"];
    for (key, expected) in [
        ("lines", json!(15)),
        ("invoices", json!(9)),
        ("distinct_stock_codes", json!(9)),
        ("distinct_stock_codes_casefolded", json!(8)),
        ("countries", json!(5)),
        ("distinct_customers", json!(4)),
        ("lines_without_customer", json!(4)),
        ("lines_without_description", json!(3)),
        ("fully_duplicated_lines", json!(1)),
        ("zero_price_lines", json!(2)),
        ("negative_price_lines", json!(3)),
        // 15.303 + 2.55 + 18 + 2.5 − 25.5 + 12.75 − 12.75 + 3 − 11062.06 − 1.5 + 99999999900
        ("revenue_gbp", json!("99999988852.293")),
        ("cancelled_gbp", json!("-9.750")),
    ] {
        assert_eq!(all[key], expected, "{key}");
    }
    assert_eq!(report["case_only_codes"], json!([["85123A", "85123a"]]));
    assert_eq!(report["by_country"]["Atlantis"]["units"], json!(0));
    assert_eq!(report["by_country"][""]["lines"], json!(2));
    assert_eq!(report["by_product"]["99999ZZ"]["revenue_gbp"], json!("-1.500"));
    assert_eq!(report["by_kind"]["bad_debt_adjustment"]["revenue_gbp"], json!("-11062.060"));
    assert_eq!(report["by_kind"]["stock_write_off"]["lines"], json!(2));
    assert_eq!(report["by_day"]["2012-03-01"]["zero_value_lines"], json!(2));
    // 20 % of 15.30 and 2.55 in December, and of 12.75 given back in March.
    assert_eq!(
        report["vat"]["by_month"]["2011-12"],
        json!({"pence": 1785, "A_line": 357, "invoices": 1, "lines": 2})
    );
    assert_eq!(
        report["vat"]["by_month"]["2012-03"],
        json!({"pence": -1275, "A_line": -255, "invoices": 1, "lines": 1})
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_rows_are_kept_to_the_letter_on_sqlite() {
    odd_rows_are_kept_to_the_letter(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_rows_are_kept_to_the_letter_on_postgres() {
    odd_rows_are_kept_to_the_letter(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_invoices_are_no_sales() {
    let report = replay_text("", false).await.unwrap().unwrap().report;
    assert_eq!(report["all"]["lines"], json!(0));
    assert_eq!(report["all"]["revenue_gbp"], json!("0.000"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_row_stops_it_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let transactions = folder.path().join("slice.csv");
    let broken = ODD.replace("99999.9999", "a lot");
    std::fs::write(&transactions, format!("{HEADER}{broken}")).unwrap();
    let options = Options {
        transactions,
        database: house::sqlite_url(&folder),
        vat: ON_TOP,
        registers: 1,
        shuffle: None,
        duplicate_percent: 0,
    };
    let error = run(&options, |_| {}).await.unwrap_err().to_string();
    assert!(error.contains("line 15") && error.contains("a lot"), "{error}");
    assert!(!folder.path().join("shop.sqlite").exists(), "no database was begun");
}
