//! Cash: what is handed over, in the shop's currency or another one, what goes back, and the amounts a wallet is likely to make.

use super::Confirm;
use super::taking::{Outcome, Taking};
use crate::component::{Key, Keypad};
use crate::i18n::{self, money, money_short, t};
use leptos::prelude::*;
use shared::money::Minor;
use shared::tender::{Settlement, TenderError, quick_amounts};

/// Notes and coins.
#[component]
pub fn CashPanel(taking: Taking) -> impl IntoView {
    let is_exact = Memo::new(move |_| taking.is_refund() || taking.due().is_zero());
    move || {
        if is_exact.get() {
            view! { <Exact taking /> }.into_any()
        } else {
            view! { <Given taking /> }.into_any()
        }
    }
}

/// "rounded to £0.05", where the store's coins make the cash differ from the total.
pub fn rounded_words(taking: Taking, rounding: Minor) -> Option<String> {
    let step = Minor(taking.paying.cash_rounding().step_minor);
    (!rounding.is_zero()).then(|| t!("pay.rounded", step = money(step, taking.currency())))
}

#[component]
fn Given(taking: Taking) -> impl IntoView {
    let currency = taking.keyed_currency();
    let shown = move || money(taking.amount().unwrap_or_default(), currency);
    let quick = move || {
        let due = taking.due_as_keyed();
        quick_amounts(due, currency)
            .into_iter()
            .map(|amount| view! { <Quick taking amount /> })
            .collect_view()
    };
    let partial = move || match (taking.outcome.get(), taking.amount()) {
        (Outcome::Leaves(_), Some(amount)) => t!("pay.take_part", amount = money(amount, currency)),
        _ => t!("pay.take_cash").to_owned(),
    };
    let cannot = move || !matches!(taking.outcome.get(), Outcome::Pays(_) | Outcome::Leaves(_));
    view! {
        <p class="muted">{given_words(taking)}</p>
        <p class="pay-amount" class:unset=move || taking.amount().is_none() data-amount>{shown}</p>
        <p class="pay-outcome" role="status" class=("pill", true) class=("ok", move || !cannot())
            class=("warn", move || taking.outcome.get() == Outcome::Unlikely)
        >
            {move || outcome_words(taking)}
        </p>
        <div class="pay-pad" on:mousedown=|event| event.prevent_default()>
            <div class="pay-quick" role="group" aria-label=t!("pay.quick")>{quick}</div>
            <Keypad on_key=move |key| taking.press(key) corner=Key::DoubleZero />
            <Confirm taking text=Signal::derive(partial) disabled=Signal::derive(cannot) />
        </div>
    }
}

/// What is keyed in: cash, or cash of another currency and what it is taken at.
fn given_words(taking: Taking) -> String {
    let Some(foreign) = taking.foreign() else { return t!("pay.cash_received").to_owned() };
    let rate = i18n::rate(foreign.rate);
    let (theirs, ours) = (foreign.currency.code().to_owned(), foreign.ours.code().to_owned());
    match foreign.day {
        Some(day) => t!("pay.foreign_of", theirs = theirs, ours = ours, rate = rate, day = i18n::day(day)),
        None => t!("pay.foreign", theirs = theirs, ours = ours, rate = rate),
    }
}

fn outcome_words(taking: Taking) -> AnyView {
    let currency = taking.currency();
    match taking.outcome.get() {
        Outcome::Pays(settlement) => change_words(taking, settlement),
        Outcome::Leaves(rest) => t!("pay.leaves", amount = money(rest, currency)).into_any(),
        Outcome::Unlikely => t!("pay.unlikely", amount = money(taking.due(), currency)).into_any(),
        Outcome::Refused(TenderError::Over { .. }) => {
            t!("pay.other_over", amount = money(taking.due_as_keyed(), taking.keyed_currency())).into_any()
        }
        Outcome::Unset | Outcome::Refused(_) => t!("pay.enter_cash").into_any(),
    }
}

fn change_words(taking: Taking, settlement: Settlement) -> AnyView {
    let change = if settlement.change.is_zero() {
        t!("pay.no_change").to_owned()
    } else {
        t!("pay.change", amount = money(settlement.change, taking.currency()))
    };
    let rounded = rounded_words(taking, settlement.cash_rounding)
        .map(|words| view! { <span class="xs pay-rounded">{format!("({words})")}</span> });
    view! { <span class="pay-change">{change}</span> {rounded} }.into_any()
}

#[component]
fn Quick(taking: Taking, amount: Minor) -> impl IntoView {
    let on = move || taking.amount() == Some(amount);
    view! {
        <button class="btn" aria-pressed=move || on().to_string() on:click=move |_| taking.offer(amount)>
            {money_short(amount, taking.keyed_currency())}
        </button>
    }
}

/// Nothing to key in: money that goes back, or coins too large for what is left.
#[component]
fn Exact(taking: Taking) -> impl IntoView {
    let currency = taking.currency();
    let label = move || if taking.is_refund() { t!("pay.cash_back") } else { t!("pay.cash_received") };
    let due = move || money(taking.due(), currency);
    let rounded = move || rounded_words(taking, taking.rounding());
    let text = move || {
        if taking.is_refund() { t!("pay.give_back", amount = due()) } else { t!("pay.finish").to_owned() }
    };
    view! {
        <p class="muted">{label}</p>
        <p class="pay-amount" data-amount>{due}</p>
        {move || rounded().map(|words| view! { <p class="pill info pay-outcome">{words}</p> })}
        <Confirm taking text=Signal::derive(text) disabled=Signal::derive(|| false) />
    }
}
