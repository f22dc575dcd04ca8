//! Pair: making this tablet a register of a shop.

use leptos::prelude::*;

/// The page.
#[component]
pub fn Pair() -> impl IntoView {
    view! { <main class="centred"><h1>"Pair"</h1></main> }
}
