//! Server side of push: what becomes of an entry, given what is known of its device.
//! Lives here: the order rule, replays, forks, and what is kept for a manager.
//! May use: journal, wire. Never: SQL; `backend::app` loads the ledger, asks here, and stores what is decided.
//! Invariant: a whole entry is always taken or waited for, never refused; the ledger moves by exactly one.

use super::journal::{EntryBody, JournalEntry, NO_HASH, SealedEntry};
use super::wire::EntryOutcome;
use crate::ids::DeviceId;
use crate::planted::{Planted, is_planted};
use crate::shift::ShiftFault;

/// What the server knows of a device's journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLedger {
    /// Whose.
    pub device_id: DeviceId,
    /// Still trusted?
    pub revoked: bool,
    /// Last sequence taken; 0 before the first.
    pub last_sequence: u64,
    /// Hash of that entry; [`NO_HASH`] before the first.
    pub last_hash: String,
}

impl DeviceLedger {
    /// Of a device that has recorded nothing yet.
    pub fn new(device_id: DeviceId) -> Self {
        Self { device_id, revoked: false, last_sequence: 0, last_hash: NO_HASH.to_owned() }
    }
}

/// What the server finds already stored under the entry's id or fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEntry {
    /// Its fingerprint.
    pub hash: String,
    /// What was answered then.
    pub outcome: EntryOutcome,
}

/// What to do with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Book it and move the ledger to it.
    Book(Box<JournalEntry>),
    /// Keep it whole, flag it, and move the ledger to it where it continues the journal.
    Keep {
        /// Why, for a person.
        reason: String,
        /// Does it continue the journal?
        moves_ledger: bool,
    },
    /// It is here already: answer what was answered then.
    Replay(EntryOutcome),
    /// Something before it is missing.
    Wait {
        /// The sequence waited for.
        expected: u64,
    },
}

/// The fingerprint that must be known here before a push that begins with this entry is judged: that of the entry before,
/// where it is not the one the ledger stands at. Otherwise the device is asked for that one first: it was answered for in
/// books that are gone since a backup was brought back, and a copy of the device has taken its place.
pub fn must_be_known(ledger: &DeviceLedger, first: &SealedEntry) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Before {
        previous: String,
    }
    let in_order = (2..=ledger.last_sequence.saturating_add(1)).contains(&first.sequence);
    if !in_order || !first.is_whole() {
        return None;
    }
    let Before { previous } = crate::json::read(first.content.as_bytes()).ok()?;
    (previous != ledger.last_hash).then_some(previous)
}

/// Judges one entry.
pub fn judge(ledger: &DeviceLedger, entry: &SealedEntry, known: Option<&KnownEntry>) -> Judgement {
    if is_planted(Planted::KnownByPlace) && entry.sequence <= ledger.last_sequence {
        return Judgement::Replay(EntryOutcome::Booked);
    }
    let known = known.filter(|_| !is_planted(Planted::KnowsNothing));
    if let Some(known) = known.filter(|known| known.hash == entry.hash) {
        return Judgement::Replay(known.outcome.clone());
    }
    let next = ledger.last_sequence.saturating_add(1);
    if entry.sequence > next && !is_planted(Planted::TakesGaps) {
        return Judgement::Wait { expected: next };
    }
    let moves_ledger = entry.sequence >= next;
    let keep = |reason: &str| Judgement::Keep { reason: reason.to_owned(), moves_ledger };
    if known.is_some() {
        return keep("Another record with the same id is already here.");
    }
    if !moves_ledger {
        return keep(
            "The tablet has used this place in its journal twice: it was copied, or restored from an old copy.",
        );
    }
    if ledger.revoked && !is_planted(Planted::BooksUnpaired) {
        return keep("The tablet was unpaired before it sent this.");
    }
    match entry.open() {
        Err(error) => keep(&format!("The record cannot be read: {error}.")),
        Ok(open) => judge_content(ledger, open, moves_ledger),
    }
}

fn judge_content(ledger: &DeviceLedger, entry: JournalEntry, moves_ledger: bool) -> Judgement {
    let keep = |reason: String| Judgement::Keep { reason, moves_ledger };
    if entry.device_id != ledger.device_id {
        return keep("The record names another tablet.".to_owned());
    }
    if entry.previous != ledger.last_hash && !is_planted(Planted::TakesGaps) {
        return keep("The record does not continue the tablet's journal.".to_owned());
    }
    if let Err(fault) = check_body(&entry.body) {
        return keep(fault);
    }
    Judgement::Book(Box::new(entry))
}

