//! Command: what a connector is asked to do, in our words.
//! Lives here: commands, their records as they come in, our sale as a document. May use: shared. Never: a vendor.

use shared::calendar::{Day, LocalTime};
use shared::connect::LinkKind;
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};
use std::collections::BTreeMap;

/// What a connector is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Who is there? Answers [`crate::Done::Seen`].
    Look,
    /// A page of theirs of one kind, all of them. Answers [`crate::Done::Records`].
    List {
        /// Of what.
        kind: LinkKind,
        /// Where the page before ended; none for the first.
        after: Option<String>,
    },
    /// A page of their products that were changed since a time, the oldest change first. Answers [`crate::Done::Records`].
    Changed {
        /// Epoch ms by the remote's clock; none for all of them.
        since_ms: Option<i64>,
        /// Where the page before ended; none for the first.
        after: Option<String>,
    },
    /// A page of what they have of one store's day. Answers [`crate::Done::Documents`].
    Documents {
        /// Their store.
        store: String,
        /// On the shop's calendar.
        day: Day,
        /// In what.
        currency: Currency,
        /// Where the page before ended; none for the first.
        after: Option<String>,
    },
    /// A sale or return of ours. Answers [`crate::Done::Delivered`].
    Deliver(Box<Document>),
    /// Some fields of one of their products as we have them. Answers [`crate::Done::Written`].
    Write {
        /// Their product.
        id: String,
        /// By the names of the descriptor, those alone that can be written.
        fields: BTreeMap<String, String>,
    },
}

/// Some of their records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The records.
    pub records: Vec<RemoteRecord>,
    /// Where the next page begins; none after the last.
    pub next: Option<String>,
}

/// One of their records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteRecord {
    /// What they call it among themselves.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its code, as they write it.
    pub code: String,
    /// Its barcodes.
    pub barcodes: Vec<String>,
    /// Is it in use?
    pub active: bool,
    /// When they last changed it, epoch ms, where they say.
    pub changed_at_ms: Option<i64>,
    /// What a mapping may ask for, by the names of the descriptor, in the form that it says. Null is not in it, and is not empty.
    pub fields: BTreeMap<String, String>,
}

/// A sale or return in their words: every name of a record is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Our id of it (a UUID): what a connector looks up before it creates.
    pub external_id: String,
    /// As printed on the receipt.
    pub number: String,
    /// Does it give money back on the whole?
    pub is_return: bool,
    /// When it was rung up.
    pub time: LocalTime,
    /// In what.
    pub currency: Currency,
    /// Where: their name of it.
    pub store: String,
    /// What was sold.
    pub lines: Vec<DocumentLine>,
    /// How it was paid; what was given as change is taken off.
    pub tenders: Vec<DocumentTender>,
    /// Without tax.
    pub net: Minor,
    /// All taxes.
    pub tax: Minor,
    /// What was paid: lines with tax, and what was rounded for want of small coins.
    pub total: Minor,
}

/// A line of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentLine {
    /// Their product.
    pub product: String,
    /// Our code.
    pub sku: String,
    /// As on the receipt.
    pub name: String,
    /// How much; negative came back.
    pub quantity: Quantity,
    /// The price taken for one, before discounts.
    pub unit_price: UnitPrice,
    /// After discounts, without tax.
    pub net: Minor,
    /// After discounts, with tax.
    pub gross: Minor,
    /// Its taxes.
    pub taxes: Vec<DocumentTax>,
}

/// A tax of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentTax {
    /// As on the receipt.
    pub name: String,
    /// Its rate.
    pub rate: Rate,
    /// How much.
    pub amount: Minor,
}

/// A payment of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentTender {
    /// Their way to pay.
    pub method: String,
    /// How much; negative went back.
    pub amount: Minor,
}
