//! The open cart: lines, discounts, a customer, and every change a cashier can make to it.

use super::LineKind;
use super::back::ComingBack;
use super::layaway::{Agreed, Layaway};
use super::refund::PaidBefore;
use crate::account::AccountKey;
use crate::approval::Approval;
use crate::catalog::{Product, Unit};
use crate::customer::SaleCustomer;
use crate::ids::{CategoryId, LineId, ProductId, SaleId, TaxCategoryId};
use crate::money::{Minor, MoneyError, Quantity, Rate, UnitPrice};
use crate::points::CartPoints;
use crate::tender::{Tender, TenderKind};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

/// A sale that is not paid yet. It can be kept and resumed as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cart {
    /// Becomes the sale's id.
    pub id: SaleId,
    /// In the order they were added.
    pub lines: Vec<CartLine>,
    /// Money off the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// Codes the customer showed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<String>,
    /// Who buys.
    #[serde(default, skip_serializing_if = "SaleCustomer::is_empty")]
    pub customer: SaleCustomer,
    /// For the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Taken so far: a card that was charged is not forgotten when the cart is put aside or the page is loaded anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenders: Vec<Tender>,
    /// What somebody has approved in it so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// How the sales whose goods come back in it had been paid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paid_before: Vec<PaidBefore>,
    /// What is known of the points of whoever buys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<CartPoints>,
    /// What is put aside, where a deposit on it is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layaway: Option<Box<Layaway>>,
}

/// One line of an open cart. What it sells is copied in, so a later change of the catalogue does not move it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CartLine {
    /// Its id.
    pub id: LineId,
    /// What it is for.
    #[serde(default)]
    pub kind: LineKind,
    /// Which product; none for a line that is typed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// What it was a variant of then, for promotions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<ProductId>,
    /// Its code then.
    pub sku: String,
    /// Its name then.
    pub name: String,
    /// Its group then, for promotions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// How it is counted.
    #[serde(default)]
    pub unit: Unit,
    /// For tax; none means no tax.
    pub tax_category_id: Option<TaxCategoryId>,
    /// Does it move stock?
    #[serde(default)]
    pub stocked: bool,
    /// How much; negative takes back.
    pub quantity: Quantity,
    /// Price on the shelf then.
    pub list_price: UnitPrice,
    /// Price given instead, at the till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_override: Option<UnitPrice>,
    /// Money off this line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// For the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was added, epoch ms by the device.
    #[serde(default)]
    pub added_at_ms: i64,
    /// Goods of a finished sale that come back, at what was paid for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<Box<ComingBack>>,
    /// The account it is paid into: no goods, no tax, nothing off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountKey>,
    /// The price it was put aside at: nothing comes off it any more, and there is as much of it as was put aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Box<Agreed>>,
}

/// Money off, with the reason a person gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Discount {
    /// How much.
    #[serde(flatten)]
    pub amount: DiscountAmount,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl<'de> Deserialize<'de> for Discount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let FlatDiscount { percent, amount, reason } = FlatDiscount::deserialize(from)?;
        let amount = match (percent, amount) {
            (Some(rate), None) => DiscountAmount::Percent(rate),
            (None, Some(amount)) => DiscountAmount::Amount(amount),
            _ => return Err(Error::custom("a discount is either a percent or an amount")),
        };
        Ok(Self { amount, reason })
    }
}

/// A discount as it is written. Read by hand, see docs/adr/0015.
#[derive(Deserialize)]
struct FlatDiscount {
    percent: Option<Rate>,
    amount: Option<Minor>,
    reason: Option<String>,
}

/// How much off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DiscountAmount {
    /// A share, 100 % at most.
    Percent(Rate),
    /// Minor units.
    Amount(Minor),
}

/// Why a change of the cart is not possible. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    /// No such line any more.
    #[error("this line is no longer in the sale")]
    NoLine,
    /// Nothing, or a part of a piece.
    #[error("this is sold in whole pieces")]
    WholePieces,
    /// Zero, or far too many.
    #[error("a quantity from 0.001 to 100,000")]
    Quantity,
    /// Below zero or over 100 %.
    #[error("a discount from 0 to 100 % or to the full amount")]
    Discount,
    /// Below zero or too large.
    #[error("a price from 0 to 100,000,000")]
    Price,
    /// A text that is too long.
    #[error("at most {0} letters")]
    Long(usize),
    /// More than is left of what was sold.
    #[error("{} of this can still come back", .0.to_decimal())]
    Returned(Quantity),
    /// What comes back is worth what was paid.
    #[error("what comes back is worth what was paid for it")]
    PaidPrice,
    /// Has no price in the catalogue.
    #[error("this product has no price; enter one")]
    NoPrice,
    /// Goods that come back, gift cards and the like, or nothing at all.
    #[error("only goods can be put aside, in a sale of their own")]
    NotPutAside,
    /// Put aside at a price: neither that nor how much can be changed.
    #[error("this was put aside: its price and quantity are agreed")]
    Agreed,
    /// Some of it is on the customer's account already.
    #[error("some of this is on the customer's account; take that payment back first")]
    OnAccount,
    /// Too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

