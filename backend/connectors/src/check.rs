//! Check: what of both sides' records would make trouble once they are connected.
//! Lives here: one function a kind of record; each finding says which records, and why. May use: shared's catalogue and customers,
//! catalogue. Never: a vendor, a store, a clock.
//! Invariant: a check changes nothing, and finds the same in the same records in whatever order they come.

use crate::catalogue::{Planned, Planner};
use crate::command::RemoteRecord;
use shared::barcode;
use shared::catalog::Product;
use shared::connect::{
    DataCheck, FieldFate, Finding, Found, FoundRow, MOST_EXAMPLES, ProductField, Side, ValueProblem,
};
use shared::customer::Customer;
use shared::money::Quantity;
use std::collections::{BTreeMap, BTreeSet};

/// A product of ours that is one of theirs.
#[derive(Clone, Debug)]
pub struct Match<'a> {
    /// Ours.
    pub ours: &'a Product,
    /// Theirs.
    pub theirs: &'a RemoteRecord,
    /// What the mapping would do with it.
    pub planned: Planned,
}

/// Everything that is looked at.
#[derive(Clone, Debug)]
pub struct Sides<'a> {
    /// Products of ours in use.
    pub ours: &'a [Product],
    /// Products of theirs, those out of use too.
    pub theirs: &'a [RemoteRecord],
    /// Which is which.
    pub matches: &'a [Match<'a>],
    /// Customers of ours.
    pub customers: &'a [Customer],
    /// Stock of ours: the product's code, its name, the store's name, how much, and is it counted in pieces?
    pub levels: &'a [Level],
    /// Our stores and ways to pay that have no match there, by name.
    pub unmatched_values: &'a [String],
    /// Is a product of theirs that we do not have made here?
    pub create: bool,
}

/// A stock level of ours.
#[derive(Clone, Debug)]
pub struct Level {
    /// The product's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The store's name.
    pub store: String,
    /// How much.
    pub quantity: Quantity,
    /// Is it counted in pieces?
    pub in_pieces: bool,
}

/// All that was found, every record of it.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    rows: BTreeMap<(Found, Side), Vec<FoundRow>>,
    /// Records with a finding, by side and what they are called.
    bad: BTreeSet<(Side, String)>,
}

impl Findings {
    fn add(&mut self, (found, side): (Found, Side), id: &str, row: FoundRow) {
        self.rows.entry((found, side)).or_default().push(row);
        self.bad.insert((if side == Side::Both { Side::Here } else { side }, id.to_owned()));
    }

    /// All records of all findings: what, whose, which.
    pub fn all(&self) -> impl Iterator<Item = (Found, Side, &FoundRow)> {
        self.rows.iter().flat_map(|((found, side), rows)| rows.iter().map(move |row| (*found, *side, row)))
    }

    /// As it is shown.
    pub fn shown(&self, sides: &Sides<'_>) -> DataCheck {
        let mut findings: Vec<Finding> = self
            .rows
            .iter()
            .map(|((found, side), rows)| Finding {
                found: *found,
                side: *side,
                weight: found.weight(),
                count: u64::try_from(rows.len()).unwrap_or(u64::MAX),
                examples: rows.iter().take(MOST_EXAMPLES).cloned().collect(),
            })
            .collect();
        findings.sort_by_key(|one| (one.weight, std::cmp::Reverse(one.count)));
        let count = |all: usize| u64::try_from(all).unwrap_or(u64::MAX);
        let (here, there) =
            (count(sides.ours.len()), count(sides.theirs.iter().filter(|one| one.active).count()));
        let customers = count(sides.customers.len());
        let all = here.saturating_add(there).saturating_add(customers);
        let good = all.saturating_sub(count(self.bad.len()));
        let score = good.saturating_mul(100).checked_div(all).unwrap_or(100);
        DataCheck { score: u8::try_from(score).unwrap_or(100), here, there, customers, findings }
    }
}

/// Looks at both sides.
pub fn check(sides: &Sides<'_>, planner: &Planner<'_>) -> Findings {
    let mut found = Findings::default();
    for name in sides.unmatched_values {
        let row = FoundRow { code: String::new(), name: name.clone(), detail: String::new() };
        found.add((Found::ValueUnmatched, Side::Here), name, row);
    }
    ours(sides, &mut found);
    theirs(sides, planner, &mut found);
    both(sides, &mut found);
    customers(sides.customers, &mut found);
    for level in sides.levels {
        let detail = format!("{}: {}", level.store, level.quantity.to_decimal());
        let row = FoundRow { code: level.code.clone(), name: level.name.clone(), detail };
        if level.quantity.is_negative() {
            found.add((Found::StockNegative, Side::Here), &level.code, row);
        } else if level.in_pieces && level.quantity.0 % 1_000 != 0 {
            found.add((Found::StockOdd, Side::Here), &level.code, row);
        }
    }
    found
}

