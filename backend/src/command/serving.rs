//! Serving: `tillbridge serve`.

use super::Failed;
use crate::app::App;
use crate::bridge::{Bridge, BridgeSettings, Key};
use crate::config::{self, ServingFlags, Settings, StorageFlags, without_password};
use crate::http::assets::{self, Embedded};
use crate::http::{self, HttpSettings};
use crate::store::Db;
use crate::{serve, telemetry};

/// Serves the shop until it is stopped (Ctrl-C, SIGTERM): then requests are finished, the queue is booked, and it ends.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    serving: ServingFlags,
    #[command(flatten)]
    storage: StorageFlags,
}

/// Runs it.
pub async fn run(arguments: Arguments) -> Result<(), Failed> {
    let settings = config::read(&arguments.storage, &arguments.serving, config::environment())?;
    telemetry::log(&settings.log_level, settings.log_format);
    for note in &settings.notes {
        tracing::warn!("{note}");
    }
    std::fs::create_dir_all(&settings.data).map_err(|error| {
        Failed(format!("The folder {} cannot be made: {error}.", settings.data.display()))
    })?;
    let shown = without_password(&settings.database);
    let db = Db::open(&settings.database)
        .await
        .map_err(|error| Failed(format!("The database {shown} cannot be opened: {error}.")))?;
    serve_shop(App::start(db), &settings, |address| {
        tracing::info!(address, database = shown, version = env!("CARGO_PKG_VERSION"), "serving");
    })
    .await
}

/// Serves a shop whose database is open. `started` hears the address once it is listened on.
pub async fn serve_shop(app: App, settings: &Settings, started: impl FnOnce(&str)) -> Result<(), Failed> {
    let listener = serve::listen(settings.listen).await?;
    if !assets::is_there() {
        tracing::warn!("{}", assets::NO_FRONT_END.trim());
    }
    let address = match &settings.public_url {
        Some(url) => url.clone(),
        None => format!("http://{}", listener.local_addr()?),
    };
    let app = app.printing_in(settings.printer_networks.clone());
    let bridge = bridge(&app, settings)?;
    let about = HttpSettings { public_url: settings.public_url.clone() };
    let api = http::router(app.clone(), bridge.clone(), about);
    started(&address);
    Ok(serve::serve((app, bridge), api, Embedded, settings, listener, serve::asked_to_stop()).await?)
}

fn bridge(app: &App, settings: &Settings) -> Result<Bridge, Failed> {
    let key = match &settings.secret_key {
        Some(key) => key.clone(),
        None => Key::of_folder(&settings.data).map_err(|error| Failed(error.to_string()))?,
    };
    let told = BridgeSettings { networks: settings.connect_networks.clone(), key };
    Bridge::new(app.clone(), told)
        .map_err(|error| Failed(format!("There is no TLS on this machine: {error}.")))
}
