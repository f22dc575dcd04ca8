//! Shop: the ground a simulation stands on: two organisations in one database, their tablets paired, their shelves filled.
//! Lives here: making that database once, and handing out copies of it.
//! May use: the server's store. Never: a clock or chance of its own; the same ground in every run.

use crate::place::{Database, REFUSE, Soil};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::SigningKey;
use shared::approval::ApprovalRules;
use shared::catalog::{Product, Unit};
use shared::ids::{
    DeviceId, OrganisationId, ProductId, PromotionId, RegisterId, StaffId, StoreId, TaxCategoryId,
};
use shared::money::{Currency, Rate, UnitPrice};
use shared::pricing::{Applies, BuyGet, Coupon, Goods, Offer, Promotion, Stacking};
use shared::register::Register;
use shared::staff::{Role, StaffMember};
use shared::store::{CashRounding, Store};
use shared::tax::{RoundedPer, TaxCategory, TaxSettings};
use tillbridge::app::devices;
use tillbridge::demo::till::Rules;
use tillbridge::replay::chance::Chance;
use tillbridge::replay::run::uk_standard;
use tillbridge::store::ground::{self, NewDevice};
use tillbridge::store::{Db, Tx, approvals, catalog, pricing};

/// Monday 15 June 2026, nine o'clock in London.
pub const OPENING_MS: i64 = 1_781_510_400_000;
/// Tablets in the first shop; the second has two.
pub const MOST_TABLETS: usize = 50;
const PRODUCTS: usize = 24;

/// A tablet that is paired.
#[derive(Clone)]
pub struct Paired {
    /// Its id.
    pub device_id: DeviceId,
    /// Where it sells.
    pub register_id: RegisterId,
    /// Its key.
    pub key: SigningKey,
    /// Begins its receipt numbers.
    pub prefix: String,
}

/// Somebody who works there, and what proves what they approve.
#[derive(Clone)]
pub struct Person {
    /// Their id.
    pub id: StaffId,
    /// Their name.
    pub name: &'static str,
    /// Out of their PIN.
    pub key: [u8; 32],
}

/// A shop.
#[derive(Clone)]
pub struct Shop {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// What its tills sell by.
    pub rules: Rules,
    /// Who sells.
    pub clerk: Person,
    /// Who approves.
    pub manager: Person,
    /// Its tablets.
    pub tablets: Vec<Paired>,
    /// What it sells at the start.
    pub products: Vec<Product>,
}

/// The ground.
#[derive(Clone)]
pub struct Ground {
    /// The database.
    pub soil: Soil,
    /// The shops in it.
    pub shops: Vec<Shop>,
}

impl Ground {
    /// Makes it: a file, or a database of a PostgreSQL.
    pub async fn lay(postgres: Option<&str>) -> Self {
        let Some(server) = postgres else {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ground.sqlite");
            let shops = fill(&format!("sqlite:{}", path.display())).await;
            return Self { soil: Soil::File(std::fs::read(&path).unwrap()), shops };
        };
        let database = Database::of(server);
        database.create(None).await;
        let shops = fill(&database.address()).await;
        Self { soil: Soil::Database(database), shops }
    }

    /// Nothing of it is left.
    pub async fn clear(&self) {
        if let Soil::Database(database) = &self.soil {
            database.drop().await;
        }
    }
}

async fn fill(url: &str) -> Vec<Shop> {
    let db = Db::open(url).await.unwrap();
    let mut chance = Chance::new(0x0007_1111);
    let mut shops = Vec::new();
    for (name, tablets) in [("High Street", MOST_TABLETS), ("Elsewhere", 2)] {
        shops.push(found(&db, name, tablets, &mut chance).await);
    }
    if let Db::Postgres(pool) = &db {
        sqlx::query(REFUSE).execute(pool).await.unwrap();
    }
    db.close().await;
    shops
}

async fn found(db: &Db, name: &str, tablets: usize, chance: &mut Chance) -> Shop {
    let at = OPENING_MS;
    let organisation_id = OrganisationId::fresh(&mut chance.ids(at));
    let standard = uk_standard(TaxCategoryId::fresh(&mut chance.ids(at))).unwrap();
    let zero = TaxCategory {
        id: TaxCategoryId::fresh(&mut chance.ids(at)),
        name: "Zero".into(),
        periods: Vec::new(),
    };
    let store = store(StoreId::fresh(&mut chance.ids(at)), name);
    let products: Vec<Product> =
        (0..PRODUCTS).map(|number| product(number, &standard, &zero, chance)).collect();
    let clerk = Person { id: StaffId::fresh(&mut chance.ids(at)), name: "Priya", key: [1; 32] };
    let manager = Person { id: StaffId::fresh(&mut chance.ids(at)), name: "Mia", key: [2; 32] };
    let mut tx = db.begin_write().await.unwrap();
    ground::insert_organisation(&mut tx, organisation_id, name, false, at).await.unwrap();
    tx.act_for(organisation_id).await.unwrap();
    ground::put_store(&mut tx, organisation_id, &store).await.unwrap();
    let tax_categories = vec![standard, zero];
    catalog::put_tax_categories(&mut tx, organisation_id, &tax_categories).await.unwrap();
    catalog::insert_products(&mut tx, organisation_id, &products).await.unwrap();
    for (person, role) in [(&clerk, Role::Cashier), (&manager, Role::Manager)] {
        let name = person.name.to_owned();
        let member = StaffMember { id: person.id, name, role, active: true, pin: None };
        ground::put_staff(&mut tx, organisation_id, &member).await.unwrap();
        let key: String = person.key.iter().map(|byte| format!("{byte:02x}")).collect();
        approvals::put_key(&mut tx, organisation_id, person.id, &key).await.unwrap();
    }
    let mut paired = Vec::with_capacity(tablets);
    for number in 1..=tablets {
        paired.push(pair(&mut tx, organisation_id, store.id, number, chance).await);
    }
    for promotion in offers(chance) {
        pricing::insert(&mut tx, organisation_id, &promotion).await.unwrap();
    }
    tx.commit().await.unwrap();
    let rules = Rules { store, tax_categories, promotions: Vec::new() };
    Shop { organisation_id, rules, clerk, manager, tablets: paired, products }
}

