//! One: a connection: how it stands, what flows, what was refused, and its pages.

use super::super::frame::Screen;
use super::check::Check;
use super::deliveries::Deliveries;
use super::form::ConnectionForm;
use super::mapping::Mapping;
use super::matches::Matches;
use super::plan::DryRun;
use super::reconcile::Reconcile;
use super::usage::ApiUse;
use super::{flow_name, health};
use crate::component::{Dialog, Failed, Form, FormBody, Note, Submit, trouble_words, use_toasts};
use crate::i18n::{self, t};
use crate::session::{Loaded, Manage, use_address, use_manage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::connect::{ConnectionState, ConnectionView, ConnectorView, FlowView};
use shared::ids::ConnectionId;
use std::sync::Arc;

/// Which of its pages.
#[derive(Clone, Copy, PartialEq)]
enum Tab {
    Check,
    Matches,
    Mapping,
    DryRun,
    Deliveries,
    Reconcile,
    ApiUse,
    Settings,
}

/// One connection.
#[component]
pub fn ConnectionPage(
    /// Which.
    id: ConnectionId,
) -> AnyView {
    let manage = use_manage();
    let one = Loaded::<ConnectionView>::default();
    let connectors = Loaded::<Vec<ConnectorView>>::default();
    let load = Callback::new(move |()| one.load(manage.connection(id)));
    connectors.load(manage.connectors());
    Effect::new(move |_| {
        manage.changes.track();
        load.run(());
    });
    let tab = RwSignal::new(Tab::Matches);
    let heading = Signal::derive(move || {
        one.value.get().map_or_else(
            || t!("manage.connect").to_owned(),
            |one| format!("{} › {}", t!("manage.connect"), one.name),
        )
    });
    let under = Signal::derive(move || one.value.get().map(|one| about(&one)));
    let loaded = Memo::new(move |_| one.value.with(Option::is_some));
    let chip = move |which: Tab, words: &'static str| {
        view! {
            <button type="button" class="chip" aria-pressed=move || (tab.get() == which).to_string()
                on:click=move |_| tab.set(which)>{words}</button>
        }
    };
    let connector = Signal::derive(move || {
        let name = one.value.get()?.connector.clone();
        connectors.value.get()?.iter().find(|connector| connector.name == name).cloned()
    });
    let page = move || match tab.get() {
        Tab::Check => view! { <Check id /> }.into_any(),
        Tab::Matches => view! { <Matches id connector changed=load /> }.into_any(),
        Tab::Mapping => {
            let dry_run = Callback::new(move |()| tab.set(Tab::DryRun));
            view! { <Mapping id connector dry_run /> }.into_any()
        }
        Tab::DryRun => view! { <DryRun id changed=load /> }.into_any(),
        Tab::Deliveries => view! { <Deliveries id changed=load /> }.into_any(),
        Tab::Reconcile => view! { <Reconcile id /> }.into_any(),
        Tab::ApiUse => view! { <ApiUse id /> }.into_any(),
        Tab::Settings => settings(id, one, connectors, load),
    };
    view! {
        <Screen heading under back="/manage/connect" actions=view! { <Actions one load /> }.into_any()>
            {move || one.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load.run(()) /> })}
            {move || one.value.get().and_then(|one| one.trouble.clone()).map(|words| view! {
                <Note kind="warn"><bdi>{words}</bdi>" "{t!("manage.connect.trouble.kept")}</Note>
            })}
            {move || one.value.get().map(|one| flows(&one))}
            <Show when=move || loaded.get()>
                <div class="toolbar" role="group" aria-label=t!("manage.connect.pages")>
                    {chip(Tab::Check, t!("manage.connect.check"))}
                    {chip(Tab::Matches, t!("manage.connect.matches"))}
                    {chip(Tab::Mapping, t!("manage.connect.mapping"))}
                    {chip(Tab::DryRun, t!("manage.connect.plan"))}
                    {chip(Tab::Deliveries, t!("manage.connect.deliveries"))}
                    {chip(Tab::Reconcile, t!("manage.connect.reconcile"))}
                    {chip(Tab::ApiUse, t!("manage.connect.usage"))}
                    {chip(Tab::Settings, t!("manage.connect.settings"))}
                </div>
                {page}
            </Show>
        </Screen>
    }
    .into_any()
}

/// Where it is and when it was last heard of.
fn about(one: &ConnectionView) -> String {
    let address = one.settings.get("address").cloned().unwrap_or_default();
    match one.heard_at_ms {
        Some(at_ms) => {
            format!("{address} · {}", t!("manage.connect.heard", time = i18n::moment(at_ms, None)))
        }
        None => address,
    }
}

