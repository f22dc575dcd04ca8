//! Mapping: what of products comes from where, who decides, and by which rule: row by row, as a file, version by version.
//! Invariant: a change is a new version; nothing is written by it before somebody has looked at the dry run and accepted it.

mod field;

use super::names::{field_name, owner_name, rule_name};
use crate::component::{
    Dialog, Empty, Failed, FileButton, Form, FormBody, IconName, Note, Submit, save_file, trouble_words,
    use_toasts,
};
use crate::i18n::{self, t};
use crate::session::{Loaded, VersionedMapping, use_manage};
use field::{ChangeField, Opened};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::connect::{
    ConnectorView, FieldMapping, MappingVersion, Owner, Plan, PlanKind, ProductField, ProductMapping, Sample,
};
use shared::ids::ConnectionId;
use std::sync::Arc;
use wasm_bindgen_futures::JsFuture;

/// The mapping of a connection.
#[component]
pub fn Mapping(
    /// Whose.
    id: ConnectionId,
    /// What can be mapped.
    connector: Signal<Option<ConnectorView>>,
    /// Goes to the dry run.
    dry_run: Callback<()>,
) -> AnyView {
    let manage = use_manage();
    let (mapping, plan) = (Loaded::<VersionedMapping>::default(), Loaded::<Plan>::default());
    let load = Callback::new(move |()| {
        mapping.load(manage.mapping(id));
        plan.load(manage.plan(id, (PlanKind::Problem, None)));
    });
    load.run(());
    let opened = RwSignal::new(None::<Opened>);
    let save = Callback::new(move |changed: ProductMapping| save(id, mapping, changed, load));
    let table = move || {
        let (found, connector) = (mapping.value.get()?, connector.get()?);
        if connector.fields.is_empty() {
            let words = t!("manage.connect.mapping.none.words").to_owned();
            let none =
                view! { <Empty icon=IconName::Link heading=t!("manage.connect.mapping.none") words /> };
            return Some(none.into_any());
        }
        let unmapped = plan.value.get();
        let rows = ProductField::ALL.into_iter().map(|ours| {
            let row = Row {
                ours,
                mapped: found.view.mapping.field(ours).cloned(),
                sample: found.view.samples.iter().find(|sample| sample.field == ours).cloned(),
                unmapped: unmapped.as_ref().map_or_else(Vec::new, |plan| {
                    plan.unmapped.iter().filter(|one| one.field == ours).cloned().collect()
                }),
            };
            self::row(row, &connector, (found.clone(), opened))
        });
        Some(
            view! {
                <table class="list rows mapping">
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.connect.mapping.ours")}</th>
                            <th scope="col">{t!("manage.connect.mapping.theirs", name = connector.title.clone())}</th>
                            <th scope="col">{t!("manage.connect.mapping.owner")}</th>
                            <th scope="col">{t!("manage.connect.mapping.rule")}</th>
                            <th scope="col" class="sample">{t!("manage.connect.mapping.sample")}</th>
                            <th scope="col"><span class="hidden-text">{t!("manage.change")}</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            }
            .into_any(),
        )
    };
    let create = move || {
        let found = mapping.value.get()?;
        let change = move |on: bool| {
            save.run(ProductMapping { create: on, ..found.view.mapping.clone() });
        };
        let on = mapping.value.get()?.view.mapping.create;
        Some(view! {
            <label class="switch">
                <input type="checkbox" role="switch" prop:checked=on on:change:target=move |event| change(event.target().checked()) />
                <span class="strong">{t!("manage.connect.mapping.create")}</span>
            </label>
        })
    };
    view! {
        {move || mapping.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load.run(()) /> })}
        {move || mapping.value.get().map(|found| standing(&found, dry_run))}
        <div class="card sheet">{table}</div>
        <div class="toolbar">{create}<span class="grow"></span>{files(id, mapping, save)}</div>
        {move || opened.get().map(|opened_now| view! { <ChangeField opened_now opened save /> })}
    }
    .into_any()
}

