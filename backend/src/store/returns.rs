//! Returns: what came back of what was sold, and what a manager has to look at because of it.

use super::bulk::{Rows, Value, fetch, places};
use super::{StoreError, Tx};
use crate::on_engine;
use shared::ids::OrganisationId;
use shared::money::{Minor, Quantity};
use shared::planted::{Planted, is_planted};
use shared::sale::{Returned, Sale};
use std::collections::{BTreeMap, BTreeSet};

/// What one transaction writes of returns.
#[derive(Debug)]
pub struct Returns {
    organisation_id: OrganisationId,
    lines: Rows,
    quantities: BTreeMap<(String, i64), Returned>,
    /// Sales that are booked now; their lines may have come back before.
    booked: BTreeSet<String>,
}

impl Returns {
    /// Nothing yet.
    pub fn new(organisation_id: OrganisationId) -> Self {
        let lines = Rows::new(
            "return_lines (organisation_id, sale_id, line, origin_sale_id, origin_line, quantity, amount_minor, condition, reason)",
            "",
        );
        Self { organisation_id, lines, quantities: BTreeMap::new(), booked: BTreeSet::new() }
    }

    /// Takes from a sale what it takes back, and that its own lines may have come back already.
    pub fn note(&mut self, sale: &Sale) {
        let id = sale.id.to_string();
        for (at, line) in sale.lines.iter().enumerate() {
            let Some(origin) = &line.origin else { continue };
            let origin_sale = origin.sale_id.to_string();
            let quantity = line.quantity.0.saturating_neg();
            let amount = line.tax.gross.0.saturating_neg();
            self.lines.push([
                self.organisation_id.to_string().into(),
                id.as_str().into(),
                i64::try_from(at + 1).unwrap_or(i64::MAX).into(),
                origin_sale.as_str().into(),
                i64::from(origin.line).into(),
                quantity.into(),
                amount.into(),
                origin.condition.word().into(),
                origin.reason.clone().into(),
            ]);
            let returned = self.quantities.entry((origin_sale, i64::from(origin.line))).or_default();
            returned.quantity = Quantity(returned.quantity.0.saturating_add(quantity));
            returned.amount = Minor(returned.amount.0.saturating_add(amount));
        }
        self.booked.insert(id);
    }

    /// Writes the facts, counts up what has come back, and raises or settles the flags that follow.
    pub async fn write(self, tx: &mut Tx, now_ms: i64) -> Result<(), StoreError> {
        self.lines.clone().write(tx).await?;
        let organisation = self.organisation_id.to_string();
        let mut quantities = Rows::new(
            "returned_quantities (organisation_id, sale_id, line, quantity, amount_minor)",
            if is_planted(Planted::ReturnedOverwritten) {
                "ON CONFLICT (organisation_id, sale_id, line) DO UPDATE SET \
                 quantity = excluded.quantity, amount_minor = excluded.amount_minor"
            } else {
                "ON CONFLICT (organisation_id, sale_id, line) DO UPDATE SET \
                 quantity = returned_quantities.quantity + excluded.quantity, \
                 amount_minor = returned_quantities.amount_minor + excluded.amount_minor"
            },
        );
        for ((sale, line), returned) in &self.quantities {
            quantities.push([
                organisation.as_str().into(),
                sale.as_str().into(),
                (*line).into(),
                returned.quantity.0.into(),
                returned.amount.0.into(),
            ]);
        }
        quantities.write(tx).await?;
        let origins = self.quantities.keys().map(|(sale, _)| sale);
        let sales: BTreeSet<&String> = self.booked.iter().chain(origins).collect();
        let sales: Vec<&String> = sales.into_iter().collect();
        for chunk in sales.chunks(100) {
            self.flag(tx, chunk, now_ms).await?;
        }
        Ok(())
    }

    /// Holds what has come back of these sales against what was sold. A line that is not touched now keeps its flag as it is.
    async fn flag(&self, tx: &mut Tx, sales: &[&String], now_ms: i64) -> Result<(), StoreError> {
        let organisation = self.organisation_id.to_string();
        let standings = standings(tx, &organisation, sales).await?;
        let touched = |standing: &Standing| {
            self.booked.contains(&standing.0)
                || self.quantities.contains_key(&(standing.0.clone(), standing.1))
        };
        let mut flags = Rows::new(
            "flags (organisation_id, kind, sale_id, line, raised_at_ms, resolved)",
            "ON CONFLICT (organisation_id, kind, sale_id, line) DO UPDATE SET \
             raised_at_ms = excluded.raised_at_ms, resolved = FALSE",
        );
        for standing in standings.into_iter().filter(touched) {
            if let Err(fault) = returned(&standing).check(sold(&standing))
                && !is_planted(Planted::ReturnsUnflagged)
            {
                let (sale, line, ..) = standing;
                flags.push([
                    organisation.as_str().into(),
                    fault.word().into(),
                    sale.into(),
                    line.into(),
                    now_ms.into(),
                    Value::Bool(false),
                ]);
            }
        }
        flags.write(tx).await?;
        Ok(())
    }
}

/// What has come back of a line: the sale, the line, how much, what that was worth, and the same as it was sold.
type Standing = (String, i64, i64, i64, Option<i64>, Option<i64>);

