//! Connections: adding, testing, starting, pausing, removing them; how they stand.

use super::{Bridge, seal};
use crate::app::AppError;
use crate::clock::{self, FreshIds};
use crate::runner::Line;
use crate::store::connections::{self as store, ConnectionRow};
use crate::store::{Tx, links, outbox};
use connectors::{Command, Connector, Done, Outcome, Secret, Setup};
use shared::calendar::Day;
use shared::connect::{
    ConnectionRequest, ConnectionState, ConnectionView, ConnectorView, DeliveryState, Flow, FlowSetting,
    FlowView, SettingForm, TestOutcome,
};
use shared::ids::{ConnectionId, OrganisationId};
use std::collections::BTreeMap;

/// Most connections of an organisation.
const MOST_CONNECTIONS: usize = 50;
const OVERTAKEN: &str = "Somebody else has changed this meanwhile. Nothing was saved; load it again.";
const CHECK_FIELDS: &str = "Nothing was saved; look at the marked fields.";
const SEALED: &str =
    "The saved passwords of this connection cannot be opened with this server’s key. Type them in again.";

/// What can be connected.
pub fn kinds() -> Vec<ConnectorView> {
    connectors::all().iter().map(|connector| connector.descriptor()).collect()
}

/// All connections, by name.
pub async fn list(bridge: &Bridge, organisation_id: OrganisationId) -> Result<Vec<ConnectionView>, AppError> {
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    let mut views = Vec::new();
    for row in store::all(&mut tx, organisation_id).await? {
        views.push(view(&mut tx, organisation_id, row).await?);
    }
    Ok(views)
}

/// One and its version.
pub async fn one(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<(ConnectionView, i64), AppError> {
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    let row = store::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let version = row.version;
    Ok((view(&mut tx, organisation_id, row).await?, version))
}

async fn view(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: ConnectionRow,
) -> Result<ConnectionView, AppError> {
    let standing = outbox::standing(tx, organisation_id, row.id).await?;
    let today = Day::of(clock::now_ms(), 0).to_string();
    let calls = store::calls(tx, organisation_id, row.id, &today).await?;
    let mut flows = Vec::with_capacity(row.flows.len());
    for setting in &row.flows {
        let of =
            |state: DeliveryState| standing.iter().find(|one| (one.flow, one.state) == (setting.flow, state));
        let counted = calls.get(&setting.flow).copied().unwrap_or_default();
        let last_whole_ms = match setting.flow.comes_in() {
            true => links::reading(tx, organisation_id, row.id, setting.flow).await?.0.whole_at_ms,
            false => None,
        };
        flows.push(FlowView {
            setting: *setting,
            waiting: of(DeliveryState::Waiting).map_or(0, |one| one.count),
            refused: of(DeliveryState::Refused).map_or(0, |one| one.count),
            done_today: counted.done,
            calls_today: counted.calls,
            oldest_waiting_ms: of(DeliveryState::Waiting).map(|one| one.oldest_ms),
            last_whole_ms,
        });
    }
    let unmatched = super::matching::unmatched(tx, organisation_id, row.id).await?;
    Ok(ConnectionView {
        id: row.id,
        connector: row.connector,
        name: row.name,
        state: row.state,
        settings: row.settings,
        secrets: row.secret_names,
        private_network: row.private_network,
        flows,
        heard_at_ms: row.heard_at_ms,
        trouble: row.trouble,
        retry_at_ms: row.retry_at_ms,
        unmatched,
    })
}

fn connector_of(name: &str) -> Result<&'static dyn Connector, AppError> {
    connectors::named(name)
        .ok_or_else(|| AppError::wrong_field("connector", "There is no connector of this name."))
}

/// Adds one, as a draft; its id is minted here.
pub async fn create(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    request: ConnectionRequest,
) -> Result<ConnectionView, AppError> {
    let connector = connector_of(&request.connector)?;
    let descriptor = connector.descriptor();
    let flows = descriptor.flows.iter().map(|flow| FlowSetting::new(*flow)).collect();
    let mut row = ConnectionRow { connector: descriptor.name.clone(), flows, ..blank() };
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    if store::all(&mut tx, organisation_id).await?.len() >= MOST_CONNECTIONS {
        return Err(AppError::Conflict(format!("There are {MOST_CONNECTIONS} connections already.")));
    }
    fill(bridge, &mut tx, (organisation_id, &mut row), &descriptor, request).await?;
    store::insert(&mut tx, organisation_id, &row, clock::now_ms()).await?;
    let made = view(&mut tx, organisation_id, row).await?;
    tx.commit().await?;
    Ok(made)
}

