//! Charge: what each tax of one amount comes to.
//!
//! Each tax is a share of the unknown net amount and an amount known. The price is the net amount with the taxes inside it,
//! which gives the net amount exactly; taxes inside are rounded only then. Those on top are then charged in order, on the net
//! amount and those before them that are in their base. So what a customer reads on the shelf is never more at the till than
//! by what comes on top.

use super::{TaxRate, TaxSettings, Taxable};
use crate::money::{Minor, MoneyError, Rate, Rounding};

/// Charges every tax of an amount, in order.
pub(super) fn charge(of: &Taxable<'_>, settings: TaxSettings, digits: u32) -> Result<Vec<Minor>, MoneyError> {
    let inside = inside(of, settings, digits)?;
    let net = of.amount.minus(Minor::sum(inside.iter().flatten().copied())?)?;
    let mut charged: Vec<Minor> = Vec::with_capacity(of.rates.len());
    for (at, rate) in of.rates.iter().enumerate() {
        let tax = match inside.get(at).copied().flatten() {
            Some(tax) => tax,
            None => {
                let earlier = of.rates.iter().zip(&charged);
                let in_base = earlier.filter(|(earlier, _)| rate.is_charged_on(earlier)).map(|(_, tax)| *tax);
                on(net.plus(Minor::sum(in_base)?)?, at, of, settings, digits)?
            }
        };
        charged.push(tax);
    }
    Ok(charged)
}

fn on(
    base: Minor,
    at: usize,
    of: &Taxable<'_>,
    settings: TaxSettings,
    digits: u32,
) -> Result<Minor, MoneyError> {
    let rate = &of.rates[at];
    match rate.per_unit {
        Some(per_unit) => per_unit.times(of.quantity, digits, settings.rounding),
        None if rate.of_gross => {
            Fraction::whole(base).times(Fraction::share(of.rates, at, settings)?)?.rounded(settings.rounding)
        }
        None => base.share(rate.rate, settings.rounding),
    }
}

/// The amount of each tax that is inside the price, nothing for those on top.
fn inside(of: &Taxable<'_>, settings: TaxSettings, digits: u32) -> Result<Vec<Option<Minor>>, MoneyError> {
    let is_inside = |rate: &TaxRate| rate.is_included(settings);
    if !of.rates.iter().any(is_inside) {
        return Ok(vec![None; of.rates.len()]);
    }
    let is_plain = |at: usize| {
        let rate = &of.rates[at];
        rate.per_unit.is_none() && !rate.of_gross && !of.rates[..at].iter().any(|e| rate.is_charged_on(e))
    };
    let are_plain = (0..of.rates.len()).all(|at| !is_inside(&of.rates[at]) || is_plain(at));
    if settings.each_rounded || !are_plain {
        return one_by_one(of, settings, digits);
    }
    let rates: Vec<Rate> = of.rates.iter().filter(|rate| is_inside(rate)).map(|rate| rate.rate).collect();
    let mut amounts = together(of.amount, &rates, settings.rounding)?.into_iter();
    Ok(of.rates.iter().map(|rate| if is_inside(rate) { amounts.next() } else { None }).collect())
}

/// Rates on the same base: their sum is taken out and rounded once, then shared out.
fn together(amount: Minor, rates: &[Rate], rounding: Rounding) -> Result<Vec<Minor>, MoneyError> {
    let weights: Vec<i64> = rates.iter().map(|rate| rate.0).collect();
    amount.included_share(Rate::sum(rates.iter().copied())?, rounding)?.split(&weights)
}

