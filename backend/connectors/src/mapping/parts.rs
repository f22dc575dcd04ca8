//! Parts: a line for a system that multiplies quantity and price of one, where no price of one may give the amount.

use crate::command::DocumentLine;
use shared::money::{Currency, Minor, MoneyError, Quantity, Rounding, UnitPrice};

/// A line, or a part of one: quantity times price, rounded as the other side rounds, is the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How much; negative came back.
    pub quantity: Quantity,
    /// Of one, without tax.
    pub net: UnitPrice,
    /// Of one, with tax.
    pub gross: UnitPrice,
}

/// One part, or two where four decimals of a price for one do not give the amount of so many: all but one, and one for the rest.
///
/// # Errors
/// A sum that does not fit.
pub fn parts(line: &DocumentLine, currency: Currency, rounding: Rounding) -> Result<Vec<Part>, MoneyError> {
    let (net, gross) = (each(line.net, line.quantity, currency)?, each(line.gross, line.quantity, currency)?);
    let gives = |price: UnitPrice, quantity: Quantity| price.times(quantity, currency.digits(), rounding);
    if gives(net, line.quantity)? == line.net && gives(gross, line.quantity)? == line.gross {
        return Ok(vec![Part { quantity: line.quantity, net, gross }]);
    }
    let one = Quantity(if line.quantity.is_negative() { -1_000 } else { 1_000 });
    let most = line.quantity.minus(one)?;
    let rest = |whole: Minor, price: UnitPrice| -> Result<UnitPrice, MoneyError> {
        let rest = whole.minus(gives(price, most)?)?;
        let rest = UnitPrice::from_minor(rest, currency)?;
        if one.is_negative() { rest.negated() } else { Ok(rest) }
    };
    let last = Part { quantity: one, net: rest(line.net, net)?, gross: rest(line.gross, gross)? };
    Ok(vec![Part { quantity: most, net, gross }, last])
}

/// The price of one, to four decimals.
fn each(amount: Minor, quantity: Quantity, currency: Currency) -> Result<UnitPrice, MoneyError> {
    if quantity.is_zero() {
        return Ok(UnitPrice::ZERO);
    }
    let whole = i128::from(UnitPrice::from_minor(amount, currency)?.0) * 1_000;
    let (whole, by) = match quantity.is_negative() {
        true => (-whole, -i128::from(quantity.0)),
        false => (whole, i128::from(quantity.0)),
    };
    Rounding::HalfUp.divide(whole, by).map(UnitPrice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gbp() -> Currency {
        Currency::parse("GBP").unwrap()
    }

    fn line(quantity: i64, net: i64, gross: i64) -> DocumentLine {
        DocumentLine {
            product: "7".to_owned(),
            sku: String::new(),
            name: String::new(),
            quantity: Quantity(quantity),
            unit_price: UnitPrice::ZERO,
            net: Minor(net),
            gross: Minor(gross),
            taxes: Vec::new(),
        }
    }

    #[test]
    fn whatever_a_line_comes_to_its_parts_come_to_it_too() {
        for quantity in [1, 333, 420, 1_000, 2_000, 3_000, 7_000, 99_000, 144_000, 999_000, 12_345_678] {
            for gross in [0, 1, 99, 100, 255, 1_000, 3_333, 99_999, 1_234_567] {
                for sign in [1, -1] {
                    let net = gross * 5 / 6;
                    let line = line(quantity * sign, net * sign, gross * sign);
                    let parts = parts(&line, gbp(), Rounding::HalfEven).unwrap();
                    let sum = |price: fn(&Part) -> UnitPrice| {
                        let amounts = parts
                            .iter()
                            .map(|part| price(part).times(part.quantity, 2, Rounding::HalfEven).unwrap());
                        Minor::sum(amounts).unwrap()
                    };
                    assert_eq!(sum(|part| part.gross), line.gross, "{line:?} {parts:?}");
                    assert_eq!(sum(|part| part.net), line.net, "{line:?} {parts:?}");
                    assert_eq!(parts.iter().map(|part| part.quantity.0).sum::<i64>(), quantity * sign);
                    assert!(quantity >= 100_000 || parts.len() == 1, "no line without need: {parts:?}");
                }
            }
        }
    }
}
