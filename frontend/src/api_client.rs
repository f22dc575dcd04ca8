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
use web_sys::{AbortSignal, Headers, ReadableStreamDefaultReader, RequestInit, Response};

/// How long a request may take, ms.
const TIMEOUT_MS: u32 = 20_000;
/// A long page over a slow line.
const SYNC_TIMEOUT_MS: u32 = 60_000;
/// A large file over a slow line, and its check.
const UPLOAD_TIMEOUT_MS: u32 = 300_000;

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

/// `GET` of a record and its version, as the server writes it (`ETag`).
pub async fn get_versioned<T: DeserializeOwned>(path: &str) -> Result<(T, Option<String>), ApiError> {
    read_versioned(fetch("GET", path, None, None, TIMEOUT_MS).await)
}

/// `PUT` of a record, refused if its version is another by now (`If-Match`).
pub async fn put_versioned<T: DeserializeOwned>(
    path: &str,
    body: &impl Serialize,
    version: &str,
) -> Result<(T, Option<String>), ApiError> {
    let body = JsValue::from(serde_json::to_string(body).map_err(|_| ApiError::Unreadable)?);
    let body = Some((&body, "application/json"));
    read_versioned(fetch("PUT", path, body, Some(("if-match", version)), TIMEOUT_MS).await)
}

/// `GET` of a long page.
pub async fn pull<T: DeserializeOwned>(path: &str) -> Result<T, ApiError> {
    ask("GET", path, None, None, SYNC_TIMEOUT_MS).await
}

/// `POST` of exactly this text, with the device's signature of it.
pub async fn push<T: DeserializeOwned>(path: &str, body: &str, signature: &str) -> Result<T, ApiError> {
    ask("POST", path, Some(body), Some(signature), SYNC_TIMEOUT_MS).await
}

/// `POST` of a file as it is.
pub async fn upload<T: DeserializeOwned>(
    path: &str,
    file: &web_sys::Blob,
    kind: &str,
) -> Result<T, ApiError> {
    // The bytes as they are: decoding them here would hide what the data check looks for.
    read(fetch("POST", path, Some((file.as_ref(), kind)), None, UPLOAD_TIMEOUT_MS).await)
}

/// `POST` of a file as it is, answered with a text.
pub async fn upload_for_text(path: &str, file: &web_sys::Blob, kind: &str) -> Result<String, ApiError> {
    let answer = fetch("POST", path, Some((file.as_ref(), kind)), None, UPLOAD_TIMEOUT_MS).await;
    let (status, bytes, _) = answer.map_err(|_| ApiError::NoAnswer)?;
    if (200..300).contains(&status) {
        return String::from_utf8(bytes).map_err(|_| ApiError::Unreadable);
    }
    Err(refusal(&bytes))
}

/// `POST` of a file as it is, answered with a line of JSON for every step of the work. `heard` is told each as it comes.
pub async fn upload_in_steps<T: DeserializeOwned>(
    path: &str,
    file: &web_sys::Blob,
    kind: &str,
    mut heard: impl FnMut(T),
) -> Result<(), ApiError> {
    let body = Some((file.as_ref(), kind));
    let response =
        request("POST", path, body, None, UPLOAD_TIMEOUT_MS).await.map_err(|_| ApiError::NoAnswer)?;
    if !response.ok() {
        let bytes = bytes_of(&response).await.map_err(|_| ApiError::NoAnswer)?;
        return Err(refusal(&bytes));
    }
    let reader = response.body().map(|body| body.get_reader()).ok_or(ApiError::Unreadable)?;
    let reader: ReadableStreamDefaultReader = reader.dyn_into().map_err(|_| ApiError::Unreadable)?;
    let mut waiting = Vec::new();
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(|_| ApiError::NoAnswer)?;
        let is_over = Reflect::get(&piece, &"done".into()).is_ok_and(|done| done.is_truthy());
        if !is_over {
            let bytes = Reflect::get(&piece, &"value".into()).map_err(|_| ApiError::Unreadable)?;
            waiting.extend(Uint8Array::new(&bytes).to_vec());
        }
        let lines = if is_over { waiting.len() } else { whole_lines(&waiting) };
        let whole: Vec<u8> = waiting.drain(..lines).collect();
        for line in whole.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            heard(shared::json::read(line).map_err(|_| ApiError::Unreadable)?);
        }
        if is_over {
            return Ok(());
        }
    }
}

/// So many bytes at the start are whole lines.
fn whole_lines(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at.saturating_add(1))
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
    let body = body.map(JsValue::from);
    let body = body.as_ref().map(|body| (body, "application/json"));
    let signature = signature.map(|signature| ("tillbridge-signature", signature));
    read(fetch(method, path, body, signature, timeout_ms).await)
}

/// Status, body and version of an answer.
type Answer = (u16, Vec<u8>, Option<String>);

fn read_versioned<T: DeserializeOwned>(
    answer: Result<Answer, JsValue>,
) -> Result<(T, Option<String>), ApiError> {
    let version = answer.as_ref().ok().and_then(|(_, _, version)| version.clone());
    read(answer).map(|read| (read, version))
}

fn read<T: DeserializeOwned>(answer: Result<Answer, JsValue>) -> Result<T, ApiError> {
    let (status, bytes, _) = answer.map_err(|_| ApiError::NoAnswer)?;
    if (200..300).contains(&status) {
        // An answer without a body reads as `null`, which is `()`.
        let bytes: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        return shared::json::read(bytes).map_err(|_| ApiError::Unreadable);
    }
    Err(refusal(&bytes))
}

fn refusal(bytes: &[u8]) -> ApiError {
    shared::json::read::<ErrorResponse>(bytes).map_or(ApiError::Unreadable, ApiError::Refused)
}

async fn fetch(
    method: &str,
    path: &str,
    body: Option<(&JsValue, &str)>,
    header: Option<(&str, &str)>,
    timeout_ms: u32,
) -> Result<Answer, JsValue> {
    let response = request(method, path, body, header, timeout_ms).await?;
    let bytes = bytes_of(&response).await?;
    let version = response.headers().get("etag")?;
    Ok((response.status(), bytes, version))
}

async fn bytes_of(response: &Response) -> Result<Vec<u8>, JsValue> {
    let bytes = JsFuture::from(response.array_buffer()?).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}

async fn request(
    method: &str,
    path: &str,
    body: Option<(&JsValue, &str)>,
    header: Option<(&str, &str)>,
    timeout_ms: u32,
) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_method(method);
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    if let Some((body, kind)) = body {
        headers.set("content-type", kind)?;
        init.set_body(body);
    }
    if let Some((name, value)) = header {
        headers.set(name, value)?;
    }
    init.set_headers_headers(&headers);
    // Not every browser in the field has it; those wait as long as they like.
    if Reflect::has(&js_sys::global(), &"AbortSignal".into())? {
        init.set_signal(Some(&AbortSignal::timeout_with_u32(timeout_ms)));
    }
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?.dyn_into()
}
