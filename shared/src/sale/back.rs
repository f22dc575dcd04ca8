//! Back: goods of a finished sale that come back, and what is given back for them.
//! Lives here: where a returned line comes from, in what state it comes, its share of what was paid, and how much of a
//! sold line has come back.
//! May use: cart, finished, price, money, tax, ids. Never: today's price, discount or tax: what was paid goes back.
//! Invariant: a line returned in parts, in order, gives back exactly what was paid for it; all of it is its exact negative.

use super::LineKind;
use super::cart::{CartError, CartLine, check_text};
use super::finished::{Sale, SaleKind, SaleLine};
use super::price::PricedLine;
use crate::ids::{CustomerId, LineId, SaleId};
use crate::money::{Minor, MoneyError, Quantity, Rounding};
use crate::points::LinePoints;
use crate::tax::LineTax;
use serde::{Deserialize, Serialize};

/// Which sold line a returned one goes back on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Origin {
    /// The sale it was sold in.
    pub sale_id: SaleId,
    /// The line's place in that sale, from 1.
    pub line: u32,
    /// That sale's number, as printed.
    pub receipt_number: String,
    /// Did that sale's prices hold their tax?
    #[serde(default)]
    pub prices_include_tax: bool,
    /// Why it comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// In what state.
    #[serde(default)]
    pub condition: Condition,
    /// Whose points it earned, and who spent theirs on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_of: Option<CustomerId>,
}

/// In what state goods come back, which says where they go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Good as new: back on the shelf.
    #[default]
    Restock,
    /// Cannot be sold again.
    Damaged,
    /// Goes back to who made or delivered it.
    Supplier,
}

impl Condition {
    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Restock => "restock",
            Self::Damaged => "damaged",
            Self::Supplier => "supplier",
        }
    }
}

/// What an open cart knows of a line that comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComingBack {
    /// Which sold line.
    pub origin: Origin,
    /// That line, as it was sold.
    pub sold: SaleLine,
    /// How much of it had come back before.
    #[serde(default)]
    pub returned: Quantity,
}

impl SaleLine {
    /// All of the line, and what it was worth.
    pub fn whole(&self) -> Returned {
        Returned { quantity: self.quantity, amount: self.tax.gross }
    }

    /// How much of the line can still come back when so much of it has.
    pub fn returnable(&self, returned: Quantity) -> Quantity {
        let is_goods = self.kind != LineKind::Adjustment && self.origin.is_none() && !self.is_aside();
        if !is_goods || self.quantity.is_negative() {
            return Quantity::ZERO;
        }
        Quantity(self.quantity.0.saturating_sub(returned.0).clamp(0, self.quantity.0))
    }
}

/// A cart line that takes back so much (above zero) of a line of a finished sale.
pub fn take_back(sold: &SaleLine, id: LineId, back: Back, now_ms: i64) -> Result<CartLine, CartError> {
    let Back { origin, returned, quantity } = back;
    check_text(origin.reason.as_deref(), 80)?;
    let line = CartLine {
        id,
        kind: sold.kind,
        product_id: sold.product_id,
        parent_id: None,
        sku: sold.sku.clone(),
        name: sold.name.clone(),
        category_id: None,
        unit: sold.unit,
        tax_category_id: sold.tax_category_id,
        stocked: sold.stocked && origin.condition == Condition::Restock,
        quantity: quantity.negated()?,
        list_price: sold.unit_price,
        price_override: None,
        discount: None,
        note: None,
        added_at_ms: now_ms,
        back: Some(Box::new(ComingBack { origin, sold: sold.clone(), returned })),
        account: None,
        agreed: None,
    };
    line.check_quantity(line.quantity)?;
    Ok(line)
}

/// What is asked of a sold line.
#[derive(Clone, Debug)]
pub struct Back {
    /// Where it was sold, why it comes back and in what state.
    pub origin: Origin,
    /// How much of it had come back before.
    pub returned: Quantity,
    /// How much comes back now, above zero.
    pub quantity: Quantity,
}

impl Origin {
    /// Of the line at this place (from 1) of a sale.
    pub fn of(sale: &Sale, line: u32, reason: Option<String>, condition: Condition) -> Self {
        let sold = usize::try_from(line).ok().and_then(|line| sale.lines.get(line.checked_sub(1)?));
        let moves_points = sold.is_some_and(|line| !line.points.is_none());
        Self {
            points_of: sale.customer.id.filter(|_| moves_points),
            sale_id: sale.id,
            line,
            receipt_number: sale.receipt_number.clone(),
            prices_include_tax: sale.tax_settings.prices_include_tax,
            reason,
            condition,
        }
    }
}

impl ComingBack {
    /// Can so much (below zero: goods come in) come back?
    pub(super) fn check(&self, quantity: Quantity) -> Result<(), CartError> {
        let most = self.sold.returnable(self.returned);
        if quantity.0 < 0 && quantity.0.saturating_neg() <= most.0 {
            return Ok(());
        }
        Err(CartError::Returned(most))
    }

