//! HTTP: requests in, responses out.
//! Lives here: the table of routes and the router made of it, who is let in, reading input, how an error is told.
//! May use: app, bridge, shared::api, axum. Never: SQL, the store, a rule of the shop.
//! Invariant: a failed request says what happened and what was kept, and names no secret.

mod access;
mod approvals;
pub mod assets;
mod books;
mod catalog;
mod connections;
mod cookie;
mod customer_import;
mod customers;
mod devices;
mod displays;
pub mod docs;
mod events;
mod export;
pub mod failure;
mod guard;
pub mod health;
mod input;
mod mappings;
pub mod openapi;
mod people;
mod pictures;
mod places;
mod pricing;
mod printers;
mod returns;
pub mod route;
mod shifts;
pub mod site;
mod sync;
mod tender_types;
mod version;

use crate::app::App;
use crate::bridge::Bridge;
use axum::Router;
use axum::extract::FromRef;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use failure::Failure;
use tower_http::csrf::{CsrfLayer, ProtectionError};

/// How the server is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpSettings {
    /// As browsers see it when a proxy of ours stands before it, `https://till.example.com`. Then cookies go over HTTPS
    /// alone, the proxy's `X-Forwarded-For` says who asks, and requests of that site's pages are our own.
    pub public_url: Option<String>,
}

impl HttpSettings {
    fn https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// What every route works with.
#[derive(Clone)]
pub struct Server {
    /// The use-cases.
    pub app: App,
    /// Those of connections.
    pub bridge: Bridge,
    /// How it is reached.
    pub settings: HttpSettings,
}

impl FromRef<Server> for App {
    fn from_ref(server: &Server) -> Self {
        server.app.clone()
    }
}

impl FromRef<Server> for Bridge {
    fn from_ref(server: &Server) -> Self {
        server.bridge.clone()
    }
}

/// Everything under `/api`. Serve it with the address of the peer (`into_make_service_with_connect_info::<SocketAddr>`):
/// guessing is counted by it.
pub fn router(app: App, bridge: Bridge, settings: HttpSettings) -> Router {
    let csrf = own_site_only(&settings);
    let server = Server { app, bridge, settings };
    let mut router = Router::new();
    for route in route::table() {
        let path = route.path;
        router = router.route(path, route.guarded(&server));
    }
    router
        .route("/api", any(nowhere))
        .route("/api/", any(nowhere))
        .route("/api/{*rest}", any(nowhere))
        .method_not_allowed_fallback(not_so)
        .layer(csrf.with_rejection_response(|_: ProtectionError| other_site()))
        .layer(map_response(never_stored))
        .with_state(server)
}

/// Changes are asked for by our own pages, or by no page at all (Sec-Fetch-Site, Origin).
fn own_site_only(settings: &HttpSettings) -> CsrfLayer {
    let layer = CsrfLayer::new();
    let Some(url) = &settings.public_url else { return layer };
    layer.clone().add_trusted_origin(url).unwrap_or_else(|error| {
        tracing::warn!(%error, "the public address is no origin; only the request's own host is taken for ours");
        layer
    })
}

async fn nowhere() -> Failure {
    Failure::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is nothing at this address. See /api/docs for what there is.",
    )
}

async fn not_so() -> Failure {
    Failure::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "not_found",
        "This address cannot be used this way. See /api/docs for what there is.",
    )
}

fn other_site() -> Response {
    let message =
        "This request comes from another site. Nothing was changed; open the shop itself and try again.";
    Failure::new(StatusCode::FORBIDDEN, "forbidden", message).into_response()
}

/// What is answered is for the one who asked, now.
async fn never_stored(mut response: Response) -> Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
