//! Cable: what a device hangs on, and how it is known there.
//! Lives here: USB, serial lines and Bluetooth by what a browser tells of them, printers on the store's network, how the letters of
//! a line stand on it.
//! May use: ids, serde. Never: a cable itself.
//! Invariant: a device is found again by its cable after it was unplugged, without asking anybody.

use crate::ids::NetworkPrinterId;
use serde::{Deserialize, Serialize};

/// What a device hangs on, and how it is known there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cable {
    /// USB.
    Usb {
        /// Of its maker.
        vendor_id: u16,
        /// Of its model.
        product_id: u16,
        /// Of this very one, where it has a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serial_number: Option<String>,
    },
    /// A serial line, or USB that looks like one.
    Serial {
        /// Of the maker of its plug, where it is one for USB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vendor_id: Option<u16>,
        /// Of the plug's model.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        product_id: Option<u16>,
        /// Bits a second.
        baud: u32,
    },
    /// Bluetooth, low energy.
    Bluetooth {
        /// What the browser calls it, for this page alone.
        id: String,
    },
    /// The network of the store, by its server.
    Network {
        /// Which of the store's printers.
        printer_id: NetworkPrinterId,
    },
    /// The network of the store, by the tablet itself, over HTTP.
    Web {
        /// Which of the store's printers.
        printer_id: NetworkPrinterId,
        /// Where it stands, so that it is reached without the server.
        place: WebPlace,
    },
}

/// What a printer on the network understands over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WebService {
    /// Epson's ePOS-Print.
    EposPrint,
    /// Star's webPRNT.
    WebPrnt,
}

impl WebService {
    /// As it is kept.
    pub const fn word(self) -> &'static str {
        match self {
            Self::EposPrint => "epos_print",
            Self::WebPrnt => "web_prnt",
        }
    }

    /// By its word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::EposPrint, Self::WebPrnt].into_iter().find(|service| service.word() == word)
    }
}

/// Where a printer takes printouts over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WebPlace {
    /// What it understands.
    pub service: WebService,
    /// Scheme, address and port: `https://192.168.1.50`.
    pub origin: String,
}

/// How a letter stands on a serial line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// Eight bits, no parity, one stop bit.
    #[default]
    EightNone,
    /// Seven bits, even parity, one stop bit.
    SevenEven,
}
