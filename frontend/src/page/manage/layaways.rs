//! Layaways: goods that wait to be fetched, those first that are kept the shortest.

use super::customers::{Tab, tabs};
use super::frame::Screen;
use crate::component::{Empty, IconName, ListEnd};
use crate::i18n::{self, t};
use crate::session::{local_time, use_manage};
use leptos::prelude::*;
use shared::api::LayawayRow;
use shared::money::Minor;

/// The list.
#[component]
pub fn Layaways() -> AnyView {
    let manage = use_manage();
    let list = manage.layaways();
    Effect::new(move |_| {
        manage.changes.track();
        manage.seek_layaways(list);
    });
    let none = move || {
        (list.loaded.get() && list.rows.with(Vec::is_empty)).then(|| {
            let words = t!("manage.layaways.none.words").to_owned();
            view! { <Empty icon=IconName::Hold heading=t!("manage.layaways.none") words /> }
        })
    };
    view! {
        <Screen heading=t!("manage.layaways").to_owned() under=t!("manage.layaways.under").to_owned()>
            {tabs(Tab::Layaways)}
            <div class="card sheet" aria-busy=move || list.loading.get().to_string()>
                {none}
                <table class="list rows" class:hidden=move || list.rows.with(Vec::is_empty)>
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.layaways.for")}</th>
                            <th scope="col">{t!("manage.sales.receipt")}</th>
                            <th scope="col">{t!("manage.layaways.until")}</th>
                            <th scope="col" class="num">{t!("manage.total")}</th>
                            <th scope="col" class="num">{t!("manage.layaways.left")}</th>
                        </tr>
                    </thead>
                    <tbody><For each=move || list.rows.get() key=|row| (row.id, row.paid) children=row /></tbody>
                </table>
            </div>
            <ListEnd list />
        </Screen>
    }
    .into_any()
}

fn row(row: LayawayRow) -> AnyView {
    let manage = use_manage();
    let name = row.customer_name.clone().unwrap_or_default();
    let who = match row.customer_id {
        Some(id) => view! { <a href=format!("/manage/customers/{id}")><bdi>{name}</bdi></a> }.into_any(),
        None => view! { <bdi>{name}</bdi> }.into_any(),
    };
    let store_id = row.store_id;
    let zone = manage.stores.with_untracked(|stores| {
        stores.iter().find(|store| store.id == store_id).map(|store| store.time_zone.clone())
    });
    let is_over = zone.is_some_and(|zone| local_time(&zone).day() > row.until);
    let left = row.total.minus(row.paid).unwrap_or(Minor::ZERO);
    view! {
        <tr>
            <th scope="row">{who}</th>
            <td><a href=format!("/manage/sales/{}", row.id)>{row.receipt_number.clone()}</a></td>
            <td>
                {i18n::day(row.until)}
                {is_over.then(|| view! { " " <span class="tag warn">{t!("manage.layaways.over")}</span> })}
            </td>
            <td class="num">{i18n::money(row.total, row.currency)}</td>
            <td class="num strong">{i18n::money(left, row.currency)}</td>
        </tr>
    }
    .into_any()
}
