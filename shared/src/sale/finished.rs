//! The finished sale: everything a receipt, a tax office and an ERP need, as it was at that moment.

use super::LineKind;
use super::back::Origin;
use super::cart::{Cart, Discount};
use super::layaway::Layaway;
use super::price::PricedCart;
use super::refund::PaidBefore;
use crate::account::AccountKey;
use crate::approval::{Approval, ApprovalKind};
use crate::calendar::LocalTime;
use crate::catalog::Unit;
use crate::customer::SaleCustomer;
use crate::ids::{DeviceId, LineId, ProductId, RegisterId, SaleId, StaffId, StoreId, TaxCategoryId};
use crate::money::{Currency, Minor, MoneyError, Quantity, UnitPrice};
use crate::points::{LinePoints, SalePoints};
use crate::pricing::{PriceSource, PromotionPart};
use crate::tax::{LineTax, TaxAmount, TaxSettings, total_taxes};
use crate::tender::{ForeignCash, Settlement, Tender, TenderError, TenderKind};
use serde::{Deserialize, Serialize};

/// A paid sale. A fact: nothing edits it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sale {
    /// Its id, the cart's.
    pub id: SaleId,
    /// What it is.
    pub kind: SaleKind,
    /// As printed.
    pub receipt_number: String,
    /// Where.
    pub store_id: StoreId,
    /// At which register.
    pub register_id: RegisterId,
    /// On which tablet.
    pub device_id: DeviceId,
    /// By whom.
    pub staff_id: StaffId,
    /// Their name then.
    pub staff_name: String,
    /// When, by the device's clock and the shop's wall clock.
    pub time: LocalTime,
    /// In what.
    pub currency: Currency,
    /// How tax was worked out.
    pub tax_settings: TaxSettings,
    /// What was sold.
    pub lines: Vec<SaleLine>,
    /// Money off the whole, as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// One row a rate.
    pub taxes: Vec<TaxAmount>,
    /// Without tax.
    pub net: Minor,
    /// All taxes.
    pub tax: Minor,
    /// With tax.
    pub total: Minor,
    /// Added for want of small coins.
    pub cash_rounding: Minor,
    /// How it was paid.
    pub tenders: Vec<Tender>,
    /// Cash handed back.
    pub change: Minor,
    /// Who bought.
    #[serde(default, skip_serializing_if = "SaleCustomer::is_empty")]
    pub customer: SaleCustomer,
    /// For the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How the sales whose goods came back in it had been paid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paid_before: Vec<PaidBefore>,
    /// The customer's points after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<SalePoints>,
    /// What is put aside, where a deposit on it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layaway: Option<Box<Layaway>>,
    /// Who approved what in it, where the store's receipts say so. The approvals themselves are in the journal's entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approved: Vec<Approved>,
}

/// What somebody approved in a sale, as its receipt says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Approved {
    /// What kind of thing.
    pub kind: ApprovalKind,
    /// Their name then.
    pub staff_name: String,
}

impl Approved {
    /// What receipts say of approvals: each kind of each person once, in their order.
    pub fn of(approvals: &[Approval]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for approval in approvals {
            let one = Self { kind: approval.subject.kind, staff_name: approval.staff_name.clone() };
            if !all.contains(&one) {
                all.push(one);
            }
        }
        all
    }
}

/// What a finished sale is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SaleKind {
    /// Goods go out.
    #[default]
    Sale,
    /// Goods come back.
    Return,
    /// A correction in the books (a bad debt written off): no goods.
    Adjustment,
}

impl SaleKind {
    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Return => "return",
            Self::Adjustment => "adjustment",
        }
    }
}

