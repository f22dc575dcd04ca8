//! Tender types: the ways to pay of an organisation, for whoever sets them. Cash and cards are there before anybody has set
//! anything; they are stored once they are changed.

use super::{App, AppError};
use crate::clock::FreshIds;
use crate::store::catalog::{self, Bodies};
use crate::store::pricing::{self, RuleRow};
use crate::store::{StoreError, Tx, ground};
use shared::api::TenderTypeOrder;
use shared::ids::{OrganisationId, TenderTypeId};
use shared::tender::{TenderType, all_types, offered};
use std::collections::BTreeSet;

/// Most types of an organisation: a person chooses among them while others wait.
const MOST_TYPES: usize = 60;
/// Between two places, so that one can be put between them.
const GAP: i64 = 10;

const OVERTAKEN: &str = "Somebody else has changed this meanwhile. Nothing was saved; load it again.";

/// All of them in their order, also those that are taken no longer.
pub async fn list(app: &App, organisation_id: OrganisationId) -> Result<Vec<TenderType>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    Ok(all_types(&pricing::all(&mut tx, organisation_id).await?))
}

/// One and its version; cash and cards have version 0 until they are changed.
pub async fn one(
    app: &App,
    organisation_id: OrganisationId,
    id: TenderTypeId,
) -> Result<RuleRow<TenderType>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    known(&mut tx, organisation_id, id).await
}

async fn known(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: TenderTypeId,
) -> Result<RuleRow<TenderType>, AppError> {
    let stored = pricing::one(tx, organisation_id, &id.to_string()).await?;
    let built_in = || TenderType::built_in(id).map(|rule| RuleRow { rule, version: 0 });
    stored.or_else(built_in).ok_or(AppError::NotFound)
}

/// Adds one behind the others; its id is minted here.
pub async fn create(
    app: &App,
    organisation_id: OrganisationId,
    mut new: TenderType,
) -> Result<TenderType, AppError> {
    new.id = TenderTypeId::fresh(&mut FreshIds);
    let mut tx = app.db.write_for(organisation_id).await?;
    let all = all_types(&pricing::all(&mut tx, organisation_id).await?);
    if all.len() >= MOST_TYPES {
        return Err(AppError::Conflict(format!(
            "There are {MOST_TYPES} ways to pay already, archived ones included. Change one of them instead."
        )));
    }
    new.place = all.last().map_or(0, |last| last.place).saturating_add(GAP);
    check(&mut tx, organisation_id, &mut new).await?;
    pricing::insert(&mut tx, organisation_id, &new).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(new)
}

/// Changes one that still has this version; without a version the change overrules whoever was first.
pub async fn update(
    app: &App,
    organisation_id: OrganisationId,
    id: TenderTypeId,
    mut changed: TenderType,
    version: Option<i64>,
) -> Result<RuleRow<TenderType>, AppError> {
    changed.id = id;
    let mut tx = app.db.write_for(organisation_id).await?;
    let before = known(&mut tx, organisation_id, id).await?;
    check(&mut tx, organisation_id, &mut changed).await?;
    let version = version.unwrap_or(before.version);
    if version != before.version || !put(&mut tx, organisation_id, &changed, version).await? {
        return Err(AppError::Conflict(OVERTAKEN.to_owned()));
    }
    keeps_one_everywhere(&mut tx, organisation_id).await?;
    let row = known(&mut tx, organisation_id, id).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(row)
}

/// Puts all of them in another order.
pub async fn order(
    app: &App,
    organisation_id: OrganisationId,
    order: TenderTypeOrder,
) -> Result<Vec<TenderType>, AppError> {
    let mut tx = app.db.write_for(organisation_id).await?;
    let all = all_types(&pricing::all(&mut tx, organisation_id).await?);
    let named: BTreeSet<TenderTypeId> = order.ids.iter().copied().collect();
    let is_whole = named.len() == order.ids.len() && all.iter().all(|one| named.contains(&one.id));
    if !is_whole || named.len() != all.len() {
        return Err(AppError::wrong_field("ids", "Name every way to pay once, archived ones too."));
    }
    for (place, id) in (1_i64..).zip(order.ids) {
        let RuleRow { mut rule, version } = known(&mut tx, organisation_id, id).await?;
        let place = place.saturating_mul(GAP);
        if rule.place != place {
            rule.place = place;
            put(&mut tx, organisation_id, &rule, version).await?;
        }
    }
    let all = all_types(&pricing::all(&mut tx, organisation_id).await?);
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(all)
}

/// Version 0 is one that nobody has stored yet.
async fn put(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    changed: &TenderType,
    version: i64,
) -> Result<bool, AppError> {
    if version > 0 {
        return Ok(pricing::update(tx, organisation_id, changed, version).await?);
    }
    let overtaken = |error: StoreError| match error.is_duplicate() {
        true => AppError::Conflict(OVERTAKEN.to_owned()),
        false => error.into(),
    };
    pricing::insert(tx, organisation_id, changed).await.map_err(overtaken)?;
    Ok(true)
}

async fn check(tx: &mut Tx, organisation_id: OrganisationId, one: &mut TenderType) -> Result<(), AppError> {
    one.tidy();
    let fields: Vec<_> = one.check().into_iter().map(Into::into).collect();
    if !fields.is_empty() {
        let message = "Nothing was saved; look at the marked fields.".to_owned();
        return Err(AppError::WrongInput { message, fields });
    }
    let stores = one.stores.iter().map(ToString::to_string).collect();
    if catalog::has_all(tx, organisation_id, Bodies::Stores, &stores).await? {
        Ok(())
    } else {
        Err(AppError::wrong_field("stores", "Choose among the stores that are here."))
    }
}

/// A store without any way to pay could not sell.
async fn keeps_one_everywhere(tx: &mut Tx, organisation_id: OrganisationId) -> Result<(), AppError> {
    let all = pricing::all(tx, organisation_id).await?;
    for store in ground::stores(tx, organisation_id).await? {
        if offered(&all, store.id, store.currency).is_empty() {
            let words = format!("{} would have no way to pay left. Nothing was saved.", store.name);
            return Err(AppError::wrong_field("archived", &words));
        }
    }
    Ok(())
}
