//! Reconciliation: our records of one store's day against theirs.
//! Lives here: the comparison. May use: shared's words for it. Never: a vendor, a store.
//! Invariant: every record of either side is either equal or in one difference.

use shared::connect::{DeliveryState, Difference, DifferenceKind, Sums};
use shared::ids::StoreId;
use shared::money::{Minor, MoneyError};
use std::collections::BTreeMap;

/// One of ours, as it was noted for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// What they would call it.
    pub number: String,
    /// What people call it.
    pub subject: String,
    /// Its delivery.
    pub delivery_id: String,
    /// Where that stands.
    pub state: DeliveryState,
    /// Why it is not there.
    pub reason: Option<String>,
    /// With tax.
    pub total: Minor,
    /// Tax.
    pub tax: Minor,
}

/// One of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theirs {
    /// What they call it.
    pub number: String,
    /// Is it in their books for good?
    pub posted: bool,
    /// With tax; none where it is no whole amount of the currency.
    pub total: Option<Minor>,
    /// Tax.
    pub tax: Option<Minor>,
}

/// What both sides come to, and what is not equal.
///
/// # Errors
/// A sum that does not fit.
pub fn compare(
    store_id: StoreId,
    ours: &[Ours],
    theirs: &[Theirs],
) -> Result<(Sums, Sums, Vec<Difference>), MoneyError> {
    let mut there: BTreeMap<&str, Vec<&Theirs>> = BTreeMap::new();
    for one in theirs {
        there.entry(&one.number).or_default().push(one);
    }
    let mut differences = Vec::new();
    let mut sum_of_ours = Sums::default();
    for one in ours {
        sum_of_ours = plus(sum_of_ours, one.total, one.tax)?;
        let found = there.remove(one.number.as_str()).unwrap_or_default();
        let kind = match found.as_slice() {
            [] => Some(DifferenceKind::NotThere),
            [found] if !found.posted => Some(DifferenceKind::NotPosted),
            [found] if (found.total, found.tax) != (Some(one.total), Some(one.tax)) => {
                Some(DifferenceKind::Amounts)
            }
            [_] => None,
            _ => Some(DifferenceKind::Doubled),
        };
        if let Some(kind) = kind {
            differences.push(Difference {
                store_id,
                kind,
                subject: one.subject.clone(),
                delivery_id: Some(one.delivery_id.clone()),
                state: Some(one.state),
                reason: one.reason.clone(),
                ours: Some(one.total),
                theirs: found.first().and_then(|found| found.total),
            });
        }
    }
    for (number, found) in there {
        for one in found {
            differences.push(Difference {
                store_id,
                kind: DifferenceKind::OnlyThere,
                subject: number.to_owned(),
                delivery_id: None,
                state: None,
                reason: None,
                ours: None,
                theirs: one.total,
            });
        }
    }
    let mut sum_of_theirs = Sums::default();
    for one in theirs.iter().filter(|one| one.posted) {
        let (total, tax) = (one.total.unwrap_or_default(), one.tax.unwrap_or_default());
        sum_of_theirs = plus(sum_of_theirs, total, tax)?;
    }
    Ok((sum_of_ours, sum_of_theirs, differences))
}

fn plus(sums: Sums, total: Minor, tax: Minor) -> Result<Sums, MoneyError> {
    Ok(Sums { count: sums.count.saturating_add(1), total: sums.total.plus(total)?, tax: sums.tax.plus(tax)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(number: &str, total: i64) -> Ours {
        Ours {
            number: number.to_owned(),
            subject: number.to_owned(),
            delivery_id: format!("d-{number}"),
            state: DeliveryState::Delivered,
            reason: None,
            total: Minor(total),
            tax: Minor(total / 6),
        }
    }

    fn theirs(number: &str, total: i64, posted: bool) -> Theirs {
        Theirs { number: number.to_owned(), posted, total: Some(Minor(total)), tax: Some(Minor(total / 6)) }
    }

    #[test]
    fn each_record_is_equal_or_in_one_difference() {
        let store = StoreId(shared::ids::mint(0, [0; 10]));
        let here = [ours("1", 600), ours("2", 1_200), ours("3", 60), ours("4", 30), ours("5", 6)];
        let there = [
            theirs("1", 600, true),
            theirs("2", 1_206, true),
            theirs("3", 60, false),
            theirs("5", 6, true),
            theirs("5", 6, true),
            theirs("9", 90, true),
        ];
        let (one, other, differences) = compare(store, &here, &there).unwrap();
        assert_eq!((one.count, one.total), (5, Minor(1_896)));
        assert_eq!((other.count, other.total), (5, Minor(600 + 1_206 + 6 + 6 + 90)));
        let found: Vec<_> = differences.iter().map(|one| (one.subject.as_str(), one.kind)).collect();
        assert_eq!(
            found,
            [
                ("2", DifferenceKind::Amounts),
                ("3", DifferenceKind::NotPosted),
                ("4", DifferenceKind::NotThere),
                ("5", DifferenceKind::Doubled),
                ("9", DifferenceKind::OnlyThere),
            ]
        );
        let (one, other, none) = compare(store, &here[..1], &there[..1]).unwrap();
        assert_eq!((one, none), (other, Vec::new()));
    }
}
