//! Printers: the printers on stores' networks, who holds one, and what tablets handed in to be printed.

use super::bulk::{Rows, Value, execute, fetch};
use super::{StoreError, Tx};
use shared::api::PrintoutState;
use shared::ids::{DeviceId, NetworkPrinterId, OrganisationId, PrintoutId, StoreId};
use shared::printing::{NetworkPrinter, WebService};

/// A printer and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPrinterRow {
    /// As it is set.
    pub printer: NetworkPrinter,
    /// Counts up with every change.
    pub version: i64,
}

/// A printout that was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintoutRow {
    /// By which tablet.
    pub device_id: DeviceId,
    /// How far it is.
    pub state: PrintoutState,
    /// Did a part of it come out?
    pub begun: bool,
    /// When a server was last at it, epoch ms.
    pub heard_at_ms: i64,
}

const COLUMNS: &str = "SELECT id, store_id, name, host, port, web, secure, version FROM network_printers WHERE organisation_id = $1";

type Stored = (String, String, String, String, i64, Option<String>, bool, i64);

fn row(
    (id, store_id, name, host, port, web, secure, version): Stored,
) -> Result<NetworkPrinterRow, StoreError> {
    let id: NetworkPrinterId = parse(&id)?;
    let store_id: StoreId = parse(&store_id)?;
    let port = u16::try_from(port).map_err(|_| StoreError::Value(port.to_string()))?;
    let web = web.map(|word| WebService::of(&word).ok_or(StoreError::Value(word))).transpose()?;
    Ok(NetworkPrinterRow { printer: NetworkPrinter { id, store_id, name, host, port, web, secure }, version })
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Value(text.to_owned()))
}

/// All of them, by name.
pub async fn all(tx: &mut Tx, organisation_id: OrganisationId) -> Result<Vec<NetworkPrinterRow>, StoreError> {
    let sql = format!("{COLUMNS} ORDER BY name, id");
    let rows = fetch::<Stored>(tx, &sql, vec![organisation_id.to_string().into()]).await?;
    rows.into_iter().map(row).collect()
}

/// One, if it is there.
pub async fn one(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: NetworkPrinterId,
) -> Result<Option<NetworkPrinterRow>, StoreError> {
    let sql = format!("{COLUMNS} AND id = $2");
    let values = vec![organisation_id.to_string().into(), id.to_string().into()];
    fetch::<Stored>(tx, &sql, values).await?.into_iter().next().map(row).transpose()
}

/// Adds one.
pub async fn insert(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    printer: &NetworkPrinter,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "network_printers (organisation_id, id, store_id, name, host, port, web, secure, held_until_ms, version)",
        "",
    );
    rows.push([
        organisation_id.to_string().into(),
        printer.id.to_string().into(),
        printer.store_id.to_string().into(),
        printer.name.as_str().into(),
        printer.host.as_str().into(),
        i64::from(printer.port).into(),
        printer.web.map(|service| service.word().to_owned()).into(),
        printer.secure.into(),
        0.into(),
        1.into(),
    ]);
    rows.write(tx).await?;
    Ok(())
}

