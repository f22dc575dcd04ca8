//! Access: where a name leads to, wrong tries, sessions, pairing codes and challenges. Secrets come hashed.

use super::bulk::{self, Rows, Value};
use super::{StoreError, Tx};
use crate::on_engine;
use shared::ids::{DeviceId, OrganisationId, RegisterId, StaffId};

/// Puts a hash into the directory. Refused as a duplicate if it is there already.
pub async fn insert_entry(tx: &mut Tx, key: &str, organisation_id: OrganisationId) -> Result<(), StoreError> {
    let mut rows = Rows::new("directory (key, organisation_id)", "");
    rows.push([key.into(), organisation_id.to_string().into()]);
    rows.write(tx).await?;
    Ok(())
}

/// Whose a hash is.
pub async fn lookup(tx: &mut Tx, key: &str) -> Result<Option<OrganisationId>, StoreError> {
    let found: Option<String> = on_engine!(tx, connection => {
        sqlx::query_scalar("SELECT organisation_id FROM directory WHERE key = $1")
            .bind(key)
            .fetch_optional(connection)
            .await?
    });
    found.map(|id| id.parse().map_err(|_| StoreError::Value(id))).transpose()
}

/// Takes an organisation's hash out of the directory.
pub async fn remove_entry(tx: &mut Tx, key: &str, organisation_id: OrganisationId) -> Result<(), StoreError> {
    let sql = "DELETE FROM directory WHERE key = $1 AND organisation_id = $2";
    bulk::execute(tx, sql, vec![key.into(), organisation_id.to_string().into()]).await?;
    Ok(())
}

/// Counts a try before it is checked and gives the number of wrong ones in a row; nothing while the key is locked.
/// Tries older than `forget_before_ms` do not count any more.
pub async fn count_try(
    tx: &mut Tx,
    key: &str,
    now_ms: i64,
    forget_before_ms: i64,
) -> Result<Option<i64>, StoreError> {
    let sql = "INSERT INTO sign_in_attempts (key, wrong, last_ms, locked_until_ms) VALUES ($1, 1, $2, 0) \
        ON CONFLICT (key) DO UPDATE SET last_ms = excluded.last_ms, \
        wrong = CASE WHEN sign_in_attempts.last_ms < $3 THEN 1 ELSE sign_in_attempts.wrong + 1 END \
        WHERE sign_in_attempts.locked_until_ms <= $2 RETURNING wrong";
    let rows: Vec<(i64,)> =
        bulk::fetch(tx, sql, vec![key.into(), now_ms.into(), forget_before_ms.into()]).await?;
    Ok(rows.first().map(|row| row.0))
}

/// Until when a key is locked, epoch ms.
pub async fn locked_until(tx: &mut Tx, key: &str) -> Result<i64, StoreError> {
    let sql = "SELECT locked_until_ms FROM sign_in_attempts WHERE key = $1";
    let rows: Vec<(i64,)> = bulk::fetch(tx, sql, vec![key.into()]).await?;
    Ok(rows.first().map_or(0, |row| row.0))
}

/// Locks a key.
pub async fn lock(tx: &mut Tx, key: &str, until_ms: i64) -> Result<(), StoreError> {
    let sql = "UPDATE sign_in_attempts SET locked_until_ms = $2 WHERE key = $1";
    bulk::execute(tx, sql, vec![key.into(), until_ms.into()]).await?;
    Ok(())
}

/// Forgets the tries of a key, after a right one.
pub async fn forget_tries(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    bulk::execute(tx, "DELETE FROM sign_in_attempts WHERE key = $1", vec![key.into()]).await?;
    Ok(())
}

/// Takes back one counted try, and the lock it brought: it was right.
pub async fn take_back_try(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    let sql =
        "UPDATE sign_in_attempts SET wrong = wrong - 1, locked_until_ms = 0 WHERE key = $1 AND wrong > 0";
    bulk::execute(tx, sql, vec![key.into()]).await?;
    Ok(())
}

