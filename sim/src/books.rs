//! Books: what must be true when everything is calm again.
//! Lives here: reading the server's tables back and holding them against what the screens promised.
//! May use: SQL of its own (it checks the store, so it does not ask it). Never: a correction.

use crate::accounts;
use crate::approving;
use crate::customers;
use crate::drawer;
use crate::known;
use crate::layaways;
use crate::offers::{self, CouponKey};
use crate::points;
use crate::server::Server;
use crate::tablet::{Tablet, sale_of};
use crate::world::World;
use shared::api::FlagKind;
use shared::catalog::Product;
use shared::ids::ProductId;
use shared::money::{Minor, Quantity};
use shared::pricing::Promotion;
use shared::sale::{ReturnFault, Returned, Sale};
use shared::stock::movements_of;
use shared::sync::journal::{EntryBody, JournalEntry, NO_HASH, SealedEntry};
use shared::sync::register::{Stop, SyncStatus};
use shared::sync::wire::{EntryOutcome, PushRequest, PushResponse};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use tillbridge::on_engine;
use tillbridge::store::Tx;

/// A journal entry at the server.
#[derive(sqlx::FromRow)]
pub struct Entry {
    /// Whose.
    pub organisation_id: String,
    /// Its fingerprint.
    pub hash: String,
    entry_id: String,
    /// Of which tablet.
    pub device_id: String,
    sequence: i64,
    /// `booked`, or kept.
    pub state: String,
    reason: Option<String>,
    received_at_ms: i64,
    content: String,
}

#[derive(sqlx::FromRow)]
struct Ledger {
    id: String,
    last: i64,
    hash: String,
    unsent: i64,
}

#[derive(sqlx::FromRow)]
struct SaleRow {
    organisation_id: String,
    id: String,
    receipt_number: String,
    total_minor: i64,
}

/// Organisation, sale, line.
type LineKey = (String, String, i64);

struct Books {
    entries: Vec<Entry>,
    homes: HashMap<String, String>,
    ledgers: HashMap<String, Ledger>,
    sales: Vec<SaleRow>,
    tenders: i64,
    movements: BTreeMap<(String, String), i64>,
    levels: BTreeMap<(String, String), i64>,
    products: HashMap<String, BTreeMap<String, String>>,
    /// What has come back of the lines of sales: how much, and what it was worth.
    returned: BTreeMap<LineKey, (i64, i64)>,
    /// Flags nobody has looked at.
    flags: BTreeSet<(LineKey, String)>,
    /// How often codes were used.
    coupon_uses: BTreeMap<CouponKey, i64>,
    /// Codes with a limit.
    coupon_limits: BTreeMap<CouponKey, i64>,
    /// Cash in and out of drawers, by the entry that says so.
    drawer_lines: BTreeMap<String, i64>,
    /// What approvals are worth, by entry and place.
    approvals: BTreeMap<(String, i64), String>,
    /// Customers.
    customers: customers::Kept,
    /// What is on accounts.
    accounts: accounts::Kept,
    /// What is paid on layaways.
    layaways: layaways::Paid,
    /// Tables and columns that name a record of another organisation.
    strays: Vec<String>,
}

/// Which column names a record of which table.
const NAMED: [(&str, &str); 8] = [
    ("store_id", "stores"),
    ("register_id", "registers"),
    ("device_id", "devices"),
    ("staff_id", "staff"),
    ("product_id", "products"),
    ("category_id", "categories"),
    ("tax_category_id", "tax_categories"),
    ("sale_id", "sales"),
];

