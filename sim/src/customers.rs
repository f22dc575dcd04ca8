//! Customers: what tills write down of them, what a manager does with their records, and whether all agree in the end.
//! Lives here: edits by chance; the check of I18.
//! May use: tablet, books' entries, the server's store. Never: the server's own judgement of a change.
//! Invariant: every value that is written is written once, so that what became of it can be told.

use crate::books::Entry;
use crate::shop::Shop;
use crate::tablet::Tablet;
use crate::world::World;
use shared::calendar::LocalTime;
use shared::customer::{Customer, CustomerEdit, CustomerField, FieldChange};
use shared::ids::{CustomerId, EntryId, OrganisationId};
use shared::sync::device::Numbers;
use shared::sync::journal::{EntryBody, JournalEntry, SealedEntry};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tillbridge::on_engine;
use tillbridge::replay::chance::Chance;
use tillbridge::store::customers::{self, ChangeRow, CustomerFilter, ERASED};
use tillbridge::store::{StoreError, Tx, accounts, feed};

/// Fields that are written: each takes any text but an e-mail address.
const FIELDS: [CustomerField; 4] =
    [CustomerField::Name, CustomerField::Company, CustomerField::Note, CustomerField::Email];

/// Now and then somebody is written down in place of a sale, or something about somebody.
pub fn act(
    tablet: &Tablet,
    shop: &Shop,
    numbers: &Numbers,
    now_ms: i64,
    chance: &mut Chance,
) -> Option<SealedEntry> {
    if tablet.older || tablet.newer || !chance.percent(10) {
        return None;
    }
    let time = LocalTime { at_ms: tablet.clock(now_ms), offset_minutes: tablet.offset_minutes };
    let known = &tablet.disk.look().customers;
    // Mostly the same few: two tills that change one field while neither hears of the other are what may go wrong.
    let place = if chance.percent(15) { known.len() } else { chance.below(known.len().min(2) + 1) };
    let before = known
        .values()
        .nth(place)
        .cloned()
        .unwrap_or_else(|| Customer::new(CustomerId::fresh(&mut chance.ids(time.at_ms))));
    let opened = tablet.disk.look().opened.get(&before.id).filter(|_| chance.percent(30));
    let before = opened.cloned().unwrap_or(before);
    let id = EntryId::fresh(&mut chance.ids(time.at_ms));
    let after = written(&before, &id.to_string(), chance);
    let edit = CustomerEdit { customer_id: before.id, changes: before.changes_to(&after) };
    let body = EntryBody::CustomerEdited { edit };
    let entry = JournalEntry {
        version: body.version(),
        id,
        device_id: tablet.paired.device_id,
        sequence: numbers.sequence,
        previous: numbers.previous.clone(),
        time,
        staff_id: Some(shop.clerk.id),
        body,
        approvals: Vec::new(),
    };
    entry.seal().ok()
}

/// The record with one field otherwise; a new one with a name as well.
fn written(before: &Customer, word: &str, chance: &mut Chance) -> Customer {
    let mut after = before.clone();
    if before.name.is_empty() {
        after.name = format!("Name {word}");
    }
    let field = if chance.percent(60) { CustomerField::Note } else { FIELDS[chance.below(FIELDS.len())] };
    match field {
        CustomerField::Name => after.name = format!("Name {word}"),
        CustomerField::Company => after.company = Some(format!("Company {word}")),
        CustomerField::Note => after.note = Some(format!("Note {word}")),
        _ => after.email = Some(format!("{word}@example.org")),
    }
    after
}

/// What a tablet knows of somebody after it has written this down.
pub fn known_after(known: &BTreeMap<CustomerId, Customer>, entry: &SealedEntry) -> Option<Customer> {
    let EntryBody::CustomerEdited { edit } = entry.open().ok()?.body else { return None };
    let mut customer =
        known.get(&edit.customer_id).cloned().unwrap_or_else(|| Customer::new(edit.customer_id));
    customer.apply(&edit.changes, 0);
    Some(customer)
}

