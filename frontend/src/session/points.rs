//! Points: what this tablet knows of the points of whoever buys.
//! Invariant: what was told is counted together with what was sold here and not told yet.

use super::till::Till;
use crate::clock;
use leptos::prelude::*;
use shared::account::AccountKey;
use shared::ids::CustomerId;
use shared::money::Currency;
use shared::points::CartPoints;

impl Till {
    /// A customer's points by the store's rules; none where the store gives none, or they could not be read.
    pub async fn points(self, id: CustomerId) -> Option<CartPoints> {
        let store = self.store.get_untracked()?;
        let rules = store.points.clone()?;
        let year = clock::local_time(&store.time_zone).year();
        let balance = self.points_on(&AccountKey::of_points(id)).await?;
        let this_year = self.points_on(&AccountKey::of_earned(id, year)).await?;
        let last_year = self.points_on(&AccountKey::of_earned(id, year.saturating_sub(1))).await?;
        let tier = rules.tier(this_year, last_year).cloned();
        Some(CartPoints { rules, balance, tier, spend: 0 })
    }

    async fn points_on(self, key: &AccountKey) -> Option<i64> {
        self.balance_on(key, Currency::NONE).await.map(|balance| balance.0)
    }
}
