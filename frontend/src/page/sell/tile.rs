//! Tile: one product to touch: its picture or letters, name, price and stock.

use super::desk::{Desk, use_desk};
use super::words::initials;
use crate::i18n::{self, t};
use crate::session::{Place, full_name};
use leptos::prelude::*;
use shared::catalog::Product;
use shared::sync::register::SyncStatus;
use std::time::Duration;

/// How many colours there are for products without a picture.
const COLOURS: usize = 10;

/// The tile's id in the page.
pub fn tile_id(place: Place) -> String {
    format!("tile-{}", place.number())
}

/// A tile.
#[component]
pub fn Tile(
    /// Of which product.
    place: Place,
    /// The one tile that Tab reaches.
    reachable: Memo<Option<Place>>,
    /// It got the focus.
    on_focus: impl Fn(Place) + Copy + 'static,
) -> impl IntoView {
    let desk = use_desk();
    // The catalogue may change under the tile; it stays, and so does the focus.
    let product = Memo::new(move |_| desk.till.catalog.get().product(place));
    let is_best =
        Memo::new(move |_| desk.is_searching() && desk.shown.with(|s| s.places.first() == Some(&place)));
    let add = move |event: web_sys::MouseEvent| {
        let Some(product) = product.get_untracked() else { return };
        // A key on the tile counts as typing on: the next word starts afresh.
        if event.detail() == 0 && desk.is_searching() {
            desk.add_found(product);
            desk.focus_search();
        } else {
            desk.add_touched(product);
        }
    };
    view! {
        <button
            type="button"
            class="tile"
            class:best=is_best
            id=tile_id(place)
            tabindex=move || if reachable.get() == Some(place) { "0" } else { "-1" }
            on:click=add
            on:focus=move |_| on_focus(place)
        >
            {move || product.get().map(|product| face(desk, &product))}
        </button>
    }
}

fn face(desk: Desk, product: &Product) -> impl IntoView + use<> {
    let name = full_name(product);
    let class = format!("pic tile-{}", colour(product));
    let own = product.picture.clone().filter(|path| shared::picture::name_in(path).is_some());
    let picture = view! {
        <span class=class aria-hidden="true">{initials(&name)}{own.map(|path| picture(desk, path))}</span>
    };
    let price = product
        .price
        .map_or_else(|| t!("sell.ask_price").to_owned(), |price| desk.amounts.price_per(price, product.unit));
    let (id, stocked) = (product.id, product.stocked);
    let stock = move || {
        desk.till.stock_version.track();
        let level = desk.till.stock_level(id).filter(|_| stocked)?;
        Some(if level.0 > 0 {
            let count = i18n::quantity(level);
            view! { <span class="xs muted">{count}<span class="hidden-text">" "{t!("sell.in_stock")}</span></span> }
                .into_any()
        } else {
            view! { <span class="xs out">{t!("sell.out")}</span> }.into_any()
        })
    };
    view! {
        {picture}
        <span class="about">
            <span class="name">{name}</span>
            <span class="row"><span class="strong"><bdi>{price}</bdi></span>{stock}</span>
        </span>
    }
}

/// How long after a failure a picture is asked for again: the tablet may not have signed in yet.
const AGAIN: [Duration; 2] = [Duration::from_secs(3), Duration::from_secs(30)];

/// The picture lies over the letters once it is here. One that could not be loaded is asked for again after a while, and
/// when the server answers again.
fn picture(desk: Desk, path: String) -> impl IntoView {
    let is_shown = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let failures = StoredValue::new(0_usize);
    let is_reached = Memo::new(move |_| !matches!(desk.till.sync_status.get(), SyncStatus::Offline { .. }));
    Effect::new(move |_| {
        if is_reached.get() {
            failed.set(false);
        }
    });
    let on_error = move |_| {
        failed.set(true);
        let wait = AGAIN.get(failures.get_value());
        failures.update_value(|count| *count += 1);
        if let Some(wait) = wait {
            set_timeout(
                move || {
                    failed.try_set(false);
                },
                *wait,
            );
        }
    };
    let address = move || (!failed.get()).then(|| path.clone());
    view! {
        <img src=address alt="" loading="lazy" decoding="async" class:shown=is_shown
            on:load=move |_| is_shown.set(true) on:error=on_error />
    }
}

/// The colour a product keeps; variants of one product share it.
fn colour(product: &Product) -> usize {
    let id = product.parent_id.unwrap_or(product.id);
    let sum: usize = id.0.as_bytes().iter().map(|byte| usize::from(*byte)).sum();
    sum % COLOURS + 1
}