/// What a manager does.
#[derive(Clone, Copy)]
enum Deed {
    Change,
    Merge,
    Erase,
}

/// A manager changes a record, merges two, or erases one.
pub fn manage(world: &mut World, shop: usize, now_ms: i64, chance: &mut Chance) -> bool {
    let organisation_id = world.shops[shop].organisation_id;
    let deed = match chance.below(12) {
        0..=2 => Deed::Erase,
        3 => Deed::Merge,
        _ => Deed::Change,
    };
    let (first, second) = (chance.below(1 << 20), chance.below(1 << 20));
    let word = EntryId::fresh(&mut chance.ids(now_ms)).to_string();
    let mut own = chance.clone();
    let done = world.server.with(async |app| {
        let mut tx = app.db.write_for(organisation_id).await.unwrap();
        let filter = CustomerFilter::default();
        let (all, _) = customers::list(&mut tx, organisation_id, &filter, None, 500).await.unwrap();
        if all.is_empty() {
            return false;
        }
        let of = |number: usize| all[number % all.len()].0.id;
        do_it(&mut tx, organisation_id, deed, (of(first), of(second)), (&word, now_ms), &mut own)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        true
    });
    done == Some(true)
}

async fn do_it(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    deed: Deed,
    (id, other): (CustomerId, CustomerId),
    (word, now_ms): (&str, i64),
    chance: &mut Chance,
) -> Result<(), StoreError> {
    let Some(row) = customers::one(tx, organisation_id, id).await? else { return Ok(()) };
    let change = |kind, made| ChangeRow {
        id: word.to_owned(),
        at_ms: now_ms,
        staff_id: None,
        device_id: None,
        entry_hash: None,
        kind,
        made,
        overtaken: Vec::new(),
    };
    match deed {
        Deed::Change => {
            let after = written(&row.customer, word, chance);
            customers::update(tx, organisation_id, &after, row.version).await?;
            let made = row.customer.changes_to(&after);
            customers::note(tx, organisation_id, vec![(id, change("written", made))]).await?;
        }
        Deed::Merge => {
            let from = customers::one(tx, organisation_id, other).await?;
            if let Some(from) = from.filter(|_| other != id) {
                let mut after = row.customer.clone();
                after.absorb(from.customer);
                customers::merge(tx, organisation_id, (other, from.version), id).await?;
                customers::update(tx, organisation_id, &after, row.version).await?;
                customers::touch(tx, organisation_id, [other]).await?;
                let moved = accounts::pass_on(tx, organisation_id, other, id, now_ms).await?;
                feed::touch(tx, organisation_id, moved).await?;
            }
        }
        Deed::Erase => {
            let family = customers::family(tx, organisation_id, id).await?;
            customers::erase(tx, organisation_id, &family).await?;
        }
    }
    customers::touch(tx, organisation_id, [id]).await
}

/// Customers in the books, and what was changed in them.
#[derive(Default)]
pub struct Kept {
    /// Organisation, id, merged into, erased, body.
    records: Vec<(String, String, Option<String>, bool, String)>,
    /// Organisation, id, made, overtaken.
    changes: Vec<(String, String, String, String)>,
}

/// Reads them.
pub async fn read(tx: &mut Tx) -> Kept {
    let records = "SELECT organisation_id, id, merged_into, erased, body FROM customers";
    let changes = "SELECT organisation_id, customer_id, made, overtaken FROM customer_changes";
    Kept {
        records: on_engine!(&mut *tx, connection => sqlx::query_as(records).fetch_all(connection).await.unwrap()),
        changes: on_engine!(&mut *tx, connection => sqlx::query_as(changes).fetch_all(connection).await.unwrap()),
    }
}

type Key = (String, String);

