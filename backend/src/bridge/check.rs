//! Check: both sides' records are looked at before they are connected, and at any time later.

use super::catalogue::{AT_ONCE, Catalogue, Item, plan};
use super::{Bridge, mapping, matching};
use crate::app::{AppError, table::Table};
use crate::clock;
use crate::store::{Tx, catalog, connections, customers, ground, mappings};
use connectors::RemoteRecord;
use connectors::catalogue::Planned;
use connectors::check::{Findings, Level, Match, Sides, check as look};
use shared::catalog::Product;
use shared::connect::{DataCheck, LinkKind};
use shared::customer::Customer;
use shared::ids::{ConnectionId, OrganisationId, ProductId};
use shared::money::Quantity;
use std::collections::HashMap;

/// Everything that is looked at, as it was read.
struct Read {
    catalogue: Catalogue,
    ours: Vec<Product>,
    theirs: Vec<RemoteRecord>,
    /// Places in `ours` and `theirs`, and what the mapping would do.
    matches: Vec<(usize, usize, Planned)>,
    customers: Vec<Customer>,
    levels: Vec<Level>,
    unmatched_values: Vec<String>,
}

impl Read {
    fn look<T>(&self, then: impl Fn(&Findings, &Sides<'_>) -> T) -> T {
        let matches: Vec<Match<'_>> = self
            .matches
            .iter()
            .filter_map(|(ours, theirs, planned)| {
                let (ours, theirs) = (self.ours.get(*ours)?, self.theirs.get(*theirs)?);
                Some(Match { ours, theirs, planned: planned.clone() })
            })
            .collect();
        let sides = Sides {
            ours: &self.ours,
            theirs: &self.theirs,
            matches: &matches,
            customers: &self.customers,
            levels: &self.levels,
            unmatched_values: &self.unmatched_values,
            create: self.catalogue.mapping.create,
        };
        then(&look(&sides, &self.catalogue.planner()), &sides)
    }
}

/// What would make trouble.
pub async fn check(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<DataCheck, AppError> {
    let read = read(bridge, organisation_id, id).await?;
    apart(move || read.look(Findings::shown)).await
}

/// The same as a table, every record of it.
pub async fn export(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<String, AppError> {
    let read = read(bridge, organisation_id, id).await?;
    apart(move || {
        read.look(|findings, _| {
            let mut table = Table::new(&["finding", "side", "code", "name", "detail"]);
            for (found, side, row) in findings.all() {
                let side = serde_json::to_value(side).unwrap_or_default();
                let side = side.as_str().unwrap_or_default().to_owned();
                table.row([
                    found.word().to_owned(),
                    side,
                    row.code.clone(),
                    row.name.clone(),
                    row.detail.clone(),
                ]);
            }
            table.take()
        })
    })
    .await
}

/// Not where requests are served: it keeps a processor busy.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| AppError::Busy(error.to_string()))
}

async fn read(bridge: &Bridge, organisation_id: OrganisationId, id: ConnectionId) -> Result<Read, AppError> {
    let view = mapping::view(bridge, organisation_id, id).await?;
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    let row = connections::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let connector = connectors::named(&row.connector).ok_or(AppError::NotFound)?;
    let mapping = (view.mapping, connector.descriptor().fields);
    let mut catalogue = Catalogue::load(&mut tx, organisation_id, mapping, clock::now_ms()).await?;
    let all = catalog::all_products(&mut tx, organisation_id).await?;
    let mut ours: Vec<Product> =
        all.into_iter().map(|row| row.product).filter(|product| product.active).collect();
    ours.sort_by(|one, other| one.sku.cmp(&other.sku));
    let places: HashMap<ProductId, usize> =
        ours.iter().enumerate().map(|(at, product)| (product.id, at)).collect();
    let (mut theirs, mut matches): (Vec<RemoteRecord>, Vec<(usize, usize, Planned)>) = Default::default();
    let mut beyond = String::new();
    loop {
        let page = (beyond.as_str(), AT_ONCE);
        let rows = mappings::records(&mut tx, organisation_id, id, LinkKind::Product, page).await?;
        let Some(last) = rows.last().map(|row| row.id.clone()) else { break };
        beyond = last;
        let (items, _) = plan(&mut tx, (organisation_id, id), &mut catalogue, rows).await?;
        for Item { record, ours, planned } in items {
            if theirs.last().map(|last| &last.id) != Some(&record.id) {
                theirs.push(record);
            }
            let place = ours.and_then(|ours| places.get(&ours.product.id).copied());
            if let (Some(place), Some(planned)) = (place, planned) {
                matches.push((place, theirs.len().saturating_sub(1), planned));
            }
        }
    }
    let levels = levels(&mut tx, organisation_id, (&ours, &places)).await?;
    let known = customers::all(&mut tx, organisation_id).await?;
    let known = known.into_iter().filter(|row| row.merged_into.is_none() && !row.erased);
    Ok(Read {
        customers: known.map(|row| row.customer).collect(),
        unmatched_values: matching::unmatched_values(&mut tx, organisation_id, id).await?,
        catalogue,
        ours,
        theirs,
        matches,
        levels,
    })
}

async fn levels(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    (ours, places): (&[Product], &HashMap<ProductId, usize>),
) -> Result<Vec<Level>, AppError> {
    let mut all = Vec::new();
    for store in ground::stores(tx, organisation_id).await? {
        let mut after = String::new();
        loop {
            let page =
                catalog::levels_to_load(tx, organisation_id, &store.id.to_string(), &after, AT_ONCE).await?;
            let Some(last) = page.last().map(|row| row.0.clone()) else { break };
            after = last;
            for (product_id, quantity) in page {
                let place = product_id.parse().ok().and_then(|id| places.get(&id)).copied();
                let Some(product) = place.and_then(|place| ours.get(place)) else { continue };
                all.push(Level {
                    code: product.sku.clone(),
                    name: product.name.clone(),
                    store: store.name.clone(),
                    quantity: Quantity(quantity),
                    in_pieces: !product.unit.is_measured(),
                });
            }
        }
    }
    Ok(all)
}
