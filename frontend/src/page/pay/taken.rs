//! Taken: what is to pay, what was taken for it so far, and what is left.

use super::giving::Giving;
use super::points::Points;
use super::taking::Taking;
use super::way_back::WaysBack;
use crate::component::{Dialog, Icon, IconName};
use crate::i18n::{money, t};
use crate::session::use_open_cart;
use leptos::prelude::*;
use shared::money::{Minor, Quantity};
use shared::tender::{Standing, Tender, TenderKind};

/// The column that says how much.
#[component]
pub fn Due(taking: Taking, on_back: Callback<()>) -> impl IntoView {
    let asked = RwSignal::new(None::<Tender>);
    let total = move || taking.paying.total().unwrap_or_default();
    let size = move || money(Minor(total().0.saturating_abs()), taking.currency());
    let label = move || if taking.is_refund() { t!("pay.to_give_back") } else { t!("pay.to_pay") };
    let row = move |tender: Tender| view! { <Row taking tender asked /> };
    let tenders = move || taking.paying.tenders().into_iter().map(row).collect_view();
    view! {
        <section class="pay-due" aria-label=label>
            <div class="pay-top">
                <button class="btn line" disabled=move || taking.is_held() on:click=move |_| on_back.run(())>
                    <Icon name=IconName::Back />
                    {t!("pay.back")}
                </button>
            </div>
            <div>
                <p class="muted">{label}</p>
                <p class="pay-total" data-total>{size}</p>
                <p class="sm muted">{goods}</p>
            </div>
            <Points taking />
            <Giving taking />
            <WaysBack taking />
            <ul class="pay-taken">{tenders} <Left taking /></ul>
            <div class="grow"></div>
            <Customer />
            {move || asked.get().map(|tender| view! { <Ask taking tender asked /> })}
        </section>
    }
}

/// "3 items, VAT 5.40".
fn goods() -> Option<String> {
    let cart = use_open_cart();
    let pieces = cart.with(|cart| {
        let of_line = |line: &shared::sale::CartLine| {
            if line.unit.is_measured() { 1 } else { line.quantity.0.saturating_abs() / Quantity::ONE.0 }
        };
        cart.lines.iter().filter(|line| !line.kind.is_given()).map(of_line).fold(0_i64, i64::saturating_add)
    });
    (pieces > 0).then(|| t!("common.items", count = pieces))
}

/// How a payment was made, in a word or two: as the shop calls it, else in the language of the screen.
pub fn tender_words(tender: &Tender) -> String {
    if let Some(of) = &tender.of {
        return match &tender.kind {
            TenderKind::ForeignCash { currency, given, .. } => {
                format!("{} {}", of.name, money(*given, *currency))
            }
            TenderKind::Card { last_four: Some(digits), .. } => format!("{} ••{digits}", of.name),
            TenderKind::GiftCard { last_letters, .. } => format!("{} ••{last_letters}", of.name),
            _ => of.name.clone(),
        };
    }
    match &tender.kind {
        TenderKind::Cash => t!("pay.cash").to_owned(),
        TenderKind::Card { last_four: Some(digits), .. } => t!("pay.card_digits_of", digits = digits),
        TenderKind::Card { last_four: None, .. } => t!("pay.card_short").to_owned(),
        TenderKind::OnAccount => t!("pay.on_account").to_owned(),
        TenderKind::ForeignCash { currency, given, .. } => money(*given, *currency),
        other => other.reference().unwrap_or_default().to_owned(),
    }
}

#[component]
fn Row(taking: Taking, tender: Tender, asked: RwSignal<Option<Tender>>) -> impl IntoView {
    let words = tender_words(&tender);
    let amount = money(Minor(tender.amount.0.saturating_neg()), taking.currency());
    let what = t!("pay.remove", what = words);
    let is_card = matches!(tender.kind, TenderKind::Card { .. });
    let remove = move |_| {
        if is_card {
            asked.set(Some(tender.clone()));
        } else {
            taking.paying.remove(tender.id);
        }
    };
    view! {
        <li>
            <span class="grow cut">{words}</span>
            <span class="num strong">{amount}</span>
            <button
                class="btn line pay-remove"
                aria-label=what.clone()
                title=what
                disabled=move || taking.is_held()
                on:click=remove
            >
                <Icon name=IconName::Close />
            </button>
        </li>
    }
}

/// What is left after what was taken.
#[component]
fn Left(taking: Taking) -> impl IntoView {
    let currency = taking.currency();
    let size = move |amount: Minor| money(Minor(amount.0.saturating_abs()), currency);
    let left = move |remaining: Minor| {
        let words = t!("pay.remaining");
        view! { <li class="strong"><span class="grow">{words}</span><span class="num">{size(remaining)}</span></li> }
    };
    let in_coins = move |in_cash: Minor| {
        let step = Minor(taking.paying.cash_rounding().step_minor);
        let words = t!("pay.in_cash", step = money(step, currency));
        view! { <li class="sm muted"><span class="grow">{words}</span><span class="num">{size(in_cash)}</span></li> }
    };
    move || match taking.standing.get() {
        Some(Standing::Open { remaining, in_cash }) => {
            let has_tenders = !taking.paying.tenders().is_empty();
            Some((has_tenders.then(|| left(remaining)), (remaining != in_cash).then(|| in_coins(in_cash))))
        }
        _ => None,
    }
}

/// Taking a card payment out here does not undo it on the terminal.
#[component]
fn Ask(taking: Taking, tender: Tender, asked: RwSignal<Option<Tender>>) -> impl IntoView {
    let size = money(Minor(tender.amount.0.saturating_abs()), taking.currency());
    let id = tender.id;
    let remove = move |_| {
        taking.paying.remove(id);
        taking.charges.removed(id);
        asked.set(None);
    };
    view! {
        <Dialog heading=t!("pay.remove_card").to_owned() on_close=move |()| asked.set(None)>
            <p>{t!("pay.remove_card_words", amount = size)}</p>
            <div class="actions">
                <button class="btn line" on:click=move |_| asked.set(None)>{t!("common.cancel")}</button>
                <button class="btn danger primary" on:click=remove>{t!("pay.remove_card_yes")}</button>
            </div>
        </Dialog>
    }
}

#[component]
fn Customer() -> impl IntoView {
    let cart = use_open_cart();
    move || {
        let customer = cart.with(|cart| cart.customer.clone());
        let name = customer.name.clone().or_else(|| customer.number.clone())?;
        let number = customer.number.filter(|number| *number != name);
        Some(view! {
            <div class="card padded">
                <p class="strong">{name}</p>
                <p class="sm muted">{number.unwrap_or_else(|| t!("pay.on_receipt").to_owned())}</p>
            </div>
        })
    }
}
