//! Accounts: what customers owe and are owed, and what is on gift cards.

use super::customers::{Tab, tabs};
use super::frame::Screen;
use crate::component::{Empty, IconName, ListEnd};
use crate::i18n::{self, t};
use crate::session::use_manage;
use leptos::prelude::*;
use shared::account::AccountKey;
use shared::api::{AccountMoved, AccountResponse, AccountRow, CustomerPoints, EarnedIn};

/// The list.
#[component]
pub fn Accounts() -> AnyView {
    let manage = use_manage();
    let list = manage.accounts();
    let cards = RwSignal::new(false);
    Effect::new(move |_| {
        manage.changes.track();
        manage.seek_accounts(list, cards.get());
    });
    let chip = move |of_cards: bool, name: &'static str| {
        view! {
            <button type="button" class="chip" aria-pressed=move || (cards.get() == of_cards).to_string()
                on:click=move |_| cards.set(of_cards)>{name}</button>
        }
    };
    let none = move || {
        (list.loaded.get() && list.rows.with(Vec::is_empty)).then(|| {
            let words = t!("manage.accounts.none.words").to_owned();
            view! { <Empty icon=IconName::Card heading=t!("manage.accounts.none") words /> }
        })
    };
    view! {
        <Screen heading=t!("manage.accounts").to_owned() under=t!("manage.accounts.under").to_owned()>
            {tabs(Tab::Accounts)}
            <div class="toolbar">
                {chip(false, t!("manage.accounts.customers"))}
                {chip(true, t!("manage.accounts.cards"))}
            </div>
            <div class="card sheet" aria-busy=move || list.loading.get().to_string()>
                {none}
                <table class="list rows" class:hidden=move || list.rows.with(Vec::is_empty)>
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.accounts.whose")}</th>
                            <th scope="col">{t!("manage.accounts.moved")}</th>
                            <th scope="col" class="num">{t!("manage.accounts.balance")}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || list.rows.get() key=|row| (row.key.clone(), row.currency, row.balance) children=row />
                    </tbody>
                </table>
            </div>
            <ListEnd list />
        </Screen>
    }
    .into_any()
}

/// A card by the beginning of its fingerprint: its code is known to whoever holds it.
fn card_words(key: &AccountKey) -> String {
    let print = key.as_str().rsplit(':').next().unwrap_or_default();
    t!("manage.accounts.card", print = print.get(..8).unwrap_or(print))
}

fn row(row: AccountRow) -> AnyView {
    let whose = match row.key.customer() {
        Some(id) => {
            let name = row.name.clone().unwrap_or_default();
            view! { <a class="whole" href=format!("/manage/customers/{id}")><bdi>{name}</bdi></a> }.into_any()
        }
        None => card_words(&row.key).into_any(),
    };
    view! {
        <tr>
            <th scope="row">{whose}</th>
            <td>{i18n::moment(row.changed_at_ms, None)}</td>
            <td class="num strong">{i18n::money(row.balance, row.currency)}</td>
        </tr>
    }
    .into_any()
}

/// What is on an account, and what was moved on it; nothing where nothing ever was.
pub fn account_card(account: &AccountResponse) -> Option<AnyView> {
    if account.movements.is_empty() {
        return None;
    }
    let balance = |one: &shared::account::AccountBalance| {
        let words =
            if one.balance.is_negative() { t!("manage.accounts.owes") } else { t!("manage.accounts.has") };
        view! { <div><dt>{words}</dt><dd>{i18n::money(one.balance, one.currency)}</dd></div> }
    };
    Some(
        view! {
            <section class="card sheet">
                <h2 class="padded-head">{t!("manage.accounts.account")}</h2>
                <dl class="facts">{account.account.balances.iter().map(balance).collect_view()}</dl>
                {movements(&account.movements, |one| i18n::money(one.amount, one.currency))}
            </section>
        }
        .into_any(),
    )
}

/// A customer's points: how many, what they earned by year, and what moved them.
pub fn points_card(points: &CustomerPoints) -> AnyView {
    let earned = |one: &EarnedIn| {
        let words = t!("manage.customer.points.earned", year = one.year);
        view! { <div><dt>{words}</dt><dd>{i18n::number(one.points)}</dd></div> }
    };
    view! {
        <section class="card sheet">
            <h2 class="padded-head">{t!("manage.customer.points")}</h2>
            <dl class="facts">
                <div><dt>{t!("manage.customer.points.now")}</dt><dd>{i18n::number(points.balance)}</dd></div>
                {points.earned.iter().map(earned).collect_view()}
            </dl>
            {movements(&points.movements, |one| i18n::number(one.amount.0))}
        </section>
    }
    .into_any()
}

fn movements(all: &[AccountMoved], amount: fn(&AccountMoved) -> String) -> AnyView {
    let moved = |one: &AccountMoved| {
        view! {
            <tr>
                <th scope="row"><a class="whole" href=format!("/manage/sales/{}", one.sale_id)>{one.receipt_number.clone()}</a></th>
                <td>{i18n::moment(one.at_ms, None)}</td>
                <td class="num strong">{amount(one)}</td>
            </tr>
        }
    };
    view! {
        <table class="list rows">
            <thead>
                <tr>
                    <th scope="col">{t!("manage.sales.receipt")}</th>
                    <th scope="col">{t!("manage.sales.time")}</th>
                    <th scope="col" class="num">{t!("manage.sale.amount")}</th>
                </tr>
            </thead>
            <tbody>{all.iter().map(moved).collect_view()}</tbody>
        </table>
    }
    .into_any()
}
