//! Links: their records as last seen, what of ours is what of theirs, and how far what comes in has been read.

use super::bulk::{Rows, Value, execute, fetch, places};
use super::{StoreError, Tx};
use shared::connect::{Choice, Flow, LinkKind, MatchWay};
use shared::ids::{ConnectionId, OrganisationId};
use std::collections::BTreeMap;

/// One of their records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteRow {
    /// What they call it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: String,
    /// Its barcodes.
    pub barcodes: Vec<String>,
    /// Everything else, by their names.
    pub fields: BTreeMap<String, String>,
    /// Is it in use?
    pub active: bool,
    /// When they changed it, epoch ms.
    pub changed_at_ms: Option<i64>,
}

fn of(organisation_id: OrganisationId, connection_id: ConnectionId) -> Vec<Value> {
    vec![organisation_id.to_string().into(), connection_id.to_string().into()]
}

/// Keeps what was seen of them.
pub async fn put_records(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (kind, now_ms): (LinkKind, i64),
    records: &[RemoteRow],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "remote_records (organisation_id, connection_id, kind, id, name, code, barcodes, fields, active, changed_at_ms, seen_at_ms)",
        "ON CONFLICT (organisation_id, connection_id, kind, id) DO UPDATE SET name = excluded.name, code = excluded.code, \
         barcodes = excluded.barcodes, fields = excluded.fields, active = excluded.active, \
         changed_at_ms = excluded.changed_at_ms, seen_at_ms = excluded.seen_at_ms",
    );
    for record in records {
        rows.push([
            organisation_id.to_string().into(),
            connection_id.to_string().into(),
            kind.word().into(),
            record.id.as_str().into(),
            record.name.as_str().into(),
            record.code.as_str().into(),
            serde_json::to_string(&record.barcodes)?.into(),
            serde_json::to_string(&record.fields)?.into(),
            record.active.into(),
            record.changed_at_ms.into(),
            now_ms.into(),
        ]);
    }
    rows.write(tx).await?;
    Ok(())
}

/// Forgets those of a kind that were not seen since a time: they are there no longer.
pub async fn forget_records(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (kind, before_ms): (LinkKind, i64),
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM remote_records WHERE organisation_id = $1 AND connection_id = $2 AND kind = $3 AND seen_at_ms < $4";
    let mut values = of(organisation_id, connection_id);
    values.extend([kind.word().into(), before_ms.into()]);
    execute(tx, sql, values).await
}

/// Theirs of a kind whose name or code holds a text, by name.
pub async fn choices(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (kind, text, most): (LinkKind, &str, i64),
) -> Result<Vec<Choice>, StoreError> {
    let sql = "SELECT id, name, code FROM remote_records WHERE organisation_id = $1 AND connection_id = $2 AND kind = $3 AND active \
               AND (LOWER(name) LIKE $4 ESCAPE '!' OR LOWER(code) LIKE $4 ESCAPE '!') ORDER BY name, id LIMIT $5";
    let mut values = of(organisation_id, connection_id);
    let plain: String = text
        .to_lowercase()
        .chars()
        .flat_map(|letter| matches!(letter, '%' | '_' | '!').then_some('!').into_iter().chain([letter]))
        .collect();
    values.extend([kind.word().into(), format!("%{plain}%").into(), most.into()]);
    let rows = fetch::<(String, String, String)>(tx, sql, values).await?;
    Ok(rows.into_iter().map(|(id, name, code)| Choice { id, name, code }).collect())
}

/// A match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// Ours.
    pub our_id: String,
    /// Theirs.
    pub remote_id: String,
    /// How it came about.
    pub way: MatchWay,
    /// Theirs, where it is still there.
    pub theirs: Option<Choice>,
}

