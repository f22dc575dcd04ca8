//! Need: what of a record needs somebody's approval, unless whoever did it may do it themselves. The register asks by it before
//! it records, the server by it once more when it books.

use super::{ApprovalKind, ApprovalSubject};
use crate::ids::{LineId, SaleId};
use crate::money::{Currency, Minor, MoneyError, Quantity, Rate, UnitPrice};
use crate::sale::{
    Cart, CartLine, Discount, DiscountAmount, Layaway, LineKind, PricedCart, PricedLine, Sale, elsewhere,
};
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
    let is_refund = priced.total.is_negative();
    for (line, priced) in cart.lines.iter().zip(&priced.lines) {
        let back = back_of(line.kind, line.quantity, priced.tax.gross, is_refund)?;
        let given = of_cart(line, priced, (currency, tax))?;
        lines.push(match line.agreed {
            None => GivenLine { back, ..given },
            // It was approved when it was put aside.
            Some(_) => GivenLine { repriced: None, discount: None, cart_discount: Minor::ZERO, ..given },
        });
    }
    let elsewhere = elsewhere(&cart.still_paid_before(), &cart.tenders)?;
    let put_aside = put_aside(cart.layaway.as_deref(), cart.id, (currency, tax))?;
    Given { sale_id: cart.id, discount: cart.discount.as_ref(), lines, put_aside, elsewhere }.needs()
}

/// A line as it is given out, without what is given back for it.
fn of_cart<'a>(
    line: &'a CartLine,
    priced: &PricedLine,
    rules: (Currency, TaxSettings),
) -> Result<GivenLine<'a>, MoneyError> {
    Ok(GivenLine {
        id: line.id,
        name: &line.name,
        repriced: match line.comes_back() || priced.price_list.is_some() {
            true => None,
            false => {
                repriced((line.list_price, priced.unit_price), line.quantity, priced.before_discounts, rules)?
            }
        },
        promoted: priced.before_discounts.minus(priced.promotions_off()?)?,
        discount: line.discount.as_ref(),
        line_discount: priced.line_discount,
        cart_discount: priced.cart_discount,
        back: Minor::ZERO,
        without_receipt: line.quantity.is_negative() && !line.comes_back(),
    })
}

/// What is given back for a line. A deposit that comes back where goods are handed over for it is not: nothing of it leaves the shop.
fn back_of(kind: LineKind, quantity: Quantity, gross: Minor, is_refund: bool) -> Result<Minor, MoneyError> {
    let is_back = quantity.is_negative() && (is_refund || kind != LineKind::Deposit);
    if is_back { gross.negated() } else { Ok(Minor::ZERO) }
}

/// What is given out at a price agreed in this very sale, by its first deposit.
fn put_aside(
    layaway: Option<&Layaway>,
    sale_id: SaleId,
    rules: (Currency, TaxSettings),
) -> Result<Option<PutAside<'_>>, MoneyError> {
    let Some(layaway) = layaway.filter(|layaway| layaway.id == sale_id) else { return Ok(None) };
    let agreed = layaway.goods.iter().filter_map(|line| Some((line, &line.agreed.as_ref()?.priced)));
    let lines = agreed.map(|(line, priced)| of_cart(line, priced, rules)).collect::<Result<_, _>>()?;
    Ok(Some(PutAside { discount: layaway.discount.as_ref(), lines }))
}

/// What a cart and the sale it becomes have in common, as far as approvals go.
struct Given<'a> {
    sale_id: SaleId,
    discount: Option<&'a Discount>,
    lines: Vec<GivenLine<'a>>,
    /// What is put aside in it.
    put_aside: Option<PutAside<'a>>,
    /// Given back in another way than it was paid, accounts aside.
    elsewhere: Minor,
}

/// Goods and the discount on all of them.
struct PutAside<'a> {
    discount: Option<&'a Discount>,
    lines: Vec<GivenLine<'a>>,
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
                // What was put aside was approved then.
                repriced: match line.origin.is_some() || line.price_list.is_some() || line.layaway.is_some() {
                    true => None,
                    false => repriced(
                        (line.list_price, line.unit_price),
                        line.quantity,
                        line.before_discounts,
                        (sale.currency, sale.tax_settings),
                    )?,
                },
                promoted: line.before_discounts.minus(line.promotions_off()?)?,
                discount: line.discount.as_ref().filter(|_| line.layaway.is_none()),
                line_discount: line.line_discount,
                cart_discount: if line.layaway.is_some() { Minor::ZERO } else { line.cart_discount },
                back: back_of(line.kind, line.quantity, line.tax.gross, sale.total.is_negative())?,
                without_receipt: line.quantity.is_negative() && line.origin.is_none(),
            });
        }
        let elsewhere = elsewhere(&sale.paid_before, &sale.tenders)?;
        let put_aside = put_aside(sale.layaway.as_deref(), sale.id, (sale.currency, sale.tax_settings))?;
        Ok(Self { sale_id: sale.id, discount: sale.discount.as_ref(), lines, put_aside, elsewhere })
    }

    fn needs(&self) -> Result<Vec<Need>, MoneyError> {
        let mut needs = self.given(self.discount, &self.lines)?;
        if let Some(put_aside) = &self.put_aside {
            let of_goods = self.given(put_aside.discount, &put_aside.lines)?;
            needs.extend(of_goods.into_iter().map(|need| Need { line: 0, ..need }));
        }
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

    /// What is given up on goods: their prices, the discounts on them and on all of them.
    fn given(&self, discount: Option<&Discount>, lines: &[GivenLine<'_>]) -> Result<Vec<Need>, MoneyError> {
        let mut needs = Vec::new();
        for (place, line) in (1_u32..).zip(lines) {
            let of = |kind| ApprovalSubject { line_id: Some(line.id), ..self.of(kind) };
            if let Some((price, worth)) = line.repriced {
                let subject = ApprovalSubject { price: Some(price), ..of(ApprovalKind::Price) };
                needs.push(Need { line: place, ..Need::of(subject, line.name, worth) });
            }
            let off = (line.line_discount, line.promoted);
            let taken = line.discount.and_then(|given| taken_off(of(ApprovalKind::LineDiscount), given, off));
            needs.extend(taken.map(|need| Need { line: place, about: line.name.to_owned(), ..need }));
        }
        let off = Minor::sum(lines.iter().map(|line| line.cart_discount))?;
        // What comes back has no part in it.
        let sold = lines.iter().filter(|line| line.back.is_zero());
        let before =
            sold.map(|line| line.promoted.minus(line.line_discount)).collect::<Result<Vec<_>, _>>()?;
        let off = (off, Minor::sum(before)?);
        needs.extend(discount.and_then(|given| taken_off(self.of(ApprovalKind::SaleDiscount), given, off)));
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
