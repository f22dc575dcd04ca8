//! Catalog: every product of the shop in memory, found as fast as a finger types.
//! Lives here: search, look-up by barcode, id and category, and taking changes in.
//! May use: chunks, memchr. Never: the browser, prices other than the shelf's.
//! Invariant: a catalogue is never changed; a change makes the next one, sharing every chunk it did not touch.

use super::chunk::{Chunk, MOST_PRODUCTS};
use crate::letters::fold;
use memchr::memmem;
use shared::barcode::match_key;
use shared::catalog::Product;
use shared::ids::{CategoryId, ProductId};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// Where a product is in the catalogue that was asked; another catalogue may have it elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place(u32);

impl Place {
    fn new(chunk: usize, slot: usize) -> Self {
        // A chunk has at most a thousand products: ten bits.
        Self(u32::try_from(chunk << 10 | slot).unwrap_or(u32::MAX))
    }

    fn parts(self) -> (usize, usize) {
        let place = usize::try_from(self.0).unwrap_or(usize::MAX);
        (place >> 10, place & 1023)
    }

    /// A number that no other place of the same catalogue has.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Best first, at most as many as were asked for.
    pub places: Vec<Place>,
    /// How many there are in all.
    pub total: usize,
}

/// Every product known to this device.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    chunks: Vec<Arc<Chunk>>,
    len: usize,
}

impl PartialEq for Catalog {
    fn eq(&self, other: &Self) -> bool {
        self.chunks.len() == other.chunks.len()
            && self
                .chunks
                .iter()
                .zip(&other.chunks)
                .all(|(mine, theirs)| Arc::ptr_eq(mine, theirs) || mine == theirs)
    }
}

impl Catalog {
    /// Of the stored chunks, in their order.
    pub fn of(chunks: Vec<Arc<Chunk>>) -> Self {
        let len = chunks.iter().map(|chunk| chunk.len()).sum();
        Self { chunks, len }
    }

    /// How many products, those not sold at present included.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Nothing here yet?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The product at a place.
    pub fn product(&self, place: Place) -> Option<Product> {
        let (chunk, slot) = place.parts();
        self.chunks.get(chunk)?.product(slot)
    }

    /// The product of an id, sold at present or not.
    pub fn get(&self, id: ProductId) -> Option<Product> {
        self.place_of(id).and_then(|place| self.product(place))
    }

    fn place_of(&self, id: ProductId) -> Option<Place> {
        let find = |(at, chunk): (usize, &Arc<Chunk>)| chunk.slot_of(id).map(|slot| Place::new(at, slot));
        self.chunks.iter().enumerate().find_map(find)
    }

    /// Active products that scan to this code; more than one only if the shop gave it twice.
    pub fn by_barcode(&self, code: &str) -> Vec<Product> {
        let key = match_key(code);
        self.chunks
            .iter()
            .flat_map(|chunk| chunk.by_barcode(&key).into_iter().filter_map(|slot| chunk.product(slot)))
            .collect()
    }

    /// The active product of exactly this SKU.
    pub fn by_sku(&self, sku: &str) -> Option<Product> {
        let wanted = sku.trim();
        self.search(wanted, 20)
            .places
            .into_iter()
            .filter_map(|place| self.product(place))
            .find(|p| p.sku == wanted)
    }

    /// Active products of a category, in the catalogue's order.
    pub fn by_category(&self, id: CategoryId) -> Vec<Place> {
        self.places(|chunk, slot| chunk.is_active(slot) && chunk.category(slot) == Some(id))
    }

    /// Active products shown first.
    pub fn favourites(&self) -> Vec<Place> {
        self.places(Chunk::is_favourite)
    }

    /// All active products.
    pub fn all(&self) -> Vec<Place> {
        self.places(Chunk::is_active)
    }

    fn places(&self, wanted: impl Fn(&Chunk, usize) -> bool) -> Vec<Place> {
        let mut places = Vec::new();
        for (at, chunk) in self.chunks.iter().enumerate() {
            places.extend(
                (0..chunk.len()).filter(|slot| wanted(chunk, *slot)).map(|slot| Place::new(at, slot)),
            );
        }
        places
    }

