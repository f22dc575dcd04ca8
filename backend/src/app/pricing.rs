//! Pricing: price lists, promotions and groups of customers, for whoever sets them.

use super::{App, AppError};
use crate::clock::FreshIds;
use crate::store::catalog::{self, Bodies};
use crate::store::pricing::{self, Rule, RuleRow};
use crate::store::{StoreError, Tx};
use shared::api::PriceListSummary;
use shared::customer::CustomerGroup;
use shared::ids::{CustomerGroupId, OrganisationId, PriceListId, PromotionId};
use shared::pricing::{PriceList, Promotion, RuleFault};
use std::collections::BTreeSet;

/// Most rules of a kind: every tablet keeps them all, and looks at them on every scan.
const MOST_RULES: i64 = 500;

/// A rule that a manager may set: what only its kind knows.
pub trait Settable: Rule {
    /// Gives it an id.
    fn named(&mut self, id: Option<&str>) -> Result<(), StoreError>;
    /// Puts its texts in order; what is counted is not its writer's to say.
    fn tidy(&mut self);
    /// What cannot be in it.
    fn faults(&self) -> Vec<RuleFault>;
    /// The products and the categories it names.
    fn goods(&self) -> (BTreeSet<String>, BTreeSet<String>);
    /// The groups of customers it is for.
    fn groups(&self) -> &[CustomerGroupId];
}

impl Settable for CustomerGroup {
    fn named(&mut self, id: Option<&str>) -> Result<(), StoreError> {
        self.id = match id {
            None => CustomerGroupId::fresh(&mut FreshIds),
            Some(id) => id.parse().map_err(|_| StoreError::Value(id.to_owned()))?,
        };
        Ok(())
    }
    fn tidy(&mut self) {
        self.name = self.name.trim().to_owned();
    }
    fn faults(&self) -> Vec<RuleFault> {
        self.check()
    }
    fn goods(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        (BTreeSet::new(), BTreeSet::new())
    }
    fn groups(&self) -> &[CustomerGroupId] {
        &[]
    }
}

impl Settable for PriceList {
    fn named(&mut self, id: Option<&str>) -> Result<(), StoreError> {
        self.id = match id {
            None => PriceListId::fresh(&mut FreshIds),
            Some(id) => id.parse().map_err(|_| StoreError::Value(id.to_owned()))?,
        };
        Ok(())
    }
    fn tidy(&mut self) {
        self.name = self.name.trim().to_owned();
    }
    fn faults(&self) -> Vec<RuleFault> {
        self.check()
    }
    fn goods(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        (self.prices.iter().map(|row| row.product_id.to_string()).collect(), BTreeSet::new())
    }
    fn groups(&self) -> &[CustomerGroupId] {
        &self.applies.groups
    }
}

impl Settable for Promotion {
    fn named(&mut self, id: Option<&str>) -> Result<(), StoreError> {
        self.id = match id {
            None => PromotionId::fresh(&mut FreshIds),
            Some(id) => id.parse().map_err(|_| StoreError::Value(id.to_owned()))?,
        };
        Ok(())
    }
    fn tidy(&mut self) {
        self.name = self.name.trim().to_owned();
        if let Some(coupon) = &mut self.coupon {
            coupon.code = coupon.code.trim().to_owned();
            coupon.uses = 0;
        }
    }
    fn faults(&self) -> Vec<RuleFault> {
        self.check()
    }
    fn goods(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        let all = self.all_goods();
        let products = all.iter().flat_map(|goods| goods.products.iter().chain(&goods.without));
        let categories = all.iter().flat_map(|goods| &goods.categories);
        (products.map(ToString::to_string).collect(), categories.map(ToString::to_string).collect())
    }
    fn groups(&self) -> &[CustomerGroupId] {
        &self.applies.groups
    }
}

