//! Shop: the demo shop as a whole: made once, under another name until it is complete, and brought up to the present at
//! every start.

use super::goods::{Goods, goods};
use super::history::{self, Busy, Shelves};
use super::till::{DemoTill, Rules};
use super::{DemoError, baskets, customers};
use crate::app::access::StaffCaller;
use crate::app::report::offset_minutes;
use crate::app::setup::{self, Founded};
use crate::app::{App, devices, people, places};
use crate::clock::FreshIds;
use crate::config::sqlite_in;
use crate::replay::chance::Chance;
use crate::store::ground::{self, NewDevice};
use crate::store::{Db, books, catalog, sales};
use shared::api::{NewPerson, NewRegister, SetupRequest, StaffRequest, StandardTax, StoreSettings};
use shared::calendar::LocalTime;
use shared::catalog::Product;
use shared::ids::{DeviceId, OrganisationId, StaffId, TaxCategoryId};
use shared::money::{Currency, Minor, Quantity, Rate};
use shared::points::{PointsRules, Tier};
use shared::register::Register;
use shared::staff::Role;
use shared::stock::{StockAdjustment, StockAdjustmentLine, StockReason};
use shared::store::{CashRounding, LOCK_AFTER_MINUTES};
use shared::sync::journal::NO_HASH;
use shared::tax::{RoundedPer, TaxCategory, TaxSettings};
use std::fs::File;
use std::path::Path;

/// With what the owner and the manager sign in.
pub const PASSWORD: &str = "tillbridge-demo";
/// Name, role, e-mail, PIN.
pub const PEOPLE: [(&str, Role, Option<&str>, &str); 5] = [
    ("Olivia", Role::Owner, Some("owner@demo.example"), "4826"),
    ("Marcus", Role::Manager, Some("manager@demo.example"), "7413"),
    ("Priya", Role::Cashier, None, "2580"),
    ("Tom", Role::Cashier, None, "3691"),
    ("Aisha", Role::Cashier, None, "1470"),
];
/// The tablets of the demo have a word in the place of a key: nobody can sign for them.
const NO_KEY: &str = "demo";
/// Where a tablet is paired that wants to look at the demo.
const FREE_REGISTER: &str = "Register 3";
const FILE: &str = "shop.sqlite";
const UNFINISHED: &str = "shop.sqlite.unfinished";
/// What stands at which till: its receipts' prefix, who sells there, how busy it is.
const TILLS: [(&str, &str, Busy); 3] = [
    ("01", "Priya", Busy { number: 1, sales_a_day: 75, any_time_percent: 0 }),
    ("02", "Tom", Busy { number: 2, sales_a_day: 45, any_time_percent: 0 }),
    ("03", "Aisha", Busy { number: 3, sales_a_day: 130, any_time_percent: 50 }),
];
const DAY_MS: i64 = 86_400_000;
const LINES_OF_AN_ADJUSTMENT: usize = 500;

/// A demo shop in its folder, held so that no other process takes it.
pub struct DemoShop {
    /// Its database.
    pub db: Db,
    _held: File,
}

/// Opens the shop of a folder; makes it first where there is none.
pub async fn open(folder: &Path, now_ms: i64, tell: &impl Fn(&str)) -> Result<DemoShop, DemoError> {
    let trouble = |error| DemoError::Folder { folder: folder.display().to_string(), error };
    std::fs::create_dir_all(folder).map_err(trouble)?;
    let held = File::create(folder.join("lock")).map_err(trouble)?;
    match held.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => {
            return Err(DemoError::Taken(folder.display().to_string()));
        }
        Err(std::fs::TryLockError::Error(error)) => return Err(trouble(error)),
    }
    if !folder.join(FILE).exists() {
        remove_unfinished(folder).map_err(trouble)?;
        let db = Db::open(&sqlite_in(folder, UNFINISHED)).await?;
        let app = App::start(db.clone());
        make(&app, now_ms, tell).await?;
        let drained = app.ingest.drained();
        drop(app);
        drained.wait().await;
        db.close().await;
        std::fs::rename(folder.join(UNFINISHED), folder.join(FILE)).map_err(trouble)?;
    }
    Ok(DemoShop { db: Db::open(&sqlite_in(folder, FILE)).await?, _held: held })
}

