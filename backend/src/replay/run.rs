//! Run: a whole replay: an organisation of its own, a real server, real pushes, and the books read back.

use super::ReplayError;
use super::chance::Chance;
use super::drive::{Disorder, Sent, Tablet, drive};
use super::register::{NativeRegister, Shelf, products_of};
use super::report::{BookedAs, BookedLine, VatMode, report};
use super::slice::{self, Invoice};
use crate::app::App;
use crate::clock::{self, FreshIds};
use crate::store::ground::{self, NewDevice};
use crate::store::{Db, StoreError, catalog, sales};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::SigningKey;
use shared::calendar::{Day, LocalTime};
use shared::catalog::Product;
use shared::ids::{DeviceId, OrganisationId, RegisterId, StaffId, StoreId, TaxCategoryId};
use shared::money::{Currency, Rate};
use shared::register::Register;
use shared::staff::{Role, StaffMember};
use shared::store::{CashRounding, Store};
use shared::tax::{RoundedPer, TaxCategory, TaxPeriod, TaxRate, TaxSettings};
use std::path::PathBuf;
use std::sync::Arc;

/// What to replay, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The invoices.
    pub transactions: PathBuf,
    /// Where the books are; an organisation of its own is made in it.
    pub database: String,
    /// How the shop is taxed.
    pub vat: VatMode,
    /// How many registers share the invoices.
    pub registers: usize,
    /// Brings the invoices into another order and pushes out of step.
    pub shuffle: Option<u64>,
    /// How many pushes in a hundred are sent twice.
    pub duplicate_percent: u32,
}

/// What came of it.
#[derive(Debug)]
pub struct Replayed {
    /// The books, added up.
    pub report: serde_json::Value,
    /// What was sent.
    pub sent: Sent,
    /// How long the pushes took, ms.
    pub push_ms: u64,
}

impl From<StoreError> for ReplayError {
    fn from(error: StoreError) -> Self {
        Self::Server(error.to_string())
    }
}

/// Standard rates of the United Kingdom: first day and percent (commerceguys/tax, gb_vat.json, MIT).
pub const UK_STANDARD: [(&str, &str); 3] =
    [("2008-12-01", "15"), ("2010-01-01", "17.5"), ("2011-01-04", "20")];

/// Replays a slice. `tell` hears what is going on.
pub async fn run(options: &Options, tell: impl Fn(&str)) -> Result<Replayed, ReplayError> {
    let invoices = slice::read(&options.transactions, "Europe/London")?;
    tell(&format!("{} invoices read", invoices.len()));
    let shelf = shelf_of(options.vat, &invoices)?;
    check(&invoices, &shelf)?;
    let db = Db::open(&options.database).await?;
    let app = App::start(db.clone());
    let (organisation_id, tablets) = prepare(&db, options.registers, &shelf).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let bridge =
        crate::bridge::Bridge::idle(app.clone()).map_err(|error| ReplayError::Server(error.to_string()))?;
    let router = crate::http::router(app, bridge, crate::http::HttpSettings::default());
    let server = tokio::spawn(async move {
        axum::serve(listener, router)
            .with_graceful_shutdown(async {
                let _ = stopped.await;
            })
            .await
    });
    tell(&format!("{} registers push to {address}", tablets.len()));
    let disorder = Disorder {
        seed: options.shuffle.unwrap_or(1),
        duplicate_percent: options.duplicate_percent,
        too_early: options.shuffle.is_some(),
    };
    let began = tokio::time::Instant::now();
    let sent = drive(&address, deal(invoices, tablets, options), Arc::new(shelf), disorder).await?;
    let push_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tell(&format!("{} entries in {} pushes took {push_ms} ms", sent.entries, sent.pushes));
    let _ = stop.send(());
    server
        .await
        .map_err(|e| ReplayError::Server(e.to_string()))?
        .map_err(|e| ReplayError::Server(e.to_string()))?;
    let lines = read_back(&db, organisation_id).await?;
    tell(&format!("{} lines read back from the books", lines.len()));
    let report = report(&lines, options.vat);
    db.close().await;
    Ok(Replayed { report, sent, push_ms })
}