/// Everything that is wrong.
pub fn check(world: &mut World) -> Vec<String> {
    let lent = world.lent.clone();
    let read = world.server.look(async |tx| read(tx, &lent).await);
    let Some(books) = read else { return vec!["the server does not run".to_owned()] };
    let mut wrong = Vec::new();
    promises(world, &books, &mut wrong);
    what_never_came(world, &books, &mut wrong);
    journals(world, &books, &mut wrong);
    sales(&books, &mut wrong);
    stock(world, &books, &mut wrong);
    returns(&books, &mut wrong);
    drawer::check(&books.entries, &books.drawer_lines, &mut wrong);
    coupons(&books, &mut wrong);
    customers::check(&books.entries, &books.customers, world.restored, &mut wrong);
    accounts::check(&books.entries, &books.accounts, &overdrawn(&books), &mut wrong);
    layaways::check(&books.entries, &books.layaways, &mut wrong);
    points::check(&books.entries, &books.accounts, &mut wrong);
    approving::check(&world.shops, &books.entries, &books.approvals, &flagged(&books), &mut wrong);
    isolation(&books, &mut wrong);
    in_step(world, &books, &mut wrong);
    wrong
}

/// The fingerprints of what a push was answered for.
pub fn taken(body: &[u8], response: &PushResponse) -> Vec<String> {
    let Ok(request) = serde_json::from_slice::<PushRequest>(body) else { return Vec::new() };
    let answered = request.entries.into_iter().zip(&response.answers);
    answered
        .filter(|(_, answer)| !matches!(answer.outcome, EntryOutcome::OutOfOrder { .. }))
        .map(|(entry, _)| entry.hash)
        .collect()
}

/// All rows of a query, on either engine.
macro_rules! rows {
    ($tx:expr, $sql:expr) => {
        on_engine!(&mut *$tx, connection => sqlx::query_as($sql).fetch_all(connection).await.unwrap())
    };
}

/// All fingerprints there are.
pub fn hashes(server: &Server) -> HashSet<String> {
    let read = server.look(async |tx| {
        let all: Vec<(String,)> = rows!(tx, "SELECT hash FROM journal_entries");
        all.into_iter().map(|(hash,)| hash).collect()
    });
    read.unwrap_or_default()
}

/// R4: at the moment of its answer the server has every record it answers for.
pub fn has_all(server: &Server, taken: &[String]) -> bool {
    let found = server.look(async |tx| {
        for hash in taken {
            let count = "SELECT COUNT(*) FROM journal_entries WHERE hash = $1";
            let there: i64 = on_engine!(&mut *tx, connection =>
                sqlx::query_scalar(count).bind(hash).fetch_one(connection).await.unwrap());
            if there != 1 {
                return false;
            }
        }
        true
    });
    found == Some(true)
}

async fn read(tx: &mut Tx, lent: &BTreeSet<String>) -> Books {
    let mut products: HashMap<String, BTreeMap<String, String>> = HashMap::new();
    let of_products: Vec<(String, String, String)> =
        rows!(tx, "SELECT organisation_id, id, body FROM products");
    for (organisation, id, body) in of_products {
        products.entry(organisation).or_default().insert(id, body);
    }
    let homes: Vec<(String, String)> = rows!(tx, "SELECT device_id, organisation_id FROM device_homes");
    let ledgers: Vec<Ledger> =
        rows!(tx, "SELECT id, last_sequence AS last, last_hash AS hash, unsent FROM devices");
    let tenders: Vec<(i64,)> = rows!(tx, "SELECT COUNT(*) FROM tenders");
    let movements: Vec<(String, String, i64)> = rows!(
        tx,
        "SELECT store_id, product_id, CAST(SUM(quantity) AS BIGINT) FROM stock_movements \
         GROUP BY store_id, product_id"
    );
    let levels: Vec<(String, String, i64)> =
        rows!(tx, "SELECT store_id, product_id, quantity FROM stock_levels");
    let coupon_uses: Vec<(String, String, i64)> =
        rows!(tx, "SELECT organisation_id, promotion_id, uses FROM coupon_uses");
    let of_promotions: Vec<(String, String, String)> =
        rows!(tx, "SELECT organisation_id, id, body FROM promotions");
    let limit = |(organisation, id, body): (String, String, String)| {
        let promotion: Promotion = serde_json::from_str(&body).unwrap();
        Some(((organisation, id), i64::from(promotion.coupon?.most_uses?)))
    };
    let coupon_limits = of_promotions.into_iter().filter_map(limit).collect();
    let drawer_lines: Vec<(String, i64)> = rows!(tx, "SELECT entry_hash, amount_minor FROM drawer_lines");
    let approvals: Vec<(String, i64, String)> = rows!(tx, "SELECT entry_hash, place, state FROM approvals");
    let by_place = |rows: Vec<(String, String, i64)>| {
        rows.into_iter().map(|(store, product, quantity)| ((store, product), quantity)).collect()
    };
    Books {
        entries: rows!(
            tx,
            "SELECT organisation_id, hash, entry_id, device_id, sequence, state, reason, received_at_ms, \
             content FROM journal_entries ORDER BY device_id, sequence"
        ),
        homes: homes.into_iter().collect(),
        ledgers: ledgers.into_iter().map(|ledger| (ledger.id.clone(), ledger)).collect(),
        sales: rows!(tx, "SELECT organisation_id, id, receipt_number, total_minor FROM sales"),
        tenders: tenders.first().map_or(0, |(count,)| *count),
        movements: by_place(movements),
        levels: by_place(levels),
        products,
        returned: returned(tx).await,
        flags: flags(tx).await,
        coupon_uses: by_place(coupon_uses),
        coupon_limits,
        drawer_lines: drawer_lines.into_iter().collect(),
        approvals: approvals.into_iter().map(|(hash, place, state)| ((hash, place), state)).collect(),
        customers: customers::read(tx).await,
        accounts: accounts::read(tx).await,
        layaways: layaways::read(tx).await,
        strays: strays(tx, lent).await,
    }
}

