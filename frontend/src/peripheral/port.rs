//! Port: what the cables of a tablet have in common: why one does not work, and reading what the browser says of it.
//! May use: web-sys, js-sys. Never: a kind of cable, a kind of device.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// Why a device on a cable does not do what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortError {
    /// This browser knows no such cable, or not on this page.
    Unsupported,
    /// Nothing was chosen.
    NotChosen,
    /// It is not there.
    Gone,
    /// It is there, and another program has it.
    Taken,
    /// What was chosen is no printer.
    NoPrinter,
    /// A transfer failed, though it is there.
    Broken,
    /// The server that prints on it does not answer.
    NoServer,
    /// The server does not reach it.
    Unreached,
    /// The tablet does not reach it, though it may.
    NotReached,
    /// The page may call it once it has been loaded anew.
    LoadAnew,
    /// The store has no such printer any more.
    Removed,
    /// The browser has forgotten it: it must be chosen once more.
    Forgotten,
}

/// `navigator.usb`, `navigator.serial` and their like.
pub(super) fn target(name: &str) -> Option<EventTarget> {
    let found = get(&web_sys::window()?.navigator(), name);
    found.is_object().then(|| found.unchecked_into())
}

/// Calls back whenever something was plugged in or out, for the life of the page.
pub(super) fn on_plug(target: &EventTarget, act: impl Fn() + 'static) {
    let heard = Closure::<dyn Fn()>::new(act);
    for event in ["connect", "disconnect"] {
        let _ = target.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
    }
    heard.forget();
}

pub(super) fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or_default()
}

pub(super) fn list(value: &JsValue, name: &str) -> js_sys::Array {
    get(value, name).dyn_into().unwrap_or_default()
}

pub(super) fn whole(value: &JsValue, name: &str) -> Option<i64> {
    get(value, name).as_f64().map(crate::clock::whole)
}

pub(super) fn number(value: &JsValue, name: &str) -> Option<u16> {
    whole(value, name).and_then(|number| u16::try_from(number).ok())
}

/// The bytes of a `DataView`.
pub(super) fn bytes_of(data: &JsValue) -> Vec<u8> {
    let Some(view) = data.dyn_ref::<js_sys::DataView>() else { return Vec::new() };
    let size = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let (offset, length) = (size(view.byte_offset()), size(view.byte_length()));
    Uint8Array::new_with_byte_offset_and_length(&view.buffer(), offset, length).to_vec()
}

/// What an exception of the browser means. (A chooser that is closed is a `NotFoundError` too: see the callers.)
pub(super) fn meaning(error: &JsValue) -> PortError {
    match get(error, "name").as_string().as_deref() {
        Some("NotFoundError" | "InvalidStateError") => PortError::Gone,
        Some("SecurityError") => PortError::Taken,
        _ => PortError::Broken,
    }
}

/// What an exception while opening means: nothing else is wrong with a device that is there.
pub(super) fn meaning_of_opening(error: &JsValue) -> PortError {
    match meaning(error) {
        PortError::Gone => PortError::Gone,
        _ => PortError::Taken,
    }
}
