//! Accounts: sales paid from gift cards and customers' accounts, payments into them, and whether the balances are right in the end.
//! Lives here: what is put on a sale by chance; the check of I19.
//! May use: books' entries, the shared rules. Never: the server's own sums.
//! Invariant: a tablet takes without looking, so that more is taken than there is, and somebody must be told.

use crate::books::Entry;
use crate::tablet::Tablet;
use crate::world::World;
use shared::account::{Account, AccountKey, CardCode, account_movements};
use shared::ids::{CustomerId, OrganisationId};
use shared::money::Minor;
use shared::sync::journal::{EntryBody, SealedEntry};
use shared::tender::TenderKind;
use std::collections::{BTreeMap, BTreeSet};
use tillbridge::on_engine;
use tillbridge::replay::chance::Chance;
use tillbridge::store::{Tx, accounts};

/// Gift cards that go round in each shop.
const CARDS: [&str; 3] = ["GIFT00000001", "GIFT00000002", "GIFT00000003"];

/// Now and then a sale is paid from an account, or pays into one.
pub fn moved(tablet: &Tablet, entry: SealedEntry, chance: &mut Chance) -> SealedEntry {
    if tablet.older || tablet.newer || !chance.percent(15) {
        return entry;
    }
    let Ok(mut open) = entry.open() else { return entry };
    let EntryBody::SaleCompleted { sale } = &mut open.body else { return entry };
    let customers = &tablet.disk.look().customers;
    let place = chance.below(customers.len().max(1));
    let customer = customers.values().nth(place).filter(|_| chance.percent(50));
    let code = CardCode::parse(CARDS[chance.below(CARDS.len())]);
    let (Some(code), [tender]) = (code, sale.tenders.as_mut_slice()) else { return entry };
    let of_card = AccountKey::of_card(&code);
    let pays_in = chance.percent(40) && sale.lines.iter().all(|line| line.origin.is_none());
    if let Some(customer) = customer {
        sale.customer = customer.for_sale();
    }
    if pays_in {
        let key = customer.map_or(of_card, |customer| AccountKey::of_customer(customer.id));
        if let Some(line) = sale.lines.first_mut() {
            line.account = Some(key);
        }
    } else if matches!(tender.kind, TenderKind::Card { .. }) {
        tender.kind = match customer {
            Some(_) => TenderKind::OnAccount,
            None => TenderKind::GiftCard { card: of_card, last_letters: code.last_letters() },
        };
    }
    open.version = open.body.version_with(&open.approvals);
    open.seal().unwrap_or(entry)
}

/// Organisation, account, currency.
type Key = (String, String, String);

/// What is on accounts by the books.
#[derive(Default)]
pub struct Kept {
    balances: BTreeMap<Key, i64>,
    /// Organisation, sale, account, currency, amount.
    movements: Vec<(String, String, String, String, i64)>,
    /// How much customers may owe is nothing here; of those that were merged, into whom.
    merged: BTreeMap<(String, CustomerId), CustomerId>,
}

impl Kept {
    /// The account it is now: of whoever was merged it is the survivor's.
    pub fn survivor(&self, organisation: &str, account: AccountKey) -> String {
        let into = account.owner().and_then(|id| self.merged.get(&(organisation.to_owned(), id)));
        into.map_or(account.clone(), |into| account.passed_to(*into)).as_str().to_owned()
    }

    /// Who has how many points, by organisation and account; those that have none are left out.
    pub fn points(&self) -> BTreeMap<(String, String), i64> {
        let of = self
            .balances
            .iter()
            .filter(|((_, account, _), sum)| account.starts_with("points:") && **sum != 0);
        of.map(|((organisation, account, _), sum)| ((organisation.clone(), account.clone()), *sum)).collect()
    }
}

