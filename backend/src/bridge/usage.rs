//! Usage: what a connection asks of the other side, and what it is likely to come to.

use super::Bridge;
use crate::app::AppError;
use crate::clock;
use crate::store::{connections, outbox};
use shared::calendar::Day;
use shared::connect::Flow;
use shared::connect::usage::{DAYS, DayUse, FlowUse, Usage, Used, intervals, projected};
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
    // A whole day of questions: yesterday, or what today is likely to come to.
    let asked_yesterday =
        days.iter().find(|one| one.day == today.plus_days(-1)).map(|one| one.of(Flow::Products).calls);
    let only_questions = DayUse {
        day: today,
        flows: of_today.flows.iter().filter(|one| one.flow == Flow::Products).copied().collect(),
    };
    let asked = asked_yesterday.unwrap_or_else(|| projected(&only_questions, minute, (0, 0)));
    let every = row.flows.iter().find(|one| one.flow == Flow::Products).map_or(5, |one| one.every_minutes);
    let limits = connectors::named(&row.connector).map(|connector| connector.descriptor().limits);
    Ok(Usage {
        projected: projected(of_today, minute, (sold_by_now, sales_yesterday)),
        per_sale_hundredths,
        sales_yesterday,
        sales_cost: per_sale_hundredths
            .map(|per| per.saturating_mul(sales_yesterday).saturating_add(99) / 100),
        intervals: intervals(asked, every),
        limits: limits.unwrap_or_default(),
        days,
    })
}
