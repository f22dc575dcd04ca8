//! Renewal: a tablet that becomes a new one: its storage thrown away by the browser or erased in order, then paired again.
//! Lives here: what is lost with a storage, leaving a shop, pairing in the same or the other one, updating the app.
//! May use: tablet, shop, the server's use-cases. Never: a rule of when a tablet may be erased (that is shared's).
//! Invariant: what is excused as lost was never answered for, or went with the books too.

use super::{Event, World};
use crate::books;
use crate::faults::below;
use crate::server::{Ask, Reply};
use crate::shop::admit;
use shared::sync::register::Stop;

impl World {
    /// The browser throws everything away. What was not answered for is gone; somebody finds the page for pairing.
    pub(super) fn evict(&mut self, at: usize) {
        if !std::mem::take(&mut self.tablets[at].doomed) {
            return;
        }
        self.tablets[at].lose_everything();
        if self.chance.percent(70) {
            // What it was just sending does not get through either.
            self.queue.retain(|_, event| !matches!(event, Event::Arrive { who, .. } if who.tablet == at));
        }
        let gone: Vec<String> = self.nowhere(|hash| !self.answered.contains(hash));
        self.note(&format!("tablet {at} loses {} records", gone.len()));
        self.lost.extend(gone);
        if self.restored && self.server.is_on() {
            // The books went back, and it was thrown away before it could hand in again what they lack.
            self.lost_with_the_books();
        }
        let after = if self.calm { 1_000 } else { 30_000 + below(&mut self.chance, 1_800_000) };
        self.later(after, Event::Pair(at, self.tablets[at].shop));
    }

    /// The books went back, and a tablet that has lost its storage, before that or after, does not hold what they lack.
    pub(super) fn lost_with_the_books(&mut self) {
        let here = books::hashes(&self.server);
        let gone = self.nowhere(|hash| !here.contains(hash));
        self.lost.extend(gone);
    }

    /// What was promised by tablets that have lost or erased their storage, is on no storage, and fits.
    fn nowhere(&self, fits: impl Fn(&str) -> bool) -> Vec<String> {
        let without = self.tablets.iter().filter(|tablet| tablet.blank).chain(&self.gone);
        without
            .flat_map(|tablet| &tablet.promised)
            .filter(|one| fits(&one.hash) && !self.tablets.iter().any(|other| other.holds(one)))
            .map(|one| one.hash.clone())
            .collect()
    }

    /// A manager unpairs it; whoever stands there pairs it again, here or elsewhere, as soon as the app lets them.
    pub(super) fn ask_to_leave(&mut self, at: usize, shop: usize) {
        if self.tablets[at].copied || self.tablets[at].blank {
            return;
        }
        self.unpair(at);
        if self.tablets[at].revoked_at_ms.is_some() {
            self.later(20_000, Event::Leave(at, shop));
        }
    }

    /// The app erases itself only when it knows that it is unpaired, and holds nothing that was not answered for.
    pub(super) fn leave(&mut self, at: usize, shop: usize) {
        let tablet = &self.tablets[at];
        if tablet.blank || tablet.copied || tablet.revoked_at_ms.is_none() {
            return;
        }
        let knows = tablet.owner.is_some_and(|tab| tablet.tabs[tab].state.stopped == Some(Stop::Unpaired));
        let may_erase = tablet.disk.read().is_ok_and(|kept| kept.counters.unsent(&kept.answered) == 0);
        if !knows || !may_erase || !self.everything_is_there(at) {
            if self.now_ms < self.latest_leave_ms {
                self.later(20_000, Event::Leave(at, shop));
            }
            return;
        }
        self.note(&format!("tablet {at} is erased"));
        self.tablets[at].lose_everything();
        self.pair(at, shop);
    }

    /// Asked at this very moment, as the app does before it erases a tablet.
    fn everything_is_there(&mut self, at: usize) -> bool {
        if !self.tablets[at].online || self.is_cut_off(at) {
            return false;
        }
        let tablet = &self.tablets[at];
        let counters = tablet.disk.look().counters.clone();
        let (body, signature) = tablet.sealed(Vec::new());
        let answers = self.server.ask(vec![Ask::Push { body, signature }], self.now_ms, &mut self.chance);
        if !self.server.is_on() {
            self.later(5_000, Event::ServerOn);
        }
        let first = answers.and_then(|answers| answers.into_iter().next());
        matches!(first, Some(Ok(Reply::Pushed(response))) if counters.after_place(response.last_sequence) == 0)
    }

    /// Somebody types a code: a new key, a new tablet to the server. What it was stays in the list.
    pub(super) fn pair(&mut self, at: usize, shop: usize) {
        if !self.tablets[at].blank {
            return;
        }
        if !self.server.is_on() {
            self.later(5_000, Event::Pair(at, shop));
            return;
        }
        let (was, now_ms) = (&self.tablets[at], self.now_ms);
        let (old_shop, old_device) = (was.shop, was.paired.device_id);
        let place = if shop == old_shop { &was.paired } else { &self.shops[shop].tablets[0] };
        let (organisation_id, register_id) = (self.shops[shop].organisation_id, place.register_id);
        let mut chance = self.chance.clone();
        let paired = self.server.with(async |app| {
            let mut tx = app.db.write_for(organisation_id).await.unwrap();
            let paired = admit(&mut tx, organisation_id, register_id, now_ms, &mut chance).await;
            tx.commit().await.unwrap();
            paired
        });
        self.chance = chance;
        let Some(paired) = paired else { return };
        let old = self.tablets[at].pair_anew(shop, paired);
        self.gone.push(old);
        self.note(&format!("tablet {at} is paired in shop {shop}"));
        if self.chance.percent(60) {
            self.revoke(old_shop, old_device);
        }
        self.later(500, Event::Open(at));
    }

    /// The app is updated: the page is loaded anew in the middle of whatever it did.
    pub(super) fn update(&mut self, at: usize) {
        if !std::mem::take(&mut self.tablets[at].older) {
            return;
        }
        self.note(&format!("tablet {at} is updated"));
        let open = self.tablets[at].tabs.iter().filter(|tab| tab.alive).count();
        for tab in 0..self.tablets[at].tabs.len() {
            self.tablets[at].kill_tab(tab);
        }
        for tab in 0..open {
            self.later(300 + 200 * i64::try_from(tab).unwrap_or(0), Event::Open(at));
        }
    }
}
