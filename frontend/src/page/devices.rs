//! Devices: the printers, drawers, scales and card terminal of this tablet, and what its scanners read.
//! Lives here: adding, testing, setting (`settings`) and forgetting a printer, how each stands, what it has not printed; the
//! printers on the store's network (`of_store`; `over_http` where the tablet reaches them itself); scales (`scales`); the customer display (`display`, `far_displays`); scanners on a cable of their own (`scanners`); the last scans (`scan_log`).
//! May use: session, component, i18n, shared::printing. Never: a cable.
//! Invariant: the browser asks for permission only when a person touches "Add".

mod display;
mod far_displays;
mod of_store;
mod over_http;
mod scales;
mod scan_log;
mod scanners;
mod settings;

use crate::component::{Dialog, Icon, IconName, use_toasts};
use crate::i18n::t;
use crate::page::printing::{Decision, class, hold_words, standing_words, trouble_words};
use crate::page::problem;
use crate::session::{
    Connection, KnownPrinter, PortError, Printers, Standing, Standings, use_charges, use_printers, use_till,
};
use display::Display;
use leptos::prelude::*;
use of_store::OfStore;
use over_http::OverHttp;
use scales::Scales;
use scan_log::ScanLog;
use scanners::Scanners;
use settings::Settings;
use shared::ids::{PrinterId, SaleId};
use shared::printing::{Cable, Job, JobState, Printer, Work};
use shared::staff::Permission;
use shared::terminal::{Behaviour, Connected};

/// What most serial printers are set to when they are new.
const USUAL_BAUD: u32 = 9_600;

/// What is asked in front of the page.
#[derive(Clone, PartialEq)]
enum Ask {
    Settings(Printer),
    Forget(Printer),
}

/// The page.
#[component]
pub fn Devices() -> impl IntoView {
    let (till, printers) = (use_till(), use_printers());
    let ask = RwSignal::new(None::<Ask>);
    let ids = Memo::new(move |_| {
        printers.known.with(|known| known.iter().map(|known| known.printer.id).collect::<Vec<_>>())
    });
    for id in ids.get_untracked() {
        printers.look(id);
    }
    let is_empty = move || ids.with(Vec::is_empty);
    let shown = move || match ask.get()? {
        Ask::Settings(printer) => {
            Some(view! { <Settings printer on_close=move |()| ask.set(None) /> }.into_any())
        }
        Ask::Forget(printer) => Some(view! { <Forget printer ask /> }.into_any()),
    };
    view! {
        <main class="tablet">
            <h1>{t!("pay.devices")}</h1>
            {move || (!till.owner.get()).then(|| view! { <p class="note warn">{t!("pay.devices_other_tab")}</p> })}
            <div class="tablet-cards">
                <For each=move || ids.get() key=|id| *id let:id><One id ask /></For>
                <CardTerminal />
                <section class="card padded tablet-card" aria-labelledby="devices-add">
                    <h2 id="devices-add">{t!("pay.printer_add")}</h2>
                    {move || is_empty().then(|| view! { <p>{t!("pay.printer_none")}</p> })}
                    <p class="sm muted">{t!("pay.printer_add_words")}</p>
                    <Add ask />
                </section>
                <Scales />
                <Display />
                <Scanners />
                <ScanLog />
            </div>
            {shown}
        </main>
    }
}

/// How this tablet charges cards.
#[component]
fn CardTerminal() -> impl IntoView {
    let charges = use_charges();
    // A pretended terminal takes no money: who sells does not choose it. Nor is one changed that has to be asked.
    let may_choose = use_till().may(Permission::ManageDevices);
    let of = |word: &str| {
        Behaviour::ALL
            .into_iter()
            .find(|behaviour| behaviour.word() == word)
            .map_or(Connected::StandAlone, Connected::Simulated)
    };
    let is_it = move |to: Connected| charges.connected.get() == to;
    let words = |behaviour: Behaviour| match behaviour {
        Behaviour::Approves => t!("pay.terminal_approves"),
        Behaviour::Declines => t!("pay.terminal_declines"),
        Behaviour::TimesOut => t!("pay.terminal_times_out"),
        Behaviour::AnswersLate => t!("pay.terminal_answers_late"),
        Behaviour::LosesAnswer => t!("pay.terminal_loses_answer"),
        Behaviour::Dead => t!("pay.terminal_dead"),
    };
    let option = move |behaviour: Behaviour| {
        let is_on = move || is_it(Connected::Simulated(behaviour));
        let text = t!("pay.terminal_sim", what = words(behaviour));
        view! { <option value=behaviour.word() prop:selected=is_on>{text}</option> }
    };
    view! {
        <section class="card padded tablet-card" aria-labelledby="devices-terminal">
            <h2 id="devices-terminal">{t!("pay.terminal")}</h2>
            <label class="field">
                {t!("pay.terminal_words")}
                <select disabled=move || !may_choose || charges.is_open() on:change:target=move |event| charges.connect(of(&event.target().value()))>
                    <option value="alone" prop:selected=move || is_it(Connected::StandAlone)>{t!("pay.terminal_alone")}</option>
                    {Behaviour::ALL.into_iter().map(option).collect_view()}
                </select>
            </label>
            {(!may_choose).then(|| view! { <p class="sm muted">{t!("pay.terminal_manager")}</p> })}
        </section>
    }
}

