//! Planted: faults put into the rules on purpose, so that the simulator can show that it would find them.
//! Lives here: their names, and the question "is this one in?". It is asked at the very place where the right code is.
//! May use: nothing. Never: the feature `planted` in anything that is shipped; without it every answer is a constant no.
//! Invariant: at most one is in at a time, on one thread.

macro_rules! faults {
    ($($(#[$what:meta])* $name:ident,)+) => {
        /// A fault that can be put in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Planted {
            $($(#[$what])* $name,)+
        }

        /// All of them.
        pub const ALL: &[Planted] = &[$(Planted::$name,)+];
    };
}

faults! {
    /// The register counts entries as answered for when they are sent.
    AnsweredWhenSent,
    /// The register takes a lost answer for a yes.
    LostAnswerIsYes,
    /// The register skips what the server asks for again.
    SkipsWhatIsMissing,
    /// The register goes on in the feed although a page could not be kept.
    CursorBeforePage,
    /// The register does not start over when the server says so.
    NeverStartsOver,
    /// "Synced" is shown while something waits.
    SyncedTooSoon,
    /// Every tab sends, not only the owner.
    EveryTabSends,
    /// A register that was told it is an old copy goes on.
    OldCopyGoesOn,
    /// At sign-in the register does not look how far the server's records reach.
    NeverLooksBack,
    /// The next number is what the tab remembers, not what the transaction reads.
    NumberFromMemory,
    /// Receipt numbers are counted by the tab.
    ReceiptFromMemory,
    /// Answered entries are forgotten at once.
    ForgetsAtOnce,
    /// A sale is promised when it is written, not when it is on the disk.
    PromisedWhenWritten,
    /// A sale is recorded in a transaction that is not flushed.
    Relaxed,
    /// A second try is sent as a new record.
    NewIdOnRetry,
    /// The server knows entries by their place alone.
    KnownByPlace,
    /// The server does not look for what it knows already.
    KnowsNothing,
    /// The server takes an entry whose predecessor is missing.
    TakesGaps,
    /// The server books what an unpaired tablet sends.
    BooksUnpaired,
    /// The server makes a tablet wait for ever with what it cannot book.
    RefusesMisfits,
    /// The server keeps, rather than books, what a clock ahead of it has made.
    DistrustsClocks,
    /// The server answers before it commits.
    AnswersBeforeCommit,
    /// What cannot be booked is kept without its content.
    KeptWithoutContent,
    /// A stock level is written over, not added to.
    LevelOverwritten,
    /// What has come back of a line is written over, not added to.
    ReturnedOverwritten,
    /// What came back twice is nobody's business.
    ReturnsUnflagged,
    /// Stock levels do not get into the feed.
    LevelsOutsideFeed,
    /// A first load goes on from where the feed ends when the load ends.
    LoadFollowsFromEnd,
    /// A push is checked by any key of the shop.
    AnyKeyOpens,
    /// Unpairing a tablet forgets what it still held.
    UnsentForgotten,
    /// An entry is kept as this release would write it, not to the byte.
    WrittenAnew,
    /// A tablet may be erased with entries that were not answered for.
    ErasesUnsent,
    /// The server knows entries by their id alone, whichever shop's they are.
    KnownAcrossShops,
    /// The open shift is not moved by the sales.
    ShiftMissesSales,
    /// A cash movement is booked with the wrong sign.
    CashMovedWrongWay,
    /// How often a coupon was used is written over, not added to.
    CouponUsesOverwritten,
    /// A coupon used too often is nobody's business.
    CouponsUnflagged,
    /// Tablets do not hear how often a coupon was used.
    CouponUsesUntold,
    /// Every approval counts as sound, whoever gave it.
    ApprovalUnchecked,
    /// Approvals are not noted in the books.
    ApprovalLost,
    /// That an approval is missing is nobody's business.
    ApprovalMissed,
    /// A terminal that has not answered is told again what to charge.
    RetryWithoutAsking,
    /// A charge is kept only once the terminal has made it.
    IntentAfterCharge,
    /// A change of a customer overwrites what somebody else wrote meanwhile.
    CustomerOverwritten,
    /// The books note a change of a known customer and do not make it.
    CustomerEditLost,
    /// Tablets are not told of a customer written down at another one.
    CustomerUntold,
    /// What was written down of a customer who was erased stays in the journal.
    ErasedStaysInJournal,
    /// The balance of an account is what the last sale moved on it.
    BalanceOverwritten,
    /// Nobody is told that more was taken from an account than may be.
    OverdrawnUnflagged,
    /// Tablets are not told what was moved on an account.
    BalanceUntold,
    /// Tablets are not told of points.
    PointsUntold,
    /// Points of a customer who was merged stay with the old record.
    PointsStayBehind,
    /// Points of what comes back are those of whoever brings it.
    PointsOfWhoeverBrings,
    /// Tablets keep the name of whoever was erased on the receipts they know.
    ErasedStaysOnReceipts,
    /// What is paid on a layaway is written over, not added to.
    DepositOverwritten,
    /// Nobody is asked about money that goes back in another way.
    OtherWayUnasked,
}

#[cfg(feature = "planted")]
mod now {
    use super::Planted;
    use std::cell::Cell;

    thread_local! {
        static IN: Cell<Option<Planted>> = const { Cell::new(None) };
    }

    /// Puts a fault in on this thread, or takes it out.
    pub fn plant(fault: Option<Planted>) {
        IN.set(fault);
    }

    /// Which is in on this thread?
    pub fn planted() -> Option<Planted> {
        IN.get()
    }

    /// Is it in?
    pub fn is_planted(fault: Planted) -> bool {
        IN.get() == Some(fault)
    }
}

/// Is it in? Never, in what is shipped.
#[cfg(not(feature = "planted"))]
#[inline(always)]
pub const fn is_planted(_: Planted) -> bool {
    false
}

#[cfg(feature = "planted")]
pub use now::{is_planted, plant, planted};
