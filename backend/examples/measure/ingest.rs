//! Ingest: how many sales a second go into the books over HTTP, beside the same rows inserted raw.
//!
//! Over HTTP: registers push signed journals, fifty sales a request; the server checks, judges and books them.
//! Raw: the very rows that came of it, bound into `INSERT … VALUES` of 64 rows, 400 sales a transaction, one writer,
//! the same database, indexes and durability; nothing is checked, hashed, looked up or answered.

use crate::Failed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer;
use shared::catalog::Product;
use shared::ids::{DeviceId, OrganisationId, ProductId, RegisterId, StaffId, StoreId, TaxCategoryId};
use shared::money::{Currency, Quantity, UnitPrice};
use shared::register::Register;
use shared::store::{CashRounding, Store};
use shared::sync::journal::SealedEntry;
use shared::sync::wire::{EntryOutcome, MOST_ENTRIES, PushRequest, PushResponse, SCHEMA};
use shared::tax::{RoundedPer, TaxSettings};
use sqlx::{Column, Row, TypeInfo};
use tillbridge::app::App;
use tillbridge::clock::{self, FreshIds};
use tillbridge::replay::chance::Chance;
use tillbridge::replay::register::{NativeRegister, Shelf};
use tillbridge::replay::run::{fresh_key, uk_standard};
use tillbridge::replay::slice::{Invoice, SliceLine};
use tillbridge::store::ground::{self, NewDevice};
use tillbridge::store::{Db, Tx, catalog};
use tokio::time::Instant;

/// Goods on the shelf: about what a shop of the size of the demo's has.
const PRODUCTS: u32 = 4_000;
/// Sales a raw transaction holds, as many as a batch of the server's writer.
const RAW_BATCH: usize = 400;
/// Rows a raw statement holds.
const RAW_ROWS: usize = 64;
/// Where a sale's rows go.
const TABLES: [&str; 8] = [
    "journal_entries",
    "sales",
    "sale_lines",
    "sale_taxes",
    "tenders",
    "stock_movements",
    "stock_levels",
    "feed",
];

