//! HTTP: requests in, responses out.
//! Lives here: routes by resource, extractors, how an error is told.
//! May use: app, shared::api, axum. Never: SQL, the store, a rule of the shop.
//! Invariant: a failed request says what happened and what was kept, and names no secret.

pub mod assets;
pub mod failure;
pub mod health;
pub mod site;
pub mod sync;

use crate::app::App;
use axum::Router;

/// Everything a tablet needs to hand in what it recorded, without any sign-in but its key.
pub fn sync_only(app: App) -> Router {
    Router::new().merge(sync::push_routes()).with_state(app)
}
