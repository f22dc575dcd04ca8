//! Today: a day in figures against the same weekday a week before, kept up to date by the server's wake-ups.

use super::frame::Screen;
use crate::component::{Failed, HourChart, Icon, IconName, Note, ticking, trouble_words};
use crate::i18n::{self, t};
use crate::session::compare::{change, share};
use crate::session::{Live, Loaded, use_manage};
use leptos::prelude::*;
use shared::api::{BestSeller, DayFigures, DeviceView, StoreFigures, TodayResponse};
use shared::calendar::Day;
use shared::money::{Currency, Minor, Rounding};
use std::sync::Arc;

/// A tablet that was not heard of for so long is worth a look.
const LONG_SILENT_MS: i64 = 12 * 3_600_000;

/// The figures of a day.
#[component]
pub fn Today() -> AnyView {
    let manage = use_manage();
    let figures = Loaded::<TodayResponse>::default();
    let sought = manage.sought;
    let load = move || {
        figures
            .load(manage.figures(sought.figures_store.get_untracked(), sought.figures_day.get_untracked()));
    };
    Effect::new(move |_| {
        sought.figures_store.track();
        sought.figures_day.track();
        manage.changes.track();
        load();
    });
    let now = ticking();
    let loaded = Memo::new(move |_| figures.value.with(Option::is_some));
    let shown = Signal::derive(move || figures.value.get());
    view! {
        <Screen heading=Signal::derive(move || heading(shown.get().as_deref(), manage))
            under=Signal::derive(move || shown.get().map(|_| freshness(figures, manage.live.get(), now.get())))
            actions=view! { <Controls figures /> }.into_any()>
            {move || figures.trouble.get().map(|trouble| if loaded.get() {
                view! { <Note kind="warn">{t!("manage.today.stale")}" "{trouble_words(&trouble)}</Note> }.into_any()
            } else {
                view! { <Failed trouble on_retry=move |()| load() /> }.into_any()
            })}
            <Show when=move || loaded.get() fallback=move || figures.trouble.with(Option::is_none).then(waiting)>
                <Board shown />
            </Show>
        </Screen>
    }
    .into_any()
}

fn heading(shown: Option<&TodayResponse>, manage: crate::session::Manage) -> String {
    let store = manage.sought.figures_store.get();
    let stores = manage.stores.get();
    let place = stores.iter().find(|one| one.id.to_string() == store);
    let place = place.map_or_else(|| t!("manage.today.all_stores").to_owned(), |store| store.name.clone());
    let asked = manage.sought.figures_day.get();
    let day = if asked.is_empty() {
        t!("manage.today.today").to_owned()
    } else {
        shown
            .map(|shown| i18n::day(shown.day))
            .or_else(|| Day::parse(&asked).ok().map(i18n::day))
            .unwrap_or(asked)
    };
    format!("{day}, {place}")
}

/// "Live · updated 3 seconds ago", counting.
fn freshness(figures: Loaded<TodayResponse>, live: Live, now_ms: i64) -> String {
    let at = figures.at_ms.get();
    let seconds = now_ms.saturating_sub(at).max(0) / 1_000;
    let updated = t!("manage.today.updated", ago = i18n::ago(seconds));
    let live = match live {
        Live::Yes => t!("manage.today.live"),
        Live::No | Live::Reconnecting => t!("manage.today.reconnecting"),
    };
    format!("{live} · {updated}")
}

fn waiting() -> AnyView {
    view! {
        <div class="board" aria-busy="true">
            <p class="hidden-text" role="status">{t!("common.loading")}</p>
            {(0..4).map(|_| view! { <div class="card kpi ghost"></div> }).collect_view()}
            <div class="card wide ghost tall"></div>
            <div class="card narrow ghost tall"></div>
        </div>
    }
    .into_any()
}

