//! Connect: ERPs and online stores: the list of what is connected, and one connection's pages.
//! Lives here: the list; the form of one (`form`); one that is there (`one`): its matches (`matches`), mapping (`mapping`), dry run (`plan`),
//! data check (`check`), deliveries (`deliveries`), days (`reconcile`) and calls (`usage`); what things are called (`names`).
//! Invariant: nothing flows before a person has started it, and a password that was saved is never shown.

mod check;
mod deliveries;
mod form;
mod mapping;
mod matches;
mod names;
mod one;
mod plan;
mod reconcile;
mod usage;

pub use form::NewConnection;
pub use one::ConnectionPage;

use super::frame::Screen;
use crate::component::{Empty, Failed, Icon, IconName};
use crate::i18n::{self, t};
use crate::session::{Loaded, use_manage};
use leptos::prelude::*;
use shared::connect::{ConnectionState, ConnectionView, Flow, LinkKind};

/// What is connected.
#[component]
pub fn Connections() -> AnyView {
    let manage = use_manage();
    let all = Loaded::<Vec<ConnectionView>>::default();
    let load = Callback::new(move |()| all.load(manage.connections()));
    Effect::new(move |_| {
        manage.changes.track();
        load.run(());
    });
    let list = move || {
        let found = all.value.get()?;
        if found.is_empty() {
            let words = t!("manage.connect.none.words").to_owned();
            let none = view! { <div class="card"><Empty icon=IconName::Link heading=t!("manage.connect.none") words /></div> };
            return Some(none.into_any());
        }
        let cards = found.iter().map(card).collect_view();
        Some(view! { <div class="stack">{cards}</div> }.into_any())
    };
    let add = view! {
        <a class="btn primary" href="/manage/connect/new"><Icon name=IconName::Plus />{t!("manage.connect.add")}</a>
    };
    view! {
        <Screen heading=t!("manage.connect").to_owned() under=t!("manage.connect.under").to_owned() actions=add.into_any()>
            {move || all.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load.run(()) /> })}
            {list}
        </Screen>
    }
    .into_any()
}

fn card(one: &ConnectionView) -> AnyView {
    let waiting: i64 = one.flows.iter().map(|flow| flow.waiting).sum();
    let refused: i64 = one.flows.iter().map(|flow| flow.refused).sum();
    let figures = t!(
        "manage.connect.figures",
        waiting = i18n::number(waiting),
        refused = i18n::number(refused),
        unmatched = i18n::number(one.unmatched)
    );
    let address = one.settings.get("address").cloned().unwrap_or_default();
    view! {
        <a class="card padded connection" href=format!("/manage/connect/{}", one.id)>
            <span class="grow">
                <span class="strong block"><bdi>{one.name.clone()}</bdi></span>
                <span class="xs muted block"><bdi>{address}</bdi></span>
                {one.trouble.clone().map(|words| view! { <span class="sm block bad-text"><bdi>{words}</bdi></span> })}
            </span>
            <span class="sm muted">{figures}</span>
            {health(one)}
        </a>
    }
    .into_any()
}

/// How it stands, in a word with its look.
fn health(one: &ConnectionView) -> AnyView {
    let refused = one.flows.iter().any(|flow| flow.refused > 0);
    let (class, words) = match (one.state, &one.trouble) {
        (ConnectionState::Draft, _) => ("tag", t!("manage.connect.state.draft")),
        (ConnectionState::Paused, _) => ("tag warn", t!("manage.connect.state.paused")),
        (ConnectionState::Running, Some(_)) => ("tag bad", t!("manage.connect.state.trouble")),
        (ConnectionState::Running, None) if refused => ("tag warn", t!("manage.connect.state.refused")),
        (ConnectionState::Running, None) => ("tag ok", t!("manage.connect.state.healthy")),
    };
    view! { <span class=class role="status">{words}</span> }.into_any()
}

fn flow_name(flow: Flow) -> &'static str {
    match flow {
        Flow::Products => t!("manage.connect.flow.products"),
        Flow::ProductChanges => t!("manage.connect.flow.product_changes"),
        Flow::Sales => t!("manage.connect.flow.sales"),
    }
}

fn kind_name(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Product => t!("manage.connect.kind.product"),
        LinkKind::Store => t!("manage.connect.kind.store"),
        LinkKind::Tender => t!("manage.connect.kind.tender"),
        LinkKind::Line => t!("manage.connect.kind.line"),
    }
}
