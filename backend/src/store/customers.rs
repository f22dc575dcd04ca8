//! Customers: their records, what was changed in them and by whom, doubles, and what tablets wrote down.

use super::bulk::{self, Rows, Value, fetch, places};
use super::feed::{self, Touched, kind};
use super::{StoreError, Tx, known_sales};
use shared::calendar::Day;
use shared::catalog::fold;
use shared::customer::{Customer, CustomerField, FieldChange};
use shared::ids::{CustomerGroupId, CustomerId, OrganisationId};
use shared::planted::{Planted, is_planted};
use shared::sync::journal::{EntryBody, JournalEntry};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A stored customer.
#[derive(Clone, Debug)]
pub struct CustomerRow {
    /// As stored.
    pub customer: Customer,
    /// Counts up with every change.
    pub version: i64,
    /// The record it was merged into; it is followed from then on.
    pub merged_into: Option<CustomerId>,
    /// Is nothing left of it but its id?
    pub erased: bool,
}

/// What was changed, for the record's history.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    /// Names it: the entry's id, or one minted for it.
    pub id: String,
    /// When, epoch ms.
    pub at_ms: i64,
    /// By whom.
    pub staff_id: Option<String>,
    /// At which tablet; none on a manager's page.
    pub device_id: Option<String>,
    /// From which journal entry.
    pub entry_hash: Option<String>,
    /// `written`, `merged`, `imported`.
    pub kind: &'static str,
    /// What was made.
    pub made: Vec<FieldChange>,
    /// What was not, because somebody else was first.
    pub overtaken: Vec<FieldChange>,
}

/// A change as the page reads it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HistoryRow {
    /// When, epoch ms.
    pub at_ms: i64,
    /// By whom, if they are still here.
    pub staff: Option<String>,
    /// At which tablet's register; none on a manager's page.
    pub register: Option<String>,
    /// `written`, `merged`, `imported`.
    pub kind: String,
    /// JSON.
    pub made: String,
    /// JSON.
    pub overtaken: String,
}

type Stored = (String, i64, Option<String>, bool);

const COLUMNS: &str = "body, version, merged_into, erased";

fn row((body, version, merged_into, erased): Stored) -> Result<CustomerRow, StoreError> {
    let merged_into = match merged_into {
        Some(id) => Some(id.parse().map_err(|_| StoreError::Value(id))?),
        None => None,
    };
    Ok(CustomerRow { customer: serde_json::from_str(&body)?, version, merged_into, erased })
}

fn search_key(customer: &Customer) -> String {
    fold(&customer.search_text())
}

fn number_key(customer: &Customer) -> Option<String> {
    customer.number.as_deref().map(Customer::number_key)
}

fn exempt_until(customer: &Customer) -> Value {
    customer.tax_exempt_until.map(|day| day.to_string()).into()
}

/// One, also if it was merged or erased.
pub async fn one(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: CustomerId,
) -> Result<Option<CustomerRow>, StoreError> {
    let mut rows = of_ids(tx, organisation_id, &BTreeSet::from([id])).await?;
    Ok(rows.remove(&id))
}

/// These, as far as they are here; merged and erased ones too.
pub async fn of_ids(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    ids: &BTreeSet<CustomerId>,
) -> Result<HashMap<CustomerId, CustomerRow>, StoreError> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut found = HashMap::new();
    for chunk in ids.chunks(500) {
        let sql = format!(
            "SELECT {COLUMNS} FROM customers WHERE organisation_id = $1 AND id IN ({})",
            places(2, chunk.len())
        );
        let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
        values.extend(chunk.iter().map(|id| Value::from(id.as_str())));
        for stored in fetch::<Stored>(tx, &sql, values).await? {
            let row = row(stored)?;
            found.insert(row.customer.id, row);
        }
    }
    Ok(found)
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct CustomerFilter {
    /// Folded words of name, company, number, e-mail address and telephone number.
    pub words: Vec<String>,
    /// Only this group.
    pub group: Option<CustomerGroupId>,
    /// Only those whose certificate of exemption ends by this day.
    pub exempt_until: Option<Day>,
}

