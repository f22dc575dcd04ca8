//! Site: everything one address serves: the API, the pages, health; and what every answer carries.

use super::cookie::Cookie;
use super::{assets, health};
use crate::app::{App, printers};
use crate::{clock, telemetry};
use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use shared::api::ErrorResponse;
use tokio::time::Instant;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tracing::Instrument;

/// How the site is reached and watched.
#[derive(Clone, Debug, Default)]
pub struct SiteSettings {
    /// Do browsers reach it over TLS? Then they are told to keep to that.
    pub https: bool,
    /// What a reader of the metrics must show.
    pub metrics_token: Option<String>,
}

/// Scripts are files of this server; WebAssembly is compiled, nothing is evaluated from text; nobody frames it.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
     manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Where the policy says whom a page may call.
const CALLS_NOBODY: &str = "connect-src 'self'";
/// What a till uses of the tablet, for its own pages only.
const PERMISSIONS: &str = "camera=(self), usb=(self), serial=(self), hid=(self), bluetooth=(self), \
     screen-wake-lock=(self), fullscreen=(self), microphone=(), geolocation=(), payment=(), display-capture=()";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MOST_OF_AN_ID: usize = 64;

/// The whole site around the routes of the API.
pub fn site<F: assets::Files>(api: Router, app: App, files: F, settings: SiteSettings) -> Router {
    let compressed = CompressionLayer::new().quality(CompressionLevel::Fastest);
    let panics = CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
        tracing::error!("a request ran into a fault of the program; the trace is above");
        went_wrong()
    });
    Router::new()
        .merge(api.layer(compressed))
        .merge(health::routes(app.clone(), settings.metrics_token.clone()))
        .merge(assets::pages(files).layer(middleware::from_fn(move |request, next| {
            calling_printers(app.clone(), settings.https, request, next)
        })))
        .layer(panics)
        .layer(middleware::from_fn(move |request, next| guarded(settings.https, request, next)))
        .layer(middleware::from_fn(watched))
}

/// The register's page may also call the printers of its tablet's store that tablets reach themselves, and nothing else: another
/// page, another tablet's, one of nobody's may not (ADR 0041).
async fn calling_printers(app: App, https: bool, request: Request, next: Next) -> Response {
    let secret = Cookie::Device.sent(https, request.headers()).map(str::to_owned);
    let mut response = next.run(request).await;
    let Some(secret) = secret.filter(|_| response.extensions().get::<assets::RegisterPage>().is_some())
    else {
        return response;
    };
    let origins = match printers::callable(&app, &secret).await {
        Ok(origins) => origins,
        Err(error) => {
            tracing::warn!(%error, "a register's page is sent without the printers it may call");
            return response;
        }
    };
    let policy = POLICY.replace(CALLS_NOBODY, &format!("{CALLS_NOBODY} {}", origins.join(" ")));
    if let (false, Ok(policy)) = (origins.is_empty(), HeaderValue::from_str(&policy)) {
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding, cookie"));
    }
    response
}

/// What a person is told when the program itself failed.
fn went_wrong() -> Response {
    let message = "Something went wrong on the server. Look whether it was done, and try again.";
    let body = ErrorResponse {
        code: "server".to_owned(),
        message: message.to_owned(),
        fields: Vec::new(),
        retry_after_ms: Some(2_000),
    };
    (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(body)).into_response()
}

/// Puts on every answer what keeps a page from being misused.
async fn guarded(https: bool, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A page that stands alone brings a stricter one.
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    let mut always = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    always(X_CONTENT_TYPE_OPTIONS, "nosniff");
    always(REFERRER_POLICY, "same-origin");
    always(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    always(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    always(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    if https {
        always(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// Counts and logs a request under an id that the answer names too.
async fn watched(request: Request, next: Next) -> Response {
    let id = given_id(request.headers()).unwrap_or_else(fresh_id);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map(|matched| matched.as_str().to_owned());
    let span = tracing::info_span!("request", id = %id);
    let began = Instant::now();
    let open = metrics::gauge!(telemetry::REQUESTS_OPEN);
    open.increment(1);
    let mut response = next.run(request).instrument(span.clone()).await;
    open.decrement(1);
    let took = began.elapsed();
    let status = response.status().as_u16();
    let is_api = route.is_some();
    let route = route.unwrap_or_else(|| "pages".to_owned());
    metrics::counter!(
        telemetry::REQUESTS,
        "method" => method.to_string(), "route" => route.clone(), "status" => status.to_string()
    )
    .increment(1);
    metrics::histogram!(telemetry::REQUEST_SECONDS, "route" => route).record(took);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        if is_api {
            tracing::info!(%method, path, status, ms, "answered");
        } else {
            tracing::debug!(%method, path, status, ms, "answered");
        }
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The id a proxy gave, if it looks like one.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let fit = id.len() <= MOST_OF_AN_ID
        && !id.is_empty()
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    fit.then(|| id.to_owned())
}

fn fresh_id() -> String {
    format!("{:016x}", u64::from_be_bytes(clock::random()))
}