/// I18: every field is what the changes made to it lead to, one after the other; what was not made was overtaken by
/// something that was; of who was erased nothing is left; and a record lies behind every entry.
pub fn check(entries: &[Entry], kept: &Kept, restored: bool, wrong: &mut Vec<String>) {
    let key = |organisation: &str, id: &str| (organisation.to_owned(), id.to_owned());
    let mut made: HashMap<Key, Vec<FieldChange>> = HashMap::new();
    let mut overtaken: HashMap<Key, Vec<FieldChange>> = HashMap::new();
    for (organisation, id, of_made, of_overtaken) in &kept.changes {
        let read = |text: &str| serde_json::from_str::<Vec<FieldChange>>(text).unwrap();
        made.entry(key(organisation, id)).or_default().extend(read(of_made));
        overtaken.entry(key(organisation, id)).or_default().extend(read(of_overtaken));
    }
    let merged: BTreeSet<Key> = kept
        .records
        .iter()
        .filter_map(|(organisation, _, into, ..)| Some(key(organisation, into.as_ref()?)))
        .collect();
    let records: HashMap<Key, (bool, Customer)> = kept
        .records
        .iter()
        .map(|(organisation, id, _, erased, body)| {
            (key(organisation, id), (*erased, serde_json::from_str(body).unwrap()))
        })
        .collect();
    for (organisation, id, into, erased, _) in &kept.records {
        let key = key(organisation, id);
        // Two lines of changes that went together are no line any more.
        if into.is_some() || merged.contains(&key) {
            continue;
        }
        let (none, customer) = (Vec::new(), &records[&key].1);
        let (made, overtaken) = (made.get(&key).unwrap_or(&none), overtaken.get(&key).unwrap_or(&none));
        if *erased {
            if !made.is_empty() || !overtaken.is_empty() {
                wrong.push(format!("I18: changes of customer {id} are left, who was erased"));
            }
            continue;
        }
        for field in FIELDS {
            one_line(id, field, customer, made, wrong);
            // What a manager had changed may be gone with a backup that was brought back, and with it what a tablet saw.
            for lost in overtaken.iter().filter(|change| change.field == field && !restored) {
                if !made.iter().any(|change| change.field == field && change.was == lost.was) {
                    wrong.push(format!("I18: nothing overtook a change of customer {id} that was not made"));
                }
            }
        }
    }
    for entry in entries.iter().filter(|entry| entry.state == "booked") {
        let Some(EntryBody::CustomerEdited { edit }) = entry.open().map(|open| open.body) else { continue };
        match records.get(&key(&entry.organisation_id, &edit.customer_id.to_string())) {
            None => {
                wrong.push(format!("I18: customer {} was written down and is not there", edit.customer_id))
            }
            Some((true, _)) => wrong
                .push(format!("I18: customer {} was erased and is still in the journal", edit.customer_id)),
            Some((false, _)) => {}
        }
    }
}

/// The changes of a field lead from nothing to what it is, each taken up once.
fn one_line(
    id: &str,
    field: CustomerField,
    customer: &Customer,
    made: &[FieldChange],
    wrong: &mut Vec<String>,
) {
    let mut ends: BTreeMap<Option<String>, i64> = BTreeMap::new();
    *ends.entry(None).or_default() += 1;
    *ends.entry(customer.field(field)).or_default() -= 1;
    for change in made.iter().filter(|change| change.field == field) {
        *ends.entry(change.was.clone()).or_default() -= 1;
        *ends.entry(change.now.clone()).or_default() += 1;
    }
    if ends.values().any(|count| *count != 0) {
        wrong.push(format!("I18: the {field:?} of customer {id} is not what its changes lead to"));
    }
}

/// Is this what stands where somebody was written down who was erased?
pub fn is_erased(content: &str) -> bool {
    content == ERASED
}

/// What the tablets of each shop should have.
pub fn told(world: &World) -> Vec<BTreeMap<CustomerId, Customer>> {
    let shops: Vec<OrganisationId> = world.shops.iter().map(|shop| shop.organisation_id).collect();
    let told = world.server.with(async |app| {
        let mut all = Vec::new();
        for organisation_id in shops {
            let mut tx = app.db.read_for(organisation_id).await.unwrap();
            let told = customers::to_load(&mut tx, organisation_id, "", 100_000).await.unwrap();
            all.push(told.into_iter().map(|customer| (customer.id, customer)).collect());
        }
        all
    });
    told.unwrap_or_default()
}