/// Gives each register its share of the invoices.
fn deal(mut invoices: Vec<Invoice>, tablets: Vec<Tablet>, options: &Options) -> Vec<(Tablet, Vec<Invoice>)> {
    if let Some(seed) = options.shuffle {
        Chance::new(seed).shuffle(&mut invoices);
    }
    let mut hands: Vec<(Tablet, Vec<Invoice>)> =
        tablets.into_iter().map(|tablet| (tablet, Vec::new())).collect();
    let count = hands.len().max(1);
    for (at, invoice) in invoices.into_iter().enumerate() {
        if let Some((_, hand)) = hands.get_mut(at % count) {
            hand.push(invoice);
        }
    }
    hands
}

/// The shop the invoices are sold in: its goods are those the invoices name.
fn shelf_of(vat: VatMode, invoices: &[Invoice]) -> Result<Shelf, ReplayError> {
    let standard = uk_standard(TaxCategoryId::fresh(&mut FreshIds))?;
    let untaxed = TaxCategory {
        id: TaxCategoryId::fresh(&mut FreshIds),
        name: "Outside the tax".to_owned(),
        periods: Vec::new(),
    };
    let products = products_of(invoices, standard.id, untaxed.id);
    Ok(Shelf {
        store: store_of(vat)?,
        products: products.into_iter().map(|product| (product.sku.clone(), product)).collect(),
        standard: standard.id,
        untaxed: untaxed.id,
        tax_categories: vec![standard, untaxed],
        home: "United Kingdom".to_owned(),
    })
}

/// Rings every invoice up once for nothing, so that one that cannot be sold is known before the first is pushed.
fn check(invoices: &[Invoice], shelf: &Shelf) -> Result<(), ReplayError> {
    let mut ids = FreshIds;
    let mut register = NativeRegister::new(
        DeviceId::fresh(&mut ids),
        RegisterId::fresh(&mut ids),
        StaffId::fresh(&mut ids),
        "Replay",
        1,
    );
    invoices.iter().try_for_each(|invoice| register.record(invoice, shelf).map(drop))
}

/// An organisation of its own, with as many paired tablets as asked for.
async fn prepare(
    db: &Db,
    registers: usize,
    shelf: &Shelf,
) -> Result<(OrganisationId, Vec<Tablet>), ReplayError> {
    let now_ms = clock::now_ms();
    let organisation_id = OrganisationId::fresh(&mut FreshIds);
    let clerk = StaffMember {
        id: StaffId::fresh(&mut FreshIds),
        name: "Replay".to_owned(),
        role: Role::Cashier,
        active: true,
        pin: None,
    };
    let mut products: Vec<Product> = shelf.products.values().cloned().collect();
    products.sort_by(|a, b| a.sku.cmp(&b.sku));
    let mut tx = db.begin_write().await?;
    ground::insert_organisation(&mut tx, organisation_id, "Replay", false, now_ms).await?;
    tx.act_for(organisation_id).await?;
    ground::put_store(&mut tx, organisation_id, &shelf.store).await?;
    ground::put_staff(&mut tx, organisation_id, &clerk).await?;
    catalog::put_tax_categories(&mut tx, organisation_id, &shelf.tax_categories).await?;
    catalog::insert_products(&mut tx, organisation_id, &products).await?;
    let mut tablets = Vec::new();
    for number in 1..=registers.max(1) {
        let register = Register {
            id: RegisterId::fresh(&mut FreshIds),
            store_id: shelf.store.id,
            name: format!("Register {number}"),
        };
        ground::put_register(&mut tx, organisation_id, &register).await?;
        let key = fresh_key()?;
        let device = NewDevice {
            id: DeviceId::fresh(&mut FreshIds),
            register_id: register.id,
            name: format!("Replay {number}"),
            public_key: STANDARD.encode(key.verifying_key().to_sec1_point(false).as_bytes()),
            receipt_prefix: format!("R{number}"),
            paired_at_ms: now_ms,
        };
        ground::insert_device(&mut tx, organisation_id, &device).await?;
        let seed = u64::from_be_bytes(clock::random());
        let register = NativeRegister::new(device.id, register.id, clerk.id, &clerk.name, seed);
        tablets.push(Tablet { register, key });
    }
    tx.commit().await?;
    Ok((organisation_id, tablets))
}

