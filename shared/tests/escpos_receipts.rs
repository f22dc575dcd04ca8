//! Receipts as printers print them: real entries of the journal and other people's alphabets, read back from the bytes.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod printer;

use insta::assert_snapshot;
use printer::Paper;
use proptest::prelude::*;
use shared::receipt::escpos::{DrawerPin, Piece, Profile, escpos, open_drawer, profile, profiles};
use shared::receipt::{COLUMNS_58_MM, COLUMNS_80_MM, Receipt, ReceiptRow, receipt, to_text};
use shared::sale::Sale;
use shared::store::Store;
use shared::sync::journal::{EntryBody, SealedEntry};

/// The first sale of a golden file, its lines with names that shops have.
fn sale(golden: &str) -> Sale {
    let entries: Vec<SealedEntry> = serde_json::from_str(golden).unwrap();
    let EntryBody::SaleCompleted { sale } = entries[0].open().unwrap().body else { panic!("no sale") };
    let names =
        ["Kaffeebecher „Größe L“ mit Deckel, spülmaschinenfest", "Żurek 500 ml", "Crème brûlée", "Tea"];
    let mut sale = *sale;
    for (line, name) in sale.lines.iter_mut().zip(names.iter().cycle()) {
        line.name = (*name).to_owned();
    }
    sale
}

fn store(language: &str, name: &str, address: &[&str], footer: &str) -> Store {
    serde_json::from_value(serde_json::json!({
        "id": uuid::Uuid::nil(), "name": name, "address": address, "country": "DE", "currency": "GBP",
        "time_zone": "Europe/Berlin", "language": language, "tax_number": "DE123456789", "receipt_footer": footer,
        "tax": {"prices_include_tax": true, "rounded": "line", "rounding": "half_even"},
    }))
    .unwrap()
}

fn german() -> Store {
    store("de", "Mühlenladen", &["Bäckerstraße 5", "10115 Berlin"], "Danke! Umtausch binnen 14 Tagen.")
}

fn arabic() -> Store {
    store("ar", "متجر الزيتون", &["شارع الملك فهد ١٢", "Riyadh 12211"], "شكرًا لزيارتكم")
}

fn printed(receipt: &Receipt, profile: &Profile) -> Paper {
    let mut paper = Paper::default();
    for piece in escpos(receipt, profile) {
        match piece {
            Piece::Bytes(bytes) => paper.print(&bytes, profile),
            Piece::Raster { row } => {
                paper.rows.push(format!("(drawn: {})", serde_json::to_string(&row).unwrap()));
            }
        }
    }
    paper
}

fn paper(receipt: &Receipt, printer: &str) -> String {
    printed(receipt, &profile(printer).unwrap()).rows.join("\n")
}

#[test]
fn a_copy_on_80_mm() {
    let sale = sale(include_str!("golden/journal_v1.json"));
    assert_snapshot!(paper(&receipt(&sale, &german(), true), "TM-m30III"));
}

#[test]
fn promotions_on_58_mm_without_cutter_or_codes() {
    let sale = sale(include_str!("golden/journal_v2_promotions.json"));
    assert_snapshot!(paper(&receipt(&sale, &german(), false), "POS-5890"));
}

#[test]
fn a_return_in_arabic_is_drawn_where_it_has_arabic_letters() {
    let sale = sale(include_str!("golden/journal_v2.json"));
    assert_snapshot!(paper(&receipt(&sale, &arabic(), false), "TM-T88V"));
}

#[test]
fn a_printer_with_one_code_page_draws_what_it_lacks() {
    let sale = sale(include_str!("golden/journal_v1.json"));
    assert_snapshot!(paper(&receipt(&sale, &german(), false), "simple"));
}

#[test]
fn as_text_for_80_and_58_mm() {
    let sale = sale(include_str!("golden/journal_v1.json"));
    assert_snapshot!("text_80_mm", to_text(&receipt(&sale, &german(), true), COLUMNS_80_MM));
    assert_snapshot!("text_58_mm", to_text(&receipt(&sale, &arabic(), true), COLUMNS_58_MM));
}

