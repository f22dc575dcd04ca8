//! Account: money that a shop owes somebody, or somebody owes the shop: a customer's account and gift cards.
//! Lives here: whose account it is, what a sale moves on it, what may be taken from it.
//! May use: ids, money, sale, tender. Never: storage, the code on a gift card (only its fingerprint and last letters are kept).
//! Invariant: a balance is the sum of its movements; above zero the shop owes, below zero somebody owes the shop.

use crate::ids::CustomerId;
use crate::money::{Currency, Minor, MoneyError};
use crate::planted::{Planted, is_planted};
use crate::sale::Sale;
use crate::tender::TenderKind;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Fewest letters and digits on a gift card: what is shorter can be guessed.
pub const FEWEST_CARD_LETTERS: usize = 8;
/// Most of them.
pub const MOST_CARD_LETTERS: usize = 40;
/// Letters of a card that are shown and printed.
const SHOWN: usize = 4;
const EARNED: &str = "earned-";
const NO_ACCOUNT: &str = "this is no account";

/// Whose account: `customer:…` with the customer's id, or `card:…` with the fingerprint of a gift card's code (the first 32
/// hex digits of its SHA-256, so that nobody reads codes off a tablet or out of the books). A customer's points are on
/// `points:…`, how many they earned in a calendar year on `earned-2026:…`; these count points, in no currency.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct AccountKey(String);

impl AccountKey {
    /// A customer's.
    pub fn of_customer(id: CustomerId) -> Self {
        Self(format!("customer:{id}"))
    }

    /// A gift card's, by the code on it.
    pub fn of_card(code: &CardCode) -> Self {
        let digest = Sha256::digest(code.0.as_bytes());
        let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self(format!("card:{hex}"))
    }

    /// A customer's points.
    pub fn of_points(id: CustomerId) -> Self {
        Self(format!("points:{id}"))
    }

    /// What a customer earned in a calendar year.
    pub fn of_earned(id: CustomerId, year: i32) -> Self {
        Self(format!("{EARNED}{year:04}:{id}"))
    }

    /// The same for another customer: what somebody has who turns out to be them. A gift card is nobody's.
    #[must_use]
    pub fn passed_to(&self, id: CustomerId) -> Self {
        match (self.owner(), self.0.split_once(':')) {
            (Some(_), Some((of, _))) => Self(format!("{of}:{id}")),
            _ => self.clone(),
        }
    }

    /// The customer whose money or points it counts, if it is one's.
    pub fn owner(&self) -> Option<CustomerId> {
        if self.is_card() { None } else { self.0.split_once(':')?.1.parse().ok() }
    }

    /// Does it count points?
    pub fn counts_points(&self) -> bool {
        self.0.starts_with("points:") || self.counts_earned()
    }

    /// Does it count what was earned in a year? That only tells the tier, nothing is spent of it.
    pub fn counts_earned(&self) -> bool {
        self.0.starts_with(EARNED)
    }

    /// In which year what it counts was earned.
    pub fn earned_in(&self) -> Option<i32> {
        self.0.strip_prefix(EARNED)?.split_once(':')?.0.parse().ok()
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The customer whose it is, if it is one's.
    pub fn customer(&self) -> Option<CustomerId> {
        self.0.strip_prefix("customer:")?.parse().ok()
    }

    /// Is it a gift card's?
    pub fn is_card(&self) -> bool {
        self.0.starts_with("card:")
    }
}

impl std::str::FromStr for AccountKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = |hex: &str| hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit());
        let is_year = |year: &str| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        // However an id is spelled, it is one account.
        match text.split_once(':') {
            Some(("customer", id)) => id.parse().map(Self::of_customer).map_err(|_| NO_ACCOUNT),
            Some(("points", id)) => id.parse().map(Self::of_points).map_err(|_| NO_ACCOUNT),
            Some((of, id)) if of.strip_prefix(EARNED).is_some_and(is_year) => {
                id.parse().map(|id: CustomerId| Self(format!("{of}:{id}"))).map_err(|_| NO_ACCOUNT)
            }
            Some(("card", hex)) if is_hex(hex) => Ok(Self(text.to_ascii_lowercase())),
            _ => Err(NO_ACCOUNT),
        }
    }
}

impl<'de> Deserialize<'de> for AccountKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// The code on a gift card, as it is printed: only while somebody types or scans it.
#[derive(Clone, PartialEq, Eq)]
pub struct CardCode(String);

impl std::fmt::Debug for CardCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardCode(…)")
    }
}

impl CardCode {
    /// Reads one: letters and digits, blanks and hyphens between them do not count. None where it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let code: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .flat_map(char::to_uppercase)
            .collect();
        let fits = (FEWEST_CARD_LETTERS..=MOST_CARD_LETTERS).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then_some(Self(code))
    }

    /// Its last letters, to tell cards apart by.
    pub fn last_letters(&self) -> String {
        let from = self.0.len().saturating_sub(SHOWN);
        self.0.get(from..).unwrap_or_default().to_owned()
    }
}

/// An account, as the server counts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Account {
    /// Whose.
    pub key: AccountKey,
    /// What is on it, by currency.
    pub balances: Vec<AccountBalance>,
}

impl Account {
    /// What is on it in a currency.
    pub fn balance(&self, currency: Currency) -> Minor {
        self.balances.iter().find(|one| one.currency == currency).map_or(Minor::ZERO, |one| one.balance)
    }
}

