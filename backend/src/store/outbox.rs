//! Outbox: what shall go out to a connection, what became of it, and what was said.

use super::bulk::{Rows, Value, execute, fetch, places};
use super::{StoreError, Tx};
use shared::connect::{Delivery, DeliveryState, Exchange, Flow};
use shared::ids::{ConnectionId, OrganisationId};
use shared::money::Minor;

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// They have it.
    Delivered {
        /// What they call it.
        remote_id: String,
    },
    /// Again at a time, epoch ms.
    Later {
        /// When; none where nothing was said of this record: it keeps its place.
        due_at_ms: Option<i64>,
        /// Was it this record that was not taken, as far as can be told?
        attempted: bool,
        /// Why not now.
        reason: String,
    },
    /// For a person.
    Refused {
        /// What is wrong.
        reason: String,
        /// What to do.
        remedy: String,
    },
}

const COLUMNS: &str = "SELECT id, flow, subject, state, attempts, reason, remedy, remote_id, noted_at_ms, due_at_ms, settled_at_ms \
                       FROM outbox WHERE organisation_id = $1 AND connection_id = $2";

#[derive(sqlx::FromRow)]
struct Stored {
    id: String,
    flow: String,
    subject: String,
    state: String,
    attempts: i64,
    reason: Option<String>,
    remedy: Option<String>,
    remote_id: Option<String>,
    noted_at_ms: i64,
    due_at_ms: i64,
    settled_at_ms: Option<i64>,
}

fn row(stored: Stored) -> Result<Delivery, StoreError> {
    let state = DeliveryState::of_word(&stored.state).ok_or(StoreError::Value(stored.state))?;
    Ok(Delivery {
        flow: Flow::of_word(&stored.flow).ok_or(StoreError::Value(stored.flow))?,
        state,
        id: stored.id,
        subject: stored.subject,
        attempts: stored.attempts,
        reason: stored.reason,
        remedy: stored.remedy,
        remote_id: stored.remote_id,
        noted_at_ms: stored.noted_at_ms,
        due_at_ms: (state == DeliveryState::Waiting).then_some(stored.due_at_ms),
        settled_at_ms: stored.settled_at_ms,
    })
}

fn of(organisation_id: OrganisationId, connection_id: ConnectionId) -> Vec<Value> {
    vec![organisation_id.to_string().into(), connection_id.to_string().into()]
}

/// The next ones of a flow that are due, the longest waiting first.
pub async fn due(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (flow, now_ms, most): (Flow, i64, i64),
) -> Result<Vec<Delivery>, StoreError> {
    let sql = format!(
        "{COLUMNS} AND flow = $3 AND state = 'waiting' AND due_at_ms <= $4 ORDER BY due_at_ms, noted_at_ms, place, id LIMIT $5"
    );
    let mut values = of(organisation_id, connection_id);
    values.extend([flow.word().into(), now_ms.into(), most.into()]);
    fetch::<Stored>(tx, &sql, values).await?.into_iter().map(row).collect()
}

/// When the next one of a flow is due, epoch ms.
pub async fn next_due_ms(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    flow: Flow,
) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT MIN(due_at_ms) FROM outbox WHERE organisation_id = $1 AND connection_id = $2 AND flow = $3 AND state = 'waiting'";
    let mut values = of(organisation_id, connection_id);
    values.push(flow.word().into());
    let found = fetch::<(Option<i64>,)>(tx, sql, values).await?;
    Ok(found.into_iter().next().and_then(|one| one.0))
}

/// One.
pub async fn one(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    id: &str,
) -> Result<Option<Delivery>, StoreError> {
    let sql = format!("{COLUMNS} AND id = $3");
    let mut values = of(organisation_id, connection_id);
    values.push(id.into());
    fetch::<Stored>(tx, &sql, values).await?.into_iter().next().map(row).transpose()
}

