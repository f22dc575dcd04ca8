//! Peripheral: what is plugged into the tablet or built into it.
//! Lives here: barcode scanners that type, the camera as a scanner, short sounds.
//! May use: web-sys, shared barcode rules. Never: the catalogue, the cart, a page.
//! Invariant: a device that is missing or refused is an answer, not a failure.

pub mod camera;
pub mod scanner;
pub mod sound;
