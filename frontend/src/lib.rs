//! Tillbridge front end: two apps of one house: the register, and the manager's pages.
//! Lives here: mounting an app once its words are here. May use: page, i18n. Never: anything else.
//! Invariant: an app is mounted once; what goes wrong before that is shown by `start/start.js`.

mod api_client;
mod clock;
mod component;
mod device_key;
mod device_store;
mod i18n;
mod letters;
mod page;
mod peripheral;
mod session;
mod sync;

use leptos::prelude::IntoView;

pub use page::{
    FetchedReader, Parts, ReadCode, Show, asking, desk, devices, labels, pair, pay, read_code, receipts,
    shift, tablet,
};

/// The app of a tablet: selling.
pub fn register(parts: Parts) {
    mount(move || page::register_app(parts));
}

/// The app of a manager: figures, products, people, tablets.
pub fn manage() {
    mount(page::ManageApp);
}

fn mount<V: IntoView + 'static>(app: impl FnOnce() -> V + 'static) {
    wasm_bindgen_futures::spawn_local(async move {
        // Without words nothing is mounted: the page's first script has said so.
        if i18n::start().await.is_some() {
            leptos::mount::mount_to_body(app);
        }
    });
}
