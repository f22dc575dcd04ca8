//! Printers: the printers on stores' networks: what managers set of them, and how they are.

use super::access::{self, DeviceCaller};
use super::{App, AppError};
use crate::clock::{self, FreshIds};
use crate::printing::{ReachError, look};
use crate::store::printers::{self as store, NetworkPrinterRow};
use crate::store::{Tx, ground};
use shared::api::{PrinterLook, PrinterLookRequest, StorePrinter};
use shared::ids::{NetworkPrinterId, OrganisationId};
use shared::printing::NetworkPrinter;
use shared::receipt::escpos::Dialect;

/// Most printers of an organisation.
const MOST_PRINTERS: usize = 500;
const OVERTAKEN: &str = "Somebody else has changed this meanwhile. Nothing was saved; load it again.";
const BY_TABLETS: &str = "Tablets reach this printer themselves: print a test page on one of them.";
const REFUSED: &str = "The server may not reach this address. A printer has one of the store’s own network, like 192.168.1.50; whoever \
                       runs the server can allow other networks (printer_networks).";

/// All of them, by name.
pub async fn list(app: &App, organisation_id: OrganisationId) -> Result<Vec<NetworkPrinter>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    Ok(store::all(&mut tx, organisation_id).await?.into_iter().map(|row| row.printer).collect())
}

/// One and its version.
pub async fn one(
    app: &App,
    organisation_id: OrganisationId,
    id: NetworkPrinterId,
) -> Result<NetworkPrinterRow, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    store::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)
}

/// Adds one; its id is minted here.
pub async fn create(
    app: &App,
    organisation_id: OrganisationId,
    mut new: NetworkPrinter,
) -> Result<NetworkPrinter, AppError> {
    new.id = NetworkPrinterId::fresh(&mut FreshIds);
    let mut tx = app.db.write_for(organisation_id).await?;
    check(app, &mut tx, organisation_id, &mut new).await?;
    store::insert(&mut tx, organisation_id, &new).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(new)
}

/// Changes one that still has this version; without a version the change overrules whoever was first.
pub async fn update(
    app: &App,
    organisation_id: OrganisationId,
    id: NetworkPrinterId,
    mut changed: NetworkPrinter,
    version: Option<i64>,
) -> Result<NetworkPrinterRow, AppError> {
    changed.id = id;
    let mut tx = app.db.write_for(organisation_id).await?;
    let before = store::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    check(app, &mut tx, organisation_id, &mut changed).await?;
    let version = version.unwrap_or(before.version);
    if !store::update(&mut tx, organisation_id, &changed, version).await? {
        return Err(AppError::Conflict(OVERTAKEN.to_owned()));
    }
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(NetworkPrinterRow { printer: changed, version: version.saturating_add(1) })
}

/// Removes one: tablets that print on it are told when they next want to.
pub async fn remove(
    app: &App,
    organisation_id: OrganisationId,
    id: NetworkPrinterId,
) -> Result<(), AppError> {
    let mut tx = app.db.write_for(organisation_id).await?;
    if !store::remove(&mut tx, organisation_id, id).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(())
}

async fn check(
    app: &App,
    tx: &mut Tx,
    organisation_id: OrganisationId,
    one: &mut NetworkPrinter,
) -> Result<(), AppError> {
    one.tidy();
    let fields = one.check();
    if !fields.is_empty() {
        let message = "Nothing was saved; look at the marked fields.".to_owned();
        return Err(AppError::WrongInput { message, fields });
    }
    // One that tablets reach the server never connects to; what they may call has been looked at.
    if one.web.is_none() && app.printouts.reach().refuses(&one.host) {
        return Err(AppError::wrong_field("host", REFUSED));
    }
    if !ground::stores(tx, organisation_id).await?.iter().any(|store| store.id == one.store_id) {
        return Err(AppError::wrong_field("store_id", "Choose one of the stores."));
    }
    let all = store::all(tx, organisation_id).await?;
    let mut others = all.iter().map(|row| &row.printer).filter(|other| other.id != one.id);
    if others.clone().any(|other| other.store_id == one.store_id && other.name == one.name) {
        return Err(AppError::taken("name", "This store has a printer of that name already."));
    }
    // Two entries would let two tablets print on it at once.
    if let Some(same) = others.find(|other| (&other.host, other.port) == (&one.host, one.port)) {
        let words = format!("“{}” has this address already. A printer is set up once.", same.name);
        return Err(AppError::taken("host", &words));
    }
    if all.len() >= MOST_PRINTERS {
        return Err(AppError::Conflict(format!("There are {MOST_PRINTERS} printers already.")));
    }
    Ok(())
}

