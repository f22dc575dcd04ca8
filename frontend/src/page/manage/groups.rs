//! Groups: categories of products, and tax categories with the days their rates begin.

use super::frame::Screen;
use super::products::{Tab, tabs};
use crate::component::{Dialog, Empty, Field, Form, FormBody, Icon, IconName, Submit, use_toasts, wrong};
use crate::i18n::{self, t};
use crate::session::{local_time, typed, use_manage};
use leptos::prelude::*;
use shared::api::CategoryRequest;
use shared::calendar::Day;
use shared::catalog::Category;
use shared::ids::TaxCategoryId;
use shared::store::WrongSetting;
use shared::tax::{TaxCategory, TaxPeriod, TaxRate};

/// What a dialog is open for: nothing, a new one, or one of the list.
type Editing<T> = RwSignal<Option<Option<T>>>;

/// The groups of products, as chips at the till.
#[component]
pub fn Categories() -> AnyView {
    let manage = use_manage();
    manage.load_groups();
    let editing: Editing<Category> = RwSignal::new(None);
    let row = move |category: &Category| {
        let edit = {
            let category = category.clone();
            move |_| editing.set(Some(Some(category.clone())))
        };
        view! {
            <tr>
                <th scope="row"><button type="button" class="whole" on:click=edit>{category.name.clone()}</button></th>
                <td class="num">{i18n::number(category.position)}</td>
            </tr>
        }
    };
    let list = move || {
        let groups = manage.groups.get();
        if groups.categories.is_empty() {
            let words = t!("manage.categories.none.words").to_owned();
            return view! { <Empty icon=IconName::List heading=t!("manage.categories.none") words /> }
                .into_any();
        }
        view! {
            <table class="list rows">
                <thead>
                    <tr>
                        <th scope="col">{t!("manage.product.category")}</th>
                        <th scope="col" class="num">{t!("manage.category.position")}</th>
                    </tr>
                </thead>
                <tbody>{groups.categories.iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <Screen heading=t!("manage.categories").to_owned() actions=add(t!("manage.categories.add"), move || editing.set(Some(None)))>
            {tabs(Tab::Categories)}
            <div class="card sheet">{list}</div>
            {move || editing.get().map(|known| view! { <EditCategory known editing /> })}
        </Screen>
    }
    .into_any()
}

/// The bar's button to add one.
pub fn add(label: &'static str, open: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class="btn primary" on:click=move |_| open()><Icon name=IconName::Plus />{label}</button>
    }
    .into_any()
}

#[component]
fn EditCategory(known: Option<Category>, editing: Editing<Category>) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let last = manage.groups.with_untracked(|groups| groups.categories.iter().map(|one| one.position).max());
    let position = known.as_ref().map_or_else(|| last.unwrap_or(0).saturating_add(1), |one| one.position);
    let name = RwSignal::new(known.as_ref().map(|one| one.name.clone()).unwrap_or_default());
    let position = RwSignal::new(position.to_string());
    let heading =
        known.as_ref().map_or_else(|| t!("manage.categories.add"), |_| t!("manage.categories.change"));
    let id = known.map(|one| one.id);
    let send = move |()| {
        let mut faults = Vec::new();
        let request = CategoryRequest {
            name: name.get_untracked().trim().to_owned(),
            position: typed::decimal(&position.get_untracked()).parse().unwrap_or_else(|_| {
                faults.push(wrong("position", t!("manage.whole_number")));
                0
            }),
        };
        if request.name.is_empty() {
            faults.push(wrong("name", t!("manage.name.missing")));
        }
        if form.is_fit(faults) {
            form.send(manage.save_category(id, request), move |saved| {
                toasts.say(t!("manage.saved.name", name = saved.name));
                editing.set(None);
            });
        }
    };
    view! {
        <Dialog heading=heading.to_owned() on_close=move |()| editing.set(None)>
            <FormBody form on_submit=send>
                <Field name="name" label=t!("manage.name") value=name />
                <Field name="position" label=t!("manage.category.position") value=position kind="digits"
                    hint=t!("manage.category.position.hint") />
                {buttons(move || editing.set(None))}
            </FormBody>
        </Dialog>
    }
    .into_any()
}

/// Cancel and save, inside a form.
pub fn buttons(cancel: impl Fn() + 'static) -> AnyView {
    view! {
        <div class="actions">
            <button type="button" class="btn line" on:click=move |_| cancel()>{t!("common.cancel")}</button>
            <Submit label=t!("common.save") />
        </div>
    }
    .into_any()
}

