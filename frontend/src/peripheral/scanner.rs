//! Scanner: barcode scanners that type like a keyboard, heard wherever the focus is.

use crate::clock::whole;
use shared::barcode::{Ended, Heard, SEPARATOR, ScanReader};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Event, EventInit, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent, KeyboardEventInit,
};

/// A field in this keeps what a scanner types: it asks for a code itself.
const KEEPS_SCANS: &str = "[data-scan]";

/// Listens for the life of the page. While `wanted` says so, a scan goes to `heard` and leaves no letter behind.
pub fn listen(wanted: impl Fn() -> bool + 'static, heard: impl Fn(String) + 'static) {
    let listener =
        Rc::new(Listener { wanted: Box::new(wanted), heard: Box::new(heard), burst: RefCell::default() });
    let Some(window) = web_sys::window() else { return };
    let on_key = Closure::<dyn Fn(KeyboardEvent)>::new({
        let listener = Rc::clone(&listener);
        move |event: KeyboardEvent| listener.key(&event)
    });
    // Before anything on the page: what a scanner types must not press a button or open a dialog.
    let function = on_key.as_ref().unchecked_ref();
    if window.add_event_listener_with_callback_and_bool("keydown", function, true).is_ok() {
        on_key.forget();
    }
    let on_silence = Closure::<dyn Fn()>::new(move || listener.silence());
    SILENCE.with(|silence| silence.replace(Some(on_silence)));
}

thread_local! {
    static SILENCE: RefCell<Option<Closure<dyn Fn()>>> = const { RefCell::new(None) };
}

struct Listener {
    wanted: Box<dyn Fn() -> bool>,
    heard: Box<dyn Fn(String)>,
    burst: RefCell<Burst>,
}

/// Letters that came in a row.
#[derive(Default)]
struct Burst {
    reader: ScanReader,
    first: Option<char>,
    field: Option<Field>,
    timer: Option<i32>,
    /// The silence was long enough; keys that were pressed meanwhile and wait to be heard are let in first.
    silent: bool,
}

impl Listener {
    fn key(&self, event: &KeyboardEvent) {
        let key = event.key();
        let at_ms = whole(event.time_stamp());
        let mut letters = key.chars();
        match (letters.next(), letters.next()) {
            // As a keyboard types the separator of GS1's elements.
            (Some(']'), None) if event.ctrl_key() && !event.repeat() => self.letter(event, SEPARATOR, at_ms),
            // A key that is held down repeats as quickly as a scanner types.
            _ if event.is_composing() || event.repeat() || is_command(event) => {
                self.burst.borrow_mut().reader.forget()
            }
            (Some(letter), None) => self.letter(event, letter, at_ms),
            _ if key == "Enter" || key == "Tab" => self.end(event, at_ms),
            _ if key == "Shift" || key == "CapsLock" => {}
            _ => self.burst.borrow_mut().reader.forget(),
        }
    }

    fn letter(&self, event: &KeyboardEvent, letter: char, at_ms: i64) {
        let mut burst = self.burst.borrow_mut();
        let field = Field::in_hand();
        let heard = burst.reader.letter(letter, at_ms);
        match heard {
            Heard::First => {
                burst.first = Some(letter);
                burst.field = field;
            }
            Heard::Late => {
                burst.first = None;
                burst.field = field;
            }
            // The first letter may itself have brought the focus into a field.
            Heard::Quick if burst.field.is_none() => burst.field = field.map(Field::before_first_letter),
            Heard::Quick => {}
        }
        if heard != Heard::First && burst.field.is_none() && (self.wanted)() {
            event.stop_propagation();
            event.prevent_default();
        }
        burst.wait_for_silence();
    }

    fn end(&self, event: &KeyboardEvent, at_ms: i64) {
        let mut burst = self.burst.borrow_mut();
        burst.stop_waiting();
        let ended = burst.reader.end(at_ms);
        let (field, first) = (burst.field.take(), burst.first);
        drop(burst);
        let taken = match ended {
            Ended::Code(code) => self.take(code, field, first),
            Ended::Given => (self.wanted)(),
            Ended::Typing => false,
        };
        if taken {
            event.stop_immediate_propagation();
            event.prevent_default();
        }
    }

