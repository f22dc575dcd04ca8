//! Staff: who works here, what they may do, their PIN and password.

use super::frame::Screen;
use super::groups::{add, buttons};
use crate::component::{
    Choose, Dialog, Empty, Failed, Field, Form, FormBody, IconName, Switch, trouble_words, use_toasts, wrong,
};
use crate::i18n::t;
use crate::session::{Access, Loaded, Manage, use_manage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{StaffRequest, StaffView};
use shared::ids::StaffId;
use shared::staff::{Role, pin_is_fit};
use std::sync::Arc;

/// What the dialog is open for.
type Editing = RwSignal<Option<Option<StaffView>>>;

/// Letters a password has at least.
pub const PASSWORD_LETTERS: usize = 10;

/// Everybody.
#[component]
pub fn Staff() -> AnyView {
    let manage = use_manage();
    let staff = Loaded::<Vec<StaffView>>::default();
    let load = move || staff.load(manage.staff());
    load();
    let editing: Editing = RwSignal::new(None);
    let list = move || {
        let all = staff.value.get()?;
        if all.is_empty() {
            return Some(
                view! { <Empty icon=IconName::People heading=t!("manage.staff.none") /> }.into_any(),
            );
        }
        let rows = all.iter().map(|person| row(manage, staff, editing, person.clone())).collect_view();
        Some(
            view! {
                <table class="list rows">
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.name")}</th>
                            <th scope="col">{t!("manage.staff.role")}</th>
                            <th scope="col">{t!("manage.staff.signs_in")}</th>
                            <th scope="col" class="num">{t!("manage.staff.active")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
            .into_any(),
        )
    };
    view! {
        <Screen heading=t!("manage.rail.staff").to_owned() actions=add(t!("manage.staff.add"), move || editing.set(Some(None)))>
            {move || staff.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            <div class="card sheet">{list}</div>
            {move || editing.get().map(|known| view! { <Edit known editing on_saved=move |()| load() /> })}
        </Screen>
    }
    .into_any()
}

/// A role in words.
pub fn role_words(role: Role) -> &'static str {
    match role {
        Role::Cashier => t!("manage.role.cashier"),
        Role::Manager => t!("manage.role.manager"),
        Role::Owner => t!("manage.role.owner"),
    }
}

fn row(manage: Manage, staff: Loaded<Vec<StaffView>>, editing: Editing, person: StaffView) -> AnyView {
    let edit = {
        let person = person.clone();
        move |_| editing.set(Some(Some(person.clone())))
    };
    let way = |is_there: bool, words: &'static str| {
        is_there.then(|| view! { <span class="tag info">{words}</span> })
    };
    let label = t!("manage.staff.active.of", name = person.name.clone());
    let turn = {
        let person = person.clone();
        move |event: leptos::ev::Targeted<web_sys::Event, web_sys::HtmlInputElement>| {
            turn(manage, staff, &person, event.target().checked());
        }
    };
    let is_self = is_self(manage, person.id);
    view! {
        <tr class:off=!person.active>
            <th scope="row">
                <button type="button" class="whole" on:click=edit>{person.name.clone()}</button>
                <span class="xs muted block">{person.email.clone()}</span>
            </th>
            <td>{role_words(person.role)}</td>
            <td><span class="tags">{way(person.has_pin, t!("manage.staff.pin"))}{way(person.email.is_some(), t!("manage.staff.password"))}</span></td>
            <td class="num">
                <label class="switch alone">
                    <input type="checkbox" role="switch" aria-label=label prop:checked=person.active disabled=is_self on:change:target=turn />
                </label>
            </td>
        </tr>
    }
    .into_any()
}

/// Nobody locks themselves out by a slip of the finger.
fn is_self(manage: Manage, id: StaffId) -> bool {
    manage.access.with_untracked(|access| matches!(access, Access::In(session) if session.staff_id == id))
}

/// Changes at once and goes back if the server says no.
fn turn(manage: Manage, staff: Loaded<Vec<StaffView>>, person: &StaffView, active: bool) {
    let toasts = use_toasts();
    let (id, name) = (person.id, person.name.clone());
    let show = move |active: bool| {
        staff.value.update(|all| {
            if let Some(person) =
                all.as_mut().and_then(|all| Arc::make_mut(all).iter_mut().find(|one| one.id == id))
            {
                person.active = active;
            }
        });
    };
    show(active);
    spawn_local(async move {
        let request = StaffRequest { active: Some(active), ..StaffRequest::default() };
        match manage.save_staff(Some(id), request).await {
            Ok(_) if active => toasts.say(t!("manage.staff.is_active", name = name)),
            Ok(_) => toasts.say(t!("manage.staff.is_inactive", name = name)),
            Err(trouble) => {
                show(!active);
                toasts.warn(trouble_words(&trouble));
            }
        }
    });
}

#[component]
fn Edit(known: Option<StaffView>, editing: Editing, #[prop(into)] on_saved: Callback<()>) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let is_new = known.is_none();
    let text = |read: fn(&StaffView) -> String| RwSignal::new(known.as_ref().map(read).unwrap_or_default());
    let name = text(|person| person.name.clone());
    let email = text(|person| person.email.clone().unwrap_or_default());
    let role = RwSignal::new(known.as_ref().map_or("cashier", |person| role_key(person.role)).to_owned());
    let active = RwSignal::new(known.as_ref().is_none_or(|person| person.active));
    let (pin, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let no_pin = RwSignal::new(false);
    let heading = if is_new { t!("manage.staff.add") } else { t!("manage.staff.change") };
    let (has_pin, had_email) =
        known.as_ref().map_or((false, false), |person| (person.has_pin, person.email.is_some()));
    let id = known.map(|person| person.id);
    let is_self = id.is_some_and(|id| is_self(manage, id));
    let send = move |()| {
        let given = |signal: RwSignal<String>| {
            let text = signal.get_untracked().trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let request = StaffRequest {
            name: given(name),
            role: ROLES
                .iter()
                .find(|(key, _)| role.with_untracked(|role| role == key))
                .map(|(_, role)| *role),
            active: Some(active.get_untracked()),
            // An empty one is taken away.
            email: given(email).or_else(|| had_email.then(String::new)),
            // A password is taken as it is, blanks too.
            password: Some(password.get_untracked()).filter(|password| !password.is_empty()),
            pin: given(pin).or_else(|| no_pin.get_untracked().then(String::new)),
        };
        if form.is_fit(faults(&request, had_email)) {
            form.send(manage.save_staff(id, request), move |saved| {
                toasts.say(t!("manage.saved.name", name = saved.name));
                editing.set(None);
                on_saved.run(());
            });
        }
    };
    let pin_hint = if has_pin { t!("manage.staff.pin.keep") } else { t!("manage.staff.pin.hint") };
    let password_hint =
        if had_email { t!("manage.staff.password.keep") } else { t!("manage.staff.password.hint") };
    view! {
        <Dialog heading=heading.to_owned() on_close=move |()| editing.set(None)>
            <FormBody form on_submit=send>
                <Field name="name" label=t!("manage.name") value=name />
                <Choose name="role" label=t!("manage.staff.role") value=role options=roles(manage) />
                <Field name="pin" label=t!("manage.staff.pin") value=pin kind="digits" optional=true hint=pin_hint />
                {has_pin.then(|| view! { <Switch label=t!("manage.staff.pin.remove") value=no_pin /> })}
                <Field name="email" label=t!("manage.email") value=email kind="email" optional=true hint=t!("manage.staff.email.hint") />
                <Field name="password" label=t!("manage.password") value=password kind="password" complete="new-password"
                    optional=true hint=password_hint />
                {(!is_new && !is_self).then(|| view! {
                    <Switch label=t!("manage.staff.active") value=active hint=t!("manage.staff.active.hint") />
                })}
                {buttons(move || editing.set(None))}
            </FormBody>
        </Dialog>
    }
    .into_any()
}

/// What can be told without asking the server.
fn faults(request: &StaffRequest, had_email: bool) -> Vec<shared::store::WrongSetting> {
    let mut faults = Vec::new();
    if request.name.is_none() {
        faults.push(wrong("name", t!("manage.name.missing")));
    }
    if request.pin.as_ref().is_some_and(|pin| !pin.is_empty() && !pin_is_fit(pin)) {
        faults.push(wrong("pin", t!("manage.staff.pin.wrong")));
    }
    if request.email.as_ref().is_some_and(|email| !email.is_empty() && !email.contains('@')) {
        faults.push(wrong("email", t!("manage.email.wrong")));
    }
    if request.password.as_ref().is_some_and(|password| password.chars().count() < PASSWORD_LETTERS) {
        faults.push(wrong("password", t!("manage.password.short")));
    }
    if request.email.is_some() && request.password.is_none() && !had_email {
        faults.push(wrong("password", t!("manage.password.missing")));
    }
    faults
}

const ROLES: [(&str, Role); 3] =
    [("cashier", Role::Cashier), ("manager", Role::Manager), ("owner", Role::Owner)];

fn role_key(role: Role) -> &'static str {
    ROLES.iter().find(|(_, known)| *known == role).map_or("cashier", |(key, _)| key)
}

/// Roles up to one's own.
fn roles(manage: Manage) -> Vec<(String, String)> {
    let own = manage.access.with_untracked(|access| match access {
        Access::In(session) => session.role,
        _ => Role::Cashier,
    });
    let below = ROLES.iter().filter(|(_, role)| *role <= own);
    below.map(|(key, role)| ((*key).to_owned(), role_words(*role).to_owned())).collect()
}