    /// Active products in which every word of the text occurs: anywhere in name, option or SKU, or at the start of a barcode.
    pub fn search(&self, text: &str, limit: usize) -> Found {
        let Some(query) = Query::of(text) else { return Found::default() };
        let mut ranked: [Vec<Place>; RANKS] = Default::default();
        let mut total = 0;
        for (at, chunk) in self.chunks.iter().enumerate() {
            query.scan(chunk, &mut |slot, rank| {
                total += 1;
                if let Some(of_rank) = ranked.get_mut(rank).filter(|of_rank| of_rank.len() < limit) {
                    of_rank.push(Place::new(at, slot));
                }
            });
        }
        Found { places: ranked.into_iter().flatten().take(limit).collect(), total }
    }

    /// The catalogue after changes, and which chunks to store again (by their place in the order).
    /// A change that names a product twice counts once, the last time.
    pub fn changed(&self, put: Vec<Product>, removed: &[ProductId]) -> (Self, Vec<usize>) {
        let mut by_id = BTreeMap::new();
        for product in put {
            by_id.insert(product.id, product);
        }
        let mut put = by_id;
        let removed: HashSet<ProductId> =
            removed.iter().copied().filter(|id| !put.contains_key(id)).collect();
        let places = put.keys().chain(&removed).filter_map(|id| self.place_of(*id));
        let mut touched = BTreeSet::new();
        for place in places {
            touched.insert(place.parts().0);
        }
        let mut chunks = self.chunks.clone();
        let mut written = Vec::new();
        for at in touched {
            let Some(slot) = chunks.get_mut(at) else { continue };
            if let Some(chunk) = Chunk::of(&after(slot, &mut put, &removed)) {
                *slot = Arc::new(chunk);
                written.push(at);
            }
        }
        append(&mut chunks, put.into_values().collect(), &mut written);
        (Self::of(chunks), written)
    }

    /// A chunk by its place in the order.
    pub fn chunk(&self, at: usize) -> Option<&Arc<Chunk>> {
        self.chunks.get(at)
    }
}

/// A chunk's products after changes; what was changed in place is taken out of `put`.
fn after(
    chunk: &Chunk,
    put: &mut BTreeMap<ProductId, Product>,
    removed: &HashSet<ProductId>,
) -> Vec<Product> {
    (0..chunk.len())
        .filter_map(|slot| chunk.product(slot))
        .filter(|product| !removed.contains(&product.id))
        .map(|product| put.remove(&product.id).unwrap_or(product))
        .collect()
}

/// Adds new products behind the last, filling the last chunk first.
fn append(chunks: &mut Vec<Arc<Chunk>>, new: Vec<Product>, written: &mut Vec<usize>) {
    let mut new = new.into_iter().peekable();
    while new.peek().is_some() {
        let room = chunks.last().filter(|last| last.len() < MOST_PRODUCTS).cloned();
        let mut products: Vec<Product> =
            room.iter().flat_map(|last| (0..last.len()).filter_map(|slot| last.product(slot))).collect();
        let free = MOST_PRODUCTS - products.len();
        products.extend(new.by_ref().take(free));
        let Some(chunk) = Chunk::of(&products).map(Arc::new) else { return };
        match chunks.last_mut() {
            Some(last) if room.is_some() => *last = chunk,
            _ => chunks.push(chunk),
        }
        let at = chunks.len() - 1;
        if !written.contains(&at) {
            written.push(at);
        }
    }
}

const RANKS: usize = 4;

/// A search text, ready to be looked for.
struct Query {
    /// The longest first: the rarest is looked for, the others only where it stands.
    words: Vec<String>,
    first_word: String,
    whole: String,
}

impl Query {
    fn of(text: &str) -> Option<Self> {
        let whole = fold(text);
        let mut words: Vec<String> =
            whole.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let first_word = words.first()?.clone();
        // A number padded with zeros is stored without them.
        if let [only] = words.as_mut_slice()
            && only.len() >= 8
            && shared::barcode::check(only).is_ok()
        {
            *only = match_key(only);
        }
        let longest = words.iter().enumerate().max_by_key(|(_, word)| word.len());
        let at = longest.map_or(0, |(at, _)| at);
        words.swap(0, at);
        Some(Self { words, first_word, whole })
    }

