//! Approve: somebody who may do a thing lets whoever is signed in do it, by PIN, in front of the page.
//! Lives here: the dialog, and the words for what is approved. May use: session, component, the PIN pad.
//! Never: signing anybody in or out.
//! Invariant: closing it leaves everything as it was.

use super::pin::{Ask, Asking, Names};
use crate::component::{Dialog, on_strokes_of_dialog, use_toasts};
use crate::i18n::{self, t};
use crate::session::{use_scans, use_till};
use leptos::html;
use leptos::prelude::*;
use shared::approval::{Approval, ApprovalKind, ApprovalSubject, Need};
use shared::barcode::as_printed;
use shared::money::{Currency, Minor};
use std::rc::Rc;

/// What is to be approved, and how it is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What.
    pub subject: ApprovalSubject,
    /// For a person.
    pub words: String,
}

impl Asked {
    /// What a cart needs.
    pub fn of(need: &Need, currency: Currency) -> Self {
        Self { subject: need.subject.clone(), words: words(need, currency) }
    }
}

fn words(need: &Need, currency: Currency) -> String {
    let money = |amount: Option<Minor>| i18n::money(amount.unwrap_or(need.worth), currency);
    let subject = &need.subject;
    let off = match subject.percent {
        Some(percent) => t!("pay.approve_percent", percent = percent.to_percent()),
        None => money(subject.amount),
    };
    match subject.kind {
        ApprovalKind::Price => {
            let price = subject.price.map(|price| i18n::unit_price(price, currency)).unwrap_or_default();
            t!("pay.approve_price", price = price, name = need.about)
        }
        ApprovalKind::LineDiscount => t!("pay.approve_line_discount", off = off, name = need.about),
        ApprovalKind::SaleDiscount => t!("pay.approve_sale_discount", off = off),
        ApprovalKind::Return => t!("pay.approve_return", amount = money(subject.amount)),
        ApprovalKind::Refund => t!("pay.approve_refund", amount = money(subject.amount)),
        ApprovalKind::CashMovement | ApprovalKind::Drawer => need.about.clone(),
    }
}

/// The dialog. Whoever may approve all of it chooses their name and types their PIN; one try is one try for all of it.
#[component]
pub fn Approve(
    /// What is asked.
    asked: Vec<Asked>,
    /// It was approved; who asked goes on.
    #[prop(into)]
    on_approved: Callback<Vec<Approval>>,
    /// It was not.
    #[prop(into)]
    on_close: Callback<()>,
) -> AnyView {
    let till = use_till();
    let toasts = use_toasts();
    let kinds: Vec<ApprovalKind> = asked.iter().map(|asked| asked.subject.kind).collect();
    let people = till.approvers(&kinds);
    let only = if people.len() == 1 { people.first().cloned() } else { None };
    let subjects: Vec<ApprovalSubject> = asked.iter().map(|asked| asked.subject.clone()).collect();
    let asking = Asking::new(
        t!("pay.approve_go"),
        only,
        Rc::new(move |id, pin| {
            let subjects = subjects.clone();
            Box::pin(async move {
                let approvals = till.approve(id, &pin, subjects).await?;
                let name = approvals.first().map(|approval| approval.staff_name.clone());
                on_approved.run(approvals);
                toasts.say(t!("pay.approved_by", name = name.unwrap_or_default()));
                Ok(())
            })
        }),
    );
    on_strokes_of_dialog(move |stroke| asking.stroke(stroke));
    use_scans().take(move |code| asking.scanned(&as_printed(&code)));
    let people = Signal::stored(people);
    let whole = NodeRef::<html::Div>::new();
    // The digits are typed here, and Enter goes on: not whatever else has the focus.
    Effect::new(move |_| {
        let is_chosen = asking.chosen().is_some();
        if let Some(whole) = whole.get().filter(|_| is_chosen) {
            request_animation_frame(move || {
                let _ = whole.focus();
            });
        }
    });
    let shown = move || match asking.chosen() {
        None => view! {
            <p class="muted">{t!("pay.approve_who")}</p>
            <Names asking people nobody />
        }
        .into_any(),
        Some(member) => view! { <Ask asking member is_in_dialog=true /> }.into_any(),
    };
    let lines = asked.into_iter().map(|asked| view! { <li>{asked.words}</li> }).collect_view();
    view! {
        <Dialog heading=t!("pay.approve_heading").to_owned() on_close>
            <ul class="approve-what">{lines}</ul>
            <div class="approve" tabindex="-1" node_ref=whole>{shown}</div>
        </Dialog>
    }
    .into_any()
}

fn nobody() -> AnyView {
    view! { <p class="note info">{t!("pay.approve_nobody")}</p> }.into_any()
}
