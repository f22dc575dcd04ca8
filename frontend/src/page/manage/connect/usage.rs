//! Usage: how often the other side is asked: today, what it is likely to come to, the days before, and what other intervals would cost.

use super::flow_name;
use crate::component::{Empty, Failed, IconName};
use crate::i18n::{self, t};
use crate::session::{Loaded, use_manage};
use leptos::prelude::*;
use shared::connect::Flow;
use shared::connect::usage::{DayUse, IntervalCost, Usage};
use shared::ids::ConnectionId;

/// What a connection asks of the other side.
#[component]
pub fn ApiUse(
    /// Of which connection.
    id: ConnectionId,
) -> AnyView {
    let manage = use_manage();
    let found = Loaded::<Usage>::default();
    let load = Callback::new(move |()| found.load(manage.usage(id)));
    load.run(());
    let shown = move || {
        let found = found.value.get()?;
        if found.days.is_empty() {
            let words = t!("manage.connect.usage.none.words").to_owned();
            let none = view! { <Empty icon=IconName::Link heading=t!("manage.connect.usage.none") words /> };
            return Some(none.into_any());
        }
        Some(
            view! {
                {figures(&found)}
                <div class="card sheet">{days(&found.days)}</div>
                {intervals(&found.intervals)}
            }
            .into_any(),
        )
    };
    view! {
        {move || found.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load.run(()) /> })}
        {shown}
    }
    .into_any()
}

fn figures(found: &Usage) -> AnyView {
    let today = found.days.first().map_or(0, DayUse::calls);
    let per_sale = found.per_sale_hundredths.map(|hundredths| {
        let whole = (hundredths + 50) / 100;
        t!("manage.connect.usage.per_sale", calls = i18n::number(whole))
    });
    let cost = found.sales_cost.map(|calls| {
        let sales = i18n::number(found.sales_yesterday);
        t!("manage.connect.usage.sales_cost", calls = i18n::number(calls), sales = sales)
    });
    let limits = found.limits.clone();
    view! {
        <div class="board flows">
            <section class="card kpi">
                <h2 class="xs muted">{t!("manage.connect.usage.today")}</h2>
                <p class="figure">{i18n::number(today)}</p>
                <p class="sm muted">{t!("manage.connect.usage.projected", calls = i18n::number(found.projected))}</p>
            </section>
            <section class="card kpi">
                <h2 class="xs muted">{t!("manage.connect.usage.sales")}</h2>
                <p class="figure">{per_sale.unwrap_or_else(|| "—".to_owned())}</p>
                <p class="sm muted">{cost}</p>
            </section>
            <section class="card kpi">
                <h2 class="xs muted">{t!("manage.connect.usage.limits")}</h2>
                <p class="sm"><bdi>{limits}</bdi></p>
            </section>
        </div>
    }
    .into_any()
}

/// Day by day: a bar and its figures.
fn days(all: &[DayUse]) -> AnyView {
    let most = all.iter().map(DayUse::calls).max().unwrap_or(1).max(1);
    let row = |one: &DayUse| {
        let flows = Flow::ALL.into_iter().map(|flow| {
            let used = one.of(flow);
            let failed = (used.failed > 0).then(|| {
                format!(" ({})", t!("manage.connect.usage.failed", count = i18n::number(used.failed)))
            });
            view! { <td class="num">{i18n::number(used.calls)}<span class="bad-text">{failed}</span></td> }
        });
        view! {
            <tr>
                <th scope="row">{i18n::day(one.day)}</th>
                <td><progress class="score" max=most.to_string() value=one.calls().to_string() aria-hidden="true"></progress></td>
                {flows.collect_view()}
                <td class="num strong">{i18n::number(one.calls())}</td>
            </tr>
        }
    };
    view! {
        <table class="list rows">
            <caption class="hidden-text">{t!("manage.connect.usage.days")}</caption>
            <thead>
                <tr>
                    <th scope="col">{t!("manage.connect.day")}</th>
                    <td class="bar-column"></td>
                    {Flow::ALL.map(|flow| view! { <th scope="col" class="num">{flow_name(flow)}</th> }).collect_view()}
                    <th scope="col" class="num">{t!("manage.connect.usage.all")}</th>
                </tr>
            </thead>
            <tbody>{all.iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// What asking for changes more or less often would cost.
fn intervals(all: &[IntervalCost]) -> AnyView {
    if all.is_empty() {
        return ().into_any();
    }
    let row = |one: &IntervalCost| {
        let minutes = i64::from(one.every_minutes);
        view! {
            <tr>
                <th scope="row">{t!("manage.connect.flow.every", minutes = i18n::number(minutes))}</th>
                <td class="num">{i18n::number(one.calls)}</td>
            </tr>
        }
    };
    view! {
        <div class="card sheet">
            <table class="list rows">
                <thead>
                    <tr>
                        <th scope="col">{t!("manage.connect.usage.interval")}</th>
                        <th scope="col" class="num">{t!("manage.connect.usage.a_day")}</th>
                    </tr>
                </thead>
                <tbody>{all.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
