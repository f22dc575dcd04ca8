//! Scales: the weighing scales of this tablet, and what lies on them.
//! Lives here: the shell around `shared::scale`: a counter a scale that tells its state what happened and carries out what it
//! says (`counter`), and the scales as signals for the pages.
//! May use: device_store, peripheral, clock, shared rules. Never: markup, a decision about what is asked when.
//! Invariant: nothing of this is begun before a page that weighs asks for it; only the tab that owns the tablet weighs.

mod counter;

use super::Till;
use crate::clock;
use crate::peripheral::scale::{self, PortError};
use counter::Counter;
use leptos::prelude::*;
use shared::ids::ScaleId;
use shared::scale::{Input, Order, Protocol, Scale, Standing, Weight};
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// A scale, for the pages.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownScale {
    /// It.
    pub scale: Scale,
    /// How it stands.
    pub standing: Standing,
    /// What it was told and could not do.
    pub refused: Option<Order>,
    /// The packaging it takes off, where it has said so.
    pub tare: Option<Weight>,
    /// Why it cannot be used though it is plugged in.
    pub trouble: Option<PortError>,
}

/// The scales of this tablet. It is `Copy`: take it from the context with [`use_scales`].
#[derive(Clone, Copy)]
pub struct Scales {
    till: Till,
    /// Every one, in the order they were added.
    pub known: RwSignal<Arc<Vec<KnownScale>>>,
    counters: StoredValue<Vec<Rc<Counter>>, LocalStorage>,
    is_begun: StoredValue<bool>,
    watchers: StoredValue<u32>,
}

/// The scales of this tablet.
pub fn use_scales() -> Scales {
    expect_context()
}

impl Scales {
    /// None yet: a page that weighs says [`Scales::watch`].
    pub fn new(till: Till) -> Self {
        Self {
            till,
            known: RwSignal::default(),
            counters: StoredValue::new_local(Vec::new()),
            is_begun: StoredValue::new(false),
            watchers: StoredValue::new(0),
        }
    }

    /// Finds the scales again and asks them how heavy it is, until the part of the page that wants to know is gone.
    pub fn watch(self) {
        self.watchers.update_value(|watchers| *watchers = watchers.saturating_add(1));
        self.look(true);
        on_cleanup(move || {
            let left = self.watchers.try_update_value(|watchers| {
                *watchers = watchers.saturating_sub(1);
                *watchers
            });
            if left == Some(0) {
                self.look(false);
            }
        });
        let is_first = self.is_begun.try_update_value(|is| !std::mem::replace(is, true)) == Some(true);
        if is_first && self.till.owner.get_untracked() {
            scale::on_plug(move || self.plugged());
            spawn_local(async move { self.find_again().await });
        } else if is_first {
            // Another tab has them; if that is closed they are found the next time.
            self.is_begun.set_value(false);
        }
    }

    async fn find_again(self) {
        match self.till.device().scales().await {
            Ok(kept) => kept.into_iter().for_each(|kept| self.set_up(kept)),
            Err(error) => {
                leptos::logging::warn!("scales: {error}");
                self.is_begun.set_value(false);
            }
        }
    }

    fn set_up(self, scale: Scale) {
        let counter = Counter::new(self, scale);
        self.counters.update_value(|counters| counters.push(Rc::clone(&counter)));
        counter.tell(Input::Watched(self.is_watched()));
        self.show();
        counter.connect();
    }

    fn is_watched(self) -> bool {
        self.watchers.try_get_value().is_some_and(|watchers| watchers > 0)
    }

    fn all(self) -> Vec<Rc<Counter>> {
        self.counters.try_with_value(Clone::clone).unwrap_or_default()
    }

    fn counter(self, id: ScaleId) -> Option<Rc<Counter>> {
        self.all().into_iter().find(|counter| counter.id() == id)
    }

    fn look(self, is: bool) {
        for counter in self.all() {
            counter.tell(Input::Watched(is));
            counter.connect();
        }
    }

    fn plugged(self) {
        self.all().iter().for_each(|counter| counter.look_for_it());
    }

    fn show(self) {
        let known: Vec<KnownScale> = self.all().iter().map(|counter| counter.known()).collect();
        if self.known.try_with_untracked(|before| **before != known) == Some(true) {
            self.known.set(Arc::new(known));
        }
    }

    async fn keep(self) {
        let kept: Vec<Scale> = self.all().iter().map(|counter| counter.known().scale).collect();
        if let Err(error) = self.till.device().keep_scales(&kept).await {
            leptos::logging::warn!("scales: {error}");
        }
    }

    /// Is there such a cable in this browser?
    pub fn can_have(self) -> bool {
        scale::is_here()
    }

    /// Lets a person choose a scale and adds it; only as an answer to a touch or a key.
    ///
    /// # Errors
    /// See [`PortError`].
    pub async fn add(self, name: String) -> Result<ScaleId, PortError> {
        let cable = scale::choose().await?;
        let id = ScaleId(clock::mint());
        let protocol = Protocol::default();
        self.set_up(Scale { id, name, cable, protocol, framing: protocol.framing() });
        self.keep().await;
        Ok(id)
    }

    /// Changes what is set of a scale.
    pub fn change(self, scale: Scale) {
        if let Some(counter) = self.counter(scale.id) {
            counter.change(scale);
            spawn_local(async move { self.keep().await });
        }
    }

    /// Forgets a scale.
    pub fn remove(self, id: ScaleId) {
        if let Some(counter) = self.counter(id) {
            counter.end();
            self.counters.update_value(|counters| counters.retain(|counter| counter.id() != id));
            self.show();
            spawn_local(async move { self.keep().await });
        }
    }

    /// Tells a scale to do something.
    pub fn tell(self, id: ScaleId, order: Order) {
        if let Some(counter) = self.counter(id) {
            counter.tell(Input::Wanted(order));
        }
    }
}
