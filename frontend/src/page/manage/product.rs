//! Product: the form of one product, new or known.
//! Lives here: what is typed, reading it, saving it, and saying so when somebody else was first.
//! May use: session, component, i18n. Never: a float, a rule about barcodes of its own.
//! Invariant: nothing typed is lost by an error; a change of somebody else's is never overwritten unseen.

use super::frame::Screen;
use super::picture::{PictureChoice, PictureField};
use super::products::option_words;
use crate::component::{
    Choose, Dialog, Failed, Field, Form, FormBody, Icon, IconName, Note, Seek, Submit, Switch, use_toasts,
    wrong,
};
use crate::i18n::t;
use crate::session::{Loaded, Manage, VersionedProduct, queried, typed, use_address, use_manage};
use leptos::prelude::*;
use shared::catalog::{Product, Unit, VariantOption};
use shared::ids::{ProductId, TaxCategoryId};
use shared::money::MoneyError;
use shared::store::WrongSetting;
use std::sync::Arc;

/// The form's page: with an id of that product, else of a new one.
#[component]
pub fn ProductPage(
    /// Which.
    id: Option<ProductId>,
) -> AnyView {
    let manage = use_manage();
    let loaded = Loaded::<VersionedProduct>::default();
    // A new variant begins as its parent.
    let of = queried("of").and_then(|of| of.parse::<ProductId>().ok());
    let load = move || {
        if let Some(id) = id.or(of) {
            loaded.load(manage.product(id));
        }
    };
    load();
    let heading = move || match (id, loaded.value.get()) {
        (Some(_), Some(read)) => read.product.name.clone(),
        (Some(_), None) => t!("manage.product").to_owned(),
        (None, _) => t!("manage.products.add").to_owned(),
    };
    // Prices are read in the shop's currency; what is typed stays when the stores are loaded again.
    let currency = Memo::new(move |_| manage.currency());
    let form = move || match (id, of, loaded.value.get()) {
        _ if currency.get().is_none() => None,
        (None, None, _) => Some(view! { <ProductForm known=None parent=None loaded /> }.into_any()),
        (Some(_), _, Some(read)) => {
            Some(view! { <ProductForm known=Some(read) parent=None loaded /> }.into_any())
        }
        (None, Some(_), Some(parent)) => {
            Some(view! { <ProductForm known=None parent=Some(parent) loaded /> }.into_any())
        }
        _ => None,
    };
    view! {
        <Screen heading=Signal::derive(heading) back="/manage/products">
            {move || loaded.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            {form}
        </Screen>
    }
    .into_any()
}

/// What is typed.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    sku: RwSignal<String>,
    barcodes: RwSignal<String>,
    category: RwSignal<String>,
    unit: RwSignal<String>,
    tax: RwSignal<String>,
    price: RwSignal<String>,
    picture: PictureChoice,
    parent: RwSignal<Option<(ProductId, String)>>,
    options: RwSignal<Vec<(RwSignal<String>, RwSignal<String>)>>,
    stocked: RwSignal<bool>,
    active: RwSignal<bool>,
    favourite: RwSignal<bool>,
}

/// Units as the server writes them.
pub(super) const UNITS: [(&str, Unit); 6] = [
    ("piece", Unit::Piece),
    ("kilogram", Unit::Kilogram),
    ("gram", Unit::Gram),
    ("litre", Unit::Litre),
    ("metre", Unit::Metre),
    ("pound", Unit::Pound),
];

/// Its name.
pub(super) fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Piece => t!("manage.unit.piece"),
        Unit::Kilogram => t!("manage.unit.kilogram"),
        Unit::Gram => t!("manage.unit.gram"),
        Unit::Litre => t!("manage.unit.litre"),
        Unit::Metre => t!("manage.unit.metre"),
        Unit::Pound => t!("manage.unit.pound"),
    }
}

