//! Value: theirs by a rule as ours, and ours as theirs again.

use crate::command::RemoteRecord;
use shared::barcode;
use shared::calendar::Day;
use shared::catalog::{Category, Product, Unit, fold};
use shared::connect::{FieldMapping, ProductField, Rule, ValueProblem, template_fields};
use shared::ids::{ProductId, TaxCategoryId};
use shared::money::{Currency, Rounding, UnitPrice};
use shared::tax::{TaxCategory, TaxRate};
use std::collections::BTreeMap;

/// The largest price: a hundred millions.
const MOST_PRICE: UnitPrice = UnitPrice(1_000_000_000_000);
/// Longest code or barcode, in letters.
const LONGEST_CODE: usize = 80;
/// Most barcodes of a product.
const MOST_BARCODES: usize = 100;

/// What there is here for a product to point at.
#[derive(Clone, Debug)]
pub struct Ground {
    taxes: Vec<TaxCategory>,
    categories: Vec<Category>,
    /// Places by the folded name.
    tax_names: BTreeMap<String, usize>,
    category_names: BTreeMap<String, usize>,
    /// What prices are in.
    pub currency: Currency,
    /// The day whose rates count.
    pub day: Day,
}

impl Ground {
    /// These tax categories and categories; of two with one name the first counts.
    pub fn new(taxes: Vec<TaxCategory>, categories: Vec<Category>, currency: Currency, day: Day) -> Self {
        let mut tax_names = BTreeMap::new();
        for (at, tax) in taxes.iter().enumerate() {
            tax_names.entry(fold(&tax.name)).or_insert(at);
        }
        let mut ground = Self {
            taxes,
            categories: Vec::with_capacity(categories.len()),
            tax_names,
            category_names: BTreeMap::new(),
            currency,
            day,
        };
        categories.into_iter().for_each(|one| ground.add(one));
        ground
    }

    /// One more category.
    pub fn add(&mut self, category: Category) {
        self.category_names.entry(fold(&category.name)).or_insert(self.categories.len());
        self.categories.push(category);
    }

    /// Is there a category of this name?
    pub fn has_category(&self, name: &str) -> bool {
        self.category_names.contains_key(&fold(name))
    }

    /// The last place among the chips.
    pub fn last_position(&self) -> i64 {
        self.categories.iter().map(|one| one.position).max().unwrap_or(0)
    }

    /// A product of which nothing is known.
    pub(super) fn blank(&self, id: ProductId) -> Product {
        Product {
            id,
            parent_id: None,
            sku: String::new(),
            name: String::new(),
            options: Vec::new(),
            barcodes: Vec::new(),
            category_id: None,
            unit: Unit::Piece,
            tax_category_id: TaxCategoryId(id.0),
            price: None,
            picture: None,
            stocked: true,
            active: true,
            favourite: false,
        }
    }

    fn tax(&self, name: &str) -> Option<&TaxCategory> {
        self.taxes.get(*self.tax_names.get(&fold(name))?)
    }

    fn category(&self, name: &str) -> Option<&Category> {
        self.categories.get(*self.category_names.get(&fold(name))?)
    }

    /// The rates of a product's category today; none where they are more than plain shares of the price.
    fn rates(&self, product: &Product) -> Option<&[TaxRate]> {
        let category = self.taxes.iter().find(|one| one.id == product.tax_category_id)?;
        let rates = category.on(self.day);
        let plain = |rate: &TaxRate| *rate == TaxRate::of(rate.name.clone(), rate.rate);
        rates.iter().all(plain).then_some(rates)
    }
}

/// Ours of a field, as text; empty where there is nothing.
pub fn text_of(product: &Product, field: ProductField, ground: &Ground) -> String {
    match field {
        ProductField::Sku => product.sku.clone(),
        ProductField::Name => product.name.clone(),
        // In order: which of them stands first is no difference.
        ProductField::Barcodes => {
            let mut codes: Vec<&str> = product.barcodes.iter().map(String::as_str).collect();
            codes.sort_unstable();
            codes.join("\n")
        }
        ProductField::Price => {
            product.price.map_or_else(String::new, |price| price.to_decimal(ground.currency))
        }
        ProductField::TaxCategory => {
            let found = ground.taxes.iter().find(|one| one.id == product.tax_category_id);
            found.map_or_else(String::new, |one| one.name.clone())
        }
        ProductField::Category => {
            let found = ground.categories.iter().find(|one| Some(one.id) == product.category_id);
            found.map_or_else(String::new, |one| one.name.clone())
        }
        ProductField::Unit => unit_word(product.unit).to_owned(),
        ProductField::Stocked => product.stocked.to_string(),
        ProductField::Active => product.active.to_string(),
    }
}

