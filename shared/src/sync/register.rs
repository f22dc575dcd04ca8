//! Register side of sync: when to push, when to pull, when to wait, and what to show.
//! Lives here: one state machine. The browser (and the simulator) feeds it inputs and carries out its outputs.
//! May use: journal, wire. Never: fetch, IndexedDB, timers: those are outputs.
//! Invariant: `acked` moves only by an answer for those very entries; "synced" is never shown while something waits.

use super::device::{Answered, Counters, Feed};
use super::journal::SealedEntry;
use super::wire::{EntryOutcome, PullResponse, PushResponse, SCHEMA};
use crate::planted::{Planted, is_planted};
use serde::{Deserialize, Serialize};

/// What the register knows of its own sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterSync {
    /// Last sequence recorded on this device.
    pub last: u64,
    /// Last sequence the server has answered for.
    pub acked: u64,
    /// Entries the server keeps for a manager.
    pub kept: u64,
    /// Where the next pull goes on; none before the first.
    pub cursor: Option<String>,
    /// Is the first load of the catalogue complete?
    pub loaded: bool,
    /// Is there a network, as far as the browser can tell?
    pub online: bool,
    /// Is this the tab that owns queue, numbers and printer?
    pub owner: bool,
    /// Why nothing is sent any more, if so.
    pub stopped: Option<Stop>,
    /// Device clock minus server clock at the last answer, ms.
    pub skew_ms: i64,
    /// Did the last request reach the server?
    pub reached: bool,
    push: Lane,
    pull: Lane,
    pull_wanted: bool,
    /// `acked` when the pull under way was begun.
    acked_when_asked: u64,
}

/// A request that can be under way, or waiting to be tried again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lane {
    busy: bool,
    failures: u32,
    retry_at_ms: i64,
}

impl Lane {
    /// May it be tried now? A wait longer than any that is given means that the clock was set back meanwhile.
    fn is_due(&self, now_ms: i64) -> bool {
        now_ms >= self.retry_at_ms || self.retry_at_ms.saturating_sub(now_ms) > LAST_RETRY_MS
    }
}

/// Why a register has stopped sending. Its records stay on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// A manager has unpaired it. What it has recorded is still handed in, for a manager to look at; nothing comes back but
    /// how far the server has its journal.
    Unpaired,
    /// The server has records of this device that the device itself does not: it was restored from an old copy.
    OldCopy,
    /// The server needs entries that this device no longer has.
    Forgotten,
    /// The server speaks a newer protocol: the app must be updated.
    Outdated,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The device store was opened.
    Opened {
        /// Last sequence recorded.
        last: u64,
        /// Last sequence answered for.
        acked: u64,
        /// Entries the server keeps for a manager.
        kept: u64,
        /// Where the feed stands.
        cursor: Option<String>,
        /// Was the first load complete?
        loaded: bool,
    },
    /// This tab has become the owner, or is no longer.
    Owner(bool),
    /// The browser says there is a network, or none.
    Network(bool),
    /// An entry was recorded and is durable.
    Recorded {
        /// Its sequence.
        sequence: u64,
    },
    /// Entries asked for with [`Output::Load`].
    Loaded(Vec<SealedEntry>),
    /// The server answered a push.
    Pushed(PushResponse),
    /// A push failed.
    PushFailed(Failure),
    /// [`Output::Acknowledge`] is durable.
    Acknowledged {
        /// How many entries the server keeps for a manager, in all.
        kept: u64,
    },
    /// The server answered a pull.
    Pulled(PullResponse),
    /// A pull failed.
    PullFailed(Failure),
    /// [`Output::Apply`] or [`Output::StartOver`] is durable.
    Applied,
    /// [`Output::Apply`] could not be made durable; the feed stands where it stood before.
    NotApplied {
        /// Where that is.
        cursor: Option<String>,
        /// Was the first load complete there?
        loaded: bool,
    },
    /// [`Output::SignIn`] was done.
    SignedIn {
        /// The last sequence the server holds of this device.
        last_sequence: u64,
        /// The server's clock, epoch ms.
        server_time_ms: i64,
    },
    /// [`Output::SignIn`] was not.
    SignInFailed(Failure),
    /// The server says something changed.
    Changed,
    /// A time asked for with [`Output::WakeAt`] has come, or a person pressed "Try now".
    Woken {
        /// Do not wait for the next try.
        now: bool,
    },
}

