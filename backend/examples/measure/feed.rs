//! Feed: how many changes each way of reading the feed passes over while many write.

use crate::Failed;
use tillbridge::clock::{self, FreshIds};
use tillbridge::feed::misses;
use tillbridge::store::{Db, ground};

/// Lets `writers` make `each` changes.
pub async fn measure(url: &str, writers: usize, each: usize) -> Result<serde_json::Value, Failed> {
    let db = Db::open(url).await?;
    let organisation_id = shared::ids::OrganisationId::fresh(&mut FreshIds);
    let mut tx = db.begin_write().await?;
    ground::insert_organisation(&mut tx, organisation_id, "Feed", false, clock::now_ms()).await?;
    tx.commit().await?;
    let misses = misses::measure(&db, organisation_id, u64::try_from(writers)?, u64::try_from(each)?).await?;
    Ok(serde_json::to_value(misses)?)
}
