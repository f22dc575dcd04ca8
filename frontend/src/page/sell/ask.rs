//! Ask: the page's questions, one dialog at a time.

mod approving;
mod camera;
mod customer;
mod discount;
mod held;
mod keys;
mod layaway;
mod more;
mod number;
mod pay_in;
mod text;
mod weigh;

use super::desk::{Ask, Desk, use_desk};
use leptos::prelude::*;

/// The dialog of what is asked at present, if anything is.
#[component]
pub fn Asking() -> impl IntoView {
    let desk = use_desk();
    move || desk.ask.get().map(|ask| dialog(desk, ask))
}

fn dialog(desk: Desk, ask: Ask) -> AnyView {
    match ask {
        Ask::Quantity(line) => view! { <number::AskQuantity line /> }.into_any(),
        Ask::Weight(pending) => view! { <number::AskWeight pending /> }.into_any(),
        Ask::Price(line) => view! { <number::AskPrice line /> }.into_any(),
        Ask::NewPrice(pending) => view! { <number::AskNewPrice pending /> }.into_any(),
        Ask::LineDiscount(line) => view! { <discount::AskDiscount line=Some(line) /> }.into_any(),
        Ask::SaleDiscount => view! { <discount::AskDiscount line=None /> }.into_any(),
        Ask::LineNote(line) => text::line_note(desk, line).into_any(),
        Ask::SaleNote => text::sale_note(desk).into_any(),
        Ask::Coupon => text::coupon(desk).into_any(),
        Ask::Customer => view! { <customer::AskCustomer /> }.into_any(),
        Ask::GiftCard => view! { <pay_in::AskPayIn card=true /> }.into_any(),
        Ask::PayIn => view! { <pay_in::AskPayIn card=false /> }.into_any(),
        Ask::Layaway => view! { <layaway::AskLayaway /> }.into_any(),
        Ask::Hold => text::hold(desk).into_any(),
        Ask::Held => view! { <held::AskHeld /> }.into_any(),
        Ask::More => view! { <more::AskMore /> }.into_any(),
        Ask::Keys => view! { <keys::AskKeys /> }.into_any(),
        Ask::Camera => view! { <camera::AskCamera /> }.into_any(),
    }
}

/// Closes what is asked.
fn close(desk: Desk) -> Callback<()> {
    Callback::new(move |()| desk.ask.set(None))
}