impl Input {
    /// The device store was opened, and this is in it.
    pub fn opened(counters: &Counters, answered: &Answered, feed: &Feed) -> Self {
        Self::Opened {
            last: counters.sequence,
            acked: answered.to,
            kept: u64::try_from(answered.kept.len()).unwrap_or(u64::MAX),
            cursor: feed.cursor.clone(),
            loaded: feed.loaded,
        }
    }
}

/// Why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer: no network, a timeout, half an answer. The server may have taken it.
    NoAnswer,
    /// The server is busy or broken.
    Server,
    /// The server does not know the device any more.
    Unpaired,
    /// The server does not understand this release.
    Outdated,
    /// The device's sign-in has run out.
    SignIn,
    /// The device's own store would not read or write just now; the server is not to blame.
    Store,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Read entries from the device store, then give [`Input::Loaded`].
    Load {
        /// First sequence.
        from: u64,
        /// At most so many.
        most: usize,
    },
    /// Send entries, or none to hear how far the server is; then give [`Input::Pushed`] or [`Input::PushFailed`].
    Push(Vec<SealedEntry>),
    /// Make durable that entries up to here are answered for, and what the server keeps.
    Acknowledge {
        /// Last sequence answered for.
        to: u64,
        /// Sequences the server keeps for a manager, with its reason.
        kept: Vec<(u64, String)>,
    },
    /// Ask for changes, then give [`Input::Pulled`] or [`Input::PullFailed`].
    Pull {
        /// From where.
        cursor: Option<String>,
    },
    /// Make a page of changes and its cursor durable in one transaction, then give [`Input::Applied`].
    Apply(PullResponse),
    /// Forget the catalogue (never the journal), then give [`Input::Applied`].
    StartOver,
    /// Sign the device in, then give [`Input::SignedIn`] or [`Input::SignInFailed`].
    SignIn,
    /// Give [`Input::Woken`] at this time, epoch ms.
    WakeAt(i64),
}

/// What the cashier sees of it, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// Everything recorded is answered for.
    Synced,
    /// So many wait to be sent, and sending goes on.
    Waiting {
        /// How many.
        waiting: u64,
    },
    /// No connection; so many wait.
    Offline {
        /// How many.
        waiting: u64,
    },
    /// The server keeps some for a manager.
    Refused {
        /// How many.
        kept: u64,
        /// How many wait beside them.
        waiting: u64,
    },
    /// Nothing is sent any more.
    Stopped {
        /// Why.
        why: Stop,
        /// How many are still here.
        waiting: u64,
    },
}

impl SyncStatus {
    /// The same, when so many more wait than it knew of.
    pub fn and_waiting(self, more: u64) -> Self {
        match self {
            _ if more == 0 => self,
            Self::Synced => Self::Waiting { waiting: more },
            Self::Waiting { waiting } => Self::Waiting { waiting: waiting.saturating_add(more) },
            Self::Offline { waiting } => Self::Offline { waiting: waiting.saturating_add(more) },
            Self::Refused { kept, waiting } => Self::Refused { kept, waiting: waiting.saturating_add(more) },
            Self::Stopped { why, waiting } => Self::Stopped { why, waiting: waiting.saturating_add(more) },
        }
    }
}

const MOST_PER_PUSH: usize = super::wire::MOST_ENTRIES;
const FIRST_RETRY_MS: i64 = 1_000;
const LAST_RETRY_MS: i64 = 60_000;

impl Default for RegisterSync {
    fn default() -> Self {
        Self {
            last: 0,
            acked: 0,
            kept: 0,
            cursor: None,
            loaded: false,
            online: true,
            owner: false,
            stopped: None,
            skew_ms: 0,
            reached: false,
            push: Lane::default(),
            pull: Lane::default(),
            pull_wanted: true,
            acked_when_asked: 0,
        }
    }
}

impl RegisterSync {
    /// What a tab that becomes the owner goes on from, before it is told what is on the disk: only what was recorded in
    /// it, which may not have been in what it read.
    #[must_use]
    pub fn taken_over(&self) -> Self {
        Self { last: self.last, ..Self::default() }
    }

