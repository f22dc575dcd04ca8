//! Catalog import: a spreadsheet of products becomes products, after a check of every row.
//! Lives here: the columns of our own form and of Shopify and WooCommerce, the data check, what would change.
//! May use: spreadsheet, shared (catalog, barcode, money, api). Never: the database, HTTP, the terminal (`app::import` is around it).
//! Invariant: an import with an error in it writes nothing; what is checked is what is written.

mod check;
mod columns;
mod plan;
mod read;

pub use check::FindingKind;
pub use plan::{ImportOptions, KnownCatalog, KnownProduct, Plan, PlannedProduct, plan};
pub use read::{ReadFile, ReadProduct, read};

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// No table.
    #[error(transparent)]
    Sheet(#[from] crate::spreadsheet::SheetError),
    /// No column of it is known.
    #[error(
        "the first line names no column that is known here ({0}); it must have at least `name` and one of `sku`, `barcode`"
    )]
    NoColumns(String),
}