/// The ways to add one.
#[component]
fn Add(ask: RwSignal<Option<Ask>>) -> impl IntoView {
    let (till, printers) = (use_till(), use_printers());
    let problem = RwSignal::new(None::<PortError>);
    let add = move |connection: Connection| {
        problem.set(None);
        leptos::task::spawn_local(async move {
            match printers.add(connection, t!("pay.printer_name_default").to_owned()).await {
                Ok(id) => ask.set(find(printers, id).map(|known| Ask::Settings(known.printer))),
                Err(PortError::NotChosen) => {}
                Err(error) => problem.set(Some(error)),
            }
        });
    };
    let way = move |connection: Connection, words: &'static str| {
        let is_here = printers.can_have(connection);
        view! {
            <button class="btn line" disabled=move || !is_here || !till.owner.get() on:click=move |_| add(connection)>
                <Icon name=IconName::Plus />
                {words}
            </button>
        }
    };
    let serial = Connection::Serial { baud: USUAL_BAUD };
    let is_here =
        [Connection::Usb, serial, Connection::Bluetooth].into_iter().any(|way| printers.can_have(way));
    view! {
        {way(Connection::Usb, t!("pay.printer_add_usb"))}
        {way(serial, t!("pay.printer_add_serial"))}
        {way(Connection::Bluetooth, t!("devices.printer_add_bluetooth"))}
        {(!is_here).then(|| view! { <p class="note info">{t!("pay.printer_unsupported")}</p> })}
        <OfStore on_added=move |id| ask.set(find(printers, id).map(|known| Ask::Settings(known.printer))) />
        <div role="alert">
            {move || problem.get().map(|error| view! { <p class="note bad">{trouble_words(error)}</p> })}
        </div>
    }
}

fn find(printers: Printers, id: PrinterId) -> Option<KnownPrinter> {
    printers.known.with_untracked(|known| known.iter().find(|known| known.printer.id == id).cloned())
}

/// A printer.
#[component]
fn One(id: PrinterId, ask: RwSignal<Option<Ask>>) -> impl IntoView {
    let (till, printers, toasts) = (use_till(), use_printers(), use_toasts());
    let may_open = till.may(Permission::OpenDrawer);
    // Opened without a sale, it stands in the journal: to try it out is a reason like any other.
    let open_drawer = move |_| {
        leptos::task::spawn_local(async move {
            match till.open_drawer(t!("pay.printer_test_drawer").to_owned(), Vec::new()).await {
                Ok(()) => printers.open_drawer(id),
                Err(error) => toasts.warn(problem::record_words(&error, None)),
            }
        });
    };
    let known = Memo::new(move |_| {
        printers.known.with(|known| known.iter().find(|known| known.printer.id == id).cloned())
    });
    let printer = Memo::new(move |_| known.get().map(|known| known.printer));
    let name = move || printer.get().map(|printer| printer.name);
    let kind = move || {
        let printer = printer.get()?;
        if printer.prints_receipts() {
            printer.profile().map(|kind| kind.name)
        } else {
            Some("ZPL II".to_owned())
        }
    };
    let place = Memo::new(move |_| match printer.get()?.cable {
        Cable::Web { place, .. } => Some(place),
        _ => None,
    });
    let drawer = Memo::new(move |_| printer.get().is_some_and(|printer| printer.drawer.is_some()));
    let standing = Memo::new(move |_| known.get().map(|known| how_it_is(&known)));
    let open = move |which: fn(Printer) -> Ask| ask.set(printer.get_untracked().map(which));
    view! {
        <section class="card padded tablet-card" aria-label=name>
            <h2>{name}</h2>
            <p class="sm muted"><bdi>{kind}</bdi></p>
            <p class=move || standing.get().map(|(class, _)| class) role="status">
                {move || standing.get().map(|(_, words)| words)}
            </p>
            {move || drawer.get().then(|| view! { <p class="sm">{drawer_words(known.get())}</p> })}
            {move || place.get().map(|place| view! { <OverHttp place known /> })}
            <Unprinted known />
            <div class="printer-ways">
                <button class="btn line" on:click=move |_| printers.test(id)>
                    <Icon name=IconName::Print />
                    {t!("pay.printer_test")}
                </button>
                // With another reason, or an approval, it is opened under Shift.
                {move || (drawer.get() && may_open).then(|| view! {
                    <button class="btn line" on:click=open_drawer>
                        <Icon name=IconName::Cash />
                        {t!("pay.printer_open_drawer")}
                    </button>
                })}
                <button class="btn line" on:click=move |_| open(Ask::Settings)>{t!("pay.printer_change")}</button>
                <button class="btn line danger" on:click=move |_| open(Ask::Forget)>{t!("pay.printer_forget")}</button>
            </div>
        </section>
    }
}

