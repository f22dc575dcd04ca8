//! Customer: who buys: found among those the tablet knows, written down anew, or only a name for the receipt.

use super::close;
use crate::component::{Dialog, Icon, IconName};
use crate::i18n::t;
use crate::page::sell::desk::{Desk, use_desk};
use crate::page::sell::words::initials;
use crate::session::{KnownCustomer, find_customers, mint, use_scans};
use leptos::html;
use leptos::prelude::*;
use shared::barcode::as_printed;
use shared::customer::{Consent, Customer, SaleCustomer, WrongCustomer};
use shared::ids::CustomerId;
use std::sync::Arc;

/// So many are shown; more are told by their number.
const MOST_FOUND: usize = 30;

/// What the dialog shows.
#[derive(Clone)]
enum View {
    Find,
    /// Of a new one, or of one that is known.
    Write(Box<Customer>, bool),
}

/// The dialog.
#[component]
pub fn AskCustomer() -> impl IntoView {
    let desk = use_desk();
    let shown = RwSignal::new(View::Find);
    let heading = move || match shown.get() {
        View::Find => t!("sell.customer").to_owned(),
        View::Write(_, true) => t!("sell.customer_new").to_owned(),
        View::Write(known, false) => t!("sell.customer_edit_of", name = known.title()),
    };
    let body = move || match shown.get() {
        View::Find => view! { <Find shown /> }.into_any(),
        View::Write(known, is_new) => view! { <Write known=*known is_new shown /> }.into_any(),
    };
    view! { <Dialog heading=Signal::derive(heading) on_close=close(desk)>{body}</Dialog> }
}

fn take(desk: Desk, customer: SaleCustomer) {
    if desk.change(|cart| cart.set_customer(customer)) {
        desk.ask.set(None);
    }
}

/// Finding one.
#[component]
fn Find(shown: RwSignal<View>) -> impl IntoView {
    let desk = use_desk();
    let all = RwSignal::new(None::<Arc<Vec<KnownCustomer>>>);
    leptos::task::spawn_local(async move {
        match desk.till.customers().await {
            Ok(known) => drop(all.try_set(Some(Arc::new(known)))),
            Err(error) => {
                desk.toasts.warn(error.to_string());
                all.try_set(Some(Arc::default()));
            }
        }
    });
    let text = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let all = all.get()?;
        Some(text.with(|text| find_customers(&all, text, MOST_FOUND)))
    });
    use_scans().take(move |sent| by_card(desk, as_printed(&sent)));
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let best = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let first = found.with_untracked(|found| found.as_ref().and_then(|(rows, _)| rows.first().cloned()));
        let is_sought = text.with_untracked(|text| !text.trim().is_empty());
        if let Some(first) = first.filter(|_| is_sought) {
            take(desk, first.for_sale());
        }
    };
    let rows = move || match found.get() {
        None => view! { <p class="muted" aria-busy="true">{t!("common.loading")}</p> }.into_any(),
        Some((rows, _)) if rows.is_empty() => {
            let words = if text.with(String::is_empty) {
                t!("sell.customer_none")
            } else {
                t!("sell.customer_not_found")
            };
            view! { <p class="muted">{words}</p> }.into_any()
        }
        Some((rows, total)) => {
            let more = (total > rows.len()).then(|| {
                view! { <p class="xs muted">{t!("sell.found_more", shown = rows.len(), total = total)}</p> }
            });
            view! {
                <ul class="held people">{rows.into_iter().map(|one| row(desk, one, shown)).collect_view()}</ul>
                {more}
            }
            .into_any()
        }
    };
    let current = desk.cart.with(|cart| cart.customer.clone());
    let has_one = !current.is_empty();
    let nobody = move |_| take(desk, SaleCustomer::default());
    let typed = move || Some(text.with(|text| text.trim().to_owned())).filter(|text| !text.is_empty());
    let only_name = move || {
        typed().map(|name| {
            let label = t!("sell.customer_only_name", name = name);
            let name_only = move |_| {
                take(desk, SaleCustomer { name: typed(), ..SaleCustomer::default() });
            };
            view! { <button type="button" class="btn line" on:click=name_only>{label}</button> }
        })
    };
    let write_new = move |_| {
        let mut new = Customer::new(CustomerId(mint()));
        let looks_like_mail = |text: &String| text.contains('@');
        let looks_like_phone = |text: &String| !text.chars().any(char::is_alphabetic);
        match typed() {
            Some(text) if looks_like_mail(&text) => new.email = Some(text),
            Some(text) if looks_like_phone(&text) => new.phone = Some(text),
            text => new.name = text.unwrap_or_default(),
        }
        shown.set(View::Write(Box::new(new), true));
    };
    view! {
        <form class="ask" on:submit=best>
            <label class="field">
                {t!("sell.customer_find")}
                <input node_ref=field type="search" autocomplete="off" spellcheck="false" enterkeyhint="go"
                    prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event)) />
            </label>
        </form>
        <div class="people-found" role="region" aria-label=t!("sell.customers") aria-live="polite">{rows}</div>
        <div class="actions wrap">
            {has_one.then(|| view! {
                <button type="button" class="btn line" on:click=nobody>{t!("sell.customer_remove")}</button>
            })}
            {only_name}
            <button type="button" class="btn primary" on:click=write_new><Icon name=IconName::Plus />{t!("sell.customer_new")}</button>
        </div>
    }
}

