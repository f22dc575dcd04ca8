//! Layaway: goods put aside for a customer who pays a part of them now, and the rest when they are fetched.
//! Lives here: what is put aside, at which prices, until when; the lines of a deposit; the cart that hands the goods over.
//! May use: cart, price, finished, back, money, tax, calendar. Never: a stock level (what is put aside is still there).
//! Invariant: a deposit is a part of the goods' price with its part of their taxes, and comes back whole when they are
//! handed over: what is paid in all is what was agreed, whatever the shelf says by then.

use super::LineKind;
use super::back::{Back, Condition, Origin, take_back};
use super::cart::{Cart, CartError, CartLine, Discount};
use super::finished::{Sale, SaleLine};
use super::price::{PricedCart, PricedLine};
use super::refund::paid_before;
use crate::calendar::Day;
use crate::ids::{LineId, Mint, SaleId, TaxCategoryId};
use crate::money::{Currency, Minor, MoneyError, Quantity, Rounding, UnitPrice};
use crate::tax::TaxCategory;
use serde::{Deserialize, Serialize};

/// What was put aside. Each sale that takes a deposit on it says all of it, so that any one receipt is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Layaway {
    /// The sale of its first deposit.
    pub id: SaleId,
    /// It is kept until the end of this day.
    pub until: Day,
    /// The goods, at the prices agreed.
    pub goods: Vec<CartLine>,
    /// Money off the whole, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// What they come to, with tax.
    pub total: Minor,
    /// What was paid on it before this sale.
    #[serde(default, skip_serializing_if = "Minor::is_nothing")]
    pub paid: Minor,
}

/// What a line was agreed at when it was put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Agreed {
    /// In which layaway.
    pub layaway: SaleId,
    /// How much of it.
    pub quantity: Quantity,
    /// Its price, with everything that came off it then.
    pub priced: PricedLine,
}

/// Days that goods are put aside for, unless somebody says otherwise.
pub const LAYAWAY_DAYS: i64 = 30;
/// The longest.
pub const MOST_LAYAWAY_DAYS: i64 = 366;

/// What names a deposit: its lines are called so, and each has an id of its own.
pub struct Named<'a> {
    /// "Deposit".
    pub name: &'a str,
    /// For the lines' ids.
    pub ids: &'a mut dyn Mint,
    /// Epoch ms.
    pub now_ms: i64,
}

impl Layaway {
    /// Puts a cart aside: its goods at what they cost now.
    ///
    /// # Errors
    /// When there is nothing in it that could be put aside: goods that come back, and what is no goods, cannot.
    pub fn of(cart: &Cart, priced: &PricedCart, until: Day) -> Result<Self, CartError> {
        let fits = |line: &CartLine| {
            line.back.is_none() && !line.is_fixed() && !line.is_aside() && line.quantity.0 > 0
        };
        // Points are spent on what is paid: when the goods are fetched.
        let spends = priced.lines.iter().any(|line| line.points.spent != 0);
        if cart.lines.is_empty() || spends || !cart.lines.iter().all(fits) {
            return Err(CartError::NotPutAside);
        }
        let agreed = |(line, priced): (&CartLine, &PricedLine)| CartLine {
            agreed: Some(Box::new(Agreed {
                layaway: cart.id,
                quantity: line.quantity,
                priced: priced.agreed(),
            })),
            ..line.clone()
        };
        Ok(Self {
            id: cart.id,
            until,
            goods: cart.lines.iter().zip(&priced.lines).map(agreed).collect(),
            discount: cart.discount.clone(),
            total: priced.total,
            paid: Minor::ZERO,
        })
    }

    /// What is left to pay on it, before the sale it stands in.
    pub fn left(&self) -> Minor {
        self.total.minus(self.paid).unwrap_or_default()
    }

