//! Places: stores and registers.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Body, Id};
use super::route::{Route, Who};
use crate::app::{App, places};
use axum::Json;
use axum::extract::State;
use shared::api::{NewRegister, RegisterRequest, StoreSettings};
use shared::ids::{RegisterId, StoreId};
use shared::register::Register;
use shared::staff::Permission;
use shared::store::Store;

pub fn routes() -> Vec<Route> {
    let looks = Who::Staff(Permission::ViewReports);
    vec![
        Route::get("/api/stores", looks, "All stores, oldest first.", stores).gives::<Vec<Store>>(),
        Route::post("/api/stores", Who::Staff(Permission::ManageStores), "Adds a store.", create_store)
            .takes::<StoreSettings>()
            .gives::<Store>(),
        Route::put(
            "/api/stores/{id}",
            Who::Staff(Permission::ManageStores),
            "Changes a store.",
            update_store,
        )
        .takes::<StoreSettings>()
        .gives::<Store>(),
        Route::get("/api/registers", looks, "All registers, oldest first.", registers)
            .gives::<Vec<Register>>(),
        Route::post(
            "/api/registers",
            Who::Staff(Permission::ManageDevices),
            "Adds a register.",
            create_register,
        )
        .takes::<NewRegister>()
        .gives::<Register>(),
        Route::put(
            "/api/registers/{id}",
            Who::Staff(Permission::ManageStores),
            "Renames a register. Receipts already printed keep the name they have.",
            update_register,
        )
        .takes::<RegisterRequest>()
        .gives::<Register>(),
    ]
}

async fn stores(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<Store>>, Failure> {
    Ok(Json(places::stores(&app, caller.organisation_id).await?))
}

async fn create_store(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(settings): Body<StoreSettings>,
) -> Result<Json<Store>, Failure> {
    Ok(Json(places::create_store(&app, caller.organisation_id, settings).await?))
}

async fn update_store(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<StoreId>,
    Body(settings): Body<StoreSettings>,
) -> Result<Json<Store>, Failure> {
    Ok(Json(places::update_store(&app, caller.organisation_id, id, settings).await?))
}

async fn registers(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<Register>>, Failure> {
    Ok(Json(places::registers(&app, caller.organisation_id).await?))
}

async fn create_register(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(request): Body<NewRegister>,
) -> Result<Json<Register>, Failure> {
    Ok(Json(places::create_register(&app, caller.organisation_id, request).await?))
}

async fn update_register(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<RegisterId>,
    Body(request): Body<RegisterRequest>,
) -> Result<Json<Register>, Failure> {
    Ok(Json(places::rename_register(&app, caller.organisation_id, id, request).await?))
}
