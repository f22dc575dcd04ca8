//! Grid: the products as tiles. Only the rows in sight are in the page, so a hundred thousand scroll like ten.

use super::desk::use_desk;
use super::tile::{Tile, tile_id};
use crate::i18n::{self, t};
use crate::session::Place;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, KeyboardEvent, ResizeObserver};

/// Space between tiles, as in the style sheet.
const GAP: usize = 12;
/// A tile is at least so wide.
const LEAST_WIDTH: usize = 158;
/// Rows kept above and below those in sight.
const SPARE_ROWS: usize = 2;

/// Sizes on the screen, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sizes {
    width: usize,
    height: usize,
    tile: usize,
}

impl Sizes {
    /// A tablet's, until the page has been measured.
    const GUESS: Self = Self { width: 752, height: 600, tile: 162 };

    fn of(grid: &HtmlElement) -> Self {
        let size = |pixels: i32| usize::try_from(pixels).unwrap_or(0);
        let tile = grid.query_selector(".tile").ok().flatten();
        let tile = tile.map(|tile| size(tile.client_height())).filter(|height| *height > 0);
        Self {
            width: size(grid.client_width()),
            height: size(grid.client_height()),
            tile: tile.map_or(Self::GUESS.tile, |height| height + 2),
        }
    }

    fn columns(self) -> usize {
        ((self.width + GAP) / (LEAST_WIDTH + GAP)).max(2)
    }

    fn row(self) -> usize {
        self.tile + GAP
    }
}

/// The rows that are in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rows {
    first: usize,
    /// The one behind the last.
    end: usize,
    columns: usize,
}

impl Rows {
    /// In a hurry only what is in sight is made; what is near it follows.
    fn of(count: usize, sizes: Sizes, top: usize, in_a_hurry: bool) -> Self {
        let columns = sizes.columns();
        let all = count.div_ceil(columns);
        if in_a_hurry && top == 0 {
            return Self { first: 0, end: sizes.height.div_ceil(sizes.row()).min(all), columns };
        }
        let in_sight = sizes.height / sizes.row() + 2;
        // A list that has become shorter may have been scrolled further than it is long.
        let first = (top / sizes.row()).min(all.saturating_sub(in_sight)).saturating_sub(SPARE_ROWS);
        Self { first, end: (first + in_sight + 2 * SPARE_ROWS).min(all), columns }
    }

    fn range(self, count: usize) -> std::ops::Range<usize> {
        (self.first * self.columns).min(count)..(self.end * self.columns).min(count)
    }
}

/// Where a key leads from a tile; none when it leads out of the grid, upwards.
fn next_of(key: &str, at: usize, count: usize, columns: usize, page: usize, is_rtl: bool) -> Option<usize> {
    let last = count.checked_sub(1)?;
    let (forward, backward) = if is_rtl { ("ArrowLeft", "ArrowRight") } else { ("ArrowRight", "ArrowLeft") };
    let next = match key {
        "ArrowDown" => at + columns,
        "ArrowUp" => return at.checked_sub(columns),
        "PageDown" => at + columns * page,
        "PageUp" => at.saturating_sub(columns * page),
        "Home" => 0,
        "End" => last,
        key if key == forward => at + 1,
        key if key == backward => at.saturating_sub(1),
        _ => at,
    };
    Some(if next > last && key == "ArrowDown" { at } else { next.min(last) })
}

const KEYS: [&str; 8] =
    ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "PageDown", "PageUp", "Home", "End"];

