//! The receipt by a store's template: what may be chosen, what the law says, two languages, the page of its own.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::approval::ApprovalKind;
use shared::receipt::escpos::{Piece, escpos, profile};
use shared::receipt::{
    COLUMNS_80_MM, Receipt, ReceiptRow, code128_modules, gift_receipt, number_code, reads_right_to_left,
    receipt, to_html, to_text, z_report,
};
use shared::sale::{Approved, Sale, SaleKind};
use shared::shift::{CashCount, Counted, ShiftClosing, ShiftFigures};
use shared::store::{NumberCode, ReceiptTemplate, Store};
use shared::sync::journal::{EntryBody, SealedEntry};

/// A sale with a promotion, sold to somebody with a tax number.
fn sale() -> Sale {
    let golden = include_str!("golden/journal_v2_promotions.json");
    let entries: Vec<SealedEntry> = serde_json::from_str(golden).unwrap();
    let EntryBody::SaleCompleted { sale } = entries[0].open().unwrap().body else { panic!("no sale") };
    let mut sale = *sale;
    sale.customer.name = Some("Jo Buyer".to_owned());
    sale.customer.tax_number = Some("CU 42".to_owned());
    sale
}

fn store(country: &str, language: &str, template: Value) -> Store {
    serde_json::from_value(json!({
        "id": uuid::Uuid::nil(), "name": "Corner shop", "address": ["1 High Street"], "country": country, "currency": "GBP",
        "time_zone": "Europe/London", "language": language, "tax_number": "12345", "receipt_footer": "Thank you.\nCome again.",
        "tax": {"prices_include_tax": true, "rounded": "line", "rounding": "half_even"}, "receipt": template,
    }))
    .unwrap()
}

fn texts(receipt: &Receipt) -> Vec<String> {
    receipt.rows.iter().map(|row| serde_json::to_string(row).unwrap()).collect()
}

fn said(receipt: &Receipt, text: &str) -> bool {
    texts(receipt).iter().any(|row| row.contains(text))
}

#[test]
fn a_store_of_before_is_read_and_written_as_it_was() {
    let before = json!({
        "id": uuid::Uuid::nil(), "name": "Corner shop", "address": [], "country": "GB", "currency": "GBP",
        "time_zone": "Europe/London", "language": "en", "receipt_footer": "Thank you.",
        "tax": {"prices_include_tax": true, "rounded": "line", "rounding": "half_even"},
    });
    let store: Store = shared::json::read(before.to_string().as_bytes()).unwrap();
    assert_eq!(store.receipt, ReceiptTemplate::default());
    assert!(serde_json::to_value(&store).unwrap().get("receipt").is_none());
    // What a later release adds to the template is no reason to lose the store.
    let later = json!({ "header": ["Open 9 to 5"], "to_come": 1 });
    let template: ReceiptTemplate = shared::json::read(later.to_string().as_bytes()).unwrap();
    assert_eq!(
        template,
        ReceiptTemplate { header: vec!["Open 9 to 5".into()], ..ReceiptTemplate::default() }
    );
}

/// Each choice moves what it names and nothing else.
#[test]
fn what_may_be_chosen() {
    let sale = sale();
    let plain = receipt(&sale, &store("GB", "en", json!({})), false);
    assert_eq!(plain.code, NumberCode::Barcode);
    for (template, gone, comes) in [
        (json!({ "cashier": false }), vec![sale.staff_name.as_str()], vec![]),
        (json!({ "customer": false }), vec!["Jo Buyer", "CU 42"], vec![]),
        (json!({ "tax_table": false }), vec![" % of "], vec![]),
        (json!({ "savings": true }), vec![], vec!["You save"]),
        (json!({ "header": ["Open 9 to 5", "020 7946 0000"] }), vec![], vec!["Open 9 to 5", "020 7946 0000"]),
        (json!({ "logo": "a".repeat(64) }), vec![], vec!["logo"]),
        (json!({ "language": "de" }), vec!["Total", "COPY"], vec!["Summe GBP"]),
    ] {
        let chosen = receipt(&sale, &store("GB", "en", template.clone()), false);
        for text in &gone {
            assert!(said(&plain, text) || *text == "COPY", "{text}");
            assert!(!said(&chosen, text), "{template}: {text}");
        }
        for text in &comes {
            assert!(!said(&plain, text) && said(&chosen, text), "{template}: {text}");
        }
        if template.get("language").is_none() {
            let (before, after) = (texts(&plain), texts(&chosen));
            let kept = before.iter().filter(|row| after.contains(row)).count();
            assert!(kept + sale.taxes.len() + 2 >= before.len(), "{template} leaves the rest: {after:?}");
        }
    }
    let gift = gift_receipt(&sale, &store("GB", "en", json!({ "header": ["Open 9 to 5"], "code": "qr" })));
    assert!(said(&gift, "Open 9 to 5") && said(&gift, "Come again.") && gift.code == NumberCode::Qr);
    assert_eq!(
        plain
            .rows
            .iter()
            .filter(|row| matches!(row, ReceiptRow::Centred { text } if text.contains("again")))
            .count(),
        1
    );
}