const MOST: Quantity = Quantity(100_000_000);
const DEAREST: UnitPrice = UnitPrice(1_000_000_000_000);

impl CartLine {
    /// A line for one unit of a product, or for the quantity asked. A product without a price needs one given.
    pub fn of(
        product: &Product,
        id: LineId,
        quantity: Quantity,
        price: Option<UnitPrice>,
        now_ms: i64,
    ) -> Result<Self, CartError> {
        let list_price = product.price.or(price).ok_or(CartError::NoPrice)?;
        let line = Self {
            id,
            kind: LineKind::Product,
            product_id: Some(product.id),
            parent_id: product.parent_id,
            sku: product.sku.clone(),
            name: product.name.clone(),
            category_id: product.category_id,
            unit: product.unit,
            tax_category_id: Some(product.tax_category_id),
            stocked: product.stocked,
            quantity,
            list_price,
            price_override: None,
            discount: None,
            note: None,
            added_at_ms: now_ms,
            back: None,
            account: None,
            agreed: None,
        };
        line.check_quantity(quantity)?;
        Ok(line)
    }

    /// A line for so much that is paid into an account: a gift card that is sold or filled up, or a customer's account.
    ///
    /// # Errors
    /// When it is nothing, or more than any price.
    pub fn paid_in(
        account: AccountKey,
        id: LineId,
        name: String,
        amount: UnitPrice,
        now_ms: i64,
    ) -> Result<Self, CartError> {
        if !(1..=DEAREST.0).contains(&amount.0) {
            return Err(CartError::Price);
        }
        let kind = if account.is_card() { LineKind::Voucher } else { LineKind::Account };
        Ok(Self { account: Some(account), ..Self::amount_alone(kind, id, name, amount, now_ms) })
    }

    /// A line that is an amount and nothing else.
    pub(super) fn amount_alone(
        kind: LineKind,
        id: LineId,
        name: String,
        amount: UnitPrice,
        now_ms: i64,
    ) -> Self {
        Self {
            id,
            kind,
            product_id: None,
            parent_id: None,
            sku: String::new(),
            name,
            category_id: None,
            unit: Unit::Piece,
            tax_category_id: None,
            stocked: false,
            quantity: Quantity::ONE,
            list_price: amount,
            price_override: None,
            discount: None,
            note: None,
            added_at_ms: now_ms,
            back: None,
            account: None,
            agreed: None,
        }
    }

    /// Is it no turnover: paid into an account, or given on top? No tax, nothing off, once and never back.
    pub fn is_aside(&self) -> bool {
        self.account.is_some() || self.kind.is_given()
    }

    /// Is its price agreed already: put aside at it, or a deposit on what is? It is taxed, and nothing comes off it.
    pub fn is_fixed(&self) -> bool {
        self.agreed.is_some() || self.kind == LineKind::Deposit
    }

    /// What one unit costs in this cart, before discounts.
    pub fn unit_price(&self) -> UnitPrice {
        self.price_override.unwrap_or(self.list_price)
    }

    /// Is it weighed or measured?
    pub fn is_measured(&self) -> bool {
        self.unit.is_measured()
    }

    /// Does it come back from a finished sale?
    pub fn comes_back(&self) -> bool {
        self.back.is_some()
    }

    pub(super) fn check_quantity(&self, quantity: Quantity) -> Result<(), CartError> {
        if quantity.is_zero() || quantity.0.saturating_abs() > MOST.0 {
            return Err(CartError::Quantity);
        }
        if !self.unit.is_measured() && quantity.0 % Quantity::ONE.0 != 0 {
            return Err(CartError::WholePieces);
        }
        let as_agreed = self.agreed.as_ref().is_none_or(|agreed| agreed.quantity == quantity);
        let is_deposit = self.kind == LineKind::Deposit && self.back.is_none();
        if !as_agreed || (is_deposit && quantity != Quantity::ONE) {
            return Err(CartError::Agreed);
        }
        // What is paid in or given on top is so once, and never out.
        if self.is_aside() && quantity != Quantity::ONE {
            return Err(CartError::Quantity);
        }
        self.back.as_ref().map_or(Ok(()), |back| back.check(quantity))
    }

    /// Do both take back the same sold line?
    fn is_same_return(&self, other: &Self) -> bool {
        let sold = |line: &Self| line.back.as_ref().map(|back| (back.origin.sale_id, back.origin.line));
        sold(self).is_some() && sold(self) == sold(other)
    }