/// The tiles.
#[component]
pub fn Grid(
    /// Set to bring the focus to the tile in hand.
    enter: RwSignal<u32>,
) -> impl IntoView {
    let desk = use_desk();
    let node = NodeRef::<html::Div>::new();
    let sizes = RwSignal::new(Sizes::GUESS);
    let top = RwSignal::new(0_usize);
    let active = RwSignal::new(0_usize);
    let count = Memo::new(move |_| desk.shown.with(|shown| shown.places.len()));
    let rows = Memo::new(move |_| Rows::of(count.get(), sizes.get(), top.get(), desk.hurries.get()));
    let in_page = Memo::new(move |_| {
        desk.shown.with(|shown| shown.places.get(rows.get().range(count.get())).unwrap_or_default().to_vec())
    });
    // One tile can be reached with Tab: the one in hand, or the first in the page when that is out of sight.
    let reachable = Memo::new(move |_| {
        let place = desk.shown.with(|shown| shown.places.get(active.get()).copied());
        in_page.with(|tiles| place.filter(|place| tiles.contains(place)).or_else(|| tiles.first().copied()))
    });
    watch_size(node, sizes);
    start_at_top(node, top, active);
    let go_to = move |at: usize| {
        active.set(at);
        let (Some(grid), Some(place)) =
            (node.get_untracked(), desk.shown.with_untracked(|shown| shown.places.get(at).copied()))
        else {
            return;
        };
        show_row(&grid, at / sizes.get_untracked().columns(), sizes.get_untracked(), top);
        focus_soon(place);
    };
    Effect::new(move |before: Option<u32>| {
        let now = enter.get();
        if before.is_some_and(|before| before != now) && count.get_untracked() > 0 {
            go_to(active.get_untracked().min(count.get_untracked().saturating_sub(1)));
        }
        now
    });
    let on_key = move |event: KeyboardEvent| {
        let key = event.key();
        if !KEYS.contains(&key.as_str()) || event.ctrl_key() || event.alt_key() {
            return;
        }
        event.prevent_default();
        let (sizes, at) = (sizes.get_untracked(), active.get_untracked());
        let page = (sizes.height / sizes.row()).max(1);
        match next_of(&key, at, count.get_untracked(), sizes.columns(), page, i18n::is_rtl()) {
            Some(next) => go_to(next),
            None => desk.focus_search(),
        }
    };
    let on_focus = move |place: Place| {
        let range = rows.get_untracked().range(count.get_untracked());
        if let Some(at) = in_page.with_untracked(|tiles| tiles.iter().position(|tile| *tile == place)) {
            active.set(range.start + at);
        }
    };
    let all_height = move || {
        let sizes = sizes.get();
        let rows = count.get().div_ceil(sizes.columns());
        format!("{}px", rows * sizes.row())
    };
    view! {
        <div
            class="grid"
            node_ref=node
            role="group"
            aria-label=t!("sell.products")
            on:keydown=on_key
            on:scroll=move |_| {
                if let Some(grid) = node.get_untracked() {
                    top.set(usize::try_from(grid.scroll_top()).unwrap_or(0));
                }
            }
        >
            <div class="grid-all" style:height=all_height>
                <div
                    class="grid-rows"
                    style:transform=move || format!("translateY({}px)", rows.get().first * sizes.get().row())
                    style:grid-template-columns=move || format!("repeat({}, minmax(0, 1fr))", rows.get().columns)
                >
                    <For each=move || in_page.get() key=|place| *place let:place>
                        <Tile place reachable on_focus />
                    </For>
                </div>
            </div>
        </div>
    }
}

/// Another search or shelf starts at its first tile.
fn start_at_top(node: NodeRef<html::Div>, top: RwSignal<usize>, active: RwSignal<usize>) {
    let desk = use_desk();
    Effect::new(move |_| {
        desk.sought.track();
        desk.shelf.track();
        active.set(0);
        if top.get_untracked() != 0 {
            top.set(0);
            if let Some(grid) = node.get_untracked() {
                grid.set_scroll_top(0);
            }
        }
    });
}

/// Scrolls a row into sight.
fn show_row(grid: &HtmlElement, row: usize, sizes: Sizes, top: RwSignal<usize>) {
    let now = top.get_untracked();
    let (from, to) = (row * sizes.row(), (row + 1) * sizes.row());
    let next = if from < now {
        from
    } else if to > now + sizes.height {
        to.saturating_sub(sizes.height)
    } else {
        return;
    };
    top.set(next);
    grid.set_scroll_top(i32::try_from(next).unwrap_or(i32::MAX));
}

