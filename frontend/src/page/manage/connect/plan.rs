//! Plan: the dry run: what the mapping would do to products of both sides, field by field, and saying that it may.

use super::names::{field_name, plan_name, problem_words};
use crate::component::{
    Dialog, Empty, Failed, Form, FormBody, IconName, Note, Submit, trouble_words, use_toasts,
};
use crate::i18n::{self, t};
use crate::session::{Loaded, VersionedMapping, use_manage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::connect::{FieldFate, FieldPlan, Plan, PlanKind, PlanRow};
use shared::ids::ConnectionId;

/// The dry run of a connection.
#[component]
pub fn DryRun(
    /// Of which.
    id: ConnectionId,
    /// Hears that the mapping was accepted.
    changed: Callback<()>,
) -> AnyView {
    let manage = use_manage();
    let (plan, mapping) = (Loaded::<Plan>::default(), Loaded::<VersionedMapping>::default());
    let (kind, more) = (RwSignal::new(None::<PlanKind>), RwSignal::new(Vec::<PlanRow>::new()));
    let (next, busy) = (RwSignal::new(None::<String>), RwSignal::new(true));
    let load = Callback::new(move |()| {
        busy.set(true);
        more.set(Vec::new());
        mapping.load(manage.mapping(id));
        let asked = kind.get_untracked().unwrap_or(PlanKind::Create);
        plan.load(async move {
            let answer = manage.plan(id, (asked, None)).await;
            if let Ok(found) = &answer {
                next.try_set(found.next.clone());
            }
            busy.try_set(false);
            answer
        });
    });
    // Not at every change of the shop: all products are gone through for it.
    Effect::new(move |_| {
        kind.track();
        load.run(());
    });
    // The first look goes to where there is something to look at.
    Effect::new(move |_| {
        let Some(found) = plan.value.get() else { return };
        if kind.get_untracked().is_none() {
            let first = PlanKind::ALL.into_iter().find(|kind| found.count(*kind) > 0);
            if let Some(first) = first.filter(|first| *first != PlanKind::Create) {
                kind.set(Some(first));
            }
        }
    });
    let chosen = move || kind.get().unwrap_or(PlanKind::Create);
    let chip = move |one: PlanKind| {
        let count = move || plan.value.get().map_or(0, |found| found.count(one));
        let words = move || {
            format!("{} {}", plan_name(one), i18n::number(i64::try_from(count()).unwrap_or(i64::MAX)))
        };
        view! {
            <button type="button" class="chip" aria-pressed=move || (chosen() == one).to_string()
                on:click=move |_| kind.set(Some(one))>{words}</button>
        }
    };
    let rows = move || {
        let found = plan.value.get()?;
        let all: Vec<PlanRow> = found.rows.iter().cloned().chain(more.get()).collect();
        if all.is_empty() {
            let words = t!("manage.connect.plan.none.words").to_owned();
            return Some(
                view! { <Empty icon=IconName::Done heading=t!("manage.connect.plan.none") words /> }
                    .into_any(),
            );
        }
        let rows = all.iter().map(row).collect_view();
        Some(
            view! {
                <table class="list rows">
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.connect.kind.product")}</th>
                            <th scope="col">{t!("manage.connect.plan.what")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
            .into_any(),
        )
    };
    let go_on = move |_| {
        let after = next.get_untracked();
        if after.is_none() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            if let Ok(found) = manage.plan(id, (chosen(), after)).await {
                more.update(|rows| rows.extend(found.rows));
                next.set(found.next);
            }
            busy.try_set(false);
        });
    };
    let accepting = RwSignal::new(None::<(Plan, i64)>);
    view! {
        {move || plan.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load.run(()) /> })}
        {move || verdict(&plan, &mapping, accepting)}
        <div class="toolbar" role="group" aria-label=t!("manage.connect.plan")>{PlanKind::ALL.map(chip).collect_view()}</div>
        <div class="card sheet" aria-busy=move || busy.get().to_string()>{rows}</div>
        <Show when=move || next.with(Option::is_some)>
            <button type="button" class="btn line" on:click=go_on>{t!("manage.connect.plan.more")}</button>
        </Show>
        <div class="toolbar">
            <span class="grow muted" role="status">{move || busy.get().then(|| t!("manage.connect.check.looking"))}</span>
            <button type="button" class="btn line" on:click=move |_| load.run(())>{t!("manage.connect.plan.again")}</button>
        </div>
        {move || accepting.get().map(|(plan, version)| view! { <Accept id plan version accepting changed load /> })}
    }
    .into_any()
}

