//! Printing: what is sent to a printer when, and what became of it.
//! Lives here: one queue a printer as a state machine, what a printer answers (`answer`; `web` over HTTP), which printers a tablet
//! has (`printer`) and a store has on its network (`network`). The browser feeds the queue inputs and carries out its outputs; the
//! server does the same for one printout at a time.
//! May use: ids, cable, label, receipt. Never: a cable, a timer, storage: those are outputs.
//! Invariant: nothing is cut off, and so given out, twice unless a person asks for it: what broke off before its cut begins
//! anew after one, what broke off while it was cut is for a person to look at.

mod answer;
mod network;
mod printer;
pub mod web;

pub use crate::cable::{Cable, WebPlace, WebService};
use answer::star_status;
pub use answer::{Answer, Answers, PrinterStatus, proof};
pub use network::{NetworkPrinter, RAW_PORT, usual_port};
pub use printer::{Commands, Paper, Printer};

use crate::ids::{PrintJobId, ProductId, SaleId, ShiftId};
use crate::label::LabelKind;
use serde::{Deserialize, Serialize};

/// How soon a printer that cannot print is asked again.
const LOOK_AGAIN_MS: i64 = 2_000;
/// How soon a transfer that failed is tried again.
const RETRY_MS: i64 = 1_000;
/// So many failures in a row, and a person has to look.
const MOST_FAILURES: u32 = 3;
/// A printer needs some seconds for a long receipt before it answers that it is out.
const PROOF_WITHIN_MS: i64 = 20_000;
/// How many of the jobs that are done are remembered.
const MOST_DONE: usize = 50;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A receipt.
    Receipt {
        /// Of this sale.
        sale_id: SaleId,
        /// With the copy mark.
        copy: bool,
    },
    /// What goes with a present: without prices.
    GiftReceipt {
        /// Of this sale.
        sale_id: SaleId,
    },
    /// The X report of the shift that goes on, with its figures when it is sent.
    XReport {
        /// Of this shift.
        shift_id: ShiftId,
    },
    /// The Z report of a shift that is over.
    ZReport {
        /// Of this shift.
        shift_id: ShiftId,
        /// Where its close stands in the journal of this tablet.
        sequence: u64,
        /// With the copy mark.
        copy: bool,
    },
    /// Labels of a product, at its price when they are sent.
    Labels {
        /// Of this product.
        product_id: ProductId,
        /// Where they go.
        kind: LabelKind,
        /// How many.
        copies: u16,
    },
    /// The page that shows what a printer can do.
    SelfTest,
    /// Opening the drawer: now or not at all, so that none opens when nobody stands beside it.
    Drawer,
}

/// What a printout is of, for whoever asks how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A sale: its receipt, or what goes with a present.
    Sale(SaleId),
    /// A shift that goes on.
    XReport(ShiftId),
    /// A shift that is over.
    ZReport(ShiftId),
}

impl Work {
    /// What it is of, if anybody waits for it.
    pub const fn about(self) -> Option<About> {
        match self {
            Self::Receipt { sale_id, .. } | Self::GiftReceipt { sale_id } => Some(About::Sale(sale_id)),
            Self::XReport { shift_id } => Some(About::XReport(shift_id)),
            Self::ZReport { shift_id, .. } => Some(About::ZReport(shift_id)),
            Self::Labels { .. } | Self::SelfTest | Self::Drawer => None,
        }
    }

    /// The sale it is of, if it is of one.
    pub const fn sale_id(self) -> Option<SaleId> {
        match self.about() {
            Some(About::Sale(sale_id)) => Some(sale_id),
            _ => None,
        }
    }

    /// The name of its job where it is done once, however often it is asked for: an original. Anything else is a new one each time.
    pub const fn once(self) -> Option<PrintJobId> {
        match self {
            Self::Receipt { sale_id: SaleId(id), copy: false } => Some(PrintJobId(id)),
            Self::ZReport { shift_id: ShiftId(id), copy: false, .. } => Some(PrintJobId(id)),
            _ => None,
        }
    }
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// For its turn, for the printer, or to be begun anew.
    Waiting,
    /// Everything but its end is on its way.
    Sending,
    /// Its end is on its way: the cut, and the question whether it is out.
    Ending,
    /// Out: `proven` where the printer has said so, otherwise as far as the cable can tell.
    Printed {
        /// Did the printer say so?
        proven: bool,
    },
    /// It may be out or not; a person can see it.
    Unsure,
    /// It is not out, and is not tried again by itself.
    Failed,
}

