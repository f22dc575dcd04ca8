//! Device: what a tablet must keep of its journal, and the numbers it gives out.
//! Lives here: counters, what the server has answered for, where the feed stands, and how each of them moves.
//! May use: journal. Never: a database; whoever keeps these runs each step inside one durable transaction.
//! Invariant: numbers only grow, and only in the transaction that records what they name.

use super::journal::{NO_HASH, SealedEntry};
use crate::planted::{Planted, is_planted};
use serde::{Deserialize, Serialize};

/// How many answered entries and their sales stay on the device: a server restored from a backup asks for them again.
pub const KEEP_ANSWERED: u64 = 5_000;

/// Numbers given out so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Last place in the journal.
    pub sequence: u64,
    /// Hash of the entry there.
    pub last_hash: String,
    /// Receipts numbered.
    pub receipts: u64,
}

impl Default for Counters {
    fn default() -> Self {
        Self { sequence: 0, last_hash: NO_HASH.to_owned(), receipts: 0 }
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
}

/// The entry was made with another number than it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the entry has another number than it was given")]
pub struct WrongNumber;

impl Counters {
    /// What the next entry gets.
    pub fn next(&self) -> Numbers {
        Numbers {
            sequence: self.sequence.saturating_add(1),
            previous: self.last_hash.clone(),
            receipt: self.receipts.saturating_add(1),
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

    /// After recording an entry; `numbered` says whether it took a receipt number.
    ///
    /// # Errors
    /// When the entry was not made with the numbers given out.
    pub fn after(&self, entry: &SealedEntry, numbered: bool) -> Result<Self, WrongNumber> {
        let next = self.next();
        if entry.sequence != next.sequence {
            return Err(WrongNumber);
        }
        let receipts = if numbered { next.receipt } else { self.receipts };
        Ok(Self { sequence: next.sequence, last_hash: entry.hash.clone(), receipts })
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
