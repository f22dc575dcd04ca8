//! Connections: ERPs and online stores that are connected, for the pages that set them up and look after them.

use super::{Manage, Paged, Trouble, query};
use shared::calendar::Day;
use shared::connect::{
    Choice, ConnectionRequest, ConnectionView, ConnectorView, Counted, DeliveriesRequest, Delivery,
    DeliveryState, Exchange, LinkKind, MatchRequest, MatchRow, Reconciliation, TestOutcome,
};
use shared::ids::ConnectionId;

const PATH: &str = "/api/connections";

impl Manage {
    /// What can be connected.
    pub async fn connectors(self) -> Result<Vec<ConnectorView>, Trouble> {
        self.get("/api/connectors").await
    }

    /// What is connected, by name.
    pub async fn connections(self) -> Result<Vec<ConnectionView>, Trouble> {
        self.get(PATH).await
    }

    /// One of them.
    pub async fn connection(self, id: ConnectionId) -> Result<ConnectionView, Trouble> {
        self.get(&format!("{PATH}/{id}")).await
    }

    /// Adds one, or changes the one that has this id.
    pub async fn save_connection(
        self,
        request: ConnectionRequest,
        id: Option<ConnectionId>,
    ) -> Result<ConnectionView, Trouble> {
        match id {
            None => self.send("POST", PATH, &request).await,
            Some(id) => self.send("PUT", &format!("{PATH}/{id}"), &request).await,
        }
    }

    /// Does the other side answer, and does it know us?
    pub async fn test_connection(
        self,
        request: ConnectionRequest,
        id: Option<ConnectionId>,
    ) -> Result<TestOutcome, Trouble> {
        let path = id.map_or_else(|| format!("{PATH}/test"), |id| format!("{PATH}/{id}/test"));
        self.send("POST", &path, &request).await
    }

    /// Starts it, or lets it go on.
    pub async fn start_connection(self, id: ConnectionId) -> Result<ConnectionView, Trouble> {
        self.send("POST", &format!("{PATH}/{id}/start"), &()).await
    }

    /// Halts it.
    pub async fn pause_connection(self, id: ConnectionId) -> Result<ConnectionView, Trouble> {
        self.send("POST", &format!("{PATH}/{id}/pause"), &()).await
    }

    /// Reads their records anew.
    pub async fn refresh_connection(self, id: ConnectionId) -> Result<(), Trouble> {
        self.send("POST", &format!("{PATH}/{id}/refresh"), &()).await
    }

    /// Removes one.
    pub async fn remove_connection(self, id: ConnectionId) -> Result<(), Trouble> {
        self.send("DELETE", &format!("{PATH}/{id}"), &()).await
    }

    /// A day on both sides.
    pub async fn reconcile(self, id: ConnectionId, day: Day) -> Result<Reconciliation, Trouble> {
        self.get(&format!("{PATH}/{id}/reconciliation?day={day}")).await
    }

    /// Deliveries, none yet.
    pub fn deliveries(self) -> Paged<Delivery> {
        Paged::new(self)
    }

    /// Fills the list with those in a state.
    pub fn seek_deliveries(self, list: Paged<Delivery>, id: ConnectionId, state: Option<DeliveryState>) {
        let state = state.map(|state| ("state", state.word().to_owned()));
        list.begin(&format!("{PATH}/{id}/deliveries"), state.into_iter().collect());
    }

    /// What was said for one.
    pub async fn delivery_history(self, id: ConnectionId, delivery: &str) -> Result<Vec<Exchange>, Trouble> {
        self.get(&format!("{PATH}/{id}/deliveries/{delivery}/history")).await
    }

    /// Sends these again; all that were refused where none is named.
    pub async fn send_deliveries_again(self, id: ConnectionId, ids: Vec<String>) -> Result<Counted, Trouble> {
        self.send("POST", &format!("{PATH}/{id}/deliveries/send-again"), &DeliveriesRequest { ids }).await
    }

    /// Sets these aside.
    pub async fn set_deliveries_aside(self, id: ConnectionId, ids: Vec<String>) -> Result<Counted, Trouble> {
        self.send("POST", &format!("{PATH}/{id}/deliveries/set-aside"), &DeliveriesRequest { ids }).await
    }

    /// Matches, none yet.
    pub fn matches(self) -> Paged<MatchRow> {
        Paged::new(self)
    }

    /// Fills the list with ours of a kind.
    pub fn seek_matches(self, list: Paged<MatchRow>, (id, kind): (ConnectionId, LinkKind), unmatched: bool) {
        let only = unmatched.then(|| ("unmatched", "true".to_owned()));
        list.begin(&format!("{PATH}/{id}/matches/{}", kind.word()), only.into_iter().collect());
    }

    /// Theirs of a kind to choose from.
    pub async fn match_choices(
        self,
        (id, kind): (ConnectionId, LinkKind),
        search: String,
    ) -> Result<Vec<Choice>, Trouble> {
        self.get(&format!("{PATH}/{id}/choices/{}{}", kind.word(), query(&[("search", &search)]))).await
    }

    /// Says what of theirs one of ours is.
    pub async fn set_match(
        self,
        (id, kind): (ConnectionId, LinkKind),
        request: MatchRequest,
    ) -> Result<(), Trouble> {
        self.send("POST", &format!("{PATH}/{id}/matches/{}", kind.word()), &request).await
    }
}
