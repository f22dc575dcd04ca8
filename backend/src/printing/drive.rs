//! Drive: one printout over one connection, by the rules of a printer's queue (`shared::printing`): asked first, the end only
//! behind all else, and then waited for until the printer says that it is out.
//! Invariant: a connection that breaks before the end was sent is `NotPrinted`, behind it `Unknown`.

use super::{Reach, ReachError};
use shared::api::{PrinterLook, PrintoutResponse, PrintoutState};
use shared::ids::PrintJobId;
use shared::printing::{
    Answer, Answers, Input, JobState, Output, Part, PrintQueue, PrinterStatus, Work, proof, step,
};
use shared::receipt::escpos::Dialect;
use std::collections::VecDeque;
use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use uuid::Uuid;

/// A printer takes one connection at a time, and needs a moment after the last.
const CONNECT: Duration = Duration::from_secs(3);
const CONNECT_AGAIN: Duration = Duration::from_millis(200);
/// It answers at once, or not at all.
const ANSWER: Duration = Duration::from_millis(800);
/// It takes nothing for so long: without paper its memory is full.
const STALL: Duration = Duration::from_secs(60);
/// As long as somebody may need to put paper in.
const MOST: Duration = Duration::from_secs(600);
/// A printer that says nothing has taken all once it ends the connection too; many leave that to us.
const CLOSE: Duration = Duration::from_secs(1);
/// More than any answer.
const READ_BYTES: usize = 64;

/// What is to be printed.
#[derive(Clone, Debug)]
pub struct Printout {
    /// How the printer is asked; without one it is not.
    pub dialect: Option<Dialect>,
    /// Everything but its end; nothing where only a drawer is opened.
    pub body: Vec<u8>,
    /// What gives it out.
    pub end: Vec<u8>,
}

/// Where others see how far a printout is.
pub type Watch = watch::Sender<PrintoutResponse>;

/// Asks a printer how it is.
pub async fn look(
    reach: &Reach,
    host: &str,
    port: u16,
    dialect: Option<Dialect>,
) -> Result<PrinterLook, ReachError> {
    let Some(stream) = connect(&reach.find(host, port).await?).await else {
        return Ok(PrinterLook::default());
    };
    let reached = PrinterLook { reached: true, ..PrinterLook::default() };
    let Some(dialect) = dialect else { return Ok(reached) };
    let mut answers = Answers::of(dialect);
    let (mut reader, mut writer) = stream.into_split();
    let asked = async {
        writer.write_all(&answers.ask()).await.ok()?;
        let mut buffer = [0; READ_BYTES];
        loop {
            let count = reader.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
            for answer in answers.read(buffer.get(..count)?) {
                if let Answer::Status(status) = answer {
                    return Some(status);
                }
            }
        }
    };
    let status = match timeout(ANSWER, asked).await {
        Ok(Some(status)) => Some(status),
        // It lets nobody in.
        Ok(None) => return Ok(PrinterLook::default()),
        Err(_) => answers.so_far(),
    };
    close(reader, writer, CONNECT_AGAIN).await;
    Ok(PrinterLook { status, ..reached })
}

/// Prints; `watch` hears how far it is.
pub async fn print(
    reach: &Reach,
    host: &str,
    port: u16,
    printout: &Printout,
    watch: &Watch,
) -> PrintoutResponse {
    let not = PrintoutResponse::of(PrintoutState::NotPrinted);
    let Ok(found) = reach.find(host, port).await else { return not };
    let Some(stream) = connect(&found).await else { return not };
    let mut line = Line::of(stream, printout, watch);
    if timeout(MOST, line.run()).await.is_err() {
        line.inputs.clear();
        line.tell(Input::Gone).await;
    }
    line.end().await
}

async fn connect(found: &[SocketAddr]) -> Option<TcpStream> {
    let tries = async {
        loop {
            for address in found {
                if let Ok(stream) = TcpStream::connect(address).await {
                    return stream;
                }
            }
            sleep(CONNECT_AGAIN).await;
        }
    };
    let stream = timeout(CONNECT, tries).await.ok()?;
    // What is asked shall not wait for more to send.
    stream.set_nodelay(true).ok()?;
    Some(stream)
}

