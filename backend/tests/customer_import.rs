//! Customer import: a file of customers against a shop, on both engines: whom a row is about, what is found, what is written
//! field by field, what a second time does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, Journal, NOON, written};
use shared::api::{CustomerColumn as Column, CustomerImportReport, ImportColumn};
use shared::customer::{Consent, Customer, CustomerField as Field, CustomerGroup};
use shared::ids::CustomerId;
use shared::sync::wire::Change;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::io::Cursor;
use tillbridge::app::customer_import::{import_customers, left_out};
use tillbridge::app::{AppError, customers, pricing};
use tillbridge::clock::FreshIds;
use tillbridge::customer_import::Options;
use tillbridge::store::customers as store;

on_both_engines!(
    a_file_of_any_form_becomes_customers_and_a_second_time_changes_nothing,
    what_is_wrong_is_told_by_row_and_nothing_is_half_imported,
    what_a_till_changed_after_the_file_was_made_stays,
    consent_has_its_day_and_the_later_answer_counts,
    groups_are_made_only_where_that_is_wanted,
    columns_are_what_a_person_says,
    what_is_not_taken_is_a_file_to_mend,
    many_rows_are_written_in_steps_and_more_are_refused,
    a_record_that_was_changed_meanwhile_is_not_written_over,
);

async fn import_bytes(
    house: &House,
    file: &[u8],
    options: Options,
) -> Result<CustomerImportReport, AppError> {
    let by = Some(house.manager().staff_id);
    import_customers(&house.app, house.organisation_id, by, Cursor::new(file.to_vec()), options, |_, _| ())
        .await
}

async fn import(house: &House, file: &str, options: Options) -> CustomerImportReport {
    import_bytes(house, file.as_bytes(), options).await.unwrap()
}

async fn all(house: &House) -> Vec<Customer> {
    let query = customers::CustomerQuery { limit: Some(500), ..Default::default() };
    customers::list(&house.app, house.organisation_id, query).await.unwrap().rows
}

async fn named(house: &House, name: &str) -> Customer {
    all(house).await.into_iter().find(|one| one.title() == name).unwrap()
}

fn counts(report: &CustomerImportReport) -> (u64, u64, u64, bool) {
    let report = &report.report;
    (report.created, report.changed, report.unchanged, report.written)
}

fn kinds(report: &CustomerImportReport) -> BTreeMap<&str, u64> {
    report.report.findings.iter().map(|found| (found.kind.as_str(), found.count)).collect()
}