/// The matches of these of ours; of all of the kind where none is named.
pub async fn links(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    kind: LinkKind,
    ours: &[String],
) -> Result<Vec<LinkRow>, StoreError> {
    let mut values = of(organisation_id, connection_id);
    values.push(kind.word().into());
    let which = match ours.is_empty() {
        true => String::new(),
        false => {
            let which = format!("AND l.our_id IN ({})", places(4, ours.len()));
            values.extend(ours.iter().map(|id| id.as_str().into()));
            which
        }
    };
    let sql = format!(
        "SELECT l.our_id, l.remote_id, l.way, r.name, r.code FROM links l LEFT JOIN remote_records r \
         ON r.organisation_id = l.organisation_id AND r.connection_id = l.connection_id AND r.kind = l.kind AND r.id = l.remote_id \
         WHERE l.organisation_id = $1 AND l.connection_id = $2 AND l.kind = $3 AND l.way <> 'none' {which} ORDER BY l.our_id"
    );
    let rows = fetch::<(String, String, String, Option<String>, Option<String>)>(tx, &sql, values).await?;
    let link =
        |(our_id, remote_id, way, name, code): (String, String, String, Option<String>, Option<String>)| {
            let theirs =
                name.map(|name| Choice { id: remote_id.clone(), name, code: code.unwrap_or_default() });
            let way = MatchWay::of_word(&way).ok_or(StoreError::Value(way))?;
            Ok(LinkRow { our_id, remote_id, way, theirs })
        };
    rows.into_iter().map(link).collect()
}

/// Adds matches; one of ours that has a match keeps it. Says how many were new.
pub async fn add_links(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (kind, now_ms): (LinkKind, i64),
    links: &[(String, String, MatchWay)],
) -> Result<u64, StoreError> {
    let mut rows = Rows::new(
        "links (organisation_id, connection_id, kind, our_id, remote_id, way, at_ms)",
        "ON CONFLICT (organisation_id, connection_id, kind, our_id) DO NOTHING",
    );
    for (our_id, remote_id, way) in links {
        rows.push([
            organisation_id.to_string().into(),
            connection_id.to_string().into(),
            kind.word().into(),
            our_id.as_str().into(),
            remote_id.as_str().into(),
            way.word().into(),
            now_ms.into(),
        ]);
    }
    rows.write(tx).await
}

/// Says what of theirs one of ours is, or that it is nothing of theirs, which no match by itself changes. What both sides had when they
/// were last equal is kept where it is the same of theirs as before.
pub async fn set_link(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (kind, now_ms): (LinkKind, i64),
    (our_id, theirs): (&str, Option<(&str, MatchWay)>),
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "links (organisation_id, connection_id, kind, our_id, remote_id, way, at_ms)",
        "ON CONFLICT (organisation_id, connection_id, kind, our_id) DO UPDATE SET way = excluded.way, at_ms = excluded.at_ms, \
         agreed = CASE WHEN links.remote_id = excluded.remote_id THEN links.agreed ELSE '{}' END, remote_id = excluded.remote_id",
    );
    let (remote_id, way) = theirs.map_or(("", NO_MATCH), |(id, way)| (id, way.word()));
    rows.push([
        organisation_id.to_string().into(),
        connection_id.to_string().into(),
        kind.word().into(),
        our_id.into(),
        remote_id.into(),
        way.into(),
        now_ms.into(),
    ]);
    rows.write(tx).await?;
    Ok(())
}

/// The way of a row that says: this is nothing of theirs.
const NO_MATCH: &str = "none";

/// Our products that have these codes, in capitals or not: code in small letters and id.
pub async fn products_with_codes(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    codes: &[String],
) -> Result<Vec<(String, String)>, StoreError> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    values.extend(codes.iter().map(|code| code.as_str().into()));
    let sql = format!(
        "SELECT LOWER(sku), id FROM products WHERE organisation_id = $1 AND LOWER(sku) IN ({}) ORDER BY id",
        places(2, codes.len())
    );
    fetch::<(String, String)>(tx, &sql, values).await
}

/// Our products that have these barcodes: the key barcodes are compared by, and id.
pub async fn products_with_barcodes(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    keys: &[String],
) -> Result<Vec<(String, String)>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    values.extend(keys.iter().map(|key| key.as_str().into()));
    let sql = format!(
        "SELECT match_key, product_id FROM product_barcodes WHERE organisation_id = $1 AND match_key IN ({}) ORDER BY product_id",
        places(2, keys.len())
    );
    fetch::<(String, String)>(tx, &sql, values).await
}