/// A line of a finished sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SaleLine {
    /// Its id.
    pub id: LineId,
    /// What it is for.
    pub kind: LineKind,
    /// Which product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// Its code then.
    pub sku: String,
    /// Its name then.
    pub name: String,
    /// How it is counted.
    #[serde(default)]
    pub unit: Unit,
    /// For tax.
    pub tax_category_id: Option<TaxCategoryId>,
    /// Does it move stock?
    #[serde(default)]
    pub stocked: bool,
    /// How much; negative came back.
    pub quantity: Quantity,
    /// Price on the shelf.
    pub list_price: UnitPrice,
    /// Price taken.
    pub unit_price: UnitPrice,
    /// Quantity × price taken.
    pub before_discounts: Minor,
    /// The list its price is from, where it is not the shelf's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_list: Option<PriceSource>,
    /// Off by promotions, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promotions: Vec<PromotionPart>,
    /// Money off this line, as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// Off by the line's own discount.
    pub line_discount: Minor,
    /// Its part of the cart's discount.
    pub cart_discount: Minor,
    /// Tax inside its price that a customer who is exempt did not pay.
    #[serde(default, skip_serializing_if = "Minor::is_nothing")]
    pub exempted: Minor,
    /// Points that it earned and that were spent on it.
    #[serde(default, skip_serializing_if = "LinePoints::is_none")]
    pub points: LinePoints,
    /// After all of them.
    pub amount: Minor,
    /// Its tax.
    pub tax: LineTax,
    /// For the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was added, epoch ms by the device.
    #[serde(default)]
    pub added_at_ms: i64,
    /// The sold line this goes back on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The account it was paid into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountKey>,
    /// The layaway it is of, by the sale of the first deposit: goods at the price agreed, or a deposit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layaway: Option<SaleId>,
}

/// What finishing needs beside the cart.
#[derive(Clone, Debug)]
pub struct Finish {
    /// What it is.
    pub kind: SaleKind,
    /// Its number.
    pub receipt_number: String,
    /// Where.
    pub store_id: StoreId,
    /// At which register.
    pub register_id: RegisterId,
    /// On which tablet.
    pub device_id: DeviceId,
    /// By whom.
    pub staff_id: StaffId,
    /// Their name.
    pub staff_name: String,
    /// When.
    pub time: LocalTime,
    /// In what.
    pub currency: Currency,
    /// How tax is worked out.
    pub tax_settings: TaxSettings,
    /// How it was paid.
    pub tenders: Vec<Tender>,
    /// What came out of that.
    pub settlement: Settlement,
}

/// Makes the fact out of a priced and settled cart.
pub fn finish(cart: &Cart, priced: &PricedCart, with: Finish) -> Sale {
    let line = |(line, priced): (&super::CartLine, &super::PricedLine)| SaleLine {
        id: line.id,
        kind: line.kind,
        product_id: line.product_id,
        sku: line.sku.clone(),
        name: line.name.clone(),
        unit: line.unit,
        tax_category_id: line.tax_category_id,
        stocked: line.stocked,
        quantity: line.quantity,
        list_price: line.list_price,
        unit_price: priced.unit_price,
        before_discounts: priced.before_discounts,
        price_list: priced.price_list.clone(),
        promotions: priced.promotions.clone(),
        discount: line.discount.clone(),
        line_discount: priced.line_discount,
        cart_discount: priced.cart_discount,
        exempted: priced.exempted,
        points: priced.points,
        amount: priced.amount,
        tax: priced.tax.clone(),
        note: line.note.clone(),
        added_at_ms: line.added_at_ms,
        origin: line.back.as_ref().map(|back| back.origin.clone()),
        account: line.account.clone(),
        layaway: layaway_of(cart, line),
    };
    Sale {
        id: cart.id,
        kind: with.kind,
        receipt_number: with.receipt_number,
        store_id: with.store_id,
        register_id: with.register_id,
        device_id: with.device_id,
        staff_id: with.staff_id,
        staff_name: with.staff_name,
        time: with.time,
        currency: with.currency,
        tax_settings: with.tax_settings,
        lines: cart.lines.iter().zip(&priced.lines).map(line).collect(),
        discount: cart.discount.clone(),
        taxes: priced.taxes.clone(),
        net: priced.net,
        tax: priced.tax,
        total: priced.total,
        cash_rounding: with.settlement.cash_rounding,
        tenders: with.tenders,
        change: with.settlement.change,
        customer: customer_of(cart, priced, with.time),
        note: cart.note.clone(),
        paid_before: cart.still_paid_before(),
        points: points_after(cart, priced),
        approved: Vec::new(),
        layaway: cart.layaway.clone(),
    }
}

/// The layaway a line is of: goods put aside in it, a deposit on it, or a deposit that comes back.
fn layaway_of(cart: &Cart, line: &super::CartLine) -> Option<SaleId> {
    let agreed = line.agreed.as_ref().map(|agreed| agreed.layaway);
    match &line.back {
        Some(back) => back.sold.layaway.filter(|_| line.kind == LineKind::Deposit),
        None if line.kind == LineKind::Deposit => cart.layaway.as_ref().map(|layaway| layaway.id),
        None => agreed,
    }
}

