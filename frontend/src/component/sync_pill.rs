//! Sync pill: always says how this tablet's sales and the server stand.

use crate::i18n::t;
use crate::session::use_till;
use leptos::prelude::*;
use shared::sync::register::SyncStatus;

/// The words of a status, and the class that colours it.
fn face(status: SyncStatus) -> (String, &'static str) {
    match status {
        SyncStatus::Synced => (t!("common.sync_synced").to_owned(), "pill ok"),
        SyncStatus::Waiting { waiting } => (t!("common.sync_waiting", count = waiting), "pill info"),
        SyncStatus::Offline { waiting: 0 } => (t!("common.sync_offline_none").to_owned(), "pill warn"),
        SyncStatus::Offline { waiting } => (t!("common.sync_offline", count = waiting), "pill warn"),
        SyncStatus::Refused { kept, .. } => (t!("common.sync_refused", count = kept), "pill bad"),
        SyncStatus::Stopped { waiting, .. } => (t!("common.sync_stopped", count = waiting), "pill bad"),
    }
}

/// The pill.
#[component]
pub fn SyncPill() -> impl IntoView {
    let till = use_till();
    let shown = Memo::new(move |_| face(till.sync_status.get()));
    view! {
        <button class=move || shown.get().1 data-sync=move || shown.get().1>
            <span class="dot"></span>
            {move || shown.get().0}
        </button>
    }
}
