//! Tax: what a line must say so that WooCommerce comes to our figures.
//! It takes no tax over from whoever sends an order: of each line it takes the amount without tax, times the rates of the line's tax
//! class at the shop's own address, rounded line by line. So a line is given the class that has our rates, and where the sum of a
//! class differs by pennies, an amount a penny or two off, which one line for the rest makes good.
//! Source: `WC_Order_Item::calculate_taxes`, `WC_Tax::calc_exclusive_tax`, `get_matched_tax_rates`, `wc_round_tax_total`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::money::{Rate, Rounding};
use std::collections::BTreeMap;

/// How far from its amount a line is taken at most, in the currency's smallest units.
const FARTHEST: i64 = 100;
/// Decimals of a tax before it is rounded to money.
const PRECISE: u32 = 6;

/// The shop's own address: an order without one is taxed there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Base {
    pub country: String,
    pub state: String,
    pub postcode: String,
    pub city: String,
}

/// How a site counts tax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counting {
    /// Are taxes on?
    pub on: bool,
    /// Decimals of its money.
    pub digits: u32,
    /// Half a penny of tax goes: where prices are with tax.
    pub half_goes: bool,
    /// Taxes are rounded in the sum alone.
    pub in_the_sum: bool,
}

/// A rate of a class at the base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RateRow {
    class: String,
    rate: Rate,
    compound: bool,
    /// Of one priority the first counts: what names a country before what does not, then a state, then the older.
    rank: (i64, bool, bool, u64),
}

impl RateRow {
    /// Reads a row of `/taxes`; none where it does not count at the base.
    pub(super) fn read(row: &Value, base: &Base) -> Option<Self> {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_uppercase();
        let is_here = |name: &str, here: &str| text(name).is_empty() || text(name) == here.to_uppercase();
        let is_among = |many: &str, one: &str, here: &str| {
            let many = row[many].as_array().into_iter().flatten().filter_map(Value::as_str);
            let mut all: Vec<String> = many.map(str::to_uppercase).collect();
            // Versions before 5.3 have no lists, and several in one text.
            all.extend(text(one).split(';').map(|one| one.trim().to_owned()));
            all.retain(|place| !place.is_empty());
            all.is_empty() || all.contains(&here.to_uppercase())
        };
        let counts = is_here("country", &base.country)
            && is_here("state", &base.state)
            && is_among("postcodes", "postcode", &base.postcode)
            && is_among("cities", "city", &base.city);
        counts.then_some(())?;
        Some(Self {
            class: row["class"].as_str().filter(|class| !class.is_empty()).unwrap_or("standard").to_owned(),
            rate: Rate::parse_percent(row["rate"].as_str()?).ok()?,
            compound: row["compound"].as_bool().unwrap_or(false),
            rank: (
                row["priority"].as_i64().unwrap_or(1),
                text("country").is_empty(),
                text("state").is_empty(),
                row["id"].as_u64().unwrap_or(0),
            ),
        })
    }
}

impl RateRow {
    /// Is it of this class?
    pub(super) fn is_of(&self, class: &str) -> bool {
        self.class == class
    }
}

/// The rates of each class, one a priority; those with a tax on a tax are left out.
pub(super) fn classes(rows: &[RateRow]) -> BTreeMap<String, Vec<Rate>> {
    let mut sorted: Vec<&RateRow> = rows.iter().collect();
    sorted.sort_by_key(|row| row.rank);
    let mut classes: BTreeMap<String, Vec<Rate>> = BTreeMap::new();
    let mut taken: Vec<(&str, i64)> = Vec::new();
    let mut odd: Vec<&str> = Vec::new();
    for row in sorted {
        if taken.contains(&(&row.class, row.rank.0)) {
            continue;
        }
        taken.push((&row.class, row.rank.0));
        classes.entry(row.class.clone()).or_default().push(row.rate);
        if row.compound {
            odd.push(&row.class);
        }
    }
    classes.retain(|class, _| !odd.contains(&class.as_str()));
    classes
}

/// A line, as it is to come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Without tax, in smallest units: ours at first, then what is to be said.
    pub net: i64,
    /// Our tax of it.
    pub tax: i64,
    /// Its tax class.
    pub class: String,
    /// The rates of that class.
    pub rates: Vec<Rate>,
}

