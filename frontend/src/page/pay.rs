//! Pay: taking the money for the open cart, and what to hand back.
//! Lives here: what is due and taken, each way to pay, the screen after. May use: session, component, i18n, shared::tender.
//! Never: storage, network, a rule about money.
//! Invariant: it says "Saved" only for a sale that is recorded, and nothing can be pressed while it is being recorded.

mod account;
mod cash;
mod charge;
mod done;
mod entry;
mod exact;
mod giving;
mod points;
mod taken;
mod taking;
mod way_back;

use crate::component::{Icon, IconName, Stroke, SyncPill, on_strokes, use_toasts};
use crate::i18n::{money, t};
use crate::page::approve::{Approve, Asked};
use crate::page::problem;
use crate::session::{PayProblem, use_address, use_charges, use_open_cart, use_paying, use_scans, use_till};
use cash::CashPanel;
use charge::{ChargePanel, Stray};
use done::Done;
use exact::ExactPanel;
use leptos::prelude::*;
use shared::approval::Approval;
use shared::sale::Sale;
use shared::tender::Standing;
use shared::tender::{TenderType, TypeKind};
use std::sync::Arc;
use taken::Due;
use taking::Taking;
use way_back::OtherWay;

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
    let charges = use_charges();
    paying.look_anew();
    on_cleanup(move || paying.look_anew());
    let screen = Memo::new(move |_| match paying.done() {
        Some(sale) => Screen::Done(sale),
        None if cart.is_empty() && !charges.is_open() => Screen::Nothing,
        None => Screen::Open,
    });
    move || match screen.get() {
        Screen::Nothing => {
            address.replace("/");
            ().into_any()
        }
        Screen::Open => view! { <Take /><Unapproved /> }.into_any(),
        Screen::Done(sale) => view! { <Done sale /> }.into_any(),
    }
}

/// What nobody has approved yet is asked for before money changes hands. Who does not get it is back at the sale.
#[component]
fn Unapproved() -> impl IntoView {
    let (till, cart, address) = (use_till(), use_open_cart(), use_address());
    let open = untrack(|| cart.priced().ok().and_then(|priced| till.not_approved(&cart.get(), &priced).ok()));
    let currency = till.store.with_untracked(|store| store.as_ref().map(|store| store.currency));
    let asked: Vec<Asked> = match (open, currency) {
        (Some(needs), Some(currency)) => needs.iter().map(|need| Asked::of(need, currency)).collect(),
        _ => Vec::new(),
    };
    let asked = RwSignal::new(asked);
    let approved = move |approvals: Vec<Approval>| {
        // Nothing of the cart can be refused here: it bears what was approved, and is as it was.
        let _ = cart.change(|cart| {
            approvals.into_iter().for_each(|approval| cart.approve(approval));
            Ok(())
        });
        asked.set(Vec::new());
    };
    move || {
        let asked = asked.get();
        (!asked.is_empty())
            .then(|| view! { <Approve asked on_approved=approved on_close=move |()| address.go("/") /> })
    }
}

