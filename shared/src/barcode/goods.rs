//! Goods: what a scan says: which goods, how much of them, what they cost, until when they may be sold.
//! Lives here: telling one kind of code from another, and what an amount in a code means for a line of the cart.

use super::gs1::{Elements, Gs1Error, SEPARATOR, date, read_link};
use super::in_store::{InStoreCode, InStorePattern, InStoreValue};
use super::{check, match_key};
use crate::calendar::Day;
use crate::catalog::Unit;
use crate::money::{Currency, Quantity, UnitPrice};

/// What a scan says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScannedGoods {
    /// Codes the catalogue may know the goods by, the most likely first.
    pub codes: Vec<String>,
    /// How much, or at what price.
    pub amount: Option<Amount>,
    /// After this day it must not be sold (17).
    pub use_by: Option<Day>,
    /// After this day it is not at its best (15, 16).
    pub best_before: Option<Day>,
    /// Of which batch (10).
    pub batch: Option<String>,
    /// Which one (21).
    pub serial: Option<String>,
    /// The first of GS1's rules among elements that the label breaks. It is read all the same.
    pub fault: Option<Gs1Error>,
}

/// How much, or at what price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Weighed or measured, in this unit.
    Measured(Quantity, Unit),
    /// In whatever unit the goods are sold by.
    OfUnit(Quantity),
    /// So many pieces.
    Pieces(Quantity),
    /// All of it costs so much; in this currency by its number (ISO 4217) where the code says so.
    Costs(UnitPrice, Option<String>),
}

/// Why an amount in a code is none for these goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Metres of something sold by the kilogram.
    #[error("the code gives an amount in another unit than the product is sold by")]
    Unit,
    /// Euros in a shop that takes pounds.
    #[error("the code gives a price in another currency")]
    Currency,
    /// Nothing, or far too much.
    #[error("the code gives an amount that cannot be")]
    Amount,
}

/// What an amount in a code means for a line of the cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineAmount {
    /// How much.
    pub quantity: Quantity,
    /// The price of one unit at which the line costs what the label says, where the shelf's does not.
    pub price: Option<UnitPrice>,
}

impl LineAmount {
    /// One, at the shelf's price.
    pub const ONE: Self = Self { quantity: Quantity::ONE, price: None };
}

/// What a scanner sent, by the shop's own patterns and GS1's.
///
/// # Errors
/// A code that says it is GS1's and cannot be read as such.
pub fn goods(sent: &str, patterns: &[InStorePattern]) -> Result<ScannedGoods, Gs1Error> {
    let text =
        sent.trim_matches(|letter: char| letter != SEPARATOR && (letter.is_control() || letter == ' '));
    // Behind a bar stands what a composite says besides.
    let (symbology, data) = identified(text.split("|]").next().unwrap_or(text));
    let elements = match symbology {
        // GS1-128, DataBar and composites, Data Matrix, QR, DotCode with FNC1 in the first place (§5.1, symbology identifiers).
        Some("C1" | "e0" | "d2" | "Q3" | "J1") => Some(Elements::read(data)?),
        _ if data.contains(SEPARATOR) => Some(Elements::read(data)?),
        _ if data.starts_with('(') => Elements::read_printed(data).ok(),
        _ if data.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http")) => read_link(data).ok(),
        _ if data.len() > 16 && data.starts_with("01") => Elements::read(data).ok(),
        _ => None,
    };
    if let Some(elements) = elements {
        return Ok(of_elements(&elements));
    }
    Ok(patterns.iter().find_map(|pattern| pattern.read(data)).map_or_else(|| plain(data), of_in_store))
}

/// What some scanners put before the code (ISO/IEC 15424: `]`, a letter, a digit or letter), and the code.
fn identified(text: &str) -> (Option<&str>, &str) {
    let parts = text.strip_prefix(']').and_then(|rest| rest.split_at_checked(2));
    match parts {
        Some((symbology, data)) if symbology.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            (Some(symbology), data)
        }
        _ => (None, text),
    }
}

fn plain(code: &str) -> ScannedGoods {
    ScannedGoods { codes: vec![code.to_owned()], ..ScannedGoods::default() }
}

fn of_in_store(code: InStoreCode) -> ScannedGoods {
    let InStoreCode { item, without_value, kind, value, decimals } = code;
    let short = match_key(&item);
    let mut codes = vec![without_value, item];
    if !codes.contains(&short) {
        codes.push(short);
    }
    let amount = match kind {
        InStoreValue::Price => scaled(value, decimals, 4).map(|price| Amount::Costs(UnitPrice(price), None)),
        InStoreValue::Weight => scaled(value, decimals, 3).map(|weight| Amount::OfUnit(Quantity(weight))),
        InStoreValue::Count => scaled(value, decimals, 3).map(|count| Amount::Pieces(Quantity(count))),
    };
    ScannedGoods { codes, amount, ..ScannedGoods::default() }
}

