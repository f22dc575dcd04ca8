//! Api client: requests to our own server.
//! Lives here: one way to ask, with a time limit on each, and what the answers mean.
//! May use: fetch, shared::api. Never: a decision what to do about a failure, another server.
//! Invariant: every request ends, by an answer or by its time limit.

use js_sys::{Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::ErrorResponse;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestInit, Response};

/// How long a request may take, ms.
const TIMEOUT_MS: u32 = 20_000;
/// A long page over a slow line.
const SYNC_TIMEOUT_MS: u32 = 60_000;

/// Why there is no good answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// None came: no network, or too late. The server may have acted all the same.
    #[error("There is no connection to the server.")]
    NoAnswer,
    /// The server said no.
    #[error("{}", .0.message)]
    Refused(ErrorResponse),
    /// The answer is none of ours: a captive portal, a proxy, another version.
    #[error("The server's answer could not be read. Is this network asking for a sign-in of its own?")]
    Unreadable,
}

/// `GET`.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, ApiError> {
    ask("GET", path, None, None, TIMEOUT_MS).await
}

/// `POST` of JSON.
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, ApiError> {
    send("POST", path, body).await
}

/// Any method with a JSON body.
pub async fn send<T: DeserializeOwned>(
    method: &str,
    path: &str,
    body: &impl Serialize,
) -> Result<T, ApiError> {
    let body = serde_json::to_string(body).map_err(|_| ApiError::Unreadable)?;
    ask(method, path, Some(&body), None, TIMEOUT_MS).await
}

/// `GET` of a long page.
pub async fn pull<T: DeserializeOwned>(path: &str) -> Result<T, ApiError> {
    ask("GET", path, None, None, SYNC_TIMEOUT_MS).await
}

/// `POST` of exactly this text, with the device's signature of it.
pub async fn push<T: DeserializeOwned>(path: &str, body: &str, signature: &str) -> Result<T, ApiError> {
    ask("POST", path, Some(body), Some(signature), SYNC_TIMEOUT_MS).await
}

/// A text as part of an address.
pub fn escaped(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

async fn ask<T: DeserializeOwned>(
    method: &str,
    path: &str,
    body: Option<&str>,
    signature: Option<&str>,
    timeout_ms: u32,
) -> Result<T, ApiError> {
    let (status, bytes) =
        fetch(method, path, body, signature, timeout_ms).await.map_err(|_| ApiError::NoAnswer)?;
    if (200..300).contains(&status) {
        // An answer without a body reads as `null`, which is `()`.
        let bytes: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        return serde_json::from_slice(bytes).map_err(|_| ApiError::Unreadable);
    }
    match serde_json::from_slice::<ErrorResponse>(&bytes) {
        Ok(refusal) => Err(ApiError::Refused(refusal)),
        Err(_) => Err(ApiError::Unreadable),
    }
}

async fn fetch(
    method: &str,
    path: &str,
    body: Option<&str>,
    signature: Option<&str>,
    timeout_ms: u32,
) -> Result<(u16, Vec<u8>), JsValue> {
    let init = RequestInit::new();
    init.set_method(method);
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    if let Some(body) = body {
        headers.set("content-type", "application/json")?;
        init.set_body(&body.into());
    }
    if let Some(signature) = signature {
        headers.set("tillbridge-signature", signature)?;
    }
    init.set_headers_headers(&headers);
    // Not every browser in the field has it; those wait as long as they like.
    if Reflect::has(&js_sys::global(), &"AbortSignal".into())? {
        init.set_signal(Some(&AbortSignal::timeout_with_u32(timeout_ms)));
    }
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?.dyn_into()?;
    let bytes = JsFuture::from(response.array_buffer()?).await?;
    Ok((response.status(), Uint8Array::new(&bytes).to_vec()))
}