/// Those of a tablet's store, without the addresses of those that the server prints on.
pub async fn of_store(app: &App, caller: &DeviceCaller) -> Result<Vec<StorePrinter>, AppError> {
    let all = list(app, caller.organisation_id).await?;
    let here = all.into_iter().filter(|printer| printer.store_id == caller.store_id);
    let told = |printer: NetworkPrinter| {
        let place = printer.place();
        StorePrinter { id: printer.id, name: printer.name, place }
    };
    Ok(here.map(told).collect())
}

/// What a tablet's page may call beside this server: the printers of its store that tablets reach themselves. Nothing for a
/// session that has ended.
pub async fn callable(app: &App, device_secret: &str) -> Result<Vec<String>, AppError> {
    let Some(caller) = access::device_caller(app, device_secret, clock::now_ms()).await? else {
        return Ok(Vec::new());
    };
    let places = of_store(app, &caller).await?.into_iter().filter_map(|printer| printer.place);
    let mut origins: Vec<String> = places.map(|place| place.origin).collect();
    origins.sort();
    origins.dedup();
    Ok(origins)
}

/// A printer of a tablet's store that the server prints on.
pub(super) async fn near(
    tx: &mut Tx,
    caller: &DeviceCaller,
    id: NetworkPrinterId,
) -> Result<NetworkPrinter, AppError> {
    let found = store::one(tx, caller.organisation_id, id).await?.map(|row| row.printer);
    let is_it = |printer: &NetworkPrinter| printer.store_id == caller.store_id && printer.web.is_none();
    found.filter(is_it).ok_or(AppError::NotFound)
}

/// How a printer of the tablet's store is.
pub async fn look_near(
    app: &App,
    caller: &DeviceCaller,
    request: PrinterLookRequest,
) -> Result<PrinterLook, AppError> {
    let mut tx = app.db.read_for(caller.organisation_id).await?;
    let printer = near(&mut tx, caller, request.printer_id).await?;
    drop(tx);
    Ok(ask(app, caller.organisation_id, &printer, request.dialect).await?.unwrap_or_default())
}

/// How a printer is, for whoever sets it up; the more so what is wrong with its address.
pub async fn test(
    app: &App,
    organisation_id: OrganisationId,
    id: NetworkPrinterId,
) -> Result<PrinterLook, AppError> {
    let printer = one(app, organisation_id, id).await?.printer;
    if printer.web.is_some() {
        return Err(AppError::Conflict(BY_TABLETS.to_owned()));
    }
    ask(app, organisation_id, &printer, Some(Dialect::EscPos)).await?.map_err(|error| match error {
        ReachError::Refused => AppError::wrong_field("host", REFUSED),
        ReachError::Unknown => {
            AppError::wrong_field("host", "No machine of this name is known to the server.")
        }
    })
}

/// One that prints for somebody just now takes no other connection.
async fn ask(
    app: &App,
    organisation_id: OrganisationId,
    printer: &NetworkPrinter,
    dialect: Option<Dialect>,
) -> Result<Result<PrinterLook, ReachError>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let busy = store::is_held(&mut tx, organisation_id, printer.id, clock::now_ms()).await?;
    drop(tx);
    if busy {
        let status = app.printouts.heard_of(printer.id);
        return Ok(Ok(PrinterLook { reached: true, busy, status }));
    }
    Ok(look(app.printouts.reach(), &printer.host, printer.port, dialect).await)
}
