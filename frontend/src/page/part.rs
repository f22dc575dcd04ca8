//! Part: what is in a file of its own, fetched when it is wanted (ADR 0021).
//! Lives here: which pages and dialogs are, showing one, fetching all of them ahead of time. May use: session, component, i18n.
//! Never: what a part shows; how a file is fetched.
//! Invariant: nothing that is fetched before the first sale names what is in a part but through its function in [`Parts`].

use crate::component::Dialog;
use crate::i18n::t;
use crate::session::idle;
use leptos::prelude::*;
use shared::barcode::{Gs1Error, InStorePattern, ScannedGoods};
use std::future::Future;
use std::pin::Pin;

/// Reads a code, by the shop's own kinds of codes.
pub type ReadCode = fn(&str, &[InStorePattern]) -> Result<ScannedGoods, Gs1Error>;

/// What reads codes that are no product's as they are, on its way.
pub type FetchedReader = Pin<Box<dyn Future<Output = Option<ReadCode>>>>;

/// Shows what a part holds.
pub type Show = fn() -> AnyView;

/// Fetches a part; nothing if it did not come. Once it is here the answer comes at once.
pub type Fetch = fn() -> Pin<Box<dyn Future<Output = Option<Show>>>>;

/// What is in parts of the register; its program says in which.
#[derive(Clone, Copy)]
pub struct Parts {
    /// The dialogs of the sell page.
    pub asking: Fetch,
    /// Taking money.
    pub pay: Fetch,
    /// Finding receipts and taking goods back.
    pub receipts: Fetch,
    /// The drawer of a shift.
    pub shift: Fetch,
    /// What this tablet is and how it stands.
    pub tablet: Fetch,
    /// Printers and other devices.
    pub devices: Fetch,
    /// Labels for the shelf and the goods.
    pub labels: Fetch,
    /// What stands on the desk and begins by itself.
    pub desk: Fetch,
    /// Making a tablet a register.
    pub pair: Fetch,
    /// Reading codes that say more than which goods.
    pub read_code: fn() -> FetchedReader,
}

/// The parts, from the context.
pub fn use_parts() -> Parts {
    expect_context()
}

impl Parts {
    /// Fetches them one after the other while nothing else is to do, so that a touch need not wait for one. What does
    /// not come is fetched again when it is wanted.
    pub fn fetch_ahead(self) {
        leptos::task::spawn_local(async move {
            idle().await;
            let _ = (self.read_code)().await;
            for fetch in [
                self.pay,
                self.asking,
                self.receipts,
                self.shift,
                self.tablet,
                self.devices,
                self.labels,
                self.pair,
            ] {
                idle().await;
                let _ = fetch().await;
            }
        });
    }
}

/// How far a part is.
#[derive(Clone, Copy)]
enum Stand {
    OnItsWay,
    Here(Show),
    Missing,
}

/// Shows a part: a page, or with `on_close` a dialog.
#[component]
pub fn Part(
    /// Which.
    fetch: Fetch,
    /// Closes the dialog it is.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
) -> AnyView {
    let stand = RwSignal::new(Stand::OnItsWay);
    let look = Callback::new(move |()| {
        stand.set(Stand::OnItsWay);
        leptos::task::spawn_local(async move {
            // Gone before it came, the place is somebody else's.
            stand.try_set(fetch().await.map_or(Stand::Missing, Stand::Here));
        });
    });
    look.run(());
    let shown = move || match (stand.get(), on_close) {
        (Stand::Here(show), _) => show(),
        (Stand::OnItsWay, None) => {
            view! { <main class="centred muted" aria-busy="true">{t!("common.loading")}</main> }.into_any()
        }
        (Stand::Missing, None) => view! {
            <main class="centred">
                <div class="card padded failed">
                    <h1>{t!("common.part_missing")}</h1>
                    <Again look />
                    <a class="btn line" href="/">{t!("common.page_sell")}</a>
                </div>
            </main>
        }
        .into_any(),
        (Stand::OnItsWay, Some(_)) => ().into_any(),
        (Stand::Missing, Some(on_close)) => view! {
            <Dialog heading=t!("common.part_missing").to_owned() on_close><Again look /></Dialog>
        }
        .into_any(),
    };
    shown.into_any()
}

/// What was kept, and what to do next.
#[component]
fn Again(look: Callback<()>) -> AnyView {
    view! {
        <p role="alert">{t!("common.part_missing_words")}</p>
        <div class="actions">
            <button type="button" class="btn primary" on:click=move |_| look.run(())>{t!("common.try_again")}</button>
        </div>
    }
    .into_any()
}
