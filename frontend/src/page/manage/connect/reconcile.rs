//! Reconcile: a day of ours against the other side's own figures: equal, or down to the record what is not.

use crate::component::{Empty, Failed, IconName, Note};
use crate::i18n::{self, t};
use crate::session::{Loaded, use_manage};
use leptos::prelude::*;
use shared::calendar::Day;
use shared::connect::{Difference, DifferenceKind, Reconciliation, StoreDay, Sums};
use shared::ids::ConnectionId;
use shared::money::Currency;

/// One day on both sides.
#[component]
pub fn Reconcile(
    /// Of which connection.
    id: ConnectionId,
) -> AnyView {
    let manage = use_manage();
    let day = RwSignal::new(manage.today());
    let found = Loaded::<Reconciliation>::default();
    let asking = RwSignal::new(false);
    let load = Callback::new(move |()| {
        let day = day.get_untracked();
        asking.set(true);
        found.load(async move {
            let answer = manage.reconcile(id, day).await;
            asking.try_set(false);
            answer
        });
    });
    Effect::new(move |_| {
        day.track();
        load.run(());
    });
    let step = move |days: i64| day.update(|day| *day = day.plus_days(days));
    let picked = move |text: String| {
        if let Ok(chosen) = Day::parse(&text) {
            day.set(chosen);
        }
    };
    let shown = move || found.value.get().filter(|found| found.day == day.get());
    let verdict = move || {
        let found = shown()?;
        Some(match found.is_equal() {
            true => view! { <Note kind="ok">{t!("manage.connect.equal")}</Note> }.into_any(),
            false => view! { <Note kind="warn">{t!("manage.connect.unequal")}</Note> }.into_any(),
        })
    };
    let stores = move || {
        let found = shown()?;
        let rows = found.stores.iter().map(store_row).collect_view();
        Some(view! {
            <table class="list rows">
                <thead>
                    <tr>
                        <th scope="col">{t!("manage.store")}</th>
                        <th scope="col" class="num">{t!("manage.connect.here.figures")}</th>
                        <th scope="col" class="num">{t!("manage.connect.there.figures")}</th>
                        <th scope="col">{t!("manage.connect.stands")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        })
    };
    let differences = move || {
        let found = shown()?;
        let currency = |one: &Difference| {
            let store = found.stores.iter().find(|store| store.store_id == one.store_id);
            store.map_or(Currency::NONE, |store| store.currency)
        };
        if found.differences.is_empty() {
            let words = t!("manage.connect.differences.none.words").to_owned();
            return Some(
                view! { <Empty icon=IconName::Done heading=t!("manage.connect.differences.none") words /> }
                    .into_any(),
            );
        }
        let rows = found.differences.iter().map(|one| difference_row(one, currency(one))).collect_view();
        Some(
            view! {
                <table class="list rows">
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.connect.record")}</th>
                            <th scope="col">{t!("manage.connect.difference")}</th>
                            <th scope="col" class="num">{t!("manage.connect.ours")}</th>
                            <th scope="col" class="num">{t!("manage.connect.theirs")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
            .into_any(),
        )
    };
    view! {
        <div class="toolbar">
            <button type="button" class="btn line square" aria-label=t!("manage.connect.day.before") on:click=move |_| step(-1)>"‹"</button>
            <label>
                <span class="hidden-text">{t!("manage.connect.day")}</span>
                <input class="plain" type="date" prop:value=move || day.get().to_string()
                    on:change:target=move |event| picked(event.target().value()) />
            </label>
            <button type="button" class="btn line square" aria-label=t!("manage.connect.day.after") on:click=move |_| step(1)>"›"</button>
            <button type="button" class="btn line" aria-disabled=move || asking.get().to_string() on:click=move |_| load.run(())>
                {move || if asking.get() { t!("manage.connect.testing") } else { t!("manage.connect.compare") }}
            </button>
        </div>
        {move || found.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load.run(()) /> })}
        <div role="status">{verdict}</div>
        <div class="card sheet" aria-busy=move || asking.get().to_string()>{stores}</div>
        <h2>{t!("manage.connect.differences")}</h2>
        <div class="card sheet">{differences}</div>
    }
    .into_any()
}

fn figures(sums: Sums, currency: Currency) -> AnyView {
    view! {
        <span class="strong">{i18n::money(sums.total, currency)}</span>
        <span class="xs muted block">
            {t!("manage.connect.sums", count = i18n::number(sums.count), tax = i18n::money(sums.tax, currency))}
        </span>
    }
    .into_any()
}

fn store_row(one: &StoreDay) -> AnyView {
    let (class, words) = match one.theirs {
        None if one.ours.count == 0 => ("tag", t!("manage.connect.store.none")),
        None => ("tag bad", t!("manage.connect.unmatched")),
        Some(theirs) if theirs == one.ours => ("tag ok", t!("manage.connect.store.equal")),
        Some(_) => ("tag bad", t!("manage.connect.store.unequal")),
    };
    let before = (one.before > 0).then(|| t!("manage.connect.before", count = i18n::number(one.before)));
    view! {
        <tr>
            <th scope="row">
                <bdi>{one.name.clone()}</bdi>
                {before.map(|words| view! { <span class="xs muted block">{words}</span> })}
            </th>
            <td class="num">{figures(one.ours, one.currency)}</td>
            <td class="num">{one.theirs.map(|theirs| figures(theirs, one.currency))}</td>
            <td><span class=class>{words}</span></td>
        </tr>
    }
    .into_any()
}

fn difference_row(one: &Difference, currency: Currency) -> AnyView {
    let words = match one.kind {
        DifferenceKind::NotThere => t!("manage.connect.difference.not_there"),
        DifferenceKind::OnlyThere => t!("manage.connect.difference.only_there"),
        DifferenceKind::NotPosted => t!("manage.connect.difference.not_posted"),
        DifferenceKind::Amounts => t!("manage.connect.difference.amounts"),
        DifferenceKind::Doubled => t!("manage.connect.difference.doubled"),
    };
    let money = |amount: Option<shared::money::Minor>| amount.map(|amount| i18n::money(amount, currency));
    view! {
        <tr>
            <th scope="row"><bdi>{one.subject.clone()}</bdi></th>
            <td>
                {words}
                {one.reason.clone().map(|reason| view! { <span class="sm muted block"><bdi>{reason}</bdi></span> })}
            </td>
            <td class="num">{money(one.ours)}</td>
            <td class="num">{money(one.theirs)}</td>
        </tr>
    }
    .into_any()
}
