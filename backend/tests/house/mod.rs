//! House: a whole server's rooms on a database of its own, SQLite or PostgreSQL, for stories.
//! Lives here: opening and dropping databases, a small shop, tablets that sell without a screen.
//! May use: the server's library. Never: a shortcut that the product has not.
//! Invariant: each story has a database to itself.
#![allow(dead_code)] // each story file uses its part

pub mod visitors;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use shared::approval::Approval;
use shared::calendar::LocalTime;
use shared::catalog::{Product, Unit};
use shared::customer::{CustomerEdit, CustomerField, FieldChange};
use shared::ids::{
    CustomerId, DeviceId, EntryId, OrganisationId, ProductId, RegisterId, ShiftId, StaffId, StoreId,
    TaxCategoryId,
};
use shared::money::{Currency, Minor, Quantity, UnitPrice};
use shared::register::Register;
use shared::shift::{CashCount, CashMovement, CashMovementKind, Counted, ShiftClosing, ShiftOpening};
use shared::staff::{Role, StaffMember};
use shared::store::{CashRounding, Store};
use shared::sync::device::Counters;
use shared::sync::journal::{EntryBody, JournalEntry, NO_HASH, SealedEntry};
use shared::sync::wire::{Change, EntryOutcome, PullResponse, PushRequest, PushResponse, READS, SCHEMA};
use shared::tax::{RoundedPer, TaxCategory, TaxSettings};
use shared::tender::ForeignCash;
use std::str::FromStr;
use tillbridge::app::access::StaffCaller;
use tillbridge::app::{App, AppError, sync};
use tillbridge::clock::{self, FreshIds};
use tillbridge::demo::till::{DemoTill, Part, Rules};
use tillbridge::feed::{Puller, pull};
use tillbridge::replay::chance::Chance;
use tillbridge::replay::register::{NativeRegister, Shelf};
use tillbridge::replay::run::{fresh_key, uk_standard};
use tillbridge::replay::slice::{Invoice, SliceLine};
use tillbridge::store::ground::{self, NewDevice};
use tillbridge::store::{Db, catalog};

/// A shop on a database of its own.
pub struct House {
    pub app: App,
    pub url: String,
    pub organisation_id: OrganisationId,
    pub shelf: Shelf,
    _folder: Option<tempfile::TempDir>,
}

/// A paired tablet.
pub struct Tablet {
    pub register: NativeRegister,
    pub key: SigningKey,
    pub device_id: DeviceId,
    pub register_id: RegisterId,
}

/// Noon of a day in summer, in London.
pub const NOON: LocalTime = LocalTime { at_ms: 1_782_039_600_000, offset_minutes: 60 };

#[expect(clippy::disallowed_methods, reason = "tests have no configuration of their own")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// An empty database on PostgreSQL, or nothing where there is none to use.
pub async fn postgres_url() -> Option<String> {
    let Some(server) = variable("TILLBRIDGE_TEST_POSTGRES") else {
        assert!(variable("CI").is_none(), "TILLBRIDGE_TEST_POSTGRES must be set in CI");
        eprintln!("no TILLBRIDGE_TEST_POSTGRES: this story is told on SQLite alone");
        return None;
    };
    let name = format!("t{:032x}", u128::from_be_bytes(clock::random()));
    let options = sqlx::postgres::PgConnectOptions::from_str(&server).unwrap();
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .unwrap();
    let at = server.rfind('/').unwrap();
    Some(format!("{}/{name}", &server[..at]))
}

pub fn sqlite_url(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("shop.sqlite").display())
}

