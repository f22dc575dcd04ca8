//! Pricing: price lists, promotions, tender types and groups of customers as rules that travel whole, and how often a coupon was used.

use super::bulk::{self, Rows, Value, fetch, places};
use super::catalog::Bodies;
use super::feed::{self, Touched, kind};
use super::{StoreError, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::FlagKind;
use shared::customer::CustomerGroup;
use shared::ids::{OrganisationId, PromotionId, StoreId};
use shared::planted::{Planted, is_planted};
use shared::pricing::{PriceList, Promotion};
use shared::sale::Sale;
use shared::tender::TenderType;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A price list, a promotion, a tender type or a group of customers, as its table keeps it.
pub trait Rule: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its table.
    const TABLE: Bodies;
    /// Its kind in the feed.
    const KIND: &'static str;
    /// Its id.
    fn id(&self) -> String;
    /// Its name.
    fn name(&self) -> &str;
    /// The stores it is for; all of them where none is named.
    fn stores(&self) -> &[StoreId];
    /// Is it in use?
    fn is_active(&self) -> bool;
    /// The code it needs, to be told how often that was used.
    fn coupon_uses(&mut self) -> Option<&mut u32> {
        None
    }
}

impl Rule for PriceList {
    const TABLE: Bodies = Bodies::PriceLists;
    const KIND: &'static str = kind::PRICE_LIST;
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn stores(&self) -> &[StoreId] {
        &self.applies.stores
    }
    fn is_active(&self) -> bool {
        !self.applies.paused
    }
}

impl Rule for TenderType {
    const TABLE: Bodies = Bodies::TenderTypes;
    const KIND: &'static str = kind::TENDER_TYPE;
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn stores(&self) -> &[StoreId] {
        &self.stores
    }
    fn is_active(&self) -> bool {
        !self.archived
    }
}

impl Rule for CustomerGroup {
    const TABLE: Bodies = Bodies::CustomerGroups;
    const KIND: &'static str = kind::CUSTOMER_GROUP;
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn stores(&self) -> &[StoreId] {
        &[]
    }
    fn is_active(&self) -> bool {
        true
    }
}

impl Rule for Promotion {
    const TABLE: Bodies = Bodies::Promotions;
    const KIND: &'static str = kind::PROMOTION;
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn stores(&self) -> &[StoreId] {
        &self.applies.stores
    }
    fn is_active(&self) -> bool {
        !self.applies.paused
    }
    fn coupon_uses(&mut self) -> Option<&mut u32> {
        self.coupon.as_mut().map(|coupon| &mut coupon.uses)
    }
}

/// A rule and its version.
#[derive(Clone, Debug)]
pub struct RuleRow<R> {
    /// As stored, with what was counted since.
    pub rule: R,
    /// Counts up with every change.
    pub version: i64,
}

type Stored = (String, i64, i64);

fn row<R: Rule>((body, version, uses): Stored) -> Result<RuleRow<R>, StoreError> {
    let mut rule: R = serde_json::from_str(&body)?;
    if let Some(known) = rule.coupon_uses() {
        *known = u32::try_from(uses).unwrap_or(u32::MAX);
    }
    Ok(RuleRow { rule, version })
}

fn select<R: Rule>() -> String {
    format!(
        "SELECT r.body, r.version, COALESCE(u.uses, 0) FROM {} r \
         LEFT JOIN coupon_uses u ON u.organisation_id = r.organisation_id AND u.promotion_id = r.id \
         WHERE r.organisation_id = $1",
        R::TABLE.name()
    )
}

/// All of a kind, by name.
pub async fn all<R: Rule>(tx: &mut Tx, organisation_id: OrganisationId) -> Result<Vec<R>, StoreError> {
    let sql = format!("{} ORDER BY r.name, r.id", select::<R>());
    let rows = fetch::<Stored>(tx, &sql, vec![organisation_id.to_string().into()]).await?;
    rows.into_iter().map(|stored| row(stored).map(|row| row.rule)).collect()
}

