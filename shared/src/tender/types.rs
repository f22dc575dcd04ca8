//! Types: the ways to pay that a shop takes, as its settings.
//! Lives here: the record, the two that every shop begins with, what cannot be in one, which are offered where.
//! Invariant: a shop that has set nothing takes cash and cards, exactly as before there were settings.

use super::{ExchangeRate, MOST_NAME_LETTERS, Tender, TenderError, TenderKind, TypeThen};
use crate::account::{AccountKey, CardCode};
use crate::calendar::Day;
use crate::ids::{StoreId, TenderId, TenderTypeId};
use crate::money::{Currency, Minor};
use crate::store::{CashRounding, WrongSetting};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The id of cash in every shop.
pub const CASH: TenderTypeId = TenderTypeId(Uuid::from_u128(1));
/// The id of cards in every shop.
pub const CARD: TenderTypeId = TenderTypeId(Uuid::from_u128(2));

const MOST_LABEL_LETTERS: usize = 40;
const MOST_STORES: usize = 500;
const PLACES: std::ops::RangeInclusive<i64> = -1_000_000..=1_000_000;

/// A way to pay that a shop takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TenderType {
    /// Its id; cash and cards have the same in every shop.
    pub id: TenderTypeId,
    /// As on the screen and the receipt. Cash and cards may have none: then each language says its own word.
    #[serde(default)]
    pub name: String,
    /// What it is.
    pub kind: TypeKind,
    /// Small ones come first.
    #[serde(default)]
    pub place: i64,
    /// In these stores; in all of them where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<StoreId>,
    /// Taken no longer. Sales paid with it keep its name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// May more be handed over than is due?
    #[serde(default)]
    pub gives_change: bool,
    /// Is the drawer opened for it?
    #[serde(default)]
    pub opens_drawer: bool,
    /// May money go back in this way?
    #[serde(default)]
    pub refunds: bool,
    /// What is asked for with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<ReferenceAsked>,
    /// Of cash of another currency: which, and the rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<ForeignRate>,
}

/// What a tender type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TypeKind {
    /// Notes and coins of the store's currency.
    Cash,
    /// A card on a terminal.
    Card,
    /// Notes and coins of another currency.
    ForeignCash,
    /// A voucher on paper.
    Voucher,
    /// A cheque.
    Cheque,
    /// A transfer between banks.
    Transfer,
    /// What the shop names itself.
    Other,
    /// The customer's account.
    OnAccount,
    /// A gift card of the shop.
    GiftCard,
}

impl TypeKind {
    /// What a shop can add.
    pub const ADDED: [Self; 8] = [
        Self::GiftCard,
        Self::OnAccount,
        Self::ForeignCash,
        Self::Voucher,
        Self::Cheque,
        Self::Transfer,
        Self::Card,
        Self::Other,
    ];

    /// Does it move money on an account?
    pub fn is_account(self) -> bool {
        matches!(self, Self::OnAccount | Self::GiftCard)
    }

    /// One word for tables and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card => "card",
            Self::ForeignCash => "foreign_cash",
            Self::Voucher => "voucher",
            Self::Cheque => "cheque",
            Self::Transfer => "transfer",
            Self::Other => "other",
            Self::OnAccount => "on_account",
            Self::GiftCard => "gift_card",
        }
    }
}

/// A number or a name that is asked for when something is paid with a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReferenceAsked {
    /// What it is called: "Voucher number".
    pub label: String,
    /// Is the payment taken only with it?
    #[serde(default)]
    pub needed: bool,
}

/// Another currency and what it is taken at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ForeignRate {
    /// What is handed over.
    pub currency: Currency,
    /// The currency of the stores that take it.
    pub ours: Currency,
    /// What one of theirs is worth in ours.
    pub rate: ExchangeRate,
    /// The day the rate is of, as somebody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Day>,
    /// How what it is worth is rounded, in ours.
    #[serde(default)]
    pub rounding: CashRounding,
}

