//! Catalogue: what of their product is ours by the mapping: what comes, what goes, what stays, what cannot be.
//! Lives here: values by rules (`value`), the decision of a field, the plan of a product. May use: shared's catalogue, tax, mapping.
//! Never: a vendor, a store, a clock (the day is an argument).
//! Invariant: a field changes on one side alone; where it cannot be told which side changed it, on none.

mod decide;
mod value;

pub use decide::{Decision, decide};
pub use value::{Ground, text_of};

use crate::command::RemoteRecord;
use shared::catalog::Product;
use shared::connect::{
    Agreed, Agreements, FieldFate, FieldMapping, FieldPlan, Owner, PlanKind, ProductField, ProductMapping,
    RemoteField, ValueProblem,
};
use shared::ids::ProductId;
use std::collections::BTreeMap;

/// What is done with a product.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// As it shall be here; none where nothing of it changes here.
    pub product: Option<Product>,
    /// Is it new here?
    pub is_new: bool,
    /// What shall be there, by their names; empty where nothing changes there.
    pub give: BTreeMap<String, String>,
    /// What is not equal, or cannot be taken.
    pub fields: Vec<FieldPlan>,
    /// What both sides agree on afterwards.
    pub agreed: Agreements,
}

impl Planned {
    /// What happens to it; a problem is told beside that.
    pub fn kind(&self) -> PlanKind {
        let any = |fate: FieldFate| self.fields.iter().any(|field| field.fate == fate);
        match &self.product {
            _ if any(FieldFate::Conflict) => PlanKind::Conflict,
            Some(_) if self.is_new => PlanKind::Create,
            Some(_) => PlanKind::Change,
            // Of what it needs something cannot be taken.
            None if self.is_new => PlanKind::Problem,
            None if !self.give.is_empty() => PlanKind::Give,
            None => PlanKind::Same,
        }
    }

    /// Another product here has what would be this field: it stays as it is, and a new product is not made.
    pub fn refuse(&mut self, field: ProductField, ours: Option<&Product>) {
        let Some(product) = &mut self.product else { return };
        match (field, ours) {
            (_, None) => self.product = None,
            (ProductField::Barcodes, Some(ours)) => product.barcodes.clone_from(&ours.barcodes),
            (_, Some(ours)) => product.sku.clone_from(&ours.sku),
        }
        if self.product.as_ref() == ours {
            self.product = None;
        }
        self.agreed.remove(&field);
        for one in self.fields.iter_mut().filter(|one| one.field == field) {
            one.fate = FieldFate::Problem;
            one.problem = Some(ValueProblem::Taken);
        }
    }

    /// Can something of it not be taken?
    pub fn has_problem(&self) -> bool {
        self.fields.iter().any(|field| field.fate == FieldFate::Problem)
    }
}

/// How products of one connection are planned.
#[derive(Clone, Copy, Debug)]
pub struct Planner<'a> {
    /// The mapping.
    pub mapping: &'a ProductMapping,
    /// What their products have.
    pub remote: &'a [RemoteField],
    /// What there is here to point at.
    pub ground: &'a Ground,
}

