//! Deliveries: every record for the other side: waiting, delivered, refused or set aside, with all that was said.

use crate::component::{Dialog, Empty, IconName, ListEnd, Note, Toasts, trouble_words, use_toasts};
use crate::i18n::{self, t};
use crate::session::{Loaded, Manage, use_manage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::connect::{Delivery, DeliveryState, Exchange};
use shared::ids::ConnectionId;

/// The deliveries of a connection.
#[component]
pub fn Deliveries(
    /// Whose.
    id: ConnectionId,
    /// Hears that something was done.
    changed: Callback<()>,
) -> AnyView {
    let manage = use_manage();
    let state = RwSignal::new(None::<DeliveryState>);
    let list = manage.deliveries();
    let load = Callback::new(move |()| manage.seek_deliveries(list, id, state.get_untracked()));
    Effect::new(move |_| {
        state.track();
        manage.changes.track();
        load.run(());
    });
    let opened = RwSignal::new(None::<Delivery>);
    let chip = move |which: Option<DeliveryState>, words: &'static str| {
        view! {
            <button type="button" class="chip" aria-pressed=move || (state.get() == which).to_string()
                on:click=move |_| state.set(which)>{words}</button>
        }
    };
    let none = move || {
        (list.loaded.get() && list.rows.with(Vec::is_empty)).then(|| {
            let words = t!("manage.connect.deliveries.none.words").to_owned();
            view! { <Empty icon=IconName::Done heading=t!("manage.connect.deliveries.none") words /> }
        })
    };
    let done = Callback::new(move |()| {
        opened.set(None);
        load.run(());
        changed.run(());
    });
    let refused = move || list.rows.with(|rows| rows.iter().any(|row| row.state == DeliveryState::Refused));
    let toasts = use_toasts();
    let all_again = move |_| send_again((manage, toasts), id, Vec::new(), done);
    let key = |row: &Delivery| (row.id.clone(), row.state.word(), row.attempts);
    view! {
        <div class="toolbar" role="group" aria-label=t!("manage.connect.deliveries")>
            {chip(None, t!("manage.connect.state.all"))}
            {chip(Some(DeliveryState::Refused), state_word(DeliveryState::Refused))}
            {chip(Some(DeliveryState::Waiting), state_word(DeliveryState::Waiting))}
            {chip(Some(DeliveryState::Delivered), state_word(DeliveryState::Delivered))}
            {chip(Some(DeliveryState::SetAside), state_word(DeliveryState::SetAside))}
            <span class="grow"></span>
            {move || refused().then(|| view! {
                <button type="button" class="btn line" on:click=all_again>{t!("manage.connect.again.all")}</button>
            })}
        </div>
        <div class="card sheet" aria-busy=move || list.loading.get().to_string()>
            {none}
            <table class="list rows" class:hidden=move || list.rows.with(Vec::is_empty)>
                <thead>
                    <tr>
                        <th scope="col">{t!("manage.connect.record")}</th>
                        <th scope="col">{t!("manage.connect.stands")}</th>
                        <th scope="col">{t!("manage.connect.noted")}</th>
                        <th scope="col"><span class="hidden-text">{t!("manage.connect.details")}</span></th>
                    </tr>
                </thead>
                <tbody><For each=move || list.rows.get() key=key children=move |one| row(one, opened) /></tbody>
            </table>
        </div>
        <ListEnd list />
        {move || opened.get().map(|one| view! { <Details id one opened done /> })}
    }
    .into_any()
}

fn send_again((manage, toasts): (Manage, Toasts), id: ConnectionId, ids: Vec<String>, done: Callback<()>) {
    spawn_local(async move {
        match manage.send_deliveries_again(id, ids).await {
            Ok(counted) => {
                let count = i64::try_from(counted.count).unwrap_or(i64::MAX);
                toasts.say(t!("manage.connect.again.done", count = i18n::number(count)));
                done.run(());
            }
            Err(trouble) => toasts.warn(trouble_words(&trouble)),
        }
    });
}

fn state_word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => t!("manage.connect.delivery.waiting"),
        DeliveryState::Delivered => t!("manage.connect.delivery.delivered"),
        DeliveryState::Refused => t!("manage.connect.delivery.refused"),
        DeliveryState::SetAside => t!("manage.connect.delivery.set_aside"),
    }
}

