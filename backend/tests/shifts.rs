//! Shifts: drawers from float to count, and a store's days, told on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, Journal, NOON, part};
use shared::api::{CloseDayRequest, DayRow, ShiftRow};
use shared::ids::LineId;
use shared::money::{Minor, UnitPrice};
use shared::sale::LineKind;
use shared::shift::CashMovementKind;
use shared::sync::journal::{EntryBody, SealedEntry};
use shared::sync::wire::EntryOutcome;
use shared::tax::LineTax;
use tillbridge::app::{AppError, days, shifts};
use tillbridge::clock::FreshIds;
use tillbridge::store::access;

on_both_engines!(
    a_drawer_from_float_to_count,
    a_shift_that_goes_on_ends_where_the_next_begins,
    a_report_that_misses_a_sale_does_not_agree,
    a_close_that_does_not_add_up_is_kept,
    a_day_is_closed_once_and_what_comes_later_is_numbered,
    what_is_given_on_top_is_named_by_itself,
    closing_names_who_still_holds_sales,
    copies_of_a_tablet_never_book_one_receipt_number_twice,
);

async fn rows(house: &House) -> Vec<ShiftRow> {
    shifts::list(&house.app, house.organisation_id, None, None).await.unwrap().rows
}

async fn push(house: &House, tablet: &house::Tablet, entries: &[SealedEntry]) {
    let answer = house.push(tablet, entries).await.unwrap();
    assert!(answer.answers.iter().all(|answer| answer.outcome == EntryOutcome::Booked), "{answer:?}");
}

async fn a_drawer_from_float_to_count(house: House) {
    let mut tablet = house.tablet().await;
    let mut drawer = Journal::of(&tablet);
    let mut entries = vec![drawer.open_shift(10_000)];
    let sold = drawer.sale(&tablet.sell("101", &[("22423", 2), ("85123A", 1)], &house.shelf));
    entries.push(sold.clone());
    // 2 × 12.75 + 2.55 = 28.05 came in; one cakestand goes back for 12.75.
    let back = drawer.sale(&tablet.give_back(None, &sold, &[part(1, 1, 0)], &house.shelf));
    entries.push(back);
    entries.push(drawer.move_cash(CashMovementKind::PayIn, 2_000));
    entries.push(drawer.move_cash(CashMovementKind::PayOut, 450));
    entries.push(drawer.move_cash(CashMovementKind::Drop, 5_000));
    push(&house, &tablet, &entries).await;
    let open = rows(&house).await.remove(0);
    assert_eq!((open.expected, open.counted, open.closed.clone()), (Minor(8_080), None, None));
    push(&house, &tablet, &[drawer.close_shift(8_000)]).await;
    let row = rows(&house).await.remove(0);
    assert_eq!((row.expected, row.counted, row.agrees), (Minor(8_080), Some(Minor(8_000)), true));
    assert_eq!((row.opened.as_str(), row.closed_by.as_deref()), ("2026-06-21 12:00", Some("Priya")));
    let whole = shifts::shift(&house.app, house.organisation_id, row.id).await.unwrap();
    let closing = whole.closing.unwrap();
    assert_eq!((closing.expected, closing.variance), (Minor(8_080), Minor(-80)));
    let figures = &closing.figures;
    assert_eq!((figures.sales, figures.returns), (1, 1));
    assert_eq!((figures.sold, figures.returned, figures.total), (Minor(2_805), Minor(1_275), Minor(1_530)));
    assert_eq!(figures.taxes.len(), 1);
    assert_eq!(figures.tenders[0].amount, Minor(1_530));
}

async fn a_shift_that_goes_on_ends_where_the_next_begins(house: House) {
    let mut tablet = house.tablet().await;
    let mut drawer = Journal::of(&tablet);
    let first = drawer.open_shift(1_000);
    let closed = drawer.close_shift(1_000);
    // Sold while no shift was open: it is in no drawer's report.
    let between = drawer.sale(&tablet.sell("101", &[("22423", 1)], &house.shelf));
    let second = drawer.open_shift(2_275);
    let sold = drawer.sale(&tablet.sell("102", &[("85123A", 1)], &house.shelf));
    push(&house, &tablet, &[first, closed, between, second, sold]).await;
    let rows = rows(&house).await;
    let mut expected: Vec<(u64, Minor)> = rows.iter().map(|row| (row.number, row.expected)).collect();
    expected.sort();
    assert_eq!(expected, [(1, Minor(1_000)), (2, Minor(2_530))]);
    assert!(rows.iter().all(|row| row.agrees));
}

