//! Till: this tablet as a place to sell.
//! Lives here: its signals, and everything a cashier's screen can ask of it.
//! May use: device_store, sync, device_key, api_client, clock, i18n, shared rules. Never: markup.
//! Invariant: `finish_sale` answers only after the sale is on the disk.

use super::{app_update, idle_lock, pin, room};
use crate::api_client::{self, ApiError};
use crate::clock;
use crate::device_key::{DeviceKey, KeyError};
use crate::device_store::{Browser, Catalog, DeviceStore, Feed, HeldCart, Identity, Kept, Lists, StoreError};
use crate::i18n;
use crate::letters::fold;
use crate::sync::{News, Sync};
use leptos::prelude::*;
use shared::api::PairRequest;
use shared::catalog::Category;
use shared::customer::CustomerGroup;
use shared::ids::{ProductId, SaleId, StaffId};
use shared::money::{MoneyError, Quantity};
use shared::pricing::{PriceList, Promotion};
use shared::register::Register;
use shared::sale::{Cart, Sale};
use shared::shift::{ShiftFault, ShiftFigures};
use shared::staff::StaffMember;
use shared::store::Store;
use shared::sync::journal::SealedEntry;
use shared::sync::register::{Failure, Stop, SyncStatus};
use shared::tax::TaxCategory;
use shared::tender::{TenderError, TenderType, offered};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// The database of this app, and the name its tabs find each other by.
const DATABASE: &str = "tillbridge";
/// How long a fresh tab waits to hear that it is the owner, before it takes another to be.
const OWNER_WAIT_MS: i64 = 1_000;
const LOST_RETRY_MS: i64 = 500;

/// What the tablet is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Reading what it keeps.
    Loading,
    /// It cannot start; the text says what to do. Nothing stored was touched.
    Failed(String),
    /// It belongs to no shop yet.
    Unpaired,
    /// Nobody is signed in; [`Till::staff`] lists who may.
    Locked,
    /// This person sells.
    Open(Arc<StaffMember>),
}

/// How far the first load of the catalogue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadProgress {
    /// Products here.
    pub loaded: usize,
    /// Products the server has; 0 when it has not said yet.
    pub total: u64,
    /// Is everything here? Selling works before that.
    pub complete: bool,
}

/// What the browser says about room, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StorageUse {
    /// Taken.
    pub used_bytes: i64,
    /// Allowed.
    pub quota_bytes: i64,
}

impl StorageUse {
    /// Is less than a tenth, or less than 50 MB, left?
    pub fn is_short(&self) -> bool {
        let left = self.quota_bytes.saturating_sub(self.used_bytes);
        self.quota_bytes > 0 && (left < self.quota_bytes / 10 || left < 50_000_000)
    }
}

