//! Ask: cash in or out, the drawer opened without a sale, the drawer counted or handed over.

use super::count::CountForm;
use super::{Drawer, Problem, difference_words};
use crate::component::{Dialog, Toasts, use_toasts};
use crate::i18n::{money, t};
use crate::page::approve::{Approve, Asked};
use crate::page::sell::typed_number;
use crate::session::{Printers, use_printers};
use leptos::prelude::*;
use shared::approval::{Approval, ApprovalKind, ApprovalSubject};
use shared::ids::StaffId;
use shared::money::{Currency, Minor};
use shared::shift::{CashCount, CashMovement, CashMovementKind, DrawerOpening};
use shared::staff::Permission;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Cash in or out.
    Move,
    /// Why the drawer is opened.
    Drawer,
    /// A count, and who goes on.
    Count,
}

/// The question in front of the page.
#[component]
pub fn Asking(drawer: Drawer) -> impl IntoView {
    let shown = move |ask: Ask| match ask {
        Ask::Move => view! { <AskMove drawer /> }.into_any(),
        Ask::Drawer => view! { <AskDrawer drawer /> }.into_any(),
        Ask::Count => view! { <AskCount drawer /> }.into_any(),
    };
    move || drawer.ask.get().map(shown)
}

fn closing(drawer: Drawer) -> Callback<()> {
    Callback::new(move |()| {
        drawer.problem.set(None);
        drawer.ask.set(None);
    })
}

fn kind_words(kind: CashMovementKind) -> &'static str {
    match kind {
        CashMovementKind::PayIn => t!("pay.cash_pay_in"),
        CashMovementKind::PayOut => t!("pay.cash_pay_out"),
        CashMovementKind::Drop => t!("pay.cash_drop"),
    }
}

/// What is typed about cash in or out.
#[derive(Clone, Copy)]
struct Moving {
    drawer: Drawer,
    toasts: Toasts,
    printers: Printers,
    kind: RwSignal<CashMovementKind>,
    amount: RwSignal<String>,
    reason: RwSignal<String>,
    wrong: RwSignal<bool>,
    /// It waits for somebody's approval.
    waiting: RwSignal<Option<CashMovement>>,
}

impl Moving {
    fn send(self) {
        let Some(currency) = self.drawer.currency() else { return };
        let Ok(amount) = Minor::parse(&typed_number(&self.amount.get_untracked()), currency) else {
            return self.wrong.set(true);
        };
        let movement = CashMovement {
            kind: self.kind.get_untracked(),
            amount,
            reason: self.reason.get_untracked().trim().to_owned(),
            staff_name: String::new(),
        };
        if !self.drawer.till.must_ask(ApprovalKind::CashMovement) {
            return self.record(movement, Vec::new());
        }
        match movement.check() {
            Ok(()) => self.waiting.set(Some(movement)),
            Err(fault) => self.drawer.problem.set(Some(fault.into())),
        }
    }

    fn record(self, movement: CashMovement, approvals: Vec<Approval>) {
        let Self { drawer, toasts, printers, .. } = self;
        let Some(currency) = drawer.currency() else { return };
        let CashMovement { kind, amount, reason, .. } = movement;
        let is_told = !approvals.is_empty();
        self.waiting.set(None);
        let work = async move { drawer.till.move_cash(kind, amount, reason, approvals).await };
        drawer.work(work, move |()| {
            printers.open_the_drawer();
            drawer.ask.set(None);
            // Who approved it is said already.
            if !is_told {
                toasts.say(movement_words(kind, amount, currency));
            }
        });
    }
}

fn movement_words(kind: CashMovementKind, amount: Minor, currency: Currency) -> String {
    format!("{}: {}", kind_words(kind), money(amount, currency))
}

#[component]
fn AskMove(drawer: Drawer) -> impl IntoView {
    let moving = Moving {
        drawer,
        toasts: use_toasts(),
        printers: use_printers(),
        kind: RwSignal::new(CashMovementKind::PayOut),
        amount: RwSignal::new(String::new()),
        reason: RwSignal::new(String::new()),
        wrong: RwSignal::new(false),
        waiting: RwSignal::new(None),
    };
    move || match (moving.waiting.get(), drawer.currency()) {
        (Some(movement), Some(currency)) => {
            let subject = ApprovalSubject {
                amount: Some(movement.kind.signed(movement.amount)),
                ..ApprovalSubject::of(ApprovalKind::CashMovement)
            };
            let words = movement_words(movement.kind, movement.amount, currency);
            let asked = vec![Asked { subject, words: format!("{words} · {}", movement.reason) }];
            let approved = move |approvals| moving.record(movement.clone(), approvals);
            view! { <Approve asked on_approved=approved on_close=closing(drawer) /> }.into_any()
        }
        _ => view! { <MoveForm moving /> }.into_any(),
    }
}

