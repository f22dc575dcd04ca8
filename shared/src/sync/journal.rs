//! Journal: everything a register records, in order, chained by hash.
//! Lives here: entries, sealing, opening, and every version of an entry ever shipped.
//! May use: sale, stock, ids, sha2. Never: signing (the device's key lives in the shell).
//! Invariant: entry n names the hash of entry n−1; a content that does not give its hash is not an entry.

use crate::approval::Approval;
use crate::calendar::LocalTime;
use crate::customer::CustomerEdit;
use crate::ids::{DeviceId, EntryId, SaleId, StaffId};
use crate::sale::Sale;
use crate::shift::{CashMovement, DrawerCount, DrawerOpening, ShiftClosing, ShiftOpening};
use crate::stock::StockAdjustment;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Newest version of the entry's form. Older ones stay readable for ever (`tests/golden`).
pub const ENTRY_VERSION: u16 = 8;
/// What the first entry names as the hash before it.
pub const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// The longest content taken, in bytes: a sale of some thousand lines.
pub const MOST_CONTENT_BYTES: usize = 4 << 20;

/// Something a register recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JournalEntry {
    /// Form of this entry.
    pub version: u16,
    /// Its id.
    pub id: EntryId,
    /// Who recorded it.
    pub device_id: DeviceId,
    /// Counts up by one from 1.
    pub sequence: u64,
    /// Hash of the entry before, hex.
    pub previous: String,
    /// When, by the device.
    pub time: LocalTime,
    /// Who was signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff_id: Option<StaffId>,
    /// What.
    pub body: EntryBody,
    /// Who approved what in it, each good for this entry alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EntryBody {
    /// A sale, a return.
    SaleCompleted {
        /// The fact.
        sale: Box<Sale>,
    },
    /// Stock set right.
    StockAdjusted {
        /// The fact.
        adjustment: StockAdjustment,
    },
    /// A receipt was printed again.
    ReceiptReprinted {
        /// Of which sale.
        sale_id: SaleId,
    },
    /// A drawer begins to be used.
    ShiftOpened {
        /// The fact.
        opening: ShiftOpening,
    },
    /// Cash went in or out without a sale.
    CashMoved {
        /// The fact.
        movement: CashMovement,
    },
    /// The drawer was counted while the shift goes on.
    DrawerCounted {
        /// The fact.
        count: DrawerCount,
    },
    /// The drawer was opened without a sale.
    DrawerOpened {
        /// The fact.
        drawer: DrawerOpening,
    },
    /// The drawer was counted and the shift closed.
    ShiftClosed {
        /// The fact: the Z report.
        closing: Box<ShiftClosing>,
    },
    /// A customer was written down, or something about one.
    CustomerEdited {
        /// What changed.
        edit: CustomerEdit,
    },
}

impl EntryBody {
    /// The oldest form that says all of it with these approvals: a server of an older release still books what it can read.
    pub fn version_with(&self, approvals: &[Approval]) -> u16 {
        match approvals.iter().map(|approval| approval.subject.kind.version()).max() {
            Some(version) => self.version().max(version),
            None => self.version(),
        }
    }

    /// The oldest form that says all of it, without an approval.
    pub fn version(&self) -> u16 {
        match self {
            Self::SaleCompleted { sale } if sale.needs_eighth_version() => 8,
            Self::SaleCompleted { sale } if sale.needs_seventh_version() => 7,
            Self::ShiftClosed { closing } if closing.needs_seventh_version() => 7,
            Self::CustomerEdited { .. } => 6,
            Self::SaleCompleted { sale } if sale.needs_sixth_version() => 6,
            Self::ShiftClosed { closing } if closing.needs_sixth_version() => 6,
            Self::SaleCompleted { sale } if sale.needs_fifth_version() => 5,
            Self::ShiftClosed { closing } if closing.needs_fifth_version() => 5,
            Self::SaleCompleted { sale } if sale.needs_second_version() => 2,
            Self::SaleCompleted { .. } | Self::StockAdjusted { .. } | Self::ReceiptReprinted { .. } => 1,
            Self::ShiftOpened { .. }
            | Self::CashMoved { .. }
            | Self::DrawerCounted { .. }
            | Self::DrawerOpened { .. }
            | Self::ShiftClosed { .. } => 3,
        }
    }

