//! Mishap: carrying out what the plan of faults says, and mending it.
//! May use: faults, tablet, server. Never: a fault that is not in the plan.

use super::{Event, World};
use crate::faults::{Fault, Planned, below};
use crate::server::Ask;
use crate::tablet::{ring_up, signed};
use shared::ids::DeviceId;
use shared::sync::register::Input;
use tillbridge::store::{access, ground};

impl World {
    pub(super) fn befall(&mut self, at: usize) {
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
            Fault::OlderRelease(tablet) => self.tablets[tablet].older = true,
            Fault::SameIds(tablet) => self.tablets[tablet].borrows_ids = true,
            Fault::Evicted(tablet) => {
                // Cut off first, so that something waits; it happens when it has just told how much.
                self.tablets[tablet].doomed = !self.tablets[tablet].blank;
                self.tablets[tablet].reachable = false;
            }
            Fault::PairAnew(tablet) => self.ask_to_leave(tablet, self.tablets[tablet].shop),
            Fault::Moves(tablet) => self.ask_to_leave(tablet, 1 - self.tablets[tablet].shop),
            Fault::AllSessionsEnd => {
                for tablet in 0..self.tablets.len() {
                    self.end_session(tablet);
                }
            }
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

    pub(super) fn mend(&mut self, at: usize) {
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
            Fault::SameIds(tablet) => self.tablets[tablet].borrows_ids = false,
            Fault::Evicted(tablet) => {
                self.tablets[tablet].reachable = true;
                self.later(90_000, Event::Evict(tablet));
            }
            Fault::OlderRelease(tablet) => self.update(tablet),
            _ => {}
        }
    }

    pub(super) fn kill_tab(&mut self, at: usize) {
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

    pub(super) fn kill_browser(&mut self, at: usize) {
        for tab in 0..self.tablets[at].tabs.len() {
            self.tablets[at].kill_tab(tab);
        }
        let after = 1_000 + below(&mut self.chance, 120_000);
        self.later(after, Event::Open(at));
    }

    pub(super) fn unpair(&mut self, at: usize) {
        self.revoke(self.tablets[at].shop, self.tablets[at].paired.device_id);
    }

    pub(super) fn revoke(&mut self, shop: usize, device: DeviceId) {
        let shop = self.shops[shop].organisation_id;
        let done = self.server.with(async |app| tillbridge::app::devices::revoke(app, shop, device).await);
        if done.is_some_and(|done| done.is_ok()) {
            let all = self.tablets.iter_mut().chain(&mut self.gone);
            for tablet in all.filter(|tablet| tablet.paired.device_id == device) {
                tablet.revoked_at_ms.get_or_insert(self.now_ms);
            }
        }
    }

    pub(super) fn end_session(&mut self, at: usize) {
        let shop = self.shops[self.tablets[at].shop].organisation_id;
        let device = self.tablets[at].paired.device_id;
        self.server.with(async |app| {
            let mut tx = app.db.write_for(shop).await.unwrap();
            access::end_device_sessions(&mut tx, shop, device).await.unwrap();
            tx.commit().await.unwrap();
        });
    }

    pub(super) fn copy(&mut self, at: usize) {
        if self.tablets[at].blank {
            return;
        }
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
    pub(super) fn restore(&mut self) {
        if !self.server.restore() {
            return;
        }
        self.restored = true;
        let unpaired: Vec<_> = self
            .every_tablet()
            .filter(|tablet| tablet.revoked_at_ms.is_some())
            .map(|tablet| (tablet.shop, tablet.paired.device_id))
            .collect();
        for (shop, device) in unpaired {
            self.revoke(shop, device);
        }
        self.lost_with_the_books();
        let shops: Vec<_> = self.shops.iter().map(|shop| shop.organisation_id).collect();
        self.server.with(async |app| {
            for shop in shops {
                let mut tx = app.db.read_for(shop).await.unwrap();
                assert!(!ground::devices(&mut tx, shop).await.unwrap().is_empty());
            }
        });
    }

    /// A key of the other shop signs what this tablet might have sent.
    pub(super) fn forge(&mut self, at: usize) {
        let tablet = &self.tablets[at];
        let other = self.shops[1 - tablet.shop].tablets[0].key.clone();
        let counters = tablet.disk.look().counters.clone();
        let shop = self.shops[tablet.shop].clone();
        let Some(entry) = ring_up(tablet, &shop, &counters.next(), self.now_ms, &mut self.chance) else {
            return;
        };
        let (body, signature) = signed(&other, tablet.paired.device_id, vec![entry]);
        let answers = self.server.ask(vec![Ask::Push { body, signature }], self.now_ms, &mut self.chance);
        if answers.is_some_and(|answers| answers.iter().any(Result::is_ok)) {
            self.wrong("I11: a push under another shop's key was taken".to_owned());
        }
        if !self.server.is_on() {
            self.later(5_000, Event::ServerOn);
        }
    }
}
