//! App update: the service worker that keeps the app on the tablet, and its exchange for a newer one.
//! Lives here: registering it, seeing that a newer one waits, exchanging it, emptying what it keeps of a shop.
//! May use: the service worker's registration. Never: an exchange nobody asked for.
//! Invariant: a page never changes under an open cart; after an exchange a page is loaded once.

use super::{Till, room};
use crate::clock;
use js_sys::Reflect;
use leptos::prelude::{GetUntracked, Set};
use std::cell::Cell;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Event, EventTarget, ServiceWorkerContainer, ServiceWorkerRegistration, ServiceWorkerState};

const LOOK_AGAIN_MS: i64 = 60 * 60_000;

thread_local! {
    /// This tab has asked for the exchange.
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Registers the service worker and watches for a newer one.
pub fn watch(till: Till) {
    let Some(container) = container() else { return };
    watch_exchange(till, &container);
    spawn_local(async move {
        let registered = JsFuture::from(container.register("/service_worker.js")).await;
        let registration = registered.and_then(|registration| registration.dyn_into());
        let Ok(registration): Result<ServiceWorkerRegistration, _> = registration else {
            return leptos::logging::warn!("the app could not be kept for starting without a network");
        };
        watch_for_newer(till, &registration);
        loop {
            clock::pause(LOOK_AGAIN_MS).await;
            if let Ok(looking) = registration.update() {
                let _ = JsFuture::from(looking).await;
            }
        }
    });
}

/// Lets the waiting version take over; the page is loaded anew when it has.
pub fn exchange() {
    ASKED.set(true);
    spawn_local(async {
        let Some(container) = container() else { return };
        let found = JsFuture::from(container.get_registration()).await;
        let waiting = found
            .ok()
            .and_then(|found| found.dyn_into::<ServiceWorkerRegistration>().ok())
            .and_then(|registration| registration.waiting());
        match waiting {
            Some(waiting) => drop(waiting.post_message(&"SKIP_WAITING".into())),
            // Another tab has let it take over already.
            None => room::reload(),
        }
    });
}

/// Pictures of a shop that this tablet no longer belongs to go.
pub async fn forget_pictures() {
    let Some(Ok(caches)) = web_sys::window().map(|window| window.caches()) else { return };
    let _ = JsFuture::from(caches.delete("pictures")).await;
}

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    Reflect::get(&navigator, &"serviceWorker".into()).ok()?.dyn_into().ok()
}

/// For the life of the page.
fn listen(target: &EventTarget, kind: &str, act: impl FnMut(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(act);
    let _ = target.add_event_listener_with_callback(kind, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// The very first version takes a page over without a change; every later one was asked for, here or in another tab.
fn watch_exchange(till: Till, container: &ServiceWorkerContainer) {
    let had_one = Cell::new(container.controller().is_some());
    listen(container, "controllerchange", move |_| {
        if !had_one.replace(true) {
            return;
        }
        if ASKED.get() {
            room::reload();
        } else {
            // Asked for in another tab: this one goes on with what it runs until somebody exchanges it here.
            till.update_waiting.set(true);
        }
    });
}

fn watch_for_newer(till: Till, registration: &ServiceWorkerRegistration) {
    let of_registration = registration.clone();
    let look = move || {
        let replaces = container().is_some_and(|container| container.controller().is_some());
        if replaces && of_registration.waiting().is_some() && !till.update_waiting.get_untracked() {
            till.update_waiting.set(true);
        }
    };
    look();
    let of_found = registration.clone();
    listen(registration, "updatefound", move |_| {
        let Some(worker) = of_found.installing() else { return };
        let (of_worker, look) = (worker.clone(), look.clone());
        listen(&worker, "statechange", move |_| {
            if of_worker.state() == ServiceWorkerState::Installed {
                look();
            }
        });
    });
}