/// Reads them.
pub async fn read(tx: &mut Tx) -> Kept {
    let balances = "SELECT organisation_id, account, currency, balance_minor FROM accounts";
    let movements = "SELECT organisation_id, sale_id, account, currency, amount_minor FROM account_movements";
    let merged = "SELECT organisation_id, id, merged_into FROM customers WHERE merged_into IS NOT NULL";
    let balances: Vec<(String, String, String, i64)> =
        on_engine!(&mut *tx, connection => sqlx::query_as(balances).fetch_all(connection).await.unwrap());
    let merged: Vec<(String, String, String)> =
        on_engine!(&mut *tx, connection => sqlx::query_as(merged).fetch_all(connection).await.unwrap());
    let id = |text: &str| text.parse::<CustomerId>().unwrap();
    Kept {
        balances: balances
            .into_iter()
            .map(|(o, account, currency, sum)| ((o, account, currency), sum))
            .collect(),
        movements: on_engine!(&mut *tx, connection => sqlx::query_as(movements).fetch_all(connection).await.unwrap()),
        merged: merged.into_iter().map(|(o, of, into)| ((o, id(&of)), id(&into))).collect(),
    }
}

/// I19: each booked sale moves on accounts what it says, once; a balance is the sum of its movements; and where more was taken
/// than there is, a sale that took is flagged.
pub fn check(entries: &[Entry], kept: &Kept, flagged: &BTreeSet<(String, String)>, wrong: &mut Vec<String>) {
    let mut expected = Vec::new();
    for entry in entries.iter().filter(|entry| entry.state == "booked") {
        let Some(EntryBody::SaleCompleted { sale }) = entry.open().map(|open| open.body) else { continue };
        for moved in account_movements(&sale) {
            let organisation = entry.organisation_id.clone();
            let account = kept.survivor(&organisation, moved.account);
            let currency = moved.currency.code().to_owned();
            expected.push((organisation, sale.id.to_string(), account, currency, moved.amount.0));
        }
    }
    let mut there = kept.movements.clone();
    expected.sort();
    there.sort();
    if expected != there {
        wrong.push("I19: what was moved on accounts is not what the sales say".to_owned());
    }
    let mut sums: BTreeMap<Key, i64> = BTreeMap::new();
    let mut takers: BTreeMap<Key, Vec<(String, String)>> = BTreeMap::new();
    for (organisation, sale, account, currency, amount) in there {
        let key = (organisation.clone(), account, currency);
        *sums.entry(key.clone()).or_default() += amount;
        let is_taken = !key.1.starts_with("earned-");
        if amount < 0 && is_taken {
            takers.entry(key).or_default().push((organisation, sale));
        }
    }
    let without_nothing = |sums: &BTreeMap<Key, i64>| {
        let some = sums.iter().filter(|(_, sum)| **sum != 0);
        some.map(|(key, sum)| (key.clone(), *sum)).collect::<BTreeMap<_, _>>()
    };
    if without_nothing(&sums) != without_nothing(&kept.balances) {
        wrong.push("I19: a balance is not the sum of its movements".to_owned());
    }
    let none = Vec::new();
    for (key, sum) in &sums {
        let is_told = takers.get(key).unwrap_or(&none).iter().any(|taker| flagged.contains(taker));
        if *sum < 0 && !is_told && !key.1.starts_with("earned-") {
            wrong.push(format!("I19: nobody is told that {} is overdrawn by {}", key.1, -sum));
        }
    }
}

/// What the tablets of each shop should know.
pub fn told(world: &World) -> Vec<BTreeMap<AccountKey, Account>> {
    let shops: Vec<OrganisationId> = world.shops.iter().map(|shop| shop.organisation_id).collect();
    let told = world.server.with(async |app| {
        let mut all = Vec::new();
        for organisation_id in shops {
            let mut tx = app.db.read_for(organisation_id).await.unwrap();
            let mut told = accounts::to_load(&mut tx, organisation_id, false, "", 100_000).await.unwrap();
            told.extend(accounts::to_load(&mut tx, organisation_id, true, "", 100_000).await.unwrap());
            all.push(told.into_iter().map(|account| (account.key.clone(), account)).collect());
        }
        all
    });
    told.unwrap_or_default()
}

/// Without those that have nothing on them: a new tablet is not told of them.
pub fn with_something(accounts: &BTreeMap<AccountKey, Account>) -> BTreeMap<AccountKey, Account> {
    let has = |account: &&Account| account.balances.iter().any(|one| one.balance != Minor::ZERO);
    accounts.values().filter(has).map(|account| (account.key.clone(), account.clone())).collect()
}
