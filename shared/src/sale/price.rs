//! The price of a cart, worked out whole on every change: amounts, discounts, tax, totals.

use super::cart::{Cart, CartLine, Discount, DiscountAmount};
use crate::calendar::Day;
use crate::ids::LineId;
use crate::money::{Currency, Minor, MoneyError, Rounding, UnitPrice};
use crate::points::LinePoints;
use crate::pricing::{LineOffer, Offered, PriceSource, PromotionPart};
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
    /// The list its price is from, where it is not the shelf's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_list: Option<PriceSource>,
    /// Off by promotions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promotions: Vec<PromotionPart>,
    /// Off by the line's own discount.
    pub line_discount: Minor,
    /// This line's part of the cart's discount.
    pub cart_discount: Minor,
    /// Tax inside its price that a customer who is exempt does not pay.
    #[serde(default, skip_serializing_if = "Minor::is_nothing")]
    pub exempted: Minor,
    /// Points that it earns and that are spent on it.
    #[serde(default, skip_serializing_if = "LinePoints::is_none")]
    pub points: LinePoints,
    /// After all of them: what its tax is worked out on (tax inside when prices include it).
    pub amount: Minor,
    /// Its tax.
    pub tax: LineTax,
}

/// Prices a cart without price lists and promotions. What comes back is worth what was paid for it then.
pub fn price(cart: &Cart, rules: &PriceRules<'_>) -> Result<PricedCart, MoneyError> {
    price_offered(cart, rules, Offered::default())
}

/// Prices a cart with what price lists and promotions make of it. The cashier's discounts come after those; the cart's is
/// apportioned over the lines that sell something, no minor unit lost. Points that the customer spends come off last.
pub fn price_offered(
    cart: &Cart,
    rules: &PriceRules<'_>,
    offered: Offered,
) -> Result<PricedCart, MoneyError> {
    let mut lines = Vec::with_capacity(cart.lines.len());
    let offers = offered.lines.into_iter().chain(std::iter::repeat_with(LineOffer::default));
    for (line, offer) in cart.lines.iter().zip(offers) {
        lines.push(price_line(line, offer, rules)?);
    }
    let mut sold: Vec<(&CartLine, &mut PricedLine)> = cart
        .lines
        .iter()
        .zip(&mut lines)
        .filter(|(line, _)| line.back.is_none() && !line.is_aside())
        .collect();
    // Nothing comes off what is agreed.
    let reducible = |sold: &[(&CartLine, &mut PricedLine)]| -> Vec<Minor> {
        sold.iter().map(|(line, priced)| if line.is_fixed() { Minor::ZERO } else { priced.amount }).collect()
    };
    if let Some(discount) = &cart.discount {
        let parts = apportioned(&reducible(&sold), discount.amount, rules.tax.rounding)?;
        for ((_, line), part) in sold.iter_mut().zip(parts).filter(|((line, _), _)| !line.is_fixed()) {
            line.cart_discount = part;
            line.amount = line.amount.minus(part)?;
        }
    }
    let points = cart.points.as_ref().filter(|_| cart.customer.id.is_some());
    if let Some(points) = points {
        let amounts = reducible(&sold);
        for ((_, line), spent) in sold.iter_mut().zip(points.spent_on(&amounts)?) {
            line.points = spent;
            line.amount = line.amount.minus(spent.off)?;
        }
    }
    let taxables: Vec<Taxable<'_>> = sold
        .iter()
        .map(|(line, priced)| Taxable {
            amount: priced.amount,
            quantity: line.quantity,
            rates: rates_of(line, rules),
        })
        .collect();
    let taxed = tax_lines(&taxables, rules.tax, rules.currency.digits())?;
    let is_exempt = cart.customer.is_exempt_on(rules.day);
    for ((_, line), tax) in sold.iter_mut().zip(taxed) {
        if is_exempt {
            line.exempt(&tax)?;
        } else {
            line.tax = tax;
        }
    }
    if let Some(points) = points {
        let paid: Vec<Minor> = sold.iter().map(|(_, line)| line.tax.gross).collect();
        for ((_, line), earned) in sold.iter_mut().zip(points.earned_by(&paid)?) {
            line.points.earned = earned;
        }
    }
    let taxes = total_taxes(lines.iter().map(|line| &line.tax))?;
    Ok(PricedCart {
        net: Minor::sum(lines.iter().map(|l| l.tax.net))?,
        tax: Minor::sum(taxes.iter().map(|t| t.tax))?,
        total: Minor::sum(lines.iter().map(|l| l.tax.gross))?,
        before_discounts: Minor::sum(lines.iter().map(|l| l.before_discounts))?,
        savings: lines.iter().try_fold(Minor::ZERO, |sum, line| {
            sum.plus(line.promotions_off()?)?
                .plus(line.line_discount)?
                .plus(line.cart_discount)?
                .plus(line.points.off)
        })?,
        taxes,
        lines,
    })
}

