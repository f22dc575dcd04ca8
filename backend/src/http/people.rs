//! People: staff.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Body, Id};
use super::route::{Route, Who};
use crate::app::{App, people};
use axum::Json;
use axum::extract::State;
use shared::api::{StaffRequest, StaffView};
use shared::ids::StaffId;
use shared::staff::Permission;

pub fn routes() -> Vec<Route> {
    let manages = Who::Staff(Permission::ManageStaff);
    vec![
        Route::get("/api/staff", manages, "Everybody, by name.", list).gives::<Vec<StaffView>>(),
        Route::post(
            "/api/staff",
            manages,
            "Adds a member of staff; a cashier unless it says otherwise. Nobody gives a role above their own.",
            create,
        )
        .takes::<StaffRequest>()
        .gives::<StaffView>(),
        Route::put(
            "/api/staff/{id}",
            manages,
            "Changes a member of staff: what is left out stays, an empty e-mail or PIN is taken away. Who is made inactive \
             or gets another password is signed out.",
            update,
        )
        .takes::<StaffRequest>()
        .gives::<StaffView>(),
    ]
}

async fn list(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<StaffView>>, Failure> {
    Ok(Json(people::staff(&app, caller.organisation_id).await?))
}

async fn create(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(request): Body<StaffRequest>,
) -> Result<Json<StaffView>, Failure> {
    Ok(Json(people::create(&app, &caller, request).await?))
}

async fn update(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<StaffId>,
    Body(request): Body<StaffRequest>,
) -> Result<Json<StaffView>, Failure> {
    Ok(Json(people::update(&app, &caller, id, request).await?))
}
