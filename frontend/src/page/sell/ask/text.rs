//! Text: a note, a name.

use super::close;
use crate::component::Dialog;
use crate::i18n::t;
use crate::page::sell::desk::{Desk, use_desk};
use crate::page::sell::words::refusal;
use leptos::html;
use leptos::prelude::*;
use shared::ids::LineId;

/// Longest label.
const LONGEST_NAME: usize = 80;
/// Longest code, as the cart has it.
const LONGEST_CODE: usize = 40;
/// Longest note, as the cart has it.
const LONGEST_NOTE: usize = 200;

/// A form with one text. `take` says what is wrong with it, or takes it; nothing typed is none.
#[component]
fn TextForm(
    heading: String,
    label: &'static str,
    start: Option<String>,
    longest: usize,
    submit: &'static str,
    take: impl Fn(Option<String>) -> Result<(), String> + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let desk = use_desk();
    let value = RwSignal::new(start.unwrap_or_default());
    let wrong = RwSignal::new(None::<String>);
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
            field.select();
        }
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = Some(value.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
        wrong.set(take(text).err());
    };
    view! {
        <Dialog heading=heading on_close=close(desk)>
            <form class="ask" on:submit=send>
                <label class="field">
                    {label}
                    <input
                        node_ref=field
                        type="text"
                        autocomplete="off"
                        autofocus=true
                        maxlength=longest.to_string()
                        aria-invalid=move || wrong.get().is_some().then_some("true")
                        prop:value=move || value.get()
                        on:input=move |event| value.set(event_target_value(&event))
                    />
                    <span class="wrong" role="alert">{move || wrong.get()}</span>
                </label>
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| desk.ask.set(None)>
                        {t!("common.cancel")}
                    </button>
                    <button type="submit" class="btn primary">{submit}</button>
                </div>
            </form>
        </Dialog>
    }
}

/// Words on a line.
pub fn line_note(desk: Desk, line: LineId) -> impl IntoView {
    let start = desk.cart.with(|cart| cart.line(line).and_then(|line| line.note.clone()));
    let take = move |note: Option<String>| {
        desk.cart.change(|cart| cart.set_note(line, note)).map_err(|error| refusal(&error))?;
        desk.ask.set(None);
        Ok(())
    };
    let heading = desk.line_name(line);
    view! {
        <TextForm heading label=t!("sell.note_label") start longest=LONGEST_NOTE submit=t!("common.save") take />
    }
}

/// Words on the receipt.
pub fn sale_note(desk: Desk) -> impl IntoView {
    let start = desk.cart.with(|cart| cart.note.clone());
    let take = move |note: Option<String>| {
        let set = |cart: &mut shared::sale::Cart| {
            cart.note = note;
            Ok(())
        };
        desk.cart.change(set).map_err(|error| refusal(&error))?;
        desk.ask.set(None);
        Ok(())
    };
    let heading = t!("sell.note_sale").to_owned();
    view! {
        <TextForm heading label=t!("sell.note_label") start longest=LONGEST_NOTE submit=t!("common.save") take />
    }
}

/// A code the customer shows.
pub fn coupon(desk: Desk) -> impl IntoView {
    let take = move |code: Option<String>| {
        if code.is_none_or(|code| desk.take_code(&code)) {
            desk.ask.set(None);
        }
        Ok(())
    };
    let heading = t!("sell.coupon").to_owned();
    view! {
        <TextForm heading label=t!("sell.coupon_label") start=None longest=LONGEST_CODE submit=t!("sell.coupon_take") take />
    }
}

/// A name for a sale put aside.
pub fn hold(desk: Desk) -> impl IntoView {
    let start = desk.cart.with(|cart| cart.customer.name.clone());
    let take = move |label: Option<String>| {
        desk.hold(label);
        Ok(())
    };
    let heading = t!("sell.hold_heading").to_owned();
    view! {
        <TextForm heading label=t!("sell.hold_label") start longest=LONGEST_NAME submit=t!("sell.hold") take />
    }
}