/// Something to print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its name: the same work is never added twice under one.
    pub id: PrintJobId,
    /// What.
    pub work: Work,
    /// How far.
    pub state: JobState,
    /// Was a part of it sent already? Then it begins with a cut.
    #[serde(default)]
    pub begun: bool,
}

impl Job {
    fn is_done(&self) -> bool {
        matches!(self.state, JobState::Printed { .. })
            || (self.work == Work::Drawer && self.state == JobState::Failed)
    }
}

/// A part of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Everything but the end, after a cut where a part of it came out before.
    Body {
        /// Is that so?
        anew: bool,
    },
    /// What gives it out.
    End,
}

/// What became of a printout that somebody else printed: the server, for a tablet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is out.
    Printed {
        /// Did the printer say so?
        proven: bool,
    },
    /// Its end was not on the way, and will not be.
    NotPrinted {
        /// Did a part of it come out?
        begun: bool,
    },
    /// It may be out or not.
    Unknown,
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// There is something to do.
    Add(PrintJobId, Work),
    /// The printer is there and open.
    Connected,
    /// It is not any more: unplugged, switched off.
    Gone,
    /// What it answered to [`Output::Ask`], or nothing in time.
    Status(Option<PrinterStatus>),
    /// [`Output::Keep`] of this turn is durable.
    Kept(u64),
    /// The part that was to be sent has left.
    Sent,
    /// It has not, or only some of it.
    Broken,
    /// The printer says that everything before the question is out.
    Proof,
    /// Who was to print it says what became of it, instead of [`Input::Sent`] and [`Input::Proof`] of its end.
    Told(Outcome),
    /// A time asked for with [`Output::WakeAt`] has come.
    Woken,
    /// A person looks how it is.
    Look,
    /// A person wants it printed (again).
    Again(PrintJobId),
    /// A person wants it forgotten: it is out, or not wanted any more.
    Forget(PrintJobId),
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Make the jobs of [`PrintQueue::kept`] durable, then give [`Input::Kept`].
    Keep(u64),
    /// Ask the printer how it is, then give [`Input::Status`].
    Ask,
    /// Send a part of a job, then give [`Input::Sent`] or [`Input::Broken`].
    Send(Job, Part),
    /// Give [`Input::Woken`] at this time, epoch ms.
    WakeAt(i64),
}

/// Why nothing comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It is not plugged in, or off.
    Unplugged,
    /// There is no paper in it.
    PaperOut,
    /// Its cover is open.
    CoverOpen,
    /// It is held by hand, overheated, or its cutter is stuck.
    Trouble,
    /// It does not answer, though it did before.
    Silent,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    /// Asked before the next job.
    Asking,
    /// It cannot print; it is asked again then.
    Held { again_ms: i64 },
    /// What comes next of this job is written down first.
    Keeping { id: PrintJobId, turn: u64, end: bool },
    /// A part of this job is on its way. A quick printer says that all is out before the cable says that it has left.
    Sending { id: PrintJobId, end: bool, proven: bool },
    /// All of it is sent, and the printer has not said that it is out.
    Proving { id: PrintJobId, until_ms: i64, asked: bool },
}

/// The jobs of a printer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrintQueue {
    jobs: Vec<Job>,
    connected: bool,
    /// What it last answered.
    status: Option<PrinterStatus>,
    /// Has it answered at all since it is there? Many do not.
    answers: bool,
    stage: Stage,
    failures: u32,
    turn: u64,
}

impl PrintQueue {
    /// A queue with what was kept when the tablet was last on.
    pub fn of(kept: Vec<Job>) -> Self {
        let mut jobs = kept;
        for job in &mut jobs {
            // That it would be sent was written down before it was.
            job.begun |= job.state == JobState::Sending;
            job.state = match job.state {
                JobState::Sending => JobState::Waiting,
                JobState::Ending => JobState::Unsure,
                state => state,
            };
        }
        Self { jobs, ..Self::default() }
    }

