//! Panel: the open cart beside the products: who buys, the lines, what it comes to, and on to paying.

use super::desk::{Ask, Desk, use_desk};
use super::lines::Lines;
use super::offers::Offers;
use super::words::initials;
use crate::i18n::{self, t};
use crate::session::use_address;
use leptos::html;
use leptos::prelude::*;
use shared::money::Minor;
use shared::sale::PricedCart;
use shared::tax::TaxAmount;

/// The open cart.
#[component]
pub fn Panel(
    /// The list of lines, to bring the focus to.
    lines: NodeRef<html::Ul>,
) -> impl IntoView {
    view! {
        <aside class="cart" aria-label=t!("sell.cart")>
            <Buyer />
            <Lines node=lines />
            <div class="foot">
                <Offers />
                <Totals />
                <Actions />
                <Charge />
            </div>
        </aside>
    }
}

#[component]
fn Buyer() -> impl IntoView {
    let desk = use_desk();
    let name = Memo::new(move |_| desk.cart.with(|cart| cart.customer.name.clone()));
    let note = Memo::new(move |_| desk.cart.with(|cart| cart.note.clone()));
    let group = move || {
        let id = desk.cart.with(|cart| cart.customer.group_id)?;
        desk.till.customer_groups.with(|all| all.iter().find(|one| one.id == id).map(|one| one.name.clone()))
    };
    let points =
        move || desk.cart.with(|cart| cart.points.as_ref().map(|points| i18n::number(points.balance)));
    // By the shop's wall clock, whatever zone the tablet thinks it is in.
    let today = move || desk.till.today();
    // What is noted on the sale, and how many points whoever buys has.
    let about = move || {
        let points = points().map(|points| t!("sell.points", points = points));
        match (note.get(), points) {
            (None, None) => t!("sell.no_note").to_owned(),
            (Some(words), None) | (None, Some(words)) => words,
            (Some(note), Some(points)) => format!("{points} · {note}"),
        }
    };
    let is_exempt = Memo::new(move |_| desk.cart.with(|cart| cart.customer.is_exempt_on(today())));
    let ended = Memo::new(move |_| desk.cart.with(|cart| cart.customer.exemption_ended_before(today())));
    let face = move || name.get().map_or_else(|| "–".to_owned(), |name| initials(&name));
    let change = move || if name.get().is_some() { t!("sell.change") } else { t!("sell.add_name") };
    view! {
        <div class="who">
            <span class="face" aria-hidden="true">{face}</span>
            <div class="grow">
                <div class="sm strong cut">{move || name.get().unwrap_or_else(|| t!("sell.walk_in").to_owned())}</div>
                <div class="xs muted cut">{about}</div>
            </div>
            {move || is_exempt.get().then(|| view! { <span class="tag warn">{t!("sell.tax_exempt")}</span> })}
            {move || ended.get().map(|day| view! {
                <span class="tag bad" role="status">{t!("sell.tax_exempt_ended", day = i18n::date(day))}</span>
            })}
            {move || group().map(|group| view! { <span class="tag info">{group}</span> })}
            <button type="button" class="btn line sm" on:click=move |_| desk.ask.set(Some(Ask::Customer))>{change}</button>
        </div>
    }
}

#[component]
fn Totals() -> impl IntoView {
    let desk = use_desk();
    let rows = move || match desk.cart.priced() {
        Ok(priced) => rows(desk, &priced).into_any(),
        Err(words) => view! { <div class="note bad" role="alert">{words}</div> }.into_any(),
    };
    view! { <div class="sum" aria-live="off">{rows}</div> }
}

