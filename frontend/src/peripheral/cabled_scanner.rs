//! Cabled scanner: barcode scanners that do not type: on a serial line, or speaking HID POS over USB.
//! Lives here: choosing one, finding it again, opening it. May use: Web Serial, WebHID. Never: what a code means.
//! Invariant: a person is asked for a scanner once; after that it is found again by itself.

use super::port::{on_plug as on_plug_of, target};
use super::{hid, serial};
use shared::cable::{Cable, Framing};

pub use super::port::PortError;

/// What most scanners are set to when they are new, bits a second.
const USUAL_BAUD: u32 = 9_600;

/// How a scanner is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// A serial line, or USB that looks like one.
    Serial,
    /// USB, speaking HID POS.
    Hid,
}

/// A scanner that is open.
pub enum Line {
    /// A serial line.
    Serial(serial::Port),
    /// HID POS.
    Hid(hid::Port),
}

const fn name_of(wire: Wire) -> &'static str {
    match wire {
        Wire::Serial => serial::NAME,
        Wire::Hid => hid::NAME,
    }
}

const fn wire_of(cable: &Cable) -> Wire {
    match cable {
        Cable::Serial { .. } => Wire::Serial,
        Cable::Usb { .. } | Cable::Bluetooth { .. } | Cable::Network { .. } | Cable::Web { .. } => Wire::Hid,
    }
}

/// Does this browser know such a wire?
pub fn is_here(wire: Wire) -> bool {
    target(name_of(wire)).is_some()
}

/// Lets a person choose a scanner; only as an answer to a touch or a key.
///
/// # Errors
/// See [`PortError`].
pub async fn choose(wire: Wire) -> Result<Cable, PortError> {
    let target = target(name_of(wire)).ok_or(PortError::Unsupported)?;
    match wire {
        Wire::Serial => serial::choose(&target, USUAL_BAUD).await,
        Wire::Hid => hid::choose(&target).await,
    }
}

/// Calls back whenever something was plugged in or out, for the life of the page.
pub fn on_plug(act: impl Fn() + Clone + 'static) {
    for wire in [Wire::Serial, Wire::Hid] {
        if let Some(target) = target(name_of(wire)) {
            on_plug_of(&target, act.clone());
        }
    }
}

/// Is it plugged in, as far as the browser can tell?
pub async fn is_plugged(cable: &Cable) -> bool {
    let wire = wire_of(cable);
    match (wire, target(name_of(wire))) {
        (Wire::Serial, Some(target)) => serial::find(&target, cable).await.is_some(),
        (Wire::Hid, Some(target)) => hid::find(&target, cable).await.is_some(),
        (_, None) => false,
    }
}

impl Line {
    /// Opens a scanner that a person has chosen before; what speaks HID POS gives its reports to `report`.
    ///
    /// # Errors
    /// See [`PortError`].
    pub async fn open(cable: &Cable, report: impl Fn(u8, Vec<u8>) + 'static) -> Result<Self, PortError> {
        let wire = wire_of(cable);
        let target = target(name_of(wire)).ok_or(PortError::Unsupported)?;
        match wire {
            Wire::Serial => serial::Port::open(&target, cable, Framing::EightNone).await.map(Self::Serial),
            Wire::Hid => hid::Port::open(&target, cable, report).await.map(Self::Hid),
        }
    }

    /// What it sends next; waits for it.
    ///
    /// # Errors
    /// When it will send nothing any more, or sends reports instead.
    pub async fn read(&self) -> Result<Vec<u8>, PortError> {
        match self {
            Self::Serial(port) => port.read().await,
            Self::Hid(_) => Err(PortError::Unsupported),
        }
    }

    /// Gives it back.
    pub async fn close(&self) {
        match self {
            Self::Serial(port) => port.close().await,
            Self::Hid(port) => port.close().await,
        }
    }
}
