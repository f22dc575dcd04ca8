//! Feed misses: prints as JSON how many changes each way of reading the feed passes over while 32 write.
//! `cargo run -p tillbridge --example feed_misses -- postgres://…|sqlite:… [writers] [changes each]`

use tillbridge::clock::{self, FreshIds};
use tillbridge::feed::misses::measure;
use tillbridge::store::{Db, ground};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("name a database: postgres://… or sqlite:…")?;
    let writers = arguments.next().map_or(Ok(32), |text| text.parse())?;
    let each = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let db = Db::open(&url).await?;
    let organisation_id = shared::ids::OrganisationId::fresh(&mut FreshIds);
    let mut tx = db.begin_write().await?;
    ground::insert_organisation(&mut tx, organisation_id, "Feed", false, clock::now_ms()).await?;
    tx.commit().await?;
    let misses = measure(&db, organisation_id, writers, each).await?;
    println!("{}", serde_json::to_string(&misses)?);
    Ok(())
}
