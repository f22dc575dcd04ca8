//! Books: journal entries as they came, and the facts that follow from them.

use super::accounts::Accounts;
use super::approvals::Approvals;
use super::bulk::{Rows, Value};
use super::customers::Customers;
use super::feed::{self, Touched, kind};
use super::known_sales::KnownSales;
use super::layaways::Layaways;
use super::pricing::Coupons;
use super::returns::Returns;
use super::shifts::Drawers;
use super::{StoreError, Tx};
use crate::on_engine;
use shared::connect::{DeliveryState, Flow};
use shared::ids::{DeviceId, EntryId, OrganisationId, StoreId};
use shared::planted::{Planted, is_planted};
use shared::sale::{LineKind, Sale};
use shared::stock::{StockAdjustment, StockMovement, movements_of};
use shared::sync::journal::{EntryBody, JournalEntry, SealedEntry};
use shared::sync::server::{DeviceLedger, KnownEntry};
use shared::sync::wire::EntryOutcome;
use shared::tender::{Tender, TenderKind};
use std::collections::BTreeMap;

/// A journal entry as it is kept.
#[derive(Clone, Debug)]
pub struct EntryRow {
    /// Its fingerprint, as the register claims it.
    pub hash: String,
    /// Its id.
    pub entry_id: String,
    /// Who recorded it.
    pub device_id: DeviceId,
    /// Its place.
    pub sequence: u64,
    /// Why it is not in the books; none when it is.
    pub kept: Option<String>,
    /// When it came, epoch ms.
    pub received_at_ms: i64,
    /// To the byte.
    pub content: String,
}

/// What one transaction writes for one organisation.
#[derive(Debug)]
pub struct Books {
    organisation: OrganisationId,
    organisation_id: String,
    connections: Vec<String>,
    outbox: Rows,
    noted: i64,
    entries: Rows,
    sales: Rows,
    lines: Rows,
    taxes: Rows,
    tenders: Rows,
    adjustments: Rows,
    adjustment_lines: Rows,
    movements: Rows,
    levels: BTreeMap<(String, String), i64>,
    returns: Returns,
    drawers: Drawers,
    coupons: Coupons,
    approvals: Approvals,
    customers: Customers,
    accounts: Accounts,
    known_sales: KnownSales,
    layaways: Layaways,
    now_ms: i64,
}

impl Books {
    /// Nothing yet. What is booked goes to each of the `connections` too.
    pub fn new(organisation_id: OrganisationId, connections: Vec<String>, now_ms: i64) -> Self {
        Self {
            organisation: organisation_id,
            connections,
            outbox: Rows::new(
                "outbox (organisation_id, connection_id, id, flow, subject, state, attempts, noted_at_ms, place, due_at_ms)",
                // An entry that was kept and is booked later goes out once all the same.
                "ON CONFLICT (organisation_id, connection_id, id) DO NOTHING",
            ),
            noted: 0,
            organisation_id: organisation_id.to_string(),
            entries: Rows::new(
                "journal_entries (organisation_id, hash, entry_id, device_id, sequence, state, reason, resolved, received_at_ms, content)",
                "",
            ),
            sales: Rows::new(
                "sales (organisation_id, id, kind, receipt_number, store_id, register_id, device_id, staff_id, staff_name, at_ms, offset_minutes, local_day, local_minute, currency, net_minor, tax_minor, total_minor, cash_rounding_minor, change_minor, paid_in_minor, tips_minor, donations_minor, line_count, customer_id, customer_number, customer_country, search_key, entry_hash, received_at_ms)",
                "",
            ),
            lines: Rows::new(
                "sale_lines (organisation_id, sale_id, line, kind, product_id, sku, name, quantity, list_price, unit_price, amount_minor, net_minor, tax_minor, taxed, added_at_ms)",
                "",
            ),
            taxes: Rows::new(
                "sale_taxes (organisation_id, sale_id, place, name, rate_ppm, net_minor, tax_minor)",
                "",
            ),
            tenders: Rows::new(
                "tenders (organisation_id, sale_id, place, id, kind, amount_minor, reference, last_four, type_id, type_name, currency, given_minor, rate)",
                "",
            ),
            adjustments: Rows::new(
                "stock_adjustments (organisation_id, entry_hash, number, store_id, device_id, at_ms, offset_minutes, country, note)",
                "",
            ),
            adjustment_lines: Rows::new(
                "stock_adjustment_lines (organisation_id, entry_hash, line, product_id, sku, name, quantity, reason, added_at_ms)",
                "",
            ),
            movements: Rows::new(
                "stock_movements (organisation_id, cause, line, store_id, product_id, quantity, reason, at_ms)",
                "",
            ),
            levels: BTreeMap::new(),
            returns: Returns::new(organisation_id),
            drawers: Drawers::new(organisation_id),
            coupons: Coupons::new(organisation_id),
            approvals: Approvals::new(organisation_id),
            customers: Customers::new(organisation_id),
            accounts: Accounts::new(organisation_id),
            known_sales: KnownSales::new(organisation_id, now_ms),
            layaways: Layaways::default(),
            now_ms,
        }
    }
}

