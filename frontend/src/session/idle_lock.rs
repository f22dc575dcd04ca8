//! Idle lock: a till nobody has touched for a while asks for the PIN again. The open cart stays as it is.

use super::till::{Phase, Till};
use crate::clock;
use leptos::ev;
use leptos::prelude::*;
use std::time::Duration;

/// How often it is looked.
const LOOKS: Duration = Duration::from_secs(5);
const MINUTE_MS: i64 = 60_000;

/// When something was last touched, by both clocks: the page's own, which nobody sets, and the wall clock, which goes on
/// while the tablet sleeps.
#[derive(Clone, Copy)]
struct Touched {
    page_ms: i64,
    wall_ms: i64,
}

impl Touched {
    fn now() -> Self {
        Self { page_ms: clock::since_start_ms(), wall_ms: clock::now_ms() }
    }
}

/// Watches for the life of the page.
pub(super) fn watch(till: Till) {
    let touched = StoredValue::new(Touched::now());
    let touch = move || touched.set_value(Touched::now());
    // Signing in is a touch, however long the till was locked before.
    Effect::new(move |_| {
        till.phase.track();
        touch();
    });
    window_event_listener(ev::pointerdown, move |_| touch());
    window_event_listener(ev::keydown, move |_| touch());
    let lock_if_idle = move |idle_for: fn(Touched, Touched) -> i64| {
        let minutes =
            till.store.with_untracked(|store| store.as_ref().map_or(0, |store| store.lock_after_minutes));
        let is_open = till.phase.with_untracked(|phase| matches!(phase, Phase::Open(_)));
        if is_open && is_idle(idle_for(touched.get_value(), Touched::now()), minutes) {
            till.lock();
        }
    };
    // A wall clock that is set while somebody sells locks nobody out.
    let look = move || lock_if_idle(|then, now| now.page_ms.saturating_sub(then.page_ms));
    // The page lives as long as the app.
    let _ = set_interval_with_handle(look, LOOKS);
    // A tablet that wakes up: its page may have slept too.
    window_event_listener_untyped("visibilitychange", move |_| {
        if !document().hidden() {
            lock_if_idle(|then, now| now.wall_ms.saturating_sub(then.wall_ms));
        }
    });
}

/// Was nothing touched for so many minutes? Never with 0.
fn is_idle(idle_ms: i64, minutes: u16) -> bool {
    minutes > 0 && idle_ms >= i64::from(minutes).saturating_mul(MINUTE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_till_is_idle_after_its_minutes() {
        for (idle_ms, minutes, idle) in [
            (299_999, 5, false),
            (300_000, 5, true),
            (3_600_000, 0, false),
            (-900_000, 1, false),
            (60_000, 1, true),
        ] {
            assert_eq!(is_idle(idle_ms, minutes), idle, "{idle_ms} {minutes}");
        }
    }
}
