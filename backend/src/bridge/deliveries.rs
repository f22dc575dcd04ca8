//! Deliveries: what went out and what did not: looking, sending again, setting aside.

use super::Bridge;
use crate::app::AppError;
use crate::clock;
use crate::store::{connections, outbox};
use shared::api::Page;
use shared::connect::{Delivery, DeliveryState, Exchange, MOST_SHOWN};
use shared::ids::{ConnectionId, OrganisationId};

/// Most that a person sends again or sets aside at once.
const MOST_AT_ONCE: usize = 500;

async fn is_there(
    tx: &mut crate::store::Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<(), AppError> {
    connections::one(tx, organisation_id, id).await?.map(|_| ()).ok_or(AppError::NotFound)
}

/// A page of them, the newest first: in one state, below the one named.
pub async fn list(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
    (state, below): (Option<DeliveryState>, Option<String>),
) -> Result<Page<Delivery>, AppError> {
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    is_there(&mut tx, organisation_id, id).await?;
    let below = match below {
        Some(below) => {
            let found = outbox::one(&mut tx, organisation_id, id, &below).await?;
            Some(found.map(|one| (one.noted_at_ms, one.id)).ok_or(AppError::NotFound)?)
        }
        None => None,
    };
    let most = i64::try_from(MOST_SHOWN).unwrap_or(i64::MAX);
    let rows = outbox::list(&mut tx, organisation_id, id, state, (below, most)).await?;
    let next = rows.last().filter(|_| rows.len() >= MOST_SHOWN).map(|last| last.id.clone());
    let total = outbox::count(&mut tx, organisation_id, id, state).await?;
    Ok(Page { rows, next, total })
}

/// What was said for one.
pub async fn history(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
    delivery: &str,
) -> Result<Vec<Exchange>, AppError> {
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    outbox::one(&mut tx, organisation_id, id, delivery).await?.ok_or(AppError::NotFound)?;
    Ok(outbox::exchanges(&mut tx, organisation_id, id, delivery).await?)
}

/// Sends these again; all that were refused where none is named. Says how many.
pub async fn send_again(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
    ids: &[String],
) -> Result<u64, AppError> {
    few(ids)?;
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    is_there(&mut tx, organisation_id, id).await?;
    let count = outbox::send_again(&mut tx, organisation_id, id, (ids, clock::now_ms())).await?;
    tx.commit().await?;
    bridge.app.changes.tell(&organisation_id.to_string());
    Ok(count)
}

/// Sets these aside: they are not sent. Says how many.
pub async fn set_aside(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
    ids: &[String],
) -> Result<u64, AppError> {
    few(ids)?;
    if ids.is_empty() {
        return Err(AppError::wrong_input("Name what is to be set aside."));
    }
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    is_there(&mut tx, organisation_id, id).await?;
    let count = outbox::set_aside(&mut tx, organisation_id, id, (ids, clock::now_ms())).await?;
    tx.commit().await?;
    bridge.app.changes.tell(&organisation_id.to_string());
    Ok(count)
}

fn few(ids: &[String]) -> Result<(), AppError> {
    if ids.len() > MOST_AT_ONCE {
        return Err(AppError::wrong_input(format!("At most {MOST_AT_ONCE} at once.")));
    }
    Ok(())
}
