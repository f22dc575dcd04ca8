//! Tender types: the ways to pay of an organisation.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Body, Id};
use super::route::{Route, Who};
use super::version::{WithVersion, known_version, with_version};
use crate::app::{App, tender_types};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use shared::api::TenderTypeOrder;
use shared::ids::TenderTypeId;
use shared::staff::Permission;
use shared::tender::TenderType;

const CHANGE: &str = "Changes it. With If-Match (the ETag) only if nobody else has changed it meanwhile. It is archived rather \
                      than removed: sales that were paid with it keep its name.";

pub fn routes() -> Vec<Route> {
    let manages = Who::Staff(Permission::ManageCatalog);
    vec![
        Route::get(
            "/api/tender-types",
            manages,
            "All ways to pay, in their order. Cash and cards are among them before anybody has set anything.",
            list,
        )
        .gives::<Vec<TenderType>>(),
        Route::post("/api/tender-types", manages, "Adds a way to pay; its id is minted here.", create)
            .takes::<TenderType>()
            .gives::<TenderType>(),
        Route::post("/api/tender-types/order", manages, "Puts all of them in another order.", order)
            .takes::<TenderTypeOrder>()
            .gives::<Vec<TenderType>>(),
        Route::get("/api/tender-types/{id}", manages, "A way to pay; its version is the ETag.", one)
            .gives::<TenderType>(),
        Route::put("/api/tender-types/{id}", manages, CHANGE, update)
            .takes::<TenderType>()
            .gives::<TenderType>(),
    ]
}

async fn list(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<TenderType>>, Failure> {
    Ok(Json(tender_types::list(&app, caller.organisation_id).await?))
}

async fn create(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(new): Body<TenderType>,
) -> Result<WithVersion<TenderType>, Failure> {
    Ok(with_version(tender_types::create(&app, caller.organisation_id, new).await?, 1))
}

async fn order(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(order): Body<TenderTypeOrder>,
) -> Result<Json<Vec<TenderType>>, Failure> {
    Ok(Json(tender_types::order(&app, caller.organisation_id, order).await?))
}

async fn one(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<TenderTypeId>,
) -> Result<WithVersion<TenderType>, Failure> {
    let row = tender_types::one(&app, caller.organisation_id, id).await?;
    Ok(with_version(row.rule, row.version))
}

async fn update(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<TenderTypeId>,
    headers: HeaderMap,
    Body(changed): Body<TenderType>,
) -> Result<WithVersion<TenderType>, Failure> {
    let version = known_version(&headers)?;
    let row = tender_types::update(&app, caller.organisation_id, id, changed, version).await?;
    Ok(with_version(row.rule, row.version))
}