impl Planner<'_> {
    /// A product that both have, with what they last agreed on.
    pub fn both(&self, ours: &Product, theirs: &RemoteRecord, agreed: &Agreements) -> Planned {
        let mut planned = Planned {
            product: None,
            is_new: false,
            give: BTreeMap::new(),
            fields: Vec::new(),
            agreed: agreed.clone(),
        };
        let mut product = ours.clone();
        // The tax category first: whoever adds tax to a price needs the rate that will be.
        for row in self.rows() {
            let here = text_of(ours, row.ours, self.ground);
            let writable = self.is_writable(row);
            let gives = row.owner == Owner::Ours && writable && !here.is_empty();
            let there = match value::of(row, theirs, &product, self.ground) {
                Ok(Some(there)) => there,
                // We decide, and they have nothing, or what cannot be read.
                Ok(None) if gives => String::new(),
                Err((raw, _)) if gives => raw,
                // Null is not empty: they say nothing of it.
                Ok(None) => continue,
                Err((raw, problem)) => {
                    planned.fields.push(trouble(row.ours, here, raw, problem));
                    continue;
                }
            };
            let before = agreed.get(&row.ours);
            match decide(row.owner, before, (&here, &there), writable) {
                Decision::Same if before.is_some_and(|before| before.is_stale(&there)) => {}
                Decision::Same => {
                    planned.agreed.insert(row.ours, Agreed::of(&here, &there));
                }
                Decision::Take => {
                    if let Err(problem) = value::put(&mut product, row.ours, &there, self.ground) {
                        planned.fields.push(trouble(row.ours, here, there, problem));
                        continue;
                    }
                    planned.agreed.insert(row.ours, Agreed::of(&there, &there));
                    planned.product = Some(product.clone());
                    planned.fields.push(field(row.ours, here, there, FieldFate::Taken));
                }
                Decision::Give => match value::back(row, &here, ours, self.ground) {
                    Some(value) => {
                        planned.give.insert(row.theirs.clone(), value);
                        planned.fields.push(field(row.ours, here, there, FieldFate::Given));
                    }
                    None => planned.fields.push(field(row.ours, here, there, FieldFate::Kept)),
                },
                Decision::Keep => planned.fields.push(field(row.ours, here, there, FieldFate::Kept)),
                Decision::Conflict => {
                    planned.fields.push(field(row.ours, here, there, FieldFate::Conflict));
                }
            }
        }
        planned
    }

    /// A product that they alone have.
    pub fn new_one(&self, id: ProductId, theirs: &RemoteRecord) -> Planned {
        let mut product = self.ground.blank(id);
        let mut fields = Vec::new();
        let mut agreed = Agreements::default();
        let mut has = Vec::new();
        for row in self.rows() {
            match value::of(row, theirs, &product, self.ground) {
                Ok(Some(there)) => match value::put(&mut product, row.ours, &there, self.ground) {
                    Ok(()) => {
                        has.push(row.ours);
                        agreed.insert(row.ours, Agreed::of(&there, &there));
                        fields.push(field(row.ours, String::new(), there, FieldFate::Taken));
                    }
                    Err(problem) => fields.push(trouble(row.ours, String::new(), there, problem)),
                },
                Ok(None) => {}
                Err((raw, problem)) => fields.push(trouble(row.ours, String::new(), raw, problem)),
            }
        }
        for needed in ProductField::ALL.into_iter().filter(|needed| needed.is_needed()) {
            if !has.contains(&needed) && !fields.iter().any(|one| one.field == needed) {
                fields.push(trouble(needed, String::new(), String::new(), ValueProblem::Missing));
            }
        }
        fields.sort_by_key(|one| one.field);
        let whole = ProductField::ALL.into_iter().all(|one| !one.is_needed() || has.contains(&one));
        Planned { product: whole.then_some(product), is_new: true, give: BTreeMap::new(), fields, agreed }
    }

    /// Theirs of a field as it would be ours in a new product, where the field is mapped.
    pub fn value(
        &self,
        field: ProductField,
        theirs: &RemoteRecord,
    ) -> Option<Result<Option<String>, (String, ValueProblem)>> {
        let row = self.mapping.field(field)?;
        let blank = self.ground.blank(ProductId(shared::ids::mint(0, [0; 10])));
        Some(value::of(row, theirs, &blank, self.ground))
    }

    /// What a field would be here in a new product that is made of theirs, as an example.
    pub fn sample(&self, field: ProductField, theirs: &RemoteRecord) -> Option<String> {
        let planned = self.new_one(ProductId(shared::ids::mint(0, [0; 10])), theirs);
        let fate = |one: &&FieldPlan| one.field == field && one.fate == FieldFate::Taken;
        planned.fields.iter().find(fate).map(|one| one.theirs.clone())
    }

    /// The category a product of theirs would be in, by name.
    pub fn category(&self, theirs: &RemoteRecord) -> Option<String> {
        self.value(ProductField::Category, theirs)?.ok().flatten().filter(|name| !name.is_empty())
    }

    /// Rows of the mapping, the tax category before what is worked out by it.
    fn rows(&self) -> impl Iterator<Item = &FieldMapping> {
        let is_tax = |row: &&FieldMapping| row.ours == ProductField::TaxCategory;
        let first = self.mapping.fields.iter().filter(is_tax);
        first.chain(self.mapping.fields.iter().filter(move |row| !is_tax(row)))
    }

    fn is_writable(&self, row: &FieldMapping) -> bool {
        self.remote.iter().any(|field| field.name == row.theirs && field.writable)
    }
}

fn field(field: ProductField, ours: String, theirs: String, fate: FieldFate) -> FieldPlan {
    FieldPlan { field, ours, theirs, fate, problem: None }
}

fn trouble(field: ProductField, ours: String, theirs: String, problem: ValueProblem) -> FieldPlan {
    FieldPlan { field, ours, theirs, fate: FieldFate::Problem, problem: Some(problem) }
}

#[cfg(test)]
mod tests;
