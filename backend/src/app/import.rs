//! Import: a file of products into an organisation's catalogue.

use super::{App, AppError};
use crate::catalog_import::{ImportOptions, KnownCatalog, KnownProduct, ReadFile, plan, read};
use crate::clock::FreshIds;
use crate::store::{Db, catalog, ground, pictures};
use shared::api::ImportReport;
use shared::catalog::Product;
use shared::ids::OrganisationId;
use shared::money::Currency;
use std::io::Read;

/// How many products are written between two words on how far it is.
const STEP: usize = 5_000;

/// What an import did.
#[derive(Debug)]
pub struct Imported {
    /// The data check, and what was or would be written.
    pub report: ImportReport,
    /// Rows left out because of an error.
    pub left_out: u64,
}

/// Checks a file and, unless it is a dry run or an error stands in the way, writes it in one transaction.
/// `progress` hears how many products of how many are written.
pub async fn import_products(
    app: &App,
    organisation_id: OrganisationId,
    file: impl Read + Send + 'static,
    options: &ImportOptions,
    progress: impl Fn(usize, usize),
) -> Result<Imported, AppError> {
    let imported = import_into(&app.db, organisation_id, file, options, progress).await?;
    if imported.report.written {
        app.changes.tell(&organisation_id.to_string());
    }
    Ok(imported)
}

/// As [`import_products`], where nobody waits for changes.
pub async fn import_into(
    db: &Db,
    organisation_id: OrganisationId,
    file: impl Read + Send + 'static,
    options: &ImportOptions,
    progress: impl Fn(usize, usize),
) -> Result<Imported, AppError> {
    let currency = currency_of(db, organisation_id).await?;
    // Unpacking and checking keep a processor busy for a while: not where requests are served.
    let file: ReadFile = tokio::task::spawn_blocking(move || read(file, currency))
        .await
        .map_err(|e| AppError::Busy(e.to_string()))?
        .map_err(|e| AppError::wrong_input(format!("{e}. Nothing was imported.")))?;
    let mut tx = if options.dry_run {
        db.read_for(organisation_id).await?
    } else {
        db.write_for(organisation_id).await?
    };
    let known = KnownCatalog {
        products: catalog::all_products(&mut tx, organisation_id)
            .await?
            .into_iter()
            .map(|row| KnownProduct { product: row.product, version: row.version })
            .collect(),
        categories: catalog::categories(&mut tx, organisation_id).await?,
        tax_categories: catalog::tax_categories(&mut tx, organisation_id).await?,
        pictures: pictures::hashes(&mut tx, organisation_id).await?,
    };
    let mut plan = plan(file, &known, options, &mut FreshIds);
    if plan.ready {
        catalog::put_categories(&mut tx, organisation_id, &plan.categories).await?;
        let all = plan.products.len();
        let mut done = 0;
        let (new, changed): (Vec<_>, Vec<_>) = plan.products.drain(..).partition(|p| p.replaces.is_none());
        // Changes first: a barcode may move from one product to another.
        for planned in changed {
            let version = planned.replaces.unwrap_or(0);
            if !catalog::update_product(&mut tx, organisation_id, &planned.product, version).await? {
                let sku = planned.product.sku;
                return Err(AppError::Conflict(format!(
                    "Product {sku} was changed meanwhile. Nothing was imported."
                )));
            }
            done += 1;
        }
        let new: Vec<Product> = new.into_iter().map(|planned| planned.product).collect();
        for products in new.chunks(STEP) {
            catalog::insert_products(&mut tx, organisation_id, products).await?;
            done += products.len();
            progress(done, all);
        }
        tx.commit().await?;
        plan.report.written = true;
    }
    Ok(Imported { report: plan.report, left_out: plan.left_out })
}

/// What prices in minor units are in: the currency of the first store.
pub(super) async fn currency_of(db: &Db, organisation_id: OrganisationId) -> Result<Currency, AppError> {
    let mut tx = db.read_for(organisation_id).await?;
    let stores = ground::stores(&mut tx, organisation_id).await?;
    stores
        .first()
        .map(|store| store.currency)
        .ok_or_else(|| AppError::wrong_input("There is no store yet; set one up before importing a file."))
}