/// Ends a connection in order, so that nothing that was sent is thrown away with it. False where the other side broke it off.
async fn close(mut reader: OwnedReadHalf, mut writer: OwnedWriteHalf, within: Duration) -> bool {
    let ended = async {
        writer.shutdown().await?;
        let mut buffer = [0; READ_BYTES];
        while reader.read(&mut buffer).await? > 0 {}
        std::io::Result::Ok(())
    };
    !matches!(timeout(within, ended).await, Ok(Err(_)))
}

/// A connection and the queue of this one printout.
struct Line<'a> {
    printout: &'a Printout,
    watch: &'a Watch,
    reader: OwnedReadHalf,
    writer: OwnedWriteHalf,
    answers: Answers,
    queue: PrintQueue,
    inputs: VecDeque<Input>,
    began: Instant,
    answer_by: Option<Instant>,
    wake_at: Option<Instant>,
    status: Option<PrinterStatus>,
    /// How often it said how it is.
    heard: u32,
}

impl<'a> Line<'a> {
    fn of(stream: TcpStream, printout: &'a Printout, watch: &'a Watch) -> Self {
        let (reader, writer) = stream.into_split();
        // What it is is the tablet's affair; a drawer has nothing but its end.
        let work = if printout.body.is_empty() { Work::Drawer } else { Work::SelfTest };
        Self {
            printout,
            watch,
            reader,
            writer,
            answers: Answers::of(printout.dialect.unwrap_or_default()),
            queue: PrintQueue::default(),
            inputs: VecDeque::from([Input::Connected, Input::Add(PrintJobId(Uuid::nil()), work)]),
            began: Instant::now(),
            answer_by: None,
            wake_at: None,
            status: None,
            heard: 0,
        }
    }

    /// Until nothing more is to be done.
    async fn run(&mut self) {
        loop {
            while let Some(input) = self.inputs.pop_front() {
                self.tell(input).await;
            }
            if self.has_ended() {
                return;
            }
            self.wait().await;
        }
    }

    fn state(&self) -> (JobState, bool) {
        self.queue.jobs().first().map_or((JobState::Failed, false), |job| (job.state, job.begun))
    }

    fn has_ended(&self) -> bool {
        match self.state().0 {
            // It cannot be begun now, or broke off before its end: the tablet's own queue tries it again.
            JobState::Waiting => self.answer_by.is_none() && self.inputs.is_empty(),
            JobState::Sending | JobState::Ending => false,
            JobState::Printed { .. } | JobState::Unsure | JobState::Failed => true,
        }
    }

    async fn tell(&mut self, input: Input) {
        let now_ms = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let (queue, outputs) = step(std::mem::take(&mut self.queue), input, now_ms);
        self.queue = queue;
        for output in outputs {
            match output {
                // The tablet keeps it.
                Output::Keep(turn) => self.inputs.push_back(Input::Kept(turn)),
                Output::Ask => self.ask().await,
                Output::Send(_, part) => self.send(part).await,
                Output::WakeAt(at_ms) => {
                    let after = Duration::from_millis(u64::try_from(at_ms).unwrap_or(0));
                    self.wake_at = self.began.checked_add(after);
                }
            }
        }
    }

    async fn ask(&mut self) {
        if self.printout.dialect.is_none() {
            self.inputs.push_back(Input::Status(None));
            return;
        }
        let question = self.answers.ask();
        if self.write(&question).await {
            self.answer_by = Instant::now().checked_add(ANSWER);
        }
    }

    async fn send(&mut self, part: Part) {
        let printout = self.printout;
        let sent = match part {
            Part::Body { .. } => self.write(&printout.body).await && self.is_received().await,
            Part::End => {
                let asks = self.queue.answers() && !printout.body.is_empty();
                let question = proof(printout.dialect.unwrap_or_default());
                let end = printout.end.iter().chain(question.iter().filter(|_| asks));
                self.write(&end.copied().collect::<Vec<_>>()).await
            }
        };
        if sent {
            self.inputs.push_back(Input::Sent);
        }
    }

