//! Tillbridge: the server's rooms.

pub mod app;
pub mod bridge;
pub mod catalog_import;
pub mod clock;
pub mod command;
pub mod config;
pub mod customer_import;
pub mod demo;
pub mod feed;
pub mod http;
pub mod ingest;
pub mod printing;
pub mod replay;
pub mod runner;
pub mod serve;
pub mod spreadsheet;
pub mod store;
pub mod telemetry;
