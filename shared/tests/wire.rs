//! The wire and the journal as bytes: a change here is a change for every tablet in the field.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "the cart tests use the rest")]
mod random_cart;

use insta::assert_json_snapshot;
use random_cart::{Seeded, random_sale};
use shared::calendar::LocalTime;
use shared::ids::{DeviceId, EntryId, ProductId, SaleId, StaffId};
use shared::money::Quantity;
use shared::stock::{StockAdjustment, StockAdjustmentLine, StockReason};
use shared::sync::journal::{ENTRY_VERSION, EntryBody, JournalEntry, JournalError, NO_HASH, SealedEntry};
use shared::sync::wire::{
    Change, EntryAnswer, EntryOutcome, PullResponse, PushRequest, PushResponse, Removed, SCHEMA, StockLevel,
};
use uuid::Uuid;

fn entry(sequence: u64, body: EntryBody) -> JournalEntry {
    JournalEntry {
        version: body.version(),
        id: EntryId(Uuid::from_u128(u128::from(sequence))),
        device_id: DeviceId(Uuid::from_u128(70)),
        sequence,
        previous: NO_HASH.to_owned(),
        time: LocalTime { at_ms: 1_795_563_000_000, offset_minutes: 60 },
        staff_id: Some(StaffId(Uuid::from_u128(80))),
        body,
    }
}

fn every_kind() -> Vec<JournalEntry> {
    let line = StockAdjustmentLine {
        product_id: ProductId(Uuid::from_u128(90)),
        sku: "85123A".into(),
        name: "White hanging heart T-light holder".into(),
        quantity: Quantity(-2_000),
        reason: StockReason::WriteOff,
        added_at_ms: 0,
    };
    let adjustment = StockAdjustment {
        number: "A-1".into(),
        lines: vec![line],
        note: Some("broken".into()),
        country: None,
    };
    vec![
        entry(1, EntryBody::SaleCompleted { sale: Box::new(random_sale(&mut Seeded::new(3))) }),
        entry(2, EntryBody::StockAdjusted { adjustment }),
        entry(3, EntryBody::ReceiptReprinted { sale_id: SaleId(Uuid::from_u128(60)) }),
    ]
}

#[test]
fn journal_entries_keep_their_form() {
    assert_json_snapshot!("journal_entries", every_kind());
}

/// What version 2 brought: lines that go back on lines of another sale.
fn version_two() -> Vec<JournalEntry> {
    let mut random = Seeded::new(3);
    let sale = random_sale(&mut random);
    let back = random_cart::return_of(&mut random, &sale, &random_cart::all_of(&sale));
    vec![entry(1, EntryBody::SaleCompleted { sale: Box::new(back) })]
}

/// Every version ever shipped stays readable. The golden file of a version is written once, never again.
#[test]
fn entries_of_every_version_are_read() {
    let golden = [
        (include_str!("golden/journal_v1.json"), 1, every_kind()),
        (include_str!("golden/journal_v2.json"), 2, version_two()),
    ];
    for (text, version, entries) in golden {
        let golden: Vec<SealedEntry> = serde_json::from_str(text).unwrap();
        let read: Vec<JournalEntry> = golden.iter().map(|sealed| sealed.open().unwrap()).collect();
        assert_eq!(read, entries);
        assert!(read.iter().all(|entry| entry.version == version));
    }
}

#[test]
fn an_entry_that_was_touched_is_not_read() {
    let sealed = every_kind()[0].seal().unwrap();
    let touched = SealedEntry { content: sealed.content.replace("Amara", "Anna"), ..sealed.clone() };
    assert_eq!(touched.open(), Err(JournalError::Hash));
    let moved = SealedEntry { sequence: 9, ..sealed.clone() };
    assert_eq!(moved.open(), Err(JournalError::Envelope));
    let newer = JournalEntry { version: ENTRY_VERSION + 1, ..every_kind()[0].clone() }.seal().unwrap();
    assert_eq!(newer.open(), Err(JournalError::Version(ENTRY_VERSION + 1)));
    for text in ["", "{", "[]", "{\"version\":1}", "null"] {
        let hash = shared::sync::journal::fingerprint(text);
        let odd = SealedEntry { content: text.to_owned(), hash, ..sealed.clone() };
        assert!(matches!(odd.open(), Err(JournalError::Unreadable(_))), "{text}");
    }
}

#[test]
fn push_and_pull_keep_their_form() {
    let sealed = every_kind()[2].seal().unwrap();
    let id = sealed.id;
    let push =
        PushRequest { schema: SCHEMA, device_id: DeviceId(Uuid::from_u128(70)), entries: vec![sealed] };
    let answer = |sequence, outcome| EntryAnswer { id, sequence, outcome };
    let answers = vec![
        answer(3, EntryOutcome::Booked),
        answer(
            4,
            EntryOutcome::Kept { reason: "The sale's numbers do not fit: line 1 does not add up.".into() },
        ),
        answer(6, EntryOutcome::OutOfOrder { expected: 5 }),
    ];
    let pushed = PushResponse {
        schema: SCHEMA,
        answers,
        last_sequence: 4,
        last_hash: NO_HASH.into(),
        server_time_ms: 1,
    };
    let level = StockLevel { product_id: ProductId(Uuid::from_u128(90)), quantity: Quantity(214_000) };
    let removed = Removed { kind: "product".into(), id: Uuid::from_u128(91).to_string() };
    let pulled = PullResponse {
        schema: SCHEMA,
        changes: vec![Change::StockLevel(level), Change::Removed(removed)],
        cursor: "opaque".into(),
        more: true,
        start_over: false,
        held_back: false,
        last_sequence: Some(12),
        product_count: 4_241,
        server_time_ms: 1,
    };
    assert_json_snapshot!("push_request", push);
    assert_json_snapshot!("push_response", pushed);
    assert_json_snapshot!("pull_response", pulled);
}
