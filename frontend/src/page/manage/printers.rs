//! Printers: the printers on stores' networks, which the server reaches for the tablets, or the tablets themselves: adding, testing,
//! changing, removing.

use super::frame::{Screen, Tabs};
use super::groups::{add, buttons};
use crate::component::{
    Choose, Dialog, Empty, Failed, Field, Form, FormBody, IconName, Submit, trouble_words, use_toasts, wrong,
};
use crate::i18n::t;
use crate::session::{Loaded, Manage, use_manage};
use leptos::prelude::*;
use shared::api::PrinterLook;
use shared::ids::NetworkPrinterId;
use shared::printing::{NetworkPrinter, RAW_PORT, WebService, usual_port};
use std::collections::BTreeMap;

/// How printers were when they were tested on this page, in words with their look; nothing while one is asked.
type Tested = RwSignal<BTreeMap<NetworkPrinterId, Option<(&'static str, String)>>>;

/// What is asked in front of the page.
#[derive(Clone, PartialEq)]
enum Ask {
    Edit(Option<NetworkPrinter>),
    Remove(NetworkPrinter),
}

/// Tablets and printers belong together.
pub fn tabs(printers: bool) -> AnyView {
    let tablets = ("/manage/tablets", t!("manage.rail.tablets").to_owned(), !printers);
    view! { <Tabs tabs=vec![tablets, ("/manage/printers", t!("manage.printers").to_owned(), printers)] /> }
        .into_any()
}

/// The printers.
#[component]
pub fn Printers() -> AnyView {
    let manage = use_manage();
    let printers = Loaded::<Vec<NetworkPrinter>>::default();
    let load = Callback::new(move |()| printers.load(manage.network_printers()));
    Effect::new(move |_| {
        manage.changes.track();
        load.run(());
    });
    let ask = RwSignal::new(None::<Ask>);
    let tested: Tested = RwSignal::default();
    let list = move || {
        let all = printers.value.get()?;
        if all.is_empty() {
            let words = t!("manage.printers.none.words").to_owned();
            return Some(
                view! { <Empty icon=IconName::Print heading=t!("manage.printers.none") words /> }.into_any(),
            );
        }
        let rows = all.iter().cloned().map(|printer| row(manage, printer, ask, tested)).collect_view();
        Some(
            view! {
                <table class="list rows">
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.name")}</th>
                            <th scope="col">{t!("manage.printers.state")}</th>
                            <th scope="col"><span class="hidden-text">{t!("manage.change")}</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
            .into_any(),
        )
    };
    let asked = move || match ask.get()? {
        Ask::Edit(known) => Some(view! { <Edit known ask load /> }),
        Ask::Remove(printer) => Some(view! { <Remove printer ask load /> }),
    };
    view! {
        <Screen heading=t!("manage.printers").to_owned() under=t!("manage.printers.under").to_owned()
            actions=add(t!("manage.printers.add"), move || ask.set(Some(Ask::Edit(None))))>
            {tabs(true)}
            {move || printers.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load.run(()) /> })}
            <div class="card sheet">{list}</div>
            {asked}
        </Screen>
    }
    .into_any()
}

