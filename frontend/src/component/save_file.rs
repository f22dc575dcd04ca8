//! Save file: a text handed to the person as a file, by the browser's own way of saving.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

/// Offers a text as a file.
///
/// # Errors
/// When the browser will not, in its words.
pub fn save_file(name: &str, text: &str) -> Result<(), String> {
    save(name, text).map_err(|error| error.as_string().unwrap_or_else(|| format!("{error:?}")))
}

fn save(name: &str, text: &str) -> Result<(), JsValue> {
    let blob = Blob::new_with_str_sequence(&js_sys::Array::of1(&text.into()))?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}
