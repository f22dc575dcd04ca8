//! Layaways: what was put aside, and what is paid on it.
//! Invariant: what is paid is the sum of the deposits in the books less those that came back, each sale counted once.

use super::bulk::{Rows, Value, fetch};
use super::{StoreError, Tx};
use shared::ids::{OrganisationId, SaleId};
use shared::planted::{Planted, is_planted};
use shared::sale::{LineKind, Sale};
use std::collections::BTreeMap;

/// A layaway in the books.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LayawayRow {
    /// The sale of the first deposit.
    pub id: String,
    /// Above zero.
    pub paid_minor: i64,
    /// Where.
    pub store_id: String,
    /// Number of the first deposit's receipt.
    pub receipt_number: String,
    /// For whom.
    pub customer_id: Option<String>,
    /// Their name then.
    pub customer_name: Option<String>,
    /// In what.
    pub currency: String,
    /// What was agreed.
    pub total_minor: i64,
    /// The last day it is kept.
    pub until_day: String,
    /// When the first deposit was paid, epoch ms.
    pub at_ms: i64,
}

/// A page of those that wait to be fetched, those first that are kept the shortest. `after` is the day and id of the last row before.
pub async fn waiting(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    after: (&str, &str),
    limit: i64,
) -> Result<(Vec<LayawayRow>, u64), StoreError> {
    let condition = "organisation_id = $1 AND paid_minor > 0 AND until_day IS NOT NULL";
    let organisation = Value::from(organisation_id.to_string());
    let count = format!("SELECT COUNT(*) FROM layaways WHERE {condition}");
    let total: Vec<(i64,)> = fetch(tx, &count, vec![organisation.clone()]).await?;
    let sql = format!(
        "SELECT id, paid_minor, store_id, receipt_number, customer_id, customer_name, currency, total_minor, until_day, at_ms \
         FROM layaways WHERE {condition} AND (until_day, id) > ($2, $3) ORDER BY until_day, id LIMIT $4"
    );
    let rows = fetch(tx, &sql, vec![organisation, after.0.into(), after.1.into(), limit.into()]).await?;
    Ok((rows, total.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0))))
}

/// Counts onto what is there, and fills in what is not known yet.
macro_rules! upsert {
    ($paid:literal) => {
        concat!(
            "ON CONFLICT (organisation_id, id) DO UPDATE SET paid_minor = ",
            $paid,
            " + excluded.paid_minor, \
             store_id = COALESCE(excluded.store_id, layaways.store_id), \
             receipt_number = COALESCE(excluded.receipt_number, layaways.receipt_number), \
             customer_id = COALESCE(excluded.customer_id, layaways.customer_id), \
             customer_name = COALESCE(excluded.customer_name, layaways.customer_name), \
             currency = COALESCE(excluded.currency, layaways.currency), \
             total_minor = COALESCE(excluded.total_minor, layaways.total_minor), \
             until_day = COALESCE(excluded.until_day, layaways.until_day), \
             at_ms = COALESCE(excluded.at_ms, layaways.at_ms)"
        )
    };
}

/// What sales of one transaction pay on layaways.
#[derive(Debug, Default)]
pub struct Layaways {
    paid: BTreeMap<SaleId, i64>,
    begun: Vec<Sale>,
}

impl Layaways {
    /// Takes from a sale what it pays on layaways or takes back.
    pub fn note(&mut self, sale: &Sale) {
        for line in sale.lines.iter().filter(|line| line.kind == LineKind::Deposit) {
            if let Some(id) = line.layaway {
                let paid = self.paid.entry(id).or_default();
                *paid = paid.saturating_add(line.tax.gross.0);
            }
        }
        if sale.layaway.as_ref().is_some_and(|layaway| layaway.id == sale.id) {
            self.begun.push(sale.clone());
        }
    }

    /// Counts it.
    pub async fn write(self, tx: &mut Tx, organisation_id: OrganisationId) -> Result<(), StoreError> {
        let organisation = organisation_id.to_string();
        let mut begun: BTreeMap<SaleId, &Sale> = self.begun.iter().map(|sale| (sale.id, sale)).collect();
        let add = if is_planted(Planted::DepositOverwritten) {
            upsert!("0")
        } else {
            upsert!("layaways.paid_minor")
        };
        let columns = "layaways (organisation_id, id, paid_minor, store_id, receipt_number, customer_id, customer_name, \
                       currency, total_minor, until_day, at_ms)";
        let mut rows = Rows::new(columns, add);
        // In the order of their ids in every process, so that two of them cannot wait for each other.
        for (id, paid) in self.paid {
            let sale = begun.remove(&id);
            let layaway = sale.and_then(|sale| sale.layaway.as_ref());
            rows.push([
                organisation.as_str().into(),
                id.to_string().into(),
                paid.into(),
                sale.map(|sale| sale.store_id.to_string()).into(),
                sale.map(|sale| sale.receipt_number.clone()).into(),
                sale.and_then(|sale| sale.customer.id).map(|id| id.to_string()).into(),
                sale.and_then(|sale| sale.customer.name.clone()).into(),
                sale.map(|sale| sale.currency.code().to_owned()).into(),
                layaway.map(|layaway| layaway.total.0).into(),
                layaway.map(|layaway| layaway.until.to_string()).into(),
                sale.map(|sale| sale.time.at_ms).into(),
            ]);
        }
        rows.write(tx).await?;
        Ok(())
    }
}