/// Changes one that still has this version. False where it has not, or is not there.
pub async fn update(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    printer: &NetworkPrinter,
    version: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE network_printers SET store_id = $3, name = $4, host = $5, port = $6, web = $7, secure = $8, \
               version = version + 1 WHERE organisation_id = $1 AND id = $2 AND version = $9";
    let values = vec![
        organisation_id.to_string().into(),
        printer.id.to_string().into(),
        printer.store_id.to_string().into(),
        printer.name.as_str().into(),
        printer.host.as_str().into(),
        i64::from(printer.port).into(),
        printer.web.map(|service| service.word().to_owned()).into(),
        printer.secure.into(),
        version.into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Removes one. False where there is none.
pub async fn remove(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: NetworkPrinterId,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM network_printers WHERE organisation_id = $1 AND id = $2";
    Ok(execute(tx, sql, vec![organisation_id.to_string().into(), id.to_string().into()]).await? == 1)
}

/// Takes a printer for a printout until a time, or goes on holding it. False while another printout holds it.
pub async fn hold(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: NetworkPrinterId,
    by: PrintoutId,
    (now_ms, until_ms): (i64, i64),
) -> Result<bool, StoreError> {
    let sql = "UPDATE network_printers SET held_by = $3, held_until_ms = $4 WHERE organisation_id = $1 AND id = $2 \
               AND (held_by IS NULL OR held_by = $3 OR held_until_ms < $5)";
    let values: Vec<Value> = vec![
        organisation_id.to_string().into(),
        id.to_string().into(),
        by.to_string().into(),
        until_ms.into(),
        now_ms.into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Gives a printer back that this printout holds.
pub async fn let_go(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: NetworkPrinterId,
    by: PrintoutId,
) -> Result<(), StoreError> {
    let sql = "UPDATE network_printers SET held_by = NULL, held_until_ms = 0 \
               WHERE organisation_id = $1 AND id = $2 AND held_by = $3";
    let values = vec![organisation_id.to_string().into(), id.to_string().into(), by.to_string().into()];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Does a printout hold it now?
pub async fn is_held(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: NetworkPrinterId,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "SELECT held_until_ms FROM network_printers \
               WHERE organisation_id = $1 AND id = $2 AND held_by IS NOT NULL AND held_until_ms >= $3";
    let values = vec![organisation_id.to_string().into(), id.to_string().into(), now_ms.into()];
    Ok(!fetch::<(i64,)>(tx, sql, values).await?.is_empty())
}

/// Notes a printout in a state. False where it is known already; nothing is changed then.
pub async fn note_printout(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: PrintoutId,
    (device_id, printer_id): (DeviceId, Option<NetworkPrinterId>),
    state: PrintoutState,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let mut rows = Rows::new(
        "printouts (organisation_id, id, device_id, printer_id, state, begun, heard_at_ms)",
        "ON CONFLICT DO NOTHING",
    );
    rows.push([
        organisation_id.to_string().into(),
        id.to_string().into(),
        device_id.to_string().into(),
        printer_id.map(|id| id.to_string()).into(),
        state.word().into(),
        false.into(),
        now_ms.into(),
    ]);
    Ok(rows.write(tx).await? == 1)
}

/// Brings a printout from a state into another, or says that somebody is still at it. False where it is in another state.
pub async fn move_printout(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: PrintoutId,
    from: PrintoutState,
    (state, begun): (PrintoutState, bool),
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE printouts SET state = $3, begun = $4, heard_at_ms = $5 \
               WHERE organisation_id = $1 AND id = $2 AND state = $6";
    let values = vec![
        organisation_id.to_string().into(),
        id.to_string().into(),
        state.word().into(),
        begun.into(),
        now_ms.into(),
        from.word().into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// A printout, if it was handed in.
pub async fn printout(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: PrintoutId,
) -> Result<Option<PrintoutRow>, StoreError> {
    let sql =
        "SELECT device_id, state, begun, heard_at_ms FROM printouts WHERE organisation_id = $1 AND id = $2";
    let values = vec![organisation_id.to_string().into(), id.to_string().into()];
    let found = fetch::<(String, String, bool, i64)>(tx, sql, values).await?.into_iter().next();
    let Some((device_id, word, begun, heard_at_ms)) = found else { return Ok(None) };
    let state = PrintoutState::of(&word).ok_or(StoreError::Value(word))?;
    Ok(Some(PrintoutRow { device_id: parse(&device_id)?, state, begun, heard_at_ms }))
}

/// Forgets printouts that no server was at since then.
pub async fn forget_printouts(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    before_ms: i64,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM printouts WHERE organisation_id = $1 AND heard_at_ms < $2";
    execute(tx, sql, vec![organisation_id.to_string().into(), before_ms.into()]).await?;
    Ok(())
}
