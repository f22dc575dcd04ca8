//! Work: the steps from a cart to its price.
//! Lives here: lines, changes of the cart, taxes, totals, cash, in this order. May use: the rules of `shared` (`sale::money_off`,
//! `sale::apportioned`, `tax::tax_lines`, `tender::settle`). Never: a rule of its own where there is one.

use super::decimal::Decimal;
use super::form::{CartForm, ChangeForm, LineForm, TaxForm};
use super::told::{Answer, ChangeTold, LineTold, TaxTold, Taxed, Totals, Wrong};
use shared::ids::TenderId;
use shared::money::{Currency, Minor, MoneyError, Quantity, Rate, UnitPrice};
use shared::sale::{DiscountAmount, apportioned, money_off};
use shared::store::CashRounding;
use shared::tax::{ChargedOn, LineTax, TaxAmount, TaxRate, TaxSettings, Taxable, tax_lines, total_taxes};
use shared::tender::{Settlement, Tender, TenderKind, due_in_cash, settle};

/// The finest amounts: what `UnitPrice` × `Quantity` gives exactly.
const FINEST_DIGITS: u32 = 7;

type Result<T> = std::result::Result<T, Wrong>;

/// A line on its way, or a change of the cart that stands by itself.
struct Row {
    quantity: Quantity,
    before: Minor,
    discount: Minor,
    charge: Minor,
    cart_discount: Minor,
    amount: Minor,
    taxes: Vec<TaxRate>,
}

/// Money off or on the cart, and what became of it.
struct Change<'a> {
    form: &'a ChangeForm,
    place: String,
    /// 1 takes off, −1 puts on.
    sign: i64,
    became: Became,
}

enum Became {
    /// Shared out over the lines.
    Apportioned(Minor),
    /// A row of its own.
    Row(usize),
    /// After tax.
    AfterTax(Minor),
}

/// Prices a cart.
pub fn price(cart: &CartForm) -> Result<Answer> {
    let scale = Scale::of(cart)?;
    let mut rows = Vec::with_capacity(cart.lines.len());
    for (at, line) in cart.lines.iter().enumerate() {
        rows.push(scale.line(line, &format!("lines[{at}]"))?);
    }
    let mut changes = Vec::new();
    scale.discount_cart(cart, &mut rows, &mut changes)?;
    scale.charge_cart(cart, &mut rows, &mut changes)?;
    let taxables: Vec<Taxable<'_>> = rows
        .iter()
        .map(|row| Taxable { amount: row.amount, quantity: row.quantity, rates: &row.taxes })
        .collect();
    let taxed = tax_lines(&taxables, scale.tax, scale.digits).map_err(at(""))?;
    let sums = scale.sums(&rows, &taxed).map_err(at(""))?;
    let off = scale.change_total(&mut changes, sums.total)?;
    let lines = cart.lines.iter().zip(rows.iter().zip(&taxed));
    Ok(Answer {
        id: cart.id.clone(),
        currency: scale.currency.code().to_owned(),
        lines: lines.map(|(line, (row, taxed))| scale.line_told(line, row, taxed)).collect::<Result<_>>()?,
        discounts: scale.changes_told(&changes, 1, &rows, &taxed),
        charges: scale.changes_told(&changes, -1, &rows, &taxed),
        taxes: sums.taxes.iter().map(|tax| scale.tax_told(tax, scale.total_digits)).collect(),
        totals: scale.totals(cart, &rows, &sums, off, &changes)?,
    })
}

/// Sums in the decimals of the totals.
struct Sums {
    taxes: Vec<TaxAmount>,
    net: Minor,
    tax: Minor,
    total: Minor,
}

/// How finely, and by which settings.
struct Scale {
    currency: Currency,
    /// Decimals of lines.
    digits: u32,
    /// Decimals of totals.
    total_digits: u32,
    unit_price_digits: Option<u32>,
    tax: TaxSettings,
}

