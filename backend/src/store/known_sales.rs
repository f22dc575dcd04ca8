//! Known sales: what tablets of a store are told of its sales (docs/adr/0037).

use super::bulk::{Value, fetch, places};
use super::feed::{Touched, kind};
use super::{StoreError, Tx, books, customers};
use shared::ids::{CustomerId, OrganisationId, StoreId};
use shared::money::Quantity;
use shared::sale::{KnownSale, LineReturned, MOST_KNOWN, MOST_KNOWN_DAYS, Sale};
use shared::sync::journal::{EntryBody, JournalEntry};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Of which sales, since when.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Sold in which store.
    pub store_id: StoreId,
    /// Sold at this time or later, epoch ms.
    pub from_ms: i64,
}

/// A correction in the books has no goods and no receipt.
const COLUMNS: &str = "SELECT s.id, e.content FROM sales s \
     JOIN journal_entries e ON e.organisation_id = s.organisation_id AND e.hash = s.entry_hash \
     WHERE s.organisation_id = $1 AND s.store_id = $2 AND s.at_ms >= $3 AND s.kind <> 'adjustment'";

impl Asked {
    fn values(&self) -> Vec<Value> {
        let (organisation, store) = (self.organisation_id.to_string(), self.store_id.to_string());
        vec![organisation.into(), store.into(), self.from_ms.into()]
    }

    /// The newest after a place, at most so many, newest first.
    pub async fn newest(
        &self,
        tx: &mut Tx,
        after: (i64, &str),
        limit: i64,
    ) -> Result<Vec<KnownSale>, StoreError> {
        let sql =
            format!("{COLUMNS} AND (s.at_ms, s.id) < ($4, $5) ORDER BY s.at_ms DESC, s.id DESC LIMIT $6");
        let mut values = self.values();
        values.extend([after.0.into(), after.1.into(), limit.into()]);
        let rows = fetch(tx, &sql, values).await?;
        self.told(tx, rows).await
    }

    /// These, as far as they are of this store and late enough.
    pub async fn of_ids(&self, tx: &mut Tx, ids: &[String]) -> Result<Vec<KnownSale>, StoreError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(500) {
            let sql = format!("{COLUMNS} AND s.id IN ({})", places(4, chunk.len()));
            let mut values = self.values();
            values.extend(chunk.iter().map(|id| Value::from(id.as_str())));
            let rows = fetch(tx, &sql, values).await?;
            found.extend(self.told(tx, rows).await?);
        }
        Ok(found)
    }

    /// With what has come back of them, and without who bought where those were erased.
    async fn told(&self, tx: &mut Tx, rows: Vec<(String, String)>) -> Result<Vec<KnownSale>, StoreError> {
        let mut sales = Vec::with_capacity(rows.len());
        for (_, content) in rows {
            // What a newer release has booked, should the server be an older one again, holds up nobody.
            let entry = serde_json::from_str::<JournalEntry>(&books::content_of(content)?);
            if let Ok(EntryBody::SaleCompleted { sale }) = entry.map(|entry| entry.body) {
                sales.push(KnownSale { sale: *sale, returned: Vec::new() });
            }
        }
        let mut returned = returned_of(tx, self.organisation_id, &sales).await?;
        let bought: BTreeSet<CustomerId> = sales.iter().filter_map(|known| known.sale.customer.id).collect();
        let customers = customers::of_ids(tx, self.organisation_id, &bought).await?;
        for known in &mut sales {
            known.returned = returned.remove(&known.sale.id.to_string()).unwrap_or_default();
            let bought = known.sale.customer.id.and_then(|id| customers.get(&id));
            if bought.is_some_and(|row| row.erased) {
                known.forget_customer();
            }
        }
        Ok(sales)
    }
}