fn row(manage: Manage, printer: NetworkPrinter, ask: RwSignal<Option<Ask>>, tested: Tested) -> AnyView {
    let id = printer.id;
    let store = {
        let store_id = printer.store_id;
        move || {
            let stores = manage.stores.get();
            stores.iter().find(|store| store.id == store_id).map(|store| store.name.clone())
        }
    };
    let place = match printer.place() {
        Some(place) => place.origin,
        None if printer.host.contains(':') => format!("[{}]:{}", printer.host, printer.port),
        None => format!("{}:{}", printer.host, printer.port),
    };
    let by_server = printer.web.is_none();
    let state = move || {
        tested.with(|all| match all.get(&id) {
            _ if !by_server => {
                view! { <span class="muted">{t!("manage.printers.by_tablets")}</span> }.into_any()
            }
            None => view! { <span class="muted">{t!("manage.printers.untested")}</span> }.into_any(),
            Some(None) => view! { <span class="muted">{t!("manage.printers.testing")}</span> }.into_any(),
            Some(Some((class, words))) => view! { <span class=*class>{words.clone()}</span> }.into_any(),
        })
    };
    let test = move |_| {
        tested.update(|all| {
            all.insert(id, None);
        });
        leptos::task::spawn_local(async move {
            let found = match manage.test_printer(id).await {
                Ok(look) => look_words(look),
                Err(trouble) => ("tag bad", trouble_words(&trouble)),
            };
            tested.try_update(|all| all.insert(id, Some(found)));
        });
    };
    let name = printer.name.clone();
    let of = |words: &'static str| format!("{words}: {}", printer.name);
    let (test_label, change_label, remove_label) =
        (of(t!("manage.printers.test")), of(t!("manage.change")), of(t!("manage.remove")));
    let change = {
        let printer = printer.clone();
        move |_| ask.set(Some(Ask::Edit(Some(printer.clone()))))
    };
    let remove = move |_| ask.set(Some(Ask::Remove(printer.clone())));
    view! {
        <tr>
            <th scope="row"><bdi>{name}</bdi><span class="xs muted block"><bdi>{store}</bdi>" · "<bdi>{place}</bdi></span></th>
            <td><span role="status">{state}</span></td>
            <td class="num">
                {by_server.then(|| view! {
                    <button type="button" class="btn line" aria-label=test_label on:click=test>{t!("manage.printers.test")}</button>
                })}
                <button type="button" class="btn line" aria-label=change_label on:click=change>{t!("manage.change")}</button>
                <button type="button" class="btn line danger" aria-label=remove_label on:click=remove>{t!("manage.remove")}</button>
            </td>
        </tr>
    }
    .into_any()
}

fn look_words(look: PrinterLook) -> (&'static str, String) {
    let (class, words) = match look.status {
        _ if !look.reached => ("tag bad", t!("manage.printers.unreached")),
        _ if look.busy => ("tag ok", t!("manage.printers.busy")),
        None => ("tag warn", t!("manage.printers.mute")),
        Some(status) if status.paper_out => ("tag warn", t!("manage.printers.paper_out")),
        Some(status) if status.cover_open => ("tag warn", t!("manage.printers.cover_open")),
        Some(status) if !status.is_ready() => ("tag warn", t!("manage.printers.stopped")),
        Some(_) => ("tag ok", t!("manage.printers.ready")),
    };
    (class, words.to_owned())
}