fn of_product(product: &Product, detail: String) -> FoundRow {
    FoundRow { code: product.sku.clone(), name: product.name.clone(), detail }
}

fn of_record(record: &RemoteRecord, detail: String) -> FoundRow {
    FoundRow { code: record.code.clone(), name: record.name.clone(), detail }
}

fn ours(sides: &Sides<'_>, found: &mut Findings) {
    let matched: BTreeSet<_> = sides.matches.iter().map(|one| one.ours.id).collect();
    let known: BTreeSet<_> = sides.ours.iter().map(|product| product.id).collect();
    let mut almost: BTreeMap<String, Vec<&Product>> = BTreeMap::new();
    for product in sides.ours {
        almost.entry(almost_key(&product.sku)).or_default().push(product);
        if !matched.contains(&product.id) {
            found.add((Found::Unmatched, Side::Here), &product.sku, of_product(product, String::new()));
        }
        if product.price.is_none() {
            found.add((Found::PriceMissing, Side::Here), &product.sku, of_product(product, String::new()));
        }
        for code in product.barcodes.iter().filter(|code| barcode::check(code).is_err()) {
            found.add((Found::BarcodeWrong, Side::Here), &product.sku, of_product(product, code.clone()));
        }
        if product.parent_id.is_some_and(|parent| !known.contains(&parent)) {
            found.add((Found::VariantOrphan, Side::Here), &product.sku, of_product(product, String::new()));
        }
    }
    for same in almost.into_values().filter(|same| same.len() > 1) {
        for product in &same {
            let others = others(same.iter().map(|other| other.sku.as_str()), &product.sku);
            found.add((Found::CodeAlmost, Side::Here), &product.sku, of_product(product, others));
        }
    }
}

/// Codes that people take for the same.
fn almost_key(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn others<'a>(all: impl Iterator<Item = &'a str>, own: &str) -> String {
    all.filter(|other| *other != own).collect::<Vec<_>>().join(", ")
}

fn theirs(sides: &Sides<'_>, planner: &Planner<'_>, found: &mut Findings) {
    let active: Vec<&RemoteRecord> = sides.theirs.iter().filter(|record| record.active).collect();
    let matched: BTreeSet<&str> = sides.matches.iter().map(|one| one.theirs.id.as_str()).collect();
    let mut codes: BTreeMap<String, Vec<&RemoteRecord>> = BTreeMap::new();
    let mut barcodes: BTreeMap<String, Vec<&RemoteRecord>> = BTreeMap::new();
    for record in &active {
        if record.code.trim().is_empty() {
            found.add((Found::CodeMissing, Side::There), &record.id, of_record(record, String::new()));
        } else {
            codes.entry(almost_key(&record.code)).or_default().push(record);
        }
        for code in &record.barcodes {
            if barcode::check(code).is_err() {
                found.add((Found::BarcodeWrong, Side::There), &record.id, of_record(record, code.clone()));
            }
            barcodes.entry(barcode::match_key(code)).or_default().push(record);
        }
        if let Some(Ok(price)) = planner.value(ProductField::Price, record)
            && price.is_none_or(|price| price.is_empty())
        {
            found.add((Found::PriceMissing, Side::There), &record.id, of_record(record, String::new()));
        }
        if matched.contains(record.id.as_str()) || sides.create {
            for (field, kind) in
                [(ProductField::TaxCategory, Found::TaxUnmapped), (ProductField::Unit, Found::UnitUnmapped)]
            {
                if let Some(Err((raw, ValueProblem::Unmapped | ValueProblem::Missing))) =
                    planner.value(field, record)
                {
                    found.add((kind, Side::There), &record.id, of_record(record, raw));
                }
            }
        }
    }
    for same in codes.into_values().filter(|same| same.len() > 1) {
        for record in &same {
            let equal = same.iter().filter(|other| other.code.trim() == record.code.trim()).count() > 1;
            let kind = if equal { Found::CodeDoubled } else { Found::CodeAlmost };
            let names = others(same.iter().map(|other| other.code.as_str()), &record.code);
            found.add((kind, Side::There), &record.id, of_record(record, names));
        }
    }
    for (code, same) in barcodes.into_iter().filter(|(_, same)| same.len() > 1) {
        for record in &same {
            found.add((Found::BarcodeDoubled, Side::There), &record.id, of_record(record, code.clone()));
        }
    }
}

