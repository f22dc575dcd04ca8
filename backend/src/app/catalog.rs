//! Catalog: listing and changing products, categories and tax categories.

use super::{App, AppError};
use crate::clock::FreshIds;
use crate::store::StoreError;
use crate::store::catalog::{self, Bodies, ProductRow};
use crate::store::pictures;
use shared::api::{CatalogResponse, CategoryRequest, Page, ProductPage};
use shared::catalog::{Category, Product, fold};
use shared::ids::{CategoryId, OrganisationId, ProductId, TaxCategoryId};
use shared::store::WrongSetting;
use shared::tax::TaxCategory;

/// Rows of a page unless asked otherwise, and at most.
const ROWS: i64 = 50;
const MOST_ROWS: i64 = 500;

/// A page of products whose name, code or barcodes hold every word of `search`.
pub async fn products(
    app: &App,
    organisation_id: OrganisationId,
    search: &str,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<ProductPage, AppError> {
    let folded = fold(search);
    let words: Vec<String> = folded.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).take(8).collect();
    let limit = limit.unwrap_or(ROWS).clamp(1, MOST_ROWS);
    let after = match after.map(|text| text.rsplit_once('~')) {
        Some(None) => return Err(AppError::wrong_field("after", "This is not a place in the list.")),
        Some(Some(place)) => Some(place),
        None => None,
    };
    let mut tx = app.db.read_for(organisation_id).await?;
    let (rows, total) = catalog::search_products(&mut tx, organisation_id, &words, after, limit).await?;
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == limit;
    let next = rows
        .last()
        .filter(|_| full)
        .map(|row| format!("{}~{}", catalog::search_key(&row.product), row.product.id));
    Ok(Page { rows: rows.into_iter().map(|row| row.product).collect(), next, total })
}

/// The products of these ids, by name; those that are gone are left out.
pub async fn products_of(
    app: &App,
    organisation_id: OrganisationId,
    ids: &[ProductId],
) -> Result<ProductPage, AppError> {
    if i64::try_from(ids.len()).unwrap_or(i64::MAX) > MOST_ROWS {
        return Err(AppError::wrong_field("ids", "At most 500 ids at once."));
    }
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut tx = app.db.read_for(organisation_id).await?;
    let bodies = catalog::bodies(&mut tx, organisation_id, Bodies::Products, &ids).await?;
    let rows = bodies.iter().map(|(_, body)| serde_json::from_str(body)).collect::<Result<Vec<Product>, _>>();
    let mut rows = rows.map_err(StoreError::from)?;
    rows.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    Ok(Page { rows, next: None, total })
}

/// One product and its version.
pub async fn product(
    app: &App,
    organisation_id: OrganisationId,
    id: ProductId,
) -> Result<ProductRow, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    catalog::product(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)
}

/// What a product form needs.
pub async fn groups(app: &App, organisation_id: OrganisationId) -> Result<CatalogResponse, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    Ok(CatalogResponse {
        categories: catalog::categories(&mut tx, organisation_id).await?,
        tax_categories: catalog::tax_categories(&mut tx, organisation_id).await?,
    })
}

/// Adds a product; its `id` is ignored and minted here.
pub async fn create_product(
    app: &App,
    organisation_id: OrganisationId,
    mut product: Product,
) -> Result<Product, AppError> {
    tidy(&mut product)?;
    product.id = ProductId::fresh(&mut FreshIds);
    let mut tx = app.db.write_for(organisation_id).await?;
    check_references(&mut tx, organisation_id, &product).await?;
    catalog::insert_products(&mut tx, organisation_id, std::slice::from_ref(&product))
        .await
        .map_err(|error| taken(error, &product))?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(product)
}

