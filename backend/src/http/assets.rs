//! Assets: the front end as a browser loads it: embedded in a release, read from `frontend/dist` by a debug build.
//! A file whose name carries its hash is kept for ever; entry points are asked for again and mostly answered "not changed".

use super::failure::Failure;
use crate::app::AppError;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;

/// The files of `frontend/dist`, with brotli and gzip copies beside those that shrink (`cargo xtask build`).
#[derive(RustEmbed)]
#[folder = "../frontend/dist"]
#[allow_missing = true]
struct FrontEnd;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
const SERVICE_WORKER: &str = "service_worker.js";
/// The register's page.
const ENTRY: &str = "index.html";
/// The page of the manager's app.
const MANAGE: &str = "manage.html";

/// On an answer: it is the register's page, whose policy is its tablet's (`site`).
#[derive(Clone, Copy, Debug)]
pub struct RegisterPage;

/// What a server says that was built without a front end.
pub const NO_FRONT_END: &str = "This server was built without its front end: run `cargo xtask build`, or `cargo xtask build --release` for a release, and start it again.\n";

/// Files by name: what the tests stand in for.
pub trait Files: Clone + Send + Sync + 'static {
    /// A file, and a word that changes when its content does.
    fn file(&self, name: &str) -> Option<(Cow<'static, [u8]>, String)>;
}

/// What was embedded.
#[derive(Clone, Copy, Debug)]
pub struct Embedded;

impl Files for Embedded {
    fn file(&self, name: &str) -> Option<(Cow<'static, [u8]>, String)> {
        let EmbeddedFile { data, metadata, .. } = FrontEnd::get(name)?;
        let hash = metadata.sha256_hash();
        let word = hash.iter().take(8).fold(String::new(), |word, byte| format!("{word}{byte:02x}"));
        Some((data, word))
    }
}

/// Is there a front end in this build?
pub fn is_there() -> bool {
    FrontEnd::get(ENTRY).is_some()
}

/// Answers whatever no route answers: a file, the page for a place inside an app, or "not found".
pub fn pages<F: Files>(files: F) -> Router {
    Router::new().fallback(move |request: Request| {
        let response = answer(&files, &request);
        async move { response }
    })
}

fn answer<F: Files>(files: &F, request: &Request) -> Response {
    let name = request.uri().path().trim_start_matches('/');
    if name.starts_with("api/") {
        return Failure::from(AppError::NotFound).into_response();
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")], "Only GET here.\n").into_response();
    }
    // Copies are answered under the name of the file they are copies of.
    let is_copy = name.ends_with(".br") || name.ends_with(".gz");
    if !name.is_empty() && !is_copy && files.file(name).is_some() {
        return send(files, name, request.headers());
    }
    if !is_navigation(name, request.headers()) {
        return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    }
    let page = page_of(name);
    if files.file(page).is_none() {
        return (StatusCode::NOT_FOUND, NO_FRONT_END).into_response();
    }
    send(files, page, request.headers())
}

/// The page of the app that has a place.
fn page_of(place: &str) -> &'static str {
    match place.split('/').next() {
        Some("manage" | "setup" | "sign-in") => MANAGE,
        _ => ENTRY,
    }
}

/// A person goes to a place inside an app: no file is asked for, and a page is wanted. The front door is the page for
/// whoever asks: the service worker fetches it to keep it.
fn is_navigation(name: &str, headers: &HeaderMap) -> bool {
    if name.is_empty() {
        return true;
    }
    let last = name.rsplit('/').next().unwrap_or("");
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let mode = HeaderName::from_static("sec-fetch-mode");
    let wanted = match text(mode) {
        Some(mode) => mode == "navigate",
        None => text(ACCEPT).is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*")),
    };
    wanted && !last.contains('.')
}