impl Scale {
    fn of(cart: &CartForm) -> Result<Self> {
        let currency = cart.currency.unwrap_or(Currency::NONE);
        let total_digits = cart.digits.unwrap_or(currency.digits());
        let digits = cart.rounding.line_digits.unwrap_or(total_digits);
        if total_digits > FINEST_DIGITS {
            return Err(Wrong::at("digits", format!("at most {FINEST_DIGITS}")));
        }
        if !(total_digits..=FINEST_DIGITS).contains(&digits) {
            let message = format!("from the cart's {total_digits} to {FINEST_DIGITS}");
            return Err(Wrong::at("rounding.line_digits", message));
        }
        let tax = TaxSettings {
            prices_include_tax: cart.prices_include_tax,
            rounded: cart.rounding.per,
            rounding: cart.rounding.way,
            each_rounded: cart.rounding.each_tax.unwrap_or(true),
            unit_price_digits: None,
        };
        Ok(Self { currency, digits, total_digits, unit_price_digits: cart.rounding.unit_price_digits, tax })
    }

    fn line(&self, line: &LineForm, place: &str) -> Result<Row> {
        let count = line.quantity.unwrap_or(Decimal::ONE);
        let price = self.unit_price(line).map_err(at(&format!("{place}.unit_price")))?;
        let before = price.times(count, self.digits, self.tax.rounding).map_err(at(place))?;
        let (mut discount, mut charge) = (Minor::ZERO, Minor::ZERO);
        for (number, form) in line.discounts.iter().enumerate() {
            let place = &format!("{place}.discounts[{number}]");
            let rest = before.minus(discount).map_err(at(place))?;
            let amount = self.change(form, count, before, rest, place)?;
            // Shares of the full amount may together be more than it.
            let off = DiscountAmount::Amount(Minor(amount.0.saturating_abs()));
            let off = money_off(rest, off, self.tax.rounding).map_err(at(place))?;
            discount = discount.plus(off).map_err(at(place))?;
        }
        for (number, form) in line.charges.iter().enumerate() {
            let place = &format!("{place}.charges[{number}]");
            let rest = before.plus(charge).map_err(at(place))?;
            let more = self.change(form, count, before, rest, place)?;
            charge = charge.plus(more).map_err(at(place))?;
        }
        let amount = before.minus(discount).and_then(|left| left.plus(charge)).map_err(at(place))?;
        Ok(Row {
            quantity: quantity(count, before, &line.taxes, place)?,
            before,
            discount,
            charge,
            cart_discount: Minor::ZERO,
            amount,
            taxes: taxes(&line.taxes, place)?,
        })
    }

    fn unit_price(&self, line: &LineForm) -> std::result::Result<Decimal, MoneyError> {
        match self.unit_price_digits {
            Some(digits) => line.unit_price.rounded(digits, self.tax.rounding),
            None => Ok(line.unit_price),
        }
    }

    /// What a change comes to, with the sign of what it changes.
    fn change(
        &self,
        form: &ChangeForm,
        count: Decimal,
        full: Minor,
        rest: Minor,
        place: &str,
    ) -> Result<Minor> {
        let given = [form.percent, form.per_unit, form.amount];
        if given.iter().flatten().count() != 1 {
            return Err(Wrong::at(place, "give one of percent, amount and per_unit".to_owned()));
        }
        if given.iter().flatten().any(|number| number.is_negative()) {
            return Err(Wrong::at(place, "below zero: a discount is the opposite of a charge".to_owned()));
        }
        if let Some(percent) = form.percent {
            let base = if form.of_rest { rest } else { full };
            let share = base.share(rate(percent, &format!("{place}.percent"))?, self.tax.rounding);
            return share.map_err(at(place));
        }
        let size = match form.per_unit {
            Some(per_unit) => {
                per_unit.times(count, self.digits, self.tax.rounding).map_err(at(place))?.0.saturating_abs()
            }
            None => {
                let finer = || finer(&format!("{place}.amount"), self.digits);
                form.amount.unwrap_or(Decimal::ONE).scaled(self.digits).ok_or_else(finer)?
            }
        };
        // Off a line that comes back, an amount goes the same way as the line.
        Ok(Minor(if full.is_negative() { size.saturating_neg() } else { size }))
    }

