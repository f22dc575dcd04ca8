//! World: everything at once, on one virtual clock.
//! Lives here: the queue of what happens next, the network between tablets and server, people at work, and the shell
//! that carries out what the shipped rules of a register say, as the browser's does.
//! May use: everything else here. Never: the real clock, or chance that is not the seed's.
//! Invariant: the same seed is the same run, event by event.

use crate::books;
use crate::disk::{Trouble, Write};
use crate::faults::{Fault, Planned, below, plan};
use crate::server::{Ask, Reply, Server};
use crate::shop::{Ground, OPENING_MS, Shop};
use crate::tablet::{Promised, Tablet, opened, ring_up, under_another_id};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha256};
use shared::ids::DeviceId;
use shared::planted::{Planted, is_planted};
use shared::sync::device::Counters;
use shared::sync::journal::SealedEntry;
use shared::sync::register::{Failure, Input, Output, SyncStatus, step};
use shared::sync::wire::{PullResponse, PushRequest, SCHEMA};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tillbridge::replay::chance::Chance;
use tillbridge::store::{access, catalog, ground};

/// As in the browser's shell.
const HEARTBEAT_MS: i64 = 60_000;
/// How long a request may take before the browser gives it up.
const PATIENCE_MS: i64 = 30_000;
/// After everything is mended, so long until all must be in step.
const CALM_MS: i64 = 20 * 60_000;
/// Two pushes that come this close together are booked together.
const TOGETHER_MS: i64 = 2;

/// What to simulate.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Decides everything that chance decides.
    pub seed: u64,
    /// Sales to ring up.
    pub sales: usize,
    /// The most faults; 0 for a fair day.
    pub faults: usize,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// SHA-256 over everything that happened.
    pub trace: String,
    /// Sales the screens promised.
    pub promised: usize,
    /// Events.
    pub events: usize,
    /// Faults that befell.
    pub faults: usize,
    /// Tablets.
    pub tablets: usize,
    /// Virtual time, ms.
    pub lasted_ms: i64,
    /// What must not be. Empty when all is well.
    pub wrong: Vec<String>,
    /// The last things that happened, oldest first.
    pub tail: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Lane {
    Push,
    Pull,
    SignIn,
}

#[derive(Clone, Copy, Debug)]
struct Who {
    tablet: usize,
    tab: usize,
    life: u64,
}

enum Work {
    Record,
    Load { from: u64, most: usize },
    Acknowledge { to: u64, kept: Vec<(u64, String)> },
    Apply(Box<PullResponse>),
    StartOver,
}

enum Event {
    Sell(usize),
    Disk(Who, Work),
    Arrive { who: Who, lane: Lane, ask: Ask, sent_ms: i64, again: bool },
    Answer(Who, Lane, Result<Reply, Failure>),
    Wake(Who, u32),
    Beat(Who),
    Changed(Who),
    Open(usize),
    Manage,
    Flush,
    Befall(usize),
    Mend(usize),
    ServerOn,
    PlugPulled(usize),
    Network(usize),
}

/// The network at this moment.
#[derive(Default)]
struct Weather {
    slow_ms: i64,
    lost_requests: u32,
    lost_answers: u32,
    duplicates: u32,
    outages: u32,
}

/// All of it.
pub struct World {
    pub(crate) server: Server,
    pub(crate) shops: Vec<Shop>,
    pub(crate) tablets: Vec<Tablet>,
    pub(crate) restored: bool,
    chance: Chance,
    now_ms: i64,
    order: u64,
    queue: BTreeMap<(i64, u64), Event>,
    weather: Weather,
    plan: Vec<Planned>,
    /// The highest sequence the server ever held of a device.
    held: HashMap<DeviceId, u64>,
    sales_left: usize,
    calm: bool,
    trace: Sha256,
    outcome: Outcome,
    seen: BTreeSet<String>,
}

