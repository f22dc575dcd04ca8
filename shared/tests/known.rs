//! Known: what a tablet is told of sales elsewhere, and how much of one can still come back as far as it knows.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "the cart tests use the rest")]
mod random_cart;

use random_cart::{Seeded, random_sale};
use shared::ids::{DeviceId, EntryId, SaleId};
use shared::money::Quantity;
use shared::sale::{BackSoFar, Condition, KnownSale, LineReturned, Origin, Sale};
use shared::sync::journal::{EntryBody, JournalEntry, NO_HASH};
use shared::sync::unsent::Unsent;
use shared::sync::wire::Change;
use uuid::Uuid;

fn lines(lines: &[(u32, i64)]) -> BackSoFar {
    lines.iter().map(|(line, pieces)| (*line, Quantity::pieces(*pieces).unwrap())).collect()
}

fn known(returned: &[(u32, i64)]) -> KnownSale {
    let returned = lines(returned).into_iter().map(|(line, quantity)| LineReturned { line, quantity });
    KnownSale { sale: random_sale(&mut Seeded::new(1)), returned: returned.collect() }
}

/// A sale in which this much of a line of another one comes back.
fn taking_back(of: &Sale, line: u32, pieces: i64) -> Sale {
    let mut sale = random_sale(&mut Seeded::new(2));
    sale.lines.truncate(1);
    sale.lines[0].origin = Some(Origin::of(of, line, None, Condition::Restock));
    sale.lines[0].quantity = Quantity::pieces(-pieces).unwrap();
    sale
}

#[test]
fn what_was_told_and_what_is_unsent_are_added_and_no_less_than_was_taken_back_here() {
    for (told, unsent, here, back) in [
        (&[][..], &[][..], &[][..], &[][..]),
        (&[(1, 2)], &[], &[], &[(1, 2)]),
        // The other tablet's two, and one of here that the server does not know yet.
        (&[(1, 2)], &[(1, 1)], &[(1, 1)], &[(1, 3)]),
        // What was sent is in what was told: it does not count twice.
        (&[(1, 3)], &[], &[(1, 1)], &[(1, 3)]),
        // Sent, and not told of yet.
        (&[], &[], &[(1, 1)], &[(1, 1)]),
        (&[(2, 1)], &[(1, 1)], &[(1, 1)], &[(1, 1), (2, 1)]),
    ] {
        let so_far = known(told).back_so_far(&lines(unsent), &lines(here)).unwrap();
        assert_eq!(so_far, lines(back), "{told:?} {unsent:?} {here:?}");
    }
    let too_much = LineReturned { line: 1, quantity: Quantity(i64::MAX) };
    let known = KnownSale { returned: vec![too_much], ..known(&[]) };
    assert!(known.back_so_far(&lines(&[(1, 1)]), &lines(&[])).is_err());
}

#[test]
fn what_came_back_here_is_unsent_until_it_is_heard_of() {
    let (first, second) = (known(&[]).sale, random_sale(&mut Seeded::new(5)));
    let mut unsent = Unsent::default();
    unsent.add(1, Some(&taking_back(&first, 1, 2)));
    unsent.add(2, Some(&taking_back(&first, 1, 1)));
    let entry = JournalEntry {
        version: 2,
        id: EntryId(Uuid::from_u128(1)),
        device_id: DeviceId(Uuid::from_u128(7)),
        sequence: 3,
        previous: NO_HASH.to_owned(),
        time: first.time,
        staff_id: None,
        body: EntryBody::SaleCompleted { sale: Box::new(taking_back(&second, 4, 1)) },
        approvals: Vec::new(),
    };
    unsent.read(&[entry.seal().unwrap()]);
    let nowhere = SaleId(Uuid::from_u128(99));
    for (heard_of, of_first, of_second) in
        [(0, &[(1, 3)][..], &[(4, 1)][..]), (1, &[(1, 1)], &[(4, 1)]), (2, &[], &[(4, 1)]), (9, &[], &[])]
    {
        unsent.heard_of(heard_of);
        assert_eq!(unsent.returned(first.id), lines(of_first), "{heard_of}");
        assert_eq!(unsent.returned(second.id), lines(of_second), "{heard_of}");
        assert_eq!(unsent.returned(nowhere), lines(&[]));
    }
}

#[test]
fn a_sale_travels_as_a_change_and_names_nobody_who_was_erased() {
    let mut told = known(&[(1, 2)]);
    told.sale.customer.name = Some("Ada Byron".into());
    let text = serde_json::to_string(&Change::Sale(Box::new(told.clone()))).unwrap();
    assert!(text.starts_with(r#"{"kind":"sale","value":{"sale":{"id":"#), "{text}");
    let read: Change = shared::json::read(text.as_bytes()).unwrap();
    assert_eq!(read, Change::Sale(Box::new(told.clone())));
    told.forget_customer();
    assert!(!serde_json::to_string(&told).unwrap().contains("Ada"));
}
