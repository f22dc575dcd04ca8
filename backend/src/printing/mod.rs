//! Printing: a printout sent to a printer on the network, over raw TCP.
//! Lives here: which addresses may be reached (`reach`), one printout from the connection to what became of it (`drive`).
//! May use: shared's rules of printers, the network, the clock's time. Never: the store, a route, which printers there are.
//! Invariant: nothing is connected to but what `Reach` allows, and what was sent once is not sent again.

mod drive;
mod reach;

pub use drive::{Printout, Watch, look, print};
pub use reach::{Reach, ReachError};
