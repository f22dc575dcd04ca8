//! Layaways: sales that take a deposit, deposits that come back, and whether what waits is what the books say in the end.
//! Lives here: what is put on a sale by chance; the check of I21.
//! May use: books' entries. Never: the server's own sums.

use crate::books::Entry;
use crate::tablet::Tablet;
use shared::calendar::Day;
use shared::money::Minor;
use shared::sale::{Layaway, LineKind};
use shared::sync::journal::{EntryBody, SealedEntry};
use std::collections::BTreeMap;
use tillbridge::on_engine;
use tillbridge::replay::chance::Chance;
use tillbridge::store::Tx;

/// Organisation and layaway, and what is paid on it.
pub type Paid = BTreeMap<(String, String), i64>;

/// Now and then what is paid is a deposit; it comes back as goods do.
pub fn put_aside(tablet: &Tablet, entry: SealedEntry, chance: &mut Chance) -> SealedEntry {
    if tablet.older || tablet.newer || !chance.percent(12) {
        return entry;
    }
    let Ok(mut open) = entry.open() else { return entry };
    let EntryBody::SaleCompleted { sale } = &mut open.body else { return entry };
    let is_goods = |line: &shared::sale::SaleLine| {
        line.quantity.0 > 0
            && line.account.is_none()
            && line.origin.is_none()
            && line.kind == LineKind::Product
    };
    if !sale.lines.iter().all(is_goods) {
        return entry;
    }
    for line in &mut sale.lines {
        (line.kind, line.stocked, line.layaway) = (LineKind::Deposit, false, Some(sale.id));
    }
    let until = Day::of(sale.time.at_ms, sale.time.offset_minutes).plus_days(30);
    let (total, paid) = (Minor(sale.total.0.saturating_mul(3)), Minor::ZERO);
    let layaway = Layaway { id: sale.id, until, goods: Vec::new(), discount: None, total, paid };
    sale.layaway = Some(Box::new(layaway));
    open.version = open.body.version_with(&open.approvals);
    open.seal().unwrap_or(entry)
}

/// Reads what is paid on each.
pub async fn read(tx: &mut Tx) -> Paid {
    let sql = "SELECT organisation_id, id, paid_minor FROM layaways WHERE paid_minor <> 0";
    let rows: Vec<(String, String, i64)> =
        on_engine!(&mut *tx, connection => sqlx::query_as(sql).fetch_all(connection).await.unwrap());
    rows.into_iter().map(|(organisation, id, paid)| ((organisation, id), paid)).collect()
}

/// I21: what is paid on a layaway is the sum of the deposits in the books less those that came back.
pub fn check(entries: &[Entry], kept: &Paid, wrong: &mut Vec<String>) {
    let mut expected = Paid::new();
    for entry in entries.iter().filter(|entry| entry.state == "booked") {
        let Some(EntryBody::SaleCompleted { sale }) = entry.open().map(|open| open.body) else { continue };
        for line in sale.lines.iter().filter(|line| line.kind == LineKind::Deposit) {
            let Some(id) = line.layaway else { continue };
            *expected.entry((entry.organisation_id.clone(), id.to_string())).or_default() += line.tax.gross.0;
        }
    }
    expected.retain(|_, paid| *paid != 0);
    if expected != *kept {
        wrong.push("I21: what is paid on layaways is not what their deposits say".to_owned());
    }
}