/// The flow an entry goes out by, and what people call it there.
fn leaves_the_house(body: &EntryBody) -> Option<(Flow, &str)> {
    match body {
        EntryBody::SaleCompleted { sale } => Some((Flow::Sales, &sale.receipt_number)),
        EntryBody::StockAdjusted { .. }
        | EntryBody::CashMoved { .. }
        | EntryBody::ShiftClosed { .. }
        | EntryBody::CustomerEdited { .. }
        | EntryBody::ReceiptReprinted { .. }
        | EntryBody::ShiftOpened { .. }
        | EntryBody::DrawerCounted { .. }
        | EntryBody::DrawerOpened { .. } => None,
    }
}

fn minor(amount: shared::money::Minor) -> Value {
    Value::Int(amount.0)
}

fn int(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

impl Books {
    fn organisation(&self) -> Value {
        Value::Text(self.organisation_id.clone())
    }

    /// Keeps an entry whole, whatever became of it.
    pub fn keep(&mut self, row: EntryRow) {
        let state = if row.kept.is_some() { "kept" } else { "booked" };
        self.entries.push([
            self.organisation(),
            row.hash.into(),
            row.entry_id.into(),
            row.device_id.to_string().into(),
            i64::try_from(row.sequence).unwrap_or(i64::MAX).into(),
            state.into(),
            row.kept.into(),
            Value::Bool(false),
            row.received_at_ms.into(),
            stored_content(row.content).into(),
        ]);
    }

    /// Books what follows from an entry. `store_id` is where the device stands.
    pub fn book(&mut self, entry: &JournalEntry, hash: &str, store_id: StoreId, received_at_ms: i64) {
        self.drawers.note(entry, hash, store_id);
        self.approvals.note(entry, hash, store_id);
        self.customers.note(entry, hash);
        if let Some((flow, subject)) = leaves_the_house(&entry.body) {
            self.noted += 1;
            for connection in &self.connections {
                self.outbox.push([
                    self.organisation_id.as_str().into(),
                    connection.as_str().into(),
                    hash.into(),
                    flow.word().into(),
                    subject.into(),
                    DeliveryState::Waiting.word().into(),
                    0.into(),
                    received_at_ms.into(),
                    self.noted.into(),
                    received_at_ms.into(),
                ]);
            }
        }
        match &entry.body {
            EntryBody::SaleCompleted { sale } => self.book_sale(sale, hash, received_at_ms),
            EntryBody::StockAdjusted { adjustment } => {
                self.book_adjustment(entry, adjustment, hash, store_id)
            }
            EntryBody::ReceiptReprinted { .. }
            | EntryBody::ShiftOpened { .. }
            | EntryBody::CashMoved { .. }
            | EntryBody::DrawerCounted { .. }
            | EntryBody::DrawerOpened { .. }
            | EntryBody::ShiftClosed { .. }
            | EntryBody::CustomerEdited { .. } => {}
        }
    }

    fn book_sale(&mut self, sale: &Sale, hash: &str, received_at_ms: i64) {
        let id = sale.id.to_string();
        let lines_text = sale.customer.name.as_deref().unwrap_or("");
        let number = sale.customer.number.as_deref().unwrap_or("");
        let search = format!("{} {} {} {}", sale.receipt_number, sale.staff_name, lines_text, number);
        self.sales.push([
            self.organisation(),
            id.as_str().into(),
            sale.kind.word().into(),
            sale.receipt_number.as_str().into(),
            sale.store_id.to_string().into(),
            sale.register_id.to_string().into(),
            sale.device_id.to_string().into(),
            sale.staff_id.to_string().into(),
            sale.staff_name.as_str().into(),
            sale.time.at_ms.into(),
            i64::from(sale.time.offset_minutes).into(),
            sale.time.day().to_string().into(),
            i64::from(sale.time.minute_of_day()).into(),
            sale.currency.code().into(),
            minor(sale.net),
            minor(sale.tax),
            minor(sale.total),
            minor(sale.cash_rounding),
            minor(sale.change),
            minor(sale.paid_in()),
            minor(sale.given(LineKind::Tip)),
            minor(sale.given(LineKind::Donation)),
            int(sale.lines.len()),
            sale.customer.id.map(|id| id.to_string()).into(),
            sale.customer.number.clone().into(),
            sale.customer.country.clone().into(),
            shared::catalog::fold(&search).into(),
            hash.into(),
            received_at_ms.into(),
        ]);
        for (at, line) in sale.lines.iter().enumerate() {
            let tax = line.tax.gross.0.saturating_sub(line.tax.net.0);
            self.lines.push([
                self.organisation(),
                id.as_str().into(),
                int(at + 1),
                line.kind.word().into(),
                line.product_id.map(|id| id.to_string()).into(),
                line.sku.as_str().into(),
                line.name.as_str().into(),
                line.quantity.0.into(),
                line.list_price.0.into(),
                line.unit_price.0.into(),
                minor(line.amount),
                minor(line.tax.net),
                tax.into(),
                Value::Bool(!line.tax.taxes.is_empty()),
                line.added_at_ms.into(),
            ]);
        }
        for (at, tax) in sale.taxes.iter().enumerate() {
            self.taxes.push([
                self.organisation(),
                id.as_str().into(),
                int(at + 1),
                tax.name.as_str().into(),
                tax.rate.0.into(),
                minor(tax.net),
                minor(tax.tax),
            ]);
        }
        for (at, tender) in sale.tenders.iter().enumerate() {
            self.tender(&id, at + 1, tender);
        }
        self.returns.note(sale);
        self.coupons.note(sale);
        self.accounts.note(sale);
        self.known_sales.note(sale);
        self.layaways.note(sale);
        for (at, movement) in movements_of(sale).into_iter().enumerate() {
            self.movement(&id, at + 1, sale.store_id, &movement, sale.time.at_ms);
        }
    }

    fn tender(&mut self, sale: &str, place: usize, tender: &Tender) {
        let last_four = match &tender.kind {
            TenderKind::Card { last_four, .. } => last_four.clone(),
            _ => None,
        };
        let foreign = match &tender.kind {
            TenderKind::ForeignCash { currency, given, rate, .. } => {
                Some((currency.code().to_owned(), given.0, rate.0))
            }
            _ => None,
        };
        let of = tender.of.as_ref();
        self.tenders.push([
            self.organisation(),
            sale.into(),
            int(place),
            tender.id.to_string().into(),
            tender.kind.word().into(),
            minor(tender.amount),
            tender.kind.reference().map(str::to_owned).into(),
            last_four.into(),
            of.map(|of| of.id.to_string()).into(),
            of.map(|of| of.name.clone()).into(),
            foreign.as_ref().map(|(currency, ..)| currency.clone()).into(),
            foreign.as_ref().map(|(_, given, _)| *given).into(),
            foreign.as_ref().map(|(.., rate)| *rate).into(),
        ]);
    }

    fn book_adjustment(
        &mut self,
        entry: &JournalEntry,
        adjustment: &StockAdjustment,
        hash: &str,
        store_id: StoreId,
    ) {
        self.adjustments.push([
            self.organisation(),
            hash.into(),
            adjustment.number.as_str().into(),
            store_id.to_string().into(),
            Value::MaybeText(Some(entry.device_id.to_string())),
            entry.time.at_ms.into(),
            i64::from(entry.time.offset_minutes).into(),
            adjustment.country.clone().into(),
            adjustment.note.clone().into(),
        ]);
        for (at, line) in adjustment.lines.iter().enumerate() {
            self.adjustment_lines.push([
                self.organisation(),
                hash.into(),
                int(at + 1),
                line.product_id.to_string().into(),
                line.sku.as_str().into(),
                line.name.as_str().into(),
                line.quantity.0.into(),
                line.reason.word().into(),
                line.added_at_ms.into(),
            ]);
            let movement =
                StockMovement { product_id: line.product_id, quantity: line.quantity, reason: line.reason };
            self.movement(hash, at + 1, store_id, &movement, entry.time.at_ms);
        }
    }

    /// Adds a movement; `cause` and `line` name it for ever.
    pub fn movement(
        &mut self,
        cause: &str,
        line: usize,
        store_id: StoreId,
        movement: &StockMovement,
        at_ms: i64,
    ) {
        let product = movement.product_id.to_string();
        self.movements.push([
            self.organisation(),
            cause.into(),
            int(line),
            store_id.to_string().into(),
            product.as_str().into(),
            movement.quantity.0.into(),
            movement.reason.word().into(),
            at_ms.into(),
        ]);
        let level = self.levels.entry((store_id.to_string(), product)).or_default();
        *level = level.saturating_add(movement.quantity.0);
    }
}

impl Books {
    /// Writes everything. The order of rows is the same in every process, so that two of them cannot wait for each other.
    pub async fn write(self, tx: &mut Tx) -> Result<(), StoreError> {
        let organisation = self.organisation_id;
        for rows in [
            self.entries,
            self.sales,
            self.lines,
            self.taxes,
            self.tenders,
            self.adjustments,
            self.adjustment_lines,
            self.movements,
            self.outbox,
        ] {
            rows.write(tx).await?;
        }
        let mut levels = Rows::new(
            "stock_levels (organisation_id, store_id, product_id, quantity)",
            if is_planted(Planted::LevelOverwritten) {
                "ON CONFLICT (organisation_id, store_id, product_id) DO UPDATE SET quantity = excluded.quantity"
            } else {
                "ON CONFLICT (organisation_id, store_id, product_id) DO UPDATE SET quantity = stock_levels.quantity + excluded.quantity"
            },
        );
        let mut touched = Vec::with_capacity(self.levels.len());
        for ((store, product), quantity) in self.levels {
            levels.push([
                organisation.as_str().into(),
                store.as_str().into(),
                product.as_str().into(),
                quantity.into(),
            ]);
            touched.push(Touched {
                kind: kind::STOCK_LEVEL,
                scope: store,
                record_id: product,
                removed: false,
            });
        }
        levels.write(tx).await?;
        self.returns.write(tx, self.now_ms).await?;
        self.drawers.write(tx).await?;
        self.approvals.write(tx, self.now_ms).await?;
        if is_planted(Planted::LevelsOutsideFeed) {
            touched.clear();
        }
        touched.extend(self.coupons.write(tx, self.now_ms).await?);
        touched.extend(self.customers.write(tx, self.now_ms).await?);
        touched.extend(self.accounts.write(tx, self.now_ms).await?);
        self.layaways.write(tx, self.organisation).await?;
        touched.extend(self.known_sales.touched(tx).await?);
        feed::touch(tx, self.organisation, touched).await
    }
}

/// What the server knows of a device's journal, and the store it stands in.
pub async fn ledger(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
) -> Result<Option<(DeviceLedger, StoreId)>, StoreError> {
    let row: Option<(bool, i64, String, String)> = on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT d.revoked, d.last_sequence, d.last_hash, r.store_id FROM devices d \
             JOIN registers r ON r.organisation_id = d.organisation_id AND r.id = d.register_id \
             WHERE d.organisation_id = $1 AND d.id = $2",
        )
        .bind(organisation_id.to_string())
        .bind(device_id.to_string())
        .fetch_optional(connection)
        .await?
    });
    let Some((revoked, last_sequence, last_hash, store)) = row else { return Ok(None) };
    let last_sequence = u64::try_from(last_sequence).map_err(|e| StoreError::Value(e.to_string()))?;
    let store_id = store.parse().map_err(|_| StoreError::Value(store.clone()))?;
    Ok(Some((DeviceLedger { device_id, revoked, last_sequence, last_hash }, store_id)))
}

