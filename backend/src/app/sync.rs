//! Sync: what a tablet sends and asks for.

use super::access::DeviceCaller;
use super::{App, AppError};
use crate::feed::{self, Puller};
use crate::ingest::{IngestError, Push};
use crate::store::{access, ground};
use shared::planted::{Planted, is_planted};
use shared::sync::wire::{MOST_ENTRIES, PullResponse, PushRequest, PushResponse, SCHEMA};

/// How often it is written down that a tablet was heard of, ms.
const HEARD_EVERY_MS: i64 = 30_000;

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
    let signed = super::device_key::verifies(&key, body, signature);
    if !signed && !is_planted(Planted::AnyKeyOpens) {
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

/// What changed after a cursor. How far the tablet says its journal has come is noted, so that managers see how fresh their
/// figures are, and what never came should the tablet be lost.
pub async fn pull(
    app: &App,
    caller: &DeviceCaller,
    asked: PullAsked<'_>,
    now_ms: i64,
) -> Result<PullResponse, AppError> {
    note(app, caller, asked.recorded(caller), now_ms).await?;
    let who = Puller {
        organisation_id: caller.organisation_id,
        store_id: caller.store_id,
        register_id: caller.register_id,
        reads: asked.reads.unwrap_or(1),
    };
    let page = feed::pull(&app.db, who, asked.cursor, asked.limit, now_ms).await?;
    Ok(PullResponse { last_sequence: Some(caller.last_sequence), ..page })
}

/// What a tablet asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct PullAsked<'a> {
    /// Where it stands; nothing on a first load.
    pub cursor: Option<&'a str>,
    /// The most changes it wants.
    pub limit: Option<usize>,
    /// The last place in its journal.
    pub recorded: Option<i64>,
    /// How far it reads changes; 1 where it does not say.
    pub reads: Option<u16>,
    /// How many records it still holds unsent, by its own count: what a tablet says that is not updated yet.
    pub unsent: Option<i64>,
}

impl PullAsked<'_> {
    /// How far its journal has come. An answer that was lost makes its own count of what is unsent too high.
    fn recorded(&self, caller: &DeviceCaller) -> Option<i64> {
        let here = i64::try_from(caller.last_sequence).unwrap_or(i64::MAX);
        self.recorded.or_else(|| self.unsent.map(|count| here.saturating_add(count.max(0))))
    }
}

/// A pull comes often: only what is news is written.
async fn note(app: &App, caller: &DeviceCaller, recorded: Option<i64>, now_ms: i64) -> Result<(), AppError> {
    let here = i64::try_from(caller.last_sequence).unwrap_or(i64::MAX);
    let moved = recorded.is_some_and(|recorded| recorded.saturating_sub(here).max(0) != caller.unsent);
    let long_ago = caller.last_seen_ms.is_none_or(|seen| now_ms.saturating_sub(seen) > HEARD_EVERY_MS);
    if moved || long_ago {
        let mut tx = app.db.write_for(caller.organisation_id).await?;
        access::heard_of(&mut tx, caller.organisation_id, caller.device_id, recorded, now_ms).await?;
        tx.commit().await?;
    }
    if moved {
        app.changes.tell(&caller.organisation_id.to_string());
    }
    Ok(())
}
