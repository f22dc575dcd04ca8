//! Account: the person signed in: language, password, signing out here and everywhere.

use super::frame::Screen;
use super::staff::{PASSWORD_LETTERS, role_words};
use crate::component::{
    Field, Form, FormBody, Icon, IconName, Note, Submit, trouble_words, use_toasts, wrong,
};
use crate::i18n::{self, t};
use crate::session::{Access, use_manage};
use leptos::prelude::*;
use shared::api::StaffRequest;
use shared::staff::Permission;

/// The page.
#[component]
pub fn Account() -> AnyView {
    let manage = use_manage();
    let session = manage.access.with_untracked(|access| match access {
        Access::In(session) => Some(session.clone()),
        _ => None,
    });
    let Some(session) = session else { return ().into_any() };
    let under = format!("{} · {}", role_words(session.role), session.organisation_name);
    let password = manage.may(Permission::ManageStaff).then(|| view! { <Password /> });
    view! {
        <Screen heading=session.name.clone() under=under>
            <div class="columns">
                <section class="card padded fields">
                    <h2>{t!("manage.account.language")}</h2>
                    <div class="inline">{i18n::NAMES.map(|(code, name)| language(code, name)).collect_view()}</div>
                    <SignOut />
                </section>
                {password}
            </div>
        </Screen>
    }
    .into_any()
}

fn language(code: &'static str, name: &'static str) -> AnyView {
    view! {
        <button type="button" class="chip" lang=code aria-pressed=(i18n::language() == code).to_string()
            on:click=move |_| i18n::choose(code)>{name}</button>
    }
    .into_any()
}

#[component]
fn SignOut() -> AnyView {
    let manage = use_manage();
    let form = Form::new();
    let out = move |everywhere: bool| form.send(manage.sign_out(everywhere), |()| {});
    view! {
        <h2>{t!("manage.account.sign_out")}</h2>
        <p class="muted sm">{t!("manage.account.sign_out.words")}</p>
        <div class="inline">
            <button type="button" class="btn line" on:click=move |_| out(false)>
                <Icon name=IconName::SignOut />{t!("manage.account.sign_out")}
            </button>
            <button type="button" class="btn line" on:click=move |_| out(true)>{t!("manage.account.everywhere")}</button>
        </div>
        {move || form.trouble.get().map(|trouble| view! { <Note kind="bad" alert=true>{trouble_words(&trouble)}</Note> })}
    }
    .into_any()
}

#[component]
fn Password() -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let password = RwSignal::new(String::new());
    let send = move |()| {
        let typed = password.get_untracked();
        let id = manage.access.with_untracked(|access| match access {
            Access::In(session) => Some(session.staff_id),
            _ => None,
        });
        let short = typed.chars().count() < PASSWORD_LETTERS;
        let faults = short.then(|| wrong("password", t!("manage.password.short")));
        if form.is_fit(faults.into_iter().collect()) {
            let request = StaffRequest { password: Some(typed), ..StaffRequest::default() };
            form.send(manage.save_staff(id, request), move |_| {
                password.set(String::new());
                toasts.say(t!("manage.account.password.changed"));
            });
        }
    };
    view! {
        <section class="card padded fields">
            <h2>{t!("manage.account.password")}</h2>
            <FormBody form on_submit=send>
                <Field name="password" label=t!("manage.account.password.new") value=password kind="password"
                    complete="new-password" hint=t!("manage.staff.password.hint") />
                <div class="actions"><Submit label=t!("manage.account.password.change") /></div>
            </FormBody>
        </section>
    }
    .into_any()
}
