//! Bridge: what is connected to ERPs and online stores, what goes out to them, what comes in, and what of ours is what of theirs.
//! Lives here: use-cases of connections (`connections`), of deliveries (`deliveries`), matches (`matching`), mappings (`mapping`) and reconciliation (`reconciliation`); products by the
//! mapping (`catalogue`, `products`), both sides looked at (`check`); what is asked of the other side (`usage`); working for a
//! connection: its turn (`work`), what goes out (`outbox`), what comes in (`inbox`), when it is its turn (`dispatch`); how
//! credentials are kept (`seal`).
//! May use: shared, store, connectors, runner, app's errors and wake-ups. Never: axum types, SQL text, an HTTP client.
//! Invariant: one process at a time works for a connection; a record leaves the outbox only when the other side has said that it
//! has it, or a person has said so; a command that broke off begins again.

mod catalogue;
pub mod check;
pub mod connections;
pub mod deliveries;
mod dispatch;
pub mod inbox;
pub mod mapping;
pub mod matching;
mod outbox;
mod products;
pub mod reconciliation;
mod seal;
pub mod usage;
mod work;

pub use seal::{Key, KeyError};

use crate::app::App;
use crate::printing::Reach;
use crate::runner::{Line, Outbound};
use shared::ids::{ConnectionId, OrganisationId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// What the bridge is told at the start.
#[derive(Clone, Debug)]
pub struct BridgeSettings {
    /// Private networks that connections may reach where they are set so.
    pub networks: Reach,
    /// What credentials are sealed with.
    pub key: Key,
}

/// Everything that works with connections.
#[derive(Clone)]
pub struct Bridge {
    app: App,
    outbound: Outbound,
    key: Key,
    /// This process, among those that share the database.
    process: Arc<str>,
    /// Lines that rest, by connection and the version of its settings.
    lines: Arc<Mutex<HashMap<ConnectionId, (i64, Line)>>>,
}

impl Bridge {
    /// Of this process. Nothing is worked for before [`Bridge::run`].
    ///
    /// # Errors
    /// Where there is no TLS on this machine.
    pub fn new(app: App, settings: BridgeSettings) -> Result<Self, reqwest::Error> {
        Ok(Self {
            app,
            outbound: Outbound::new(settings.networks)?,
            key: settings.key,
            process: crate::clock::random::<8>()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
                .into(),
            lines: Arc::default(),
        })
    }

    /// One that reaches no private network and whose key is its own: for shops that connect nothing.
    ///
    /// # Errors
    /// Where there is no TLS on this machine.
    pub fn idle(app: App) -> Result<Self, reqwest::Error> {
        Self::new(app, BridgeSettings { networks: Reach::default(), key: Key::fresh() })
    }

    /// Works for a connection until nothing of it is due. Says when something is next, epoch ms.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn work_for(
        &self,
        organisation_id: OrganisationId,
        id: ConnectionId,
    ) -> Result<Option<i64>, crate::app::AppError> {
        work::turn(self, organisation_id, id).await
    }

    /// Works for all connections until `stopped` says so.
    pub async fn run(self, stopped: watch::Receiver<bool>) {
        dispatch::run(self, stopped).await;
    }

    fn take_line(&self, id: ConnectionId, version: i64) -> Option<Line> {
        let mut lines = self.lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        lines.remove(&id).filter(|(known, _)| *known == version).map(|(_, line)| line)
    }

    fn rest_line(&self, id: ConnectionId, version: i64, line: Line) {
        self.lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(id, (version, line));
    }
}
