//! Pin: who sells, asked before the till opens.

use crate::session::use_till;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Pin() -> impl IntoView {
    let till = use_till();
    let names = move || {
        let staff = till.staff.get();
        let button = |member: &shared::staff::StaffMember| {
            let id = member.id;
            let open = move |_| {
                leptos::task::spawn_local(async move {
                    let _ = till.sign_in(id, "2580").await;
                });
            };
            view! { <button class="btn" on:click=open>{member.name.clone()}</button> }
        };
        staff.iter().map(button).collect_view()
    };
    view! { <main class="centred"><h1>"Pin"</h1><div>{names}</div></main> }
}
