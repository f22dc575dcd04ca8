//! Work: a connection's turn: what comes in page by page, products by the mapping, what goes out record by record, until nothing is due.
//! Invariant: nobody else works for the connection meanwhile; a silent or failing other side is left alone for longer each time.

use super::connections::setup_of;
use super::{Bridge, inbox, outbox, products};
use crate::app::AppError;
use crate::clock;
use crate::runner::{Carried, Line};
use crate::store::connections::{self as store, Calls, ConnectionRow};
use connectors::Outcome;
use shared::calendar::Day;
use shared::connect::{ConnectionState, Flow};
use shared::ids::{ConnectionId, OrganisationId};

/// How long a connection is this process's without a word, ms: longer than one command may take (`runner::Line`), so that nobody
/// else begins while an answer is still waited for.
const HOLD_MS: i64 = 180_000;
/// A connection that another process works for is looked at again after so long, ms.
const HELD_MS: i64 = 5_000;
/// What is still being written is looked for again after so long, ms.
const SOON_MS: i64 = 100;
/// The first wait after it was in vain, ms; it doubles.
const FIRST_WAIT_MS: i64 = 2_000;
/// The longest, ms.
const LONGEST_WAIT_MS: i64 = 300_000;

/// What a job did to the connection.
pub(super) enum Job {
    /// There was nothing to do.
    Idle,
    /// There is something to do that cannot be seen yet: another process is still writing it.
    Soon,
    /// Something was done; there may be more.
    Done,
    /// The other side cannot be worked with just now.
    InVain(String),
}

impl Job {
    /// With what came of the next flow.
    fn and(self, next: Self) -> Self {
        match (self, next) {
            (before, Self::Idle) => before,
            (Self::Done, Self::Soon) => Self::Done,
            (_, next) => next,
        }
    }
}