    /// Could another one of the same be counted onto this line?
    fn takes(&self, other: &Self) -> bool {
        !self.unit.is_measured()
            && self.kind == LineKind::Product
            && self.product_id.is_some()
            && self.product_id == other.product_id
            && self.list_price == other.list_price
            && self.price_override.is_none()
            && self.discount.is_none()
            && self.note.is_none()
            && self.back.is_none()
            && self.agreed.is_none()
            && other.back.is_none()
            && (self.quantity.0 > 0) == (other.quantity.0 > 0)
    }
}

impl Discount {
    fn check(&self) -> Result<(), CartError> {
        let fits = match self.amount {
            DiscountAmount::Percent(rate) => (0..=1_000_000).contains(&rate.0),
            DiscountAmount::Amount(amount) => !amount.is_negative(),
        };
        if !fits {
            return Err(CartError::Discount);
        }
        check_text(self.reason.as_deref(), 80)
    }
}

pub(super) fn check_text(text: Option<&str>, most: usize) -> Result<(), CartError> {
    if text.is_some_and(|t| t.chars().count() > most) { Err(CartError::Long(most)) } else { Ok(()) }
}

impl Cart {
    /// An empty one.
    pub fn new(id: SaleId) -> Self {
        Self {
            id,
            lines: Vec::new(),
            discount: None,
            coupons: Vec::new(),
            customer: SaleCustomer::default(),
            note: None,
            tenders: Vec::new(),
            approvals: Vec::new(),
            paid_before: Vec::new(),
            points: None,
            layaway: None,
        }
    }

    /// Adds a line, counting onto the same product's line where that is the same thing. Says which line it became.
    pub fn add(&mut self, line: CartLine) -> Result<LineId, CartError> {
        if self.lines.iter().any(|known| known.is_same_return(&line)) {
            return Err(CartError::Returned(Quantity::ZERO));
        }
        if let Some(same) = self.lines.iter_mut().find(|known| known.takes(&line)) {
            let quantity = same.quantity.plus(line.quantity)?;
            same.check_quantity(quantity)?;
            same.quantity = quantity;
            return Ok(same.id);
        }
        let id = line.id;
        self.lines.push(line);
        Ok(id)
    }

    /// The line, if it is still here.
    pub fn line(&self, id: LineId) -> Option<&CartLine> {
        self.lines.iter().find(|line| line.id == id)
    }

    fn line_mut(&mut self, id: LineId) -> Result<&mut CartLine, CartError> {
        self.lines.iter_mut().find(|line| line.id == id).ok_or(CartError::NoLine)
    }

    /// A line whose worth is the till's to change: not one that comes back.
    fn worth_line(&mut self, id: LineId) -> Result<&mut CartLine, CartError> {
        let line = self.line_mut(id)?;
        if line.is_fixed() && line.back.is_none() {
            return Err(CartError::Agreed);
        }
        if line.back.is_some() || line.is_aside() { Err(CartError::PaidPrice) } else { Ok(line) }
    }

    /// Sets how much; of what comes back, how much of it comes back.
    pub fn set_quantity(&mut self, id: LineId, quantity: Quantity) -> Result<(), CartError> {
        let line = self.line_mut(id)?;
        let comes_back = line.back.is_some() && quantity.0 > 0;
        let quantity = if comes_back { quantity.negated()? } else { quantity };
        line.check_quantity(quantity)?;
        line.quantity = quantity;
        Ok(())
    }

    /// Gives another price, or the shelf's again.
    pub fn set_price(&mut self, id: LineId, price: Option<UnitPrice>) -> Result<(), CartError> {
        if price.is_some_and(|p| p.is_negative() || p > DEAREST) {
            return Err(CartError::Price);
        }
        self.worth_line(id)?.price_override = price;
        Ok(())
    }

    /// Gives money off a line, or takes it back.
    pub fn set_line_discount(&mut self, id: LineId, discount: Option<Discount>) -> Result<(), CartError> {
        discount.as_ref().map_or(Ok(()), Discount::check)?;
        self.worth_line(id)?.discount = discount;
        Ok(())
    }

    /// Gives money off the whole, or takes it back.
    pub fn set_discount(&mut self, discount: Option<Discount>) -> Result<(), CartError> {
        discount.as_ref().map_or(Ok(()), Discount::check)?;
        self.discount = discount;
        Ok(())
    }

    /// Takes a code a customer shows; one that is here already counts once.
    pub fn add_coupon(&mut self, code: &str) -> Result<(), CartError> {
        let code = code.trim();
        check_text(Some(code), 40)?;
        if !code.is_empty() && !self.coupons.iter().any(|known| known.to_lowercase() == code.to_lowercase()) {
            self.coupons.push(code.to_owned());
        }
        Ok(())
    }

