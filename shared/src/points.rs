//! Points: what a customer earns by buying, and what points take off.
//! Lives here: a store's rules, tiers, what the lines of a cart earn and what spent points take off them, how much can be spent.
//! May use: money, ids. Never: storage, a clock (the year is an argument), a balance of its own (that is an account's).
//! Invariant: points are whole; what a line earned and what was spent on it is on the line, so that what comes back in parts
//! undoes exactly that.

use crate::money::{Minor, MoneyError, Rate, Rounding};
use crate::store::WrongSetting;
use serde::{Deserialize, Serialize};

/// How a store gives points and takes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PointsRules {
    /// One point for each so many minor units that goods cost: with tax, after everything that is off.
    pub earn: Minor,
    /// So many points are spent at a time,
    pub spend: i64,
    /// and take so many minor units off.
    pub worth: Minor,
    /// What regular customers are, the lowest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
}

/// A step of regular customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tier {
    /// "Silver".
    pub name: String,
    /// For whoever earned at least so many points in this calendar year or in the one before.
    pub from: i64,
    /// What they earn, as a share of what everybody earns: 150 % is half as many again.
    pub share: Rate,
}

/// Everybody's share.
const WHOLE: Rate = Rate(1_000_000);
/// Most tiers of a store.
pub const MOST_TIERS: usize = 5;
const SHARES: std::ops::RangeInclusive<i64> = 1_000..=10_000_000;
const MOST: i64 = 100_000_000;
const LONGEST_NAME: usize = 40;

impl PointsRules {
    /// Every setting that cannot be, by field.
    pub fn check(&self) -> Vec<WrongSetting> {
        let mut wrong = Vec::new();
        let mut say = |field: &str, message: &str| {
            wrong.push(WrongSetting { field: format!("points.{field}"), message: message.to_owned() });
        };
        if !(1..=MOST).contains(&self.earn.0) {
            say("earn", "Say for which amount there is a point.");
        }
        if !(1..=MOST).contains(&self.spend) {
            say("spend", "Say how many points are spent at a time.");
        }
        if !(1..=MOST).contains(&self.worth.0) {
            say("worth", "Say what they take off.");
        }
        if self.tiers.len() > MOST_TIERS {
            say("tiers", "At most five tiers.");
        }
        let mut before = 0;
        for (place, tier) in self.tiers.iter().enumerate() {
            if !(1..=LONGEST_NAME).contains(&tier.name.trim().chars().count()) {
                say(&format!("tiers.{place}.name"), "Give the tier a name of at most 40 letters.");
            }
            if tier.from <= before || tier.from > MOST {
                say(&format!("tiers.{place}.from"), "Each tier needs more points than the one before.");
            }
            if !SHARES.contains(&tier.share.0) {
                say(&format!("tiers.{place}.share"), "A share from 0.1 to 1000 %.");
            }
            before = tier.from;
        }
        wrong
    }

    /// The highest tier somebody has reached who earned so much in this calendar year and so much in the one before.
    pub fn tier(&self, this_year: i64, last_year: i64) -> Option<&Tier> {
        self.tiers.iter().filter(|tier| tier.from <= this_year.max(last_year)).max_by_key(|tier| tier.from)
    }

    /// How many points are spent at most where so much is to pay and so many are there.
    pub fn most(&self, balance: i64, bill: Minor) -> i64 {
        if self.spend <= 0 || self.worth.0 <= 0 {
            return 0;
        }
        let times = balance.max(0) / self.spend;
        times.min(bill.0.max(0) / self.worth.0).saturating_mul(self.spend)
    }

    /// What is taken off by so many points, parts of what is spent at a time left out.
    pub fn off_at_most(&self, points: i64) -> Minor {
        self.off(points).unwrap_or_default()
    }

    /// What so many points take off, where they are whole times what is spent at a time.
    fn off(&self, points: i64) -> Option<Minor> {
        points.checked_div(self.spend)?.checked_mul(self.worth.0).map(Minor)
    }
}

/// What an open cart knows of the points of its customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CartPoints {
    /// The store's rules then.
    pub rules: PointsRules,
    /// How many they have, as far as the tablet knows.
    pub balance: i64,
    /// The tier they have reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// How many are to be spent. More than the goods are worth are not.
    #[serde(default)]
    pub spend: i64,
}

/// The customer's points on a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SalePoints {
    /// How many they had after it, as far as the tablet knew.
    pub balance: i64,
    /// Their tier then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
}

/// The points of a line; of goods that come back below zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct LinePoints {
    /// Earned by it.
    pub earned: i64,
    /// Spent on it.
    pub spent: i64,
    /// What those took off it, in minor units.
    pub off: Minor,
}

impl LinePoints {
    /// None at all?
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// How many more there are for it, fewer where that is below zero.
    pub fn more(&self) -> i64 {
        self.earned.saturating_sub(self.spent)
    }
}

impl CartPoints {
    /// What is spent, shared out over lines that are worth so much: the points and what they take off each.
    ///
    /// # Errors
    /// When an amount does not fit.
    pub(crate) fn spent_on(&self, amounts: &[Minor]) -> Result<Vec<LinePoints>, MoneyError> {
        let weights: Vec<i64> = amounts.iter().map(|amount| amount.0.max(0)).collect();
        let worth = Minor::sum(weights.iter().map(|weight| Minor(*weight)))?;
        let spent = self.rules.most(self.spend, worth);
        let off = self.rules.off(spent).unwrap_or_default();
        if spent == 0 || off.is_zero() {
            return Ok(vec![LinePoints::default(); amounts.len()]);
        }
        let off = off.split(&weights)?;
        let spent = Minor(spent).split(&weights)?;
        let line = |(off, spent): (Minor, Minor)| LinePoints { earned: 0, spent: spent.0, off };
        Ok(off.into_iter().zip(spent).map(line).collect())
    }

