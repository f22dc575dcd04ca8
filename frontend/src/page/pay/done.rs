//! Done: the sale is recorded. What to hand back, the receipt, and the way to the next one.

use crate::component::{Icon, IconName, ReceiptPaper, Stroke, SyncPill, on_strokes};
use crate::i18n::{money, t};
use crate::page::printing::{PrintStanding, Printing};
use crate::page::problem;
use crate::session::{use_address, use_printers, use_till};
use leptos::html;
use leptos::prelude::*;
use shared::money::Minor;
use shared::printing::About;
use shared::sale::{Sale, SaleKind};
use std::sync::Arc;

/// After a sale.
#[component]
pub fn Done(sale: Arc<Sale>) -> impl IntoView {
    let till = use_till();
    let printing = Printing::new(till);
    let was_printed = RwSignal::new(use_printers().after_sale(&sale));
    let address = use_address();
    let next = Callback::new(move |()| address.go("/"));
    let id = sale.id;
    // The first print is the original, every one after it a copy.
    let print = Callback::new(move |()| {
        if was_printed.get_untracked() {
            printing.copy(id);
        } else {
            was_printed.set(true);
            printing.print(id);
        }
    });
    let gift = (sale.kind == SaleKind::Sale).then(|| Callback::new(move |()| printing.gift(id)));
    on_strokes(move |stroke| match stroke {
        Stroke::Enter | Stroke::Escape => {
            next.run(());
            true
        }
        _ => false,
    });
    let paper = {
        let sale = Arc::clone(&sale);
        move || {
            let store = till.store.get()?;
            Some(view! { <ReceiptPaper receipt=printing.receipt(&sale, &store) /> })
        }
    };
    view! {
        <main class="pay-done">
            <section class="pay-result">
                <div class="pay-top"><span class="grow"></span><SyncPill /></div>
                <Result sale=Arc::clone(&sale) />
                <PrintStanding about=About::Sale(id) />
                <Ways next print was_printed gift printing />
            </section>
            <section class="pay-paper" aria-label=t!("pay.receipt") tabindex="0">{paper}</section>
        </main>
    }
}

/// What matters most stands largest: the money to hand back, else what was paid.
#[component]
fn Result(sale: Arc<Sale>) -> impl IntoView {
    let currency = sale.currency;
    let size = |amount: Minor| money(Minor(amount.0.saturating_abs()), currency);
    let in_cash = sale.tenders.iter().any(|tender| tender.kind == shared::tender::TenderKind::Cash);
    let (label, amount) = if !sale.change.is_zero() {
        (t!("pay.change_due"), sale.change)
    } else if sale.total.is_negative() && in_cash {
        (t!("pay.cash_back"), sale.tenders.iter().fold(Minor::ZERO, add))
    } else if sale.total.is_negative() {
        (t!("pay.given_back"), sale.total)
    } else {
        (t!("pay.paid"), sale.tenders.iter().fold(Minor::ZERO, add))
    };
    let paid = |tender: &shared::tender::Tender| {
        format!("{} {}", super::taken::tender_words(tender), size(tender.amount))
    };
    let tenders: Vec<String> = sale.tenders.iter().map(paid).collect();
    view! {
        <div class="pay-saved" role="status">
            <span class="pay-tick" aria-hidden="true"><Icon name=IconName::Done /></span>
            <h1 class="muted">{label}</h1>
            <p class="pay-change-due" data-change>{size(amount)}</p>
            <p class="muted">{tenders.join(" · ")}</p>
            <p class="pill ok">{t!("pay.saved", number = sale.receipt_number)}</p>
        </div>
    }
}

fn add(sum: Minor, tender: &shared::tender::Tender) -> Minor {
    sum.plus(tender.amount).unwrap_or(sum)
}

#[component]
fn Ways(
    next: Callback<()>,
    print: Callback<()>,
    was_printed: RwSignal<bool>,
    /// None where goods came back.
    gift: Option<Callback<()>>,
    printing: Printing,
) -> impl IntoView {
    let first = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = first.get() {
            let _ = button.focus();
        }
    });
    // Enter still held down from finishing the sale does not take the change off the screen.
    let held = |event: web_sys::KeyboardEvent| {
        if event.repeat() {
            event.prevent_default();
        }
    };
    let text = move || if was_printed.get() { t!("pay.print_copy") } else { t!("pay.print") };
    let words = move || printing.problem().map(|error| problem::record_words(&error, None));
    view! {
        <div class="pay-ways">
            {move || words().map(|words| view! { <p class="note bad" role="alert">{words}</p> })}
            <button
                node_ref=first
                class="btn primary pay-confirm"
                on:keydown=held
                on:click=move |_| next.run(())
            >
                {t!("pay.new_sale")}
            </button>
            <div class="pay-prints">
                <button class="btn line" disabled=move || printing.is_busy() on:click=move |_| print.run(())>
                    <Icon name=IconName::Print />
                    {text}
                </button>
                {gift.map(|gift| view! {
                    <button class="btn line" on:click=move |_| gift.run(())>{t!("pay.print_gift")}</button>
                })}
            </div>
        </div>
    }
}
