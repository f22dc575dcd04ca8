//! Page: what the browser shows, one page a place.
//! Lives here: the register's app: its places, and which of them need an open till. (The manager's app is `page/manage`.)
//! May use: session, component, i18n. Never: storage, network, devices.
//! Invariant: a page of the register is shown only while somebody is signed in at it; every page of it gets till and open
//! cart from the context.

mod approve;
mod devices;
mod labels;
mod manage;
mod pair;
mod part;
mod pay;
mod pin;
mod printing;
mod problem;
mod receipts;
mod sell;
mod setup;
mod shift;
mod sign_in;
mod tablet;
mod weighing;

pub use manage::ManageApp;
pub use part::{FetchedReader, Parts, ReadCode, Show};

use crate::component::{Frame, ToastPlace, Toasts, use_toasts};
use crate::i18n::t;
use crate::session::{
    Address, Cabled, Charges, CustomerDisplay, OpenCart, Paying, Phase, Printers, Scales, Scans, Till, Told,
    idle, use_cabled, use_display, use_printers, use_scans, use_till,
};
use leptos::prelude::*;
use part::{Part, use_parts};
use sell::label_words;
use shared::barcode::{Gs1Error, InStorePattern, ScannedGoods, as_printed, goods};

/// In a part: what a code says that is no product's as it is.
pub fn read_code(sent: &str, patterns: &[InStorePattern]) -> Result<ScannedGoods, Gs1Error> {
    goods(sent, patterns)
}

/// In a part: the dialogs of the sell page.
pub fn asking() -> AnyView {
    view! { <sell::Asking /> }.into_any()
}

/// In a part: taking money.
pub fn pay() -> AnyView {
    view! { <pay::Pay /> }.into_any()
}

/// In a part: the page of receipts.
pub fn receipts() -> AnyView {
    view! { <receipts::Receipts /> }.into_any()
}

/// In a part: the page of the drawer.
pub fn shift() -> AnyView {
    view! { <shift::Shift /> }.into_any()
}

/// In a part: the page of this tablet.
pub fn tablet() -> AnyView {
    view! { <tablet::Tablet /> }.into_any()
}

/// In a part: the page of printers and other devices.
pub fn devices() -> AnyView {
    view! { <devices::Devices /> }.into_any()
}

/// In a part: the page of labels.
pub fn labels() -> AnyView {
    view! { <labels::Labels /> }.into_any()
}

/// In a part: what stands on the desk and begins by itself: the customer display, scanners on a cable of their own. Nothing of it is
/// on this page.
pub fn desk() -> AnyView {
    let display = use_display();
    if display.is_on.get_untracked() || display.far.is_on.get_untracked() {
        display.begin();
    }
    use_cabled().begin();
    use_printers().begin_beside();
    ().into_any()
}

/// In a part: the page of a tablet that is not paired.
pub fn pair() -> AnyView {
    view! { <pair::Pair /> }.into_any()
}

/// The register.
pub fn register_app(parts: Parts) -> impl IntoView {
    view! { <RegisterApp parts /> }
}

#[component]
fn RegisterApp(parts: Parts) -> AnyView {
    provide_context(parts);
    parts.fetch_ahead();
    let till = Till::open();
    provide_context(till);
    let cart = OpenCart::new(till);
    provide_context(cart);
    let paying = Paying::new(till, cart);
    provide_context(paying);
    let charges = Charges::start(till, cart, paying);
    provide_context(charges);
    provide_context(Printers::start(till));
    provide_context(Scales::new(till));
    provide_context(CustomerDisplay::new(till, cart, paying));
    provide_context(Toasts::new());
    let scans = Scans::start();
    provide_context(scans);
    provide_context(Cabled::new(till, scans));
    let address = Address::follow(|path| Place::of(path).is_ours());
    provide_context(address);
    // A card that was presented before the page went is settled before anything else.
    Effect::new(move |_| {
        if charges.is_open() && till.phase.with(|phase| matches!(phase, Phase::Open(_))) {
            address.go("/pay");
        }
    });
    begin_at_leisure(parts);
    let place = Memo::new(move |_| Place::of(&address.path()));
    let shown = move || match place.with(|place| place.is_ours()) {
        true => view! { <Register place /> }.into_any(),
        false => view! { <Elsewhere place /> }.into_any(),
    };
    view! {
        {shown}
        <ToastPlace />
    }
    .into_any()
}

/// Begins what the desk does by itself, once nothing else is to do.
fn begin_at_leisure(parts: Parts) {
    let owner = Owner::current();
    leptos::task::spawn_local(async move {
        idle().await;
        if let (Some(show), Some(owner)) = ((parts.desk)().await, owner) {
            owner.with(show);
        }
    });
}

/// A place of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Sell,
    Pay,
    Receipts,
    Shift,
    Tablet,
    /// The printers and drawers of this tablet.
    Devices,
    /// Labels for the shelf and the goods.
    Labels,
    /// A page of the manager's app: seen here only when the server could not be reached for it.
    Managers,
    Unknown,
}

