//! Delivery: one record on its way to the other side, and what was said about it.

use super::Flow;
use serde::{Deserialize, Serialize};

/// Deliveries a page of the list holds.
pub const MOST_SHOWN: usize = 100;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent, for the first time or again.
    Waiting,
    /// The other side has it and said so.
    Delivered,
    /// The other side, or our own check before it, will not take it as it is: a person must do something.
    Refused,
    /// A person decided that it shall not be sent.
    SetAside,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Delivered, Self::Refused, Self::SetAside];

    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::SetAside => "set_aside",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A record for the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Delivery {
    /// Its id within the connection.
    pub id: String,
    /// What it is part of.
    pub flow: Flow,
    /// What people call it: a receipt number.
    pub subject: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was sent, or tried to be.
    pub attempts: i64,
    /// What is wrong; with `remedy` what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// What the other side calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_id: Option<String>,
    /// When it was noted, epoch ms.
    pub noted_at_ms: i64,
    /// When it is sent next, epoch ms; only while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at_ms: Option<i64>,
    /// When it came to its end, epoch ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at_ms: Option<i64>,
}

/// One question to the other side and its answer, with everything secret blotted out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exchange {
    /// When it was sent, epoch ms.
    pub at_ms: i64,
    /// How long the answer took, ms.
    pub took_ms: i64,
    /// `POST /path`.
    pub asked: String,
    /// What was sent, as text, cut where it is long.
    pub request: String,
    /// Of HTTP; none when no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What came back, as text, cut where it is long.
    pub response: String,
}

/// Which deliveries something is done with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeliveriesRequest {
    /// By their ids.
    #[serde(default)]
    pub ids: Vec<String>,
}

/// How many records something was done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counted {
    /// So many.
    pub count: u64,
}
