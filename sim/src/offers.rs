//! Offers: promotions and coupons in the books, and on the tablets.
//! Lives here: the checks of I16 and of what tablets are told.
//! May use: books' entries, the server's store. Never: a correction.

use crate::books::Entry;
use crate::world::World;
use shared::ids::{OrganisationId, PromotionId};
use shared::pricing::Promotion;
use shared::sync::journal::EntryBody;
use std::collections::{BTreeMap, BTreeSet};
use tillbridge::store::pricing;

/// Organisation, promotion.
pub type CouponKey = (String, String);

/// I16: a code counts once for each booked sale that used it; as many sales are flagged as went over its limit.
pub fn check(
    entries: &[Entry],
    counted: &BTreeMap<CouponKey, i64>,
    flagged: &BTreeMap<String, i64>,
    limits: &BTreeMap<CouponKey, i64>,
    wrong: &mut Vec<String>,
) {
    let mut expected: BTreeMap<CouponKey, i64> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.state == "booked") {
        let Some(EntryBody::SaleCompleted { sale }) = entry.open().map(|open| open.body) else { continue };
        let used: BTreeSet<PromotionId> = sale
            .lines
            .iter()
            .flat_map(|line| &line.promotions)
            .filter(|part| part.coupon.is_some())
            .map(|part| part.promotion_id)
            .collect();
        for promotion in used {
            *expected.entry((entry.organisation_id.clone(), promotion.to_string())).or_default() += 1;
        }
    }
    if expected != *counted {
        wrong.push("I16: what is counted of a coupon is not how often it was used".to_owned());
    }
    let mut over: BTreeMap<String, i64> = BTreeMap::new();
    for (key, uses) in &expected {
        let more = limits.get(key).map_or(0, |most| (uses - most).max(0));
        if more > 0 {
            *over.entry(key.0.clone()).or_default() += more;
        }
    }
    if over != *flagged {
        wrong.push(format!(
            "I16: {flagged:?} sales are flagged that used a coupon once too often, not {over:?}"
        ));
    }
}

/// What the tablets of each shop should have.
pub fn told(world: &World) -> Vec<BTreeMap<PromotionId, Promotion>> {
    let shops: Vec<(OrganisationId, _)> =
        world.shops.iter().map(|shop| (shop.organisation_id, shop.rules.store.id)).collect();
    let told = world.server.with(async |app| {
        let mut all = Vec::new();
        for (organisation_id, store_id) in shops {
            let mut tx = app.db.read_for(organisation_id).await.unwrap();
            let told = pricing::told::<Promotion>(&mut tx, organisation_id, store_id, None).await.unwrap();
            all.push(told.into_iter().map(|promotion| (promotion.id, promotion)).collect());
        }
        all
    });
    told.unwrap_or_default()
}