/// Moves a ledger forward, if nobody else has since it stood at `before`. What has come is unsent no longer, also of a
/// tablet that was unpaired and so never says again how much it holds.
pub async fn move_ledger(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    ledger: &DeviceLedger,
    before: u64,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let number = |sequence: u64| i64::try_from(sequence).map_err(|e| StoreError::Value(e.to_string()));
    let (after, before) = (number(ledger.last_sequence)?, number(before)?);
    let moved = on_engine!(tx, connection => {
        sqlx::query(
            "UPDATE devices SET last_sequence = $1, last_hash = $2, last_seen_ms = $3, \
             unsent = CASE WHEN unsent > $1 - last_sequence THEN unsent - ($1 - last_sequence) ELSE 0 END \
             WHERE organisation_id = $4 AND id = $5 AND last_sequence = $6",
        )
        .bind(after)
        .bind(&ledger.last_hash)
        .bind(now_ms)
        .bind(organisation_id.to_string())
        .bind(ledger.device_id.to_string())
        .bind(before)
        .execute(connection)
        .await?
        .rows_affected()
    });
    Ok(moved == 1)
}

/// What is already here under the ids or fingerprints of these entries.
pub async fn known_entries(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    entries: &[&SealedEntry],
) -> Result<Vec<(EntryId, KnownEntry)>, StoreError> {
    let mut known = Vec::new();
    for chunk in entries.chunks(100) {
        let ids: Vec<Value> = chunk.iter().map(|entry| entry.id.to_string().into()).collect();
        let hashes: Vec<Value> = chunk.iter().map(|entry| entry.hash.as_str().into()).collect();
        let whose = if is_planted(Planted::KnownAcrossShops) { "$1 <> ''" } else { "organisation_id = $1" };
        for (column, values) in [("entry_id", ids), ("hash", hashes)] {
            let sql = format!(
                "SELECT entry_id, hash, reason FROM journal_entries WHERE {whose} AND {column} IN ({})",
                super::bulk::places(2, values.len())
            );
            let mut bound = vec![Value::Text(organisation_id.to_string())];
            bound.extend(values);
            let rows: Vec<(String, String, Option<String>)> = super::bulk::fetch(tx, &sql, bound).await?;
            for (id, hash, reason) in rows {
                let id = id.parse().map_err(|_| StoreError::Value(id.clone()))?;
                let outcome = reason.map_or(EntryOutcome::Booked, |reason| EntryOutcome::Kept { reason });
                known.push((id, KnownEntry { hash, outcome }));
            }
        }
    }
    Ok(known)
}

