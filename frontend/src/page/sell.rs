//! Sell: finding products and the open cart.

mod ask;
mod desk;
mod finder;
mod grid;
mod keys;
mod lines;
mod offers;
mod panel;
mod scanned;
mod tile;
mod words;

use super::part::{Part, use_parts};
use crate::i18n::t;
use crate::session::{use_address, use_scans};
pub use ask::Asking;
use desk::Desk;
use finder::Finder;
use leptos::html;
use leptos::prelude::*;
use panel::Panel;
pub use words::label_words;
pub use words::{refusal, typed_number};

/// The page.
#[component]
pub fn Sell() -> impl IntoView {
    let desk = Desk::new();
    provide_context(desk);
    let lines = NodeRef::<html::Ul>::new();
    use_scans().take(move |sent| desk.scanned(sent));
    let address = use_address();
    keys::listen(desk, move || {
        if !desk.cart.is_empty() {
            desk.charge(address);
        }
    });
    start_in_search(desk);
    let asking = use_parts().asking;
    let asks = Memo::new(move |_| desk.ask.with(Option::is_some));
    let on_close = move |()| desk.ask.set(None);
    view! {
        <main class="sell">
            <h1 class="hidden-text">{t!("common.page_sell")}</h1>
            <Finder />
            <Panel lines />
            {move || asks.get().then(|| view! { <Part fetch=asking on_close /> })}
        </main>
    }
}

/// With a keyboard the search field has the focus from the start; on a touch screen that would bring up its keyboard.
fn start_in_search(desk: Desk) {
    let has_mouse = web_sys::window()
        .and_then(|window| window.match_media("(hover: hover) and (pointer: fine)").ok().flatten())
        .is_some_and(|query| query.matches());
    Effect::new(move |_| {
        desk.search_field.track();
        if has_mouse {
            desk.focus_search();
        }
    });
}