    fn silence(&self) {
        let mut burst = self.burst.borrow_mut();
        burst.timer = None;
        if !std::mem::replace(&mut burst.silent, true) {
            burst.wait(0);
            return;
        }
        let now_ms = crate::clock::since_start_ms();
        let Some(code) = burst.reader.silence(now_ms) else { return };
        let (field, first) = (burst.field.take(), burst.first);
        drop(burst);
        self.take(code, field, first);
    }

    fn take(&self, code: String, field: Option<Field>, first: Option<char>) -> bool {
        if !(self.wanted)() || field.as_ref().is_some_and(Field::keeps_scans) {
            return false;
        }
        match field {
            Some(field) => field.restore(),
            None if first.is_some_and(|letter| letter.is_ascii_digit()) => take_back_digit(),
            None => {}
        }
        (self.heard)(code);
        true
    }
}

/// The first digit of a scan reached the page before it could be known for one: a page that counts digits without a
/// field (an amount on a keypad) gets it taken back as a person would.
fn take_back_digit() {
    let init = KeyboardEventInit::new();
    init.set_key("Backspace");
    init.set_bubbles(true);
    init.set_cancelable(true);
    let document = web_sys::window().and_then(|window| window.document());
    let told = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init);
    if let (Some(target), Ok(event)) = (document.and_then(|document| document.active_element()), told) {
        let _ = target.dispatch_event(&event);
    }
}

/// A shortcut, not a letter. (A letter behind `AltGr` reports both of its keys.)
fn is_command(event: &KeyboardEvent) -> bool {
    let held = event.ctrl_key() || event.alt_key() || event.meta_key();
    held && !event.get_modifier_state("AltGraph")
}

impl Burst {
    fn wait_for_silence(&mut self) {
        self.stop_waiting();
        self.silent = false;
        self.wait(i32::try_from(self.reader.timing().silence_ms.saturating_add(5)).unwrap_or(0));
    }

    fn wait(&mut self, wait_ms: i32) {
        let Some(window) = web_sys::window() else { return };
        self.timer = SILENCE.with(|silence| {
            let silence = silence.borrow();
            let function = silence.as_ref()?.as_ref().unchecked_ref();
            window.set_timeout_with_callback_and_timeout_and_arguments_0(function, wait_ms).ok()
        });
    }

    fn stop_waiting(&mut self) {
        if let (Some(window), Some(timer)) = (web_sys::window(), self.timer.take()) {
            window.clear_timeout_with_handle(timer);
        }
    }
}

/// A field that has the focus, with what stood in it.
struct Field {
    element: HtmlElement,
    text: String,
}

impl Field {
    fn in_hand() -> Option<Self> {
        let element = web_sys::window()?.document()?.active_element()?.dyn_into::<HtmlElement>().ok()?;
        let text = if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            input.value()
        } else {
            element.dyn_ref::<HtmlTextAreaElement>()?.value()
        };
        Some(Self { element, text })
    }

    /// The text without the letter that was typed a moment ago, at its end or where the caret stands.
    fn before_first_letter(mut self) -> Self {
        self.text.pop();
        self
    }

    fn keeps_scans(&self) -> bool {
        self.element.closest(KEEPS_SCANS).ok().flatten().is_some()
    }

    fn restore(&self) {
        if let Some(input) = self.element.dyn_ref::<HtmlInputElement>() {
            input.set_value(&self.text);
        } else if let Some(area) = self.element.dyn_ref::<HtmlTextAreaElement>() {
            area.set_value(&self.text);
        }
        let init = EventInit::new();
        init.set_bubbles(true);
        let told: Result<Event, JsValue> = Event::new_with_event_init_dict("input", &init);
        if let Ok(event) = told {
            let _ = self.element.dispatch_event(&event);
        }
    }
}
