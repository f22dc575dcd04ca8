//! Settle: do the tenders pay for the sale, what goes back, and what the shop's coins add.

use super::{Tender, TenderError, TenderKind};
use crate::money::{Minor, MoneyError};
use crate::store::CashRounding;
use serde::{Deserialize, Serialize};

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
/// A cash payment of nothing is one only where the coins are too large for what is due.
///
/// # Errors
/// See [`TenderError`].
pub fn settle(total: Minor, tenders: &[Tender], rule: CashRounding) -> Result<Settlement, TenderError> {
    let sign = if total.is_negative() { -1 } else { 1 };
    let is_cash = |t: &&Tender| t.kind == TenderKind::Cash;
    for tender in tenders {
        tender.kind.check()?;
        let of_nothing = tender.amount.is_zero() && is_cash(&tender) && !total.is_zero();
        if tender.amount.0.signum() != sign && !of_nothing {
            return Err(TenderError::Sign);
        }
    }
    let gives_change = |t: &&Tender| t.counts_as_cash() || t.gives_change();
    let open = Minor::sum(tenders.iter().filter(gives_change).map(|t| t.amount))?;
    let exact = Minor::sum(tenders.iter().filter(|t| !gives_change(t)).map(|t| t.amount))?;
    let rest = total.minus(exact)?;
    if rest.0.signum() == -sign {
        return Err(TenderError::Over { over: Minor(rest.0.saturating_abs()) });
    }
    let has_cash = tenders.iter().any(Tender::counts_as_cash);
    let due = if has_cash { rest.rounded_to(rule.step_minor, rule.rounding)? } else { rest };
    if has_cash && !due.is_zero() && tenders.iter().any(|t| t.amount.is_zero()) {
        return Err(TenderError::Sign);
    }
    let over = open.minus(due)?;
    if over.0.signum() == -sign {
        return Err(TenderError::Short { missing: Minor(over.0.saturating_abs()) });
    }
    if sign < 0 && !over.is_zero() {
        return Err(TenderError::Over { over: Minor(over.0.saturating_abs()) });
    }
    // Change of a voucher is given in the coins there are.
    let change = if has_cash { over } else { over.rounded_to(rule.step_minor, rule.rounding)? };
    Ok(Settlement { cash_rounding: due.minus(rest)?.plus(over.minus(change)?)?, change })
}

/// How far paying has come. Amounts have the sign of the total: negative where money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// More is needed.
    Open {
        /// So much by card.
        remaining: Minor,
        /// So much in cash, by the store's coins.
        in_cash: Minor,
    },
    /// It can be finished.
    Paid(Settlement),
    /// More was charged than is due: a payment has to be taken back first.
    Over(Minor),
}

/// Where a sale stands with the tenders taken so far.
pub fn standing(total: Minor, tenders: &[Tender], rule: CashRounding) -> Result<Standing, TenderError> {
    match settle(total, tenders, rule) {
        Ok(settlement) => Ok(Standing::Paid(settlement)),
        Err(TenderError::Short { .. }) => Ok(Standing::Open {
            remaining: remaining(total, tenders)?,
            in_cash: due_in_cash(total, tenders, rule)?,
        }),
        Err(TenderError::Over { over }) => Ok(Standing::Over(over)),
        // Payments taken for a sale that has since become a return, or the other way round.
        Err(TenderError::Sign) => Ok(Standing::Over(Minor(remaining(total, tenders)?.0.saturating_abs()))),
        Err(error) => Err(error),
    }
}

