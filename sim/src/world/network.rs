//! Network: requests on their way, and what becomes of them.
//! Lives here: what is lost, late, doubled; the server asked with what arrives together; wake-ups.
//! May use: server. Never: a rule of sync.

use super::{Event, Lane, PATIENCE_MS, TOGETHER_MS, Who, World};
use crate::books;
use crate::faults::below;
use crate::server::{Ask, Reply};
use shared::ids::DeviceId;
use shared::sync::register::{Failure, Input};

impl World {
    pub(super) fn send(&mut self, who: Who, lane: Lane, ask: Ask) {
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

    pub(super) fn is_cut_off(&self, tablet: usize) -> bool {
        self.weather.outages > 0 || !self.tablets[tablet].reachable
    }

    pub(super) fn latency(&mut self) -> i64 {
        5 + below(&mut self.chance, 60) + below(&mut self.chance, self.weather.slow_ms + 1)
    }

    pub(super) fn arrive(&mut self, who: Who, lane: Lane, ask: Ask, sent_ms: i64, again: bool) {
        let mut together = vec![(who, lane, ask, sent_ms, again)];
        if lane == Lane::Push {
            let near: Vec<(i64, u64)> = self
                .queue
                .range(..=(self.now_ms + TOGETHER_MS, u64::MAX))
                .filter(|(_, event)| matches!(event, Event::Arrive { lane: Lane::Push, .. }))
                .map(|(key, _)| *key)
                .collect();
            for key in near {
                // Two of one tablet come one after the other: which of them the server hears first is not the seed's to say.
                let is_other = |event: &Event| {
                    let Event::Arrive { who, .. } = event else { return false };
                    together.iter().all(|(other, ..)| other.device_id != who.device_id)
                };
                if !self.queue.get(&key).is_some_and(is_other) {
                    continue;
                }
                if let Some(Event::Arrive { who, lane, ask, sent_ms, again }) = self.queue.remove(&key) {
                    together.push((who, lane, ask, sent_ms, again));
                }
            }
        }
        let asks: Vec<Ask> = together.iter().map(|(_, _, ask, _, _)| ask.clone()).collect();
        let asked_by: Vec<DeviceId> = together.iter().map(|(who, ..)| who.device_id).collect();
        let Some(answers) = self.server.ask(asks.clone(), self.now_ms, &mut self.chance) else {
            self.told.retain(|device, _| !asked_by.contains(device));
            if !self.server.is_on() {
                self.note("server down");
                let after = 2_000 + below(&mut self.chance, 60_000);
                self.later(after, Event::ServerOn);
            }
            return;
        };
        for ((ask, answer), device) in asks.iter().zip(&answers).zip(asked_by) {
            match (ask, answer) {
                (Ask::Push { body, .. }, Ok(Reply::Pushed(response))) => {
                    let taken = books::taken(body, response);
                    if !books::has_all(&self.server, &taken) {
                        self.wrong(
                            "R4: the server answered for a record that is not in its books".to_owned(),
                        );
                    }
                    self.answered.extend(taken);
                }
                (Ask::Pull { recorded, .. }, Ok(_)) => {
                    self.told.insert(device, *recorded);
                }
                _ => {}
            }
        }
        for ((who, lane, _, sent_ms, again), answer) in together.into_iter().zip(answers) {
            self.answered(who, lane, sent_ms, again, answer);
        }
    }

    pub(super) fn answered(
        &mut self,
        who: Who,
        lane: Lane,
        sent_ms: i64,
        again: bool,
        answer: Result<Reply, Failure>,
    ) {
        let device = who.device_id;
        match &answer {
            Ok(Reply::Pushed(response)) => {
                let held = self.held.entry(device).or_default();
                *held = (*held).max(response.last_sequence);
                self.note(&format!("pushed {} to {}", who.tablet, response.last_sequence));
                if !response.answers.is_empty() {
                    self.wake_others(self.tablets[who.tablet].shop);
                }
            }
            Ok(Reply::Pulled(page)) => {
                self.note(&format!("pulled {} {} {}", who.tablet, page.changes.len(), page.more));
                let held = self.held.get(&device).copied().unwrap_or(0);
                let more =
                    self.told.get(&device).is_some_and(|told| u64::try_from(*told).unwrap_or(0) > held);
                if self.tablets[who.tablet].doomed && more {
                    self.later(1, Event::Evict(who.tablet));
                }
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
    pub(super) fn drop_patience(&mut self, who: Who, lane: Lane) {
        let waiting = self.queue.iter().find(|(_, event)| {
            matches!(event, Event::Answer(other, its, Err(Failure::NoAnswer))
                if other.tablet == who.tablet && other.tab == who.tab && other.life == who.life && *its == lane)
        });
        if let Some(key) = waiting.map(|(key, _)| *key) {
            self.queue.remove(&key);
        }
    }

    /// The server's events tell the others that something changed; a tablet may miss them.
    pub(super) fn wake_others(&mut self, shop: usize) {
        for at in 0..self.tablets.len() {
            let tablet = &self.tablets[at];
            // Its events end with its sign-in.
            let signed_out = tablet.session.is_none() || tablet.revoked_at_ms.is_some();
            if tablet.shop != shop
                || signed_out
                || !tablet.online
                || self.is_cut_off(at)
                || self.chance.percent(30)
            {
                continue;
            }
            if let Some(tab) = self.tablets[at].owner {
                let who = self.who(at, tab);
                self.later(250, Event::Changed(who));
            }
        }
    }

    pub(super) fn answer(&mut self, who: Who, lane: Lane, reply: Result<Reply, Failure>) {
        if let Ok(Reply::SignedIn { session, .. }) = &reply
            && self.tablets[who.tablet].paired.device_id == who.device_id
            && !self.tablets[who.tablet].blank
        {
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
}
