//! Note: a sentence that stands out, and what went wrong in words.

use super::{Icon, IconName};
use crate::i18n::t;
use crate::session::Trouble;
use leptos::prelude::*;

/// A sentence that stands out; with `alert` a screen reader says it at once.
#[component]
pub fn Note(
    /// `ok`, `warn`, `bad` or `info`.
    kind: &'static str,
    /// Said at once?
    #[prop(optional)]
    alert: bool,
    children: Children,
) -> AnyView {
    let icon = match kind {
        "ok" => Some(IconName::Done),
        "info" => None,
        _ => Some(IconName::Warning),
    };
    view! {
        <div class=format!("note {kind}") role=if alert { "alert" } else { "note" } tabindex="-1">
            {icon.map(|name| view! { <Icon name /> })}
            <div class="grow">{children()}</div>
        </div>
    }
    .into_any()
}

/// What went wrong, what was kept, what to do next.
pub fn trouble_words(trouble: &Trouble) -> String {
    match trouble.code.as_str() {
        "offline" => t!("manage.trouble.offline").to_owned(),
        "unreadable" => t!("manage.trouble.unreadable").to_owned(),
        "sign_in" if trouble.message.is_empty() => t!("manage.trouble.sign_in").to_owned(),
        "forbidden" => t!("manage.trouble.forbidden").to_owned(),
        "not_found" => t!("manage.trouble.not_found").to_owned(),
        _ if trouble.message.is_empty() => t!("manage.trouble.server").to_owned(),
        _ => trouble.message.clone(),
    }
}

/// Something could not be loaded; it can be tried again.
#[component]
pub fn Failed(
    /// Why.
    trouble: Trouble,
    /// Tried again by the person.
    #[prop(into)]
    on_retry: Callback<()>,
) -> AnyView {
    view! {
        <Note kind="bad" alert=true>
            <p>{trouble_words(&trouble)}</p>
            <button type="button" class="btn line" on:click=move |_| on_retry.run(())>{t!("common.try_again")}</button>
        </Note>
    }
    .into_any()
}

/// Nothing to show, and what one can do about it.
#[component]
pub fn Empty(
    /// What it would hold.
    icon: IconName,
    /// What is not there.
    #[prop(into)]
    heading: String,
    /// What to do.
    #[prop(optional, into)]
    words: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> AnyView {
    view! {
        <div class="nothing">
            <Icon name=icon />
            <p class="strong">{heading}</p>
            {words.map(|words| view! { <p class="muted">{words}</p> })}
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