/// A card that is scanned in front of the list chooses its customer.
fn by_card(desk: Desk, code: String) {
    leptos::task::spawn_local(async move {
        match desk.till.customer_numbered(&code).await {
            Some(customer) => take(desk, customer.for_sale()),
            None => desk.toasts.warn(t!("sell.customer_no_card", code = code)),
        }
    });
}

fn row(desk: Desk, customer: Customer, shown: RwSignal<View>) -> impl IntoView + use<> {
    let name = customer.title().to_owned();
    let company = customer.company.clone().filter(|company| *company != name);
    let about: Vec<String> =
        [company, customer.number.clone(), customer.phone.clone(), customer.email.clone()]
            .into_iter()
            .flatten()
            .collect();
    let group = customer.group_id.and_then(|id| {
        desk.till
            .customer_groups
            .with_untracked(|all| all.iter().find(|one| one.id == id).map(|one| one.name.clone()))
    });
    let edit = customer.clone();
    let note = customer.note.clone();
    view! {
        <li class="person-row">
            <button type="button" class="btn line wide held-sale" on:click=move |_| take(desk, customer.for_sale())>
                <span class="face" aria-hidden="true">{initials(&name)}</span>
                <span class="grow">
                    <bdi class="strong cut">{name.clone()}</bdi>
                    <span class="xs muted cut"><bdi>{about.join(" · ")}</bdi></span>
                    {note.map(|note| view! { <span class="xs cut note-text">{note}</span> })}
                </span>
                {group.map(|group| view! { <span class="tag info">{group}</span> })}
            </button>
            <button type="button" class="btn line" aria-label=t!("sell.customer_edit_of", name = name)
                on:click=move |_| shown.set(View::Write(Box::new(edit.clone()), false))>
                {t!("sell.customer_edit")}
            </button>
        </li>
    }
}

/// What is typed of one.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    company: RwSignal<String>,
    phone: RwSignal<String>,
    email: RwSignal<String>,
    number: RwSignal<String>,
    tax_number: RwSignal<String>,
    note: RwSignal<String>,
    marketing: RwSignal<String>,
}

impl Typed {
    fn of(known: &Customer) -> Self {
        let text = |text: &Option<String>| RwSignal::new(text.clone().unwrap_or_default());
        let said = match known.marketing {
            None => "",
            Some(Consent { given: true, .. }) => "yes",
            Some(_) => "no",
        };
        Self {
            name: RwSignal::new(known.name.clone()),
            company: text(&known.company),
            phone: text(&known.phone),
            email: text(&known.email),
            number: text(&known.number),
            tax_number: text(&known.tax_number),
            note: text(&known.note),
            marketing: RwSignal::new(said.to_owned()),
        }
    }

    fn read(self, known: &Customer) -> Customer {
        let text = |value: RwSignal<String>| Some(value.get_untracked());
        let marketing = match self.marketing.get_untracked().as_str() {
            "yes" => Some(Consent { given: true, at_ms: 0 }),
            "no" => Some(Consent { given: false, at_ms: 0 }),
            _ => None,
        };
        let mut read = Customer {
            name: self.name.get_untracked(),
            company: text(self.company),
            phone: text(self.phone),
            email: text(self.email),
            number: text(self.number),
            tax_number: text(self.tax_number),
            note: text(self.note),
            marketing,
            ..known.clone()
        };
        read.tidy();
        read
    }
}

