//! Rows: an amount as quantity times rate, where a site keeps no more digits of a rate than the currency has.
//! Three for 10.00 is two at 3.33 and one at 3.34. No row lands half way between two amounts, where sites round in three ways.
//! Invariant: no rate is below nothing, and the rows add up to quantity and amount.

/// So much at such a rate: thousandths and minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Thousandths of the unit.
    pub quantity: i64,
    /// Minor units for one.
    pub rate: i64,
}

/// Quantity (above nothing) and amount (nothing or more) as one row, or as two or three. None where they cannot be.
pub(super) fn rows(quantity: i64, amount: i64) -> Option<Vec<Row>> {
    if quantity <= 0 || amount < 0 {
        return None;
    }
    if let Some(rate) = single(quantity, amount) {
        return Some(vec![Row { quantity, rate }]);
    }
    let floor = i64::try_from(i128::from(amount) * 1_000 / i128::from(quantity)).ok()?;
    let (whole, fraction) = (quantity / 1_000, quantity % 1_000);
    let mut rows = Vec::new();
    let mut rest = amount;
    if fraction > 0 {
        let rate =
            [floor, floor.checked_add(1)?].into_iter().find(|rate| times(fraction, *rate).is_some())?;
        rest = rest.checked_sub(times(fraction, rate)?)?;
        rows.push(Row { quantity: fraction, rate });
    }
    if whole == 0 {
        return (rest == 0).then_some(rows);
    }
    if rest < 0 {
        return None;
    }
    let (low, dearer) = (rest / whole, rest % whole);
    if dearer > 0 {
        rows.push(Row { quantity: dearer.checked_mul(1_000)?, rate: low.checked_add(1)? });
    }
    rows.push(Row { quantity: (whole - dearer).checked_mul(1_000)?, rate: low });
    Some(rows)
}

/// The rate that gives the amount in one row.
fn single(quantity: i64, amount: i64) -> Option<i64> {
    let near =
        i64::try_from((i128::from(amount) * 1_000 + i128::from(quantity) / 2) / i128::from(quantity)).ok()?;
    [near, near.checked_sub(1)?, near.checked_add(1)?]
        .into_iter()
        .find(|rate| *rate >= 0 && times(quantity, *rate) == Some(amount))
}

/// Quantity times rate, rounded; none half way between two amounts.
fn times(quantity: i64, rate: i64) -> Option<i64> {
    let exact = i128::from(quantity) * i128::from(rate);
    if exact.rem_euclid(1_000) == 500 {
        return None;
    }
    i64::try_from((exact + 500).div_euclid(1_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_line_comes_to_its_rows_come_to_it_too() {
        let quantities = [
            1, 333, 420, 500, 999, 1_000, 1_001, 1_500, 2_000, 2_500, 3_000, 7_000, 99_000, 999_000,
            12_345_678,
        ];
        for quantity in quantities {
            for amount in (0..200).chain([999, 1_000, 3_333, 99_999, 100_001, 1_234_567]) {
                let rows = rows(quantity, amount).unwrap();
                let sum: i64 = rows.iter().map(|row| times(row.quantity, row.rate).unwrap()).sum();
                assert_eq!(sum, amount, "{quantity} {rows:?}");
                assert_eq!(rows.iter().map(|row| row.quantity).sum::<i64>(), quantity, "{rows:?}");
                assert!(rows.iter().all(|row| row.rate >= 0 && row.quantity > 0), "{rows:?}");
                assert!(rows.len() <= 3, "{rows:?}");
                let is_half = |row: &Row| row.quantity * row.rate % 1_000 == 500;
                assert!(!rows.iter().any(is_half), "half way, where sites round in three ways: {rows:?}");
            }
        }
        assert_eq!(rows(2_000, 1_000), Some(vec![Row { quantity: 2_000, rate: 500 }]));
        assert_eq!(
            rows(3_000, 1_000),
            Some(vec![Row { quantity: 1_000, rate: 334 }, Row { quantity: 2_000, rate: 333 }])
        );
        assert_eq!((rows(0, 1), rows(1_000, -1)), (None, None));
    }
}
