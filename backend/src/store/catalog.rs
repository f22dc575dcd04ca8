//! Catalog: products, barcodes, categories and tax categories.

use super::bulk::{self, Rows, Value};
use super::feed::{self, Touched, kind};
use super::{StoreError, Tx};
use crate::on_engine;
use shared::barcode::match_key;
use shared::catalog::{Category, Product, fold};
use shared::ids::{OrganisationId, ProductId, TaxCategoryId};
use shared::tax::TaxCategory;

/// A stored product and its version.
#[derive(Clone, Debug)]
pub struct ProductRow {
    /// As stored.
    pub product: Product,
    /// Counts up with every change.
    pub version: i64,
}

/// What search compares: name, code and barcodes, folded.
pub fn search_key(product: &Product) -> String {
    let mut text = format!("{} {}", product.name, product.sku);
    for code in &product.barcodes {
        text.push(' ');
        text.push_str(code);
    }
    fold(&text)
}

/// Adds new products, in bulk. A code or barcode that another product has is refused by the database.
pub async fn insert_products(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    products: &[Product],
) -> Result<(), StoreError> {
    let organisation = organisation_id.to_string();
    let mut rows = Rows::new(
        "products (organisation_id, id, sku, search_key, category_id, favourite, active, version, body)",
        "",
    );
    let mut codes = Rows::new("product_barcodes (organisation_id, match_key, product_id)", "");
    let mut touched = Vec::with_capacity(products.len());
    for product in products {
        rows.push([
            organisation.as_str().into(),
            product.id.to_string().into(),
            product.sku.as_str().into(),
            search_key(product).into(),
            product.category_id.map(|id| id.to_string()).into(),
            product.favourite.into(),
            product.active.into(),
            1.into(),
            serde_json::to_string(product)?.into(),
        ]);
        push_codes(&mut codes, &organisation, product);
        touched.push(Touched::new(kind::PRODUCT, product.id));
    }
    rows.write(tx).await?;
    codes.write(tx).await?;
    feed::touch(tx, organisation_id, touched).await
}

fn push_codes(codes: &mut Rows, organisation: &str, product: &Product) {
    let mut keys: Vec<String> = product.barcodes.iter().map(|code| match_key(code)).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        codes.push([organisation.into(), key.into(), product.id.to_string().into()]);
    }
}

/// Changes a product, if it still has this version. Says whether it had.
pub async fn update_product(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    product: &Product,
    version: i64,
) -> Result<bool, StoreError> {
    let organisation = organisation_id.to_string();
    let body = serde_json::to_string(product)?;
    let changed = on_engine!(tx, connection => {
        sqlx::query(
            "UPDATE products SET sku = $1, search_key = $2, category_id = $3, favourite = $4, active = $5, \
             body = $6, version = version + 1 WHERE organisation_id = $7 AND id = $8 AND version = $9",
        )
        .bind(&product.sku)
        .bind(search_key(product))
        .bind(product.category_id.map(|id| id.to_string()))
        .bind(product.favourite)
        .bind(product.active)
        .bind(body)
        .bind(&organisation)
        .bind(product.id.to_string())
        .bind(version)
        .execute(connection)
        .await?
        .rows_affected()
    });
    if changed == 0 {
        return Ok(false);
    }
    on_engine!(tx, connection => {
        sqlx::query("DELETE FROM product_barcodes WHERE organisation_id = $1 AND product_id = $2")
            .bind(&organisation)
            .bind(product.id.to_string())
            .execute(connection)
            .await?;
    });
    let mut codes = Rows::new("product_barcodes (organisation_id, match_key, product_id)", "");
    push_codes(&mut codes, &organisation, product);
    codes.write(tx).await?;
    feed::touch(tx, organisation_id, vec![Touched::new(kind::PRODUCT, product.id)]).await?;
    Ok(true)
}

fn product_rows(rows: Vec<(String, i64)>) -> Result<Vec<ProductRow>, StoreError> {
    rows.into_iter()
        .map(|(body, version)| Ok(ProductRow { product: serde_json::from_str(&body)?, version }))
        .collect()
}

/// One product.
pub async fn product(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ProductId,
) -> Result<Option<ProductRow>, StoreError> {
    let rows = on_engine!(tx, connection => {
        sqlx::query_as("SELECT body, version FROM products WHERE organisation_id = $1 AND id = $2")
            .bind(organisation_id.to_string())
            .bind(id.to_string())
            .fetch_all(connection)
            .await?
    });
    Ok(product_rows(rows)?.pop())
}

/// Some products, by their ids, in no order; those that are gone are left out.
pub async fn products_by_id(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    ids: &[String],
) -> Result<Vec<ProductRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT body, version FROM products WHERE organisation_id = $1 AND id IN ({})",
        bulk::places(2, ids.len())
    );
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    values.extend(ids.iter().map(|id| Value::from(id.as_str())));
    product_rows(bulk::fetch(tx, &sql, values).await?)
}

