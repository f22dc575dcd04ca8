//! Tender: how a sale is paid.
//! Lives here: tender kinds, split, change due, cash rounding, the quick amounts of the pay screen.
//! May use: money, ids. Never: clock, storage, card data (only a processor's reference and at most the last four digits).
//! Invariant: sum of tenders − change = sale total + cash rounding, in minor units.

use crate::ids::TenderId;
use crate::money::{Currency, Minor, MoneyError};
use crate::store::CashRounding;
use serde::{Deserialize, Serialize};

/// One payment inside a sale. Negative when money goes back (a refund).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// Its id.
    pub id: TenderId,
    /// How.
    #[serde(flatten)]
    pub kind: TenderKind,
    /// What was handed over, before change.
    pub amount: Minor,
}

/// How a payment is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TenderKind {
    /// Notes and coins.
    Cash,
    /// A card on a terminal that stands alone; the result is keyed in.
    Card {
        /// The terminal's own number of the payment.
        reference: String,
        /// Last digits of the card, four at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_four: Option<String>,
    },
    /// Charged to the customer's account.
    OnAccount,
}

impl TenderKind {
    /// One word for reports and tables.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card { .. } => "card",
            Self::OnAccount => "on_account",
        }
    }

    /// What cannot be kept with a payment: a card number.
    pub fn check(&self) -> Result<(), TenderError> {
        if let Self::Card { reference, last_four } = self {
            if last_four.as_ref().is_some_and(|d| d.len() > 4 || !d.bytes().all(|b| b.is_ascii_digit())) {
                return Err(TenderError::LastFour);
            }
            if reference.chars().count() > 40 {
                return Err(TenderError::Reference);
            }
            if looks_like_card_number(reference) {
                return Err(TenderError::CardNumber);
            }
        }
        Ok(())
    }
}

/// Thirteen to nineteen digits that pass the Luhn check (ISO/IEC 7812-1), spaces and dashes aside.
pub fn looks_like_card_number(text: &str) -> bool {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-'))
        .map(|c| c.to_digit(10))
        .collect::<Option<_>>()
        .unwrap_or_default();
    if !(13..=19).contains(&digits.len()) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, d)| if at % 2 == 0 { *d } else { d * 2 / 10 + d * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

/// Why a sale cannot be finished with these tenders.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TenderError {
    /// More is needed.
    #[error("not paid in full")]
    Short {
        /// How much is missing, in minor units.
        missing: Minor,
    },
    /// A card or account was charged more than is due.
    #[error("only cash can be more than the amount due")]
    Over {
        /// How much too much, in minor units.
        over: Minor,
    },
    /// A payment of the wrong sign or of nothing.
    #[error("a payment must be more than nothing")]
    Sign,
    /// More than four digits of a card, or not digits.
    #[error("keep at most the last four digits of a card")]
    LastFour,
    /// Too long.
    #[error("the terminal's reference has at most 40 characters")]
    Reference,
    /// A card number where a reference belongs.
    #[error("this looks like a card number; enter the terminal's reference instead")]
    CardNumber,
    /// Too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// Added to the total because cash has no smaller coin; zero without cash.
    pub cash_rounding: Minor,
    /// Cash to hand back.
    pub change: Minor,
}

/// What remains to be paid without cash rounding, given the tenders so far (cash counted as given).
pub fn remaining(total: Minor, tenders: &[Tender]) -> Result<Minor, MoneyError> {
    total.minus(Minor::sum(tenders.iter().map(|t| t.amount))?)
}

/// What is due if the rest is paid in cash.
pub fn due_in_cash(total: Minor, tenders: &[Tender], rule: CashRounding) -> Result<Minor, MoneyError> {
    remaining(total, tenders)?.rounded_to(rule.step_minor, rule.rounding)
}

