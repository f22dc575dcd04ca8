//! Shifts: every drawer from float to count, as the books have it.

use super::frame::Screen;
use super::sales::{Tab, tabs};
use super::today::StoreFilter;
use crate::component::{Empty, Failed, Icon, IconName, ListEnd, Note, ReceiptPaper, print_receipt};
use crate::i18n::{self, t};
use crate::session::{Loaded, Manage, use_manage};
use leptos::prelude::*;
use shared::api::{ShiftResponse, ShiftRow};
use shared::ids::ShiftId;
use shared::money::{Currency, Minor};
use shared::receipt::z_report;
use shared::shift::{CashMovementKind, ShiftClosing, ShiftFigures, TaxFigure, TenderFigure};

/// The list.
#[component]
pub fn Shifts() -> AnyView {
    let manage = use_manage();
    let store = manage.sought.store;
    let list = manage.shifts();
    Effect::new(move |_| {
        manage.changes.track();
        manage.seek_shifts(list, store.get());
    });
    let none = move || {
        (list.loaded.get() && list.rows.with(Vec::is_empty)).then(|| {
            view! { <Empty icon=IconName::Cash heading=t!("manage.shifts.none") words=t!("manage.shifts.none.words").to_owned() /> }
        })
    };
    view! {
        <Screen heading=t!("manage.rail.sales").to_owned() actions=view! { <StoreFilter store /> }.into_any()>
            {tabs(manage, Tab::Shifts)}
            <div class="card sheet" aria-busy=move || list.loading.get().to_string()>
                {none}
                <table class="list rows" class:hidden=move || list.rows.with(Vec::is_empty)>
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.shifts.opened")}</th>
                            <th scope="col">{t!("manage.register")}</th>
                            <th scope="col">{t!("manage.shifts.closed")}</th>
                            <th scope="col" class="num">{t!("manage.shifts.expected")}</th>
                            <th scope="col" class="num">{t!("manage.shifts.counted")}</th>
                            <th scope="col" class="num">{t!("manage.shifts.difference")}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || list.rows.get() key=|row| (row.id, row.closed.clone(), row.expected) children=row />
                    </tbody>
                </table>
            </div>
            <ListEnd list />
        </Screen>
    }
    .into_any()
}

fn row(row: ShiftRow) -> AnyView {
    let money = |amount: Minor| i18n::money(amount, row.currency);
    let closed = match (&row.closed, &row.closed_by) {
        (Some(at), Some(by)) => {
            view! { {at.clone()}<span class="xs muted block">{by.clone()}</span> }.into_any()
        }
        _ => view! { <span class="tag ok">{t!("manage.shifts.open")}</span> }.into_any(),
    };
    let odd = (!row.agrees).then(|| view! { <span class="tag warn">{t!("manage.shifts.disagrees")}</span> });
    view! {
        <tr>
            <th scope="row">
                <a class="whole" href=format!("/manage/shifts/{}", row.id)>{row.opened.clone()}</a>
                <span class="xs muted block">{row.opened_by.clone()}</span>
            </th>
            <td>{row.register.clone()}<span class="xs muted block">{t!("manage.shifts.number", number = row.number)}</span></td>
            <td>{closed}</td>
            <td class="num">{money(row.expected)}" "{odd}</td>
            <td class="num">{row.counted.map(money)}</td>
            <td class="num strong">{row.counted.map(|counted| money(Minor(counted.0.saturating_sub(row.expected.0))))}</td>
        </tr>
    }
    .into_any()
}

