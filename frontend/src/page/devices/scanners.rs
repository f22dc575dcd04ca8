//! Scanners: barcode scanners on a cable of their own. One that types needs none of this.
//! May use: session, component, i18n. Never: a cable.
//! Invariant: the browser asks for permission only when a person touches "Add".

use crate::component::{Icon, IconName};
use crate::i18n::t;
use crate::page::weighing::trouble_words;
use crate::session::{KnownScanner, PortError, Wire, use_cabled, use_till};
use leptos::prelude::*;

/// Every one, and the ways to add one.
#[component]
pub fn Scanners() -> impl IntoView {
    let (till, cabled) = (use_till(), use_cabled());
    let problem = RwSignal::new(None::<PortError>);
    let add = move |wire: Wire| {
        problem.set(None);
        leptos::task::spawn_local(async move {
            match cabled.add(wire, t!("devices.scanner_name_default").to_owned()).await {
                Ok(()) | Err(PortError::NotChosen) => {}
                Err(error) => problem.set(Some(error)),
            }
        });
    };
    let way = move |wire: Wire, words: &'static str| {
        let is_here = cabled.can_have(wire);
        view! {
            <button class="btn line" disabled=move || !is_here || !till.owner.get() on:click=move |_| add(wire)>
                <Icon name=IconName::Plus />
                {words}
            </button>
        }
    };
    view! {
        <section class="card padded tablet-card" aria-labelledby="devices-scanners">
            <h2 id="devices-scanners">{t!("devices.scanners")}</h2>
            <p class="sm muted">{t!("devices.scanners_words")}</p>
            <ul class="printer-jobs" aria-labelledby="devices-scanners">
                {move || cabled.known.get().iter().cloned().map(row).collect_view()}
            </ul>
            {way(Wire::Serial, t!("devices.scanner_add_serial"))}
            {way(Wire::Hid, t!("devices.scanner_add_hid"))}
            <div role="alert">
                {move || problem.get().map(|error| view! { <p class="note bad">{trouble_words(error)}</p> })}
            </div>
        </section>
    }
}

fn row(known: KnownScanner) -> impl IntoView {
    let cabled = use_cabled();
    let id = known.scanner.id;
    let (class, words) = match (known.trouble, known.is_here) {
        (Some(trouble), _) => ("note bad", trouble_words(trouble)),
        (None, true) => ("note ok", t!("devices.scanner_ready")),
        (None, false) => ("note warn", t!("devices.serial_gone")),
    };
    let forget = t!("devices.scanner_forget", name = known.scanner.name);
    view! {
        <li>
            <p class=class><strong>{known.scanner.name}":"</strong>" "{words}</p>
            <div class="actions">
                <button class="btn line danger" on:click=move |_| cabled.remove(id)>{forget}</button>
            </div>
        </li>
    }
}
