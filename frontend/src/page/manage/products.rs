//! Products: the list, by words, and the stars that put a product first at the till.

use super::frame::{Screen, Tabs};
use crate::component::{Empty, Icon, IconName, ListEnd, Seek, trouble_words, use_toasts};
use crate::i18n::{self, t};
use crate::session::{Manage, Paged, use_manage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::catalog::Product;

/// The pages about products.
#[derive(Clone, Copy, PartialEq)]
pub enum Tab {
    /// The list.
    Products,
    /// Groups.
    Categories,
    /// Taxes.
    Taxes,
    /// Files.
    Import,
}

/// Their tabs.
pub fn tabs(here: Tab) -> AnyView {
    let tab = |href: &'static str, name: &'static str, tab: Tab| (href, name.to_owned(), tab == here);
    view! {
        <Tabs tabs=vec![
            tab("/manage/products", t!("manage.rail.products"), Tab::Products),
            tab("/manage/categories", t!("manage.categories"), Tab::Categories),
            tab("/manage/taxes", t!("manage.taxes"), Tab::Taxes),
            tab("/manage/import", t!("manage.files"), Tab::Import),
        ] />
    }
    .into_any()
}

/// The list.
#[component]
pub fn Products() -> AnyView {
    let manage = use_manage();
    let list = manage.products();
    let words = manage.sought.products;
    Effect::new(move |_| manage.seek_products(list, words.get()));
    let none = move || {
        (list.loaded.get() && list.rows.with(Vec::is_empty)).then(|| {
            if words.with(String::is_empty) {
                let text = t!("manage.products.none.words").to_owned();
                view! {
                    <Empty icon=IconName::List heading=t!("manage.products.none") words=text>
                        <div class="actions"><a class="btn line" href="/manage/import">{t!("manage.import")}</a>
                            <a class="btn primary" href="/manage/products/new">{t!("manage.products.add")}</a></div>
                    </Empty>
                }
                .into_any()
            } else {
                let text = t!("manage.products.none_found.words").to_owned();
                view! { <Empty icon=IconName::Search heading=t!("manage.products.none_found") words=text /> }.into_any()
            }
        })
    };
    let add = view! {
        <a class="btn primary" href="/manage/products/new"><Icon name=IconName::Plus />{t!("manage.products.add")}</a>
    };
    view! {
        <Screen heading=t!("manage.rail.products").to_owned() actions=add.into_any()>
            {tabs(Tab::Products)}
            <div class="toolbar"><Seek label=t!("manage.products.seek") value=words /></div>
            <div class="card sheet" aria-busy=move || list.loading.get().to_string()>
                {none}
                <table class="list rows" class:hidden=move || list.rows.with(Vec::is_empty)>
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.product")}</th>
                            <th scope="col">{t!("manage.product.sku")}</th>
                            <th scope="col" class="roomy">{t!("manage.product.category")}</th>
                            <th scope="col" class="num">{t!("manage.price")}</th>
                            <th scope="col"><span class="hidden-text">{t!("manage.product.favourite")}</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || list.rows.get() key=key children=move |product| row(manage, list, product) />
                    </tbody>
                </table>
            </div>
            <ListEnd list />
        </Screen>
    }
    .into_any()
}

/// A changed product is a new row.
fn key(product: &Product) -> (shared::ids::ProductId, bool, bool) {
    (product.id, product.favourite, product.active)
}

/// A price as one reads it, with its unit.
pub fn price_words(manage: Manage, product: &Product) -> String {
    let Some(price) = product.price else { return t!("manage.product.ask_price").to_owned() };
    let words = manage.currency().map_or_else(String::new, |currency| i18n::unit_price(price, currency));
    match product.unit.symbol() {
        "" => words,
        symbol => format!("{words}/{symbol}"),
    }
}

/// What sets a variant apart: "Size M, Colour Red".
pub fn option_words(product: &Product) -> String {
    let words: Vec<String> =
        product.options.iter().map(|option| format!("{} {}", option.name, option.value)).collect();
    words.join(", ")
}

fn row(manage: Manage, list: Paged<Product>, product: Product) -> AnyView {
    let category = {
        let id = product.category_id;
        move || {
            let groups = manage.groups.get();
            groups
                .categories
                .iter()
                .find(|category| Some(category.id) == id)
                .map(|category| category.name.clone())
        }
    };
    let options = option_words(&product);
    let active = product.active;
    let price = {
        let product = product.clone();
        move || price_words(manage, &product)
    };
    view! {
        <tr class:off=!active>
            <th scope="row">
                <a class="whole" href=format!("/manage/products/{}", product.id)><bdi>{product.name.clone()}</bdi></a>
                {(!active).then(|| view! { " " <span class="tag info">{t!("manage.product.inactive")}</span> })}
                <span class="xs muted block">{options}</span>
            </th>
            <td>{product.sku.clone()}</td>
            <td class="roomy">{category}</td>
            <td class="num strong">{price}</td>
            <td class="num">{star(manage, list, product)}</td>
        </tr>
    }
    .into_any()
}

/// The star changes at once and goes back if the server says no.
fn star(manage: Manage, list: Paged<Product>, product: Product) -> AnyView {
    let toasts = use_toasts();
    let (id, is_on) = (product.id, product.favourite);
    let show = move |on: bool| {
        list.rows.update(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.id == id) {
                row.favourite = on;
            }
        });
    };
    let turn = move |_| {
        show(!is_on);
        spawn_local(async move {
            let turned = async {
                let mut read = manage.product(id).await?;
                read.product.favourite = !is_on;
                manage.change_product(read).await
            };
            if let Err(trouble) = turned.await {
                show(is_on);
                toasts.warn(trouble_words(&trouble));
            }
        });
    };
    let label = t!("manage.product.star", name = product.name);
    view! {
        <button type="button" class="star" aria-pressed=is_on.to_string() aria-label=label on:click=turn>
            <Icon name=IconName::Star />
        </button>
    }
    .into_any()
}
