//! Tax: what a sale owes, by category, date and the store's way of rounding.
//! Lives here: tax categories with dated taxes, inside the price or on top, on each other or side by side, a share or an
//! amount a unit; rounding per line or per sale. May use: money, calendar, ids.
//! Never: a clock (the sale's own date is an argument), a country's law hard-coded.
//! Invariant: for every line net + tax = gross; the lines' taxes add up to the sale's taxes.

mod charge;

use crate::calendar::Day;
use crate::ids::TaxCategoryId;
use crate::money::{Minor, MoneyError, Quantity, Rate, Rounding, UnitPrice, largest_first};
use charge::charge;
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
    /// The taxes that apply together, in the order they are charged (one VAT; or state, county and city).
    pub rates: Vec<TaxRate>,
}

/// One tax. Most have a name and a rate and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaxRate {
    /// As on the receipt: "VAT", "State tax".
    pub name: String,
    /// How much, in parts per million; nothing for an amount a unit.
    pub rate: Rate,
    /// An amount a unit instead of a rate: a deposit, an eco fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_unit: Option<UnitPrice>,
    /// Is it inside the price? As the store has it unless it is said here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub included: Option<bool>,
    /// Are the taxes after it charged on it too?
    #[serde(default, skip_serializing_if = "is_default")]
    pub in_later_bases: bool,
    /// Which of the taxes before it are in what it is charged on.
    #[serde(default, skip_serializing_if = "is_default")]
    pub charged_on: ChargedOn,
    /// Is the rate a share of the amount that holds the tax (10 % of it: 100.00 without, 111.11 with)?
    #[serde(default, skip_serializing_if = "is_default")]
    pub of_gross: bool,
}

/// What a tax is charged on, beside the net amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChargedOn {
    /// The earlier taxes that say so of themselves ([`TaxRate::in_later_bases`]).
    #[default]
    Marked,
    /// No other tax.
    Net,
    /// Every earlier tax.
    EveryEarlier,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl TaxRate {
    /// A tax of this rate, as the store includes it.
    pub fn of(name: String, rate: Rate) -> Self {
        Self { name, rate, ..Self::default() }
    }

    fn is_included(&self, settings: TaxSettings) -> bool {
        self.included.unwrap_or(settings.prices_include_tax)
    }

    fn is_charged_on(&self, earlier: &Self) -> bool {
        match self.charged_on {
            ChargedOn::Marked => earlier.in_later_bases,
            ChargedOn::Net => false,
            ChargedOn::EveryEarlier => true,
        }
    }
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

    /// Can every sale be taxed by it? Names are there, rates lie from 0 to 100 %, and large amounts can be worked out.
    pub fn is_usable(&self) -> bool {
        let usable = |rate: &TaxRate| {
            !rate.name.trim().is_empty()
                && (0..=1_000_000).contains(&rate.rate.0)
                && rate.per_unit.is_none_or(|amount| (0..=MOST_PER_UNIT.0).contains(&amount.0))
        };
        self.periods.iter().all(|period| period.rates.iter().all(usable) && fits(&period.rates))
    }
}

/// Can large amounts be worked out by these taxes? The fractions of many odd rates on each other are too long.
fn fits(rates: &[TaxRate]) -> bool {
    let line = Taxable { amount: Minor(1_000_000_000_000), quantity: Quantity(1_000_000), rates };
    [true, false].into_iter().all(|prices_include_tax| {
        let settings = TaxSettings { prices_include_tax, each_rounded: true, ..TaxSettings::default() };
        tax_line(&line, settings, 2).is_ok()
    })
}

/// The largest amount a unit: a million.
const MOST_PER_UNIT: UnitPrice = UnitPrice(10_000_000_000);

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
    /// Is each of several taxes inside a price rounded by itself? Otherwise they are rounded once together and shared out.
    #[serde(default, skip_serializing_if = "is_default")]
    pub each_rounded: bool,
    /// Decimals a unit price is rounded to before it is multiplied; four, all it has, unless it is said here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price_digits: Option<u8>,
}

