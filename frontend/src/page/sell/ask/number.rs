//! Number: how much, how heavy, how dear.

use super::approving::{ApproveChange, Waiting, change_or_ask};
use super::close;
use super::weigh::{Weigh, Weighed};
use crate::component::{Dialog, Key, NumberEntry};
use crate::i18n::t;
use crate::page::sell::desk::{Desk, Pending, name_of, use_desk};
use crate::page::sell::words::{refusal, typed_number};
use leptos::prelude::*;
use shared::catalog::Unit;
use shared::ids::LineId;
use shared::money::{Quantity, UnitPrice};
use shared::sale::{Cart, CartError};

/// A form with one number. `take` says what is wrong with it, or takes it.
#[component]
fn NumberForm(
    heading: String,
    label: String,
    #[prop(into)] unit: String,
    start: String,
    corner: Option<Key>,
    submit: String,
    take: impl Fn(String) -> Result<(), String> + Copy + Send + Sync + 'static,
    /// What stands before the number.
    #[prop(optional)]
    first: Option<AnyView>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let desk = use_desk();
    let value = RwSignal::new(start);
    let wrong = RwSignal::new(None::<String>);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        wrong.set(take(typed_number(&value.get_untracked())).err());
    };
    view! {
        <Dialog heading=heading on_close=close(desk)>
            {first}
            <form class="ask" on:submit=send>
                <NumberEntry label value corner unit wrong />
                {children.map(|children| children())}
                <button type="submit" class="btn primary wide">{submit}</button>
            </form>
        </Dialog>
    }
}

fn corner_of(unit: Unit) -> Option<Key> {
    unit.is_measured().then_some(Key::Point)
}

fn read_quantity(text: &str) -> Result<Quantity, String> {
    Quantity::parse(text).map_err(|_| refusal(&CartError::Quantity))
}

fn read_price(text: &str) -> Result<UnitPrice, String> {
    UnitPrice::parse(text).ok().filter(|price| !price.is_negative()).ok_or_else(|| refusal(&CartError::Price))
}

/// How much of a line.
#[component]
pub fn AskQuantity(line: LineId) -> impl IntoView {
    let desk = use_desk();
    let now = desk.cart.with(|cart| cart.line(line).map(|line| (line.quantity, line.unit)));
    let (quantity, unit) = now.unwrap_or_default();
    let take = move |text: String| {
        let quantity = read_quantity(&text)?;
        desk.cart.change(|cart| cart.set_quantity(line, quantity)).map_err(|error| refusal(&error))?;
        desk.ask.set(None);
        Ok(())
    };
    let label = if unit.is_measured() { t!("sell.weight_label") } else { t!("sell.quantity") };
    let take_weighed = move |weighed: Weighed| {
        let taken = desk.change(|cart| {
            cart.set_quantity(line, weighed.quantity)?;
            cart.set_note(line, weighed.note)
        });
        if taken {
            desk.ask.set(None);
        }
    };
    let first = view! { <Weigh unit ready=RwSignal::new(None) take=take_weighed /> }.into_any();
    view! {
        <NumberForm
            heading=desk.line_name(line)
            label=label.to_owned()
            unit=unit.symbol()
            start=quantity.to_decimal()
            corner=corner_of(unit)
            submit=t!("sell.set_quantity").to_owned()
            take
            first
        />
    }
}

