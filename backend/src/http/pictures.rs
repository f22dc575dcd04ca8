//! Pictures: a product's picture in, and out again. What has a name made of its bytes may be kept for good.

use super::failure::Failure;
use super::guard::{Member, Staff};
use super::input::Whole;
use super::route::{Route, Who};
use crate::app::{App, pictures};
use crate::clock;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use shared::api::PictureResponse;
use shared::picture::MOST_BYTES;
use shared::staff::Permission;

/// What may be sent, and comes back.
const KINDS: &[&str] = &["image/png", "image/jpeg", "image/webp"];

pub fn routes() -> Vec<Route> {
    vec![
        Route::post(
            "/api/pictures",
            Who::Staff(Permission::ManageCatalog),
            "Keeps a picture for products: the body is the file, PNG, JPEG or WebP of at most 512 KiB. The same bytes are kept once.",
            keep,
        )
        // Larger ones are told how large they may be; much larger ones are not read.
        .takes_bytes(KINDS, 16 * MOST_BYTES)
        .gives::<PictureResponse>(),
        Route::get(
            "/api/pictures/{hash}",
            Who::Member,
            "A picture, by the SHA-256 of its bytes. It never changes.",
            picture,
        )
        .gives_bytes(KINDS),
    ]
}

async fn keep(
    State(app): State<App>,
    Staff(caller): Staff,
    Whole(bytes): Whole,
) -> Result<Json<PictureResponse>, Failure> {
    Ok(Json(pictures::keep(&app, caller.organisation_id, &bytes, clock::now_ms()).await?))
}

type File = ([(HeaderName, &'static str); 3], Vec<u8>);

async fn picture(
    State(app): State<App>,
    Member(organisation_id): Member,
    Path(hash): Path<String>,
) -> Result<File, Failure> {
    let picture = pictures::picture(&app.db, organisation_id, &hash).await?;
    let headers = [
        (header::CONTENT_TYPE, picture.kind.media_type()),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, picture.bytes))
}
