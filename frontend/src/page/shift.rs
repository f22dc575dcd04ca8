//! Shift: the drawer at this tablet: opened with a float, counted, closed with a Z report.
//! Lives here: the open shift and its X report, cash in and out, counting, closing. May use: session, component, i18n.
//! Never: what should be in the drawer before it is counted, to those who do not see figures.
//! Invariant: the Z report on the screen is the record on the disk.

mod ask;
mod close;
mod count;

use crate::component::{Icon, IconName, ReceiptPaper, use_toasts};
use crate::i18n::t;
use crate::page::printing::{PrintStanding, print};
use crate::page::problem::record_words;
use crate::session::{ClosedShift, RecordError, Till, use_address, use_printers, use_till};
use ask::{Ask, Asking};
use close::Close;
use count::CountForm;
use leptos::prelude::*;
use shared::money::Minor;
use shared::printing::{About, Work};
use shared::receipt::{x_report, z_report};
use shared::shift::{CashCount, ShiftFigures};
use shared::staff::Permission;
use std::sync::Arc;

/// What the page shows. It is `Copy`.
#[derive(Clone, Copy)]
pub(super) struct Drawer {
    till: Till,
    ask: RwSignal<Option<Ask>>,
    /// The close that was just recorded.
    closed: RwSignal<Option<ClosedShift>>,
    is_closing: RwSignal<bool>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<RecordError>>,
}

impl Drawer {
    /// Does something with the drawer, one thing at a time; what went wrong is shown.
    fn work<T: 'static>(
        self,
        work: impl Future<Output = Result<T, RecordError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        leptos::task::spawn_local(async move {
            let answer = work.await;
            if self.busy.is_disposed() {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(answer) => done(answer),
                Err(error) => self.problem.set(Some(error)),
            }
        });
    }

    fn currency(self) -> Option<shared::money::Currency> {
        self.till.store.get_untracked().map(|store| store.currency)
    }

    fn sees_figures(self) -> bool {
        self.till.phase.track();
        self.till.may(Permission::ViewReports)
    }
}

/// What went wrong, where it is tried.
#[component]
fn Problem(drawer: Drawer) -> impl IntoView {
    let words = move || drawer.problem.get().map(|error| record_words(&error, drawer.currency()));
    view! { <p class="shift-problem" role="alert">{move || words().map(|words| view! { <span class="note bad">{words}</span> })}</p> }
}

/// The page.
#[component]
pub fn Shift() -> impl IntoView {
    let drawer = Drawer {
        till: use_till(),
        ask: RwSignal::new(None),
        closed: RwSignal::new(None),
        is_closing: RwSignal::new(false),
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
    };
    let is_open = Memo::new(move |_| drawer.till.shift.with(Option::is_some));
    let shown = move || match (drawer.closed.get(), is_open.get(), drawer.is_closing.get()) {
        (Some(closed), ..) => view! { <Closed drawer closed /> }.into_any(),
        (None, false, _) => view! { <NotOpen drawer /> }.into_any(),
        (None, true, true) => view! { <Close drawer /> }.into_any(),
        (None, true, false) => view! { <Open drawer /> }.into_any(),
    };
    view! {
        <main class="shift">
            {shown}
            <Asking drawer />
        </main>
    }
}

#[component]
fn NotOpen(drawer: Drawer) -> impl IntoView {
    let toasts = use_toasts();
    let address = use_address();
    let open = move |float: CashCount| {
        drawer.work(async move { drawer.till.open_shift(float).await }, move |()| {
            toasts.say(t!("pay.shift_opened").to_owned());
            address.go("/");
        });
    };
    view! {
        <section class="shift-main" aria-labelledby="shift-heading">
            <h1 id="shift-heading">{t!("pay.shift_open_heading")}</h1>
            <p class="muted">{t!("pay.shift_open_words")}</p>
            <Problem drawer />
            <CountForm currency=drawer.currency() submit=t!("pay.shift_open") busy=drawer.busy on_count=Callback::new(open) />
        </section>
        {move || drawer.sees_figures().then(|| view! { <LastClose drawer /> })}
    }
}

/// The Z report of the shift before, to be printed again.
#[component]
fn LastClose(drawer: Drawer) -> impl IntoView {
    let last = RwSignal::new(None::<ClosedShift>);
    leptos::task::spawn_local(async move {
        let found = drawer.till.last_close().await;
        let _ = last.try_set(found);
    });
    move || {
        last.get().map(|closed| {
            let printers = use_printers();
            let work = z_work(&closed, true);
            view! {
                <section class="shift-paper" aria-label=t!("pay.shift_z") tabindex="0">
                    <ZReport drawer closed=closed.clone() copy=true />
                    <button type="button" class="btn line" on:click=move |_| print(printers, work)>
                        <Icon name=IconName::Print />
                        {t!("pay.print_copy")}
                    </button>
                    <PrintStanding about=About::ZReport(closed.closing.figures.shift_id) />
                </section>
            }
        })
    }
}

fn z_work(closed: &ClosedShift, copy: bool) -> Work {
    Work::ZReport { shift_id: closed.closing.figures.shift_id, sequence: closed.sequence, copy }
}

#[component]
fn ZReport(drawer: Drawer, closed: ClosedShift, #[prop(into)] copy: Signal<bool>) -> impl IntoView {
    move || {
        let store = drawer.till.store.get()?;
        let (time, register) = (&closed.time, register_name(drawer.till));
        let receipt = z_report(&closed.closing, time, &store, &register, copy.get());
        Some(view! { <ReceiptPaper receipt /> })
    }
}

