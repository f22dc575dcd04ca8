//! Goods: the products of a real gift shop (NOTICE.md beside the data), and some sold by weight and length.

use super::DemoError;
use super::names::{group_of, groups, shelf_name};
use crate::replay::chance::Chance;
use crate::replay::register::{is_merchandise, line_kind};
use shared::catalog::{Category, Product, Unit};
use shared::ids::{CategoryId, ProductId, TaxCategoryId};
use shared::money::UnitPrice;
use shared::sale::LineKind;
use std::collections::HashMap;
use std::io::Read;

const PRODUCTS: &[u8] = include_bytes!("../../demo/products-derived.csv.gz");
/// So many of the goods sold most often are shown first at the till.
const FAVOURITES: usize = 60;
const MEASURED: &str = "By weight";

/// Name, unit, price, and whether it is food without tax.
const BY_MEASURE: [(&str, &str, Unit, &str, bool); 13] = [
    ("LOOSE01", "Earl Grey tea, loose", Unit::Kilogram, "48.00", true),
    ("LOOSE02", "Darjeeling tea, loose", Unit::Kilogram, "62.00", true),
    ("LOOSE03", "Peppermint tea, loose", Unit::Kilogram, "39.50", true),
    ("LOOSE04", "Coffee beans, house blend", Unit::Kilogram, "24.00", true),
    ("LOOSE05", "Pick & mix sweets", Unit::Kilogram, "14.50", false),
    ("LOOSE06", "Chocolate buttons", Unit::Kilogram, "18.00", false),
    ("LOOSE07", "Sugared almonds", Unit::Kilogram, "21.00", false),
    ("LOOSE08", "Bath salts, lavender", Unit::Kilogram, "9.50", false),
    ("LOOSE09", "Dried lavender", Unit::Gram, "0.0450", false),
    ("LOOSE10", "Soy wax chips", Unit::Kilogram, "11.75", false),
    ("LOOSE11", "Satin ribbon, red", Unit::Metre, "1.20", false),
    ("LOOSE12", "Gingham ribbon, blue", Unit::Metre, "1.45", false),
    ("LOOSE13", "Garden twine", Unit::Metre, "0.35", false),
];

/// What stands on the shelves.
#[derive(Debug)]
pub struct Goods {
    /// Groups, in the order of their chips.
    pub categories: Vec<Category>,
    /// All goods, those of the file first.
    pub products: Vec<Product>,
}

/// Reads them. The same every time but for the ids' time.
pub fn goods(standard: TaxCategoryId, untaxed: TaxCategoryId, now_ms: i64) -> Result<Goods, DemoError> {
    let mut chance = Chance::new(0x600d5);
    let names: Vec<&str> = groups().chain([MEASURED]).collect();
    let categories: Vec<Category> = names
        .iter()
        .zip(1..)
        .map(|(name, position)| Category {
            id: CategoryId::fresh(&mut chance.ids(now_ms)),
            name: (*name).to_owned(),
            position,
        })
        .collect();
    let group: HashMap<&str, CategoryId> =
        names.iter().copied().zip(categories.iter().map(|category| category.id)).collect();
    let mut rows = read()?;
    let mut by_sales: Vec<usize> =
        (0..rows.len()).filter(|at| rows.get(*at).is_some_and(|r| r.on_shelf)).collect();
    by_sales.sort_by_key(|at| std::cmp::Reverse(rows.get(*at).map_or(0, |row| row.sales)));
    for at in by_sales.into_iter().take(FAVOURITES) {
        if let Some(row) = rows.get_mut(at) {
            row.favourite = true;
        }
    }
    let mut products: Vec<Product> = rows
        .into_iter()
        .map(|row| Product {
            id: ProductId::fresh(&mut chance.ids(now_ms)),
            parent_id: None,
            barcodes: barcode_of(&row.code).into_iter().collect(),
            category_id: row.on_shelf.then(|| group.get(group_of(&row.name)).copied()).flatten(),
            unit: Unit::Piece,
            tax_category_id: standard,
            options: Vec::new(),
            price: Some(row.price),
            picture: None,
            stocked: row.on_shelf,
            active: row.active,
            favourite: row.favourite,
            sku: row.code,
            name: row.name,
        })
        .collect();
    for (code, name, unit, price, food) in BY_MEASURE {
        products.push(Product {
            id: ProductId::fresh(&mut chance.ids(now_ms)),
            parent_id: None,
            sku: code.to_owned(),
            name: name.to_owned(),
            options: Vec::new(),
            barcodes: Vec::new(),
            category_id: group.get(MEASURED).copied(),
            unit,
            tax_category_id: if food { untaxed } else { standard },
            price: Some(UnitPrice::parse(price).map_err(|e| DemoError::Data(e.to_string()))?),
            picture: None,
            stocked: true,
            active: true,
            favourite: false,
        });
    }
    Ok(Goods { categories, products })
}