async fn a_report_that_misses_a_sale_does_not_agree(house: House) {
    let mut tablet = house.tablet().await;
    let mut drawer = Journal::of(&tablet);
    let opened = drawer.open_shift(1_000);
    let figures = drawer.counters.shift.clone();
    let sold = drawer.sale(&tablet.sell("101", &[("22423", 1)], &house.shelf));
    // A tablet that has forgotten the sale when it closes.
    drawer.counters.shift = figures;
    push(&house, &tablet, &[opened, sold, drawer.close_shift(1_000)]).await;
    let row = rows(&house).await.remove(0);
    assert_eq!((row.expected, row.agrees), (Minor(2_275), false));
}

async fn a_close_that_does_not_add_up_is_kept(house: House) {
    let tablet = house.tablet().await;
    let mut drawer = Journal::of(&tablet);
    let opened = drawer.open_shift(1_000);
    let mut wrong = drawer.close_shift(1_000).open().unwrap();
    if let EntryBody::ShiftClosed { closing } = &mut wrong.body {
        closing.expected = Minor(900);
    }
    let answer = house.push(&tablet, &[opened, wrong.seal().unwrap()]).await.unwrap();
    let EntryOutcome::Kept { reason } = &answer.answers[1].outcome else { panic!("{answer:?}") };
    assert_eq!(reason, "The record of the drawer does not fit: the figures of the shift do not add up.");
    assert_eq!(rows(&house).await[0].closed, None);
}

async fn copies_of_a_tablet_never_book_one_receipt_number_twice(house: House) {
    let mut tablet = house.tablet().await;
    let mut drawer = Journal::of(&tablet);
    let first = drawer.sale(&tablet.sell("101", &[("22423", 1)], &house.shelf));
    let mut copy = Journal::of(&tablet);
    copy.counters = drawer.counters.clone();
    let second = drawer.sale(&tablet.sell("102", &[("22423", 1)], &house.shelf));
    push(&house, &tablet, &[first, second]).await;
    // The copy has done more with its drawer, so its own 102 comes at a place of the journal that is free.
    let (opened, moved) = (copy.open_shift(1_000), copy.move_cash(CashMovementKind::PayIn, 100));
    let (again, after) = (
        copy.sale(&tablet.sell("102", &[("85123A", 1)], &house.shelf)),
        copy.sale(&tablet.sell("103", &[("85123A", 1)], &house.shelf)),
    );
    let answer = house.push(&tablet, &[opened, moved, again, after]).await.unwrap();
    let kept: Vec<bool> =
        answer.answers.iter().map(|answer| matches!(answer.outcome, EntryOutcome::Kept { .. })).collect();
    assert_eq!(kept, [true, true, true, false]);
    let EntryOutcome::Kept { reason } = &answer.answers[2].outcome else { panic!() };
    assert_eq!(reason, "Another sale has the receipt number 102: the tablet was copied.");
    assert_eq!(house.count("sales").await, 3);
}

async fn days_of(house: &House) -> Vec<DayRow> {
    let store = house.shelf.store.id;
    days::list(&house.app, house.organisation_id, store, None, NOON.at_ms).await.unwrap()
}