/// A page of customers in order of their search text. `after` is the search text and id of the last row before. With each
/// the place to go on from.
pub async fn list(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    filter: &CustomerFilter,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<(Vec<(Customer, String)>, u64), StoreError> {
    let mut condition = String::from("organisation_id = $1 AND merged_into IS NULL AND NOT erased");
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    for word in &filter.words {
        values.push(format!("%{word}%").into());
        condition.push_str(&format!(" AND search_key LIKE ${}", values.len()));
    }
    if let Some(group) = filter.group {
        values.push(group.to_string().into());
        condition.push_str(&format!(" AND group_id = ${}", values.len()));
    }
    if let Some(day) = filter.exempt_until {
        values.push(day.to_string().into());
        condition.push_str(&format!(" AND exempt_until <= ${}", values.len()));
    }
    let count = format!("SELECT COUNT(*) FROM customers WHERE {condition}");
    let total: Vec<(i64,)> = fetch(tx, &count, values.clone()).await?;
    if let Some((key, id)) = after {
        let (key_at, id_at) = (values.len() + 1, values.len() + 2);
        condition.push_str(&format!(" AND (search_key, id) > (${key_at}, ${id_at})"));
        values.push(key.into());
        values.push(id.into());
    }
    values.push(limit.into());
    let sql = format!(
        "SELECT body, search_key FROM customers WHERE {condition} ORDER BY search_key, id LIMIT ${}",
        values.len()
    );
    let mut rows = Vec::new();
    for (body, key) in fetch::<(String, String)>(tx, &sql, values).await? {
        let customer: Customer = serde_json::from_str(&body)?;
        let place = format!("{key}~{}", customer.id);
        rows.push((customer, place));
    }
    Ok((rows, total.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0))))
}

/// All of them, in order of their ids, without those who were merged or erased.
pub async fn all(tx: &mut Tx, organisation_id: OrganisationId) -> Result<Vec<CustomerRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM customers WHERE organisation_id = $1 AND merged_into IS NULL AND NOT erased ORDER BY id"
    );
    let values = vec![organisation_id.to_string().into()];
    fetch::<Stored>(tx, &sql, values).await?.into_iter().map(row).collect()
}

/// The fields that were changed at a till or on a page after an instant, not by a file. What was said of a record that was
/// merged is said of the one it went into.
pub async fn changed_since(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    at_ms: i64,
) -> Result<HashMap<CustomerId, BTreeSet<CustomerField>>, StoreError> {
    let sql = "SELECT COALESCE(k.merged_into, k.id), c.made FROM customer_changes c \
               JOIN customers k ON k.organisation_id = c.organisation_id AND k.id = c.customer_id \
               WHERE c.organisation_id = $1 AND c.at_ms > $2 AND c.kind <> 'imported'";
    let values = vec![organisation_id.to_string().into(), at_ms.into()];
    let mut changed: HashMap<CustomerId, BTreeSet<CustomerField>> = HashMap::new();
    for (id, made) in fetch::<(String, String)>(tx, sql, values).await? {
        let made: Vec<FieldChange> = serde_json::from_str(&made)?;
        let id = id.parse().map_err(|_| StoreError::Value(id.clone()))?;
        changed.entry(id).or_default().extend(made.into_iter().map(|change| change.field));
    }
    Ok(changed)
}

/// Where several records are written at once.
const WHOLE: &str = "customers (organisation_id, id, search_key, number_key, email_key, phone_key, group_id, erased, \
                     created_at_ms, version, body, exempt_until)";
/// A record that is there is changed if it still has the version that was read.
const CHANGES: &str = "ON CONFLICT (organisation_id, id) DO UPDATE SET search_key = excluded.search_key, \
                       number_key = excluded.number_key, email_key = excluded.email_key, phone_key = excluded.phone_key, \
                       group_id = excluded.group_id, body = excluded.body, exempt_until = excluded.exempt_until, \
                       version = customers.version + 1 WHERE customers.version = excluded.version \
                       AND customers.merged_into IS NULL AND NOT customers.erased";