fn state_tag(state: DeliveryState) -> AnyView {
    let class = match state {
        DeliveryState::Waiting | DeliveryState::SetAside => "tag",
        DeliveryState::Delivered => "tag ok",
        DeliveryState::Refused => "tag bad",
    };
    view! { <span class=class>{state_word(state)}</span> }.into_any()
}

fn row(one: Delivery, opened: RwSignal<Option<Delivery>>) -> AnyView {
    let label = format!("{}: {}", t!("manage.connect.details"), one.subject);
    let (subject, state, reason) = (one.subject.clone(), one.state, one.reason.clone());
    let noted = i18n::moment(one.noted_at_ms, None);
    view! {
        <tr>
            <th scope="row"><bdi>{subject}</bdi></th>
            <td>
                {state_tag(state)}
                {reason.map(|reason| view! { <span class="sm muted block"><bdi>{reason}</bdi></span> })}
            </td>
            <td class="muted">{noted}</td>
            <td class="num">
                <button type="button" class="btn line" aria-label=label on:click=move |_| opened.set(Some(one.clone()))>
                    {t!("manage.connect.details")}
                </button>
            </td>
        </tr>
    }
    .into_any()
}

/// One delivery: what is wrong, what to do, all that was said.
#[component]
fn Details(
    id: ConnectionId,
    one: Delivery,
    opened: RwSignal<Option<Delivery>>,
    done: Callback<()>,
) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let said = Loaded::<Vec<Exchange>>::default();
    said.load({
        let delivery = one.id.clone();
        async move { manage.delivery_history(id, &delivery).await }
    });
    let (again, aside) = (one.id.clone(), one.id.clone());
    let send = move |_| send_again((manage, toasts), id, vec![again.clone()], done);
    let set_aside = move |_| {
        let ids = vec![aside.clone()];
        spawn_local(async move {
            match manage.set_deliveries_aside(id, ids).await {
                Ok(_) => done.run(()),
                Err(trouble) => toasts.warn(trouble_words(&trouble)),
            }
        });
    };
    let history = move || {
        let all = said.value.get()?;
        if all.is_empty() {
            return Some(view! { <p class="muted">{t!("manage.connect.history.none")}</p> }.into_any());
        }
        Some(all.iter().map(exchange).collect_view().into_any())
    };
    let remote = one.remote_id.clone().map(|remote| t!("manage.connect.remote_id", id = remote));
    let is_open = one.state != DeliveryState::Delivered;
    let can_set_aside = matches!(one.state, DeliveryState::Waiting | DeliveryState::Refused);
    view! {
        <Dialog heading=one.subject.clone() on_close=move |()| opened.set(None)>
            <p>{state_tag(one.state)}" "<span class="muted">{t!("manage.connect.attempts", count = i18n::number(one.attempts))}</span></p>
            {remote.map(|words| view! { <p class="sm"><bdi>{words}</bdi></p> })}
            {one.reason.clone().map(|reason| view! {
                <Note kind="warn">
                    <span class="strong block"><bdi>{reason}</bdi></span>
                    {one.remedy.clone().map(|remedy| view! { <bdi>{remedy}</bdi> })}
                </Note>
            })}
            <h3>{t!("manage.connect.history")}</h3>
            <div class="history" tabindex="0" role="region" aria-label=t!("manage.connect.history")>{history}</div>
            <div class="actions">
                <button type="button" class="btn line" on:click=move |_| opened.set(None)>{t!("common.close")}</button>
                {can_set_aside.then(|| view! {
                    <button type="button" class="btn line" on:click=set_aside>{t!("manage.connect.set_aside")}</button>
                })}
                {is_open.then(|| view! {
                    <button type="button" class="btn primary" on:click=send>{t!("manage.connect.again")}</button>
                })}
            </div>
        </Dialog>
    }
    .into_any()
}

fn exchange(one: &Exchange) -> AnyView {
    let status =
        one.status.map_or_else(|| t!("manage.connect.no_answer").to_owned(), |status| status.to_string());
    let head = format!("{} → {status} · {} ms", one.asked, i18n::number(one.took_ms));
    view! {
        <details class="fold">
            <summary><bdi>{head}</bdi><span class="xs muted block">{i18n::moment(one.at_ms, None)}</span></summary>
            <pre dir="ltr">{one.request.clone()}</pre>
            <pre dir="ltr">{one.response.clone()}</pre>
        </details>
    }
    .into_any()
}