/// The day and the store.
#[component]
fn Controls(figures: Loaded<TodayResponse>) -> AnyView {
    let manage = use_manage();
    let (day, store) = (manage.sought.figures_day, manage.sought.figures_store);
    // Today on the shop's calendar, as the server said it when it was last asked for.
    let today = RwSignal::new(None::<Day>);
    Effect::new(move |_| {
        if let Some(shown) = figures.value.get()
            && day.get_untracked().is_empty()
        {
            today.set(Some(shown.day));
        }
    });
    let shown = move || Day::parse(&day.get()).ok().or(today.get());
    let step = move |days: i64| {
        if let Some(to) = shown().map(|shown| shown.plus_days(days)) {
            day.set(if Some(to) == today.get() { String::new() } else { to.to_string() });
        }
    };
    let picked = move |text: String| {
        let is_today =
            text.is_empty() || today.get_untracked().is_some_and(|today| today.to_string() == text);
        day.set(if is_today { String::new() } else { text });
    };
    let is_last = move || day.with(String::is_empty);
    view! {
        <div class="controls">
            <button type="button" class="btn line square flip" aria-label=t!("manage.today.day_before") on:click=move |_| step(-1)>
                <Icon name=IconName::Back />
            </button>
            <button type="button" class="chip" aria-pressed=move || is_last().to_string() on:click=move |_| day.set(String::new())>
                {t!("manage.today.today")}
            </button>
            <button type="button" class="btn line square turned" aria-label=t!("manage.today.day_after")
                prop:disabled=is_last on:click=move |_| step(1)>
                <Icon name=IconName::Back />
            </button>
            <input type="date" class="plain" aria-label=t!("manage.today.day")
                max=move || today.get().map(|day| day.to_string())
                prop:value=move || shown().map(|day| day.to_string()).unwrap_or_default()
                on:change:target=move |event| picked(event.target().value()) />
            <StoreFilter store />
        </div>
    }
    .into_any()
}

/// Which store; nothing to choose where there is one.
#[component]
pub fn StoreFilter(
    /// Its id; empty for all.
    store: RwSignal<String>,
) -> AnyView {
    let manage = use_manage();
    let choice = move || {
        let stores = manage.stores.get();
        (stores.len() > 1).then(|| {
            let one = move |id: String, name: String| {
                let is_it = {
                    let id = id.clone();
                    move || store.with(|store| *store == id)
                };
                view! { <option value=id prop:selected=is_it>{name}</option> }
            };
            view! {
                <select class="plain" aria-label=t!("manage.store")
                    on:change:target=move |event| store.set(event.target().value())>
                    {one(String::new(), t!("manage.today.all_stores").to_owned())}
                    {stores.iter().map(|known| one(known.id.to_string(), known.name.clone())).collect_view()}
                </select>
            }
        })
    };
    choice.into_any()
}

/// Everything below the bar.
#[component]
fn Board(shown: Signal<Option<Arc<TodayResponse>>>) -> AnyView {
    let of = move |read: fn(&TodayResponse) -> AnyView| move || shown.get().map(|shown| read(&shown));
    let hours = Signal::derive(move || shown.get().map(|shown| shown.hours.clone()).unwrap_or_default());
    let this_day = Signal::derive(move || shown.get().map(|shown| i18n::day(shown.day)).unwrap_or_default());
    let other_day =
        Signal::derive(move || shown.get().map(|shown| i18n::day(shown.compared_day)).unwrap_or_default());
    let known: Memo<Option<Currency>> = Memo::new(move |_| shown.get().map(|shown| shown.currency));
    view! {
        <div class="board">
            {of(figures_cards)}
            <section class="card wide padded">
                {move || known.get().map(|currency| view! {
                    <HourChart heading=t!("manage.today.by_hour") hours currency=Signal::stored(currency) this_day other_day />
                })}
            </section>
            <section class="card narrow padded">
                <h2>{t!("manage.today.stores")}</h2>
                {of(stores)}
            </section>
            <section class="card wide padded">
                <h2>{t!("manage.today.best")}</h2>
                {of(best_sellers)}
            </section>
            <section class="card narrow padded">
                <h2>{t!("manage.today.attention")}</h2>
                {of(attention)}
            </section>
        </div>
    }
    .into_any()
}

