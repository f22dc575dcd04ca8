//! Open cart: the sale that is being made at this register, with its price, the line in hand and the way back.
//! Invariant: a change either happens whole or not at all, and a finished or held cart cannot be undone into a second one.

use super::price::NotGiven;
use super::till::{Phase, Till};
use crate::clock;
use leptos::prelude::*;
use shared::barcode::LineAmount;
use shared::catalog::Product;
use shared::ids::{CustomerId, LineId, SaleId};
use shared::money::{Quantity, UnitPrice};
use shared::sale::{Cart, CartError, CartLine, PricedCart};
use shared::tender::Tender;
use std::sync::Arc;

/// Changes that can be taken back.
const MOST_STEPS: usize = 100;

/// A cart before a change.
#[derive(Clone)]
struct Step {
    cart: Cart,
    selected: Option<LineId>,
}

/// The open cart. It is `Copy`: take it from the context with [`use_open_cart`]. It lives as long as the app: going to
/// another page or locking the till leaves it as it is.
#[derive(Clone, Copy)]
pub struct OpenCart {
    till: Till,
    cart: RwSignal<Cart>,
    worked_out: Memo<WorkedOut>,
    selected: RwSignal<Option<LineId>>,
    steps: RwSignal<Vec<Step>>,
}

/// What the cart costs, or why that cannot be said.
pub type Priced = Result<Arc<PricedCart>, String>;

type WorkedOut = Result<(Arc<PricedCart>, Arc<NotGiven>), String>;

/// The open cart of this app.
pub fn use_open_cart() -> OpenCart {
    expect_context()
}

impl OpenCart {
    /// An empty one; give it to the pages with `provide_context`.
    pub fn new(till: Till) -> Self {
        let cart = RwSignal::new(Cart::new(SaleId(clock::mint())));
        let worked_out = Memo::new(move |_| {
            // Prices follow the store's settings, its tax rates, price lists and promotions.
            till.store.track();
            till.tax_categories.track();
            till.price_lists.track();
            till.promotions.track();
            let worked_out = cart.with(|cart| till.price_and_say(cart));
            let shared = |(priced, not_given)| (Arc::new(priced), Arc::new(not_given));
            worked_out.map(shared).map_err(|error| error.to_string())
        });
        Effect::new(move |_| {
            till.cart_open.set(cart.with(|cart| !cart.is_empty()));
            till.keep_open_cart(Some(cart.get()));
        });
        let open = Self { till, cart, worked_out, selected: RwSignal::new(None), steps: RwSignal::default() };
        // Whoever buys brings their points, also to a cart that was put aside.
        let whose = Memo::new(move |_| {
            till.store.with(|store| store.as_ref().and_then(|store| store.points.clone()))?;
            cart.with(|cart| Some((cart.id, cart.customer.id?, cart.points.is_some())))
        });
        Effect::new(move |_| {
            if let Some((sale, customer, _)) = whose.get() {
                leptos::task::spawn_local(async move { open.know_points(sale, customer).await });
            }
        });
        Effect::new(move |asked: Option<bool>| {
            let asked = asked.unwrap_or(false);
            let ready = till.phase.with(|phase| !matches!(phase, Phase::Loading | Phase::Failed(_)));
            if ready && !asked {
                leptos::task::spawn_local(async move { open.bring_back().await });
            }
            asked || ready
        });
        open
    }

    /// What is known of the customer's points goes into the cart, if it is still theirs. That is no step to take back.
    async fn know_points(self, sale: SaleId, customer: CustomerId) {
        let known = self.till.points(customer).await;
        let is_theirs = |cart: &Cart| cart.id == sale && cart.customer.id == Some(customer);
        if known.is_some() && self.cart.try_with_untracked(is_theirs) == Some(true) {
            self.cart.update(|cart| cart.know_points(known));
        }
    }

    /// The cart that was open before this page was loaded.
    async fn bring_back(self) {
        let kept = self.till.kept_open_cart().await;
        if let Some(kept) = kept.filter(|_| self.cart.with_untracked(Cart::is_empty)) {
            self.resume(kept);
        }
    }

    /// The cart as it is.
    pub fn get(self) -> Cart {
        self.cart.get()
    }

    /// Looks at the cart without copying it.
    pub fn with<R>(self, look: impl FnOnce(&Cart) -> R) -> R {
        self.cart.with(look)
    }

    /// What it costs, as shown. Right before paying ask [`Till::price`] again: a day may have begun since.
    pub fn priced(self) -> Priced {
        self.worked_out.get().map(|(priced, _)| priced)
    }

    /// What promotions would give, and what codes do not.
    pub fn not_given(self) -> Arc<NotGiven> {
        self.worked_out.get().map(|(_, not_given)| not_given).unwrap_or_default()
    }

    /// Nothing in it?
    pub fn is_empty(self) -> bool {
        self.cart.with(Cart::is_empty)
    }

    /// The line in hand.
    pub fn selected(self) -> Option<LineId> {
        self.selected.get()
    }