#[component]
fn MoveForm(moving: Moving) -> impl IntoView {
    let Moving { drawer, kind, amount, reason, wrong, .. } = moving;
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        moving.send();
    };
    let choice = move |which: CashMovementKind| {
        view! {
            <button type="button" class="chip" aria-pressed=move || (kind.get() == which).to_string()
                on:click=move |_| kind.set(which)>{kind_words(which)}</button>
        }
    };
    view! {
        <Dialog heading=t!("pay.shift_move").to_owned() on_close=closing(drawer)>
            <form class="ask count" on:submit=send on:input=move |_| wrong.set(false) data-scan>
                <div class="chips" role="group" aria-label=t!("pay.shift_move")>
                    {CashMovementKind::ALL.map(choice).collect_view()}
                </div>
                <label class="field">
                    {t!("pay.shift_amount")}
                    <input type="text" inputmode="decimal" autocomplete="off" autofocus=true dir="ltr" maxlength="14"
                        aria-invalid=move || wrong.get().then_some("true")
                        prop:value=move || amount.get()
                        on:input:target=move |event| amount.set(event.target().value()) />
                    <span class="wrong" role="alert">{move || wrong.get().then(|| t!("pay.error_amount"))}</span>
                </label>
                <Reason value=reason />
                <Problem drawer />
                <button type="submit" class="btn primary wide" disabled=move || drawer.busy.get()>{t!("pay.shift_note_it")}</button>
            </form>
        </Dialog>
    }
}

#[component]
fn Reason(value: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="field">
            {t!("pay.shift_reason")}
            <input type="text" autocomplete="off" maxlength="200"
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value()) />
        </label>
    }
}

#[component]
fn AskDrawer(drawer: Drawer) -> impl IntoView {
    let (toasts, printers) = (use_toasts(), use_printers());
    let reason = RwSignal::new(String::new());
    let waiting = RwSignal::new(false);
    let record = move |approvals: Vec<Approval>| {
        let reason = reason.get_untracked();
        let is_told = !approvals.is_empty();
        waiting.set(false);
        drawer.work(async move { drawer.till.open_drawer(reason, approvals).await }, move |()| {
            printers.open_the_drawer();
            drawer.ask.set(None);
            if !is_told {
                toasts.say(t!("pay.shift_drawer_noted").to_owned());
            }
        });
    };
    let send = move |()| {
        if !drawer.till.must_ask(ApprovalKind::Drawer) {
            return record(Vec::new());
        }
        let drawn =
            DrawerOpening { reason: reason.get_untracked().trim().to_owned(), staff_name: String::new() };
        match drawn.check() {
            Ok(()) => waiting.set(true),
            Err(fault) => drawer.problem.set(Some(fault.into())),
        }
    };
    move || {
        if !waiting.get() {
            return view! { <DrawerForm drawer reason on_send=send /> }.into_any();
        }
        let subject = ApprovalSubject::of(ApprovalKind::Drawer);
        let words = format!("{} · {}", t!("pay.shift_no_sale"), reason.get_untracked().trim());
        let asked = vec![Asked { subject, words }];
        view! { <Approve asked on_approved=record on_close=closing(drawer) /> }.into_any()
    }
}

#[component]
fn DrawerForm(
    drawer: Drawer,
    reason: RwSignal<String>,
    #[prop(into)] on_send: Callback<()>,
) -> impl IntoView {
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        on_send.run(());
    };
    view! {
        <Dialog heading=t!("pay.shift_no_sale").to_owned() on_close=closing(drawer)>
            <form class="ask count" on:submit=send data-scan>
                <Reason value=reason />
                <Problem drawer />
                <button type="submit" class="btn primary wide" disabled=move || drawer.busy.get()>{t!("pay.shift_no_sale")}</button>
            </form>
        </Dialog>
    }
}

#[component]
fn AskCount(drawer: Drawer) -> impl IntoView {
    let toasts = use_toasts();
    let to = RwSignal::new(String::new());
    let own = drawer.till.signed_in().map(|staff| staff.id);
    let others: Vec<(StaffId, String)> = drawer.till.staff.with_untracked(|staff| {
        let others =
            staff.iter().filter(|member| Some(member.id) != own && member.role.may(Permission::RunShift));
        others.map(|member| (member.id, member.name.clone())).collect()
    });
    let people = StoredValue::new(others.clone());
    let take = move |count: CashCount| {
        let chosen = to.get_untracked();
        let to = people.with_value(|people| people.iter().find(|(id, _)| id.to_string() == chosen).cloned());
        let Some(currency) = drawer.currency() else { return };
        drawer.work(async move { drawer.till.count_drawer(count, to).await }, move |variance| {
            drawer.ask.set(None);
            if drawer.till.may(Permission::ViewReports) {
                toasts.say(difference_words(variance, currency));
            } else {
                toasts.say(t!("pay.shift_count_noted").to_owned());
            }
        });
    };
    let option = |(id, name): (StaffId, String)| view! { <option value=id.to_string()>{name}</option> };
    view! {
        <Dialog heading=t!("pay.shift_count").to_owned() on_close=closing(drawer)>
            <label class="field">
                {t!("pay.shift_hand_to")}
                <select on:change:target=move |event| to.set(event.target().value())>
                    <option value="">{t!("pay.shift_hand_nobody")}</option>
                    {others.into_iter().map(option).collect_view()}
                </select>
            </label>
            <Problem drawer />
            <CountForm currency=drawer.currency() submit=t!("pay.shift_note_it") busy=drawer.busy on_count=Callback::new(take) />
        </Dialog>
    }
}