/// Changes one that still has this version; without a version the change overrules whoever was first.
pub async fn update(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
    (request, version): (ConnectionRequest, Option<i64>),
) -> Result<(ConnectionView, i64), AppError> {
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let mut row = store::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    if request.connector != row.connector {
        return Err(AppError::wrong_field("connector", "This cannot be changed; add another connection."));
    }
    let descriptor = connector_of(&row.connector)?.descriptor();
    let version = version.unwrap_or(row.version);
    let before = row.clone();
    fill(bridge, &mut tx, (organisation_id, &mut row), &descriptor, request).await?;
    let turned_on = |flow: Flow| row.has_flow(flow) && !before.has_flow(flow);
    if turned_on(Flow::Products) || turned_on(Flow::ProductChanges) {
        // What was not told meanwhile is told now.
        let anew = (links::Reading::default(), None);
        links::put_reading(&mut tx, organisation_id, id, Flow::ProductChanges, anew).await?;
    }
    finish_change(bridge, tx, organisation_id, row, version).await
}

async fn finish_change(
    bridge: &Bridge,
    mut tx: Tx,
    organisation_id: OrganisationId,
    mut row: ConnectionRow,
    version: i64,
) -> Result<(ConnectionView, i64), AppError> {
    let flows_out = row.flows.iter().any(|one| one.flow == Flow::Sales && one.on);
    // Paused, it goes on being noted for: what was sold meanwhile goes out afterwards.
    row.takes_sales = flows_out && row.state != ConnectionState::Draft;
    if !store::update(&mut tx, organisation_id, &row, version).await? {
        return Err(AppError::Conflict(OVERTAKEN.to_owned()));
    }
    row.version = version.saturating_add(1);
    row.trouble = None;
    row.retry_at_ms = None;
    let version = row.version;
    let changed = view(&mut tx, organisation_id, row).await?;
    tx.commit().await?;
    bridge.app.changes.tell(&organisation_id.to_string());
    Ok((changed, version))
}

/// Takes over what was typed in.
async fn fill(
    bridge: &Bridge,
    tx: &mut Tx,
    (organisation_id, row): (OrganisationId, &mut ConnectionRow),
    descriptor: &ConnectorView,
    request: ConnectionRequest,
) -> Result<(), AppError> {
    let fields = request.check(descriptor, &row.secret_names);
    if !fields.is_empty() {
        return Err(AppError::WrongInput { message: CHECK_FIELDS.to_owned(), fields });
    }
    let name = request.name.trim();
    let others = store::all(tx, organisation_id).await?;
    if others.iter().any(|other| other.id != row.id && other.name == name) {
        return Err(AppError::taken("name", "There is a connection of that name already."));
    }
    let setup = setup_with(bridge, (organisation_id, row), descriptor, &request)?;
    if let Some(words) = bridge.outbound.refuses(setup.text("address"), request.private_network) {
        return Err(AppError::wrong_field("address", words));
    }
    row.name = name.to_owned();
    row.private_network = request.private_network;
    row.secret_names = setup.secrets.keys().cloned().collect();
    row.sealed = seal::seal(&bridge.key, (organisation_id, row.id), &setup.secrets)
        .ok_or_else(|| AppError::Busy("The passwords could not be kept. Nothing was saved.".to_owned()))?;
    row.settings = setup.settings;
    for setting in request.flows {
        if let Some(known) = row.flows.iter_mut().find(|known| known.flow == setting.flow) {
            *known = setting;
        }
    }
    Ok(())
}

/// What was typed in, over what was saved of the secrets.
fn setup_with(
    bridge: &Bridge,
    (organisation_id, row): (OrganisationId, &ConnectionRow),
    descriptor: &ConnectorView,
    request: &ConnectionRequest,
) -> Result<Setup, AppError> {
    let given = |name: &str| {
        let value = request.settings.get(name).map(|value| value.trim().to_owned());
        value.filter(|value| !value.is_empty())
    };
    let secret = |field: &&shared::connect::SettingField| field.form == SettingForm::Secret;
    let needs_saved = descriptor.settings.iter().filter(secret).any(|field| given(&field.name).is_none());
    let saved = match seal::open(&bridge.key, (organisation_id, row.id), &row.sealed) {
        Some(saved) => saved,
        None if needs_saved => return Err(AppError::Conflict(SEALED.to_owned())),
        None => BTreeMap::new(),
    };
    // Secrets go to the host they were typed in for, and to no other.
    if needs_saved
        && !saved.is_empty()
        && !same_host(row.settings.get("address"), request.settings.get("address"))
    {
        let words = "For another address the passwords must be typed in again.";
        return Err(AppError::wrong_field("address", words));
    }
    let mut setup = Setup { settings: BTreeMap::new(), secrets: saved };
    for field in &descriptor.settings {
        let Some(value) = given(&field.name) else { continue };
        if field.form == SettingForm::Secret {
            setup.secrets.insert(field.name.clone(), Secret::new(value));
        } else {
            let value = if field.form == SettingForm::Address {
                value.trim_end_matches('/').to_owned()
            } else {
                value
            };
            setup.settings.insert(field.name.clone(), value);
        }
    }
    Ok(setup)
}

