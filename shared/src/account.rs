//! Account: money that a shop owes somebody, or somebody owes the shop: a customer's account and gift cards.
//! Lives here: whose account it is, what a sale moves on it, what may be taken from it.
//! May use: ids, money, sale, tender. Never: storage, the code on a gift card (only its fingerprint and last letters are kept).
//! Invariant: a balance is the sum of its movements; above zero the shop owes, below zero somebody owes the shop.

use crate::ids::CustomerId;
use crate::money::{Currency, Minor, MoneyError};
use crate::sale::Sale;
use crate::tender::TenderKind;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use sha2::{Digest, Sha256};

/// Fewest letters and digits on a gift card: what is shorter can be guessed.
pub const FEWEST_CARD_LETTERS: usize = 8;
/// Most of them.
pub const MOST_CARD_LETTERS: usize = 40;
/// Letters of a card that are shown and printed.
const SHOWN: usize = 4;
const NO_ACCOUNT: &str = "this is no account";

/// Whose account: `customer:…` with the customer's id, or `card:…` with the fingerprint of a gift card's code (the first 32
/// hex digits of its SHA-256, so that nobody reads codes off a tablet or out of the books).
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
        // However an id is spelled, it is one account.
        match text.split_once(':') {
            Some(("customer", id)) => id.parse().map(Self::of_customer).map_err(|_| NO_ACCOUNT),
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
    /// Above zero is put on it. Minor units of the sale's currency.
    pub amount: Minor,
    /// Which tender or line of the sale, from 1 on: lines behind the tenders.
    pub place: usize,
}

/// What a sale moves on accounts: what is paid by them goes off, what is paid into them goes on. A payment on account in a sale
/// without a known customer moves nothing: it is only told.
pub fn account_movements(sale: &Sale) -> Vec<AccountMovement> {
    let customer = sale.customer.id.map(AccountKey::of_customer);
    let of_tenders = sale.tenders.iter().map(|tender| match &tender.kind {
        TenderKind::OnAccount => Some((customer.clone()?, Minor(tender.amount.0.saturating_neg()))),
        TenderKind::GiftCard { card, .. } => Some((card.clone(), Minor(tender.amount.0.saturating_neg()))),
        _ => None,
    });
    let of_lines = sale.lines.iter().map(|line| Some((line.account.clone()?, line.tax.gross)));
    let movement = |(place, moved): (usize, Option<(AccountKey, Minor)>)| {
        moved.map(|(account, amount)| AccountMovement { account, amount, place: place.saturating_add(1) })
    };
    of_tenders.chain(of_lines).enumerate().filter_map(movement).collect()
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
        for wrong in ["", "card:", "card:12", "customer:x", "else:1"] {
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