async fn write_all(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    mut rows: Rows,
    customers: impl Iterator<Item = (&Customer, i64)>,
    now_ms: i64,
) -> Result<u64, StoreError> {
    for (customer, version) in customers {
        rows.push([
            organisation_id.to_string().into(),
            customer.id.to_string().into(),
            search_key(customer).into(),
            number_key(customer).into(),
            customer.email_key().into(),
            customer.phone_key().into(),
            customer.group_id.map(|id| id.to_string()).into(),
            false.into(),
            now_ms.into(),
            version.into(),
            serde_json::to_string(customer)?.into(),
            exempt_until(customer),
        ]);
    }
    rows.write(tx).await
}

/// Adds many who are nowhere yet.
pub async fn insert_all(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    customers: &[&Customer],
    now_ms: i64,
) -> Result<(), StoreError> {
    let all = customers.iter().map(|customer| (*customer, 1));
    write_all(tx, organisation_id, Rows::new(WHOLE, ""), all, now_ms).await.map(drop)
}

/// Changes many who are here, each if it still has its version. Says whether all had.
pub async fn update_all(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    customers: &[(&Customer, i64)],
    now_ms: i64,
) -> Result<bool, StoreError> {
    let all = customers.iter().copied();
    let written = write_all(tx, organisation_id, Rows::new(WHOLE, CHANGES), all, now_ms).await?;
    Ok(written == customers.len() as u64)
}

/// What tablets are told, in order of the ids: after one of them, at most so many.
pub async fn to_load(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    after: &str,
    limit: i64,
) -> Result<Vec<Customer>, StoreError> {
    let sql = "SELECT body FROM customers WHERE organisation_id = $1 AND id > $2 \
               AND merged_into IS NULL AND NOT erased ORDER BY id LIMIT $3";
    let values = vec![organisation_id.to_string().into(), after.into(), limit.into()];
    let told = |(body,): (String,)| Ok(serde_json::from_str::<Customer>(&body)?.for_tablet());
    fetch::<(String,)>(tx, sql, values).await?.into_iter().map(told).collect()
}

/// What tablets are told of these: nothing of those that were merged or erased.
pub async fn told(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    ids: &[String],
) -> Result<Vec<(String, Customer)>, StoreError> {
    let ids: BTreeSet<CustomerId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let rows = of_ids(tx, organisation_id, &ids).await?;
    let is_here = |row: &CustomerRow| row.merged_into.is_none() && !row.erased;
    let rows = rows.into_values().filter(is_here);
    Ok(rows.map(|row| (row.customer.id.to_string(), row.customer.for_tablet())).collect())
}

/// Adds one. Somebody else may have it by then: that is a race.
pub async fn insert(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    customer: &Customer,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO customers (organisation_id, id, search_key, number_key, email_key, phone_key, group_id, \
               erased, created_at_ms, version, body, exempt_until) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE, $8, 1, $9, $10) ON CONFLICT (organisation_id, id) DO NOTHING";
    let values = vec![
        organisation_id.to_string().into(),
        customer.id.to_string().into(),
        search_key(customer).into(),
        number_key(customer).into(),
        customer.email_key().into(),
        customer.phone_key().into(),
        customer.group_id.map(|id| id.to_string()).into(),
        now_ms.into(),
        serde_json::to_string(customer)?.into(),
        exempt_until(customer),
    ];
    Ok(bulk::execute(tx, sql, values).await? == 1)
}

/// Changes one, if it still has this version. Says whether it had.
pub async fn update(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    customer: &Customer,
    version: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE customers SET search_key = $1, number_key = $2, email_key = $3, phone_key = $4, group_id = $5, \
               body = $6, exempt_until = $7, version = version + 1 \
               WHERE organisation_id = $8 AND id = $9 AND version = $10 AND merged_into IS NULL AND NOT erased";
    let values = vec![
        search_key(customer).into(),
        number_key(customer).into(),
        customer.email_key().into(),
        customer.phone_key().into(),
        customer.group_id.map(|id| id.to_string()).into(),
        serde_json::to_string(customer)?.into(),
        exempt_until(customer),
        organisation_id.to_string().into(),
        customer.id.to_string().into(),
        version.into(),
    ];
    Ok(bulk::execute(tx, sql, values).await? == 1)
}

