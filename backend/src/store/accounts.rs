//! Accounts: what sales moved on customers' accounts and gift cards, and what is on them.

use super::bulk::{self, Rows, Value, fetch, places};
use super::customers::{self, CustomerRow};
use super::feed::{Touched, kind};
use super::{StoreError, Tx};
use shared::account::{Account, AccountBalance, AccountKey, AccountMovement, account_movements};
use shared::api::FlagKind;
use shared::ids::{CustomerId, OrganisationId};
use shared::money::{Currency, Minor};
use shared::planted::{Planted, is_planted};
use shared::sale::Sale;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Which of them count money, and which count points.
const OF_MONEY: &str = "(account LIKE 'card:%' OR account LIKE 'customer:%')";
const OF_POINTS: &str = "(account LIKE 'points:%' OR account LIKE 'earned-%')";

/// An account in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountListRow {
    /// Whose.
    pub account: String,
    /// In what.
    pub currency: String,
    /// Minor units.
    pub balance_minor: i64,
    /// When it last moved, epoch ms.
    pub changed_at_ms: i64,
}

/// A movement as the page reads it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MovementRow {
    /// By which sale.
    pub sale_id: String,
    /// Its number.
    pub receipt_number: String,
    /// When, epoch ms.
    pub at_ms: i64,
    /// In what.
    pub currency: String,
    /// Minor units.
    pub amount_minor: i64,
}

type Stored = (String, String, i64);

fn accounts_of(rows: Vec<Stored>) -> Result<Vec<Account>, StoreError> {
    let mut accounts: Vec<Account> = Vec::new();
    for (account, currency, balance) in rows {
        let key: AccountKey = account.parse().map_err(|_| StoreError::Value(account.clone()))?;
        let currency = Currency::parse(&currency).map_err(|_| StoreError::Value(currency.clone()))?;
        let balance = AccountBalance { currency, balance: Minor(balance) };
        match accounts.last_mut().filter(|last| last.key == key) {
            Some(last) => last.balances.push(balance),
            None => accounts.push(Account { key, balances: vec![balance] }),
        }
    }
    Ok(accounts)
}

/// What tablets are told, in order of the keys: after one of them, at most so many. What has nothing on it is not told.
pub async fn to_load(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    points: bool,
    after: &str,
    limit: i64,
) -> Result<Vec<Account>, StoreError> {
    let kinds = if points { OF_POINTS } else { OF_MONEY };
    let sql = format!(
        "SELECT account, currency, balance_minor FROM accounts WHERE organisation_id = $1 AND account IN \
         (SELECT DISTINCT account FROM accounts WHERE organisation_id = $1 AND account > $2 AND {kinds} \
          AND balance_minor <> 0 ORDER BY account LIMIT $3) ORDER BY account, currency"
    );
    let values = vec![organisation_id.to_string().into(), after.into(), limit.into()];
    accounts_of(fetch(tx, &sql, values).await?)
}

/// These, as far as anything ever moved on them.
pub async fn of_keys(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    keys: &[String],
) -> Result<Vec<Account>, StoreError> {
    let mut found = Vec::new();
    for chunk in keys.chunks(500) {
        let sql = format!(
            "SELECT account, currency, balance_minor FROM accounts WHERE organisation_id = $1 AND account IN ({}) \
             ORDER BY account, currency",
            places(2, chunk.len())
        );
        let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
        values.extend(chunk.iter().map(|key| Value::from(key.as_str())));
        found.extend(accounts_of(fetch(tx, &sql, values).await?)?);
    }
    Ok(found)
}

/// A page of accounts that have something on them, those of gift cards or of customers, by their key. `after` is the key and
/// currency of the last row before.
pub async fn list(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    cards: bool,
    after: (&str, &str),
    limit: i64,
) -> Result<(Vec<AccountListRow>, u64), StoreError> {
    let condition = "organisation_id = $1 AND account LIKE $2 AND balance_minor <> 0";
    let of: Value = if cards { "card:%" } else { "customer:%" }.into();
    let organisation = Value::from(organisation_id.to_string());
    let count = format!("SELECT COUNT(*) FROM accounts WHERE {condition}");
    let total: Vec<(i64,)> = fetch(tx, &count, vec![organisation.clone(), of.clone()]).await?;
    let sql = format!(
        "SELECT account, currency, balance_minor, changed_at_ms FROM accounts WHERE {condition} \
         AND (account, currency) > ($3, $4) ORDER BY account, currency LIMIT $5"
    );
    let values = vec![organisation, of, after.0.into(), after.1.into(), limit.into()];
    let rows = fetch(tx, &sql, values).await?;
    Ok((rows, total.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0))))
}