/// Those in some state, the newest first, below a place (`noted_at_ms`, id).
pub async fn list(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    state: Option<DeliveryState>,
    (below, most): (Option<(i64, String)>, i64),
) -> Result<Vec<Delivery>, StoreError> {
    let mut values = of(organisation_id, connection_id);
    let mut sql = COLUMNS.to_owned();
    if let Some(state) = state {
        values.push(state.word().into());
        sql.push_str(&format!(" AND state = ${}", values.len()));
    }
    if let Some((at_ms, id)) = below {
        let place = values.len();
        values.extend([at_ms.into(), id.into()]);
        sql.push_str(&format!(
            " AND (noted_at_ms < ${0} OR (noted_at_ms = ${0} AND id < ${1}))",
            place + 1,
            place + 2
        ));
    }
    values.push(most.into());
    sql.push_str(&format!(" ORDER BY noted_at_ms DESC, id DESC LIMIT ${}", values.len()));
    fetch::<Stored>(tx, &sql, values).await?.into_iter().map(row).collect()
}

/// How many there are in some state, or in all.
pub async fn count(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    state: Option<DeliveryState>,
) -> Result<u64, StoreError> {
    let mut values = of(organisation_id, connection_id);
    let mut sql = "SELECT COUNT(*) FROM outbox WHERE organisation_id = $1 AND connection_id = $2".to_owned();
    if let Some(state) = state {
        values.push(state.word().into());
        sql.push_str(" AND state = $3");
    }
    let found = fetch::<(i64,)>(tx, &sql, values).await?;
    Ok(found.first().and_then(|one| u64::try_from(one.0).ok()).unwrap_or(0))
}

/// How many there are of a flow in a state, and when the oldest of them was noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Of what.
    pub flow: Flow,
    /// In which state.
    pub state: DeliveryState,
    /// How many.
    pub count: i64,
    /// The oldest, epoch ms.
    pub oldest_ms: i64,
}

/// What waits and what is refused, by flow.
pub async fn standing(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
) -> Result<Vec<Standing>, StoreError> {
    let sql = "SELECT flow, state, COUNT(*), MIN(noted_at_ms) FROM outbox WHERE organisation_id = $1 AND connection_id = $2 \
               AND state IN ('waiting', 'refused') GROUP BY flow, state ORDER BY flow, state";
    let rows = fetch::<(String, String, i64, i64)>(tx, sql, of(organisation_id, connection_id)).await?;
    let known = rows.into_iter().filter_map(|(flow, state, count, oldest_ms)| {
        let (flow, state) = (Flow::of_word(&flow)?, DeliveryState::of_word(&state)?);
        Some(Standing { flow, state, count, oldest_ms })
    });
    Ok(known.collect())
}

/// Writes down what became of one that waits. False where a person was there first.
pub async fn settle(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    id: &str,
    (settled, now_ms): (&Settled, i64),
) -> Result<bool, StoreError> {
    let mut values = of(organisation_id, connection_id);
    values.push(id.into());
    let set = match settled {
        Settled::Delivered { remote_id } => {
            values.extend([remote_id.as_str().into(), now_ms.into()]);
            "state = 'delivered', remote_id = $4, settled_at_ms = $5, attempts = attempts + 1, reason = NULL, remedy = NULL"
        }
        Settled::Later { due_at_ms, attempted, reason } => {
            values.extend([reason.as_str().into(), (*due_at_ms).into(), i64::from(*attempted).into()]);
            "reason = $4, attempts = attempts + $6, due_at_ms = COALESCE($5, due_at_ms)"
        }
        Settled::Refused { reason, remedy } => {
            values.extend([reason.as_str().into(), remedy.as_str().into(), now_ms.into()]);
            "state = 'refused', reason = $4, remedy = $5, settled_at_ms = $6, attempts = attempts + 1"
        }
    };
    let sql = format!(
        "UPDATE outbox SET {set} WHERE organisation_id = $1 AND connection_id = $2 AND id = $3 AND state = 'waiting'"
    );
    Ok(execute(tx, &sql, values).await? == 1)
}

const NOTE_AGAIN: &str = "ON CONFLICT (organisation_id, connection_id, id) DO UPDATE SET state = 'waiting', \
    subject = excluded.subject, attempts = 0, reason = NULL, remedy = NULL, noted_at_ms = excluded.noted_at_ms, \
    place = excluded.place, due_at_ms = excluded.due_at_ms, settled_at_ms = NULL";