    /// What lines earn that cost so much, tax and all: whole points of the sum, shared out over them.
    ///
    /// # Errors
    /// When an amount does not fit.
    pub(crate) fn earned_by(&self, amounts: &[Minor]) -> Result<Vec<i64>, MoneyError> {
        let weights: Vec<i64> = amounts.iter().map(|amount| amount.0.max(0)).collect();
        let paid = Minor::sum(weights.iter().map(|weight| Minor(*weight)))?;
        if paid.is_zero() || self.rules.earn.0 <= 0 {
            return Ok(vec![0; amounts.len()]);
        }
        let share = self.tier.as_ref().map_or(WHOLE, |tier| tier.share);
        let exact = i128::from(paid.0).checked_mul(i128::from(share.0)).ok_or(MoneyError::Overflow)?;
        let each =
            i128::from(self.rules.earn.0).checked_mul(i128::from(WHOLE.0)).ok_or(MoneyError::Overflow)?;
        let points = Rounding::Down.divide(exact, each)?;
        Ok(Minor(points).split(&weights)?.into_iter().map(|points| points.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules() -> PointsRules {
        let tier = |name: &str, from, share| Tier { name: name.into(), from, share: Rate(share) };
        PointsRules {
            earn: Minor(100),
            spend: 100,
            worth: Minor(200),
            tiers: vec![tier("Silver", 500, 1_250_000), tier("Gold", 2_000, 1_500_000)],
        }
    }

    fn of(spend: i64, tier: Option<usize>) -> CartPoints {
        let rules = rules();
        let tier = tier.map(|at| rules.tiers[at].clone());
        CartPoints { rules, balance: 1_000, tier, spend }
    }

    #[test]
    fn a_tier_is_reached_this_year_or_last_year() {
        for (this_year, last_year, name) in [
            (0, 0, None),
            (499, 499, None),
            (500, 0, Some("Silver")),
            (0, 1_999, Some("Silver")),
            (2_000, 0, Some("Gold")),
            (-5, 9_000, Some("Gold")),
        ] {
            let rules = rules();
            let tier = rules.tier(this_year, last_year).map(|tier| tier.name.as_str());
            assert_eq!(tier, name, "{this_year} {last_year}");
        }
    }

    #[test]
    fn no_more_is_spent_than_there_is_and_than_is_to_pay() {
        for (balance, bill, most) in [
            (99, 10_000, 0),
            (100, 10_000, 100),
            (350, 10_000, 300),
            (350, 399, 100),
            (350, 199, 0),
            (-100, 10_000, 0),
            (350, -500, 0),
        ] {
            assert_eq!(rules().most(balance, Minor(bill)), most, "{balance} {bill}");
        }
    }

    #[test]
    fn whole_points_are_earned_by_what_is_paid() {
        for (tier, amounts, earned) in [
            (None, vec![199], vec![1]),
            (None, vec![50, 50], vec![1, 0]),
            (None, vec![1_000, 0, 3_000], vec![10, 0, 30]),
            (Some(0), vec![400], vec![5]),
            (Some(1), vec![1_000, 1_000], vec![15, 15]),
            (None, vec![], vec![]),
            (None, vec![0], vec![0]),
        ] {
            let amounts: Vec<Minor> = amounts.into_iter().map(Minor).collect();
            assert_eq!(of(0, tier).earned_by(&amounts), Ok(earned), "{amounts:?}");
        }
    }

    #[test]
    fn settings_that_cannot_be_are_named() {
        assert_eq!(rules().check(), []);
        let mut wrong = rules();
        wrong.earn = Minor(0);
        wrong.spend = 0;
        wrong.worth = Minor(-1);
        wrong.tiers[0].name = " ".into();
        wrong.tiers[1].from = 500;
        wrong.tiers[1].share = Rate(0);
        let fields: Vec<String> = wrong.check().into_iter().map(|wrong| wrong.field).collect();
        let named = ["earn", "spend", "worth", "tiers.0.name", "tiers.1.from", "tiers.1.share"];
        assert_eq!(fields, named.map(|field| format!("points.{field}")));
    }

    proptest! {
        #[test]
        fn what_is_spent_is_shared_out_whole(spend in 0_i64..3_000, amounts in prop::collection::vec(0_i64..5_000, 1..8)) {
            let amounts: Vec<Minor> = amounts.into_iter().map(Minor).collect();
            let worth = Minor::sum(amounts.iter().copied()).unwrap();
            let lines = of(spend, None).spent_on(&amounts).unwrap();
            let spent: i64 = lines.iter().map(|line| line.spent).sum();
            let off: i64 = lines.iter().map(|line| line.off.0).sum();
            prop_assert_eq!(spent, rules().most(spend, worth));
            prop_assert_eq!(off, spent / 100 * 200);
            prop_assert!(lines.iter().zip(&amounts).all(|(line, amount)| line.off <= *amount && line.spent >= 0));
        }
    }
}