/// What was moved on an account, newest first.
pub async fn movements(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    key: &AccountKey,
    limit: i64,
) -> Result<Vec<MovementRow>, StoreError> {
    let sql = "SELECT m.sale_id, s.receipt_number, m.at_ms, m.currency, m.amount_minor FROM account_movements m \
               JOIN sales s ON s.organisation_id = m.organisation_id AND s.id = m.sale_id \
               WHERE m.organisation_id = $1 AND m.account = $2 ORDER BY m.at_ms DESC, m.sale_id DESC, m.place DESC LIMIT $3";
    fetch(tx, sql, vec![organisation_id.to_string().into(), key.as_str().into(), limit.into()]).await
}

/// Everything that counts a customer's money or points.
pub async fn of_owner(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: CustomerId,
) -> Result<Vec<AccountKey>, StoreError> {
    let sql = "SELECT DISTINCT account FROM accounts WHERE organisation_id = $1 \
               AND (account = $2 OR account = $3 OR account LIKE $4) ORDER BY account";
    let (own, points) = (AccountKey::of_customer(id), AccountKey::of_points(id));
    let values = vec![
        organisation_id.to_string().into(),
        own.as_str().into(),
        points.as_str().into(),
        format!("earned-____:{id}").as_str().into(),
    ];
    let rows: Vec<(String,)> = fetch(tx, sql, values).await?;
    rows.into_iter().map(|(key,)| key.parse().map_err(|_| StoreError::Value(key))).collect()
}

/// What one customer has is another one's from now on: two customers were one.
pub async fn pass_on(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    from: CustomerId,
    into: CustomerId,
    now_ms: i64,
) -> Result<Vec<Touched>, StoreError> {
    let mut touched = Vec::new();
    for key in of_owner(tx, organisation_id, from).await?.iter().filter(|key| !stays_behind(key)) {
        touched.extend(move_all(tx, organisation_id, key, &key.passed_to(into), now_ms).await?);
    }
    Ok(touched)
}

/// What was on one account is on another one from now on.
async fn move_all(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    from: &AccountKey,
    into: &AccountKey,
    now_ms: i64,
) -> Result<Vec<Touched>, StoreError> {
    let values = |end: Vec<Value>| {
        let mut values: Vec<Value> =
            vec![organisation_id.to_string().into(), from.as_str().into(), into.as_str().into()];
        values.extend(end);
        values
    };
    let moved = "UPDATE account_movements SET account = $3 WHERE organisation_id = $1 AND account = $2";
    bulk::execute(tx, moved, values(Vec::new())).await?;
    let added = "INSERT INTO accounts (organisation_id, account, currency, balance_minor, changed_at_ms) \
                 SELECT organisation_id, $3, currency, balance_minor, $4 FROM accounts \
                 WHERE organisation_id = $1 AND account = $2 \
                 ON CONFLICT (organisation_id, account, currency) DO UPDATE SET \
                 balance_minor = accounts.balance_minor + excluded.balance_minor, changed_at_ms = excluded.changed_at_ms";
    if bulk::execute(tx, added, values(vec![now_ms.into()])).await? == 0 {
        return Ok(Vec::new());
    }
    let gone = "DELETE FROM accounts WHERE organisation_id = $1 AND account = $2 AND account <> $3";
    bulk::execute(tx, gone, values(Vec::new())).await?;
    Ok(vec![touched(from), touched(into)])
}

fn stays_behind(key: &AccountKey) -> bool {
    is_planted(Planted::PointsStayBehind) && key.counts_points()
}

fn touched(key: &AccountKey) -> Touched {
    Touched::new(if key.counts_points() { kind::POINTS } else { kind::ACCOUNT }, key.as_str())
}

/// What sales of one transaction move.
#[derive(Debug)]
pub struct Accounts {
    organisation_id: OrganisationId,
    /// In the order the sales are booked.
    moved: Vec<Moved>,
}

#[derive(Debug)]
struct Moved {
    sale_id: String,
    about: String,
    at_ms: i64,
    movement: AccountMovement,
}

impl Accounts {
    /// Nothing yet.
    pub fn new(organisation_id: OrganisationId) -> Self {
        Self { organisation_id, moved: Vec::new() }
    }

    /// Takes from a sale what it moves.
    pub fn note(&mut self, sale: &Sale) {
        for movement in account_movements(sale) {
            let of_tender = movement.place.checked_sub(1).and_then(|at| sale.tenders.get(at));
            let card = of_tender.and_then(|tender| tender.kind.reference()).map(|last| format!("••{last}"));
            self.moved.push(Moved {
                sale_id: sale.id.to_string(),
                about: card.or_else(|| sale.customer.name.clone()).unwrap_or_default(),
                at_ms: sale.time.at_ms,
                movement,
            });
        }
    }