/// Focuses a tile once it is in the page.
fn focus_soon(place: Place) {
    request_animation_frame(move || {
        let document = web_sys::window().and_then(|window| window.document());
        let tile = document.and_then(|document| document.get_element_by_id(&tile_id(place)));
        if let Some(tile) = tile.and_then(|tile| tile.dyn_into::<HtmlElement>().ok()) {
            let _ = tile.focus();
        }
    });
}

/// Measures the grid now and whenever its size changes.
fn watch_size(node: NodeRef<html::Div>, sizes: RwSignal<Sizes>) {
    let observer = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn Fn()>)>);
    Effect::new(move |_| {
        let Some(grid) = node.get() else { return };
        let element: HtmlElement = (*grid).clone().unchecked_into();
        let measured = element.clone();
        let measure = Closure::<dyn Fn()>::new(move || {
            let now = Sizes::of(&measured);
            if sizes.try_get_untracked().is_some_and(|before| before != now && now.width > 0) {
                sizes.set(now);
            }
        });
        if let Ok(watching) = ResizeObserver::new(measure.as_ref().unchecked_ref()) {
            watching.observe(&element);
            observer.set_value(Some((watching, measure)));
        }
    });
    on_cleanup(move || {
        observer.try_update_value(|observer| {
            if let Some((watching, _)) = observer.take() {
                watching.disconnect();
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn columns_follow_the_width() {
        for (width, columns) in [(752, 4), (568, 3), (704, 4), (300, 2), (0, 2), (1600, 9)] {
            assert_eq!(Sizes { width, ..Sizes::GUESS }.columns(), columns, "{width}");
        }
    }

    #[wasm_bindgen_test]
    fn only_rows_near_the_ones_in_sight_are_in_the_page() {
        let sizes = Sizes { width: 752, height: 600, tile: 162 };
        assert_eq!(Rows::of(100_000, sizes, 0, false).range(100_000), 0..36);
        let middle = Rows::of(100_000, sizes, 174 * 1_000, false).range(100_000);
        assert_eq!(middle, 3_992..4_028);
        // The last row is there, and a list that has become short shows all of it.
        assert_eq!(Rows::of(10, sizes, 174 * 1_000, false).range(10), 0..10);
        assert_eq!(Rows::of(100_001, sizes, 174 * 25_000, false).range(100_001).end, 100_001);
        assert_eq!(Rows::of(0, sizes, 0, false).range(0), 0..0);
        assert_eq!(Rows::of(100_000, sizes, 0, true).range(100_000), 0..16, "in a hurry what is in sight");
        assert_eq!(Rows::of(100_000, sizes, 174 * 1_000, true).range(100_000), 3_992..4_028);
    }

    #[wasm_bindgen_test]
    fn arrows_walk_the_grid_in_either_direction_of_writing() {
        for (key, at, next) in [
            ("ArrowRight", 0, Some(1)),
            ("ArrowRight", 9, Some(9)),
            ("ArrowLeft", 0, Some(0)),
            ("ArrowDown", 1, Some(5)),
            ("ArrowDown", 7, Some(7)), // nothing below
            ("ArrowUp", 5, Some(1)),
            ("ArrowUp", 3, None), // out, to the search field
            ("PageDown", 0, Some(8)),
            ("End", 0, Some(9)),
            ("Home", 9, Some(0)),
        ] {
            assert_eq!(next_of(key, at, 10, 4, 2, false), next, "{key} from {at}");
        }
        assert_eq!(next_of("ArrowLeft", 0, 10, 4, 2, true), Some(1));
        assert_eq!(next_of("ArrowRight", 3, 10, 4, 2, true), Some(2));
        assert_eq!(next_of("ArrowRight", 0, 0, 4, 2, false), None);
    }
}
