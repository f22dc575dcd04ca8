//! Card: what a terminal of its own was told to charge, keyed in. Never more of a card than its last four digits.

use super::Confirm;
use super::taking::{Outcome, Taking};
use crate::component::{Key, Keypad};
use crate::i18n::{money, t};
use crate::page::problem;
use leptos::prelude::*;
use shared::tender::TenderError;

/// A card on a terminal that stands alone.
#[component]
pub fn CardPanel(taking: Taking) -> impl IntoView {
    let currency = taking.currency();
    let amount = move || taking.amount().unwrap_or_else(|| taking.due());
    let label = move || if taking.is_refund() { t!("pay.card_back") } else { t!("pay.card_charge") };
    let text = move || match taking.outcome.get() {
        Outcome::Leaves(_) => t!("pay.card_part", amount = money(amount(), currency)),
        _ => t!("pay.card_finish").to_owned(),
    };
    let cannot = move || !matches!(taking.outcome.get(), Outcome::Pays(_) | Outcome::Leaves(_));
    view! {
        <p class="muted">{label}</p>
        <p class="pay-amount" data-amount>{move || money(amount(), currency)}</p>
        <p class="pay-outcome pill" role="status" class=("info", move || !cannot())
            class=("warn", move || matches!(taking.outcome.get(), Outcome::Refused(TenderError::Over { .. })))
        >
            {move || words(taking)}
        </p>
        <Fields taking />
        <div class="pay-pad" on:mousedown=|event| event.prevent_default()>
            <Keypad on_key=move |key| taking.press(key) corner=Key::DoubleZero />
            <Confirm taking text=Signal::derive(text) disabled=Signal::derive(cannot) />
        </div>
    }
}

fn words(taking: Taking) -> String {
    let currency = taking.currency();
    match taking.outcome.get() {
        Outcome::Leaves(rest) => t!("pay.leaves", amount = money(rest, currency)),
        Outcome::Refused(TenderError::Over { .. }) => {
            t!("pay.card_over", amount = money(taking.due(), currency))
        }
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
fn Fields(taking: Taking) -> impl IntoView {
    let of_reference =
        move || fault(taking).filter(|e| matches!(e, TenderError::CardNumber | TenderError::Reference));
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
    view! {
        <div class="pay-fields">
            <label class="field">
                <span>{t!("pay.card_reference")}</span>
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
            <div id="pay-card-fault" class="field pay-fault" role="alert">
                {move || of_reference().or_else(of_digits).map(say)}
            </div>
        </div>
    }
}
