//! Keys: which keys do what, as the page listens to them.

use super::close;
use crate::component::Dialog;
use crate::i18n::t;
use crate::page::sell::desk::use_desk;
use crate::page::sell::keys::SHORTCUTS;
use leptos::prelude::*;

/// The list.
#[component]
pub fn AskKeys() -> impl IntoView {
    let desk = use_desk();
    let row = |keys: &'static str, text: &'static str| {
        let keys = keys.split(' ').map(|key| view! { <kbd>{key}</kbd> }).collect_view();
        view! { <div class="key"><dt dir="ltr">{keys}</dt><dd>{text}</dd></div> }
    };
    let shortcuts = SHORTCUTS.iter().map(|shortcut| row(shortcut.keys, shortcut.act.words())).collect_view();
    view! {
        <Dialog heading=t!("sell.keys_heading").to_owned() on_close=close(desk)>
            <dl class="keys">
                {shortcuts}
                {row("0–9 × Enter", t!("sell.key_digits"))}
                {row("+ −", t!("sell.key_step"))}
                {row("Delete", t!("sell.key_delete"))}
                {row("↑ ↓ ← →", t!("sell.key_arrows"))}
                {row("Enter", t!("sell.key_enter"))}
                {row("Esc", t!("sell.key_escape"))}
            </dl>
            <p class="sm muted">{t!("sell.keys_anywhere")}</p>
        </Dialog>
    }
}
