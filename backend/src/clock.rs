//! Clock: the one place of the server that reads the time and mints ids.
//! Lives here: now, random bytes, fresh ids.
//! May use: the system clock, the system's randomness. Never: a rule.
//! Invariant: rules get the time and ids as arguments.

use shared::ids::Mint;
use uuid::Uuid;

/// Now, epoch ms.
#[expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this is the server's clock")]
pub fn now_ms() -> i64 {
    ms_of(std::time::SystemTime::now())
}

/// An instant of the system's, as a file's is, in epoch ms.
#[expect(clippy::disallowed_types, reason = "this is the server's clock")]
pub fn ms_of(instant: std::time::SystemTime) -> i64 {
    instant
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}

/// Random bytes of the operating system. Without them nothing of this server is safe, so it stops.
#[expect(clippy::panic, reason = "a machine without randomness cannot make keys or ids")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("the operating system gives no random bytes: {error}");
    }
    bytes
}

/// The server's source of ids.
#[derive(Clone, Copy, Debug, Default)]
pub struct FreshIds;

impl Mint for FreshIds {
    fn mint(&mut self) -> Uuid {
        shared::ids::mint(now_ms(), random())
    }
}
