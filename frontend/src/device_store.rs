//! Device store: what a tablet keeps, and the transactions that keep it whole.
//! Lives here: the stored forms, the store itself in its two kinds (the browser's IndexedDB, and memory for tests).
//! May use: shared rules, letters, IndexedDB. Never: the network, signals, a clock.
//! Invariant: a sale, its journal entry, its receipt number and the counters are written together and durably, or not at all.

mod browser;
mod catalog;
mod chunk;
#[cfg(test)]
mod contract;
mod indexed_db;
mod known;
mod known_kept;
#[cfg(test)]
mod memory;
mod stock;

pub use browser::Browser;
pub use catalog::{Catalog, Place};
pub use chunk::Chunk;
pub use known::KnownChanges;
#[cfg(test)]
pub use memory::Memory;
pub use stock::Levels;

use serde::{Deserialize, Serialize};
use shared::account::{Account, AccountKey};
use shared::api::PairResponse;
use shared::barcode::CabledScanner;
use shared::catalog::Category;
use shared::customer::{Customer, CustomerGroup};
use shared::ids::{CustomerId, SaleId, StaffId};
use shared::pricing::{PriceList, Promotion};
use shared::printing::{Job, Printer};
use shared::register::Register;
use shared::sale::{Cart, KnownSale, Sale};
use shared::scale::Scale;
use shared::shift::{ShiftFault, ShiftFigures};
use shared::staff::{PinTries, StaffMember};
use shared::store::Store;
use shared::sync::device::RecordFault;
pub use shared::sync::device::{Answered, Counters, Feed, Numbers};
use shared::sync::journal::{JournalEntry, SealedEntry};
use shared::tax::TaxCategory;
use shared::tender::TenderType;
use shared::terminal::{Charge, Connected};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// What this tablet is.
pub type Identity = PairResponse;

/// A PIN's verifier under the device's own key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedPin {
    /// Twelve bytes, hex.
    pub iv: String,
    /// The verifier as AES-GCM left it, hex.
    pub wrapped: String,
}

/// A member of staff as kept here: the verifier never lies open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredStaff {
    /// The person; `pin` is always none.
    pub member: StaffMember,
    /// How the PIN is checked.
    pub pin: Option<WrappedPin>,
}

/// The short lists, kept as one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lists {
    /// The store as last heard.
    pub store: Option<Store>,
    /// The register as last heard.
    pub register: Option<Register>,
    /// Groups of products.
    pub categories: Vec<Category>,
    /// For tax.
    pub tax_categories: Vec<TaxCategory>,
    /// Who may sign in.
    pub staff: Vec<StoredStaff>,
    /// Price lists of the store.
    #[serde(default)]
    pub price_lists: Vec<PriceList>,
    /// Promotions of the store.
    #[serde(default)]
    pub promotions: Vec<Promotion>,
    /// Ways to pay of the store, as far as they are set.
    #[serde(default)]
    pub tender_types: Vec<TenderType>,
    /// Groups of customers.
    #[serde(default)]
    pub customer_groups: Vec<CustomerGroup>,
}

/// A cart put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldCart {
    /// The cart as it was.
    pub cart: Cart,
    /// What the cashier called it.
    pub label: Option<String>,
    /// When, epoch ms.
    pub held_at_ms: i64,
    /// By whom.
    pub staff_name: String,
}

/// A printer of this tablet and what it has not printed yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPrinter {
    /// The printer.
    pub printer: Printer,
    /// Oldest first.
    #[serde(default)]
    pub jobs: Vec<Job>,
}

/// Everything needed to start selling; sales, journal and stock levels are read when they are wanted.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// None before pairing.
    pub identity: Option<Identity>,
    /// Did the server last say that a manager has unpaired this tablet?
    pub unpaired: bool,
    /// Numbers.
    pub counters: Counters,
    /// Answers.
    pub answered: Answered,
    /// Changes.
    pub feed: Feed,
    /// Short lists.
    pub lists: Lists,
    /// The catalogue, in its order.
    pub chunks: Vec<Arc<Chunk>>,
    /// Carts put aside, oldest first.
    pub held: Vec<HeldCart>,
}

