//! Tender: the form of one way to pay, new or known.
//! Invariant: nothing typed is lost by an error; a change of somebody else's is never overwritten unseen.

use super::rule::{RuleButtons, RuleWords, rule_page, saving};
use super::tenders::{kind_words, type_name};
use crate::component::{Below, Choose, Field, Form, FormBody, Switch, wrong};
use crate::i18n::{self, t};
use crate::session::{Loaded, Versioned, choices, local_time, mint, typed, use_manage};
use leptos::prelude::*;
use shared::calendar::Day;
use shared::ids::{StoreId, TenderTypeId};
use shared::money::{Currency, Minor};
use shared::store::{CashRounding, WrongSetting};
use shared::tender::{ExchangeRate, ForeignRate, ReferenceAsked, TenderType, TypeKind, WrongType};
use std::sync::Arc;

/// The form's page: with an id of that way to pay, else of a new one.
#[component]
pub fn TenderPage(
    /// Which.
    id: Option<TenderTypeId>,
) -> AnyView {
    let words = RuleWords {
        list: "/manage/tenders",
        single: t!("manage.tenders.single"),
        add: t!("manage.tenders.add"),
        name: type_name,
    };
    rule_page(id.map(|id| id.to_string()), words, |known, loaded, currency| {
        view! { <TenderForm known loaded currency /> }.into_any()
    })
}

/// What is typed.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    kind: RwSignal<String>,
    place: i64,
    stores: RwSignal<Vec<StoreId>>,
    taken: RwSignal<bool>,
    gives_change: RwSignal<bool>,
    opens_drawer: RwSignal<bool>,
    refunds: RwSignal<bool>,
    label: RwSignal<String>,
    needed: RwSignal<bool>,
    currency: RwSignal<String>,
    ours: RwSignal<String>,
    rate: RwSignal<String>,
    day: RwSignal<String>,
    step: RwSignal<String>,
}

impl Typed {
    fn of(known: Option<&TenderType>, ours: Currency) -> Self {
        let text = |text: Option<String>| RwSignal::new(text.unwrap_or_default());
        let foreign = known.and_then(|one| one.foreign);
        let asked = known.and_then(|one| one.reference.as_ref());
        let flag = |of: fn(&TenderType) -> bool, new: bool| RwSignal::new(known.map_or(new, of));
        let step = foreign.map_or(1, |foreign| foreign.rounding.step_minor);
        Self {
            name: text(known.map(|one| one.name.clone())),
            kind: RwSignal::new(known.map_or(TypeKind::Voucher, |one| one.kind).word().to_owned()),
            place: known.map_or(0, |one| one.place),
            stores: RwSignal::new(known.map(|one| one.stores.clone()).unwrap_or_default()),
            taken: flag(|one| !one.archived, true),
            gives_change: flag(|one| one.gives_change, false),
            opens_drawer: flag(|one| one.opens_drawer, true),
            refunds: flag(|one| one.refunds, false),
            label: text(asked.map(|asked| asked.label.clone())),
            needed: RwSignal::new(asked.is_some_and(|asked| asked.needed)),
            currency: text(foreign.map(|foreign| foreign.currency.code().to_owned())),
            ours: RwSignal::new(foreign.map_or(ours, |foreign| foreign.ours).code().to_owned()),
            rate: text(foreign.map(|foreign| foreign.rate.to_decimal())),
            day: text(foreign.and_then(|foreign| foreign.day).map(|day| day.to_string())),
            step: RwSignal::new(step.to_string()),
        }
    }

    fn kind(self) -> TypeKind {
        let kind = self.kind.get();
        let all = TypeKind::ADDED.into_iter().chain([TypeKind::Cash]);
        all.into_iter().find(|known| known.word() == kind).unwrap_or(TypeKind::Other)
    }

    /// Reads it, with everything that cannot be.
    fn read(self, id: TenderTypeId) -> (TenderType, Vec<WrongSetting>) {
        let mut faults = Vec::new();
        let kind = self.kind();
        let is_foreign = kind == TypeKind::ForeignCash;
        let exact = matches!(kind, TypeKind::Card | TypeKind::Transfer) || kind.is_account();
        let label = self.label.get().trim().to_owned();
        let asked = (!label.is_empty()).then(|| ReferenceAsked { label, needed: self.needed.get() });
        let one = TenderType {
            id,
            name: self.name.get().trim().to_owned(),
            kind,
            place: self.place,
            stores: self.stores.get(),
            archived: !self.taken.get(),
            gives_change: self.gives_change.get() && !exact || kind == TypeKind::Cash,
            opens_drawer: self.opens_drawer.get(),
            refunds: self.refunds.get() && !is_foreign,
            reference: asked.filter(|_| !has_no_reference(kind)),
            foreign: is_foreign.then(|| self.foreign(&mut faults)).flatten(),
        };
        let known: Vec<String> = faults.iter().map(|fault: &WrongSetting| fault.field.clone()).collect();
        let more = one.check().into_iter().filter(|fault| known.iter().all(|field| *field != fault.field));
        faults.extend(more.map(|fault| wrong(fault.field, fault_words(fault.wrong))));
        (one, faults)
    }

