//! Room: how much this browser lets the tablet keep, and for how long.
//! Lives here: asking that nothing is cleared by itself, watching what is left, loading the page anew.
//! May use: the browser's storage estimate. Never: what is stored.
//! Invariant: the browser's answer is shown as it is; selling never depends on it.

use super::till::StorageUse;
use super::{Till, app_update};
use crate::clock;
use js_sys::Reflect;
use leptos::prelude::Set;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{StorageEstimate, StorageManager};

const LOOK_AGAIN_MS: i64 = 60_000;

/// Shows how much room is left, now and every minute.
pub fn watch(till: Till) {
    spawn_local(async move {
        while let Some(room) = estimate().await {
            till.storage.set(Some(room));
            if room.is_short() {
                // Sales come before pictures.
                app_update::forget_pictures().await;
            }
            clock::pause(LOOK_AGAIN_MS).await;
        }
    });
}

/// Asks the browser not to clear the tablet's storage by itself, and shows its answer. What a browser goes by changes
/// (the app is installed, it is used often), so one that has not promised is asked at every start.
pub fn ask_to_persist(till: Till) {
    spawn_local(async move {
        let has_promised = answer(StorageManager::persisted).await == Some(true)
            || answer(StorageManager::persist).await == Some(true);
        till.persisted.set(Some(has_promised));
    });
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// None where the browser offers no such thing (over plain http).
fn manager() -> Option<StorageManager> {
    let navigator = web_sys::window()?.navigator();
    Reflect::get(&navigator, &"storage".into()).ok()?.dyn_into().ok()
}

async fn answer(
    ask: impl Fn(&StorageManager) -> Result<js_sys::Promise, wasm_bindgen::JsValue>,
) -> Option<bool> {
    JsFuture::from(ask(&manager()?).ok()?).await.ok()?.as_bool()
}

async fn estimate() -> Option<StorageUse> {
    let estimate = JsFuture::from(manager()?.estimate().ok()?).await.ok()?;
    let estimate: StorageEstimate = estimate.unchecked_into();
    let bytes = |number: Option<f64>| number.map_or(0, clock::whole);
    Some(StorageUse { used_bytes: bytes(estimate.get_usage()), quota_bytes: bytes(estimate.get_quota()) })
}
