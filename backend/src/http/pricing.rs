//! Pricing: price lists and promotions.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Body, Id};
use super::route::{Route, Who};
use super::version::{WithVersion, known_version, with_version};
use crate::app::App;
use crate::app::pricing::{self, Settable};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use shared::api::PriceListSummary;
use shared::ids::{PriceListId, PromotionId};
use shared::pricing::{PriceList, Promotion};
use shared::staff::Permission;

/// The most a price list may hold, in bytes: as many prices as one may have.
const MOST_BYTES: usize = 2 << 20;
const CHANGE: &str = "Changes it. With If-Match (the ETag) only if nobody else has changed it meanwhile.";

pub fn routes() -> Vec<Route> {
    let manages = Who::Staff(Permission::ManageCatalog);
    vec![
        Route::get("/api/promotions", manages, "All promotions, by name.", promotions)
            .gives::<Vec<Promotion>>(),
        Route::post(
            "/api/promotions",
            manages,
            "Adds a promotion; its id is minted here.",
            create::<Promotion>,
        )
        .takes::<Promotion>()
        .gives::<Promotion>(),
        Route::get("/api/promotions/{id}", manages, "A promotion; its version is the ETag.", promotion)
            .gives::<Promotion>(),
        Route::put("/api/promotions/{id}", manages, CHANGE, update_promotion)
            .takes::<Promotion>()
            .gives::<Promotion>(),
        Route::delete(
            "/api/promotions/{id}",
            manages,
            "Removes a promotion. Sales made with it keep their price.",
            remove_promotion,
        ),
        Route::get("/api/price-lists", manages, "All price lists, by name, without their prices.", lists)
            .gives::<Vec<PriceListSummary>>(),
        Route::post(
            "/api/price-lists",
            manages,
            "Adds a price list; its id is minted here.",
            create::<PriceList>,
        )
        .at_most(MOST_BYTES)
        .takes::<PriceList>()
        .gives::<PriceList>(),
        Route::get("/api/price-lists/{id}", manages, "A price list; its version is the ETag.", list)
            .gives::<PriceList>(),
        Route::put("/api/price-lists/{id}", manages, CHANGE, update_list)
            .at_most(MOST_BYTES)
            .takes::<PriceList>()
            .gives::<PriceList>(),
        Route::delete(
            "/api/price-lists/{id}",
            manages,
            "Removes a price list. Sales made with it keep their price.",
            remove_list,
        ),
    ]
}

async fn promotions(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<Promotion>>, Failure> {
    Ok(Json(pricing::promotions(&app, caller.organisation_id).await?))
}

async fn lists(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<PriceListSummary>>, Failure> {
    Ok(Json(pricing::price_lists(&app, caller.organisation_id).await?))
}

async fn create<R: Settable>(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(rule): Body<R>,
) -> Result<WithVersion<R>, Failure> {
    Ok(with_version(pricing::create(&app, caller.organisation_id, rule).await?, 1))
}

async fn promotion(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<PromotionId>,
) -> Result<WithVersion<Promotion>, Failure> {
    let row = pricing::one(&app, caller.organisation_id, &id.to_string()).await?;
    Ok(with_version(row.rule, row.version))
}

async fn list(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<PriceListId>,
) -> Result<WithVersion<PriceList>, Failure> {
    let row = pricing::one(&app, caller.organisation_id, &id.to_string()).await?;
    Ok(with_version(row.rule, row.version))
}

async fn update_promotion(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<PromotionId>,
    headers: HeaderMap,
    Body(rule): Body<Promotion>,
) -> Result<WithVersion<Promotion>, Failure> {
    let version = known_version(&headers)?;
    let row = pricing::update(&app, caller.organisation_id, &id.to_string(), rule, version).await?;
    Ok(with_version(row.rule, row.version))
}

async fn update_list(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<PriceListId>,
    headers: HeaderMap,
    Body(rule): Body<PriceList>,
) -> Result<WithVersion<PriceList>, Failure> {
    let version = known_version(&headers)?;
    let row = pricing::update(&app, caller.organisation_id, &id.to_string(), rule, version).await?;
    Ok(with_version(row.rule, row.version))
}

async fn remove_promotion(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<PromotionId>,
) -> Result<StatusCode, Failure> {
    pricing::remove::<Promotion>(&app, caller.organisation_id, &id.to_string()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_list(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<PriceListId>,
) -> Result<StatusCode, Failure> {
    pricing::remove::<PriceList>(&app, caller.organisation_id, &id.to_string()).await?;
    Ok(StatusCode::NO_CONTENT)
}
