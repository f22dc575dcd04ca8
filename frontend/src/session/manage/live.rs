//! Live: the server's wake-ups. They only say that something has changed; what it is is asked for.

use super::{Access, Manage};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::EventSource;

/// Changes told within this time are one.
const GATHER: Duration = Duration::from_millis(400);
/// How long to wait before a closed line is opened again.
const REOPEN: Duration = Duration::from_secs(10);

/// Is the server telling us about changes?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Live {
    /// Nobody listens yet.
    No,
    /// It is.
    Yes,
    /// The line is down; the browser tries again.
    Reconnecting,
}

/// An open line, and what hears it.
pub struct Events {
    source: EventSource,
    _hears: Vec<Closure<dyn FnMut()>>,
}

impl Drop for Events {
    fn drop(&mut self) {
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

impl Manage {
    /// Opens the line, unless it is open.
    pub(super) fn listen(self) {
        let open = self.events.with_value(|events| {
            events.as_ref().is_some_and(|events| events.source.ready_state() != EventSource::CLOSED)
        });
        if open {
            return;
        }
        let Ok(source) = EventSource::new("/api/events") else { return };
        let opened = Closure::<dyn FnMut()>::new(move || {
            if self.live.get_untracked() == Live::Reconnecting {
                // What changed while the line was down was not told.
                self.changes.update(|count| *count += 1);
            }
            self.live.set(Live::Yes);
        });
        let gathering = StoredValue::new(false);
        let changed = Closure::<dyn FnMut()>::new(move || {
            if gathering.get_value() {
                return;
            }
            gathering.set_value(true);
            set_timeout(
                move || {
                    gathering.set_value(false);
                    self.changes.update(|count| *count += 1);
                    self.look_at_the_session();
                },
                GATHER,
            );
        });
        let failed = Closure::<dyn FnMut()>::new(move || self.line_is_down());
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onerror(Some(failed.as_ref().unchecked_ref()));
        let heard = source.add_event_listener_with_callback("changed", changed.as_ref().unchecked_ref());
        if heard.is_ok() {
            self.events.set_value(Some(Events { source, _hears: vec![opened, changed, failed] }));
        }
    }

    /// Hangs up.
    pub(super) fn stop_listening(self) {
        self.events.update_value(|events| {
            events.take();
        });
        self.live.set(Live::No);
    }

    fn line_is_down(self) {
        self.live.set(Live::Reconnecting);
        let closed = self.events.with_value(|events| {
            events.as_ref().is_some_and(|events| events.source.ready_state() == EventSource::CLOSED)
        });
        if closed {
            // The server hangs up on whoever may no longer look, or is signed out.
            self.look_at_the_session();
            set_timeout(
                move || {
                    if self.access.with_untracked(|access| matches!(access, Access::In(_))) {
                        self.listen();
                    }
                },
                REOPEN,
            );
        }
    }
}
