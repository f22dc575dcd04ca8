//! Printouts: what tablets hand in to be printed on a network printer: each once, one at a time on a printer, and what became
//! of it for as long as somebody may ask.
//! Invariant: that a printout is begun is written down before a byte of it is sent; where the server was killed in it, it is unknown.

use super::access::DeviceCaller;
use super::{App, AppError, printers};
use crate::clock;
use crate::printing::{Printout, Reach, print};
use crate::store::printers as store;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shared::api::{OutcomeRequest, PrintoutRequest, PrintoutResponse, PrintoutState};
use shared::ids::{DeviceId, NetworkPrinterId, OrganisationId, PrintoutId};
use shared::printing::{NetworkPrinter, PrinterStatus};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, interval, sleep, timeout};

/// So long an answer is held back for the end of it.
const PATIENCE: Duration = Duration::from_secs(8);
/// So long it waits for a printer that prints for others; a drawer does not.
const QUEUE: Duration = Duration::from_secs(20);
const QUEUE_NOW: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(150);
/// Whoever is at a printout says so this often, and is taken for dead when it has not for so long.
const HEARTBEAT: Duration = Duration::from_secs(5);
const DEAD_MS: i64 = 30_000;
/// So long what became of a printout is known.
const KEPT_MS: i64 = 7 * 86_400_000;

type Key = (OrganisationId, PrintoutId);
type Running = HashMap<Key, Begun>;

/// A printout of this process, for whoever asks after it.
#[derive(Clone)]
struct Begun {
    device_id: DeviceId,
    printer_id: NetworkPrinterId,
    told: watch::Receiver<PrintoutResponse>,
}

/// What this process prints.
#[derive(Clone, Default)]
pub struct Printouts {
    reach: Arc<Reach>,
    running: Arc<Mutex<Running>>,
}

impl Printouts {
    /// Nothing yet, on printers in these networks.
    pub fn within(reach: Reach) -> Self {
        Self { reach: Arc::new(reach), running: Arc::default() }
    }

