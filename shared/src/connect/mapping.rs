//! Mapping: field by field, what of a product comes from where, by which rule, and who decides.
//! Null is not empty: a field that the other side does not have leaves ours as it is; one that is there and empty empties ours.

use super::ConnectorView;
use crate::store::WrongSetting;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest template, and longest value in a table, in letters.
const LONGEST_TEXT: usize = 200;
/// Most rows of a table.
const MOST_ROWS: usize = 1_000;

/// What of a product can come from the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProductField {
    /// The shop's own code.
    Sku,
    /// As on the shelf and the receipt.
    Name,
    /// Every code that scans to it.
    Barcodes,
    /// Shelf price of one.
    Price,
    /// For tax; by the category's name.
    TaxCategory,
    /// Its group; by its name, made where there is none.
    Category,
    /// How it is counted or measured; by our word for it.
    Unit,
    /// Is stock kept?
    Stocked,
    /// Sold at present?
    Active,
}

impl ProductField {
    /// All of them, in the order people read them.
    pub const ALL: [Self; 9] = [
        Self::Sku,
        Self::Name,
        Self::Barcodes,
        Self::Price,
        Self::TaxCategory,
        Self::Category,
        Self::Unit,
        Self::Stocked,
        Self::Active,
    ];

    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::Name => "name",
            Self::Barcodes => "barcodes",
            Self::Price => "price",
            Self::TaxCategory => "tax_category",
            Self::Category => "category",
            Self::Unit => "unit",
            Self::Stocked => "stocked",
            Self::Active => "active",
        }
    }

    /// The field of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.word() == word)
    }

    /// Must a new product have it?
    pub fn is_needed(self) -> bool {
        matches!(self, Self::Sku | Self::Name | Self::TaxCategory)
    }
}

/// What a value of theirs looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ValueForm {
    /// A line.
    Text,
    /// Lines, one below the other: barcodes.
    Texts,
    /// An amount of money, as a decimal: `12.75`.
    Amount,
    /// `true` or `false`.
    Flag,
}

/// A field of their products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemoteField {
    /// As they call it among themselves.
    pub name: String,
    /// As their screens call it.
    pub label: String,
    /// What it looks like.
    pub form: ValueForm,
    /// Can we change it there?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub writable: bool,
    /// What of ours it is where nobody has said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<ProductField>,
    /// And by which rule.
    #[serde(default)]
    pub rule: Rule,
}

/// How a value of theirs becomes one of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Rule {
    /// To the letter.
    #[default]
    AsIs,
    /// Without spaces around it, and with one where there are several.
    Trim,
    /// In capital letters, without spaces around it.
    UpperCase,
    /// In small letters, without spaces around it.
    LowerCase,
    /// By a table from theirs to ours; what is not in it is said before it hurts.
    Table {
        /// Theirs to ours.
        rows: BTreeMap<String, String>,
    },
    /// Several of their fields in one text: `{name} {size}`.
    Template {
        /// The text.
        text: String,
    },
    /// Their amount is without tax, ours with: the product's own rate is added.
    AddTax,
    /// Their amount is with tax, ours without: the product's own rate is taken off.
    TakeTaxOff,
}

/// Who decides what a field holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The other side: what is typed in here is overwritten.
    #[default]
    Theirs,
    /// We do: theirs is taken for a new product alone, and a change here goes there where that can be.
    Ours,
    /// Whoever changed it last, by comparison with what both had before. Where both have changed it, nothing is done and a person is
    /// shown both.
    Newest,
}

/// A row of the mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldMapping {
    /// Ours.
    pub ours: ProductField,
    /// Theirs, by its name; of a template the first of several.
    pub theirs: String,
    /// How it becomes ours.
    #[serde(default)]
    pub rule: Rule,
    /// Who decides.
    #[serde(default)]
    pub owner: Owner,
}

/// What of products comes from where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProductMapping {
    /// Row by row, each of our fields at most once.
    pub fields: Vec<FieldMapping>,
    /// Is a product of theirs that we do not have made here?
    #[serde(default)]
    pub create: bool,
}

impl ProductMapping {
    /// As a new connection begins: what the connector knows, the other side decides, what we do not have is made.
    pub fn of(connector: &ConnectorView) -> Self {
        let row = |field: &RemoteField| {
            Some(FieldMapping {
                ours: field.ours?,
                theirs: field.name.clone(),
                rule: field.rule.clone(),
                owner: Owner::Theirs,
            })
        };
        let mut fields: Vec<FieldMapping> = connector.fields.iter().filter_map(row).collect();
        fields.sort_by_key(|one| one.ours);
        Self { fields, create: true }
    }

