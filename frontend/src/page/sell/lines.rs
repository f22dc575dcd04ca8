//! Lines: what is in the cart, one row a line; the one in hand shows what can be done with it.

use super::desk::{Ask, Desk, use_desk};
use super::words::typed_number;
use crate::i18n::{self, t};
use leptos::html;
use leptos::prelude::*;
use shared::ids::LineId;
use shared::money::Quantity;
use shared::pricing::PromotionPart;
use shared::sale::{CartLine, PricedLine};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Longest quantity that can be typed at a line.
const MOST_TYPED: usize = 10;

/// The rows.
#[component]
pub fn Lines(
    /// The list itself, to bring the focus to.
    node: NodeRef<html::Ul>,
) -> impl IntoView {
    let desk = use_desk();
    let ids =
        Memo::new(move |_| desk.cart.with(|cart| cart.lines.iter().map(|line| line.id).collect::<Vec<_>>()));
    // The line in hand is always in sight.
    Effect::new(move |_| {
        desk.added.track();
        let Some(line) = desk.cart.selected() else { return };
        request_animation_frame(move || {
            if let Some(row) = row_of(line) {
                row.scroll_into_view_with_scroll_into_view_options(&nearest());
            }
        });
    });
    let nothing =
        move || desk.cart.is_empty().then(|| view! { <p class="empty muted">{t!("sell.cart_empty")}</p> });
    view! {
        <div class="lines" on:keydown=move |event| on_key(desk, &event)>
            {nothing}
            <ul node_ref=node aria-label=t!("sell.lines")>
                <For each=move || ids.get() key=|id| *id let:id>
                    <Line id />
                </For>
            </ul>
        </div>
    }
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}

fn row_id(line: LineId) -> String {
    format!("line-{}", line.0.simple())
}

fn row_of(line: LineId) -> Option<HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.get_element_by_id(&row_id(line))?.dyn_into().ok()
}

/// Brings the focus to the line in hand, or to the search field when there is none.
pub fn focus_line(desk: Desk) {
    request_animation_frame(move || {
        let row = desk.cart.selected().and_then(row_of);
        let button = row.and_then(|row| row.query_selector("button.line").ok().flatten());
        match button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            Some(button) => drop(button.focus()),
            None => desk.focus_search(),
        }
    });
}

