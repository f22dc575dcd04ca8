//! Web: printers that take what is printed over HTTP: a post and its answer; and whom this page may call.
//! Invariant: nothing of ours goes along, no cookie and no address of a page.

use js_sys::Reflect;
use shared::printing::web::{CONTENT_TYPE, WebRequest};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCredentials, RequestInit, Response};

/// The page that is kept, and with it its policy.
const PAGE: &str = "/";
const POLICY: &str = "content-security-policy";
const POLICY_WITHIN_MS: u32 = 10_000;

/// What a printer answers; nothing where none came: it may have printed all the same.
pub async fn post(origin: &str, request: &WebRequest, within_ms: u32) -> Option<String> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&request.body.as_str().into());
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(within_ms)));
    let headers = Headers::new().ok()?;
    headers.set("content-type", CONTENT_TYPE).ok()?;
    init.set_headers(&headers);
    set(&init, "cache", "no-store");
    set(&init, "referrerPolicy", "no-referrer");
    // Another's answer is no printer's.
    set(&init, "redirect", "error");
    let answer = fetch(&format!("{origin}{}", request.path), &init).await?;
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

/// The policy of the page that is kept on this tablet; `anew` as the server says it now, which is then kept. Nothing without
/// the server, or a page that is kept.
pub async fn policy(anew: bool) -> Option<String> {
    let init = RequestInit::new();
    init.set_signal(Some(&AbortSignal::timeout_with_u32(POLICY_WITHIN_MS)));
    if anew {
        set(&init, "cache", "reload");
    }
    fetch(PAGE, &init).await?.headers().get(POLICY).ok().flatten()
}

fn set(init: &RequestInit, name: &str, value: &str) {
    let _ = Reflect::set(init, &name.into(), &JsValue::from_str(value));
}

async fn fetch(address: &str, init: &RequestInit) -> Option<Response> {
    let asked = web_sys::window()?.fetch_with_str_and_init(address, init);
    JsFuture::from(asked).await.ok()?.dyn_into().ok()
}