/// A field that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeFault {
    /// Which field, as in the JSON.
    pub field: &'static str,
    /// What is wrong with it.
    pub wrong: WrongType,
}

/// What is wrong with a field, and what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongType {
    /// No name, or a long one.
    #[error("Give it a name of at most 40 letters.")]
    Name,
    /// Cash and cards stay what they are, and there is one cash.
    #[error("Cash stays cash and cards stay cards. Add another type instead.")]
    Kind,
    /// Out of bounds.
    #[error("A place is a whole number from -1,000,000 to 1,000,000.")]
    Place,
    /// Too many stores.
    #[error("Name at most 500 stores, or none for all of them.")]
    Stores,
    /// No label, or a long one.
    #[error("Say in at most 40 letters what is asked for.")]
    Label,
    /// A card pays exactly.
    #[error("Cards, accounts and transfers pay exactly what is due.")]
    Change,
    /// Change goes back in the store's own cash.
    #[error("Money goes back in the store's own currency.")]
    Refund,
    /// No currency of another country.
    #[error("Choose a currency that is not the store's own.")]
    Currency,
    /// No rate.
    #[error("Give a rate above zero with at most eight decimals.")]
    Rate,
    /// No step.
    #[error("Round to 1 to 100,000 minor units.")]
    Step,
}

impl From<TypeFault> for WrongSetting {
    fn from(TypeFault { field, wrong }: TypeFault) -> Self {
        Self { field: field.to_owned(), message: wrong.to_string() }
    }
}

impl TenderType {
    /// Cash as every shop begins with.
    pub fn cash() -> Self {
        Self { gives_change: true, opens_drawer: true, ..Self::of(CASH, TypeKind::Cash, 10) }
    }

    /// Cards as every shop begins with.
    pub fn card() -> Self {
        Self::of(CARD, TypeKind::Card, 20)
    }

    fn of(id: TenderTypeId, kind: TypeKind, place: i64) -> Self {
        Self {
            id,
            name: String::new(),
            kind,
            place,
            stores: Vec::new(),
            archived: false,
            gives_change: false,
            opens_drawer: false,
            refunds: true,
            reference: None,
            foreign: None,
        }
    }

    /// What every shop begins with, by its id.
    pub fn built_in(id: TenderTypeId) -> Option<Self> {
        [Self::cash(), Self::card()].into_iter().find(|known| known.id == id)
    }

    /// What is kept of it with a payment: nothing where each language has its own word for it.
    pub fn then(&self) -> Option<TypeThen> {
        let gives_change = self.gives_change && self.kind != TypeKind::Cash;
        (!self.name.is_empty()).then(|| TypeThen { id: self.id, name: self.name.clone(), gives_change })
    }

    /// A payment made with it. `handed` is what was handed over, of cash of another currency in minor units of that one;
    /// below zero where money goes back.
    ///
    /// # Errors
    /// See [`TenderError`].
    pub fn tender(
        &self,
        id: TenderId,
        handed: Minor,
        reference: &str,
        last_four: &str,
    ) -> Result<Tender, TenderError> {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let reference = text(reference);
        if reference.is_none() && self.reference.as_ref().is_some_and(|asked| asked.needed) {
            return Err(TenderError::NoReference);
        }
        let mut amount = handed;
        let kind = match self.kind {
            TypeKind::Cash => TenderKind::Cash,
            TypeKind::Card => {
                TenderKind::Card { reference: reference.unwrap_or_default(), last_four: text(last_four) }
            }
            TypeKind::ForeignCash => {
                let foreign = self.foreign.ok_or(TenderError::Worth)?;
                amount = foreign.worth(handed)?;
                TenderKind::ForeignCash {
                    currency: foreign.currency,
                    given: handed,
                    rate: foreign.rate,
                    rounding: foreign.rounding,
                }
            }
            TypeKind::Voucher => TenderKind::Voucher { reference },
            TypeKind::Cheque => TenderKind::Cheque { reference },
            TypeKind::Transfer => TenderKind::Transfer { reference },
            TypeKind::Other => TenderKind::Other { reference },
            TypeKind::OnAccount => TenderKind::OnAccount,
            TypeKind::GiftCard => {
                let code = reference.as_deref().and_then(CardCode::parse).ok_or(TenderError::CardCode)?;
                TenderKind::GiftCard { card: AccountKey::of_card(&code), last_letters: code.last_letters() }
            }
        };
        kind.check()?;
        Ok(Tender { id, kind, amount, of: self.then() })
    }

