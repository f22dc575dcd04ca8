//! Sync pill: always says how this tablet's sales and the server stand; touched, what that means.

use super::{Dialog, sync_words};
use crate::i18n::t;
use crate::session::use_till;
use leptos::prelude::*;
use shared::sync::register::SyncStatus;

/// One word for what a style or a test looks for, the class that colours it, and what it says.
fn face(status: SyncStatus) -> (&'static str, &'static str, String) {
    match status {
        SyncStatus::Synced => ("synced", "pill ok", t!("common.sync_synced").to_owned()),
        SyncStatus::Waiting { waiting } => {
            ("waiting", "pill info", t!("common.sync_waiting", count = waiting))
        }
        SyncStatus::Offline { waiting: 0 } => {
            ("offline", "pill warn", t!("common.sync_offline_none").to_owned())
        }
        SyncStatus::Offline { waiting } => {
            ("offline", "pill warn", t!("common.sync_offline", count = waiting))
        }
        SyncStatus::Refused { kept, .. } => ("refused", "pill bad", t!("common.sync_refused", count = kept)),
        SyncStatus::Stopped { waiting, .. } => {
            ("stopped", "pill bad", t!("common.sync_stopped", count = waiting))
        }
    }
}

/// The pill and its dialog.
#[component]
pub fn SyncPill() -> impl IntoView {
    let till = use_till();
    let shown = Memo::new(move |_| face(till.sync_status.get()));
    let is_open = RwSignal::new(false);
    view! {
        <button
            type="button"
            class=move || shown.get().1
            data-sync=move || shown.get().0
            aria-haspopup="dialog"
            on:click=move |_| is_open.set(true)
        >
            <span class="dot"></span>
            <span role="status" class="cut">{move || shown.get().2}</span>
        </button>
        <Show when=move || is_open.get()>
            <Meaning is_open />
        </Show>
    }
}

#[component]
fn Meaning(is_open: RwSignal<bool>) -> impl IntoView {
    let till = use_till();
    let words = move || sync_words(till.sync_status.get());
    let kept = move || {
        let kept = till.kept_by_server.get();
        let rows: Vec<_> = kept.iter().take(5).map(|(_, reason)| reason.clone()).collect();
        (!rows.is_empty()).then(|| {
            let rows = rows.into_iter().map(|reason| view! { <li><bdi>{reason}</bdi></li> }).collect_view();
            view! { <ul class="sm reasons">{rows}</ul> }
        })
    };
    view! {
        <Dialog heading=t!("common.sync_heading").to_owned() on_close=Callback::new(move |()| is_open.set(false))>
            <p class=move || words().0 role="status">{move || words().1}</p>
            {kept}
            <p class="sm muted">{t!("common.sync_explained")}</p>
            <div class="actions">
                <a href="/tablet" class="btn line" on:click=move |_| is_open.set(false)>
                    {t!("common.sync_details")}
                </a>
                <button type="button" class="btn primary" on:click=move |_| till.try_now()>
                    {t!("common.try_now")}
                </button>
            </div>
        </Dialog>
    }
}