async fn returned(tx: &mut Tx) -> BTreeMap<LineKey, (i64, i64)> {
    let sql = "SELECT organisation_id, sale_id, line, quantity, amount_minor FROM returned_quantities";
    let rows: Vec<(String, String, i64, i64, i64)> = rows!(tx, sql);
    rows.into_iter().map(|(o, sale, line, quantity, amount)| ((o, sale, line), (quantity, amount))).collect()
}

/// What a manager is told of approvals: about which record, and what.
fn flagged(books: &Books) -> BTreeSet<(String, String)> {
    let of_approval = books.flags.iter().filter(|(_, kind)| kind.starts_with("approval_"));
    of_approval.map(|((_, about, _), kind)| (about.clone(), kind.clone())).collect()
}

/// Sales that are flagged because they took too much from an account.
fn overdrawn(books: &Books) -> BTreeSet<(String, String)> {
    let of_accounts = books.flags.iter().filter(|(_, kind)| *kind == FlagKind::AccountOver.word());
    of_accounts.map(|((organisation, sale, _), _)| (organisation.clone(), sale.clone())).collect()
}

async fn flags(tx: &mut Tx) -> BTreeSet<(LineKey, String)> {
    let sql = "SELECT f.organisation_id, f.sale_id, f.line, f.kind FROM flags f WHERE NOT f.resolved \
        AND NOT (f.kind = 'unknown_sale' AND EXISTS \
        (SELECT 1 FROM sales s WHERE s.organisation_id = f.organisation_id AND s.id = f.sale_id))";
    let rows: Vec<(String, String, i64, String)> = rows!(tx, sql);
    rows.into_iter().map(|(o, sale, line, kind)| ((o, sale, line), kind)).collect()
}

/// Looks through every table that has an organisation: is it a known one, and is what a row names its own? A sale under an
/// id lent by the other shop may be lost or kept, and what comes back of it then names a sale that only the lender has.
async fn strays(tx: &mut Tx, lent: &BTreeSet<String>) -> Vec<String> {
    let columns: Vec<(String, String)> = match tx {
        Tx::Sqlite(_) => rows!(
            tx,
            "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
             WHERE t.type = 'table' ORDER BY t.name, c.cid"
        ),
        Tx::Postgres(_) => rows!(
            tx,
            "SELECT table_name::text, column_name::text FROM information_schema.columns \
             WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
        ),
    };
    let bound: HashSet<&str> = columns
        .iter()
        .filter(|(_, column)| column == "organisation_id")
        .map(|(table, _)| table.as_str())
        .collect();
    let mut strays = Vec::new();
    for (table, column) in columns.iter().filter(|(table, _)| bound.contains(table.as_str())) {
        let named = NAMED.iter().find(|(name, _)| name == column);
        let condition = match named {
            Some((_, named)) => format!(
                "NOT EXISTS (SELECT 1 FROM {named} n WHERE n.organisation_id = r.organisation_id AND n.id = r.{column}) \
                 AND EXISTS (SELECT 1 FROM {named} n WHERE n.id = r.{column})"
            ),
            None if column == "organisation_id" => {
                "NOT EXISTS (SELECT 1 FROM organisations o WHERE o.organisation_id = r.organisation_id)"
                    .to_owned()
            }
            None => continue,
        };
        let sql = format!("SELECT r.{column} FROM {table} r WHERE {condition}");
        let found: Vec<(String,)> = rows!(tx, sqlx::AssertSqlSafe(sql.clone()));
        let count = found.iter().filter(|(id,)| !lent.contains(id)).count();
        if count > 0 {
            strays.push(format!("{count} rows of {table} by {column}"));
        }
    }
    strays
}

