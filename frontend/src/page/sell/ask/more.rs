//! More: what can be done with the sale and has no button of its own on the page.

use super::close;
use crate::component::{Dialog, Icon, IconName};
use crate::i18n::t;
use crate::page::sell::desk::{Ask, use_desk};
use leptos::prelude::*;
use shared::tender::TypeKind;

/// The list.
#[component]
pub fn AskMore() -> impl IntoView {
    let desk = use_desk();
    let is_empty = desk.cart.is_empty();
    let ask = move |ask: Ask| move || desk.ask.set(Some(ask.clone()));
    let undo = move || {
        desk.ask.set(None);
        desk.undo();
    };
    let clear = move || {
        desk.ask.set(None);
        desk.clear();
    };
    let takes = move |kind: TypeKind| desk.till.ways_to_pay().iter().any(|way| way.kind == kind);
    let cards = Memo::new(move |_| takes(TypeKind::GiftCard));
    let accounts = Memo::new(move |_| takes(TypeKind::OnAccount));
    let nobody = desk.cart.with(|cart| cart.customer.id.is_none());
    let unnamed = desk.cart.with(|cart| cart.customer.name.is_none());
    let held = desk.till.held.with(|held| held.len());
    let cannot_undo = !desk.cart.can_undo();
    view! {
        <Dialog heading=t!("sell.more_heading").to_owned() on_close=close(desk)>
            <div class="choices">
                <Choice icon=IconName::Hold text=t!("sell.held_count", count = held) off=held == 0 act=ask(Ask::Held) />
                <Choice icon=IconName::Tag text=t!("sell.coupon").to_owned() off=false act=ask(Ask::Coupon) />
                <Choice icon=IconName::People text=t!("sell.customer").to_owned() off=false act=ask(Ask::Customer) />
                {move || cards.get().then(|| view! { <Choice icon=IconName::Card text=t!("sell.gift_card").to_owned() off=false act=ask(Ask::GiftCard) /> })}
                {move || accounts.get().then(|| view! { <Choice icon=IconName::Cash text=t!("sell.pay_in").to_owned() off=nobody act=ask(Ask::PayIn) /> })}
                <Choice icon=IconName::Hold text=t!("sell.layaway").to_owned() off=is_empty || unnamed act=ask(Ask::Layaway) />
                <Choice icon=IconName::Receipt text=t!("sell.note_sale").to_owned() off=false act=ask(Ask::SaleNote) />
                <Choice icon=IconName::Back text=t!("sell.undo_last").to_owned() off=cannot_undo act=undo />
                <Choice icon=IconName::Close text=t!("sell.clear_sale").to_owned() off=is_empty act=clear />
                <Choice icon=IconName::List text=t!("sell.keys_heading").to_owned() off=false act=ask(Ask::Keys) />
            </div>
        </Dialog>
    }
}

#[component]
fn Choice(icon: IconName, text: String, off: bool, act: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button type="button" class="btn line" disabled=off on:click=move |_| act()>
            <Icon name=icon />
            <span class="grow">{text}</span>
        </button>
    }
}
