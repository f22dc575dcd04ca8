//! Reconciliation: a day of ours against the other side's own figures, read back from it.
//! Invariant: what is compared was read from both sides at once; nothing is changed on either.

use super::Bridge;
use super::connections::setup_of;
use crate::app::AppError;
use crate::runner::Line;
use crate::store::connections as store;
use crate::store::{ground, links, outbox};
use connectors::reconciliation::{Ours, Theirs, compare};
use connectors::{Command, Connector, Done, Outcome};
use shared::calendar::Day;
use shared::connect::{LinkKind, MOST_DIFFERENCES, Reconciliation, StoreDay};
use shared::ids::{ConnectionId, OrganisationId};
use shared::money::Currency;

/// Pages of one store's day that are read: more is no day of a shop.
const MOST_PAGES: usize = 200;

/// Compares a day.
pub async fn day(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
    day: Day,
) -> Result<Reconciliation, AppError> {
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    let row = store::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let connector = connectors::named(&row.connector).ok_or(AppError::NotFound)?;
    let setup = setup_of(bridge, organisation_id, &row)?;
    let stores = ground::stores(&mut tx, organisation_id).await?;
    let matched = links::links(&mut tx, organisation_id, id, LinkKind::Store, &[]).await?;
    let noted = outbox::of_day(&mut tx, organisation_id, id, &day.to_string()).await?;
    let before = outbox::not_noted(&mut tx, organisation_id, id, &day.to_string()).await?;
    drop(tx);
    let mut line =
        bridge.take_line(id, row.version).unwrap_or_else(|| Line::new(connector, setup, row.private_network));
    let mut found = Reconciliation { day, stores: Vec::new(), differences: Vec::new() };
    for one in stores {
        let name = one.id.to_string();
        let ours: Vec<Ours> = noted
            .iter()
            .filter(|sale| sale.store_id == name)
            .map(|sale| ours_of(connector, sale))
            .collect::<Result<_, _>>()?;
        let link = matched.iter().find(|link| link.our_id == name);
        let theirs = match link {
            Some(link) => Some(read(bridge, &mut line, (&link.remote_id, day, one.currency)).await?),
            None => None,
        };
        let (sums, sums_there, differences) = compare(one.id, &ours, theirs.as_deref().unwrap_or_default())?;
        found.differences.extend(differences);
        found.stores.push(StoreDay {
            store_id: one.id,
            name: one.name,
            currency: one.currency,
            ours: sums,
            theirs: theirs.map(|_| sums_there),
            before: before.iter().find(|(store_id, _)| *store_id == name).map_or(0, |one| one.1),
        });
    }
    bridge.rest_line(id, row.version, line);
    found.differences.truncate(MOST_DIFFERENCES);
    Ok(found)
}

fn ours_of(connector: &dyn Connector, sale: &outbox::DaySale) -> Result<Ours, AppError> {
    Ok(Ours {
        number: connector.number(&sale.receipt_number, &sale.sale_id),
        subject: sale.receipt_number.clone(),
        delivery_id: sale.delivery_id.clone(),
        state: sale.state,
        reason: sale.reason.clone(),
        total: sale.total,
        tax: sale.tax,
    })
}

/// All they have of one store's day.
async fn read(
    bridge: &Bridge,
    line: &mut Line,
    (store, day, currency): (&str, Day, Currency),
) -> Result<Vec<Theirs>, AppError> {
    let mut all = Vec::new();
    let mut after = None;
    for _ in 0..MOST_PAGES {
        let command = Command::Documents { store: store.to_owned(), day, currency, after };
        match line.carry(&bridge.outbound, &command).await.outcome {
            Outcome::Done(Done::Documents { documents, next }) => {
                all.extend(documents);
                after = next;
            }
            Outcome::Wedged(wedged) => {
                return Err(AppError::Conflict(format!("{} {}", wedged.reason, wedged.remedy)));
            }
            Outcome::SignedOut { reason } | Outcome::Later { reason, .. } => {
                return Err(AppError::Busy(reason));
            }
            Outcome::Done(_) | Outcome::Continue { .. } => {
                return Err(AppError::Busy("Its answer is not understood.".to_owned()));
            }
        }
        if after.is_none() {
            return Ok(all);
        }
    }
    Err(AppError::Conflict("It has more of this day than a shop can have.".to_owned()))
}
