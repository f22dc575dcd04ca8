//! Catalogue: products of both sides by the mapping that a person has accepted: some of them are loaded, planned, and written.
//! Invariant: nothing is written by a mapping that nobody has accepted; what is planned is what a dry run shows.

use crate::app::AppError;
use crate::clock::FreshIds;
use crate::store::links::{self, RemoteRow};
use crate::store::mappings::{self, By, ProductLink};
use crate::store::{Tx, catalog, ground, outbox};
use connectors::RemoteRecord;
use connectors::catalogue::{Ground, Planned, Planner};
use shared::barcode::match_key;
use shared::calendar::Day;
use shared::catalog::{Category, Product};
use shared::connect::{
    Agreements, Flow, LinkKind, MatchWay, PlanKind, PlanRow, ProductField, ProductMapping, RemoteField,
};
use shared::ids::{CategoryId, ConnectionId, OrganisationId, ProductId};
use std::collections::HashMap;

/// Products that are planned at once.
pub(super) const AT_ONCE: i64 = 200;

/// How a connection's products are planned.
pub(super) struct Catalogue {
    pub mapping: ProductMapping,
    pub remote: Vec<RemoteField>,
    pub ground: Ground,
}

impl Catalogue {
    /// With what there is here just now.
    pub async fn load(
        tx: &mut Tx,
        organisation_id: OrganisationId,
        (mapping, remote): (ProductMapping, Vec<RemoteField>),
        now_ms: i64,
    ) -> Result<Self, AppError> {
        let stores = ground::stores(tx, organisation_id).await?;
        let currency = stores.first().map_or(shared::money::Currency::NONE, |store| store.currency);
        let ground = Ground::new(
            catalog::tax_categories(tx, organisation_id).await?,
            catalog::categories(tx, organisation_id).await?,
            currency,
            Day::of(now_ms, 0),
        );
        Ok(Self { mapping, remote, ground })
    }

    pub fn planner(&self) -> Planner<'_> {
        Planner { mapping: &self.mapping, remote: &self.remote, ground: &self.ground }
    }
}

/// A product of theirs, with one of ours that it is, and what is done with both.
pub(super) struct Item {
    pub record: RemoteRecord,
    pub ours: Option<Ours>,
    /// None where nothing is to be done with what they alone have.
    pub planned: Option<Planned>,
}

/// One of ours.
pub(super) struct Ours {
    pub product: Product,
    pub version: i64,
    /// What both sides had of it when they were last equal.
    pub agreed: Agreements,
}

impl Item {
    /// As people look at it; none where there is nothing to look at.
    pub fn row(&self) -> Option<PlanRow> {
        let kind = match &self.planned {
            Some(planned) => planned.kind(),
            // Several of ours are this one of theirs: the first of them has it.
            None if self.ours.is_some() => PlanKind::Problem,
            None if self.record.active => PlanKind::OnlyThere,
            None => return None,
        };
        let ours = self.ours.as_ref().map(|ours| &ours.product);
        Some(PlanRow {
            kind,
            product_id: ours.map(|product| product.id),
            remote_id: Some(self.record.id.clone()),
            code: ours.map_or_else(|| self.record.code.clone(), |product| product.sku.clone()),
            name: ours.map_or_else(|| self.record.name.clone(), |product| product.name.clone()),
            fields: self.planned.as_ref().map(|planned| planned.fields.clone()).unwrap_or_default(),
        })
    }
}

/// Plans some of their records. Categories that are new are added to the ground, and given back.
pub(super) async fn plan(
    tx: &mut Tx,
    (organisation_id, id): (OrganisationId, ConnectionId),
    catalogue: &mut Catalogue,
    rows: Vec<RemoteRow>,
) -> Result<(Vec<Item>, Vec<Category>), AppError> {
    let records: Vec<RemoteRecord> = rows.into_iter().map(record).collect();
    let theirs: Vec<String> = records.iter().map(|record| record.id.clone()).collect();
    let found = mappings::product_links(tx, organisation_id, id, By::Theirs(&theirs)).await?;
    let ids: Vec<String> = found.iter().map(|link| link.our_id.clone()).collect();
    let ours = catalog::products_by_id(tx, organisation_id, &ids).await?;
    let ours: HashMap<String, (Product, i64)> =
        ours.into_iter().map(|row| (row.product.id.to_string(), (row.product, row.version))).collect();
    let mut matches: HashMap<String, Vec<ProductLink>> = HashMap::new();
    for link in found.into_iter().filter(|link| ours.contains_key(&link.our_id)) {
        matches.entry(link.remote_id.clone()).or_default().push(link);
    }
    let new_categories = new_categories(catalogue, &records);
    let mut items = Vec::with_capacity(records.len());
    let planner = catalogue.planner();
    for record in records {
        match matches.get(&record.id) {
            Some(links) => {
                for (at, link) in links.iter().enumerate() {
                    let Some((product, version)) = ours.get(&link.our_id) else { continue };
                    let planned = (at == 0).then(|| planner.both(product, &record, &link.agreed));
                    let ours =
                        Ours { product: product.clone(), version: *version, agreed: link.agreed.clone() };
                    items.push(Item { record: record.clone(), ours: Some(ours), planned });
                }
            }
            None if catalogue.mapping.create && record.active => {
                let planned = planner.new_one(ProductId::fresh(&mut FreshIds), &record);
                items.push(Item { record, ours: None, planned: Some(planned) });
            }
            None => items.push(Item { record, ours: None, planned: None }),
        }
    }
    claim(tx, organisation_id, &mut items).await?;
    Ok((items, new_categories))
}

