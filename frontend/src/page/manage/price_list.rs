//! Price list: the form of one price list, new or known, with its prices.
//! Invariant: nothing typed is lost by an error; a change of somebody else's is never overwritten unseen.

use super::goods::ChooseProduct;
use super::promotion::told;
use super::rule::{RuleButtons, RuleWords, rule_page, saving};
use super::when::{When, WhenFields};
use crate::component::{Below, Field, Form, FormBody, Home, Icon, IconName, Seek, wrong};
use crate::i18n::{self, t};
use crate::letters::fold;
use crate::session::{Loaded, Versioned, mint, typed, use_manage};
use leptos::prelude::*;
use shared::catalog::Product;
use shared::ids::{PriceListId, ProductId};
use shared::money::{Currency, Quantity, UnitPrice};
use shared::pricing::{Applies, ListedPrice, PriceList};
use shared::store::WrongSetting;
use std::sync::Arc;

/// Rows that are in the page at once; others are found by words.
const MOST_SHOWN: usize = 100;

/// The form's page: with an id of that list, else of a new one.
#[component]
pub fn PriceListPage(
    /// Which.
    id: Option<PriceListId>,
) -> AnyView {
    let words = RuleWords {
        list: "/manage/price-lists",
        single: t!("manage.price_list"),
        add: t!("manage.price_lists.add"),
        name: |list: &PriceList| list.name.clone(),
    };
    rule_page(id.map(|id| id.to_string()), words, |known, loaded, currency| {
        // A list stays in the currency it was made in.
        let currency = known.as_ref().map_or(currency, |known| known.rule.currency);
        view! { <PriceListForm known loaded currency /> }.into_any()
    })
}

/// A price that is typed.
#[derive(Clone, Copy)]
struct Row {
    number: usize,
    product_id: ProductId,
    name: StoredValue<String>,
    shelf: Option<UnitPrice>,
    from: RwSignal<String>,
    price: RwSignal<String>,
}

impl Row {
    fn of(
        number: usize,
        product_id: ProductId,
        product: Option<&Product>,
        from: String,
        price: String,
    ) -> Self {
        let name = product.map_or_else(|| t!("manage.goods.gone").to_owned(), |product| product.name.clone());
        Self {
            number,
            product_id,
            name: StoredValue::new(name),
            shelf: product.and_then(|product| product.price),
            from: RwSignal::new(from),
            price: RwSignal::new(price),
        }
    }

    fn read(self) -> Option<ListedPrice> {
        let from = self.from.with_untracked(|text| typed::decimal(text));
        let from = if from.is_empty() { Quantity::ZERO } else { Quantity::parse(&from).ok()? };
        let price = self.price.with_untracked(|text| typed::price(text)).ok()??;
        Some(ListedPrice { product_id: self.product_id, from, price })
    }
}

/// What is typed.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    rows: RwSignal<Vec<Row>>,
    when: When,
    currency: Currency,
    home: Home,
}

impl Typed {
    fn of(known: Option<&Versioned<PriceList>>, currency: Currency) -> Self {
        let rule = known.map(|read| &read.rule);
        let row = |(number, price): (usize, &ListedPrice)| {
            let product = known.and_then(|read| read.products.get(&price.product_id));
            let from = if price.from.is_zero() { String::new() } else { price.from.to_decimal() };
            Row::of(number, price.product_id, product, from, price.price.to_decimal(currency))
        };
        let mut rows: Vec<Row> = rule.iter().flat_map(|rule| &rule.prices).enumerate().map(row).collect();
        rows.sort_by_cached_key(|row| row.name.with_value(|name| (fold(name), row.number)));
        Self {
            name: RwSignal::new(rule.map(|rule| rule.name.clone()).unwrap_or_default()),
            rows: RwSignal::new(rows),
            when: When::of(
                rule.map_or(&Applies::default(), |rule| &rule.applies),
                rule.map_or(0, |rule| rule.priority),
            ),
            currency,
            home: Home::here(),
        }
    }

    fn read(self, id: PriceListId) -> (PriceList, Vec<WrongSetting>) {
        let mut faults = Vec::new();
        let (applies, priority) = self.when.read(&mut faults);
        let mut prices = Vec::new();
        for row in self.rows.get_untracked() {
            match row.read() {
                Some(price) => prices.push(price),
                None if faults.iter().all(|fault| fault.field != "prices") => {
                    let name = row.name.get_value();
                    faults.push(wrong("prices", t!("manage.price_list.row_wrong", name = name)));
                }
                None => {}
            }
        }
        let name = self.name.get_untracked().trim().to_owned();
        let list = PriceList { id, name, priority, currency: self.currency, applies, prices };
        faults.extend(told(list.check(), &faults));
        (list, faults)
    }