    /// Takes a line in hand, or none.
    pub fn select(self, line: Option<LineId>) {
        self.selected.set(line);
    }

    /// Takes the next line (or the one before) in hand.
    pub fn select_next(self, down: bool) {
        let selected = self.selected.get_untracked();
        let next = self.cart.with_untracked(|cart| {
            let at = selected.and_then(|id| cart.lines.iter().position(|line| line.id == id));
            let to = match (at, down) {
                (None, true) => 0,
                (None, false) => cart.lines.len().saturating_sub(1),
                (Some(at), true) => at.saturating_add(1),
                (Some(at), false) => at.saturating_sub(1),
            };
            cart.lines.get(to).map(|line| line.id)
        });
        if next.is_some() {
            self.selected.set(next);
        }
    }

    /// Changes the cart. It can be taken back with [`OpenCart::undo`].
    ///
    /// # Errors
    /// What the cart says; nothing has changed then.
    pub fn change<R>(self, change: impl FnOnce(&mut Cart) -> Result<R, CartError>) -> Result<R, CartError> {
        let before = self.cart.get_untracked();
        let mut cart = before.clone();
        let result = change(&mut cart)?;
        if cart != before {
            self.keep_step(before);
            self.put(cart);
        }
        Ok(result)
    }

    fn keep_step(self, cart: Cart) {
        let step = Step { cart, selected: self.selected.get_untracked() };
        self.steps.update(|steps| {
            if steps.len() >= MOST_STEPS {
                steps.remove(0);
            }
            steps.push(step);
        });
    }

    fn put(self, cart: Cart) {
        let gone = self.selected.get_untracked().is_some_and(|id| cart.line(id).is_none());
        if gone {
            self.selected.set(cart.lines.last().map(|line| line.id));
        }
        self.cart.set(cart);
    }

    /// Adds a product, with words for the receipt where there are any, and takes its line in hand.
    ///
    /// # Errors
    /// When it has no price and none is given, or the quantity cannot be.
    pub fn add(
        self,
        product: &Product,
        quantity: Quantity,
        price: Option<UnitPrice>,
        note: Option<String>,
    ) -> Result<LineId, CartError> {
        let mut line = CartLine::of(product, LineId(clock::mint()), quantity, price, clock::now_ms())?;
        line.name = full_name(product);
        line.note = note;
        let id = self.change(|cart| cart.add(line))?;
        self.selected.set(Some(id));
        Ok(id)
    }

    /// Adds a product as its label says: so much of it, at the label's price where it has one, with words of the label's.
    ///
    /// # Errors
    /// As [`OpenCart::add`].
    pub fn add_labelled(
        self,
        product: &Product,
        amount: LineAmount,
        note: Option<String>,
    ) -> Result<LineId, CartError> {
        let (id, now_ms) = (LineId(clock::mint()), clock::now_ms());
        let mut line = CartLine::of(product, id, amount.quantity, amount.price, now_ms)?;
        line.name = full_name(product);
        // What the label says is what stands on the shelf.
        line.list_price = amount.price.unwrap_or(line.list_price);
        line.note = note;
        let id = self.change(|cart| cart.add(line))?;
        self.selected.set(Some(id));
        Ok(id)
    }

    /// Can a change be taken back?
    pub fn can_undo(self) -> bool {
        self.steps.with(|steps| !steps.is_empty())
    }

    /// Takes the last change back; false when there is none.
    pub fn undo(self) -> bool {
        let Some(step) = self.steps.try_update(Vec::pop).flatten() else { return false };
        self.selected.set(step.selected);
        let mut cart = self.cart.get_untracked();
        cart.back_to(step.cart);
        self.put(cart);
        true
    }

    /// Changes what was taken for it so far. That is not a step to take back: money has changed hands.
    pub fn change_tenders(self, change: impl FnOnce(&mut Vec<Tender>)) {
        self.cart.update(|cart| change(&mut cart.tenders));
    }

    /// Wipes the sale; [`OpenCart::undo`] brings it back.
    pub fn clear(self) {
        self.keep_step(self.cart.get_untracked());
        self.put(Cart::new(SaleId(clock::mint())));
    }

    /// Starts the next sale: after this one is recorded or put aside. What was cannot be brought back.
    pub fn start_next(self) {
        self.resume(Cart::new(SaleId(clock::mint())));
    }

    /// Goes on with a cart that was put aside.
    pub fn resume(self, cart: Cart) {
        self.steps.set(Vec::new());
        self.selected.set(cart.lines.last().map(|line| line.id));
        self.cart.set(cart);
    }
}

/// The name of a product with what sets the variant apart, unless the name says it already.
pub fn full_name(product: &Product) -> String {
    let missing: Vec<&str> = product
        .options
        .iter()
        .map(|option| option.value.as_str())
        .filter(|value| !value.is_empty() && !product.name.contains(value))
        .collect();
    if missing.is_empty() {
        product.name.clone()
    } else {
        format!("{} ({})", product.name, missing.join(", "))
    }
}
