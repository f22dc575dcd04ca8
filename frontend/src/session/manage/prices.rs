//! Prices: price lists and promotions, for the pages that set them.

use super::{Manage, Trouble};
use crate::api_client;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::{PriceListSummary, ProductPage};
use shared::catalog::Product;
use shared::ids::ProductId;
use shared::pricing::{PriceList, Promotion};
use std::collections::{BTreeSet, HashMap};

/// Products whose names are asked for at once: an address has its limits.
const MOST_IDS: usize = 80;

/// A price list or a promotion.
pub trait Rule: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Where the server has them.
    const PATH: &'static str;
    /// Its id.
    fn id(&self) -> String;
    /// Products it names.
    fn products(&self) -> BTreeSet<ProductId>;
}

impl Rule for Promotion {
    const PATH: &'static str = "/api/promotions";
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn products(&self) -> BTreeSet<ProductId> {
        self.all_goods()
            .into_iter()
            .flat_map(|goods| goods.products.iter().chain(&goods.without))
            .copied()
            .collect()
    }
}

impl Rule for PriceList {
    const PATH: &'static str = "/api/price-lists";
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn products(&self) -> BTreeSet<ProductId> {
        self.prices.iter().map(|row| row.product_id).collect()
    }
}

/// A rule as it was read, so that a change of somebody else's is noticed, and the products it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned<R> {
    /// The rule.
    pub rule: R,
    /// As the server writes it.
    pub version: String,
    /// The products it names, as far as they are still there.
    pub products: HashMap<ProductId, Product>,
}

impl Manage {
    /// All promotions, by name.
    pub async fn promotions(self) -> Result<Vec<Promotion>, Trouble> {
        self.get(Promotion::PATH).await
    }

    /// All price lists, by name, without their prices.
    pub async fn price_lists(self) -> Result<Vec<PriceListSummary>, Trouble> {
        self.get(PriceList::PATH).await
    }

    /// One, with the products it names.
    pub async fn rule<R: Rule>(self, id: String) -> Result<Versioned<R>, Trouble> {
        let path = format!("{}/{id}", R::PATH);
        let (rule, version) = self.heard(api_client::get_versioned::<R>(&path).await)?;
        let ids: Vec<ProductId> = rule.products().into_iter().collect();
        let mut products = HashMap::new();
        for chunk in ids.chunks(MOST_IDS) {
            let named: Vec<String> = chunk.iter().map(ToString::to_string).collect();
            let page: ProductPage = self.get(&format!("/api/products?ids={}", named.join(","))).await?;
            products.extend(page.rows.into_iter().map(|product| (product.id, product)));
        }
        Ok(Versioned { rule, version: version.unwrap_or_else(|| "*".to_owned()), products })
    }

    /// Adds one, or with the version it was read at changes it, if nobody else has meanwhile.
    pub async fn save_rule<R: Rule>(self, rule: R, version: Option<String>) -> Result<R, Trouble> {
        match version {
            None => self.send("POST", R::PATH, &rule).await,
            Some(version) => {
                let path = format!("{}/{}", R::PATH, rule.id());
                let answer = api_client::put_versioned(&path, &rule, &version).await;
                self.heard(answer).map(|(rule, _)| rule)
            }
        }
    }

    /// Takes one out.
    pub async fn remove_rule<R: Rule>(self, id: String) -> Result<(), Trouble> {
        self.send("DELETE", &format!("{}/{id}", R::PATH), &()).await
    }
}
