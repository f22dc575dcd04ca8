//! Demo: a shop to look at: real goods, real baskets, people to sign in as.
//! Lives here: the embedded goods and baskets, shelf names, groups.
//! May use: app, ingest, replay's register. Never: SQL, a shortcut into the books.
//! Invariant: every sale of the demo shop went through the same rules as one at the till.

pub mod names;