/// Tells tablets that records changed; those that were merged or erased are gone for them.
pub async fn touch(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    ids: impl IntoIterator<Item = CustomerId>,
) -> Result<(), StoreError> {
    let touched = ids.into_iter().map(|id| Touched::new(kind::CUSTOMER, id)).collect();
    feed::touch(tx, organisation_id, touched).await
}

/// Follows `from` into `into` from now on, and all that were merged into it before.
pub async fn merge(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    from: (CustomerId, i64),
    into: CustomerId,
) -> Result<bool, StoreError> {
    let followed = "UPDATE customers SET merged_into = $1 WHERE organisation_id = $2 AND merged_into = $3";
    let values = |end: Vec<Value>| {
        let mut values: Vec<Value> =
            vec![into.to_string().into(), organisation_id.to_string().into(), from.0.to_string().into()];
        values.extend(end);
        values
    };
    bulk::execute(tx, followed, values(Vec::new())).await?;
    let sql = "UPDATE customers SET merged_into = $1, version = version + 1 \
               WHERE organisation_id = $2 AND id = $3 AND version = $4 AND merged_into IS NULL AND NOT erased";
    Ok(bulk::execute(tx, sql, values(vec![from.1.into()])).await? == 1)
}

/// The ids that lead to a record: its own, and those that were merged into it.
pub async fn family(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: CustomerId,
) -> Result<Vec<String>, StoreError> {
    let sql =
        "SELECT id FROM customers WHERE organisation_id = $1 AND (id = $2 OR merged_into = $2) ORDER BY id";
    let values = vec![organisation_id.to_string().into(), id.to_string().into()];
    Ok(fetch::<(String,)>(tx, sql, values).await?.into_iter().map(|(id,)| id).collect())
}

/// Erases what is known of a person: the records, what was changed in them, and the journal entries that wrote them down, of
/// which the fingerprint and the place stay; tablets are told of what they bought once more, without them. What they bought stays as it was printed: books must be kept.
pub async fn erase(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    family: &[String],
) -> Result<(), StoreError> {
    let organisation = organisation_id.to_string();
    let named = |from: usize| {
        let mut values: Vec<Value> = vec![organisation.as_str().into()];
        values.extend(family.iter().map(|id| Value::from(id.as_str())));
        (places(from, family.len()), values)
    };
    if !is_planted(Planted::ErasedStaysInJournal) {
        let (ids, mut values) = named(2);
        values.push(ERASED.into());
        let sql = format!(
            "UPDATE journal_entries SET content = ${} WHERE organisation_id = $1 AND hash IN \
             (SELECT entry_hash FROM customer_changes WHERE organisation_id = $1 AND customer_id IN ({ids}))",
            values.len()
        );
        bulk::execute(tx, &sql, values).await?;
    }
    let (ids, values) = named(2);
    let sql = format!("DELETE FROM customer_changes WHERE organisation_id = $1 AND customer_id IN ({ids})");
    bulk::execute(tx, &sql, values).await?;
    for id in family {
        let nobody = Customer::new(id.parse().map_err(|_| StoreError::Value(id.clone()))?);
        let sql = "UPDATE customers SET search_key = '', number_key = NULL, email_key = NULL, phone_key = NULL, \
                   group_id = NULL, exempt_until = NULL, merged_into = NULL, erased = TRUE, version = version + 1, body = $1 \
                   WHERE organisation_id = $2 AND id = $3";
        let values =
            vec![serde_json::to_string(&nobody)?.into(), organisation.as_str().into(), id.as_str().into()];
        bulk::execute(tx, sql, values).await?;
    }
    if is_planted(Planted::ErasedStaysOnReceipts) {
        return Ok(());
    }
    // The books keep the name on what was bought; tablets need it no more.
    let bought = known_sales::bought_by(tx, organisation_id, family).await?;
    feed::touch(tx, organisation_id, bought).await
}

/// What stands in the journal where somebody was written down who is erased.
pub const ERASED: &str = r#"{"erased":true}"#;