/// Tax categories, each with the rates of its periods.
#[component]
pub fn Taxes() -> AnyView {
    let manage = use_manage();
    manage.load_groups();
    let editing: Editing<TaxCategory> = RwSignal::new(None);
    let card = move |tax: &TaxCategory| {
        let edit = {
            let tax = tax.clone();
            move |_| editing.set(Some(Some(tax.clone())))
        };
        view! {
            <section class="card padded tax">
                <div class="inline">
                    <h2 class="grow">{tax.name.clone()}</h2>
                    <button type="button" class="btn line" aria-label=format!("{} {}", t!("manage.change"), tax.name) on:click=edit>
                        {t!("manage.change")}
                    </button>
                </div>
                {periods(tax)}
            </section>
        }
    };
    view! {
        <Screen heading=t!("manage.taxes").to_owned() under=t!("manage.taxes.under").to_owned()
            actions=add(t!("manage.taxes.add"), move || editing.set(Some(None)))>
            {tabs(Tab::Taxes)}
            <div class="cards">
                {move || manage.groups.get().tax_categories.iter().map(card).collect_view()}
            </div>
            {move || editing.get().map(|known| view! { <EditTax known editing /> })}
        </Screen>
    }
    .into_any()
}

fn today() -> Day {
    local_time(&crate::session::choices::own_time_zone()).day()
}

