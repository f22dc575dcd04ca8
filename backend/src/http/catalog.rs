//! Catalog: products, categories, tax categories, import.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Asked, Body, Id, Whole, asked};
use super::route::{Route, Who};
use super::version::{WithVersion, known_version, with_version};
use crate::app::{App, catalog, import};
use crate::catalog_import::ImportOptions;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use shared::api::{CatalogResponse, CategoryRequest, ImportReport, ProductPage};
use shared::catalog::{Category, Product};
use shared::ids::{CategoryId, ProductId, TaxCategoryId};
use shared::staff::Permission;
use shared::tax::TaxCategory;
use std::io::Cursor;

/// The most a file of products may hold, in bytes: some hundred thousand rows.
const MOST_CSV_BYTES: usize = 128 << 20;

pub fn routes() -> Vec<Route> {
    let looks = Who::Staff(Permission::Sell);
    let manages = Who::Staff(Permission::ManageCatalog);
    vec![
        Route::get(
            "/api/products",
            looks,
            "A page of products whose name, code or barcodes hold every word.",
            products,
        )
        .asks(&[
            ("ids", "Instead of all: the products of these ids, with a comma between, up to 500."),
            ("search", "Words; case and accents do not matter."),
            ("after", "`next` of the page before."),
            ("limit", "Most rows, up to 500."),
        ])
        .gives::<ProductPage>(),
        Route::post(
            "/api/products",
            manages,
            "Adds a product; its id is ignored and minted here.",
            create_product,
        )
        .takes::<Product>()
        .gives::<Product>(),
        Route::get("/api/products/{id}", looks, "One product; its version is the ETag.", product)
            .gives::<Product>(),
        Route::put(
            "/api/products/{id}",
            manages,
            "Changes a product. With If-Match (the ETag) only if nobody else has changed it meanwhile.",
            update_product,
        )
        .takes::<Product>()
        .gives::<Product>(),
        Route::post(
            "/api/products/import",
            manages,
            "Checks a file of products and, unless it is a dry run or has an error, imports it whole.",
            import_products,
        )
        .asks(&[
            ("dry_run", "`true` (check only; so unless asked otherwise) or `false`."),
            ("skip_bad_rows", "`true` leaves rows with an error out instead of stopping."),
            ("tax_category", "The tax category, by name, of rows that name none."),
        ])
        .takes_csv(MOST_CSV_BYTES)
        .gives::<ImportReport>(),
        Route::get("/api/catalog", looks, "Categories and tax categories.", groups)
            .gives::<CatalogResponse>(),
        Route::post("/api/categories", manages, "Adds a category.", create_category)
            .takes::<CategoryRequest>()
            .gives::<Category>(),
        Route::put("/api/categories/{id}", manages, "Changes a category.", update_category)
            .takes::<CategoryRequest>()
            .gives::<Category>(),
        Route::post(
            "/api/tax-categories",
            manages,
            "Adds a tax category; its id is ignored.",
            create_tax_category,
        )
        .takes::<TaxCategory>()
        .gives::<TaxCategory>(),
        Route::put("/api/tax-categories/{id}", manages, "Changes a tax category.", update_tax_category)
            .takes::<TaxCategory>()
            .gives::<TaxCategory>(),
    ]
}

#[derive(Deserialize)]
struct ProductQuery {
    ids: Option<String>,
    search: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

async fn products(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<ProductQuery>,
) -> Result<Json<ProductPage>, Failure> {
    let read = |ids: &str| ids.split(',').map(str::parse).collect::<Result<Vec<ProductId>, _>>();
    if let Some(ids) = asked("ids", query.ids.as_deref(), read, "Ids of products, with a comma between.")? {
        return Ok(Json(catalog::products_of(&app, caller.organisation_id, &ids).await?));
    }
    let search = query.search.as_deref().unwrap_or("");
    let after = query.after.as_deref().filter(|after| !after.is_empty());
    let limit = asked("limit", query.limit.as_deref(), str::parse::<i64>, "A whole number.")?;
    Ok(Json(catalog::products(&app, caller.organisation_id, search, after, limit).await?))
}

async fn product(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<ProductId>,
) -> Result<WithVersion<Product>, Failure> {
    let row = catalog::product(&app, caller.organisation_id, id).await?;
    Ok(with_version(row.product, row.version))
}

async fn create_product(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(product): Body<Product>,
) -> Result<WithVersion<Product>, Failure> {
    Ok(with_version(catalog::create_product(&app, caller.organisation_id, product).await?, 1))
}

async fn update_product(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<ProductId>,
    headers: HeaderMap,
    Body(product): Body<Product>,
) -> Result<WithVersion<Product>, Failure> {
    let row =
        catalog::update_product(&app, caller.organisation_id, id, product, known_version(&headers)?).await?;
    Ok(with_version(row.product, row.version))
}

#[derive(Deserialize)]
struct ImportQuery {
    dry_run: Option<String>,
    skip_bad_rows: Option<String>,
    tax_category: Option<String>,
}

async fn import_products(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<ImportQuery>,
    Whole(file): Whole,
) -> Result<Json<ImportReport>, Failure> {
    let flag = |field: &str, text: Option<&str>| asked(field, text, str::parse::<bool>, "`true` or `false`.");
    let options = ImportOptions {
        dry_run: flag("dry_run", query.dry_run.as_deref())?.unwrap_or(true),
        skip_bad_rows: flag("skip_bad_rows", query.skip_bad_rows.as_deref())?.unwrap_or(false),
        tax_category: query.tax_category.filter(|name| !name.is_empty()),
    };
    let imported =
        import::import_products(&app, caller.organisation_id, Cursor::new(file), &options, |_, _| {}).await?;
    Ok(Json(imported.report))
}

async fn groups(State(app): State<App>, Staff(caller): Staff) -> Result<Json<CatalogResponse>, Failure> {
    Ok(Json(catalog::groups(&app, caller.organisation_id).await?))
}

async fn create_category(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(request): Body<CategoryRequest>,
) -> Result<Json<Category>, Failure> {
    Ok(Json(catalog::put_category(&app, caller.organisation_id, None, request).await?))
}

async fn update_category(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<CategoryId>,
    Body(request): Body<CategoryRequest>,
) -> Result<Json<Category>, Failure> {
    Ok(Json(catalog::put_category(&app, caller.organisation_id, Some(id), request).await?))
}

async fn create_tax_category(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(category): Body<TaxCategory>,
) -> Result<Json<TaxCategory>, Failure> {
    Ok(Json(catalog::put_tax_category(&app, caller.organisation_id, None, category).await?))
}

async fn update_tax_category(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<TaxCategoryId>,
    Body(category): Body<TaxCategory>,
) -> Result<Json<TaxCategory>, Failure> {
    Ok(Json(catalog::put_tax_category(&app, caller.organisation_id, Some(id), category).await?))
}
