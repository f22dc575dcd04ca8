//! Tax: what a sale owes, by category, date and the store's way of rounding.
//! Lives here: tax categories with dated rates, inclusive and exclusive prices, rounding per line or per sale.
//! May use: money, calendar, ids. Never: a clock (the sale's own date is an argument), a country's law hard-coded.
//! Invariant: for every line net + tax = gross; the lines' taxes add up to the sale's taxes.

use crate::calendar::Day;
use crate::ids::TaxCategoryId;
use crate::money::{Minor, MoneyError, Rate, Rounding, largest_first};
use serde::{Deserialize, Serialize};

/// What a product is for tax purposes, with the rates of each period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaxCategory {
    /// Its id.
    pub id: TaxCategoryId,
    /// As the shop calls it: "Standard", "Reduced", "Zero".
    pub name: String,
    /// Periods, oldest first; each holds until the next begins.
    pub periods: Vec<TaxPeriod>,
}

/// The rates from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaxPeriod {
    /// First day, on the shop's calendar.
    pub from: Day,
    /// The rates that apply together on the same base (one VAT; or state, county and city).
    pub rates: Vec<TaxRate>,
}

/// One tax.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaxRate {
    /// As on the receipt: "VAT", "State tax".
    pub name: String,
    /// How much, in parts per million.
    pub rate: Rate,
}

impl TaxCategory {
    /// The rates of a day; none before the first period.
    pub fn on(&self, day: Day) -> &[TaxRate] {
        self.periods
            .iter()
            .filter(|period| period.from <= day)
            .max_by_key(|period| period.from)
            .map_or(&[], |p| &p.rates)
    }
}

/// How a store prices and rounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaxSettings {
    /// Do shelf prices hold the tax?
    pub prices_include_tax: bool,
    /// Where the tax is rounded.
    pub rounded: RoundedPer,
    /// Which way halves go.
    pub rounding: Rounding,
}

/// Where tax is rounded to minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoundedPer {
    /// Each line, then added.
    #[default]
    Line,
    /// Once, on the sum of the lines of a rate.
    Sale,
}

/// A line's amount as priced (with tax inside when prices include it), and the rates it falls under.
#[derive(Clone, Debug)]
pub struct Taxable<'a> {
    /// After every discount.
    pub amount: Minor,
    /// Rates of the line's category on the sale's day.
    pub rates: &'a [TaxRate],
}

/// The tax of one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LineTax {
    /// Without tax.
    pub net: Minor,
    /// Each tax, in the order of the category's rates.
    pub taxes: Vec<TaxAmount>,
    /// With tax.
    pub gross: Minor,
}

/// An amount of one tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaxAmount {
    /// The tax's name.
    pub name: String,
    /// Its rate.
    pub rate: Rate,
    /// What it is charged on.
    pub net: Minor,
    /// How much.
    pub tax: Minor,
}

/// Taxes every line of a sale. The result has a place for each line, in order.
pub fn tax_lines(lines: &[Taxable<'_>], settings: TaxSettings) -> Result<Vec<LineTax>, MoneyError> {
    match settings.rounded {
        RoundedPer::Line => lines.iter().map(|line| tax_amount(line.amount, line.rates, settings)).collect(),
        RoundedPer::Sale => tax_by_group(lines, settings),
    }
}

/// The taxes of a sale, one row a rate, in order of first appearance.
pub fn total_taxes<'a>(lines: impl IntoIterator<Item = &'a LineTax>) -> Result<Vec<TaxAmount>, MoneyError> {
    let mut totals: Vec<TaxAmount> = Vec::new();
    for part in lines.into_iter().flat_map(|line| &line.taxes) {
        match totals.iter_mut().find(|t| t.name == part.name && t.rate == part.rate) {
            Some(total) => {
                total.net = total.net.plus(part.net)?;
                total.tax = total.tax.plus(part.tax)?;
            }
            None => totals.push(part.clone()),
        }
    }
    Ok(totals)
}

