//! Desk: one printer at work: its queue is told what happened, and what it says is carried out.

use super::way::{Handed, Way, is_on_cable, is_there};
use super::{KnownPrinter, PortError, Printers, printout};
use crate::clock;
use crate::device_store::KeptPrinter;
use leptos::prelude::GetValue;
use shared::ids::PrinterId;
use shared::printing::{
    Answer, Answers, Input, Job, JobState, Output, Part, PrintQueue, Printer, PrinterStatus, Work, step,
};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;

/// A printer answers at once, or not at all.
const ANSWER_WITHIN_MS: i64 = 700;
/// How soon a printer that could not be opened is tried again while something waits for it.
const OPEN_AGAIN_MS: i64 = 3_000;
/// And while nothing does, where no plug tells that it is back.
const LOOK_AGAIN_MS: i64 = 20_000;

pub struct Desk {
    me: Weak<Self>,
    printers: Printers,
    printer: RefCell<Printer>,
    queue: RefCell<PrintQueue>,
    port: RefCell<Option<Rc<Way>>>,
    /// Of a printout that somebody else prints: all but its end, until that comes.
    body: RefCell<Vec<u8>>,
    answers: RefCell<Answers>,
    /// The newest question, and whether its answer is waited for.
    question: Cell<(u32, bool)>,
    /// Only the newest wake-up counts.
    wake: Cell<u32>,
    is_opening: Cell<bool>,
    opens_later: Cell<bool>,
    trouble: Cell<Option<PortError>>,
    has_ended: Cell<bool>,
}

impl Desk {
    pub fn new(printers: Printers, kept: KeptPrinter) -> Rc<Self> {
        Rc::new_cyclic(|me| Self {
            me: me.clone(),
            printers,
            printer: RefCell::new(kept.printer),
            queue: RefCell::new(PrintQueue::of(kept.jobs)),
            port: RefCell::default(),
            body: RefCell::default(),
            answers: RefCell::default(),
            question: Cell::default(),
            wake: Cell::default(),
            is_opening: Cell::default(),
            opens_later: Cell::default(),
            trouble: Cell::default(),
            has_ended: Cell::default(),
        })
    }

    pub fn id(&self) -> PrinterId {
        self.printer.borrow().id
    }

    pub fn known(&self) -> KnownPrinter {
        KnownPrinter {
            printer: self.printer.borrow().clone(),
            queue: self.queue.borrow().clone(),
            trouble: self.trouble.get(),
        }
    }

    pub fn kept(&self) -> KeptPrinter {
        KeptPrinter { printer: self.printer.borrow().clone(), jobs: self.queue.borrow().kept() }
    }

    /// A printer on another cable, or one that is told otherwise, is opened anew: what it was asked before has no answer.
    pub fn change(&self, printer: Printer) {
        let before = self.printer.replace(printer.clone());
        let told = |printer: &Printer| (printer.cable.clone(), printer.commands, printer.dialect());
        let open = self.port.borrow().clone().filter(|_| told(&before) != told(&printer));
        if let Some(port) = open {
            self.lost(&port);
        }
        self.connect();
    }

    /// Gives the printer back for good.
    pub fn end(&self) {
        self.has_ended.set(true);
        if let Some(port) = self.port.take() {
            spawn_local(async move { port.close().await });
        }
    }

    /// Opens the printer, if it is not open.
    pub fn connect(&self) {
        if self.has_ended.get() || self.port.borrow().is_some() || self.is_opening.replace(true) {
            return;
        }
        let Some(desk) = self.me.upgrade() else { return };
        spawn_local(async move { desk.open().await });
    }

    async fn open(self: Rc<Self>) {
        let printer = self.printer.borrow().clone();
        let opened = Way::open(printer, self.printers.open_afar.try_get_value().flatten()).await;
        self.is_opening.set(false);
        self.trouble.set(opened.as_ref().err().copied().filter(|error| *error != PortError::Gone));
        match opened {
            Ok(port) if self.has_ended.get() => port.close().await,
            Ok(port) => {
                let port = Rc::new(port);
                self.port.replace(Some(Rc::clone(&port)));
                // What it was asked before it was opened anew is not waited for.
                self.question.set((self.question.get().0.wrapping_add(1), false));
                self.answers.replace(Answers::of(self.printer.borrow().dialect()));
                spawn_local(Rc::clone(&self).listen(port));
                self.tell(Input::Connected);
            }
            Err(_) => {
                self.printers.show();
                self.open_later().await;
            }
        }
    }

    async fn open_later(&self) {
        let waits = |job: &Job| job.state == JobState::Waiting;
        let is_wanted = self.queue.borrow().jobs().iter().any(waits);
        let is_told = is_on_cable(&self.printer.borrow().cable);
        if (is_wanted || !is_told) && !self.opens_later.replace(true) {
            clock::pause(if is_wanted { OPEN_AGAIN_MS } else { LOOK_AGAIN_MS }).await;
            self.opens_later.set(false);
            self.connect();
        }
    }

    /// Something was plugged in or out.
    pub fn look_for_it(&self) {
        let Some(port) = self.port.borrow().clone() else { return self.connect() };
        let Some(desk) = self.me.upgrade() else { return };
        spawn_local(async move {
            let cable = desk.printer.borrow().cable.clone();
            if !is_there(&cable).await {
                desk.lost(&port);
            }
        });
    }

