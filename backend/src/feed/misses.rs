//! Misses: how many changes a reader of the feed passes over while many write, beside a reader that goes by the
//! number alone.

use crate::clock;
use crate::store::feed::{self, FeedRow, Touched, kind};
use crate::store::{Db, StoreError, Tx};
use shared::ids::OrganisationId;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Misses {
    /// Changes written.
    pub written: u64,
    /// Changes our reader did not see.
    pub missed: u64,
    /// Changes the reader by number did not see.
    pub missed_by_number: u64,
}

/// Lets so many writers write so many changes each, in transactions that last a few ms, and two readers follow.
pub async fn measure(
    db: &Db,
    organisation_id: OrganisationId,
    writers: u64,
    each: u64,
) -> Result<Misses, StoreError> {
    let done = Arc::new(AtomicBool::new(false));
    let mut tx = db.read_for(organisation_id).await?;
    let start = feed::end(&mut tx, organisation_id).await?;
    drop(tx);
    let ours = tokio::spawn(follow(db.clone(), organisation_id, start, done.clone(), false));
    let naive = tokio::spawn(follow(db.clone(), organisation_id, start, done.clone(), true));
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let db = db.clone();
        tasks.spawn(async move {
            for n in 0..each {
                let mut tx = db.write_for(organisation_id).await?;
                let record = format!("{writer}-{n}");
                feed::touch(&mut tx, organisation_id, vec![Touched::new(kind::PRODUCT, record)]).await?;
                // Transactions last differently long, so that later numbers are committed before earlier ones.
                let wait_ms = u64::from(clock::random::<1>()[0] % 8);
                if matches!(db, Db::Postgres(_)) {
                    tokio::time::sleep(Duration::from_millis(wait_ms)).await;
                }
                tx.commit().await?;
            }
            Ok::<_, StoreError>(())
        });
    }
    while let Some(written) = tasks.join_next().await {
        written.map_err(|e| StoreError::Value(e.to_string()))??;
    }
    done.store(true, Ordering::SeqCst);
    let seen = |task: Result<Result<u64, StoreError>, tokio::task::JoinError>| {
        task.map_err(|e| StoreError::Value(e.to_string()))?
    };
    let written = writers.saturating_mul(each);
    Ok(Misses {
        written,
        missed: written.saturating_sub(seen(ours.await)?),
        missed_by_number: written.saturating_sub(seen(naive.await)?),
    })
}

/// Can everything that was written be read by now?
async fn is_settled(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    at: (i64, i64),
) -> Result<bool, StoreError> {
    let written = feed::after_by_number_alone(tx, organisation_id, at, 1).await?;
    let end = feed::end(tx, organisation_id).await?;
    Ok(written.iter().all(|row| (row.txid, row.position) <= end))
}

/// Follows the feed until the writers are done and nothing more comes; counts different records.
async fn follow(
    db: Db,
    organisation_id: OrganisationId,
    start: (i64, i64),
    done: Arc<AtomicBool>,
    by_number: bool,
) -> Result<u64, StoreError> {
    let mut at = start;
    let mut seen: HashSet<String> = HashSet::new();
    loop {
        let mut tx = db.read_for(organisation_id).await?;
        // Transactions of others on the same server hold the end of the feed back: it is no miss what is yet to come.
        let last_look = done.load(Ordering::SeqCst) && is_settled(&mut tx, organisation_id, at).await?;
        drop(tx);
        let mut tx = db.read_for(organisation_id).await?;
        let rows: Vec<FeedRow> = if by_number {
            feed::after_by_number_alone(&mut tx, organisation_id, at, 500).await?
        } else {
            feed::after(&mut tx, organisation_id, "", at, 500).await?
        };
        drop(tx);
        if let Some(last) = rows.last() {
            at = (last.txid, last.position);
        } else if last_look {
            return Ok(seen.len() as u64);
        }
        seen.extend(rows.into_iter().map(|row| row.record_id));
        tokio::task::yield_now().await;
    }
}