/// A key of a tablet.
pub fn fresh_key() -> Result<SigningKey, ReplayError> {
    // A random number is a key in all but one of 2^32 cases.
    (0..8)
        .find_map(|_| SigningKey::from_slice(&clock::random::<32>()).ok())
        .ok_or_else(|| ReplayError::Server("no key could be made".to_owned()))
}

/// The dated standard rate of the United Kingdom.
pub fn uk_standard(id: TaxCategoryId) -> Result<TaxCategory, ReplayError> {
    let wrong = |e: &dyn std::fmt::Display| ReplayError::Server(e.to_string());
    let mut periods = Vec::new();
    for (from, percent) in UK_STANDARD {
        let rate = Rate::parse_percent(percent).map_err(|e| wrong(&e))?;
        periods.push(TaxPeriod {
            from: Day::parse(from).map_err(|e| wrong(&e))?,
            rates: vec![TaxRate::of("VAT".to_owned(), rate)],
        });
    }
    Ok(TaxCategory { id, name: "Standard".to_owned(), periods })
}

fn store_of(vat: VatMode) -> Result<Store, ReplayError> {
    Ok(Store {
        id: StoreId::fresh(&mut FreshIds),
        name: "Replay".to_owned(),
        address: Vec::new(),
        country: "GB".to_owned(),
        currency: Currency::parse("GBP").map_err(|e| ReplayError::Server(e.to_string()))?,
        time_zone: "Europe/London".to_owned(),
        language: "en".to_owned(),
        tax: TaxSettings {
            prices_include_tax: vat.inside,
            rounded: if vat.per_sale { RoundedPer::Sale } else { RoundedPer::Line },
            ..TaxSettings::default()
        },
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
    })
}

async fn read_back(db: &Db, organisation_id: OrganisationId) -> Result<Vec<BookedLine>, ReplayError> {
    let mut tx = db.read_for(organisation_id).await?;
    let sold = sales::all_lines(&mut tx, organisation_id).await?;
    let adjusted = sales::all_adjustment_lines(&mut tx, organisation_id).await?;
    let text = |at_ms: i64, offset: i64| {
        let offset_minutes = i32::try_from(offset).unwrap_or(0);
        LocalTime { at_ms, offset_minutes }.text()
    };
    let mut lines: Vec<BookedLine> = Vec::with_capacity(sold.len() + adjusted.len());
    lines.extend(sold.into_iter().map(|row| BookedLine {
        booked_as: match row.kind.as_str() {
            "return" => BookedAs::Return,
            "adjustment" => BookedAs::Adjustment,
            _ => BookedAs::Sale,
        },
        document: row.receipt_number,
        sku: row.sku,
        name: row.name,
        quantity: row.quantity,
        unit_price: row.unit_price,
        local_time: text(row.added_at_ms, row.offset_minutes),
        document_time: text(row.at_ms, row.offset_minutes),
        customer: row.customer_number,
        country: row.customer_country.unwrap_or_default(),
        taxed: row.taxed,
        amount_minor: row.amount_minor,
        tax_minor: row.tax_minor,
    }));
    lines.extend(adjusted.into_iter().map(|row| BookedLine {
        booked_as: BookedAs::StockAdjustment,
        document: row.number,
        sku: row.sku,
        name: row.name,
        quantity: row.quantity,
        unit_price: 0,
        local_time: text(row.added_at_ms, row.offset_minutes),
        document_time: text(row.at_ms, row.offset_minutes),
        customer: None,
        country: row.country.unwrap_or_default(),
        taxed: false,
        amount_minor: 0,
        tax_minor: 0,
    }));
    Ok(lines)
}
