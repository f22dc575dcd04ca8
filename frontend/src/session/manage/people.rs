//! People: staff, their PINs and passwords.

use super::{Manage, Trouble};
use shared::api::{StaffRequest, StaffView};
use shared::ids::StaffId;

impl Manage {
    /// Everybody, those who left too.
    pub async fn staff(self) -> Result<Vec<StaffView>, Trouble> {
        self.get("/api/staff").await
    }

    /// Adds a person, or with an id changes one.
    pub async fn save_staff(self, id: Option<StaffId>, request: StaffRequest) -> Result<StaffView, Trouble> {
        match id {
            None => self.send("POST", "/api/staff", &request).await,
            Some(id) => self.send("PUT", &format!("/api/staff/{id}"), &request).await,
        }
    }
}
