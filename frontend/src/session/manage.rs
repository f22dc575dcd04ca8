//! Manage: the manager's side for the pages: who is signed in, what the server is asked, and what it said.
//! Lives here: signing in and out, the wake-ups, lists that load page by page, one method a request.
//! May use: api_client, clock, shared::api. Never: the till or its storage (a laptop that sells nothing has none), markup.
//! Invariant: a session that ends takes nothing away: what was typed stays while one signs in again.

mod access;
mod books;
mod catalog;
pub mod choices;
pub mod compare;
mod connections;
mod customers;
mod drawers;
mod live;
mod mappings;
mod paged;
mod people;
mod picture;
mod places;
mod prices;
mod printers;
mod tender_types;
pub mod typed;

pub use books::ToLookAt;
pub use catalog::VersionedProduct;
pub use customers::ImportWishes;
pub use live::Live;
pub use mappings::VersionedMapping;
pub use paged::{Loaded, Paged};
pub use picture::{NewPicture, PictureFault};
pub use prices::{Rule, Versioned};

use crate::api_client::{self, ApiError};
use crate::clock;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::{CatalogResponse, SessionResponse};
use shared::calendar::Day;
use shared::customer::CustomerGroup;
use shared::money::Currency;
use shared::register::Register;
use shared::staff::Permission;
use shared::store::{Store, WrongSetting};
use std::sync::Arc;

/// Where a visitor of the manage pages stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Access {
    /// The server is being asked.
    Asking,
    /// It did not answer.
    Trouble(Trouble),
    /// There is no organisation yet.
    SetUp,
    /// Nobody is signed in; `demo` shops publish their passwords.
    SignedOut {
        /// Is it a demo shop?
        demo: bool,
    },
    /// This person.
    In(Arc<SessionResponse>),
}

/// Why something asked of the server did not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// `offline`, `unreadable`, or a code of [`shared::api::ErrorResponse`].
    pub code: String,
    /// The server's own words; empty where the code says it all.
    pub message: String,
    /// Which fields.
    pub fields: Vec<WrongSetting>,
    /// Try again after so many ms.
    pub retry_after_ms: Option<i64>,
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        let plain = |code: &str| Self {
            code: code.to_owned(),
            message: String::new(),
            fields: Vec::new(),
            retry_after_ms: None,
        };
        match error {
            ApiError::NoAnswer => plain("offline"),
            ApiError::Unreadable => plain("unreadable"),
            ApiError::Refused(refused) => Self {
                code: refused.code,
                message: refused.message,
                fields: refused.fields,
                retry_after_ms: refused.retry_after_ms,
            },
        }
    }
}

/// What the manage pages share. It is `Copy`: take it from the context with [`use_manage`].
#[derive(Clone, Copy)]
pub struct Manage {
    /// Who is here.
    pub access: RwSignal<Access>,
    /// Has the session ended under a page? It is asked for again in front of the page.
    pub ended: RwSignal<bool>,
    /// Shops.
    pub stores: RwSignal<Arc<Vec<Store>>>,
    /// Places to sell.
    pub registers: RwSignal<Arc<Vec<Register>>>,
    /// Categories and tax categories.
    pub groups: RwSignal<Arc<CatalogResponse>>,
    /// Groups of customers, once they were asked for.
    pub customer_groups: RwSignal<Arc<Vec<CustomerGroup>>>,
    /// Records that wait for a manager.
    pub kept: RwSignal<u64>,
    /// Is the server telling us about changes?
    pub live: RwSignal<Live>,
    /// Counts the changes told; read it to load anew.
    pub changes: RwSignal<u64>,
    /// Why what every page needs could not be loaded.
    pub trouble: RwSignal<Option<Trouble>>,
    /// What was looked for last, so that coming back from a record finds the list as it was.
    pub sought: Sought,
    events: StoredValue<Option<live::Events>, LocalStorage>,
}

/// What lists were last asked for.
#[derive(Clone, Copy, Default)]
pub struct Sought {
    /// Words in the list of sales.
    pub sales: RwSignal<String>,
    /// Their day, as `YYYY-MM-DD`; empty for every day.
    pub day: RwSignal<String>,
    /// Their store's id; empty for every store.
    pub store: RwSignal<String>,
    /// Words in the list of products.
    pub products: RwSignal<String>,
    /// Words in the list of customers.
    pub customers: RwSignal<String>,
    /// Their group's id; empty for every group.
    pub customer_group: RwSignal<String>,
    /// Only those whose certificate of exemption has ended or soon will?
    pub exempt_ending: RwSignal<bool>,
    /// The day of the figures; empty for today.
    pub figures_day: RwSignal<String>,
    /// The store of the figures; empty for all.
    pub figures_store: RwSignal<String>,
}

/// The manager's side of this page.
pub fn use_manage() -> Manage {
    expect_context()
}

impl Manage {
    /// Nothing asked yet; give it to the pages with `provide_context`, and [`Manage::look`] first.
    pub fn new() -> Self {
        Self {
            access: RwSignal::new(Access::Asking),
            ended: RwSignal::new(false),
            stores: RwSignal::default(),
            registers: RwSignal::default(),
            groups: RwSignal::new(Arc::new(CatalogResponse {
                categories: Vec::new(),
                tax_categories: Vec::new(),
            })),
            customer_groups: RwSignal::default(),
            kept: RwSignal::new(0),
            live: RwSignal::new(Live::No),
            changes: RwSignal::new(0),
            trouble: RwSignal::new(None),
            sought: Sought::default(),
            events: StoredValue::new_local(None),
        }
    }

    /// May the person signed in do this? Read once: signing in again must not build a page anew under what was typed.
    pub fn may(self, permission: Permission) -> bool {
        self.access.with_untracked(
            |access| matches!(access, Access::In(session) if session.permissions.contains(&permission)),
        )
    }

    /// What the person signed in may do, also when that has changed meanwhile.
    pub fn permissions(self) -> Memo<Vec<Permission>> {
        Memo::new(move |_| {
            self.access.with(|access| match access {
                Access::In(session) => session.permissions.clone(),
                _ => Vec::new(),
            })
        })
    }

    /// What prices are in: the first store's currency.
    pub fn currency(self) -> Option<Currency> {
        self.stores.with(|stores| stores.first().map(|store| store.currency))
    }

    /// The day it is in the first store; what a certificate's last day is compared with.
    pub fn today(self) -> Day {
        let zone = self.stores.with(|stores| stores.first().map(|store| store.time_zone.clone()));
        clock::local_time(&zone.unwrap_or_default()).day()
    }

    async fn get<T: DeserializeOwned>(self, path: &str) -> Result<T, Trouble> {
        self.heard(api_client::get(path).await)
    }

    async fn send<T: DeserializeOwned>(
        self,
        method: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Trouble> {
        self.heard(api_client::send(method, path, body).await)
    }

    /// An ended session is asked for again in front of the page, whoever noticed it.
    fn heard<T>(self, answer: Result<T, ApiError>) -> Result<T, Trouble> {
        let answer = answer.map_err(Trouble::from);
        if let Err(trouble) = &answer
            && trouble.code == "sign_in"
            && self.access.with_untracked(|access| matches!(access, Access::In(_)))
        {
            self.ended.set(true);
        }
        answer
    }
}

/// A query of an address out of the parts that say something: `?search=tea&store=…`.
fn query(parts: &[(&str, &str)]) -> String {
    let said = parts.iter().filter(|(_, value)| !value.is_empty());
    let said: Vec<String> =
        said.map(|(name, value)| format!("{name}={}", api_client::escaped(value))).collect();
    if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) }
}
