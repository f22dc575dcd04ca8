//! Offers: the codes in the sale and what is missing for a promotion, in one quiet place beside the totals.

use super::desk::{Desk, use_desk};
use crate::component::{Icon, IconName};
use crate::i18n::{self, t};
use leptos::prelude::*;
use shared::money::Quantity;
use shared::pricing::{CouponFault, Missing, NearMiss};

/// Most offers that are told at once: what can be had soonest first.
const MOST_NEAR: usize = 2;

/// Codes, each with what it does not do, and what is missing.
#[component]
pub fn Offers() -> impl IntoView {
    let desk = use_desk();
    let codes = Memo::new(move |_| desk.cart.with(|cart| cart.coupons.clone()));
    let shown = move || {
        let not_given = desk.cart.not_given();
        let codes = codes.get();
        let mut near: Vec<&NearMiss> = not_given.near.iter().collect();
        near.sort_by_key(|miss| miss.missing == Missing::Taken);
        near.truncate(MOST_NEAR);
        if codes.is_empty() && near.is_empty() {
            return None;
        }
        let code = |code: &String| {
            let fault = not_given.codes.iter().find(|(known, _)| known == code).map(|(_, fault)| *fault);
            code_row(desk, code.clone(), fault)
        };
        Some(view! {
            <ul class="offers" aria-label=t!("sell.offers")>
                {codes.iter().map(code).collect_view()}
                {near.into_iter().map(|miss| view! { <li class="xs muted">{near_words(desk, miss)}</li> }).collect_view()}
            </ul>
        })
    };
    view! { {shown} }
}

fn code_row(desk: Desk, code: String, fault: Option<CouponFault>) -> impl IntoView {
    let name = t!("sell.coupon_remove", code = code);
    let words = fault.map(|fault| fault_words(desk, fault));
    let remove = {
        let code = code.clone();
        move |_| {
            desk.change(|cart| {
                cart.remove_coupon(&code);
                Ok(())
            });
        }
    };
    view! {
        <li class="code">
            <Icon name=IconName::Tag />
            <span class="grow"><bdi class="sm strong">{code}</bdi> {words.map(|words| view! { <span class="xs muted">{words}</span> })}</span>
            <button type="button" class="btn bare" aria-label=name on:click=remove><Icon name=IconName::Close /></button>
        </li>
    }
}

fn fault_words(desk: Desk, fault: CouponFault) -> String {
    match fault {
        CouponFault::Unknown => t!("sell.code_unknown").to_owned(),
        CouponFault::NotNow => t!("sell.code_not_now").to_owned(),
        CouponFault::NotHere => t!("sell.code_not_here").to_owned(),
        CouponFault::UsedUp => t!("sell.code_used_up").to_owned(),
        CouponFault::NoGoods => t!("sell.code_no_goods").to_owned(),
        CouponFault::Missing(Missing::Taken) => t!("sell.code_taken").to_owned(),
        CouponFault::Missing(missing) => t!("sell.code_missing", much = much(desk, missing)),
    }
}

fn near_words(desk: Desk, miss: &NearMiss) -> String {
    let name = &miss.name;
    match miss.missing {
        Missing::Taken => t!("sell.near_taken", name = name),
        missing => t!("sell.near", much = much(desk, missing), name = name),
    }
}

/// How much is missing: "1", "0.25", "£5.00".
fn much(desk: Desk, missing: Missing) -> String {
    match missing {
        Missing::Pieces(pieces) => i18n::number(pieces),
        Missing::Quantity(quantity) => i18n::quantity(Quantity(quantity)),
        Missing::Amount(amount) => desk.amounts.money(amount),
        Missing::Taken => String::new(),
    }
}
