//! Dispatch: whose turn it is: connections whose organisation has something new, and those that are due.

use super::{Bridge, work};
use crate::clock;
use crate::store::{connections, ground, outbox};
use shared::connect::ConnectionState;
use shared::ids::{ConnectionId, OrganisationId};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// All connections are looked at so often, whatever was heard: a wake-up may be lost.
const ALL: Duration = Duration::from_secs(30);
/// News of a busy shop is looked at together, so long after the first.
const TOGETHER: Duration = Duration::from_millis(30);
/// What was said is kept so long, ms: thirty days.
const KEPT_MS: i64 = 30 * 86_400_000;
/// A turn that failed for a fault of our own is tried again after so long, ms.
const FAULT_MS: i64 = 10_000;

type Of = (OrganisationId, ConnectionId);

/// A turn that has ended, and when the next is due, epoch ms.
type Ended = (Of, Option<i64>);

pub(super) async fn run(bridge: Bridge, mut stopped: watch::Receiver<bool>) {
    let mut news = bridge.app.changes.listen();
    let (ended, mut turns) = mpsc::channel::<Ended>(64);
    let mut state = Dispatch {
        bridge,
        due: HashMap::new(),
        busy: HashSet::new(),
        again: HashSet::new(),
        heard: HashSet::new(),
        ended,
    };
    let mut look_at_all = Instant::now();
    let mut heard_at = None::<Instant>;
    loop {
        state.start_what_is_due();
        let wake = state.wakes_at(heard_at.map_or(look_at_all, |at| at.min(look_at_all)));
        tokio::select! {
            () = until(&mut stopped) => return,
            heard = news.recv() => match heard {
                Ok(organisation) => {
                    if let Ok(id) = organisation.parse() {
                        state.heard.insert(id);
                        heard_at.get_or_insert(Instant::now() + TOGETHER);
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => look_at_all = Instant::now(),
                Err(broadcast::error::RecvError::Closed) => return,
            },
            Some((of, next)) = turns.recv() => state.turn_ended(of, next),
            () = sleep_until(wake) => {
                if Instant::now() >= look_at_all {
                    state.look_at_all().await;
                    look_at_all = Instant::now() + ALL;
                }
                if heard_at.is_some_and(|at| Instant::now() >= at) {
                    heard_at = None;
                    for id in std::mem::take(&mut state.heard) {
                        state.look(id).await;
                    }
                }
            }
        }
    }
}

async fn until(stopped: &mut watch::Receiver<bool>) {
    // Whoever could say so is gone: that is an end too.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

struct Dispatch {
    bridge: Bridge,
    /// When each is due, epoch ms.
    due: HashMap<Of, i64>,
    /// Whose turn it is just now.
    busy: HashSet<Of>,
    /// Those of them that have something new meanwhile.
    again: HashSet<Of>,
    /// Organisations that have something new.
    heard: HashSet<OrganisationId>,
    ended: mpsc::Sender<Ended>,
}

impl Dispatch {
    fn start_what_is_due(&mut self) {
        let now_ms = clock::now_ms();
        let due: Vec<Of> = self.due.iter().filter(|(_, at)| **at <= now_ms).map(|(of, _)| *of).collect();
        for of in due {
            self.due.remove(&of);
            if !self.busy.insert(of) {
                self.again.insert(of);
                continue;
            }
            let (bridge, ended) = (self.bridge.clone(), self.ended.clone());
            tokio::spawn(async move {
                let next = match work::turn(&bridge, of.0, of.1).await {
                    Ok(next) => next,
                    Err(error) => {
                        tracing::warn!(%error, connection = %of.1, "a connection’s turn broke off; again in a while");
                        Some(clock::now_ms().saturating_add(FAULT_MS))
                    }
                };
                // Nobody hears it when the server is stopping.
                let _ = ended.send((of, next)).await;
            });
        }
    }

    fn turn_ended(&mut self, of: Of, next: Option<i64>) {
        self.busy.remove(&of);
        let next = if self.again.remove(&of) { Some(clock::now_ms()) } else { next };
        if let Some(next) = next {
            self.due.insert(of, next);
        }
    }

    fn wakes_at(&self, look_at_all: Instant) -> Instant {
        let now_ms = clock::now_ms();
        let first = self.due.values().min().map(|at| {
            let wait = u64::try_from(at.saturating_sub(now_ms)).unwrap_or(0);
            // A day is as good as never, and does not overflow.
            Instant::now() + Duration::from_millis(wait.min(86_400_000))
        });
        first.map_or(look_at_all, |first| first.min(look_at_all))
    }

    /// Something of an organisation has changed: its connections have a turn.
    async fn look(&mut self, organisation_id: OrganisationId) {
        let found = async {
            let mut tx = self.bridge.app.db.read_for(organisation_id).await?;
            connections::all(&mut tx, organisation_id).await
        };
        match found.await {
            Ok(rows) => {
                let now_ms = clock::now_ms();
                for row in rows.into_iter().filter(|row| row.state != ConnectionState::Paused) {
                    self.due.insert((organisation_id, row.id), now_ms);
                }
            }
            Err(error) => tracing::warn!(%error, "connections cannot be looked at"),
        }
    }

    async fn look_at_all(&mut self) {
        let organisations = async {
            let mut tx = self.bridge.app.db.begin_read().await?;
            ground::organisations(&mut tx).await
        };
        match organisations.await {
            Ok(all) => {
                for (id, _) in all {
                    self.look(id).await;
                    self.forget(id).await;
                }
            }
            Err(error) => tracing::warn!(%error, "connections cannot be looked at"),
        }
    }

    /// What was said long ago is forgotten.
    async fn forget(&self, organisation_id: OrganisationId) {
        let forgotten = async {
            let before_ms = clock::now_ms().saturating_sub(KEPT_MS);
            let mut tx = self.bridge.app.db.begin_read().await?;
            tx.act_for(organisation_id).await?;
            if !outbox::has_exchanges_before(&mut tx, organisation_id, before_ms).await? {
                return Ok(0);
            }
            drop(tx);
            let mut tx = self.bridge.app.db.write_for(organisation_id).await?;
            let count = outbox::forget_exchanges(&mut tx, organisation_id, before_ms).await?;
            tx.commit().await?;
            Ok::<u64, crate::store::StoreError>(count)
        };
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "what was said long ago could not be forgotten");
        }
    }
}