struct Row {
    code: String,
    name: String,
    price: UnitPrice,
    sales: u64,
    on_shelf: bool,
    active: bool,
    favourite: bool,
}

fn read() -> Result<Vec<Row>, DemoError> {
    let wrong = |what: &dyn std::fmt::Display| DemoError::Data(format!("products: {what}"));
    let text = unpacked(PRODUCTS)?;
    let mut rows = Vec::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.map_err(|e| wrong(&e))?;
        let cell = |at: usize| row.get(at).unwrap_or("");
        let code = cell(0).to_owned();
        let kind = line_kind(&code);
        let test = code.starts_with("TEST");
        rows.push(Row {
            name: shelf_name(cell(1)),
            price: UnitPrice::parse(cell(2)).map_err(|e| wrong(&e))?,
            sales: cell(7).parse().map_err(|e| wrong(&e))?,
            on_shelf: kind == LineKind::Product && !test,
            // Fees and corrections of the old books are there to be found, not to be sold.
            active: matches!(kind, LineKind::Product | LineKind::Postage | LineKind::Voucher) && !test,
            favourite: false,
            code,
        });
    }
    Ok(rows)
}

/// The text of an embedded file.
pub fn unpacked(packed: &[u8]) -> Result<String, DemoError> {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(packed)
        .read_to_string(&mut text)
        .map_err(|e| DemoError::Data(e.to_string()))?;
    Ok(text)
}

/// A barcode to print and scan, out of the numbers a shop may use as it likes (GS1 prefix 040): the five digits of the
/// code, then its letters by number.
fn barcode_of(code: &str) -> Option<String> {
    if !is_merchandise(code) {
        return None;
    }
    let place = |letter: u8| match letter {
        b'A'..=b'Z' => u32::from(letter - b'A') + 1,
        b'a'..=b'z' => u32::from(letter - b'a') + 27,
        _ => 0,
    };
    let (digits, letters) = code.split_at_checked(5)?;
    let letters = letters.bytes().fold(0, |sum, letter| sum * 53 + place(letter));
    let body = format!("040{digits}{letters:04}");
    let check = shared::barcode::check_digit(body.as_bytes());
    Some(format!("{body}{check}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::barcode::{check, match_key};
    use std::collections::HashSet;
    use uuid::Uuid;

    /// The peers of the tests sell some of the same goods.
    #[test]
    fn what_the_peers_sell_is_sold_here() {
        let tax = |n| TaxCategoryId(Uuid::from_u128(n));
        let goods = goods(tax(20), tax(0), 1_700_000_000_000).unwrap();
        let peers: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../../e2e/peers/goods.json")).unwrap();
        assert_eq!(peers.len(), 12);
        for theirs in peers {
            let ours = goods.products.iter().find(|p| theirs["sku"] == p.sku.as_str()).unwrap();
            assert_eq!(theirs["name"], ours.name.as_str());
            assert_eq!(ours.price, Some(UnitPrice::parse(theirs["price"].as_str().unwrap()).unwrap()));
            assert_eq!(theirs["ean"].as_str(), ours.barcodes.first().map(String::as_str));
            assert_eq!(u128::from(theirs["vat"].as_u64().unwrap()), ours.tax_category_id.0.as_u128());
            assert_eq!(theirs["unit"] == "kilogram", ours.unit == Unit::Kilogram);
        }
    }

    #[test]
    fn a_whole_real_shop_and_something_to_weigh() {
        let tax = |n| TaxCategoryId(Uuid::from_u128(n));
        let goods = goods(tax(1), tax(2), 1_700_000_000_000).unwrap();
        assert_eq!(goods.products.len(), 4_241 + BY_MEASURE.len());
        assert_eq!(goods.categories.len(), 15);
        let find = |sku: &str| goods.products.iter().find(|p| p.sku == sku).unwrap();
        let heart = find("85123A");
        assert_eq!(heart.name, "White hanging heart T-light holder");
        assert_eq!(heart.price, Some(UnitPrice::parse("2.95").unwrap()));
        assert!(heart.favourite && heart.active && heart.stocked);
        assert!(!find("AMAZONFEE").active && !find("TEST001").active && find("POST").active);
        assert!(find("LOOSE01").unit.is_measured() && find("LOOSE01").tax_category_id == tax(2));
        assert_eq!(goods.products.iter().filter(|p| p.favourite).count(), FAVOURITES);
        let mut codes = HashSet::new();
        for code in goods.products.iter().flat_map(|p| &p.barcodes) {
            check(code).unwrap();
            assert!(codes.insert(match_key(code)), "{code} is there twice");
        }
        assert!(codes.len() > 4_000);
        let skus: HashSet<&str> = goods.products.iter().map(|p| p.sku.as_str()).collect();
        assert_eq!(skus.len(), goods.products.len());
    }
}
