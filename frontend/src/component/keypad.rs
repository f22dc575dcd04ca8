//! Keypad: digits for a finger. What they mean is the page's business.

use super::{Icon, IconName};
use crate::i18n::t;
use leptos::prelude::*;

/// A key of the pad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// 0 to 9.
    Digit(u8),
    /// Two noughts.
    DoubleZero,
    /// The decimal point of a measured quantity.
    Point,
    /// Take the last one away.
    Erase,
}

/// Twelve keys: 1–9, then the corner key, 0 and erase.
#[component]
pub fn Keypad(
    /// A key was pressed.
    #[prop(into)]
    on_key: Callback<Key>,
    /// What stands left of 0: `00`, a point, or nothing.
    #[prop(optional_no_strip, into)]
    corner: Option<Key>,
) -> impl IntoView {
    let digit = move |digit: u8| {
        view! {
            <button type="button" class="btn" on:click=move |_| on_key.run(Key::Digit(digit))>
                {digit.to_string()}
            </button>
        }
    };
    let corner = corner.map_or_else(
        || view! { <span></span> }.into_any(),
        |key| {
            let face = if key == Key::Point { "." } else { "00" };
            view! { <button type="button" class="btn" on:click=move |_| on_key.run(key)>{face}</button> }
                .into_any()
        },
    );
    view! {
        <div class="keypad">
            {(1..=9).map(digit).collect_view()} {corner} {digit(0)}
            <button
                type="button"
                class="btn"
                aria-label=t!("common.delete_digit")
                on:click=move |_| on_key.run(Key::Erase)
            >
                <Icon name=IconName::Erase />
            </button>
        </div>
    }
}
