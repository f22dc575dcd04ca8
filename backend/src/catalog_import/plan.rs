//! Plan: what the file would change, given what the shop has.

use super::check::FindingKind;
use super::read::{ReadFile, ReadProduct};
use crate::spreadsheet::Defect;
use shared::api::ImportReport;
use shared::barcode::match_key;
use shared::catalog::{Category, Product, Unit, fold};
use shared::ids::{CategoryId, Mint, ProductId, TaxCategoryId};
use shared::tax::TaxCategory;
use std::collections::{HashMap, HashSet};

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Check only.
    pub dry_run: bool,
    /// Leave rows with an error out instead of stopping.
    pub skip_bad_rows: bool,
    /// The tax category of products whose row names none; the shop's first one otherwise.
    pub tax_category: Option<String>,
}

/// A product the shop has, with its version.
#[derive(Clone, Debug)]
pub struct KnownProduct {
    /// As stored.
    pub product: Product,
    /// For `WHERE version`.
    pub version: i64,
}

/// What the shop has.
#[derive(Debug, Default)]
pub struct KnownCatalog {
    /// All, removed ones not.
    pub products: Vec<KnownProduct>,
    /// All.
    pub categories: Vec<Category>,
    /// All, the shop's first one first.
    pub tax_categories: Vec<TaxCategory>,
    /// The names of all pictures.
    pub pictures: HashSet<String>,
}

/// A product to write.
#[derive(Clone, Debug)]
pub struct PlannedProduct {
    /// As it shall be.
    pub product: Product,
    /// The version it replaces; none for a new one.
    pub replaces: Option<i64>,
}

/// What an import would do.
#[derive(Debug)]
pub struct Plan {
    /// For the caller. `written` is false until it is.
    pub report: ImportReport,
    /// New groups.
    pub categories: Vec<Category>,
    /// New and changed products.
    pub products: Vec<PlannedProduct>,
    /// Rows left out because of an error.
    pub left_out: u64,
    /// May it be written?
    pub ready: bool,
}

/// Works out what a file would change.
pub fn plan(mut file: ReadFile, known: &KnownCatalog, options: &ImportOptions, mint: &mut dyn Mint) -> Plan {
    find_duplicates(&mut file, known);
    let taxes = Taxes::of(known, options);
    taxes.check(&mut file);
    let by_sku: HashMap<&str, &KnownProduct> =
        known.products.iter().map(|k| (k.product.sku.as_str(), k)).collect();
    check_parents(&mut file, &by_sku);
    find_pictures(&mut file, &known.pictures);
    let mut groups = Groups::of(known);
    let mut ids: HashMap<String, ProductId> = HashMap::new();
    for row in file.products.iter().filter(|row| !row.faulty) {
        let id = by_sku.get(row.sku.as_str()).map_or_else(|| ProductId::fresh(mint), |k| k.product.id);
        ids.insert(row.sku.clone(), id);
    }
    let mut planned = Vec::new();
    let (mut created, mut changed, mut unchanged) = (0, 0, 0);
    for row in file.products.iter().filter(|row| !row.faulty) {
        let before = by_sku.get(row.sku.as_str()).copied();
        let Some(id) = ids.get(&row.sku).copied() else { continue };
        let product = product_of(row, id, before, &mut groups, &taxes, &ids, &by_sku, mint);
        let Some(product) = product else { continue };
        match before {
            None => created += 1,
            Some(known) if known.product == product => {
                unchanged += 1;
                continue;
            }
            Some(_) => changed += 1,
        }
        planned.push(PlannedProduct { product, replaces: before.map(|k| k.version) });
    }
    let left_out = file.products.iter().filter(|row| row.faulty).count() as u64;
    let findings = file.findings.into_report();
    let missing_column = findings.iter().any(|f| f.error && f.kind == FindingKind::MissingColumn.word());
    let has_error = findings.iter().any(|f| f.error);
    let ready = !options.dry_run && !missing_column && (!has_error || options.skip_bad_rows);
    Plan {
        report: ImportReport {
            format: file.format.to_owned(),
            rows: file.rows,
            created,
            changed,
            unchanged,
            findings,
            written: false,
        },
        categories: groups.new,
        products: planned,
        left_out,
        ready,
    }
}

