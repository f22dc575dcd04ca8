//! Feed: one row for every record a tablet may know, saying when it last changed.
//! On PostgreSQL a row carries its transaction; readers stay below the oldest running one, so nothing is passed over.
//! On SQLite the one writer numbers the rows in commit order (docs/adr/0004).

use super::bulk::Rows;
use super::{Db, StoreError, Tx};
use crate::on_engine;
use shared::ids::OrganisationId;

/// A record that changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touched {
    /// Which kind of record.
    pub kind: &'static str,
    /// The store it is only for; empty when it is for all.
    pub scope: String,
    /// Its id.
    pub record_id: String,
    /// Gone for good?
    pub removed: bool,
}

/// Kinds of records in the feed.
pub mod kind {
    /// A store.
    pub const STORE: &str = "store";
    /// A register.
    pub const REGISTER: &str = "register";
    /// A member of staff.
    pub const STAFF: &str = "staff";
    /// A tax category.
    pub const TAX_CATEGORY: &str = "tax_category";
    /// A category.
    pub const CATEGORY: &str = "category";
    /// A product.
    pub const PRODUCT: &str = "product";
    /// A stock level of the store in `scope`.
    pub const STOCK_LEVEL: &str = "stock_level";
    /// A price list.
    pub const PRICE_LIST: &str = "price_list";
    /// A promotion.
    pub const PROMOTION: &str = "promotion";
    /// A tender type.
    pub const TENDER_TYPE: &str = "tender_type";
    /// A customer.
    pub const CUSTOMER: &str = "customer";
    /// A group of customers.
    pub const CUSTOMER_GROUP: &str = "customer_group";
    /// An account.
    pub const ACCOUNT: &str = "account";
    /// A customer's points, or how many they earned in a year.
    pub const POINTS: &str = "points";
    /// A sale of the store in `scope`, with what has come back of it.
    pub const SALE: &str = "sale";
}

impl Touched {
    /// A record every tablet of the organisation may know.
    pub fn new(kind: &'static str, record_id: impl ToString) -> Self {
        Self { kind, scope: String::new(), record_id: record_id.to_string(), removed: false }
    }

    /// The same, gone.
    pub fn removed(kind: &'static str, record_id: impl ToString) -> Self {
        Self { removed: true, ..Self::new(kind, record_id) }
    }
}

/// A row of the feed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FeedRow {
    /// Which kind of record.
    pub kind: String,
    /// Its id.
    pub record_id: String,
    /// Writing transaction (PostgreSQL), else 0.
    pub txid: i64,
    /// Number of the change.
    pub position: i64,
    /// Gone?
    pub removed: bool,
}

/// The life of a database: a random word made with it, and how far back tombstones reach.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Life {
    /// The word.
    pub epoch: String,
    /// Cursors before this place may have missed a tombstone.
    pub feed_horizon_txid: i64,
    /// Cursors before this place may have missed a tombstone.
    pub feed_horizon_position: i64,
}

/// The last number given in a transaction. A tombstone that was forgotten keeps its number: one given twice would be
/// passed over by whoever has already seen the first.
const LAST_POSITION: &str = "SELECT MAX(position) FROM (\
     SELECT position FROM feed WHERE organisation_id = $1 AND txid = $2 \
     UNION ALL SELECT feed_horizon_position FROM database_life WHERE one = 1 AND feed_horizon_txid = $2 \
     UNION ALL SELECT 0) AS given";

/// Notes that records changed, in the transaction that changes them.
pub async fn touch(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    mut touched: Vec<Touched>,
) -> Result<(), StoreError> {
    if touched.is_empty() {
        return Ok(());
    }
    // The same order in every process, so that two of them cannot wait for each other.
    touched.sort();
    touched.dedup_by(|a, b| a.kind == b.kind && a.scope == b.scope && a.record_id == b.record_id);
    let organisation_id = organisation_id.to_string();
    let txid = match tx {
        Tx::Sqlite(_) => 0,
        Tx::Postgres(tx) => {
            sqlx::query_scalar("SELECT pg_current_xact_id()::text::bigint").fetch_one(&mut **tx).await?
        }
    };
    let mut position: i64 = on_engine!(tx, connection => {
        sqlx::query_scalar(LAST_POSITION).bind(&organisation_id).bind(txid).fetch_one(connection).await?
    });
    let mut rows = Rows::new(
        "feed (organisation_id, kind, scope, record_id, txid, position, removed)",
        "ON CONFLICT (organisation_id, kind, scope, record_id) DO UPDATE \
         SET txid = excluded.txid, position = excluded.position, removed = excluded.removed",
    );
    for record in touched {
        position = position.saturating_add(1);
        rows.push([
            organisation_id.as_str().into(),
            record.kind.into(),
            record.scope.into(),
            record.record_id.into(),
            txid.into(),
            position.into(),
            record.removed.into(),
        ]);
    }
    rows.write(tx).await?;
    Ok(())
}

/// Changes after a place, for everybody or for one store, oldest first. On PostgreSQL only those below the oldest
/// running transaction: what is still being written cannot be passed over.
pub async fn after(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store: &str,
    (txid, position): (i64, i64),
    limit: i64,
) -> Result<Vec<FeedRow>, StoreError> {
    let organisation_id = organisation_id.to_string();
    let sql = match tx {
        Tx::Sqlite(_) => {
            "SELECT kind, record_id, txid, position, removed FROM feed \
             WHERE organisation_id = $1 AND (txid, position) > ($2, $3) AND scope IN ('', $4) \
             ORDER BY txid, position LIMIT $5"
        }
        Tx::Postgres(_) => {
            "SELECT kind, record_id, txid, position, removed FROM feed \
             WHERE organisation_id = $1 AND (txid, position) > ($2, $3) AND scope IN ('', $4) \
             AND txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint \
             ORDER BY txid, position LIMIT $5"
        }
    };
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(sql)
            .bind(organisation_id)
            .bind(txid)
            .bind(position)
            .bind(store)
            .bind(limit)
            .fetch_all(connection)
            .await?
    }))
}