    /// Writes the movements, counts the balances, flags each sale that took more than may be, and says which accounts tablets
    /// must hear of.
    pub async fn write(mut self, tx: &mut Tx, now_ms: i64) -> Result<Vec<Touched>, StoreError> {
        if self.moved.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.follow_merged(tx).await?;
        let organisation = self.organisation_id.to_string();
        let mut rows = Rows::new(
            "account_movements (organisation_id, sale_id, place, account, currency, amount_minor, at_ms)",
            "",
        );
        let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
        for moved in &self.moved {
            let account = moved.movement.account.as_str();
            rows.push([
                organisation.as_str().into(),
                moved.sale_id.as_str().into(),
                i64::try_from(moved.movement.place).unwrap_or(i64::MAX).into(),
                account.into(),
                moved.movement.currency.code().into(),
                moved.movement.amount.0.into(),
                moved.at_ms.into(),
            ]);
            let sum =
                sums.entry((account.to_owned(), moved.movement.currency.code().to_owned())).or_default();
            *sum = sum.saturating_add(moved.movement.amount.0);
        }
        rows.write(tx).await?;
        let add = if is_planted(Planted::BalanceOverwritten) {
            "ON CONFLICT (organisation_id, account, currency) DO UPDATE SET \
             balance_minor = excluded.balance_minor, changed_at_ms = excluded.changed_at_ms"
        } else {
            "ON CONFLICT (organisation_id, account, currency) DO UPDATE SET \
             balance_minor = accounts.balance_minor + excluded.balance_minor, changed_at_ms = excluded.changed_at_ms"
        };
        let mut balances =
            Rows::new("accounts (organisation_id, account, currency, balance_minor, changed_at_ms)", add);
        for ((account, currency), sum) in &sums {
            balances.push([
                organisation.as_str().into(),
                account.as_str().into(),
                currency.as_str().into(),
                (*sum).into(),
                now_ms.into(),
            ]);
        }
        balances.write(tx).await?;
        let keys: BTreeSet<&AccountKey> = self.moved.iter().map(|moved| &moved.movement.account).collect();
        let is_told = |key: &&&AccountKey| !(is_planted(Planted::PointsUntold) && key.counts_points());
        let told = keys.iter().filter(is_told).map(|key| touched(key)).collect();
        let keys: Vec<String> = keys.into_iter().map(|key| key.as_str().to_owned()).collect();
        let after = of_keys(tx, self.organisation_id, &keys).await?;
        self.flag(tx, &after, &known, now_ms).await?;
        if is_planted(Planted::BalanceUntold) {
            return Ok(Vec::new());
        }
        Ok(told)
    }

    /// Sales still name a customer who was merged; the account is the survivor's.
    async fn follow_merged(&mut self, tx: &mut Tx) -> Result<HashMap<CustomerId, CustomerRow>, StoreError> {
        let named = self.moved.iter().filter_map(|moved| moved.movement.account.owner()).collect();
        let mut known = customers::of_ids(tx, self.organisation_id, &named).await?;
        let survivors = known.values().filter_map(|row| row.merged_into).collect();
        known.extend(customers::of_ids(tx, self.organisation_id, &survivors).await?);
        for moved in self.moved.iter_mut().filter(|moved| !stays_behind(&moved.movement.account)) {
            let into = moved.movement.account.owner().and_then(|id| known.get(&id)?.merged_into);
            if let Some(into) = into {
                moved.movement.account = moved.movement.account.passed_to(into);
            }
        }
        Ok(known)
    }

    async fn flag(
        &self,
        tx: &mut Tx,
        after: &[Account],
        known: &HashMap<CustomerId, CustomerRow>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let may_owe = |key: &AccountKey| {
            let row = key.customer().and_then(|id| known.get(&id));
            row.and_then(|row| row.customer.credit_limit).unwrap_or(Minor::ZERO)
        };
        let mut flags = Rows::new(
            "flags (organisation_id, kind, sale_id, line, raised_at_ms, resolved, about)",
            "ON CONFLICT (organisation_id, kind, sale_id, line) DO NOTHING",
        );
        let is_taken =
            |moved: &&Moved| moved.movement.amount.is_negative() && !moved.movement.account.counts_earned();
        for moved in self.moved.iter().filter(is_taken) {
            let key = &moved.movement.account;
            let account = after.iter().find(|account| account.key == *key);
            let balance = account.map_or(Minor::ZERO, |account| account.balance(moved.movement.currency));
            if balance.plus(may_owe(key)).is_ok_and(|left| !left.is_negative()) {
                continue;
            }
            flags.push([
                self.organisation_id.to_string().into(),
                FlagKind::AccountOver.word().into(),
                moved.sale_id.as_str().into(),
                0.into(),
                now_ms.into(),
                Value::Bool(false),
                moved.about.as_str().into(),
            ]);
        }
        if !is_planted(Planted::OverdrawnUnflagged) {
            flags.write(tx).await?;
        }
        Ok(())
    }
}
