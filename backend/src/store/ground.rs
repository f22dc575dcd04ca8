//! Ground: organisations, stores, registers, tablets and staff, as far as sync and the catalogue need them.

use super::bulk::{self, Rows, Value};
use super::feed::{self, Touched, kind};
use super::{StoreError, Tx};
use crate::on_engine;
use shared::ids::{DeviceId, OrganisationId, RegisterId, StoreId};
use shared::planted::{Planted, is_planted};
use shared::register::Register;
use shared::staff::{Role, StaffMember};
use shared::store::Store;
use shared::sync::journal::NO_HASH;

/// A paired tablet.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Its id.
    pub id: DeviceId,
    /// Where it sells.
    pub register_id: RegisterId,
    /// What it calls itself.
    pub name: String,
    /// P-256, uncompressed point, base64.
    pub public_key: String,
    /// Begins its receipt numbers.
    pub receipt_prefix: String,
    /// Since when, epoch ms.
    pub paired_at_ms: i64,
}

/// Adds an organisation.
pub async fn insert_organisation(
    tx: &mut Tx,
    id: OrganisationId,
    name: &str,
    demo: bool,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut rows = Rows::new("organisations (organisation_id, name, demo, created_at_ms)", "");
    rows.push([id.to_string().into(), name.into(), demo.into(), now_ms.into()]);
    rows.write(tx).await?;
    Ok(())
}

/// All organisations, oldest first: id and name.
pub async fn organisations(tx: &mut Tx) -> Result<Vec<(OrganisationId, String)>, StoreError> {
    let rows: Vec<(String, String)> = on_engine!(tx, connection => {
        sqlx::query_as("SELECT organisation_id, name FROM organisations ORDER BY created_at_ms, organisation_id")
            .fetch_all(connection)
            .await?
    });
    rows.into_iter().map(|(id, name)| Ok((parse(&id)?, name))).collect()
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Value(text.to_owned()))
}

/// Adds a store, or changes it.
pub async fn put_store(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store: &Store,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "stores (organisation_id, id, version, body)",
        "ON CONFLICT (organisation_id, id) DO UPDATE SET body = excluded.body, version = stores.version + 1",
    );
    rows.push([
        organisation_id.to_string().into(),
        store.id.to_string().into(),
        1.into(),
        serde_json::to_string(store)?.into(),
    ]);
    rows.write(tx).await?;
    feed::touch(tx, organisation_id, vec![Touched::new(kind::STORE, store.id)]).await
}

/// All stores, oldest first.
pub async fn stores(tx: &mut Tx, organisation_id: OrganisationId) -> Result<Vec<Store>, StoreError> {
    let bodies: Vec<String> = on_engine!(tx, connection => {
        sqlx::query_scalar("SELECT body FROM stores WHERE organisation_id = $1 ORDER BY id")
            .bind(organisation_id.to_string())
            .fetch_all(connection)
            .await?
    });
    bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
}

/// Adds a register, or changes its name.
pub async fn put_register(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    register: &Register,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "registers (organisation_id, id, store_id, name, version)",
        "ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, version = registers.version + 1",
    );
    rows.push([
        organisation_id.to_string().into(),
        register.id.to_string().into(),
        register.store_id.to_string().into(),
        register.name.as_str().into(),
        1.into(),
    ]);
    rows.write(tx).await?;
    feed::touch(tx, organisation_id, vec![Touched::new(kind::REGISTER, register.id)]).await
}

/// All registers, oldest first.
pub async fn registers(tx: &mut Tx, organisation_id: OrganisationId) -> Result<Vec<Register>, StoreError> {
    let rows: Vec<(String, String, String)> = on_engine!(tx, connection => {
        sqlx::query_as("SELECT id, store_id, name FROM registers WHERE organisation_id = $1 ORDER BY id")
            .bind(organisation_id.to_string())
            .fetch_all(connection)
            .await?
    });
    rows.into_iter()
        .map(|(id, store_id, name)| {
            Ok(Register { id: parse::<RegisterId>(&id)?, store_id: parse::<StoreId>(&store_id)?, name })
        })
        .collect()
}

/// Adds a tablet.
pub async fn insert_device(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device: &NewDevice,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "devices (organisation_id, id, register_id, name, public_key, receipt_prefix, paired_at_ms, revoked, unsent, last_sequence, last_hash)",
        "",
    );
    rows.push([
        organisation_id.to_string().into(),
        device.id.to_string().into(),
        device.register_id.to_string().into(),
        device.name.as_str().into(),
        device.public_key.as_str().into(),
        device.receipt_prefix.as_str().into(),
        device.paired_at_ms.into(),
        Value::Bool(false),
        0.into(),
        0.into(),
        NO_HASH.into(),
    ]);
    rows.write(tx).await?;
    let mut homes = Rows::new("device_homes (device_id, organisation_id)", "");
    homes.push([device.id.to_string().into(), organisation_id.to_string().into()]);
    homes.write(tx).await?;
    Ok(())
}

