//! Tests: products of both sides by a mapping: what comes, what goes, what stays, what cannot be.

use super::*;
use shared::calendar::Day;
use shared::catalog::{Category, Unit};
use shared::connect::{Rule, ValueForm};
use shared::ids::{CategoryId, TaxCategoryId, mint};
use shared::money::{Currency, Rate, UnitPrice};
use shared::tax::{TaxCategory, TaxPeriod, TaxRate};

fn tax(at: u8, name: &str, percent: i64) -> TaxCategory {
    let from = Day::parse("2020-01-01").unwrap();
    let rates = match percent {
        0 => Vec::new(),
        percent => vec![TaxRate::of("VAT".to_owned(), Rate(percent * 10_000))],
    };
    let periods = vec![TaxPeriod { from, rates }];
    TaxCategory { id: TaxCategoryId(mint(1, [at; 10])), name: name.to_owned(), periods }
}

fn ground() -> Ground {
    let category = Category { id: CategoryId(mint(1, [9; 10])), name: "Kitchen".to_owned(), position: 1 };
    let taxes = vec![tax(1, "Standard", 20), tax(2, "Zero", 0)];
    let (currency, day) = (Currency::parse("GBP").unwrap(), Day::parse("2026-06-21").unwrap());
    Ground::new(taxes, vec![category], currency, day)
}

fn remote() -> Vec<RemoteField> {
    let field = |name: &str, form, writable| RemoteField {
        name: name.to_owned(),
        label: name.to_owned(),
        form,
        writable,
        ours: None,
        rule: Rule::AsIs,
    };
    vec![
        field("code", ValueForm::Text, false),
        field("title", ValueForm::Text, true),
        field("size", ValueForm::Text, false),
        field("net", ValueForm::Amount, true),
        field("vat", ValueForm::Text, true),
        field("group", ValueForm::Text, false),
        field("unit", ValueForm::Text, false),
        field("codes", ValueForm::Texts, false),
        field("live", ValueForm::Flag, false),
    ]
}

fn row(ours: ProductField, theirs: &str, rule: Rule, owner: Owner) -> FieldMapping {
    FieldMapping { ours, theirs: theirs.to_owned(), rule, owner }
}

fn table(rows: &[(&str, &str)]) -> Rule {
    Rule::Table { rows: rows.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect() }
}

fn mapping(owner: Owner) -> ProductMapping {
    ProductMapping {
        fields: vec![
            row(ProductField::Price, "net", Rule::AddTax, owner),
            row(ProductField::Sku, "code", Rule::UpperCase, Owner::Theirs),
            row(ProductField::Name, "title", Rule::Trim, owner),
            row(ProductField::TaxCategory, "vat", table(&[("V20", "standard"), ("V0", "Zero")]), owner),
            row(ProductField::Category, "group", Rule::AsIs, Owner::Theirs),
            row(ProductField::Unit, "unit", Rule::AsIs, Owner::Theirs),
            row(ProductField::Barcodes, "codes", Rule::AsIs, Owner::Theirs),
            row(ProductField::Active, "live", Rule::AsIs, Owner::Theirs),
        ],
        create: true,
    }
}

