//! Scale: what a weighing scale says, what it is told, and what became of it.
//! Lives here: the languages scales speak (one file each: bytes in, what was said out; what is asked, bytes out), what is
//! asked when (`weighing`), a weight, a scale as a tablet knows it. May use: ids, cable, catalog, money. Never: a cable, a clock.
//! Invariant: a weight is taken over only while the scale itself says that it stands still, within its range and not below zero.

mod mt_sics;
mod nci;
mod toledo_8217;
mod weighing;

pub use weighing::{Input, Output, Standing, Weighing, step};

use crate::cable::{Cable, Framing};
use crate::catalog::Unit;
use crate::ids::ScaleId;
use crate::money::Quantity;
use serde::{Deserialize, Serialize};

/// No line of any scale is longer.
const LONGEST_LINE: usize = 64;

/// The language a scale speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Mettler Toledo's 8217, which most counter scales in shops can speak (Ariva, Viva, Diva, Datalogic's Magellan).
    #[default]
    Toledo8217,
    /// Mettler Toledo's Standard Interface Command Set.
    MtSics,
    /// Weigh-Tronix' NCI (SCP-01), also called ECR.
    Nci,
}

impl Protocol {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Toledo8217, Self::MtSics, Self::Nci];

    /// As its makers call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Toledo8217 => "Mettler Toledo 8217",
            Self::MtSics => "MT-SICS",
            Self::Nci => "NCI / ECR (SCP-01)",
        }
    }

    /// How its letters stand on the line unless the scale is set otherwise.
    pub const fn framing(self) -> Framing {
        match self {
            Self::Toledo8217 | Self::Nci => Framing::SevenEven,
            Self::MtSics => Framing::EightNone,
        }
    }

    /// Can a scale be told this in it?
    pub const fn can(self, order: Order) -> bool {
        !matches!((self, order), (Self::Nci, Order::Tare | Order::ClearTare))
    }
}

/// What a scale can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Call what lies on it nothing: dust, a tray.
    Zero,
    /// Take what lies on it for packaging, and show what comes on top of it.
    Tare,
    /// Forget the packaging.
    ClearTare,
}

/// A scale of a tablet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// Its name among records.
    pub id: ScaleId,
    /// Its name among people.
    pub name: String,
    /// Where it hangs.
    pub cable: Cable,
    /// The language it speaks.
    #[serde(default)]
    pub protocol: Protocol,
    /// How its letters stand on the line.
    #[serde(default)]
    pub framing: Framing,
}

/// How heavy something is, as the scale says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// Millionths of its unit: scales show up to six decimals.
    pub millionths: i64,
    /// The scale's own: kilogram, gram or pound.
    pub unit: Unit,
}

impl Weight {
    /// Reads `  12.345`; nothing where that is no number, or one no scale shows.
    fn parse(text: &str, unit: Unit) -> Option<Self> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text.strip_prefix('+').unwrap_or(text).trim_start()),
        };
        if text.starts_with('-') {
            return None;
        }
        let millionths = crate::money::parse_scaled(text, 6).ok()?;
        Some(Self { millionths: if negative { millionths.checked_neg()? } else { millionths }, unit })
    }

    /// In the unit something is sold by. Where the scale is finer than what is sold by, the rest is the buyer's. Nothing
    /// between kilograms and pounds: a price by the one is not charged by a scale of the other.
    pub fn sold_by(self, unit: Unit) -> Option<Quantity> {
        let millionths = i128::from(self.millionths);
        let thousandths = match (self.unit, unit) {
            (from, to) if from == to && from.is_measured() => millionths / 1_000,
            (Unit::Kilogram, Unit::Gram) => millionths,
            (Unit::Gram, Unit::Kilogram) => millionths / 1_000_000,
            _ => return None,
        };
        i64::try_from(thousandths).ok().map(Quantity)
    }
}

/// How a scale's unit is written on the line.
fn unit(text: &str) -> Option<Unit> {
    Some(match text.trim().to_ascii_lowercase().as_str() {
        "kg" => Unit::Kilogram,
        "g" => Unit::Gram,
        "lb" | "lbs" => Unit::Pound,
        _ => return None,
    })
}