impl Entry {
    /// What it says, if it can be read.
    pub fn open(&self) -> Option<JournalEntry> {
        sealed(self)?.open().ok()
    }
}

fn sealed(entry: &Entry) -> Option<SealedEntry> {
    Some(SealedEntry {
        id: entry.entry_id.parse().ok()?,
        sequence: u64::try_from(entry.sequence).ok()?,
        hash: entry.hash.clone(),
        content: entry.content.clone(),
    })
}

/// I1: whatever a screen promised is at the server, or still on a tablet that says it has stopped.
fn promises(world: &World, books: &Books, wrong: &mut Vec<String>) {
    let there: HashSet<&str> = books.entries.iter().map(|entry| entry.hash.as_str()).collect();
    for (at, tablet) in world.every_tablet().enumerate() {
        for promised in &tablet.promised {
            if there.contains(promised.hash.as_str()) || world.lost.contains(&promised.hash) {
                continue;
            }
            let Some(holder) = world.tablets.iter().find(|other| other.holds(promised)) else {
                wrong.push(format!("I1: sale {} of tablet {at} is lost", promised.sequence));
                continue;
            };
            let status = holder.owner.map(|tab| holder.tabs[tab].state.status());
            if !matches!(status, Some(SyncStatus::Stopped { .. })) {
                wrong.push(format!(
                    "I1: sale {} of tablet {at} never came; it shows {status:?}",
                    promised.sequence
                ));
            }
        }
    }
}

/// I13: what managers see as not sent is what the tablet last said it had recorded, less what has come; also of one that
/// was unpaired, or lost with everything on it.
fn what_never_came(world: &World, books: &Books, wrong: &mut Vec<String>) {
    if world.restored {
        return;
    }
    for (at, tablet) in world.every_tablet().enumerate().filter(|(_, tablet)| !tablet.copied) {
        let device = tablet.paired.device_id;
        let Some(told) = world.told.get(&device) else { continue };
        let Some(ledger) = books.ledgers.get(&device.to_string()) else { continue };
        let never_came = (told - ledger.last).max(0);
        if ledger.unsent != never_came {
            wrong.push(format!(
                "I13: managers see {} not sent of tablet {at}, and {never_came} never came",
                ledger.unsent
            ));
        }
    }
}

/// I3, I6: each register's journal at the server has no gap, no double, and each entry names the one before.
fn journals(world: &World, books: &Books, wrong: &mut Vec<String>) {
    let mut by_device: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in &books.entries {
        by_device.entry(&entry.device_id).or_default().push(entry);
        let whole =
            customers::is_erased(&entry.content) || sealed(entry).is_some_and(|sealed| sealed.is_whole());
        if !whole {
            wrong.push(format!("I6: entry {} of {} is not what was sealed", entry.sequence, entry.device_id));
        }
    }
    for (at, tablet) in world.every_tablet().enumerate() {
        let device = tablet.paired.device_id.to_string();
        let entries = by_device.get(device.as_str()).map(Vec::as_slice).unwrap_or_default();
        if tablet.revoked_at_ms.is_some() && !world.restored {
            after_unpairing(at, tablet, entries, wrong);
        }
        if tablet.copied {
            continue;
        }
        one_journal(at, &device, entries, books, wrong);
        let cause = tablet.revoked_at_ms.is_some() || tablet.newer;
        if !cause && let Some(kept) = entries.iter().find(|entry| entry.state != "booked") {
            wrong.push(format!(
                "I2: entry {} of tablet {at} is kept without a cause: {:?}",
                kept.sequence, kept.reason
            ));
        }
    }
}

