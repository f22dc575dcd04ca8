//! Sale: one sale as it was recorded.

use super::approvals;
use super::frame::Screen;
use super::sales::kind_tag;
use crate::component::{Failed, Icon, IconName};
use crate::i18n::{self, t};
use crate::session::{Loaded, use_manage};
use leptos::prelude::*;
use shared::api::SaleResponse;
use shared::customer::SaleCustomer;
use shared::ids::SaleId;
use shared::money::Minor;
use shared::sale::{Sale, SaleLine};
use shared::staff::Permission;
use shared::tender::{Tender, TenderKind};

/// A sale by its id.
#[component]
pub fn SaleDetail(
    /// Which.
    id: SaleId,
) -> AnyView {
    let manage = use_manage();
    let loaded = Loaded::<SaleResponse>::default();
    let load = move || loaded.load(manage.sale(id));
    load();
    let heading = move || {
        loaded.value.with(|sale| {
            sale.as_ref().map_or_else(
                || t!("manage.sale").to_owned(),
                |sale| t!("manage.sale.receipt", number = sale.sale.receipt_number.clone()),
            )
        })
    };
    view! {
        <Screen heading=Signal::derive(heading) back="/manage/sales">
            {move || loaded.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            {move || loaded.value.get().map(|found| {
                let zone = manage.stores.get().iter().find(|store| store.id == found.sale.store_id)
                    .map(|store| store.time_zone.clone());
                view! {
                    <div class="inline">{receipt_links(found.sale.id)}</div>
                    <article class="card sheet sale">{whole(&found.sale)}</article>
                    {approvals::of_sale(&found.approvals)}
                    <p class="xs muted">{t!("manage.sale.received", time = i18n::moment(found.received_at_ms, zone.as_deref()))}</p>
                }
            })}
        </Screen>
    }
    .into_any()
}

/// The receipt to look at or to send, marked as a copy.
fn receipt_links(id: SaleId) -> AnyView {
    let link = |form: &str, words: &'static str| {
        view! {
            <a class="btn line" href=format!("/api/sales/{id}/receipt?form={form}") target="_blank" rel="noopener">
                <Icon name=IconName::Print />{words}
            </a>
        }
    };
    view! { {link("html", t!("manage.sale.receipt.page"))} {link("pdf", t!("manage.sale.receipt.pdf"))} }
        .into_any()
}

/// Who bought, with the way to their record.
fn customer_fact(customer: &SaleCustomer) -> Option<AnyView> {
    let name = customer.name.clone().or_else(|| customer.number.clone())?;
    let record = customer.id.filter(|_| use_manage().may(Permission::ManageCustomers));
    let name = match record {
        Some(id) => view! { <a href=format!("/manage/customers/{id}")>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    Some(view! { <div><dt>{t!("manage.sale.customer")}</dt><dd>{name}</dd></div> }.into_any())
}

/// Everything a sale says.
pub fn whole(sale: &Sale) -> AnyView {
    let manage = use_manage();
    let (store_id, register_id) = (sale.store_id, sale.register_id);
    // Stores and registers may come after the sale.
    let store = move || manage.stores.get().iter().find(|one| one.id == store_id).map(|one| one.name.clone());
    let register =
        move || manage.registers.get().iter().find(|one| one.id == register_id).map(|one| one.name.clone());
    let fact = |label: &'static str, text: String| {
        (!text.is_empty()).then(|| view! { <div><dt>{label}</dt><dd>{text}</dd></div> })
    };
    let customer = sale.customer.clone();
    view! {
        <dl class="facts">
            {kind_tag(sale.kind)}
            {fact(t!("manage.sales.time"), sale.time.text())}
            {move || store().and_then(|name| fact(t!("manage.store"), name))}
            {move || register().and_then(|name| fact(t!("manage.register"), name))}
            {fact(t!("manage.sales.by"), sale.staff_name.clone())}
            {customer_fact(&customer)}
            {fact(t!("manage.sale.note"), sale.note.clone().unwrap_or_default())}
        </dl>
        <table class="list">
            <thead>
                <tr>
                    <th scope="col">{t!("manage.product")}</th>
                    <th scope="col" class="num">{t!("manage.quantity")}</th>
                    <th scope="col" class="num">{t!("manage.price")}</th>
                    <th scope="col" class="num">{t!("manage.sale.discount")}</th>
                    <th scope="col" class="num">{t!("manage.sale.amount")}</th>
                </tr>
            </thead>
            <tbody>{sale.lines.iter().map(|line| line_row(sale, line)).collect_view()}</tbody>
        </table>
        {sums(sale)}
    }
    .into_any()
}

fn line_row(sale: &Sale, line: &SaleLine) -> AnyView {
    let money = |amount: Minor| i18n::money(amount, sale.currency);
    let off = [line.promotions_off(), Ok(line.line_discount), Ok(line.cart_discount), Ok(line.points.off)];
    let off = off.into_iter().collect::<Result<Vec<_>, _>>().and_then(Minor::sum);
    let off = off.ok().filter(|off| !off.is_zero());
    let off = off.and_then(|off| off.negated().ok());
    let symbol = line.unit.symbol();
    let quantity = i18n::quantity(line.quantity);
    view! {
        <tr>
            <th scope="row">
                <bdi>{line.name.clone()}</bdi>
                <span class="xs muted block">{line.sku.clone()}{line.note.clone().map(|note| format!(" · {note}"))}</span>
                {line.origin.as_ref().map(|origin| {
                    let reason = origin.reason.as_ref().map(|reason| format!(" · {reason}"));
                    view! { <span class="xs muted block">{t!("manage.sale.back_of", number = origin.receipt_number)}{reason}</span> }
                })}
                {line.promotions.iter().map(|part| view! { <span class="xs muted block">{part.name.clone()}</span> }).collect_view()}
            </th>
            <td class="num">{format!("{quantity} {symbol}")}</td>
            <td class="num">{i18n::unit_price(line.unit_price, sale.currency)}</td>
            <td class="num">{off.map(money)}</td>
            <td class="num strong">{money(line.amount)}</td>
        </tr>
    }
    .into_any()
}

/// Points that were spent on it and that it earned.
fn points_rows(sale: &Sale) -> AnyView {
    let row = |label: &'static str, points: i64| {
        (points != 0)
            .then(|| view! { <div><dt>{label}</dt><dd class="num">{i18n::number(points)}</dd></div> })
    };
    let sum = |of: fn(&SaleLine) -> i64| sale.lines.iter().map(of).fold(0_i64, i64::saturating_add);
    view! {
        {row(t!("manage.sale.points_used"), sum(|line| line.points.spent))}
        {row(t!("manage.sale.points_earned"), sum(|line| line.points.earned))}
    }
    .into_any()
}

