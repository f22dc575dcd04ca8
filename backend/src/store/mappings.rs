//! Mappings: what of products comes from where, version by version; what both sides had of a product when they were last equal.

use super::bulk::{Rows, Value, execute, fetch, places};
use super::links::RemoteRow;
use super::{StoreError, Tx};
use shared::connect::{Agreements, LinkKind, MappingVersion, ProductMapping};
use shared::ids::{ConnectionId, OrganisationId};

fn of(organisation_id: OrganisationId, connection_id: ConnectionId) -> Vec<Value> {
    vec![organisation_id.to_string().into(), connection_id.to_string().into()]
}

/// The versions of a mapping, the newest first.
pub async fn versions(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    most: i64,
) -> Result<Vec<MappingVersion>, StoreError> {
    let sql = "SELECT version, mapping, at_ms, by_name FROM mappings WHERE organisation_id = $1 AND connection_id = $2 \
               ORDER BY version DESC LIMIT $3";
    let mut values = of(organisation_id, connection_id);
    values.push(most.into());
    let rows = fetch::<(i64, String, i64, String)>(tx, sql, values).await?;
    let version = |(version, mapping, at_ms, by): (i64, String, i64, String)| {
        Ok(MappingVersion { version, mapping: serde_json::from_str(&mapping)?, at_ms, by })
    };
    rows.into_iter().map(version).collect()
}

/// One version, if it is there.
pub async fn version(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    version: i64,
) -> Result<Option<ProductMapping>, StoreError> {
    let sql =
        "SELECT mapping FROM mappings WHERE organisation_id = $1 AND connection_id = $2 AND version = $3";
    let mut values = of(organisation_id, connection_id);
    values.push(version.into());
    let found = fetch::<(String,)>(tx, sql, values).await?.into_iter().next();
    Ok(found.map(|(mapping,)| serde_json::from_str(&mapping)).transpose()?)
}

/// Fields of products that other connections decide by the mappings in force: the connection's name and its mapping.
pub async fn others_in_force(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
) -> Result<Vec<(String, ProductMapping)>, StoreError> {
    let sql = "SELECT c.name, m.mapping FROM connections c JOIN mappings m ON m.organisation_id = c.organisation_id \
               AND m.connection_id = c.id AND m.version = c.accepted_mapping WHERE c.organisation_id = $1 AND c.id <> $2 ORDER BY c.name";
    let rows = fetch::<(String, String)>(tx, sql, of(organisation_id, connection_id)).await?;
    rows.into_iter().map(|(name, mapping)| Ok((name, serde_json::from_str(&mapping)?))).collect()
}

/// Adds a version. False where somebody else has added that one.
pub async fn add_version(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    new: &MappingVersion,
) -> Result<bool, StoreError> {
    let mut rows = Rows::new(
        "mappings (organisation_id, connection_id, version, mapping, at_ms, by_name)",
        "ON CONFLICT (organisation_id, connection_id, version) DO NOTHING",
    );
    rows.push([
        organisation_id.to_string().into(),
        connection_id.to_string().into(),
        new.version.into(),
        serde_json::to_string(&new.mapping)?.into(),
        new.at_ms.into(),
        new.by.as_str().into(),
    ]);
    Ok(rows.write(tx).await? == 1)
}

/// Which version is in force; none where nobody has accepted one.
pub async fn accepted(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT accepted_mapping FROM connections WHERE organisation_id = $1 AND id = $2";
    let found = fetch::<(Option<i64>,)>(tx, sql, of(organisation_id, connection_id)).await?;
    Ok(found.into_iter().next().and_then(|one| one.0))
}

