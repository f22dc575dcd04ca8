//! Place: which page an address names, and what one must be allowed to see it.

use shared::ids::{ProductId, SaleId, StoreId};
use shared::staff::Permission;

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Figures of a day.
    Today,
    /// The list of sales.
    Sales,
    /// One sale.
    Sale(SaleId),
    /// Records kept for a manager.
    Kept,
    /// The list of products.
    Products,
    /// One product, or a new one.
    Product(Option<ProductId>),
    /// Groups of products.
    Categories,
    /// Tax categories.
    Taxes,
    /// Files in and out.
    Import,
    /// People.
    Staff,
    /// Paired tablets.
    Tablets,
    /// Stores and registers.
    Stores,
    /// One store, or a new one.
    Store(Option<StoreId>),
    /// What to do after setting up.
    Next,
    /// The person signed in.
    Account,
    /// No page of ours.
    Unknown,
}

impl Place {
    /// Reads a path.
    pub fn of(path: &str) -> Self {
        let mut parts = path.trim_matches('/').split('/');
        let inside = match parts.next() {
            Some("manage") => (parts.next().unwrap_or_default(), parts.next(), parts.next()),
            Some("setup" | "sign-in") => ("", None, None),
            _ => return Self::Unknown,
        };
        match inside {
            ("", None, None) => Self::Today,
            ("sales", None, None) => Self::Sales,
            ("sales", Some(id), None) => id.parse().map_or(Self::Unknown, Self::Sale),
            ("kept", None, None) => Self::Kept,
            ("products", None, None) => Self::Products,
            ("products", Some("new"), None) => Self::Product(None),
            ("products", Some(id), None) => id.parse().map_or(Self::Unknown, |id| Self::Product(Some(id))),
            ("categories", None, None) => Self::Categories,
            ("taxes", None, None) => Self::Taxes,
            ("import", None, None) => Self::Import,
            ("staff", None, None) => Self::Staff,
            ("tablets", None, None) => Self::Tablets,
            ("stores", None, None) => Self::Stores,
            ("stores", Some("new"), None) => Self::Store(None),
            ("stores", Some(id), None) => id.parse().map_or(Self::Unknown, |id| Self::Store(Some(id))),
            ("next", None, None) => Self::Next,
            ("account", None, None) => Self::Account,
            _ => Self::Unknown,
        }
    }

    /// What one must be allowed.
    pub fn permission(self) -> Option<Permission> {
        match self {
            Self::Today | Self::Sales | Self::Sale(_) => Some(Permission::ViewReports),
            Self::Kept | Self::Tablets => Some(Permission::ManageDevices),
            Self::Products | Self::Product(_) | Self::Categories | Self::Taxes | Self::Import => {
                Some(Permission::ManageCatalog)
            }
            Self::Staff => Some(Permission::ManageStaff),
            Self::Store(_) => Some(Permission::ManageStores),
            Self::Stores => Some(Permission::ManageDevices),
            Self::Next | Self::Account | Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn an_address_names_its_page() {
        assert_eq!(Place::of("/manage"), Place::Today);
        assert_eq!(Place::of("/manage/"), Place::Today);
        assert_eq!(Place::of("/manage/products/new"), Place::Product(None));
        assert_eq!(Place::of("/manage/sales/not-an-id"), Place::Unknown);
        assert_eq!(Place::of("/manage/products/a/b"), Place::Unknown);
        assert_eq!(Place::of("/elsewhere"), Place::Unknown);
    }
}
