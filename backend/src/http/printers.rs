//! Printers: the printers on stores' networks, and what tablets have printed on them.

use super::failure::Failure;
use super::guard::{Device, Staff};
use super::input::{Body, Id};
use super::route::{Route, Who};
use super::version::{WithVersion, known_version, with_version};
use crate::app::{App, printers, printouts};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use shared::api::{
    OutcomeRequest, PrinterLook, PrinterLookRequest, PrintoutRequest, PrintoutResponse, StorePrinter,
};
use shared::ids::NetworkPrinterId;
use shared::printing::NetworkPrinter;
use shared::staff::Permission;

/// A long receipt that is drawn whole, in base64.
const MOST_PRINTOUT: usize = 4 << 20;
const CHANGE: &str = "Changes it. With If-Match (the ETag) only if nobody else has changed it meanwhile.";
const PRINT: &str = "Prints on a network printer of the tablet's store, once for an id. Answers when it has ended, or after some \
                     seconds how far it is.";
const OUTCOME: &str = "What became of a printout. One that has not come by then is not printed any more.";

pub fn routes() -> Vec<Route> {
    let manages = Who::Staff(Permission::ManageDevices);
    vec![
        Route::get("/api/network-printers", manages, "The printers on stores' networks, by name.", list)
            .gives::<Vec<NetworkPrinter>>(),
        Route::post(
            "/api/network-printers",
            manages,
            "Adds a printer that the server reaches; its id is minted here.",
            create,
        )
        .takes::<NetworkPrinter>()
        .gives::<NetworkPrinter>(),
        Route::get("/api/network-printers/{id}", manages, "A printer; its version is the ETag.", one)
            .gives::<NetworkPrinter>(),
        Route::put("/api/network-printers/{id}", manages, CHANGE, update)
            .takes::<NetworkPrinter>()
            .gives::<NetworkPrinter>(),
        Route::delete("/api/network-printers/{id}", manages, "Removes a printer.", remove),
        Route::post(
            "/api/network-printers/{id}/test",
            manages,
            "Does the server reach it, and how is it?",
            test,
        )
        .gives::<PrinterLook>(),
        Route::get("/api/printers", Who::Device, "The network printers of the tablet's store.", of_store)
            .gives::<Vec<StorePrinter>>(),
        Route::post(
            "/api/printers/look",
            Who::Device,
            "How is a network printer of the tablet's store?",
            look,
        )
        .takes::<PrinterLookRequest>()
        .gives::<PrinterLook>(),
        Route::post("/api/printouts", Who::Device, PRINT, print)
            .takes::<PrintoutRequest>()
            .gives::<PrintoutResponse>()
            .at_most(MOST_PRINTOUT),
        Route::post("/api/printouts/outcome", Who::Device, OUTCOME, outcome)
            .takes::<OutcomeRequest>()
            .gives::<PrintoutResponse>(),
    ]
}

async fn list(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<NetworkPrinter>>, Failure> {
    Ok(Json(printers::list(&app, caller.organisation_id).await?))
}

async fn create(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(new): Body<NetworkPrinter>,
) -> Result<WithVersion<NetworkPrinter>, Failure> {
    Ok(with_version(printers::create(&app, caller.organisation_id, new).await?, 1))
}

async fn one(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<NetworkPrinterId>,
) -> Result<WithVersion<NetworkPrinter>, Failure> {
    let row = printers::one(&app, caller.organisation_id, id).await?;
    Ok(with_version(row.printer, row.version))
}

async fn update(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<NetworkPrinterId>,
    headers: HeaderMap,
    Body(changed): Body<NetworkPrinter>,
) -> Result<WithVersion<NetworkPrinter>, Failure> {
    let version = known_version(&headers)?;
    let row = printers::update(&app, caller.organisation_id, id, changed, version).await?;
    Ok(with_version(row.printer, row.version))
}

async fn remove(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<NetworkPrinterId>,
) -> Result<StatusCode, Failure> {
    printers::remove(&app, caller.organisation_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn test(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<NetworkPrinterId>,
) -> Result<Json<PrinterLook>, Failure> {
    Ok(Json(printers::test(&app, caller.organisation_id, id).await?))
}

async fn of_store(
    State(app): State<App>,
    Device(caller): Device,
) -> Result<Json<Vec<StorePrinter>>, Failure> {
    Ok(Json(printers::of_store(&app, &caller).await?))
}

async fn look(
    State(app): State<App>,
    Device(caller): Device,
    Body(request): Body<PrinterLookRequest>,
) -> Result<Json<PrinterLook>, Failure> {
    Ok(Json(printers::look_near(&app, &caller, request).await?))
}

async fn print(
    State(app): State<App>,
    Device(caller): Device,
    Body(request): Body<PrintoutRequest>,
) -> Result<Json<PrintoutResponse>, Failure> {
    Ok(Json(printouts::begin(&app, &caller, request).await?))
}

async fn outcome(
    State(app): State<App>,
    Device(caller): Device,
    Body(request): Body<OutcomeRequest>,
) -> Result<Json<PrintoutResponse>, Failure> {
    Ok(Json(printouts::outcome(&app, &caller, request).await?))
}
