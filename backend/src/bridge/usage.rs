//! Usage: what a connection asks of the other side, and what it is likely to come to.

use super::Bridge;
use crate::app::AppError;
use crate::clock;
use crate::store::{connections, outbox};
use shared::calendar::Day;
use shared::connect::usage::{Asking, DAYS, DayUse, FlowUse, Usage, Used, intervals, projected};
use shared::connect::{ConnectionState, Flow};
use shared::ids::{ConnectionId, OrganisationId};

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;

/// What a connection uses.
pub async fn usage(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<Usage, AppError> {
    let now_ms = clock::now_ms();
    let midnight_ms = now_ms.saturating_sub(now_ms.rem_euclid(DAY_MS));
    let today = Day::of(now_ms, 0);
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    let row = connections::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let since = today.plus_days(1 - DAYS).to_string();
    let calls = connections::calls_since(&mut tx, organisation_id, id, &since).await?;
    let yesterday_ms = midnight_ms.saturating_sub(DAY_MS);
    let sales_yesterday = outbox::sold_between(&mut tx, organisation_id, (yesterday_ms, midnight_ms)).await?;
    let by_now_ms = (yesterday_ms, now_ms.saturating_sub(DAY_MS));
    let sold_by_now = outbox::sold_between(&mut tx, organisation_id, by_now_ms).await?;
    let mut days: Vec<DayUse> = Vec::new();
    for (day, flow, one) in calls {
        let Ok(day) = Day::parse(&day) else { continue };
        let used = FlowUse { flow, used: Used { calls: one.calls, failed: one.failed, done: one.done } };
        match days.last_mut().filter(|last| last.day == day) {
            Some(last) => last.flows.push(used),
            None => days.push(DayUse { day, flows: vec![used] }),
        }
    }
    let nothing = DayUse { day: today, flows: Vec::new() };
    let of_today = days.iter().find(|one| one.day == today).unwrap_or(&nothing);
    let minute = now_ms.saturating_sub(midnight_ms) / MINUTE_MS;
    let sums = |flow: Flow| {
        days.iter().map(|day| day.of(flow)).fold((0_i64, 0_i64), |(calls, done), one| {
            (calls.saturating_add(one.calls), done.saturating_add(one.done))
        })
    };
    let (calls_of_sales, delivered) = sums(Flow::Sales);
    let per_sale_hundredths =
        (delivered > 0).then(|| calls_of_sales.saturating_mul(100).checked_div(delivered).unwrap_or(0));
    let asked_yesterday =
        days.iter().find(|one| one.day == today.plus_days(-1)).map_or(0, |one| one.of(Flow::Products).calls);
    let descriptor = connectors::named(&row.connector).map(|connector| connector.descriptor());
    let lists = descriptor.as_ref().map_or(1, |one| i64::try_from(one.matches.len()).unwrap_or(1));
    let set = row.flows.iter().find(|one| one.flow == Flow::Products);
    let asking = set.map(|one| Asking::of(one.every_minutes, lists, asked_yesterday));
    let asks = asking.filter(|_| row.state == ConnectionState::Running && row.has_flow(Flow::Products));
    Ok(Usage {
        projected: projected(of_today, minute, (sold_by_now, sales_yesterday), asks),
        per_sale_hundredths,
        sales_yesterday,
        sales_cost: per_sale_hundredths
            .map(|per| per.saturating_mul(sales_yesterday).saturating_add(99) / 100),
        intervals: asking.map(intervals).unwrap_or_default(),
        limits: descriptor.map(|one| one.limits).unwrap_or_default(),
        days,
    })
}
