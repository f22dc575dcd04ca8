//! Feed: what a tablet has not seen yet.
//! Lives here: the cursor, the first load in pages, following the feed.
//! May use: shared::sync::wire, store. Never: HTTP, SQL text.
//! Invariant: no change is passed over; a cursor that cannot promise that is told to start over.

pub mod cursor;
mod known;
pub mod misses;
mod pull;

pub use pull::{FIRST_PAGE, PAGE, Puller, pull};