fn sums(sale: &Sale) -> AnyView {
    let money = |amount: Minor| i18n::money(amount, sale.currency);
    let row = |label: String, amount: Minor| {
        view! { <div><dt>{label}</dt><dd class="num">{money(amount)}</dd></div> }
    };
    let taxes = sale.taxes.iter().map(|tax| {
        let name = tax.name.clone();
        let label = match tax.percent() {
            None => name,
            Some(percent) if tax.included.unwrap_or(sale.tax_settings.prices_include_tax) => {
                t!("manage.sale.tax_inside", name = name, percent = percent)
            }
            Some(percent) => t!("manage.sale.tax_on_top", name = name, percent = percent),
        };
        row(label, tax.tax)
    });
    let tenders = sale.tenders.iter().map(|tender| row(tender_words(tender), tender.amount));
    view! {
        <dl class="sums">
            {row(t!("manage.sale.net").to_owned(), sale.net)}
            {taxes.collect_view()}
            <div class="strong"><dt>{t!("manage.total")}</dt><dd class="num">{money(sale.total)}</dd></div>
            {points_rows(sale)}
            {(!sale.cash_rounding.is_zero()).then(|| row(t!("manage.sale.rounding").to_owned(), sale.cash_rounding))}
            {tenders.collect_view()}
            {(!sale.change.is_zero()).then(|| row(t!("manage.sale.change").to_owned(), sale.change))}
        </dl>
    }
    .into_any()
}

fn tender_words(tender: &Tender) -> String {
    let named = tender.of.as_ref().map(|of| of.name.clone());
    match &tender.kind {
        TenderKind::ForeignCash { currency, given, rate, .. } => {
            let given = i18n::money(*given, *currency);
            format!("{} · {given} × {}", named.unwrap_or_default(), i18n::rate(*rate))
        }
        TenderKind::Cash => named.unwrap_or_else(|| t!("manage.sale.cash").to_owned()),
        TenderKind::OnAccount => named.unwrap_or_else(|| t!("manage.sale.on_account").to_owned()),
        TenderKind::GiftCard { last_letters, .. } => {
            let name = named.unwrap_or_else(|| t!("manage.tenders.gift_card").to_owned());
            format!("{name} ···· {last_letters}")
        }
        TenderKind::Card { reference, last_four } => {
            let end = last_four.as_ref().map(|four| format!(" ···· {four}")).unwrap_or_default();
            let name = named.unwrap_or_else(|| t!("manage.sale.card").to_owned());
            let number = if reference.is_empty() { String::new() } else { format!(" · {reference}") };
            format!("{name}{end}{number}")
        }
        other => {
            let number = other.reference().map(|number| format!(" · {number}")).unwrap_or_default();
            format!("{}{number}", named.unwrap_or_default())
        }
    }
}