fn of_elements(elements: &Elements) -> ScannedGoods {
    let day = |identifier| elements.get(identifier).and_then(|value| date(value, true));
    let text = |identifier| elements.get(identifier).map(str::to_owned);
    // The goods themselves before what holds them.
    let names = ["01", "03", "8006", "02", "00", "8010", "241", "240", "8013"];
    let codes = names.iter().filter_map(|name| {
        let value = elements.get(name)?;
        // A piece of a set: its GTIN, and which piece.
        let own = if *name == "8006" { value.get(..14)? } else { value };
        Some(own.to_owned())
    });
    ScannedGoods {
        codes: codes.collect(),
        amount: amount_of(elements),
        use_by: day("17"),
        best_before: day("15").into_iter().chain(day("16")).min(),
        batch: text("10"),
        serial: text("21"),
        fault: elements.check().err(),
    }
}

/// Weight and length before the price, which is for all of it (GS1 General Specifications §3.6 to §3.8).
fn amount_of(elements: &Elements) -> Option<Amount> {
    let measures =
        [("310n", Unit::Kilogram), ("320n", Unit::Pound), ("311n", Unit::Metre), ("315n", Unit::Litre)];
    let measured = measures.iter().find_map(|(pattern, unit)| {
        let (decimals, value) = elements.of_pattern(pattern)?;
        Some(Amount::Measured(Quantity(scaled(value.parse().ok()?, decimals, 3)?), *unit))
    });
    let priced = || {
        let (decimals, value) = elements.of_pattern("392n")?;
        Some(Amount::Costs(UnitPrice(scaled(value.parse().ok()?, decimals, 4)?), None))
    };
    let priced_in = || {
        let (decimals, value) = elements.of_pattern("393n")?;
        let (currency, value) = value.split_at_checked(3)?;
        let price = UnitPrice(scaled(value.parse().ok()?, decimals, 4)?);
        Some(Amount::Costs(price, Some(currency.to_owned())))
    };
    let counted = || {
        let count = elements.get("30").or_else(|| elements.get("37"))?;
        Some(Amount::Pieces(Quantity(scaled(count.parse().ok()?, 0, 3)?)))
    };
    // A label with a price has it whatever the scale on the shelf says now.
    priced().or_else(priced_in).or(measured).or_else(counted)
}

/// A number with so many decimals, in units of as many as wanted; half of the last away from zero.
fn scaled(value: i64, decimals: u8, wanted: u8) -> Option<i64> {
    match decimals.checked_sub(wanted) {
        None | Some(0) => value.checked_mul(10_i64.checked_pow(u32::from(wanted - decimals))?),
        Some(more) => {
            let by = 10_i64.checked_pow(u32::from(more))?;
            value.checked_add(by / 2)?.checked_div(by)
        }
    }
}

/// Grams in a pound (international yard and pound agreement, 1959: 453.59237), in 1/100,000.
const POUND: i64 = 45_359_237;

impl Amount {
    /// What it means for goods sold by a unit at a price, in a currency (its number by ISO 4217, three digits).
    ///
    /// # Errors
    /// Where it means nothing for them.
    pub fn of_line(
        &self,
        unit: Unit,
        shelf_price: Option<UnitPrice>,
        currency: Currency,
    ) -> Result<LineAmount, AmountError> {
        let quantity = match self {
            Self::Costs(price, in_currency) => {
                if in_currency.as_ref().is_some_and(|number| number_of(currency) != Some(number.as_str())) {
                    return Err(AmountError::Currency);
                }
                return costing(*price, unit, shelf_price).ok_or(AmountError::Amount);
            }
            Self::OfUnit(quantity) | Self::Pieces(quantity) => *quantity,
            // One piece, however heavy it is.
            Self::Measured(..) if !unit.is_measured() => Quantity::ONE,
            Self::Measured(quantity, in_unit) => converted(*quantity, *in_unit, unit)?,
        };
        if quantity.0 <= 0 || (!unit.is_measured() && quantity.0 % Quantity::ONE.0 != 0) {
            return Err(AmountError::Amount);
        }
        Ok(LineAmount { quantity, price: None })
    }
}

