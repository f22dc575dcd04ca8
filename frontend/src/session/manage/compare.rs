//! Compare: figures against those of another day, in thousandths, for reading only.

use shared::money::Rounding;

/// By how many thousandths a figure grew; none when there was nothing to grow from.
pub fn change(now: i64, before: i64) -> Option<i64> {
    share(now.checked_sub(before)?, before)
}

/// How many thousandths of the whole a part is; none of nothing.
pub fn share(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    Rounding::HalfAwayFromZero.divide(i128::from(part) * 1_000, i128::from(whole)).ok()
}

/// The marks of an axis that holds these figures: evenly spaced, round, zero among them, lowest first.
pub fn marks(lowest: i64, highest: i64, unit: i64) -> Vec<i64> {
    let (lowest, highest) = (lowest.min(0), highest.max(0));
    let step = round_step(highest.saturating_sub(lowest).max(1) / 4, unit.max(1));
    let first = lowest.div_euclid(step);
    let last = highest.saturating_add(step - 1).div_euclid(step).max(first + 1);
    (first..=last).map(|count| count.saturating_mul(step)).collect()
}

/// The smallest of 1, 2, 5, 10, 20, 50, … units that is not below this.
fn round_step(least: i64, unit: i64) -> i64 {
    let mut step = unit;
    let mut factors = [2, 5, 10].into_iter().cycle();
    let mut decade = unit;
    while step < least {
        let factor = factors.next().unwrap_or(10);
        step = decade.saturating_mul(factor);
        if factor == 10 {
            decade = step;
        }
        if step == i64::MAX {
            break;
        }
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn figures_are_compared_without_a_float() {
        assert_eq!(change(1_082, 1_000), Some(82));
        assert_eq!(change(0, 300), Some(-1_000));
        assert_eq!(change(5, 0), None);
        assert_eq!(share(1, 3), Some(333));
    }

    #[wasm_bindgen_test]
    fn an_axis_is_round_and_holds_everything() {
        assert_eq!(marks(0, 43_210, 100), [0, 20_000, 40_000, 60_000]);
        assert_eq!(marks(-1_500, 4_000, 100), [-2_000, 0, 2_000, 4_000]);
        assert_eq!(marks(0, 0, 100), [0, 100]);
    }
}
