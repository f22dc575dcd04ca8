//! Offer: what one promotion gives on the goods as they are now.

use super::pick::{Pick, Queue, Sets, repeated};
use super::work::Basket;
use super::{Bundle, BuyGet, ForPrice, Offer, Promotion, Stacking, TierBy, Tiers};
use crate::money::{Minor, MoneyError, Rate, UnitPrice};

/// What a promotion takes of one line, and takes off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Take {
    pub good: usize,
    /// In thousandths.
    pub quantity: i64,
    pub off: Minor,
}

/// What a promotion gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Gain {
    pub takes: Vec<Take>,
    pub off: Minor,
}

impl Gain {
    fn of(takes: Vec<Take>) -> Result<Self, MoneyError> {
        let off = Minor::sum(takes.iter().map(|take| take.off))?;
        Ok(Self { takes, off })
    }
}

/// What the promotion would give now. `members` are its goods, dearest first.
pub(super) fn gain(
    promotion: &Promotion,
    members: &[usize],
    basket: &mut Basket<'_>,
) -> Result<Gain, MoneyError> {
    basket.steps += members.len() as u64 + 1;
    let alone = promotion.stacking != Stacking::WithOthers;
    if promotion.minimum.is_some_and(|minimum| basket.amount(members) < minimum) {
        return Ok(Gain::default());
    }
    let most = promotion.most_times.map_or(i64::MAX, i64::from);
    match &promotion.offer {
        Offer::Percent(off) => share(members, *off, most, alone, basket),
        Offer::EachOff(off) => each(members, *off, most, alone, basket),
        Offer::AmountOff(off) => together(members, *off, alone, basket),
        Offer::Tiers(tiers) => match reached(tiers, members, alone, basket)? {
            Some(off) => share(members, off, i64::MAX, alone, basket),
            None => Ok(Gain::default()),
        },
        Offer::BuyGet(offer) => buy_get(offer, members, most, alone, basket),
        Offer::ForPrice(offer) => for_price(*offer, members, most, alone, basket),
        Offer::Bundle(offer) => bundle(offer, most, alone, basket),
    }
}

fn share(
    members: &[usize],
    off: Rate,
    most: i64,
    alone: bool,
    basket: &Basket<'_>,
) -> Result<Gain, MoneyError> {
    let mut takes = Vec::with_capacity(members.len());
    for (good, quantity) in dearest(members, most, alone, basket) {
        let off = basket.rest_of(good, quantity)?.share(off, basket.rounding)?;
        takes.push(Take { good, quantity, off });
    }
    Gain::of(takes)
}

fn each(
    members: &[usize],
    off: UnitPrice,
    most: i64,
    alone: bool,
    basket: &Basket<'_>,
) -> Result<Gain, MoneyError> {
    let mut takes = Vec::with_capacity(members.len());
    for (good, quantity) in dearest(members, most, alone, basket) {
        let off = basket.minor(off, quantity)?.min(basket.rest_of(good, quantity)?);
        takes.push(Take { good, quantity, off });
    }
    Gain::of(takes)
}

/// How much of each of the goods, the dearest first, `most` pieces at most; what is weighed counts as one.
fn dearest(
    members: &[usize],
    most: i64,
    alone: bool,
    basket: &Basket<'_>,
) -> impl Iterator<Item = (usize, i64)> {
    members.iter().scan(most, move |left, &good| {
        let free = basket.free(good, alone);
        let quantity = match basket.is_measured(good) {
            true if *left > 0 => free,
            true => 0,
            false => free.min(left.saturating_mul(1_000)),
        };
        *left -= if basket.is_measured(good) { i64::from(quantity > 0) } else { quantity / 1_000 };
        Some((good, quantity))
    })
}

fn together(members: &[usize], off: Minor, alone: bool, basket: &Basket<'_>) -> Result<Gain, MoneyError> {
    let rests: Vec<Minor> = members.iter().map(|good| basket.rest(*good, alone)).collect::<Result<_, _>>()?;
    let weights: Vec<i64> = rests.iter().map(|rest| rest.0).collect();
    let off = off.min(Minor::sum(rests)?);
    let take = |(&good, off): (&usize, Minor)| Take { good, quantity: basket.free(good, alone), off };
    Gain::of(members.iter().zip(off.split(&weights)?).map(take).collect())
}

/// What counts for tiers: thousandths or minor units.
fn measure(by: TierBy, members: &[usize], alone: bool, basket: &Basket<'_>) -> Result<i64, MoneyError> {
    members.iter().try_fold(0_i64, |sum, good| {
        let more = match by {
            TierBy::Quantity => basket.free(*good, alone),
            TierBy::Amount => basket.rest(*good, alone)?.0,
        };
        sum.checked_add(more).ok_or(MoneyError::Overflow)
    })
}

