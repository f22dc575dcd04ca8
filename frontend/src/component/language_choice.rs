//! Language choice: the languages by their own names. Choosing one loads the page anew.

use crate::i18n::{self, t};
use leptos::prelude::*;

/// A row of languages.
#[component]
pub fn LanguageChoice() -> impl IntoView {
    let button = |(code, name): (&'static str, &'static str)| {
        let on = i18n::language() == code;
        view! {
            <button class="chip" lang=code aria-pressed=on.to_string() on:click=move |_| i18n::choose(code)>
                {name}
            </button>
        }
    };
    view! {
        <div class="languages" role="group" aria-label=t!("common.language")>
            {i18n::NAMES.into_iter().map(button).collect_view()}
        </div>
    }
}