/// What is on an account in a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountBalance {
    /// In what.
    pub currency: Currency,
    /// Above zero the shop owes it, below zero it is owed to the shop. Minor units.
    pub balance: Minor,
}

/// What a sale moves on an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountMovement {
    /// Whose.
    pub account: AccountKey,
    /// In what: the sale's currency, none of points.
    pub currency: Currency,
    /// Above zero is put on it. Minor units, or points.
    pub amount: Minor,
    /// Which tender or line of the sale, from 1 on: lines behind the tenders, points behind the lines.
    pub place: usize,
}

/// What a sale moves on accounts: what is paid by them goes off, what is paid into them goes on. A payment on account in a sale
/// without a known customer moves nothing: it is only told. Points of what comes back are those of whoever bought it.
pub fn account_movements(sale: &Sale) -> Vec<AccountMovement> {
    let customer = sale.customer.id.map(AccountKey::of_customer);
    let of_tenders = sale.tenders.iter().map(|tender| match &tender.kind {
        TenderKind::OnAccount => Some((customer.clone()?, Minor(tender.amount.0.saturating_neg()))),
        TenderKind::GiftCard { card, .. } => Some((card.clone(), Minor(tender.amount.0.saturating_neg()))),
        _ => None,
    });
    let of_lines = sale.lines.iter().map(|line| Some((line.account.clone()?, line.tax.gross)));
    let of_points = points_moved(sale).into_iter().map(Some);
    let movement = |(place, moved): (usize, Option<(AccountKey, Minor)>)| {
        moved.map(|(account, amount)| AccountMovement {
            currency: if account.counts_points() { Currency::NONE } else { sale.currency },
            account,
            amount,
            place: place.saturating_add(1),
        })
    };
    of_tenders.chain(of_lines).chain(of_points).enumerate().filter_map(movement).collect()
}

/// What it moves of whose points, and of what they earned in its year.
fn points_moved(sale: &Sale) -> Vec<(AccountKey, Minor)> {
    let mut moved: BTreeMap<CustomerId, (i64, i64)> = BTreeMap::new();
    for line in sale.lines.iter().filter(|line| !line.points.is_none()) {
        let bought = line.origin.as_ref().filter(|_| !is_planted(Planted::PointsOfWhoeverBrings));
        let owner = bought.map_or(sale.customer.id, |origin| origin.points_of);
        if let Some(id) = owner {
            let (more, earned) = moved.entry(id).or_default();
            *more = more.saturating_add(line.points.more());
            *earned = earned.saturating_add(line.points.earned);
        }
    }
    let year = sale.time.year();
    let of = |(id, (more, earned)): (CustomerId, (i64, i64))| {
        [(AccountKey::of_points(id), Minor(more)), (AccountKey::of_earned(id, year), Minor(earned))]
    };
    moved.into_iter().flat_map(of).filter(|(_, amount)| !amount.is_zero()).collect()
}

/// What can still be taken: the balance, and of a customer as much more as they may owe.
pub fn available(balance: Minor, may_owe: Minor) -> Result<Minor, MoneyError> {
    Ok(Minor(balance.plus(may_owe)?.0.max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed_and_is_not_kept() {
        let code = CardCode::parse("abcd-1234 5678").unwrap();
        assert_eq!(CardCode::parse("ABCD12345678"), Some(code.clone()));
        assert_eq!(code.last_letters(), "5678");
        let key = AccountKey::of_card(&code);
        assert!(key.is_card() && !key.as_str().contains("1234"));
        assert_eq!(key.as_str().parse(), Ok(key.clone()));
        assert_eq!(format!("{code:?}"), "CardCode(…)");
        for wrong in ["", "1234567", "12345678!", &"1".repeat(41), "ä1234567"] {
            assert_eq!(CardCode::parse(wrong), None, "{wrong}");
        }
        for wrong in
            ["", "card:", "card:12", "customer:x", "else:1", "points:", "earned-20:1", "earned-abcd:1"]
        {
            assert!(wrong.parse::<AccountKey>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_account_is_one_however_its_id_is_spelled() {
        let id: CustomerId = "0199b1a5-0000-7000-8000-0000000000ab".parse().unwrap();
        let (customer, card) = (AccountKey::of_customer(id), format!("card:{}", "0a".repeat(16)));
        for (spelled, one) in [
            ("customer:0199B1A5-0000-7000-8000-0000000000AB", customer.as_str()),
            ("customer:0199b1a50000700080000000000000ab", customer.as_str()),
            (&format!("card:{}", "0A".repeat(16)), &card),
            (
                "points:0199B1A500007000800000000000 00ab".replace(' ', "").as_str(),
                AccountKey::of_points(id).as_str(),
            ),
            ("earned-2026:0199B1A5-0000-7000-8000-0000000000AB", AccountKey::of_earned(id, 2026).as_str()),
        ] {
            assert_eq!(spelled.parse::<AccountKey>().unwrap().as_str(), one, "{spelled}");
        }
    }

    #[test]
    fn so_much_can_be_taken_as_there_is_and_may_be_owed() {
        for (balance, may_owe, left) in [
            (1_000, 0, 1_000),
            (0, 5_000, 5_000),
            (-4_000, 5_000, 1_000),
            (-9_000, 5_000, 0),
            (2_000, 5_000, 7_000),
            (0, 0, 0),
        ] {
            assert_eq!(available(Minor(balance), Minor(may_owe)), Ok(Minor(left)), "{balance} {may_owe}");
        }
    }
}