/// What a weighed product weighs.
#[component]
pub fn AskWeight(pending: Pending) -> impl IntoView {
    let desk = use_desk();
    let unit = pending.product.unit;
    let price = pending.price.or(pending.product.price).map(|price| desk.amounts.price_per(price, unit));
    let heading = name_of(&pending);
    let pending = StoredValue::new(pending);
    let ready = RwSignal::new(None::<Weighed>);
    let take_weighed = move |weighed: Weighed| {
        let Weighed { quantity, note } = weighed;
        desk.go_on(Pending { quantity: Some(quantity), note, ..pending.get_value() });
    };
    let take = move |text: String| {
        // Enter without a number takes what lies on the scale.
        if let Some(weighed) = ready.get_untracked().filter(|_| text.is_empty()) {
            take_weighed(weighed);
            return Ok(());
        }
        let quantity = read_quantity(&text)?;
        if quantity.0 <= 0 {
            return Err(refusal(&CartError::Quantity));
        }
        desk.go_on(Pending { quantity: Some(quantity), ..pending.get_value() });
        Ok(())
    };
    let first = view! { <Weigh unit ready take=take_weighed /> }.into_any();
    view! {
        <NumberForm
            heading
            label=t!("sell.weight_label").to_owned()
            unit=unit.symbol()
            start=String::new()
            corner=corner_of(unit)
            submit=t!("sell.add").to_owned()
            take
            first
        >
            {price.map(|price| view! { <p class="sm muted"><bdi>{price}</bdi></p> })}
        </NumberForm>
    }
}

/// The price of a line; from those who may not give it, with somebody's approval.
#[component]
pub fn AskPrice(line: LineId) -> impl IntoView {
    let waiting: Waiting = RwSignal::new(None);
    move || match waiting.get() {
        Some(change) => view! { <ApproveChange change /> }.into_any(),
        None => view! { <SetPrice line waiting /> }.into_any(),
    }
}

#[component]
fn SetPrice(line: LineId, waiting: Waiting) -> impl IntoView {
    let desk = use_desk();
    let Some(now) = desk.cart.with(|cart| cart.line(line).cloned()) else { return ().into_any() };
    let take = move |text: String| {
        let price = read_price(&text)?;
        let list_price = desk.cart.with(|cart| cart.line(line).map(|line| line.list_price));
        // The shelf's own price is no other price.
        let price = Some(price).filter(|price| Some(*price) != list_price);
        let change = move |cart: &mut Cart| cart.set_price(line, price);
        change_or_ask(desk, waiting, change).map_err(|error| refusal(&error))
    };
    let shelf = desk.amounts.unit_price(now.list_price);
    let back = now.price_override.is_some().then(|| {
        let take_back = move |_| {
            if desk.change(|cart| cart.set_price(line, None)) {
                desk.ask.set(None);
            }
        };
        let words = t!("sell.price_of_shelf", price = shelf);
        view! { <button type="button" class="btn wide" on:click=take_back>{words}</button> }
    });
    let start = desk.amounts.currency().map(|currency| now.unit_price().to_decimal(currency));
    view! {
        <NumberForm
            heading=now.name.clone()
            label=t!("sell.price_label").to_owned()
            unit=price_unit(desk, now.unit)
            start=start.unwrap_or_default()
            corner=Some(Key::Point)
            submit=t!("sell.set_price").to_owned()
            take
        >
            {back}
        </NumberForm>
    }
    .into_any()
}

/// "GBP" or "GBP/kg".
fn price_unit(desk: Desk, unit: Unit) -> String {
    let code = desk.amounts.currency().map(|currency| currency.code().to_owned()).unwrap_or_default();
    if unit.is_measured() { format!("{code}/{}", unit.symbol()) } else { code }
}

/// What a product without a price costs.
#[component]
pub fn AskNewPrice(pending: Pending) -> impl IntoView {
    let desk = use_desk();
    let heading = name_of(&pending);
    let unit = price_unit(desk, pending.product.unit);
    let pending = StoredValue::new(pending);
    let take = move |text: String| {
        let price = read_price(&text)?;
        desk.go_on(Pending { price: Some(price), ..pending.get_value() });
        Ok(())
    };
    view! {
        <NumberForm
            heading
            label=t!("sell.price_missing").to_owned()
            unit
            start=String::new()
            corner=Some(Key::Point)
            submit=t!("sell.add").to_owned()
            take
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn what_is_typed_is_read_or_refused_in_words() {
        assert_eq!(read_quantity("0.420"), Ok(Quantity(420)));
        assert_eq!(read_price("12.5"), Ok(UnitPrice(125_000)));
        assert!(read_price("-1").is_err());
        for wrong in ["", ".", "1.2.3", "0.4201", "x"] {
            assert!(read_quantity(wrong).is_err(), "{wrong}");
        }
    }
}