/// Drops tries that no longer count, and what has expired of an organisation.
pub async fn sweep(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    now_ms: i64,
    forget_before_ms: i64,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM sign_in_attempts WHERE last_ms < $1 AND locked_until_ms < $1";
    bulk::execute(tx, sql, vec![forget_before_ms.into()]).await?;
    for table in ["sessions", "device_sessions", "device_challenges"] {
        let sql = format!("DELETE FROM {table} WHERE organisation_id = $1 AND expires_at_ms < $2");
        bulk::execute(tx, &sql, vec![organisation_id.to_string().into(), now_ms.into()]).await?;
    }
    let sql = "DELETE FROM pairing_codes WHERE organisation_id = $1 AND expires_at_ms < $2 RETURNING hash";
    let old: Vec<(String,)> =
        bulk::fetch(tx, sql, vec![organisation_id.to_string().into(), now_ms.into()]).await?;
    for (hash,) in old {
        remove_entry(tx, &hash, organisation_id).await?;
    }
    Ok(())
}

/// Begins a session of a person.
pub async fn insert_session(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
    staff_id: StaffId,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    let mut rows = Rows::new("sessions (organisation_id, hash, staff_id, created_at_ms, expires_at_ms)", "");
    rows.push([
        organisation_id.to_string().into(),
        hash.into(),
        staff_id.to_string().into(),
        now_ms.into(),
        expires_at_ms.into(),
    ]);
    rows.write(tx).await?;
    Ok(())
}

/// Whose session it is, while it lasts.
pub async fn session(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
    now_ms: i64,
) -> Result<Option<StaffId>, StoreError> {
    let sql = "SELECT staff_id FROM sessions WHERE organisation_id = $1 AND hash = $2 AND expires_at_ms > $3";
    let found =
        one_text(tx, sql, vec![organisation_id.to_string().into(), hash.into(), now_ms.into()]).await?;
    found.map(|id| id.parse().map_err(|_| StoreError::Value(id))).transpose()
}

/// Ends one session.
pub async fn end_session(tx: &mut Tx, organisation_id: OrganisationId, hash: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM sessions WHERE organisation_id = $1 AND hash = $2";
    bulk::execute(tx, sql, vec![organisation_id.to_string().into(), hash.into()]).await?;
    Ok(())
}

/// Ends all sessions of a person, or all but one.
pub async fn end_sessions_of(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    staff_id: StaffId,
    but: Option<&str>,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM sessions WHERE organisation_id = $1 AND staff_id = $2 AND hash <> $3";
    let values =
        vec![organisation_id.to_string().into(), staff_id.to_string().into(), but.unwrap_or("").into()];
    bulk::execute(tx, sql, values).await?;
    Ok(())
}

/// Begins a session of a tablet.
pub async fn insert_device_session(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
    device_id: DeviceId,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    insert_of_device(
        tx,
        "device_sessions (organisation_id, hash, device_id, expires_at_ms)",
        [organisation_id.to_string().into(), hash.into(), device_id.to_string().into(), expires_at_ms.into()],
    )
    .await
}

/// Gives a tablet something to sign.
pub async fn insert_challenge(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
    device_id: DeviceId,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    insert_of_device(
        tx,
        "device_challenges (organisation_id, hash, device_id, expires_at_ms)",
        [organisation_id.to_string().into(), hash.into(), device_id.to_string().into(), expires_at_ms.into()],
    )
    .await
}

async fn insert_of_device(tx: &mut Tx, into: &'static str, row: [Value; 4]) -> Result<(), StoreError> {
    let mut rows = Rows::new(into, "");
    rows.push(row);
    rows.write(tx).await?;
    Ok(())
}

/// Uses a challenge up; false if there is none such of this tablet, or it is too old.
pub async fn use_challenge(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
    device_id: DeviceId,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM device_challenges \
        WHERE organisation_id = $1 AND hash = $2 AND device_id = $3 AND expires_at_ms > $4";
    let values =
        vec![organisation_id.to_string().into(), hash.into(), device_id.to_string().into(), now_ms.into()];
    Ok(bulk::execute(tx, sql, values).await? == 1)
}

/// A tablet that is signed in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SignedInRow {
    /// Which.
    pub device_id: String,
    /// Where it sells.
    pub register_id: String,
    /// In which store.
    pub store_id: String,
    /// Last heard of, epoch ms.
    pub last_seen_ms: Option<i64>,
    /// What it last said it still holds unsent.
    pub unsent: i64,
    /// The last sequence taken.
    pub last_sequence: i64,
}

