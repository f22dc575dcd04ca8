//! Dialog: a question in front of the page. Escape and the cross close it; the focus goes in and comes back.

use super::{Icon, IconName};
use crate::i18n::t;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

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
    give_focus_back();
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
                    <button type="button" class="btn line" aria-label=t!("common.close") on:click=move |_| on_close.run(())>
                        <Icon name=IconName::Close />
                    </button>
                </div>
                {children()}
            </div>
        </dialog>
    }
}

/// When the dialog goes, the focus goes to where it was, if that is still there and nothing else has taken it.
fn give_focus_back() {
    let before = StoredValue::new_local(focused());
    on_cleanup(move || {
        let Some(before) = before.try_get_value().flatten() else { return };
        request_animation_frame(move || {
            let is_lost = focused().is_none_or(|element| element.tag_name() == "BODY");
            if is_lost && before.is_connected() {
                let _ = before.focus();
            }
        });
    });
}

fn focused() -> Option<HtmlElement> {
    document().active_element().and_then(|element| element.dyn_into().ok())
}