/// `share × net + known`, first of each tax, then of the price.
fn one_by_one(
    of: &Taxable<'_>,
    settings: TaxSettings,
    digits: u32,
) -> Result<Vec<Option<Minor>>, MoneyError> {
    let mut parts: Vec<(Fraction, Fraction)> = Vec::with_capacity(of.rates.len());
    let (mut shares, mut known) = (Fraction::ONE, Fraction::ZERO);
    for (at, rate) in of.rates.iter().enumerate() {
        let part = if rate.per_unit.is_some() {
            (Fraction::ZERO, Fraction::whole(on(Minor::ZERO, at, of, settings, digits)?))
        } else {
            let (mut base, mut more) = (Fraction::ONE, Fraction::ZERO);
            for (_, part) in of.rates.iter().zip(&parts).filter(|(earlier, _)| rate.is_charged_on(earlier)) {
                (base, more) = (base.plus(part.0)?, more.plus(part.1)?);
            }
            let share = Fraction::share(of.rates, at, settings)?;
            (base.times(share)?, more.times(share)?)
        };
        if rate.is_included(settings) {
            (shares, known) = (shares.plus(part.0)?, known.plus(part.1)?);
        }
        parts.push(part);
    }
    let net = Fraction::whole(of.amount).plus(known.negated())?.times(shares.inverted()?)?;
    let amount = |(rate, (share, known)): (&TaxRate, (Fraction, Fraction))| {
        let exact = || share.times(net)?.plus(known)?.rounded(settings.rounding);
        rate.is_included(settings).then(exact).transpose()
    };
    of.rates.iter().zip(parts).map(amount).collect()
}

/// A fraction in lowest terms; what is below the line is positive.
#[derive(Clone, Copy)]
struct Fraction {
    above: i128,
    below: i128,
}

impl Fraction {
    const ZERO: Self = Self { above: 0, below: 1 };
    const ONE: Self = Self { above: 1, below: 1 };

    fn new(above: i128, below: i128) -> Result<Self, MoneyError> {
        let (mut a, mut b) = (above.unsigned_abs(), below.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let common = i128::try_from(a).map_err(|_| MoneyError::Overflow)?;
        if common == 0 || below <= 0 {
            return Err(MoneyError::Overflow);
        }
        Ok(Self { above: above / common, below: below / common })
    }

    fn whole(amount: Minor) -> Self {
        Self { above: i128::from(amount.0), below: 1 }
    }

    /// What is added to a base: a share of it; or of what it is with this tax and those of its kind beside it.
    fn share(rates: &[TaxRate], at: usize, settings: TaxSettings) -> Result<Self, MoneyError> {
        let rate = &rates[at];
        if !rate.of_gross {
            return Self::new(i128::from(rate.rate.0), 1_000_000);
        }
        let bases = |at: usize| -> Vec<usize> {
            (0..at).filter(|earlier| rates[at].is_charged_on(&rates[*earlier])).collect()
        };
        let is_beside = |other: &usize| {
            rates[*other].of_gross
                && rates[*other].is_included(settings) == rate.is_included(settings)
                && bases(*other) == bases(at)
        };
        let beside = (0..rates.len()).filter(is_beside).map(|other| i128::from(rates[other].rate.0));
        Self::new(i128::from(rate.rate.0), 1_000_000 - beside.sum::<i128>())
    }

    fn plus(self, other: Self) -> Result<Self, MoneyError> {
        let left = self.above.checked_mul(other.below);
        let right = other.above.checked_mul(self.below);
        let above = left.zip(right).and_then(|(left, right)| left.checked_add(right));
        let below = self.below.checked_mul(other.below);
        let (above, below) = above.zip(below).ok_or(MoneyError::Overflow)?;
        Self::new(above, below)
    }

    fn times(self, other: Self) -> Result<Self, MoneyError> {
        let above = self.above.checked_mul(other.above);
        let below = self.below.checked_mul(other.below);
        let (above, below) = above.zip(below).ok_or(MoneyError::Overflow)?;
        Self::new(above, below)
    }

    fn negated(self) -> Self {
        Self { above: -self.above, below: self.below }
    }

    fn inverted(self) -> Result<Self, MoneyError> {
        let above = self.below.checked_mul(self.above.signum()).ok_or(MoneyError::Overflow)?;
        Self::new(above, self.above.checked_abs().ok_or(MoneyError::Overflow)?)
    }

    fn rounded(self, rounding: Rounding) -> Result<Minor, MoneyError> {
        rounding.divide(self.above, self.below).map(Minor)
    }
}
