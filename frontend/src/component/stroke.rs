//! Stroke: keys pressed anywhere on a page, for pages that a cashier works without a mouse. A field that is being typed
//! into keeps its own keys; a button keeps Enter and the space bar; an open dialog keeps all.

use super::Key;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// A key that means something to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// One that the keypad has too.
    Pad(Key),
    /// Go on.
    Enter,
    /// Back.
    Escape,
    /// Wipe what was entered.
    Wipe,
    /// The line above.
    Up,
    /// The line below.
    Down,
    /// F1 to F12.
    Function(u8),
}

/// What has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Field,
    Button,
    Page,
}

/// Listens until the owner goes. The stroke is taken when `on_stroke` says so; otherwise the browser has it.
pub fn on_strokes(on_stroke: impl Fn(Stroke) -> bool + 'static) {
    listen(is_dialog_open, on_stroke);
}

/// The same inside a dialog that is open. It keeps Escape for itself.
pub fn on_strokes_of_dialog(on_stroke: impl Fn(Stroke) -> bool + 'static) {
    listen(|| false, move |stroke| stroke != Stroke::Escape && on_stroke(stroke));
}

fn listen(is_elsewhere: fn() -> bool, on_stroke: impl Fn(Stroke) -> bool + 'static) {
    let heard = move |event: KeyboardEvent| {
        if event.default_prevented() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        if event.is_composing() || is_elsewhere() {
            return;
        }
        let stroke = read(&event.key(), event.repeat(), focus(&event));
        if stroke.is_some_and(&on_stroke) {
            event.prevent_default();
        }
    };
    let listener = window_event_listener(ev::keydown, heard);
    on_cleanup(move || listener.remove());
}

fn is_dialog_open() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

fn focus(event: &KeyboardEvent) -> Focus {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return Focus::Page;
    };
    match target.tag_name().as_str() {
        "INPUT" | "SELECT" | "TEXTAREA" => Focus::Field,
        "BUTTON" | "A" | "SUMMARY" => Focus::Button,
        _ => Focus::Page,
    }
}

fn read(key: &str, is_repeat: bool, focus: Focus) -> Option<Stroke> {
    let stroke = match key {
        "Enter" => Stroke::Enter,
        "Escape" => Stroke::Escape,
        "Backspace" => Stroke::Pad(Key::Erase),
        "Delete" => Stroke::Wipe,
        "ArrowUp" => Stroke::Up,
        "ArrowDown" => Stroke::Down,
        "." | "," => Stroke::Pad(Key::Point),
        _ => other(key)?,
    };
    let kept_by_focus = match focus {
        Focus::Field => !matches!(
            stroke,
            Stroke::Enter | Stroke::Escape | Stroke::Function(_) | Stroke::Up | Stroke::Down
        ),
        Focus::Button => stroke == Stroke::Enter,
        Focus::Page => false,
    };
    // A key that is held down may erase; it never confirms twice.
    let repeats = matches!(stroke, Stroke::Pad(_) | Stroke::Up | Stroke::Down);
    (!kept_by_focus && (!is_repeat || repeats)).then_some(stroke)
}

fn other(key: &str) -> Option<Stroke> {
    if let Some(number) = key.strip_prefix('F').and_then(|number| number.parse().ok()) {
        return Some(Stroke::Function(number));
    }
    let mut letters = key.chars();
    let digit = letters.next()?.to_digit(10).and_then(|digit| u8::try_from(digit).ok())?;
    letters.next().is_none().then_some(Stroke::Pad(Key::Digit(digit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn what_has_the_focus_keeps_its_keys() {
        let digit = Some(Stroke::Pad(Key::Digit(7)));
        for (key, is_repeat, focus, wanted) in [
            ("7", false, Focus::Page, digit),
            ("7", false, Focus::Button, digit),
            ("7", false, Focus::Field, None),
            ("Enter", false, Focus::Page, Some(Stroke::Enter)),
            ("Enter", false, Focus::Field, Some(Stroke::Enter)),
            ("Enter", false, Focus::Button, None),
            ("Enter", true, Focus::Page, None),
            ("Backspace", true, Focus::Page, Some(Stroke::Pad(Key::Erase))),
            ("Backspace", false, Focus::Field, None),
            ("Escape", false, Focus::Field, Some(Stroke::Escape)),
            ("F8", false, Focus::Field, Some(Stroke::Function(8))),
            ("F", false, Focus::Page, None),
            ("a", false, Focus::Page, None),
            ("77", false, Focus::Page, None),
        ] {
            assert_eq!(read(key, is_repeat, focus), wanted, "{key} {focus:?}");
        }
    }
}
