//! Stock levels: what the server counts in this store, kept in 64 blocks so that a change writes little.
//! Lives here: levels by product, and the form of a block.
//! May use: ids, money. Never: movements; this device's own unsent ones are added by the session.
//! Invariant: the last level heard of a product is the one that counts.

use shared::ids::ProductId;
use shared::money::Quantity;
use shared::sync::wire::StockLevel;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

const BUCKETS: u8 = 64;
const ROW: usize = 24;

/// Levels by product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    levels: HashMap<ProductId, Quantity>,
}

fn bucket_of(id: ProductId) -> u8 {
    id.0.as_bytes().last().map_or(0, |byte| byte % BUCKETS)
}

impl Levels {
    /// Of stored blocks; a block that does not fit is left out, the next pull of everything mends it.
    pub fn of(buckets: &[Vec<u8>]) -> Self {
        let rows = buckets.iter().flat_map(|bucket| bucket.chunks_exact(ROW));
        let levels = rows.filter_map(|row| {
            let id = row.get(..16)?.try_into().ok().map(Uuid::from_bytes)?;
            let quantity = row.get(16..)?.try_into().ok().map(i64::from_le_bytes)?;
            Some((ProductId(id), Quantity(quantity)))
        });
        Self { levels: levels.collect() }
    }

    /// The level of a product, if the server has told one.
    pub fn get(&self, id: ProductId) -> Option<Quantity> {
        self.levels.get(&id).copied()
    }

    /// Takes levels in, and says which blocks to store again.
    pub fn set(&mut self, changed: &[StockLevel]) -> Vec<(u8, Vec<u8>)> {
        let mut touched = BTreeSet::new();
        for level in changed {
            if self.levels.insert(level.product_id, level.quantity) != Some(level.quantity) {
                touched.insert(bucket_of(level.product_id));
            }
        }
        let mut buckets: Vec<(u8, Vec<u8>)> =
            touched.into_iter().map(|bucket| (bucket, Vec::new())).collect();
        for (id, quantity) in &self.levels {
            if let Ok(at) = buckets.binary_search_by_key(&bucket_of(*id), |(bucket, _)| *bucket)
                && let Some((_, rows)) = buckets.get_mut(at)
            {
                rows.extend(id.0.as_bytes());
                rows.extend(quantity.0.to_le_bytes());
            }
        }
        buckets
    }
}
