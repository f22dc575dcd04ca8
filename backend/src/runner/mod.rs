//! Runner: carries a command to a remote system: signs in, asks, waits its turn, asks on, until the command has an outcome.
//! Lives here: the way out of the house (`outbound`), one connection's line and a command on it (`line`).
//! May use: connectors, the network, the clock. Never: SQL, the store, a sale.
//! Invariant: nothing is asked of an address the connection may not reach, and no secret is in what is written down of it.

mod line;
mod outbound;

pub use line::{Carried, Line};
pub use outbound::{Outbound, client};