/// What lies on a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It stands still.
    Stable {
        /// So much, without packaging where a tare is set.
        weight: Weight,
        /// Is it known that packaging is taken off already?
        net: bool,
    },
    /// It moves; some scales say what they show meanwhile.
    Moving(Option<Weight>),
    /// More than the scale can bear.
    Over,
    /// Less than nothing: something was taken off after zeroing or taring.
    Under,
    /// It cannot weigh just now: it has not found its zero, or something in it is broken.
    Unready,
    /// It answers in a unit that nothing is sold by, or in words.
    Unreadable,
}

/// What a scale said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// How heavy it is.
    Reading(Reading),
    /// What it was told is done; the packaging it has taken off, where it says so.
    Done(Option<Weight>),
    /// What it was told cannot be now.
    Refused,
}

/// Reads what a scale says, in whatever pieces it comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Reader {
    protocol: Protocol,
    /// What it was told last, whose answer has not come.
    told: Option<Order>,
    /// What has come of a line.
    line: Vec<u8>,
    /// Is a line under way? Where lines have a beginning, what stands before it is passed over.
    begun: bool,
    /// What an earlier line of the same answer said.
    earlier: Option<Reading>,
}

impl Reader {
    fn of(protocol: Protocol) -> Self {
        Self { protocol, ..Self::default() }
    }

    /// The bytes that ask how heavy it is.
    fn ask(&mut self) -> Vec<u8> {
        self.told = None;
        self.earlier = None;
        match self.protocol {
            Protocol::Toledo8217 => toledo_8217::ASK.to_vec(),
            Protocol::MtSics => mt_sics::ASK.to_vec(),
            Protocol::Nci => nci::ASK.to_vec(),
        }
    }

    /// The bytes that tell it something; nothing where its language has no word for it.
    fn tell(&mut self, order: Order) -> Option<Vec<u8>> {
        let bytes = match self.protocol {
            Protocol::Toledo8217 => Some(toledo_8217::order(order)),
            Protocol::MtSics => Some(mt_sics::order(order)),
            Protocol::Nci => nci::order(order),
        }?;
        self.told = Some(order);
        self.earlier = None;
        Some(bytes.to_vec())
    }

    /// What the next bytes say.
    fn read(&mut self, bytes: &[u8]) -> Vec<Said> {
        // Where a line of seven bits is listened to with eight, the eighth is its parity.
        bytes.iter().filter_map(|byte| self.byte(byte & 0x7f)).collect()
    }

    fn byte(&mut self, byte: u8) -> Option<Said> {
        let line = match self.protocol {
            Protocol::Toledo8217 => self.framed(byte)?,
            Protocol::MtSics | Protocol::Nci => self.ended(byte)?,
        };
        let said = match self.protocol {
            Protocol::Toledo8217 => toledo_8217::said(&line, self.told),
            Protocol::MtSics => mt_sics::said(&line, self.told),
            Protocol::Nci => nci::said(&line, self.told, &mut self.earlier),
        }?;
        // Some say a weight below zero as a weight.
        Some(match said {
            Said::Reading(Reading::Stable { weight, .. }) if weight.millionths < 0 => {
                Said::Reading(Reading::Under)
            }
            said => said,
        })
    }

    /// Lines from `STX` to `CR`.
    fn framed(&mut self, byte: u8) -> Option<Vec<u8>> {
        match byte {
            0x02 => {
                self.begun = true;
                self.line.clear();
                None
            }
            b'\r' => std::mem::take(&mut self.begun).then(|| std::mem::take(&mut self.line)),
            _ if self.begun => {
                self.push(byte);
                None
            }
            _ => None,
        }
    }

    /// Lines that end with `CR`, `LF` or `ETX`, whichever comes first.
    fn ended(&mut self, byte: u8) -> Option<Vec<u8>> {
        match byte {
            b'\r' | b'\n' | 0x03 => {
                let is_whole = !std::mem::take(&mut self.begun);
                Some(std::mem::take(&mut self.line)).filter(|line| is_whole && !line.is_empty())
            }
            _ => {
                self.push(byte);
                None
            }
        }
    }

    /// A line that is too long for any scale is none; what is left of it is passed over.
    fn push(&mut self, byte: u8) {
        if self.line.len() < LONGEST_LINE {
            self.line.push(byte);
        } else {
            self.line.clear();
            self.begun = self.protocol != Protocol::Toledo8217;
        }
    }
}

#[cfg(test)]
mod tests;
