//! Customers: the list, by words and group, and the tabs of the pages about them.

use super::customer::{ENDS_SOON_DAYS, certificate_words};
use super::frame::{Screen, Tabs};
use crate::component::{Empty, Icon, IconName, ListEnd, Seek};
use crate::i18n::{self, t};
use crate::session::{Manage, use_manage};
use leptos::prelude::*;
use shared::customer::Customer;

/// The pages about customers.
#[derive(Clone, Copy, PartialEq)]
pub enum Tab {
    /// The list.
    All,
    /// Groups.
    Groups,
    /// What is on accounts and gift cards.
    Accounts,
    /// Goods that wait to be fetched.
    Layaways,
    /// Records that may be of one person.
    Doubles,
    /// A file in.
    Import,
}

/// Their tabs.
pub fn tabs(here: Tab) -> AnyView {
    let tab = |href: &'static str, name: &'static str, tab: Tab| (href, name.to_owned(), tab == here);
    view! {
        <Tabs tabs=vec![
            tab("/manage/customers", t!("manage.customers"), Tab::All),
            tab("/manage/customer-groups", t!("manage.customer_groups"), Tab::Groups),
            tab("/manage/accounts", t!("manage.accounts"), Tab::Accounts),
            tab("/manage/layaways", t!("manage.layaways"), Tab::Layaways),
            tab("/manage/doubles", t!("manage.doubles"), Tab::Doubles),
            tab("/manage/customers/import", t!("manage.customers.import.tab"), Tab::Import),
        ] />
    }
    .into_any()
}

fn add() -> AnyView {
    view! {
        <a class="btn primary" href="/manage/customers/new"><Icon name=IconName::Plus />{t!("manage.customers.add")}</a>
    }
    .into_any()
}

/// The list.
#[component]
pub fn Customers() -> AnyView {
    let manage = use_manage();
    manage.load_customer_groups();
    let list = manage.customers();
    let (words, group) = (manage.sought.customers, manage.sought.customer_group);
    let ending = manage.sought.exempt_ending;
    let ends_by = move || {
        if ending.get() { manage.today().plus_days(ENDS_SOON_DAYS).to_string() } else { String::new() }
    };
    Effect::new(move |_| manage.seek_customers(list, words.get(), group.get(), ends_by()));
    let none = move || {
        (list.loaded.get() && list.rows.with(Vec::is_empty)).then(|| {
            if words.with(String::is_empty) && group.with(String::is_empty) && !ending.get() {
                let text = t!("manage.customers.none.words").to_owned();
                view! {
                    <Empty icon=IconName::People heading=t!("manage.customers.none") words=text>
                        <div class="actions">
                            <a class="btn line" href="/manage/customers/import">{t!("manage.customers.import")}</a>
                            {add()}
                        </div>
                    </Empty>
                }
                .into_any()
            } else {
                let text = t!("manage.customers.none_found.words").to_owned();
                view! { <Empty icon=IconName::Search heading=t!("manage.customers.none_found") words=text /> }
                    .into_any()
            }
        })
    };
    let groups = move || {
        let all = manage.customer_groups.get();
        (!all.is_empty()).then(|| {
            let option = |id: String, name: String| {
                let is_it = {
                    let id = id.clone();
                    move || group.with(|group| *group == id)
                };
                view! { <option value=id prop:selected=is_it>{name}</option> }
            };
            view! {
                <select class="plain" aria-label=t!("manage.customer.group")
                    on:change:target=move |event| group.set(event.target().value())>
                    {option(String::new(), t!("manage.customers.every_group").to_owned())}
                    {all.iter().map(|one| option(one.id.to_string(), one.name.clone())).collect_view()}
                </select>
            }
        })
    };
    view! {
        <Screen heading=t!("manage.customers").to_owned() actions=add()>
            {tabs(Tab::All)}
            <div class="toolbar"><Seek label=t!("manage.customers.seek") value=words />{groups}
                <button type="button" class="chip" aria-pressed=move || ending.get().to_string()
                    on:click=move |_| ending.update(|on| *on = !*on)>{t!("manage.customers.exempt_ending")}</button>
            </div>
            <div class="card sheet" aria-busy=move || list.loading.get().to_string()>
                {none}
                <table class="list rows" class:hidden=move || list.rows.with(Vec::is_empty)>
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.name")}</th>
                            <th scope="col">{t!("manage.customer.phone")}</th>
                            <th scope="col" class="roomy">{t!("manage.customer.email")}</th>
                            <th scope="col" class="roomy">{t!("manage.customer.group")}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || list.rows.get() key=|one| one.id children=move |one| row(manage, one) />
                    </tbody>
                </table>
            </div>
            <ListEnd list />
        </Screen>
    }
    .into_any()
}

/// Who they are beside their name: company and number.
pub fn beside_name(customer: &Customer) -> String {
    let company = customer.company.clone().filter(|company| company != customer.title());
    [company, customer.number.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn row(manage: Manage, customer: Customer) -> AnyView {
    let certificate = customer.tax_exemption.as_ref().map(|_| match customer.tax_exempt_until {
        Some(until) => certificate_words(until, manage.today())
            .unwrap_or_else(|| ("info", t!("manage.customer.exempt_to", day = i18n::date(until)))),
        None => ("info", t!("manage.customer.exempt").to_owned()),
    });
    let certificate =
        certificate.map(|(kind, words)| view! { <span class=format!("tag {kind}")>{words}</span> });
    let group = move || customer.group_id.and_then(|id| manage.group_name(id));
    view! {
        <tr>
            <th scope="row">
                <a class="whole" href=format!("/manage/customers/{}", customer.id)><bdi>{customer.title().to_owned()}</bdi></a>
                <span class="xs muted block"><bdi>{beside_name(&customer)}</bdi></span>
                {certificate}
            </th>
            <td><bdi>{customer.phone.clone()}</bdi></td>
            <td class="roomy"><bdi>{customer.email.clone()}</bdi></td>
            <td class="roomy">{group}</td>
        </tr>
    }
    .into_any()
}
