//! Sync: what a tablet sends and asks for.

use super::{App, AppError};
use crate::feed::{self, Puller};
use crate::ingest::{IngestError, Push};
use crate::store::ground;
use shared::sync::wire::{MOST_ENTRIES, PullResponse, PushRequest, PushResponse, SCHEMA};

/// Takes a push: the exact bytes of the request's body, and its signature. Answers when everything in it is durable.
/// A tablet that was unpaired may still hand in what it has recorded; that is kept for a manager.
pub async fn push(app: &App, body: &[u8], signature: &str, now_ms: i64) -> Result<PushResponse, AppError> {
    let request: PushRequest = serde_json::from_slice(body)
        .map_err(|e| AppError::wrong_input(format!("This is not a push: {e}. Nothing was taken.")))?;
    if request.schema != SCHEMA {
        return Err(AppError::Outdated);
    }
    if request.entries.len() > MOST_ENTRIES {
        return Err(AppError::wrong_input(format!(
            "At most {MOST_ENTRIES} records at once. Nothing was taken."
        )));
    }
    if let Some(entry) = request.entries.iter().find(|entry| !is_fingerprint(&entry.hash)) {
        return Err(AppError::wrong_input(format!(
            "Record {} has no fingerprint. Nothing was taken.",
            entry.sequence
        )));
    }
    let mut tx = app.db.begin_read().await?;
    let Some(organisation_id) = ground::home_of(&mut tx, request.device_id).await? else {
        return Err(AppError::Unpaired);
    };
    tx.act_for(organisation_id).await?;
    let key = ground::device_key(&mut tx, organisation_id, request.device_id).await?;
    drop(tx);
    let Some(key) = key else { return Err(AppError::Unpaired) };
    if !super::device_key::verifies(&key, body, signature) {
        return Err(AppError::Signature);
    }
    let push = Push {
        organisation_id,
        device_id: request.device_id,
        entries: request.entries,
        received_at_ms: now_ms,
    };
    app.ingest.push(push).await.map_err(|error| match error {
        IngestError::UnknownDevice => AppError::Unpaired,
        IngestError::Stopping | IngestError::Database(_) => AppError::Busy(error.to_string()),
    })
}

fn is_fingerprint(hash: &str) -> bool {
    hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// What changed after a cursor.
pub async fn pull(
    app: &App,
    who: Puller,
    cursor: Option<&str>,
    limit: Option<usize>,
    now_ms: i64,
) -> Result<PullResponse, AppError> {
    Ok(feed::pull(&app.db, who, cursor, limit, now_ms).await?)
}
