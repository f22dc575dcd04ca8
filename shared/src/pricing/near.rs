//! Near: what is missing for a promotion, and why a code does nothing.

use super::offer::Gain;
use super::work::Basket;
use super::{BuyGet, Occasion, Offer, Promotion, Stacking, TierBy, Tiers};
use crate::ids::PromotionId;
use crate::money::{Minor, MoneyError};

/// A promotion that nearly applies, or would once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// Which.
    pub promotion_id: PromotionId,
    /// Its name.
    pub name: String,
    /// What is missing.
    pub missing: Missing,
}

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// So many more pieces.
    Pieces(i64),
    /// So much more, in thousandths, of what is weighed or measured.
    Quantity(i64),
    /// Goods for so much more.
    Amount(Minor),
    /// Nothing: another promotion has its goods, or must be the only one.
    Taken,
}

/// Why a code that was typed does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CouponFault {
    /// No promotion has it.
    Unknown,
    /// Its promotion is over, has not begun, or not at this hour.
    NotNow,
    /// Not in this store or for this customer.
    NotHere,
    /// As often as it may be used.
    UsedUp,
    /// Its goods are not in the cart.
    NoGoods,
    /// Something is missing.
    Missing(Missing),
}

pub(super) fn coupon_fault(code: &str, near: &[NearMiss], occasion: &Occasion<'_>) -> CouponFault {
    let has = |promotion: &&Promotion| promotion.coupon.as_ref().is_some_and(|coupon| coupon.is(code));
    let Some(promotion) = occasion.promotions.iter().find(has) else { return CouponFault::Unknown };
    let used_up = promotion.coupon.as_ref().is_some_and(|c| c.most_uses.is_some_and(|most| c.uses >= most));
    let here = promotion.currency.is_none_or(|currency| currency == occasion.currency);
    if used_up {
        CouponFault::UsedUp
    } else if !here || !promotion.applies.is_for(occasion) {
        CouponFault::NotHere
    } else if !promotion.applies.is_now(occasion.time) {
        CouponFault::NotNow
    } else {
        let missing = near.iter().find(|miss| miss.promotion_id == promotion.id);
        missing.map_or(CouponFault::NoGoods, |miss| CouponFault::Missing(miss.missing))
    }
}

/// What is missing for a promotion of which some goods are there. `used` is what it gave.
pub(super) fn near_miss(
    promotion: &Promotion,
    used: Option<&Gain>,
    basket: &mut Basket<'_>,
) -> Result<Option<NearMiss>, MoneyError> {
    let members = basket.members(&promotion.goods);
    let missing = missing(promotion, &members, used, basket)?;
    Ok(missing.map(|missing| NearMiss { promotion_id: promotion.id, name: promotion.name.clone(), missing }))
}

fn missing(
    promotion: &Promotion,
    members: &[usize],
    used: Option<&Gain>,
    basket: &mut Basket<'_>,
) -> Result<Option<Missing>, MoneyError> {
    let amount = basket.amount(members);
    if let Some(minimum) = promotion.minimum.filter(|minimum| amount < *minimum && !amount.is_zero()) {
        return Ok(Some(Missing::Amount(minimum.minus(amount)?)));
    }
    let left = left(promotion, used, basket);
    let count = |goods: &[usize]| goods.iter().filter_map(|at| left.get(*at)).sum::<i64>();
    let mut has_goods = !amount.is_zero();
    let more = match &promotion.offer {
        Offer::Percent(_) | Offer::EachOff(_) | Offer::AmountOff(_) => None,
        Offer::Tiers(tiers) => next_tier(tiers, basket.quantity(members), amount),
        Offer::BuyGet(BuyGet { buy, get, gifts: None, .. }) => {
            to_full(count(members), i64::from(*buy).saturating_add(i64::from(*get)))
        }
        Offer::BuyGet(BuyGet { buy, get, gifts: Some(gifts), .. }) => {
            let gifts = basket.members(gifts);
            let bought = count(members);
            let short = (i64::from(*buy) - bought).max(0) + (i64::from(*get) - count(&gifts)).max(0);
            (bought > 0 && short > 0).then_some(Missing::Pieces(short))
        }
        Offer::ForPrice(offer) => to_full(count(members), i64::from(offer.count)),
        Offer::Bundle(offer) => {
            let (mut there, mut short) = (0, 0);
            for part in &offer.parts {
                let members = basket.members(&part.goods);
                let here = count(&members).min(i64::from(part.count));
                there += here;
                short += i64::from(part.count) - here;
            }
            has_goods = there > 0;
            (there > 0 && short > 0).then_some(Missing::Pieces(short))
        }
    };
    let had_its_times = promotion.most_times.is_some() && used.is_some();
    Ok(match more.filter(|_| !had_its_times) {
        None if used.is_none() && has_goods => Some(Missing::Taken),
        more => more,
    })
}

/// Whole pieces that no promotion has.
fn left(promotion: &Promotion, used: Option<&Gain>, basket: &Basket<'_>) -> Vec<i64> {
    let alone = promotion.stacking != Stacking::WithOthers;
    let mut left = basket.pieces(alone);
    for take in used.into_iter().filter(|_| !alone).flat_map(|gain| &gain.takes) {
        if let Some(left) = left.get_mut(take.good) {
            *left = (*left - take.quantity / 1_000).max(0);
        }
    }
    left
}

/// What a set that was begun lacks.
fn to_full(there: i64, full: i64) -> Option<Missing> {
    let begun = there.checked_rem(full).filter(|begun| *begun > 0)?;
    Some(Missing::Pieces(full - begun))
}

fn next_tier(tiers: &Tiers, quantity: i64, amount: Minor) -> Option<Missing> {
    let there = if tiers.by == TierBy::Quantity { quantity } else { amount.0 };
    let next = tiers.steps.iter().map(|step| step.from).filter(|from| *from > there).min()?;
    let more = next.checked_sub(there).filter(|_| there > 0)?;
    Some(match tiers.by {
        TierBy::Amount => Missing::Amount(Minor(more)),
        TierBy::Quantity if more % 1_000 == 0 => Missing::Pieces(more / 1_000),
        TierBy::Quantity => Missing::Quantity(more),
    })
}