/// All products, in no order.
pub async fn all_products(
    tx: &mut Tx,
    organisation_id: OrganisationId,
) -> Result<Vec<ProductRow>, StoreError> {
    product_rows(on_engine!(tx, connection => {
        sqlx::query_as("SELECT body, version FROM products WHERE organisation_id = $1")
            .bind(organisation_id.to_string())
            .fetch_all(connection)
            .await?
    }))
}

/// A page of products whose name, code or barcodes hold every one of the (folded) words, in order of their search text.
/// `after` is the search text and id of the last row before; `limit` the most rows.
pub async fn search_products(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    words: &[String],
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<(Vec<ProductRow>, u64), StoreError> {
    let mut condition = String::from("organisation_id = $1");
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    for word in words {
        // Folded words hold letters, digits and nothing that LIKE would read otherwise.
        values.push(format!("%{word}%").into());
        condition.push_str(&format!(" AND search_key LIKE ${}", values.len()));
    }
    let count = format!("SELECT COUNT(*) FROM products WHERE {condition}");
    let total: Vec<(i64,)> = bulk::fetch(tx, &count, values.clone()).await?;
    if let Some((key, id)) = after {
        condition.push_str(&format!(
            " AND (search_key, id) > (${}, ${})",
            values.len() + 1,
            values.len() + 2
        ));
        values.push(key.into());
        values.push(id.into());
    }
    values.push(limit.into());
    let page = format!(
        "SELECT body, version FROM products WHERE {condition} ORDER BY search_key, id LIMIT ${}",
        values.len()
    );
    let rows = product_rows(bulk::fetch(tx, &page, values).await?)?;
    Ok((rows, total.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0))))
}

/// How many products there are.
pub async fn count_products(tx: &mut Tx, organisation_id: OrganisationId) -> Result<u64, StoreError> {
    let count: i64 = on_engine!(tx, connection => {
        sqlx::query_scalar("SELECT COUNT(*) FROM products WHERE organisation_id = $1")
            .bind(organisation_id.to_string())
            .fetch_one(connection)
            .await?
    });
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Products for a first load, in order of their ids: the favourites, or all others.
pub async fn products_to_load(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    favourites: bool,
    after: &str,
    limit: i64,
) -> Result<Vec<Product>, StoreError> {
    let bodies: Vec<String> = on_engine!(tx, connection => {
        sqlx::query_scalar(
            "SELECT body FROM products WHERE organisation_id = $1 AND favourite = $2 AND id > $3 ORDER BY id LIMIT $4",
        )
        .bind(organisation_id.to_string())
        .bind(favourites)
        .bind(after)
        .bind(limit)
        .fetch_all(connection)
        .await?
    });
    bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
}

/// Bodies of records of a kind, by id. Ids that are gone are left out.
pub async fn bodies(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    table: Bodies,
    ids: &[String],
) -> Result<Vec<(String, String)>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let sql = format!(
            "SELECT id, body FROM {} WHERE organisation_id = $1 AND id IN ({})",
            table.name(),
            bulk::places(2, chunk.len())
        );
        let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
        values.extend(chunk.iter().map(|id| Value::from(id.as_str())));
        found.extend(bulk::fetch::<(String, String)>(tx, &sql, values).await?);
    }
    Ok(found)
}

/// Are there records of all these ids?
pub async fn has_all(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    table: Bodies,
    ids: &std::collections::BTreeSet<String>,
) -> Result<bool, StoreError> {
    let ids: Vec<&String> = ids.iter().collect();
    for chunk in ids.chunks(500) {
        let sql = format!(
            "SELECT COUNT(*) FROM {} WHERE organisation_id = $1 AND id IN ({})",
            table.name(),
            bulk::places(2, chunk.len())
        );
        let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
        values.extend(chunk.iter().map(|id| Value::from(id.as_str())));
        let found = bulk::fetch::<(i64,)>(tx, &sql, values).await?;
        if found.first().map(|(count,)| *count) != i64::try_from(chunk.len()).ok() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Tables that keep a record whole in `body`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// Products.
    Products,
    /// Categories.
    Categories,
    /// Tax categories.
    TaxCategories,
    /// Stores.
    Stores,
    /// Price lists.
    PriceLists,
    /// Promotions.
    Promotions,
    /// Tender types.
    TenderTypes,
    /// Groups of customers.
    CustomerGroups,
}

impl Bodies {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Categories => "categories",
            Self::TaxCategories => "tax_categories",
            Self::Stores => "stores",
            Self::PriceLists => "price_lists",
            Self::Promotions => "promotions",
            Self::TenderTypes => "tender_types",
            Self::CustomerGroups => "customer_groups",
        }
    }
}

