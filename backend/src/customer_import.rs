//! Customer import: a spreadsheet of customers becomes records, after a check of every row and field by field.
//! Lives here: the columns, the data check, whom a row is about, what would change.
//! May use: spreadsheet, shared (customer, catalog, money, api). Never: the database, HTTP, the terminal (`app::customer_import`
//! is around it).
//! Invariant: a field that was changed in the shop after the file was made stays; what is checked is what is written.

mod apply;
mod check;
mod columns;
mod dates;
mod find;
mod plan;
mod read;

pub use columns::NO_COLUMN;
pub use plan::{KnownCustomer, KnownShop, Options, Plan, PlannedCustomer, left_as_cells, plan};
pub use read::{ReadFile, read};

/// The most rows a file may have.
pub const MOST_ROWS: usize = 100_000;

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// No table.
    #[error(transparent)]
    Sheet(#[from] crate::spreadsheet::SheetError),
    /// No column of it is known, or said to be known.
    #[error("the first line names no column that is known here ({0}); say what is in which column")]
    NoColumns(String),
    /// Larger than is taken at once.
    #[error("it has more than 100,000 rows; split it")]
    Long,
}
