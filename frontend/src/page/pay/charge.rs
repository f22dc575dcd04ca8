//! Charge: while a card is at the terminal: what it does, what to do where it does not answer, and never charging twice.

use crate::component::{Icon, IconName};
use crate::i18n::{money, t};
use crate::page::problem;
use crate::session::use_charges;
use leptos::prelude::*;
use shared::money::Minor;
use shared::tender::{Tender, TenderError};
use shared::terminal::{Approval, Charge, Stage};

/// A charge that is not over.
#[component]
pub fn ChargePanel(charge: Charge, stage: Stage) -> impl IntoView {
    let amount = money(Minor(charge.amount.0.saturating_abs()), charge.currency);
    let heading =
        if charge.amount.is_negative() { t!("pay.terminal_back") } else { t!("pay.terminal_charge") };
    let body = match stage {
        Stage::Keeping | Stage::Presented => {
            view! { <p class="pill info pay-outcome" aria-busy="true">{t!("pay.terminal_present")}</p> }
                .into_any()
        }
        Stage::Unknown { asking: true } => {
            view! { <p class="pill warn pay-outcome" aria-busy="true">{t!("pay.terminal_asking")}</p> }
                .into_any()
        }
        Stage::Unknown { asking: false } => view! { <Unknown charge /> }.into_any(),
        Stage::Approved(_) => {
            view! { <p class="pill ok pay-outcome">{t!("pay.terminal_approved")}</p> }.into_any()
        }
    };
    view! {
        <p class="muted">{heading}</p>
        <p class="pay-amount" data-amount>{amount}</p>
        <div role="status" class="pay-charge">{body}</div>
    }
}

/// Nobody knows: ask again, or read the slip.
#[component]
fn Unknown(charge: Charge) -> impl IntoView {
    let charges = use_charges();
    let reading = RwSignal::new(false);
    let (reference, last_four) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let wrong = RwSignal::new(None::<TenderError>);
    let currency = charge.currency;
    let was_charged = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let last_four = Some(text(last_four)).filter(|digits| !digits.is_empty());
        let approval = Approval { reference: text(reference), last_four };
        match charge.tender(&approval) {
            Ok(_) => charges.by_hand(Some(approval)),
            Err(error) => {
                reference.set(String::new());
                wrong.set(Some(error));
            }
        }
    };
    let slip = move || {
        let words = move || wrong.get().map(|error| problem::tender_words(&error, Some(currency)));
        view! {
            <form class="pay-fields" on:submit=was_charged.clone() on:input=move |_| wrong.set(None) data-scan>
                <label class="field">
                    <span>{t!("pay.card_reference")}</span>
                    <input name="reference" autocomplete="off" maxlength="40" prop:value=move || reference.get()
                        on:input:target=move |event| reference.set(event.target().value()) />
                </label>
                <label class="field pay-digits">
                    <span>{t!("pay.card_digits")}</span>
                    <input name="last_four" autocomplete="off" inputmode="numeric" maxlength="4" prop:value=move || last_four.get()
                        on:input:target=move |event| last_four.set(event.target().value()) />
                </label>
                <div class="field pay-fault" role="alert">{move || words().map(|words| view! { <span class="wrong">{words}</span> })}</div>
                <button type="submit" class="btn primary pay-fault">{t!("pay.terminal_was")}</button>
                <button type="button" class="btn line pay-fault" on:click=move |_| charges.by_hand(None)>{t!("pay.terminal_was_not")}</button>
            </form>
        }
    };
    let slip = StoredValue::new_local(slip);
    view! {
        <div class="note warn">
            <Icon name=IconName::Warning />
            <span class="grow">{t!("pay.terminal_unknown")}</span>
        </div>
        <div class="pay-pad">
            <button type="button" class="btn primary pay-confirm" data-action="ask" on:click=move |_| charges.ask()>{t!("pay.terminal_ask")}</button>
            <button type="button" class="btn line" aria-expanded=move || reading.get().to_string()
                on:click=move |_| reading.update(|reading| *reading = !*reading)>
                {t!("pay.terminal_slip")}
            </button>
        </div>
        {move || reading.get().then(|| slip.with_value(|slip| slip()))}
    }
}

/// A card was charged for a sale that is not open here any more.
#[component]
pub fn Stray(tender: Tender, currency: shared::money::Currency) -> impl IntoView {
    let charges = use_charges();
    let amount = money(Minor(tender.amount.0.saturating_abs()), currency);
    view! {
        <div class="note warn pay-words" role="alert">
            <Icon name=IconName::Warning />
            <span class="grow">{t!("pay.terminal_stray", amount = amount)}</span>
        </div>
        <div class="pay-pad">
            <button type="button" class="btn primary pay-confirm" on:click=move |_| charges.settled()>{t!("pay.terminal_settled")}</button>
        </div>
    }
}