/// Was anything of a tablet ever kept for a manager?
pub async fn was_kept(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
) -> Result<bool, StoreError> {
    let found: Option<i64> = on_engine!(tx, connection => {
        sqlx::query_scalar(
            "SELECT CAST(1 AS BIGINT) FROM journal_entries \
             WHERE organisation_id = $1 AND state <> 'booked' AND device_id = $2 LIMIT 1",
        )
        .bind(organisation_id.to_string())
        .bind(device_id.to_string())
        .fetch_optional(connection)
        .await?
    });
    Ok(found.is_some())
}

/// Which of these receipt numbers sales of a tablet have.
pub async fn numbers_used(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device_id: DeviceId,
    numbers: &[String],
) -> Result<Vec<String>, StoreError> {
    let mut used = Vec::new();
    for chunk in numbers.chunks(100) {
        let sql = format!(
            "SELECT receipt_number FROM sales WHERE organisation_id = $1 AND device_id = $2 AND receipt_number IN ({})",
            super::bulk::places(3, chunk.len())
        );
        let mut bound: Vec<Value> = vec![organisation_id.to_string().into(), device_id.to_string().into()];
        bound.extend(chunk.iter().map(|number| Value::from(number.as_str())));
        let rows: Vec<(String,)> = super::bulk::fetch(tx, &sql, bound).await?;
        used.extend(rows.into_iter().map(|(number,)| number));
    }
    Ok(used)
}

