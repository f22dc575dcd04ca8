//! Approvals: what managers let cashiers do by PIN, and what was done without.

use super::frame::Screen;
use super::sales::{Tab, tabs};
use super::today::StoreFilter;
use crate::component::{Empty, IconName, ListEnd};
use crate::i18n::{self, t};
use crate::session::{Loaded, use_manage};
use leptos::prelude::*;
use shared::api::{ApprovalView, StaffView};
use shared::approval::{ApprovalKind, ApprovalState};
use shared::staff::Permission;

/// Every state but sound, as the server calls it.
const UNSOUND: &str = "unsound";

/// The list.
#[component]
pub fn Approvals() -> AnyView {
    let manage = use_manage();
    let store = manage.sought.store;
    let text = || RwSignal::new(String::new());
    let (kind, state, staff) = (text(), text(), text());
    let list = manage.approvals();
    Effect::new(move |_| {
        manage.changes.track();
        manage.seek_approvals(list, store.get(), [kind.get(), state.get(), staff.get()]);
    });
    let none = move || {
        let is_any = [store, kind, state, staff].iter().any(|sought| !sought.with(String::is_empty));
        let (heading, words) = match is_any {
            true => (t!("manage.approvals.none_found"), t!("manage.approvals.none_found.words")),
            false => (t!("manage.approvals.none"), t!("manage.approvals.none.words")),
        };
        (list.loaded.get() && list.rows.with(Vec::is_empty))
            .then(|| view! { <Empty icon=IconName::Lock heading words=words.to_owned() /> })
    };
    let kinds = ApprovalKind::ALL.map(|kind| (kind.word().to_owned(), kind_words(kind).to_owned()));
    let states = std::iter::once((UNSOUND.to_owned(), t!("manage.approvals.unsound").to_owned()))
        .chain(ApprovalState::ALL.map(|state| (state.word().to_owned(), state_words(state).to_owned())));
    view! {
        <Screen heading=t!("manage.rail.sales").to_owned() actions=view! { <StoreFilter store /> }.into_any()>
            {tabs(manage, Tab::Approvals)}
            <div class="toolbar">
                <Sought label=t!("manage.approvals.what") any=t!("manage.approvals.every_kind") value=kind
                    options=Signal::stored(kinds.to_vec()) />
                <Sought label=t!("manage.approvals.state") any=t!("manage.approvals.every_state") value=state
                    options=Signal::stored(states.collect::<Vec<_>>()) />
                <People value=staff />
            </div>
            <div class="card sheet" aria-busy=move || list.loading.get().to_string()>
                {none}
                <table class="list rows" class:hidden=move || list.rows.with(Vec::is_empty)>
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.approvals.what")}</th>
                            <th scope="col">{t!("manage.approvals.asked")}</th>
                            <th scope="col">{t!("manage.approvals.by")}</th>
                            <th scope="col">{t!("manage.sales.time")}</th>
                            <th scope="col">{t!("manage.sales.receipt")}</th>
                            <th scope="col" class="num">{t!("manage.sale.amount")}</th>
                            <th scope="col">{t!("manage.approvals.state")}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || list.rows.get() key=|row| row.key.clone() children=row />
                    </tbody>
                </table>
            </div>
            <ListEnd list />
        </Screen>
    }
    .into_any()
}

/// One of several, or any.
#[component]
fn Sought(
    label: &'static str,
    any: &'static str,
    value: RwSignal<String>,
    options: Signal<Vec<(String, String)>>,
) -> AnyView {
    let one = move |(word, text): (String, String)| {
        let is_it = {
            let word = word.clone();
            move || value.with(|value| *value == word)
        };
        view! { <option value=word prop:selected=is_it>{text}</option> }
    };
    view! {
        <select class="plain" aria-label=label on:change:target=move |event| value.set(event.target().value())>
            {one((String::new(), any.to_owned()))}
            {move || options.get().into_iter().map(one).collect_view()}
        </select>
    }
    .into_any()
}

