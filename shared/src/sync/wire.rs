//! Wire: what registers and server say to each other. JSON; every message names its schema.

use super::journal::SealedEntry;
use crate::account::Account;
use crate::catalog::{Category, Product};
use crate::customer::{Customer, CustomerGroup};
use crate::ids::{DeviceId, EntryId, ProductId};
use crate::money::Quantity;
use crate::pricing::{PriceList, Promotion};
use crate::register::Register;
use crate::sale::KnownSale;
use crate::staff::StaffMember;
use crate::store::Store;
use crate::tax::TaxCategory;
use crate::tender::TenderType;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Version of push and pull.
pub const SCHEMA: u16 = 1;
/// How far this release reads [`Change`]: 2 with price lists and promotions, 3 with tender types, 4 with customers,
/// their groups and accounts, 5 with points and sales of the store. A tablet says it with every pull, and is told no kind that came later, which it could not keep; once it reads further, the server tells what it left out (docs/adr/0024).
pub const READS: u16 = 5;
/// Most entries in one push.
pub const MOST_ENTRIES: usize = 50;

/// Journal entries, oldest first. The request's body is signed by the device
/// (header `Tillbridge-Signature`: ECDSA P-256 over SHA-256 of the body, raw 64 bytes, base64).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PushRequest {
    /// [`SCHEMA`].
    pub schema: u16,
    /// Who sends.
    pub device_id: DeviceId,
    /// What.
    pub entries: Vec<SealedEntry>,
}

/// The answer, after everything in it is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PushResponse {
    /// [`SCHEMA`].
    pub schema: u16,
    /// One for each entry taken, in order.
    pub answers: Vec<EntryAnswer>,
    /// The last sequence the server holds of this device.
    pub last_sequence: u64,
    /// The hash of that entry.
    pub last_hash: String,
    /// The server's clock, epoch ms.
    pub server_time_ms: i64,
}

/// What became of an entry. A repeated push gets the first answer again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EntryAnswer {
    /// Which.
    pub id: EntryId,
    /// Its place.
    pub sequence: u64,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: EntryOutcome,
}

impl<'de> Deserialize<'de> for EntryAnswer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let flat = FlatAnswer::deserialize(from)?;
        let outcome = match flat.outcome {
            OutcomeWord::Booked => EntryOutcome::Booked,
            OutcomeWord::Kept => {
                EntryOutcome::Kept { reason: flat.reason.ok_or_else(|| Error::missing_field("reason"))? }
            }
            OutcomeWord::OutOfOrder => EntryOutcome::OutOfOrder {
                expected: flat.expected.ok_or_else(|| Error::missing_field("expected"))?,
            },
        };
        Ok(Self { id: flat.id, sequence: flat.sequence, outcome })
    }
}