async fn standings(tx: &mut Tx, organisation: &str, sales: &[&String]) -> Result<Vec<Standing>, StoreError> {
    let ids = sales.iter().map(|id| Value::from(id.as_str()));
    let sql = format!(
        "SELECT q.sale_id, q.line, q.quantity, q.amount_minor, l.quantity, l.net_minor + l.tax_minor \
         FROM returned_quantities q LEFT JOIN sale_lines l \
         ON l.organisation_id = q.organisation_id AND l.sale_id = q.sale_id AND l.line = q.line \
         WHERE q.organisation_id = $1 AND q.sale_id IN ({}) ORDER BY q.sale_id, q.line",
        places(2, sales.len())
    );
    fetch(tx, &sql, std::iter::once(Value::from(organisation)).chain(ids).collect()).await
}

fn returned(standing: &Standing) -> Returned {
    Returned { quantity: Quantity(standing.2), amount: Minor(standing.3) }
}

fn sold(standing: &Standing) -> Option<Returned> {
    let (quantity, amount) = standing.4.zip(standing.5)?;
    Some(Returned { quantity: Quantity(quantity), amount: Minor(amount) })
}

/// Something a manager has to look at, with what it is about.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FlagRow {
    /// What is wrong.
    pub kind: String,
    /// The sale it is about.
    pub sale_id: String,
    /// The line of it.
    pub line: i64,
    /// When it was noticed, epoch ms.
    pub raised_at_ms: i64,
    /// Looked at?
    pub resolved: bool,
    /// The code that was used too often.
    pub about: Option<String>,
    /// The sale's number, where the sale is here.
    pub receipt_number: Option<String>,
    /// The line's name, where the sale is here.
    pub name: Option<String>,
    /// How much was sold.
    pub sold: Option<i64>,
    /// How much came back.
    pub returned: i64,
    /// The numbers of the returns, newest first, with a comma between.
    pub returns: Option<String>,
}

/// What has to be looked at, newest first; what was looked at comes after it, and a return whose sale has come since.
pub async fn flags(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    limit: i64,
) -> Result<Vec<FlagRow>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT f.kind, f.sale_id, f.line, f.raised_at_ms, \
             (f.resolved OR (f.kind = 'unknown_sale' AND s.id IS NOT NULL)) AS resolved, f.about, \
             s.receipt_number, l.name, l.quantity AS sold, COALESCE(q.quantity, 0) AS returned, \
             (SELECT STRING_AGG(b.receipt_number, ',' ORDER BY b.at_ms DESC) FROM return_lines r \
              JOIN sales b ON b.organisation_id = r.organisation_id AND b.id = r.sale_id \
              WHERE r.organisation_id = f.organisation_id AND r.origin_sale_id = f.sale_id \
              AND r.origin_line = f.line) AS returns \
             FROM flags f \
             LEFT JOIN returned_quantities q ON q.organisation_id = f.organisation_id AND q.sale_id = f.sale_id AND q.line = f.line \
             LEFT JOIN sales s ON s.organisation_id = f.organisation_id AND s.id = f.sale_id \
             LEFT JOIN sale_lines l ON l.organisation_id = f.organisation_id AND l.sale_id = f.sale_id AND l.line = f.line \
             WHERE f.organisation_id = $1 ORDER BY 5, f.raised_at_ms DESC, f.sale_id, f.line LIMIT $2",
        )
        .bind(organisation_id.to_string())
        .bind(limit)
        .fetch_all(connection)
        .await?
    }))
}

/// How many flags wait for a look.
pub async fn count_flags(tx: &mut Tx, organisation_id: OrganisationId) -> Result<u64, StoreError> {
    let count: i64 = on_engine!(tx, connection => {
        sqlx::query_scalar(
            "SELECT COUNT(*) FROM flags f WHERE f.organisation_id = $1 AND NOT f.resolved \
             AND NOT (f.kind = 'unknown_sale' AND EXISTS (SELECT 1 FROM sales s \
             WHERE s.organisation_id = f.organisation_id AND s.id = f.sale_id))",
        )
            .bind(organisation_id.to_string())
            .fetch_one(connection)
            .await?
    });
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Notes that a manager has looked at a flag as it was raised at a time. False if there is no such flag (any more).
pub async fn resolve_flag(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    (kind, sale, line): (&str, &str, i64),
    raised_at_ms: i64,
) -> Result<bool, StoreError> {
    let changed = on_engine!(tx, connection => {
        sqlx::query(
            "UPDATE flags SET resolved = TRUE \
             WHERE organisation_id = $1 AND kind = $2 AND sale_id = $3 AND line = $4 AND raised_at_ms = $5",
        )
        .bind(organisation_id.to_string())
        .bind(kind)
        .bind(sale)
        .bind(line)
        .bind(raised_at_ms)
        .execute(connection)
        .await?
        .rows_affected()
    });
    Ok(changed == 1)
}

/// The sale with this number, as it was recorded: the content of its journal entry.
pub async fn sale_by_number(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    number: &str,
) -> Result<Option<String>, StoreError> {
    let content: Option<String> = on_engine!(tx, connection => {
        sqlx::query_scalar(
            "SELECT e.content FROM sales s \
             JOIN journal_entries e ON e.organisation_id = s.organisation_id AND e.hash = s.entry_hash \
             WHERE s.organisation_id = $1 AND s.receipt_number = $2 ORDER BY s.at_ms DESC LIMIT 1",
        )
        .bind(organisation_id.to_string())
        .bind(number)
        .fetch_optional(connection)
        .await?
    });
    content.map(super::books::content_of).transpose()
}

/// How much has come back of each line of a sale that some came back of.
pub async fn returned_of(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    sale: &str,
) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT line, quantity FROM returned_quantities WHERE organisation_id = $1 AND sale_id = $2 ORDER BY line",
        )
        .bind(organisation_id.to_string())
        .bind(sale)
        .fetch_all(connection)
        .await?
    }))
}
