//! Ingest: what registers push goes into the books, many pushes in one transaction.
//! Lives here: the queue, the one writer of a process, batches, what happens when a batch fails.
//! May use: shared::sync (the judgement), store. Never: HTTP, signatures (they are checked before), a rule of its own.
//! Invariant: an answer is given only for what is durable; one entry that cannot be booked holds up nobody else's.

mod batch;
mod writer;

pub use batch::Push;
pub use writer::{Drained, Ingest, IngestError};
