//! Register and server talk over a bad line: whatever happens between them, every entry is booked exactly once.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use proptest::prelude::*;
use shared::calendar::LocalTime;
use shared::ids::{DeviceId, EntryId, SaleId};
use shared::sync::journal::{EntryBody, JournalEntry, NO_HASH, SealedEntry};
use shared::sync::register::{Failure, Input, Output, RegisterSync, SyncStatus, step};
use shared::sync::server::{DeviceLedger, Judgement, KnownEntry, advance, judge};
use shared::sync::wire::{EntryAnswer, EntryOutcome, PullResponse, PushResponse, SCHEMA};
use std::collections::{BTreeMap, VecDeque};
use uuid::Uuid;

fn device() -> DeviceId {
    DeviceId(Uuid::from_u128(7))
}

/// The durable part of a server: what a backup holds.
#[derive(Clone)]
struct Server {
    ledger: DeviceLedger,
    known: BTreeMap<EntryId, KnownEntry>,
    booked: Vec<u64>,
}

impl Server {
    fn take(&mut self, entries: &[SealedEntry]) -> PushResponse {
        let mut answers = Vec::new();
        for entry in entries {
            let judgement = judge(&self.ledger, entry, self.known.get(&entry.id));
            self.ledger = advance(&self.ledger, entry, &judgement);
            let outcome = match judgement {
                Judgement::Book(_) => {
                    self.booked.push(entry.sequence);
                    EntryOutcome::Booked
                }
                Judgement::Keep { reason, .. } => EntryOutcome::Kept { reason },
                Judgement::Replay(outcome) => outcome,
                Judgement::Wait { expected } => EntryOutcome::OutOfOrder { expected },
            };
            if !matches!(outcome, EntryOutcome::OutOfOrder { .. }) {
                let known = KnownEntry { hash: entry.hash.clone(), outcome: outcome.clone() };
                self.known.entry(entry.id).or_insert(known);
            }
            answers.push(EntryAnswer { id: entry.id, sequence: entry.sequence, outcome });
        }
        PushResponse {
            schema: SCHEMA,
            answers,
            last_sequence: self.ledger.last_sequence,
            last_hash: self.ledger.last_hash.clone(),
            server_time_ms: 0,
        }
    }
}

/// A tablet: its durable journal and acknowledgement, and the running state that a reload loses.
struct Tablet {
    journal: Vec<SealedEntry>,
    acked: u64,
    kept: u64,
    state: RegisterSync,
    todo: VecDeque<Output>,
    now_ms: i64,
}

impl Tablet {
    fn new() -> Self {
        let mut tablet = Self {
            journal: vec![],
            acked: 0,
            kept: 0,
            state: RegisterSync::default(),
            todo: VecDeque::new(),
            now_ms: 0,
        };
        tablet.start();
        tablet
    }

    fn start(&mut self) {
        self.state = RegisterSync::default();
        self.todo.clear();
        let last = u64::try_from(self.journal.len()).unwrap();
        let (acked, kept) = (self.acked, self.kept);
        self.give(Input::Opened { last, acked, kept, cursor: None, loaded: true });
        self.give(Input::Owner(true));
    }

    fn give(&mut self, input: Input) {
        let (state, outputs) = step(self.state.clone(), input, self.now_ms);
        self.state = state;
        self.todo.extend(outputs);
    }

    fn record(&mut self) {
        let sequence = u64::try_from(self.journal.len()).unwrap() + 1;
        let previous = self.journal.last().map_or(NO_HASH.to_owned(), |entry| entry.hash.clone());
        let entry = JournalEntry {
            version: 1,
            id: EntryId(Uuid::from_u128(u128::from(sequence))),
            device_id: device(),
            sequence,
            previous,
            time: LocalTime { at_ms: self.now_ms, offset_minutes: 0 },
            staff_id: None,
            body: EntryBody::ReceiptReprinted { sale_id: SaleId(Uuid::nil()) },
            approvals: Vec::new(),
        };
        self.journal.push(entry.seal().unwrap());
        self.give(Input::Recorded { sequence });
    }

