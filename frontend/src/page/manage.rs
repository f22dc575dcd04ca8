//! Manage: the manager's pages: figures, sales, products, customers, staff, tablets, stores.
//! Lives here: the manager's app, which page an address names, the rail, and one file a page.
//! May use: session, component, i18n. Never: storage, network, the till (a laptop that sells nothing has none).
//! Invariant: whoever is not signed in sees the sign-in page; whose session ends keeps the page and what was typed.

mod account;
mod accounts;
mod approvals;
mod connect;
mod customer;
mod customer_groups;
mod customer_import;
mod customers;
mod days;
mod example;
mod frame;
mod goods;
mod groups;
mod import;
mod import_file;
mod kept;
mod layaways;
mod offer;
mod picture;
mod place;
mod price_list;
mod printers;
mod product;
mod products;
mod promotion;
mod promotions;
mod rule;
mod sale;
mod sales;
mod shifts;
mod staff;
mod store_codes;
mod store_fields;
mod store_points;
mod store_receipt;
mod stores;
mod tablets;
mod tender;
mod tenders;
mod today;
mod when;

pub use store_fields::{StoreFields, StoreForm};

use crate::component::{Dialog, Failed, ToastPlace, Toasts};
use crate::i18n::t;
use crate::page::setup::SetUp;
use crate::page::sign_in::{SignIn, SignInForm};
use crate::session::{Access, Address, Manage, use_address, use_manage};
use frame::{Rail, Screen};
use leptos::prelude::*;
use place::Place;

/// The manager's app: everything under `/manage`, `/setup` and `/sign-in`.
#[component]
pub fn ManageApp() -> AnyView {
    let manage = Manage::new();
    provide_context(manage);
    provide_context(Toasts::new());
    provide_context(Address::follow(|path| Place::of(path) != Place::Unknown));
    manage.look();
    provide_context(frame::Visited::default());
    // What a person may do does not change without signing in again, so a new answer of the same kind keeps the page.
    let door = Memo::new(move |_| match manage.access.get() {
        Access::In(session) => Door::In(session.staff_id),
        Access::SetUp => Door::SetUp,
        Access::SignedOut { demo } => Door::SignIn { demo },
        Access::Asking => Door::Asking,
        Access::Trouble(_) => Door::Trouble,
    });
    let shown = move || match door.get() {
        Door::Asking => {
            view! { <main class="centred"><p class="muted">{t!("common.loading")}</p></main> }.into_any()
        }
        Door::Trouble => unreachable_server(manage),
        Door::SetUp => view! { <SetUp /> }.into_any(),
        Door::SignIn { demo } => view! { <SignIn demo /> }.into_any(),
        Door::In(_) => view! { <Inside /> }.into_any(),
    };
    view! {
        <div class="manage-room">{shown}</div>
        <ToastPlace />
    }
    .into_any()
}

#[derive(Clone, Copy, PartialEq)]
enum Door {
    Asking,
    Trouble,
    SetUp,
    SignIn { demo: bool },
    In(shared::ids::StaffId),
}

fn unreachable_server(manage: Manage) -> AnyView {
    let trouble = manage.access.with_untracked(|access| match access {
        Access::Trouble(trouble) => Some(trouble.clone()),
        _ => None,
    });
    view! {
        <main class="centred">
            <div class="card padded door">
                <h1>{t!("manage.title")}</h1>
                {trouble.map(|trouble| view! { <Failed trouble on_retry=move |()| manage.look() /> })}
            </div>
        </main>
    }
    .into_any()
}

/// The rail and the page the address names.
#[component]
fn Inside() -> AnyView {
    let manage = use_manage();
    let address = use_address();
    let place = Memo::new(move |_| Place::of(&address.path()));
    view! {
        <a class="skip" href="#page">{t!("manage.skip")}</a>
        <div class="frame manage">
            <Rail place />
            {move || page(place.get(), manage)}
        </div>
        <Show when=move || manage.ended.get()>
            <Dialog heading=t!("manage.ended").to_owned() on_close=move |()| manage.ended.set(false)>
                <p>{t!("manage.ended.words")}</p>
                <SignInForm />
            </Dialog>
        </Show>
    }
    .into_any()
}

fn page(place: Place, manage: Manage) -> AnyView {
    if place.permission().is_some_and(|permission| !manage.may(permission)) {
        return view! {
            <Screen heading=t!("manage.title")>
                <div class="card padded"><p>{t!("manage.not_allowed")}</p></div>
            </Screen>
        }
        .into_any();
    }
    match place {
        Place::Today => view! { <today::Today /> }.into_any(),
        Place::Sales => view! { <sales::Sales /> }.into_any(),
        Place::Sale(id) => view! { <sale::SaleDetail id /> }.into_any(),
        Place::Shifts => view! { <shifts::Shifts /> }.into_any(),
        Place::Shift(id) => view! { <shifts::ShiftDetail id /> }.into_any(),
        Place::Days => view! { <days::Days /> }.into_any(),
        Place::Approvals => view! { <approvals::Approvals /> }.into_any(),
        Place::Kept => view! { <kept::Kept /> }.into_any(),
        Place::Products => view! { <products::Products /> }.into_any(),
        Place::Product(id) => view! { <product::ProductPage id /> }.into_any(),
        Place::Categories => view! { <groups::Categories /> }.into_any(),
        Place::Taxes => view! { <groups::Taxes /> }.into_any(),
        Place::Promotions => view! { <promotions::Promotions /> }.into_any(),
        Place::Promotion(id) => view! { <promotion::PromotionPage id /> }.into_any(),
        Place::PriceLists => view! { <promotions::PriceLists /> }.into_any(),
        Place::PriceList(id) => view! { <price_list::PriceListPage id /> }.into_any(),
        Place::Tenders => view! { <tenders::Tenders /> }.into_any(),
        Place::Tender(id) => view! { <tender::TenderPage id /> }.into_any(),
        Place::Customers => view! { <customers::Customers /> }.into_any(),
        Place::Customer(id) => view! { <customer::CustomerPage id /> }.into_any(),
        Place::CustomerImport => view! { <customer_import::CustomerImport /> }.into_any(),
        Place::CustomerGroups => view! { <customer_groups::CustomerGroups /> }.into_any(),
        Place::Accounts => view! { <accounts::Accounts /> }.into_any(),
        Place::Layaways => view! { <layaways::Layaways /> }.into_any(),
        Place::Doubles => view! { <customer_groups::DoublesPage /> }.into_any(),
        Place::Import => view! { <import::Import /> }.into_any(),
        Place::Staff => view! { <staff::Staff /> }.into_any(),
        Place::Tablets => view! { <tablets::Tablets /> }.into_any(),
        Place::Printers => view! { <printers::Printers /> }.into_any(),
        Place::Stores => view! { <stores::Stores /> }.into_any(),
        Place::Store(id) => view! { <stores::StorePage id /> }.into_any(),
        Place::Connections => view! { <connect::Connections /> }.into_any(),
        Place::Connection(Some(id)) => view! { <connect::ConnectionPage id /> }.into_any(),
        Place::Connection(None) => view! { <connect::NewConnection /> }.into_any(),
        Place::Next => view! { <stores::Next /> }.into_any(),
        Place::Account => view! { <account::Account /> }.into_any(),
        Place::Unknown => view! {
            <Screen heading=t!("manage.title")>
                <div class="card padded">
                    <p>{t!("common.no_such_page")}</p>
                    <p><a href="/manage">{t!("manage.rail.today")}</a></p>
                </div>
            </Screen>
        }
        .into_any(),
    }
}