    /// What must survive the page: everything that is not done, but for drawers.
    pub fn kept(&self) -> Vec<Job> {
        self.jobs.iter().filter(|job| !job.is_done() && job.work != Work::Drawer).cloned().collect()
    }

    /// All that are known, oldest first.
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    /// What the printer last answered, while it is there.
    pub const fn status(&self) -> Option<PrinterStatus> {
        self.status
    }

    /// Has it answered since it is there?
    pub const fn answers(&self) -> bool {
        self.answers
    }

    /// Why nothing can come out just now.
    pub fn hold(&self) -> Option<Hold> {
        match self.status {
            _ if !self.connected => Some(Hold::Unplugged),
            Some(status) if status.paper_out => Some(Hold::PaperOut),
            Some(status) if status.cover_open => Some(Hold::CoverOpen),
            Some(status) if !status.is_ready() => Some(Hold::Trouble),
            None if self.answers => Some(Hold::Silent),
            _ => None,
        }
    }

    fn job(&mut self, id: PrintJobId) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.id == id)
    }

    fn set(&mut self, id: PrintJobId, state: JobState) {
        if let Some(job) = self.job(id) {
            job.state = state;
        }
    }

    /// Drawers first: somebody stands there with the money.
    fn next(&self) -> Option<&Job> {
        let mut waiting = self.jobs.iter().filter(|job| job.state == JobState::Waiting);
        waiting.clone().find(|job| job.work == Work::Drawer).or_else(|| waiting.next())
    }

    fn keep(&mut self, outputs: &mut Vec<Output>) -> u64 {
        self.turn = self.turn.wrapping_add(1);
        outputs.push(Output::Keep(self.turn));
        self.turn
    }
}

/// One step.
pub fn step(queue: PrintQueue, input: Input, now_ms: i64) -> (PrintQueue, Vec<Output>) {
    let mut queue = queue;
    let mut outputs = Vec::new();
    match input {
        Input::Add(id, work) => add(&mut queue, id, work, &mut outputs),
        Input::Connected => {
            queue.connected = true;
            look(&mut queue, &mut outputs);
        }
        Input::Gone => gone(&mut queue, &mut outputs),
        Input::Status(status) => answered(&mut queue, status, now_ms, &mut outputs),
        Input::Kept(turn) => kept(&mut queue, turn, &mut outputs),
        Input::Sent => sent(&mut queue, now_ms, &mut outputs),
        Input::Broken => broken(&mut queue, now_ms, &mut outputs),
        Input::Proof => match &mut queue.stage {
            Stage::Proving { id, .. } => {
                let id = *id;
                done(&mut queue, id, JobState::Printed { proven: true }, &mut outputs);
            }
            Stage::Sending { end: true, proven, .. } => *proven = true,
            _ => {}
        },
        Input::Told(outcome) => told(&mut queue, outcome, now_ms, &mut outputs),
        Input::Woken => woken(&mut queue, now_ms, &mut outputs),
        Input::Look => look(&mut queue, &mut outputs),
        Input::Again(id) => {
            let again = |job: &&mut Job| matches!(job.state, JobState::Unsure | JobState::Failed);
            if let Some(job) = queue.job(id).filter(again) {
                job.state = JobState::Waiting;
                queue.failures = 0;
                queue.keep(&mut outputs);
            }
        }
        Input::Forget(id) => {
            let at_work = matches!(queue.stage, Stage::Keeping { id: at, .. } | Stage::Sending { id: at, .. }
                | Stage::Proving { id: at, .. } if at == id);
            if !at_work {
                queue.jobs.retain(|job| job.id != id);
                queue.keep(&mut outputs);
            }
        }
    }
    go_on(&mut queue, now_ms, &mut outputs);
    (queue, outputs)
}

