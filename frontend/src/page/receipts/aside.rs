//! Aside: what was put aside by the chosen receipt: how much is paid on it, paying more, handing it over.
//! May use: session, component, i18n, shared::sale. Never: a price of today for what was agreed.

use crate::component::Dialog;
use crate::i18n::{self, money, t};
use crate::page::problem;
use crate::page::sell::{refusal, typed_number};
use crate::session::{OnLayaway, RecordError, use_address, use_open_cart, use_till};
use leptos::html;
use leptos::prelude::*;
use shared::money::{Currency, Minor};
use shared::sale::{Cart, CartError, Sale};
use std::sync::Arc;

type Known = Result<Option<OnLayaway>, RecordError>;

/// What was put aside, and what can be done with it.
#[component]
pub fn Aside(
    /// A sale that took a deposit.
    sale: Arc<Sale>,
) -> impl IntoView {
    let till = use_till();
    let currency = sale.currency;
    let known = RwSignal::new(None::<Known>);
    leptos::task::spawn_local(async move {
        let found = till.layaway_of(&sale).await;
        known.try_set(Some(found));
    });
    move || match known.get()? {
        Ok(on) => on.map(|on| view! { <Standing on currency /> }.into_any()),
        Err(error) => {
            Some(view! { <p class="note bad" role="alert">{problem::read_words(&error)}</p> }.into_any())
        }
    }
}

#[component]
fn Standing(on: OnLayaway, currency: Currency) -> impl IntoView {
    let (cart, address) = (use_open_cart(), use_address());
    let (wrong, asks) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let until = t!("pay.aside_until", day = i18n::day(on.layaway.until));
    let size = |amount: Minor| money(amount, currency);
    let (is_open, left) = (on.is_open(), on.left());
    let paid = if is_open {
        t!("pay.aside_paid", paid = size(on.paid), total = size(on.layaway.total), left = size(left))
    } else {
        t!("pay.aside_closed").to_owned()
    };
    let on = StoredValue::new(on);
    let begin = move |change: &dyn Fn(&mut Cart) -> Result<(), CartError>| {
        if !untrack(|| cart.is_empty()) {
            return wrong.set(Some(t!("pay.aside_cart_open").to_owned()));
        }
        match cart.change(|cart| change(cart)) {
            Ok(()) => address.go("/"),
            Err(error) => wrong.set(Some(refusal(&error))),
        }
    };
    let fetch = move |_| begin(&|cart| on.with_value(|on| on.hand_over(cart)));
    let pay = Callback::new(move |amount: Minor| {
        asks.set(false);
        let till = use_till();
        begin(&|cart| {
            *cart = on.with_value(|on| till.pay_on(on, amount, t!("sell.layaway_line")))?;
            Ok(())
        });
    });
    view! {
        <section class="card padded receipts-aside" aria-label=t!("pay.aside")>
            <p><span class="strong">{t!("pay.aside")}</span> " · " {until}</p>
            <p class="sm muted">{paid}</p>
            {is_open.then(|| view! {
                <div class="actions">
                    <button type="button" class="btn primary" on:click=fetch>{t!("pay.aside_hand_over")}</button>
                    {(left.0 > 0).then(|| view! {
                        <button type="button" class="btn line" on:click=move |_| asks.set(true)>{t!("pay.aside_pay")}</button>
                    })}
                </div>
                <p class="xs muted">{t!("pay.aside_back")}</p>
            })}
            {move || wrong.get().map(|words| view! { <p class="note bad" role="alert">{words}</p> })}
        </section>
        {move || asks.get().then(|| view! { <AskPart left currency on_amount=pay on_close=move |()| asks.set(false) /> })}
    }
}

/// How much of what is left.
#[component]
fn AskPart(
    left: Minor,
    currency: Currency,
    on_amount: Callback<Minor>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let (amount, wrong) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let first = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = first.get() {
            let _ = field.focus();
        }
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = Minor::parse(&typed_number(&amount.get_untracked()), currency).ok();
        match typed.filter(|typed| typed.0 > 0 && *typed <= left) {
            Some(typed) => on_amount.run(typed),
            None => wrong.set(Some(t!("sell.layaway_wrong", amount = money(left, currency)))),
        }
    };
    view! {
        <Dialog heading=t!("pay.aside_pay").to_owned() on_close=on_close>
            <form class="ask" novalidate on:submit=send>
                <label class="field">
                    {t!("sell.layaway_deposit")}
                    <input node_ref=first type="text" inputmode="decimal" autocomplete="off" prop:value=move || amount.get()
                        aria-invalid=move || wrong.get().is_some().then_some("true")
                        on:input=move |event| amount.set(event_target_value(&event)) />
                    <span class="wrong" role="alert">{move || wrong.get()}</span>
                </label>
                <p class="sm muted">{t!("pay.aside_left", amount = money(left, currency))}</p>
                <button type="submit" class="btn primary wide">{t!("sell.layaway_go")}</button>
            </form>
        </Dialog>
    }
}