/// Sells so many at so many registers, so many times; the median counts.
pub async fn measure(
    url: &str,
    sales: usize,
    registers: usize,
    rounds: usize,
) -> Result<serde_json::Value, Failed> {
    let db = Db::open(url).await?;
    let app = App::start(db.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let bridge = tillbridge::bridge::Bridge::idle(app.clone())?;
    let router = tillbridge::http::router(app, bridge, tillbridge::http::HttpSettings::default());
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let mut measured = Vec::new();
    for _ in 0..rounds {
        measured.push(round(&db, &address, sales, registers).await?);
    }
    measured.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    let median = measured.get(measured.len() / 2).ok_or("at least one round")?;
    Ok(serde_json::json!({
            "sales": sales,
            "registers": registers,
            "rounds": rounds,
            "rows": median.rows,
            "http_sales_per_s": median.per_second(median.http_ms).round(),
            "raw_sales_per_s": median.per_second(median.raw_ms).round(),
            "http_to_raw_ratio": (median.ratio() * 1_000.0).round() / 1_000.0,
    }))
}

struct Measured {
    sales: usize,
    rows: usize,
    http_ms: f64,
    raw_ms: f64,
}

impl Measured {
    fn ratio(&self) -> f64 {
        self.raw_ms / self.http_ms
    }

    #[allow(clippy::cast_precision_loss, reason = "some thousand sales")]
    fn per_second(&self, ms: f64) -> f64 {
        self.sales as f64 * 1_000.0 / ms
    }
}

/// A push as it goes over the wire.
struct Parcel {
    body: Vec<u8>,
    signature: String,
}

/// One organisation sells over HTTP, then its rows are inserted raw for another.
async fn round(db: &Db, address: &str, sales: usize, registers: usize) -> Result<Measured, Failed> {
    let mut chance = Chance::new(u64::from_be_bytes(clock::random()));
    let (organisation_id, shelf, tablets) = shop(db, registers).await?;
    let mut parcels = Vec::new();
    for (mut register, key) in tablets {
        parcels.push(journal(&mut register, &key, &shelf, sales / registers, &mut chance)?);
    }
    let began = Instant::now();
    let mut pushing = tokio::task::JoinSet::new();
    for parcels in parcels {
        pushing.spawn(push_all(
            tillbridge::runner::client().build()?,
            format!("{address}/api/sync/push"),
            parcels,
        ));
    }
    while let Some(pushed) = pushing.join_next().await {
        pushed??;
    }
    let http_ms = began.elapsed().as_secs_f64() * 1_000.0;
    let mut tables = Vec::new();
    for table in TABLES {
        tables.push(rows_of(db, organisation_id, table).await?);
    }
    let rows = tables.iter().map(|table| table.rows.len()).sum();
    let other = OrganisationId::fresh(&mut FreshIds);
    let raw_ms = insert_raw(db, other, tables, sales.div_ceil(RAW_BATCH)).await?;
    Ok(Measured { sales: sales / registers * registers, rows, http_ms, raw_ms })
}

async fn push_all(client: reqwest::Client, url: String, parcels: Vec<Parcel>) -> Result<(), Failed> {
    for parcel in parcels {
        let response = client
            .post(&url)
            .header("content-type", "application/json")
            .header("tillbridge-signature", parcel.signature)
            .body(parcel.body)
            .send()
            .await?
            .error_for_status()?;
        let answer: PushResponse = serde_json::from_slice(&response.bytes().await?)?;
        if answer.answers.iter().any(|answer| answer.outcome != EntryOutcome::Booked) {
            return Err("a sale was not booked".into());
        }
    }
    Ok(())
}

/// Sells and seals, before the clock runs.
fn journal(
    register: &mut NativeRegister,
    key: &SigningKey,
    shelf: &Shelf,
    sales: usize,
    chance: &mut Chance,
) -> Result<Vec<Parcel>, Failed> {
    let now_ms = clock::now_ms();
    let mut entries: Vec<SealedEntry> = Vec::new();
    for number in 0..sales {
        let time = shared::calendar::LocalTime {
            at_ms: now_ms + i64::try_from(number)? * 20_000,
            offset_minutes: 0,
        };
        let lines = (0..=chance.below(5)).map(|_| SliceLine {
            code: (10_000 + chance.below(PRODUCTS as usize)).to_string(),
            description: "White hanging heart holder".to_owned(),
            quantity: Quantity(1_000 * (1 + i64::try_from(chance.below(3)).unwrap_or(0))),
            price: UnitPrice(25_500),
            time,
        });
        let invoice = Invoice {
            number: format!("B{number}"),
            customer: None,
            country: shelf.home.clone(),
            lines: lines.collect(),
        };
        entries.extend(register.record(&invoice, shelf)?);
    }
    let mut parcels = Vec::new();
    for entries in entries.chunks(MOST_ENTRIES) {
        let push = PushRequest { schema: SCHEMA, device_id: register.device_id, entries: entries.to_vec() };
        let body = serde_json::to_vec(&push)?;
        let signature: p256::ecdsa::Signature = key.sign(&body);
        parcels.push(Parcel { body, signature: STANDARD.encode(signature.to_bytes()) });
    }
    Ok(parcels)
}

type Tablets = Vec<(NativeRegister, SigningKey)>;

async fn shop(db: &Db, registers: usize) -> Result<(OrganisationId, Shelf, Tablets), Failed> {
    let organisation_id = OrganisationId::fresh(&mut FreshIds);
    let standard = uk_standard(TaxCategoryId::fresh(&mut FreshIds))?;
    let store = Store {
        id: StoreId::fresh(&mut FreshIds),
        name: "High Street".into(),
        address: Vec::new(),
        country: "GB".into(),
        currency: Currency::parse("GBP")?,
        time_zone: "Europe/London".into(),
        language: "en".into(),
        tax: TaxSettings { prices_include_tax: true, rounded: RoundedPer::Line, ..TaxSettings::default() },
        cash_rounding: CashRounding::default(),
        tax_number: None,
        receipt_footer: None,
        receipt: shared::store::ReceiptTemplate::default(),
        shift_needed: false,
        in_store_codes: Vec::new(),
        approval: Default::default(),
        lock_after_minutes: shared::store::LOCK_AFTER_MINUTES,
        giving: shared::store::GivingRules::default(),
        points: None,
        known_days: shared::sale::KNOWN_DAYS,
    };
    let products: Vec<Product> = (0..PRODUCTS).map(|n| product(n, standard.id)).collect::<Result<_, _>>()?;
    let mut tx = db.begin_write().await?;
    ground::insert_organisation(&mut tx, organisation_id, "Bench", false, clock::now_ms()).await?;
    tx.act_for(organisation_id).await?;
    ground::put_store(&mut tx, organisation_id, &store).await?;
    catalog::put_tax_categories(&mut tx, organisation_id, std::slice::from_ref(&standard)).await?;
    catalog::insert_products(&mut tx, organisation_id, &products).await?;
    let mut tablets = Vec::new();
    for number in 1..=registers {
        let register = Register {
            id: RegisterId::fresh(&mut FreshIds),
            store_id: store.id,
            name: format!("Register {number}"),
        };
        ground::put_register(&mut tx, organisation_id, &register).await?;
        let key = fresh_key()?;
        let device = NewDevice {
            id: DeviceId::fresh(&mut FreshIds),
            register_id: register.id,
            name: format!("Tablet {number}"),
            public_key: STANDARD.encode(key.verifying_key().to_sec1_point(false).as_bytes()),
            receipt_prefix: format!("B{number}"),
            paired_at_ms: clock::now_ms(),
        };
        ground::insert_device(&mut tx, organisation_id, &device).await?;
        let seed = u64::from_be_bytes(clock::random());
        let staff = StaffId::fresh(&mut FreshIds);
        tablets.push((NativeRegister::new(device.id, register.id, staff, "Priya", seed), key));
    }
    tx.commit().await?;
    let shelf = Shelf {
        store,
        products: products.into_iter().map(|product| (product.sku.clone(), product)).collect(),
        standard: standard.id,
        untaxed: standard.id,
        tax_categories: vec![standard],
        home: "United Kingdom".to_owned(),
    };
    Ok((organisation_id, shelf, tablets))
}

fn product(number: u32, tax_category_id: TaxCategoryId) -> Result<Product, Failed> {
    Ok(serde_json::from_value(serde_json::json!({
        "id": ProductId::fresh(&mut FreshIds),
        "sku": (10_000 + number).to_string(),
        "name": "White hanging heart holder",
        "tax_category_id": tax_category_id,
        "price": UnitPrice(25_500),
        "stocked": true,
        "active": true,
    }))?)
}

/// A value of a row, as it is bound again.
enum Cell {
    Text(Option<String>),
    Int(Option<i64>),
    Bool(Option<bool>),
}

struct Table {
    name: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

macro_rules! read_rows {
    ($rows:expr, $name:expr) => {{
        let rows = $rows;
        let columns: Vec<String> = rows
            .first()
            .map(|row| row.columns().iter().map(|column| column.name().to_owned()).collect())
            .unwrap_or_default();
        let mut cells = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut line = Vec::with_capacity(columns.len());
            for (at, column) in row.columns().iter().enumerate() {
                line.push(match column.type_info().name() {
                    "BIGINT" | "INTEGER" | "INT8" => Cell::Int(row.try_get(at)?),
                    "BOOLEAN" | "BOOL" => Cell::Bool(row.try_get(at)?),
                    _ => Cell::Text(row.try_get(at)?),
                });
            }
            cells.push(line);
        }
        Table { name: $name, columns, rows: cells }
    }};
}

async fn rows_of(db: &Db, organisation_id: OrganisationId, table: &'static str) -> Result<Table, Failed> {
    let sql = format!("SELECT * FROM {table} WHERE organisation_id = $1");
    let mut tx = db.read_for(organisation_id).await?;
    let organisation = organisation_id.to_string();
    Ok(match &mut tx {
        Tx::Sqlite(tx) => read_rows!(
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(organisation).fetch_all(&mut **tx).await?,
            table
        ),
        Tx::Postgres(tx) => read_rows!(
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(organisation).fetch_all(&mut **tx).await?,
            table
        ),
    })
}

/// Inserts the rows for another organisation and says how many ms that took.
async fn insert_raw(
    db: &Db,
    organisation_id: OrganisationId,
    tables: Vec<Table>,
    transactions: usize,
) -> Result<f64, Failed> {
    let organisation = organisation_id.to_string();
    let mut shares = Vec::new();
    for table in tables {
        let share = table.rows.len().div_ceil(transactions);
        shares.push((table.name, table.columns, share, table.rows.into_iter()));
    }
    let began = Instant::now();
    for _ in 0..transactions {
        let mut tx = db.write_for(organisation_id).await?;
        for (table, columns, share, rows) in &mut shares {
            let mut left = *share;
            while left > 0 {
                let chunk: Vec<Vec<Cell>> = rows.by_ref().take(left.min(RAW_ROWS)).collect();
                if chunk.is_empty() {
                    break;
                }
                left -= chunk.len();
                insert(&mut tx, table, columns, chunk, &organisation).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(began.elapsed().as_secs_f64() * 1_000.0)
}

async fn insert(
    tx: &mut Tx,
    table: &str,
    columns: &[String],
    rows: Vec<Vec<Cell>>,
    organisation: &str,
) -> Result<(), Failed> {
    let place = |row: usize, column: usize| format!("${}", row * columns.len() + column + 1);
    let row = |row: usize| {
        let places: Vec<String> = (0..columns.len()).map(|column| place(row, column)).collect();
        format!("({})", places.join(","))
    };
    let values: Vec<String> = (0..rows.len()).map(row).collect();
    let sql = format!("INSERT INTO {table} ({}) VALUES {}", columns.join(","), values.join(","));
    macro_rules! run {
        ($connection:expr) => {{
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for row in rows {
                for (at, cell) in row.into_iter().enumerate() {
                    query = match cell {
                        Cell::Text(_) if columns.get(at).is_some_and(|c| c == "organisation_id") => {
                            query.bind(organisation)
                        }
                        Cell::Text(text) => query.bind(text),
                        Cell::Int(number) => query.bind(number),
                        Cell::Bool(flag) => query.bind(flag),
                    };
                }
            }
            query.execute($connection).await?;
        }};
    }
    match tx {
        Tx::Sqlite(tx) => run!(&mut **tx),
        Tx::Postgres(tx) => run!(&mut **tx),
    }
    Ok(())
}
