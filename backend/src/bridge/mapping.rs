//! Mapping: what of products comes from where: looked at, changed as a new version, tried out on all records, and accepted.
//! Invariant: a version that was accepted is the one that was looked at.

use super::Bridge;
use super::catalogue::{AT_ONCE, Catalogue, plan as plan_some};
use crate::app::AppError;
use crate::clock;
use crate::store::connections::ConnectionRow;
use crate::store::{Tx, connections, links, mappings};
use shared::connect::{
    FieldMapping, LinkKind, MOST_PLANNED, MappingVersion, MappingView, Owner, Plan, PlanCount, PlanKind,
    PlanRow, ProductField, ProductMapping, Sample, Unmapped, ValueProblem,
};
use shared::ids::{ConnectionId, OrganisationId};
use std::collections::BTreeMap;

/// Versions that are shown.
const MOST_VERSIONS: i64 = 20;
/// Values without a place that are shown.
const MOST_UNMAPPED: usize = 200;
const OVERTAKEN: &str = "Somebody else has changed this mapping meanwhile. Nothing was saved; load it again.";

/// The mapping as it stands.
pub async fn view(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<MappingView, AppError> {
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    let row = connections::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let view = view_of(&mut tx, organisation_id, &row).await?;
    let samples = samples(&mut tx, organisation_id, &row, &view.mapping).await?;
    Ok(MappingView { samples, ..view })
}

/// The first of their products that is in use, by the mapping.
async fn samples(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    mapping: &ProductMapping,
) -> Result<Vec<Sample>, AppError> {
    let Some(connector) = connectors::named(&row.connector) else { return Ok(Vec::new()) };
    let some = mappings::records(tx, organisation_id, row.id, LinkKind::Product, ("", AT_ONCE)).await?;
    let Some(record) = some.into_iter().find(|record| record.active) else { return Ok(Vec::new()) };
    let of = (mapping.clone(), connector.descriptor().fields);
    let catalogue = Catalogue::load(tx, organisation_id, of, clock::now_ms()).await?;
    let record = super::catalogue::record(record);
    let sample = |field: &FieldMapping| Sample {
        field: field.ours,
        theirs: record.fields.get(&field.theirs).cloned().unwrap_or_default(),
        ours: catalogue.planner().sample(field.ours, &record),
    };
    Ok(mapping.fields.iter().map(sample).collect())
}

async fn view_of(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
) -> Result<MappingView, AppError> {
    let accepted = mappings::accepted(tx, organisation_id, row.id).await?;
    let newest = mappings::versions(tx, organisation_id, row.id, 1).await?.pop();
    Ok(match newest {
        Some(newest) => MappingView {
            mapping: newest.mapping,
            version: newest.version,
            accepted,
            changed_at_ms: Some(newest.at_ms),
            samples: Vec::new(),
        },
        None => MappingView {
            mapping: first(row),
            version: 0,
            accepted,
            changed_at_ms: None,
            samples: Vec::new(),
        },
    })
}

/// What a connection begins with.
fn first(row: &ConnectionRow) -> ProductMapping {
    let connector = connectors::named(&row.connector);
    connector.map(|connector| ProductMapping::of(&connector.descriptor())).unwrap_or_default()
}

/// The versions before, the newest first.
pub async fn versions(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<Vec<MappingVersion>, AppError> {
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    connections::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    Ok(mappings::versions(&mut tx, organisation_id, id, MOST_VERSIONS).await?)
}

/// Changes it: a new version, which is in force only when somebody accepts it.
pub async fn change(
    bridge: &Bridge,
    (organisation_id, by): (OrganisationId, String),
    id: ConnectionId,
    (mapping, version): (ProductMapping, Option<i64>),
) -> Result<MappingView, AppError> {
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let row = connections::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let connector = connectors::named(&row.connector).ok_or(AppError::NotFound)?;
    let fields = mapping.check(&connector.descriptor());
    if !fields.is_empty() {
        let message = "Nothing was saved; look at the marked fields.".to_owned();
        return Err(AppError::WrongInput { message, fields });
    }
    let before = view_of(&mut tx, organisation_id, &row).await?;
    if version.is_some_and(|version| version != before.version) {
        return Err(AppError::Conflict(OVERTAKEN.to_owned()));
    }
    if mapping == before.mapping {
        return Ok(before);
    }
    let new =
        MappingVersion { version: before.version.saturating_add(1), mapping, at_ms: clock::now_ms(), by };
    if !mappings::add_version(&mut tx, organisation_id, id, &new).await? {
        return Err(AppError::Conflict(OVERTAKEN.to_owned()));
    }
    let view = view_of(&mut tx, organisation_id, &row).await?;
    tx.commit().await?;
    Ok(view)
}

/// Puts the version that was looked at in force: from now on products come in by it, and go out.
pub async fn accept(
    bridge: &Bridge,
    (organisation_id, by): (OrganisationId, String),
    id: ConnectionId,
    version: i64,
) -> Result<MappingView, AppError> {
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let row = connections::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let view = view_of(&mut tx, organisation_id, &row).await?;
    if view.version != version {
        return Err(AppError::Conflict(OVERTAKEN.to_owned()));
    }
    decided_elsewhere(&mut tx, organisation_id, id, &view.mapping).await?;
    if version == 0 {
        // As it was looked at, whatever a connection may begin with later.
        let first = MappingVersion { version, mapping: view.mapping.clone(), at_ms: clock::now_ms(), by };
        mappings::add_version(&mut tx, organisation_id, id, &first).await?;
    }
    // Everything is gone through once by the new one (`products`).
    mappings::accept(&mut tx, organisation_id, id, Some(version)).await?;
    tx.commit().await?;
    bridge.app.changes.tell(&organisation_id.to_string());
    Ok(MappingView { accepted: Some(version), ..view })
}

/// Two that decide one field would overwrite each other for ever.
async fn decided_elsewhere(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
    mapping: &ProductMapping,
) -> Result<(), AppError> {
    let decides = |mapping: &ProductMapping, field: ProductField| {
        mapping.field(field).is_some_and(|row| row.owner != Owner::Ours)
    };
    for (name, other) in mappings::others_in_force(tx, organisation_id, id).await? {
        let both =
            ProductField::ALL.into_iter().find(|field| decides(mapping, *field) && decides(&other, *field));
        if let Some(field) = both {
            let field = field.word().replace('_', " ");
            return Err(AppError::Conflict(format!(
                "“{name}” decides the {field} of products already. Let Tillbridge decide it in one of the two, or leave it out."
            )));
        }
    }
    Ok(())
}

/// The mapping that is in force, if one is.
pub(super) async fn in_force(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
) -> Result<Option<ProductMapping>, AppError> {
    let view = view_of(tx, organisation_id, row).await?;
    let Some(accepted) = view.accepted else { return Ok(None) };
    if accepted == view.version {
        return Ok(Some(view.mapping));
    }
    Ok(mappings::version(tx, organisation_id, row.id, accepted).await?)
}

/// What the mapping as it stands would do, now, with what was last seen of them: nothing is written.
pub async fn plan(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
    (kind, after): (PlanKind, Option<String>),
) -> Result<Plan, AppError> {
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    let row = connections::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let connector = connectors::named(&row.connector).ok_or(AppError::NotFound)?;
    let view = view_of(&mut tx, organisation_id, &row).await?;
    let mapping = (view.mapping, connector.descriptor().fields);
    let mut catalogue = Catalogue::load(&mut tx, organisation_id, mapping, clock::now_ms()).await?;
    let mut sum = Summed::new(kind, after.clone());
    let mut beyond = String::new();
    loop {
        let of = (LinkKind::Product, (beyond.as_str(), AT_ONCE));
        let rows = mappings::records(&mut tx, organisation_id, id, of.0, of.1).await?;
        let Some(last) = rows.last().map(|row| row.id.clone()) else { break };
        beyond = last;
        let (items, _) = plan_some(&mut tx, (organisation_id, id), &mut catalogue, rows).await?;
        items.iter().filter_map(super::catalogue::Item::row).for_each(|row| sum.add(row));
    }
    let (all, matched) = links::product_counts(&mut tx, organisation_id, id).await?;
    sum.count(PlanKind::OnlyHere, u64::try_from(all.saturating_sub(matched)).unwrap_or(0));
    if kind == PlanKind::OnlyHere {
        sum.rows = only_here(&mut tx, organisation_id, id, after.as_deref().unwrap_or("")).await?;
        let last = sum.rows.last().filter(|_| sum.rows.len() >= MOST_PLANNED);
        sum.next = last.map(|row| row.code.clone());
    }
    Ok(sum.plan(view.version))
}

async fn only_here(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
    after: &str,
) -> Result<Vec<PlanRow>, AppError> {
    let most = i64::try_from(MOST_PLANNED).unwrap_or(i64::MAX);
    let rows = links::products(tx, organisation_id, id, (true, after, most)).await?;
    let row = |(_, code, body): (String, String, String)| {
        let product = serde_json::from_str::<shared::catalog::Product>(&body).ok();
        PlanRow {
            kind: PlanKind::OnlyHere,
            product_id: product.as_ref().map(|product| product.id),
            remote_id: None,
            code,
            name: product.map(|product| product.name).unwrap_or_default(),
            fields: Vec::new(),
        }
    };
    Ok(rows.into_iter().map(row).collect())
}

/// A plan as it is added up.
struct Summed {
    kind: PlanKind,
    after: Option<String>,
    counts: BTreeMap<PlanKind, u64>,
    unmapped: BTreeMap<(ProductField, String), u64>,
    rows: Vec<PlanRow>,
    next: Option<String>,
}

impl Summed {
    fn new(kind: PlanKind, after: Option<String>) -> Self {
        let counts = PlanKind::ALL.into_iter().map(|kind| (kind, 0)).collect();
        Self { kind, after, counts, unmapped: BTreeMap::new(), rows: Vec::new(), next: None }
    }

    fn count(&mut self, kind: PlanKind, more: u64) {
        let count = self.counts.entry(kind).or_default();
        *count = count.saturating_add(more);
    }

    fn add(&mut self, row: PlanRow) {
        let has_problem = row.fields.iter().any(|field| field.problem.is_some());
        self.count(row.kind, 1);
        if has_problem && row.kind != PlanKind::Problem {
            self.count(PlanKind::Problem, 1);
        }
        for field in row.fields.iter().filter(|field| field.problem == Some(ValueProblem::Unmapped)) {
            let count = self.unmapped.entry((field.field, field.theirs.clone())).or_default();
            *count = count.saturating_add(1);
        }
        let is_asked_for = row.kind == self.kind || (self.kind == PlanKind::Problem && has_problem);
        let place = row.remote_id.clone().unwrap_or_default();
        if !is_asked_for || self.after.as_ref().is_some_and(|after| place <= *after) {
            return;
        }
        if self.rows.len() < MOST_PLANNED {
            self.rows.push(row);
        } else if self.next.is_none() {
            self.next = self.rows.last().and_then(|row| row.remote_id.clone());
        }
    }

    fn plan(self, mapping_version: i64) -> Plan {
        let mut unmapped: Vec<Unmapped> = self
            .unmapped
            .into_iter()
            .map(|((field, value), count)| Unmapped { field, value, count })
            .collect();
        unmapped.sort_by_key(|one| std::cmp::Reverse(one.count));
        unmapped.truncate(MOST_UNMAPPED);
        Plan {
            mapping_version,
            counts: self.counts.into_iter().map(|(kind, count)| PlanCount { kind, count }).collect(),
            unmapped,
            rows: self.rows,
            next: self.next,
        }
    }
}