/// A currency's number by ISO 4217, of those shops here are likely to take.
fn number_of(currency: Currency) -> Option<&'static str> {
    const NUMBERS: &str = "AED784 ARS032 AUD036 BGN975 BHD048 BRL986 CAD124 CHF756 CLP152 CNY156 COP170 CZK203 DKK208 EGP818 \
        EUR978 GBP826 HKD344 HUF348 IDR360 ILS376 INR356 ISK352 JOD400 JPY392 KES404 KRW410 KWD414 MAD504 MXN484 MYR458 \
        NGN566 NOK578 NZD554 OMR512 PHP608 PLN985 QAR634 RON946 SAR682 SEK752 SGD702 THB764 TND788 TRY949 UAH980 USD840 \
        VND704 ZAR710";
    NUMBERS.split(' ').find_map(|pair| pair.strip_prefix(currency.code()))
}

fn converted(quantity: Quantity, from: Unit, to: Unit) -> Result<Quantity, AmountError> {
    let by = |factor: i64, divisor: i64| {
        let product = quantity.0.checked_mul(factor)?.checked_add(divisor / 2)?;
        product.checked_div(divisor).map(Quantity)
    };
    let converted = match (from, to) {
        (from, to) if from == to => Some(quantity),
        (Unit::Kilogram, Unit::Gram) => by(1_000, 1),
        (Unit::Kilogram, Unit::Pound) => by(100_000_000, POUND),
        (Unit::Pound, Unit::Kilogram) => by(POUND, 100_000_000),
        (Unit::Pound, Unit::Gram) => by(POUND, 100_000),
        _ => return Err(AmountError::Unit),
    };
    converted.ok_or(AmountError::Amount)
}

/// So much of the goods as costs this, at the shelf's price or the one nearest to it at which it is exactly so.
fn costing(price: UnitPrice, unit: Unit, shelf_price: Option<UnitPrice>) -> Option<LineAmount> {
    if price.0 < 0 {
        return None;
    }
    let of_shelf = shelf_price.filter(|shelf| shelf.0 > 0 && price.0 > 0 && unit.is_measured());
    let Some(shelf) = of_shelf else {
        return Some(LineAmount { quantity: Quantity::ONE, price: Some(price) });
    };
    let thousandths = price.0.checked_mul(Quantity::ONE.0)?;
    let quantity = rounded(thousandths, shelf.0)?.max(1);
    let exact = UnitPrice(rounded(thousandths, quantity)?);
    Some(LineAmount { quantity: Quantity(quantity), price: (exact != shelf).then_some(exact) })
}

/// Divided, half away from zero; both above zero.
fn rounded(number: i64, by: i64) -> Option<i64> {
    number.checked_add(by / 2)?.checked_div(by)
}

