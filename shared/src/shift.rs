//! Shift: one drawer at one tablet, from the counted float to the counted close.
//! Lives here: floats, cash movements, counts, the running figures of a shift (its X report), the close (its Z report), and
//! the close of a store's day over all of them.
//! May use: money, sale, tender, ids, calendar. Never: a clock, storage, the screen.
//! Invariant: cash expected = float + cash taken in sales − cash refunded + paid in − paid out − dropped; cash of another
//! currency is counted by its own, change and float are of the shop's. What belongs to a
//! shift is what stands between its opening and its close in the tablet's journal, whatever any clock said.

mod cash;
mod day;
mod figures;

pub use cash::{CashCount, CashFault, Pieces, denominations};
pub use day::{DayAmounts, DayClosing};
pub use figures::{ShiftFigures, TaxFigure, TenderFigure, take_change};

use crate::ids::{ShiftId, StaffId};
use crate::money::{Currency, Minor};
use crate::tender::ForeignCash;
use serde::{Deserialize, Serialize};

/// The longest reason or note, in letters.
const MOST_LETTERS: usize = 200;

/// A drawer begins to be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShiftOpening {
    /// The shift from now on.
    pub shift_id: ShiftId,
    /// Counts a tablet's shifts, from 1 without a gap: the number on the Z report.
    pub number: u64,
    /// What the drawer holds.
    pub currency: Currency,
    /// By whom.
    pub staff_name: String,
    /// What was in the drawer.
    pub float: CashCount,
}

/// Why cash goes in or out without a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CashMovementKind {
    /// Change fetched from the bank, a float made larger.
    PayIn,
    /// The window cleaner, stamps.
    PayOut,
    /// Notes put into the safe.
    Drop,
}

impl CashMovementKind {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::PayIn, Self::PayOut, Self::Drop];

    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::PayIn => "pay_in",
            Self::PayOut => "pay_out",
            Self::Drop => "drop",
        }
    }

    /// What it does to the drawer.
    pub fn signed(self, amount: Minor) -> Minor {
        match self {
            Self::PayIn => amount,
            Self::PayOut | Self::Drop => Minor(amount.0.saturating_neg()),
        }
    }
}

/// Cash that goes into the drawer or out of it without a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CashMovement {
    /// In or out, and where to.
    pub kind: CashMovementKind,
    /// How much, above zero, in minor units.
    pub amount: Minor,
    /// What for; may be empty for a drop alone.
    pub reason: String,
    /// By whom.
    pub staff_name: String,
}

/// The drawer counted while the shift goes on: at a hand-over to the next cashier, or to be sure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DrawerCount {
    /// What was counted.
    pub count: CashCount,
    /// What should have been there.
    pub expected: Minor,
    /// By whom.
    pub staff_name: String,
    /// Who goes on, where it is a hand-over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_to: Option<StaffId>,
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_to_name: Option<String>,
}

impl DrawerCount {
    /// Counted less expected: below zero when money is missing.
    pub fn variance(&self) -> Minor {
        Minor(self.count.total.0.saturating_sub(self.expected.0))
    }
}

/// A drawer is counted and closed: the Z report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShiftClosing {
    /// The shift's figures at its end.
    pub figures: ShiftFigures,
    /// What was counted, before anything was taken out.
    pub count: CashCount,
    /// What should have been there.
    pub expected: Minor,
    /// Counted less expected: below zero when money is missing.
    pub variance: Minor,
    /// What stays in the drawer for the next shift; the rest goes to the safe.
    pub left: Minor,
    /// Cash of other currencies, counted by its own currency. All of it goes to the safe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<ForeignCount>,
    /// By whom.
    pub staff_name: String,
    /// Why counted and expected differ, or whatever is to be remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Tablets of the store that still held sales the server did not have, as far as was known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingTablet>,
}

/// Cash of another currency, counted. Amounts are minor units of that currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ForeignCount {
    /// Which.
    pub currency: Currency,
    /// What was counted.
    pub counted: Minor,
    /// What was taken in sales of the shift.
    pub expected: Minor,
}

impl ForeignCount {
    /// Counted less expected: below zero when money is missing.
    pub fn variance(&self) -> Minor {
        Minor(self.counted.0.saturating_sub(self.expected.0))
    }
}

/// A tablet that holds what the server does not have yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WaitingTablet {
    /// Its name.
    pub name: String,
    /// Records not sent, as it last said.
    pub unsent: u64,
}

/// The drawer was opened without a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DrawerOpening {
    /// Why.
    pub reason: String,
    /// By whom.
    pub staff_name: String,
}

