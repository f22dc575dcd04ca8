//! Keys: what the keyboard does on the sell page. Letters go to the search field wherever the focus is.

use super::desk::{Ask, Desk};
use super::lines::focus_line;
use super::panel::hold_or_resume;
use crate::i18n::t;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};

/// What a shortcut does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Shows the shortcuts.
    Help,
    /// To the search field.
    Search,
    /// To the lines of the sale.
    Lines,
    /// How much of the line in hand.
    Quantity,
    /// Its price.
    Price,
    /// Money off it.
    Discount,
    /// Words on it.
    Note,
    /// On to paying.
    Charge,
    /// Puts the sale aside, or shows those put aside.
    Hold,
    /// Money off the whole.
    SaleDiscount,
    /// Who buys.
    Customer,
    /// Everything else.
    More,
    /// Takes the last change back.
    Undo,
    /// Wipes the sale.
    Clear,
    /// The line below, wherever the focus is.
    NextLine,
    /// The line above.
    LineBefore,
}

impl Act {
    /// As the help says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Help => t!("sell.key_help"),
            Self::Search => t!("sell.key_search"),
            Self::Lines => t!("sell.key_lines"),
            Self::Quantity => t!("sell.key_quantity"),
            Self::Price => t!("sell.key_price"),
            Self::Discount => t!("sell.key_discount"),
            Self::Note => t!("sell.key_note"),
            Self::Charge => t!("sell.key_charge"),
            Self::Hold => t!("sell.key_hold"),
            Self::SaleDiscount => t!("sell.key_sale_discount"),
            Self::Customer => t!("sell.key_customer"),
            Self::More => t!("sell.key_more"),
            Self::Undo => t!("sell.key_undo"),
            Self::Clear => t!("sell.key_clear"),
            Self::NextLine => t!("sell.key_next_line"),
            Self::LineBefore => t!("sell.key_line_before"),
        }
    }
}

/// A key and what it does.
pub struct Shortcut {
    /// As the help shows it.
    pub keys: &'static str,
    key: &'static str,
    ctrl: bool,
    shift: bool,
    /// What it does.
    pub act: Act,
}

const fn key(keys: &'static str, key: &'static str, act: Act) -> Shortcut {
    Shortcut { keys, key, ctrl: false, shift: false, act }
}

const fn shift(keys: &'static str, key: &'static str, act: Act) -> Shortcut {
    Shortcut { keys, key, ctrl: false, shift: true, act }
}

const fn ctrl(keys: &'static str, key: &'static str, act: Act) -> Shortcut {
    Shortcut { keys, key, ctrl: true, shift: false, act }
}

/// Every shortcut. No letters: a scanner types them.
pub const SHORTCUTS: [Shortcut; 16] = [
    key("F1", "F1", Act::Help),
    key("F2", "F2", Act::Search),
    key("F3", "F3", Act::Lines),
    key("F4", "F4", Act::Quantity),
    key("F6", "F6", Act::Price),
    key("F7", "F7", Act::Discount),
    shift("Shift F7", "F7", Act::SaleDiscount),
    key("F8", "F8", Act::Note),
    shift("Shift F8", "F8", Act::Customer),
    key("F9", "F9", Act::Charge),
    key("F10", "F10", Act::Hold),
    shift("Shift F9", "F9", Act::More),
    ctrl("Ctrl Z", "z", Act::Undo),
    ctrl("Ctrl Delete", "Delete", Act::Clear),
    ctrl("Ctrl ↓", "ArrowDown", Act::NextLine),
    ctrl("Ctrl ↑", "ArrowUp", Act::LineBefore),
];

/// The shortcut of a key.
fn act_of(key: &str, ctrl: bool, shift: bool) -> Option<Act> {
    let is = |one: &&Shortcut| {
        one.ctrl == ctrl && one.shift == shift && one.key.eq_ignore_ascii_case(key) && !key.is_empty()
    };
    SHORTCUTS.iter().find(is).map(|shortcut| shortcut.act)
}

/// Listens while the page is shown.
pub fn listen(desk: Desk, charge: impl Fn() + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| on_key(desk, &event, &charge));
    on_cleanup(move || handle.remove());
}