    /// The networks printers may stand in.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// What a printer last said of itself to a printout that is on its way here.
    pub fn heard_of(&self, printer_id: NetworkPrinterId) -> Option<PrinterStatus> {
        let running = self.running();
        let mut told = running.values().filter(|begun| begun.printer_id == printer_id);
        told.find_map(|begun| begun.told.borrow().status)
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Prints something, unless it was handed in before; answers when it has ended, or after some seconds.
pub async fn begin(
    app: &App,
    caller: &DeviceCaller,
    request: PrintoutRequest,
) -> Result<PrintoutResponse, AppError> {
    let read = |field: &str, text: &str| {
        STANDARD
            .decode(text)
            .map_err(|_| AppError::wrong_field(field, "This is not base64. Nothing was printed."))
    };
    let printout = Printout {
        dialect: request.dialect,
        body: read("body", &request.body)?,
        end: read("end", &request.end)?,
    };
    let (id, now_ms) = (request.id, clock::now_ms());
    let mut tx = app.db.write_for(caller.organisation_id).await?;
    let printer = printers::near(&mut tx, caller, request.printer_id).await?;
    let whose = (caller.device_id, Some(printer.id));
    let is_new =
        store::note_printout(&mut tx, caller.organisation_id, id, whose, PrintoutState::Waiting, now_ms)
            .await?;
    if is_new {
        store::forget_printouts(&mut tx, caller.organisation_id, now_ms.saturating_sub(KEPT_MS)).await?;
        tx.commit().await?;
        let (watch, told) = watch::channel(PrintoutResponse::of(PrintoutState::Waiting));
        let key = (caller.organisation_id, id);
        let begun = Begun { device_id: caller.device_id, printer_id: printer.id, told };
        app.printouts.running().insert(key, begun);
        let job = Job { app: app.clone(), key, printer, watch };
        let queue = if request.now { QUEUE_NOW } else { QUEUE };
        tokio::spawn(async move { job.run(printout, queue).await });
    } else {
        drop(tx);
    }
    known(app, caller, id).await
}

/// What became of a printout. One that is not here yet is not printed any more when it comes.
pub async fn outcome(
    app: &App,
    caller: &DeviceCaller,
    request: OutcomeRequest,
) -> Result<PrintoutResponse, AppError> {
    let mut tx = app.db.write_for(caller.organisation_id).await?;
    let whose = (caller.device_id, None);
    let (id, now_ms) = (request.id, clock::now_ms());
    let never = PrintoutState::NotPrinted;
    if store::note_printout(&mut tx, caller.organisation_id, id, whose, never, now_ms).await? {
        tx.commit().await?;
        return Ok(PrintoutResponse::of(never));
    }
    drop(tx);
    known(app, caller, id).await
}

async fn known(app: &App, caller: &DeviceCaller, id: PrintoutId) -> Result<PrintoutResponse, AppError> {
    let here = app.printouts.running().get(&(caller.organisation_id, id)).cloned();
    let Some(mut begun) = here else { return written(app, caller, id).await };
    if begun.device_id != caller.device_id {
        return Err(AppError::NotFound);
    }
    let ended = begun.told.wait_for(|told| told.outcome().is_some());
    let ended = timeout(PATIENCE, ended).await.ok().and_then(Result::ok).map(|told| *told);
    Ok(ended.unwrap_or_else(|| *begun.told.borrow()))
}

/// As it is written down: this process is not at it, or not any more.
async fn written(app: &App, caller: &DeviceCaller, id: PrintoutId) -> Result<PrintoutResponse, AppError> {
    let mut tx = app.db.write_for(caller.organisation_id).await?;
    let row = store::printout(&mut tx, caller.organisation_id, id).await?;
    let row = row.filter(|row| row.device_id == caller.device_id).ok_or(AppError::NotFound)?;
    let now_ms = clock::now_ms();
    let ended = match row.state {
        // Its server was killed before it was at the printer, or in the middle.
        PrintoutState::Waiting => PrintoutState::NotPrinted,
        PrintoutState::Printing => PrintoutState::Unknown,
        state => return Ok(PrintoutResponse { begun: row.begun, ..PrintoutResponse::of(state) }),
    };
    let is_dead = row.heard_at_ms < now_ms.saturating_sub(DEAD_MS);
    let to = (ended, false);
    if is_dead && store::move_printout(&mut tx, caller.organisation_id, id, row.state, to, now_ms).await? {
        tx.commit().await?;
        return Ok(PrintoutResponse::of(ended));
    }
    Ok(PrintoutResponse::of(row.state))
}

/// A printout of this process.
struct Job {
    app: App,
    key: Key,
    printer: NetworkPrinter,
    watch: watch::Sender<PrintoutResponse>,
}

impl Job {
    async fn run(self, printout: Printout, queue: Duration) {
        let until = Instant::now().checked_add(queue);
        let ended = loop {
            match self.take().await {
                Ok(true) => break self.print(&printout).await,
                Ok(false) if until.is_some_and(|until| Instant::now() < until) => sleep(LOOK_AGAIN).await,
                Ok(false) => break PrintoutResponse::of(PrintoutState::NotPrinted),
                Err(error) => {
                    tracing::error!(%error, "a printout could not be begun; the tablet tries again");
                    break PrintoutResponse::of(PrintoutState::NotPrinted);
                }
            }
        };
        if let Err(error) = self.keep(ended).await {
            tracing::error!(%error, "what became of a printout could not be written down");
        }
        self.watch.send_replace(ended);
        self.app.printouts.running().remove(&self.key);
    }

    /// Takes the printer and notes that this is begun; false while it prints for somebody else.
    async fn take(&self) -> Result<bool, AppError> {
        let (organisation_id, id) = self.key;
        let mut tx = self.app.db.write_for(organisation_id).await?;
        if !self.hold(&mut tx).await? {
            return Ok(false);
        }
        let (from, to) = (PrintoutState::Waiting, (PrintoutState::Printing, false));
        if !store::move_printout(&mut tx, organisation_id, id, from, to, clock::now_ms()).await? {
            return Err(AppError::Conflict("this printout was given up by another process".to_owned()));
        }
        tx.commit().await?;
        self.watch.send_modify(|told| told.state = PrintoutState::Printing);
        Ok(true)
    }

    async fn hold(&self, tx: &mut crate::store::Tx) -> Result<bool, AppError> {
        let (organisation_id, id) = self.key;
        let now_ms = clock::now_ms();
        let times = (now_ms, now_ms.saturating_add(DEAD_MS));
        Ok(store::hold(tx, organisation_id, self.printer.id, id, times).await?)
    }

    async fn print(&self, printout: &Printout) -> PrintoutResponse {
        let (host, port) = (self.printer.host.as_str(), self.printer.port);
        let mut printing =
            std::pin::pin!(print(self.app.printouts.reach(), host, port, printout, &self.watch));
        let mut beat = interval(HEARTBEAT);
        beat.tick().await;
        loop {
            tokio::select! {
                ended = &mut printing => return ended,
                _ = beat.tick() => {
                    if let Err(error) = self.beat().await {
                        tracing::warn!(%error, "that a printout is on its way could not be written down");
                    }
                }
            }
        }
    }

    async fn beat(&self) -> Result<(), AppError> {
        let (organisation_id, id) = self.key;
        let mut tx = self.app.db.write_for(organisation_id).await?;
        self.hold(&mut tx).await?;
        let now = PrintoutState::Printing;
        store::move_printout(&mut tx, organisation_id, id, now, (now, false), clock::now_ms()).await?;
        Ok(tx.commit().await?)
    }

    async fn keep(&self, ended: PrintoutResponse) -> Result<(), AppError> {
        let (organisation_id, id) = self.key;
        let mut tx = self.app.db.write_for(organisation_id).await?;
        let (from, to) = (self.watch.borrow().state, (ended.state, ended.begun));
        store::move_printout(&mut tx, organisation_id, id, from, to, clock::now_ms()).await?;
        store::let_go(&mut tx, organisation_id, self.printer.id, id).await?;
        Ok(tx.commit().await?)
    }
}