/// Is what is shown in force? If not, a person may say so.
fn verdict(
    plan: &Loaded<Plan>,
    mapping: &Loaded<VersionedMapping>,
    accepting: RwSignal<Option<(Plan, i64)>>,
) -> Option<AnyView> {
    let (plan, mapping) = (plan.value.get()?, mapping.value.get()?);
    if mapping.view.accepted == Some(mapping.view.version) {
        return Some(view! { <Note kind="ok">{t!("manage.connect.plan.in_force")}</Note> }.into_any());
    }
    // What was looked at, and nothing newer.
    let version = plan.mapping_version;
    let ask = move |_| accepting.set(Some((plan.as_ref().clone(), version)));
    Some(
        view! {
            <Note kind="info">
                <div class="inline">
                    <span class="grow">{t!("manage.connect.plan.dry")}</span>
                    <button type="button" class="btn primary" on:click=ask>{t!("manage.connect.plan.accept")}</button>
                </div>
            </Note>
        }
        .into_any(),
    )
}

fn row(one: &PlanRow) -> AnyView {
    let fields = one.fields.iter().map(field).collect_view();
    let words = one.fields.is_empty().then(|| plan_name(one.kind));
    view! {
        <tr>
            <th scope="row">
                <bdi>{one.name.clone()}</bdi>
                <span class="xs muted block"><bdi>{one.code.clone()}</bdi></span>
            </th>
            <td><ul class="plain fates">{fields}</ul><span class="muted">{words}</span></td>
        </tr>
    }
    .into_any()
}

/// A field: what it is here, what it is there, what happens.
fn field(one: &FieldPlan) -> AnyView {
    let shown = |text: &str| if text.is_empty() { "—".to_owned() } else { text.replace('\n', ", ") };
    let (ours, theirs) = (shown(&one.ours), shown(&one.theirs));
    let (class, words) = match one.fate {
        FieldFate::Taken if one.ours.is_empty() => ("", theirs),
        FieldFate::Taken => ("", t!("manage.connect.fate.taken", ours = ours, theirs = theirs)),
        FieldFate::Given => ("", t!("manage.connect.fate.given", ours = ours, theirs = theirs)),
        FieldFate::Kept => ("muted", t!("manage.connect.fate.kept", ours = ours, theirs = theirs)),
        FieldFate::Conflict => ("bad-text", t!("manage.connect.fate.conflict", ours = ours, theirs = theirs)),
        FieldFate::Problem => {
            let why = one.problem.map_or("", problem_words);
            ("bad-text", format!("{theirs}: {why}"))
        }
    };
    view! { <li class=class><span class="muted">{field_name(one.field)}": "</span><bdi>{words}</bdi></li> }
        .into_any()
}

/// Says that what was shown may be done.
#[component]
fn Accept(
    id: ConnectionId,
    plan: Plan,
    version: i64,
    accepting: RwSignal<Option<(Plan, i64)>>,
    changed: Callback<()>,
    load: Callback<()>,
) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let send = move |()| {
        spawn_local(async move {
            match manage.accept_mapping(id, version).await {
                Ok(_) => toasts.say(t!("manage.connect.plan.accepted").to_owned()),
                Err(trouble) => toasts.warn(trouble_words(&trouble)),
            }
            accepting.set(None);
            changed.run(());
            load.run(());
        });
    };
    let counted = [PlanKind::Create, PlanKind::Change, PlanKind::Give, PlanKind::Problem, PlanKind::Conflict]
        .into_iter()
        .filter(|kind| plan.count(*kind) > 0)
        .map(|kind| {
            let count = i18n::number(i64::try_from(plan.count(kind)).unwrap_or(i64::MAX));
            view! { <li>{plan_name(kind)}": "<span class="strong">{count}</span></li> }
        })
        .collect_view();
    view! {
        <Dialog heading=t!("manage.connect.plan.accept.ask").to_owned() on_close=move |()| accepting.set(None)>
            <FormBody form on_submit=send>
                <ul class="plain stack">{counted}</ul>
                <p class="muted">{t!("manage.connect.plan.accept.words")}</p>
                <div class="actions">
                    <button type="button" class="btn line" on:click=move |_| accepting.set(None)>{t!("common.cancel")}</button>
                    <Submit label=t!("manage.connect.plan.accept") />
                </div>
            </FormBody>
        </Dialog>
    }
    .into_any()
}