    /// What was written may be anywhere between here and the printer. One that answers is asked behind it: once it does, it has
    /// all of that.
    async fn is_received(&mut self) -> bool {
        if !self.queue.answers() {
            return true;
        }
        let question = self.answers.ask();
        if !self.write(&question).await {
            return false;
        }
        let until = Instant::now().checked_add(STALL).unwrap_or_else(Instant::now);
        let before = self.heard;
        while self.heard == before {
            let mut buffer = [0; READ_BYTES];
            let Ok(heard) = timeout_at(until, self.reader.read(&mut buffer)).await else { return true };
            if !self.heard(heard, &buffer) {
                self.inputs.push_back(Input::Gone);
                return false;
            }
        }
        true
    }

    /// Sends bytes and hears what the printer says meanwhile. False, and told, where it is gone.
    async fn write(&mut self, bytes: &[u8]) -> bool {
        let mut left = bytes;
        while !left.is_empty() {
            let mut buffer = [0; READ_BYTES];
            let is_there = tokio::select! {
                written = timeout(STALL, self.writer.write(left)) => {
                    let count = written.ok().and_then(Result::ok).filter(|count| *count > 0);
                    left = count.and_then(|count| left.get(count..)).unwrap_or(left);
                    count.is_some()
                }
                heard = self.reader.read(&mut buffer) => self.heard(heard, &buffer),
            };
            if !is_there {
                self.inputs.push_back(Input::Gone);
                return false;
            }
        }
        true
    }

    /// Until the printer says something, or what was waited for is over.
    async fn wait(&mut self) {
        let at = |time: Option<Instant>| async move {
            match time {
                Some(time) => sleep_until(time).await,
                None => pending().await,
            }
        };
        let mut buffer = [0; READ_BYTES];
        tokio::select! {
            heard = self.reader.read(&mut buffer) => {
                if !self.heard(heard, &buffer) {
                    self.answer_by = None;
                    self.inputs.push_back(Input::Gone);
                }
            }
            () = at(self.answer_by) => {
                self.answer_by = None;
                self.inputs.push_back(Input::Status(self.answers.so_far()));
            }
            () = at(self.wake_at) => {
                self.wake_at = None;
                self.inputs.push_back(Input::Woken);
            }
        }
    }

    /// False where the printer has ended the connection.
    fn heard(&mut self, heard: std::io::Result<usize>, buffer: &[u8]) -> bool {
        let Some(bytes) = heard.ok().filter(|count| *count > 0).and_then(|count| buffer.get(..count)) else {
            return false;
        };
        if self.printout.dialect.is_none() {
            return true;
        }
        for answer in self.answers.read(bytes) {
            match answer {
                Answer::Status(status) => {
                    self.answer_by = None;
                    self.heard = self.heard.wrapping_add(1);
                    self.status = Some(status);
                    self.watch.send_modify(|told| told.status = Some(status));
                    self.inputs.push_back(Input::Status(Some(status)));
                }
                Answer::Proof => self.inputs.push_back(Input::Proof),
            }
        }
        true
    }

    /// What became of it.
    async fn end(self) -> PrintoutResponse {
        let (state, begun) = self.state();
        let (state, begun, within) = match state {
            JobState::Printed { proven: true } => (PrintoutState::Printed, false, CONNECT_AGAIN),
            JobState::Printed { proven: false } => (PrintoutState::Sent, false, CLOSE),
            JobState::Unsure | JobState::Ending => (PrintoutState::Unknown, false, CONNECT_AGAIN),
            JobState::Waiting | JobState::Sending => (PrintoutState::NotPrinted, begun, CONNECT_AGAIN),
            JobState::Failed => (PrintoutState::NotPrinted, false, CONNECT_AGAIN),
        };
        let in_order = close(self.reader, self.writer, within).await;
        let state = if state == PrintoutState::Sent && !in_order { PrintoutState::Unknown } else { state };
        PrintoutResponse { state, begun, status: self.status }
    }
}
