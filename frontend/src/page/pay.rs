//! Pay: taking the money for the open cart.

use leptos::prelude::*;

/// The page.
#[component]
pub fn Pay() -> impl IntoView {
    view! { <main class="centred"><h1>"Pay"</h1></main> }
}
