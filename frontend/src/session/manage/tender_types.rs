//! Tender types: the ways to pay, for the pages that set them.

use super::{Manage, Rule, Trouble};
use shared::api::TenderTypeOrder;
use shared::ids::{ProductId, TenderTypeId};
use shared::tender::TenderType;
use std::collections::BTreeSet;

impl Rule for TenderType {
    const PATH: &'static str = "/api/tender-types";
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn products(&self) -> BTreeSet<ProductId> {
        BTreeSet::new()
    }
}

impl Manage {
    /// All ways to pay in their order, also those that are taken no longer.
    pub async fn tender_types(self) -> Result<Vec<TenderType>, Trouble> {
        self.get(TenderType::PATH).await
    }

    /// Puts all of them in another order.
    pub async fn order_tender_types(self, ids: Vec<TenderTypeId>) -> Result<Vec<TenderType>, Trouble> {
        self.send("POST", "/api/tender-types/order", &TenderTypeOrder { ids }).await
    }
}