    /// May the coins of the shop matter when it is paid with this?
    pub fn counts_as_cash(&self) -> bool {
        self.kind == TypeKind::Cash || self.kind == TypeKind::ForeignCash && self.gives_change
    }

    /// Is it taken in a store of this currency?
    pub fn is_taken_in(&self, store: StoreId, currency: Currency) -> bool {
        let fits = self.foreign.is_none_or(|foreign| foreign.ours == currency);
        !self.archived && fits && (self.stores.is_empty() || self.stores.contains(&store))
    }

    /// Puts its texts in order, and says of its kind what is not its writer's to choose.
    pub fn tidy(&mut self) {
        self.name = self.name.trim().to_owned();
        if let Some(asked) = &mut self.reference {
            asked.label = asked.label.trim().to_owned();
        }
        self.gives_change |= self.kind == TypeKind::Cash;
    }

    /// Every field that cannot be.
    pub fn check(&self) -> Vec<TypeFault> {
        let mut faults = Vec::new();
        let mut unless = |fits: bool, field: &'static str, wrong: WrongType| {
            if !fits {
                faults.push(TypeFault { field, wrong });
            }
        };
        let text = |text: &str, most: usize, from: usize| {
            (from..=most).contains(&text.trim().chars().count()) && !text.contains(char::is_control)
        };
        let built_in = Self::built_in(self.id);
        unless(text(&self.name, MOST_NAME_LETTERS, usize::from(built_in.is_none())), "name", WrongType::Name);
        let kind_stays = built_in.map_or(self.kind != TypeKind::Cash, |known| known.kind == self.kind);
        unless(kind_stays, "kind", WrongType::Kind);
        unless(PLACES.contains(&self.place), "place", WrongType::Place);
        unless(self.stores.len() <= MOST_STORES, "stores", WrongType::Stores);
        let label = self.reference.as_ref().is_none_or(|asked| text(&asked.label, MOST_LABEL_LETTERS, 1));
        unless(label, "reference.label", WrongType::Label);
        let exact = matches!(self.kind, TypeKind::Card | TypeKind::Transfer) || self.kind.is_account();
        unless(!(exact && self.gives_change), "gives_change", WrongType::Change);
        let is_foreign = self.kind == TypeKind::ForeignCash;
        unless(!(is_foreign && self.refunds), "refunds", WrongType::Refund);
        let currency = match &self.foreign {
            Some(foreign) => {
                is_foreign && foreign.currency != foreign.ours && foreign.currency != Currency::NONE
            }
            None => !is_foreign,
        };
        unless(currency, "foreign.currency", WrongType::Currency);
        if let Some(foreign) = &self.foreign {
            unless((1..=100_000_000_000_000).contains(&foreign.rate.0), "foreign.rate", WrongType::Rate);
            let step = (1..=100_000).contains(&foreign.rounding.step_minor);
            unless(step, "foreign.rounding", WrongType::Step);
        }
        faults
    }
}

