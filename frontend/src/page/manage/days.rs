//! Days: a store's days with their closes and the numbered supplements to them.

use super::frame::Screen;
use super::sales::{Tab, tabs};
use super::shifts::{taxes, tenders};
use super::today::StoreFilter;
use crate::component::{Dialog, Empty, Failed, IconName, Note, trouble_words, use_toasts};
use crate::i18n::{self, t};
use crate::session::{Loaded, Trouble, use_manage};
use leptos::prelude::*;
use shared::api::{CloseDayRequest, DayRow};
use shared::calendar::Day;
use shared::money::Currency;
use shared::shift::{DayAmounts, DayClosing};
use shared::staff::Permission;

/// The list.
#[component]
pub fn Days() -> AnyView {
    let manage = use_manage();
    let chosen = manage.sought.store;
    // Days are of one store: the first one, unless another is chosen.
    let store = Memo::new(move |_| {
        let chosen = chosen.get();
        manage.stores.with(|stores| {
            stores.iter().find(|store| store.id.to_string() == chosen).or(stores.first()).cloned()
        })
    });
    let loaded = Loaded::<Vec<DayRow>>::default();
    let load = move || {
        if let Some(store) = store.get_untracked() {
            loaded.load(manage.days(store.id));
        }
    };
    Effect::new(move |_| {
        store.track();
        manage.changes.track();
        load();
    });
    let asked = RwSignal::new(None::<CloseDayRequest>);
    let name = move || store.get().map(|store| store.name.clone()).unwrap_or_default();
    let list = move || {
        let (rows, store) = (loaded.value.get()?, store.get()?);
        let ask = Callback::new(move |day| asked.set(Some(CloseDayRequest { store_id: store.id, day })));
        Some(if rows.is_empty() {
            view! { <Empty icon=IconName::Receipt heading=t!("manage.days.none") /> }.into_any()
        } else {
            rows.iter()
                .map(|row| view! { <DayCard row=row.clone() currency=store.currency on_close=ask /> })
                .collect_view()
                .into_any()
        })
    };
    view! {
        <Screen heading=t!("manage.rail.sales").to_owned() under=Signal::derive(move || Some(name()))
            actions=view! { <StoreFilter store=chosen /> }.into_any()>
            {tabs(manage, Tab::Days)}
            {move || loaded.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            <div class="days">{list}</div>
            {move || asked.get().map(|request| view! { <AskClose request on_done=move |()| { asked.set(None); load(); } on_cancel=move |()| asked.set(None) /> })}
        </Screen>
    }
    .into_any()
}

#[component]
fn DayCard(row: DayRow, currency: Currency, on_close: Callback<Day>) -> AnyView {
    let manage = use_manage();
    let day = row.day;
    let close = (row.closings.is_empty() && manage.may(Permission::CloseDay)).then(|| {
        view! { <button type="button" class="btn line" on:click=move |_| on_close.run(day)>{t!("manage.days.close")}</button> }
    });
    let state = match row.closings.len() {
        0 => view! { <span class="tag info">{t!("manage.days.open")}</span> }.into_any(),
        1 => view! { <span class="tag ok">{t!("manage.days.closed")}</span> }.into_any(),
        more => view! {
            <span class="tag ok">{t!("manage.days.closed")}</span>
            <span class="tag warn">{t!("manage.days.supplements", count = more - 1)}</span>
        }
        .into_any(),
    };
    view! {
        <article class="card padded day" aria-label=i18n::day(day)>
            <div class="day-head">
                <h2>{i18n::day(day)}</h2>
                {state}
                <span class="grow"></span>
                <span class="muted">{t!("manage.days.sales", count = row.sales)}</span>
                <span class="strong">{i18n::money(row.total, currency)}</span>
                {close}
            </div>
            {row.closings.into_iter().map(closing).collect_view()}
        </article>
    }
    .into_any()
}

fn closing(closing: DayClosing) -> AnyView {
    let name = match closing.number {
        1 => t!("manage.days.close_heading").to_owned(),
        number => t!("manage.days.supplement", number = number - 1),
    };
    let at = i18n::moment(closing.closed_at_ms, None);
    let waiting: Vec<String> =
        closing.waiting.iter().map(|tablet| format!("{} ({})", tablet.name, tablet.unsent)).collect();
    let waiting = (!waiting.is_empty())
        .then(|| view! { <p class="sm muted">{t!("manage.days.waiting", tablets = waiting.join(", "))}</p> });
    let total = closing
        .amounts
        .iter()
        .map(|row| i18n::money(row.total, row.currency))
        .collect::<Vec<_>>()
        .join(" + ");
    view! {
        <details>
            <summary>
                <span class="strong">{name}</span>
                <span class="muted">{format!("{at} · {}", closing.staff_name)}</span>
                <span class="grow"></span>
                <span class="strong">{total}</span>
            </summary>
            {closing.amounts.iter().map(amounts).collect_view()}
            {waiting}
        </details>
    }
    .into_any()
}

fn amounts(row: &DayAmounts) -> AnyView {
    let currency = row.currency;
    let sum = |label: String, amount| {
        view! { <div><dt>{label}</dt><dd class="num">{i18n::money(amount, currency)}</dd></div> }
    };
    let foreign = |cash: &shared::tender::ForeignCash| {
        let amount = i18n::money(cash.amount, cash.currency);
        view! { <div><dt>{t!("manage.days.foreign", currency = cash.currency.code())}</dt><dd class="num">{amount}</dd></div> }
    };
    view! {
        <dl class="sums">
            {sum(format!("{} ({})", t!("manage.rail.sales"), row.sales), row.total)}
            {(row.returns > 0).then(|| view! { <div><dt>{t!("manage.days.returns")}</dt><dd class="num">{row.returns}</dd></div> })}
            {sum(t!("manage.sale.net").to_owned(), row.net)}
            {taxes(&row.taxes, currency)}
            {(!row.paid_in.is_zero()).then(|| sum(t!("manage.shifts.paid_in").to_owned(), row.paid_in))}
            {(!row.tips.is_zero()).then(|| sum(t!("manage.shifts.tips").to_owned(), row.tips))}
            {(!row.donations.is_zero()).then(|| sum(t!("manage.shifts.donations").to_owned(), row.donations))}
            {(!row.cash_rounding.is_zero()).then(|| sum(t!("manage.sale.rounding").to_owned(), row.cash_rounding))}
            {tenders(&row.tenders, currency)}
            {row.foreign.iter().map(foreign).collect_view()}
        </dl>
    }
    .into_any()
}

/// Closing a day is for good.
#[component]
fn AskClose(
    request: CloseDayRequest,
    #[prop(into)] on_done: Callback<()>,
    #[prop(into)] on_cancel: Callback<()>,
) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<Trouble>));
    let close = move |_| {
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = manage.close_day(request).await;
            if busy.is_disposed() {
                return;
            }
            busy.set(false);
            match answer {
                Ok(closing) => {
                    toasts.say(t!("manage.days.closed_now", day = i18n::day(closing.day)));
                    on_done.run(());
                }
                Err(wrong) => trouble.set(Some(wrong)),
            }
        });
    };
    view! {
        <Dialog heading=t!("manage.days.ask", day = i18n::day(request.day)) on_close=on_cancel>
            <p>{t!("manage.days.ask.words")}</p>
            {move || trouble.get().map(|trouble| view! { <Note kind="bad" alert=true>{trouble_words(&trouble)}</Note> })}
            <div class="actions">
                <button type="button" class="btn" on:click=move |_| on_cancel.run(())>{t!("common.cancel")}</button>
                <button type="button" class="btn primary" disabled=move || busy.get() on:click=close>{t!("manage.days.close")}</button>
            </div>
        </Dialog>
    }
    .into_any()
}
