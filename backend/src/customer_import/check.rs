//! Check: what can be wrong with a row of customers.

use crate::spreadsheet::Defect;
use shared::customer::{CustomerFault, WrongCustomer};

/// A kind of defect. Errors first, in the order a person mends them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nobody could be told from another by what the file has.
    MissingColumn,
    /// More or fewer cells than the header.
    WrongRow,
    /// Neither a name nor a company.
    MissingName,
    /// Neither number, e-mail address nor telephone number.
    MissingKey,
    /// Another row is about the same customer.
    Duplicate,
    /// Several customers of the shop it could be.
    Ambiguous,
    /// Another customer has the number.
    NumberTaken,
    /// Not an e-mail address.
    WrongEmail,
    /// Not a telephone number.
    WrongPhone,
    /// Not an amount, or below zero.
    WrongLimit,
    /// Not a day, or one that could be two.
    WrongDate,
    /// Neither yes nor no.
    WrongFlag,
    /// Longer than is kept.
    TooLong,
    /// No such group here.
    MissingGroup,
    /// Said yes, and nobody knows when.
    ConsentWithoutDate,
    /// Changed in the shop after the file was made.
    ChangedLater,
    /// No two letters.
    WrongCountry,
    /// More addresses than are kept.
    TooManyAddresses,
    /// A character that a printer takes for a command, or one a web shop wrote in its own way.
    Mended,
    /// Not UTF-8.
    OtherLetters,
}

impl Defect for Kind {
    fn word(self) -> &'static str {
        match self {
            Self::MissingColumn => "missing_column",
            Self::WrongRow => "wrong_row",
            Self::MissingName => "missing_name",
            Self::MissingKey => "missing_key",
            Self::Duplicate => "duplicate_customer",
            Self::Ambiguous => "ambiguous",
            Self::NumberTaken => "number_taken",
            Self::WrongEmail => "wrong_email",
            Self::WrongPhone => "wrong_phone",
            Self::WrongLimit => "wrong_limit",
            Self::WrongDate => "wrong_date",
            Self::WrongFlag => "wrong_flag",
            Self::TooLong => "too_long",
            Self::MissingGroup => "missing_group",
            Self::ConsentWithoutDate => "consent_without_date",
            Self::ChangedLater => "changed_later",
            Self::WrongCountry => "wrong_country",
            Self::TooManyAddresses => "too_many_addresses",
            Self::Mended => "mended",
            Self::OtherLetters => "other_letters",
        }
    }

    fn is_error(self) -> bool {
        self < Self::ConsentWithoutDate
    }

    fn message(self) -> &'static str {
        match self {
            Self::MissingColumn => "The file has no such column.",
            Self::WrongRow => {
                "The row does not have as many cells as the header: a separator or a quote is missing."
            }
            Self::MissingName => "There is neither a name nor a company.",
            Self::MissingKey => {
                "There is neither a number, an e-mail address nor a telephone number: a second import could not find the customer again."
            }
            Self::Duplicate => "Several rows are about the same customer; only one of them can be right.",
            Self::Ambiguous => {
                "Several customers of the shop have this e-mail address or telephone number. Merge them, or give the customer's number."
            }
            Self::NumberTaken => "Another customer of the shop has this number.",
            Self::WrongEmail => "This is no e-mail address.",
            Self::WrongPhone => "A telephone number has at least six digits.",
            Self::WrongLimit => "This is not an amount of zero or more, like 250.00.",
            Self::WrongDate => "This is not a day, or one that could be two. Write it as 2026-12-31.",
            Self::WrongFlag => "This is neither yes nor no.",
            Self::TooLong => "This is longer than is kept.",
            Self::MissingGroup => "There is no such group. Have it made, or change the name.",
            Self::ConsentWithoutDate => {
                "Somebody who said yes to offers must be able to be shown when. The customer comes without the yes."
            }
            Self::ChangedLater => {
                "This was changed in the shop after the file was made. It stays as it is in the shop."
            }
            Self::WrongCountry => {
                "A country is written with two letters, like GB. The address comes without it."
            }
            Self::TooManyAddresses => "At most ten addresses are kept. This one is not taken.",
            Self::Mended => "Characters that a printer or a web shop writes in its own way were mended.",
            Self::OtherLetters => {
                "The file is not UTF-8; it was read as Windows-1252. Look at a name with an accent before it is imported."
            }
        }
    }
}

impl From<CustomerFault> for Kind {
    fn from(fault: CustomerFault) -> Self {
        match fault.wrong {
            WrongCustomer::Name => Self::MissingName,
            WrongCustomer::Long => Self::TooLong,
            WrongCustomer::Email => Self::WrongEmail,
            WrongCustomer::Phone => Self::WrongPhone,
            WrongCustomer::Addresses => Self::TooManyAddresses,
            WrongCustomer::Country => Self::WrongCountry,
            WrongCustomer::Limit => Self::WrongLimit,
        }
    }
}
