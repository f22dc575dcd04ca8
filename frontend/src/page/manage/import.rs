//! Import: a file of products, checked first and imported then; and the files one can take out.

use super::frame::Screen;
use super::products::{Tab, tabs};
use crate::component::{FileButton, Form, Icon, IconName, Note, dropped_file, trouble_words, use_toasts};
use crate::i18n::{self, t};
use crate::session::use_manage;
use leptos::prelude::*;
use shared::api::{ImportFinding, ImportLine, ImportReport};
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
    let over = RwSignal::new(false);
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
    let dropped = move |event: web_sys::DragEvent| {
        over.set(false);
        check(dropped_file(&event));
    };
    view! {
        <h2>{t!("manage.import")}</h2>
        <p class="muted">{t!("manage.import.words")}</p>
        <div class="drop" class:over=move || over.get() on:drop=dropped
            on:dragover=move |event| { event.prevent_default(); over.set(true); } on:dragleave=move |_| over.set(false)>
            <FileButton words=t!("manage.import.choose") icon=IconName::Upload accept=".csv,text/csv,.txt,.gz"
                on_file=move |chosen| check(Some(chosen)) />
            <span class="muted sm">{move || file.get().map_or_else(|| t!("manage.import.drop").to_owned(), |file| file.name())}</span>
        </div>
        {move || form.busy.get().then(|| view! {
            <p class="working" role="status"><span class="spinner" aria-hidden="true"></span>{t!("manage.import.working")}</p>
        })}
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
    // What stands in the way comes first.
    let mut findings = report.findings.clone();
    findings.sort_by_key(|finding| !finding.error);
    let errors: u64 =
        report.findings.iter().filter(|finding| finding.error).map(|finding| finding.count).sum();
    let count = |label: &'static str, count: u64| {
        view! { <div><dt>{label}</dt><dd>{i18n::number(i64::try_from(count).unwrap_or(i64::MAX))}</dd></div> }
    };
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
        <dl class="counts">
            {count(t!("manage.import.rows"), report.rows)}
            {count(t!("manage.import.created"), report.created)}
            {count(t!("manage.import.changed"), report.changed)}
            {count(t!("manage.import.unchanged"), report.unchanged)}
        </dl>
        <p class="xs muted">{t!("manage.import.format", name = report.format.clone())}</p>
        {findings.into_iter().map(finding).collect_view()}
    }
    .into_any()
}

fn finding(finding: ImportFinding) -> AnyView {
    let (class, words) = if finding.error {
        ("tag bad", t!("manage.import.error"))
    } else {
        ("tag warn", t!("manage.import.warning"))
    };
    let line = |line: ImportLine| {
        view! { <tr><th scope="row" class="num">{line.line}</th><td><bdi>{line.value}</bdi></td></tr> }
    };
    let shown = finding.lines.len() as u64;
    let more = finding.count.saturating_sub(shown);
    view! {
        <details class="finding">
            <summary>
                <span class=class>{words}</span>
                <span class="grow">{finding.message}</span>
                <span class="strong">{t!("manage.import.count", count = finding.count)}</span>
            </summary>
            <table class="list slim">
                <thead><tr><th scope="col" class="num">{t!("manage.import.line")}</th><th scope="col">{t!("manage.import.value")}</th></tr></thead>
                <tbody>{finding.lines.into_iter().map(line).collect_view()}</tbody>
            </table>
            {(more > 0).then(|| view! { <p class="xs muted">{t!("manage.import.and_more", count = more)}</p> })}
        </details>
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
