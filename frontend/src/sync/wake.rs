//! Wake: what the browser and the server tell without being asked.
//! Lives here: listening to the window, the server's events, whether there is a network.
//! May use: web-sys. Never: what to do about it.
//! Invariant: whoever is dropped no longer listens.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Event, EventSource, EventTarget};

/// Listens until it is dropped.
pub struct Listener {
    target: EventTarget,
    kind: String,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Calls back on every event of a kind.
    pub fn on(target: &EventTarget, kind: &str, act: impl FnMut(Event) + 'static) -> Option<Self> {
        let closure = Closure::new(act);
        target.add_event_listener_with_callback(kind, closure.as_ref().unchecked_ref()).ok()?;
        Some(Self { target: target.clone(), kind: kind.to_owned(), closure })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let closure = self.closure.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback(&self.kind, closure);
    }
}

/// Listens to the window.
pub fn of_window(kind: &str, act: impl FnMut(Event) + 'static) -> Option<Listener> {
    Listener::on(&web_sys::window()?.into(), kind, act)
}

/// Is there a network, as far as the browser can tell?
pub fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// The server's wake-ups, until dropped.
pub struct Events {
    source: EventSource,
    _listeners: Vec<Listener>,
}

impl Events {
    /// Opens the line; none where the browser has no such thing.
    pub fn open(
        changed: impl Fn() + 'static,
        opened: impl Fn() + 'static,
        failed: impl Fn() + 'static,
    ) -> Option<Self> {
        let source = EventSource::new("/api/sync/events").ok()?;
        let changed = std::rc::Rc::new(changed);
        let of_named = std::rc::Rc::clone(&changed);
        let listeners = [
            Listener::on(&source, "message", move |_| changed()),
            Listener::on(&source, "changed", move |_| of_named()),
            Listener::on(&source, "open", move |_| opened()),
            Listener::on(&source, "error", move |_| failed()),
        ];
        Some(Self { source, _listeners: listeners.into_iter().flatten().collect() })
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.source.close();
    }
}
