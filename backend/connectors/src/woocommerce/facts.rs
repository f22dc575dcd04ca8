//! Facts: what must be known of a site before a sale is put into its words: its money, how it counts tax, its rates, and the goods of
//! the sale. WooCommerce makes a line without a product of an id it does not know, and says nothing: so each is looked for.

use super::goods::GoodId;
use super::rest::{self, PAGE};
use super::tax::{Base, Counting, RateRow};
use crate::command::Document;
use crate::exchange::{Request, Response};
use crate::misunderstood;
use crate::outcome::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What of the group `general` is read.
const GENERAL: [&str; 4] = [
    "woocommerce_currency",
    "woocommerce_price_num_decimals",
    "woocommerce_default_country",
    "woocommerce_calc_taxes",
];

/// What is known so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub base: Base,
    pub counting: Counting,
    pub rates: Vec<RateRow>,
    /// By its id.
    pub goods: BTreeMap<String, Good>,
}

/// What of a product its lines depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Good {
    /// Its tax class, in their own word for it.
    pub class: String,
    /// Is it taxed at all?
    pub taxed: bool,
}

/// Some goods that are looked for: products, or variations of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Search {
    parent: Option<u64>,
    ids: Vec<u64>,
}

/// Reads the group `general`.
///
/// # Errors
/// What an answer means that is none, or why this document cannot go to this site.
pub(super) fn general(document: &Document, response: &Response) -> Result<Facts, Outcome> {
    let settings = rest::settings_of(response, &GENERAL)?;
    let text = |name: &str| settings.get(name).map_or("", String::as_str);
    let currency = text("woocommerce_currency");
    if currency != document.currency.code() {
        return Err(Outcome::wedged(
            format!("WooCommerce counts in {currency}, the receipt in {}.", document.currency.code()),
            "Connect a WooCommerce of the same currency, or enter it there by hand.",
        ));
    }
    let digits = document.currency.digits();
    if text("woocommerce_price_num_decimals").parse() != Ok(digits) {
        return Err(Outcome::wedged(
            format!(
                "WooCommerce rounds prices to {} decimals, {currency} has {digits}.",
                text("woocommerce_price_num_decimals")
            ),
            format!("Set the number of decimals to {digits} there (Settings › General), then send it again."),
        ));
    }
    let (country, state) = text("woocommerce_default_country")
        .split_once(':')
        .unwrap_or((text("woocommerce_default_country"), ""));
    let base = Base {
        country: country.to_owned(),
        state: state.to_owned(),
        postcode: text("woocommerce_store_postcode").to_owned(),
        city: text("woocommerce_store_city").to_owned(),
    };
    let counting = Counting { on: text("woocommerce_calc_taxes") == "yes", digits, ..Counting::default() };
    Ok(Facts { base, counting, ..Facts::default() })
}

impl Facts {
    /// Reads the group `tax`.
    ///
    /// # Errors
    /// What an answer means that is none.
    pub(super) fn tax(mut self, response: &Response) -> Result<Self, Outcome> {
        let needed = ["woocommerce_prices_include_tax", "woocommerce_tax_round_at_subtotal"];
        let settings = rest::settings_of(response, &needed)?;
        let is = |name: &str| settings.get(name).map(String::as_str) == Some("yes");
        self.counting.half_goes = is("woocommerce_prices_include_tax");
        self.counting.in_the_sum = is("woocommerce_tax_round_at_subtotal");
        Ok(self)
    }

    /// Reads a page of `taxes`; says whether that was the last.
    ///
    /// # Errors
    /// What an answer means that is none.
    pub(super) fn rates(mut self, response: &Response, page: u64) -> Result<(Self, bool), Outcome> {
        let answer = rest::answer(response)?;
        let Some(rows) = answer.as_array() else { return Err(misunderstood("tax rates were asked for")) };
        self.rates.extend(rows.iter().filter_map(|row| RateRow::read(row, &self.base)));
        let pages = response.header("x-wp-totalpages").and_then(|pages| pages.trim().parse::<u64>().ok());
        let is_last = match pages {
            Some(pages) => page >= pages,
            None => u64::try_from(rows.len()).unwrap_or(0) < PAGE,
        };
        Ok((self, is_last))
    }

    /// Reads what a search has found.
    ///
    /// # Errors
    /// What an answer means that is no list.
    pub(super) fn found(mut self, search: &Search, response: &Response) -> Result<Self, Outcome> {
        let answer = rest::answer(response)?;
        let Some(rows) = answer.as_array() else { return Err(misunderstood("products were asked for")) };
        for row in rows {
            let Some(id) = rest::id(row) else { return Err(misunderstood("a product without a number")) };
            let id = match search.parent {
                Some(parent) => GoodId { product: parent, variation: Some(id) },
                None => GoodId { product: id, variation: None },
            };
            let class = row["tax_class"].as_str().filter(|class| !class.is_empty()).unwrap_or("standard");
            let good = Good { class: class.to_owned(), taxed: row["tax_status"] == "taxable" };
            self.goods.insert(id.text(), good);
        }
        Ok(self)
    }
}

/// A page of the tax rates.
pub(super) fn ask_rates(page: u64) -> Request {
    let (page, per_page) = (page.to_string(), PAGE.to_string());
    rest::get("taxes", &[("per_page", per_page.as_str()), ("page", &page)])
}

/// What must be looked for.
pub(super) fn searches(document: &Document) -> Vec<Search> {
    let ids: BTreeSet<GoodId> =
        document.lines.iter().filter_map(|line| GoodId::parse(&line.product)).collect();
    let mut by_parent: BTreeMap<Option<u64>, Vec<u64>> = BTreeMap::new();
    for id in ids {
        let (parent, id) = match id.variation {
            Some(variation) => (Some(id.product), variation),
            None => (None, id.product),
        };
        by_parent.entry(parent).or_default().push(id);
    }
    let most = usize::try_from(PAGE).unwrap_or(1);
    let parts = by_parent.into_iter().flat_map(|(parent, ids)| {
        let parts: Vec<Search> = ids.chunks(most).map(|ids| Search { parent, ids: ids.to_vec() }).collect();
        parts
    });
    parts.collect()
}

impl Search {
    /// Asks for them.
    pub(super) fn ask(&self) -> Request {
        let ids = self.ids.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
        let per_page = PAGE.to_string();
        let query = [("include", ids.as_str()), ("per_page", per_page.as_str())];
        match self.parent {
            Some(parent) => rest::get(&format!("products/{parent}/variations"), &query),
            None => rest::get("products", &query),
        }
    }
}

/// A text of an order's meta data.
pub(super) fn meta<'a>(order: &'a Value, key: &str) -> Option<&'a str> {
    let rows = order["meta_data"].as_array()?;
    rows.iter().find(|row| row["key"] == key).and_then(|row| row["value"].as_str())
}
