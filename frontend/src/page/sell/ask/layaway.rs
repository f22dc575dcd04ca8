//! Layaway: the sale is put aside for whoever is named in it, and a part of it paid now.

use super::close;
use crate::component::Dialog;
use crate::i18n::t;
use crate::page::sell::desk::use_desk;
use crate::page::sell::words::{refusal, typed_number};
use crate::session::use_address;
use leptos::html;
use leptos::prelude::*;
use shared::calendar::Day;
use shared::money::{Minor, Rate, Rounding};

/// Offered first: a fifth of the price.
const USUAL: Rate = Rate(200_000);

/// How much now, and until when it is kept.
#[component]
pub fn AskLayaway() -> AnyView {
    let desk = use_desk();
    let address = use_address();
    let Some(currency) = desk.amounts.currency() else { return ().into_any() };
    // What is agreed: points are spent when the goods are fetched.
    let mut agreed = untrack(|| desk.cart.get());
    agreed.spend_points(0);
    let total = desk.till.price(&agreed).map(|priced| priced.total).unwrap_or_default();
    let (usual, last) = desk.till.layaway_days().unzip();
    let part = total.share(USUAL, Rounding::HalfAwayFromZero).unwrap_or_default();
    let amount = RwSignal::new(part.to_decimal(currency));
    let until = RwSignal::new(usual.map(|day| day.to_string()).unwrap_or_default());
    let (wrong_amount, wrong_day) = (RwSignal::new(None::<String>), RwSignal::new(None::<&'static str>));
    let first = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = first.get() {
            let _ = field.focus();
            field.select();
        }
    });
    let name = desk.cart.with(|cart| cart.customer.name.clone()).unwrap_or_default();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let deposit = Minor::parse(&typed_number(&amount.get_untracked()), currency).ok();
        let deposit = deposit.filter(|deposit| deposit.0 > 0 && *deposit <= total);
        wrong_amount
            .set(deposit.is_none().then(|| t!("sell.layaway_wrong", amount = desk.amounts.money(total))));
        let today = desk.till.layaway_days().map(|(usual, _)| usual.plus_days(-shared::sale::LAYAWAY_DAYS));
        let day = Day::parse(&until.get_untracked()).ok();
        let day = day
            .filter(|day| today.is_some_and(|today| *day >= today) && last.is_some_and(|last| *day <= last));
        wrong_day.set(day.is_none().then(|| t!("sell.layaway_wrong_day")));
        let (Some(deposit), Some(day)) = (deposit, day) else { return };
        let put_aside = desk.cart.change(|cart| {
            *cart = desk.till.put_aside(cart, day, deposit, t!("sell.layaway_line"))?;
            Ok(())
        });
        match put_aside {
            Ok(()) => {
                desk.ask.set(None);
                desk.charge(address);
            }
            Err(error) => wrong_amount.set(Some(refusal(&error))),
        }
    };
    view! {
        <Dialog heading=t!("sell.layaway").to_owned() on_close=close(desk)>
            <form class="ask" novalidate on:submit=send>
                <p class="sm muted">{t!("sell.layaway_words", name = name, amount = desk.amounts.money(total))}</p>
                <label class="field">
                    {t!("sell.layaway_deposit")}
                    <input node_ref=first type="text" inputmode="decimal" autocomplete="off" prop:value=move || amount.get()
                        aria-invalid=move || wrong_amount.get().is_some().then_some("true")
                        on:input=move |event| amount.set(event_target_value(&event)) />
                    <span class="wrong" role="alert">{move || wrong_amount.get()}</span>
                </label>
                <label class="field">
                    {t!("sell.layaway_until")}
                    <input type="date" prop:value=move || until.get() max=last.map(|day| day.to_string())
                        aria-invalid=move || wrong_day.get().is_some().then_some("true")
                        on:input=move |event| until.set(event_target_value(&event)) />
                    <span class="wrong" role="alert">{move || wrong_day.get()}</span>
                </label>
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| desk.ask.set(None)>{t!("common.cancel")}</button>
                    <button type="submit" class="btn primary">{t!("sell.layaway_go")}</button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}
