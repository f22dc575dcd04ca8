//! Of the store: the printers on the store's network, to choose from.

use crate::component::{Icon, IconName};
use crate::i18n::t;
use crate::session::{use_printers, use_till};
use leptos::prelude::*;
use shared::api::StorePrinter;
use shared::ids::PrinterId;
use shared::printing::Cable;

/// The ones this tablet does not have yet.
#[component]
pub fn OfStore(#[prop(into)] on_added: Callback<PrinterId>) -> impl IntoView {
    let (till, printers) = (use_till(), use_printers());
    // None until the server has answered, then none where it does not.
    let told = RwSignal::new(None::<Option<Vec<StorePrinter>>>);
    leptos::task::spawn_local(async move {
        told.try_set(Some(printers.of_store().await));
    });
    let is_new = move |printer: &StorePrinter| {
        let cable = Cable::of_store(printer.id, printer.place.clone());
        printers.known.with(|known| known.iter().all(|known| known.printer.cable != cable))
    };
    let button = move |printer: StorePrinter| {
        let words = t!("devices.printer_add_network", name = printer.name);
        let add = move |_| {
            let printer = printer.clone();
            leptos::task::spawn_local(async move { on_added.run(printers.add_of_store(printer).await) });
        };
        view! {
            <button class="btn line" disabled=move || !till.owner.get() on:click=add>
                <Icon name=IconName::Plus />
                {words}
            </button>
        }
    };
    let shown = move || match told.get()? {
        None => Some(view! { <p class="sm muted">{t!("devices.printer_network_offline")}</p> }.into_any()),
        Some(all) if all.is_empty() => {
            Some(view! { <p class="sm muted">{t!("devices.printer_network_none")}</p> }.into_any())
        }
        Some(all) => Some(all.into_iter().filter(is_new).map(button).collect_view().into_any()),
    };
    view! { {shown} }
}