/// Why something was not recorded. Nothing has changed then: the cart is still open, nothing is charged here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Nobody is signed in.
    #[error("Sign in with your PIN first. The sale is still open.")]
    Locked,
    /// The tablet belongs to no shop.
    #[error("Pair this tablet first.")]
    Unpaired,
    /// The browser has lost its database; it is being opened again.
    #[error("This tablet is reconnecting to its storage. The sale is still open; try again in a moment.")]
    Reconnecting,
    /// The store sells with a counted drawer only, and none is open.
    #[error("Open a shift first. The sale is still open.")]
    NoShift,
    /// The drawer does not allow it now.
    #[error("{0}")]
    Shift(#[from] ShiftFault),
    /// Not paid in full, or not in a way that can be.
    #[error("{0}")]
    Tender(#[from] TenderError),
    /// Does not fit.
    #[error("{0}")]
    Money(#[from] MoneyError),
    /// It could not be written.
    #[error("This sale could not be saved on this tablet: {0}. It is still open and nothing was recorded.")]
    Store(#[from] StoreError),
}

/// Why a PIN does not open the till.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// It is another one.
    #[error("Wrong PIN.")]
    Wrong {
        /// How many tries are left.
        left: u32,
    },
    /// Too many wrong ones.
    #[error("Locked after too many wrong PINs. A manager can sign in to lift it.")]
    Locked {
        /// Until when, epoch ms.
        until_ms: i64,
    },
    /// No PIN was set.
    #[error("No PIN is set for this person. A manager sets one on the manage page.")]
    NoPin,
    /// The browser would not check it.
    #[error("The PIN could not be checked: {0}.")]
    Browser(String),
}

/// Why a tablet was not paired.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// The server did not answer.
    #[error("There is no connection to the server. Pairing needs one; try again when there is.")]
    Offline,
    /// The server said no; its words.
    #[error("{0}")]
    Refused(String),
    /// The tablet could not keep it.
    #[error("The tablet could not keep its key: {0}.")]
    Store(String),
}

/// This tablet, for the pages. It is `Copy`: take it from the context with [`use_till`].
/// The signals are for reading; the methods change them.
#[derive(Clone, Copy)]
pub struct Till {
    /// What it is doing.
    pub phase: RwSignal<Phase>,
    /// What it is, once paired: organisation, device, receipt prefix.
    pub identity: RwSignal<Option<Arc<Identity>>>,
    /// The store as last heard.
    pub store: RwSignal<Option<Arc<Store>>>,
    /// The register as last heard.
    pub register: RwSignal<Option<Arc<Register>>>,
    /// Every product.
    pub catalog: RwSignal<Arc<Catalog>>,
    /// Groups, in their order.
    pub categories: RwSignal<Arc<Vec<Category>>>,
    /// For tax.
    pub tax_categories: RwSignal<Arc<Vec<TaxCategory>>>,
    /// Price lists of the store.
    pub price_lists: RwSignal<Arc<Vec<PriceList>>>,
    /// Promotions of the store.
    pub promotions: RwSignal<Arc<Vec<Promotion>>>,
    /// Ways to pay of the store, as far as they are set; [`Till::ways_to_pay`] are all of them.
    pub tender_types: RwSignal<Arc<Vec<TenderType>>>,
    /// Groups of customers.
    pub customer_groups: RwSignal<Arc<Vec<CustomerGroup>>>,
    /// Who may sign in, by name.
    pub staff: RwSignal<Arc<Vec<StaffMember>>>,
    /// How the journal and the server stand.
    pub sync_status: RwSignal<SyncStatus>,
    /// Entries the server keeps for a manager, with its reason.
    pub kept_by_server: RwSignal<Arc<Vec<(u64, String)>>>,
    /// Device clock minus server clock, ms; 0 until the server has answered.
    pub clock_skew_ms: RwSignal<i64>,
    /// How far the first load is.
    pub load_progress: RwSignal<LoadProgress>,
    /// Has the browser promised not to clear its storage by itself? None until it was asked.
    pub persisted: RwSignal<Option<bool>>,
    /// Room on the tablet.
    pub storage: RwSignal<Option<StorageUse>>,
    /// Carts put aside, oldest first.
    pub held: RwSignal<Arc<Vec<HeldCart>>>,
    /// The shift that is open at this tablet's drawer, as it stands.
    pub shift: RwSignal<Option<Arc<ShiftFigures>>>,
    /// Changes whenever a stock level may have; read it where [`Till::stock_level`] is shown.
    pub stock_version: RwSignal<u64>,
    /// Is the browser's database gone for the moment? Selling waits.
    pub reconnecting: RwSignal<bool>,
    /// What the tablet's storage last refused while it kept changes: full, or taken over by a newer app. None once it works.
    pub trouble: RwSignal<Option<StoreError>>,
    /// Is this the tab that talks to the server and keeps the open cart? Every tab sells.
    pub owner: RwSignal<bool>,
    /// A newer version of the app is here and waits for [`Till::update_app`].
    pub update_waiting: RwSignal<bool>,
    /// Set by the pages while a cart is open or being paid: the app is never exchanged then.
    pub cart_open: RwSignal<bool>,
    shell: StoredValue<Shell, LocalStorage>,
}

/// What lies behind the signals.
struct Shell {
    name: &'static str,
    device: DeviceStore,
    sync: RefCell<Option<Rc<Sync>>>,
    key: RefCell<Option<DeviceKey>>,
    /// The open cart to write next, if it is not written yet.
    open_cart: RefCell<Option<Option<Cart>>>,
    writing_cart: Cell<bool>,
    /// Has the cart of before this page been asked for? Nothing is written over it until then.
    cart_asked: Cell<bool>,
    /// Was the first screen to sell from marked?
    sellable: Cell<bool>,
}

/// The till of this page.
pub fn use_till() -> Till {
    expect_context()
}

impl Till {
    /// A till that reads what the tablet keeps; give it to the pages with `provide_context`.
    pub fn open() -> Self {
        let till = Self::closed(DATABASE, DeviceStore::Browser(Browser::new(DATABASE).into()));
        spawn_local(async move { till.start().await });
        app_update::watch(till);
        idle_lock::watch(till);
        till
    }

    pub(super) fn closed(name: &'static str, device: DeviceStore) -> Self {
        Self {
            phase: RwSignal::new(Phase::Loading),
            identity: RwSignal::new(None),
            store: RwSignal::new(None),
            register: RwSignal::new(None),
            catalog: RwSignal::default(),
            categories: RwSignal::default(),
            tax_categories: RwSignal::default(),
            price_lists: RwSignal::default(),
            promotions: RwSignal::default(),
            tender_types: RwSignal::default(),
            customer_groups: RwSignal::default(),
            staff: RwSignal::default(),
            sync_status: RwSignal::new(SyncStatus::Synced),
            kept_by_server: RwSignal::default(),
            clock_skew_ms: RwSignal::new(0),
            load_progress: RwSignal::default(),
            persisted: RwSignal::new(None),
            storage: RwSignal::new(None),
            held: RwSignal::default(),
            shift: RwSignal::new(None),
            stock_version: RwSignal::new(0),
            reconnecting: RwSignal::new(false),
            trouble: RwSignal::new(None),
            owner: RwSignal::new(false),
            update_waiting: RwSignal::new(false),
            cart_open: RwSignal::new(false),
            shell: StoredValue::new_local(Shell {
                name,
                device,
                sync: RefCell::default(),
                key: RefCell::default(),
                open_cart: RefCell::default(),
                writing_cart: Cell::new(false),
                cart_asked: Cell::new(false),
                sellable: Cell::new(false),
            }),
        }
    }

    /// Reads what the tablet keeps and says what it is.
    pub(super) async fn start(self) {
        let kept = loop {
            match self.device().load().await {
                Ok(kept) => break kept,
                Err(StoreError::Lost) => {
                    self.reconnecting.set(true);
                    clock::pause(LOST_RETRY_MS).await;
                }
                Err(error) => return self.fail(&error),
            }
        };
        clock::mark("tillbridge:kept");
        self.reconnecting.set(false);
        self.held.set(Arc::new(kept.held.clone()));
        self.show_shift(kept.counters.shift.as_deref());
        room::watch(self);
        let Some(identity) = kept.identity.clone() else {
            self.phase.set(Phase::Unpaired);
            return clock::mark_when_painted("tillbridge:ready");
        };
        let key = match self.device().keys().await {
            Ok(Some(stored)) => DeviceKey::of(&stored),
            Ok(None) => Err(KeyError::Foreign),
            Err(error) => return self.fail(&error),
        };
        let Ok(key) = key else {
            let lost = "This tablet\u{2019}s key is gone from the browser, so nothing it records can be signed. \
                        What is recorded is still here: export it, then pair the tablet again.";
            return self.phase.set(Phase::Failed(lost.to_owned()));
        };
        self.begin(identity, key, &kept);
        clock::mark_when_painted("tillbridge:ready");
    }

    fn fail(self, error: &StoreError) {
        let text = match error {
            StoreError::Newer => "A newer version of Tillbridge runs in another tab. Load this page again; \
                                  everything that was recorded is kept."
                .to_owned(),
            error => format!(
                "Tillbridge cannot open its storage in this browser: {error}. Nothing that was recorded is touched. \
                 Load the page again; if that does not help, open it in a window that is not private."
            ),
        };
        self.phase.set(Phase::Failed(text));
    }

    /// The tablet of this identity: shows what it keeps and begins the exchange.
    fn begin(self, identity: Identity, key: DeviceKey, kept: &Kept) {
        let name = self.shell.with_value(|shell| shell.name);
        let hear = move |news| self.hear(news);
        let sync = Sync::start(name, self.device(), identity.clone(), key.clone(), kept, hear);
        self.catalog.set(Arc::new(Catalog::of(kept.chunks.clone())));
        self.show(identity, &kept.lists);
        self.show_feed(&kept.feed);
        self.kept_by_server.set(Arc::new(kept.answered.kept.clone()));
        self.shell.with_value(|shell| {
            shell.key.replace(Some(key));
            shell.sync.replace(Some(sync));
        });
        self.phase.set(if kept.unpaired { Phase::Unpaired } else { Phase::Locked });
        // A browser may ask a person first; the tablet sells meanwhile.
        room::ask_to_persist(self);
    }

    fn hear(self, news: News) {
        match news {
            News::Status(status) => self.show_status(status),
            News::Kept(kept) => self.kept_by_server.set(Arc::new(kept)),
            News::Skew(skew_ms) if skew_ms != self.clock_skew_ms.get_untracked() => {
                self.clock_skew_ms.set(skew_ms);
            }
            News::Skew(_) => {}
            News::Catalog(catalog) => {
                self.catalog.set(catalog);
                self.note_sellable();
            }
            News::Lists(lists) => self.show_lists(&lists),
            News::Feed(feed) => {
                self.trouble.set(None);
                self.show_feed(&feed);
                if self.phase.get_untracked() == Phase::Unpaired {
                    // The server gives changes again, so it was not this tablet's end.
                    self.phase.set(Phase::Locked);
                    self.note_unpaired(false);
                }
            }
            News::Stock => self.stock_version.update(|version| *version = version.wrapping_add(1)),
            News::Recorded => spawn_local(async move { self.refresh_shift().await }),
            News::Held => spawn_local(async move { self.refresh_held().await }),
            News::Owner(owner) => spawn_local(async move { self.own(owner).await }),
            News::Trouble(error) => self.troubled(&error),
            News::Elsewhere => room::reload(),
        }
    }

    /// A manager has unpaired the tablet: nobody sells on it from now on. What it holds is still handed in.
    fn show_status(self, status: SyncStatus) {
        if matches!(status, SyncStatus::Stopped { why: Stop::Unpaired, .. })
            && matches!(self.phase.get_untracked(), Phase::Locked | Phase::Open(_))
        {
            self.phase.set(Phase::Unpaired);
            self.note_unpaired(true);
        }
        if self.sync_status.get_untracked() != status {
            self.sync_status.set(status);
        }
    }

    fn note_unpaired(self, unpaired: bool) {
        spawn_local(async move {
            if let Err(error) = self.device().note_unpaired(unpaired).await {
                self.troubled(&error);
            }
        });
    }

    fn show_feed(self, feed: &Feed) {
        let loaded = self.catalog.with_untracked(|catalog| catalog.len());
        let progress = LoadProgress { loaded, total: feed.product_count, complete: feed.loaded };
        if self.load_progress.get_untracked() != progress {
            if progress.complete && !self.load_progress.get_untracked().complete {
                clock::mark("tillbridge:loaded");
            }
            self.load_progress.set(progress);
        }
    }

    /// The storage refused something. If it is gone for the moment, selling waits until it is back.
    fn troubled(self, error: &StoreError) {
        leptos::logging::warn!("storage: {error}");
        match error {
            StoreError::Lost => self.reconnect(),
            StoreError::Newer => self.fail(error),
            // The drawer said no; the storage is well.
            StoreError::Shift(_) => {}
            error => self.trouble.set(Some(error.clone())),
        }
    }

    fn reconnect(self) {
        if self.reconnecting.get_untracked() {
            return;
        }
        self.reconnecting.set(true);
        spawn_local(async move {
            loop {
                clock::pause(LOST_RETRY_MS).await;
                match self.device().position().await {
                    Ok(_) => break,
                    Err(StoreError::Newer) => return self.fail(&StoreError::Newer),
                    Err(_) => {}
                }
            }
            self.reconnecting.set(false);
            self.try_now();
        });
    }

    /// What a refused write means to whoever asked for it.
    pub(super) fn refused(self, error: StoreError) -> RecordError {
        self.troubled(&error);
        match error {
            StoreError::Lost => RecordError::Reconnecting,
            StoreError::Shift(fault) => fault.into(),
            error => error.into(),
        }
    }

    /// The first screen to sell from, for measuring.
    fn note_sellable(self) {
        let ready = self.signed_in().is_some() && self.catalog.with_untracked(|catalog| !catalog.is_empty());
        if ready && !self.shell.with_value(|shell| shell.sellable.replace(true)) {
            clock::mark_when_painted("tillbridge:sellable");
        }
    }

    pub(super) fn show(self, identity: Identity, lists: &Lists) {
        let store = lists.store.clone().unwrap_or_else(|| identity.store.clone());
        let register = lists.register.clone().unwrap_or_else(|| identity.register.clone());
        self.store.set(Some(Arc::new(store)));
        self.register.set(Some(Arc::new(register)));
        self.identity.set(Some(Arc::new(identity)));
        self.show_lists(lists);
    }

    fn show_lists(self, lists: &Lists) {
        // A page that shows one of them is drawn anew only if that one has changed.
        fn show<T: PartialEq + Send + std::marker::Sync + 'static>(signal: RwSignal<T>, now: T) {
            if signal.with_untracked(|before| *before != now) {
                signal.set(now);
            }
        }
        if let Some(store) = &lists.store {
            show(self.store, Some(Arc::new(store.clone())));
        }
        if let Some(register) = &lists.register {
            show(self.register, Some(Arc::new(register.clone())));
        }
        show(self.categories, Arc::new(lists.categories.clone()));
        show(self.tax_categories, Arc::new(lists.tax_categories.clone()));
        show(self.price_lists, Arc::new(lists.price_lists.clone()));
        show(self.promotions, Arc::new(lists.promotions.clone()));
        show(self.tender_types, Arc::new(lists.tender_types.clone()));
        show(self.customer_groups, Arc::new(lists.customer_groups.clone()));
        let active = lists.staff.iter().map(|staff| &staff.member).filter(|member| member.active);
        let staff: Vec<StaffMember> = active.cloned().collect();
        if let Some(person) = self.signed_in() {
            // Who left is signed out; who was given another role has it at once.
            match staff.iter().find(|member| member.id == person.id) {
                None => self.lock(),
                Some(member) if *member != *person => self.phase.set(Phase::Open(Arc::new(member.clone()))),
                Some(_) => {}
            }
        }
        show(self.staff, Arc::new(staff));
    }

    /// The ways to pay of this store, in their order; none while the tablet is not paired.
    pub fn ways_to_pay(self) -> Vec<TenderType> {
        let place = self.store.with(|store| store.as_ref().map(|store| (store.id, store.currency)));
        let of_store = |(id, currency)| self.tender_types.with(|known| offered(known, id, currency));
        place.map(of_store).unwrap_or_default()
    }

    pub(super) fn device(self) -> DeviceStore {
        self.shell.with_value(|shell| shell.device.clone())
    }

    pub(super) fn key(self) -> Option<DeviceKey> {
        self.shell.with_value(|shell| shell.key.borrow().clone())
    }

    pub(super) fn sync(self) -> Option<Rc<Sync>> {
        self.shell.with_value(|shell| shell.sync.borrow().clone())
    }

    /// Who is signed in, untracked.
    pub fn signed_in(self) -> Option<Arc<StaffMember>> {
        match self.phase.get_untracked() {
            Phase::Open(staff) => Some(staff),
            _ => None,
        }
    }

    /// The stock of a product in this store as far as this tablet knows: what the server counts, less what is unsent here.
    pub fn stock_level(self, id: ProductId) -> Option<Quantity> {
        self.sync()?.stock_level(id)
    }

    /// Here and in the other tabs.
    pub(super) async fn held_changed(self) {
        if let Some(sync) = self.sync() {
            sync.held_changed();
        }
        self.refresh_held().await;
    }

    async fn refresh_held(self) {
        if let Ok(held) = self.device().held().await
            && *self.held.get_untracked() != held
        {
            self.held.set(Arc::new(held));
        }
    }

    /// Puts a cart aside for later.
    ///
    /// # Errors
    /// When it could not be written; the cart is still open then.
    pub async fn hold(self, cart: Cart, label: Option<String>) -> Result<(), RecordError> {
        let staff = self.signed_in().ok_or(RecordError::Locked)?;
        let held = HeldCart { cart, label, held_at_ms: clock::now_ms(), staff_name: staff.name.clone() };
        self.device().hold(&held).await.map_err(|error| self.refused(error))?;
        self.held_changed().await;
        Ok(())
    }

    /// Takes a held cart back; none when another tab already has.
    ///
    /// # Errors
    /// When it could not be read.
    pub async fn resume(self, id: SaleId) -> Result<Option<Cart>, RecordError> {
        let held = self.device().take_held(id).await.map_err(|error| self.refused(error))?;
        self.held_changed().await;
        Ok(held.map(|held| held.cart))
    }

    /// Remembers the cart that is open, or that none is, so that a reload brings it back. Cheap: call it on every change.
    /// Only the owner tab remembers; a second tab's cart is its own affair.
    pub fn keep_open_cart(self, cart: Option<Cart>) {
        let asked = self.shell.with_value(|shell| shell.cart_asked.get());
        if !asked || !self.keeps_cart() {
            return;
        }
        let writing = self.shell.with_value(|shell| {
            shell
                .open_cart
                .replace(Some(cart.filter(|cart| !(cart.lines.is_empty() && cart.coupons.is_empty()))));
            shell.writing_cart.replace(true)
        });
        if !writing {
            spawn_local(async move { self.write_open_cart().await });
        }
    }

    /// One write at a time; what came meanwhile is one more.
    async fn write_open_cart(self) {
        while let Some(cart) = self.shell.with_value(|shell| shell.open_cart.take()) {
            if let Err(error) = self.device().keep_open_cart(cart.as_ref()).await {
                self.troubled(&error);
            }
        }
        self.shell.with_value(|shell| shell.writing_cart.set(false));
    }

    /// The cart that was open before this page was loaded, unless it was paid or put aside since, or another tab has it.
    pub async fn kept_open_cart(self) -> Option<Cart> {
        let mut waited_ms = 0;
        while !self.keeps_cart() && waited_ms < OWNER_WAIT_MS {
            clock::pause(50).await;
            waited_ms += 50;
        }
        let kept = if self.keeps_cart() { self.device().open_cart().await.ok().flatten() } else { None };
        self.shell.with_value(|shell| shell.cart_asked.set(true));
        kept
    }

    /// Has the cart of before this page not been asked for yet?
    pub fn cart_comes_back(self) -> bool {
        !self.shell.with_value(|shell| shell.cart_asked.get())
    }

    fn keeps_cart(self) -> bool {
        self.owner.get_untracked() || self.sync().is_none()
    }

    /// This tab owns queue and printer from now on. The cart that the tab before it left open is put aside, not lost.
    async fn own(self, owner: bool) {
        if self.shell.with_value(|shell| shell.cart_asked.get())
            && let Ok(Some(cart)) = self.device().open_cart().await
        {
            let staff_name = self.signed_in().map(|staff| staff.name.clone()).unwrap_or_default();
            let held = HeldCart { cart, label: None, held_at_ms: clock::now_ms(), staff_name };
            if let Err(error) = self.device().hold(&held).await {
                self.troubled(&error);
            }
            self.held_changed().await;
        }
        self.owner.set(owner);
    }

    /// Recent sales of this tablet, newest first: all of them, or those whose receipt number, products, customer or
    /// total contain the text.
    ///
    /// # Errors
    /// When they could not be read.
    pub async fn recent_sales(self, search: &str) -> Result<Vec<Arc<Sale>>, RecordError> {
        let wanted = fold(search);
        let sales = self.sales_kept().await?;
        Ok(sales.into_iter().filter(|sale| wanted.is_empty() || is_found(sale, &wanted)).take(200).collect())
    }

    /// The sales this tablet keeps, newest first.
    pub(super) async fn sales_kept(self) -> Result<Vec<Arc<Sale>>, StoreError> {
        self.device().sales(1_000).await
    }

    /// Entries the server has not answered for, oldest first.
    pub(super) async fn unsent(self, most: usize) -> Result<Vec<SealedEntry>, StoreError> {
        let (_, answered) = self.device().position().await?;
        self.device().entries(answered.to.saturating_add(1), most).await
    }

    /// Opens the till for a person.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(self, staff_id: StaffId, pin: &str) -> Result<(), SignInError> {
        // Without a key the tablet belongs to no shop, and nobody has a PIN.
        let key = self.key().ok_or(SignInError::NoPin)?;
        let lists = self.sync().map(|sync| sync.lists()).unwrap_or_default();
        let person = pin::check(&self.device(), &key, &lists.staff, staff_id, pin).await?;
        // A manager may have unpaired the tablet while the PIN was checked.
        if self.phase.get_untracked() != Phase::Unpaired {
            self.phase.set(Phase::Open(Arc::new(person)));
            self.note_sellable();
        }
        Ok(())
    }

    /// Closes the till until the next PIN. An open cart stays with the page.
    pub fn lock(self) {
        if self.signed_in().is_some() {
            self.phase.set(Phase::Locked);
        }
    }

    /// Makes this tablet a register of the shop that gave the code.
    ///
    /// # Errors
    /// See [`PairError`].
    pub async fn pair(self, code: &str, device_name: &str) -> Result<(), PairError> {
        if self.identity.get_untracked().is_some() {
            // Only one that a manager has unpaired, and that has handed everything in.
            if self.phase.get_untracked() != Phase::Unpaired {
                return Err(PairError::Refused("This tablet is paired already.".to_owned()));
            }
            self.everything_is_there().await?;
            self.unpair().await.map_err(|error| PairError::Store(error.to_string()))?;
        }
        let key = self.key_to_pair_with().await?;
        let request = PairRequest {
            code: code.to_owned(),
            public_key: key.public().to_owned(),
            device_name: device_name.to_owned(),
        };
        let identity: Identity =
            api_client::post("/api/pair", &request).await.map_err(|error| match error {
                ApiError::NoAnswer => PairError::Offline,
                error => PairError::Refused(error.to_string()),
            })?;
        let stored = key.stored().map_err(|error| PairError::Store(error.to_string()))?;
        let paired = self.device().pair(&identity, &stored).await;
        paired.map_err(|error| PairError::Store(error.to_string()))?;
        let language = identity.store.language.clone();
        self.begin(identity, key, &Kept::default());
        if let Some(sync) = self.sync() {
            sync.reload_others();
        }
        // The shop's language, unless a person has chosen one here. The page is loaded anew; the first load goes on.
        if !i18n::is_chosen()
            && i18n::language() != language
            && i18n::NAMES.iter().any(|(code, _)| *code == language)
        {
            i18n::choose(&language);
        }
        Ok(())
    }

    /// Asked before a tablet is erased that no longer hears by itself when the server goes back to a backup. A server that
    /// does not know it has nothing of it.
    async fn everything_is_there(self) -> Result<(), PairError> {
        let Some(sync) = self.sync() else { return Ok(()) };
        let (counters, _) =
            self.device().position().await.map_err(|error| PairError::Store(error.to_string()))?;
        let there = match sync.server_holds().await {
            Ok(there) => there,
            Err(Failure::Unpaired) => 0,
            Err(_) => return Err(PairError::Offline),
        };
        match counters.after_place(there) {
            0 => Ok(()),
            missing => {
                sync.try_now();
                Err(PairError::Store(StoreError::Unsent(missing).to_string()))
            }
        }
    }

    /// Kept before the server hears of it: an answer lost on its way loses no key, and a second try uses the same one.
    async fn key_to_pair_with(self) -> Result<DeviceKey, PairError> {
        let device = self.device();
        let stored = device.keys().await.map_err(|error| PairError::Store(error.to_string()))?;
        if let Some(key) = stored.and_then(|stored| DeviceKey::of(&stored).ok()) {
            return Ok(key);
        }
        let key = DeviceKey::generate().await.map_err(|error| PairError::Store(error.to_string()))?;
        let stored = key.stored().map_err(|error| PairError::Store(error.to_string()))?;
        device.keep_keys(&stored).await.map_err(|error| PairError::Store(error.to_string()))?;
        Ok(key)
    }

    /// Erases everything on this tablet, its key included.
    ///
    /// # Errors
    /// [`StoreError::Unsent`] while anything is unsent; [`Till::export_unsent`] is the way out.
    pub async fn unpair(self) -> Result<(), StoreError> {
        let (counters, answered) = self.device().position().await?;
        match counters.unsent(&answered) {
            0 => {}
            unsent => return Err(StoreError::Unsent(unsent)),
        }
        let sync = self.shell.with_value(|shell| shell.sync.take());
        if let Some(sync) = &sync {
            // Nothing that is still under way may write after the erasing.
            sync.stop();
        }
        if let Err(error) = self.device().erase().await {
            // A sale was recorded in another tab just now: everything goes on as before.
            room::reload();
            return Err(error);
        }
        app_update::forget_pictures().await;
        self.shell.with_value(|shell| shell.key.take());
        self.identity.set(None);
        self.phase.set(Phase::Unpaired);
        self.catalog.set(Arc::default());
        self.show_lists(&Lists::default());
        self.store.set(None);
        self.register.set(None);
        self.held.set(Arc::default());
        self.shift.set(None);
        self.kept_by_server.set(Arc::default());
        self.load_progress.set(LoadProgress::default());
        self.sync_status.set(SyncStatus::Synced);
        if let Some(sync) = sync {
            sync.reload_others();
        }
        Ok(())
    }

    /// Every entry that the server has not answered for, one JSON text a line, to be kept as a file.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn export_unsent(self) -> Result<String, StoreError> {
        let (_, answered) = self.device().position().await?;
        let entries = self.device().entries(answered.to.saturating_add(1), usize::MAX).await?;
        let lines: Vec<String> =
            entries.iter().filter_map(|entry| serde_json::to_string(entry).ok()).collect();
        Ok(lines.join("\n") + "\n")
    }

    /// Tries to reach the server at once.
    pub fn try_now(self) {
        if let Some(sync) = self.sync() {
            sync.try_now();
        }
    }

    /// Exchanges the app for the newer version that waits, unless a cart is open.
    pub fn update_app(self) {
        if !self.cart_open.get_untracked() {
            app_update::exchange();
        }
    }
}

fn is_found(sale: &Sale, wanted: &str) -> bool {
    let total = fold(&sale.total.to_decimal(sale.currency));
    fold(&sale.receipt_number).contains(wanted)
        || total == wanted
        || sale.customer.name.as_ref().is_some_and(|name| fold(name).contains(wanted))
        || sale.lines.iter().any(|line| fold(&line.name).contains(wanted) || fold(&line.sku).contains(wanted))
}