const NOTE_AGAIN_IF_DELIVERED: &str = "ON CONFLICT (organisation_id, connection_id, id) DO UPDATE SET state = 'waiting', \
    subject = excluded.subject, attempts = 0, reason = NULL, remedy = NULL, noted_at_ms = excluded.noted_at_ms, \
    place = excluded.place, due_at_ms = excluded.due_at_ms, settled_at_ms = NULL WHERE outbox.state = 'delivered'";

/// Notes records that shall go out as they stand when it is their turn. One that has not `changed` and waits already, was refused or set
/// aside by a person stays so.
pub async fn note(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (flow, changed, now_ms): (Flow, bool, i64),
    records: &[(String, String)],
) -> Result<(), StoreError> {
    let on_conflict = if changed { NOTE_AGAIN } else { NOTE_AGAIN_IF_DELIVERED };
    let mut rows = Rows::new(
        "outbox (organisation_id, connection_id, id, flow, subject, state, attempts, noted_at_ms, place, due_at_ms)",
        on_conflict,
    );
    for (place, (id, subject)) in records.iter().enumerate() {
        rows.push([
            organisation_id.to_string().into(),
            connection_id.to_string().into(),
            id.as_str().into(),
            flow.word().into(),
            subject.as_str().into(),
            DeliveryState::Waiting.word().into(),
            0.into(),
            now_ms.into(),
            i64::try_from(place).unwrap_or(i64::MAX).into(),
            now_ms.into(),
        ]);
    }
    rows.write(tx).await?;
    Ok(())
}

/// What waits of a flow was last thought of now: somebody may have changed something since.
pub async fn think_again(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (flow, now_ms): (Flow, i64),
) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET due_at_ms = $4 WHERE organisation_id = $1 AND connection_id = $2 AND flow = $3 \
               AND state = 'waiting' AND due_at_ms < $4";
    let mut values = of(organisation_id, connection_id);
    values.extend([flow.word().into(), now_ms.into()]);
    execute(tx, sql, values).await?;
    Ok(())
}

/// Sends some again now, whatever became of them, unless they were delivered: these, or all that were refused where none is named.
/// Says how many.
pub async fn send_again(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (ids, now_ms): (&[String], i64),
) -> Result<u64, StoreError> {
    let mut values = of(organisation_id, connection_id);
    values.push(now_ms.into());
    let which = match ids.is_empty() {
        true => "state = 'refused'".to_owned(),
        false => {
            let which = format!("state <> 'delivered' AND id IN ({})", places(4, ids.len()));
            values.extend(ids.iter().map(|id| id.as_str().into()));
            which
        }
    };
    let sql = format!(
        "UPDATE outbox SET state = 'waiting', due_at_ms = $3, attempts = 0, settled_at_ms = NULL \
         WHERE organisation_id = $1 AND connection_id = $2 AND {which}"
    );
    execute(tx, &sql, values).await
}

/// Sets some that wait or were refused aside. Says how many.
pub async fn set_aside(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (ids, now_ms): (&[String], i64),
) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let mut values = of(organisation_id, connection_id);
    values.push(now_ms.into());
    values.extend(ids.iter().map(|id| id.as_str().into()));
    let sql = format!(
        "UPDATE outbox SET state = 'set_aside', settled_at_ms = $3 WHERE organisation_id = $1 AND connection_id = $2 \
         AND state IN ('waiting', 'refused') AND id IN ({})",
        places(4, ids.len())
    );
    execute(tx, &sql, values).await
}

/// Keeps what was said for a delivery.
pub async fn keep_exchanges(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    delivery_id: &str,
    exchanges: &[Exchange],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "exchanges (organisation_id, connection_id, delivery_id, at_ms, place, took_ms, asked, request, status, response)",
        "ON CONFLICT (organisation_id, connection_id, delivery_id, at_ms, place) DO NOTHING",
    );
    for (place, one) in (0_i64..).zip(exchanges) {
        rows.push([
            organisation_id.to_string().into(),
            connection_id.to_string().into(),
            delivery_id.into(),
            one.at_ms.into(),
            place.into(),
            one.took_ms.into(),
            one.asked.as_str().into(),
            one.request.as_str().into(),
            one.status.map(i64::from).into(),
            one.response.as_str().into(),
        ]);
    }
    rows.write(tx).await?;
    Ok(())
}

