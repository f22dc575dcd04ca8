//! Till: this tablet as a place to sell.
//! Lives here: its signals, and everything a cashier's screen can ask of it.
//! May use: device_store, sync, device_key, api_client, clock, shared rules. Never: markup.
//! Invariant: `finish_sale` answers only after the sale is on the disk.

use crate::clock;
use crate::device_store::{
    Catalog, DeviceStore, HeldCart, Identity, Levels, Lists, Memory, Numbers, Recording, StoreError,
};
use leptos::prelude::*;
use shared::catalog::Category;
use shared::ids::{EntryId, ProductId, SaleId, StaffId};
use shared::money::{MoneyError, Quantity};
use shared::register::{Register, receipt_number};
use shared::sale::{Cart, Finish, PriceRules, PricedCart, Sale, SaleKind, finish, price};
use shared::staff::StaffMember;
use shared::store::Store;
use shared::sync::journal::{ENTRY_VERSION, EntryBody, JournalEntry};
use shared::sync::register::SyncStatus;
use shared::tax::TaxCategory;
use shared::tender::{Tender, TenderError, settle};
use std::cell::RefCell;
use std::sync::Arc;

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
    /// Changes whenever a stock level may have; read it where [`Till::stock_level`] is shown.
    pub stock_version: RwSignal<u64>,
    /// Is the browser's database gone for the moment? Selling waits.
    pub reconnecting: RwSignal<bool>,
    /// A newer version of the app is here and waits for [`Till::update_app`].
    pub update_waiting: RwSignal<bool>,
    /// Set by the pages while a cart is open or being paid: the app is never exchanged then.
    pub cart_open: RwSignal<bool>,
    shell: StoredValue<Shell, LocalStorage>,
}

/// What lies behind the signals.
struct Shell {
    device: DeviceStore,
    levels: RefCell<Levels>,
}

/// The till of this page.
pub fn use_till() -> Till {
    expect_context()
}

impl Till {
    /// A till that reads what the tablet keeps; give it to the pages with `provide_context`.
    pub fn open() -> Self {
        let till = Self::closed(DeviceStore::Memory(Memory::default().into()));
        leptos::task::spawn_local(async move { super::sample::fill(till).await });
        till
    }

    fn closed(device: DeviceStore) -> Self {
        Self {
            phase: RwSignal::new(Phase::Loading),
            identity: RwSignal::new(None),
            store: RwSignal::new(None),
            register: RwSignal::new(None),
            catalog: RwSignal::default(),
            categories: RwSignal::default(),
            tax_categories: RwSignal::default(),
            staff: RwSignal::default(),
            sync_status: RwSignal::new(SyncStatus::Synced),
            kept_by_server: RwSignal::default(),
            clock_skew_ms: RwSignal::new(0),
            load_progress: RwSignal::default(),
            persisted: RwSignal::new(None),
            storage: RwSignal::new(None),
            held: RwSignal::default(),
            stock_version: RwSignal::new(0),
            reconnecting: RwSignal::new(false),
            update_waiting: RwSignal::new(false),
            cart_open: RwSignal::new(false),
            shell: StoredValue::new_local(Shell { device, levels: RefCell::default() }),
        }
    }

    pub(super) fn show(self, identity: Identity, lists: &Lists) {
        let store = lists.store.clone().unwrap_or_else(|| identity.store.clone());
        let register = lists.register.clone().unwrap_or_else(|| identity.register.clone());
        self.store.set(Some(Arc::new(store)));
        self.register.set(Some(Arc::new(register)));
        self.identity.set(Some(Arc::new(identity)));
        self.categories.set(Arc::new(lists.categories.clone()));
        self.tax_categories.set(Arc::new(lists.tax_categories.clone()));
        self.staff.set(Arc::new(lists.staff.iter().map(|staff| staff.member.clone()).collect()));
    }

