//! Books: figures, sales and kept records, as the server's books hold them.

use super::{Manage, Paged, Trouble, query};
use leptos::prelude::*;
use shared::api::{KeptDecision, KeptEntry, SaleResponse, SaleRow, TodayResponse};
use shared::ids::{EntryId, SaleId};

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

    /// One sale.
    pub async fn sale(self, id: SaleId) -> Result<SaleResponse, Trouble> {
        self.get(&format!("/api/sales/{id}")).await
    }

    /// Records kept whole because they could not be booked.
    pub async fn kept_records(self) -> Result<Vec<KeptEntry>, Trouble> {
        let records: Vec<KeptEntry> = self.get("/api/kept").await?;
        self.kept.set(records.iter().filter(|record| !record.resolved).count() as u64);
        Ok(records)
    }

    /// Deals with one of them.
    pub async fn decide(self, id: EntryId, decision: KeptDecision) -> Result<KeptEntry, Trouble> {
        self.send("POST", &format!("/api/kept/{id}"), &decision).await
    }
}
