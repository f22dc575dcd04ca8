//! Shell: what a browser does around the rules of sync: tabs and their lock, the disk, the screen.
//! Lives here: telling the rules what happened, and carrying out what they say, as `frontend/src/sync.rs` does.
//! May use: tablet, disk. Never: an answer of the server's.

use super::{Event, HEARTBEAT_MS, Lane, Who, Work, World};
use crate::accounts;
use crate::approving;
use crate::customers;
use crate::disk::{Trouble, Write};
use crate::drawer;
use crate::faults::below;
use crate::layaways;
use crate::points;
use crate::server::Ask;
use crate::tablet::{Promised, read, ring_up, sale_of, take_back, under_another_id, under_ids_of};
use shared::planted::{Planted, is_planted};
use shared::sale::Sale;
use shared::sync::device::Counters;
use shared::sync::journal::SealedEntry;
use shared::sync::register::{Failure, Input, Output, SyncStatus, step};

impl World {
    pub(super) fn open(&mut self, at: usize) {
        if self.tablets[at].blank {
            // The page for pairing; nothing is sent or asked for.
            return;
        }
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
    pub(super) fn read_disk(&mut self, who: Who) {
        let tablet = &mut self.tablets[who.tablet];
        let Ok(kept) = tablet.disk.read() else { return };
        let input = Input::opened(&kept.counters, &kept.answered, &kept.feed);
        let entries: Vec<SealedEntry> =
            kept.journal.range(kept.answered.to + 1..).map(|(_, entry)| entry.clone()).collect();
        tablet.tabs[who.tab].unsent.read(&entries);
        self.tell(who, input);
    }

    /// The lock is this tab's: it goes on from what is on the disk.
    pub(super) fn own(&mut self, who: Who) {
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
    pub(super) fn hand_over(&mut self, at: usize) {
        if self.tablets[at].owner.is_some() {
            return;
        }
        if let Some(tab) = self.tablets[at].tabs.iter().position(|tab| tab.alive) {
            let who = self.who(at, tab);
            self.own(who);
        }
    }

    pub(super) fn tell_all(&mut self, at: usize, input: &Input) {
        for tab in 0..self.tablets[at].tabs.len() {
            if self.tablets[at].tabs[tab].alive {
                let who = self.who(at, tab);
                self.tell(who, input.clone());
            }
        }
    }

    pub(super) fn tell(&mut self, who: Who, input: Input) {
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
    pub(super) fn look_at_screen(&mut self, who: Who) {
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

    pub(super) fn carry_out(&mut self, who: Who, output: Output) {
        match output {
            Output::Load { from, most } => self.at_disk(who, Work::Load { from, most }),
            Output::Push(entries) => self.push(who, entries),
            Output::Acknowledge { to, kept } => self.at_disk(who, Work::Acknowledge { to, kept }),
            Output::Pull { cursor } => {
                let tab = &mut self.tablets[who.tablet].tabs[who.tab];
                tab.answered_at_pull = tab.state.acked;
                let recorded = i64::try_from(tab.state.last).unwrap_or(0);
                let session = self.tablets[who.tablet].session.clone();
                self.send(who, Lane::Pull, Ask::Pull { session, cursor, recorded });
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

    pub(super) fn push(&mut self, who: Who, mut entries: Vec<SealedEntry>) {
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
        let (body, signature) = self.tablets[who.tablet].sealed(entries);
        if busy {
            self.wrong(format!("R12: two tabs of tablet {} send at once", who.tablet));
        }
        self.send(who, Lane::Push, Ask::Push { body, signature });
    }

    pub(super) fn at_disk(&mut self, who: Who, work: Work) {
        let takes = 1 + below(&mut self.chance, 8);
        let tablet = &mut self.tablets[who.tablet];
        tablet.disk_free_ms = tablet.disk_free_ms.max(self.now_ms) + takes;
        let after = tablet.disk_free_ms - self.now_ms;
        self.later(after, Event::Disk(who, work));
    }

    pub(super) fn disk(&mut self, who: Who, work: Work) {
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

    pub(super) fn tell_if(&mut self, lives: bool, who: Who, input: Input) {
        if lives {
            self.tell(who, input);
        }
    }

    /// One transaction: numbers, entry, counters. Then, and only then, the screen says so.
    pub(super) fn record(&mut self, who: Who, lives: bool) {
        let Ok(kept) = self.tablets[who.tablet].disk.read() else { return };
        let counters = self.numbers_of(who, kept.counters.clone());
        let shop = self.shops[self.tablets[who.tablet].shop].clone();
        let numbers = counters.next();
        let back = self.receipt(who.tablet).and_then(|sold| {
            let tablet = &self.tablets[who.tablet];
            take_back(tablet, &shop, &sold, &numbers, self.now_ms, &mut self.chance)
        });
        let tablet = &self.tablets[who.tablet];
        let drawer = match back {
            Some(back) => Some(back),
            None => drawer::act(tablet, &shop, &numbers, self.now_ms, &mut self.chance)
                .or_else(|| customers::act(tablet, &shop, &numbers, self.now_ms, &mut self.chance)),
        };
        let is_sale = drawer.is_none();
        let entry = drawer.or_else(|| ring_up(tablet, &shop, &numbers, self.now_ms, &mut self.chance));
        let Some(entry) = entry else { return };
        let entry = if is_sale { accounts::moved(tablet, entry, &mut self.chance) } else { entry };
        let entry = if is_sale { points::moved(tablet, entry, &mut self.chance) } else { entry };
        let entry = if is_sale { layaways::put_aside(tablet, entry, &mut self.chance) } else { entry };
        let entry = approving::asked(tablet, &shop, entry, &mut self.chance);
        let entry = match self.known_elsewhere(who.tablet, &entry) {
            Some(under_its_id) => {
                self.lent.insert(under_its_id.id.to_string());
                self.lent.extend(sale_of(&under_its_id).map(|sale| sale.id.to_string()));
                under_its_id
            }
            None => entry,
        };
        let Some(open) = read(&entry) else { return };
        let Ok(after) = counters.after(&entry, &open) else { return };
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

    /// Now and then somebody brings a receipt: of this tablet, or of another one of the shop, whose returns it may not know.
    fn receipt(&mut self, at: usize) -> Option<Sale> {
        if !self.chance.percent(15) {
            return None;
        }
        let shop = self.tablets[at].shop;
        let others: Vec<usize> =
            (0..self.tablets.len()).filter(|other| self.tablets[*other].shop == shop).collect();
        let from = if self.chance.percent(50) { at } else { others[self.chance.below(others.len())] };
        let journal = &self.tablets[from].disk.look().journal;
        let place = self.chance.below(journal.len().max(1));
        journal.values().nth(place).and_then(sale_of)
    }

    /// The record under the ids of one the other shop has, while that is this tablet's fault.
    fn known_elsewhere(&self, at: usize, entry: &SealedEntry) -> Option<SealedEntry> {
        let tablet = &self.tablets[at];
        if !tablet.borrows_ids {
            return None;
        }
        let others = self.tablets.iter().filter(|other| other.shop != tablet.shop);
        // Not one that is lent already: it would come back to the shop it is from.
        let is_new = |known: &&SealedEntry| !self.lent.contains(&known.id.to_string());
        let mut known = others.flat_map(|other| other.disk.look().journal.values());
        under_ids_of(entry, known.find(is_new)?)
    }

    pub(super) fn numbers_of(&self, who: Who, kept: Counters) -> Counters {
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
}
