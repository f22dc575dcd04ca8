//! Cabled: scanners on a cable of their own: what they read goes the way of every scan.
//! Lives here: the shell around `shared::barcode`'s reader: finding them again, opening them, hearing them.
//! May use: device_store, peripheral, clock, scans. Never: markup, what a code means.
//! Invariant: on a tablet without one nothing of this is begun; only the tab that owns the tablet listens.

use super::scans::Scans;
use super::till::Till;
use crate::clock;
use crate::peripheral::cabled_scanner::{self, Line, PortError, Wire};
use leptos::prelude::*;
use shared::barcode::{CabledScanner, CodeReader};
use shared::ids::ScannerId;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// A scanner sends a code at once; after so long nothing more of it comes.
const SILENCE_MS: i64 = 120;

/// A scanner, for the pages.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownScanner {
    /// It.
    pub scanner: CabledScanner,
    /// Is it there and open?
    pub is_here: bool,
    /// Why it cannot be used though it is plugged in.
    pub trouble: Option<PortError>,
}

/// The scanners of this tablet that do not type. It is `Copy`: take it from the context with [`use_cabled`].
#[derive(Clone, Copy)]
pub struct Cabled {
    till: Till,
    scans: Scans,
    /// Every one, in the order they were added.
    pub known: RwSignal<Arc<Vec<KnownScanner>>>,
    ears: StoredValue<Vec<Rc<Ear>>, LocalStorage>,
    is_begun: StoredValue<bool>,
}

/// The scanners of this tablet that do not type.
pub fn use_cabled() -> Cabled {
    expect_context()
}

impl Cabled {
    /// None yet.
    pub fn new(till: Till, scans: Scans) -> Self {
        Self {
            till,
            scans,
            known: RwSignal::default(),
            ears: StoredValue::new_local(Vec::new()),
            is_begun: StoredValue::new(false),
        }
    }

    /// Finds them again, as soon as this tab owns the tablet.
    pub fn begin(self) {
        let is_first = self.is_begun.try_update_value(|is| !std::mem::replace(is, true)) == Some(true);
        if !is_first {
            return;
        }
        cabled_scanner::on_plug(move || self.all().iter().for_each(|ear| ear.look_for_it()));
        let is_paired = Memo::new(move |_| self.till.identity.with(Option::is_some));
        Effect::new(move |_| {
            if self.till.owner.get() && is_paired.get() {
                spawn_local(async move { self.find_again().await });
            }
        });
    }

    async fn find_again(self) {
        match self.till.device().scanners().await {
            Ok(kept) => kept.into_iter().for_each(|kept| self.set_up(kept)),
            Err(error) => leptos::logging::warn!("scanners: {error}"),
        }
    }

    fn set_up(self, scanner: CabledScanner) {
        if self.all().iter().any(|ear| ear.scanner.id == scanner.id) {
            return;
        }
        let ear = Rc::new_cyclic(|me| Ear {
            me: me.clone(),
            scanners: self,
            scanner,
            reader: RefCell::default(),
            line: RefCell::default(),
            is_opening: Cell::default(),
            wake: Cell::default(),
            trouble: Cell::default(),
            has_ended: Cell::default(),
        });
        self.ears.update_value(|ears| ears.push(Rc::clone(&ear)));
        self.show();
        ear.connect();
    }

    fn all(self) -> Vec<Rc<Ear>> {
        self.ears.try_with_value(Clone::clone).unwrap_or_default()
    }

    fn show(self) {
        let known: Vec<KnownScanner> = self.all().iter().map(|ear| ear.known()).collect();
        if self.known.try_with_untracked(|before| **before != known) == Some(true) {
            self.known.set(Arc::new(known));
        }
    }

    async fn keep(self) {
        let kept: Vec<CabledScanner> = self.all().iter().map(|ear| ear.scanner.clone()).collect();
        if let Err(error) = self.till.device().keep_scanners(&kept).await {
            leptos::logging::warn!("scanners: {error}");
        }
    }

    /// Is there such a wire in this browser?
    pub fn can_have(self, wire: Wire) -> bool {
        cabled_scanner::is_here(wire)
    }

    /// Lets a person choose a scanner and adds it; only as an answer to a touch or a key.
    ///
    /// # Errors
    /// See [`PortError`].
    pub async fn add(self, wire: Wire, name: String) -> Result<(), PortError> {
        let cable = cabled_scanner::choose(wire).await?;
        if self.all().iter().any(|ear| ear.scanner.cable == cable) && wire == Wire::Hid {
            return Ok(());
        }
        self.set_up(CabledScanner { id: ScannerId(clock::mint()), name, cable });
        self.keep().await;
        Ok(())
    }