    /// What to show.
    pub fn status(&self) -> SyncStatus {
        let waiting = self.last.saturating_sub(self.acked);
        match (self.stopped, self.kept) {
            (Some(why), _) => SyncStatus::Stopped { why, waiting },
            _ if !self.online || (self.push.failures.max(self.pull.failures) > 0 && !self.reached) => {
                SyncStatus::Offline { waiting }
            }
            (None, kept) if kept > 0 => SyncStatus::Refused { kept, waiting },
            _ if waiting > 0 && !is_planted(Planted::SyncedTooSoon) => SyncStatus::Waiting { waiting },
            _ => SyncStatus::Synced,
        }
    }
}

/// One step.
pub fn step(state: RegisterSync, input: Input, now_ms: i64) -> (RegisterSync, Vec<Output>) {
    let mut state = state;
    let mut outputs = Vec::new();
    match input {
        Input::Opened { last, acked, kept, cursor, loaded } => {
            state.last = last.max(state.last);
            state.acked = acked.max(state.acked);
            state.kept = kept;
            state.cursor = cursor;
            state.loaded = loaded;
        }
        Input::Owner(owner) => state.owner = owner,
        Input::Network(online) => {
            state.online = online;
            if online {
                state.push.retry_at_ms = 0;
                state.pull.retry_at_ms = 0;
                state.pull_wanted = true;
            }
        }
        Input::Recorded { sequence } => state.last = state.last.max(sequence),
        Input::Loaded(entries) => loaded(&mut state, entries, &mut outputs),
        Input::Pushed(response) => pushed(&mut state, &response, now_ms, &mut outputs),
        Input::PushFailed(failure) => failed(&mut state, failure, Which::Push, now_ms, &mut outputs),
        Input::Acknowledged { kept } => {
            state.kept = kept;
            state.push.busy = false;
        }
        Input::Pulled(response) => pulled(&mut state, response, now_ms, &mut outputs),
        Input::PullFailed(failure) => failed(&mut state, failure, Which::Pull, now_ms, &mut outputs),
        Input::Applied => state.pull.busy = false,
        Input::NotApplied { cursor, loaded } => {
            if !is_planted(Planted::CursorBeforePage) {
                state.cursor = cursor;
                state.loaded = loaded;
            }
            failed(&mut state, Failure::Store, Which::Pull, now_ms, &mut outputs);
        }
        Input::SignedIn { last_sequence, server_time_ms } => {
            state.reached = true;
            state.skew_ms = now_ms.saturating_sub(server_time_ms);
            signed_in(&mut state, last_sequence, &mut outputs);
        }
        Input::SignInFailed(failure) => told(&mut state, failure, &mut outputs),
        Input::Changed => state.pull_wanted = true,
        Input::Woken { now } => {
            if now {
                state.push.retry_at_ms = 0;
                state.pull.retry_at_ms = 0;
                state.pull_wanted = true;
            }
        }
    }
    go_on(&mut state, now_ms, &mut outputs);
    (state, outputs)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Push,
    Pull,
}

/// Starts what can be started now, or asks to be woken when it can.
fn go_on(state: &mut RegisterSync, now_ms: i64, outputs: &mut Vec<Output>) {
    let handing_in = matches!(state.stopped, None | Some(Stop::Unpaired));
    let owner = state.owner || is_planted(Planted::EveryTabSends);
    if !owner || !state.online || !handing_in {
        return;
    }
    let mut wake_at_ms = i64::MAX;
    if !state.push.busy && state.acked < state.last {
        if state.push.is_due(now_ms) {
            state.push.busy = true;
            outputs.push(Output::Load { from: state.acked.saturating_add(1), most: MOST_PER_PUSH });
        } else {
            wake_at_ms = wake_at_ms.min(state.push.retry_at_ms);
        }
    }
    if !state.push.busy && state.pull_wanted && state.stopped.is_some() {
        if state.push.is_due(now_ms) {
            state.push.busy = true;
            state.pull_wanted = false;
            outputs.push(Output::Push(Vec::new()));
        } else {
            wake_at_ms = wake_at_ms.min(state.push.retry_at_ms);
        }
    }
    if !state.pull.busy && state.pull_wanted && state.stopped.is_none() {
        if state.pull.is_due(now_ms) {
            state.pull.busy = true;
            state.pull_wanted = false;
            state.acked_when_asked = state.acked;
            outputs.push(Output::Pull { cursor: state.cursor.clone() });
        } else {
            wake_at_ms = wake_at_ms.min(state.pull.retry_at_ms);
        }
    }
    if wake_at_ms != i64::MAX {
        outputs.push(Output::WakeAt(wake_at_ms));
    }
}