/// Letters of many alphabets on one row: the code page is changed for each, and the paper reads as the text.
#[test]
fn alphabets_mix() {
    let text = "Ψωμί, хлеб, żytni, leipä, kruh, ekmek: 3 € ±½";
    let row = ReceiptRow::Centred { text: text.into() };
    let receipt = Receipt { language: "en".into(), number: "A-000001".into(), rows: vec![row] };
    let paper = printed(&receipt, &profile("TM-m30III").unwrap());
    assert_eq!(paper.rows.first().unwrap().trim_matches([' ', '|']), text);
}

/// Where Code 128 is too wide, the number is a QR code; where a printer has neither, letters must do.
#[test]
fn the_number_is_the_code_that_fits() {
    let code = |number: &str, printer: &str| {
        let receipt = Receipt { language: "en".into(), number: number.into(), rows: vec![] };
        printed(&receipt, &profile(printer).unwrap()).rows.first().cloned()
    };
    let short = "A1-000042";
    let long = "SHOP-IN-THE-HIGH-STREET-A1-000042";
    assert_eq!(
        code(short, "Sunmi-V2").as_deref(),
        Some(r"(Code 128, 60 dots high, bars of 2: {BA1-{C\x00\x00*; centre)")
    );
    assert_eq!(code(long, "Sunmi-V2"), Some(format!("(QR: {long}; centre)")));
    assert_eq!(
        code("Łódź-1", "Sunmi-V2"),
        Some(format!("(QR: {}; centre)", "Łódź-1".as_bytes().escape_ascii()))
    );
    assert_eq!(code(short, "POS-5890"), Some(format!("  |{}|", " ".repeat(32))));
}

#[test]
fn a_drawer_is_opened_at_either_pin() {
    let printer = profile("TM-T88V").unwrap();
    assert_eq!(open_drawer(&printer, DrawerPin::Two).unwrap(), [0x1b, b'p', 0, 50, 250]);
    assert_eq!(open_drawer(&printer, DrawerPin::Five).unwrap(), [0x1b, b'p', 1, 50, 250]);
    assert_eq!(open_drawer(&Profile { drawer: false, ..printer }, DrawerPin::Two), None);
}

/// Text with anything in it, controls of the printer too.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,60}", "[a-zA-Zäé€ ]{0,90}", "[\\x00-\\x1f\\x7f-\\x9fa-z ]{0,20}", any::<String>()]
}

fn row() -> impl Strategy<Value = ReceiptRow> {
    (text(), text(), 0..7_u8).prop_map(|(text, amount, kind)| match kind {
        0 => ReceiptRow::Title { text },
        1 => ReceiptRow::Centred { text },
        2 => ReceiptRow::Mark { text },
        3 => ReceiptRow::Line { text, amount },
        4 => ReceiptRow::Detail { text },
        5 => ReceiptRow::Sum { text, amount, strong: true },
        _ => ReceiptRow::Rule,
    })
}

proptest! {
    /// Whatever a receipt says, on whatever printer: rows fit the paper, nothing but the receipt is done, nothing is lost.
    #[test]
    fn no_text_commands_a_printer(
        rows in proptest::collection::vec(row(), 0..6), number in text(), language in "en|ar", at in 0..36_usize,
    ) {
        let profile = profiles().swap_remove(at);
        let receipt = Receipt { language, number, rows };
        let paper = printed(&receipt, &profile);
        prop_assert_eq!(paper.pulses, 0);
        prop_assert_eq!(paper.cuts, usize::from(profile.cut.is_some()));
        prop_assert!(paper.rows.len() >= receipt.rows.len());
    }

    /// Plain text keeps every letter, on paper of any width.
    #[test]
    fn text_loses_no_letter(words in "[a-zäéب ]{0,120}", amount in "[0-9.]{0,40}", columns in 0..60_usize) {
        let rows = vec![ReceiptRow::Line { text: words.clone(), amount: amount.clone() }];
        let receipt = Receipt { language: "en".into(), number: String::new(), rows };
        let printed = to_text(&receipt, columns);
        prop_assert!(printed.lines().all(|line| line.chars().count() <= columns.max(16)));
        let letters = |text: &str| {
            let mut letters: Vec<char> = text.chars().filter(|letter| !letter.is_whitespace()).collect();
            letters.sort_unstable();
            letters
        };
        prop_assert_eq!(letters(&printed), letters(&(words + &amount)));
    }
}
