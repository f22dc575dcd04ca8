//! Paying: what has been taken for the open cart so far, and recording the sale once it is paid.
//! Invariant: one recording at a time; what was taken stays with the cart until it is removed or recorded.

use super::cart::OpenCart;
use super::till::{RecordError, Till};
use leptos::prelude::*;
use shared::account::AccountKey;
use shared::approval::{ApprovalKind, Need};
use shared::customer::SaleCustomer;
use shared::ids::TenderId;
use shared::money::{Currency, Minor};
use shared::sale::{Sale, ways_back};
use shared::store::CashRounding;
use shared::tender::{Standing, Tender, TenderError, TenderType, standing, standing_with};
use std::sync::Arc;

/// Why a sale was not recorded. It is still open then, with what was taken for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayProblem {
    /// The till said no.
    Record(RecordError),
    /// A price or a tax rate changed in the meantime: this is the total now.
    Repriced(Minor),
}

/// Paying for the open cart. It is `Copy`: take it from the context with [`use_paying`].
#[derive(Clone, Copy)]
pub struct Paying {
    till: Till,
    cart: OpenCart,
    recording: RwSignal<bool>,
    problem: RwSignal<Option<PayProblem>>,
    done: RwSignal<Option<Arc<Sale>>>,
}

/// The paying of this app.
pub fn use_paying() -> Paying {
    expect_context()
}

impl Paying {
    /// Nothing taken; give it to the pages with `provide_context`.
    pub fn new(till: Till, cart: OpenCart) -> Self {
        Self {
            till,
            cart,
            recording: RwSignal::new(false),
            problem: RwSignal::new(None),
            done: RwSignal::new(None),
        }
    }

    /// The sale that was just recorded.
    pub fn done(self) -> Option<Arc<Sale>> {
        self.done.get()
    }

    /// Is it being written? Nothing may be pressed then.
    pub fn is_recording(self) -> bool {
        self.recording.get()
    }

    /// The same, for a moment and not for a screen.
    pub fn still_recording(self) -> bool {
        self.recording.get_untracked()
    }

    /// Why it was not recorded.
    pub fn problem(self) -> Option<PayProblem> {
        self.problem.get()
    }

    /// The currency of the store; none while the tablet is not paired.
    pub fn currency(self) -> Option<Currency> {
        self.till.store.with(|store| store.as_ref().map(|store| store.currency))
    }

    /// How the store rounds cash.
    pub fn cash_rounding(self) -> CashRounding {
        self.till.store.with(|store| store.as_ref().map(|store| store.cash_rounding)).unwrap_or_default()
    }

    /// What is to pay in all; negative when money goes back. An error is in words.
    pub fn total(self) -> Result<Minor, String> {
        self.cart.priced().map(|priced| priced.total)
    }

    /// Who buys.
    pub fn customer(self) -> SaleCustomer {
        self.cart.with(|cart| cart.customer.clone())
    }

    /// What is on an account as far as this tablet knows, and how much may be owed on it.
    pub async fn account(self, key: &AccountKey) -> Option<(Minor, Minor)> {
        self.till.account(key).await
    }

    /// What was taken, for a moment and not for a screen.
    pub fn tenders_now(self) -> Vec<Tender> {
        untrack(|| self.tenders())
    }

    /// What was taken for the open cart.
    pub fn tenders(self) -> Vec<Tender> {
        self.cart.with(|cart| cart.tenders.clone())
    }

    /// The ways to pay of this store, in their order; those that money may go back in where it does.
    pub fn ways(self) -> Vec<TenderType> {
        let is_refund = self.total().is_ok_and(Minor::is_negative);
        let mut ways = self.till.ways_to_pay();
        ways.retain(|way| way.refunds || !is_refund);
        ways
    }

    /// Where money goes back: how the goods had been paid, and how much of it has not gone back yet.
    pub fn ways_back(self) -> Vec<Tender> {
        if !self.total().is_ok_and(Minor::is_negative) {
            return Vec::new();
        }
        self.cart.with(|cart| ways_back(&cart.still_paid_before(), &cart.tenders)).unwrap_or_default()
    }