/// Where it would stand with one more tender; refused where that tender cannot be taken.
pub fn standing_with(
    total: Minor,
    tenders: &[Tender],
    more: Tender,
    rule: CashRounding,
) -> Result<Standing, TenderError> {
    more.kind.check()?;
    let over = remaining(total, tenders)?.minus(more.amount)?;
    if !more.gives_change() && over.0.signum() == -total.0.signum() {
        return Err(TenderError::Over { over: Minor(over.0.saturating_abs()) });
    }
    let mut all = tenders.to_vec();
    all.push(more);
    match settle(total, &all, rule) {
        Err(TenderError::Over { over }) => Err(TenderError::Over { over }),
        Err(TenderError::Sign) => Err(TenderError::Sign),
        _ => standing(total, &all, rule),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TenderId;
    use crate::money::Rounding;
    use crate::tender::{ExchangeRate, TypeThen};

    fn cash(amount: i64) -> Tender {
        Tender::plain(TenderId(uuid::Uuid::nil()), TenderKind::Cash, Minor(amount))
    }

    fn card(amount: i64) -> Tender {
        let kind = TenderKind::Card { reference: "T-1".into(), last_four: None };
        Tender::plain(TenderId(uuid::Uuid::nil()), kind, Minor(amount))
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
    fn coins_too_large_for_what_is_due() {
        let ok = |rounding| Ok(Settlement { cash_rounding: Minor(rounding), change: Minor(0) });
        assert_eq!(settle(Minor(2), &[cash(0)], five()), ok(-2));
        assert_eq!(settle(Minor(1002), &[card(1000), cash(0)], five()), ok(-2));
        assert_eq!(settle(Minor(3), &[cash(0)], five()), Err(TenderError::Sign), "five are due");
        assert_eq!(settle(Minor(0), &[cash(0)], five()), Err(TenderError::Sign), "nothing needs no payment");
        assert_eq!(settle(Minor(2), &[card(0)], five()), Err(TenderError::Sign));
    }

    #[test]
    fn change_by_the_coins_of_the_shop() {
        // Total, cash given, smallest coin → added by rounding, change.
        let table = [
            ("CHF 0.05", 3_628, 4_000, 5, 2, 370),
            ("CHF 0.05 down", 3_627, 4_000, 5, -2, 375),
            ("CHF 0.05 exact", 3_625, 3_625, 5, 0, 0),
            ("DKK 0.50 up", 9_975, 20_000, 50, 25, 10_000),
            ("DKK 0.50 down", 9_974, 20_000, 50, -24, 10_050),
            ("DKK 0.50 half", 9_925, 10_000, 50, 25, 50),
            ("JPY", 1_984, 2_000, 1, 0, 16),
            ("JPY 10", 1_985, 2_000, 10, 5, 10),
        ];
        for (name, total, given, step_minor, cash_rounding, change) in table {
            let rule = CashRounding { step_minor, rounding: Rounding::HalfAwayFromZero };
            let wanted = Settlement { cash_rounding: Minor(cash_rounding), change: Minor(change) };
            assert_eq!(settle(Minor(total), &[cash(given)], rule), Ok(wanted), "{name}");
        }
    }

    #[test]
    fn a_split_in_either_order() {
        let total = Minor(3_628);
        let start = standing(total, &[], five());
        assert_eq!(start, Ok(Standing::Open { remaining: Minor(3_628), in_cash: Minor(3_630) }));
        let by_card_first = standing_with(total, &[], card(1_000), five());
        assert_eq!(by_card_first, Ok(Standing::Open { remaining: Minor(2_628), in_cash: Minor(2_630) }));
        let paid = |cash_rounding, change| {
            Ok(Standing::Paid(Settlement { cash_rounding: Minor(cash_rounding), change: Minor(change) }))
        };
        assert_eq!(standing_with(total, &[card(1_000)], cash(5_000), five()), paid(2, 2_370));
        let in_cash_first = standing_with(total, &[], cash(2_000), five());
        assert_eq!(in_cash_first, Ok(Standing::Open { remaining: Minor(1_628), in_cash: Minor(1_630) }));
        assert_eq!(standing_with(total, &[cash(2_000)], card(1_628), five()), paid(0, 0));
        let too_much = standing_with(total, &[cash(2_000)], card(1_629), five());
        assert_eq!(too_much, Err(TenderError::Over { over: Minor(1) }));
        assert_eq!(standing_with(total, &[], cash(0), five()), Err(TenderError::Sign));
    }

    #[test]
    fn a_sale_that_changed_after_something_was_taken() {
        let none = CashRounding::default();
        assert_eq!(standing(Minor(1_500), &[card(2_000)], none), Ok(Standing::Over(Minor(500))));
        assert_eq!(standing(Minor(-100), &[cash(2_000)], none), Ok(Standing::Over(Minor(2_100))));
        let change = Settlement { cash_rounding: Minor(0), change: Minor(500) };
        assert_eq!(standing(Minor(1_500), &[cash(2_000)], none), Ok(Standing::Paid(change)));
        let nothing = Settlement { cash_rounding: Minor(0), change: Minor(0) };
        assert_eq!(standing(Minor(0), &[], none), Ok(Standing::Paid(nothing)));
    }

    #[test]
    fn money_that_goes_back_is_exact() {
        let total = Minor(-1_003);
        let start = standing(total, &[], five());
        assert_eq!(start, Ok(Standing::Open { remaining: Minor(-1_003), in_cash: Minor(-1_005) }));
        let paid = Settlement { cash_rounding: Minor(-2), change: Minor(0) };
        assert_eq!(standing_with(total, &[], cash(-1_005), five()), Ok(Standing::Paid(paid)));
        let part = standing_with(total, &[], card(-500), five());
        assert_eq!(part, Ok(Standing::Open { remaining: Minor(-503), in_cash: Minor(-505) }));
        let more = standing_with(total, &[], cash(-2_000), five());
        assert_eq!(more, Err(TenderError::Over { over: Minor(995) }));
    }

    fn of_type(kind: TenderKind, amount: i64, gives_change: bool) -> Tender {
        let of = TypeThen { id: crate::tender::CARD, name: "Type".into(), gives_change };
        Tender { of: Some(of), ..Tender::plain(TenderId(uuid::Uuid::nil()), kind, Minor(amount)) }
    }

    fn euros(amount: i64, gives_change: bool) -> Tender {
        let kind = TenderKind::ForeignCash {
            currency: crate::money::Currency::parse("EUR").unwrap(),
            given: Minor(amount),
            rate: ExchangeRate(100_000_000),
            rounding: CashRounding::default(),
        };
        of_type(kind, amount, gives_change)
    }

    #[test]
    fn types_that_give_change_and_types_that_do_not() {
        let voucher = |amount, gives| of_type(TenderKind::Voucher { reference: None }, amount, gives);
        let none = CashRounding::default();
        let ok = |rounding, change| Ok(Settlement { cash_rounding: Minor(rounding), change: Minor(change) });
        assert_eq!(settle(Minor(998), &[voucher(2_000, true)], none), ok(0, 1_002));
        assert_eq!(
            settle(Minor(998), &[voucher(2_000, true)], five()),
            ok(2, 1_000),
            "in the coins there are"
        );
        assert_eq!(settle(Minor(998), &[voucher(999, true)], five()), ok(1, 0), "too little to give back");
        assert_eq!(settle(Minor(998), &[voucher(998, true)], five()), ok(0, 0), "no cash, no coins");
        assert_eq!(
            settle(Minor(998), &[voucher(1_000, false)], five()),
            Err(TenderError::Over { over: Minor(2) })
        );
        assert_eq!(
            settle(Minor(998), &[voucher(500, true)], none),
            Err(TenderError::Short { missing: Minor(498) })
        );
        assert_eq!(settle(Minor(998), &[voucher(500, false), cash(500)], five()), ok(2, 0));
        assert_eq!(settle(Minor(998), &[euros(2_000, true)], five()), ok(2, 1_000));
        assert_eq!(settle(Minor(998), &[euros(1_000, true)], none), ok(0, 2));
        assert_eq!(
            settle(Minor(998), &[euros(1_000, false)], none),
            Err(TenderError::Over { over: Minor(2) })
        );
        assert_eq!(settle(Minor(998), &[euros(998, false)], five()), ok(0, 0));
        assert_eq!(settle(Minor(998), &[euros(500, true), voucher(300, false), card(198)], none), ok(0, 0));
        let more = standing_with(Minor(998), &[voucher(500, false)], voucher(499, false), none);
        assert_eq!(more, Err(TenderError::Over { over: Minor(1) }));
        let change = Settlement { cash_rounding: Minor(0), change: Minor(2) };
        let paid = standing_with(Minor(998), &[voucher(500, false)], voucher(500, true), none);
        assert_eq!(paid, Ok(Standing::Paid(change)));
    }
}