#[component]
fn Edit(known: Option<NetworkPrinter>, ask: RwSignal<Option<Ask>>, load: Callback<()>) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let of =
        |part: fn(&NetworkPrinter) -> String| RwSignal::new(known.as_ref().map(part).unwrap_or_default());
    let (name, host) = (of(|one| one.name.clone()), of(|one| one.host.clone()));
    let port = RwSignal::new(known.as_ref().map_or(RAW_PORT, |one| one.port).to_string());
    let way = RwSignal::new(known.as_ref().and_then(|one| one.web).map_or("", WebService::word).to_owned());
    let secure = RwSignal::new(known.as_ref().is_none_or(|one| one.web.is_none() || one.secure).to_string());
    let web = move || WebService::of(&way.get());
    let is_secure = move || secure.get() == "true";
    // What it usually is follows; what a person has written stays.
    Effect::new(move |before: Option<u16>| {
        let usual = usual_port(web(), is_secure());
        let was_usual = |before: u16| port.get_untracked() == before.to_string();
        if before.is_some_and(|before| before != usual && was_usual(before)) {
            port.set(usual.to_string());
        }
        usual
    });
    let first = manage.stores.with_untracked(|all| all.first().map(|store| store.id.to_string()));
    let store =
        RwSignal::new(known.as_ref().map(|one| one.store_id.to_string()).or(first).unwrap_or_default());
    let options = Signal::derive(move || {
        let all = manage.stores.get();
        all.iter().map(|one| (one.id.to_string(), one.name.clone())).collect::<Vec<_>>()
    });
    let heading = if known.is_some() { t!("manage.printers.change") } else { t!("manage.printers.add") };
    let id = known.map(|one| one.id);
    let send = move |()| {
        let Ok(store_id) = store.get_untracked().parse() else {
            form.is_fit(vec![wrong("store_id", t!("manage.printers.store.missing"))]);
            return;
        };
        let mut printer = NetworkPrinter {
            id: id.unwrap_or(NetworkPrinterId(crate::session::mint())),
            store_id,
            name: name.get_untracked(),
            host: host.get_untracked(),
            port: port.get_untracked().trim().parse().unwrap_or(0),
            web: WebService::of(&way.get_untracked()),
            secure: secure.get_untracked() == "true",
        };
        printer.tidy();
        let is_web = printer.web.is_some();
        let words = |field: &str| match field {
            "name" => t!("manage.name.missing"),
            "port" if is_web => t!("manage.printers.port.web"),
            "host" if is_web => t!("manage.printers.host.near"),
            "port" => t!("manage.printers.port.wrong"),
            _ => t!("manage.printers.host.wrong"),
        };
        let faults = printer.check().iter().map(|fault| wrong(&fault.field, words(&fault.field))).collect();
        if form.is_fit(faults) {
            form.send(manage.save_printer(printer, id.is_none()), move |saved| {
                toasts.say(t!("manage.saved.name", name = saved.name));
                ask.set(None);
                load.run(());
            });
        }
    };
    view! {
        <Dialog heading=heading.to_owned() on_close=move |()| ask.set(None)>
            <FormBody form on_submit=send>
                <Field name="name" label=t!("manage.name") value=name hint=t!("manage.printers.name.hint") />
                <Choose name="store_id" label=t!("manage.printers.store") value=store options />
                <Choose name="web" label=t!("manage.printers.way") value=way options=ways() hint=t!("manage.printers.way.hint") />
                {move || web().map(|_| view! {
                    <Choose name="secure" label=t!("manage.printers.secure") value=secure options=connections() />
                })}
                <Field name="host" label=t!("manage.printers.host") value=host hint=t!("manage.printers.host.hint") />
                <Field name="port" label=t!("manage.printers.port") value=port kind="digits" hint=t!("manage.printers.port.hint") />
                {buttons(move || ask.set(None))}
            </FormBody>
        </Dialog>
    }
    .into_any()
}

/// By the words that are kept; none for the server.
fn ways() -> Vec<(String, String)> {
    let of = |web: Option<WebService>, words: &str| {
        (web.map_or("", WebService::word).to_owned(), words.to_owned())
    };
    vec![
        of(None, t!("manage.printers.way.server")),
        of(Some(WebService::EposPrint), t!("manage.printers.way.epos")),
        of(Some(WebService::WebPrnt), t!("manage.printers.way.star")),
    ]
}

fn connections() -> Vec<(String, String)> {
    let of = |secure: bool, words: &str| (secure.to_string(), words.to_owned());
    vec![of(true, t!("manage.printers.secure.yes")), of(false, t!("manage.printers.secure.no"))]
}

#[component]
fn Remove(printer: NetworkPrinter, ask: RwSignal<Option<Ask>>, load: Callback<()>) -> AnyView {
    let manage = use_manage();
    let form = Form::new();
    let id = printer.id;
    let send = move |()| {
        form.send(manage.remove_printer(id), move |()| {
            ask.set(None);
            load.run(());
        });
    };
    view! {
        <Dialog heading=t!("manage.printers.remove.ask", name = printer.name) on_close=move |()| ask.set(None)>
            <FormBody form on_submit=send>
                <p>{t!("manage.printers.remove.words")}</p>
                <div class="actions">
                    <button type="button" class="btn line" on:click=move |_| ask.set(None)>{t!("common.cancel")}</button>
                    <Submit label=t!("manage.remove") />
                </div>
            </FormBody>
        </Dialog>
    }
    .into_any()
}
