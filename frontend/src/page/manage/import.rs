//! Import: a file of products, checked first and imported then; and the files one can take out.

use super::frame::Screen;
use super::import_file::{FileDrop, counts, errors, findings, working};
use super::products::{Tab, tabs};
use crate::component::{Form, Icon, IconName, Note, trouble_words, use_toasts};
use crate::i18n::t;
use crate::session::use_manage;
use leptos::prelude::*;
use shared::api::ImportReport;
use shared::staff::Permission;
use web_sys::File;

/// Files in and out.
#[component]
pub fn Import() -> AnyView {
    view! {
        <Screen heading=t!("manage.files").to_owned()>
            {tabs(Tab::Import)}
            <div class="columns">
                <section class="card padded fields"><In /></section>
                <Out />
            </div>
        </Screen>
    }
    .into_any()
}

/// A file of products in.
#[component]
fn In() -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    // Checking and importing are one form: one at a time, with its error beside it.
    let form = Form::new();
    let file = RwSignal::new_local(None::<File>);
    let report = RwSignal::new(None::<ImportReport>);
    let check = move |chosen: Option<File>| {
        report.set(None);
        file.set(chosen.clone());
        if let Some(chosen) = chosen {
            form.send(manage.import(chosen, true), move |checked| report.set(Some(checked)));
        }
    };
    let import = move |_| {
        if let Some(chosen) = file.get_untracked() {
            form.send(manage.import(chosen, false), move |done| {
                if done.written {
                    toasts.say(t!("manage.import.done", count = done.created.saturating_add(done.changed)));
                }
                report.set(Some(done));
            });
        }
    };
    view! {
        <h2>{t!("manage.import")}</h2>
        <p class="muted">{t!("manage.import.words")}</p>
        <FileDrop file on_file=move |chosen| check(Some(chosen)) />
        {move || form.busy.get().then(|| working(t!("manage.import.working").to_owned()))}
        {move || form.trouble.get().map(|trouble| view! { <Note kind="bad" alert=true>{trouble_words(&trouble)}</Note> })}
        {move || report.get().map(|report| view! { <Report report /> })}
        {move || report.get().filter(|report| !report.written && is_ready(report)).map(|report| view! {
            <div class="actions">
                <button type="button" class="btn line" on:click=move |_| check(None)>{t!("common.cancel")}</button>
                <button type="button" class="btn primary" aria-disabled=move || form.busy.get().to_string() on:click=import>
                    {t!("manage.import.now", count = report.created.saturating_add(report.changed))}
                </button>
            </div>
        })}
    }
    .into_any()
}

/// Can it be imported, and is there anything to import?
fn is_ready(report: &ImportReport) -> bool {
    report.findings.iter().all(|finding| !finding.error) && report.created.saturating_add(report.changed) > 0
}

#[component]
fn Report(report: ImportReport) -> AnyView {
    let errors = errors(&report);
    let verdict = if report.written {
        view! { <Note kind="ok">{t!("manage.import.written")}</Note> }
    } else if errors > 0 {
        view! { <Note kind="bad" alert=true>{t!("manage.import.errors", count = errors)}</Note> }
    } else if is_ready(&report) {
        view! { <Note kind="ok">{t!("manage.import.ready")}</Note> }
    } else {
        view! { <Note kind="info">{t!("manage.import.nothing")}</Note> }
    };
    view! {
        {verdict}
        {counts(&report)}
        <p class="xs muted">{t!("manage.import.format", name = report.format.clone())}</p>
        {findings(&report, |finding| finding.message.clone())}
    }
    .into_any()
}

/// Files out.
#[component]
fn Out() -> AnyView {
    let manage = use_manage();
    if !manage.may(Permission::Export) {
        return ().into_any();
    }
    let file = |path: &'static str, name: &'static str, words: &'static str| {
        view! {
            <li>
                <a class="choice" href=path rel="external" download>
                    <Icon name=IconName::Download />
                    <span class="grow"><span class="strong">{name}</span><span class="xs muted block">{words}</span></span>
                    <span class="muted">"CSV"</span>
                </a>
            </li>
        }
    };
    view! {
        <section class="card padded fields">
            <h2>{t!("manage.export")}</h2>
            <p class="muted">{t!("manage.export.words")}</p>
            <ul class="plain options">
                {file("/api/export/products.csv", t!("manage.rail.products"), t!("manage.export.products"))}
                {file("/api/export/sales.csv", t!("manage.rail.sales"), t!("manage.export.sales"))}
                {file("/api/export/sale_lines.csv", t!("manage.sales.lines"), t!("manage.export.lines"))}
                {file("/api/export/tenders.csv", t!("manage.export.tenders"), t!("manage.export.tenders.words"))}
                {file("/api/export/customers.csv", t!("manage.customers"), t!("manage.export.customers"))}
                {file("/api/export/accounts.csv", t!("manage.accounts"), t!("manage.export.accounts"))}
                {file("/api/export/stock_levels.csv", t!("manage.export.stock"), t!("manage.export.stock.words"))}
            </ul>
        </section>
    }
    .into_any()
}