/// What one can do with it.
#[component]
fn Actions(one: Loaded<ConnectionView>, load: Callback<()>) -> AnyView {
    let manage: Manage = use_manage();
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let turn = move |running: bool, id: ConnectionId| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = match running {
                true => manage.pause_connection(id).await,
                false => manage.start_connection(id).await,
            };
            match answer {
                Ok(_) => load.run(()),
                Err(trouble) => toasts.warn(trouble_words(&trouble)),
            }
            busy.try_set(false);
        });
    };
    let refresh = move |id: ConnectionId| {
        spawn_local(async move {
            match manage.refresh_connection(id).await {
                Ok(()) => toasts.say(t!("manage.connect.refreshing").to_owned()),
                Err(trouble) => toasts.warn(trouble_words(&trouble)),
            }
        });
    };
    (move || {
        let one = one.value.get()?;
        let id = one.id;
        let running = one.state == ConnectionState::Running;
        let (class, words) = match one.state {
            ConnectionState::Running => ("btn line", t!("manage.connect.pause")),
            ConnectionState::Paused => ("btn primary", t!("manage.connect.go_on")),
            ConnectionState::Draft => ("btn primary", t!("manage.connect.start")),
        };
        Some(view! {
            {health(&one)}
            <button type="button" class="btn line" on:click=move |_| refresh(id)>{t!("manage.connect.refresh")}</button>
            <button type="button" class=class aria-disabled=move || busy.get().to_string()
                on:click=move |_| turn(running, id)>{words}</button>
        })
    })
    .into_any()
}

fn flows(one: &ConnectionView) -> AnyView {
    let cards = one.flows.iter().map(flow).collect_view();
    let unmatched = one.unmatched;
    view! {
        <div class="board flows">
            {cards}
            <section class="card kpi">
                <h2 class="xs muted">{t!("manage.connect.unmatched.count")}</h2>
                <p class="figure">{i18n::number(unmatched)}</p>
                <p class="sm muted">{if unmatched == 0 { t!("manage.connect.unmatched.none") } else { t!("manage.connect.unmatched.words") }}</p>
            </section>
        </div>
    }
    .into_any()
}

fn flow(one: &FlowView) -> AnyView {
    let every = i64::from(one.setting.every_minutes);
    let when = match (one.setting.on, one.setting.flow.comes_in()) {
        (false, _) => t!("manage.connect.flow.off").to_owned(),
        (true, true) => t!("manage.connect.flow.every", minutes = i18n::number(every)),
        (true, false) => t!("manage.connect.flow.now").to_owned(),
    };
    let stands = match one.setting.flow.comes_in() {
        true => one.last_whole_ms.map(|at| t!("manage.connect.flow.whole", time = i18n::moment(at, None))),
        false => Some(t!(
            "manage.connect.flow.stands",
            waiting = i18n::number(one.waiting),
            refused = i18n::number(one.refused)
        )),
    };
    view! {
        <section class="card kpi">
            <h2 class="xs muted">{flow_name(one.setting.flow)}</h2>
            <p class="figure">{i18n::number(one.done_today)}</p>
            <p class="sm">{t!("manage.connect.flow.today", calls = i18n::number(one.calls_today))}" · "{when}</p>
            <p class="sm muted">{stands}</p>
        </section>
    }
    .into_any()
}

fn settings(
    id: ConnectionId,
    one: Loaded<ConnectionView>,
    connectors: Loaded<Vec<ConnectorView>>,
    load: Callback<()>,
) -> AnyView {
    let address = use_address();
    let removing = RwSignal::new(false);
    // As it was when the page was opened: what is typed must not change under one's hands.
    let ready = Memo::new(move |_| one.value.with(Option::is_some) && connectors.value.with(Option::is_some));
    let form = move || {
        if !ready.get() {
            return None;
        }
        let known: Arc<ConnectionView> = one.value.get_untracked()?;
        let all = connectors.value.get_untracked()?;
        let connector = all.iter().find(|connector| connector.name == known.connector)?.clone();
        let saved = Callback::new(move |_| load.run(()));
        let cancel = Callback::new(move |()| address.go("/manage/connect"));
        Some(view! {
            <div class="card padded form-card">
                <ConnectionForm connector known=Some(known) choose=None saved cancel />
            </div>
        })
    };
    view! {
        {form}
        <div class="inline">
            <button type="button" class="btn line danger" on:click=move |_| removing.set(true)>{t!("manage.connect.remove")}</button>
        </div>
        {move || removing.get().then(|| view! { <Remove id removing /> })}
    }
    .into_any()
}

#[component]
fn Remove(id: ConnectionId, removing: RwSignal<bool>) -> AnyView {
    let manage = use_manage();
    let address = use_address();
    let form = Form::new();
    let send = move |()| {
        form.send(manage.remove_connection(id), move |()| address.go("/manage/connect"));
    };
    view! {
        <Dialog heading=t!("manage.connect.remove.ask").to_owned() on_close=move |()| removing.set(false)>
            <FormBody form on_submit=send>
                <p>{t!("manage.connect.remove.words")}</p>
                <div class="actions">
                    <button type="button" class="btn line" on:click=move |_| removing.set(false)>{t!("common.cancel")}</button>
                    <Submit label=t!("manage.connect.remove") />
                </div>
            </FormBody>
        </Dialog>
    }
    .into_any()
}