/// Settles a sale or says what is missing. A negative total is a refund: the tenders are negative and exact.
pub fn settle(total: Minor, tenders: &[Tender], rule: CashRounding) -> Result<Settlement, TenderError> {
    let sign = if total.is_negative() { -1 } else { 1 };
    for tender in tenders {
        tender.kind.check()?;
        if tender.amount.0.signum() != sign {
            return Err(TenderError::Sign);
        }
    }
    let is_cash = |t: &&Tender| t.kind == TenderKind::Cash;
    let cash = Minor::sum(tenders.iter().filter(is_cash).map(|t| t.amount))?;
    let other = Minor::sum(tenders.iter().filter(|t| !is_cash(t)).map(|t| t.amount))?;
    let rest = total.minus(other)?;
    if rest.0.signum() == -sign {
        return Err(TenderError::Over { over: Minor(rest.0.saturating_abs()) });
    }
    let has_cash = tenders.iter().any(|t| is_cash(&t));
    let due = if has_cash { rest.rounded_to(rule.step_minor, rule.rounding)? } else { rest };
    let change = cash.minus(due)?;
    if change.0.signum() == -sign {
        return Err(TenderError::Short { missing: Minor(change.0.saturating_abs()) });
    }
    if sign < 0 && !change.is_zero() {
        return Err(TenderError::Over { over: Minor(change.0.saturating_abs()) });
    }
    Ok(Settlement { cash_rounding: due.minus(rest)?, change })
}

/// Four likely amounts a customer hands over: the exact one, then round ones a wallet makes.
pub fn quick_amounts(due: Minor, currency: Currency) -> Vec<Minor> {
    let unit = 10_i64.pow(currency.digits());
    let mut amounts = vec![due];
    for step in [1, 5, 10, 20, 50, 100, 200, 500, 1000] {
        let step = unit.saturating_mul(step);
        let up = due
            .0
            .div_euclid(step)
            .saturating_add(i64::from(due.0.rem_euclid(step) != 0))
            .saturating_mul(step);
        if amounts.len() < 4 && amounts.iter().all(|a| a.0 != up) {
            amounts.push(Minor(up));
        }
    }
    amounts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Rounding;

    fn cash(amount: i64) -> Tender {
        Tender { id: TenderId(uuid::Uuid::nil()), kind: TenderKind::Cash, amount: Minor(amount) }
    }

    fn card(amount: i64) -> Tender {
        let kind = TenderKind::Card { reference: "T-1".into(), last_four: None };
        Tender { id: TenderId(uuid::Uuid::nil()), kind, amount: Minor(amount) }
    }

    fn five() -> CashRounding {
        CashRounding { step_minor: 5, rounding: Rounding::HalfAwayFromZero }
    }

    #[test]
    fn settling() {
        let none = CashRounding::default();
        let ok = |rounding, change| Ok(Settlement { cash_rounding: Minor(rounding), change: Minor(change) });
        assert_eq!(settle(Minor(5629), &[cash(6000)], none), ok(0, 371));
        assert_eq!(settle(Minor(5629), &[card(5629)], none), ok(0, 0));
        assert_eq!(settle(Minor(5629), &[card(2000), cash(4000)], five()), ok(1, 370));
        assert_eq!(settle(Minor(5627), &[cash(5625)], five()), ok(-2, 0));
        assert_eq!(settle(Minor(5627), &[card(5627)], five()), ok(0, 0));
        assert_eq!(settle(Minor(0), &[], none), ok(0, 0));
        assert_eq!(settle(Minor(-500), &[cash(-500)], none), ok(0, 0));
        assert_eq!(settle(Minor(100), &[cash(60)], none), Err(TenderError::Short { missing: Minor(40) }));
        assert_eq!(settle(Minor(100), &[card(160)], none), Err(TenderError::Over { over: Minor(60) }));
        assert_eq!(settle(Minor(100), &[cash(-100)], none), Err(TenderError::Sign));
        assert_eq!(settle(Minor(-500), &[cash(-600)], none), Err(TenderError::Over { over: Minor(100) }));
    }

    #[test]
    fn no_card_number_is_kept() {
        let card = |reference: &str, last: Option<&str>| {
            TenderKind::Card { reference: reference.into(), last_four: last.map(Into::into) }.check()
        };
        assert_eq!(card("4242 4242 4242 4242", None), Err(TenderError::CardNumber));
        assert_eq!(card("0012345", Some("42424")), Err(TenderError::LastFour));
        assert_eq!(card("0012345", Some("4242")), Ok(()));
        assert_eq!(card(&"9".repeat(41), None), Err(TenderError::Reference));
    }

    #[test]
    fn quick_amounts_are_what_a_wallet_makes() {
        let gbp = Currency::parse("GBP").unwrap();
        let quick = |due| quick_amounts(Minor(due), gbp).iter().map(|m| m.0).collect::<Vec<_>>();
        assert_eq!(quick(3629), [3629, 3700, 4000, 5000]);
        assert_eq!(quick(2000), [2000, 5000, 10000, 20000]);
        assert_eq!(quick(0), [0]);
    }
}