impl Typed {
    fn of(manage: Manage, known: Option<&Product>, parent: Option<&Product>) -> Self {
        let begin = known.or(parent);
        let text = |read: fn(&Product) -> String| RwSignal::new(begin.map(read).unwrap_or_default());
        let own = |read: fn(&Product) -> String| RwSignal::new(known.map(read).unwrap_or_default());
        let unit = begin.map_or(Unit::Piece, |product| product.unit);
        let unit = UNITS.iter().find(|(_, known)| *known == unit).map_or("piece", |(word, _)| word);
        let price = begin.and_then(|product| product.price).zip(manage.currency());
        let options = begin.map(|product| product.options.clone()).unwrap_or_default();
        let pair = |option: VariantOption| (RwSignal::new(option.name), RwSignal::new(option.value));
        let parent = parent.map(|parent| (parent.id, parent.name.clone())).or_else(|| {
            known
                .and_then(|product| product.parent_id)
                .map(|id| (id, t!("manage.product.another").to_owned()))
        });
        Self {
            name: text(|product| product.name.clone()),
            sku: own(|product| product.sku.clone()),
            barcodes: own(|product| product.barcodes.join("\n")),
            category: text(|product| product.category_id.map(|id| id.to_string()).unwrap_or_default()),
            unit: RwSignal::new(unit.to_owned()),
            tax: text(|product| product.tax_category_id.to_string()),
            price: RwSignal::new(
                price.map(|(price, currency)| price.to_decimal(currency)).unwrap_or_default(),
            ),
            picture: PictureChoice::of(begin.and_then(|product| product.picture.as_deref())),
            parent: RwSignal::new(parent),
            options: RwSignal::new(options.into_iter().map(pair).collect()),
            stocked: RwSignal::new(begin.is_none_or(|product| product.stocked)),
            active: RwSignal::new(known.is_none_or(|product| product.active)),
            favourite: RwSignal::new(known.is_some_and(|product| product.favourite)),
        }
    }

