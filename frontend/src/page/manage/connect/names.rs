//! Names: what fields, owners, rules and fates of the mapping are called.

use super::super::product::{UNITS, unit_words};
use crate::i18n::{self, t};
use shared::connect::{Owner, PlanKind, ProductField, Rule, ValueProblem};

/// One of our fields.
pub fn field_name(field: ProductField) -> &'static str {
    match field {
        ProductField::Sku => t!("manage.connect.field.sku"),
        ProductField::Name => t!("manage.connect.field.name"),
        ProductField::Barcodes => t!("manage.connect.field.barcodes"),
        ProductField::Price => t!("manage.connect.field.price"),
        ProductField::TaxCategory => t!("manage.connect.field.tax_category"),
        ProductField::Category => t!("manage.connect.field.category"),
        ProductField::Unit => t!("manage.connect.field.unit"),
        ProductField::Stocked => t!("manage.connect.field.stocked"),
        ProductField::Active => t!("manage.connect.field.active"),
    }
}

/// Who decides; `theirs` is what the other side is called.
pub fn owner_name(owner: Owner, theirs: &str) -> String {
    match owner {
        Owner::Theirs => theirs.to_owned(),
        Owner::Ours => "Tillbridge".to_owned(),
        Owner::Newest => t!("manage.connect.owner.newest").to_owned(),
    }
}

/// A rule, in few words.
pub fn rule_name(rule: &Rule) -> String {
    match rule {
        Rule::AsIs => t!("manage.connect.rule.as_is").to_owned(),
        Rule::Trim => t!("manage.connect.rule.trim").to_owned(),
        Rule::UpperCase => t!("manage.connect.rule.upper_case").to_owned(),
        Rule::LowerCase => t!("manage.connect.rule.lower_case").to_owned(),
        Rule::Table { rows } => t!(
            "manage.connect.rule.table.count",
            count = i18n::number(i64::try_from(rows.len()).unwrap_or(i64::MAX))
        ),
        Rule::Template { text } => text.clone(),
        Rule::AddTax => t!("manage.connect.rule.add_tax").to_owned(),
        Rule::TakeTaxOff => t!("manage.connect.rule.take_tax_off").to_owned(),
    }
}

/// What happens to products.
pub fn plan_name(kind: PlanKind) -> &'static str {
    match kind {
        PlanKind::Create => t!("manage.connect.plan.create"),
        PlanKind::Change => t!("manage.connect.plan.change"),
        PlanKind::Give => t!("manage.connect.plan.give"),
        PlanKind::Conflict => t!("manage.connect.plan.conflict"),
        PlanKind::Problem => t!("manage.connect.plan.problem"),
        PlanKind::Same => t!("manage.connect.plan.same"),
        PlanKind::OnlyThere => t!("manage.connect.plan.only_there"),
        PlanKind::OnlyHere => t!("manage.connect.plan.only_here"),
    }
}

/// Why a value cannot be taken.
pub fn problem_words(problem: ValueProblem) -> &'static str {
    match problem {
        ValueProblem::Unmapped => t!("manage.connect.problem.unmapped"),
        ValueProblem::Form => t!("manage.connect.problem.form"),
        ValueProblem::Missing => t!("manage.connect.problem.missing"),
        ValueProblem::Taken => t!("manage.connect.problem.taken"),
        ValueProblem::Barcode => t!("manage.connect.problem.barcode"),
        ValueProblem::Bounds => t!("manage.connect.problem.bounds"),
        ValueProblem::Tax => t!("manage.connect.problem.tax"),
    }
}

/// Units, by our word for them, with their names.
pub fn units() -> Vec<(String, String)> {
    UNITS.into_iter().map(|(word, unit)| (word.to_owned(), unit_words(unit).to_owned())).collect()
}
