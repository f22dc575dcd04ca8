//! IndexedDB as futures: opening, transactions that say when they are on the disk, requests.
//! Lives here: the thin part between browser events and `async`, and what its errors mean.
//! May use: web-sys. Never: a stored form; it moves JavaScript values only.
//! Invariant: a transaction counts only after its `complete` event; nothing is taken from a request's success alone.

use super::StoreError;
use futures_channel::oneshot;
use js_sys::{Array, Function, Object, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DomException, Event, IdbDatabase, IdbFactory, IdbObjectStore, IdbRequest, IdbTransaction};

/// How a transaction is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only reads.
    Read,
    /// Writes what could be fetched again.
    Write,
    /// Writes facts: complete means flushed to the disk, which browsers otherwise leave for later.
    Strict,
}

/// What an exception of the browser means to us.
pub fn meaning(error: &JsValue) -> StoreError {
    let Some(exception) = error.dyn_ref::<DomException>() else {
        return StoreError::Browser(
            Reflect::get(error, &"message".into()).ok().and_then(|m| m.as_string()).unwrap_or_default(),
        );
    };
    let message = exception.message();
    match exception.name().as_str() {
        "QuotaExceededError" => StoreError::Full,
        // WebKit's words when its database process was killed: "Connection to Indexed Database server lost".
        "InvalidStateError" => StoreError::Lost,
        "UnknownError" if message.contains("lost") => StoreError::Lost,
        "VersionError" => StoreError::Newer,
        name => StoreError::Browser(format!("{name}: {message}")),
    }
}

type Answer = Result<JsValue, StoreError>;
type Handler = Closure<dyn FnMut(Event)>;

/// Hands the first thing that happens to whoever waits for it.
fn handler(
    send: &Rc<Cell<Option<oneshot::Sender<Answer>>>>,
    answer: impl Fn(Event) -> Answer + 'static,
) -> Handler {
    let send = Rc::clone(send);
    Closure::new(move |event: Event| {
        if let Some(send) = send.take() {
            // Nobody waits any more: the caller has gone on without this answer.
            let _ = send.send(answer(event));
        }
    })
}

async fn answer_of(receive: &mut oneshot::Receiver<Answer>) -> Answer {
    receive.await.unwrap_or_else(|_| Err(StoreError::Lost))
}

/// A request that is listened to until this is dropped.
struct Listening {
    request: IdbRequest,
    receive: oneshot::Receiver<Answer>,
    _handlers: [Handler; 2],
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.request.set_onsuccess(None);
        self.request.set_onerror(None);
    }
}

/// Listens to a request at once and waits for it when awaited: several may be under way together.
/// The transaction stays open only as long as each wait is for one of its own requests.
pub fn done(request: Result<IdbRequest, JsValue>) -> impl Future<Output = Answer> {
    let listening = request.map(|request| {
        let (send, receive) = oneshot::channel();
        let send = Rc::new(Cell::new(Some(send)));
        let of_success = request.clone();
        let success = handler(&send, move |_| of_success.result().map_err(|error| meaning(&error)));
        let of_error = request.clone();
        let error = handler(&send, move |_| Err(fault_of(of_error.error().ok().flatten())));
        request.set_onsuccess(Some(success.as_ref().unchecked_ref()));
        request.set_onerror(Some(error.as_ref().unchecked_ref()));
        Listening { request, receive, _handlers: [success, error] }
    });
    async move {
        let mut listening = listening.map_err(|error| meaning(&error))?;
        answer_of(&mut listening.receive).await
    }
}

fn fault_of(exception: Option<DomException>) -> StoreError {
    exception.map_or_else(|| StoreError::Browser("stopped".to_owned()), |exception| meaning(&exception))
}

/// A transaction under way.
pub struct Transaction {
    inner: IdbTransaction,
    ended: oneshot::Receiver<Answer>,
    _handlers: [Handler; 2],
}

impl Drop for Transaction {
    /// One that only read ends by itself; nobody waits for its end.
    fn drop(&mut self) {
        self.inner.set_oncomplete(None);
        self.inner.set_onabort(None);
    }
}