/// What has come back of the lines of these sales, by the sales' ids.
async fn returned_of(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    sales: &[KnownSale],
) -> Result<HashMap<String, Vec<LineReturned>>, StoreError> {
    let mut returned: HashMap<String, Vec<LineReturned>> = HashMap::new();
    for chunk in sales.chunks(500) {
        let sql = format!(
            "SELECT sale_id, line, quantity FROM returned_quantities WHERE organisation_id = $1 \
             AND sale_id IN ({}) ORDER BY sale_id, line",
            places(2, chunk.len())
        );
        let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
        values.extend(chunk.iter().map(|known| Value::from(known.sale.id.to_string())));
        let rows: Vec<(String, i64, i64)> = fetch(tx, &sql, values).await?;
        for (sale, line, quantity) in rows {
            if let Ok(line) = u32::try_from(line) {
                returned.entry(sale).or_default().push(LineReturned { line, quantity: Quantity(quantity) });
            }
        }
    }
    Ok(returned)
}

/// Rows of the feed for sales and their stores.
fn touched(sales: Vec<(String, String)>) -> Vec<Touched> {
    let row = |(record_id, scope)| Touched { kind: kind::SALE, scope, record_id, removed: false };
    sales.into_iter().map(row).collect()
}

/// Tells tablets of the newest sales of a store, as many as they keep: it wants them to know older ones than before.
pub async fn told_again(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store_id: StoreId,
) -> Result<Vec<Touched>, StoreError> {
    let sql = "SELECT id, store_id FROM sales WHERE organisation_id = $1 AND store_id = $2 \
               AND kind <> 'adjustment' ORDER BY at_ms DESC, id DESC LIMIT $3";
    let most = i64::try_from(MOST_KNOWN).unwrap_or(i64::MAX);
    let values = vec![organisation_id.to_string().into(), store_id.to_string().into(), most.into()];
    Ok(touched(fetch(tx, sql, values).await?))
}

/// Tells tablets of everything that these customers bought: they were erased.
pub async fn bought_by(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    family: &[String],
) -> Result<Vec<Touched>, StoreError> {
    let sql = format!(
        "SELECT id, store_id FROM sales WHERE organisation_id = $1 AND customer_id IN ({})",
        places(2, family.len())
    );
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    values.extend(family.iter().map(|id| Value::from(id.as_str())));
    Ok(touched(fetch(tx, &sql, values).await?))
}

/// What tablets must hear of the sales that one transaction books.
#[derive(Debug)]
pub struct KnownSales {
    organisation_id: OrganisationId,
    /// What is older than any store's tablets know is not told: the history a shop brings along.
    told_from_ms: i64,
    booked: BTreeMap<String, String>,
    /// Sales of which something comes back, and the store it comes back in.
    origins: BTreeMap<String, String>,
}

impl KnownSales {
    /// Nothing yet.
    pub fn new(organisation_id: OrganisationId, now_ms: i64) -> Self {
        let told_from_ms = KnownSale::told_from(MOST_KNOWN_DAYS, now_ms);
        Self { organisation_id, told_from_ms, booked: BTreeMap::new(), origins: BTreeMap::new() }
    }

    /// Takes from a sale that it is there, and what comes back in it.
    pub fn note(&mut self, sale: &Sale) {
        if sale.time.at_ms < self.told_from_ms {
            return;
        }
        let store = sale.store_id.to_string();
        for (origin, ..) in sale.takes_back() {
            self.origins.insert(origin.to_string(), store.clone());
        }
        self.booked.insert(sale.id.to_string(), store);
    }

    /// The rows of the feed. A sale that is not here yet is told in the store where its goods came back, should it be on its
    /// way in another process.
    pub async fn touched(mut self, tx: &mut Tx) -> Result<Vec<Touched>, StoreError> {
        let ids: Vec<&String> = self.origins.keys().collect();
        let mut stores: Vec<(String, String)> = Vec::new();
        for chunk in ids.chunks(500) {
            let sql = format!(
                "SELECT id, store_id FROM sales WHERE organisation_id = $1 AND id IN ({})",
                places(2, chunk.len())
            );
            let mut values: Vec<Value> = vec![self.organisation_id.to_string().into()];
            values.extend(chunk.iter().map(|id| Value::from(id.as_str())));
            stores.extend(fetch(tx, &sql, values).await?);
        }
        self.origins.extend(stores);
        self.origins.extend(self.booked);
        Ok(touched(self.origins.into_iter().collect()))
    }
}
