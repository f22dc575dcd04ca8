//! Exact: what is paid by card, voucher, cheque or transfer: an amount, and what it is found by. Never more of a card than its
//! last four digits.

use super::Confirm;
use super::account::AccountWords;
use super::taking::{Outcome, Taking};
use crate::component::{Key, Keypad};
use crate::i18n::{money, t};
use crate::page::problem;
use leptos::prelude::*;
use shared::tender::{TenderError, TenderType, TypeKind};

/// A way to pay that is no cash: all that is due, or the amount that is keyed in.
#[component]
pub fn ExactPanel(taking: Taking, way: TenderType) -> impl IntoView {
    let currency = taking.currency();
    let is_card = way.kind == TypeKind::Card;
    let is_told = taking.is_told();
    let amount = move || taking.amount_or_due();
    let label = move || match (is_card, taking.is_refund()) {
        (true, false) => t!("pay.card_charge"),
        (true, true) => t!("pay.card_back"),
        (false, false) => t!("pay.other_take"),
        (false, true) => t!("pay.other_back"),
    };
    let text = move || match taking.outcome.get() {
        _ if is_told && taking.is_refund() => {
            t!("pay.terminal_send_back", amount = money(amount(), currency))
        }
        _ if is_told => t!("pay.terminal_send", amount = money(amount(), currency)),
        Outcome::Leaves(_) if is_card => t!("pay.card_part", amount = money(amount(), currency)),
        Outcome::Leaves(_) => t!("pay.other_part", amount = money(amount(), currency)),
        _ if is_card => t!("pay.card_finish").to_owned(),
        _ if taking.is_refund() => t!("pay.give_back", amount = money(amount(), currency)),
        _ => t!("pay.other_finish").to_owned(),
    };
    let cannot = move || !matches!(taking.outcome.get(), Outcome::Pays(_) | Outcome::Leaves(_));
    view! {
        <p class="muted">{label}</p>
        <p class="pay-amount" data-amount>{move || money(amount(), currency)}</p>
        <p class="pay-outcome pill" role="status" class=("info", move || !cannot())
            class=("warn", move || matches!(taking.outcome.get(), Outcome::Refused(TenderError::Over { .. })))
        >
            {move || words(taking, is_card, is_told)}
        </p>
        {way.kind.is_account().then(|| view! { <AccountWords taking way=way.clone() /> })}
        {(!is_told).then(|| view! { <Fields taking way /> })}
        <div class="pay-pad" on:mousedown=|event| event.prevent_default()>
            <Keypad on_key=move |key| taking.press(key) corner=Key::DoubleZero />
            <Confirm taking text=Signal::derive(text) disabled=Signal::derive(cannot) />
        </div>
    }
}

fn words(taking: Taking, is_card: bool, is_told: bool) -> String {
    let currency = taking.currency();
    match taking.outcome.get() {
        Outcome::Leaves(rest) => t!("pay.leaves", amount = money(rest, currency)),
        Outcome::Pays(settlement) if !settlement.change.is_zero() => {
            t!("pay.change", amount = money(settlement.change, currency))
        }
        Outcome::Refused(error @ (TenderError::Account { .. } | TenderError::NoCustomer)) => {
            problem::tender_words(&error, Some(currency))
        }
        Outcome::Refused(TenderError::Over { .. }) if is_card => {
            t!("pay.card_over", amount = money(taking.due(), currency))
        }
        Outcome::Refused(TenderError::Over { .. }) => {
            t!("pay.other_over", amount = money(taking.due(), currency))
        }
        _ if is_told => t!("pay.terminal_how").to_owned(),
        _ if taking.is_account() => t!("pay.account_how").to_owned(),
        _ if !is_card => t!("pay.other_how").to_owned(),
        _ if taking.is_refund() => t!("pay.card_how_back").to_owned(),
        _ => t!("pay.card_how").to_owned(),
    }
}

/// What is wrong with the fields, live or at the last press.
fn fault(taking: Taking) -> Option<TenderError> {
    let live = match taking.outcome.get() {
        Outcome::Refused(error) => Some(error),
        _ => None,
    };
    taking.wrong.get().or(live)
}

#[component]
fn Fields(taking: Taking, way: TenderType) -> impl IntoView {
    let is_card = way.kind == TypeKind::Card;
    let asked = way.reference.as_ref().map(|asked| asked.label.clone());
    let label = match (asked, is_card) {
        _ if way.kind == TypeKind::OnAccount => return None,
        (Some(label), _) => label,
        (None, _) if way.kind == TypeKind::GiftCard => t!("pay.gift_card_code").to_owned(),
        (None, true) => t!("pay.card_reference").to_owned(),
        (None, false) => return None,
    };
    let of_reference = move || {
        fault(taking).filter(|error| {
            matches!(
                error,
                TenderError::CardNumber
                    | TenderError::Reference
                    | TenderError::NoReference
                    | TenderError::CardCode
                    | TenderError::Account { .. }
                    | TenderError::NoCustomer
            )
        })
    };
    let of_digits = move || fault(taking).filter(|e| matches!(e, TenderError::LastFour));
    let say = move |error: TenderError| {
        let words = problem::tender_words(&error, Some(taking.currency()));
        view! { <span class="wrong">{words}</span> }
    };
    let only_digits = move |event: leptos::ev::Event| {
        let digits: String =
            event_target_value(&event).chars().filter(char::is_ascii_digit).take(4).collect();
        taking.wrong.set(None);
        taking.last_four.set(digits.clone());
        // What is left out is not shown either.
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&digits);
    };
    let reference = move |event| {
        taking.wrong.set(None);
        taking.reference.set(event_target_value(&event));
    };
    let digits = is_card.then(|| {
        view! {
            <label class="field pay-digits">
                <span>{t!("pay.card_digits")}</span>
                <input
                    name="last_four"
                    autocomplete="off"
                    inputmode="numeric"
                    maxlength="4"
                    prop:value=move || taking.last_four.get()
                    aria-invalid=move || of_digits().is_some().to_string()
                    aria-describedby="pay-card-fault"
                    on:input=only_digits
                />
            </label>
        }
    });
    Some(view! {
        <div class="pay-fields" class:alone=!is_card>
            <label class="field">
                <span><bdi>{label}</bdi></span>
                <input
                    name="reference"
                    autocomplete="off"
                    maxlength="40"
                    prop:value=move || taking.reference.get()
                    aria-invalid=move || of_reference().is_some().to_string()
                    aria-describedby="pay-card-fault"
                    on:input=reference
                />
            </label>
            {digits}
            <div id="pay-card-fault" class="field pay-fault" role="alert">
                {move || of_reference().or_else(of_digits).map(say)}
            </div>
        </div>
    })
}