/// Notes what was changed.
pub async fn note(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    changes: Vec<(CustomerId, ChangeRow)>,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "customer_changes (organisation_id, customer_id, id, at_ms, staff_id, device_id, entry_hash, kind, made, overtaken)",
        "",
    );
    for (customer_id, change) in changes {
        rows.push([
            organisation_id.to_string().into(),
            customer_id.to_string().into(),
            change.id.into(),
            change.at_ms.into(),
            change.staff_id.into(),
            change.device_id.into(),
            change.entry_hash.into(),
            change.kind.into(),
            serde_json::to_string(&change.made)?.into(),
            serde_json::to_string(&change.overtaken)?.into(),
        ]);
    }
    rows.write(tx).await.map(drop)
}

/// What was changed in a record and those merged into it, newest first.
pub async fn history(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    family: &[String],
    limit: i64,
) -> Result<Vec<HistoryRow>, StoreError> {
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    values.extend(family.iter().map(|id| Value::from(id.as_str())));
    values.push(limit.into());
    let sql = format!(
        "SELECT c.at_ms, p.name AS staff, r.name AS register, c.kind, c.made, c.overtaken FROM customer_changes c \
         LEFT JOIN staff p ON p.organisation_id = c.organisation_id AND p.id = c.staff_id \
         LEFT JOIN devices d ON d.organisation_id = c.organisation_id AND d.id = c.device_id \
         LEFT JOIN registers r ON r.organisation_id = c.organisation_id AND r.id = d.register_id \
         WHERE c.organisation_id = $1 AND c.customer_id IN ({}) ORDER BY c.at_ms DESC, c.id DESC LIMIT ${}",
        places(2, family.len()),
        values.len()
    );
    fetch(tx, &sql, values).await
}

/// A number that another customer has already.
pub async fn has_number(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    number: &str,
    but: CustomerId,
) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM customers WHERE organisation_id = $1 AND number_key = $2 AND id <> $3 \
               AND merged_into IS NULL AND NOT erased";
    let values =
        vec![organisation_id.to_string().into(), Customer::number_key(number).into(), but.to_string().into()];
    Ok(fetch::<(i64,)>(tx, sql, values).await?.first().is_some_and(|(count,)| *count > 0))
}

/// Groups of records that have an e-mail address, a telephone number or a number of the shop's in common.
pub async fn doubles(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    most: i64,
) -> Result<Vec<(String, Vec<Customer>)>, StoreError> {
    let mut found = Vec::new();
    for column in ["email_key", "phone_key", "number_key"] {
        let sql = format!(
            "SELECT c.{column}, c.body FROM customers c JOIN (SELECT {column} AS common FROM customers \
             WHERE organisation_id = $1 AND {column} IS NOT NULL AND merged_into IS NULL AND NOT erased \
             GROUP BY {column} HAVING COUNT(*) > 1 ORDER BY {column} LIMIT $2) d ON d.common = c.{column} \
             WHERE c.organisation_id = $1 AND c.merged_into IS NULL AND NOT c.erased ORDER BY c.{column}, c.id"
        );
        let values = vec![organisation_id.to_string().into(), most.into()];
        let mut by_key: BTreeMap<String, Vec<Customer>> = BTreeMap::new();
        for (key, body) in fetch::<(String, String)>(tx, &sql, values).await? {
            by_key.entry(key).or_default().push(serde_json::from_str(&body)?);
        }
        found.extend(by_key);
    }
    Ok(found)
}

/// How often a customer bought, when last, and for how much in each currency (minor units, with tax). What was paid into an
/// account bought nothing yet.
pub async fn bought(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    family: &[String],
) -> Result<Vec<(String, i64, i64, i64)>, StoreError> {
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    values.extend(family.iter().map(|id| Value::from(id.as_str())));
    let sql = format!(
        "SELECT currency, COUNT(*), CAST(SUM(total_minor - paid_in_minor - tips_minor - donations_minor) AS BIGINT), MAX(at_ms) FROM sales \
         WHERE organisation_id = $1 AND kind <> 'adjustment' AND (paid_in_minor = 0 OR paid_in_minor <> total_minor) \
         AND customer_id IN ({}) GROUP BY currency ORDER BY currency",
        places(2, family.len())
    );
    fetch(tx, &sql, values).await
}