fn fault_words(wrong: WrongCustomer) -> &'static str {
    match wrong {
        WrongCustomer::Name => t!("sell.customer_wrong_name"),
        WrongCustomer::Email => t!("sell.customer_wrong_email"),
        WrongCustomer::Phone => t!("sell.customer_wrong_phone"),
        WrongCustomer::Long | WrongCustomer::Addresses | WrongCustomer::Country | WrongCustomer::Limit => {
            t!("sell.customer_wrong_long")
        }
    }
}

type Faults = RwSignal<Vec<(&'static str, &'static str)>>;

/// A line of text with what is wrong with it.
#[component]
fn Line(
    name: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    faults: Faults,
    #[prop(default = "text")] kind: &'static str,
) -> impl IntoView {
    let fault =
        move || faults.with(|all| all.iter().find(|(field, _)| *field == name).map(|(_, words)| *words));
    view! {
        <label class="field">
            {label}
            <input type=kind autocomplete="off" spellcheck="false" prop:value=move || value.get()
                aria-invalid=move || fault().is_some().then_some("true")
                on:input=move |event| value.set(event_target_value(&event)) />
            <span class="wrong" role="alert">{fault}</span>
        </label>
    }
}

/// Writing one down.
#[component]
fn Write(known: Customer, is_new: bool, shown: RwSignal<View>) -> impl IntoView {
    let desk = use_desk();
    let typed = Typed::of(&known);
    let faults: Faults = RwSignal::new(Vec::new());
    let busy = RwSignal::new(false);
    let known = StoredValue::new(known);
    use_scans().take(move |sent| typed.number.set(as_printed(&sent)));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let before = known.get_value();
        let after = typed.read(&before);
        let wrong: Vec<_> =
            after.check().into_iter().map(|fault| (fault.field, fault_words(fault.wrong))).collect();
        faults.set(wrong);
        if busy.get_untracked() || faults.with_untracked(|faults| !faults.is_empty()) {
            return;
        }
        busy.set(true);
        leptos::task::spawn_local(async move {
            // Of a new one everything is new, also the name that was looked for.
            let before = if is_new { Customer::new(before.id) } else { before };
            match desk.till.write_down(&before, after).await {
                Ok(customer) => {
                    desk.toasts.say(t!("sell.customer_saved", name = customer.title()));
                    take(desk, customer.for_sale());
                }
                Err(error) => desk.toasts.warn(error.to_string()),
            }
            busy.try_set(false);
        });
    };
    let answer = move |key: &'static str, words: &'static str| {
        view! {
            <button type="button" class="chip" aria-pressed=move || typed.marketing.with(|said| said == key).to_string()
                on:click=move |_| typed.marketing.set(key.to_owned())>{words}</button>
        }
    };
    let field = NodeRef::<html::Form>::new();
    Effect::new(move |_| {
        if let Some(first) = field.get().and_then(|form| form.query_selector("input").ok().flatten()) {
            use wasm_bindgen::JsCast;
            if let Ok(first) = first.dyn_into::<web_sys::HtmlElement>() {
                let _ = first.focus();
            }
        }
    });
    view! {
        <form class="ask" novalidate node_ref=field on:submit=send>
            <Line name="name" label=t!("sell.customer_name") value=typed.name faults />
            <div class="two">
                <Line name="phone" label=t!("sell.customer_phone") value=typed.phone faults kind="tel" />
                <Line name="email" label=t!("sell.customer_email") value=typed.email faults kind="email" />
            </div>
            <div class="two">
                <Line name="company" label=t!("sell.customer_company") value=typed.company faults />
                <Line name="tax_number" label=t!("sell.customer_tax_number") value=typed.tax_number faults />
            </div>
            <Line name="number" label=t!("sell.customer_number") value=typed.number faults />
            <Line name="note" label=t!("sell.customer_note") value=typed.note faults />
            <div class="field" role="group" aria-label=t!("sell.customer_offers")>
                {t!("sell.customer_offers")}
                <div class="chips">
                    {answer("yes", t!("sell.customer_offers_yes"))}
                    {answer("no", t!("sell.customer_offers_no"))}
                    {answer("", t!("sell.customer_offers_unasked"))}
                </div>
            </div>
            <div class="actions">
                <button type="button" class="btn" on:click=move |_| shown.set(View::Find)>{t!("common.cancel")}</button>
                <button type="submit" class="btn primary" disabled=busy>{t!("common.save")}</button>
            </div>
        </form>
    }
}
