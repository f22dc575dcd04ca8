//! Close: counting first, then what stays, who else still holds sales, and the end of the shift.

use super::count::CountForm;
use super::{Drawer, Problem, difference_words};
use crate::i18n::{money, t};
use crate::page::sell::typed_number;
use crate::session::RecordError;
use leptos::prelude::*;
use shared::money::{Currency, Minor};
use shared::shift::{CashCount, ShiftFault, WaitingTablet};
use shared::tender::ForeignCash;

/// Closing the shift.
#[component]
pub fn Close(drawer: Drawer) -> impl IntoView {
    let counted = RwSignal::new(None::<CashCount>);
    let back = move |_| {
        drawer.problem.set(None);
        if counted.get_untracked().is_some() { counted.set(None) } else { drawer.is_closing.set(false) }
    };
    let shown = move || match (counted.get(), drawer.currency()) {
        (Some(count), Some(currency)) => view! { <Confirm drawer count currency /> }.into_any(),
        _ => {
            let on_count = Callback::new(move |count| counted.set(Some(count)));
            view! {
                <p class="muted">{t!("pay.shift_close_words")}</p>
                <CountForm currency=drawer.currency() submit=t!("pay.shift_go_on") busy=drawer.busy on_count />
            }
            .into_any()
        }
    };
    view! {
        <section class="shift-main" aria-labelledby="shift-heading">
            <h1 id="shift-heading">{t!("pay.shift_close")}</h1>
            <Problem drawer />
            {shown}
            <button type="button" class="btn line" on:click=back>{t!("pay.shift_back")}</button>
        </section>
    }
}

#[component]
fn Confirm(drawer: Drawer, count: CashCount, currency: Currency) -> impl IntoView {
    let total = count.total;
    let float =
        drawer.till.shift.with_untracked(|shift| shift.as_ref().map_or(Minor::ZERO, |shift| shift.float));
    let left = RwSignal::new(float.min(total).to_decimal(currency));
    let note = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    // What was taken of each other currency is counted by itself.
    let taken = drawer
        .till
        .shift
        .with_untracked(|shift| shift.as_ref().map(|shift| shift.foreign.clone()).unwrap_or_default());
    let foreign: Vec<(Currency, RwSignal<String>)> =
        taken.iter().map(|cash| (cash.currency, RwSignal::new(String::new()))).collect();
    let fields = foreign
        .iter()
        .map(|(currency, typed)| view! { <Foreign currency=*currency typed=*typed /> })
        .collect_view();
    let foreign = StoredValue::new(foreign);
    let waiting = RwSignal::new(None::<(Vec<WaitingTablet>, bool)>);
    leptos::task::spawn_local(async move {
        let found = drawer.till.waiting_tablets().await;
        let _ = waiting.try_set(Some(found));
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Ok(stays) = Minor::parse(&typed_number(&left.get_untracked()), currency) else {
            return wrong.set(true);
        };
        let counted = foreign.with_value(|foreign| {
            let one = |(currency, typed): &(Currency, RwSignal<String>)| {
                let amount = Minor::parse(&typed_number(&typed.get_untracked()), *currency);
                amount.map(|amount| ForeignCash { currency: *currency, amount })
            };
            foreign.iter().map(one).collect::<Result<Vec<_>, _>>()
        });
        let Ok(counted) = counted else {
            return drawer.problem.set(Some(RecordError::Shift(ShiftFault::Foreign)));
        };
        let count = count.clone();
        let note = Some(note.get_untracked().trim().to_owned()).filter(|note| !note.is_empty());
        let others = waiting.get_untracked().map(|(tablets, _)| tablets).unwrap_or_default();
        drawer.work(
            async move { drawer.till.close_shift(count, stays, counted, note, others).await },
            move |closed| drawer.closed.set(Some(closed)),
        );
    };
    let difference = move || {
        let expected = drawer.till.shift.get()?.expected_cash();
        let variance = Minor(total.0.saturating_sub(expected.0));
        let words = t!("pay.shift_should", amount = money(expected, currency));
        drawer.sees_figures().then(|| {
            view! { <p class=super::difference_class(variance)>{words}" · "{difference_words(variance, currency)}</p> }
        })
    };
    view! {
        <form class="count" on:submit=send on:input=move |_| wrong.set(false) data-scan>
            <p class="count-total"><span>{t!("pay.shift_counted")}</span><output class="strong">{money(total, currency)}</output></p>
            {difference}
            {fields}
            <label class="field">
                {t!("pay.shift_left")}
                <input type="text" inputmode="decimal" autocomplete="off" dir="ltr" maxlength="14"
                    aria-invalid=move || wrong.get().then_some("true")
                    prop:value=move || left.get()
                    on:input:target=move |event| left.set(event.target().value()) />
                <span class="wrong" role="alert">{move || wrong.get().then(|| t!("pay.error_amount"))}</span>
            </label>
            <label class="field">
                {t!("pay.shift_note")}
                <input type="text" autocomplete="off" maxlength="200"
                    prop:value=move || note.get()
                    on:input:target=move |event| note.set(event.target().value()) />
            </label>
            {move || waiting.get().map(|(tablets, is_whole)| view! { <Waiting tablets is_whole /> })}
            <button type="submit" class="btn primary pay-confirm" disabled=move || drawer.busy.get()>{t!("pay.shift_close")}</button>
        </form>
    }
}

/// What was counted of another currency.
#[component]
fn Foreign(currency: Currency, typed: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="field">
            {t!("pay.shift_foreign", currency = currency.code())}
            <input type="text" inputmode="decimal" autocomplete="off" dir="ltr" maxlength="14"
                prop:value=move || typed.get()
                on:input:target=move |event| typed.set(event.target().value()) />
        </label>
    }
}

/// Every tablet that still holds sales, by name.
#[component]
fn Waiting(tablets: Vec<WaitingTablet>, is_whole: bool) -> impl IntoView {
    let row = |tablet: WaitingTablet| {
        view! { <li>{t!("pay.shift_waiting_row", name = tablet.name, count = tablet.unsent)}</li> }
    };
    let some = (!tablets.is_empty()).then(|| {
        view! {
            <div class="note warn">
                <p class="strong">{t!("pay.shift_waiting")}</p>
                <ul class="reasons">{tablets.into_iter().map(row).collect_view()}</ul>
                <p>{t!("pay.shift_waiting_later")}</p>
            </div>
        }
    });
    let unknown = (!is_whole).then(|| view! { <p class="note info">{t!("pay.shift_waiting_unknown")}</p> });
    view! { {some}{unknown} }
}
