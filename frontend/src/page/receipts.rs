//! Receipts: finding what was sold, printing it again as a copy, and taking goods back.
//! Lives here: the search, the list, the receipt beside it; `back`, what comes back of it. May use: session, component, i18n, shared::receipt.
//! Never: storage, a change of a sale.
//! Invariant: what is printed here carries the copy mark and was noted in the journal before.

mod aside;
mod back;

use crate::component::{Icon, IconName, ReceiptPaper, Stroke, on_strokes};
use crate::i18n::{moment, money, t};
use crate::page::printing::{PrintStanding, Printing};
use crate::page::problem;
use crate::session::{ReceiptError, RecordError, Till, pause, use_scans, use_till};
use aside::Aside;
use back::{TakeBack, can_come_back};
use leptos::html;
use leptos::prelude::*;
use shared::barcode::as_printed;
use shared::ids::SaleId;
use shared::printing::About;
use shared::sale::{Sale, SaleKind};
use std::sync::Arc;

/// How long nothing is typed before the server is asked for a receipt, ms.
const ASK_AFTER_MS: i64 = 400;

/// What was found.
#[derive(Clone, PartialEq)]
enum Found {
    Looking,
    Failed(RecordError),
    /// Nothing here, and the server was not there to ask.
    NoAnswer,
    Sales(Arc<Vec<Arc<Sale>>>),
}

/// The state of the page. It is `Copy`.
#[derive(Clone, Copy)]
struct Search {
    till: Till,
    text: RwSignal<String>,
    found: RwSignal<Found>,
    chosen: RwSignal<Option<SaleId>>,
    /// The sale of which something comes back, while that is being chosen.
    coming_back: RwSignal<Option<Arc<Sale>>>,
    printing: Printing,
    /// Counts the searches, so that a late answer does not replace a newer one.
    asked: StoredValue<u64>,
}

/// The page.
#[component]
pub fn Receipts() -> impl IntoView {
    let till = use_till();
    let search = Search {
        till,
        text: RwSignal::new(String::new()),
        found: RwSignal::new(Found::Looking),
        chosen: RwSignal::new(None),
        coming_back: RwSignal::new(None),
        printing: Printing::new(till),
        asked: StoredValue::new(0),
    };
    Effect::new(move |_| search.look(search.text.get()));
    // The barcode of a receipt is its number.
    use_scans().take(move |code| search.text.set(as_printed(&code)));
    on_strokes(move |stroke| match stroke {
        Stroke::Down => search.step(true),
        Stroke::Up => search.step(false),
        Stroke::Escape => search.clear(),
        _ => false,
    });
    view! {
        <main class="receipts">
            <h1 class="hidden-text">{t!("pay.receipts")}</h1>
            <section class="receipts-list" aria-label=t!("pay.receipts")>
                <Field search />
                <List search />
            </section>
            <section class="receipts-paper" aria-label=t!("pay.receipt") tabindex="0"><Detail search /></section>
            {move || search.coming_back.get().map(|sale| view! {
                <TakeBack sale on_close=move |()| search.coming_back.set(None) />
            })}
        </main>
    }
}

impl Search {
    /// Looks for a text; the newest question wins.
    fn look(self, text: String) {
        let turn = self.asked.try_update_value(|asked| {
            *asked = asked.saturating_add(1);
            *asked
        });
        leptos::task::spawn_local(async move {
            let mut found = match self.till.receipts(&text).await {
                Ok(sales) => Found::Sales(Arc::new(sales)),
                Err(error) => Found::Failed(error),
            };
            let is_newest = || self.asked.try_get_value() == turn;
            let is_nothing = matches!(&found, Found::Sales(sales) if sales.is_empty());
            if is_nothing && !text.trim().is_empty() {
                found = self.elsewhere(&text, is_newest).await;
            }
            if is_newest() {
                self.show(found);
            }
        });
    }

    /// What is not here may have been sold at another tablet: the server is asked, once nothing more is typed.
    async fn elsewhere(self, text: &str, is_newest: impl Fn() -> bool) -> Found {
        pause(ASK_AFTER_MS).await;
        if !is_newest() {
            return Found::Looking;
        }
        match self.till.receipt_of_shop(text).await {
            Ok(Some((sale, _))) => Found::Sales(Arc::new(vec![Arc::new(sale)])),
            Ok(None) => Found::Sales(Arc::default()),
            Err(ReceiptError::NoAnswer) => Found::NoAnswer,
            Err(ReceiptError::Unread(error)) => Found::Failed(error),
        }
    }