/// Is it in force? What is next?
fn standing(found: &VersionedMapping, dry_run: Callback<()>) -> AnyView {
    let look = view! {
        <button type="button" class="btn line" on:click=move |_| dry_run.run(())>{t!("manage.connect.plan.look")}</button>
    };
    let words = match found.view.accepted {
        Some(accepted) if accepted == found.view.version => {
            return view! { <Note kind="ok">{t!("manage.connect.mapping.in_force")}</Note> }.into_any();
        }
        Some(_) => t!("manage.connect.mapping.changed"),
        None => t!("manage.connect.mapping.not_accepted"),
    };
    view! { <Note kind="warn"><div class="inline"><span class="grow">{words}</span>{look}</div></Note> }
        .into_any()
}

/// Saves a change as a new version.
fn save(id: ConnectionId, mapping: Loaded<VersionedMapping>, changed: ProductMapping, load: Callback<()>) {
    let (manage, toasts) = (use_manage(), use_toasts());
    let Some(version) = mapping.value.get_untracked().map(|found| found.version.clone()) else { return };
    spawn_local(async move {
        match manage.save_mapping(id, (changed, version)).await {
            Ok(_) => toasts.say(t!("manage.connect.mapping.saved").to_owned()),
            Err(trouble) => {
                let first = trouble.fields.first().map(|field| field.message.clone());
                toasts.warn(first.unwrap_or_else(|| trouble_words(&trouble)));
            }
        }
        load.run(());
    });
}

/// A row of the table.
#[derive(Clone)]
struct Row {
    ours: ProductField,
    mapped: Option<FieldMapping>,
    sample: Option<Sample>,
    unmapped: Vec<shared::connect::Unmapped>,
}

fn row(
    row: Row,
    connector: &ConnectorView,
    (found, opened): (Arc<VersionedMapping>, RwSignal<Option<Opened>>),
) -> AnyView {
    let name = field_name(row.ours);
    let label = format!("{}: {name}", t!("manage.change"));
    let of = |theirs: &str| connector.fields.iter().find(|field| field.name == theirs);
    let theirs = row.mapped.as_ref().map(|mapped| {
        let label = of(&mapped.theirs).map_or_else(|| mapped.theirs.clone(), |field| field.label.clone());
        view! { <bdi>{label}</bdi><span class="xs muted block"><bdi>{mapped.theirs.clone()}</bdi></span> }
    });
    let (owner, rule) = match &row.mapped {
        Some(mapped) => {
            let class = match mapped.owner {
                Owner::Theirs => "tag info",
                Owner::Ours => "tag ok",
                Owner::Newest => "tag",
            };
            let words = owner_name(mapped.owner, &connector.title);
            (view! { <span class=class>{words}</span> }.into_any(), rule_name(&mapped.rule))
        }
        None => (
            view! { <span class="tag ok">"Tillbridge"</span> }.into_any(),
            t!("manage.connect.mapping.never").to_owned(),
        ),
    };
    let unmapped = row.unmapped.first().map(|first| {
        let words = t!(
            "manage.connect.mapping.unmapped",
            value = first.value.clone(),
            count = i18n::number(i64::try_from(row.unmapped.len()).unwrap_or(i64::MAX))
        );
        view! { <span class="tag bad block"><bdi>{words}</bdi></span> }
    });
    let sample = match &row.sample {
        Some(sample) => {
            let theirs = sample.theirs.lines().next().unwrap_or_default().to_owned();
            let words = match &sample.ours {
                Some(ours) if *ours != theirs => {
                    format!("{theirs} → {}", ours.lines().next().unwrap_or_default())
                }
                _ => theirs,
            };
            view! { <span class="muted"><bdi>{words}</bdi></span> }.into_any()
        }
        None => ().into_any(),
    };
    let connector = connector.clone();
    let open = move |_| {
        opened.set(Some(Opened {
            ours: row.ours,
            unmapped: row.unmapped.clone(),
            connector: connector.clone(),
            mapping: found.view.mapping.clone(),
        }));
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{theirs.map_or_else(|| "—".into_any(), IntoAny::into_any)}</td>
            <td>{owner}</td>
            <td>{rule}{unmapped}</td>
            <td class="sample">{sample}</td>
            <td class="num"><button type="button" class="btn line" aria-label=label on:click=open>{t!("manage.change")}</button></td>
        </tr>
    }
    .into_any()
}