/// Our products by code, with or without a match, beyond a code: id, code, body, and the match's record.
pub async fn products(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (unmatched, after, most): (bool, &str, i64),
) -> Result<Vec<(String, String, String)>, StoreError> {
    let only = if unmatched {
        "AND NOT EXISTS (SELECT 1 FROM links l WHERE l.organisation_id = p.organisation_id AND l.connection_id = $2 \
         AND l.kind = 'product' AND l.our_id = p.id AND l.way <> 'none')"
    } else {
        ""
    };
    let sql = format!(
        "SELECT p.id, p.sku, p.body FROM products p WHERE p.organisation_id = $1 AND $2 = $2 AND p.active AND p.sku > $3 {only} \
         ORDER BY p.sku LIMIT $4"
    );
    let mut values = of(organisation_id, connection_id);
    values.extend([after.into(), most.into()]);
    fetch::<(String, String, String)>(tx, &sql, values).await
}

/// How many of our products are in use, and how many of them have a match.
pub async fn product_counts(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT COUNT(*), COUNT(l.our_id) FROM products p LEFT JOIN links l ON l.organisation_id = p.organisation_id \
               AND l.connection_id = $2 AND l.kind = 'product' AND l.our_id = p.id AND l.way <> 'none' WHERE p.organisation_id = $1 AND p.active";
    let found = fetch::<(i64, i64)>(tx, sql, of(organisation_id, connection_id)).await?;
    Ok(found.into_iter().next().unwrap_or((0, 0)))
}

/// How far a flow that comes in has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Since when changes are asked for in the run under way, epoch ms; none for all.
    pub since_ms: Option<i64>,
    /// When it began, epoch ms; none when none is under way.
    pub began_at_ms: Option<i64>,
    /// When the last that came to its end began, epoch ms.
    pub whole_at_ms: Option<i64>,
    /// When the next page, or the next run, is due, epoch ms.
    pub due_at_ms: i64,
}

/// How far, and where the last page ended.
pub async fn reading(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    flow: Flow,
) -> Result<(Reading, Option<String>), StoreError> {
    let sql = "SELECT since_ms, began_at_ms, whole_at_ms, due_at_ms, after FROM inflows WHERE organisation_id = $1 \
               AND connection_id = $2 AND flow = $3";
    let mut values = of(organisation_id, connection_id);
    values.push(flow.word().into());
    let found =
        fetch::<(Option<i64>, Option<i64>, Option<i64>, i64, Option<String>)>(tx, sql, values).await?;
    Ok(found.into_iter().next().map_or((Reading::default(), None), |one| {
        let reading = Reading { since_ms: one.0, began_at_ms: one.1, whole_at_ms: one.2, due_at_ms: one.3 };
        (reading, one.4)
    }))
}

/// Writes down how far it is.
pub async fn put_reading(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    flow: Flow,
    (reading, after): (Reading, Option<String>),
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "inflows (organisation_id, connection_id, flow, since_ms, after, began_at_ms, whole_at_ms, due_at_ms)",
        "ON CONFLICT (organisation_id, connection_id, flow) DO UPDATE SET since_ms = excluded.since_ms, after = excluded.after, \
         began_at_ms = excluded.began_at_ms, whole_at_ms = excluded.whole_at_ms, due_at_ms = excluded.due_at_ms",
    );
    rows.push([
        organisation_id.to_string().into(),
        connection_id.to_string().into(),
        flow.word().into(),
        reading.since_ms.into(),
        after.into(),
        reading.began_at_ms.into(),
        reading.whole_at_ms.into(),
        reading.due_at_ms.into(),
    ]);
    rows.write(tx).await?;
    Ok(())
}

/// Is there such a record of theirs, as last seen?
pub async fn has_record(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    connection_id: ConnectionId,
    (kind, id): (LinkKind, &str),
) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM remote_records WHERE organisation_id = $1 AND connection_id = $2 AND kind = $3 AND id = $4";
    let mut values = of(organisation_id, connection_id);
    values.extend([kind.word().into(), id.into()]);
    Ok(!fetch::<(String,)>(tx, sql, values).await?.is_empty())
}
