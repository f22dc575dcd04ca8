//! Price: what a cart comes to at this till now, and what promotions and codes would give and do not.

use super::till::{RecordError, Till};
use crate::clock;
use leptos::prelude::*;
use shared::pricing::{CouponFault, NearMiss, Occasion, Offered, Promotion, offered};
use shared::sale::{Cart, PriceRules, PricedCart, price_offered};

/// What promotions would give, and what codes do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotGiven {
    /// What is missing for a promotion. One that needs a code says so at its code.
    pub near: Vec<NearMiss>,
    /// Codes in the cart that do nothing.
    pub codes: Vec<(String, CouponFault)>,
}

impl NotGiven {
    fn of(offered: &mut Offered, promotions: &[Promotion]) -> Self {
        let needs_code = |miss: &NearMiss| {
            promotions.iter().any(|promotion| promotion.id == miss.promotion_id && promotion.coupon.is_some())
        };
        let mut near = std::mem::take(&mut offered.near);
        near.retain(|miss| !needs_code(miss));
        Self { near, codes: std::mem::take(&mut offered.coupons) }
    }
}

impl Till {
    /// Prices a cart by this store's settings, price lists and promotions, at this moment's tax.
    ///
    /// # Errors
    /// When an amount does not fit, or the tablet is not paired (nothing to price by).
    pub fn price(self, cart: &Cart) -> Result<PricedCart, RecordError> {
        self.price_and_say(cart).map(|(priced, _)| priced)
    }

    /// The same, and what was not given.
    ///
    /// # Errors
    /// As [`Till::price`].
    pub fn price_and_say(self, cart: &Cart) -> Result<(PricedCart, NotGiven), RecordError> {
        let store = self.store.get_untracked().ok_or(RecordError::Unpaired)?;
        let (price_lists, promotions) = (self.price_lists.get_untracked(), self.promotions.get_untracked());
        let time = clock::local_time(&store.time_zone);
        let occasion = Occasion {
            store_id: store.id,
            currency: store.currency,
            tax: store.tax,
            group_id: cart.customer.group_id,
            time,
            price_lists: &price_lists,
            promotions: &promotions,
        };
        let mut offered = offered(cart, &occasion)?;
        let not_given = NotGiven::of(&mut offered, &promotions);
        let categories = self.tax_categories.get_untracked();
        let (currency, tax, day) = (store.currency, store.tax, time.day());
        let rules = PriceRules { currency, tax, tax_categories: &categories, day };
        Ok((price_offered(cart, &rules, offered)?, not_given))
    }
}
