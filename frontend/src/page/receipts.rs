//! Receipts: finding and printing what was sold.

use leptos::prelude::*;

/// The page.
#[component]
pub fn Receipts() -> impl IntoView {
    view! { <main class="centred"><h1>"Receipts"</h1></main> }
}
