//! Tablet: a browser with its tabs, as far as recording and sync go.
//! Lives here: what a tablet is, what its tabs remember, and how a sale is rung up with the numbers a transaction gives.
//! May use: disk, the shared rules. Never: the network (that is the world's).
//! Invariant: a sale is promised only after the transaction that holds it.

use crate::disk::Disk;
use crate::older;
use crate::shop::{CODE, Paired, Shop};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use shared::calendar::LocalTime;
use shared::catalog::Product;
use shared::ids::{DeviceId, EntryId};
use shared::money::Quantity;
use shared::sale::Sale;
use shared::sync::device::Numbers;
use shared::sync::journal::{ENTRY_VERSION, EntryBody, JournalEntry, SealedEntry};
use shared::sync::register::RegisterSync;
use shared::sync::unsent::Unsent;
use shared::sync::wire::{PushRequest, SCHEMA};
use std::collections::BTreeMap;
use tillbridge::demo::till::{DemoTill, Part, Rules, Visit};
use tillbridge::replay::chance::Chance;

/// What the screen has promised to have kept.
#[derive(Clone, Debug)]
pub struct Promised {
    /// Its place.
    pub sequence: u64,
    /// Its fingerprint.
    pub hash: String,
}

/// A tab.
pub struct Tab {
    /// Grows whenever the tab dies: what is under way for an older life is for nobody.
    pub life: u64,
    /// Is it open?
    pub alive: bool,
    /// The shipped rules' state.
    pub state: RegisterSync,
    /// Stock moved here that the server's levels do not count.
    pub unsent: Unsent,
    /// Only the newest wake-up counts.
    pub wake: u32,
    /// A sign-in is under way.
    pub signing_in: bool,
    /// A push is under way.
    pub pushing: bool,
    /// The first entry of a push that failed.
    pub failed_from: Option<u64>,
    /// How far the server had answered when the pull under way was begun.
    pub answered_at_pull: u64,
    /// Numbers as this tab remembers them: for a planted fault alone.
    pub remembered: Option<(u64, u64)>,
}

/// A tablet.
pub struct Tablet {
    /// Whose shop, by its place.
    pub shop: usize,
    /// What it is to the server.
    pub paired: Paired,
    /// What it keeps.
    pub disk: Disk,
    /// When the transactions before have ended.
    pub disk_free_ms: i64,
    /// Its tabs, open and closed.
    pub tabs: Vec<Tab>,
    /// Which of them holds the lock.
    pub owner: Option<usize>,
    /// Its clock minus the true time.
    pub skew_ms: i64,
    /// East of UTC.
    pub offset_minutes: i32,
    /// Does the browser say there is a network?
    pub online: bool,
    /// Do requests get through?
    pub reachable: bool,
    /// Its cookie.
    pub session: Option<String>,
    /// When it was unpaired, if it was.
    pub revoked_at_ms: Option<i64>,
    /// The power goes after the next sale.
    pub plug_loose: bool,
    /// Is it, or was it, there twice?
    pub copied: bool,
    /// Does it run a release the server does not know yet?
    pub newer: bool,
    /// Does it run an old one?
    pub older: bool,
    /// Do its records bear ids of another shop's?
    pub borrows_ids: bool,
    /// Its browser is short of room and will throw everything away.
    pub doomed: bool,
    /// Has its storage been thrown away, or erased, and is it not paired again yet?
    pub blank: bool,
    /// What its screens have promised to have kept.
    pub promised: Vec<Promised>,
}

impl Tablet {
    /// Out of the box, paired.
    pub fn new(shop: usize, paired: Paired) -> Self {
        Self {
            shop,
            paired,
            disk: Disk::default(),
            disk_free_ms: 0,
            tabs: Vec::new(),
            owner: None,
            skew_ms: 0,
            offset_minutes: 60,
            online: true,
            reachable: true,
            session: None,
            revoked_at_ms: None,
            plug_loose: false,
            copied: false,
            newer: false,
            older: false,
            borrows_ids: false,
            doomed: false,
            blank: false,
            promised: Vec::new(),
        }
    }

