//! Products: what the mapping does when something has changed: on their side (`inbox` tells), on ours (the feed tells), or everything
//! once when a mapping was accepted.
//! Invariant: how far it is, is written down in the transaction that writes what it did.

use super::catalogue::{self, AT_ONCE, Catalogue, Doing};
use super::work::Job;
use super::{Bridge, mapping};
use crate::app::AppError;
use crate::clock;
use crate::store::connections::ConnectionRow;
use crate::store::links::{self, Reading, RemoteRow};
use crate::store::mappings::{self, By};
use crate::store::{Tx, catalog, feed};
use connectors::catalogue::text_of;
use connectors::{Command, Wedged};
use shared::connect::{Agreed, ConnectionState, FieldFate, Flow, LinkKind};
use shared::ids::{ConnectionId, OrganisationId};
use std::collections::BTreeSet;

/// What failed for a fault of our own is tried again after so long, ms.
const FAULT_MS: i64 = 60_000;

/// Where it is, by one version of the mapping; a place by another one is none.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Nowhere yet.
    None,
    /// Going through everything of theirs; the feed's place from which changes of ours are looked at afterwards, and the last of theirs.
    Whole((i64, i64), String),
    /// Everything was gone through; the feed up to here.
    Feed((i64, i64)),
}

impl Place {
    fn read(text: Option<&str>, version: i64) -> Self {
        let Some(text) = text else { return Self::None };
        let mut parts = text.splitn(5, ':');
        let kind = parts.next();
        let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok());
        let (Some(by), Some(txid), Some(position)) = (number(), number(), number()) else {
            return Self::None;
        };
        match (kind.filter(|_| by == version), parts.next()) {
            (Some("whole"), Some(after)) => Self::Whole((txid, position), after.to_owned()),
            (Some("feed"), _) => Self::Feed((txid, position)),
            _ => Self::None,
        }
    }

    fn text(&self, version: i64) -> Option<String> {
        match self {
            Self::None => None,
            Self::Whole((txid, position), after) => {
                Some(format!("whole:{version}:{txid}:{position}:{after}"))
            }
            Self::Feed((txid, position)) => Some(format!("feed:{version}:{txid}:{position}")),
        }
    }
}

/// When something is to be gone through, epoch ms.
pub(super) async fn due_ms(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
) -> Result<Option<i64>, AppError> {
    let Some(version) = mappings::accepted(tx, organisation_id, row.id).await?.filter(|_| is_on(row)) else {
        return Ok(None);
    };
    let (reading, place) = links::reading(tx, organisation_id, row.id, Flow::ProductChanges).await?;
    let more = match Place::read(place.as_deref(), version) {
        Place::None | Place::Whole(..) => true,
        Place::Feed(place) => {
            feed::is_more(tx, organisation_id, "", place).await?
                || feed::is_beyond(tx, organisation_id, place).await?
        }
    };
    // Long since, unless it was put off.
    Ok(more.then_some(reading.due_at_ms))
}

fn is_on(row: &ConnectionRow) -> bool {
    row.has_flow(Flow::Products) && row.state == ConnectionState::Running
}

/// It failed for a fault of our own: again in a while, and nothing else is held up.
pub(super) async fn put_off(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
) -> Result<(), AppError> {
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let (_, place) = links::reading(&mut tx, organisation_id, row.id, Flow::ProductChanges).await?;
    let later = Reading { due_at_ms: clock::now_ms().saturating_add(FAULT_MS), ..Reading::default() };
    links::put_reading(&mut tx, organisation_id, row.id, Flow::ProductChanges, (later, place)).await?;
    tx.commit().await?;
    Ok(())
}

/// Goes through some.
pub(super) async fn some(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
) -> Result<Job, AppError> {
    // Looked at without keeping anybody from writing: there is nothing to do most of the time.
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    if due_ms(&mut tx, organisation_id, row).await?.is_none_or(|due| due > clock::now_ms()) {
        return Ok(Job::Idle);
    }
    drop(tx);
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let due = due_ms(&mut tx, organisation_id, row).await?;
    let Some(version) = mappings::accepted(&mut tx, organisation_id, row.id).await? else {
        return Ok(Job::Idle);
    };
    if due.is_none_or(|due| due > clock::now_ms()) {
        return Ok(Job::Idle);
    }
    let (_, place) = links::reading(&mut tx, organisation_id, row.id, Flow::ProductChanges).await?;
    let mut place = Place::read(place.as_deref(), version);
    if let Place::Feed(at) = place
        && feed::is_beyond(&mut tx, organisation_id, at).await?
    {
        // The database was brought back from a copy.
        place = Place::None;
    }
    let next = match place {
        Place::None => Place::Whole(feed::end(&mut tx, organisation_id).await?, String::new()),
        Place::Whole(from, after) => whole(&mut tx, organisation_id, row, (from, &after)).await?,
        Place::Feed(at) => {
            let next = ours(&mut tx, organisation_id, row, at).await?;
            if next == at {
                return Ok(Job::Soon);
            }
            Place::Feed(next)
        }
    };
    let reading = (Reading::default(), next.text(version));
    links::put_reading(&mut tx, organisation_id, row.id, Flow::ProductChanges, reading).await?;
    tx.commit().await?;
    bridge.app.changes.tell(&organisation_id.to_string());
    Ok(Job::Done)
}

/// A part of all of theirs.
async fn whole(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    (from, after): ((i64, i64), &str),
) -> Result<Place, AppError> {
    let records = mappings::records(tx, organisation_id, row.id, LinkKind::Product, (after, AT_ONCE)).await?;
    let Some(last) = records.last().map(|record| record.id.clone()) else { return Ok(Place::Feed(from)) };
    take_in(tx, organisation_id, row, records, (true, clock::now_ms())).await?;
    Ok(Place::Whole(from, last))
}

