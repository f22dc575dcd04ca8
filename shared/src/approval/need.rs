//! Need: what of a record needs somebody's approval, unless whoever did it may do it themselves. The register asks by it before
//! it records, the server by it once more when it books.

use super::{ApprovalKind, ApprovalSubject};
use crate::ids::{LineId, SaleId};
use crate::money::{Currency, Minor, MoneyError, Quantity, Rate, UnitPrice};
use crate::sale::{Cart, Discount, DiscountAmount, PricedCart, Sale, elsewhere};
use crate::staff::Role;
use crate::sync::journal::EntryBody;
use crate::tax::TaxSettings;
use serde::{Deserialize, Serialize};

/// What a store lets its cashiers do alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ApprovalRules {
    /// The largest discount a cashier gives alone, of a line or of a sale, in parts per million.
    pub most_discount: Rate,
    /// Must somebody approve when a cashier takes goods back?
    pub returns: bool,
    /// Must somebody approve when a cashier takes goods back without the receipt they were sold by?
    pub without_receipt: bool,
    /// Must somebody approve when a cashier gives money back in another way than it was paid, on an account aside?
    pub other_ways: bool,
}

impl Default for ApprovalRules {
    fn default() -> Self {
        Self { most_discount: Rate(100_000), returns: false, without_receipt: false, other_ways: false }
    }
}

impl ApprovalRules {
    /// Is this to be approved in such a store, when somebody of this role does it?
    pub fn ask(&self, need: &Need, role: Role) -> bool {
        let asked = match need.subject.kind {
            ApprovalKind::LineDiscount | ApprovalKind::SaleDiscount => need.share > self.most_discount,
            ApprovalKind::Return => self.returns || (self.without_receipt && need.without_receipt),
            ApprovalKind::Refund => self.other_ways,
            ApprovalKind::Price | ApprovalKind::CashMovement | ApprovalKind::Drawer => true,
        };
        asked && !role.may(need.subject.kind.permission())
    }
}

/// Something that may need an approval: [`ApprovalRules::ask`] says whether it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// What.
    pub subject: ApprovalSubject,
    /// What it is about, for a person: the line's name; empty for a whole sale or the drawer.
    pub about: String,
    /// On which line of the sale, from 1; 0 where it is on none.
    pub line: u32,
    /// What it is worth, in minor units: what the shop gives up, gives back, or moves.
    pub worth: Minor,
    /// The share that a discount takes off, in parts per million, rounded up; 0 of what is none.
    pub share: Rate,
    /// Does something come back without the receipt it was sold by?
    pub without_receipt: bool,
}

impl Need {
    fn of(subject: ApprovalSubject, about: &str, worth: Minor) -> Self {
        Self { subject, about: about.to_owned(), line: 0, worth, share: Rate::ZERO, without_receipt: false }
    }
}

/// What of a journal entry may need an approval.
///
/// # Errors
/// When an amount does not fit.
pub fn needs(body: &EntryBody) -> Result<Vec<Need>, MoneyError> {
    Ok(match body {
        EntryBody::SaleCompleted { sale } => Given::of_sale(sale)?.needs()?,
        EntryBody::CashMoved { movement } => {
            let amount = movement.kind.signed(movement.amount);
            let subject =
                ApprovalSubject { amount: Some(amount), ..ApprovalSubject::of(ApprovalKind::CashMovement) };
            vec![Need::of(subject, &movement.reason, movement.amount)]
        }
        EntryBody::DrawerOpened { drawer } => {
            let subject = ApprovalSubject::of(ApprovalKind::Drawer);
            vec![Need::of(subject, &drawer.reason, Minor::ZERO)]
        }
        EntryBody::StockAdjusted { .. }
        | EntryBody::ReceiptReprinted { .. }
        | EntryBody::ShiftOpened { .. }
        | EntryBody::DrawerCounted { .. }
        | EntryBody::ShiftClosed { .. }
        | EntryBody::CustomerEdited { .. } => Vec::new(),
    })
}

/// What of a cart may need one if it is paid as it is.
///
/// # Errors
/// When an amount does not fit.
pub fn needs_of_cart(
    cart: &Cart,
    priced: &PricedCart,
    (currency, tax): (Currency, TaxSettings),
) -> Result<Vec<Need>, MoneyError> {
    let mut lines = Vec::with_capacity(cart.lines.len());
    for (line, priced) in cart.lines.iter().zip(&priced.lines) {
        lines.push(GivenLine {
            id: line.id,
            name: &line.name,
            repriced: match line.comes_back() || priced.price_list.is_some() {
                true => None,
                false => repriced(
                    (line.list_price, priced.unit_price),
                    line.quantity,
                    priced.before_discounts,
                    (currency, tax),
                )?,
            },
            promoted: priced.before_discounts.minus(priced.promotions_off()?)?,
            discount: line.discount.as_ref(),
            line_discount: priced.line_discount,
            cart_discount: priced.cart_discount,
            back: if line.quantity.is_negative() { priced.tax.gross.negated()? } else { Minor::ZERO },
            without_receipt: line.quantity.is_negative() && !line.comes_back(),
        });
    }
    let elsewhere = elsewhere(&cart.still_paid_before(), &cart.tenders)?;
    Given { sale_id: cart.id, discount: cart.discount.as_ref(), lines, elsewhere }.needs()
}

/// What a cart and the sale it becomes have in common, as far as approvals go.
struct Given<'a> {
    sale_id: SaleId,
    discount: Option<&'a Discount>,
    lines: Vec<GivenLine<'a>>,
    /// Given back in another way than it was paid, accounts aside.
    elsewhere: Minor,
}