    /// The same tablet once more, from a copy of its storage.
    pub fn copy(&self) -> Self {
        Self {
            disk: self.disk.clone(),
            copied: true,
            revoked_at_ms: self.revoked_at_ms,
            online: false,
            newer: self.newer,
            older: self.older,
            session: self.session.clone(),
            ..Self::new(self.shop, self.paired.clone())
        }
    }

    /// The same thing paired anew; what it was before is given back. Its tabs stay closed.
    pub fn pair_anew(&mut self, shop: usize, paired: Paired) -> Self {
        let anew = Self {
            tabs: std::mem::take(&mut self.tabs),
            disk_free_ms: self.disk_free_ms,
            skew_ms: self.skew_ms,
            offset_minutes: self.offset_minutes,
            online: self.online,
            reachable: self.reachable,
            ..Self::new(shop, paired)
        };
        std::mem::replace(self, anew)
    }

    /// Everything it keeps is gone.
    pub fn lose_everything(&mut self) {
        for tab in 0..self.tabs.len() {
            self.kill_tab(tab);
        }
        self.disk = Disk::default();
        self.session = None;
        self.blank = true;
    }

    /// A push of these entries and its signature.
    pub fn sealed(&self, entries: Vec<SealedEntry>) -> (Vec<u8>, String) {
        signed(&self.paired.key, self.paired.device_id, entries)
    }

    /// Is this record on its storage?
    pub fn holds(&self, promised: &Promised) -> bool {
        let entry = self.disk.look().journal.get(&promised.sequence);
        entry.is_some_and(|entry| entry.hash == promised.hash)
    }

    /// Its own clock.
    pub fn clock(&self, now_ms: i64) -> i64 {
        now_ms.saturating_add(self.skew_ms)
    }

    /// The tab's life, if it is open.
    pub fn living(&self, tab: usize, life: u64) -> bool {
        self.tabs.get(tab).is_some_and(|tab| tab.alive && tab.life == life)
    }

    /// Opens a tab.
    pub fn open_tab(&mut self) -> usize {
        self.tabs.push(Tab {
            life: 1,
            alive: true,
            state: RegisterSync::default(),
            unsent: Unsent::default(),
            wake: 0,
            signing_in: false,
            pushing: false,
            failed_from: None,
            answered_at_pull: 0,
            remembered: None,
        });
        self.tabs.len() - 1
    }

    /// Ends a tab without a word.
    pub fn kill_tab(&mut self, tab: usize) {
        if let Some(tab) = self.tabs.get_mut(tab) {
            tab.alive = false;
            tab.life += 1;
        }
        if self.owner == Some(tab) {
            self.owner = None;
        }
    }
}

/// A push in a tablet's name, and its signature by a key.
pub fn signed(key: &SigningKey, device_id: DeviceId, entries: Vec<SealedEntry>) -> (Vec<u8>, String) {
    let body = serde_json::to_vec(&PushRequest { schema: SCHEMA, device_id, entries }).unwrap();
    let signature: Signature = key.sign(&body);
    (body, STANDARD.encode(signature.to_bytes()))
}

/// Rings up a sale: some goods the tablet knows, paid somehow, sealed with the numbers given.
pub fn ring_up(
    tablet: &Tablet,
    shop: &Shop,
    numbers: &Numbers,
    now_ms: i64,
    chance: &mut Chance,
) -> Option<SealedEntry> {
    let goods: Vec<&Product> = tablet.disk.look().products.values().collect();
    if goods.is_empty() {
        return None;
    }
    let sign = if chance.percent(8) { -1 } else { 1 };
    let mut lines = Vec::new();
    for _ in 0..=chance.below(3) {
        let pieces = i64::try_from(1 + chance.below(3)).unwrap_or(1);
        lines.push((goods[chance.below(goods.len())], Quantity::pieces(sign * pieces).ok()?));
    }
    let visit = Visit {
        time: LocalTime { at_ms: tablet.clock(now_ms), offset_minutes: tablet.offset_minutes },
        lines,
        discount: (sign > 0 && chance.percent(15)).then_some(("10", "Scratched")),
        by_card: chance.percent(40),
        coupon: (sign > 0 && chance.percent(12)).then_some(CODE),
    };
    let promotions = tablet.disk.look().promotions.values().cloned().collect();
    let rules = Rules { promotions, ..shop.rules.clone() };
    let sealed = till(tablet, shop, numbers).serve(&visit, &rules, chance).ok()?;
    if tablet.older && chance.percent(60) {
        return older::entry(tablet, shop, numbers, &visit, chance);
    }
    if tablet.newer && chance.percent(50) {
        let mut entry = sealed.open().ok()?;
        entry.version = ENTRY_VERSION + 1;
        return entry.seal().ok();
    }
    Some(sealed)
}

