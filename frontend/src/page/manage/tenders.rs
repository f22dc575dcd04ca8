//! Tenders: the list of ways to pay, in the order the till shows them.

use super::frame::Screen;
use crate::component::{Failed, Icon, IconName, trouble_words, use_toasts};
use crate::i18n::{self, t};
use crate::session::{Loaded, Manage, use_manage};
use leptos::prelude::*;
use shared::ids::TenderTypeId;
use shared::tender::{TenderType, TypeKind};

/// What a way to pay is, in a word or two.
pub fn kind_words(kind: TypeKind) -> &'static str {
    match kind {
        TypeKind::Cash => t!("manage.sale.cash"),
        TypeKind::Card => t!("manage.sale.card"),
        TypeKind::ForeignCash => t!("manage.tenders.foreign_cash"),
        TypeKind::Voucher => t!("manage.tenders.voucher"),
        TypeKind::Cheque => t!("manage.tenders.cheque"),
        TypeKind::Transfer => t!("manage.tenders.transfer"),
        TypeKind::Other => t!("manage.tenders.another_way"),
        TypeKind::OnAccount => t!("manage.tenders.on_account"),
        TypeKind::GiftCard => t!("manage.tenders.gift_card"),
    }
}

/// As the shop calls it, else in the language of the screen.
pub fn type_name(one: &TenderType) -> String {
    if one.name.is_empty() { kind_words(one.kind).to_owned() } else { one.name.clone() }
}

/// The list.
#[component]
pub fn Tenders() -> AnyView {
    let manage = use_manage();
    let loaded = Loaded::<Vec<TenderType>>::default();
    let load = move || loaded.load(manage.tender_types());
    Effect::new(move |_| {
        manage.changes.track();
        load();
    });
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let shift = Callback::new(move |(id, down): (TenderTypeId, bool)| {
        let Some(ids) = loaded.value.with_untracked(|all| moved(all.as_deref()?, id, down)) else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        leptos::task::spawn_local(async move {
            match manage.order_tender_types(ids).await {
                Ok(_) => load(),
                Err(trouble) => toasts.warn(trouble_words(&trouble)),
            }
            let _ = busy.try_set(false);
        });
    });
    let list = move || {
        let all = loaded.value.get()?;
        let last = all.len().saturating_sub(1);
        let rows = all.iter().enumerate();
        let rows = rows.map(|(at, one)| row(manage, one, (at > 0, at < last), shift)).collect_view();
        Some(view! {
            <table class="list rows">
                <thead>
                    <tr>
                        <th scope="col">{t!("manage.name")}</th>
                        <th scope="col" class="roomy">{t!("manage.tenders.what")}</th>
                        <th scope="col" class="roomy">{t!("manage.when.stores")}</th>
                        <th scope="col">{t!("manage.standing")}</th>
                        <th scope="col">{t!("manage.tenders.order")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        })
    };
    let add = view! {
        <a class="btn primary" href="/manage/tenders/new"><Icon name=IconName::Plus />{t!("manage.tenders.add")}</a>
    };
    view! {
        <Screen heading=t!("manage.tenders").to_owned() under=t!("manage.tenders.under").to_owned() actions=add.into_any()>
            {move || loaded.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            <div class="card sheet">{list}</div>
        </Screen>
    }
    .into_any()
}

/// All ids with this one a place further up or down.
fn moved(all: &[TenderType], id: TenderTypeId, down: bool) -> Option<Vec<TenderTypeId>> {
    let mut ids: Vec<TenderTypeId> = all.iter().map(|one| one.id).collect();
    let at = ids.iter().position(|known| *known == id)?;
    let to = if down { at.checked_add(1)? } else { at.checked_sub(1)? };
    (to < ids.len()).then(|| {
        ids.swap(at, to);
        ids
    })
}

fn row(
    manage: Manage,
    one: &TenderType,
    (may_rise, may_sink): (bool, bool),
    shift: Callback<(TenderTypeId, bool)>,
) -> AnyView {
    let (id, name) = (one.id, type_name(one));
    let rate = one.foreign.map(|foreign| {
        let rate = format!("1 {} = {} {}", foreign.currency, i18n::rate(foreign.rate), foreign.ours);
        let day = foreign.day.map(|day| format!(" · {}", i18n::day(day)));
        view! { <span class="xs muted block">{rate}{day}</span> }
    });
    let mut gives = vec![kind_words(one.kind)];
    gives.extend(one.gives_change.then(|| t!("manage.tenders.gives_change")));
    gives.extend(one.opens_drawer.then(|| t!("manage.tenders.opens_drawer")));
    gives.extend(one.refunds.then(|| t!("manage.tenders.refunds")));
    let stores = if one.stores.is_empty() {
        t!("manage.when.every_store").to_owned()
    } else {
        let all = manage.stores.get();
        let named = all.iter().filter(|store| one.stores.contains(&store.id));
        named.map(|store| store.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (tag, standing) = if one.archived {
        ("tag warn", t!("manage.tenders.archived"))
    } else {
        ("tag ok", t!("manage.tenders.taken"))
    };
    let button = |down: bool, may: bool, label: String, sign: &'static str| {
        view! {
            <button type="button" class="btn line square" aria-label=label disabled=!may on:click=move |_| shift.run((id, down))>
                <span aria-hidden="true">{sign}</span>
            </button>
        }
    };
    view! {
        <tr class:off=one.archived>
            <th scope="row">
                <a class="whole" href=format!("/manage/tenders/{id}")><bdi>{name.clone()}</bdi></a>
                {rate}
            </th>
            <td class="roomy">{gives.join(", ")}</td>
            <td class="roomy">{stores}</td>
            <td><span class=tag>{standing}</span></td>
            <td>
                <span class="inline order">
                    {button(false, may_rise, t!("manage.tenders.up", name = name), "↑")}
                    {button(true, may_sink, t!("manage.tenders.down", name = name), "↓")}
                </span>
            </td>
        </tr>
    }
    .into_any()
}