struct GivenLine<'a> {
    id: LineId,
    name: &'a str,
    /// Another price than the shelf's, and what that gives up.
    repriced: Option<(UnitPrice, Minor)>,
    /// After promotions, before the cashier's discounts.
    promoted: Minor,
    discount: Option<&'a Discount>,
    line_discount: Minor,
    cart_discount: Minor,
    /// What is given back for it, where it comes back.
    back: Minor,
    /// Does it come back without the receipt it was sold by?
    without_receipt: bool,
}

/// The price given, if it is not the shelf's as this store writes prices, and what is given up by it.
fn repriced(
    (shelf, given): (UnitPrice, UnitPrice),
    quantity: Quantity,
    before_discounts: Minor,
    (currency, tax): (Currency, TaxSettings),
) -> Result<Option<(UnitPrice, Minor)>, MoneyError> {
    let shelf = tax.unit_price(shelf)?;
    if shelf == given {
        return Ok(None);
    }
    let at_shelf = shelf.times(quantity, currency.digits(), tax.rounding)?;
    Ok(Some((given, at_shelf.minus(before_discounts)?)))
}

impl<'a> Given<'a> {
    fn of_sale(sale: &'a Sale) -> Result<Self, MoneyError> {
        let mut lines = Vec::with_capacity(sale.lines.len());
        for line in &sale.lines {
            lines.push(GivenLine {
                id: line.id,
                name: &line.name,
                repriced: match line.origin.is_some() || line.price_list.is_some() {
                    true => None,
                    false => repriced(
                        (line.list_price, line.unit_price),
                        line.quantity,
                        line.before_discounts,
                        (sale.currency, sale.tax_settings),
                    )?,
                },
                promoted: line.before_discounts.minus(line.promotions_off()?)?,
                discount: line.discount.as_ref(),
                line_discount: line.line_discount,
                cart_discount: line.cart_discount,
                back: if line.quantity.is_negative() { line.tax.gross.negated()? } else { Minor::ZERO },
                without_receipt: line.quantity.is_negative() && line.origin.is_none(),
            });
        }
        let elsewhere = elsewhere(&sale.paid_before, &sale.tenders)?;
        Ok(Self { sale_id: sale.id, discount: sale.discount.as_ref(), lines, elsewhere })
    }

    fn needs(&self) -> Result<Vec<Need>, MoneyError> {
        let mut needs = Vec::new();
        for (place, line) in (1_u32..).zip(&self.lines) {
            let of = |kind| ApprovalSubject { line_id: Some(line.id), ..self.of(kind) };
            if let Some((price, worth)) = line.repriced {
                let subject = ApprovalSubject { price: Some(price), ..of(ApprovalKind::Price) };
                needs.push(Need { line: place, ..Need::of(subject, line.name, worth) });
            }
            let off = (line.line_discount, line.promoted);
            let taken = line.discount.and_then(|given| taken_off(of(ApprovalKind::LineDiscount), given, off));
            needs.extend(taken.map(|need| Need { line: place, about: line.name.to_owned(), ..need }));
        }
        let off = Minor::sum(self.lines.iter().map(|line| line.cart_discount))?;
        // What comes back has no part in it.
        let sold = self.lines.iter().filter(|line| line.back.is_zero());
        let before =
            sold.map(|line| line.promoted.minus(line.line_discount)).collect::<Result<Vec<_>, _>>()?;
        let off = (off, Minor::sum(before)?);
        needs.extend(
            self.discount.and_then(|given| taken_off(self.of(ApprovalKind::SaleDiscount), given, off)),
        );
        let back = Minor::sum(self.lines.iter().map(|line| line.back))?;
        if !back.is_zero() {
            let subject = ApprovalSubject { amount: Some(back), ..self.of(ApprovalKind::Return) };
            let without_receipt = self.lines.iter().any(|line| line.without_receipt);
            needs.push(Need { without_receipt, ..Need::of(subject, "", back) });
        }
        if !self.elsewhere.is_zero() {
            let subject = ApprovalSubject { amount: Some(self.elsewhere), ..self.of(ApprovalKind::Refund) };
            needs.push(Need::of(subject, "", self.elsewhere));
        }
        Ok(needs)
    }

    fn of(&self, kind: ApprovalKind) -> ApprovalSubject {
        ApprovalSubject { sale_id: Some(self.sale_id), ..ApprovalSubject::of(kind) }
    }
}

/// A discount as something to approve: as a share where it was given as one, else as the amount it came to.
fn taken_off(of: ApprovalSubject, given: &Discount, (off, before): (Minor, Minor)) -> Option<Need> {
    if off.is_zero() {
        return None;
    }
    let (subject, share) = match given.amount {
        DiscountAmount::Percent(share) => (ApprovalSubject { percent: Some(share), ..of }, share),
        DiscountAmount::Amount(_) => {
            let amount = Minor(off.0.saturating_abs());
            (ApprovalSubject { amount: Some(amount), ..of }, share_of(off, before))
        }
    };
    Some(Need { share, ..Need::of(subject, "", off) })
}

/// Rounded up, so that it is over a limit exactly when the amount is.
fn share_of(off: Minor, before: Minor) -> Rate {
    let (off, before) = (i128::from(off.0.unsigned_abs()), i128::from(before.0.unsigned_abs()));
    let share = (off * 1_000_000 + before - 1).checked_div(before).unwrap_or(1_000_000);
    Rate(i64::try_from(share).unwrap_or(i64::MAX))
}
