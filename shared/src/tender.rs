//! Tender: how a sale is paid.
//! Lives here: tender kinds, the tender types of a shop, split, change due, cash rounding, cash of another currency, the quick
//! amounts of the pay screen.
//! May use: money, ids, store, calendar. Never: clock, storage, card data (only a processor's reference and at most the last
//! four digits).
//! Invariant: sum of tenders − change = sale total + cash rounding, in minor units of the sale's currency.

mod amounts;
mod card;
mod foreign;
mod kind;
mod settle;
mod types;

pub use amounts::{is_likely_cash, quick_amounts};
pub use card::looks_like_card_number;
pub use foreign::{ExchangeRate, ForeignCash, worth};
pub use kind::TenderKind;
pub use settle::{Settlement, Standing, due_in_cash, remaining, settle, standing, standing_with};
pub use types::{
    CARD, CASH, ForeignRate, ReferenceAsked, TenderType, TypeFault, TypeKind, WrongType, all_types, offered,
    opens_drawer,
};

use crate::ids::{TenderId, TenderTypeId};
use crate::money::{Currency, Minor, MoneyError};
use kind::FlatTender;
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

/// The longest name of a tender type, in letters.
pub const MOST_NAME_LETTERS: usize = 40;

/// One payment inside a sale. Negative when money goes back (a refund).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tender {
    /// Its id.
    pub id: TenderId,
    /// How.
    #[serde(flatten)]
    pub kind: TenderKind,
    /// What was handed over, before change; of another currency what it is worth in the sale's.
    pub amount: Minor,
    /// The shop's tender type as it was then; none where the shop has not named the way to pay.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub of: Option<TypeThen>,
}

/// A tender type as it was when something was paid with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TypeThen {
    /// Which.
    pub id: TenderTypeId,
    /// Its name then.
    pub name: String,
    /// Did it give change?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gives_change: bool,
}

impl<'de> Deserialize<'de> for Tender {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        FlatTender::deserialize(from)?.tender()
    }
}

impl Tender {
    /// A payment in a way the shop has not named.
    pub fn plain(id: TenderId, kind: TenderKind, amount: Minor) -> Self {
        Self { id, kind, amount, of: None }
    }

    /// The shop's type it was made with; of cash and cards the one every shop begins with, where it has not named them.
    pub fn type_id(&self) -> Option<TenderTypeId> {
        self.of.as_ref().map(|of| of.id).or(match self.kind {
            TenderKind::Cash => Some(CASH),
            TenderKind::Card { .. } => Some(CARD),
            _ => None,
        })
    }

    /// Does it count as cash: may it be more than is due, and does it make the coins of the shop matter?
    pub fn counts_as_cash(&self) -> bool {
        match self.kind {
            TenderKind::Cash => true,
            TenderKind::ForeignCash { .. } => self.gives_change(),
            _ => false,
        }
    }

    /// Does change go back where it is more than is due?
    pub fn gives_change(&self) -> bool {
        self.kind == TenderKind::Cash || self.of.as_ref().is_some_and(|of| of.gives_change)
    }

    /// What must hold by itself, in a sale of this currency.
    ///
    /// # Errors
    /// See [`TenderError`].
    pub fn check(&self, currency: Currency) -> Result<(), TenderError> {
        self.kind.check()?;
        if self.of.as_ref().is_some_and(|of| of.name.chars().count() > MOST_NAME_LETTERS) {
            return Err(TenderError::Name);
        }
        if let TenderKind::ForeignCash { currency: theirs, given, rate, rounding } = &self.kind {
            let is_worth = worth(*given, *theirs, *rate, currency, *rounding)?;
            if *theirs == currency || given.0 <= 0 || rate.0 <= 0 || is_worth != self.amount {
                return Err(TenderError::Worth);
            }
        }
        Ok(())
    }

    /// Does it say what came with accounts?
    pub fn needs_sixth_version(&self) -> bool {
        matches!(self.kind, TenderKind::GiftCard { .. })
    }

    /// Does it say what a server of before could not read?
    pub fn needs_fifth_version(&self) -> bool {
        let is_old = matches!(self.kind, TenderKind::Cash | TenderKind::Card { .. } | TenderKind::OnAccount);
        !is_old || self.of.is_some()
    }
}

/// Why a sale cannot be finished with these tenders.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TenderError {
    /// More is needed.
    #[error("not paid in full")]
    Short {
        /// How much is missing, in minor units.
        missing: Minor,
    },
    /// A card or account was charged more than is due.
    #[error("only cash can be more than the amount due")]
    Over {
        /// How much too much, in minor units.
        over: Minor,
    },
    /// A payment of the wrong sign or of nothing.
    #[error("a payment must be more than nothing")]
    Sign,
    /// More than four digits of a card, or not digits.
    #[error("keep at most the last four digits of a card")]
    LastFour,
    /// Too long.
    #[error("a reference has at most 40 characters")]
    Reference,
    /// A card number where a reference belongs.
    #[error("this looks like a card number; enter the terminal's reference instead")]
    CardNumber,
    /// Nothing where its number belongs.
    #[error("this way to pay needs its number")]
    NoReference,
    /// No gift card has such a code.
    #[error("a gift card has a code of 8 to 40 letters and digits")]
    CardCode,
    /// Nobody whose account it would be.
    #[error("choose the customer first")]
    NoCustomer,
    /// There is not so much on the account.
    #[error("there is not enough on the account")]
    Account {
        /// So much can be taken. Minor units.
        left: Minor,
    },
    /// A name no tender type has.
    #[error("the name of a way to pay has at most 40 letters")]
    Name,
    /// Cash of another currency that is not worth what it says.
    #[error("the cash of another currency is not worth that much")]
    Worth,
    /// Too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