fn theirs(fields: &[(&str, &str)]) -> RemoteRecord {
    let mut all: BTreeMap<String, String> = [
        ("code", "ab-1"),
        ("title", " Tea   pot "),
        ("net", "10.625"),
        ("vat", "V20"),
        ("group", "kitchen"),
        ("unit", "pcs"),
        ("codes", "5012345678900\n"),
        ("live", "true"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    for (name, value) in fields {
        match *value {
            "-" => all.remove(*name),
            value => all.insert((*name).to_owned(), value.to_owned()),
        };
    }
    RemoteRecord { id: "7".to_owned(), active: true, fields: all, ..RemoteRecord::default() }
}

fn id() -> ProductId {
    ProductId(mint(5, [5; 10]))
}

fn new_one(fields: &[(&str, &str)]) -> Planned {
    let (mapping, remote, ground) = (mapping(Owner::Theirs), remote(), ground());
    Planner { mapping: &mapping, remote: &remote, ground: &ground }.new_one(id(), &theirs(fields))
}

fn both(ours: &Product, fields: &[(&str, &str)], owner: Owner, agreed: &Agreements) -> Planned {
    let (mapping, remote, ground) = (mapping(owner), remote(), ground());
    Planner { mapping: &mapping, remote: &remote, ground: &ground }.both(ours, &theirs(fields), agreed)
}

#[test]
fn a_product_of_theirs_becomes_ours_by_the_rules() {
    let planned = new_one(&[]);
    assert_eq!((planned.kind(), planned.has_problem()), (PlanKind::Create, false));
    let product = planned.product.unwrap();
    assert_eq!((product.sku.as_str(), product.name.as_str()), ("AB-1", "Tea pot"));
    // 10.625 without tax, the category's 20 % added, whole pence.
    assert_eq!(product.price, Some(UnitPrice::parse("12.75").unwrap()));
    assert_eq!(product.tax_category_id, TaxCategoryId(mint(1, [1; 10])));
    assert_eq!(product.category_id, Some(CategoryId(mint(1, [9; 10]))), "as we write it");
    assert_eq!((product.unit, product.active), (Unit::Piece, true));
    assert_eq!(product.barcodes, ["5012345678900"]);
}

#[test]
fn what_cannot_be_taken_is_named_and_makes_no_product() {
    for (name, value, field, problem, made) in [
        ("vat", "V5", ProductField::TaxCategory, ValueProblem::Unmapped, false),
        ("vat", "-", ProductField::TaxCategory, ValueProblem::Missing, false),
        ("code", "  ", ProductField::Sku, ValueProblem::Missing, false),
        ("code", "-", ProductField::Sku, ValueProblem::Missing, false),
        ("title", "-", ProductField::Name, ValueProblem::Missing, false),
        ("net", "ten", ProductField::Price, ValueProblem::Form, true),
        ("net", "-1", ProductField::Price, ValueProblem::Bounds, true),
        ("unit", "crate", ProductField::Unit, ValueProblem::Unmapped, true),
        ("codes", "5012345678901", ProductField::Barcodes, ValueProblem::Barcode, true),
        ("live", "perhaps", ProductField::Active, ValueProblem::Form, true),
        ("group", "Garden", ProductField::Category, ValueProblem::Unmapped, true),
    ] {
        let planned = new_one(&[(name, value)]);
        let found = planned.fields.iter().find(|one| one.problem.is_some() && one.field == field);
        assert_eq!(found.and_then(|one| one.problem), Some(problem), "{name} {value}");
        assert_eq!(planned.product.is_some(), made, "{name} {value}");
    }
}

#[test]
fn null_is_not_empty() {
    let ours = new_one(&[]).product.unwrap();
    let none = Agreements::default();
    let kept = both(&ours, &[("group", "-"), ("codes", "-"), ("net", "-")], Owner::Theirs, &none);
    assert_eq!(kept.product, None, "what they do not say stays");
    let emptied = both(&ours, &[("group", ""), ("codes", ""), ("net", "")], Owner::Theirs, &none);
    let product = emptied.product.unwrap();
    assert_eq!((product.category_id, product.barcodes.len(), product.price), (None, 0, None));
}

#[test]
fn a_template_is_filled_from_several_fields() {
    let (remote, ground) = (remote(), ground());
    let mut mapping = mapping(Owner::Theirs);
    mapping.fields[2].rule = Rule::Template { text: "{title} {size}".to_owned() };
    let planner = Planner { mapping: &mapping, remote: &remote, ground: &ground };
    let name = |fields: &[(&str, &str)]| planner.new_one(id(), &theirs(fields)).product.map(|one| one.name);
    assert_eq!(name(&[("size", "XL")]).as_deref(), Some("Tea pot XL"));
    assert_eq!(name(&[]).as_deref(), Some("Tea pot"), "what they do not have leaves no hole");
    assert_eq!(name(&[("title", "-")]), None);
}

#[test]
fn equal_sides_change_nothing_and_agree() {
    let ours = new_one(&[]).product.unwrap();
    for owner in [Owner::Theirs, Owner::Ours, Owner::Newest] {
        let planned = both(&ours, &[], owner, &Agreements::default());
        assert_eq!((planned.kind(), planned.fields.len()), (PlanKind::Same, 0));
        let again = both(&ours, &[], owner, &planned.agreed);
        assert_eq!((again.kind(), again.agreed), (PlanKind::Same, planned.agreed));
    }
}

#[test]
fn each_side_wins_where_it_decides_and_both_changed_waits_for_a_person() {
    let before = new_one(&[]);
    let mut ours = before.product.clone().unwrap();
    ours.price = Some(UnitPrice::parse("15").unwrap());
    let price = |planned: &Planned| planned.product.as_ref().and_then(|product| product.price);
    let taken = both(&ours, &[], Owner::Theirs, &before.agreed);
    assert_eq!(price(&taken), Some(UnitPrice::parse("12.75").unwrap()), "typed over here, taken back");
    let given = both(&ours, &[], Owner::Ours, &before.agreed);
    assert_eq!((given.kind(), given.product), (PlanKind::Give, None));
    assert_eq!(given.give["net"], "12.50", "they want it without tax");
    let newest = both(&ours, &[], Owner::Newest, &before.agreed);
    assert_eq!(newest.give["net"], "12.50");
    let both_changed = both(&ours, &[("net", "11"), ("title", "Kettle")], Owner::Newest, &before.agreed);
    assert_eq!(both_changed.kind(), PlanKind::Conflict);
    let product = both_changed.product.clone().unwrap();
    assert_eq!((product.name.as_str(), product.price), ("Kettle", ours.price), "only what is in doubt waits");
    assert_eq!(both_changed.agreed[&ProductField::Price], before.agreed[&ProductField::Price]);
    // A person types theirs here: equal again.
    let mut equal = product;
    equal.price = Some(UnitPrice::parse("13.20").unwrap());
    let healed = both(&equal, &[("net", "11"), ("title", "Kettle")], Owner::Newest, &both_changed.agreed);
    assert_eq!(healed.kind(), PlanKind::Same);
}

#[test]
fn the_tax_category_comes_before_the_price_that_is_worked_out_by_it() {
    let ours = new_one(&[]).product.unwrap();
    let planned = both(&ours, &[("vat", "V0"), ("net", "9.99")], Owner::Theirs, &Agreements::default());
    let product = planned.product.unwrap();
    assert_eq!(product.tax_category_id, TaxCategoryId(mint(1, [2; 10])));
    assert_eq!(product.price, Some(UnitPrice::parse("9.99").unwrap()));
}

#[test]
fn shelf_prices_survive_the_way_there_and_back() {
    let ground = ground();
    let mut product = new_one(&[]).product.unwrap();
    let (there, here) = (
        row(ProductField::Price, "net", Rule::AddTax, Owner::Ours),
        row(ProductField::Price, "net", Rule::TakeTaxOff, Owner::Ours),
    );
    for minor in (1..2_000_i64).chain([9_999, 123_456, 99_999_999]) {
        product.price = Some(UnitPrice(minor * 100));
        let ours = text_of(&product, ProductField::Price, &ground);
        let net = value::back(&there, &ours, &product, &ground).unwrap();
        let back = value::of(&there, &theirs(&[("net", &net)]), &product, &ground).unwrap();
        assert_eq!(back.as_deref(), Some(ours.as_str()), "{net}");
        assert!(value::back(&here, &ours, &product, &ground).is_some());
    }
}

#[test]
fn a_table_goes_back_only_where_one_value_leads_there() {
    let ground = ground();
    let product = new_one(&[]).product.unwrap();
    let back = |rows: &[(&str, &str)]| {
        let row = row(ProductField::TaxCategory, "vat", table(rows), Owner::Ours);
        value::back(&row, "Standard", &product, &ground)
    };
    assert_eq!(back(&[("V20", "standard"), ("V0", "Zero")]).as_deref(), Some("V20"));
    assert_eq!(back(&[("V20", "Standard"), ("X", "Standard")]), None);
    assert_eq!(back(&[]), None);
}

#[test]
fn what_was_just_given_is_not_taken_back_by_what_was_known_before() {
    let first = new_one(&[]);
    let mut ours = first.product.clone().unwrap();
    ours.price = Some(UnitPrice::parse("15").unwrap());
    let mut agreed = first.agreed;
    agreed.insert(ProductField::Price, Agreed::given("15.00", "12.75"));
    for owner in [Owner::Newest, Owner::Ours, Owner::Theirs] {
        let stale = both(&ours, &[], owner, &agreed);
        assert_eq!((stale.kind(), &stale.agreed), (PlanKind::Same, &agreed), "{owner:?}");
    }
    let seen = both(&ours, &[("net", "12.50")], Owner::Newest, &agreed);
    assert_eq!(seen.agreed[&ProductField::Price], Agreed::of("15.00", "15.00"));
}

#[test]
fn where_we_decide_and_they_have_nothing_ours_goes_there() {
    let ours = new_one(&[]).product.unwrap();
    let none = Agreements::default();
    assert_eq!(both(&ours, &[("net", "-")], Owner::Ours, &none).give["net"], "10.625");
    assert_eq!(both(&ours, &[("net", "ten")], Owner::Ours, &none).give["net"], "10.625");
    assert_eq!(both(&ours, &[("net", "-")], Owner::Newest, &none).kind(), PlanKind::Same);
}
