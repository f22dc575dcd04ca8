//! Matches: what of ours is what of theirs, and saying so.

use super::kind_name;
use crate::component::{Dialog, Empty, IconName, ListEnd, Seek, trouble_words, use_toasts};
use crate::i18n::t;
use crate::session::{Loaded, Manage, use_manage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::connect::{Choice, ConnectorView, LinkKind, MatchRequest, MatchRow, MatchWay};
use shared::ids::ConnectionId;

/// The matches of a connection, kind by kind.
#[component]
pub fn Matches(
    /// Whose.
    id: ConnectionId,
    /// What is matched there.
    connector: Signal<Option<ConnectorView>>,
    /// Hears that one was changed.
    changed: Callback<()>,
) -> AnyView {
    let manage = use_manage();
    let (kind, unmatched) = (RwSignal::new(LinkKind::Store), RwSignal::new(false));
    let list = manage.matches();
    let load = Callback::new(move |()| {
        manage.seek_matches(list, (id, kind.get_untracked()), unmatched.get_untracked());
    });
    let kinds = Memo::new(move |_| {
        let known = connector.get().map_or_else(Vec::new, |connector| connector.matches);
        let all = [LinkKind::Store, LinkKind::Tender, LinkKind::Line, LinkKind::Product];
        all.into_iter().filter(|kind| known.contains(kind)).collect::<Vec<_>>()
    });
    // The first that is matched there.
    Effect::new(move |_| {
        let kinds = kinds.get();
        if let Some(first) = kinds.first().filter(|_| !kinds.contains(&kind.get_untracked())) {
            kind.set(*first);
        }
    });
    Effect::new(move |_| {
        kind.track();
        unmatched.track();
        manage.changes.track();
        load.run(());
    });
    let asked = RwSignal::new(None::<MatchRow>);
    let chip = move |one: LinkKind| {
        view! {
            <button type="button" class="chip" aria-pressed=move || (kind.get() == one).to_string()
                on:click=move |_| kind.set(one)>{kind_name(one)}</button>
        }
    };
    let none = move || {
        (list.loaded.get() && list.rows.with(Vec::is_empty)).then(|| {
            let (heading, words) = match unmatched.get() {
                true => (t!("manage.connect.matches.all"), t!("manage.connect.matches.all.words")),
                false => (t!("manage.connect.matches.none"), t!("manage.connect.matches.none.words")),
            };
            view! { <Empty icon=IconName::Done heading words=words.to_owned() /> }
        })
    };
    let done = Callback::new(move |()| {
        asked.set(None);
        load.run(());
        changed.run(());
    });
    let key = |row: &MatchRow| (row.id.clone(), row.theirs.as_ref().map(|theirs| theirs.id.clone()));
    view! {
        <div class="toolbar" role="group" aria-label=t!("manage.connect.matches")>
            {move || kinds.get().into_iter().map(chip).collect_view()}
            <span class="grow"></span>
            <label class="switch">
                <input type="checkbox" role="switch" prop:checked=unmatched
                    on:change:target=move |event| unmatched.set(event.target().checked()) />
                <span class="strong">{t!("manage.connect.matches.only")}</span>
            </label>
        </div>
        <div class="card sheet" aria-busy=move || list.loading.get().to_string()>
            {none}
            <table class="list rows" class:hidden=move || list.rows.with(Vec::is_empty)>
                <thead>
                    <tr>
                        <th scope="col">{t!("manage.connect.ours")}</th>
                        <th scope="col">{t!("manage.connect.theirs")}</th>
                        <th scope="col">{t!("manage.connect.by")}</th>
                        <th scope="col"><span class="hidden-text">{t!("manage.change")}</span></th>
                    </tr>
                </thead>
                <tbody><For each=move || list.rows.get() key=key children=move |one| row(one, kind.get_untracked(), asked) /></tbody>
            </table>
        </div>
        <ListEnd list />
        {move || asked.get().map(|one| view! { <ChooseMatch of=(id, kind.get_untracked()) one asked done /> })}
    }
    .into_any()
}

/// Ours as people call it; the lines of a sale have no name of their own.
fn our_name(one: &MatchRow, kind: LinkKind) -> String {
    match kind {
        LinkKind::Line => line_name(&one.id).map_or_else(|| one.name.clone(), str::to_owned),
        _ => one.name.clone(),
    }
}

/// By our word for the line.
fn line_name(word: &str) -> Option<&'static str> {
    Some(match word {
        "manual" => t!("manage.connect.line.manual"),
        "tip" => t!("manage.connect.line.tip"),
        "donation" => t!("manage.connect.line.donation"),
        "voucher" => t!("manage.connect.line.voucher"),
        "account" => t!("manage.connect.line.account"),
        "deposit" => t!("manage.connect.line.deposit"),
        "postage" => t!("manage.connect.line.postage"),
        "fee" => t!("manage.connect.line.fee"),
        "discount" => t!("manage.connect.line.discount"),
        "adjustment" => t!("manage.connect.line.adjustment"),
        "cash_rounding" => t!("manage.connect.line.cash_rounding"),
        _ => return None,
    })
}