/// Only where the store wants it, and only what was approved: each person once, in the words of the receipt's languages.
#[test]
fn who_approved_what_is_said_where_a_store_wants_it() {
    let mut sale = sale();
    let one = |kind, name: &str| Approved { kind, staff_name: name.to_owned() };
    sale.approved = vec![
        one(ApprovalKind::Price, "Nia"),
        one(ApprovalKind::Return, "Sam"),
        one(ApprovalKind::LineDiscount, "Nia"),
        one(ApprovalKind::SaleDiscount, "Nia"),
    ];
    let plain = receipt(&sale, &store("GB", "en", json!({})), false);
    assert!(!said(&plain, "Approved"));
    let template = json!({ "approvals": true, "second_language": "de" });
    let chosen = receipt(&sale, &store("GB", "en", template.clone()), false);
    for text in
        ["Approved by Nia: Price, Discount", "Freigegeben von Nia: Preis, Rabatt", "Approved by Sam: Return"]
    {
        assert!(said(&chosen, text), "{text}: {:?}", texts(&chosen));
    }
    assert!(!said(&gift_receipt(&sale, &store("GB", "en", template.clone())), "Approved"));
    sale.approved.clear();
    assert!(!said(&receipt(&sale, &store("GB", "en", template), false), "Approved"));
    // A sale and a store of before are written as they were.
    assert!(serde_json::to_value(&sale).unwrap().get("approved").is_none());
    assert!(serde_json::to_value(ReceiptTemplate::default()).unwrap().get("approvals").is_none());
}

/// Bars where they say the number, QR where they do not or the store wants it, nothing where it wants nothing.
#[test]
fn the_number_as_a_screen_draws_it() {
    let of = |code: &str, number: &str| {
        let mut sale = sale();
        sale.receipt_number = number.to_owned();
        number_code(&receipt(&sale, &store("GB", "en", json!({ "code": code })), false))
    };
    assert_eq!(of("barcode", "A1-000042"), code128_modules("A1-000042"));
    assert_eq!(of("none", "A1-000042"), None);
    for code in [of("qr", "A1-000042"), of("barcode", "Łódź-42")] {
        let code = code.unwrap();
        assert_eq!((code.width, code.rows()), (21, 21));
        assert_eq!(code.size_px(), (84, 84));
        // The corner that a camera looks for: seven dark, one of them around five light.
        assert!(code.path().starts_with("M0 0h7v1h-7z") && code.path().contains("M0 1h1v1h-1zM6 1h1v1h-1z"));
    }
    let bars = of("barcode", "A1").unwrap();
    assert_eq!((bars.rows(), bars.size_px()), (1, (2 * (4 * 11 + 13), 48)));
}

/// A tax table that stands above the total cannot be left out.
#[test]
fn taxes_on_top_of_prices_are_always_said() {
    let mut sale = sale();
    sale.tax_settings.prices_include_tax = false;
    let tax = sale.taxes.first().unwrap().name.clone();
    assert!(said(&receipt(&sale, &store("US", "en", json!({ "tax_table": false })), false), &tax));
}

