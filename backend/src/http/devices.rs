//! Devices: pairing, a tablet's own sign-in, looking at tablets and unpairing them.

use super::Server;
use super::access::with_cookie;
use super::cookie::Cookie;
use super::failure::Failure;
use super::guard::Staff;
use super::input::{Address, Body, Id};
use super::route::{Route, Who};
use crate::app::{App, devices};
use crate::clock;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use shared::api::{
    ChallengeRequest, ChallengeResponse, DeviceSessionRequest, DeviceSessionResponse, DeviceView,
    PairRequest, PairResponse, PairingCodeRequest, PairingCodeResponse,
};
use shared::ids::DeviceId;
use shared::staff::Permission;

pub fn routes() -> Vec<Route> {
    let manages = Who::Staff(Permission::ManageDevices);
    vec![
        Route::post(
            "/api/pairing-codes",
            manages,
            "A code to pair a tablet with, good once and for 15 minutes.",
            code,
        )
        .takes::<PairingCodeRequest>()
        .gives::<PairingCodeResponse>(),
        Route::post(
            "/api/pair",
            Who::Public,
            "Pairs a tablet; the code is the proof. Guessing locks the network address.",
            pair,
        )
        .takes::<PairRequest>()
        .gives::<PairResponse>(),
        Route::post(
            "/api/device/challenge",
            Who::Public,
            "Something for a paired tablet to sign, good once and for a minute.",
            challenge,
        )
        .takes::<ChallengeRequest>()
        .gives::<ChallengeResponse>(),
        Route::post(
            "/api/device/session",
            Who::Public,
            "Signs a tablet in by its key; the answer sets a cookie.",
            sign_in,
        )
        .takes::<DeviceSessionRequest>()
        .gives::<DeviceSessionResponse>(),
        Route::get(
            "/api/devices",
            manages,
            "All tablets: those with unsent sales first, then those longest silent.",
            list,
        )
        .gives::<Vec<DeviceView>>(),
        Route::post(
            "/api/devices/{id}/revoke",
            manages,
            "Unpairs a tablet at once. What it still sends is kept for a manager.",
            revoke,
        )
        .gives::<DeviceView>(),
    ]
}

async fn code(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(request): Body<PairingCodeRequest>,
) -> Result<Json<PairingCodeResponse>, Failure> {
    Ok(Json(devices::pairing_code(&app, &caller, request, clock::now_ms()).await?))
}

async fn pair(
    State(app): State<App>,
    Address(address): Address,
    Body(request): Body<PairRequest>,
) -> Result<Json<PairResponse>, Failure> {
    Ok(Json(devices::pair(&app, request, &address, clock::now_ms()).await?))
}

async fn challenge(
    State(app): State<App>,
    Body(request): Body<ChallengeRequest>,
) -> Result<Json<ChallengeResponse>, Failure> {
    Ok(Json(devices::challenge(&app, request, clock::now_ms()).await?))
}

async fn sign_in(
    State(server): State<Server>,
    Body(request): Body<DeviceSessionRequest>,
) -> Result<Response, Failure> {
    let opened = devices::sign_in(&server.app, request, clock::now_ms()).await?;
    Ok(with_cookie(&server, Cookie::Device, opened))
}

async fn list(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<DeviceView>>, Failure> {
    Ok(Json(devices::devices(&app, caller.organisation_id).await?))
}

async fn revoke(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<DeviceId>,
) -> Result<Json<DeviceView>, Failure> {
    Ok(Json(devices::revoke(&app, caller.organisation_id, id).await?))
}
