//! Connections: connections to ERPs and online stores, who works for one, how often the other side was asked.

use super::bulk::{Rows, execute, fetch};
use super::{StoreError, Tx};
use shared::connect::{ConnectionState, Flow, FlowSetting};
use shared::ids::{ConnectionId, OrganisationId};
use std::collections::BTreeMap;

/// A connection as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionRow {
    /// Its id.
    pub id: ConnectionId,
    /// Which kind.
    pub connector: String,
    /// Its name among people.
    pub name: String,
    /// How it stands.
    pub state: ConnectionState,
    /// What is set, without the secrets.
    pub settings: BTreeMap<String, String>,
    /// The secrets, sealed.
    pub sealed: String,
    /// Which secrets there are.
    pub secret_names: Vec<String>,
    /// May it be reached inside a private network?
    pub private_network: bool,
    /// When what flows.
    pub flows: Vec<FlowSetting>,
    /// Is what is booked noted for it?
    pub takes_sales: bool,
    /// When the other side last answered, epoch ms.
    pub heard_at_ms: Option<i64>,
    /// What is wrong with it.
    pub trouble: Option<String>,
    /// How often in a row it was in vain.
    pub failures: i64,
    /// Not to be tried before, epoch ms.
    pub retry_at_ms: Option<i64>,
    /// Counts up with every change people make.
    pub version: i64,
}

impl ConnectionRow {
    /// Is this flow on?
    pub fn has_flow(&self, flow: Flow) -> bool {
        self.flows.iter().any(|one| one.flow == flow && one.on)
    }
}

const COLUMNS: &str = "SELECT id, connector, name, state, settings, secrets, secret_names, private_network, flows, takes_sales, \
                       heard_at_ms, trouble, failures, retry_at_ms, version FROM connections WHERE organisation_id = $1";

#[derive(sqlx::FromRow)]
struct Stored {
    id: String,
    connector: String,
    name: String,
    state: String,
    settings: String,
    secrets: String,
    secret_names: String,
    private_network: bool,
    flows: String,
    takes_sales: bool,
    heard_at_ms: Option<i64>,
    trouble: Option<String>,
    failures: i64,
    retry_at_ms: Option<i64>,
    version: i64,
}

fn row(stored: Stored) -> Result<ConnectionRow, StoreError> {
    let wrong = |what: &str| StoreError::Value(what.to_owned());
    Ok(ConnectionRow {
        id: stored.id.parse().map_err(|_| wrong(&stored.id))?,
        state: ConnectionState::of_word(&stored.state).ok_or_else(|| wrong(&stored.state))?,
        settings: serde_json::from_str(&stored.settings)?,
        secret_names: serde_json::from_str(&stored.secret_names)?,
        flows: serde_json::from_str(&stored.flows)?,
        connector: stored.connector,
        name: stored.name,
        sealed: stored.secrets,
        private_network: stored.private_network,
        takes_sales: stored.takes_sales,
        heard_at_ms: stored.heard_at_ms,
        trouble: stored.trouble,
        failures: stored.failures,
        retry_at_ms: stored.retry_at_ms,
        version: stored.version,
    })
}

/// All of them, by name.
pub async fn all(tx: &mut Tx, organisation_id: OrganisationId) -> Result<Vec<ConnectionRow>, StoreError> {
    let sql = format!("{COLUMNS} ORDER BY name, id");
    let rows = fetch::<Stored>(tx, &sql, vec![organisation_id.to_string().into()]).await?;
    rows.into_iter().map(row).collect()
}

/// One, if it is there.
pub async fn one(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<Option<ConnectionRow>, StoreError> {
    let sql = format!("{COLUMNS} AND id = $2");
    let values = vec![organisation_id.to_string().into(), id.to_string().into()];
    fetch::<Stored>(tx, &sql, values).await?.into_iter().next().map(row).transpose()
}

/// Adds one.
pub async fn insert(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    one: &ConnectionRow,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "connections (organisation_id, id, connector, name, state, settings, secrets, secret_names, private_network, flows, \
         takes_sales, failures, held_until_ms, created_at_ms, version)",
        "",
    );
    rows.push([
        organisation_id.to_string().into(),
        one.id.to_string().into(),
        one.connector.as_str().into(),
        one.name.as_str().into(),
        one.state.word().into(),
        serde_json::to_string(&one.settings)?.into(),
        one.sealed.as_str().into(),
        serde_json::to_string(&one.secret_names)?.into(),
        one.private_network.into(),
        serde_json::to_string(&one.flows)?.into(),
        one.takes_sales.into(),
        0.into(),
        0.into(),
        now_ms.into(),
        1.into(),
    ]);
    rows.write(tx).await?;
    Ok(())
}

