//! Known: what tablets hear of their store's sales, and of what came back of them.
//! Lives here: what each should know at the end (I10). May use: the server's store. Never: a correction.

use crate::world::World;
use shared::ids::SaleId;
use shared::sale::KnownSale;
use std::collections::BTreeMap;
use tillbridge::store::known_sales::Asked;

/// More than a run has.
const ALL: i64 = 100_000;

/// What the tablets of each shop should know: a run is shorter than what a store tells of.
pub fn told(world: &World) -> Vec<BTreeMap<SaleId, KnownSale>> {
    let shops: Vec<Asked> = world
        .shops
        .iter()
        .map(|shop| Asked {
            organisation_id: shop.organisation_id,
            store_id: shop.rules.store.id,
            from_ms: i64::MIN,
        })
        .collect();
    let told = world.server.with(async |app| {
        let mut all = Vec::new();
        for asked in shops {
            let mut tx = app.db.read_for(asked.organisation_id).await.unwrap();
            let told = asked.newest(&mut tx, (i64::MAX, ""), ALL).await.unwrap();
            all.push(told.into_iter().map(|known| (known.sale.id, known)).collect());
        }
        all
    });
    told.unwrap_or_default()
}