fn rows(desk: Desk, priced: &PricedCart) -> impl IntoView + use<> {
    let amounts = desk.amounts;
    let row = move |class: &'static str, words: String, amount: Minor| {
        view! { <div class=class><span class="cut">{words}</span><bdi>{amounts.money(amount)}</bdi></div> }
    };
    let savings = (!priced.savings.is_zero()).then(|| {
        let whole = desk.cart.with(|cart| cart.discount.as_ref().map(|discount| amounts.discount(discount)));
        let words = match whole {
            Some(whole) => t!("sell.savings_with", discount = whole),
            None => t!("sell.savings").to_owned(),
        };
        row("saved", words, priced.savings.negated().unwrap_or_default())
    });
    let included =
        desk.till.store.with(|store| store.as_ref().is_some_and(|store| store.tax.prices_include_tax));
    let taxes = priced.taxes.iter().map(|tax| row("", tax_words(tax, included), tax.tax)).collect_view();
    let exempted = priced.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.exempted.0));
    let exempted = (exempted != 0)
        .then(|| row("saved", t!("sell.tax_not_charged").to_owned(), Minor(exempted.saturating_neg())));
    view! { {row("", t!("sell.items", count = priced.lines.len()), priced.before_discounts)} {savings} {exempted} {taxes} }
}

fn tax_words(tax: &TaxAmount, included: bool) -> String {
    let rate = match tax.percent() {
        Some(percent) => format!("{} {percent}%", tax.name),
        None => tax.name.clone(),
    };
    if tax.included.unwrap_or(included) {
        t!("sell.tax_included", tax = rate)
    } else {
        t!("sell.tax_added", tax = rate)
    }
}

#[component]
fn Actions() -> impl IntoView {
    let desk = use_desk();
    let held = Memo::new(move |_| desk.till.held.with(|held| held.len()));
    let is_empty = Memo::new(move |_| desk.cart.is_empty());
    let has_discount = Memo::new(move |_| desk.cart.with(|cart| cart.discount.is_some()));
    let hold = move |_| hold_or_resume(desk);
    let words = move || match (is_empty.get(), held.get()) {
        (true, 0) | (false, _) => t!("sell.hold").to_owned(),
        (true, count) => t!("sell.resume_count", count = count),
    };
    view! {
        <div class="acts">
            <button type="button" class="btn sm" disabled=move || is_empty.get() && held.get() == 0 on:click=hold>
                {words}
            </button>
            <button
                type="button"
                class="btn sm"
                disabled=is_empty
                aria-pressed=move || has_discount.get().to_string()
                on:click=move |_| desk.ask.set(Some(Ask::SaleDiscount))
            >
                {t!("sell.discount")}
            </button>
            <button type="button" class="btn sm" on:click=move |_| desk.ask.set(Some(Ask::More))>
                {t!("sell.more")}
                {move || (!is_empty.get() && held.get() > 0).then(|| view! { <span class="tag info">{i18n::number(i64::try_from(held.get()).unwrap_or(0))}</span> })}
            </button>
        </div>
    }
}

/// Puts the open sale aside; with none open, shows those put aside.
pub fn hold_or_resume(desk: Desk) {
    if !desk.cart.is_empty() {
        desk.ask.set(Some(Ask::Hold));
    } else if desk.till.held.with(|held| !held.is_empty()) {
        desk.ask.set(Some(Ask::Held));
    }
}

#[component]
fn Charge() -> impl IntoView {
    let desk = use_desk();
    let address = use_address();
    let total = Memo::new(move |_| desk.cart.priced().ok().map(|priced| priced.total));
    let cannot = move || desk.cart.is_empty() || total.get().is_none() || desk.till.reconnecting.get();
    let words = move || {
        if total.get().is_some_and(Minor::is_negative) { t!("sell.pay_back") } else { t!("sell.charge") }
    };
    let amount = move || {
        let total = total.get().unwrap_or_default();
        desk.amounts.money(Minor(total.0.saturating_abs()))
    };
    view! {
        <button
            type="button"
            class="btn primary charge"
            disabled=cannot
            on:click=move |_| desk.charge(address)
        >
            <span>{words}</span>
            <bdi>{amount}</bdi>
        </button>
    }
}
