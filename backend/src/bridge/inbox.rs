//! Inbox: what comes in, page by page: their lists, then their products; kept as seen, and matched.
//! Invariant: how far it is, is written down in the transaction that keeps the page; what was missed by a change of clocks comes
//! with the overlap, and everything comes anew once a day.

use super::work::{Job, count};
use super::{Bridge, matching, products};
use crate::app::AppError;
use crate::clock;
use crate::runner::Line;
use crate::store::Tx;
use crate::store::connections::{self, ConnectionRow};
use crate::store::links::{self as store, Reading, RemoteRow};
use connectors::{Command, Done, Outcome, Page};
use shared::connect::{ConnectionState, Flow, LinkKind};
use shared::ids::{ConnectionId, OrganisationId};

/// Changes are asked for from so long before the last run on, ms: clocks differ, and what is written takes a while to be seen.
const OVERLAP_MS: i64 = 3_600_000;
/// Everything is asked for so often, ms.
const WHOLE_MS: i64 = 86_400_000;
/// Nothing is due.
const NEVER: i64 = i64::MAX;

/// Reads everything anew, now, whatever is set.
pub async fn refresh(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<(), AppError> {
    let now_ms = clock::now_ms();
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    connections::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let (before, _) = store::reading(&mut tx, organisation_id, id, Flow::Products).await?;
    let reading = Reading { since_ms: None, began_at_ms: Some(now_ms), due_at_ms: now_ms, ..before };
    store::put_reading(&mut tx, organisation_id, id, Flow::Products, (reading, None)).await?;
    tx.commit().await?;
    bridge.app.changes.tell(&organisation_id.to_string());
    Ok(())
}

/// When the next page is due, epoch ms.
pub(super) async fn due_ms(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
) -> Result<Option<i64>, AppError> {
    let (reading, _) = store::reading(tx, organisation_id, row.id, Flow::Products).await?;
    let flows = row.flows.iter().any(|one| one.flow == Flow::Products && one.on);
    let is_due = match (row.state, reading.began_at_ms) {
        (ConnectionState::Paused, _) => false,
        // A person asked for it.
        (_, Some(_)) => true,
        (ConnectionState::Running, None) => flows,
        (ConnectionState::Draft, None) => false,
    };
    Ok(is_due.then_some(reading.due_at_ms).filter(|due| *due != NEVER))
}

/// Was it looked at what has changed there?
pub(super) enum Looked {
    /// It was.
    Yes,
    /// It was not; it is begun.
    Begun,
    /// It is under way, or the other side does not let us look.
    NotYet,
}

/// Is it under way to look at what has changed there?
pub(super) async fn is_looking(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<bool, AppError> {
    Ok(store::reading(tx, organisation_id, id, Flow::Products).await?.0.began_at_ms.is_some())
}

/// Before something is written there it is looked at what has changed there: was that done since this time? Where it was not, it is
/// begun.
pub(super) async fn looked_since(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
    (at_ms, now_ms): (i64, i64),
) -> Result<Looked, AppError> {
    let (reading, _) = store::reading(tx, organisation_id, id, Flow::Products).await?;
    if reading.began_at_ms.is_none() && reading.whole_at_ms.is_some_and(|whole| whole >= at_ms) {
        return Ok(Looked::Yes);
    }
    if reading.began_at_ms.is_some() {
        return Ok(Looked::NotYet);
    }
    {
        let run = Reading { due_at_ms: now_ms, ..begun(reading, now_ms) };
        let products = Some(format!("{}:", LinkKind::Product.word()));
        store::put_reading(tx, organisation_id, id, Flow::Products, (run, products)).await?;
    }
    Ok(Looked::Begun)
}

/// Takes the next page in, if one is due.
pub(super) async fn page(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    line: &mut Line,
) -> Result<Job, AppError> {
    let now_ms = clock::now_ms();
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    if due_ms(&mut tx, organisation_id, row).await?.is_none_or(|due| due > now_ms) {
        return Ok(Job::Idle);
    }
    let (reading, place) = store::reading(&mut tx, organisation_id, row.id, Flow::Products).await?;
    drop(tx);
    let kinds = line.connector().descriptor().matches;
    let Some(first) = kinds.first().copied() else { return Ok(Job::Idle) };
    let (run, kind, after) = match (reading.began_at_ms, place.as_deref().and_then(place_of)) {
        (Some(_), Some((kind, after))) => (reading, kind, after),
        (Some(_), None) => (reading, first, None),
        (None, _) => (begun(reading, now_ms), first, None),
    };
    let command = match kind {
        LinkKind::Product => Command::Changed { since_ms: run.since_ms, after },
        kind => Command::List { kind, after },
    };
    let carried = line.carry(&bridge.outbound, &command).await;
    let page = match &carried.outcome {
        Outcome::Done(Done::Records(page)) => page.clone(),
        Outcome::Wedged(wedged) => {
            let words = format!("{} {}", wedged.reason, wedged.remedy);
            return put_off(bridge, organisation_id, row, &words).await;
        }
        Outcome::Later { reason, answered: true, .. } => {
            return put_off(bridge, organisation_id, row, reason).await;
        }
        Outcome::SignedOut { reason } | Outcome::Later { reason, .. } => {
            return Ok(Job::InVain(reason.clone()));
        }
        Outcome::Done(_) | Outcome::Continue { .. } => {
            return Ok(Job::InVain("Its answer is not understood.".to_owned()));
        }
    };
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let looked_at_ms = run.began_at_ms.unwrap_or(now_ms);
    let taken = take_in(&mut tx, organisation_id, (row, kind), &page, (now_ms, looked_at_ms)).await?;
    count(&mut tx, organisation_id, (row.id, Flow::Products), (&carried, taken)).await?;
    let next = match &page.next {
        Some(after) => Some(format!("{}:{after}", kind.word())),
        None => {
            if run.since_ms.is_none() || kind != LinkKind::Product {
                let before = (kind, run.began_at_ms.unwrap_or(now_ms));
                store::forget_records(&mut tx, organisation_id, row.id, before).await?;
            }
            let at = kinds.iter().position(|one| *one == kind).unwrap_or(usize::MAX);
            kinds.get(at.saturating_add(1)).map(|kind| format!("{}:", kind.word()))
        }
    };
    let meanwhile = store::reading(&mut tx, organisation_id, row.id, Flow::Products).await?;
    if meanwhile != (reading, place) {
        // A person has asked for everything anew while this page was on its way.
        tx.commit().await?;
        return Ok(Job::Done);
    }
    let run = match next {
        Some(_) => Reading { due_at_ms: now_ms, ..run },
        None => ended(run, row, now_ms),
    };
    store::put_reading(&mut tx, organisation_id, row.id, Flow::Products, (run, next)).await?;
    tx.commit().await?;
    Ok(Job::Done)
}

/// What it will not show does not keep what is sold from going out: it is asked again at the next time.
pub(super) async fn put_off(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    words: &str,
) -> Result<Job, AppError> {
    let now_ms = clock::now_ms();
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let (reading, place) = store::reading(&mut tx, organisation_id, row.id, Flow::Products).await?;
    let run = if reading.began_at_ms.is_some() { reading } else { begun(reading, now_ms) };
    let again = Reading { due_at_ms: next_time_ms(row, now_ms), ..run };
    store::put_reading(&mut tx, organisation_id, row.id, Flow::Products, (again, place)).await?;
    connections::in_vain(&mut tx, organisation_id, row.id, words, now_ms).await?;
    tx.commit().await?;
    Ok(Job::Done)
}

/// `kind:after`.
fn place_of(text: &str) -> Option<(LinkKind, Option<String>)> {
    let (kind, after) = text.split_once(':')?;
    Some((LinkKind::of_word(kind)?, Some(after.to_owned()).filter(|after| !after.is_empty())))
}

/// A run that begins: everything once a day, else what has changed since the last.
fn begun(before: Reading, now_ms: i64) -> Reading {
    let last = before.whole_at_ms.filter(|last| now_ms.div_euclid(WHOLE_MS) == last.div_euclid(WHOLE_MS));
    Reading {
        since_ms: last.map(|last| last.saturating_sub(OVERLAP_MS)),
        began_at_ms: Some(now_ms),
        ..before
    }
}

/// A run that has come to its end.
fn ended(run: Reading, row: &ConnectionRow, now_ms: i64) -> Reading {
    Reading {
        since_ms: None,
        began_at_ms: None,
        whole_at_ms: run.began_at_ms,
        due_at_ms: next_time_ms(row, now_ms),
    }
}

/// When their records are asked for again, epoch ms.
fn next_time_ms(row: &ConnectionRow, now_ms: i64) -> i64 {
    let set = row.flows.iter().find(|one| one.flow == Flow::Products);
    let every = set.map_or(5, |one| one.every_minutes.max(1));
    now_ms.saturating_add(i64::from(every) * 60_000)
}

async fn take_in(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    (row, kind): (&ConnectionRow, LinkKind),
    page: &Page,
    (now_ms, looked_at_ms): (i64, i64),
) -> Result<i64, AppError> {
    // A text without an end cannot be kept.
    let plain = |text: &str| text.replace('\0', "");
    let rows: Vec<RemoteRow> = page
        .records
        .iter()
        .map(|record| RemoteRow {
            id: plain(&record.id),
            name: plain(&record.name),
            code: plain(&record.code),
            barcodes: record.barcodes.iter().map(|code| plain(code)).collect(),
            fields: record.fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
            active: record.active,
            changed_at_ms: record.changed_at_ms,
        })
        .collect();
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    store::put_records(tx, organisation_id, row.id, (kind, now_ms), &rows).await?;
    matching::by_itself(tx, organisation_id, (row.id, kind), &rows, now_ms).await?;
    if kind == LinkKind::Product {
        products::take_in(tx, organisation_id, row, rows, (false, looked_at_ms)).await?;
    }
    Ok(count)
}
