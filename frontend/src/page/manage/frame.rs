//! Frame: the rail beside, the bar above, and the page under its heading.

use super::place::Place;
use crate::component::{Failed, Icon, IconName};
use crate::i18n::t;
use crate::session::use_manage;
use leptos::html;
use leptos::prelude::*;
use shared::staff::Permission;

/// Has any page been shown? From the second on the focus goes to its heading.
#[derive(Clone, Copy, Default)]
pub struct Visited(StoredValue<bool>);

/// Where one can go.
#[component]
pub fn Rail(
    /// Where one is.
    place: Memo<Place>,
) -> AnyView {
    let permissions = use_manage().permissions();
    let link = move |href: &'static str,
                     icon: IconName,
                     label: &'static str,
                     may: Permission,
                     holds: fn(Place) -> bool| {
        permissions.with(|all| all.contains(&may)).then(|| {
            view! {
                <a href=href aria-current=move || holds(place.get()).then_some("page")>
                    <Icon name=icon />
                    {label}
                    {(href == "/manage/sales").then(kept_badge)}
                </a>
            }
        })
    };
    let links = move || {
        view! {
            {link("/manage", IconName::Chart, t!("manage.rail.today"), Permission::ViewReports, |at| at == Place::Today)}
            {link("/manage/sales", IconName::Receipt, t!("manage.rail.sales"), Permission::ViewReports,
                |at| matches!(at, Place::Sales | Place::Sale(_) | Place::Approvals | Place::Kept))}
            {link("/manage/products", IconName::List, t!("manage.rail.products"), Permission::ManageCatalog,
                |at| matches!(at, Place::Products | Place::Product(_) | Place::Categories | Place::Taxes | Place::Import))}
            {link("/manage/promotions", IconName::Tag, t!("manage.rail.pricing"), Permission::ManageCatalog,
                |at| matches!(at, Place::Promotions | Place::Promotion(_) | Place::PriceLists | Place::PriceList(_)))}
            {link("/manage/tenders", IconName::Card, t!("manage.tenders"), Permission::ManageCatalog,
                |at| matches!(at, Place::Tenders | Place::Tender(_)))}
            {link("/manage/customers", IconName::Person, t!("manage.customers"), Permission::ManageCustomers,
                |at| matches!(at, Place::Customers | Place::Customer(_) | Place::CustomerGroups | Place::Accounts | Place::Layaways | Place::Doubles))}
            {link("/manage/staff", IconName::People, t!("manage.rail.staff"), Permission::ManageStaff, |at| at == Place::Staff)}
            {link("/manage/tablets", IconName::Tablet, t!("manage.rail.tablets"), Permission::ManageDevices,
                |at| matches!(at, Place::Tablets | Place::Printers))}
            {link("/manage/stores", IconName::Store, t!("manage.rail.stores"), Permission::ManageDevices,
                |at| matches!(at, Place::Stores | Place::Store(_)))}
            {link("/manage/connect", IconName::Link, t!("manage.connect"), Permission::ManageConnections,
                |at| matches!(at, Place::Connections | Place::Connection(_)))}
        }
    };
    let rail = NodeRef::<html::Nav>::new();
    // On a phone the rail is longer than the screen is wide.
    Effect::new(move |_| {
        place.track();
        request_animation_frame(move || {
            let here =
                rail.get_untracked().and_then(|rail| rail.query_selector("[aria-current]").ok().flatten());
            if let Some(here) = here {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                here.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    });
    view! {
        <nav class="rail" aria-label=t!("manage.rail") node_ref=rail>
            {links}
            <span class="grow"></span>
            <a href="/"><Icon name=IconName::Sell />{t!("manage.rail.sell")}</a>
        </nav>
    }
    .into_any()
}

/// How many records wait for a manager.
fn kept_badge() -> AnyView {
    let manage = use_manage();
    (move || {
        let kept = manage.kept.get();
        (kept > 0).then(|| {
            view! {
                <span class="badge" aria-hidden="true">{kept}</span>
                <span class="hidden-text">{t!("manage.kept.waiting", count = kept)}</span>
            }
        })
    })
    .into_any()
}

/// A page: its heading and what one can do in the bar, its content below.
#[component]
pub fn Screen(
    /// What the page is about.
    #[prop(into)]
    heading: Signal<String>,
    /// A line under it.
    #[prop(optional, into)]
    under: MaybeProp<String>,
    /// Where the arrow back leads.
    #[prop(optional)]
    back: Option<&'static str>,
    /// What one can do, at the end of the bar.
    #[prop(optional)]
    actions: Option<AnyView>,
    children: Children,
) -> AnyView {
    let manage = use_manage();
    let again = move |()| {
        manage.load_places();
        manage.load_groups();
    };
    let title = NodeRef::<html::H1>::new();
    let visited: Visited = expect_context();
    Effect::new(move |_| {
        document().set_title(&format!("{} · Tillbridge", heading.get()));
    });
    Effect::new(move |_| {
        let Some(title) = title.get() else { return };
        if visited.0.get_value() {
            let _ = title.focus();
        }
        visited.0.set_value(true);
    });
    view! {
        <header class="bar">
            <div class="mark" aria-hidden="true">"tb"</div>
            {back.map(|back| view! {
                <a class="btn line square" href=back aria-label=t!("manage.back")><Icon name=IconName::Back /></a>
            })}
            <div class="grow">
                <h1 tabindex="-1" node_ref=title>{heading}</h1>
                {move || under.get().map(|under| view! { <p class="xs muted">{under}</p> })}
            </div>
            {actions}
            <Person />
        </header>
        <main id="page">
            {move || manage.trouble.get().map(|trouble| view! { <Failed trouble on_retry=again /> })}
            {children()}
        </main>
    }
    .into_any()
}

/// Who is signed in.
#[component]
fn Person() -> AnyView {
    let manage = use_manage();
    let name = move || {
        manage.access.with(|access| match access {
            crate::session::Access::In(session) => session.name.clone(),
            _ => String::new(),
        })
    };
    view! {
        <a class="pill person" href="/manage/account">
            <Icon name=IconName::People />
            <span class="hidden-text">{t!("manage.account")}": "</span>
            <span class="name">{name}</span>
        </a>
    }
    .into_any()
}

/// Pages that belong together, as chips above the content.
#[component]
pub fn Tabs(
    /// Address, name, and whether one is there.
    tabs: Vec<(&'static str, String, bool)>,
) -> AnyView {
    let tab = |(href, name, here): (&'static str, String, bool)| {
        view! { <a class="chip" href=href aria-current=here.then_some("true")>{name}</a> }
    };
    view! { <nav class="tabs" aria-label=t!("manage.tabs")>{tabs.into_iter().map(tab).collect_view()}</nav> }
        .into_any()
}
