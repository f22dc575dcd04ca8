//! Number: how much, how heavy, how dear.

use super::close;
use crate::component::{Dialog, Key, NumberEntry};
use crate::i18n::t;
use crate::page::sell::desk::{Desk, Pending, name_of, use_desk};
use crate::page::sell::words::{refusal, typed_number, who_may};
use leptos::prelude::*;
use shared::catalog::Unit;
use shared::ids::LineId;
use shared::money::{Quantity, UnitPrice};
use shared::sale::CartError;
use shared::staff::Permission;

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
    view! {
        <NumberForm
            heading=desk.line_name(line)
            label=label.to_owned()
            unit=unit.symbol()
            start=quantity.to_decimal()
            corner=corner_of(unit)
            submit=t!("sell.set_quantity").to_owned()
            take
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
    let take = move |text: String| {
        let quantity = read_quantity(&text)?;
        if quantity.0 <= 0 {
            return Err(refusal(&CartError::Quantity));
        }
        desk.go_on(Pending { quantity: Some(quantity), ..pending.get_value() });
        Ok(())
    };
    view! {
        <NumberForm
            heading
            label=t!("sell.weight_label").to_owned()
            unit=unit.symbol()
            start=String::new()
            corner=corner_of(unit)
            submit=t!("sell.add").to_owned()
            take
        >
            {price.map(|price| view! { <p class="sm muted"><bdi>{price}</bdi></p> })}
        </NumberForm>
    }
}

/// The price of a line, from those who may.
#[component]
pub fn AskPrice(line: LineId) -> impl IntoView {
    let desk = use_desk();
    if desk.may(Permission::OverridePrice) {
        view! { <SetPrice line /> }.into_any()
    } else {
        view! { <WhoMay heading=desk.line_name(line) permission=Permission::OverridePrice /> }.into_any()
    }
}

#[component]
fn SetPrice(line: LineId) -> impl IntoView {
    let desk = use_desk();
    let Some(now) = desk.cart.with(|cart| cart.line(line).cloned()) else { return ().into_any() };
    let take = move |text: String| {
        let price = read_price(&text)?;
        let list_price = desk.cart.with(|cart| cart.line(line).map(|line| line.list_price));
        // The shelf's own price is no other price.
        let price = Some(price).filter(|price| Some(*price) != list_price);
        desk.cart.change(|cart| cart.set_price(line, price)).map_err(|error| refusal(&error))?;
        desk.ask.set(None);
        Ok(())
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

/// Says who may do what the person at the till may not.
#[component]
pub fn WhoMay(heading: String, permission: Permission) -> impl IntoView {
    let desk = use_desk();
    let names = who_may(desk.till, permission);
    let lock = move |_| {
        desk.ask.set(None);
        desk.till.lock();
    };
    view! {
        <Dialog heading=heading on_close=close(desk)>
            <p>{t!("sell.who_may", names = names)}</p>
            <div class="actions">
                <button type="button" class="btn" on:click=move |_| desk.ask.set(None)>{t!("common.cancel")}</button>
                <button type="button" class="btn primary" on:click=lock>{t!("sell.switch_person")}</button>
            </div>
        </Dialog>
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
