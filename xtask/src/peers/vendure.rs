//! Vendure: an online store from npm, in memory, with the goods of the shop.
//! May use: npm, Node, `e2e/peers/vendure`. Never: a compiler (sql.js needs none).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::leash::{self, Server};
use super::{PASSWORD, kept, once, sources, stamped};
use crate::{command, prerequisites};

/// The variable the tests read Vendure's address from, a JSON object.
pub const VARIABLE: &str = "TILLBRIDGE_TEST_VENDURE";

const USER: &str = "superadmin";

/// A running Vendure. It forgets everything when it ends.
pub struct Vendure {
    server: Server,
    key: Value,
    _folder: tempfile::TempDir,
}

impl Vendure {
    /// Starts with the seeded state.
    pub fn start(port: Option<u16>) -> Result<Self> {
        let folder = goods()?;
        let own = tempfile::tempdir().context("no folder for Vendure's log")?;
        let server = serve(&folder.join("seeded.sqlite"), leash::port(port)?, &own.path().join("log"))?;
        let key = kept(&folder)?.get("key").cloned().unwrap_or_default();
        Ok(Self { server, key, _folder: own })
    }

    /// How to reach it. `POST <reset>` brings the seeded state back, in a tenth of a second.
    pub fn access(&self) -> Value {
        let address = format!("http://127.0.0.1:{}", self.server.port);
        json!({
            "address": address,
            "user": USER,
            "password": PASSWORD,
            "key": self.key,
            "reset": format!("{address}/peer/reset"),
        })
    }

    pub fn has_ended(&mut self) -> bool {
        self.server.has_ended()
    }
}

/// Installs Vendure and fills it, unless both are done.
pub fn prepare() -> Result<()> {
    once(&packages()?, "Vendure from npm (a minute, once)", install)?;
    once(&goods()?, "the goods of a shop in Vendure (half a minute, once)", make_goods)
}

fn packages() -> Result<PathBuf> {
    stamped("vendure-program", &["vendure/package.json", "vendure/package-lock.json"], &[])
}

fn goods() -> Result<PathBuf> {
    let files = ["vendure/package-lock.json", "vendure/server.js", "vendure/seed.mjs", "goods.json"];
    stamped("vendure-goods", &files, &[PASSWORD])
}

fn install(folder: &Path) -> Result<()> {
    prerequisites::require_node()?;
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(sources().join("vendure").join(file), folder.join(file))
            .context("no list of packages")?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder);
    command::read(&mut npm).map(drop).context("Vendure could not be installed")
}

/// Starts an empty store, fills it over its own API, and keeps what it holds.
fn make_goods(folder: &Path) -> Result<()> {
    let server = serve(&folder.join("seeded.sqlite"), leash::port(None)?, &folder.join("log"))?;
    let mut seed = Command::new("node");
    seed.arg(sources().join("vendure/seed.mjs"))
        .arg(format!("http://127.0.0.1:{}", server.port))
        .arg(PASSWORD)
        .arg(sources().join("goods.json"));
    let access = command::read(&mut seed).with_context(|| format!("not seeded: {}", server.said()))?;
    ensure!(access.contains("key"), "the seed said {access:?}");
    drop(server);
    std::fs::write(folder.join("access.json"), access).context("the key was not kept")
}

fn serve(seeded: &Path, port: u16, log: &Path) -> Result<Server> {
    let mut node = Command::new("node");
    node.arg(sources().join("vendure/server.js"))
        .env("PACKAGES", packages()?)
        .env("SEEDED", seeded)
        .env("PORT", port.to_string())
        .env("PASSWORD", PASSWORD)
        .env("VENDURE_DISABLE_TELEMETRY", "true")
        .env("NODE_ENV", "development");
    let mut server = Server::start(&mut node, port, log)?;
    let login =
        format!("mutation {{ login(username: \"{USER}\", password: \"{PASSWORD}\") {{ __typename }} }}");
    let login = json!({ "query": login }).to_string();
    server.ready("/admin-api", &login, "CurrentUser").context("Vendure")?;
    Ok(server)
}
