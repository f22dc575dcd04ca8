//! Layaway: goods put aside with a deposit: putting them aside, paying more on them, handing them over.
//! Invariant: what was paid on a layaway is what its deposits say, as far as this tablet knows them.

use super::till::{RecordError, Till};
use crate::clock;
use leptos::prelude::*;
use shared::calendar::Day;
use shared::ids::SaleId;
use shared::money::{Minor, MoneyError, Quantity};
use shared::sale::{
    BackSoFar, Cart, CartError, Deposit, LAYAWAY_DAYS, Layaway, MOST_KNOWN, MOST_LAYAWAY_DAYS, Named, Sale,
    hand_over,
};
use std::sync::Arc;

/// A layaway and what was paid on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnLayaway {
    /// What was put aside.
    pub layaway: Layaway,
    /// What is still paid on it.
    pub paid: Minor,
    deposits: Vec<(Arc<Sale>, BackSoFar)>,
}

impl OnLayaway {
    /// What is left to pay.
    pub fn left(&self) -> Minor {
        self.layaway.total.minus(self.paid).unwrap_or_default()
    }

    /// Is it neither handed over nor given back?
    pub fn is_open(&self) -> bool {
        self.paid.0 > 0
    }

    /// Puts its goods into an empty cart, for whoever paid on them, with what they paid.
    ///
    /// # Errors
    /// What the cart says; nothing has changed then.
    pub fn hand_over(&self, cart: &mut Cart) -> Result<(), CartError> {
        let returned: Vec<_> = self.deposits.iter().map(|(_, back)| returned_of(back)).collect();
        let deposits: Vec<Deposit<'_>> = self
            .deposits
            .iter()
            .zip(&returned)
            .map(|((sale, _), returned)| Deposit { sale, returned })
            .collect();
        hand_over(cart, &self.layaway, &deposits, &mut clock::mint, clock::now_ms())?;
        self.deposits.iter().try_for_each(|(sale, _)| cart.set_customer(sale.customer.clone()))
    }
}

fn returned_of(back: &BackSoFar) -> impl Fn(u32) -> Quantity {
    |place| back.get(&place).copied().unwrap_or_default()
}

impl Till {
    /// Until when goods are put aside unless somebody says otherwise, and the last day that can be chosen.
    pub fn layaway_days(self) -> Option<(Day, Day)> {
        let store = self.store.get_untracked()?;
        let today = clock::local_time(&store.time_zone).day();
        Some((today.plus_days(LAYAWAY_DAYS), today.plus_days(MOST_LAYAWAY_DAYS)))
    }

    /// The sale that puts a cart aside for whoever is named in it, and takes so much of its price now. `name` is what a deposit
    /// is called.
    ///
    /// # Errors
    /// When it cannot be put aside, or so much cannot be paid on it.
    pub fn put_aside(self, cart: &Cart, until: Day, amount: Minor, name: &str) -> Result<Cart, CartError> {
        let mut cart = cart.clone();
        cart.spend_points(0);
        let priced = self.price(&cart).map_err(|_| CartError::Money(MoneyError::Overflow))?;
        let layaway = Layaway::of(&cart, &priced, until)?;
        let aside = Cart { discount: None, coupons: Vec::new(), ..cart };
        self.deposit(aside, layaway, amount, name)
    }

    /// The sale that takes so much more on a layaway.
    ///
    /// # Errors
    /// As [`Till::put_aside`].
    pub fn pay_on(self, on: &OnLayaway, amount: Minor, name: &str) -> Result<Cart, CartError> {
        let mut cart = Cart::new(SaleId(clock::mint()));
        if let Some((sale, _)) = on.deposits.last() {
            cart.set_customer(sale.customer.clone())?;
        }
        self.deposit(cart, Layaway { paid: on.paid, ..on.layaway.clone() }, amount, name)
    }

    fn deposit(self, cart: Cart, layaway: Layaway, amount: Minor, name: &str) -> Result<Cart, CartError> {
        let no_store = CartError::Money(MoneyError::Overflow);
        let currency = self.store.with_untracked(|store| store.as_ref().map(|store| store.currency));
        let currency = currency.ok_or_else(|| no_store.clone())?;
        let goods =
            Cart { lines: layaway.goods.clone(), customer: cart.customer.clone(), ..Cart::new(cart.id) };
        let priced = self.price(&goods).map_err(|_| no_store)?;
        let named = Named { name, ids: &mut clock::mint, now_ms: clock::now_ms() };
        let categories = self.tax_categories.get_untracked();
        let lines = layaway.deposit(amount, &priced, &categories, currency, named)?;
        Ok(Cart { lines, layaway: Some(Box::new(layaway)), ..cart })
    }

    /// What this tablet knows of the layaway that a sale took a deposit on; none where it took none.
    ///
    /// # Errors
    /// When its sales could not be read.
    pub async fn layaway_of(self, sale: &Arc<Sale>) -> Result<Option<OnLayaway>, RecordError> {
        let Some(layaway) = &sale.layaway else { return Ok(None) };
        let is_of = |other: &Sale| other.layaway.as_ref().is_some_and(|other| other.id == layaway.id);
        let mut sales: Vec<Arc<Sale>> =
            self.sales_kept().await?.into_iter().filter(|one| is_of(one)).collect();
        let told = self.device().known_sales("", MOST_KNOWN).await?;
        for other in
            told.into_iter().map(|known| known.sale).filter(is_of).map(Arc::new).chain([Arc::clone(sale)])
        {
            if !sales.iter().any(|known| known.id == other.id) {
                sales.push(other);
            }
        }
        sales.sort_by_key(|sale| sale.time.at_ms);
        let (mut paid, mut deposits) = (0_i64, Vec::new());
        for sale in sales {
            let back = self.returned_here(sale.id).await?;
            paid = paid.saturating_add(Deposit { sale: &sale, returned: &returned_of(&back) }.left().0);
            deposits.push((sale, back));
        }
        Ok(Some(OnLayaway { layaway: (**layaway).clone(), paid: Minor(paid), deposits }))
    }
}