/// Changes a product that still has this version; without a version the change overrules whoever was first.
pub async fn update_product(
    app: &App,
    organisation_id: OrganisationId,
    id: ProductId,
    mut product: Product,
    version: Option<i64>,
) -> Result<ProductRow, AppError> {
    tidy(&mut product)?;
    product.id = id;
    let mut tx = app.db.write_for(organisation_id).await?;
    let known = catalog::product(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    // An address that an import of before has left was never shown; it goes with the next change.
    product.picture.take_if(|path| {
        shared::picture::name_in(path).is_none() && known.product.picture.as_ref() == Some(path)
    });
    check_references(&mut tx, organisation_id, &product).await?;
    let version = version.unwrap_or(known.version);
    let changed = catalog::update_product(&mut tx, organisation_id, &product, version)
        .await
        .map_err(|error| taken(error, &product))?;
    if !changed {
        return Err(AppError::Conflict(
            "Somebody else has changed this product meanwhile. Nothing was saved; load it again.".to_owned(),
        ));
    }
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(ProductRow { product, version: version.saturating_add(1) })
}

fn taken(error: crate::store::StoreError, product: &Product) -> AppError {
    if error.is_duplicate() {
        let sku = &product.sku;
        return AppError::Conflict(format!(
            "Another product has the code {sku} or one of these barcodes already. Nothing was saved."
        ));
    }
    error.into()
}

/// Puts texts in order and says what cannot be.
fn tidy(product: &mut Product) -> Result<(), AppError> {
    product.name = product.name.trim().to_owned();
    product.sku = product.sku.trim().to_owned();
    product.picture = product.picture.take().filter(|path| !path.trim().is_empty());
    let mut fields = Vec::new();
    let mut wrong = |field: &str, message: &str| {
        fields.push(WrongSetting { field: field.to_owned(), message: message.to_owned() });
    };
    if product.name.is_empty()
        || product.name.chars().count() > 240
        || product.name.contains(char::is_control)
    {
        wrong("name", "Give the product a name of at most 240 letters.");
    }
    if product.sku.is_empty() || product.sku.chars().count() > 80 || product.sku.contains(char::is_control) {
        wrong("sku", "Give the product a code of at most 80 letters.");
    }
    product.barcodes = product.barcodes.iter().map(|code| code.trim().to_owned()).collect();
    product.barcodes.retain(|code| !code.is_empty());
    for code in &product.barcodes {
        if let Err(error) = shared::barcode::check(code) {
            wrong("barcodes", &format!("{code}: {error}"));
        }
    }
    if product.barcodes.len() > 100 {
        wrong("barcodes", "At most 100 barcodes.");
    }
    if product.price.is_some_and(|price| price.is_negative() || price.0 > 1_000_000_000_000) {
        wrong("price", "A price from 0 to 100,000,000.");
    }
    if product.parent_id == Some(product.id) {
        wrong("parent_id", "A product cannot be a variant of itself.");
    }
    if fields.is_empty() {
        return Ok(());
    }
    let message = "The product was not saved; look at the marked fields.".to_owned();
    Err(AppError::WrongInput { message, fields })
}

async fn check_references(
    tx: &mut crate::store::Tx,
    organisation_id: OrganisationId,
    product: &Product,
) -> Result<(), AppError> {
    if !catalog::has_tax_category(tx, organisation_id, product.tax_category_id).await? {
        return Err(AppError::wrong_field("tax_category_id", "Choose one of the tax categories."));
    }
    if let Some(category) = product.category_id
        && !catalog::categories(tx, organisation_id).await?.iter().any(|known| known.id == category)
    {
        return Err(AppError::wrong_field("category_id", "Choose one of the categories."));
    }
    if let Some(parent) = product.parent_id
        && catalog::product(tx, organisation_id, parent).await?.is_none()
    {
        return Err(AppError::wrong_field("parent_id", "There is no such product."));
    }
    if let Some(path) = &product.picture {
        let name = shared::picture::name_in(path);
        let here = match name {
            Some(name) => pictures::has(tx, organisation_id, name).await?,
            None => false,
        };
        if !here {
            return Err(AppError::wrong_field(
                "picture",
                "This is not a picture of this shop. Add the picture here first; pictures of other addresses are not shown.",
            ));
        }
    }
    Ok(())
}

/// Adds a category, or with an id changes that one.
pub async fn put_category(
    app: &App,
    organisation_id: OrganisationId,
    id: Option<CategoryId>,
    request: CategoryRequest,
) -> Result<Category, AppError> {
    let name = request.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 60 || name.contains(char::is_control) {
        return Err(AppError::wrong_field("name", "Give the category a name of at most 60 letters."));
    }
    let mut tx = app.db.write_for(organisation_id).await?;
    if let Some(id) = id
        && !catalog::categories(&mut tx, organisation_id).await?.iter().any(|known| known.id == id)
    {
        return Err(AppError::NotFound);
    }
    let id = id.unwrap_or_else(|| CategoryId::fresh(&mut FreshIds));
    let category = Category { id, name, position: request.position };
    catalog::put_categories(&mut tx, organisation_id, std::slice::from_ref(&category)).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(category)
}

/// Adds a tax category (its `id` is minted here), or with an id changes that one.
pub async fn put_tax_category(
    app: &App,
    organisation_id: OrganisationId,
    id: Option<TaxCategoryId>,
    mut category: TaxCategory,
) -> Result<TaxCategory, AppError> {
    category.name = category.name.trim().to_owned();
    if category.name.is_empty() || category.name.chars().count() > 60 {
        return Err(AppError::wrong_field("name", "Give the tax category a name of at most 60 letters."));
    }
    category.periods.sort_by_key(|period| period.from);
    if category.periods.windows(2).any(|pair| pair[0].from == pair[1].from) {
        return Err(AppError::wrong_field("periods", "Two periods begin on the same day."));
    }
    if !category.is_usable() {
        return Err(AppError::wrong_field("periods", "Each rate needs a name and 0 to 100 %."));
    }
    let mut tx = app.db.write_for(organisation_id).await?;
    match id {
        Some(id) if !catalog::has_tax_category(&mut tx, organisation_id, id).await? => {
            return Err(AppError::NotFound);
        }
        Some(id) => category.id = id,
        None => category.id = TaxCategoryId::fresh(&mut FreshIds),
    }
    catalog::put_tax_categories(&mut tx, organisation_id, std::slice::from_ref(&category)).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(category)
}
