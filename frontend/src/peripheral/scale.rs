//! Scale: weighing scales on a serial line of the tablet.
//! Lives here: choosing one, finding it again, opening it. May use: Web Serial, shared's scales. Never: what is asked when
//! (`shared::scale`), a page.
//! Invariant: a person is asked for a scale once; after that it is found again by itself.

use super::port::{on_plug as on_plug_of, target};
use super::serial;
use shared::cable::Cable;
use shared::scale::Scale;

pub use super::port::PortError;
pub use serial::Port;

/// What most scales are set to when they are new, bits a second.
const USUAL_BAUD: u32 = 9_600;

/// Does this browser know serial lines?
pub fn is_here() -> bool {
    target(serial::NAME).is_some()
}

/// Lets a person choose a scale; only as an answer to a touch or a key.
///
/// # Errors
/// See [`PortError`].
pub async fn choose() -> Result<Cable, PortError> {
    let serial = target(serial::NAME).ok_or(PortError::Unsupported)?;
    serial::choose(&serial, USUAL_BAUD).await
}

/// Calls back whenever something was plugged in or out, for the life of the page.
pub fn on_plug(act: impl Fn() + 'static) {
    if let Some(serial) = target(serial::NAME) {
        on_plug_of(&serial, act);
    }
}

/// Is it plugged in, as far as the browser can tell?
pub async fn is_plugged(cable: &Cable) -> bool {
    match target(serial::NAME) {
        Some(serial) => serial::find(&serial, cable).await.is_some(),
        None => false,
    }
}

/// Opens a scale that a person has chosen before.
///
/// # Errors
/// See [`PortError`].
pub async fn open(scale: &Scale) -> Result<Port, PortError> {
    let serial = target(serial::NAME).ok_or(PortError::Unsupported)?;
    Port::open(&serial, &scale.cable, scale.framing).await
}
