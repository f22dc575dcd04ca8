//! Picture: the shop's picture as dots for a printer: fetched, drawn small in the middle of the row, greys as a pattern.

use js_sys::{Array, Promise};
use shared::receipt::escpos::{Commands, Profile};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap, Response};

/// A receipt does not wait longer for it.
const WITHIN_MS: i64 = 3_000;
/// The highest it is drawn, dots.
const MOST_HIGH: u32 = 200;
/// Half way between black and white.
const MIDDLE: i32 = 128;

/// The picture at a path as the bytes of an image, as wide as the printer's columns; none where it is not at hand.
pub async fn picture(path: &str, profile: &Profile) -> Option<Vec<u8>> {
    let bitmap = decoded(&fetched(path).await?).await.ok()?;
    let (width_bytes, height, dots) = drawn(&bitmap, profile.width_dots.into()).ok()?;
    bitmap.close();
    let mut commands = Commands::of(profile);
    commands.image(width_bytes, height, &dots).ok()?;
    Some(commands.take())
}

/// The picture's file, from the browser's cache where there is no network.
pub async fn fetched(path: &str) -> Option<Blob> {
    let request = web_sys::window()?.fetch_with_str(path);
    let late = future_to_promise(async {
        crate::clock::pause(WITHIN_MS).await;
        Err(JsValue::NULL)
    });
    let first = JsFuture::from(Promise::race(&Array::of2(&request, &late))).await.ok()?;
    let response: Response = first.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.blob().ok()?).await.ok()?.dyn_into().ok()
}

async fn decoded(file: &Blob) -> Result<ImageBitmap, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.create_image_bitmap_with_blob(file)?).await?.dyn_into()
}

/// Bytes a row, rows, and the dots.
fn drawn(bitmap: &ImageBitmap, width_dots: u32) -> Result<(u16, u16, Vec<u8>), JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
    // Whole bytes.
    let width = width_dots / 8 * 8;
    let (wide, high) = fitted((bitmap.width(), bitmap.height()), (width.saturating_mul(3) / 5, MOST_HIGH));
    canvas.set_width(width);
    canvas.set_height(high);
    let context: CanvasRenderingContext2d = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
    context.set_fill_style_str("white");
    context.fill_rect(0.0, 0.0, width.into(), high.into());
    let left = width.saturating_sub(wide) / 2;
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, left.into(), 0.0, wide.into(), high.into())?;
    let dots = context.get_image_data(0.0, 0.0, width.into(), high.into())?.data();
    let size = (u16::try_from(width / 8), u16::try_from(high));
    let (Ok(width_bytes), Ok(rows)) = size else { return Err(JsValue::NULL) };
    Ok((width_bytes, rows, dithered(&dots, usize::from(width_bytes).saturating_mul(8))))
}

/// As large as fits in the room, never larger than it is; at least a dot.
fn fitted((width, height): (u32, u32), (most_wide, most_high): (u32, u32)) -> (u32, u32) {
    let scaled = |side: u32, by: u32, of: u32| {
        let side = u64::from(side).saturating_mul(by.into()).checked_div(of.into()).unwrap_or_default();
        u32::try_from(side).unwrap_or(u32::MAX).max(1)
    };
    let (width, height) =
        if width > most_wide { (most_wide, scaled(height, most_wide, width)) } else { (width, height) };
    let (width, height) =
        if height > most_high { (scaled(width, most_high, height), most_high) } else { (width, height) };
    (width.max(1), height.max(1))
}

/// Eight dots a byte, dark is 1. What a dot is darker or lighter than black or white its neighbours make up for (Floyd and
/// Steinberg, 1976). `pixels` are red, green, blue and opacity, one byte each.
fn dithered(pixels: &[u8], width: usize) -> Vec<u8> {
    let grey = |pixel: &[u8]| pixel.iter().take(3).map(|part| i32::from(*part)).sum::<i32>() / 3;
    let (mut bytes, mut below) = (Vec::new(), vec![0_i32; width]);
    for row in pixels.chunks(width.saturating_mul(4).max(4)) {
        let mut now = std::mem::replace(&mut below, vec![0_i32; width]);
        let mut packed = vec![0_u8; width / 8];
        for (x, pixel) in row.chunks(4).enumerate() {
            let value = grey(pixel).saturating_add(now.get(x).copied().unwrap_or_default() / 16);
            let is_dark = value < MIDDLE;
            if let Some(byte) = packed.get_mut(x / 8).filter(|_| is_dark) {
                *byte |= 0x80 >> (x % 8);
            }
            let left_over = if is_dark { value } else { value.saturating_sub(255) };
            let hand = |row: &mut [i32], at: Option<usize>, part: i32| {
                if let Some(dot) = at.and_then(|at| row.get_mut(at)) {
                    *dot = dot.saturating_add(left_over.saturating_mul(part));
                }
            };
            hand(&mut now, x.checked_add(1), 7);
            hand(&mut below, x.checked_sub(1), 3);
            hand(&mut below, Some(x), 5);
            hand(&mut below, x.checked_add(1), 1);
        }
        bytes.extend(packed);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_picture_fits_and_never_grows() {
        for (size, room, to) in [
            ((512, 512), (345, 200), (200, 200)),
            ((512, 100), (345, 200), (345, 67)),
            ((40, 30), (345, 200), (40, 30)),
            ((1, 5_000), (345, 200), (1, 200)),
            ((0, 0), (345, 200), (1, 1)),
        ] {
            assert_eq!(fitted(size, room), to, "{size:?}");
        }
    }

    #[wasm_bindgen_test]
    fn greys_are_as_dark_as_they_were() {
        let flat = |grey: u8| [grey, grey, grey, 255].repeat(64 * 64);
        for (grey, share) in [(0_u8, 100_u32), (255, 0), (128, 50), (64, 75), (191, 25)] {
            let bytes = dithered(&flat(grey), 64);
            assert_eq!(bytes.len(), 64 * 8);
            let dark: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
            let found = dark * 100 / (64 * 64);
            assert!(found.abs_diff(share) <= 2, "{grey}: {found} of 100 are dark");
        }
    }
}
