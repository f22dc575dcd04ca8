//! Customer import: a file of customers in: its columns, what it would change, and then carried out.
//! Lives here: the page, what is in which column, what a finding is called.
//! May use: session, component, i18n. Never: reading the file; the server does, the same way for check and import.
//! Invariant: nothing is written before a person has seen what would be.

mod words;

use super::customer::change_words;
use super::customers::{Tab, tabs};
use super::frame::Screen;
use super::import_file::{FileDrop, counts, errors, findings, working};
use crate::component::{Form, Icon, IconName, Note, save_file, trouble_words, use_toasts};
use crate::i18n::{self, t};
use crate::session::{ImportWishes, Manage, as_field, of_field, use_manage, whole as whole_number};
use leptos::prelude::*;
use shared::api::{CustomerColumn, CustomerImportReport, ImportColumn, ImportReport, ImportedCustomer};
use wasm_bindgen::JsCast;
use web_sys::File;
use words::{column_words, finding_words};

/// What is chosen and known on the page.
#[derive(Clone, Copy)]
struct Bringing {
    manage: Manage,
    form: Form,
    file: RwSignal<Option<File>, LocalStorage>,
    report: RwSignal<Option<CustomerImportReport>>,
    columns: RwSignal<Option<Vec<Option<CustomerColumn>>>>,
    make_groups: RwSignal<bool>,
    skip_bad_rows: RwSignal<bool>,
    /// As a field for a day and a time has it.
    made: RwSignal<String>,
    progress: RwSignal<Option<(u64, u64)>>,
}

impl Bringing {
    fn new() -> Self {
        Self {
            manage: use_manage(),
            form: Form::new(),
            file: RwSignal::new_local(None),
            report: RwSignal::new(None),
            columns: RwSignal::new(None),
            make_groups: RwSignal::new(false),
            skip_bad_rows: RwSignal::new(false),
            made: RwSignal::new(String::new()),
            progress: RwSignal::new(None),
        }
    }

    fn wishes(self) -> ImportWishes {
        ImportWishes {
            columns: self.columns.get_untracked(),
            make_groups: self.make_groups.get_untracked(),
            skip_bad_rows: self.skip_bad_rows.get_untracked(),
            as_of_ms: of_field(&self.made.get_untracked()),
        }
    }

    /// Another file: nothing of the one before counts.
    fn choose(self, file: File) {
        self.columns.set(None);
        self.make_groups.set(false);
        self.skip_bad_rows.set(false);
        self.made.set(as_field(whole_number(file.last_modified())));
        self.report.set(None);
        self.file.set(Some(file));
        self.check();
    }

    fn check(self) {
        let Some(file) = self.file.get_untracked() else { return };
        self.form.send(self.manage.check_customers(file, self.wishes()), move |report| {
            let focused = document().active_element().map(|element| element.id());
            self.report.set(Some(report));
            focus_again(focused.unwrap_or_default());
        });
    }

    fn forget(self) {
        self.file.set(None);
        self.report.set(None);
    }
}

