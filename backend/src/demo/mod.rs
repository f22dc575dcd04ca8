//! Demo: a shop to look at: real goods, real baskets, people to sign in as.
//! Lives here: the embedded goods, baskets and customers, shelf names, groups, the shop's people, its sales of the last days.
//! May use: app, ingest, store, replay's chance. Never: SQL, a shortcut into the books.
//! Invariant: every sale of the demo shop went through the same rules and the same ingest as one at the till.

pub mod baskets;
pub mod customers;
pub mod goods;
pub mod history;
pub mod names;
pub mod shop;
pub mod till;

/// Why a demo shop cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A use-case failed.
    #[error(transparent)]
    App(#[from] crate::app::AppError),
    /// The database failed.
    #[error("the demo shop's database: {0}")]
    Store(#[from] crate::store::StoreError),
    /// The folder cannot be used.
    #[error("the folder {folder} cannot be used: {error}")]
    Folder {
        /// Which.
        folder: String,
        /// Why.
        error: std::io::Error,
    },
    /// Another process has it.
    #[error("another demo shop runs in {0}; stop it first, or choose another folder with --data")]
    Taken(String),
    /// The embedded data is broken.
    #[error("the demo data: {0}")]
    Data(String),
    /// A sale that cannot be.
    #[error("a sale of the demo shop: {0}")]
    Sale(String),
}
