//! Number entry: a number by keypad or by keys, with what it counts.

use super::{Key, Keypad};
use leptos::html;
use leptos::prelude::*;

/// Longest text taken.
const MOST_LETTERS: usize = 14;

/// A field with a keypad under it. The first key replaces what stood there. Enter submits the form it stands in.
#[component]
pub fn NumberEntry(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// What is typed, as typed.
    value: RwSignal<String>,
    /// The key left of 0.
    #[prop(optional_no_strip)]
    corner: Option<Key>,
    /// "kg", "%", "£".
    #[prop(into, optional)]
    unit: String,
    /// What is wrong with it.
    #[prop(into, optional)]
    wrong: Signal<Option<String>>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let is_fresh = RwSignal::new(true);
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
            field.select();
        }
    });
    let press = move |key: Key| {
        let fresh = is_fresh.get_untracked();
        is_fresh.set(false);
        value.update(|text| {
            if fresh && key != Key::Erase {
                text.clear();
            }
            match key {
                Key::Digit(digit) => text.push_str(&digit.to_string()),
                Key::DoubleZero => text.push_str("00"),
                Key::Point if text.contains('.') => {}
                Key::Point => text.push('.'),
                Key::Erase => {
                    text.pop();
                }
            }
            if text.chars().count() > MOST_LETTERS {
                text.pop();
            }
        });
    };
    let typed = move |event: leptos::ev::Event| {
        is_fresh.set(false);
        value.set(event_target_value(&event));
    };
    view! {
        <label class="field number-entry">
            {label}
            <span class="entry">
                // The keypad is the keyboard: the tablet's own stays away.
                <input
                    node_ref=field
                    type="text"
                    inputmode="none"
                    autocomplete="off"
                    autofocus=true
                    dir="ltr"
                    aria-invalid=move || wrong.get().is_some().then_some("true")
                    prop:value=move || value.get()
                    on:input=typed
                />
                <span class="unit">{unit}</span>
            </span>
            <span class="wrong" role="alert">{move || wrong.get()}</span>
        </label>
        <Keypad on_key=Callback::new(press) corner=corner />
    }
}
