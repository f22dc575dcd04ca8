//! Kind: the ways to pay, each with what is kept of it, and how a tender is read.

use super::card::{check_last_four, check_reference};
use super::foreign::ExchangeRate;
use super::{Tender, TenderError, TypeThen};
use crate::account::AccountKey;
use crate::ids::TenderId;
use crate::money::{Currency, Minor};
use crate::store::CashRounding;
use serde::de::Error;
use serde::{Deserialize, Serialize};

/// How a payment is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TenderKind {
    /// Notes and coins.
    Cash,
    /// A card on a terminal; one that stands alone has its result keyed in.
    Card {
        /// The terminal's own number of the payment.
        reference: String,
        /// Last digits of the card, four at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_four: Option<String>,
    },
    /// Charged to the customer's account; put on it where money goes back.
    OnAccount,
    /// Taken from a gift card; put on it where money goes back.
    GiftCard {
        /// Which, by the fingerprint of its code.
        card: AccountKey,
        /// The last letters of the code.
        last_letters: String,
    },
    /// Notes and coins of another currency.
    ForeignCash {
        /// Which.
        currency: Currency,
        /// What was handed over, in minor units of it.
        given: Minor,
        /// What it was taken at.
        rate: ExchangeRate,
        /// How its worth was rounded.
        #[serde(default, skip_serializing_if = "is_not_rounded")]
        rounding: CashRounding,
    },
    /// A voucher on paper, of the shop or of somebody who pays the shop for it.
    Voucher {
        /// Its number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// A cheque.
    Cheque {
        /// Its number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// A transfer between banks.
    Transfer {
        /// What it is found by at the bank.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// In a way of the shop's own, which its type names.
    Other {
        /// What it is found by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
}

fn is_not_rounded(rounding: &CashRounding) -> bool {
    *rounding == CashRounding::default()
}

impl TenderKind {
    /// One word for reports and tables.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card { .. } => "card",
            Self::OnAccount => "on_account",
            Self::GiftCard { .. } => "gift_card",
            Self::ForeignCash { .. } => "foreign_cash",
            Self::Voucher { .. } => "voucher",
            Self::Cheque { .. } => "cheque",
            Self::Transfer { .. } => "transfer",
            Self::Other { .. } => "other",
        }
    }

    /// The number it is found by outside the shop.
    pub fn reference(&self) -> Option<&str> {
        match self {
            Self::Card { reference, .. } => Some(reference),
            Self::GiftCard { last_letters, .. } => Some(last_letters),
            Self::Voucher { reference }
            | Self::Cheque { reference }
            | Self::Transfer { reference }
            | Self::Other { reference } => reference.as_deref(),
            Self::Cash | Self::OnAccount | Self::ForeignCash { .. } => None,
        }
    }

    /// What cannot be kept with a payment: a card number.
    ///
    /// # Errors
    /// See [`TenderError`].
    pub fn check(&self) -> Result<(), TenderError> {
        if let Self::Card { last_four, .. } = self {
            check_last_four(last_four.as_deref())?;
        }
        self.reference().map_or(Ok(()), check_reference)
    }
}

/// A tender as it is written. Read by hand, see docs/adr/0015.
#[derive(Deserialize)]
pub(super) struct FlatTender {
    id: TenderId,
    kind: KindWord,
    reference: Option<String>,
    last_four: Option<String>,
    card: Option<AccountKey>,
    last_letters: Option<String>,
    currency: Option<Currency>,
    given: Option<Minor>,
    rate: Option<ExchangeRate>,
    rounding: Option<CashRounding>,
    amount: Minor,
    #[serde(rename = "type")]
    of: Option<TypeThen>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindWord {
    Cash,
    Card,
    OnAccount,
    GiftCard,
    ForeignCash,
    Voucher,
    Cheque,
    Transfer,
    Other,
}

fn needed<T, E: Error>(part: Option<T>, name: &'static str) -> Result<T, E> {
    part.ok_or_else(|| E::missing_field(name))
}

impl FlatTender {
    pub(super) fn tender<E: Error>(self) -> Result<Tender, E> {
        let reference = self.reference;
        let kind = match self.kind {
            KindWord::Cash => TenderKind::Cash,
            KindWord::Card => {
                TenderKind::Card { reference: needed(reference, "reference")?, last_four: self.last_four }
            }
            KindWord::OnAccount => TenderKind::OnAccount,
            KindWord::GiftCard => TenderKind::GiftCard {
                card: needed(self.card, "card")?,
                last_letters: self.last_letters.unwrap_or_default(),
            },
            KindWord::ForeignCash => TenderKind::ForeignCash {
                currency: needed(self.currency, "currency")?,
                given: needed(self.given, "given")?,
                rate: needed(self.rate, "rate")?,
                rounding: self.rounding.unwrap_or_default(),
            },
            KindWord::Voucher => TenderKind::Voucher { reference },
            KindWord::Cheque => TenderKind::Cheque { reference },
            KindWord::Transfer => TenderKind::Transfer { reference },
            KindWord::Other => TenderKind::Other { reference },
        };
        Ok(Tender { id: self.id, kind, amount: self.amount, of: self.of })
    }
}
