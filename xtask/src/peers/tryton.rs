//! Tryton: an ERP from PyPI in an environment of its own, on a private PostgreSQL with a small shop's books.
//! May use: pip, postgres, `e2e/peers/tryton`. Never: SQLite, on which Tryton books what it refuses elsewhere (ADR 0043).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::leash::{self, Server};
use super::{PASSWORD, kept, once, sources, stamped};
use crate::postgres::Cluster;
use crate::{command, postgres, prerequisites};

/// The variable the tests read Tryton's address from, a JSON object.
pub const VARIABLE: &str = "TILLBRIDGE_TEST_TRYTON";

/// What is activated; what they need comes with them.
const MODULES: [&str; 2] = ["sale_point", "account_invoice_stock"];
/// Nobody connects to this one: it is copied.
const TEMPLATE: &str = "seeded";
const DATABASE: &str = "shop";
const USER: &str = "admin";

/// A running Tryton and its database server. The server ends first.
pub struct Tryton {
    server: Server,
    cluster: Cluster,
    key: Value,
}

impl Tryton {
    /// Starts on a copy of the seeded cluster.
    pub fn start(port: Option<u16>) -> Result<Self> {
        let folder = books()?;
        let cluster = Cluster::start_copy(&folder.join("data"))?;
        cluster.copy_database(TEMPLATE, DATABASE)?;
        let server = serve(&cluster, DATABASE, leash::port(port)?)?;
        let key = kept(&folder)?.get("key").cloned().unwrap_or_default();
        Ok(Self { server, cluster, key })
    }

    /// How to reach it. A test that changes anything makes its own copy of the template, on `postgres`.
    pub fn access(&self) -> Value {
        json!({
            "address": format!("http://127.0.0.1:{}", self.server.port),
            "database": DATABASE,
            "user": USER,
            "password": PASSWORD,
            "key": self.key,
            "template": TEMPLATE,
            "postgres": self.postgres(),
        })
    }

    pub fn postgres(&self) -> String {
        self.cluster.address()
    }

    pub fn has_ended(&mut self) -> bool {
        self.server.has_ended()
    }
}

/// Installs Tryton and makes the books, unless both are there.
pub fn prepare() -> Result<()> {
    let environment = environment()?;
    once(&environment, "Tryton from PyPI (a quarter of a minute, once)", install)?;
    once(&books()?, "the books of a shop in Tryton (a minute, once)", make_books)
}

fn environment() -> Result<PathBuf> {
    let version = command::read(Command::new(prerequisites::python()?).arg("--version"))?;
    stamped("tryton-program", &["tryton/requirements.txt"], &[&version])
}

fn books() -> Result<PathBuf> {
    let files = ["tryton/requirements.txt", "tryton/rpc.py", "tryton/seed.py", "goods.json"];
    stamped("tryton-books", &files, &[&postgres::version()?, PASSWORD])
}

fn install(folder: &Path) -> Result<()> {
    let mut python = Command::new(prerequisites::python()?);
    command::read(python.args(["-m", "venv"]).arg(folder)).context("no environment for Python")?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(["--only-binary=:all:", "--require-hashes", "--requirement"])
        .arg(sources().join("tryton/requirements.txt"));
    command::read(&mut pip).map(drop).context("Tryton is pinned for CPython 3.11 to 3.13 on Linux")
}

/// Activates the modules in an empty database, fills it over JSON-RPC, and keeps the whole cluster.
fn make_books(folder: &Path) -> Result<()> {
    let cluster = Cluster::start(false)?;
    cluster.database(TEMPLATE)?;
    let port = leash::port(None)?;
    let settings = settings(&cluster, port)?;
    let password = cluster.folder().join("password");
    std::fs::write(&password, PASSWORD).context("the password's file was not written")?;
    let mut admin = program("trytond-admin")?;
    admin
        .arg("--config")
        .arg(&settings)
        .args(["--database", TEMPLATE, "--activate-dependencies", "--email", "admin@example.com", "--update"])
        .args(MODULES)
        .env("TRYTONPASSFILE", &password);
    command::read(&mut admin).context("Tryton's modules could not be activated")?;
    let server = serve(&cluster, TEMPLATE, port)?;
    let mut seed = Command::new(prerequisites::python()?);
    seed.arg("-B")
        .arg(sources().join("tryton/seed.py"))
        .arg(format!("http://127.0.0.1:{port}"))
        .args([TEMPLATE, PASSWORD])
        .arg(sources().join("goods.json"));
    let access = command::read(&mut seed).with_context(|| format!("not seeded: {}", server.said()))?;
    ensure!(access.contains("key"), "the seed said {access:?}");
    drop(server);
    cluster.keep(&folder.join("data"))?;
    std::fs::write(folder.join("access.json"), access).context("the key was not kept")
}

/// Serves one database from the start: without, the first logins are answered with errors of a half-loaded server.
fn serve(cluster: &Cluster, database: &str, port: u16) -> Result<Server> {
    let mut trytond = program("trytond")?;
    trytond.arg("--config").arg(settings(cluster, port)?).args(["--database", database]);
    let mut server = Server::start(&mut trytond, port, &cluster.folder().join("tryton.log"))?;
    let login =
        json!({ "id": 0, "method": "common.db.login", "params": [USER, { "password": PASSWORD }, "en"] });
    server.ready(&format!("/{database}/rpc/"), &login.to_string(), "\"result\":[").context("Tryton")?;
    Ok(server)
}

/// One of Tryton's programs, run by the Python it was installed for.
fn program(name: &str) -> Result<Command> {
    let programs = environment()?.join("bin");
    let mut command = Command::new(programs.join("python"));
    command.arg(programs.join(name));
    Ok(command)
}

fn settings(cluster: &Cluster, port: u16) -> Result<PathBuf> {
    let server = cluster.address();
    let server = server.trim_end_matches("postgres").replacen("postgres:", "postgresql:", 1);
    let file = cluster.folder().join("tryton.conf");
    let text = format!("[database]\nuri = {server}\n[web]\nlisten = 127.0.0.1:{port}\n");
    std::fs::write(&file, text).with_context(|| format!("{} not written", file.display()))?;
    Ok(file)
}