fn add(queue: &mut PrintQueue, id: PrintJobId, work: Work, outputs: &mut Vec<Output>) {
    if queue.jobs.iter().any(|job| job.id == id) {
        return;
    }
    let too_late = work == Work::Drawer && !queue.connected;
    let state = if too_late { JobState::Failed } else { JobState::Waiting };
    if work == Work::Drawer && matches!(queue.stage, Stage::Held { .. }) {
        queue.stage = Stage::Idle;
    }
    queue.jobs.push(Job { id, work, state, begun: false });
    let done = queue.jobs.iter().filter(|job| job.is_done()).count();
    let mut surplus = done.saturating_sub(MOST_DONE);
    queue.jobs.retain(|job| {
        let goes = surplus > 0 && job.is_done();
        surplus = surplus.saturating_sub(goes.into());
        !goes
    });
    if work != Work::Drawer {
        queue.keep(outputs);
    }
}

/// Begins what can be begun.
fn go_on(queue: &mut PrintQueue, now_ms: i64, outputs: &mut Vec<Output>) {
    if !queue.connected || queue.next().is_none() {
        return;
    }
    match queue.stage {
        Stage::Held { again_ms } if now_ms < again_ms => {
            let wake = Output::WakeAt(again_ms);
            if !outputs.contains(&wake) {
                outputs.push(wake);
            }
        }
        _ => look(queue, outputs),
    }
}

fn look(queue: &mut PrintQueue, outputs: &mut Vec<Output>) {
    if queue.connected && matches!(queue.stage, Stage::Idle | Stage::Held { .. }) {
        queue.stage = Stage::Asking;
        outputs.push(Output::Ask);
    }
}

fn answered(queue: &mut PrintQueue, status: Option<PrinterStatus>, now_ms: i64, outputs: &mut Vec<Output>) {
    queue.status = status;
    queue.answers |= status.is_some();
    match queue.stage {
        Stage::Asking => begin(queue, now_ms, outputs),
        // It has said so by itself.
        Stage::Held { .. } if queue.hold().is_none() => queue.stage = Stage::Idle,
        Stage::Proving { id, asked: true, .. } => match queue.hold() {
            // It prints on by itself once it can: what it has not printed is still in it.
            Some(Hold::Silent) => done(queue, id, JobState::Unsure, outputs),
            Some(_) => prove(queue, id, now_ms.saturating_add(LOOK_AGAIN_MS), outputs),
            // It is well and takes the next; that it says nothing of the last is its kind.
            None => done(queue, id, JobState::Printed { proven: false }, outputs),
        },
        _ => {}
    }
}

fn begin(queue: &mut PrintQueue, now_ms: i64, outputs: &mut Vec<Output>) {
    queue.stage = Stage::Idle;
    let Some((id, work)) = queue.next().map(|job| (job.id, job.work)) else { return };
    if queue.hold().is_some() {
        if work == Work::Drawer {
            queue.set(id, JobState::Failed);
        }
        queue.stage = Stage::Held { again_ms: now_ms.saturating_add(LOOK_AGAIN_MS) };
        return;
    }
    match work {
        Work::Drawer => {
            queue.set(id, JobState::Ending);
            send(queue, id, true, outputs);
        }
        Work::Receipt { .. }
        | Work::GiftReceipt { .. }
        | Work::XReport { .. }
        | Work::ZReport { .. }
        | Work::Labels { .. }
        | Work::SelfTest => {
            queue.set(id, JobState::Sending);
            let turn = queue.keep(outputs);
            queue.stage = Stage::Keeping { id, turn, end: false };
        }
    }
}

fn send(queue: &mut PrintQueue, id: PrintJobId, end: bool, outputs: &mut Vec<Output>) {
    queue.stage = Stage::Sending { id, end, proven: false };
    let Some(job) = queue.job(id) else { return };
    let part = if end { Part::End } else { Part::Body { anew: std::mem::replace(&mut job.begun, true) } };
    outputs.push(Output::Send(job.clone(), part));
}

fn kept(queue: &mut PrintQueue, turn: u64, outputs: &mut Vec<Output>) {
    if let Stage::Keeping { id, turn: wanted, end } = queue.stage
        && turn == wanted
    {
        send(queue, id, end, outputs);
    }
}