/// In words, with their look.
fn how_it_is(known: &KnownPrinter) -> (&'static str, &'static str) {
    if let Some(trouble) = known.trouble {
        return ("note bad", trouble_words(trouble));
    }
    match (known.queue.hold(), known.queue.status()) {
        (Some(hold), _) => ("note warn", hold_words(hold)),
        (None, Some(status)) if status.paper_low => ("note warn", t!("pay.printer_paper_low")),
        (None, Some(_)) => ("note ok", t!("pay.printer_ready")),
        (None, None) => ("note info", t!("pay.printer_mute")),
    }
}

fn drawer_words(known: Option<KnownPrinter>) -> &'static str {
    let is_drawer = |job: &&Job| job.work == Work::Drawer;
    let failed = known.as_ref().and_then(|known| known.queue.jobs().iter().rev().find(is_drawer));
    match known.as_ref().and_then(|known| known.queue.status()) {
        _ if failed.is_some_and(|job| job.state == JobState::Failed) => t!("pay.drawer_failed"),
        Some(status) if status.drawer_open => t!("pay.drawer_open"),
        Some(_) => t!("pay.drawer_closed"),
        None => t!("pay.drawer_unknown"),
    }
}

/// What has not come out.
#[component]
fn Unprinted(known: Memo<Option<KnownPrinter>>) -> impl IntoView {
    let left = Memo::new(move |_| known.get().map(|known| unprinted(&known)).unwrap_or_default());
    let row = |(work, of): (Work, Standings)| {
        view! {
            <li>
                <p class=class(of.standing)><What work />" "{standing_words(of.standing)}</p>
                <Decision of />
            </li>
        }
    };
    move || {
        let left = left.get();
        (!left.is_empty()).then(|| {
            let rows = left.into_iter().map(row).collect_view();
            view! { <ul class="printer-jobs" aria-label=t!("pay.printer_jobs")>{rows}</ul> }
        })
    }
}

fn unprinted(known: &KnownPrinter) -> Vec<(Work, Standings)> {
    let standings = |job: &Job| {
        let standing = Standing::of(job, known);
        Standings { printer: known.printer.id, job: job.id, standing }
    };
    let jobs = known.queue.jobs().iter().filter(|job| job.work != Work::Drawer);
    jobs.map(|job| (job.work, standings(job)))
        .filter(|(work, of)| *work == Work::SelfTest || !matches!(of.standing, Standing::Printed { .. }))
        .collect()
}

/// What is printed, by its name.
#[component]
fn What(work: Work) -> impl IntoView {
    let printers = use_printers();
    let number = RwSignal::new(String::new());
    if let Some(sale_id) = work.sale_id() {
        leptos::task::spawn_local(async move { name(printers, sale_id, number).await });
    }
    let words = move || match work {
        Work::SelfTest => t!("pay.printer_test_page").to_owned(),
        Work::Labels { .. } => t!("devices.labels").to_owned(),
        Work::XReport { .. } => t!("pay.shift_x").to_owned(),
        Work::ZReport { .. } => t!("pay.shift_z").to_owned(),
        _ => t!("common.receipt", number = number.get()),
    };
    view! { <strong>{words}":"</strong> }
}

async fn name(printers: Printers, sale_id: SaleId, number: RwSignal<String>) {
    if let Some(found) = printers.receipt_number(sale_id).await {
        number.try_set(found);
    }
}

/// Asks before a printer is forgotten.
#[component]
fn Forget(printer: Printer, ask: RwSignal<Option<Ask>>) -> impl IntoView {
    let printers = use_printers();
    let id = printer.id;
    let yes = move |_| {
        printers.remove(id);
        ask.set(None);
    };
    view! {
        <Dialog heading=t!("pay.printer_forget_ask", name = printer.name) on_close=move |()| ask.set(None)>
            <p>{t!("pay.printer_forget_words")}</p>
            <div class="actions">
                <button class="btn line" on:click=move |_| ask.set(None)>{t!("common.cancel")}</button>
                <button class="btn danger primary" on:click=yes>{t!("pay.printer_forget")}</button>
            </div>
        </Dialog>
    }
}
