//! Sell: finding products and the open cart.

use crate::session::use_till;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Sell() -> impl IntoView {
    let till = use_till();
    view! { <main><h1>"Sell"</h1><p>{move || till.catalog.get().len()}" products"</p></main> }
}