    fn lost(&self, port: &Rc<Way>) {
        let is_it = self.port.borrow().as_ref().is_some_and(|now| Rc::ptr_eq(now, port));
        if !is_it {
            return;
        }
        self.port.take();
        let port = Rc::clone(port);
        let desk = self.me.clone();
        self.tell(Input::Gone);
        spawn_local(async move {
            port.close().await;
            if let Some(desk) = desk.upgrade() {
                desk.connect();
            }
        });
    }

    async fn listen(self: Rc<Self>, port: Rc<Way>) {
        loop {
            match port.read().await {
                Ok(bytes) => self.heard(&bytes),
                // It cannot answer, which is no loss of it.
                Err(PortError::Unsupported) => return,
                Err(_) => return self.lost(&port),
            }
        }
    }

    fn heard(&self, bytes: &[u8]) {
        let answers = self.answers.borrow_mut().read(bytes);
        for answer in answers {
            match answer {
                Answer::Status(status) => {
                    self.question.set((self.question.get().0, false));
                    self.tell(Input::Status(Some(status)));
                }
                Answer::Proof => self.tell(Input::Proof),
            }
        }
    }

    /// One input for the rules; what they answer is begun at once.
    pub fn tell(&self, input: Input) {
        let (queue, outputs) = step(self.queue.take(), input, clock::now_ms());
        self.queue.replace(queue);
        self.printers.show();
        for output in outputs {
            let Some(desk) = self.me.upgrade() else { return };
            spawn_local(async move { desk.carry_out(output).await });
        }
        if matches!(input, Input::Add(..) | Input::Again(_)) {
            self.connect();
        }
    }

    async fn carry_out(&self, output: Output) {
        match output {
            Output::Keep(turn) => {
                self.printers.keep().await;
                self.tell(Input::Kept(turn));
            }
            Output::Ask => self.ask().await,
            Output::Send(job, part) => self.send(&job, part).await,
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

    async fn ask(&self) {
        if let Some(way) = self.by_relay() {
            return self.ask_relay(&way).await;
        }
        if !self.printer.borrow().prints_receipts() {
            // It speaks another language, and what it would say in it is not asked for here.
            self.tell(Input::Status(None));
            return;
        }
        let question = self.question.get().0.wrapping_add(1);
        self.question.set((question, true));
        let bytes = self.answers.borrow_mut().ask();
        match self.write(&bytes).await {
            Ok(()) => clock::pause(ANSWER_WITHIN_MS).await,
            Err(PortError::Broken) => {}
            Err(_) => return,
        }
        if self.question.get() == (question, true) {
            self.question.set((question, false));
            let so_far = self.answers.borrow().so_far();
            self.tell(Input::Status(so_far));
        }
    }

    /// Who prints, where somebody else does.
    fn by_relay(&self) -> Option<Rc<Way>> {
        self.port.borrow().clone().filter(|way| matches!(**way, Way::Relayed(_)))
    }

    async fn ask_relay(&self, way: &Rc<Way>) {
        let Way::Relayed(relay) = &**way else { return };
        match relay.look().await {
            Ok(status) => self.tell_of(way, Input::Status(status)),
            Err(_) => self.lost(way),
        }
    }

    /// Tells what a printer says that is still open.
    fn tell_of(&self, way: &Rc<Way>, input: Input) {
        let is_it = self.port.borrow().as_ref().is_some_and(|now| Rc::ptr_eq(now, way));
        if is_it {
            self.tell(input);
        }
    }

    /// Nothing leaves before the whole is handed over, with its end.
    async fn send_by_relay(&self, way: &Rc<Way>, job: &Job, part: Part) {
        let Way::Relayed(relay) = &**way else { return };
        let printer = self.printer.borrow().clone();
        // Whoever prints asks whether it is out.
        let bytes = printout::bytes(self.printers, &printer, job, part, false).await;
        let input = match (part, bytes) {
            (_, None) => Input::Broken,
            (Part::Body { .. }, Some(body)) => {
                self.body.replace(body);
                Input::Sent
            }
            (Part::End, Some(end)) => {
                let now = job.work == Work::Drawer;
                let body = if now { Vec::new() } else { self.body.take() };
                let heard = |status: PrinterStatus| self.tell_of(way, Input::Status(Some(status)));
                Input::Told(relay.print(Handed { body, end, now }, &heard).await)
            }
        };
        self.tell_of(way, input);
    }

    async fn send(&self, job: &Job, part: Part) {
        if let Some(way) = self.by_relay() {
            return self.send_by_relay(&way, job, part).await;
        }
        let printer = self.printer.borrow().clone();
        let asks = self.queue.borrow().answers();
        let sent = match printout::bytes(self.printers, &printer, job, part, asks).await {
            Some(bytes) => self.write(&bytes).await,
            None => Err(PortError::Broken),
        };
        match sent {
            Ok(()) => self.tell(Input::Sent),
            Err(PortError::Broken) => self.tell(Input::Broken),
            Err(_) => {}
        }
    }

    /// Sends bytes. Where it fails for another reason than a broken transfer, the printer is lost, which is told here.
    async fn write(&self, bytes: &[u8]) -> Result<(), PortError> {
        let Some(port) = self.port.borrow().clone() else { return Err(PortError::Gone) };
        let sent = port.write(bytes).await;
        if !matches!(sent, Ok(()) | Err(PortError::Broken)) {
            self.lost(&port);
        }
        sent
    }
}