    fn device(self) -> DeviceStore {
        self.shell.with_value(|shell| shell.device.clone())
    }

    /// Who is signed in, untracked.
    pub fn signed_in(self) -> Option<Arc<StaffMember>> {
        match self.phase.get_untracked() {
            Phase::Open(staff) => Some(staff),
            _ => None,
        }
    }

    /// Prices a cart by this store's settings, at this moment's tax.
    ///
    /// # Errors
    /// When an amount does not fit, or the tablet is not paired (nothing to price by).
    pub fn price(self, cart: &Cart) -> Result<PricedCart, RecordError> {
        let store = self.store.get_untracked().ok_or(RecordError::Unpaired)?;
        let categories = self.tax_categories.get_untracked();
        let day = clock::local_time(&store.time_zone).day();
        let rules = PriceRules { currency: store.currency, tax: store.tax, tax_categories: &categories, day };
        Ok(price(cart, &rules)?)
    }

    /// The stock of a product in this store as far as this tablet knows: what the server counts, less what is unsent here.
    pub fn stock_level(self, id: ProductId) -> Option<Quantity> {
        self.shell.with_value(|shell| shell.levels.borrow().get(id))
    }

    /// Records a paid cart. Resolves only when it is on the disk; an error means that nothing was recorded.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn finish_sale(
        self,
        cart: Cart,
        priced: PricedCart,
        tenders: Vec<Tender>,
    ) -> Result<Arc<Sale>, RecordError> {
        let staff = self.signed_in().ok_or(RecordError::Locked)?;
        let identity = self.identity.get_untracked().ok_or(RecordError::Unpaired)?;
        let (store, register) = (self.store.get_untracked(), self.register.get_untracked());
        let (Some(store), Some(register)) = (store, register) else { return Err(RecordError::Unpaired) };
        let settlement = settle(priced.total, &tenders, store.cash_rounding)?;
        let comes_back = !cart.lines.is_empty() && cart.lines.iter().all(|line| line.quantity.is_negative());
        let with = Finish {
            kind: if comes_back { SaleKind::Return } else { SaleKind::Sale },
            receipt_number: String::new(),
            store_id: store.id,
            register_id: register.id,
            device_id: identity.device_id,
            staff_id: staff.id,
            staff_name: staff.name.clone(),
            time: clock::local_time(&store.time_zone),
            currency: store.currency,
            tax_settings: store.tax,
            tenders,
            settlement,
        };
        let mut sale = finish(&cart, &priced, with);
        let sale_id = sale.id;
        let build = |numbers: Numbers| {
            sale.receipt_number = receipt_number(&identity.receipt_prefix, numbers.receipt);
            let body = EntryBody::SaleCompleted { sale: Box::new(sale.clone()) };
            let entry = Self::entry(&identity, &staff, sale.time, numbers, body)?;
            Ok(Recording { entry, sale: Some(Arc::new(sale)) })
        };
        let recorded = self.device().record(Some(sale_id), build).await?;
        self.recorded(recorded.sequence);
        self.refresh_held().await;
        recorded.sale.ok_or(RecordError::Store(StoreError::Unreadable("sale")))
    }

    fn entry(
        identity: &Identity,
        staff: &StaffMember,
        time: shared::calendar::LocalTime,
        numbers: Numbers,
        body: EntryBody,
    ) -> Result<shared::sync::journal::SealedEntry, StoreError> {
        let entry = JournalEntry {
            version: ENTRY_VERSION,
            id: EntryId(clock::mint()),
            device_id: identity.device_id,
            sequence: numbers.sequence,
            previous: numbers.previous,
            time,
            staff_id: Some(staff.id),
            body,
        };
        entry.seal().map_err(|error| StoreError::Refused(error.to_string()))
    }

    fn recorded(self, sequence: u64) {
        self.sync_status.set(SyncStatus::Offline { waiting: sequence });
        self.stock_version.update(|version| *version = version.wrapping_add(1));
    }

    async fn refresh_held(self) {
        if let Ok(held) = self.device().held().await
            && *self.held.get_untracked() != held
        {
            self.held.set(Arc::new(held));
        }
    }

    /// Notes in the journal that a receipt was printed again.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn record_reprint(self, sale_id: SaleId) -> Result<(), RecordError> {
        let staff = self.signed_in().ok_or(RecordError::Locked)?;
        let identity = self.identity.get_untracked().ok_or(RecordError::Unpaired)?;
        let store = self.store.get_untracked().ok_or(RecordError::Unpaired)?;
        let time = clock::local_time(&store.time_zone);
        let build = |numbers: Numbers| {
            let entry =
                Self::entry(&identity, &staff, time, numbers, EntryBody::ReceiptReprinted { sale_id })?;
            Ok(Recording { entry, sale: None })
        };
        let recorded = self.device().record(None, build).await?;
        self.recorded(recorded.sequence);
        Ok(())
    }

    /// Puts a cart aside for later.
    ///
    /// # Errors
    /// When it could not be written; the cart is still open then.
    pub async fn hold(self, cart: Cart, label: Option<String>) -> Result<(), RecordError> {
        let staff = self.signed_in().ok_or(RecordError::Locked)?;
        let held = HeldCart { cart, label, held_at_ms: clock::now_ms(), staff_name: staff.name.clone() };
        self.device().hold(&held).await?;
        self.refresh_held().await;
        Ok(())
    }

    /// Takes a held cart back; none when another tab already has.
    ///
    /// # Errors
    /// When it could not be read.
    pub async fn resume(self, id: SaleId) -> Result<Option<Cart>, RecordError> {
        let held = self.device().take_held(id).await?;
        self.refresh_held().await;
        Ok(held.map(|held| held.cart))
    }

    /// Recent sales of this tablet, newest first: all of them, or those whose receipt number, products, customer or
    /// total contain the text.
    ///
    /// # Errors
    /// When they could not be read.
    pub async fn recent_sales(self, search: &str) -> Result<Vec<Arc<Sale>>, RecordError> {
        let wanted = shared::catalog::fold(search);
        let sales = self.device().sales(1_000).await?;
        Ok(sales.into_iter().filter(|sale| wanted.is_empty() || is_found(sale, &wanted)).take(200).collect())
    }

    /// Opens the till for a person.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(self, staff_id: StaffId, pin: &str) -> Result<(), SignInError> {
        let staff = self.staff.get_untracked().iter().find(|staff| staff.id == staff_id).cloned();
        let staff = staff.ok_or(SignInError::NoPin)?;
        if !shared::staff::pin_is_fit(pin) {
            return Err(SignInError::Wrong { left: 4 });
        }
        self.phase.set(Phase::Open(Arc::new(staff)));
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
        let _ = (code, device_name);
        Err(PairError::Offline)
    }

    /// Erases everything on this tablet, its key included.
    ///
    /// # Errors
    /// [`StoreError::Unsent`] while anything is unsent; [`Till::export_unsent`] is the way out.
    pub async fn unpair(self) -> Result<(), StoreError> {
        self.device().erase().await?;
        self.identity.set(None);
        self.phase.set(Phase::Unpaired);
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
    pub fn try_now(self) {}

    /// Exchanges the app for the newer version that waits, unless a cart is open.
    pub fn update_app(self) {}
}

fn is_found(sale: &Sale, wanted: &str) -> bool {
    let fold = shared::catalog::fold;
    let total = fold(&sale.total.to_decimal(sale.currency));
    fold(&sale.receipt_number).contains(wanted)
        || total == wanted
        || sale.customer.name.as_ref().is_some_and(|name| fold(name).contains(wanted))
        || sale.lines.iter().any(|line| fold(&line.name).contains(wanted) || fold(&line.sku).contains(wanted))
}
