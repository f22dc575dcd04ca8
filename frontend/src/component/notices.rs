//! Notices: what a cashier should know soon, as pills in the bar. None comes in front of a sale or takes the focus.

use super::{Dialog, Icon, IconName, clock_words};
use crate::i18n::{number, t};
use crate::session::{Till, use_till};
use leptos::prelude::*;

/// Something to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notice {
    /// The browser's database is away for the moment.
    Reconnecting,
    /// Little room is left.
    Storage,
    /// The clock is wrong.
    Clock,
    /// Products are still on their way.
    Loading,
    /// A newer version waits; told between sales only.
    Update,
}

impl Notice {
    const ALL: [Self; 5] = [Self::Reconnecting, Self::Storage, Self::Clock, Self::Loading, Self::Update];

    fn applies(self, till: Till) -> bool {
        match self {
            Self::Reconnecting => till.reconnecting.get(),
            Self::Storage => till.storage.with(|storage| storage.is_some_and(|storage| storage.is_short())),
            Self::Clock => clock_words(till.clock_skew_ms.get()).is_some(),
            Self::Loading => {
                let progress = till.load_progress.get();
                !progress.complete && progress.total > 0
            }
            Self::Update => till.update_waiting.get() && !till.cart_open.get(),
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Reconnecting => "pill bad",
            Self::Storage | Self::Clock => "pill warn",
            Self::Loading | Self::Update => "pill info",
        }
    }

    fn icon(self) -> IconName {
        match self {
            Self::Reconnecting | Self::Storage | Self::Clock => IconName::Warning,
            Self::Loading | Self::Update => IconName::Download,
        }
    }

    fn short(self) -> &'static str {
        match self {
            Self::Reconnecting => t!("common.notice_reconnecting"),
            Self::Storage => t!("common.notice_storage"),
            Self::Clock => t!("common.notice_clock"),
            Self::Loading => t!("common.notice_loading"),
            Self::Update => t!("common.notice_update"),
        }
    }

    fn words(self, till: Till) -> String {
        match self {
            Self::Reconnecting => t!("common.reconnecting_words").to_owned(),
            Self::Storage => t!("pay.storage_short").to_owned(),
            Self::Clock => clock_words(till.clock_skew_ms.get()).unwrap_or_default(),
            Self::Loading => {
                let progress = till.load_progress.get();
                let loaded = i64::try_from(progress.loaded).unwrap_or(i64::MAX);
                let total = i64::try_from(progress.total).unwrap_or(i64::MAX);
                t!("pay.sync_loading", loaded = number(loaded), total = number(total))
            }
            Self::Update => t!("pay.update_words").to_owned(),
        }
    }
}

/// The pills, and the dialog of the one that was touched.
#[component]
pub fn Notices() -> impl IntoView {
    let till = use_till();
    let open = RwSignal::new(None::<Notice>);
    let pill = move |notice: Notice| {
        let applies = Memo::new(move |_| notice.applies(till));
        view! {
            <Show when=move || applies.get()>
                <button
                    type="button"
                    class=notice.class()
                    aria-haspopup="dialog"
                    aria-label=notice.short()
                    title=notice.short()
                    on:click=move |_| open.set(Some(notice))
                >
                    <Icon name=notice.icon() />
                    <span class="cut notice-text">{notice.short()}</span>
                </button>
            </Show>
        }
    };
    view! {
        {Notice::ALL.map(pill)}
        {move || open.get().map(|notice| view! { <Explain notice open /> })}
    }
}

#[component]
fn Explain(notice: Notice, open: RwSignal<Option<Notice>>) -> impl IntoView {
    let till = use_till();
    let update = (notice == Notice::Update).then(|| {
        let update = move |_| {
            open.set(None);
            till.update_app();
        };
        view! { <button type="button" class="btn primary" on:click=update>{t!("pay.update")}</button> }
    });
    view! {
        <Dialog heading=notice.short().to_owned() on_close=Callback::new(move |()| open.set(None))>
            <p role="status">{move || notice.words(till)}</p>
            <div class="actions">
                <a href="/tablet" class="btn line" on:click=move |_| open.set(None)>
                    {t!("common.sync_details")}
                </a>
                {update}
            </div>
        </Dialog>
    }
}