pub(super) fn record(row: RemoteRow) -> RemoteRecord {
    RemoteRecord {
        id: row.id,
        name: row.name,
        code: row.code,
        barcodes: row.barcodes,
        active: row.active,
        changed_at_ms: row.changed_at_ms,
        fields: row.fields,
    }
}

fn new_categories(catalogue: &mut Catalogue, records: &[RemoteRecord]) -> Vec<Category> {
    let mut new: Vec<Category> = Vec::new();
    for record in records.iter().filter(|record| record.active) {
        let Some(name) = catalogue.planner().category(record) else { continue };
        if catalogue.ground.has_category(&name) {
            continue;
        }
        let position = catalogue.ground.last_position().saturating_add(1);
        let made = Category { id: CategoryId::fresh(&mut FreshIds), name, position };
        catalogue.ground.add(made.clone());
        new.push(made);
    }
    new
}

/// A code and a barcode belong to one product: whoever comes later does not get it.
async fn claim(tx: &mut Tx, organisation_id: OrganisationId, items: &mut [Item]) -> Result<(), AppError> {
    let wanted = |item: &Item| item.planned.as_ref().and_then(|planned| planned.product.clone());
    let products: Vec<Product> = items.iter().filter_map(wanted).collect();
    let codes: Vec<String> = products.iter().map(|product| product.sku.clone()).collect();
    let keys: Vec<String> =
        products.iter().flat_map(|product| &product.barcodes).map(|code| match_key(code)).collect();
    let mut codes: HashMap<String, String> =
        mappings::owners_of_codes(tx, organisation_id, &codes).await?.into_iter().collect();
    let mut keys: HashMap<String, String> =
        links::products_with_barcodes(tx, organisation_id, &keys).await?.into_iter().collect();
    for item in items {
        let Some(planned) = &mut item.planned else { continue };
        let Some(product) = planned.product.clone() else { continue };
        let owner = product.id.to_string();
        let ours = item.ours.as_ref().map(|ours| &ours.product);
        if codes.get(&product.sku).is_some_and(|other| *other != owner) {
            planned.refuse(ProductField::Sku, ours);
        }
        let of_another = |code: &String| keys.get(&match_key(code)).is_some_and(|other| *other != owner);
        if product.barcodes.iter().any(of_another) {
            planned.refuse(ProductField::Barcodes, ours);
        }
        if let Some(product) = &planned.product {
            codes.insert(product.sku.clone(), owner.clone());
            keys.extend(product.barcodes.iter().map(|code| (match_key(code), owner.clone())));
        }
    }
    Ok(())
}

/// What is done with what was planned.
#[derive(Clone, Copy)]
pub(super) struct Doing {
    /// Is what we decide of products told to the other side?
    pub gives: bool,
    /// Was something of ours changed?
    pub changed: bool,
    /// When theirs was read, epoch ms, as far as it was; else now.
    pub at_ms: i64,
}

/// Writes what was planned: products here, matches, what goes out. Says how many products were made or changed here.
pub(super) async fn write(
    tx: &mut Tx,
    (organisation_id, id): (OrganisationId, ConnectionId),
    (items, categories): (&[Item], &[Category]),
    doing: Doing,
) -> Result<i64, AppError> {
    let used = |category: &&Category| {
        let of =
            |item: &Item| item.planned.as_ref().and_then(|planned| planned.product.as_ref()?.category_id);
        items.iter().any(|item| of(item) == Some(category.id))
    };
    let used: Vec<Category> = categories.iter().filter(used).cloned().collect();
    catalog::put_categories(tx, organisation_id, &used).await?;
    let (mut made, mut matched, mut agreed, mut outgoing) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut written = 0_i64;
    for item in items {
        let Some(planned) = &item.planned else { continue };
        match (&planned.product, &item.ours) {
            (Some(product), None) => {
                made.push(product.clone());
                matched.push((product.id.to_string(), item.record.id.clone(), MatchWay::Made));
                agreed.push((product.id, &planned.agreed));
            }
            (Some(product), Some(ours)) => {
                if !catalog::update_product(tx, organisation_id, product, ours.version).await? {
                    return Err(AppError::Busy(
                        "A product was changed meanwhile; again in a moment.".to_owned(),
                    ));
                }
                written = written.saturating_add(1);
            }
            (None, _) => {}
        }
        let Some(ours) = &item.ours else { continue };
        if ours.agreed != planned.agreed {
            agreed.push((ours.product.id, &planned.agreed));
        }
        if doing.gives && !planned.give.is_empty() {
            let subject = format!("{} {}", ours.product.sku, ours.product.name);
            outgoing.push((ours.product.id.to_string(), subject));
        }
    }
    catalog::insert_products(tx, organisation_id, &made).await?;
    links::add_links(tx, organisation_id, id, (LinkKind::Product, doing.at_ms), &matched).await?;
    for (product_id, agreed) in agreed {
        mappings::agree(tx, organisation_id, id, (&product_id.to_string(), agreed)).await?;
    }
    let noted = (Flow::ProductChanges, doing.changed, doing.at_ms);
    outbox::note(tx, organisation_id, id, noted, &outgoing).await?;
    Ok(written.saturating_add(i64::try_from(made.len()).unwrap_or(0)))
}
