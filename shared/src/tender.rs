//! Tender: how a sale is paid.
//! Lives here: tender kinds, split, change due, cash rounding, the quick amounts of the pay screen.
//! May use: money, ids. Never: clock, storage, card data (only a processor's reference and at most the last four digits).
//! Invariant: sum of tenders − change = sale total + cash rounding, in minor units.

use crate::ids::TenderId;
use crate::money::{Currency, Minor, MoneyError};
use crate::store::CashRounding;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

/// One payment inside a sale. Negative when money goes back (a refund).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tender {
    /// Its id.
    pub id: TenderId,
    /// How.
    #[serde(flatten)]
    pub kind: TenderKind,
    /// What was handed over, before change.
    pub amount: Minor,
}

impl<'de> Deserialize<'de> for Tender {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        FlatTender::deserialize(from)?.tender()
    }
}

/// A tender as it is written. Read by hand, see docs/adr/0015.
#[derive(Deserialize)]
struct FlatTender {
    id: TenderId,
    kind: KindWord,
    reference: Option<String>,
    last_four: Option<String>,
    amount: Minor,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindWord {
    Cash,
    Card,
    OnAccount,
}

impl FlatTender {
    fn tender<E: Error>(self) -> Result<Tender, E> {
        let kind = match self.kind {
            KindWord::Cash => TenderKind::Cash,
            KindWord::Card => TenderKind::Card {
                reference: self.reference.ok_or_else(|| E::missing_field("reference"))?,
                last_four: self.last_four,
            },
            KindWord::OnAccount => TenderKind::OnAccount,
        };
        Ok(Tender { id: self.id, kind, amount: self.amount })
    }
}

/// How a payment is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// Does a text hold thirteen to nineteen digits that pass the Luhn check (ISO/IEC 7812-1)? Spaces and dashes may stand
/// between them, words around them, and the digits may be those of another script.
pub fn looks_like_card_number(text: &str) -> bool {
    let digits: Vec<Option<u32>> = text.chars().filter(|c| !matches!(c, ' ' | '-')).map(digit).collect();
    let whole_runs = digits.split(Option::is_none).map(|run| run.iter().copied().flatten().collect());
    whole_runs.chain(neighbours(text)).any(|run: Vec<u32>| is_card_number(&run))
}

/// Groups of digits with only a space or a dash between them, read together from every group on.
fn neighbours(text: &str) -> Vec<Vec<u32>> {
    let groups: Vec<Vec<u32>> = text
        .split([' ', '-'])
        .map(|group| group.chars().map(digit).collect::<Option<_>>().unwrap_or_default())
        .collect();
    let mut runs = Vec::new();
    for start in 0..groups.len() {
        let mut run = Vec::new();
        for group in groups.iter().skip(start).take_while(|group| !group.is_empty()) {
            run.extend_from_slice(group);
            runs.push(run.clone());
        }
    }
    runs
}

/// The value of a digit, European, Arabic, Persian or full-width.
fn digit(letter: char) -> Option<u32> {
    let zeros = ['0', '\u{660}', '\u{6f0}', '\u{ff10}'].map(u32::from);
    zeros.iter().find_map(|zero| u32::from(letter).checked_sub(*zero).filter(|value| *value < 10))
}

fn is_card_number(digits: &[u32]) -> bool {
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
    let cash = Minor::sum(tenders.iter().filter(is_cash).map(|t| t.amount))?;
    let other = Minor::sum(tenders.iter().filter(|t| !is_cash(t)).map(|t| t.amount))?;
    let rest = total.minus(other)?;
    if rest.0.signum() == -sign {
        return Err(TenderError::Over { over: Minor(rest.0.saturating_abs()) });
    }
    let has_cash = tenders.iter().any(|t| is_cash(&t));
    let due = if has_cash { rest.rounded_to(rule.step_minor, rule.rounding)? } else { rest };
    if has_cash && !due.is_zero() && tenders.iter().any(|t| t.amount.is_zero()) {
        return Err(TenderError::Sign);
    }
    let change = cash.minus(due)?;
    if change.0.signum() == -sign {
        return Err(TenderError::Short { missing: Minor(change.0.saturating_abs()) });
    }
    if sign < 0 && !change.is_zero() {
        return Err(TenderError::Over { over: Minor(change.0.saturating_abs()) });
    }
    Ok(Settlement { cash_rounding: due.minus(rest)?, change })
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
    if more.kind != TenderKind::Cash && over.0.signum() == -total.0.signum() {
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

/// What a wallet holds and a drawer takes, in major units, small to large. A step of 1 stands for coins.
fn notes(currency: Currency) -> &'static [i64] {
    match currency.code() {
        "GBP" => &[1, 5, 10, 20, 50],
        "EUR" => &[1, 5, 10, 20, 50, 100, 200],
        "USD" | "CAD" | "AUD" | "NZD" | "CNY" => &[1, 5, 10, 20, 50, 100],
        "KWD" | "OMR" | "BHD" | "JOD" => &[1, 5, 10, 20, 50],
        "JPY" => &[10, 50, 100, 500, 1_000, 5_000, 10_000],
        "KRW" => &[100, 500, 1_000, 5_000, 10_000, 50_000],
        "CHF" | "SEK" | "NOK" => &[1, 5, 10, 20, 50, 100, 200, 500, 1_000],
        "DKK" | "PLN" | "AED" | "SAR" | "INR" => &[1, 5, 10, 20, 50, 100, 200, 500],
        _ => &[1, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000],
    }
}

/// Is this as much cash as somebody might hand over? Nobody gets two of the largest notes back. What a scanner types
/// into the amount by accident fails here.
pub fn is_likely_cash(due: Minor, given: Minor, currency: Currency) -> bool {
    let largest = notes(currency).last().copied().unwrap_or(1);
    let most_change = largest.saturating_mul(2).saturating_mul(10_i64.saturating_pow(currency.digits()));
    given.0.saturating_sub(due.0) < most_change
}

/// Up to four likely amounts a customer hands over: the exact one, then what the notes and coins of the currency make of
/// it. Steps too small to matter against the amount are left out. Money that goes back is given exactly.
pub fn quick_amounts(due: Minor, currency: Currency) -> Vec<Minor> {
    let mut amounts = vec![due];
    if due.0 <= 0 {
        return amounts;
    }
    let unit = 10_i64.saturating_pow(currency.digits());
    let steps = notes(currency).iter().map(|note| note.saturating_mul(unit));
    for step in steps.filter(|step| step.saturating_mul(50) >= due.0) {
        let Ok(up) = up_to(due, step) else { continue };
        if amounts.len() < 4 && !amounts.contains(&up) {
            amounts.push(up);
        }
    }
    amounts
}

/// The next multiple of a step, or the amount itself if it is one.
fn up_to(due: Minor, step: i64) -> Result<Minor, MoneyError> {
    let over = due.0.rem_euclid(step.max(1));
    if over == 0 { Ok(due) } else { due.plus(Minor(step.saturating_sub(over))) }
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

    #[test]
    fn no_card_number_is_kept() {
        let card = |reference: &str, last: Option<&str>| {
            TenderKind::Card { reference: reference.into(), last_four: last.map(Into::into) }.check()
        };
        for number in [
            "4242 4242 4242 4242",
            "4242-4242-4242-4242",
            "card 4242424242424242 ok",
            "12 4242 4242 4242 4242",
            "x4242 4242 4242 4242x",
            "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
            "378282246310005",
        ] {
            assert_eq!(card(number, None), Err(TenderError::CardNumber), "{number}");
        }
        for reference in ["", "0012345", "A-2041/17", "423456789012", "4242424242424241", "+44 20 7946 0958"]
        {
            assert_eq!(card(reference, Some("4242")), Ok(()), "{reference}");
        }
        for digits in ["42424", "4a", "42 4"] {
            assert_eq!(card("0012345", Some(digits)), Err(TenderError::LastFour), "{digits}");
        }
        assert_eq!(card(&"9".repeat(41), None), Err(TenderError::Reference));
    }

    #[test]
    fn quick_amounts_are_what_a_wallet_makes() {
        let quick = |currency: &str, due| {
            let currency = Currency::parse(currency).unwrap();
            quick_amounts(Minor(due), currency).iter().map(|m| m.0).collect::<Vec<_>>()
        };
        assert_eq!(quick("GBP", 3_629), [3_629, 3_700, 4_000, 5_000]);
        assert_eq!(quick("GBP", 2_000), [2_000, 5_000]);
        assert_eq!(quick("GBP", 85), [85, 100, 500, 1_000]);
        assert_eq!(quick("GBP", 16_320), [16_320, 16_500, 17_000, 18_000]);
        assert_eq!(quick("EUR", 8_810), [8_810, 9_000, 10_000, 20_000]);
        assert_eq!(quick("CHF", 3_630), [3_630, 3_700, 4_000, 5_000]);
        assert_eq!(quick("DKK", 23_650), [23_650, 24_000, 25_000, 30_000]);
        assert_eq!(quick("JPY", 3_629), [3_629, 3_700, 4_000, 5_000]);
        assert_eq!(quick("KWD", 4_250), [4_250, 5_000, 10_000, 20_000]);
        assert_eq!(quick("GBP", 0), [0]);
        assert_eq!(quick("GBP", -500), [-500]);
        assert_eq!(quick("GBP", i64::MAX), [i64::MAX]);
    }

    #[test]
    fn a_barcode_typed_into_the_amount_is_not_cash() {
        let gbp = Currency::parse("GBP").unwrap();
        assert!(is_likely_cash(Minor(350), Minor(5_000), gbp));
        assert!(is_likely_cash(Minor(350), Minor(10_000), gbp));
        assert!(!is_likely_cash(Minor(350), Minor(10_350), gbp));
        assert!(!is_likely_cash(Minor(350), Minor(5_012_345_600_001), gbp));
        assert!(is_likely_cash(Minor(350), Minor(10_000), Currency::parse("JPY").unwrap()));
    }
}
