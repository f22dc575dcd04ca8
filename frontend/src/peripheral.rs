//! Peripheral: what is plugged into the tablet or built into it.
//! Lives here: barcode scanners that type or hang on a cable of their own, the camera as a scanner, short sounds, receipt
//! printers, weighing scales, card terminals; the cables they hang on (`port`, `serial`, `hid`).
//! May use: web-sys, shared rules of barcodes, printing, scales and terminals. Never: the catalogue, the cart, a page.
//! Invariant: a device that is missing or refused is an answer, not a failure.

pub mod cabled_scanner;
pub mod camera;
mod hid;
mod port;
pub mod printer;
pub mod scale;
pub mod scanner;
mod serial;
pub mod sound;
pub mod terminal;