fn one_journal(at: usize, device: &str, entries: &[&Entry], books: &Books, wrong: &mut Vec<String>) {
    let mut previous = NO_HASH.to_owned();
    for (expected, entry) in (1..).zip(entries) {
        if entry.sequence != expected {
            wrong.push(format!("I3: tablet {at} has {} where {expected} should be", entry.sequence));
            return;
        }
        let Some(open) = sealed(entry).and_then(|sealed| sealed.open().ok()) else {
            previous.clone_from(&entry.hash);
            continue;
        };
        if open.previous != previous {
            wrong.push(format!("I6: entry {expected} of tablet {at} does not name the one before"));
        }
        previous.clone_from(&entry.hash);
    }
    let last = i64::try_from(entries.len()).unwrap_or(0);
    let ledger = books.ledgers.get(device).map_or((0, NO_HASH), |ledger| (ledger.last, ledger.hash.as_str()));
    if ledger != (last, previous.as_str()) {
        wrong.push(format!("I3: the ledger of tablet {at} stands at {}, its journal at {last}", ledger.0));
    }
}

/// Once a tablet has been unpaired, nothing it sends is booked by itself.
fn after_unpairing(at: usize, tablet: &Tablet, entries: &[&Entry], wrong: &mut Vec<String>) {
    let plain = !tablet.copied && !tablet.newer;
    let unpaired_ms = tablet.revoked_at_ms.unwrap_or(i64::MAX);
    if entries.iter().any(|entry| entry.state == "booked" && entry.received_at_ms > unpaired_ms) {
        wrong.push(format!("I11: tablet {at} was unpaired, and something was booked after that"));
    }
    let told = tablet.owner.map(|tab| tablet.tabs[tab].state.stopped);
    if plain && told.is_some_and(|stop| stop != Some(Stop::Unpaired)) {
        wrong.push(format!("I11: tablet {at} was unpaired and does not know it"));
    }
}

/// I2, I5: a sale for each booked entry, once, adding up; receipt numbers once.
fn sales(books: &Books, wrong: &mut Vec<String>) {
    let mut expected: BTreeMap<(&str, String), Sale> = BTreeMap::new();
    for entry in books.entries.iter().filter(|entry| entry.state == "booked") {
        let Some(open) = sealed(entry).and_then(|sealed| sealed.open().ok()) else { continue };
        let EntryBody::SaleCompleted { sale } = open.body else { continue };
        if let Err(fault) = sale.check() {
            wrong.push(format!("I5: sale {} does not add up: {fault}", sale.receipt_number));
        }
        if expected.insert((&entry.organisation_id, sale.id.to_string()), *sale).is_some() {
            wrong.push("I2: a sale is in two booked entries".to_owned());
        }
    }
    let mut receipts = HashSet::new();
    for SaleRow { organisation_id, id, receipt_number: receipt, total_minor } in &books.sales {
        match expected.get(&(organisation_id.as_str(), id.clone())) {
            None => wrong.push(format!("I2: sale {receipt} is in the books without an entry")),
            Some(sale) if sale.total.0 != *total_minor => {
                wrong.push(format!("I5: sale {receipt} has another total"))
            }
            Some(_) => {}
        }
        if !receipts.insert((organisation_id, receipt)) {
            wrong.push(format!("I2: two sales have the receipt number {receipt}"));
        }
    }
    if books.sales.len() != expected.len() {
        wrong.push(format!("I1: {} sales for {} booked entries", books.sales.len(), expected.len()));
    }
    let tenders: usize = expected.values().map(|sale| sale.tenders.len()).sum();
    if i64::try_from(tenders).unwrap_or(0) != books.tenders {
        wrong.push(format!("I2: {} tenders where {tenders} were taken", books.tenders));
    }
}