/// What was said for a delivery, in order, the last hundred.
pub async fn exchanges(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    delivery_id: &str,
) -> Result<Vec<Exchange>, StoreError> {
    let sql = "SELECT at_ms, took_ms, asked, request, status, response FROM exchanges WHERE organisation_id = $1 \
               AND connection_id = $2 AND delivery_id = $3 ORDER BY at_ms DESC, place DESC LIMIT 100";
    let mut values = of(organisation_id, connection_id);
    values.push(delivery_id.into());
    let rows = fetch::<(i64, i64, String, String, Option<i64>, String)>(tx, sql, values).await?;
    let mut all: Vec<Exchange> = rows
        .into_iter()
        .map(|(at_ms, took_ms, asked, request, status, response)| Exchange {
            at_ms,
            took_ms,
            asked,
            request,
            status: status.and_then(|status| u16::try_from(status).ok()),
            response,
        })
        .collect();
    all.reverse();
    Ok(all)
}

/// Forgets what was said before a time.
pub async fn forget_exchanges(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    before_ms: i64,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM exchanges WHERE organisation_id = $1 AND at_ms < $2";
    execute(tx, sql, vec![organisation_id.to_string().into(), before_ms.into()]).await
}

/// Was anything said before a time?
pub async fn has_exchanges_before(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    before_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "SELECT at_ms FROM exchanges WHERE organisation_id = $1 AND at_ms < $2 LIMIT 1";
    let values = vec![organisation_id.to_string().into(), before_ms.into()];
    Ok(!fetch::<(i64,)>(tx, sql, values).await?.is_empty())
}

/// A sale of a day that was noted for a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaySale {
    /// Its id.
    pub sale_id: String,
    /// As printed.
    pub receipt_number: String,
    /// Where.
    pub store_id: String,
    /// With tax and what was rounded for want of small coins.
    pub total: Minor,
    /// Tax.
    pub tax: Minor,
    /// Its delivery.
    pub delivery_id: String,
    /// Where that stands.
    pub state: DeliveryState,
    /// Why it is not there.
    pub reason: Option<String>,
}

/// The sales of a day of the shop that were noted for a connection, in their order.
pub async fn of_day(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    day: &str,
) -> Result<Vec<DaySale>, StoreError> {
    let sql = "SELECT s.id, s.receipt_number, s.store_id, s.total_minor + s.cash_rounding_minor, s.tax_minor, o.id, o.state, o.reason \
               FROM sales s JOIN outbox o ON o.organisation_id = s.organisation_id AND o.connection_id = $2 AND o.id = s.entry_hash \
               WHERE s.organisation_id = $1 AND s.local_day = $3 ORDER BY s.at_ms, s.id";
    let mut values = of(organisation_id, connection_id);
    values.push(day.into());
    type Row = (String, String, String, i64, i64, String, String, Option<String>);
    let rows = fetch::<Row>(tx, sql, values).await?;
    let sale = |(sale_id, receipt_number, store_id, total, tax, delivery_id, state, reason): Row| {
        let state = DeliveryState::of_word(&state).ok_or(StoreError::Value(state))?;
        let (total, tax) = (Minor(total), Minor(tax));
        Ok(DaySale { sale_id, receipt_number, store_id, total, tax, delivery_id, state, reason })
    };
    rows.into_iter().map(sale).collect()
}

/// How many sales of a day were not noted for a connection, by store.
pub async fn not_noted(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    day: &str,
) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "SELECT s.store_id, COUNT(*) FROM sales s WHERE s.organisation_id = $1 AND s.local_day = $3 AND NOT EXISTS \
               (SELECT 1 FROM outbox o WHERE o.organisation_id = s.organisation_id AND o.connection_id = $2 AND o.id = s.entry_hash) \
               GROUP BY s.store_id ORDER BY s.store_id";
    let mut values = of(organisation_id, connection_id);
    values.push(day.into());
    fetch::<(String, i64)>(tx, sql, values).await
}

/// How many sales there were from a time on and before another, epoch ms.
pub async fn sold_between(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    (from_ms, before_ms): (i64, i64),
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM sales WHERE organisation_id = $1 AND at_ms >= $2 AND at_ms < $3";
    let values = vec![organisation_id.to_string().into(), from_ms.into(), before_ms.into()];
    Ok(fetch::<(i64,)>(tx, sql, values).await?.first().map_or(0, |one| one.0))
}