    fn show(self, found: Found) {
        if let Found::Sales(sales) = &found {
            let chosen = self.chosen.get_untracked();
            let is_there = chosen.is_some_and(|id| sales.iter().any(|sale| sale.id == id));
            if !is_there {
                self.choose(sales.first().map(|sale| sale.id));
            }
        }
        self.found.set(found);
    }

    fn choose(self, id: Option<SaleId>) {
        if self.chosen.get_untracked() != id {
            self.chosen.set(id);
            self.printing.begin_anew();
        }
    }

    fn sales(self) -> Arc<Vec<Arc<Sale>>> {
        match self.found.get() {
            Found::Sales(sales) => sales,
            Found::Looking | Found::Failed(_) | Found::NoAnswer => Arc::default(),
        }
    }

    fn sale(self) -> Option<Arc<Sale>> {
        let id = self.chosen.get()?;
        self.sales().iter().find(|sale| sale.id == id).cloned()
    }

    /// The receipt below, or the one above.
    fn step(self, down: bool) -> bool {
        let sales = untrack(|| self.sales());
        let chosen = self.chosen.get_untracked();
        let at = sales.iter().position(|sale| Some(sale.id) == chosen);
        let Some(id) = neighbour(at, sales.len(), down).and_then(|to| sales.get(to)).map(|sale| sale.id)
        else {
            return false;
        };
        self.choose(Some(id));
        if let Some(row) = document().get_element_by_id(&format!("sale-{id}")) {
            row.scroll_into_view_with_bool(false);
        }
        true
    }

    /// Escape wipes the search first.
    fn clear(self) -> bool {
        let is_empty = self.text.with_untracked(String::is_empty);
        if !is_empty {
            self.text.set(String::new());
        }
        !is_empty
    }
}

/// The place one step on, within the list.
fn neighbour(at: Option<usize>, len: usize, down: bool) -> Option<usize> {
    let last = len.checked_sub(1)?;
    Some(match (at, down) {
        (None, _) => 0,
        (Some(at), true) => at.saturating_add(1).min(last),
        (Some(at), false) => at.saturating_sub(1),
    })
}

#[component]
fn Field(search: Search) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    view! {
        <label class="receipts-search" data-scan="here">
            <Icon name=IconName::Search />
            <span class="hidden-text">{t!("pay.receipts_search")}</span>
            <input
                node_ref=field
                type="search"
                placeholder=t!("pay.receipts_search")
                autocomplete="off"
                spellcheck="false"
                prop:value=move || search.text.get()
                on:input=move |event| search.text.set(event_target_value(&event))
            />
        </label>
    }
}

#[component]
fn List(search: Search) -> impl IntoView {
    move || match search.found.get() {
        Found::Looking => {
            view! { <p class="muted receipts-words" aria-busy="true">{t!("common.loading")}</p> }.into_any()
        }
        Found::Failed(error) => view! { <Failed search error /> }.into_any(),
        Found::NoAnswer => {
            let words = t!("pay.receipts_no_answer", text = search.text.get_untracked());
            view! { <p class="muted receipts-words" role="status">{words}</p> }.into_any()
        }
        Found::Sales(sales) if sales.is_empty() => view! { <Empty search /> }.into_any(),
        Found::Sales(sales) => {
            let row = |sale: &Arc<Sale>| view! { <Row search sale=Arc::clone(sale) /> };
            view! { <ul class="receipts-rows">{sales.iter().map(row).collect_view()}</ul> }.into_any()
        }
    }
}

#[component]
fn Failed(search: Search, error: RecordError) -> impl IntoView {
    let again = move |_| search.look(search.text.get_untracked());
    view! {
        <div class="receipts-words">
            <p class="note bad" role="alert">{t!("pay.receipts_failed", reason = problem::read_words(&error))}</p>
            <button class="btn" on:click=again>{t!("common.try_again")}</button>
        </div>
    }
}

#[component]
fn Empty(search: Search) -> impl IntoView {
    let text = search.text.get_untracked();
    let words = if text.trim().is_empty() {
        t!("pay.receipts_none").to_owned()
    } else {
        t!("pay.receipts_not_found", text = text)
    };
    view! { <p class="muted receipts-words" role="status">{words}</p> }
}