/// I4: movements follow from the sales, levels from the movements.
fn stock(world: &World, books: &Books, wrong: &mut Vec<String>) {
    let mut expected: BTreeMap<(String, String), i64> = BTreeMap::new();
    for entry in books.entries.iter().filter(|entry| entry.state == "booked") {
        let Some(open) = sealed(entry).and_then(|sealed| sealed.open().ok()) else { continue };
        let Some(store) = world.store_of(&entry.device_id) else { continue };
        let moved: Vec<(ProductId, i64)> = match open.body {
            EntryBody::SaleCompleted { sale } => {
                movements_of(&sale).iter().map(|moved| (moved.product_id, moved.quantity.0)).collect()
            }
            EntryBody::StockAdjusted { adjustment } => {
                adjustment.lines.iter().map(|line| (line.product_id, line.quantity.0)).collect()
            }
            _ => Vec::new(),
        };
        for (product, quantity) in moved {
            *expected.entry((store.clone(), product.to_string())).or_default() += quantity;
        }
    }
    if expected != books.movements {
        wrong.push("I4: the stock movements are not those of the sales".to_owned());
    }
    if books.levels != books.movements {
        wrong.push("I4: a stock level is not the sum of its movements".to_owned());
    }
}

/// I14: what came back is counted once, and a manager is told of what is more than was sold, and of nothing else.
fn returns(books: &Books, wrong: &mut Vec<String>) {
    let mut sold: BTreeMap<LineKey, Returned> = BTreeMap::new();
    let mut expected: BTreeMap<LineKey, (i64, i64)> = BTreeMap::new();
    for entry in books.entries.iter().filter(|entry| entry.state == "booked") {
        let Some(sale) = sealed(entry).as_ref().and_then(sale_of) else { continue };
        let key = |id: &str, line| (entry.organisation_id.clone(), id.to_owned(), line);
        for (place, line) in (1_i64..).zip(&sale.lines) {
            sold.insert(key(&sale.id.to_string(), place), line.whole());
            let Some(origin) = &line.origin else { continue };
            let back = expected.entry(key(&origin.sale_id.to_string(), origin.line.into())).or_default();
            *back = (back.0 - line.quantity.0, back.1 - line.tax.gross.0);
        }
    }
    if expected != books.returned {
        wrong.push("I14: what is counted as come back is not what came back".to_owned());
    }
    for (line, (quantity, amount)) in &expected {
        let returned = Returned { quantity: Quantity(*quantity), amount: Minor(*amount) };
        let fault = returned.check(sold.get(line).copied()).err();
        let told = |fault: ReturnFault| books.flags.contains(&(line.clone(), fault.word().to_owned()));
        if fault.is_some_and(|fault| !told(fault)) {
            wrong.push(format!("I14: nobody is told that of {} line {} {fault:?}", line.1, line.2));
        }
        if fault.is_none() && ReturnFault::ALL.into_iter().any(told) {
            wrong.push(format!(
                "I14: there is nothing wrong with what came back of {} line {}",
                line.1, line.2
            ));
        }
    }
}

/// I16.
fn coupons(books: &Books, wrong: &mut Vec<String>) {
    let mut flagged: BTreeMap<String, i64> = BTreeMap::new();
    for ((organisation, ..), _) in books.flags.iter().filter(|(_, kind)| *kind == FlagKind::CouponOver.word())
    {
        *flagged.entry(organisation.clone()).or_default() += 1;
    }
    offers::check(&books.entries, &books.coupon_uses, &flagged, &books.coupon_limits, wrong);
}

/// I11: every record is in the organisation of the tablet that made it.
fn isolation(books: &Books, wrong: &mut Vec<String>) {
    for entry in &books.entries {
        if books.homes.get(&entry.device_id) != Some(&entry.organisation_id) {
            wrong.push(format!("I11: entry {} lies in another organisation", entry.hash));
        }
    }
    wrong.extend(
        books.strays.iter().map(|stray| format!("I11: another organisation's record is named in {stray}")),
    );
}

