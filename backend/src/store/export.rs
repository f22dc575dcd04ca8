//! Export: any table of an organisation, page by page, every value as text.

use super::bulk::{self, Value};
use super::{StoreError, Tx};
use crate::on_engine;
use shared::ids::OrganisationId;
use sqlx::Row;

/// What to take out. The texts are parts of SQL and come from this program.
#[derive(Clone, Copy, Debug)]
pub struct Extract<'a> {
    /// A table with its short name, and what is joined: `sales s`.
    pub from: &'a str,
    /// The short name of the table that has the organisation.
    pub of: &'a str,
    /// What is read, in order.
    pub columns: &'a [&'a str],
    /// What orders the rows and tells them apart: positions in `columns`, and whether that one is a number.
    pub key: &'a [(usize, bool)],
}

/// A page of rows after one that was read before.
pub async fn page(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    extract: Extract<'_>,
    after: Option<&[Option<String>]>,
    limit: i64,
) -> Result<Vec<Vec<Option<String>>>, StoreError> {
    let Extract { from, of, columns, key } = extract;
    let selected: Vec<String> = columns.iter().map(|column| format!("CAST({column} AS TEXT)")).collect();
    let ordered: Vec<&str> = key.iter().filter_map(|(at, _)| columns.get(*at).copied()).collect();
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    let mut condition = format!("{of}.organisation_id = $1");
    if let Some(after) = after {
        let mut places = Vec::new();
        for (at, number) in key {
            values.push(after.get(*at).cloned().flatten().unwrap_or_default().into());
            let place = format!("${}", values.len());
            places.push(if *number { format!("CAST({place} AS BIGINT)") } else { place });
        }
        condition.push_str(&format!(" AND ({}) > ({})", ordered.join(", "), places.join(", ")));
    }
    values.push(limit.into());
    let sql = format!(
        "SELECT {} FROM {from} WHERE {condition} ORDER BY {} LIMIT ${}",
        selected.join(", "),
        ordered.join(", "),
        values.len()
    );
    let width = columns.len();
    Ok(on_engine!(tx, connection => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for value in values {
            query = match value {
                Value::Int(number) => query.bind(number),
                Value::MaybeInt(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::MaybeText(text) => query.bind(text),
                Value::Bool(flag) => query.bind(flag),
            };
        }
        let rows = query.fetch_all(connection).await?;
        rows.iter()
            .map(|row| (0..width).map(|at| row.try_get::<Option<String>, usize>(at)).collect())
            .collect::<Result<Vec<Vec<Option<String>>>, sqlx::Error>>()?
    }))
}

/// Journal entries in order of their fingerprints: fingerprint, state, content to the byte.
pub async fn journal(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, String, String)>, StoreError> {
    let sql = "SELECT hash, state, content FROM journal_entries \
         WHERE organisation_id = $1 AND hash > $2 ORDER BY hash LIMIT $3";
    let values = vec![organisation_id.to_string().into(), after.into(), limit.into()];
    let rows: Vec<(String, String, String)> = bulk::fetch(tx, sql, values).await?;
    rows.into_iter()
        .map(|(hash, state, content)| Ok((hash, state, super::books::content_of(content)?)))
        .collect()
}