/// Is anything written after a place, readable yet or not?
pub async fn is_more(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store: &str,
    (txid, position): (i64, i64),
) -> Result<bool, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => {
            "SELECT EXISTS (SELECT 1 FROM feed \
             WHERE organisation_id = $1 AND (txid, position) > ($2, $3) AND scope IN ('', $4))"
        }
        // What a copy brought along of another cluster's numbers is readable by none.
        Tx::Postgres(_) => {
            "SELECT EXISTS (SELECT 1 FROM feed \
             WHERE organisation_id = $1 AND (txid, position) > ($2, $3) AND scope IN ('', $4) \
             AND txid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
        }
    };
    Ok(on_engine!(tx, connection => {
        sqlx::query_scalar(sql)
            .bind(organisation_id.to_string())
            .bind(txid)
            .bind(position)
            .bind(store)
            .fetch_one(connection)
            .await?
    }))
}

/// The end of the feed now: everything before it can be seen by whoever asks after this call.
pub async fn end(tx: &mut Tx, organisation_id: OrganisationId) -> Result<(i64, i64), StoreError> {
    Ok(match tx {
        Tx::Sqlite(tx) => {
            let position: i64 = sqlx::query_scalar(LAST_POSITION)
                .bind(organisation_id.to_string())
                .bind(0)
                .fetch_one(&mut **tx)
                .await?;
            (0, position)
        }
        Tx::Postgres(tx) => {
            let xmin: i64 =
                sqlx::query_scalar("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
                    .fetch_one(&mut **tx)
                    .await?;
            (xmin, 0)
        }
    })
}

/// Does a place lie beyond everything this database has written? Then it is of a newer copy of it.
pub async fn is_beyond(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    (txid, position): (i64, i64),
) -> Result<bool, StoreError> {
    let (last_txid, last_position) = match tx {
        Tx::Sqlite(_) => end(tx, organisation_id).await?,
        Tx::Postgres(tx) => {
            let xmax: i64 =
                sqlx::query_scalar("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
                    .fetch_one(&mut **tx)
                    .await?;
            (xmax, i64::MAX)
        }
    };
    Ok((txid, position) > (last_txid, last_position))
}

/// The life of the database.
pub async fn life(tx: &mut Tx) -> Result<Life, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as("SELECT epoch, feed_horizon_txid, feed_horizon_position FROM database_life WHERE one = 1")
            .fetch_one(connection)
            .await?
    }))
}

fn epoch() -> Result<String, StoreError> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|e| StoreError::Value(e.to_string()))?;
    Ok(format!("{:016x}", u64::from_be_bytes(random)))
}

/// Takes its word from a copy of a database. Each time the copy is brought back it begins a life of its own: its feed goes on
/// where the other's did, with other changes.
pub async fn live_anew(copy: &mut sqlx::SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE database_life SET epoch = '' WHERE one = 1").execute(copy).await?;
    Ok(())
}

/// The same for a database that was brought back from a copy by other means.
pub async fn live_on_anew(db: &Db) -> Result<(), StoreError> {
    let epoch = epoch()?;
    let mut tx = db.begin_write().await?;
    on_engine!(&mut tx, connection => {
        sqlx::query("UPDATE database_life SET epoch = $1 WHERE one = 1").bind(epoch).execute(connection).await?;
    });
    tx.commit().await
}

/// Gives a new database its word, or a copy that was brought back.
pub async fn begin_life(db: &Db) -> Result<(), StoreError> {
    let epoch = epoch()?;
    let mut tx = db.begin_write().await?;
    on_engine!(&mut tx, connection => {
        sqlx::query(
            "INSERT INTO database_life (one, epoch, feed_horizon_txid, feed_horizon_position) \
             VALUES (1, $1, 0, 0) ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch \
             WHERE database_life.epoch = ''",
        )
        .bind(epoch)
        .execute(connection)
        .await?;
    });
    tx.commit().await
}

/// Forgets tombstones up to a place; cursors before it have to start over.
pub async fn forget_removed(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    (txid, position): (i64, i64),
) -> Result<u64, StoreError> {
    let gone = on_engine!(tx, connection => {
        sqlx::query("DELETE FROM feed WHERE organisation_id = $1 AND removed AND (txid, position) <= ($2, $3)")
            .bind(organisation_id.to_string())
            .bind(txid)
            .bind(position)
            .execute(connection)
            .await?
            .rows_affected()
    });
    on_engine!(tx, connection => {
        sqlx::query(
            "UPDATE database_life SET feed_horizon_txid = $1, feed_horizon_position = $2 \
             WHERE (feed_horizon_txid, feed_horizon_position) < ($1, $2)",
        )
        .bind(txid)
        .bind(position)
        .execute(connection)
        .await?;
    });
    Ok(gone)
}

/// What a reader sees that only goes by the number, without waiting for older transactions: for measuring what it
/// misses, never for tablets.
pub async fn after_by_number_alone(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    (txid, position): (i64, i64),
    limit: i64,
) -> Result<Vec<FeedRow>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT kind, record_id, txid, position, removed FROM feed \
             WHERE organisation_id = $1 AND (txid, position) > ($2, $3) ORDER BY txid, position LIMIT $4",
        )
        .bind(organisation_id.to_string())
        .bind(txid)
        .bind(position)
        .bind(limit)
        .fetch_all(connection)
        .await?
    }))
}
