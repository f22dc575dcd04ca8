//! Tabs: how the tabs of one tablet share one exchange with the server.
//! Lives here: the lock that makes one of them the owner, and what they tell each other.
//! May use: Web Locks, BroadcastChannel. Never: a number given out (those are the device store's, in a transaction).
//! Invariant: at most one tab holds the lock; it goes to the next when its tab is closed or dies.

use futures_channel::oneshot;
use js_sys::{Function, Promise, Reflect};
use serde::{Deserialize, Serialize};
use shared::sync::register::SyncStatus;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// What tabs tell each other. Another version of the app may listen: what it cannot read it passes over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// A tab has opened and wants to know how things stand.
    Hello,
    /// An entry is on the disk.
    Recorded {
        /// Its sequence.
        sequence: u64,
    },
    /// How things stand, by the owner.
    Standing(Standing),
    /// Changes of the server are on the disk.
    Applied {
        /// Products among them?
        catalog: bool,
        /// Lists among them?
        lists: bool,
        /// Levels among them?
        stock: bool,
    },
    /// Held carts have changed.
    Held,
    /// A person wants the server tried at once.
    TryNow,
    /// The tablet was paired or unpaired.
    Reload,
}

/// How things stand, by the owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// To show.
    pub status: SyncStatus,
    /// The last entry it counted in.
    pub last: u64,
    /// The last the server has answered for.
    pub answered: u64,
    /// What the server keeps for a manager.
    pub kept: Vec<(u64, String)>,
    /// Device clock minus server clock, ms.
    pub skew_ms: i64,
}

/// The line between the tabs; silent where the browser has none.
pub struct Channel {
    inner: Option<BroadcastChannel>,
    _handler: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    /// Opens the line of this name.
    pub fn open(name: &str, hear: impl Fn(Message) + 'static) -> Self {
        let handler = Closure::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            if let Ok(message) = shared::json::read(text.as_bytes()) {
                hear(message);
            }
        });
        let inner = BroadcastChannel::new(name).ok();
        if let Some(channel) = &inner {
            channel.set_onmessage(Some(handler.as_ref().unchecked_ref()));
        }
        Self { inner, _handler: handler }
    }

    /// Tells the other tabs.
    pub fn say(&self, message: &Message) {
        if let (Some(channel), Ok(text)) = (&self.inner, serde_json::to_string(message)) {
            // A closed line has nobody on it.
            let _ = channel.post_message(&text.into());
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        if let Some(channel) = &self.inner {
            channel.set_onmessage(None);
            channel.close();
        }
    }
}

/// Ownership, until it is dropped.
pub struct Lock {
    release: Option<Function>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Waits until this tab owns the name. A browser without Web Locks, or one that refuses (its storage is being cleared), gives
/// it at once: two owners then ask and send twice, which the server answers twice the same.
pub async fn lock(name: &str) -> Lock {
    let (send, receive) = oneshot::channel();
    let send = Rc::new(Cell::new(Some(send)));
    let refusal = Rc::clone(&send);
    let granted = Closure::once(move |_lock: JsValue| {
        Promise::new(&mut |release: Function, _| {
            // Nobody waits any more: it is released at once.
            if let Some(Err(Some(release))) = send.take().map(|send| send.send(Some(release))) {
                let _ = release.call0(&JsValue::UNDEFINED);
            }
        })
    });
    let refused = Closure::once_into_js(move |_error: JsValue| {
        if let Some(send) = refusal.take() {
            // Nobody waits any more.
            let _ = send.send(None);
        }
    });
    if request(name, granted.as_ref().unchecked_ref(), refused.unchecked_ref()).is_err() {
        return Lock { release: None };
    }
    Lock { release: receive.await.ok().flatten() }
}

/// The promise ends when the lock is released, or says that there is none to be had.
fn request(name: &str, granted: &Function, refused: &Function) -> Result<(), JsValue> {
    let navigator = web_sys::window().ok_or(JsValue::NULL)?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let asked: Promise = request.call2(&locks, &name.into(), granted)?.dyn_into()?;
    let catch: Function = Reflect::get(&asked, &"catch".into())?.dyn_into()?;
    catch.call1(&asked, refused).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    async fn a_browser_that_refuses_the_lock_keeps_no_tab_waiting() {
        let replace = Function::new_no_args(
            "const own = Object.getOwnPropertyDescriptor(navigator, 'locks'); \
             const refuse = () => Promise.reject(new DOMException('cleared', 'InvalidStateError')); \
             Object.defineProperty(navigator, 'locks', { configurable: true, value: { request: refuse } }); \
             return () => { own ? Object.defineProperty(navigator, 'locks', own) : delete navigator.locks; };",
        );
        let restore: Function = replace.call0(&JsValue::NULL).unwrap().dyn_into().unwrap();
        let lock = lock("refused").await;
        restore.call0(&JsValue::NULL).unwrap();
        assert!(lock.release.is_none());
        assert!(super::lock("granted").await.release.is_some());
    }
}
