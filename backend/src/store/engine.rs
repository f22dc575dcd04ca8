//! Engine: one database, SQLite or PostgreSQL, behind the same transactions.

use super::StoreError;
use shared::ids::OrganisationId;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use std::str::FromStr;
use std::time::Duration;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// A database.
#[derive(Clone, Debug)]
pub enum Db {
    /// A file, with one connection that writes and some that read.
    Sqlite {
        /// The only connection that writes: SQLite has one writer, and waiting here is fair.
        write: SqlitePool,
        /// Readers beside it (write-ahead log).
        read: SqlitePool,
    },
    /// A server.
    Postgres(PgPool),
}

/// A transaction. Dropped without [`Tx::commit`], nothing of it happened.
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Runs the same sqlx calls on whichever engine a transaction is of.
#[macro_export]
macro_rules! on_engine {
    ($tx:expr, $connection:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $connection = &mut **tx;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $connection = &mut **tx;
                $body
            }
        }
    };
}

impl Db {
    /// Opens `sqlite:path`, `sqlite::memory:` is not offered (it would be another database for each connection), or
    /// `postgres://…`, and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let db = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url)?;
            let pool = PgPoolOptions::new().max_connections(24).connect_with(options).await?;
            MIGRATIONS.run(&pool).await?;
            super::row_security::force(&pool).await?;
            Self::Postgres(pool)
        } else if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(20))
                .pragma("cache_size", "-65536")
                .statement_cache_capacity(400);
            let write = SqlitePoolOptions::new()
                .max_connections(1)
                // A commit that failed (no room, no disk) has ended the transaction for SQLite but not for sqlx, which
                // would begin no other on that connection: another one takes its place.
                .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
                .connect_with(options.clone())
                .await?;
            MIGRATIONS.run(&write).await?;
            let read = SqlitePoolOptions::new().max_connections(8).connect_with(options).await?;
            Self::Sqlite { write, read }
        } else {
            return Err(StoreError::Address(url.split(':').next().unwrap_or("").to_owned()));
        };
        super::feed::begin_life(&db).await?;
        Ok(db)
    }

    /// A transaction that writes. On SQLite it takes the writer's place at once (`BEGIN IMMEDIATE`).
    pub async fn begin_write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A transaction that only reads.
    pub async fn begin_read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// [`Db::begin_write`], bound to an organisation.
    pub async fn write_for(&self, organisation_id: OrganisationId) -> Result<Tx, StoreError> {
        let mut tx = self.begin_write().await?;
        tx.act_for(organisation_id).await?;
        Ok(tx)
    }

    /// [`Db::begin_read`], bound to an organisation.
    pub async fn read_for(&self, organisation_id: OrganisationId) -> Result<Tx, StoreError> {
        let mut tx = self.begin_read().await?;
        tx.act_for(organisation_id).await?;
        Ok(tx)
    }

    /// Closes every connection, after what runs has ended.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Binds what follows to an organisation. Every query names it as well; on PostgreSQL row-level security backs it up.
    pub async fn act_for(&mut self, organisation_id: OrganisationId) -> Result<(), StoreError> {
        if let Self::Postgres(tx) = self {
            sqlx::query("SELECT set_config('tillbridge.organisation_id', $1, true)")
                .bind(organisation_id.to_string())
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    /// Makes it durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