/// What has changed of ours.
async fn ours(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    at: (i64, i64),
) -> Result<(i64, i64), AppError> {
    let rows = feed::after(tx, organisation_id, "", at, AT_ONCE).await?;
    let Some(next) = rows.last().map(|row| (row.txid, row.position)) else { return Ok(at) };
    let changed = rows.into_iter().filter(|row| row.kind == feed::kind::PRODUCT && !row.removed);
    let ids: Vec<String> = changed.map(|row| row.record_id).collect();
    let found = mappings::product_links(tx, organisation_id, row.id, By::Ours(&ids)).await?;
    let theirs: BTreeSet<String> = found.into_iter().map(|link| link.remote_id).collect();
    let theirs: Vec<String> = theirs.into_iter().collect();
    let records = mappings::records_of(tx, organisation_id, row.id, (LinkKind::Product, &theirs)).await?;
    take_in(tx, organisation_id, row, records, (true, clock::now_ms())).await?;
    Ok(next)
}

/// Does with some of theirs what the mapping in force says, if one is; `changed` where a person or ours are the reason, and when they were
/// read, epoch ms. Says how many were written here.
pub(super) async fn take_in(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    records: Vec<RemoteRow>,
    (changed, at_ms): (bool, i64),
) -> Result<i64, AppError> {
    if records.is_empty() || !is_on(row) {
        return Ok(0);
    }
    let Some(mut catalogue) = load(tx, organisation_id, row).await? else { return Ok(0) };
    let (items, categories) = catalogue::plan(tx, (organisation_id, row.id), &mut catalogue, records).await?;
    let of = (organisation_id, row.id);
    let doing = Doing { gives: row.has_flow(Flow::ProductChanges), changed, at_ms };
    catalogue::write(tx, of, (&items, &categories), doing).await
}

async fn load(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
) -> Result<Option<Catalogue>, AppError> {
    let Some(connector) = connectors::named(&row.connector) else { return Ok(None) };
    let Some(mapping) = mapping::in_force(tx, organisation_id, row).await? else { return Ok(None) };
    let mapping = (mapping, connector.descriptor().fields);
    Ok(Some(Catalogue::load(tx, organisation_id, mapping, clock::now_ms()).await?))
}

/// What shall be written to one of their products, as it stands now.
pub(super) enum Going {
    /// This.
    Out(Command),
    /// Nothing any more: both sides are as they should be. What they call it.
    Nothing(String),
    /// It cannot be.
    Wedged(Wedged),
}

/// What of a product of ours goes out.
pub(super) async fn going(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    our_id: &str,
) -> Result<Going, AppError> {
    let Some((record, planned)) = planned(tx, organisation_id, row, our_id).await? else {
        return Ok(Going::Wedged(Wedged {
            reason: "The product has no match there any more, or was taken away here.".to_owned(),
            remedy: "Match it, then send this again; or set it aside.".to_owned(),
        }));
    };
    Ok(match planned.give.is_empty() {
        true => Going::Nothing(record),
        false => Going::Out(Command::Write { id: record, fields: planned.give }),
    })
}

/// Writes down that they have what was `said`, as far as it is still so here.
pub(super) async fn gone(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    (our_id, said): (&str, &Command),
) -> Result<(), AppError> {
    let Command::Write { fields, .. } = said else { return Ok(()) };
    let Some((_, planned)) = planned(tx, organisation_id, row, our_id).await? else { return Ok(()) };
    let ids = [our_id.to_owned()];
    let Some(link) = mappings::product_links(tx, organisation_id, row.id, By::Ours(&ids)).await?.pop() else {
        return Ok(());
    };
    let Some(catalogue) = load(tx, organisation_id, row).await? else { return Ok(()) };
    let Some(product) = catalog::products_by_id(tx, organisation_id, &ids).await?.pop() else {
        return Ok(());
    };
    // Only what was given: what else was planned is not done here.
    let mut agreed = link.agreed;
    for field in planned.fields.iter().filter(|field| field.fate == FieldFate::Given) {
        let Some(row) = catalogue.mapping.field(field.field) else { continue };
        // Changed here meanwhile: that goes out next.
        if fields.get(&row.theirs) == planned.give.get(&row.theirs) {
            let ours = text_of(&product.product, field.field, &catalogue.ground);
            agreed.insert(field.field, Agreed::given(&ours, &field.theirs));
        }
    }
    mappings::agree(tx, organisation_id, row.id, (our_id, &agreed)).await?;
    Ok(())
}

async fn planned(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    our_id: &str,
) -> Result<Option<(String, connectors::catalogue::Planned)>, AppError> {
    let ids = [our_id.to_owned()];
    let Some(link) = mappings::product_links(tx, organisation_id, row.id, By::Ours(&ids)).await?.pop() else {
        return Ok(None);
    };
    let theirs = [link.remote_id.clone()];
    let records = mappings::records_of(tx, organisation_id, row.id, (LinkKind::Product, &theirs)).await?;
    let Some(mut catalogue) = load(tx, organisation_id, row).await? else { return Ok(None) };
    let of: (OrganisationId, ConnectionId) = (organisation_id, row.id);
    let (items, _) = catalogue::plan(tx, of, &mut catalogue, records).await?;
    let ours =
        |item: &catalogue::Item| item.ours.as_ref().is_some_and(|ours| ours.product.id.to_string() == our_id);
    let found = items.into_iter().find(ours);
    Ok(found.and_then(|item| Some((link.remote_id, item.planned?))))
}