    fn foreign(self, faults: &mut Vec<WrongSetting>) -> Option<ForeignRate> {
        let currency = Currency::parse(&self.currency.get());
        let rate = ExchangeRate::parse(&typed::decimal(&self.rate.get()));
        if currency.is_err() {
            faults.push(wrong("foreign.currency", fault_words(WrongType::Currency)));
        }
        if rate.is_err() {
            faults.push(wrong("foreign.rate", fault_words(WrongType::Rate)));
        }
        let day = Some(self.day.get()).filter(|day| !day.is_empty()).and_then(|day| Day::parse(&day).ok());
        let step_minor = self.step.get().parse().unwrap_or(1);
        Some(ForeignRate {
            currency: currency.ok()?,
            ours: Currency::parse(&self.ours.get()).ok()?,
            rate: rate.ok()?,
            day,
            rounding: CashRounding { step_minor, ..CashRounding::default() },
        })
    }
}

/// Is it paid without a number of its own, or with one that it always asks for?
fn has_no_reference(kind: TypeKind) -> bool {
    matches!(kind, TypeKind::Cash | TypeKind::ForeignCash) || kind.is_account()
}

fn fault_words(wrong: WrongType) -> &'static str {
    match wrong {
        WrongType::Name => t!("manage.tenders.wrong.name"),
        WrongType::Label => t!("manage.tenders.wrong.label"),
        WrongType::Currency => t!("manage.tenders.wrong.currency"),
        WrongType::Rate => t!("manage.tenders.wrong.rate"),
        WrongType::Kind
        | WrongType::Place
        | WrongType::Stores
        | WrongType::Change
        | WrongType::Refund
        | WrongType::Step => t!("manage.tenders.wrong.rest"),
    }
}

#[component]
fn TenderForm(
    known: Option<Arc<Versioned<TenderType>>>,
    loaded: Loaded<Versioned<TenderType>>,
    currency: Currency,
) -> AnyView {
    let manage = use_manage();
    let form = Form::new();
    let typed = Typed::of(known.as_ref().map(|read| &read.rule), currency);
    let id = known.as_ref().map_or_else(|| TenderTypeId(mint()), |read| read.rule.id);
    let version = known.as_ref().map(|read| read.version.clone());
    let is_new = known.is_none();
    let may_be_nameless = TenderType::built_in(id).is_some();
    let save = saving::<TenderType>(manage, form, version, "/manage/tenders");
    let send = move |()| {
        let (one, faults) = untrack(|| typed.read(id));
        if form.is_fit(faults) {
            save.run(one);
        }
    };
    let kinds: Vec<(String, String)> =
        TypeKind::ADDED.iter().map(|kind| (kind.word().to_owned(), kind_words(*kind).to_owned())).collect();
    let kinds = Signal::stored(kinds);
    // Made inside the form, whose fields look for it.
    let kind = move || {
        is_new.then(|| {
            view! { <Choose name="kind" label=t!("manage.tenders.kind") value=typed.kind options=kinds /> }
        })
    };
    let own_name = may_be_nameless.then(|| t!("manage.tenders.name.own"));
    let kind_is = Memo::new(move |_| typed.kind());
    let foreign =
        move || (kind_is.get() == TypeKind::ForeignCash).then(|| view! { <Foreign typed currency /> });
    let asked = move || {
        (!has_no_reference(kind_is.get())).then(|| {
            view! {
                <Field name="reference.label" label=t!("manage.tenders.label") value=typed.label optional=true
                    hint=t!("manage.tenders.label.hint") />
                <Switch label=t!("manage.tenders.needed") value=typed.needed hint=t!("manage.tenders.needed.hint") />
            }
        })
    };
    let change = move || {
        let kind = kind_is.get();
        let fixed = matches!(kind, TypeKind::Cash | TypeKind::Card | TypeKind::Transfer) || kind.is_account();
        (!fixed).then(|| {
            view! { <Switch label=t!("manage.tenders.change") value=typed.gives_change hint=t!("manage.tenders.change.hint") /> }
        })
    };
    let refunds = move || {
        (kind_is.get() != TypeKind::ForeignCash).then(|| {
            view! { <Switch label=t!("manage.tenders.refund") value=typed.refunds hint=t!("manage.tenders.refund.hint") /> }
        })
    };
    view! {
        <FormBody form on_submit=send>
            <div class="columns">
                <section class="card padded fields">
                    <h2>{t!("manage.tenders.what")}</h2>
                    {kind}
                    <Field name="name" label=t!("manage.name") value=typed.name optional=may_be_nameless
                        hint=own_name.unwrap_or_else(|| t!("manage.tenders.name.hint")) />
                    {foreign}
                    {asked}
                </section>
                <section class="card padded fields">
                    <h2>{t!("manage.tenders.how")}</h2>
                    <Switch label=t!("manage.tenders.in_use") value=typed.taken hint=t!("manage.tenders.in_use.hint") />
                    <Below name="archived" id="below-archived" />
                    {change}
                    <Switch label=t!("manage.tenders.drawer") value=typed.opens_drawer />
                    {refunds}
                    <Stores chosen=typed.stores />
                </section>
            </div>
            <RuleButtons form loaded known=known.map(|read| read.rule.clone()) list="/manage/tenders" stays=true />
        </FormBody>
    }
    .into_any()
}

