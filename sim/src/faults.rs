//! Faults: what goes wrong, when, by the seed.
//! Lives here: the kinds, and a plan of them.
//! May use: chance. Never: carrying them out (that is the world's).

use crate::server::Blow;
use tillbridge::replay::chance::Chance;

/// Something that goes wrong. Those with a length end by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A tablet's requests reach nobody.
    Partition(usize),
    /// All tablets' do.
    Outage,
    /// Everybody is cut off for eight hours and comes back at once.
    EightHours,
    /// The browser says there is no network.
    Offline(usize),
    /// Answers take up to half a minute, and overtake each other.
    Slow,
    /// Some requests get lost.
    LostRequests,
    /// Some answers get lost.
    LostAnswers,
    /// Some requests arrive again, later.
    Duplicates,
    /// A tab is killed; another takes over, or one is opened.
    KillTab(usize),
    /// The whole browser is killed.
    KillBrowser(usize),
    /// The tablet's power goes, within seconds after its next sale.
    PowerOff(usize),
    /// Its storage is full.
    StorageFull(usize),
    /// Its browser has lost the database.
    StorageLost(usize),
    /// Its clock jumps by so many hours.
    Clock(usize, i64),
    /// Summer time ends.
    SummerTimeEnds,
    /// One more tab is opened.
    SecondTab(usize),
    /// A manager unpairs it.
    Unpair(usize),
    /// Its sign-in ends.
    SessionEnds(usize),
    /// All sign-ins end at once: the server has been given a new house without them.
    AllSessionsEnd,
    /// Its storage is copied to a second tablet that is used too, at first without a network.
    Copy(usize),
    /// Its browser throws everything away, sent or not; somebody pairs it again some time later.
    Evicted(usize),
    /// A manager unpairs it to give it a new key; when everything is handed in it is paired again.
    PairAnew(usize),
    /// It is given to the other shop: unpaired here, handed in, paired there.
    Moves(usize),
    /// For a while its records bear ids of the other shop's.
    SameIds(usize),
    /// It is updated before the server is.
    NewerRelease(usize),
    /// It runs an old release, which seals as that did, and is updated in the middle of whatever it does.
    OlderRelease(usize),
    /// The server is stopped in order and started again.
    Deploy,
    /// Something befalls the server in the middle of a request.
    Server(Blow),
    /// The server is backed up.
    BackUp,
    /// The last backup takes the place of the books.
    Restore,
    /// Another shop's tablet sends in this one's name.
    Forgery(usize),
}

/// A fault, when it begins, and how long it lasts.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    /// When, ms after the start.
    pub at_ms: i64,
    /// For so long; 0 where it is a moment.
    pub lasts_ms: i64,
    /// What.
    pub fault: Fault,
}

const KINDS: usize = 36;

/// A plan: of all kinds about half are in the run at all, so that kinds also meet without the others in the way.
pub fn plan(chance: &mut Chance, tablets: usize, span_ms: i64, most: usize) -> Vec<Planned> {
    let kinds: Vec<usize> = (0..KINDS).filter(|_| chance.percent(50)).collect();
    if kinds.is_empty() || most == 0 {
        return Vec::new();
    }
    let count = 1 + chance.below(most);
    let mut planned: Vec<Planned> = (0..count)
        .map(|_| {
            let kind = kinds[chance.below(kinds.len())];
            let fault = of(kind, chance.below(tablets), chance);
            let at_ms = below(chance, span_ms);
            let lasts_ms = match fault {
                Fault::EightHours => 8 * 3_600_000,
                Fault::Evicted(_) => 30_000 + below(chance, 120_000),
                _ => 5_000 + below(chance, 20 * 60_000),
            };
            Planned { at_ms, lasts_ms, fault }
        })
        .collect();
    // Nobody brings a backup back who has made none.
    for at in 0..planned.len() {
        if planned[at].fault == Fault::Restore {
            let at_ms = below(chance, planned[at].at_ms + 1);
            planned.push(Planned { at_ms, lasts_ms: 0, fault: Fault::BackUp });
        }
    }
    planned.sort_by_key(|planned| planned.at_ms);
    planned
}

fn of(kind: usize, tablet: usize, chance: &mut Chance) -> Fault {
    match kind {
        0 => Fault::Partition(tablet),
        1 => Fault::Outage,
        2 => Fault::EightHours,
        3 => Fault::Offline(tablet),
        4 => Fault::Slow,
        5 => Fault::LostRequests,
        6 => Fault::LostAnswers,
        7 => Fault::Duplicates,
        8 => Fault::KillTab(tablet),
        9 => Fault::KillBrowser(tablet),
        10 => Fault::PowerOff(tablet),
        11 => Fault::StorageFull(tablet),
        12 => Fault::StorageLost(tablet),
        13 => Fault::Clock(tablet, if chance.percent(50) { 25 } else { -25 }),
        14 => Fault::SummerTimeEnds,
        15 | 16 => Fault::SecondTab(tablet),
        17 => Fault::Unpair(tablet),
        18 => Fault::SessionEnds(tablet),
        19 => Fault::Copy(tablet),
        20 => Fault::NewerRelease(tablet),
        21 => Fault::Deploy,
        22 => Fault::Server(Blow::CrashBefore),
        23 => Fault::Server(Blow::CrashAfter),
        24 => Fault::Server(Blow::PowerLoss),
        25 => Fault::Server(Blow::DiskFull),
        26 => Fault::Server(Blow::CommitFails),
        27 | 28 => Fault::Restore,
        29 => Fault::Forgery(tablet),
        30 => Fault::Evicted(tablet),
        31 => Fault::PairAnew(tablet),
        32 => Fault::Moves(tablet),
        33 => Fault::SameIds(tablet),
        34 => Fault::OlderRelease(tablet),
        _ => Fault::AllSessionsEnd,
    }
}

/// A number of ms below `most`.
pub fn below(chance: &mut Chance, most: i64) -> i64 {
    i64::try_from(chance.below(usize::try_from(most).unwrap_or(1))).unwrap_or(0)
}