/// Whose a tablet is.
pub async fn home_of(tx: &mut Tx, id: DeviceId) -> Result<Option<OrganisationId>, StoreError> {
    let home: Option<String> = on_engine!(tx, connection => {
        sqlx::query_scalar("SELECT organisation_id FROM device_homes WHERE device_id = $1")
            .bind(id.to_string())
            .fetch_optional(connection)
            .await?
    });
    home.map(|id| parse(&id)).transpose()
}

/// The public key of a tablet, revoked or not.
pub async fn device_key(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: DeviceId,
) -> Result<Option<String>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_scalar("SELECT public_key FROM devices WHERE organisation_id = $1 AND id = $2")
            .bind(organisation_id.to_string())
            .bind(id.to_string())
            .fetch_optional(connection)
            .await?
    }))
}

/// Unpairs a tablet. What it has recorded is still taken, into what is kept.
pub async fn revoke_device(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: DeviceId,
) -> Result<bool, StoreError> {
    let sql = if is_planted(Planted::UnsentForgotten) {
        "UPDATE devices SET revoked = TRUE, unsent = 0 WHERE organisation_id = $1 AND id = $2"
    } else {
        "UPDATE devices SET revoked = TRUE WHERE organisation_id = $1 AND id = $2"
    };
    let changed = on_engine!(tx, connection => {
        sqlx::query(sql)
            .bind(organisation_id.to_string())
            .bind(id.to_string())
            .execute(connection)
            .await?
            .rows_affected()
    });
    Ok(changed == 1)
}

/// Adds a member of staff, or changes what tablets know of them.
pub async fn put_staff(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    member: &StaffMember,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "staff (organisation_id, id, name, role, active, pin, version)",
        "ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, role = excluded.role, \
         active = excluded.active, pin = excluded.pin, version = staff.version + 1",
    );
    let pin = member.pin.as_ref().map(serde_json::to_string).transpose()?;
    rows.push([
        organisation_id.to_string().into(),
        member.id.to_string().into(),
        member.name.as_str().into(),
        role_word(member.role).into(),
        member.active.into(),
        pin.into(),
        1.into(),
    ]);
    rows.write(tx).await?;
    feed::touch(tx, organisation_id, vec![Touched::new(kind::STAFF, member.id)]).await
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Cashier => "cashier",
        Role::Manager => "manager",
        Role::Owner => "owner",
    }
}

/// Staff as tablets know them: all, or some by id.
pub async fn staff(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    ids: Option<&[String]>,
) -> Result<Vec<StaffMember>, StoreError> {
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    let mut sql = "SELECT id, name, role, active, pin FROM staff WHERE organisation_id = $1".to_owned();
    if let Some(ids) = ids {
        values.extend(ids.iter().map(|id| Value::from(id.as_str())));
        sql.push_str(&format!(" AND id IN ({})", bulk::places(2, ids.len())));
    }
    sql.push_str(" ORDER BY name, id");
    let rows: Vec<(String, String, String, bool, Option<String>)> = bulk::fetch(tx, &sql, values).await?;
    rows.into_iter()
        .map(|(id, name, role, active, pin)| {
            let role = match role.as_str() {
                "cashier" => Role::Cashier,
                "manager" => Role::Manager,
                "owner" => Role::Owner,
                other => return Err(StoreError::Value(other.to_owned())),
            };
            let pin = pin.as_deref().map(serde_json::from_str).transpose()?;
            Ok(StaffMember { id: parse(&id)?, name, role, active, pin })
        })
        .collect()
}

/// A tablet, as managers see it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeviceRow {
    /// Its id.
    pub id: String,
    /// Where it sells.
    pub register_id: String,
    /// What it calls itself.
    pub name: String,
    /// Since when, epoch ms.
    pub paired_at_ms: i64,
    /// Unpaired?
    pub revoked: bool,
    /// Last heard of, epoch ms.
    pub last_seen_ms: Option<i64>,
    /// What it last said it still holds unsent.
    pub unsent: i64,
    /// The last sequence taken.
    pub last_sequence: i64,
}

/// All tablets, oldest first.
pub async fn devices(tx: &mut Tx, organisation_id: OrganisationId) -> Result<Vec<DeviceRow>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT id, register_id, name, paired_at_ms, revoked, last_seen_ms, unsent, last_sequence \
             FROM devices WHERE organisation_id = $1 ORDER BY paired_at_ms, id",
        )
        .bind(organisation_id.to_string())
        .fetch_all(connection)
        .await?
    }))
}
