//! Tablets: which are paired, how fresh each is, pairing one and unpairing it.

use super::frame::Screen;
use super::groups::add;
use crate::component::{
    Choose, Dialog, Empty, Failed, Form, FormBody, Icon, IconName, Note, Submit, left, ticking, use_toasts,
    wrong,
};
use crate::i18n::{self, t};
use crate::session::{Loaded, Manage, use_manage};
use leptos::prelude::*;
use shared::api::{DeviceView, PairingCodeResponse};
use shared::register::Register;

/// Heard of within this time is as good as now.
const FRESH_MS: i64 = 120_000;

/// The tablets.
#[component]
pub fn Tablets() -> AnyView {
    let manage = use_manage();
    let tablets = Loaded::<Vec<DeviceView>>::default();
    let load = move || tablets.load(manage.tablets());
    Effect::new(move |_| {
        manage.changes.track();
        load();
    });
    let pairing = RwSignal::new(false);
    let revoking = RwSignal::new(None::<DeviceView>);
    let now = ticking();
    let table = move |rows: Vec<DeviceView>| {
        view! {
            <table class="list rows">
                <thead>
                    <tr>
                        <th scope="col">{t!("manage.tablet")}</th>
                        <th scope="col">{t!("manage.register")}</th>
                        <th scope="col">{t!("manage.tablet.state")}</th>
                        <th scope="col">{t!("manage.tablet.heard")}</th>
                        <th scope="col"><span class="hidden-text">{t!("manage.tablet.revoke")}</span></th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(|tablet| row(manage, now, revoking, tablet)).collect_view()}</tbody>
            </table>
        }
    };
    let list = move || {
        let all = tablets.value.get()?;
        let (gone, here): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|tablet| tablet.revoked);
        let here = if here.is_empty() {
            let words = t!("manage.tablets.none.words").to_owned();
            view! { <Empty icon=IconName::Tablet heading=t!("manage.tablets.none") words /> }.into_any()
        } else {
            table(here).into_any()
        };
        let gone = (!gone.is_empty()).then(|| {
            view! {
                <details class="fold">
                    <summary>{t!("manage.tablets.gone", count = gone.len())}</summary>
                    <div class="card sheet">{table(gone)}</div>
                </details>
            }
        });
        Some(view! { <div class="card sheet">{here}</div> {gone} })
    };
    view! {
        <Screen heading=t!("manage.rail.tablets").to_owned() actions=add(t!("manage.tablets.pair"), move || pairing.set(true))>
            {super::printers::tabs(false)}
            {move || tablets.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            {list}
            <Show when=move || pairing.get()><Pairing pairing tablets /></Show>
            {move || revoking.get().map(|tablet| view! { <Revoke tablet revoking on_done=move |()| load() /> })}
        </Screen>
    }
    .into_any()
}

/// A register as one finds it: "High Street · Register 2".
pub fn register_words(manage: Manage, register: &Register) -> String {
    let store = manage
        .stores
        .get()
        .iter()
        .find(|store| store.id == register.store_id)
        .map(|store| store.name.clone());
    store.map_or_else(|| register.name.clone(), |store| format!("{store} · {}", register.name))
}

fn row(
    manage: Manage,
    now: RwSignal<i64>,
    revoking: RwSignal<Option<DeviceView>>,
    tablet: DeviceView,
) -> AnyView {
    let state = match (tablet.revoked, tablet.unsent) {
        (true, 0) => view! { <span class="tag bad">{t!("manage.tablet.revoked")}</span> }.into_any(),
        (true, missing) => {
            view! { <span class="tag bad">{t!("manage.tablet.never_came", count = missing)}</span> }
                .into_any()
        }
        (false, 0) => view! { <span class="tag ok">{t!("manage.tablet.all_sent")}</span> }.into_any(),
        (false, unsent) => {
            view! { <span class="tag warn">{t!("manage.tablet.unsent", count = unsent)}</span> }.into_any()
        }
    };
    let seen = tablet.last_seen_ms;
    let heard = move || match seen {
        None => t!("manage.tablet.never").to_owned(),
        Some(seen) if now.get().saturating_sub(seen) < FRESH_MS => t!("manage.tablet.just_now").to_owned(),
        Some(seen) => i18n::ago(now.get().saturating_sub(seen) / 1_000),
    };
    let register = {
        let register = tablet.register.clone();
        move || register_words(manage, &register)
    };
    let paired = t!("manage.tablet.paired", time = i18n::moment(tablet.paired_at_ms, None));
    let revoke = (!tablet.revoked).then(|| {
        let label = t!("manage.tablet.revoke.of", name = tablet.name.clone());
        let tablet = tablet.clone();
        view! {
            <button type="button" class="btn line danger" aria-label=label on:click=move |_| revoking.set(Some(tablet.clone()))>
                {t!("manage.tablet.revoke")}
            </button>
        }
    });
    view! {
        <tr>
            <th scope="row"><bdi>{tablet.name.clone()}</bdi><span class="xs muted block">{paired}</span></th>
            <td><bdi>{register}</bdi></td>
            <td>{state}</td>
            <td>{heard}</td>
            <td class="num">{revoke}</td>
        </tr>
    }
    .into_any()
}