impl Transaction {
    /// Begins one over some object stores.
    pub fn begin(database: &IdbDatabase, stores: &[&str], mode: Mode) -> Result<Self, StoreError> {
        let inner = begin(database, stores, mode).map_err(|error| meaning(&error))?;
        let (send, ended) = oneshot::channel();
        let send = Rc::new(Cell::new(Some(send)));
        let complete = handler(&send, |_| Ok(JsValue::UNDEFINED));
        let of_abort = inner.clone();
        let abort = handler(&send, move |_| Err(fault_of(of_abort.error())));
        inner.set_oncomplete(Some(complete.as_ref().unchecked_ref()));
        inner.set_onabort(Some(abort.as_ref().unchecked_ref()));
        Ok(Self { inner, ended, _handlers: [complete, abort] })
    }

    /// One of its object stores.
    pub fn store(&self, name: &str) -> Result<IdbObjectStore, StoreError> {
        self.inner.object_store(name).map_err(|error| meaning(&error))
    }

    /// Resolves when all of it is written (and, if strict, flushed), or none of it is.
    pub async fn complete(mut self) -> Result<(), StoreError> {
        answer_of(&mut self.ended).await.map(drop)
    }

    /// Gives it up; nothing of it is written.
    pub fn abort(self) {
        // It may have ended by itself, which is as good.
        let _ = self.inner.abort();
    }
}

fn begin(database: &IdbDatabase, stores: &[&str], mode: Mode) -> Result<IdbTransaction, JsValue> {
    let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
    let options = Object::new();
    let durability = if mode == Mode::Strict { "strict" } else { "relaxed" };
    Reflect::set(&options, &"durability".into(), &durability.into())?;
    let kind = if mode == Mode::Read { "readonly" } else { "readwrite" };
    let function: Function = Reflect::get(database, &"transaction".into())?.dyn_into()?;
    function.call3(database, &names, &kind.into(), &options)?.dyn_into()
}

/// Opens a database, bringing it to a version with `upgrade` first where it is older.
pub async fn open(
    name: &str,
    version: u32,
    upgrade: impl Fn(&IdbDatabase, u32) -> Result<(), JsValue> + 'static,
) -> Result<IdbDatabase, StoreError> {
    let request = factory()?.open_with_u32(name, version).map_err(|error| meaning(&error))?;
    let of_upgrade = request.clone();
    let needed: Closure<dyn FnMut(web_sys::IdbVersionChangeEvent)> =
        Closure::new(move |event: web_sys::IdbVersionChangeEvent| {
            let from = event.old_version();
            let database = of_upgrade.result().and_then(|database| database.dyn_into::<IdbDatabase>());
            let changed = database.and_then(|database| {
                // The browser gives versions as numbers; ours are small and whole.
                upgrade(&database, u32::try_from(crate::clock::whole(from)).unwrap_or(0))
            });
            if changed.is_err()
                && let Some(transaction) = of_upgrade.transaction()
            {
                let _ = transaction.abort();
            }
        });
    request.set_onupgradeneeded(Some(needed.as_ref().unchecked_ref()));
    let opened = done(Ok(request.clone().into())).await;
    request.set_onupgradeneeded(None);
    opened?.dyn_into().map_err(|_| StoreError::Browser("no database".to_owned()))
}

/// Deletes a database.
#[cfg(test)]
pub async fn delete(name: &str) -> Result<(), StoreError> {
    let request = factory()?.delete_database(name).map_err(|error| meaning(&error))?;
    done(Ok(request.into())).await.map(drop)
}

fn factory() -> Result<IdbFactory, StoreError> {
    let window = web_sys::window().ok_or_else(|| StoreError::Browser("no window".to_owned()))?;
    let factory = window.indexed_db().map_err(|error| meaning(&error))?;
    factory.ok_or_else(|| {
        StoreError::Browser("this browser offers no storage here (a private window?)".to_owned())
    })
}