fn send<F: Files>(files: &F, name: &str, headers: &HeaderMap) -> Response {
    let (encoding, content) = negotiated(files, name, headers);
    let Some((data, word)) = content else { return StatusCode::NOT_FOUND.into_response() };
    let etag = match encoding {
        None => format!("\"{word}\""),
        Some(encoding) => format!("\"{word}-{encoding}\""),
    };
    let fresh = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == etag || tag == "*");
    let mut response =
        if fresh { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(data).into_response() };
    let sent = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        sent.insert(ETAG, etag);
    }
    sent.insert(CACHE_CONTROL, if is_hashed(name) { FOR_EVER } else { ASK_AGAIN });
    sent.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if name == SERVICE_WORKER {
        sent.insert("service-worker-allowed", HeaderValue::from_static("/"));
    }
    if name == ENTRY {
        response.extensions_mut().insert(RegisterPage);
    }
    let sent = response.headers_mut();
    if !fresh {
        sent.insert(CONTENT_TYPE, content_type(name));
        if let Some(encoding) = encoding {
            sent.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    response
}

type Content = Option<(Cow<'static, [u8]>, String)>;

/// The smallest form of a file that the browser takes and that there is.
fn negotiated<F: Files>(files: &F, name: &str, headers: &HeaderMap) -> (Option<&'static str>, Content) {
    let accepted: Vec<&str> = headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut offers = [("br", "br"), ("gzip", "gz")].map(|(encoding, suffix)| {
        let weight = weight_of(encoding, &accepted).unwrap_or(0);
        (weight, encoding, suffix)
    });
    // Equal weights keep the order above: brotli is the smaller one.
    offers.sort_by_key(|(weight, ..)| std::cmp::Reverse(*weight));
    let plain = weight_of("identity", &accepted).unwrap_or(1);
    for (weight, encoding, suffix) in offers {
        if weight > 0
            && weight >= plain
            && let Some(copy) = files.file(&format!("{name}.{suffix}"))
        {
            return (Some(encoding), Some(copy));
        }
    }
    (None, files.file(name))
}

/// What a browser thinks of an encoding, in thousandths (RFC 9110, 12.4.2); nothing where it does not say.
fn weight_of(encoding: &str, accepted: &[&str]) -> Option<u32> {
    let mut any = None;
    for offer in accepted {
        let mut parts = offer.split(';').map(str::trim);
        let name = parts.next().unwrap_or("");
        let weight = parts
            .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .map_or(Some(1_000), thousandths)
            .unwrap_or(0);
        if name.eq_ignore_ascii_case(encoding) {
            return Some(weight);
        }
        if name == "*" {
            any = Some(weight);
        }
    }
    any
}

/// `0.8` → 800; nothing for what is no weight.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole: u32 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    let part: u32 = format!("{part:0<3}").parse().ok()?;
    Some((whole * 1_000 + part).min(1_000))
}

/// Does the name carry a hash of the content: a dash and sixteen hexadecimal digits before what follows?
fn is_hashed(name: &str) -> bool {
    name.split('/').any(|part| {
        let bytes = part.as_bytes();
        bytes.windows(17).enumerate().any(|(at, window)| {
            let ends = bytes.get(at + 17).is_none_or(|next| !next.is_ascii_alphanumeric());
            ends && window.first() == Some(&b'-')
                && window.iter().skip(1).all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
        })
    })
}

fn content_type(name: &str) -> HeaderValue {
    // The types a browser insists on are named here; the table knows the rest.
    let kind = match name.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => mime_guess::from_path(name).first_raw().unwrap_or("application/octet-stream"),
    };
    HeaderValue::from_static(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use std::collections::BTreeMap;
    use tower::ServiceExt;

    #[derive(Clone)]
    struct Folder(BTreeMap<&'static str, &'static str>);

    impl Files for Folder {
        fn file(&self, name: &str) -> Content {
            let text = self.0.get(name)?;
            Some((Cow::Borrowed(text.as_bytes()), format!("{:016x}", text.len())))
        }
    }

    const SCRIPT: &str = "/till-0123456789abcdef.js";

    fn folder() -> Folder {
        Folder(BTreeMap::from([
            ("index.html", "<p>the whole register"),
            ("manage.html", "<p>the manager's app"),
            ("index.html.br", "page in brotli"),
            ("till-0123456789abcdef.js", "go()"),
            ("till-0123456789abcdef.js.br", "go() in brotli"),
            ("till-0123456789abcdef.js.gz", "go() in gzip"),
            ("till-0123456789abcdef_bg.wasm", "asm"),
            ("service_worker.js", "// worker"),
            ("manifest.webmanifest", "{}"),
            ("icons/tb-192.png", "png"),
        ]))
    }

    struct Answer {
        status: StatusCode,
        headers: HeaderMap,
        body: String,
    }

    impl Answer {
        fn header(&self, name: &str) -> &str {
            self.headers.get(name).map_or("", |value| value.to_str().unwrap())
        }
    }

    async fn get(files: Folder, path: &str, headers: &[(&str, &str)]) -> Answer {
        ask(files, "GET", path, headers).await
    }

    async fn ask(files: Folder, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = axum::http::Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = pages(files).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    #[tokio::test]
    async fn hashed_files_are_kept_and_entry_points_are_asked_for_again() {
        for (path, kind, kept) in [
            (SCRIPT, "text/javascript; charset=utf-8", true),
            ("/till-0123456789abcdef_bg.wasm", "application/wasm", true),
            ("/", "text/html; charset=utf-8", false),
            ("/service_worker.js", "text/javascript; charset=utf-8", false),
            ("/manifest.webmanifest", "application/manifest+json", false),
            ("/icons/tb-192.png", "image/png", false),
        ] {
            let answer = get(folder(), path, &[]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert_eq!(answer.header("content-type"), kind, "{path}");
            assert_eq!(answer.header("cache-control").contains("immutable"), kept, "{path}");
            assert_eq!(answer.header("cache-control") == "no-cache", !kept, "{path}");
        }
        let worker = get(folder(), "/service_worker.js", &[]).await;
        assert_eq!(worker.header("service-worker-allowed"), "/");
    }

    #[tokio::test]
    async fn the_smallest_form_the_browser_takes_is_sent() {
        for (accepted, encoding, body) in [
            ("gzip, deflate, br, zstd", "br", "go() in brotli"),
            ("gzip", "gzip", "go() in gzip"),
            ("br;q=0.1, gzip;q=0.9", "gzip", "go() in gzip"),
            ("br;q=0, *;q=0.5", "gzip", "go() in gzip"),
            ("identity, br;q=0.5", "", "go()"),
            ("br;q=nonsense", "", "go()"),
            ("zstd", "", "go()"),
            ("", "", "go()"),
        ] {
            let answer = get(folder(), SCRIPT, &[("accept-encoding", accepted)]).await;
            assert_eq!(
                (answer.header("content-encoding"), answer.body.as_str()),
                (encoding, body),
                "{accepted}"
            );
            assert_eq!(answer.header("vary"), "accept-encoding");
            assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        }
        // There is no gzip copy of the page.
        let page = get(folder(), "/", &[("accept-encoding", "gzip")]).await;
        assert_eq!((page.header("content-encoding"), page.body.as_str()), ("", "<p>the whole register"));
    }

    #[tokio::test]
    async fn what_a_browser_has_is_not_sent_again() {
        let brotli = ("accept-encoding", "br");
        let first = get(folder(), SCRIPT, &[brotli]).await;
        let tag = first.header("etag").to_owned();
        let plain = get(folder(), SCRIPT, &[]).await;
        assert_ne!(plain.header("etag"), tag, "each form has a tag of its own");
        let listed = format!("\"other\", W/{tag}");
        for known in [tag.as_str(), listed.as_str(), "*"] {
            let again = get(folder(), SCRIPT, &[brotli, ("if-none-match", known)]).await;
            assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
            assert_eq!(again.header("etag"), tag);
            assert!(again.header("cache-control").contains("immutable"));
        }
        let other = get(folder(), SCRIPT, &[brotli, ("if-none-match", plain.header("etag"))]).await;
        assert_eq!(other.status, StatusCode::OK);
    }

    #[tokio::test]
    async fn a_place_inside_the_app_is_the_page_and_a_missing_file_is_missing() {
        let page = "<p>the whole register";
        let managers = "<p>the manager's app";
        for (path, page) in [
            ("/receipts", page),
            ("/managers", page),
            ("/manage", managers),
            ("/manage/products/0190", managers),
            ("/setup", managers),
            ("/sign-in", managers),
        ] {
            assert_eq!(get(folder(), path, &[("accept", "text/html,*/*;q=0.8")]).await.body, page);
            let navigated = get(folder(), path, &[("sec-fetch-mode", "navigate")]).await;
            assert_eq!(navigated.body, page);
            assert_eq!(navigated.header("cache-control"), "no-cache", "{path}");
        }
        let kept = get(folder(), "/", &[("sec-fetch-mode", "cors"), ("accept", "*/*")]).await;
        assert_eq!(kept.body, page, "for the service worker, or nothing starts without a network");
        for (path, mode) in [
            ("/till-ffffffffffffffff.js", "no-cors"),
            ("/till-ffffffffffffffff.js", "navigate"),
            ("/sell", "cors"),
            ("/api/nothing", "navigate"),
            ("/index.html.br", "navigate"),
        ] {
            let answer = get(folder(), path, &[("sec-fetch-mode", mode), ("accept", "*/*")]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path} {mode}");
        }
        let posted = ask(folder(), "POST", "/sell", &[]).await;
        assert_eq!((posted.status, posted.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
    }

    #[tokio::test]
    async fn a_server_without_a_front_end_says_so() {
        let answer = get(Folder(BTreeMap::new()), "/", &[("sec-fetch-mode", "navigate")]).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_FOUND, NO_FRONT_END));
    }

    #[test]
    fn only_a_whole_hash_counts() {
        for (name, hashed) in [
            ("till-0123456789abcdef.js", true),
            ("till-0123456789abcdef_bg.wasm", true),
            ("snippets/streams-0123456789abcdef/inline0.js", true),
            ("till-0123456789abcde.js", false),
            ("till-0123456789abcdef0.js", false),
            ("till-0123456789ABCDEF.js", false),
            ("index.html", false),
        ] {
            assert_eq!(is_hashed(name), hashed, "{name}");
        }
    }
}