/// One, if it is there.
pub async fn one<R: Rule>(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: &str,
) -> Result<Option<RuleRow<R>>, StoreError> {
    let sql = format!("{} AND r.id = $2", select::<R>());
    let mut rows = fetch(tx, &sql, vec![organisation_id.to_string().into(), id.into()]).await?;
    rows.pop().map(row).transpose()
}

/// What a store's tablets are told of a kind: what is not switched off and is for this store; all of it, or these ids.
pub async fn told<R: Rule>(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store_id: StoreId,
    ids: Option<&[String]>,
) -> Result<Vec<R>, StoreError> {
    let mut sql = format!("{} AND r.active", select::<R>());
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    if let Some(ids) = ids {
        sql.push_str(&format!(" AND r.id IN ({})", places(2, ids.len())));
        values.extend(ids.iter().map(|id| Value::from(id.as_str())));
    }
    sql.push_str(" ORDER BY r.id");
    let is_here = |rule: &R| {
        let stores = rule.stores();
        stores.is_empty() || stores.contains(&store_id)
    };
    let mut rules = Vec::new();
    for stored in fetch::<Stored>(tx, &sql, values).await? {
        rules.push(row::<R>(stored)?.rule);
    }
    rules.retain(is_here);
    Ok(rules)
}

/// How many there are of a kind.
pub async fn count<R: Rule>(tx: &mut Tx, organisation_id: OrganisationId) -> Result<i64, StoreError> {
    let sql = format!("SELECT COUNT(*) FROM {} WHERE organisation_id = $1", R::TABLE.name());
    let rows = fetch::<(i64,)>(tx, &sql, vec![organisation_id.to_string().into()]).await?;
    Ok(rows.first().map_or(0, |(count,)| *count))
}

/// Adds one.
pub async fn insert<R: Rule>(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    rule: &R,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO {} (organisation_id, id, name, active, version, body) VALUES ($1, $2, $3, $4, 1, $5)",
        R::TABLE.name()
    );
    let values = vec![
        organisation_id.to_string().into(),
        rule.id().into(),
        rule.name().into(),
        rule.is_active().into(),
        serde_json::to_string(rule)?.into(),
    ];
    bulk::execute(tx, &sql, values).await?;
    feed::touch(tx, organisation_id, vec![Touched::new(R::KIND, rule.id())]).await
}

/// Changes one, if it still has this version. Says whether it had.
pub async fn update<R: Rule>(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    rule: &R,
    version: i64,
) -> Result<bool, StoreError> {
    let sql = format!(
        "UPDATE {} SET name = $1, active = $2, body = $3, version = version + 1 \
         WHERE organisation_id = $4 AND id = $5 AND version = $6",
        R::TABLE.name()
    );
    let values = vec![
        rule.name().into(),
        rule.is_active().into(),
        serde_json::to_string(rule)?.into(),
        organisation_id.to_string().into(),
        rule.id().into(),
        version.into(),
    ];
    if bulk::execute(tx, &sql, values).await? == 0 {
        return Ok(false);
    }
    feed::touch(tx, organisation_id, vec![Touched::new(R::KIND, rule.id())]).await?;
    Ok(true)
}

/// Takes one out. Says whether it was there.
pub async fn remove<R: Rule>(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: &str,
) -> Result<bool, StoreError> {
    let sql = format!("DELETE FROM {} WHERE organisation_id = $1 AND id = $2", R::TABLE.name());
    if bulk::execute(tx, &sql, vec![organisation_id.to_string().into(), id.into()]).await? == 0 {
        return Ok(false);
    }
    feed::touch(tx, organisation_id, vec![Touched::removed(R::KIND, id)]).await?;
    Ok(true)
}

/// Where a sale used a code.
#[derive(Debug)]
struct Use {
    sale_id: String,
    line: i64,
    code: String,
}

/// What one transaction counts of coupons.
#[derive(Debug)]
pub struct Coupons {
    organisation_id: OrganisationId,
    /// In the order the sales are booked.
    uses: BTreeMap<String, Vec<Use>>,
}