/// Changes that become durable together.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Chunks to write, by their place.
    pub chunks: Vec<(usize, Arc<Chunk>)>,
    /// The lists, if one changed.
    pub lists: Option<Lists>,
    /// Buckets of stock levels to write.
    pub stock: Vec<(u8, Vec<u8>)>,
    /// Customers to write, or to take out.
    pub customers: Vec<(CustomerId, Option<Customer>)>,
    /// Accounts to write, or to take out.
    pub accounts: Vec<(AccountKey, Option<Account>)>,
    /// Sales of the store.
    pub known: KnownChanges,
    /// Where the feed stands after this.
    pub feed: Feed,
}

/// What a transaction is to record.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Made with the numbers given.
    pub entry: JournalEntry,
    /// The sale in it, if it is one: takes the receipt number, and lets go of a held cart of the same id.
    pub sale: Option<Arc<Sale>>,
    /// The customer it writes down, as the tablet knows them from then on.
    pub customer: Option<Customer>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its place in the journal.
    pub sequence: u64,
    /// The sale, or the one that was already recorded under its id.
    pub sale: Option<Arc<Sale>>,
    /// The shift that is open after it.
    pub shift: Option<Box<ShiftFigures>>,
}

fn already_paired() -> StoreError {
    StoreError::Refused("this tablet belongs to a shop already".to_owned())
}

