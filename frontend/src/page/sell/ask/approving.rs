//! Approving: a change of the cart that the person at the till may not make alone waits for somebody who may.

use super::close;
use crate::page::approve::{Approve, Asked};
use crate::page::sell::desk::{Desk, use_desk};
use crate::page::sell::words::refusal;
use leptos::prelude::*;
use shared::approval::{Approval, Need};
use shared::sale::{Cart, CartError};
use std::sync::Arc;

type Change = dyn Fn(&mut Cart) -> Result<(), CartError> + Send + Sync;

/// A change that waits, and what of it has to be approved.
#[derive(Clone)]
pub struct WaitingChange {
    change: Arc<Change>,
    needs: Vec<Need>,
}

/// The change that waits, if one does.
pub type Waiting = RwSignal<Option<WaitingChange>>;

/// Changes the cart and closes what is asked; or lets the change wait, where it needs an approval that is not there.
pub fn change_or_ask(
    desk: Desk,
    waiting: Waiting,
    change: impl Fn(&mut Cart) -> Result<(), CartError> + Send + Sync + 'static,
) -> Result<(), CartError> {
    let before = untrack(|| desk.cart.get());
    let mut after = before.clone();
    change(&mut after)?;
    // What cannot be priced cannot be paid, and is told beside the totals.
    let open = |cart: &Cart| match desk.till.price(cart) {
        Ok(priced) => desk.till.not_approved(cart, &priced),
        Err(_) => Ok(Vec::new()),
    };
    // What was to be approved already is asked for when it is paid.
    let known = open(&before)?;
    let mut needs = open(&after)?;
    needs.retain(|need| !known.iter().any(|known| known.subject == need.subject));
    if needs.is_empty() {
        desk.cart.change(change)?;
        desk.ask.set(None);
    } else {
        waiting.set(Some(WaitingChange { change: Arc::new(change), needs }));
    }
    Ok(())
}

/// Asks somebody to approve the change, and makes it then.
#[component]
pub fn ApproveChange(change: WaitingChange) -> impl IntoView {
    let desk = use_desk();
    let currency = desk.amounts.currency()?;
    let asked: Vec<Asked> = change.needs.iter().map(|need| Asked::of(need, currency)).collect();
    let change = change.change;
    let approved = move |approvals: Vec<Approval>| {
        let made = desk.cart.change(|cart| {
            change(cart)?;
            approvals.into_iter().for_each(|approval| cart.approve(approval));
            Ok(())
        });
        desk.ask.set(None);
        if let Err(error) = made {
            desk.toasts.warn(refusal(&error));
        }
    };
    Some(view! { <Approve asked on_approved=approved on_close=close(desk) /> })
}
