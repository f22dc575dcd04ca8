//! Held: the sales put aside, to go on with one.

use super::close;
use crate::component::Dialog;
use crate::i18n::{self, t};
use crate::page::sell::desk::{Desk, use_desk};
use crate::session::HeldCart;
use leptos::prelude::*;

/// Which sale to go on with.
#[component]
pub fn AskHeld() -> impl IntoView {
    let desk = use_desk();
    let rows = move || {
        let held = desk.till.held.get();
        if held.is_empty() {
            return view! { <p class="muted">{t!("sell.held_none")}</p> }.into_any();
        }
        view! { <ul class="held">{held.iter().rev().map(|held| row(desk, held)).collect_view()}</ul> }
            .into_any()
    };
    let open =
        move || (!desk.cart.is_empty()).then(|| view! { <p class="sm muted">{t!("sell.held_open")}</p> });
    view! {
        <Dialog heading=t!("sell.held_heading").to_owned() on_close=close(desk)>
            {open} {rows}
        </Dialog>
    }
}

fn row(desk: Desk, held: &HeldCart) -> impl IntoView + use<> {
    let id = held.cart.id;
    let zone = desk.till.store.with(|store| store.as_ref().map(|store| store.time_zone.clone()));
    let time = i18n::moment(held.held_at_ms, zone.as_deref());
    let total =
        desk.till.price(&held.cart).map(|priced| desk.amounts.money(priced.total)).unwrap_or_default();
    let first = held.cart.lines.first().map(|line| line.name.clone());
    let name = held.label.clone().or_else(|| held.cart.customer.name.clone()).or(first).unwrap_or_default();
    let items = t!("sell.items_short", count = held.cart.lines.len());
    let who = held.staff_name.clone();
    view! {
        <li>
            <button type="button" class="btn line wide held-sale" on:click=move |_| desk.resume(id)>
                <span class="grow">
                    <span class="strong cut">{name}</span>
                    <span class="xs muted">{time}" · "{items}" · "{who}</span>
                </span>
                <span class="num strong"><bdi>{total}</bdi></span>
            </button>
        </li>
    }
}
