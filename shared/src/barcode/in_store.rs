//! In-store codes: what a shop's own scales and label printers print: goods, and a price or a weight, in one number.
//! Lives here: patterns of such numbers and reading by them. Source: GS1 General Specifications §2.1.11 and §7.9.
//! May use: check digits. Never: a product.
//! Invariant: a code that fits a pattern but not its check digits is not read.

use super::check_digit;
use serde::{Deserialize, Serialize};

/// How a shop's own codes are made up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InStorePattern {
    /// Digits as they are, then `I` for the goods' number, `V` for a check digit of the value, `P` for the value, and `C` for
    /// the check digit: `2IIIIIVPPPPC`. Of 12 or 13 places.
    pub format: String,
    /// What the value is.
    pub value: InStoreValue,
    /// Decimals of the value: 2 where 1299 is 12.99.
    pub decimals: u8,
}

/// What a shop's own code says besides the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum InStoreValue {
    /// What all of it costs.
    Price,
    /// How heavy it is, in the goods' unit.
    Weight,
    /// How many pieces.
    Count,
}

/// What such a code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InStoreCode {
    /// The goods' number, as printed.
    pub item: String,
    /// The code as it would be with nothing for a value: how some catalogues name the goods.
    pub without_value: String,
    /// What the value is.
    pub kind: InStoreValue,
    /// The value without its point.
    pub value: i64,
    /// Where its point is.
    pub decimals: u8,
}

/// Why a pattern cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Not 12 or 13 places, or letters in another order.
    #[error("a pattern has 12 or 13 places: digits, then I, V, P and at the end C, for example 2IIIIIVPPPPC")]
    Form,
    /// Numbers in between belong to goods with a GTIN.
    #[error("a shop's own numbers begin with 2, or with 02 or 04 (GS1 prefixes for use in a shop)")]
    Prefix,
    /// A value has at most five digits if it has a check digit of its own.
    #[error("a check digit of the value is for four or five digits")]
    Verifier,
    /// More decimals than digits.
    #[error("the value has fewer digits than decimals")]
    Decimals,
}

impl InStorePattern {
    /// Can it be?
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), PatternError> {
        let shape = Shape::of(&self.format).ok_or(PatternError::Form)?;
        let number = if self.format.len() == 12 { format!("0{}", self.format) } else { self.format.clone() };
        if !["02", "04", "2"].iter().any(|prefix| number.starts_with(prefix)) {
            return Err(PatternError::Prefix);
        }
        if shape.verifier.is_some() && !matches!(shape.value.len(), 4 | 5) {
            return Err(PatternError::Verifier);
        }
        if usize::from(self.decimals) > shape.value.len() { Err(PatternError::Decimals) } else { Ok(()) }
    }

    /// Reads a code, if it is of this pattern and its check digits fit.
    pub fn read(&self, code: &str) -> Option<InStoreCode> {
        let shape = Shape::of(&self.format)?;
        // A code of 12 digits is often sent with a zero before it.
        let code = match code.len().checked_sub(self.format.len()) {
            Some(0) => code,
            Some(1) => code.strip_prefix('0')?,
            _ => return None,
        };
        let is_number = code.bytes().all(|digit| digit.is_ascii_digit());
        if !is_number || !code.starts_with(self.format.get(..shape.prefix)?) {
            return None;
        }
        let (body, last) = code.as_bytes().split_at(code.len() - 1);
        let value = code.get(shape.value.clone())?;
        let verified =
            shape.verifier.is_none_or(|at| code.as_bytes().get(at).copied() == value_check_digit(value));
        if last != [b'0' + check_digit(body)] || !verified {
            return None;
        }
        let mut without: Vec<u8> = body.to_vec();
        let zeroed = shape.value.clone().chain(shape.verifier);
        for at in zeroed {
            *without.get_mut(at)? = b'0';
        }
        without.push(b'0' + check_digit(&without));
        Some(InStoreCode {
            item: code.get(shape.item)?.to_owned(),
            without_value: String::from_utf8(without).ok()?,
            kind: self.value,
            value: value.parse().ok()?,
            decimals: self.decimals,
        })
    }
}

struct Shape {
    prefix: usize,
    item: std::ops::Range<usize>,
    verifier: Option<usize>,
    value: std::ops::Range<usize>,
}

impl Shape {
    fn of(format: &str) -> Option<Self> {
        let count = |from: usize, letter: fn(u8) -> bool| {
            format.bytes().skip(from).take_while(|byte| letter(*byte)).count()
        };
        let prefix = count(0, |byte| byte.is_ascii_digit());
        let items = count(prefix, |byte| byte == b'I');
        let verifiers = count(prefix + items, |byte| byte == b'V');
        let from = prefix + items + verifiers;
        let values = count(from, |byte| byte == b'P');
        let ends = format.get(from + values..) == Some("C");
        let whole = matches!(format.len(), 12 | 13) && prefix > 0 && items > 0 && verifiers < 2 && values > 0;
        (whole && ends).then(|| Self {
            prefix,
            item: prefix..prefix + items,
            verifier: (verifiers == 1).then_some(prefix + items),
            value: from..from + values,
        })
    }
}

/// The check digit of a value of four or five digits (GS1 General Specifications §7.9.2 to §7.9.4), as a letter.
pub fn value_check_digit(value: &str) -> Option<u8> {
    // What a digit counts by each of the four weights.
    const TWO_MINUS: [u32; 10] = [0, 2, 4, 6, 8, 9, 1, 3, 5, 7];
    const THREE: [u32; 10] = [0, 3, 6, 9, 2, 5, 8, 1, 4, 7];
    const FIVE_PLUS: [u32; 10] = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9];
    const FIVE_MINUS: [u32; 10] = [0, 5, 9, 4, 8, 3, 7, 2, 6, 1];
    let sum = |weights: &[[u32; 10]]| {
        value.bytes().zip(weights).try_fold(0_u32, |sum, (digit, weight)| {
            Some(sum + weight.get(usize::from(digit.checked_sub(b'0')?))?)
        })
    };
    let digit = match value.len() {
        4 => (sum(&[TWO_MINUS, TWO_MINUS, THREE, FIVE_MINUS])? * 3) % 10,
        5 => {
            let left = (10 - sum(&[FIVE_PLUS, TWO_MINUS, FIVE_MINUS, FIVE_PLUS, TWO_MINUS])? % 10) % 10;
            u32::try_from(FIVE_MINUS.iter().position(|product| *product == left)?).ok()?
        }
        _ => return None,
    };
    Some(b'0' + u8::try_from(digit).ok()?)
}