/// All price lists by name, without their prices.
pub async fn price_lists(
    app: &App,
    organisation_id: OrganisationId,
) -> Result<Vec<PriceListSummary>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let lists: Vec<PriceList> = pricing::all(&mut tx, organisation_id).await?;
    let summary = |list: PriceList| PriceListSummary {
        id: list.id,
        name: list.name,
        priority: list.priority,
        currency: list.currency,
        applies: list.applies,
        prices: u32::try_from(list.prices.len()).unwrap_or(u32::MAX),
    };
    Ok(lists.into_iter().map(summary).collect())
}

/// All promotions by name.
pub async fn promotions(app: &App, organisation_id: OrganisationId) -> Result<Vec<Promotion>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    Ok(pricing::all(&mut tx, organisation_id).await?)
}

/// One and its version.
pub async fn one<R: Settable>(
    app: &App,
    organisation_id: OrganisationId,
    id: &str,
) -> Result<RuleRow<R>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    pricing::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)
}

/// Adds one; its id is minted here.
pub async fn create<R: Settable>(
    app: &App,
    organisation_id: OrganisationId,
    mut rule: R,
) -> Result<R, AppError> {
    check(&mut rule)?;
    rule.named(None)?;
    let mut tx = app.db.write_for(organisation_id).await?;
    if pricing::count::<R>(&mut tx, organisation_id).await? >= MOST_RULES {
        return Err(AppError::Conflict(format!(
            "There are {MOST_RULES} of these already, as many as tablets can keep. Remove some that are over first."
        )));
    }
    check_references(&mut tx, organisation_id, &rule).await?;
    pricing::insert(&mut tx, organisation_id, &rule).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(rule)
}

/// Changes one that still has this version; without a version the change overrules whoever was first.
pub async fn update<R: Settable>(
    app: &App,
    organisation_id: OrganisationId,
    id: &str,
    mut rule: R,
    version: Option<i64>,
) -> Result<RuleRow<R>, AppError> {
    let mut tx = app.db.write_for(organisation_id).await?;
    let known = pricing::one::<R>(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    check(&mut rule)?;
    rule.named(Some(id))?;
    check_references(&mut tx, organisation_id, &rule).await?;
    if !pricing::update(&mut tx, organisation_id, &rule, version.unwrap_or(known.version)).await? {
        return Err(AppError::Conflict(
            "Somebody else has changed this meanwhile. Nothing was saved; load it again.".to_owned(),
        ));
    }
    let row = pricing::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(row)
}

/// Takes one out; sales made with it keep what they have of it.
pub async fn remove<R: Settable>(
    app: &App,
    organisation_id: OrganisationId,
    id: &str,
) -> Result<(), AppError> {
    let mut tx = app.db.write_for(organisation_id).await?;
    if !pricing::remove::<R>(&mut tx, organisation_id, id).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(())
}

fn check<R: Settable>(rule: &mut R) -> Result<(), AppError> {
    rule.tidy();
    let fields: Vec<_> = rule.faults().into_iter().map(Into::into).collect();
    if fields.is_empty() {
        return Ok(());
    }
    let message = "Nothing was saved; look at the marked fields.".to_owned();
    Err(AppError::WrongInput { message, fields })
}

async fn check_references<R: Settable>(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    rule: &R,
) -> Result<(), AppError> {
    let stores = rule.stores().iter().map(ToString::to_string).collect();
    let (products, categories) = rule.goods();
    let groups = rule.groups().iter().map(ToString::to_string).collect();
    for (table, ids, field, message) in [
        (Bodies::Stores, stores, "applies.stores", "Choose among the stores that are here."),
        (Bodies::Products, products, "goods", "One of these products is not here any more."),
        (
            Bodies::CustomerGroups,
            groups,
            "applies.groups",
            "Choose among the groups of customers that are here.",
        ),
        (Bodies::Categories, categories, "goods", "One of these categories is not here any more."),
    ] {
        if !catalog::has_all(tx, organisation_id, table, &ids).await? {
            return Err(AppError::wrong_field(field, message));
        }
    }
    Ok(())
}
