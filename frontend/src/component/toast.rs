//! Toast: a short word about what has just happened, with a way back where there is one. It never takes the focus.

use super::{Icon, IconName};
use crate::i18n::t;
use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// How long it stays. What it offers can also be reached otherwise.
const STAYS: Duration = Duration::from_secs(8);

/// What a toast offers to do.
#[derive(Clone)]
pub struct Offer {
    /// On the button.
    pub label: String,
    /// When it is taken.
    pub take: Arc<dyn Fn() + Send + Sync>,
}

#[derive(Clone)]
struct Toast {
    text: String,
    is_problem: bool,
    offer: Option<Offer>,
}

/// Says things at the foot of the page. Give it with `provide_context`, take it with [`use_toasts`].
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Option<Toast>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

/// The toasts of this app.
pub fn use_toasts() -> Toasts {
    expect_context()
}

impl Toasts {
    /// None shown.
    pub fn new() -> Self {
        Self { shown: RwSignal::new(None), timer: StoredValue::new(None) }
    }

    /// Says something.
    pub fn say(self, text: impl Into<String>) {
        self.show(Toast { text: text.into(), is_problem: false, offer: None });
    }

    /// Says that something did not work.
    pub fn warn(self, text: impl Into<String>) {
        self.show(Toast { text: text.into(), is_problem: true, offer: None });
    }

    /// Says something and offers to do something about it.
    pub fn offer(
        self,
        text: impl Into<String>,
        label: impl Into<String>,
        take: impl Fn() + Send + Sync + 'static,
    ) {
        let offer = Offer { label: label.into(), take: Arc::new(take) };
        self.show(Toast { text: text.into(), is_problem: false, offer: Some(offer) });
    }

    fn show(self, toast: Toast) {
        self.shown.set(Some(toast));
        let timer = set_timeout_with_handle(move || self.shown.set(None), STAYS).ok();
        self.timer.update_value(|before| {
            if let Some(before) = std::mem::replace(before, timer) {
                before.clear();
            }
        });
    }

    /// Takes away what is shown.
    pub fn clear(self) {
        self.shown.set(None);
    }
}

/// Where they are shown: once, in the app.
#[component]
pub fn ToastPlace() -> impl IntoView {
    let toasts = use_toasts();
    let shown = move |toast: Toast| {
        let offer = toast.offer.map(|offer| {
            let take = move |_| {
                toasts.clear();
                (offer.take)();
            };
            view! { <button class="btn" on:click=take>{offer.label}</button> }
        });
        view! {
            <div class="toast" class:problem=toast.is_problem>
                {toast.is_problem.then(|| view! { <Icon name=IconName::Warning /> })}
                <span class="grow">{toast.text}</span>
                {offer}
                <button class="btn" aria-label=t!("common.close") on:click=move |_| toasts.clear()>
                    <Icon name=IconName::Close />
                </button>
            </div>
        }
    };
    let place = NodeRef::<html::Div>::new();
    // A popover, so that it can be read over a dialog that is open.
    Effect::new(move |_| {
        let is_shown = toasts.shown.with(Option::is_some);
        if let Some(place) = place.get() {
            let _ = place.hide_popover();
            if is_shown {
                let _ = place.show_popover();
            }
        }
    });
    view! {
        <div node_ref=place class="toasts" popover="manual" role="status" aria-live="polite">
            {move || toasts.shown.get().map(shown)}
        </div>
    }
}