fn row(one: MatchRow, kind: LinkKind, asked: RwSignal<Option<MatchRow>>) -> AnyView {
    let name = our_name(&one, kind);
    let theirs = match &one.theirs {
        Some(theirs) => {
            let code = theirs.code.clone();
            view! {
                <bdi>{theirs.name.clone()}</bdi>
                {(!code.is_empty()).then(|| view! { <span class="xs muted block"><bdi>{code}</bdi></span> })}
            }
            .into_any()
        }
        None if one.needed => {
            view! { <span class="tag bad">{t!("manage.connect.unmatched")}</span> }.into_any()
        }
        None => view! { <span class="muted">{t!("manage.connect.unmatched.fine")}</span> }.into_any(),
    };
    let way = match one.way {
        Some(MatchWay::Code) => t!("manage.connect.by.code"),
        Some(MatchWay::Barcode) => t!("manage.connect.by.barcode"),
        Some(MatchWay::Name) => t!("manage.connect.by.name"),
        Some(MatchWay::Person) => t!("manage.connect.by.person"),
        Some(MatchWay::Made) => t!("manage.connect.by.made"),
        None => "",
    };
    let code = one.code.clone();
    let label = format!("{}: {name}", t!("manage.connect.match"));
    view! {
        <tr>
            <th scope="row">
                <bdi>{name}</bdi>
                {(!code.is_empty()).then(|| view! { <span class="xs muted block"><bdi>{code}</bdi></span> })}
            </th>
            <td>{theirs}</td>
            <td class="muted">{way}</td>
            <td class="num">
                <button type="button" class="btn line" aria-label=label on:click=move |_| asked.set(Some(one.clone()))>
                    {t!("manage.connect.match")}
                </button>
            </td>
        </tr>
    }
    .into_any()
}

/// Chooses one of theirs.
#[component]
fn ChooseMatch(
    of: (ConnectionId, LinkKind),
    one: MatchRow,
    asked: RwSignal<Option<MatchRow>>,
    done: Callback<()>,
) -> AnyView {
    let manage: Manage = use_manage();
    let toasts = use_toasts();
    let search = RwSignal::new(String::new());
    let found = Loaded::<Vec<Choice>>::default();
    Effect::new(move |_| found.load(manage.match_choices(of, search.get())));
    let ours = one.id.clone();
    let say = Callback::new(move |remote_id: Option<String>| {
        let request = MatchRequest { id: ours.clone(), remote_id };
        spawn_local(async move {
            match manage.set_match(of, request).await {
                Ok(()) => done.run(()),
                Err(trouble) => toasts.warn(trouble_words(&trouble)),
            }
        });
    });
    let choices = move || {
        let all = found.value.get()?;
        if all.is_empty() {
            return Some(view! { <p class="muted">{t!("manage.connect.choices.none")}</p> }.into_any());
        }
        let choice = |one: &Choice| {
            let id = one.id.clone();
            view! {
                <li>
                    <button type="button" class="choice" on:click=move |_| say.run(Some(id.clone()))>
                        <span class="grow"><bdi>{one.name.clone()}</bdi></span>
                        <span class="muted"><bdi>{one.code.clone()}</bdi></span>
                    </button>
                </li>
            }
        };
        Some(view! { <ul class="plain">{all.iter().map(choice).collect_view()}</ul> }.into_any())
    };
    let heading = t!("manage.connect.match.of", name = our_name(&one, of.1));
    let has_match = one.theirs.is_some();
    view! {
        <Dialog heading on_close=move |()| asked.set(None)>
            <Seek label=t!("manage.connect.choices.seek") value=search />
            {move || found.trouble.get().map(|trouble| view! { <p class="bad-text">{trouble_words(&trouble)}</p> })}
            <div class="choices">{choices}</div>
            <div class="actions">
                <button type="button" class="btn line" on:click=move |_| asked.set(None)>{t!("common.cancel")}</button>
                {has_match.then(|| view! {
                    <button type="button" class="btn line danger" on:click=move |_| say.run(None)>{t!("manage.connect.match.none")}</button>
                })}
            </div>
        </Dialog>
    }
    .into_any()
}