    /// The row of one of our fields.
    pub fn field(&self, ours: ProductField) -> Option<&FieldMapping> {
        self.fields.iter().find(|one| one.ours == ours)
    }

    /// What cannot be, each with its field: `price`, or `price.rule`.
    pub fn check(&self, connector: &ConnectorView) -> Vec<WrongSetting> {
        let mut wrong = Vec::new();
        let mut say = |field: String, message: &str| {
            wrong.push(WrongSetting { field, message: message.to_owned() });
        };
        for (at, row) in self.fields.iter().enumerate() {
            let word = row.ours.word();
            if self.fields.iter().take(at).any(|before| before.ours == row.ours) {
                say(word.to_owned(), "This is mapped twice.");
            }
            let Some(theirs) = connector.fields.iter().find(|field| field.name == row.theirs) else {
                say(word.to_owned(), "The other side has no such field.");
                continue;
            };
            if let Some(message) = row.fault(theirs, connector) {
                say(format!("{word}.rule"), message);
            }
        }
        for needed in ProductField::ALL.into_iter().filter(|field| self.create && field.is_needed()) {
            if self.field(needed).is_none() {
                say(needed.word().to_owned(), "Without this no product can be made here.");
            }
        }
        wrong
    }
}

impl FieldMapping {
    /// Why a rule does not fit what it reads or makes.
    fn fault(&self, theirs: &RemoteField, connector: &ConnectorView) -> Option<&'static str> {
        let is_price = self.ours == ProductField::Price;
        if is_price != (theirs.form == ValueForm::Amount) {
            return Some("An amount belongs to the price, and nothing else does.");
        }
        match &self.rule {
            Rule::AddTax | Rule::TakeTaxOff if !is_price => Some("Only a price is with or without tax."),
            Rule::AddTax | Rule::TakeTaxOff | Rule::AsIs | Rule::Trim => None,
            _ if is_price => Some("A price is taken as it is, or with tax added or taken off."),
            Rule::UpperCase | Rule::LowerCase => None,
            Rule::Table { rows } if rows.len() > MOST_ROWS => Some("A table has at most 1,000 rows."),
            Rule::Table { rows } => {
                let is_long = |text: &String| text.chars().count() > LONGEST_TEXT;
                let too_long = rows.iter().any(|(theirs, ours)| is_long(theirs) || is_long(ours));
                too_long.then_some("A value of the table is longer than 200 letters.")
            }
            Rule::Template { text } if text.chars().count() > LONGEST_TEXT => {
                Some("A template has at most 200 letters.")
            }
            Rule::Template { text } => {
                let known = |name: &str| connector.fields.iter().any(|field| field.name == name);
                match template_fields(text) {
                    Some(names) if !names.is_empty() && names.iter().all(|name| known(name)) => None,
                    Some(_) => Some("Name fields of the other side in braces, like {name}."),
                    None => Some("A brace is not closed."),
                }
            }
        }
    }
}

/// The fields a template names, in order; none where a brace is not closed.
pub fn template_fields(text: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        names.push(name);
        rest = behind;
    }
    Some(names)
}

/// What both sides had of a field when they were last equal: ours, and what theirs came to by the mapping. They can differ: a name
/// that we gave may be cut there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// Ours.
    pub ours: String,
    /// Theirs; none where ours was given, and not yet seen there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<String>,
    /// What theirs was when ours was given: as long as they are not read anew, it is what is known of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

impl Agreed {
    /// Both as they stand.
    pub fn of(ours: &str, theirs: &str) -> Self {
        Self { ours: ours.to_owned(), theirs: Some(theirs.to_owned()), before: None }
    }

    /// Ours was given to them just now; what became of it there is seen when it is read.
    pub fn given(ours: &str, before: &str) -> Self {
        Self { ours: ours.to_owned(), theirs: None, before: Some(before.to_owned()) }
    }

    /// Is this what was known of theirs before ours was given?
    pub fn is_stale(&self, theirs: &str) -> bool {
        self.theirs.is_none() && self.before.as_deref() == Some(theirs)
    }
}

/// By field.
pub type Agreements = BTreeMap<ProductField, Agreed>;