/// An answer as it is written. Read by hand, see docs/adr/0015.
#[derive(Deserialize)]
struct FlatAnswer {
    id: EntryId,
    sequence: u64,
    outcome: OutcomeWord,
    reason: Option<String>,
    expected: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeWord {
    Booked,
    Kept,
    OutOfOrder,
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum EntryOutcome {
    /// In the books.
    Booked,
    /// Kept whole and flagged for a manager; the register need not send it again.
    Kept {
        /// Why it is not in the books yet, for a person.
        reason: String,
    },
    /// Not taken: something before it is missing. Send from `expected`.
    OutOfOrder {
        /// The sequence the server waits for.
        expected: u64,
    },
}

/// Everything that changed after a cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PullResponse {
    /// [`SCHEMA`].
    pub schema: u16,
    /// In feed order.
    pub changes: Vec<Change>,
    /// Where to go on; opaque.
    pub cursor: String,
    /// Is there more at once?
    pub more: bool,
    /// The cursor asked for is of another life of the server or too old: forget the catalogue, begin without a cursor.
    #[serde(default)]
    pub start_over: bool,
    /// Is something newer written that cannot be read yet, because an older transaction still runs? Then ask again soon.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held_back: bool,
    /// The last sequence the server holds of this tablet's journal. One that was restored from a backup holds less than
    /// it has answered for, and is told so before anything new is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sequence: Option<u64>,
    /// Products there are, for progress on a first load.
    pub product_count: u64,
    /// The server's clock, epoch ms.
    pub server_time_ms: i64,
}

/// A record that is new, changed or gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Change {
    /// The store of this register.
    Store(Store),
    /// This register.
    Register(Register),
    /// A tax category.
    TaxCategory(TaxCategory),
    /// A group of products.
    Category(Category),
    /// Someone who may sign in here.
    Staff(StaffMember),
    /// A product.
    Product(Product),
    /// What the server counts in this store. Movements this register has not sent yet are not in it.
    StockLevel(StockLevel),
    /// A price list of this store.
    PriceList(PriceList),
    /// A promotion of this store.
    Promotion(Promotion),
    /// A tender type of this store.
    TenderType(TenderType),
    /// A customer, as much as a tablet is told of one.
    Customer(Customer),
    /// A group of customers.
    CustomerGroup(CustomerGroup),
    /// An account.
    Account(Account),
    /// A customer's points, or how many they earned in a year.
    Points(Account),
    /// A sale of this store, with what has come back of it.
    Sale(Box<KnownSale>),
    /// Gone for good.
    Removed(Removed),
    /// Of a kind that came after this release: passed over.
    #[serde(skip)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChangeWord {
    Store,
    Register,
    TaxCategory,
    Category,
    Staff,
    Product,
    StockLevel,
    PriceList,
    Promotion,
    TenderType,
    Customer,
    CustomerGroup,
    Account,
    Points,
    Sale,
    Removed,
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChangeField {
    Kind,
    Value,
    #[serde(other)]
    Other,
}

/// Reads the kind, then the value as what the kind says. Read by hand, see docs/adr/0015.
struct ChangeReader;

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ChangeReader)
    }
}

impl<'de> Visitor<'de> for ChangeReader {
    type Value = Change;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a change: its kind, then its value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Change, A::Error> {
        let (mut kind, mut change) = (None, None);
        while let Some(field) = map.next_key()? {
            match (field, &kind) {
                (ChangeField::Kind, _) => kind = Some(map.next_value()?),
                (ChangeField::Value, Some(kind)) => change = Some(value_of(kind, &mut map)?),
                (ChangeField::Value, None) => return Err(Error::custom("the kind of a change comes first")),
                (ChangeField::Other, _) => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
        change.ok_or_else(|| Error::missing_field("value"))
    }
}

fn value_of<'de, A: MapAccess<'de>>(kind: &ChangeWord, map: &mut A) -> Result<Change, A::Error> {
    Ok(match kind {
        ChangeWord::Store => Change::Store(map.next_value()?),
        ChangeWord::Register => Change::Register(map.next_value()?),
        ChangeWord::TaxCategory => Change::TaxCategory(map.next_value()?),
        ChangeWord::Category => Change::Category(map.next_value()?),
        ChangeWord::Staff => Change::Staff(map.next_value()?),
        ChangeWord::Product => Change::Product(map.next_value()?),
        ChangeWord::StockLevel => Change::StockLevel(map.next_value()?),
        ChangeWord::PriceList => Change::PriceList(map.next_value()?),
        ChangeWord::Promotion => Change::Promotion(map.next_value()?),
        ChangeWord::TenderType => Change::TenderType(map.next_value()?),
        ChangeWord::Customer => Change::Customer(map.next_value()?),
        ChangeWord::CustomerGroup => Change::CustomerGroup(map.next_value()?),
        ChangeWord::Account => Change::Account(map.next_value()?),
        ChangeWord::Points => Change::Points(map.next_value()?),
        ChangeWord::Sale => Change::Sale(map.next_value()?),
        ChangeWord::Removed => Change::Removed(map.next_value()?),
        ChangeWord::Unknown => {
            map.next_value::<serde::de::IgnoredAny>()?;
            Change::Unknown
        }
    })
}

/// A stock level in the register's store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StockLevel {
    /// Of what.
    pub product_id: ProductId,
    /// How much, in thousandths of the unit.
    pub quantity: Quantity,
}

/// A record that is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Removed {
    /// Of which kind: `product`, `category`, `tax_category`, `staff`, `price_list`, `promotion`, `tender_type`,
    /// `customer`, `customer_group`, `account`, `sale`.
    pub kind: String,
    /// Its id.
    pub id: String,
}