#[test]
fn the_law_has_its_words() {
    let mut sale = sale();
    for (country, language, number, name, back) in [
        ("GB", "en", "VAT No 12345", None, None),
        ("GB", "de", "VAT No 12345", None, None),
        ("DE", "de", "Steuernummer 12345", None, None),
        ("AT", "de", "UID-Nr. 12345", None, None),
        ("CH", "de", "MWST-Nr. 12345", None, None),
        ("CH", "fr", "N° TVA 12345", None, None),
        ("FR", "fr", "TVA intracom. 12345", None, None),
        ("ES", "es", "NIF 12345", Some("Factura simplificada"), Some("Factura simplificada rectificativa")),
        ("US", "en", "12345", None, None),
        ("AU", "en", "ABN 12345", Some("Tax invoice"), Some("Adjustment note")),
        ("CA", "en", "GST/HST No 12345", None, None),
        ("CA", "fr", "No TPS/TVH 12345", None, None),
        ("AE", "ar", "رقم التسجيل الضريبي 12345", Some("فاتورة ضريبية"), Some("إشعار دائن ضريبي")),
        // A country the table does not know has the word of the language.
        ("BR", "es", "NIF 12345", None, None),
    ] {
        for (kind, name) in [(SaleKind::Sale, name), (SaleKind::Return, back), (SaleKind::Adjustment, None)] {
            sale.kind = kind;
            let receipt = receipt(&sale, &store(country, language, json!({})), false);
            let legal: Vec<&str> = receipt
                .rows
                .iter()
                .skip(2)
                .map_while(|row| match row {
                    ReceiptRow::Centred { text } => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            let wanted: Vec<&str> = std::iter::once(number).chain(name).collect();
            assert_eq!(legal, wanted, "{country} {language} {kind:?}");
        }
    }
    // A German shop prints the one it has.
    let number = Some("DE123456789".to_owned());
    let of_europe = Store { tax_number: number, ..store("DE", "de", json!({})) };
    assert!(said(&receipt(&sale, &of_europe, false), "USt-IdNr. DE123456789"));
    // Who is not registered issues no tax invoice.
    let unregistered = Store { tax_number: None, ..store("AU", "en", json!({})) };
    sale.kind = SaleKind::Sale;
    assert!(!said(&receipt(&sale, &unregistered, false), "Tax invoice"));
}

#[test]
fn a_second_language_stands_under_the_first() {
    let store = store("SA", "ar", json!({ "second_language": "en", "savings": true }));
    let both = receipt(&sale(), &store, true);
    assert_eq!(both.language, "ar");
    assert_snapshot!(to_text(&both, COLUMNS_80_MM));
    // A word that both languages write alike is said once.
    let once = receipt(&sale(), &self::store("GB", "en", json!({ "second_language": "fr" })), false);
    let totals =
        once.rows.iter().filter(|row| matches!(row, ReceiptRow::Sum { text, .. } if text == "Total GBP"));
    assert_eq!(totals.count(), 1);
    assert!(!texts(&once).iter().any(|row| row.contains("detail") && row.contains("Total GBP")));
}

#[test]
fn a_template_that_cannot_be_is_told_by_field() {
    for (template, field) in [
        (json!({ "logo": "https://example.test/logo.png" }), "receipt.logo"),
        (json!({ "header": ["x".repeat(61)] }), "receipt.header"),
        (json!({ "header": vec!["x"; 7] }), "receipt.header"),
        (json!({ "language": "xx" }), "receipt.language"),
        (json!({ "second_language": "xx" }), "receipt.second_language"),
        (json!({ "second_language": "en" }), "receipt.second_language"),
        (json!({ "language": "de", "second_language": "de" }), "receipt.second_language"),
    ] {
        let wrong = store("GB", "en", template.clone()).check();
        assert_eq!(wrong.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), [field], "{template}");
    }
    assert_eq!(store("GB", "en", json!({ "language": "de", "second_language": "en" })).check(), []);
}

#[test]
fn the_number_as_a_printer_is_told() {
    let printer = profile("TM-T88V").unwrap();
    let bytes = |code: &str| {
        let store = store("GB", "en", json!({ "code": code, "logo": "a".repeat(64) }));
        let printout = escpos(&receipt(&sale(), &store, false), &printer);
        let mut pieces = printout.body.into_iter();
        assert!(matches!(pieces.next(), Some(Piece::Bytes(_))), "the start");
        assert!(
            matches!(pieces.next(), Some(Piece::Raster { row: ReceiptRow::Logo { .. } })),
            "the logo is drawn"
        );
        pieces.fold(Vec::new(), |mut bytes, piece| {
            if let Piece::Bytes(more) = piece {
                bytes.extend(more);
            }
            bytes
        })
    };
    let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let (bars, square) = (b"\x1dkI", b"\x1d(k");
    assert!(has(&bytes("barcode"), bars) && !has(&bytes("barcode"), square));
    assert!(has(&bytes("qr"), square) && !has(&bytes("qr"), bars));
    assert!(!has(&bytes("none"), square) && !has(&bytes("none"), bars));
}

#[test]
fn a_z_report_again_is_a_copy() {
    let figures: ShiftFigures = serde_json::from_value(json!({
        "shift_id": uuid::Uuid::nil(), "number": 7, "currency": "GBP", "opened": { "at_ms": 0, "offset_minutes": 0 },
        "opened_by": "Mia", "float": 10_000, "cash": 0, "drawer_openings": 0, "reprints": 0, "sales": 0, "returns": 0, "sold": 0,
        "returned": 0, "discounts": 0, "net": 0, "total": 0, "cash_rounding": 0,
    }))
    .unwrap();
    let count: CashCount = serde_json::from_value(json!({ "total": 10_000 })).unwrap();
    let counted = Counted {
        left: count.total,
        count,
        foreign: Vec::new(),
        note: None,
        staff_name: "Mia".into(),
        waiting: Vec::new(),
    };
    let closing = ShiftClosing::of(figures, counted).unwrap();
    let report = |copy| z_report(&closing, "2026-11-25 18:00", &store("GB", "en", json!({})), "Till 1", copy);
    let (first, again) = (report(false), report(true));
    let marks =
        |report: &Receipt| report.rows.iter().filter(|row| matches!(row, ReceiptRow::Mark { .. })).count();
    assert_eq!((marks(&first), marks(&again)), (1, 2));
    assert!(said(&again, "COPY") && !said(&first, "COPY"));
    let without: Vec<_> =
        again.rows.iter().filter(|row| !matches!(row, ReceiptRow::Mark { text } if text == "COPY")).collect();
    assert_eq!(without, first.rows.iter().collect::<Vec<_>>());
    assert_eq!(first.code, NumberCode::None);
}

#[test]
fn a_page_of_its_own() {
    let receipt = receipt(&sale(), &store("GB", "en", json!({ "logo": "a".repeat(64) })), true);
    let page = to_html(&receipt, Some("data:image/png;base64,AAAA"), code128_modules("A1").as_ref());
    assert_snapshot!(page.replace("</p>", "</p>\n"));
    assert!(
        !page.contains("http://")
            || page.matches("http://").count() == page.matches("http://www.w3.org/2000/svg").count()
    );
}

#[test]
fn which_way_a_text_is_read() {
    for (text, is) in [
        ("Total", false),
        ("الإجمالي GBP", true),
        ("12 شاي", true),
        ("A1-7 شاي", false),
        ("12.50", false),
        ("", false),
    ] {
        assert_eq!(reads_right_to_left(text), is, "{text}");
    }
}

proptest! {
    /// Whatever goods, people and shops are called: a page shows it, and does nothing.
    #[test]
    fn no_text_is_markup(text in prop_oneof![any::<String>(), "[<>&\"'/a-z]{0,40}"], right in any::<bool>()) {
        let rows = vec![
            ReceiptRow::Title { text: text.clone() },
            ReceiptRow::Centred { text: text.clone() },
            ReceiptRow::Mark { text: text.clone() },
            ReceiptRow::Line { text: text.clone(), amount: text.clone() },
            ReceiptRow::Detail { text: text.clone() },
            ReceiptRow::Logo { picture: text.clone() },
        ];
        let language = if right { "ar".to_owned() } else { text.clone() };
        let page = |number: &str, rows| {
            let receipt = Receipt { language: language.clone(), number: number.to_owned(), code: NumberCode::None, rows };
            to_html(&receipt, Some(&text), code128_modules("A1").as_ref())
        };
        let tags = |page: &str| page.matches('<').count();
        let empty = |row: &ReceiptRow| match row {
            ReceiptRow::Title { .. } => ReceiptRow::Title { text: String::new() },
            ReceiptRow::Centred { .. } => ReceiptRow::Centred { text: String::new() },
            ReceiptRow::Mark { .. } => ReceiptRow::Mark { text: String::new() },
            ReceiptRow::Line { .. } => ReceiptRow::Line { text: String::new(), amount: String::new() },
            ReceiptRow::Detail { .. } => ReceiptRow::Detail { text: String::new() },
            other => other.clone(),
        };
        let bare = page("", rows.iter().map(empty).collect());
        prop_assert_eq!(tags(&page(&text, rows)), tags(&bare));
    }
}
