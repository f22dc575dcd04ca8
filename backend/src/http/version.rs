//! Version: a record and its version, as `ETag` on the way out and `If-Match` on the way in.

use crate::app::AppError;
use axum::Json;
use axum::http::{HeaderMap, HeaderName, header};

use super::input::asked;

/// A record with its version.
pub type WithVersion<T> = ([(HeaderName, String); 1], Json<T>);

/// Writes it.
pub fn with_version<T>(record: T, version: i64) -> WithVersion<T> {
    ([(header::ETAG, format!("\"{version}\""))], Json(record))
}

/// The version that a change is of; none overrules whoever was first.
pub fn known_version(headers: &HeaderMap) -> Result<Option<i64>, AppError> {
    let known = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
    let known =
        known.map(|text| text.trim().trim_start_matches("W/").trim_matches('"')).filter(|text| *text != "*");
    asked("If-Match", known, str::parse::<i64>, "This is no ETag of this record.")
}