/// I10 and liveness: after the calm every tablet that may sell has sent everything and shows what the server has.
fn in_step(world: &World, books: &Books, wrong: &mut Vec<String>) {
    let promoted = offers::told(world);
    let known = customers::told(world);
    let sold = known::told(world);
    let balances = accounts::told(world);
    for (at, tablet) in world.tablets.iter().enumerate() {
        let Some(tab) = tablet.owner.map(|tab| &tablet.tabs[tab]) else {
            wrong.push(format!("L: no tab of tablet {at} is the owner"));
            continue;
        };
        let status = tab.state.status();
        let device = tablet.paired.device_id.to_string();
        let calm = match status {
            SyncStatus::Synced | SyncStatus::Refused { waiting: 0, .. } => true,
            SyncStatus::Stopped { why: Stop::Unpaired, waiting: 0 } => {
                tablet.revoked_at_ms.is_some() || world.restored
            }
            SyncStatus::Stopped { why: Stop::Unpaired, .. } => {
                // A copy, or one that was paired after the backup that was brought back: the server does not know it.
                (tablet.copied && tablet.revoked_at_ms.is_some())
                    || (world.restored && !books.ledgers.contains_key(&device))
            }
            SyncStatus::Stopped { .. } => tablet.copied,
            _ => false,
        };
        if !calm {
            wrong.push(format!("L: tablet {at} still shows {status:?}"));
        }
        if tab.state.stopped.is_some() || tablet.revoked_at_ms.is_some() {
            continue;
        }
        let ledger = books.ledgers.get(&device).map_or(0, |ledger| ledger.last);
        if u64::try_from(ledger).unwrap_or(0) > tablet.disk.look().counters.sequence {
            wrong.push(format!("I3: tablet {at} is an old copy and goes on"));
        }
        same_catalogue(at, world, books, wrong);
        if promoted.get(tablet.shop) != Some(&tablet.disk.look().promotions) {
            wrong.push(format!("I10: tablet {at} has other promotions than the server"));
        }
        if sold.get(tablet.shop) != Some(&tablet.disk.look().known) {
            wrong.push(format!("I10: tablet {at} knows other sales of its store than the server"));
        }
        // What is kept for a manager is known to its tablet alone.
        let alone = tablet.copied || !tablet.disk.look().answered.kept.is_empty();
        if !alone && known.get(tablet.shop) != Some(&tablet.disk.look().customers) {
            wrong.push(format!("I10: tablet {at} knows other customers than the server"));
        }
        let own = accounts::with_something(&tablet.disk.look().accounts);
        if balances.get(tablet.shop) != Some(&own) {
            wrong.push(format!("I10: tablet {at} knows other balances than the server"));
        }
    }
}

fn same_catalogue(at: usize, world: &World, books: &Books, wrong: &mut Vec<String>) {
    let tablet = &world.tablets[at];
    let shop = &world.shops[tablet.shop];
    let kept = tablet.disk.look();
    let none = BTreeMap::new();
    let there = books.products.get(&shop.organisation_id.to_string()).unwrap_or(&none);
    let ids: BTreeSet<String> = kept.products.keys().map(ToString::to_string).collect();
    let same = ids.len() == there.len()
        && there.iter().all(|(id, body)| {
            let theirs: Option<Product> = serde_json::from_str(body).ok();
            let own = id.parse().ok().and_then(|id| kept.products.get(&id));
            theirs.is_some() && theirs.as_ref() == own
        });
    if !same {
        wrong.push(format!("I10: tablet {at} has another catalogue than the server"));
    }
    if tablet.copied {
        return;
    }
    let store = shop.rules.store.id.to_string();
    let Some(tab) = tablet.owner.map(|tab| &tablet.tabs[tab]) else { return };
    for product in kept.products.keys() {
        let theirs = books.levels.get(&(store.clone(), product.to_string())).copied().unwrap_or(0);
        let own = Quantity(kept.levels.get(product).copied().unwrap_or(0));
        if tab.unsent.on_top_of(own, *product) != Some(Quantity(theirs)) {
            wrong.push(format!("I10: tablet {at} shows another stock than the server"));
            return;
        }
    }
}
