//! Seek: a field to look for something in a list, and the end of a list that has more.

use super::{Failed, Icon, IconName};
use crate::i18n::t;
use crate::session::Paged;
use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A field that looks while one types.
#[component]
pub fn Seek(
    /// What is looked for.
    label: &'static str,
    /// The words.
    value: RwSignal<String>,
) -> AnyView {
    // It looks by itself; Enter must not send a form around it.
    let stay = |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    // What it looked for may be gone by then, with the dialog it stood in.
    let mut settled = debounce(Duration::from_millis(180), move |text: String| drop(value.try_set(text)));
    view! {
        <label class="seek">
            <Icon name=IconName::Search />
            <span class="hidden-text">{label}</span>
            <input type="search" placeholder=label autocomplete="off" spellcheck="false"
                prop:value=value.get_untracked() on:keydown=stay on:input:target=move |event| settled(event.target().value()) />
        </label>
    }
    .into_any()
}

/// Below a list: how many there are, and the way to more.
#[component]
pub fn ListEnd<T: DeserializeOwned + Send + Sync + 'static>(
    /// The list.
    list: Paged<T>,
) -> AnyView {
    let shown = move || list.rows.with(Vec::len);
    view! {
        {move || list.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| list.again() /> })}
        {move || (list.loaded.get() && shown() > 0).then(|| view! {
            <div class="list-end">
                <p class="sm muted" role="status">{t!("manage.list.shown", shown = crate::i18n::number(shown() as i64),
                    total = crate::i18n::number(list.total.get() as i64))}</p>
                {list.has_more().then(|| view! {
                    <button type="button" class="btn line" aria-disabled=move || list.loading.get().to_string()
                        on:click=move |_| list.more()>
                        {move || if list.loading.get() { t!("common.loading") } else { t!("manage.list.more") }}
                    </button>
                })}
            </div>
        })}
    }
    .into_any()
}
