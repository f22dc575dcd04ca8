//! Tablet: what this tablet is and its settings.

use leptos::prelude::*;

/// The page.
#[component]
pub fn Tablet() -> impl IntoView {
    view! { <main class="centred"><h1>"Tablet"</h1></main> }
}