fn reached(
    tiers: &Tiers,
    members: &[usize],
    alone: bool,
    basket: &Basket<'_>,
) -> Result<Option<Rate>, MoneyError> {
    let measure = measure(tiers.by, members, alone, basket)?;
    let steps = tiers.steps.iter().filter(|step| step.from <= measure);
    Ok(if measure > 0 { steps.max_by_key(|step| step.from).map(|step| step.off) } else { None })
}

fn buy_get(
    offer: &BuyGet,
    members: &[usize],
    most: i64,
    alone: bool,
    basket: &mut Basket<'_>,
) -> Result<Gain, MoneyError> {
    let (buy, get) = (i64::from(offer.buy), i64::from(offer.get));
    if get == 0 {
        return Ok(Gain::default());
    }
    let mut left = basket.pieces(alone);
    let sets = match &offer.gifts {
        None => {
            let mut dearest = Queue::new(members.to_vec());
            sets(most, &mut left, basket, |left, picks| {
                // Dearest first, so the last of a set are its cheapest.
                dearest.take(buy, left, false, picks) && dearest.take(get, left, true, picks)
            })
        }
        Some(gifts) => {
            let gifts = basket.members(gifts);
            // What is no gift is bought first, then the cheapest.
            let (both, only): (Vec<usize>, Vec<usize>) =
                members.iter().rev().partition(|good| gifts.binary_search(good).is_ok());
            let mut bought = Queue::new([only, both].concat());
            let mut given = Queue::new(gifts);
            sets(most, &mut left, basket, |left, picks| {
                given.take(get, left, true, picks) && bought.take(buy, left, false, picks)
            })
        }
    };
    let mut takes = Vec::new();
    for Sets { picks, times } in sets {
        for pick in picks {
            let quantity = pick.pieces * times * 1_000;
            let full = basket.minor(basket.price(pick.good), quantity)?;
            let off = if pick.gift { full.share(offer.off, basket.rounding)? } else { Minor::ZERO };
            takes.push(Take { good: pick.good, quantity, off });
        }
    }
    Gain::of(takes)
}

fn for_price(
    offer: ForPrice,
    members: &[usize],
    most: i64,
    alone: bool,
    basket: &mut Basket<'_>,
) -> Result<Gain, MoneyError> {
    let count = i64::from(offer.count);
    if count == 0 {
        return Ok(Gain::default());
    }
    let (mut left, mut dearest) = (basket.pieces(alone), Queue::new(members.to_vec()));
    let sets = sets(most, &mut left, basket, |left, picks| dearest.take(count, left, false, picks));
    priced(sets, offer.price, basket)
}

fn bundle(offer: &Bundle, most: i64, alone: bool, basket: &mut Basket<'_>) -> Result<Gain, MoneyError> {
    let mut queues: Vec<(i64, Queue)> = offer
        .parts
        .iter()
        .map(|part| (i64::from(part.count), Queue::new(basket.members(&part.goods))))
        .collect();
    if queues.iter().all(|(count, _)| *count == 0) {
        return Ok(Gain::default());
    }
    let mut left = basket.pieces(alone);
    let sets = sets(most, &mut left, basket, |left, picks| {
        queues.iter_mut().all(|(count, queue)| queue.take(*count, left, false, picks))
    });
    priced(sets, offer.price, basket)
}

/// Sets for a price each, as long as that is less than they cost.
fn priced(sets: Vec<Sets>, price: Minor, basket: &Basket<'_>) -> Result<Gain, MoneyError> {
    let mut takes = Vec::new();
    for Sets { picks, times } in sets {
        let full: Vec<i64> = picks
            .iter()
            .map(|pick| basket.minor(basket.price(pick.good), pick.pieces * 1_000).map(|full| full.0))
            .collect::<Result<_, _>>()?;
        let one = Minor::sum(full.iter().map(|full| Minor(*full)))?.minus(price)?;
        if one.0 <= 0 {
            continue;
        }
        let off = Minor(one.0.checked_mul(times).ok_or(MoneyError::Overflow)?).split(&full)?;
        let take = |(pick, off): (&Pick, Minor)| Take {
            good: pick.good,
            quantity: pick.pieces * times * 1_000,
            off,
        };
        takes.extend(picks.iter().zip(off).map(take));
    }
    Gain::of(takes)
}

/// As many sets as there are, by one way of putting the next one together.
fn sets(
    most: i64,
    left: &mut [i64],
    basket: &mut Basket<'_>,
    mut next: impl FnMut(&mut [i64], &mut Vec<Pick>) -> bool,
) -> Vec<Sets> {
    let (mut all, mut done) = (Vec::new(), 0_i64);
    while done < most {
        let mut picks = Vec::new();
        if !next(left, &mut picks) || picks.is_empty() {
            break;
        }
        basket.steps += picks.len() as u64;
        let sets = repeated(picks, left, most - done);
        done = done.saturating_add(sets.times);
        all.push(sets);
    }
    all
}