/// The mapping as a file, and what it was before.
fn files(id: ConnectionId, mapping: Loaded<VersionedMapping>, save: Callback<ProductMapping>) -> AnyView {
    let toasts = use_toasts();
    let history = RwSignal::new(false);
    let keep = move |_| {
        let Some(found) = mapping.value.get_untracked() else { return };
        let text = serde_json::to_string_pretty(&found.view.mapping).unwrap_or_default();
        if let Err(words) = save_file("mapping.json", &text) {
            toasts.warn(words);
        }
    };
    let take = move |file: web_sys::File| {
        spawn_local(async move {
            let text = JsFuture::from(file.text()).await.ok();
            let text = text.and_then(|text| text.as_string()).unwrap_or_default();
            match serde_json::from_str::<ProductMapping>(&text) {
                Ok(read) => save.run(read),
                Err(_) => toasts.warn(t!("manage.connect.mapping.file.wrong").to_owned()),
            }
        });
    };
    view! {
        <button type="button" class="btn line" on:click=move |_| history.set(true)>{t!("manage.connect.mapping.versions")}</button>
        <button type="button" class="btn line" on:click=keep>{t!("manage.connect.mapping.file.save")}</button>
        <FileButton words=t!("manage.connect.mapping.file.take") icon=IconName::Download accept=".json,application/json" on_file=take />
        {move || history.get().then(|| view! { <Versions id history save /> })}
    }
    .into_any()
}

/// The versions before, to look at and to go back to.
#[component]
fn Versions(id: ConnectionId, history: RwSignal<bool>, save: Callback<ProductMapping>) -> AnyView {
    let manage = use_manage();
    let all = Loaded::<Vec<MappingVersion>>::default();
    all.load(manage.mapping_versions(id));
    let form = Form::new();
    let chosen = RwSignal::new(None::<ProductMapping>);
    let rows = move || {
        let found = all.value.get()?;
        if found.is_empty() {
            return Some(
                view! { <p class="muted">{t!("manage.connect.mapping.versions.none")}</p> }.into_any(),
            );
        }
        let item = |one: &MappingVersion| {
            let mapping = one.mapping.clone();
            let words = t!(
                "manage.connect.mapping.version",
                version = i18n::number(one.version),
                name = one.by.clone(),
                time = i18n::moment(one.at_ms, None)
            );
            let is_chosen = {
                let mapping = mapping.clone();
                move || (chosen.get().as_ref() == Some(&mapping)).to_string()
            };
            view! {
                <li><button type="button" class="choice" aria-pressed=is_chosen on:click=move |_| chosen.set(Some(mapping.clone()))><bdi>{words}</bdi></button></li>
            }
        };
        Some(view! { <ul class="plain">{found.iter().map(item).collect_view()}</ul> }.into_any())
    };
    let back = move |()| {
        if let Some(mapping) = chosen.get_untracked() {
            history.set(false);
            save.run(mapping);
        }
    };
    view! {
        <Dialog heading=t!("manage.connect.mapping.versions").to_owned() on_close=move |()| history.set(false)>
            <FormBody form on_submit=back>
                {move || all.trouble.get().map(|trouble| view! { <p class="bad-text">{trouble_words(&trouble)}</p> })}
                <div class="choices">{rows}</div>
                <div class="actions">
                    <button type="button" class="btn line" on:click=move |_| history.set(false)>{t!("common.cancel")}</button>
                    <Show when=move || chosen.with(Option::is_some)><Submit label=t!("manage.connect.mapping.version.take") /></Show>
                </div>
            </FormBody>
        </Dialog>
    }
    .into_any()
}
