//! Count: how an order comes to its total and tax, in whole millionths.
//! Source: `WC_Abstract_Order::calculate_totals`, `calculate_taxes`, `update_taxes`; `WC_Order_Item::calculate_taxes`,
//! `WC_Order_Item_Fee::calculate_taxes` and `get_tax_class_costs`; `WC_Tax::calc_exclusive_tax`; `wc_round_tax_total`. Rates are matched by
//! country alone: this shop has no others.

use std::collections::BTreeMap;

/// So many millionths are one.
pub(super) const ONE: i128 = 1_000_000;
/// And a hundredth.
const CENT: i128 = 10_000;

/// A tax rate: its id, its class (empty is the standard one), millionths of the amount. A class has one of each priority.
#[derive(Clone, Debug)]
pub(super) struct Rate {
    pub id: u64,
    pub class: String,
    pub share: i128,
    pub priority: u64,
}

/// A line of a product, or a fee.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    pub is_fee: bool,
    /// Without tax.
    pub total: i128,
    pub class: String,
    pub is_taxable: bool,
    /// By rate.
    pub taxes: BTreeMap<u64, i128>,
}

/// What of the site decides.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub taxes_on: bool,
    pub prices_include_tax: bool,
    pub round_at_subtotal: bool,
    pub rates: Vec<Rate>,
}

/// A text as millionths; none where it is no decimal of six digits at most.
pub(super) fn decimal(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (plain(whole) && plain(part) && !whole.is_empty() && part.len() <= 6).then_some(())?;
    let part: i128 = format!("{part:0<6}").parse().ok()?;
    Some(sign * (whole.parse::<i128>().ok()?.checked_mul(ONE)? + part))
}

/// Two decimals, as all amounts are answered.
pub(super) fn money(amount: i128) -> String {
    let cents = nearest(amount, CENT);
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// In hundredths.
pub(super) fn cents(amount: i128) -> i64 {
    i64::try_from(nearest(amount, CENT)).unwrap_or(i64::MAX)
}

/// Half goes away from nothing.
fn nearest(amount: i128, by: i128) -> i128 {
    let size = (amount.abs() * 2 + by) / (by * 2);
    if amount < 0 { -size } else { size }
}

/// Half goes to nothing.
fn nearest_down(amount: i128, by: i128) -> i128 {
    let size = (amount.abs() * 2 + by - 1) / (by * 2);
    if amount < 0 { -size } else { size }
}

impl Site {
    /// Total and tax of an order, taxes of its items set.
    pub(super) fn totals(&self, items: &mut [Item]) -> (i128, i128) {
        let lines = |item: &&Item| !item.is_fee;
        let sold: i128 = items.iter().filter(lines).map(|item| self.in_cents(item.total)).sum();
        let mut fees = 0;
        for item in items.iter_mut().filter(|item| item.is_fee) {
            let most = nearest(sold + fees, CENT) * CENT;
            if item.total < 0 && most > 0 && item.total < -most {
                item.total = -most;
            }
            fees += item.total;
        }
        let costs = self.costs(items);
        for item in items.iter_mut() {
            item.taxes = self.taxes(item, &costs);
        }
        let one = |tax: i128| if self.round_at_subtotal { tax } else { self.tax_in_cents(tax) };
        let tax: i128 = items.iter().flat_map(|item| item.taxes.values()).map(|tax| one(*tax)).sum();
        (nearest(sold + fees + tax, CENT) * CENT, tax)
    }

    fn in_cents(&self, amount: i128) -> i128 {
        if self.round_at_subtotal { amount } else { nearest(amount, CENT) * CENT }
    }

    /// A tax to the penny.
    pub(super) fn tax_in_cents(&self, tax: i128) -> i128 {
        if self.prices_include_tax { nearest_down(tax, CENT) * CENT } else { nearest(tax, CENT) * CENT }
    }

    /// What is sold in each class, for a fee below nothing; none is what is not taxed.
    fn costs(&self, items: &[Item]) -> BTreeMap<Option<String>, i128> {
        let mut costs: BTreeMap<Option<String>, i128> = BTreeMap::new();
        for item in items.iter().filter(|item| item.total >= 0) {
            let class = item.is_taxable.then(|| item.class.clone());
            *costs.entry(class).or_default() += item.total;
        }
        costs.retain(|_, cost| *cost != 0);
        costs
    }

    fn taxes(&self, item: &Item, costs: &BTreeMap<Option<String>, i128>) -> BTreeMap<u64, i128> {
        let mut taxes = BTreeMap::new();
        if !self.taxes_on {
            return taxes;
        }
        if item.is_fee && item.total < 0 {
            let whole: i128 = costs.values().sum();
            for (class, cost) in costs {
                let Some(class) = class else { continue };
                for rate in self.rates.iter().filter(|rate| rate.class == *class) {
                    *taxes.entry(rate.id).or_default() +=
                        nearest(item.total * cost * rate.share, whole * ONE);
                }
            }
            return taxes;
        }
        if item.is_taxable && item.class != "0" {
            for rate in self.rates.iter().filter(|rate| rate.class == item.class) {
                taxes.insert(rate.id, nearest(item.total * rate.share, ONE));
            }
        }
        taxes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site {
            taxes_on: true,
            prices_include_tax: true,
            round_at_subtotal: false,
            rates: vec![Rate { id: 1, class: String::new(), share: 200_000, priority: 1 }],
        }
    }

    fn line(total: &str, is_fee: bool, is_taxable: bool) -> Item {
        let total = decimal(total).unwrap_or_default();
        Item { is_fee, total, is_taxable, ..Item::default() }
    }

    #[test]
    fn an_order_is_counted_as_woocommerce_counts() {
        let mut items = [line("10.62", false, true)];
        assert_eq!(site().totals(&mut items), (12_740_000, 2_120_000), "2.124 is 2.12");
        let mut items = [line("10.625", false, true)];
        assert_eq!(
            site().totals(&mut items),
            (12_750_000, 2_120_000),
            "half a penny goes where prices hold tax"
        );
        let mut items = [line("10.63", false, true), line("-0.01", true, false)];
        assert_eq!(site().totals(&mut items), (12_750_000, 2_130_000));
        let mut items = [line("10.00", false, true), line("-1.00", true, false)];
        assert_eq!(site().totals(&mut items), (10_800_000, 1_800_000), "a fee below nothing is a discount");
        let mut items = [line("1.00", false, false), line("-5.00", true, false)];
        assert_eq!(site().totals(&mut items).0, 0, "and takes off what there is");
        assert_eq!(money(-5_000), "-0.01");
        assert_eq!(decimal("-10.6250"), Some(-10_625_000));
        assert_eq!(decimal("1e3"), None);
    }
}
