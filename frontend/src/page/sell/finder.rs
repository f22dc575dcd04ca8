//! Finder: the search field, the shelves, and what to do about a code that is no product's.

use super::desk::{Ask, Desk, Shelf, use_desk};
use super::grid::Grid;
use super::scanned::Unread;
use super::words::{label_words, times};
use crate::component::{Icon, IconName};
use crate::i18n::{self, t};
use crate::session::camera_is_here;
use leptos::prelude::*;
use shared::barcode;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Everything for finding a product.
#[component]
pub fn Finder() -> impl IntoView {
    let desk = use_desk();
    let enter_grid = RwSignal::new(0_u32);
    view! {
        <section class="find" aria-label=t!("sell.find")>
            <SearchField enter_grid />
            <Shelves />
            <div class="shelf">
                {move || desk.unknown.get().map(|(code, why)| view! { <Unknown code why /> })}
                {move || empty_words(desk).map(|words| view! { <p class="empty muted">{words}</p> })}
                <Grid enter=enter_grid />
            </div>
        </section>
    }
}

#[component]
fn SearchField(enter_grid: RwSignal<u32>) -> impl IntoView {
    let desk = use_desk();
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            desk.add_best();
        }
        "Escape" if desk.text.with_untracked(|text| !text.is_empty()) => {
            event.prevent_default();
            desk.clear_search();
        }
        "Escape" => desk.unknown.set(None),
        "ArrowDown" if !event.ctrl_key() => {
            event.prevent_default();
            enter_grid.update(|times| *times = times.wrapping_add(1));
        }
        _ => {}
    };
    let scan = move |_| desk.ask.set(Some(Ask::Camera));
    view! {
        <div class="search">
            <Icon name=IconName::Search />
            <input
                node_ref=desk.search_field
                type="text"
                inputmode="search"
                enterkeyhint="done"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-label=t!("sell.search")
                placeholder=t!("sell.search")
                prop:value=move || desk.text.get()
                on:input=move |event| desk.type_search(event_target_value(&event))
                on:keydown=on_key
            />
            <Count />
            <Show when=move || desk.text.with(|text| !text.is_empty())>
                <button
                    type="button"
                    class="btn bare"
                    aria-label=t!("sell.clear_search")
                    on:click=move |_| {
                        desk.clear_search();
                        desk.focus_search();
                    }
                >
                    <Icon name=IconName::Close />
                </button>
            </Show>
            <button
                type="button"
                class="btn bare"
                class:muted=!camera_is_here()
                aria-label=t!("sell.scan_camera")
                title=t!("sell.scan_camera")
                on:click=scan
            >
                <Icon name=IconName::Scan />
            </button>
        </div>
    }
}

/// The shelves, side by side; arrows walk them.
#[component]
fn Shelves() -> impl IntoView {
    let desk = use_desk();
    let current = Memo::new(move |_| (!desk.is_searching()).then(|| desk.shelf.get()));
    let chip = move |shelf: Shelf, name: String| {
        let is_current = Memo::new(move |_| current.get() == Some(shelf));
        // Exactly one is reached with Tab.
        let tab = move || if desk.shelf.get() == shelf { "0" } else { "-1" };
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || is_current.get().to_string()
                tabindex=tab
                on:click=move |_| desk.show_shelf(shelf)
            >
                {name}
            </button>
        }
    };
    let categories = move || {
        let categories = desk.till.categories.get();
        categories
            .iter()
            .map(|category| chip(Shelf::Category(category.id), category.name.clone()))
            .collect_view()
    };
    view! {
        <div class="chips" role="group" aria-label=t!("sell.categories") on:keydown=walk>
            {move || desk.has_favourites.get().then(|| chip(Shelf::Favourites, t!("sell.favourites").to_owned()))}
            {categories}
            {chip(Shelf::All, t!("sell.all").to_owned())}
        </div>
    }
}

/// Moves the focus to the chip beside this one.
fn walk(event: KeyboardEvent) {
    let forward = if i18n::is_rtl() { "ArrowLeft" } else { "ArrowRight" };
    let backward = if i18n::is_rtl() { "ArrowRight" } else { "ArrowLeft" };
    let chip = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let beside = match event.key() {
        key if key == forward => chip.and_then(|chip| chip.next_element_sibling()),
        key if key == backward => chip.and_then(|chip| chip.previous_element_sibling()),
        _ => return,
    };
    event.prevent_default();
    if let Some(beside) = beside.and_then(|beside| beside.dyn_into::<HtmlElement>().ok()) {
        let _ = beside.focus();
    }
}

/// A code that was read and is no product's: as it was read, and what to do.
#[component]
fn Unknown(code: String, why: Unread) -> impl IntoView {
    let desk = use_desk();
    let is_misread = matches!(barcode::check(&code), Err(barcode::GtinError::CheckDigit { .. }));
    let advice = match why {
        Unread::Misread => t!("sell.unknown_misread").to_owned(),
        Unread::NoProduct if is_misread => t!("sell.unknown_misread").to_owned(),
        Unread::NoProduct => t!("sell.unknown_advice").to_owned(),
        Unread::Label(error) => label_words(&error),
    };
    let search = {
        let code = code.clone();
        move |_| {
            desk.unknown.set(None);
            desk.seek(code.clone());
            desk.focus_search();
        }
    };
    view! {
        <div class="note bad unknown" role="alert">
            <Icon name=IconName::Warning />
            <div class="grow">
                <div class="strong">{t!("sell.unknown")}" "<code dir="ltr">{code}</code></div>
                <div>{advice}</div>
            </div>
            <button type="button" class="btn line" on:click=search>{t!("sell.unknown_search")}</button>
            <button
                type="button"
                class="btn line"
                aria-label=t!("common.close")
                on:click=move |_| desk.unknown.set(None)
            >
                <Icon name=IconName::Close />
            </button>
        </div>
    }
}

/// Says how many were found; the eye is told only when there are more than the tiles show.
#[component]
fn Count() -> impl IntoView {
    let desk = use_desk();
    let words = move || {
        let (count, total) = desk.shown.with(|shown| (shown.places.len(), shown.total));
        let is_more = total > count;
        let number = i18n::number(i64::try_from(total).unwrap_or(i64::MAX));
        let words = match (desk.is_searching(), is_more) {
            (false, _) => String::new(),
            (true, true) => t!("sell.found_more", shown = count, total = number),
            (true, false) => t!("sell.found", count = total),
        };
        let class = if is_more { "xs muted found" } else { "hidden-text" };
        view! { <span class=class>{words}</span> }
    };
    view! { <span role="status">{words}</span> }
}

/// What it means that there is nothing to show.
fn empty_words(desk: Desk) -> Option<String> {
    if desk.shown.with(|shown| !shown.places.is_empty()) {
        return None;
    }
    if desk.is_searching() {
        let wanted = desk.sought.with(|text| times(text).1.trim().to_owned());
        return Some(t!("sell.found_none", text = wanted));
    }
    let words = match (desk.shelf.get(), desk.till.load_progress.get().complete) {
        (Shelf::All, false) => t!("sell.loading_products"),
        (Shelf::All, true) => t!("sell.no_products"),
        _ => t!("sell.shelf_empty"),
    };
    Some(words.to_owned())
}