/// Why nothing was written or read. What was there before is untouched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room.
    #[error("the tablet's storage is full")]
    Full,
    /// The browser has closed its database; it must be opened again before anything is sold.
    #[error("the browser has lost its database")]
    Lost,
    /// A newer version of the app has changed the database.
    #[error("another tab runs a newer version; reload this one")]
    Newer,
    /// Records that were not sent would be lost.
    #[error("{0} records are not sent yet")]
    Unsent(u64),
    /// Something else, in the browser's words.
    #[error("{0}")]
    Browser(String),
    /// What is stored cannot be read.
    #[error("what is stored as {0} cannot be read")]
    Unreadable(&'static str),
    /// The drawer does not allow it now.
    #[error("{0}")]
    Shift(#[from] ShiftFault),
    /// The rules said no while it was being made.
    #[error("{0}")]
    Refused(String),
}

impl From<RecordFault> for StoreError {
    fn from(error: RecordFault) -> Self {
        match error {
            RecordFault::Shift(fault) => Self::Shift(fault),
            error => Self::Refused(error.to_string()),
        }
    }
}

/// Where a tablet keeps what it keeps.
#[derive(Clone)]
pub enum DeviceStore {
    /// Gone when the page is closed: for tests of the screens.
    #[cfg(test)]
    Memory(Rc<Memory>),
    /// The browser's IndexedDB.
    Browser(Rc<Browser>),
}

/// Wrong PINs by person.
pub type Tries = BTreeMap<StaffId, PinTries>;

/// Calls the same function on whichever store it is. A connection that has failed is not used again.
macro_rules! on {
    ($self:ident, $store:ident => $call:expr) => {
        match $self {
            #[cfg(test)]
            DeviceStore::Memory($store) => $call,
            DeviceStore::Browser($store) => {
                let answer = $call;
                if matches!(answer, Err(StoreError::Lost)) {
                    $store.let_go();
                }
                answer
            }
        }
    };
}

impl DeviceStore {
    /// Everything needed to start.
    pub async fn load(&self) -> Result<Kept, StoreError> {
        on!(self, store => store.load().await)
    }

    /// Stock levels, bucket by bucket.
    pub async fn load_stock(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        on!(self, store => store.load_stock().await)
    }

    /// Becomes the tablet of this identity; refused if it is one already. The keys are kept by the browser and never leave it.
    pub async fn pair(&self, identity: &Identity, keys: &wasm_bindgen::JsValue) -> Result<(), StoreError> {
        on!(self, store => store.pair(identity, keys).await)
    }

    /// Keeps new keys before the server is told of them, so that an answer lost on its way loses no key.
    /// Refused on a tablet that belongs to a shop.
    pub async fn keep_keys(&self, keys: &wasm_bindgen::JsValue) -> Result<(), StoreError> {
        on!(self, store => store.keep_keys(keys).await)
    }

    /// The keys made at pairing.
    pub async fn keys(&self) -> Result<Option<wasm_bindgen::JsValue>, StoreError> {
        on!(self, store => store.keys().await)
    }

    /// Makes a page of changes durable, all of it or nothing.
    pub async fn apply(&self, page: &Page) -> Result<(), StoreError> {
        on!(self, store => store.apply(page).await)
    }

    /// Forgets catalogue, lists but for the staff, stock, customers, accounts, sales of the store and cursor; never the journal.
    pub async fn start_over(&self) -> Result<(), StoreError> {
        on!(self, store => store.start_over().await)
    }

    /// Gives out the next numbers, lets `build` make the entry with them, and resolves when all of it is on the disk.
    /// A sale that is already recorded under its id is returned as it was; nothing is written then.
    pub async fn record(
        &self,
        sale_id: Option<SaleId>,
        build: impl FnOnce(Numbers) -> Result<Recording, StoreError>,
    ) -> Result<Recorded, StoreError> {
        on!(self, store => store.record(sale_id, build).await)
    }

    /// Journal entries from a sequence on, at most so many.
    pub async fn entries(&self, from: u64, most: usize) -> Result<Vec<SealedEntry>, StoreError> {
        on!(self, store => store.entries(from, most).await)
    }

    /// Notes what the server has answered for, and lets go of entries and sales answered long ago.
    pub async fn answered(&self, to: u64, kept: &[(u64, String)]) -> Result<Answered, StoreError> {
        on!(self, store => store.answered(to, kept).await)
    }

    /// Numbers and answers as they are now; another tab may have moved them.
    pub async fn position(&self) -> Result<(Counters, Answered), StoreError> {
        on!(self, store => store.position().await)
    }

    /// Where the feed of changes stands.
    pub async fn feed(&self) -> Result<Feed, StoreError> {
        on!(self, store => store.feed().await)
    }

    /// The newest sales first, at most so many.
    pub async fn sales(&self, most: usize) -> Result<Vec<Arc<Sale>>, StoreError> {
        on!(self, store => store.sales(most).await)
    }

    /// Puts a cart aside.
    pub async fn hold(&self, held: &HeldCart) -> Result<(), StoreError> {
        on!(self, store => store.hold(held).await)
    }

    /// Takes a held cart out; none when another tab was faster.
    pub async fn take_held(&self, id: SaleId) -> Result<Option<HeldCart>, StoreError> {
        on!(self, store => store.take_held(id).await)
    }

    /// All held carts, oldest first.
    pub async fn held(&self) -> Result<Vec<HeldCart>, StoreError> {
        on!(self, store => store.held().await)
    }

    /// Remembers that a manager has unpaired this tablet (or that it was a mistake), over a reload without a network.
    pub async fn note_unpaired(&self, unpaired: bool) -> Result<(), StoreError> {
        on!(self, store => store.note_unpaired(unpaired).await)
    }

    /// Keeps the cart that is open, or that none is. Quick rather than flushed: nothing in it is a fact yet.
    pub async fn keep_open_cart(&self, cart: Option<&Cart>) -> Result<(), StoreError> {
        on!(self, store => store.keep_open_cart(cart).await)
    }

    /// The cart that was open, unless it has been paid or put aside since.
    pub async fn open_cart(&self) -> Result<Option<Cart>, StoreError> {
        on!(self, store => store.open_cart().await)
    }

    /// Changes the count of wrong PINs in one durable transaction.
    pub async fn change_tries<R>(&self, change: impl FnOnce(&mut Tries) -> R) -> Result<R, StoreError> {
        on!(self, store => store.change_tries(change).await)
    }

    /// The printers of this tablet, with what they have not printed.
    pub async fn printers(&self) -> Result<Vec<KeptPrinter>, StoreError> {
        on!(self, store => store.printers().await)
    }

    /// Keeps them instead of those that were kept before. Durable: by it a printout that broke off is begun anew or not.
    pub async fn keep_printers(&self, printers: &[KeptPrinter]) -> Result<(), StoreError> {
        on!(self, store => store.keep_printers(printers).await)
    }

    /// The weighing scales of this tablet.
    pub async fn scales(&self) -> Result<Vec<Scale>, StoreError> {
        on!(self, store => store.scales().await)
    }

    /// Keeps them instead of those that were kept before.
    pub async fn keep_scales(&self, scales: &[Scale]) -> Result<(), StoreError> {
        on!(self, store => store.keep_scales(scales).await)
    }

    /// The scanners of this tablet that do not type.
    pub async fn scanners(&self) -> Result<Vec<CabledScanner>, StoreError> {
        on!(self, store => store.scanners().await)
    }

    /// Keeps them instead of those that were kept before.
    pub async fn keep_scanners(&self, scanners: &[CabledScanner]) -> Result<(), StoreError> {
        on!(self, store => store.keep_scanners(scanners).await)
    }

    /// Charges of a card terminal that are not over, oldest first.
    pub async fn charges(&self) -> Result<Vec<Charge>, StoreError> {
        on!(self, store => store.charges().await)
    }

    /// Changes them in one durable transaction: a card is presented only after that.
    pub async fn change_charges(&self, change: impl FnOnce(&mut Vec<Charge>)) -> Result<(), StoreError> {
        on!(self, store => store.change_charges(change).await)
    }

    /// The card terminal of this tablet.
    pub async fn terminal(&self) -> Result<Connected, StoreError> {
        on!(self, store => store.terminal().await)
    }

    /// Keeps which one it is.
    pub async fn keep_terminal(&self, terminal: Connected) -> Result<(), StoreError> {
        on!(self, store => store.keep_terminal(terminal).await)
    }

    /// Every customer, in no order.
    pub async fn customers(&self) -> Result<Vec<Customer>, StoreError> {
        on!(self, store => store.customers().await)
    }

    /// A customer, if they are known here.
    pub async fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        on!(self, store => store.customer(id).await)
    }

    /// An account as the server last told it.
    pub async fn account(&self, key: &AccountKey) -> Result<Option<Account>, StoreError> {
        on!(self, store => store.account(key).await)
    }

    /// The customers that have this number ([`Customer::number_key`]).
    pub async fn customers_numbered(&self, number: &str) -> Result<Vec<Customer>, StoreError> {
        on!(self, store => store.customers_numbered(number).await)
    }

    /// A sale of this tablet, as long as it is kept.
    pub async fn sale(&self, id: SaleId) -> Result<Option<Arc<Sale>>, StoreError> {
        on!(self, store => store.sale(id).await)
    }

    /// Sales of the store that the server has told of, whose number contains this text: the newest first, at most so many.
    pub async fn known_sales(&self, part: &str, most: usize) -> Result<Vec<KnownSale>, StoreError> {
        on!(self, store => store.known_sales(part, most).await)
    }

    /// One of them.
    pub async fn known_sale(&self, id: SaleId) -> Result<Option<KnownSale>, StoreError> {
        on!(self, store => store.known_sale(id).await)
    }

    /// Erases everything, keys included. Refused while anything is unsent.
    pub async fn erase(&self) -> Result<(), StoreError> {
        on!(self, store => store.erase().await)
    }
}

#[cfg(test)]
pub use contract::identity as identity_for_test;