    /// Forgets one.
    pub fn remove(self, id: ScannerId) {
        if let Some(ear) = self.all().into_iter().find(|ear| ear.scanner.id == id) {
            ear.end();
            self.ears.update_value(|ears| ears.retain(|ear| ear.scanner.id != id));
            self.show();
            spawn_local(async move { self.keep().await });
        }
    }
}

/// One scanner that is listened to.
pub struct Ear {
    me: Weak<Self>,
    scanners: Cabled,
    scanner: CabledScanner,
    reader: RefCell<CodeReader>,
    line: RefCell<Option<Rc<Line>>>,
    is_opening: Cell<bool>,
    /// Only the newest silence counts.
    wake: Cell<u32>,
    trouble: Cell<Option<PortError>>,
    has_ended: Cell<bool>,
}

impl Ear {
    fn known(&self) -> KnownScanner {
        KnownScanner {
            scanner: self.scanner.clone(),
            is_here: self.line.borrow().is_some(),
            trouble: self.trouble.get(),
        }
    }

    fn open_line(&self) -> Option<Rc<Line>> {
        self.line.borrow().clone()
    }

    fn connect(&self) {
        if self.has_ended.get() || self.open_line().is_some() || self.is_opening.replace(true) {
            return;
        }
        let Some(ear) = self.me.upgrade() else { return };
        spawn_local(async move { ear.open().await });
    }

    async fn open(self: Rc<Self>) {
        let me = self.me.clone();
        let report = move |number: u8, bytes: Vec<u8>| {
            if let Some(ear) = me.upgrade() {
                let code = ear.reader.borrow_mut().report(number, &bytes);
                ear.give(code);
            }
        };
        let opened = Line::open(&self.scanner.cable, report).await;
        self.is_opening.set(false);
        self.trouble.set(opened.as_ref().err().copied().filter(|error| *error != PortError::Gone));
        match opened {
            Ok(line) if self.has_ended.get() => line.close().await,
            Ok(line) => {
                let line = Rc::new(line);
                self.line.replace(Some(Rc::clone(&line)));
                self.reader.replace(CodeReader::default());
                self.scanners.show();
                spawn_local(Rc::clone(&self).listen(line));
            }
            Err(_) => self.scanners.show(),
        }
    }

    async fn listen(self: Rc<Self>, line: Rc<Line>) {
        loop {
            match line.read().await {
                Ok(bytes) => self.heard(&bytes),
                // What it reads comes as reports.
                Err(PortError::Unsupported) => return,
                Err(_) => return self.lost(&line),
            }
        }
    }

    fn heard(&self, bytes: &[u8]) {
        let codes = self.reader.borrow_mut().bytes(bytes);
        self.give(codes);
        let mine = self.wake.get().wrapping_add(1);
        self.wake.set(mine);
        if !self.reader.borrow().is_reading() {
            return;
        }
        let Some(ear) = self.me.upgrade() else { return };
        spawn_local(async move {
            clock::pause(SILENCE_MS).await;
            if ear.wake.get() == mine {
                let code = ear.reader.borrow_mut().silence();
                ear.give(code);
            }
        });
    }

    fn give(&self, codes: impl IntoIterator<Item = String>) {
        codes.into_iter().for_each(|code| self.scanners.scans.give(code));
    }

    fn look_for_it(&self) {
        let Some(line) = self.open_line() else { return self.connect() };
        let Some(ear) = self.me.upgrade() else { return };
        spawn_local(async move {
            if !cabled_scanner::is_plugged(&ear.scanner.cable).await {
                ear.lost(&line);
            }
        });
    }

    fn lost(&self, line: &Rc<Line>) {
        if !self.open_line().is_some_and(|now| Rc::ptr_eq(&now, line)) {
            return;
        }
        self.line.take();
        self.scanners.show();
        let (line, ear) = (Rc::clone(line), self.me.clone());
        spawn_local(async move {
            line.close().await;
            if let Some(ear) = ear.upgrade() {
                ear.connect();
            }
        });
    }

    fn end(&self) {
        self.has_ended.set(true);
        if let Some(line) = self.line.take() {
            spawn_local(async move { line.close().await });
        }
    }
}
