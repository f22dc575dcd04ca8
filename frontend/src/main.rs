//! Tillbridge front end: the entry point.
//! Lives here: opening the till and mounting the pages. May use: page, session. Never: anything else.
//! Invariant: the page is mounted once, and what goes wrong before that is shown.

mod api_client;
mod clock;
mod component;
mod device_key;
mod device_store;
mod i18n;
mod page;
mod peripheral;
mod session;
mod sync;

fn main() {
    i18n::start();
    leptos::mount::mount_to_body(page::App);
}