/// All categories, in the order of their chips.
pub async fn categories(tx: &mut Tx, organisation_id: OrganisationId) -> Result<Vec<Category>, StoreError> {
    let bodies: Vec<String> = on_engine!(tx, connection => {
        sqlx::query_scalar("SELECT body FROM categories WHERE organisation_id = $1 ORDER BY place, id")
            .bind(organisation_id.to_string())
            .fetch_all(connection)
            .await?
    });
    bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
}

/// Adds a category, or changes it.
pub async fn put_categories(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    categories: &[Category],
) -> Result<(), StoreError> {
    let mut rows = Rows::new("categories (organisation_id, id, place, version, body)", REPLACE_CATEGORY);
    let mut touched = Vec::new();
    for category in categories {
        rows.push([
            organisation_id.to_string().into(),
            category.id.to_string().into(),
            category.position.into(),
            1.into(),
            serde_json::to_string(category)?.into(),
        ]);
        touched.push(Touched::new(kind::CATEGORY, category.id));
    }
    rows.write(tx).await?;
    feed::touch(tx, organisation_id, touched).await
}

const REPLACE_CATEGORY: &str = "ON CONFLICT (organisation_id, id) DO UPDATE \
    SET place = excluded.place, body = excluded.body, version = categories.version + 1";
const REPLACE_TAX_CATEGORY: &str = "ON CONFLICT (organisation_id, id) DO UPDATE \
    SET place = excluded.place, body = excluded.body, version = tax_categories.version + 1";

/// All tax categories, the shop's first one first.
pub async fn tax_categories(
    tx: &mut Tx,
    organisation_id: OrganisationId,
) -> Result<Vec<TaxCategory>, StoreError> {
    let bodies: Vec<String> = on_engine!(tx, connection => {
        sqlx::query_scalar("SELECT body FROM tax_categories WHERE organisation_id = $1 ORDER BY place, id")
            .bind(organisation_id.to_string())
            .fetch_all(connection)
            .await?
    });
    bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
}

/// Is there such a tax category?
pub async fn has_tax_category(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: TaxCategoryId,
) -> Result<bool, StoreError> {
    Ok(!bodies(tx, organisation_id, Bodies::TaxCategories, &[id.to_string()]).await?.is_empty())
}

/// Adds tax categories behind those that are there, or changes them where they stand.
pub async fn put_tax_categories(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    tax_categories: &[TaxCategory],
) -> Result<(), StoreError> {
    let known = self::tax_categories(tx, organisation_id).await?;
    let mut rows =
        Rows::new("tax_categories (organisation_id, id, place, version, body)", REPLACE_TAX_CATEGORY);
    let mut touched = Vec::new();
    let mut next = known.len();
    for category in tax_categories {
        let place = known.iter().position(|k| k.id == category.id).unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        rows.push([
            organisation_id.to_string().into(),
            category.id.to_string().into(),
            i64::try_from(place).unwrap_or(i64::MAX).into(),
            1.into(),
            serde_json::to_string(category)?.into(),
        ]);
        touched.push(Touched::new(kind::TAX_CATEGORY, category.id));
    }
    rows.write(tx).await?;
    feed::touch(tx, organisation_id, touched).await
}

/// Stock levels of a store for a first load, in order of the products' ids.
pub async fn levels_to_load(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on_engine!(tx, connection => {
        sqlx::query_as(
            "SELECT product_id, quantity FROM stock_levels \
             WHERE organisation_id = $1 AND store_id = $2 AND product_id > $3 ORDER BY product_id LIMIT $4",
        )
        .bind(organisation_id.to_string())
        .bind(store)
        .bind(after)
        .bind(limit)
        .fetch_all(connection)
        .await?
    }))
}

/// Stock levels of some products in a store.
pub async fn levels(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store: &str,
    products: &[String],
) -> Result<Vec<(String, i64)>, StoreError> {
    let mut found = Vec::with_capacity(products.len());
    for chunk in products.chunks(500) {
        let sql = format!(
            "SELECT product_id, quantity FROM stock_levels WHERE organisation_id = $1 AND store_id = $2 \
             AND product_id IN ({})",
            bulk::places(3, chunk.len())
        );
        let mut values: Vec<Value> = vec![organisation_id.to_string().into(), store.into()];
        values.extend(chunk.iter().map(|id| Value::from(id.as_str())));
        found.extend(bulk::fetch::<(String, i64)>(tx, &sql, values).await?);
    }
    Ok(found)
}

/// Takes a category out; its products stay, without a group.
pub async fn remove_category(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: shared::ids::CategoryId,
) -> Result<bool, StoreError> {
    let gone = on_engine!(tx, connection => {
        sqlx::query("DELETE FROM categories WHERE organisation_id = $1 AND id = $2")
            .bind(organisation_id.to_string())
            .bind(id.to_string())
            .execute(connection)
            .await?
            .rows_affected()
    });
    if gone == 0 {
        return Ok(false);
    }
    feed::touch(tx, organisation_id, vec![Touched::removed(kind::CATEGORY, id)]).await?;
    Ok(true)
}
