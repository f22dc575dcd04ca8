//! Kept: what a manager has to look at: records that could not be booked as they are, and what was booked but is odd.

use super::frame::Screen;
use super::{sale, sales};
use crate::component::{Dialog, Empty, Failed, Form, FormBody, Icon, IconName, Submit, use_toasts};
use crate::i18n::{self, t};
use crate::session::{Loaded, Manage, ToLookAt, use_manage};
use leptos::prelude::*;
use shared::api::{DeviceView, Flag, FlagKind, KeptDecision, KeptEntry, LookRequest};
use shared::sync::journal::{EntryBody, JournalEntry};
use std::sync::Arc;

/// What is about to be decided.
type Deciding = RwSignal<Option<(KeptEntry, KeptDecision)>>;

/// The records, those without a decision first.
#[component]
pub fn Kept() -> AnyView {
    let manage = use_manage();
    let records = Loaded::<ToLookAt>::default();
    let tablets = Loaded::<Vec<DeviceView>>::default();
    let load = move || records.load(manage.to_look_at());
    tablets.load(manage.tablets());
    Effect::new(move |_| {
        manage.changes.track();
        load();
    });
    let deciding: Deciding = RwSignal::new(None);
    let list = move || {
        let records = records.value.get()?;
        let tablets = tablets.value.get();
        let name = |record: &KeptEntry| tablet_name(tablets.as_ref(), record);
        let card = |record: &KeptEntry| card(record, name(record), deciding);
        let (done, open): (Vec<_>, Vec<_>) = records.kept.iter().partition(|record| record.resolved);
        let (seen, flags): (Vec<_>, Vec<_>) = records.flags.iter().partition(|flag| flag.resolved);
        let none = (open.is_empty() && flags.is_empty()).then(|| {
            let words = t!("manage.kept.none.words").to_owned();
            view! { <div class="card"><Empty icon=IconName::Done heading=t!("manage.kept.none") words /></div> }
        });
        let flag = move |flag: &Flag| flag_card(manage, flag, load);
        let dealt_with = (!done.is_empty() || !seen.is_empty()).then(|| {
            view! {
                <details class="fold">
                    <summary>{t!("manage.kept.done", count = done.len().saturating_add(seen.len()))}</summary>
                    <div class="stack">
                        {seen.iter().map(|seen| flag(seen)).collect_view()}
                        {done.iter().map(|record| card(record)).collect_view()}
                    </div>
                </details>
            }
        });
        Some(view! {
            {none}
            <div class="stack">
                {flags.iter().map(|waiting| flag(waiting)).collect_view()}
                {open.iter().map(|record| card(record)).collect_view()}
            </div>
            {dealt_with}
        })
    };
    view! {
        <Screen heading=t!("manage.kept").to_owned() under=t!("manage.kept.under").to_owned()>
            {move || sales::tabs(manage, sales::Tab::Kept)}
            {move || records.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            {list}
            {move || deciding.get().map(|(record, decision)| view! {
                <Confirm record decision deciding on_done=move |()| load() />
            })}
        </Screen>
    }
    .into_any()
}

fn tablet_name(tablets: Option<&Arc<Vec<DeviceView>>>, record: &KeptEntry) -> String {
    let known = tablets.and_then(|tablets| tablets.iter().find(|tablet| tablet.id == record.device_id));
    known.map_or_else(
        || t!("manage.kept.unknown_tablet").to_owned(),
        |tablet| format!("{} · {}", tablet.name, tablet.register.name),
    )
}

fn card(record: &KeptEntry, tablet: String, deciding: Deciding) -> AnyView {
    let decide = |decision: KeptDecision, label: &'static str, class: &'static str| {
        let record = record.clone();
        let ask = move |_| deciding.set(Some((record.clone(), decision.clone())));
        view! { <button type="button" class=class on:click=ask>{label}</button> }
    };
    let actions = (!record.resolved).then(|| {
        view! {
            <div class="actions">
                {decide(KeptDecision::SetAside, t!("manage.kept.set_aside"), "btn line")}
                {decide(KeptDecision::Book, t!("manage.kept.book"), "btn primary")}
            </div>
        }
    });
    let received = i18n::moment(record.received_at_ms, None);
    let sequence = record.sequence;
    view! {
        <article class="card padded kept">
            <h2><Icon name=IconName::Warning />{sentence(&record.reason)}</h2>
            <p class="sm muted">{t!("manage.kept.from", tablet = tablet, number = sequence, time = received)}</p>
            <details class="fold">
                <summary>{t!("manage.kept.content")}</summary>
                {content(&record.content)}
            </details>
            {actions}
        </article>
    }
    .into_any()
}

/// Something that is in the books and odd: what, of which sale, through which returns.
fn flag_card(manage: Manage, flag: &Flag, on_done: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let name = flag.name.clone().unwrap_or_default();
    let number = flag.receipt_number.clone().unwrap_or_default();
    let returned = i18n::quantity(flag.returned);
    let words = match (flag.key.kind, flag.sold) {
        (FlagKind::CouponOver, _) => {
            let code = flag.code.clone().unwrap_or_default();
            t!("manage.flag.coupon_over", code = code, number = number)
        }
        (FlagKind::AccountOver, _) => {
            let who = flag.code.clone().unwrap_or_default();
            t!("manage.flag.account_over", who = who, number = number)
        }
        (kind, _) if kind.is_of_approval() => approval_words(flag),
        (FlagKind::UnknownSale, _) | (_, None) => t!("manage.flag.unknown_sale").to_owned(),
        (FlagKind::ReturnedTwice, Some(sold)) => {
            let sold = i18n::quantity(sold);
            t!("manage.flag.returned_twice", name = name, number = number, sold = sold, returned = returned)
        }
        (FlagKind::PaidTwice, Some(_)) => t!("manage.flag.paid_twice", name = name, number = number),
        (_, Some(_)) => String::new(),
    };
    let more = flag.key.kind.is_of_approval().then(|| {
        view! { <a class="btn line" href="/manage/approvals">{t!("manage.flag.approvals")}</a> }
    });
    let returns = (!flag.returns.is_empty())
        .then(|| format!("{} · ", t!("manage.flag.returns", numbers = flag.returns.join(", "))));
    let raised = i18n::moment(flag.raised_at_ms, None);
    let looked = LookRequest { key: flag.key, raised_at_ms: flag.raised_at_ms };
    let toasts = use_toasts();
    let look = move |_| {
        leptos::task::spawn_local(async move {
            match manage.resolve(looked).await {
                Ok(()) => on_done(),
                Err(trouble) => toasts.warn(trouble.message),
            }
        });
    };
    let actions = (!flag.resolved).then(|| {
        view! {
            <div class="actions">
                {more}
                <button type="button" class="btn primary" on:click=look>{t!("manage.flag.looked")}</button>
            </div>
        }
    });
    view! {
        <article class="card padded kept">
            <h2><Icon name=IconName::Warning />{words}</h2>
            <p class="sm muted">{returns} {raised}</p>
            {actions}
        </article>
    }
    .into_any()
}

/// What was not approved as it should be, by whom, on which receipt or in which drawer.
fn approval_words(flag: &Flag) -> String {
    let person = flag.code.clone().unwrap_or_default();
    let place = match &flag.receipt_number {
        Some(number) => t!("manage.sale.receipt", number = number),
        None => t!("manage.flag.drawer").to_owned(),
    };
    match flag.key.kind {
        FlagKind::ApprovalUnproven => t!("manage.flag.unproven", name = person, place = place),
        FlagKind::ApprovalNotAllowed => t!("manage.flag.not_allowed", name = person, place = place),
        FlagKind::ApprovalReused => t!("manage.flag.reused", name = person, place = place),
        _ => t!("manage.flag.not_approved", name = person, place = place),
    }
}

/// A reason begins like a sentence.
fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A record a person can read: a sale as a sale, anything else as it came.
fn content(text: &str) -> AnyView {
    if let Ok(entry) = serde_json::from_str::<JournalEntry>(text)
        && let EntryBody::SaleCompleted { sale } = &entry.body
    {
        let number = t!("manage.sale.receipt", number = sale.receipt_number);
        return view! { <h3 class="sm">{number}</h3> <div class="sale">{sale::whole(sale)}</div> }.into_any();
    }
    let value = serde_json::from_str::<serde_json::Value>(text)
        .and_then(|value| serde_json::to_string_pretty(&value));
    view! { <pre class="record" tabindex="0">{value.unwrap_or_else(|_| text.to_owned())}</pre> }.into_any()
}

#[component]
fn Confirm(
    record: KeptEntry,
    decision: KeptDecision,
    deciding: Deciding,
    #[prop(into)] on_done: Callback<()>,
) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let (heading, words, label, done) = match decision {
        KeptDecision::Book => (
            t!("manage.kept.book.ask"),
            t!("manage.kept.book.words"),
            t!("manage.kept.book"),
            t!("manage.kept.booked"),
        ),
        KeptDecision::SetAside => (
            t!("manage.kept.set_aside.ask"),
            t!("manage.kept.set_aside.words"),
            t!("manage.kept.set_aside"),
            t!("manage.kept.is_set_aside"),
        ),
    };
    let id = record.id;
    let send = move |()| {
        form.send(manage.decide(id, decision.clone()), move |_| {
            toasts.say(done);
            deciding.set(None);
            on_done.run(());
        });
    };
    view! {
        <Dialog heading=heading.to_owned() on_close=move |()| deciding.set(None)>
            <FormBody form on_submit=send>
                <p>{words}</p>
                <div class="actions">
                    <button type="button" class="btn line" on:click=move |_| deciding.set(None)>{t!("common.cancel")}</button>
                    <Submit label />
                </div>
            </FormBody>
        </Dialog>
    }
    .into_any()
}
