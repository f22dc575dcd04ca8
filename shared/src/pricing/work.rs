//! Work: a cart's goods, the promotions in their order, and what is left of the goods after each.

use super::near::{CouponFault, NearMiss, coupon_fault, near_miss};
use super::offer::{Gain, gain};
use super::{Goods, Occasion, PriceList, PriceSource, Promotion, PromotionPart, Stacking};
use crate::ids::{LineId, ProductId, PromotionId};
use crate::money::{Minor, MoneyError, Quantity, Rounding, UnitPrice};
use crate::sale::{Cart, CartLine, LineKind};

/// What price lists and promotions make of a cart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// A place for each line of the cart, in order; empty where there are no rules.
    pub lines: Vec<LineOffer>,
    /// Promotions that nearly apply, and what is missing.
    pub near: Vec<NearMiss>,
    /// Codes that were typed and do nothing.
    pub coupons: Vec<(String, CouponFault)>,
    /// How much work it was: lines looked at by promotions.
    pub steps: u64,
}

/// What they make of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineOffer {
    /// The price of a list, instead of the shelf's.
    pub price: Option<(UnitPrice, PriceSource)>,
    /// What promotions take off, in the order they went.
    pub promotions: Vec<PromotionPart>,
}

/// A line that promotions can reach.
pub(super) struct Good<'a> {
    /// Its place in the cart.
    at: usize,
    line: &'a CartLine,
    product_id: ProductId,
    price: UnitPrice,
    amount: Minor,
    /// By promotions that stand alone, in thousandths.
    taken: i64,
    /// By promotions that go with others.
    stacked: i64,
    off: Minor,
}

/// The goods of a cart, dearest first.
pub(super) struct Basket<'a> {
    goods: Vec<Good<'a>>,
    /// Places in `goods` by product, and by the product that one is a variant of.
    by_product: Vec<(ProductId, usize)>,
    digits: u32,
    pub rounding: Rounding,
    pub steps: u64,
}

/// Works it out, whole, on every change of the cart.
///
/// # Errors
/// When an amount does not fit.
pub fn offered(cart: &Cart, occasion: &Occasion<'_>) -> Result<Offered, MoneyError> {
    let mut lines: Vec<LineOffer> = vec![LineOffer::default(); cart.lines.len()];
    set_prices(cart, occasion, &mut lines)?;
    let fits = |promotion: &Promotion| is_in_force(promotion, occasion) && has_coupon(promotion, cart);
    let promotions: Vec<&Promotion> = occasion.promotions.iter().filter(|p| fits(p)).collect();
    let mut basket = Basket::of(cart, &lines, occasion)?;
    let done = best(&promotions, &mut basket, cart, &lines, occasion)?;
    let mut near = Vec::new();
    for (number, promotion) in promotions.iter().enumerate() {
        let used = done.iter().find(|(known, _)| *known == number).map(|(_, gain)| gain);
        near.extend(near_miss(promotion, used, &mut basket)?);
    }
    for (number, gain) in &done {
        let Some(promotion) = promotions.get(*number) else { continue };
        basket.tell(promotion, gain, &mut lines);
    }
    let applied = |code: &str| {
        let parts = lines.iter().flat_map(|line| &line.promotions);
        parts.filter_map(|part| part.coupon.as_ref()).any(|known| known.eq_ignore_ascii_case(code.trim()))
    };
    let unused = cart.coupons.iter().filter(|code| !applied(code));
    let coupons = unused.map(|code| (code.clone(), coupon_fault(code, &near, occasion))).collect();
    Ok(Offered { steps: basket.steps, lines, near, coupons })
}

fn is_in_force(promotion: &Promotion, occasion: &Occasion<'_>) -> bool {
    promotion.currency.is_none_or(|currency| currency == occasion.currency)
        && promotion.applies.is_for(occasion)
        && promotion.applies.is_now(occasion.time)
}

fn has_coupon(promotion: &Promotion, cart: &Cart) -> bool {
    promotion.coupon.as_ref().is_none_or(|coupon| {
        coupon.most_uses.is_none_or(|most| coupon.uses < most)
            && cart.coupons.iter().any(|code| coupon.is(code))
    })
}

