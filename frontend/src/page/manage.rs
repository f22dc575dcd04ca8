//! Manage: the pages of managers and owners, with their own sign-in; they need no paired tablet.

use leptos::prelude::*;

/// Everything under `/manage`.
#[component]
pub fn Manage() -> impl IntoView {
    view! { <main class="centred"><h1>"Manage"</h1></main> }
}
