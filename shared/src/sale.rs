//! Sale: a cart while it is open, a fact once it is paid.
//! Lives here: the cart and its changes, its price, what comes back of a finished sale, the finished sale with what must
//! hold in it, and what tablets know of sales elsewhere.
//! May use: money, tax, tender, catalog, customer, ids, calendar. Never: a clock, ids or randomness of its own, storage.
//! Invariant: lines + tax = total; tenders − change = total + cash rounding. A finished sale is never changed.

mod back;
mod cart;
mod finished;
mod known;
mod layaway;
mod price;
mod refund;

pub use back::{Back, ComingBack, Condition, Origin, ReturnFault, Returned, take_back};
pub use cart::{Cart, CartError, CartLine, Discount, DiscountAmount};
pub use finished::{Approved, Finish, Sale, SaleFault, SaleKind, SaleLine, finish};
pub(crate) use known::known_days;
pub use known::{BackSoFar, KNOWN_DAYS, KnownSale, LineReturned, MOST_KNOWN, MOST_KNOWN_DAYS};
pub use layaway::{Agreed, Deposit, LAYAWAY_DAYS, Layaway, MOST_LAYAWAY_DAYS, Named, hand_over};
pub use price::{PriceRules, PricedCart, PricedLine, apportioned, money_off, price, price_offered};
pub use refund::{PaidBefore, elsewhere, paid_before, ways_back};

use serde::{Deserialize, Serialize};

/// What a line is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Goods.
    #[default]
    Product,
    /// Carriage to the customer.
    Postage,
    /// A charge of a bank or a marketplace, or work done.
    Fee,
    /// Money off that stands as a line of its own.
    Discount,
    /// Something typed in at the till.
    Manual,
    /// A gift voucher or gift card sold.
    Voucher,
    /// Paid into a customer's account.
    Account,
    /// A correction in the books: no goods, no tax.
    Adjustment,
    /// Paid on goods that are put aside: a part of their price, with its part of their taxes. It comes back when they are handed over.
    Deposit,
    /// Given freely to whoever served: no turnover, no tax.
    Tip,
    /// Given for a good cause, most often up to the next whole amount: passed on, no turnover, no tax.
    Donation,
}

impl LineKind {
    /// Is it given on top of what is bought? There is one of each at most, nothing is taken off it, and it never comes back.
    pub fn is_given(self) -> bool {
        matches!(self, Self::Tip | Self::Donation)
    }

    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Postage => "postage",
            Self::Fee => "fee",
            Self::Discount => "discount",
            Self::Manual => "manual",
            Self::Voucher => "voucher",
            Self::Account => "account",
            Self::Adjustment => "adjustment",
            Self::Deposit => "deposit",
            Self::Tip => "tip",
            Self::Donation => "donation",
        }
    }
}