impl Place {
    fn of(path: &str) -> Self {
        match path.trim_matches('/') {
            "" => Self::Sell,
            "pay" => Self::Pay,
            "receipts" => Self::Receipts,
            "shift" => Self::Shift,
            "tablet" => Self::Tablet,
            "devices" => Self::Devices,
            "labels" => Self::Labels,
            path => match path.split('/').next() {
                Some("manage" | "setup" | "sign-in") => Self::Managers,
                _ => Self::Unknown,
            },
        }
    }

    fn is_ours(self) -> bool {
        !matches!(self, Self::Managers | Self::Unknown)
    }
}

/// How far the till is from selling.
#[derive(Clone, PartialEq)]
enum Gate {
    Loading,
    Failed(String),
    Unpaired,
    Locked,
    Open,
}

impl Gate {
    fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Loading => Self::Loading,
            Phase::Failed(words) => Self::Failed(words.clone()),
            Phase::Unpaired => Self::Unpaired,
            Phase::Locked => Self::Locked,
            Phase::Open(_) => Self::Open,
        }
    }
}

/// The pages of the register, behind the gate.
#[component]
fn Register(place: Memo<Place>) -> AnyView {
    let till = use_till();
    let parts = use_parts();
    let gate = Memo::new(move |_| till.phase.with(Gate::of));
    let behind = move || match gate.get() {
        Gate::Loading => {
            view! { <main class="centred muted" aria-busy="true">{t!("common.loading")}</main> }.into_any()
        }
        Gate::Failed(words) => view! { <Failed words /> }.into_any(),
        Gate::Unpaired => view! { <Part fetch=parts.pair /> }.into_any(),
        Gate::Locked => view! { <pin::PinPage /> }.into_any(),
        Gate::Open => view! { <ScansElsewhere /><Open place /> }.into_any(),
    };
    behind.into_any()
}

/// A scan on a page that takes none adds nothing, types nothing, and says so.
#[component]
fn ScansElsewhere() -> impl IntoView {
    let toasts = use_toasts();
    let scans = use_scans();
    scans.take(move |sent| {
        toasts.warn(t!("common.scan_elsewhere", code = as_printed(&sent)));
        scans.note(sent, Told::Elsewhere);
    });
}

/// The pages have the frame around them; taking money has the screen to itself.
#[component]
fn Open(place: Memo<Place>) -> AnyView {
    let is_framed = Memo::new(move |_| place.get() != Place::Pay);
    let parts = use_parts();
    let framed = move || match place.get() {
        Place::Receipts => view! { <Part fetch=parts.receipts /> }.into_any(),
        Place::Shift => view! { <Part fetch=parts.shift /> }.into_any(),
        Place::Tablet => view! { <Part fetch=parts.tablet /> }.into_any(),
        Place::Devices => view! { <Part fetch=parts.devices /> }.into_any(),
        Place::Labels => view! { <Part fetch=parts.labels /> }.into_any(),
        _ => view! { <sell::Sell /> }.into_any(),
    };
    let shown = move || match is_framed.get() {
        true => view! { <Frame>{framed}</Frame> }.into_any(),
        false => view! { <Part fetch=parts.pay /> }.into_any(),
    };
    shown.into_any()
}

/// What went wrong before anything could be shown, and trying again.
#[component]
fn Failed(words: String) -> AnyView {
    let again = move |_| {
        if let Some(window) = web_sys::window() {
            let _ = window.location().reload();
        }
    };
    view! {
        <main class="centred">
            <div class="card padded failed" role="alert">
                <h1>{t!("common.failed")}</h1>
                <p>{words}</p>
                <button class="btn primary" on:click=again>{t!("common.try_again")}</button>
            </div>
        </main>
    }
    .into_any()
}

/// No place of the register.
#[component]
fn Elsewhere(place: Memo<Place>) -> AnyView {
    let is_managers = place.get_untracked() == Place::Managers;
    let words = if is_managers { t!("common.manage_offline") } else { t!("common.no_such_page") };
    let again = is_managers.then(|| {
        let again = move |_| {
            let _ = window().location().reload();
        };
        view! { <button class="btn line" on:click=again>{t!("common.try_again")}</button> }
    });
    view! {
        <main class="centred">
            <div class="card padded failed">
                <h1>{words}</h1>
                {is_managers.then(|| view! { <p>{t!("common.manage_offline_words")}</p> })}
                <div class="actions">
                    {again}
                    <a class="btn primary" href="/">{t!("common.page_sell")}</a>
                </div>
            </div>
        </main>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_path_names_its_place_and_the_managers_are_not_ours() {
        assert_eq!(Place::of("/"), Place::Sell);
        assert_eq!(Place::of("/receipts/"), Place::Receipts);
        assert_eq!(Place::of("/manage/products/new"), Place::Managers);
        assert_eq!(Place::of("/sign-in"), Place::Managers);
        assert_eq!(Place::of("/managers"), Place::Unknown);
        assert!(!Place::of("/manage").is_ours() && !Place::of("/pay/x").is_ours());
    }
}