fn both(sides: &Sides<'_>, found: &mut Findings) {
    let mut by_theirs: BTreeMap<&str, Vec<&Match<'_>>> = BTreeMap::new();
    for one in sides.matches {
        by_theirs.entry(&one.theirs.id).or_default().push(one);
        if !one.theirs.active {
            let row = of_product(one.ours, one.theirs.code.clone());
            found.add((Found::RetiredThere, Side::Both), &one.ours.sku, row);
        }
        for field in &one.planned.fields {
            let kind = match field.field {
                ProductField::Price => Found::PriceDiffers,
                ProductField::TaxCategory => Found::TaxDiffers,
                ProductField::Unit => Found::UnitDiffers,
                _ => continue,
            };
            if field.fate != FieldFate::Problem {
                let detail = format!("{} ≠ {}", field.ours, field.theirs);
                found.add((kind, Side::Both), &one.ours.sku, of_product(one.ours, detail));
            }
        }
    }
    for same in by_theirs.into_values().filter(|same| same.len() > 1) {
        for one in &same {
            let names = others(same.iter().map(|other| other.ours.sku.as_str()), &one.ours.sku);
            found.add((Found::MatchedTwice, Side::Both), &one.ours.sku, of_product(one.ours, names));
        }
    }
}

fn customers(all: &[Customer], found: &mut Findings) {
    let mut mails: BTreeMap<String, Vec<&Customer>> = BTreeMap::new();
    let mut phones: BTreeMap<String, Vec<&Customer>> = BTreeMap::new();
    for customer in all {
        let mail = customer.email.as_deref().unwrap_or_default().trim().to_lowercase();
        if !mail.is_empty() {
            mails.entry(mail).or_default().push(customer);
        }
        // The last nine digits: with the country's code or without.
        let digits: Vec<char> =
            customer.phone.iter().flat_map(|phone| phone.chars()).filter(char::is_ascii_digit).collect();
        if digits.len() >= 7 {
            let key: String = digits.iter().rev().take(9).collect();
            phones.entry(key).or_default().push(customer);
        }
    }
    for (kind, groups) in [(Found::CustomerMailDoubled, mails), (Found::CustomerPhoneDoubled, phones)] {
        for same in groups.into_values().filter(|same| same.len() > 1) {
            for customer in same {
                let is_mail = kind == Found::CustomerMailDoubled;
                let detail = if is_mail { &customer.email } else { &customer.phone };
                let row = FoundRow {
                    code: customer.number.clone().unwrap_or_default(),
                    name: customer.name.clone(),
                    detail: detail.clone().unwrap_or_default(),
                };
                found.add((kind, Side::Here), &format!("customer {}", customer.id), row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Ground;
    use shared::catalog::Unit;
    use shared::connect::{FieldMapping, Owner, ProductMapping, Rule, Weight};
    use shared::ids::{CustomerId, ProductId, TaxCategoryId, mint};
    use shared::money::{Currency, UnitPrice};
    use shared::tax::TaxCategory;

    fn product(at: u8, sku: &str, price: Option<&str>) -> Product {
        Product {
            id: ProductId(mint(1, [at; 10])),
            parent_id: None,
            sku: sku.to_owned(),
            name: format!("Ours {sku}"),
            options: Vec::new(),
            barcodes: Vec::new(),
            category_id: None,
            unit: Unit::Piece,
            tax_category_id: TaxCategoryId(mint(1, [1; 10])),
            price: price.map(|price| UnitPrice::parse(price).unwrap()),
            picture: None,
            stocked: true,
            active: true,
            favourite: false,
        }
    }

    fn record(id: &str, code: &str, fields: &[(&str, &str)]) -> RemoteRecord {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        RemoteRecord {
            id: id.to_owned(),
            code: code.to_owned(),
            name: format!("Theirs {code}"),
            active: true,
            fields,
            ..RemoteRecord::default()
        }
    }

    fn customer(at: u8, email: &str, phone: &str) -> Customer {
        let mut customer = Customer::new(CustomerId(mint(1, [at; 10])));
        customer.name = "Ann".to_owned();
        customer.email = (!email.is_empty()).then(|| email.to_owned());
        customer.phone = (!phone.is_empty()).then(|| phone.to_owned());
        customer
    }

    fn mapping() -> ProductMapping {
        let row = |ours, theirs: &str| FieldMapping {
            ours,
            theirs: theirs.to_owned(),
            rule: Rule::AsIs,
            owner: Owner::Theirs,
        };
        let fields = vec![
            row(ProductField::Price, "price"),
            row(ProductField::TaxCategory, "tax"),
            row(ProductField::Unit, "unit"),
        ];
        ProductMapping { fields, create: true }
    }

    #[test]
    fn every_kind_of_trouble_is_found_where_it_is_and_nowhere_else() {
        let fine = [("price", "2.95"), ("tax", "Standard"), ("unit", "piece")];
        let with = |more: &[(&'static str, &'static str)]| {
            let mut all: BTreeMap<&'static str, &'static str> = fine.into_iter().collect();
            all.extend(more.iter().copied());
            all.into_iter().collect::<Vec<_>>()
        };
        let mut ours = vec![
            product(1, "A", Some("2.95")),
            product(2, "B", None),
            product(3, "c-1", Some("2.95")),
            product(4, "C-1 ", Some("2.95")),
            product(5, "D", Some("3.95")),
            product(6, "E", Some("2.95")),
            product(7, "F", Some("2.95")),
        ];
        ours[6].parent_id = Some(ProductId(mint(1, [99; 10])));
        ours[0].barcodes = vec!["5012345678901".to_owned()];
        let mut theirs = vec![
            record("1", "A", &fine),
            record("2", "", &fine),
            record("3", "G", &fine),
            record("4", "G", &with(&[("tax", "VAT 5")])),
            record("5", "D", &with(&[("unit", "crate")])),
            record("6", "E", &fine),
            record("7", "g", &with(&[("price", "")])),
        ];
        theirs[5].active = false;
        theirs[0].barcodes = vec!["5012345678900".to_owned()];
        theirs[2].barcodes = vec!["05012345678900".to_owned(), "123".to_owned()];
        let id = TaxCategoryId(mint(1, [1; 10]));
        let taxes = vec![TaxCategory { id, name: "Standard".to_owned(), periods: Vec::new() }];
        let day = shared::calendar::Day::parse("2026-06-21").unwrap();
        let ground = Ground::new(taxes, Vec::new(), Currency::parse("GBP").unwrap(), day);
        let mapping = mapping();
        let planner = Planner { mapping: &mapping, remote: &[], ground: &ground };
        let matches: Vec<Match<'_>> = [(0, 0), (4, 4), (5, 5), (1, 2), (2, 2)]
            .into_iter()
            .map(|(here, there)| Match {
                ours: &ours[here],
                theirs: &theirs[there],
                planned: planner.both(&ours[here], &theirs[there], &BTreeMap::new()),
            })
            .collect();
        let level = |code: &str, thousandths: i64| Level {
            code: code.to_owned(),
            name: "Stock".to_owned(),
            store: "High Street".to_owned(),
            quantity: Quantity(thousandths),
            in_pieces: true,
        };
        let customers = [
            customer(1, "ann@example.org", "+44 20 7946 0000"),
            customer(2, "ANN@example.org ", ""),
            customer(3, "", "020 7946 0000"),
            customer(4, "", "123"),
            customer(5, "", "123"),
        ];
        let sides = Sides {
            ours: &ours,
            theirs: &theirs,
            matches: &matches,
            customers: &customers,
            levels: &[level("A", -1_000), level("B", 500), level("D", 7_000)],
            unmatched_values: &["Card".to_owned()],
            create: true,
        };
        let found = check(&sides, &planner);
        let of = |kind: Found| {
            let rows = found.all().filter(|(found, _, _)| *found == kind);
            rows.map(|(_, _, row)| if row.code.is_empty() { row.name.clone() } else { row.code.clone() })
                .collect::<Vec<_>>()
                .join(" ")
        };
        for (kind, expected) in [
            (Found::ValueUnmatched, "Card"),
            (Found::Unmatched, "C-1  F"),
            (Found::CodeMissing, "Theirs "),
            (Found::CodeDoubled, "G G"),
            (Found::CodeAlmost, "c-1 C-1  g"),
            (Found::BarcodeWrong, "A G"),
            (Found::BarcodeDoubled, "A G"),
            (Found::PriceMissing, "B g"),
            (Found::PriceDiffers, "D B"),
            (Found::TaxUnmapped, "G"),
            (Found::UnitUnmapped, "D"),
            (Found::MatchedTwice, "B c-1"),
            (Found::RetiredThere, "E"),
            (Found::VariantOrphan, "F"),
            (Found::StockNegative, "A"),
            (Found::StockOdd, "B"),
            (Found::CustomerMailDoubled, "Ann Ann"),
            (Found::CustomerPhoneDoubled, "Ann Ann"),
        ] {
            assert_eq!(of(kind), expected, "{kind:?}");
        }
        let shown = found.shown(&sides);
        assert_eq!((shown.here, shown.there, shown.customers), (7, 6, 5));
        assert!(shown.score < 40 && shown.findings[0].weight == Weight::Stops, "{}", shown.score);
        let fine = Sides {
            ours: &[],
            theirs: &[],
            matches: &[],
            customers: &[],
            levels: &[],
            unmatched_values: &[],
            create: true,
        };
        assert_eq!(check(&fine, &planner).shown(&fine).score, 100);
    }
}