/// What whoever buys has after it, by what the tablet knew. What comes back of another one's sale is not theirs.
fn points_after(cart: &Cart, priced: &PricedCart) -> Option<SalePoints> {
    let (id, known) = (cart.customer.id?, cart.points.as_ref()?);
    let is_theirs =
        |line: &super::CartLine| line.back.as_ref().is_none_or(|b| b.origin.points_of == Some(id));
    let lines = cart.lines.iter().zip(&priced.lines).filter(|(line, _)| is_theirs(line));
    let balance = lines.fold(known.balance, |sum, (_, line)| sum.saturating_add(line.points.more()));
    Some(SalePoints { balance, tier: known.tier.as_ref().map(|tier| tier.name.clone()) })
}

/// Who bought. A certificate that has ended is not theirs any more, unless the price that was shown just before midnight
/// went by it.
fn customer_of(cart: &Cart, priced: &PricedCart, time: LocalTime) -> SaleCustomer {
    let customer = cart.customer.clone();
    let mut sold = cart.lines.iter().zip(&priced.lines).filter(|(line, _)| line.back.is_none());
    if customer.is_exempt_on(time.day()) || sold.any(|(_, line)| !line.exempted.is_zero()) {
        customer
    } else {
        customer.without_exemption()
    }
}

/// Why a sale's numbers cannot be booked as they are. The sale is kept whole and shown to a manager.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SaleFault {
    /// No lines.
    #[error("the sale has no lines")]
    Empty,
    /// A line's parts do not add up.
    #[error("line {0} does not add up")]
    Line(usize),
    /// Lines and totals differ.
    #[error("the lines do not add up to the totals")]
    Totals,
    /// Tenders and total differ.
    #[error("the payments do not add up to the total")]
    Tenders,
    /// A card number in it.
    #[error("a payment carries more of a card than may be kept")]
    CardData,
    /// Too large.
    #[error("an amount is too large")]
    Overflow,
}

impl From<MoneyError> for SaleFault {
    fn from(_: MoneyError) -> Self {
        Self::Overflow
    }
}

impl SaleLine {
    /// Is it no turnover: paid into an account, or given on top?
    pub fn is_aside(&self) -> bool {
        self.account.is_some() || self.kind.is_given()
    }

    /// Off by all its promotions.
    pub fn promotions_off(&self) -> Result<Minor, MoneyError> {
        Minor::sum(self.promotions.iter().map(|part| part.off))
    }
}

impl Sale {
    /// Checks what must hold in every sale.
    pub fn check(&self) -> Result<(), SaleFault> {
        if self.lines.is_empty() {
            return Err(SaleFault::Empty);
        }
        for (at, line) in self.lines.iter().enumerate() {
            let after = line.before_discounts.minus(line.promotions_off()?)?;
            let after = after.minus(line.line_discount)?.minus(line.cart_discount)?.minus(line.exempted)?;
            let after = after.minus(line.points.off)?;
            let taxed = line.tax.net.plus(Minor::sum(line.tax.taxes.iter().map(|t| t.tax))?)?;
            let (included, exact) = match &line.origin {
                // A part of what was paid, rounded so that the parts add up; the server holds it against the sold line.
                Some(origin) => (origin.prices_include_tax, line.quantity.is_negative()),
                None => (self.tax_settings.prices_include_tax, self.is_exact(line)?),
            };
            let priced = line.tax.priced(included)?;
            if !exact || after != line.amount || priced != line.amount || taxed != line.tax.gross {
                return Err(SaleFault::Line(at + 1));
            }
        }
        let sum = |part: fn(&SaleLine) -> Minor| Minor::sum(self.lines.iter().map(part));
        let taxes = total_taxes(self.lines.iter().map(|line| &line.tax))?;
        let tax = Minor::sum(taxes.iter().map(|t| t.tax))?;
        if sum(|l| l.tax.net)? != self.net
            || sum(|l| l.tax.gross)? != self.total
            || tax != self.tax
            || taxes != self.taxes
            || self.net.plus(self.tax)? != self.total
        {
            return Err(SaleFault::Totals);
        }
        let paid = Minor::sum(self.tenders.iter().map(|t| t.amount))?.minus(self.change)?;
        if paid != self.total.plus(self.cash_rounding)? {
            return Err(SaleFault::Tenders);
        }
        self.tenders.iter().try_for_each(|tender| match tender.check(self.currency) {
            Ok(()) => Ok(()),
            Err(TenderError::Worth | TenderError::Name) => Err(SaleFault::Tenders),
            Err(TenderError::Money(_)) => Err(SaleFault::Overflow),
            Err(_) => Err(SaleFault::CardData),
        })
    }

