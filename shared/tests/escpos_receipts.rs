//! Receipts as printers print them: real entries of the journal and other people's alphabets, read back from the bytes.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod printer;

use insta::assert_snapshot;
use printer::Paper;
use proptest::prelude::*;
use shared::receipt::escpos::{
    DrawerPin, Piece, Printout, Profile, TestWords, divide, escpos, open_drawer, profile, profiles, self_test,
};
use shared::receipt::{COLUMNS_58_MM, COLUMNS_80_MM, Receipt, ReceiptRow, gift_receipt, receipt, to_text};
use shared::sale::Sale;
use shared::store::{NumberCode, Store};
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
    print(escpos(receipt, profile), profile)
}

fn print(printout: Printout, profile: &Profile) -> Paper {
    let mut paper = Paper::default();
    for piece in printout.body.into_iter().chain([Piece::Bytes(printout.end)]) {
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

/// What goes with a present says nothing of money, also where a line has a discount, a promotion or a price a kilogram.
#[test]
fn a_gift_receipt_has_no_prices() {
    for golden in [include_str!("golden/journal_v1.json"), include_str!("golden/journal_v2_promotions.json")]
    {
        let gift = gift_receipt(&sale(golden), &german());
        let amounts = gift.rows.iter().filter_map(|row| match row {
            ReceiptRow::Line { amount, .. } | ReceiptRow::Sum { amount, .. } => Some(amount.as_str()),
            _ => None,
        });
        assert!(amounts.clone().count() > 0);
        assert!(
            amounts.into_iter().all(|amount| amount.starts_with("× ") || amount.ends_with(" kg")),
            "{gift:?}"
        );
    }
    let sale = sale(include_str!("golden/journal_v1.json"));
    assert_snapshot!(
        printed(&gift_receipt(&sale, &german()), &profile("TM-m30III").unwrap()).rows.join("\n")
    );
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
    let receipt = Receipt {
        language: "en".into(),
        number: "A-000001".into(),
        code: NumberCode::Barcode,
        rows: vec![row],
    };
    let paper = printed(&receipt, &profile("TM-m30III").unwrap());
    assert_eq!(paper.rows.first().unwrap().trim_matches([' ', '|']), text);
}

/// Where Code 128 is too wide, the number is a QR code; where a printer has neither, letters must do.
#[test]
fn the_number_is_the_code_that_fits() {
    let code = |number: &str, printer: &str| {
        let receipt =
            Receipt { language: "en".into(), number: number.into(), code: NumberCode::Barcode, rows: vec![] };
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

#[test]
fn a_self_test_shows_pages_codes_and_cuts() {
    let words = TestWords {
        title: "Druckertest",
        printer: "Theke (Epson TM-m30III)",
        letters: "Hier sollen Buchstaben stehen:",
        drawn: "Gezeichnet",
        partial_cut: "Schnitt mit Steg",
        full_cut: "Schnitt",
    };
    let test = |printer: &str| {
        let profile = profile(printer).unwrap();
        let paper = print(self_test(words, &profile, false), &profile);
        (paper.rows.join("\n"), paper.cuts)
    };
    let (paper, cuts) = test("TM-T88V");
    assert_snapshot!(paper);
    assert_eq!(cuts, 2);
    assert_eq!(test("POS-5890").1, 0, "paper is torn off");
}

/// What came out of a receipt that is begun anew is cut off, and the printer forgets what it was doing.
#[test]
fn a_receipt_begun_anew_is_apart() {
    let cutter = profile("TM-T88V").unwrap();
    assert_eq!(divide(&cutter), b"\x1b@\n\x1dVB\x03");
    assert_eq!(divide(&Profile { cut: None, ..cutter }), b"\x1b@\n\x1bd\x04");
}

/// Text with anything in it, controls of the printer too.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,60}", "[a-zA-Zäé€ ]{0,90}", "[\\x00-\\x1f\\x7f-\\x9fa-z ]{0,20}", any::<String>()]
}

fn row() -> impl Strategy<Value = ReceiptRow> {
    (text(), text(), 0..8_u8).prop_map(|(text, amount, kind)| match kind {
        0 => ReceiptRow::Title { text },
        1 => ReceiptRow::Centred { text },
        2 => ReceiptRow::Mark { text },
        3 => ReceiptRow::Line { text, amount },
        4 => ReceiptRow::Detail { text },
        5 => ReceiptRow::Sum { text, amount, strong: true },
        6 => ReceiptRow::Logo { picture: text },
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
        let receipt = Receipt { language, number, code: NumberCode::Barcode, rows };
        let paper = printed(&receipt, &profile);
        prop_assert_eq!(paper.pulses, 0);
        prop_assert_eq!(paper.cuts, usize::from(profile.cut.is_some()));
        prop_assert!(paper.rows.len() >= receipt.rows.len());
    }

    /// Plain text keeps every letter, on paper of any width.
    #[test]
    fn text_loses_no_letter(words in "[a-zäéب ]{0,120}", amount in "[0-9.]{0,40}", columns in 0..60_usize) {
        let rows = vec![ReceiptRow::Line { text: words.clone(), amount: amount.clone() }];
        let receipt = Receipt { language: "en".into(), number: String::new(), code: NumberCode::Barcode, rows };
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

#[test]
fn a_receipt_in_stars_dialect() {
    let star = profile("star-80").unwrap();
    let rows = vec![
        ReceiptRow::Title { text: "Café".to_owned() },
        ReceiptRow::Line { text: "Łódź tea".to_owned(), amount: "4,50 €".to_owned() },
        ReceiptRow::Sum { text: "Total".to_owned(), amount: "4,50".to_owned(), strong: true },
    ];
    let receipt =
        Receipt { language: "en".into(), number: "A1-000042".into(), code: NumberCode::Barcode, rows };
    let printout = escpos(&receipt, &star);
    let [Piece::Bytes(body)] = printout.body.as_slice() else { panic!("drawn: {:?}", printout.body) };
    let gap = |letters: usize| " ".repeat(48 - letters);
    let (wide, narrow) = (gap(14), gap(9));
    let expected = [
        // ESC @; bold, twice as high and wide, é of CP437, and back.
        b"\x1b@\x1bE\x1bi\x01\x01".as_slice(),
        b"          Caf\x1b\x1dt\x01\x82\n\x1bi\x00\x00\x1bF",
        // Ł, ó, ź of CP852, € of CP858.
        b"\x1b\x1dt\x05\x9d\xa2d\xab tea",
        wide.as_bytes(),
        b"4,50 \x1b\x1dt\x04\xd5\n",
        b"\x1bETotal",
        narrow.as_bytes(),
        b"4,50\n\x1bF",
        // Centred, Code 128 without its text, two dots, 60 dots high; back to the left.
        b"\x1b\x1da\x01\x1bb\x06\x01\x01\x3cA1-000042\x1e\x1b\x1da\x00",
    ];
    assert_eq!(body.escape_ascii().to_string(), expected.concat().escape_ascii().to_string());
    assert_eq!(printout.end, b"\x1bd\x03", "fed to the cutter, but for a point");
    assert_eq!(open_drawer(&star, DrawerPin::Two).unwrap(), b"\x1b\x07\x0a\x32\x07");
    assert_eq!(open_drawer(&star, DrawerPin::Five).unwrap(), b"\x1b\x07\x0a\x32\x1a");
}