fn figures_cards(shown: &TodayResponse) -> AnyView {
    let (now, before, currency) = (&shown.figures, &shown.compared, shown.currency);
    let weekday = i18n::weekday(shown.compared_day);
    let money = |amount: Minor| i18n::money(amount, currency);
    let then = |text: String| t!("manage.today.then", figure = text, weekday = weekday.clone());
    let count = |count: u64| i18n::number(i64::try_from(count).unwrap_or(i64::MAX));
    let as_figure = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let (returned, returned_before) = (returned_share(now), returned_share(before));
    let none_yet = (now.sales == 0 && now.returns == 0).then(|| {
        view! { <p class="none-yet card padded"><Icon name=IconName::Receipt />{t!("manage.today.none_yet")}</p> }
    });
    view! {
        {none_yet}
        {card(t!("manage.today.net"), money(now.net), delta(change(now.net.0, before.net.0), true), then(money(before.net)))}
        {card(t!("manage.today.sales"), count(now.sales),
            delta(change(as_figure(now.sales), as_figure(before.sales)), true), then(count(before.sales)))}
        {card(t!("manage.today.average"), money(now.average), delta(change(now.average.0, before.average.0), true),
            then(money(before.average)))}
        {card(t!("manage.today.returns"), i18n::percent(returned), points(returned - returned_before),
            t!("manage.today.returned", count = now.returns, amount = money(now.returned)))}
    }
    .into_any()
}

/// Of what was sold, how many thousandths came back.
fn returned_share(figures: &DayFigures) -> i64 {
    let sold = figures.net.0.saturating_sub(figures.returned.0);
    share(figures.returned.0.saturating_abs(), sold).unwrap_or(0)
}

fn card(label: &'static str, figure: String, delta: AnyView, below: String) -> AnyView {
    view! {
        <section class="card kpi">
            <h2 class="sm muted">{label}</h2>
            <p class="figure">{figure}</p>
            {delta}
            <p class="xs muted">{below}</p>
        </section>
    }
    .into_any()
}

/// How a figure moved, in a sign, a number and a word.
fn delta(change: Option<i64>, more_is_good: bool) -> AnyView {
    let Some(change) = change else {
        return view! { <p class="delta muted">{t!("manage.today.nothing_before")}</p> }.into_any();
    };
    let words = |percent: String| match change {
        0 => t!("manage.today.same").to_owned(),
        1.. => t!("manage.today.up", percent = percent),
        _ => t!("manage.today.down", percent = percent),
    };
    moved(change, more_is_good, words(i18n::percent(change.saturating_abs())))
}

/// The same for a share, in points.
fn points(moved_by: i64) -> AnyView {
    let points = shared::money::Quantity(moved_by.saturating_abs().saturating_mul(100));
    let points = i18n::quantity(points);
    let words = match moved_by {
        0 => t!("manage.today.same").to_owned(),
        1.. => t!("manage.today.points_up", points = points),
        _ => t!("manage.today.points_down", points = points),
    };
    moved(moved_by, false, words)
}

fn moved(by: i64, more_is_good: bool, words: String) -> AnyView {
    let (sign, class) = match by {
        0 => ("", "delta muted"),
        _ if (by > 0) == more_is_good => (if by > 0 { "▲ " } else { "▼ " }, "delta good"),
        _ => (if by > 0 { "▲ " } else { "▼ " }, "delta poor"),
    };
    view! { <p class=class><span aria-hidden="true">{sign}</span>{words}</p> }.into_any()
}

fn stores(shown: &TodayResponse) -> AnyView {
    let currency = shown.currency;
    let row = |store: &StoreFigures| {
        view! {
            <tr>
                <th scope="row"><bdi>{store.name.clone()}</bdi></th>
                <td class="num strong">{i18n::money_short(whole(store.net, currency), currency)}</td>
                <td class="num">{short_delta(change(store.net.0, store.compared_net.0))}</td>
            </tr>
        }
    };
    view! { <table class="list slim"><tbody>{shown.stores.iter().map(row).collect_view()}</tbody></table> }
        .into_any()
}

/// Without its minor part.
fn whole(amount: Minor, currency: Currency) -> Minor {
    let unit = 10_i64.pow(currency.digits());
    amount.rounded_to(unit, Rounding::HalfAwayFromZero).unwrap_or(amount)
}

