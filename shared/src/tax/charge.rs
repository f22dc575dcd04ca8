//! Charge: what each tax of one amount comes to.
//!
//! Two passes. First the taxes inside the price are taken out of it, as if there were no other: what is left is the net
//! amount. Then all are charged in order on the net amount and on those before them that are in their base. So a fee on
//! top that VAT is charged on makes the VAT larger than the price holds; the difference comes on top as well.

use super::{TaxRate, TaxSettings, Taxable};
use crate::money::{Minor, MoneyError, Rate, Rounding};

/// What one tax comes to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Charge {
    /// All of it.
    pub tax: Minor,
    /// Of a tax inside the price: the part that is not in it.
    pub on_top: Minor,
}

/// Charges every tax of an amount, in order.
pub(super) fn charge(
    of: &Taxable<'_>,
    settings: TaxSettings,
    digits: u32,
) -> Result<Vec<Charge>, MoneyError> {
    let inside = inside(of, settings, digits)?;
    let net = of.amount.minus(Minor::sum(inside.iter().flatten().copied())?)?;
    let mut charges: Vec<Charge> = Vec::with_capacity(of.rates.len());
    for (at, rate) in of.rates.iter().enumerate() {
        let held = inside.get(at).copied().flatten();
        let mut base = net;
        let mut has_more = held.is_none();
        for (earlier, (charge, held)) in of.rates.iter().zip(charges.iter().zip(&inside)) {
            if rate.is_charged_on(earlier) {
                base = base.plus(charge.tax)?;
                has_more |= held.is_none();
            }
        }
        let tax = match held {
            Some(tax) if !has_more || rate.per_unit.is_some() => tax,
            _ => on(base, rate, of, settings.rounding, digits)?,
        };
        let on_top = held.map_or(Ok(Minor::ZERO), |held| tax.minus(held))?;
        charges.push(Charge { tax, on_top });
    }
    Ok(charges)
}

fn on(
    base: Minor,
    rate: &TaxRate,
    of: &Taxable<'_>,
    rounding: Rounding,
    digits: u32,
) -> Result<Minor, MoneyError> {
    if let Some(per_unit) = rate.per_unit {
        return per_unit.times(of.quantity, digits, rounding);
    }
    if rate.of_gross {
        return Fraction::whole(base).times(Fraction::share(rate)?)?.rounded(rounding);
    }
    base.share(rate.rate, rounding)
}

/// The amount of each tax that is inside the price, nothing for those on top.
fn inside(of: &Taxable<'_>, settings: TaxSettings, digits: u32) -> Result<Vec<Option<Minor>>, MoneyError> {
    let included: Vec<&TaxRate> = of.rates.iter().filter(|rate| rate.is_included(settings)).collect();
    let are_plain = |rates: &[&TaxRate]| {
        let on_another = |at: usize| rates[..at].iter().any(|earlier| rates[at].is_charged_on(earlier));
        (0..rates.len()).all(|at| rates[at].per_unit.is_none() && !rates[at].of_gross && !on_another(at))
    };
    let amounts = if included.is_empty() {
        Vec::new()
    } else if !settings.each_rounded && are_plain(&included) {
        together(of.amount, &included, settings.rounding)?
    } else {
        one_by_one(of, &included, settings.rounding, digits)?
    };
    let mut amounts = amounts.into_iter();
    Ok(of.rates.iter().map(|rate| if rate.is_included(settings) { amounts.next() } else { None }).collect())
}

/// Rates on the same base: their sum is taken out and rounded once, then shared out.
fn together(amount: Minor, rates: &[&TaxRate], rounding: Rounding) -> Result<Vec<Minor>, MoneyError> {
    let whole = Rate::sum(rates.iter().map(|rate| rate.rate))?;
    let weights: Vec<i64> = rates.iter().map(|rate| rate.rate.0).collect();
    amount.included_share(whole, rounding)?.split(&weights)
}

/// Each tax is a share of the unknown net amount and an amount known: `share × net + known`. So is the price, which gives
/// the net amount exactly; each tax is rounded only then.
fn one_by_one(
    of: &Taxable<'_>,
    rates: &[&TaxRate],
    rounding: Rounding,
    digits: u32,
) -> Result<Vec<Minor>, MoneyError> {
    let mut parts: Vec<(Fraction, Fraction)> = Vec::with_capacity(rates.len());
    let (mut shares, mut known) = (Fraction::ONE, Fraction::ZERO);
    for (at, rate) in rates.iter().enumerate() {
        let part = match rate.per_unit {
            Some(_) => (Fraction::ZERO, Fraction::whole(on(Minor::ZERO, rate, of, rounding, digits)?)),
            None => {
                let (mut base, mut more) = (Fraction::ONE, Fraction::ZERO);
                for (earlier, part) in rates[..at].iter().zip(&parts) {
                    if rate.is_charged_on(earlier) {
                        base = base.plus(part.0)?;
                        more = more.plus(part.1)?;
                    }
                }
                let share = Fraction::share(rate)?;
                (base.times(share)?, more.times(share)?)
            }
        };
        shares = shares.plus(part.0)?;
        known = known.plus(part.1)?;
        parts.push(part);
    }
    let net = Fraction::whole(of.amount).plus(known.negated())?.times(shares.inverted()?)?;
    parts.into_iter().map(|(share, known)| share.times(net)?.plus(known)?.rounded(rounding)).collect()
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

    /// What is added to a base: a share of it, or of what it is with the tax in it.
    fn share(rate: &TaxRate) -> Result<Self, MoneyError> {
        let whole = if rate.of_gross { 1_000_000_i128 - i128::from(rate.rate.0) } else { 1_000_000 };
        Self::new(i128::from(rate.rate.0), whole)
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
        Self::new(self.below.checked_mul(self.above.signum()).ok_or(MoneyError::Overflow)?, self.above.abs())
    }

    fn rounded(self, rounding: Rounding) -> Result<Minor, MoneyError> {
        rounding.divide(self.above, self.below).map(Minor)
    }
}