    fn scan(&self, chunk: &Chunk, hit: &mut impl FnMut(usize, usize)) {
        let Some((rarest, others)) = self.words.split_first() else { return };
        let text = chunk.text();
        let finder = memmem::Finder::new(rarest.as_bytes());
        let (mut slot, mut line_from, mut at) = (0, 0, 0);
        while let Some(found) = text.get(at..).and_then(|rest| finder.find(rest)) {
            let found = at + found;
            let mut line_to = chunk.line_end(slot).unwrap_or(text.len());
            while line_to <= found && slot < chunk.len() {
                slot += 1;
                line_from = line_to;
                line_to = chunk.line_end(slot).unwrap_or(text.len());
            }
            let line = text.get(line_from..line_to).unwrap_or_default();
            if counts(line, found - line_from) {
                if others.iter().all(|word| occurs(line, word.as_bytes())) {
                    hit(slot, self.rank(line));
                }
                at = line_to;
            } else {
                at = found + 1;
            }
        }
    }

    /// The exact SKU or barcode, then names that begin so, then words that begin so, then the rest.
    fn rank(&self, line: &[u8]) -> usize {
        let words = line.split(|byte| matches!(byte, b' ' | b'\t' | b'\n'));
        let named = line.split(|byte| matches!(byte, b'\t' | b'\n')).next().unwrap_or_default();
        let ends_in_code = named.ends_with(self.whole.as_bytes())
            && named.len().checked_sub(self.whole.len() + 1).is_some_and(|at| named.get(at) == Some(&b' '));
        let is_barcode =
            line.split(|byte| matches!(byte, b'\t' | b'\n')).skip(1).any(|key| key == self.whole.as_bytes());
        if ends_in_code || is_barcode {
            0
        } else if line.starts_with(self.whole.as_bytes()) {
            1
        } else if words.clone().any(|word| word.starts_with(self.first_word.as_bytes())) {
            2
        } else {
            3
        }
    }
}

/// Does a find at this offset of a line count: before the barcodes, or at the start of one?
fn counts(line: &[u8], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| line.get(before) == Some(&b'\t'))
        || !line.get(..at).unwrap_or_default().contains(&b'\t')
}