    /// Says who buys. While some of it is on somebody's account it stays theirs.
    pub fn set_customer(&mut self, customer: SaleCustomer) -> Result<(), CartError> {
        if self.is_on_account() && self.customer.id != customer.id {
            return Err(CartError::OnAccount);
        }
        // Whose points they are is looked up anew.
        if self.customer.id != customer.id {
            self.points = None;
        }
        self.customer = customer;
        Ok(())
    }

    /// Takes what is known of the customer's points now; what they want to spend stays wanted.
    pub fn know_points(&mut self, known: Option<CartPoints>) {
        let spend = self.points.as_ref().map_or(0, |points| points.spend);
        self.points = known.map(|points| CartPoints { spend, ..points });
    }

    /// Spends so many points, or none.
    pub fn spend_points(&mut self, spend: i64) {
        if let Some(points) = &mut self.points {
            points.spend = spend.clamp(0, points.balance.max(0));
        }
    }

    /// Is some of it on the customer's account?
    fn is_on_account(&self) -> bool {
        self.tenders.iter().any(|tender| tender.kind == TenderKind::OnAccount)
    }

    /// Says how much is given on top, as a tip or for a good cause; nothing takes it out again.
    ///
    /// # Errors
    /// When it is below zero or more than any price, or no such thing is given on top.
    pub fn give(
        &mut self,
        kind: LineKind,
        id: LineId,
        name: &str,
        amount: UnitPrice,
        now_ms: i64,
    ) -> Result<(), CartError> {
        if !kind.is_given() || !(0..=DEAREST.0).contains(&amount.0) {
            return Err(CartError::Price);
        }
        let known = self.lines.iter_mut().find(|line| line.kind == kind);
        match known {
            _ if amount.0 == 0 => self.lines.retain(|line| line.kind != kind),
            Some(line) => line.list_price = amount,
            None => self.lines.push(CartLine::amount_alone(kind, id, name.to_owned(), amount, now_ms)),
        }
        Ok(())
    }

    /// Notes how a sale whose goods come back had been paid.
    pub fn note_paid(&mut self, paid: Vec<PaidBefore>) {
        let is_known = |paid: &PaidBefore| self.paid_before.iter().any(|known| known.sale_id == paid.sale_id);
        let new: Vec<PaidBefore> = paid.into_iter().filter(|paid| !is_known(paid)).collect();
        self.paid_before.extend(new);
    }

    /// How the sales were paid whose goods still come back in it.
    pub fn still_paid_before(&self) -> Vec<PaidBefore> {
        let comes_back = |id| {
            self.lines.iter().any(|line| line.back.as_ref().is_some_and(|back| back.origin.sale_id == id))
        };
        self.paid_before.iter().filter(|paid| comes_back(paid.sale_id)).cloned().collect()
    }

    /// Becomes what it was at an earlier step. What was taken meanwhile stays taken, and whose account it is on stays so.
    pub fn back_to(&mut self, mut earlier: Self) {
        if earlier.id == self.id {
            earlier.tenders.clone_from(&self.tenders);
            if earlier.is_on_account() {
                earlier.customer.clone_from(&self.customer);
            }
        }
        *self = earlier;
    }

    /// Notes what somebody approved in it; a new approval takes the place of the one before for the same thing.
    pub fn approve(&mut self, approval: Approval) {
        let of = |approval: &Approval| (approval.subject.kind, approval.subject.line_id);
        self.approvals.retain(|known| of(known) != of(&approval));
        self.approvals.push(approval);
    }

    /// Puts a code away.
    pub fn remove_coupon(&mut self, code: &str) {
        self.coupons.retain(|known| known != code);
    }

    /// Writes a note on a line, or wipes it.
    pub fn set_note(&mut self, id: LineId, note: Option<String>) -> Result<(), CartError> {
        check_text(note.as_deref(), 200)?;
        self.line_mut(id)?.note = note.filter(|n| !n.trim().is_empty());
        Ok(())
    }

    /// Takes a line out; what is returned, with its place, puts it back with [`Cart::put_back`].
    pub fn remove(&mut self, id: LineId) -> Result<(usize, CartLine), CartError> {
        let at = self.lines.iter().position(|line| line.id == id).ok_or(CartError::NoLine)?;
        Ok((at, self.lines.remove(at)))
    }

    /// Undoes a removal.
    pub fn put_back(&mut self, (at, line): (usize, CartLine)) {
        // The same goods may have been put in again meanwhile.
        self.lines.retain(|known| !known.is_same_return(&line));
        self.lines.insert(at.min(self.lines.len()), line);
    }

    /// Nothing in it?
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}