fn loaded(state: &mut RegisterSync, entries: Vec<SealedEntry>, outputs: &mut Vec<Output>) {
    if entries.first().is_some_and(|first| first.sequence == state.acked.saturating_add(1)) {
        if is_planted(Planted::AnsweredWhenSent) {
            state.acked = entries.last().map_or(state.acked, |last| last.sequence);
        }
        outputs.push(Output::Push(entries));
    } else {
        // The store no longer has what the server waits for; nothing may be skipped.
        state.push.busy = false;
        state.stopped = Some(Stop::Forgotten);
    }
}

fn pushed(state: &mut RegisterSync, response: &PushResponse, now_ms: i64, outputs: &mut Vec<Output>) {
    reached(state, Which::Push, response.server_time_ms, now_ms);
    if response.schema != SCHEMA {
        state.push.busy = false;
        state.stopped = Some(Stop::Outdated);
        return;
    }
    if response.last_sequence > state.last && !is_planted(Planted::OldCopyGoesOn) {
        state.push.busy = false;
        state.stopped = Some(Stop::OldCopy);
        return;
    }
    if response.answers.is_empty() {
        state.push.busy = false;
        look_back(state, response.last_sequence, state.acked, outputs);
        return;
    }
    let mut to = state.acked;
    let mut kept = Vec::new();
    for answer in &response.answers {
        match &answer.outcome {
            EntryOutcome::OutOfOrder { expected } => {
                // The server knows less than it answered before (restored from a backup): send again from there.
                if is_planted(Planted::SkipsWhatIsMissing) {
                    to = answer.sequence;
                } else if *expected <= to {
                    to = expected.saturating_sub(1);
                }
                break;
            }
            EntryOutcome::Booked if answer.sequence == to.saturating_add(1) => to = answer.sequence,
            EntryOutcome::Kept { reason } if answer.sequence == to.saturating_add(1) => {
                to = answer.sequence;
                kept.push((answer.sequence, reason.clone()));
            }
            EntryOutcome::Booked | EntryOutcome::Kept { .. } => break,
        }
    }
    if to == state.acked {
        // An answer that moves nothing must not spin.
        state.push.busy = false;
        back_off(&mut state.push, now_ms);
        return;
    }
    if state.stopped == Some(Stop::Unpaired)
        && response.answers.iter().any(|a| a.outcome == EntryOutcome::Booked)
    {
        // Only a paired register's entries are booked: it was another shop's server that did not know it.
        state.stopped = None;
        state.pull_wanted = true;
    }
    state.acked = to;
    state.kept = state.kept.saturating_add(u64::try_from(kept.len()).unwrap_or(0));
    outputs.push(Output::Acknowledge { to, kept });
}

fn pulled(state: &mut RegisterSync, response: PullResponse, now_ms: i64, outputs: &mut Vec<Output>) {
    reached(state, Which::Pull, response.server_time_ms, now_ms);
    if response.schema != SCHEMA {
        state.pull.busy = false;
        state.stopped = Some(Stop::Outdated);
        return;
    }
    let went_back = response.last_sequence.is_some_and(|last| last < state.acked_when_asked);
    if let Some(last_sequence) = response.last_sequence {
        look_back(state, last_sequence, state.acked_when_asked, outputs);
    }
    if state.stopped.is_some() || (response.start_over && is_planted(Planted::NeverStartsOver)) {
        state.pull.busy = false;
    } else if response.start_over || went_back {
        // The feed of a server that went back has gone back too, and may have passed by since.
        state.cursor = None;
        state.loaded = false;
        state.pull_wanted = true;
        outputs.push(Output::StartOver);
    } else {
        state.cursor = Some(response.cursor.clone());
        state.pull_wanted |= response.more;
        if response.held_back && !response.more {
            state.pull_wanted = true;
            state.pull.retry_at_ms = now_ms.saturating_add(FIRST_RETRY_MS);
        }
        state.loaded |= !response.more;
        outputs.push(Output::Apply(response));
    }
}

fn signed_in(state: &mut RegisterSync, last_sequence: u64, outputs: &mut Vec<Output>) {
    look_back(state, last_sequence, state.acked, outputs);
    if state.stopped == Some(Stop::OldCopy) {
        return;
    }
    state.pull_wanted = true;
    // A server that takes the sign-in and still asks for one must not spin.
    if state.pull.failures <= 1 {
        state.pull.retry_at_ms = 0;
    }
}