/// A line that lists and promotions can reach: goods that go out at no price typed by hand.
fn reachable(line: &CartLine) -> Option<ProductId> {
    let reachable = line.kind == LineKind::Product
        && line.quantity.0 > 0
        && line.price_override.is_none()
        && line.agreed.is_none();
    line.product_id.filter(|_| reachable)
}

fn set_prices(cart: &Cart, occasion: &Occasion<'_>, lines: &mut [LineOffer]) -> Result<(), MoneyError> {
    let in_force = |list: &&PriceList| {
        list.currency == occasion.currency
            && list.applies.is_for(occasion)
            && list.applies.is_now(occasion.time)
    };
    let lists: Vec<&PriceList> = occasion.price_lists.iter().filter(in_force).collect();
    if lists.is_empty() {
        return Ok(());
    }
    let mut wanted: Vec<(ProductId, Quantity)> =
        cart.lines.iter().filter_map(|line| Some((reachable(line)?, line.quantity))).collect();
    wanted.sort_by_key(|(product_id, _)| *product_id);
    let mut sums: Vec<(ProductId, Quantity, Option<Listed<'_>>)> = Vec::new();
    for (product_id, quantity) in wanted {
        match sums.last_mut().filter(|last| last.0 == product_id) {
            Some(last) => last.1 = last.1.plus(quantity)?,
            None => sums.push((product_id, quantity, None)),
        }
    }
    for list in lists {
        for row in &list.prices {
            let Ok(at) = sums.binary_search_by_key(&row.product_id, |sum| sum.0) else { continue };
            let Some((_, quantity, best)) = sums.get_mut(at) else { continue };
            let listed = Listed { list, price: row.price };
            if row.from <= *quantity && best.is_none_or(|best| listed.is_before(&best)) {
                *best = Some(listed);
            }
        }
    }
    for (line, offer) in cart.lines.iter().zip(lines) {
        let at = reachable(line).and_then(|id| sums.binary_search_by_key(&id, |sum| sum.0).ok());
        if let Some(Listed { list, price }) = at.and_then(|at| sums.get(at)).and_then(|sum| sum.2) {
            offer.price = Some((price, PriceSource { price_list_id: list.id, name: list.name.clone() }));
        }
    }
    Ok(())
}

/// A price found in a list.
#[derive(Clone, Copy)]
struct Listed<'a> {
    list: &'a PriceList,
    price: UnitPrice,
}

impl Listed<'_> {
    /// Higher priority first, then the lower price, then by id.
    fn is_before(&self, other: &Self) -> bool {
        let key = |listed: &Self| (std::cmp::Reverse(listed.list.priority), listed.price, listed.list.id);
        key(self) < key(other)
    }
}

/// What each promotion gave, in the order they went.
type Done = Vec<(usize, Gain)>;

/// A promotion that gives something, on the goods as no other has touched them.
struct Candidate {
    /// Its place among the promotions in force.
    number: usize,
    priority: i64,
    id: PromotionId,
    members: Vec<usize>,
    alone: Gain,
}

impl Candidate {
    /// Highest priority first, then what gives most, then by id.
    fn order(&self) -> impl Ord + use<> {
        (std::cmp::Reverse(self.priority), std::cmp::Reverse(self.alone.off), self.id)
    }
}

/// Those that go with others or stand alone, or instead the one that must be the only one.
fn best<'a>(
    promotions: &[&Promotion],
    basket: &mut Basket<'a>,
    cart: &'a Cart,
    lines: &[LineOffer],
    occasion: &Occasion<'_>,
) -> Result<Done, MoneyError> {
    let (only, others) = candidates(promotions, basket)?;
    let (mut done, mut sum, mut top) = (Done::new(), Minor::ZERO, i64::MIN);
    for candidate in others {
        let Some(promotion) = promotions.get(candidate.number) else { continue };
        let gain = gain(promotion, &candidate.members, basket)?;
        if gain.off.0 > 0 {
            basket.apply(&gain, promotion.stacking)?;
            (sum, top) = (sum.plus(gain.off)?, top.max(promotion.priority));
            done.push((candidate.number, gain));
        }
    }
    let wins = |only: &Candidate| only.priority > top || (only.priority == top && only.alone.off > sum);
    if let Some(only) = only.into_iter().next().filter(wins) {
        *basket = Basket { steps: basket.steps, ..Basket::of(cart, lines, occasion)? };
        basket.apply(&only.alone, Stacking::OnlyOne)?;
        done = vec![(only.number, only.alone)];
    }
    Ok(done)
}

