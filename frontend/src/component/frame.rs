//! Frame: what stands around every page of the register: whose it is, how it stands, where else to go.

use super::{Icon, IconName, Notices, SyncPill};
use crate::i18n::t;
use crate::session::{Phase, use_address, use_till};
use leptos::prelude::*;

/// The bar above and the rail beside a page of the register.
#[component]
pub fn Frame(children: Children) -> impl IntoView {
    view! {
        <div class="frame">
            <Bar />
            <nav class="rail" aria-label=t!("common.pages")>
                <RailLink href="/" icon=IconName::Sell text=t!("common.page_sell") />
                <RailLink href="/receipts" icon=IconName::Receipt text=t!("common.page_receipts") />
                <RailLink href="/shift" icon=IconName::Cash text=t!("common.page_shift") />
                <RailLink href="/tablet" icon=IconName::Tablet text=t!("common.page_tablet") />
                <RailLink href="/manage" icon=IconName::Chart text=t!("common.page_manage") />
            </nav>
            {children()}
        </div>
    }
}

#[component]
fn RailLink(href: &'static str, icon: IconName, text: &'static str) -> impl IntoView {
    let address = use_address();
    let is_here = move || (address.path() == href).then_some("page");
    view! { <a href=href aria-current=is_here><Icon name=icon />{text}</a> }
}

#[component]
fn Bar() -> impl IntoView {
    let till = use_till();
    let store = move || till.store.get().map(|store| store.name.clone());
    let register = move || till.register.get().map(|register| register.name.clone());
    let staff = move || match till.phase.get() {
        Phase::Open(staff) => Some(staff.name.clone()),
        _ => None,
    };
    let person = move |name: String| {
        let what = t!("common.lock_till", name = name);
        view! {
            <button class="pill" aria-label=what.clone() title=what on:click=move |_| till.lock()>
                <Icon name=IconName::Lock />
                <span class="cut">{name}</span>
            </button>
        }
    };
    view! {
        <header class="bar">
            <div class="mark" aria-hidden="true">"tb"</div>
            <div class="grow">
                <div class="strong cut">{store}</div>
                <div class="xs muted cut">{register}</div>
            </div>
            <Notices />
            <SyncPill />
            {move || staff().map(person)}
        </header>
    }
}