/// Who approved or asked, for those who see the staff.
#[component]
fn People(value: RwSignal<String>) -> AnyView {
    let manage = use_manage();
    if !manage.may(Permission::ManageStaff) {
        return ().into_any();
    }
    let staff = Loaded::<Vec<StaffView>>::default();
    staff.load(manage.staff());
    let options = Signal::derive(move || {
        let everybody = staff.value.get();
        let everybody = everybody.iter().flat_map(|staff| staff.iter());
        everybody.map(|person| (person.id.to_string(), person.name.clone())).collect::<Vec<_>>()
    });
    view! { <Sought label=t!("manage.approvals.who") any=t!("manage.approvals.everybody") value options /> }
        .into_any()
}

fn row(row: ApprovalView) -> AnyView {
    let receipt = row.sale_id.zip(row.receipt_number.clone()).map(|(id, number)| {
        view! { <a href=format!("/manage/sales/{id}")>{number}</a> }
    });
    view! {
        <tr>
            <th scope="row">
                <bdi>{what_words(&row)}</bdi>
                <span class="xs muted block">{kind_words(row.subject.kind)}</span>
            </th>
            <td>{row.asked_by.clone()}</td>
            <td>{row.approved_by.clone()}</td>
            <td>{row.local_time.clone()}<span class="xs muted block">{row.register.clone()}</span></td>
            <td>{receipt}</td>
            <td class="num">{worth(&row)}</td>
            <td>{state_tag(row.state)}</td>
        </tr>
    }
    .into_any()
}

/// The drawer alone is worth nothing.
fn worth(row: &ApprovalView) -> Option<String> {
    (row.subject.kind != ApprovalKind::Drawer).then(|| i18n::money(row.worth, row.currency))
}

/// What it is about: the line and what was given, the reason for cash.
fn what_words(row: &ApprovalView) -> String {
    let given = match (row.subject.price, row.subject.percent) {
        (Some(price), _) => Some(i18n::unit_price(price, row.currency)),
        (None, Some(percent)) => Some(format!("{} %", percent.to_percent())),
        (None, None) => None,
    };
    let parts = [Some(row.about.clone()).filter(|about| !about.is_empty()), given];
    let words = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    if words.is_empty() { kind_words(row.subject.kind).to_owned() } else { words }
}

fn kind_words(kind: ApprovalKind) -> &'static str {
    match kind {
        ApprovalKind::Price => t!("manage.approvals.price"),
        ApprovalKind::LineDiscount => t!("manage.approvals.line_discount"),
        ApprovalKind::SaleDiscount => t!("manage.approvals.sale_discount"),
        ApprovalKind::Return => t!("manage.approvals.return"),
        ApprovalKind::Refund => t!("manage.approvals.refund"),
        ApprovalKind::CashMovement => t!("manage.approvals.cash"),
        ApprovalKind::Drawer => t!("manage.approvals.drawer"),
    }
}

fn state_words(state: ApprovalState) -> &'static str {
    match state {
        ApprovalState::Sound => t!("manage.approvals.sound"),
        ApprovalState::Unproven => t!("manage.approvals.unproven"),
        ApprovalState::NotAllowed => t!("manage.approvals.not_allowed"),
        ApprovalState::Reused => t!("manage.approvals.reused"),
        ApprovalState::Missing => t!("manage.approvals.missing"),
    }
}

fn state_tag(state: ApprovalState) -> AnyView {
    let class = if state == ApprovalState::Sound { "tag ok" } else { "tag warn" };
    view! { <span class=class>{state_words(state)}</span> }.into_any()
}

/// Who approved what of a sale, or did not, below what it says.
pub fn of_sale(approvals: &[ApprovalView]) -> Option<AnyView> {
    let line = |row: &ApprovalView| {
        let by = match &row.approved_by {
            Some(name) => t!("manage.approvals.approved_by", name = name),
            None => t!("manage.approvals.nobody").to_owned(),
        };
        view! {
            <li>
                <span class="grow">
                    <bdi>{what_words(row)}</bdi>
                    <span class="xs muted block">{kind_words(row.subject.kind)}" · "{by}</span>
                </span>
                {(row.state != ApprovalState::Sound).then(|| state_tag(row.state))}
                <span class="num">{worth(row)}</span>
            </li>
        }
    };
    (!approvals.is_empty()).then(|| {
        view! {
            <section class="card padded">
                <h2>{t!("manage.approvals")}</h2>
                <ul class="plain approved">{approvals.iter().map(line).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}
