//! Pay: taking the money for the open cart, and what to hand back.
//! Lives here: what is due and taken, cash, card, the screen after. May use: session, component, i18n, shared::tender.
//! Never: storage, network, a rule about money.
//! Invariant: it says "Saved" only for a sale that is recorded, and nothing can be pressed while it is being recorded.

mod card;
mod cash;
mod done;
mod entry;
mod taken;
mod taking;

use crate::component::{Icon, IconName, Stroke, SyncPill, on_strokes, use_toasts};
use crate::i18n::{money, t};
use crate::page::problem;
use crate::session::{PayProblem, use_address, use_open_cart, use_paying, use_scans};
use card::CardPanel;
use cash::CashPanel;
use done::Done;
use leptos::prelude::*;
use shared::sale::Sale;
use shared::tender::Standing;
use std::sync::Arc;
use taken::Due;
use taking::{Method, Taking};

/// What there is to show.
#[derive(Clone, PartialEq)]
enum Screen {
    Nothing,
    Open,
    Done(Arc<Sale>),
}

/// The page.
#[component]
pub fn Pay() -> impl IntoView {
    let (paying, cart, address) = (use_paying(), use_open_cart(), use_address());
    paying.look_anew();
    on_cleanup(move || paying.look_anew());
    let screen = Memo::new(move |_| match paying.done() {
        Some(sale) => Screen::Done(sale),
        None if cart.is_empty() => Screen::Nothing,
        None => Screen::Open,
    });
    move || match screen.get() {
        Screen::Nothing => {
            address.replace("/");
            ().into_any()
        }
        Screen::Open => view! { <Take /> }.into_any(),
        Screen::Done(sale) => view! { <Done sale /> }.into_any(),
    }
}

#[component]
fn Take() -> impl IntoView {
    let taking = Taking::new(use_paying());
    let address = use_address();
    let back = Callback::new(move |()| {
        if !taking.paying.is_recording() {
            address.go("/");
        }
    });
    on_strokes(move |stroke| {
        match stroke {
            Stroke::Pad(key) => taking.press(key),
            Stroke::Enter => taking.confirm(),
            Stroke::Escape => back.run(()),
            Stroke::Wipe => taking.wipe(),
            Stroke::Function(2) => taking.choose(Method::Cash),
            Stroke::Function(3) => taking.choose(Method::Card),
            _ => return false,
        }
        true
    });
    let toasts = use_toasts();
    use_scans().take(move |_| {
        taking.forget_last();
        toasts.warn(t!("pay.scanned"));
    });
    view! {
        <main class="pay">
            <h1 class="hidden-text">{t!("pay.title")}</h1>
            <Due taking on_back=back />
            <section class="pay-entry" aria-label=t!("pay.amount")>
                <Problem taking />
                {move || view! { <Panel taking standing=taking.standing.get() method=taking.method.get() /> }}
            </section>
            <Methods taking />
        </main>
    }
}

/// What can be done next.
#[component]
fn Panel(taking: Taking, standing: Option<Standing>, method: Method) -> impl IntoView {
    match (standing, method) {
        (None, _) => view! { <NoPrice taking /> }.into_any(),
        (Some(Standing::Paid(settlement)), _) => {
            view! { <Covered taking change=settlement.change /> }.into_any()
        }
        (Some(Standing::Over(over)), _) => {
            let over = money(over, taking.currency());
            view! { <p class="note warn pay-words">{t!("pay.over", amount = over)}</p> }.into_any()
        }
        (Some(Standing::Open { .. }), Method::Cash) => view! { <CashPanel taking /> }.into_any(),
        (Some(Standing::Open { .. }), Method::Card) => view! { <CardPanel taking /> }.into_any(),
    }
}

/// Everything is paid, or nothing is to pay; what is left is to finish.
#[component]
fn Covered(taking: Taking, change: shared::money::Minor) -> impl IntoView {
    let has_tenders = move || taking.paying.tenders().is_empty();
    let words = move || if has_tenders() { t!("pay.nothing_due") } else { t!("pay.covered") };
    let change = (!change.is_zero()).then(|| t!("pay.change", amount = money(change, taking.currency())));
    view! {
        <p class="pay-headline">{words}</p>
        {change.map(|words| view! { <p class="pill ok pay-outcome">{words}</p> })}
        <Confirm taking text=Signal::derive(|| t!("pay.finish").to_owned()) disabled=Signal::derive(|| false) />
    }
}

#[component]
fn NoPrice(taking: Taking) -> impl IntoView {
    view! { <p class="note bad pay-words" role="alert">{move || taking.paying.total().err()}</p> }
}

/// The one button that goes on. It says "Saving" and does nothing while the sale is being recorded.
#[component]
fn Confirm(taking: Taking, text: Signal<String>, disabled: Signal<bool>) -> impl IntoView {
    let saving = move || taking.paying.is_recording();
    let face = move || if saving() { t!("pay.saving").to_owned() } else { text.get() };
    view! {
        <button
            class="btn primary pay-confirm"
            data-action="confirm"
            disabled=move || disabled.get() || saving()
            aria-busy=move || saving().then_some("true")
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| taking.confirm()
        >
            {face}
        </button>
    }
}

/// What went wrong when the sale was to be recorded, and that it is still open.
#[component]
fn Problem(taking: Taking) -> impl IntoView {
    let words = move |problem: PayProblem| match problem {
        PayProblem::Record(error) => problem::record_words(&error, Some(taking.currency())),
        PayProblem::Repriced(total) => t!("pay.repriced", amount = money(total, taking.currency())),
    };
    let shown = move |problem: PayProblem| {
        view! {
            <div class="note bad pay-problem">
                <Icon name=IconName::Warning />
                <span class="grow">{words(problem)}</span>
            </div>
        }
    };
    let slow = taking.is_slow;
    view! {
        <div role="alert" class="pay-alerts">{move || taking.paying.problem().map(shown)}</div>
        <div role="status">
            {move || slow.get().then(|| view! { <p class="note info">{t!("pay.still_saving")}</p> })}
        </div>
    }
}

#[component]
fn Methods(taking: Taking) -> impl IntoView {
    let is_refund = move || taking.is_refund();
    let heading = move || if is_refund() { t!("pay.how_back") } else { t!("pay.how") };
    let button = move |method: Method, icon: IconName, text: &'static str, key: &'static str| {
        let on = move || taking.method.get() == method;
        view! {
            <button
                class="pay-method"
                aria-pressed=move || on().to_string()
                aria-keyshortcuts=key
                disabled=move || taking.paying.is_recording()
                on:click=move |_| taking.choose(method)
            >
                <Icon name=icon />
                <span class="grow">{text}</span>
                <kbd aria-hidden="true">{key}</kbd>
            </button>
        }
    };
    view! {
        <section class="pay-how" aria-labelledby="pay-how">
            <h2 id="pay-how">{heading}</h2>
            <div class="pay-methods">
                {button(Method::Cash, IconName::Cash, t!("pay.cash"), "F2")}
                {button(Method::Card, IconName::Card, t!("pay.card"), "F3")}
            </div>
            <div class="pay-foot">
                <SyncPill />
                <p class="sm muted">{t!("pay.hint")}</p>
            </div>
        </section>
    }
}
