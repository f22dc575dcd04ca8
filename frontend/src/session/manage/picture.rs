//! Picture: a chosen file made small enough to send, shown at once, and sent when the product is saved.
//! Lives here: scaling down in the browser, the address of what is not sent yet.
//! May use: the browser's canvas, shared::picture. Never: a size that grows, what the file says about itself.
//! Invariant: what is sent was drawn anew: nothing of the file but its picture leaves the tablet (no place, no camera).

use super::{Manage, Trouble};
use crate::api_client;
use crate::clock::from_whole;
use js_sys::{Promise, Reflect};
use shared::api::PictureResponse;
use shared::picture::{MOST_BYTES, PictureKind, fitted};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap, Url};

/// How much a photo may lose, by the browser's own measure.
const QUALITY: f64 = 0.85;

/// Why a file cannot become a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFault {
    /// The browser cannot draw it.
    NotAPicture,
    /// Scaled down it is still larger than the server takes.
    TooLarge,
}

/// A picture that is not sent yet.
#[derive(Clone, Debug)]
pub struct NewPicture(Rc<Drawn>);

#[derive(Debug)]
struct Drawn {
    blob: Blob,
    address: String,
}

impl Drop for Drawn {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.address);
    }
}

impl PartialEq for NewPicture {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl NewPicture {
    /// Draws a file anew, its longest side no longer than a picture's may be.
    ///
    /// # Errors
    /// See [`PictureFault`].
    pub async fn of(file: &Blob) -> Result<Self, PictureFault> {
        let blob = drawn(file).await.map_err(|_| PictureFault::NotAPicture)?;
        if blob.size() > from_whole(i64::try_from(MOST_BYTES).unwrap_or(i64::MAX)) {
            return Err(PictureFault::TooLarge);
        }
        let address = Url::create_object_url_with_blob(&blob).map_err(|_| PictureFault::NotAPicture)?;
        Ok(Self(Rc::new(Drawn { blob, address })))
    }

    /// Where the page shows it from.
    pub fn address(&self) -> &str {
        &self.0.address
    }
}

impl Manage {
    /// Hands a picture in.
    pub async fn send_picture(self, picture: &NewPicture) -> Result<PictureResponse, Trouble> {
        let blob = &picture.0.blob;
        self.heard(api_client::upload("/api/pictures", blob, &blob.type_()).await)
    }
}

async fn drawn(file: &Blob) -> Result<Blob, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    // The browser turns a photo the way it was held.
    let bitmap: ImageBitmap =
        JsFuture::from(window.create_image_bitmap_with_blob(file)?).await?.dyn_into()?;
    let (width, height) = fitted(bitmap.width(), bitmap.height());
    let document = window.document().ok_or(JsValue::NULL)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.dyn_into()?;
    Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into())?;
    let side = |length: u32| from_whole(i64::from(length));
    context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, side(width), side(height))?;
    bitmap.close();
    let webp = written(&canvas, PictureKind::Webp).await?;
    if webp.type_() == PictureKind::Webp.media_type() {
        return Ok(webp);
    }
    // A browser that writes no WebP: what could be seen through becomes white, not black.
    context.set_global_composite_operation("destination-over")?;
    context.set_fill_style_str("white");
    context.fill_rect(0.0, 0.0, side(width), side(height));
    written(&canvas, PictureKind::Jpeg).await
}

async fn written(canvas: &HtmlCanvasElement, kind: PictureKind) -> Result<Blob, JsValue> {
    let promise = Promise::new(&mut |done, failed| {
        let heard = Closure::once_into_js(move |blob: JsValue| {
            let _ = done.call1(&JsValue::UNDEFINED, &blob);
        });
        let asked = canvas.to_blob_with_type_and_encoder_options(
            heard.unchecked_ref(),
            kind.media_type(),
            &QUALITY.into(),
        );
        if let Err(error) = asked {
            let _ = failed.call1(&JsValue::UNDEFINED, &error);
        }
    });
    JsFuture::from(promise).await?.dyn_into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use js_sys::Array;
    use wasm_bindgen_test::wasm_bindgen_test;

    /// A picture of this size, as a PNG.
    async fn canvas_of(width: u32, height: u32) -> Blob {
        let document = web_sys::window().unwrap().document().unwrap();
        let canvas: HtmlCanvasElement = document.create_element("canvas").unwrap().dyn_into().unwrap();
        canvas.set_width(width);
        canvas.set_height(height);
        let png = written(&canvas, PictureKind::Png).await.unwrap();
        assert_eq!(png.type_(), "image/png");
        png
    }

    async fn size_of(blob: &Blob) -> (u32, u32) {
        let window = web_sys::window().unwrap();
        let bitmap = JsFuture::from(window.create_image_bitmap_with_blob(blob).unwrap()).await.unwrap();
        let bitmap: ImageBitmap = bitmap.dyn_into().unwrap();
        (bitmap.width(), bitmap.height())
    }

    #[wasm_bindgen_test]
    async fn a_large_picture_is_drawn_smaller_and_a_small_one_as_it_is() {
        for (from, to) in [((2_000, 1_000), (512, 256)), ((40, 30), (40, 30)), ((600, 3_000), (102, 512))] {
            let picture = NewPicture::of(&canvas_of(from.0, from.1).await).await.unwrap();
            let blob = &picture.0.blob;
            assert_eq!(size_of(blob).await, to);
            let bytes = JsFuture::from(blob.array_buffer()).await.unwrap();
            let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
            assert_eq!(PictureKind::of(&bytes), Some(PictureKind::Webp), "what it says it is, it is");
            assert!(picture.address().starts_with("blob:"));
        }
    }

    #[wasm_bindgen_test]
    async fn what_the_browser_cannot_draw_is_no_picture() {
        let text = Blob::new_with_str_sequence(&Array::of1(&"sku,name".into())).unwrap();
        assert_eq!(NewPicture::of(&text).await.unwrap_err(), PictureFault::NotAPicture);
    }
}
