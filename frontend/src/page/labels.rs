//! Labels: which goods get a label, how many of each, and printing them.
//! Lives here: finding goods by their name or by scanning them, the list, the kind of label. May use: session, component, i18n,
//! shared::label. Never: a cable, what a label looks like.
//! Invariant: a scan here adds a label and nothing to the sale.

use crate::component::{Icon, IconName, use_toasts};
use crate::i18n::t;
use crate::session::{Told, full_name, use_printers, use_scans, use_till};
use leptos::prelude::*;
use shared::barcode::as_printed;
use shared::catalog::Product;
use shared::ids::ProductId;
use shared::label::LabelKind;
use shared::printing::Work;
use std::sync::Arc;

/// So many are shown of what was found.
const MOST_FOUND: usize = 8;
const MOST_OF_ONE: u16 = 99;

/// Goods, and how many labels of them.
#[derive(Clone, PartialEq)]
struct Wanted {
    product: Arc<Product>,
    copies: u16,
}

/// The page.
#[component]
pub fn Labels() -> impl IntoView {
    let (till, scans, toasts) = (use_till(), use_scans(), use_toasts());
    let wanted = RwSignal::new(Vec::<Wanted>::new());
    let kind = RwSignal::new(LabelKind::Shelf);
    let sought = RwSignal::new(String::new());
    scans.take(move |sent| {
        let code = as_printed(&sent);
        let catalog = till.catalog.get_untracked();
        match catalog.by_barcode(&code).pop().or_else(|| catalog.by_sku(&code)) {
            Some(product) => {
                scans.note(sent, Told::Added(product.name.clone(), None));
                add(wanted, product);
            }
            None => {
                toasts.warn(t!("devices.label_unknown", code = code));
                scans.note(sent, Told::Unknown(Vec::new()));
            }
        }
    });
    let found = Memo::new(move |_| {
        let text = sought.get();
        let catalog = till.catalog.get();
        let places =
            if text.trim().is_empty() { Vec::new() } else { catalog.search(&text, MOST_FOUND).places };
        places.into_iter().filter_map(|place| catalog.product(place)).collect::<Vec<_>>()
    });
    let result = move |product: Product| {
        let name = full_name(&product);
        view! {
            <li>
                <button type="button" class="btn line" on:click=move |_| add(wanted, product.clone())>
                    <Icon name=IconName::Plus />
                    <bdi>{name}</bdi>
                </button>
            </li>
        }
    };
    view! {
        <main class="tablet">
            <h1>{t!("devices.labels")}</h1>
            <div class="labels">
                <section class="card padded tablet-card" aria-labelledby="labels-find">
                    <h2 id="labels-find">{t!("devices.label_find")}</h2>
                    <label class="field">
                        {t!("devices.label_find_words")}
                        <input
                            type="search"
                            autocomplete="off"
                            prop:value=move || sought.get()
                            on:input=move |event| sought.set(event_target_value(&event))
                        />
                    </label>
                    <ul class="printer-jobs" aria-label=t!("devices.label_found")>
                        {move || found.get().into_iter().map(result).collect_view()}
                    </ul>
                </section>
                <section class="card padded tablet-card" aria-labelledby="labels-wanted">
                    <h2 id="labels-wanted">{t!("devices.labels_wanted")}</h2>
                    <KindChoice kind />
                    {move || wanted.with(Vec::is_empty).then(|| view! { <p class="muted">{t!("devices.labels_none")}</p> })}
                    <ul class="printer-jobs" aria-labelledby="labels-wanted">
                        <For each=move || ids(wanted) key=|id| *id let:id><One id wanted /></For>
                    </ul>
                    <Print wanted kind />
                </section>
            </div>
        </main>
    }
}

fn ids(wanted: RwSignal<Vec<Wanted>>) -> Vec<ProductId> {
    wanted.with(|wanted| wanted.iter().map(|wanted| wanted.product.id).collect())
}

/// One label more of it.
fn add(wanted: RwSignal<Vec<Wanted>>, product: Product) {
    wanted.update(|wanted| match wanted.iter_mut().find(|known| known.product.id == product.id) {
        Some(known) => known.copies = known.copies.saturating_add(1).min(MOST_OF_ONE),
        None => wanted.push(Wanted { product: Arc::new(product), copies: 1 }),
    });
}

/// One less; the last one takes it out.
fn take(wanted: RwSignal<Vec<Wanted>>, id: ProductId) {
    wanted.update(|wanted| {
        wanted.iter_mut().filter(|known| known.product.id == id).for_each(|known| {
            known.copies = known.copies.saturating_sub(1);
        });
        wanted.retain(|known| known.copies > 0);
    });
}

#[component]
fn KindChoice(kind: RwSignal<LabelKind>) -> impl IntoView {
    let choice = move |of: LabelKind, words: &'static str| {
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || (kind.get() == of).to_string()
                on:click=move |_| kind.set(of)
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="printer-ways" role="group" aria-label=t!("devices.label_kind")>
            {choice(LabelKind::Shelf, t!("devices.label_shelf"))}
            {choice(LabelKind::Item, t!("devices.label_item"))}
        </div>
    }
}

/// Goods in the list.
#[component]
fn One(id: ProductId, wanted: RwSignal<Vec<Wanted>>) -> impl IntoView {
    let known = Memo::new(move |_| {
        wanted.with(|wanted| wanted.iter().find(|wanted| wanted.product.id == id).cloned())
    });
    let name = move || known.get().map(|known| full_name(&known.product));
    let copies = move || known.get().map(|known| known.copies);
    let more = move |_| {
        if let Some(known) = known.get_untracked() {
            add(wanted, (*known.product).clone());
        }
    };
    view! {
        <li class="label-row">
            <span class="grow"><bdi>{name}</bdi></span>
            <button type="button" class="btn line" aria-label=move || t!("devices.label_less", name = name().unwrap_or_default())
                on:click=move |_| take(wanted, id)>"−"</button>
            <output>{copies}</output>
            <button type="button" class="btn line" aria-label=move || t!("devices.label_more", name = name().unwrap_or_default())
                on:click=more>"+"</button>
        </li>
    }
}

/// Sends them to the printer for labels.
#[component]
fn Print(wanted: RwSignal<Vec<Wanted>>, kind: RwSignal<LabelKind>) -> impl IntoView {
    let (printers, toasts) = (use_printers(), use_toasts());
    let count = Memo::new(move |_| {
        wanted.with(|wanted| wanted.iter().fold(0_u32, |sum, known| sum.saturating_add(known.copies.into())))
    });
    let printer = Memo::new(move |_| printers.for_labels());
    let print = move |_| {
        let kind = kind.get_untracked();
        let sent = wanted.get_untracked().iter().all(|known| {
            printers.print(Work::Labels { product_id: known.product.id, kind, copies: known.copies })
        });
        if sent {
            wanted.set(Vec::new());
            toasts.say(t!("devices.labels_sent"));
        }
    };
    view! {
        {move || match printer.get() {
            Some(name) => view! { <p class="sm muted">{t!("devices.labels_on", name = name)}</p> }.into_any(),
            None => view! { <p class="note info">{t!("devices.labels_no_printer")}</p> }.into_any(),
        }}
        <button
            type="button"
            class="btn primary wide"
            disabled=move || count.get() == 0 || printer.with(Option::is_none)
            on:click=print
        >
            <Icon name=IconName::Print />
            {move || t!("devices.labels_print", count = count.get())}
        </button>
        <a class="btn line" href="/devices">{t!("pay.devices_open")}</a>
    }
}
