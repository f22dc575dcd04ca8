//! Counter: one scale at work: its state is told what happened, and what it says is carried out.

use super::{KnownScale, Scales};
use crate::clock;
use crate::peripheral::scale::{self, Port, PortError};
use shared::ids::ScaleId;
use shared::scale::{Input, Output, Scale, Weighing, step};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;

pub struct Counter {
    me: Weak<Self>,
    scales: Scales,
    scale: RefCell<Scale>,
    weighing: RefCell<Weighing>,
    port: RefCell<Option<Rc<Port>>>,
    /// Only the newest wake-up counts.
    wake: Cell<u32>,
    is_opening: Cell<bool>,
    trouble: Cell<Option<PortError>>,
    has_ended: Cell<bool>,
}

impl Counter {
    pub fn new(scales: Scales, scale: Scale) -> Rc<Self> {
        Rc::new_cyclic(|me| Self {
            me: me.clone(),
            scales,
            weighing: RefCell::new(Weighing::of(scale.protocol)),
            scale: RefCell::new(scale),
            port: RefCell::default(),
            wake: Cell::default(),
            is_opening: Cell::default(),
            trouble: Cell::default(),
            has_ended: Cell::default(),
        })
    }

    pub fn id(&self) -> ScaleId {
        self.scale.borrow().id
    }

    pub fn known(&self) -> KnownScale {
        let weighing = self.weighing.borrow();
        KnownScale {
            scale: self.scale.borrow().clone(),
            standing: weighing.standing(),
            refused: weighing.refused(),
            tare: weighing.tare(),
            trouble: self.trouble.get(),
        }
    }

    /// Another language or line begins anew; another name does not.
    pub fn change(&self, scale: Scale) {
        let before = self.scale.replace(scale.clone());
        let line = |scale: &Scale| (scale.cable.clone(), scale.protocol, scale.framing);
        if line(&before) == line(&scale) {
            return self.scales.show();
        }
        let watched = self.scales.is_watched();
        self.weighing.replace(Weighing::of(scale.protocol));
        self.tell(Input::Watched(watched));
        let open = self.port.borrow().clone();
        match open {
            Some(port) => self.lost(&port),
            None => self.connect(),
        }
    }

    /// Gives the scale back for good.
    pub fn end(&self) {
        self.has_ended.set(true);
        if let Some(port) = self.port.take() {
            spawn_local(async move { port.close().await });
        }
    }

    /// Opens the scale, if it is not open.
    pub fn connect(&self) {
        if self.has_ended.get() || self.port.borrow().is_some() || self.is_opening.replace(true) {
            return;
        }
        let Some(counter) = self.me.upgrade() else { return };
        spawn_local(async move { counter.open().await });
    }

    async fn open(self: Rc<Self>) {
        let scale = self.scale.borrow().clone();
        let opened = scale::open(&scale).await;
        self.is_opening.set(false);
        self.trouble.set(opened.as_ref().err().copied().filter(|error| *error != PortError::Gone));
        match opened {
            Ok(port) if self.has_ended.get() => port.close().await,
            Ok(port) => {
                let port = Rc::new(port);
                self.port.replace(Some(Rc::clone(&port)));
                spawn_local(Rc::clone(&self).listen(port));
                self.tell(Input::Connected);
            }
            Err(_) => self.scales.show(),
        }
    }

    /// Something was plugged in or out.
    pub fn look_for_it(&self) {
        let Some(port) = self.port.borrow().clone() else { return self.connect() };
        let Some(counter) = self.me.upgrade() else { return };
        spawn_local(async move {
            let cable = counter.scale.borrow().cable.clone();
            if !scale::is_plugged(&cable).await {
                counter.lost(&port);
            }
        });
    }

    fn lost(&self, port: &Rc<Port>) {
        let is_it = self.port.borrow().as_ref().is_some_and(|now| Rc::ptr_eq(now, port));
        if !is_it {
            return;
        }
        self.port.take();
        let port = Rc::clone(port);
        let counter = self.me.clone();
        self.tell(Input::Gone);
        spawn_local(async move {
            port.close().await;
            if let Some(counter) = counter.upgrade() {
                counter.connect();
            }
        });
    }

    async fn listen(self: Rc<Self>, port: Rc<Port>) {
        loop {
            match port.read().await {
                Ok(bytes) => self.tell(Input::Heard(&bytes)),
                Err(_) => return self.lost(&port),
            }
        }
    }

    /// One input for the rules; what they answer is begun at once.
    pub fn tell(&self, input: Input) {
        let (weighing, outputs) = step(self.weighing.take(), input, clock::now_ms());
        self.weighing.replace(weighing);
        self.scales.show();
        for output in outputs {
            let Some(counter) = self.me.upgrade() else { return };
            spawn_local(async move { counter.carry_out(output).await });
        }
    }

    async fn carry_out(&self, output: Output) {
        match output {
            Output::Send(bytes) => {
                let Some(port) = self.port.borrow().clone() else { return };
                if port.write(&bytes).await.is_err() {
                    self.lost(&port);
                }
            }
            Output::WakeAt(at_ms) => {
                let mine = self.wake.get().wrapping_add(1);
                self.wake.set(mine);
                clock::pause(at_ms.saturating_sub(clock::now_ms())).await;
                if self.wake.get() == mine {
                    self.tell(Input::Woken);
                }
            }
        }
    }
}
