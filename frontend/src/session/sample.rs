//! Sample: made-up products for tests.

use crate::clock;
use shared::catalog::{Product, Unit};
use shared::ids::{ProductId, TaxCategoryId};
use shared::money::UnitPrice;

const NAMES: [&str; 5] =
    ["White heart holder", "Regency teacup", "Red spotty bunting", "Crème brûlée dish", "Wicker basket"];

pub fn product(n: u32) -> Product {
    Product {
        id: ProductId(clock::mint()),
        parent_id: None,
        sku: format!("{}", 20_000 + n),
        name: format!("{} {n}", NAMES[n as usize % NAMES.len()]),
        options: vec![],
        barcodes: vec![format!("50123456{n:05}")],
        category_id: None,
        unit: Unit::Piece,
        tax_category_id: TaxCategoryId(uuid::Uuid::nil()),
        price: (!n.is_multiple_of(50)).then_some(UnitPrice(i64::from(n % 97 + 1) * 8_500)),
        picture: None,
        stocked: true,
        active: true,
        favourite: n < 24,
    }
}
