//! Count: the drawer counted piece by piece, or as a sum.

use crate::i18n::{money, t};
use crate::page::sell::typed_number;
use leptos::prelude::*;
use shared::money::{Currency, Minor};
use shared::shift::{CashCount, Pieces, denominations};

/// A count as it is typed.
#[derive(Clone, Copy)]
struct Typed {
    currency: Currency,
    rows: StoredValue<Vec<(Minor, RwSignal<String>)>>,
    sum: RwSignal<String>,
    by_pieces: RwSignal<bool>,
}

impl Typed {
    fn count(self) -> Result<CashCount, String> {
        let wrong = || t!("pay.shift_count_wrong").to_owned();
        if !self.by_pieces.get() {
            let sum = Minor::parse(&typed_number(&self.sum.get()), self.currency).map_err(|_| wrong())?;
            return CashCount::sum_only(sum).map_err(|_| wrong());
        }
        let pieces = self.rows.with_value(|rows| {
            rows.iter()
                .map(|(worth, typed)| {
                    let text = typed_number(&typed.get());
                    let count = if text.is_empty() { Some(0) } else { text.parse::<u32>().ok() };
                    count.map(|count| Pieces { worth: *worth, count })
                })
                .collect::<Option<Vec<_>>>()
        });
        CashCount::of(pieces.ok_or_else(wrong)?).map_err(|_| wrong())
    }
}

/// A form that counts.
#[component]
pub fn CountForm(
    /// Of what is counted.
    currency: Option<Currency>,
    /// On the button.
    submit: &'static str,
    /// Is it on its way?
    busy: RwSignal<bool>,
    /// Counted by the person.
    on_count: Callback<CashCount>,
) -> impl IntoView {
    let currency = currency?;
    let rows =
        denominations(currency).into_iter().map(|worth| (worth, RwSignal::new(String::new()))).collect();
    let typed = Typed {
        currency,
        rows: StoredValue::new(rows),
        sum: RwSignal::new(String::new()),
        by_pieces: RwSignal::new(true),
    };
    let wrong = RwSignal::new(None::<String>);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match untrack(|| typed.count()) {
            Ok(count) => on_count.run(count),
            Err(words) => wrong.set(Some(words)),
        }
    };
    let total = move || typed.count().map_or_else(|_| "–".to_owned(), |count| money(count.total, currency));
    let other =
        move || if typed.by_pieces.get() { t!("pay.shift_count_sum") } else { t!("pay.shift_count_pieces") };
    let fields = move || match typed.by_pieces.get() {
        true => view! { <PieceRows typed /> }.into_any(),
        false => view! { <SumField typed /> }.into_any(),
    };
    Some(view! {
        <form class="count" on:submit=send on:input=move |_| wrong.set(None) data-scan>
            {fields}
            <button type="button" class="btn line" on:click=move |_| typed.by_pieces.update(|by| *by = !*by)>{other}</button>
            <p class="shift-problem" role="alert">{move || wrong.get().map(|words| view! { <span class="note bad">{words}</span> })}</p>
            <p class="count-total"><span>{t!("pay.shift_counted")}</span><output class="strong">{total}</output></p>
            <button type="submit" class="btn primary pay-confirm" disabled=move || busy.get()>{submit}</button>
        </form>
    })
}

#[component]
fn PieceRows(typed: Typed) -> impl IntoView {
    let currency = typed.currency;
    let row = move |(worth, value): (Minor, RwSignal<String>)| {
        let name = money(worth, currency);
        let label = t!("pay.shift_pieces_of", worth = name);
        let sum = move || {
            let count: i64 = typed_number(&value.get()).parse().unwrap_or(0);
            (count > 0).then(|| money(Minor(worth.0.saturating_mul(count)), currency))
        };
        view! {
            <li>
                <bdi class="strong">{name}</bdi>
                <span aria-hidden="true">"×"</span>
                <input type="text" inputmode="numeric" autocomplete="off" dir="ltr" maxlength="6" aria-label=label
                    prop:value=move || value.get()
                    on:input:target=move |event| value.set(event.target().value()) />
                <span class="num muted">{sum}</span>
            </li>
        }
    };
    view! { <ul class="count-rows">{typed.rows.get_value().into_iter().map(row).collect_view()}</ul> }
}

#[component]
fn SumField(typed: Typed) -> impl IntoView {
    view! {
        <label class="field">
            {t!("pay.shift_sum")}
            <input type="text" inputmode="decimal" autocomplete="off" dir="ltr" maxlength="14"
                prop:value=move || typed.sum.get()
                on:input:target=move |event| typed.sum.set(event.target().value()) />
        </label>
    }
}
