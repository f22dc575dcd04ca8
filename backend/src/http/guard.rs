//! Guard: stands before every route and lets in who may, as the table says.

use super::Server;
use super::cookie::Cookie;
use super::failure::Failure;
use super::route::Who;
use crate::app::AppError;
use crate::app::access::{self, DeviceCaller, StaffCaller};
use crate::app::displays::{self, DisplayCaller};
use crate::clock;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use shared::ids::OrganisationId;
use shared::staff::Permission;

/// Finds out who is asking and whether they may; the caller then travels with the request.
pub async fn guard(
    State((server, who)): State<(Server, Who)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    match who {
        Who::Public => {}
        Who::Device => {
            let caller = device(&server, request.headers()).await?;
            request.extensions_mut().insert(caller);
        }
        Who::Display => {
            let caller = display(&server, request.headers()).await?;
            request.extensions_mut().insert(caller);
        }
        Who::AnyStaff => {
            let caller = staff(&server, request.headers()).await?;
            request.extensions_mut().insert(caller);
        }
        Who::Member => {
            let organisation_id = member(&server, request.headers()).await?;
            request.extensions_mut().insert(Member(organisation_id));
        }
        Who::Staff(permission) => {
            let caller = staff(&server, request.headers()).await?;
            may(&caller, permission)?;
            request.extensions_mut().insert(caller);
        }
    }
    Ok(next.run(request).await)
}

async fn staff(server: &Server, headers: &HeaderMap) -> Result<StaffCaller, Failure> {
    let secret = Cookie::Staff.of(server, headers).ok_or_else(access::not_signed_in)?;
    let caller = access::staff_caller(&server.app, secret, clock::now_ms()).await?;
    Ok(caller.ok_or_else(access::not_signed_in)?)
}

async fn device(server: &Server, headers: &HeaderMap) -> Result<DeviceCaller, Failure> {
    let not_signed_in = || {
        AppError::SignIn(
            "This tablet is not signed in, or its session has ended. It signs in again.".to_owned(),
        )
    };
    let secret = Cookie::Device.of(server, headers).ok_or_else(not_signed_in)?;
    let caller = access::device_caller(&server.app, secret, clock::now_ms()).await?;
    Ok(caller.ok_or_else(not_signed_in)?)
}

async fn display(server: &Server, headers: &HeaderMap) -> Result<DisplayCaller, Failure> {
    let not_paired = || {
        AppError::SignIn(
            "This display is not paired with a till, or was removed there. Pair it again.".to_owned(),
        )
    };
    let secret = Cookie::Display.of(server, headers).ok_or_else(not_paired)?;
    let caller = displays::caller(&server.app, secret).await?;
    Ok(caller.ok_or_else(not_paired)?)
}

/// Whose people or tablets ask. A browser can have both cookies: a tablet on which a manager has signed in.
async fn member(server: &Server, headers: &HeaderMap) -> Result<OrganisationId, Failure> {
    if Cookie::Device.of(server, headers).is_some()
        && let Ok(caller) = device(server, headers).await
    {
        return Ok(caller.organisation_id);
    }
    Ok(staff(server, headers).await?.organisation_id)
}

fn may(caller: &StaffCaller, permission: Permission) -> Result<(), AppError> {
    if caller.role.may(permission) {
        return Ok(());
    }
    Err(AppError::Forbidden(
        "This is not for your role. Nothing was changed; ask a manager or the owner.".to_owned(),
    ))
}

/// The person a guarded route was taken by.
pub struct Staff(pub StaffCaller);

/// The tablet a guarded route was taken by.
pub struct Device(pub DeviceCaller);

/// The customer display a guarded route was taken by.
pub struct Display(pub DisplayCaller);

/// The organisation whose person or tablet has taken a guarded route.
#[derive(Clone, Copy)]
pub struct Member(pub OrganisationId);

impl FromRequestParts<Server> for Member {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().copied().ok_or_else(|| unguarded(parts))
    }
}

impl FromRequestParts<Server> for Staff {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Failure> {
        parts.extensions.get::<StaffCaller>().cloned().map(Self).ok_or_else(|| unguarded(parts))
    }
}

impl FromRequestParts<Server> for Device {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Failure> {
        parts.extensions.get::<DeviceCaller>().cloned().map(Self).ok_or_else(|| unguarded(parts))
    }
}

impl FromRequestParts<Server> for Display {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Failure> {
        parts.extensions.get::<DisplayCaller>().cloned().map(Self).ok_or_else(|| unguarded(parts))
    }
}

/// A mistake of ours, shut and not open: the table lets in somebody else than the route reckons with.
fn unguarded(parts: &Parts) -> Failure {
    tracing::error!(path = parts.uri.path(), "a route reckons with another caller than the table lets in");
    let message = "Something went wrong on the server. Nothing was changed.";
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "server", message)
}