impl House {
    pub async fn sqlite() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let url = sqlite_url(&folder);
        Some(Self::open(url, Some(folder)).await)
    }

    pub async fn postgres() -> Option<Self> {
        let url = postgres_url().await?;
        Some(Self::open(url, None).await)
    }

    async fn open(url: String, folder: Option<tempfile::TempDir>) -> Self {
        let db = Db::open(&url).await.unwrap();
        let app = App::start(db);
        let (organisation_id, shelf) = shop(&app.db).await;
        Self { app, url, organisation_id, shelf, _folder: folder }
    }

    /// Another shop in the same database.
    pub async fn neighbour(&self) -> (OrganisationId, Shelf) {
        shop(&self.app.db).await
    }

    pub async fn tablet(&self) -> Tablet {
        tablet(&self.app.db, self.organisation_id, &self.shelf).await
    }

    pub async fn push(&self, tablet: &Tablet, entries: &[SealedEntry]) -> Result<PushResponse, AppError> {
        let body = body(tablet, entries);
        self.push_bytes(tablet, &body).await
    }

    pub async fn push_bytes(&self, tablet: &Tablet, body: &[u8]) -> Result<PushResponse, AppError> {
        sync::push(&self.app, body, &tablet.sign(body), NOON.at_ms).await
    }

    pub fn puller(&self, tablet: &Tablet) -> Puller {
        Puller {
            organisation_id: self.organisation_id,
            store_id: self.shelf.store.id,
            register_id: tablet.register_id,
            reads: READS,
        }
    }

    /// Whoever runs the shop.
    pub fn manager(&self) -> StaffCaller {
        StaffCaller {
            organisation_id: self.organisation_id,
            staff_id: StaffId::fresh(&mut FreshIds),
            name: "Luis".into(),
            role: Role::Manager,
            session: String::new(),
        }
    }

    /// Sends what must be booked.
    pub async fn booked(&self, tablet: &Tablet, entries: &[SealedEntry]) {
        let response = self.push(tablet, entries).await.unwrap();
        assert!(response.answers.iter().all(|one| one.outcome == EntryOutcome::Booked), "{response:?}");
    }

    /// A page of the feed. On PostgreSQL another test's older transaction holds it back.
    pub async fn pulled(&self, who: Puller, cursor: Option<&str>) -> PullResponse {
        loop {
            let page = pull(&self.app.db, who, cursor, None, NOON.at_ms).await.unwrap();
            if !page.held_back {
                return page;
            }
            tokio::task::yield_now().await;
        }
    }

    /// What a tablet is told up to now, of what is asked for, and where it stands then.
    pub async fn loaded(&self, who: Puller, asked: impl Fn(&Change) -> bool) -> (Vec<Change>, String) {
        let (mut changes, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page = self.pulled(who, cursor.as_deref()).await;
            changes.extend(page.changes.into_iter().filter(&asked));
            if !page.more {
                return (changes, page.cursor);
            }
            cursor = Some(page.cursor);
        }
    }

    /// Counts rows of a table.
    pub async fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) FROM {table} WHERE organisation_id = $1")).await
    }

    /// A number the books give.
    pub async fn number(&self, sql: &str) -> i64 {
        let mut tx = self.app.db.read_for(self.organisation_id).await.unwrap();
        let organisation = self.organisation_id.to_string();
        tillbridge::on_engine!(&mut tx, connection => {
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
                .bind(organisation)
                .fetch_one(connection)
                .await
                .unwrap()
        })
    }

    pub fn sku(&self, sku: &str) -> &Product {
        &self.shelf.products[sku]
    }
}

pub fn body(tablet: &Tablet, entries: &[SealedEntry]) -> Vec<u8> {
    let push = PushRequest { schema: SCHEMA, device_id: tablet.device_id, entries: entries.to_vec() };
    serde_json::to_vec(&push).unwrap()
}

