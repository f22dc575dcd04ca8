//! Way: how bytes get to a printer: by a cable of the tablet, or by what comes with a part of the register (ADR 0021), known
//! here by its form alone (`afar`).

use crate::peripheral::printer::{Port, PortError, is_plugged};
use shared::cable::Cable;
use shared::printing::{Outcome, Printer, PrinterStatus};
use std::future::Future;
use std::pin::Pin;

/// Something that is answered later.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A printer that is open.
pub enum Way {
    /// On a cable of the tablet.
    Cable(Port),
    /// On Bluetooth.
    Air(Box<dyn Bytes>),
    /// On the store's network: the server prints on it, or what stands in the printer itself.
    Relayed(Box<dyn Relay>),
}

/// What carries bytes to a printer, as its port does.
pub trait Bytes {
    /// Sends bytes; resolves when all have left.
    fn write<'a>(&'a self, bytes: &'a [u8]) -> Later<'a, Result<(), PortError>>;
    /// What it says next; waits for it.
    fn read(&self) -> Later<'_, Result<Vec<u8>, PortError>>;
    /// Gives it back.
    fn close(&self) -> Later<'_, ()>;
}

/// Who prints for the tablet, whole printouts.
pub trait Relay {
    /// How is the printer? Nothing where it says nothing.
    fn look(&self) -> Later<'_, Result<Option<PrinterStatus>, PortError>>;
    /// Prints; `heard` is told how the printer is meanwhile.
    fn print<'a>(&'a self, printout: Handed, heard: &'a dyn Fn(PrinterStatus)) -> Later<'a, Outcome>;
}

/// A printout that is handed to somebody else.
pub struct Handed {
    /// Everything but its end.
    pub body: Vec<u8>,
    /// What gives it out.
    pub end: Vec<u8>,
    /// Now or not at all?
    pub now: bool,
}

/// Opens a printer that hangs on no cable.
pub type OpenAfar = fn(Printer) -> Later<'static, Result<Way, PortError>>;

/// Does it hang on a cable of the tablet?
pub const fn is_on_cable(cable: &Cable) -> bool {
    matches!(cable, Cable::Usb { .. } | Cable::Serial { .. })
}

/// Is it there, as far as can be told without asking it?
pub async fn is_there(cable: &Cable) -> bool {
    !is_on_cable(cable) || is_plugged(cable).await
}

impl Way {
    /// Opens a printer that a person has chosen before. What is not here yet is as good as unplugged.
    ///
    /// # Errors
    /// See [`PortError`].
    pub async fn open(printer: Printer, afar: Option<OpenAfar>) -> Result<Self, PortError> {
        if is_on_cable(&printer.cable) {
            return Port::open(&printer.cable).await.map(Self::Cable);
        }
        match afar {
            Some(open) => open(printer).await,
            None => Err(PortError::Gone),
        }
    }

    /// Sends bytes; resolves when all have left.
    ///
    /// # Errors
    /// See [`PortError`]; some may have left.
    pub async fn write(&self, bytes: &[u8]) -> Result<(), PortError> {
        match self {
            Self::Cable(port) => port.write(bytes).await,
            Self::Air(port) => port.write(bytes).await,
            Self::Relayed(_) => Err(PortError::Unsupported),
        }
    }

    /// What it says next; waits for it.
    ///
    /// # Errors
    /// When it will say nothing any more.
    pub async fn read(&self) -> Result<Vec<u8>, PortError> {
        match self {
            Self::Cable(port) => port.read().await,
            Self::Air(port) => port.read().await,
            // It is said with the answers.
            Self::Relayed(_) => Err(PortError::Unsupported),
        }
    }

    /// Gives it back.
    pub async fn close(&self) {
        match self {
            Self::Cable(port) => port.close().await,
            Self::Air(port) => port.close().await,
            Self::Relayed(_) => {}
        }
    }
}