/// One shift.
#[component]
pub fn ShiftDetail(
    /// Which.
    id: ShiftId,
) -> AnyView {
    let manage = use_manage();
    let loaded = Loaded::<ShiftResponse>::default();
    let load = move || loaded.load(manage.shift(id));
    load();
    let heading = move || {
        loaded.value.with(|found| {
            found.as_ref().map_or_else(
                || t!("manage.shifts").to_owned(),
                |found| t!("manage.shifts.heading", register = found.row.register, number = found.row.number),
            )
        })
    };
    view! {
        <Screen heading=Signal::derive(heading) back="/manage/shifts">
            {move || loaded.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            {move || loaded.value.get().map(|found| whole(&found))}
            {move || loaded.value.get().and_then(|found| z_again(manage, &found))}
        </Screen>
    }
    .into_any()
}

fn whole(found: &ShiftResponse) -> AnyView {
    let row = &found.row;
    let fact = |label: &'static str, text: String| view! { <div><dt>{label}</dt><dd>{text}</dd></div> };
    let closed = row.closed.clone().map(|at| {
        fact(t!("manage.shifts.closed"), format!("{at} · {}", row.closed_by.clone().unwrap_or_default()))
    });
    let disagrees = (!row.agrees).then(|| {
        let words = t!("manage.shifts.disagrees.words", amount = i18n::money(row.expected, row.currency));
        view! { <Note kind="warn">{words}</Note> }
    });
    let body = match &found.closing {
        Some(closing) => closing_sums(closing),
        None => view! {
            <dl class="sums">
                {sum(t!("manage.shifts.float"), found.opening.float.total, row.currency)}
                {sum(t!("manage.shifts.expected"), row.expected, row.currency)}
            </dl>
        }
        .into_any(),
    };
    view! {
        {disagrees}
        <article class="card sheet sale">
            <dl class="facts">
                {fact(t!("manage.shifts.opened"), format!("{} · {}", row.opened, row.opened_by))}
                {closed}
                {fact(t!("manage.tablet"), row.device.clone())}
            </dl>
            {body}
        </article>
    }
    .into_any()
}

/// The Z report as it came out of the printer, marked as a copy, and a way to print it by the browser.
fn z_again(manage: Manage, found: &ShiftResponse) -> Option<AnyView> {
    let closing = found.closing.as_ref()?;
    let closed = found.row.closed.clone()?;
    let stores = manage.stores.get();
    let store = stores.iter().find(|store| store.id == found.row.store_id)?;
    let receipt = z_report(closing, &closed, store, &found.row.register, true);
    Some(
        view! {
            <section class="z-again" aria-label=t!("manage.shifts.z")>
                <button type="button" class="btn line" on:click=move |_| print_receipt()>
                    <Icon name=IconName::Print />{t!("manage.shifts.print")}
                </button>
                <ReceiptPaper receipt />
            </section>
        }
        .into_any(),
    )
}

fn sum(label: impl Into<String>, amount: Minor, currency: Currency) -> AnyView {
    view! { <div><dt>{label.into()}</dt><dd class="num">{i18n::money(amount, currency)}</dd></div> }
        .into_any()
}

fn closing_sums(closing: &ShiftClosing) -> AnyView {
    let figures = &closing.figures;
    let currency = figures.currency;
    let row = |label: &'static str, amount: Minor| sum(label, amount, currency);
    // Each other currency by itself.
    let foreign = closing.foreign.iter().map(|count| {
        let row = |label: &str, amount| sum(format!("{label} {}", count.currency), amount, count.currency);
        view! {
            {row(t!("manage.shifts.expected"), count.expected)}
            {row(t!("manage.shifts.counted"), count.counted)}
            {row(t!("manage.shifts.difference"), count.variance())}
        }
    });
    let waiting = (!closing.waiting.is_empty()).then(|| {
        let tablets: Vec<String> =
            closing.waiting.iter().map(|tablet| format!("{} ({})", tablet.name, tablet.unsent)).collect();
        view! { <p class="muted sm">{t!("manage.days.waiting", tablets = tablets.join(", "))}</p> }
    });
    view! {
        <dl class="sums">
            {row(t!("manage.shifts.sold"), figures.sold)}
            {row(t!("manage.shifts.returned"), Minor(figures.returned.0.saturating_neg()))}
            {(!figures.paid_in.is_zero()).then(|| row(t!("manage.shifts.paid_in"), figures.paid_in))}
            {(!figures.tips.is_zero()).then(|| row(t!("manage.shifts.tips"), figures.tips))}
            {(!figures.donations.is_zero()).then(|| row(t!("manage.shifts.donations"), figures.donations))}
            <div class="strong"><dt>{t!("manage.total")}</dt><dd class="num">{i18n::money(figures.total, currency)}</dd></div>
            {taxes(&figures.taxes, currency)}
            {tenders(&figures.tenders, currency)}
        </dl>
        <dl class="sums">
            {row(t!("manage.shifts.float"), figures.float)}
            {row(t!("manage.shifts.cash"), figures.cash)}
            {movements(figures)}
            {row(t!("manage.shifts.expected"), closing.expected)}
            {row(t!("manage.shifts.counted"), closing.count.total)}
            <div class="strong"><dt>{t!("manage.shifts.difference")}</dt><dd class="num">{i18n::money(closing.variance, currency)}</dd></div>
            {row(t!("manage.shifts.left"), closing.left)}
            {foreign.collect_view()}
        </dl>
        {closing.note.clone().map(|note| view! { <p class="sm">{note}</p> })}
        {waiting}
    }
    .into_any()
}

fn movements(figures: &ShiftFigures) -> AnyView {
    let row = |movement: &shared::shift::CashMovement| {
        let kind = match movement.kind {
            CashMovementKind::PayIn => t!("manage.shifts.pay_in"),
            CashMovementKind::PayOut => t!("manage.shifts.pay_out"),
            CashMovementKind::Drop => t!("manage.shifts.drop"),
        };
        let why = [kind, movement.reason.as_str(), movement.staff_name.as_str()];
        let why: Vec<&str> = why.into_iter().filter(|text| !text.is_empty()).collect();
        sum(why.join(" · "), movement.kind.signed(movement.amount), figures.currency)
    };
    figures.movements.iter().map(row).collect_view().into_any()
}

/// One row a rate.
pub fn taxes(taxes: &[TaxFigure], currency: Currency) -> AnyView {
    let row = |tax: &TaxFigure| {
        let label = match &tax.percent {
            Some(percent) => format!("{} {percent} %", tax.name),
            None => tax.name.clone(),
        };
        sum(label, tax.tax, currency)
    };
    taxes.iter().map(row).collect_view().into_any()
}

/// One row a tender.
pub fn tenders(tenders: &[TenderFigure], currency: Currency) -> AnyView {
    let row = |tender: &TenderFigure| {
        let name = match tender.kind.as_str() {
            "cash" => t!("manage.sale.cash"),
            "card" => t!("manage.sale.card"),
            "on_account" => t!("manage.sale.on_account"),
            other => other,
        };
        let name = tender.name.as_deref().unwrap_or(name);
        sum(format!("{name} ({})", tender.count), tender.amount, currency)
    };
    tenders.iter().map(row).collect_view().into_any()
}
