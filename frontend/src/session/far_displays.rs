//! Far displays: customer displays on devices of their own (ADR 0042): what they show is said to the server, and said again.
//! May use: api_client, local storage, clock. Never: what stands on them.
//! Invariant: one is said after the other, the newest last; a till without such a display says nothing.

use super::till::Till;
use crate::api_client;
use crate::clock;
use leptos::prelude::*;
use shared::api::{PairedDisplay, PairingCodeResponse, ShowRequest};
use shared::ids::DisplayId;

/// Where it is remembered that this tablet has one.
const REMEMBERED: &str = "tillbridge.display.far";
/// What is not said again for three times as long stands nowhere any more.
const SAY_AGAIN_MS: i64 = 5_000;

/// The customer displays of this tablet that are devices of their own. It is `Copy`.
#[derive(Clone, Copy)]
pub struct FarDisplays {
    till: Till,
    /// Those that are paired, as the server has said; none where it does not answer.
    pub known: RwSignal<Option<Vec<PairedDisplay>>>,
    /// Does this tablet have one, or a code for one?
    pub is_on: RwSignal<bool>,
    last: StoredValue<String>,
    is_saying: StoredValue<bool>,
    has_begun: StoredValue<bool>,
}

impl FarDisplays {
    /// As this tablet remembers it.
    pub fn new(till: Till) -> Self {
        Self {
            till,
            known: RwSignal::new(None),
            is_on: RwSignal::new(remembered()),
            last: StoredValue::new(String::new()),
            is_saying: StoredValue::new(false),
            has_begun: StoredValue::new(false),
        }
    }

    /// Says again and again what stands there, for the life of the page.
    pub(super) fn begin(self) {
        if self.has_begun.try_update_value(|has| std::mem::replace(has, true)) != Some(false) {
            return;
        }
        leptos::task::spawn_local(async move {
            loop {
                clock::pause(SAY_AGAIN_MS).await;
                if self.is_on.try_get_untracked() == Some(true) && self.till.owner.get_untracked() {
                    self.say();
                }
            }
        });
    }

    /// This stands there from now on.
    pub(super) fn show(self, shown: String) {
        self.last.set_value(shown);
        self.say();
    }

    fn say(self) {
        let is_silent = self.last.with_value(String::is_empty);
        if is_silent || self.is_saying.try_update_value(|is| std::mem::replace(is, true)) != Some(false) {
            return;
        }
        leptos::task::spawn_local(async move {
            while let Some(shown) = self.last.try_get_value() {
                let request = ShowRequest { shown: Some(shown) };
                // What does not get through is said again soon.
                let _ = api_client::send::<()>("PUT", "/api/displays/shown", &request).await;
                if self.last.try_get_value() == request.shown {
                    break;
                }
            }
            self.is_saying.set_value(false);
        });
    }

    /// Asks which there are.
    pub async fn load(self) {
        let known = api_client::get::<Vec<PairedDisplay>>("/api/displays").await.ok();
        if known.as_ref().is_some_and(|known| !known.is_empty()) && !self.is_on.get_untracked() {
            self.remember(true);
        }
        self.known.try_set(known);
    }

    /// A code for a new one, good once; none without the server.
    pub async fn code(self) -> Option<PairingCodeResponse> {
        let code = api_client::post("/api/displays/code", &()).await.ok()?;
        self.remember(true);
        Some(code)
    }

    /// Removes one. False without the server: it goes on until then.
    pub async fn remove(self, id: DisplayId) -> bool {
        let path = format!("/api/displays/{id}");
        let is_gone = api_client::send::<()>("DELETE", &path, &()).await.is_ok();
        self.load().await;
        // Without one it says nothing any more.
        if is_gone && self.known.with_untracked(|known| known.as_ref().is_some_and(Vec::is_empty)) {
            self.remember(false);
        }
        is_gone
    }

    fn remember(self, is_on: bool) {
        if let Some(storage) = storage() {
            let _ = if is_on { storage.set_item(REMEMBERED, "on") } else { storage.remove_item(REMEMBERED) };
        }
        self.is_on.try_set(is_on);
    }
}

fn remembered() -> bool {
    storage().and_then(|storage| storage.get_item(REMEMBERED).ok().flatten()).is_some()
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