impl ForeignRate {
    /// What an amount of it is worth in ours.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn worth(&self, given: Minor) -> Result<Minor, crate::money::MoneyError> {
        super::worth(given, self.currency, self.rate, self.ours, self.rounding)
    }

    /// So much of it that it is worth at least this much of ours, and little more. None where that does not fit.
    pub fn needed_for(&self, due: Minor) -> Option<Minor> {
        let least = self.least_for(due)?;
        if self.worth(least).ok()? >= due {
            return Some(least);
        }
        // The rounding takes away less than a step.
        self.least_for(due.plus(Minor(self.rounding.step_minor)).ok()?)
    }

    fn least_for(&self, due: Minor) -> Option<Minor> {
        let power = |digits: u32| 10_i128.checked_pow(digits);
        let scaled =
            i128::from(due.0).checked_mul(100_000_000)?.checked_mul(power(self.currency.digits())?)?;
        let by = i128::from(self.rate.0).checked_mul(power(self.ours.digits())?)?;
        let up = scaled.checked_add(by.checked_sub(1)?)?;
        i64::try_from(up.checked_div(by)?).ok().map(Minor)
    }
}

/// All types of a shop in their order: those it has set, and cash and cards where it has not.
pub fn all_types(known: &[TenderType]) -> Vec<TenderType> {
    let is_set = |id: TenderTypeId| known.iter().any(|one| one.id == id);
    let built_in = [TenderType::cash(), TenderType::card()].into_iter().filter(|one| !is_set(one.id));
    let mut all: Vec<TenderType> = known.iter().cloned().chain(built_in).collect();
    all.sort_by_key(|one| (one.place, one.id));
    all
}

/// Is the drawer opened for a payment? By the shop's settings as they are now.
pub fn opens_drawer(known: &[TenderType], tender: &Tender) -> bool {
    let all = all_types(known);
    let found = all.iter().find(|one| Some(one.id) == tender.type_id());
    found.map_or(tender.counts_as_cash(), |one| one.opens_drawer)
}

