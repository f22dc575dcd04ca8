//! World: everything at once, on one virtual clock.
//! Lives here: the queue of what happens next and the phases of a run; below it shell (a browser around the rules), network,
//! people,
//! mishap, renewal.
//! May use: everything else here. Never: the real clock, or chance that is not the seed's.
//! Invariant: the same seed is the same run, event by event.

mod mishap;
mod network;
mod people;
mod renewal;
mod shell;

use crate::books;
use crate::faults::{Planned, below, plan};
use crate::server::{Ask, Reply, Server};
use crate::shop::{Ground, OPENING_MS, Shop};
use crate::tablet::Tablet;
use crate::terminal;
use sha2::{Digest, Sha256};
use shared::ids::DeviceId;
use shared::sync::register::{Failure, Input};
use shared::sync::wire::PullResponse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tillbridge::replay::chance::Chance;

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
    /// Is everything that happens told?
    pub told: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// SHA-256 over everything that happened.
    pub trace: String,
    /// Sales the screens promised.
    pub promised: usize,
    /// Of these, gone with the storage of a tablet before they were sent.
    pub lost: usize,
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
    /// What happened, oldest first, if it is told.
    pub story: Vec<String>,
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
    /// What the tablet was then: it may have been paired anew since.
    device_id: DeviceId,
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
    Evict(usize),
    Pair(usize, usize),
    Leave(usize, usize),
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
    /// What tablets were before they were paired anew.
    pub(crate) gone: Vec<Tablet>,
    /// Fingerprints of records that are gone with a tablet's storage before the server had answered for them, or with
    /// both the storage and the server's newest books.
    pub(crate) lost: BTreeSet<String>,
    /// How far a tablet's journal had come when it last asked what changed, where that is certain.
    pub(crate) told: HashMap<DeviceId, i64>,
    pub(crate) restored: bool,
    /// Ids of records and sales that were given to a record of the other shop's too.
    pub(crate) lent: BTreeSet<String>,
    chance: Chance,
    now_ms: i64,
    order: u64,
    queue: BTreeMap<(i64, u64), Event>,
    weather: Weather,
    plan: Vec<Planned>,
    /// The highest sequence the server ever held of a device.
    held: HashMap<DeviceId, u64>,
    /// Fingerprints the server has answered for.
    answered: BTreeSet<String>,
    sales_left: usize,
    calm: bool,
    /// After this nobody leaves any more, so that all are in step in time.
    latest_leave_ms: i64,
    trace: Sha256,
    outcome: Outcome,
    tells: bool,
    seen: BTreeSet<String>,
}

/// Runs one seed.
pub fn run(ground: &Ground, settings: Settings) -> Outcome {
    let mut world = World::new(ground, settings);
    world.work();
    world.mend_everything();
    world.settle();
    let mut wrong = books::check(&mut world);
    wrong.extend(terminal::day(1 + settings.sales / 10, settings.faults > 0, &mut world.chance));
    for one in wrong {
        world.wrong(one);
    }
    let mut outcome = std::mem::take(&mut world.outcome);
    outcome.trace = hex(&world.trace.finalize_reset());
    outcome.lasted_ms = world.now_ms - OPENING_MS;
    outcome.promised = world.every_tablet().map(|tablet| tablet.promised.len()).sum();
    outcome.lost = world.lost.len();
    outcome.tablets = world.tablets.len();
    outcome
}

/// A tablet has one tab as a rule, and sometimes two or three from the start.
fn extra_tabs(chance: &mut Chance) -> i64 {
    match chance.below(20) {
        0 => 2,
        1..=3 => 1,
        _ => 0,
    }
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
            server: Server::start(&ground.soil),
            shops: ground.shops.clone(),
            gone: Vec::new(),
            lost: BTreeSet::new(),
            told: HashMap::new(),
            restored: false,
            lent: BTreeSet::new(),
            chance,
            now_ms: OPENING_MS,
            order: 0,
            queue: BTreeMap::new(),
            weather: Weather::default(),
            held: HashMap::new(),
            answered: BTreeSet::new(),
            sales_left: settings.sales,
            calm: false,
            latest_leave_ms: i64::MAX,
            trace: Sha256::new(),
            outcome: Outcome::default(),
            tells: settings.told,
            seen: BTreeSet::new(),
            plan: plan.clone(),
            tablets,
        };
        for tablet in 0..world.tablets.len() {
            let after = below(&mut world.chance, 5_000);
            world.later(after, Event::Open(tablet));
            for more in 1..=extra_tabs(&mut world.chance) {
                world.later(after + 700 * more, Event::Open(tablet));
            }
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
        if self.tells {
            self.outcome.story.push(format!("{:>9} {what}", self.now_ms - OPENING_MS));
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
        self.latest_leave_ms = self.now_ms + CALM_MS / 2;
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
            if self.tablets[at].blank {
                self.later(1, Event::Pair(at, self.tablets[at].shop));
            } else if self.tablets[at].tabs.iter().all(|tab| !tab.alive) {
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
            Event::Evict(tablet) => self.evict(tablet),
            Event::Pair(tablet, shop) => self.pair(tablet, shop),
            Event::Leave(tablet, shop) => self.leave(tablet, shop),
            Event::ServerOn => {
                self.note("server on");
                self.server.switch_on();
            }
        }
    }

    /// All tablets, and what they were before.
    pub(crate) fn every_tablet(&self) -> impl Iterator<Item = &Tablet> {
        self.tablets.iter().chain(&self.gone)
    }

    /// The store a tablet sells in, by their ids.
    pub(crate) fn store_of(&self, device: &str) -> Option<String> {
        let tablet = self.every_tablet().find(|tablet| tablet.paired.device_id.to_string() == device)?;
        Some(self.shops[tablet.shop].rules.store.id.to_string())
    }

    fn lives(&self, who: Who) -> bool {
        self.tablets[who.tablet].living(who.tab, who.life)
    }

    fn who(&self, tablet: usize, tab: usize) -> Who {
        let it = &self.tablets[tablet];
        Who { tablet, tab, life: it.tabs[tab].life, device_id: it.paired.device_id }
    }
}