#[component]
fn Row(search: Search, sale: Arc<Sale>) -> impl IntoView {
    let id = sale.id;
    let on = move || search.chosen.get() == Some(id);
    let zone = search.till.store.get_untracked().map(|store| store.time_zone.clone());
    let when = moment(sale.time.at_ms, zone.as_deref());
    let what = contents(&sale);
    let who = sale
        .customer
        .name
        .clone()
        .map_or_else(|| sale.staff_name.clone(), |customer| format!("{} · {customer}", sale.staff_name));
    let is_return = sale.kind == SaleKind::Return;
    let is_other = search.till.is_of_other_tablet(&sale);
    view! {
        <li>
            <button
                id=format!("sale-{id}")
                class="receipts-row"
                aria-current=move || on().then_some("true")
                on:click=move |_| search.choose(Some(id))
            >
                <span class="receipts-first">
                    <span class="strong">{sale.receipt_number.clone()}</span>
                    {is_return.then(|| view! { <span class="tag warn">{t!("pay.return")}</span> })}
                    {is_other.then(|| view! { <span class="tag info">{t!("pay.receipts_other")}</span> })}
                    <span class="grow"></span>
                    <span class="strong num">{money(sale.total, sale.currency)}</span>
                </span>
                <span class="sm cut receipts-second">{what}</span>
                <span class="xs muted cut receipts-second">{when} " · " {who}</span>
            </button>
        </li>
    }
}

/// "Regency teacup and 2 more".
fn contents(sale: &Sale) -> String {
    let name = |line: &shared::sale::SaleLine| {
        if line.name.is_empty() { line.sku.clone() } else { line.name.clone() }
    };
    let first = sale.lines.first().map(name).unwrap_or_default();
    match sale.lines.len() {
        0 | 1 => first,
        more => t!("pay.receipts_more", name = first, count = more.saturating_sub(1)),
    }
}

#[component]
fn Detail(search: Search) -> impl IntoView {
    let sale = Memo::new(move |_| search.sale());
    let printing = search.printing;
    let words = move || printing.problem().map(|error| problem::record_words(&error, None));
    move || {
        let sale = sale.get()?;
        let (id, is_sale) = (sale.id, sale.kind == SaleKind::Sale);
        let is_deposit = sale.layaway.is_some();
        let store = search.till.store.get();
        let is_own = store.as_ref().is_some_and(|store| store.id == sale.store_id);
        let is_own_money = store.is_some_and(|store| store.currency == sale.currency);
        let back = sale.lines.iter().any(can_come_back).then(|| {
            if !is_own_money {
                return view! { <p class="sm muted">{t!("pay.back_other_money")}</p> }.into_any();
            }
            let sale = Arc::clone(&sale);
            let ask = move |_| search.coming_back.set(Some(Arc::clone(&sale)));
            view! { <button class="btn line" on:click=ask>{t!("pay.take_back")}</button> }.into_any()
        });
        let aside = (is_own && is_deposit).then(|| view! { <Aside sale=Arc::clone(&sale) /> });
        let paper = move || {
            let store = search.till.store.get()?;
            Some(view! { <ReceiptPaper receipt=printing.receipt(&sale, &store) /> })
        };
        Some(view! {
            <div class="receipts-actions">
                {is_own.then(|| view! {
                    <button
                        class="btn primary"
                        disabled=move || printing.is_busy()
                        on:click=move |_| printing.copy(id)
                    >
                        <Icon name=IconName::Print />
                        {t!("pay.print_copy")}
                    </button>
                })}
                {(is_own && is_sale && !is_deposit).then(|| view! {
                    <button class="btn line" on:click=move |_| printing.gift(id)>{t!("pay.print_gift")}</button>
                })}
                {back}
                <PrintStanding about=About::Sale(id) />
                {move || words().map(|words| view! { <p class="note bad" role="alert">{words}</p> })}
            </div>
            {aside}
            {paper}
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn steps_stay_within_the_list() {
        for (at, len, down, wanted) in [
            (None, 0, true, None),
            (None, 3, true, Some(0)),
            (Some(0), 3, true, Some(1)),
            (Some(2), 3, true, Some(2)),
            (Some(0), 3, false, Some(0)),
        ] {
            assert_eq!(neighbour(at, len, down), wanted);
        }
    }
}
