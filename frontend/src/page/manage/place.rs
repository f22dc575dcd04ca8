//! Place: which page an address names, and what one must be allowed to see it.

use shared::ids::{
    ConnectionId, CustomerId, PriceListId, ProductId, PromotionId, SaleId, ShiftId, StoreId, TenderTypeId,
};
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
    /// The list of shifts.
    Shifts,
    /// One shift.
    Shift(ShiftId),
    /// Days, closed or not.
    Days,
    /// What was approved at the tills.
    Approvals,
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
    /// Money off by a rule.
    Promotions,
    /// One promotion, or a new one.
    Promotion(Option<PromotionId>),
    /// Prices for some stores or times.
    PriceLists,
    /// One price list, or a new one.
    PriceList(Option<PriceListId>),
    /// Ways to pay.
    Tenders,
    /// One way to pay, or a new one.
    Tender(Option<TenderTypeId>),
    /// The list of customers.
    Customers,
    /// One customer, or a new one.
    Customer(Option<CustomerId>),
    /// A file of customers in.
    CustomerImport,
    /// Groups of customers.
    CustomerGroups,
    /// What is on accounts and gift cards.
    Accounts,
    /// Goods that wait to be fetched.
    Layaways,
    /// Records that may be of one person.
    Doubles,
    /// Files in and out.
    Import,
    /// People.
    Staff,
    /// Paired tablets.
    Tablets,
    /// Printers on stores' networks.
    Printers,
    /// Stores and registers.
    Stores,
    /// One store, or a new one.
    Store(Option<StoreId>),
    /// What is connected.
    Connections,
    /// One connection, or a new one.
    Connection(Option<ConnectionId>),
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
            ("shifts", None, None) => Self::Shifts,
            ("shifts", Some(id), None) => id.parse().map_or(Self::Unknown, Self::Shift),
            ("days", None, None) => Self::Days,
            ("approvals", None, None) => Self::Approvals,
            ("kept", None, None) => Self::Kept,
            ("products", None, None) => Self::Products,
            ("products", Some("new"), None) => Self::Product(None),
            ("products", Some(id), None) => id.parse().map_or(Self::Unknown, |id| Self::Product(Some(id))),
            ("categories", None, None) => Self::Categories,
            ("taxes", None, None) => Self::Taxes,
            ("promotions", None, None) => Self::Promotions,
            ("promotions", Some("new"), None) => Self::Promotion(None),
            ("promotions", Some(id), None) => {
                id.parse().map_or(Self::Unknown, |id| Self::Promotion(Some(id)))
            }
            ("price-lists", None, None) => Self::PriceLists,
            ("price-lists", Some("new"), None) => Self::PriceList(None),
            ("price-lists", Some(id), None) => {
                id.parse().map_or(Self::Unknown, |id| Self::PriceList(Some(id)))
            }
            ("tenders", None, None) => Self::Tenders,
            ("tenders", Some("new"), None) => Self::Tender(None),
            ("tenders", Some(id), None) => id.parse().map_or(Self::Unknown, |id| Self::Tender(Some(id))),
            ("customers", None, None) => Self::Customers,
            ("customers", Some("new"), None) => Self::Customer(None),
            ("customers", Some("import"), None) => Self::CustomerImport,
            ("customers", Some(id), None) => id.parse().map_or(Self::Unknown, |id| Self::Customer(Some(id))),
            ("customer-groups", None, None) => Self::CustomerGroups,
            ("accounts", None, None) => Self::Accounts,
            ("layaways", None, None) => Self::Layaways,
            ("doubles", None, None) => Self::Doubles,
            ("import", None, None) => Self::Import,
            ("staff", None, None) => Self::Staff,
            ("tablets", None, None) => Self::Tablets,
            ("printers", None, None) => Self::Printers,
            ("stores", None, None) => Self::Stores,
            ("stores", Some("new"), None) => Self::Store(None),
            ("stores", Some(id), None) => id.parse().map_or(Self::Unknown, |id| Self::Store(Some(id))),
            ("connect", None, None) => Self::Connections,
            ("connect", Some("new"), None) => Self::Connection(None),
            ("connect", Some(id), None) => id.parse().map_or(Self::Unknown, |id| Self::Connection(Some(id))),
            ("next", None, None) => Self::Next,
            ("account", None, None) => Self::Account,
            _ => Self::Unknown,
        }
    }

    /// What one must be allowed.
    pub fn permission(self) -> Option<Permission> {
        match self {
            Self::Today
            | Self::Sales
            | Self::Sale(_)
            | Self::Shifts
            | Self::Shift(_)
            | Self::Days
            | Self::Approvals => Some(Permission::ViewReports),
            Self::Kept | Self::Tablets | Self::Printers => Some(Permission::ManageDevices),
            Self::Products | Self::Product(_) | Self::Categories | Self::Taxes | Self::Import => {
                Some(Permission::ManageCatalog)
            }
            Self::Promotions
            | Self::Promotion(_)
            | Self::PriceLists
            | Self::PriceList(_)
            | Self::Tenders
            | Self::Tender(_) => Some(Permission::ManageCatalog),
            Self::Customers
            | Self::Customer(_)
            | Self::CustomerImport
            | Self::CustomerGroups
            | Self::Accounts
            | Self::Layaways
            | Self::Doubles => Some(Permission::ManageCustomers),
            Self::Staff => Some(Permission::ManageStaff),
            Self::Store(_) => Some(Permission::ManageStores),
            Self::Stores => Some(Permission::ManageDevices),
            Self::Connections | Self::Connection(_) => Some(Permission::ManageConnections),
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
