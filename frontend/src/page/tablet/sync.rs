//! Sync: how this tablet's records and the server stand, in whole sentences.

use crate::component::{Icon, IconName, clock_words, sync_words};
use crate::i18n::{number, t};
use crate::session::use_till;
use leptos::prelude::*;
use shared::sync::register::SyncStatus;

/// The card.
#[component]
pub fn Sync() -> impl IntoView {
    let till = use_till();
    let shown = move || sync_words(till.sync_status.get());
    let loading = move || {
        let progress = till.load_progress.get();
        let loaded = i64::try_from(progress.loaded).unwrap_or(i64::MAX);
        let total = i64::try_from(progress.total).unwrap_or(i64::MAX);
        (!progress.complete && progress.total > 0)
            .then(|| t!("pay.sync_loading", loaded = number(loaded), total = number(total)))
    };
    let clock = move || clock_words(till.clock_skew_ms.get());
    view! {
        <section class="card padded tablet-card tablet-sync" aria-labelledby="tablet-sync">
            <h2 id="tablet-sync">{t!("pay.sync")}</h2>
            <p class=move || shown().0 role="status">{move || shown().1}</p>
            {move || loading().map(|words| view! { <p class="sm muted">{words}</p> })}
            {move || clock().map(|words| view! { <p class="note warn">{words}</p> })}
            <Kept />
            <button class="btn line" on:click=move |_| till.try_now()>{t!("pay.try_now")}</button>
        </section>
    }
}

/// What the server keeps for a manager, and why.
#[component]
fn Kept() -> impl IntoView {
    let till = use_till();
    let row = |(sequence, reason): &(u64, String)| {
        let name = t!("pay.kept_record", number = sequence);
        view! { <li><Icon name=IconName::Warning /><span class="grow"><strong>{name}</strong>" "<bdi>{reason.clone()}</bdi></span></li> }
    };
    move || {
        let kept = till.kept_by_server.get();
        (!kept.is_empty()).then(|| {
            view! {
                <h3>{t!("pay.kept")}</h3>
                <p class="sm muted">{t!("pay.kept_words")}</p>
                <ul class="tablet-kept">{kept.iter().map(row).collect_view()}</ul>
            }
        })
    }
}

/// Records of this tablet that the server has not answered for.
pub fn unsent(status: SyncStatus) -> u64 {
    match status {
        SyncStatus::Synced => 0,
        SyncStatus::Waiting { waiting }
        | SyncStatus::Offline { waiting }
        | SyncStatus::Refused { waiting, .. }
        | SyncStatus::Stopped { waiting, .. } => waiting,
    }
}