fn till(tablet: &Tablet, shop: &Shop, numbers: &Numbers) -> DemoTill {
    DemoTill {
        device_id: tablet.paired.device_id,
        register_id: tablet.paired.register_id,
        staff_id: shop.clerk.id,
        staff_name: "Priya".into(),
        receipt_prefix: tablet.paired.prefix.clone(),
        receipts: numbers.receipt.saturating_sub(1),
        sequence: numbers.sequence.saturating_sub(1),
        previous: numbers.previous.clone(),
    }
}

/// Takes back some of what a receipt says was sold, as far as this tablet knows that it is not back yet.
pub fn take_back(
    tablet: &Tablet,
    shop: &Shop,
    sold: &Sale,
    numbers: &Numbers,
    now_ms: i64,
    chance: &mut Chance,
) -> Option<SealedEntry> {
    let back = back_so_far(tablet, sold);
    let mut parts = Vec::new();
    for (line, sold) in (1_u32..).zip(&sold.lines) {
        let returned = back.get(&line).copied().unwrap_or_default();
        let left = usize::try_from(sold.returnable(returned).0 / Quantity::ONE.0).unwrap_or(0);
        let pieces = if left == 0 { 0 } else { chance.below(left + 1) };
        if pieces > 0 {
            let quantity = Quantity::pieces(i64::try_from(pieces).ok()?).ok()?;
            parts.push(Part { line, returned, quantity });
        }
    }
    if parts.is_empty() {
        return None;
    }
    let time = LocalTime { at_ms: tablet.clock(now_ms), offset_minutes: tablet.offset_minutes };
    let how = (time, chance.percent(40));
    till(tablet, shop, numbers).give_back(sold, &parts, how, &shop.rules, chance).ok()
}

/// What has come back of a sale by this tablet's own journal.
fn back_so_far(tablet: &Tablet, sold: &Sale) -> BTreeMap<u32, Quantity> {
    let mut back: BTreeMap<u32, Quantity> = BTreeMap::new();
    for sale in tablet.disk.look().journal.values().filter_map(sale_of) {
        let origins = sale.lines.iter().filter_map(|line| Some((line.origin.as_ref()?, line.quantity)));
        for (origin, quantity) in origins.filter(|(origin, _)| origin.sale_id == sold.id) {
            let so_far = back.entry(origin.line).or_default();
            *so_far = so_far.minus(quantity).unwrap_or(*so_far);
        }
    }
    back
}

/// The sale an entry records, if it does.
pub fn sale_of(entry: &SealedEntry) -> Option<Sale> {
    match entry.open().ok()?.body {
        EntryBody::SaleCompleted { sale } => Some(*sale),
        _ => None,
    }
}

/// The same record under the ids of another one.
pub fn under_ids_of(entry: &SealedEntry, other: &SealedEntry) -> Option<SealedEntry> {
    let (mut open, other) = (entry.open().ok()?, other.open().ok()?);
    open.id = other.id;
    if let (EntryBody::SaleCompleted { sale }, EntryBody::SaleCompleted { sale: known }) =
        (&mut open.body, &other.body)
    {
        sale.id = known.id;
    }
    open.seal().ok()
}

/// What a record says, whatever release wrote it.
pub fn read(entry: &SealedEntry) -> Option<JournalEntry> {
    serde_json::from_str(&entry.content).ok()
}

/// The same record under another id: what a careless second try would send.
pub fn under_another_id(entry: &SealedEntry, now_ms: i64, chance: &mut Chance) -> SealedEntry {
    let Ok(mut open) = entry.open() else { return entry.clone() };
    open.id = EntryId::fresh(&mut chance.ids(now_ms));
    if let EntryBody::SaleCompleted { sale } = &mut open.body {
        sale.id = shared::ids::SaleId::fresh(&mut chance.ids(now_ms));
    }
    open.seal().unwrap_or_else(|_| entry.clone())
}