fn periods(tax: &TaxCategory) -> AnyView {
    if tax.periods.is_empty() {
        return view! { <p class="muted sm">{t!("manage.tax.none")}</p> }.into_any();
    }
    let today = today();
    let current = tax.periods.iter().filter(|period| period.from <= today).map(|period| period.from).max();
    let row = |period: &TaxPeriod| {
        let words = |rate: &TaxRate| match rate.per_unit {
            Some(_) => rate.name.clone(),
            None => format!("{} {}%", rate.name, rate.rate.to_percent()),
        };
        let rates: Vec<String> = period.rates.iter().map(words).collect();
        let rates = if rates.is_empty() { t!("manage.tax.none").to_owned() } else { rates.join(" + ") };
        let when = if Some(period.from) == current {
            Some(view! { <span class="tag ok">{t!("manage.tax.now")}</span> }.into_any())
        } else if period.from > today {
            Some(view! { <span class="tag info">{t!("manage.tax.later")}</span> }.into_any())
        } else {
            None
        };
        view! { <tr><th scope="row">{first_day(period.from)}</th><td>{rates}</td><td class="num">{when}</td></tr> }
    };
    view! {
        <table class="list slim">
            <thead class="hidden-text">
                <tr><th scope="col">{t!("manage.tax.from")}</th><th scope="col">{t!("manage.tax.rates")}</th><th scope="col">{t!("manage.tax.state")}</th></tr>
            </thead>
            <tbody>{tax.periods.iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// A period that begins with the calendar has always held.
fn first_day(from: Day) -> String {
    if from.number() <= 0 { t!("manage.tax.always").to_owned() } else { i18n::day(from) }
}

/// A rate as it is typed.
#[derive(Clone, Copy, Default)]
struct TypedRate {
    name: RwSignal<String>,
    percent: RwSignal<String>,
    /// What this page does not show of it.
    rest: RwSignal<TaxRate>,
}

/// A period as it is typed.
#[derive(Clone, Copy)]
struct TypedPeriod {
    from: RwSignal<String>,
    rates: RwSignal<Vec<TypedRate>>,
}

impl TypedPeriod {
    fn of(period: &TaxPeriod) -> Self {
        let rate = |rate: &TaxRate| TypedRate {
            name: RwSignal::new(rate.name.clone()),
            percent: RwSignal::new(rate.rate.to_percent()),
            rest: RwSignal::new(rate.clone()),
        };
        Self {
            from: RwSignal::new(period.from.to_string()),
            rates: RwSignal::new(period.rates.iter().map(rate).collect()),
        }
    }

    fn new(from: Day, name: &str) -> Self {
        let rate = TypedRate { name: RwSignal::new(name.to_owned()), ..TypedRate::default() };
        Self { from: RwSignal::new(from.to_string()), rates: RwSignal::new(vec![rate]) }
    }

    fn read(self, at: usize, faults: &mut Vec<WrongSetting>) -> Option<TaxPeriod> {
        let from = Day::parse(&self.from.get_untracked());
        if from.is_err() {
            faults.push(wrong(&format!("periods.{at}.from"), t!("manage.tax.from.wrong")));
        }
        let mut rates = Vec::new();
        for (place, rate) in self.rates.get_untracked().into_iter().enumerate() {
            let rest = rate.rest.get_untracked();
            let name = rate.name.get_untracked().trim().to_owned();
            if name.is_empty() {
                faults.push(wrong(&format!("periods.{at}.{place}.name"), t!("manage.name.missing")));
            }
            match typed::percent(&rate.percent.get_untracked()) {
                Ok(rate) if (0..=1_000_000).contains(&rate.0) => {
                    rates.push(TaxRate { name, rate, ..rest });
                }
                _ => faults
                    .push(wrong(&format!("periods.{at}.{place}.percent"), t!("manage.tax.percent.wrong"))),
            }
        }
        Some(TaxPeriod { from: from.ok()?, rates })
    }
}

#[component]
fn EditTax(known: Option<TaxCategory>, editing: Editing<TaxCategory>) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let id = known.as_ref().map(|one| one.id);
    let name = RwSignal::new(known.as_ref().map(|one| one.name.clone()).unwrap_or_default());
    let periods: Vec<TypedPeriod> = known.iter().flat_map(|one| &one.periods).map(TypedPeriod::of).collect();
    let periods = if periods.is_empty() { vec![TypedPeriod::new(today(), "")] } else { periods };
    let periods = RwSignal::new(periods);
    let heading = known.as_ref().map_or_else(|| t!("manage.taxes.add"), |_| t!("manage.taxes.change"));
    let send = move |()| {
        let mut faults = Vec::new();
        let read = periods.get_untracked().into_iter().enumerate();
        let read = read.filter_map(|(at, period)| period.read(at, &mut faults)).collect();
        // A new one's id is minted by the server.
        let id_or_fresh = id.unwrap_or_else(|| TaxCategoryId(crate::session::mint()));
        let tax =
            TaxCategory { id: id_or_fresh, name: name.get_untracked().trim().to_owned(), periods: read };
        if tax.name.is_empty() {
            faults.push(wrong("name", t!("manage.name.missing")));
        }
        if form.is_fit(faults) {
            form.send(manage.save_tax(id, tax), move |saved| {
                toasts.say(t!("manage.saved.name", name = saved.name));
                editing.set(None);
            });
        }
    };
    let add_period = move |_| {
        let usual = periods.with_untracked(|all| {
            all.last().and_then(|last| {
                last.rates.with_untracked(|rates| rates.first().map(|rate| rate.name.get_untracked()))
            })
        });
        periods.update(|all| all.push(TypedPeriod::new(today().plus_days(1), &usual.unwrap_or_default())));
    };
    view! {
        <Dialog heading=heading.to_owned() on_close=move |()| editing.set(None)>
            <FormBody form on_submit=send>
                <Field name="name" label=t!("manage.name") value=name hint=t!("manage.tax.name.hint") />
                <p class="sm muted">{t!("manage.tax.periods.hint")}</p>
                {move || periods.get().into_iter().enumerate().map(|(at, period)| edit_period(at, period, periods)).collect_view()}
                <div class="inline">
                    <button type="button" class="btn line" on:click=add_period><Icon name=IconName::Plus />{t!("manage.tax.add_period")}</button>
                </div>
                {buttons(move || editing.set(None))}
            </FormBody>
        </Dialog>
    }
    .into_any()
}

fn edit_period(at: usize, period: TypedPeriod, periods: RwSignal<Vec<TypedPeriod>>) -> AnyView {
    let remove = move |_| {
        periods.update(|all| {
            all.remove(at);
        });
    };
    let several = move || periods.with(|all| all.len() > 1);
    let rate = move |(place, rate): (usize, TypedRate)| {
        let remove = move |_| {
            period.rates.update(|all| {
                all.remove(place);
            });
        };
        view! {
            <div class="pair with-button">
                <Field name=format!("periods.{at}.{place}.name") label=t!("manage.tax.rate_name") value=rate.name />
                <Field name=format!("periods.{at}.{place}.percent") label=t!("manage.tax.percent") value=rate.percent kind="decimal" />
                <button type="button" class="btn line square" aria-label=t!("manage.remove") on:click=remove>
                    <Icon name=IconName::Close />
                </button>
            </div>
        }
    };
    view! {
        <fieldset class="period">
            <legend>{t!("manage.tax.period", number = at + 1)}</legend>
            <Field name=format!("periods.{at}.from") label=t!("manage.tax.from") value=period.from kind="date" />
            {move || period.rates.get().into_iter().enumerate().map(rate).collect_view()}
            <div class="inline">
                <button type="button" class="btn line" on:click=move |_| period.rates.update(|all| all.push(TypedRate::default()))>
                    <Icon name=IconName::Plus />{t!("manage.tax.add_rate")}
                </button>
                {move || several().then(|| view! {
                    <button type="button" class="btn line danger" on:click=remove>{t!("manage.tax.remove_period")}</button>
                })}
            </div>
        </fieldset>
    }
    .into_any()
}
