//! Server: the shipped one, in this process, on a real database, behind a layer that breaks it.
//! Lives here: starting and stopping it, asking it, and what can befall it: crashes before and after a commit, power
//! loss in the middle of one, a full disk, a commit that fails, a backup brought back.
//! May use: place, the server's use-cases and its store. Never: an answer the server did not give.
//! Invariant: one request batch at a time, so that the same seed meets the same server.

use crate::place::{Hindrance, Place, Soil};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use shared::api::{ChallengeRequest, DeviceSessionRequest};
use shared::ids::{DeviceId, OrganisationId};
use shared::sync::register::Failure;
use shared::sync::wire::{PullResponse, PushResponse, READS};
use tillbridge::app::sync::{PullAsked, pull, push};
use tillbridge::app::{App, AppError, access, devices};
use tillbridge::replay::chance::Chance;
use tillbridge::store::Tx;
use tokio::runtime::Runtime;

/// What a tablet asks.
#[derive(Clone)]
pub enum Ask {
    /// Take these entries.
    Push {
        /// The request to the byte.
        body: Vec<u8>,
        /// Its signature.
        signature: String,
    },
    /// What changed?
    Pull {
        /// Who asks.
        session: Option<String>,
        /// After this.
        cursor: Option<String>,
        /// How far its journal has come.
        recorded: i64,
    },
    /// Let me in.
    SignIn {
        /// Whose tablet.
        organisation_id: OrganisationId,
        /// Which.
        device_id: DeviceId,
        /// With this.
        key: Box<SigningKey>,
    },
}

/// What the server answers.
#[derive(Clone)]
pub enum Reply {
    /// To a push.
    Pushed(PushResponse),
    /// To a pull.
    Pulled(PullResponse),
    /// To a sign-in.
    SignedIn {
        /// The last sequence it holds.
        last_sequence: u64,
        /// Its clock.
        server_time_ms: i64,
        /// For the pulls that follow.
        session: String,
    },
}

/// What befalls the next batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// The process is killed before it has done anything.
    CrashBefore,
    /// The process is killed between the commit and the answer.
    CrashAfter,
    /// The power goes while the commit is being written.
    PowerLoss,
    /// There is no room for anything new.
    DiskFull,
    /// The commit fails.
    CommitFails,
}

/// The server and its books.
pub struct Server {
    runtime: Runtime,
    place: Place,
    app: Option<App>,
    blow: Option<Blow>,
    has_backup: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.switch_off();
        self.runtime.block_on(self.place.clear());
    }
}

impl Server {
    /// Starts it on a copy of the ground.
    pub fn start(ground: &Soil) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let place = runtime.block_on(Place::on(ground));
        let mut server = Self { runtime, place, app: None, blow: None, has_backup: false };
        server.switch_on();
        server
    }

    /// Starts the process, if it is not running.
    pub fn switch_on(&mut self) {
        if self.app.is_none() {
            let place = &mut self.place;
            self.app = Some(self.runtime.block_on(async { App::start(place.open().await) }));
        }
    }

    /// Ends the process.
    pub fn switch_off(&mut self) {
        if let Some(app) = self.app.take() {
            self.runtime.block_on(async move {
                let drained = app.ingest.drained();
                let db = app.db.clone();
                drop(app);
                drained.wait().await;
                db.close().await;
            });
        }
    }

    /// Is it running?
    pub fn is_on(&self) -> bool {
        self.app.is_some()
    }

    /// The next batch meets this.
    pub fn next_meets(&mut self, blow: Blow) {
        self.blow = Some(blow);
    }

    /// Nothing more befalls it.
    pub fn spare(&mut self) {
        self.blow = None;
    }

    /// A copy is made of the books.
    pub fn back_up(&mut self) {
        let must_rest = self.place.rests_for_a_backup();
        if must_rest {
            self.switch_off();
        }
        self.runtime.block_on(self.place.back_up());
        if must_rest {
            self.switch_on();
        }
        self.has_backup = true;
    }

    /// The last copy takes the place of the books. Says whether there was one.
    pub fn restore(&mut self) -> bool {
        if !self.has_backup {
            return false;
        }
        self.switch_off();
        self.runtime.block_on(self.place.restore());
        self.switch_on();
        true
    }

    /// Asks a batch. No answers at all when the process ended meanwhile.
    pub fn ask(
        &mut self,
        asks: Vec<Ask>,
        now_ms: i64,
        chance: &mut Chance,
    ) -> Option<Vec<Result<Reply, Failure>>> {
        self.app.as_ref()?;
        // What befalls a commit waits for one worth it.
        let writes = asks.iter().any(|ask| matches!(ask, Ask::Push { .. }));
        let blow = self.blow.take_if(|blow| writes || *blow == Blow::CrashBefore);
        match blow {
            None => Some(self.serve(asks, now_ms)),
            Some(Blow::CrashBefore) => {
                self.switch_off();
                None
            }
            Some(Blow::CrashAfter) => {
                self.serve(asks, now_ms);
                self.switch_off();
                None
            }
            Some(Blow::PowerLoss) => {
                let before = self.place.files();
                if before.is_some() || chance.percent(50) {
                    self.serve(asks, now_ms);
                }
                let after = self.place.files();
                self.switch_off();
                if let (Some(before), Some(after)) = (before, after) {
                    let (file, log) = torn(before, after, chance);
                    self.place.replace(&file, &log);
                }
                None
            }
            Some(Blow::DiskFull) => {
                self.hinder(Hindrance::NoRoom, true);
                let answers = self.serve(asks, now_ms);
                self.hinder(Hindrance::NoRoom, false);
                Some(answers)
            }
            Some(Blow::CommitFails) => {
                self.hinder(Hindrance::NoCommit, true);
                let answers = self.serve(asks, now_ms);
                self.hinder(Hindrance::NoCommit, false);
                Some(answers)
            }
        }
    }

    fn hinder(&self, hindrance: Hindrance, on: bool) {
        if let Some(app) = &self.app {
            self.runtime.block_on(hindrance.set(&app.db, on));
        }
    }

    fn serve(&self, asks: Vec<Ask>, now_ms: i64) -> Vec<Result<Reply, Failure>> {
        let Some(app) = &self.app else { return Vec::new() };
        self.runtime.block_on(async {
            let mut under_way = Vec::with_capacity(asks.len());
            for ask in asks {
                let app = app.clone();
                under_way.push(tokio::spawn(async move { answer(&app, ask, now_ms).await }));
            }
            let mut answers = Vec::with_capacity(under_way.len());
            for one in under_way {
                answers.push(one.await.unwrap());
            }
            answers
        })
    }

    /// Runs something on the running server.
    pub fn with<T>(&self, work: impl AsyncFnOnce(&App) -> T) -> Option<T> {
        let app = self.app.as_ref()?;
        Some(self.runtime.block_on(work(app)))
    }

    /// Reads the books of all organisations, if the server is running.
    pub fn look<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> T) -> Option<T> {
        let app = self.app.as_ref()?;
        Some(self.runtime.block_on(async {
            let mut tx = self.place.look(&app.db).await;
            work(&mut tx).await
        }))
    }
}