/// In the forms a spreadsheet saves.
async fn a_file_of_any_form_becomes_customers_and_a_second_time_changes_nothing(house: House) {
    let rows = [
        [
            "Kunden-Nr.",
            "Vorname",
            "Nachname",
            "E-Mail",
            "Telefon",
            "USt-IdNr.",
            "Straße",
            "PLZ",
            "Ort",
            "Land",
        ],
        [
            "1",
            "Jürgen",
            "Müller",
            "jm@example.org",
            "030 1234567",
            "DE123456789",
            "Hauptstr. 1",
            "10115",
            "Berlin",
            "de",
        ],
        ["2", "Zoë", "Faß", "", "", "", "", "", "", ""],
    ];
    let text = |between: &str| rows.map(|row| row.join(between)).join("\r\n");
    let windows: Vec<u8> = text(";").chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    let first = import_bytes(&house, &windows, Options::default()).await.unwrap();
    assert_eq!(counts(&first), (2, 0, 0, true));
    assert_eq!(kinds(&first), BTreeMap::from([("other_letters", 1)]));
    let one = named(&house, "Jürgen Müller").await;
    assert_eq!((one.number.as_deref(), one.tax_number.as_deref()), (Some("1"), Some("DE123456789")));
    assert_eq!(one.addresses[0].in_words(), "Hauptstr. 1, 10115, Berlin, DE");
    let before = all(&house).await;
    let noted = house.count("customer_changes").await;
    let with_mark = format!("\u{feff}{}", text(","));
    for file in [windows, text(";").into(), text("\t").into(), with_mark.into()] {
        let again = import_bytes(&house, &file, Options::default()).await.unwrap();
        assert_eq!(counts(&again), (0, 0, 2, true));
    }
    assert_eq!(all(&house).await, before);
    assert_eq!(house.count("customer_changes").await, noted);
    // What the file does not say stays; whom no number names is found by mail, then by telephone.
    let file = "email,phone,name,note\njm@example.org,,,Pays cash\n,+49 30 1234567,Jürgen Müller,Pays cash\n";
    let report = import(&house, file, Options::default()).await;
    assert_eq!(kinds(&report), BTreeMap::from([("duplicate_customer", 2)]));
    let report = import(&house, "email,note\nJM@example.org,Pays cash\n", Options::default()).await;
    assert_eq!(counts(&report), (0, 1, 0, true));
    let after = named(&house, "Jürgen Müller").await;
    let said = ("JM@example.org", "Pays cash");
    assert_eq!(after, Customer { email: Some(said.0.into()), note: Some(said.1.into()), ..one });
    // Tablets are told, and the history names who brought it, from a file.
    let tablet = house.tablet().await;
    let (told, _) = house.loaded(house.puller(&tablet), |change| matches!(change, Change::Customer(_))).await;
    // Who changed while it was loaded may be told twice.
    let told: BTreeSet<CustomerId> = told
        .into_iter()
        .filter_map(|change| match change {
            Change::Customer(customer) => Some(customer.id),
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 2);
    let story = customers::story(&house.app, house.organisation_id, after.id, None).await.unwrap();
    assert!(story.changes.iter().all(|change| change.imported && !change.merged));
    assert_eq!(
        story.changes[0].made.iter().map(|made| made.field).collect::<Vec<_>>(),
        [Field::Email, Field::Note]
    );
}

async fn what_is_wrong_is_told_by_row_and_nothing_is_half_imported(house: House) {
    let file = "number,name,email,phone,credit limit,country,city\n\
        1,Fine,fine@example.org,,,,\n\
        2,,,,,,\n\
        ,Unknown,,,,,\n\
        3,Mail,nobody,,,,\n\
        4,Phone,,12,,,\n\
        5,Limit,,,ten,,\n\
        6,Same,,,,,\n\
        6,Same again,,,,,\n\
        7,Short\n\
        8,Far,,,,Germany,Berlin\n\
        ,,,,,,\n";
    let report = import(&house, file, Options::default()).await;
    let found = [
        ("wrong_row", 1),
        ("missing_name", 1),
        ("missing_key", 1),
        ("duplicate_customer", 2),
        ("wrong_email", 1),
        ("wrong_phone", 1),
        ("wrong_limit", 1),
        ("wrong_country", 1),
    ];
    assert_eq!(kinds(&report), BTreeMap::from(found));
    assert_eq!((report.report.rows, report.left_out, counts(&report)), (10, 8, (2, 0, 0, false)));
    assert_eq!(all(&house).await, []);
    let line = |kind: &str| report.report.findings.iter().find(|one| one.kind == kind).unwrap().lines[0].line;
    assert_eq!((line("wrong_email"), line("wrong_row")), (5, 10));
    let skipping = Options { skip_bad_rows: true, ..Options::default() };
    assert_eq!(counts(&import(&house, file, skipping).await), (2, 0, 0, true));
    assert_eq!(named(&house, "Far").await.addresses[0].in_words(), "Berlin");
    let no_key = import(&house, "name\nAda\n", Options { skip_bad_rows: true, ..Options::default() }).await;
    assert!(!no_key.report.written, "nobody could be found again");
    for (file, words) in [("shoe size\n44\n", "names no column"), ("", "the file is empty")] {
        let refused = import_bytes(&house, file.as_bytes(), Options::default()).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
    }
}

/// A file of noon; a till and a page change things before and after.
async fn what_a_till_changed_after_the_file_was_made_stays(house: House) {
    import(&house, "number,name,phone\nK-1,Ada Byron,030 111111\n", Options::default()).await;
    let ada = named(&house, "Ada Byron").await;
    let tablet = house.tablet().await;
    let mut journal = Journal::of(&tablet);
    let edit = written(ada.id, &[(Field::Phone, Some("030 111111"), Some("030 222222"))]);
    house.booked(&tablet, &[journal.record(edit)]).await;
    // Made a minute before that, and a minute after it.
    let file = "number,name,phone,company\nK-1,Ada King,030 333333,Engines Ltd\n";
    let at = |minutes: i64| Options { as_of_ms: Some(NOON.at_ms + minutes * 60_000), ..Options::default() };
    let report = import(&house, file, at(-1)).await;
    assert_eq!((counts(&report), report.overtaken), ((0, 1, 0, true), 1));
    assert_eq!(kinds(&report), BTreeMap::from([("changed_later", 1)]));
    let shown = &report.examples[0];
    assert_eq!(shown.overtaken.iter().map(|change| change.field).collect::<Vec<_>>(), [Field::Phone]);
    let now = named(&house, "Ada King").await;
    assert_eq!((now.phone.as_deref(), now.company.as_deref()), (Some("030 222222"), Some("Engines Ltd")));
    let story = customers::story(&house.app, house.organisation_id, ada.id, None).await.unwrap();
    let newest = story.changes.iter().max_by_key(|change| change.at_ms).unwrap();
    assert_eq!(newest.overtaken[0].now.as_deref(), Some("030 333333"));
    // What a file has written is no reason to keep it from the next one.
    let report = import(&house, file, at(1)).await;
    assert_eq!((counts(&report), report.overtaken), ((0, 1, 0, true), 0));
    assert_eq!(named(&house, "Ada King").await.phone.as_deref(), Some("030 333333"));
    // A page is a place of the shop as well.
    let changed = Customer { note: Some("Rings twice".into()), ..named(&house, "Ada King").await };
    customers::update(&house.app, &house.manager(), ada.id, changed, None).await.unwrap();
    let report = import(&house, "number,note\nK-1,Never rings\n", at(1)).await;
    assert_eq!((counts(&report), report.overtaken), ((0, 0, 1, true), 1));
    assert_eq!(named(&house, "Ada King").await.note.as_deref(), Some("Rings twice"));
}

async fn consent_has_its_day_and_the_later_answer_counts(house: House) {
    let file = "number,name,newsletter,consent date\n\
        1,Yes,yes,31/01/2024\n2,Undated,yes,\n3,No,nein,\n4,Odd,perhaps,\n5,Day,yes,2024-13-01\n6,Short,ja,3/2/2024\n";
    let options = || Options { skip_bad_rows: true, as_of_ms: Some(NOON.at_ms), ..Options::default() };
    let report = import(&house, file, options()).await;
    let found = [("consent_without_date", 1), ("wrong_flag", 1), ("wrong_date", 1)];
    assert_eq!((kinds(&report), report.report.created), (BTreeMap::from(found), 4));
    // The last of January shows that the day comes first, on every row.
    let third_of_february = 1_706_961_600_000;
    for (name, said) in [
        ("Yes", Some(Consent { given: true, at_ms: 1_706_702_400_000 })),
        ("Undated", None),
        ("No", Some(Consent { given: false, at_ms: NOON.at_ms })),
        ("Short", Some(Consent { given: true, at_ms: third_of_february })),
    ] {
        assert_eq!(named(&house, name).await.marketing, said, "{name}");
    }
    // A no of 2024 does not take back a yes of today, nor a yes of 2023 the no.
    let older = "number,newsletter,consent date\n1,no,2023-05-01\n3,yes,2023-05-01\n6,no,2024-02-04\n";
    let report = import(&house, older, options()).await;
    assert_eq!((report.report.changed, report.overtaken), (1, 2));
    assert!(named(&house, "Yes").await.marketing.unwrap().given);
    assert!(!named(&house, "Short").await.marketing.unwrap().given);
}

async fn groups_are_made_only_where_that_is_wanted(house: House) {
    let trade =
        CustomerGroup { id: shared::ids::CustomerGroupId::fresh(&mut FreshIds), name: "Trade".into() };
    let trade = pricing::create(&house.app, house.organisation_id, trade).await.unwrap();
    let file = "number,name,group\n1,Ada,trade\n2,Ben,Staff\n3,Cem,STAFF\n4,,Nobody's\n";
    let report = import(&house, file, Options::default()).await;
    assert_eq!(
        (report.missing_groups.clone(), report.report.written),
        (vec!["Nobody's".into(), "Staff".into()], false)
    );
    assert_eq!(kinds(&report), BTreeMap::from([("missing_group", 3)]));
    let options = Options { make_groups: true, skip_bad_rows: true, ..Options::default() };
    let report = import(&house, file, options).await;
    assert_eq!(counts(&report), (3, 0, 0, true));
    let groups = customers::groups(&house.app, house.organisation_id).await.unwrap();
    assert_eq!(groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["Staff", "Trade"]);
    assert_eq!(named(&house, "Ada").await.group_id, Some(trade.id));
    assert_eq!(named(&house, "Ben").await.group_id, named(&house, "Cem").await.group_id);
}

async fn columns_are_what_a_person_says(house: House) {
    let file = "A;B;C\nAda Byron;7;ada@example.org\n";
    let said = vec![Some(Column::Name), Some(Column::Number), None];
    let dry = Options { dry_run: true, columns: Some(said.clone()), ..Options::default() };
    let report = import(&house, file, dry).await;
    let column = |header: &str, column, example: &str| ImportColumn {
        header: header.into(),
        column,
        example: example.into(),
    };
    let told = [
        column("A", Some(Column::Name), "Ada Byron"),
        column("B", Some(Column::Number), "7"),
        column("C", None, "ada@example.org"),
    ];
    assert_eq!((report.columns.as_slice(), counts(&report)), (&told[..], (1, 0, 0, false)));
    assert_eq!(all(&house).await, []);
    import(&house, file, Options { columns: Some(said), ..Options::default() }).await;
    let ada = named(&house, "Ada Byron").await;
    assert_eq!((ada.number.as_deref(), ada.email), (Some("7"), None));
}

async fn what_is_not_taken_is_a_file_to_mend(house: House) {
    let file = "number;name;email\n1;Ada;ada@example.org\n2;Ben;nobody\n3;\"Cem; Ltd\";also nobody\n";
    let skipping = || Options { skip_bad_rows: true, ..Options::default() };
    import(&house, file, skipping()).await;
    let left =
        left_out(&house.app, house.organisation_id, Cursor::new(file.as_bytes()), skipping()).await.unwrap();
    let lines: Vec<&str> = left.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "number,name,email,line,why");
    assert_eq!(lines[1], "2,Ben,nobody,3,This is no e-mail address.");
    assert_eq!(lines.len(), 3);
    let mended = left.replace("also nobody", "cem@example.org").replace("nobody", "ben@example.org");
    assert_eq!(counts(&import(&house, &mended, Options::default()).await), (2, 0, 0, true));
    assert_eq!(named(&house, "Cem; Ltd").await.email.as_deref(), Some("cem@example.org"));
}

