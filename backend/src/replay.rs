//! Replay: a file of real invoices goes through the whole house, and the books are read back and added up.
//! Lives here: reading a slice of invoices, a native register made of the shared rules, the drive over HTTP, the report,
//! the comparison with control totals.
//! May use: shared, app, an HTTP client, the server itself as a child of its own. Never: SQL, a shortcut into the books.
//! Invariant: every figure of the report comes from the server's database.

pub mod chance;
pub mod command;
pub mod control;
pub mod drive;
pub mod register;
pub mod report;
pub mod run;
pub mod slice;

/// Why a replay cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// A line of it cannot be.
    #[error("line {line} of the file: {message}")]
    Line {
        /// Where, the header being 1.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// An invoice that cannot be made a sale.
    #[error("invoice {invoice}: {message}")]
    Invoice {
        /// Which.
        invoice: String,
        /// What is wrong.
        message: String,
    },
    /// A control file that cannot be compared with, or figures that differ.
    #[error("{0}")]
    Control(String),
    /// The server did not do what it must.
    #[error("the server: {0}")]
    Server(String),
}
