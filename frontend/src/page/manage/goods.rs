//! Goods: choosing the products and groups that a rule is about.

use super::products::option_words;
use crate::component::{Below, Dialog, Icon, IconName, Seek};
use crate::i18n::t;
use crate::session::use_manage;
use leptos::prelude::*;
use shared::catalog::Product;
use shared::ids::{CategoryId, ProductId};
use shared::pricing::Goods;
use std::collections::HashMap;

/// A chosen product and its name.
type Named = (ProductId, String);

/// What is chosen.
#[derive(Clone, Copy)]
pub struct Chosen {
    products: RwSignal<Vec<Named>>,
    categories: RwSignal<Vec<CategoryId>>,
    without: RwSignal<Vec<Named>>,
}

impl Chosen {
    /// As a rule has it.
    pub fn of(goods: &Goods, names: &HashMap<ProductId, Product>) -> Self {
        let named = |ids: &[ProductId]| {
            let name = |id: &ProductId| {
                let known = names.get(id).map(|product| product.name.clone());
                (*id, known.unwrap_or_else(|| t!("manage.goods.gone").to_owned()))
            };
            RwSignal::new(ids.iter().map(name).collect())
        };
        Self {
            products: named(&goods.products),
            categories: RwSignal::new(goods.categories.clone()),
            without: named(&goods.without),
        }
    }

    /// Reads it; tracked, so that an example follows it.
    pub fn read(self) -> Goods {
        let ids = |named: RwSignal<Vec<Named>>| named.with(|all| all.iter().map(|(id, _)| *id).collect());
        Goods { products: ids(self.products), categories: self.categories.get(), without: ids(self.without) }
    }
}

/// A field in which goods are chosen.
#[component]
pub fn GoodsField(
    /// As the server calls it.
    name: &'static str,
    /// As the person reads it.
    label: String,
    /// What is chosen.
    chosen: Chosen,
    /// Stands for nothing chosen.
    nothing: &'static str,
    /// Can products be left out?
    #[prop(optional)]
    with_exceptions: bool,
) -> AnyView {
    let manage = use_manage();
    let (adding, leaving_out) = (RwSignal::new(false), RwSignal::new(false));
    let category_name = move |id: CategoryId| {
        let groups = manage.groups.get();
        let known = groups.categories.iter().find(|category| category.id == id);
        known.map_or_else(|| t!("manage.goods.gone").to_owned(), |category| category.name.clone())
    };
    let categories = move || {
        let remove = move |id: CategoryId| chosen.categories.update(|all| all.retain(|known| *known != id));
        let chip = move |id: CategoryId| chip(category_name(id), move || remove(id));
        chosen.categories.get().into_iter().map(chip).collect_view()
    };
    let none = move || {
        let is_none = chosen.products.with(Vec::is_empty) && chosen.categories.with(Vec::is_empty);
        is_none.then(|| view! { <span class="muted sm">{nothing}</span> })
    };
    let exceptions = with_exceptions.then(|| {
        view! {
            <div class="inline">
                <Show when=move || !chosen.without.with(Vec::is_empty)>
                    <span class="sm">{t!("manage.goods.without")}</span>
                </Show>
                {move || products(chosen.without)}
                <button type="button" class="btn line sm" on:click=move |_| leaving_out.set(true)>
                    {t!("manage.goods.leave_out")}
                </button>
            </div>
        }
    });
    let below = format!("below-{name}");
    let heading = label.clone();
    view! {
        <div class="field goods" role="group" aria-label=heading>
            <span class="label">{label}</span>
            <div class="inline">{none} {move || products(chosen.products)} {categories}</div>
            <div class="inline">
                <button type="button" class="btn line sm" on:click=move |_| adding.set(true)>
                    <Icon name=IconName::Plus />{t!("manage.goods.add_product")}
                </button>
                <AddCategory chosen />
            </div>
            {exceptions}
            <Below name=name id=below />
            <Show when=move || adding.get()>
                <ChooseProduct open=adding on_choice=move |product| add(chosen.products, &product) />
            </Show>
            <Show when=move || leaving_out.get()>
                <ChooseProduct open=leaving_out on_choice=move |product| add(chosen.without, &product) />
            </Show>
        </div>
    }
    .into_any()
}

fn add(named: RwSignal<Vec<Named>>, product: &Product) {
    named.update(|all| {
        if all.iter().all(|(id, _)| *id != product.id) {
            all.push((product.id, product.name.clone()));
        }
    });
}

fn products(named: RwSignal<Vec<Named>>) -> AnyView {
    let one = move |(id, name): Named| {
        chip(name, move || named.update(|all| all.retain(|(known, _)| *known != id)))
    };
    named.get().into_iter().map(one).collect_view().into_any()
}

/// Something chosen, which a touch lets go.
fn chip(name: String, remove: impl Fn() + 'static) -> AnyView {
    let label = t!("manage.goods.remove", name = name);
    view! {
        <button type="button" class="chip" aria-label=label on:click=move |_| remove()>
            <bdi>{name}</bdi><Icon name=IconName::Close />
        </button>
    }
    .into_any()
}

#[component]
fn AddCategory(chosen: Chosen) -> AnyView {
    let manage = use_manage();
    let left = move || {
        let groups = manage.groups.get();
        let left =
            groups.categories.iter().filter(|one| chosen.categories.with(|all| !all.contains(&one.id)));
        left.map(|one| (one.id, one.name.clone())).collect::<Vec<_>>()
    };
    let choose = move |text: String| {
        if let Ok(id) = text.parse() {
            chosen.categories.update(|all| all.push(id));
        }
    };
    let select = move || {
        let left = left();
        (!left.is_empty()).then(|| {
            let option =
                |(id, name): (CategoryId, String)| view! { <option value=id.to_string()>{name}</option> };
            view! {
                <select class="plain" aria-label=t!("manage.goods.add_category")
                    on:change:target=move |event| choose(event.target().value())>
                    <option value="">{t!("manage.goods.add_category")}</option>
                    {left.into_iter().map(option).collect_view()}
                </select>
            }
        })
    };
    view! { {select} }.into_any()
}

/// Products found by words; each that is touched is taken, until one is done.
#[component]
pub fn ChooseProduct(
    /// Is it open?
    open: RwSignal<bool>,
    /// Hears what is touched.
    #[prop(into)]
    on_choice: Callback<Product>,
) -> AnyView {
    let manage = use_manage();
    let words = RwSignal::new(String::new());
    let list = manage.products();
    Effect::new(move |_| manage.seek_products(list, words.get()));
    let row = move |product: Product| {
        let (name, sku, options) = (product.name.clone(), product.sku.clone(), option_words(&product));
        let choose = move |_| {
            on_choice.run(product.clone());
            open.set(false);
        };
        view! {
            <li>
                <button type="button" class="choice" on:click=choose>
                    <span class="grow">{name}<span class="xs muted block">{options}</span></span>
                    <span class="muted">{sku}</span>
                </button>
            </li>
        }
    };
    let none = move || {
        (list.loaded.get() && list.rows.with(Vec::is_empty))
            .then(|| view! { <p class="muted">{t!("manage.products.none_found")}</p> })
    };
    view! {
        <Dialog heading=t!("manage.goods.choose").to_owned() on_close=move |()| open.set(false)>
            <Seek label=t!("manage.products.seek") value=words />
            {none}
            <ul class="plain options">{move || list.rows.get().into_iter().take(20).map(row).collect_view()}</ul>
        </Dialog>
    }
    .into_any()
}