/// What tablets wrote down of customers in one transaction.
#[derive(Debug)]
pub struct Customers {
    organisation_id: OrganisationId,
    /// In the order they are booked.
    edits: Vec<Edit>,
}

#[derive(Debug)]
struct Edit {
    customer_id: CustomerId,
    changes: Vec<FieldChange>,
    entry_id: String,
    hash: String,
    at_ms: i64,
    staff_id: Option<String>,
    device_id: String,
}

impl Customers {
    /// Nothing yet.
    pub fn new(organisation_id: OrganisationId) -> Self {
        Self { organisation_id, edits: Vec::new() }
    }

    /// Takes from an entry what it says of a customer.
    pub fn note(&mut self, entry: &JournalEntry, hash: &str) {
        if let EntryBody::CustomerEdited { edit } = &entry.body {
            self.edits.push(Edit {
                customer_id: edit.customer_id,
                changes: edit.changes.clone(),
                entry_id: entry.id.to_string(),
                hash: hash.to_owned(),
                at_ms: entry.time.at_ms,
                staff_id: entry.staff_id.map(|id| id.to_string()),
                device_id: entry.device_id.to_string(),
            });
        }
    }

    /// Makes them field by field, and says which customers tablets must hear of. One that was merged is followed; of one
    /// that was erased nothing is written down again. A record that another process changes meanwhile is a race.
    pub async fn write(self, tx: &mut Tx, now_ms: i64) -> Result<Vec<Touched>, StoreError> {
        if self.edits.is_empty() {
            return Ok(Vec::new());
        }
        let id = self.organisation_id;
        let named = self.edits.iter().map(|edit| edit.customer_id).collect();
        let mut known = of_ids(tx, id, &named).await?;
        let survivors = known.values().filter_map(|row| row.merged_into).collect();
        known.extend(of_ids(tx, id, &survivors).await?);
        let mut after: BTreeMap<CustomerId, Customer> = BTreeMap::new();
        let (mut noted, mut erased) = (Vec::new(), Vec::new());
        for edit in self.edits {
            let named = known.get(&edit.customer_id);
            let target = named.and_then(|row| row.merged_into).unwrap_or(edit.customer_id);
            if known.get(&target).is_some_and(|row| row.erased) {
                erased.push(edit.hash);
                continue;
            }
            let is_known = known.contains_key(&target);
            let stored =
                || known.get(&target).map_or_else(|| Customer::new(target), |row| row.customer.clone());
            let customer = after.entry(target).or_insert_with(stored);
            let lost = is_known && is_planted(Planted::CustomerEditLost);
            let made = if lost { Vec::new() } else { customer.apply(&edit.changes, edit.at_ms) };
            let overtaken = edit.changes.into_iter().filter(|change| !made.contains(change)).collect();
            let change = ChangeRow {
                id: edit.entry_id,
                at_ms: edit.at_ms,
                staff_id: edit.staff_id,
                device_id: Some(edit.device_id),
                entry_hash: Some(edit.hash),
                kind: "written",
                made,
                overtaken,
            };
            noted.push((target, change));
        }
        for (target, customer) in &after {
            let written = match known.get(target) {
                Some(row) if row.customer == *customer => true,
                Some(row) => update(tx, id, customer, row.version).await?,
                None => insert(tx, id, customer, now_ms).await?,
            };
            if !written {
                return Err(StoreError::Raced);
            }
        }
        note(tx, id, noted).await?;
        forget(tx, id, &erased).await?;
        if is_planted(Planted::CustomerUntold) {
            return Ok(Vec::new());
        }
        Ok(after.into_keys().map(|id| Touched::new(kind::CUSTOMER, id)).collect())
    }
}

/// What came of people who were erased before it came.
async fn forget(tx: &mut Tx, organisation_id: OrganisationId, hashes: &[String]) -> Result<(), StoreError> {
    for hash in hashes.iter().filter(|_| !is_planted(Planted::ErasedStaysInJournal)) {
        let sql = "UPDATE journal_entries SET content = $1 WHERE organisation_id = $2 AND hash = $3";
        let values = vec![ERASED.into(), organisation_id.to_string().into(), hash.as_str().into()];
        bulk::execute(tx, sql, values).await?;
    }
    Ok(())
}
