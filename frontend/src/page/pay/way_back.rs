//! Way back: money goes back the way it came, one press a payment; another way is approved where the store wants that.
//! May use: session, shared::sale. Never: whether it must be approved, which the store's rules say.

use super::taken::tender_words;
use super::taking::Taking;
use crate::i18n::{money, t};
use crate::page::approve::{Approve, Asked};
use crate::session::use_open_cart;
use leptos::prelude::*;
use shared::approval::Approval;
use shared::tender::Tender;

/// How the goods that come back were paid, each a button that gives back in that way.
#[component]
pub fn WaysBack(taking: Taking) -> impl IntoView {
    let button = move |way: Tender| {
        let amount = money(taking.backable(&way), taking.currency());
        let words = tender_words(&way);
        view! {
            <button type="button" class="btn line pay-way-back" disabled=move || taking.is_held()
                on:click=move |_| taking.give_back(&way)
            >
                <span class="grow cut"><bdi>{words}</bdi></span>
                <span class="num strong">{amount}</span>
            </button>
        }
    };
    move || {
        let ways: Vec<Tender> = if taking.is_open() { taking.backs.get() } else { Vec::new() };
        (!ways.is_empty()).then(|| {
            let buttons = ways.into_iter().map(button).collect_view();
            view! {
                <div class="pay-ways-back" role="group" aria-labelledby="pay-ways-back">
                    <h2 class="sm" id="pay-ways-back">{t!("pay.ways_back")}</h2>
                    {buttons}
                </div>
            }
        })
    }
}

/// Asked before money goes back in another way than it came.
#[component]
pub fn OtherWay(taking: Taking) -> impl IntoView {
    let cart = use_open_cart();
    let currency = taking.currency();
    let approved = move |approvals: Vec<Approval>| {
        // Nothing of the cart can be refused here: it bears what was approved, and is as it was.
        let _ = cart.change(|cart| {
            approvals.into_iter().for_each(|approval| cart.approve(approval));
            Ok(())
        });
        taking.go_on();
    };
    move || {
        let needs = taking.asked.with(|asked| asked.as_ref().map(|asked| asked.needs.clone()))?;
        let asked = needs.iter().map(|need| Asked::of(need, currency)).collect::<Vec<_>>();
        Some(view! { <Approve asked on_approved=approved on_close=move |()| taking.asked.set(None) /> })
    }
}