async fn a_day_is_closed_once_and_what_comes_later_is_numbered(house: House) {
    let (mut first, mut second) = (house.tablet().await, house.tablet().await);
    let early = first.sell("101", &[("22423", 1)], &house.shelf);
    let late = second.sell("102", &[("85123A", 2)], &house.shelf);
    let later = second.sell("103", &[("85123A", 1)], &house.shelf);
    push(&house, &first, &[early]).await;
    let request = CloseDayRequest { store_id: house.shelf.store.id, day: NOON.day() };
    let close = || days::close_day(&house.app, house.organisation_id, request, "Priya", NOON.at_ms);
    let closing = close().await.unwrap();
    assert_eq!((closing.number, closing.amounts[0].total), (1, Minor(1_275)));
    assert_eq!(closing.amounts[0].tenders[0].amount, Minor(1_275));
    assert_eq!(closing.amounts[0].taxes[0].percent.as_deref(), Some("20"));
    assert!(matches!(close().await, Err(AppError::Conflict(_))));
    for (sale, number, total) in [(late, 2, 510), (later, 3, 255)] {
        push(&house, &second, &[sale]).await;
        // Two managers look at the same time: it is numbered once.
        let (_, mut days) = tokio::join!(days_of(&house), days_of(&house));
        let day = days.remove(0);
        assert_eq!((day.open, day.closings.len()), (0, number));
        assert_eq!(day.closings[0], closing, "the close is as it was");
        let supplement = day.closings.last().unwrap();
        assert_eq!((supplement.number, supplement.amounts[0].total), (number as u64, Minor(total)));
    }
    // Nothing new: nothing more is numbered.
    assert_eq!(days_of(&house).await[0].closings.len(), 3);
    assert_eq!((days_of(&house).await[0].sales, days_of(&house).await[0].total), (3, Minor(2_040)));
}

async fn what_is_given_on_top_is_named_by_itself(house: House) {
    let mut tablet = house.tablet().await;
    let mut journal = Journal::of(&tablet);
    let entry = tablet.sell("101", &[("22423", 1)], &house.shelf);
    let EntryBody::SaleCompleted { mut sale } = entry.open().unwrap().body else { panic!("no sale") };
    let net = sale.net;
    for (kind, amount) in [(LineKind::Tip, Minor(150)), (LineKind::Donation, Minor(75))] {
        let mut line = sale.lines[0].clone();
        (line.id, line.kind) = (LineId::fresh(&mut FreshIds), kind);
        (line.product_id, line.tax_category_id, line.stocked) = (None, None, false);
        line.list_price = UnitPrice::from_minor(amount, sale.currency).unwrap();
        (line.unit_price, line.before_discounts, line.amount) = (line.list_price, amount, amount);
        line.tax = LineTax { net: amount, gross: amount, ..LineTax::default() };
        sale.lines.push(line);
        for sum in [&mut sale.net, &mut sale.total, &mut sale.tenders[0].amount] {
            *sum = sum.plus(amount).unwrap();
        }
    }
    assert_eq!(sale.check(), Ok(()));
    let total = sale.total;
    let entry = journal.record(EntryBody::SaleCompleted { sale });
    assert_eq!(entry.open().unwrap().version, 7);
    house.booked(&tablet, &[entry]).await;
    let request = CloseDayRequest { store_id: house.shelf.store.id, day: NOON.day() };
    let closing =
        days::close_day(&house.app, house.organisation_id, request, "Priya", NOON.at_ms).await.unwrap();
    let amounts = &closing.amounts[0];
    assert_eq!((amounts.tips, amounts.donations, amounts.paid_in), (Minor(150), Minor(75), Minor::ZERO));
    assert_eq!((amounts.net, amounts.total), (net, total), "no turnover, and in the drawer all the same");
}

async fn closing_names_who_still_holds_sales(house: House) {
    let (tablet, other) = (house.tablet().await, house.tablet().await);
    let mut tx = house.app.db.write_for(house.organisation_id).await.unwrap();
    let recorded = Some(3);
    access::heard_of(&mut tx, house.organisation_id, other.device_id, recorded, NOON.at_ms).await.unwrap();
    tx.commit().await.unwrap();
    let beside = |device| shifts::waiting_beside(&house.app, house.organisation_id, device);
    let waiting = beside(tablet.device_id).await.unwrap();
    assert_eq!(waiting.iter().map(|tablet| tablet.unsent).collect::<Vec<_>>(), [3]);
    assert_eq!(beside(other.device_id).await.unwrap(), [], "it knows its own");
    let request = CloseDayRequest { store_id: house.shelf.store.id, day: NOON.day() };
    let closing =
        days::close_day(&house.app, house.organisation_id, request, "Priya", NOON.at_ms).await.unwrap();
    assert_eq!((closing.amounts.len(), closing.waiting.len()), (0, 1));
}