/// Puts a version in force, or none.
pub async fn accept(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    version: Option<i64>,
) -> Result<(), StoreError> {
    let sql = "UPDATE connections SET accepted_mapping = $3 WHERE organisation_id = $1 AND id = $2";
    let mut values = of(organisation_id, connection_id);
    values.push(version.into());
    execute(tx, sql, values).await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Stored {
    id: String,
    name: String,
    code: String,
    barcodes: String,
    fields: String,
    active: bool,
    changed_at_ms: Option<i64>,
}

fn row(stored: Stored) -> Result<RemoteRow, StoreError> {
    Ok(RemoteRow {
        barcodes: serde_json::from_str(&stored.barcodes)?,
        fields: serde_json::from_str(&stored.fields)?,
        id: stored.id,
        name: stored.name,
        code: stored.code,
        active: stored.active,
        changed_at_ms: stored.changed_at_ms,
    })
}

const RECORDS: &str = "SELECT id, name, code, barcodes, fields, active, changed_at_ms FROM remote_records \
                       WHERE organisation_id = $1 AND connection_id = $2 AND kind = $3";

/// Their records of a kind as last seen, beyond an id.
pub async fn records(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    kind: LinkKind,
    (after, most): (&str, i64),
) -> Result<Vec<RemoteRow>, StoreError> {
    let sql = format!("{RECORDS} AND id > $4 ORDER BY id LIMIT $5");
    let mut values = of(organisation_id, connection_id);
    values.extend([kind.word().into(), after.into(), most.into()]);
    fetch::<Stored>(tx, &sql, values).await?.into_iter().map(row).collect()
}

/// These of their records, as far as they were seen.
pub async fn records_of(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (kind, ids): (LinkKind, &[String]),
) -> Result<Vec<RemoteRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("{RECORDS} AND id IN ({}) ORDER BY id", places(4, ids.len()));
    let mut values = of(organisation_id, connection_id);
    values.push(kind.word().into());
    values.extend(ids.iter().map(|id| id.as_str().into()));
    fetch::<Stored>(tx, &sql, values).await?.into_iter().map(row).collect()
}

/// A product's match, and what both sides had when they were last equal.
#[derive(Clone, Debug)]
pub struct ProductLink {
    /// Ours.
    pub our_id: String,
    /// Theirs.
    pub remote_id: String,
    /// By field.
    pub agreed: Agreements,
}

/// Which column names products.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// Ours.
    Ours(&'a [String]),
    /// Theirs.
    Theirs(&'a [String]),
}

/// The matches of some products; of several of one of theirs that of a person first, then the oldest.
pub async fn product_links(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    by: By<'_>,
) -> Result<Vec<ProductLink>, StoreError> {
    let (column, ids) = match by {
        By::Ours(ids) => ("our_id", ids),
        By::Theirs(ids) => ("remote_id", ids),
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT our_id, remote_id, agreed FROM links WHERE organisation_id = $1 AND connection_id = $2 AND kind = 'product' \
         AND way <> 'none' AND {column} IN ({}) ORDER BY CASE WHEN way = 'person' THEN 0 ELSE 1 END, at_ms, our_id",
        places(3, ids.len())
    );
    let mut values = of(organisation_id, connection_id);
    values.extend(ids.iter().map(|id| id.as_str().into()));
    let rows = fetch::<(String, String, String)>(tx, &sql, values).await?;
    let link = |(our_id, remote_id, agreed): (String, String, String)| {
        Ok(ProductLink { our_id, remote_id, agreed: serde_json::from_str(&agreed)? })
    };
    rows.into_iter().map(link).collect()
}

/// Writes down what both sides have of a product.
pub async fn agree(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (our_id, agreed): (&str, &Agreements),
) -> Result<(), StoreError> {
    let sql = "UPDATE links SET agreed = $4 WHERE organisation_id = $1 AND connection_id = $2 AND kind = 'product' AND our_id = $3";
    let mut values = of(organisation_id, connection_id);
    values.extend([our_id.into(), serde_json::to_string(agreed)?.into()]);
    execute(tx, sql, values).await?;
    Ok(())
}

/// Our products that have exactly these codes: code and id.
pub async fn owners_of_codes(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    codes: &[String],
) -> Result<Vec<(String, String)>, StoreError> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT sku, id FROM products WHERE organisation_id = $1 AND sku IN ({})",
        places(2, codes.len())
    );
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    values.extend(codes.iter().map(|code| code.as_str().into()));
    fetch::<(String, String)>(tx, &sql, values).await
}
