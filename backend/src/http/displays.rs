//! Displays: customer displays on devices of their own: pairing, what a till says, what a display is told.

use super::Server;
use super::access::with_cookie;
use super::cookie::Cookie;
use super::failure::Failure;
use super::guard::{Device, Display};
use super::input::{Address, Body, Id};
use super::route::{Route, Who};
use crate::app::{App, displays};
use crate::clock;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shared::api::{DisplayPairRequest, DisplayResponse, PairedDisplay, PairingCodeResponse, ShowRequest};
use shared::ids::DisplayId;

const CODE: &str = "A code to pair a customer display with this tablet by, good once and for 15 minutes.";
const PAIR: &str = "Pairs a customer display; the code is the proof, the answer sets a cookie. Guessing locks the network address.";
const SHOW: &str =
    "What stands on the customer displays of this tablet. What is not said again within 15 seconds goes.";

pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/displays/code", Who::Device, CODE, code).gives::<PairingCodeResponse>(),
        Route::get("/api/displays", Who::Device, "The customer displays of this tablet.", list)
            .gives::<Vec<PairedDisplay>>(),
        Route::put("/api/displays/shown", Who::Device, SHOW, show).takes::<ShowRequest>(),
        Route::delete(
            "/api/displays/{id}",
            Who::Device,
            "Removes a customer display of this tablet.",
            remove,
        ),
        Route::post("/api/display/pair", Who::Public, PAIR, pair)
            .takes::<DisplayPairRequest>()
            .gives::<DisplayResponse>(),
        Route::get("/api/display", Who::Display, "What stands on this display.", shown)
            .gives::<DisplayResponse>(),
    ]
}

async fn code(State(app): State<App>, Device(caller): Device) -> Result<Json<PairingCodeResponse>, Failure> {
    Ok(Json(displays::code(&app, &caller, clock::now_ms()).await?))
}

async fn list(State(app): State<App>, Device(caller): Device) -> Result<Json<Vec<PairedDisplay>>, Failure> {
    Ok(Json(displays::of_device(&app, &caller).await?))
}

async fn show(
    State(app): State<App>,
    Device(caller): Device,
    Body(request): Body<ShowRequest>,
) -> Result<StatusCode, Failure> {
    displays::show(&app, &caller, request, clock::now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(
    State(app): State<App>,
    Device(caller): Device,
    Id(id): Id<DisplayId>,
) -> Result<StatusCode, Failure> {
    displays::remove(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn pair(
    State(server): State<Server>,
    Address(address): Address,
    Body(request): Body<DisplayPairRequest>,
) -> Result<Response, Failure> {
    let opened = displays::pair(&server.app, request, &address, clock::now_ms()).await?;
    Ok(with_cookie(&server, Cookie::Display, opened))
}

async fn shown(State(app): State<App>, Display(caller): Display) -> Result<Json<DisplayResponse>, Failure> {
    Ok(Json(displays::shown(&app, &caller, clock::now_ms()).await?))
}
