//! Page: what the browser shows, one page a route.
//! Lives here: the routes, and which pages need an open till. May use: session, component, i18n. Never: storage,
//! network, devices.
//! Invariant: a page of the register is shown only while somebody is signed in at it; every page gets till and open cart
//! from the context.

mod manage;
mod pair;
mod pay;
mod pin;
mod printing;
mod problem;
mod receipts;
mod sell;
mod setup;
mod sign_in;
mod tablet;

use crate::component::{Frame, ToastPlace, Toasts, use_toasts};
use crate::i18n::t;
use crate::session::{Manage, OpenCart, Paying, Phase, Scans, Till, use_scans, use_till};
use leptos::prelude::*;
use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
use leptos_router::path;

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    let till = Till::open();
    provide_context(till);
    let cart = OpenCart::new(till);
    provide_context(cart);
    provide_context(Paying::new(till, cart));
    provide_context(Toasts::new());
    provide_context(Scans::start());
    provide_context(Manage::new());
    view! {
        <Router>
            <Routes fallback=NoSuchPage>
                <Route path=path!("/manage/*page") view=manage::ManagePages />
                <Route path=path!("/setup") view=manage::ManagePages />
                <Route path=path!("/sign-in") view=manage::ManagePages />
                <ParentRoute path=path!("") view=Register>
                    <Route path=path!("/pay") view=pay::Pay />
                    <ParentRoute path=path!("") view=Framed>
                        <Route path=path!("/") view=sell::Sell />
                        <Route path=path!("/receipts") view=receipts::Receipts />
                        <Route path=path!("/tablet") view=tablet::Tablet />
                    </ParentRoute>
                </ParentRoute>
            </Routes>
        </Router>
        <ToastPlace />
    }
}

/// How far the till is from selling.
#[derive(Clone, PartialEq)]
enum Gate {
    Loading,
    Failed(String),
    Unpaired,
    Locked,
    Open,
}

impl Gate {
    fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Loading => Self::Loading,
            Phase::Failed(words) => Self::Failed(words.clone()),
            Phase::Unpaired => Self::Unpaired,
            Phase::Locked => Self::Locked,
            Phase::Open(_) => Self::Open,
        }
    }
}

/// The pages of the register, behind the gate.
#[component]
fn Register() -> impl IntoView {
    let till = use_till();
    let gate = Memo::new(move |_| till.phase.with(Gate::of));
    move || match gate.get() {
        Gate::Loading => {
            view! { <main class="centred muted" aria-busy="true">{t!("common.loading")}</main> }.into_any()
        }
        Gate::Failed(words) => view! { <Failed words /> }.into_any(),
        Gate::Unpaired => view! { <pair::Pair /> }.into_any(),
        Gate::Locked => view! { <pin::Pin /> }.into_any(),
        Gate::Open => view! { <ScansElsewhere /><Outlet /> }.into_any(),
    }
}

/// A scan on a page that takes none adds nothing, types nothing, and says so.
#[component]
fn ScansElsewhere() -> impl IntoView {
    let toasts = use_toasts();
    use_scans().take(move |code| toasts.warn(t!("common.scan_elsewhere", code = code)));
}

/// The pages with the frame around them; taking money has the screen to itself.
#[component]
fn Framed() -> impl IntoView {
    view! { <Frame><Outlet /></Frame> }
}

#[component]
fn Failed(words: String) -> impl IntoView {
    let again = move |_| {
        if let Some(window) = web_sys::window() {
            let _ = window.location().reload();
        }
    };
    view! {
        <main class="centred">
            <div class="card padded failed" role="alert">
                <h1>{t!("common.failed")}</h1>
                <p>{words}</p>
                <button class="btn primary" on:click=again>{t!("common.try_again")}</button>
            </div>
        </main>
    }
}

#[component]
fn NoSuchPage() -> impl IntoView {
    view! {
        <main class="centred">
            <div class="card padded failed">
                <h1>{t!("common.no_such_page")}</h1>
                <a class="btn primary" href="/">{t!("common.page_sell")}</a>
            </div>
        </main>
    }
}
