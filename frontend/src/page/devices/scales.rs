//! Scales: the weighing scales of this tablet: adding, trying out, setting and forgetting one.
//! May use: session, component, i18n, shared::scale. Never: a cable.
//! Invariant: the browser asks for permission only when a person touches "Add".

use super::settings::{Choice, LONGEST_NAME};
use crate::component::{Dialog, Icon, IconName};
use crate::i18n::t;
use crate::page::weighing::{how_it_is, shown, trouble_words, weight_words};
use crate::session::{KnownScale, PortError, use_scales, use_till};
use leptos::prelude::*;
use shared::cable::{Cable, Framing};
use shared::ids::ScaleId;
use shared::scale::{Order, Protocol, Scale};

/// What scales can be set to, bits a second.
const BAUDS: [u32; 6] = [9_600, 4_800, 2_400, 1_200, 19_200, 38_400];

/// What is asked in front of the page.
#[derive(Clone, PartialEq)]
enum Ask {
    Settings(Scale),
    Forget(Scale),
}

/// Every scale, and the way to add one.
#[component]
pub fn Scales() -> impl IntoView {
    let scales = use_scales();
    scales.watch();
    let ask = RwSignal::new(None::<Ask>);
    let ids = Memo::new(move |_| {
        scales.known.with(|known| known.iter().map(|known| known.scale.id).collect::<Vec<_>>())
    });
    let shown = move || match ask.get()? {
        Ask::Settings(scale) => Some(view! { <Settings scale ask /> }.into_any()),
        Ask::Forget(scale) => Some(view! { <Forget scale ask /> }.into_any()),
    };
    view! {
        <For each=move || ids.get() key=|id| *id let:id><One id ask /></For>
        <section class="card padded tablet-card" aria-labelledby="devices-scale">
            <h2 id="devices-scale">{t!("devices.scale_add")}</h2>
            <p class="sm muted">{t!("devices.scale_add_words")}</p>
            <Add ask />
        </section>
        {shown}
    }
}

#[component]
fn Add(ask: RwSignal<Option<Ask>>) -> impl IntoView {
    let (till, scales) = (use_till(), use_scales());
    let problem = RwSignal::new(None::<PortError>);
    let is_here = scales.can_have();
    let add = move |_| {
        problem.set(None);
        leptos::task::spawn_local(async move {
            match scales.add(t!("devices.scale_name_default").to_owned()).await {
                Ok(id) => ask.set(known(scales, id).map(|known| Ask::Settings(known.scale))),
                Err(PortError::NotChosen) => {}
                Err(error) => problem.set(Some(error)),
            }
        });
    };
    view! {
        <button class="btn line" disabled=move || !is_here || !till.owner.get() on:click=add>
            <Icon name=IconName::Plus />
            {t!("devices.scale_add")}
        </button>
        {(!is_here).then(|| view! { <p class="note info">{t!("devices.serial_unsupported")}</p> })}
        <div role="alert">
            {move || problem.get().map(|error| view! { <p class="note bad">{trouble_words(error)}</p> })}
        </div>
    }
}

fn known(scales: crate::session::Scales, id: ScaleId) -> Option<KnownScale> {
    scales.known.with_untracked(|known| known.iter().find(|known| known.scale.id == id).cloned())
}

/// A scale, with what lies on it.
#[component]
fn One(id: ScaleId, ask: RwSignal<Option<Ask>>) -> impl IntoView {
    let scales = use_scales();
    let known = Memo::new(move |_| {
        scales.known.with(|known| known.iter().find(|known| known.scale.id == id).cloned())
    });
    let scale = Memo::new(move |_| known.get().map(|known| known.scale));
    let name = move || scale.get().map(|scale| scale.name);
    let standing = Memo::new(move |_| known.get().map(|known| how_it_is(&known)));
    let weight = Memo::new(move |_| known.get().and_then(|known| shown(known.standing)));
    let tare = Memo::new(move |_| known.get().and_then(|known| known.tare));
    let order = move |order: Order, words: &'static str| {
        let can = move || scale.get().is_some_and(|scale| scale.protocol.can(order));
        move || {
            can().then(|| {
                view! { <button class="btn line" on:click=move |_| scales.tell(id, order)>{words}</button> }
            })
        }
    };
    let open = move |which: fn(Scale) -> Ask| ask.set(scale.get_untracked().map(which));
    view! {
        <section class="card padded tablet-card" aria-label=name>
            <h2>{name}</h2>
            <p class="sm muted"><bdi>{move || scale.get().map(|scale| scale.protocol.name())}</bdi></p>
            <p class="weigh-now"><bdi>{move || weight.get().map_or("–".to_owned(), weight_words)}</bdi></p>
            <p class=move || standing.get().map(|(class, _)| class) role="status">
                {move || standing.get().map(|(_, words)| words)}
            </p>
            {move || tare.get().map(|tare| view! {
                <p class="sm">{t!("devices.tare_is", weight = weight_words(tare))}</p>
            })}
            <div class="printer-ways">
                {order(Order::Zero, t!("devices.set_zero"))}
                {order(Order::Tare, t!("devices.tare"))}
                {order(Order::ClearTare, t!("devices.clear_tare"))}
                <button class="btn line" on:click=move |_| open(Ask::Settings)>{t!("pay.printer_change")}</button>
                <button class="btn line danger" on:click=move |_| open(Ask::Forget)>{t!("pay.printer_forget")}</button>
            </div>
        </section>
    }
}

