//! Store: a shop and how it sells.
//! Lives here: a store's settings: address, currency, time zone, language, tax, cash rounding, what is approved, how its receipts
//! are made up. May use: money, tax, barcode, approval, points, picture, sale (how far back its tablets know sales), ids. Never: a time-zone table (the zone's name is kept, the edges look it up).
//! Invariant: settings that passed `check` can price any cart.

mod receipt_template;

pub use receipt_template::{NumberCode, ReceiptTemplate};

use crate::approval::ApprovalRules;
use crate::barcode::InStorePattern;
use crate::ids::StoreId;
use crate::money::{Currency, Minor, MoneyError, Rate, Rounding};
use crate::points::PointsRules;
use crate::sale::{MOST_KNOWN_DAYS, known_days};
use crate::tax::TaxSettings;
use serde::{Deserialize, Serialize};

/// A shop and how it sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Store {
    /// Its id.
    pub id: StoreId,
    /// As over the door.
    pub name: String,
    /// As on the receipt, one line a row.
    #[serde(default)]
    pub address: Vec<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// What it sells in.
    pub currency: Currency,
    /// IANA name, `Europe/London`.
    pub time_zone: String,
    /// BCP 47 language of receipts and of new tablets: `en`, `de`, `fr`, `es`, `ar`.
    pub language: String,
    /// How tax is priced and rounded.
    pub tax: TaxSettings,
    /// How cash totals are rounded.
    #[serde(default)]
    pub cash_rounding: CashRounding,
    /// Registration number for tax, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
    /// Must the drawer be counted and a shift opened before anything is sold?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shift_needed: bool,
    /// How the numbers on labels of the shop's own scales and printers are made up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_store_codes: Vec<InStorePattern>,
    /// Closing words of the receipt, one line a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_footer: Option<String>,
    /// How its receipts are made up.
    #[serde(default, skip_serializing_if = "ReceiptTemplate::is_plain")]
    pub receipt: ReceiptTemplate,
    /// What a cashier does alone, and what somebody else approves.
    #[serde(default)]
    pub approval: ApprovalRules,
    /// After so many minutes without a touch the till asks for the PIN again; 0 means never.
    #[serde(default = "lock_after_minutes")]
    pub lock_after_minutes: u16,
    /// What a customer may give on top.
    #[serde(default, skip_serializing_if = "GivingRules::is_empty")]
    pub giving: GivingRules,
    /// How points are earned and spent; none: there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsRules>,
    /// For so many days its tablets know each other's receipts without a network; 0: they do not.
    #[serde(default = "known_days")]
    pub known_days: u16,
}

/// What a customer may give on top, as a store offers it at the till.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct GivingRules {
    /// Shares of the bill that are offered as a tip; none: tips are not asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tips: Vec<Rate>,
    /// Whom the difference to the next whole amount can be given to; none: it is not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub donation: Option<String>,
}

impl GivingRules {
    /// Is nothing asked for?
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What a tip of this share of a bill comes to, in whole minor units.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn tip(bill: Minor, share: Rate) -> Result<Minor, MoneyError> {
        bill.share(share, Rounding::HalfAwayFromZero)
    }

    /// What is missing to the next whole amount: to the next 1.00, or 100 of a currency without minor units. A whole amount
    /// goes up by one; nothing goes up where nothing is to pay.
    pub fn up_to_whole(bill: Minor, currency: Currency) -> Minor {
        let whole = 10_i64.checked_pow(currency.digits()).filter(|whole| *whole > 1).unwrap_or(100);
        if bill.0 <= 0 { Minor::ZERO } else { Minor(whole - bill.0 % whole) }
    }
}

/// In parts per million.
const TIP: std::ops::RangeInclusive<i64> = 1..=1_000_000;
/// Most tips offered beside each other.
const MOST_TIPS: usize = 4;

/// Minutes until a till locks itself, unless the store says otherwise.
pub const LOCK_AFTER_MINUTES: u16 = 5;

pub(crate) fn lock_after_minutes() -> u16 {
    LOCK_AFTER_MINUTES
}

/// The smallest cash step of a store (a country without small coins).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CashRounding {
    /// Minor units; 1 means no rounding, 5 the Swiss and Canadian way.
    pub step_minor: i64,
    /// Which way halves go.
    pub rounding: Rounding,
}

impl Default for CashRounding {
    fn default() -> Self {
        Self { step_minor: 1, rounding: Rounding::HalfAwayFromZero }
    }
}

/// A setting that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[error("{field}: {message}")]
pub struct WrongSetting {
    /// Which field, as in the JSON.
    pub field: String,
    /// What is wrong, for a person.
    pub message: String,
}

impl Store {
    /// Every setting that cannot be, by field. The time zone's name is checked by the edge that has the table.
    pub fn check(&self) -> Vec<WrongSetting> {
        let mut wrong = Vec::new();
        let mut say = |field: &str, message: &str| {
            wrong.push(WrongSetting { field: field.to_owned(), message: message.to_owned() });
        };
        if self.name.trim().is_empty() || self.name.chars().count() > 80 {
            say("name", "Give the store a name of at most 80 letters.");
        }
        if self.country.len() != 2 || !self.country.bytes().all(|b| b.is_ascii_uppercase()) {
            say("country", "Choose a country.");
        }
        if self.time_zone.trim().is_empty() {
            say("time_zone", "Choose a time zone.");
        }
        if !LANGUAGES.contains(&self.language.as_str()) {
            say("language", "Choose one of the languages offered.");
        }
        if !(1..=1000).contains(&self.cash_rounding.step_minor) {
            say("cash_rounding", "The smallest coin must be between 1 and 1000 minor units.");
        }
        if self.tax.unit_price_digits.is_some_and(|digits| digits > 4) {
            say("tax.unit_price_digits", "A unit price has at most four decimals.");
        }
        for (place, pattern) in self.in_store_codes.iter().enumerate() {
            if let Err(fault) = pattern.check() {
                say(&format!("in_store_codes.{place}"), &format!("{fault}."));
            }
        }
        if self.in_store_codes.len() > MOST_PATTERNS {
            say("in_store_codes", "At most 20 kinds of codes.");
        }
        if self.address.len() > 6 || self.address.iter().any(|row| row.chars().count() > 60) {
            say("address", "At most six rows of 60 letters.");
        }
        if !(0..=1_000_000).contains(&self.approval.most_discount.0) {
            say("approval.most_discount", "A share from 0 to 100 %.");
        }
        if self.lock_after_minutes > 240 {
            say("lock_after_minutes", "At most 240 minutes; 0 for never.");
        }
        if self.known_days > MOST_KNOWN_DAYS {
            say("known_days", "At most 366 days; 0 for not at all.");
        }
        if self.giving.tips.len() > MOST_TIPS || self.giving.tips.iter().any(|share| !TIP.contains(&share.0))
        {
            say("giving.tips", "At most four shares, each above 0 and up to 100 %.");
        }
        let cause = self.giving.donation.as_ref().map_or(1, |cause| cause.trim().chars().count());
        if !(1..=60).contains(&cause) {
            say("giving.donation", "Say in at most 60 letters who gets it.");
        }
        self.check_receipt(&mut say);
        wrong.extend(self.points.iter().flat_map(PointsRules::check));
        wrong
    }
}

/// Most kinds of codes a shop prints itself.
const MOST_PATTERNS: usize = 20;

/// Languages of screens and receipts.
pub const LANGUAGES: [&str; 5] = ["en", "de", "fr", "es", "ar"];
