//! Shared: the rules of the shop, the same compiled code on the tablet and on the server.
//! Lives here: money, tax, catalogue, price lists and promotions, cart and sale, tenders, shifts, stock, staff, approvals, receipts, the journal and the sync protocol.
//! May use: std without time, files and network; serde. Never: a clock, randomness, storage, network (all are arguments),
//! or a panic on data from outside.
//! Invariant: same input, same output, byte for byte, native and wasm.

pub mod account;
pub mod api;
pub mod approval;
pub mod barcode;
pub mod cable;
pub mod calendar;
pub mod catalog;
pub mod connect;
pub mod customer;
pub mod ids;
pub mod json;
pub mod label;
pub mod money;
pub mod picture;
pub mod planted;
pub mod points;
pub mod pricing;
pub mod printing;
pub mod receipt;
pub mod register;
pub mod sale;
pub mod scale;
pub mod shift;
pub mod staff;
pub mod stock;
pub mod store;
pub mod sync;
pub mod tax;
pub mod tender;
pub mod terminal;
