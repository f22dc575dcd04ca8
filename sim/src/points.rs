//! Points: sales that earn and spend points, and whether they are whose they should be in the end.
//! Lives here: what is put on a sale by chance; the check of I20.
//! May use: books' entries, accounts. Never: the rule that says whose points a sale moves (it is worked out here once more).
//! Invariant: a tablet spends without looking, as one does that has not heard of the other's sales.

use crate::accounts::Kept;
use crate::books::Entry;
use crate::tablet::Tablet;
use shared::account::AccountKey;
use shared::ids::{CustomerId, SaleId};
use shared::money::Minor;
use shared::points::LinePoints;
use shared::sale::Sale;
use shared::sync::journal::{EntryBody, SealedEntry};
use std::collections::{BTreeMap, HashMap};
use tillbridge::replay::chance::Chance;

/// Now and then a customer is known, earns by what is sold to them, and spends.
pub fn moved(tablet: &Tablet, entry: SealedEntry, chance: &mut Chance) -> SealedEntry {
    if tablet.older || tablet.newer || !chance.percent(25) {
        return entry;
    }
    let Ok(mut open) = entry.open() else { return entry };
    let EntryBody::SaleCompleted { sale } = &mut open.body else { return entry };
    if sale.customer.id.is_none() {
        let customers = &tablet.disk.look().customers;
        let place = chance.below(customers.len().max(1));
        let Some(customer) = customers.values().nth(place) else { return entry };
        sale.customer = customer.for_sale();
    }
    let is_sold = |line: &&mut shared::sale::SaleLine| !line.quantity.is_negative() && line.account.is_none();
    for line in sale.lines.iter_mut().filter(is_sold) {
        let number = |chance: &mut Chance, most| i64::try_from(chance.below(most)).unwrap_or(0);
        line.points = LinePoints { earned: number(chance, 40), spent: number(chance, 15), off: Minor::ZERO };
    }
    open.version = open.body.version_with(&open.approvals);
    open.seal().unwrap_or(entry)
}

/// I20: a customer has the points that was earned by what they bought, less what they spent on it, whoever brings it back.
pub fn check(entries: &[Entry], kept: &Kept, wrong: &mut Vec<String>) {
    let booked = entries.iter().filter(|entry| entry.state == "booked");
    let sales: Vec<(&str, Sale)> = booked
        .filter_map(|entry| match entry.open()?.body {
            EntryBody::SaleCompleted { sale } => Some((entry.organisation_id.as_str(), *sale)),
            _ => None,
        })
        .collect();
    let buyers: HashMap<(&str, SaleId), Option<CustomerId>> =
        sales.iter().map(|(organisation, sale)| ((*organisation, sale.id), sale.customer.id)).collect();
    let mut expected: BTreeMap<(String, String), i64> = BTreeMap::new();
    for (organisation, sale) in &sales {
        for line in sale.lines.iter().filter(|line| !line.points.is_none()) {
            let whose = match &line.origin {
                // What was sold under an id that is lent, or lost with a storage, is not there to be looked at.
                Some(origin) => {
                    buyers.get(&(*organisation, origin.sale_id)).copied().unwrap_or(origin.points_of)
                }
                None => sale.customer.id,
            };
            let Some(whose) = whose else { continue };
            let key = kept.survivor(organisation, AccountKey::of_points(whose));
            *expected.entry(((*organisation).to_owned(), key)).or_default() += line.points.more();
        }
    }
    expected.retain(|_, points| *points != 0);
    if expected != kept.points() {
        wrong.push("I20: somebody has other points than what they bought has earned".to_owned());
    }
}
