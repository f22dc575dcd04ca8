//! Pictures: the bytes of products' pictures, by the hash of the bytes.

use super::bulk::{self, Rows};
use super::{StoreError, Tx};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shared::ids::OrganisationId;
use std::collections::HashSet;

/// Keeps a picture; one that is here already stays as it is. Says whether it is new.
pub async fn put(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
    media_type: &str,
    bytes: &[u8],
    now_ms: i64,
) -> Result<bool, StoreError> {
    let mut rows = Rows::new(
        "pictures (organisation_id, hash, media_type, content, added_at_ms)",
        "ON CONFLICT (organisation_id, hash) DO NOTHING",
    );
    rows.push([
        organisation_id.to_string().into(),
        hash.into(),
        media_type.into(),
        STANDARD.encode(bytes).into(),
        now_ms.into(),
    ]);
    Ok(rows.write(tx).await? == 1)
}

/// A picture's media type and bytes.
pub async fn find(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    let sql = "SELECT media_type, content FROM pictures WHERE organisation_id = $1 AND hash = $2";
    let values = vec![organisation_id.to_string().into(), hash.into()];
    let rows: Vec<(String, String)> = bulk::fetch(tx, sql, values).await?;
    let Some((media_type, content)) = rows.into_iter().next() else { return Ok(None) };
    let bytes =
        STANDARD.decode(content).map_err(|error| StoreError::Value(format!("picture {hash}: {error}")))?;
    Ok(Some((media_type, bytes)))
}

/// Is there such a picture?
pub async fn has(tx: &mut Tx, organisation_id: OrganisationId, hash: &str) -> Result<bool, StoreError> {
    let sql = "SELECT hash FROM pictures WHERE organisation_id = $1 AND hash = $2";
    let rows: Vec<(String,)> =
        bulk::fetch(tx, sql, vec![organisation_id.to_string().into(), hash.into()]).await?;
    Ok(!rows.is_empty())
}

/// The hashes of all pictures.
pub async fn hashes(tx: &mut Tx, organisation_id: OrganisationId) -> Result<HashSet<String>, StoreError> {
    let sql = "SELECT hash FROM pictures WHERE organisation_id = $1";
    let rows: Vec<(String,)> = bulk::fetch(tx, sql, vec![organisation_id.to_string().into()]).await?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}
