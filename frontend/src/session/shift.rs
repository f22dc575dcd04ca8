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
use shared::sync::journal::EntryBody;
use shared::sync::register::SyncStatus;
use shared::tender::ForeignCash;
use std::sync::Arc;

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

    /// Closes the shift and gives its Z report. `left` stays in the drawer.
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
    ) -> Result<Arc<ShiftClosing>, RecordError> {
        let desk = self.desk()?;
        let mut closed = None;
        let seen = &mut closed;
        let staff_name = desk.staff.name.clone();
        self.record(&desk, Vec::new(), move |numbers| {
            let figures = numbers.shift.as_deref().ok_or(ShiftFault::NotOpen)?.clone();
            let counted = Counted { count, left, foreign, note, staff_name, waiting };
            let closing = ShiftClosing::of(figures, counted)?;
            *seen = Some(Arc::new(closing.clone()));
            Ok(EntryBody::ShiftClosed { closing: Box::new(closing) })
        })
        .await?;
        closed.ok_or(RecordError::Shift(ShiftFault::NotOpen))
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
