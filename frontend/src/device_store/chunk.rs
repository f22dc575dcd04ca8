//! Chunk: about a thousand products as one block of bytes, laid out so that nothing is decoded before it is shown.
//! Lives here: the layout, its one version so far, folded search text, barcode and id tables, reading one product.
//! May use: shared catalog and barcode, postcard for one product. Never: the browser.
//! Invariant: bytes that do not fit the layout are not a chunk; every read is checked, so a torn block never panics.

use crate::letters::fold;
use serde::{Deserialize, Serialize};
use shared::barcode::match_key;
use shared::catalog::{Product, Unit, VariantOption};
use shared::ids::{CategoryId, ProductId, TaxCategoryId};
use shared::money::UnitPrice;
use uuid::Uuid;

/// Most products of a chunk; a place in the catalogue has ten bits for it.
pub const MOST_PRODUCTS: usize = 1_000;

const LAYOUT: u32 = 0x7462_0001;
const HEAD: usize = 20;
const BARCODE: usize = 10;
const ACTIVE: u8 = 1;
const FAVOURITE: u8 = 2;

/// Products as they are stored and searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    bytes: Vec<u8>,
    count: usize,
    barcode_count: usize,
    text_from: usize,
    products_from: usize,
}

/// A product as it is stored. Fields are never reordered: a new field means a new layout number.
#[derive(Serialize, Deserialize)]
struct StoredProduct {
    parent_id: Option<Uuid>,
    sku: String,
    name: String,
    options: Vec<(String, String)>,
    barcodes: Vec<String>,
    unit: u8,
    tax_category_id: Uuid,
    price: Option<i64>,
    picture: Option<String>,
    stocked: bool,
}

const UNITS: [Unit; 6] = [Unit::Piece, Unit::Kilogram, Unit::Gram, Unit::Litre, Unit::Metre, Unit::Pound];

impl StoredProduct {
    fn of(product: &Product) -> Self {
        let unit = UNITS.iter().position(|unit| *unit == product.unit).unwrap_or(0);
        Self {
            parent_id: product.parent_id.map(|id| id.0),
            sku: product.sku.clone(),
            name: product.name.clone(),
            options: product.options.iter().map(|o| (o.name.clone(), o.value.clone())).collect(),
            barcodes: product.barcodes.clone(),
            unit: u8::try_from(unit).unwrap_or(0),
            tax_category_id: product.tax_category_id.0,
            price: product.price.map(|price| price.0),
            picture: product.picture.clone(),
            stocked: product.stocked,
        }
    }

    fn product(self, id: ProductId, category_id: Option<CategoryId>, flags: u8) -> Product {
        Product {
            id,
            parent_id: self.parent_id.map(ProductId),
            sku: self.sku,
            name: self.name,
            options: self.options.into_iter().map(|(name, value)| VariantOption { name, value }).collect(),
            barcodes: self.barcodes,
            category_id,
            unit: UNITS.get(usize::from(self.unit)).copied().unwrap_or_default(),
            tax_category_id: TaxCategoryId(self.tax_category_id),
            price: self.price.map(UnitPrice),
            picture: self.picture,
            stocked: self.stocked,
            active: flags & ACTIVE != 0,
            favourite: flags & FAVOURITE != 0,
        }
    }
}

/// The text a product is found by: folded name, options and SKU, then a tab before each barcode's key, then a line's end.
fn search_line(product: &Product, text: &mut String) {
    if product.active {
        text.push_str(&fold(&product.name));
        for option in &product.options {
            text.push(' ');
            text.push_str(&fold(&option.value));
        }
        text.push(' ');
        text.push_str(&fold(&product.sku));
        for code in &product.barcodes {
            text.push('\t');
            text.push_str(&fold(&match_key(code)));
        }
    }
    text.push('\n');
}