/// First the register, then the code.
#[component]
fn Pairing(pairing: RwSignal<bool>, tablets: Loaded<Vec<DeviceView>>) -> AnyView {
    let manage = use_manage();
    let form = Form::new();
    let code = RwSignal::new(None::<PairingCodeResponse>);
    let register = RwSignal::new(String::new());
    let options = Signal::derive(move || {
        let all = manage.registers.get();
        all.iter().map(|one| (one.id.to_string(), register_words(manage, one))).collect::<Vec<_>>()
    });
    Effect::new(move |_| {
        if register.with_untracked(String::is_empty)
            && let Some((first, _)) = options.get().first()
        {
            register.set(first.clone());
        }
    });
    let ask = move |()| {
        let Ok(id) = register.get_untracked().parse() else {
            form.is_fit(vec![wrong("register_id", t!("manage.tablets.register.missing"))]);
            return;
        };
        form.send(manage.pairing_code(id), move |given| code.set(Some(given)));
    };
    // Tablets known before: whatever comes on top of them has used the code.
    let known: Vec<_> = tablets.value.with_untracked(|all| {
        all.as_ref().map(|all| all.iter().map(|tablet| tablet.id).collect()).unwrap_or_default()
    });
    let paired = move || {
        let all = tablets.value.get()?;
        all.iter().find(|tablet| !known.contains(&tablet.id)).map(|tablet| tablet.name.clone())
    };
    let paired = Memo::new(move |_| paired());
    let inside = move || {
        match (paired.get(), code.get()) {
        (Some(name), _) => view! {
            <Note kind="ok">{t!("manage.tablets.paired", name = name)}</Note>
            <div class="actions">
                <button type="button" class="btn primary" on:click=move |_| pairing.set(false)>{t!("manage.done")}</button>
            </div>
        }
        .into_any(),
        (None, Some(given)) => view! { <Code given on_again=move |()| ask(()) form /> }.into_any(),
        (None, None) => view! {
            <FormBody form on_submit=ask>
                <p>{t!("manage.tablets.pair.words")}</p>
                <Choose name="register_id" label=t!("manage.register") value=register options />
                <div class="actions">
                    <button type="button" class="btn line" on:click=move |_| pairing.set(false)>{t!("common.cancel")}</button>
                    <Submit label=t!("manage.tablets.code") />
                </div>
            </FormBody>
        }
        .into_any(),
    }
    };
    view! {
        <Dialog heading=t!("manage.tablets.pair").to_owned() on_close=move |()| pairing.set(false)>{inside}</Dialog>
    }
    .into_any()
}

/// The code, large, and how long it holds.
#[component]
fn Code(given: PairingCodeResponse, #[prop(into)] on_again: Callback<()>, form: Form) -> AnyView {
    let now = ticking();
    let until = given.expires_at_ms;
    let is_over = Memo::new(move |_| now.get() >= until);
    let origin = window().location().host().unwrap_or_default();
    let spelled: Vec<String> = given.code.chars().map(String::from).collect();
    let code = given.code;
    view! {
        <p>{t!("manage.tablets.code.words", address = origin)}</p>
        <p class="code" class:over=move || is_over.get()>
            <span aria-hidden="true">{code}</span>
            <span class="hidden-text">{spelled.join(" ")}</span>
        </p>
        <p class="centre muted" role="timer">
            {move || if is_over.get() {
                t!("manage.tablets.code.over").to_owned()
            } else {
                t!("manage.tablets.code.left", time = left(until.saturating_sub(now.get())))
            }}
        </p>
        <Show when=move || is_over.get()>
            <div class="actions">
                <button type="button" class="btn primary" aria-disabled=move || form.busy.get().to_string()
                    on:click=move |_| on_again.run(())>{t!("manage.tablets.code.again")}</button>
            </div>
        </Show>
        <p class="sm muted waiting"><Icon name=IconName::Tablet />{t!("manage.tablets.waiting")}</p>
    }
    .into_any()
}

#[component]
fn Revoke(
    tablet: DeviceView,
    revoking: RwSignal<Option<DeviceView>>,
    #[prop(into)] on_done: Callback<()>,
) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let (id, name) = (tablet.id, tablet.name.clone());
    let send = move |()| {
        let name = name.clone();
        form.send(manage.revoke(id), move |()| {
            toasts.say(t!("manage.tablet.is_revoked", name = name));
            revoking.set(None);
            on_done.run(());
        });
    };
    let unsent = (tablet.unsent > 0).then(|| {
        view! { <Note kind="warn">{t!("manage.tablet.revoke.unsent", count = tablet.unsent)}</Note> }
    });
    view! {
        <Dialog heading=t!("manage.tablet.revoke.ask", name = tablet.name) on_close=move |()| revoking.set(None)>
            <FormBody form on_submit=send>
                {unsent}
                <p>{t!("manage.tablet.revoke.words")}</p>
                <div class="actions">
                    <button type="button" class="btn line" on:click=move |_| revoking.set(None)>{t!("common.cancel")}</button>
                    <Submit label=t!("manage.tablet.revoke") />
                </div>
            </FormBody>
        </Dialog>
    }
    .into_any()
}
