//! Page: what the browser shows, one page a route.
//! Lives here: the app's frame and its routes. May use: session, component, i18n. Never: storage, network, devices.
//! Invariant: every page gets the till from the context.

use crate::i18n::t;
use crate::session::{Till, use_till};
use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    provide_context(Till::open());
    view! {
        <Router>
            <Routes fallback=|| t!("common.no_such_page")>
                <Route path=path!("/") view=Sell />
            </Routes>
        </Router>
    }
}

#[component]
fn Sell() -> impl IntoView {
    let till = use_till();
    view! { <main><h1>"Tillbridge"</h1><p>{move || till.catalog.get().len()}" products"</p></main> }
}
