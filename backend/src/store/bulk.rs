//! Bulk: many rows in few statements, the same on both engines.

use super::{StoreError, Tx};
use sqlx::{Postgres, Transaction};

/// A value to bind.
#[derive(Clone, Debug)]
pub enum Value {
    /// Text.
    Text(String),
    /// Text or nothing.
    MaybeText(Option<String>),
    /// A whole number.
    Int(i64),
    /// A whole number or nothing.
    MaybeInt(Option<i64>),
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
impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::MaybeInt(number)
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

/// Rows a statement carries on SQLite; a rest goes in halves of it, so that few texts are prepared again and again.
const MOST_ROWS: usize = 64;
/// Rows a statement carries on PostgreSQL, where they travel as one array a column: each statement is a journey there
/// and back, and one text does for any number of rows.
const MOST_ARRAY_ROWS: usize = 4_000;

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
        match tx {
            Tx::Sqlite(_) => self.write_rows(tx).await,
            Tx::Postgres(tx) => self.write_arrays(tx).await,
        }
    }

    async fn write_rows(self, tx: &mut Tx) -> Result<u64, StoreError> {
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

    async fn write_arrays(self, tx: &mut Transaction<'static, Postgres>) -> Result<u64, StoreError> {
        let mut written = 0;
        let mut values = self.values.into_iter().peekable();
        while values.peek().is_some() {
            let mut columns: Vec<Array> = Vec::with_capacity(self.width);
            for (at, value) in values.by_ref().take(MOST_ARRAY_ROWS * self.width).enumerate() {
                match columns.get_mut(at % self.width) {
                    Some(column) => column.push(value)?,
                    None => columns.push(Array::of(value)),
                }
            }
            let places: Vec<String> = columns
                .iter()
                .enumerate()
                .map(|(at, column)| format!("${}::{}[]", at + 1, column.sql_type()))
                .collect();
            let sql = format!(
                "INSERT INTO {} SELECT * FROM UNNEST({}) {}",
                self.into,
                places.join(", "),
                // The parser would take ON for the beginning of a join's condition.
                if self.conflict.is_empty() {
                    String::new()
                } else {
                    format!("WHERE TRUE {}", self.conflict)
                }
            );
            // The text is made of our own table and column names; what comes from outside is bound.
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for column in columns {
                query = match column {
                    Array::Text(texts) => query.bind(texts),
                    Array::Int(numbers) => query.bind(numbers),
                    Array::Bool(flags) => query.bind(flags),
                };
            }
            written += query.execute(&mut **tx).await?.rows_affected();
        }
        Ok(written)
    }
}

/// A column of rows.
enum Array {
    Text(Vec<Option<String>>),
    Int(Vec<Option<i64>>),
    Bool(Vec<bool>),
}

impl Array {
    fn of(value: Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(vec![Some(text)]),
            Value::MaybeText(text) => Self::Text(vec![text]),
            Value::Int(number) => Self::Int(vec![Some(number)]),
            Value::MaybeInt(number) => Self::Int(vec![number]),
            Value::Bool(flag) => Self::Bool(vec![flag]),
        }
    }

    fn push(&mut self, value: Value) -> Result<(), StoreError> {
        match (self, value) {
            (Self::Text(texts), Value::Text(text)) => texts.push(Some(text)),
            (Self::Text(texts), Value::MaybeText(text)) => texts.push(text),
            (Self::Int(numbers), Value::Int(number)) => numbers.push(Some(number)),
            (Self::Int(numbers), Value::MaybeInt(number)) => numbers.push(number),
            (Self::Bool(flags), Value::Bool(flag)) => flags.push(flag),
            (_, value) => return Err(StoreError::Value(format!("{value:?} in a column of another type"))),
        }
        Ok(())
    }

    fn sql_type(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Int(_) => "bigint",
            Self::Bool(_) => "boolean",
        }
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
                    Value::MaybeInt(number) => query.bind(number),
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
                    Value::MaybeInt(number) => query.bind(number),
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