#[component]
fn Open(drawer: Drawer) -> impl IntoView {
    let figures = move || drawer.till.shift.get();
    let heading = move || figures().map(|shift| t!("pay.shift_number", number = shift.number));
    let since = move || {
        figures().map(|shift| t!("pay.shift_since", time = shift.opened.text(), name = shift.opened_by))
    };
    let act = move |icon: IconName, words: &'static str, what: Ask| {
        view! {
            <button type="button" class="btn line" on:click=move |_| drawer.ask.set(Some(what.clone()))>
                <Icon name=icon />
                {words}
            </button>
        }
    };
    let close = move |_| {
        drawer.problem.set(None);
        drawer.is_closing.set(true);
    };
    view! {
        <section class="shift-main" aria-labelledby="shift-heading">
            <h1 id="shift-heading">{heading}</h1>
            <p class="muted">{since}</p>
            {move || figures().map(|shift| view! { <Counts shift /> })}
            <div class="shift-acts">
                {act(IconName::Cash, t!("pay.shift_move"), Ask::Move)}
                {act(IconName::Upload, t!("pay.shift_no_sale"), Ask::Drawer)}
                {act(IconName::People, t!("pay.shift_count"), Ask::Count)}
            </div>
            <button type="button" class="btn primary pay-confirm" on:click=close>{t!("pay.shift_close")}</button>
        </section>
        <section class="shift-paper" aria-label=t!("pay.shift_x") tabindex="0">
            {move || if drawer.sees_figures() {
                figures().map(|shift| view! { <XReport drawer shift /> }).into_any()
            } else {
                view! { <p class="note info">{t!("pay.shift_blind")}</p> }.into_any()
            }}
        </section>
    }
}

/// What everybody may see.
#[component]
fn Counts(shift: Arc<ShiftFigures>) -> impl IntoView {
    let fact = |label: &'static str, count: u64| {
        view! { <div><dt>{label}</dt><dd>{crate::i18n::number(i64::try_from(count).unwrap_or(i64::MAX))}</dd></div> }
    };
    view! {
        <dl class="shift-counts">
            {fact(t!("pay.shift_sales"), shift.sales)}
            {fact(t!("pay.shift_returns"), shift.returns)}
            {fact(t!("pay.shift_openings"), shift.drawer_openings)}
        </dl>
    }
}

#[component]
fn XReport(drawer: Drawer, shift: Arc<ShiftFigures>) -> impl IntoView {
    let store = drawer.till.store.get()?;
    let receipt = x_report(&shift, &store, &register_name(drawer.till));
    let (printers, shift_id) = (use_printers(), shift.shift_id);
    Some(view! {
        <ReceiptPaper receipt />
        <button type="button" class="btn line" on:click=move |_| print(printers, Work::XReport { shift_id })>
            <Icon name=IconName::Print />
            {t!("pay.shift_print_x")}
        </button>
        <PrintStanding about=About::XReport(shift_id) />
    })
}

fn register_name(till: Till) -> String {
    till.register.get().map(|register| register.name.clone()).unwrap_or_default()
}

/// The Z report, and the way to the next shift.
#[component]
fn Closed(drawer: Drawer, closed: ClosedShift) -> impl IntoView {
    let closing = Arc::clone(&closed.closing);
    let (currency, number) = (closing.figures.currency, closing.figures.number);
    let variance = closing.variance;
    let printers = use_printers();
    // The first print is the original, every one after it a copy.
    let (was_printed, is_copy) = (RwSignal::new(false), RwSignal::new(false));
    let (original, copy) = (z_work(&closed, false), z_work(&closed, true));
    let again = move |_| {
        is_copy.set(was_printed.get_untracked());
        was_printed.set(true);
        print(printers, if is_copy.get_untracked() { copy } else { original });
    };
    let words = move || if was_printed.get() { t!("pay.print_copy") } else { t!("pay.shift_print_z") };
    let next = move |_| {
        drawer.closed.set(None);
        drawer.is_closing.set(false);
    };
    view! {
        <section class="shift-main" aria-labelledby="shift-heading">
            <h1 id="shift-heading">{t!("pay.shift_closed", number = number)}</h1>
            <p class=difference_class(variance) role="status">{difference_words(variance, currency)}</p>
            <p class="muted">{t!("pay.shift_taken_out", amount = crate::i18n::money(closing.taken_out(), currency))}</p>
            <button type="button" class="btn primary pay-confirm" on:click=again>
                <Icon name=IconName::Print />
                {words}
            </button>
            <PrintStanding about=About::ZReport(closing.figures.shift_id) />
            <button type="button" class="btn line" on:click=next>{t!("pay.shift_next")}</button>
            <button type="button" class="btn line" on:click=move |_| drawer.till.lock()>{t!("pay.shift_lock")}</button>
        </section>
        <section class="shift-paper" aria-label=t!("pay.shift_z") tabindex="0">
            <ZReport drawer closed copy=is_copy />
        </section>
    }
}

fn difference_class(variance: Minor) -> &'static str {
    if variance.is_zero() { "note ok" } else { "note warn" }
}

fn difference_words(variance: Minor, currency: shared::money::Currency) -> String {
    let size = crate::i18n::money(Minor(variance.0.saturating_abs()), currency);
    match variance.0.signum() {
        0 => t!("pay.shift_exact").to_owned(),
        1 => t!("pay.shift_over", amount = size),
        _ => t!("pay.shift_short", amount = size),
    }
}
