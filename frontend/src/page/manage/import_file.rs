//! Import file: what the pages that bring files in share: a place to drop one, counts of rows, and what was found in them.

use crate::component::{FileButton, IconName, dropped_file};
use crate::i18n::{self, t};
use leptos::prelude::*;
use shared::api::{ImportFinding, ImportLine, ImportReport};
use web_sys::File;

/// Where a file is chosen or dropped.
#[component]
pub fn FileDrop(
    /// The file that was chosen.
    file: RwSignal<Option<File>, LocalStorage>,
    /// Gets the next one.
    on_file: impl Fn(File) + Copy + 'static,
) -> AnyView {
    let over = RwSignal::new(false);
    let dropped = move |event: web_sys::DragEvent| {
        over.set(false);
        if let Some(file) = dropped_file(&event) {
            on_file(file);
        }
    };
    view! {
        <div class="drop" class:over=move || over.get() on:drop=dropped
            on:dragover=move |event| { event.prevent_default(); over.set(true); } on:dragleave=move |_| over.set(false)>
            <FileButton words=t!("manage.import.choose") icon=IconName::Upload accept=".csv,text/csv,.txt,.gz"
                on_file=on_file />
            <span class="muted sm">{move || file.get().map_or_else(|| t!("manage.import.drop").to_owned(), |file| file.name())}</span>
        </div>
    }
    .into_any()
}

/// Something is going on.
pub fn working(words: String) -> AnyView {
    view! { <p class="working" role="status"><span class="spinner" aria-hidden="true"></span>{words}</p> }
        .into_any()
}

/// How many rows have an error.
pub fn errors(report: &ImportReport) -> u64 {
    report.findings.iter().filter(|finding| finding.error).map(|finding| finding.count).sum()
}

/// Rows by what becomes of them.
pub fn counts(report: &ImportReport) -> AnyView {
    let count = |label: &'static str, count: u64| {
        view! { <div><dt>{label}</dt><dd>{i18n::number(i64::try_from(count).unwrap_or(i64::MAX))}</dd></div> }
    };
    view! {
        <dl class="counts">
            {count(t!("manage.import.rows"), report.rows)}
            {count(t!("manage.import.created"), report.created)}
            {count(t!("manage.import.changed"), report.changed)}
            {count(t!("manage.import.unchanged"), report.unchanged)}
        </dl>
    }
    .into_any()
}

/// What was found, what stands in the way first. `words` says a finding in the person's language.
pub fn findings(report: &ImportReport, words: fn(&ImportFinding) -> String) -> AnyView {
    let mut findings = report.findings.clone();
    findings.sort_by_key(|finding| !finding.error);
    findings.into_iter().map(|one| finding(one, words)).collect_view().into_any()
}

fn finding(finding: ImportFinding, said: fn(&ImportFinding) -> String) -> AnyView {
    let (class, words) = if finding.error {
        ("tag bad", t!("manage.import.error"))
    } else {
        ("tag warn", t!("manage.import.warning"))
    };
    let message = said(&finding);
    let line = |line: ImportLine| {
        view! { <tr><th scope="row" class="num">{line.line}</th><td><bdi>{line.value}</bdi></td></tr> }
    };
    let shown = finding.lines.len() as u64;
    let more = finding.count.saturating_sub(shown);
    view! {
        <details class="finding">
            <summary>
                <span class=class>{words}</span>
                <span class="grow">{message}</span>
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