    /// Reads it, or says what cannot be.
    fn read(self, id: ProductId) -> Result<Product, Vec<WrongSetting>> {
        let mut faults = Vec::new();
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let (name, sku) = (text(self.name), text(self.sku));
        if name.is_empty() {
            faults.push(wrong("name", t!("manage.product.name.missing")));
        }
        if sku.is_empty() {
            faults.push(wrong("sku", t!("manage.product.sku.missing")));
        }
        let price = typed::price(&self.price.get_untracked()).unwrap_or_else(|error| {
            let words = if error == MoneyError::Overflow {
                t!("manage.amount.too_large")
            } else {
                t!("manage.price.wrong")
            };
            faults.push(wrong("price", words));
            None
        });
        let barcodes: Vec<String> = self.barcodes.with_untracked(|codes| {
            codes.lines().map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect()
        });
        for code in &barcodes {
            if let Some(words) = barcode_fault(code) {
                faults.push(wrong("barcodes", words));
            }
        }
        let tax: Option<TaxCategoryId> = text(self.tax).parse().ok();
        let Some(tax_category_id) = tax else {
            faults.push(wrong("tax_category_id", t!("manage.product.tax.missing")));
            return Err(faults);
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        let options = self.options.get_untracked().into_iter();
        let options = options.map(|(name, value)| VariantOption { name: text(name), value: text(value) });
        let unit = self.unit.get_untracked();
        Ok(Product {
            id,
            parent_id: self.parent.get_untracked().map(|(id, _)| id),
            sku,
            name,
            options: options.filter(|option| !option.name.is_empty() && !option.value.is_empty()).collect(),
            barcodes,
            category_id: text(self.category).parse().ok(),
            unit: UNITS.iter().find(|(word, _)| *word == unit).map_or(Unit::Piece, |(_, unit)| *unit),
            tax_category_id,
            price,
            // Settled when it is sent.
            picture: None,
            stocked: self.stocked.get_untracked(),
            active: self.active.get_untracked(),
            favourite: self.favourite.get_untracked(),
        })
    }
}

fn barcode_fault(code: &str) -> Option<String> {
    use shared::barcode::GtinError;
    match shared::barcode::check(code).err()? {
        GtinError::Length => Some(t!("manage.barcode.length", code = code)),
        GtinError::CheckDigit { expected } => {
            Some(t!("manage.barcode.check_digit", code = code, digit = expected))
        }
    }
}

#[component]
fn ProductForm(
    known: Option<Arc<VersionedProduct>>,
    parent: Option<Arc<VersionedProduct>>,
    loaded: Loaded<VersionedProduct>,
) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let address = use_address();
    let form = Form::new();
    let typed = Typed::of(
        manage,
        known.as_ref().map(|read| &read.product),
        parent.as_ref().map(|read| &read.product),
    );
    preset_tax(manage, typed.tax);
    let own = known.as_ref().map(|read| read.product.id);
    let version = known.map(|read| read.version.clone());
    let leave = move |name: String| {
        toasts.say(t!("manage.saved.name", name = name));
        address.go("/manage/products");
    };
    let read_version = StoredValue::new(version.clone());
    let send = move |()| {
        // The id of a new product is minted by the server.
        let id = own.unwrap_or_else(|| ProductId(crate::session::mint()));
        let read = typed.read(id);
        let faults = read.as_ref().err().cloned().unwrap_or_default();
        let (true, Ok(product)) = (form.is_fit(faults), read) else { return };
        let version = version.clone();
        let save = async move {
            let picture = typed.picture.settled(manage).await?;
            let product = Product { picture, ..product };
            match version {
                None => manage.add_product(product).await.map(|added| added.name),
                Some(version) => {
                    let changed = VersionedProduct { product, version };
                    manage.change_product(changed).await.map(|read| read.product.name)
                }
            }
        };
        form.send(save, leave);
    };
    let reload = move |_| {
        if let Some(id) = own {
            loaded.load(manage.product(id));
            toasts.say(t!("manage.reloaded"));
        }
    };
    // Only if it has another version by now was somebody else first; a code that is taken is a conflict too.
    let overtaken = RwSignal::new(false);
    Effect::new(move |_| {
        let conflict =
            form.trouble.with(|trouble| trouble.as_ref().is_some_and(|one| one.code == "conflict"));
        overtaken.set(false);
        if let (true, Some(id)) = (conflict, own) {
            let read = read_version.get_value();
            leptos::task::spawn_local(async move {
                let now = manage.product(id).await;
                let newer = now.is_ok_and(|now| Some(now.version) != read);
                overtaken.try_set(newer);
            });
        }
    });
    let conflict = move || {
        let is_one =
            form.trouble.with(|trouble| trouble.as_ref().is_some_and(|trouble| trouble.code == "conflict"));
        (is_one && own.is_some()).then(|| {
            view! {
                <Note kind="warn">
                    <p>{t!("manage.product.conflict")}</p>
                    <button type="button" class="btn line" on:click=reload>{t!("manage.product.reload")}</button>
                </Note>
            }
        })
    };
    view! {
        <FormBody form on_submit=send>
            <div class="columns">
                <section class="card padded fields">
                    <h2>{t!("manage.product.what")}</h2>
                    <Field name="name" label=t!("manage.product.name") value=typed.name />
                    <div class="pair">
                        <Field name="sku" label=t!("manage.product.sku") value=typed.sku hint=t!("manage.product.sku.hint") />
                        <Category typed />
                    </div>
                    <Field name="barcodes" label=t!("manage.product.barcodes") value=typed.barcodes rows=2 optional=true
                        hint=t!("manage.product.barcodes.hint") />
                    <PictureField choice=typed.picture />
                    <Variant typed is_new=own.is_none() id=own />
                </section>
                <section class="card padded fields">
                    <h2>{t!("manage.product.price_and_tax")}</h2>
                    <div class="pair">
                        <Field name="price" label=t!("manage.price") value=typed.price kind="decimal" optional=true
                            hint=t!("manage.product.price.hint")
                            unit=manage.currency().map_or_else(String::new, |currency| currency.code().to_owned()) />
                        <Choose name="unit" label=t!("manage.product.unit") value=typed.unit options=units() />
                    </div>
                    <Tax typed />
                    <Switch label=t!("manage.product.active") value=typed.active hint=t!("manage.product.active.hint") />
                    <Switch label=t!("manage.product.favourite") value=typed.favourite hint=t!("manage.product.favourite.hint") />
                    <Switch label=t!("manage.product.stocked") value=typed.stocked hint=t!("manage.product.stocked.hint") />
                </section>
            </div>
            {conflict}
            <div class="actions save-bar">
                <a class="btn line" href="/manage/products">{t!("common.cancel")}</a>
                <Submit label=t!("common.save") />
            </div>
        </FormBody>
    }
    .into_any()
}

/// With nothing chosen, the first tax category is the usual one.
fn preset_tax(manage: Manage, tax: RwSignal<String>) {
    Effect::new(move |_| {
        if tax.with_untracked(String::is_empty)
            && let Some(first) = manage.groups.get().tax_categories.first()
        {
            tax.set(first.id.to_string());
        }
    });
}

fn units() -> Vec<(String, String)> {
    UNITS.iter().map(|(word, unit)| ((*word).to_owned(), unit_words(*unit).to_owned())).collect()
}

#[component]
fn Category(typed: Typed) -> AnyView {
    let manage = use_manage();
    let options = Signal::derive(move || {
        let groups = manage.groups.get();
        groups.categories.iter().map(|category| (category.id.to_string(), category.name.clone())).collect()
    });
    view! {
        <Choose name="category_id" label=t!("manage.product.category") value=typed.category options
            none=t!("manage.product.no_category") />
    }
    .into_any()
}

