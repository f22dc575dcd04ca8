//! The price of a cart, worked out whole on every change: amounts, discounts, tax, totals.

use super::cart::{Cart, CartLine, Discount, DiscountAmount};
use crate::calendar::Day;
use crate::ids::LineId;
use crate::money::{Currency, Minor, MoneyError, UnitPrice};
use crate::tax::{LineTax, TaxAmount, TaxCategory, TaxRate, TaxSettings, Taxable, tax_lines, total_taxes};
use serde::{Deserialize, Serialize};

/// What pricing goes by.
#[derive(Clone, Copy, Debug)]
pub struct PriceRules<'a> {
    /// Of the store.
    pub currency: Currency,
    /// Of the store.
    pub tax: TaxSettings,
    /// All known.
    pub tax_categories: &'a [TaxCategory],
    /// The sale's own day.
    pub day: Day,
}

/// A priced cart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PricedCart {
    /// One for each line of the cart, in order.
    pub lines: Vec<PricedLine>,
    /// One row a tax rate.
    pub taxes: Vec<TaxAmount>,
    /// Without tax.
    pub net: Minor,
    /// All taxes.
    pub tax: Minor,
    /// With tax: what is to pay before cash rounding.
    pub total: Minor,
    /// Before any discount, as the shelf shows it.
    pub before_discounts: Minor,
    /// All discounts together.
    pub savings: Minor,
}

/// A priced line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PricedLine {
    /// Which.
    pub id: LineId,
    /// What one unit costs.
    pub unit_price: UnitPrice,
    /// Quantity × price.
    pub before_discounts: Minor,
    /// Off by the line's own discount.
    pub line_discount: Minor,
    /// This line's part of the cart's discount.
    pub cart_discount: Minor,
    /// After both: what its tax is worked out on (tax inside when prices include it).
    pub amount: Minor,
    /// Its tax.
    pub tax: LineTax,
}

/// Prices a cart. The cart's discount is apportioned over the lines that sell something, no minor unit lost.
/// What comes back is worth what was paid for it then.
pub fn price(cart: &Cart, rules: &PriceRules<'_>) -> Result<PricedCart, MoneyError> {
    let mut lines = Vec::with_capacity(cart.lines.len());
    for line in &cart.lines {
        lines.push(price_line(line, rules)?);
    }
    let mut sold: Vec<(&CartLine, &mut PricedLine)> =
        cart.lines.iter().zip(&mut lines).filter(|(line, _)| line.back.is_none()).collect();
    apportion(cart.discount.as_ref(), &mut sold, rules.tax)?;
    let taxables: Vec<Taxable<'_>> = sold
        .iter()
        .map(|(line, priced)| Taxable { amount: priced.amount, rates: rates_of(line, rules) })
        .collect();
    for ((_, line), tax) in sold.iter_mut().zip(tax_lines(&taxables, rules.tax)?) {
        line.tax = tax;
    }
    let taxes = total_taxes(lines.iter().map(|line| &line.tax))?;
    Ok(PricedCart {
        net: Minor::sum(lines.iter().map(|l| l.tax.net))?,
        tax: Minor::sum(taxes.iter().map(|t| t.tax))?,
        total: Minor::sum(lines.iter().map(|l| l.tax.gross))?,
        before_discounts: Minor::sum(lines.iter().map(|l| l.before_discounts))?,
        savings: Minor::sum(lines.iter().map(|l| l.line_discount))?
            .plus(Minor::sum(lines.iter().map(|l| l.cart_discount))?)?,
        taxes,
        lines,
    })
}

fn price_line(line: &CartLine, rules: &PriceRules<'_>) -> Result<PricedLine, MoneyError> {
    if let Some(back) = &line.back {
        return back.price(line.id, line.quantity);
    }
    let before_discounts = line.unit_price().times(line.quantity, rules.currency, rules.tax.rounding)?;
    let line_discount = discount_on(before_discounts, line.discount.as_ref(), rules.tax)?;
    Ok(PricedLine {
        id: line.id,
        unit_price: line.unit_price(),
        before_discounts,
        line_discount,
        cart_discount: Minor::ZERO,
        amount: before_discounts.minus(line_discount)?,
        tax: LineTax::default(),
    })
}

/// What a discount takes off an amount: never more than the amount, and in its direction.
fn discount_on(amount: Minor, discount: Option<&Discount>, tax: TaxSettings) -> Result<Minor, MoneyError> {
    match discount.map(|d| d.amount) {
        None => Ok(Minor::ZERO),
        Some(DiscountAmount::Percent(rate)) => amount.share(rate, tax.rounding),
        Some(DiscountAmount::Amount(off)) => {
            let most = amount.0.saturating_abs();
            Ok(Minor(off.0.clamp(0, most).saturating_mul(amount.0.signum())))
        }
    }
}

fn apportion(
    discount: Option<&Discount>,
    lines: &mut [(&CartLine, &mut PricedLine)],
    tax: TaxSettings,
) -> Result<(), MoneyError> {
    if discount.is_none() {
        return Ok(());
    }
    let weights: Vec<i64> = lines.iter().map(|(_, line)| line.amount.0.max(0)).collect();
    let base = Minor::sum(weights.iter().map(|w| Minor(*w)))?;
    let parts = discount_on(base, discount, tax)?.split(&weights)?;
    if base.is_zero() {
        return Ok(());
    }
    for ((_, line), part) in lines.iter_mut().zip(parts) {
        line.cart_discount = part;
        line.amount = line.amount.minus(part)?;
    }
    Ok(())
}

fn rates_of<'a>(line: &CartLine, rules: &PriceRules<'a>) -> &'a [TaxRate] {
    let of = |id| rules.tax_categories.iter().find(|category| category.id == id);
    line.tax_category_id.and_then(of).map_or(&[], |category| category.on(rules.day))
}