/// One turn. Says when the connection is next due, epoch ms; none when nothing is.
pub(super) async fn turn(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<Option<i64>, AppError> {
    if !hold(bridge, organisation_id, id).await? {
        return Ok(Some(clock::now_ms().saturating_add(HELD_MS)));
    }
    let mut done = false;
    let next = work(bridge, organisation_id, id, &mut done).await;
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    store::let_go(&mut tx, organisation_id, id, &bridge.process).await?;
    tx.commit().await?;
    if done {
        // Whoever looks at the connection sees it.
        bridge.app.changes.tell(&organisation_id.to_string());
    }
    next
}

/// Takes the connection for this process, or goes on holding it. False where another one has it.
pub(super) async fn hold(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<bool, AppError> {
    let now_ms = clock::now_ms();
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let until = (now_ms, now_ms.saturating_add(HOLD_MS));
    let held = store::hold(&mut tx, organisation_id, id, &bridge.process, until).await?;
    tx.commit().await?;
    Ok(held)
}

async fn work(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
    done: &mut bool,
) -> Result<Option<i64>, AppError> {
    loop {
        let now_ms = clock::now_ms();
        // Read anew each time: a person may have paused or changed it.
        let mut tx = bridge.app.db.read_for(organisation_id).await?;
        let Some(row) = store::one(&mut tx, organisation_id, id).await? else { return Ok(None) };
        let next = next_due_ms(&mut tx, organisation_id, &row).await?;
        drop(tx);
        let due = next.map(|next| next.max(row.retry_at_ms.unwrap_or(i64::MIN)));
        let Some(due) = due else { return Ok(None) };
        if due > now_ms || !hold(bridge, organisation_id, id).await? {
            return Ok(Some(due.max(now_ms)));
        }
        let setup = match setup_of(bridge, organisation_id, &row) {
            Ok(setup) => setup,
            Err(AppError::Conflict(words)) => {
                in_vain(bridge, organisation_id, &row, &words).await?;
                continue;
            }
            Err(error) => return Err(error),
        };
        let Some(connector) = connectors::named(&row.connector) else { return Ok(None) };
        let mut line = bridge
            .take_line(id, row.version)
            .unwrap_or_else(|| Line::new(connector, setup, row.private_network));
        let job = pass(bridge, organisation_id, &row, &mut line).await?;
        bridge.rest_line(id, row.version, line);
        match job {
            Job::Done => *done = true,
            Job::Soon => return Ok(Some(clock::now_ms().saturating_add(SOON_MS))),
            Job::Idle => return Ok(Some(due.max(now_ms.saturating_add(HELD_MS)))),
            Job::InVain(words) => {
                *done = true;
                in_vain(bridge, organisation_id, &row, &words).await?;
            }
        }
    }
}

/// Each flow's turn: sales first, so that nothing else holds them up, and a fault of our own in another flow does not either.
async fn pass(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    line: &mut Line,
) -> Result<Job, AppError> {
    let runs = row.state == ConnectionState::Running;
    let mut job = Job::Idle;
    if runs {
        job = outbox::some(bridge, organisation_id, (row, Flow::Sales), line).await?;
    }
    if !matches!(job, Job::InVain(_)) {
        let came = match inbox::page(bridge, organisation_id, row, line).await {
            Ok(came) => came,
            Err(error) => {
                tracing::warn!(%error, connection = row.name, "what comes in cannot be kept; again at its next time");
                inbox::put_off(bridge, organisation_id, row, "What came in could not be kept.").await?
            }
        };
        job = job.and(came);
    }
    if runs && !matches!(job, Job::InVain(_)) {
        match products::some(bridge, organisation_id, row).await {
            Ok(gone_through) => job = job.and(gone_through),
            Err(error) => {
                tracing::warn!(%error, connection = row.name, "products cannot be gone through; again in a while");
                products::put_off(bridge, organisation_id, row).await?;
            }
        }
        let sent = outbox::some(bridge, organisation_id, (row, Flow::ProductChanges), line).await?;
        job = job.and(sent);
    }
    Ok(job)
}

/// When something of it is due next, epoch ms.
async fn next_due_ms(
    tx: &mut crate::store::Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
) -> Result<Option<i64>, AppError> {
    let comes = inbox::due_ms(tx, organisation_id, row).await?;
    let goes = match row.state {
        ConnectionState::Running => outbox::next_due_ms(tx, organisation_id, row).await?,
        ConnectionState::Draft | ConnectionState::Paused => None,
    };
    let changed = products::due_ms(tx, organisation_id, row).await?;
    Ok(comes.into_iter().chain(changed).chain(goes).min())
}

async fn in_vain(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    words: &str,
) -> Result<(), AppError> {
    let doubled = FIRST_WAIT_MS.saturating_mul(1_i64 << row.failures.clamp(0, 20));
    let retry_at_ms = clock::now_ms().saturating_add(doubled.min(LONGEST_WAIT_MS));
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    store::in_vain(&mut tx, organisation_id, row.id, words, retry_at_ms).await?;
    tx.commit().await?;
    tracing::info!(connection = row.name, reason = words, "a connection cannot be worked for just now");
    Ok(())
}

/// Counts the calls of a command, within a transaction that writes down what came of it, and whether the other side was heard.
pub(super) async fn count(
    tx: &mut crate::store::Tx,
    organisation_id: OrganisationId,
    (id, flow): (ConnectionId, Flow),
    (carried, done): (&Carried, i64),
) -> Result<(), AppError> {
    let now_ms = clock::now_ms();
    let day = Day::of(now_ms, 0).to_string();
    let more = Calls { calls: carried.calls, failed: carried.failed, done };
    store::count(tx, organisation_id, id, (&day, flow), more).await?;
    if matches!(carried.outcome, Outcome::Done(_) | Outcome::Wedged(_)) && carried.calls > 0 {
        store::heard(tx, organisation_id, id, now_ms).await?;
    }
    Ok(())
}