    /// A new price stands first, where it is seen.
    fn add(self, product: &Product) {
        self.rows.update(|rows| {
            let number = rows.iter().map(|row| row.number).max().map_or(0, |number| number.saturating_add(1));
            let row = || Row::of(number, product.id, Some(product), String::new(), String::new());
            rows.insert(0, self.home.make(row));
        });
    }
}

#[component]
fn PriceListForm(
    known: Option<Arc<Versioned<PriceList>>>,
    loaded: Loaded<Versioned<PriceList>>,
    currency: Currency,
) -> AnyView {
    let manage = use_manage();
    let form = Form::new();
    let typed = Typed::of(known.as_deref(), currency);
    let id = known.as_ref().map_or_else(|| PriceListId(mint()), |read| read.rule.id);
    let version = known.as_ref().map(|read| read.version.clone());
    let save = saving::<PriceList>(manage, form, version, "/manage/price-lists");
    let send = move |()| {
        let (list, faults) = typed.read(id);
        if form.is_fit(faults) {
            save.run(list);
        }
    };
    view! {
        <FormBody form on_submit=send>
            <div class="columns">
                <section class="card padded fields">
                    <h2>{t!("manage.price_list.what")}</h2>
                    <Field name="name" label=t!("manage.name") value=typed.name hint=t!("manage.price_list.name.hint") />
                    <Prices typed />
                </section>
                <WhenFields when=typed.when />
            </div>
            <RuleButtons form loaded known=known.map(|read| read.rule.clone()) list="/manage/price-lists" />
        </FormBody>
    }
    .into_any()
}

#[component]
fn Prices(typed: Typed) -> AnyView {
    let form: Form = expect_context();
    let adding = RwSignal::new(false);
    let words = RwSignal::new(String::new());
    let shown = move || {
        let wanted = fold(&words.get());
        let is_meant = |row: &Row| row.name.with_value(|name| fold(name).contains(&wanted));
        typed.rows.with(|rows| rows.iter().copied().filter(is_meant).take(MOST_SHOWN).collect::<Vec<_>>())
    };
    let count = move || typed.rows.with(Vec::len);
    let seek =
        move || (count() > 10).then(|| view! { <Seek label=t!("manage.price_list.seek") value=words /> });
    let more = move || {
        let (shown, count) = (shown().len(), count());
        (shown < count).then(|| {
            let words = t!("manage.list.shown", shown = shown, total = count);
            view! { <p class="sm muted" role="status">{words}</p> }
        })
    };
    let none =
        move || (count() == 0).then(|| view! { <p class="muted">{t!("manage.price_list.no_prices")}</p> });
    let add = move |product: Product| {
        form.forget("prices");
        words.set(String::new());
        typed.add(&product);
    };
    view! {
        <h2>{t!("manage.price_lists.prices")}</h2>
        <div class="inline">
            <button type="button" class="btn line" on:click=move |_| adding.set(true)>
                <Icon name=IconName::Plus />{t!("manage.price_list.add_price")}
            </button>
        </div>
        {seek}
        {none}
        <div class="prices">
            <For each=shown key=|row| row.number children=move |row| price_row(typed, row) />
        </div>
        {more}
        <div class="field"><Below name="prices" id="below-prices" /></div>
        <Show when=move || adding.get()><ChooseProduct open=adding on_choice=add /></Show>
    }
    .into_any()
}

fn price_row(typed: Typed, row: Row) -> AnyView {
    let form: Form = expect_context();
    let name = row.name.get_value();
    let shelf =
        row.shelf.map(|price| t!("manage.price_list.shelf", price = i18n::unit_price(price, typed.currency)));
    let remove = move |_| {
        form.forget("prices");
        typed.rows.update(|rows| rows.retain(|known| known.number != row.number));
    };
    let label = t!("manage.goods.remove", name = name);
    let heading = name.clone();
    view! {
        <div class="price-row" role="group" aria-label=heading>
            <div><span class="strong"><bdi>{name}</bdi></span> <span class="xs muted block">{shelf}</span></div>
            <div class="pair with-button">
                <Field name=format!("prices.{}.from", row.number) label=t!("manage.price_list.from") value=row.from kind="decimal" />
                <Field name=format!("prices.{}.price", row.number) label=t!("manage.price") value=row.price kind="decimal"
                    unit=typed.currency.code().to_owned() />
                <button type="button" class="btn line square" aria-label=label on:click=remove><Icon name=IconName::Close /></button>
            </div>
        </div>
    }
    .into_any()
}
