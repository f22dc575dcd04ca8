//! Row security: on PostgreSQL every row is seen only by its own organisation, whatever a query forgot.

use super::StoreError;
use sqlx::{AssertSqlSafe, PgPool};

/// Tables that are asked before it is known whose request it is; they hold no business data.
pub const BEFORE_SIGN_IN: [&str; 3] = ["organisations", "device_homes", "directory"];

/// Forces row-level security on every table with an organisation. Safe to run again.
pub async fn force(pool: &PgPool) -> Result<(), StoreError> {
    let tables: Vec<(String,)> = sqlx::query_as(
        "SELECT c.table_name::text FROM information_schema.columns c \
         JOIN pg_class k ON k.relname = c.table_name AND k.relnamespace = current_schema()::regnamespace \
         WHERE c.table_schema = current_schema() AND c.column_name = 'organisation_id' AND NOT k.relforcerowsecurity \
         ORDER BY 1",
    )
    .fetch_all(pool)
    .await?;
    for (table,) in tables {
        if BEFORE_SIGN_IN.contains(&table.as_str()) {
            continue;
        }
        // The names come from our own migrations, not from outside.
        let sql = format!(
            "DO $$ BEGIN \
             ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; \
             ALTER TABLE {table} FORCE ROW LEVEL SECURITY; \
             CREATE POLICY own_rows ON {table} \
             USING (organisation_id = current_setting('tillbridge.organisation_id', true)); \
             EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await?;
    }
    Ok(())
}
