//! Stores: the shops, their registers, one store's settings, and what to do after setting up.

use super::frame::Screen;
use super::groups::buttons;
use super::store_fields::{StoreFields, StoreForm};
use super::store_receipt::ReceiptFields;
use crate::component::{Dialog, Field, Form, FormBody, Icon, IconName, Submit, use_toasts, wrong};
use crate::i18n::t;
use crate::session::{Manage, use_address, use_manage};
use leptos::prelude::*;
use shared::api::{NewRegister, StoreSettings};
use shared::ids::StoreId;
use shared::register::Register;
use shared::staff::Permission;
use shared::store::{ReceiptTemplate, Store};

/// All stores with their registers.
#[component]
pub fn Stores() -> AnyView {
    let manage = use_manage();
    manage.load_places();
    let adding = RwSignal::new(None::<Store>);
    let may_change = manage.may(Permission::ManageStores);
    let actions = may_change.then(|| {
        view! { <a class="btn primary" href="/manage/stores/new"><Icon name=IconName::Plus />{t!("manage.stores.add")}</a> }
    });
    let renaming = RwSignal::new(None::<Register>);
    let card = move |store: &Store| card(manage, store, adding, may_change.then_some(renaming));
    view! {
        <Screen heading=t!("manage.rail.stores").to_owned() actions=actions.into_any()>
            <div class="cards">{move || manage.stores.get().iter().map(card).collect_view()}</div>
            {move || adding.get().map(|store| view! { <AddRegister store adding /> })}
            {move || renaming.get().map(|register| view! { <RenameRegister register renaming /> })}
        </Screen>
    }
    .into_any()
}

/// Without `renaming` the person may look only.
fn card(
    manage: Manage,
    store: &Store,
    adding: RwSignal<Option<Store>>,
    renaming: Option<RwSignal<Option<Register>>>,
) -> AnyView {
    let id = store.id;
    let may_change = renaming.is_some();
    let row = move |register: Register| {
        let name = register.name.clone();
        let button = renaming.map(|renaming| {
            let label = t!("manage.registers.rename.this", name = name);
            view! {
                <button type="button" class="btn line" aria-label=label on:click=move |_| renaming.set(Some(register.clone()))>
                    {t!("manage.registers.rename")}
                </button>
            }
        });
        view! { <li class="inline"><span class="grow">{name}</span>{button}</li> }
    };
    let registers = move || {
        let all = manage.registers.get();
        let own: Vec<_> = all.iter().filter(|register| register.store_id == id).cloned().collect();
        own.into_iter().map(row).collect_view()
    };
    let tax = if store.tax.prices_include_tax {
        t!("manage.store.prices.with")
    } else {
        t!("manage.store.prices.without")
    };
    let place: Vec<String> =
        store.address.iter().cloned().chain([crate::i18n::named("region", &store.country)]).collect();
    let add = {
        let store = store.clone();
        move |_| adding.set(Some(store.clone()))
    };
    let label = format!("{} {}", t!("manage.change"), store.name);
    view! {
        <section class="card padded store">
            <div class="inline">
                <h2 class="grow">{store.name.clone()}</h2>
                {may_change.then(|| view! {
                    <a class="btn line" href=format!("/manage/stores/{id}") aria-label=label>{t!("manage.change")}</a>
                })}
            </div>
            <p class="muted sm">{place.join(", ")}</p>
            <p class="muted sm">{format!("{} · {} · {tax}", store.currency, store.time_zone.replace('_', " "))}</p>
            <h3 class="sm">{t!("manage.registers")}</h3>
            <ul class="plain registers">{registers}</ul>
            <div class="inline">
                <button type="button" class="btn line" on:click=add><Icon name=IconName::Plus />{t!("manage.registers.add")}</button>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn AddRegister(store: Store, adding: RwSignal<Option<Store>>) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let id = store.id;
    let count =
        manage.registers.with_untracked(|all| all.iter().filter(|register| register.store_id == id).count());
    let name = RwSignal::new(t!("manage.registers.name", number = count + 1));
    let send = move |()| {
        let register = NewRegister { store_id: id, name: name.get_untracked().trim().to_owned() };
        let missing = register.name.is_empty().then(|| wrong("name", t!("manage.name.missing")));
        if form.is_fit(missing.into_iter().collect()) {
            form.send(manage.add_register(register), move |added| {
                toasts.say(t!("manage.saved.name", name = added.name));
                adding.set(None);
            });
        }
    };
    view! {
        <Dialog heading=t!("manage.registers.add.in", store = store.name) on_close=move |()| adding.set(None)>
            <FormBody form on_submit=send>
                <Field name="name" label=t!("manage.name") value=name />
                {buttons(move || adding.set(None))}
            </FormBody>
        </Dialog>
    }
    .into_any()
}

#[component]
fn RenameRegister(register: Register, renaming: RwSignal<Option<Register>>) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let id = register.id;
    let name = RwSignal::new(register.name.clone());
    let send = move |()| {
        let typed = name.get_untracked().trim().to_owned();
        let missing = typed.is_empty().then(|| wrong("name", t!("manage.name.missing")));
        if form.is_fit(missing.into_iter().collect()) {
            form.send(manage.rename_register(id, typed), move |renamed| {
                toasts.say(t!("manage.saved.name", name = renamed.name));
                renaming.set(None);
            });
        }
    };
    view! {
        <Dialog heading=t!("manage.registers.rename.this", name = register.name) on_close=move |()| renaming.set(None)>
            <FormBody form on_submit=send>
                <Field name="name" label=t!("manage.name") value=name hint=t!("manage.registers.rename.hint") />
                {buttons(move || renaming.set(None))}
            </FormBody>
        </Dialog>
    }
    .into_any()
}

