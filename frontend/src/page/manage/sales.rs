//! Sales: the list, by words, day and store.

use super::frame::{Screen, Tabs};
use super::today::StoreFilter;
use crate::component::{Empty, IconName, ListEnd, Seek};
use crate::i18n::{self, t};
use crate::session::{Manage, use_manage};
use leptos::prelude::*;
use shared::api::SaleRow;
use shared::sale::SaleKind;
use shared::staff::Permission;

/// Which of the pages about sales.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The list of sales.
    All,
    /// Drawers.
    Shifts,
    /// Days, closed or not.
    Days,
    /// What was approved at the tills.
    Approvals,
    /// What a manager has to look at.
    Kept,
}

/// The tabs of the pages about sales.
pub fn tabs(manage: Manage, here: Tab) -> AnyView {
    let mut tabs = vec![
        ("/manage/sales", t!("manage.sales.all").to_owned(), here == Tab::All),
        ("/manage/shifts", t!("manage.shifts").to_owned(), here == Tab::Shifts),
        ("/manage/days", t!("manage.days").to_owned(), here == Tab::Days),
        ("/manage/approvals", t!("manage.approvals").to_owned(), here == Tab::Approvals),
    ];
    if manage.may(Permission::ManageDevices) {
        let kept = match manage.kept.get_untracked() {
            0 => t!("manage.kept").to_owned(),
            count => format!("{} · {count}", t!("manage.kept")),
        };
        tabs.push(("/manage/kept", kept, here == Tab::Kept));
    }
    view! { <Tabs tabs /> }.into_any()
}

/// The list.
#[component]
pub fn Sales() -> AnyView {
    let manage = use_manage();
    let sought = manage.sought;
    let list = manage.sales();
    Effect::new(move |_| {
        manage.seek_sales(list, sought.sales.get(), sought.day.get(), sought.store.get());
    });
    let none = move || {
        let sought_any = !sought.sales.with(String::is_empty)
            || !sought.day.with(String::is_empty)
            || !sought.store.with(String::is_empty);
        let (heading, words) = if sought_any {
            (t!("manage.sales.none_found"), t!("manage.sales.none_found.words"))
        } else {
            (t!("manage.sales.none"), t!("manage.sales.none.words"))
        };
        (list.loaded.get() && list.rows.with(Vec::is_empty))
            .then(|| view! { <Empty icon=IconName::Receipt heading words=words.to_owned() /> })
    };
    view! {
        <Screen heading=t!("manage.rail.sales").to_owned()
            actions=view! { <StoreFilter store=sought.store /> }.into_any()>
            {tabs(manage, Tab::All)}
            <div class="toolbar">
                <Seek label=t!("manage.sales.seek") value=sought.sales />
                <input type="date" class="plain" aria-label=t!("manage.today.day") prop:value=sought.day
                    on:change:target=move |event| sought.day.set(event.target().value()) />
                {move || (!sought.day.with(String::is_empty)).then(|| view! {
                    <button type="button" class="btn line" on:click=move |_| sought.day.set(String::new())>
                        {t!("manage.sales.every_day")}
                    </button>
                })}
                <NewSales on_load=move |()| list.again() />
            </div>
            <div class="card sheet" aria-busy=move || list.loading.get().to_string()>
                {none}
                <table class="list rows" class:hidden=move || list.rows.with(Vec::is_empty)>
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.sales.receipt")}</th>
                            <th scope="col">{t!("manage.sales.time")}</th>
                            <th scope="col">{t!("manage.register")}</th>
                            <th scope="col">{t!("manage.sales.by")}</th>
                            <th scope="col" class="num">{t!("manage.sales.lines")}</th>
                            <th scope="col" class="num">{t!("manage.total")}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || list.rows.get() key=|row| row.id children=row />
                    </tbody>
                </table>
            </div>
            <ListEnd list />
        </Screen>
    }
    .into_any()
}

/// Offered when something was sold since the list was loaded: a list that moves by itself cannot be read.
#[component]
fn NewSales(#[prop(into)] on_load: Callback<()>) -> AnyView {
    let manage = use_manage();
    let seen = RwSignal::new(manage.changes.get_untracked());
    let load = move |_| {
        seen.set(manage.changes.get_untracked());
        on_load.run(());
    };
    (move || {
        (manage.changes.get() != seen.get()).then(|| {
            view! { <button type="button" class="btn" on:click=load>{t!("manage.sales.newer")}</button> }
        })
    })
    .into_any()
}

/// A tag for what is not simply a sale.
pub fn kind_tag(kind: SaleKind) -> Option<AnyView> {
    let (class, words) = match kind {
        SaleKind::Sale => return None,
        SaleKind::Return => ("tag warn", t!("manage.sales.return")),
        SaleKind::Adjustment => ("tag info", t!("manage.sales.adjustment")),
    };
    Some(view! { <span class=class>{words}</span> }.into_any())
}

fn row(row: SaleRow) -> AnyView {
    view! {
        <tr>
            <th scope="row">
                <a class="whole" href=format!("/manage/sales/{}", row.id)>{row.receipt_number}</a>
                " " {kind_tag(row.kind)}
            </th>
            <td>{row.local_time}</td>
            <td>{row.register}</td>
            <td>{row.staff_name}</td>
            <td class="num">{i18n::number(i64::try_from(row.lines).unwrap_or(0))}</td>
            <td class="num strong">{i18n::money(row.total, row.currency)}</td>
        </tr>
    }
    .into_any()
}