fn on_key(desk: Desk, event: &KeyboardEvent, charge: &impl Fn()) {
    if event.default_prevented() || event.alt_key() || event.is_composing() || desk.ask.with(Option::is_some)
    {
        return;
    }
    if a_dialog_is_open() {
        return;
    }
    let ctrl = event.ctrl_key() || event.meta_key();
    let field = typing_field(event);
    let key = event.key();
    if let Some(act) = act_of(&key, ctrl, event.shift_key()) {
        // In a text, Ctrl+Z and its like belong to the text.
        let is_for_text = ctrl && field.as_ref().is_some_and(|text| !text.is_empty());
        if !is_for_text {
            event.prevent_default();
            run(desk, act, charge);
        }
        return;
    }
    if ctrl {
        return;
    }
    match field {
        Some(text) if text.is_empty() => on_empty_field(desk, event, &key),
        Some(_) => {}
        None => anywhere(desk, event, &key),
    }
}

fn run(desk: Desk, act: Act, charge: &impl Fn()) {
    match act {
        Act::Help => desk.ask.set(Some(Ask::Keys)),
        Act::Search => desk.focus_search(),
        Act::Lines => focus_line(desk),
        Act::Quantity => desk.ask_line(Ask::Quantity),
        Act::Price => desk.ask_line(Ask::Price),
        Act::Discount => desk.ask_line(Ask::LineDiscount),
        Act::Note => desk.ask_line(Ask::LineNote),
        Act::SaleDiscount => desk.ask_sale(Ask::SaleDiscount),
        Act::Customer => desk.ask.set(Some(Ask::Customer)),
        Act::More => desk.ask.set(Some(Ask::More)),
        Act::Hold => hold_or_resume(desk),
        Act::Undo => desk.undo(),
        Act::Clear => desk.clear(),
        Act::NextLine => desk.cart.select_next(true),
        Act::LineBefore => desk.cart.select_next(false),
        Act::Charge => charge(),
    }
}

/// Keys that a search field without text has no use for.
fn on_empty_field(desk: Desk, event: &KeyboardEvent, key: &str) {
    let Some(line) = desk.cart.selected() else { return question(desk, event, key) };
    match key {
        "+" => desk.step(line, 1),
        "-" => desk.step(line, -1),
        "Delete" => desk.remove(line),
        _ => return question(desk, event, key),
    }
    event.prevent_default();
}

fn question(desk: Desk, event: &KeyboardEvent, key: &str) {
    if key == "?" {
        event.prevent_default();
        desk.ask.set(Some(Ask::Keys));
    }
}

/// The focus is on no field: letters are a search.
fn anywhere(desk: Desk, event: &KeyboardEvent, key: &str) {
    if key == "?" {
        return question(desk, event, key);
    }
    let mut letters = key.chars();
    let is_letter = letters.next().is_some_and(|letter| !letter.is_whitespace()) && letters.next().is_none();
    if is_letter {
        // The letter itself arrives in the field that has the focus by then.
        desk.focus_search();
    } else if key == "ArrowDown" || key == "Escape" {
        event.prevent_default();
        desk.focus_search();
    }
}

/// The text of the field the key goes to, if it goes to one.
fn typing_field(event: &KeyboardEvent) -> Option<String> {
    let target = event.target()?;
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return Some(input.value());
    }
    if let Some(area) = target.dyn_ref::<HtmlTextAreaElement>() {
        return Some(area.value());
    }
    let element = target.dyn_ref::<HtmlElement>()?;
    (element.is_content_editable() || element.tag_name() == "SELECT").then(|| element.inner_text())
}

fn a_dialog_is_open() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.and_then(|document| document.query_selector("dialog[open]").ok().flatten()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_key_has_one_meaning() {
        assert_eq!(act_of("F7", false, false), Some(Act::Discount));
        assert_eq!(act_of("F7", false, true), Some(Act::SaleDiscount));
        assert_eq!(act_of("z", true, false), Some(Act::Undo));
        assert_eq!(act_of("Z", true, false), Some(Act::Undo), "with caps lock");
        assert_eq!(act_of("z", false, false), None, "a letter is a letter");
        assert_eq!(act_of("Delete", false, false), None);
        for (at, one) in SHORTCUTS.iter().enumerate() {
            let same =
                |other: &Shortcut| (other.key, other.ctrl, other.shift) == (one.key, one.ctrl, one.shift);
            assert_eq!(SHORTCUTS.iter().position(same), Some(at), "{}", one.keys);
        }
    }
}
