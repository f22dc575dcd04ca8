//! Command: the command line: `serve`, `demo`, `import`, `export`, `backup`, `admin`, `settings`, `price`, `replay`.
//! Lives here: what may be typed, what is printed, how a command ends.
//! May use: config, app, store (opening it), demo, price_cart, replay. Never: a rule of the shop, SQL.
//! Invariant: a command that could not do what was asked says what happened and what was kept, and ends with 1.

pub mod admin;
pub mod backup;
pub mod demo;
pub mod export;
pub mod import;
pub mod price;
pub mod serving;
pub mod settings;

use crate::app::{App, AppError};
use crate::config::{self, ServingFlags, Settings, StorageFlags};
use crate::store::{Db, ground};
use crate::telemetry;
use shared::ids::OrganisationId;

/// A point of sale that runs in a browser: the server.
#[derive(Debug, clap::Parser)]
#[command(
    name = "tillbridge",
    version,
    about,
    after_help = "Settings come from flags, from TILLBRIDGE_… variables and from a file (--config), in this order of \
                  weight; `tillbridge settings` shows them. To look around: `tillbridge demo`."
)]
pub enum Command {
    /// Serve the shop: the pages, the API and everything tablets send.
    Serve(serving::Arguments),
    /// Make (once) and serve a shop to look at, with real goods and the sales of the last days.
    Demo(demo::Arguments),
    /// Bring data in: products from a spreadsheet or a web shop's export, customers from a spreadsheet.
    #[command(subcommand)]
    Import(import::Command),
    /// Take data out: products, sales, or everything.
    #[command(subcommand)]
    Export(export::Command),
    /// Copy the embedded database into one file, while the server runs.
    Backup(backup::Arguments),
    /// Look after people and tablets without a browser.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Show every setting, its value, and where that came from.
    Settings(settings::Arguments),
    /// Price carts of your own by the shop's rules: JSON in, JSON out.
    Price(price::Arguments),
    /// Replay a file of real invoices and add the books up (for developers).
    Replay(crate::replay::command::Arguments),
}

impl Command {
    /// Does it.
    pub async fn run(self) -> Result<(), Failed> {
        match self {
            Self::Serve(arguments) => serving::run(arguments).await,
            Self::Demo(arguments) => demo::run(arguments).await,
            Self::Import(command) => import::run(command).await,
            Self::Export(command) => export::run(command).await,
            Self::Backup(arguments) => backup::run(arguments).await,
            Self::Admin(command) => admin::run(command).await,
            Self::Settings(arguments) => settings::run(arguments),
            Self::Price(arguments) => price::run(arguments),
            Self::Replay(arguments) => {
                telemetry::log("warn", config::LogFormat::Text);
                Ok(crate::replay::command::replay(arguments).await?)
            }
        }
    }
}

/// Why a command did not do what was asked, for the person who typed it.
#[derive(Debug)]
pub struct Failed(pub String);

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// The same with the fields that are wrong.
pub fn told(error: AppError) -> Failed {
    let message = error.to_string();
    let mut text = message.clone();
    if let AppError::WrongInput { fields, .. } = &error {
        for wrong in fields.iter().filter(|wrong| wrong.message != message) {
            text = format!("{text}\n  {}: {}", wrong.field, wrong.message);
        }
    }
    Failed(text)
}

/// Where a command finds the books.
#[derive(Clone, Debug, clap::Args)]
pub struct Storage {
    #[command(flatten)]
    flags: StorageFlags,
}

impl Storage {
    /// The settings, with the log started. A command that ends by itself says little of its own accord.
    pub fn settings(&self) -> Result<Settings, Failed> {
        let settings = config::read(&self.flags, &ServingFlags::default(), config::environment())?;
        let by_default =
            settings.told.iter().any(|(key, _, source)| *key == "log_level" && source == "default");
        telemetry::log(if by_default { "warn,sqlx=error" } else { &settings.log_level }, settings.log_format);
        Ok(settings)
    }

    /// The database, which must be there already.
    pub async fn open(&self) -> Result<Db, Failed> {
        let settings = self.settings()?;
        if let Some(file) = settings.database.strip_prefix("sqlite:") {
            let file = file.split('?').next().unwrap_or(file).trim_start_matches("//");
            let file = file.replace("%3F", "?").replace("%23", "#").replace("%25", "%");
            if !std::path::Path::new(&file).is_file() {
                return Err(Failed(format!(
                    "There is no database at {file}. Is the server set up (`tillbridge serve`)? \
                     --database or --data names another place."
                )));
            }
        }
        Ok(Db::open(&settings.database).await?)
    }

    /// The use-cases on that database.
    pub async fn app(&self) -> Result<App, Failed> {
        Ok(App::start(self.open().await?))
    }
}

/// Ends what [`Storage::app`] began: what was told to the books is in them.
pub async fn end(app: App) {
    let (db, drained) = (app.db.clone(), app.ingest.drained());
    drop(app);
    drained.wait().await;
    db.close().await;
}

/// Whose data: by name or id, or the only one there is.
pub async fn organisation(db: &Db, wanted: Option<&str>) -> Result<OrganisationId, Failed> {
    let mut tx = db.begin_read().await?;
    let all = ground::organisations(&mut tx).await?;
    let fits = |id: &OrganisationId, name: &String| match wanted {
        Some(wanted) => name.to_lowercase() == wanted.to_lowercase() || id.to_string() == wanted,
        None => true,
    };
    let mut found = all.iter().filter(|(id, name)| fits(id, name));
    match (found.next(), found.next()) {
        (Some((id, _)), None) => Ok(*id),
        (None, _) if all.is_empty() => Err(Failed(
            "There is no shop in this database yet. Start the server and open its page to set one up."
                .to_owned(),
        )),
        (None, _) => Err(Failed(format!("There is no such shop here; there are: {}.", names(&all)))),
        (Some(_), Some(_)) => Err(Failed(format!(
            "There are several shops in this database; choose one with --organisation: {}.",
            names(&all)
        ))),
    }
}

fn names(all: &[(OrganisationId, String)]) -> String {
    all.iter().map(|(id, name)| format!("{name} ({id})")).collect::<Vec<_>>().join(", ")
}