impl TaxSettings {
    /// A unit price with the decimals this store takes.
    pub fn unit_price(self, price: UnitPrice) -> Result<UnitPrice, MoneyError> {
        match self.unit_price_digits {
            Some(digits) => price.rounded_to(digits.into(), self.rounding),
            None => Ok(price),
        }
    }
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
    /// Each unit, then multiplied, as some web shops do.
    Unit,
}

/// A line's amount as priced (with those taxes inside that prices include), and the taxes it falls under.
#[derive(Clone, Copy, Debug)]
pub struct Taxable<'a> {
    /// After every discount.
    pub amount: Minor,
    /// How much of it, for taxes that are an amount a unit.
    pub quantity: Quantity,
    /// Taxes of the line's category on the sale's day.
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
    /// An amount a unit instead of a rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_unit: Option<UnitPrice>,
    /// Is it inside the price? As the sale's settings have it unless it is said here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub included: Option<bool>,
    /// What it is charged on: the net amount, and other taxes where it is charged on them.
    pub net: Minor,
    /// How much.
    pub tax: Minor,
}

impl TaxAmount {
    /// Its rate as a percentage; nothing for an amount a unit.
    pub fn percent(&self) -> Option<String> {
        self.per_unit.is_none().then(|| self.rate.to_percent())
    }

    fn is_same_tax(&self, other: &Self) -> bool {
        self.name == other.name
            && self.rate == other.rate
            && self.per_unit == other.per_unit
            && self.included == other.included
    }
}

impl LineTax {
    /// The price these taxes were worked out of: the net amount with the taxes inside it.
    pub fn priced(&self, prices_include_tax: bool) -> Result<Minor, MoneyError> {
        self.taxes
            .iter()
            .filter(|part| part.included.unwrap_or(prices_include_tax))
            .try_fold(self.net, |sum, part| sum.plus(part.tax))
    }
}

/// Taxes every line of a sale, in amounts with so many decimals. The result has a place for each line, in order.
pub fn tax_lines(
    lines: &[Taxable<'_>],
    settings: TaxSettings,
    digits: u32,
) -> Result<Vec<LineTax>, MoneyError> {
    match settings.rounded {
        RoundedPer::Line => lines.iter().map(|line| tax_line(line, settings, digits)).collect(),
        RoundedPer::Sale => tax_by_group(lines, settings, digits),
        RoundedPer::Unit => lines.iter().map(|line| tax_unit(line, settings, digits)).collect(),
    }
}

/// The taxes of a sale, one row a rate, in order of first appearance.
pub fn total_taxes<'a>(lines: impl IntoIterator<Item = &'a LineTax>) -> Result<Vec<TaxAmount>, MoneyError> {
    let mut totals: Vec<TaxAmount> = Vec::new();
    for part in lines.into_iter().flat_map(|line| &line.taxes) {
        match totals.iter_mut().find(|total| total.is_same_tax(part)) {
            Some(total) => {
                total.net = total.net.plus(part.net)?;
                total.tax = total.tax.plus(part.tax)?;
            }
            None => totals.push(part.clone()),
        }
    }
    Ok(totals)
}

fn tax_line(line: &Taxable<'_>, settings: TaxSettings, digits: u32) -> Result<LineTax, MoneyError> {
    let charges = charge(line, settings, digits)?;
    told(line, &charges, settings)
}

/// Taxes one unit and multiplies. What one unit costs is the line's amount, parted and rounded.
fn tax_unit(line: &Taxable<'_>, settings: TaxSettings, digits: u32) -> Result<LineTax, MoneyError> {
    if line.quantity.is_zero() {
        return tax_line(line, settings, digits);
    }
    let ratio = |amount: Minor, above: Quantity, below: Quantity| {
        let exact = i128::from(amount.0).checked_mul(above.0.into()).ok_or(MoneyError::Overflow)?;
        let exact = if below.is_negative() { -exact } else { exact };
        settings.rounding.divide(exact, i128::from(below.0).abs()).map(Minor)
    };
    let unit = Taxable {
        amount: ratio(line.amount, Quantity::ONE, line.quantity)?,
        quantity: Quantity::ONE,
        rates: line.rates,
    };
    let mut charges = charge(&unit, settings, digits)?;
    for charge in &mut charges {
        *charge = ratio(*charge, line.quantity, Quantity::ONE)?;
    }
    told(line, &charges, settings)
}

