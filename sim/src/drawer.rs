//! Drawer: what a cashier does with it, and whether the books hold it right in the end.
//! Lives here: shifts opened, cash moved, drawers counted and closed by chance; the check of I7.
//! May use: tablet, books, the shared rules. Never: the network.
//! Invariant: what is recorded is what the shipped counters allow.

use crate::books::Entry;
use crate::shop::Shop;
use crate::tablet::Tablet;
use shared::calendar::LocalTime;
use shared::ids::{EntryId, ShiftId};
use shared::money::Minor;
use shared::shift::{
    CashCount, CashMovement, CashMovementKind, Counted, DrawerCount, DrawerOpening, ShiftClosing,
    ShiftOpening,
};
use shared::sync::device::Numbers;
use shared::sync::journal::{EntryBody, JournalEntry, SealedEntry};
use std::collections::BTreeMap;
use tillbridge::replay::chance::Chance;

/// Now and then something is done with the drawer in place of a sale.
pub fn act(
    tablet: &Tablet,
    shop: &Shop,
    numbers: &Numbers,
    now_ms: i64,
    chance: &mut Chance,
) -> Option<SealedEntry> {
    if tablet.older || tablet.newer || !chance.percent(20) {
        return None;
    }
    let time = LocalTime { at_ms: tablet.clock(now_ms), offset_minutes: tablet.offset_minutes };
    let body = body(shop, numbers, time, chance)?;
    let entry = JournalEntry {
        version: body.version(),
        id: EntryId::fresh(&mut chance.ids(time.at_ms)),
        device_id: tablet.paired.device_id,
        sequence: numbers.sequence,
        previous: numbers.previous.clone(),
        time,
        staff_id: Some(shop.clerk.id),
        body,
        approvals: Vec::new(),
    };
    entry.seal().ok()
}

fn body(shop: &Shop, numbers: &Numbers, time: LocalTime, chance: &mut Chance) -> Option<EntryBody> {
    let staff_name = "Priya".to_owned();
    let mut amount = || Minor(i64::try_from(1 + chance.below(20_000)).unwrap_or(1));
    let (some, more) = (amount(), amount());
    let Some(figures) = numbers.shift.as_deref() else {
        let opening = ShiftOpening {
            shift_id: ShiftId::fresh(&mut chance.ids(time.at_ms)),
            number: numbers.shift_number,
            currency: shop.rules.store.currency,
            staff_name,
            float: CashCount::sum_only(some).ok()?,
        };
        return Some(EntryBody::ShiftOpened { opening });
    };
    Some(match chance.below(6) {
        0..3 => {
            let kind = CashMovementKind::ALL[chance.below(CashMovementKind::ALL.len())];
            EntryBody::CashMoved {
                movement: CashMovement { kind, amount: some, reason: "Stamps".into(), staff_name },
            }
        }
        3 => {
            let count = CashCount::sum_only(some).ok()?;
            let expected = figures.expected_cash();
            let count = DrawerCount { count, expected, staff_name, handed_to: None, handed_to_name: None };
            EntryBody::DrawerCounted { count }
        }
        4 => EntryBody::DrawerOpened { drawer: DrawerOpening { reason: "Change".into(), staff_name } },
        _ => {
            let counted = Counted {
                count: CashCount::sum_only(some.max(more)).ok()?,
                left: some.min(more),
                foreign: Vec::new(),
                note: None,
                staff_name,
                waiting: Vec::new(),
            };
            let closing = ShiftClosing::of(figures.clone(), counted).ok()?;
            EntryBody::ShiftClosed { closing: Box::new(closing) }
        }
    })
}

/// I7: the books have every amount of cash once, and a shift that was closed should hold what its tablet said. A shift of
/// which a record was kept for a manager may differ: that is what the manager is shown.
pub fn check(entries: &[Entry], lines: &BTreeMap<String, i64>, wrong: &mut Vec<String>) {
    let mut expected = BTreeMap::new();
    let mut shifts: BTreeMap<&str, Option<i64>> = BTreeMap::new();
    for entry in entries {
        let shift = shifts.entry(&entry.device_id).or_default();
        let body = (entry.state == "booked").then(|| entry.open()).flatten().map(|open| open.body);
        let Some(body) = body else {
            *shift = None;
            continue;
        };
        let amount = match &body {
            EntryBody::SaleCompleted { sale } => sale.cash().0,
            EntryBody::CashMoved { movement } => movement.kind.signed(movement.amount).0,
            EntryBody::ShiftOpened { opening } => {
                *shift = Some(0);
                opening.float.total.0
            }
            EntryBody::ShiftClosed { closing } => {
                if shift.take().is_some_and(|sum| sum != closing.expected.0) {
                    wrong.push(format!(
                        "I7: shift {} should hold {} by its tablet, and something else by the books",
                        closing.figures.number, closing.expected.0
                    ));
                }
                0
            }
            _ => 0,
        };
        if let Some(sum) = shift {
            *sum += amount;
        }
        if amount != 0 || matches!(body, EntryBody::ShiftOpened { .. }) {
            expected.insert(entry.hash.clone(), amount);
        }
    }
    if expected != *lines {
        wrong.push("I7: the cash in the books is not what went in and out of the drawers".to_owned());
    }
}
