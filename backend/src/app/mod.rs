//! App: use-cases: what a request means, whoever sent it. The only room that opens a write transaction (with ingest).
//! Lives here: who gets in, people, customers, places and tablets, catalogue changes, imports, sales and kept entries, the day's report,
//! network printers and what is printed on them.
//! May use: shared, store, feed, catalog_import, customer_import, printing. Never: axum types, SQL text, HTTP clients, a connection of its own.
//! Invariant: a use-case either happens whole or not at all.

pub mod access;
pub mod approvals;
pub mod books;
pub mod catalog;
pub mod changes;
pub mod customer_import;
pub mod customers;
pub mod days;
pub mod device_key;
pub mod devices;
pub mod displays;
pub mod export;
pub mod import;
pub mod layaways;
pub mod people;
pub mod pictures;
pub mod places;
pub mod pricing;
pub mod printers;
pub mod printouts;
pub mod readiness;
pub mod receipts;
pub mod report;
pub mod returns;
mod secret;
pub mod setup;
pub mod shifts;
pub mod sync;
pub mod table;
pub mod tender_types;
pub mod today;

use crate::ingest::Ingest;
use crate::printing::Reach;
use crate::store::{Db, StoreError};
use changes::Changes;
use printouts::Printouts;
use shared::store::WrongSetting;

/// What every use-case works with.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The way into the books.
    pub ingest: Ingest,
    /// Who is woken up when something changes.
    pub changes: Changes,
    /// What this process prints for tablets.
    pub printouts: Printouts,
}

impl App {
    /// Starts the writer and the wake-ups of this process.
    pub fn start(db: Db) -> Self {
        let changes = Changes::start(&db);
        let wake = changes.clone();
        let ingest = Ingest::start(db.clone(), move |organisation| wake.tell(organisation));
        Self { db, ingest, changes, printouts: Printouts::default() }
    }

    /// The same, whose printers stand in these networks.
    pub fn printing_in(self, reach: Reach) -> Self {
        Self { printouts: Printouts::within(reach), ..self }
    }
}

/// Why a use-case did not happen. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No such record (or another organisation's).
    #[error("There is no such record. Nothing was changed.")]
    NotFound,
    /// What was given cannot be.
    #[error("{message}")]
    WrongInput {
        /// For a person.
        message: String,
        /// Which fields.
        fields: Vec<WrongSetting>,
    },
    /// Somebody else changed it meanwhile, or it is there already.
    #[error("{0}")]
    Conflict(String),
    /// Another record has this already.
    #[error("{message}")]
    Taken {
        /// For a person.
        message: String,
        /// Which field holds it.
        field: String,
    },
    /// Nobody is signed in, or what they signed in with is not right.
    #[error("{0}")]
    SignIn(String),
    /// Whoever is signed in may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// Too many wrong tries.
    #[error("{message}")]
    Locked {
        /// For a person.
        message: String,
        /// Until then, ms.
        retry_after_ms: i64,
    },
    /// A tablet that is not known here.
    #[error("This tablet is not paired with this server.")]
    Unpaired,
    /// Not signed by the tablet.
    #[error("The signature is not this tablet's.")]
    Signature,
    /// A protocol of another release.
    #[error("The app on this tablet must be updated.")]
    Outdated,
    /// Try again.
    #[error("{0}")]
    Busy(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An amount that does not fit.
    #[error(transparent)]
    Money(#[from] shared::money::MoneyError),
}

impl AppError {
    /// Wrong input without fields.
    pub fn wrong_input(message: impl Into<String>) -> Self {
        Self::WrongInput { message: message.into(), fields: Vec::new() }
    }

    /// Another record has what stands in one field.
    pub fn taken(field: &str, message: &str) -> Self {
        Self::Taken { message: message.to_owned(), field: field.to_owned() }
    }

    /// Wrong input in one field.
    pub fn wrong_field(field: &str, message: &str) -> Self {
        Self::WrongInput {
            message: message.to_owned(),
            fields: vec![WrongSetting { field: field.to_owned(), message: message.to_owned() }],
        }
    }
}
