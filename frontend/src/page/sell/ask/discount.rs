//! Discount: money off a line or the whole sale, as a share or an amount, with a reason.

use super::approving::{ApproveChange, Waiting, change_or_ask};
use super::close;
use crate::component::{Dialog, Key, NumberEntry};
use crate::i18n::t;
use crate::page::sell::desk::{Desk, use_desk};
use crate::page::sell::words::{refusal, typed_number};
use leptos::prelude::*;
use shared::ids::LineId;
use shared::money::{Minor, Rate};
use shared::sale::{Cart, CartError, Discount, DiscountAmount};

/// Shares that are given often.
const QUICK: [&str; 5] = ["5", "10", "15", "20", "50"];
/// The longest reason, as the cart has it.
const LONGEST_REASON: &str = "80";

/// Money off a line, or off the whole sale; more than the store lets its cashiers give, with somebody's approval.
#[component]
pub fn AskDiscount(line: Option<LineId>) -> impl IntoView {
    let waiting: Waiting = RwSignal::new(None);
    move || match waiting.get() {
        Some(change) => view! { <ApproveChange change /> }.into_any(),
        None => view! { <Discounting line waiting /> }.into_any(),
    }
}

fn given(cart: &Cart, line: Option<LineId>) -> Option<Discount> {
    match line {
        Some(line) => cart.line(line)?.discount.clone(),
        None => cart.discount.clone(),
    }
}

fn give(
    desk: Desk,
    waiting: Waiting,
    line: Option<LineId>,
    discount: Option<Discount>,
) -> Result<(), CartError> {
    change_or_ask(desk, waiting, move |cart: &mut Cart| match line {
        Some(line) => cart.set_line_discount(line, discount.clone()),
        None => cart.set_discount(discount.clone()),
    })
}

#[component]
fn Discounting(line: Option<LineId>, waiting: Waiting) -> impl IntoView {
    let desk = use_desk();
    let heading = line.map_or_else(|| t!("sell.discount_sale").to_owned(), |line| desk.line_name(line));
    let now = desk.cart.with(|cart| given(cart, line));
    let currency = desk.amounts.currency();
    let start = match now.as_ref().map(|discount| discount.amount) {
        Some(DiscountAmount::Percent(rate)) => rate.to_percent(),
        Some(DiscountAmount::Amount(amount)) => {
            currency.map(|currency| amount.to_decimal(currency)).unwrap_or_default()
        }
        None => String::new(),
    };
    let is_amount = matches!(now.as_ref().map(|discount| discount.amount), Some(DiscountAmount::Amount(_)));
    let by_amount = RwSignal::new(is_amount);
    let value = RwSignal::new(start);
    let reason = RwSignal::new(now.as_ref().and_then(|discount| discount.reason.clone()).unwrap_or_default());
    let wrong = RwSignal::new(None::<String>);
    let read = move |text: &str| {
        if by_amount.get_untracked() {
            let amount = currency.and_then(|currency| Minor::parse(text, currency).ok());
            amount.map(DiscountAmount::Amount)
        } else {
            Rate::parse_percent(text).ok().map(DiscountAmount::Percent)
        }
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(amount) = read(&typed_number(&value.get_untracked())) else {
            wrong.set(Some(refusal(&CartError::Discount)));
            return;
        };
        let reason = Some(reason.get_untracked().trim().to_owned()).filter(|reason| !reason.is_empty());
        if let Err(error) = give(desk, waiting, line, Some(Discount { amount, reason })) {
            wrong.set(Some(refusal(&error)));
        }
    };
    let take_away = now.is_some().then(|| {
        let take = move |_| {
            if let Err(error) = give(desk, waiting, line, None) {
                wrong.set(Some(refusal(&error)));
            }
        };
        view! { <button type="button" class="btn danger" on:click=take>{t!("sell.discount_remove")}</button> }
    });
    let way = move |amount: bool, words: &'static str| {
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || (by_amount.get() == amount).to_string()
                on:click=move |_| by_amount.set(amount)
            >
                {words}
            </button>
        }
    };
    let code = currency.map(|currency| currency.code().to_owned()).unwrap_or_default();
    let entry = move || {
        let unit = if by_amount.get() { code.clone() } else { "%".to_owned() };
        view! { <NumberEntry label=t!("sell.discount_label") value corner=Some(Key::Point) unit wrong /> }
    };
    view! {
        <Dialog heading=heading on_close=close(desk)>
            <form class="ask" on:submit=send>
                <div class="chips" role="group" aria-label=t!("sell.discount_kind")>
                    {way(false, t!("sell.discount_percent"))} {way(true, t!("sell.discount_amount"))}
                </div>
                {entry}
                <Quick value by_amount />
                <label class="field">
                    {t!("sell.discount_reason")}
                    <input
                        type="text"
                        maxlength=LONGEST_REASON
                        autocomplete="off"
                        prop:value=move || reason.get()
                        on:input=move |event| reason.set(event_target_value(&event))
                    />
                </label>
                <div class="actions">
                    {take_away}
                    <button type="submit" class="btn primary grow">{t!("sell.discount_give")}</button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn Quick(value: RwSignal<String>, by_amount: RwSignal<bool>) -> impl IntoView {
    let chip = move |percent: &'static str| {
        view! {
            <button type="button" class="chip" on:click=move |_| value.set(percent.to_owned())>
                {format!("{percent} %")}
            </button>
        }
    };
    view! {
        <Show when=move || !by_amount.get()>
            <div class="chips" role="group" aria-label=t!("sell.discount_quick")>{QUICK.map(chip)}</div>
        </Show>
    }
}
