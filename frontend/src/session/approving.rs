//! Approving: somebody who may do a thing lets whoever is signed in do it once, with a PIN typed at this till.
//! Nobody is signed out by it, and it works without a network.

use super::pin;
use super::till::{SignInError, Till};
use crate::clock;
use leptos::prelude::*;
use shared::approval::{Approval, ApprovalKind, ApprovalSubject, Need, needs_of_cart};
use shared::ids::{ApprovalId, StaffId};
use shared::money::MoneyError;
use shared::sale::{Cart, PricedCart};
use shared::staff::{Role, StaffMember};
use shared::store::Store;

impl Till {
    /// Must whoever is signed in ask for an approval of such a thing?
    pub fn must_ask(self, kind: ApprovalKind) -> bool {
        !self.may(kind.permission())
    }

    /// Who may approve all of these here: with a PIN, by name.
    pub fn approvers(self, kinds: &[ApprovalKind]) -> Vec<StaffMember> {
        let lists = self.sync().map(|sync| sync.lists()).unwrap_or_default();
        let may = |role: Role| kinds.iter().all(|kind| role.may(kind.permission()));
        let fit = lists.staff.iter().filter(|staff| staff.pin.is_some());
        fit.map(|staff| &staff.member).filter(|member| member.active && may(member.role)).cloned().collect()
    }

    /// What of a cart nobody has approved yet, as it stands and for whoever is signed in.
    ///
    /// # Errors
    /// When an amount does not fit.
    pub fn not_approved(self, cart: &Cart, priced: &PricedCart) -> Result<Vec<Need>, MoneyError> {
        let (Some(store), Some(person)) = (self.store.get_untracked(), self.signed_in()) else {
            return Ok(Vec::new());
        };
        let mut needs = needs_of_cart(cart, priced, (store.currency, store.tax))?;
        needs.retain(|need| {
            store.approval.ask(need, person.role)
                && !cart.approvals.iter().any(|approval| approval.subject.covers(&need.subject))
        });
        Ok(needs)
    }

    /// Checks the PIN once and proves with it each of these, asked for by whoever is signed in.
    ///
    /// # Errors
    /// See [`SignInError`]; nothing is approved then.
    pub async fn approve(
        self,
        staff_id: StaffId,
        pin: &str,
        subjects: Vec<ApprovalSubject>,
    ) -> Result<Vec<Approval>, SignInError> {
        let key = self.key().ok_or(SignInError::NoPin)?;
        let lists = self.sync().map(|sync| sync.lists()).unwrap_or_default();
        let identity = self.identity.get_untracked();
        let (Some(identity), Some(asking)) = (identity, self.signed_in()) else {
            return Err(SignInError::NoPin);
        };
        let person = lists.staff.iter().find(|staff| staff.member.id == staff_id);
        let staff_name = person.map(|staff| staff.member.name.clone()).unwrap_or_default();
        let zone = self.store.with_untracked(|store| store.as_ref().map(|store| store.time_zone.clone()));
        let time = clock::local_time(zone.as_deref().unwrap_or("UTC"));
        let approval = |subject| Approval {
            id: ApprovalId(clock::mint()),
            staff_id,
            staff_name: staff_name.clone(),
            asked_by: asking.id,
            subject,
            time,
            proof: String::new(),
        };
        let approvals = subjects.into_iter().map(approval).collect();
        let who = (staff_id, pin);
        pin::approve(&self.device(), &key, &lists.staff, who, identity.device_id, approvals).await
    }
}

/// The approvals of a cart that its sale takes along: those of what is still in it.
pub(super) fn of_cart(cart: &Cart, priced: &PricedCart, store: &Store) -> Result<Vec<Approval>, MoneyError> {
    if cart.approvals.is_empty() {
        return Ok(Vec::new());
    }
    let needs = needs_of_cart(cart, priced, (store.currency, store.tax))?;
    let is_used = |approval: &&Approval| needs.iter().any(|need| approval.subject.covers(&need.subject));
    Ok(cart.approvals.iter().filter(is_used).cloned().collect())
}
