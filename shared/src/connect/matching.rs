//! Matching: what of ours is what of theirs.

use serde::{Deserialize, Serialize};

/// A kind of record or value that both sides have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// Something that is sold; ours by its id.
    Product,
    /// Where it is sold; ours by the store's id.
    Store,
    /// A way to pay; ours by the tender type's id.
    Tender,
    /// A line of a sale that is no product: a tip, postage, coins rounded away; ours by the line's kind.
    Line,
}

impl LinkKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Product, Self::Store, Self::Tender, Self::Line];

    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Store => "store",
            Self::Tender => "tender",
            Self::Line => "line",
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// How a match came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MatchWay {
    /// Both have the same code.
    Code,
    /// Both have the same barcode.
    Barcode,
    /// Both have the same name.
    Name,
    /// A person said so.
    Person,
    /// Ours was made from theirs.
    Made,
}

impl MatchWay {
    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Barcode => "barcode",
            Self::Name => "name",
            Self::Person => "person",
            Self::Made => "made",
        }
    }

    /// The way of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Code, Self::Barcode, Self::Name, Self::Person, Self::Made]
            .into_iter()
            .find(|way| way.word() == word)
    }
}

/// One of theirs, to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Choice {
    /// What they call it among themselves.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its code, where it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
}

/// One of ours and its match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MatchRow {
    /// Ours.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its code, where it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Theirs; none where there is no match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Choice>,
    /// How it came about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<MatchWay>,
    /// Is one needed for what has been sold, or is to be?
    pub needed: bool,
}

/// What of theirs one of ours is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MatchRequest {
    /// Ours.
    pub id: String,
    /// Theirs; none takes the match away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_id: Option<String>,
}
