//! Tablet: what this tablet is, how it stands with the server, and how it is left.
//! Lives here: facts, sync in words, the way to the devices and labels, storage, version, language, shortcuts, export and unpairing. May use: session,
//! component, i18n. Never: storage itself.
//! Invariant: nothing here erases a record that was not sent.

mod leave;
mod sync;

use crate::component::{Icon, IconName, LanguageChoice};
use crate::i18n::{number, t};
use crate::session::{StorageUse, use_till};
use leave::Leave;
pub use leave::Remains;
use leptos::prelude::*;
use sync::Sync;

/// The page.
#[component]
pub fn Tablet() -> impl IntoView {
    view! {
        <main class="tablet">
            <h1>{t!("common.page_tablet")}</h1>
            <div class="tablet-cards">
                <Sync />
                <section class="card padded tablet-card" aria-labelledby="tablet-devices">
                    <h2 id="tablet-devices">{t!("pay.devices")}</h2>
                    <p class="sm muted">{t!("pay.devices_words")}</p>
                    <a class="btn line" href="/devices"><Icon name=IconName::Print />{t!("pay.devices_open")}</a>
                </section>
                <section class="card padded tablet-card" aria-labelledby="tablet-labels">
                    <h2 id="tablet-labels">{t!("devices.labels")}</h2>
                    <p class="sm muted">{t!("devices.labels_words")}</p>
                    <a class="btn line" href="/labels"><Icon name=IconName::Tag />{t!("devices.labels_open")}</a>
                </section>
                <Facts />
                <Storage />
                <Version />
                <section class="card padded tablet-card" aria-labelledby="tablet-language">
                    <h2 id="tablet-language">{t!("common.language")}</h2>
                    <LanguageChoice />
                    <p class="sm muted">{t!("pay.language_words")}</p>
                </section>
                <Shortcuts />
                <Leave />
            </div>
        </main>
    }
}

/// A label and what it says.
fn fact(label: &'static str, value: Option<String>) -> impl IntoView {
    value.map(|value| view! { <div><dt>{label}</dt><dd><bdi>{value}</bdi></dd></div> })
}

#[component]
fn Facts() -> impl IntoView {
    let till = use_till();
    let store = move || till.store.get().map(|store| store.name.clone());
    let address =
        move || till.store.get().map(|store| store.address.join(", ")).filter(|text| !text.is_empty());
    let register = move || till.register.get().map(|register| register.name.clone());
    let organisation = move || till.identity.get().map(|identity| identity.organisation_name.clone());
    let prefix = move || till.identity.get().map(|identity| format!("{}-…", identity.receipt_prefix));
    let device = move || till.identity.get().map(|identity| identity.device_id.to_string());
    view! {
        <section class="card padded tablet-card" aria-labelledby="tablet-facts">
            <h2 id="tablet-facts">{t!("pay.this_tablet")}</h2>
            <dl class="tablet-facts">
                {move || fact(t!("pay.organisation"), organisation())}
                {move || fact(t!("pay.store"), store())}
                {move || fact(t!("pay.address"), address())}
                {move || fact(t!("pay.register"), register())}
                {move || fact(t!("pay.receipt_numbers"), prefix())}
                {move || fact(t!("pay.device"), device())}
            </dl>
        </section>
    }
}

/// "12 MB", "3 GB".
fn bytes(bytes: i64) -> String {
    let (size, unit) = match bytes {
        0..1_000_000 => (bytes / 1_000, "kB"),
        1_000_000..10_000_000_000 => (bytes / 1_000_000, "MB"),
        _ => (bytes / 1_000_000_000, "GB"),
    };
    format!("{} {unit}", number(size))
}

#[component]
fn Storage() -> impl IntoView {
    let till = use_till();
    let promise = move || match till.persisted.get() {
        Some(true) => ("note ok", t!("pay.persisted_yes")),
        Some(false) => ("note warn", t!("pay.persisted_no")),
        None => ("note info", t!("pay.persisted_unknown")),
    };
    let gauge = move |room: StorageUse| {
        let words = t!("pay.storage_used", used = bytes(room.used_bytes), quota = bytes(room.quota_bytes));
        view! {
            <p>{words.clone()}</p>
            <meter
                min="0"
                max=room.quota_bytes.to_string()
                high=room.quota_bytes.saturating_sub(room.quota_bytes / 10).to_string()
                optimum="0"
                value=room.used_bytes.to_string()
                aria-label=words
            ></meter>
            {room.is_short().then(|| view! { <p class="note bad">{t!("pay.storage_short")}</p> })}
        }
    };
    view! {
        <section class="card padded tablet-card" aria-labelledby="tablet-storage">
            <h2 id="tablet-storage">{t!("pay.storage")}</h2>
            {move || till.storage.get().map(gauge)}
            <p class=move || promise().0>{move || promise().1}</p>
        </section>
    }
}

#[component]
fn Version() -> impl IntoView {
    let till = use_till();
    let update = move || {
        let is_open = till.cart_open.get();
        let hint = if is_open { t!("pay.update_after_sale") } else { t!("pay.update_words") };
        view! {
            <p class="note info">{hint}</p>
            <button class="btn primary" disabled=is_open on:click=move |_| till.update_app()>
                <Icon name=IconName::Download />
                {t!("pay.update")}
            </button>
        }
    };
    let shown = move || {
        if till.update_waiting.get() {
            update().into_any()
        } else {
            view! { <p class="sm muted">{t!("pay.up_to_date")}</p> }.into_any()
        }
    };
    view! {
        <section class="card padded tablet-card" aria-labelledby="tablet-version">
            <h2 id="tablet-version">{t!("pay.app")}</h2>
            <p>{format!("Tillbridge {}", env!("CARGO_PKG_VERSION"))}</p>
            {shown}
        </section>
    }
}

/// Keys of these pages; the sale page shows its own with F1.
#[component]
fn Shortcuts() -> impl IntoView {
    let row = |keys: &'static str, words: &'static str| {
        view! { <div><dt><kbd dir="ltr">{keys}</kbd></dt><dd>{words}</dd></div> }
    };
    view! {
        <section class="card padded tablet-card" aria-labelledby="tablet-shortcuts">
            <h2 id="tablet-shortcuts">{t!("pay.shortcuts")}</h2>
            <dl class="tablet-facts tablet-keys">
                {row("F1", t!("pay.key_help"))}
                {row("F2", t!("pay.key_cash"))}
                {row("F3", t!("pay.key_card"))}
                {row("0–9  .", t!("pay.key_amount"))}
                {row("Enter", t!("pay.key_enter"))}
                {row("Esc", t!("pay.key_escape"))}
                {row("↑ ↓", t!("pay.key_receipts"))}
            </dl>
        </section>
    }
}