/// FNV-1a; a hit is always checked against the product's own barcodes.
fn hash(key: &str) -> u64 {
    key.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Chunk {
    /// Lays out at most [`MOST_PRODUCTS`] products; none when there are more, or one cannot be written.
    pub fn of(products: &[Product]) -> Option<Self> {
        if products.len() > MOST_PRODUCTS {
            return None;
        }
        let mut parts = Parts::default();
        for (slot, product) in products.iter().enumerate() {
            parts.add(u16::try_from(slot).ok()?, product)?;
        }
        Self::read(parts.join(products)?)
    }

    /// Takes stored bytes if they are a chunk.
    pub fn read(bytes: Vec<u8>) -> Option<Self> {
        let word = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        let size = |at: usize| word(at).and_then(|size| usize::try_from(size).ok());
        if word(0)? != LAYOUT {
            return None;
        }
        let (count, barcode_count, text, products) = (size(4)?, size(8)?, size(12)?, size(16)?);
        if count > MOST_PRODUCTS {
            return None;
        }
        let tables = count.checked_mul(16 + 16 + 2 + 4 + 4 + 1)?;
        let text_from = HEAD.checked_add(tables)?.checked_add(barcode_count.checked_mul(BARCODE)?)?;
        let products_from = text_from.checked_add(text)?;
        let fits = products_from.checked_add(products)? == bytes.len();
        fits.then_some(Self { bytes, count, barcode_count, text_from, products_from })
    }

    /// As stored.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many products.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The product in a slot.
    pub fn product(&self, slot: usize) -> Option<Product> {
        let from = if slot == 0 { 0 } else { self.table(Table::ProductEnd, slot - 1)? };
        let to = self.table(Table::ProductEnd, slot)?;
        let bytes = self.bytes.get(self.products_from + from..self.products_from + to)?;
        let stored: StoredProduct = postcard::from_bytes(bytes).ok()?;
        Some(stored.product(self.id(slot)?, self.category(slot), self.flags(slot)))
    }

    /// The id in a slot.
    pub fn id(&self, slot: usize) -> Option<ProductId> {
        (slot < self.count).then(|| self.uuid(HEAD + slot * 16)).flatten().map(ProductId)
    }

    /// The category in a slot.
    pub fn category(&self, slot: usize) -> Option<CategoryId> {
        let at = HEAD + self.count * 16 + slot * 16;
        let id = (slot < self.count).then(|| self.uuid(at)).flatten()?;
        (!id.is_nil()).then_some(CategoryId(id))
    }

    /// Sold at present?
    pub fn is_active(&self, slot: usize) -> bool {
        self.flags(slot) & ACTIVE != 0
    }

    /// Shown first?
    pub fn is_favourite(&self, slot: usize) -> bool {
        self.flags(slot) & (ACTIVE | FAVOURITE) == ACTIVE | FAVOURITE
    }

    /// Where a product is.
    pub fn slot_of(&self, id: ProductId) -> Option<usize> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = usize::midpoint(low, high);
            let slot = self.table(Table::ById, middle)?;
            match self.id(slot)?.cmp(&id) {
                std::cmp::Ordering::Equal => return Some(slot),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Slots of active products that carry a barcode, given its match key.
    pub fn by_barcode(&self, key: &str) -> Vec<usize> {
        let wanted = hash(key);
        let (mut low, mut high) = (0, self.barcode_count);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.barcode(middle).is_some_and(|(hash, _)| hash < wanted) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        let mut slots = Vec::new();
        while let Some((hash, slot)) = self.barcode(low).filter(|(hash, _)| *hash == wanted) {
            let carries = |product: Product| product.barcodes.iter().any(|code| match_key(code) == key);
            if hash == wanted && self.product(slot).is_some_and(carries) {
                slots.push(slot);
            }
            low += 1;
        }
        slots
    }

    /// All search lines, one a slot.
    pub fn text(&self) -> &[u8] {
        self.bytes.get(self.text_from..self.products_from).unwrap_or_default()
    }

    /// Where the line of a slot ends in [`Chunk::text`], behind its line end.
    pub fn line_end(&self, slot: usize) -> Option<usize> {
        self.table(Table::LineEnd, slot)
    }

    fn flags(&self, slot: usize) -> u8 {
        let at = HEAD + self.count * (16 + 16 + 2 + 4 + 4) + slot;
        (slot < self.count).then(|| self.bytes.get(at).copied()).flatten().unwrap_or(0)
    }

    fn uuid(&self, at: usize) -> Option<Uuid> {
        self.bytes.get(at..at + 16)?.try_into().ok().map(Uuid::from_bytes)
    }

    fn table(&self, table: Table, slot: usize) -> Option<usize> {
        if slot >= self.count {
            return None;
        }
        let from = HEAD + self.count * 32;
        match table {
            Table::ById => {
                let at = from + slot * 2;
                self.bytes.get(at..at + 2)?.try_into().ok().map(|b| usize::from(u16::from_le_bytes(b)))
            }
            Table::ProductEnd => self.word(from + self.count * 2 + slot * 4),
            Table::LineEnd => self.word(from + self.count * 6 + slot * 4),
        }
    }

    fn word(&self, at: usize) -> Option<usize> {
        let word = self.bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)?;
        usize::try_from(word).ok()
    }

    fn barcode(&self, at: usize) -> Option<(u64, usize)> {
        if at >= self.barcode_count {
            return None;
        }
        let from = HEAD + self.count * 43 + at * BARCODE;
        let hash = self.bytes.get(from..from + 8)?.try_into().ok().map(u64::from_le_bytes)?;
        let slot = self.bytes.get(from + 8..from + 10)?.try_into().ok().map(u16::from_le_bytes)?;
        Some((hash, usize::from(slot)))
    }
}

enum Table {
    ById,
    ProductEnd,
    LineEnd,
}

/// A chunk being written.
#[derive(Default)]
struct Parts {
    ids: Vec<u8>,
    categories: Vec<u8>,
    product_ends: Vec<u8>,
    line_ends: Vec<u8>,
    flags: Vec<u8>,
    barcodes: Vec<(u64, u16)>,
    text: String,
    products: Vec<u8>,
}

impl Parts {
    fn add(&mut self, slot: u16, product: &Product) -> Option<()> {
        self.ids.extend(product.id.0.as_bytes());
        self.categories.extend(product.category_id.map_or(Uuid::nil(), |id| id.0).as_bytes());
        self.products.extend(postcard::to_allocvec(&StoredProduct::of(product)).ok()?);
        self.product_ends.extend(u32::try_from(self.products.len()).ok()?.to_le_bytes());
        search_line(product, &mut self.text);
        self.line_ends.extend(u32::try_from(self.text.len()).ok()?.to_le_bytes());
        let favourite = if product.favourite { FAVOURITE } else { 0 };
        self.flags.push(favourite | if product.active { ACTIVE } else { 0 });
        if product.active {
            self.barcodes.extend(product.barcodes.iter().map(|code| (hash(&match_key(code)), slot)));
        }
        Some(())
    }

    fn join(mut self, products: &[Product]) -> Option<Vec<u8>> {
        self.barcodes.sort_unstable();
        let mut by_id: Vec<u16> = (0..u16::try_from(products.len()).ok()?).collect();
        by_id.sort_unstable_by_key(|slot| products.get(usize::from(*slot)).map(|product| product.id));
        let mut bytes =
            Vec::with_capacity(HEAD + products.len() * 43 + self.text.len() + self.products.len());
        bytes.extend(LAYOUT.to_le_bytes());
        for size in [products.len(), self.barcodes.len(), self.text.len(), self.products.len()] {
            bytes.extend(u32::try_from(size).ok()?.to_le_bytes());
        }
        bytes.extend(self.ids);
        bytes.extend(self.categories);
        bytes.extend(by_id.iter().flat_map(|slot| slot.to_le_bytes()));
        bytes.extend(self.product_ends);
        bytes.extend(self.line_ends);
        bytes.extend(self.flags);
        for (hash, slot) in &self.barcodes {
            bytes.extend(hash.to_le_bytes());
            bytes.extend(slot.to_le_bytes());
        }
        bytes.extend(self.text.as_bytes());
        bytes.extend(self.products);
        Some(bytes)
    }
}
