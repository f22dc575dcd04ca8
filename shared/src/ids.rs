//! Ids: the name of every record, minted where the record is born (a sale on the tablet, a store on the server).
//! Lives here: one type per kind of record, and how an id is made from a time and randomness that are given.
//! May use: uuid. Never: a clock or a random source of its own.
//! Invariant: an id, once minted, is never re-keyed; text form is the hyphenated lower-case UUID.

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

/// Makes a UUID version 7 (RFC 9562 §5.7) from `now_ms` (epoch milliseconds) and ten random bytes.
/// A time before 1970 counts as 1970.
pub fn mint(now_ms: i64, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now_ms).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// A source of ids that a shell hands to rules: the browser's crypto, the server's, or a seeded one in tests.
pub trait Mint {
    /// A fresh UUID.
    fn mint(&mut self) -> Uuid;
}

impl<F: FnMut() -> Uuid> Mint for F {
    fn mint(&mut self) -> Uuid {
        self()
    }
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id from the given source.
            pub fn fresh(source: &mut dyn Mint) -> Self {
                Self(source.mint())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

id! {
    /// A customer display on a device of its own.
    DisplayId,
    /// A retailer: everything belongs to exactly one.
    OrganisationId,
    /// A shop at an address.
    StoreId,
    /// A place to sell inside a store, with its own receipt numbers.
    RegisterId,
    /// A paired tablet, holding a key.
    DeviceId,
    /// A person who works here.
    StaffId,
    /// Something that can be sold; a variant is a product with a parent.
    ProductId,
    /// A group of products.
    CategoryId,
    /// What a product is for tax purposes.
    TaxCategoryId,
    /// A sale, from its first line on as a cart.
    SaleId,
    /// A line of a sale.
    LineId,
    /// A payment inside a sale.
    TenderId,
    /// A way to pay that a shop takes.
    TenderTypeId,
    /// A journal entry of a register.
    EntryId,
    /// A customer.
    CustomerId,
    /// Customers who are priced alike.
    CustomerGroupId,
    /// Prices for some customers, stores or times.
    PriceListId,
    /// A connection to an ERP or an online store.
    ConnectionId,
    /// Money off by a rule.
    PromotionId,
    /// A drawer at a tablet, from its float to its count.
    ShiftId,
    /// A printer of a tablet.
    PrinterId,
    /// Something to print, or a drawer to open.
    PrintJobId,
    /// A printer of a store that its server reaches over the network.
    NetworkPrinterId,
    /// What a tablet hands to its server to be printed, once.
    PrintoutId,
    /// A weighing scale of a tablet.
    ScaleId,
    /// A scanner of a tablet that hangs on a cable of its own.
    ScannerId,
    /// Something approved by PIN at the till.
    ApprovalId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minted_ids_sort_by_time_and_carry_their_version() {
        let earlier = mint(1_700_000_000_000, [0xff; 10]);
        let later = mint(1_700_000_000_001, [0; 10]);
        assert!(earlier < later);
        assert_eq!(later.get_version_num(), 7);
        assert_eq!(mint(-5, [1; 10]), mint(0, [1; 10]));
    }
}
