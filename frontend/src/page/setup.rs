//! Setup: the first organisation of a server: its owner, its first store, its usual tax.
//! Lives here: the page. May use: session, component, i18n, the store's fields of the manage pages. Never: storage, network.
//! Invariant: an error says which field, and loses nothing that was typed.

use crate::component::{Field, Form, FormBody, Submit, wrong};
use crate::i18n::{self, t};
use crate::page::manage::{StoreFields, StoreForm};
use crate::session::{typed, use_address, use_manage};
use leptos::prelude::*;
use shared::api::{NewPerson, SetupRequest, StandardTax};
use shared::store::WrongSetting;

/// What is typed beside the store.
#[derive(Clone, Copy)]
struct Typed {
    organisation: RwSignal<String>,
    name: RwSignal<String>,
    email: RwSignal<String>,
    password: RwSignal<String>,
    tax: RwSignal<String>,
    percent: RwSignal<String>,
    store: StoreForm,
}

impl Typed {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            organisation: empty(),
            name: empty(),
            email: empty(),
            password: empty(),
            tax: RwSignal::new(t!("manage.setup.tax.usual").to_owned()),
            percent: empty(),
            store: StoreForm::new(),
        }
    }

    fn read(self) -> Result<SetupRequest, Vec<WrongSetting>> {
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let mut faults = Vec::new();
        let mut need = |is_fit: bool, field: &str, words: &'static str| {
            if !is_fit {
                faults.push(wrong(field, words));
            }
        };
        need(
            !text(self.organisation).is_empty(),
            "organisation_name",
            t!("manage.setup.organisation.missing"),
        );
        need(!text(self.name).is_empty(), "owner.name", t!("manage.name.missing"));
        need(text(self.email).contains('@'), "owner.email", t!("manage.email.wrong"));
        let password = self.password.get_untracked();
        need(password.chars().count() >= 10, "owner.password", t!("manage.password.short"));
        let store = self.store.read();
        let rate = typed::percent(&self.percent.get_untracked());
        if let Err(wrong) = &store {
            faults.extend(wrong.iter().cloned());
        }
        if text(self.tax).is_empty() {
            faults.push(wrong("standard_tax.name", t!("manage.setup.tax.missing")));
        }
        if !rate.as_ref().is_ok_and(|rate| (0..=1_000_000).contains(&rate.0)) {
            faults.push(wrong("standard_tax.percent", t!("manage.tax.percent.wrong")));
        }
        match (store, rate) {
            (Ok(store), Ok(rate)) if faults.is_empty() => Ok(SetupRequest {
                organisation_name: text(self.organisation),
                owner: NewPerson { name: text(self.name), email: text(self.email), password },
                store,
                standard_tax: StandardTax { name: text(self.tax), percent: rate.to_percent() },
            }),
            _ => Err(faults),
        }
    }
}

/// The page.
#[component]
pub fn SetUp() -> AnyView {
    let manage = use_manage();
    let address = use_address();
    let form = Form::new();
    let typed = Typed::new();
    Effect::new(move |_| document().set_title(&format!("{} · Tillbridge", t!("manage.setup"))));
    let send = move |()| {
        let read = typed.read();
        let faults = read.as_ref().err().cloned().unwrap_or_default();
        let (true, Ok(request)) = (form.is_fit(faults), read) else { return };
        form.send(manage.set_up(request), move |session| {
            address.replace("/manage/next");
            manage.enter(session);
        });
    };
    view! {
        <main class="setup">
            <header class="inline">
                <div class="mark" aria-hidden="true">"tb"</div>
                <div class="grow">
                    <h1>{t!("manage.setup")}</h1>
                    <p class="muted">{t!("manage.setup.words")}</p>
                </div>
                <Language />
            </header>
            <FormBody form on_submit=send>
                <section class="card padded fields">
                    <h2>{t!("manage.setup.you")}</h2>
                    <Field name="organisation_name" label=t!("manage.setup.organisation") value=typed.organisation
                        complete="organization" hint=t!("manage.setup.organisation.hint") />
                    <div class="pair">
                        <Field name="owner.name" label=t!("manage.setup.name") value=typed.name complete="name" />
                        <Field name="owner.email" label=t!("manage.email") value=typed.email kind="email" complete="username" />
                    </div>
                    <Field name="owner.password" label=t!("manage.password") value=typed.password kind="password"
                        complete="new-password" hint=t!("manage.staff.password.hint") />
                </section>
                <section class="card padded fields">
                    <h2>{t!("manage.setup.store")}</h2>
                    <StoreFields store=typed.store />
                </section>
                <section class="card padded fields">
                    <h2>{t!("manage.setup.tax")}</h2>
                    <p class="muted sm">{t!("manage.setup.tax.words")}</p>
                    <div class="pair">
                        <Field name="standard_tax.name" label=t!("manage.setup.tax.name") value=typed.tax />
                        <Field name="standard_tax.percent" label=t!("manage.tax.percent") value=typed.percent kind="decimal" unit="%" />
                    </div>
                </section>
                <div class="actions save-bar"><Submit label=t!("manage.setup.do") /></div>
            </FormBody>
        </main>
    }
    .into_any()
}

/// The language of the screen; choosing another loads the page anew, so it stands before the fields.
#[component]
fn Language() -> AnyView {
    let one = |(code, name): (&'static str, &'static str)| {
        view! { <option value=code lang=code selected=i18n::language() == code>{name}</option> }
    };
    view! {
        <select class="plain" aria-label=t!("manage.account.language")
            on:change:target=move |event| i18n::choose(&event.target().value())>
            {i18n::NAMES.map(one).collect_view()}
        </select>
    }
    .into_any()
}