    /// Carries out the next output over a line that behaves as told. Says whether there was one.
    fn act(&mut self, server: &mut Server, line: Line) -> bool {
        match self.todo.pop_front() {
            None => return false,
            Some(Output::Load { from, most }) => {
                let from = usize::try_from(from).unwrap() - 1;
                let entries = self.journal.iter().skip(from).take(most.min(3)).cloned().collect();
                self.give(Input::Loaded(entries));
            }
            Some(Output::Push(entries)) => self.push(server, &entries, line),
            Some(Output::Acknowledge { to, kept }) => {
                self.acked = to;
                self.kept += u64::try_from(kept.len()).unwrap();
                self.give(Input::Acknowledged { kept: self.kept });
            }
            Some(Output::Pull { .. }) => {
                self.give(Input::Pulled(PullResponse {
                    schema: SCHEMA,
                    changes: vec![],
                    cursor: "c".into(),
                    more: false,
                    start_over: false,
                    held_back: false,
                    last_sequence: Some(server.ledger.last_sequence),
                    product_count: 0,
                    server_time_ms: 0,
                }));
            }
            Some(Output::Apply(_)) => self.give(Input::Applied),
            Some(Output::WakeAt(at_ms)) => {
                self.now_ms = self.now_ms.max(at_ms);
                self.give(Input::Woken { now: false });
            }
            Some(Output::StartOver) => self.give(Input::Applied),
            Some(Output::SignIn) => self.sign_in(server),
        }
        true
    }

    fn sign_in(&mut self, server: &Server) {
        let last_sequence = server.ledger.last_sequence;
        self.give(Input::SignedIn { last_sequence, server_time_ms: 0 });
    }

    fn push(&mut self, server: &mut Server, entries: &[SealedEntry], line: Line) {
        match line {
            Line::Good => {
                let response = server.take(entries);
                self.give(Input::Pushed(response));
            }
            Line::Doubled => {
                server.take(entries);
                let response = server.take(entries);
                self.give(Input::Pushed(response));
            }
            Line::AnswerLost => {
                server.take(entries);
                self.give(Input::PushFailed(Failure::NoAnswer));
            }
            Line::Down => self.give(Input::PushFailed(Failure::NoAnswer)),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Line {
    Good,
    Doubled,
    AnswerLost,
    Down,
}

#[derive(Clone, Debug)]
enum Event {
    Sell,
    Act(Line),
    Reload,
    Backup,
    RestoreServer,
    TryNow,
    SignIn,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let line = prop_oneof![
        4 => Just(Line::Good),
        1 => Just(Line::Doubled),
        2 => Just(Line::AnswerLost),
        1 => Just(Line::Down)
    ];
    let event = prop_oneof![
        4 => Just(Event::Sell),
        10 => line.prop_map(Event::Act),
        1 => Just(Event::Reload),
        1 => Just(Event::Backup),
        1 => Just(Event::RestoreServer),
        1 => Just(Event::TryNow),
        1 => Just(Event::SignIn),
    ];
    prop::collection::vec(event, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn every_entry_is_booked_exactly_once(events in events()) {
        let mut server =
            Server { ledger: DeviceLedger::new(device()), known: BTreeMap::new(), booked: vec![] };
        let mut backup = server.clone();
        let mut tablet = Tablet::new();
        for event in events {
            match event {
                Event::Sell => tablet.record(),
                Event::Act(line) => { tablet.act(&mut server, line); }
                Event::Reload => tablet.start(),
                Event::Backup => backup = server.clone(),
                Event::RestoreServer => server = backup.clone(),
                Event::TryNow => tablet.give(Input::Woken { now: true }),
                Event::SignIn => tablet.sign_in(&server),
            }
            let waiting = u64::try_from(tablet.journal.len()).unwrap() > tablet.state.acked;
            prop_assert!(!waiting || tablet.state.status() != SyncStatus::Synced, "synced is never shown while something waits");
        }
        // The line heals. A server that was restored is told apart by the next sign-in, after what is under way has ended.
        while tablet.act(&mut server, Line::Good) {}
        tablet.sign_in(&server);
        tablet.give(Input::Woken { now: true });
        let mut steps = 0;
        while tablet.act(&mut server, Line::Good) {
            steps += 1;
            prop_assert!(steps < 1_000, "sync must come to rest");
        }
        prop_assert_eq!(tablet.state.status(), SyncStatus::Synced);
        prop_assert_eq!(tablet.acked, u64::try_from(tablet.journal.len()).unwrap());
        let all: Vec<u64> = (1..=tablet.acked).collect();
        prop_assert_eq!(&server.booked, &all);
    }
}
