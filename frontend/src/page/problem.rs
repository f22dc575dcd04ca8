//! Problem: why something was not recorded, in words. Each says what happened and what is still there.

use crate::i18n::{money, t};
use crate::session::{RecordError, StoreError};
use shared::money::Currency;
use shared::shift::ShiftFault;
use shared::tender::TenderError;

/// Why a sale or a reprint was not recorded.
pub fn record_words(error: &RecordError, currency: Option<Currency>) -> String {
    match error {
        RecordError::Locked => t!("pay.error_locked").to_owned(),
        RecordError::Unpaired => t!("pay.error_unpaired").to_owned(),
        RecordError::Reconnecting | RecordError::Store(StoreError::Lost) => t!("pay.error_lost").to_owned(),
        RecordError::NoShift => t!("pay.error_no_shift").to_owned(),
        RecordError::Shift(error) => shift_words(error),
        RecordError::Tender(error) => tender_words(error, currency),
        RecordError::Money(error) => error.to_string(),
        RecordError::Store(StoreError::Full) => t!("pay.error_full").to_owned(),
        RecordError::Store(StoreError::Newer) => t!("pay.error_newer").to_owned(),
        RecordError::Store(error) => t!("pay.error_store", reason = error),
    }
}

/// Why something was not done with the drawer.
pub fn shift_words(error: &ShiftFault) -> String {
    let words = match error {
        ShiftFault::NotOpen | ShiftFault::Other => t!("pay.shift_not_open"),
        ShiftFault::Open => t!("pay.shift_already_open"),
        ShiftFault::Amount => t!("pay.error_amount"),
        ShiftFault::Reason => t!("pay.shift_reason_missing"),
        ShiftFault::Long => t!("pay.shift_reason_long"),
        ShiftFault::Left => t!("pay.shift_left_too_much"),
        ShiftFault::Count(_) => t!("pay.shift_count_wrong"),
        ShiftFault::Foreign => t!("pay.shift_foreign_wrong"),
        ShiftFault::Figures => t!("pay.shift_figures_wrong"),
    };
    words.to_owned()
}

/// Why something could not be read here. What is stored is as it was.
pub fn read_words(error: &RecordError) -> String {
    match error {
        RecordError::Reconnecting | RecordError::Store(StoreError::Lost) => t!("pay.read_lost").to_owned(),
        RecordError::Store(StoreError::Newer) => t!("pay.read_newer").to_owned(),
        error => error.to_string(),
    }
}

/// Why a payment was not taken.
pub fn tender_words(error: &TenderError, currency: Option<Currency>) -> String {
    let size = |amount| currency.map_or_else(String::new, |currency| money(amount, currency));
    match error {
        TenderError::Short { missing } => t!("pay.leaves", amount = size(*missing)),
        TenderError::Over { over } => t!("pay.over", amount = size(*over)),
        TenderError::Sign => t!("pay.error_amount").to_owned(),
        TenderError::LastFour => t!("pay.error_digits").to_owned(),
        TenderError::NoReference => t!("pay.error_no_reference").to_owned(),
        TenderError::CardCode => t!("pay.error_card_code").to_owned(),
        TenderError::NoCustomer => t!("pay.account_nobody").to_owned(),
        TenderError::Account { left } => t!("pay.account_short", left = size(*left)),
        TenderError::Worth | TenderError::Name => error.to_string(),
        TenderError::Reference => t!("pay.error_reference").to_owned(),
        TenderError::CardNumber => t!("pay.error_card_number").to_owned(),
        TenderError::Money(error) => error.to_string(),
    }
}