/// Those a store takes, in their order.
pub fn offered(known: &[TenderType], store: StoreId, currency: Currency) -> Vec<TenderType> {
    let mut all = all_types(known);
    all.retain(|one| one.is_taken_in(store, currency));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros() -> TenderType {
        let currency = |code| Currency::parse(code).unwrap();
        let foreign = ForeignRate {
            currency: currency("EUR"),
            ours: currency("GBP"),
            rate: ExchangeRate::parse("0.8532").unwrap(),
            day: None,
            rounding: CashRounding::default(),
        };
        TenderType {
            name: "Euro".into(),
            refunds: false,
            gives_change: true,
            foreign: Some(foreign),
            ..TenderType::of(TenderTypeId(Uuid::from_u128(9)), TypeKind::ForeignCash, 15)
        }
    }

    #[test]
    fn a_shop_that_has_set_nothing_takes_cash_and_cards() {
        let (store, gbp) = (StoreId(Uuid::from_u128(1)), Currency::parse("GBP").unwrap());
        let ids = |known: &[TenderType]| -> Vec<TenderTypeId> {
            offered(known, store, gbp).iter().map(|one| one.id).collect()
        };
        assert_eq!(ids(&[]), [CASH, CARD]);
        assert_eq!(TenderType::cash().then(), None, "a sale is recorded as before");
        assert_eq!(ids(&[euros()]), [CASH, euros().id, CARD]);
        let first = TenderType { place: 1, ..TenderType::card() };
        assert_eq!(ids(&[first]), [CARD, CASH]);
        let gone = TenderType { archived: true, ..TenderType::cash() };
        assert_eq!(ids(&[gone]), [CARD]);
        let elsewhere = TenderType { stores: vec![StoreId(Uuid::from_u128(2))], ..euros() };
        assert_eq!(ids(&[elsewhere]), [CASH, CARD]);
        let swiss = offered(&[euros()], store, Currency::parse("CHF").unwrap());
        assert_eq!(swiss.len(), 2, "a rate into pounds is none into francs");
    }

    #[test]
    fn what_cannot_be_is_told_by_field() {
        let fields = |one: TenderType| one.check().iter().map(|fault| fault.field).collect::<Vec<_>>();
        let none: [&str; 0] = [];
        for fits in [TenderType::cash(), TenderType::card(), euros()] {
            assert_eq!(fields(fits), none);
        }
        let foreign = euros().foreign.unwrap();
        let with = |foreign: ForeignRate| TenderType { foreign: Some(foreign), ..euros() };
        let asked = |label: &str| Some(ReferenceAsked { label: label.into(), needed: true });
        for (wrong, field) in [
            (TenderType { name: " ".into(), ..euros() }, "name"),
            (TenderType { name: "x".repeat(41), ..euros() }, "name"),
            (TenderType { kind: TypeKind::Voucher, ..TenderType::cash() }, "kind"),
            (TenderType { kind: TypeKind::Cash, foreign: None, ..euros() }, "kind"),
            (TenderType { place: 2_000_000, ..euros() }, "place"),
            (TenderType { reference: asked(""), ..euros() }, "reference.label"),
            (TenderType { gives_change: true, ..TenderType::card() }, "gives_change"),
            (TenderType { refunds: true, ..euros() }, "refunds"),
            (TenderType { foreign: None, ..euros() }, "foreign.currency"),
            (with(ForeignRate { ours: foreign.currency, ..foreign }), "foreign.currency"),
            (with(ForeignRate { rate: ExchangeRate(0), ..foreign }), "foreign.rate"),
            (
                with(ForeignRate {
                    rounding: CashRounding { step_minor: 0, ..CashRounding::default() },
                    ..foreign
                }),
                "foreign.rounding",
            ),
        ] {
            assert_eq!(fields(wrong), [field]);
        }
    }

    #[test]
    fn a_payment_is_made_by_its_type() {
        let id = TenderId(Uuid::from_u128(5));
        let pay = |one: &TenderType, handed, reference: &str| one.tender(id, Minor(handed), reference, " ");
        let cash = Tender::plain(id, TenderKind::Cash, Minor(500));
        assert_eq!(pay(&TenderType::cash(), 500, "no matter"), Ok(cash.clone()));
        let card = TenderKind::Card { reference: "T-1".into(), last_four: None };
        assert_eq!(pay(&TenderType::card(), -500, " T-1 "), Ok(Tender::plain(id, card, Minor(-500))));
        let paid = pay(&euros(), 5_000, "").unwrap();
        assert_eq!((paid.amount, paid.gives_change()), (Minor(4_266), true));
        assert_eq!(paid.check(Currency::parse("GBP").unwrap()), Ok(()));
        assert_eq!(paid.check(Currency::parse("EUR").unwrap()), Err(TenderError::Worth), "no other currency");
        for amount in [4_265, 4_267] {
            let wrong = Tender { amount: Minor(amount), ..paid.clone() };
            assert_eq!(wrong.check(Currency::parse("GBP").unwrap()), Err(TenderError::Worth));
        }
        let asked = ReferenceAsked { label: "Number".into(), needed: true };
        let voucher =
            TenderType { reference: Some(asked), foreign: None, kind: TypeKind::Voucher, ..euros() };
        assert_eq!(pay(&voucher, 500, " "), Err(TenderError::NoReference));
        assert_eq!(pay(&voucher, 500, "4242 4242 4242 4242"), Err(TenderError::CardNumber));
        assert_eq!(pay(&voucher, 500, "V-1").unwrap().kind.reference(), Some("V-1"));
        assert!(opens_drawer(&[], &cash) && opens_drawer(&[], &paid), "cash of a type that is not here");
        assert!(!opens_drawer(&[], &pay(&TenderType::card(), 1, "").unwrap()));
        assert!(!opens_drawer(&[TenderType { opens_drawer: false, ..TenderType::cash() }], &cash));
    }

    #[test]
    fn how_much_of_another_currency_is_needed() {
        let foreign = euros().foreign.unwrap();
        for due in [1, 2, 85, 1_706, 1_275, 99_999] {
            let needed = foreign.needed_for(Minor(due)).unwrap();
            assert!(foreign.worth(needed).unwrap() >= Minor(due), "{due}");
            let less = Minor(needed.0 - 2);
            assert!(foreign.worth(less).unwrap() < Minor(due), "{due}: no more than is needed");
        }
    }
}