/// Runs one seed.
pub fn run(ground: &Ground, settings: Settings) -> Outcome {
    let mut world = World::new(ground, settings);
    world.work();
    world.mend_everything();
    world.settle();
    let wrong = books::check(&mut world);
    for one in wrong {
        world.wrong(one);
    }
    let mut outcome = std::mem::take(&mut world.outcome);
    outcome.trace = hex(&world.trace.finalize_reset());
    outcome.lasted_ms = world.now_ms - OPENING_MS;
    outcome.promised = world.tablets.iter().map(|tablet| tablet.promised.len()).sum();
    outcome.tablets = world.tablets.len();
    outcome
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl World {
    fn new(ground: &Ground, settings: Settings) -> Self {
        let mut chance = Chance::new(settings.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed);
        let first = match chance.below(20) {
            0 => 1 + chance.below(crate::shop::MOST_TABLETS),
            _ => 1 + chance.below(6),
        };
        let second = chance.below(3);
        let mut tablets: Vec<Tablet> =
            ground.shops[0].tablets.iter().take(first).map(|paired| Tablet::new(0, paired.clone())).collect();
        tablets
            .extend(ground.shops[1].tablets.iter().take(second).map(|paired| Tablet::new(1, paired.clone())));
        let span_ms = 60_000 + i64::try_from(settings.sales).unwrap_or(1) * 12_000;
        let plan = plan(&mut chance, tablets.len(), span_ms, settings.faults);
        let mut world = Self {
            server: Server::start(&ground.file),
            shops: ground.shops.clone(),
            restored: false,
            chance,
            now_ms: OPENING_MS,
            order: 0,
            queue: BTreeMap::new(),
            weather: Weather::default(),
            held: HashMap::new(),
            sales_left: settings.sales,
            calm: false,
            trace: Sha256::new(),
            outcome: Outcome::default(),
            seen: BTreeSet::new(),
            plan: plan.clone(),
            tablets,
        };
        for tablet in 0..world.tablets.len() {
            let after = below(&mut world.chance, 5_000);
            world.later(after, Event::Open(tablet));
            let first_sale = 8_000 + below(&mut world.chance, 30_000);
            world.later(first_sale, Event::Sell(tablet));
        }
        for (at, planned) in plan.iter().enumerate() {
            world.later(planned.at_ms, Event::Befall(at));
        }
        world.later(60_000, Event::Manage);
        world.later(5_000, Event::Flush);
        world
    }

    fn later(&mut self, after_ms: i64, event: Event) {
        self.order += 1;
        self.queue.insert((self.now_ms + after_ms.max(0), self.order), event);
    }

    fn note(&mut self, what: &str) {
        self.trace.update(self.now_ms.to_le_bytes());
        self.trace.update(what.as_bytes());
        self.outcome.tail.push(format!("{:>9} {what}", self.now_ms - OPENING_MS));
        if self.outcome.tail.len() > 400 {
            self.outcome.tail.drain(..200);
        }
    }

    fn wrong(&mut self, what: String) {
        if self.outcome.wrong.len() < 20 && self.seen.insert(what.clone()) {
            self.note(&format!("WRONG {what}"));
            self.outcome.wrong.push(what);
        }
    }

    fn next(&mut self, until_ms: i64) -> Option<Event> {
        let first = self.queue.first_entry()?;
        if first.key().0 > until_ms {
            return None;
        }
        let ((at, _), event) = first.remove_entry();
        self.now_ms = self.now_ms.max(at);
        self.outcome.events += 1;
        Some(event)
    }

    /// The day: until all sales are rung up and all faults have come and gone.
    fn work(&mut self) {
        let last = self.plan.iter().map(|planned| planned.at_ms).max().unwrap_or(0);
        let most = OPENING_MS + last + 10 * 3_600_000 + 60_000 * i64::try_from(self.sales_left).unwrap_or(0);
        while self.sales_left > 0 || self.now_ms < OPENING_MS + last {
            let Some(event) = self.next(most) else { break };
            self.happen(event);
        }
    }

    /// Everything works again, and nobody sells any more.
    fn mend_everything(&mut self) {
        self.note("calm");
        self.calm = true;
        for at in 0..self.plan.len() {
            self.mend(at);
        }
        self.weather = Weather::default();
        self.server.spare();
        self.server.switch_on();
        for at in 0..self.tablets.len() {
            let tablet = &mut self.tablets[at];
            tablet.reachable = true;
            tablet.disk.full = false;
            tablet.disk.lost = false;
            if !tablet.online {
                tablet.online = true;
                self.tell_all(at, &Input::Network(true));
            }
            if self.tablets[at].tabs.iter().all(|tab| !tab.alive) {
                self.later(1, Event::Open(at));
            }
        }
    }

    /// After a while all must be in step.
    fn settle(&mut self) {
        let until = self.now_ms + CALM_MS;
        while let Some(event) = self.next(until) {
            self.happen(event);
        }
        self.now_ms = until;
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Sell(tablet) => self.sell(tablet),
            Event::Disk(who, work) => self.disk(who, work),
            Event::Arrive { who, lane, ask, sent_ms, again } => self.arrive(who, lane, ask, sent_ms, again),
            Event::Answer(who, lane, reply) => self.answer(who, lane, reply),
            Event::Wake(who, wake) => {
                if self.lives(who) && self.tablets[who.tablet].tabs[who.tab].wake == wake {
                    self.tell(who, Input::Woken { now: false });
                }
            }
            Event::Beat(who) => {
                if self.lives(who) {
                    self.tell(who, Input::Changed);
                    self.later(HEARTBEAT_MS, Event::Beat(who));
                }
            }
            Event::Changed(who) => {
                if self.lives(who) {
                    self.tell(who, Input::Changed);
                }
            }
            Event::Open(tablet) => self.open(tablet),
            Event::Manage => self.manage(),
            Event::Flush => {
                for tablet in &mut self.tablets {
                    tablet.disk.flush();
                }
                self.later(15_000, Event::Flush);
            }
            Event::Befall(at) => self.befall(at),
            Event::Mend(at) => self.mend(at),
            Event::PlugPulled(tablet) => {
                self.note(&format!("tablet {tablet} has no power"));
                self.kill_browser(tablet);
                self.tablets[tablet].disk.power_loss(&mut self.chance);
                self.tablets[tablet].reachable = true;
            }
            Event::Network(tablet) => {
                self.tablets[tablet].online = true;
                self.tell_all(tablet, &Input::Network(true));
            }
            Event::ServerOn => {
                self.note("server on");
                self.server.switch_on();
            }
        }
    }

    fn lives(&self, who: Who) -> bool {
        self.tablets[who.tablet].living(who.tab, who.life)
    }

    fn who(&self, tablet: usize, tab: usize) -> Who {
        Who { tablet, tab, life: self.tablets[tablet].tabs[tab].life }
    }

    // What a browser's shell does.

    fn open(&mut self, at: usize) {
        if self.tablets[at].disk.read().is_err() {
            self.later(1_000, Event::Open(at));
            return;
        }
        let tab = self.tablets[at].open_tab();
        self.note(&format!("tablet {at} opens tab {tab}"));
        let who = self.who(at, tab);
        self.read_disk(who);
        if self.tablets[at].owner.is_none() {
            self.own(who);
        }
    }

    /// What a tab reads before it shows anything.
    fn read_disk(&mut self, who: Who) {
        let tablet = &mut self.tablets[who.tablet];
        let Ok(kept) = tablet.disk.read() else { return };
        let input = opened(kept);
        let entries: Vec<SealedEntry> =
            kept.journal.range(kept.answered.to + 1..).map(|(_, entry)| entry.clone()).collect();
        tablet.tabs[who.tab].unsent.read(&entries);
        self.tell(who, input);
    }

    /// The lock is this tab's: it goes on from what is on the disk.
    fn own(&mut self, who: Who) {
        if self.tablets[who.tablet].disk.read().is_err() {
            self.later(1_000, Event::Open(who.tablet));
            self.tablets[who.tablet].kill_tab(who.tab);
            return;
        }
        let tablet = &mut self.tablets[who.tablet];
        tablet.owner = Some(who.tab);
        let online = tablet.online;
        let tab = &mut tablet.tabs[who.tab];
        tab.state = tab.state.taken_over();
        self.read_disk(who);
        self.tell(who, Input::Network(online));
        self.tell(who, Input::Owner(true));
        self.later(HEARTBEAT_MS, Event::Beat(who));
    }

    /// The lock is free: the next tab gets it.
    fn hand_over(&mut self, at: usize) {
        if self.tablets[at].owner.is_some() {
            return;
        }
        if let Some(tab) = self.tablets[at].tabs.iter().position(|tab| tab.alive) {
            let who = self.who(at, tab);
            self.own(who);
        }
    }

    fn tell_all(&mut self, at: usize, input: &Input) {
        for tab in 0..self.tablets[at].tabs.len() {
            if self.tablets[at].tabs[tab].alive {
                let who = self.who(at, tab);
                self.tell(who, input.clone());
            }
        }
    }

    fn tell(&mut self, who: Who, input: Input) {
        let now_ms = self.tablets[who.tablet].clock(self.now_ms);
        let tab = &mut self.tablets[who.tablet].tabs[who.tab];
        let (state, outputs) = step(std::mem::take(&mut tab.state), input, now_ms);
        tab.state = state;
        self.look_at_screen(who);
        for output in outputs {
            self.carry_out(who, output);
        }
    }

    /// "All sales synced" must be so.
    fn look_at_screen(&mut self, who: Who) {
        let tablet = &self.tablets[who.tablet];
        if tablet.owner != Some(who.tab) || tablet.copied {
            return;
        }
        let recorded = tablet.disk.look().counters.sequence;
        let held = self.held.get(&tablet.paired.device_id).copied().unwrap_or(0);
        if tablet.tabs[who.tab].state.status() == SyncStatus::Synced && recorded > held {
            self.wrong(format!("I9: tablet {} shows synced with work queued", who.tablet));
        }
    }

    fn carry_out(&mut self, who: Who, output: Output) {
        match output {
            Output::Load { from, most } => self.at_disk(who, Work::Load { from, most }),
            Output::Push(entries) => self.push(who, entries),
            Output::Acknowledge { to, kept } => self.at_disk(who, Work::Acknowledge { to, kept }),
            Output::Pull { cursor } => {
                let tab = &mut self.tablets[who.tablet].tabs[who.tab];
                tab.answered_at_pull = tab.state.acked;
                let unsent = i64::try_from(tab.state.last.saturating_sub(tab.state.acked)).unwrap_or(0);
                let session = self.tablets[who.tablet].session.clone();
                self.send(who, Lane::Pull, Ask::Pull { session, cursor, unsent });
            }
            Output::Apply(page) => self.at_disk(who, Work::Apply(Box::new(page))),
            Output::StartOver => self.at_disk(who, Work::StartOver),
            Output::SignIn => {
                let tablet = &mut self.tablets[who.tablet];
                if std::mem::replace(&mut tablet.tabs[who.tab].signing_in, true) {
                    return;
                }
                let ask = Ask::SignIn {
                    organisation_id: self.shops[tablet.shop].organisation_id,
                    device_id: tablet.paired.device_id,
                    key: Box::new(tablet.paired.key.clone()),
                };
                self.send(who, Lane::SignIn, ask);
            }
            Output::WakeAt(at_ms) => {
                let after = at_ms - self.tablets[who.tablet].clock(self.now_ms);
                let tab = &mut self.tablets[who.tablet].tabs[who.tab];
                tab.wake = tab.wake.wrapping_add(1);
                let wake = tab.wake;
                self.later(after, Event::Wake(who, wake));
            }
        }
    }

    fn push(&mut self, who: Who, mut entries: Vec<SealedEntry>) {
        let tablet = &mut self.tablets[who.tablet];
        let busy = tablet.tabs.iter().enumerate().any(|(at, tab)| at != who.tab && tab.alive && tab.pushing);
        let tab = &mut tablet.tabs[who.tab];
        tab.pushing = true;
        let first = entries.first().map(|entry| entry.sequence);
        if is_planted(Planted::NewIdOnRetry) && first.is_some() && tab.failed_from == first {
            entries =
                entries.iter().map(|entry| under_another_id(entry, self.now_ms, &mut self.chance)).collect();
        }
        tab.failed_from = first;
        let request = PushRequest { schema: SCHEMA, device_id: tablet.paired.device_id, entries };
        let body = serde_json::to_vec(&request).unwrap();
        let signature = sign(&tablet.paired.key, &body);
        if busy {
            self.wrong(format!("R12: two tabs of tablet {} send at once", who.tablet));
        }
        self.send(who, Lane::Push, Ask::Push { body, signature });
    }

    fn at_disk(&mut self, who: Who, work: Work) {
        let takes = 1 + below(&mut self.chance, 8);
        let tablet = &mut self.tablets[who.tablet];
        tablet.disk_free_ms = tablet.disk_free_ms.max(self.now_ms) + takes;
        let after = tablet.disk_free_ms - self.now_ms;
        self.later(after, Event::Disk(who, work));
    }

    fn disk(&mut self, who: Who, work: Work) {
        let lives = self.lives(who);
        if !lives && self.chance.percent(50) {
            // It died with the tab that began it, or before.
            return;
        }
        match work {
            Work::Record => self.record(who, lives),
            Work::Load { from, most } => {
                let read = self.tablets[who.tablet].disk.read();
                let input = match read {
                    Ok(kept) => {
                        let entries = kept.journal.range(from..).take(most).map(|(_, entry)| entry.clone());
                        Input::Loaded(entries.collect())
                    }
                    Err(_) => Input::PushFailed(Failure::Store),
                };
                self.tell_if(lives, who, input);
            }
            Work::Acknowledge { to, kept } => {
                let disk = &mut self.tablets[who.tablet].disk;
                let answered = disk.look().answered.after(to, &kept);
                let count = u64::try_from(answered.kept.len()).unwrap_or(u64::MAX);
                let count = match disk.write(Write::Answered(answered), true) {
                    Ok(()) => count,
                    Err(_) => self.tablets[who.tablet].tabs[who.tab].state.kept,
                };
                self.tell_if(lives, who, Input::Acknowledged { kept: count });
            }
            Work::Apply(page) => {
                let feed = self.tablets[who.tablet].disk.look().feed.clone();
                let written = self.tablets[who.tablet].disk.write(Write::Page(page), false);
                let input = match written {
                    Ok(()) => {
                        let tab = &mut self.tablets[who.tablet].tabs[who.tab];
                        tab.unsent.heard_of(tab.answered_at_pull);
                        Input::Applied
                    }
                    Err(_) => Input::NotApplied { cursor: feed.cursor, loaded: feed.loaded },
                };
                self.tell_if(lives, who, input);
            }
            Work::StartOver => {
                let feed = self.tablets[who.tablet].disk.look().feed.clone();
                let input = match self.tablets[who.tablet].disk.write(Write::StartOver, false) {
                    Ok(()) => Input::Applied,
                    Err(_) => Input::NotApplied { cursor: feed.cursor, loaded: feed.loaded },
                };
                self.tell_if(lives, who, input);
            }
        }
    }

    fn tell_if(&mut self, lives: bool, who: Who, input: Input) {
        if lives {
            self.tell(who, input);
        }
    }

    /// One transaction: numbers, entry, counters. Then, and only then, the screen says so.
    fn record(&mut self, who: Who, lives: bool) {
        let Ok(kept) = self.tablets[who.tablet].disk.read() else { return };
        let counters = self.numbers_of(who, kept.counters.clone());
        let shop = self.shops[self.tablets[who.tablet].shop].clone();
        let numbers = counters.next();
        let tablet = &self.tablets[who.tablet];
        let Some(entry) = ring_up(tablet, &shop, &numbers, self.now_ms, &mut self.chance) else { return };
        let Ok(after) = counters.after(&entry, true) else { return };
        let (sequence, receipts) = (after.sequence, after.receipts);
        self.note(&format!("tablet {} records {sequence} {}", who.tablet, &entry.hash[..8]));
        let strict = !is_planted(Planted::Relaxed);
        let written = self.tablets[who.tablet].disk.write(Write::Record(entry.clone(), after), strict);
        let shown = match written {
            Ok(()) => lives,
            Err(Trouble::Full | Trouble::Lost) => is_planted(Planted::PromisedWhenWritten),
        };
        if shown {
            let promised = Promised { sequence, hash: entry.hash.clone() };
            self.tablets[who.tablet].promised.push(promised);
        }
        if written.is_err() {
            return;
        }
        if std::mem::take(&mut self.tablets[who.tablet].plug_loose) {
            let after = below(&mut self.chance, 1_500);
            self.later(after, Event::PlugPulled(who.tablet));
        }
        if lives {
            self.tablets[who.tablet].tabs[who.tab].remembered = Some((sequence, receipts));
        }
        for tab in 0..self.tablets[who.tablet].tabs.len() {
            if self.tablets[who.tablet].tabs[tab].alive {
                self.tablets[who.tablet].tabs[tab].unsent.read(std::slice::from_ref(&entry));
                let other = self.who(who.tablet, tab);
                self.tell(other, Input::Recorded { sequence });
            }
        }
    }

    fn numbers_of(&self, who: Who, kept: Counters) -> Counters {
        let Some((sequence, receipts)) = self.tablets[who.tablet].tabs[who.tab].remembered else {
            return kept;
        };
        if is_planted(Planted::NumberFromMemory) {
            return Counters { sequence, ..kept };
        }
        if is_planted(Planted::ReceiptFromMemory) {
            return Counters { receipts, ..kept };
        }
        kept
    }

    // The network.

    fn send(&mut self, who: Who, lane: Lane, ask: Ask) {
        let tablet = &self.tablets[who.tablet];
        if !tablet.online {
            let after = 1 + below(&mut self.chance, 20);
            self.later(after, Event::Answer(who, lane, Err(Failure::NoAnswer)));
            return;
        }
        // The browser gives up by itself, whatever becomes of the request.
        self.later(PATIENCE_MS, Event::Answer(who, lane, Err(Failure::NoAnswer)));
        if self.is_cut_off(who.tablet) || self.chance.percent(self.weather.lost_requests) {
            return;
        }
        if self.chance.percent(self.weather.duplicates) {
            let after = self.latency() + below(&mut self.chance, 90_000);
            let ask = ask.clone();
            self.later(after, Event::Arrive { who, lane, ask, sent_ms: self.now_ms, again: true });
        }
        let after = self.latency();
        self.later(after, Event::Arrive { who, lane, ask, sent_ms: self.now_ms, again: false });
    }

    fn is_cut_off(&self, tablet: usize) -> bool {
        self.weather.outages > 0 || !self.tablets[tablet].reachable
    }

    fn latency(&mut self) -> i64 {
        5 + below(&mut self.chance, 60) + below(&mut self.chance, self.weather.slow_ms + 1)
    }

    fn arrive(&mut self, who: Who, lane: Lane, ask: Ask, sent_ms: i64, again: bool) {
        let mut together = vec![(who, lane, ask, sent_ms, again)];
        if lane == Lane::Push {
            let near: Vec<(i64, u64)> = self
                .queue
                .range(..=(self.now_ms + TOGETHER_MS, u64::MAX))
                .filter(|(_, event)| matches!(event, Event::Arrive { lane: Lane::Push, .. }))
                .map(|(key, _)| *key)
                .collect();
            for key in near {
                if let Some(Event::Arrive { who, lane, ask, sent_ms, again }) = self.queue.remove(&key) {
                    together.push((who, lane, ask, sent_ms, again));
                }
            }
        }
        let asks: Vec<Ask> = together.iter().map(|(_, _, ask, _, _)| ask.clone()).collect();
        let Some(answers) = self.server.ask(asks.clone(), self.now_ms, &mut self.chance) else {
            if !self.server.is_on() {
                self.note("server down");
                let after = 2_000 + below(&mut self.chance, 60_000);
                self.later(after, Event::ServerOn);
            }
            return;
        };
        for (ask, answer) in asks.iter().zip(&answers) {
            if let (Ask::Push { body, .. }, Ok(Reply::Pushed(response))) = (ask, answer)
                && !books::has_what_it_answered(&self.server, body, response)
            {
                self.wrong("R4: the server answered for a record that is not in its books".to_owned());
            }
        }
        for ((who, lane, _, sent_ms, again), answer) in together.into_iter().zip(answers) {
            self.answered(who, lane, sent_ms, again, answer);
        }
    }

    fn answered(&mut self, who: Who, lane: Lane, sent_ms: i64, again: bool, answer: Result<Reply, Failure>) {
        let device = self.tablets[who.tablet].paired.device_id;
        match &answer {
            Ok(Reply::Pushed(response)) => {
                let held = self.held.entry(device).or_default();
                *held = (*held).max(response.last_sequence);
                self.note(&format!("pushed {} to {}", who.tablet, response.last_sequence));
                self.wake_others(self.tablets[who.tablet].shop);
            }
            Ok(Reply::Pulled(page)) => {
                self.note(&format!("pulled {} {} {}", who.tablet, page.changes.len(), page.more));
            }
            Ok(Reply::SignedIn { .. }) => self.note(&format!("signed in {}", who.tablet)),
            Err(failure) => self.note(&format!("{lane:?} of {} failed: {failure:?}", who.tablet)),
        }
        let lost = self.is_cut_off(who.tablet) || self.chance.percent(self.weather.lost_answers);
        let after = self.latency();
        // Later than the browser waits is too late; it has heard "no answer" by then.
        if again || lost || self.now_ms + after >= sent_ms + PATIENCE_MS {
            return;
        }
        self.drop_patience(who, lane);
        self.later(after, Event::Answer(who, lane, answer));
    }

    /// The answer is on its way: nobody gives up any more.
    fn drop_patience(&mut self, who: Who, lane: Lane) {
        let waiting = self.queue.iter().find(|(_, event)| {
            matches!(event, Event::Answer(other, its, Err(Failure::NoAnswer))
                if other.tablet == who.tablet && other.tab == who.tab && other.life == who.life && *its == lane)
        });
        if let Some(key) = waiting.map(|(key, _)| *key) {
            self.queue.remove(&key);
        }
    }

    /// The server's events tell the others that something changed; a tablet may miss them.
    fn wake_others(&mut self, shop: usize) {
        for at in 0..self.tablets.len() {
            let tablet = &self.tablets[at];
            if tablet.shop != shop || !tablet.online || self.is_cut_off(at) || self.chance.percent(30) {
                continue;
            }
            if let Some(tab) = self.tablets[at].owner {
                let who = self.who(at, tab);
                self.later(250, Event::Changed(who));
            }
        }
    }

    fn answer(&mut self, who: Who, lane: Lane, reply: Result<Reply, Failure>) {
        if let Ok(Reply::SignedIn { session, .. }) = &reply {
            self.tablets[who.tablet].session = Some(session.clone());
        }
        if !self.lives(who) {
            return;
        }
        let tab = &mut self.tablets[who.tablet].tabs[who.tab];
        match lane {
            Lane::Push => tab.pushing = false,
            Lane::SignIn => tab.signing_in = false,
            Lane::Pull => {}
        }
        let input = match reply {
            Ok(Reply::Pushed(response)) => {
                tab.failed_from = None;
                Input::Pushed(response)
            }
            Ok(Reply::Pulled(page)) => Input::Pulled(page),
            Ok(Reply::SignedIn { last_sequence, server_time_ms, .. }) => {
                Input::SignedIn { last_sequence, server_time_ms }
            }
            Err(failure) => match lane {
                Lane::Push => Input::PushFailed(failure),
                Lane::Pull => Input::PullFailed(failure),
                Lane::SignIn => Input::SignInFailed(failure),
            },
        };
        self.tell(who, input);
    }

    // People.

    fn sell(&mut self, at: usize) {
        if self.calm || self.sales_left == 0 {
            return;
        }
        let pause = 4_000 + below(&mut self.chance, 20_000);
        self.later(pause, Event::Sell(at));
        let alive: Vec<usize> =
            (0..self.tablets[at].tabs.len()).filter(|tab| self.tablets[at].tabs[*tab].alive).collect();
        if alive.is_empty() {
            return;
        }
        let tab = alive[self.chance.below(alive.len())];
        let who = self.who(at, tab);
        self.sales_left -= 1;
        self.at_disk(who, Work::Record);
    }

    /// A manager changes prices and adds goods.
    fn manage(&mut self) {
        if self.calm {
            return;
        }
        let pause = 30_000 + below(&mut self.chance, 240_000);
        self.later(pause, Event::Manage);
        let shop = self.chance.below(self.shops.len());
        let (organisation_id, number) = (self.shops[shop].organisation_id, self.outcome.events);
        let add = self.chance.percent(25);
        let place = self.chance.below(self.shops[shop].products.len());
        let mut product = self.shops[shop].products[place].clone();
        if add {
            product.id = shared::ids::ProductId::fresh(&mut self.chance.ids(self.now_ms));
            product.sku = format!("N{number:06}");
        }
        product.name = format!("{} {number}", product.sku);
        let done = self.server.with(async |app| {
            let mut tx = app.db.write_for(organisation_id).await.unwrap();
            if add {
                let one = std::slice::from_ref(&product);
                catalog::insert_products(&mut tx, organisation_id, one).await.unwrap();
            } else if let Some(known) = catalog::product(&mut tx, organisation_id, product.id).await.unwrap()
            {
                catalog::update_product(&mut tx, organisation_id, &product, known.version).await.unwrap();
            }
            tx.commit().await.unwrap();
        });
        if done.is_some() {
            self.note(&format!("shop {shop} changes {}", product.sku));
            self.wake_others(shop);
        }
    }

    // What goes wrong.

    fn befall(&mut self, at: usize) {
        if self.calm {
            return;
        }
        let Planned { fault, lasts_ms, .. } = self.plan[at];
        self.outcome.faults += 1;
        self.note(&format!("{fault:?}"));
        match fault {
            Fault::Partition(tablet) => self.tablets[tablet].reachable = false,
            Fault::Outage | Fault::EightHours => self.weather.outages += 1,
            Fault::Offline(tablet) => {
                self.tablets[tablet].online = false;
                self.tell_all(tablet, &Input::Network(false));
            }
            Fault::Slow => self.weather.slow_ms = 15_000,
            Fault::LostRequests => self.weather.lost_requests = 30,
            Fault::LostAnswers => self.weather.lost_answers = 40,
            Fault::Duplicates => self.weather.duplicates = 40,
            Fault::KillTab(tablet) => self.kill_tab(tablet),
            Fault::KillBrowser(tablet) => self.kill_browser(tablet),
            Fault::PowerOff(tablet) => {
                // The shop's router goes first.
                self.tablets[tablet].plug_loose = true;
                self.tablets[tablet].reachable = false;
            }
            Fault::StorageFull(tablet) => self.tablets[tablet].disk.full = true,
            Fault::StorageLost(tablet) => self.tablets[tablet].disk.lost = true,
            Fault::Clock(tablet, hours) => self.tablets[tablet].skew_ms += hours * 3_600_000,
            Fault::SummerTimeEnds => {
                for tablet in &mut self.tablets {
                    tablet.offset_minutes = 0;
                }
            }
            Fault::SecondTab(tablet) => self.open(tablet),
            Fault::Unpair(tablet) => self.unpair(tablet),
            Fault::SessionEnds(tablet) => self.end_session(tablet),
            Fault::Copy(tablet) => self.copy(tablet),
            Fault::NewerRelease(tablet) => self.tablets[tablet].newer = true,
            Fault::Deploy => {
                self.server.switch_off();
                let after = 1_000 + below(&mut self.chance, 20_000);
                self.later(after, Event::ServerOn);
            }
            Fault::Server(blow) => self.server.next_meets(blow),
            Fault::BackUp => {
                if self.server.is_on() {
                    self.server.back_up();
                }
            }
            Fault::Restore => self.restore(),
            Fault::Forgery(tablet) => self.forge(tablet),
        }
        if lasts_ms > 0 {
            self.later(lasts_ms, Event::Mend(at));
        }
    }

    fn mend(&mut self, at: usize) {
        match self.plan[at].fault {
            Fault::Partition(tablet) | Fault::PowerOff(tablet) => self.tablets[tablet].reachable = true,
            Fault::Outage | Fault::EightHours => {
                self.weather.outages = self.weather.outages.saturating_sub(1);
            }
            Fault::Offline(tablet) if !self.tablets[tablet].online => {
                self.tablets[tablet].online = true;
                self.tell_all(tablet, &Input::Network(true));
            }
            Fault::Slow => self.weather.slow_ms = 0,
            Fault::LostRequests => self.weather.lost_requests = 0,
            Fault::LostAnswers => self.weather.lost_answers = 0,
            Fault::Duplicates => self.weather.duplicates = 0,
            Fault::StorageFull(tablet) => self.tablets[tablet].disk.full = false,
            Fault::StorageLost(tablet) => self.tablets[tablet].disk.lost = false,
            _ => {}
        }
    }

    fn kill_tab(&mut self, at: usize) {
        let alive: Vec<usize> =
            (0..self.tablets[at].tabs.len()).filter(|tab| self.tablets[at].tabs[*tab].alive).collect();
        if alive.is_empty() {
            return;
        }
        let tab = alive[self.chance.below(alive.len())];
        self.tablets[at].kill_tab(tab);
        self.hand_over(at);
        if alive.len() == 1 {
            let after = 500 + below(&mut self.chance, 20_000);
            self.later(after, Event::Open(at));
        }
    }

    fn kill_browser(&mut self, at: usize) {
        for tab in 0..self.tablets[at].tabs.len() {
            self.tablets[at].kill_tab(tab);
        }
        let after = 1_000 + below(&mut self.chance, 120_000);
        self.later(after, Event::Open(at));
    }

    fn unpair(&mut self, at: usize) {
        let shop = self.shops[self.tablets[at].shop].organisation_id;
        let device = self.tablets[at].paired.device_id;
        let done = self.server.with(async |app| tillbridge::app::devices::revoke(app, shop, device).await);
        if done.is_some_and(|done| done.is_ok()) {
            for tablet in self.tablets.iter_mut().filter(|tablet| tablet.paired.device_id == device) {
                tablet.revoked_at_ms.get_or_insert(self.now_ms);
            }
        }
    }

    fn end_session(&mut self, at: usize) {
        let shop = self.shops[self.tablets[at].shop].organisation_id;
        let device = self.tablets[at].paired.device_id;
        self.server.with(async |app| {
            let mut tx = app.db.write_for(shop).await.unwrap();
            access::end_device_sessions(&mut tx, shop, device).await.unwrap();
            tx.commit().await.unwrap();
        });
    }

    fn copy(&mut self, at: usize) {
        let copy = self.tablets[at].copy();
        self.tablets[at].copied = true;
        self.tablets.push(copy);
        let copied = self.tablets.len() - 1;
        let after = 60_000 + below(&mut self.chance, 600_000);
        self.later(after, Event::Open(copied));
        self.later(after + 10_000, Event::Sell(copied));
        let connected = after + below(&mut self.chance, 600_000);
        self.later(connected, Event::Network(copied));
    }

    /// The books go back; whoever was unpaired since is unpaired again, as a manager would.
    fn restore(&mut self) {
        if !self.server.restore() {
            return;
        }
        self.restored = true;
        for at in 0..self.tablets.len() {
            if self.tablets[at].revoked_at_ms.is_some() {
                self.unpair(at);
            }
        }
        let shops: Vec<_> = self.shops.iter().map(|shop| shop.organisation_id).collect();
        self.server.with(async |app| {
            for shop in shops {
                let mut tx = app.db.read_for(shop).await.unwrap();
                assert!(!ground::devices(&mut tx, shop).await.unwrap().is_empty());
            }
        });
    }

    /// A key of the other shop signs what this tablet might have sent.
    fn forge(&mut self, at: usize) {
        let tablet = &self.tablets[at];
        let other = self.shops[1 - tablet.shop].tablets[0].key.clone();
        let counters = tablet.disk.look().counters.clone();
        let shop = self.shops[tablet.shop].clone();
        let Some(entry) = ring_up(tablet, &shop, &counters.next(), self.now_ms, &mut self.chance) else {
            return;
        };
        let request =
            PushRequest { schema: SCHEMA, device_id: tablet.paired.device_id, entries: vec![entry] };
        let body = serde_json::to_vec(&request).unwrap();
        let signature = sign(&other, &body);
        let answers = self.server.ask(vec![Ask::Push { body, signature }], self.now_ms, &mut self.chance);
        if answers.is_some_and(|answers| answers.iter().any(Result::is_ok)) {
            self.wrong("I11: a push under another shop's key was taken".to_owned());
        }
        if !self.server.is_on() {
            self.later(5_000, Event::ServerOn);
        }
    }
}

fn sign(key: &SigningKey, body: &[u8]) -> String {
    let signature: Signature = key.sign(body);
    STANDARD.encode(signature.to_bytes())
}
