//! Mappings: what of products comes from where by a connection, what that would do, and what would make trouble.

use super::{Manage, Trouble, query};
use crate::api_client;
use shared::connect::usage::Usage;
use shared::connect::{
    AcceptRequest, DataCheck, MappingVersion, MappingView, Plan, PlanKind, ProductMapping,
};
use shared::ids::ConnectionId;

/// A mapping and the version it is changed by.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionedMapping {
    /// As it stands.
    pub view: MappingView,
    /// For whoever changes it.
    pub version: String,
}

fn path(id: ConnectionId) -> String {
    format!("/api/connections/{id}")
}

impl Manage {
    /// The mapping of a connection.
    pub async fn mapping(self, id: ConnectionId) -> Result<VersionedMapping, Trouble> {
        let answer = api_client::get_versioned(&format!("{}/mapping", path(id))).await;
        let (view, version): (MappingView, Option<String>) = self.heard(answer)?;
        Ok(VersionedMapping { view, version: version.unwrap_or_else(|| "*".to_owned()) })
    }

    /// Changes it, if nobody else has meanwhile.
    pub async fn save_mapping(
        self,
        id: ConnectionId,
        (mapping, version): (ProductMapping, String),
    ) -> Result<MappingView, Trouble> {
        let answer = api_client::put_versioned(&format!("{}/mapping", path(id)), &mapping, &version).await;
        self.heard(answer).map(|(view, _)| view)
    }

    /// Its versions, the newest first.
    pub async fn mapping_versions(self, id: ConnectionId) -> Result<Vec<MappingVersion>, Trouble> {
        self.get(&format!("{}/mapping/versions", path(id))).await
    }

    /// Puts the version that was looked at in force.
    pub async fn accept_mapping(self, id: ConnectionId, version: i64) -> Result<MappingView, Trouble> {
        self.send("POST", &format!("{}/mapping/accept", path(id)), &AcceptRequest { version }).await
    }

    /// What it would do: counted whole, a page of one kind.
    pub async fn plan(
        self,
        id: ConnectionId,
        (kind, after): (PlanKind, Option<String>),
    ) -> Result<Plan, Trouble> {
        let after = after.unwrap_or_default();
        self.get(&format!("{}/plan{}", path(id), query(&[("kind", kind.word()), ("after", &after)]))).await
    }

    /// How often the other side is asked.
    pub async fn usage(self, id: ConnectionId) -> Result<Usage, Trouble> {
        self.get(&format!("{}/usage", path(id))).await
    }

    /// What would make trouble.
    pub async fn data_check(self, id: ConnectionId) -> Result<DataCheck, Trouble> {
        self.get(&format!("{}/check", path(id))).await
    }

    /// Where that is as a table, every record of it.
    pub fn data_check_table(self, id: ConnectionId) -> String {
        format!("{}/check.csv", path(id))
    }
}