/// Which other currency, and what it is taken at.
#[component]
fn Foreign(typed: Typed, currency: Currency) -> AnyView {
    let manage = use_manage();
    let ours = Memo::new(move |_| Currency::parse(&typed.ours.get()).unwrap_or(currency));
    let of_stores = Memo::new(move |_| {
        let mut all: Vec<String> =
            manage.stores.get().iter().map(|store| store.currency.code().to_owned()).collect();
        all.sort();
        all.dedup();
        all
    });
    let choose_ours = move || {
        (of_stores.with(Vec::len) > 1).then(|| {
            let options = of_stores.get().into_iter().map(|code| (code.clone(), code)).collect::<Vec<_>>();
            view! { <Choose name="foreign.ours" label=t!("manage.tenders.ours") value=typed.ours options=Signal::stored(options) /> }
        })
    };
    let steps = move || {
        let words = |step: i64| match step {
            1 => t!("manage.store.no_rounding").to_owned(),
            step => t!("manage.store.rounding_to", amount = i18n::money(Minor(step), ours.get())),
        };
        let steps = typed::cash_steps(ours.get());
        steps.iter().map(|step| (step.to_string(), words(*step))).collect::<Vec<_>>()
    };
    // A rate that is typed is today's, unless somebody says another day.
    Effect::new(move |before: Option<String>| {
        let rate = typed.rate.get();
        if before.is_some_and(|before| before != rate) {
            let zone = manage.stores.with_untracked(|all| all.first().map(|store| store.time_zone.clone()));
            typed.day.set(local_time(zone.as_deref().unwrap_or("UTC")).day().to_string());
        }
        rate
    });
    view! {
        <div class="pair">
            <Choose name="foreign.currency" label=t!("manage.store.currency") value=typed.currency
                options=Signal::stored(choices::currencies()) none=t!("manage.choose") />
            {choose_ours}
        </div>
        <div class="pair">
            <Field name="foreign.rate" label=t!("manage.tenders.rate") value=typed.rate kind="decimal"
                hint=t!("manage.tenders.rate.hint") />
            <Field name="foreign.day" label=t!("manage.tenders.rate.day") value=typed.day kind="date" optional=true />
        </div>
        <Choose name="foreign.rounding" label=t!("manage.tenders.rounding") value=typed.step options=Signal::derive(steps) />
    }
    .into_any()
}

/// The stores it is taken in.
#[component]
fn Stores(chosen: RwSignal<Vec<StoreId>>) -> AnyView {
    let manage = use_manage();
    let store = move |id: StoreId, name: String| {
        let is_on = Memo::new(move |_| chosen.with(|stores| stores.contains(&id)));
        let turn = move |_| {
            chosen.update(|stores| match stores.iter().position(|known| *known == id) {
                Some(at) => drop(stores.remove(at)),
                None => stores.push(id),
            });
        };
        view! { <button type="button" class="chip" aria-pressed=move || is_on.get().to_string() on:click=turn>{name}</button> }
    };
    let stores = move || {
        let all = manage.stores.get();
        all.iter().map(|one| store(one.id, one.name.clone())).collect_view()
    };
    view! {
        <div class="field" role="group" aria-label=t!("manage.when.stores")>
            <span class="label">{t!("manage.when.stores")}</span>
            <div class="inline">{stores}</div>
            <span class="hint">{t!("manage.when.stores.hint")}</span>
            <Below name="stores" id="below-stores" />
        </div>
    }
    .into_any()
}
