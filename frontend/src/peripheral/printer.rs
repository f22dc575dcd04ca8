//! Printer: receipt printers on the tablet's own cables, USB and serial, on Bluetooth, and over HTTP (`web`).
//! Lives here: choosing one, finding it again, opening it, bytes to and from it, rows that are drawn (`draw`) and
//! the shop's picture (`picture`).
//! May use: web-sys, WebUSB, Web Serial, fetch, shared's printers. Never: what is printed when (`shared::printing`), a page.
//! Invariant: a person is asked for a printer once; after that it is found again by itself.

mod bluetooth;
mod draw;
mod picture;
mod usb;
pub mod web;

pub use super::port::PortError;
pub use bluetooth::Port as BluetoothPort;
pub use draw::drawn;
pub use picture::{fetched, picture};

use super::{port, serial};
use shared::cable::{Cable, Framing};
use web_sys::EventTarget;

/// How a printer is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// USB.
    Usb,
    /// A serial line, at so many bits a second.
    Serial {
        /// Bits a second.
        baud: u32,
    },
    /// Bluetooth, low energy.
    Bluetooth,
}

/// A printer that is open. Nothing is sent any more once it is dropped; [`Port::close`] gives it back.
pub enum Port {
    /// On USB.
    Usb(usb::Port),
    /// On a serial line.
    Serial(serial::Port),
}

/// Does this browser know such a cable?
pub fn is_here(connection: Connection) -> bool {
    match connection {
        Connection::Bluetooth => bluetooth::is_here(),
        _ => target(connection).is_some(),
    }
}

/// Lets a person choose a printer; only as an answer to a touch or a key.
///
/// # Errors
/// See [`PortError`].
pub async fn choose(connection: Connection) -> Result<Cable, PortError> {
    let target = || target(connection).ok_or(PortError::Unsupported);
    match connection {
        Connection::Usb => usb::choose(&target()?).await,
        Connection::Serial { baud } => serial::choose(&target()?, baud).await,
        Connection::Bluetooth => bluetooth::choose().await,
    }
}

/// Calls back whenever something was plugged in or out, for the life of the page.
pub fn on_plug(act: impl Fn() + 'static) {
    let act = std::rc::Rc::new(act);
    for target in [Connection::Usb, Connection::Serial { baud: 0 }].into_iter().filter_map(target) {
        let act = std::rc::Rc::clone(&act);
        port::on_plug(&target, move || act());
    }
}

/// Is it plugged in, as far as the browser can tell?
pub async fn is_plugged(cable: &Cable) -> bool {
    match (cable, of(cable).and_then(target)) {
        (Cable::Usb { .. }, Some(target)) => usb::find(&target, cable).await.is_some(),
        (Cable::Serial { .. }, Some(target)) => serial::find(&target, cable).await.is_some(),
        _ => false,
    }
}

impl Port {
    /// Opens a printer that a person has chosen before.
    ///
    /// # Errors
    /// See [`PortError`].
    pub async fn open(cable: &Cable) -> Result<Self, PortError> {
        let target = of(cable).and_then(target).ok_or(PortError::Unsupported)?;
        match cable {
            Cable::Usb { .. } => usb::Port::open(&target, cable).await.map(Self::Usb),
            Cable::Serial { .. } => {
                serial::Port::open(&target, cable, Framing::EightNone).await.map(Self::Serial)
            }
            Cable::Bluetooth { .. } | Cable::Network { .. } | Cable::Web { .. } => {
                Err(PortError::Unsupported)
            }
        }
    }

    /// Sends bytes; resolves when all have left.
    ///
    /// # Errors
    /// See [`PortError`]; some may have left.
    pub async fn write(&self, bytes: &[u8]) -> Result<(), PortError> {
        match self {
            Self::Usb(port) => port.write(bytes).await,
            Self::Serial(port) => port.write(bytes).await,
        }
    }

    /// What it says next; waits for it.
    ///
    /// # Errors
    /// When it will say nothing any more.
    pub async fn read(&self) -> Result<Vec<u8>, PortError> {
        match self {
            Self::Usb(port) => port.read().await,
            Self::Serial(port) => port.read().await,
        }
    }

    /// Gives it back.
    pub async fn close(&self) {
        match self {
            Self::Usb(port) => port.close().await,
            Self::Serial(port) => port.close().await,
        }
    }
}

fn of(cable: &Cable) -> Option<Connection> {
    match cable {
        Cable::Usb { .. } => Some(Connection::Usb),
        Cable::Serial { baud, .. } => Some(Connection::Serial { baud: *baud }),
        Cable::Bluetooth { .. } | Cable::Network { .. } | Cable::Web { .. } => None,
    }
}

/// Where the browser has them.
fn target(connection: Connection) -> Option<EventTarget> {
    port::target(match connection {
        Connection::Usb => "usb",
        Connection::Serial { .. } => serial::NAME,
        Connection::Bluetooth => return None,
    })
}