    /// Is quantity × price what the line says?
    fn is_exact(&self, line: &SaleLine) -> Result<bool, MoneyError> {
        let digits = self.currency.digits();
        let before = line.unit_price.times(line.quantity, digits, self.tax_settings.rounding)?;
        Ok(before == line.before_discounts)
    }

    /// Does it hold what a server of before could not add up: goods that go back on another sale, promotions, or taxes
    /// inside or on top each for itself?
    pub fn needs_second_version(&self) -> bool {
        let is_newer = |tax: &TaxAmount| tax.per_unit.is_some() || tax.included.is_some();
        self.lines.iter().any(|line| {
            line.origin.is_some() || !line.promotions.is_empty() || line.tax.taxes.iter().any(is_newer)
        })
    }

    /// Does it hold payments that a server of before could not read: in ways the shop has named, in other currencies?
    pub fn needs_fifth_version(&self) -> bool {
        self.tenders.iter().any(Tender::needs_fifth_version)
    }

    /// Does it hold what came with customers and their accounts?
    pub fn needs_sixth_version(&self) -> bool {
        self.customer.needs_sixth_version()
            || self.tenders.iter().any(Tender::needs_sixth_version)
            || self.lines.iter().any(|line| line.account.is_some())
    }

    /// Does it hold what came with tips, donations, exemptions from tax, and the ways money goes back?
    pub fn needs_seventh_version(&self) -> bool {
        self.customer.tax_exemption.is_some()
            || !self.paid_before.is_empty()
            || self.lines.iter().any(|line| line.kind.is_given() || !line.exempted.is_zero())
    }

    /// Does it hold what came with points and deposits?
    pub fn needs_eighth_version(&self) -> bool {
        let is_newer = |line: &SaleLine| !line.points.is_none() || line.layaway.is_some();
        self.points.is_some() || self.layaway.is_some() || self.lines.iter().any(is_newer)
    }

    /// Cash of other currencies it has brought into the drawer.
    pub fn foreign_cash(&self) -> impl Iterator<Item = ForeignCash> {
        self.tenders.iter().filter_map(|tender| match &tender.kind {
            TenderKind::ForeignCash { currency, given, .. } => {
                Some(ForeignCash { currency: *currency, amount: *given })
            }
            _ => None,
        })
    }

    /// What it has put on accounts: in its net and total, and no turnover.
    pub fn paid_in(&self) -> Minor {
        self.sum_of(|line| line.account.is_some())
    }

    /// What was given on top in this way: in its net and total, and no turnover.
    pub fn given(&self, kind: LineKind) -> Minor {
        self.sum_of(|line| line.kind == kind)
    }

    /// Deposits paid in it on goods that are put aside, less those that came back in it.
    pub fn deposits(&self) -> Minor {
        self.sum_of(|line| line.kind == LineKind::Deposit)
    }

    /// All of it that is no turnover.
    pub fn aside(&self) -> Minor {
        self.sum_of(SaleLine::is_aside)
    }

    fn sum_of(&self, is_meant: impl Fn(&SaleLine) -> bool) -> Minor {
        let lines = self.lines.iter().filter(|line| is_meant(line));
        Minor(lines.fold(0_i64, |sum, line| sum.saturating_add(line.tax.gross.0)))
    }

    /// Cash of its own currency it has brought into the drawer, less change; below zero where more went out.
    pub fn cash(&self) -> Minor {
        let cash = self.tenders.iter().filter(|tender| tender.kind == TenderKind::Cash);
        let given = cash.fold(0_i64, |sum, tender| sum.saturating_add(tender.amount.0));
        Minor(given.saturating_sub(self.change.0))
    }

    /// How many units came out and went back, added.
    pub fn units(&self) -> Result<Quantity, MoneyError> {
        Quantity::sum(self.lines.iter().map(|line| line.quantity))
    }
}