fn tax_amount(amount: Minor, rates: &[TaxRate], settings: TaxSettings) -> Result<LineTax, MoneyError> {
    let (net, parts) = if settings.prices_include_tax {
        let whole = Rate::sum(rates.iter().map(|r| r.rate))?;
        let tax = amount.included_share(whole, settings.rounding)?;
        let weights: Vec<i64> = rates.iter().map(|r| r.rate.0).collect();
        (amount.minus(tax)?, tax.split(&weights)?)
    } else {
        let parts: Result<Vec<_>, _> =
            rates.iter().map(|r| amount.share(r.rate, settings.rounding)).collect();
        (amount, parts?)
    };
    let gross = net.plus(Minor::sum(parts.iter().copied())?)?;
    let taxes =
        rates.iter().zip(parts).map(|(r, tax)| TaxAmount { name: r.name.clone(), rate: r.rate, net, tax });
    Ok(LineTax { net, taxes: taxes.collect(), gross })
}

/// Taxes the sum of the lines that share their rates, then hands the result back to the lines so that it adds up:
/// each line first gets its own share rounded down, the rest goes to the largest remainders.
fn tax_by_group(lines: &[Taxable<'_>], settings: TaxSettings) -> Result<Vec<LineTax>, MoneyError> {
    let mut done: Vec<Option<LineTax>> = vec![None; lines.len()];
    for first in 0..lines.len() {
        if done[first].is_some() {
            continue;
        }
        let rates = lines[first].rates;
        let members: Vec<usize> = (first..lines.len()).filter(|at| lines[*at].rates == rates).collect();
        let sum = Minor::sum(members.iter().map(|at| lines[*at].amount))?;
        let group = tax_amount(sum, rates, settings)?;
        let amounts: Vec<i64> = members.iter().map(|at| lines[*at].amount.0).collect();
        let mut shares: Vec<Vec<Minor>> = Vec::with_capacity(rates.len());
        for part in &group.taxes {
            shares.push(spread(part.tax, &amounts)?);
        }
        for (row, at) in members.iter().enumerate() {
            let amount = lines[*at].amount;
            let tax = Minor::sum(shares.iter().map(|share| share[row]))?;
            let net = if settings.prices_include_tax { amount.minus(tax)? } else { amount };
            let taxes = rates.iter().zip(&shares).map(|(rate, share)| TaxAmount {
                name: rate.name.clone(),
                rate: rate.rate,
                net,
                tax: share[row],
            });
            done[*at] = Some(LineTax { net, taxes: taxes.collect(), gross: net.plus(tax)? });
        }
    }
    Ok(done.into_iter().flatten().collect())
}

/// Spreads a tax over signed amounts in proportion, adding up exactly. Where the amounts cancel out to nothing the
/// tax is zero or a rounding crumb, which the largest line takes.
fn spread(tax: Minor, amounts: &[i64]) -> Result<Vec<Minor>, MoneyError> {
    let sum: i128 = amounts.iter().map(|a| i128::from(*a)).sum();
    if sum == 0 {
        let mut parts = vec![Minor::ZERO; amounts.len()];
        let largest =
            amounts.iter().enumerate().max_by_key(|(_, a)| a.unsigned_abs()).map_or(0, |(at, _)| at);
        if let Some(part) = parts.get_mut(largest) {
            *part = tax;
        }
        return Ok(parts);
    }
    let mut parts = Vec::with_capacity(amounts.len());
    let mut remainders = Vec::with_capacity(amounts.len());
    let mut given: i128 = 0;
    for (at, amount) in amounts.iter().enumerate() {
        let exact = i128::from(tax.0).checked_mul(i128::from(*amount)).ok_or(MoneyError::Overflow)?;
        let (exact, whole) = if sum < 0 { (-exact, -sum) } else { (exact, sum) };
        let floor = exact.div_euclid(whole);
        parts.push(floor);
        remainders.push((exact.rem_euclid(whole), at));
        given += floor;
    }
    for at in largest_first(remainders, i128::from(tax.0) - given) {
        parts[at] += 1;
    }
    parts.into_iter().map(|p| i64::try_from(p).map(Minor).map_err(|_| MoneyError::Overflow)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vat(percent: &str) -> Vec<TaxRate> {
        vec![TaxRate { name: "VAT".into(), rate: Rate::parse_percent(percent).unwrap() }]
    }

    fn settings(include: bool, rounded: RoundedPer) -> TaxSettings {
        TaxSettings { prices_include_tax: include, rounded, rounding: Rounding::HalfAwayFromZero }
    }

    #[test]
    fn a_sale_is_taxed_at_the_rate_of_its_own_day() {
        let period = |from: &str, percent| TaxPeriod { from: Day::parse(from).unwrap(), rates: vat(percent) };
        let standard = TaxCategory {
            id: TaxCategoryId(uuid::Uuid::nil()),
            name: "Standard".into(),
            periods: vec![
                period("2008-12-01", "15"),
                period("2010-01-01", "17.5"),
                period("2011-01-04", "20"),
            ],
        };
        let rate = |day: &str| standard.on(Day::parse(day).unwrap()).first().map(|r| r.rate.to_percent());
        assert_eq!(rate("2008-11-30"), None);
        assert_eq!(rate("2009-12-31").as_deref(), Some("15"));
        assert_eq!(rate("2010-01-01").as_deref(), Some("17.5"));
        assert_eq!(rate("2011-01-04").as_deref(), Some("20"));
    }

    #[test]
    fn line_and_sale_rounding_differ_where_they_should() {
        let rates = vat("20");
        let lines: Vec<_> =
            [101, 101, 101].iter().map(|a| Taxable { amount: Minor(*a), rates: &rates }).collect();
        let tax = |include, rounded| {
            let lines = tax_lines(&lines, settings(include, rounded)).unwrap();
            total_taxes(&lines).unwrap()[0].tax.0
        };
        assert_eq!(tax(false, RoundedPer::Line), 60);
        assert_eq!(tax(false, RoundedPer::Sale), 61);
        assert_eq!(tax(true, RoundedPer::Line), 51);
        assert_eq!(tax(true, RoundedPer::Sale), 51);
    }

    #[test]
    fn taxes_on_the_same_base_stand_apart_and_add_up() {
        let rates: Vec<TaxRate> = [("State", "6.25"), ("County", "1"), ("City", "1.5")]
            .map(|(name, p)| TaxRate { name: name.into(), rate: Rate::parse_percent(p).unwrap() })
            .into();
        let line = [Taxable { amount: Minor(10_875), rates: &rates }];
        let included = tax_lines(&line, settings(true, RoundedPer::Line)).unwrap();
        assert_eq!(included[0].net, Minor(10_000));
        assert_eq!(included[0].taxes.iter().map(|t| t.tax.0).collect::<Vec<_>>(), [625, 100, 150]);
    }

    proptest! {
        #[test]
        fn lines_add_up_in_every_mode(
            amounts in prop::collection::vec((-50_000_i64..50_000, 0_usize..3), 1..30),
            include: bool, per_sale: bool,
        ) {
            let categories = [vat("20"), vat("5"), vec![]];
            let lines: Vec<_> =
                amounts.iter().map(|(a, c)| Taxable { amount: Minor(*a), rates: &categories[*c] }).collect();
            let mode = settings(include, if per_sale { RoundedPer::Sale } else { RoundedPer::Line });
            let taxed = tax_lines(&lines, mode).unwrap();
            prop_assert_eq!(taxed.len(), lines.len());
            for (line, tax) in lines.iter().zip(&taxed) {
                let sum = Minor::sum(tax.taxes.iter().map(|t| t.tax)).unwrap();
                prop_assert_eq!(tax.net.plus(sum).unwrap(), tax.gross);
                prop_assert_eq!(if include { tax.gross } else { tax.net }, line.amount);
            }
            let totals = total_taxes(&taxed).unwrap();
            let gross = Minor::sum(taxed.iter().map(|t| t.gross)).unwrap();
            let net = Minor::sum(taxed.iter().map(|t| t.net)).unwrap();
            prop_assert_eq!(net.plus(Minor::sum(totals.iter().map(|t| t.tax)).unwrap()).unwrap(), gross);
        }

        #[test]
        fn a_full_return_is_the_exact_negative(
            amounts in prop::collection::vec(-50_000_i64..50_000, 1..20), include: bool, per_sale: bool,
        ) {
            let rates = vat("17.5");
            let mode = settings(include, if per_sale { RoundedPer::Sale } else { RoundedPer::Line });
            let sold: Vec<_> = amounts.iter().map(|a| Taxable { amount: Minor(*a), rates: &rates }).collect();
            let back: Vec<_> = amounts.iter().map(|a| Taxable { amount: Minor(-*a), rates: &rates }).collect();
            let total = |lines: &[Taxable<'_>]| {
                let taxed = tax_lines(lines, mode).unwrap();
                Minor::sum(taxed.iter().map(|t| t.gross)).unwrap().0
            };
            prop_assert_eq!(total(&sold), -total(&back));
        }
    }
}