/// Changes what people set of one that still has this version. What was wrong with it is forgotten: it is tried at once.
/// False where it has another version, or is not there.
pub async fn update(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    one: &ConnectionRow,
    version: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE connections SET name = $3, state = $4, settings = $5, secrets = $6, secret_names = $7, private_network = $8, \
               flows = $9, takes_sales = $10, trouble = NULL, failures = 0, retry_at_ms = NULL, version = version + 1 \
               WHERE organisation_id = $1 AND id = $2 AND version = $11";
    let values = vec![
        organisation_id.to_string().into(),
        one.id.to_string().into(),
        one.name.as_str().into(),
        one.state.word().into(),
        serde_json::to_string(&one.settings)?.into(),
        one.sealed.as_str().into(),
        serde_json::to_string(&one.secret_names)?.into(),
        one.private_network.into(),
        serde_json::to_string(&one.flows)?.into(),
        one.takes_sales.into(),
        version.into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Tables that hold something of a connection.
const OF_A_CONNECTION: [&str; 7] =
    ["outbox", "exchanges", "remote_records", "links", "mappings", "inflows", "remote_calls"];

/// Removes one with everything that was noted for it. False where there is none.
pub async fn remove(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<bool, StoreError> {
    let values = || vec![organisation_id.to_string().into(), id.to_string().into()];
    for table in OF_A_CONNECTION {
        let sql = format!("DELETE FROM {table} WHERE organisation_id = $1 AND connection_id = $2");
        execute(tx, &sql, values()).await?;
    }
    let sql = "DELETE FROM connections WHERE organisation_id = $1 AND id = $2";
    Ok(execute(tx, sql, values()).await? == 1)
}

/// Takes a connection to work for it until a time, or goes on holding it. False while another process works for it.
pub async fn hold(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
    by: &str,
    (now_ms, until_ms): (i64, i64),
) -> Result<bool, StoreError> {
    let sql = "UPDATE connections SET held_by = $3, held_until_ms = $4 WHERE organisation_id = $1 AND id = $2 \
               AND (held_by IS NULL OR held_by = $3 OR held_until_ms < $5)";
    let values = vec![
        organisation_id.to_string().into(),
        id.to_string().into(),
        by.into(),
        until_ms.into(),
        now_ms.into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Lets go of it.
pub async fn let_go(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
    by: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE connections SET held_by = NULL, held_until_ms = 0 WHERE organisation_id = $1 AND id = $2 AND held_by = $3";
    execute(tx, sql, vec![organisation_id.to_string().into(), id.to_string().into(), by.into()]).await?;
    Ok(())
}

/// The other side answered.
pub async fn heard(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE connections SET heard_at_ms = $3, trouble = NULL, failures = 0, retry_at_ms = NULL \
               WHERE organisation_id = $1 AND id = $2";
    execute(tx, sql, vec![organisation_id.to_string().into(), id.to_string().into(), now_ms.into()]).await?;
    Ok(())
}

/// It was in vain: what is wrong, and when to try again.
pub async fn in_vain(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
    reason: &str,
    retry_at_ms: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE connections SET trouble = $3, failures = failures + 1, retry_at_ms = $4 WHERE organisation_id = $1 AND id = $2";
    let values =
        vec![organisation_id.to_string().into(), id.to_string().into(), reason.into(), retry_at_ms.into()];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Calls of a day for one flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Made.
    pub calls: i64,
    /// Of which this many were in vain.
    pub failed: i64,
    /// Records that were delivered or taken in.
    pub done: i64,
}

/// Counts calls to a day (UTC).
pub async fn count(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
    (day, flow): (&str, Flow),
    more: Calls,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "remote_calls (organisation_id, connection_id, day, flow, calls, failed, done)",
        "ON CONFLICT (organisation_id, connection_id, day, flow) DO UPDATE SET calls = remote_calls.calls + excluded.calls, \
         failed = remote_calls.failed + excluded.failed, done = remote_calls.done + excluded.done",
    );
    rows.push([
        organisation_id.to_string().into(),
        id.to_string().into(),
        day.into(),
        flow.word().into(),
        more.calls.into(),
        more.failed.into(),
        more.done.into(),
    ]);
    rows.write(tx).await?;
    Ok(())
}

/// Calls by day and flow since a day, the newest day first.
pub async fn calls_since(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
    day: &str,
) -> Result<Vec<(String, Flow, Calls)>, StoreError> {
    let sql = "SELECT day, flow, calls, failed, done FROM remote_calls WHERE organisation_id = $1 AND connection_id = $2 AND day >= $3 \
               ORDER BY day DESC, flow";
    let values = vec![organisation_id.to_string().into(), id.to_string().into(), day.into()];
    let rows = fetch::<(String, String, i64, i64, i64)>(tx, sql, values).await?;
    let known = rows.into_iter().filter_map(|(day, flow, calls, failed, done)| {
        Some((day, Flow::of_word(&flow)?, Calls { calls, failed, done }))
    });
    Ok(known.collect())
}

/// Calls of a day, by flow.
pub async fn calls(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
    day: &str,
) -> Result<BTreeMap<Flow, Calls>, StoreError> {
    let sql = "SELECT flow, calls, failed, done FROM remote_calls WHERE organisation_id = $1 AND connection_id = $2 AND day = $3";
    let values = vec![organisation_id.to_string().into(), id.to_string().into(), day.into()];
    let rows = fetch::<(String, i64, i64, i64)>(tx, sql, values).await?;
    let known = rows.into_iter().filter_map(|(flow, calls, failed, done)| {
        Some((Flow::of_word(&flow)?, Calls { calls, failed, done }))
    });
    Ok(known.collect())
}