    /// What is given back for so much (below zero) of the line: the difference between the shares of what has come back
    /// with it and without it, so that no minor unit is lost however the line is parted.
    pub(super) fn price(&self, id: LineId, quantity: Quantity) -> Result<PricedLine, MoneyError> {
        let part =
            Part { whole: self.sold.quantity, before: self.returned, with: self.returned.minus(quantity)? };
        let sold = &self.sold;
        let amount = part.of(sold.amount)?;
        let line_discount = part.of(sold.line_discount)?;
        let cart_discount = part.of(sold.cart_discount)?;
        let exempted = part.of(sold.exempted)?;
        let points = LinePoints {
            earned: part.of(Minor(sold.points.earned))?.0,
            spent: part.of(Minor(sold.points.spent))?.0,
            off: part.of(sold.points.off)?,
        };
        let mut promotions = sold.promotions.clone();
        for promotion in &mut promotions {
            promotion.off = part.of(promotion.off)?;
        }
        let promoted = Minor::sum(promotions.iter().map(|promotion| promotion.off))?;
        Ok(PricedLine {
            id,
            unit_price: sold.unit_price,
            before_discounts: amount
                .plus(promoted)?
                .plus(line_discount)?
                .plus(cart_discount)?
                .plus(exempted)?
                .plus(points.off)?,
            price_list: sold.price_list.clone(),
            promotions,
            line_discount,
            cart_discount,
            exempted,
            points,
            amount,
            tax: self.tax(&part, amount)?,
        })
    }

    /// The tax of what is given back: the same part of each.
    fn tax(&self, part: &Part, amount: Minor) -> Result<LineTax, MoneyError> {
        let sold = &self.sold.tax;
        let mut taxes = sold.taxes.clone();
        let mut net = amount;
        for tax in &mut taxes {
            tax.tax = part.of(tax.tax)?;
            if tax.included.unwrap_or(self.origin.prices_include_tax) {
                net = net.minus(tax.tax)?;
            }
        }
        for tax in &mut taxes {
            // Charged on the net amount alone, or on other taxes too.
            tax.net = if tax.net == sold.net { net } else { part.of(tax.net)? };
        }
        let gross = net.plus(Minor::sum(taxes.iter().map(|tax| tax.tax))?)?;
        Ok(LineTax { net, taxes, gross })
    }
}

/// A part of a sold line: from so much returned before, to so much with this.
struct Part {
    whole: Quantity,
    before: Quantity,
    with: Quantity,
}

impl Part {
    /// This part of an amount, as it is given back (the other sign).
    fn of(&self, amount: Minor) -> Result<Minor, MoneyError> {
        self.up_to(self.before, amount)?.minus(self.up_to(self.with, amount)?)
    }

    fn up_to(&self, returned: Quantity, amount: Minor) -> Result<Minor, MoneyError> {
        let exact = i128::from(amount.0).checked_mul(i128::from(returned.0)).ok_or(MoneyError::Overflow)?;
        Rounding::HalfAwayFromZero.divide(exact, i128::from(self.whole.0)).map(Minor)
    }
}

impl SaleKind {
    /// What a paid cart is: a return when money goes back, or when goods only come back.
    pub fn of(total: Minor, lines: impl IntoIterator<Item = Quantity>) -> Self {
        let mut lines = lines.into_iter().peekable();
        let only_back = lines.peek().is_some() && lines.all(Quantity::is_negative);
        if total.is_negative() || only_back { Self::Return } else { Self::Sale }
    }
}

/// How much of a sold line, and what that was worth: all of it, or what has come back over all the returns that are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Returned {
    /// How much, above zero.
    pub quantity: Quantity,
    /// With tax, above zero where the line was paid for.
    pub amount: Minor,
}

/// Why a return is shown to a manager. It is booked all the same: the goods are there and the money is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReturnFault {
    /// The same goods came back twice, most likely at two tablets without a network.
    #[error("more came back than was sold")]
    ReturnedTwice,
    /// More was given back for it than that much of it had cost.
    #[error("more was given back than was paid")]
    PaidTwice,
    /// The sale it goes back on is not in the books (yet).
    #[error("the sale it goes back on is not in the books")]
    UnknownSale,
}

impl ReturnFault {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::ReturnedTwice, Self::PaidTwice, Self::UnknownSale];

    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::ReturnedTwice => "returned_twice",
            Self::PaidTwice => "paid_twice",
            Self::UnknownSale => "unknown_sale",
        }
    }
}

impl Returned {
    /// Is it more than the line allows? `sold` is the line as it was sold, if it is known.
    pub fn check(self, sold: Option<Self>) -> Result<(), ReturnFault> {
        let Some(sold) = sold else { return Err(ReturnFault::UnknownSale) };
        if self.quantity > sold.quantity {
            return Err(ReturnFault::ReturnedTwice);
        }
        // The amount and each of its taxes are rounded by themselves, in each part that a tablet gives back without knowing
        // of the others: for up to four taxes that is three minor units a piece.
        let part = Part { whole: sold.quantity, before: Quantity::ZERO, with: self.quantity };
        let roundings = (self.quantity.0 / Quantity::ONE.0).max(1).saturating_mul(3);
        let share = part.of(sold.amount).map(|share| share.0.saturating_abs().saturating_add(roundings));
        if share.is_ok_and(|most| self.amount.0.saturating_abs() > most) {
            return Err(ReturnFault::PaidTwice);
        }
        Ok(())
    }
}