/// The setup of a saved connection.
pub(super) fn setup_of(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
) -> Result<Setup, AppError> {
    let secrets = seal::open(&bridge.key, (organisation_id, row.id), &row.sealed)
        .ok_or_else(|| AppError::Conflict(SEALED.to_owned()))?;
    Ok(Setup { settings: row.settings.clone(), secrets })
}

/// Asks the other side who it is, with what was typed in; nothing is saved. `id` names a saved one whose secrets may be used.
pub async fn test(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    (request, id): (ConnectionRequest, Option<ConnectionId>),
) -> Result<TestOutcome, AppError> {
    let connector = connector_of(&request.connector)?;
    let descriptor = connector.descriptor();
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    let saved = match id {
        Some(id) => Some(store::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?),
        None => None,
    };
    drop(tx);
    if saved.as_ref().is_some_and(|row| row.connector != request.connector) {
        return Err(AppError::wrong_field("connector", "This cannot be changed; add another connection."));
    }
    let names = saved.as_ref().map(|row| row.secret_names.clone()).unwrap_or_default();
    let fields = request.check(&descriptor, &names);
    if !fields.is_empty() {
        let message = "Nothing was asked; look at the marked fields.".to_owned();
        return Err(AppError::WrongInput { message, fields });
    }
    let blank = blank();
    let row = saved.as_ref().unwrap_or(&blank);
    let setup = setup_with(bridge, (organisation_id, row), &descriptor, &request)?;
    let mut line = Line::new(connector, setup, request.private_network);
    let carried = line.carry(&bridge.outbound, &Command::Look).await;
    Ok(match carried.outcome {
        Outcome::Done(Done::Seen { about }) => TestOutcome::Works { about },
        Outcome::SignedOut { reason } | Outcome::Later { reason, .. } => TestOutcome::Fails { reason },
        Outcome::Wedged(wedged) => {
            TestOutcome::Fails { reason: format!("{} {}", wedged.reason, wedged.remedy) }
        }
        Outcome::Done(_) | Outcome::Continue { .. } => {
            TestOutcome::Fails { reason: "Its answer is not understood.".to_owned() }
        }
    })
}

/// A draft of which nothing is set.
fn blank() -> ConnectionRow {
    ConnectionRow {
        id: ConnectionId::fresh(&mut FreshIds),
        connector: String::new(),
        name: String::new(),
        state: ConnectionState::Draft,
        settings: BTreeMap::new(),
        sealed: String::new(),
        secret_names: Vec::new(),
        private_network: false,
        flows: Vec::new(),
        takes_sales: false,
        heard_at_ms: None,
        trouble: None,
        failures: 0,
        retry_at_ms: None,
        version: 1,
    }
}

fn same_host(one: Option<&String>, other: Option<&String>) -> bool {
    let host = |text: Option<&String>| {
        let text = text?.trim();
        let rest = text.split_once("://")?;
        Some((rest.0.to_owned(), rest.1.split('/').next().unwrap_or_default().to_lowercase()))
    };
    host(one).is_some() && host(one) == host(other)
}

/// Starts it, or lets it go on.
pub async fn start(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<ConnectionView, AppError> {
    turn(bridge, organisation_id, id, ConnectionState::Running).await
}

/// Halts it: what should go out is noted, and waits.
pub async fn pause(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<ConnectionView, AppError> {
    turn(bridge, organisation_id, id, ConnectionState::Paused).await
}

async fn turn(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
    state: ConnectionState,
) -> Result<ConnectionView, AppError> {
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let mut row = store::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    if state == ConnectionState::Paused && row.state == ConnectionState::Draft {
        return Err(AppError::Conflict("It has not been started yet.".to_owned()));
    }
    if state == ConnectionState::Running && row.state == ConnectionState::Paused {
        let since = (Flow::ProductChanges, clock::now_ms());
        outbox::think_again(&mut tx, organisation_id, id, since).await?;
    }
    row.state = state;
    let version = row.version;
    Ok(finish_change(bridge, tx, organisation_id, row, version).await?.0)
}

/// Removes one with everything noted for it. One that runs is halted first, by a person.
pub async fn remove(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<(), AppError> {
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let row = store::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    if row.state == ConnectionState::Running {
        return Err(AppError::Conflict("It is running. Pause it first; then it can be removed.".to_owned()));
    }
    if !store::remove(&mut tx, organisation_id, id).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    Ok(())
}
