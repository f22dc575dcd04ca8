//! Form: what a connector asks of whoever connects it: tested before it is saved.
//! Invariant: what was typed stays, whatever the test or the server says.

use super::super::frame::Screen;
use super::super::groups::buttons;
use super::flow_name;
use crate::component::{
    Choose, Failed, Field, Form, FormBody, Home, Note, Switch, trouble_words, use_toasts, wrong,
};
use crate::i18n::t;
use crate::session::{Loaded, use_address, use_manage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::connect::{
    ConnectionRequest, ConnectionView, ConnectorView, FlowSetting, SettingForm, TestOutcome,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A new connection.
#[component]
pub fn NewConnection() -> AnyView {
    let manage = use_manage();
    let address = use_address();
    let connectors = Loaded::<Vec<ConnectorView>>::default();
    let load = move || connectors.load(manage.connectors());
    load();
    let chosen = RwSignal::new(String::new());
    let form = move || {
        let all = connectors.value.get()?;
        let which = chosen.get();
        let connector = all.iter().find(|one| one.name == which).or(all.first()).cloned()?;
        let options: Vec<(String, String)> =
            all.iter().map(|one| (one.name.clone(), one.title.clone())).collect();
        if which != connector.name {
            chosen.set(connector.name.clone());
        }
        let saved = Callback::new(move |made: ConnectionView| {
            address.go(&format!("/manage/connect/{}", made.id));
        });
        Some(view! {
            <div class="card padded form-card">
                <ConnectionForm connector known=None choose=Some((chosen, options)) saved
                    cancel=Callback::new(move |()| address.go("/manage/connect")) />
            </div>
        })
    };
    view! {
        <Screen heading=t!("manage.connect.add").to_owned() back="/manage/connect">
            {move || connectors.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            {form}
        </Screen>
    }
    .into_any()
}

/// Of a flow: as it was, is it on, how often.
type TypedFlow = (FlowSetting, RwSignal<bool>, RwSignal<String>);
/// The choice among connectors: what is chosen; name and title of each.
type Among = (RwSignal<String>, Vec<(String, String)>);

/// The form.
#[component]
pub fn ConnectionForm(
    /// What it asks.
    connector: ConnectorView,
    /// What is saved.
    known: Option<Arc<ConnectionView>>,
    /// The choice among connectors, while none is saved.
    choose: Option<Among>,
    /// Hears what was saved.
    saved: Callback<ConnectionView>,
    /// Leaves it.
    cancel: Callback<()>,
) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let home = Home::here();
    let id = known.as_ref().map(|one| one.id);
    let name = RwSignal::new(known.as_ref().map_or_else(|| connector.title.clone(), |one| one.name.clone()));
    let private = RwSignal::new(known.as_ref().is_some_and(|one| one.private_network));
    let values: BTreeMap<String, RwSignal<String>> = connector
        .settings
        .iter()
        .map(|field| {
            let value = known.as_ref().and_then(|one| one.settings.get(&field.name).cloned());
            (field.name.clone(), home.make(|| RwSignal::new(value.unwrap_or_default())))
        })
        .collect();
    let flows: Vec<TypedFlow> = connector
        .flows
        .iter()
        .map(|flow| {
            let set = known.as_ref().and_then(|one| one.flows.iter().find(|view| view.setting.flow == *flow));
            let setting =
                set.map_or_else(|| FlowSetting { on: true, ..FlowSetting::new(*flow) }, |view| view.setting);
            (setting, RwSignal::new(setting.on), RwSignal::new(setting.every_minutes.to_string()))
        })
        .collect();
    let tested = RwSignal::new(None::<Result<TestOutcome, String>>);
    let asking = RwSignal::new(false);
    let request = {
        let (values, flows, connector) = (values.clone(), flows.clone(), connector.name.clone());
        move || ConnectionRequest {
            connector: connector.clone(),
            name: name.get_untracked(),
            settings: values.iter().map(|(name, value)| (name.clone(), value.get_untracked())).collect(),
            flows: flows
                .iter()
                .map(|(setting, on, every)| FlowSetting {
                    flow: setting.flow,
                    on: on.get_untracked(),
                    every_minutes: every.get_untracked().trim().parse().unwrap_or(u32::MAX),
                })
                .collect(),
            private_network: private.get_untracked(),
        }
    };
    let is_fit = {
        let (request, connector, known) = (request.clone(), connector.clone(), known.clone());
        move || {
            let secrets = known.as_ref().map(|one| one.secrets.clone()).unwrap_or_default();
            let faults = request().check(&connector, &secrets);
            let words = |field: &str| match field {
                "name" => t!("manage.name.missing"),
                "address" => t!("manage.connect.address.wrong"),
                "flows" => t!("manage.connect.every.wrong"),
                _ => t!("manage.connect.setting.missing"),
            };
            form.is_fit(faults.iter().map(|fault| wrong(&fault.field, words(&fault.field))).collect())
        }
    };
    let test = {
        let (request, is_fit) = (request.clone(), is_fit.clone());
        move |_| {
            if asking.get_untracked() || !is_fit() {
                return;
            }
            asking.set(true);
            tested.set(None);
            let request = request();
            spawn_local(async move {
                let answer = manage.test_connection(request, id).await;
                if let Err(trouble) = &answer
                    && !trouble.fields.is_empty()
                {
                    form.is_fit(trouble.fields.clone());
                }
                tested.try_set(Some(answer.map_err(|trouble| trouble_words(&trouble))));
                asking.try_set(false);
            });
        }
    };
    let send = move |()| {
        if is_fit() {
            form.send(manage.save_connection(request(), id), move |made: ConnectionView| {
                toasts.say(t!("manage.saved.name", name = made.name.clone()));
                saved.run(made);
            });
        }
    };
    // Made inside the form: a field looks for the form around it.
    let asked = connector.settings.clone();
    let fields = move || {
        asked
        .iter()
        .map(|field| {
            let value = values.get(&field.name).copied().unwrap_or_default();
            let kind = if field.form == SettingForm::Secret { "password" } else { "text" };
            let is_saved = known.as_ref().is_some_and(|one| one.secrets.contains(&field.name));
            let hint = if is_saved { t!("manage.connect.secret.saved") } else { "" };
            let label = match field.example.as_str() {
                "" => field.label.clone(),
                example => format!("{} ({example})", field.label),
            };
            let complete = if field.form == SettingForm::Secret { "new-password" } else { "off" };
            view! { <Field name=field.name.clone() label value kind complete hint optional=field.optional /> }
        })
        .collect_view()
    };
    let flow_fields = move || {
        flows
        .iter()
        .map(|(setting, on, every)| {
            let (setting, on, every) = (*setting, *on, *every);
            view! {
                <Switch label=flow_name(setting.flow) value=on />
                {setting.flow.comes_in().then(|| view! {
                    <Field name="flows" label=t!("manage.connect.every") value=every kind="digits" unit=t!("manage.connect.minutes") />
                })}
            }
        })
        .collect_view()
    };
    let outcome = move || match tested.get()? {
        Ok(TestOutcome::Works { about }) => {
            Some(view! { <Note kind="ok">{t!("manage.connect.test.works", about = about)}</Note> }.into_any())
        }
        Ok(TestOutcome::Fails { reason }) | Err(reason) => {
            Some(view! { <Note kind="bad"><bdi>{reason}</bdi></Note> }.into_any())
        }
    };
    view! {
        <FormBody form on_submit=send>
            {choose.map(|(chosen, options)| view! {
                <Choose name="connector" label=t!("manage.connect.connector") value=chosen options />
            })}
            <p class="xs muted">{t!("manage.connect.versions", versions = connector.versions.clone())}" "<bdi>{connector.limits.clone()}</bdi></p>
            <Field name="name" label=t!("manage.name") value=name />
            {fields()}
            <Switch label=t!("manage.connect.private") value=private hint=t!("manage.connect.private.hint") />
            <h2>{t!("manage.connect.flows")}</h2>
            {flow_fields()}
            <div class="inline">
                <button type="button" class="btn line" on:click=test aria-disabled=move || asking.get().to_string()>
                    {move || if asking.get() { t!("manage.connect.testing") } else { t!("manage.connect.test") }}
                </button>
            </div>
            <div role="status">{outcome}</div>
            {buttons(move || cancel.run(()))}
        </FormBody>
    }
    .into_any()
}
