//! Dialog: a question in front of the page. Escape and the cross close it; the focus goes in and comes back.

use super::{Icon, IconName};
use crate::i18n::t;
use leptos::html;
use leptos::prelude::*;

/// A modal dialog that is in the page only while it is open: `<Show when=…><Dialog heading=… on_close=…>…</Dialog></Show>`.
#[component]
pub fn Dialog(
    /// What it is about.
    #[prop(into)]
    heading: Signal<String>,
    /// Closed by the person.
    #[prop(into)]
    on_close: Callback<()>,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
    let cancelled = move |event: leptos::ev::Event| {
        event.prevent_default();
        on_close.run(());
    };
    view! {
        <dialog node_ref=dialog on:cancel=cancelled aria-label=move || heading.get()>
            <div class="inside">
                <div class="heading">
                    <h2>{move || heading.get()}</h2>
                    <button class="btn line" aria-label=t!("common.close") on:click=move |_| on_close.run(())>
                        <Icon name=IconName::Close />
                    </button>
                </div>
                {children()}
            </div>
        </dialog>
    }
}
