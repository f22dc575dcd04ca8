//! Sample: a few products to look at the screens with, until a server is paired.
//! Lives here: a made-up shop. May use: shared types. Never: anything that is sold.
//! Invariant: it shows only when the address asks for it (`?sample`), and nothing of it is kept.

use super::Till;
use super::till::Phase;
use crate::clock;
use crate::device_store::{Catalog, Identity, Lists, StoredStaff};
use shared::catalog::{Category, Product, Unit};
use shared::ids::{
    CategoryId, DeviceId, OrganisationId, ProductId, RegisterId, StaffId, StoreId, TaxCategoryId,
};
use shared::money::UnitPrice;
use shared::register::Register;
use shared::staff::{Role, StaffMember};
use std::sync::Arc;

/// Does the address ask for it?
pub fn is_wanted() -> bool {
    let search = web_sys::window().and_then(|window| window.location().search().ok());
    search.is_some_and(|search| search.contains("sample"))
}

pub async fn fill(till: Till) {
    use leptos::prelude::Set;
    let Some((identity, lists, products)) = shop() else { return };
    let _ = till.device().pair(&identity, &wasm_bindgen::JsValue::NULL).await;
    till.show(identity, &lists);
    till.catalog.set(Arc::new(Catalog::default().changed(products, &[]).0));
    till.phase.set(Phase::Locked);
}

fn shop() -> Option<(Identity, Lists, Vec<Product>)> {
    let store = serde_json::json!({
        "id": clock::mint(), "name": "Camden High Street", "address": ["12 High Street", "London NW1"], "country": "GB",
        "currency": "GBP", "time_zone": "Europe/London", "language": "en",
        "tax": {"prices_include_tax": true, "rounded": "line", "rounding": "half_away_from_zero"},
    });
    let store: shared::store::Store =
        serde_json::from_value(store).map_err(|e| leptos::logging::error!("{e}")).ok()?;
    let register =
        Register { id: RegisterId(clock::mint()), store_id: StoreId(store.id.0), name: "Register 2".into() };
    let identity = Identity {
        device_id: DeviceId(clock::mint()),
        organisation_id: OrganisationId(clock::mint()),
        organisation_name: "Sample".into(),
        register,
        store,
        receipt_prefix: "S2".into(),
    };
    let staff = [("Sam", Role::Cashier), ("Mia", Role::Manager), ("Olu", Role::Owner)].map(|(name, role)| {
        StoredStaff {
            member: StaffMember {
                id: StaffId(clock::mint()),
                name: name.into(),
                role,
                active: true,
                pin: None,
            },
            pin: None,
        }
    });
    let categories: Vec<Category> = ["Kitchen", "Garden", "Gifts", "Loose goods"]
        .iter()
        .zip(0..)
        .map(|(name, position)| Category { id: CategoryId(clock::mint()), name: (*name).into(), position })
        .collect();
    let tax = TaxCategoryId(clock::mint());
    let tax_category = serde_json::json!({"id": tax, "name": "Standard", "periods": [
        {"from": "2008-01-01", "rates": [{"name": "VAT", "rate": 200_000}]}]});
    let tax_categories = serde_json::from_value(tax_category).map(|one| vec![one]).unwrap_or_default();
    let products = (0..4_241_u32).map(|n| product(n, &categories, tax)).collect();
    Some((identity, Lists { categories, tax_categories, staff: staff.into(), ..Lists::default() }, products))
}

fn product(n: u32, categories: &[Category], tax_category_id: TaxCategoryId) -> Product {
    let names =
        ["White heart holder", "Regency teacup", "Red spotty bunting", "Crème brûlée dish", "Wicker basket"];
    let at = usize::try_from(n).unwrap_or(0);
    let category = categories.get(at % categories.len().max(1));
    let loose = category.is_some_and(|category| category.name == "Loose goods");
    Product {
        id: ProductId(clock::mint()),
        parent_id: None,
        sku: format!("{}", 20_000 + n),
        name: format!("{} {n}", names.get(at % names.len()).copied().unwrap_or_default()),
        options: vec![],
        barcodes: vec![format!("50123456{n:05}")],
        category_id: category.map(|category| category.id),
        unit: if loose { Unit::Kilogram } else { Unit::Piece },
        tax_category_id,
        price: (!n.is_multiple_of(50)).then_some(UnitPrice(i64::from(n % 97 + 1) * 8_500)),
        picture: None,
        stocked: true,
        active: true,
        favourite: n < 24,
    }
}

#[cfg(test)]
pub fn product_for_test(n: u32) -> Product {
    product(n, &[], TaxCategoryId(uuid::Uuid::nil()))
}
