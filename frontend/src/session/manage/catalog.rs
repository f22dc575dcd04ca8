//! Catalog: products, categories, taxes, and the import of a file of products.

use super::{Manage, Paged, Trouble};
use crate::api_client;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CatalogResponse, CategoryRequest, ImportReport};
use shared::catalog::{Category, Product};
use shared::ids::{CategoryId, ProductId, TaxCategoryId};
use shared::tax::TaxCategory;
use std::sync::Arc;

/// A product as it was read, so that a change of somebody else's is noticed.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionedProduct {
    /// The product.
    pub product: Product,
    /// As the server writes it.
    pub version: String,
}

impl From<(Product, Option<String>)> for VersionedProduct {
    fn from((product, version): (Product, Option<String>)) -> Self {
        // Whatever version there is, where the server named none.
        Self { product, version: version.unwrap_or_else(|| "*".to_owned()) }
    }
}

impl Manage {
    /// Reads categories and taxes anew.
    pub fn load_groups(self) {
        spawn_local(async move {
            match self.get::<CatalogResponse>("/api/catalog").await {
                Ok(groups) => self.groups.set(Arc::new(groups)),
                Err(trouble) => self.trouble.set(Some(trouble)),
            }
        });
    }

    /// A list of products; show it with [`Manage::seek_products`].
    pub fn products(self) -> Paged<Product> {
        Paged::new(self)
    }

    /// Fills the list with the products looked for.
    pub fn seek_products(self, list: Paged<Product>, search: String) {
        list.begin("/api/products", vec![("search", search)]);
    }

    /// One product.
    pub async fn product(self, id: ProductId) -> Result<VersionedProduct, Trouble> {
        let path = format!("/api/products/{id}");
        self.heard(api_client::get_versioned(&path).await).map(VersionedProduct::from)
    }

    /// Adds a product.
    pub async fn add_product(self, product: Product) -> Result<Product, Trouble> {
        self.send("POST", "/api/products", &product).await
    }

    /// Changes a product that nobody else has changed since it was read.
    pub async fn change_product(self, changed: VersionedProduct) -> Result<VersionedProduct, Trouble> {
        let path = format!("/api/products/{}", changed.product.id);
        let answer = api_client::put_versioned(&path, &changed.product, &changed.version).await;
        self.heard(answer).map(VersionedProduct::from)
    }

    /// Adds a category, or with an id changes one.
    pub async fn save_category(
        self,
        id: Option<CategoryId>,
        request: CategoryRequest,
    ) -> Result<Category, Trouble> {
        let saved = match id {
            None => self.send("POST", "/api/categories", &request).await,
            Some(id) => self.send("PUT", &format!("/api/categories/{id}"), &request).await,
        };
        self.load_groups();
        saved
    }

    /// Adds a tax category, or with `known` changes one.
    pub async fn save_tax(
        self,
        known: Option<TaxCategoryId>,
        tax: TaxCategory,
    ) -> Result<TaxCategory, Trouble> {
        let saved = match known {
            None => self.send("POST", "/api/tax-categories", &tax).await,
            Some(id) => self.send("PUT", &format!("/api/tax-categories/{id}"), &tax).await,
        };
        self.load_groups();
        saved
    }

    /// Checks a file of products and, unless it is only a check, imports it.
    pub async fn import(self, file: web_sys::File, only_check: bool) -> Result<ImportReport, Trouble> {
        let path = format!("/api/products/import?dry_run={only_check}");
        let report = self.heard(api_client::upload(&path, &file, "text/csv").await);
        if !only_check {
            self.load_groups();
        }
        report
    }
}