/// Is an entry with this fingerprint here, whatever became of it?
pub async fn has_entry(tx: &mut Tx, organisation_id: OrganisationId, hash: &str) -> Result<bool, StoreError> {
    let found: Option<i64> = on_engine!(tx, connection => {
        sqlx::query_scalar(
            "SELECT CAST(1 AS BIGINT) FROM journal_entries WHERE organisation_id = $1 AND hash = $2",
        )
        .bind(organisation_id.to_string())
        .bind(hash)
        .fetch_optional(connection)
        .await?
    });
    Ok(found.is_some())
}

/// Connections that sales are noted for.
pub async fn connections(tx: &mut Tx, organisation_id: OrganisationId) -> Result<Vec<String>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_scalar("SELECT id FROM connections WHERE organisation_id = $1 AND takes_sales ORDER BY id")
            .bind(organisation_id.to_string())
            .fetch_all(connection)
            .await?
    }))
}

/// PostgreSQL keeps no text with a NUL in it. Such a content is kept as a JSON string, which begins with a quote.
fn stored_content(content: String) -> String {
    if content.contains('\0') || content.starts_with('"') {
        serde_json::Value::String(content).to_string()
    } else {
        content
    }
}

/// The content to the byte, as it was pushed.
pub fn content_of(stored: String) -> Result<String, StoreError> {
    if stored.starts_with('"') { Ok(serde_json::from_str(&stored)?) } else { Ok(stored) }
}
