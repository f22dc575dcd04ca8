//! Tabs: how the tabs of one tablet share one exchange with the server.
//! Lives here: the lock that makes one of them the owner, and what they tell each other.
//! May use: Web Locks, BroadcastChannel. Never: a number given out (those are the device store's, in a transaction).
//! Invariant: at most one tab holds the lock; it goes to the next when its tab is closed or dies.

use futures_channel::oneshot;
use js_sys::{Function, Promise, Reflect};
use serde::{Deserialize, Serialize};
use shared::sync::register::SyncStatus;
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

/// Waits until this tab owns the name. A browser without Web Locks gives it at once: two owners then ask and send twice,
/// which the server answers twice the same.
pub async fn lock(name: &str) -> Lock {
    let (send, receive) = oneshot::channel();
    let granted = Closure::once(move |_lock: JsValue| {
        let mut send = Some(send);
        Promise::new(&mut |release: Function, _| {
            if let Some(send) = send.take() {
                // Nobody waits any more: it is released at once.
                if let Err(release) = send.send(release) {
                    let _ = release.call0(&JsValue::UNDEFINED);
                }
            }
        })
    });
    if request(name, granted.as_ref().unchecked_ref()).is_err() {
        return Lock { release: None };
    }
    Lock { release: receive.await.ok() }
}

fn request(name: &str, granted: &Function) -> Result<(), JsValue> {
    let navigator = web_sys::window().ok_or(JsValue::NULL)?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    request.call2(&locks, &name.into(), granted).map(drop)
}
