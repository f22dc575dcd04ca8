//! Access: set-up, signing in and out.

use super::Server;
use super::cookie::Cookie;
use super::failure::Failure;
use super::guard::Staff;
use super::input::{Address, Body};
use super::route::{Route, Who};
use crate::app::access::{self, Opened};
use crate::app::{App, setup};
use crate::clock;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Serialize;
use shared::api::{SessionResponse, SetupRequest, SignInRequest, StatusResponse};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/status", Who::Public, "What a browser must know before anyone has signed in.", status)
            .gives::<StatusResponse>(),
        Route::post(
            "/api/setup",
            Who::Public,
            "Sets up the first organisation, its store and its owner, and signs the owner in. Refused once there is one.",
            set_up,
        )
        .takes::<SetupRequest>()
        .gives::<SessionResponse>(),
        Route::post(
            "/api/session",
            Who::Public,
            "Signs in with e-mail and password; the answer sets a cookie. Guessing locks the account and the network address.",
            sign_in,
        )
        .takes::<SignInRequest>()
        .gives::<SessionResponse>(),
        Route::get("/api/session", Who::AnyStaff, "Who is signed in, and what they may do.", session)
            .gives::<SessionResponse>(),
        Route::delete("/api/session", Who::AnyStaff, "Signs out.", sign_out),
        Route::delete("/api/session/all", Who::AnyStaff, "Signs out everywhere.", sign_out_everywhere),
    ]
}

/// Answers, and gives the browser its cookie.
pub(super) fn with_cookie<T: Serialize>(server: &Server, cookie: Cookie, opened: Opened<T>) -> Response {
    let value = cookie.give(server, &opened.secret, opened.lasts_ms);
    let headers = AppendHeaders(value.map(|value| (header::SET_COOKIE, value)));
    (headers, Json(opened.answer)).into_response()
}

async fn status(State(app): State<App>) -> Result<Json<StatusResponse>, Failure> {
    Ok(Json(access::status(&app).await?))
}

async fn set_up(
    State(server): State<Server>,
    Body(request): Body<SetupRequest>,
) -> Result<Response, Failure> {
    let opened = setup::set_up(&server.app, request, clock::now_ms()).await?;
    Ok(with_cookie(&server, Cookie::Staff, opened))
}

async fn sign_in(
    State(server): State<Server>,
    Address(address): Address,
    Body(request): Body<SignInRequest>,
) -> Result<Response, Failure> {
    let opened = access::sign_in(&server.app, request, &address, clock::now_ms()).await?;
    Ok(with_cookie(&server, Cookie::Staff, opened))
}

async fn session(State(app): State<App>, Staff(caller): Staff) -> Result<Json<SessionResponse>, Failure> {
    Ok(Json(access::session(&app, &caller).await?))
}

async fn sign_out(State(server): State<Server>, Staff(caller): Staff) -> Result<Response, Failure> {
    access::sign_out(&server.app, &caller, false).await?;
    Ok(signed_out(&server))
}

async fn sign_out_everywhere(
    State(server): State<Server>,
    Staff(caller): Staff,
) -> Result<Response, Failure> {
    access::sign_out(&server.app, &caller, true).await?;
    Ok(signed_out(&server))
}

fn signed_out(server: &Server) -> Response {
    let headers = AppendHeaders(Cookie::Staff.take_back(server).map(|value| (header::SET_COOKIE, value)));
    (StatusCode::NO_CONTENT, headers).into_response()
}