/// Codes on several rows, and codes the shop already has on another product.
fn find_duplicates(file: &mut ReadFile, known: &KnownCatalog) {
    let mut skus: HashMap<String, Vec<usize>> = HashMap::new();
    let mut cases: HashMap<String, Vec<usize>> = HashMap::new();
    let mut codes: HashMap<String, Vec<(usize, String)>> = HashMap::new();
    for (at, row) in file.products.iter().enumerate() {
        if !row.sku.is_empty() && !row.sku_is_barcode {
            skus.entry(row.sku.clone()).or_default().push(at);
            cases.entry(row.sku.to_lowercase()).or_default().push(at);
        }
        for code in row.barcodes.iter().flatten() {
            codes.entry(match_key(code)).or_default().push((at, code.clone()));
        }
    }
    let mut noted: Vec<(FindingKind, usize, String)> = Vec::new();
    for (sku, rows) in skus.iter().filter(|(_, rows)| rows.len() > 1) {
        noted.extend(rows.iter().map(|at| (FindingKind::DuplicateSku, *at, sku.clone())));
    }
    for rows in cases.values() {
        let first = rows.first().map(|at| file.products[*at].sku.clone());
        if rows.iter().any(|at| Some(&file.products[*at].sku) != first.as_ref()) {
            let note = |at: &usize| (FindingKind::DuplicateSkuInCase, *at, file.products[*at].sku.clone());
            noted.extend(rows.iter().map(note));
        }
    }
    let mut owners: HashMap<String, &str> = HashMap::new();
    for known in &known.products {
        for code in &known.product.barcodes {
            owners.insert(match_key(code), &known.product.sku);
        }
    }
    for (key, uses) in &codes {
        for (at, code) in uses {
            if let Some(kind) = duplicate_kind(*at, code, uses) {
                noted.push((kind, *at, code.clone()));
            } else if let Some(owner) = owners.get(key)
                && *owner != file.products[*at].sku
            {
                let value = format!("{code} (of product {owner})");
                noted.push((FindingKind::DuplicateBarcode, *at, value));
            }
        }
    }
    noted.sort_by_key(|(kind, at, _)| (*kind, *at));
    noted.dedup_by_key(|(kind, at, _)| (*kind, *at));
    for (kind, at, value) in noted {
        file.findings.note(kind, file.products[at].line, &value);
        file.products[at].faulty |= kind.is_error();
    }
}

/// Is the code of row `at` also on another row? Only real barcode numbers are compared without their leading zeros:
/// others are already found unfit, and a shop's own code has no padding.
fn duplicate_kind(at: usize, code: &str, uses: &[(usize, String)]) -> Option<FindingKind> {
    let mut others = uses.iter().filter(|(other, _)| *other != at);
    if others.clone().any(|(_, other)| other == code) {
        return Some(FindingKind::DuplicateBarcode);
    }
    let length_fits =
        |code: &str| !matches!(shared::barcode::check(code), Err(shared::barcode::GtinError::Length));
    (length_fits(code) && others.any(|(_, other)| length_fits(other)))
        .then_some(FindingKind::DuplicateAfterZeroPadding)
}

fn check_parents(file: &mut ReadFile, by_sku: &HashMap<&str, &KnownProduct>) {
    let known: HashSet<String> = file.products.iter().map(|row| row.sku.clone()).collect();
    for row in &mut file.products {
        if let Some(parent) = &row.parent_sku
            && (parent == &row.sku || (!known.contains(parent) && !by_sku.contains_key(parent.as_str())))
        {
            file.findings.note(FindingKind::MissingParent, row.line, parent);
            row.faulty = true;
        }
    }
}

/// Pictures named in the file become paths; one that is not here is told and left out.
fn find_pictures(file: &mut ReadFile, here: &HashSet<String>) {
    for row in &mut file.products {
        let Some(text) = row.picture.take() else { continue };
        let name = shared::picture::name_in(&text).unwrap_or(&text);
        if here.contains(name) {
            row.picture = Some(shared::picture::path_of(name));
        } else {
            file.findings.note(FindingKind::MissingPicture, row.line, &text);
        }
    }
}

/// Tax categories by the words a file has for them.
struct Taxes {
    by_name: HashMap<String, TaxCategoryId>,
    fallback: Option<TaxCategoryId>,
    wanted: Option<String>,
}