impl Coupons {
    /// Nothing yet.
    pub fn new(organisation_id: OrganisationId) -> Self {
        Self { organisation_id, uses: BTreeMap::new() }
    }

    /// Takes from a sale which codes it used: each counts once, on however many lines it is.
    pub fn note(&mut self, sale: &Sale) {
        let mut seen: BTreeSet<PromotionId> = BTreeSet::new();
        for (at, line) in sale.lines.iter().enumerate() {
            for part in &line.promotions {
                let Some(code) = &part.coupon else { continue };
                if seen.insert(part.promotion_id) {
                    self.uses.entry(part.promotion_id.to_string()).or_default().push(Use {
                        sale_id: sale.id.to_string(),
                        line: i64::try_from(at + 1).unwrap_or(i64::MAX),
                        code: code.clone(),
                    });
                }
            }
        }
    }

    /// Counts up, flags each sale that went over a limit, and says which promotions tablets must hear of again.
    pub async fn write(self, tx: &mut Tx, now_ms: i64) -> Result<Vec<Touched>, StoreError> {
        if self.uses.is_empty() {
            return Ok(Vec::new());
        }
        let organisation = self.organisation_id.to_string();
        let add = if is_planted(Planted::CouponUsesOverwritten) {
            "ON CONFLICT (organisation_id, promotion_id) DO UPDATE SET uses = excluded.uses"
        } else {
            "ON CONFLICT (organisation_id, promotion_id) DO UPDATE SET uses = coupon_uses.uses + excluded.uses"
        };
        let mut counted = Rows::new("coupon_uses (organisation_id, promotion_id, uses)", add);
        for (promotion, uses) in &self.uses {
            let count = i64::try_from(uses.len()).unwrap_or(i64::MAX);
            counted.push([organisation.as_str().into(), promotion.as_str().into(), count.into()]);
        }
        counted.write(tx).await?;
        let limited = self.limited(tx).await?;
        let mut flags = Rows::new(
            "flags (organisation_id, kind, sale_id, line, raised_at_ms, resolved, about)",
            "ON CONFLICT (organisation_id, kind, sale_id, line) DO NOTHING",
        );
        for (promotion, (most, used)) in &limited {
            let Some(uses) = self.uses.get(promotion) else { continue };
            // The last `over` of them went over, or all of them where it was over before.
            let over = usize::try_from(used.saturating_sub(*most)).unwrap_or(0).min(uses.len());
            for Use { sale_id, line, code } in uses.iter().skip(uses.len().saturating_sub(over)) {
                flags.push([
                    organisation.as_str().into(),
                    FlagKind::CouponOver.word().into(),
                    sale_id.as_str().into(),
                    (*line).into(),
                    now_ms.into(),
                    Value::Bool(false),
                    code.as_str().into(),
                ]);
            }
        }
        if !is_planted(Planted::CouponsUnflagged) {
            flags.write(tx).await?;
        }
        if is_planted(Planted::CouponUsesUntold) {
            return Ok(Vec::new());
        }
        Ok(limited.keys().map(|promotion| Touched::new(kind::PROMOTION, promotion)).collect())
    }

    /// Of the promotions used now those that have a limit: how often they may be used, and how often they were.
    async fn limited(&self, tx: &mut Tx) -> Result<HashMap<String, (i64, i64)>, StoreError> {
        let mut limited = HashMap::new();
        let ids: Vec<&String> = self.uses.keys().collect();
        for chunk in ids.chunks(500) {
            let sql = format!("{} AND r.id IN ({})", select::<Promotion>(), places(2, chunk.len()));
            let ids = chunk.iter().map(|id| Value::from(id.as_str()));
            let values = std::iter::once(Value::from(self.organisation_id.to_string())).chain(ids).collect();
            for stored in fetch::<Stored>(tx, &sql, values).await? {
                let uses = stored.2;
                let promotion = row::<Promotion>(stored)?.rule;
                if let Some(most) = promotion.coupon.and_then(|coupon| coupon.most_uses) {
                    limited.insert(promotion.id.to_string(), (i64::from(most), uses));
                }
            }
        }
        Ok(limited)
    }
}