fn occurs(line: &[u8], word: &[u8]) -> bool {
    memmem::find_iter(line, word).any(|at| counts(line, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::catalog::Unit;
    use shared::ids::TaxCategoryId;
    use shared::money::UnitPrice;
    use uuid::Uuid;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn product(number: u128, name: &str, sku: &str, barcode: &str) -> Product {
        Product {
            id: ProductId(Uuid::from_u128(number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))),
            parent_id: None,
            sku: sku.into(),
            name: name.into(),
            options: vec![],
            barcodes: if barcode.is_empty() { vec![] } else { vec![barcode.into()] },
            category_id: Some(CategoryId(Uuid::from_u128(number % 3 + 1))),
            unit: Unit::Piece,
            tax_category_id: TaxCategoryId(Uuid::from_u128(9)),
            price: Some(UnitPrice(25_500)),
            picture: None,
            stocked: true,
            active: true,
            favourite: number.is_multiple_of(2),
        }
    }

    fn shop() -> Catalog {
        let products = vec![
            product(1, "WHITE HANGING HEART T-LIGHT HOLDER", "85123A", "5012345678900"),
            product(2, "Crème brûlée dish", "85123a", "036000291452"),
            product(3, "Heart of wicker, small", "22469", ""),
            Product { active: false, ..product(4, "Heart retired", "1", "4006381333931") },
            product(5, "Straße Øl", "OL-7", "9"),
        ];
        Catalog::default().changed(products, &[]).0
    }

    fn names(catalog: &Catalog, text: &str) -> Vec<String> {
        let found = catalog.search(text, 10).places.into_iter();
        found.filter_map(|place| catalog.product(place)).map(|product| product.name).collect()
    }

    #[wasm_bindgen_test]
    fn a_product_comes_back_as_it_went_in() {
        let catalog = shop();
        for number in 1..=5 {
            let id = product(number, "", "", "").id;
            let found = catalog.get(id).unwrap();
            assert_eq!(found.id, id);
        }
        assert_eq!(
            catalog.get(product(2, "", "", "").id).unwrap(),
            product(2, "Crème brûlée dish", "85123a", "036000291452")
        );
        assert_eq!(catalog.get(product(6, "", "", "").id), None);
        assert_eq!(catalog.len(), 5);
    }

    #[wasm_bindgen_test]
    fn search_takes_any_part_of_a_name_and_every_word() {
        let catalog = shop();
        assert_eq!(names(&catalog, "heart").len(), 2, "what is not sold is not found");
        assert_eq!(
            names(&catalog, "heart")[0],
            "Heart of wicker, small",
            "a name that begins so comes first"
        );
        assert_eq!(names(&catalog, "ight hold heart"), ["WHITE HANGING HEART T-LIGHT HOLDER"]);
        assert_eq!(names(&catalog, "CREME brul"), ["Crème brûlée dish"]);
        assert_eq!(names(&catalog, "strasse ol"), ["Straße Øl"]);
        assert_eq!(names(&catalog, "heart zebra"), Vec::<String>::new());
        assert_eq!(names(&catalog, "  "), Vec::<String>::new());
        assert_eq!(names(&catalog, "85123a").len(), 2);
        assert_eq!(names(&catalog, "ol-7"), ["Straße Øl"]);
    }

    #[wasm_bindgen_test]
    fn barcodes_are_found_whole_or_by_their_start_but_not_by_their_middle() {
        let catalog = shop();
        for code in ["036000291452", "0036000291452", "00036000291452", "36000291452"] {
            assert_eq!(catalog.by_barcode(code).len(), 1, "{code}");
            assert_eq!(names(&catalog, code), ["Crème brûlée dish"], "{code}");
        }
        assert_eq!(names(&catalog, "50123"), ["WHITE HANGING HEART T-LIGHT HOLDER"]);
        assert_eq!(names(&catalog, "345678900"), Vec::<String>::new());
        assert!(catalog.by_barcode("4006381333931").is_empty(), "not sold");
        assert!(catalog.by_barcode("").is_empty());
        assert_eq!(
            catalog.by_sku("85123a").unwrap().name,
            "Crème brûlée dish",
            "codes differing in case stay apart"
        );
    }

    #[wasm_bindgen_test]
    fn changes_touch_only_the_chunks_they_are_in() {
        let many: Vec<Product> =
            (0..2_500).map(|n| product(n, &format!("Thing {n}"), &format!("S{n}"), "")).collect();
        let (catalog, written) = Catalog::default().changed(many, &[]);
        assert_eq!((catalog.len(), written), (2_500, vec![0, 1, 2]));
        let renamed = product(7, "Renamed", "S7", "");
        let (after, written) = catalog.changed(vec![renamed.clone()], &[product(8, "", "", "").id]);
        assert!(written.len() <= 2, "{written:?}");
        assert_eq!(after.len(), 2_499);
        assert_eq!(after.get(renamed.id), Some(renamed));
        assert_eq!(after.get(product(8, "", "", "").id), None);
        assert_eq!(catalog.len(), 2_500, "the one before is as it was");
        assert_eq!(after.search("thing", 5).total, 2_498);
        assert_eq!(after.by_category(CategoryId(Uuid::from_u128(1))).len(), 834);
    }

    #[wasm_bindgen_test]
    fn torn_bytes_are_not_a_chunk() {
        let chunk = Chunk::of(&[product(1, "A", "B", "1")]).unwrap();
        let bytes = chunk.bytes().to_vec();
        assert_eq!(Chunk::read(bytes.clone()), Some(chunk));
        for length in 0..bytes.len() {
            assert_eq!(Chunk::read(bytes[..length].to_vec()), None);
        }
        for at in 0..bytes.len() {
            let mut torn = bytes.clone();
            torn[at] ^= 0xff;
            if let Some(chunk) = Chunk::read(torn) {
                let _ = (
                    chunk.product(0),
                    chunk.by_barcode("1"),
                    chunk.id(0),
                    chunk.slot_of(ProductId(Uuid::nil())),
                );
                let _ = Catalog::of(vec![Arc::new(chunk)]).search("a", 5);
            }
        }
    }
}