/// The code of the shops' coupon.
pub const CODE: &str = "SUMMER";

/// In so many sales it may be used: fewer than some days see, so that tablets that do not hear of each other go over.
const MOST_USES: u32 = 4;

/// Three for two of everything, and ten percent off the sale with a code.
fn offers(chance: &mut Chance) -> Vec<Promotion> {
    let promotion = |id, name: &str, coupon, offer| Promotion {
        id,
        name: name.into(),
        priority: 0,
        stacking: Stacking::WithOthers,
        currency: None,
        applies: Applies::default(),
        coupon,
        goods: Goods::default(),
        minimum: None,
        most_times: None,
        offer,
    };
    let mut fresh = || PromotionId::fresh(&mut chance.ids(OPENING_MS));
    let coupon = Coupon { code: CODE.into(), most_uses: Some(MOST_USES), uses: 0 };
    let gift = BuyGet { buy: 2, get: 1, off: Rate::parse_percent("100").unwrap(), gifts: None };
    vec![
        promotion(fresh(), "3 for 2", None, Offer::BuyGet(gift)),
        promotion(fresh(), "Summer", Some(coupon), Offer::Percent(Rate::parse_percent("10").unwrap())),
    ]
}

async fn pair(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store_id: StoreId,
    number: usize,
    chance: &mut Chance,
) -> Paired {
    let register = Register {
        id: RegisterId::fresh(&mut chance.ids(OPENING_MS)),
        store_id,
        name: format!("Register {number}"),
    };
    ground::put_register(tx, organisation_id, &register).await.unwrap();
    admit(tx, organisation_id, register.id, OPENING_MS, chance).await
}

/// Pairs a tablet at a register, as a code would: with a key, an id and a beginning of its receipts' numbers of its own.
pub async fn admit(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    register_id: RegisterId,
    now_ms: i64,
    chance: &mut Chance,
) -> Paired {
    let key = key(chance);
    let mut device = NewDevice {
        id: DeviceId::fresh(&mut chance.ids(now_ms)),
        register_id,
        name: "Tablet".to_owned(),
        public_key: STANDARD.encode(key.verifying_key().to_sec1_point(false).as_bytes()),
        receipt_prefix: String::new(),
        paired_at_ms: now_ms,
    };
    devices::admit(tx, organisation_id, &mut device, 0).await.unwrap();
    Paired { device_id: device.id, register_id, key, prefix: device.receipt_prefix }
}

fn key(chance: &mut Chance) -> SigningKey {
    loop {
        let mut bytes = [0; 32];
        for part in bytes.chunks_mut(8) {
            part.copy_from_slice(&chance.number().to_be_bytes());
        }
        if let Ok(key) = SigningKey::from_slice(&bytes) {
            return key;
        }
    }
}

fn store(id: StoreId, name: &str) -> Store {
    Store {
        id,
        name: name.into(),
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
        // The discounts of these shops are approved.
        approval: ApprovalRules {
            most_discount: Rate(50_000),
            returns: false,
            without_receipt: true,
            other_ways: true,
        },
        lock_after_minutes: shared::store::LOCK_AFTER_MINUTES,
        giving: shared::store::GivingRules::default(),
        points: None,
        known_days: shared::sale::KNOWN_DAYS,
    }
}

/// A product like any other.
pub fn product(number: usize, standard: &TaxCategory, zero: &TaxCategory, chance: &mut Chance) -> Product {
    let taxed = !chance.percent(25);
    let pence = 5 + chance.below(5_000);
    let favourite = chance.percent(10);
    Product {
        id: ProductId::fresh(&mut chance.ids(OPENING_MS)),
        parent_id: None,
        sku: format!("P{number:05}"),
        name: format!("Product {number}"),
        options: Vec::new(),
        barcodes: Vec::new(),
        category_id: None,
        unit: Unit::Piece,
        tax_category_id: if taxed { standard.id } else { zero.id },
        price: Some(UnitPrice::parse(&format!("{}.{:02}", pence / 100, pence % 100)).unwrap()),
        picture: None,
        stocked: true,
        active: true,
        favourite,
    }
}