impl Counting {
    /// The tax of a line as they count it.
    fn tax(self, net: i64, rates: &[Rate]) -> Option<i64> {
        let down = 10_i128.checked_pow(PRECISE.checked_sub(self.digits)?)?;
        let one =
            |rate: &Rate| self.precise(net, *rate).and_then(|tax| self.rounding().divide(tax, down).ok());
        rates.iter().map(one).try_fold(0_i64, |sum, tax| sum.checked_add(tax?))
    }

    /// A tax to six decimals, as they keep it.
    fn precise(self, net: i64, rate: Rate) -> Option<i128> {
        // Smallest units times parts per million have six decimals more than the money has.
        let exact = i128::from(net).checked_mul(i128::from(rate.0))?;
        let by = 10_i128.checked_pow(self.digits)?;
        Rounding::HalfAwayFromZero.divide(exact, by).ok().map(i128::from)
    }

    fn rounding(self) -> Rounding {
        if self.half_goes { Rounding::HalfTowardsZero } else { Rounding::HalfAwayFromZero }
    }

    /// All taxes of an order whose lines are not rounded one by one.
    pub(super) fn tax_in_the_sum(self, lines: &[Line]) -> Option<i64> {
        let mut taxes =
            lines.iter().flat_map(|line| line.rates.iter().map(|rate| self.precise(line.net, *rate)));
        let sum = taxes.try_fold(0_i128, |sum, tax| sum.checked_add(tax?))?;
        let down = 10_i128.checked_pow(PRECISE.checked_sub(self.digits)?)?;
        Rounding::HalfAwayFromZero.divide(sum, down).ok()
    }

    /// Takes lines away from their amounts until each class comes to our tax, and says what of their amounts is left over; none where
    /// that cannot be.
    pub(super) fn fit(self, lines: &mut [Line]) -> Option<i64> {
        let ours: i64 = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.net))?;
        let mut classes: Vec<String> = lines.iter().map(|line| line.class.clone()).collect();
        classes.sort();
        classes.dedup();
        for class in classes {
            // Each turn brings it nearer by one at least, and no turn takes it away.
            for _ in 0..lines.len().checked_mul(4)? {
                let missing = self.missing(lines, &class)?;
                if missing == 0 {
                    break;
                }
                let (at, net) = self.step(lines, &class, missing)?;
                lines.get_mut(at)?.net = net;
            }
            (self.missing(lines, &class)? == 0).then_some(())?;
        }
        let said: i64 = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.net))?;
        ours.checked_sub(said)
    }

    /// Our tax of a class less theirs.
    fn missing(self, lines: &[Line], class: &str) -> Option<i64> {
        lines.iter().filter(|line| line.class == class).try_fold(0_i64, |sum, line| {
            sum.checked_add(line.tax)?.checked_sub(self.tax(line.net, &line.rates)?)
        })
    }

    /// The line that changes its tax the right way for the least, the largest first.
    fn step(self, lines: &[Line], class: &str, missing: i64) -> Option<(usize, i64)> {
        let mut places: Vec<usize> = (0..lines.len()).collect();
        places.sort_by_key(|at| std::cmp::Reverse(lines.get(*at).map_or(0, |line| line.net.unsigned_abs())));
        let towards = missing.signum();
        for far in 1..=FARTHEST {
            for at in &places {
                let line = lines.get(*at).filter(|line| line.class == class && !line.rates.is_empty());
                let Some(line) = line else { continue };
                let net = line.net.checked_add(far.checked_mul(towards)?)?;
                let gained = self.tax(net, &line.rates)?.checked_sub(self.tax(line.net, &line.rates)?)?;
                if gained.signum() == towards && gained.abs() <= missing.abs() {
                    return Some((*at, net));
                }
            }
        }
        None
    }
}