/// What a person changes is made anew by the check that follows; the focus stays on it.
fn focus_again(id: String) {
    request_animation_frame(move || {
        let element = document().get_element_by_id(&id);
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
}

/// A file of customers in.
#[component]
pub fn CustomerImport() -> AnyView {
    let bringing = Bringing::new();
    let Bringing { form, file, report, progress, .. } = bringing;
    let busy = move || {
        form.busy.get().then(|| match progress.get() {
            Some((done, all)) => view! {
                <p class="working" role="status">
                    <progress max=all.to_string() value=done.to_string() aria-label=t!("manage.customers.import")></progress>
                    {t!("manage.customers.import.progress", done = whole(done), all = whole(all))}
                </p>
            }
            .into_any(),
            None => working(t!("manage.import.working").to_owned()),
        })
    };
    view! {
        <Screen heading=t!("manage.customers").to_owned()>
            {tabs(Tab::Import)}
            <section class="card padded fields">
                <h2>{t!("manage.customers.import")}</h2>
                <p class="muted">{t!("manage.customers.import.words")}</p>
                <FileDrop file on_file=move |chosen| bringing.choose(chosen) />
                {busy}
                {move || form.trouble.get().map(|trouble| view! { <Note kind="bad" alert=true>{trouble_words(&trouble)}</Note> })}
                {move || report.get().map(|report| view! { <Checked bringing report /> })}
            </section>
        </Screen>
    }
    .into_any()
}

fn whole(count: u64) -> String {
    i18n::number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What is to be written: new customers and changed ones.
fn to_write(report: &ImportReport) -> u64 {
    report.created.saturating_add(report.changed)
}

/// May it be imported as it is wished, and is there anything to import?
fn is_ready(report: &ImportReport, skips: bool) -> bool {
    let lacks_column =
        report.findings.iter().any(|finding| finding.error && finding.kind == "missing_column");
    !lacks_column && (errors(report) == 0 || skips) && to_write(report) > 0
}

#[component]
fn Checked(bringing: Bringing, report: CustomerImportReport) -> AnyView {
    let counted = report.report.clone();
    let is_written = counted.written;
    let verdict = {
        let counted = counted.clone();
        let left_out = report.left_out;
        move || {
            let faults = errors(&counted);
            if counted.written {
                view! { <Note kind="ok">{t!("manage.customers.import.written")}</Note> }
            } else if is_ready(&counted, bringing.skip_bad_rows.get()) {
                let words = match left_out {
                    0 => t!("manage.import.ready").to_owned(),
                    count => t!("manage.customers.import.without", count = count),
                };
                view! { <Note kind="ok">{words}</Note> }
            } else if faults > 0 {
                view! { <Note kind="bad" alert=true>{t!("manage.import.errors", count = faults)}</Note> }
            } else {
                view! { <Note kind="info">{t!("manage.customers.import.nothing")}</Note> }
            }
        }
    };
    let anything_left = report.left_out > 0 || report.overtaken > 0;
    view! {
        {verdict}
        {counts(&counted)}
        {findings(&counted, finding_words)}
        {anything_left.then(|| left_out_button(bringing))}
        {(!is_written).then(|| view! { <Wishes bringing report=report.clone() /> })}
        {examples(&report.examples, is_written)}
        {(!is_written).then(|| actions(bringing, counted))}
    }
    .into_any()
}

fn actions(bringing: Bringing, counted: ImportReport) -> AnyView {
    let manage = bringing.manage;
    let toasts = use_toasts();
    let count = to_write(&counted);
    let import = move |_| {
        let Some(file) = bringing.file.get_untracked() else { return };
        bringing.progress.set(Some((0, count)));
        let progress = move |done, all| {
            let _ = bringing.progress.try_set(Some((done, all)));
        };
        let work = manage.import_customers(file, bringing.wishes(), progress);
        let work = async move {
            let done = work.await;
            let _ = bringing.progress.try_set(None);
            done
        };
        bringing.form.send(work, move |done| {
            if done.report.written {
                toasts.say(t!("manage.customers.import.done", count = to_write(&done.report)));
            }
            bringing.report.set(Some(done));
        });
    };
    let ready = move || is_ready(&counted, bringing.skip_bad_rows.get());
    view! {
        <div class="actions">
            <button type="button" class="btn line" on:click=move |_| bringing.forget()>{t!("common.cancel")}</button>
            {move || ready().then(|| view! {
                <button type="button" class="btn primary" aria-disabled=move || bringing.form.busy.get().to_string() on:click=import>
                    {t!("manage.customers.import.now", count = count)}
                </button>
            })}
        </div>
    }
    .into_any()
}

fn left_out_button(bringing: Bringing) -> AnyView {
    let manage = bringing.manage;
    let toasts = use_toasts();
    let save = move |_| {
        let Some(file) = bringing.file.get_untracked() else { return };
        leptos::task::spawn_local(async move {
            let table = manage.customers_left_out(file, bringing.wishes()).await;
            let saved = table
                .map_err(|trouble| trouble_words(&trouble))
                .and_then(|table| save_file("customers-left-out.csv", &table));
            if let Err(words) = saved {
                toasts.warn(words);
            }
        });
    };
    view! {
        <div class="inline">
            <button type="button" class="btn line" on:click=save>
                <Icon name=IconName::Download />{t!("manage.customers.import.left_out")}
            </button>
        </div>
    }
    .into_any()
}

/// What a person may say about the file: its columns, its day, groups and rows with errors.
#[component]
fn Wishes(bringing: Bringing, report: CustomerImportReport) -> AnyView {
    let groups = (!report.missing_groups.is_empty()).then(|| {
        let names = report.missing_groups.join(", ");
        check_box(
            bringing,
            "wish-groups",
            bringing.make_groups,
            t!("manage.customers.import.make_groups"),
            Some(names),
        )
    });
    let skips = (report.left_out > 0 || bringing.skip_bad_rows.get_untracked()).then(|| {
        check_box(bringing, "wish-skip", bringing.skip_bad_rows, t!("manage.customers.import.skip"), None)
    });
    let columns = report.columns.clone();
    let choose = move |at: usize, column: Option<CustomerColumn>| {
        let mut all: Vec<_> = columns.iter().map(|one| one.column).collect();
        // What is in this column is in no other.
        for one in &mut all {
            *one = one.filter(|known| Some(*known) != column);
        }
        if let Some(one) = all.get_mut(at) {
            *one = column;
        }
        bringing.columns.set(Some(all));
        bringing.check();
    };
    let choose = StoredValue::new_local(choose);
    let row = |(at, column): (usize, ImportColumn)| {
        let chosen = move |word: String| choose.with_value(|choose| choose(at, CustomerColumn::parse(&word)));
        let option = |one: Option<CustomerColumn>| {
            let words = one.map_or(t!("manage.customers.import.column.none"), column_words);
            view! { <option value=one.map_or("-", CustomerColumn::word) selected=one == column.column>{words}</option> }
        };
        let all = std::iter::once(None).chain(CustomerColumn::ALL.map(Some));
        view! {
            <tr>
                <th scope="row"><bdi>{column.header.clone()}</bdi><span class="xs muted block"><bdi>{column.example.clone()}</bdi></span></th>
                <td>
                    <select class="plain" id=format!("wish-column-{at}") aria-label=column.header.clone()
                        on:change:target=move |event| chosen(event.target().value())>
                        {all.map(option).collect_view()}
                    </select>
                </td>
            </tr>
        }
    };
    let unknown = report.columns.iter().any(|column| column.column.is_none());
    let changed_day = move |text: String| {
        bringing.made.set(text);
        bringing.check();
    };
    view! {
        {groups}
        {skips}
        <div class="field">
            <label>
                <span class="label">{t!("manage.customers.import.made")}</span>
                <input type="datetime-local" id="wish-made" prop:value=bringing.made aria-describedby="made-hint"
                    on:change:target=move |event| changed_day(event.target().value()) />
            </label>
            <span class="below" id="made-hint"><span class="hint">{t!("manage.customers.import.made.hint")}</span></span>
        </div>
        <details class="fold" open=unknown>
            <summary>{t!("manage.customers.import.columns")}</summary>
            <table class="list slim">
                <thead><tr>
                    <th scope="col">{t!("manage.customers.import.in_file")}</th>
                    <th scope="col">{t!("manage.customers.import.means")}</th>
                </tr></thead>
                <tbody>{report.columns.clone().into_iter().enumerate().map(row).collect_view()}</tbody>
            </table>
        </details>
    }
    .into_any()
}

/// A wish that the file is checked by anew.
fn check_box(
    bringing: Bringing,
    id: &'static str,
    value: RwSignal<bool>,
    label: &'static str,
    names: Option<String>,
) -> AnyView {
    let turn = move |on: bool| {
        value.set(on);
        bringing.check();
    };
    view! {
        <label class="switch">
            <input type="checkbox" role="switch" id=id prop:checked=value on:change:target=move |event| turn(event.target().checked()) />
            <span><span class="strong">{label}</span>{names.map(|names| view! { <span class="hint"><bdi>{names}</bdi></span> })}</span>
        </label>
    }
    .into_any()
}

fn examples(all: &[ImportedCustomer], is_written: bool) -> AnyView {
    if all.is_empty() {
        return ().into_any();
    }
    let one = |customer: &ImportedCustomer| {
        let new =
            customer.is_new.then(|| view! { <span class="tag info">{t!("manage.import.created")}</span> });
        let made = customer.made.iter().map(|change| change_words(change, false)).collect_view();
        let stays = customer.overtaken.iter().map(|change| change_words(change, true)).collect_view();
        view! {
            <li>
                <span class="strong"><bdi>{customer.title.clone()}</bdi></span>" "{new}
                <ul class="plain-list">{made}{stays}</ul>
            </li>
        }
    };
    let heading = if is_written {
        t!("manage.customers.import.what_changed")
    } else {
        t!("manage.customers.import.what_changes")
    };
    view! {
        <h3>{heading}</h3>
        <ul class="plain-list changes">{all.iter().map(one).collect_view()}</ul>
    }
    .into_any()
}
