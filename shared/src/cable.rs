//! Cable: what a device hangs on, and how it is known there.
//! Lives here: USB, serial lines and Bluetooth by what a browser tells of them, printers that the server reaches, how the letters
//! of a line stand on it.
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