impl PricedLine {
    /// The price alone, as it can be agreed: what is taxed and what it earns is worked out when it is sold.
    pub(super) fn agreed(&self) -> Self {
        let amount = self.amount.0.saturating_add(self.exempted.0).saturating_add(self.points.off.0);
        Self {
            exempted: Minor::ZERO,
            points: LinePoints::default(),
            amount: Minor(amount),
            tax: untaxed(Minor(amount)),
            ..self.clone()
        }
    }

    /// No tax is charged on it: what was inside its price comes off.
    fn exempt(&mut self, tax: &LineTax) -> Result<(), MoneyError> {
        self.exempted = self.amount.minus(tax.net)?;
        self.amount = tax.net;
        self.tax = untaxed(tax.net);
        Ok(())
    }

    /// Off by all its promotions.
    pub fn promotions_off(&self) -> Result<Minor, MoneyError> {
        Minor::sum(self.promotions.iter().map(|part| part.off))
    }
}

fn price_line(line: &CartLine, offer: LineOffer, rules: &PriceRules<'_>) -> Result<PricedLine, MoneyError> {
    if let Some(back) = &line.back {
        return back.price(line.id, line.quantity);
    }
    if let Some(agreed) = &line.agreed {
        return Ok(PricedLine { id: line.id, ..agreed.priced.clone() });
    }
    let (listed, price_list) = offer.price.unzip();
    let unit_price = rules.tax.unit_price(listed.unwrap_or_else(|| line.unit_price()))?;
    let before_discounts = unit_price.times(line.quantity, rules.currency.digits(), rules.tax.rounding)?;
    let promoted = before_discounts.minus(Minor::sum(offer.promotions.iter().map(|part| part.off))?)?;
    let off = |discount: &Discount| money_off(promoted, discount.amount, rules.tax.rounding);
    let discount = line.discount.as_ref().filter(|_| !line.is_aside() && !line.is_fixed());
    let line_discount = discount.map_or(Ok(Minor::ZERO), off)?;
    Ok(PricedLine {
        id: line.id,
        unit_price,
        before_discounts,
        price_list,
        promotions: offer.promotions,
        line_discount,
        cart_discount: Minor::ZERO,
        exempted: Minor::ZERO,
        points: LinePoints::default(),
        amount: promoted.minus(line_discount)?,
        tax: untaxed(promoted),
    })
}

/// What is no turnover has no tax, and what an exempt customer buys has none. What is sold is taxed afterwards.
fn untaxed(amount: Minor) -> LineTax {
    LineTax { net: amount, gross: amount, ..LineTax::default() }
}

/// What a discount takes off an amount: never more than the amount, and in its direction.
pub fn money_off(amount: Minor, discount: DiscountAmount, rounding: Rounding) -> Result<Minor, MoneyError> {
    match discount {
        DiscountAmount::Percent(rate) => amount.share(rate, rounding),
        DiscountAmount::Amount(off) => {
            let most = amount.0.saturating_abs();
            Ok(Minor(off.0.clamp(0, most).saturating_mul(amount.0.signum())))
        }
    }
}

/// What a discount on the whole takes off each line: shared out over the lines that sell something, no minor unit lost.
pub fn apportioned(
    amounts: &[Minor],
    discount: DiscountAmount,
    rounding: Rounding,
) -> Result<Vec<Minor>, MoneyError> {
    let weights: Vec<i64> = amounts.iter().map(|amount| amount.0.max(0)).collect();
    let base = Minor::sum(weights.iter().map(|w| Minor(*w)))?;
    if base.is_zero() {
        return Ok(vec![Minor::ZERO; amounts.len()]);
    }
    money_off(base, discount, rounding)?.split(&weights)
}

fn rates_of<'a>(line: &CartLine, rules: &PriceRules<'a>) -> &'a [TaxRate] {
    let of = |id| rules.tax_categories.iter().find(|category| category.id == id);
    line.tax_category_id.and_then(of).map_or(&[], |category| category.on(rules.day))
}