    fn discount_cart<'a>(
        &self,
        cart: &'a CartForm,
        rows: &mut Vec<Row>,
        changes: &mut Vec<Change<'a>>,
    ) -> Result<()> {
        let lines = rows.len();
        let full = sum(rows)?;
        for (number, form) in cart.discounts.iter().enumerate() {
            let place = format!("discounts[{number}]");
            let rest = sum(&rows[..lines])?;
            let became = if form.after_tax {
                Became::AfterTax(Minor::ZERO)
            } else if let Some(taxes) = &form.taxes {
                let off = self.change(form, Decimal::ONE, full, rest, &place)?;
                rows.push(own_row(off.negated().map_err(at(&place))?, taxes, &place)?);
                Became::Row(rows.len() - 1)
            } else {
                let off = self.change(form, Decimal::ONE, full, rest, &place)?;
                self.apportion(off, &mut rows[..lines]).map_err(at(&place))?
            };
            changes.push(Change { form, place, sign: 1, became });
        }
        Ok(())
    }

    /// As the shop shares a discount out; off a cart that comes back it is the negative of that.
    fn apportion(&self, off: Minor, rows: &mut [Row]) -> std::result::Result<Became, MoneyError> {
        let sign = if off.is_negative() { -1 } else { 1 };
        let amounts: Vec<Minor> = rows.iter().map(|row| Minor(row.amount.0.saturating_mul(sign))).collect();
        let discount = DiscountAmount::Amount(Minor(off.0.saturating_abs()));
        let mut whole = Minor::ZERO;
        for (row, part) in rows.iter_mut().zip(apportioned(&amounts, discount, self.tax.rounding)?) {
            let part = Minor(part.0.saturating_mul(sign));
            row.cart_discount = row.cart_discount.plus(part)?;
            row.amount = row.amount.minus(part)?;
            whole = whole.plus(part)?;
        }
        Ok(Became::Apportioned(whole))
    }

    fn charge_cart<'a>(
        &self,
        cart: &'a CartForm,
        rows: &mut Vec<Row>,
        changes: &mut Vec<Change<'a>>,
    ) -> Result<()> {
        let full = sum(&rows[..cart.lines.len()])?;
        for (number, form) in cart.charges.iter().enumerate() {
            let place = format!("charges[{number}]");
            let became = if form.after_tax {
                Became::AfterTax(Minor::ZERO)
            } else {
                let more = self.change(form, Decimal::ONE, full, full, &place)?;
                rows.push(own_row(more, form.taxes.as_deref().unwrap_or_default(), &place)?);
                Became::Row(rows.len() - 1)
            };
            changes.push(Change { form, place, sign: -1, became });
        }
        Ok(())
    }

    /// What comes after tax: how much is off the total.
    fn change_total(&self, changes: &mut [Change<'_>], total: Minor) -> Result<Minor> {
        let whole = Self { digits: self.total_digits, ..*self };
        let mut off = Minor::ZERO;
        for change in changes {
            if let Became::AfterTax(amount) = &mut change.became {
                let rest = total.minus(off).map_err(at(&change.place))?;
                *amount = whole.change(change.form, Decimal::ONE, total, rest, &change.place)?;
                off = off.plus(Minor(amount.0.saturating_mul(change.sign))).map_err(at(&change.place))?;
            }
        }
        Ok(off)
    }

    /// Where every tax is inside the price the total is exact and the net amount follows; otherwise the total follows.
    fn sums(&self, rows: &[Row], taxed: &[LineTax]) -> std::result::Result<Sums, MoneyError> {
        let down = |amount: Minor| {
            let step = 10_i64.pow(self.digits - self.total_digits);
            self.tax.rounding.divide(i128::from(amount.0), i128::from(step)).map(Minor)
        };
        let mut taxes = total_taxes(taxed)?;
        for tax in &mut taxes {
            (tax.net, tax.tax) = (down(tax.net)?, down(tax.tax)?);
        }
        let tax = Minor::sum(taxes.iter().map(|tax| tax.tax))?;
        let inside = |rate: &TaxRate| rate.included.unwrap_or(self.tax.prices_include_tax);
        let all_inside = rows.iter().flat_map(|row| &row.taxes).all(inside);
        let (net, total) = if all_inside {
            let total = down(Minor::sum(taxed.iter().map(|line| line.gross))?)?;
            (total.minus(tax)?, total)
        } else {
            let net = down(Minor::sum(taxed.iter().map(|line| line.net))?)?;
            (net, net.plus(tax)?)
        };
        Ok(Sums { taxes, net, tax, total })
    }

    fn totals(
        &self,
        cart: &CartForm,
        rows: &[Row],
        sums: &Sums,
        off: Minor,
        changes: &[Change<'_>],
    ) -> Result<Totals> {
        let due = sums.total.minus(off).map_err(at(""))?;
        let settlement = self.settle(cart, due)?;
        let rounding = settlement.map_or(Minor::ZERO, |settlement| settlement.cash_rounding);
        let (mut before, mut discount, mut charge) = (Minor::ZERO, Minor::ZERO, Minor::ZERO);
        for row in rows {
            before = before.plus(row.before).map_err(at(""))?;
            discount = discount.plus(row.discount).and_then(|d| d.plus(row.cart_discount)).map_err(at(""))?;
            charge = charge.plus(row.charge).map_err(at(""))?;
        }
        for change in changes {
            if let Became::Row(row) = change.became {
                let amount = rows.get(row).map_or(Minor::ZERO, |row| row.amount);
                let sum = if change.sign > 0 { &mut discount } else { &mut charge };
                *sum = sum.plus(Minor(amount.0.saturating_mul(-change.sign))).map_err(at(""))?;
            }
        }
        let total = |amount| self.text(amount, self.total_digits);
        let any_after = changes.iter().any(|change| matches!(change.became, Became::AfterTax(_)));
        Ok(Totals {
            before_discounts: self.text(before, self.digits),
            discount: self.text(discount, self.digits),
            charge: self.text(charge, self.digits),
            net: total(sums.net),
            tax: total(sums.tax),
            total: total(sums.total),
            after_tax: any_after.then(|| total(off)),
            cash_rounding: settlement.map(|_| total(rounding)),
            payable: total(due.plus(rounding).map_err(at(""))?),
            change: settlement.filter(|_| cart.cash.is_some()).map(|settlement| total(settlement.change)),
        })
    }

    /// How cash settles it: nothing where neither coins nor cash are named.
    fn settle(&self, cart: &CartForm, due: Minor) -> Result<Option<Settlement>> {
        if cart.cash.is_none() && cart.rounding.cash_step.is_none() {
            return Ok(None);
        }
        let exact = |number: Decimal, place: &str| {
            number.scaled(self.total_digits).ok_or_else(|| finer(place, self.total_digits))
        };
        let step_minor = cart.rounding.cash_step.map_or(Ok(1), |step| exact(step, "rounding.cash_step"))?;
        let rule = CashRounding { step_minor, rounding: cart.rounding.cash_way.unwrap_or(self.tax.rounding) };
        let Some(cash) = cart.cash else {
            let cash_rounding = due_in_cash(due, &[], rule).and_then(|payable| payable.minus(due));
            let cash_rounding = cash_rounding.map_err(at(""))?;
            return Ok(Some(Settlement { cash_rounding, change: Minor::ZERO }));
        };
        let amount = Minor(exact(cash, "cash")?);
        let tender = Tender::plain(TenderId(uuid::Uuid::nil()), TenderKind::Cash, amount);
        settle(due, &[tender], rule).map(Some).map_err(|error| Wrong::at("cash", error.to_string()))
    }

    fn line_told(&self, line: &LineForm, row: &Row, taxed: &LineTax) -> Result<LineTold> {
        let text = |amount| self.text(amount, self.digits);
        let price = self.unit_price(line).map_err(at(""))?;
        Ok(LineTold {
            id: line.id.clone(),
            unit_price: price.text(self.total_digits),
            quantity: line.quantity.unwrap_or(Decimal::ONE).text(0),
            before_discounts: text(row.before),
            discount: text(row.discount),
            charge: text(row.charge),
            cart_discount: text(row.cart_discount),
            amount: text(row.amount),
            taxed: self.taxed(taxed),
        })
    }

    fn taxed(&self, taxed: &LineTax) -> Taxed {
        Taxed {
            net: self.text(taxed.net, self.digits),
            taxes: taxed.taxes.iter().map(|tax| self.tax_told(tax, self.digits)).collect(),
            gross: self.text(taxed.gross, self.digits),
        }
    }

    fn tax_told(&self, tax: &TaxAmount, digits: u32) -> TaxTold {
        TaxTold {
            name: tax.name.clone(),
            rate: tax.percent(),
            per_unit: tax.per_unit.map(|amount| Decimal::of(Minor(amount.0), 4).text(self.total_digits)),
            included: tax.included.unwrap_or(self.tax.prices_include_tax),
            base: self.text(tax.net, digits),
            amount: self.text(tax.tax, digits),
        }
    }

    /// Those that take off (1) or put on (−1), in the order they were given.
    fn changes_told(
        &self,
        changes: &[Change<'_>],
        sign: i64,
        rows: &[Row],
        taxed: &[LineTax],
    ) -> Vec<ChangeTold> {
        let told = |change: &Change<'_>| {
            let (amount, digits, taxed) = match change.became {
                Became::Apportioned(amount) => (amount, self.digits, None),
                Became::AfterTax(amount) => (amount, self.total_digits, None),
                Became::Row(row) => {
                    let amount = rows.get(row).map_or(Minor::ZERO, |row| row.amount);
                    (Minor(amount.0.saturating_mul(-sign)), self.digits, taxed.get(row))
                }
            };
            ChangeTold {
                id: change.form.id.clone(),
                amount: self.text(amount, digits),
                taxed: taxed.map(|taxed| self.taxed(taxed)),
            }
        };
        changes.iter().filter(|change| change.sign == sign).map(told).collect()
    }

    fn text(&self, amount: Minor, digits: u32) -> String {
        Decimal::of(amount, digits).text(self.total_digits)
    }
}

/// A change of the cart that stands by itself. `amount` is what it adds.
fn own_row(amount: Minor, forms: &[TaxForm], place: &str) -> Result<Row> {
    Ok(Row {
        quantity: Quantity::ONE,
        before: Minor::ZERO,
        discount: Minor::ZERO,
        charge: Minor::ZERO,
        cart_discount: Minor::ZERO,
        amount,
        taxes: taxes(forms, place)?,
    })
}

fn sum(rows: &[Row]) -> Result<Minor> {
    Minor::sum(rows.iter().map(|row| row.amount)).map_err(at(""))
}

/// For taxes that are an amount a unit: it goes the way the line's amount goes. A count finer than a thousandth is refused only
/// where it matters.
fn quantity(count: Decimal, amount: Minor, taxes: &[TaxForm], place: &str) -> Result<Quantity> {
    match count.scaled(3) {
        Some(count) if amount.is_zero() => Ok(Quantity(count)),
        Some(count) => Ok(Quantity(count.saturating_abs().saturating_mul(amount.0.signum()))),
        None if taxes.iter().all(|tax| tax.amount.is_none()) => Ok(Quantity::ZERO),
        None => Err(Wrong::at(
            &format!("{place}.quantity"),
            "at most three decimals where a tax is an amount a unit".to_owned(),
        )),
    }
}

fn taxes(forms: &[TaxForm], place: &str) -> Result<Vec<TaxRate>> {
    let mut ordered: Vec<(usize, &TaxForm)> = forms.iter().enumerate().collect();
    ordered.sort_by_key(|(_, form)| form.order);
    ordered.into_iter().map(|(number, form)| tax(form, &format!("{place}.taxes[{number}]"))).collect()
}

fn tax(form: &TaxForm, place: &str) -> Result<TaxRate> {
    let (given, per_unit) = match (form.rate, form.amount) {
        (Some(given), None) => (rate(given, &format!("{place}.rate"))?, None),
        (None, Some(amount)) => {
            let exact = amount.scaled(4).ok_or_else(|| finer(&format!("{place}.amount"), 4))?;
            (Rate::ZERO, Some(UnitPrice(exact)))
        }
        _ => return Err(Wrong::at(place, "give one of rate and amount".to_owned())),
    };
    let charged_on = match (form.compound, form.base_affected) {
        (true, Some(false)) => {
            return Err(Wrong::at(place, "compound and base_affected false exclude each other".to_owned()));
        }
        (true, _) => ChargedOn::EveryEarlier,
        (false, Some(false)) => ChargedOn::Net,
        (false, _) => ChargedOn::Marked,
    };
    Ok(TaxRate {
        name: form.name.clone(),
        rate: given,
        per_unit,
        included: form.included,
        in_later_bases: form.affects_base,
        charged_on,
        of_gross: form.of_gross,
    })
}

/// Percent to parts per million.
fn rate(percent: Decimal, place: &str) -> Result<Rate> {
    percent
        .scaled(4)
        .map(Rate)
        .ok_or_else(|| Wrong::at(place, "a percentage of at most four decimals".to_owned()))
}

fn finer(place: &str, digits: u32) -> Wrong {
    Wrong::at(place, format!("at most {digits} decimals here"))
}

/// An error of the money at a place.
fn at(place: &str) -> impl Fn(MoneyError) -> Wrong {
    let place = place.to_owned();
    move |error| Wrong::at(&place, error.to_string())
}
