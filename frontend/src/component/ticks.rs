//! Ticks: the time as a signal, for what counts on the screen.

use crate::session::now_ms;
use leptos::prelude::*;
use std::time::Duration;

/// The time, epoch ms, set each second for as long as the part of the page that asked is there.
pub fn ticking() -> RwSignal<i64> {
    let ticks = RwSignal::new(now_ms());
    if let Ok(handle) = set_interval_with_handle(move || ticks.set(now_ms()), Duration::from_secs(1)) {
        on_cleanup(move || handle.clear());
    }
    ticks
}

/// Time left as `4:05`.
pub fn left(ms: i64) -> String {
    // A second that has begun is shown.
    let seconds = ms.max(0).saturating_add(999) / 1_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