pub async fn shop(db: &Db) -> (OrganisationId, Shelf) {
    let organisation_id = OrganisationId::fresh(&mut FreshIds);
    let standard = uk_standard(TaxCategoryId::fresh(&mut FreshIds)).unwrap();
    let untaxed =
        TaxCategory { id: TaxCategoryId::fresh(&mut FreshIds), name: "Zero".into(), periods: Vec::new() };
    let store = Store {
        id: StoreId::fresh(&mut FreshIds),
        name: "High Street".into(),
        address: Vec::new(),
        country: "GB".into(),
        currency: Currency::parse("GBP").unwrap(),
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
    let products: Vec<Product> =
        [("22423", "Regency cakestand", "12.75"), ("85123A", "T-light holder", "2.55")]
            .into_iter()
            .map(|(sku, name, price)| Product {
                id: ProductId::fresh(&mut FreshIds),
                parent_id: None,
                sku: sku.into(),
                name: name.into(),
                options: Vec::new(),
                barcodes: Vec::new(),
                category_id: None,
                unit: Unit::Piece,
                tax_category_id: standard.id,
                price: Some(UnitPrice::parse(price).unwrap()),
                picture: None,
                stocked: true,
                active: true,
                favourite: false,
            })
            .collect();
    let mut tx = db.begin_write().await.unwrap();
    ground::insert_organisation(&mut tx, organisation_id, "Shop", false, NOON.at_ms).await.unwrap();
    tx.act_for(organisation_id).await.unwrap();
    ground::put_store(&mut tx, organisation_id, &store).await.unwrap();
    catalog::put_tax_categories(&mut tx, organisation_id, &[standard.clone(), untaxed.clone()])
        .await
        .unwrap();
    catalog::insert_products(&mut tx, organisation_id, &products).await.unwrap();
    let clerk = StaffMember {
        id: StaffId::fresh(&mut FreshIds),
        name: "Priya".into(),
        role: Role::Cashier,
        active: true,
        pin: None,
    };
    ground::put_staff(&mut tx, organisation_id, &clerk).await.unwrap();
    tx.commit().await.unwrap();
    let shelf = Shelf {
        store,
        tax_categories: vec![standard.clone(), untaxed.clone()],
        products: products.into_iter().map(|product| (product.sku.clone(), product)).collect(),
        standard: standard.id,
        untaxed: untaxed.id,
        home: "United Kingdom".into(),
    };
    (organisation_id, shelf)
}

pub async fn tablet(db: &Db, organisation_id: OrganisationId, shelf: &Shelf) -> Tablet {
    let key = fresh_key().unwrap();
    let register =
        Register { id: RegisterId::fresh(&mut FreshIds), store_id: shelf.store.id, name: "Register".into() };
    let device = NewDevice {
        id: DeviceId::fresh(&mut FreshIds),
        register_id: register.id,
        name: "Tablet".into(),
        public_key: STANDARD.encode(key.verifying_key().to_sec1_point(false).as_bytes()),
        receipt_prefix: format!("{:x}", u32::from_be_bytes(clock::random())),
        paired_at_ms: NOON.at_ms,
    };
    let mut tx = db.write_for(organisation_id).await.unwrap();
    ground::put_register(&mut tx, organisation_id, &register).await.unwrap();
    ground::insert_device(&mut tx, organisation_id, &device).await.unwrap();
    tx.commit().await.unwrap();
    let seed = u64::from_be_bytes(clock::random());
    let native = NativeRegister::new(device.id, register.id, StaffId::fresh(&mut FreshIds), "Priya", seed);
    Tablet { register: native, key, device_id: device.id, register_id: register.id }
}

/// A basket: codes and how many.
pub fn basket(number: &str, lines: &[(&str, i64)], shelf: &Shelf, time: LocalTime) -> Invoice {
    Invoice {
        number: number.into(),
        customer: None,
        country: "United Kingdom".into(),
        lines: lines
            .iter()
            .map(|(sku, count)| SliceLine {
                code: (*sku).into(),
                description: shelf.products[*sku].name.clone(),
                quantity: Quantity::pieces(*count).unwrap(),
                price: shelf.products[*sku].price.unwrap(),
                time,
            })
            .collect(),
    }
}

impl Tablet {
    /// Sells a basket and gives its journal entry.
    pub fn sell(&mut self, number: &str, lines: &[(&str, i64)], shelf: &Shelf) -> SealedEntry {
        self.register.record(&basket(number, lines, shelf, NOON), shelf).unwrap().remove(0)
    }

    /// The signature of a push's bytes, as it goes with them.
    pub fn sign(&self, body: &[u8]) -> String {
        let signature: Signature = self.key.sign(body);
        STANDARD.encode(signature.to_bytes())
    }
}

impl Tablet {
    /// Takes back lines of a sale for cash and gives the entry that follows `after` in this tablet's journal.
    pub fn give_back(
        &self,
        after: Option<&SealedEntry>,
        sold: &SealedEntry,
        parts: &[Part],
        shelf: &Shelf,
    ) -> SealedEntry {
        let EntryBody::SaleCompleted { sale } = sold.open().unwrap().body else { panic!("no sale") };
        let (sequence, previous) =
            after.map_or((0, NO_HASH.to_owned()), |entry| (entry.sequence, entry.hash.clone()));
        let mut till = DemoTill {
            device_id: self.device_id,
            register_id: self.register_id,
            staff_id: StaffId::fresh(&mut FreshIds),
            staff_name: "Priya".into(),
            receipt_prefix: format!("R{}", self.device_id),
            receipts: sequence,
            sequence,
            previous,
        };
        let (store, tax_categories) = (shelf.store.clone(), shelf.tax_categories.clone());
        let rules = Rules { store, tax_categories, promotions: Vec::new() };
        let mut chance = Chance::new(u64::from_be_bytes(clock::random()));
        till.give_back(&sale, parts, (NOON, false), &rules, &mut chance).unwrap()
    }
}

/// A tablet's journal, kept by the shipped counters.
pub struct Journal {
    device_id: DeviceId,
    pub counters: Counters,
}

impl Journal {
    pub fn of(tablet: &Tablet) -> Self {
        Self { device_id: tablet.device_id, counters: Counters::default() }
    }

    /// Seals a record in its place.
    pub fn record(&mut self, body: EntryBody) -> SealedEntry {
        self.record_as(None, body, Vec::new())
    }

    /// Seals what this person did and what was approved in it.
    pub fn record_as(
        &mut self,
        staff_id: Option<StaffId>,
        body: EntryBody,
        approvals: Vec<Approval>,
    ) -> SealedEntry {
        let numbers = self.counters.next();
        let entry = JournalEntry {
            version: body.version_with(&approvals),
            id: EntryId::fresh(&mut FreshIds),
            device_id: self.device_id,
            sequence: numbers.sequence,
            previous: numbers.previous,
            time: NOON,
            staff_id,
            body,
            approvals,
        };
        let (sealed, counters) = self.counters.record(&entry).unwrap();
        self.counters = counters;
        sealed
    }

    /// The sale of an entry that was made without this journal, in its place here.
    pub fn sale(&mut self, sold: &SealedEntry) -> SealedEntry {
        let body = sold.open().unwrap().body;
        self.record(body)
    }

    /// A drawer with that much in it.
    pub fn open_shift(&mut self, float: i64) -> SealedEntry {
        let number = self.counters.next().shift_number;
        let opening = ShiftOpening {
            shift_id: ShiftId::fresh(&mut FreshIds),
            number,
            currency: Currency::parse("GBP").unwrap(),
            staff_name: "Priya".into(),
            float: CashCount::sum_only(Minor(float)).unwrap(),
        };
        self.record(EntryBody::ShiftOpened { opening })
    }

    /// Cash in or out.
    pub fn move_cash(&mut self, kind: CashMovementKind, amount: i64) -> SealedEntry {
        let movement =
            CashMovement { kind, amount: Minor(amount), reason: "Stamps".into(), staff_name: "Priya".into() };
        self.record(EntryBody::CashMoved { movement })
    }

    /// Counts so much and closes; all of it stays in the drawer.
    pub fn close_shift(&mut self, counted: i64) -> SealedEntry {
        self.close_shift_with(counted, Vec::new())
    }

    /// The same, with cash of other currencies counted too.
    pub fn close_shift_with(&mut self, counted: i64, foreign: Vec<ForeignCash>) -> SealedEntry {
        let figures = *self.counters.shift.clone().unwrap();
        let counted = Counted {
            count: CashCount::sum_only(Minor(counted)).unwrap(),
            left: Minor(counted),
            foreign,
            note: None,
            staff_name: "Priya".into(),
            waiting: Vec::new(),
        };
        let closing = ShiftClosing::of(figures, counted).unwrap();
        self.record(EntryBody::ShiftClosed { closing: Box::new(closing) })
    }
}

/// What a till writes down of a customer: fields as they were seen, and as they should be.
pub fn written(
    customer_id: CustomerId,
    changes: &[(CustomerField, Option<&str>, Option<&str>)],
) -> EntryBody {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let change = |&(field, was, now): &(CustomerField, Option<&str>, Option<&str>)| FieldChange {
        field,
        was: text(was),
        now: text(now),
    };
    EntryBody::CustomerEdited {
        edit: CustomerEdit { customer_id, changes: changes.iter().map(change).collect() },
    }
}

/// So many pieces of a sold line, `before` of which the tablet knew to be back.
pub fn part(line: u32, pieces: i64, before: i64) -> Part {
    let quantity = |pieces| Quantity::pieces(pieces).unwrap();
    Part { line, quantity: quantity(pieces), returned: quantity(before) }
}

/// Tells stories on both engines: in a house, or in another place that opens on a database of its own.
#[macro_export]
macro_rules! on_both_engines {
    (in $place:ty: $($story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                if let Some(place) = <$place>::sqlite().await { super::$story(place).await; }
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                if let Some(place) = <$place>::postgres().await { super::$story(place).await; }
            })+
        }
    };
    ($($story:ident),+ $(,)?) => { on_both_engines!(in $crate::house::House: $($story),+); };
}
