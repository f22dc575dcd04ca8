//! Books: figures, sales and kept records, as the server's books hold them.

use super::{Manage, Paged, Trouble, query};
use leptos::prelude::*;
use shared::api::{
    ApprovalView, Flag, KeptDecision, KeptEntry, LookRequest, SaleResponse, SaleRow, TodayResponse,
};
use shared::ids::{EntryId, SaleId};

/// What a manager has to look at: what waits first, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct ToLookAt {
    /// Not in the books.
    pub kept: Vec<KeptEntry>,
    /// In the books, but odd.
    pub flags: Vec<Flag>,
}

impl Manage {
    /// A day in figures; an empty day is today, an empty store is all.
    pub async fn figures(self, store: String, day: String) -> Result<TodayResponse, Trouble> {
        let parts = [("store", store.as_str()), ("day", day.as_str())];
        let figures: TodayResponse = self.get(&format!("/api/reports/today{}", query(&parts))).await?;
        self.kept.set(figures.kept);
        Ok(figures)
    }

    /// A list of sales; show it with [`Manage::seek_sales`].
    pub fn sales(self) -> Paged<SaleRow> {
        Paged::new(self)
    }

    /// Fills the list with the sales looked for.
    pub fn seek_sales(self, list: Paged<SaleRow>, search: String, day: String, store: String) {
        list.begin("/api/sales", vec![("search", search), ("day", day), ("store", store)]);
    }

    /// A list of approvals; show it with [`Manage::seek_approvals`].
    pub fn approvals(self) -> Paged<ApprovalView> {
        Paged::new(self)
    }

    /// Fills the list with those of a store, kind, state and person; what is empty is any.
    pub fn seek_approvals(self, list: Paged<ApprovalView>, store: String, [kind, state, staff]: [String; 3]) {
        list.begin(
            "/api/approvals",
            vec![("store", store), ("kind", kind), ("state", state), ("staff", staff)],
        );
    }

    /// One sale.
    pub async fn sale(self, id: SaleId) -> Result<SaleResponse, Trouble> {
        self.get(&format!("/api/sales/{id}")).await
    }

    /// Records kept whole because they could not be booked, and what is booked but odd.
    pub async fn to_look_at(self) -> Result<ToLookAt, Trouble> {
        let kept: Vec<KeptEntry> = self.get("/api/kept").await?;
        let flags: Vec<Flag> = self.get("/api/flags").await?;
        let waiting = kept.iter().map(|record| record.resolved).chain(flags.iter().map(|flag| flag.resolved));
        self.kept.set(waiting.filter(|resolved| !resolved).count() as u64);
        Ok(ToLookAt { kept, flags })
    }

    /// Notes that a flag was looked at.
    pub async fn resolve(self, flag: LookRequest) -> Result<(), Trouble> {
        self.send("POST", "/api/flags", &flag).await
    }

    /// Deals with one of them.
    pub async fn decide(self, id: EntryId, decision: KeptDecision) -> Result<KeptEntry, Trouble> {
        self.send("POST", &format!("/api/kept/{id}"), &decision).await
    }
}