/// Whose session it is, while it lasts and the tablet is paired.
pub async fn device_session(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
    now_ms: i64,
) -> Result<Option<SignedInRow>, StoreError> {
    let sql = "SELECT s.device_id, d.register_id, r.store_id, d.last_seen_ms, d.unsent, d.last_sequence FROM device_sessions s \
        JOIN devices d ON d.organisation_id = s.organisation_id AND d.id = s.device_id \
        JOIN registers r ON r.organisation_id = d.organisation_id AND r.id = d.register_id \
        WHERE s.organisation_id = $1 AND s.hash = $2 AND s.expires_at_ms > $3 AND NOT d.revoked";
    let values = vec![organisation_id.to_string().into(), hash.into(), now_ms.into()];
    Ok(bulk::fetch(tx, sql, values).await?.into_iter().next())
}

/// Ends all sessions of a tablet.
pub async fn end_device_sessions(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
) -> Result<(), StoreError> {
    let values: Vec<Value> = vec![organisation_id.to_string().into(), device_id.to_string().into()];
    for table in ["device_sessions", "device_challenges"] {
        let sql = format!("DELETE FROM {table} WHERE organisation_id = $1 AND device_id = $2");
        bulk::execute(tx, &sql, values.clone()).await?;
    }
    Ok(())
}

/// A paired tablet's key and journal, unless it was unpaired.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PairedRow {
    /// P-256, uncompressed point, base64.
    pub public_key: String,
    /// The last sequence taken.
    pub last_sequence: i64,
    /// The hash of that entry.
    pub last_hash: String,
}

/// A tablet that may sign in.
pub async fn paired(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
) -> Result<Option<PairedRow>, StoreError> {
    let sql = "SELECT public_key, last_sequence, last_hash FROM devices \
        WHERE organisation_id = $1 AND id = $2 AND NOT revoked";
    let values = vec![organisation_id.to_string().into(), device_id.to_string().into()];
    Ok(bulk::fetch(tx, sql, values).await?.into_iter().next())
}

/// Notes that a tablet was heard of, and how far it says its journal has come: what of that is not here is unsent.
pub async fn heard_of(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
    recorded: Option<i64>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut values: Vec<Value> =
        vec![organisation_id.to_string().into(), device_id.to_string().into(), now_ms.into()];
    let mut sql = "UPDATE devices SET last_seen_ms = $3".to_owned();
    if let Some(recorded) = recorded {
        sql.push_str(", unsent = CASE WHEN $4 > last_sequence THEN $4 - last_sequence ELSE 0 END");
        values.push(recorded.into());
    }
    sql.push_str(" WHERE organisation_id = $1 AND id = $2");
    bulk::execute(tx, &sql, values).await?;
    Ok(())
}

/// How many tablets were ever paired.
pub async fn count_devices(tx: &mut Tx, organisation_id: OrganisationId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM devices WHERE organisation_id = $1";
    let rows: Vec<(i64,)> = bulk::fetch(tx, sql, vec![organisation_id.to_string().into()]).await?;
    Ok(rows.first().map_or(0, |row| row.0))
}

/// Keeps a pairing code.
pub async fn insert_pairing_code(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
    register_id: RegisterId,
    staff_id: StaffId,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    let mut rows =
        Rows::new("pairing_codes (organisation_id, hash, register_id, staff_id, expires_at_ms, used)", "");
    rows.push([
        organisation_id.to_string().into(),
        hash.into(),
        register_id.to_string().into(),
        staff_id.to_string().into(),
        expires_at_ms.into(),
        false.into(),
    ]);
    rows.write(tx).await?;
    Ok(())
}

/// Uses a pairing code up and gives its register; nothing if it was used or is too old.
pub async fn use_pairing_code(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
    now_ms: i64,
) -> Result<Option<RegisterId>, StoreError> {
    let sql = "UPDATE pairing_codes SET used = TRUE \
        WHERE organisation_id = $1 AND hash = $2 AND expires_at_ms > $3 AND NOT used RETURNING register_id";
    let found =
        one_text(tx, sql, vec![organisation_id.to_string().into(), hash.into(), now_ms.into()]).await?;
    found.map(|id| id.parse().map_err(|_| StoreError::Value(id))).transpose()
}

async fn one_text(tx: &mut Tx, sql: &str, values: Vec<Value>) -> Result<Option<String>, StoreError> {
    let rows: Vec<(String,)> = bulk::fetch(tx, sql, values).await?;
    Ok(rows.into_iter().next().map(|row| row.0))
}