impl Taxes {
    fn of(known: &KnownCatalog, options: &ImportOptions) -> Self {
        let by_name: HashMap<String, TaxCategoryId> =
            known.tax_categories.iter().map(|t| (fold(&t.name), t.id)).collect();
        let wanted = options.tax_category.clone();
        let fallback = match &wanted {
            Some(name) => by_name.get(&fold(name)).copied(),
            None => known.tax_categories.first().map(|t| t.id),
        };
        Self { by_name, fallback, wanted }
    }

    fn find(&self, text: &str) -> Option<TaxCategoryId> {
        let name = fold(text);
        // Web shops write "reduced-rate" where the shop says "Reduced".
        let short = name.strip_suffix(" rate").unwrap_or(&name);
        self.by_name.get(&name).or_else(|| self.by_name.get(short)).copied()
    }

    fn check(&self, file: &mut ReadFile) {
        for row in &mut file.products {
            let (fits, value) = match &row.tax_category {
                Some(name) => (self.find(name).is_some(), name.as_str()),
                None => (self.fallback.is_some(), self.wanted.as_deref().unwrap_or("(none in the shop)")),
            };
            if !fits {
                file.findings.note(FindingKind::MissingTaxCategory, row.line, value);
                row.faulty = true;
            }
        }
    }
}

/// Groups by name; one that is not there yet is made.
struct Groups {
    by_name: HashMap<String, CategoryId>,
    next_position: i64,
    new: Vec<Category>,
}

impl Groups {
    fn of(known: &KnownCatalog) -> Self {
        let by_name = known.categories.iter().map(|c| (fold(&c.name), c.id)).collect();
        let last = known.categories.iter().map(|c| c.position).max().unwrap_or(0);
        Self { by_name, next_position: last.saturating_add(1), new: Vec::new() }
    }

    fn id_of(&mut self, name: &str, mint: &mut dyn Mint) -> CategoryId {
        if let Some(id) = self.by_name.get(&fold(name)) {
            return *id;
        }
        let id = CategoryId::fresh(mint);
        self.by_name.insert(fold(name), id);
        self.new.push(Category {
            id,
            name: crate::spreadsheet::letters::mend(name),
            position: self.next_position,
        });
        self.next_position = self.next_position.saturating_add(1);
        id
    }
}

#[expect(clippy::too_many_arguments, reason = "the tables of one import, used in this one place")]
fn product_of(
    row: &ReadProduct,
    id: ProductId,
    before: Option<&KnownProduct>,
    groups: &mut Groups,
    taxes: &Taxes,
    ids: &HashMap<String, ProductId>,
    by_sku: &HashMap<&str, &KnownProduct>,
    mint: &mut dyn Mint,
) -> Option<Product> {
    let was = before.map(|known| &known.product);
    let parent = row.parent_sku.as_ref().and_then(|sku| {
        ids.get(sku).copied().or_else(|| by_sku.get(sku.as_str()).map(|known| known.product.id))
    });
    let tax_category_id = match &row.tax_category {
        Some(name) => taxes.find(name)?,
        None => was.map(|p| p.tax_category_id).or(taxes.fallback)?,
    };
    Some(Product {
        id,
        parent_id: parent.or(was.and_then(|p| p.parent_id)),
        sku: row.sku.clone(),
        name: row.name.clone(),
        options: if row.says_options {
            row.options.clone()
        } else {
            was.map(|p| p.options.clone()).unwrap_or_default()
        },
        barcodes: row.barcodes.clone().or_else(|| was.map(|p| p.barcodes.clone())).unwrap_or_default(),
        category_id: match &row.category {
            Some(name) => Some(groups.id_of(name, mint)),
            None => was.and_then(|p| p.category_id),
        },
        unit: row.unit.or(was.map(|p| p.unit)).unwrap_or(Unit::Piece),
        tax_category_id,
        price: row.price.unwrap_or_else(|| was.and_then(|p| p.price)),
        picture: row.picture.clone().or_else(|| was.and_then(|p| p.picture.clone())),
        stocked: row.stocked.or(was.map(|p| p.stocked)).unwrap_or(true),
        active: row.active.or(was.map(|p| p.active)).unwrap_or(true),
        favourite: row.favourite.or(was.map(|p| p.favourite)).unwrap_or(false),
    })
}