/// The word of a unit, as the API writes it.
fn unit_word(unit: Unit) -> &'static str {
    match unit {
        Unit::Piece => "piece",
        Unit::Kilogram => "kilogram",
        Unit::Gram => "gram",
        Unit::Litre => "litre",
        Unit::Metre => "metre",
        Unit::Pound => "pound",
    }
}

/// Theirs of a field as it would be ours, in the same writing as [`text_of`]; nothing where they say nothing.
///
/// # Errors
/// Theirs as it is, and why it cannot be.
pub(super) fn of(
    row: &FieldMapping,
    theirs: &RemoteRecord,
    product: &Product,
    ground: &Ground,
) -> Result<Option<String>, (String, ValueProblem)> {
    let raw = match &row.rule {
        Rule::Template { text } => template(text, theirs),
        _ => theirs.fields.get(&row.theirs).cloned(),
    };
    let Some(raw) = raw else { return Ok(None) };
    let wrong = |problem: ValueProblem| (raw.clone(), problem);
    let by_rule = match &row.rule {
        Rule::AsIs | Rule::Template { .. } | Rule::AddTax | Rule::TakeTaxOff => raw.clone(),
        Rule::Trim => raw.split_whitespace().collect::<Vec<_>>().join(" "),
        Rule::UpperCase => raw.trim().to_uppercase(),
        Rule::LowerCase => raw.trim().to_lowercase(),
        Rule::Table { rows } => {
            let found = rows.get(&raw).or_else(|| rows.get(raw.trim()));
            found.cloned().ok_or_else(|| wrong(ValueProblem::Unmapped))?
        }
    };
    canonical(row, &by_rule, product, ground).map(Some).map_err(wrong)
}