/// A line's tax from what each of its taxes comes to.
fn told(line: &Taxable<'_>, charges: &[Minor], settings: TaxSettings) -> Result<LineTax, MoneyError> {
    let mut net = line.amount;
    for (rate, charge) in line.rates.iter().zip(charges) {
        if rate.is_included(settings) {
            net = net.minus(*charge)?;
        }
    }
    let mut taxes = Vec::with_capacity(charges.len());
    for (at, (rate, charge)) in line.rates.iter().zip(charges).enumerate() {
        let before = line.rates.iter().zip(charges).take(at);
        let charged_on = before.filter(|(earlier, _)| rate.is_charged_on(earlier)).map(|(_, tax)| *tax);
        taxes.push(TaxAmount {
            name: rate.name.clone(),
            rate: rate.rate,
            per_unit: rate.per_unit,
            included: rate.included,
            net: net.plus(Minor::sum(charged_on)?)?,
            tax: *charge,
        });
    }
    let gross = net.plus(Minor::sum(charges.iter().copied())?)?;
    Ok(LineTax { net, taxes, gross })
}

/// Taxes the sum of the lines that share their taxes, then hands the result back to the lines so that it adds up:
/// each line first gets its own share rounded down, the rest goes to the largest remainders.
fn tax_by_group(
    lines: &[Taxable<'_>],
    settings: TaxSettings,
    digits: u32,
) -> Result<Vec<LineTax>, MoneyError> {
    let mut done: Vec<Option<LineTax>> = vec![None; lines.len()];
    for first in 0..lines.len() {
        if done[first].is_some() {
            continue;
        }
        let rates = lines[first].rates;
        let members: Vec<usize> = (first..lines.len()).filter(|at| lines[*at].rates == rates).collect();
        let group = Taxable {
            amount: Minor::sum(members.iter().map(|at| lines[*at].amount))?,
            quantity: Quantity::sum(members.iter().map(|at| lines[*at].quantity))?,
            rates,
        };
        let mut charges = vec![Vec::with_capacity(rates.len()); members.len()];
        for (rate, whole) in rates.iter().zip(charge(&group, settings, digits)?) {
            let weights: Vec<i64> = members
                .iter()
                .map(|at| if rate.per_unit.is_some() { lines[*at].quantity.0 } else { lines[*at].amount.0 })
                .collect();
            for (charges, part) in charges.iter_mut().zip(spread(whole, &weights)?) {
                charges.push(part);
            }
        }
        for (at, charges) in members.iter().zip(&charges) {
            done[*at] = Some(told(&lines[*at], charges, settings)?);
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
        vec![TaxRate::of("VAT".into(), Rate::parse_percent(percent).unwrap())]
    }

    fn taxable(amount: i64, rates: &[TaxRate]) -> Taxable<'_> {
        Taxable { amount: Minor(amount), quantity: Quantity::ONE, rates }
    }

    fn settings(include: bool, rounded: RoundedPer) -> TaxSettings {
        TaxSettings { prices_include_tax: include, rounded, ..TaxSettings::default() }
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
        let lines: Vec<_> = [101, 101, 101].iter().map(|a| taxable(*a, &rates)).collect();
        let tax = |include, rounded| {
            let lines = tax_lines(&lines, settings(include, rounded), 2).unwrap();
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
            .map(|(name, p)| TaxRate::of(name.into(), Rate::parse_percent(p).unwrap()))
            .into();
        let line = [taxable(10_875, &rates)];
        let included = tax_lines(&line, settings(true, RoundedPer::Line), 2).unwrap();
        assert_eq!(included[0].net, Minor(10_000));
        assert_eq!(included[0].taxes.iter().map(|t| t.tax.0).collect::<Vec<_>>(), [625, 100, 150]);
    }

    /// `21` a rate, `+0.10` an amount a unit; then `in` or `top`, `marked`, `net`, `every`, `gross`.
    fn taxes(text: &str) -> Vec<TaxRate> {
        let one = |text: &str| {
            let mut words = text.split_whitespace();
            let amount = words.next().unwrap();
            let mut rate = TaxRate { name: text.into(), ..TaxRate::default() };
            match amount.strip_prefix('+') {
                Some(amount) => rate.per_unit = Some(UnitPrice::parse(amount).unwrap()),
                None => rate.rate = Rate::parse_percent(amount).unwrap(),
            }
            for word in words {
                match word {
                    "in" => rate.included = Some(true),
                    "top" => rate.included = Some(false),
                    "marked" => rate.in_later_bases = true,
                    "net" => rate.charged_on = ChargedOn::Net,
                    "every" => rate.charged_on = ChargedOn::EveryEarlier,
                    _ => rate.of_gross = true,
                }
            }
            rate
        };
        text.split(',').map(one).collect()
    }

    #[test]
    fn taxes_inside_and_on_top_on_each_other_and_a_unit() {
        // Amount, pieces, taxes → without tax, each (base, tax), with tax.
        for (amount, pieces, text, net, each, gross) in [
            (10_000, 1, "10 top, 20 top", 10_000, vec![(10_000, 1_000), (10_000, 2_000)], 13_000),
            (10_000, 1, "10 top marked, 20 top", 10_000, vec![(10_000, 1_000), (11_000, 2_200)], 13_200),
            (13_200, 1, "10 in marked, 20 in", 10_000, vec![(10_000, 1_000), (11_000, 2_200)], 13_200),
            (13_200, 1, "10 in, 20 in every", 10_000, vec![(10_000, 1_000), (11_000, 2_200)], 13_200),
            (10_000, 1, "10 top marked, 20 top net", 10_000, vec![(10_000, 1_000), (10_000, 2_000)], 13_000),
            (10_700, 7, "+1.00 in marked, 21 top", 10_000, vec![(10_000, 700), (10_700, 2_247)], 12_947),
            (12_240, 2, "+1.00 in marked, 20 in", 10_000, vec![(10_000, 200), (10_200, 2_040)], 12_240),
            (12_000, 1, "+1.00 top marked, 21 in", 9_900, vec![(9_900, 100), (10_000, 2_100)], 12_100),
            (10_000, 1, "10 in gross, 20 in gross", 7_000, vec![(7_000, 1_000), (7_000, 2_000)], 10_000),
            (7_000, 1, "10 top gross, 20 top gross", 7_000, vec![(7_000, 1_000), (7_000, 2_000)], 10_000),
            (10_000, 1, "10 in gross", 9_000, vec![(9_000, 1_000)], 10_000),
            (9_000, 1, "10 top gross", 9_000, vec![(9_000, 1_000)], 10_000),
            (11_000, 1, "10 in, 5 top", 10_000, vec![(10_000, 1_000), (10_000, 500)], 11_500),
            (11_000, 1, "10 in marked, 5 top", 10_000, vec![(10_000, 1_000), (11_000, 550)], 11_550),
            (10_000, 1, "-15 top", 10_000, vec![(10_000, -1_500)], 8_500),
        ] {
            let rates = taxes(text);
            for sign in [1, -1] {
                let quantity = Quantity::pieces(pieces * sign).unwrap();
                let line = Taxable { amount: Minor(amount * sign), quantity, rates: &rates };
                for rounded in [RoundedPer::Line, RoundedPer::Sale] {
                    let taxed = &tax_lines(&[line], settings(true, rounded), 2).unwrap()[0];
                    let found: Vec<_> =
                        taxed.taxes.iter().map(|t| (t.net.0 * sign, t.tax.0 * sign)).collect();
                    assert_eq!(
                        (taxed.net.0 * sign, found, taxed.gross.0 * sign),
                        (net, each.clone(), gross),
                        "{text}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_unit_is_taxed_and_multiplied() {
        // Amount, thousandths, taxes inside? → tax a line, tax a unit.
        for (amount, quantity, include, per_line, per_unit) in [
            (2_997, 3_000, false, 247, 246),
            (7_000, 7_000, true, 533, 532),
            (-2_997, -3_000, false, -247, -246),
            (150, 1_500, false, 12, 12),
            (0, 2_000, true, 0, 0),
        ] {
            let rates = vat("8.25");
            let line = Taxable { amount: Minor(amount), quantity: Quantity(quantity), rates: &rates };
            let tax = |rounded| {
                let taxed = &tax_lines(&[line], settings(include, rounded), 2).unwrap()[0];
                assert_eq!(taxed.priced(include), Ok(line.amount));
                taxed.taxes[0].tax.0
            };
            let found = (tax(RoundedPer::Line), tax(RoundedPer::Unit));
            assert_eq!(found, (per_line, per_unit), "{amount} for {quantity}");
        }
    }

    #[test]
    fn taxes_inside_a_price_are_rounded_together_or_each() {
        let rates = taxes("8 in, 2 in");
        let line = [taxable(107, &rates)];
        let found = |each_rounded| {
            let settings = TaxSettings { each_rounded, ..settings(true, RoundedPer::Line) };
            tax_lines(&line, settings, 2).unwrap()[0].taxes.iter().map(|t| t.tax.0).collect::<Vec<_>>()
        };
        assert_eq!(found(false), [8, 2], "9.73 to 10");
        assert_eq!(found(true), [8, 2], "7.78 and 1.95");
        let line = [taxable(104, &rates)];
        let found = |each_rounded| {
            let settings = TaxSettings { each_rounded, ..settings(true, RoundedPer::Line) };
            tax_lines(&line, settings, 2).unwrap()[0].taxes.iter().map(|t| t.tax.0).collect::<Vec<_>>()
        };
        assert_eq!(found(false), [7, 2], "9.45 to 9: 7.2 and 1.8");
        assert_eq!(found(true), [8, 2], "7.56 and 1.89");
    }

    #[test]
    fn a_plain_tax_is_written_as_it_always_was() {
        let text = r#"{"name":"VAT","rate":200000}"#;
        let rate: TaxRate = serde_json::from_str(text).unwrap();
        assert_eq!(rate, vat("20")[0]);
        assert_eq!(serde_json::to_string(&rate).unwrap(), text);
        let amount = &tax_lines(&[taxable(120, &[rate])], settings(true, RoundedPer::Line), 2).unwrap()[0];
        let text = r#"{"net":100,"taxes":[{"name":"VAT","rate":200000,"net":100,"tax":20}],"gross":120}"#;
        assert_eq!(serde_json::to_string(amount).unwrap(), text);
        let text = r#"{"prices_include_tax":true,"rounded":"line","rounding":"half_away_from_zero"}"#;
        assert_eq!(serde_json::to_string(&settings(true, RoundedPer::Line)).unwrap(), text);
    }

    #[test]
    fn a_tax_that_could_stop_a_sale_is_not_usable() {
        let category = |rates: Vec<TaxRate>| TaxCategory {
            id: TaxCategoryId(uuid::Uuid::nil()),
            name: "Any".into(),
            periods: vec![TaxPeriod { from: Day::from_number(0), rates }],
        };
        for text in ["20", "0", "100", "99.9999 in gross", "6.25,1,1.625", "+0.25 in marked,19", ""] {
            let rates = if text.is_empty() { vec![] } else { taxes(text) };
            assert!(category(rates).is_usable(), "{text}");
        }
        for text in ["100.0001", "-1", "100 gross", "+-1", "+1000000.01"] {
            assert!(!category(taxes(text)).is_usable(), "{text}");
        }
        let many = ["33.3333 in marked"; 8].join(",");
        assert!(!category(taxes(&many)).is_usable(), "its fractions do not fit");
    }

    fn any_tax() -> impl Strategy<Value = TaxRate> {
        let rate = prop_oneof![
            4 => (-800_i64..1_600).prop_map(|rate| (rate * 250, None)),
            1 => (0_i64..50_000).prop_map(|per_unit| (0, Some(UnitPrice(per_unit)))),
        ];
        let on = prop_oneof![Just(ChargedOn::Marked), Just(ChargedOn::Net), Just(ChargedOn::EveryEarlier)];
        (rate, any::<Option<bool>>(), any::<bool>(), on, any::<bool>()).prop_map(
            |((rate, per_unit), included, in_later_bases, charged_on, of_gross)| TaxRate {
                name: "T".into(),
                rate: Rate(rate),
                per_unit,
                included,
                in_later_bases,
                charged_on,
                of_gross,
            },
        )
    }

    proptest! {
        #[test]
        fn any_taxes_add_up(
            sets in prop::collection::vec(prop::collection::vec(any_tax(), 0..4), 1..4),
            sold in prop::collection::vec((-50_000_i64..50_000, -9_i64..9, 0_usize..3), 1..12),
            include: bool, per: u8, each_rounded: bool,
        ) {
            prop_assume!(sets.iter().all(|set| fits(set)));
            let lines: Vec<_> = sold.iter().map(|(amount, pieces, set)| Taxable {
                amount: Minor(*amount),
                quantity: Quantity::pieces(*pieces).unwrap(),
                rates: &sets[set % sets.len()],
            }).collect();
            let rounded = [RoundedPer::Line, RoundedPer::Sale, RoundedPer::Unit][usize::from(per % 3)];
            let mode = TaxSettings { each_rounded, ..settings(include, rounded) };
            let taxed = tax_lines(&lines, mode, 2).unwrap();
            for (line, tax) in lines.iter().zip(&taxed) {
                let sum = Minor::sum(tax.taxes.iter().map(|t| t.tax)).unwrap();
                prop_assert_eq!(tax.net.plus(sum).unwrap(), tax.gross);
                prop_assert_eq!(tax.priced(include).unwrap(), line.amount);
            }
            let back: Vec<_> = lines.iter().map(|line| Taxable {
                amount: line.amount.negated().unwrap(), quantity: line.quantity.negated().unwrap(), ..*line
            }).collect();
            let back = tax_lines(&back, mode, 2).unwrap();
            let total = |lines: &[LineTax]| Minor::sum(lines.iter().map(|t| t.gross)).unwrap();
            prop_assert_eq!(total(&back), total(&taxed).negated().unwrap());
        }
    }

    proptest! {
        #[test]
        fn lines_add_up_in_every_mode(
            amounts in prop::collection::vec((-50_000_i64..50_000, 0_usize..3), 1..30),
            include: bool, per_sale: bool,
        ) {
            let categories = [vat("20"), vat("5"), vec![]];
            let lines: Vec<_> =
                amounts.iter().map(|(a, c)| taxable(*a, &categories[*c])).collect();
            let mode = settings(include, if per_sale { RoundedPer::Sale } else { RoundedPer::Line });
            let taxed = tax_lines(&lines, mode, 2).unwrap();
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
            let sold: Vec<_> = amounts.iter().map(|a| taxable(*a, &rates)).collect();
            let back: Vec<_> = amounts.iter().map(|a| taxable(-*a, &rates)).collect();
            let total = |lines: &[Taxable<'_>]| {
                let taxed = tax_lines(lines, mode, 2).unwrap();
                Minor::sum(taxed.iter().map(|t| t.gross)).unwrap().0
            };
            prop_assert_eq!(total(&sold), -total(&back));
        }
    }
}
