//! Sync: how registers and server keep one truth.
//! Lives here: the journal a register writes, the wire of push and pull, and both sides' protocol as pure steps
//! `(state, input, now) → (state, outputs)`.
//! May use: sale, stock, ids, calendar. Never: network, storage, a clock; the browser and the server are shells around it.
//! Invariant: an entry leaves the register's queue only by the server's answer for that entry.

pub mod device;
pub mod journal;
pub mod register;
pub mod server;
pub mod unsent;
pub mod wire;