fn template(text: &str, theirs: &RemoteRecord) -> Option<String> {
    let mut filled = text.to_owned();
    let mut any = false;
    for name in template_fields(text)? {
        let value = theirs.fields.get(name);
        any |= value.is_some();
        filled = filled.replace(&format!("{{{name}}}"), value.map_or("", String::as_str));
    }
    any.then(|| filled.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// As ours is written, or why it cannot be ours.
fn canonical(
    row: &FieldMapping,
    value: &str,
    product: &Product,
    ground: &Ground,
) -> Result<String, ValueProblem> {
    let line = |longest: usize| {
        let line = value.trim();
        match line.chars().count() {
            0 => Err(ValueProblem::Missing),
            length if length > longest || line.contains(char::is_control) => Err(ValueProblem::Bounds),
            _ => Ok(line.to_owned()),
        }
    };
    match row.ours {
        ProductField::Sku => line(LONGEST_CODE),
        ProductField::Name => line(240),
        ProductField::Barcodes => barcodes(value),
        ProductField::Price => price(row, value, product, ground),
        ProductField::TaxCategory => {
            let found = ground.tax(value).ok_or(match value.trim().is_empty() {
                true => ValueProblem::Missing,
                false => ValueProblem::Unmapped,
            })?;
            Ok(found.name.clone())
        }
        ProductField::Category if value.trim().is_empty() => Ok(String::new()),
        ProductField::Category => {
            let name = line(60)?;
            // As we write it, where we have it.
            let known = ground.category(&name).map(|one| one.name.clone());
            Ok(known.unwrap_or(name))
        }
        ProductField::Unit => {
            let unit = Unit::parse(value).ok_or(ValueProblem::Unmapped)?;
            Ok(unit_word(unit).to_owned())
        }
        ProductField::Stocked | ProductField::Active => {
            flag(value).map(|flag| flag.to_string()).ok_or(ValueProblem::Form)
        }
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

fn barcodes(value: &str) -> Result<String, ValueProblem> {
    let mut codes: Vec<&str> = Vec::new();
    for code in value.lines().map(str::trim).filter(|code| !code.is_empty()) {
        if code.chars().count() > LONGEST_CODE || code.contains(char::is_control) {
            return Err(ValueProblem::Bounds);
        }
        barcode::check(code).map_err(|_| ValueProblem::Barcode)?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    if codes.len() > MOST_BARCODES {
        return Err(ValueProblem::Bounds);
    }
    codes.sort_unstable();
    Ok(codes.join("\n"))
}

fn price(
    row: &FieldMapping,
    value: &str,
    product: &Product,
    ground: &Ground,
) -> Result<String, ValueProblem> {
    if value.trim().is_empty() {
        return Ok(String::new());
    }
    let price = UnitPrice::parse(value.trim()).map_err(|_| ValueProblem::Form)?;
    let price = match row.rule {
        Rule::AddTax => with_tax(price, product, ground)?,
        Rule::TakeTaxOff => without_tax(price, product, ground)?,
        _ => price,
    };
    if price.is_negative() || price > MOST_PRICE {
        return Err(ValueProblem::Bounds);
    }
    Ok(price.to_decimal(ground.currency))
}

fn whole_rate(product: &Product, ground: &Ground) -> Result<i128, ValueProblem> {
    let rates = ground.rates(product).ok_or(ValueProblem::Tax)?;
    Ok(rates.iter().map(|rate| i128::from(rate.rate.0)).sum())
}

const WHOLE: i128 = 1_000_000;

/// A shelf price has whole cents: what is worked out is rounded to them.
fn with_tax(price: UnitPrice, product: &Product, ground: &Ground) -> Result<UnitPrice, ValueProblem> {
    let rate = whole_rate(product, ground)?;
    let raised = Rounding::HalfUp.divide(i128::from(price.0) * (WHOLE + rate), WHOLE).map(UnitPrice);
    let digits = ground.currency.digits();
    raised.and_then(|price| price.rounded_to(digits, Rounding::HalfUp)).map_err(|_| ValueProblem::Bounds)
}

/// Without tax a price keeps its four decimals: the shelf price comes out again.
fn without_tax(price: UnitPrice, product: &Product, ground: &Ground) -> Result<UnitPrice, ValueProblem> {
    let rate = whole_rate(product, ground)?;
    let lowered = Rounding::HalfUp.divide(i128::from(price.0) * WHOLE, WHOLE + rate);
    lowered.map(UnitPrice).map_err(|_| ValueProblem::Bounds)
}

/// Puts a value, as [`of`] gives it, into a product.
///
/// # Errors
/// Why it cannot be.
pub(super) fn put(
    product: &mut Product,
    field: ProductField,
    value: &str,
    ground: &Ground,
) -> Result<(), ValueProblem> {
    match field {
        ProductField::Sku => value.clone_into(&mut product.sku),
        ProductField::Name => value.clone_into(&mut product.name),
        ProductField::Barcodes => product.barcodes = value.lines().map(str::to_owned).collect(),
        ProductField::Price => {
            let price = (!value.is_empty()).then(|| UnitPrice::parse(value)).transpose();
            product.price = price.map_err(|_| ValueProblem::Form)?;
        }
        ProductField::TaxCategory => {
            product.tax_category_id = ground.tax(value).ok_or(ValueProblem::Unmapped)?.id;
        }
        ProductField::Category if value.is_empty() => product.category_id = None,
        ProductField::Category => {
            product.category_id = Some(ground.category(value).ok_or(ValueProblem::Unmapped)?.id);
        }
        ProductField::Unit => product.unit = Unit::parse(value).ok_or(ValueProblem::Unmapped)?,
        ProductField::Stocked => product.stocked = flag(value).ok_or(ValueProblem::Form)?,
        ProductField::Active => product.active = flag(value).ok_or(ValueProblem::Form)?,
    }
    Ok(())
}

/// Ours as they would write it; nothing where the rule has no way back.
pub(super) fn back(row: &FieldMapping, ours: &str, product: &Product, ground: &Ground) -> Option<String> {
    match &row.rule {
        Rule::AsIs | Rule::Trim | Rule::UpperCase | Rule::LowerCase => Some(ours.to_owned()),
        Rule::Table { rows } => {
            let mut theirs =
                rows.iter().filter(|(_, value)| fold(value) == fold(ours)).map(|(theirs, _)| theirs);
            // Two of theirs for one of ours: which it should be cannot be told.
            let first = theirs.next()?;
            theirs.next().is_none().then(|| first.clone())
        }
        Rule::Template { .. } => None,
        Rule::AddTax | Rule::TakeTaxOff if ours.is_empty() => Some(String::new()),
        Rule::AddTax => {
            let price = without_tax(UnitPrice::parse(ours).ok()?, product, ground).ok()?;
            Some(price.to_decimal(ground.currency))
        }
        Rule::TakeTaxOff => {
            let price = with_tax(UnitPrice::parse(ours).ok()?, product, ground).ok()?;
            Some(price.to_decimal(ground.currency))
        }
    }
}
