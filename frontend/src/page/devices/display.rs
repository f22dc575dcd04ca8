//! Display: the customer display: opening it, and turning it off.
//! May use: session, component, i18n. Never: what stands on it.

use super::far_displays::FarDisplays;
use crate::component::{Icon, IconName};
use crate::i18n::t;
use crate::session::{use_display, use_till};
use leptos::prelude::*;

/// The card.
#[component]
pub fn Display() -> impl IntoView {
    let (till, display) = (use_till(), use_display());
    let is_blocked = RwSignal::new(false);
    let open = move |_| is_blocked.set(!display.open());
    let standing = move || match (display.is_on.get(), display.is_here.get()) {
        (true, true) => Some(("note ok", t!("devices.display_here"))),
        (true, false) => Some(("note warn", t!("devices.display_gone"))),
        (false, _) => None,
    };
    view! {
        <section class="card padded tablet-card" aria-labelledby="devices-display">
            <h2 id="devices-display">{t!("devices.display")}</h2>
            <p class="sm muted">{t!("devices.display_words")}</p>
            <div role="status">
                {move || standing().map(|(class, words)| view! { <p class=class>{words}</p> })}
            </div>
            <div role="alert">
                {move || is_blocked.get().then(|| view! { <p class="note bad">{t!("devices.display_blocked")}</p> })}
            </div>
            <div class="printer-ways">
                <button class="btn line" disabled=move || !till.owner.get() on:click=open>
                    <Icon name=IconName::Tablet />
                    {t!("devices.display_open")}
                </button>
                {move || display.is_on.get().then(|| view! {
                    <button class="btn line danger" on:click=move |_| display.turn_off()>{t!("devices.display_off")}</button>
                })}
            </div>
            <FarDisplays />
        </section>
    }
}