/// Those that must be the only one, and the others, each in their order.
fn candidates(
    promotions: &[&Promotion],
    basket: &mut Basket<'_>,
) -> Result<(Vec<Candidate>, Vec<Candidate>), MoneyError> {
    let mut all = Vec::new();
    for (number, promotion) in promotions.iter().enumerate() {
        let members = basket.members(&promotion.goods);
        let alone = gain(promotion, &members, basket)?;
        if alone.off.0 > 0 {
            all.push(Candidate { number, priority: promotion.priority, id: promotion.id, members, alone });
        }
    }
    all.sort_by_key(Candidate::order);
    let is_only = |candidate: &Candidate| {
        promotions.get(candidate.number).is_some_and(|promotion| promotion.stacking == Stacking::OnlyOne)
    };
    Ok(all.into_iter().partition(is_only))
}

impl<'a> Basket<'a> {
    fn of(cart: &'a Cart, lines: &[LineOffer], occasion: &Occasion<'_>) -> Result<Self, MoneyError> {
        let (digits, rounding) = (occasion.currency.digits(), occasion.tax.rounding);
        let mut goods = Vec::with_capacity(cart.lines.len());
        for (at, line) in cart.lines.iter().enumerate() {
            let Some(product_id) = reachable(line) else { continue };
            let listed = lines.get(at).and_then(|offer| offer.price.as_ref());
            let price = listed.map_or(line.list_price, |(price, _)| *price);
            let price = occasion.tax.unit_price(price)?;
            let amount = price.times(line.quantity, digits, rounding)?;
            goods.push(Good { at, line, product_id, price, amount, taken: 0, stacked: 0, off: Minor::ZERO });
        }
        let order = |good: &Good<'_>| -> (std::cmp::Reverse<UnitPrice>, ProductId, LineId) {
            (std::cmp::Reverse(good.price), good.product_id, good.line.id)
        };
        goods.sort_by_key(order);
        let names = |(at, good): (usize, &Good<'_>)| {
            [Some(good.product_id), good.line.parent_id].into_iter().flatten().map(move |id| (id, at))
        };
        let mut by_product: Vec<(ProductId, usize)> = goods.iter().enumerate().flat_map(names).collect();
        by_product.sort_unstable();
        Ok(Self { goods, by_product, digits, rounding, steps: 0 })
    }

    /// The goods that are meant, dearest first.
    pub fn members(&mut self, meant: &Goods) -> Vec<usize> {
        let is_everything = meant.is_everything();
        let mut members: Vec<usize> = Vec::new();
        for product_id in &meant.products {
            let first = self.by_product.partition_point(|(known, _)| known < product_id);
            let same = self.by_product.iter().skip(first).take_while(|(known, _)| known == product_id);
            members.extend(same.map(|(_, at)| *at));
        }
        self.steps += meant.products.len() as u64;
        if is_everything || !meant.categories.is_empty() {
            self.steps += self.goods.len() as u64;
            let of_category = |good: &Good<'_>| {
                is_everything || good.line.category_id.is_some_and(|id| meant.categories.contains(&id))
            };
            members.extend((0..self.goods.len()).filter(|at| self.goods.get(*at).is_some_and(of_category)));
        }
        members.sort_unstable();
        members.dedup();
        if !meant.without.is_empty() {
            let is_without = |good: &Good<'_>| {
                let parent = good.line.parent_id;
                meant.without.contains(&good.product_id)
                    || parent.is_some_and(|id| meant.without.contains(&id))
            };
            members.retain(|at| self.goods.get(*at).is_some_and(|good| !is_without(good)));
        }
        members
    }

    /// How much of a line a promotion may still take, in thousandths.
    pub fn free(&self, good: usize, alone: bool) -> i64 {
        let free = |good: &Good<'_>| good.line.quantity.0 - good.taken - if alone { good.stacked } else { 0 };
        self.goods.get(good).map_or(0, free).max(0)
    }

    /// What that comes to, less what others took off it.
    pub fn rest(&self, good: usize, alone: bool) -> Result<Minor, MoneyError> {
        self.rest_of(good, self.free(good, alone))
    }

    /// What so much of a line comes to, at most what others left of it.
    pub fn rest_of(&self, good: usize, quantity: i64) -> Result<Minor, MoneyError> {
        let full = self.minor(self.price(good), quantity)?;
        let rest = |good: &Good<'_>| Minor(good.amount.0.saturating_sub(good.off.0));
        Ok(full.min(self.goods.get(good).map_or(Minor::ZERO, rest)))
    }

    /// Weighed or measured, not in pieces?
    pub fn is_measured(&self, good: usize) -> bool {
        self.goods.get(good).is_some_and(|good| good.line.unit.is_measured())
    }

    /// Whole pieces of each line that may still be taken.
    pub fn pieces(&self, alone: bool) -> Vec<i64> {
        let pieces = |at: usize| match self.goods.get(at) {
            Some(good) if !good.line.unit.is_measured() => self.free(at, alone) / 1_000,
            _ => 0,
        };
        (0..self.goods.len()).map(pieces).collect()
    }

    /// What goods come to before promotions.
    pub fn amount(&self, members: &[usize]) -> Minor {
        let amounts = members.iter().filter_map(|at| self.goods.get(*at)).map(|good| good.amount.0);
        Minor(amounts.fold(0, i64::saturating_add))
    }

    /// How much of them there is, in thousandths.
    pub fn quantity(&self, members: &[usize]) -> i64 {
        let quantities = members.iter().filter_map(|at| self.goods.get(*at)).map(|good| good.line.quantity.0);
        quantities.fold(0, i64::saturating_add)
    }

    pub fn price(&self, good: usize) -> UnitPrice {
        self.goods.get(good).map_or(UnitPrice::ZERO, |good| good.price)
    }

    pub fn minor(&self, price: UnitPrice, quantity: i64) -> Result<Minor, MoneyError> {
        price.times(Quantity(quantity), self.digits, self.rounding)
    }

    /// Takes what a promotion takes. Roundings of parts of a line never bring it below zero.
    fn apply(&mut self, gain: &Gain, stacking: Stacking) -> Result<(), MoneyError> {
        let mut stacked: Vec<(usize, i64)> = Vec::new();
        for take in &gain.takes {
            let Some(good) = self.goods.get_mut(take.good) else { continue };
            good.off = good.off.plus(take.off)?;
            if stacking == Stacking::WithOthers {
                match stacked.iter_mut().rev().find(|(known, _)| *known == take.good) {
                    Some((_, sum)) => *sum += take.quantity,
                    None => stacked.push((take.good, take.quantity)),
                }
            } else {
                good.taken += take.quantity;
            }
        }
        for (at, quantity) in stacked {
            if let Some(good) = self.goods.get_mut(at) {
                good.stacked = good.stacked.max(quantity);
            }
        }
        Ok(())
    }

    /// Writes what a promotion gave to the lines, one part a line.
    fn tell(&self, promotion: &Promotion, gain: &Gain, lines: &mut [LineOffer]) {
        for take in gain.takes.iter().filter(|take| take.off.0 > 0) {
            let Some(good) = self.goods.get(take.good) else { continue };
            let Some(line) = lines.get_mut(good.at) else { continue };
            let told: i64 = line.promotions.iter().map(|part| part.off.0).sum();
            let off = Minor(take.off.0.min(good.amount.0.saturating_sub(told)));
            match line.promotions.iter_mut().find(|part| part.promotion_id == promotion.id) {
                Some(part) => part.off = Minor(part.off.0.saturating_add(off.0)),
                None if off.0 > 0 => line.promotions.push(PromotionPart {
                    promotion_id: promotion.id,
                    name: promotion.name.clone(),
                    coupon: promotion.coupon.as_ref().map(|coupon| coupon.code.clone()),
                    off,
                }),
                None => {}
            }
        }
    }
}