const fn framing_key(framing: Framing) -> &'static str {
    match framing {
        Framing::SevenEven => "7e1",
        Framing::EightNone => "8n1",
    }
}

/// A scale's name, language and line.
#[component]
fn Settings(scale: Scale, ask: RwSignal<Option<Ask>>) -> impl IntoView {
    let scales = use_scales();
    let changed = RwSignal::new(scale.clone());
    let close = move || ask.set(None);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let mut scale = changed.get_untracked();
        scale.name = scale.name.trim().to_owned();
        if scale.name.is_empty() {
            t!("devices.scale_name_default").clone_into(&mut scale.name);
        }
        scales.change(scale);
        close();
    };
    let protocols = Protocol::ALL.iter().enumerate();
    let protocols = protocols.map(|(at, protocol)| (at.to_string(), protocol.name().to_owned())).collect();
    let chosen = Protocol::ALL.iter().position(|protocol| *protocol == scale.protocol).unwrap_or(0);
    let take_protocol = move |key: String| {
        let protocol = key.parse().ok().and_then(|at: usize| Protocol::ALL.get(at).copied());
        changed.update(|scale| {
            scale.protocol = protocol.unwrap_or_default();
            scale.framing = scale.protocol.framing();
        });
    };
    let baud = match scale.cable {
        Cable::Serial { baud, .. } => baud,
        _ => 0,
    };
    let take_baud = move |key: String| {
        changed.update(|scale| {
            if let (Cable::Serial { baud, .. }, Ok(chosen)) = (&mut scale.cable, key.parse()) {
                *baud = chosen;
            }
        });
    };
    let take_framing = move |key: String| {
        changed.update(|scale| {
            scale.framing = if key == "7e1" { Framing::SevenEven } else { Framing::EightNone };
        });
    };
    // What the language is usually set to stands there as soon as it is chosen.
    let framing = Memo::new(move |_| changed.with(|scale| scale.framing));
    let framings = || {
        vec![
            ("7e1".to_owned(), t!("devices.framing_7e1").to_owned()),
            ("8n1".to_owned(), t!("devices.framing_8n1").to_owned()),
        ]
    };
    let framing_choice = move || {
        let chosen = framing_key(framing.get());
        view! { <Choice label=t!("devices.framing") chosen choices=framings() on_choice=take_framing /> }
    };
    view! {
        <Dialog heading=t!("devices.scale_settings").to_owned() on_close=move |()| close()>
            <form class="ask" on:submit=send>
                <label class="field">
                    {t!("pay.printer_name")}
                    <input
                        type="text"
                        autocomplete="off"
                        maxlength=LONGEST_NAME.to_string()
                        prop:value=scale.name.clone()
                        on:input=move |event| changed.update(|scale| scale.name = event_target_value(&event))
                    />
                </label>
                <Choice label=t!("devices.protocol") chosen=chosen.to_string() choices=protocols on_choice=take_protocol />
                <p class="sm muted">{t!("devices.protocol_words")}</p>
                <Choice
                    label=t!("devices.baud")
                    chosen=baud.to_string()
                    choices=BAUDS.map(|baud| (baud.to_string(), baud.to_string())).to_vec()
                    on_choice=take_baud
                />
                {framing_choice}
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| close()>{t!("common.cancel")}</button>
                    <button type="submit" class="btn primary">{t!("common.save")}</button>
                </div>
            </form>
        </Dialog>
    }
}

/// Asks before a scale is forgotten.
#[component]
fn Forget(scale: Scale, ask: RwSignal<Option<Ask>>) -> impl IntoView {
    let scales = use_scales();
    let id = scale.id;
    let yes = move |_| {
        scales.remove(id);
        ask.set(None);
    };
    view! {
        <Dialog heading=t!("pay.printer_forget_ask", name = scale.name) on_close=move |()| ask.set(None)>
            <p>{t!("devices.forget_words")}</p>
            <div class="actions">
                <button class="btn line" on:click=move |_| ask.set(None)>{t!("common.cancel")}</button>
                <button class="btn danger primary" on:click=yes>{t!("pay.printer_forget")}</button>
            </div>
        </Dialog>
    }
}