/// Server and register compare how far the journal has come. A server that was restored from a backup has less than it
/// has answered for, and gets the rest again; a push under way is told so by its own answer. A server that has more than
/// the device itself has met another copy of it.
fn look_back(state: &mut RegisterSync, last_sequence: u64, answered: u64, outputs: &mut Vec<Output>) {
    if last_sequence > state.last && !is_planted(Planted::OldCopyGoesOn) {
        state.stopped = Some(Stop::OldCopy);
    } else if last_sequence < answered && !state.push.busy && !is_planted(Planted::NeverLooksBack) {
        state.acked = last_sequence;
        state.push.busy = true;
        outputs.push(Output::Acknowledge { to: last_sequence, kept: Vec::new() });
    }
}

fn reached(state: &mut RegisterSync, which: Which, server_time_ms: i64, now_ms: i64) {
    state.reached = true;
    state.skew_ms = now_ms.saturating_sub(server_time_ms);
    let lane = if which == Which::Push { &mut state.push } else { &mut state.pull };
    lane.failures = 0;
    lane.retry_at_ms = 0;
}

fn failed(state: &mut RegisterSync, failure: Failure, which: Which, now_ms: i64, outputs: &mut Vec<Output>) {
    let lane = if which == Which::Push { &mut state.push } else { &mut state.pull };
    lane.busy = false;
    back_off(lane, now_ms);
    if which == Which::Push && failure == Failure::NoAnswer && is_planted(Planted::LostAnswerIsYes) {
        state.acked = state.last;
        outputs.push(Output::Acknowledge { to: state.last, kept: Vec::new() });
    }
    if which == Which::Pull {
        state.pull_wanted = true;
    }
    told(state, failure, outputs);
}

fn told(state: &mut RegisterSync, failure: Failure, outputs: &mut Vec<Output>) {
    match failure {
        Failure::NoAnswer | Failure::Server => state.reached = false,
        Failure::Unpaired => state.stopped = Some(Stop::Unpaired),
        Failure::Outdated => state.stopped = Some(Stop::Outdated),
        Failure::SignIn => outputs.push(Output::SignIn),
        Failure::Store => {}
    }
}