/// The settings of one store, or of a new one.
#[component]
pub fn StorePage(
    /// Which.
    id: Option<StoreId>,
) -> AnyView {
    let manage = use_manage();
    // Read once: what is typed must not be exchanged under one's fingers.
    let known = Memo::new(move |before: Option<&Option<Store>>| match before {
        Some(Some(store)) => Some(store.clone()),
        _ => manage.stores.get().iter().find(|store| Some(store.id) == id).cloned(),
    });
    let heading = move || known.get().map_or_else(|| t!("manage.stores.add").to_owned(), |store| store.name);
    let form = move || match (id, known.get()) {
        (None, _) => view! { <Settings known=None /> }.into_any(),
        (Some(_), Some(store)) => view! { <Settings known=Some(store) /> }.into_any(),
        (Some(_), None) => view! { <p class="muted">{t!("manage.trouble.not_found")}</p> }.into_any(),
    };
    view! { <Screen heading=Signal::derive(heading) back="/manage/stores">{form}</Screen> }.into_any()
}

#[component]
fn Settings(known: Option<Store>) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let address = use_address();
    let form = Form::new();
    let typed = known.as_ref().map_or_else(StoreForm::new, StoreForm::of);
    let id = known.map(|store| store.id);
    let send = move |()| {
        let read = typed.read();
        let faults = read.as_ref().err().cloned().unwrap_or_default();
        let (true, Ok(settings)) = (form.is_fit(faults), read) else { return };
        let save = async move {
            let logo = typed.receipt.settled_logo(manage).await?;
            let receipt = ReceiptTemplate { logo, ..settings.receipt };
            manage.save_store(id, StoreSettings { receipt, ..settings }).await
        };
        form.send(save, move |saved| {
            toasts.say(t!("manage.saved.name", name = saved.name));
            address.go("/manage/stores");
        });
    };
    view! {
        <div class="wide-page">
            <FormBody form on_submit=send>
                <section class="card padded fields"><StoreFields store=typed /></section>
                <ReceiptFields store=typed />
                <div class="actions save-bar">
                    <a class="btn line" href="/manage/stores">{t!("common.cancel")}</a>
                    <Submit label=t!("common.save") />
                </div>
            </FormBody>
        </div>
    }
    .into_any()
}

/// The shop is set up: what to do now.
#[component]
pub fn Next() -> AnyView {
    let step = |href: &'static str, icon: IconName, heading: &'static str, words: &'static str| {
        view! {
            <li>
                <a class="choice card" href=href>
                    <span class="mark-round"><Icon name=icon /></span>
                    <span class="grow"><span class="strong">{heading}</span><span class="sm muted block">{words}</span></span>
                </a>
            </li>
        }
    };
    view! {
        <Screen heading=t!("manage.next").to_owned() under=t!("manage.next.under").to_owned()>
            <ul class="plain next">
                {step("/manage/import", IconName::Upload, t!("manage.next.import"), t!("manage.next.import.words"))}
                {step("/manage/products/new", IconName::Plus, t!("manage.next.product"), t!("manage.next.product.words"))}
                {step("/manage/staff", IconName::People, t!("manage.next.staff"), t!("manage.next.staff.words"))}
                {step("/manage/tablets", IconName::Tablet, t!("manage.next.tablet"), t!("manage.next.tablet.words"))}
                {step("/manage", IconName::Chart, t!("manage.next.today"), t!("manage.next.today.words"))}
            </ul>
        </Screen>
    }
    .into_any()
}