    /// How far it is; none when the cart has no price.
    pub fn standing(self) -> Option<Standing> {
        standing(self.total().ok()?, &self.tenders(), self.cash_rounding()).ok()
    }

    /// How far it would be with one more.
    ///
    /// # Errors
    /// When it cannot be taken.
    pub fn standing_with(self, more: Tender) -> Result<Standing, TenderError> {
        let total = self.total().map_err(|_| TenderError::Money(shared::money::MoneyError::Overflow))?;
        standing_with(total, &self.tenders(), more, self.cash_rounding())
    }

    /// What of money that goes back in this way somebody has to approve first.
    pub fn not_approved_with(self, more: &Tender) -> Vec<Need> {
        if !more.amount.is_negative() {
            return Vec::new();
        }
        let mut cart = untrack(|| self.cart.get());
        cart.tenders.push(more.clone());
        let Ok(priced) = self.till.price(&cart) else { return Vec::new() };
        let mut needs = self.till.not_approved(&cart, &priced).unwrap_or_default();
        needs.retain(|need| need.subject.kind == ApprovalKind::Refund);
        needs
    }

    /// Takes a payment. When that pays for everything the sale is recorded.
    ///
    /// # Errors
    /// When it cannot be taken; nothing has changed then.
    pub fn take(self, tender: Tender) -> Result<(), TenderError> {
        if self.recording.get_untracked() {
            return Ok(());
        }
        let after = untrack(|| self.standing_with(tender.clone()))?;
        self.problem.set(None);
        self.cart.change_tenders(|taken| taken.push(tender));
        if matches!(after, Standing::Paid(_)) {
            self.finish();
        }
        Ok(())
    }

    /// Takes a card that was charged already, whatever the sale has become since.
    pub fn take_charged(self, tender: Tender) {
        self.problem.set(None);
        self.cart.change_tenders(|taken| {
            if taken.iter().all(|known| known.id != tender.id) {
                taken.push(tender);
            }
        });
        if matches!(untrack(|| self.standing()), Some(Standing::Paid(_))) {
            self.finish();
        }
    }

    /// Takes a payment out again.
    pub fn remove(self, id: TenderId) {
        if !self.recording.get_untracked() {
            self.problem.set(None);
            self.cart.change_tenders(|taken| taken.retain(|tender| tender.id != id));
        }
    }

    /// Records the sale as it stands. A second press while it is being written does nothing.
    pub fn finish(self) {
        if self.recording.get_untracked() {
            return;
        }
        self.recording.set(true);
        self.problem.set(None);
        leptos::task::spawn_local(async move {
            match self.record().await {
                Ok(sale) => self.recorded(sale),
                Err(problem) => self.problem.set(Some(problem)),
            }
            self.recording.set(false);
        });
    }

    async fn record(self) -> Result<Arc<Sale>, PayProblem> {
        let (cart, shown, tenders) = untrack(|| (self.cart.get(), self.total(), self.tenders()));
        let priced = self.till.price(&cart).map_err(PayProblem::Record)?;
        if shown.is_ok_and(|shown| shown != priced.total) {
            // What is shown is worked out anew.
            self.till.tax_categories.notify();
            return Err(PayProblem::Repriced(priced.total));
        }
        self.till.finish_sale(cart, priced, tenders).await.map_err(PayProblem::Record)
    }

    fn recorded(self, sale: Arc<Sale>) {
        let is_open = untrack(|| self.cart.with(|cart| cart.id == sale.id));
        self.done.set(Some(sale));
        if is_open {
            self.cart.start_next();
        }
    }

    /// The pay page was opened or left: what an earlier sale showed is gone.
    pub fn look_anew(self) {
        if !self.recording.get_untracked() {
            self.problem.set(None);
            self.done.set(None);
        }
    }
}