#[component]
fn Take() -> impl IntoView {
    let charges = use_charges();
    let taking = Taking::new(use_paying(), charges);
    let address = use_address();
    let back = Callback::new(move |()| {
        if !taking.is_held() {
            address.go("/");
        }
    });
    on_strokes(move |stroke| {
        match stroke {
            Stroke::Pad(key) => taking.press(key),
            Stroke::Enter => taking.confirm(),
            Stroke::Escape => back.run(()),
            Stroke::Wipe => taking.wipe(),
            Stroke::Function(key) if KEYS.contains(&key) => taking.choose_at(usize::from(key - KEYS[0])),
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
                {move || match (charges.open(), charges.stray()) {
                    (Some((charge, stage)), _) => view! { <ChargePanel charge stage /> }.into_any(),
                    (None, Some(tender)) => view! { <Stray tender currency=taking.currency() /> }.into_any(),
                    (None, None) => {
                        view! { <Panel taking standing=taking.standing.get() way=taking.way.get() /> }.into_any()
                    }
                }}
            </section>
            <Methods taking />
            <OtherWay taking />
        </main>
    }
}

/// What can be done next.
#[component]
fn Panel(taking: Taking, standing: Option<Standing>, way: Option<TenderType>) -> impl IntoView {
    match (standing, way) {
        (None, _) => view! { <NoPrice taking /> }.into_any(),
        (Some(Standing::Paid(settlement)), _) => {
            view! { <Covered taking change=settlement.change /> }.into_any()
        }
        (Some(Standing::Over(over)), _) => {
            let over = money(over, taking.currency());
            view! { <p class="note warn pay-words">{t!("pay.over", amount = over)}</p> }.into_any()
        }
        (Some(Standing::Open { .. }), None) => {
            view! { <p class="note warn pay-words">{t!("pay.no_ways")}</p> }.into_any()
        }
        (Some(Standing::Open { .. }), Some(way)) => match way.kind {
            TypeKind::Cash | TypeKind::ForeignCash => view! { <CashPanel taking /> }.into_any(),
            _ => view! { <ExactPanel taking way /> }.into_any(),
        },
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
        <div role="alert" class="pay-alerts">
            {move || taking.paying.problem().map(shown)}
            {move || taking.charges.was_not_charged().then(|| view! { <p class="note warn">{t!("pay.terminal_not_charged")}</p> })}
        </div>
        <div role="status">
            {move || slow.get().then(|| view! { <p class="note info">{t!("pay.still_saving")}</p> })}
        </div>
    }
}

/// The keys of the first ways to pay. F5 is the browser's.
const KEYS: [u8; 3] = [2, 3, 4];

/// What a way to pay is called here: as the shop has named it, else in the language of the screen.
fn way_name(way: &TenderType) -> String {
    match (way.name.as_str(), way.kind) {
        ("", TypeKind::Cash) => t!("pay.cash").to_owned(),
        ("", _) => t!("pay.card").to_owned(),
        (name, _) => name.to_owned(),
    }
}

fn way_icon(kind: TypeKind) -> IconName {
    match kind {
        TypeKind::Cash | TypeKind::ForeignCash => IconName::Cash,
        TypeKind::Card => IconName::Card,
        TypeKind::Voucher => IconName::Tag,
        TypeKind::Cheque => IconName::Receipt,
        TypeKind::Transfer => IconName::Upload,
        TypeKind::Other => IconName::Star,
        TypeKind::OnAccount => IconName::Person,
        TypeKind::GiftCard => IconName::Tag,
    }
}

#[component]
fn Methods(taking: Taking) -> impl IntoView {
    let is_refund = move || taking.is_refund();
    let heading = move || if is_refund() { t!("pay.how_back") } else { t!("pay.how") };
    let button = move |(place, way): (usize, TenderType)| {
        let id = way.id;
        let on = move || taking.way.with(|way| way.as_ref().is_some_and(|way| way.id == id));
        let key = KEYS.get(place).map(|key| format!("F{key}"));
        let shown = key.clone().map(|key| view! { <kbd aria-hidden="true">{key}</kbd> });
        view! {
            <button
                class="pay-method"
                aria-pressed=move || on().to_string()
                aria-keyshortcuts=key
                disabled=move || taking.is_held()
                on:click=move |_| taking.choose(id)
            >
                <Icon name=way_icon(way.kind) />
                <span class="grow"><bdi>{way_name(&way)}</bdi></span>
                {shown}
            </button>
        }
    };
    let buttons = move || taking.ways.get().into_iter().enumerate().map(button).collect_view();
    view! {
        <section class="pay-how" aria-labelledby="pay-how">
            <h2 id="pay-how">{heading}</h2>
            <div class="pay-methods">{buttons}</div>
            <div class="pay-foot">
                <SyncPill />
                <p class="sm muted">{t!("pay.hint")}</p>
            </div>
        </section>
    }
}