fn sent(queue: &mut PrintQueue, now_ms: i64, outputs: &mut Vec<Output>) {
    let Stage::Sending { id, end, proven } = queue.stage else { return };
    queue.failures = 0;
    let is_drawer = queue.job(id).is_some_and(|job| job.work == Work::Drawer);
    match end {
        false => {
            queue.set(id, JobState::Ending);
            let turn = queue.keep(outputs);
            queue.stage = Stage::Keeping { id, turn, end: true };
        }
        true if queue.answers && !is_drawer && !proven => {
            prove(queue, id, now_ms.saturating_add(PROOF_WITHIN_MS), outputs);
        }
        true => done(queue, id, JobState::Printed { proven }, outputs),
    }
}

fn prove(queue: &mut PrintQueue, id: PrintJobId, until_ms: i64, outputs: &mut Vec<Output>) {
    queue.stage = Stage::Proving { id, until_ms, asked: false };
    outputs.push(Output::WakeAt(until_ms));
}

fn told(queue: &mut PrintQueue, outcome: Outcome, now_ms: i64, outputs: &mut Vec<Output>) {
    let Stage::Sending { id, end: true, .. } = queue.stage else { return };
    match outcome {
        Outcome::Printed { proven } => {
            queue.failures = 0;
            done(queue, id, JobState::Printed { proven }, outputs);
        }
        Outcome::NotPrinted { begun } => {
            if let Some(job) = queue.job(id) {
                job.begun = begun;
            }
            failed(queue, id, false, now_ms, outputs);
        }
        Outcome::Unknown => failed(queue, id, true, now_ms, outputs),
    }
}

fn broken(queue: &mut PrintQueue, now_ms: i64, outputs: &mut Vec<Output>) {
    let Stage::Sending { id, end, .. } = queue.stage else { return };
    failed(queue, id, end, now_ms, outputs);
}

/// It is not out, or with `end` perhaps.
fn failed(queue: &mut PrintQueue, id: PrintJobId, end: bool, now_ms: i64, outputs: &mut Vec<Output>) {
    let is_drawer = queue.job(id).is_some_and(|job| job.work == Work::Drawer);
    queue.failures = queue.failures.saturating_add(1);
    let state = match end {
        _ if is_drawer => JobState::Failed,
        true => JobState::Unsure,
        false if queue.failures >= MOST_FAILURES => {
            queue.failures = 0;
            JobState::Failed
        }
        false => JobState::Waiting,
    };
    done(queue, id, state, outputs);
    queue.stage = Stage::Held { again_ms: now_ms.saturating_add(RETRY_MS) };
}

fn gone(queue: &mut PrintQueue, outputs: &mut Vec<Output>) {
    let was_there = std::mem::replace(&mut queue.connected, false);
    queue.status = None;
    queue.answers = false;
    queue.failures = 0;
    for job in queue.jobs.iter_mut().filter(|job| job.work == Work::Drawer && !job.is_done()) {
        job.state = JobState::Failed;
    }
    match std::mem::take(&mut queue.stage) {
        // Its cut has not left: what came out hangs in the printer, and it begins anew.
        Stage::Keeping { id, .. } | Stage::Sending { id, end: false, .. } => {
            queue.set(id, JobState::Waiting);
        }
        Stage::Sending { id, end: true, .. } | Stage::Proving { id, .. } => unsure(queue, id),
        Stage::Idle | Stage::Asking | Stage::Held { .. } => {}
    }
    if was_there {
        queue.keep(outputs);
    }
}

fn unsure(queue: &mut PrintQueue, id: PrintJobId) {
    if let Some(job) = queue.job(id).filter(|job| job.work != Work::Drawer) {
        job.state = JobState::Unsure;
    }
}

fn done(queue: &mut PrintQueue, id: PrintJobId, state: JobState, outputs: &mut Vec<Output>) {
    queue.set(id, state);
    queue.stage = Stage::Idle;
    queue.keep(outputs);
}

fn woken(queue: &mut PrintQueue, now_ms: i64, outputs: &mut Vec<Output>) {
    if let Stage::Proving { id, until_ms, asked: false } = queue.stage
        && now_ms >= until_ms
    {
        queue.stage = Stage::Proving { id, until_ms, asked: true };
        outputs.push(Output::Ask);
    }
}

#[cfg(test)]
mod tests;
