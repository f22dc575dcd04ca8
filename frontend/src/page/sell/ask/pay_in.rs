//! Pay in: a gift card that is sold or filled up, and money paid into the account of the customer on the sale.

use super::close;
use crate::component::Dialog;
use crate::i18n::t;
use crate::page::sell::desk::use_desk;
use crate::page::sell::words::{refusal, typed_number};
use crate::session::{mint, now_ms, use_scans};
use leptos::html;
use leptos::prelude::*;
use shared::account::{AccountKey, CardCode};
use shared::barcode::as_printed;
use shared::ids::LineId;
use shared::money::UnitPrice;
use shared::sale::{CartError, CartLine};

/// How much, and onto which card unless it is the customer's account.
#[component]
pub fn AskPayIn(
    /// A gift card?
    card: bool,
) -> impl IntoView {
    let desk = use_desk();
    let customer = desk.cart.with(|cart| cart.customer.clone());
    let (amount, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (wrong_amount, wrong_code) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    use_scans().take(move |sent| {
        if card {
            code.set(as_printed(&sent));
        }
    });
    let first = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = first.get() {
            let _ = field.focus();
        }
    });
    let name = customer.name.clone().unwrap_or_default();
    let heading =
        if card { t!("sell.gift_card").to_owned() } else { t!("sell.pay_in_heading", name = name.clone()) };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let price = UnitPrice::parse(&typed_number(&amount.get_untracked())).ok().filter(|price| price.0 > 0);
        wrong_amount.set(price.is_none().then(|| refusal(&CartError::Price)));
        let of_card = CardCode::parse(&code.get_untracked());
        wrong_code.set((card && of_card.is_none()).then(|| t!("pay.error_card_code").to_owned()));
        let (account, words) = match (of_card.filter(|_| card), customer.id) {
            (Some(of_card), _) => {
                (AccountKey::of_card(&of_card), t!("sell.gift_card_line", last = of_card.last_letters()))
            }
            (None, Some(id)) if !card => {
                (AccountKey::of_customer(id), t!("sell.pay_in_line", name = name.clone()))
            }
            _ => return,
        };
        let Some(price) = price else { return };
        let line = CartLine::paid_in(account, LineId(mint()), words, price, now_ms());
        match line.and_then(|line| desk.cart.change(|cart| cart.add(line))) {
            Ok(_) => desk.ask.set(None),
            Err(error) => wrong_amount.set(Some(refusal(&error))),
        }
    };
    let code_field = card.then(|| {
        view! {
            <label class="field">
                {t!("sell.gift_card_code")}
                <input type="text" autocomplete="off" spellcheck="false" maxlength="50" prop:value=move || code.get()
                    aria-invalid=move || wrong_code.get().is_some().then_some("true")
                    on:input=move |event| code.set(event_target_value(&event)) />
                <span class="wrong" role="alert">{move || wrong_code.get()}</span>
            </label>
        }
    });
    let hint = if card { t!("sell.gift_card_how") } else { t!("sell.pay_in_how") };
    view! {
        <Dialog heading=heading on_close=close(desk)>
            <form class="ask" novalidate on:submit=send>
                <label class="field">
                    {t!("sell.pay_in_amount")}
                    <input node_ref=first type="text" inputmode="decimal" autocomplete="off" prop:value=move || amount.get()
                        aria-invalid=move || wrong_amount.get().is_some().then_some("true")
                        on:input=move |event| amount.set(event_target_value(&event)) />
                    <span class="wrong" role="alert">{move || wrong_amount.get()}</span>
                </label>
                {code_field}
                <p class="sm muted">{hint}</p>
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| desk.ask.set(None)>{t!("common.cancel")}</button>
                    <button type="submit" class="btn primary">{t!("sell.add")}</button>
                </div>
            </form>
        </Dialog>
    }
}
