//! Displays: customer displays on other devices: by which code they are paired, whose they are, what stands on them.

use super::bulk::{Rows, Value, execute, fetch};
use super::{StoreError, Tx};
use shared::api::PairedDisplay;
use shared::ids::{DeviceId, DisplayId, OrganisationId};

/// Keeps the code that a display is paired by with a tablet, instead of the one before. Gives what that one was.
pub async fn put_code(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
    (hash, expires_at_ms): (&str, i64),
) -> Result<Option<String>, StoreError> {
    let whose: Vec<Value> = vec![organisation_id.to_string().into(), device_id.to_string().into()];
    let sql = "DELETE FROM display_codes WHERE organisation_id = $1 AND device_id = $2 RETURNING hash";
    let before = fetch::<(String,)>(tx, sql, whose).await?.into_iter().next();
    let mut rows = Rows::new("display_codes (organisation_id, device_id, hash, expires_at_ms)", "");
    rows.push([
        organisation_id.to_string().into(),
        device_id.to_string().into(),
        hash.into(),
        expires_at_ms.into(),
    ]);
    rows.write(tx).await?;
    Ok(before.map(|(hash,)| hash))
}

/// Uses a code up and gives its tablet; nothing if it was used or is too old.
pub async fn use_code(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
    now_ms: i64,
) -> Result<Option<DeviceId>, StoreError> {
    let sql = "DELETE FROM display_codes WHERE organisation_id = $1 AND hash = $2 AND expires_at_ms > $3 RETURNING device_id";
    let values = vec![organisation_id.to_string().into(), hash.into(), now_ms.into()];
    let found = fetch::<(String,)>(tx, sql, values).await?.into_iter().next();
    found.map(|(id,)| id.parse().map_err(|_| StoreError::Value(id))).transpose()
}

/// Adds a display.
pub async fn insert(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    (id, device_id): (DisplayId, DeviceId),
    secret: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut rows = Rows::new("displays (organisation_id, id, device_id, secret, paired_at_ms)", "");
    rows.push([
        organisation_id.to_string().into(),
        id.to_string().into(),
        device_id.to_string().into(),
        secret.into(),
        now_ms.into(),
    ]);
    rows.write(tx).await?;
    Ok(())
}

/// Those of a tablet, oldest first.
pub async fn of_device(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
) -> Result<Vec<PairedDisplay>, StoreError> {
    let sql = "SELECT id, paired_at_ms FROM displays WHERE organisation_id = $1 AND device_id = $2 ORDER BY paired_at_ms, id";
    let values = vec![organisation_id.to_string().into(), device_id.to_string().into()];
    let rows = fetch::<(String, i64)>(tx, sql, values).await?;
    rows.into_iter()
        .map(|(id, paired_at_ms)| {
            let id = id.parse().map_err(|_| StoreError::Value(id))?;
            Ok(PairedDisplay { id, paired_at_ms })
        })
        .collect()
}

/// Removes one of a tablet's. False where it has none such.
pub async fn remove(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
    id: DisplayId,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM displays WHERE organisation_id = $1 AND device_id = $2 AND id = $3";
    let values =
        vec![organisation_id.to_string().into(), device_id.to_string().into(), id.to_string().into()];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Whose display has this secret, while that tablet is paired.
pub async fn by_secret(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    secret: &str,
) -> Result<Option<DeviceId>, StoreError> {
    let sql = "SELECT s.device_id FROM displays s \
        JOIN devices d ON d.organisation_id = s.organisation_id AND d.id = s.device_id \
        WHERE s.organisation_id = $1 AND s.secret = $2 AND NOT d.revoked";
    let found = fetch::<(String,)>(tx, sql, vec![organisation_id.to_string().into(), secret.into()]).await?;
    found.into_iter().next().map(|(id,)| id.parse().map_err(|_| StoreError::Value(id))).transpose()
}

/// What stands on the displays of a tablet from now on.
pub async fn show(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
    shown: Option<String>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "display_screens (organisation_id, device_id, shown, at_ms)",
        "ON CONFLICT (organisation_id, device_id) DO UPDATE SET shown = EXCLUDED.shown, at_ms = EXCLUDED.at_ms",
    );
    rows.push([
        organisation_id.to_string().into(),
        device_id.to_string().into(),
        shown.into(),
        now_ms.into(),
    ]);
    rows.write(tx).await?;
    Ok(())
}

/// What a tablet has said, and when, epoch ms.
pub async fn shown(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
) -> Result<Option<(Option<String>, i64)>, StoreError> {
    let sql = "SELECT shown, at_ms FROM display_screens WHERE organisation_id = $1 AND device_id = $2";
    let values = vec![organisation_id.to_string().into(), device_id.to_string().into()];
    Ok(fetch::<(Option<String>, i64)>(tx, sql, values).await?.into_iter().next())
}
