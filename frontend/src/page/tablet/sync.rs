//! Sync: how this tablet's records and the server stand, in whole sentences.

use crate::component::{Icon, IconName};
use crate::i18n::{number, t};
use crate::session::use_till;
use leptos::prelude::*;
use shared::sync::register::{Stop, SyncStatus};

/// A clock that is off by more than this is worth a word.
const MOST_SKEW_MS: i64 = 5 * 60_000;

/// The card.
#[component]
pub fn Sync() -> impl IntoView {
    let till = use_till();
    let shown = move || words(till.sync_status.get());
    let loading = move || {
        let progress = till.load_progress.get();
        let loaded = i64::try_from(progress.loaded).unwrap_or(i64::MAX);
        let total = i64::try_from(progress.total).unwrap_or(i64::MAX);
        (!progress.complete && progress.total > 0)
            .then(|| t!("pay.sync_loading", loaded = number(loaded), total = number(total)))
    };
    let clock = move || {
        let minutes = till.clock_skew_ms.get() / 60_000;
        let words = if minutes > 0 { "ahead" } else { "behind" };
        let says = |words| match words {
            "ahead" => t!("pay.clock_ahead", count = minutes),
            _ => t!("pay.clock_behind", count = minutes.saturating_abs()),
        };
        (till.clock_skew_ms.get().saturating_abs() > MOST_SKEW_MS).then(|| says(words))
    };
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

/// The class that colours a status, and what it says.
fn words(status: SyncStatus) -> (&'static str, String) {
    match status {
        SyncStatus::Synced => ("note ok", t!("pay.sync_synced").to_owned()),
        SyncStatus::Waiting { waiting } => ("note info", t!("pay.sync_waiting", count = waiting)),
        SyncStatus::Offline { waiting: 0 } => ("note warn", t!("pay.sync_offline_none").to_owned()),
        SyncStatus::Offline { waiting } => ("note warn", t!("pay.sync_offline", count = waiting)),
        SyncStatus::Refused { kept, waiting: 0 } => ("note bad", t!("pay.sync_kept", count = kept)),
        SyncStatus::Refused { kept, waiting } => {
            let words = [t!("pay.sync_kept", count = kept), t!("pay.sync_waiting", count = waiting)];
            ("note bad", words.join(" "))
        }
        SyncStatus::Stopped { why, waiting } => ("note bad", stopped(why, waiting)),
    }
}

fn stopped(why: Stop, waiting: u64) -> String {
    let why = match why {
        Stop::Unpaired => t!("pay.stop_unpaired"),
        Stop::OldCopy => t!("pay.stop_old_copy"),
        Stop::Forgotten => t!("pay.stop_forgotten"),
        Stop::Outdated => t!("pay.stop_outdated"),
    };
    if waiting == 0 { why.to_owned() } else { format!("{why} {}", t!("pay.stop_waiting", count = waiting)) }
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
