//! Shift: the drawer at this tablet: opened, counted, closed, and cash put in or taken out without a sale.

use super::till::{RecordError, Till};
use crate::api_client;
use crate::clock;
use leptos::prelude::*;
use shared::approval::Approval;
use shared::ids::{ShiftId, StaffId};
use shared::money::Minor;
use shared::shift::{
    CashCount, CashMovement, CashMovementKind, Counted, DrawerCount, DrawerOpening, ShiftClosing, ShiftFault,
    ShiftOpening, WaitingTablet,
};
use shared::staff::Permission;
use shared::sync::journal::{EntryBody, SealedEntry};
use shared::sync::register::SyncStatus;
use shared::tender::ForeignCash;
use std::sync::Arc;

/// How many records back the last close is looked for.
const LOOK_BACK: u64 = 200;

/// A shift that is over, as this tablet recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedShift {
    /// Its Z report.
    pub closing: Arc<ShiftClosing>,
    /// When, on the shop's clock.
    pub time: String,
    /// Where it stands in the journal.
    pub sequence: u64,
}

impl ClosedShift {
    fn of(entry: &SealedEntry) -> Option<Self> {
        // Most entries are sales: they are not taken apart.
        if !entry.content.contains("shift_closed") {
            return None;
        }
        let entry = entry.open().ok()?;
        match entry.body {
            EntryBody::ShiftClosed { closing } => {
                let (closing, time) = (Arc::new(*closing), entry.time.text());
                Some(Self { closing, time, sequence: entry.sequence })
            }
            _ => None,
        }
    }
}

impl Till {
    /// Whether whoever is signed in may do this.
    pub fn may(self, permission: Permission) -> bool {
        self.signed_in().is_some_and(|staff| staff.role.may(permission))
    }

    /// Opens a shift on a drawer with this in it.
    ///
    /// # Errors
    /// See [`RecordError`]; [`ShiftFault::Open`] when another tab was faster.
    pub async fn open_shift(self, float: CashCount) -> Result<(), RecordError> {
        let desk = self.desk()?;
        let opening = |number| ShiftOpening {
            shift_id: ShiftId(clock::mint()),
            number,
            currency: desk.store.currency,
            staff_name: desk.staff.name.clone(),
            float,
        };
        self.record(&desk, Vec::new(), |numbers| {
            Ok(EntryBody::ShiftOpened { opening: opening(numbers.shift_number) })
        })
        .await
    }

    /// Puts cash in or takes it out, with what somebody approved of it.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn move_cash(
        self,
        kind: CashMovementKind,
        amount: Minor,
        reason: String,
        approvals: Vec<Approval>,
    ) -> Result<(), RecordError> {
        let desk = self.desk()?;
        let staff_name = desk.staff.name.clone();
        let movement = CashMovement { kind, amount, reason: reason.trim().to_owned(), staff_name };
        self.record(&desk, approvals, |_| Ok(EntryBody::CashMoved { movement })).await
    }

    /// Notes that the drawer was opened without a sale, with what somebody approved of it.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn open_drawer(self, reason: String, approvals: Vec<Approval>) -> Result<(), RecordError> {
        let desk = self.desk()?;
        let drawer = DrawerOpening { reason: reason.trim().to_owned(), staff_name: desk.staff.name.clone() };
        self.record(&desk, approvals, |_| Ok(EntryBody::DrawerOpened { drawer })).await
    }

    /// Counts the drawer while the shift goes on, and hands it to somebody where one is named: the till is locked then. Says
    /// counted less expected.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn count_drawer(
        self,
        count: CashCount,
        to: Option<(StaffId, String)>,
    ) -> Result<Minor, RecordError> {
        let desk = self.desk()?;
        let (handed_to, handed_to_name) = to.unzip();
        let is_handed = handed_to.is_some();
        let mut variance = Minor::ZERO;
        let seen = &mut variance;
        let staff_name = desk.staff.name.clone();
        self.record(&desk, Vec::new(), move |numbers| {
            let figures = numbers.shift.as_deref().ok_or(ShiftFault::NotOpen)?;
            let expected = figures.expected_cash();
            let count = DrawerCount { count, expected, staff_name, handed_to, handed_to_name };
            *seen = count.variance();
            Ok(EntryBody::DrawerCounted { count })
        })
        .await?;
        if is_handed {
            self.lock();
        }
        Ok(variance)
    }

    /// Closes the shift and gives its Z report's record. `left` stays in the drawer.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn close_shift(
        self,
        count: CashCount,
        left: Minor,
        foreign: Vec<ForeignCash>,
        note: Option<String>,
        waiting: Vec<WaitingTablet>,
    ) -> Result<ClosedShift, RecordError> {
        let desk = self.desk()?;
        let mut closed = None;
        let seen = &mut closed;
        let staff_name = desk.staff.name.clone();
        let time = desk.time.text();
        self.record(&desk, Vec::new(), move |numbers| {
            let figures = numbers.shift.as_deref().ok_or(ShiftFault::NotOpen)?.clone();
            let counted = Counted { count, left, foreign, note, staff_name, waiting };
            let closing = ShiftClosing::of(figures, counted)?;
            let (closing_seen, sequence) = (Arc::new(closing.clone()), numbers.sequence);
            *seen = Some(ClosedShift { closing: closing_seen, time, sequence });
            Ok(EntryBody::ShiftClosed { closing: Box::new(closing) })
        })
        .await?;
        closed.ok_or(RecordError::Shift(ShiftFault::NotOpen))
    }

    /// The close of a shift that stands at this place of the journal; none where it is not kept any more.
    pub async fn close_at(self, sequence: u64) -> Option<ClosedShift> {
        let entries = self.device().entries(sequence, 1).await.ok()?;
        entries.iter().filter(|entry| entry.sequence == sequence).find_map(ClosedShift::of)
    }

    /// The last close of a shift on this tablet, as far back as it remembers.
    pub async fn last_close(self) -> Option<ClosedShift> {
        let (counters, _) = self.device().position().await.ok()?;
        let from = counters.sequence.saturating_sub(LOOK_BACK);
        let entries =
            self.device().entries(from, usize::try_from(LOOK_BACK).ok()?.saturating_add(1)).await.ok()?;
        entries.iter().rev().find_map(ClosedShift::of)
    }

    /// Tablets of this store that hold what the server does not have, this one first; and whether the server could say so.
    pub async fn waiting_tablets(self) -> (Vec<WaitingTablet>, bool) {
        let mut waiting = Vec::new();
        let here = match self.sync_status.get_untracked() {
            SyncStatus::Synced => 0,
            SyncStatus::Waiting { waiting }
            | SyncStatus::Offline { waiting }
            | SyncStatus::Refused { waiting, .. }
            | SyncStatus::Stopped { waiting, .. } => waiting,
        };
        if here > 0 {
            let name = self.register.get_untracked().map(|register| register.name.clone());
            waiting.push(WaitingTablet { name: name.unwrap_or_default(), unsent: here });
        }
        match api_client::get::<Vec<WaitingTablet>>("/api/waiting").await {
            Ok(others) => {
                waiting.extend(others);
                (waiting, true)
            }
            Err(_) => (waiting, false),
        }
    }
}