/// What is left over as amounts of their own. One below nothing is given a share of the taxes of what it is taken off, so it is told
/// in parts that are too small for that: whoever rounds to a penny rounds their tax away.
pub(super) fn rest(left: i64, lines: &[Line]) -> Vec<i64> {
    if left >= 0 {
        return Some(left).filter(|left| *left > 0).into_iter().collect();
    }
    let highest = lines.iter().flat_map(|line| &line.rates).map(|rate| rate.0).max().unwrap_or(0);
    let most = if highest > 0 { (499_999 / highest).max(1) } else { i64::MAX };
    let (mut left, mut parts) = (left.saturating_neg(), Vec::new());
    while left > 0 {
        let part = left.min(most);
        parts.push(-part);
        left -= part;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SHOP: Counting = Counting { on: true, digits: 2, half_goes: true, in_the_sum: false };

    fn line(net: i64, tax: i64, percent: i64) -> Line {
        let rates = if percent > 0 { vec![Rate(percent * 10_000)] } else { Vec::new() };
        Line { net, tax, class: percent.to_string(), rates }
    }

    fn sums(lines: &[Line], left: i64) -> (i64, i64) {
        let net: i64 = lines.iter().map(|line| line.net).sum();
        (net + left, lines.iter().map(|line| SHOP.tax(line.net, &line.rates).unwrap()).sum())
    }

    #[test]
    fn any_price_with_tax_in_it_comes_out_to_the_penny() {
        for percent in [5, 7, 10, 19, 20, 21, 25] {
            for gross in (0..3_000).chain([99_999, 1_273_725]) {
                for sign in [1, -1] {
                    let gross = gross * sign;
                    let tax = Rounding::HalfAwayFromZero
                        .divide(i128::from(gross) * i128::from(percent), i128::from(100 + percent))
                        .unwrap();
                    let mut lines = [line(gross - tax, tax, percent)];
                    let left = SHOP.fit(&mut lines).unwrap_or_else(|| unreachable!("{gross} at {percent}"));
                    assert_eq!(sums(&lines, left), (gross - tax, tax), "{gross} at {percent}");
                    assert!(left.abs() <= 1, "{gross} at {percent}: {left}");
                }
            }
        }
    }

    #[test]
    fn what_adds_up_is_left_as_it_is() {
        let mut lines = [line(1_000, 200, 20), line(350, 0, 0), line(-300, -60, 20)];
        assert_eq!(SHOP.fit(&mut lines), Some(0));
        assert_eq!(lines[0].net, 1_000);
        // Two lines whose pennies make each other good.
        let mut lines = [line(1_062, 213, 20), line(1_063, 212, 20)];
        assert_eq!(SHOP.fit(&mut lines), Some(0));
        assert_eq!(lines, [line(1_062, 213, 20), line(1_063, 212, 20)]);
        // A tax that no rate gives.
        assert_eq!(SHOP.fit(&mut [line(1_000, 100, 0)]), None);
    }

    #[test]
    fn what_is_left_over_is_told_in_parts_without_tax() {
        let lines = [line(1_000, 200, 20)];
        assert_eq!(rest(0, &lines), Vec::<i64>::new());
        assert_eq!(rest(7, &lines), [7]);
        assert_eq!(rest(-5, &lines), [-2, -2, -1]);
        assert_eq!(rest(-5, &[line(5, 0, 0)]), [-5]);
    }

    #[test]
    fn of_one_priority_the_nearest_rate_counts() {
        let base = Base { country: "US".to_owned(), state: "CA".to_owned(), ..Base::default() };
        let rows = [
            json!({"id": 1, "country": "", "state": "", "rate": "9.0000", "class": "standard", "priority": 1}),
            json!({"id": 2, "country": "US", "state": "CA", "rate": "7.2500", "class": "standard", "priority": 1}),
            json!({"id": 3, "country": "US", "state": "NY", "rate": "4.0000", "class": "standard", "priority": 1}),
            json!({"id": 4, "country": "US", "state": "CA", "rate": "1.0000", "class": "standard", "priority": 2}),
            json!({"id": 5, "country": "US", "state": "CA", "rate": "5.0000", "class": "odd", "priority": 1,
                "compound": true}),
            json!({"id": 6, "country": "US", "state": "", "rate": "0.0000", "class": "zero-rate", "priority": 1,
                "postcodes": ["90210"]}),
            json!({"id": 7, "country": "US", "state": "", "rate": "0.0000", "class": "zero-rate", "priority": 1,
                "city": "Paris; Athens"}),
        ];
        let rows: Vec<RateRow> = rows.iter().filter_map(|row| RateRow::read(row, &base)).collect();
        assert_eq!(classes(&rows), [("standard".to_owned(), vec![Rate(72_500), Rate(10_000)])].into());
    }
}