fn back_off(lane: &mut Lane, now_ms: i64) {
    lane.failures = lane.failures.saturating_add(1);
    let doubled = FIRST_RETRY_MS
        .saturating_mul(1_i64.checked_shl(lane.failures.min(7).saturating_sub(1)).unwrap_or(64));
    lane.retry_at_ms = now_ms.saturating_add(doubled.min(LAST_RETRY_MS));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::EntryId;
    use crate::sync::wire::EntryAnswer;
    use uuid::Uuid;

    fn open(last: u64, acked: u64) -> RegisterSync {
        let opened = Input::Opened { last, acked, kept: 0, cursor: Some("c".into()), loaded: true };
        let (state, outputs) = step(RegisterSync::default(), opened, 0);
        assert!(outputs.is_empty(), "a tab that is not the owner does nothing");
        let (state, _) = step(state, Input::Owner(true), 0);
        state
    }

    fn entry(sequence: u64) -> SealedEntry {
        let id = EntryId(Uuid::from_u128(u128::from(sequence)));
        SealedEntry { id, sequence, hash: String::new(), content: String::new() }
    }

    fn answers(sequences: std::ops::RangeInclusive<u64>, outcome: &EntryOutcome) -> PushResponse {
        PushResponse {
            schema: SCHEMA,
            last_sequence: *sequences.end(),
            last_hash: String::new(),
            server_time_ms: 0,
            answers: sequences
                .map(|sequence| EntryAnswer { id: entry(sequence).id, sequence, outcome: outcome.clone() })
                .collect(),
        }
    }

    #[test]
    fn a_recorded_sale_is_pushed_and_only_its_answer_clears_it() {
        let (state, outputs) = step(open(0, 0), Input::Recorded { sequence: 1 }, 0);
        assert_eq!(outputs, [Output::Load { from: 1, most: MOST_PER_PUSH }]);
        assert_eq!(state.status(), SyncStatus::Waiting { waiting: 1 });
        let (state, outputs) = step(state, Input::Loaded(vec![entry(1)]), 0);
        assert_eq!(outputs, [Output::Push(vec![entry(1)])]);
        let (state, outputs) = step(state, Input::Recorded { sequence: 2 }, 0);
        assert_eq!(outputs, [], "one push at a time");
        let (state, outputs) = step(state, Input::Pushed(answers(1..=1, &EntryOutcome::Booked)), 0);
        assert_eq!(outputs, [Output::Acknowledge { to: 1, kept: vec![] }]);
        let (state, outputs) = step(state, Input::Acknowledged { kept: 0 }, 0);
        assert_eq!(outputs, [Output::Load { from: 2, most: MOST_PER_PUSH }]);
        assert_eq!(state.status(), SyncStatus::Waiting { waiting: 1 });
    }

    #[test]
    fn a_lost_answer_is_asked_for_again_with_the_same_entries() {
        let (state, _) = step(open(1, 0), Input::Loaded(vec![entry(1)]), 0);
        let (state, outputs) = step(state, Input::PushFailed(Failure::NoAnswer), 10);
        assert_eq!(outputs, [Output::WakeAt(1_010)]);
        assert_eq!(state.status(), SyncStatus::Offline { waiting: 1 });
        let (state, outputs) = step(state, Input::Woken { now: false }, 1_010);
        assert_eq!(outputs, [Output::Load { from: 1, most: MOST_PER_PUSH }]);
        assert_eq!(state.acked, 0);
    }

    #[test]
    fn a_clock_set_back_does_not_make_a_day_of_a_minute() {
        let hour_ms = 3_600_000;
        let (state, _) = step(open(1, 0), Input::Loaded(vec![entry(1)]), 25 * hour_ms);
        let (state, _) = step(state, Input::PushFailed(Failure::NoAnswer), 25 * hour_ms);
        let (_, outputs) = step(state, Input::Woken { now: false }, 1_000);
        assert_eq!(outputs, [Output::Load { from: 1, most: MOST_PER_PUSH }]);
    }

    #[test]
    fn a_server_restored_from_a_backup_gets_the_entries_again() {
        let state = open(10, 9);
        let (state, _) = step(state, Input::Loaded(vec![entry(10)]), 0);
        let response =
            PushResponse { last_sequence: 4, ..answers(10..=10, &EntryOutcome::OutOfOrder { expected: 5 }) };
        let (state, outputs) = step(state, Input::Pushed(response), 0);
        assert_eq!(outputs, [Output::Acknowledge { to: 4, kept: vec![] }]);
        assert_eq!(state.status(), SyncStatus::Waiting { waiting: 6 });
    }

    #[test]
    fn a_device_restored_from_an_old_copy_stops() {
        let (state, _) = step(open(3, 2), Input::Loaded(vec![entry(3)]), 0);
        let response = PushResponse { last_sequence: 8, ..answers(3..=3, &EntryOutcome::Booked) };
        let (state, outputs) = step(state, Input::Pushed(response), 0);
        assert_eq!(outputs, []);
        assert_eq!(state.status(), SyncStatus::Stopped { why: Stop::OldCopy, waiting: 1 });
    }

    #[test]
    fn what_the_server_keeps_is_shown_and_does_not_block() {
        let (state, _) = step(open(2, 0), Input::Loaded(vec![entry(1), entry(2)]), 0);
        let kept = EntryOutcome::Kept { reason: "numbers".into() };
        let (state, _) = step(state, Input::Pushed(answers(1..=2, &kept)), 0);
        assert_eq!(state.status(), SyncStatus::Refused { kept: 2, waiting: 0 });
        assert_eq!(state.acked, 2);
    }

    #[test]
    fn an_answer_for_other_entries_clears_nothing() {
        let (state, _) = step(open(5, 2), Input::Loaded(vec![entry(3)]), 0);
        let (state, outputs) = step(state, Input::Pushed(answers(5..=5, &EntryOutcome::Booked)), 0);
        assert_eq!(state.acked, 2);
        assert_eq!(outputs, [Output::WakeAt(1_000)]);
    }

    #[test]
    fn pages_follow_one_another_until_the_feed_is_read() {
        let page = |more| PullResponse {
            schema: SCHEMA,
            changes: vec![],
            cursor: "n".into(),
            more,
            start_over: false,
            held_back: false,
            last_sequence: None,
            product_count: 0,
            server_time_ms: 0,
        };
        let state = open(0, 0);
        let (state, outputs) = step(state, Input::Pulled(page(true)), 0);
        assert_eq!(outputs, [Output::Apply(page(true))]);
        let (state, outputs) = step(state, Input::Applied, 0);
        assert_eq!(outputs, [Output::Pull { cursor: Some("n".into()) }]);
        let (state, _) = step(state, Input::Pulled(page(false)), 0);
        let (state, outputs) = step(state, Input::Applied, 0);
        assert_eq!(outputs, []);
        assert!(state.loaded);
    }

    #[test]
    fn what_cannot_be_read_yet_is_asked_for_again() {
        let page = PullResponse {
            schema: SCHEMA,
            changes: vec![],
            cursor: "n".into(),
            more: false,
            start_over: false,
            held_back: true,
            last_sequence: None,
            product_count: 0,
            server_time_ms: 0,
        };
        let (state, _) = step(open(0, 0), Input::Pulled(page), 0);
        let (state, outputs) = step(state, Input::Applied, 0);
        assert_eq!(outputs, [Output::WakeAt(FIRST_RETRY_MS)]);
        let (_, outputs) = step(state, Input::Woken { now: false }, FIRST_RETRY_MS);
        assert_eq!(outputs, [Output::Pull { cursor: Some("n".into()) }]);
    }

    #[test]
    fn an_unpaired_register_hands_in_what_it_has_and_gets_nothing_more() {
        let (state, _) = step(open(1, 0), Input::PullFailed(Failure::Unpaired), 0);
        assert_eq!(state.status(), SyncStatus::Stopped { why: Stop::Unpaired, waiting: 1 });
        let (state, outputs) = step(state, Input::Loaded(vec![entry(1)]), 0);
        assert_eq!(outputs, [Output::Push(vec![entry(1)])]);
        let kept = EntryOutcome::Kept { reason: "unpaired".into() };
        let (state, _) = step(state, Input::Pushed(answers(1..=1, &kept)), 0);
        let (state, outputs) = step(state, Input::Acknowledged { kept: 1 }, 0);
        assert_eq!(outputs, [Output::Push(vec![])], "it asks for nothing any more but how far the server is");
        assert_eq!(state.status(), SyncStatus::Stopped { why: Stop::Unpaired, waiting: 0 });
        let here = |last_sequence| {
            Input::Pushed(PushResponse {
                last_sequence,
                answers: vec![],
                ..answers(1..=1, &EntryOutcome::Booked)
            })
        };
        let (state, outputs) = step(state, here(1), 0);
        assert_eq!(outputs, []);
        // A backup from before was brought back: what it lacks is handed in again.
        let (state, _) = step(state, Input::Changed, 120_000);
        let (state, outputs) = step(state, here(0), 120_000);
        assert_eq!(outputs, [Output::Acknowledge { to: 0, kept: vec![] }]);
        assert_eq!(state.status(), SyncStatus::Stopped { why: Stop::Unpaired, waiting: 1 });
        let (_, outputs) = step(state, Input::Acknowledged { kept: 0 }, 120_000);
        assert_eq!(outputs, [Output::Load { from: 1, most: MOST_PER_PUSH }]);
    }

    #[test]
    fn a_register_that_another_shops_server_did_not_know_goes_on_at_home() {
        let (state, _) = step(open(1, 0), Input::PushFailed(Failure::Unpaired), 0);
        let (state, _) = step(state, Input::PullFailed(Failure::Unpaired), 0);
        assert_eq!(state.status(), SyncStatus::Stopped { why: Stop::Unpaired, waiting: 1 });
        let (state, outputs) = step(state, Input::Woken { now: true }, 1_000);
        assert_eq!(outputs, [Output::Load { from: 1, most: MOST_PER_PUSH }]);
        let (state, _) = step(state, Input::Loaded(vec![entry(1)]), 1_000);
        let (state, outputs) = step(state, Input::Pushed(answers(1..=1, &EntryOutcome::Booked)), 1_000);
        assert!(outputs.contains(&Output::Pull { cursor: Some("c".into()) }));
        let (state, _) = step(state, Input::Acknowledged { kept: 0 }, 1_000);
        assert_eq!(state.status(), SyncStatus::Synced);
    }

    #[test]
    fn a_page_that_was_not_kept_is_asked_for_again() {
        let page = PullResponse {
            schema: SCHEMA,
            changes: vec![],
            cursor: "n".into(),
            more: false,
            start_over: false,
            held_back: false,
            last_sequence: None,
            product_count: 0,
            server_time_ms: 0,
        };
        let (state, _) = step(open(0, 0), Input::Pulled(page), 0);
        let not = Input::NotApplied { cursor: Some("c".into()), loaded: false };
        let (state, outputs) = step(state, not, 0);
        assert_eq!(outputs, [Output::WakeAt(1_000)]);
        assert_eq!(state.status(), SyncStatus::Synced, "the server was reached");
        assert!(!state.loaded);
        let (_, outputs) = step(state, Input::Woken { now: false }, 1_000);
        assert_eq!(outputs, [Output::Pull { cursor: Some("c".into()) }]);
    }

    #[test]
    fn a_sign_in_that_has_run_out_is_renewed_without_spinning() {
        let (state, outputs) = step(open(0, 0), Input::PullFailed(Failure::SignIn), 0);
        assert_eq!(outputs, [Output::SignIn, Output::WakeAt(1_000)]);
        let signed_in = Input::SignedIn { last_sequence: 0, server_time_ms: 0 };
        let (state, outputs) = step(state, signed_in.clone(), 0);
        assert_eq!(outputs, [Output::Pull { cursor: Some("c".into()) }], "at once");
        let (state, _) = step(state, Input::PullFailed(Failure::SignIn), 0);
        let (_, outputs) = step(state, signed_in, 0);
        assert_eq!(outputs, [Output::WakeAt(2_000)], "but not again and again");
    }

    #[test]
    fn a_pull_shows_that_the_server_went_back_even_if_nothing_is_left_to_send() {
        let page = |last_sequence| {
            Input::Pulled(PullResponse {
                schema: SCHEMA,
                changes: vec![],
                cursor: "n".into(),
                more: false,
                start_over: false,
                held_back: false,
                last_sequence: Some(last_sequence),
                product_count: 0,
                server_time_ms: 0,
            })
        };
        let (state, outputs) = step(open(9, 9), page(4), 0);
        assert_eq!(outputs, [Output::Acknowledge { to: 4, kept: vec![] }, Output::StartOver]);
        assert_eq!(state.status(), SyncStatus::Waiting { waiting: 5 });
        let (_, outputs) = step(state, Input::Acknowledged { kept: 0 }, 0);
        assert_eq!(outputs, [Output::Load { from: 5, most: MOST_PER_PUSH }]);
        let (state, _) = step(open(9, 9), page(12), 0);
        assert_eq!(state.status(), SyncStatus::Stopped { why: Stop::OldCopy, waiting: 0 });

        // An answer given before a push was booked, and heard after it, says nothing of the kind.
        let (state, _) = step(open(10, 9), Input::Loaded(vec![entry(10)]), 0);
        let (state, _) = step(state, Input::Pushed(answers(10..=10, &EntryOutcome::Booked)), 0);
        let (state, outputs) = step(state, page(9), 0);
        assert!(matches!(outputs.as_slice(), [Output::Apply(_)]), "{outputs:?}");
        assert_eq!(state.acked, 10);
    }

    #[test]
    fn signing_in_shows_what_a_restored_server_has_lost_and_what_an_old_copy_of_the_tablet_lacks() {
        let signed_in = |last_sequence| Input::SignedIn { last_sequence, server_time_ms: 0 };
        let (state, outputs) = step(open(9, 9), signed_in(4), 0);
        assert_eq!(outputs, [Output::Acknowledge { to: 4, kept: vec![] }]);
        assert_eq!(state.status(), SyncStatus::Waiting { waiting: 5 });
        let (_, outputs) = step(state, Input::Acknowledged { kept: 0 }, 0);
        assert_eq!(outputs, [Output::Load { from: 5, most: MOST_PER_PUSH }]);
        let (state, _) = step(open(9, 9), signed_in(12), 0);
        assert_eq!(state.status(), SyncStatus::Stopped { why: Stop::OldCopy, waiting: 0 });
    }

    #[test]
    fn what_another_tab_recorded_is_counted_as_waiting() {
        assert_eq!(SyncStatus::Synced.and_waiting(0), SyncStatus::Synced);
        assert_eq!(SyncStatus::Synced.and_waiting(2), SyncStatus::Waiting { waiting: 2 });
        let offline = SyncStatus::Offline { waiting: 3 };
        assert_eq!(offline.and_waiting(2), SyncStatus::Offline { waiting: 5 });
    }
}