/// Why something cannot be done with a drawer. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShiftFault {
    /// No shift.
    #[error("no shift is open on this tablet")]
    NotOpen,
    /// One is open.
    #[error("a shift is open on this tablet already")]
    Open,
    /// It names another shift or number than the one that is open.
    #[error("the record belongs to another shift")]
    Other,
    /// Amounts of nothing or below.
    #[error("an amount must be more than nothing")]
    Amount,
    /// A reason is needed.
    #[error("say what the money is for")]
    Reason,
    /// Too long.
    #[error("a reason has at most 200 letters")]
    Long,
    /// More stays in the drawer than was counted.
    #[error("no more can stay in the drawer than was counted")]
    Left,
    /// Cash of another currency is not counted.
    #[error("count the cash of each currency by itself")]
    Foreign,
    /// A count that does not add up.
    #[error(transparent)]
    Count(#[from] CashFault),
    /// Its figures do not fit together.
    #[error("the figures of the shift do not add up")]
    Figures,
}

fn check_reason(reason: &str, needed: bool) -> Result<(), ShiftFault> {
    if needed && reason.trim().is_empty() {
        return Err(ShiftFault::Reason);
    }
    if reason.chars().count() > MOST_LETTERS {
        return Err(ShiftFault::Long);
    }
    Ok(())
}

impl ShiftOpening {
    /// What must hold by itself.
    ///
    /// # Errors
    /// See [`ShiftFault`].
    pub fn check(&self) -> Result<(), ShiftFault> {
        Ok(self.float.check()?)
    }
}

impl CashMovement {
    /// What must hold by itself.
    ///
    /// # Errors
    /// See [`ShiftFault`].
    pub fn check(&self) -> Result<(), ShiftFault> {
        if self.amount.0 <= 0 {
            return Err(ShiftFault::Amount);
        }
        check_reason(&self.reason, self.kind != CashMovementKind::Drop)
    }
}

impl DrawerOpening {
    /// What must hold by itself.
    ///
    /// # Errors
    /// See [`ShiftFault`].
    pub fn check(&self) -> Result<(), ShiftFault> {
        check_reason(&self.reason, true)
    }
}

/// What a count at the end comes to, as a person has given it.
#[derive(Clone, Debug)]
pub struct Counted {
    /// What was in the drawer.
    pub count: CashCount,
    /// What stays there.
    pub left: Minor,
    /// What was in the drawer of other currencies.
    pub foreign: Vec<ForeignCash>,
    /// Whatever is to be remembered.
    pub note: Option<String>,
    /// By whom.
    pub staff_name: String,
    /// Tablets that still hold sales.
    pub waiting: Vec<WaitingTablet>,
}

impl ShiftClosing {
    /// The close of a shift that stands at these figures.
    ///
    /// # Errors
    /// See [`ShiftFault`].
    pub fn of(figures: ShiftFigures, counted: Counted) -> Result<Self, ShiftFault> {
        let expected = figures.expected_cash();
        let foreign = |cash: &ForeignCash| {
            let counted = counted.foreign.iter().find(|counted| counted.currency == cash.currency)?;
            Some(ForeignCount { currency: cash.currency, counted: counted.amount, expected: cash.amount })
        };
        let foreign = figures.foreign.iter().map(foreign).collect::<Option<_>>();
        let closing = Self {
            foreign: foreign.ok_or(ShiftFault::Foreign)?,
            expected,
            variance: Minor(counted.count.total.0.saturating_sub(expected.0)),
            figures,
            count: counted.count,
            left: counted.left,
            staff_name: counted.staff_name,
            note: counted.note,
            waiting: counted.waiting,
        };
        closing.check()?;
        Ok(closing)
    }

    /// What must hold by itself.
    ///
    /// # Errors
    /// See [`ShiftFault`].
    pub fn check(&self) -> Result<(), ShiftFault> {
        self.count.check()?;
        if self.left.is_negative() || self.left > self.count.total {
            return Err(ShiftFault::Left);
        }
        if let Some(note) = &self.note {
            check_reason(note, false)?;
        }
        let variance = self.count.total.0.saturating_sub(self.expected.0);
        if self.expected != self.figures.expected_cash() || self.variance.0 != variance {
            return Err(ShiftFault::Figures);
        }
        let is_taken = |(count, cash): (&ForeignCount, &ForeignCash)| {
            count.currency == cash.currency && count.expected == cash.amount && !count.counted.is_negative()
        };
        let mut pairs = self.foreign.iter().zip(&self.figures.foreign);
        if self.foreign.len() != self.figures.foreign.len() || !pairs.all(is_taken) {
            return Err(ShiftFault::Foreign);
        }
        Ok(())
    }

    /// Does it hold what came with accounts?
    pub fn needs_sixth_version(&self) -> bool {
        self.figures.needs_sixth_version()
    }

    /// Does it hold what came with tips and donations?
    pub fn needs_seventh_version(&self) -> bool {
        self.figures.needs_seventh_version()
    }

    /// Does it hold what a server of before could not read?
    pub fn needs_fifth_version(&self) -> bool {
        self.figures.needs_fifth_version()
    }

    /// What goes from the drawer to the safe.
    pub fn taken_out(&self) -> Minor {
        Minor(self.count.total.0.saturating_sub(self.left.0))
    }
}
