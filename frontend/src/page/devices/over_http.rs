//! Over HTTP: what a person does once so that this tablet may print on a printer itself: have the browser know it, load the register
//! anew.

use crate::i18n::t;
use crate::session::{KnownPrinter, PortError, reload};
use leptos::prelude::*;
use shared::cable::WebPlace;

/// Under a printer that does not answer yet.
#[component]
pub fn OverHttp(place: WebPlace, known: Memo<Option<KnownPrinter>>) -> impl IntoView {
    let trouble = Memo::new(move |_| known.get().and_then(|known| known.trouble));
    let load = || {
        view! {
            <button class="btn line" on:click=move |_| reload()>{t!("devices.printer_web_load")}</button>
        }
    };
    let page = move || {
        let origin = place.origin.clone();
        view! {
            <p class="sm muted">{t!("devices.printer_web_words")}</p>
            <a class="btn line" href=origin target="_blank" rel="noopener noreferrer">{t!("devices.printer_web_open")}</a>
        }
    };
    move || match trouble.get()? {
        PortError::LoadAnew => Some(load().into_any()),
        PortError::NotReached => Some(page().into_any()),
        _ => None,
    }
}