    /// The lines of a deposit of so much: one for each tax the goods bear, each its part of it. `priced` are the goods as they are
    /// priced now. Where taxes come on top, a deposit can differ from what was asked by a minor unit a line.
    ///
    /// # Errors
    /// When it is nothing, or more than is left.
    pub fn deposit(
        &self,
        amount: Minor,
        priced: &PricedCart,
        categories: &[TaxCategory],
        currency: Currency,
        named: Named<'_>,
    ) -> Result<Vec<CartLine>, CartError> {
        if amount.0 <= 0 || amount > self.left() {
            return Err(CartError::Price);
        }
        let mut parts: Vec<(Option<TaxCategoryId>, Minor, Minor)> = Vec::new();
        for (line, priced) in self.goods.iter().zip(&priced.lines) {
            let category = deposit_category(line, priced, categories);
            let (base, gross) = (priced.amount, priced.tax.gross);
            match parts.iter_mut().find(|(known, _, _)| *known == category) {
                Some((_, known_base, known_gross)) => {
                    *known_base = known_base.plus(base)?;
                    *known_gross = known_gross.plus(gross)?;
                }
                None => parts.push((category, base, gross)),
            }
        }
        let weights: Vec<i64> = parts.iter().map(|(_, _, gross)| gross.0).collect();
        let mut lines = Vec::new();
        for ((category, base, gross), part) in parts.into_iter().zip(amount.split(&weights)?) {
            // What the tax comes on top of, or what it is inside of.
            let price = if category.is_none() || base == gross { part } else { share(base, part, gross)? };
            if price.is_zero() {
                continue;
            }
            let id = LineId::fresh(&mut *named.ids);
            let price = UnitPrice::from_minor(price, currency)?;
            let line =
                CartLine::amount_alone(LineKind::Deposit, id, named.name.to_owned(), price, named.now_ms);
            lines.push(CartLine { tax_category_id: category, ..line });
        }
        Ok(lines)
    }
}

/// The tax of a deposit on this line: the line's own, where that is a share of the price. What is charged by the piece is charged with
/// the goods, and an exempt customer pays none.
fn deposit_category(
    line: &CartLine,
    priced: &PricedLine,
    categories: &[TaxCategory],
) -> Option<TaxCategoryId> {
    let id = line.tax_category_id?;
    let is_share = priced.exempted.is_zero() && priced.tax.taxes.iter().all(|tax| tax.per_unit.is_none());
    (is_share && categories.iter().any(|category| category.id == id)).then_some(id)
}

fn share(base: Minor, part: Minor, gross: Minor) -> Result<Minor, MoneyError> {
    let exact = i128::from(base.0).checked_mul(i128::from(part.0)).ok_or(MoneyError::Overflow)?;
    Rounding::HalfAwayFromZero.divide(exact, i128::from(gross.0)).map(Minor)
}

/// A deposit that was paid on a layaway, and how much of its lines has come back since.
#[derive(Clone, Copy)]
pub struct Deposit<'a> {
    /// The sale that took it.
    pub sale: &'a Sale,
    /// How much has come back of a line, by its place from 1.
    pub returned: &'a dyn Fn(u32) -> Quantity,
}

impl Deposit<'_> {
    /// The lines that can still come back, with their places from 1.
    fn lines(&self) -> Vec<(u32, &SaleLine, Quantity)> {
        let lines = (1_u32..).zip(&self.sale.lines).filter(|(_, line)| line.kind == LineKind::Deposit);
        let so_far = lines.map(|(place, line)| (place, line, (self.returned)(place)));
        so_far.filter(|(_, line, returned)| !line.returnable(*returned).is_zero()).collect()
    }

    /// What of it is still paid: with tax.
    pub fn left(&self) -> Minor {
        Minor(self.lines().iter().fold(0_i64, |sum, (_, line, _)| sum.saturating_add(line.tax.gross.0)))
    }
}

/// Puts the goods of a layaway into a cart at the prices agreed, and takes back what was paid on them: what is left is to pay.
///
/// # Errors
/// When the cart has something in it already, or a deposit cannot come back.
pub fn hand_over(
    cart: &mut Cart,
    layaway: &Layaway,
    deposits: &[Deposit<'_>],
    ids: &mut dyn Mint,
    now_ms: i64,
) -> Result<(), CartError> {
    let mut lines = layaway.goods.clone();
    for line in &mut lines {
        (line.id, line.added_at_ms) = (LineId::fresh(&mut *ids), now_ms);
    }
    let mut paid = Vec::new();
    for deposit in deposits {
        let before = lines.len();
        for (place, line, returned) in deposit.lines() {
            let back = Back {
                origin: Origin::of(deposit.sale, place, None, Condition::Restock),
                returned,
                quantity: line.returnable(returned),
            };
            lines.push(take_back(line, LineId::fresh(&mut *ids), back, now_ms)?);
        }
        if lines.len() > before {
            paid.extend(paid_before(deposit.sale));
        }
    }
    if !cart.is_empty() {
        return Err(CartError::NotPutAside);
    }
    cart.lines = lines;
    cart.note_paid(paid);
    Ok(())
}
