//! Drawers: shifts and days, as the server's books hold them.

use super::{Manage, Paged, Trouble, query};
use shared::api::{CloseDayRequest, DayRow, ShiftResponse, ShiftRow};
use shared::ids::{ShiftId, StoreId};
use shared::shift::DayClosing;

impl Manage {
    /// A list of shifts; show it with [`Manage::seek_shifts`].
    pub fn shifts(self) -> Paged<ShiftRow> {
        Paged::new(self)
    }

    /// Fills the list with the shifts of a store, or of all.
    pub fn seek_shifts(self, list: Paged<ShiftRow>, store: String) {
        list.begin("/api/shifts", vec![("store", store)]);
    }

    /// One shift.
    pub async fn shift(self, id: ShiftId) -> Result<ShiftResponse, Trouble> {
        self.get(&format!("/api/shifts/{id}")).await
    }

    /// The last days of a store.
    pub async fn days(self, store: StoreId) -> Result<Vec<DayRow>, Trouble> {
        self.get(&format!("/api/days{}", query(&[("store", &store.to_string())]))).await
    }

    /// Closes a day.
    pub async fn close_day(self, request: CloseDayRequest) -> Result<DayClosing, Trouble> {
        self.send("POST", "/api/days", &request).await
    }
}
