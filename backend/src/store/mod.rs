//! Store: the only room that speaks SQL, the same text for SQLite and PostgreSQL.
//! Lives here: the engine, migrations, and one file for each group of tables.
//! May use: shared, sqlx. Never: HTTP, a rule of the shop, a clock.
//! Invariant: every query names its organisation; balances change by one atomic statement.

mod bulk;
mod engine;
pub mod row_security;

pub mod access;
pub mod accounts;
pub mod approvals;
pub mod backup;
pub mod books;
pub mod catalog;
pub mod connections;
pub mod customers;
pub mod days;
pub mod displays;
pub mod export;
pub mod feed;
pub mod ground;
pub mod known_sales;
pub mod layaways;
pub mod links;
pub mod mappings;
pub mod notify;
pub mod outbox;
pub mod people;
pub mod pictures;
pub mod pricing;
pub mod printers;
pub mod returns;
pub mod sales;
pub mod shifts;

pub use engine::{Db, Tx};

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database says so.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// Its tables could not be brought up to date.
    #[error("the database's tables cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Neither of the two engines.
    #[error("a database is `sqlite:path` or `postgres://…`, not `{0}:…`")]
    Address(String),
    /// A stored body that cannot be read.
    #[error("a stored record cannot be read: {0}")]
    Body(#[from] serde_json::Error),
    /// Another process changed the same record meanwhile.
    #[error("another process changed the same record meanwhile")]
    Raced,
    /// A stored value that cannot be.
    #[error("a stored value cannot be: {0}")]
    Value(String),
}

impl StoreError {
    /// Did it lose against another transaction, so that trying again may help?
    pub fn is_race(&self) -> bool {
        if matches!(self, Self::Raced) {
            return true;
        }
        let Self::Sql(sqlx::Error::Database(error)) = self else { return false };
        // PostgreSQL: serialization failure, deadlock. SQLite: busy (5) in its extended forms.
        matches!(error.code().as_deref(), Some("40001" | "40P01" | "5" | "261" | "517"))
    }

    /// Does the database refuse the data itself (a constraint, a value out of range), so that trying again cannot help?
    pub fn is_refused_data(&self) -> bool {
        let Self::Sql(sqlx::Error::Database(error)) = self else { return false };
        let code = error.code();
        let code = code.as_deref().unwrap_or("");
        let sqlite = matches!(code.parse::<u32>().map(|c| c & 0xff), Ok(18..=20)) && code.len() < 5;
        sqlite || (code.len() == 5 && (code.starts_with("22") || code.starts_with("23")))
    }

    /// Is there such a record already?
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}
