//! Plan: what the mapping does, or would do, to products on both sides, field by field, before anything is written.

use super::{ProductField, ProductMapping};
use crate::ids::ProductId;
use serde::{Deserialize, Serialize};

/// Rows of a plan that are given at once.
pub const MOST_PLANNED: usize = 100;

/// What happens to a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    /// It is made here.
    Create,
    /// Something of it is changed here.
    Change,
    /// Something of it is changed there.
    Give,
    /// Both sides have changed the same field since they were equal: nothing is done before a person makes them equal.
    Conflict,
    /// Something of theirs cannot be taken: what it is stands beside it. The rest of it is.
    Problem,
    /// Nothing: both sides are equal, or the one that decides is as it should be.
    Same,
    /// They have it, we have not, and it is not to be made here.
    OnlyThere,
    /// We have it, they have not. Sales of it cannot go out.
    OnlyHere,
}

impl PlanKind {
    /// All of them, in the order people look at them.
    pub const ALL: [Self; 8] = [
        Self::Create,
        Self::Change,
        Self::Give,
        Self::Conflict,
        Self::Problem,
        Self::Same,
        Self::OnlyThere,
        Self::OnlyHere,
    ];

    /// One word for addresses and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Give => "give",
            Self::Conflict => "conflict",
            Self::Problem => "problem",
            Self::Same => "same",
            Self::OnlyThere => "only_there",
            Self::OnlyHere => "only_here",
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What happens to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldFate {
    /// Ours becomes theirs.
    Taken,
    /// Theirs becomes ours.
    Given,
    /// They differ and stay so: we decide, and it cannot be written there.
    Kept,
    /// Both were changed.
    Conflict,
    /// Theirs cannot be taken.
    Problem,
}

/// A field that is not equal, or cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldPlan {
    /// Which of ours.
    pub field: ProductField,
    /// As it is here; empty where there is nothing.
    pub ours: String,
    /// As it would be here by the mapping; of a problem as they have it.
    pub theirs: String,
    /// What happens.
    pub fate: FieldFate,
    /// Of a problem: what is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<ValueProblem>,
}

/// Why a value of theirs cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ValueProblem {
    /// The table has no row for it, or nothing here has that name.
    Unmapped,
    /// It is no amount, no unit, no yes or no.
    Form,
    /// It is needed and is not there.
    Missing,
    /// Another product here has this code or barcode.
    Taken,
    /// It is no barcode: the check digit does not fit.
    Barcode,
    /// It is too long, or out of bounds.
    Bounds,
    /// The tax of the product is not a plain share of the price, so it cannot be added or taken off.
    Tax,
}

/// A product of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanRow {
    /// What happens to it.
    pub kind: PlanKind,
    /// Ours; none where it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// Theirs; none where they have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_id: Option<String>,
    /// Its code, ours if we have it.
    pub code: String,
    /// Its name, ours if we have it.
    pub name: String,
    /// What is not equal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldPlan>,
}

/// How many products are of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanCount {
    /// Of which.
    pub kind: PlanKind,
    /// How many.
    pub count: u64,
}

/// A value of theirs that has no place here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unmapped {
    /// Of which of our fields.
    pub field: ProductField,
    /// As they write it.
    pub value: String,
    /// Products that have it.
    pub count: u64,
}

/// The plan: counted whole, with one page of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// The version of the mapping that it is of.
    pub mapping_version: i64,
    /// Every kind, also those of which there is none. A product with a problem is counted once more by what else happens to it.
    pub counts: Vec<PlanCount>,
    /// Values that need a row in a table, the commonest first.
    pub unmapped: Vec<Unmapped>,
    /// A page of the kind that was asked for.
    pub rows: Vec<PlanRow>,
    /// Where the next page begins; none after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Plan {
    /// How many products are of a kind.
    pub fn count(&self, kind: PlanKind) -> u64 {
        self.counts.iter().find(|one| one.kind == kind).map_or(0, |one| one.count)
    }
}

/// The mapping of a connection, and whether it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MappingView {
    /// As it stands.
    pub mapping: ProductMapping,
    /// Counts up with every change; 0 where nobody has changed what a connection begins with.
    pub version: i64,
    /// The version a person has accepted; products come in, and go out, by it alone. None: nothing is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<i64>,
    /// When it was changed last, epoch ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at_ms: Option<i64>,
    /// One of their products by it, as an example.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Sample>,
}

/// A field of one of their products, and what it would be here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sample {
    /// Which of ours.
    pub field: ProductField,
    /// As they have it; nothing where they say nothing.
    pub theirs: String,
    /// As it would be here; none where it cannot be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<String>,
}

/// A version of the mapping that was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MappingVersion {
    /// Which.
    pub version: i64,
    /// As it stood.
    pub mapping: ProductMapping,
    /// Since when, epoch ms.
    pub at_ms: i64,
    /// Who changed it to this, by name.
    pub by: String,
}

/// A version of the mapping that shall be in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AcceptRequest {
    /// The one that was looked at: another one is not accepted.
    pub version: i64,
}
