//! Shifts: drawers from float to count, as they are booked and read.

use super::bulk::{Rows, Value};
use super::{StoreError, Tx};
use crate::on_engine;
use shared::ids::{OrganisationId, StoreId};
use shared::money::Minor;
use shared::planted::{Planted, is_planted};
use shared::sale::Sale;
use shared::shift::{CashMovement, ShiftClosing, ShiftOpening};
use shared::sync::journal::{EntryBody, JournalEntry};

/// What one transaction writes of drawers.
#[derive(Debug)]
pub struct Drawers {
    organisation_id: String,
    openings: Rows,
    closings: Rows,
    lines: Rows,
}

impl Drawers {
    /// Nothing yet.
    pub fn new(organisation_id: OrganisationId) -> Self {
        Self {
            organisation_id: organisation_id.to_string(),
            openings: Rows::new(
                "shift_openings (organisation_id, shift_id, entry_hash, store_id, device_id, sequence, number, currency, at_ms, offset_minutes, staff_name, float_minor)",
                "",
            ),
            closings: Rows::new(
                "shift_closings (organisation_id, shift_id, entry_hash, device_id, sequence, at_ms, offset_minutes, staff_name, expected_minor, counted_minor, left_minor)",
                "",
            ),
            lines: Rows::new(
                "drawer_lines (organisation_id, entry_hash, device_id, sequence, kind, amount_minor)",
                "",
            ),
        }
    }

    /// Takes from an entry what it does to a drawer.
    pub fn note(&mut self, entry: &JournalEntry, hash: &str, store_id: StoreId) {
        match &entry.body {
            EntryBody::SaleCompleted { sale } => self.sale(entry, hash, sale),
            EntryBody::ShiftOpened { opening } => self.opening(entry, hash, store_id, opening),
            EntryBody::CashMoved { movement } => self.movement(entry, hash, movement),
            EntryBody::ShiftClosed { closing } => self.closing(entry, hash, closing),
            EntryBody::StockAdjusted { .. }
            | EntryBody::ReceiptReprinted { .. }
            | EntryBody::DrawerCounted { .. }
            | EntryBody::DrawerOpened { .. }
            | EntryBody::CustomerEdited { .. } => {}
        }
    }

    fn sale(&mut self, entry: &JournalEntry, hash: &str, sale: &Sale) {
        let cash = sale.cash();
        if !cash.is_zero() {
            self.line(entry, hash, "sale", cash);
        }
    }

    fn movement(&mut self, entry: &JournalEntry, hash: &str, movement: &CashMovement) {
        let amount = if is_planted(Planted::CashMovedWrongWay) {
            movement.amount
        } else {
            movement.kind.signed(movement.amount)
        };
        self.line(entry, hash, movement.kind.word(), amount);
    }

    fn opening(&mut self, entry: &JournalEntry, hash: &str, store_id: StoreId, opening: &ShiftOpening) {
        self.openings.push([
            self.organisation(),
            opening.shift_id.to_string().into(),
            hash.into(),
            store_id.to_string().into(),
            entry.device_id.to_string().into(),
            number(entry.sequence),
            number(opening.number),
            opening.currency.code().into(),
            entry.time.at_ms.into(),
            i64::from(entry.time.offset_minutes).into(),
            opening.staff_name.as_str().into(),
            opening.float.total.0.into(),
        ]);
        self.line(entry, hash, "float", opening.float.total);
    }

    fn closing(&mut self, entry: &JournalEntry, hash: &str, closing: &ShiftClosing) {
        self.closings.push([
            self.organisation(),
            closing.figures.shift_id.to_string().into(),
            hash.into(),
            entry.device_id.to_string().into(),
            number(entry.sequence),
            entry.time.at_ms.into(),
            i64::from(entry.time.offset_minutes).into(),
            closing.staff_name.as_str().into(),
            closing.expected.0.into(),
            closing.count.total.0.into(),
            closing.left.0.into(),
        ]);
    }

    fn line(&mut self, entry: &JournalEntry, hash: &str, kind: &str, amount: Minor) {
        self.lines.push([
            self.organisation(),
            hash.into(),
            entry.device_id.to_string().into(),
            number(entry.sequence),
            kind.into(),
            amount.0.into(),
        ]);
    }

    fn organisation(&self) -> Value {
        Value::Text(self.organisation_id.clone())
    }

    /// Writes the facts.
    pub async fn write(self, tx: &mut Tx) -> Result<(), StoreError> {
        for rows in [self.openings, self.closings, self.lines] {
            rows.write(tx).await?;
        }
        Ok(())
    }
}

