//! Displays: what a till tells the customer displays that stand on other devices, and what they are told.

use crate::ids::DisplayId;
use serde::{Deserialize, Serialize};

/// `GET /api/displays`: a display on another device that shows what this tablet shows the buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PairedDisplay {
    /// Its id.
    pub id: DisplayId,
    /// Since when, epoch ms.
    pub paired_at_ms: i64,
}

/// `PUT /api/displays/shown`: what stands on the displays of this tablet from now on. Said again every few seconds: what is not, goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShowRequest {
    /// As the display reads it; nothing for an empty one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
}

/// `POST /api/display/pair`: a display begins to show what a till shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DisplayPairRequest {
    /// As the till shows it.
    pub code: String,
}

/// `GET /api/display`: what stands on a display.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DisplayResponse {
    /// As the till has said; nothing where it has said nothing lately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
    /// How long it may stand there unless it is said again, ms.
    pub fresh_for_ms: i64,
}