/// What a start that was interrupted left behind.
fn remove_unfinished(folder: &Path) -> std::io::Result<()> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        match std::fs::remove_file(folder.join(format!("{UNFINISHED}{ending}"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Makes the shop: people, places, goods, stock, and its sales of the last days.
async fn make(app: &App, now_ms: i64, tell: &impl Fn(&str)) -> Result<(), DemoError> {
    tell("making the shop: people, stores, registers");
    let founded = setup::found(app, request()?, true, now_ms - (history::DAYS + 1) * DAY_MS).await?;
    let organisation_id = founded.organisation_id;
    let owner = owner(&founded);
    for (name, role, email, pin) in PEOPLE {
        let request = StaffRequest { pin: Some(pin.to_owned()), ..StaffRequest::default() };
        if role == Role::Owner {
            people::update(app, &owner, founded.owner_id, request).await?;
            continue;
        }
        let request = StaffRequest {
            name: Some(name.to_owned()),
            role: Some(role),
            email: email.map(str::to_owned),
            password: email.map(|_| PASSWORD.to_owned()),
            ..request
        };
        people::create(app, &owner, request).await?;
    }
    let station = places::create_store(
        app,
        organisation_id,
        store("Station Arcade", &["Platform 2", "Brighton BN1 3XP"])?,
    )
    .await?;
    let mut registers = vec![founded.register.id];
    for (store_id, name) in [(founded.store.id, "Register 2"), (station.id, "Station register")] {
        let request = NewRegister { store_id, name: name.to_owned() };
        registers.push(places::create_register(app, organisation_id, request).await?.id);
    }
    let request = NewRegister { store_id: founded.store.id, name: FREE_REGISTER.to_owned() };
    places::create_register(app, organisation_id, request).await?;
    let untaxed = TaxCategory {
        id: TaxCategoryId::fresh(&mut FreshIds),
        name: "Zero rate".to_owned(),
        periods: Vec::new(),
    };
    let goods = goods(founded.tax_category.id, untaxed.id, now_ms)?;
    tell(&format!("{} products", goods.products.len()));
    let mut tx = app.db.write_for(organisation_id).await?;
    catalog::put_tax_categories(&mut tx, organisation_id, &[untaxed]).await?;
    catalog::put_categories(&mut tx, organisation_id, &goods.categories).await?;
    catalog::insert_products(&mut tx, organisation_id, &goods.products).await?;
    for (register_id, (prefix, ..)) in registers.into_iter().zip(TILLS) {
        let device = NewDevice {
            id: DeviceId::fresh(&mut FreshIds),
            register_id,
            name: tablet_name(prefix),
            public_key: NO_KEY.to_owned(),
            receipt_prefix: prefix.to_owned(),
            paired_at_ms: now_ms - (history::DAYS + 1) * DAY_MS,
        };
        ground::insert_device(&mut tx, organisation_id, &device).await?;
    }
    tx.commit().await?;
    count_in(app, organisation_id, &goods, now_ms).await?;
    tell("customers");
    if let Some(Standing { till, rules, .. }) = tills(app, organisation_id).await?.into_iter().next() {
        let at_ms = now_ms - (history::DAYS + 1) * DAY_MS;
        customers::bring_in(app, organisation_id, founded.owner_id, (till, rules), &goods, (at_ms, now_ms))
            .await?;
    }
    catch_up(app, organisation_id, now_ms, tell).await
}

fn owner(founded: &Founded) -> StaffCaller {
    StaffCaller {
        organisation_id: founded.organisation_id,
        staff_id: founded.owner_id,
        name: String::new(),
        role: Role::Owner,
        session: String::new(),
    }
}

fn request() -> Result<SetupRequest, DemoError> {
    let [(name, _, email, _), ..] = PEOPLE;
    Ok(SetupRequest {
        organisation_name: "Hearth & Gift".to_owned(),
        owner: NewPerson {
            name: name.to_owned(),
            email: email.unwrap_or_default().to_owned(),
            password: PASSWORD.to_owned(),
        },
        store: store("High Street", &["14 High Street", "Brighton BN1 1AA"])?,
        standard_tax: StandardTax { name: "VAT".to_owned(), percent: "20".to_owned() },
    })
}

/// A point for each pound, five pounds off for a hundred of them.
fn points() -> PointsRules {
    let tier = |name: &str, from, share| Tier { name: name.to_owned(), from, share: Rate(share) };
    let tiers = vec![tier("Silver", 250, 1_250_000), tier("Gold", 1_000, 1_500_000)];
    PointsRules { earn: Minor(100), spend: 100, worth: Minor(500), tiers }
}

fn store(name: &str, address: &[&str]) -> Result<StoreSettings, DemoError> {
    Ok(StoreSettings {
        name: name.to_owned(),
        address: address.iter().map(|row| (*row).to_owned()).collect(),
        country: "GB".to_owned(),
        currency: Currency::parse("GBP").map_err(|e| DemoError::Data(e.to_string()))?,
        time_zone: "Europe/London".to_owned(),
        language: "en".to_owned(),
        tax: TaxSettings { prices_include_tax: true, rounded: RoundedPer::Line, ..TaxSettings::default() },
        cash_rounding: CashRounding::default(),
        tax_number: Some("GB 999 9999 73".to_owned()),
        shift_needed: false,
        in_store_codes: Vec::new(),
        approval: Default::default(),
        lock_after_minutes: LOCK_AFTER_MINUTES,
        giving: shared::store::GivingRules::default(),
        points: Some(points()),
        known_days: shared::sale::KNOWN_DAYS,
        receipt_footer: Some("Thank you. Goods may be returned within 28 days.".to_owned()),
        receipt: shared::store::ReceiptTemplate::default(),
    })
}

/// What stands in each store at the start, recorded by its first till.
async fn count_in(
    app: &App,
    organisation_id: OrganisationId,
    goods: &Goods,
    now_ms: i64,
) -> Result<(), DemoError> {
    let at_ms = now_ms - (history::DAYS + 1) * DAY_MS;
    let mut seen = Vec::new();
    for Standing { mut till, rules, .. } in tills(app, organisation_id).await? {
        if seen.contains(&rules.store.id) {
            continue;
        }
        seen.push(rules.store.id);
        let mut chance = Chance::new(0x570c + seen.len() as u64);
        let time = LocalTime { at_ms, offset_minutes: offset_minutes(&rules.store.time_zone, at_ms) };
        let mut entries = Vec::new();
        let stocked: Vec<&Product> = goods.products.iter().filter(|p| p.stocked && p.active).collect();
        for (part, number) in stocked.chunks(LINES_OF_AN_ADJUSTMENT).zip(1..) {
            let lines = part.iter().map(|product| opening(product, at_ms, &mut chance)).collect();
            let adjustment = StockAdjustment {
                number: format!("OPEN-{}-{number}", till.receipt_prefix),
                lines,
                note: Some("Stock at the opening".to_owned()),
                country: None,
            };
            entries.push(till.adjust(adjustment, time, &mut chance)?);
        }
        history::book((&app.ingest, organisation_id), &till, entries, at_ms).await?;
    }
    Ok(())
}

fn opening(product: &Product, at_ms: i64, chance: &mut Chance) -> StockAdjustmentLine {
    let most = match (product.favourite, product.unit.is_measured()) {
        (true, _) => 400,
        (false, true) => 60,
        (false, false) => 90,
    };
    // Now and then only a few are left.
    let count = if chance.percent(6) { 1 + chance.below(3) } else { 4 + chance.below(most) };
    StockAdjustmentLine {
        product_id: product.id,
        sku: product.sku.clone(),
        name: product.name.clone(),
        quantity: Quantity(i64::try_from(count).unwrap_or(1).saturating_mul(Quantity::ONE.0)),
        reason: StockReason::Opening,
        added_at_ms: at_ms,
    }
}

fn tablet_name(prefix: &str) -> String {
    format!("Demo tablet {}", prefix.trim_start_matches('0'))
}

/// A till of the demo: how far it has come, what it sells by, how busy it is, until when it has sold.
struct Standing {
    till: DemoTill,
    rules: Rules,
    busy: Busy,
    until_ms: i64,
}

/// The demo's own tills.
async fn tills(app: &App, organisation_id: OrganisationId) -> Result<Vec<Standing>, DemoError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let stores = ground::stores(&mut tx, organisation_id).await?;
    let registers = ground::registers(&mut tx, organisation_id).await?;
    let staff = ground::staff(&mut tx, organisation_id, None).await?;
    let tax_categories = catalog::tax_categories(&mut tx, organisation_id).await?;
    let mut tills = Vec::new();
    for row in ground::devices(&mut tx, organisation_id).await? {
        let id: DeviceId = row.id.parse().map_err(|_| DemoError::Data(row.id.clone()))?;
        let key = ground::device_key(&mut tx, organisation_id, id).await?;
        let register: Option<&Register> = registers.iter().find(|r| r.id.to_string() == row.register_id);
        let store = register.and_then(|register| stores.iter().find(|store| store.id == register.store_id));
        let (Some(register), Some(store)) = (register, store) else { continue };
        if key.as_deref() != Some(NO_KEY) || row.revoked {
            continue;
        }
        let known = TILLS.iter().find(|(prefix, ..)| tablet_name(prefix) == row.name);
        let Some((prefix, name, busy)) = known else { continue };
        let seller = staff.iter().find(|member| member.name == *name);
        let ledger = books::ledger(&mut tx, organisation_id, id).await?;
        let (sequence, previous) =
            ledger.map_or((0, NO_HASH.to_owned()), |(ledger, _)| (ledger.last_sequence, ledger.last_hash));
        let till = DemoTill {
            device_id: id,
            register_id: register.id,
            staff_id: seller.map_or_else(|| StaffId::fresh(&mut FreshIds), |member| member.id),
            staff_name: (*name).to_owned(),
            receipt_prefix: (*prefix).to_owned(),
            receipts: sales::count_of_device(&mut tx, organisation_id, id).await?,
            sequence,
            previous,
        };
        tills.push(Standing {
            till,
            rules: Rules {
                store: store.clone(),
                tax_categories: tax_categories.clone(),
                promotions: Vec::new(),
            },
            busy: *busy,
            until_ms: row.last_seen_ms.unwrap_or(row.paired_at_ms),
        });
    }
    Ok(tills)
}

/// Sells what was not sold yet until now.
pub async fn catch_up(
    app: &App,
    organisation_id: OrganisationId,
    now_ms: i64,
    tell: &impl Fn(&str),
) -> Result<(), DemoError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let products: Vec<Product> =
        catalog::all_products(&mut tx, organisation_id).await?.into_iter().map(|row| row.product).collect();
    drop(tx);
    let shelves = Shelves::of(&products);
    let baskets = baskets::baskets()?;
    let mut count = 0;
    for Standing { mut till, rules, busy, until_ms } in tills(app, organisation_id).await? {
        let books = (&app.ingest, organisation_id);
        history::sell(&mut till, &rules, busy, &shelves, &baskets, (until_ms, now_ms), books, |sold| {
            count += sold;
        })
        .await?;
        if count > 0 {
            tell(&format!("{count} sales of the last days"));
        }
    }
    Ok(())
}

/// A code to pair a tablet with, for the register that has no tablet of the demo, and that register's name.
pub async fn pairing_code(
    app: &App,
    organisation_id: OrganisationId,
    lasts_ms: i64,
    now_ms: i64,
) -> Result<Option<(String, String)>, DemoError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let registers = ground::registers(&mut tx, organisation_id).await?;
    let staff = ground::staff(&mut tx, organisation_id, None).await?;
    drop(tx);
    let register = registers.into_iter().find(|register| register.name == FREE_REGISTER);
    let owner = staff.iter().find(|member| member.role == Role::Owner);
    let (Some(register), Some(owner)) = (register, owner) else { return Ok(None) };
    let code = devices::code_for(app, (organisation_id, register.id), owner.id, lasts_ms, now_ms).await?.code;
    Ok(Some((code, register.name)))
}
