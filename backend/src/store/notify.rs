//! Notify: PostgreSQL tells every process that an organisation has something new.

use super::{Db, StoreError};
use sqlx::postgres::PgListener;

const CHANNEL: &str = "tillbridge_changed";

/// Tells all processes.
pub async fn send(db: &Db, organisation: &str) -> Result<(), StoreError> {
    if let Db::Postgres(pool) = db {
        sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(organisation).execute(pool).await?;
    }
    Ok(())
}

/// Listens until the pool is closed; an error says that the connection was lost.
pub async fn listen(db: &Db, mut heard: impl FnMut(&str)) -> Result<(), StoreError> {
    let Db::Postgres(pool) = db else { return Ok(()) };
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        if pool.is_closed() {
            return Ok(());
        }
        match listener.recv().await {
            Ok(notification) => heard(notification.payload()),
            Err(_) if pool.is_closed() => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