/// What must hold in a record by itself, or what is wrong with it, for a person.
fn check_body(body: &EntryBody) -> Result<(), String> {
    let of_drawer = |fault: ShiftFault| format!("The record of the drawer does not fit: {fault}.");
    match body {
        EntryBody::SaleCompleted { sale } => {
            sale.check().map_err(|fault| format!("The sale's numbers do not fit: {fault}."))
        }
        EntryBody::ShiftOpened { opening } => opening.check().map_err(of_drawer),
        EntryBody::CashMoved { movement } => movement.check().map_err(of_drawer),
        EntryBody::DrawerCounted { count } => count.count.check().map_err(|fault| of_drawer(fault.into())),
        EntryBody::DrawerOpened { drawer } => drawer.check().map_err(of_drawer),
        EntryBody::ShiftClosed { closing } => closing.check().map_err(of_drawer),
        EntryBody::StockAdjusted { .. }
        | EntryBody::ReceiptReprinted { .. }
        | EntryBody::CustomerEdited { .. } => Ok(()),
    }
}

/// The ledger after a judgement: moved by one, or as it was.
pub fn advance(ledger: &DeviceLedger, entry: &SealedEntry, judgement: &Judgement) -> DeviceLedger {
    let moves = match judgement {
        Judgement::Book(_) => true,
        Judgement::Keep { moves_ledger, .. } => *moves_ledger,
        Judgement::Replay(_) | Judgement::Wait { .. } => false,
    };
    let mut after = ledger.clone();
    if moves {
        after.last_sequence = entry.sequence;
        after.last_hash.clone_from(&entry.hash);
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::LocalTime;
    use crate::ids::{EntryId, SaleId};
    use uuid::Uuid;

    fn device() -> DeviceId {
        DeviceId(Uuid::from_u128(7))
    }

    fn entry(sequence: u64, previous: &str, id: u128) -> SealedEntry {
        JournalEntry {
            version: 1,
            id: EntryId(Uuid::from_u128(id)),
            device_id: device(),
            sequence,
            previous: previous.to_owned(),
            time: LocalTime { at_ms: 0, offset_minutes: 0 },
            staff_id: None,
            body: EntryBody::ReceiptReprinted { sale_id: SaleId(Uuid::nil()) },
            approvals: Vec::new(),
        }
        .seal()
        .unwrap()
    }

    #[test]
    fn exactly_the_next_entry_is_booked() {
        let ledger = DeviceLedger::new(device());
        let first = entry(1, NO_HASH, 1);
        let judgement = judge(&ledger, &first, None);
        assert!(matches!(judgement, Judgement::Book(_)));
        let ledger = advance(&ledger, &first, &judgement);
        assert_eq!((ledger.last_sequence, &ledger.last_hash), (1, &first.hash));
        assert_eq!(judge(&ledger, &entry(3, "x", 3), None), Judgement::Wait { expected: 2 });
        assert!(matches!(judge(&ledger, &entry(2, &first.hash, 2), None), Judgement::Book(_)));
    }

    #[test]
    fn a_repeat_gets_the_first_answer() {
        let ledger = DeviceLedger { last_sequence: 1, ..DeviceLedger::new(device()) };
        let first = entry(1, NO_HASH, 1);
        let outcome = EntryOutcome::Kept { reason: "as then".into() };
        let known = KnownEntry { hash: first.hash.clone(), outcome: outcome.clone() };
        assert_eq!(judge(&ledger, &first, Some(&known)), Judgement::Replay(outcome));
    }

    #[test]
    fn what_cannot_be_booked_is_kept_and_does_not_block_what_follows() {
        let ledger = DeviceLedger::new(device());
        let mut torn = entry(1, NO_HASH, 1);
        torn.content.push(' ');
        let judgement = judge(&ledger, &torn, None);
        assert!(matches!(&judgement, Judgement::Keep { moves_ledger: true, .. }));
        assert_eq!(advance(&ledger, &torn, &judgement).last_sequence, 1);
        let chain = judge(&ledger, &entry(1, "ff", 1), None);
        assert!(matches!(chain, Judgement::Keep { moves_ledger: true, .. }));
    }

    #[test]
    fn a_copied_tablet_is_flagged_and_nothing_is_lost() {
        let ledger = DeviceLedger { last_sequence: 4, last_hash: "aa".into(), ..DeviceLedger::new(device()) };
        let fork = judge(&ledger, &entry(3, "bb", 99), None);
        assert!(matches!(&fork, Judgement::Keep { moves_ledger: false, .. }));
        let revoked = DeviceLedger { revoked: true, ..ledger };
        assert!(matches!(
            judge(&revoked, &entry(5, "aa", 5), None),
            Judgement::Keep { moves_ledger: true, .. }
        ));
    }
}
