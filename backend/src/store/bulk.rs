//! Bulk: many rows in few statements, the same on both engines.

use super::{StoreError, Tx};

/// A value to bind.
#[derive(Clone, Debug)]
pub enum Value {
    /// Text.
    Text(String),
    /// Text or nothing.
    MaybeText(Option<String>),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::MaybeText(text)
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

/// Rows for one table.
#[derive(Clone, Debug)]
pub struct Rows {
    into: &'static str,
    conflict: &'static str,
    width: usize,
    values: Vec<Value>,
}

/// Rows a statement carries; a rest goes in halves of it, so that few texts are prepared again and again.
const MOST_ROWS: usize = 64;

impl Rows {
    /// Rows for `table (column, …)`, and what to do about those that are there already (`ON CONFLICT …`, or nothing).
    pub fn new(into: &'static str, conflict: &'static str) -> Self {
        let width = into.bytes().filter(|b| *b == b',').count() + 1;
        Self { into, conflict, width, values: Vec::new() }
    }

    /// Adds a row; as many values as there are columns.
    pub fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.width, "{}", self.into);
        self.values.extend(row);
    }

    /// Writes them and says how many were written.
    pub async fn write(self, tx: &mut Tx) -> Result<u64, StoreError> {
        let mut written = 0;
        let mut values = self.values.into_iter();
        let mut left = values.len() / self.width;
        let mut chunk = MOST_ROWS;
        while left > 0 {
            while chunk > left {
                chunk /= 2;
            }
            let sql = statement(self.into, self.conflict, self.width, chunk);
            let bound: Vec<Value> = values.by_ref().take(chunk * self.width).collect();
            written += execute(tx, &sql, bound).await?;
            left -= chunk;
        }
        Ok(written)
    }
}

fn statement(into: &str, conflict: &str, width: usize, rows: usize) -> String {
    use std::fmt::Write;
    let mut sql = format!("INSERT INTO {into} VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..width {
            let comma = if column == 0 { "" } else { "," };
            // Writing to a String does not fail.
            let _ = write!(sql, "{comma}${}", row * width + column + 1);
        }
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(conflict);
    sql
}

/// Runs one statement.
pub async fn execute(tx: &mut Tx, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
    macro_rules! run {
        ($connection:expr) => {{
            // The text is made of our own table and column names; what comes from outside is bound.
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()));
            for value in values {
                query = match value {
                    Value::Text(text) => query.bind(text),
                    Value::MaybeText(text) => query.bind(text),
                    Value::Int(number) => query.bind(number),
                    Value::Bool(flag) => query.bind(flag),
                };
            }
            query.execute($connection).await?.rows_affected()
        }};
    }
    Ok(match tx {
        Tx::Sqlite(tx) => run!(&mut **tx),
        Tx::Postgres(tx) => run!(&mut **tx),
    })
}

/// `$from, $from+1, …`: so many places to bind.
pub fn places(from: usize, count: usize) -> String {
    let places: Vec<String> = (from..from + count).map(|place| format!("${place}")).collect();
    places.join(", ")
}

/// Reads the rows of a statement whose text depends on how many values it is given.
pub async fn fetch<T>(tx: &mut Tx, sql: &str, values: Vec<Value>) -> Result<Vec<T>, StoreError>
where
    T: Send
        + Unpin
        + for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
        + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
{
    macro_rules! run {
        ($connection:expr) => {{
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql.to_owned()));
            for value in values {
                query = match value {
                    Value::Text(text) => query.bind(text),
                    Value::MaybeText(text) => query.bind(text),
                    Value::Int(number) => query.bind(number),
                    Value::Bool(flag) => query.bind(flag),
                };
            }
            query.fetch_all($connection).await?
        }};
    }
    Ok(match tx {
        Tx::Sqlite(tx) => run!(&mut **tx),
        Tx::Postgres(tx) => run!(&mut **tx),
    })
}