fn number(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A shift as it stands in the books.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ShiftRow {
    /// Its id.
    pub shift_id: String,
    /// Where.
    pub store_id: String,
    /// Name of the register.
    pub register: Option<String>,
    /// Name of the tablet.
    pub device: Option<String>,
    /// Its number on that tablet.
    pub number: i64,
    /// Of all amounts.
    pub currency: String,
    /// When it was opened, epoch ms.
    pub opened_at_ms: i64,
    /// The shop's wall clock then, minutes east of UTC.
    pub opened_offset: i64,
    /// By whom.
    pub opened_by: String,
    /// In the drawer then.
    pub float_minor: i64,
    /// When it was closed; none while it is open.
    pub closed_at_ms: Option<i64>,
    /// The shop's wall clock then.
    pub closed_offset: Option<i64>,
    /// By whom.
    pub closed_by: Option<String>,
    /// What the tablet says should be in the drawer.
    pub expected_minor: Option<i64>,
    /// What was counted.
    pub counted_minor: Option<i64>,
    /// What the books say should be in the drawer.
    pub books_minor: i64,
    /// The journal entry of its opening.
    pub opening_hash: String,
    /// The journal entry of its close.
    pub closing_hash: Option<String>,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct ShiftFilter {
    /// Only this store.
    pub store: Option<String>,
    /// Only this one.
    pub id: Option<String>,
}

/// Shifts, newest first. `after` is time and id of the last row before. An open one reaches to the next opening on its tablet.
pub async fn list(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    filter: &ShiftFilter,
    after: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<ShiftRow>, StoreError> {
    let (after_ms, after_id) = after.unwrap_or((i64::MAX, ""));
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT o.shift_id, o.store_id, r.name AS register, d.name AS device, o.number, o.currency, \
             o.at_ms AS opened_at_ms, o.offset_minutes AS opened_offset, o.staff_name AS opened_by, o.float_minor, \
             c.at_ms AS closed_at_ms, c.offset_minutes AS closed_offset, c.staff_name AS closed_by, \
             c.expected_minor, c.counted_minor, o.entry_hash AS opening_hash, c.entry_hash AS closing_hash, \
             CAST(COALESCE((SELECT SUM(l.amount_minor) FROM drawer_lines l \
              WHERE l.organisation_id = o.organisation_id AND l.device_id = o.device_id AND l.sequence >= o.sequence \
              AND l.sequence < COALESCE(c.sequence, (SELECT MIN(n.sequence) FROM shift_openings n \
               WHERE n.organisation_id = o.organisation_id AND n.device_id = o.device_id AND n.sequence > o.sequence), \
               9223372036854775807)), 0) AS BIGINT) AS books_minor \
             FROM shift_openings o \
             LEFT JOIN shift_closings c ON c.organisation_id = o.organisation_id AND c.shift_id = o.shift_id \
             LEFT JOIN devices d ON d.organisation_id = o.organisation_id AND d.id = o.device_id \
             LEFT JOIN registers r ON r.organisation_id = d.organisation_id AND r.id = d.register_id \
             WHERE o.organisation_id = $1 AND ($2 = '' OR o.store_id = $2) AND ($3 = '' OR o.shift_id = $3) \
             AND (o.at_ms < $4 OR (o.at_ms = $4 AND o.shift_id < $5)) \
             ORDER BY o.at_ms DESC, o.shift_id DESC LIMIT $6",
        )
        .bind(organisation_id.to_string())
        .bind(filter.store.as_deref().unwrap_or(""))
        .bind(filter.id.as_deref().unwrap_or(""))
        .bind(after_ms)
        .bind(after_id)
        .bind(limit)
        .fetch_all(connection)
        .await?
    }))
}

/// How many shifts there are.
pub async fn count(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    filter: &ShiftFilter,
) -> Result<u64, StoreError> {
    let count: i64 = on_engine!(tx, connection => {
        sqlx::query_scalar(
            "SELECT COUNT(*) FROM shift_openings WHERE organisation_id = $1 AND ($2 = '' OR store_id = $2)",
        )
        .bind(organisation_id.to_string())
        .bind(filter.store.as_deref().unwrap_or(""))
        .fetch_one(connection)
        .await?
    });
    Ok(u64::try_from(count).unwrap_or(0))
}

/// What was recorded as an entry, to the byte.
pub async fn entry_content(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    hash: &str,
) -> Result<Option<String>, StoreError> {
    let content: Option<String> = on_engine!(tx, connection => {
        sqlx::query_scalar("SELECT content FROM journal_entries WHERE organisation_id = $1 AND hash = $2")
            .bind(organisation_id.to_string())
            .bind(hash)
            .fetch_optional(connection)
            .await?
    });
    content.map(super::books::content_of).transpose()
}

/// Tablets of a store that hold, as they last said, what is not here: their names and how many records.
pub async fn waiting(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store: &str,
    but: &str,
) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT d.name, d.unsent FROM devices d \
             JOIN registers r ON r.organisation_id = d.organisation_id AND r.id = d.register_id \
             WHERE d.organisation_id = $1 AND r.store_id = $2 AND d.id <> $3 AND d.unsent > 0 AND NOT d.revoked \
             ORDER BY d.name",
        )
        .bind(organisation_id.to_string())
        .bind(store)
        .bind(but)
        .fetch_all(connection)
        .await?
    }))
}
