//! Record: what a till writes into its journal, each in one durable transaction: sales, copies of receipts, the drawer.

use super::approving;
use super::till::{RecordError, Till};
use crate::clock;
use crate::device_store::{Identity, Numbers, Recorded, Recording, StoreError};
use leptos::prelude::*;
use shared::approval::Approval;
use shared::barcode::InStorePattern;
use shared::calendar::{Day, LocalTime};
use shared::ids::{EntryId, SaleId};
use shared::register::receipt_number;
use shared::sale::{Approved, Cart, Finish, PricedCart, Sale, SaleKind, finish};
use shared::shift::{ShiftFault, ShiftFigures};
use shared::staff::StaffMember;
use shared::store::Store;
use shared::sync::journal::{EntryBody, JournalEntry};
use shared::sync::register::SyncStatus;
use shared::tender::{Tender, settle};
use std::sync::Arc;

/// Who records where, and when.
pub(super) struct Desk {
    pub(super) identity: Arc<Identity>,
    pub(super) store: Arc<Store>,
    pub(super) staff: Arc<StaffMember>,
    pub(super) time: LocalTime,
}

impl Desk {
    pub(super) fn entry(&self, numbers: Numbers, body: EntryBody, approvals: Vec<Approval>) -> JournalEntry {
        JournalEntry {
            version: body.version_with(&approvals),
            id: EntryId(clock::mint()),
            device_id: self.identity.device_id,
            sequence: numbers.sequence,
            previous: numbers.previous,
            time: self.time,
            staff_id: Some(self.staff.id),
            body,
            approvals,
        }
    }
}

impl Till {
    /// Who is at the till now, if it can record.
    pub(super) fn desk(self) -> Result<Desk, RecordError> {
        if self.reconnecting.get_untracked() {
            return Err(RecordError::Reconnecting);
        }
        let staff = self.signed_in().ok_or(RecordError::Locked)?;
        let identity = self.identity.get_untracked().ok_or(RecordError::Unpaired)?;
        let store = self.store.get_untracked().ok_or(RecordError::Unpaired)?;
        let time = clock::local_time(&store.time_zone);
        Ok(Desk { identity, store, staff, time })
    }

    /// Must a shift be opened before anything is sold?
    pub fn needs_shift(self) -> bool {
        self.shift.with(Option::is_none) && self.store.with(|store| is_counted(store.as_deref()))
    }

    /// How the numbers on the shop's own labels are made up.
    pub fn in_store_codes(self) -> Vec<InStorePattern> {
        let of_store = |store: &Option<Arc<Store>>| store.as_ref().map(|store| store.in_store_codes.clone());
        self.store.with_untracked(of_store).unwrap_or_default()
    }

    /// The day it is in the store.
    pub fn today(self) -> Day {
        let zone = self.store.with_untracked(|store| store.as_ref().map(|store| store.time_zone.clone()));
        clock::local_time(&zone.unwrap_or_default()).day()
    }

    /// Records a paid cart. Resolves only when it is on the disk; an error means that nothing was recorded.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn finish_sale(
        self,
        cart: Cart,
        priced: PricedCart,
        tenders: Vec<Tender>,
    ) -> Result<Arc<Sale>, RecordError> {
        let desk = self.desk()?;
        let register = self.register.get_untracked().ok_or(RecordError::Unpaired)?;
        let settlement = settle(priced.total, &tenders, desk.store.cash_rounding)?;
        let with = Finish {
            kind: SaleKind::of(priced.total, cart.lines.iter().map(|line| line.quantity)),
            receipt_number: String::new(),
            store_id: desk.store.id,
            register_id: register.id,
            device_id: desk.identity.device_id,
            staff_id: desk.staff.id,
            staff_name: desk.staff.name.clone(),
            time: desk.time,
            currency: desk.store.currency,
            tax_settings: desk.store.tax,
            tenders,
            settlement,
        };
        let approvals = approving::of_cart(&cart, &priced, &desk.store)?;
        let mut sale = finish(&cart, &priced, with);
        if desk.store.receipt.approvals {
            sale.approved = Approved::of(&approvals);
        }
        let sale_id = sale.id;
        let build = |numbers: Numbers| {
            // Another tab may have closed the shift meanwhile.
            if numbers.shift.is_none() && is_counted(Some(&desk.store)) {
                return Err(ShiftFault::NotOpen.into());
            }
            sale.receipt_number = receipt_number(&desk.identity.receipt_prefix, numbers.receipt);
            let body = EntryBody::SaleCompleted { sale: Box::new(sale.clone()) };
            let entry = desk.entry(numbers, body, approvals);
            Ok(Recording { entry, sale: Some(Arc::new(sale)), customer: None })
        };
        let recorded = self.device().record(Some(sale_id), build).await;
        let recorded = recorded.map_err(|error| match self.refused(error) {
            RecordError::Shift(ShiftFault::NotOpen) => RecordError::NoShift,
            error => error,
        })?;
        self.recorded(&recorded);
        self.held_changed().await;
        recorded.sale.ok_or(RecordError::Store(StoreError::Unreadable("sale")))
    }

    /// Records something that is no sale, made with the shift as it stands in that transaction.
    pub(super) async fn record(
        self,
        desk: &Desk,
        approvals: Vec<Approval>,
        body: impl FnOnce(&Numbers) -> Result<EntryBody, ShiftFault>,
    ) -> Result<(), RecordError> {
        let build = |numbers: Numbers| {
            let body = body(&numbers)?;
            Ok(Recording { entry: desk.entry(numbers, body, approvals), sale: None, customer: None })
        };
        let recorded = self.device().record(None, build).await.map_err(|error| self.refused(error))?;
        self.recorded(&recorded);
        Ok(())
    }

    /// Notes in the journal that a receipt was printed again.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn record_reprint(self, sale_id: SaleId) -> Result<(), RecordError> {
        let desk = self.desk()?;
        self.record(&desk, Vec::new(), |_| Ok(EntryBody::ReceiptReprinted { sale_id })).await
    }

    pub(super) fn recorded(self, recorded: &Recorded) {
        self.trouble.set(None);
        let sequence = recorded.sequence;
        match self.sync() {
            Some(sync) => sync.recorded(sequence, recorded.sale.as_deref()),
            None => self.sync_status.set(SyncStatus::Offline { waiting: sequence }),
        }
        self.show_shift(recorded.shift.as_deref());
        self.stock_version.update(|version| *version = version.wrapping_add(1));
    }

    pub(super) fn show_shift(self, shift: Option<&ShiftFigures>) {
        if self.shift.with_untracked(|shown| shown.as_deref() != shift) {
            self.shift.set(shift.map(|shift| Arc::new(shift.clone())));
        }
    }

    /// As the storage has it: another tab may have moved it.
    pub(super) async fn refresh_shift(self) {
        if let Ok((counters, _)) = self.device().position().await {
            self.show_shift(counters.shift.as_deref());
        }
    }
}

fn is_counted(store: Option<&Store>) -> bool {
    store.is_some_and(|store| store.shift_needed)
}