    /// The sale in it.
    pub fn sale(&self) -> Option<&Sale> {
        match self {
            Self::SaleCompleted { sale } => Some(sale),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for EntryBody {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let flat = FlatBody::deserialize(from)?;
        let missing = Error::missing_field;
        Ok(match flat.kind {
            BodyWord::SaleCompleted => {
                Self::SaleCompleted { sale: flat.sale.ok_or_else(|| missing("sale"))? }
            }
            BodyWord::StockAdjusted => {
                Self::StockAdjusted { adjustment: flat.adjustment.ok_or_else(|| missing("adjustment"))? }
            }
            BodyWord::ReceiptReprinted => {
                Self::ReceiptReprinted { sale_id: flat.sale_id.ok_or_else(|| missing("sale_id"))? }
            }
            BodyWord::ShiftOpened => {
                Self::ShiftOpened { opening: flat.opening.ok_or_else(|| missing("opening"))? }
            }
            BodyWord::CashMoved => {
                Self::CashMoved { movement: flat.movement.ok_or_else(|| missing("movement"))? }
            }
            BodyWord::DrawerCounted => {
                Self::DrawerCounted { count: flat.count.ok_or_else(|| missing("count"))? }
            }
            BodyWord::DrawerOpened => {
                Self::DrawerOpened { drawer: flat.drawer.ok_or_else(|| missing("drawer"))? }
            }
            BodyWord::ShiftClosed => {
                Self::ShiftClosed { closing: flat.closing.ok_or_else(|| missing("closing"))? }
            }
            BodyWord::CustomerEdited => {
                Self::CustomerEdited { edit: flat.edit.ok_or_else(|| missing("edit"))? }
            }
        })
    }
}

/// A body as it is written. Read by hand, see docs/adr/0015.
#[derive(Deserialize)]
struct FlatBody {
    kind: BodyWord,
    sale: Option<Box<Sale>>,
    adjustment: Option<StockAdjustment>,
    sale_id: Option<SaleId>,
    opening: Option<ShiftOpening>,
    movement: Option<CashMovement>,
    count: Option<DrawerCount>,
    drawer: Option<DrawerOpening>,
    closing: Option<Box<ShiftClosing>>,
    edit: Option<CustomerEdit>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum BodyWord {
    SaleCompleted,
    StockAdjusted,
    ReceiptReprinted,
    ShiftOpened,
    CashMoved,
    DrawerCounted,
    DrawerOpened,
    ShiftClosed,
    CustomerEdited,
}

/// An entry as it is kept and sent: the exact text, and the hash over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SealedEntry {
    /// The entry's id.
    pub id: EntryId,
    /// The entry's sequence.
    pub sequence: u64,
    /// SHA-256 of `content`, hex: its fingerprint.
    pub hash: String,
    /// The entry as JSON, to the byte.
    pub content: String,
}

/// Why a text is not an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The hash is another.
    #[error("the entry was changed after it was sealed")]
    Hash,
    /// Not JSON of an entry.
    #[error("the entry cannot be read: {0}")]
    Unreadable(String),
    /// Envelope and content name different ids or places.
    #[error("the entry's envelope and content differ")]
    Envelope,
    /// From a newer release.
    #[error("the entry is of version {0}, which this server does not know yet")]
    Version(u16),
    /// Too long.
    #[error("the entry is too long")]
    Long,
}

/// SHA-256 as hex.
pub fn fingerprint(content: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(content.as_bytes()) {
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
        hex.push(digit(byte >> 4));
        hex.push(digit(byte & 15));
    }
    hex
}

impl JournalEntry {
    /// Makes the kept form. It fails only if the entry cannot be written as JSON.
    pub fn seal(&self) -> Result<SealedEntry, JournalError> {
        let content = serde_json::to_string(self).map_err(|e| JournalError::Unreadable(e.to_string()))?;
        Ok(SealedEntry { id: self.id, sequence: self.sequence, hash: fingerprint(&content), content })
    }
}

impl SealedEntry {
    /// Is the content what the hash says? Needs no reading.
    pub fn is_whole(&self) -> bool {
        self.content.len() <= MOST_CONTENT_BYTES && fingerprint(&self.content) == self.hash
    }

    /// Reads the entry after checking its hash and envelope.
    pub fn open(&self) -> Result<JournalEntry, JournalError> {
        #[derive(Deserialize)]
        struct Version {
            version: u16,
        }
        if self.content.len() > MOST_CONTENT_BYTES {
            return Err(JournalError::Long);
        }
        if fingerprint(&self.content) != self.hash {
            return Err(JournalError::Hash);
        }
        let unreadable = |e: serde_json::Error| JournalError::Unreadable(e.to_string());
        let Version { version } = crate::json::read(self.content.as_bytes()).map_err(unreadable)?;
        if version == 0 || version > ENTRY_VERSION {
            return Err(JournalError::Version(version));
        }
        let entry: JournalEntry = crate::json::read(self.content.as_bytes()).map_err(unreadable)?;
        if entry.id != self.id || entry.sequence != self.sequence {
            return Err(JournalError::Envelope);
        }
        Ok(entry)
    }
}