async fn a_record_that_was_changed_meanwhile_is_not_written_over(house: House) {
    import(&house, "number,name\n1,Ada\n2,Ben\n", Options::default()).await;
    let (ada, ben) = (named(&house, "Ada").await, named(&house, "Ben").await);
    let changed = Customer { note: Some("Rings twice".into()), ..ada.clone() };
    let id = house.organisation_id;
    for (versions, fits) in [([1, 2], false), ([1, 1], true), ([1, 2], false), ([2, 2], true)] {
        let mut tx = house.app.db.write_for(id).await.unwrap();
        let both = [(&changed, versions[0]), (&ben, versions[1])];
        assert_eq!(store::update_all(&mut tx, id, &both, 0).await.unwrap(), fits, "{versions:?}");
        if fits {
            tx.commit().await.unwrap();
        }
    }
    assert_eq!((named(&house, "Ada").await, named(&house, "Ben").await), (changed, ben));
    assert_eq!(customers::one(&house.app, id, ada.id).await.unwrap().version, 3);
}

async fn many_rows_are_written_in_steps_and_more_are_refused(house: House) {
    let mut file = String::from("number,name,email\n");
    for number in 0..5_000 {
        writeln!(file, "{number},Customer {number},c{number}@example.org").unwrap();
    }
    let steps = std::sync::Mutex::new(Vec::new());
    let progress = |done, all| steps.lock().unwrap().push((done, all));
    let (id, bytes) = (house.organisation_id, Cursor::new(file.clone().into_bytes()));
    let report = import_customers(&house.app, id, None, bytes, Options::default(), progress).await.unwrap();
    assert_eq!(counts(&report), (5_000, 0, 0, true));
    assert_eq!(steps.into_inner().unwrap(), [(2_000, 5_000), (4_000, 5_000), (5_000, 5_000)]);
    let renamed = file.replace("Customer", "Client");
    assert_eq!(counts(&import(&house, &renamed, Options::default()).await), (0, 5_000, 0, true));
    for number in 5_000..100_001 {
        writeln!(file, "{number},x,").unwrap();
    }
    let refused = import_bytes(&house, file.as_bytes(), Options::default()).await.unwrap_err();
    assert!(refused.to_string().contains("more than 100,000 rows"), "{refused}");
    assert_eq!(house.count("customers").await, 5_000);
    assert!(all(&house).await.iter().all(|one| one.id != CustomerId(uuid::Uuid::nil())));
}