impl ScannedGoods {
    /// Is it a number that was misread: digits whose check digit does not fit?
    pub fn is_misread(&self) -> bool {
        matches!(self.codes.as_slice(), [code] if matches!(check(code), Err(super::GtinError::CheckDigit { .. })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Minor, Rounding};

    const GS: char = SEPARATOR;

    fn patterns() -> Vec<InStorePattern> {
        let pattern =
            |format: &str, value, decimals| InStorePattern { format: format.into(), value, decimals };
        vec![
            pattern("20IIIIIVPPPPC", InStoreValue::Price, 2),
            pattern("28IIIIIPPPPPC", InStoreValue::Weight, 3),
            pattern("29IIIIIPPPPPC", InStoreValue::Count, 0),
        ]
    }

    fn whole(body: &str) -> String {
        format!("{body}{}", super::super::check_digit(body.as_bytes()))
    }

    #[test]
    fn which_goods_a_scan_names() {
        for (sent, codes) in [
            ("5012345678900".to_owned(), vec!["5012345678900"]),
            ("]E05012345678900\r".to_owned(), vec!["5012345678900"]),
            (" 22469".to_owned(), vec!["22469"]),
            ("]".to_owned(), vec!["]"]),
            ("A]E0".to_owned(), vec!["A]E0"]),
            ("]A0SHELF-7".to_owned(), vec!["SHELF-7"]),
            ("(A)7".to_owned(), vec!["(A)7"]),
            ("(01)09520123456788(10)A7".to_owned(), vec!["09520123456788"]),
            (format!("]C10109520123456788{GS}10A7"), vec!["09520123456788"]),
            (format!("10A7{GS}0109520123456788"), vec!["09520123456788"]),
            // A scanner that sends neither a symbology nor separators.
            ("0109520123456788310300019539250299".to_owned(), vec!["09520123456788"]),
            ("01095201234567881".to_owned(), vec!["01095201234567881"]),
            ("https://example.com/01/9520123456788?3103=000195".to_owned(), vec!["09520123456788"]),
            ("https://example.com/menu".to_owned(), vec!["https://example.com/menu"]),
            (whole("281234501250"), vec!["2812345000007", "12345"]),
            (whole("280004501250"), vec!["2800045000007", "00045", "45"]),
        ] {
            let found = goods(&sent, &patterns()).unwrap();
            assert_eq!(found.codes, codes, "{sent}");
        }
        assert!(goods("]C1ABC", &[]).is_err(), "it says it is GS1's, and is not");
        assert!(goods("5012345678901", &[]).unwrap().is_misread());
    }

    #[test]
    fn how_much_until_when_and_of_which_batch() {
        let sent = format!("]d2010952012345678810A7{GS}17271100310300125021S1");
        let found = goods(&sent, &[]).unwrap();
        assert_eq!(found.amount, Some(Amount::Measured(Quantity(1_250), Unit::Kilogram)));
        assert_eq!(found.use_by, Day::new(2027, 11, 30), "a day 00 is the last of the month");
        assert_eq!((found.batch.as_deref(), found.serial.as_deref()), (Some("A7"), Some("S1")));
        let priced = goods("(01)09520123456788(3932)9780299(15)261231", &[]).unwrap();
        assert_eq!(priced.amount, Some(Amount::Costs(UnitPrice(29_900), Some("978".into()))));
        assert_eq!(priced.best_before, Day::new(2026, 12, 31));
    }

    #[test]
    fn what_an_amount_means_for_a_line() {
        let gbp = Currency::parse("GBP").unwrap();
        let kilo = |thousandths| Amount::Measured(Quantity(thousandths), Unit::Kilogram);
        let price = |price| Amount::Costs(UnitPrice(price), None);
        let at = |quantity, price: Option<i64>| {
            Ok(LineAmount { quantity: Quantity(quantity), price: price.map(UnitPrice) })
        };
        // 12.90 a kilogram.
        let shelf = Some(UnitPrice(129_000));
        for (amount, unit, shelf, expected) in [
            (kilo(1_250), Unit::Kilogram, shelf, at(1_250, None)),
            (kilo(1_250), Unit::Gram, shelf, at(1_250_000, None)),
            (kilo(1_000), Unit::Pound, shelf, at(2_205, None)),
            (kilo(1_250), Unit::Piece, shelf, at(1_000, None)),
            (kilo(1_250), Unit::Metre, shelf, Err(AmountError::Unit)),
            (Amount::Pieces(Quantity(3_000)), Unit::Piece, shelf, at(3_000, None)),
            (Amount::Pieces(Quantity(500)), Unit::Piece, shelf, Err(AmountError::Amount)),
            (Amount::OfUnit(Quantity(0)), Unit::Kilogram, shelf, Err(AmountError::Amount)),
            // 6.45 is half a kilogram; 8.16 is 0.633 kg at a price at which it is 8.16 to the cent.
            (price(64_500), Unit::Kilogram, shelf, at(500, None)),
            (price(81_600), Unit::Kilogram, shelf, at(633, Some(128_910))),
            (price(81_600), Unit::Piece, shelf, at(1_000, Some(81_600))),
            (price(81_600), Unit::Kilogram, None, at(1_000, Some(81_600))),
            (Amount::Costs(UnitPrice(1), Some("978".into())), Unit::Piece, shelf, Err(AmountError::Currency)),
            (Amount::Costs(UnitPrice(9), Some("826".into())), Unit::Piece, shelf, at(1_000, Some(9))),
        ] {
            assert_eq!(amount.of_line(unit, shelf, gbp), expected, "{amount:?} {unit:?}");
        }
    }

    /// Whatever the price on the shelf, the line costs what the label says.
    #[test]
    fn a_label_with_a_price_costs_that() {
        let gbp = Currency::parse("GBP").unwrap();
        for shelf in [1_i64, 3, 49, 129_000, 999_999, 12_345_678] {
            for label in [1_i64, 99, 816, 1_299, 99_999] {
                let amount = Amount::Costs(UnitPrice(label * 100), None);
                let line = amount.of_line(Unit::Kilogram, Some(UnitPrice(shelf)), gbp).unwrap();
                let price = line.price.unwrap_or(UnitPrice(shelf));
                let costs = price.times(line.quantity, gbp.digits(), Rounding::HalfAwayFromZero);
                assert_eq!(costs, Ok(Minor(label)), "{label} at {shelf}");
            }
        }
    }
}
