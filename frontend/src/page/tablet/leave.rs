//! Leave: taking records out as a file, and unpairing, which is refused while anything is unsent.

use super::sync::unsent;
use crate::component::{Dialog, Icon, IconName, save_file};
use crate::i18n::t;
use crate::session::{Phase, StoreError, Till, local_time, use_till};
use leptos::prelude::*;
use shared::staff::Permission;

/// What has been asked and answered. It is `Copy`.
#[derive(Clone, Copy)]
struct Leaving {
    till: Till,
    is_asked: RwSignal<bool>,
    is_busy: RwSignal<bool>,
    problem: RwSignal<Option<StoreError>>,
    exported: RwSignal<Option<Result<String, String>>>,
}

/// The card.
#[component]
pub fn Leave() -> impl IntoView {
    let till = use_till();
    let leaving = Leaving::of(till);
    let waiting = move || unsent(till.sync_status.get());
    let may_unpair = move || match till.phase.get() {
        Phase::Open(staff) => staff.role.may(Permission::ManageDevices),
        _ => false,
    };
    let ask = move |_| {
        leaving.problem.set(None);
        leaving.is_asked.set(true);
    };
    view! {
        <section class="card padded tablet-card" aria-labelledby="tablet-leave">
            <h2 id="tablet-leave">{t!("pay.leave")}</h2>
            <p class="sm muted">
                {move || if waiting() == 0 { t!("pay.export_none").to_owned() } else { t!("pay.export_words", count = waiting()) }}
            </p>
            <button class="btn line" disabled=move || waiting() == 0 || leaving.is_busy.get() on:click=move |_| leaving.export()>
                <Icon name=IconName::Download />
                {t!("pay.export")}
            </button>
            <Exported leaving />
            <p class="sm muted">{move || if may_unpair() { t!("pay.unpair_words") } else { t!("pay.unpair_manager") }}</p>
            <button class="btn line danger" disabled=move || !may_unpair() on:click=ask>{t!("pay.unpair")}</button>
            {move || leaving.is_asked.get().then(|| view! { <Ask leaving /> })}
        </section>
    }
}

/// What stands on the pairing page of a tablet that a manager has unpaired: what it still holds, and the way out for it.
#[component]
pub fn Remains() -> impl IntoView {
    let till = use_till();
    let leaving = Leaving::of(till);
    let waiting = move || unsent(till.sync_status.get());
    let words = move || match waiting() {
        0 => t!("pay.remains_none").to_owned(),
        count => t!("pay.remains", count = count),
    };
    let ways_out = move || {
        (waiting() > 0).then(|| {
            view! {
                <div class="actions">
                    <button class="btn line" on:click=move |_| till.try_now()>{t!("pay.try_now")}</button>
                    <button class="btn line" on:click=move |_| leaving.export()>
                        <Icon name=IconName::Download />
                        {t!("pay.export")}
                    </button>
                </div>
                <Exported leaving />
            }
        })
    };
    view! {
        <div class="note warn pair-remains">
            <p class="strong">{t!("pay.remains_why")}</p>
            <p role="status">{words}</p>
            {ways_out}
        </div>
    }
}

#[component]
fn Exported(leaving: Leaving) -> impl IntoView {
    let words = |exported: Result<String, String>| match exported {
        Ok(name) => view! { <p class="note ok">{t!("pay.exported", name = name)}</p> }.into_any(),
        Err(reason) => {
            view! { <p class="note bad">{t!("pay.export_failed", reason = reason)}</p> }.into_any()
        }
    };
    view! { <div role="status">{move || leaving.exported.get().map(words)}</div> }
}

#[component]
fn Ask(leaving: Leaving) -> impl IntoView {
    let waiting = move || match leaving.problem.get() {
        Some(StoreError::Unsent(count)) => count,
        _ => unsent(leaving.till.sync_status.get()),
    };
    let other = move || leaving.problem.get().filter(|problem| !matches!(problem, StoreError::Unsent(_)));
    let close = move |()| leaving.is_asked.set(false);
    let refused = move || {
        view! {
            <p class="note warn" role="alert">{t!("pay.unpair_refused", count = waiting())}</p>
            <div class="actions">
                <button class="btn line" on:click=move |_| close(())>{t!("common.close")}</button>
                <button class="btn line" on:click=move |_| leaving.till.try_now()>{t!("pay.try_now")}</button>
                <button class="btn primary" on:click=move |_| leaving.export()>
                    <Icon name=IconName::Download />
                    {t!("pay.export")}
                </button>
            </div>
            <Exported leaving />
        }
    };
    let offered = move || {
        view! {
            <p>{t!("pay.unpair_what")}</p>
            <div role="alert">
                {move || other().map(|reason| view! { <p class="note bad">{t!("pay.unpair_failed", reason = reason)}</p> })}
            </div>
            <div class="actions">
                <button class="btn line" on:click=move |_| close(())>{t!("common.cancel")}</button>
                <button class="btn danger primary" disabled=move || leaving.is_busy.get() on:click=move |_| leaving.unpair()>
                    {t!("pay.unpair_yes")}
                </button>
            </div>
        }
    };
    view! {
        <Dialog heading=t!("pay.unpair_ask").to_owned() on_close=close>
            {move || if waiting() > 0 { refused().into_any() } else { offered().into_any() }}
        </Dialog>
    }
}

impl Leaving {
    fn of(till: Till) -> Self {
        Self {
            till,
            is_asked: RwSignal::new(false),
            is_busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            exported: RwSignal::new(None),
        }
    }

    fn export(self) {
        let zone = self.till.store.get_untracked().map(|store| store.time_zone.clone()).unwrap_or_default();
        let prefix =
            self.till.identity.get_untracked().map(|it| it.receipt_prefix.clone()).unwrap_or_default();
        let name = format!("tillbridge-{prefix}-{}.jsonl", local_time(&zone).day());
        leptos::task::spawn_local(async move {
            let text = self.till.export_unsent().await.map_err(|error| error.to_string());
            let saved = text.and_then(|text| save_file(&name, &text)).map(|()| name);
            self.exported.try_set(Some(saved));
        });
    }

    fn unpair(self) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        leptos::task::spawn_local(async move {
            let result = self.till.unpair().await;
            // Unpaired, the page is gone.
            self.is_busy.try_set(false);
            self.problem.try_set(result.err());
        });
    }
}