/// As [`delta`], with the word for a screen reader alone: the sign says it to the eye.
fn short_delta(change: Option<i64>) -> AnyView {
    let Some(change) = change else {
        return view! { <span class="delta muted">"–"<span class="hidden-text">{t!("manage.today.nothing_before")}</span></span> }
            .into_any();
    };
    let percent = i18n::percent(change.saturating_abs());
    let (sign, class, words) = match change {
        0 => ("=", "delta muted", t!("manage.today.same").to_owned()),
        1.. => ("▲", "delta good", t!("manage.today.up", percent = percent.clone())),
        _ => ("▼", "delta poor", t!("manage.today.down", percent = percent.clone())),
    };
    view! {
        <span class=class>
            <span aria-hidden="true">{format!("{sign} {percent}")}</span>
            <span class="hidden-text">{words}</span>
        </span>
    }
    .into_any()
}

fn best_sellers(shown: &TodayResponse) -> AnyView {
    if shown.best_sellers.is_empty() {
        return view! { <p class="muted">{t!("manage.today.no_best")}</p> }.into_any();
    }
    let (currency, net) = (shown.currency, shown.figures.net.0);
    let row = |best: &BestSeller| {
        let part =
            share(best.net.0, net).map(|part| t!("manage.today.of_sales", percent = i18n::percent(part)));
        view! {
            <tr>
                <th scope="row"><bdi>{best.name.clone()}</bdi></th>
                <td class="num">{i18n::quantity(best.quantity)}</td>
                <td class="num strong">{i18n::money(best.net, currency)}</td>
                <td class="num muted roomy">{part}</td>
            </tr>
        }
    };
    view! {
        <table class="list slim">
            <thead class="hidden-text">
                <tr>
                    <th scope="col">{t!("manage.product")}</th>
                    <th scope="col">{t!("manage.quantity")}</th>
                    <th scope="col">{t!("manage.today.net")}</th>
                    <th scope="col">{t!("manage.today.part")}</th>
                </tr>
            </thead>
            <tbody>{shown.best_sellers.iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// What a manager should look at: kept records, tablets with unsent sales, tablets long silent.
fn attention(shown: &TodayResponse) -> AnyView {
    let now = shown.server_time_ms;
    let kept = (shown.kept > 0).then(|| {
        attended(
            "bad",
            t!("manage.attention.kept"),
            "/manage/kept",
            t!("manage.kept.waiting", count = shown.kept),
        )
    });
    let rows: Vec<AnyView> = shown
        .devices
        .iter()
        .filter(|device| !device.revoked)
        .filter_map(|device| of_tablet(device, now))
        .collect();
    let working = shown.devices.iter().filter(|device| !device.revoked).count();
    if kept.is_none() && rows.is_empty() {
        let words = if working == 0 {
            t!("manage.attention.no_tablets").to_owned()
        } else {
            t!("manage.attention.none", count = working)
        };
        return view! { <p class="calm"><Icon name=IconName::Done />{words}</p> }.into_any();
    }
    view! { <ul class="plain">{kept}{rows}</ul> }.into_any()
}

fn of_tablet(device: &DeviceView, now: i64) -> Option<AnyView> {
    let silent_ms = device.last_seen_ms.map(|seen| now.saturating_sub(seen));
    let ago = silent_ms.map_or_else(|| t!("manage.tablet.never").to_owned(), |ms| i18n::ago(ms / 1_000));
    let name = device.register.name.clone();
    if device.unsent > 0 {
        let words = t!("manage.attention.unsent", count = device.unsent, register = name, ago = ago);
        return Some(attended("warn", t!("manage.attention.unsent.tag"), "/manage/tablets", words));
    }
    if silent_ms.is_none_or(|ms| ms > LONG_SILENT_MS) {
        let words = t!("manage.attention.silent", register = name, ago = ago);
        return Some(attended("info", t!("manage.attention.silent.tag"), "/manage/tablets", words));
    }
    None
}

fn attended(kind: &'static str, tag: &'static str, href: &'static str, words: String) -> AnyView {
    view! {
        <li>
            <a class="attended" href=href><span class=format!("tag {kind}")>{tag}</span><span>{words}</span></a>
        </li>
    }
    .into_any()
}
