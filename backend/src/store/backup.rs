//! Backup: a whole copy of an embedded database while it is in use.

use super::{StoreError, feed};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// Copies the SQLite database of an address into a new file, as it is at this moment, and looks the copy over.
/// Whoever goes back to it begins another life: tablets that have seen more of this one load their catalogue anew.
/// Others may read and write meanwhile. Nothing of the database is changed, not even its tables' form.
pub async fn copy_sqlite(address: &str, to: &Path) -> Result<(), StoreError> {
    let patience = Duration::from_secs(30);
    let options = SqliteConnectOptions::from_str(address)?.create_if_missing(false).busy_timeout(patience);
    let mut connection = options.connect().await?;
    let copied = sqlx::query("VACUUM INTO $1").bind(to.display().to_string()).execute(&mut connection).await;
    connection.close().await?;
    copied?;
    // Without a log: the copy is this one file.
    let mut copy = SqliteConnectOptions::new().filename(to).connect().await?;
    feed::live_anew(&mut copy).await?;
    let found: Vec<(String,)> = sqlx::query_as("PRAGMA quick_check").fetch_all(&mut copy).await?;
    copy.close().await?;
    match found.first() {
        Some((word,)) if word == "ok" => Ok(()),
        other => Err(StoreError::Value(format!("the copy is not whole: {other:?}"))),
    }
}
