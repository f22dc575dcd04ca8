//! Device: what a tablet must keep of its journal, and the numbers it gives out.
//! Lives here: counters, what the server has answered for, where the feed stands, and how each of them moves.
//! May use: journal, shift. Never: a database; whoever keeps these runs each step inside one durable transaction.
//! Invariant: numbers only grow, and only in the transaction that records what they name.

use super::journal::{EntryBody, JournalEntry, JournalError, NO_HASH, SealedEntry};
use crate::planted::{Planted, is_planted};
use crate::shift::{ShiftFault, ShiftFigures};
use serde::{Deserialize, Serialize};

/// How many answered entries and their sales stay on the device: a server restored from a backup asks for them again.
pub const KEEP_ANSWERED: u64 = 5_000;

/// Numbers given out so far, and the shift that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Last place in the journal.
    pub sequence: u64,
    /// Hash of the entry there.
    pub last_hash: String,
    /// Receipts numbered.
    pub receipts: u64,
    /// Shifts numbered.
    #[serde(default)]
    pub shifts: u64,
    /// The shift that is open, as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<Box<ShiftFigures>>,
}

impl Default for Counters {
    fn default() -> Self {
        Self { sequence: 0, last_hash: NO_HASH.to_owned(), receipts: 0, shifts: 0, shift: None }
    }
}

/// The next numbers, inside the transaction that will use them.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// Place in the journal.
    pub sequence: u64,
    /// Hash of the entry before.
    pub previous: String,
    /// Count of the next receipt.
    pub receipt: u64,
    /// Number of the next shift.
    pub shift_number: u64,
    /// The shift that is open.
    pub shift: Option<Box<ShiftFigures>>,
}

/// Why an entry is not recorded. Nothing has moved then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// It was made with another number than it was given.
    #[error("the entry has another number than it was given")]
    WrongNumber,
    /// The drawer does not allow it now.
    #[error(transparent)]
    Shift(#[from] ShiftFault),
    /// It cannot be written.
    #[error(transparent)]
    Unwritable(#[from] JournalError),
}

impl Counters {
    /// What the next entry gets.
    pub fn next(&self) -> Numbers {
        Numbers {
            sequence: self.sequence.saturating_add(1),
            previous: self.last_hash.clone(),
            receipt: self.receipts.saturating_add(1),
            shift_number: self.shifts.saturating_add(1),
            shift: self.shift.clone(),
        }
    }

    /// Recorded and not answered for: while there is any, the tablet's storage is not erased by anybody's wish.
    pub fn unsent(&self, answered: &Answered) -> u64 {
        self.after_place(answered.to)
    }

    /// Recorded after a place: what a server lacks whose record of this journal ends there.
    pub fn after_place(&self, place: u64) -> u64 {
        if is_planted(Planted::ErasesUnsent) {
            return 0;
        }
        self.sequence.saturating_sub(place)
    }

    /// Seals an entry made with the numbers given out, and says what the counters are once it is recorded.
    ///
    /// # Errors
    /// See [`RecordFault`].
    pub fn record(&self, entry: &JournalEntry) -> Result<(SealedEntry, Self), RecordFault> {
        let sealed = entry.seal()?;
        let after = self.after(&sealed, entry)?;
        Ok((sealed, after))
    }

    /// After recording an entry that is sealed already.
    ///
    /// # Errors
    /// See [`RecordFault`].
    pub fn after(&self, sealed: &SealedEntry, entry: &JournalEntry) -> Result<Self, RecordFault> {
        let next = self.next();
        if entry.sequence != next.sequence || entry.previous != next.previous {
            return Err(RecordFault::WrongNumber);
        }
        let (shifts, shift) = self.shift_after(entry)?;
        let receipts = if entry.body.sale().is_some() { next.receipt } else { self.receipts };
        Ok(Self { sequence: next.sequence, last_hash: sealed.hash.clone(), receipts, shifts, shift })
    }

    /// The open shift after an entry. A sale may be recorded without one; what is about a drawer may not.
    fn shift_after(&self, entry: &JournalEntry) -> Result<(u64, Option<Box<ShiftFigures>>), ShiftFault> {
        let mut shift = self.shift.clone();
        let open = shift.as_deref_mut();
        match &entry.body {
            EntryBody::SaleCompleted { sale } => {
                if let Some(open) = open.filter(|_| !is_planted(Planted::ShiftMissesSales)) {
                    open.take_sale(sale);
                }
            }
            EntryBody::ReceiptReprinted { .. } => {
                if let Some(open) = open {
                    open.reprints = open.reprints.saturating_add(1);
                }
            }
            EntryBody::StockAdjusted { .. } | EntryBody::CustomerEdited { .. } => {}
            EntryBody::ShiftOpened { opening } => {
                opening.check()?;
                if open.is_some() {
                    return Err(ShiftFault::Open);
                }
                if opening.number != self.shifts.saturating_add(1) {
                    return Err(ShiftFault::Other);
                }
                return Ok((opening.number, Some(Box::new(ShiftFigures::begin(opening, entry.time)))));
            }
            EntryBody::CashMoved { movement } => {
                movement.check()?;
                open.ok_or(ShiftFault::NotOpen)?.movements.push(movement.clone());
            }
            EntryBody::DrawerCounted { count } => {
                count.count.check()?;
                open.ok_or(ShiftFault::NotOpen)?.counts.push(count.clone());
            }
            EntryBody::DrawerOpened { drawer } => {
                drawer.check()?;
                if let Some(open) = open {
                    open.drawer_openings = open.drawer_openings.saturating_add(1);
                }
            }
            EntryBody::ShiftClosed { closing } => {
                closing.check()?;
                if open.map(|open| &*open) != Some(&closing.figures) {
                    return Err(ShiftFault::Other);
                }
                return Ok((self.shifts, None));
            }
        }
        Ok((self.shifts, shift))
    }
}

/// What the server has answered for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Up to this entry.
    pub to: u64,
    /// Entries the server keeps for a manager, with its reason.
    pub kept: Vec<(u64, String)>,
}

impl Answered {
    /// A server restored from a backup may have gone back; what it kept after that point is no longer so.
    #[must_use]
    pub fn after(&self, to: u64, kept: &[(u64, String)]) -> Self {
        let mut all: Vec<(u64, String)> = self.kept.iter().filter(|(at, _)| *at <= to).cloned().collect();
        let news: Vec<_> =
            kept.iter().filter(|(at, _)| all.iter().all(|(known, _)| known != at)).cloned().collect();
        all.extend(news);
        Self { to, kept: all }
    }

    /// Entries up to this one, and their sales, need not stay on the device; none while all must.
    pub fn may_forget_to(&self) -> Option<u64> {
        let keep = if is_planted(Planted::ForgetsAtOnce) { 0 } else { KEEP_ANSWERED };
        self.to.checked_sub(keep)
    }
}

/// Where the feed of changes stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Where the next pull goes on.
    pub cursor: Option<String>,
    /// Has the first load come to its end?
    pub loaded: bool,
    /// Products the server has.
    pub product_count: u64,
}
