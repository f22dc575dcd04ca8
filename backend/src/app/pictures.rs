//! Pictures: keeping a product's picture, and giving it out.

use super::{App, AppError};
use crate::store::{Db, pictures};
use shared::api::PictureResponse;
use shared::ids::OrganisationId;
use shared::picture::{self, PictureKind};

/// A picture on its way out.
#[derive(Debug)]
pub struct Picture {
    /// What it is.
    pub kind: PictureKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Keeps a picture. The same bytes a second time are the same picture.
pub async fn keep(
    app: &App,
    organisation_id: OrganisationId,
    bytes: &[u8],
    now_ms: i64,
) -> Result<PictureResponse, AppError> {
    if bytes.len() > picture::MOST_BYTES {
        return Err(AppError::wrong_field(
            "picture",
            "A picture has at most 512 KiB. Scale it down to 512 pixels and send it again. Nothing was changed.",
        ));
    }
    let Some(kind) = PictureKind::of(bytes) else {
        return Err(AppError::wrong_field(
            "picture",
            "This is not a picture in PNG, JPEG or WebP. Nothing was changed; choose another file.",
        ));
    };
    let name = picture::name_of(bytes);
    let mut tx = app.db.write_for(organisation_id).await?;
    pictures::put(&mut tx, organisation_id, &name, kind.media_type(), bytes, now_ms).await?;
    tx.commit().await?;
    Ok(PictureResponse {
        path: picture::path_of(&name),
        media_type: kind.media_type().to_owned(),
        bytes: bytes.len() as u64,
    })
}

/// A picture by its name.
pub async fn picture(db: &Db, organisation_id: OrganisationId, name: &str) -> Result<Picture, AppError> {
    if !picture::is_name(name) {
        return Err(AppError::NotFound);
    }
    let mut tx = db.read_for(organisation_id).await?;
    let (media_type, bytes) =
        pictures::find(&mut tx, organisation_id, name).await?.ok_or(AppError::NotFound)?;
    let kind = PictureKind::of_media_type(&media_type).ok_or(AppError::NotFound)?;
    Ok(Picture { kind, bytes })
}

/// The names of all pictures, in order.
pub async fn names(db: &Db, organisation_id: OrganisationId) -> Result<Vec<String>, AppError> {
    let mut tx = db.read_for(organisation_id).await?;
    let mut names: Vec<String> = pictures::hashes(&mut tx, organisation_id).await?.into_iter().collect();
    names.sort();
    Ok(names)
}
