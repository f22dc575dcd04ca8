//! Far displays: customer displays on phones and tablets of their own: pairing one by a code, removing one.
//! May use: session, component, i18n. Never: what stands on them.

use crate::component::{Icon, IconName};
use crate::i18n::t;
use crate::session::use_display;
use leptos::prelude::*;
use shared::api::{PairedDisplay, PairingCodeResponse};
use shared::receipt::square;

/// The page of a display.
const PAGE: &str = "/buyer.html";

/// Under the display in a window.
#[component]
pub fn FarDisplays() -> impl IntoView {
    let display = use_display();
    let far = display.far;
    let code = RwSignal::new(None::<PairingCodeResponse>);
    let failed = RwSignal::new(false);
    leptos::task::spawn_local(async move { far.load().await });
    let ask = move |_| {
        leptos::task::spawn_local(async move {
            let new = far.code().await;
            failed.try_set(new.is_none());
            if new.is_some() {
                display.begin();
            }
            code.try_set(new);
        });
    };
    let done = move |_| {
        code.set(None);
        leptos::task::spawn_local(async move { far.load().await });
    };
    let row = move |(at, one): (usize, PairedDisplay)| {
        let remove = move |_| {
            leptos::task::spawn_local(async move {
                let is_gone = far.remove(one.id).await;
                failed.try_set(!is_gone);
            });
        };
        view! {
            <li>
                <button class="btn line danger" on:click=remove>{t!("devices.display_far_remove", number = at.saturating_add(1))}</button>
            </li>
        }
    };
    let rows = move || far.known.get().unwrap_or_default().into_iter().enumerate().map(row).collect_view();
    view! {
        <h3>{t!("devices.display_far")}</h3>
        <p class="sm muted">{t!("devices.display_far_words")}</p>
        <ul class="printer-jobs" aria-label=t!("devices.display_far")>{rows}</ul>
        <div role="alert">
            {move || failed.get().then(|| view! { <p class="note bad">{t!("devices.display_far_offline")}</p> })}
        </div>
        {move || code.get().map(|code| view! { <Code code=code.code /> })}
        <div class="printer-ways">
            {move || match code.with(Option::is_some) {
                true => view! { <button class="btn line" on:click=done>{t!("devices.display_far_done")}</button> }.into_any(),
                false => view! {
                    <button class="btn line" on:click=ask>
                        <Icon name=IconName::Plus />
                        {t!("devices.display_far_add")}
                    </button>
                }
                .into_any(),
            }}
        </div>
    }
}

/// To be photographed, or typed in.
#[component]
fn Code(code: String) -> impl IntoView {
    let origin = window().location().origin().unwrap_or_default();
    let page = format!("{origin}{PAGE}");
    let square = square(&format!("{page}#{code}")).map(|code| {
        let (side, around) = (code.width, code.width.saturating_add(8));
        let path = code.path();
        view! {
            <svg class="pairing-square" viewBox=format!("-4 -4 {around} {around}") role="img" aria-label=t!("devices.display_far_square")>
                <rect class="paper" x="-4" y="-4" width=around height=around />
                <path d=path data-modules=side />
            </svg>
        }
    });
    view! {
        <div role="status">
            <p>{t!("devices.display_far_how")}</p>
            {square}
            <p class="sm"><bdi>{page}</bdi></p>
            <p class="pairing-code"><bdi>{code}</bdi></p>
        </div>
    }
}