/// What is on the disk when the power goes while the log is being written: the log up to somewhere in its new part,
/// with what was in the air there spoilt. Where the log was begun anew meanwhile, all of it or nothing.
fn torn(before: (Vec<u8>, Vec<u8>), after: (Vec<u8>, Vec<u8>), chance: &mut Chance) -> (Vec<u8>, Vec<u8>) {
    let grew = after.1.len() > before.1.len() && after.1.starts_with(&before.1) && after.0 == before.0;
    if !grew {
        return if chance.percent(50) { before } else { after };
    }
    let cut = before.1.len() + chance.below(after.1.len() - before.1.len() + 1);
    let mut wal = after.1[..cut].to_vec();
    let spoilt = chance.below(512).min(cut - before.1.len());
    for byte in &mut wal[cut - spoilt..] {
        *byte ^= 0x5a;
    }
    (before.0, wal)
}

async fn answer(app: &App, ask: Ask, now_ms: i64) -> Result<Reply, Failure> {
    match ask {
        Ask::Push { body, signature } => {
            push(app, &body, &signature, now_ms).await.map(Reply::Pushed).map_err(meaning)
        }
        Ask::Pull { session, cursor, recorded } => {
            let session = session.ok_or(Failure::SignIn)?;
            let caller = access::device_caller(app, &session, now_ms).await.map_err(meaning)?;
            let caller = caller.ok_or(Failure::SignIn)?;
            let asked = PullAsked {
                cursor: cursor.as_deref(),
                limit: Some(40),
                recorded: Some(recorded),
                reads: Some(READS),
                unsent: None,
            };
            pull(app, &caller, asked, now_ms).await.map(Reply::Pulled).map_err(meaning)
        }
        Ask::SignIn { organisation_id, device_id, key } => {
            let asked = ChallengeRequest { organisation_id, device_id };
            let challenge = devices::challenge(app, asked, now_ms).await.map_err(meaning)?.challenge;
            let signature: Signature = key.sign(challenge.as_bytes());
            let signature = STANDARD.encode(signature.to_bytes());
            let proof = DeviceSessionRequest { organisation_id, device_id, challenge, signature };
            let opened = devices::sign_in(app, proof, now_ms).await.map_err(meaning)?;
            Ok(Reply::SignedIn {
                last_sequence: opened.answer.last_sequence,
                server_time_ms: opened.answer.server_time_ms,
                session: opened.secret,
            })
        }
    }
}

/// As the browser reads the codes of http.
fn meaning(error: AppError) -> Failure {
    match error {
        AppError::Unpaired => Failure::Unpaired,
        AppError::Outdated => Failure::Outdated,
        AppError::SignIn(_) => Failure::SignIn,
        _ => Failure::Server,
    }
}
