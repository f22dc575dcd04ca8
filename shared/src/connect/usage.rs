//! Usage: what a connection asks of the other side: counted by day and flow, projected for today, and what other intervals would cost.

use super::Flow;
use crate::calendar::Day;
use serde::{Deserialize, Serialize};

/// Days that are told.
pub const DAYS: i64 = 14;
/// Intervals that are reckoned, minutes.
pub const INTERVALS: [u32; 5] = [1, 5, 15, 60, 1_440];
/// Minutes of a day.
const DAY_MINUTES: i64 = 1_440;

/// Calls of one flow on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Used {
    /// Made.
    pub calls: i64,
    /// Of which this many were answered with a failure, or not at all.
    pub failed: i64,
    /// Records that were delivered or taken in.
    pub done: i64,
}

/// A flow of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FlowUse {
    /// Which.
    pub flow: Flow,
    /// What it used.
    #[serde(flatten)]
    pub used: Used,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DayUse {
    /// Which (UTC).
    pub day: Day,
    /// By flow; those that used nothing are left out.
    pub flows: Vec<FlowUse>,
}

impl DayUse {
    /// All calls of the day.
    pub fn calls(&self) -> i64 {
        self.flows.iter().fold(0, |sum: i64, one| sum.saturating_add(one.used.calls))
    }

    /// What one flow used.
    pub fn of(&self, flow: Flow) -> Used {
        self.flows.iter().find(|one| one.flow == flow).map(|one| one.used).unwrap_or_default()
    }
}

/// What asking for changes so often would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IntervalCost {
    /// Minutes between two runs.
    pub every_minutes: u32,
    /// Calls a day.
    pub calls: i64,
}

/// What a connection uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Usage {
    /// The last days, today first; days without a call are left out.
    pub days: Vec<DayUse>,
    /// Calls that today is likely to come to.
    pub projected: i64,
    /// Calls a delivered sale took, in hundredths, over the days that are told; none where nothing was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_sale_hundredths: Option<i64>,
    /// Sales of yesterday.
    pub sales_yesterday: i64,
    /// Calls that sending each sale as it happens costs at yesterday's number of sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_cost: Option<i64>,
    /// What asking for their changes costs, interval by interval; nothing where it was never done.
    pub intervals: Vec<IntervalCost>,
    /// How often the other side may be asked, in words; nothing where its vendor says nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub limits: String,
}

/// How far a day is, by what was sold until the same time yesterday, where that was a day like any other; else by the clock. In
/// thousandths, at least 20.
pub fn elapsed_thousandths(minute_of_day: i64, sold_by_now: i64, sold_in_all: i64) -> i64 {
    let by_clock = minute_of_day.clamp(0, DAY_MINUTES).saturating_mul(1_000) / DAY_MINUTES;
    let by_sales = match sold_in_all {
        20.. => sold_by_now.clamp(0, sold_in_all).saturating_mul(1_000) / sold_in_all,
        _ => by_clock,
    };
    by_sales.clamp(20, 1_000)
}

/// Asking for changes: how often, and what one run takes, in hundredths of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Minutes between two runs.
    pub every_minutes: u32,
    /// Calls of a run, in hundredths.
    pub run_hundredths: i64,
}

impl Asking {
    /// By what was asked on a whole day; a run takes one call for each list at least.
    pub fn of(every_minutes: u32, lists: i64, calls_of_a_day: i64) -> Self {
        let every_minutes = every_minutes.max(1);
        let seen = calls_of_a_day.saturating_mul(i64::from(every_minutes)).saturating_mul(100) / DAY_MINUTES;
        Self { every_minutes, run_hundredths: seen.max(lists.saturating_mul(100)) }
    }

    fn calls(self, minutes: i64, every_minutes: u32) -> i64 {
        self.run_hundredths.saturating_mul(minutes) / (i64::from(every_minutes) * 100)
    }
}

/// What today is likely to come to: sales go on as yesterday did, asking for changes goes on as it is set, where it is on.
pub fn projected(
    today: &DayUse,
    minute_of_day: i64,
    (sold_by_now, sold_in_all): (i64, i64),
    asking: Option<Asking>,
) -> i64 {
    let by_clock = elapsed_thousandths(minute_of_day, 0, 0);
    let by_sales = elapsed_thousandths(minute_of_day, sold_by_now, sold_in_all);
    let flow = |one: &FlowUse| match one.flow {
        // Runs are told below.
        Flow::Products => one.used.calls,
        Flow::Sales => one.used.calls.saturating_mul(1_000).saturating_add(by_sales / 2) / by_sales,
        Flow::ProductChanges => one.used.calls.saturating_mul(1_000).saturating_add(by_clock / 2) / by_clock,
    };
    let left = DAY_MINUTES.saturating_sub(minute_of_day.clamp(0, DAY_MINUTES));
    let runs = asking.map_or(0, |asking| asking.calls(left, asking.every_minutes));
    today.flows.iter().map(flow).fold(runs, i64::saturating_add)
}

/// What asking for changes costs a day, interval by interval.
pub fn intervals(asking: Asking) -> Vec<IntervalCost> {
    let cost = |minutes: u32| IntervalCost {
        every_minutes: minutes,
        calls: asking.calls(DAY_MINUTES, minutes).max(1),
    };
    INTERVALS.into_iter().map(cost).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today(sales: i64, products: i64) -> DayUse {
        let used = |flow, calls| FlowUse { flow, used: Used { calls, failed: 0, done: 0 } };
        let day = Day::parse("2026-06-21").unwrap();
        DayUse { day, flows: vec![used(Flow::Products, products), used(Flow::Sales, sales)] }
    }

    #[test]
    fn a_day_is_projected_by_the_clock_and_by_yesterdays_sales() {
        let asking = Some(Asking { every_minutes: 5, run_hundredths: 400 });
        for (minute, sold, sales, products, asking, expected) in [
            // Noon, no sales yesterday: twice as many; asking is off.
            (720, (0, 0), 100, 50, None, 250),
            // Noon, three quarters of yesterday's sales were over by then; 144 runs of four calls are to come.
            (720, (75, 100), 90, 50, asking, 120 + 50 + 576),
            // Midnight: nothing to go by, and not a thousandfold.
            (0, (0, 0), 1, 0, None, 50),
            // The day is over.
            (1_440, (100, 100), 500, 10, asking, 510),
        ] {
            assert_eq!(
                projected(&today(sales, products), minute, sold, asking),
                expected,
                "{minute} {sold:?}"
            );
        }
    }

    #[test]
    fn asking_less_often_costs_less() {
        let calls = |asking: Asking| intervals(asking).iter().map(|one| one.calls).collect::<Vec<_>>();
        // Never asked for a whole day: one call a list.
        assert_eq!(calls(Asking::of(5, 4, 5)), [5_760, 1_152, 384, 96, 4]);
        // Yesterday a run took ten.
        assert_eq!(calls(Asking::of(5, 4, 2_880)), [14_400, 2_880, 960, 240, 10]);
    }
}
