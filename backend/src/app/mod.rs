//! App: use-cases: what a request means, whoever sent it. The only room that opens a write transaction (with ingest).
//! Lives here: catalogue changes, import, sales and kept entries, the day's report, export.
//! May use: shared, store, feed, catalog_import. Never: axum types, SQL text, HTTP clients.
//! Invariant: a use-case either happens whole or not at all.

pub mod table;
pub mod today;
