//! Cable: what a device hangs on, and how it is known there.
//! Lives here: USB and serial lines by what a browser tells of them, how the letters of a line stand on it.
//! May use: serde. Never: a cable itself.
//! Invariant: a device is found again by its cable after it was unplugged, without asking anybody.

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