/// Keys on the lines: arrows choose, digits and Enter (or ×) set how much, plus and minus step, Delete takes out.
fn on_key(desk: Desk, event: &KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let Some(line) = desk.cart.selected() else { return };
    let is_typing = desk.typed.with(|typed| !typed.is_empty());
    let key = event.key();
    match key.as_str() {
        "ArrowDown" | "ArrowUp" => {
            desk.typed.set(String::new());
            desk.cart.select_next(key == "ArrowDown");
            focus_line(desk);
        }
        "Enter" | "*" | "×" if is_typing => set_typed(desk, line),
        "Escape" if is_typing => desk.typed.set(String::new()),
        "Escape" => desk.focus_search(),
        "Backspace" if is_typing => desk.typed.update(|typed| {
            typed.pop();
        }),
        "Delete" | "Backspace" => {
            desk.remove(line);
            focus_line(desk);
        }
        "+" => desk.step(line, 1),
        "-" => {
            desk.step(line, -1);
            focus_line(desk);
        }
        key if is_number_key(key) => {
            desk.typed.update(|typed| {
                if typed.chars().count() < MOST_TYPED {
                    typed.push_str(key);
                }
            });
        }
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

fn is_number_key(key: &str) -> bool {
    let mut letters = key.chars();
    let only = letters.next().filter(|_| letters.next().is_none());
    only.is_some_and(|letter| matches!(letter, '0'..='9' | '٠'..='٩' | '۰'..='۹' | '.' | ',' | '٫'))
}

fn set_typed(desk: Desk, line: LineId) {
    let typed = desk.typed.get_untracked();
    desk.typed.set(String::new());
    match Quantity::parse(&typed_number(&typed)) {
        Ok(quantity) => desk.set_quantity(line, quantity),
        Err(_) => desk.toasts.warn(t!("sell.error_quantity")),
    }
}

/// A line with its price, as it is now.
#[derive(Clone, PartialEq)]
struct Row {
    line: CartLine,
    priced: Option<PricedLine>,
}

#[component]
fn Line(id: LineId) -> impl IntoView {
    let desk = use_desk();
    let row = Memo::new(move |_| {
        let line = desk.cart.with(|cart| cart.line(id).cloned())?;
        let priced = desk.cart.priced().ok();
        let priced = priced.and_then(|priced| priced.lines.iter().find(|line| line.id == id).cloned());
        Some(Row { line, priced })
    });
    let is_selected = Memo::new(move |_| desk.cart.selected() == Some(id));
    let is =
        move |what: fn(&CartLine) -> bool| Memo::new(move |_| row.get().is_some_and(|row| what(&row.line)));
    let select = move || {
        desk.typed.set(String::new());
        desk.cart.select(Some(id));
    };
    let ask_quantity = move |_| {
        select();
        desk.ask.set(Some(Ask::Quantity(id)));
    };
    // What was added or counted up last shows it for a moment; two classes in turn, so that it shows every time.
    let is_new = move |odd: u32| is_selected.get() && desk.added.get() > 0 && desk.added.get() % 2 == odd;
    view! {
        <li id=row_id(id) class:selected=is_selected class:fresh=move || is_new(0) class:fresh-again=move || is_new(1)>
            <button
                type="button"
                class="quantity"
                tabindex="-1"
                aria-label=move || quantity_name(row.get())
                on:click=ask_quantity
            >
                <span class:typing=move || is_typing(desk, is_selected)>
                    {move || quantity_face(desk, is_selected, row.get())}
                </span>
            </button>
            <button
                type="button"
                class="line"
                aria-current=move || is_selected.get().then_some("true")
                tabindex=move || if is_selected.get() { "0" } else { "-1" }
                on:click=move |_| select()
            >
                {move || row.get().map(|row| words(desk, &row))}
            </button>
            <Show when=move || is_selected.get()>
                <Edit id measured=is(CartLine::is_measured) back=is(CartLine::comes_back) />
            </Show>
        </li>
    }
}

fn is_typing(desk: Desk, is_selected: Memo<bool>) -> bool {
    is_selected.get() && desk.typed.with(|typed| !typed.is_empty())
}

fn quantity_face(desk: Desk, is_selected: Memo<bool>, row: Option<Row>) -> String {
    if is_typing(desk, is_selected) {
        return desk.typed.get();
    }
    row.map(|row| i18n::quantity(row.line.quantity)).unwrap_or_default()
}

fn quantity_name(row: Option<Row>) -> String {
    let Some(Row { line, .. }) = row else { return String::new() };
    t!("sell.quantity_of", count = i18n::quantity(line.quantity), name = line.name)
}

/// Name, how much, discounts, note; and the amount.
fn words(desk: Desk, row: &Row) -> impl IntoView + use<> {
    let Row { line, priced } = row;
    let amounts = desk.amounts;
    let was = || t!("sell.price_was", price = amounts.unit_price(line.list_price));
    let listed = priced.as_ref().and_then(|priced| Some((priced.unit_price, priced.price_list.as_ref()?)));
    let before = match &listed {
        Some((_, list)) => Some(format!("{} · {}", list.name, was())),
        None => line.price_override.map(|_| was()),
    };
    let price = listed.map_or_else(|| line.unit_price(), |(price, _)| price);
    let off = priced.as_ref().map(|priced| priced.line_discount);
    let discount = line.discount.as_ref().zip(off).map(|(discount, off)| {
        let off = off.negated().unwrap_or(off);
        let (what, off) = (amounts.discount(discount), amounts.money(off));
        view! { <span class="xs saved"><bdi>{what}</bdi>" · "<bdi>{off}</bdi></span> }
    });
    let back = line.back.as_ref().map(|back| {
        let of = t!("sell.back_of", number = back.origin.receipt_number);
        let reason = back.origin.reason.as_ref().map(|reason| format!(" · {reason}"));
        view! { <span class="xs back-words"><bdi>{of}</bdi>{reason}</span> }
    });
    let promotion = |part: &PromotionPart| {
        let off = amounts.money(part.off.negated().unwrap_or(part.off));
        view! { <span class="xs saved"><bdi>{part.name.clone()}</bdi>" · "<bdi>{off}</bdi></span> }
    };
    let promotions = priced.iter().flat_map(|priced| &priced.promotions).map(promotion).collect_view();
    let amount = priced.as_ref().and_then(|priced| priced.amount.plus(priced.cart_discount).ok());
    view! {
        <span class="what">
            <span class="sm strong">{line.name.clone()}</span>
            {back}
            <span class="xs muted"><bdi>{amounts.how_much(line, price)}</bdi>{before.map(|before| format!(" · {before}"))}</span>
            {promotions}
            {discount}
            {line.note.clone().map(|note| view! { <span class="xs note-text">{note}</span> })}
        </span>
        <span class="num strong"><bdi>{amount.map(|amount| amounts.money(amount))}</bdi></span>
    }
}

/// What can be done with the line in hand.
#[component]
fn Edit(id: LineId, measured: Memo<bool>, back: Memo<bool>) -> impl IntoView {
    let desk = use_desk();
    let ask = move |ask: Ask| move |_| desk.ask.set(Some(ask.clone()));
    let steps = move || {
        if measured.get() {
            view! {
                <button type="button" class="btn" on:click=ask(Ask::Quantity(id))>{t!("sell.weight")}</button>
            }
            .into_any()
        } else {
            view! {
                <button type="button" class="btn step" aria-label=t!("sell.one_less") on:click=move |_| {
                    desk.step(id, -1);
                    focus_if_lost(desk);
                }>"−"</button>
                <button type="button" class="btn step" aria-label=t!("sell.one_more") on:click=move |_| desk.step(id, 1)>
                    "+"
                </button>
            }
            .into_any()
        }
    };
    // What comes back is worth what was paid for it.
    let worth = move || {
        (!back.get()).then(|| {
            view! {
                <button type="button" class="btn" on:click=ask(Ask::Price(id))>{t!("sell.price")}</button>
                <button type="button" class="btn" on:click=ask(Ask::LineDiscount(id))>{t!("sell.discount")}</button>
            }
        })
    };
    view! {
        <div class="edit">
            {steps}
            {worth}
            <button type="button" class="btn" on:click=ask(Ask::LineNote(id))>{t!("sell.note")}</button>
            <button
                type="button"
                class="btn danger"
                on:click=move |_| {
                    desk.remove(id);
                    focus_line(desk);
                }
            >
                {t!("sell.remove")}
            </button>
        </div>
    }
}

/// The button that had the focus may be gone with its line.
fn focus_if_lost(desk: Desk) {
    request_animation_frame(move || {
        let document = web_sys::window().and_then(|window| window.document());
        let lost =
            document.and_then(|document| document.active_element()).is_none_or(|e| e.tag_name() == "BODY");
        if lost {
            focus_line(desk);
        }
    });
}