#[component]
fn Tax(typed: Typed) -> AnyView {
    let manage = use_manage();
    let options = Signal::derive(move || {
        let groups = manage.groups.get();
        groups.tax_categories.iter().map(|tax| (tax.id.to_string(), tax.name.clone())).collect()
    });
    view! { <Choose name="tax_category_id" label=t!("manage.product.tax") value=typed.tax options /> }
        .into_any()
}

/// What sets this product apart, and from which.
#[component]
fn Variant(typed: Typed, is_new: bool, id: Option<ProductId>) -> AnyView {
    let manage = use_manage();
    let choosing = RwSignal::new(false);
    // The parent's name is not part of the product.
    if let Some((parent, _)) = typed.parent.get_untracked() {
        leptos::task::spawn_local(async move {
            if let Ok(read) = manage.product(parent).await {
                typed.parent.try_set(Some((parent, read.product.name)));
            }
        });
    }
    let add_option =
        move |_| typed.options.update(|all| all.push((RwSignal::default(), RwSignal::default())));
    let parent = move || {
        match typed.parent.get() {
        Some((_, name)) => view! {
            <p class="grow">{t!("manage.product.variant_of", name = name)}</p>
            <button type="button" class="btn line" on:click=move |_| choosing.set(true)>{t!("manage.change")}</button>
            <button type="button" class="btn line" on:click=move |_| typed.parent.set(None)>{t!("manage.product.stands_alone")}</button>
        }
        .into_any(),
        None => view! {
            <p class="grow muted sm">{t!("manage.product.variants.hint")}</p>
            <button type="button" class="btn line" on:click=move |_| choosing.set(true)>{t!("manage.product.make_variant")}</button>
        }
        .into_any(),
    }
    };
    let another = (!is_new).then_some(id).flatten().map(|id| {
        view! { <a class="btn line" href=format!("/manage/products/new?of={id}")>{t!("manage.product.add_variant")}</a> }
    });
    view! {
        <h2>{t!("manage.product.variants")}</h2>
        <div class="inline">{parent}</div>
        {move || options(typed)}
        <div class="inline">
            <button type="button" class="btn line" on:click=add_option><Icon name=IconName::Plus />{t!("manage.product.add_option")}</button>
            {another}
        </div>
        <Show when=move || choosing.get()><ChooseParent typed choosing own=id /></Show>
    }
    .into_any()
}

fn options(typed: Typed) -> AnyView {
    let row = |(at, (name, value)): (usize, (RwSignal<String>, RwSignal<String>))| {
        let remove = move |_| {
            typed.options.update(|all| {
                all.remove(at);
            });
        };
        view! {
            <div class="pair with-button">
                <Field name=format!("options.{at}.name") label=t!("manage.product.option") value=name />
                <Field name=format!("options.{at}.value") label=t!("manage.product.option.value") value=value />
                <button type="button" class="btn line square" aria-label=t!("manage.remove") on:click=remove>
                    <Icon name=IconName::Close />
                </button>
            </div>
        }
    };
    typed.options.get().into_iter().enumerate().map(row).collect_view().into_any()
}

/// Another product, found by words.
#[component]
fn ChooseParent(typed: Typed, choosing: RwSignal<bool>, own: Option<ProductId>) -> AnyView {
    let manage = use_manage();
    let words = RwSignal::new(String::new());
    let list = manage.products();
    Effect::new(move |_| manage.seek_products(list, words.get()));
    let row = move |product: Product| {
        let (id, name) = (product.id, product.name.clone());
        let choose = move |_| {
            typed.parent.set(Some((id, name.clone())));
            choosing.set(false);
        };
        view! {
            <li>
                <button type="button" class="choice" on:click=choose>
                    <span class="grow">{product.name.clone()}<span class="xs muted block">{option_words(&product)}</span></span>
                    <span class="muted">{product.sku}</span>
                </button>
            </li>
        }
    };
    let fit = move || {
        let rows = list.rows.get().into_iter();
        rows.filter(|product| product.parent_id.is_none() && Some(product.id) != own)
            .take(20)
            .collect::<Vec<_>>()
    };
    view! {
        <Dialog heading=t!("manage.product.make_variant").to_owned() on_close=move |()| choosing.set(false)>
            <Seek label=t!("manage.products.seek") value=words />
            <ul class="plain options">{move || fit().into_iter().map(row).collect_view()}</ul>
        </Dialog>
    }
    .into_any()
}
